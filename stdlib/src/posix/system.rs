//! The system: environment, scheduling, limits, random bytes, names, times.

use super::tree::conf_number;
use crate::constants::{CONFSTR, SYSCONF};
use crate::os_support::*;
use adder_macros::pymodule;
use adder_vm::builtins::exceptions::os_error::{last_errno, strerror as error_text};
use adder_vm::builtins::list::List;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::struct_sequence::StructSeqDef;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;

static UNAME_RESULT: StructSeqDef = StructSeqDef {
    name: "posix.uname_result",
    doc: "uname_result: Result from os.uname().\n\n\
          This object may be accessed either as a tuple of\n  \
          (sysname, nodename, release, version, machine),\n\
          or via the attributes sysname, nodename, release, version, and machine.\n\n\
          See os.uname for more information.",
    fields: &[
        ("sysname", "operating system name"),
        ("nodename", "name of machine on network (implementation-defined)"),
        ("release", "operating system release"),
        ("version", "operating system version"),
        ("machine", "hardware identifier"),
    ],
    visible: 5,
};

static TIMES_RESULT: StructSeqDef = StructSeqDef {
    name: "posix.times_result",
    doc: "times_result: Result from os.times().\n\n\
          This object may be accessed either as a tuple of\n  \
          (user, system, children_user, children_system, elapsed),\n\
          or via the attributes user, system, children_user, children_system,\n\
          and elapsed.\n\n\
          See os.times for more information.",
    fields: &[
        ("user", "user time"),
        ("system", "system time"),
        ("children_user", "user time of children"),
        ("children_system", "system time of children"),
        ("elapsed", "elapsed time since an arbitrary point in the past"),
    ],
    visible: 5,
};

static SCHED_PARAM: StructSeqDef = StructSeqDef {
    name: "posix.sched_param",
    doc: "Currently has only one field: sched_priority\n\n  sched_priority\n    A scheduling parameter.",
    fields: &[("sched_priority", "the scheduling priority")],
    visible: 1,
};

fn fill_random(vm: &Vm, n: usize, flags: u32) -> PyResult<Value> {
    let mut buffer = vec![0u8; n];
    let mut at = 0;
    while at < n {
        let p = buffer[at..].as_mut_ptr();
        at += check(vm, || unsafe { libc::getrandom(p.cast(), n - at, flags) } as i64)? as usize;
    }
    vm.new_bytes(&buffer)
}

fn priority_of(vm: &Vm, param: Value) -> PyResult<libc::sched_param> {
    let class = vm.struct_sequence_type(&SCHED_PARAM);
    if param.class() != class {
        return Err(vm.type_error("must have a sched_param object"));
    }
    let v = vm.get_attr_str(param, "sched_priority")?;
    match i32::try_from(vm.index_i128(v)?) {
        Ok(sched_priority) => Ok(libc::sched_param { sched_priority }),
        Err(_) => raise!(vm, OverflowError, "sched_priority out of range"),
    }
}

#[pymodule("posix")]
pub mod functions {
    use super::*;

    /// Change or add an environment variable.
    #[pyfunction("($module, name, value, /)")]
    fn putenv(vm: &Vm, name: Value, value: Value) -> PyResult<()> {
        let (name, value) = (c_string(vm, name, "name")?, c_string(vm, value, "value")?);
        if name.as_bytes().contains(&b'=') {
            return Err(vm.value_error("illegal environment variable name"));
        }
        quick(vm, unsafe { libc::setenv(name.as_ptr(), value.as_ptr(), 1) } as i64).map(drop)
    }

    /// Delete an environment variable.
    #[pyfunction("($module, name, /)")]
    fn unsetenv(vm: &Vm, name: Value) -> PyResult<()> {
        let name = c_string(vm, name, "name")?;
        quick(vm, unsafe { libc::unsetenv(name.as_ptr()) } as i64).map(drop)
    }

    /// Translate an error code to a message string.
    #[pyfunction("($module, code, /)")]
    fn strerror(_vm: &Vm, code: i32) -> String {
        error_text(code)
    }

    /// Return a bytes object containing random bytes suitable for cryptographic use.
    #[pyfunction("($module, size, /)")]
    fn urandom(vm: &Vm, size: isize) -> PyResult<Value> {
        if size < 0 {
            return Err(vm.value_error("negative argument not allowed"));
        }
        fill_random(vm, size as usize, 0)
    }

