//! `Decimal`: the immutable number object.
//!
//! Coefficients of up to 128 bits are in the object, longer ones in an int.

use super::context::{Context, current, given_or_current, rounding_named};
use super::number::{self, Kind, Number, Rounding, Rules, pow10, status};
use super::provided;
use super::text::{parse, to_text};
use crate::arguments::{bind, params};
use adder_macros::{pyclass, pymethods};
use adder_vm::args::{Args, Params};
use adder_vm::builtins::float::as_float;
use adder_vm::builtins::int::{as_int, to_ibig};
use adder_vm::builtins::list::List;
use adder_vm::builtins::singletons::{bool_value, not_implemented};
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::slots::CompareOp;
use adder_vm::vm::Vm;
use dashu_int::ops::DivRem;
use dashu_int::{IBig, Sign, UBig};
use std::cell::Cell;
use std::cmp::Ordering;

/// Construct a new Decimal object.
///
/// value can be an integer, string, tuple, or another Decimal object.  If no value
/// is given, return Decimal('0').  The context does not affect the conversion and
/// is only passed to determine if the InvalidOperation trap is active.
#[pyclass(name = "Decimal", module = "decimal", flags = def::BASE)]
#[repr(C)]
pub struct Decimal {
    h: LongHeader,
    /// The coefficient, if it is longer than 128 bits.
    big: Field<Option<Value>>,
    low: u64,
    high: u64,
    exponent: i64,
    /// -1: not computed yet.
    hash: Cell<i64>,
    kind: Kind,
    negative: bool,
}

const NEW: Params = params("Decimal", &["value", "context"], 0, 2, 0);

/// Makes an object of a number.
pub fn make(vm: &Vm, class: Ref<Type>, n: &Number) -> PyResult<Value> {
    let (low, high, big) = match u128::try_from(&n.coefficient) {
        Ok(c) => (c as u64, (c >> 64) as u64, None),
        Err(_) => (0, 0, Some(vm.int_from_ibig(&IBig::from(n.coefficient.clone()))?)),
    };
    let d = Decimal {
        h: LongHeader::new(),
        big: Field::new(big),
        low,
        high,
        exponent: n.exponent,
        hash: Cell::new(-1),
        kind: n.kind,
        negative: n.negative,
    };
    if class == Decimal::class() {
        return Ok(adder_heap::new(Decimal::shape(), d).value());
    }
    Ok(vm.new_instance(class, d)?.value())
}

impl Decimal {
    pub fn number(&self) -> Number {
        let coefficient = match self.big.get() {
            None => UBig::from(self.low as u128 | (self.high as u128) << 64),
            Some(big) => to_ibig(big).into_parts().1,
        };
        Number { negative: self.negative, kind: self.kind, coefficient, exponent: self.exponent }
    }
}

fn me(v: Value) -> Ref<Decimal> {
    v.downcast::<Decimal>().expect("the receiver is a Decimal")
}

fn of_int(v: Value) -> Number {
    if v.is_small() {
        let n = v.small();
        return Number::finite(n < 0, UBig::from(n.unsigned_abs()), 0);
    }
    let (sign, magnitude) = to_ibig(v).into_parts();
    Number::finite(sign == Sign::Negative, magnitude, 0)
}

/// The exact value of a float.
fn of_float(f: f64) -> Number {
    let negative = f.is_sign_negative();
    if f.is_infinite() {
        return Number::infinity(negative);
    }
    if f.is_nan() {
        return Number::nan().with_sign(negative);
    }
    let bits = f.to_bits();
    let (fraction, biased) = (bits & ((1 << 52) - 1), (bits >> 52 & 0x7ff) as i64);
    let (mut mantissa, mut exponent) = match biased {
        0 => (fraction, -1074),
        _ => (fraction | 1 << 52, biased - 1075),
    };
    if mantissa == 0 {
        return Number::zero(negative, 0);
    }
    let zeros = mantissa.trailing_zeros() as i64;
    (mantissa, exponent) = (mantissa >> zeros, exponent + zeros);
    let mantissa = UBig::from(mantissa);
    if exponent >= 0 {
        return Number::finite(negative, mantissa << exponent as usize, 0);
    }
    // m / 2**n is m * 5**n / 10**n.
    Number::finite(negative, mantissa * UBig::from(5u8).pow(-exponent as usize), exponent)
}

