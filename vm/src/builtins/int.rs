//! `int`: small ones are immediate words, larger ones `BigInt`. This file is the representation;
//! arithmetic is in `int_ops.rs`, methods in `int_methods.rs`.
//!
//! A value of an int that fits 63 bits is always immediate, so equality of small ints is equality of
//! words. Instances of subclasses (and True and False) are `Int` objects that hold the value.

use crate::builtins::array::storage;
use crate::def::{self, ClassDef};
use crate::error::PyResult;
use crate::object::{ClassCell, Field, Header, LongHeader, Object, Ref, ShapeId, Value, ValueExt};
use crate::raise;
use crate::shapes::id;
use crate::vm::Vm;
use adder_heap as heap;
use adder_heap::{Layout, Refs, Size};
use adder_macros::pyclass;
use dashu_int::{IBig, Sign, UBig};

/// int([x]) -> integer
/// int(x, base=10) -> integer
///
/// Convert a number or string to an integer, or return 0 if no arguments
/// are given.  If x is a number, return x.__int__().  For floating-point
/// numbers, this truncates towards zero.
///
/// If x is not a number or if base is given, then x must be a string,
/// bytes, or bytearray instance representing an integer literal in the
/// given base.  The literal can be preceded by '+' or '-' and be surrounded
/// by whitespace.  The base defaults to 10.  Valid bases are 0 and 2-36.
/// Base 0 means to interpret the base from the string as an integer literal.
/// >>> int('0b100', base=0)
/// 4
#[pyclass(name = "int", fixed = id::INT, flags = def::BASE | def::LONG_SUBCLASS | def::MATCH_SELF)]
#[repr(C)]
pub struct Int {
    pub h: LongHeader,
    pub value: Field<Value>,
}

/// bool(object=False, /)
///
/// Returns True when the argument is true, False otherwise.
/// The builtins True and False are the only two instances of the class bool.
/// The class bool is a subclass of the class int, and cannot be subclassed.
#[pyclass(name = "bool", fixed = id::BOOL, base = Int, flags = def::IMMUTABLE, signature = "(object=False, /)")]
#[repr(C)]
pub struct Bool {
    base: Int,
}

/// An int beyond 63 bits: sign and 64-bit digits, least significant first, no leading zeros.
#[repr(C)]
pub struct BigInt {
    h: Header,
    len: u64,
    pub negative: bool,
    _pad: [u8; 7],
    digits: [u64; 0],
}

storage!(BigInt, id::BIGINT, Size::Array { base: 24, elem: 8, len_at: 8 }, Refs::None);

impl Int {
    /// True or False.
    pub const fn immortal_bool(value: Value) -> Int {
        Int { h: LongHeader::immortal(ShapeId::fixed(id::BOOL)), value: Field::constant(value) }
    }
}

impl BigInt {
    fn new(negative: bool, digits: &[u64]) -> Option<Ref<BigInt>> {
        let p = heap::try_alloc(BigInt::shape(), 24 + 8 * digits.len())? as *mut BigInt;
        // SAFETY: freshly allocated with room for the digits.
        unsafe {
            (*p).len = digits.len() as u64;
            (*p).negative = negative;
            (*p)._pad = [0; 7];
            std::ptr::copy_nonoverlapping(
                digits.as_ptr(),
                (&raw mut (*p).digits).cast::<u64>(),
                digits.len(),
            );
            Some(Ref::from_ptr(p))
        }
    }

    pub fn digits(&self) -> &[u64] {
        // SAFETY: the object has `len` digits.
        unsafe { std::slice::from_raw_parts(self.digits.as_ptr(), self.len as usize) }
    }

    pub fn to_ibig(&self) -> IBig {
        let sign = if self.negative { Sign::Negative } else { Sign::Positive };
        IBig::from_parts(sign, UBig::from_words(self.digits()))
    }
}

/// The value of an int or of an instance of a subclass, as an exact int.
#[inline(always)]
pub fn as_int(v: Value) -> Option<Value> {
    if v.is_small() {
        return Some(v);
    }
    as_int_slow(v)
}

#[inline]
fn as_int_slow(v: Value) -> Option<Value> {
    let shape = v.shape();
    if shape == BigInt::shape() {
        return Some(v);
    }
    if crate::object::class_of_shape(shape).has_flag(def::LONG_SUBCLASS) {
        // SAFETY: instances of int subclasses have the layout of Int.
        return Some(unsafe { v.cast::<Int>() }.value.get());
    }
    None
}

