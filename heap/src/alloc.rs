//! Allocation.
//!
//! The nursery is a set of blocks; allocation bumps a pointer in the current one.
//! Everything unusual is reached by failing the limit test, which is the only test besides that of the shape's
//! flags: the end of a block, a requested collection, and stress mode (both set the limit to 0).
//!
//! Kept true here: from the start of a nursery block to `end` objects lie without gaps, each complete before the
//! next allocation, so the block can be walked.

use crate::block::{self, BLOCK};
use crate::collect;
use crate::config::config;
use crate::gil::GilCell;
use crate::object::Header;
use crate::old;
use crate::shape::{self, FLAG_DROP, FLAG_PINNED, FLAG_SPECIAL, ShapeId};
use crate::value::Ref;

/// Larger objects get blocks of their own.
pub(crate) const LARGE_SIZE: usize = 16 << 10;

/// Blocks of the nursery at first.
const SMALL: usize = 16;

/// The bump pointer; compiled code uses it too.
#[repr(C)]
pub(crate) struct Nursery {
    pub cur: usize,
    pub lim: usize,
}

pub(crate) static NURSERY: GilCell<Nursery> = GilCell::new(Nursery { cur: 0, lim: 0 });

pub(crate) struct Blocks {
    /// The nursery's blocks, in the order they are filled.
    pub list: Vec<usize>,
    pub current: usize,
    pub wanted: usize,
    /// How often a nursery of only `SMALL` blocks will yet be filled: a program that does little shall not touch
    /// much memory.
    small_rounds: usize,
    /// The end of the current block, also while `NURSERY.lim` is 0.
    pub lim: usize,
    /// Collect at the next allocation.
    pub requested: bool,
    /// Stress mode: allocations left until the next collection.
    countdown: u32,
    largest: usize,
}

pub(crate) static BLOCKS: GilCell<Blocks> = GilCell::new(Blocks {
    list: Vec::new(),
    current: 0,
    wanted: 0,
    small_rounds: 8,
    lim: 0,
    requested: false,
    countdown: 0,
    largest: 0,
});

/// Allocates an object and writes its header.
/// The rest is uninitialised, except that the word after the header and the padding of the last 16 bytes are 0; the caller initialises all of it before
/// the next allocation.
/// May collect first.
#[inline(always)]
pub fn alloc(shape: ShapeId, size: usize) -> *mut u8 {
    match bump(shape, size) {
        Some(object) => object,
        None => alloc_slow(shape, size),
    }
}

/// As `alloc` if the current block has room, so that nothing is called and nothing collected.
#[inline(always)]
pub fn alloc_in_place(shape: ShapeId, size: usize) -> Option<*mut u8> {
    bump(shape, size)
}

/// As `alloc`, but `None` when memory is exhausted or the size is absurd.
#[inline(always)]
pub fn try_alloc(shape: ShapeId, size: usize) -> Option<*mut u8> {
    match bump(shape, size) {
        Some(object) => Some(object),
        None => slow(shape, size).map(|(object, _)| object),
    }
}

/// Allocates an object whose bytes after the header are 0.
pub fn try_alloc_zeroed(shape: ShapeId, size: usize) -> Option<*mut u8> {
    let (object, zeroed) = match bump(shape, size) {
        Some(object) => (object, false),
        None => slow(shape, size)?,
    };
    if !zeroed {
        // SAFETY: the object has this size; its header and the word after it are written.
        unsafe {
            let behind = round(size) - 16;
            if behind != 0 {
                zero(object.add(16), behind);
            }
        }
    }
    Some(object)
}

/// Fills memory with zeros; for few bytes without a call.
///
/// # Safety
/// `size` bytes at `p` may be written; at least 16.
#[inline(always)]
pub unsafe fn zero(p: *mut u8, size: usize) {
    let store = |at: usize| p.add(at).cast::<u128>().write_unaligned(0);
    if size > 128 {
        return p.write_bytes(0, size);
    }
    // Stores that overlap, from both ends.
    store(0);
    store(size - 16);
    if size > 32 {
        store(16);
        store(size - 32);
        if size > 64 {
            store(32);
            store(48);
            store(size - 64);
            store(size - 48);
        }
    }
}

