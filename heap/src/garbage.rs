//! Counts the garbage that reference counts would not have found.
//!
//! A program that asks for a collection may want to know how many objects were unreachable. Under reference
//! counts only cycles wait for a collection, with what hangs on them; everything else has died before. So of
//! what a collection finds dead, objects that no other dead object refers to are taken away, and then those that
//! only these referred to, until what is left is cycles and what they hold.
//!
//! The references to a dead object are counted in its identity hash, which nobody asks for any more.
//! A minor collection looks at the dead of the nursery, the major one after it at those of the old space: no old
//! object refers to a dead young one, and what a young cycle holds in the old space is remembered in between.
//!
//! Kept true here: only dead objects are changed, before drop functions free what they own; nothing is done
//! unless it was asked for.

use crate::alloc::{BLOCKS, filled_until};
use crate::block::{self, EVACUATE};
use crate::gil::GilCell;
use crate::inspect::each_unmarked;
use crate::memory::in_arena;
use crate::object::{FORWARDED, HASH_MASK, Header, OLD};
use crate::old::OLD_SPACE;
use crate::shape::size_of_object;
use crate::trace::{Mode, ReportStep, Visitor, scan_object};
use crate::value::Value;
use crate::{collect, major};

/// The object was taken away.
const GONE: u32 = HASH_MASK;
/// So many references that they are not counted down any more.
const MANY: u32 = HASH_MASK - 1;

struct Count {
    /// Which objects to count; there is none while nobody asks.
    counted: Option<fn(Value) -> bool>,
    found: usize,
    /// Old objects that young cycles refer to.
    held: Vec<*mut Header>,
}

static COUNT: GilCell<Count> = GilCell::new(Count { counted: None, found: 0, held: Vec::new() });

/// As `collect_full`; gives the number of unreachable objects in cycles, and held by cycles, for which `counted`
/// is true. It sees dead objects whose references may be dead, too, and does not allocate.
pub fn collect_full_counting(counted: fn(Value) -> bool) -> usize {
    counting(counted, collect::collect_full)
}

/// As `collect_minor`; see `collect_full_counting`.
pub fn collect_minor_counting(counted: fn(Value) -> bool) -> usize {
    counting(counted, collect::collect_minor)
}

fn counting(counted: fn(Value) -> bool, collect: fn()) -> usize {
    *COUNT.get() = Count { counted: Some(counted), found: 0, held: Vec::new() };
    collect();
    std::mem::replace(COUNT.get(), Count { counted: None, found: 0, held: Vec::new() }).found
}

/// Looks at what the collection has not reached, if somebody wants to know.
///
/// # Safety
/// Tracing is complete; nothing dead was changed or freed yet.
#[inline]
pub(crate) unsafe fn look(mode: Mode) {
    if COUNT.get().counted.is_some() {
        count(mode);
    }
}

#[cold]
unsafe fn count(mode: Mode) {
    let mut dead = Vec::new();
    each_dead(mode, |object| dead.push(object));
    for &object in &dead {
        (*object).set_hash_bits(0);
    }
    for &object in &dead {
        each_dead_referent(mode, object, |target| {
            let n = (*target).hash_bits();
            (*target).set_hash_bits((n + 1).min(MANY));
        });
    }
    let state = COUNT.get();
    for object in std::mem::take(&mut state.held) {
        if mode == Mode::Major && major::fate(object).is_none() {
            (*object).set_hash_bits(MANY);
        }
    }
    let mut gone: Vec<*mut Header> = dead.iter().copied().filter(|&o| (*o).hash_bits() == 0).collect();
    while let Some(object) = gone.pop() {
        (*object).set_hash_bits(GONE);
        each_dead_referent(mode, object, |target| {
            let n = (*target).hash_bits();
            if n != MANY && n != GONE {
                (*target).set_hash_bits(n - 1);
                if n == 1 {
                    gone.push(target);
                }
            }
        });
    }
    let Some(counted) = state.counted else { return };
    for &object in &dead {
        if (*object).hash_bits() == GONE {
            continue;
        }
        state.found += counted(Value::from_bits_unchecked(object as u64)) as usize;
        if mode == Mode::Minor {
            each_referent(object, |target| {
                if (*target).has(OLD) {
                    state.held.push(target);
                }
            });
        }
    }
}

/// Calls `f` for every object that this collection has found dead.
unsafe fn each_dead(mode: Mode, mut f: impl FnMut(*mut Header)) {
    if mode == Mode::Major {
        return each_unmarked(|object, moved_out| {
            if !(moved_out && (*object).has(FORWARDED)) {
                f(object);
            }
        });
    }
    let blocks = BLOCKS.get();
    for &base in blocks.list.iter().take(blocks.current + 1) {
        let (mut at, end) = (base, filled_until(base));
        while at < end {
            let object = at as *mut Header;
            // Where it went says how long it is: the new address lies where the length may have been.
            let moved = (*object).has(FORWARDED);
            let whole = if moved { *object.cast::<u64>().add(1) as *mut Header } else { object };
            at += size_of_object(whole);
            if !moved && !(*object).has(OLD) {
                f(object);
            }
        }
    }
    for &object in OLD_SPACE.get().young_large.iter().filter(|&&o| !(*o).has(OLD)) {
        f(object);
    }
}

unsafe fn is_dead(mode: Mode, object: *mut Header) -> bool {
    match mode {
        Mode::Minor => !(*object).has(OLD | FORWARDED),
        // What was moved out of its block has the bits of the table as a dead object has.
        _ => {
            let addr = object as usize;
            !block::meta(addr).is_marked(addr) && !(block::kind(addr) == EVACUATE && (*object).has(FORWARDED))
        }
    }
}

unsafe fn each_dead_referent(mode: Mode, object: *mut Header, mut f: impl FnMut(*mut Header)) {
    each_referent(object, |target| {
        if is_dead(mode, target) {
            f(target);
        }
    });
}

/// Calls `f` for every slot of the object that refers into the arena.
unsafe fn each_referent(object: *mut Header, mut f: impl FnMut(*mut Header)) {
    let mut report = |v: Value| {
        if in_arena(v.bits()) {
            f(v.header());
        }
    };
    let report: &mut dyn FnMut(Value) = &mut report;
    let mut visitor = Visitor::new(Mode::Report);
    // Only the lifetime changes; the visitor does not outlive this function.
    visitor.report =
        Some(std::mem::transmute::<&mut dyn FnMut(Value), *mut (dyn FnMut(Value) + 'static)>(report));
    scan_object::<ReportStep>(&mut visitor, object);
}
