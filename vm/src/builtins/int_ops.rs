//! Arithmetic of ints: what the number slots of `int` do.
//!
//! The functions here take exact ints, as `as_int` gives them: immediates, or a `BigInt`.
//! Two immediates are computed in 128 bits; everything else goes through `dashu-int`.
//! The slots themselves, which also see other types and answer `NotImplemented`, are in
//! `int_methods.rs`.
//!
//! Kept true here: no operation of `dashu-int` that could fail for lack of memory is started before
//! `room` has asked for as much, because the library ends the process where Python raises MemoryError.

use crate::builtins::int::{BigInt, as_int, to_ibig};
use crate::error::PyResult;
use crate::object::{Value, ValueExt};
use crate::raise;
use crate::vm::Vm;
use adder_text::hash;
use dashu_int::fast_div::ConstDivisor;
use dashu_int::ops::{BitTest, DivRem, Gcd};
use dashu_int::{IBig, Sign, UBig};
use std::cmp::Ordering;

/// Both operands as exact ints.
#[inline]
pub fn pair(a: Value, b: Value) -> Option<(Value, Value)> {
    Some((as_int(a)?, as_int(b)?))
}

#[inline]
fn smalls(a: Value, b: Value) -> Option<(i64, i64)> {
    if a.is_small() && b.is_small() { Some((a.small(), b.small())) } else { None }
}

/// Both operands if neither needs more than one word: then 128 bits hold them and most results.
#[inline]
fn one_word(a: Value, b: Value) -> Option<(i128, i128)> {
    let wide = |v: Value| match big(v) {
        None => Some(v.small() as i128),
        Some(b) => match b.digits() {
            [d] => Some(if b.negative { -(*d as i128) } else { *d as i128 }),
            _ => None,
        },
    };
    Some((wide(a)?, wide(b)?))
}

#[inline]
fn big(v: Value) -> Option<&'static BigInt> {
    if v.is_small() {
        return None;
    }
    // SAFETY: an exact int is small or a BigInt; the caller's local keeps it alive and in place.
    Some(unsafe { &*v.cast::<BigInt>().as_ptr() })
}

/// 64-bit words of the magnitude.
pub fn word_count(v: Value) -> usize {
    big(v).map_or(1, |b| b.digits().len())
}

/// `int.bit_length()`
pub fn bit_length(v: Value) -> u64 {
    match big(v) {
        None => 64 - v.small().unsigned_abs().leading_zeros() as u64,
        Some(b) => {
            let d = b.digits();
            let top = d[d.len() - 1];
            64 * d.len() as u64 - top.leading_zeros() as u64
        }
    }
}

/// -1, 0 or 1.
#[inline]
pub fn sign(v: Value) -> i32 {
    match big(v) {
        None => v.small().signum() as i32,
        Some(b) => 1 - 2 * b.negative as i32,
    }
}

pub fn is_zero(v: Value) -> bool {
    v == Value::from_small(0)
}

/// MemoryError if there cannot be a number of so many 64-bit words.
fn room(vm: &Vm, words: u128) -> PyResult<()> {
    if words < 1 << 17 {
        return Ok(());
    }
    let bytes = usize::try_from(words.saturating_mul(8)).unwrap_or(usize::MAX);
    // The intermediate values of the library take about as much again.
    if adder_text::error::check_room(bytes.saturating_mul(3)).is_err() {
        return Err(vm.memory_error());
    }
    Ok(())
}

pub fn add(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    match smalls(a, b) {
        Some((x, y)) => Ok(vm.int(x + y)),
        None => match one_word(a, b) {
            Some((x, y)) => Ok(vm.new_int(x + y)),
            None => vm.int_from_ibig(&(to_ibig(a) + to_ibig(b))),
        },
    }
}

pub fn sub(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    match smalls(a, b) {
        Some((x, y)) => Ok(vm.int(x - y)),
        None => match one_word(a, b) {
            Some((x, y)) => Ok(vm.new_int(x - y)),
            None => vm.int_from_ibig(&(to_ibig(a) - to_ibig(b))),
        },
    }
}

