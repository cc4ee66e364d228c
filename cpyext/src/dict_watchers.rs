//! Watchers of dicts: C functions that are told of changes before they are made. A dict has a bit for
//! each of its watchers.
//!
//! Not told of: dicts that die, and dicts that are copied into empty ones, of whose items the watchers
//! hear one by one.

use crate::pyobject::{Arg, Done, Owned, Ptr};
use crate::watchers::Watchers;
use adder_macros::capi;
use adder_vm::builtins::dict::{Dict, DictEvent};
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::ffi::c_int;
use std::mem::transmute;

type Watcher = unsafe extern "C" fn(c_int, Ptr, Ptr, Ptr) -> c_int;

/// The first two are CPython's own.
static WATCHERS: Watchers = Watchers::new("dict", 2);

/// The hook of the VM.
pub fn tell(dict: Value, event: DictEvent, key: Option<Value>, value: Option<Value>) {
    let Some(watched) = dict.downcast::<Dict>().map(|d| d.watched()) else { return };
    let own = |v: Option<Value>| v.map_or(Owned::NULL, Owned::new);
    let (d, key, value) = (Owned::new(dict), own(key), own(value));
    let name = match event {
        DictEvent::Added => "ADDED",
        DictEvent::Modified => "MODIFIED",
        DictEvent::Deleted => "DELETED",
        DictEvent::Cleared => "CLEARED",
    };
    WATCHERS.tell(
        |id, f| {
            if watched & 1 << id == 0 {
                return 0;
            }
            // SAFETY: a function of this type, with live objects.
            unsafe { transmute::<usize, Watcher>(f)(event as c_int, d.0, key.0, value.0) }
        },
        |_| format!("Exception ignored in PyDict_EVENT_{name} watcher callback for <dict at {:p}>", d.0),
    );
}

#[capi]
pub fn PyDict_AddWatcher(vm: &Vm, f: usize) -> PyResult<c_int> {
    WATCHERS.add(vm, f)
}

#[capi]
pub fn PyDict_ClearWatcher(vm: &Vm, id: c_int) -> PyResult<Done> {
    WATCHERS.clear(vm, id)
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
    let id = WATCHERS.check(vm, id)?;
    dict.set_watched(dict.watched() | 1 << id);
    Ok(Done)
}

#[capi]
pub fn PyDict_Unwatch(vm: &Vm, id: c_int, d: Arg) -> PyResult<Done> {
    let dict = check(vm, d, "watch")?;
    let id = WATCHERS.check(vm, id)?;
    dict.set_watched(dict.watched() & !(1 << id));
    Ok(Done)
}
