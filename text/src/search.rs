//! Finding and replacing in strings and bytes.
//!
//! Bytes are searched as `Units::One`, so there is one implementation.
//! The needle is brought to the haystack's width first; when one of its code points does not fit there is no match.
//! Substring search is `memchr::memmem` over the raw bytes, for the wide kinds too: a hit that is not aligned to a
//! unit is skipped. That keeps the linear worst case and the vector speed without a search of our own.
//! Start and end are the caller's: it slices (`PySlice_AdjustIndices`) and adds the offset.

use crate::builder::{Builder, Owned};
use crate::units::{Unit, Units};
use crate::with_units;
use memchr::memmem;

/// A needle prepared for haystacks of one width.
pub(crate) struct Needle<'n, T: Unit> {
    units: &'n [T],
    finder: Option<memmem::Finder<'n>>,
}

impl<'n, T: Unit> Needle<'n, T> {
    pub(crate) fn new(units: &'n [T]) -> Self {
        let finder = (units.len() > 1).then(|| memmem::Finder::new(bytemuck::cast_slice::<T, u8>(units)));
        Needle { units, finder }
    }

    #[inline]
    pub(crate) fn find(&self, hay: &[T], from: usize) -> Option<usize> {
        match &self.finder {
            None if self.units.is_empty() => (from <= hay.len()).then_some(from),
            None => find_unit(&hay[from..], self.units[0]).map(|i| i + from),
            Some(finder) => {
                let width = size_of::<T>();
                let bytes: &[u8] = bytemuck::cast_slice(hay);
                let mut at = from * width;
                loop {
                    let hit = at + finder.find(&bytes[at..])?;
                    if hit.is_multiple_of(width) {
                        return Some(hit / width);
                    }
                    at = hit + 1;
                }
            }
        }
    }
}

/// The first position of one unit.
#[inline]
pub(crate) fn find_unit<T: Unit>(hay: &[T], unit: T) -> Option<usize> {
    if size_of::<T>() == 1 {
        return memchr::memchr(unit.cp() as u8, bytemuck::cast_slice(hay));
    }
    // A chunk is tested as a whole so that the test vectorises.
    let mut base = 0;
    for chunk in hay.chunks(32) {
        if chunk.iter().fold(false, |a, &c| a | (c == unit)) {
            return chunk.iter().position(|&c| c == unit).map(|i| base + i);
        }
        base += chunk.len();
    }
    None
}

pub(crate) fn rfind_unit<T: Unit>(hay: &[T], unit: T) -> Option<usize> {
    if size_of::<T>() == 1 {
        return memchr::memrchr(unit.cp() as u8, bytemuck::cast_slice(hay));
    }
    hay.iter().rposition(|&c| c == unit)
}

pub(crate) fn rfind_slice<T: Unit>(hay: &[T], needle: &[T]) -> Option<usize> {
    match needle {
        [] => Some(hay.len()),
        [one] => rfind_unit(hay, *one),
        _ => {
            let width = size_of::<T>();
            let finder = memmem::FinderRev::new(bytemuck::cast_slice::<T, u8>(needle));
            let mut bytes: &[u8] = bytemuck::cast_slice(hay);
            loop {
                let hit = finder.rfind(bytes)?;
                if hit.is_multiple_of(width) {
                    return Some(hit / width);
                }
                bytes = &bytes[..hit + size_of_val(needle) - 1];
            }
        }
    }
}

pub fn find(hay: Units, needle: Units) -> Option<usize> {
    if let (Units::One(h), Units::One(n)) = (hay, needle) {
        return match n {
            [] => Some(0),
            [c] => memchr::memchr(*c, h),
            _ => memmem::find(h, n),
        };
    }
    if needle.len() > hay.len() {
        return None;
    }
    with_units!(hay, h => Needle::new(&needle.coerce()?).find(h, 0))
}

pub fn rfind(hay: Units, needle: Units) -> Option<usize> {
    if needle.len() > hay.len() {
        return None;
    }
    with_units!(hay, h => rfind_slice(h, &needle.coerce()?))
}

pub fn find_char(hay: Units, cp: u32) -> Option<usize> {
    with_units!(hay, h => find_unit(h, Unit::fit(cp)?))
}

