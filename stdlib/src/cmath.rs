//! `cmath`: functions of complex numbers.
//!
//! The algorithms are cmathmodule.c's: for finite arguments formulas that stay accurate near branch cuts
//! and do not overflow on the way (Kahan, "Branch cuts for complex elementary functions"); for the rest,
//! annex G of the C standard.

use crate::libm;
use adder_macros::pymodule;
use adder_vm::builtins::complex_::Pair;
use adder_vm::builtins::complex_::quotient;
use adder_vm::builtins::module::Module;
use adder_vm::error::{PyResult, Raised};
use adder_vm::object::{Ref, Value};
use adder_vm::vm::Vm;
use std::f64::consts::{E, FRAC_PI_2, FRAC_PI_4, LN_2, LN_10, PI, TAU};

const NAN: f64 = f64::NAN;
const INF: f64 = f64::INFINITY;
/// Beyond these an intermediate result would overflow.
const LARGE: f64 = f64::MAX / 4.0;
const LOG_LARGE: f64 = 708.396_418_532_264_1; // ln(LARGE)

/// What a function can fail with.
enum Failure {
    Domain,
    Range,
}
use Failure::*;

type Answer = Result<Pair, Failure>;

fn raised(vm: &Vm, f: Failure) -> Raised {
    match f {
        Domain => vm.value_error("math domain error"),
        Range => vm.overflow_error("math range error"),
    }
}

fn finite(z: Pair) -> bool {
    z.0.is_finite() && z.1.is_finite()
}

/// Where a part lies, as an index into the tables of special values.
fn part(x: f64) -> usize {
    let negative = x.is_sign_negative();
    if x.is_nan() {
        6
    } else if x.is_infinite() {
        if negative { 0 } else { 5 }
    } else if x != 0.0 {
        if negative { 1 } else { 4 }
    } else if negative {
        2
    } else {
        3
    }
}

/// Results for arguments of which a part is not finite: rows by the real part from -inf over -finite,
/// -0, 0, finite and inf to nan, columns by the imaginary part.
type Special = [[Pair; 7]; 7];

fn special(table: &Special, z: Pair) -> Pair {
    table[part(z.0)][part(z.1)]
}

/// Marks cells for finite arguments, which no look-up asks for.
const U: Pair = (-9.5426319407711027e33, -9.5426319407711027e33);
const P: f64 = PI;
const P14: f64 = FRAC_PI_4;
const P12: f64 = FRAC_PI_2;
const P34: f64 = 0.75 * PI;

const ACOS: Special = [
    [(P34, INF), (P, INF), (P, INF), (P, -INF), (P, -INF), (P34, -INF), (NAN, INF)],
    [(P12, INF), U, U, U, U, (P12, -INF), (NAN, NAN)],
    [(P12, INF), U, U, U, U, (P12, -INF), (P12, NAN)],
    [(P12, INF), U, U, U, U, (P12, -INF), (P12, NAN)],
    [(P12, INF), U, U, U, U, (P12, -INF), (NAN, NAN)],
    [(P14, INF), (0.0, INF), (0.0, INF), (0.0, -INF), (0.0, -INF), (P14, -INF), (NAN, INF)],
    [(NAN, INF), (NAN, NAN), (NAN, NAN), (NAN, NAN), (NAN, NAN), (NAN, -INF), (NAN, NAN)],
];

const ACOSH: Special = [
    [(INF, -P34), (INF, -P), (INF, -P), (INF, P), (INF, P), (INF, P34), (INF, NAN)],
    [(INF, -P12), U, U, U, U, (INF, P12), (NAN, NAN)],
    [(INF, -P12), U, U, U, U, (INF, P12), (NAN, P12)],
    [(INF, -P12), U, U, U, U, (INF, P12), (NAN, P12)],
    [(INF, -P12), U, U, U, U, (INF, P12), (NAN, NAN)],
    [(INF, -P14), (INF, -0.0), (INF, -0.0), (INF, 0.0), (INF, 0.0), (INF, P14), (INF, NAN)],
    [(INF, NAN), (NAN, NAN), (NAN, NAN), (NAN, NAN), (NAN, NAN), (INF, NAN), (NAN, NAN)],
];

