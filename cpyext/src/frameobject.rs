//! Frames: read by C, and made by it for tracebacks.
//!
//! Compiled code writes `f_lineno` and `f_back` into the struct of a frame that it made. The first is
//! taken over when the frame enters a traceback.

use crate::pyobject::{Arg, Owned, Ptr};
use crate::unicodeobject::text;
use adder_macros::capi;
use adder_vm::builtins::code::Code;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::exceptions::BaseException;
use adder_vm::builtins::frame::Frame;
use adder_vm::builtins::function::Function;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::traceback::Traceback;
use adder_vm::error::PyResult;
use adder_vm::names::names;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::ffi::c_char;

/// The head of the struct, as pycore_frame.h has it.
#[repr(C)]
pub struct Head {
    ob_base: crate::ffi::types::PyObject,
    f_back: Ptr,
    f_frame: Ptr,
    f_trace: Ptr,
    f_lineno: i32,
}

const _: () = assert!(std::mem::offset_of!(Head, f_lineno) == 40);

fn check(vm: &Vm, frame: Arg) -> PyResult<Ref<Frame>> {
    match frame.value().downcast::<Frame>() {
        Some(f) => Ok(f),
        None => Err(vm.system_error("bad argument to internal function")),
    }
}

fn attribute(vm: &Vm, frame: Arg, name: &str) -> PyResult<Value> {
    vm.get_attr_str(check(vm, frame)?.value(), name)
}

/// The line that C wrote into the struct, or 0.
fn written_line(frame: Arg) -> i32 {
    // SAFETY: a frame's struct has room for the head.
    unsafe { (*(frame.0 as *mut Head)).f_lineno }
}

#[capi]
pub fn PyFrame_New(
    vm: &Vm,
    _tstate: *mut crate::ffi::types::PyThreadState,
    code: Arg,
    globals: Arg,
    locals: Arg,
) -> PyResult<Value> {
    let (Some(code), Some(globals)) = (code.value().downcast::<Code>(), globals.value().downcast::<Dict>())
    else {
        return Err(vm.system_error("bad argument to internal function"));
    };
    let locals = if locals.0.is_null() { None } else { Some(locals.value()) };
    let line = code.plain.firstlineno;
    let function = Function::new(vm, code, globals);
    Ok(Frame::of_extension(function, locals, line).value())
}

#[capi]
pub fn PyFrame_GetLineNumber(vm: &Vm, frame: Arg) -> PyResult<i32> {
    let f = check(vm, frame)?;
    Ok(match written_line(frame) {
        0 => f.line().unwrap_or(-1),
        n => n,
    })
}

#[capi]
pub fn PyFrame_GetCode(vm: &Vm, frame: Arg) -> PyResult<Value> {
    Ok(check(vm, frame)?.code().value())
}

#[capi]
pub fn PyFrame_GetBack(vm: &Vm, frame: Arg) -> PyResult<Owned> {
    let back = attribute(vm, frame, "f_back")?;
    Ok(if back.is_none() { Owned::NULL } else { Owned::new(back) })
}

#[capi]
pub fn PyFrame_GetLocals(vm: &Vm, frame: Arg) -> PyResult<Value> {
    check(vm, frame)?.locals(vm)
}

#[capi]
pub fn PyFrame_GetGlobals(vm: &Vm, frame: Arg) -> PyResult<Value> {
    Ok(check(vm, frame)?.globals().value())
}

#[capi]
pub fn PyFrame_GetBuiltins(vm: &Vm, frame: Arg) -> PyResult<Value> {
    attribute(vm, frame, "f_builtins")
}

#[capi]
pub fn PyFrame_GetGenerator(vm: &Vm, frame: Arg) -> PyResult<Owned> {
    let g = attribute(vm, frame, "f_generator")?;
    Ok(if g.is_none() { Owned::NULL } else { Owned::new(g) })
}

#[capi]
pub fn PyFrame_GetLasti(vm: &Vm, frame: Arg) -> PyResult<i32> {
    Ok(check(vm, frame)?.unit() as i32 * 2)
}

fn variable(vm: &Vm, frame: Arg, name: Value) -> PyResult<Value> {
    let locals = check(vm, frame)?.locals(vm)?;
    match vm.get_item_opt(locals, name)? {
        Some(v) => Ok(v),
        None => raise!(vm, NameError, "variable {} does not exist", vm.repr_string(name)?),
    }
}

#[capi]
pub fn PyFrame_GetVar(vm: &Vm, frame: Arg, name: Arg) -> PyResult<Value> {
    let name = name.value();
    if name.downcast::<adder_vm::builtins::str_::Str>().is_none() {
        raise!(vm, TypeError, "name must be str, not {}", name.class().name())
    }
    variable(vm, frame, name)
}

#[capi]
pub fn PyFrame_GetVarString(vm: &Vm, frame: Arg, name: *const c_char) -> PyResult<Value> {
    // SAFETY: the caller passes a C string.
    variable(vm, frame, vm.new_str(&unsafe { text(name) }))
}

/// Locals are never out of date.
#[capi]
pub fn PyFrame_FastToLocalsWithError(_vm: &Vm, _frame: Arg) -> i32 {
    0
}

#[capi]
pub fn PyFrame_FastToLocals(_vm: &Vm, _frame: Arg) {}

#[capi]
pub fn PyFrame_LocalsToFast(_vm: &Vm, _frame: Arg, _clear: i32) {}

// ---- traceback.h --------------------------------------------------------------------------------

/// Adds an entry for the frame to the exception that is set.
#[capi]
pub fn PyTraceBack_Here(vm: &Vm, frame: Arg) -> PyResult<crate::pyobject::Done> {
    let f = check(vm, frame)?;
    let line = match written_line(frame) {
        0 => f.line().unwrap_or(-1),
        n => {
            f.lineno.set(n);
            n
        }
    };
    // SAFETY: takes the indicator and gives it back.
    let e = Owned(unsafe { crate::pyerrors::PyErr_GetRaisedException() });
    if e.0.is_null() {
        return Ok(crate::pyobject::Done);
    }
    if let Some(exc) = Arg(e.0).value().downcast::<BaseException>() {
        let next = exc.traceback.get().and_then(|t| t.exact::<Traceback>());
        let tb = Traceback::new(next, f, f.unit() as i32 * 2, line);
        exc.traceback.set(exc, Some(tb.value()));
        if crate::pyobject::is_own(e.0) {
            // SAFETY: the exception's struct.
            unsafe { crate::exceptions_fields::refresh(exc.value(), e.0) };
        }
    }
    // SAFETY: as above.
    unsafe { crate::pyerrors::PyErr_SetRaisedException(e.release()) };
    Ok(crate::pyobject::Done)
}

#[capi]
pub fn PyTraceBack_Print(vm: &Vm, traceback: Arg, file: Arg) -> PyResult<crate::pyobject::Done> {
    if traceback.0.is_null() {
        return Ok(crate::pyobject::Done);
    }
    let tb = traceback.value();
    if !tb.is::<Traceback>() {
        return Err(vm.system_error("bad argument to internal function"));
    }
    let file = file.value();
    let module = adder_vm::import::import_module(vm, "traceback")?;
    vm.call_method(file, names().write, &[vm.new_str("Traceback (most recent call last):\n")])?;
    vm.call_kw(vm.get_attr_str(module, "print_tb")?, &[tb, none()], &[("file", file)])?;
    Ok(crate::pyobject::Done)
}
