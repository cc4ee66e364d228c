//! `posix_spawn`.

use super::process::{argument_list, environment_list, pointers};
use crate::os_support::*;
use adder_macros::pymodule;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::error::PyResult;
use adder_vm::object::{Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use libc::c_int;
use std::ffi::CString;

/// What the keywords of `posix_spawn` say.
struct Options {
    file_actions: Option<Value>,
    setpgroup: Option<Value>,
    resetids: Option<bool>,
    setsid: Option<bool>,
    setsigmask: Option<Value>,
    setsigdef: Option<Value>,
    scheduler: Option<Value>,
}

/// Attributes and file actions, destroyed when dropped.
struct Prepared {
    attributes: libc::posix_spawnattr_t,
    actions: libc::posix_spawn_file_actions_t,
}

impl Drop for Prepared {
    fn drop(&mut self) {
        // SAFETY: both were initialised.
        unsafe {
            libc::posix_spawnattr_destroy(&mut self.attributes);
            libc::posix_spawn_file_actions_destroy(&mut self.actions);
        }
    }
}

unsafe extern "C" {
    fn posix_spawn_file_actions_addclosefrom_np(
        actions: *mut libc::posix_spawn_file_actions_t,
        from: c_int,
    ) -> c_int;
}

fn int(vm: &Vm, v: Value) -> PyResult<c_int> {
    match c_int::try_from(vm.index_i128(v)?) {
        Ok(i) => Ok(i),
        Err(_) => raise!(vm, OverflowError, "Python int too large to convert to C int"),
    }
}

fn add_actions(vm: &Vm, p: &mut Prepared, actions: Value, keep: &mut Vec<CString>) -> PyResult<()> {
    let list = vm.sequence_to_tuple(actions)?;
    for action in list.items() {
        let Some(t) = action.downcast::<Tuple>().filter(|t| !t.is_empty()) else {
            return Err(vm.type_error("Each file_actions element must be a non-empty tuple"));
        };
        let wrong = |s: &str| {
            vm.type_error(format!("A {s} file_action tuple must have the right number of elements"))
        };
        // SAFETY: the actions are initialised, the strings live in `keep`.
        let e = unsafe {
            match int(vm, t.get(0))? {
                0 => {
                    if t.len() != 5 {
                        return Err(wrong("open"));
                    }
                    let fd = int(vm, t.get(1))?;
                    let path = Path::convert(vm, Some(t.get(2)), "posix_spawn", "path")?;
                    let (flags, mode) = (int(vm, t.get(3))?, int(vm, t.get(4))?);
                    keep.push(path.text);
                    let path = keep.last().expect("just pushed").as_ptr();
                    libc::posix_spawn_file_actions_addopen(
                        &mut p.actions,
                        fd,
                        path,
                        flags,
                        mode as libc::mode_t,
                    )
                }
                1 => {
                    if t.len() != 2 {
                        return Err(wrong("close"));
                    }
                    libc::posix_spawn_file_actions_addclose(&mut p.actions, int(vm, t.get(1))?)
                }
                2 => {
                    if t.len() != 3 {
                        return Err(wrong("dup2"));
                    }
                    libc::posix_spawn_file_actions_adddup2(
                        &mut p.actions,
                        int(vm, t.get(1))?,
                        int(vm, t.get(2))?,
                    )
                }
                3 => {
                    if t.len() != 2 {
                        return Err(wrong("closefrom"));
                    }
                    posix_spawn_file_actions_addclosefrom_np(&mut p.actions, int(vm, t.get(1))?)
                }
                _ => return Err(vm.type_error("Unknown file_actions identifier")),
            }
        };
        if e != 0 {
            return Err(vm.os_error(e, None));
        }
    }
    Ok(())
}

fn prepare(vm: &Vm, options: &Options, keep: &mut Vec<CString>) -> PyResult<Prepared> {
    // SAFETY: initialised right away.
    let mut p: Prepared = unsafe { std::mem::zeroed() };
    let mut flags: c_int = 0;
    // SAFETY: the structs are ours.
    unsafe {
        libc::posix_spawnattr_init(&mut p.attributes);
        libc::posix_spawn_file_actions_init(&mut p.actions);
    }
    if let Some(group) = options.setpgroup {
        let group = int(vm, group)?;
        unsafe { libc::posix_spawnattr_setpgroup(&mut p.attributes, group) };
        flags |= libc::POSIX_SPAWN_SETPGROUP as c_int;
    }
    if options.resetids == Some(true) {
        flags |= libc::POSIX_SPAWN_RESETIDS as c_int;
    }
    if options.setsid == Some(true) {
        flags |= 0x80;
    }
    if let Some(mask) = options.setsigmask {
        let set = crate::_signal::signal_set(vm, mask)?;
        unsafe { libc::posix_spawnattr_setsigmask(&mut p.attributes, &set) };
        flags |= libc::POSIX_SPAWN_SETSIGMASK as c_int;
    }
    if let Some(mask) = options.setsigdef {
        let set = crate::_signal::signal_set(vm, mask)?;
        unsafe { libc::posix_spawnattr_setsigdefault(&mut p.attributes, &set) };
        flags |= libc::POSIX_SPAWN_SETSIGDEF as c_int;
    }
    if let Some(scheduler) = options.scheduler {
        let Some(t) = scheduler.downcast::<Tuple>().filter(|t| t.len() == 2) else {
            return Err(vm.type_error("A scheduler tuple must have two elements"));
        };
        if !t.get(0).is_none() {
            let policy = int(vm, t.get(0))?;
            unsafe { libc::posix_spawnattr_setschedpolicy(&mut p.attributes, policy) };
            flags |= libc::POSIX_SPAWN_SETSCHEDULER as c_int;
        }
        let priority = int(vm, vm.get_attr_str(t.get(1), "sched_priority")?)?;
        let param = libc::sched_param { sched_priority: priority };
        unsafe { libc::posix_spawnattr_setschedparam(&mut p.attributes, &param) };
        flags |= libc::POSIX_SPAWN_SETSCHEDPARAM as c_int;
    }
    unsafe { libc::posix_spawnattr_setflags(&mut p.attributes, flags as libc::c_short) };
    if let Some(actions) = options.file_actions.filter(|a| !a.is_none()) {
        add_actions(vm, &mut p, actions, keep)?;
    }
    Ok(p)
}

fn spawn(vm: &Vm, path: Path, argv: Value, env: Value, options: Options, search: bool) -> PyResult<i32> {
    let name = if search { "posix_spawnp" } else { "posix_spawn" };
    let args = argument_list(vm, argv, name)?;
    let own = if env.is_none() { vec![] } else { environment_list(vm, env)? };
    let mut keep = vec![];
    let p = prepare(vm, &options, &mut keep)?;
    let (args_p, list) = (pointers(&args), pointers(&own));
    unsafe extern "C" {
        static environ: *const *mut libc::c_char;
    }
    // SAFETY: reads a pointer that C keeps.
    let envp = if env.is_none() { unsafe { environ } } else { list.as_ptr() as *const *mut libc::c_char };
    let _ = &keep;
    let mut pid = 0;
    // SAFETY: all pointers are to live memory.
    let e = unsafe {
        let f = if search { libc::posix_spawnp } else { libc::posix_spawn };
        f(&mut pid, path.ptr(), &p.actions, &p.attributes, args_p.as_ptr() as *const *mut _, envp)
    };
    if e != 0 { Err(path.error(vm, e)) } else { Ok(pid) }
}

#[pymodule("posix")]
pub mod functions {
    use super::*;

    /// Execute the program specified by path in a new process.
    #[pyfunction(
        "($module, path, argv, env, /, *, file_actions=(), setpgroup=<unrepresentable>, resetids=False, setsid=False, setsigmask=(), setsigdef=(), scheduler=<unrepresentable>)"
    )]
    fn posix_spawn(
        vm: &Vm,
        path: Path,
        argv: Value,
        env: Value,
        file_actions: Option<Value>,
        setpgroup: Option<Value>,
        resetids: Option<bool>,
        setsid: Option<bool>,
        setsigmask: Option<Value>,
        setsigdef: Option<Value>,
        scheduler: Option<Value>,
    ) -> PyResult<i32> {
        let options = Options { file_actions, setpgroup, resetids, setsid, setsigmask, setsigdef, scheduler };
        spawn(vm, path, argv, env, options, false)
    }

    /// Execute the program specified by path in a new process.
    #[pyfunction(
        "($module, path, argv, env, /, *, file_actions=(), setpgroup=<unrepresentable>, resetids=False, setsid=False, setsigmask=(), setsigdef=(), scheduler=<unrepresentable>)"
    )]
    fn posix_spawnp(
        vm: &Vm,
        path: Path,
        argv: Value,
        env: Value,
        file_actions: Option<Value>,
        setpgroup: Option<Value>,
        resetids: Option<bool>,
        setsid: Option<bool>,
        setsigmask: Option<Value>,
        setsigdef: Option<Value>,
        scheduler: Option<Value>,
    ) -> PyResult<i32> {
        let options = Options { file_actions, setpgroup, resetids, setsid, setsigmask, setsigdef, scheduler };
        spawn(vm, path, argv, env, options, true)
    }
}
