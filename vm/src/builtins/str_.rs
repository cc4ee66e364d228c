//! `str`: immutable text in PEP 393 form. This file is the storage; the methods are in
//! `str_methods.rs`.
//!
//! A string is fixed-width units of 1, 2 or 4 bytes, always the narrowest that fits, followed by a
//! zero unit. Lone surrogates are allowed. Interned strings are immortal and do not move.

use crate::def;
use crate::object::{LongHeader, Object, Ref, ShapeId, Value};
use crate::shapes::id;
use crate::vm::Vm;
use adder_heap as heap;
use adder_heap::{Refs, Size};
use adder_macros::pyclass;
use adder_text::builder::Owned;
use adder_text::units::Units;
use std::cell::Cell;
use std::fmt;

/// str(object='') -> str
/// str(bytes_or_buffer[, encoding[, errors]]) -> str
///
/// Create a new string object from the given object. If encoding or
/// errors is specified, then the object must expose a data buffer
/// that will be decoded using the given encoding and error handler.
/// Otherwise, returns the result of object.__str__() (if defined)
/// or repr(object).
/// encoding defaults to 'utf-8'.
/// errors defaults to 'strict'.
#[pyclass(
    name = "str",
    fixed = id::STR,
    flags = def::BASE | def::UNICODE_SUBCLASS | def::MATCH_SELF,
    size = Size::Array { base: std::mem::offset_of!(Str, data) as u32, elem: 1, len_at: std::mem::offset_of!(Str, bytes) as u32 },
    refs = Refs::None
)]
#[repr(C)]
pub struct Str {
    pub h: LongHeader,
    /// 0: not computed yet.
    hash: Cell<i64>,
    len: u64,
    /// Size of the data in bytes, with the terminating zero unit.
    bytes: u64,
    kind: u8,
    ascii: bool,
    interned: Cell<bool>,
    _pad: [u8; 5],
    data: [u64; 0],
}

/// Interned strings by content, with open addressing; the strings are kept alive by roots that are never
/// dropped, and are pinned. Looking a text up allocates nothing.
struct Interner {
    slots: Vec<Option<Ref<Str>>>,
    count: usize,
}

static INTERNER: heap::GilCell<Interner> = heap::GilCell::new(Interner { slots: Vec::new(), count: 0 });

impl Interner {
    fn hash(kind: u8, bytes: &[u8]) -> usize {
        let step = |h: u64, w: u64| (h.rotate_left(5) ^ w).wrapping_mul(0x517c_c1b7_2722_0a95);
        let (words, rest) = bytes.as_chunks::<8>();
        let mut h = step(kind as u64, bytes.len() as u64);
        for w in words {
            h = step(h, u64::from_le_bytes(*w));
        }
        for b in rest {
            h = step(h, *b as u64);
        }
        (h ^ h >> 32) as usize
    }

    /// Where a text is, or where it belongs.
    fn find(&self, kind: u8, bytes: &[u8]) -> Result<Ref<Str>, usize> {
        let mask = self.slots.len() - 1;
        let mut at = Interner::hash(kind, bytes) & mask;
        loop {
            match self.slots[at] {
                None => return Err(at),
                Some(s) if s.kind == kind && s.raw_bytes() == bytes => return Ok(s),
                Some(_) => at = (at + 1) & mask,
            }
        }
    }

    fn get(&mut self, kind: u8, bytes: &[u8]) -> Option<Ref<Str>> {
        if self.slots.is_empty() { None } else { self.find(kind, bytes).ok() }
    }

    fn insert(&mut self, s: Ref<Str>) {
        if 2 * self.count >= self.slots.len() {
            let old = std::mem::take(&mut self.slots);
            self.slots = vec![None; (2 * old.len()).max(4096)];
            for s in old.into_iter().flatten() {
                if let Err(at) = self.find(s.kind, s.raw_bytes()) {
                    self.slots[at] = Some(s);
                }
            }
        }
        if let Err(at) = self.find(s.kind, s.raw_bytes()) {
            self.slots[at] = Some(s);
            self.count += 1;
        }
    }
}

