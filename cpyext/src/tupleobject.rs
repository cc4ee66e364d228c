//! `tuple`: a struct of counted references; one that C makes is C's alone until it is seen as a value.

use crate::ffi::types::*;
use crate::pyobject::{
    Arg, Borrowed, Done, FRESH, MANAGED, MARKS, Owned, Ptr, Steal, attach, decref, incref, new_raw_struct,
    new_ref, new_struct, to_c,
};
use crate::typeobject::tuple_type;
use crate::{memory, null_item};
use adder_macros::capi;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::def::TUPLE_SUBCLASS;
use adder_vm::error::PyResult;
use adder_vm::object::{LongHeader, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;

/// A C-only tuple with NULL items; of length 0, the empty tuple.
pub fn new(n: usize) -> Owned {
    if n == 0 {
        return Owned::new(Tuple::empty().value());
    }
    let p = new_struct(tuple_type(), size_of::<PyTupleObject>() - 8 + 8 * n);
    // SAFETY: a fresh struct of that size.
    unsafe {
        (*(p as *mut PyTupleObject)).ob_base.ob_size = n as isize;
        (*(p as *mut PyTupleObject)).ob_hash = -1;
    }
    Owned(p)
}

/// The user bit of tuples whose struct stays: somebody has asked for the identity, or they are used again.
const STAYS: u32 = 2;

pub fn keep_struct(v: Value) {
    // SAFETY: word-is-object.
    let header = unsafe { &*v.header() };
    header.set_user_bits(header.user_bits() | STAYS);
}

/// The struct of a tuple that is an argument of a C function, and so far has none: most are made for one call,
/// as subscripts are. None for those that may be used again, and for what is not simple.
#[inline(never)]
pub fn passed(t: Ref<Tuple>) -> Option<Ptr> {
    const FEW: usize = 8;
    let n = t.len();
    // SAFETY: word-is-object.
    let header = unsafe { &*t.value().header() };
    if !(1..=FEW).contains(&n) || !header.is_young() || header.user_bits() & STAYS != 0 {
        return None;
    }
    if t.items().iter().any(|v| v.is::<Tuple>() || null_item::is_null(*v)) {
        return None;
    }
    let p = new_raw_struct(tuple_type(), size_of::<PyTupleObject>() - 8 + 8 * n);
    // SAFETY: a fresh struct of that size.
    unsafe {
        (*(p as *mut PyTupleObject)).ob_base.ob_size = n as isize;
        (*(p as *mut PyTupleObject)).ob_hash = -1;
        for (place, v) in items(p).iter_mut().zip(t.items()) {
            *place = to_c(*v);
        }
        attach(t.value(), p, MANAGED);
    }
    Some(p)
}

/// The call is over: the struct that `passed` has made goes if C does not keep it.
///
/// # Safety
/// `p` is that struct.
#[inline(never)]
pub unsafe fn was_passed(p: Ptr) {
    let link = memory::link(p);
    if (*p).ob_refcnt != 1 || *link & (MARKS & !FRESH) != MANAGED {
        return;
    }
    let v = Value::from_bits_unchecked(*link & !MARKS);
    if (*v.header()).user_bits() & STAYS != 0 {
        return;
    }
    keep_struct(v);
    (*(v.header() as *const LongHeader)).set_shadow(0);
    adder_heap::forget_linked(v);
    *link = 0;
    for item in items(p) {
        decref(*item);
    }
    memory::free_unlinked(p);
}

/// The items of a tuple's struct.
///
/// # Safety
/// `p` is a live tuple.
pub unsafe fn items<'a>(p: Ptr) -> &'a mut [Ptr] {
    let t = p as *mut PyTupleObject;
    std::slice::from_raw_parts_mut((&raw mut (*t).ob_item) as *mut Ptr, (*t).ob_base.ob_size as usize)
}

/// The items, or SystemError.
fn check<'a>(vm: &Vm, t: Arg) -> PyResult<&'a mut [Ptr]> {
    if t.0.is_null() || t.flags() & TUPLE_SUBCLASS == 0 {
        raise!(vm, SystemError, "bad argument to internal function")
    }
    // SAFETY: the flags say that it is a tuple.
    Ok(unsafe { items(t.0) })
}

#[capi]
pub fn PyTuple_New(vm: &Vm, n: isize) -> PyResult<Owned> {
    if n < 0 {
        raise!(vm, SystemError, "bad argument to internal function")
    }
    if n > MOST {
        return Err(vm.memory_error());
    }
    Ok(new(n as usize))
}

/// Longer tuples have no room in the memory of C objects.
const MOST: isize = 1 << 33;

#[capi]
pub fn PyTuple_Size(vm: &Vm, t: Arg) -> PyResult<isize> {
    Ok(check(vm, t)?.len() as isize)
}

#[capi]
pub fn PyTuple_GetItem(vm: &Vm, t: Arg, i: isize) -> PyResult<Borrowed> {
    let items = check(vm, t)?;
    match items.get(i as usize) {
        Some(p) => Ok(Borrowed(*p)),
        None => raise!(vm, IndexError, "tuple index out of range"),
    }
}

#[capi]
pub fn PyTuple_SetItem(vm: &Vm, t: Arg, i: isize, item: Steal) -> PyResult<Done> {
    // SAFETY: C passes a live object.
    if t.flags() & TUPLE_SUBCLASS == 0 || unsafe { (*t.0).ob_refcnt } != 1 || crate::pyobject::is_linked(t.0)
    {
        raise!(vm, SystemError, "bad argument to internal function")
    }
    let items = check(vm, t)?;
    let Some(place) = items.get_mut(i as usize) else {
        raise!(vm, IndexError, "tuple assignment index out of range")
    };
    drop(Owned(std::mem::replace(place, item.0.release())));
    Ok(Done)
}

#[capi]
pub fn PyTuple_GetSlice(vm: &Vm, t: Arg, low: isize, high: isize) -> PyResult<Owned> {
    let all = check(vm, t)?;
    let n = all.len() as isize;
    let low = low.clamp(0, n);
    let high = high.clamp(low, n);
    // SAFETY: live objects; the new tuple has room for the items.
    unsafe {
        if low == 0 && high == n && (*t.0).ob_type == tuple_type() {
            return Ok(new_ref(t.0));
        }
        let new = new((high - low) as usize);
        let from = &all[low as usize..high as usize];
        if !from.is_empty() {
            for (to, item) in items(new.0).iter_mut().zip(from) {
                incref(*item);
                *to = *item;
            }
        }
        Ok(new)
    }
}

#[capi]
pub fn _PyTuple_Resize(vm: &Vm, place: *mut Ptr, n: isize) -> PyResult<Done> {
    // SAFETY: the caller passes the place of a reference that it owns.
    unsafe {
        let old = *place;
        let bad = old.is_null()
            || (*old).ob_type != tuple_type()
            || ((*(old as *mut PyTupleObject)).ob_base.ob_size != 0
                && ((*old).ob_refcnt != 1 || crate::pyobject::is_linked(old)));
        if bad || n < 0 {
            *place = std::ptr::null_mut();
            crate::pyobject::xdecref(old);
            raise!(vm, SystemError, "bad argument to internal function")
        }
        if items(old).len() == n as usize {
            return Ok(Done);
        }
        if n > MOST {
            *place = std::ptr::null_mut();
            crate::pyobject::xdecref(old);
            return Err(vm.memory_error());
        }
        let new = new(n as usize);
        if n > 0 {
            for (to, item) in items(new.0).iter_mut().zip(items(old).iter_mut()) {
                *to = std::mem::replace(item, std::ptr::null_mut());
            }
        }
        drop(Owned(old));
        *place = new.release();
    }
    Ok(Done)
}

/// A tuple of the objects of an array; with `take`, of the references in it.
fn from_array(from: *const Ptr, n: isize, take: bool) -> Owned {
    let t = new(n.max(0) as usize);
    for i in 0..n.max(0) as usize {
        // SAFETY: the caller passes that many live objects; the tuple has room for them.
        unsafe {
            let item = *from.add(i);
            if !take {
                incref(item);
            }
            items(t.0)[i] = item;
        }
    }
    t
}

#[capi]
pub fn _PyTuple_FromArray(_vm: &Vm, from: *const Ptr, n: isize) -> Owned {
    from_array(from, n, false)
}

#[capi]
pub fn _PyTuple_FromArraySteal(_vm: &Vm, from: *const Ptr, n: isize) -> Owned {
    from_array(from, n, true)
}