const ASINH: Special = [
    [(-INF, -P14), (-INF, -0.0), (-INF, -0.0), (-INF, 0.0), (-INF, 0.0), (-INF, P14), (-INF, NAN)],
    [(-INF, -P12), U, U, U, U, (-INF, P12), (NAN, NAN)],
    [(-INF, -P12), U, U, U, U, (-INF, P12), (NAN, NAN)],
    [(INF, -P12), U, U, U, U, (INF, P12), (NAN, NAN)],
    [(INF, -P12), U, U, U, U, (INF, P12), (NAN, NAN)],
    [(INF, -P14), (INF, -0.0), (INF, -0.0), (INF, 0.0), (INF, 0.0), (INF, P14), (INF, NAN)],
    [(INF, NAN), (NAN, NAN), (NAN, -0.0), (NAN, 0.0), (NAN, NAN), (INF, NAN), (NAN, NAN)],
];

const ATANH: Special = [
    [(-0.0, -P12), (-0.0, -P12), (-0.0, -P12), (-0.0, P12), (-0.0, P12), (-0.0, P12), (-0.0, NAN)],
    [(-0.0, -P12), U, U, U, U, (-0.0, P12), (NAN, NAN)],
    [(-0.0, -P12), U, U, U, U, (-0.0, P12), (-0.0, NAN)],
    [(0.0, -P12), U, U, U, U, (0.0, P12), (0.0, NAN)],
    [(0.0, -P12), U, U, U, U, (0.0, P12), (NAN, NAN)],
    [(0.0, -P12), (0.0, -P12), (0.0, -P12), (0.0, P12), (0.0, P12), (0.0, P12), (0.0, NAN)],
    [(0.0, -P12), (NAN, NAN), (NAN, NAN), (NAN, NAN), (NAN, NAN), (0.0, P12), (NAN, NAN)],
];

const COSH: Special = [
    [(INF, NAN), U, (INF, 0.0), (INF, -0.0), U, (INF, NAN), (INF, NAN)],
    [(NAN, NAN), U, U, U, U, (NAN, NAN), (NAN, NAN)],
    [(NAN, 0.0), U, U, U, U, (NAN, 0.0), (NAN, 0.0)],
    [(NAN, 0.0), U, U, U, U, (NAN, 0.0), (NAN, 0.0)],
    [(NAN, NAN), U, U, U, U, (NAN, NAN), (NAN, NAN)],
    [(INF, NAN), U, (INF, -0.0), (INF, 0.0), U, (INF, NAN), (INF, NAN)],
    [(NAN, NAN), (NAN, NAN), (NAN, 0.0), (NAN, 0.0), (NAN, NAN), (NAN, NAN), (NAN, NAN)],
];

const EXP: Special = [
    [(0.0, 0.0), U, (0.0, -0.0), (0.0, 0.0), U, (0.0, 0.0), (0.0, 0.0)],
    [(NAN, NAN), U, U, U, U, (NAN, NAN), (NAN, NAN)],
    [(NAN, NAN), U, U, U, U, (NAN, NAN), (NAN, NAN)],
    [(NAN, NAN), U, U, U, U, (NAN, NAN), (NAN, NAN)],
    [(NAN, NAN), U, U, U, U, (NAN, NAN), (NAN, NAN)],
    [(INF, NAN), U, (INF, -0.0), (INF, 0.0), U, (INF, NAN), (INF, NAN)],
    [(NAN, NAN), (NAN, NAN), (NAN, -0.0), (NAN, 0.0), (NAN, NAN), (NAN, NAN), (NAN, NAN)],
];

