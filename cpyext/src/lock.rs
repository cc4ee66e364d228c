//! `PyMutex`: one byte, which compiled code locks and unlocks itself while nobody waits. A thread that
//! has to wait gives the GIL away meanwhile. And critical sections, which the GIL makes empty.

#![allow(non_snake_case)] // The names are the API's.

use crate::ffi::types::*;
use crate::pystate::{PyEval_RestoreThread, PyEval_SaveThread, PyGILState_Check};
use std::ffi::c_int;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard};

const LOCKED: u8 = 1;
const WAITED_FOR: u8 = 2;

/// Threads that wait for any mutex wait here; there are seldom any.
static PARKING: Mutex<()> = Mutex::new(());
static WAKE: Condvar = Condvar::new();

fn parking() -> MutexGuard<'static, ()> {
    PARKING.lock().unwrap_or_else(|e| e.into_inner())
}

unsafe fn bits<'a>(m: *mut PyMutex) -> &'a AtomicU8 {
    AtomicU8::from_ptr(&raw mut (*m)._bits)
}

/// Waits until the mutex is taken. Touches no object.
unsafe fn wait(m: *mut PyMutex) {
    let bits = bits(m);
    let mut guard = parking();
    loop {
        let now = bits.load(Ordering::Relaxed);
        if now & LOCKED == 0 {
            if bits.compare_exchange(now, now | LOCKED, Ordering::Acquire, Ordering::Relaxed).is_ok() {
                return;
            }
        } else if now & WAITED_FOR != 0
            || bits.compare_exchange(now, now | WAITED_FOR, Ordering::Relaxed, Ordering::Relaxed).is_ok()
        {
            guard = WAKE.wait(guard).unwrap_or_else(|e| e.into_inner());
        }
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyMutex_Lock(m: *mut PyMutex) {
    if bits(m).compare_exchange(0, LOCKED, Ordering::Acquire, Ordering::Relaxed).is_ok() {
        return;
    }
    if PyGILState_Check() != 0 {
        let t = PyEval_SaveThread();
        wait(m);
        PyEval_RestoreThread(t);
    } else {
        wait(m);
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyMutex_Unlock(m: *mut PyMutex) {
    let bits = bits(m);
    if bits.compare_exchange(LOCKED, 0, Ordering::Release, Ordering::Relaxed).is_ok() {
        return;
    }
    let _guard = parking();
    if bits.swap(0, Ordering::Release) & LOCKED == 0 {
        crate::fatal::fatal("PyMutex_Unlock", "unlocking mutex that is not locked");
    }
    WAKE.notify_all();
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyMutex_IsLocked(m: *mut PyMutex) -> c_int {
    (bits(m).load(Ordering::Relaxed) & LOCKED != 0) as c_int
}

// The sections' macros are empty in this build; extensions that call the functions get the same.

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyCriticalSection_Begin(_section: *mut PyCriticalSection, _object: *mut PyObject) {}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyCriticalSection_BeginMutex(_section: *mut PyCriticalSection, _m: *mut PyMutex) {}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyCriticalSection_End(_section: *mut PyCriticalSection) {}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyCriticalSection2_Begin(
    _section: *mut PyCriticalSection2,
    _a: *mut PyObject,
    _b: *mut PyObject,
) {
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyCriticalSection2_BeginMutex(
    _section: *mut PyCriticalSection2,
    _a: *mut PyMutex,
    _b: *mut PyMutex,
) {
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyCriticalSection2_End(_section: *mut PyCriticalSection2) {}

/// Calls the function unless it has succeeded before: 0, or what it returned.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _PyOnceFlag_CallOnceSlow(
    flag: *mut u8,
    f: unsafe extern "C" fn(*mut std::ffi::c_void) -> c_int,
    arg: *mut std::ffi::c_void,
) -> c_int {
    const INITIALIZED: u8 = 4;
    if *flag == INITIALIZED {
        return 0;
    }
    let result = f(arg);
    if result == 0 {
        *flag = INITIALIZED;
    }
    result
}
