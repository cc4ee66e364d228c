//! UTF-8. `core` validates; each valid run is then decoded in a loop for the width that its largest byte asks for.

use super::{Fault, SURROGATES, is_surrogate};
use crate::builder::{Builder, Owned};
use crate::units::{Unit, Units};

pub fn decode(input: &[u8], at: &mut usize, out: &mut Builder, last: bool) -> Result<(), Fault> {
    let rest = &input[*at..];
    let (valid, error) = match std::str::from_utf8(rest) {
        Ok(s) => (s, None),
        Err(e) => match std::str::from_utf8(&rest[..e.valid_up_to()]) {
            Ok(s) => (s, Some(e)),
            Err(_) => ("", Some(e)),
        },
    };
    push_valid(valid, out);
    *at += valid.len();
    let Some(error) = error else { return Ok(()) };
    let bad = &input[*at..];
    match error.error_len() {
        None if last => Err(Fault::new(*at, input.len(), "unexpected end of data")),
        None => Ok(()),
        // The start of an encoded surrogate may be completed, for "surrogatepass".
        Some(_) if !last && bad.len() == 2 && bad[0] == 0xed && (0xa0..0xc0).contains(&bad[1]) => Ok(()),
        Some(len) => {
            let reason = match bad[0] {
                0x80..0xc2 | 0xf5.. => "invalid start byte",
                _ => "invalid continuation byte",
            };
            Err(Fault::new(*at, *at + len, reason))
        }
    }
}

/// Decodes text known to be valid.
pub fn push_valid(s: &str, out: &mut Builder) {
    if s.is_ascii() {
        return out.push_units(Units::One(s.as_bytes()));
    }
    match s.as_bytes().iter().fold(0, |m, &b| m.max(b)) {
        ..0xc4 => {}
        0xc4..0xf0 => out.widen(0x100),
        _ => out.widen(0x10000),
    }
    out.extend_chars(s);
}

/// Decodes a whole input with one allocation when it is valid; `None` when it is not.
pub fn decode_valid(input: &[u8]) -> Option<Owned> {
    if input.is_ascii() {
        return Some(Owned::One(input.to_vec()));
    }
    let mut out = Builder::with_capacity(0);
    push_valid(std::str::from_utf8(input).ok()?, &mut out);
    Some(out.finish())
}

pub fn encode(u: Units, at: &mut usize, out: &mut Vec<u8>) -> Result<(), Fault> {
    match u {
        Units::One(s) => {
            encode_latin1(&s[*at..], out);
            *at = s.len();
            Ok(())
        }
        Units::Two(s) => encode_wide(s, at, out),
        Units::Four(s) => encode_wide(s, at, out),
    }
}

fn encode_latin1(s: &[u8], out: &mut Vec<u8>) {
    let high = s.iter().filter(|&&c| c >= 0x80).count();
    out.reserve(s.len() + high);
    if high == 0 {
        return out.extend_from_slice(s);
    }
    for &c in s {
        if c < 0x80 {
            out.push(c);
        } else {
            out.extend_from_slice(&[0xc0 | c >> 6, 0x80 | c & 0x3f]);
        }
    }
}

fn encode_wide<T: Unit>(s: &[T], at: &mut usize, out: &mut Vec<u8>) -> Result<(), Fault> {
    out.reserve((s.len() - *at) * 3);
    while *at < s.len() {
        let c = s[*at].cp();
        let low = |shift: u32| 0x80 | (c >> shift) as u8 & 0x3f;
        match c {
            ..0x80 => out.push(c as u8),
            0x80..0x800 => out.extend_from_slice(&[0xc0 | (c >> 6) as u8, low(0)]),
            0xd800..0xe000 => {
                let run = s[*at..].iter().take_while(|c| is_surrogate(c.cp())).count();
                return Err(Fault::new(*at, *at + run, SURROGATES));
            }
            0x800..0x10000 => out.extend_from_slice(&[0xe0 | (c >> 12) as u8, low(6), low(0)]),
            _ => out.extend_from_slice(&[0xf0 | (c >> 18) as u8, low(12), low(6), low(0)]),
        }
        *at += 1;
    }
    Ok(())
}