    /// Obtain a series of random bytes.
    #[pyfunction("($module, /, size, flags=0)")]
    fn getrandom(vm: &Vm, size: isize, flags: Option<i32>) -> PyResult<Value> {
        if size < 0 {
            return Err(vm.os_error(libc::EINVAL, None));
        }
        let mut buffer = vec![0u8; size as usize];
        let (p, flags) = (buffer.as_mut_ptr(), flags.unwrap_or(0) as u32);
        let n = check(vm, || unsafe { libc::getrandom(p.cast(), size as usize, flags) } as i64)?;
        vm.new_bytes(&buffer[..n as usize])
    }

    /// Return the number of logical CPUs in the system.
    #[pyfunction("($module, /)")]
    fn cpu_count(vm: &Vm) -> Option<i64> {
        let set = adder_vm::sysmodule::cpu_count_config(vm);
        if set > 0 {
            return Some(set);
        }
        match unsafe { libc::sysconf(libc::_SC_NPROCESSORS_ONLN) } {
            n if n > 0 => Some(n),
            _ => None,
        }
    }

    /// Return average recent system load information.
    #[pyfunction("($module, /)")]
    fn getloadavg(vm: &Vm) -> PyResult<Value> {
        let mut load = [0f64; 3];
        if unsafe { libc::getloadavg(load.as_mut_ptr(), 3) } != 3 {
            raise!(vm, OSError, "Load averages are unobtainable")
        }
        let [a, b, c] = load.map(|x| vm.float(x));
        Ok(Tuple::from_slice(vm, &[a, b, c]).value())
    }

    /// Return an integer-valued system configuration variable.
    #[pyfunction("($module, name, /)")]
    fn sysconf(vm: &Vm, name: Value) -> PyResult<i64> {
        let number = conf_number(vm, name, SYSCONF)?;
        let r = unsafe {
            *libc::__errno_location() = 0;
            libc::sysconf(number)
        };
        match last_errno() {
            e if r == -1 && e != 0 => Err(vm.os_error(e, None)),
            _ => Ok(r),
        }
    }

    /// Return a string-valued system configuration variable.
    #[pyfunction("($module, name, /)")]
    fn confstr(vm: &Vm, name: Value) -> PyResult<Value> {
        let number = conf_number(vm, name, CONFSTR)?;
        let mut buffer = vec![0u8; 4096];
        let n = unsafe {
            *libc::__errno_location() = 0;
            libc::confstr(number, buffer.as_mut_ptr().cast(), buffer.len())
        };
        if n == 0 {
            return match last_errno() {
                0 => Ok(none()),
                e => Err(vm.os_error(e, None)),
            };
        }
        vm.fs_decode(&buffer[..(n - 1).min(buffer.len() - 1)])
    }

    /// Return an object identifying the current operating system.
    #[pyfunction("($module, /)")]
    fn uname(vm: &Vm) -> PyResult<Value> {
        let mut u: libc::utsname = unsafe { std::mem::zeroed() };
        quick(vm, unsafe { libc::uname(&mut u) } as i64)?;
        let text = |p: &[libc::c_char]| vm.fs_decode(unsafe { c_bytes(p.as_ptr()) });
        let values =
            [text(&u.sysname)?, text(&u.nodename)?, text(&u.release)?, text(&u.version)?, text(&u.machine)?];
        Ok(vm.new_struct_sequence(vm.struct_sequence_type(&UNAME_RESULT), &values))
    }

    /// Return a collection containing process timing information.
    #[pyfunction("($module, /)")]
    fn times(vm: &Vm) -> PyResult<Value> {
        let mut t: libc::tms = unsafe { std::mem::zeroed() };
        let elapsed = unsafe { libc::times(&mut t) };
        let ticks = unsafe { libc::sysconf(libc::_SC_CLK_TCK) } as f64;
        let values = [t.tms_utime, t.tms_stime, t.tms_cutime, t.tms_cstime, elapsed]
            .map(|x| vm.float(x as f64 / ticks));
        Ok(vm.new_struct_sequence(vm.struct_sequence_type(&TIMES_RESULT), &values))
    }

    /// Voluntarily relinquish the CPU.
    #[pyfunction("($module, /)")]
    fn sched_yield(vm: &Vm) -> PyResult<()> {
        let r = vm.allow_threads(|| unsafe { libc::sched_yield() });
        quick(vm, r as i64).map(drop)
    }

