//! The memory that C sees: one reserved range of addresses, cut into slabs of slots of one size, each
//! with an array of links to heap objects.
//!
//! From an address inside the range: its slab by masking, its slot by division, its link by index.
//! What is too large for a slab has slabs of its own and one link.
//! Only for objects; `PyMem_*` use the system's allocator.

use adder_heap::GilCell;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

const RANGE: usize = 256 << 30;
const SLAB: usize = 1 << 20;
const LARGEST: usize = 32 << 10;
const HEADER: usize = 64;

/// The head of a slab.
#[repr(C)]
struct Slab {
    slot_size: u32,
    first: u32,
    /// For a large object: how many slabs it has.
    slabs: u32,
    /// 2**32 / slot_size, rounded up: to divide by multiplying. Exact, because what is divided is a
    /// multiple of the slot's size, and below 2**32. 0 for a large object.
    inverse: u32,
}

struct Memory {
    start: usize,
    /// First slab never used.
    next: usize,
    /// Free slots by size in 16 bytes, linked through their first words.
    free: [usize; LARGEST / 16 + 1],
    /// Slots of the newest slab of a size that were never in its list: where they begin, and how many.
    fresh: [(usize, usize); LARGEST / 16 + 1],
    /// Large spans that were freed: address and number of slabs.
    spans: Vec<(usize, u32)>,
}

static MEMORY: GilCell<Memory> = GilCell::new(Memory {
    start: 0,
    next: 0,
    free: [0; LARGEST / 16 + 1],
    fresh: [(0, 0); LARGEST / 16 + 1],
    spans: vec![],
});

/// Reserves the range; once, at start-up.
pub fn init() {
    let m = MEMORY.get();
    // SAFETY: asks for new memory anywhere.
    let p = unsafe {
        libc::mmap(
            std::ptr::null_mut(),
            RANGE + SLAB,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
            -1,
            0,
        )
    };
    assert!(p != libc::MAP_FAILED, "cannot reserve addresses for the C API");
    m.start = (p as usize + SLAB - 1) & !(SLAB - 1);
    m.next = m.start;
}

/// Whether we handed the address out.
#[inline(always)]
pub fn contains<T>(p: *const T) -> bool {
    (p as usize).wrapping_sub(MEMORY.get().start) < RANGE
}

/// The link of the slot at `p`: a word for the caller, 0 in a fresh slot.
///
/// # Safety
/// `p` came from `alloc` and was not freed.
#[inline(always)]
pub unsafe fn link<T>(p: *const T) -> *mut u64 {
    let base = p as usize & !(SLAB - 1);
    let slab = &*(base as *const Slab);
    let index = ((p as usize - base - slab.first as usize) * slab.inverse as usize) >> 32;
    (base as *mut u64).add(HEADER / 8 + index)
}

/// Zeroed memory for one object; None if the range is used up.
pub fn alloc(size: usize) -> Option<*mut u8> {
    let p = alloc_raw(size)?;
    // SAFETY: fresh memory of at least that size.
    unsafe { std::ptr::write_bytes(p, 0, size) };
    Some(p)
}

/// As `alloc`, with any contents.
#[inline]
pub fn alloc_raw(size: usize) -> Option<*mut u8> {
    let size = (size.max(16) + 15) & !15;
    let m = MEMORY.get();
    if size > LARGEST {
        return alloc_large(m, size);
    }
    let class = size / 16;
    if m.free[class] == 0 {
        more_slots(m, size)?;
    }
    let p = m.free[class];
    // SAFETY: a free slot: its first word is the next one.
    unsafe {
        m.free[class] = *(p as *const usize);
    }
    Some(p as *mut u8)
}

fn take(m: &mut Memory, slabs: usize) -> Option<usize> {
    let base = m.next;
    if base + slabs * SLAB > m.start + RANGE {
        return None;
    }
    m.next += slabs * SLAB;
    Some(base)
}

