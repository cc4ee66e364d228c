//! `slice`: a struct of the three parts.

use crate::pyobject::{Arg, Done, Owned, Ptr};
use adder_macros::capi;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::slice_::{Slice, clip};
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::ffi::c_int;

#[capi]
pub fn PySlice_New(vm: &Vm, start: Arg, stop: Arg, step: Arg) -> Value {
    let part = |a: Arg| if a.0.is_null() { none() } else { a.value() };
    vm.new_slice(part(start), part(stop), part(step))
}

#[capi]
pub fn _PySlice_FromIndices(vm: &Vm, start: isize, stop: isize) -> Value {
    vm.new_slice(vm.int(start as i64), vm.int(stop as i64), none())
}

fn check(vm: &Vm, slice: Arg) -> PyResult<Ref<Slice>> {
    match slice.peek().exact::<Slice>() {
        Some(s) => Ok(s),
        None => raise!(vm, SystemError, "bad argument to internal function"),
    }
}

#[capi]
pub fn PySlice_Unpack(
    vm: &Vm,
    slice: Arg,
    start: *mut isize,
    stop: *mut isize,
    step: *mut isize,
) -> PyResult<Done> {
    let s = check(vm, slice)?;
    // SAFETY: the caller passes places for the results.
    unsafe { (*start, *stop, *step) = s.unpack(vm)? };
    Ok(Done)
}

#[capi]
pub fn PySlice_AdjustIndices(
    _vm: &Vm,
    length: isize,
    start: *mut isize,
    stop: *mut isize,
    step: isize,
) -> isize {
    // SAFETY: the caller passes the two indices.
    unsafe {
        let (a, b, n) = clip(*start, *stop, step, length as usize);
        (*start, *stop) = (a, b);
        n as isize
    }
}

/// Without `__index__`, as it is documented: -1 and no exception for what is out of reach.
#[capi]
pub fn PySlice_GetIndices(
    vm: &Vm,
    slice: Arg,
    length: isize,
    start: *mut isize,
    stop: *mut isize,
    step: *mut isize,
) -> PyResult<c_int> {
    let s = check(vm, slice)?;
    let part = |v: Value, default: isize| -> PyResult<Option<isize>> {
        if v.is_none() {
            return Ok(Some(default));
        }
        match adder_vm::builtins::int::as_int(v) {
            Some(i) => Ok(isize::try_from(vm.int_to_i128(i)).ok()),
            None => Ok(None),
        }
    };
    let Some(by) = part(s.step.get(), 1)? else { return Ok(-1) };
    let from_end = |i: isize| if i < 0 { i + length } else { i };
    let Some(a) = part(s.start.get(), if by < 0 { length - 1 } else { 0 })? else { return Ok(-1) };
    let Some(b) = part(s.stop.get(), if by < 0 { -1 } else { length })? else { return Ok(-1) };
    let a = if s.start.get().is_none() { a } else { from_end(a) };
    let b = if s.stop.get().is_none() { b } else { from_end(b) };
    // SAFETY: the caller passes places for the results.
    unsafe { (*start, *stop, *step) = (a, b, by) };
    Ok(if b > length || a >= length || by == 0 { -1 } else { 0 })
}

#[capi]
pub fn PySlice_GetIndicesEx(
    vm: &Vm,
    slice: Arg,
    length: isize,
    start: *mut isize,
    stop: *mut isize,
    step: *mut isize,
    count: *mut isize,
) -> PyResult<Done> {
    let s = check(vm, slice)?;
    // SAFETY: the caller passes places for the results.
    unsafe {
        let (a, b, by) = s.unpack(vm)?;
        let (a, b, n) = clip(a, b, by, length as usize);
        (*start, *stop, *step, *count) = (a, b, by, n as isize);
    }
    Ok(Done)
}

#[capi]
pub fn _PySlice_GetLongIndices(
    vm: &Vm,
    slice: Arg,
    length: Arg,
    start: *mut Ptr,
    stop: *mut Ptr,
    step: *mut Ptr,
) -> PyResult<Done> {
    let s = check(vm, slice)?;
    let all = vm.call_method(s.value(), vm.intern_str("indices"), &[length.value()])?;
    // SAFETY: the caller passes places for the results.
    unsafe {
        for (i, to) in [start, stop, step].into_iter().enumerate() {
            *to = Owned::new(vm.get_item(all, Value::from_small(i as i64))?).release();
        }
    }
    Ok(Done)
}
