//! The native stacks that collections scan.
//!
//! A collection runs on the thread that holds the GIL.
//! Every attached thread is blocked: before it released the GIL, or began the collection, it called `enter_blocked`,
//! which wrote down its stack pointer and the registers that calls preserve.
//! What such a thread does until `leave_blocked` lies below that stack pointer and must not touch the heap.
//!
//! Kept true here: for every blocked thread, `[sp, base)` and `regs` hold every reference that
//! the thread may use when it goes on.

use crate::gil::GilCell;
use std::arch::naked_asm;
use std::cell::Cell;

/// Names an attached thread.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ThreadToken(*mut Thread);

// SAFETY: gil-held.
unsafe impl Send for ThreadToken {}
// SAFETY: gil-held.
unsafe impl Sync for ThreadToken {}

pub(crate) struct Thread {
    base: usize,
    /// 0 while the thread runs.
    sp: usize,
    regs: [usize; 6],
    depth: u32,
}

thread_local! {
    static CURRENT: Cell<*mut Thread> = const { Cell::new(std::ptr::null_mut()) };
}

static THREADS: GilCell<Vec<*mut Thread>> = GilCell::new(Vec::new());

/// Makes the calling thread's stack known. `stack_base` is its upper end, or null to ask the system.
pub fn attach_thread(stack_base: *const u8) -> ThreadToken {
    if let Some(thread) = current() {
        return ThreadToken(thread);
    }
    let base = if stack_base.is_null() { system_stack_base() } else { stack_base as usize };
    let thread = Box::into_raw(Box::new(Thread { base, sp: 0, regs: [0; 6], depth: 0 }));
    CURRENT.set(thread);
    THREADS.get().push(thread);
    ThreadToken(thread)
}

/// Forgets a thread, which holds no references any more. Called with the GIL, from any thread.
pub fn detach_thread(token: ThreadToken) {
    THREADS.get().retain(|&t| t != token.0);
    if CURRENT.get() == token.0 {
        CURRENT.set(std::ptr::null_mut());
    }
    // SAFETY: made by `attach_thread`, and no longer listed.
    drop(unsafe { Box::from_raw(token.0) });
}

/// Runs `f`, which does not touch the heap and may release the GIL.
#[inline(never)]
pub fn blocked<R>(f: impl FnOnce() -> R) -> R {
    struct Leave;
    impl Drop for Leave {
        fn drop(&mut self) {
            leave_blocked();
        }
    }
    enter_blocked();
    let _leave = Leave;
    f()
}

/// Before the thread releases the GIL: from here on other threads may collect.
///
/// Naked, because a prologue could save a caller's register in a frame that is gone after the return.
#[unsafe(naked)]
pub extern "C" fn enter_blocked() {
    naked_asm!(
        "push rbx",
        "push rbp",
        "push r12",
        "push r13",
        "push r14",
        "push r15",
        "mov rdi, rsp",
        "sub rsp, 8",
        "call {enter}",
        "add rsp, 56",
        "ret",
        enter = sym enter,
    )
}

/// `regs`: the preserved registers, and above them the return address and the caller's frame.
unsafe extern "C" fn enter(regs: *const [usize; 6]) {
    let thread = attach_thread(std::ptr::null()).0;
    (*thread).depth += 1;
    if (*thread).depth == 1 {
        (*thread).regs = *regs;
        (*thread).sp = regs.add(1) as usize;
    }
}

/// After the thread got the GIL back.
#[inline(never)]
pub fn leave_blocked() {
    let thread = current().expect("leave_blocked without enter_blocked");
    // SAFETY: the record belongs to this thread.
    unsafe {
        (*thread).depth -= 1;
        if (*thread).depth == 0 {
            (*thread).sp = 0;
        }
    }
}

/// In the child after `fork`: only the calling thread exists.
pub fn after_fork() {
    let me = CURRENT.get();
    THREADS.get().retain(|&t| t == me);
    if !me.is_null() {
        // SAFETY: the record belongs to this thread.
        unsafe {
            (*me).sp = 0;
            (*me).depth = 0;
        }
    }
}

/// Calls `f` for every word on the stacks and in the registers of all attached threads; the calling one
/// has called `enter_blocked`, too.
#[inline(never)]
pub(crate) fn each_stack_word(mut f: impl FnMut(u64)) {
    for &thread in THREADS.get().iter() {
        // SAFETY: thread-blocked.
        unsafe {
            let Thread { base, sp, regs, .. } = *thread;
            debug_assert!(sp != 0, "a thread runs without the GIL");
            for word in regs {
                f(word as u64);
            }
            let mut at = sp & !7;
            debug_assert!(at <= base, "the stack pointer is outside the attached stack");
            while at < base {
                f((at as *const u64).read_volatile());
                at += 8;
            }
        }
    }
}

fn current() -> Option<*mut Thread> {
    let thread = CURRENT.get();
    if thread.is_null() { None } else { Some(thread) }
}

fn system_stack_base() -> usize {
    // SAFETY: the calls fill in what they are given.
    unsafe {
        let mut attr = std::mem::zeroed::<libc::pthread_attr_t>();
        let mut low = std::ptr::null_mut();
        let mut size = 0;
        assert_eq!(libc::pthread_getattr_np(libc::pthread_self(), &mut attr), 0);
        libc::pthread_attr_getstack(&attr, &mut low, &mut size);
        libc::pthread_attr_destroy(&mut attr);
        low as usize + size
    }
}