const LOG: Special = [
    [(INF, -P34), (INF, -P), (INF, -P), (INF, P), (INF, P), (INF, P34), (INF, NAN)],
    [(INF, -P12), U, U, U, U, (INF, P12), (NAN, NAN)],
    [(INF, -P12), U, U, U, U, (INF, P12), (NAN, NAN)],
    [(INF, -P12), U, U, U, U, (INF, P12), (NAN, NAN)],
    [(INF, -P12), U, U, U, U, (INF, P12), (NAN, NAN)],
    [(INF, -P14), (INF, -0.0), (INF, -0.0), (INF, 0.0), (INF, 0.0), (INF, P14), (INF, NAN)],
    [(INF, NAN), (NAN, NAN), (NAN, NAN), (NAN, NAN), (NAN, NAN), (INF, NAN), (NAN, NAN)],
];

const SINH: Special = [
    [(INF, NAN), U, (-INF, -0.0), (-INF, 0.0), U, (INF, NAN), (INF, NAN)],
    [(NAN, NAN), U, U, U, U, (NAN, NAN), (NAN, NAN)],
    [(0.0, NAN), U, U, U, U, (0.0, NAN), (0.0, NAN)],
    [(0.0, NAN), U, U, U, U, (0.0, NAN), (0.0, NAN)],
    [(NAN, NAN), U, U, U, U, (NAN, NAN), (NAN, NAN)],
    [(INF, NAN), U, (INF, -0.0), (INF, 0.0), U, (INF, NAN), (INF, NAN)],
    [(NAN, NAN), (NAN, NAN), (NAN, -0.0), (NAN, 0.0), (NAN, NAN), (NAN, NAN), (NAN, NAN)],
];

const SQRT: Special = [
    [(INF, -INF), (0.0, -INF), (0.0, -INF), (0.0, INF), (0.0, INF), (INF, INF), (NAN, INF)],
    [(INF, -INF), U, U, U, U, (INF, INF), (NAN, NAN)],
    [(INF, -INF), U, U, U, U, (INF, INF), (NAN, NAN)],
    [(INF, -INF), U, U, U, U, (INF, INF), (NAN, NAN)],
    [(INF, -INF), U, U, U, U, (INF, INF), (NAN, NAN)],
    [(INF, -INF), (INF, -0.0), (INF, -0.0), (INF, 0.0), (INF, 0.0), (INF, INF), (INF, NAN)],
    [(INF, -INF), (NAN, NAN), (NAN, NAN), (NAN, NAN), (NAN, NAN), (INF, INF), (NAN, NAN)],
];

const TANH: Special = [
    [(-1.0, 0.0), U, (-1.0, -0.0), (-1.0, 0.0), U, (-1.0, 0.0), (-1.0, 0.0)],
    [(NAN, NAN), U, U, U, U, (NAN, NAN), (NAN, NAN)],
    [(-0.0, NAN), U, U, U, U, (-0.0, NAN), (-0.0, NAN)],
    [(0.0, NAN), U, U, U, U, (0.0, NAN), (0.0, NAN)],
    [(NAN, NAN), U, U, U, U, (NAN, NAN), (NAN, NAN)],
    [(1.0, 0.0), U, (1.0, -0.0), (1.0, 0.0), U, (1.0, 0.0), (1.0, 0.0)],
    [(NAN, NAN), (NAN, NAN), (NAN, -0.0), (NAN, 0.0), (NAN, NAN), (NAN, NAN), (NAN, NAN)],
];

const RECT: Special = [
    [(INF, NAN), U, (-INF, 0.0), (-INF, -0.0), U, (INF, NAN), (INF, NAN)],
    [(NAN, NAN), U, U, U, U, (NAN, NAN), (NAN, NAN)],
    [(0.0, 0.0), U, (-0.0, 0.0), (-0.0, -0.0), U, (0.0, 0.0), (0.0, 0.0)],
    [(0.0, 0.0), U, (0.0, -0.0), (0.0, 0.0), U, (0.0, 0.0), (0.0, 0.0)],
    [(NAN, NAN), U, U, U, U, (NAN, NAN), (NAN, NAN)],
    [(INF, NAN), U, (INF, -0.0), (INF, 0.0), U, (INF, NAN), (INF, NAN)],
    [(NAN, NAN), (NAN, NAN), (NAN, 0.0), (NAN, 0.0), (NAN, NAN), (NAN, NAN), (NAN, NAN)],
];

