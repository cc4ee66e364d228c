//! Minor collections: everything reachable leaves the nursery.
//!
//! Words on stacks that point into a nursery block, also into the middle of an object, pin that object: it becomes
//! old where it is, and its block becomes an old block with the gaps as free runs.
//! Candidates are sorted and each touched block is walked once to find object starts.
//! All other reachable young objects are copied to the old space; what is left is garbage and is not looked at.
//!
//! Kept true here: afterwards there is no young object; the remembered set is empty; every old object has `UNLOG`.

use crate::alloc::{BLOCKS, close_block, filled_until};
use crate::barrier::{DIRTY_ARRAYS, REMEMBERED};
use crate::block::{self, BLOCK, LARGE, LARGE_REST, LINE, NURSERY};
use crate::config::config;
use crate::death;
use crate::gil::GilCell;
use crate::links::{HOOKS, LINKS, tell_moved};
use crate::memory::{ARENA_BASE, in_arena};
use crate::object::{DIRTY, FORWARDED, Header, LINKED, OLD, UNLOG};
use crate::old::{OLD_SPACE, alloc_old, free_large};
use crate::root::visit_roots;
use crate::shape::{REFS_NONE, TAIL_MASK, shape, shape_defined, size_of_object};
use crate::stats::COUNTERS;
use crate::thread::each_stack_word;
use crate::trace::{MinorStep, Mode, Step, Visitor, scan_object, tail};
use crate::value::Value;

/// Shorter gaps between pinned objects are not worth keeping.
const MIN_GAP: usize = 2 * LINE;
/// What is left behind in stress mode; as a header it names no shape.
pub(crate) const POISON: u8 = 0xd7;

struct Pins {
    words: Vec<usize>,
    objects: Vec<*mut Header>,
}

static PINS: GilCell<Pins> = GilCell::new(Pins { words: Vec::new(), objects: Vec::new() });

/// # Safety
/// The caller is the collector, on the thread that holds the GIL.
pub(crate) unsafe fn collect() {
    close_block();
    let mut visitor = Visitor::new(Mode::Minor);
    pin_from_stacks(&mut visitor);
    visit_linked(&mut visitor);
    visit_roots(&mut visitor);
    death::visit_queues(&mut visitor);
    visit_remembered(&mut visitor);
    drain(&mut visitor);
    death::process(&mut visitor);
    sweep_young_large();
    if config().stress.is_some() {
        poison_nursery();
    }
    convert_pinned_blocks();
}

impl Step for MinorStep {
    #[inline(always)]
    unsafe fn slot(visitor: &mut Visitor, slot: *mut u64) {
        let word = *slot;
        if word & 1 != 0 || !in_arena(word) {
            return;
        }
        let object = word as *mut Header;
        let meta = (*object).meta();
        if meta & OLD != 0 {
            return;
        }
        if meta & FORWARDED != 0 {
            *slot = *object.cast::<u64>().add(1);
            return;
        }
        evacuate(visitor, slot, object);
    }
}

#[inline(always)]
unsafe fn evacuate(visitor: &mut Visitor, slot: *mut u64, object: *mut Header) {
    debug_assert!(shape_defined((*object).shape()), "{object:p} is no object");
    let refs = shape((*object).shape()).refs.get();
    if block::kind(object as usize) == LARGE {
        (*object).add(OLD | UNLOG);
        if refs != REFS_NONE {
            visitor.gray.push(object);
        }
        return;
    }
    debug_assert_eq!(block::kind(object as usize), NURSERY);
    let size = size_of_object(object);
    let copy = alloc_old(size) as *mut Header;
    std::ptr::copy_nonoverlapping(object.cast::<u64>(), copy.cast::<u64>(), size / 8);
    (*copy).add(OLD | UNLOG);
    (*object).add(FORWARDED);
    *object.cast::<u64>().add(1) = copy as u64;
    *slot = copy as u64;
    if (*copy).has(LINKED) {
        tell_moved(object, copy);
    }
    let counters = COUNTERS.get();
    counters.promoted_bytes += size as u64;
    counters.promoted_objects += 1;
    if refs != REFS_NONE {
        visitor.gray.push(copy);
    }
}

/// Where a young object is now; `None` if it was not reached.
pub(crate) unsafe fn fate(object: *mut Header) -> Option<*mut Header> {
    let meta = (*object).meta();
    if !in_arena(object as u64) || meta & OLD != 0 {
        Some(object)
    } else if meta & FORWARDED != 0 {
        Some(*object.cast::<u64>().add(1) as *mut Header)
    } else {
        None
    }
}

pub(crate) unsafe fn drain(visitor: &mut Visitor) {
    while let Some(object) = visitor.gray.pop() {
        scan_object::<MinorStep>(visitor, object);
    }
}

