//! The module `_signal`.
//!
//! The C handler only notes which signal came, sets the eval breaker and writes to the wakeup
//! descriptor. The Python handlers run in the main thread, from the eval breaker or when a system call
//! was interrupted.

use crate::constants::SIGNAL;
use crate::os_support::*;
use adder_heap::StaticRoot;
use adder_macros::pymodule;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::exceptions::os_error::last_errno;
use adder_vm::builtins::int::as_int;
use adder_vm::builtins::list::List;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::struct_sequence::StructSeqDef;
use adder_vm::error::PyResult;
use adder_vm::gil::SIGNALS_TRIPPED;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::{EVAL_BREAKER, PENDING_SIGNAL, Vm};
use libc::c_int;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

const COUNT: usize = 65;

#[allow(clippy::declare_interior_mutable_const)] // The initial value of an array.
const OFF: AtomicBool = AtomicBool::new(false);
static TRIPPED: [AtomicBool; COUNT] = [OFF; COUNT];
static WAKEUP_FD: AtomicI32 = AtomicI32::new(-1);
static WARN_ON_FULL: AtomicBool = AtomicBool::new(true);
/// Error number of a failed write to the wakeup descriptor, to be reported.
static WAKEUP_ERROR: AtomicI32 = AtomicI32::new(0);
/// A list of the Python handlers by number; None: not set by Python.
static HANDLERS: StaticRoot = StaticRoot::new();

static SIGINFO: StructSeqDef = StructSeqDef {
    name: "signal.struct_siginfo",
    doc: "struct_siginfo: Result from sigwaitinfo or sigtimedwait.\n\n\
          This object may be accessed either as a tuple of\n\
          (si_signo, si_code, si_errno, si_pid, si_uid, si_status, si_band),\n\
          or via the attributes si_signo, si_code, and so on.",
    fields: &[
        ("si_signo", "signal number"),
        ("si_code", "signal code"),
        ("si_errno", "errno associated with this signal"),
        ("si_pid", "sending process ID"),
        ("si_uid", "real user ID of sending process"),
        ("si_status", "exit value or signal"),
        ("si_band", "band event for SIGPOLL"),
    ],
    visible: 7,
};

static ITIMER_ERROR: StaticRoot = StaticRoot::new();

/// Notes a signal; async-signal-safe.
fn trip(signal: c_int) {
    TRIPPED[signal as usize].store(true, Ordering::Relaxed);
    SIGNALS_TRIPPED.store(true, Ordering::Release);
    EVAL_BREAKER.fetch_or(PENDING_SIGNAL, Ordering::Relaxed);
    let fd = WAKEUP_FD.load(Ordering::Relaxed);
    if fd >= 0 {
        let byte = signal as u8;
        // SAFETY: write is async-signal-safe.
        let r = unsafe { libc::write(fd, (&raw const byte).cast(), 1) };
        if r < 0 {
            let e = last_errno();
            if WARN_ON_FULL.load(Ordering::Relaxed) || e != libc::EAGAIN {
                WAKEUP_ERROR.store(e, Ordering::Relaxed);
            }
        }
    }
}

extern "C" fn on_signal(signal: c_int) {
    // SAFETY: errno of the interrupted code is kept.
    unsafe {
        let saved = *libc::__errno_location();
        trip(signal);
        *libc::__errno_location() = saved;
    }
}

/// As if the signal had come (`_thread.interrupt_main`); nothing if Python does not handle it.
pub fn simulate(signal: c_int) {
    let handled = HANDLERS.get().and_then(|l| l.exact::<List>()).is_some_and(|l| {
        let h = l.get(signal as usize);
        !h.is_none() && as_int(h).is_none()
    });
    if handled {
        trip(signal);
    }
}

/// In the child of a fork: signals that came before belong to the parent.
pub fn after_fork(_vm: &Vm) {
    for t in &TRIPPED {
        t.store(false, Ordering::Relaxed);
    }
    SIGNALS_TRIPPED.store(false, Ordering::Relaxed);
}