/// An operand of an operator: a Decimal or an int.
fn operand(v: Value) -> Option<Number> {
    if let Some(d) = v.downcast::<Decimal>() {
        return Some(d.number());
    }
    as_int(v).map(of_int)
}

/// An argument that must be a Decimal or an int.
pub fn needed(vm: &Vm, v: Value) -> PyResult<Number> {
    match operand(v) {
        Some(n) => Ok(n),
        None => raise!(vm, TypeError, "conversion from {} to Decimal is not supported", v.class().name()),
    }
}

/// Text with decimal digits of any script as ASCII; None: there are other characters. `lenient`: without
/// white space around and underscores.
fn ascii(s: Ref<Str>, lenient: bool) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(s.len());
    for c in s.chars() {
        let c = match c {
            0..0x80 => c as u8,
            _ if adder_text::classify::is_space(c) => b' ',
            _ => b'0' + adder_text::classify::to_decimal(c)?,
        };
        if !(lenient && c == b'_') {
            out.push(c);
        }
    }
    if lenient {
        let space = |b: &u8| adder_text::classify::is_space(*b as u32);
        let start = out.iter().position(|b| !space(b)).unwrap_or(out.len());
        let end = out.iter().rposition(|b| !space(b)).map_or(start, |i| i + 1);
        return Some(out[start..end].to_vec());
    }
    Some(out)
}

/// The number that an object stands for, before it is rounded, with the conditions of the conversion.
fn convert(vm: &Vm, v: Value, lenient: bool, context: Ref<Context>) -> PyResult<(Number, u32)> {
    if let Some(d) = v.downcast::<Decimal>() {
        return Ok((d.number(), 0));
    }
    if let Some(i) = as_int(v) {
        return Ok((of_int(i), 0));
    }
    if let Some(f) = as_float(v) {
        context.settle(vm, status::FLOAT_OPERATION)?;
        return Ok((of_float(f), 0));
    }
    let text = if v.downcast::<Tuple>().is_some() || v.downcast::<List>().is_some() {
        provided(vm, "tuple_text", &[v])?.downcast::<Str>()
    } else {
        v.downcast::<Str>()
    };
    let Some(text) = text else {
        raise!(vm, TypeError, "conversion from {} to Decimal is not supported", v.class().name())
    };
    Ok(match ascii(text, lenient).and_then(|text| parse(&text)) {
        Some(n) => (n, 0),
        None => (Number::nan(), status::CONVERSION_SYNTAX),
    })
}

/// `Decimal(v)`: exact, or invalid.
fn exact(vm: &Vm, class: Ref<Type>, v: Value, context: Ref<Context>) -> PyResult<Value> {
    if class == Decimal::class() && v.is::<Decimal>() {
        return Ok(v);
    }
    let (n, mut conditions) = convert(vm, v, true, context)?;
    let mut rules = Rules::max();
    let mut n = n.finish(&mut rules);
    if rules.status & (status::INEXACT | status::ROUNDED | status::CLAMPED | status::OVERFLOW) != 0 {
        n = Number::nan();
        conditions |= status::INVALID_OPERATION;
    }
    context.settle(vm, conditions)?;
    make(vm, class, &n)
}

/// `context.create_decimal(v)`: rounded.
pub fn create(vm: &Vm, v: Value, context: Ref<Context>) -> PyResult<Value> {
    let (n, conditions) = convert(vm, v, false, context)?;
    let mut rules = context.rules();
    rules.status = conditions;
    let too_long = n.is_nan() && n.digits() > rules.precision - rules.clamp as i64;
    let n = if too_long { rules.invalid(status::CONVERSION_SYNTAX) } else { n.finish(&mut rules) };
    context.settle(vm, rules.status)?;
    make(vm, Decimal::class(), &n)
}

