//! `dict`.

use crate::pyobject::{Arg, Borrowed, Done, Owned};
use crate::unicodeobject::text;
use adder_macros::capi;
use adder_vm::builtins::dict::Dict;
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::ffi::c_char;

fn check(vm: &Vm, d: Arg) -> PyResult<Ref<Dict>> {
    match d.peek().downcast::<Dict>() {
        Some(d) => Ok(d),
        None => raise!(vm, SystemError, "bad argument to internal function"),
    }
}

#[capi]
pub fn PyDict_New(vm: &Vm) -> Owned {
    crate::pyobject::for_c_only(Dict::new(vm).value())
}

#[capi]
pub fn PyDict_SetItem(vm: &Vm, d: Arg, key: Arg, value: Arg) -> PyResult<Done> {
    check(vm, d)?.set_item(vm, key.value(), value.value())?;
    d.changed();
    Ok(Done)
}

#[capi]
pub fn PyDict_SetItemString(vm: &Vm, d: Arg, key: *const c_char, value: Arg) -> PyResult<Done> {
    // SAFETY: the caller passes a C string.
    check(vm, d)?.set_item(vm, vm.new_str(&unsafe { text(key) }), value.value())?;
    d.changed();
    Ok(Done)
}

#[capi]
pub fn PyDict_GetItemWithError(vm: &Vm, d: Arg, key: Arg) -> PyResult<Borrowed> {
    match check(vm, d)?.get_item(vm, key.peek())? {
        Some(v) => crate::pyobject::lend(vm, v),
        None => Ok(Borrowed(std::ptr::null_mut())),
    }
}

#[capi]
pub fn PyDict_Size(vm: &Vm, d: Arg) -> PyResult<isize> {
    Ok(check(vm, d)?.len() as isize)
}

#[capi]
pub fn PyDict_Contains(vm: &Vm, d: Arg, key: Arg) -> PyResult<bool> {
    check(vm, d)?.contains(vm, key.peek())
}

#[capi]
pub fn PyDict_Clear(_vm: &Vm, d: Arg) {
    if let Some(dict) = d.peek().downcast::<Dict>() {
        dict.clear();
        d.changed();
    }
}

#[capi]
pub fn PyDict_Copy(vm: &Vm, d: Arg) -> PyResult<Owned> {
    Ok(crate::pyobject::for_c_only(check(vm, d)?.copy(vm).value()))
}

#[capi]
pub fn PyDict_DelItem(vm: &Vm, d: Arg, key: Arg) -> PyResult<Done> {
    let key = key.value();
    if check(vm, d)?.remove(vm, key)?.is_none() {
        return Err(vm.key_error(key));
    }
    d.changed();
    Ok(Done)
}
