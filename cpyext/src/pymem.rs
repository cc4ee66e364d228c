//! `PyMem_*`: the system's allocator.

#![allow(non_snake_case)] // The names are the API's.

use std::ffi::c_void;

macro_rules! domain {
    ($malloc:ident, $calloc:ident, $realloc:ident, $free:ident) => {
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $malloc(size: usize) -> *mut c_void {
            libc::malloc(size.max(1))
        }
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $calloc(n: usize, size: usize) -> *mut c_void {
            libc::calloc(n.max(1), size.max(1))
        }
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $realloc(p: *mut c_void, size: usize) -> *mut c_void {
            libc::realloc(p, size.max(1))
        }
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $free(p: *mut c_void) {
            libc::free(p)
        }
    };
}

domain!(PyMem_Malloc, PyMem_Calloc, PyMem_Realloc, PyMem_Free);
domain!(PyMem_RawMalloc, PyMem_RawCalloc, PyMem_RawRealloc, PyMem_RawFree);
