//! Decimal numbers as plain data: the General Decimal Arithmetic specification for the operations that
//! programs use much. Nothing here knows objects.
//!
//! Every operation computes an exact or sufficiently long result and has `finish` round it to the context,
//! noting in `Rules::status` what happened.

use dashu_int::UBig;
use dashu_int::ops::{BitTest, DivRem};
use std::cmp::Ordering;

/// What happened, as bits; libmpdec's numbers.
pub mod status {
    pub const CLAMPED: u32 = 1;
    pub const CONVERSION_SYNTAX: u32 = 2;
    pub const DIVISION_BY_ZERO: u32 = 4;
    pub const DIVISION_IMPOSSIBLE: u32 = 8;
    pub const DIVISION_UNDEFINED: u32 = 0x10;
    pub const INEXACT: u32 = 0x40;
    pub const INVALID_CONTEXT: u32 = 0x80;
    pub const INVALID_OPERATION: u32 = 0x100;
    pub const FLOAT_OPERATION: u32 = 0x400;
    pub const OVERFLOW: u32 = 0x800;
    pub const ROUNDED: u32 = 0x1000;
    pub const SUBNORMAL: u32 = 0x2000;
    pub const UNDERFLOW: u32 = 0x4000;
    /// All that the signal InvalidOperation stands for.
    pub const INVALID: u32 = 0x3ba;
}
use status::*;

pub const MAX_PREC: i64 = 999_999_999_999_999_999;
pub const MAX_EMAX: i64 = MAX_PREC;
pub const MIN_EMIN: i64 = -MAX_PREC;
pub const MIN_ETINY: i64 = MIN_EMIN - (MAX_PREC - 1);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rounding {
    Up,
    Down,
    Ceiling,
    Floor,
    HalfUp,
    HalfDown,
    HalfEven,
    ZeroFiveUp,
}

impl Rounding {
    pub const ALL: [(Rounding, &str); 8] = [
        (Rounding::Up, "ROUND_UP"),
        (Rounding::Down, "ROUND_DOWN"),
        (Rounding::Ceiling, "ROUND_CEILING"),
        (Rounding::Floor, "ROUND_FLOOR"),
        (Rounding::HalfUp, "ROUND_HALF_UP"),
        (Rounding::HalfDown, "ROUND_HALF_DOWN"),
        (Rounding::HalfEven, "ROUND_HALF_EVEN"),
        (Rounding::ZeroFiveUp, "ROUND_05UP"),
    ];

    pub fn name(self) -> &'static str {
        Rounding::ALL[self as usize].1
    }

    /// Whether a magnitude is rounded away from zero: `last` is the last digit kept, `rest` how what is
    /// dropped compares with a half, `exact` that nothing is dropped.
    fn away(self, negative: bool, last: u8, rest: Ordering, exact: bool) -> bool {
        if exact {
            return false;
        }
        match self {
            Rounding::Up => true,
            Rounding::Down => false,
            Rounding::Ceiling => !negative,
            Rounding::Floor => negative,
            Rounding::HalfUp => rest != Ordering::Less,
            Rounding::HalfDown => rest == Ordering::Greater,
            Rounding::HalfEven => rest == Ordering::Greater || rest == Ordering::Equal && last % 2 == 1,
            Rounding::ZeroFiveUp => last == 0 || last == 5,
        }
    }
}

/// What of a context matters to arithmetic, and what happened so far.
#[derive(Clone, Debug)]
pub struct Rules {
    pub precision: i64,
    pub rounding: Rounding,
    pub emin: i64,
    pub emax: i64,
    pub clamp: bool,
    pub status: u32,
}

impl Rules {
    /// For exact conversions.
    pub fn max() -> Rules {
        Rules {
            precision: MAX_PREC,
            rounding: Rounding::HalfEven,
            emin: MIN_EMIN,
            emax: MAX_EMAX,
            clamp: false,
            status: 0,
        }
    }

    pub fn etiny(&self) -> i64 {
        self.emin - self.precision + 1
    }

    pub fn etop(&self) -> i64 {
        self.emax - self.precision + 1
    }

