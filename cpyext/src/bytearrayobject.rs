//! `bytearray`: the struct points into the VM's data; it is brought up to date whenever the object
//! crosses, when the API changed it, and when the VM resized it.

use crate::ffi::types::*;
use crate::pyobject::{Arg, Owned, Ptr};
use crate::unicodeobject::bytes_at;
use adder_macros::capi;
use adder_vm::builtins::bytearray::ByteArray;
use adder_vm::error::PyResult;
use adder_vm::object::{Object as _, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::ffi::{c_char, c_int};

/// What pointers of empty bytearrays point to.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
pub static mut _PyByteArray_empty_string: [c_char; 1] = [0];

/// # Safety
/// `p` is the struct of the bytearray.
pub unsafe fn update(b: Ref<ByteArray>, p: Ptr) {
    let c = p as *mut PyByteArrayObject;
    let (data, n, room) = b.terminated();
    (*c).ob_base.ob_size = n as isize;
    (*c).ob_alloc = room as isize;
    (*c).ob_bytes = data.cast();
    (*c).ob_start = if room == 0 { (&raw mut _PyByteArray_empty_string).cast() } else { data.cast() };
}

/// The VM changed the size of a bytearray that has a struct.
pub fn resized(v: Value) {
    let p = crate::pyobject::shadow(v);
    if let Some(b) = v.downcast::<ByteArray>()
        && !p.is_null()
        && p as usize & 1 == 0
    {
        // SAFETY: the object's struct.
        unsafe { update(b, p) };
    }
}

fn check(vm: &Vm, v: Arg) -> PyResult<Ref<ByteArray>> {
    match v.peek().downcast::<ByteArray>() {
        Some(b) => Ok(b),
        None => raise!(vm, SystemError, "bad argument to internal function"),
    }
}

#[capi]
pub fn PyByteArray_FromObject(vm: &Vm, v: Arg) -> PyResult<Value> {
    vm.call(ByteArray::class().value(), &[v.value()])
}

/// Room for that many bytes and the final zero, or MemoryError.
fn reserved(vm: &Vm, n: usize) -> PyResult<Vec<u8>> {
    let mut data = vec![];
    match data.try_reserve_exact(n.saturating_add(1)) {
        Ok(()) => Ok(data),
        Err(_) => Err(vm.memory_error()),
    }
}

#[capi]
pub fn PyByteArray_FromStringAndSize(vm: &Vm, from: *const c_char, n: isize) -> PyResult<Owned> {
    if n < 0 {
        raise!(vm, SystemError, "Negative size passed to PyByteArray_FromStringAndSize")
    }
    let mut data = reserved(vm, n as usize)?;
    if from.is_null() {
        data.resize(n as usize, 0);
    } else {
        // SAFETY: the caller passes n bytes.
        data.extend_from_slice(unsafe { bytes_at(from, n) });
    }
    Ok(crate::pyobject::for_c_only(ByteArray::new_from(data).value()))
}

#[capi]
pub fn PyByteArray_Concat(vm: &Vm, a: Arg, b: Arg) -> PyResult<Value> {
    let (a, b) = adder_vm::builtins::bytes_methods::concat_operands(vm, a.value(), b.value())?;
    Ok(ByteArray::new_from([&*a, &*b].concat()).value())
}

#[capi]
pub fn PyByteArray_Size(vm: &Vm, v: Arg) -> PyResult<isize> {
    Ok(check(vm, v)?.len() as isize)
}

#[capi]
pub fn PyByteArray_AsString(vm: &Vm, v: Arg) -> PyResult<*mut c_char> {
    check(vm, v)?;
    v.changed();
    // SAFETY: a bytearray.
    Ok(unsafe { (*(v.0 as *mut PyByteArrayObject)).ob_start })
}

#[capi]
pub fn PyByteArray_Resize(vm: &Vm, v: Arg, n: isize) -> PyResult<c_int> {
    let b = check(vm, v)?;
    if n < 0 {
        raise!(vm, ValueError, "Can only resize to positive sizes, got {n}")
    }
    if b.len() != n as usize {
        if n as usize > b.len() {
            drop(reserved(vm, n as usize)?);
        }
        b.resize_with(vm, |data| data.resize(n as usize, 0))?;
    }
    v.changed();
    Ok(0)
}
