//! Padding, tab expansion, repetition and joining of strings.

use crate::builder::{Builder, Owned};
use crate::error::{Error, check_room};
use crate::units::Units;

fn kind_of(cp: u32) -> usize {
    match cp {
        ..0x100 => 1,
        0x100..0x10000 => 2,
        _ => 4,
    }
}

fn room(len: usize, kind: usize) -> Result<(), Error> {
    check_room(len.saturating_mul(kind).min(isize::MAX as usize))
}

/// `fill` times `left`, the text, `fill` times `right`.
pub fn pad(u: Units, left: usize, right: usize, fill: u32) -> Result<Owned, Error> {
    room(u.len().saturating_add(left).saturating_add(right), u.kind().max(kind_of(fill)))?;
    let mut b = Builder::with_capacity(left + u.len() + right);
    b.push_repeated(fill, left);
    b.push_units(u);
    b.push_repeated(fill, right);
    Ok(b.finish())
}

/// The margins of `str.center`: the odd one goes left exactly when the width is odd.
pub fn center_margins(len: usize, width: usize) -> (usize, usize) {
    let space = width.saturating_sub(len);
    let left = space / 2 + (space & width & 1);
    (left, space - left)
}

/// `str.zfill`.
pub fn zfill(u: Units, width: usize) -> Result<Owned, Error> {
    room(width, u.kind())?;
    let fill = width.saturating_sub(u.len());
    let signed = !u.is_empty() && matches!(u.get(0), 43 | 45);
    let mut b = Builder::with_capacity(u.len() + fill);
    b.push_units(u.slice(0..signed as usize));
    b.push_repeated('0' as u32, fill);
    b.push_units(u.slice(signed as usize..u.len()));
    Ok(b.finish())
}

/// `str.expandtabs`; `None` when the result would be too long (OverflowError: "new string is too long").
pub fn expand_tabs(u: Units, tab: isize) -> Option<Owned> {
    let mut b = Builder::with_capacity(u.len());
    let mut column = 0isize;
    for c in u.iter() {
        match c {
            9 if tab > 0 => {
                let n = tab - column % tab;
                column = column.checked_add(n)?;
                check_room(column as usize).ok()?;
                b.push_repeated(32, n as usize);
            }
            9 => {}
            _ => {
                column = if matches!(c, 10 | 13) { 0 } else { column + 1 };
                b.push(c);
            }
        }
    }
    Some(b.finish())
}

pub fn repeat(u: Units, n: usize) -> Result<Owned, Error> {
    room(u.len().saturating_mul(n), u.kind())?;
    Ok(match u {
        Units::One(s) => Owned::One(s.repeat(n)),
        _ => {
            let mut b = Builder::with_capacity(u.len() * n);
            (0..n).for_each(|_| b.push_units(u));
            b.finish()
        }
    })
}

pub fn join<'a>(sep: Units, parts: impl Iterator<Item = Units<'a>>) -> Owned {
    let mut b = Builder::new();
    for (i, part) in parts.enumerate() {
        if i > 0 {
            b.push_units(sep);
        }
        b.push_units(part);
    }
    b.finish()
}