fn too_large(z: Pair) -> bool {
    z.0.abs() > LARGE || z.1.abs() > LARGE
}

fn acos(z: Pair) -> Answer {
    if !finite(z) {
        return Ok(special(&ACOS, z));
    }
    if too_large(z) {
        let im = (z.0 / 2.0).hypot(z.1 / 2.0);
        let re = z.1.abs().atan2(z.0);
        return Ok((re, (im.ln() + 2.0 * LN_2).copysign(-z.1)));
    }
    let s1 = sqrt((1.0 - z.0, -z.1))?;
    let s2 = sqrt((1.0 + z.0, z.1))?;
    Ok((2.0 * s1.0.atan2(s2.0), libm::asinh(s2.0 * s1.1 - s2.1 * s1.0)))
}

fn acosh(z: Pair) -> Answer {
    if !finite(z) {
        return Ok(special(&ACOSH, z));
    }
    if too_large(z) {
        return Ok(((z.0 / 2.0).hypot(z.1 / 2.0).ln() + LN_2 * 2.0, z.1.atan2(z.0)));
    }
    let s1 = sqrt((z.0 - 1.0, z.1))?;
    let s2 = sqrt((z.0 + 1.0, z.1))?;
    Ok((libm::asinh(s1.0 * s2.0 + s1.1 * s2.1), 2.0 * s1.1.atan2(s2.0)))
}

fn asin(z: Pair) -> Answer {
    let s = asinh((-z.1, z.0))?;
    Ok((s.1, -s.0))
}

fn asinh(z: Pair) -> Answer {
    if !finite(z) {
        return Ok(special(&ASINH, z));
    }
    if too_large(z) {
        let re = (z.0 / 2.0).hypot(z.1 / 2.0).ln() + LN_2 * 2.0;
        return Ok((re.copysign(z.0), z.1.atan2(z.0.abs())));
    }
    let s1 = sqrt((1.0 + z.1, -z.0))?;
    let s2 = sqrt((1.0 - z.1, z.0))?;
    Ok((libm::asinh(s1.0 * s2.1 - s2.0 * s1.1), z.1.atan2(s1.0 * s2.0 - s1.1 * s2.1)))
}

fn atan(z: Pair) -> Answer {
    let s = atanh((-z.1, z.0))?;
    Ok((s.1, -s.0))
}

fn atanh(z: Pair) -> Answer {
    if !finite(z) {
        return Ok(special(&ATANH, z));
    }
    // The function is odd: only the half plane with positive real part is computed.
    if z.0 < 0.0 || (z.0 == 0.0 && z.0.is_sign_negative()) {
        let r = atanh((-z.0, -z.1))?;
        return Ok((-r.0, -r.1));
    }
    let ay = z.1.abs();
    if z.0 > LARGE.sqrt() || ay > LARGE.sqrt() {
        let h = (z.0 / 2.0).hypot(z.1 / 2.0);
        // The sign of a zero imaginary part says on which side of the cut the argument is.
        return Ok((z.0 / 4.0 / h / h, -FRAC_PI_2.copysign(-z.1)));
    }
    if z.0 == 1.0 && ay < f64::MIN_POSITIVE.sqrt() {
        if ay == 0.0 {
            return Err(Domain);
        }
        let re = -(ay.sqrt() / ay.hypot(2.0).sqrt()).ln();
        return Ok((re, (2f64.atan2(-ay) / 2.0).copysign(z.1)));
    }
    let re = (4.0 * z.0 / ((1.0 - z.0) * (1.0 - z.0) + ay * ay)).ln_1p() / 4.0;
    let im = -(-2.0 * z.1).atan2((1.0 - z.0) * (1.0 + z.0) - ay * ay) / 2.0;
    Ok((re, im))
}

