//! Words that refer to objects: `Value`, `Ref<T>` and `Field<T>`.
//!
//! A `Value` is one non-zero 64-bit word.
//! With the low bit set it is a 63-bit signed integer, otherwise the address of a `Header`.
//! `Value` and `Ref` are plain copyable words: a local keeps its object alive and in place, because native
//! stacks are scanned conservatively.
//! Inside heap objects references are `Field`s, written through the barrier; anywhere else they are `Root`s.
//!
//! Kept true here: object addresses are multiples of 16, so the low bit is free; 0 never is a `Value`, so
//! `Option<Value>` and `Option<Ref<T>>` are one word with `None` as 0.

use crate::barrier::write_barrier_at;
use crate::object::Header;
use crate::shape::ShapeId;
use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;
use std::num::NonZeroU64;
use std::ops::Deref;
use std::ptr::NonNull;

/// A tagged word: a 63-bit integer or a pointer to an object.
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Value(NonZeroU64);

/// A typed pointer to a heap object.
#[repr(transparent)]
pub struct Ref<T>(NonNull<T>);

/// A reference stored inside a heap object.
#[repr(transparent)]
pub struct Field<T>(Cell<u64>, PhantomData<T>);

/// What a `Field` can hold: `Value`, `Ref<U>` and their options.
pub trait Word: Copy + sealed::Sealed {
    fn into_word(self) -> u64;
    /// # Safety
    /// `word` came from `into_word` of the same type.
    unsafe fn from_word(word: u64) -> Self;
}

impl Value {
    /// The largest and smallest integers that fit into a word.
    pub const SMALL_MAX: i64 = (1 << 62) - 1;
    pub const SMALL_MIN: i64 = -(1 << 62);

    #[inline(always)]
    pub const fn from_bits(bits: u64) -> Option<Value> {
        match NonZeroU64::new(bits) {
            Some(word) => Some(Value(word)),
            None => None,
        }
    }

    /// # Safety
    /// `bits` is not 0, and is an integer or the address of an object.
    #[inline(always)]
    pub const unsafe fn from_bits_unchecked(bits: u64) -> Value {
        Value(NonZeroU64::new_unchecked(bits))
    }

    #[inline(always)]
    pub const fn bits(self) -> u64 {
        self.0.get()
    }

    /// The value for an integer of at most 63 bits.
    #[inline(always)]
    pub const fn from_small(i: i64) -> Value {
        debug_assert!(i >= Self::SMALL_MIN && i <= Self::SMALL_MAX);
        // SAFETY: the low bit is set.
        unsafe { Value(NonZeroU64::new_unchecked((i as u64) << 1 | 1)) }
    }

    /// The value for an integer, or `None` if it needs more than 63 bits.
    #[inline(always)]
    pub const fn try_small(i: i64) -> Option<Value> {
        if (i << 1) >> 1 == i { Some(Self::from_small(i)) } else { None }
    }

    #[inline(always)]
    pub const fn is_small(self) -> bool {
        self.bits() & 1 != 0
    }

    #[inline(always)]
    pub const fn is_ptr(self) -> bool {
        self.bits() & 1 == 0
    }

    /// The integer; meaningful only if `is_small`.
    #[inline(always)]
    pub const fn small(self) -> i64 {
        self.bits() as i64 >> 1
    }

    /// The object's header; only if `is_ptr`.
    #[inline(always)]
    pub fn header(self) -> *mut Header {
        debug_assert!(self.is_ptr());
        self.bits() as *mut Header
    }

    /// The object's shape; only if `is_ptr`.
    #[inline(always)]
    pub fn shape(self) -> ShapeId {
        // SAFETY: word-is-object.
        unsafe { (*self.header()).shape() }
    }

    /// # Safety
    /// The value is a pointer to an object laid out as `T`.
    #[inline(always)]
    pub unsafe fn cast<T>(self) -> Ref<T> {
        debug_assert!(self.is_ptr());
        Ref(NonNull::new_unchecked(self.bits() as *mut T))
    }
}

impl<T> Ref<T> {
    /// # Safety
    /// `ptr` is the address of a live object laid out as `T`.
    #[inline(always)]
    pub const unsafe fn from_ptr(ptr: *mut T) -> Ref<T> {
        Ref(NonNull::new_unchecked(ptr))
    }

