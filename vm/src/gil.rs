//! The global interpreter lock.
//!
//! One thread at a time touches Python objects. A thread that waits for the lock longer than the
//! switch interval asks the holder to hand it over, through the eval breaker; the holder then waits
//! until somebody else has had it, so that no thread starves. Around blocking system calls
//! (`allow_threads`) the lock is free and the thread's stack is marked as blocked for the collector.
//!
//! A thread that wants the lock while the process ends never gets it: it sleeps until the end.
//!
//! After a fork only the calling thread exists, and it holds the lock; the internal state is made
//! anew, because another thread may have been inside it.

use crate::error::PyResult;
use crate::thread::Thread;
use crate::vm::{EVAL_BREAKER, PENDING_ASYNC, PENDING_GIL, PENDING_SIGNAL, Vm};
use adder_heap as heap;
use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::Duration;

struct State {
    locked: bool,
    waiting: usize,
    /// Counts acquisitions, so that waiters see that the lock changed hands.
    turns: u64,
}

struct Gil {
    state: Mutex<State>,
    /// The lock became free.
    free: Condvar,
    /// Somebody else took it.
    taken: Condvar,
}

impl Gil {
    const fn new() -> Gil {
        // The main thread starts with the lock.
        let state = State { locked: true, waiting: 0, turns: 0 };
        Gil { state: Mutex::new(state), free: Condvar::new(), taken: Condvar::new() }
    }
}

struct Place(UnsafeCell<Gil>);
// SAFETY: replaced only in a forked child, where there is one thread.
unsafe impl Sync for Place {}
static GIL: Place = Place(UnsafeCell::new(Gil::new()));

/// Microseconds between forced handovers.
static INTERVAL: AtomicU64 = AtomicU64::new(5000);
/// Set when the process ends: other threads stay out.
static CLOSED: AtomicBool = AtomicBool::new(false);
/// Whether a signal waits for the main thread; set by the `_signal` module's C handler.
pub static SIGNALS_TRIPPED: AtomicBool = AtomicBool::new(false);
/// Threads that are between release and acquire, or run; for tests of being alone.
pub static THREADS: AtomicU32 = AtomicU32::new(1);

fn gil() -> &'static Gil {
    // SAFETY: see `Place`.
    unsafe { &*GIL.0.get() }
}

fn state() -> MutexGuard<'static, State> {
    gil().state.lock().unwrap_or_else(|e| e.into_inner())
}

/// Waits for the lock. Touches no object.
pub fn acquire() {
    let mut s = state();
    if s.locked {
        s.waiting += 1;
        while s.locked {
            let turns = s.turns;
            let interval = Duration::from_micros(INTERVAL.load(Ordering::Relaxed));
            let (next, timeout) = gil().free.wait_timeout(s, interval).unwrap_or_else(|e| e.into_inner());
            s = next;
            if timeout.timed_out() && s.locked && s.turns == turns {
                EVAL_BREAKER.fetch_or(PENDING_GIL, Ordering::Relaxed);
            }
        }
        s.waiting -= 1;
    }
    if CLOSED.load(Ordering::Relaxed) {
        drop(s);
        loop {
            // SAFETY: sleeps.
            unsafe { libc::pause() };
        }
    }
    s.locked = true;
    s.turns += 1;
    gil().taken.notify_all();
}

/// Frees the lock.
pub fn release() {
    let mut s = state();
    s.locked = false;
    if s.waiting > 0 {
        gil().free.notify_one();
    }
}

/// Lets another thread run if one waits.
fn hand_over() {
    let mut s = state();
    if s.waiting == 0 {
        return;
    }
    s.locked = false;
    let turns = s.turns;
    gil().free.notify_one();
    while s.turns == turns && s.waiting > 0 {
        s = gil().taken.wait_timeout(s, Duration::from_millis(50)).unwrap_or_else(|e| e.into_inner()).0;
    }
    drop(s);
    acquire();
}

/// Whether another thread waits for the lock.
pub fn is_wanted() -> bool {
    state().waiting > 0
}

/// Installs the handover into the eval breaker; once, at start-up.
pub fn init() {
    crate::pending::set_hooks(|h| h.yield_gil = Some(yield_now));
}

/// Gives others a turn. Called at a safe point with the lock held.
pub fn yield_now(vm: &Vm) -> PyResult<()> {
    let t: *const Thread = vm.thread();
    heap::blocked(hand_over);
    vm.resume_thread(t);
    Ok(())
}

/// Seconds of `sys.getswitchinterval`.
pub fn switch_interval() -> f64 {
    INTERVAL.load(Ordering::Relaxed) as f64 * 1e-6
}

pub fn set_switch_interval(seconds: f64) {
    INTERVAL.store(((seconds * 1e6) as u64).max(1), Ordering::Relaxed);
}

/// From now on no other thread gets the lock.
pub fn close() {
    CLOSED.store(true, Ordering::Relaxed);
}

/// In the child of a fork: the calling thread is the only one and holds the lock.
pub fn after_fork(vm: &Vm) {
    // SAFETY: there is one thread; what another one did to the old state does not matter.
    unsafe { std::ptr::write(GIL.0.get(), Gil::new()) };
    THREADS.store(1, Ordering::Relaxed);
    heap::after_fork();
    let me: *const Thread = vm.thread();
    vm.forget_other_threads(me);
}

impl Vm {
    /// Runs `f`, which touches no object, while other threads may run Python code.
    #[inline(never)]
    pub fn allow_threads<R>(&self, f: impl FnOnce() -> R) -> R {
        let t: *const Thread = self.thread();
        let result = heap::blocked(|| {
            release();
            let result = f();
            acquire();
            result
        });
        self.resume_thread(t);
        result
    }

    /// The calling thread has the lock again: what waits for it is announced.
    pub fn resume_thread(&self, t: *const Thread) {
        self.set_thread(t);
        // SAFETY: a running thread's state is alive.
        let thread = unsafe { &*t };
        if SIGNALS_TRIPPED.load(Ordering::Relaxed) && self.is_main_thread() {
            EVAL_BREAKER.fetch_or(PENDING_SIGNAL, Ordering::Relaxed);
        }
        if thread.async_exception.get() != 0 {
            EVAL_BREAKER.fetch_or(PENDING_ASYNC, Ordering::Relaxed);
        }
    }

    /// Whether the running thread is the one that started the VM (or forked).
    pub fn is_main_thread(&self) -> bool {
        self.thread().ident == self.main_thread_ident.get()
    }

    /// Runs signal handlers and whatever else waits: to be called when a system call was interrupted.
    pub fn check_signals(&self) -> PyResult<()> {
        if SIGNALS_TRIPPED.load(Ordering::Relaxed) && self.is_main_thread() {
            EVAL_BREAKER.fetch_or(PENDING_SIGNAL, Ordering::Relaxed);
        }
        if self.eval_breaker() { self.handle_pending() } else { Ok(()) }
    }
}
