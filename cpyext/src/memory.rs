//! The memory that C sees: one reserved range of addresses, cut into slabs of slots of one size.
//!
//! Each object has its link to the heap in the word before it: from an address inside the range, the link
//! is one load away. What is too large for a slab has slabs of its own.
//!
//! A free slot looks like an immortal object without a type: a reference of it that C code releases once too
//! often does nothing. In debug mode freed slots first go through a quarantine (`debug/quarantine.rs`).
//! Only for objects; `PyMem_*` use the system's allocator.

use adder_heap::GilCell;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// The range is at a fixed address, aligned to its size: whether an address is inside is a comparison with a
/// constant. The heap has the ones below it (`heap/src/memory.rs`).
const RANGE: usize = 256 << 30;
const START: usize = 0x2800_0000_0000;
const _: () = assert!(START.is_multiple_of(RANGE));
const SLAB: usize = 1 << 20;
const LARGEST: usize = 32 << 10;
/// Where the first object of a slab is: after the slab's head and the object's link.
const FIRST: usize = 32;
pub const LINK: usize = 8;
const CLASSES: usize = LARGEST / 16 + 2;

/// The head of a slab.
#[repr(C)]
struct Slab {
    /// From one object to the next; 0 for a large object, and where freed slots are held.
    stride: usize,
    /// For a large object: how many slabs it has.
    slabs: usize,
    /// From one object to the next, where freed slots are held; else 0.
    held: usize,
}

/// Takes a freed slot with its stride; `give_back` ends that.
type Hold = fn(*mut u8, usize);

static HOLD: GilCell<Option<Hold>> = GilCell::new(None);

/// From now on freed slots are held: before the first object is made.
pub fn hold_freed(hold: Hold) {
    *HOLD.get() = Some(hold);
}

/// What a free slot's first word is.
const FREE: usize = 3 << 30;

struct Memory {
    /// First slab never used.
    next: usize,
    /// Free slots by stride in units of 16 bytes, linked through the third words of the objects.
    free: [usize; CLASSES],
    /// Slots never used, by stride: the next one's object, and the end of its slab.
    fresh: [(usize, usize); CLASSES],
    /// Large spans that were freed: address and number of slabs.
    spans: Vec<(usize, usize)>,
}

static MEMORY: GilCell<Memory> =
    GilCell::new(Memory { next: START, free: [0; CLASSES], fresh: [(0, 0); CLASSES], spans: vec![] });

/// Reserves the range; once, at start-up.
pub fn init() {
    // SAFETY: asks for new memory, where nothing is.
    let p = unsafe {
        libc::mmap(
            START as *mut libc::c_void,
            RANGE,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE | libc::MAP_FIXED_NOREPLACE,
            -1,
            0,
        )
    };
    assert!(p as usize == START, "cannot reserve addresses for the C API");
}

/// Whether we handed the address out.
#[inline(always)]
pub fn contains<T>(p: *const T) -> bool {
    p as usize / RANGE == START / RANGE
}

/// The link of the object at `p`: a word for the caller, 0 in a fresh slot.
///
/// # Safety
/// `p` came from `alloc` and was not freed.
#[inline(always)]
pub unsafe fn link<T>(p: *const T) -> *mut u64 {
    (p as *mut u64).sub(1)
}

/// Zeroed memory for one object; None if the range is used up.
#[inline]
pub fn alloc(size: usize) -> Option<*mut u8> {
    let p = alloc_raw(size)?;
    // SAFETY: fresh memory of at least that size, and of at least 16 bytes.
    unsafe { adder_heap::zero(p, size.max(16)) };
    Some(p)
}

/// As `alloc`, with any contents.
#[inline]
pub fn alloc_raw(size: usize) -> Option<*mut u8> {
    if size > LARGEST {
        return alloc_large(size);
    }
    let m = MEMORY.get();
    let class = (size.max(16) + LINK).div_ceil(16);
    let p = m.free[class];
    if p == 0 {
        return alloc_fresh(class);
    }
    // SAFETY: a free slot: its third word is the next one.
    unsafe { m.free[class] = (*(p as *const [usize; 3]))[2] };
    Some(p as *mut u8)
}

