//! Compiling and running source text.

use crate::ffi::types::*;
use crate::pyobject::Arg;
use crate::unicodeobject::text;
use adder_macros::capi;
use adder_vm::builtins::dict::Dict;
use adder_vm::error::PyResult;
use adder_vm::object::{Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::ffi::{c_char, c_int};

/// `Py_single_input`, `Py_file_input`, `Py_eval_input`, `Py_func_type_input`
fn mode(vm: &Vm, start: c_int) -> PyResult<&'static str> {
    Ok(match start {
        256 => "single",
        257 => "exec",
        258 => "eval",
        345 => "func_type",
        _ => raise!(vm, ValueError, "mode must be 'exec', 'eval', 'single' or 'func_type'"),
    })
}

fn compile(
    vm: &Vm,
    source: *const c_char,
    file: Value,
    start: c_int,
    flags: *mut PyCompilerFlags,
    optimize: c_int,
) -> PyResult<Value> {
    // SAFETY: the caller passes a C string, and flags or NULL.
    let (bytes, flags) = unsafe {
        let flags = if flags.is_null() { 0 } else { (*flags).cf_flags };
        (std::ffi::CStr::from_ptr(source).to_bytes(), flags)
    };
    let source = match std::str::from_utf8(bytes) {
        Ok(s) => vm.new_str(s),
        Err(_) => vm.new_bytes(bytes)?,
    };
    // Flags of the parser only have no meaning to `compile`.
    let kept = flags & 0x1FF_2400;
    let args = [
        source,
        file,
        vm.new_str(mode(vm, start)?),
        vm.int(kept as i64),
        adder_vm::builtins::singletons::bool_value(true),
        vm.int(optimize as i64),
    ];
    vm.call(vm.builtin("compile")?, &args)
}

fn file_name(vm: &Vm, file: *const c_char) -> Value {
    // SAFETY: the caller passes a C string.
    vm.new_str(&unsafe { text(file) })
}

#[capi]
pub fn Py_CompileString(
    vm: &Vm,
    source: *const c_char,
    file: *const c_char,
    start: c_int,
) -> PyResult<Value> {
    compile(vm, source, file_name(vm, file), start, std::ptr::null_mut(), -1)
}

#[capi]
pub fn Py_CompileStringFlags(
    vm: &Vm,
    source: *const c_char,
    file: *const c_char,
    start: c_int,
    flags: *mut PyCompilerFlags,
) -> PyResult<Value> {
    compile(vm, source, file_name(vm, file), start, flags, -1)
}

#[capi]
pub fn Py_CompileStringExFlags(
    vm: &Vm,
    source: *const c_char,
    file: *const c_char,
    start: c_int,
    flags: *mut PyCompilerFlags,
    optimize: c_int,
) -> PyResult<Value> {
    compile(vm, source, file_name(vm, file), start, flags, optimize)
}

#[capi]
pub fn Py_CompileStringObject(
    vm: &Vm,
    source: *const c_char,
    file: Arg,
    start: c_int,
    flags: *mut PyCompilerFlags,
    optimize: c_int,
) -> PyResult<Value> {
    compile(vm, source, file.value(), start, flags, optimize)
}

fn run(
    vm: &Vm,
    source: *const c_char,
    start: c_int,
    globals: Arg,
    locals: Arg,
    flags: *mut PyCompilerFlags,
) -> PyResult<Value> {
    let code = compile(vm, source, vm.new_str("<string>"), start, flags, -1)?;
    let globals = globals.value();
    if globals.downcast::<Dict>().is_none() {
        raise!(vm, SystemError, "globals must be a real dict; try eval(code, {{}}, mapping)")
    }
    let locals = if locals.0.is_null() { globals } else { locals.value() };
    vm.call(vm.builtin("eval")?, &[code, globals, locals])
}

#[capi]
pub fn PyRun_String(
    vm: &Vm,
    source: *const c_char,
    start: c_int,
    globals: Arg,
    locals: Arg,
) -> PyResult<Value> {
    run(vm, source, start, globals, locals, std::ptr::null_mut())
}

#[capi]
pub fn PyRun_StringFlags(
    vm: &Vm,
    source: *const c_char,
    start: c_int,
    globals: Arg,
    locals: Arg,
    flags: *mut PyCompilerFlags,
) -> PyResult<Value> {
    run(vm, source, start, globals, locals, flags)
}

/// Runs in `__main__`; an exception is printed and makes the result -1.
#[capi]
pub fn PyRun_SimpleStringFlags(vm: &Vm, source: *const c_char, flags: *mut PyCompilerFlags) -> i32 {
    let main = || -> PyResult<Value> {
        let main = adder_vm::import::import_module(vm, "__main__")?;
        let globals = crate::pyobject::Owned::new(vm.get_attr_str(main, "__dict__")?);
        run(vm, source, 257, Arg(globals.0), Arg(globals.0), flags)
    };
    match main() {
        Ok(_) => 0,
        Err(raised) => {
            crate::pyerrors::to_indicator(vm, raised);
            // SAFETY: prints the indicator.
            unsafe { crate::pyerrors::PyErr_Print() };
            -1
        }
    }
}

#[capi]
pub fn PyRun_SimpleString(_vm: &Vm, source: *const c_char) -> i32 {
    // SAFETY: the same contract.
    unsafe { PyRun_SimpleStringFlags(source, std::ptr::null_mut()) }
}

/// The future flags of the running code are not known to C code; nothing is added.
#[capi]
pub fn PyEval_MergeCompilerFlags(_vm: &Vm, flags: *mut PyCompilerFlags) -> bool {
    // SAFETY: the caller passes flags.
    unsafe { (*flags).cf_flags != 0 }
}

// skipped PyRun_AnyFile and the others of FILE *, PyRun_Interactive*: for programs that embed Python.
