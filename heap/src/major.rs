//! Major collections: mark the old space, move objects out of sparse blocks, sweep.
//!
//! A major collection follows a minor one immediately, so there are no young objects.
//! Words on stacks pin what they point to.
//! Blocks chosen by the previous sweep (`EVACUATE`) are emptied while marking: every visited slot is updated, and
//! only pinned objects stay.
//! The sweep reads the tables beside the arena, not the objects.
//!
//! A visited object is marked and put on the gray stack once; what it refers to is visited later.
//!
//! Kept true here: a marked object in an `EVACUATE` block is pinned; an object that was moved out is not marked.

use crate::block::{self, BLOCK, EVACUATE, LARGE, LARGE_REST, LINE, LINES, OLD_BLOCK};
use crate::config::config;
use crate::death;
use crate::gil::GilCell;
use crate::links::{HOOKS, LINKS, tell_moved};
use crate::memory::{ARENA_BASE, in_arena};
use crate::minor::POISON;
use crate::object::{FORWARDED, Header, LINKED, PINNED};
use crate::old::{OLD_SPACE, alloc_old, free_large};
use crate::root::visit_roots;
use crate::shape::{FLAG_REACHED, forget_dead_owners, shape, shape_defined, size_of_object};
use crate::stats::COUNTERS;
use crate::thread::each_stack_word;
use crate::trace::{MajorStep, Mode, Step, Visitor, scan_object};
use crate::value::Value;

/// A block with at most this many lines in use is sparse.
const SPARSE_LINES: usize = LINES / 4;
/// At most this much is moved by one collection.
const MAX_EVACUATED: usize = 8 << 20;

/// How many objects wait for their memory.
const QUEUE: usize = 16;

static PINS: GilCell<Vec<*mut Header>> = GilCell::new(Vec::new());

/// # Safety
/// As for `minor::collect`, which just ended.
pub(crate) unsafe fn collect(move_everything: bool) {
    OLD_SPACE.get().forget_runs();
    let mut visitor = Visitor::new(Mode::Major);
    visitor.moves = clear_marks(move_everything);
    visit_stacks(&mut visitor);
    visit_linked(&mut visitor);
    visit_roots(&mut visitor);
    death::visit_queues(&mut visitor);
    drain(&mut visitor);
    death::process(&mut visitor);
    forget_dead_owners(|owner| fate(owner).is_none());
    for object in PINS.get().drain(..) {
        (*object).remove(PINNED);
    }
    sweep();
    block::tidy();
}

impl Step for MajorStep {
    #[inline(always)]
    unsafe fn slot(visitor: &mut Visitor, slot: *mut u64) {
        let word = *slot;
        if word & 1 != 0 || !in_arena(word) {
            return;
        }
        let addr = word as usize;
        debug_assert!(
            matches!(block::kind(addr), OLD_BLOCK | EVACUATE | LARGE),
            "{addr:#x} is in no old block"
        );
        debug_assert!(block::meta(addr).is_start(addr), "{addr:#x} is no object");
        if visitor.moves && block::kind(addr) == EVACUATE {
            evacuate(visitor, slot);
        } else {
            reach(visitor, addr as *mut Header);
        }
    }
}

/// Marks an object that stays where it is; if it was not marked before, it is to be scanned.
#[inline(always)]
unsafe fn reach(visitor: &mut Visitor, object: *mut Header) {
    if block::meta(object as usize).mark(object as usize) {
        visitor.gray.push(object);
    }
}

/// Visits what a marked object refers to.
#[inline(always)]
unsafe fn scan(visitor: &mut Visitor, object: *mut Header) {
    let addr = object as usize;
    debug_assert!(shape_defined((*object).shape()), "{object:p} is no object");
    if block::kind(addr) != LARGE {
        block::meta(addr).mark_lines(addr, size_of_object(object));
    }
    let entry = shape((*object).shape());
    let flags = entry.flags.get();
    if flags & FLAG_REACHED == 0 {
        entry.flags.set(flags | FLAG_REACHED);
        reach_owner(visitor, entry.owner.get());
    }
    if (*object).has(LINKED) {
        let trace = HOOKS.get().trace;
        trace(Value::from_bits_unchecked(object as u64), visitor);
    }
    scan_object::<MajorStep>(visitor, object);
}

