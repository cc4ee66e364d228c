//! `float`: by value.

use crate::ffi::types::*;
use crate::pyobject::{Arg, Ptr, new_struct};
use crate::typeobject::float_type;
use adder_macros::capi;
use adder_vm::builtins::float::as_float;
use adder_vm::error::PyResult;
use adder_vm::vm::Vm;

/// A new reference.
pub fn new(value: f64) -> Ptr {
    let p = new_struct(float_type(), size_of::<PyFloatObject>());
    // SAFETY: a fresh struct of that size.
    unsafe { (*(p as *mut PyFloatObject)).ob_fval = value };
    p
}

#[capi]
pub fn PyFloat_FromDouble(_vm: &Vm, value: f64) -> *mut PyObject {
    new(value)
}

#[capi]
pub fn PyFloat_AsDouble(vm: &Vm, v: Arg) -> PyResult<f64> {
    if v.0.is_null() {
        return Err(vm.type_error("bad argument type for built-in operation"));
    }
    let v = v.peek();
    match as_float(v) {
        Some(f) => Ok(f),
        None => vm.to_f64(v),
    }
}
