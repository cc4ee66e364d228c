//! The formats of the `struct` module, and packing and unpacking of single values.
//!
//! The format is compiled to items with fixed offsets. Errors of kind `Struct` are `struct.error`.

use crate::error::{Error, Kind, overflow};

fn error(message: impl Into<String>) -> Error {
    Error { kind: Kind::Struct, message: message.into() }
}

/// One format character with its count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// The format character; never 'x', whose bytes no item covers.
    pub code: u8,
    pub offset: usize,
    /// Of one value; for 's' and 'p' the count.
    pub size: usize,
    /// How many values; 1 for 's' and 'p'.
    pub repeat: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Format {
    pub items: Vec<Item>,
    /// Bytes in total.
    pub size: usize,
    /// Values in total.
    pub values: usize,
    pub big_endian: bool,
}

/// Size and native alignment of a format character.
fn layout(code: u8, native: bool) -> Option<(usize, usize)> {
    Some(match code {
        b'x' | b'c' | b'b' | b'B' | b'?' | b's' | b'p' => (1, 1),
        b'h' | b'H' | b'e' => (2, 2),
        b'i' | b'I' | b'f' => (4, 4),
        b'l' | b'L' if !native => (4, 4),
        b'l' | b'L' | b'q' | b'Q' | b'd' => (8, 8),
        b'n' | b'N' | b'P' if native => (8, 8),
        b'F' => (8, 4),
        b'D' => (16, 8),
        _ => return None,
    })
}

impl Format {
    /// `prepare_s`.
    pub fn parse(format: &[u8]) -> Result<Format, Error> {
        if format.contains(&0) {
            return Err(error("embedded null character"));
        }
        let native_big = cfg!(target_endian = "big");
        let (aligned, big_endian, rest) = match format {
            [b'@', rest @ ..] => (true, native_big, rest),
            [b'=', rest @ ..] => (false, native_big, rest),
            [b'<', rest @ ..] => (false, false, rest),
            [b'>' | b'!', rest @ ..] => (false, true, rest),
            _ => (true, native_big, format),
        };
        let mut f = Format { items: Vec::new(), size: 0, values: 0, big_endian };
        let too_long = || error("total struct size too long");
        let mut chars = rest.iter().copied();
        while let Some(mut c) = chars.next() {
            if matches!(c, 9..=13 | 32) {
                continue;
            }
            let mut count = 1usize;
            if c.is_ascii_digit() {
                count = 0;
                while c.is_ascii_digit() {
                    let next = count.checked_mul(10).and_then(|n| n.checked_add((c - b'0') as usize));
                    count = next.filter(|n| *n <= isize::MAX as usize).ok_or_else(too_long)?;
                    let missing = || error("repeat count given without format specifier");
                    c = chars.next().ok_or_else(missing)?;
                }
            }
            let (size, align) = layout(c, aligned).ok_or_else(|| error("bad char in struct format"))?;
            if aligned {
                f.size = f.size.checked_next_multiple_of(align).ok_or_else(too_long)?;
            }
            let item = match c {
                b's' | b'p' => Item { code: c, offset: f.size, size: count, repeat: 1 },
                _ => Item { code: c, offset: f.size, size, repeat: count },
            };
            let total = item.size.checked_mul(item.repeat).and_then(|n| n.checked_add(f.size));
            f.size = total.filter(|n| *n <= isize::MAX as usize).ok_or_else(too_long)?;
            if c != b'x' && item.repeat > 0 {
                f.values += item.repeat;
                f.items.push(item);
            }
        }
        Ok(f)
    }
}

/// An unpacked value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scalar<'a> {
    Int(i64),
    UInt(u64),
    Float(f64),
    Complex(f64, f64),
    Bool(bool),
    /// 'c', 's' and 'p'.
    Bytes(&'a [u8]),
}

fn get_uint(bytes: &[u8], big: bool) -> u64 {
    let step = |v: u64, b: &u8| v << 8 | *b as u64;
    if big { bytes.iter().fold(0, step) } else { bytes.iter().rev().fold(0, step) }
}

fn put_uint(out: &mut [u8], v: u64, big: bool) {
    let n = out.len();
    for (i, b) in out.iter_mut().enumerate() {
        *b = (v >> (8 * if big { n - 1 - i } else { i })) as u8;
    }
}

/// Reads a value of exactly the item's size.
pub fn unpack(code: u8, bytes: &[u8], big: bool) -> Scalar<'_> {
    let unsigned = || get_uint(bytes, big);
    let float = |b: &[u8]| match b.len() {
        2 => half_to_f64(get_uint(b, big) as u16),
        4 => single_to_f64(get_uint(b, big) as u32),
        _ => f64::from_bits(get_uint(b, big)),
    };
    match code {
        b'b' | b'h' | b'i' | b'l' | b'q' | b'n' => {
            let shift = 64 - 8 * bytes.len() as u32;
            Scalar::Int((unsigned() << shift) as i64 >> shift)
        }
        b'B' | b'H' | b'I' | b'L' | b'Q' | b'N' | b'P' => Scalar::UInt(unsigned()),
        b'e' | b'f' | b'd' => Scalar::Float(float(bytes)),
        b'F' | b'D' => {
            let (re, im) = bytes.split_at(bytes.len() / 2);
            Scalar::Complex(float(re), float(im))
        }
        b'?' => Scalar::Bool(bytes.iter().any(|b| *b != 0)),
        b'p' => {
            let len = bytes.first().map_or(0, |n| (*n as usize).min(bytes.len() - 1));
            Scalar::Bytes(bytes.get(1..1 + len).unwrap_or(&[]))
        }
        _ => Scalar::Bytes(bytes),
    }
}

