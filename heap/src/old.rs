//! Allocation in the old generation: free lines of old blocks, blocks for pinned layouts, large objects.
//!
//! Promoted objects fill runs of free lines by bumping a pointer; an object that does not fit the current run goes
//! to an overflow block, so that the run is not lost.
//!
//! Kept true here: an object of a pinned layout is old from birth and remembered until the next collection,
//! because its first stores have no barrier; a large object is young until a collection finds it alive.

use crate::barrier::REMEMBERED;
use crate::block::{self, BLOCK, LARGE, LARGE_REST, LINE};
use crate::gil::GilCell;
use crate::object::{CARDS, Header, OLD};
use crate::shape::{REFS_TAIL, ShapeId, shape};

#[derive(Clone, Copy)]
struct Bump {
    cur: usize,
    lim: usize,
}

pub(crate) struct OldSpace {
    bump: Bump,
    overflow: Bump,
    pinned: Bump,
    /// Runs of free lines.
    pub runs: Vec<(usize, usize)>,
    /// The same in blocks for pinned layouts.
    pub pinned_runs: Vec<(usize, usize)>,
    /// Bytes allocated since the last major collection, plus those it found alive.
    pub bytes: usize,
    /// Large objects allocated since the last collection.
    pub young_large: Vec<*mut Header>,
    pub young_large_bytes: usize,
}

const EMPTY: Bump = Bump { cur: 0, lim: 0 };

pub(crate) static OLD_SPACE: GilCell<OldSpace> = GilCell::new(OldSpace {
    bump: EMPTY,
    overflow: EMPTY,
    pinned: EMPTY,
    runs: Vec::new(),
    pinned_runs: Vec::new(),
    bytes: 0,
    young_large: Vec::new(),
    young_large_bytes: 0,
});

impl OldSpace {
    /// Forgets all free lines; a sweep finds them again.
    pub fn forget_runs(&mut self) {
        self.runs.clear();
        self.pinned_runs.clear();
        self.bump = EMPTY;
        self.overflow = EMPTY;
        self.pinned = EMPTY;
    }
}

/// Space for a promoted object. The collector cannot go on without it.
#[inline(always)]
pub(crate) fn alloc_old(size: usize) -> usize {
    let space = OLD_SPACE.get();
    let addr = space.bump.cur;
    if addr + size <= space.bump.lim {
        space.bump.cur = addr + size;
        space.bytes += size;
        block::meta(addr).set_start(addr);
        return addr;
    }
    alloc_old_slow(size)
}

#[cold]
#[inline(never)]
fn alloc_old_slow(size: usize) -> usize {
    let space = OLD_SPACE.get();
    space.bytes += size;
    let addr = if size > LINE {
        let block = || block::take_old().unwrap_or_else(|| crate::alloc::exhausted("a collection"));
        take(&mut space.overflow, size, block)
    } else {
        loop {
            let addr = space.bump.cur;
            if addr + size <= space.bump.lim {
                space.bump.cur = addr + size;
                break addr;
            }
            let (cur, lim) = space.runs.pop().unwrap_or_else(|| {
                let addr = block::take_old().unwrap_or_else(|| crate::alloc::exhausted("a collection"));
                (addr, addr + BLOCK)
            });
            space.bump = Bump { cur, lim };
        }
    };
    block::meta(addr).set_start(addr);
    addr
}

fn take(bump: &mut Bump, size: usize, block: impl Fn() -> usize) -> usize {
    if bump.cur + size > bump.lim {
        let addr = block();
        *bump = Bump { cur: addr, lim: addr + BLOCK };
    }
    let addr = bump.cur;
    bump.cur += size;
    addr
}

/// An object of a pinned layout.
pub(crate) fn alloc_pinned(id: ShapeId, size: usize) -> Option<*mut u8> {
    let space = OLD_SPACE.get();
    while space.pinned.cur + size > space.pinned.lim {
        space.pinned = match space.pinned_runs.pop() {
            Some((cur, lim)) => Bump { cur, lim },
            None => {
                let addr = block::take_old()?;
                block::meta(addr).fixed = true;
                Bump { cur: addr, lim: addr + BLOCK }
            }
        };
    }
    let addr = space.pinned.cur;
    space.pinned.cur += size;
    space.bytes += size;
    block::meta(addr).set_start(addr);
    let object = addr as *mut Header;
    crate::alloc::write_header(object, id, OLD);
    REMEMBERED.get().push(object);
    Some(object.cast())
}

/// A large object, and whether its memory is known to be zero.
pub(crate) fn alloc_large(id: ShapeId, size: usize) -> Option<(*mut u8, bool)> {
    let n = size.div_ceil(BLOCK);
    let (index, zero) = block::take(n, false)?;
    for i in index..index + n {
        block::set_kind(i, LARGE_REST);
        let meta = block::meta_at(i);
        meta.clear();
        meta.head = index as u32;
    }
    block::set_kind(index, LARGE);
    let addr = block::address_of(index);
    let meta = block::meta_at(index);
    meta.end = size as u64;
    meta.set_start(addr);
    let object = addr as *mut Header;
    let cards = if shape(id).refs.get() == REFS_TAIL { CARDS } else { 0 };
    crate::alloc::write_header(object, id, cards);
    let space = OLD_SPACE.get();
    space.young_large.push(object);
    space.young_large_bytes += size;
    Some((object.cast(), zero))
}

/// Frees the blocks of a dead large object and returns its size.
pub(crate) fn free_large(addr: usize) -> usize {
    let size = block::meta(addr).end as usize;
    block::release(block::index_of(addr), size.div_ceil(BLOCK));
    size
}
