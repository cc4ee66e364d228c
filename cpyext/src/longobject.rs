//! `int`: by value, as 30-bit digits; the ints that CPython shares are shared here.

use crate::ffi::types::*;
use crate::pyobject::{Arg, Ptr, new_struct};
use crate::typeobject::int_type;
use adder_heap::GilCell;
use adder_macros::capi;
use adder_vm::builtins::int::{as_int, to_ibig};
use adder_vm::error::PyResult;
use adder_vm::object::Value;
use adder_vm::raise;
use adder_vm::vm::Vm;
use dashu_int::{IBig, Sign, UBig};
use std::ffi::c_void;

const SHIFT: u32 = 30;
const MASK: u64 = (1 << SHIFT) - 1;
const SMALL_LOW: i64 = -5;
const SMALLS: usize = 262;

/// One of the shared ints, all of one digit.
#[repr(C)]
#[derive(Clone, Copy)]
struct SmallInt {
    head: u64,
    class: *mut PyTypeObject,
    tag: usize,
    digit: u64,
}

static SHARED: GilCell<[SmallInt; SMALLS]> =
    GilCell::new([SmallInt { head: 0, class: std::ptr::null_mut(), tag: 0, digit: 0 }; SMALLS]);

const _: () = assert!(size_of::<SmallInt>() == 32 && size_of::<_longobject>() == 32);

/// Once, at start-up.
pub fn init() {
    for (i, small) in SHARED.get().iter_mut().enumerate() {
        let n = i as i64 + SMALL_LOW;
        *small = SmallInt {
            head: crate::ffi::constants::_Py_STATIC_IMMORTAL_INITIAL_REFCNT as u64,
            class: int_type(),
            tag: tag(n < 0, (n != 0) as usize),
            digit: n.unsigned_abs(),
        };
    }
}

fn tag(negative: bool, digits: usize) -> usize {
    digits << 3
        | if digits == 0 {
            1
        } else if negative {
            2
        } else {
            0
        }
}

/// The value of a shared int.
#[inline(always)]
pub fn shared_small(p: Ptr) -> Option<i64> {
    let offset = (p as usize).wrapping_sub(SHARED.get().as_ptr() as usize);
    if offset < SMALLS * size_of::<SmallInt>() {
        return Some((offset / size_of::<SmallInt>()) as i64 + SMALL_LOW);
    }
    None
}

/// A new reference.
#[inline]
pub fn from_i64(n: i64) -> Ptr {
    if (SMALL_LOW..SMALL_LOW + SMALLS as i64).contains(&n) {
        return &raw mut SHARED.get()[(n - SMALL_LOW) as usize] as Ptr;
    }
    from_digits(&int_type(), n < 0, &[n.unsigned_abs()])
}

fn digits_of(words: &[u64]) -> usize {
    let bits = match words.iter().rposition(|w| *w != 0) {
        Some(i) => 64 * (i + 1) - words[i].leading_zeros() as usize,
        None => 0,
    };
    bits.div_ceil(SHIFT as usize)
}

/// A new struct with a magnitude given in 64-bit words.
pub fn from_digits(class: &*mut PyTypeObject, negative: bool, words: &[u64]) -> Ptr {
    let n = digits_of(words);
    let p = new_struct(*class, 24 + 4 * n.max(2));
    // SAFETY: the struct has room for the digits.
    unsafe { put(p, negative, words, n) };
    p
}

unsafe fn put(p: Ptr, negative: bool, words: &[u64], n: usize) {
    let c = p as *mut _longobject;
    (*c).long_value.lv_tag = tag(negative, n);
    let digits = (&raw mut (*c).long_value.ob_digit) as *mut u32;
    for i in 0..n {
        let bit = i * SHIFT as usize;
        let (word, shift) = (bit / 64, bit % 64);
        let mut d = words[word] >> shift;
        if shift > 64 - SHIFT as usize && word + 1 < words.len() {
            d |= words[word + 1] << (64 - shift);
        }
        *digits.add(i) = (d & MASK) as u32;
    }
}

