//! UTF-8.
//!
//! Decoding validates and widens in one pass: a loop per storage width runs until a code point does not fit or the
//! input is not valid. Runs of ASCII are copied. What is wrong with invalid input is asked of `core`.

use super::{Fault, SURROGATES, is_surrogate};
use crate::builder::{Builder, Owned};
use crate::units::{Unit, Units};

/// Why a loop ended.
enum Stop {
    End,
    /// The next code point needs wider storage.
    Wide(u32),
    Invalid,
}

pub fn decode(input: &[u8], at: &mut usize, out: &mut Builder, last: bool) -> Result<(), Fault> {
    loop {
        let stop = match &mut out.buf {
            Owned::One(v) => run(input, at, v),
            Owned::Two(v) => run(input, at, v),
            Owned::Four(v) => run(input, at, v),
        };
        match stop {
            Stop::End => return Ok(()),
            Stop::Wide(cp) => out.widen(cp),
            Stop::Invalid => return fault(input, *at, last),
        }
    }
}

/// Decodes a whole input; `None` when it is not valid.
pub fn decode_valid(input: &[u8]) -> Option<Owned> {
    if input.is_ascii() {
        return Some(Owned::One(input.to_vec()));
    }
    let mut out = Builder::new();
    decode(input, &mut 0, &mut out, true).ok()?;
    Some(out.finish())
}

fn run<T: Unit>(s: &[u8], at: &mut usize, out: &mut Vec<T>) -> Stop {
    let mut i = *at;
    out.reserve((s.len() - i) / size_of::<T>());
    let tail = |j: usize| match s.get(j) {
        Some(b @ 0x80..0xc0) => Some((b & 0x3f) as u32),
        _ => None,
    };
    let stop = loop {
        let Some(&lead) = s.get(i) else { break Stop::End };
        if lead < 0x80 {
            let start = i;
            while let Some(word) = s.get(i..i + 8)
                && word.is_ascii()
            {
                i += 8;
            }
            while s.get(i).is_some_and(u8::is_ascii) {
                i += 1;
            }
            out.extend(s[start..i].iter().map(|&b| T::cut(b as u32)));
            continue;
        }
        let decoded = match lead {
            0xc2..0xe0 => tail(i + 1).map(|b| ((lead as u32 & 0x1f) << 6 | b, 2)),
            0xe0..0xf0 => match (tail(i + 1), tail(i + 2)) {
                (Some(b), Some(c)) => Some(((lead as u32 & 0xf) << 12 | b << 6 | c, 3))
                    .filter(|(cp, _)| *cp >= 0x800 && !is_surrogate(*cp)),
                _ => None,
            },
            0xf0..0xf5 => match (tail(i + 1), tail(i + 2), tail(i + 3)) {
                (Some(b), Some(c), Some(d)) => Some(((lead as u32 & 7) << 18 | b << 12 | c << 6 | d, 4))
                    .filter(|(cp, _)| (0x10000..0x110000).contains(cp)),
                _ => None,
            },
            _ => None,
        };
        match decoded {
            None => break Stop::Invalid,
            Some((cp, _)) if cp > T::MAX => break Stop::Wide(cp),
            Some((cp, len)) => {
                out.push(T::cut(cp));
                i += len;
            }
        }
    };
    *at = i;
    stop
}

/// What is wrong at a position.
#[cold]
fn fault(input: &[u8], at: usize, last: bool) -> Result<(), Fault> {
    let bad = &input[at..];
    // A sequence has at most four bytes.
    let error = std::str::from_utf8(&bad[..bad.len().min(4)]).err();
    match error.and_then(|e| e.error_len()) {
        None if last => Err(Fault::new(at, input.len(), "unexpected end of data")),
        None => Ok(()),
        // The start of an encoded surrogate may be completed, for "surrogatepass".
        Some(_) if !last && bad.len() == 2 && bad[0] == 0xed && (0xa0..0xc0).contains(&bad[1]) => Ok(()),
        Some(len) => {
            let reason = match bad[0] {
                0x80..0xc2 | 0xf5.. => "invalid start byte",
                _ => "invalid continuation byte",
            };
            Err(Fault::new(at, at + len, reason))
        }
    }
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
    if s.is_ascii() {
        return out.extend_from_slice(s);
    }
    out.reserve(s.len() + s.len() / 4);
    let mut at = 0;
    while at < s.len() {
        let run = s[at..].iter().take_while(|c| c.is_ascii()).count();
        out.extend_from_slice(&s[at..at + run]);
        at += run;
        while let Some(&c @ 0x80..) = s.get(at) {
            out.extend_from_slice(&[0xc0 | c >> 6, 0x80 | c & 0x3f]);
            at += 1;
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