/// Whether a code takes an integer, through `__index__` ("required argument is not an integer").
pub fn is_integer(code: u8) -> bool {
    matches!(code, b'b' | b'B' | b'h' | b'H' | b'i' | b'I' | b'l' | b'L' | b'q' | b'Q' | b'n' | b'N' | b'P')
}

/// Packs an integer; `None` is one that is too large for `i128`.
pub fn pack_int(code: u8, v: Option<i128>, out: &mut [u8], big: bool) -> Result<(), Error> {
    let bits = 8 * out.len() as u32;
    let (low, high) = match code {
        b'B' | b'H' | b'I' | b'L' | b'Q' | b'N' => (0, (1i128 << bits) - 1),
        // Addresses may be written as negative numbers.
        b'P' => (-(1i128 << (bits - 1)), (1i128 << bits) - 1),
        _ => (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1),
    };
    match v {
        Some(v) if low <= v && v <= high => {
            put_uint(out, v as u64, big);
            Ok(())
        }
        _ if code == b'P' => Err(error("int too large to convert")),
        _ => Err(error(format!("'{}' format requires {low} <= number <= {high}", code as char))),
    }
}

/// Packs into 2, 4 or 8 bytes ('e', 'f', 'd').
pub fn pack_float(v: f64, out: &mut [u8], big: bool) -> Result<(), Error> {
    let bits = match out.len() {
        2 => f64_to_half(v).ok_or_else(|| overflow("float too large to pack with e format"))? as u64,
        4 => {
            if (v as f32).is_infinite() && v.is_finite() {
                return Err(overflow("float too large to pack with f format"));
            }
            f64_to_single(v) as u64
        }
        _ => v.to_bits(),
    };
    put_uint(out, bits, big);
    Ok(())
}

/// Packs 'F' or 'D'; what is too large becomes infinite.
pub fn pack_complex(real: f64, imag: f64, out: &mut [u8], big: bool) {
    let half = out.len() / 2;
    let (re, im) = out.split_at_mut(half);
    for (v, out) in [(real, re), (imag, im)] {
        let bits = if half == 4 { f64_to_single(v) as u64 } else { v.to_bits() };
        put_uint(out, bits, big);
    }
}

/// 's' and 'p': cut or filled with zeros.
pub fn pack_bytes(code: u8, b: &[u8], out: &mut [u8]) {
    out.fill(0);
    let skip = (code == b'p') as usize;
    if out.len() < skip {
        return;
    }
    let mut n = b.len().min(out.len() - skip);
    if skip == 1 {
        out[0] = n.min(255) as u8;
    }
    n = n.min(out.len() - skip);
    out[skip..skip + n].copy_from_slice(&b[..n]);
}

/// `PyFloat_Unpack2`.
pub fn half_to_f64(h: u16) -> f64 {
    let fraction = (h & 0x3ff) as u64;
    let sign = (h as u64 >> 15) << 63;
    let magnitude = match h >> 10 & 31 {
        0 => fraction as f64 * 2f64.powi(-24),
        31 => f64::from_bits(0x7ff << 52 | fraction << 42),
        e => f64::from_bits((e as u64 + 1008) << 52 | fraction << 42),
    };
    f64::from_bits(magnitude.to_bits() | sign)
}

/// The bits of the nearest single; a NaN that signals goes on doing so, unless its payload is lost.
pub fn f64_to_single(v: f64) -> u32 {
    if !v.is_nan() {
        return (v as f32).to_bits();
    }
    let bits = v.to_bits();
    let payload = (bits >> 29) as u32 & 0x7f_ffff;
    (bits >> 32) as u32 & 0x8000_0000 | 0x7f80_0000 | if payload == 0 { 0x40_0000 } else { payload }
}

/// The value of a single, of a NaN with its payload as it is.
pub fn single_to_f64(bits: u32) -> f64 {
    let v = f32::from_bits(bits);
    if !v.is_nan() {
        return v as f64;
    }
    f64::from_bits((bits as u64 >> 31) << 63 | 0x7ff << 52 | (bits as u64 & 0x7f_ffff) << 29)
}

/// `PyFloat_Pack2`: rounds half to even; `None` on overflow.
pub fn f64_to_half(v: f64) -> Option<u16> {
    let bits = v.to_bits();
    let sign = (bits >> 48) as u16 & 0x8000;
    if v.is_nan() {
        let payload = (bits >> 42) as u16 & 0x3ff;
        return Some(sign | 0x7c00 | if payload == 0 { 0x200 } else { payload });
    }
    if v.is_infinite() {
        return Some(sign | 0x7c00);
    }
    let exponent = (bits >> 52 & 0x7ff) as i32 - 1023;
    if exponent < -25 {
        return Some(sign);
    }
    if exponent > 15 {
        return None;
    }
    // The unit of the result is 2^-24 for subnormals, else 2^(exponent - 10).
    let mantissa = bits & ((1 << 52) - 1) | 1 << 52;
    let drop = if exponent < -14 { 28 - exponent } else { 42 };
    let kept = mantissa >> drop;
    let (rest, half) = (mantissa & ((1 << drop) - 1), 1u64 << (drop - 1));
    let rounded = kept + (rest > half || rest == half && kept & 1 == 1) as u64;
    // A carry moves into the exponent, which is what is wanted.
    let base = if exponent < -14 { 0 } else { ((exponent + 14) as u64) << 10 };
    let h = base + rounded;
    (h < 0x7c00).then_some(sign | h as u16)
}
