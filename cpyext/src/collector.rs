//! What the collector asks about objects with C structs, and what happens to the structs of dead ones.

use crate::pyobject::*;
use crate::{cycles, foreign, memory, typeobject};
use adder_heap as heap;
use adder_heap::{GilCell, LinkHooks};
use adder_vm::extension::NEW;
use adder_vm::object::{LongHeader, Value};
use adder_vm::vm::Vm;

fn is_root(v: Value) -> bool {
    let p = shadow(v);
    if p.is_null() || p as u64 & 1 != 0 {
        return false;
    }
    if let Some(held) = cycles::is_held(p) {
        return held;
    }
    // SAFETY: a linked object's struct is alive.
    unsafe {
        match link_of(p) {
            Some(link) => (*p).ob_refcnt as u64 > (*link & MANAGED),
            None => true,
        }
    }
}

fn moved(_old: Value, new: Value) {
    let p = shadow(new);
    if p.is_null() || p as u64 & 1 != 0 {
        return;
    }
    // SAFETY: a linked object's struct is alive.
    unsafe {
        if let Some(link) = link_of(p) {
            *link = new.bits() | *link & MARKS;
        }
    }
}

fn died(v: Value) {
    let p = shadow(v);
    if p.is_null() || p as u64 & 1 != 0 {
        return;
    }
    // SAFETY: the object is dead, and only structs that die as well have references to its struct.
    unsafe {
        (*(v.header() as *const LongHeader)).set_shadow(0);
        let Some(link) = link_of(p) else { return };
        let marks = *link & MARKS;
        *link = 0;
        if !memory::contains(p) {
            foreign::remove(p);
        }
        let plain =
            (*(*p).ob_type).tp_dealloc == Some(typeobject::builtin_dealloc as unsafe extern "C" fn(Ptr));
        if marks & UNFILLED != 0 {
            if plain && (*p).ob_refcnt as u64 <= marks & MANAGED {
                return memory::free(p);
            }
            (*p).ob_flags |= HOLLOW;
        }
        DEAD.get().push(p)
    }
}

/// A major collection was the last one: much may be free when the dead structs are deallocated.
static AFTER_MAJOR: GilCell<bool> = GilCell::new(false);

fn finished(major: bool) {
    *AFTER_MAJOR.get() |= major;
    if crate::debug::on() {
        crate::debug::quarantine::check_all();
    }
    if cycles::finished() || !DEAD.get().is_empty() || crate::listobject::has_idle() {
        adder_vm::vm::announce_finalizers();
    }
}

/// Deallocates what the collector found dead; whether more may be dead now.
pub fn release_dead(_vm: &Vm) -> bool {
    let some = !DEAD.get().is_empty();
    while let Some(p) = DEAD.get().pop() {
        // SAFETY: the reference that the heap had.
        crate::pyerrors::keeping(|| unsafe { decref(p) });
    }
    crate::listobject::take_back_idle();
    let broken = cycles::break_up();
    if std::mem::take(AFTER_MAJOR.get()) && !broken && memory::has_many_slabs() {
        memory::give_back_slabs(&mut |range| {
            // What C has made last may have died unclaimed: nothing is to be written there.
            if range.contains(&(*NEW.get() as usize)) {
                *NEW.get() = 0;
            }
        });
    }
    broken || some
}

/// Once, before the first object crosses.
pub fn init() {
    heap::set_link_hooks(LinkHooks {
        is_root,
        moved,
        died,
        prepare: cycles::prepare,
        visit_roots: cycles::visit_roots,
        trace: cycles::trace,
        rescue: cycles::rescue,
        finished,
    });
}