fn cos(z: Pair) -> Answer {
    cosh((-z.1, z.0))
}

fn overflow(r: Pair) -> Answer {
    if r.0.is_infinite() || r.1.is_infinite() { Err(Range) } else { Ok(r) }
}

fn cosh(z: Pair) -> Answer {
    if !finite(z) {
        if z.0.is_infinite() && z.1.is_finite() && z.1 != 0.0 {
            let (c, s) = (INF.copysign(z.1.cos()), INF.copysign(z.1.sin()));
            return Ok(if z.0 > 0.0 { (c, s) } else { (c, -s) });
        }
        // The cosine of an infinity is outside the domain unless the other part is a NaN.
        if z.1.is_infinite() && !z.0.is_nan() {
            return Err(Domain);
        }
        return Ok(special(&COSH, z));
    }
    if z.0.abs() > LOG_LARGE {
        let x = z.0 - 1f64.copysign(z.0);
        return overflow((z.1.cos() * x.cosh() * E, z.1.sin() * x.sinh() * E));
    }
    overflow((z.1.cos() * z.0.cosh(), z.1.sin() * z.0.sinh()))
}

fn exp(z: Pair) -> Answer {
    if !finite(z) {
        let r = if z.0.is_infinite() && z.1.is_finite() && z.1 != 0.0 {
            let size = if z.0 > 0.0 { INF } else { 0.0 };
            (size.copysign(z.1.cos()), size.copysign(z.1.sin()))
        } else {
            special(&EXP, z)
        };
        if z.1.is_infinite() && (z.0.is_finite() || z.0 == INF) {
            return Err(Domain);
        }
        return Ok(r);
    }
    if z.0 > LOG_LARGE {
        let l = (z.0 - 1.0).exp();
        return overflow((l * z.1.cos() * E, l * z.1.sin() * E));
    }
    let l = z.0.exp();
    overflow((l * z.1.cos(), l * z.1.sin()))
}

fn log(z: Pair) -> Answer {
    if !finite(z) {
        return Ok(special(&LOG, z));
    }
    let (ax, ay) = (z.0.abs(), z.1.abs());
    let re = if ax > LARGE || ay > LARGE {
        (ax / 2.0).hypot(ay / 2.0).ln() + LN_2
    } else if ax < f64::MIN_POSITIVE && ay < f64::MIN_POSITIVE {
        if ax == 0.0 && ay == 0.0 {
            return Err(Domain);
        }
        let scale = 2f64.powi(53);
        (ax * scale).hypot(ay * scale).ln() - 53.0 * LN_2
    } else {
        let h = ax.hypot(ay);
        if (0.71..=1.73).contains(&h) {
            let (big, small) = if ax > ay { (ax, ay) } else { (ay, ax) };
            ((big - 1.0) * (big + 1.0) + small * small).ln_1p() / 2.0
        } else {
            h.ln()
        }
    };
    Ok((re, z.1.atan2(z.0)))
}

fn log10(z: Pair) -> Answer {
    let r = log(z)?;
    Ok((r.0 / LN_10, r.1 / LN_10))
}

fn sin(z: Pair) -> Answer {
    let s = sinh((-z.1, z.0))?;
    Ok((s.1, -s.0))
}

fn sinh(z: Pair) -> Answer {
    if !finite(z) {
        let r = if z.0.is_infinite() && z.1.is_finite() && z.1 != 0.0 {
            let (c, s) = (INF.copysign(z.1.cos()), INF.copysign(z.1.sin()));
            if z.0 > 0.0 { (c, s) } else { (-c, s) }
        } else {
            special(&SINH, z)
        };
        if z.1.is_infinite() && !z.0.is_nan() {
            return Err(Domain);
        }
        return Ok(r);
    }
    if z.0.abs() > LOG_LARGE {
        let x = z.0 - 1f64.copysign(z.0);
        return overflow((z.1.cos() * x.sinh() * E, z.1.sin() * x.cosh() * E));
    }
    overflow((z.1.cos() * z.0.sinh(), z.1.sin() * z.0.cosh()))
}

