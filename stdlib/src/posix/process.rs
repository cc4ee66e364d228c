//! Processes: fork, exec, wait, kill.

use crate::os_support::*;
use adder_heap::StaticRoot;
use adder_macros::pymodule;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::exceptions::os_error::last_errno;
use adder_vm::builtins::list::List;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::struct_sequence::StructSeqDef;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use libc::c_char;
use std::ffi::CString;

/// Functions of `register_at_fork`: three lists.
static BEFORE: StaticRoot = StaticRoot::new();
static IN_PARENT: StaticRoot = StaticRoot::new();
static IN_CHILD: StaticRoot = StaticRoot::new();

static WAITID_RESULT: StructSeqDef = StructSeqDef {
    name: "posix.waitid_result",
    doc: "waitid_result: Result from waitid.\n\n\
          This object may be accessed either as a tuple of\n  \
          (si_pid, si_uid, si_signo, si_status, si_code),\n\
          or via the attributes si_pid, si_uid, and so on.\n\n\
          See os.waitid for more information.",
    fields: &[("si_pid", ""), ("si_uid", ""), ("si_signo", ""), ("si_status", ""), ("si_code", "")],
    visible: 5,
};

fn hooks(vm: &Vm, cell: &'static StaticRoot) -> Ref<List> {
    if cell.get().is_none() {
        cell.set(Some(List::new(vm).value()));
    }
    cell.get().and_then(|l| l.exact::<List>()).expect("hooks are a list")
}

fn run_hooks(vm: &Vm, cell: &'static StaticRoot, reverse: bool) {
    let Some(list) = cell.get().and_then(|l| l.exact::<List>()) else { return };
    let copy = Tuple::from_slice(vm, list.items());
    for i in 0..copy.len() {
        let f = copy.get(if reverse { copy.len() - 1 - i } else { i });
        if let Err(raised) = vm.call(f, &[]) {
            vm.unraisable(raised, "Exception ignored in fork handler", f);
        }
    }
}

pub fn before_fork(vm: &Vm) {
    run_hooks(vm, &BEFORE, true);
}

/// What must be put right in the child before anything else, then the registered functions.
pub fn after_fork_child(vm: &Vm) {
    adder_vm::gil::after_fork(vm);
    crate::_signal::after_fork(vm);
    crate::_thread::after_fork(vm);
    run_hooks(vm, &IN_CHILD, false);
}

pub fn after_fork_parent(vm: &Vm) {
    run_hooks(vm, &IN_PARENT, false);
}

/// `fork` with everything around it.
fn do_fork(vm: &Vm, f: impl FnOnce() -> i32) -> PyResult<i32> {
    if vm.finalizing.get() {
        raise!(vm, PythonFinalizationError, "can't fork at interpreter shutdown")
    }
    before_fork(vm);
    let pid = f();
    let e = last_errno();
    if pid == 0 {
        after_fork_child(vm);
    } else {
        after_fork_parent(vm);
        if pid > 0 {
            warn_about_threads(vm, "fork")?;
        }
    }
    if pid < 0 { Err(vm.os_error(e, None)) } else { Ok(pid) }
}

/// DeprecationWarning if other threads run.
fn warn_about_threads(vm: &Vm, what: &str) -> PyResult<()> {
    if vm.threads().len() > 1 {
        let pid = std::process::id();
        vm.warn(
            Exc::DeprecationWarning,
            &format!("This process (pid={pid}) is multi-threaded, use of {what}() may lead to deadlocks in the child."),
        )?;
    }
    Ok(())
}

/// A null-terminated array of pointers to strings.
pub fn pointers(strings: &[CString]) -> Vec<*const c_char> {
    strings.iter().map(|s| s.as_ptr()).chain([std::ptr::null()]).collect()
}

/// Arguments of exec: a tuple or list.
pub fn argument_list(vm: &Vm, argv: Value, function: &str) -> PyResult<Vec<CString>> {
    if argv.downcast::<Tuple>().is_none() && argv.downcast::<List>().is_none() {
        raise!(vm, TypeError, "{function}() arg 2 must be a tuple or list")
    }
    let items = vm.sequence_to_tuple(argv)?;
    if items.is_empty() {
        raise!(vm, ValueError, "{function}() arg 2 must not be empty")
    }
    let mut out = vec![];
    for v in items.items() {
        out.push(c_string(vm, *v, "argument")?);
    }
    if out[0].is_empty() {
        raise!(vm, ValueError, "{function}() arg 2 first element cannot be empty")
    }
    Ok(out)
}

/// A mapping as `KEY=value` strings.
pub fn environment_list(vm: &Vm, env: Value) -> PyResult<Vec<CString>> {
    if env.class().slots().mp_subscript.is_none() {
        return Err(vm.type_error("environment must be a mapping object"));
    }
    let keys = match env.downcast::<Dict>() {
        Some(d) => d.keys_list(vm).value(),
        None => vm.call_method(env, vm.intern_str("keys"), &[])?,
    };
    let keys = vm.sequence_to_tuple(keys)?;
    let mut out = vec![];
    for k in keys.items() {
        let v = vm.get_item(env, *k)?;
        let (k, v) = (c_string(vm, *k, "key")?, c_string(vm, v, "value")?);
        let (k, v) = (k.into_bytes(), v.into_bytes());
        if k.is_empty() || k[1..].contains(&b'=') {
            return Err(vm.value_error("illegal environment variable name"));
        }
        out.push(CString::new([k, v].join(&b'=')).expect("both halves were checked"));
    }
    Ok(out)
}

