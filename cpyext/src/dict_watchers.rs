//! Watchers of dicts: C functions that are told of changes before they are made. A dict has a bit for
//! each of its watchers.
//!
//! Not told of: dicts that die, and dicts that are copied into empty ones, of whose items the watchers
//! hear one by one.

use crate::pyobject::{Arg, Done, Owned, Ptr};
use adder_heap::GilCell;
use adder_macros::capi;
use adder_vm::builtins::dict::{Dict, DictEvent};
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::ffi::c_int;

type Watcher = unsafe extern "C" fn(c_int, Ptr, Ptr, Ptr) -> c_int;

/// By id; the first two are CPython's own.
static WATCHERS: GilCell<[Option<Watcher>; 8]> = GilCell::new([None; 8]);
const FIRST: usize = 2;

/// The hook of the VM.
pub fn tell(dict: Value, event: DictEvent, key: Option<Value>, value: Option<Value>) {
    let Some(watched) = dict.downcast::<Dict>().map(|d| d.watched()) else { return };
    let own = |v: Option<Value>| v.map_or(Owned::NULL, Owned::new);
    let (d, key, value) = (Owned::new(dict), own(key), own(value));
    for (id, watcher) in WATCHERS.get().iter().enumerate() {
        let Some(f) = watcher.filter(|_| watched & 1 << id != 0) else { continue };
        // SAFETY: a function of this type, with live objects.
        if unsafe { f(event as c_int, d.0, key.0, value.0) } < 0 {
            let vm = Vm::get();
            let raised = crate::pyerrors::from_indicator(vm);
            let message = format!("Exception ignored in dict watcher callback for <dict at {:p}>", d.0);
            vm.unraisable(raised, &message, dict);
        }
    }
}

#[capi]
pub fn PyDict_AddWatcher(vm: &Vm, f: *const Watcher) -> PyResult<c_int> {
    for (id, place) in WATCHERS.get().iter_mut().enumerate().skip(FIRST) {
        if place.is_none() {
            // SAFETY: the caller passes a function of this type.
            *place = Some(unsafe { std::mem::transmute::<*const Watcher, Watcher>(f) });
            return Ok(id as c_int);
        }
    }
    raise!(vm, RuntimeError, "no more dict watcher IDs available")
}

fn check_id(vm: &Vm, id: c_int) -> PyResult<usize> {
    match usize::try_from(id).ok().and_then(|i| WATCHERS.get().get(i)) {
        None => raise!(vm, ValueError, "Invalid dict watcher ID {id}"),
        Some(None) => raise!(vm, ValueError, "No dict watcher set for ID {id}"),
        Some(_) => Ok(id as usize),
    }
}

#[capi]
pub fn PyDict_ClearWatcher(vm: &Vm, id: c_int) -> PyResult<Done> {
    WATCHERS.get()[check_id(vm, id)?] = None;
    Ok(Done)
}

fn check(vm: &Vm, d: Arg, action: &str) -> PyResult<Ref<Dict>> {
    match d.value().downcast::<Dict>() {
        Some(d) => Ok(d),
        None => raise!(vm, ValueError, "Cannot {action} non-dictionary"),
    }
}

#[capi]
pub fn PyDict_Watch(vm: &Vm, id: c_int, d: Arg) -> PyResult<Done> {
    let dict = check(vm, d, "watch")?;
    let id = check_id(vm, id)?;
    dict.set_watched(dict.watched() | 1 << id);
    Ok(Done)
}

#[capi]
pub fn PyDict_Unwatch(vm: &Vm, id: c_int, d: Arg) -> PyResult<Done> {
    let dict = check(vm, d, "watch")?;
    let id = check_id(vm, id)?;
    dict.set_watched(dict.watched() & !(1 << id));
    Ok(Done)
}
