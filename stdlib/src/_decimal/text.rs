//! Decimal numbers as text: scientific and engineering notation, and parsing.

use super::number::{Kind, Number};
use dashu_int::UBig;

/// The digits of a coefficient.
pub fn digits_of(c: &UBig) -> String {
    match u128::try_from(c) {
        Ok(small) => small.to_string(),
        Err(_) => c.to_string(),
    }
}

/// As `str` shows it; `engineering` makes exponents multiples of three, `upper` writes E.
pub fn to_text(n: &Number, engineering: bool, upper: bool) -> String {
    let sign = if n.negative { "-" } else { "" };
    match n.kind {
        Kind::Infinite => return format!("{sign}Infinity"),
        Kind::Quiet | Kind::Signaling => {
            let name = if n.kind == Kind::Quiet { "NaN" } else { "sNaN" };
            let payload = if n.coefficient.is_zero() { String::new() } else { digits_of(&n.coefficient) };
            return format!("{sign}{name}{payload}");
        }
        Kind::Finite => {}
    }
    let digits = digits_of(&n.coefficient);
    // Digits in front of the point if there is no exponent.
    let left = n.exponent + digits.len() as i64;
    let point = if n.exponent <= 0 && left > -6 {
        left
    } else if !engineering {
        1
    } else if n.coefficient.is_zero() {
        (left + 1).rem_euclid(3) - 1
    } else {
        (left - 1).rem_euclid(3) + 1
    };
    let mut out = String::with_capacity(digits.len() + 8);
    out.push_str(sign);
    if point <= 0 {
        out.push_str("0.");
        out.extend(std::iter::repeat_n('0', -point as usize));
        out.push_str(&digits);
    } else if point as usize >= digits.len() {
        out.push_str(&digits);
        out.extend(std::iter::repeat_n('0', point as usize - digits.len()));
    } else {
        out.push_str(&digits[..point as usize]);
        out.push('.');
        out.push_str(&digits[point as usize..]);
    }
    if left != point {
        out.push_str(&format!("{}{:+}", if upper { 'E' } else { 'e' }, left - point));
    }
    out
}

/// The number that ASCII text describes; None: it describes none.
pub fn parse(text: &[u8]) -> Option<Number> {
    let (negative, rest) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    if rest.eq_ignore_ascii_case(b"inf") || rest.eq_ignore_ascii_case(b"infinity") {
        return Some(Number::infinity(negative));
    }
    for (name, kind) in [(&b"nan"[..], Kind::Quiet), (b"snan", Kind::Signaling)] {
        if rest.len() >= name.len() && rest[..name.len()].eq_ignore_ascii_case(name) {
            let payload = coefficient(&rest[name.len()..], &[])?;
            return Some(Number { negative, kind, coefficient: payload, exponent: 0 });
        }
    }
    let (mantissa, exponent) = match rest.iter().position(|b| matches!(b, b'e' | b'E')) {
        Some(i) => (&rest[..i], parse_exponent(&rest[i + 1..])?),
        None => (rest, 0),
    };
    let (whole, fraction) = match mantissa.iter().position(|b| *b == b'.') {
        Some(i) => (&mantissa[..i], &mantissa[i + 1..]),
        None => (mantissa, &[][..]),
    };
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let c = coefficient(whole, fraction)?;
    Some(Number::finite(negative, c, exponent - fraction.len() as i64))
}

/// The digits of two parts as one number.
fn coefficient(whole: &[u8], fraction: &[u8]) -> Option<UBig> {
    let mut digits = whole.iter().chain(fraction);
    if !digits.clone().all(u8::is_ascii_digit) {
        return None;
    }
    if whole.len() + fraction.len() <= 38 {
        return Some(UBig::from(digits.fold(0u128, |n, d| n * 10 + (d - b'0') as u128)));
    }
    let text: String = digits.by_ref().map(|d| *d as char).collect();
    UBig::from_str_radix(&text, 10).ok()
}

/// Exponents beyond all limits are cut to some that is beyond, too.
fn parse_exponent(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let n = digits.iter().fold(0i64, |n, d| (n.saturating_mul(10)).saturating_add((d - b'0') as i64));
    let n = n.min(4_000_000_000_000_000_000);
    Some(if negative { -n } else { n })
}