fn with_words<R>(v: Value, f: impl FnOnce(bool, &[u64]) -> R) -> R {
    if v.is_small() {
        return f(v.small() < 0, &[v.small().unsigned_abs()]);
    }
    let (sign, magnitude) = to_ibig(v).into_parts();
    f(sign == Sign::Negative, magnitude.as_words())
}

/// Of an instance of a subclass with this value.
pub fn struct_size(v: Value) -> usize {
    with_words(v, |_, words| 24 + 4 * digits_of(words).max(2))
}

/// # Safety
/// `p` has `struct_size(v)` bytes.
pub unsafe fn fill(v: Value, p: Ptr) {
    with_words(v, |negative, words| put(p, negative, words, digits_of(words)))
}

/// # Safety
/// `p` is an int.
pub unsafe fn value(vm: &Vm, p: Ptr) -> Value {
    let c = p as *mut _longobject;
    let (n, negative) = ((*c).long_value.lv_tag >> 3, (*c).long_value.lv_tag & 3 == 2);
    let digits = std::slice::from_raw_parts((&raw const (*c).long_value.ob_digit) as *const u32, n);
    if n <= 4 {
        let m = digits.iter().rev().fold(0i128, |m, d| m << SHIFT | *d as i128);
        return vm.new_int(if negative { -m } else { m });
    }
    let mut words = vec![0u64; (n * SHIFT as usize).div_ceil(64)];
    for (i, d) in digits.iter().enumerate() {
        let bit = i * SHIFT as usize;
        let wide = (*d as u128) << (bit % 64);
        words[bit / 64] |= wide as u64;
        if (wide >> 64) != 0 {
            words[bit / 64 + 1] |= (wide >> 64) as u64;
        }
    }
    let sign = if negative { Sign::Negative } else { Sign::Positive };
    vm.int_from_ibig(&IBig::from_parts(sign, UBig::from_words(&words))).unwrap_or(Value::from_small(0))
}

// ---- to C ---------------------------------------------------------------------------------------

fn bad_call<T>(vm: &Vm) -> PyResult<T> {
    raise!(vm, SystemError, "bad internal call")
}

/// The int of an object with `__index__`.
fn index(vm: &Vm, v: Arg) -> PyResult<i128> {
    if v.0.is_null() {
        return bad_call(vm);
    }
    let v = v.peek();
    match as_int(v) {
        Some(i) => Ok(vm.int_to_i128(i)),
        None => vm.index_i128(v),
    }
}

/// The value of an int, without `__index__`.
fn exact(vm: &Vm, v: Arg) -> PyResult<i128> {
    if v.0.is_null() {
        return bad_call(vm);
    }
    match as_int(v.peek()) {
        Some(i) => Ok(vm.int_to_i128(i)),
        None => raise!(vm, TypeError, "an integer is required"),
    }
}

fn fit<T: TryFrom<i128>>(vm: &Vm, n: i128, name: &str) -> PyResult<T> {
    match T::try_from(n) {
        Ok(n) => Ok(n),
        Err(_) => raise!(vm, OverflowError, "Python int too large to convert to C {name}"),
    }
}

fn fit_unsigned<T: TryFrom<i128>>(vm: &Vm, n: i128, name: &str) -> PyResult<T> {
    if n < 0 {
        raise!(vm, OverflowError, "can't convert negative value to unsigned int")
    }
    fit(vm, n, name)
}

#[capi]
pub fn PyLong_AsLong(vm: &Vm, v: Arg) -> PyResult<i64> {
    let n = index(vm, v)?;
    fit(vm, n, "long")
}

#[capi]
pub fn PyLong_AsInt(vm: &Vm, v: Arg) -> PyResult<i32> {
    let n = index(vm, v)?;
    let n: i64 = fit(vm, n, "long")?;
    fit(vm, n as i128, "int")
}

