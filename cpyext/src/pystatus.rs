//! `PyStatus`: the outcome of the functions that start Python.

#![allow(non_snake_case)] // The names are the API's.

use crate::ffi::constants::{_PyStatus_TYPE_ERROR, _PyStatus_TYPE_EXIT, _PyStatus_TYPE_OK};
use crate::ffi::types::PyStatus;
use std::ffi::{CStr, CString, c_char, c_int};

const fn status(kind: u32, message: *const c_char, exitcode: c_int) -> PyStatus {
    PyStatus { _type: kind, func: std::ptr::null(), err_msg: message, exitcode }
}

pub const OK: PyStatus = status(_PyStatus_TYPE_OK, std::ptr::null(), 0);

/// An error with a text, which stays for ever.
pub fn error(message: &str) -> PyStatus {
    let text = CString::new(message).unwrap_or_default();
    status(_PyStatus_TYPE_ERROR, text.into_raw(), 0)
}

pub fn exit(code: c_int) -> PyStatus {
    status(_PyStatus_TYPE_EXIT, std::ptr::null(), code)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyStatus_Ok() -> PyStatus {
    OK
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyStatus_Error(message: *const c_char) -> PyStatus {
    status(_PyStatus_TYPE_ERROR, message, 0)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyStatus_NoMemory() -> PyStatus {
    PyStatus_Error(c"memory allocation failed".as_ptr())
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyStatus_Exit(code: c_int) -> PyStatus {
    exit(code)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyStatus_IsError(s: PyStatus) -> c_int {
    (s._type == _PyStatus_TYPE_ERROR) as c_int
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyStatus_IsExit(s: PyStatus) -> c_int {
    (s._type == _PyStatus_TYPE_EXIT) as c_int
}

/// Whether the caller has to stop.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyStatus_Exception(s: PyStatus) -> c_int {
    (s._type != _PyStatus_TYPE_OK) as c_int
}

/// The text of an error.
///
/// # Safety
/// The status has a C string or NULL.
pub unsafe fn message(s: &PyStatus) -> String {
    let part = |p: *const c_char| CStr::from_ptr(p).to_string_lossy().into_owned();
    match (s.func.is_null(), s.err_msg.is_null()) {
        (_, true) => String::new(),
        (true, false) => part(s.err_msg),
        (false, false) => format!("{}: {}", part(s.func), part(s.err_msg)),
    }
}

/// Ends the process as the status says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn Py_ExitStatusException(s: PyStatus) -> ! {
    match s._type {
        _PyStatus_TYPE_EXIT => libc::exit(s.exitcode),
        _PyStatus_TYPE_ERROR => {
            eprintln!("Fatal Python error: {}", message(&s));
            libc::exit(1)
        }
        _ => crate::fatal::fatal("Py_ExitStatusException", "must not be called on success"),
    }
}
