//! `refcount.h`: what the macros do, as functions; builds for the stable ABI call them.

#![allow(non_snake_case)] // The names are the API's.

use crate::pyobject::{Ptr, decref, drop_stale, incref, xdecref, xincref};

#[unsafe(no_mangle)]
pub unsafe extern "C" fn Py_IncRef(v: Ptr) {
    xincref(v)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn Py_DecRef(v: Ptr) {
    xdecref(v)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _Py_IncRef(v: Ptr) {
    incref(v)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _Py_DecRef(v: Ptr) {
    decref(v)
}

/// The count of an immortal object stays.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _Py_SetRefcnt(v: Ptr, count: isize) {
    if (*v).ob_refcnt >> 31 == 0 {
        (*v).ob_refcnt = count.clamp(0, u32::MAX as isize) as u32;
    }
}

/// Memory that held an object becomes a new one: what was linked with the old one is forgotten.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _Py_NewReference(v: Ptr) {
    drop_stale(v);
    (*v).ob_refcnt = 1;
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _Py_NewReferenceNoTotal(v: Ptr) {
    _Py_NewReference(v)
}

/// A `tp_dealloc` keeps its object.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _Py_ResurrectReference(v: Ptr) {
    (*v).ob_refcnt = 1;
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _Py_ForgetReference(_v: Ptr) {}

/// The object lives for ever.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _Py_SetImmortal(v: Ptr) {
    if !v.is_null() {
        crate::pyobject::make_immortal(v);
    }
}