fn pair(vm: &Vm, pid: i64, status: i32) -> Value {
    Tuple::from_slice(vm, &[vm.int(pid), vm.int(status as i64)]).value()
}

fn with_usage(vm: &Vm, pid: i64, status: i32, usage: &libc::rusage) -> PyResult<Value> {
    let usage = crate::resource::usage_value(vm, usage);
    Ok(Tuple::from_slice(vm, &[vm.int(pid), vm.int(status as i64), usage]).value())
}

macro_rules! status_tests {
    ($($(#[$doc:meta])* $name:ident $f:ident -> $t:ty;)*) => {
        #[pymodule("posix")]
        mod status {
            use super::*;
            $($(#[$doc])* #[pyfunction("($module, /, status)")]
            #[allow(non_snake_case)]
            fn $name(_vm: &Vm, status: i32) -> $t { libc::$f(status) })*
        }
    };
}

status_tests! {
    /// Return True if the process returning status was dumped to a core file.
    WCOREDUMP WCOREDUMP -> bool;
    /// Return True if a particular process was continued from a job control stop.
    WIFCONTINUED WIFCONTINUED -> bool;
    /// Return True if the process returning status was stopped.
    WIFSTOPPED WIFSTOPPED -> bool;
    /// Return True if the process returning status was terminated by a signal.
    WIFSIGNALED WIFSIGNALED -> bool;
    /// Return True if the process returning status exited via the exit() system call.
    WIFEXITED WIFEXITED -> bool;
    /// Return the process return code from status.
    WEXITSTATUS WEXITSTATUS -> i32;
    /// Return the signal that terminated the process that provided the status value.
    WTERMSIG WTERMSIG -> i32;
    /// Return the signal that stopped the process that provided the status value.
    WSTOPSIG WSTOPSIG -> i32;
}

#[pymodule("posix")]
pub mod functions {
    use super::*;

    /// Fork a child process.
    #[pyfunction("($module, /)")]
    fn fork(vm: &Vm) -> PyResult<i32> {
        do_fork(vm, || unsafe { libc::fork() })
    }

    /// Fork a new process with a new pseudo-terminal as controlling tty.
    #[pyfunction("($module, /)")]
    fn forkpty(vm: &Vm) -> PyResult<(i32, i32)> {
        let mut master = -1;
        let pid = do_fork(vm, || unsafe {
            libc::forkpty(&mut master, std::ptr::null_mut(), std::ptr::null(), std::ptr::null())
        })?;
        Ok((pid, master))
    }

    /// Register callables to be called when forking a new process.
    #[pyfunction(
        "($module, /, *, before=<unrepresentable>, after_in_child=<unrepresentable>, after_in_parent=<unrepresentable>)"
    )]
    fn register_at_fork(
        vm: &Vm,
        before: Option<Value>,
        after_in_child: Option<Value>,
        after_in_parent: Option<Value>,
    ) -> PyResult<()> {
        if before.is_none() && after_in_child.is_none() && after_in_parent.is_none() {
            return Err(vm.type_error("At least one argument is required."));
        }
        for (name, f) in
            [("before", before), ("after_in_child", after_in_child), ("after_in_parent", after_in_parent)]
        {
            if let Some(f) = f
                && !vm.is_callable(f)
            {
                raise!(vm, TypeError, "'{name}' must be callable, not {}", f.class().name())
            }
        }
        for (cell, f) in [(&BEFORE, before), (&IN_CHILD, after_in_child), (&IN_PARENT, after_in_parent)] {
            if let Some(f) = f {
                hooks(vm, cell).push(vm, f);
            }
        }
        Ok(())
    }

    /// Execute an executable path with arguments, replacing current process.
    #[pyfunction("($module, path, argv, /)")]
    fn execv(vm: &Vm, path: Path, argv: Value) -> PyResult<()> {
        let args = argument_list(vm, argv, "execv")?;
        let argv = pointers(&args);
        unsafe { libc::execv(path.ptr(), argv.as_ptr()) };
        Err(path.error(vm, last_errno()))
    }

    /// Execute an executable path with arguments, replacing current process.
    #[pyfunction("($module, /, path, argv, env)")]
    fn execve(vm: &Vm, path: PathFd, argv: Value, env: Value) -> PyResult<()> {
        let args = argument_list(vm, argv, "execve")?;
        let env = environment_list(vm, env)?;
        let (argv, envp) = (pointers(&args), pointers(&env));
        unsafe {
            match path.fd {
                Some(fd) => libc::fexecve(fd, argv.as_ptr(), envp.as_ptr()),
                None => libc::execve(path.ptr(), argv.as_ptr(), envp.as_ptr()),
            }
        };
        Err(path.error(vm, last_errno()))
    }

    /// Exit to the system with specified status, without normal exit processing.
    #[pyfunction("($module, /, status)")]
    fn _exit(_vm: &Vm, status: i32) {
        unsafe { libc::_exit(status) }
    }

    /// Abort the interpreter immediately.
    #[pyfunction("($module, /)")]
    fn abort(_vm: &Vm) {
        unsafe { libc::abort() }
    }

    /// Kill a process with a signal.
    #[pyfunction("($module, pid, signal, /)")]
    fn kill(vm: &Vm, pid: i32, signal: i32) -> PyResult<()> {
        quick(vm, unsafe { libc::kill(pid, signal) } as i64)?;
        // A signal to ourselves is handled before the next statement.
        vm.check_signals()
    }

    /// Kill a process group with a signal.
    #[pyfunction("($module, pgid, signal, /)")]
    fn killpg(vm: &Vm, pgid: i32, signal: i32) -> PyResult<()> {
        quick(vm, unsafe { libc::killpg(pgid, signal) } as i64)?;
        vm.check_signals()
    }

    /// Wait for completion of a child process.
    #[pyfunction("($module, /)")]
    fn wait(vm: &Vm) -> PyResult<Value> {
        let mut status = 0;
        let pid = check(vm, || unsafe { libc::wait(&mut status) } as i64)?;
        Ok(pair(vm, pid, status))
    }

    /// Wait for completion of a given child process.
    #[pyfunction("($module, pid, options, /)")]
    fn waitpid(vm: &Vm, pid: i32, options: i32) -> PyResult<Value> {
        let mut status = 0;
        let pid = check(vm, || unsafe { libc::waitpid(pid, &mut status, options) } as i64)?;
        Ok(pair(vm, pid, status))
    }

    /// Wait for completion of a child process.
    #[pyfunction("($module, /, options)")]
    fn wait3(vm: &Vm, options: i32) -> PyResult<Value> {
        let (mut status, mut usage) = (0, unsafe { std::mem::zeroed::<libc::rusage>() });
        let pid = check(vm, || unsafe { libc::wait4(-1, &mut status, options, &mut usage) } as i64)?;
        with_usage(vm, pid, status, &usage)
    }

    /// Wait for completion of a specific child process.
    #[pyfunction("($module, /, pid, options)")]
    fn wait4(vm: &Vm, pid: i32, options: i32) -> PyResult<Value> {
        let (mut status, mut usage) = (0, unsafe { std::mem::zeroed::<libc::rusage>() });
        let pid = check(vm, || unsafe { libc::wait4(pid, &mut status, options, &mut usage) } as i64)?;
        with_usage(vm, pid, status, &usage)
    }

    /// Returns the result of waiting for a process or processes.
    #[pyfunction("($module, idtype, id, options, /)")]
    fn waitid(vm: &Vm, idtype: i32, id: i64, options: i32) -> PyResult<Value> {
        let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
        check(vm, || unsafe { libc::waitid(idtype as _, id as libc::id_t, &mut info, options) } as i64)?;
        let pid = unsafe { info.si_pid() };
        if pid == 0 {
            return Ok(none());
        }
        let values = unsafe {
            [
                vm.int(pid as i64),
                vm.int(info.si_uid() as i64),
                vm.int(info.si_signo as i64),
                vm.int(info.si_status() as i64),
                vm.int(info.si_code as i64),
            ]
        };
        Ok(vm.new_struct_sequence(vm.struct_sequence_type(&WAITID_RESULT), &values))
    }

    /// Convert a wait status to an exit code.
    #[pyfunction("($module, /, status)")]
    fn waitstatus_to_exitcode(vm: &Vm, status: i32) -> PyResult<i32> {
        if libc::WIFEXITED(status) {
            Ok(libc::WEXITSTATUS(status))
        } else if libc::WIFSIGNALED(status) {
            Ok(-libc::WTERMSIG(status))
        } else if libc::WIFSTOPPED(status) {
            raise!(vm, ValueError, "process stopped by delivery of signal {}", libc::WSTOPSIG(status))
        } else {
            raise!(vm, ValueError, "invalid wait status: {status}")
        }
    }

    /// Return a file descriptor referring to the process *pid*.
    #[pyfunction("($module, /, pid, flags=0)")]
    fn pidfd_open(vm: &Vm, pid: i32, flags: Option<u32>) -> PyResult<i64> {
        quick(vm, unsafe { libc::syscall(libc::SYS_pidfd_open, pid, flags.unwrap_or(0)) })
    }

    /// Execute the command in a subshell.
    #[pyfunction("($module, /, command)")]
    fn system(vm: &Vm, command: Value) -> PyResult<i32> {
        let command = c_string(vm, command, "command")?;
        let r = vm.allow_threads(|| unsafe { libc::system(command.as_ptr()) });
        Ok(r)
    }

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        m.dict().set_str(vm, "waitid_result", vm.struct_sequence_type(&WAITID_RESULT).value());
        add_functions(vm, m, &status::DEF)
    }
}
