//! Hashes of numbers, pointers and buffers.

use crate::ffi::types::*;
use crate::pyobject::Arg;
use adder_macros::capi;
use adder_vm::builtins::float_methods::hash_float;
use adder_vm::vm::Vm;
use std::ffi::c_void;

#[capi]
pub fn _Py_HashDouble(_vm: &Vm, v: Arg, value: f64) -> isize {
    // Only the hash of a NaN needs the object: callers pass NULL for other numbers.
    let object = if v.0.is_null() { adder_vm::builtins::singletons::none() } else { v.peek() };
    hash_float(value, object) as isize
}

#[capi]
pub fn Py_HashPointer(_vm: &Vm, p: *const c_void) -> isize {
    adder_text::hash::hash_address(p as u64) as isize
}

#[capi]
pub fn PyObject_GenericHash(vm: &Vm, v: Arg) -> isize {
    adder_text::hash::hash_address(vm.id(v.value())) as isize
}

/// # Safety
/// The caller passes `n` bytes.
unsafe fn hash_buffer(p: *const c_void, n: isize) -> isize {
    if n <= 0 {
        return 0;
    }
    adder_vm::hashing::secret().hash_bytes(std::slice::from_raw_parts(p.cast(), n as usize)) as isize
}

#[capi]
pub fn Py_HashBuffer(_vm: &Vm, p: *const c_void, n: isize) -> isize {
    // SAFETY: the caller passes n bytes.
    unsafe { hash_buffer(p, n) }
}

unsafe extern "C" fn hash_function(p: *const c_void, n: isize) -> isize {
    hash_buffer(p, n)
}

struct Fixed(PyHash_FuncDef);
// SAFETY: nothing in it changes (gil-protected).
unsafe impl Sync for Fixed {}

static FUNCTION: Fixed = Fixed(PyHash_FuncDef {
    hash: Some(hash_function),
    name: c"siphash13".as_ptr(),
    hash_bits: 64,
    seed_bits: 128,
});

#[capi]
pub fn PyHash_GetFuncDef(_vm: &Vm) -> *const PyHash_FuncDef {
    &raw const FUNCTION.0
}