impl Str {
    /// Byte offset of the length, for machines.
    pub const LEN: u32 = std::mem::offset_of!(Str, len) as u32;

    /// A string with uninitialised data, to be filled at once.
    fn alloc(shape: ShapeId, kind: u8, ascii: bool, len: usize, extra: usize) -> Option<Ref<Str>> {
        let bytes = (len + 1).checked_mul(kind as usize)?;
        let size = std::mem::size_of::<Str>().checked_add(bytes)?.checked_add(extra)?;
        let p = heap::try_alloc(shape, size)? as *mut Str;
        // SAFETY: freshly allocated.
        unsafe {
            (*p).h.set_shadow(0);
            (*p).hash = Cell::new(0);
            (*p).len = len as u64;
            (*p).bytes = bytes as u64;
            (*p).kind = kind;
            (*p).ascii = ascii;
            (*p).interned = Cell::new(false);
            (*p)._pad = [0; 5];
            if extra > 0 {
                let total = heap::object_size(Value::from_bits_unchecked(p as u64));
                std::ptr::write_bytes((p as *mut u8).add(size - extra), 0, total - (size - extra));
            }
            Some(Ref::from_ptr(p))
        }
    }

    fn fill<T: Copy + Default>(s: Ref<Str>, units: &[T]) {
        // SAFETY: `alloc` made room for the units and the terminator.
        unsafe {
            let data = (&raw mut (*s.as_ptr()).data).cast::<T>();
            std::ptr::copy_nonoverlapping(units.as_ptr(), data, units.len());
            *data.add(units.len()) = T::default();
        }
    }

    /// `a + b`. None: out of memory.
    pub fn concatenated(a: Ref<Str>, b: Ref<Str>) -> Option<Ref<Str>> {
        fn put<T: Copy + From<u8>>(units: Units, to: *mut T) {
            fn widen<S: Copy, T>(from: &[S], to: *mut T, f: impl Fn(S) -> T) {
                for (i, c) in from.iter().enumerate() {
                    // SAFETY: the caller made room for the units.
                    unsafe { *to.add(i) = f(*c) };
                }
            }
            let same = units.kind() == std::mem::size_of::<T>();
            match units {
                // SAFETY: as above; units of the same size are copied as they are.
                Units::One(u) if same => unsafe {
                    std::ptr::copy_nonoverlapping(u.as_ptr().cast(), to, u.len())
                },
                Units::Two(u) if same => unsafe {
                    std::ptr::copy_nonoverlapping(u.as_ptr().cast(), to, u.len())
                },
                Units::Four(u) => unsafe { std::ptr::copy_nonoverlapping(u.as_ptr().cast(), to, u.len()) },
                Units::One(u) => widen(u, to, T::from),
                Units::Two(u) => widen(u, to.cast::<u32>(), |c| c as u32),
            }
        }
        let (n, len) = (a.len(), a.len().checked_add(b.len())?);
        let kind = a.kind.max(b.kind);
        let s = Str::alloc(Str::shape(), kind, a.ascii && b.ascii, len, 0)?;
        // SAFETY: `alloc` made room for the units and the terminator.
        unsafe {
            let data = &raw mut (*s.as_ptr()).data;
            macro_rules! both {
                ($t:ty) => {{
                    let data = data.cast::<$t>();
                    put(a.units(), data);
                    put(b.units(), data.add(n));
                    *data.add(len) = 0;
                }};
            }
            match kind {
                1 => both!(u8),
                2 => both!(u16),
                _ => both!(u32),
            }
        }
        Some(s)
    }

    /// A string of ASCII bytes.
    pub fn from_ascii(bytes: &[u8]) -> Option<Ref<Str>> {
        debug_assert!(bytes.is_ascii());
        let s = Str::alloc(Str::shape(), 1, true, bytes.len(), 0)?;
        Str::fill(s, bytes);
        Some(s)
    }

    /// A string of the given units, narrowed if they are wider than needed. None: out of memory.
    pub fn from_units(units: Units) -> Option<Ref<Str>> {
        Str::of_shape(Str::shape(), 0, units)
    }

