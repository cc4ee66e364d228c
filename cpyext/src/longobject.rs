//! `int`: by value, as 30-bit digits; the ints that CPython shares are shared here.
//!
//! Conversions read the digits of the struct; only other objects with `__index__` ask the VM.

use crate::ffi::types::*;
use crate::pyobject::{Arg, Done, Owned, Ptr, new_number, new_raw_struct, new_struct};
use crate::typeobject::int_type;
use adder_heap::GilCell;
use adder_macros::capi;
use adder_vm::builtins::int::{as_int, to_ibig};
use adder_vm::builtins::str_::Str;
use adder_vm::def::LONG_SUBCLASS;
use adder_vm::error::{PyResult, Raised};
use adder_vm::object::{Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use dashu_int::{IBig, Sign, UBig};
use std::ffi::{c_char, c_int, c_long, c_ulong, c_void};

pub const SHIFT: u32 = 30;
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

/// The bit of the tag that says that an int is one of the shared ones.
const IMMORTAL: usize = 4;

/// Once, at start-up.
pub fn init() {
    for (i, small) in SHARED.get().iter_mut().enumerate() {
        let n = i as i64 + SMALL_LOW;
        *small = SmallInt {
            head: crate::ffi::constants::_Py_STATIC_IMMORTAL_INITIAL_REFCNT as u64,
            class: int_type(),
            tag: tag(n < 0, (n != 0) as usize) | IMMORTAL,
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

/// The struct of a small int, which lives for ever.
#[inline(always)]
pub fn shared(n: i64) -> Option<Ptr> {
    let i = n.wrapping_sub(SMALL_LOW) as usize;
    if i < SMALLS { Some(&raw mut SHARED.get()[i] as Ptr) } else { None }
}

/// A new reference.
#[inline]
pub fn from_i64(n: i64) -> Ptr {
    if let Some(p) = shared(n) {
        return p;
    }
    let magnitude = n.unsigned_abs();
    if magnitude >> (2 * SHIFT) != 0 {
        return from_words(n < 0, &[magnitude]);
    }
    let p = new_raw_struct(int_type(), size_of::<_longobject>());
    // SAFETY: the struct has room for two digits.
    unsafe { fill_small(p, n < 0, magnitude) };
    p
}

/// An argument: see `Passed`.
#[inline(always)]
pub fn passed(n: i64) -> Ptr {
    if let Some(p) = shared(n) {
        return p;
    }
    let magnitude = n.unsigned_abs();
    if magnitude >> (2 * SHIFT) != 0 {
        return from_words(n < 0, &[magnitude]);
    }
    let p = new_number(int_type());
    // SAFETY: the struct has room for two digits.
    unsafe { fill_small(p, n < 0, magnitude) };
    p
}

/// # Safety
/// `p` is the struct of an int with room for two digits.
#[inline(always)]
unsafe fn fill_small(p: Ptr, negative: bool, magnitude: u64) {
    let c = p as *mut _longobject;
    (*c).long_value.lv_tag = tag(negative, 1 + (magnitude >> SHIFT != 0) as usize);
    (*(&raw mut (*c).long_value.ob_digit).cast::<[u32; 2]>()) =
        [(magnitude & MASK) as u32, (magnitude >> SHIFT) as u32];
}

/// A new reference.
pub fn from_u64(n: u64) -> Ptr {
    match i64::try_from(n) {
        Ok(n) => from_i64(n),
        Err(_) => from_words(false, &[n]),
    }
}

fn digits_of(words: &[u64]) -> usize {
    let bits = match words.iter().rposition(|w| *w != 0) {
        Some(i) => 64 * (i + 1) - words[i].leading_zeros() as usize,
        None => 0,
    };
    bits.div_ceil(SHIFT as usize)
}

/// A new struct with a magnitude given in 64-bit words.
pub fn from_words(negative: bool, words: &[u64]) -> Ptr {
    let n = digits_of(words);
    let p = new_struct(int_type(), 24 + 4 * n.max(2));
    // SAFETY: the struct has room for the digits.
    unsafe { put(p, negative, words, n) };
    p
}

/// A new reference; shared ints are found.
pub fn from_value(v: Value) -> Ptr {
    if v.is_small() {
        return from_i64(v.small());
    }
    with_words(v, from_words)
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

/// The digits of an int, least significant first.
///
/// # Safety
/// `p` is an int.
#[inline(always)]
pub unsafe fn digits<'a>(p: Ptr) -> &'a mut [u32] {
    let c = p as *mut _longobject;
    std::slice::from_raw_parts_mut(
        (&raw mut (*c).long_value.ob_digit) as *mut u32,
        (*c).long_value.lv_tag >> 3,
    )
}

/// # Safety
/// `p` is an int.
#[inline(always)]
pub unsafe fn is_negative(p: Ptr) -> bool {
    (*(p as *mut _longobject)).long_value.lv_tag & 3 == 2
}

/// The sign: -1, 0 or 1.
unsafe fn sign(p: Ptr) -> i32 {
    1 - ((*(p as *mut _longobject)).long_value.lv_tag & 3) as i32
}

/// # Safety
/// `p` is an int.
#[inline]
pub unsafe fn value(vm: &Vm, p: Ptr) -> Value {
    let c = p as *mut _longobject;
    if (*c).long_value.lv_tag < 16 {
        let sign = 1 - ((*c).long_value.lv_tag & 3) as i64;
        return Value::from_small(sign * *(&raw const (*c).long_value.ob_digit).cast::<u32>() as i64);
    }
    match wide(p) {
        Some(n) => vm.new_int(n),
        None => {
            let sign = if is_negative(p) { Sign::Negative } else { Sign::Positive };
            vm.int_from_ibig(&IBig::from_parts(sign, UBig::from_words(&words(p))))
                .unwrap_or(Value::from_small(0))
        }
    }
}

/// The value if it has at most four digits, which every C type has.
#[inline(always)]
unsafe fn wide(p: Ptr) -> Option<i128> {
    let digits = digits(p);
    let magnitude = match *digits {
        [] => 0,
        [a] => a as i128,
        [a, b] => a as i128 | (b as i128) << SHIFT,
        [a, b, c] => a as i128 | (b as i128) << SHIFT | (c as i128) << (2 * SHIFT),
        [a, b, c, d] => {
            a as i128 | (b as i128) << SHIFT | (c as i128) << (2 * SHIFT) | (d as i128) << (3 * SHIFT)
        }
        _ => return None,
    };
    Some(if is_negative(p) { -magnitude } else { magnitude })
}

/// The magnitude in 64-bit words, with at least one.
unsafe fn words(p: Ptr) -> Vec<u64> {
    let digits = digits(p);
    let mut words = vec![0u64; (digits.len() * SHIFT as usize).div_ceil(64).max(1)];
    for (i, d) in digits.iter().enumerate() {
        let bit = i * SHIFT as usize;
        let wide = (*d as u128) << (bit % 64);
        words[bit / 64] |= wide as u64;
        if (wide >> 64) != 0 {
            words[bit / 64 + 1] |= (wide >> 64) as u64;
        }
    }
    words
}

unsafe fn bit_length(p: Ptr) -> usize {
    match digits(p) {
        [] => 0,
        d => d.len() * SHIFT as usize - (d[d.len() - 1].leading_zeros() - (32 - SHIFT)) as usize,
    }
}

/// The low `n` bytes in two's complement, least significant first.
unsafe fn low_bytes(p: Ptr, n: usize) -> Vec<u8> {
    let negative = is_negative(p);
    let mut bytes = Vec::with_capacity(n + 8);
    let mut carry = negative;
    for mut w in words(p) {
        if negative {
            (w, carry) = (!w).overflowing_add(carry as u64);
        }
        bytes.extend(w.to_le_bytes());
    }
    bytes.resize(n, if negative { 0xff } else { 0 });
    bytes
}

/// Whether the value fits `n` bytes.
unsafe fn fits(p: Ptr, n: usize, signed: bool) -> bool {
    let (bits, room) = (bit_length(p), n.saturating_mul(8));
    if !signed {
        return !is_negative(p) && bits <= room;
    }
    bits < room.max(1)
        || bits == room && bits > 0 && is_negative(p) && {
            // -2**(n-1) is the one that fits without another bit.
            let (top, rest) = digits(p).split_last().expect("bits come from digits");
            top.is_power_of_two() && rest.iter().all(|d| *d == 0)
        }
}

// ---- to C ---------------------------------------------------------------------------------------

fn bad_call<T>(vm: &Vm) -> PyResult<T> {
    raise!(vm, SystemError, "bad internal call")
}

#[inline(always)]
pub fn is_int(v: Arg) -> bool {
    !v.0.is_null() && v.flags() & LONG_SUBCLASS != 0
}

/// The int of an object with `__index__`; beyond every C type, some number of the same sign.
#[inline(always)]
pub fn index(vm: &Vm, v: Arg) -> PyResult<i128> {
    if is_int(v) {
        // SAFETY: an int.
        return Ok(unsafe { wide(v.0).unwrap_or(if is_negative(v.0) { i128::MIN } else { i128::MAX }) });
    }
    if v.0.is_null() {
        return bad_call(vm);
    }
    vm.index_i128(v.value())
}

/// The value of an int, without `__index__`.
#[inline(always)]
fn exact(vm: &Vm, v: Arg) -> PyResult<i128> {
    if is_int(v) || v.0.is_null() { index(vm, v) } else { Err(vm.type_error("an integer is required")) }
}

#[cold]
fn too_large(vm: &Vm, name: &str) -> Raised {
    vm.overflow_error(format!("Python int too large to convert to C {name}"))
}

#[inline(always)]
fn fit<T: TryFrom<i128>>(vm: &Vm, n: i128, name: &str) -> PyResult<T> {
    T::try_from(n).map_err(|_| too_large(vm, name))
}

fn fit_unsigned<T: TryFrom<i128>>(vm: &Vm, n: i128, shown: &str, name: &str) -> PyResult<T> {
    if n < 0 {
        raise!(vm, OverflowError, "can't convert negative value to {shown}")
    }
    fit(vm, n, name)
}

/// The low 64 bits of any int.
fn masked(vm: &Vm, v: Arg) -> PyResult<u64> {
    if v.0.is_null() {
        return bad_call(vm);
    }
    let low = |p: Ptr| {
        // SAFETY: an int.
        unsafe { if is_negative(p) { words(p)[0].wrapping_neg() } else { words(p)[0] } }
    };
    if is_int(v) {
        return Ok(low(v.0));
    }
    Ok(low(Owned(from_value(vm.index_value(v.value())?)).0))
}

#[capi]
pub fn PyLong_AsLong(vm: &Vm, v: Arg) -> PyResult<i64> {
    let n = index(vm, v)?;
    fit(vm, n, "long")
}

#[capi]
pub fn PyLong_AsInt(vm: &Vm, v: Arg) -> PyResult<i32> {
    let n = index(vm, v)?;
    fit(vm, n, "int")
}

#[capi]
pub fn PyLong_AsLongLong(vm: &Vm, v: Arg) -> PyResult<i64> {
    let n = index(vm, v)?;
    i64::try_from(n).map_err(|_| vm.overflow_error("int too big to convert"))
}

fn and_overflow(vm: &Vm, v: Arg, overflow: *mut i32) -> PyResult<i64> {
    // SAFETY: the caller passes a place for the result.
    unsafe { *overflow = 0 };
    let n = index(vm, v)?;
    i64::try_from(n).or_else(|_| {
        // SAFETY: as above.
        unsafe { *overflow = n.signum() as i32 };
        Ok(-1)
    })
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
    fit_unsigned(vm, n, "size_t", "size_t")
}

#[capi]
pub fn PyLong_AsUnsignedLong(vm: &Vm, v: Arg) -> PyResult<u64> {
    let n = exact(vm, v)?;
    fit_unsigned(vm, n, "unsigned int", "unsigned long")
}

#[capi]
pub fn PyLong_AsUnsignedLongLong(vm: &Vm, v: Arg) -> PyResult<u64> {
    let n = exact(vm, v)?;
    if n < 0 {
        raise!(vm, OverflowError, "can't convert negative int to unsigned")
    }
    u64::try_from(n).map_err(|_| vm.overflow_error("int too big to convert"))
}

#[capi]
pub fn PyLong_AsUnsignedLongMask(vm: &Vm, v: Arg) -> PyResult<u64> {
    masked(vm, v)
}

#[capi]
pub fn PyLong_AsUnsignedLongLongMask(vm: &Vm, v: Arg) -> PyResult<u64> {
    masked(vm, v)
}

macro_rules! sized {
    ($($name:ident($t:ty, $shown:literal);)*) => {$(
        #[capi]
        pub fn $name(vm: &Vm, v: Arg, to: *mut $t) -> PyResult<Done> {
            let n = index(vm, v)?;
            if <$t>::MIN == 0 && n < 0 {
                return Err(vm.value_error("Cannot convert negative int"));
            }
            let n = fit(vm, n, $shown)?;
            // SAFETY: the caller passes a place for the result.
            unsafe { *to = n };
            Ok(Done)
        }
    )*};
}

sized! {
    PyLong_AsInt32(i32, "int32_t");
    PyLong_AsUInt32(u32, "uint32_t");
    PyLong_AsInt64(i64, "int64_t");
    PyLong_AsUInt64(u64, "uint64_t");
}

#[capi]
pub fn PyLong_AsDouble(vm: &Vm, v: Arg) -> PyResult<f64> {
    if v.0.is_null() {
        return bad_call(vm);
    }
    if !is_int(v) {
        raise!(vm, TypeError, "an integer is required")
    }
    // SAFETY: an int.
    match unsafe { wide(v.0) } {
        Some(n) if n.unsigned_abs() < 1 << 53 => Ok(n as f64),
        _ => vm.int_to_f64(as_int(v.peek()).unwrap_or(Value::from_small(0))),
    }
}

#[capi]
pub fn PyLong_AsVoidPtr(vm: &Vm, v: Arg) -> PyResult<*mut c_void> {
    let n = exact(vm, v)?;
    match (i64::try_from(n), u64::try_from(n)) {
        (Ok(n), _) => Ok(n as *mut c_void),
        (_, Ok(n)) => Ok(n as *mut c_void),
        _ => Err(too_large(vm, if n < 0 { "long" } else { "unsigned long" })),
    }
}

// ---- sign and size ------------------------------------------------------------------------------

/// An int, or TypeError.
fn int_only(vm: &Vm, v: Arg, expected: &str) -> PyResult<Ptr> {
    if v.0.is_null() {
        return bad_call(vm);
    }
    if !is_int(v) {
        raise!(vm, TypeError, "{expected} int, got {}", v.class().full_name(vm))
    }
    Ok(v.0)
}

#[capi]
pub fn PyLong_GetSign(vm: &Vm, v: Arg, to: *mut c_int) -> PyResult<Done> {
    let p = int_only(vm, v, "expect")?;
    // SAFETY: an int, and a place for the result.
    unsafe { *to = sign(p) };
    Ok(Done)
}

#[capi]
pub fn PyLong_IsPositive(vm: &Vm, v: Arg) -> PyResult<bool> {
    // SAFETY: an int.
    Ok(unsafe { sign(int_only(vm, v, "expected")?) } > 0)
}

#[capi]
pub fn PyLong_IsNegative(vm: &Vm, v: Arg) -> PyResult<bool> {
    // SAFETY: an int.
    Ok(unsafe { sign(int_only(vm, v, "expected")?) } < 0)
}

#[capi]
pub fn PyLong_IsZero(vm: &Vm, v: Arg) -> PyResult<bool> {
    // SAFETY: an int.
    Ok(unsafe { sign(int_only(vm, v, "expected")?) } == 0)
}

#[capi]
pub fn _PyLong_Sign(_vm: &Vm, v: Arg) -> c_int {
    // SAFETY: C passes an int.
    unsafe { sign(v.0) }
}

#[capi]
pub fn _PyLong_NumBits(_vm: &Vm, v: Arg) -> i64 {
    // SAFETY: C passes an int.
    unsafe { bit_length(v.0) as i64 }
}

#[capi]
pub fn PyUnstable_Long_IsCompact(_vm: &Vm, v: Arg) -> c_int {
    // SAFETY: C passes an int.
    (unsafe { (*(v.0 as *mut _longobject)).long_value.lv_tag } < 16) as c_int
}

#[capi]
pub fn PyUnstable_Long_CompactValue(_vm: &Vm, v: Arg) -> isize {
    // SAFETY: C passes an int of at most one digit.
    unsafe { sign(v.0) as isize * *digits(v.0).first().unwrap_or(&0) as isize }
}

#[capi]
pub fn PyLong_GetInfo(vm: &Vm) -> PyResult<Value> {
    vm.sys_get("int_info").ok_or_else(|| vm.system_error("sys.int_info is missing"))
}

#[capi]
pub fn _PyLong_GCD(vm: &Vm, a: Arg, b: Arg) -> PyResult<Value> {
    match (as_int(a.peek()), as_int(b.peek())) {
        (Some(a), Some(b)) => adder_vm::builtins::int_ops::gcd(vm, a, b),
        _ => bad_call(vm),
    }
}

// ---- bytes --------------------------------------------------------------------------------------

const LITTLE_ENDIAN: c_int = 1;
const NATIVE_ENDIAN: c_int = 2;
const UNSIGNED_BUFFER: c_int = 4;
const REJECT_NEGATIVE: c_int = 8;
const ALLOW_INDEX: c_int = 16;

fn is_little(flags: c_int) -> bool {
    flags == -1 || flags & (NATIVE_ENDIAN | LITTLE_ENDIAN) != 0
}

/// Stores bytes given least significant first.
unsafe fn store(mut bytes: Vec<u8>, to: *mut c_void, little: bool) {
    if !little {
        bytes.reverse();
    }
    if !to.is_null() {
        std::ptr::copy_nonoverlapping(bytes.as_ptr(), to.cast(), bytes.len());
    }
}

#[capi]
pub fn PyLong_AsNativeBytes(vm: &Vm, v: Arg, to: *mut c_void, n: isize, flags: c_int) -> PyResult<isize> {
    if v.0.is_null() || n < 0 {
        return bad_call(vm);
    }
    let indexed;
    let p = if is_int(v) {
        v.0
    } else if flags != -1 && flags & ALLOW_INDEX != 0 {
        indexed = Owned(from_value(vm.index_value(v.value())?));
        indexed.0
    } else {
        int_only(vm, v, "expect")?
    };
    let unsigned = flags == -1 || flags & UNSIGNED_BUFFER != 0;
    // SAFETY: an int, and a buffer of n bytes.
    unsafe {
        if flags != -1 && flags & REJECT_NEGATIVE != 0 && is_negative(p) {
            return Err(vm.value_error("Cannot convert negative int"));
        }
        let size = n as usize;
        store(low_bytes(p, size), to, is_little(flags));
        // The size that is needed; an int of one digit is said to need a machine word, unless the buffer
        // is smaller and large enough.
        let fits_exactly = size > 0 && (fits(p, size, true) || unsigned && fits(p, size, false));
        if digits(p).len() <= 1 {
            return Ok(if fits_exactly && n <= 8 { n } else { 8 });
        }
        let needed = (bit_length(p) / 8 + 1) as isize;
        Ok(if needed == n + 1 && fits_exactly { n } else { needed })
    }
}

fn from_bytes(vm: &Vm, from: *const c_void, n: usize, little: bool, signed: bool) -> PyResult<Owned> {
    // SAFETY: the caller passes n bytes.
    let mut bytes =
        if n == 0 { vec![] } else { unsafe { std::slice::from_raw_parts(from.cast::<u8>(), n) }.to_vec() };
    if !little {
        bytes.reverse();
    }
    Ok(Owned(from_value(adder_vm::builtins::int_text::from_le_bytes(vm, &bytes, signed)?)))
}

#[capi]
pub fn PyLong_FromNativeBytes(vm: &Vm, from: *const c_void, n: usize, flags: c_int) -> PyResult<Owned> {
    if from.is_null() {
        return bad_call(vm);
    }
    from_bytes(vm, from, n, is_little(flags), flags == -1 || flags & UNSIGNED_BUFFER == 0)
}

#[capi]
pub fn PyLong_FromUnsignedNativeBytes(
    vm: &Vm,
    from: *const c_void,
    n: usize,
    flags: c_int,
) -> PyResult<Owned> {
    if from.is_null() {
        return bad_call(vm);
    }
    from_bytes(vm, from, n, is_little(flags), false)
}

#[capi]
pub fn _PyLong_FromByteArray(
    vm: &Vm,
    from: *const c_void,
    n: usize,
    little: c_int,
    signed: c_int,
) -> PyResult<Owned> {
    from_bytes(vm, from, n, little != 0, signed != 0)
}

#[capi]
pub fn _PyLong_AsByteArray(
    vm: &Vm,
    v: Arg,
    to: *mut c_void,
    n: usize,
    little: c_int,
    signed: c_int,
    with_exceptions: c_int,
) -> PyResult<c_int> {
    // SAFETY: C passes an int and a buffer of n bytes.
    unsafe {
        let negative = is_negative(v.0);
        if negative && signed == 0 {
            if with_exceptions == 0 {
                return Ok(-1);
            }
            raise!(vm, OverflowError, "can't convert negative int to unsigned")
        }
        store(low_bytes(v.0, n), to, little != 0);
        if !fits(v.0, n, signed != 0) && bit_length(v.0) > 0 {
            if with_exceptions == 0 {
                return Ok(-1);
            }
            raise!(vm, OverflowError, "int too big to convert")
        }
    }
    Ok(0)
}

// ---- from C -------------------------------------------------------------------------------------

macro_rules! from_c {
    ($($name:ident($t:ty);)*) => {$(
        #[capi]
        pub fn $name(_vm: &Vm, n: $t) -> *mut PyObject {
            match i64::try_from(n) {
                Ok(n) => from_i64(n),
                Err(_) => from_u64(n as u64),
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
    from_u64(p as u64)
}

#[capi]
pub fn PyLong_FromDouble(vm: &Vm, value: f64) -> PyResult<Owned> {
    Ok(Owned(from_value(vm.int_from_f64(value)?)))
}

fn check_base(vm: &Vm, base: c_int) -> PyResult<u32> {
    if base != 0 && !(2..=36).contains(&base) {
        return Err(vm.value_error("int() arg 2 must be >= 2 and <= 36"));
    }
    Ok(base as u32)
}

#[capi]
pub fn PyLong_FromString(
    vm: &Vm,
    text: *const c_char,
    end: *mut *mut c_char,
    base: c_int,
) -> PyResult<Owned> {
    let base = check_base(vm, base)?;
    // SAFETY: the caller passes a C string.
    let all = unsafe { std::ffi::CStr::from_ptr(text) }.to_bytes();
    let shown = crate::unicodeobject::decode(vm, &all[..all.len().min(200)])?;
    let source = Arg(shown.0).value();
    let result = vm.int_from_text(all, base, source);
    if !end.is_null() {
        // Where the number ends, or where the text stops being one.
        let part = |c: &u8| c.is_ascii_alphanumeric() || b"_+- \t\n\r\x0b\x0c".contains(c);
        let n = if result.is_ok() { all.len() } else { all.iter().take_while(|c| part(c)).count() };
        // SAFETY: a place for the result; n is within the string.
        unsafe { *end = text.add(n).cast_mut() };
    }
    Ok(Owned(from_value(result?)))
}

#[capi]
pub fn PyLong_FromUnicodeObject(vm: &Vm, text: Arg, base: c_int) -> PyResult<Owned> {
    let base = check_base(vm, base)?;
    match text.value().downcast::<Str>() {
        Some(s) => Ok(Owned(from_value(vm.int_from_str(s, base)?))),
        None => bad_call(vm),
    }
}

/// `strtoul` with Python's prefixes: `0x`, `0o` and `0b`, by base or, with base 0, by themselves.
fn parse_unsigned(text: *const c_char, end: *mut *mut c_char, mut base: c_int) -> (c_ulong, bool) {
    // SAFETY: the caller passes a C string, and null or a place for the result.
    let all = unsafe { std::ffi::CStr::from_ptr(text) }.to_bytes();
    let mut i = all.iter().take_while(|c| c.is_ascii_whitespace()).count();
    let prefix = match (all.get(i), all.get(i + 1).map(|c| c.to_ascii_lowercase())) {
        (Some(b'0'), Some(b'x')) => 16,
        (Some(b'0'), Some(b'o')) => 8,
        (Some(b'0'), Some(b'b')) => 2,
        _ => 0,
    };
    let digit = |c: Option<&u8>, base: c_int| {
        c.and_then(|c| (*c as char).to_digit(36)).filter(|d| (*d as c_int) < base).map(|d| d as c_ulong)
    };
    if prefix != 0 && (base == 0 || base == prefix) && digit(all.get(i + 2), prefix).is_some() {
        (base, i) = (prefix, i + 2);
    } else if base == 0 {
        base = 10;
    }
    let (mut n, mut overflow): (c_ulong, bool) = (0, false);
    while let Some(d) = digit(all.get(i), base) {
        match n.checked_mul(base as c_ulong).and_then(|m| m.checked_add(d)) {
            Some(m) => n = m,
            None => overflow = true,
        }
        i += 1;
    }
    if !end.is_null() {
        // SAFETY: as above.
        unsafe { *end = text.add(i).cast_mut() };
    }
    if overflow {
        set_out_of_range();
        n = c_ulong::MAX;
    }
    (n, overflow)
}

fn set_out_of_range() {
    // SAFETY: the thread's errno.
    unsafe { *libc::__errno_location() = libc::ERANGE };
}

#[capi]
pub fn PyOS_strtoul(_vm: &Vm, text: *const c_char, end: *mut *mut c_char, base: c_int) -> c_ulong {
    parse_unsigned(text, end, base).0
}

#[capi]
pub fn PyOS_strtol(_vm: &Vm, text: *const c_char, end: *mut *mut c_char, base: c_int) -> c_long {
    // SAFETY: the caller passes a C string.
    let all = unsafe { std::ffi::CStr::from_ptr(text) }.to_bytes();
    let mut i = all.iter().take_while(|c| c.is_ascii_whitespace()).count();
    let negative = all.get(i) == Some(&b'-');
    if matches!(all.get(i), Some(b'-' | b'+')) {
        i += 1;
    }
    // SAFETY: within the string.
    let (n, _) = parse_unsigned(unsafe { text.add(i) }, end, base);
    match c_long::try_from(if negative { -(n as i128) } else { n as i128 }) {
        Ok(n) => n,
        Err(_) => {
            set_out_of_range();
            c_long::MAX
        }
    }
}