    /// Return the affinity of the process identified by pid.
    #[pyfunction("($module, pid, /)")]
    fn sched_getaffinity(vm: &Vm, pid: i32) -> PyResult<Value> {
        let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
        quick(vm, unsafe { libc::sched_getaffinity(pid, size_of_val(&set), &mut set) } as i64)?;
        let found = List::new(vm);
        for i in 0..libc::CPU_SETSIZE as usize {
            if unsafe { libc::CPU_ISSET(i, &set) } {
                found.push(vm, vm.int(i as i64));
            }
        }
        vm.new_set(found.items())
    }

    /// Set the CPU affinity of the process identified by pid to mask.
    #[pyfunction("($module, pid, mask, /)")]
    fn sched_setaffinity(vm: &Vm, pid: i32, mask: Value) -> PyResult<()> {
        let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
        vm.iterate(mask, &mut |v| {
            let cpu = vm.index_i128(v)?;
            if cpu < 0 {
                return Err(vm.value_error("negative CPU number"));
            }
            if cpu >= libc::CPU_SETSIZE as i128 {
                return Err(vm.overflow_error("CPU number too large"));
            }
            unsafe { libc::CPU_SET(cpu as usize, &mut set) };
            Ok(())
        })?;
        quick(vm, unsafe { libc::sched_setaffinity(pid, size_of_val(&set), &set) } as i64).map(drop)
    }

    /// Get the maximum scheduling priority for policy.
    #[pyfunction("($module, /, policy)")]
    fn sched_get_priority_max(vm: &Vm, policy: i32) -> PyResult<i64> {
        quick(vm, unsafe { libc::sched_get_priority_max(policy) } as i64)
    }

    /// Get the minimum scheduling priority for policy.
    #[pyfunction("($module, /, policy)")]
    fn sched_get_priority_min(vm: &Vm, policy: i32) -> PyResult<i64> {
        quick(vm, unsafe { libc::sched_get_priority_min(policy) } as i64)
    }

    /// Get the scheduling policy for the process identified by pid.
    #[pyfunction("($module, pid, /)")]
    fn sched_getscheduler(vm: &Vm, pid: i32) -> PyResult<i64> {
        quick(vm, unsafe { libc::sched_getscheduler(pid) } as i64)
    }

    /// Set the scheduling policy for the process identified by pid.
    #[pyfunction("($module, pid, policy, param, /)")]
    fn sched_setscheduler(vm: &Vm, pid: i32, policy: i32, param: Value) -> PyResult<()> {
        let p = priority_of(vm, param)?;
        quick(vm, unsafe { libc::sched_setscheduler(pid, policy, &p) } as i64).map(drop)
    }

    /// Returns scheduling parameters for the process identified by pid.
    #[pyfunction("($module, pid, /)")]
    fn sched_getparam(vm: &Vm, pid: i32) -> PyResult<Value> {
        let mut p = libc::sched_param { sched_priority: 0 };
        quick(vm, unsafe { libc::sched_getparam(pid, &mut p) } as i64)?;
        let values = [vm.int(p.sched_priority as i64)];
        Ok(vm.new_struct_sequence(vm.struct_sequence_type(&SCHED_PARAM), &values))
    }

    /// Set scheduling parameters for the process identified by pid.
    #[pyfunction("($module, pid, param, /)")]
    fn sched_setparam(vm: &Vm, pid: i32, param: Value) -> PyResult<()> {
        let p = priority_of(vm, param)?;
        quick(vm, unsafe { libc::sched_setparam(pid, &p) } as i64).map(drop)
    }

    /// Return the round-robin quantum for the process identified by pid, in seconds.
    #[pyfunction("($module, pid, /)")]
    fn sched_rr_get_interval(vm: &Vm, pid: i32) -> PyResult<f64> {
        let mut t = timespec(0);
        quick(vm, unsafe { libc::sched_rr_get_interval(pid, &mut t) } as i64)?;
        Ok(t.tv_sec as f64 + 1e-9 * t.tv_nsec as f64)
    }

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        for (name, def) in
            [("uname_result", &UNAME_RESULT), ("times_result", &TIMES_RESULT), ("sched_param", &SCHED_PARAM)]
        {
            m.dict().set_str(vm, name, vm.struct_sequence_type(def).value());
        }
        Ok(())
    }
}
