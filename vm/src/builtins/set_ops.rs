//! Operations on whole sets, in CPython's order of insertion, so that results iterate alike.
//!
//! The results have the class `set` or `frozenset` of the first operand, never a subclass.

use crate::builtins::dict::Dict;
use crate::builtins::set::{FrozenSet, Set, any_set, hash_key};
use crate::builtins::str_::Str;
use crate::error::PyResult;
use crate::object::{Ref, Value, ValueExt};
use crate::slots::CompareOp;
use crate::vm::Vm;
use std::cell::Cell;

/// An empty set of the built-in class that `like` is an instance of.
pub fn new_like(vm: &Vm, like: Ref<Set>) -> Ref<Set> {
    if like.value().downcast::<FrozenSet>().is_some() { FrozenSet::new(vm) } else { Set::new(vm) }
}

/// A copy of the built-in class; exact frozensets are their own copy.
pub fn copy(vm: &Vm, set: Ref<Set>) -> PyResult<Ref<Set>> {
    if set.value().is::<FrozenSet>() {
        return Ok(set);
    }
    let new = new_like(vm, set);
    new.merge(vm, set)?;
    Ok(new)
}

/// As `copy`, but always a new set.
pub fn fresh_copy(vm: &Vm, set: Ref<Set>) -> PyResult<Ref<Set>> {
    let new = new_like(vm, set);
    new.merge(vm, set)?;
    Ok(new)
}

/// Adds everything from an iterable (set_update_internal).
pub fn update(vm: &Vm, set: Ref<Set>, other: Value) -> PyResult<()> {
    if let Some(o) = any_set(other) {
        return set.merge(vm, o);
    }
    if let Some(d) = other.exact::<Dict>() {
        set.reserve(d.len());
        let mut i = 0;
        while i < d.slots() {
            if let Some((hash, key, _)) = d.entry_with_hash(i) {
                set.add_entry(vm, key, hash)?;
            }
            i += 1;
        }
        return Ok(());
    }
    let iter = vm.iter(other)?;
    let failed = Cell::new(None);
    let mut take_simple = |key: Value| {
        // Their hashes need no Python code.
        let simple = key.is_small() || key.is::<Str>();
        if simple {
            match set.add(vm, key) {
                Ok(_) => return true,
                Err(raised) => failed.set(Some(raised)),
            }
        }
        false
    };
    while let Some(key) = vm.next_untaken(iter, &mut take_simple)? {
        if let Some(raised) = failed.take() {
            return Err(raised);
        }
        set.add(vm, key)?;
    }
    Ok(())
}

/// A new set of the class of `like` with the items of an iterable.
pub fn from_iterable(vm: &Vm, like: Ref<Set>, items: Value) -> PyResult<Ref<Set>> {
    let new = new_like(vm, like);
    update(vm, new, items)?;
    Ok(new)
}

pub fn intersection(vm: &Vm, set: Ref<Set>, other: Value) -> PyResult<Ref<Set>> {
    if other == set.value() {
        return fresh_copy(vm, set);
    }
    let result = new_like(vm, set);
    if let Some(o) = any_set(other) {
        let (set, o) = if o.len() > set.len() { (o, set) } else { (set, o) };
        let mut at = 0;
        while let Some((key, hash)) = o.next_entry(&mut at) {
            if set.contains_entry(vm, key, hash)? {
                result.add_entry(vm, key, hash)?;
            }
        }
        return Ok(result);
    }
    let iter = vm.iter(other)?;
    while let Some(key) = vm.next(iter)? {
        let hash = hash_key(vm, key)?;
        if set.contains_entry(vm, key, hash)? {
            result.add_entry(vm, key, hash)?;
            if result.len() >= set.len() {
                break;
            }
        }
    }
    Ok(result)
}

/// Removes everything in an iterable (set_difference_update_internal).
pub fn difference_update(vm: &Vm, set: Ref<Set>, other: Value) -> PyResult<()> {
    if other == set.value() {
        set.clear();
        return Ok(());
    }
    if let Some(o) = any_set(other) {
        let o = if o.len() >> 3 > set.len() { intersection(vm, set, other)? } else { o };
        let mut at = 0;
        while let Some((key, hash)) = o.next_entry(&mut at) {
            set.discard_entry(vm, key, hash)?;
        }
    } else {
        let iter = vm.iter(other)?;
        while let Some(key) = vm.next(iter)? {
            set.discard(vm, key)?;
        }
    }
    set.drop_dummies();
    Ok(())
}