    /// An instance of a subclass: `extra` bytes for its dict.
    pub fn of_shape(shape: ShapeId, extra: usize, units: Units) -> Option<Ref<Str>> {
        match units {
            Units::One(u) => {
                let s = Str::alloc(shape, 1, u.is_ascii(), u.len(), extra)?;
                Str::fill(s, u);
                Some(s)
            }
            Units::Two(u) => {
                if u.iter().all(|c| *c < 0x100) {
                    let narrow: Vec<u8> = u.iter().map(|c| *c as u8).collect();
                    return Str::of_shape(shape, extra, Units::One(&narrow));
                }
                let s = Str::alloc(shape, 2, false, u.len(), extra)?;
                Str::fill(s, u);
                Some(s)
            }
            Units::Four(u) => {
                if u.iter().all(|c| *c < 0x10000) {
                    let narrow: Vec<u16> = u.iter().map(|c| *c as u16).collect();
                    return Str::of_shape(shape, extra, Units::Two(&narrow));
                }
                let s = Str::alloc(shape, 4, false, u.len(), extra)?;
                Str::fill(s, u);
                Some(s)
            }
        }
    }

    /// A string of what a builder of the text crate produced.
    pub fn from_owned(owned: &Owned) -> Option<Ref<Str>> {
        Str::from_units(owned.as_units())
    }

    /// A string of UTF-8 text.
    pub fn from_utf8(text: &str) -> Option<Ref<Str>> {
        if text.is_ascii() {
            return Str::from_ascii(text.as_bytes());
        }
        let max = text.chars().map(|c| c as u32).max().unwrap_or(0);
        if max < 0x100 {
            let u: Vec<u8> = text.chars().map(|c| c as u8).collect();
            Str::from_units(Units::One(&u))
        } else if max < 0x10000 {
            let u: Vec<u16> = text.chars().map(|c| c as u16).collect();
            Str::from_units(Units::Two(&u))
        } else {
            let u: Vec<u32> = text.chars().map(|c| c as u32).collect();
            Str::from_units(Units::Four(&u))
        }
    }

    /// Number of code points.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len as usize
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    #[inline(always)]
    pub fn is_ascii(&self) -> bool {
        self.ascii
    }

    /// Bytes per unit.
    pub fn kind(&self) -> u8 {
        self.kind
    }

    /// The contents. The string stays in place while the result is on the stack.
    #[inline(always)]
    pub fn units(&self) -> Units<'_> {
        let p = self.data.as_ptr();
        let n = self.len();
        // SAFETY: the data has `len` units of `kind` bytes (layout-of-objects).
        unsafe {
            match self.kind {
                1 => Units::One(std::slice::from_raw_parts(p.cast(), n)),
                2 => Units::Two(std::slice::from_raw_parts(p.cast(), n)),
                _ => Units::Four(std::slice::from_raw_parts(p.cast(), n)),
            }
        }
    }

    /// The data as bytes, without the terminator.
    #[inline(always)]
    pub fn raw_bytes(&self) -> &[u8] {
        // SAFETY: the data has `len * kind` bytes.
        unsafe { std::slice::from_raw_parts(self.data.as_ptr().cast(), self.len() * self.kind as usize) }
    }

    /// The contents as UTF-8 if the string is ASCII.
    #[inline(always)]
    pub fn as_ascii(&self) -> Option<&str> {
        // SAFETY: ASCII is UTF-8.
        if self.ascii { Some(unsafe { std::str::from_utf8_unchecked(self.raw_bytes()) }) } else { None }
    }

    /// The code point at i, which must exist.
    #[inline(always)]
    pub fn char_at(&self, i: usize) -> u32 {
        match self.units() {
            Units::One(u) => u[i] as u32,
            Units::Two(u) => u[i] as u32,
            Units::Four(u) => u[i],
        }
    }

    /// The hash, computed once; never 0 or -1... 0 is stored as "not computed" and computed again.
    #[inline(always)]
    pub fn hash(&self) -> i64 {
        match self.hash.get() {
            0 => {
                let h = crate::hashing::secret().hash_str(self.units());
                self.hash.set(h);
                h
            }
            h => h,
        }
    }

    #[inline(always)]
    pub fn is_interned(&self) -> bool {
        self.interned.get()
    }

    /// Same text.
    #[inline]
    pub fn same_text(&self, other: &Str) -> bool {
        std::ptr::eq(self, other)
            || (self.len == other.len && self.kind == other.kind && self.raw_bytes() == other.raw_bytes())
    }

    pub fn eq_str(&self, text: &str) -> bool {
        match self.as_ascii() {
            Some(s) => s == text,
            None => self.chars().eq(text.chars().map(|c| c as u32)),
        }
    }

    /// The code points.
    pub fn chars(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.len()).map(|i| self.char_at(i))
    }

    pub fn contains_nul(&self) -> bool {
        self.chars().any(|c| c == 0)
    }

    /// `__x__`
    pub fn is_dunder(&self) -> bool {
        match self.as_ascii() {
            Some(s) => s.len() > 4 && s.starts_with("__") && s.ends_with("__"),
            None => false,
        }
    }

    pub fn is_identifier(&self) -> bool {
        adder_text::classify::str_is_identifier(self.units())
    }

    /// The text as a Rust string; None if it has lone surrogates.
    pub fn to_utf8(&self) -> Option<String> {
        match self.as_ascii() {
            Some(s) => Some(s.to_string()),
            None => self.chars().map(char::from_u32).collect(),
        }
    }
}

