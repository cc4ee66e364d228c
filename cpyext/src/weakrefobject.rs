//! Weak references. The field `wr_object` of the struct, which a macro reads, is brought up to date when
//! the reference crosses to C and when the referent dies.

use crate::ffi::types::PyWeakReference;
use crate::pyobject::{self, Arg, Borrowed, Ptr, lend};
use adder_macros::capi;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::weak_proxy::{CallableProxy, WeakProxy};
use adder_vm::builtins::weakref::{Weak, WeakRef, clear_references, has_references};
use adder_vm::error::PyResult;
use adder_vm::extension;
use adder_vm::import;
use adder_vm::object::{Object as _, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;

/// Says what the structs of references and proxies are; once, before any crosses.
pub fn init() {
    for class in [WeakRef::class(), WeakProxy::class(), CallableProxy::class()] {
        extension::declare_struct(class, size_of::<PyWeakReference>(), update);
    }
}

/// The field of the referent's struct for its list of references, if its type has one.
unsafe fn list_field(p: Ptr) -> Option<*mut Ptr> {
    let offset = (*(*p).ob_type).tp_weaklistoffset;
    if offset > 0 { Some(p.cast::<u8>().offset(offset).cast()) } else { None }
}

/// C code only clears references if the field is not NULL. What is in it says no more than that.
pub fn note_target(target: Value) {
    let p = pyobject::shadow(target);
    if !p.is_null() && p as usize & 1 == 0 {
        // SAFETY: the struct of an instance of an extension's class.
        unsafe {
            if let Some(field) = list_field(p) {
                *field = crate::object::none_struct();
            }
        }
    }
}

/// All references are cleared.
///
/// # Safety
/// `p` is a live object.
pub unsafe fn no_references(p: Ptr) {
    if let Some(field) = list_field(p) {
        *field = std::ptr::null_mut();
    }
}

/// Fills the struct of a reference; its pointers are borrowed.
unsafe fn update(v: Value, p: *mut u8) {
    let Some(w) = as_weak(v) else { return };
    let c = p as *mut PyWeakReference;
    (*c).wr_object = w.get().and_then(pyobject::own_struct).unwrap_or(crate::object::none_struct());
    (*c).wr_callback = w.callback().and_then(pyobject::own_struct).unwrap_or(std::ptr::null_mut());
    (*c).hash = w.cached_hash() as isize;
}

fn callback(v: Arg) -> Option<Value> {
    if v.0.is_null() { None } else { Some(v.value()).filter(|v| !v.is_none()) }
}

/// The reference or proxy.
fn as_weak(v: Value) -> Option<Ref<Weak>> {
    if v.downcast::<WeakRef>().is_some() || v.is::<WeakProxy>() || v.is::<CallableProxy>() {
        // SAFETY: proxies are laid out as references.
        return Some(unsafe { v.cast() });
    }
    None
}

/// C releases its last reference, and no value refers to the object: it is dead at once.
///
/// # Safety
/// `p` is an object of a core type that dies.
pub unsafe fn referent_dies(p: Ptr) {
    if !crate::pyobject::is_own(p) || !crate::pyobject::is_linked(p) {
        return;
    }
    let v = crate::pyobject::look(p);
    if v.is_ptr() && v.class().has_weakref.get() && has_references(v) {
        // The error that may be set belongs to somebody else.
        let saved = crate::pyerrors::PyErr_GetRaisedException();
        clear_references(Vm::get(), v);
        crate::pyerrors::PyErr_SetRaisedException(saved);
    }
}

#[capi]
pub fn PyWeakref_NewRef(vm: &Vm, v: Arg, f: Arg) -> PyResult<Value> {
    // The referent is looked at only: it is not kept.
    vm.new_weakref(v.peek(), callback(f))
}

#[capi]
pub fn PyWeakref_NewProxy(vm: &Vm, v: Arg, f: Arg) -> PyResult<Value> {
    let v = v.value();
    let proxy = vm.get_attr_str(import::import_module(vm, "_weakref")?, "proxy")?;
    match callback(f) {
        Some(f) => vm.call(proxy, &[v, f]),
        None => vm.call(proxy, &[v]),
    }
}

/// 1 with a new reference to the referent, 0 with NULL if it is dead.
#[capi]
pub fn PyWeakref_GetRef(vm: &Vm, weak: Arg, place: *mut Ptr) -> PyResult<bool> {
    // SAFETY: the caller passes a place.
    unsafe { *place = std::ptr::null_mut() };
    if weak.0.is_null() {
        return Err(vm.system_error("bad argument to internal function"));
    }
    let Some(w) = as_weak(weak.peek()) else { raise!(vm, TypeError, "expected a weakref") };
    let target = w.get();
    // SAFETY: as above.
    unsafe { crate::abstract_::store(place, target) };
    Ok(target.is_some())
}

#[capi]
pub fn PyWeakref_GetObject(vm: &Vm, weak: Arg) -> PyResult<Borrowed> {
    match as_weak(weak.peek()) {
        Some(w) => lend(vm, w.get().unwrap_or(none())),
        None => Err(vm.system_error("bad argument to internal function")),
    }
}

#[capi]
pub fn PyWeakref_IsDead(vm: &Vm, weak: Arg) -> PyResult<bool> {
    match as_weak(weak.peek()) {
        Some(w) => Ok(w.get().is_none()),
        None => raise!(vm, TypeError, "expected a weakref, got {}", weak.class().name()),
    }
}
