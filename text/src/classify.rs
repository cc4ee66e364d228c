//! What kind of character a code point is, and the `str.is*` predicates over whole strings.
//!
//! One lookup gives a record with all flags; ASCII answers of the hot predicates come without it.

use crate::tables::numeric::NUMERIC;
use crate::tables::two_level;
use crate::tables::types::{self as t, TYPE_BLOCK, TYPE_INDEX, TYPES, Type};
use crate::units::{Unit, Units};
use crate::with_units;

#[inline]
pub(crate) fn record(cp: u32) -> &'static Type {
    &TYPES[two_level!(TYPE_BLOCK, TYPE_INDEX, cp)]
}

#[inline]
fn has(cp: u32, flag: u16) -> bool {
    record(cp).flags & flag != 0
}

#[inline]
pub fn is_space(cp: u32) -> bool {
    match cp {
        0..0x80 => matches!(cp, 9..=13 | 28..=32),
        _ => has(cp, t::SPACE),
    }
}

#[inline]
pub fn is_line_break(cp: u32) -> bool {
    match cp {
        0..0x80 => matches!(cp, 10..=13 | 28..=30),
        _ => matches!(cp, 0x85 | 0x2028 | 0x2029),
    }
}

pub fn is_alpha(cp: u32) -> bool {
    has(cp, t::ALPHA)
}
pub fn is_lower(cp: u32) -> bool {
    has(cp, t::LOWER)
}
pub fn is_upper(cp: u32) -> bool {
    has(cp, t::UPPER)
}
pub fn is_title(cp: u32) -> bool {
    has(cp, t::TITLE)
}
pub fn is_decimal(cp: u32) -> bool {
    has(cp, t::DECIMAL)
}
pub fn is_digit(cp: u32) -> bool {
    has(cp, t::DIGIT)
}
pub fn is_numeric(cp: u32) -> bool {
    has(cp, t::NUMERIC)
}
pub fn is_alnum(cp: u32) -> bool {
    has(cp, t::ALPHA | t::DECIMAL | t::DIGIT | t::NUMERIC)
}
#[inline]
pub fn is_printable(cp: u32) -> bool {
    match cp {
        0..0x7f => cp >= 0x20,
        _ => has(cp, t::PRINTABLE),
    }
}
/// May start an identifier; the underscore may, too.
pub fn is_xid_start(cp: u32) -> bool {
    cp == '_' as u32 || has(cp, t::XID_START)
}
pub fn is_xid_continue(cp: u32) -> bool {
    has(cp, t::XID_CONTINUE)
}
pub fn is_cased(cp: u32) -> bool {
    has(cp, t::CASED)
}
pub fn is_case_ignorable(cp: u32) -> bool {
    has(cp, t::CASE_IGNORABLE)
}

/// `_PyUnicode_ToDecimalDigit`.
#[inline]
pub fn to_decimal(cp: u32) -> Option<u8> {
    if cp < 0x80 {
        let d = cp.wrapping_sub('0' as u32);
        return (d < 10).then_some(d as u8);
    }
    let r = record(cp);
    (r.flags & t::DECIMAL != 0).then_some(r.digit)
}

/// `_PyUnicode_ToDigit`: decimal digits and such as superscripts.
pub fn to_digit(cp: u32) -> Option<u8> {
    let r = record(cp);
    (r.flags & t::DIGIT != 0).then_some(r.digit)
}

/// `_PyUnicode_ToNumeric`.
pub fn to_numeric(cp: u32) -> Option<f64> {
    NUMERIC.binary_search_by_key(&cp, |e| e.0).ok().map(|i| NUMERIC[i].1)
}

/// `_PyUnicode_TransformDecimalAndSpaceToASCII`: decimal digits and white space become ASCII, the rest `?`.
///
/// This is what `int()`, `float()` and `complex()` parse. `?` ends it, as in CPython.
pub fn to_ascii_number(u: Units) -> Vec<u8> {
    let one = |cp: u32| match cp {
        0..0x80 => cp as u8,
        _ if is_space(cp) => b' ',
        _ => to_decimal(cp).map_or(b'?', |d| b'0' + d),
    };
    let mut out = Vec::with_capacity(u.len());
    for cp in u.iter() {
        out.push(one(cp));
        if out.last() == Some(&b'?') && cp != '?' as u32 {
            break;
        }
    }
    out
}

fn all(u: Units, test: impl Fn(u32) -> bool) -> bool {
    !u.is_empty() && with_units!(u, s => s.iter().all(|c| test(c.cp())))
}

pub fn str_is_alpha(u: Units) -> bool {
    all(u, is_alpha)
}
pub fn str_is_alnum(u: Units) -> bool {
    all(u, is_alnum)
}
pub fn str_is_decimal(u: Units) -> bool {
    all(u, is_decimal)
}
pub fn str_is_digit(u: Units) -> bool {
    all(u, is_digit)
}
pub fn str_is_numeric(u: Units) -> bool {
    all(u, is_numeric)
}
pub fn str_is_space(u: Units) -> bool {
    all(u, is_space)
}
/// True for the empty string, unlike the others.
pub fn str_is_printable(u: Units) -> bool {
    u.is_empty() || all(u, is_printable)
}
pub fn str_is_identifier(u: Units) -> bool {
    !u.is_empty() && is_xid_start(u.get(0)) && all(u, is_xid_continue)
}

pub fn str_is_lower(u: Units) -> bool {
    let mut cased = false;
    for cp in u.iter() {
        let flags = record(cp).flags;
        if flags & (t::UPPER | t::TITLE) != 0 {
            return false;
        }
        cased |= flags & t::LOWER != 0;
    }
    cased
}

pub fn str_is_upper(u: Units) -> bool {
    let mut cased = false;
    for cp in u.iter() {
        let flags = record(cp).flags;
        if flags & (t::LOWER | t::TITLE) != 0 {
            return false;
        }
        cased |= flags & t::UPPER != 0;
    }
    cased
}

pub fn str_is_title(u: Units) -> bool {
    let (mut cased, mut previous) = (false, false);
    for cp in u.iter() {
        let flags = record(cp).flags;
        if flags & (t::UPPER | t::TITLE) != 0 {
            if previous {
                return false;
            }
            (previous, cased) = (true, true);
        } else if flags & t::LOWER != 0 {
            if !previous {
                return false;
            }
            (previous, cased) = (true, true);
        } else {
            previous = false;
        }
    }
    cased
}
