//! Character maps given as a string of up to 256 characters; U+FFFE means undefined.
//!
//! Maps given as dicts are looked up by the caller.

use super::Fault;
use crate::builder::Builder;
use crate::units::Units;

pub const UNDEFINED: &str = "character maps to <undefined>";

pub fn decode(input: &[u8], at: &mut usize, out: &mut Builder, table: Units) -> Result<(), Fault> {
    while *at < input.len() {
        let i = input[*at] as usize;
        match if i < table.len() { table.get(i) } else { 0xfffe } {
            0xfffe => return Err(Fault::new(*at, *at + 1, UNDEFINED)),
            c => out.push(c),
        }
        *at += 1;
    }
    Ok(())
}

/// The inverse of a decoding table (`charmap_build`).
#[derive(Clone, Debug)]
pub struct EncodingMap {
    /// Sorted by code point.
    pairs: Vec<(u32, u8)>,
}

impl EncodingMap {
    pub fn build(table: Units) -> EncodingMap {
        let mut pairs: Vec<(u32, u8)> =
            table.iter().take(256).enumerate().filter(|e| e.1 != 0xfffe).map(|(i, c)| (c, i as u8)).collect();
        // Of equal code points the last byte wins.
        pairs.reverse();
        pairs.sort_by_key(|p| p.0);
        pairs.dedup_by_key(|p| p.0);
        EncodingMap { pairs }
    }

    #[inline]
    pub fn get(&self, cp: u32) -> Option<u8> {
        // Most tables start with ASCII.
        match self.pairs.get(cp as usize) {
            Some(p) if p.0 == cp => Some(p.1),
            _ => self.pairs.binary_search_by_key(&cp, |p| p.0).ok().map(|i| self.pairs[i].1),
        }
    }

    /// What `EncodingMap.size()` says is not kept; this is the number of pairs.
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }
}

pub fn encode(u: Units, at: &mut usize, out: &mut Vec<u8>, map: &EncodingMap) -> Result<(), Fault> {
    while *at < u.len() {
        match map.get(u.get(*at)) {
            Some(b) => out.push(b),
            None => {
                let run = u.slice(*at..u.len()).iter().take_while(|&c| map.get(c).is_none()).count();
                return Err(Fault::new(*at, *at + run, UNDEFINED));
            }
        }
        *at += 1;
    }
    Ok(())
}
