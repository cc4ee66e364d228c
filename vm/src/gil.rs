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
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::Duration;

struct Gil {
    locked: AtomicBool,
    /// Threads that want the lock and did not get it at once.
    waiting: AtomicUsize,
    /// Counts acquisitions, so that waiters see that the lock changed hands.
    turns: AtomicU64,
    /// Threads in `hand_over`.
    handing: AtomicUsize,
    /// Held around waiting and waking only.
    mutex: Mutex<()>,
    /// The lock became free.
    free: Condvar,
    /// Somebody else took it.
    taken: Condvar,
}

impl Gil {
    const fn new() -> Gil {
        // The main thread starts with the lock.
        Gil {
            locked: AtomicBool::new(true),
            waiting: AtomicUsize::new(0),
            turns: AtomicU64::new(0),
            handing: AtomicUsize::new(0),
            mutex: Mutex::new(()),
            free: Condvar::new(),
            taken: Condvar::new(),
        }
    }

    fn guard(&self) -> MutexGuard<'_, ()> {
        self.mutex.lock().unwrap_or_else(|e| e.into_inner())
    }

    fn try_lock(&self) -> bool {
        self.locked.compare_exchange(false, true, Ordering::SeqCst, Ordering::Relaxed).is_ok()
    }

    /// The lock is free: one of those who wait is woken. Who waits has said so before it looked at the
    /// lock for the last time, so that it cannot be missed.
    fn unlock(&self) {
        self.locked.store(false, Ordering::SeqCst);
        if self.waiting.load(Ordering::SeqCst) > 0 {
            let _guard = self.guard();
            self.free.notify_one();
        }
    }

    #[cold]
    fn wait(&self) {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let mut guard = self.guard();
        while !self.try_lock() {
            let turns = self.turns.load(Ordering::Relaxed);
            let interval = Duration::from_micros(INTERVAL.load(Ordering::Relaxed));
            let (next, timeout) = self.free.wait_timeout(guard, interval).unwrap_or_else(|e| e.into_inner());
            guard = next;
            let stuck = self.locked.load(Ordering::Relaxed) && self.turns.load(Ordering::Relaxed) == turns;
            if timeout.timed_out() && stuck {
                EVAL_BREAKER.fetch_or(PENDING_GIL, Ordering::Relaxed);
            }
        }
        self.waiting.fetch_sub(1, Ordering::SeqCst);
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

/// Waits for the lock. Touches no object.
pub fn acquire() {
    let gil = gil();
    if !gil.try_lock() {
        gil.wait();
    }
    if CLOSED.load(Ordering::Relaxed) {
        gil.unlock();
        loop {
            // SAFETY: sleeps.
            unsafe { libc::pause() };
        }
    }
    gil.turns.fetch_add(1, Ordering::SeqCst);
    if gil.handing.load(Ordering::SeqCst) > 0 {
        let _guard = gil.guard();
        gil.taken.notify_all();
    }
}

/// Frees the lock.
pub fn release() {
    gil().unlock();
}

/// Lets another thread run if one waits.
fn hand_over() {
    let gil = gil();
    if gil.waiting.load(Ordering::SeqCst) == 0 {
        return;
    }
    let turns = gil.turns.load(Ordering::SeqCst);
    gil.handing.fetch_add(1, Ordering::SeqCst);
    gil.unlock();
    let mut guard = gil.guard();
    while gil.turns.load(Ordering::SeqCst) == turns && gil.waiting.load(Ordering::SeqCst) > 0 {
        let next = gil.taken.wait_timeout(guard, Duration::from_millis(50));
        guard = next.unwrap_or_else(|e| e.into_inner()).0;
    }
    drop(guard);
    gil.handing.fetch_sub(1, Ordering::SeqCst);
    acquire();
}

/// Whether another thread waits for the lock.
pub fn is_wanted() -> bool {
    gil().waiting.load(Ordering::SeqCst) > 0
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
    crate::pending::after_fork();
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
