//! The replacements of the built-in error handlers. "strict", "ignore" and "replace" need none of this.

use super::escape::push_hex;
use super::{Fault, SURROGATES, is_surrogate, utf8};
use crate::builder::{Builder, Owned};
use crate::unicodedata::{Version, name};
use crate::units::Units;

/// "backslashreplace" for what could not be encoded.
pub fn backslash_text(u: Units) -> Vec<u8> {
    let mut out = Vec::new();
    u.iter().for_each(|c| push_hex(&mut out, c));
    out
}

/// "backslashreplace" for what could not be decoded.
pub fn backslash_bytes(b: &[u8]) -> Vec<u8> {
    backslash_text(Units::One(b))
}

/// "xmlcharrefreplace".
pub fn xml_references(u: Units) -> Vec<u8> {
    u.iter().flat_map(|c| format!("&#{c};").into_bytes()).collect()
}

/// "namereplace".
pub fn names(u: Units) -> Vec<u8> {
    let mut out = Vec::new();
    for c in u.iter() {
        match name(c, Version::V16) {
            Some(n) => out.extend(format!("\\N{{{n}}}").into_bytes()),
            None => push_hex(&mut out, c),
        }
    }
    out
}

/// "surrogateescape" when encoding; `None` when one of the code points does not stand for a byte.
pub fn unescape_surrogates(u: Units) -> Option<Vec<u8>> {
    u.iter().map(|c| (0xdc80..0xdd00).contains(&c).then(|| (c - 0xdc00) as u8)).collect()
}

/// "surrogateescape" when decoding: up to four bytes that are not ASCII; empty when there are none.
pub fn escape_bytes(b: &[u8]) -> Vec<u32> {
    b.iter().take(4).take_while(|c| **c >= 0x80).map(|c| 0xdc00 + *c as u32).collect()
}

/// UTF-8 with "surrogateescape": file names, arguments, the environment (`PyUnicode_DecodeFSDefault`).
pub fn fs_decode(b: &[u8]) -> Owned {
    let (mut at, mut out) = (0, Builder::with_capacity(b.len()));
    while let Err(fault) = utf8::decode(b, &mut at, &mut out, true) {
        let escaped = escape_bytes(&b[fault.start..fault.end]);
        at = fault.start + escaped.len();
        escaped.into_iter().for_each(|c| out.push(c));
    }
    out.finish()
}

/// The inverse of [`fs_decode`]; the fault is the first surrogate that stands for no byte.
pub fn fs_encode(u: Units) -> Result<Vec<u8>, Fault> {
    let (mut at, mut out) = (0, Vec::with_capacity(u.len()));
    while let Err(fault) = utf8::encode(u, &mut at, &mut out) {
        for i in fault.start..fault.end {
            match unescape_surrogates(u.slice(i..i + 1)) {
                Some(b) => out.extend(b),
                None => return Err(Fault::new(i, i + 1, SURROGATES)),
            }
        }
        at = fault.end;
    }
    Ok(out)
}

/// The encodings that "surrogatepass" knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Utf {
    Utf8,
    Utf16 { big: bool },
    Utf32 { big: bool },
}

impl Utf {
    /// `get_standard_encoding`.
    pub fn from_name(encoding: &str) -> Option<Utf> {
        let lower = encoding.to_ascii_lowercase();
        if lower == "cp65001" {
            return Some(Utf::Utf8);
        }
        let rest = lower.strip_prefix("utf")?;
        let rest = rest.strip_prefix(['-', '_']).unwrap_or(rest);
        let (size, order) = match rest {
            "8" => return Some(Utf::Utf8),
            _ if rest.starts_with("16") => (16, &rest[2..]),
            _ if rest.starts_with("32") => (32, &rest[2..]),
            _ => return None,
        };
        let big = match order.strip_prefix(['-', '_']).unwrap_or(order) {
            "" => cfg!(target_endian = "big"),
            "be" => true,
            "le" => false,
            _ => return None,
        };
        Some(if size == 16 { Utf::Utf16 { big } } else { Utf::Utf32 { big } })
    }

    /// "surrogatepass" when encoding; `None` when there is another code point than surrogates.
    pub fn encode_surrogates(self, u: Units) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        for c in u.iter() {
            if !is_surrogate(c) {
                return None;
            }
            match self {
                Utf::Utf8 => out.extend_from_slice(&[
                    0xe0 | (c >> 12) as u8,
                    0x80 | (c >> 6) as u8 & 0x3f,
                    0x80 | c as u8 & 0x3f,
                ]),
                Utf::Utf16 { big: true } => out.extend_from_slice(&(c as u16).to_be_bytes()),
                Utf::Utf16 { big: false } => out.extend_from_slice(&(c as u16).to_le_bytes()),
                Utf::Utf32 { big: true } => out.extend_from_slice(&c.to_be_bytes()),
                Utf::Utf32 { big: false } => out.extend_from_slice(&c.to_le_bytes()),
            }
        }
        Some(out)
    }

    /// "surrogatepass" when decoding, at the start of the fault: the surrogate and how many bytes it took.
    pub fn decode_surrogate(self, b: &[u8]) -> Option<(u32, usize)> {
        let (c, len) = match (self, b) {
            (Utf::Utf8, &[x @ 0xe0..0xf0, y @ 0x80..0xc0, z @ 0x80..0xc0, ..]) => {
                ((x as u32 & 15) << 12 | (y as u32 & 63) << 6 | z as u32 & 63, 3)
            }
            (Utf::Utf16 { big: true }, &[x, y, ..]) => (u16::from_be_bytes([x, y]) as u32, 2),
            (Utf::Utf16 { big: false }, &[x, y, ..]) => (u16::from_le_bytes([x, y]) as u32, 2),
            (Utf::Utf32 { big: true }, &[w, x, y, z, ..]) => (u32::from_be_bytes([w, x, y, z]), 4),
            (Utf::Utf32 { big: false }, &[w, x, y, z, ..]) => (u32::from_le_bytes([w, x, y, z]), 4),
            _ => return None,
        };
        is_surrogate(c).then_some((c, len))
    }
}
