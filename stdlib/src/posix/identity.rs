//! Users, groups, sessions, priorities.

use crate::os_support::*;
use adder_macros::pymodule;
use adder_vm::builtins::exceptions::os_error::last_errno;
use adder_vm::builtins::list::List;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::error::PyResult;
use adder_vm::object::Value;
use adder_vm::vm::Vm;

fn group_list(vm: &Vm, groups: &[u32]) -> Value {
    let list = List::new(vm);
    for g in groups {
        list.push(vm, vm.int(*g as i64));
    }
    list.value()
}

fn triple(vm: &Vm, t: [u32; 3]) -> Value {
    let [a, b, c] = t.map(|x| vm.int(x as i64));
    Tuple::from_slice(vm, &[a, b, c]).value()
}

macro_rules! plain {
    ($($(#[$doc:meta])* $name:ident -> $t:ty;)*) => {
        /// Functions without arguments that cannot fail.
        #[pymodule("posix")]
        mod getters {
            use super::*;
            $($(#[$doc])* #[pyfunction("($module, /)")] fn $name(_vm: &Vm) -> $t { unsafe { libc::$name() } })*
        }
    };
}

plain! {
    /// Return the current process id.
    getpid -> i32;
    /// Return the parent's process id.
    getppid -> i32;
    /// Return the current process group id.
    getpgrp -> i32;
    /// Return the current process's user id.
    getuid -> u32;
    /// Return the current process's effective user id.
    geteuid -> u32;
    /// Return the current process's group id.
    getgid -> u32;
    /// Return the current process's effective group id.
    getegid -> u32;
}

#[pymodule("posix")]
pub mod functions {
    use super::*;
    use adder_vm::builtins::module::Module;
    use adder_vm::object::Ref;

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        add_functions(vm, m, &getters::DEF)
    }

    /// Call the system call getpgid(), and return the result.
    #[pyfunction("($module, /, pid)")]
    fn getpgid(vm: &Vm, pid: i32) -> PyResult<i64> {
        quick(vm, unsafe { libc::getpgid(pid) } as i64)
    }

    /// Call the system call setpgid(pid, pgrp).
    #[pyfunction("($module, pid, pgrp, /)")]
    fn setpgid(vm: &Vm, pid: i32, pgrp: i32) -> PyResult<()> {
        quick(vm, unsafe { libc::setpgid(pid, pgrp) } as i64).map(drop)
    }

    /// Make the current process the leader of its process group.
    #[pyfunction("($module, /)")]
    fn setpgrp(vm: &Vm) -> PyResult<()> {
        quick(vm, unsafe { libc::setpgid(0, 0) } as i64).map(drop)
    }

    /// Call the system call getsid(pid) and return the result.
    #[pyfunction("($module, pid, /)")]
    fn getsid(vm: &Vm, pid: i32) -> PyResult<i64> {
        quick(vm, unsafe { libc::getsid(pid) } as i64)
    }

    /// Call the system call setsid().
    #[pyfunction("($module, /)")]
    fn setsid(vm: &Vm) -> PyResult<()> {
        quick(vm, unsafe { libc::setsid() } as i64).map(drop)
    }

    /// Set the current process's user id.
    #[pyfunction("($module, uid, /)")]
    fn setuid(vm: &Vm, uid: Id) -> PyResult<()> {
        quick(vm, unsafe { libc::setuid(uid.0) } as i64).map(drop)
    }

    /// Set the current process's effective user id.
    #[pyfunction("($module, euid, /)")]
    fn seteuid(vm: &Vm, euid: Id) -> PyResult<()> {
        quick(vm, unsafe { libc::seteuid(euid.0) } as i64).map(drop)
    }

    /// Set the current process's group id.
    #[pyfunction("($module, gid, /)")]
    fn setgid(vm: &Vm, gid: Id) -> PyResult<()> {
        quick(vm, unsafe { libc::setgid(gid.0) } as i64).map(drop)
    }

    /// Set the current process's effective group id.
    #[pyfunction("($module, egid, /)")]
    fn setegid(vm: &Vm, egid: Id) -> PyResult<()> {
        quick(vm, unsafe { libc::setegid(egid.0) } as i64).map(drop)
    }

    /// Set the current process's real and effective user ids.
    #[pyfunction("($module, ruid, euid, /)")]
    fn setreuid(vm: &Vm, ruid: Id, euid: Id) -> PyResult<()> {
        quick(vm, unsafe { libc::setreuid(ruid.0, euid.0) } as i64).map(drop)
    }

    /// Set the current process's real and effective group ids.
    #[pyfunction("($module, rgid, egid, /)")]
    fn setregid(vm: &Vm, rgid: Id, egid: Id) -> PyResult<()> {
        quick(vm, unsafe { libc::setregid(rgid.0, egid.0) } as i64).map(drop)
    }

    /// Set the current process's real, effective, and saved user ids.
    #[pyfunction("($module, ruid, euid, suid, /)")]
    fn setresuid(vm: &Vm, ruid: Id, euid: Id, suid: Id) -> PyResult<()> {
        quick(vm, unsafe { libc::setresuid(ruid.0, euid.0, suid.0) } as i64).map(drop)
    }

    /// Set the current process's real, effective, and saved group ids.
    #[pyfunction("($module, rgid, egid, sgid, /)")]
    fn setresgid(vm: &Vm, rgid: Id, egid: Id, sgid: Id) -> PyResult<()> {
        quick(vm, unsafe { libc::setresgid(rgid.0, egid.0, sgid.0) } as i64).map(drop)
    }

    /// Return a tuple of the current process's real, effective, and saved user ids.
    #[pyfunction("($module, /)")]
    fn getresuid(vm: &Vm) -> PyResult<Value> {
        let mut t = [0u32; 3];
        let [a, b, c] = &mut t;
        quick(vm, unsafe { libc::getresuid(a, b, c) } as i64)?;
        Ok(triple(vm, t))
    }

    /// Return a tuple of the current process's real, effective, and saved group ids.
    #[pyfunction("($module, /)")]
    fn getresgid(vm: &Vm) -> PyResult<Value> {
        let mut t = [0u32; 3];
        let [a, b, c] = &mut t;
        quick(vm, unsafe { libc::getresgid(a, b, c) } as i64)?;
        Ok(triple(vm, t))
    }

    /// Return list of supplemental group IDs for the process.
    #[pyfunction("($module, /)")]
    fn getgroups(vm: &Vm) -> PyResult<Value> {
        let n = quick(vm, unsafe { libc::getgroups(0, std::ptr::null_mut()) } as i64)?;
        let mut groups = vec![0u32; n as usize];
        let n = quick(vm, unsafe { libc::getgroups(n as i32, groups.as_mut_ptr()) } as i64)?;
        Ok(group_list(vm, &groups[..n as usize]))
    }

    /// Set the groups of the current process to list.
    #[pyfunction("($module, groups, /)")]
    fn setgroups(vm: &Vm, groups: Value) -> PyResult<()> {
        let items = vm.sequence_to_tuple(groups)?;
        let mut ids = vec![];
        for v in items.items() {
            match u32::try_from(vm.index_i128(*v)?) {
                Ok(id) => ids.push(id),
                Err(_) => return Err(vm.overflow_error("group id is out of range")),
            }
        }
        quick(vm, unsafe { libc::setgroups(ids.len(), ids.as_ptr()) } as i64).map(drop)
    }

    /// Returns a list of groups to which a user belongs.
    #[pyfunction("($module, user, group, /)")]
    fn getgrouplist(vm: &Vm, user: Value, group: Id) -> PyResult<Value> {
        let user = c_string(vm, user, "user")?;
        let mut n = 64;
        loop {
            let mut groups = vec![0u32; n as usize];
            let mut found = n;
            let r = unsafe { libc::getgrouplist(user.as_ptr(), group.0, groups.as_mut_ptr(), &mut found) };
            if r != -1 {
                return Ok(group_list(vm, &groups[..found as usize]));
            }
            n = found.max(n * 2);
        }
    }

    /// Initialize the group access list.
    #[pyfunction("($module, username, gid, /)")]
    fn initgroups(vm: &Vm, username: Value, gid: Id) -> PyResult<()> {
        let user = c_string(vm, username, "username")?;
        quick(vm, unsafe { libc::initgroups(user.as_ptr(), gid.0) } as i64).map(drop)
    }

    /// Return the actual login name.
    #[pyfunction("($module, /)")]
    fn getlogin(vm: &Vm) -> PyResult<Value> {
        // SAFETY: the GIL keeps others from the static buffer.
        let name = unsafe { libc::getlogin() };
        if name.is_null() {
            return Err(vm.last_os_error());
        }
        vm.fs_decode(unsafe { c_bytes(name) })
    }

    /// Return program scheduling priority.
    #[pyfunction("($module, /, which, who)")]
    fn getpriority(vm: &Vm, which: i32, who: i32) -> PyResult<i32> {
        let r = unsafe {
            *libc::__errno_location() = 0;
            libc::getpriority(which as _, who as libc::id_t)
        };
        match last_errno() {
            0 => Ok(r),
            e => Err(vm.os_error(e, None)),
        }
    }

    /// Set program scheduling priority.
    #[pyfunction("($module, /, which, who, priority)")]
    fn setpriority(vm: &Vm, which: i32, who: i32, priority: i32) -> PyResult<()> {
        quick(vm, unsafe { libc::setpriority(which as _, who as libc::id_t, priority) } as i64).map(drop)
    }

    /// Add increment to the priority of process and return the new priority.
    #[pyfunction("($module, increment, /)")]
    fn nice(vm: &Vm, increment: i32) -> PyResult<i32> {
        let r = unsafe {
            *libc::__errno_location() = 0;
            libc::nice(increment)
        };
        match last_errno() {
            e if r == -1 && e != 0 => Err(vm.os_error(e, None)),
            _ => Ok(r),
        }
    }
}
