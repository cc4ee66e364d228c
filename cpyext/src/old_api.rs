//! Functions and variables that no header declares any more: only builds for the stable ABI of old versions
//! may refer to them; and the hooks of the prompt.

#![allow(non_snake_case, non_upper_case_globals)] // The names are the API's.

use crate::ffi::types::*;
use crate::pyerrors;
use crate::pyobject::{Arg, Ptr};
use adder_macros::capi;
use adder_vm::error::PyResult;
use adder_vm::object::{Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::ffi::{CStr, c_char, c_int};

/// By operator, the one for the operands in the other order: < <= == != > >=.
#[unsafe(no_mangle)]
pub static mut _Py_SwappedOp: [c_int; 6] = [4, 5, 2, 3, 0, 1];

/// The number of code units; now the number of characters.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyUnicode_GetSize(s: Ptr) -> isize {
    crate::unicodeobject::PyUnicode_GetLength(s)
}

/// Interned strings are never freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyUnicode_InternImmortal(place: *mut Ptr) {
    crate::unicodeobject::PyUnicode_InternInPlace(place)
}

#[capi]
pub fn PyEval_CallObjectWithKeywords(
    vm: &Vm,
    f: Arg,
    args: Arg,
    keywords: Arg,
) -> PyResult<crate::pyobject::Owned> {
    if !args.0.is_null() && args.flags() & adder_vm::def::TUPLE_SUBCLASS == 0 {
        raise!(vm, TypeError, "argument list must be a tuple")
    }
    if !keywords.0.is_null() && keywords.flags() & adder_vm::def::DICT_SUBCLASS == 0 {
        raise!(vm, TypeError, "keyword list must be a dictionary")
    }
    let none = crate::pyobject::Owned::new(adder_vm::builtins::tuple::Tuple::empty().value());
    let args = if args.0.is_null() { none.0 } else { args.0 };
    // SAFETY: live objects.
    let result = unsafe { crate::call::PyObject_Call(f.0, args, keywords.0) };
    if result.is_null() { Err(pyerrors::from_indicator(vm)) } else { Ok(crate::pyobject::Owned(result)) }
}

/// A slot wrapper bound to an object.
#[capi]
pub fn PyWrapper_New(vm: &Vm, descriptor: Arg, this: Arg) -> PyResult<Value> {
    let this = this.value();
    vm.call_method(descriptor.value(), vm.intern_str("__get__"), &[this, this.class().value()])
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _PyState_AddModule(
    _t: *mut PyThreadState,
    module: Ptr,
    def: *mut PyModuleDef,
) -> c_int {
    crate::pystate::PyState_AddModule(module, def)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _Py_CheckRecursiveCall(_t: *mut PyThreadState, place: *const c_char) -> c_int {
    crate::ceval::Py_EnterRecursiveCall(place)
}

/// New states are complete.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _PyThreadState_Prealloc(i: *mut PyInterpreterState) -> *mut PyThreadState {
    crate::pystate::PyThreadState_New(i)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _PyThreadState_Init(_t: *mut PyThreadState) {}

/// Takes the GIL for the thread's own state.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyEval_AcquireLock() {
    crate::pystate::PyEval_AcquireThread(crate::pystate::PyGILState_GetThisThreadState())
}

/// As `PyEval_SaveThread`, which must be entered with the caller's registers.
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyEval_ReleaseLock() {
    std::arch::naked_asm!("jmp {save}", save = sym crate::pystate::PyEval_SaveThread)
}

// ---- the prompt ---------------------------------------------------------------------------------

/// Called while a prompt waits for a line.
#[unsafe(no_mangle)]
pub static mut PyOS_InputHook: Option<unsafe extern "C" fn() -> c_int> = None;

type ReadLine = unsafe extern "C" fn(*mut libc::FILE, *mut libc::FILE, *const c_char) -> *mut c_char;

/// Reads a line from a terminal instead of what is built in.
#[unsafe(no_mangle)]
pub static mut PyOS_ReadlineFunctionPointer: Option<ReadLine> = None;

/// The thread that reads a line.
#[unsafe(no_mangle)]
pub static mut _PyOS_ReadlineTState: *mut PyThreadState = std::ptr::null_mut();

/// A line with its end, in memory of `PyMem_RawMalloc`: empty at the end of the file, NULL if interrupted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyOS_Readline(
    input: *mut libc::FILE,
    output: *mut libc::FILE,
    prompt: *const c_char,
) -> *mut c_char {
    let at_terminal = libc::isatty(libc::fileno(input)) != 0 && libc::isatty(libc::fileno(output)) != 0;
    _PyOS_ReadlineTState = crate::pystate::PyThreadState_GetUnchecked();
    if let Some(f) = PyOS_ReadlineFunctionPointer
        && at_terminal
    {
        return f(input, output, prompt);
    }
    if !prompt.is_null() {
        eprint!("{}", CStr::from_ptr(prompt).to_string_lossy());
    }
    if let Some(f) = PyOS_InputHook {
        f();
    }
    let mut bytes = vec![];
    let t = crate::pystate::PyEval_SaveThread();
    loop {
        match libc::fgetc(input) {
            libc::EOF => break,
            c => bytes.push(c as u8),
        }
        if bytes.last() == Some(&b'\n') {
            break;
        }
    }
    crate::pystate::PyEval_RestoreThread(t);
    let p = crate::pymem::PyMem_RawMalloc(bytes.len() + 1) as *mut u8;
    if !p.is_null() {
        std::ptr::copy_nonoverlapping(bytes.as_ptr(), p, bytes.len());
        *p.add(bytes.len()) = 0;
    }
    p.cast()
}
