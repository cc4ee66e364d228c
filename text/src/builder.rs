//! Owned string contents and the widening builder that makes them.
//!
//! The builder starts with one-byte units and widens when a code point needs it, so it copies at most twice.
//! What [`Builder::finish`] returns is always the narrowest kind, because the builder only widens on need;
//! `push_units` of a wide slice therefore looks at the largest code point first.

use crate::units::{Unit, Units};
use crate::with_units;

/// Owned contents, the narrowest kind when it comes from [`Builder::finish`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owned {
    One(Vec<u8>),
    Two(Vec<u16>),
    Four(Vec<u32>),
}

impl Owned {
    #[inline]
    pub fn as_units(&self) -> Units<'_> {
        match self {
            Owned::One(v) => Units::One(v),
            Owned::Two(v) => Units::Two(v),
            Owned::Four(v) => Units::Four(v),
        }
    }

    pub fn len(&self) -> usize {
        self.as_units().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A narrowest copy of a slice.
    pub fn from_units(u: Units<'_>) -> Owned {
        let mut b = Builder::with_capacity(u.len());
        b.push_units(u);
        b.finish()
    }

    /// Takes units over, copying only when a narrower kind would do.
    pub fn narrowest<T: Unit>(v: Vec<T>) -> Owned {
        let narrower = match size_of::<T>() {
            1 => return T::own(v),
            2 => u8::MAX as u32,
            _ => u16::MAX as u32,
        };
        match T::wrap(&v).max_char() > narrower {
            true => T::own(v),
            false => Owned::from_units(T::wrap(&v)),
        }
    }

    pub fn from_code_points(cps: impl IntoIterator<Item = u32>) -> Owned {
        let cps = cps.into_iter();
        let mut b = Builder::with_capacity(cps.size_hint().0);
        cps.for_each(|c| b.push(c));
        b.finish()
    }
}

impl From<&str> for Owned {
    fn from(s: &str) -> Owned {
        let mut b = Builder::with_capacity(s.len());
        b.push_str(s);
        b.finish()
    }
}

/// Collects code points, widening when needed.
#[derive(Clone, Debug)]
pub struct Builder {
    /// As narrow as what was pushed allows, so decoders may push to it what fits.
    pub(crate) buf: Owned,
}

impl Builder {
    pub fn new() -> Builder {
        Builder { buf: Owned::One(Vec::new()) }
    }

    /// `units` is a guess of the final length in code points.
    pub fn with_capacity(units: usize) -> Builder {
        Builder { buf: Owned::One(Vec::with_capacity(units)) }
    }

    pub fn len(&self) -> usize {
        self.buf.len()
    }

    pub fn is_empty(&self) -> bool {
        self.buf.is_empty()
    }

    pub fn as_units(&self) -> Units<'_> {
        self.buf.as_units()
    }

    #[inline]
    pub fn push(&mut self, cp: u32) {
        match &mut self.buf {
            Owned::One(v) if cp <= 0xff => v.push(cp as u8),
            Owned::Two(v) if cp <= 0xffff => v.push(cp as u16),
            Owned::Four(v) => v.push(cp),
            _ => self.push_wide(cp),
        }
    }

    #[cold]
    fn push_wide(&mut self, cp: u32) {
        self.widen(cp);
        self.push(cp);
    }

    /// Makes the storage wide enough for a code point, without pushing it.
    pub fn widen(&mut self, cp: u32) {
        fn grow<S: Unit, T: Unit>(v: &[S], cap: usize) -> Vec<T> {
            let mut w = Vec::with_capacity(cap);
            w.extend(v.iter().map(|&c| T::cut(c.cp())));
            w
        }
        let new = match &self.buf {
            Owned::One(v) if cp > 0xffff => Owned::Four(grow(v, v.capacity())),
            Owned::One(v) if cp > 0xff => Owned::Two(grow(v, v.capacity())),
            Owned::Two(v) if cp > 0xffff => Owned::Four(grow(v, v.capacity())),
            _ => return,
        };
        self.buf = new;
    }

    pub fn push_str(&mut self, s: &str) {
        if s.is_ascii() {
            self.push_units(Units::One(s.as_bytes()));
        } else {
            s.chars().for_each(|c| self.push(c as u32));
        }
    }

    pub fn push_units(&mut self, u: Units<'_>) {
        if u.kind() > 1 {
            self.widen(u.max_char());
        }
        match &mut self.buf {
            Owned::One(v) => with_units!(u, s => extend(v, s)),
            Owned::Two(v) => with_units!(u, s => extend(v, s)),
            Owned::Four(v) => with_units!(u, s => extend(v, s)),
        }
    }

    /// The same code point `n` times.
    pub fn push_repeated(&mut self, cp: u32, n: usize) {
        if n == 0 {
            return;
        }
        self.widen(cp);
        match &mut self.buf {
            Owned::One(v) => v.resize(v.len() + n, cp as u8),
            Owned::Two(v) => v.resize(v.len() + n, cp as u16),
            Owned::Four(v) => v.resize(v.len() + n, cp),
        }
    }

    pub fn finish(self) -> Owned {
        self.buf
    }
}

impl Default for Builder {
    fn default() -> Self {
        Builder::new()
    }
}

fn extend<S: Unit, T: Unit>(v: &mut Vec<T>, s: &[S]) {
    if size_of::<S>() == size_of::<T>() {
        v.extend_from_slice(bytemuck::cast_slice(s));
    } else {
        v.extend(s.iter().map(|&c| T::cut(c.cp())));
    }
}
