//! The arena's blocks: 32 KB each, with a byte that says the kind and a table entry of 1 KB beside the arena.
//!
//! Old blocks are mark-region: 128-byte lines, a start bit and a mark bit per 16 bytes.
//! A large object occupies whole consecutive blocks and starts at the first one.
//! For large objects the line bytes are the card table.
//!
//! Kept true here: blocks at or above `limit()` have never been used and read as zero; start bits are set exactly
//! for objects in old blocks, and for the first granule of a large object.

use crate::gil::GilCell;
use crate::memory::{
    ARENA_BASE, BLOCK_META_BASE, KINDS_BASE, discard, prefer_large_pages, reserve, reserve_table,
};
use std::collections::{BTreeMap, BTreeSet};

pub(crate) const BLOCK: usize = 32 << 10;
pub(crate) const LINE: usize = 128;
pub(crate) const LINES: usize = BLOCK / LINE;
pub(crate) const GRANULE: usize = 16;
const WORDS: usize = BLOCK / GRANULE / 64;

pub(crate) const FREE: u8 = 0;
pub(crate) const NURSERY: u8 = 1;
pub(crate) const OLD_BLOCK: u8 = 2;
/// An old block that the running or next major collection empties.
pub(crate) const EVACUATE: u8 = 3;
pub(crate) const LARGE: u8 = 4;
/// The second and later blocks of a large object.
pub(crate) const LARGE_REST: u8 = 5;

#[repr(C, align(1024))]
pub(crate) struct BlockMeta {
    pub start: [u64; WORDS],
    pub mark: [u64; WORDS],
    /// Old: non-zero for lines with marked objects. Large: non-zero for dirty cards.
    pub lines: [u8; LINES],
    /// Nursery, once it is full: the end of the allocated part. Large: the object's size.
    pub end: u64,
    /// Large: the index of the first block.
    pub head: u32,
    /// Old: holds pinned layouts, so it is never evacuated.
    pub fixed: bool,
}

impl BlockMeta {
    pub fn clear(&mut self) {
        self.start = [0; WORDS];
        self.mark = [0; WORDS];
        self.lines = [0; LINES];
        self.fixed = false;
    }

    pub fn clear_marks(&mut self) {
        self.mark = [0; WORDS];
        self.lines = [0; LINES];
    }

    #[inline(always)]
    pub fn set_start(&mut self, addr: usize) {
        let (word, bit) = granule(addr);
        self.start[word] |= bit;
    }

    #[inline(always)]
    pub fn is_start(&self, addr: usize) -> bool {
        let (word, bit) = granule(addr);
        self.start[word] & bit != 0
    }

    #[inline(always)]
    pub fn is_marked(&self, addr: usize) -> bool {
        let (word, bit) = granule(addr);
        self.mark[word] & bit != 0
    }

    /// Sets the mark bit; false if it was set already.
    #[inline(always)]
    pub fn mark(&mut self, addr: usize) -> bool {
        let (word, bit) = granule(addr);
        let old = self.mark[word];
        self.mark[word] = old | bit;
        old & bit == 0
    }

    #[inline(always)]
    pub fn mark_lines(&mut self, addr: usize, size: usize) {
        let first = (addr % BLOCK) / LINE;
        let last = (addr % BLOCK + size - 1) / LINE;
        self.lines[first] = 1;
        if last > first {
            self.lines[first + 1..=last].fill(1);
        }
    }

    /// The last object that starts at or before `addr`.
    pub fn start_before(&self, addr: usize) -> Option<usize> {
        let n = (addr % BLOCK) / GRANULE;
        let mut word = n / 64;
        let mut bits = self.start[word] & (!0 >> (63 - n % 64));
        loop {
            if bits != 0 {
                let n = word * 64 + 63 - bits.leading_zeros() as usize;
                return Some((addr & !(BLOCK - 1)) + n * GRANULE);
            }
            if word == 0 {
                return None;
            }
            word -= 1;
            bits = self.start[word];
        }
    }
}

#[inline(always)]
fn granule(addr: usize) -> (usize, u64) {
    let n = (addr % BLOCK) / GRANULE;
    (n / 64, 1 << (n % 64))
}

#[inline(always)]
pub(crate) fn index_of(addr: usize) -> usize {
    (addr - ARENA_BASE) / BLOCK
}

#[inline(always)]
pub(crate) fn address_of(index: usize) -> usize {
    ARENA_BASE + index * BLOCK
}

/// The table entry of the block that contains `addr`. Entries are used for a moment only, never across each other.
#[inline(always)]
pub(crate) fn meta(addr: usize) -> &'static mut BlockMeta {
    meta_at(index_of(addr))
}

#[inline(always)]
pub(crate) fn meta_at(index: usize) -> &'static mut BlockMeta {
    // SAFETY: block-table.
    unsafe { &mut *((BLOCK_META_BASE + index * size_of::<BlockMeta>()) as *mut BlockMeta) }
}

#[inline(always)]
pub(crate) fn kind(addr: usize) -> u8 {
    kind_at(index_of(addr))
}

#[inline(always)]
pub(crate) fn kind_at(index: usize) -> u8 {
    // SAFETY: block-table.
    unsafe { *((KINDS_BASE + index) as *const u8) }
}

