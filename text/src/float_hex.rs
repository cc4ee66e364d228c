//! `float.hex` and `float.fromhex`.

use crate::float::trim;

/// `float.hex()`.
pub fn hex(v: f64) -> String {
    if !v.is_finite() {
        return String::from_utf8(crate::float::repr(v)).unwrap_or_default();
    }
    let sign = if v.is_sign_negative() { "-" } else { "" };
    if v == 0.0 {
        return format!("{sign}0x0.0p+0");
    }
    let bits = v.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    match (bits >> 52 & 0x7ff) as i32 {
        0 => format!("{sign}0x0.{fraction:013x}p-1022"),
        e => format!("{sign}0x1.{fraction:013x}p{:+}", e - 1023),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HexError {
    /// ValueError: "invalid hexadecimal floating-point string"
    Invalid,
    /// OverflowError: "hexadecimal value too large to represent as a float"
    TooLarge,
}

/// `float.fromhex()`.
pub fn from_hex(s: &[u8]) -> Result<f64, HexError> {
    let s = trim(s);
    let (negative, mut s) = match s {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, s),
    };
    let sign = |v: f64| if negative { -v } else { v };
    for (word, v) in [("inf", f64::INFINITY), ("infinity", f64::INFINITY), ("nan", f64::NAN)] {
        if s.eq_ignore_ascii_case(word.as_bytes()) {
            return Ok(sign(v));
        }
    }
    if let [b'0', b'x' | b'X', rest @ ..] = s {
        s = rest;
    }
    let run = |s: &[u8]| s.iter().take_while(|c| c.is_ascii_hexdigit()).count();
    let whole = run(s);
    let mut digits = s[..whole].to_vec();
    s = &s[whole..];
    let mut decimals = 0;
    if let [b'.', rest @ ..] = s {
        decimals = run(rest);
        digits.extend_from_slice(&rest[..decimals]);
        s = &rest[decimals..];
    }
    if digits.is_empty() {
        return Err(HexError::Invalid);
    }
    let mut exponent = 0i64;
    if let [b'p' | b'P', rest @ ..] = s {
        let (minus, number) = match rest {
            [b'-', n @ ..] => (true, n),
            [b'+', n @ ..] => (false, n),
            _ => (false, rest),
        };
        let n = number.iter().take_while(|c| c.is_ascii_digit()).count();
        if n == 0 {
            return Err(HexError::Invalid);
        }
        let limit = i64::MAX / 4;
        exponent = number[..n].iter().fold(0i64, |e, c| (e * 10 + (c - b'0') as i64).min(limit / 16));
        if minus {
            exponent = -exponent;
        }
        s = &number[n..];
    }
    if !s.is_empty() {
        return Err(HexError::Invalid);
    }
    let value = digits.iter().map(|&c| (c as char).to_digit(16).unwrap_or(0) as u64);
    // The leading 60 bits or so, and whether anything is set below them.
    let (mut mantissa, mut dropped, mut sticky) = (0u64, 0i64, false);
    for d in value {
        if mantissa >> 58 == 0 {
            mantissa = mantissa << 4 | d;
        } else {
            dropped += 1;
            sticky |= d != 0;
        }
    }
    if mantissa == 0 {
        return Ok(sign(0.0));
    }
    // value = mantissa * 2^scale
    let scale = exponent + 4 * (dropped - decimals as i64);
    let top = scale + 64 - mantissa.leading_zeros() as i64;
    if top > 1025 {
        return Err(HexError::TooLarge);
    }
    if top < -1080 {
        return Ok(sign(0.0));
    }
    // The unit of the result: 53 bits, fewer for subnormals.
    let unit = (top - 53).max(-1074);
    let shift = unit - scale;
    let rounded = if shift <= 0 {
        mantissa << -shift
    } else {
        let kept = if shift > 63 { 0 } else { mantissa >> shift };
        let rest = if shift > 64 { 0 } else { (mantissa as u128) << (64 - shift) & u64::MAX as u128 };
        let half = 1u128 << 63;
        let up = shift <= 64 && (rest > half || rest == half && (sticky || kept & 1 == 1));
        kept + up as u64
    };
    let v = rounded as f64 * 2f64.powi((unit / 2) as i32) * 2f64.powi((unit - unit / 2) as i32);
    if v.is_infinite() { Err(HexError::TooLarge) } else { Ok(sign(v)) }
}