unsafe fn pin_from_stacks(visitor: &mut Visitor) {
    let pins = PINS.get();
    pins.words.clear();
    pins.objects.clear();
    let size = block::limit() * BLOCK;
    let gray = &mut visitor.gray;
    each_stack_word(|word| {
        let offset = (word as usize).wrapping_sub(ARENA_BASE);
        if offset >= size {
            return;
        }
        let index = offset / BLOCK;
        match block::kind_at(index) {
            NURSERY => pins.words.push(word as usize),
            LARGE | LARGE_REST => {
                let object = block::address_of(block::meta_at(index).head as usize) as *mut Header;
                if !(*object).has(OLD) {
                    (*object).add(OLD | UNLOG);
                    gray.push(object);
                }
            }
            _ => {}
        }
    });
    pins.words.sort_unstable();
    pins.words.dedup();
    let mut words = &pins.words[..];
    while let Some(&first) = words.first() {
        let base = first & !(BLOCK - 1);
        let end = filled_until(base);
        let mut at = base;
        while at < end {
            let Some(&word) = words.first() else { break };
            if word >= end {
                break;
            }
            let object = at as *mut Header;
            debug_assert!(shape_defined((*object).shape()), "{object:p} is no object");
            let next = at + size_of_object(object);
            if word < next {
                (*object).add(OLD | UNLOG);
                pins.objects.push(object);
                gray.push(object);
                let hits = words.iter().take_while(|&&w| w < next).count();
                words = &words[hits..];
            }
            at = next;
        }
        let rest = words.iter().take_while(|&&w| w < base + BLOCK).count();
        words = &words[rest..];
    }
    COUNTERS.get().pinned_objects += pins.objects.len() as u64;
}

/// Young objects that C holds. Asked before anything moves, because moving overwrites the shadow word.
unsafe fn visit_linked(visitor: &mut Visitor) {
    let is_root = HOOKS.get().is_root;
    for i in 0..LINKS.get().young.len() {
        let object = LINKS.get().young[i];
        if (*object).has(LINKED) && is_root(Value::from_bits_unchecked(object as u64)) {
            let mut word = object as u64;
            MinorStep::slot(visitor, &mut word);
        }
    }
}

unsafe fn visit_remembered(visitor: &mut Visitor) {
    for object in REMEMBERED.get().drain(..) {
        (*object).add(UNLOG);
        scan_object::<MinorStep>(visitor, object);
    }
    for object in DIRTY_ARRAYS.get().drain(..) {
        (*object).remove(DIRTY);
        scan_dirty_cards(visitor, object);
    }
}

/// Visits the slots on dirty cards, and those before the tail.
unsafe fn scan_dirty_cards(visitor: &mut Visitor, object: *mut Header) {
    let mut mask = shape((*object).shape()).word.get() & TAIL_MASK;
    while mask != 0 {
        MinorStep::slot(visitor, object.cast::<u64>().add(mask.trailing_zeros() as usize));
        mask &= mask - 1;
    }
    let base = object as usize;
    let (first, end) = tail(object);
    let (first, end) = (base + first * 8, base + end * 8);
    let mut at = base;
    while at < end {
        let lines = &mut block::meta(at).lines;
        for eight in 0..lines.len() / 8 {
            let bytes = &mut lines[eight * 8..eight * 8 + 8];
            if bytes.iter().all(|&b| b == 0) {
                continue;
            }
            for (i, dirty) in bytes.iter_mut().enumerate() {
                if std::mem::take(dirty) != 0 {
                    let card = at + (eight * 8 + i) * LINE;
                    let mut slot = card.max(first);
                    while slot < (card + LINE).min(end) {
                        MinorStep::slot(visitor, slot as *mut u64);
                        slot += 8;
                    }
                }
            }
        }
        at += BLOCK;
    }
}

unsafe fn sweep_young_large() {
    let space = OLD_SPACE.get();
    for object in std::mem::take(&mut space.young_large) {
        if (*object).has(OLD) {
            space.bytes += block::meta(object as usize).end as usize;
        } else {
            if config().stress.is_some() {
                let size = block::meta(object as usize).end as usize;
                object.cast::<u8>().write_bytes(POISON, size);
            }
            free_large(object as usize);
        }
    }
    space.young_large_bytes = 0;
}

/// Blocks with pinned objects leave the nursery.
unsafe fn convert_pinned_blocks() {
    let space = OLD_SPACE.get();
    let objects = &PINS.get().objects;
    let poison = config().stress.is_some();
    let mut i = 0;
    while i < objects.len() {
        let base = objects[i] as usize & !(BLOCK - 1);
        let meta = block::meta(base);
        meta.clear();
        block::set_kind(block::index_of(base), block::OLD_BLOCK);
        let mut gap = base;
        while i < objects.len() && objects[i] as usize & !(BLOCK - 1) == base {
            let at = objects[i] as usize;
            let size = size_of_object(objects[i]);
            meta.set_start(at);
            keep_gap(&mut space.runs, gap, at, poison);
            space.bytes += size;
            gap = at + size;
            i += 1;
        }
        keep_gap(&mut space.runs, gap, base + BLOCK, poison);
    }
    if !objects.is_empty() {
        BLOCKS.get().list.retain(|&addr| block::kind(addr) == NURSERY);
    }
}

unsafe fn keep_gap(runs: &mut Vec<(usize, usize)>, from: usize, to: usize, poison: bool) {
    if poison {
        (from as *mut u8).write_bytes(POISON, to - from);
    }
    if to - from >= MIN_GAP {
        runs.push((from, to));
    }
}

unsafe fn poison_nursery() {
    let pinned: Vec<usize> = PINS.get().objects.iter().map(|&o| o as usize & !(BLOCK - 1)).collect();
    for &addr in BLOCKS.get().list.iter().filter(|&a| pinned.binary_search(a).is_err()) {
        let end = filled_until(addr);
        (addr as *mut u8).write_bytes(POISON, end - addr);
    }
}