pub fn from_triple(vm: &Vm, sign: bool, digits: Ref<Str>, exponent: Value) -> PyResult<Value> {
    let digits = digits.to_string();
    let Some(coefficient) = parse(if digits.is_empty() { b"0" } else { digits.as_bytes() }) else {
        return Err(vm.value_error("digits are expected"));
    };
    let coefficient = coefficient.coefficient;
    let kind = match exponent.downcast::<Str>().map(|s| s.to_string()).as_deref() {
        Some("F") => Kind::Infinite,
        Some("n") => Kind::Quiet,
        Some("N") => Kind::Signaling,
        _ => Kind::Finite,
    };
    let exponent = if kind == Kind::Finite { vm.index_isize(exponent)? as i64 } else { 0 };
    let coefficient = if kind == Kind::Infinite { UBig::ZERO } else { coefficient };
    make(vm, Decimal::class(), &Number { negative: sign, kind, coefficient, exponent })
}

fn binary(vm: &Vm, a: Value, b: Value, f: fn(&Number, &Number, &mut Rules) -> Number) -> PyResult<Value> {
    let (Some(x), Some(y)) = (operand(a), operand(b)) else { return Ok(not_implemented()) };
    current(vm)?.compute(vm, |rules| f(&x, &y, rules))
}

/// The other operand of a comparison, exactly.
fn comparable(vm: &Vm, v: Value, op: CompareOp) -> PyResult<Option<Number>> {
    if let Some(n) = operand(v) {
        return Ok(Some(n));
    }
    if let Some(f) = as_float(v) {
        let context = current(vm)?;
        if matches!(op, CompareOp::Eq | CompareOp::Ne) {
            context.note(status::FLOAT_OPERATION);
        } else {
            context.settle(vm, status::FLOAT_OPERATION)?;
        }
        return Ok(Some(of_float(f)));
    }
    Ok(None)
}

/// 2**61 - 1, the modulus of numeric hashes, and the inverse of 10.
const P: u64 = (1 << 61) - 1;
const INVERSE_OF_10: u64 = 2075258708292324556;

fn power_mod(mut base: u64, mut exponent: u64) -> u64 {
    let mut result = 1u64;
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = (result as u128 * base as u128 % P as u128) as u64;
        }
        base = (base as u128 * base as u128 % P as u128) as u64;
        exponent >>= 1;
    }
    result
}

/// The integer part; None for infinities and NaNs.
fn truncated(n: &Number) -> Option<IBig> {
    if !n.is_finite() {
        return None;
    }
    let magnitude = match n.exponent {
        e if e >= 0 => &n.coefficient * pow10(e as usize),
        e if -e > n.digits() => UBig::ZERO,
        e => (&n.coefficient).div_rem(pow10(-e as usize)).0,
    };
    let i = IBig::from(magnitude);
    Some(if n.negative { -i } else { i })
}

fn round_argument(vm: &Vm, v: Option<Value>, context: Ref<Context>) -> PyResult<Rounding> {
    match v {
        Some(v) if !v.is_none() => rounding_named(vm, v),
        _ => Ok(context.rules().rounding),
    }
}

