//! Case conversion of strings with Unicode's full mappings.
//!
//! ASCII is converted bytewise; anything else maps each code point to one to three.
//! A capital sigma becomes a final sigma by its context (`handle_capital_sigma`).

use crate::builder::{Builder, Owned};
use crate::classify::{self, record};
use crate::tables::special_case::SPECIAL;
use crate::tables::types as t;
use crate::units::{Unit, Units};
use crate::with_units;

/// The four full mappings; the number is the index into the special cases.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Map {
    Lower = 0,
    Upper = 1,
    Title = 2,
    Fold = 3,
}

/// The simple mapping (`_PyUnicode_ToLowercase`), as `re` and the C API want it.
pub fn simple_lower(cp: u32) -> u32 {
    cp.wrapping_add_signed(record(cp).lower)
}
pub fn simple_upper(cp: u32) -> u32 {
    cp.wrapping_add_signed(record(cp).upper)
}
pub fn simple_title(cp: u32) -> u32 {
    cp.wrapping_add_signed(record(cp).title)
}

#[inline]
fn push_mapped(b: &mut Builder, cp: u32, map: Map) {
    let r = record(cp);
    if r.flags & t::SPECIAL_CASE != 0
        && let Ok(i) = SPECIAL.binary_search_by_key(&cp, |e| e.0)
    {
        SPECIAL[i].1[map as usize].iter().for_each(|&c| b.push(c));
        return;
    }
    let delta = match map {
        Map::Lower | Map::Fold => r.lower,
        Map::Upper => r.upper,
        Map::Title => r.title,
    };
    b.push(cp.wrapping_add_signed(delta));
}

const SIGMA: u32 = 0x3a3;

/// Pushes the lower case of the code point at `i`.
fn push_lower(b: &mut Builder, u: Units, i: usize) {
    let cp = u.get(i);
    if cp != SIGMA {
        return push_mapped(b, cp, Map::Lower);
    }
    let relevant = |c: &u32| !classify::is_case_ignorable(*c);
    let before = u.slice(0..i).iter().rev().find(relevant).is_some_and(classify::is_cased);
    let last = before && !u.slice(i + 1..u.len()).iter().find(relevant).is_some_and(classify::is_cased);
    b.push(if last { 0x3c2 } else { 0x3c3 });
}

pub fn lower(u: Units) -> Owned {
    if let Some(s) = u.as_ascii() {
        return Owned::One(s.as_bytes().to_ascii_lowercase());
    }
    if let Units::One(s) = u {
        return Owned::One(s.iter().map(|&c| lower_latin1(c)).collect());
    }
    if let Some(simple) = simple(u, |r| r.lower) {
        return simple;
    }
    let mut b = Builder::with_capacity(u.len());
    (0..u.len()).for_each(|i| push_lower(&mut b, u, i));
    b.finish()
}

/// All mappings, when they are simple and none is wider than the text.
fn simple(u: Units, delta: impl Fn(&t::Type) -> i32) -> Option<Owned> {
    fn run<T: Unit>(s: &[T], delta: impl Fn(&t::Type) -> i32) -> Option<Owned> {
        let mut out = Vec::with_capacity(s.len());
        for c in s {
            let cp = c.cp();
            let r = record(cp);
            if r.flags & t::SPECIAL_CASE != 0 || cp == SIGMA {
                return None;
            }
            out.push(T::fit(cp.wrapping_add_signed(delta(r)))?);
        }
        Some(Owned::narrowest(out))
    }
    with_units!(u, s => run(s, delta))
}

#[inline]
fn lower_latin1(c: u8) -> u8 {
    let capital = matches!(c, b'A'..=b'Z' | 0xc0..=0xd6 | 0xd8..=0xde);
    c + if capital { 0x20 } else { 0 }
}

pub fn upper(u: Units) -> Owned {
    if let Some(s) = u.as_ascii() {
        return Owned::One(s.as_bytes().to_ascii_uppercase());
    }
    if let Some(simple) = simple(u, |r| r.upper) {
        return simple;
    }
    let mut b = Builder::with_capacity(u.len());
    u.iter().for_each(|c| push_mapped(&mut b, c, Map::Upper));
    b.finish()
}

pub fn casefold(u: Units) -> Owned {
    if let Some(s) = u.as_ascii() {
        return Owned::One(s.as_bytes().to_ascii_lowercase());
    }
    if let Some(simple) = simple(u, |r| r.lower) {
        return simple;
    }
    let mut b = Builder::with_capacity(u.len());
    u.iter().for_each(|c| push_mapped(&mut b, c, Map::Fold));
    b.finish()
}

pub fn swapcase(u: Units) -> Owned {
    let mut b = Builder::with_capacity(u.len());
    for (i, c) in u.iter().enumerate() {
        let flags = record(c).flags;
        if flags & t::UPPER != 0 {
            push_lower(&mut b, u, i);
        } else if flags & t::LOWER != 0 {
            push_mapped(&mut b, c, Map::Upper);
        } else {
            b.push(c);
        }
    }
    b.finish()
}

pub fn capitalize(u: Units) -> Owned {
    let mut b = Builder::with_capacity(u.len());
    for (i, c) in u.iter().enumerate() {
        match i {
            0 => push_mapped(&mut b, c, Map::Title),
            _ => push_lower(&mut b, u, i),
        }
    }
    b.finish()
}

pub fn title(u: Units) -> Owned {
    let mut b = Builder::with_capacity(u.len());
    let mut previous = false;
    for (i, c) in u.iter().enumerate() {
        if previous {
            push_lower(&mut b, u, i);
        } else {
            push_mapped(&mut b, c, Map::Title);
        }
        previous = classify::is_cased(c);
    }
    b.finish()
}