/// Allocates an array of `len` zero elements; its shape says where the length is.
pub fn try_alloc_array(shape: ShapeId, len: usize) -> Option<*mut u8> {
    let entry = shape::shape(shape);
    let size = len.checked_mul(entry.elem.get() as usize)?.checked_add(entry.base.get() as usize)?;
    let object = try_alloc_zeroed(shape, size)?;
    // SAFETY: the length word is inside the object.
    unsafe { *object.add(entry.len_at.get() as usize).cast::<u64>() = len as u64 };
    Some(object)
}

/// As `try_alloc_array`; ends the process when memory is exhausted.
pub fn alloc_array(shape: ShapeId, len: usize) -> *mut u8 {
    try_alloc_array(shape, len).unwrap_or_else(|| exhausted("an array"))
}

/// Allocates an object and moves `init` into it. `T` is `repr(C)` and starts with its header.
#[inline(always)]
pub fn new<T>(shape: ShapeId, init: T) -> Ref<T> {
    const { assert!(align_of::<T>() <= 16 && size_of::<T>() >= 8) };
    let object = alloc(shape, size_of::<T>()).cast::<T>();
    // SAFETY: the object has room for a `T`, and the header written by `alloc` is put back.
    unsafe {
        let header = *object.cast::<u64>();
        object.write(init);
        *object.cast::<u64>() = header;
        Ref::from_ptr(object)
    }
}

#[inline(always)]
fn round(size: usize) -> usize {
    if size <= 16 { 16 } else { (size + 15) & !15 }
}

#[inline(always)]
fn bump(id: ShapeId, size: usize) -> Option<*mut u8> {
    debug_assert!(shape::shape_defined(id), "allocation of undefined shape {}", id.0);
    let nursery = NURSERY.get();
    let addr = nursery.cur;
    // An absurd size wraps around to at most `addr`.
    let end = addr.wrapping_add(size.max(16)).wrapping_add(15) & !15;
    if end <= nursery.lim && end > addr && shape::shape(id).flags.get() & FLAG_SPECIAL == 0 {
        nursery.cur = end;
        write_header(addr as *mut Header, id, 0);
        clear_padding(addr as *mut u8, size);
        return Some(addr as *mut u8);
    }
    None
}

/// The last word of an object whose size was rounded up: a tail reaches to the end.
#[inline(always)]
fn clear_padding(object: *mut u8, size: usize) {
    if !size.is_multiple_of(16) && size > 16 {
        // SAFETY: the rounded object has room for the word.
        unsafe { *object.add(round(size) - 8).cast::<u64>() = 0 };
    }
}

/// Allocates an object of any layout where it never moves; ends the process when memory is exhausted.
/// May collect first.
pub fn alloc_pinned(shape: ShapeId, size: usize) -> *mut u8 {
    match allocate(shape, size, true) {
        Some((object, _)) => object,
        None => exhausted("a pinned object"),
    }
}

#[inline(always)]
pub(crate) fn write_header(object: *mut Header, id: ShapeId, meta: u32) {
    // SAFETY: the object was just allocated; no object is smaller than 16 bytes.
    unsafe {
        *object.cast::<u64>() = id.0 as u64 | (meta as u64) << 32;
        *object.cast::<u64>().add(1) = 0;
    }
}

#[cold]
#[inline(never)]
pub(crate) extern "C" fn alloc_slow(id: ShapeId, size: usize) -> *mut u8 {
    match slow(id, size) {
        Some((object, _)) => object,
        None => exhausted("an object"),
    }
}

#[cold]
#[inline(never)]
fn slow(id: ShapeId, size: usize) -> Option<(*mut u8, bool)> {
    allocate(id, size, false)
}

/// Any allocation; also says whether the memory is known to be zero.
fn allocate(id: ShapeId, exact_size: usize, pinned: bool) -> Option<(*mut u8, bool)> {
    crate::config::ensure_init();
    assert!(shape::shape_defined(id), "allocation of undefined shape {}", id.0);
    if exact_size > BLOCKS.get().largest {
        return None;
    }
    assert!(!collect::is_running(), "an allocation inside a collection");
    let size = round(exact_size);
    let flags = shape::shape(id).flags.get();
    if collection_due(size) {
        collect::collect_for_allocation();
    }
    let result = if size > LARGE_SIZE {
        old::alloc_large(id, size).or_else(|| {
            collect::collect_full();
            old::alloc_large(id, size)
        })
    } else if pinned || flags & FLAG_PINNED != 0 {
        old::alloc_pinned(id, size).map(|object| (object, false))
    } else {
        slow_bump(id, size).map(|object| (object, false))
    }?;
    clear_padding(result.0, exact_size);
    if flags & FLAG_DROP != 0 {
        crate::death::note_drop(result.0.cast());
    }
    Some(result)
}

