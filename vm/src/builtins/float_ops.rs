//! Arithmetic of floats: what the number slots of `float` do.

use crate::builtins::float::as_float;
use crate::builtins::int::as_int;
use crate::builtins::int_ops;
use crate::error::PyResult;
use crate::object::Value;
use crate::raise;
use crate::slots::CompareOp;
use crate::vm::Vm;
use std::cmp::Ordering;

/// A float operand: a float, or an int converted (OverflowError); None for anything else.
#[inline]
pub fn operand(vm: &Vm, v: Value) -> PyResult<Option<f64>> {
    if let Some(f) = as_float(v) {
        return Ok(Some(f));
    }
    match as_int(v) {
        Some(i) => Ok(Some(vm.int_to_f64(i)?)),
        None => Ok(None),
    }
}

/// `divmod` of doubles (`_float_div_mod`); the divisor is not zero.
pub fn div_mod(x: f64, y: f64) -> (f64, f64) {
    let mut m = x % y;
    let mut div = (x - m) / y;
    if m != 0.0 {
        if (y < 0.0) != (m < 0.0) {
            m += y;
            div -= 1.0;
        }
    } else {
        m = 0f64.copysign(y);
    }
    if div != 0.0 {
        let mut floor = div.floor();
        if div - floor > 0.5 {
            floor += 1.0;
        }
        (floor, m)
    } else {
        (0f64.copysign(x / y), m)
    }
}

/// `x % y` with the sign of `y`; the divisor is not zero.
pub fn modulo(x: f64, y: f64) -> f64 {
    let m = x % y;
    if m != 0.0 { if (y < 0.0) != (m < 0.0) { m + y } else { m } } else { 0f64.copysign(y) }
}

/// `x ** y` in the reals (`float_pow`): the special cases of C99, and the errors. A negative base
/// with a fractional exponent is the caller's, who continues with complex numbers.
pub fn power(vm: &Vm, x: f64, y: f64) -> PyResult<f64> {
    if y == 0.0 {
        return Ok(1.0);
    }
    if x.is_nan() {
        return Ok(x);
    }
    if y.is_nan() {
        return Ok(if x == 1.0 { 1.0 } else { y });
    }
    if y.is_infinite() {
        let a = x.abs();
        return Ok(if a == 1.0 {
            1.0
        } else if (y > 0.0) == (a > 1.0) {
            y.abs()
        } else {
            0.0
        });
    }
    let odd = y.abs() % 2.0 == 1.0;
    if x.is_infinite() {
        return Ok(if y > 0.0 {
            if odd { x } else { x.abs() }
        } else if odd {
            0f64.copysign(x)
        } else {
            0.0
        });
    }
    if x == 0.0 {
        if y < 0.0 {
            raise!(vm, ZeroDivisionError, "zero to a negative power")
        }
        return Ok(if odd { x } else { 0.0 });
    }
    let negate = x < 0.0 && odd;
    let base = x.abs();
    if base == 1.0 {
        return Ok(if negate { -1.0 } else { 1.0 });
    }
    let r = base.powf(y);
    if r.is_infinite() {
        let message = vm.new_str("Numerical result out of range");
        let args = crate::builtins::tuple::Tuple::from_slice(vm, &[vm.int(34), message]);
        return Err(vm.raise_class(crate::builtins::exceptions::Exc::OverflowError.class(), args.items()));
    }
    Ok(if negate { -r } else { r })
}

/// Comparison with another float or an int, exactly; None for other types.
pub fn compare(a: f64, b: Value, op: CompareOp) -> Option<bool> {
    let order = if let Some(y) = as_float(b) {
        a.partial_cmp(&y)
    } else {
        int_ops::compare_f64(as_int(b)?, a).map(Ordering::reverse)
    };
    Some(match order {
        Some(o) => op.holds(o),
        None => op == CompareOp::Ne,
    })
}

/// The nearest whole number, ties to even.
pub fn round_half_even(x: f64) -> f64 {
    x.round_ties_even()
}

/// Numerator and denominator in lowest terms of a finite double.
pub fn integer_ratio(vm: &Vm, x: f64) -> PyResult<(Value, Value)> {
    let bits = x.to_bits();
    let (mut mantissa, mut exponent) = match (bits >> 52 & 0x7ff) as i64 {
        0 => (bits & ((1 << 52) - 1), -1074),
        e => (bits & ((1 << 52) - 1) | 1 << 52, e - 1075),
    };
    if mantissa == 0 {
        return Ok((vm.int(0), vm.int(1)));
    }
    let zeros = mantissa.trailing_zeros() as i64;
    mantissa >>= zeros;
    exponent += zeros;
    let signed = if x < 0.0 { -(mantissa as i64) } else { mantissa as i64 };
    if exponent >= 0 {
        let n = int_ops::lshift(vm, vm.int(signed), vm.int(exponent))?;
        Ok((n, vm.int(1)))
    } else {
        let d = int_ops::lshift(vm, vm.int(1), vm.int(-exponent))?;
        Ok((vm.int(signed), d))
    }
}