/// The hook of the eval breaker: runs the Python handlers, in the main thread only.
fn run_handlers(vm: &Vm) -> PyResult<()> {
    if !vm.is_main_thread() || !SIGNALS_TRIPPED.swap(false, Ordering::Acquire) {
        return Ok(());
    }
    let e = WAKEUP_ERROR.swap(0, Ordering::Relaxed);
    if e != 0 {
        let raised = vm.os_error(e, None);
        vm.unraisable(raised, "Exception ignored while trying to write to the signal wakeup fd", none());
    }
    let Some(handlers) = HANDLERS.get().and_then(|l| l.exact::<List>()) else { return Ok(()) };
    for n in 1..COUNT {
        if !TRIPPED[n].swap(false, Ordering::Relaxed) {
            continue;
        }
        let f = handlers.get(n);
        if f.is_none() || as_int(f).is_some() {
            continue;
        }
        let frame = adder_vm::builtins::frame::current(vm, 0).map_or(none(), |f| f.value());
        if let Err(raised) = vm.call(f, &[vm.int(n as i64), frame]) {
            // The other signals are handled later.
            if TRIPPED.iter().any(|t| t.load(Ordering::Relaxed)) {
                SIGNALS_TRIPPED.store(true, Ordering::Relaxed);
                EVAL_BREAKER.fetch_or(PENDING_SIGNAL, Ordering::Relaxed);
            }
            return Err(raised);
        }
    }
    Ok(())
}

fn handlers(vm: &Vm) -> Ref<List> {
    if HANDLERS.get().is_none() {
        let list = List::new(vm);
        for _ in 0..COUNT {
            list.push(vm, none());
        }
        HANDLERS.set(Some(list.value()));
    }
    HANDLERS.get().and_then(|l| l.exact::<List>()).expect("handlers are a list")
}

fn check_number(vm: &Vm, n: i32) -> PyResult<()> {
    if (1..COUNT as i32).contains(&n) { Ok(()) } else { Err(vm.value_error("signal number out of range")) }
}

fn install(signal: c_int, handler: libc::sighandler_t) -> bool {
    // SAFETY: the handler is async-signal-safe.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handler;
        // System calls are interrupted, so that handlers run soon (PEP 475).
        action.sa_flags = libc::SA_ONSTACK;
        libc::sigemptyset(&mut action.sa_mask);
        libc::sigaction(signal, &action, std::ptr::null_mut()) == 0
    }
}

/// The C handler that is installed.
fn installed(signal: c_int) -> Option<libc::sighandler_t> {
    // SAFETY: asks only.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        if libc::sigaction(signal, std::ptr::null(), &mut action) == 0 {
            Some(action.sa_sigaction)
        } else {
            None
        }
    }
}

/// A set of signals from an iterable.
pub fn signal_set(vm: &Vm, v: Value) -> PyResult<libc::sigset_t> {
    // SAFETY: initialised by sigemptyset.
    let mut set: libc::sigset_t = unsafe { std::mem::zeroed() };
    unsafe { libc::sigemptyset(&mut set) };
    vm.iterate(v, &mut |item| {
        let n = vm.index_i128(item)?;
        if !(1..COUNT as i128).contains(&n) {
            raise!(vm, ValueError, "signal number {n} out of range [1; {}]", COUNT - 1)
        }
        unsafe { libc::sigaddset(&mut set, n as c_int) };
        Ok(())
    })?;
    Ok(set)
}

fn set_value(vm: &Vm, set: &libc::sigset_t) -> PyResult<Value> {
    let list = List::new(vm);
    for n in 1..COUNT as c_int {
        if unsafe { libc::sigismember(set, n) } == 1 {
            list.push(vm, vm.int(n as i64));
        }
    }
    vm.new_set(list.items())
}

fn siginfo(vm: &Vm, info: &libc::siginfo_t) -> Value {
    let values = unsafe {
        [
            info.si_signo as i64,
            info.si_code as i64,
            info.si_errno as i64,
            info.si_pid() as i64,
            info.si_uid() as i64,
            info.si_status() as i64,
            // Where the kernel puts it: behind signo, errno, code and padding.
            *(info as *const libc::siginfo_t as *const i64).add(2),
        ]
    }
    .map(|n| vm.int(n));
    vm.new_struct_sequence(vm.struct_sequence_type(&SIGINFO), &values)
}

fn to_timeval(ns: i64) -> libc::timeval {
    libc::timeval { tv_sec: ns.div_euclid(1_000_000_000), tv_usec: ns.rem_euclid(1_000_000_000) / 1000 }
}

