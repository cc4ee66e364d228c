//! UTF-32 in either byte order.

use super::{Fault, Order, SURROGATES, is_surrogate};
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
            [0xff, 0xfe, 0, 0, ..] => (*order, *at) = (Order::Little, 4),
            [0, 0, 0xfe, 0xff, ..] => (*order, *at) = (Order::Big, 4),
            _ => {}
        }
    }
    while let Some(&[a, b, c, d]) = input.get(*at..*at + 4) {
        let bytes = [a, b, c, d];
        let cp = if order.is_big() { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) };
        if is_surrogate(cp) {
            let reason = "code point in surrogate code point range(0xd800, 0xe000)";
            return Err(Fault::new(*at, *at + 4, reason));
        }
        if cp >= 0x110000 {
            return Err(Fault::new(*at, *at + 4, "code point not in range(0x110000)"));
        }
        out.push(cp);
        *at += 4;
    }
    match last && *at < input.len() {
        true => Err(Fault::new(*at, input.len(), "truncated data")),
        false => Ok(()),
    }
}

/// A native order writes a byte order mark, when it starts at the beginning.
pub fn encode(u: Units, at: &mut usize, out: &mut Vec<u8>, order: Order) -> Result<(), Fault> {
    let mut put =
        |c: u32| out.extend_from_slice(&if order.is_big() { c.to_be_bytes() } else { c.to_le_bytes() });
    if order == Order::Native && *at == 0 {
        put(0xfeff);
    }
    while *at < u.len() {
        let c = u.get(*at);
        if is_surrogate(c) {
            return Err(Fault::new(*at, *at + 1, SURROGATES));
        }
        put(c);
        *at += 1;
    }
    Ok(())
}