pub fn mul(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    match smalls(a, b) {
        Some((x, y)) => Ok(vm.new_int(x as i128 * y as i128)),
        None => {
            if let Some((x, y)) = one_word(a, b)
                && let Some(product) = x.checked_mul(y)
            {
                return Ok(vm.new_int(product));
            }
            room(vm, (word_count(a) + word_count(b)) as u128)?;
            if a == b {
                return vm.int_from_ibig(&IBig::from(to_ibig(a).sqr()));
            }
            vm.int_from_ibig(&(to_ibig(a) * to_ibig(b)))
        }
    }
}

fn zero_division(vm: &Vm) -> crate::error::Raised {
    vm.error(crate::builtins::exceptions::Exc::ZeroDivisionError, "division by zero")
}

/// Quotient rounded down and remainder with the sign of the divisor.
fn floor_div_rem(a: &IBig, b: &IBig) -> (IBig, IBig) {
    let (q, r) = a.div_rem(b);
    if !r.is_zero() && r.sign() != b.sign() { (q - IBig::ONE, r + b) } else { (q, r) }
}

fn small_floor_div(x: i64, y: i64) -> i64 {
    let q = x / y;
    if x % y != 0 && (x < 0) != (y < 0) { q - 1 } else { q }
}

fn small_floor_mod(x: i64, y: i64) -> i64 {
    let r = x % y;
    if r != 0 && (r < 0) != (y < 0) { r + y } else { r }
}

pub fn floor_div(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    if is_zero(b) {
        return Err(zero_division(vm));
    }
    match smalls(a, b) {
        Some((x, y)) => Ok(vm.int(small_floor_div(x, y))),
        None => match one_word(a, b) {
            Some((x, y)) if x >= 0 && y > 0 => Ok(vm.new_int((x as u64 / y as u64) as i128)),
            _ => vm.int_from_ibig(&floor_div_rem(&to_ibig(a), &to_ibig(b)).0),
        },
    }
}

pub fn modulo(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    if is_zero(b) {
        return Err(zero_division(vm));
    }
    match smalls(a, b) {
        Some((x, y)) => Ok(vm.int(small_floor_mod(x, y))),
        None => match one_word(a, b) {
            Some((x, y)) if x >= 0 && y > 0 => Ok(vm.new_int((x as u64 % y as u64) as i128)),
            _ => vm.int_from_ibig(&floor_div_rem(&to_ibig(a), &to_ibig(b)).1),
        },
    }
}

pub fn div_mod(vm: &Vm, a: Value, b: Value) -> PyResult<(Value, Value)> {
    if is_zero(b) {
        return Err(zero_division(vm));
    }
    match smalls(a, b) {
        Some((x, y)) => Ok((vm.int(small_floor_div(x, y)), vm.int(small_floor_mod(x, y)))),
        None => {
            let (q, r) = floor_div_rem(&to_ibig(a), &to_ibig(b));
            let q = vm.int_from_ibig(&q)?;
            Ok((q, vm.int_from_ibig(&r)?))
        }
    }
}

/// The nearest multiple of `b`, ties to even: quotient and remainder (`_PyLong_DivmodNear`).
pub fn div_mod_near(a: &IBig, b: &IBig) -> (IBig, IBig) {
    let (mut q, mut r) = floor_div_rem(a, b);
    let twice = IBig::from(2) * &r;
    let order = if b.sign() == Sign::Negative { b.cmp(&twice) } else { twice.cmp(b) };
    if order == Ordering::Greater || (order == Ordering::Equal && q.bit(0)) {
        q += IBig::ONE;
        r -= b;
    }
    (q, r)
}

/// `m * 2^e` for a value that is known to be a double.
pub fn scale(m: f64, e: i64) -> f64 {
    let mut v = m;
    let mut e = e;
    while e != 0 {
        let step = e.clamp(-1000, 1000);
        // Small steps keep the value normal for as long as possible, so that it is rounded at most once.
        v *= f64::from_bits(((step + 1023) as u64) << 52);
        e -= step;
    }
    v
}

/// `a / b`, correctly rounded (`long_true_divide`).
pub fn true_div(vm: &Vm, a: Value, b: Value) -> PyResult<f64> {
    if is_zero(b) {
        return Err(zero_division(vm));
    }
    if let Some((x, y)) = smalls(a, b)
        && x.unsigned_abs() <= 1 << 53
        && y.unsigned_abs() <= 1 << 53
    {
        return Ok(x as f64 / y as f64);
    }
    match ratio(&to_ibig(a), &to_ibig(b)) {
        Some(q) => Ok(q),
        None => Err(vm.overflow_error("integer division result too large for a float")),
    }
}