#[inline(never)]
unsafe fn reach_owner(visitor: &mut Visitor, owner: u64) {
    if in_arena(owner) {
        debug_assert!(block::kind(owner as usize) != EVACUATE, "the owner of a shape must be pinned");
        reach(visitor, owner as *mut Header);
    }
}

#[inline(never)]
unsafe fn evacuate(visitor: &mut Visitor, slot: *mut u64) {
    let object = *slot as *mut Header;
    if (*object).has(FORWARDED) {
        *slot = *object.cast::<u64>().add(1);
        return;
    }
    if (*object).has(PINNED) {
        reach(visitor, object);
        return;
    }
    let size = size_of_object(object);
    let copy = alloc_old(size) as *mut Header;
    std::ptr::copy_nonoverlapping(object.cast::<u64>(), copy.cast::<u64>(), size / 8);
    (*object).add(FORWARDED);
    *object.cast::<u64>().add(1) = copy as u64;
    *slot = copy as u64;
    if (*copy).has(LINKED) {
        tell_moved(object, copy);
    }
    COUNTERS.get().evacuated_bytes += size as u64;
    reach(visitor, copy);
}

/// Where an object is now; `None` if it was not reached.
pub(crate) unsafe fn fate(object: *mut Header) -> Option<*mut Header> {
    if !in_arena(object as u64) {
        return Some(object);
    }
    let addr = object as usize;
    if block::kind(addr) == EVACUATE && (*object).has(FORWARDED) {
        return Some(*object.cast::<u64>().add(1) as *mut Header);
    }
    block::meta(addr).is_marked(addr).then_some(object)
}

/// Marks everything reachable from the gray objects.
/// Objects wait in a short queue between being taken from the stack and being scanned, while the processor fetches
/// their headers: in a scattered heap nearly all time goes into waiting for these.
pub(crate) unsafe fn drain(visitor: &mut Visitor) {
    let mut queue = [std::ptr::null_mut::<Header>(); QUEUE];
    let mut at = 0;
    let mut waiting = 0;
    loop {
        let next = visitor.gray.pop();
        if let Some(object) = next {
            prefetch(object);
            waiting += 1;
        } else if waiting == 0 {
            return;
        }
        let object = std::mem::replace(&mut queue[at], next.unwrap_or(std::ptr::null_mut()));
        at = (at + 1) % QUEUE;
        if !object.is_null() {
            waiting -= 1;
            scan(visitor, object);
        }
    }
}

#[inline(always)]
pub(crate) unsafe fn prefetch<T>(at: *const T) {
    #[cfg(target_arch = "x86_64")]
    std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(at.cast());
}

/// Gives whether there are blocks to empty.
fn clear_marks(move_everything: bool) -> bool {
    let mut moves = false;
    for index in 0..block::limit() {
        match block::kind_at(index) {
            OLD_BLOCK | EVACUATE => {
                let meta = block::meta_at(index);
                meta.clear_marks();
                if move_everything && !meta.fixed {
                    block::set_kind(index, EVACUATE);
                }
                moves |= block::kind_at(index) == EVACUATE;
            }
            // The lines are cards.
            LARGE => block::meta_at(index).mark[0] = 0,
            _ => {}
        }
    }
    moves
}