fn sqrt(z: Pair) -> Answer {
    if !finite(z) {
        return Ok(special(&SQRT, z));
    }
    if z.0 == 0.0 && z.1 == 0.0 {
        return Ok((0.0, z.1));
    }
    let (ax, ay) = (z.0.abs(), z.1.abs());
    let s = if ax < f64::MIN_POSITIVE && ay < f64::MIN_POSITIVE && (ax > 0.0 || ay > 0.0) {
        // Subnormal parts are scaled up, so that the root keeps its digits.
        let scale = 2f64.powi(53);
        let ax = ax * scale;
        (ax + ax.hypot(ay * scale)).sqrt() * 2f64.powi(-27)
    } else {
        let ax = ax / 8.0;
        2.0 * (ax + ax.hypot(ay / 8.0)).sqrt()
    };
    let d = ay / (2.0 * s);
    Ok(if z.0 >= 0.0 { (s, d.copysign(z.1)) } else { (d, s.copysign(z.1)) })
}

fn tan(z: Pair) -> Answer {
    let s = tanh((-z.1, z.0))?;
    Ok((s.1, -s.0))
}

fn tanh(z: Pair) -> Answer {
    if !finite(z) {
        let r = if z.0.is_infinite() && z.1.is_finite() && z.1 != 0.0 {
            let im = 0f64.copysign(2.0 * z.1.sin() * z.1.cos());
            (if z.0 > 0.0 { 1.0 } else { -1.0 }, im)
        } else {
            special(&TANH, z)
        };
        if z.1.is_infinite() && z.0.is_finite() {
            return Err(Domain);
        }
        return Ok(r);
    }
    if z.0.abs() > LOG_LARGE {
        // tanh is 1 but for exp(-2x), which the imaginary part needs.
        return Ok((1f64.copysign(z.0), 4.0 * z.1.sin() * z.1.cos() * (-2.0 * z.0.abs()).exp()));
    }
    let (tx, ty) = (z.0.tanh(), z.1.tan());
    let cx = 1.0 / z.0.cosh();
    let txty = tx * ty;
    let denominator = 1.0 + txty * txty;
    Ok((tx * (1.0 + ty * ty) / denominator, ty / denominator * cx * cx))
}

/// Argument, function, result.
fn unary(vm: &Vm, z: Value, f: fn(Pair) -> Answer) -> PyResult<Value> {
    match f(vm.to_complex(z)?) {
        Ok(r) => Ok(vm.complex(r.0, r.1)),
        Err(e) => Err(raised(vm, e)),
    }
}

/// The absolute value; OverflowError if finite parts give an infinite one.
fn modulus(vm: &Vm, z: Pair) -> PyResult<f64> {
    let r = if z.0.is_infinite() || z.1.is_infinite() { INF } else { z.0.hypot(z.1) };
    if r.is_infinite() && finite(z) { Err(raised(vm, Range)) } else { Ok(r) }
}

/// This module provides access to mathematical functions for complex
/// numbers.
#[pymodule]
pub mod cmath {
    use super::*;

    /// Return the arc cosine of z.
    #[pyfunction(name = "acos", "($module, z, /)")]
    fn acos_(vm: &Vm, z: Value) -> PyResult<Value> {
        unary(vm, z, acos)
    }

    /// Return the inverse hyperbolic cosine of z.
    #[pyfunction(name = "acosh", "($module, z, /)")]
    fn acosh_(vm: &Vm, z: Value) -> PyResult<Value> {
        unary(vm, z, acosh)
    }

    /// Return the arc sine of z.
    #[pyfunction(name = "asin", "($module, z, /)")]
    fn asin_(vm: &Vm, z: Value) -> PyResult<Value> {
        unary(vm, z, asin)
    }

