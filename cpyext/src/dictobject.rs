//! `dict`: opaque but for `ma_used`, which the functions here keep up to date.

use crate::abstract_::c_string;
use crate::ffi::types::*;
use crate::pyobject::{Arg, Borrowed, Done, Owned, Ptr, Steal, borrow_from_owner, for_c_only};
use adder_macros::capi;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::list::List;
use adder_vm::builtins::sequence::{fast_items, fast_sequence};
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::def::DICT_SUBCLASS;
use adder_vm::error::PyResult;
use adder_vm::object::{Object as _, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::ffi::{c_char, c_int};
use std::ptr::null_mut;

#[inline(always)]
fn is_dict(d: Arg) -> bool {
    !d.0.is_null() && d.flags() & DICT_SUBCLASS != 0
}

fn bad<T>(vm: &Vm) -> PyResult<T> {
    raise!(vm, SystemError, "bad argument to internal function")
}

/// The dict, or an instance of a subclass.
#[inline(always)]
fn dict_of(d: Arg) -> Option<Ref<Dict>> {
    if d.0.is_null() {
        return None;
    }
    let v = d.peek();
    v.exact::<Dict>().or_else(|| v.downcast::<Dict>())
}

#[inline(always)]
fn check(vm: &Vm, d: Arg) -> PyResult<Ref<Dict>> {
    match dict_of(d) {
        Some(dict) => Ok(dict),
        None => bad(vm),
    }
}

/// Notes the number of items.
#[inline(always)]
fn changed(d: Arg, dict: Ref<Dict>) {
    // SAFETY: a dict.
    unsafe { (*(d.0 as *mut PyDictObject)).ma_used = dict.len() as isize };
}

fn string(vm: &Vm, key: *const c_char) -> PyResult<Value> {
    c_string(vm, key)
}

fn interned(vm: &Vm, v: Value) -> Value {
    v.exact::<Str>().map_or(v, |s| vm.intern_ref(s).value())
}

const NONE: Borrowed = Borrowed(null_mut());

#[inline(always)]
fn borrowed(vm: &Vm, v: Option<Value>) -> PyResult<Borrowed> {
    match v {
        Some(v) => borrow_from_owner(vm, v),
        None => Ok(NONE),
    }
}

/// Gives a new reference through a pointer: 1, or 0 with NULL.
fn give(v: Option<Value>, to: *mut Ptr) -> c_int {
    // SAFETY: the caller passes null or a place for the result.
    unsafe {
        if !to.is_null() {
            *to = v.map_or(null_mut(), crate::pyobject::to_c);
        }
    }
    v.is_some() as c_int
}

/// As `give`, with NULL on error.
fn give_result(v: PyResult<Option<Value>>, to: *mut Ptr) -> PyResult<c_int> {
    let found = v.inspect_err(|_| {
        give(None, to);
    })?;
    Ok(give(found, to))
}

// ---- making -------------------------------------------------------------------------------------

#[capi]
pub fn PyDict_New(vm: &Vm) -> Owned {
    for_c_only(Dict::new(vm).value())
}

#[capi]
pub fn _PyDict_NewPresized(vm: &Vm, _items: isize) -> Owned {
    for_c_only(Dict::new(vm).value())
}

#[capi]
pub fn PyDict_Copy(vm: &Vm, d: Arg) -> PyResult<Owned> {
    Ok(for_c_only(check(vm, d)?.copy(vm).value()))
}

// ---- looking up ---------------------------------------------------------------------------------

/// What the functions do that cannot say that there was an error.
fn ignore_errors(vm: &Vm, name: &str, result: PyResult<Option<Value>>) -> Option<Value> {
    result.unwrap_or_else(|raised| {
        let advice = "consider using PyDict_GetItemRef() or PyDict_GetItemWithError()";
        vm.unraisable(raised, &format!("Exception ignored in {name}; {advice}"), Value::from_small(0));
        None
    })
}

/// The value of a key; strings know their hash.
#[inline(always)]
fn lookup(vm: &Vm, d: Ref<Dict>, key: Arg) -> PyResult<Option<Value>> {
    let key = key.peek();
    match key.exact::<Str>() {
        Some(name) => d.get_name(vm, name),
        None => d.get_item(vm, key),
    }
}

#[capi]
pub fn PyDict_GetItem(vm: &Vm, d: Arg, key: Arg) -> PyResult<Borrowed> {
    let Some(dict) = dict_of(d) else { return Ok(NONE) };
    // The key's own error is shown, not that it is no key.
    let found = match lookup(vm, dict, key) {
        Ok(found) => found,
        Err(raised) => {
            let error = match vm.hash(key.peek()) {
                Ok(_) => raised,
                Err(plain) => plain,
            };
            ignore_errors(vm, "PyDict_GetItem()", Err(error))
        }
    };
    borrowed(vm, found)
}

#[capi]
pub fn PyDict_GetItemWithError(vm: &Vm, d: Arg, key: Arg) -> PyResult<Borrowed> {
    let found = lookup(vm, check(vm, d)?, key)?;
    borrowed(vm, found)
}

#[capi]
pub fn _PyDict_GetItem_KnownHash(vm: &Vm, d: Arg, key: Arg, hash: isize) -> PyResult<Borrowed> {
    let found = check(vm, d)?.get_known_hash(vm, key.peek(), hash as i64)?;
    borrowed(vm, found)
}

#[capi]
pub fn PyDict_GetItemString(vm: &Vm, d: Arg, key: *const c_char) -> PyResult<Borrowed> {
    if !is_dict(d) {
        return Ok(NONE);
    }
    let dict = check(vm, d)?;
    let found = string(vm, key).and_then(|key| dict.get_item(vm, key));
    borrowed(vm, ignore_errors(vm, "PyDict_GetItemString()", found))
}

#[capi]
pub fn _PyDict_GetItemStringWithError(vm: &Vm, d: Arg, key: *const c_char) -> PyResult<Borrowed> {
    let found = check(vm, d)?.get_item(vm, string(vm, key)?)?;
    borrowed(vm, found)
}

#[capi]
pub fn PyDict_GetItemRef(vm: &Vm, d: Arg, key: Arg, to: *mut Ptr) -> PyResult<c_int> {
    give_result(check(vm, d).and_then(|dict| dict.get_item(vm, key.peek())), to)
}

#[capi]
pub fn PyDict_GetItemStringRef(vm: &Vm, d: Arg, key: *const c_char, to: *mut Ptr) -> PyResult<c_int> {
    give_result(check(vm, d).and_then(|dict| dict.get_item(vm, string(vm, key)?)), to)
}

#[capi]
pub fn PyDict_Contains(vm: &Vm, d: Arg, key: Arg) -> PyResult<bool> {
    check(vm, d)?.contains(vm, key.peek())
}

#[capi]
pub fn _PyDict_Contains_KnownHash(vm: &Vm, d: Arg, key: Arg, hash: isize) -> PyResult<bool> {
    Ok(check(vm, d)?.get_known_hash(vm, key.peek(), hash as i64)?.is_some())
}

#[capi]
pub fn PyDict_ContainsString(vm: &Vm, d: Arg, key: *const c_char) -> PyResult<bool> {
    check(vm, d)?.contains(vm, string(vm, key)?)
}

#[capi]
pub fn PyDict_Size(vm: &Vm, d: Arg) -> PyResult<isize> {
    Ok(check(vm, d)?.len() as isize)
}

#[capi]
pub fn _PyDict_SizeOf(_vm: &Vm, d: Arg) -> isize {
    let dict = d.peek().downcast::<Dict>();
    dict.map_or(0, |dict| (size_of::<PyDictObject>() + 24 * dict.slots()) as isize)
}

// ---- changing -----------------------------------------------------------------------------------

#[capi]
pub fn PyDict_SetItem(vm: &Vm, d: Arg, key: Arg, value: Arg) -> PyResult<Done> {
    let dict = check(vm, d)?;
    dict.set_item(vm, key.stored(), value.stored())?;
    changed(d, dict);
    Ok(Done)
}

#[capi]
pub fn _PyDict_SetItem_KnownHash(vm: &Vm, d: Arg, key: Arg, value: Arg, hash: isize) -> PyResult<Done> {
    let dict = check(vm, d)?;
    dict.set_known_hash(vm, key.stored(), hash as i64, value.stored())?;
    changed(d, dict);
    Ok(Done)
}

#[capi]
pub fn PyDict_SetItemString(vm: &Vm, d: Arg, key: *const c_char, value: Arg) -> PyResult<Done> {
    let dict = check(vm, d)?;
    dict.set_item(vm, interned(vm, string(vm, key)?), value.stored())?;
    changed(d, dict);
    Ok(Done)
}

fn set_default(vm: &Vm, d: Arg, key: Arg, value: Arg) -> PyResult<(Value, bool)> {
    let dict = check(vm, d)?;
    let before = dict.len();
    let v = dict.set_default(vm, key.stored(), value.stored())?;
    changed(d, dict);
    Ok((v, dict.len() == before))
}

#[capi]
pub fn PyDict_SetDefault(vm: &Vm, d: Arg, key: Arg, value: Arg) -> PyResult<Borrowed> {
    match set_default(vm, d, key, value)? {
        (v, true) => borrow_from_owner(vm, v),
        _ => Ok(Borrowed(value.0)),
    }
}

#[capi]
pub fn PyDict_SetDefaultRef(vm: &Vm, d: Arg, key: Arg, value: Arg, to: *mut Ptr) -> PyResult<c_int> {
    let (v, found) = set_default(vm, d, key, value).inspect_err(|_| {
        give(None, to);
    })?;
    give(Some(v), to);
    Ok(found as c_int)
}

fn remove(vm: &Vm, d: Arg, key: Value) -> PyResult<Option<Value>> {
    let dict = check(vm, d)?;
    let removed = dict.remove(vm, key)?;
    changed(d, dict);
    Ok(removed)
}

fn delete(vm: &Vm, d: Arg, key: Value) -> PyResult<Done> {
    match remove(vm, d, key)? {
        Some(_) => Ok(Done),
        None => Err(vm.key_error(key)),
    }
}

#[capi]
pub fn PyDict_DelItem(vm: &Vm, d: Arg, key: Arg) -> PyResult<Done> {
    delete(vm, d, key.value())
}

#[capi]
pub fn PyDict_DelItemString(vm: &Vm, d: Arg, key: *const c_char) -> PyResult<Done> {
    delete(vm, d, string(vm, key)?)
}

/// As `remove`; an empty dict does not look at the key.
fn pop(vm: &Vm, d: Arg, key: impl FnOnce() -> PyResult<Value>) -> PyResult<Option<Value>> {
    if check(vm, d)?.len() == 0 { Ok(None) } else { remove(vm, d, key()?) }
}

#[capi]
pub fn PyDict_Pop(vm: &Vm, d: Arg, key: Arg, to: *mut Ptr) -> PyResult<c_int> {
    give_result(pop(vm, d, || Ok(key.peek())), to)
}

#[capi]
pub fn PyDict_PopString(vm: &Vm, d: Arg, key: *const c_char, to: *mut Ptr) -> PyResult<c_int> {
    give_result(pop(vm, d, || string(vm, key)), to)
}

#[capi]
pub fn _PyDict_Pop(vm: &Vm, d: Arg, key: Arg, default: Arg) -> PyResult<Value> {
    match remove(vm, d, key.value())? {
        Some(v) => Ok(v),
        None if default.0.is_null() => Err(vm.key_error(key.value())),
        None => Ok(default.value()),
    }
}

#[capi]
pub fn PyDict_Clear(_vm: &Vm, d: Arg) {
    if let Some(dict) = d.peek().downcast::<Dict>() {
        dict.clear();
        changed(d, dict);
    }
}

// ---- all items ----------------------------------------------------------------------------------

fn list_of(vm: &Vm, d: Arg, f: impl Fn(Value, Value) -> Value) -> PyResult<Value> {
    let dict = check(vm, d)?;
    let list = List::with_capacity(vm, dict.len());
    for i in 0..dict.slots() {
        if let Some((k, v)) = dict.entry(i) {
            list.push(vm, f(k, v));
        }
    }
    Ok(list.value())
}

#[capi]
pub fn PyDict_Keys(vm: &Vm, d: Arg) -> PyResult<Value> {
    list_of(vm, d, |k, _| k)
}

#[capi]
pub fn PyDict_Values(vm: &Vm, d: Arg) -> PyResult<Value> {
    list_of(vm, d, |_, v| v)
}

#[capi]
pub fn PyDict_Items(vm: &Vm, d: Arg) -> PyResult<Value> {
    list_of(vm, d, |k, v| Tuple::from_slice(vm, &[k, v]).value())
}

/// The entry at or after a position, with references that the dict keeps.
fn next(vm: &Vm, d: Arg, at: *mut isize, key: *mut Ptr, value: *mut Ptr, hash: *mut isize) -> c_int {
    if !is_dict(d) {
        return 0;
    }
    let Ok(dict) = check(vm, d) else { return 0 };
    // SAFETY: the caller passes a place for the position, and null or places for the results.
    unsafe {
        let mut i = *at;
        while i >= 0 && (i as usize) < dict.slots() {
            let entry = dict.entry_with_hash(i as usize);
            i += 1;
            let Some((h, k, v)) = entry else { continue };
            *at = i;
            if !key.is_null() {
                *key = borrow_from_owner(vm, k).map_or(null_mut(), |p| p.0);
            }
            if !value.is_null() {
                *value = borrow_from_owner(vm, v).map_or(null_mut(), |p| p.0);
            }
            if !hash.is_null() {
                *hash = vm.hash(k).unwrap_or(h) as isize;
            }
            return 1;
        }
    }
    0
}

#[capi]
pub fn PyDict_Next(vm: &Vm, d: Arg, at: *mut isize, key: *mut Ptr, value: *mut Ptr) -> c_int {
    next(vm, d, at, key, value, null_mut())
}

#[capi]
pub fn _PyDict_Next(
    vm: &Vm,
    d: Arg,
    at: *mut isize,
    key: *mut Ptr,
    value: *mut Ptr,
    hash: *mut isize,
) -> c_int {
    next(vm, d, at, key, value, hash)
}

/// What happens to a key that is there already.
#[derive(Clone, Copy, PartialEq)]
enum Existing {
    Keep,
    Replace,
    Reject,
}

fn put(vm: &Vm, dict: Ref<Dict>, key: Value, value: Value, existing: Existing) -> PyResult<()> {
    if existing != Existing::Replace && dict.contains(vm, key)? {
        return if existing == Existing::Reject { Err(vm.key_error(key)) } else { Ok(()) };
    }
    dict.set_item(vm, key, value)
}

fn merge(vm: &Vm, d: Arg, other: Arg, existing: Existing) -> PyResult<Done> {
    let dict = check(vm, d)?;
    if other.0.is_null() {
        return bad(vm);
    }
    let v = other.value();
    let same_iteration = |class: Ref<adder_vm::builtins::type_::Type>| {
        class.slots().tp_iter.map(|f| f as usize) == Dict::class().slots().tp_iter.map(|f| f as usize)
    };
    match v.downcast::<Dict>().filter(|_| same_iteration(v.class())) {
        Some(from) if existing == Existing::Replace => dict.update_from(vm, from)?,
        Some(from) => {
            let mut i = 0;
            while i < from.slots() {
                if let Some((key, value)) = from.entry(i) {
                    let before = from.len();
                    put(vm, dict, key, value, existing)?;
                    if from.len() != before {
                        return Err(vm.runtime_error("dict mutated during update"));
                    }
                }
                i += 1;
            }
        }
        None => {
            let keys = vm.call_method(v, vm.intern_str("keys"), &[])?;
            let keys = vm.iter(keys)?;
            while let Some(key) = vm.next(keys)? {
                if existing == Existing::Keep && dict.contains(vm, key)? {
                    continue;
                }
                let value = vm.get_item(v, key)?;
                put(vm, dict, key, value, existing)?;
            }
        }
    }
    changed(d, dict);
    Ok(Done)
}

#[capi]
pub fn PyDict_Update(vm: &Vm, d: Arg, other: Arg) -> PyResult<Done> {
    merge(vm, d, other, Existing::Replace)
}

#[capi]
pub fn PyDict_Merge(vm: &Vm, d: Arg, other: Arg, replace: c_int) -> PyResult<Done> {
    merge(vm, d, other, if replace != 0 { Existing::Replace } else { Existing::Keep })
}

#[capi]
pub fn _PyDict_MergeEx(vm: &Vm, d: Arg, other: Arg, replace: c_int) -> PyResult<Done> {
    let existing = match replace {
        0 => Existing::Keep,
        1 => Existing::Replace,
        _ => Existing::Reject,
    };
    merge(vm, d, other, existing)
}

#[capi]
pub fn PyDict_MergeFromSeq2(vm: &Vm, d: Arg, pairs: Arg, replace: c_int) -> PyResult<Done> {
    let dict = check(vm, d)?;
    let existing = if replace != 0 { Existing::Replace } else { Existing::Keep };
    let all = vm.iter(pairs.value())?;
    let mut i = 0;
    while let Some(pair) = vm.next(all)? {
        let pair = fast_sequence(vm, pair, "object is not iterable").map_err(|raised| {
            let e = vm.take_exception(raised);
            let note = format!("Cannot convert dictionary update sequence element #{i} to a sequence");
            match e.value().class() == Exc::TypeError.class() {
                true => adder_vm::builtins::exceptions::add_note(vm, e, &note).err(),
                false => None,
            }
            .unwrap_or_else(|| vm.restore(e))
        })?;
        let items = fast_items(pair);
        let [key, value] = *items else {
            raise!(
                vm,
                ValueError,
                "dictionary update sequence element #{i} has length {}; 2 is required",
                items.len()
            )
        };
        put(vm, dict, key, value, existing)?;
        i += 1;
    }
    changed(d, dict);
    Ok(Done)
}

// ---- what the interpreter of CPython uses itself ------------------------------------------------

#[capi]
pub fn _PyDict_SetItem_KnownHash_LockHeld(
    vm: &Vm,
    d: Arg,
    key: Arg,
    value: Arg,
    hash: isize,
) -> PyResult<Done> {
    let dict = check(vm, d)?;
    dict.set_known_hash(vm, key.stored(), hash as i64, value.stored())?;
    changed(d, dict);
    Ok(Done)
}

/// Gets the references to key and value.
#[capi]
pub fn _PyDict_SetItem_Take2(vm: &Vm, d: Arg, key: Steal, value: Steal) -> PyResult<Done> {
    let dict = check(vm, d)?;
    dict.set_item(vm, Arg(key.0.0).stored(), Arg(value.0.0).stored())?;
    changed(d, dict);
    Ok(Done)
}

#[capi]
pub fn _PyDict_DelItem_KnownHash(vm: &Vm, d: Arg, key: Arg, _hash: isize) -> PyResult<Done> {
    delete(vm, d, key.value())
}

#[capi]
pub fn _PyDict_GetItemRef_KnownHash_LockHeld(
    vm: &Vm,
    d: Arg,
    key: Arg,
    hash: isize,
    to: *mut Ptr,
) -> PyResult<c_int> {
    give_result(check(vm, d).and_then(|dict| dict.get_known_hash(vm, key.peek(), hash as i64)), to)
}

/// From arrays of keys and values, of which every n-th is taken.
#[capi]
pub fn _PyDict_FromItems(
    vm: &Vm,
    keys: *const Ptr,
    key_step: isize,
    values: *const Ptr,
    value_step: isize,
    n: isize,
) -> PyResult<Owned> {
    let dict = Dict::new(vm);
    for i in 0..n {
        // SAFETY: the caller passes that many live objects.
        let (key, value) = unsafe { (*keys.offset(i * key_step), *values.offset(i * value_step)) };
        dict.set_item(vm, Arg(key).value(), Arg(value).value())?;
    }
    Ok(for_c_only(dict.value()))
}
