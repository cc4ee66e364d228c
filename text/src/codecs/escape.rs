//! The escape codecs: `unicode_escape`, `raw_unicode_escape`, and the one of bytes literals.

use super::Fault;
use crate::builder::Builder;
use crate::unicodedata::lookup_char;
use crate::units::Units;

/// The first escape that Python does not know, which is worth a DeprecationWarning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidEscape {
    /// The position of the backslash.
    pub at: usize,
    /// The character behind it; an octal escape above 255 has its value.
    pub what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Char(u8),
    Octal(u32),
}

impl InvalidEscape {
    /// The warning's message; `prefix` is "" or "b".
    pub fn message(&self, prefix: &str) -> String {
        let (escape, kind) = match self.what {
            What::Char(c) => ((c as char).to_string(), ""),
            What::Octal(n) => (format!("{n:o}"), "octal "),
        };
        format!(
            "{prefix}\"\\{escape}\" is an invalid {kind}escape sequence. \
             Such sequences will not work in the future. "
        )
    }
}

/// The escapes that stand for one character.
fn simple(c: u8) -> Option<u8> {
    Some(match c {
        b'\\' | b'\'' | b'"' => c,
        b'b' => 8,
        b'f' => 12,
        b't' => 9,
        b'n' => 10,
        b'r' => 13,
        b'v' => 11,
        b'a' => 7,
        _ => return None,
    })
}

/// Up to three octal digits at a position.
fn octal(input: &[u8], at: usize) -> (u32, usize) {
    let digits = input[at..].iter().take(3).take_while(|c| (b'0'..b'8').contains(c));
    digits.fold((0, 0), |(v, n), c| (v << 3 | (c - b'0') as u32, n + 1))
}

fn hex(c: u8) -> Option<u32> {
    (c as char).to_digit(16)
}

/// Why an escape is no escape; positions count from its backslash.
enum Bad {
    Incomplete(&'static str),
    Error(&'static str, usize),
}

pub fn decode_unicode(
    input: &[u8],
    at: &mut usize,
    out: &mut Builder,
    last: bool,
    invalid: &mut Option<InvalidEscape>,
) -> Result<(), Fault> {
    while *at < input.len() {
        let rest = &input[*at..];
        let run = memchr::memchr(b'\\', rest).unwrap_or(rest.len());
        out.push_units(Units::One(&rest[..run]));
        *at += run;
        if *at == input.len() {
            break;
        }
        match unicode_escape(&input[*at..], *at, out, invalid) {
            Ok(len) => *at += len,
            Err(Bad::Incomplete(_)) if !last => return Ok(()),
            Err(Bad::Incomplete(reason)) => return Err(Fault::new(*at, input.len(), reason)),
            Err(Bad::Error(reason, len)) => return Err(Fault::new(*at, *at + len, reason)),
        }
    }
    Ok(())
}

/// One escape at the start of `s`; gives its length.
fn unicode_escape(
    s: &[u8],
    position: usize,
    out: &mut Builder,
    invalid: &mut Option<InvalidEscape>,
) -> Result<usize, Bad> {
    let Some(&c) = s.get(1) else { return Err(Bad::Incomplete("\\ at end of string")) };
    if let Some(c) = simple(c) {
        out.push(c as u32);
        return Ok(2);
    }
    match c {
        b'\n' => Ok(2),
        b'0'..=b'7' => {
            let (v, n) = octal(s, 1);
            if v > 0o377 {
                invalid.get_or_insert(InvalidEscape { at: position, what: What::Octal(v) });
            }
            out.push(v);
            Ok(1 + n)
        }
        b'x' => hex_escape(s, 2, "truncated \\xXX escape", "illegal Unicode character", out),
        b'u' => hex_escape(s, 4, "truncated \\uXXXX escape", "illegal Unicode character", out),
        b'U' => hex_escape(s, 8, "truncated \\UXXXXXXXX escape", "illegal Unicode character", out),
        b'N' => {
            let malformed = "malformed \\N character escape";
            match s.get(2) {
                None => return Err(Bad::Incomplete(malformed)),
                Some(b'{') => {}
                Some(_) => return Err(Bad::Error(malformed, 2)),
            }
            let Some(len) = s[3..].iter().position(|&c| c == b'}') else {
                return Err(Bad::Incomplete(malformed));
            };
            if len == 0 {
                return Err(Bad::Error(malformed, 3));
            }
            let name = std::str::from_utf8(&s[3..3 + len]).ok();
            match name.and_then(lookup_char) {
                Some(c) => {
                    out.push(c);
                    Ok(len + 4)
                }
                None => Err(Bad::Error("unknown Unicode character name", len + 4)),
            }
        }
        _ => {
            invalid.get_or_insert(InvalidEscape { at: position, what: What::Char(c) });
            out.push('\\' as u32);
            out.push(c as u32);
            Ok(2)
        }
    }
}

fn hex_escape(
    s: &[u8],
    count: usize,
    truncated: &'static str,
    illegal: &'static str,
    out: &mut Builder,
) -> Result<usize, Bad> {
    let mut v = 0u32;
    for i in 2..2 + count {
        let Some(&c) = s.get(i) else { return Err(Bad::Incomplete(truncated)) };
        v = v << 4 | hex(c).ok_or(Bad::Error(truncated, i))?;
    }
    if v > 0x10ffff {
        return Err(Bad::Error(illegal, 2 + count));
    }
    out.push(v);
    Ok(2 + count)
}

pub fn decode_raw(input: &[u8], at: &mut usize, out: &mut Builder, last: bool) -> Result<(), Fault> {
    while *at < input.len() {
        let s = &input[*at..];
        let found = match s {
            [b'\\'] if !last => return Ok(()),
            [b'\\', b'u', ..] => hex_escape(s, 4, "truncated \\uXXXX escape", "", out),
            [b'\\', b'U', ..] => {
                hex_escape(s, 8, "truncated \\UXXXXXXXX escape", "\\Uxxxxxxxx out of range", out)
            }
            [b'\\', c, ..] => {
                out.push('\\' as u32);
                out.push(*c as u32);
                Ok(2)
            }
            [c, ..] => {
                out.push(*c as u32);
                Ok(1)
            }
            [] => Ok(0),
        };
        match found {
            Ok(len) => *at += len,
            Err(Bad::Incomplete(_)) if !last => return Ok(()),
            Err(Bad::Incomplete(reason)) => return Err(Fault::new(*at, input.len(), reason)),
            Err(Bad::Error(reason, len)) => return Err(Fault::new(*at, *at + len, reason)),
        }
    }
    Ok(())
}

/// `\xhh`, `\uhhhh` or `\Uhhhhhhhh`.
pub fn push_hex(out: &mut Vec<u8>, cp: u32) {
    let (letter, width) = match cp {
        ..0x100 => (b'x', 2),
        0x100..0x10000 => (b'u', 4),
        _ => (b'U', 8),
    };
    out.extend_from_slice(&[b'\\', letter]);
    for i in (0..width).rev() {
        out.push(b"0123456789abcdef"[(cp >> (4 * i) & 15) as usize]);
    }
}

pub fn encode_unicode(u: Units) -> Vec<u8> {
    let mut out = Vec::with_capacity(u.len());
    for c in u.iter() {
        match c {
            9 => out.extend_from_slice(b"\\t"),
            10 => out.extend_from_slice(b"\\n"),
            13 => out.extend_from_slice(b"\\r"),
            0x5c => out.extend_from_slice(b"\\\\"),
            0x20..0x7f => out.push(c as u8),
            _ => push_hex(&mut out, c),
        }
    }
    out
}

pub fn encode_raw(u: Units) -> Vec<u8> {
    let mut out = Vec::with_capacity(u.len());
    for c in u.iter() {
        match c {
            ..0x100 => out.push(c as u8),
            _ => push_hex(&mut out, c),
        }
    }
    out
}

/// What to do about a bad `\x` in `escape_decode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnError {
    Strict,
    Replace,
    Ignore,
}

/// Why `escape_decode` fails; a ValueError.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BytesError {
    /// "Trailing \ in string"
    Trailing,
    /// "invalid \x escape at position %zd"
    Hex(usize),
}