/// The double nearest to `a / b`, ties to even; `None` beyond the range. `b` is not zero.
pub fn ratio(a: &IBig, b: &IBig) -> Option<f64> {
    let (sa, x) = a.clone().into_parts();
    let (sb, y) = b.clone().into_parts();
    let negative = (sa == Sign::Negative) != (sb == Sign::Negative);
    if x.is_zero() {
        return Some(if negative { -0.0 } else { 0.0 });
    }
    let diff = x.bit_len() as i64 - y.bit_len() as i64;
    if diff > 1024 {
        return None;
    }
    if diff < -1021 - 53 - 1 {
        return Some(if negative { -0.0 } else { 0.0 });
    }
    // The quotient gets two bits more than the result, or ends where doubles end.
    let shift = diff.max(-1021) - 55;
    let (q, r) =
        if shift <= 0 { (x << (-shift) as usize).div_rem(&y) } else { x.div_rem(&(y << shift as usize)) };
    let quotient = u64::try_from(&q).expect("a quotient of 56 bits");
    let bits = 64 - quotient.leading_zeros() as i64;
    let extra = bits.max(-1021 - shift) - 53;
    let mask = 1u64 << (extra - 1);
    let mut low = quotient | !r.is_zero() as u64;
    if low & mask != 0 && low & (3 * mask - 1) != 0 {
        low += mask;
    }
    let rounded = low & !(2 * mask - 1);
    let v = scale(rounded as f64, shift);
    if v.is_infinite() {
        return None;
    }
    Some(if negative { -v } else { v })
}

fn negative_shift(vm: &Vm) -> crate::error::Raised {
    vm.value_error("negative shift count")
}

pub fn lshift(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    if sign(b) < 0 {
        return Err(negative_shift(vm));
    }
    if is_zero(a) {
        return Ok(a);
    }
    let Some(n) = vm.int_to_i64(b) else {
        return Err(vm.overflow_error("too many digits in integer"));
    };
    if a.is_small() && n < 64 {
        return Ok(vm.new_int((a.small() as i128) << n));
    }
    room(vm, word_count(a) as u128 + n as u128 / 64 + 1)?;
    vm.int_from_ibig(&(to_ibig(a) << n as usize))
}

pub fn rshift(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    if sign(b) < 0 {
        return Err(negative_shift(vm));
    }
    let n = vm.int_to_i64(b).unwrap_or(i64::MAX);
    if a.is_small() {
        return Ok(vm.int(a.small() >> n.min(63)));
    }
    if n as u64 >= bit_length(a) {
        return Ok(vm.int(if sign(a) < 0 { -1 } else { 0 }));
    }
    if let Some((x, _)) = one_word(a, a) {
        return Ok(vm.new_int(x >> n));
    }
    vm.int_from_ibig(&(to_ibig(a) >> n as usize))
}

pub fn and(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    match smalls(a, b) {
        Some((x, y)) => Ok(vm.int(x & y)),
        None => match one_word(a, b) {
            Some((x, y)) => Ok(vm.new_int(x & y)),
            None => vm.int_from_ibig(&(to_ibig(a) & to_ibig(b))),
        },
    }
}

pub fn or(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    match smalls(a, b) {
        Some((x, y)) => Ok(vm.int(x | y)),
        None => match one_word(a, b) {
            Some((x, y)) => Ok(vm.new_int(x | y)),
            None => vm.int_from_ibig(&(to_ibig(a) | to_ibig(b))),
        },
    }
}

pub fn xor(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    match smalls(a, b) {
        Some((x, y)) => Ok(vm.int(x ^ y)),
        None => match one_word(a, b) {
            Some((x, y)) => Ok(vm.new_int(x ^ y)),
            None => vm.int_from_ibig(&(to_ibig(a) ^ to_ibig(b))),
        },
    }
}

pub fn neg(vm: &Vm, a: Value) -> PyResult<Value> {
    if a.is_small() { Ok(vm.int(-a.small())) } else { vm.int_from_ibig(&-to_ibig(a)) }
}

