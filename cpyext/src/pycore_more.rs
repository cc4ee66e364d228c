//! Small functions of several internal headers, which modules of CPython's standard library use.

#![allow(non_snake_case)] // The names are the API's.

use crate::ffi::types::*;
use crate::pyerrors;
use crate::pyobject::{Arg, Done, Owned, Ptr};
use crate::unicodeobject::bytes_at;
use adder_macros::capi;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::int::as_int;
use adder_vm::builtins::singletons::none;
use adder_vm::error::PyResult;
use adder_vm::object::{Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::ffi::{CStr, c_char, c_int, c_ulong, c_void};

// ---- pycore_pyerrors.h: the indicator of the running thread ---------------------------------------

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _PyErr_Clear(_t: *mut PyThreadState) {
    pyerrors::PyErr_Clear()
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _PyErr_ExceptionMatches(_t: *mut PyThreadState, wanted: Ptr) -> c_int {
    pyerrors::PyErr_ExceptionMatches(wanted)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _PyErr_GetRaisedException(_t: *mut PyThreadState) -> Ptr {
    pyerrors::PyErr_GetRaisedException()
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _PyErr_SetRaisedException(_t: *mut PyThreadState, e: Ptr) {
    pyerrors::PyErr_SetRaisedException(e)
}

/// Text in the locale's encoding, which is UTF-8.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _PyErr_SetLocaleString(class: Ptr, text: *const c_char) {
    pyerrors::PyErr_SetString(class, text)
}

/// What a C function returned: NULL with an exception, or an object without one.
#[capi]
pub fn _Py_CheckFunctionResult(
    vm: &Vm,
    _t: *mut PyThreadState,
    callable: *mut PyObject,
    result: *mut PyObject,
    place: *const c_char,
) -> PyResult<Owned> {
    if result.is_null() == pyerrors::is_set() {
        // The usual two cases.
        return if result.is_null() { Err(pyerrors::from_indicator(vm)) } else { Ok(Owned(result)) };
    }
    let who = if callable.is_null() {
        // SAFETY: the caller passes an object or the name of a place.
        unsafe { crate::unicodeobject::text(place) }.into_owned()
    } else {
        vm.repr_string(Arg(callable).value())?.to_string()
    };
    if result.is_null() {
        raise!(vm, SystemError, "{who} returned NULL without setting an exception")
    }
    drop(Owned(result));
    let message = format!("{who} returned a result with an exception set");
    Err(pyerrors::caused_by(vm, pyerrors::from_indicator(vm), &message))
}

/// Raises StopIteration with a value, and succeeds.
#[capi]
pub fn _PyGen_SetStopIterationValue(vm: &Vm, value: Arg) -> PyResult<Done> {
    let e = vm.call(Exc::StopIteration.class().value(), &[value.value()])?;
    pyerrors::to_indicator(vm, vm.raise_value(e));
    Ok(Done)
}

// ---- calls, types, weak references ------------------------------------------------------------------

/// Calls an object that may have no vectorcall; keywords are names or a dict.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _PyObject_MakeTpCall(
    _t: *mut PyThreadState,
    f: Ptr,
    args: *const Ptr,
    n: isize,
    keywords: Ptr,
) -> Ptr {
    let is_dict = !keywords.is_null() && Arg(keywords).flags() & adder_vm::def::DICT_SUBCLASS != 0;
    if is_dict {
        crate::call::PyObject_VectorcallDict(f, args, n as usize, keywords)
    } else {
        crate::call::PyObject_Vectorcall(f, args, n as usize, keywords)
    }
}

/// The name behind the last dot.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _PyType_Name(t: *mut PyTypeObject) -> *const c_char {
    let name = (*t).tp_name;
    let bytes = CStr::from_ptr(name).to_bytes();
    name.add(bytes.iter().rposition(|b| *b == b'.').map_or(0, |i| i + 1))
}

/// As `PyType_GetBaseByToken`, without a new reference.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _PyType_GetBaseByToken_Borrow(
    t: *mut PyTypeObject,
    token: *mut c_void,
    result: *mut *mut PyTypeObject,
) -> c_int {
    let r = crate::typeobject::PyType_GetBaseByToken(t, token, result);
    if r == 1 && !result.is_null() {
        crate::pyobject::decref((*result).cast());
    }
    r
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _PyWeakref_IsDead(weak: Ptr) -> c_int {
    crate::weakrefobject::PyWeakref_IsDead(weak)
}

/// Flags of types that are to be set besides the usual ones mean nothing here.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _PyStructSequence_NewType(
    desc: *mut PyStructSequence_Desc,
    _flags: c_ulong,
) -> *mut PyTypeObject {
    crate::structseq::PyStructSequence_NewType(desc).cast()
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _PySys_GetOptionalAttrString(name: *const c_char, place: *mut Ptr) -> c_int {
    crate::sysmodule::PySys_GetOptionalAttrString(name, place)
}

// ---- bytes and text -----------------------------------------------------------------------------

/// Where the needle is, counted from `offset` on; -1 if nowhere.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _PyBytes_Find(
    hay: *const c_char,
    n: isize,
    needle: *const c_char,
    m: isize,
    offset: isize,
) -> isize {
    let (hay, needle) = (bytes_at(hay, n), bytes_at(needle, m));
    if needle.is_empty() {
        return offset;
    }
    hay.windows(needle.len()).position(|w| w == needle).map_or(-1, |i| i as isize + offset)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _PyBytes_ReverseFind(
    hay: *const c_char,
    n: isize,
    needle: *const c_char,
    m: isize,
    offset: isize,
) -> isize {
    let (hay, needle) = (bytes_at(hay, n), bytes_at(needle, m));
    if needle.is_empty() {
        return n + offset;
    }
    hay.windows(needle.len()).rposition(|w| w == needle).map_or(-1, |i| i as isize + offset)
}

#[capi]
pub fn _Py_strhex(vm: &Vm, bytes: *const c_char, n: isize) -> Value {
    // SAFETY: the caller passes that many bytes.
    let bytes = unsafe { bytes_at(bytes, n) };
    vm.new_str(&bytes.iter().map(|b| format!("{b:02x}")).collect::<String>())
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _PyMem_Strdup(text: *const c_char) -> *mut c_char {
    let n = libc::strlen(text) + 1;
    let p = crate::pymem::PyMem_Malloc(n) as *mut c_char;
    if !p.is_null() {
        std::ptr::copy_nonoverlapping(text, p, n);
    }
    p
}

/// A converter for parsing arguments: None leaves the place as it is.
#[capi]
pub fn _Py_convert_optional_to_ssize_t(vm: &Vm, v: Arg, place: *mut isize) -> c_int {
    let v = v.value();
    if v.is_none() {
        return 1;
    }
    let number = || -> PyResult<isize> {
        if as_int(v).is_none() && vm.index_value(v).is_err() {
            raise!(vm, TypeError, "argument should be integer or None, not {}", v.class().name())
        }
        vm.index_isize(v)
    };
    match number() {
        Ok(n) => {
            // SAFETY: the caller passes a place.
            unsafe { *place = n };
            1
        }
        Err(raised) => {
            pyerrors::to_indicator(vm, raised);
            0
        }
    }
}

// ---- interpreters and threads -------------------------------------------------------------------

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _PyInterpreterState_Main() -> *mut PyInterpreterState {
    crate::pystate::PyInterpreterState_Main()
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _PyInterpreterState_IsReady(_i: *mut PyInterpreterState) -> c_int {
    crate::embedding::is_initialized() as c_int
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _PyInterpreterState_IsRunningMain(_i: *mut PyInterpreterState) -> c_int {
    crate::embedding::is_initialized() as c_int
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _Py_IsInterpreterFinalizing(_i: *mut PyInterpreterState) -> c_int {
    crate::pylifecycle::Py_IsFinalizing()
}

/// Whoever calls this has the GIL, so nobody else runs.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _PyEval_StopTheWorld(_i: *mut PyInterpreterState) {}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _PyEval_StartTheWorld(_i: *mut PyInterpreterState) {}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyThread_get_thread_ident_ex() -> u64 {
    libc::pthread_self() as u64
}

/// What stands for waiting for ever: -1 second.
const NO_TIMEOUT: i64 = -1_000_000_000;

/// A timeout in nanoseconds.
#[capi]
pub fn PyThread_ParseTimeoutArg(vm: &Vm, v: Arg, blocking: c_int, place: *mut i64) -> PyResult<Done> {
    let v = if v.0.is_null() { none() } else { v.value() };
    let timeout = if v.is_none() {
        if blocking != 0 { NO_TIMEOUT } else { 0 }
    } else {
        if blocking == 0 {
            raise!(vm, ValueError, "can't specify a timeout for a non-blocking call")
        }
        let mut t = 0;
        let p = Owned::new(v);
        // SAFETY: a live object. The timeout is rounded away from zero.
        if unsafe { crate::pycore_time::_PyTime_FromSecondsObject(&mut t, p.0, 3) } < 0 {
            return Err(pyerrors::from_indicator(vm));
        }
        if t < 0 {
            raise!(vm, ValueError, "timeout value must be a non-negative number")
        }
        t
    };
    // SAFETY: the caller passes a place.
    unsafe { *place = timeout };
    Ok(Done)
}

/// Waits for a lock without the GIL: 1 if it was acquired.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyThread_acquire_lock_timed_with_retries(lock: *mut c_void, timeout: i64) -> c_int {
    use crate::pythread::PyThread_acquire_lock_timed;
    if PyThread_acquire_lock_timed(lock, 0, 0) != 0 {
        return 1;
    }
    let micro = if timeout < 0 { -1 } else { (timeout + 999) / 1000 };
    let t = crate::pystate::PyEval_SaveThread();
    let got = PyThread_acquire_lock_timed(lock, micro, 0);
    crate::pystate::PyEval_RestoreThread(t);
    got
}
