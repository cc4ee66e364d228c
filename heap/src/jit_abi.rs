//! What compiled code may know about the heap, so that it can allocate and store inline.
//!
//! Allocation of a shape that is neither pinned nor has a drop function:
//! `p = *nursery_cur(); q = p + size; if q > *nursery_lim() goto alloc_slow; *nursery_cur() = q;
//! store u64 [p], shape id; store u64 [p + 8], 0` with `size` rounded up to a multiple of 16, at least 16; if rounding
//! added a word, `store u64 [q - 8], 0`.
//! Barrier after a store into `o`: `if u32 [o + META_OFFSET] & UNLOG_BIT != 0 call barrier`.

use crate::alloc::{NURSERY, Nursery};
use crate::object::Header;
use crate::shape::ShapeId;
use std::mem::offset_of;

pub const META_OFFSET: usize = crate::object::META_OFFSET;
pub const SHAPE_OFFSET: usize = 0;
pub const SHADOW_OFFSET: usize = 8;
pub const UNLOG_BIT: u32 = crate::object::UNLOG;
pub const OLD_BIT: u32 = crate::object::OLD;
pub const SHAPES_BASE: usize = crate::memory::SHAPES_BASE;
pub const SHAPE_ENTRY_SIZE: usize = size_of::<crate::shape::Shape>();
pub const SHAPE_OWNER_OFFSET: usize = offset_of!(crate::shape::Shape, owner);
pub const SHAPE_DATA_OFFSET: usize = offset_of!(crate::shape::Shape, data);
/// Larger objects are never allocated inline.
pub const MAX_INLINE_SIZE: usize = crate::alloc::LARGE_SIZE;

/// The address of the bump pointer.
pub fn nursery_cur() -> *mut usize {
    // SAFETY: a field's address.
    unsafe { NURSERY.as_ptr().byte_add(offset_of!(Nursery, cur)).cast() }
}

/// The address of the limit.
pub fn nursery_lim() -> *mut usize {
    // SAFETY: a field's address.
    unsafe { NURSERY.as_ptr().byte_add(offset_of!(Nursery, lim)).cast() }
}

/// `fn(shape, size) -> object`: allocates anything, may collect.
pub fn alloc_slow() -> extern "C" fn(ShapeId, usize) -> *mut u8 {
    crate::alloc::alloc_slow
}

/// `fn(owner)`: the write barrier for an owner with `UNLOG_BIT`.
pub fn barrier() -> extern "C" fn(*mut Header) {
    crate::barrier::barrier_slow
}

/// `fn(owner, slot)`: the same for a store into an array.
pub fn barrier_at() -> extern "C" fn(*mut Header, *mut u64) {
    crate::barrier::barrier_at_slow
}
