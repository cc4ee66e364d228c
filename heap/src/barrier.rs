//! The write barrier.
//!
//! A store into an object needs the barrier when the object is old and not yet remembered, which is one test of
//! its header.
//! The first store remembers the whole object until the next collection.
//! A store into a large array marks the card of the slot instead, so that one store does not cost a scan of the
//! whole array.
//!
//! Kept true here: an old object that may hold a young reference is in `REMEMBERED` without `UNLOG`, or is
//! in `DIRTY_ARRAYS` with the slot's card set.

use crate::block;
use crate::gil::GilCell;
use crate::object::{CARDS, DIRTY, Header, UNLOG};
use crate::value::Value;

pub(crate) static REMEMBERED: GilCell<Vec<*mut Header>> = GilCell::new(Vec::new());
pub(crate) static DIRTY_ARRAYS: GilCell<Vec<*mut Header>> = GilCell::new(Vec::new());

/// After stores into `owner`, before the next allocation.
#[inline(always)]
pub fn write_barrier(owner: Value) {
    // SAFETY: word-is-object.
    if unsafe { (*owner.header()).has(UNLOG) } {
        barrier_slow(owner.header());
    }
}

/// After a store into the word at `slot` of `owner`: for large arrays, which are remembered by card.
#[inline(always)]
pub fn write_barrier_at(owner: Value, slot: *mut u64) {
    // SAFETY: word-is-object.
    if unsafe { (*owner.header()).has(UNLOG) } {
        barrier_at_slow(owner.header(), slot);
    }
}

#[cold]
#[inline(never)]
pub(crate) extern "C" fn barrier_slow(owner: *mut Header) {
    // SAFETY: word-is-object.
    unsafe { (*owner).remove(UNLOG) };
    REMEMBERED.get().push(owner);
}

#[cold]
#[inline(never)]
pub(crate) extern "C" fn barrier_at_slow(owner: *mut Header, slot: *mut u64) {
    // SAFETY: word-is-object.
    let header = unsafe { &*owner };
    if !header.has(CARDS) {
        return barrier_slow(owner);
    }
    debug_assert!((slot as usize).wrapping_sub(owner as usize) < block::meta(owner as usize).end as usize);
    block::meta(slot as usize).lines[slot as usize % block::BLOCK / block::LINE] = 1;
    if !header.has(DIRTY) {
        header.add(DIRTY);
        DIRTY_ARRAYS.get().push(owner);
    }
}
