//! `float`: by value.

use crate::ffi::types::*;
use crate::pyobject::{Arg, Done, Ptr, new_number, new_raw_struct};
use crate::typeobject::float_type;
use adder_macros::capi;
use adder_text::struct_;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::str_::Str;
use adder_vm::error::PyResult;
use adder_vm::object::{Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::ffi::c_int;

/// A new reference.
#[inline]
pub fn new(value: f64) -> Ptr {
    let p = new_raw_struct(float_type(), size_of::<PyFloatObject>());
    // SAFETY: a fresh struct of that size.
    unsafe { (*(p as *mut PyFloatObject)).ob_fval = value };
    p
}

/// An argument: see `Passed`.
#[inline(always)]
pub fn passed(value: f64) -> Ptr {
    let p = new_number(float_type());
    // SAFETY: a fresh struct with room for it.
    unsafe { (*(p as *mut PyFloatObject)).ob_fval = value };
    p
}

#[capi]
pub fn PyFloat_FromDouble(_vm: &Vm, value: f64) -> *mut PyObject {
    new(value)
}

/// Whether the object gives its bytes as one piece.
fn is_plain_buffer(vm: &Vm, v: Value) -> PyResult<bool> {
    match vm.bytes_like(v) {
        Ok(_) => Ok(true),
        Err(raised) => vm.swallow(raised, Exc::BufferError).map(|_| false),
    }
}

#[capi]
pub fn PyFloat_FromString(vm: &Vm, v: Arg) -> PyResult<Value> {
    let v = v.value();
    let plain = v.downcast::<Str>().is_some() || (vm.has_buffer(v) && is_plain_buffer(vm, v)?);
    if !plain {
        raise!(
            vm,
            TypeError,
            "float() argument must be a string or a real number, not '{}'",
            v.class().name()
        )
    }
    vm.call(vm.builtin("float")?, &[v])
}

#[capi]
pub fn PyFloat_AsDouble(vm: &Vm, v: Arg) -> PyResult<f64> {
    if v.0.is_null() {
        return Err(vm.type_error("bad argument type for built-in operation"));
    }
    // SAFETY: C passes a live object; an exact float has its value in the struct.
    if unsafe { (*v.0).ob_type } == float_type() {
        return Ok(unsafe { (*(v.0 as *mut PyFloatObject)).ob_fval });
    }
    if crate::longobject::is_int(v) {
        // SAFETY: passes on a live object.
        let f = unsafe { crate::longobject::PyLong_AsDouble(v.0) };
        return if f == -1.0 && crate::pyerrors::is_set() {
            Err(crate::pyerrors::from_indicator(vm))
        } else {
            Ok(f)
        };
    }
    vm.to_f64(v.value())
}

#[capi]
pub fn PyFloat_GetMax(_vm: &Vm) -> f64 {
    f64::MAX
}

#[capi]
pub fn PyFloat_GetMin(_vm: &Vm) -> f64 {
    f64::MIN_POSITIVE
}

#[capi]
pub fn PyFloat_GetInfo(vm: &Vm) -> PyResult<Value> {
    vm.sys_get("float_info").ok_or_else(|| vm.system_error("sys.float_info is missing"))
}

fn pack<const N: usize>(vm: &Vm, value: f64, to: *mut u8, little: c_int) -> PyResult<Done> {
    let mut bytes = [0; N];
    struct_::pack_float(value, &mut bytes, little == 0).map_err(|e| vm.raise_text_error(e))?;
    // SAFETY: the caller passes room for N bytes.
    unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), to, N) };
    Ok(Done)
}

#[capi]
pub fn PyFloat_Pack2(vm: &Vm, value: f64, to: *mut u8, little: c_int) -> PyResult<Done> {
    pack::<2>(vm, value, to, little)
}

#[capi]
pub fn PyFloat_Pack4(vm: &Vm, value: f64, to: *mut u8, little: c_int) -> PyResult<Done> {
    pack::<4>(vm, value, to, little)
}

#[capi]
pub fn PyFloat_Pack8(vm: &Vm, value: f64, to: *mut u8, little: c_int) -> PyResult<Done> {
    pack::<8>(vm, value, to, little)
}

/// Bytes, least significant first.
fn read<const N: usize>(from: *const u8, little: c_int) -> [u8; N] {
    let mut bytes = [0; N];
    // SAFETY: the caller passes N bytes.
    unsafe { std::ptr::copy_nonoverlapping(from, bytes.as_mut_ptr(), N) };
    if little == 0 {
        bytes.reverse();
    }
    bytes
}

#[capi]
pub fn PyFloat_Unpack2(_vm: &Vm, from: *const u8, little: c_int) -> f64 {
    struct_::half_to_f64(u16::from_le_bytes(read(from, little)))
}

#[capi]
pub fn PyFloat_Unpack4(_vm: &Vm, from: *const u8, little: c_int) -> f64 {
    struct_::single_to_f64(u32::from_le_bytes(read(from, little)))
}

#[capi]
pub fn PyFloat_Unpack8(_vm: &Vm, from: *const u8, little: c_int) -> f64 {
    f64::from_le_bytes(read(from, little))
}