fn timer_value(vm: &Vm, t: &libc::itimerval) -> (f64, f64) {
    let _ = vm;
    let s = |t: &libc::timeval| t.tv_sec as f64 + 1e-6 * t.tv_usec as f64;
    (s(&t.it_value), s(&t.it_interval))
}

fn itimer_error(vm: &Vm) -> adder_vm::error::Raised {
    let e = last_errno();
    match ITIMER_ERROR.get().and_then(|c| c.downcast()) {
        Some(class) => {
            let text = adder_vm::builtins::exceptions::os_error::strerror(e);
            vm.raise_class(class, &[vm.int(e as i64), vm.new_str(&text)])
        }
        None => vm.os_error(e, None),
    }
}

/// This module provides mechanisms to use signal handlers in Python.
#[pymodule]
pub mod _signal {
    use super::*;

    /// The default handler for SIGINT installed by Python.
    #[pyfunction("($module, signalnum, frame, /)")]
    fn default_int_handler(vm: &Vm, _signalnum: i32, _frame: Value) -> PyResult<()> {
        Err(vm.raise_class(Exc::KeyboardInterrupt.class(), &[]))
    }

    /// Set the action for the given signal.
    #[pyfunction("($module, signalnum, handler, /)")]
    fn signal(vm: &Vm, signalnum: i32, handler: Value) -> PyResult<Value> {
        if !vm.is_main_thread() {
            return Err(vm.value_error("signal only works in main thread of the main interpreter"));
        }
        check_number(vm, signalnum)?;
        let number = as_int(handler).filter(|n| n.is_small()).map(|n| n.small());
        let c_handler = match number {
            Some(0) => libc::SIG_DFL,
            Some(1) => libc::SIG_IGN,
            _ if vm.is_callable(handler) => on_signal as extern "C" fn(c_int) as libc::sighandler_t,
            _ => {
                return Err(vm.type_error(
                    "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object",
                ));
            }
        };
        vm.check_signals()?;
        if !install(signalnum, c_handler) {
            return Err(vm.last_os_error());
        }
        let list = handlers(vm);
        let old = list.get(signalnum as usize);
        let stored = match number {
            Some(n @ (0 | 1)) => vm.int(n),
            _ => handler,
        };
        list.set(signalnum as usize, stored);
        Ok(old)
    }

    /// Return the current action for the given signal.
    #[pyfunction("($module, signalnum, /)")]
    fn getsignal(vm: &Vm, signalnum: i32) -> PyResult<Value> {
        check_number(vm, signalnum)?;
        Ok(handlers(vm).get(signalnum as usize))
    }

    /// Arrange for SIGALRM to arrive after the given number of seconds.
    #[pyfunction("($module, seconds, /)")]
    fn alarm(_vm: &Vm, seconds: i32) -> u32 {
        unsafe { libc::alarm(seconds as u32) }
    }

    /// Wait until a signal arrives.
    #[pyfunction("($module, /)")]
    fn pause(vm: &Vm) -> PyResult<()> {
        vm.allow_threads(|| unsafe { libc::pause() });
        vm.check_signals()
    }

    /// Send a signal to the executing process.
    #[pyfunction("($module, signalnum, /)")]
    fn raise_signal(vm: &Vm, signalnum: i32) -> PyResult<()> {
        if unsafe { libc::raise(signalnum) } != 0 {
            return Err(vm.last_os_error());
        }
        vm.check_signals()
    }

