//! The module `resource`.

use crate::constants::RESOURCE;
use crate::os_support::*;
use adder_macros::pymodule;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::struct_sequence::StructSeqDef;
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;

static RUSAGE: StructSeqDef = StructSeqDef {
    name: "resource.struct_rusage",
    doc: "struct_rusage: Result from getrusage.\n\n\
          This object may be accessed either as a tuple of\n    \
          (utime,stime,maxrss,ixrss,idrss,isrss,minflt,majflt,\n    \
          nswap,inblock,oublock,msgsnd,msgrcv,nsignals,nvcsw,nivcsw)\n\
          or via the attributes ru_utime, ru_stime, ru_maxrss, and so on.",
    fields: &[
        ("ru_utime", "user time used"),
        ("ru_stime", "system time used"),
        ("ru_maxrss", "max. resident set size"),
        ("ru_ixrss", "shared memory size"),
        ("ru_idrss", "unshared data size"),
        ("ru_isrss", "unshared stack size"),
        ("ru_minflt", "page faults not requiring I/O"),
        ("ru_majflt", "page faults requiring I/O"),
        ("ru_nswap", "number of swap outs"),
        ("ru_inblock", "block input operations"),
        ("ru_oublock", "block output operations"),
        ("ru_msgsnd", "IPC messages sent"),
        ("ru_msgrcv", "IPC messages received"),
        ("ru_nsignals", "signals received"),
        ("ru_nvcsw", "voluntary context switches"),
        ("ru_nivcsw", "involuntary context switches"),
    ],
    visible: 16,
};

/// A `struct_rusage`.
pub fn usage_value(vm: &Vm, u: &libc::rusage) -> Value {
    let seconds = |t: libc::timeval| vm.float(t.tv_sec as f64 + 1e-6 * t.tv_usec as f64);
    let values = [
        seconds(u.ru_utime),
        seconds(u.ru_stime),
        vm.int(u.ru_maxrss),
        vm.int(u.ru_ixrss),
        vm.int(u.ru_idrss),
        vm.int(u.ru_isrss),
        vm.int(u.ru_minflt),
        vm.int(u.ru_majflt),
        vm.int(u.ru_nswap),
        vm.int(u.ru_inblock),
        vm.int(u.ru_oublock),
        vm.int(u.ru_msgsnd),
        vm.int(u.ru_msgrcv),
        vm.int(u.ru_nsignals),
        vm.int(u.ru_nvcsw),
        vm.int(u.ru_nivcsw),
    ];
    vm.new_struct_sequence(vm.struct_sequence_type(&RUSAGE), &values)
}

fn limits_of(vm: &Vm, limits: Value) -> PyResult<libc::rlimit> {
    let t = vm.sequence_to_tuple(limits)?;
    if t.len() != 2 {
        return Err(vm.value_error("expected a tuple of 2 integers"));
    }
    let one = |v: Value| -> PyResult<u64> {
        if v.class().slots().nb_index.is_none() {
            raise!(vm, TypeError, "'{}' object cannot be interpreted as an integer", v.class().name())
        }
        Ok(vm.index_i128(v)? as u64)
    };
    Ok(libc::rlimit { rlim_cur: one(t.get(0))?, rlim_max: one(t.get(1))? })
}

fn pair(vm: &Vm, l: &libc::rlimit) -> (Value, Value) {
    (vm.int(l.rlim_cur as i64), vm.int(l.rlim_max as i64))
}

#[pymodule]
pub mod resource {
    use super::*;

    #[pyfunction("($module, who, /)")]
    fn getrusage(vm: &Vm, who: i32) -> PyResult<Value> {
        let mut u: libc::rusage = unsafe { std::mem::zeroed() };
        if unsafe { libc::getrusage(who, &mut u) } == -1 {
            return Err(vm.value_error("invalid who parameter"));
        }
        Ok(usage_value(vm, &u))
    }

    fn check_resource(vm: &Vm, resource: i32) -> PyResult<()> {
        if (0..16).contains(&resource) { Ok(()) } else { Err(vm.value_error("invalid resource specified")) }
    }

    #[pyfunction("($module, resource, /)")]
    fn getrlimit(vm: &Vm, resource: i32) -> PyResult<(Value, Value)> {
        check_resource(vm, resource)?;
        let mut l: libc::rlimit = unsafe { std::mem::zeroed() };
        quick(vm, unsafe { libc::getrlimit(resource as _, &mut l) } as i64)?;
        Ok(pair(vm, &l))
    }

    #[pyfunction("($module, resource, limits, /)")]
    fn setrlimit(vm: &Vm, resource: i32, limits: Value) -> PyResult<()> {
        check_resource(vm, resource)?;
        let l = limits_of(vm, limits)?;
        if unsafe { libc::setrlimit(resource as _, &l) } == -1 {
            return Err(match adder_vm::builtins::exceptions::os_error::last_errno() {
                libc::EINVAL => vm.value_error("current limit exceeds maximum limit"),
                libc::EPERM => vm.value_error("not allowed to raise maximum limit"),
                e => vm.os_error(e, None),
            });
        }
        Ok(())
    }

    #[pyfunction("($module, pid, resource, limits=None, /)")]
    fn prlimit(vm: &Vm, pid: i32, resource: i32, limits: Option<Value>) -> PyResult<(Value, Value)> {
        check_resource(vm, resource)?;
        let new = match limits.filter(|l| !l.is_none()) {
            Some(l) => Some(limits_of(vm, l)?),
            None => None,
        };
        let mut old: libc::rlimit = unsafe { std::mem::zeroed() };
        let p = new.as_ref().map_or(std::ptr::null(), |n| n as *const libc::rlimit);
        quick(vm, unsafe { libc::prlimit(pid, resource as _, p, &mut old) } as i64)?;
        Ok(pair(vm, &old))
    }

    #[pyfunction("($module, /)")]
    fn getpagesize(_vm: &Vm) -> i64 {
        unsafe { libc::sysconf(libc::_SC_PAGESIZE) }
    }

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        add_constants(vm, m, RESOURCE);
        m.dict().set_str(vm, "error", Exc::OSError.class().value());
        m.dict().set_str(vm, "struct_rusage", vm.struct_sequence_type(&RUSAGE).value());
        Ok(())
    }
}
