//! The algorithms of `math` that CPython does not leave to the C library.

use crate::libm::{frexp, ldexp};
use std::f64::consts::PI;

/// What a function of doubles can fail with; the messages are the caller's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MathError {
    Domain,
    Range,
}

use MathError::{Domain, Range};

/// sin(pi*x), accurate also near integers (`m_sinpi`).
fn sin_pi(x: f64) -> f64 {
    let y = x.abs() % 2.0;
    let n = (2.0 * y).round() as i32;
    let r = match n {
        0 => (PI * y).sin(),
        1 => (PI * (y - 0.5)).cos(),
        2 => (PI * (1.0 - y)).sin(),
        3 => -(PI * (y - 1.5)).cos(),
        _ => (PI * (y - 2.0)).sin(),
    };
    1f64.copysign(x) * r
}

const LANCZOS_G: f64 = 6.024680040776729583740234375;
const LANCZOS_G_MINUS_HALF: f64 = 5.524680040776729583740234375;

#[allow(clippy::excessive_precision)] // As published; the compiler rounds them.
const NUMERATOR: [f64; 13] = [
    23531376880.410759688572007674451636754734846804940,
    42919803642.649098768957899047001988850926355848959,
    35711959237.355668049440185451547166705960488635843,
    17921034426.037209699919755754458931112671403265390,
    6039542586.3520280050642916443072979210699388420708,
    1439720407.3117216736632230727949123939715485786772,
    248874557.86205415651146038641322942321632125127801,
    31426415.585400194380614231628318205362874684987640,
    2876370.6289353724412254090516208496135991145378768,
    186056.26539522349504029498971604569928220784236328,
    8071.6720023658162106380029022722506138218516325024,
    210.82427775157934587250973392071336271166969580291,
    2.5066282746310002701649081771338373386264310793408,
];

const DENOMINATOR: [f64; 13] = [
    0.0,
    39916800.0,
    120543840.0,
    150917976.0,
    105258076.0,
    45995730.0,
    13339535.0,
    2637558.0,
    357423.0,
    32670.0,
    1925.0,
    66.0,
    1.0,
];

/// Lanczos' sum for positive x, in 1/x for large ones so that nothing overflows.
fn lanczos_sum(x: f64) -> f64 {
    let (mut num, mut den) = (0.0, 0.0);
    if x < 5.0 {
        for i in (0..13).rev() {
            num = num * x + NUMERATOR[i];
            den = den * x + DENOMINATOR[i];
        }
    } else {
        for i in 0..13 {
            num = num / x + NUMERATOR[i];
            den = den / x + DENOMINATOR[i];
        }
    }
    num / den
}

/// The gamma function (`m_tgamma`).
pub fn gamma(x: f64) -> Result<f64, MathError> {
    if !x.is_finite() {
        return if x.is_nan() || x > 0.0 { Ok(x) } else { Err(Domain) };
    }
    if x == 0.0 {
        return Err(Domain);
    }
    if x == x.floor() {
        if x < 0.0 {
            return Err(Domain);
        }
        if x <= 23.0 {
            // Exact in doubles.
            return Ok((1..x as u32).fold(1.0, |p, k| p * k as f64));
        }
    }
    let a = x.abs();
    if a < 1e-20 {
        let r = 1.0 / x;
        return if r.is_infinite() { Err(Range) } else { Ok(r) };
    }
    if a > 200.0 {
        return if x < 0.0 { Ok(0.0 / sin_pi(x)) } else { Err(Range) };
    }
    let y = a + LANCZOS_G_MINUS_HALF;
    // The error of that sum.
    let z = if a > LANCZOS_G_MINUS_HALF {
        (y - a) - LANCZOS_G_MINUS_HALF
    } else {
        (y - LANCZOS_G_MINUS_HALF) - a
    };
    let z = z * LANCZOS_G / y;
    let mut r;
    if x < 0.0 {
        r = -PI / sin_pi(a) / a * y.exp() / lanczos_sum(a);
        r -= z * r;
        if a < 140.0 {
            r /= y.powf(a - 0.5);
        } else {
            let root = y.powf(a / 2.0 - 0.25);
            r /= root;
            r /= root;
        }
    } else {
        r = lanczos_sum(a) / y.exp();
        r += z * r;
        if a < 140.0 {
            r *= y.powf(a - 0.5);
        } else {
            let root = y.powf(a / 2.0 - 0.25);
            r *= root;
            r *= root;
        }
    }
    if r.is_infinite() { Err(Range) } else { Ok(r) }
}

