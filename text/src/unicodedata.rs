//! The properties of `unicodedata`: category, names and the rest of the database; normalisation is in `normalize`.
//!
//! `Version::V3_2` gives `ucd_3_2_0`, which the IDNA and stringprep code wants; it is Unicode 16 with differences.

use crate::classify;
use crate::tables::aliases::ALIASES;
use crate::tables::database::{BIDI, CATEGORIES, RECORD_BLOCK, RECORD_INDEX, RECORDS, Record, WIDTHS};
use crate::tables::decomposition::{DATA, DECOMPOSITION_BLOCK, DECOMPOSITION_INDEX, TAGS};
use crate::tables::sequences::SEQUENCES;
use crate::tables::two_level;
use crate::tables::ucd32;

pub const VERSION: &str = "16.0.0";
pub const VERSION_OLD: &str = "3.2.0";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    V16,
    V3_2,
}

pub(crate) fn record(cp: u32) -> &'static Record {
    &RECORDS[two_level!(RECORD_BLOCK, RECORD_INDEX, cp)]
}

fn versioned(cp: u32, version: Version) -> &'static Record {
    if version == Version::V3_2 {
        let i = ucd32::CHANGES.partition_point(|c| c.1 < cp);
        if let Some(c) = ucd32::CHANGES.get(i)
            && c.0 <= cp
        {
            return &c.2;
        }
    }
    record(cp)
}

pub fn category(cp: u32, version: Version) -> &'static str {
    CATEGORIES[versioned(cp, version).category as usize]
}

pub fn bidirectional(cp: u32, version: Version) -> &'static str {
    BIDI[versioned(cp, version).bidi as usize]
}

pub fn combining(cp: u32, version: Version) -> u8 {
    versioned(cp, version).combining
}

pub fn mirrored(cp: u32, version: Version) -> bool {
    versioned(cp, version).mirrored != 0
}

pub fn east_asian_width(cp: u32, version: Version) -> &'static str {
    WIDTHS[versioned(cp, version).width as usize]
}

/// Whether the code point was assigned in Unicode 3.2.
pub(crate) fn assigned(cp: u32, version: Version) -> bool {
    version == Version::V16 || category(cp, version) != "Cn"
}

fn old_number(cp: u32, version: Version) -> Option<&'static (u32, Option<f64>, Option<f64>, Option<f64>)> {
    match version {
        Version::V16 => None,
        Version::V3_2 => ucd32::NUMBERS.binary_search_by_key(&cp, |n| n.0).ok().map(|i| &ucd32::NUMBERS[i]),
    }
}

pub fn decimal(cp: u32, version: Version) -> Option<u8> {
    match old_number(cp, version) {
        Some(n) => n.1.map(|v| v as u8),
        None => classify::to_decimal(cp),
    }
}

pub fn digit(cp: u32, version: Version) -> Option<u8> {
    match old_number(cp, version) {
        Some(n) => n.2.map(|v| v as u8),
        None => classify::to_digit(cp),
    }
}

pub fn numeric(cp: u32, version: Version) -> Option<f64> {
    match old_number(cp, version) {
        Some(n) => n.3,
        None => classify::to_numeric(cp),
    }
}

/// The tag ("" or such as "<compat>") and the code points of the decomposition in the database.
pub(crate) fn mapping(cp: u32) -> (&'static str, &'static [u32]) {
    let at = two_level!(DECOMPOSITION_BLOCK, DECOMPOSITION_INDEX, cp);
    let head = DATA[at];
    (TAGS[(head & 0xff) as usize], &DATA[at + 1..at + 1 + (head >> 8) as usize])
}

/// The string `unicodedata.decomposition` gives.
pub fn decomposition(cp: u32, version: Version) -> String {
    if !assigned(cp, version) {
        return String::new();
    }
    let (tag, cps) = mapping(cp);
    let hangul = crate::normalize::decompose_hangul(cp);
    let cps = if hangul.0 > 0 { &hangul.1[..hangul.0] } else { cps };
    let mut parts = Vec::with_capacity(cps.len() + 1);
    if !tag.is_empty() {
        parts.push(tag.to_owned());
    }
    parts.extend(cps.iter().map(|c| format!("{c:04X}")));
    parts.join(" ")
}

/// `unicodedata.name`.
pub fn name(cp: u32, version: Version) -> Option<String> {
    if !assigned(cp, version) {
        return None;
    }
    Some(unicode_names2::name(char::from_u32(cp)?)?.to_string())
}

/// The character of a name or alias, as `\N{...}` has it: without named sequences. The case does not matter.
pub fn lookup_char(name: &str) -> Option<u32> {
    if !name.is_ascii() || name.len() > 256 {
        return None;
    }
    let upper = name.to_ascii_uppercase();
    if let Ok(i) = ALIASES.binary_search_by_key(&upper.as_str(), |a| a.0) {
        return Some(ALIASES[i].1);
    }
    // CPython finds these but does not name them.
    if let Some(number) = upper.strip_prefix("TANGUT IDEOGRAPH-")
        && number.len() == 5
        && let Ok(cp) = u32::from_str_radix(number, 16)
    {
        return matches!(cp, 0x17000..=0x187f7 | 0x18d00..=0x18d08).then_some(cp);
    }
    // The crate matches loosely.
    let c = unicode_names2::character(&upper)?;
    (unicode_names2::name(c)?.to_string() == upper).then_some(c as u32)
}

/// `unicodedata.lookup`: one character, or those of a named sequence.
pub fn lookup(name: &str) -> Option<Vec<u32>> {
    if let Some(c) = lookup_char(name) {
        return Some(vec![c]);
    }
    let upper = name.to_ascii_uppercase();
    SEQUENCES.binary_search_by_key(&upper.as_str(), |s| s.0).ok().map(|i| SEQUENCES[i].1.to_vec())
}
