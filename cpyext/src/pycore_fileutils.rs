//! `pycore_fileutils.h`: descriptors.

#![allow(non_snake_case)] // The names are the API's.

use crate::pyobject::Done;
use adder_macros::capi;
use adder_vm::error::{PyResult, Raised};
use adder_vm::vm::Vm;
use std::ffi::{c_char, c_int};

fn errno() -> c_int {
    std::io::Error::last_os_error().raw_os_error().unwrap_or(0)
}

fn failed(vm: &Vm) -> Raised {
    vm.os_error(errno(), None)
}

/// A copy that child processes do not get.
#[capi]
pub fn _Py_dup(vm: &Vm, fd: c_int) -> PyResult<c_int> {
    // SAFETY: any number may be asked for.
    match unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0) } {
        -1 => Err(failed(vm)),
        new => Ok(new),
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _Py_fstat_noraise(fd: c_int, place: *mut libc::stat) -> c_int {
    libc::fstat(fd, place)
}

#[capi]
pub fn _Py_fstat(vm: &Vm, fd: c_int, place: *mut libc::stat) -> PyResult<Done> {
    // SAFETY: the caller passes a place.
    match unsafe { libc::fstat(fd, place) } {
        0 => Ok(Done),
        _ => Err(failed(vm)),
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _Py_open_noraise(path: *const c_char, flags: c_int) -> c_int {
    libc::open(path, flags | libc::O_CLOEXEC)
}

/// `works` is about systems whose call may be missing.
#[capi]
pub fn _Py_set_inheritable(vm: &Vm, fd: c_int, inheritable: c_int, _works: *mut c_int) -> PyResult<Done> {
    // SAFETY: any number may be asked for.
    unsafe {
        let flags = libc::fcntl(fd, libc::F_GETFD);
        let wanted = if inheritable != 0 { flags & !libc::FD_CLOEXEC } else { flags | libc::FD_CLOEXEC };
        if flags == -1 || (wanted != flags && libc::fcntl(fd, libc::F_SETFD, wanted) == -1) {
            return Err(failed(vm));
        }
    }
    Ok(Done)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _Py_SetLocaleFromEnv(category: c_int) -> *mut c_char {
    libc::setlocale(category, c"".as_ptr())
}