/// The logarithm of the absolute value of gamma (`m_lgamma`).
#[allow(clippy::excessive_precision)] // The constant is as published.
pub fn lgamma(x: f64) -> Result<f64, MathError> {
    const LOG_PI: f64 = 1.144729885849400174143427351353058711647;
    if x.is_nan() {
        return Ok(x);
    }
    if x.is_infinite() {
        return Ok(f64::INFINITY);
    }
    if x == x.floor() && x <= 2.0 {
        return if x <= 0.0 { Err(Domain) } else { Ok(0.0) };
    }
    let a = x.abs();
    if a < 1e-20 {
        return Ok(-a.ln());
    }
    let mut r = lanczos_sum(a).ln() - LANCZOS_G;
    r += (a - 0.5) * ((a + LANCZOS_G - 0.5).ln() - 1.0);
    if x < 0.0 {
        r = LOG_PI - sin_pi(a).abs().ln() - a.ln() - r;
    }
    if r.is_infinite() { Err(Range) } else { Ok(r) }
}

/// IEEE 754 remainder: x - n*y for the n nearest to x/y, ties to even (`m_remainder`). Exact.
pub fn remainder(x: f64, y: f64) -> Result<f64, MathError> {
    if x.is_finite() && y.is_finite() {
        if y == 0.0 {
            return Err(Domain);
        }
        let (a, b) = (x.abs(), y.abs());
        let m = a % b;
        // Compared with its complement, because half of b may not be representable.
        let c = b - m;
        let r = if m < c {
            m
        } else if m > c {
            -c
        } else {
            m - 2.0 * ((0.5 * (a - m)) % b)
        };
        return Ok(1f64.copysign(x) * r);
    }
    if x.is_nan() {
        return Ok(x);
    }
    if y.is_nan() {
        return Ok(y);
    }
    if x.is_infinite() { Err(Domain) } else { Ok(x) }
}

/// The next double after `x` towards `y`, `steps` times.
pub fn next_after(x: f64, y: f64, steps: u64) -> f64 {
    if steps == 0 {
        return x;
    }
    if x.is_nan() {
        return x;
    }
    if y.is_nan() {
        return y;
    }
    // Doubles as integers in order: negative ones mirrored.
    let order = |f: f64| {
        let bits = f.to_bits();
        if bits >> 63 == 1 { -((bits & !(1 << 63)) as i64) } else { bits as i64 }
    };
    let (a, b) = (order(x), order(y));
    if a == b {
        return y;
    }
    let distance = (a as i128 - b as i128).unsigned_abs();
    if steps as u128 >= distance {
        return y;
    }
    let at = if a < b { a + steps as i64 } else { a - steps as i64 };
    match at {
        // Zero reached from below is negative.
        0 => {
            if a < 0 {
                -0.0
            } else {
                0.0
            }
        }
        n if n < 0 => f64::from_bits(n.unsigned_abs() | 1 << 63),
        n => f64::from_bits(n as u64),
    }
}

/// The value of the least significant bit.
pub fn ulp(x: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    let a = x.abs();
    if a.is_infinite() {
        return a;
    }
    let above = next_after(a, f64::INFINITY, 1);
    if above.is_infinite() { a - next_after(a, f64::NEG_INFINITY, 1) } else { above - a }
}

/// A sum with its rounding error, for any order of magnitude.
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let x = a + b;
    let z = x - a;
    (x, (a - (x - z)) + (b - z))
}

/// As `two_sum` for |a| >= |b|.
fn fast_two_sum(a: f64, b: f64) -> (f64, f64) {
    let x = a + b;
    (x, (a - x) + b)
}

/// A product with its rounding error.
fn two_product(a: f64, b: f64) -> (f64, f64) {
    let z = a * b;
    (z, a.mul_add(b, -z))
}