#[inline(always)]
pub(crate) fn set_kind(index: usize, kind: u8) {
    // SAFETY: block-table.
    unsafe { *((KINDS_BASE + index) as *mut u8) = kind };
}

/// The free blocks.
struct Pool {
    /// First block never used.
    limit: usize,
    /// Number of blocks in the arena.
    total: usize,
    /// Blocks that only the collector may take.
    reserved: usize,
    in_use: usize,
    by_start: BTreeMap<u32, u32>,
    by_size: BTreeSet<(u32, u32)>,
    singles: Vec<u32>,
}

static POOL: GilCell<Pool> = GilCell::new(Pool {
    limit: 0,
    total: 0,
    reserved: 0,
    in_use: 0,
    by_start: BTreeMap::new(),
    by_size: BTreeSet::new(),
    singles: Vec::new(),
});

/// How many single blocks wait for reuse before they are merged with their neighbours.
const MAX_SINGLES: usize = 256;
/// Shorter runs of free blocks do not go back to the system.
const DISCARD_BLOCKS: u32 = 32;
/// This much is never given back.
const KEEP_BLOCKS: usize = (64 << 20) / BLOCK;

pub(crate) fn reserve_arena(bytes: usize) -> bool {
    let total = bytes / BLOCK;
    if !reserve(ARENA_BASE, total * BLOCK) {
        return false;
    }
    let tables =
        reserve_table(BLOCK_META_BASE, total * size_of::<BlockMeta>()) && reserve_table(KINDS_BASE, total);
    if !tables {
        // SAFETY: the mapping was just made.
        unsafe { libc::munmap(ARENA_BASE as *mut _, total * BLOCK) };
        return false;
    }
    prefer_large_pages(ARENA_BASE, total * BLOCK);
    POOL.get().total = total;
    true
}

/// Keeps `blocks` for the collector.
pub(crate) fn set_reserved(blocks: usize) {
    POOL.get().reserved = blocks;
}

/// All blocks ever used are below this index.
#[inline(always)]
pub(crate) fn limit() -> usize {
    POOL.get().limit
}

pub(crate) fn blocks_in_use() -> usize {
    POOL.get().in_use
}

/// Takes `n` consecutive blocks: the index of the first, and whether they are known to be zero.
/// `reserve`: the collector asks, and may use the reserve.
pub(crate) fn take(n: usize, reserve: bool) -> Option<(usize, bool)> {
    let pool = POOL.get();
    let cap = if reserve { pool.total } else { pool.total - pool.reserved };
    if n > cap || pool.in_use + n > cap {
        return None;
    }
    if n == 1
        && let Some(index) = pool.singles.pop()
    {
        pool.in_use += 1;
        return Some((index as usize, false));
    }
    let found = pool.by_size.range((n as u32, 0)..).next().copied();
    if let Some((len, start)) = found {
        pool.by_size.remove(&(len, start));
        pool.by_start.remove(&start);
        if len as usize > n {
            pool.by_start.insert(start + n as u32, len - n as u32);
            pool.by_size.insert((len - n as u32, start + n as u32));
        }
        pool.in_use += n;
        return Some((start as usize, false));
    }
    if pool.limit + n > pool.total {
        if pool.singles.is_empty() {
            return None;
        }
        merge_singles(pool);
        return take(n, reserve);
    }
    let index = pool.limit;
    pool.limit += n;
    pool.in_use += n;
    Some((index, true))
}

/// Takes one block for small objects of the old generation.
pub(crate) fn take_old() -> Option<usize> {
    let (index, _) = take(1, true)?;
    set_kind(index, OLD_BLOCK);
    meta_at(index).clear();
    Some(address_of(index))
}

pub(crate) fn release(index: usize, n: usize) {
    for i in index..index + n {
        set_kind(i, FREE);
    }
    let pool = POOL.get();
    pool.in_use -= n;
    if n == 1 && pool.singles.len() < MAX_SINGLES {
        pool.singles.push(index as u32);
    } else {
        insert(pool, index as u32, n as u32);
    }
}

/// Merges free blocks. After a major collection, gives long runs back to the system as long as more is free than
/// the program is likely to use again soon.
pub(crate) fn tidy() {
    let pool = POOL.get();
    merge_singles(pool);
    let mut free = pool.limit - pool.in_use;
    let keep = KEEP_BLOCKS.max(pool.in_use / 2);
    for &(len, start) in pool.by_size.iter().rev() {
        if free <= keep || len < DISCARD_BLOCKS {
            break;
        }
        // SAFETY: the blocks are free.
        unsafe { discard(address_of(start as usize), len as usize * BLOCK) };
        free -= len as usize;
    }
}

fn merge_singles(pool: &mut Pool) {
    for index in std::mem::take(&mut pool.singles) {
        insert(pool, index, 1);
    }
}

fn insert(pool: &mut Pool, mut start: u32, mut len: u32) {
    if let Some((&before, &n)) = pool.by_start.range(..start).next_back()
        && before + n == start
    {
        pool.by_start.remove(&before);
        pool.by_size.remove(&(n, before));
        start = before;
        len += n;
    }
    if let Some(n) = pool.by_start.remove(&(start + len)) {
        pool.by_size.remove(&(n, start + len));
        len += n;
    }
    pool.by_start.insert(start, len);
    pool.by_size.insert((len, start));
}

const _: () = assert!(size_of::<BlockMeta>() == 1024);