/// Puts a page's worth of slots into the list of their size: a program pays only for memory that it uses.
#[cold]
#[inline(never)]
fn more_slots(m: &mut Memory, size: usize) -> Option<()> {
    let class = size / 16;
    if m.fresh[class].1 == 0 {
        m.fresh[class] = new_slab(m, size)?;
    }
    let (first, left) = m.fresh[class];
    let count = (4096 / size).clamp(1, left);
    for i in (0..count).rev() {
        let p = first + i * size;
        // SAFETY: a slot of a slab that nobody uses.
        unsafe { *(p as *mut usize) = m.free[class] };
        m.free[class] = p;
    }
    m.fresh[class] = (first + count * size, left - count);
    Some(())
}

/// The first slot of a new slab, and how many slots it has.
fn new_slab(m: &mut Memory, size: usize) -> Option<(usize, usize)> {
    let base = take(m, 1)?;
    let slots = (SLAB - HEADER - 16) / (size + 8);
    let first = (HEADER + 8 * slots + 15) & !15;
    let inverse = (1u64 << 32).div_ceil(size as u64) as u32;
    // SAFETY: a slab of the range, never used.
    unsafe { *(base as *mut Slab) = Slab { slot_size: size as u32, first: first as u32, slabs: 1, inverse } };
    Some((base + first, slots))
}

#[cold]
#[inline(never)]
fn alloc_large(m: &mut Memory, size: usize) -> Option<*mut u8> {
    let first = HEADER + 16;
    let slabs = size.checked_add(first + SLAB - 1)? / SLAB;
    let base = match m.spans.iter().position(|s| s.1 as usize == slabs) {
        Some(i) => m.spans.swap_remove(i).0,
        None => take(m, slabs)?,
    };
    // SAFETY: slabs of the range that nobody uses; the system gave or gives them zeroed.
    unsafe {
        *(base as *mut Slab) =
            Slab { slot_size: u32::MAX, first: first as u32, slabs: slabs as u32, inverse: 0 };
    }
    Some((base + first) as *mut u8)
}

/// How many bytes the slot at `p` has.
///
/// # Safety
/// `p` came from `alloc` and was not freed.
pub unsafe fn room<T>(p: *const T) -> usize {
    let base = p as usize & !(SLAB - 1);
    let slab = &*(base as *const Slab);
    if slab.slot_size == u32::MAX {
        return slab.slabs as usize * SLAB - slab.first as usize;
    }
    slab.slot_size as usize
}

/// Gives back a slot that never had a link.
///
/// # Safety
/// As for `free`.
#[inline]
pub unsafe fn free_unlinked<T>(p: *mut T) {
    let slab = &*((p as usize & !(SLAB - 1)) as *const Slab);
    if slab.slot_size == u32::MAX {
        return free(p);
    }
    let m = MEMORY.get();
    let class = slab.slot_size as usize / 16;
    *(p as *mut usize) = m.free[class];
    m.free[class] = p as usize;
}

/// Gives a slot back.
///
/// # Safety
/// `p` came from `alloc` and is not used any more.
pub unsafe fn free<T>(p: *mut T) {
    let m = MEMORY.get();
    *link(p) = 0;
    let base = p as usize & !(SLAB - 1);
    let slab = &*(base as *const Slab);
    if slab.slot_size == u32::MAX {
        let slabs = slab.slabs;
        libc::madvise(base as *mut libc::c_void, slabs as usize * SLAB, libc::MADV_DONTNEED);
        m.spans.push((base, slabs));
        return;
    }
    let class = slab.slot_size as usize / 16;
    *(p as *mut usize) = m.free[class];
    m.free[class] = p as usize;
}

/// A map by address, which is spread by a multiplication.
pub type AddressMap<T> = HashMap<usize, T, BuildHasherDefault<AddressHasher>>;

#[derive(Default)]
pub struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn write(&mut self, _bytes: &[u8]) {
        unreachable!("only addresses are hashed")
    }

    fn write_usize(&mut self, n: usize) {
        let n = (n as u64 >> 3).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        // The table takes its bits from both ends.
        self.0 = n ^ n >> 32;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
