//! Objects of C that the VM lets go at once: the C side of the VM's `execution/lifetimes.rs`.
//!
//! The mark `FRESH` of a link says that one register has the only managed reference. It is set when a C
//! function gives an object away to which no value referred before; whatever makes a value of the struct
//! again (`from_c`) removes it. The mark counts once the register has claimed the object: what nobody
//! claimed loses it with the next result. `NEW`, which is for the next claim, always has the mark.

use crate::ffi::types::PyObject;
use crate::pyobject::*;
use crate::{memory, pyerrors, pystate};
use adder_heap::GilCell;
use adder_macros::capi;
use adder_vm::extension::{Lifetimes, NEW};
use adder_vm::object::{Value, ValueExt};
use adder_vm::vm::Vm;

/// A struct that was fresh when C gave it back.
static AGAIN: GilCell<usize> = GilCell::new(0);

pub const HOOKS: Lifetimes = Lifetimes { is_fresh, share, keep, release, lend, settle };

/// C has given away the reference of a struct whose link was `had`; the heap has one of its own.
///
/// # Safety
/// `p` is the live struct of `v`.
pub unsafe fn given(v: Value, p: Ptr, had: u64) {
    if had & MANAGED != 0 {
        *AGAIN.get() = if had & FRESH != 0 { p as usize } else { 0 };
        return;
    }
    // The class of an instance that a class of Python extends may do more when the instance dies.
    if v.class().is_foreign() {
        made(p);
    }
}

/// C has given away the only reference of an instance of a type of its own, which the heap has now.
///
/// # Safety
/// `p` is the live struct of an object.
#[inline]
pub unsafe fn made(p: Ptr) {
    let last = std::mem::replace(NEW.get(), p as u64);
    if last != 0 && last != p as u64 {
        // The memory of a struct always has a link, also after the struct's death.
        *memory::link(last as Ptr) &= !FRESH;
    }
    *memory::link(p) |= FRESH;
}

/// The link of an object's struct in the range; None for other values: a register that owned an object may
/// hold anything by now.
fn link(v: Value) -> Option<(Ptr, &'static mut u64)> {
    if !v.is_ptr() || !adder_heap::is_linked(v) {
        return None;
    }
    let p = shadow(v);
    // SAFETY: the struct of a linked object.
    if memory::contains(p) && p as usize & 1 == 0 {
        Some((p, unsafe { &mut *memory::link(p) }))
    } else {
        None
    }
}

fn is_fresh(v: Value) -> bool {
    matches!(link(v), Some((p, link)) if *link & FRESH != 0 && *NEW.get() != p as u64)
}

fn share(v: Value) {
    if let Some((p, link)) = link(v) {
        *link &= !FRESH;
        not_new(p);
    }
}

/// The struct has lost the mark.
pub fn not_new(p: Ptr) {
    if *NEW.get() == p as u64 {
        *NEW.get() = 0;
    }
}

fn keep(v: Value) {
    if let Some((p, link)) = link(v)
        && std::mem::take(AGAIN.get()) == p as usize
        && *link & MANAGED != 0
    {
        *link |= FRESH;
    }
}

fn release(v: Value) {
    let Some((p, link)) = link(v) else { return };
    if *link & FRESH == 0 || *NEW.get() == p as u64 {
        return;
    }
    // Still fresh: if the struct dies, the object is done with.
    *link &= !MANAGED;
    // SAFETY: the reference that was the heap's.
    unsafe { if pyerrors::is_set() { pyerrors::keeping(|| decref(p)) } else { decref(p) } }
}

/// The heap's reference is now the call's: arguments have no reference of their own (`Passed`).
fn lend(v: Value) {
    let Some((p, link)) = link(v) else { return };
    *link &= !(MANAGED | FRESH);
    pystate::lent().push(Owned(p));
}

fn settle(count: usize) {
    for _ in 0..count {
        let last = pystate::lent().pop();
        if let Some(Owned(p)) = last {
            // SAFETY: a live struct in the range. No value was made of it meanwhile: the object is done with.
            unsafe {
                let link = memory::link(p);
                if *link != 0 && *link & (MANAGED | FRESH) == 0 {
                    *link |= FRESH;
                }
            }
        }
        if pyerrors::is_set() { pyerrors::keeping(|| drop(last)) } else { drop(last) }
    }
}

/// Whether the object is a temporary of the running code that nothing else refers to.
#[capi]
pub fn PyUnstable_Object_IsUniqueReferencedTemporary(_vm: &Vm, v: *mut PyObject) -> bool {
    // SAFETY: the caller passes a live object.
    unsafe { (*v).ob_refcnt == 1 && pystate::lent().iter().any(|lent| lent.0 == v) }
}

/// Whether the caller has the only reference: the heap's own one does not count for objects that C
/// defines, and for others it means that anybody may have one.
#[capi]
pub fn PyUnstable_Object_IsUniquelyReferenced(_vm: &Vm, v: *mut PyObject) -> bool {
    // SAFETY: the caller passes a live object.
    unsafe {
        let count = (*v).ob_refcnt;
        match is_managed(v) {
            false => count == 1,
            true => count <= 2 && Arg(v).class().extension.get(),
        }
    }
}
