//! `cpython/monitoring.h`: events of code that an extension executes. No events are sent to
//! `sys.monitoring` yet, so every state says that nobody listens.

#![allow(non_snake_case)] // The names are the API's.

use std::ffi::c_int;

/// `active` and a byte of the interpreter's.
#[repr(C)]
pub struct State {
    active: u8,
    opaque: u8,
}

/// The version of the states: they are up to date for ever.
const VERSION: u64 = 1;

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyMonitoring_EnterScope(
    states: *mut State,
    version: *mut u64,
    _events: *const u8,
    length: isize,
) -> c_int {
    if *version != VERSION {
        for i in 0..length {
            *states.offset(i) = State { active: 0, opaque: 0 };
        }
        *version = VERSION;
    }
    0
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyMonitoring_ExitScope() -> c_int {
    0
}

macro_rules! events {
    ($($name:ident)*) => {$(
        /// Called by compiled code only while somebody listens.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(_state: *mut State) -> c_int {
            0
        }
    )*};
}

events! {
    _PyMonitoring_FirePyStartEvent _PyMonitoring_FirePyResumeEvent _PyMonitoring_FirePyReturnEvent
    _PyMonitoring_FirePyYieldEvent _PyMonitoring_FireCallEvent _PyMonitoring_FireLineEvent
    _PyMonitoring_FireJumpEvent _PyMonitoring_FireBranchEvent _PyMonitoring_FireBranchRightEvent
    _PyMonitoring_FireBranchLeftEvent _PyMonitoring_FireCReturnEvent _PyMonitoring_FirePyThrowEvent
    _PyMonitoring_FireRaiseEvent _PyMonitoring_FireReraiseEvent _PyMonitoring_FireExceptionHandledEvent
    _PyMonitoring_FireCRaiseEvent _PyMonitoring_FirePyUnwindEvent _PyMonitoring_FireStopIterationEvent
}