fn slow_bump(id: ShapeId, size: usize) -> Option<*mut u8> {
    let mut attempts = 0;
    loop {
        let nursery = NURSERY.get();
        let blocks = BLOCKS.get();
        let addr = nursery.cur;
        if addr + size <= blocks.lim {
            nursery.cur = addr + size;
            write_header(addr as *mut Header, id, 0);
            return Some(addr as *mut u8);
        }
        if blocks.current + 1 < blocks.list.len() {
            close_block();
            open_block(blocks.current + 1);
        } else {
            attempts += 1;
            match attempts {
                1 => collect::collect_for_allocation(),
                2 => collect::collect_full(),
                _ => return None,
            }
        }
    }
}

fn collection_due(size: usize) -> bool {
    let blocks = BLOCKS.get();
    if config().stress.is_some() {
        blocks.countdown -= 1;
        if blocks.countdown == 0 {
            return true;
        }
    }
    let large =
        size > LARGE_SIZE && old::OLD_SPACE.get().young_large_bytes + size > 4 * blocks.wanted * BLOCK;
    blocks.requested || large
}

/// Makes the next allocation collect.
pub(crate) fn request_collection() {
    BLOCKS.get().requested = true;
    NURSERY.get().lim = 0;
}

/// Writes down how far the current block is filled, and lets no allocation succeed.
pub(crate) fn close_block() {
    let blocks = BLOCKS.get();
    NURSERY.get().lim = 0;
    if let Some(&addr) = blocks.list.get(blocks.current) {
        block::meta(addr).end = NURSERY.get().cur as u64;
    }
}

/// The end of the objects in the nursery block at `addr`.
pub(crate) fn filled_until(addr: usize) -> usize {
    let blocks = BLOCKS.get();
    let filled = blocks.list.iter().take(blocks.current + 1).any(|&a| a == addr);
    if filled { block::meta(addr).end as usize } else { addr }
}

/// Makes the limit fit the mode: in stress mode every allocation takes the slow path.
pub(crate) fn apply_stress() {
    let blocks = BLOCKS.get();
    let stress = config().stress;
    blocks.countdown = stress.unwrap_or(0);
    NURSERY.get().lim = if stress.is_some() || blocks.requested { 0 } else { blocks.lim };
}

fn open_block(n: usize) {
    let blocks = BLOCKS.get();
    let nursery = NURSERY.get();
    blocks.current = n;
    nursery.cur = blocks.list[n];
    blocks.lim = nursery.cur + BLOCK;
    nursery.lim = if config().stress.is_some() || blocks.requested { 0 } else { blocks.lim };
}

/// Completes the nursery after a collection and starts filling it again.
pub(crate) fn refill_nursery() {
    let blocks = BLOCKS.get();
    let wanted = if blocks.small_rounds > 0 { blocks.wanted.min(SMALL) } else { blocks.wanted };
    blocks.small_rounds = blocks.small_rounds.saturating_sub(1);
    while blocks.list.len() < wanted {
        let Some((index, _)) = block::take(1, false) else { break };
        block::set_kind(index, block::NURSERY);
        blocks.list.push(block::address_of(index));
    }
    blocks.requested = false;
    if blocks.list.is_empty() {
        *NURSERY.get() = Nursery { cur: 0, lim: 0 };
        blocks.lim = 0;
    } else {
        open_block(0);
    }
    apply_stress();
}

pub(crate) fn start(nursery_bytes: usize) {
    let blocks = BLOCKS.get();
    blocks.wanted = (nursery_bytes / BLOCK).max(2);
    // As malloc does, refuse what cannot be there.
    // SAFETY: sysinfo fills in the whole struct.
    let info = unsafe {
        let mut info = std::mem::zeroed::<libc::sysinfo>();
        libc::sysinfo(&mut info);
        info
    };
    blocks.largest =
        (info.totalram as usize + info.totalswap as usize).saturating_mul(info.mem_unit as usize);
    block::set_reserved(blocks.wanted);
    refill_nursery();
}

#[cold]
pub(crate) fn exhausted(what: &str) -> ! {
    eprintln!("fatal: memory is exhausted while allocating for {what}");
    std::process::abort()
}
