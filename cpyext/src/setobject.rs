//! `set` and `frozenset`.

use crate::pyobject::{Arg, Owned, Ptr, borrow_from_owner, for_c_only};
use adder_macros::capi;
use adder_vm::builtins::set::{FrozenSet, Set, any_set};
use adder_vm::error::PyResult;
use adder_vm::object::{Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::ffi::c_int;

fn bad<T>(vm: &Vm) -> PyResult<T> {
    raise!(vm, SystemError, "bad argument to internal function")
}

fn any(vm: &Vm, s: Arg) -> PyResult<Ref<Set>> {
    match any_set(s.peek()) {
        Some(s) => Ok(s),
        None => bad(vm),
    }
}

/// A set proper, which may be changed.
fn proper(vm: &Vm, s: Arg) -> PyResult<Ref<Set>> {
    match s.peek().downcast::<Set>() {
        Some(s) => Ok(s),
        None => bad(vm),
    }
}

fn new(vm: &Vm, class: Value, iterable: Arg) -> PyResult<Owned> {
    let made = if iterable.0.is_null() { vm.call(class, &[])? } else { vm.call(class, &[iterable.value()])? };
    // `frozenset(x)` may be x itself, and without arguments it is shared.
    let fresh = made.downcast::<Set>().is_some();
    Ok(if fresh { for_c_only(made) } else { Owned::new(made) })
}

#[capi]
pub fn PySet_New(vm: &Vm, iterable: Arg) -> PyResult<Owned> {
    new(vm, Set::class().value(), iterable)
}

#[capi]
pub fn PyFrozenSet_New(vm: &Vm, iterable: Arg) -> PyResult<Owned> {
    if iterable.0.is_null() {
        // One of its own: the caller may fill it.
        return Ok(for_c_only(FrozenSet::new(vm).value()));
    }
    new(vm, FrozenSet::class().value(), iterable)
}

#[capi]
pub fn PySet_Size(vm: &Vm, s: Arg) -> PyResult<isize> {
    Ok(any(vm, s)?.len() as isize)
}

#[capi]
pub fn PySet_Contains(vm: &Vm, s: Arg, key: Arg) -> PyResult<bool> {
    any(vm, s)?.contains(vm, key.value())
}

#[capi]
pub fn PySet_Add(vm: &Vm, s: Arg, key: Arg) -> PyResult<i32> {
    let set = any(vm, s)?;
    // SAFETY: C passes a live object.
    if s.peek().downcast::<Set>().is_none() && unsafe { (*s.0).ob_refcnt } != 1 {
        return bad(vm);
    }
    set.add(vm, key.stored())?;
    s.changed();
    Ok(0)
}

#[capi]
pub fn PySet_Discard(vm: &Vm, s: Arg, key: Arg) -> PyResult<bool> {
    let found = proper(vm, s)?.discard(vm, key.value())?;
    s.changed();
    Ok(found)
}

#[capi]
pub fn PySet_Pop(vm: &Vm, s: Arg) -> PyResult<Value> {
    let Some(v) = proper(vm, s)?.pop() else { raise!(vm, KeyError, "pop from an empty set") };
    s.changed();
    Ok(v)
}

#[capi]
pub fn PySet_Clear(vm: &Vm, s: Arg) -> PyResult<i32> {
    proper(vm, s)?.clear();
    s.changed();
    Ok(0)
}

/// The entry at or after a position: a key that the set keeps, and its hash.
fn next(vm: &Vm, s: Arg, at: *mut isize, hash: *mut isize) -> PyResult<Option<Value>> {
    let set = any(vm, s)?;
    // SAFETY: the caller passes a place for the position, and null or a place for the hash.
    unsafe {
        let mut i = (*at).max(0) as usize;
        let Some((key, h)) = set.next_entry(&mut i) else { return Ok(None) };
        *at = i as isize;
        if !hash.is_null() {
            *hash = h as isize;
        }
        Ok(Some(key))
    }
}

#[capi]
pub fn _PySet_NextEntry(vm: &Vm, s: Arg, at: *mut isize, key: *mut Ptr, hash: *mut isize) -> PyResult<c_int> {
    let Some(v) = next(vm, s, at, hash)? else { return Ok(0) };
    // SAFETY: the caller passes a place for the key.
    unsafe { *key = borrow_from_owner(vm, v)?.0 };
    Ok(1)
}

#[capi]
pub fn _PySet_NextEntryRef(
    vm: &Vm,
    s: Arg,
    at: *mut isize,
    key: *mut Ptr,
    hash: *mut isize,
) -> PyResult<c_int> {
    let Some(v) = next(vm, s, at, hash)? else { return Ok(0) };
    // SAFETY: the caller passes a place for the key.
    unsafe { *key = Owned::new(v).release() };
    Ok(1)
}

#[capi]
pub fn _PySet_Update(vm: &Vm, s: Arg, iterable: Arg) -> PyResult<c_int> {
    let set = proper(vm, s)?;
    vm.call_method(set.value(), vm.intern_str("update"), &[iterable.value()])?;
    s.changed();
    Ok(0)
}

#[capi]
pub fn _PySet_Contains(vm: &Vm, s: Arg, key: Arg) -> PyResult<bool> {
    any(vm, s)?.contains(vm, key.value())
}
