//! Digits of ints, for code that makes or reads large ints itself.

use crate::ffi::types::*;
use crate::longobject::{self, SHIFT, digits, from_i64, is_int, is_negative};
use crate::pyobject::{Arg, Done, Owned, Ptr, incref, new_struct};
use crate::typeobject::int_type;
use adder_macros::capi;
use adder_vm::error::PyResult;
use adder_vm::object::ValueExt;
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::ffi::{c_int, c_void};

struct Fixed(PyLongLayout);
// SAFETY: nothing in it changes (gil-protected).
unsafe impl Sync for Fixed {}

static LAYOUT: Fixed = Fixed(PyLongLayout {
    bits_per_digit: SHIFT as u8,
    digit_size: size_of::<u32>() as u8,
    digits_order: -1,
    digit_endianness: -1,
});

#[capi]
pub fn PyLong_GetNativeLayout(_vm: &Vm) -> *const PyLongLayout {
    &raw const LAYOUT.0
}

/// A positive int of `n` zero digits, for its maker to fill.
fn blank(n: usize) -> Ptr {
    let p = new_struct(int_type(), 24 + 4 * n.max(2));
    // SAFETY: a fresh struct with room for the digits.
    unsafe { (*(p as *mut _longobject)).long_value.lv_tag = if n == 0 { 1 } else { n << 3 } };
    p
}

/// Drops leading zeros, and replaces an int that is shared by the shared one.
unsafe fn normalized(p: Owned) -> Owned {
    let c = p.0 as *mut _longobject;
    let d = digits(p.0);
    let n = d.iter().rposition(|d| *d != 0).map_or(0, |i| i + 1);
    let sign = if n == 0 { 1 } else { (*c).long_value.lv_tag & 3 };
    (*c).long_value.lv_tag = n << 3 | sign;
    match *digits(p.0) {
        [] => Owned(from_i64(0)),
        [d] if d <= 256 => Owned(from_i64(if is_negative(p.0) { -(d as i64) } else { d as i64 })),
        _ => p,
    }
}

#[capi]
pub fn _PyLong_New(vm: &Vm, n: isize) -> PyResult<Owned> {
    if n < 0 || n as usize > isize::MAX as usize / 8 {
        raise!(vm, OverflowError, "too many digits in integer")
    }
    Ok(Owned(blank(n as usize)))
}

#[capi]
pub fn _PyLong_Copy(vm: &Vm, v: Arg) -> PyResult<Owned> {
    if !is_int(v) {
        raise!(vm, SystemError, "bad argument to internal function")
    }
    // SAFETY: an int; the copy has room for its digits.
    unsafe {
        let from = digits(v.0);
        if from.len() < 2 {
            let n = *from.first().unwrap_or(&0) as i64;
            return Ok(Owned(from_i64(if is_negative(v.0) { -n } else { n })));
        }
        let p = blank(from.len());
        (*(p as *mut _longobject)).long_value.lv_tag = (*(v.0 as *mut _longobject)).long_value.lv_tag & !4;
        digits(p).copy_from_slice(from);
        Ok(Owned(p))
    }
}

#[capi]
pub fn _PyLong_FromDigits(_vm: &Vm, negative: c_int, n: isize, from: *const u32) -> Owned {
    let p = blank(n.max(0) as usize);
    // SAFETY: the caller passes n digits.
    unsafe {
        if n > 0 {
            digits(p).copy_from_slice(std::slice::from_raw_parts(from, n as usize));
            if negative != 0 {
                (*(p as *mut _longobject)).long_value.lv_tag |= 2;
            }
        }
        normalized(Owned(p))
    }
}

#[capi]
pub fn PyLong_Export(vm: &Vm, v: Arg, to: *mut PyLongExport) -> PyResult<Done> {
    if !is_int(v) {
        raise!(vm, TypeError, "expect int, got {}", v.class().full_name(vm))
    }
    let mut overflow = 0;
    // SAFETY: an int, and a place for the result, which keeps the int alive.
    unsafe {
        let value = longobject::PyLong_AsLongAndOverflow(v.0, &mut overflow);
        *to = if overflow == 0 {
            PyLongExport { value, negative: 0, ndigits: 0, digits: std::ptr::null(), _reserved: 0 }
        } else {
            incref(v.0);
            let d = digits(v.0);
            PyLongExport {
                value: 0,
                negative: is_negative(v.0) as u8,
                ndigits: d.len() as isize,
                digits: d.as_ptr().cast(),
                _reserved: v.0 as usize,
            }
        };
    }
    Ok(Done)
}

#[capi]
pub fn PyLong_FreeExport(_vm: &Vm, e: *mut PyLongExport) {
    // SAFETY: the caller passes what `PyLong_Export` filled.
    unsafe {
        let p = std::mem::replace(&mut (*e)._reserved, 0) as Ptr;
        (*e).ndigits = 0;
        (*e).digits = std::ptr::null();
        drop(Owned(p));
    }
}

#[capi]
pub fn PyLongWriter_Create(vm: &Vm, negative: c_int, n: isize, to: *mut *mut c_void) -> PyResult<Owned> {
    if n <= 0 {
        // SAFETY: a place for the result.
        unsafe { *to = std::ptr::null_mut() };
        raise!(vm, ValueError, "ndigits must be positive")
    }
    if n as usize > isize::MAX as usize / 8 {
        return Err(vm.memory_error());
    }
    let p = blank(n as usize);
    // SAFETY: a fresh int, and a place for the result.
    unsafe {
        if negative != 0 {
            (*(p as *mut _longobject)).long_value.lv_tag |= 2;
        }
        *to = digits(p).as_mut_ptr().cast();
    }
    Ok(Owned(p))
}

#[capi]
pub fn PyLongWriter_Finish(_vm: &Vm, writer: *mut PyObject) -> Owned {
    // SAFETY: the caller passes a writer, which is an int of one reference.
    unsafe { normalized(Owned(writer)) }
}

#[capi]
pub fn PyLongWriter_Discard(_vm: &Vm, writer: *mut PyObject) {
    drop(Owned(writer));
}