#[pymethods]
impl Decimal {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let [value, context] = bind::<2>(vm, &NEW, args)?;
        let context = given_or_current(vm, context)?;
        match value {
            Some(v) => exact(vm, class, v, context),
            None => make(vm, class, &Number::zero(false, 0)),
        }
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let text = to_text(&me(this).number(), false, current(vm)?.capitals());
        Ok(vm.new_str(&format!("Decimal('{text}')")))
    }

    #[slot(tp_str)]
    fn str(vm: &Vm, this: Value) -> PyResult<Value> {
        Ok(vm.new_str(&to_text(&me(this).number(), false, current(vm)?.capitals())))
    }

    #[slot(tp_hash)]
    fn hash(vm: &Vm, this: Value) -> PyResult<i64> {
        let d = me(this);
        if d.hash.get() != -1 {
            return Ok(d.hash.get());
        }
        let n = d.number();
        let hash = match n.kind {
            Kind::Signaling => return Err(vm.type_error("Cannot hash a signaling NaN value")),
            Kind::Quiet => adder_heap::identity_hash(this) as i64,
            Kind::Infinite => 314159,
            Kind::Finite => {
                let power = match n.exponent >= 0 {
                    true => power_mod(10, n.exponent as u64),
                    false => power_mod(INVERSE_OF_10, n.exponent.unsigned_abs()),
                };
                let c = u64::try_from(&n.coefficient % UBig::from(P)).expect("below P");
                (c as u128 * power as u128 % P as u128) as i64
            }
        };
        let hash = match (n.negative && !n.is_nan(), hash) {
            (true, 1) => -2,
            (true, hash) => -hash,
            (false, hash) => hash,
        };
        d.hash.set(hash);
        Ok(hash)
    }

    #[slot(tp_richcompare)]
    fn richcompare(vm: &Vm, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
        let x = me(a).number();
        let Some(y) = comparable(vm, b, op)? else {
            if b.is::<Str>() || b.is_none() {
                return Ok(not_implemented());
            }
            return provided(vm, "compare_other", &[a, b, vm.int(op as i64)]);
        };
        if x.is_nan() || y.is_nan() {
            let signaling = x.kind == Kind::Signaling || y.kind == Kind::Signaling;
            if signaling || !matches!(op, CompareOp::Eq | CompareOp::Ne) {
                current(vm)?.settle(vm, status::INVALID_OPERATION)?;
            }
            return Ok(bool_value(op == CompareOp::Ne));
        }
        Ok(bool_value(op.holds(number::compare(&x, &y))))
    }

    #[slot(nb_add)]
    fn nb_add(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        binary(vm, a, b, |a, b, rules| number::add(a, b, false, rules))
    }

    #[slot(nb_subtract)]
    fn nb_subtract(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        binary(vm, a, b, |a, b, rules| number::add(a, b, true, rules))
    }

    #[slot(nb_multiply)]
    fn nb_multiply(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        binary(vm, a, b, number::multiply)
    }

    #[slot(nb_true_divide)]
    fn nb_true_divide(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        binary(vm, a, b, number::divide)
    }

    #[slot(nb_floor_divide)]
    fn nb_floor_divide(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        binary(vm, a, b, number::divide_int)
    }

    #[slot(nb_remainder)]
    fn nb_remainder(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        binary(vm, a, b, number::remainder)
    }

    #[slot(nb_divmod)]
    fn nb_divmod(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        let (Some(x), Some(y)) = (operand(a), operand(b)) else { return Ok(not_implemented()) };
        let context = current(vm)?;
        let mut rules = context.rules();
        let (q, r) = number::divmod(&x, &y, &mut rules);
        context.settle(vm, rules.status)?;
        let q = make(vm, Decimal::class(), &q)?;
        let r = make(vm, Decimal::class(), &r)?;
        Ok(Tuple::from_slice(vm, &[q, r]).value())
    }

    #[slot(nb_power)]
    fn nb_power(vm: &Vm, a: Value, b: Value, modulo: Value) -> PyResult<Value> {
        let other = if modulo.is_none() { true } else { operand(modulo).is_some() };
        if operand(a).is_none() || operand(b).is_none() || !other {
            return Ok(not_implemented());
        }
        provided(vm, "power", &[a, b, modulo])
    }

    #[slot(nb_negative)]
    fn nb_negative(vm: &Vm, this: Value) -> PyResult<Value> {
        let n = me(this).number();
        current(vm)?.compute(vm, |rules| number::plus(&n, !n.negative, rules))
    }

    #[slot(nb_positive)]
    fn nb_positive(vm: &Vm, this: Value) -> PyResult<Value> {
        let n = me(this).number();
        current(vm)?.compute(vm, |rules| number::plus(&n, n.negative, rules))
    }

    #[slot(nb_absolute)]
    fn nb_absolute(vm: &Vm, this: Value) -> PyResult<Value> {
        let n = me(this).number();
        current(vm)?.compute(vm, |rules| number::plus(&n, false, rules))
    }

    #[slot(nb_bool)]
    fn nb_bool(_: &Vm, this: Value) -> PyResult<bool> {
        let d = me(this);
        Ok(d.kind != Kind::Finite || d.low != 0 || d.high != 0 || d.big.get().is_some())
    }

    #[slot(nb_int)]
    fn nb_int(vm: &Vm, this: Value) -> PyResult<Value> {
        let n = me(this).number();
        match truncated(&n) {
            Some(i) => vm.int_from_ibig(&i),
            None if n.is_nan() => Err(vm.value_error("cannot convert NaN to integer")),
            None => Err(vm.overflow_error("cannot convert Infinity to integer")),
        }
    }

    #[slot(nb_float)]
    fn nb_float(vm: &Vm, this: Value) -> PyResult<Value> {
        let n = me(this).number();
        Ok(vm.float(match n.kind {
            Kind::Signaling => return Err(vm.value_error("cannot convert signaling NaN to float")),
            Kind::Quiet => f64::NAN.copysign(if n.negative { -1.0 } else { 1.0 }),
            Kind::Infinite => f64::INFINITY.copysign(if n.negative { -1.0 } else { 1.0 }),
            Kind::Finite => to_text(&n, false, true).parse::<f64>().unwrap_or(f64::NAN),
        }))
    }

    /// Sign, digits as a string, and the exponent or 'F', 'n', 'N'.
    #[pymethod("($self, /)")]
    fn _triple(vm: &Vm, this: Ref<Decimal>) -> Value {
        let n = this.number();
        let exponent = match n.kind {
            Kind::Finite => vm.int(n.exponent),
            Kind::Infinite => vm.new_str("F"),
            Kind::Quiet => vm.new_str("n"),
            Kind::Signaling => vm.new_str("N"),
        };
        let digits = match n.is_nan() && n.coefficient.is_zero() {
            true => vm.new_str(""),
            false => vm.new_str(&super::text::digits_of(&n.coefficient)),
        };
        Tuple::from_slice(vm, &[vm.int(n.negative as i64), digits, exponent]).value()
    }

    /// Return the adjusted exponent of the number.  Defined as exp + digits - 1.
    #[pymethod("($self, /)")]
    fn adjusted(_: &Vm, this: Ref<Decimal>) -> i64 {
        let n = this.number();
        if n.is_finite() { n.adjusted() } else { 0 }
    }

    /// Return a value equal to the first operand after rounding and having the
    /// exponent of the second operand.
    #[pymethod("($self, /, exp, rounding=None, context=None)")]
    fn quantize(
        vm: &Vm,
        this: Ref<Decimal>,
        exp: Value,
        rounding: Option<Value>,
        context: Option<Value>,
    ) -> PyResult<Value> {
        let context = given_or_current(vm, context)?;
        let (a, b) = (this.number(), needed(vm, exp)?);
        let rounding = round_argument(vm, rounding, context)?;
        context.compute(vm, |rules| {
            rules.rounding = rounding;
            number::quantize(&a, &b, rules)
        })
    }

    /// Normalize the number by stripping the rightmost trailing zeros and
    /// converting any result equal to Decimal('0') to Decimal('0e0').
    #[pymethod("($self, /, context=None)")]
    fn normalize(vm: &Vm, this: Ref<Decimal>, context: Option<Value>) -> PyResult<Value> {
        let context = given_or_current(vm, context)?;
        let n = this.number();
        context.compute(vm, |rules| number::normalize(&n, rules))
    }

    /// Fused multiply-add.
    #[pymethod("($self, /, other, third, context=None)")]
    fn fma(
        vm: &Vm,
        this: Ref<Decimal>,
        other: Value,
        third: Value,
        context: Option<Value>,
    ) -> PyResult<Value> {
        let context = given_or_current(vm, context)?;
        let (a, b, c) = (this.number(), needed(vm, other)?, needed(vm, third)?);
        context.compute(vm, |rules| number::fused(&a, &b, &c, rules))
    }

    /// Round to the nearest integer without signaling either Inexact or Rounded.
    #[pymethod("($self, /, rounding=None, context=None)")]
    fn to_integral_value(
        vm: &Vm,
        this: Ref<Decimal>,
        rounding: Option<Value>,
        context: Option<Value>,
    ) -> PyResult<Value> {
        let context = given_or_current(vm, context)?;
        let rounding = round_argument(vm, rounding, context)?;
        let n = this.number();
        context.compute(vm, |rules| number::to_integral(&n, rounding, false, rules))
    }

    /// Round to the nearest integer, signaling Inexact or Rounded as appropriate if
    /// rounding occurs.
    #[pymethod("($self, /, rounding=None, context=None)")]
    fn to_integral_exact(
        vm: &Vm,
        this: Ref<Decimal>,
        rounding: Option<Value>,
        context: Option<Value>,
    ) -> PyResult<Value> {
        let context = given_or_current(vm, context)?;
        let rounding = round_argument(vm, rounding, context)?;
        let n = this.number();
        context.compute(vm, |rules| number::to_integral(&n, rounding, true, rules))
    }

    /// Compare self to other.  Return a decimal value.
    #[pymethod("($self, /, other, context=None)")]
    fn compare(vm: &Vm, this: Ref<Decimal>, other: Value, context: Option<Value>) -> PyResult<Value> {
        let context = given_or_current(vm, context)?;
        let (a, b) = (this.number(), needed(vm, other)?);
        context.compute(vm, |rules| match number::nan_of(&[&a, &b], rules) {
            Some(nan) => nan,
            None => {
                let order = number::compare(&a, &b);
                Number::finite(order == Ordering::Less, UBig::from((order != Ordering::Equal) as u8), 0)
            }
        })
    }

    /// Return the absolute value of the argument.  This operation is unaffected by
    /// context and is quiet: no flags are changed and no rounding is performed.
    #[pymethod("($self, /)")]
    fn copy_abs(vm: &Vm, this: Ref<Decimal>) -> PyResult<Value> {
        make(vm, Decimal::class(), &this.number().with_sign(false))
    }

    /// Return the negation of the argument.  This operation is unaffected by context
    /// and is quiet: no flags are changed and no rounding is performed.
    #[pymethod("($self, /)")]
    fn copy_negate(vm: &Vm, this: Ref<Decimal>) -> PyResult<Value> {
        make(vm, Decimal::class(), &this.number().with_sign(!this.negative))
    }

    /// Return a copy of the first operand with the sign set to be the same as the
    /// sign of the second operand.
    #[pymethod("($self, /, other, context=None)")]
    fn copy_sign(vm: &Vm, this: Ref<Decimal>, other: Value, context: Option<Value>) -> PyResult<Value> {
        given_or_current(vm, context)?;
        let other = needed(vm, other)?;
        make(vm, Decimal::class(), &this.number().with_sign(other.negative))
    }

    /// Return True if the argument is a finite number, and False if the argument is
    /// infinite or a NaN.
    #[pymethod("($self, /)")]
    fn is_finite(_: &Vm, this: Ref<Decimal>) -> bool {
        this.kind == Kind::Finite
    }

    /// Return True if the argument is either positive or negative infinity and
    /// False otherwise.
    #[pymethod("($self, /)")]
    fn is_infinite(_: &Vm, this: Ref<Decimal>) -> bool {
        this.kind == Kind::Infinite
    }

    /// Return True if the argument is a (quiet or signaling) NaN and False otherwise.
    #[pymethod("($self, /)")]
    fn is_nan(_: &Vm, this: Ref<Decimal>) -> bool {
        this.number().is_nan()
    }

    /// Return True if the argument is a quiet NaN, and False otherwise.
    #[pymethod("($self, /)")]
    fn is_qnan(_: &Vm, this: Ref<Decimal>) -> bool {
        this.kind == Kind::Quiet
    }

    /// Return True if the argument is a signaling NaN and False otherwise.
    #[pymethod("($self, /)")]
    fn is_snan(_: &Vm, this: Ref<Decimal>) -> bool {
        this.kind == Kind::Signaling
    }

    /// Return True if the argument has a negative sign and False otherwise.
    #[pymethod("($self, /)")]
    fn is_signed(_: &Vm, this: Ref<Decimal>) -> bool {
        this.negative
    }

    /// Return True if the argument is a (positive or negative) zero and False otherwise.
    #[pymethod("($self, /)")]
    fn is_zero(_: &Vm, this: Ref<Decimal>) -> bool {
        this.number().is_zero()
    }

    /// Convert to an engineering-type string.
    #[pymethod("($self, /, context=None)")]
    fn to_eng_string(vm: &Vm, this: Ref<Decimal>, context: Option<Value>) -> PyResult<Value> {
        let context = given_or_current(vm, context)?;
        Ok(vm.new_str(&to_text(&this.number(), true, context.capitals())))
    }

    /// Return a pair of integers, whose ratio is exactly equal to the original.
    #[pymethod("($self, /)")]
    fn as_integer_ratio(vm: &Vm, this: Ref<Decimal>) -> PyResult<Value> {
        let n = this.number();
        if n.is_nan() {
            return Err(vm.value_error("cannot convert NaN to integer ratio"));
        }
        if n.is_infinite() {
            return Err(vm.overflow_error("cannot convert Infinity to integer ratio"));
        }
        use dashu_int::ops::Gcd;
        let (mut top, mut bottom) = (n.coefficient.clone(), UBig::ONE);
        if n.exponent >= 0 {
            top *= pow10(n.exponent as usize);
        } else if !top.is_zero() {
            bottom = pow10(n.exponent.unsigned_abs() as usize);
            let common = (&top).gcd(&bottom);
            top = &top / &common;
            bottom = &bottom / &common;
        }
        let top = if n.negative { -IBig::from(top) } else { IBig::from(top) };
        let top = vm.int_from_ibig(&top)?;
        let bottom = vm.int_from_ibig(&IBig::from(bottom))?;
        Ok(Tuple::from_slice(vm, &[top, bottom]).value())
    }

    /// Class method that converts a float to a decimal number, exactly.
    #[classmethod("($type, f, /)")]
    fn from_float(vm: &Vm, class: Ref<Type>, f: Value) -> PyResult<Value> {
        let n = match (as_int(f), as_float(f)) {
            (Some(i), _) => of_int(i),
            (None, Some(f)) => of_float(f),
            (None, None) => return Err(vm.type_error("argument must be int or float")),
        };
        let d = make(vm, Decimal::class(), &n)?;
        if class == Decimal::class() { Ok(d) } else { vm.call(class.value(), &[d]) }
    }

    #[pymethod("($self, /)")]
    fn __copy__(_: &Vm, this: Value) -> Value {
        this
    }

    #[pymethod("($self, memo, /)")]
    fn __deepcopy__(_: &Vm, this: Value, _memo: Value) -> Value {
        this
    }

    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<Decimal>) -> Value {
        let text = vm.new_str(&to_text(&this.number(), false, true));
        let args = Tuple::from_slice(vm, &[text]).value();
        Tuple::from_slice(vm, &[this.value().class().value(), args]).value()
    }

    #[getter]
    fn real(_: &Vm, this: Value) -> Value {
        this
    }

    #[getter]
    fn imag(vm: &Vm, this: Value) -> PyResult<Value> {
        let _ = this;
        make(vm, Decimal::class(), &Number::zero(false, 0))
    }
}