#[capi]
pub fn PyLong_AsLongLong(vm: &Vm, v: Arg) -> PyResult<i64> {
    let n = index(vm, v)?;
    match i64::try_from(n) {
        Ok(n) => Ok(n),
        Err(_) => raise!(vm, OverflowError, "int too big to convert"),
    }
}

fn and_overflow(vm: &Vm, v: Arg, overflow: *mut i32) -> PyResult<i64> {
    let n = index(vm, v)?;
    let (result, o) = match i64::try_from(n) {
        Ok(n) => (n, 0),
        Err(_) => (-1, n.signum() as i32),
    };
    // SAFETY: the caller passes a place for the result.
    unsafe { *overflow = o };
    Ok(result)
}

#[capi]
pub fn PyLong_AsLongAndOverflow(vm: &Vm, v: Arg, overflow: *mut i32) -> PyResult<i64> {
    and_overflow(vm, v, overflow)
}

#[capi]
pub fn PyLong_AsLongLongAndOverflow(vm: &Vm, v: Arg, overflow: *mut i32) -> PyResult<i64> {
    and_overflow(vm, v, overflow)
}

#[capi]
pub fn PyLong_AsSsize_t(vm: &Vm, v: Arg) -> PyResult<isize> {
    let n = exact(vm, v)?;
    fit(vm, n, "ssize_t")
}

#[capi]
pub fn PyLong_AsSize_t(vm: &Vm, v: Arg) -> PyResult<usize> {
    let n = exact(vm, v)?;
    fit_unsigned(vm, n, "size_t")
}

#[capi]
pub fn PyLong_AsUnsignedLong(vm: &Vm, v: Arg) -> PyResult<u64> {
    let n = exact(vm, v)?;
    fit_unsigned(vm, n, "unsigned long")
}

#[capi]
pub fn PyLong_AsDouble(vm: &Vm, v: Arg) -> PyResult<f64> {
    if v.0.is_null() {
        return bad_call(vm);
    }
    match as_int(v.peek()) {
        Some(i) => vm.int_to_f64(i),
        None => raise!(vm, TypeError, "an integer is required"),
    }
}

#[capi]
pub fn PyLong_AsVoidPtr(vm: &Vm, v: Arg) -> PyResult<*mut c_void> {
    let n = exact(vm, v)?;
    match (i64::try_from(n), u64::try_from(n)) {
        (Ok(n), _) => Ok(n as *mut c_void),
        (_, Ok(n)) => Ok(n as *mut c_void),
        _ => raise!(vm, OverflowError, "int too big to convert"),
    }
}

// ---- from C -------------------------------------------------------------------------------------

macro_rules! from_c {
    ($($name:ident($t:ty);)*) => {$(
        #[capi]
        pub fn $name(_vm: &Vm, n: $t) -> *mut PyObject {
            match i64::try_from(n) {
                Ok(n) => from_i64(n),
                Err(_) => from_digits(&int_type(), false, &[n as u64]),
            }
        }
    )*};
}

from_c! {
    PyLong_FromLong(i64);
    PyLong_FromUnsignedLong(u64);
    PyLong_FromLongLong(i64);
    PyLong_FromUnsignedLongLong(u64);
    PyLong_FromSsize_t(isize);
    PyLong_FromSize_t(usize);
    PyLong_FromInt32(i32);
    PyLong_FromUInt32(u32);
    PyLong_FromInt64(i64);
    PyLong_FromUInt64(u64);
}

#[capi]
pub fn PyLong_FromVoidPtr(_vm: &Vm, p: *mut c_void) -> *mut PyObject {
    from_digits(&int_type(), false, &[p as u64])
}

#[capi]
pub fn PyBool_FromLong(_vm: &Vm, n: i64) -> Value {
    adder_vm::builtins::singletons::bool_value(n != 0)
}
