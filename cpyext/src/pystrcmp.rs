//! Comparison of C strings without regard to the case of ASCII letters.

use adder_macros::capi;
use adder_vm::vm::Vm;
use std::ffi::{CStr, c_char, c_int};

fn compare(mut a: &[u8], mut b: &[u8]) -> c_int {
    loop {
        let (x, y) = (a.first().unwrap_or(&0), b.first().unwrap_or(&0));
        let difference = x.to_ascii_lowercase() as c_int - y.to_ascii_lowercase() as c_int;
        if difference != 0 || *x == 0 {
            return difference;
        }
        (a, b) = (&a[1..], &b[1..]);
    }
}

/// # Safety
/// A C string.
unsafe fn bytes<'a>(s: *const c_char, n: usize) -> &'a [u8] {
    let all = CStr::from_ptr(s).to_bytes();
    &all[..all.len().min(n)]
}

#[capi]
pub fn PyOS_mystricmp(_vm: &Vm, a: *const c_char, b: *const c_char) -> c_int {
    // SAFETY: the caller passes C strings.
    unsafe { compare(bytes(a, usize::MAX), bytes(b, usize::MAX)) }
}

#[capi]
pub fn PyOS_mystrnicmp(_vm: &Vm, a: *const c_char, b: *const c_char, n: isize) -> c_int {
    // SAFETY: the caller passes C strings.
    unsafe { compare(bytes(a, n.max(0) as usize), bytes(b, n.max(0) as usize)) }
}
