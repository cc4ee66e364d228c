//! Compiling and running source text.

use crate::ffi::types::*;
use crate::pyobject::{Arg, Owned};
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

/// Flags of the parser that `compile` does not know.
const IGNORE_COOKIE: c_int = 0x800;

fn compile(
    vm: &Vm,
    source: *const c_char,
    file: Value,
    start: c_int,
    flags: *mut PyCompilerFlags,
    optimize: c_int,
) -> PyResult<Value> {
    // SAFETY: the caller passes a C string.
    compile_bytes(vm, unsafe { std::ffi::CStr::from_ptr(source) }.to_bytes(), file, start, flags, optimize)
}

/// A line that names an encoding counts unless a flag says that the source is UTF-8.
fn compile_bytes(
    vm: &Vm,
    source: &[u8],
    file: Value,
    start: c_int,
    flags: *mut PyCompilerFlags,
    optimize: c_int,
) -> PyResult<Value> {
    // SAFETY: the caller passes flags or NULL.
    let flags = if flags.is_null() { 0 } else { unsafe { (*flags).cf_flags } };
    let source = match std::str::from_utf8(source) {
        Ok(s) if flags & IGNORE_COOKIE != 0 => vm.new_str(s),
        _ => vm.new_bytes(source)?,
    };
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
    eval(vm, code, globals, locals)
}

fn eval(vm: &Vm, code: Value, globals: Arg, locals: Arg) -> PyResult<Value> {
    if globals.0.is_null() {
        raise!(vm, SystemError, "PyEval_EvalCode: NULL globals")
    }
    let globals = globals.value();
    if globals.downcast::<Dict>().is_none() {
        raise!(vm, SystemError, "PyEval_EvalCode: globals must be a real dict")
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
        let globals = Owned::new(vm.get_attr_str(main, "__dict__")?);
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

// ---- files --------------------------------------------------------------------------------------

/// What is left in a file, which is closed if `close` says so.
fn read_all(file: *mut libc::FILE, close: c_int) -> Vec<u8> {
    let mut all = vec![];
    let mut chunk = [0u8; 4096];
    // SAFETY: the caller passes an open file.
    unsafe {
        loop {
            let n = libc::fread(chunk.as_mut_ptr().cast(), 1, chunk.len(), file);
            all.extend_from_slice(&chunk[..n]);
            if n < chunk.len() {
                break;
            }
        }
        if close != 0 {
            libc::fclose(file);
        }
    }
    all
}

/// A name as the file system has it.
fn path(name: *const c_char) -> Owned {
    // SAFETY: the caller passes a C string.
    Owned(unsafe { crate::unicodeobject::codecs::PyUnicode_DecodeFSDefault(name) })
}

#[capi]
pub fn PyRun_FileExFlags(
    vm: &Vm,
    file: *mut libc::FILE,
    name: *const c_char,
    start: c_int,
    globals: Arg,
    locals: Arg,
    close: c_int,
    flags: *mut PyCompilerFlags,
) -> PyResult<Value> {
    let source = read_all(file, close);
    let code = compile_bytes(vm, &source, Arg(path(name).0).value(), start, flags, -1)?;
    eval(vm, code, globals, locals)
}

macro_rules! run_file {
    ($($name:ident ($($arg:ident: $t:ty),*) = $close:expr, $flags:expr;)*) => {$(
        #[unsafe(no_mangle)]
        #[allow(non_snake_case)] // The name is the API's.
        pub unsafe extern "C" fn $name(
            file: *mut libc::FILE,
            name: *const c_char,
            start: c_int,
            globals: *mut PyObject,
            locals: *mut PyObject,
            $($arg: $t),*
        ) -> *mut PyObject {
            PyRun_FileExFlags(file, name, start, globals, locals, $close, $flags)
        }
    )*};
}

run_file! {
    PyRun_File() = 0, std::ptr::null_mut();
    PyRun_FileEx(close: c_int) = close, std::ptr::null_mut();
    PyRun_FileFlags(flags: *mut PyCompilerFlags) = 0, flags;
}

/// Runs in `__main__`, whose `__file__` it is meanwhile if there is none; an exception is printed and makes the result -1.
#[capi]
pub fn PyRun_SimpleFileExFlags(
    vm: &Vm,
    file: *mut libc::FILE,
    name: *const c_char,
    close: c_int,
    flags: *mut PyCompilerFlags,
) -> i32 {
    let source = read_all(file, close);
    let main = || -> PyResult<Value> {
        let path = path(name);
        let main = adder_vm::import::import_module(vm, "__main__")?;
        let Some(d) = vm.get_attr_str(main, "__dict__")?.downcast::<Dict>() else {
            raise!(vm, SystemError, "__main__ has no dict")
        };
        let own = d.get_str(vm, "__file__")?.is_none();
        if own {
            d.set_str(vm, "__file__", Arg(path.0).value());
        }
        // SAFETY: the caller passes a C string.
        if unsafe { text(name) } != "<stdin>" {
            let bootstrap = adder_vm::import::import_module(vm, "importlib.machinery")?;
            let class = vm.get_attr_str(bootstrap, "SourceFileLoader")?;
            let loader = vm.call(class, &[vm.new_str("__main__"), Arg(path.0).value()])?;
            d.set_str(vm, "__loader__", loader);
        }
        let globals = Owned::new(d.value());
        let code = compile_bytes(vm, &source, Arg(path.0).value(), 257, flags, -1);
        let r = code.and_then(|code| eval(vm, code, Arg(globals.0), Arg(globals.0)));
        if own {
            let pending = vm.fetch_exception();
            d.remove(vm, vm.intern_str("__file__").value())?;
            if let Some(e) = pending {
                vm.set_exception(e);
            }
        }
        r
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

macro_rules! run_simple_file {
    ($($name:ident ($($arg:ident: $t:ty),*) = $close:expr, $flags:expr;)*) => {$(
        #[unsafe(no_mangle)]
        #[allow(non_snake_case)] // The name is the API's.
        pub unsafe extern "C" fn $name(file: *mut libc::FILE, name: *const c_char, $($arg: $t),*) -> c_int {
            PyRun_SimpleFileExFlags(file, name, $close, $flags)
        }
    )*};
}

run_simple_file! {
    PyRun_SimpleFile() = 0, std::ptr::null_mut();
    PyRun_SimpleFileEx(close: c_int) = close, std::ptr::null_mut();
    PyRun_AnyFile() = 0, std::ptr::null_mut();
    PyRun_AnyFileEx(close: c_int) = close, std::ptr::null_mut();
    PyRun_AnyFileFlags(flags: *mut PyCompilerFlags) = 0, flags;
    PyRun_AnyFileExFlags(close: c_int, flags: *mut PyCompilerFlags) = close, flags;
}