    /// Return the inverse hyperbolic sine of z.
    #[pyfunction(name = "asinh", "($module, z, /)")]
    fn asinh_(vm: &Vm, z: Value) -> PyResult<Value> {
        unary(vm, z, asinh)
    }

    /// Return the arc tangent of z.
    #[pyfunction(name = "atan", "($module, z, /)")]
    fn atan_(vm: &Vm, z: Value) -> PyResult<Value> {
        unary(vm, z, atan)
    }

    /// Return the inverse hyperbolic tangent of z.
    #[pyfunction(name = "atanh", "($module, z, /)")]
    fn atanh_(vm: &Vm, z: Value) -> PyResult<Value> {
        unary(vm, z, atanh)
    }

    /// Return the cosine of z.
    #[pyfunction(name = "cos", "($module, z, /)")]
    fn cos_(vm: &Vm, z: Value) -> PyResult<Value> {
        unary(vm, z, cos)
    }

    /// Return the hyperbolic cosine of z.
    #[pyfunction(name = "cosh", "($module, z, /)")]
    fn cosh_(vm: &Vm, z: Value) -> PyResult<Value> {
        unary(vm, z, cosh)
    }

    /// Return the exponential value e**z.
    #[pyfunction(name = "exp", "($module, z, /)")]
    fn exp_(vm: &Vm, z: Value) -> PyResult<Value> {
        unary(vm, z, exp)
    }

    /// log(z[, base]) -> the logarithm of z to the given base.
    ///
    /// If the base is not specified, returns the natural logarithm (base e) of z.
    #[pyfunction(name = "log", "($module, z, base=<unrepresentable>, /)")]
    fn log_(vm: &Vm, z: Value, base: Option<Value>) -> PyResult<Value> {
        let r = log(vm.to_complex(z)?).map_err(|e| raised(vm, e))?;
        let r = match base {
            None => r,
            Some(b) => {
                let b = log(vm.to_complex(b)?).map_err(|e| raised(vm, e))?;
                quotient(r, b).ok_or_else(|| raised(vm, Domain))?
            }
        };
        Ok(vm.complex(r.0, r.1))
    }

    /// Return the base-10 logarithm of z.
    #[pyfunction(name = "log10", "($module, z, /)")]
    fn log10_(vm: &Vm, z: Value) -> PyResult<Value> {
        unary(vm, z, log10)
    }

    /// Return the sine of z.
    #[pyfunction(name = "sin", "($module, z, /)")]
    fn sin_(vm: &Vm, z: Value) -> PyResult<Value> {
        unary(vm, z, sin)
    }

    /// Return the hyperbolic sine of z.
    #[pyfunction(name = "sinh", "($module, z, /)")]
    fn sinh_(vm: &Vm, z: Value) -> PyResult<Value> {
        unary(vm, z, sinh)
    }

    /// Return the square root of z.
    #[pyfunction(name = "sqrt", "($module, z, /)")]
    fn sqrt_(vm: &Vm, z: Value) -> PyResult<Value> {
        unary(vm, z, sqrt)
    }

    /// Return the tangent of z.
    #[pyfunction(name = "tan", "($module, z, /)")]
    fn tan_(vm: &Vm, z: Value) -> PyResult<Value> {
        unary(vm, z, tan)
    }

    /// Return the hyperbolic tangent of z.
    #[pyfunction(name = "tanh", "($module, z, /)")]
    fn tanh_(vm: &Vm, z: Value) -> PyResult<Value> {
        unary(vm, z, tanh)
    }

    /// Return argument, also known as the phase angle, of a complex.
    #[pyfunction("($module, z, /)")]
    fn phase(vm: &Vm, z: Value) -> PyResult<f64> {
        let z = vm.to_complex(z)?;
        Ok(z.1.atan2(z.0))
    }

    /// Convert a complex from rectangular coordinates to polar coordinates.
    ///
    /// r is the distance from 0 and phi the phase angle.
    #[pyfunction("($module, z, /)")]
    fn polar(vm: &Vm, z: Value) -> PyResult<(f64, f64)> {
        let z = vm.to_complex(z)?;
        Ok((modulus(vm, z)?, z.1.atan2(z.0)))
    }