pub fn rfind_char(hay: Units, cp: u32) -> Option<usize> {
    with_units!(hay, h => rfind_unit(h, Unit::fit(cp)?))
}

pub fn contains(hay: Units, needle: Units) -> bool {
    find(hay, needle).is_some()
}

pub fn starts_with(hay: Units, needle: Units) -> bool {
    hay.len() >= needle.len() && hay.slice(0..needle.len()) == needle
}

pub fn ends_with(hay: Units, needle: Units) -> bool {
    hay.len() >= needle.len() && hay.slice(hay.len() - needle.len()..hay.len()) == needle
}

/// Non-overlapping occurrences; an empty needle occurs `len + 1` times.
pub fn count(hay: Units, needle: Units) -> usize {
    if needle.is_empty() {
        return hay.len() + 1;
    }
    match needle.len() {
        1 if let Units::One(h) = hay => {
            let cp = needle.get(0);
            if cp < 0x100 { memchr::memchr_iter(cp as u8, h).count() } else { 0 }
        }
        1 => {
            let cp = needle.get(0);
            with_units!(hay, h => Unit::fit(cp).map_or(0, |c| h.iter().filter(|&&x| x == c).count()))
        }
        _ => matches(hay, needle, usize::MAX).len(),
    }
}

/// The starts of the first `limit` non-overlapping occurrences of a needle that is not empty.
pub fn matches(hay: Units, needle: Units, limit: usize) -> Vec<usize> {
    debug_assert!(!needle.is_empty());
    fn run<T: Unit>(hay: &[T], needle: &[T], limit: usize) -> Vec<usize> {
        let prepared = Needle::new(needle);
        let mut found = Vec::new();
        let mut at = 0;
        while found.len() < limit
            && let Some(i) = prepared.find(hay, at)
        {
            found.push(i);
            at = i + needle.len();
        }
        found
    }
    if needle.len() > hay.len() {
        return Vec::new();
    }
    with_units!(hay, h => needle.coerce().map_or_else(Vec::new, |n| run(h, &n, limit)))
}

/// `str.replace`; a negative count means all, `None` means that nothing changes.
pub fn replace(hay: Units, old: Units, new: Units, count: isize) -> Option<Owned> {
    let limit = if count < 0 { usize::MAX } else { count as usize };
    if limit == 0 || old == new {
        return None;
    }
    if old.is_empty() {
        return Some(interleave(hay, new, limit));
    }
    let found = matches(hay, old, limit);
    if found.is_empty() {
        return None;
    }
    let len = hay.len() - found.len() * old.len() + found.len() * new.len();
    fn splice<T: Unit>(hay: &[T], found: &[usize], old: usize, new: &[T], len: usize) -> Owned {
        let mut out = Vec::with_capacity(len);
        let mut at = 0;
        for &i in found {
            out.extend_from_slice(&hay[at..i]);
            out.extend_from_slice(new);
            at = i + old;
        }
        out.extend_from_slice(&hay[at..]);
        Owned::narrowest(out)
    }
    let same_width = with_units!(hay, h => new.coerce().map(|n| splice(h, &found, old.len(), &n, len)));
    if same_width.is_some() {
        return same_width;
    }
    let mut b = Builder::with_capacity(len);
    let mut at = 0;
    for i in found {
        b.push_units(hay.slice(at..i));
        b.push_units(new);
        at = i + old.len();
    }
    b.push_units(hay.slice(at..hay.len()));
    Some(b.finish())
}

/// Replacing the empty string: the replacement goes before each code point and to the end.
fn interleave(hay: Units, new: Units, limit: usize) -> Owned {
    let times = limit.min(hay.len() + 1);
    let mut b = Builder::with_capacity(hay.len() + times * new.len());
    for i in 0..times {
        b.push_units(new);
        if i < hay.len() {
            b.push_units(hay.slice(i..i + 1));
        }
    }
    b.push_units(hay.slice(times.min(hay.len())..hay.len()));
    b.finish()
}

/// `bytes.replace`.
pub fn replace_bytes(hay: &[u8], old: &[u8], new: &[u8], count: isize) -> Option<Vec<u8>> {
    match replace(Units::One(hay), Units::One(old), Units::One(new), count)? {
        Owned::One(v) => Some(v),
        _ => None,
    }
}
