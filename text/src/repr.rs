//! `repr` and `ascii` of strings, `repr` of bytes.

use crate::builder::{Builder, Owned};
use crate::classify::is_printable;
use crate::codecs::escape::push_hex;
use crate::units::{Unit, Units};
use crate::with_units;

/// Double quotes only when the text has single ones and no double ones.
fn quote<T: Unit>(s: &[T]) -> u8 {
    let has = |q: u8| s.iter().any(|c| c.cp() == q as u32);
    if has(b'\'') && !has(b'"') { b'"' } else { b'\'' }
}

/// Calls with each code point, what it is escaped as or `None`.
fn escaped(cp: u32, quote: u8, printable: bool, buffer: &mut Vec<u8>) -> bool {
    buffer.clear();
    match cp {
        9 => buffer.extend_from_slice(b"\\t"),
        10 => buffer.extend_from_slice(b"\\n"),
        13 => buffer.extend_from_slice(b"\\r"),
        _ if cp == quote as u32 || cp == '\\' as u32 => buffer.extend_from_slice(&[b'\\', cp as u8]),
        _ if printable => return false,
        _ => push_hex(buffer, cp),
    }
    true
}

fn is_plain(cp: u32) -> bool {
    (0x20..0x7f).contains(&cp) && cp != '\'' as u32 && cp != '\\' as u32
}

/// `repr(str)`.
pub fn repr_str(u: Units) -> Owned {
    repr(u, is_printable)
}

/// `ascii(str)`.
pub fn ascii_str(u: Units) -> Owned {
    repr(u, |c| (0x20..0x7f).contains(&c))
}

fn repr(u: Units, printable: impl Fn(u32) -> bool) -> Owned {
    let quote = with_units!(u, s => quote(s));
    let mut out = Builder::with_capacity(u.len() + 2);
    let mut buffer = Vec::new();
    out.push(quote as u32);
    let (mut at, len) = (0, u.len());
    let plain = |cp: u32| match cp {
        ..0x7f => is_plain(cp),
        _ => printable(cp),
    };
    while at < len {
        let run = with_units!(u, s => s[at..].iter().take_while(|c| plain(c.cp())).count());
        out.push_units(u.slice(at..at + run));
        at += run;
        if at < len {
            let cp = u.get(at);
            match escaped(cp, quote, printable(cp), &mut buffer) {
                true => out.push_units(Units::One(&buffer)),
                false => out.push(cp),
            }
            at += 1;
        }
    }
    out.push(quote as u32);
    out.finish()
}

pub(crate) fn push_byte(out: &mut Vec<u8>, c: u8, quote: u8) {
    match c {
        b'\t' => out.extend_from_slice(b"\\t"),
        b'\n' => out.extend_from_slice(b"\\n"),
        b'\r' => out.extend_from_slice(b"\\r"),
        b'\\' => out.extend_from_slice(b"\\\\"),
        _ if c == quote => out.extend_from_slice(&[b'\\', c]),
        0x20..0x7f => out.push(c),
        _ => push_hex(out, c as u32),
    }
}

/// `repr(bytes)`, with the "b".
pub fn repr_bytes(b: &[u8]) -> Vec<u8> {
    let quote = quote(b);
    let mut out = Vec::with_capacity(b.len() + 3);
    out.extend_from_slice(&[b'b', quote]);
    b.iter().for_each(|&c| push_byte(&mut out, c, quote));
    out.push(quote);
    out
}
