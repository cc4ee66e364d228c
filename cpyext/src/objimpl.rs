//! Memory of objects, tracking by the collector, attribute access as `object` does it.

use crate::allocators::{Domain, replaced};
use crate::ffi::constants::*;
use crate::ffi::types::*;
use crate::memory;
use crate::pyerrors;
use crate::pyobject::{self, Arg, Done, Ptr};
use crate::typeobject::{init_head, instance_size};
use adder_macros::capi;
use adder_vm::error::PyResult;
use adder_vm::object::{Value, ValueExt};
use adder_vm::vm::Vm;
use std::ffi::c_void;

// ---- memory -------------------------------------------------------------------------------------

pub fn malloc(size: usize) -> *mut c_void {
    memory::alloc_raw(size).map_or(std::ptr::null_mut(), |p| p.cast())
}

pub fn calloc(n: usize, size: usize) -> *mut c_void {
    n.checked_mul(size).and_then(memory::alloc).map_or(std::ptr::null_mut(), |p| p.cast())
}

/// # Safety
/// `p` is memory of `malloc`, or null.
pub unsafe fn realloc(p: *mut c_void, size: usize) -> *mut c_void {
    if p.is_null() {
        return malloc(size);
    }
    let room = memory::room(p);
    if size <= room && size * 2 > room {
        return p;
    }
    let Some(new) = memory::alloc_raw(size) else { return std::ptr::null_mut() };
    std::ptr::copy_nonoverlapping(p as *const u8, new, room.min(size));
    let link = memory::link(p);
    if *link != 0 {
        pyobject::move_link(p as Ptr, new as Ptr);
    }
    memory::free(p);
    new.cast()
}

/// # Safety
/// As `realloc`.
pub unsafe fn free(p: *mut c_void) {
    if p.is_null() {
        return;
    }
    pyobject::drop_stale(p as Ptr);
    if memory::contains(p) {
        memory::free(p);
    }
}

#[capi]
pub fn PyObject_Malloc(_vm: &Vm, size: usize) -> *mut c_void {
    match replaced(Domain::Object) {
        None => malloc(size),
        // SAFETY: the allocator's own function and context.
        Some(a) => unsafe { (a.malloc)(a.context, size) },
    }
}

#[capi]
pub fn PyObject_Calloc(_vm: &Vm, n: usize, size: usize) -> *mut c_void {
    match replaced(Domain::Object) {
        None => calloc(n, size),
        // SAFETY: as above.
        Some(a) => unsafe { (a.calloc)(a.context, n, size) },
    }
}

#[capi]
pub fn PyObject_Realloc(_vm: &Vm, p: *mut c_void, size: usize) -> *mut c_void {
    // SAFETY: the caller passes memory of PyObject_Malloc, or null.
    unsafe {
        match replaced(Domain::Object) {
            None => realloc(p, size),
            Some(a) => (a.realloc)(a.context, p, size),
        }
    }
}

#[unsafe(no_mangle)]
#[allow(non_snake_case)]
pub unsafe extern "C" fn PyObject_Free(p: *mut c_void) {
    match replaced(Domain::Object) {
        None => free(p),
        Some(a) => (a.free)(a.context, p),
    }
}

#[unsafe(no_mangle)]
#[allow(non_snake_case)]
pub unsafe extern "C" fn PyObject_GC_Del(p: *mut c_void) {
    PyObject_Free(p)
}

// ---- new objects --------------------------------------------------------------------------------

#[capi]
pub fn PyObject_Init(vm: &Vm, p: *mut PyObject, t: *mut PyTypeObject) -> PyResult<*mut PyObject> {
    if p.is_null() {
        return Err(vm.memory_error());
    }
    // SAFETY: the caller passes memory for an instance of the type.
    unsafe { init_head(p, t) };
    Ok(p)
}

#[capi]
pub fn PyObject_InitVar(
    vm: &Vm,
    p: *mut PyVarObject,
    t: *mut PyTypeObject,
    n: isize,
) -> PyResult<*mut PyVarObject> {
    if p.is_null() {
        return Err(vm.memory_error());
    }
    // SAFETY: as in PyObject_Init.
    unsafe {
        init_head(p as Ptr, t);
        (*p).ob_size = n;
    }
    Ok(p)
}

/// Memory that is not cleared, with its head set.
fn new(vm: &Vm, t: *mut PyTypeObject, size: usize) -> PyResult<Ptr> {
    match memory::alloc_raw(size) {
        Some(p) => {
            // SAFETY: fresh memory of that size.
            unsafe { init_head(p as Ptr, t) };
            Ok(p as Ptr)
        }
        None => Err(vm.memory_error()),
    }
}

