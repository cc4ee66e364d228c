//! UTF-7 (RFC 2152).
//!
//! A shift sequence is base64 of UTF-16 between '+' and '-'. `Decoder` keeps the state when an error handler resumes
//! inside of one. An incomplete sequence at the end of a part is withdrawn to its '+' and decoded again with the next
//! part, so a new part starts with a new decoder (as in CPython).

use super::Fault;
use crate::builder::{Builder, Owned};
use crate::units::Units;

fn is_base64(c: u8) -> bool {
    c.is_ascii_alphanumeric() || c == b'+' || c == b'/'
}

fn from_base64(c: u8) -> u32 {
    (match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'+' => 62,
        _ => 63,
    }) as u32
}

fn to_base64(n: u32) -> u8 {
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[(n & 0x3f) as usize]
}

/// What may stand for itself outside of a shift sequence when decoding.
fn decodes_directly(c: u8) -> bool {
    c <= 127 && c != b'+'
}

/// What is written as it is: RFC 2152's sets D, O and white space.
fn encodes_directly(c: u32) -> bool {
    matches!(c, 9 | 10 | 13 | 32..=125) && !matches!(c as u8, b'+' | b'\\' | b'~')
}

/// The state between the resumptions of one part.
#[derive(Clone, Debug, Default)]
pub struct Decoder {
    in_shift: bool,
    bits: u32,
    buffer: u32,
    surrogate: u32,
    shift_in: usize,
    /// The length of the output when the shift sequence began.
    shift_out: usize,
}

impl Decoder {
    /// The builder must be the same in all calls of one decoder. With `last == false` what belongs to an unfinished
    /// sequence is removed from it, and the position is that of its '+'.
    pub fn decode(
        &mut self,
        input: &[u8],
        at: &mut usize,
        out: &mut Builder,
        last: bool,
    ) -> Result<(), Fault> {
        while *at < input.len() {
            let c = input[*at];
            if self.in_shift {
                self.shifted(c, at, out)?;
            } else if c == b'+' {
                let start = *at;
                *at += 1;
                match input.get(*at) {
                    Some(b'-') => {
                        *at += 1;
                        out.push('+' as u32);
                    }
                    Some(&c) if !is_base64(c) => {
                        *at = start;
                        return Err(Fault::new(start, start + 2, "ill-formed sequence"));
                    }
                    _ => {
                        *self = Decoder {
                            in_shift: true,
                            shift_in: start,
                            shift_out: out.len(),
                            ..Decoder::default()
                        };
                    }
                }
            } else if decodes_directly(c) {
                *at += 1;
                out.push(c as u32);
            } else {
                return Err(Fault::new(*at, *at + 1, "unexpected special character"));
            }
        }
        if last && self.in_shift {
            self.in_shift = false;
            if self.surrogate != 0 || self.bits >= 6 || self.bits > 0 && self.buffer != 0 {
                let start = self.shift_in;
                *at = start;
                return Err(Fault::new(start, input.len(), "unterminated shift sequence"));
            }
        }
        if !last && self.in_shift {
            self.in_shift = false;
            *at = self.shift_in;
            let kept = Owned::from_units(out.as_units().slice(0..self.shift_out));
            *out = Builder::new();
            out.push_units(kept.as_units());
        }
        Ok(())
    }

    fn shifted(&mut self, c: u8, at: &mut usize, out: &mut Builder) -> Result<(), Fault> {
        if is_base64(c) {
            self.buffer = self.buffer << 6 | from_base64(c);
            self.bits += 6;
            *at += 1;
            if self.bits < 16 {
                return Ok(());
            }
            let unit = self.buffer >> (self.bits - 16) & 0xffff;
            self.bits -= 16;
            self.buffer &= (1 << self.bits) - 1;
            let high = std::mem::take(&mut self.surrogate);
            if high != 0 {
                if (0xdc00..0xe000).contains(&unit) {
                    out.push(0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00));
                    return Ok(());
                }
                out.push(high);
            }
            if (0xd800..0xdc00).contains(&unit) {
                self.surrogate = unit;
            } else {
                out.push(unit);
            }
            return Ok(());
        }
        // The end of the shift sequence.
        self.in_shift = false;
        let bad = |reason| Err(Fault::new(self.shift_in, *at + 1, reason));
        if self.bits > 0 {
            if self.bits >= 6 {
                let fault = bad("partial character in shift sequence");
                *at = self.shift_in;
                return fault;
            }
            if self.buffer != 0 {
                let fault = bad("non-zero padding bits in shift sequence");
                *at = self.shift_in;
                return fault;
            }
        }
        if self.surrogate != 0 && decodes_directly(c) {
            out.push(self.surrogate);
        }
        self.surrogate = 0;
        if c == b'-' {
            *at += 1;
        }
        Ok(())
    }
}

/// Encodes everything: lone surrogates are encoded, too.
pub fn encode(u: Units) -> Vec<u8> {
    let mut out = Vec::with_capacity(u.len() * 2);
    let (mut in_shift, mut bits, mut buffer) = (false, 0u32, 0u32);
    for c in u.iter() {
        if in_shift {
            if encodes_directly(c) {
                if bits > 0 {
                    out.push(to_base64(buffer << (6 - bits)));
                    (buffer, bits) = (0, 0);
                }
                in_shift = false;
                // What follows could be read as part of the sequence.
                if is_base64(c as u8) || c == '-' as u32 {
                    out.push(b'-');
                }
                out.push(c as u8);
                continue;
            }
        } else if c == '+' as u32 {
            out.extend_from_slice(b"+-");
            continue;
        } else if encodes_directly(c) {
            out.push(c as u8);
            continue;
        } else {
            out.push(b'+');
            in_shift = true;
        }
        let mut unit = |unit: u32| {
            buffer = buffer << 16 | unit;
            bits += 16;
            while bits >= 6 {
                out.push(to_base64(buffer >> (bits - 6)));
                bits -= 6;
                buffer &= (1 << bits) - 1;
            }
        };
        if c >= 0x10000 {
            unit(0xd800 + ((c - 0x10000) >> 10));
            unit(0xdc00 + ((c - 0x10000) & 0x3ff));
        } else {
            unit(c);
        }
    }
    if bits > 0 {
        out.push(to_base64(buffer << (6 - bits)));
    }
    if in_shift {
        out.push(b'-');
    }
    out
}
