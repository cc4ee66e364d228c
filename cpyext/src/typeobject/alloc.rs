//! Instances: made by `tp_alloc`, freed by `tp_dealloc` and `tp_free`.

use crate::ffi::constants::*;
use crate::ffi::types::*;
use crate::pyobject::{self, Arg, Owned, Ptr, decref, incref};
use crate::{memory, objimpl, pyerrors};
use adder_macros::capi;
use adder_vm::error::PyResult;
use adder_vm::vm::Vm;

/// Size of an instance with `n` items.
///
/// # Safety
/// `t` is a type.
pub unsafe fn instance_size(t: *mut PyTypeObject, n: isize) -> usize {
    let (basic, item) = ((*t).tp_basicsize as usize, (*t).tp_itemsize as usize);
    basic + n.max(0) as usize * item
}

/// Sets the head of a new object, as `PyObject_Init` does.
///
/// # Safety
/// `p` is memory for an instance of the type.
pub unsafe fn init_head(p: Ptr, t: *mut PyTypeObject) {
    pyobject::drop_stale(p);
    (*p).ob_refcnt = 1;
    (*p).ob_overflow = 0;
    (*p).ob_flags = 0;
    (*p).ob_type = t;
    if (*t).tp_flags & Py_TPFLAGS_HEAPTYPE != 0 {
        incref(t as Ptr);
    }
    crate::reftracer::tell(p, crate::reftracer::CREATE);
}

#[capi]
pub fn PyType_GenericAlloc(vm: &Vm, t: *mut PyTypeObject, n: isize) -> PyResult<Owned> {
    // SAFETY: the caller passes a type.
    unsafe {
        // One more item, as CPython has it, for a sentinel.
        let extra = if (*t).tp_itemsize != 0 { 1 } else { 0 };
        let Some(p) = memory::alloc(instance_size(t, n + extra)) else { return Err(vm.memory_error()) };
        let p = p as Ptr;
        init_head(p, t);
        if (*t).tp_itemsize != 0 && (*t).tp_flags & Py_TPFLAGS_LONG_SUBCLASS == 0 {
            (*(p as *mut PyVarObject)).ob_size = n;
        }
        if (*t).tp_flags & Py_TPFLAGS_HAVE_GC != 0 {
            (*p).ob_flags |= pyobject::TRACKED;
        }
        Ok(Owned(p))
    }
}

#[capi]
pub fn PyType_GenericNew(
    _vm: &Vm,
    t: *mut PyTypeObject,
    _args: *mut PyObject,
    _kw: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the caller passes a type.
    unsafe { (*t).tp_alloc.map_or(std::ptr::null_mut(), |alloc| alloc(t, 0)) }
}

/// `tp_dealloc` of the core's types: what their structs own is released.
pub unsafe extern "C" fn builtin_dealloc(p: Ptr) {
    if crate::bound::dealloc(p) {
        return;
    }
    crate::weakrefobject::referent_dies(p);
    pyobject::release_fields(p);
    free(p);
}

/// Gives the memory back with the type's `tp_free`.
unsafe fn free(p: Ptr) {
    match (*(*p).ob_type).tp_free {
        Some(f) => f(p.cast()),
        None => objimpl::PyObject_Free(p.cast()),
    }
}

/// `tp_dealloc` of classes written in Python that extend a C type: that of the C type.
pub unsafe extern "C" fn subtype_dealloc(p: Ptr) {
    let t = (*p).ob_type;
    let mut base = (*t).tp_base;
    while !base.is_null() && (*base).tp_dealloc == Some(subtype_dealloc as unsafe extern "C" fn(Ptr)) {
        base = (*base).tp_base;
    }
    let base_counts = (*base).tp_flags & Py_TPFLAGS_HEAPTYPE != 0;
    if let Some(f) = (*base).tp_dealloc {
        f(p);
    }
    // The instance's reference to its type; a heap type's own function has released it.
    if (*t).tp_flags & Py_TPFLAGS_HEAPTYPE != 0 && !base_counts {
        decref(t as Ptr);
    }
}

/// Calls `tp_finalize` of an object whose last reference went. 0: the object dies, -1: it lives again.
#[capi]
pub fn PyObject_CallFinalizerFromDealloc(_vm: &Vm, p: *mut PyObject) -> i32 {
    // SAFETY: the caller's `tp_dealloc` passes its object.
    unsafe {
        (*p).ob_refcnt = 1;
        call_finalizer(p);
        (*p).ob_refcnt -= 1;
        if (*p).ob_refcnt == 0 { 0 } else { -1 }
    }
}

#[capi]
pub fn PyObject_CallFinalizer(_vm: &Vm, p: Arg) {
    // SAFETY: the caller passes a live object.
    unsafe { call_finalizer(p.0) }
}

/// Runs `tp_finalize`, once in the life of an object that is tracked.
///
/// # Safety
/// `p` is a live object.
pub unsafe fn call_finalizer(p: Ptr) {
    let t = (*p).ob_type;
    let Some(f) = (*t).tp_finalize else { return };
    if (*t).tp_flags & Py_TPFLAGS_HAVE_GC != 0 {
        if pyobject::was_finalized(p) {
            return;
        }
        pyobject::set_finalized(p);
    }
    pyerrors::keeping(|| f(p));
}
