//! `pystrcmp.h`: comparing text without regard to the case of ASCII letters.

#![allow(non_snake_case)] // The names are the API's.

use std::ffi::{c_char, c_int};

unsafe fn compare(mut a: *const c_char, mut b: *const c_char, mut n: isize) -> c_int {
    while n > 0 {
        let (x, y) = ((*a as u8).to_ascii_lowercase(), (*b as u8).to_ascii_lowercase());
        if x != y || x == 0 {
            return x as c_int - y as c_int;
        }
        (a, b, n) = (a.add(1), b.add(1), n - 1);
    }
    0
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyOS_mystricmp(a: *const c_char, b: *const c_char) -> c_int {
    compare(a, b, isize::MAX)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyOS_mystrnicmp(a: *const c_char, b: *const c_char, n: isize) -> c_int {
    compare(a, b, n)
}
