//! What `ctypes` needs of this layer: references of objects, C code that is not a method of an extension,
//! and the GIL around it.

use crate::ffi::types::PyThreadState;
use crate::pyobject::{Owned, Ptr, decref, from_c, steal, to_c, with_loans};
use crate::{bytesobject, pyerrors, pystate};
use adder_vm::builtins::float::Float;
use adder_vm::builtins::int::BigInt;
use adder_vm::error::PyResult;
use adder_vm::extension::ForeignCalls;
use adder_vm::object::{Value, ValueExt};
use adder_vm::vm::Vm;

pub const HOOKS: ForeignCalls = ForeignCalls {
    address,
    new_reference,
    drop_reference,
    object_at,
    take,
    bytes_data,
    run,
    give,
    prepare,
    // SAFETY: only the name of the pointer's type differs.
    save_thread: unsafe {
        std::mem::transmute::<unsafe extern "C" fn() -> *mut PyThreadState, unsafe extern "C" fn() -> *mut u8>(
            pystate::PyEval_SaveThread,
        )
    },
    restore_thread,
    ensure_gil: pystate::PyGILState_Ensure,
    release_gil: pystate::PyGILState_Release,
};

fn address(v: Value) -> (usize, bool) {
    let p = to_c(v);
    let by_value = v.is_small() || v.is::<Float>() || v.is::<BigInt>();
    if !by_value {
        // SAFETY: the heap's own reference stays.
        unsafe { decref(p) };
    }
    (p as usize, by_value)
}

fn new_reference(v: Value) -> usize {
    to_c(v) as usize
}

/// # Safety
/// The caller owns a reference of the object there.
unsafe fn drop_reference(p: usize) {
    decref(p as Ptr)
}

/// # Safety
/// A live object is there.
unsafe fn object_at(p: usize) -> Value {
    from_c(p as Ptr)
}

/// # Safety
/// The caller owns a reference of the object there.
unsafe fn take(p: usize) -> Value {
    steal(p as Ptr)
}

fn bytes_data(v: Value) -> *const u8 {
    let p = Owned::new(v);
    // SAFETY: callers pass bytes; the struct lives as long as the object.
    unsafe { bytesobject::data(p.0) }.as_ptr()
}

fn run(vm: &Vm, f: &mut dyn FnMut()) -> PyResult<()> {
    with_loans(f);
    if pyerrors::is_set() { Err(pyerrors::from_indicator(vm)) } else { Ok(()) }
}

fn give(vm: &Vm, result: PyResult<Value>) -> usize {
    match result {
        Ok(v) => to_c(v) as usize,
        Err(raised) => {
            pyerrors::to_indicator(vm, raised);
            0
        }
    }
}

fn prepare() {
    pystate::current();
}

/// # Safety
/// `t` is what `save_thread` gave.
unsafe extern "C" fn restore_thread(t: *mut u8) {
    pystate::PyEval_RestoreThread(t as *mut PyThreadState)
}
