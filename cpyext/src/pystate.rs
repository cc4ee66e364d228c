//! The thread state, whose `current_exception` C code reads and writes as the error indicator.

use crate::ffi::types::*;
use adder_macros::capi;
use adder_vm::vm::Vm;

// SAFETY: a struct of numbers and nullable pointers.
static mut MAIN: PyThreadState = unsafe { std::mem::zeroed() };

/// The running thread's state. Only the main thread has one so far.
#[inline(always)]
pub fn current() -> *mut PyThreadState {
    &raw mut MAIN
}

pub fn init() {
    // SAFETY: the static, before C code runs.
    unsafe {
        let t = current();
        (*t).exc_info = &raw mut (*t).exc_state;
        (*t).py_recursion_limit = 1000;
        (*t).py_recursion_remaining = 1000;
        (*t).id = 1;
    }
}

#[capi]
pub fn PyThreadState_Get(_vm: &Vm) -> *mut PyThreadState {
    current()
}

#[capi]
pub fn PyThreadState_GetUnchecked(_vm: &Vm) -> *mut PyThreadState {
    current()
}