/// An exact int (as `as_int` gives) as a number of arbitrary size.
pub fn to_ibig(v: Value) -> IBig {
    if v.is_small() {
        return IBig::from(v.small());
    }
    // SAFETY: an exact int is small or a BigInt.
    unsafe { v.cast::<BigInt>() }.to_ibig()
}

impl Vm {
    /// An int of 64 bits.
    #[inline(always)]
    pub fn int(&self, i: i64) -> Value {
        match Value::try_small(i) {
            Some(v) => v,
            None => self.new_int(i as i128),
        }
    }

    #[inline(never)]
    pub fn new_int(&self, i: i128) -> Value {
        if let Ok(small) = i64::try_from(i)
            && let Some(v) = Value::try_small(small)
        {
            return v;
        }
        let m = i.unsigned_abs();
        let digits = [m as u64, (m >> 64) as u64];
        let n = if digits[1] == 0 { 1 } else { 2 };
        BigInt::new(i < 0, &digits[..n]).expect("room for two digits").value()
    }

    /// An int of any size, normalised; MemoryError if it does not fit.
    pub fn int_from_ibig(&self, i: &IBig) -> PyResult<Value> {
        if let Ok(small) = i64::try_from(i)
            && let Some(v) = Value::try_small(small)
        {
            return Ok(v);
        }
        let (sign, words) = i.as_sign_words();
        match BigInt::new(sign == Sign::Negative, words) {
            Some(b) => Ok(b.value()),
            None => Err(self.memory_error()),
        }
    }

    /// `operator.index(v)`: an exact int.
    #[inline(always)]
    pub fn index_value(&self, v: Value) -> PyResult<Value> {
        if v.is_small() { Ok(v) } else { self.index_slow(v) }
    }

    #[inline(never)]
    fn index_slow(&self, v: Value) -> PyResult<Value> {
        if let Some(i) = as_int(v) {
            return Ok(i);
        }
        let Some(index) = v.class().slots().nb_index else {
            raise!(self, TypeError, "'{}' object cannot be interpreted as an integer", v.class().name())
        };
        let r = index(self, v)?;
        match as_int(r) {
            Some(i) => {
                if !r.is_small() && !r.is::<BigInt>() {
                    self.warn_deprecated(&format!(
                        "__index__ returned non-int (type {}).  The ability to return an instance of a strict \
                         subclass of int is deprecated, and may not be allowed in a future version of Python.",
                        r.class().name()
                    ))?;
                }
                Ok(i)
            }
            None => raise!(self, TypeError, "__index__ returned non-int (type {})", r.class().name()),
        }
    }

    /// An index as 128 bits; larger values are clamped to the ends of i128, beyond every C type.
    pub fn index_i128(&self, v: Value) -> PyResult<i128> {
        let i = self.index_value(v)?;
        Ok(self.int_to_i128(i))
    }

    /// `PyNumber_AsSsize_t(v, OverflowError)`... IndexError is for the caller to word.
    pub fn index_isize(&self, v: Value) -> PyResult<isize> {
        let i = self.index_value(v)?;
        if i.is_small() {
            return Ok(i.small() as isize);
        }
        match isize::try_from(self.int_to_i128(i)) {
            Ok(n) => Ok(n),
            Err(_) => {
                raise!(self, IndexError, "cannot fit '{}' into an index-sized integer", v.class().name())
            }
        }
    }

    /// As `index_isize`, but clamped: what slices do.
    pub fn index_clamped(&self, v: Value) -> PyResult<isize> {
        let i = self.index_value(v)?;
        Ok(self.int_to_i128(i).clamp(isize::MIN as i128, isize::MAX as i128) as isize)
    }

    /// The value of an exact int, saturated.
    pub fn int_to_i128(&self, i: Value) -> i128 {
        if i.is_small() {
            return i.small() as i128;
        }
        // SAFETY: an exact int is small or a BigInt.
        let b = unsafe { i.cast::<BigInt>() };
        let d = b.digits();
        let magnitude = match d.len() {
            1 => d[0] as u128,
            2 if d[1] >> 63 == 0 => d[0] as u128 | (d[1] as u128) << 64,
            _ => i128::MAX as u128,
        };
        if b.negative { -(magnitude as i128) } else { magnitude as i128 }
    }

    /// The value of an exact int if it fits 64 bits.
    pub fn int_to_i64(&self, i: Value) -> Option<i64> {
        i64::try_from(self.int_to_i128(i)).ok()
    }

    pub fn int_is_negative(&self, i: Value) -> bool {
        self.int_to_i128(i) < 0
    }
}
