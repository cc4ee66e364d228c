//! Buffers of objects that C types export, for the VM.

use crate::ffi::types::*;
use crate::pyerrors;
use crate::pyobject::{Owned, Ptr, from_c, with_loans};
use adder_vm::builtins::buffer::{Base, Buffer, Layout};
use adder_vm::error::PyResult;
use adder_vm::object::Value;
use adder_vm::vm::Vm;
use std::borrow::Cow;
use std::ffi::CStr;
use std::rc::Rc;

/// A view that a C exporter filled in, which is given back when this is dropped.
struct View(Py_buffer);

impl Drop for View {
    fn drop(&mut self) {
        // SAFETY: the view was filled, or has no exporter.
        pyerrors::keeping(|| unsafe { crate::memoryobject::PyBuffer_Release(&mut self.0) });
    }
}

/// # Safety
/// `p` is null or has one element per dimension.
unsafe fn dimensions(p: *const isize, n: usize) -> Option<Vec<isize>> {
    if p.is_null() { None } else { Some(std::slice::from_raw_parts(p, n).to_vec()) }
}

/// The buffer that the C function `f` of the object's type exports.
pub fn get(vm: &Vm, v: Value, f: usize, flags: i32) -> PyResult<Buffer> {
    let owner = Owned::new(v);
    // SAFETY: numbers and nullable pointers.
    let mut view = Rc::new(View(unsafe { std::mem::zeroed() }));
    let raw = &raw mut Rc::get_mut(&mut view).expect("nobody else has it").0;
    type F = unsafe extern "C" fn(Ptr, *mut Py_buffer, i32) -> i32;
    // SAFETY: a getbuffer function.
    let failed = with_loans(|| unsafe { std::mem::transmute::<usize, F>(f)(owner.0, raw, flags) }) != 0;
    if failed {
        // SAFETY: our struct; a failed call leaves no reference in it.
        unsafe { (*raw).obj = std::ptr::null_mut() };
        if pyerrors::is_set() {
            return Err(pyerrors::from_indicator(vm));
        }
        return Err(vm.system_error("bf_getbuffer returned an error without setting an exception"));
    }
    let b = &view.0;
    let (len, itemsize, ndim) = (b.len as usize, b.itemsize.max(1) as usize, b.ndim as usize);
    // SAFETY: the exporter filled the view; arrays it has are `ndim` long.
    let layout = unsafe {
        let format = if b.format.is_null() {
            Cow::Borrowed(&b"B"[..])
        } else {
            Cow::Owned(CStr::from_ptr(b.format).to_bytes().to_vec())
        };
        let shape = dimensions(b.shape, ndim).unwrap_or_else(|| vec![(len / itemsize) as isize; ndim.min(1)]);
        let strides = dimensions(b.strides, ndim).unwrap_or_else(|| Layout::c_strides(&shape, itemsize));
        let suboffsets = dimensions(b.suboffsets, ndim).unwrap_or_default();
        Layout { len, itemsize, readonly: b.readonly != 0, format, shape, strides, suboffsets }
    };
    let base = Base::Address(b.buf.cast());
    // The exporter may have filled in the view of another object.
    // SAFETY: a live object or NULL.
    let owner = if b.obj.is_null() || b.obj == owner.0 { v } else { unsafe { from_c(b.obj) } };
    Ok(Buffer { owner: Some(owner), base, layout, keep: Some(view), via: None, internal: 0 })
}
