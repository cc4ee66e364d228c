//! Data that extensions attach to code objects, by index: `PyUnstable_Code_GetExtra`. The struct's
//! `co_extra` owns the list; the functions that free the data are called when the code dies.

use crate::ffi::types::PyCodeObject;
use crate::pyobject::{Arg, Done, Ptr};
use adder_heap::GilCell;
use adder_macros::capi;
use adder_vm::builtins::code::Code;
use adder_vm::error::PyResult;
use adder_vm::object::ValueExt;
use adder_vm::vm::Vm;
use std::ffi::c_void;

type Free = Option<unsafe extern "C" fn(*mut c_void)>;

/// By index.
static FREE: GilCell<Vec<Free>> = GilCell::new(vec![]);
const MOST: usize = 255;

/// A new index, or -1.
#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn PyUnstable_Eval_RequestCodeExtraIndex(free: Free) -> isize {
    if FREE.get().len() == MOST {
        return -1;
    }
    FREE.get().push(free);
    FREE.get().len() as isize - 1
}

fn check(vm: &Vm, code: Arg, index: isize) -> PyResult<*mut PyCodeObject> {
    if code.value().downcast::<Code>().is_none() || index < 0 || index as usize >= FREE.get().len() {
        return Err(vm.system_error("bad argument to internal function"));
    }
    Ok(code.0 as *mut PyCodeObject)
}

#[capi]
pub fn PyUnstable_Code_GetExtra(vm: &Vm, code: Arg, index: isize, place: *mut *mut c_void) -> PyResult<Done> {
    let c = check(vm, code, index)?;
    // SAFETY: the struct of a code object, whose list is ours; the caller passes a place.
    unsafe {
        let list = (*c).co_extra as *const Vec<*mut c_void>;
        *place = list.as_ref().and_then(|l| l.get(index as usize)).copied().unwrap_or(std::ptr::null_mut());
    }
    Ok(Done)
}

#[capi]
pub fn PyUnstable_Code_SetExtra(vm: &Vm, code: Arg, index: isize, data: *mut c_void) -> PyResult<Done> {
    let c = check(vm, code, index)?;
    // SAFETY: as above.
    unsafe {
        if (*c).co_extra.is_null() {
            (*c).co_extra = Box::into_raw(Box::new(Vec::<*mut c_void>::new())).cast();
        }
        let list = &mut *((*c).co_extra as *mut Vec<*mut c_void>);
        let index = index as usize;
        if list.len() <= index {
            list.resize(index + 1, std::ptr::null_mut());
        }
        let old = std::mem::replace(&mut list[index], data);
        if let (Some(free), false) = (FREE.get()[index], old.is_null()) {
            free(old);
        }
    }
    Ok(Done)
}

/// Frees what is attached.
///
/// # Safety
/// `p` is the struct of a code object that dies.
pub unsafe fn release(p: Ptr) {
    let c = p as *mut PyCodeObject;
    if (*c).co_extra.is_null() {
        return;
    }
    let list = Box::from_raw((*c).co_extra as *mut Vec<*mut c_void>);
    (*c).co_extra = std::ptr::null_mut();
    for (data, free) in list.iter().zip(FREE.get().iter()) {
        if let (Some(free), false) = (free, data.is_null()) {
            free(*data);
        }
    }
}
