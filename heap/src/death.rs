//! What happens to objects that are about to die: weak references, finalisers, drop functions.
//!
//! Stub.

use crate::gil::GilCell;
use crate::object::Header;
use crate::value::Value;

static DROPS: GilCell<Vec<*mut Header>> = GilCell::new(Vec::new());

pub(crate) fn note_drop(object: *mut Header) {
    DROPS.get().push(object);
}

pub fn register_weak(obj: Value, offset: usize) {
    let _ = (obj, offset);
}

pub fn take_cleared_weak() -> Option<Value> {
    None
}

pub fn register_finalizer(obj: Value) {
    let _ = obj;
}

pub fn take_finalizable() -> Option<Value> {
    None
}

pub fn has_pending() -> bool {
    false
}

pub fn set_pending_hook(hook: fn()) {
    let _ = hook;
}
