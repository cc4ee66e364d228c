//! `slice`: a struct of the three parts.

use crate::pyobject::{Arg, Done};
use adder_macros::capi;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::slice_::{Slice, clip};
use adder_vm::error::PyResult;
use adder_vm::object::{Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;

#[capi]
pub fn PySlice_New(vm: &Vm, start: Arg, stop: Arg, step: Arg) -> Value {
    let part = |a: Arg| if a.0.is_null() { none() } else { a.value() };
    vm.new_slice(part(start), part(stop), part(step))
}

#[capi]
pub fn PySlice_Unpack(
    vm: &Vm,
    slice: Arg,
    start: *mut isize,
    stop: *mut isize,
    step: *mut isize,
) -> PyResult<Done> {
    let v = slice.peek();
    let Some(s) = v.exact::<Slice>() else { raise!(vm, SystemError, "bad argument to internal function") };
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