    /// The result of an invalid operation.
    pub fn invalid(&mut self, condition: u32) -> Number {
        self.status |= condition;
        Number::nan()
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Kind {
    Finite,
    Infinite,
    Quiet,
    Signaling,
}

#[derive(Clone, Debug)]
pub struct Number {
    pub negative: bool,
    pub kind: Kind,
    /// Of a NaN the payload.
    pub coefficient: UBig,
    pub exponent: i64,
}

const SMALL_POWERS: [u64; 20] = {
    let mut powers = [1u64; 20];
    let mut i = 1;
    while i < 20 {
        powers[i] = powers[i - 1] * 10;
        i += 1;
    }
    powers
};

pub fn pow10(n: usize) -> UBig {
    match SMALL_POWERS.get(n) {
        Some(p) => UBig::from(*p),
        None if n < 39 => UBig::from(10u128.pow(n as u32)),
        None => UBig::from(10u8).pow(n),
    }
}

/// 10**n.
const POWERS: [u128; 39] = {
    let mut powers = [1; 39];
    let mut n = 1;
    while n < 39 {
        powers[n] = powers[n - 1] * 10;
        n += 1;
    }
    powers
};

/// Decimal digits of a coefficient; 0 has one.
pub fn digits(c: &UBig) -> i64 {
    if let Ok(small) = u128::try_from(c) {
        // 1233 / 4096 is a little less than log10(2): at most one too few.
        let n = ((128 - small.leading_zeros()) * 1233 >> 12) as usize;
        return (n as i64 + (small >= POWERS[n]) as i64).max(1);
    }
    // 10**n <= 2**(bits - 1) <= c < 2**bits < 10**(n + 2).
    let n = ((c.bit_len() - 1) as f64 * std::f64::consts::LOG10_2) as usize;
    if *c >= pow10(n + 1) { n as i64 + 2 } else { n as i64 + 1 }
}

fn shift_left(c: &UBig, n: i64) -> UBig {
    if n == 0 || c.is_zero() { c.clone() } else { c * pow10(n as usize) }
}

/// Drops the last `n` digits, with rounding; also says whether that was exact.
fn drop_digits(c: &UBig, n: i64, negative: bool, rounding: Rounding) -> (UBig, bool) {
    if n == 0 {
        return (c.clone(), true);
    }
    if n > digits(c) {
        let exact = c.is_zero();
        let away = rounding.away(negative, 0, Ordering::Less, exact);
        return (UBig::from(away as u8), exact);
    }
    if n < 20
        && let Ok(small) = u128::try_from(c)
    {
        let power = SMALL_POWERS[n as usize] as u128;
        let (q, r) = match u64::try_from(small) {
            Ok(small) => ((small / power as u64) as u128, (small % power as u64) as u128),
            Err(_) => (small / power, small % power),
        };
        let away = rounding.away(negative, (q % 10) as u8, (2 * r).cmp(&power), r == 0);
        return (UBig::from(q + away as u128), r == 0);
    }
    let power = pow10(n as usize);
    let (q, r) = c.div_rem(&power);
    let exact = r.is_zero();
    let last = (&q % 10u8) as u8;
    let away = rounding.away(negative, last, (r << 1).cmp(&power), exact);
    (if away { q + UBig::ONE } else { q }, exact)
}

impl Number {
    pub fn finite(negative: bool, coefficient: UBig, exponent: i64) -> Number {
        Number { negative, kind: Kind::Finite, coefficient, exponent }
    }

    pub fn zero(negative: bool, exponent: i64) -> Number {
        Number::finite(negative, UBig::ZERO, exponent)
    }

    pub fn infinity(negative: bool) -> Number {
        Number { negative, kind: Kind::Infinite, coefficient: UBig::ZERO, exponent: 0 }
    }

    pub fn nan() -> Number {
        Number { negative: false, kind: Kind::Quiet, coefficient: UBig::ZERO, exponent: 0 }
    }

    pub fn is_nan(&self) -> bool {
        matches!(self.kind, Kind::Quiet | Kind::Signaling)
    }

    pub fn is_infinite(&self) -> bool {
        self.kind == Kind::Infinite
    }

    pub fn is_finite(&self) -> bool {
        self.kind == Kind::Finite
    }

    pub fn is_zero(&self) -> bool {
        self.is_finite() && self.coefficient.is_zero()
    }

    pub fn digits(&self) -> i64 {
        digits(&self.coefficient)
    }

    /// The exponent of the first digit.
    pub fn adjusted(&self) -> i64 {
        self.exponent + self.digits() - 1
    }

    pub fn with_sign(mut self, negative: bool) -> Number {
        self.negative = negative;
        self
    }

    /// The sign as a factor, for comparisons.
    fn signum(&self) -> i32 {
        if self.is_zero() {
            0
        } else if self.negative {
            -1
        } else {
            1
        }
    }

    /// A finite number with another exponent, padded or rounded.
    pub fn rescale(&self, exponent: i64, rounding: Rounding) -> (Number, bool) {
        let n = self.exponent - exponent;
        if self.coefficient.is_zero() {
            return (Number::zero(self.negative, exponent), true);
        }
        if n >= 0 {
            return (Number::finite(self.negative, shift_left(&self.coefficient, n), exponent), true);
        }
        let (c, exact) = drop_digits(&self.coefficient, -n, self.negative, rounding);
        (Number::finite(self.negative, c, exponent), exact)
    }

    fn overflowed(negative: bool, rules: &mut Rules) -> Number {
        rules.status |= OVERFLOW | INEXACT | ROUNDED;
        let to_infinity = match rules.rounding {
            Rounding::Down | Rounding::ZeroFiveUp => false,
            Rounding::Ceiling => !negative,
            Rounding::Floor => negative,
            _ => true,
        };
        if to_infinity {
            return Number::infinity(negative);
        }
        let nines = pow10(rules.precision as usize) - UBig::ONE;
        Number::finite(negative, nines, rules.etop())
    }

    /// Rounds to the context.
    pub fn finish(self, rules: &mut Rules) -> Number {
        match self.kind {
            Kind::Infinite => return self,
            Kind::Quiet | Kind::Signaling => return self.shorten_payload(rules),
            Kind::Finite => {}
        }
        let (etiny, etop) = (rules.etiny(), rules.etop());
        if self.coefficient.is_zero() {
            let most = if rules.clamp { etop } else { rules.emax };
            let exponent = self.exponent.clamp(etiny, most.max(etiny));
            if exponent != self.exponent {
                rules.status |= CLAMPED;
            }
            return Number { exponent, ..self };
        }
        let digits = self.digits();
        let mut least = self.exponent + digits - rules.precision;
        if least > etop {
            return Number::overflowed(self.negative, rules);
        }
        let subnormal = least < etiny;
        if subnormal {
            rules.status |= SUBNORMAL;
            least = etiny;
        }
        if self.exponent < least {
            let (mut c, exact) =
                drop_digits(&self.coefficient, least - self.exponent, self.negative, rules.rounding);
            if self::digits(&c) > rules.precision {
                c /= UBig::from(10u8);
                least += 1;
            }
            if least > etop {
                return Number::overflowed(self.negative, rules);
            }
            rules.status |= ROUNDED;
            if !exact {
                rules.status |= INEXACT;
                if subnormal {
                    rules.status |= UNDERFLOW;
                }
            }
            if c.is_zero() {
                rules.status |= CLAMPED;
            }
            return Number::finite(self.negative, c, least);
        }
        if rules.clamp && self.exponent > etop {
            rules.status |= CLAMPED;
            let c = shift_left(&self.coefficient, self.exponent - etop);
            return Number::finite(self.negative, c, etop);
        }
        self
    }

    /// The payload of a NaN is at most as long as a coefficient.
    fn shorten_payload(self, rules: &Rules) -> Number {
        let most = rules.precision - rules.clamp as i64;
        if self.digits() <= most {
            return self;
        }
        let coefficient = self.coefficient % pow10(most as usize);
        Number { coefficient, ..self }
    }
}

/// The result if an operand is a NaN: a signaling one first, made quiet.
pub fn nan_of(operands: &[&Number], rules: &mut Rules) -> Option<Number> {
    let signaling = operands.iter().find(|n| n.kind == Kind::Signaling);
    if signaling.is_some() {
        rules.status |= INVALID_OPERATION;
    }
    let found = signaling.or_else(|| operands.iter().find(|n| n.kind == Kind::Quiet))?;
    let quiet = Number { kind: Kind::Quiet, ..(**found).clone() };
    Some(quiet.shorten_payload(rules))
}

/// `a + b`, or `a - b` if `subtract`.
pub fn add(a: &Number, b: &Number, subtract: bool, rules: &mut Rules) -> Number {
    if let Some(nan) = nan_of(&[a, b], rules) {
        return nan;
    }
    let b_negative = b.negative != subtract;
    if a.is_infinite() || b.is_infinite() {
        if a.is_infinite() && b.is_infinite() && a.negative != b_negative {
            return rules.invalid(INVALID_OPERATION);
        }
        return Number::infinity(if a.is_infinite() { a.negative } else { b_negative });
    }
    let exponent = a.exponent.min(b.exponent);
    // The sign of an exact zero.
    let zero_negative = match a.negative == b_negative {
        true => a.negative,
        false => rules.rounding == Rounding::Floor,
    };
    match (a.coefficient.is_zero(), b.coefficient.is_zero()) {
        (true, true) => return Number::zero(zero_negative, exponent).finish(rules),
        (true, false) => {
            let exponent = exponent.max(b.exponent - rules.precision - 1);
            return b.rescale(exponent, rules.rounding).0.with_sign(b_negative).finish(rules);
        }
        (false, true) => {
            let exponent = exponent.max(a.exponent - rules.precision - 1);
            return a.rescale(exponent, rules.rounding).0.finish(rules);
        }
        (false, false) => {}
    }
    let ((large, large_negative), (small, small_negative)) = match a.exponent >= b.exponent {
        true => ((a, a.negative), (b, b_negative)),
        false => ((b, b_negative), (a, a.negative)),
    };
    let (mut small_coefficient, mut exponent) = (&small.coefficient, small.exponent);
    let one = UBig::ONE;
    if large.exponent != small.exponent {
        // What lies far below the result's last digit only matters as "a little".
        let far = large.exponent + (-1).min(large.digits() - rules.precision - 2);
        if small.adjusted() < far {
            (small_coefficient, exponent) = (&one, far);
        }
    }
    let large_coefficient = shift_left(&large.coefficient, large.exponent - exponent);
    let result = if large_negative == small_negative {
        Number::finite(large_negative, large_coefficient + small_coefficient, exponent)
    } else {
        match large_coefficient.cmp(small_coefficient) {
            Ordering::Equal => Number::zero(zero_negative, exponent),
            Ordering::Greater => {
                Number::finite(large_negative, large_coefficient - small_coefficient, exponent)
            }
            Ordering::Less => Number::finite(small_negative, small_coefficient - large_coefficient, exponent),
        }
    };
    result.finish(rules)
}

pub fn multiply(a: &Number, b: &Number, rules: &mut Rules) -> Number {
    if let Some(nan) = nan_of(&[a, b], rules) {
        return nan;
    }
    let negative = a.negative != b.negative;
    if a.is_infinite() || b.is_infinite() {
        if a.is_zero() || b.is_zero() {
            return rules.invalid(INVALID_OPERATION);
        }
        return Number::infinity(negative);
    }
    Number::finite(negative, &a.coefficient * &b.coefficient, a.exponent + b.exponent).finish(rules)
}

/// `a * b + c`, rounded once.
pub fn fused(a: &Number, b: &Number, c: &Number, rules: &mut Rules) -> Number {
    if a.kind == Kind::Signaling || b.kind == Kind::Signaling || a.is_nan() || b.is_nan() {
        return nan_of(&[a, b, c], rules).expect("one of them is");
    }
    let mut exact = Rules::max();
    let product = multiply(a, b, &mut exact);
    if product.is_nan() {
        if let Some(nan) = nan_of(&[c], &mut Rules::max()).filter(|_| c.kind == Kind::Signaling) {
            rules.status |= INVALID_OPERATION;
            return nan;
        }
        return rules.invalid(INVALID_OPERATION);
    }
    add(&product, c, false, rules)
}

pub fn divide(a: &Number, b: &Number, rules: &mut Rules) -> Number {
    if let Some(nan) = nan_of(&[a, b], rules) {
        return nan;
    }
    let negative = a.negative != b.negative;
    match (a.is_infinite(), b.is_infinite()) {
        (true, true) => return rules.invalid(INVALID_OPERATION),
        (true, false) => return Number::infinity(negative),
        (false, true) => {
            rules.status |= CLAMPED;
            return Number::zero(negative, rules.etiny());
        }
        (false, false) => {}
    }
    if b.coefficient.is_zero() {
        if a.coefficient.is_zero() {
            return rules.invalid(DIVISION_UNDEFINED);
        }
        rules.status |= DIVISION_BY_ZERO;
        return Number::infinity(negative);
    }
    let ideal = a.exponent - b.exponent;
    if a.coefficient.is_zero() {
        return Number::zero(negative, ideal).finish(rules);
    }
    // One digit more than needed.
    let shift = b.digits() - a.digits() + rules.precision + 1;
    let mut exponent = ideal - shift;
    let (mut q, r) = match shift >= 0 {
        true => shift_left(&a.coefficient, shift).div_rem(&b.coefficient),
        false => (&a.coefficient).div_rem(shift_left(&b.coefficient, -shift)),
    };
    if !r.is_zero() {
        // A last digit of 0 or 5 must not look exact.
        if (&q % 5u8) == 0 {
            q += UBig::ONE;
        }
    } else {
        (q, exponent) = strip_zeros(q, exponent, ideal);
    }
    Number::finite(negative, q, exponent).finish(rules)
}

/// Removes trailing zeros as long as the exponent stays below `limit`.
fn strip_zeros(mut c: UBig, mut exponent: i64, limit: i64) -> (UBig, i64) {
    if let Ok(mut small) = u128::try_from(&c) {
        while exponent < limit && small % 10 == 0 && small != 0 {
            small /= 10;
            exponent += 1;
        }
        return (UBig::from(small), exponent);
    }
    while exponent < limit {
        let (q, r) = (&c).div_rem(&UBig::from(10u8));
        if !r.is_zero() {
            break;
        }
        (c, exponent) = (q, exponent + 1);
    }
    (c, exponent)
}

/// Quotient and remainder of finite numbers, truncated; None: the quotient is too long.
fn divide_whole(a: &Number, b: &Number, rules: &Rules) -> Option<(Number, Number)> {
    let negative = a.negative != b.negative;
    let ideal = if b.is_infinite() { a.exponent } else { a.exponent.min(b.exponent) };
    let difference = if b.is_infinite() { 0 } else { a.adjusted() - b.adjusted() };
    if a.is_zero() || b.is_infinite() || difference <= -2 {
        return Some((Number::zero(negative, 0), a.rescale(ideal, rules.rounding).0));
    }
    if difference > rules.precision {
        return None;
    }
    let (q, r) = match a.exponent >= b.exponent {
        true => shift_left(&a.coefficient, a.exponent - b.exponent).div_rem(&b.coefficient),
        false => (&a.coefficient).div_rem(shift_left(&b.coefficient, b.exponent - a.exponent)),
    };
    if digits(&q) > rules.precision {
        return None;
    }
    Some((Number::finite(negative, q, 0), Number::finite(a.negative, r, ideal)))
}

pub fn divide_int(a: &Number, b: &Number, rules: &mut Rules) -> Number {
    if let Some(nan) = nan_of(&[a, b], rules) {
        return nan;
    }
    if a.is_infinite() {
        if b.is_infinite() {
            return rules.invalid(INVALID_OPERATION);
        }
        return Number::infinity(a.negative != b.negative);
    }
    if b.is_zero() {
        if a.is_zero() {
            return rules.invalid(DIVISION_UNDEFINED);
        }
        rules.status |= DIVISION_BY_ZERO;
        return Number::infinity(a.negative != b.negative);
    }
    match divide_whole(a, b, rules) {
        Some((q, _)) => q.finish(rules),
        None => rules.invalid(DIVISION_IMPOSSIBLE),
    }
}

pub fn remainder(a: &Number, b: &Number, rules: &mut Rules) -> Number {
    if let Some(nan) = nan_of(&[a, b], rules) {
        return nan;
    }
    if a.is_infinite() {
        return rules.invalid(INVALID_OPERATION);
    }
    if b.is_zero() {
        return rules.invalid(if a.is_zero() { DIVISION_UNDEFINED } else { INVALID_OPERATION });
    }
    match divide_whole(a, b, rules) {
        Some((_, r)) => r.finish(rules),
        None => rules.invalid(DIVISION_IMPOSSIBLE),
    }
}

pub fn divmod(a: &Number, b: &Number, rules: &mut Rules) -> (Number, Number) {
    if let Some(nan) = nan_of(&[a, b], rules) {
        return (nan.clone(), nan);
    }
    let negative = a.negative != b.negative;
    if a.is_infinite() {
        let nan = rules.invalid(INVALID_OPERATION);
        let q = if b.is_infinite() { nan.clone() } else { Number::infinity(negative) };
        return (q, nan);
    }
    if b.is_zero() {
        if a.is_zero() {
            let nan = rules.invalid(DIVISION_UNDEFINED);
            return (nan.clone(), nan);
        }
        rules.status |= DIVISION_BY_ZERO;
        return (Number::infinity(negative), rules.invalid(INVALID_OPERATION));
    }
    match divide_whole(a, b, rules) {
        Some((q, r)) => (q.finish(rules), r.finish(rules)),
        None => {
            let nan = rules.invalid(DIVISION_IMPOSSIBLE);
            (nan.clone(), nan)
        }
    }
}

/// How two numbers that are not NaNs compare.
pub fn compare(a: &Number, b: &Number) -> Ordering {
    let (x, y) = (a.signum(), b.signum());
    if x != y || x == 0 {
        return x.cmp(&y);
    }
    let magnitudes = compare_magnitudes(a, b);
    if x < 0 { magnitudes.reverse() } else { magnitudes }
}

fn compare_magnitudes(a: &Number, b: &Number) -> Ordering {
    if a.is_infinite() || b.is_infinite() {
        return a.is_infinite().cmp(&b.is_infinite());
    }
    if a.exponent == b.exponent {
        return a.coefficient.cmp(&b.coefficient);
    }
    a.adjusted().cmp(&b.adjusted()).then_with(|| match a.exponent > b.exponent {
        true => shift_left(&a.coefficient, a.exponent - b.exponent).cmp(&b.coefficient),
        false => a.coefficient.cmp(&shift_left(&b.coefficient, b.exponent - a.exponent)),
    })
}

/// `a` with the exponent of `b`.
pub fn quantize(a: &Number, b: &Number, rules: &mut Rules) -> Number {
    if let Some(nan) = nan_of(&[a, b], rules) {
        return nan;
    }
    if a.is_infinite() || b.is_infinite() {
        if a.is_infinite() && b.is_infinite() {
            return a.clone();
        }
        return rules.invalid(INVALID_OPERATION);
    }
    if b.exponent < rules.etiny() || b.exponent > rules.emax {
        return rules.invalid(INVALID_OPERATION);
    }
    if a.coefficient.is_zero() {
        return Number::zero(a.negative, b.exponent).finish(rules);
    }
    if a.adjusted() > rules.emax || a.adjusted() - b.exponent + 1 > rules.precision {
        return rules.invalid(INVALID_OPERATION);
    }
    let (result, exact) = a.rescale(b.exponent, rules.rounding);
    if result.adjusted() > rules.emax || result.digits() > rules.precision {
        return rules.invalid(INVALID_OPERATION);
    }
    if !result.is_zero() && result.adjusted() < rules.emin {
        rules.status |= SUBNORMAL;
    }
    if result.exponent > a.exponent {
        rules.status |= ROUNDED;
        if !exact {
            rules.status |= INEXACT;
        }
    }
    result.finish(rules)
}

/// Without trailing zeros.
pub fn normalize(a: &Number, rules: &mut Rules) -> Number {
    if let Some(nan) = nan_of(&[a], rules) {
        return nan;
    }
    let a = a.clone().finish(rules);
    if a.is_infinite() {
        return a;
    }
    if a.is_zero() {
        return Number::zero(a.negative, 0).finish(rules);
    }
    let limit = if rules.clamp { rules.etop() } else { rules.emax };
    let (c, exponent) = strip_zeros(a.coefficient, a.exponent, limit);
    Number::finite(a.negative, c, exponent)
}

/// Rounds to an integer; `exactly` notes if that changes the number.
pub fn to_integral(a: &Number, rounding: Rounding, exactly: bool, rules: &mut Rules) -> Number {
    if let Some(nan) = nan_of(&[a], rules) {
        return nan;
    }
    if a.is_infinite() || a.exponent >= 0 {
        return a.clone();
    }
    let (result, exact) = a.rescale(0, rounding);
    if exactly && !a.is_zero() {
        rules.status |= if exact { ROUNDED } else { ROUNDED | INEXACT };
    }
    result
}

/// `+a`, `-a` or `abs(a)`: rounded, and zero is positive unless rounding goes to the floor.
pub fn plus(a: &Number, negative: bool, rules: &mut Rules) -> Number {
    if let Some(nan) = nan_of(&[a], rules) {
        return nan;
    }
    let negative = if a.is_zero() && rules.rounding != Rounding::Floor { false } else { negative };
    a.clone().with_sign(negative).finish(rules)
}