    #[inline(always)]
    pub fn value(self) -> Value {
        // SAFETY: word-is-object.
        unsafe { Value::from_bits_unchecked(self.0.as_ptr() as u64) }
    }

    #[inline(always)]
    pub const fn as_ptr(self) -> *mut T {
        self.0.as_ptr()
    }

    #[inline(always)]
    pub fn header(self) -> *mut Header {
        self.0.as_ptr().cast()
    }

    /// The same object seen as another type.
    ///
    /// # Safety
    /// The object is laid out as `U`.
    #[inline(always)]
    pub const unsafe fn cast<U>(self) -> Ref<U> {
        Ref(self.0.cast())
    }
}

impl Field<Value> {
    /// As `new`, for statics.
    pub const fn constant(v: Value) -> Field<Value> {
        Field(Cell::new(v.bits()), PhantomData)
    }
}

impl<T: std::fmt::Display> std::fmt::Display for Ref<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: Word> Field<T> {
    /// The initialising store of a new object; it needs no barrier.
    #[inline(always)]
    pub fn new(v: T) -> Field<T> {
        Field(Cell::new(v.into_word()), PhantomData)
    }

    #[inline(always)]
    pub fn get(&self) -> T {
        // SAFETY: the word was stored by `new` or `set`, or updated by the collector.
        unsafe { T::from_word(self.0.get()) }
    }

    /// Stores `v` into this field of `owner`.
    #[inline(always)]
    pub fn set(&self, owner: impl Into<Value>, v: T) {
        self.0.set(v.into_word());
        write_barrier_at(owner.into(), self.0.as_ptr());
    }

    /// Stores without a barrier: for an object allocated since the last possible collection.
    #[inline(always)]
    pub fn init(&self, v: T) {
        self.0.set(v.into_word());
    }

    /// The address of the word, for `Visitor::visit`.
    #[inline(always)]
    pub fn slot(&self) -> *mut u64 {
        self.0.as_ptr()
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Value {}
    impl<T> Sealed for super::Ref<T> {}
    impl Sealed for Option<super::Value> {}
    impl<T> Sealed for Option<super::Ref<T>> {}
}

impl Word for Value {
    #[inline(always)]
    fn into_word(self) -> u64 {
        self.bits()
    }
    #[inline(always)]
    unsafe fn from_word(word: u64) -> Value {
        Value::from_bits_unchecked(word)
    }
}

impl Word for Option<Value> {
    #[inline(always)]
    fn into_word(self) -> u64 {
        self.map_or(0, Value::bits)
    }
    #[inline(always)]
    unsafe fn from_word(word: u64) -> Option<Value> {
        Value::from_bits(word)
    }
}

impl<T> Word for Ref<T> {
    #[inline(always)]
    fn into_word(self) -> u64 {
        self.0.as_ptr() as u64
    }
    #[inline(always)]
    unsafe fn from_word(word: u64) -> Ref<T> {
        Ref(NonNull::new_unchecked(word as *mut T))
    }
}

impl<T> Word for Option<Ref<T>> {
    #[inline(always)]
    fn into_word(self) -> u64 {
        self.map_or(0, |r| r.0.as_ptr() as u64)
    }
    #[inline(always)]
    unsafe fn from_word(word: u64) -> Option<Ref<T>> {
        NonNull::new(word as *mut T).map(Ref)
    }
}

impl<T> Copy for Ref<T> {}
impl<T> Clone for Ref<T> {
    #[inline(always)]
    fn clone(&self) -> Ref<T> {
        *self
    }
}

impl<T> Deref for Ref<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: word-is-object.
        unsafe { self.0.as_ref() }
    }
}

impl<T> PartialEq for Ref<T> {
    #[inline(always)]
    fn eq(&self, other: &Ref<T>) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Ref<T> {}

impl<T> From<Ref<T>> for Value {
    #[inline(always)]
    fn from(r: Ref<T>) -> Value {
        r.value()
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_small() {
            write!(f, "small({})", self.small())
        } else {
            write!(f, "object({:#x})", self.bits())
        }
    }
}

impl<T> fmt::Debug for Ref<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ref({:p})", self.0)
    }
}

impl<T: Word + fmt::Debug> fmt::Debug for Field<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

const _: () = assert!(size_of::<Option<Value>>() == 8);
const _: () = assert!(size_of::<Option<Ref<Header>>>() == 8);
const _: () = assert!(size_of::<Field<Value>>() == 8);
