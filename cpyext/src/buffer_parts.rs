//! The arrays of a `Py_buffer`, and the struct of a memoryview, which has one.

use crate::ffi::types::*;
use crate::pyobject::{Owned, Ptr};
use adder_vm::builtins::buffer::{Base, Layout, flags};
use adder_vm::builtins::memoryview::MemoryView;
use adder_vm::object::Ref;
use adder_vm::vm::Vm;
use std::ffi::{CString, c_int};
use std::mem::offset_of;

/// What the pointers of a view point to.
pub struct Parts {
    format: CString,
    shape: Vec<isize>,
    strides: Vec<isize>,
    suboffsets: Vec<isize>,
}

impl Parts {
    pub fn new(layout: &Layout) -> Parts {
        Parts {
            format: CString::new(layout.format.as_ref()).unwrap_or_default(),
            shape: layout.shape.clone(),
            strides: layout.strides.clone(),
            suboffsets: layout.suboffsets.clone(),
        }
    }

    /// Fills what the consumer asked for.
    ///
    /// # Safety
    /// `view` is a place, and is not used after `self`.
    pub unsafe fn fill(&self, layout: &Layout, view: *mut Py_buffer, wanted: c_int) {
        let v = &mut *view;
        let array = |a: &Vec<isize>, flag: i32| {
            let given = flags::wants(wanted, flag) && !a.is_empty();
            if given { a.as_ptr().cast_mut() } else { std::ptr::null_mut() }
        };
        v.len = layout.len as isize;
        v.itemsize = layout.itemsize as isize;
        v.readonly = layout.readonly as c_int;
        v.ndim = if flags::wants(wanted, flags::ND) { layout.ndim() as c_int } else { 1 };
        v.format = match flags::wants(wanted, flags::FORMAT) {
            true => self.format.as_ptr().cast_mut(),
            false => std::ptr::null_mut(),
        };
        v.shape = array(&self.shape, flags::ND);
        v.strides = array(&self.strides, flags::STRIDES);
        v.suboffsets = array(&self.suboffsets, flags::INDIRECT);
    }
}

/// Where C finds the memory: bytes objects move, their structs do not.
///
/// # Safety
/// `inside` is the struct of the bytes object if the base is in one.
pub unsafe fn c_address(base: Base, inside: Ptr) -> *mut std::ffi::c_void {
    match base {
        Base::Address(p) => p.cast(),
        Base::Inside(_, offset) => {
            inside.cast::<u8>().add(offset_of!(PyBytesObject, ob_sval) + offset).cast()
        }
    }
}

/// Room for the struct.
pub const SIZE: usize = size_of::<PyMemoryViewObject>();

/// Fills the struct of a memoryview; of a released one nothing.
///
/// # Safety
/// `p` is its fresh struct.
pub unsafe fn fill(mv: Ref<MemoryView>, p: Ptr) {
    let Ok(view) = MemoryView::view(Vm::get(), mv) else {
        let vm = Vm::get();
        if vm.exception_is_set() {
            vm.fetch_exception();
        }
        return;
    };
    let c = p as *mut PyMemoryViewObject;
    let parts = Box::new(Parts::new(&view.layout));
    let wanted = flags::FULL_RO;
    parts.fill(&view.layout, &raw mut (*c).view, wanted);
    let (owner, base) = MemoryView::exporter(mv);
    let pointer = |v: adder_vm::object::Value| Owned::new(v).0;
    let inside = match base {
        Some(Base::Inside(b, _)) => pointer(b.value()),
        _ => std::ptr::null_mut(),
    };
    (*c).view.buf = base.map_or(std::ptr::null_mut(), |b| c_address(b, inside));
    (*c).view.obj = owner.map_or(std::ptr::null_mut(), pointer);
    (*c).hash = -1;
    (*c).ob_base.ob_size = 3 * view.layout.ndim() as isize;
    (*c).mbuf = Box::into_raw(parts).cast();
}

/// Frees what `fill` made.
///
/// # Safety
/// `p` is the struct of a memoryview that dies.
pub unsafe fn free(p: Ptr) {
    let c = p as *mut PyMemoryViewObject;
    if !(*c).mbuf.is_null() {
        drop(Box::from_raw((*c).mbuf as *mut Parts));
    }
}