pub fn abs(vm: &Vm, a: Value) -> PyResult<Value> {
    if sign(a) < 0 { neg(vm, a) } else { Ok(a) }
}

pub fn invert(vm: &Vm, a: Value) -> PyResult<Value> {
    if a.is_small() { Ok(vm.int(!a.small())) } else { vm.int_from_ibig(&!to_ibig(a)) }
}

/// `a ** b` for a non-negative exponent.
pub fn power(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    debug_assert!(sign(b) >= 0);
    if a.is_small() {
        match (a.small(), b.is_small()) {
            (_, true) if b.small() == 0 => return Ok(vm.int(1)),
            (0 | 1, _) => return Ok(a),
            (-1, _) => {
                let odd = if b.is_small() { b.small() & 1 == 1 } else { to_ibig(b).bit(0) };
                return Ok(vm.int(if odd { -1 } else { 1 }));
            }
            (x, true) => {
                if let Ok(e) = u32::try_from(b.small())
                    && let Some(r) = (x as i128).checked_pow(e)
                {
                    return Ok(vm.new_int(r));
                }
            }
            _ => {}
        }
    }
    let Some(e) = vm.int_to_i64(b) else { return Err(vm.memory_error()) };
    let bits = (bit_length(a) as u128 - 1).max(1).saturating_mul(e as u128);
    room(vm, bits / 64)?;
    vm.int_from_ibig(&to_ibig(a).pow(e as usize))
}

/// `pow(a, b, m)`
pub fn power_mod(vm: &Vm, a: Value, b: Value, m: Value) -> PyResult<Value> {
    if is_zero(m) {
        return Err(vm.value_error("pow() 3rd argument cannot be 0"));
    }
    let modulus = to_ibig(m);
    let (m_sign, n) = modulus.clone().into_parts();
    if n.is_one() {
        return Ok(vm.int(0));
    }
    let mut base = floor_div_rem(&to_ibig(a), &IBig::from(n.clone())).1.into_parts().1;
    if sign(b) < 0 {
        match inverse(&base, &n) {
            Some(inverted) => base = inverted,
            None => return Err(vm.value_error("base is not invertible for the given modulus")),
        }
    }
    let exponent = to_ibig(b).into_parts().1;
    let ring = ConstDivisor::new(n.clone());
    let mut result = IBig::from(ring.reduce(base).pow(&exponent).residue());
    // The result has the sign of the modulus.
    if m_sign == Sign::Negative && !result.is_zero() {
        result += modulus;
    }
    vm.int_from_ibig(&result)
}

/// The inverse of `a` modulo `n`, by the extended Euclidean algorithm.
fn inverse(a: &UBig, n: &UBig) -> Option<UBig> {
    let modulus = IBig::from(n.clone());
    let (mut r0, mut r1) = (modulus.clone(), IBig::from(a.clone()));
    let (mut t0, mut t1) = (IBig::ZERO, IBig::ONE);
    while !r1.is_zero() {
        let (q, r) = (&r0).div_rem(&r1);
        let t = &t0 - &q * &t1;
        (r0, r1) = (r1, r);
        (t0, t1) = (t1, t);
    }
    if !r0.is_one() {
        return None;
    }
    Some(floor_div_rem(&t0, &modulus).1.into_parts().1)
}

/// The greatest common divisor, not negative.
pub fn gcd(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    if let Some((x, y)) = smalls(a, b) {
        let (mut x, mut y) = (x.unsigned_abs(), y.unsigned_abs());
        while y != 0 {
            (x, y) = (y, x % y);
        }
        return Ok(vm.new_int(x as i128));
    }
    if is_zero(a) {
        return abs(vm, b);
    }
    if is_zero(b) {
        return abs(vm, a);
    }
    let (x, y) = (to_ibig(a).into_parts().1, to_ibig(b).into_parts().1);
    vm.int_from_ibig(&IBig::from(x.gcd(y)))
}

/// The order of two exact ints.
pub fn compare(a: Value, b: Value) -> Ordering {
    match (big(a), big(b)) {
        (None, None) => a.small().cmp(&b.small()),
        (None, Some(y)) => {
            if y.negative {
                Ordering::Greater
            } else {
                Ordering::Less
            }
        }
        (Some(x), None) => {
            if x.negative {
                Ordering::Less
            } else {
                Ordering::Greater
            }
        }
        (Some(x), Some(y)) => {
            if x.negative != y.negative {
                return y.negative.cmp(&x.negative);
            }
            let (p, q) = (x.digits(), y.digits());
            let order = p.len().cmp(&q.len()).then_with(|| p.iter().rev().cmp(q.iter().rev()));
            if x.negative { order.reverse() } else { order }
        }
    }
}

