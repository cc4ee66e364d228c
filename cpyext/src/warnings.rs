//! Warnings. The library's `warnings` filters and shows them.

use crate::pyobject::{Arg, Done};
use crate::unicodeobject::text;
use adder_macros::capi;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::singletons::none;
use adder_vm::error::PyResult;
use adder_vm::import;
use adder_vm::object::{Value, ValueExt};
use adder_vm::vm::Vm;
use std::ffi::c_char;

fn optional(v: Arg) -> Option<Value> {
    if v.0.is_null() { None } else { Some(v.value()) }
}

fn category(v: Arg) -> Value {
    optional(v).unwrap_or_else(|| Exc::RuntimeWarning.class().value())
}

fn warn(vm: &Vm, category: Value, message: Value, level: isize, source: Option<Value>) -> PyResult<Done> {
    let module = import::import_module(vm, "warnings")?;
    let f = vm.get_attr_str(module, "warn")?;
    // The native caller is no frame, so that level 1 is the Python code that called it.
    let level = vm.int(level as i64);
    match source {
        Some(s) => vm.call_kw(f, &[message, category, level], &[("source", s)])?,
        None => vm.call(f, &[message, category, level])?,
    };
    Ok(Done)
}

/// The end of the formatting functions in C.
#[capi]
pub fn adder_warn(vm: &Vm, class: Arg, message: Arg, level: isize, source: Arg) -> PyResult<Done> {
    warn(vm, category(class), message.value(), level, optional(source))
}

#[capi]
pub fn PyErr_WarnEx(vm: &Vm, class: Arg, message: *const c_char, level: isize) -> PyResult<Done> {
    // SAFETY: the caller passes a C string.
    let message = vm.new_str(&unsafe { text(message) });
    warn(vm, category(class), message, level, None)
}

fn explicit(
    vm: &Vm,
    category: Value,
    message: Value,
    file: Value,
    line: i32,
    module: Option<Value>,
    registry: Option<Value>,
) -> PyResult<Done> {
    let warnings = import::import_module(vm, "warnings")?;
    let f = vm.get_attr_str(warnings, "warn_explicit")?;
    let registry = match registry.filter(|r| !r.is_none()) {
        Some(r) => r,
        None => Dict::new(vm).value(),
    };
    let line = vm.int(line as i64);
    vm.call(f, &[message, category, file, line, module.unwrap_or(none()), registry])?;
    Ok(Done)
}

#[capi]
pub fn PyErr_WarnExplicitObject(
    vm: &Vm,
    class: Arg,
    message: Arg,
    file: Arg,
    line: i32,
    module: Arg,
    registry: Arg,
) -> PyResult<Done> {
    explicit(vm, category(class), message.value(), file.value(), line, optional(module), optional(registry))
}

#[capi]
pub fn PyErr_WarnExplicit(
    vm: &Vm,
    class: Arg,
    message: *const c_char,
    file: *const c_char,
    line: i32,
    module: *const c_char,
    registry: Arg,
) -> PyResult<Done> {
    // SAFETY: the caller passes C strings; the module's name may be NULL.
    let (message, file, module) = unsafe {
        let module = if module.is_null() { None } else { Some(vm.new_str(&text(module))) };
        (vm.new_str(&text(message)), vm.new_str(&text(file)), module)
    };
    explicit(vm, category(class), message, file, line, module, optional(registry))
}