/// Lone surrogates become U+FFFD.
impl fmt::Display for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_ascii() {
            Some(s) => f.pad(s),
            None => f.pad(&self.chars().map(|c| char::from_u32(c).unwrap_or('\u{fffd}')).collect::<String>()),
        }
    }
}

/// How many strings are interned.
pub fn interned_count() -> usize {
    INTERNER.get().count
}

impl Vm {
    /// A new string. Panics only if memory is exhausted for this short-lived use; strings of
    /// unbounded size go through `new_str_units`.
    pub fn new_str(&self, text: &str) -> Value {
        Str::from_utf8(text).expect("out of memory").value()
    }

    /// A new string from units; MemoryError if it does not fit.
    pub fn new_str_units(&self, units: Units) -> crate::error::PyResult<Ref<Str>> {
        match Str::from_units(units) {
            Some(s) => Ok(s),
            None => Err(self.memory_error()),
        }
    }

    pub fn new_str_owned(&self, owned: Owned) -> crate::error::PyResult<Value> {
        Ok(self.new_str_units(owned.as_units())?.value())
    }

    /// The interned string of a text.
    pub fn intern_str(&self, text: &str) -> Ref<Str> {
        if text.is_ascii() {
            if let Some(s) = INTERNER.get().get(1, text.as_bytes()) {
                return s;
            }
        }
        let s = Str::from_utf8(text).expect("out of memory");
        self.intern_ref(s)
    }

    /// The interned string equal to `s`.
    #[inline]
    pub fn intern_ref(&self, s: Ref<Str>) -> Ref<Str> {
        if s.is_interned() {
            return s;
        }
        self.intern_slow(s)
    }

    #[inline(never)]
    fn intern_slow(&self, s: Ref<Str>) -> Ref<Str> {
        if let Some(found) = INTERNER.get().get(s.kind, s.raw_bytes()) {
            return found;
        }
        let size = std::mem::size_of::<Str>() + s.bytes as usize;
        let p = heap::alloc_pinned(Str::shape(), size) as *mut Str;
        // SAFETY: freshly allocated with the size of `s`; strings are plain data behind the header.
        unsafe {
            let skip = std::mem::size_of::<LongHeader>();
            (*p).h.set_shadow(0);
            std::ptr::copy_nonoverlapping(
                (s.as_ptr() as *const u8).add(skip),
                (p as *mut u8).add(skip),
                size - skip,
            );
            let interned: Ref<Str> = Ref::from_ptr(p);
            interned.interned.set(true);
            interned.hash();
            heap::Root::new(interned.value()).leak();
            INTERNER.get().insert(interned);
            interned
        }
    }
}
