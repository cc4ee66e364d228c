//! `PyRun_Interactive*`: statements from a file, one by one, as from a terminal.

use crate::ffi::types::PyCompilerFlags;
use crate::pyobject::{Arg, Owned};
use crate::unicodeobject::text;
use adder_macros::capi;
use adder_vm::builtins::str_::Str;
use adder_vm::error::PyResult;
use adder_vm::import;
use adder_vm::object::{Value, ValueExt};
use adder_vm::vm::Vm;
use std::ffi::{c_char, c_int};
use std::io::Write;

/// CPython's `E_EOF`.
const END: c_int = 11;

/// The next line with its end; None at the end of the file.
fn line(file: *mut libc::FILE) -> Option<String> {
    let mut bytes = vec![];
    loop {
        // SAFETY: the caller passes an open file.
        match unsafe { libc::fgetc(file) } {
            libc::EOF => break,
            c => bytes.push(c as u8),
        }
        if bytes.last() == Some(&b'\n') {
            break;
        }
    }
    if bytes.is_empty() { None } else { Some(String::from_utf8_lossy(&bytes).into_owned()) }
}

/// Shows `sys.ps1` or `sys.ps2`, if there is one.
fn prompt(vm: &Vm, name: &str) -> PyResult<()> {
    let sys = import::import_module(vm, "sys")?;
    if let Some(p) = vm.get_attr_opt(sys, vm.intern_str(name))? {
        let shown = vm.str(p)?;
        // What cannot be shown does not stop the statement.
        let _ = std::io::stderr().write_all(shown.to_string().as_bytes());
    }
    Ok(())
}

/// Reads and runs one statement in `__main__`. False: there was none.
fn one(vm: &Vm, file: *mut libc::FILE, name: Value) -> PyResult<bool> {
    if name.downcast::<Str>().is_none() {
        return Err(vm.type_error("bad argument type for built-in operation"));
    }
    let codeop = import::import_module(vm, "codeop")?;
    let compile = vm.get_attr_str(codeop, "compile_command")?;
    let mut source = String::new();
    prompt(vm, "ps1")?;
    let code = loop {
        match line(file) {
            None if source.is_empty() => return Ok(false),
            // The end of the file ends the statement.
            None => {
                break vm.call(vm.builtin("compile")?, &[vm.new_str(&source), name, vm.new_str("single")])?;
            }
            Some(l) => source.push_str(&l),
        }
        let text = source.strip_suffix('\n').unwrap_or(&source);
        let code = vm.call(compile, &[vm.new_str(text), name, vm.new_str("single")])?;
        if !code.is_none() {
            break code;
        }
        prompt(vm, "ps2")?;
    };
    let main = import::import_module(vm, "__main__")?;
    let globals = vm.get_attr_str(main, "__dict__")?;
    vm.call(vm.builtin("exec")?, &[code, globals])?;
    Ok(true)
}

fn name_of(vm: &Vm, name: *const c_char) -> Value {
    // SAFETY: the caller passes a C string or NULL.
    if name.is_null() { vm.new_str("???") } else { vm.new_str(&unsafe { text(name) }) }
}

/// 0, or -1 after an exception was printed, or `END`.
fn run_one(vm: &Vm, file: *mut libc::FILE, name: Value) -> c_int {
    match one(vm, file, name) {
        Ok(true) => 0,
        Ok(false) => END,
        Err(raised) => {
            crate::pyerrors::to_indicator(vm, raised);
            // SAFETY: prints the indicator.
            unsafe { crate::pyerrors::PyErr_Print() };
            -1
        }
    }
}

#[capi]
pub fn PyRun_InteractiveOneObject(
    vm: &Vm,
    file: *mut libc::FILE,
    name: Arg,
    _flags: *mut PyCompilerFlags,
) -> c_int {
    run_one(vm, file, name.value())
}

#[capi]
pub fn PyRun_InteractiveOneFlags(
    vm: &Vm,
    file: *mut libc::FILE,
    name: *const c_char,
    _flags: *mut PyCompilerFlags,
) -> c_int {
    run_one(vm, file, name_of(vm, name))
}

#[capi]
pub fn PyRun_InteractiveOne(vm: &Vm, file: *mut libc::FILE, name: *const c_char) -> c_int {
    run_one(vm, file, name_of(vm, name))
}

/// Runs statements until the file ends.
#[capi]
pub fn PyRun_InteractiveLoopFlags(
    vm: &Vm,
    file: *mut libc::FILE,
    name: *const c_char,
    _flags: *mut PyCompilerFlags,
) -> c_int {
    let name = Owned::new(name_of(vm, name));
    for (prompt, default) in [("ps1", ">>> "), ("ps2", "... ")] {
        let set = || -> PyResult<()> {
            let sys = import::import_module(vm, "sys")?;
            let prompt = vm.intern_str(prompt);
            if vm.get_attr_opt(sys, prompt)?.is_none() {
                vm.set_attr(sys, prompt, vm.new_str(default))?;
            }
            Ok(())
        };
        if let Err(raised) = set() {
            crate::pyerrors::to_indicator(vm, raised);
            return -1;
        }
    }
    // Exceptions were shown, and do not end it.
    while run_one(vm, file, Arg(name.0).value()) != END {}
    0
}

#[capi]
pub fn PyRun_InteractiveLoop(_vm: &Vm, file: *mut libc::FILE, name: *const c_char) -> c_int {
    // SAFETY: the same contract.
    unsafe { PyRun_InteractiveLoopFlags(file, name, std::ptr::null_mut()) }
}