impl std::fmt::Display for BytesError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            BytesError::Trailing => write!(f, "Trailing \\ in string"),
            BytesError::Hex(at) => write!(f, "invalid \\x escape at position {at}"),
        }
    }
}

/// `_codecs.escape_decode`.
pub fn decode_bytes(
    input: &[u8],
    errors: OnError,
    invalid: &mut Option<InvalidEscape>,
) -> Result<Vec<u8>, BytesError> {
    let mut out = Vec::with_capacity(input.len());
    let mut at = 0;
    while at < input.len() {
        if input[at] != b'\\' {
            out.push(input[at]);
            at += 1;
            continue;
        }
        let Some(&c) = input.get(at + 1) else { return Err(BytesError::Trailing) };
        if let Some(c) = simple(c) {
            out.push(c);
            at += 2;
            continue;
        }
        match c {
            b'\n' => at += 2,
            b'0'..=b'7' => {
                let (v, n) = octal(input, at + 1);
                if v > 0o377 {
                    invalid.get_or_insert(InvalidEscape { at, what: What::Octal(v) });
                }
                out.push(v as u8);
                at += 1 + n;
            }
            b'x' => {
                let digit = |i: usize| input.get(i).and_then(|c| hex(*c));
                match (digit(at + 2), digit(at + 3)) {
                    (Some(a), Some(b)) => {
                        out.push((a << 4 | b) as u8);
                        at += 4;
                    }
                    (first, _) => {
                        match errors {
                            OnError::Strict => return Err(BytesError::Hex(at)),
                            OnError::Replace => out.push(b'?'),
                            OnError::Ignore => {}
                        }
                        at += 2 + first.is_some() as usize;
                    }
                }
            }
            _ => {
                invalid.get_or_insert(InvalidEscape { at, what: What::Char(c) });
                out.extend_from_slice(&[b'\\', c]);
                at += 2;
            }
        }
    }
    Ok(out)
}

/// `_codecs.escape_encode`: the inside of `repr(bytes)` with single quotes.
pub fn encode_bytes(input: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(input.len());
    input.iter().for_each(|&c| crate::repr::push_byte(&mut out, c, b'\''));
    out
}
