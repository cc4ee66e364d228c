//! Address space: where the arena and its tables lie.
//!
//! All ranges are reserved at fixed addresses, so the collector, the interpreter and compiled code use constants
//! instead of loading bases.
//! The kernel commits pages when they are touched.
//! Addresses from 0x2000_0000_0000 are used by neither the executable, the C heap, shared libraries nor stacks.

use std::ptr;

pub(crate) const ARENA_BASE: usize = 0x2000_0000_0000;
/// The largest possible arena; a power of two.
pub(crate) const ARENA_MAX: usize = 1 << 40;
pub(crate) const BLOCK_META_BASE: usize = 0x2200_0000_0000;
pub(crate) const KINDS_BASE: usize = 0x2300_0000_0000;
pub(crate) const SHAPES_BASE: usize = 0x2400_0000_0000;
pub(crate) const SHAPE_INFO_BASE: usize = 0x2401_0000_0000;

/// Whether a word is an address inside the arena's range. Integers must have been excluded.
#[inline(always)]
pub(crate) fn in_arena(word: u64) -> bool {
    word.wrapping_sub(ARENA_BASE as u64) < ARENA_MAX as u64
}

/// Reserves `len` bytes at `at`.
pub(crate) fn reserve(at: usize, len: usize) -> bool {
    // SAFETY: MAP_FIXED_NOREPLACE touches no existing mapping.
    let got = unsafe {
        libc::mmap(
            at as *mut _,
            len,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE | libc::MAP_FIXED_NOREPLACE,
            -1,
            0,
        )
    };
    if got as usize == at {
        return true;
    }
    if got != libc::MAP_FAILED && !ptr::eq(got, ptr::null()) {
        // A kernel that does not know the flag took the address as a hint.
        // SAFETY: the mapping is ours and unused.
        unsafe { libc::munmap(got, len) };
    }
    false
}

/// Asks for large pages: the system gives and clears them several times faster than as many small ones. What
/// follows the first of them is left out, so that a heap of few MB takes no more memory than it uses.
pub(crate) fn prefer_large_pages(at: usize, len: usize) {
    const FIRST: usize = 2 << 20;
    const FROM: usize = 1 << 30;
    if len > FROM {
        // SAFETY: advice about a mapping of our own; where the system knows no such pages, nothing happens.
        unsafe {
            libc::madvise(at as *mut _, FIRST, libc::MADV_HUGEPAGE);
            libc::madvise((at + FROM) as *mut _, len - FROM, libc::MADV_HUGEPAGE);
        }
    }
}

/// Reserves a sparsely used table: small pages, so that touching one entry clears little memory.
pub(crate) fn reserve_table(at: usize, len: usize) -> bool {
    // SAFETY: advice about a mapping of our own.
    reserve(at, len) && unsafe { libc::madvise(at as *mut _, len, libc::MADV_NOHUGEPAGE) } <= 0
}

/// Gives pages back to the system; they read as zero afterwards.
///
/// # Safety
/// Nothing in the range is in use.
pub(crate) unsafe fn discard(at: usize, len: usize) {
    libc::madvise(at as *mut _, len, libc::MADV_DONTNEED);
}