/// The Euclidean norm with less than one unit of error (`vector_norm`). `max` is the largest absolute
/// value; all values are absolute ones.
pub fn vector_norm(values: &mut [f64], max: f64, found_nan: bool) -> f64 {
    if max.is_infinite() {
        return max;
    }
    if found_nan {
        return f64::NAN;
    }
    if max == 0.0 || values.len() <= 1 {
        return max;
    }
    let (_, exponent) = frexp(max);
    if exponent < -1023 {
        // The scale below would overflow.
        for v in values.iter_mut() {
            *v /= f64::MIN_POSITIVE;
        }
        return f64::MIN_POSITIVE * vector_norm(values, max / f64::MIN_POSITIVE, found_nan);
    }
    let scale = ldexp(1.0, -exponent as i64);
    let (mut sum, mut low1, mut low2) = (1.0, 0.0, 0.0);
    for v in values.iter() {
        let x = v * scale;
        let product = two_product(x, x);
        let total = fast_two_sum(sum, product.0);
        sum = total.0;
        low1 += product.1;
        low2 += total.1;
    }
    let mut h = (sum - 1.0 + (low1 + low2)).sqrt();
    let product = two_product(-h, h);
    let total = fast_two_sum(sum, product.0);
    sum = total.0;
    low1 += product.1;
    low2 += total.1;
    let x = sum - 1.0 + (low1 + low2);
    h += x / (2.0 * h);
    h / scale
}

/// A sum of products in about three times the precision (`tl_fma`).
#[derive(Clone, Copy, Default)]
pub struct TripleSum {
    pub high: f64,
    low: f64,
    tiny: f64,
}

impl TripleSum {
    pub fn add_product(self, x: f64, y: f64) -> TripleSum {
        let product = two_product(x, y);
        let sum = two_sum(self.high, product.0);
        let r1 = two_sum(self.low, product.1);
        let r2 = two_sum(r1.0, sum.1);
        TripleSum { high: sum.0, low: r2.0, tiny: self.tiny + r1.1 + r2.1 }
    }

    pub fn value(self) -> f64 {
        let last = two_sum(self.low, self.high);
        self.tiny + last.1 + last.0
    }
}

/// Why a sum has no value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SumError {
    /// -inf + inf
    Invalid,
    /// A partial sum is too large.
    Overflow,
}

/// An exact sum of doubles, kept as non-overlapping partial sums (`math.fsum`).
#[derive(Default)]
pub struct ExactSum {
    partials: Vec<f64>,
    special: f64,
    infinities: f64,
}

impl ExactSum {
    pub fn add(&mut self, value: f64) -> Result<(), SumError> {
        let mut x = value;
        let mut kept = 0;
        for j in 0..self.partials.len() {
            let mut y = self.partials[j];
            if x.abs() < y.abs() {
                (x, y) = (y, x);
            }
            let hi = x + y;
            let lo = y - (hi - x);
            if lo != 0.0 {
                self.partials[kept] = lo;
                kept += 1;
            }
            x = hi;
        }
        self.partials.truncate(kept);
        if x != 0.0 {
            if !x.is_finite() {
                // An infinity among the summands, or an overflow of finite ones.
                if value.is_finite() {
                    return Err(SumError::Overflow);
                }
                if value.is_infinite() {
                    self.infinities += value;
                }
                self.special += value;
                self.partials.clear();
            } else {
                self.partials.push(x);
            }
        }
        Ok(())
    }

    /// The sum, rounded once.
    pub fn finish(&self) -> Result<f64, SumError> {
        if self.special != 0.0 {
            return if self.infinities.is_nan() { Err(SumError::Invalid) } else { Ok(self.special) };
        }
        let p = &self.partials;
        let Some((&last, _)) = p.split_last() else { return Ok(0.0) };
        let mut hi = last;
        let mut lo = 0.0;
        let mut n = p.len() - 1;
        while n > 0 {
            let x = hi;
            n -= 1;
            let y = p[n];
            hi = x + y;
            lo = y - (hi - x);
            if lo != 0.0 {
                break;
            }
        }
        // Half-even rounding across the remaining partials.
        if n > 0 && ((lo < 0.0 && p[n - 1] < 0.0) || (lo > 0.0 && p[n - 1] > 0.0)) {
            let y = lo * 2.0;
            let x = hi + y;
            if y == x - hi {
                hi = x;
            }
        }
        Ok(hi)
    }
}
