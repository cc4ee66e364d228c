//! ASCII and latin-1.

use super::Fault;
use crate::builder::Builder;
use crate::units::{Unit, Units};
use crate::with_units;

pub fn decode_ascii(input: &[u8], at: &mut usize, out: &mut Builder) -> Result<(), Fault> {
    let rest = &input[*at..];
    let len = if rest.is_ascii() { rest.len() } else { rest.iter().take_while(|c| c.is_ascii()).count() };
    out.push_units(Units::One(&rest[..len]));
    *at += len;
    match *at < input.len() {
        true => Err(Fault::new(*at, *at + 1, "ordinal not in range(128)")),
        false => Ok(()),
    }
}

pub fn decode_latin1(input: &[u8], out: &mut Builder) {
    out.push_units(Units::One(input));
}

pub fn encode_ascii(u: Units, at: &mut usize, out: &mut Vec<u8>) -> Result<(), Fault> {
    encode(u, at, out, 128, "ordinal not in range(128)")
}

pub fn encode_latin1(u: Units, at: &mut usize, out: &mut Vec<u8>) -> Result<(), Fault> {
    encode(u, at, out, 256, "ordinal not in range(256)")
}

fn encode(
    u: Units,
    at: &mut usize,
    out: &mut Vec<u8>,
    limit: u32,
    reason: &'static str,
) -> Result<(), Fault> {
    if let Units::One(s) = u
        && (limit == 256 || s[*at..].is_ascii())
    {
        out.extend_from_slice(&s[*at..]);
        *at = s.len();
        return Ok(());
    }
    with_units!(u, s => {
        let good = s[*at..].iter().take_while(|c| c.cp() < limit).count();
        out.extend(s[*at..*at + good].iter().map(|c| c.cp() as u8));
        *at += good;
        match s[*at..].iter().take_while(|c| c.cp() >= limit).count() {
            0 => Ok(()),
            bad => Err(Fault::new(*at, *at + bad, reason)),
        }
    })
}