/// A slot that was never used: the system gave it zeroed, link included.
#[inline(never)]
fn alloc_fresh(class: usize) -> Option<*mut u8> {
    let m = MEMORY.get();
    let stride = class * 16;
    let (mut p, mut end) = m.fresh[class];
    if p == 0 || p - LINK + stride > end {
        let base = new_slab(stride)?;
        (p, end) = (base + FIRST, base + SLAB);
    }
    m.fresh[class] = (p + stride, end);
    Some(p as *mut u8)
}

fn new_slab(stride: usize) -> Option<usize> {
    let base = take_span(MEMORY.get(), 1)?;
    // SAFETY: a slab of the range that nobody uses; the system gave or gives it zeroed.
    unsafe {
        *(base as *mut Slab) = match *HOLD.get() {
            None => Slab { stride, slabs: 1, held: 0 },
            Some(_) => Slab { stride: 0, slabs: 1, held: stride },
        }
    };
    // Before there are many more, the collector is to look for dead structs.
    adder_heap::add_pressure(SLAB as isize);
    Some(base)
}

/// So many slabs, those that were freed first.
fn take_span(m: &mut Memory, slabs: usize) -> Option<usize> {
    match m.spans.iter().position(|s| s.1 == slabs) {
        Some(i) => Some(m.spans.swap_remove(i).0),
        None => take(m, slabs),
    }
}

fn take(m: &mut Memory, slabs: usize) -> Option<usize> {
    let base = m.next;
    if base + slabs * SLAB > START + RANGE {
        return None;
    }
    m.next += slabs * SLAB;
    Some(base)
}

#[cold]
#[inline(never)]
fn alloc_large(size: usize) -> Option<*mut u8> {
    let m = MEMORY.get();
    let slabs = size.checked_add(FIRST + SLAB - 1)? / SLAB;
    let base = take_span(m, slabs)?;
    // SAFETY: slabs of the range that nobody uses; the system gave or gives them zeroed.
    unsafe { *(base as *mut Slab) = Slab { stride: 0, slabs, held: 0 } };
    adder_heap::add_pressure((slabs * SLAB) as isize);
    Some((base + FIRST) as *mut u8)
}

/// # Safety
/// `p` came from `alloc` and was not freed.
unsafe fn slab_of<T>(p: *const T) -> &'static Slab {
    &*((p as usize & !(SLAB - 1)) as *const Slab)
}

/// How many bytes the object at `p` may have.
///
/// # Safety
/// `p` came from `alloc` and was not freed.
pub unsafe fn room<T>(p: *const T) -> usize {
    match slab_of(p) {
        Slab { stride: 0, slabs, held: 0 } => slabs * SLAB - FIRST,
        slab => slab.stride.max(slab.held) - LINK,
    }
}

/// Gives back a slot whose link is 0.
///
/// # Safety
/// As for `free`.
#[inline]
pub unsafe fn free_unlinked<T>(p: *mut T) {
    let slab = slab_of(p);
    if slab.stride == 0 {
        return free_other(p.cast(), slab);
    }
    give_back(p.cast(), slab.stride);
}

/// Makes a slot free.
///
/// # Safety
/// Nobody uses the slot.
#[inline(always)]
pub unsafe fn give_back(p: *mut u8, stride: usize) {
    let m = MEMORY.get();
    let class = stride / 16;
    // No type: what gets the slot next is no object until it has one.
    *(p as *mut [usize; 3]) = [FREE, 0, m.free[class]];
    m.free[class] = p as usize;
}

#[cold]
#[inline(never)]
unsafe fn free_other(p: *mut u8, slab: &Slab) {
    match *HOLD.get() {
        Some(hold) if slab.held != 0 => hold(p, slab.held),
        _ => free_large(p as usize - FIRST, slab.slabs),
    }
}

/// Where the next number goes that is passed to C, and the end of the slab.
static BOXES: GilCell<(usize, usize)> = GilCell::new((0, 0));

/// The stride of slots for numbers: floats, and ints of two digits.
const BOX: usize = 48;

/// A slot for a number that is an argument, with any contents. Such slots are taken and given back in turn,
/// so that no list of free slots is followed; one that C keeps becomes a slot as others.
#[inline(always)]
pub fn new_box() -> *mut u8 {
    let boxes = BOXES.get();
    let p = boxes.0;
    if p >= boxes.1 {
        return more_boxes();
    }
    boxes.0 = p + BOX;
    p as *mut u8
}