#[capi]
pub fn _PyObject_New(vm: &Vm, t: *mut PyTypeObject) -> PyResult<*mut PyObject> {
    // SAFETY: the caller passes a type.
    new(vm, t, unsafe { instance_size(t, 0) })
}

#[capi]
pub fn _PyObject_NewVar(vm: &Vm, t: *mut PyTypeObject, n: isize) -> PyResult<*mut PyVarObject> {
    // SAFETY: as in _PyObject_New.
    unsafe {
        let p = new(vm, t, instance_size(t, n))? as *mut PyVarObject;
        (*p).ob_size = n;
        Ok(p)
    }
}

#[capi]
pub fn _PyObject_GC_New(vm: &Vm, t: *mut PyTypeObject) -> PyResult<*mut PyObject> {
    // SAFETY: as in _PyObject_New.
    new(vm, t, unsafe { instance_size(t, 0) })
}

#[capi]
pub fn _PyObject_GC_NewVar(vm: &Vm, t: *mut PyTypeObject, n: isize) -> PyResult<*mut PyVarObject> {
    // SAFETY: as in _PyObject_New.
    unsafe {
        let p = new(vm, t, instance_size(t, n))? as *mut PyVarObject;
        (*p).ob_size = n;
        Ok(p)
    }
}

#[capi]
pub fn PyUnstable_Object_GC_NewWithExtraData(
    vm: &Vm,
    t: *mut PyTypeObject,
    extra: usize,
) -> PyResult<*mut PyObject> {
    // SAFETY: as in _PyObject_New.
    unsafe {
        let Some(p) = memory::alloc(instance_size(t, 0) + extra) else { return Err(vm.memory_error()) };
        init_head(p as Ptr, t);
        Ok(p as Ptr)
    }
}

#[capi]
pub fn _PyObject_GC_Resize(vm: &Vm, p: *mut PyVarObject, n: isize) -> PyResult<*mut PyVarObject> {
    // SAFETY: the caller passes an object of which nobody else knows.
    unsafe {
        let size = instance_size((*p).ob_base.ob_type, n);
        let new = PyObject_Realloc(p.cast(), size) as *mut PyVarObject;
        if new.is_null() {
            return Err(vm.memory_error());
        }
        (*new).ob_size = n;
        Ok(new)
    }
}

// ---- the collector ------------------------------------------------------------------------------

#[capi]
pub fn PyObject_GC_Track(_vm: &Vm, p: *mut c_void) {
    // SAFETY: the caller passes an object.
    unsafe { (*(p as Ptr)).ob_flags |= pyobject::TRACKED };
}

#[capi]
pub fn PyObject_GC_UnTrack(_vm: &Vm, p: *mut c_void) {
    // SAFETY: the caller passes an object.
    unsafe { (*(p as Ptr)).ob_flags &= !pyobject::TRACKED };
}

#[capi]
pub fn PyObject_GC_IsTracked(vm: &Vm, p: *mut PyObject) -> i32 {
    // SAFETY: the caller passes an object.
    unsafe {
        if (*(*p).ob_type).tp_flags & Py_TPFLAGS_HAVE_GC == 0 {
            return is_container(vm, p) as i32;
        }
        ((*p).ob_flags & pyobject::TRACKED != 0) as i32
    }
}

/// Whether `gc.is_tracked` says so of an object of the core's types.
///
/// # Safety
/// `p` is a live object.
unsafe fn is_container(vm: &Vm, p: Ptr) -> bool {
    let v = pyobject::look(p);
    let asked = || {
        let gc = adder_vm::import::import_module(vm, "gc")?;
        let tracked = vm.call_method(gc, vm.intern_str("is_tracked"), &[v])?;
        vm.truth(tracked)
    };
    !v.class().extension.get() && pyerrors::keeping(|| asked().is_ok_and(|t| t))
}

#[capi]
pub fn PyObject_GC_IsFinalized(_vm: &Vm, p: *mut PyObject) -> i32 {
    // SAFETY: the caller passes an object.
    unsafe { pyobject::was_finalized(p) as i32 }
}

#[capi]
pub fn PyObject_IS_GC(vm: &Vm, p: *mut PyObject) -> i32 {
    // SAFETY: the caller passes an object.
    unsafe {
        let t = (*p).ob_type;
        if (*t).tp_flags & Py_TPFLAGS_HAVE_GC == 0 {
            return is_container(vm, p) as i32;
        }
        ((*t).tp_is_gc.is_none_or(|f| f(p) != 0)) as i32
    }
}

#[capi]
pub fn PyGC_Collect(vm: &Vm) -> isize {
    adder_vm::pending::collect_all(vm) as isize
}

// ---- attributes ---------------------------------------------------------------------------------

#[capi]
pub fn PyObject_GenericGetAttr(vm: &Vm, v: Arg, name: Arg) -> PyResult<Value> {
    let (v, name) = (v.value(), crate::object::name(vm, name)?);
    match vm.generic_getattr(v, name)? {
        Some(found) => Ok(found),
        None => Err(vm.no_attribute(v, name)),
    }
}

