//! The lock and the event that Python's locks and threads are made of: one futex word each, outside
//! the heap, so that a waiting thread needs no object.

use crate::os_support::{monotonic, timespec};
use adder_vm::builtins::exceptions::os_error::last_errno;
use adder_vm::error::PyResult;
use adder_vm::vm::Vm;
use std::sync::atomic::{AtomicU32, Ordering};

/// What one wait came to.
#[derive(PartialEq, Eq)]
pub enum Wait {
    Done,
    TimedOut,
    Interrupted,
}

/// 0: free, 1: locked, 2: locked and somebody waits.
pub struct RawLock(AtomicU32);

/// 0: not yet, 1: happened.
pub struct Event(AtomicU32);

/// Sleeps while the word has a value, until a deadline of the monotonic clock.
fn futex_wait(word: &AtomicU32, value: u32, deadline: Option<i64>) -> Wait {
    let until = deadline.map(timespec);
    let p = until.as_ref().map_or(std::ptr::null(), |t| t as *const libc::timespec);
    let op = libc::FUTEX_WAIT_BITSET | libc::FUTEX_PRIVATE_FLAG;
    // SAFETY: the word lives during the call.
    let r = unsafe {
        libc::syscall(
            libc::SYS_futex,
            word.as_ptr(),
            op,
            value,
            p,
            std::ptr::null::<u32>(),
            libc::FUTEX_BITSET_MATCH_ANY,
        )
    };
    match if r == -1 { last_errno() } else { 0 } {
        libc::ETIMEDOUT => Wait::TimedOut,
        libc::EINTR => Wait::Interrupted,
        _ => Wait::Done,
    }
}

fn futex_wake(word: &AtomicU32, n: i32) {
    // SAFETY: the word lives during the call.
    unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG, n) };
}

impl RawLock {
    pub const fn new() -> RawLock {
        RawLock(AtomicU32::new(0))
    }

    pub fn try_acquire(&self) -> bool {
        self.0.compare_exchange(0, 1, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }

    /// Waits until the lock is got, time is over or a signal comes.
    pub fn wait(&self, deadline: Option<i64>) -> Wait {
        loop {
            if self.0.swap(2, Ordering::Acquire) == 0 {
                return Wait::Done;
            }
            match futex_wait(&self.0, 2, deadline) {
                Wait::Done => {}
                other => return other,
            }
        }
    }

    pub fn release(&self) {
        if self.0.swap(0, Ordering::Release) == 2 {
            futex_wake(&self.0, 1);
        }
    }

    pub fn is_locked(&self) -> bool {
        self.0.load(Ordering::Relaxed) != 0
    }

    /// In the child of a fork.
    pub fn reset(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

impl Event {
    pub const fn new() -> Event {
        Event(AtomicU32::new(0))
    }

    pub fn set(&self) {
        self.0.store(1, Ordering::Release);
        futex_wake(&self.0, i32::MAX);
    }

    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Acquire) == 1
    }

    fn wait_once(&self, deadline: Option<i64>) -> Wait {
        while !self.is_set() {
            match futex_wait(&self.0, 0, deadline) {
                Wait::Done => {}
                other => return other,
            }
        }
        Wait::Done
    }

    /// Waits without the GIL; false: time is over. Signal handlers run.
    pub fn wait(&self, vm: &Vm, timeout: Option<i64>) -> PyResult<bool> {
        if self.is_set() {
            return Ok(true);
        }
        let deadline = timeout.map(|t| monotonic().saturating_add(t));
        loop {
            match vm.allow_threads(|| self.wait_once(deadline)) {
                Wait::Done => return Ok(true),
                Wait::TimedOut => return Ok(false),
                Wait::Interrupted => vm.check_signals()?,
            }
        }
    }
}

/// Acquires a lock; the timeout is in nanoseconds, None: for ever. The caller's copy of the `Arc`
/// keeps the lock while it waits.
pub fn acquire(vm: &Vm, lock: &RawLock, blocking: bool, timeout: Option<i64>) -> PyResult<bool> {
    if lock.try_acquire() {
        return Ok(true);
    }
    if !blocking || timeout == Some(0) {
        return Ok(false);
    }
    let deadline = timeout.map(|t| monotonic().saturating_add(t));
    loop {
        match vm.allow_threads(|| lock.wait(deadline)) {
            Wait::Done => return Ok(true),
            Wait::TimedOut => return Ok(false),
            Wait::Interrupted => vm.check_signals()?,
        }
    }
}
