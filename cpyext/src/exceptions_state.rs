//! Exceptions being handled: `exc_info` in the thread state and the VM's own record.
//!
//! Compiled code reads and writes `exc_info->exc_value` directly. While a C function runs, the bottom of
//! that stack shows what the VM handles; while the VM runs for C, its record shows the top of the stack.
//! Both are moved only where one of them is not empty.

use crate::ffi::types::PyThreadState;
use crate::pyobject::{Arg, Owned, Ptr, Steal, from_c, new_ref, to_c, xdecref};
use crate::pystate;
use adder_macros::capi;
use adder_vm::builtins::exceptions::BaseException;
use adder_vm::builtins::list::List;
use adder_vm::builtins::singletons::none;
use adder_vm::object::{Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;

/// The innermost exception that C code handles, or NULL.
fn topmost() -> Ptr {
    // SAFETY: the stack's items are alive, and its values are objects or NULL.
    unsafe {
        let mut item = (*pystate::current()).exc_info;
        while !item.is_null() {
            let p = (*item).exc_value;
            if !p.is_null() && p != crate::object::none_struct() {
                return p;
            }
            item = (*item).previous_item;
        }
    }
    std::ptr::null_mut()
}

/// Runs VM code, which sees the exception that C code handles as being handled.
#[inline]
pub fn with_handled<R>(vm: &Vm, f: impl FnOnce() -> R) -> R {
    let top = topmost();
    if top.is_null() { f() } else { with_handled_slow(vm, top, f) }
}

#[cold]
fn with_handled_slow<R>(vm: &Vm, top: Ptr, f: impl FnOnce() -> R) -> R {
    // SAFETY: a live exception.
    let e = unsafe { from_c(top) };
    let cell = &vm.thread().handled;
    let saved = cell.replace(e.bits());
    // The word is in a local, which keeps the object where it is.
    let keep = Value::from_bits(saved);
    let r = f();
    vm.thread().handled.set(keep.map_or(0, |v| v.bits()));
    std::hint::black_box((keep, e));
    r
}

/// Whether neither the VM nor C code handles an exception.
#[inline(always)]
pub fn is_calm(vm: &Vm, current: *mut PyThreadState) -> bool {
    // SAFETY: the running thread's state.
    vm.thread().handled.get() == 0 && unsafe { (*current).exc_state.exc_value.is_null() }
}

/// C code is called: the thread state shows what the VM handles. What it showed before, for `hide_handled`.
pub fn show_handled(vm: &Vm) -> Ptr {
    let handled = Value::from_bits(vm.thread().handled.get()).map_or(std::ptr::null_mut(), to_c);
    // SAFETY: our state; the place owns its reference.
    unsafe { std::mem::replace(&mut (*pystate::current()).exc_state.exc_value, handled) }
}

/// C code has returned.
pub fn hide_handled(before: Ptr) {
    // SAFETY: as above; `before` is a reference that `show_handled` gave.
    unsafe { xdecref(std::mem::replace(&mut (*pystate::current()).exc_state.exc_value, before)) }
}

/// The exception being handled, as `sys.exception()` gives it.
fn handled(vm: &Vm) -> Owned {
    let top = topmost();
    if !top.is_null() {
        // SAFETY: a live exception.
        return unsafe { new_ref(top) };
    }
    vm.thread().handled_exception().map_or(Owned::NULL, |e| Owned::new(e.value()))
}

/// What is handled from now on: NULL and None say nothing is.
fn set_handled(vm: &Vm, e: Option<Value>) {
    let e = e.filter(|e| e.downcast::<BaseException>().is_some());
    vm.thread().handled.set(e.map_or(0, |e| e.bits()));
    let p = e.map_or(std::ptr::null_mut(), to_c);
    // SAFETY: our state; the place owns its reference.
    unsafe {
        let item = (*pystate::current()).exc_info;
        xdecref(std::mem::replace(&mut (*item).exc_value, p));
    }
}

#[capi]
pub fn PyErr_GetHandledException(vm: &Vm) -> Owned {
    handled(vm)
}

#[capi]
pub fn PyErr_SetHandledException(vm: &Vm, e: Arg) {
    set_handled(vm, if e.0.is_null() { None } else { Some(e.value()) });
}

#[capi]
pub fn PyErr_GetExcInfo(vm: &Vm, class: *mut Ptr, value: *mut Ptr, traceback: *mut Ptr) {
    let e = handled(vm);
    // SAFETY: the caller passes three places.
    unsafe {
        if e.0.is_null() {
            (*class, *value, *traceback) = (e.0, e.0, e.0);
            return;
        }
        let v = from_c(e.0);
        let tb = v.downcast::<BaseException>().and_then(|e| e.traceback.get());
        *class = to_c(v.class().value());
        *traceback = to_c(tb.unwrap_or(none()));
        *value = e.release();
    }
}

#[capi]
pub fn PyErr_SetExcInfo(vm: &Vm, _class: Steal, value: Steal, _traceback: Steal) {
    let p = value.0.0;
    // SAFETY: the caller gives a reference away, or passes NULL.
    set_handled(vm, if p.is_null() { None } else { Some(unsafe { from_c(p) }) });
}

/// What `except*` raises after its handlers: `excs` are the exceptions that they raised, or None.
#[capi]
pub fn PyUnstable_Exc_PrepReraiseStar(vm: &Vm, original: Arg, excs: Arg) -> adder_vm::error::PyResult<Value> {
    let (exception, list) = (original.value(), excs.value());
    let Some(e) = exception.downcast::<BaseException>() else {
        raise!(vm, TypeError, "orig must be an exception")
    };
    let Some(all) = list.downcast::<List>() else { raise!(vm, TypeError, "excs must be a list") };
    for (i, item) in all.items().iter().enumerate() {
        if !item.is_none() && item.downcast::<BaseException>().is_none() {
            raise!(vm, TypeError, "item {i} in excs is not an exception")
        }
    }
    if e.traceback.get().is_none() {
        raise!(vm, ValueError, "orig must be a raised exception")
    }
    adder_vm::builtins::exceptions::groups::prep_reraise_star(vm, original.value(), excs.value())
}