    /// Convert from polar coordinates to rectangular coordinates.
    #[pyfunction("($module, r, phi, /)")]
    fn rect(vm: &Vm, r: f64, phi: f64) -> PyResult<Value> {
        let z = if !r.is_finite() || !phi.is_finite() {
            let z = if r.is_infinite() && phi.is_finite() && phi != 0.0 {
                let (c, s) = (INF.copysign(phi.cos()), INF.copysign(phi.sin()));
                if r > 0.0 { (c, s) } else { (-c, -s) }
            } else {
                special(&RECT, (r, phi))
            };
            if r != 0.0 && !r.is_nan() && phi.is_infinite() {
                return Err(raised(vm, Domain));
            }
            z
        } else if phi == 0.0 {
            // So that a zero angle keeps its sign.
            (r, r * phi)
        } else {
            (r * phi.cos(), r * phi.sin())
        };
        Ok(vm.complex(z.0, z.1))
    }

    /// Checks if the real or imaginary part of z not a number (NaN).
    #[pyfunction("($module, z, /)")]
    fn isnan(vm: &Vm, z: Value) -> PyResult<bool> {
        let z = vm.to_complex(z)?;
        Ok(z.0.is_nan() || z.1.is_nan())
    }

    /// Checks if the real or imaginary part of z is infinite.
    #[pyfunction("($module, z, /)")]
    fn isinf(vm: &Vm, z: Value) -> PyResult<bool> {
        let z = vm.to_complex(z)?;
        Ok(z.0.is_infinite() || z.1.is_infinite())
    }

    /// Return True if both the real and imaginary parts of z are finite, else False.
    #[pyfunction("($module, z, /)")]
    fn isfinite(vm: &Vm, z: Value) -> PyResult<bool> {
        Ok(finite(vm.to_complex(z)?))
    }

    /// Determine whether two complex numbers are close in value.
    ///
    ///   rel_tol
    ///     maximum difference for being considered "close", relative to the
    ///     magnitude of the input values
    ///   abs_tol
    ///     maximum difference for being considered "close", regardless of the
    ///     magnitude of the input values
    ///
    /// Return True if a is close in value to b, and False otherwise.
    ///
    /// For the values to be considered close, the difference between them must be
    /// smaller than at least one of the tolerances.
    ///
    /// -inf, inf and NaN behave similarly to the IEEE 754 Standard. That is, NaN is
    /// not close to anything, even itself. inf and -inf are only close to themselves.
    #[pyfunction("($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)")]
    fn isclose(vm: &Vm, a: Value, b: Value, rel_tol: Option<f64>, abs_tol: Option<f64>) -> PyResult<bool> {
        let (a, b) = (vm.to_complex(a)?, vm.to_complex(b)?);
        let (rel, abs) = (rel_tol.unwrap_or(1e-9), abs_tol.unwrap_or(0.0));
        if rel < 0.0 || abs < 0.0 {
            return Err(vm.value_error("tolerances must be non-negative"));
        }
        if a == b {
            return Ok(true);
        }
        if [a.0, a.1, b.0, b.1].iter().any(|x| x.is_infinite()) {
            return Ok(false);
        }
        let diff = (a.0 - b.0).hypot(a.1 - b.1);
        Ok(diff <= rel * b.0.hypot(b.1) || diff <= rel * a.0.hypot(a.1) || diff <= abs)
    }

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        for (name, value) in [
            ("pi", vm.float(PI)),
            ("e", vm.float(E)),
            ("tau", vm.float(TAU)),
            ("inf", vm.float(INF)),
            ("infj", vm.complex(0.0, INF)),
            ("nan", vm.float(NAN)),
            ("nanj", vm.complex(0.0, NAN)),
        ] {
            m.dict().set_str(vm, name, value);
        }
        Ok(())
    }
}
