//! Borrowed string contents: PEP 393 units of one, two or four bytes.
//!
//! A unit is one code point (lone surrogates included), so an index is a code point index.
//! `Units` does not promise to be the narrowest kind that fits: a slice of a wide string is wide.
//! Algorithms are written once, generic over [`Unit`], and reached through [`with_units!`].

use crate::builder::Owned;
use std::borrow::Cow;
use std::ops::Range;

/// A storage unit: `u8` (latin-1), `u16` or `u32`.
pub trait Unit: Copy + Eq + Ord + bytemuck::Pod + Into<u32> + std::fmt::Debug {
    const MAX: u32;
    fn wrap(units: &[Self]) -> Units<'_>;
    fn own(units: Vec<Self>) -> Owned;
    /// The unit for a code point that is known to fit.
    fn cut(cp: u32) -> Self;
    #[inline]
    fn fit(cp: u32) -> Option<Self> {
        (cp <= Self::MAX).then(|| Self::cut(cp))
    }
    #[inline]
    fn cp(self) -> u32 {
        self.into()
    }
}

macro_rules! unit {
    ($t:ty, $max:expr, $variant:ident) => {
        impl Unit for $t {
            const MAX: u32 = $max;
            fn wrap(units: &[Self]) -> Units<'_> {
                Units::$variant(units)
            }
            fn own(units: Vec<Self>) -> Owned {
                Owned::$variant(units)
            }
            #[inline]
            fn cut(cp: u32) -> Self {
                cp as $t
            }
        }
    };
}
unit!(u8, 0xff, One);
unit!(u16, 0xffff, Two);
unit!(u32, u32::MAX, Four);

/// The contents of a string.
#[derive(Clone, Copy, Debug)]
pub enum Units<'a> {
    One(&'a [u8]),
    Two(&'a [u16]),
    Four(&'a [u32]),
}

/// Runs an expression with the slice of whatever width it has.
#[macro_export]
macro_rules! with_units {
    ($units:expr, $slice:ident => $body:expr) => {
        match $units {
            $crate::units::Units::One($slice) => $body,
            $crate::units::Units::Two($slice) => $body,
            $crate::units::Units::Four($slice) => $body,
        }
    };
}

impl<'a> Units<'a> {
    #[inline]
    pub fn len(self) -> usize {
        with_units!(self, s => s.len())
    }

    #[inline]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Bytes per unit: 1, 2 or 4.
    #[inline]
    pub fn kind(self) -> usize {
        match self {
            Units::One(_) => 1,
            Units::Two(_) => 2,
            Units::Four(_) => 4,
        }
    }

    /// The code point at an index that must be in range.
    #[inline]
    pub fn get(self, i: usize) -> u32 {
        with_units!(self, s => s[i].cp())
    }

    #[inline]
    pub fn slice(self, r: Range<usize>) -> Units<'a> {
        match self {
            Units::One(s) => Units::One(&s[r]),
            Units::Two(s) => Units::Two(&s[r]),
            Units::Four(s) => Units::Four(&s[r]),
        }
    }

    #[inline]
    pub fn iter(self) -> Iter<'a> {
        Iter { units: self, at: 0, end: self.len() }
    }

    pub fn is_ascii(self) -> bool {
        match self {
            Units::One(s) => s.is_ascii(),
            Units::Two(s) => s.iter().fold(0, |a, &c| a | c) < 0x80,
            Units::Four(s) => s.iter().fold(0, |a, &c| a | c) < 0x80,
        }
    }

    /// The largest code point, 0 when empty.
    pub fn max_char(self) -> u32 {
        with_units!(self, s => s.iter().fold(0, |a, &c| a.max(c)).cp())
    }

    /// The contents as `&str`, when they are ASCII in one-byte units.
    pub fn as_ascii(self) -> Option<&'a str> {
        match self {
            Units::One(s) if s.is_ascii() => std::str::from_utf8(s).ok(),
            _ => None,
        }
    }

    /// The contents as units of type `T`; `None` when a code point does not fit.
    pub fn coerce<T: Unit>(self) -> Option<Cow<'a, [T]>> {
        with_units!(self, s => coerce(s))
    }

    /// A `String` with lone surrogates replaced; for messages and tests.
    pub fn to_string_lossy(self) -> String {
        self.iter().map(|c| char::from_u32(c).unwrap_or('\u{fffd}')).collect()
    }

    pub fn compare(self, other: Units<'_>) -> std::cmp::Ordering {
        match (self, other) {
            (Units::One(a), Units::One(b)) => a.cmp(b),
            (Units::Two(a), Units::Two(b)) => a.cmp(b),
            (Units::Four(a), Units::Four(b)) => a.cmp(b),
            _ => self.iter().cmp(other.iter()),
        }
    }
}

fn coerce<'a, S: Unit, T: Unit>(s: &'a [S]) -> Option<Cow<'a, [T]>> {
    if let Ok(same) = bytemuck::try_cast_slice::<S, T>(s)
        && size_of::<S>() == size_of::<T>()
    {
        return Some(Cow::Borrowed(same));
    }
    s.iter().map(|&c| T::fit(c.cp())).collect::<Option<Vec<T>>>().map(Cow::Owned)
}

impl PartialEq for Units<'_> {
    fn eq(&self, other: &Units<'_>) -> bool {
        match (*self, *other) {
            (Units::One(a), Units::One(b)) => a == b,
            (Units::Two(a), Units::Two(b)) => a == b,
            (Units::Four(a), Units::Four(b)) => a == b,
            (a, b) => a.len() == b.len() && a.iter().eq(b.iter()),
        }
    }
}
impl Eq for Units<'_> {}

/// ASCII text is one-byte units as it stands; other text needs a [`crate::builder::Builder`].
impl<'a> TryFrom<&'a str> for Units<'a> {
    type Error = ();
    fn try_from(s: &'a str) -> Result<Self, ()> {
        if s.is_ascii() { Ok(Units::One(s.as_bytes())) } else { Err(()) }
    }
}

/// The code points of a string, from either end.
#[derive(Clone)]
pub struct Iter<'a> {
    units: Units<'a>,
    at: usize,
    end: usize,
}

impl Iterator for Iter<'_> {
    type Item = u32;
    #[inline]
    fn next(&mut self) -> Option<u32> {
        if self.at == self.end {
            return None;
        }
        self.at += 1;
        Some(self.units.get(self.at - 1))
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.end - self.at, Some(self.end - self.at))
    }
}

impl DoubleEndedIterator for Iter<'_> {
    #[inline]
    fn next_back(&mut self) -> Option<u32> {
        if self.at == self.end {
            return None;
        }
        self.end -= 1;
        Some(self.units.get(self.end))
    }
}

impl ExactSizeIterator for Iter<'_> {}