/// The exact order of an exact int and a double; `None` for NaN (`float_richcompare`).
pub fn compare_f64(a: Value, f: f64) -> Option<Ordering> {
    if f.is_nan() {
        return None;
    }
    if f.is_infinite() {
        return Some(if f > 0.0 { Ordering::Less } else { Ordering::Greater });
    }
    if a.is_small() {
        let i = a.small();
        if i.unsigned_abs() <= 1 << 53 {
            return (i as f64).partial_cmp(&f);
        }
        // Doubles of such size are whole, but may be beyond 64 bits.
        if f.abs() < 9.2e18 {
            let whole = f.trunc() as i64;
            return Some(i.cmp(&whole).then_with(|| 0.0f64.total_cmp(&(f - f.trunc() + 0.0))));
        }
        return Some(if f > 0.0 { Ordering::Less } else { Ordering::Greater });
    }
    let (s, fs) = (
        sign(a),
        if f < 0.0 {
            -1
        } else if f > 0.0 {
            1
        } else {
            0
        },
    );
    if s != fs {
        return Some(s.cmp(&fs));
    }
    // A BigInt has at least 62 bits, so a double as large is whole.
    if bit_length(a) > 1024 {
        return Some(if s < 0 { Ordering::Less } else { Ordering::Greater });
    }
    if f.abs() < 2f64.powi(61) {
        return Some(if s < 0 { Ordering::Less } else { Ordering::Greater });
    }
    Some(to_ibig(a).cmp(&ibig_from_f64(f)))
}

/// The whole part of a finite double.
pub fn ibig_from_f64(f: f64) -> IBig {
    let bits = f.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as i64 - 1075;
    let mantissa = bits & ((1 << 52) - 1) | 1 << 52;
    let magnitude = if exponent >= 0 {
        UBig::from(mantissa) << exponent as usize
    } else if exponent > -64 {
        UBig::from(mantissa >> -exponent)
    } else {
        UBig::ZERO
    };
    IBig::from_parts(if f < 0.0 { Sign::Negative } else { Sign::Positive }, magnitude)
}

/// `hash(int)`
pub fn hash(v: Value) -> i64 {
    match big(v) {
        None => hash::hash_i64(v.small()),
        Some(b) => hash::hash_words(b.digits(), b.negative),
    }
}

impl Vm {
    /// The whole part of a double as an int (`PyLong_FromDouble`).
    pub fn int_from_f64(&self, f: f64) -> PyResult<Value> {
        if f.is_nan() {
            return Err(self.value_error("cannot convert float NaN to integer"));
        }
        if f.is_infinite() {
            return Err(self.overflow_error("cannot convert float infinity to integer"));
        }
        if f.abs() < 9.0e18 {
            return Ok(self.int(f as i64));
        }
        self.int_from_ibig(&ibig_from_f64(f))
    }

    /// An unsigned 64-bit word from an exact int; `None` if it does not fit.
    pub fn int_to_u64(&self, v: Value) -> Option<u64> {
        u64::try_from(self.int_to_i128(v)).ok()
    }
}

/// `nb_power` of int, for any operands of which one is an int.
pub fn slot_power(vm: &Vm, a: Value, b: Value, m: Value) -> PyResult<Value> {
    let Some((x, y)) = pair(a, b) else { return Ok(crate::builtins::singletons::not_implemented()) };
    if !m.is_none() {
        let Some(n) = as_int(m) else { return Ok(crate::builtins::singletons::not_implemented()) };
        return power_mod(vm, x, y, n);
    }
    if sign(y) >= 0 {
        return power(vm, x, y);
    }
    let base = vm.int_to_f64(x)?;
    let exponent = vm.int_to_f64(y)?;
    if base == 0.0 {
        raise!(vm, ZeroDivisionError, "zero to a negative power")
    }
    Ok(vm.float(crate::builtins::float_ops::power(vm, base, exponent)?))
}
