//! The module `faulthandler`: Python stacks on standard error, on request and on fatal signals.
//!
//! The handlers of fatal signals write only which signal it was, because walking frames is not safe
//! there; `dump_traceback` writes the running thread's frames.

use crate::os_support::as_fd;
use adder_macros::pymodule;
use adder_vm::builtins::frame;
use adder_vm::error::PyResult;
use adder_vm::object::{Value, ValueExt};
use adder_vm::vm::Vm;
use libc::c_int;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU64, Ordering};

static ENABLED: AtomicBool = AtomicBool::new(false);
static FD: AtomicI32 = AtomicI32::new(2);
/// Counts requests of `dump_traceback_later`; a timer that is not the last one does nothing.
static LATER: AtomicU64 = AtomicU64::new(0);
static REGISTERED: Mutex<Vec<c_int>> = Mutex::new(Vec::new());

const FATAL: [(c_int, &str); 5] = [
    (libc::SIGBUS, "Bus error"),
    (libc::SIGILL, "Illegal instruction"),
    (libc::SIGFPE, "Floating-point exception"),
    (libc::SIGABRT, "Aborted"),
    (libc::SIGSEGV, "Segmentation fault"),
];

fn put(fd: c_int, text: &str) {
    // SAFETY: write is async-signal-safe.
    unsafe { libc::write(fd, text.as_ptr().cast(), text.len()) };
}

extern "C" fn on_fatal(signal: c_int) {
    let fd = FD.load(Ordering::Relaxed);
    put(fd, "Fatal Python error: ");
    put(fd, FATAL.iter().find(|(s, _)| *s == signal).map_or("signal", |(_, n)| n));
    put(fd, "\n\n");
    // SAFETY: the default action ends the process.
    unsafe {
        libc::signal(signal, libc::SIG_DFL);
        libc::raise(signal);
    }
}

/// Writes the running thread's frames.
fn dump(vm: &Vm, fd: c_int) {
    put(fd, "Stack (most recent call first):\n");
    let mut depth = 0;
    while let Some(f) = frame::current(vm, depth) {
        let code = f.code();
        let line = f.line().map_or("?".to_string(), |l| l.to_string());
        let (file, name) = (code.filename.get(), code.name.get());
        put(fd, &format!("  File \"{file}\", line {line} in {name}\n"));
        depth += 1;
    }
}

fn target(vm: &Vm, file: Option<Value>) -> PyResult<c_int> {
    match file.filter(|f| !f.is_none()) {
        Some(f) => as_fd(vm, f),
        None => match vm.sys_get("stderr").filter(|f| !f.is_none()) {
            Some(f) => {
                let fd = as_fd(vm, f)?;
                crate::_io::send(vm, f, "flush", &[])?;
                Ok(fd)
            }
            None => Err(vm.runtime_error("unable to get sys.stderr")),
        },
    }
}

/// faulthandler module.
#[pymodule]
pub mod faulthandler {
    use super::*;

    /// Enable the fault handler.
    #[pyfunction("($module, /, file=sys.stderr, all_threads=True, c_stack=True)")]
    fn enable(
        vm: &Vm,
        file: Option<Value>,
        _all_threads: Option<Value>,
        _c_stack: Option<Value>,
    ) -> PyResult<()> {
        FD.store(target(vm, file)?, Ordering::Relaxed);
        ENABLED.store(true, Ordering::Relaxed);
        for (s, _) in FATAL {
            unsafe { libc::signal(s, on_fatal as extern "C" fn(c_int) as libc::sighandler_t) };
        }
        Ok(())
    }

    /// Disable the fault handler.
    #[pyfunction("($module, /)")]
    fn disable(_vm: &Vm) -> bool {
        let was = ENABLED.swap(false, Ordering::Relaxed);
        if was {
            for (s, _) in FATAL {
                unsafe { libc::signal(s, libc::SIG_DFL) };
            }
        }
        was
    }

    /// Check if the handler is enabled.
    #[pyfunction("($module, /)")]
    fn is_enabled(_vm: &Vm) -> bool {
        ENABLED.load(Ordering::Relaxed)
    }

    /// Dump the traceback of the current thread into file.
    #[pyfunction("($module, /, file=sys.stderr, all_threads=True)")]
    fn dump_traceback(vm: &Vm, file: Option<Value>, _all_threads: Option<Value>) -> PyResult<()> {
        dump(vm, target(vm, file)?);
        Ok(())
    }

    /// Dump the traceback after a timeout.
    #[pyfunction("($module, /, timeout, repeat=False, file=sys.stderr, exit=False)")]
    fn dump_traceback_later(
        vm: &Vm,
        timeout: Value,
        repeat: Option<bool>,
        file: Option<Value>,
        exit: Option<bool>,
    ) -> PyResult<()> {
        let ns = crate::os_support::nanoseconds(vm, timeout, true)?;
        if ns <= 0 {
            return Err(vm.value_error("timeout must be greater than 0"));
        }
        let fd = target(vm, file)?;
        let mine = LATER.fetch_add(1, Ordering::Relaxed) + 1;
        let (repeat, exit) = (repeat.unwrap_or(false), exit.unwrap_or(false));
        std::thread::spawn(move || {
            loop {
                std::thread::sleep(std::time::Duration::from_nanos(ns as u64));
                if LATER.load(Ordering::Relaxed) != mine {
                    return;
                }
                put(fd, &format!("Timeout ({:.6})!\n", ns as f64 * 1e-9));
                if exit {
                    unsafe { libc::_exit(1) };
                }
                if !repeat {
                    return;
                }
            }
        });
        Ok(())
    }

    /// Cancel the previous call to dump_traceback_later().
    #[pyfunction("($module, /)")]
    fn cancel_dump_traceback_later(_vm: &Vm) {
        LATER.fetch_add(1, Ordering::Relaxed);
    }

    extern "C" fn on_registered(_signal: c_int) {
        put(FD.load(Ordering::Relaxed), "Stack (most recent call first):\n");
    }

    /// Register a handler for a signal.
    #[pyfunction("($module, /, signum, file=sys.stderr, all_threads=True, chain=False)")]
    fn register(
        vm: &Vm,
        signum: i32,
        file: Option<Value>,
        _all_threads: Option<Value>,
        _chain: Option<Value>,
    ) -> PyResult<()> {
        if FATAL.iter().any(|(s, _)| *s == signum) {
            adder_vm::raise!(vm, RuntimeError, "signal {signum} cannot be registered, use enable() instead")
        }
        if !(1..65).contains(&signum) {
            return Err(vm.value_error("signal number out of range"));
        }
        FD.store(target(vm, file)?, Ordering::Relaxed);
        unsafe { libc::signal(signum, on_registered as extern "C" fn(c_int) as libc::sighandler_t) };
        if let Ok(mut all) = REGISTERED.lock() {
            all.push(signum);
        }
        Ok(())
    }

    /// Unregister the handler of a signal.
    #[pyfunction("($module, signum, /)")]
    fn unregister(_vm: &Vm, signum: i32) -> bool {
        let Ok(mut all) = REGISTERED.lock() else { return false };
        let n = all.len();
        all.retain(|s| *s != signum);
        if all.len() < n {
            unsafe { libc::signal(signum, libc::SIG_DFL) };
        }
        all.len() < n
    }
}