#[capi]
pub fn PyObject_GenericSetAttr(vm: &Vm, v: Arg, name: Arg, value: Arg) -> PyResult<Done> {
    let value = if value.0.is_null() { None } else { Some(value.stored()) };
    vm.generic_setattr(v.value(), crate::object::name(vm, name)?, value)?;
    Ok(Done)
}

#[capi]
pub fn PyObject_GenericGetDict(vm: &Vm, v: Arg, _closure: *mut c_void) -> PyResult<Value> {
    let v = v.value();
    match vm.instance_dict(v) {
        Some(d) => Ok(d.value()),
        None => Err(vm.no_attribute(v, vm.intern_str("__dict__"))),
    }
}

#[capi]
pub fn PyObject_GenericSetDict(vm: &Vm, v: Arg, value: Arg, _closure: *mut c_void) -> PyResult<Done> {
    let v = v.value();
    if !vm.has_instance_dict(v) {
        return Err(vm.no_attribute(v, vm.intern_str("__dict__")));
    }
    if value.0.is_null() {
        return Err(vm.type_error("cannot delete __dict__"));
    }
    adder_vm::builtins::object_class::set_dict(vm, v, Some(value.value()))?;
    Ok(Done)
}

#[capi]
pub fn PyObject_SelfIter(_vm: &Vm, v: Arg) -> Value {
    v.value()
}

#[capi]
pub fn PyObject_HashNotImplemented(vm: &Vm, v: Arg) -> PyResult<isize> {
    Err(vm.unhashable(v.value()))
}

// ---- the module gc -----------------------------------------------------------------------------

#[capi]
pub fn PyGC_Enable(vm: &Vm) -> PyResult<i32> {
    gc(vm, "enable")
}

#[capi]
pub fn PyGC_Disable(vm: &Vm) -> PyResult<i32> {
    gc(vm, "disable")
}

/// Calls a function of the module `gc`; whether collection was enabled before.
fn gc(vm: &Vm, function: &str) -> PyResult<i32> {
    let gc = adder_vm::import::import_module(vm, "gc")?;
    let before = vm.call_method(gc, vm.intern_str("isenabled"), &[])?;
    vm.call_method(gc, vm.intern_str(function), &[])?;
    Ok(vm.truth(before)? as i32)
}

#[capi]
pub fn PyGC_IsEnabled(vm: &Vm) -> PyResult<bool> {
    let gc = adder_vm::import::import_module(vm, "gc")?;
    let enabled = vm.call_method(gc, vm.intern_str("isenabled"), &[])?;
    vm.truth(enabled)
}

/// Calls the function with every object that the collector could find in a cycle, until it says 0.
#[capi]
pub fn PyUnstable_GC_VisitObjects(vm: &Vm, visit: *const c_void, arg: *mut c_void) {
    type Visit = unsafe extern "C" fn(Ptr, *mut c_void) -> std::ffi::c_int;
    // SAFETY: the caller passes a function of this type.
    let visit = unsafe { std::mem::transmute::<*const c_void, Visit>(visit) };
    let all = adder_vm::import::import_module(vm, "gc")
        .and_then(|gc| vm.get_attr_str(gc, "get_objects"))
        .and_then(|f| vm.call(f, &[]));
    let all = match all {
        Ok(all) => all,
        Err(raised) => return pyerrors::to_indicator(vm, raised),
    };
    let Some(all) = all.downcast::<adder_vm::builtins::list::List>() else { return };
    for i in 0..all.len() {
        let p = pyobject::Owned::new(all.get(i));
        // SAFETY: a live object.
        if unsafe { visit(p.0, arg) } == 0 {
            return;
        }
    }
    for p in containers_of_c() {
        // SAFETY: as above.
        if unsafe { visit(p.0, arg) } == 0 {
            return;
        }
    }
}

/// Containers to which only C refers so far: they have no object that the heap could show.
fn containers_of_c() -> Vec<pyobject::Owned> {
    use adder_vm::def::{HAVE_GC, LIST_SUBCLASS, TUPLE_SUBCLASS};
    let mut found = vec![];
    crate::memory::each(&mut |p| {
        let p = p as Ptr;
        // SAFETY: a slot; if it is free, or memory that is no object, its second word is no type.
        unsafe {
            let alive = pyobject::is_type((*p).ob_type) && (*p).ob_refcnt > 0 && !pyobject::is_linked(p);
            if alive && (*(*p).ob_type).tp_flags & (HAVE_GC | LIST_SUBCLASS | TUPLE_SUBCLASS) != 0 {
                found.push(pyobject::new_ref(p));
            }
        }
    });
    found
}