    /// Change system call restart behaviour.
    #[pyfunction("($module, signalnum, flag, /)")]
    fn siginterrupt(vm: &Vm, signalnum: i32, flag: i32) -> PyResult<()> {
        check_number(vm, signalnum)?;
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            libc::sigaction(signalnum, std::ptr::null(), &mut action);
            if flag != 0 {
                action.sa_flags &= !libc::SA_RESTART;
            } else {
                action.sa_flags |= libc::SA_RESTART;
            }
            quick(vm, libc::sigaction(signalnum, &action, std::ptr::null_mut()) as i64).map(drop)
        }
    }

    /// Sets the fd to be written to (with the signal number) when a signal comes in.
    #[pyfunction("($module, fd, /, *, warn_on_full_buffer=True)")]
    fn set_wakeup_fd(vm: &Vm, fd: i32, warn_on_full_buffer: Option<bool>) -> PyResult<i32> {
        if !vm.is_main_thread() {
            return Err(vm.value_error("set_wakeup_fd only works in main thread of the main interpreter"));
        }
        if fd != -1 {
            let mut st: libc::stat = unsafe { std::mem::zeroed() };
            if unsafe { libc::fstat(fd, &mut st) } < 0 {
                return Err(vm.last_os_error());
            }
            let flags = quick(vm, unsafe { libc::fcntl(fd, libc::F_GETFL) } as i64)? as c_int;
            if flags & libc::O_NONBLOCK == 0 {
                raise!(vm, ValueError, "the fd {fd} must be in non-blocking mode")
            }
        }
        WARN_ON_FULL.store(warn_on_full_buffer.unwrap_or(true), Ordering::Relaxed);
        Ok(WAKEUP_FD.swap(fd, Ordering::Relaxed))
    }

    /// Sets given itimer and returns old values as a tuple: (delay, interval).
    #[pyfunction("($module, which, seconds, interval=0.0, /)")]
    fn setitimer(vm: &Vm, which: i32, seconds: Value, interval: Option<Value>) -> PyResult<(f64, f64)> {
        let value = to_timeval(nanoseconds(vm, seconds, true)?);
        let interval = match interval {
            Some(i) => to_timeval(nanoseconds(vm, i, true)?),
            None => to_timeval(0),
        };
        let new = libc::itimerval { it_interval: interval, it_value: value };
        let mut old: libc::itimerval = unsafe { std::mem::zeroed() };
        if unsafe { libc::setitimer(which as _, &new, &mut old) } != 0 {
            return Err(itimer_error(vm));
        }
        Ok(timer_value(vm, &old))
    }

    /// Returns current value of given itimer.
    #[pyfunction("($module, which, /)")]
    fn getitimer(vm: &Vm, which: i32) -> PyResult<(f64, f64)> {
        let mut old: libc::itimerval = unsafe { std::mem::zeroed() };
        if unsafe { libc::getitimer(which as _, &mut old) } != 0 {
            return Err(itimer_error(vm));
        }
        Ok(timer_value(vm, &old))
    }

    /// Fetch and/or change the signal mask of the calling thread.
    #[pyfunction("($module, how, mask, /)")]
    fn pthread_sigmask(vm: &Vm, how: i32, mask: Value) -> PyResult<Value> {
        let set = signal_set(vm, mask)?;
        let mut old: libc::sigset_t = unsafe { std::mem::zeroed() };
        let e = unsafe { libc::pthread_sigmask(how, &set, &mut old) };
        if e != 0 {
            return Err(vm.os_error(e, None));
        }
        vm.check_signals()?;
        set_value(vm, &old)
    }

    /// Examine pending signals.
    #[pyfunction("($module, /)")]
    fn sigpending(vm: &Vm) -> PyResult<Value> {
        let mut set: libc::sigset_t = unsafe { std::mem::zeroed() };
        quick(vm, unsafe { libc::sigpending(&mut set) } as i64)?;
        set_value(vm, &set)
    }

    /// Wait for a signal.
    #[pyfunction("($module, sigset, /)")]
    fn sigwait(vm: &Vm, sigset: Value) -> PyResult<i32> {
        let set = signal_set(vm, sigset)?;
        let mut signal = 0;
        let e = vm.allow_threads(|| unsafe { libc::sigwait(&set, &mut signal) });
        if e != 0 { Err(vm.os_error(e, None)) } else { Ok(signal) }
    }

    /// Wait synchronously until one of the signals in *sigset* is delivered.
    #[pyfunction("($module, sigset, /)")]
    fn sigwaitinfo(vm: &Vm, sigset: Value) -> PyResult<Value> {
        let set = signal_set(vm, sigset)?;
        let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
        check(vm, || unsafe { libc::sigwaitinfo(&set, &mut info) } as i64)?;
        Ok(siginfo(vm, &info))
    }

    /// Like sigwaitinfo(), but with a timeout.
    #[pyfunction("($module, sigset, timeout, /)")]
    fn sigtimedwait(vm: &Vm, sigset: Value, timeout: Value) -> PyResult<Value> {
        let set = signal_set(vm, sigset)?;
        let ns = nanoseconds(vm, timeout, true)?;
        if ns < 0 {
            return Err(vm.value_error("timeout must be non-negative"));
        }
        let deadline = monotonic().saturating_add(ns);
        let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
        let r = call(vm, || unsafe {
            let left = timespec((deadline - monotonic()).max(0));
            libc::sigtimedwait(&set, &mut info, &left) as i64
        })?;
        match r {
            Ok(_) => Ok(siginfo(vm, &info)),
            Err(libc::EAGAIN) => Ok(none()),
            Err(e) => Err(vm.os_error(e, None)),
        }
    }

    /// Send a signal to a thread.
    #[pyfunction("($module, thread_id, signalnum, /)")]
    fn pthread_kill(vm: &Vm, thread_id: u64, signalnum: i32) -> PyResult<()> {
        let e = unsafe { libc::pthread_kill(thread_id as libc::pthread_t, signalnum) };
        if e != 0 {
            return Err(vm.os_error(e, None));
        }
        vm.check_signals()
    }

    /// Send a signal to a process referred to by a pid file descriptor.
    #[pyfunction("($module, pidfd, signalnum, siginfo=None, flags=0, /)")]
    fn pidfd_send_signal(
        vm: &Vm,
        pidfd: i32,
        signalnum: i32,
        siginfo: Option<Value>,
        flags: Option<i32>,
    ) -> PyResult<()> {
        if siginfo.is_some_and(|s| !s.is_none()) {
            return Err(vm.type_error("siginfo must be None"));
        }
        let flags = flags.unwrap_or(0);
        let null = std::ptr::null::<libc::siginfo_t>();
        quick(vm, unsafe { libc::syscall(libc::SYS_pidfd_send_signal, pidfd, signalnum, null, flags) })
            .map(drop)
    }

    /// Return the system description of the given signal.
    #[pyfunction("($module, signalnum, /)")]
    fn strsignal(vm: &Vm, signalnum: i32) -> PyResult<Option<String>> {
        check_number(vm, signalnum)?;
        let text = unsafe { c_bytes(libc::strsignal(signalnum)) };
        let text = String::from_utf8_lossy(text).into_owned();
        Ok(if text.is_empty() || text.starts_with("Unknown signal") { None } else { Some(text) })
    }

    /// Return a set of valid signal numbers on this platform.
    #[pyfunction("($module, /)")]
    fn valid_signals(vm: &Vm) -> PyResult<Value> {
        let mut set: libc::sigset_t = unsafe { std::mem::zeroed() };
        unsafe { libc::sigfillset(&mut set) };
        set_value(vm, &set)
    }

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        add_constants(vm, m, SIGNAL);
        let d = m.dict();
        let error = adder_vm::builtins::dict::Dict::new(vm);
        error.set_str(vm, "__module__", vm.new_str("signal"));
        let bases = adder_vm::builtins::tuple::Tuple::from_slice(vm, &[Exc::OSError.class().value()]);
        let type_ = Exc::OSError.class().value().class().value();
        let error = vm.call(type_, &[vm.new_str("itimer_error"), bases.value(), error.value()])?;
        let error = ITIMER_ERROR.get().unwrap_or(error);
        ITIMER_ERROR.set(Some(error));
        d.set_str(vm, "ItimerError", error);
        d.set_str(vm, "struct_siginfo", vm.struct_sequence_type(&SIGINFO).value());
        let list = handlers(vm);
        for n in 1..COUNT {
            let h = match installed(n as c_int) {
                Some(libc::SIG_DFL) => vm.int(0),
                Some(libc::SIG_IGN) => vm.int(1),
                _ => none(),
            };
            list.set(n, h);
        }
        adder_vm::pending::set_hooks(|h| h.signals = Some(run_handlers));
        // As CPython's start-up does: Ctrl-C raises KeyboardInterrupt.
        if !vm.config.no_signals
            && installed(libc::SIGINT) == Some(libc::SIG_DFL)
            && let Some(f) = d.get_str(vm, "default_int_handler")?
        {
            install(libc::SIGINT, on_signal as extern "C" fn(c_int) as libc::sighandler_t);
            list.set(libc::SIGINT as usize, f);
        }
        Ok(())
    }
}
