//! Object headers.
//!
//! Every object starts with the short header: shape id and `meta`.
//! Objects that C may hold have a second word, the shadow pointer.
//! `meta`, from the top: eight flags of the collector, two user bits for the VM, 22 bits of identity hash.
//!
//! Kept true here: a young object's flags are all zero, so allocation writes the header as one word that is
//! just the shape id; `UNLOG` is set exactly on old objects that are not in the remembered set, so the barrier
//! is one test; a static immortal has none but `IMMORTAL`, so it passes every test untouched.
//! The second word of a forwarded object is its new address, which is why no object is smaller than 16 bytes.

use crate::shape::ShapeId;
use crate::value::Value;
use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};

/// The short header.
#[repr(C)]
pub struct Header {
    shape: Cell<u32>,
    meta: Cell<u32>,
}

/// The header of every object that C may hold.
#[repr(C)]
pub struct LongHeader {
    header: Header,
    shadow: Cell<u64>,
}

/// In the old generation: not moved by minor collections.
pub(crate) const OLD: u32 = 1 << 31;
/// Old and not remembered: the write barrier must act.
pub(crate) const UNLOG: u32 = 1 << 30;
/// Moved; the new address is in the second word.
pub(crate) const FORWARDED: u32 = 1 << 29;
/// Not moved by the running major collection.
pub(crate) const PINNED: u32 = 1 << 28;
/// Outside the arena.
pub(crate) const IMMORTAL: u32 = 1 << 27;
/// Registered with `note_linked`.
pub(crate) const LINKED: u32 = 1 << 26;
/// A large array whose stores mark cards.
pub(crate) const CARDS: u32 = 1 << 25;
/// A large array in the list of those with dirty cards.
pub(crate) const DIRTY: u32 = 1 << 24;

const USER_SHIFT: u32 = 22;
const USER_MASK: u32 = 3 << USER_SHIFT;
pub(crate) const HASH_MASK: u32 = (1 << USER_SHIFT) - 1;

impl Header {
    /// A header to put into an initialiser; `new` overwrites it.
    pub const fn new() -> Header {
        Header { shape: Cell::new(0), meta: Cell::new(0) }
    }

    /// The header of a static object outside the arena, such as `None`.
    /// It is never traced, moved or freed; if it holds mutable references, its owner registers them as roots.
    pub const fn immortal(shape: ShapeId) -> Header {
        Header { shape: Cell::new(shape.0), meta: Cell::new(IMMORTAL) }
    }

    #[inline(always)]
    pub fn shape(&self) -> ShapeId {
        ShapeId(self.shape.get())
    }

    /// Changes the shape to one with the same size and header.
    #[inline(always)]
    pub fn set_shape(&self, shape: ShapeId) {
        debug_assert!(crate::shape::same_size(self.shape(), shape), "the new shape has another size");
        self.shape.set(shape.0);
    }

    /// Whether the next minor collection may move the object.
    #[inline(always)]
    pub fn is_young(&self) -> bool {
        self.meta.get() & (OLD | IMMORTAL) == 0
    }

    /// Whether a store into the object must be told to the collector.
    #[inline(always)]
    pub fn needs_barrier(&self) -> bool {
        self.has(UNLOG)
    }

    #[inline(always)]
    pub fn is_immortal(&self) -> bool {
        self.meta.get() & IMMORTAL != 0
    }

    /// The two bits that belong to the VM.
    #[inline(always)]
    pub fn user_bits(&self) -> u32 {
        (self.meta.get() & USER_MASK) >> USER_SHIFT
    }

    #[inline(always)]
    pub fn set_user_bits(&self, bits: u32) {
        debug_assert!(bits < 4);
        self.meta.set(self.meta.get() & !USER_MASK | bits << USER_SHIFT);
    }

    /// The identity hash, or 0.
    #[inline(always)]
    pub(crate) fn hash_bits(&self) -> u32 {
        self.meta.get() & HASH_MASK
    }

    /// For objects whose identity hash nobody needs any more.
    #[inline(always)]
    pub(crate) fn set_hash_bits(&self, bits: u32) {
        self.meta.set(self.meta.get() & !HASH_MASK | bits);
    }

    #[inline(always)]
    pub(crate) fn meta(&self) -> u32 {
        self.meta.get()
    }

    #[inline(always)]
    pub(crate) fn has(&self, flags: u32) -> bool {
        self.meta.get() & flags != 0
    }

    #[inline(always)]
    pub(crate) fn add(&self, flags: u32) {
        self.meta.set(self.meta.get() | flags);
    }

    #[inline(always)]
    pub(crate) fn remove(&self, flags: u32) {
        self.meta.set(self.meta.get() & !flags);
    }
}

impl LongHeader {
    /// A header to put into an initialiser; `new` overwrites the shape.
    pub const fn new() -> LongHeader {
        LongHeader { header: Header::new(), shadow: Cell::new(0) }
    }

    /// As `Header::immortal`.
    pub const fn immortal(shape: ShapeId) -> LongHeader {
        LongHeader { header: Header::immortal(shape), shadow: Cell::new(0) }
    }

    #[inline(always)]
    pub fn header(&self) -> &Header {
        &self.header
    }

    #[inline(always)]
    pub fn shadow(&self) -> u64 {
        self.shadow.get()
    }

    #[inline(always)]
    pub fn set_shadow(&self, shadow: u64) {
        self.shadow.set(shadow);
    }
}

/// A hash of the object's identity: assigned on first use, kept when the object moves.
/// Never 0. Integers hash by value.
pub fn identity_hash(v: Value) -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    if v.is_small() {
        return v.small() as u32;
    }
    // SAFETY: word-is-object.
    let header = unsafe { &*v.header() };
    let hash = header.meta.get() & HASH_MASK;
    if hash != 0 {
        return hash;
    }
    loop {
        // Golden-ratio stepping: distinct until the 22 bits wrap, and spread over the range.
        let n = NEXT.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b1) >> (32 - USER_SHIFT);
        if n != 0 {
            header.meta.set(header.meta.get() | n);
            return n;
        }
    }
}

const _: () = assert!(size_of::<Header>() == 8);
const _: () = assert!(size_of::<LongHeader>() == 16);

pub(crate) const META_OFFSET: usize = std::mem::offset_of!(Header, meta);
