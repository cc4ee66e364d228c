//! Statics that the GIL protects.
//!
//! The heap is one per process and every call into it is made by the thread that holds the GIL, so its state
//! lies in plain statics at link-time addresses and needs no locks.
//!
//! The VM uses it for statics of its own.
//!
//! Kept true by the users of `GilCell`: a borrow from `get` ends before anything that may borrow the same cell
//! again, in particular before a hook is called.

use std::cell::UnsafeCell;

#[repr(transparent)]
/// A static that only the thread with the GIL touches. Holds no references: those are `StaticRoot`s.
pub struct GilCell<T>(UnsafeCell<T>);

// SAFETY: gil-held.
unsafe impl<T> Sync for GilCell<T> {}

impl<T> GilCell<T> {
    pub const fn new(v: T) -> GilCell<T> {
        GilCell(UnsafeCell::new(v))
    }

    #[inline(always)]
    #[allow(clippy::mut_from_ref)] // The file comment says what replaces the check.
    pub fn get(&self) -> &mut T {
        // SAFETY: gil-held.
        unsafe { &mut *self.0.get() }
    }

    #[inline(always)]
    pub const fn as_ptr(&self) -> *mut T {
        self.0.get()
    }
}