pub fn difference(vm: &Vm, set: Ref<Set>, other: Value) -> PyResult<Ref<Set>> {
    let (o, d) = (any_set(other), other.exact::<Dict>());
    let size = o.map(|o| o.len()).or(d.map(|d| d.len()));
    let Some(size) = size.filter(|n| set.len() >> 2 <= *n) else {
        let result = fresh_copy(vm, set)?;
        difference_update(vm, result, other)?;
        return Ok(result);
    };
    let _ = size;
    let result = new_like(vm, set);
    let mut at = 0;
    while let Some((key, hash)) = set.next_entry(&mut at) {
        let found = match (o, d) {
            (Some(o), _) => o.contains_entry(vm, key, hash)?,
            (_, Some(d)) => d.get_known_hash(vm, key, hash)?.is_some(),
            _ => false,
        };
        if !found {
            result.add_entry(vm, key, hash)?;
        }
    }
    Ok(result)
}

/// Removes what is in both and adds the rest of `other`.
pub fn symmetric_difference_update(vm: &Vm, set: Ref<Set>, other: Value) -> PyResult<()> {
    if other == set.value() {
        set.clear();
        return Ok(());
    }
    let toggle = |key: Value, hash: i64| -> PyResult<()> {
        if !set.discard_entry(vm, key, hash)? {
            set.add_entry(vm, key, hash)?;
        }
        Ok(())
    };
    if let Some(d) = other.exact::<Dict>() {
        let mut i = 0;
        while i < d.slots() {
            if let Some((hash, key, _)) = d.entry_with_hash(i) {
                toggle(key, hash)?;
            }
            i += 1;
        }
        return Ok(());
    }
    let o = match any_set(other) {
        Some(o) => o,
        None => from_iterable(vm, set, other)?,
    };
    let mut at = 0;
    while let Some((key, hash)) = o.next_entry(&mut at) {
        toggle(key, hash)?;
    }
    Ok(())
}

pub fn symmetric_difference(vm: &Vm, set: Ref<Set>, other: Value) -> PyResult<Ref<Set>> {
    let result = from_iterable(vm, set, other)?;
    symmetric_difference_update(vm, result, set.value())?;
    Ok(result)
}

pub fn is_subset(vm: &Vm, set: Ref<Set>, other: Value) -> PyResult<bool> {
    let Some(o) = any_set(other) else {
        return Ok(intersection(vm, set, other)?.len() == set.len());
    };
    if set.len() > o.len() {
        return Ok(false);
    }
    let mut at = 0;
    while let Some((key, hash)) = set.next_entry(&mut at) {
        if !o.contains_entry(vm, key, hash)? {
            return Ok(false);
        }
    }
    Ok(true)
}

pub fn is_superset(vm: &Vm, set: Ref<Set>, other: Value) -> PyResult<bool> {
    if let Some(o) = any_set(other) {
        return is_subset(vm, o, set.value());
    }
    let iter = vm.iter(other)?;
    while let Some(key) = vm.next(iter)? {
        if !set.contains(vm, key)? {
            return Ok(false);
        }
    }
    Ok(true)
}

pub fn is_disjoint(vm: &Vm, set: Ref<Set>, other: Value) -> PyResult<bool> {
    if other == set.value() {
        return Ok(set.is_empty());
    }
    if let Some(o) = any_set(other) {
        let (set, o) = if o.len() > set.len() { (o, set) } else { (set, o) };
        let mut at = 0;
        while let Some((key, hash)) = o.next_entry(&mut at) {
            if set.contains_entry(vm, key, hash)? {
                return Ok(false);
            }
        }
        return Ok(true);
    }
    let iter = vm.iter(other)?;
    while let Some(key) = vm.next(iter)? {
        if set.contains(vm, key)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Comparison operators: inclusion.
pub fn compare(vm: &Vm, a: Ref<Set>, b: Ref<Set>, op: CompareOp) -> PyResult<bool> {
    match op {
        CompareOp::Eq => {
            if a.len() != b.len() {
                return Ok(false);
            }
            if let (Some(x), Some(y)) = (a.known_hash(), b.known_hash())
                && x != y
            {
                return Ok(false);
            }
            is_subset(vm, a, b.value())
        }
        CompareOp::Ne => Ok(!compare(vm, a, b, CompareOp::Eq)?),
        CompareOp::Le => is_subset(vm, a, b.value()),
        CompareOp::Ge => is_subset(vm, b, a.value()),
        CompareOp::Lt => Ok(a.len() < b.len() && is_subset(vm, a, b.value())?),
        CompareOp::Gt => Ok(a.len() > b.len() && is_subset(vm, b, a.value())?),
    }
}