#[cold]
#[inline(never)]
fn more_boxes() -> *mut u8 {
    let base = new_slab(BOX).expect("memory for a C struct");
    let first = base + FIRST;
    let end = first + (SLAB - FIRST + LINK) / BOX * BOX;
    *BOXES.get() = (first + BOX, end);
    first as *mut u8
}

/// Gives back the slot of an argument to which C has no reference.
///
/// # Safety
/// `p` came from `new_box`, or from `alloc`, and is not used any more.
#[inline(always)]
pub unsafe fn drop_box<T>(p: *mut T) {
    let boxes = BOXES.get();
    if boxes.0 == p as usize + BOX && HOLD.get().is_none() {
        boxes.0 = p as usize;
    } else {
        free_unlinked(p);
    }
}

/// Gives a slot back.
///
/// # Safety
/// `p` came from `alloc` and is not used any more.
#[inline]
pub unsafe fn free<T>(p: *mut T) {
    *link(p) = 0;
    free_unlinked(p);
}

#[cold]
#[inline(never)]
unsafe fn free_large(base: usize, slabs: usize) {
    libc::madvise(base as *mut libc::c_void, slabs * SLAB, libc::MADV_DONTNEED);
    MEMORY.get().spans.push((base, slabs));
    adder_heap::add_pressure(-((slabs * SLAB) as isize));
}

/// The next one of a free slot.
unsafe fn next_free(p: usize) -> usize {
    (*(p as *const [usize; 3]))[2]
}

/// Gives slabs of which every slot is free back to the system, which gives them zeroed when they are used again,
/// perhaps with slots of another size. `forget` is called with the range of each.
pub fn give_back_slabs(forget: &mut dyn FnMut(std::ops::Range<usize>)) {
    let m = MEMORY.get();
    let slab = |p: usize| (p - START) / SLAB;
    let mut free = vec![0; slab(m.next)];
    for mut p in m.free {
        while p != 0 {
            free[slab(p)] += 1;
            // SAFETY: a free slot.
            p = unsafe { next_free(p) };
        }
    }
    let whole: Vec<bool> = (0..free.len())
        .map(|i| {
            // SAFETY: the head of a slab, or of the rest of a span, which is zero.
            let stride = unsafe { slab_of((START + i * SLAB) as *const u8).stride };
            stride != 0 && free[i] == (SLAB - FIRST + LINK) / stride
        })
        .collect();
    if !whole.contains(&true) {
        return;
    }
    for head in &mut m.free {
        let mut place: *mut usize = head;
        // SAFETY: free slots; `place` is the head of the list, or the third word of one that stays.
        unsafe {
            let mut p = *place;
            while p != 0 {
                let next = next_free(p);
                if !whole[slab(p)] {
                    *place = p;
                    place = &raw mut (*(p as *mut [usize; 3]))[2];
                }
                p = next;
            }
            *place = 0;
        }
    }
    for fresh in m.fresh.iter_mut().filter(|f| f.1 != 0 && whole[slab(f.1 - SLAB)]) {
        *fresh = (0, 0);
    }
    for base in (0..whole.len()).filter(|i| whole[*i]).map(|i| START + i * SLAB) {
        forget(base..base + SLAB);
        // SAFETY: nobody uses the slab.
        unsafe { free_large(base, 1) };
    }
}

/// Whether there are so many slabs that it is worth looking for free ones.
pub fn has_many_slabs() -> bool {
    MEMORY.get().next - START > 16 * SLAB
}

/// Calls `f` with the address of every slot that was ever used.
pub fn each(f: &mut dyn FnMut(*mut u8)) {
    let m = MEMORY.get();
    let mut base = START;
    while base < m.next {
        // SAFETY: the head of a slab, or of the rest of a freed span, which is zero.
        let &Slab { stride, slabs, held } = unsafe { slab_of(base as *const u8) };
        let stride = stride.max(held);
        if stride == 0 {
            if slabs != 0 {
                f((base + FIRST) as *mut u8);
            }
        } else {
            let (fresh, _) = m.fresh[stride / 16];
            let limit = if fresh & !(SLAB - 1) == base { fresh } else { base + SLAB };
            let mut p = base + FIRST;
            while p - LINK + stride <= limit {
                f(p as *mut u8);
                p += stride;
            }
        }
        base += slabs.max(1) * SLAB;
    }
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
