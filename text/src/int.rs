//! Integers to text and back, without big integers: what does not fit a machine word is handed back as checked digits.

/// A parsed integer literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parsed {
    Small(i64),
    /// Digits of `radix` (ASCII, no underscores, no leading zeros) for the caller's big integers.
    Big {
        negative: bool,
        radix: u32,
        digits: Vec<u8>,
    },
}

/// The text is no integer: "invalid literal for int() with base %d: %.200R".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invalid;

/// `int(text, base)`, for text from [`crate::classify::to_ascii_number`] or bytes.
///
/// The base is 0 or 2 to 36 ("int() base must be >= 2 and <= 36, or 0" is the caller's).
/// `digits.len()` is what the limit of `sys.set_int_max_str_digits` counts, for bases that are not powers of two.
pub fn parse(s: &[u8], base: u32) -> Result<Parsed, Invalid> {
    let s = crate::float::trim(s);
    let (negative, mut s) = match s {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, s),
    };
    let prefix = match s {
        [b'0', b'x' | b'X', ..] => 16,
        [b'0', b'o' | b'O', ..] => 8,
        [b'0', b'b' | b'B', ..] => 2,
        _ => 0,
    };
    // With base 0 a leading zero without a prefix is only allowed in zero.
    let only_zero = base == 0 && prefix == 0 && s.first() == Some(&b'0');
    let radix = match base {
        0 if prefix != 0 => prefix,
        0 => 10,
        b => b,
    };
    if prefix == radix {
        s = &s[2..];
        if let [b'_', rest @ ..] = s {
            s = rest;
        }
    }
    if matches!(s, [] | [b'_', ..] | [.., b'_']) {
        return Err(Invalid);
    }
    let mut value = Some(0u64);
    let mut previous = 0;
    for &c in s {
        if c == b'_' {
            if previous == b'_' {
                return Err(Invalid);
            }
        } else {
            let d = (c as char).to_digit(radix).ok_or(Invalid)?;
            value = value.and_then(|v| v.checked_mul(radix as u64)).and_then(|v| v.checked_add(d as u64));
        }
        previous = c;
    }
    if only_zero && value != Some(0) {
        return Err(Invalid);
    }
    match value {
        Some(v) if v <= i64::MAX as u64 => Ok(Parsed::Small(if negative { -(v as i64) } else { v as i64 })),
        Some(v) if negative && v == 1 << 63 => Ok(Parsed::Small(i64::MIN)),
        _ => {
            let digits = s.iter().copied().filter(|&c| c != b'_').skip_while(|&c| c == b'0').collect();
            Ok(Parsed::Big { negative, radix, digits })
        }
    }
}

/// The digits of a magnitude in lower case.
pub fn digits(v: u64, radix: u32) -> Vec<u8> {
    let mut out = Vec::with_capacity(24);
    push_digits(&mut out, v, radix);
    out
}

fn push_digits(out: &mut Vec<u8>, v: u64, radix: u32) {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut buffer = [0u8; 64];
    let mut at = buffer.len();
    let mut rest = v;
    loop {
        at -= 1;
        // Constant divisors are much faster.
        let digit = match radix {
            10 => {
                let d = rest % 10;
                rest /= 10;
                d
            }
            16 => {
                let d = rest & 15;
                rest >>= 4;
                d
            }
            _ => {
                let d = rest % radix as u64;
                rest /= radix as u64;
                d
            }
        };
        buffer[at] = DIGITS[digit as usize];
        if rest == 0 {
            return out.extend_from_slice(&buffer[at..]);
        }
    }
}

/// Sign and digits; `repr(int)` for radix 10.
pub fn format(v: i64, radix: u32) -> Vec<u8> {
    if radix == 10 {
        return v.to_string().into_bytes();
    }
    let mut out = Vec::with_capacity(24);
    if v < 0 {
        out.push(b'-');
    }
    push_digits(&mut out, v.unsigned_abs(), radix);
    out
}

/// `bin`, `oct`, `hex`: "-0x1f".
pub fn format_prefixed(v: i64, radix: u32) -> Vec<u8> {
    let mut out = Vec::with_capacity(24);
    if v < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(match radix {
        16 => b"0x",
        8 => b"0o",
        2 => b"0b",
        _ => b"",
    });
    push_digits(&mut out, v.unsigned_abs(), radix);
    out
}
