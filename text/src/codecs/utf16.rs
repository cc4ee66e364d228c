//! UTF-16 in either byte order.

use super::{Fault, Order, SURROGATES};
use crate::builder::Builder;
use crate::units::Units;

/// At the start of the input a native order looks for a byte order mark and becomes what it says.
pub fn decode(
    input: &[u8],
    at: &mut usize,
    out: &mut Builder,
    last: bool,
    order: &mut Order,
) -> Result<(), Fault> {
    if *order == Order::Native && *at == 0 {
        match input {
            [0xff, 0xfe, ..] => (*order, *at) = (Order::Little, 2),
            [0xfe, 0xff, ..] => (*order, *at) = (Order::Big, 2),
            _ => {}
        }
    }
    let big = order.is_big();
    let unit = |i: usize| {
        let pair = [*input.get(i)?, *input.get(i + 1)?];
        Some(if big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) } as u32)
    };
    while let Some(c) = unit(*at) {
        match c {
            0xd800..0xdc00 => match unit(*at + 2) {
                Some(low @ 0xdc00..0xe000) => {
                    out.push(0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00));
                    *at += 2;
                }
                Some(_) => return Err(Fault::new(*at, *at + 2, "illegal UTF-16 surrogate")),
                None if last => return Err(Fault::new(*at, input.len(), "unexpected end of data")),
                None => return Ok(()),
            },
            0xdc00..0xe000 => return Err(Fault::new(*at, *at + 2, "illegal encoding")),
            _ => out.push(c),
        }
        *at += 2;
    }
    match last && *at < input.len() {
        true => Err(Fault::new(*at, input.len(), "truncated data")),
        false => Ok(()),
    }
}

/// A native order writes a byte order mark, when it starts at the beginning.
pub fn encode(u: Units, at: &mut usize, out: &mut Vec<u8>, order: Order) -> Result<(), Fault> {
    let mut put = |c: u32| {
        let c = c as u16;
        out.extend_from_slice(&if order.is_big() { c.to_be_bytes() } else { c.to_le_bytes() });
    };
    if order == Order::Native && *at == 0 {
        put(0xfeff);
    }
    while *at < u.len() {
        match u.get(*at) {
            0xd800..0xe000 => return Err(Fault::new(*at, *at + 1, SURROGATES)),
            c @ ..0x10000 => put(c),
            c => {
                put(0xd800 + ((c - 0x10000) >> 10));
                put(0xdc00 + ((c - 0x10000) & 0x3ff));
            }
        }
        *at += 1;
    }
    Ok(())
}