unsafe fn visit_stacks(visitor: &mut Visitor) {
    let size = block::limit() * BLOCK;
    let pins = PINS.get();
    each_stack_word(|word| {
        let offset = (word as usize).wrapping_sub(ARENA_BASE);
        if offset >= size {
            return;
        }
        let index = offset / BLOCK;
        let addr = match block::kind_at(index) {
            OLD_BLOCK | EVACUATE => match block::meta_at(index).start_before(word as usize) {
                Some(addr) if (word as usize) < addr + size_of_object(addr as *mut Header) => addr,
                _ => return,
            },
            LARGE | LARGE_REST => block::address_of(block::meta_at(index).head as usize),
            _ => return,
        };
        let object = addr as *mut Header;
        if !(*object).has(PINNED) {
            (*object).add(PINNED);
            pins.push(object);
        }
    });
    for &object in pins.iter() {
        let mut word = object as u64;
        MajorStep::slot(visitor, &mut word);
    }
}

/// Objects that C holds. Asked before anything moves, because moving overwrites the shadow word.
unsafe fn visit_linked(visitor: &mut Visitor) {
    let links = LINKS.get();
    links.old.retain(|&object| (*object).has(LINKED));
    let hooks = *HOOKS.get();
    let objects = links.old.clone();
    (hooks.prepare)(&mut objects.iter().map(|&o| Value::from_bits_unchecked(o as u64)));
    for object in objects {
        if (hooks.is_root)(Value::from_bits_unchecked(object as u64)) {
            let mut word = object as u64;
            MajorStep::slot(visitor, &mut word);
        }
    }
    (hooks.visit_roots)(visitor);
}

unsafe fn sweep() {
    let space = OLD_SPACE.get();
    space.forget_runs();
    space.bytes = 0;
    let poison = config().stress.is_some();
    let mut sparse = Vec::new();
    let mut old_blocks = 0;
    for index in 0..block::limit() {
        match block::kind_at(index) {
            OLD_BLOCK | EVACUATE => {}
            LARGE => {
                let addr = block::address_of(index);
                if block::meta_at(index).is_marked(addr) {
                    space.bytes += block::meta_at(index).end as usize;
                } else {
                    if poison {
                        (addr as *mut u8).write_bytes(POISON, block::meta_at(index).end as usize);
                    }
                    free_large(addr);
                }
                continue;
            }
            _ => continue,
        }
        let meta = block::meta_at(index);
        let base = block::address_of(index);
        if meta.mark.iter().all(|&w| w == 0) {
            if poison {
                (base as *mut u8).write_bytes(POISON, BLOCK);
            }
            block::release(index, 1);
            continue;
        }
        block::set_kind(index, OLD_BLOCK);
        old_blocks += 1;
        for (start, mark) in meta.start.iter_mut().zip(&meta.mark) {
            *start &= mark;
        }
        let runs = if meta.fixed { &mut space.pinned_runs } else { &mut space.runs };
        let first_run = runs.len();
        let mut live = LINES;
        let mut line = 0;
        while line < LINES {
            if meta.lines[line] != 0 {
                line += 1;
                continue;
            }
            let first = line;
            while line < LINES && meta.lines[line] == 0 {
                line += 1;
            }
            live -= line - first;
            if poison {
                ((base + first * LINE) as *mut u8).write_bytes(POISON, (line - first) * LINE);
            }
            if line - first >= 2 {
                runs.push((base + first * LINE, base + line * LINE));
            }
        }
        space.bytes += live * LINE;
        if live <= SPARSE_LINES && !meta.fixed {
            sparse.push((index, live, runs.split_off(first_run)));
        }
    }
    // Enough sparse blocks make it worth keeping them empty until the next collection moves the rest out.
    let evacuate = sparse.len() >= 64 && sparse.len() * 8 >= old_blocks;
    sparse.sort_unstable_by_key(|&(_, live, _)| live);
    let mut moved = 0;
    for (index, live, runs) in sparse {
        moved += live * LINE;
        if evacuate && moved <= MAX_EVACUATED {
            block::set_kind(index, EVACUATE);
        } else {
            space.runs.extend(runs);
        }
    }
}
