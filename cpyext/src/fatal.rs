//! The end of the process by an error that nothing can catch: what `Py_FatalError` shows.

use crate::unicodeobject::text;
use adder_vm::builtins::frame;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::set::any_set;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::object::{Value, ValueExt};
use adder_vm::vm::Vm;
use std::ffi::c_char;

/// Ends the process, as `Py_FatalError`.
pub fn fatal(function: &str, message: &str) -> ! {
    eprintln!("Fatal Python error: {function}: {message}");
    // SAFETY: asks whether this thread has the GIL.
    if unsafe { crate::pystate::PyGILState_Check() } != 0 {
        let vm = Vm::get();
        eprintln!("Python runtime state: initialized\n");
        stack(vm);
        extension_modules(vm);
    }
    std::process::abort()
}

fn stack(vm: &Vm) {
    // SAFETY: asks for the thread's number.
    let thread = unsafe { libc::pthread_self() };
    eprintln!("Current thread {thread:#018x} (most recent call first):");
    let mut depth = 0;
    while let Some(f) = frame::current(vm, depth) {
        let code = f.code();
        let line = f.line().map_or("???".to_string(), |l| l.to_string());
        eprintln!("  File \"{}\", line {line} in {}", code.filename.get(), code.name.get());
        depth += 1;
    }
    if depth == 0 {
        eprintln!("  <no Python frame>");
    }
}

/// The modules of extensions, and native ones, that are not said to be of the standard library.
fn extension_modules(vm: &Vm) {
    let standard = vm.sys_get("stdlib_module_names").and_then(any_set);
    let native = vm.sys_get("builtin_module_names").and_then(|v| v.downcast::<Tuple>());
    let is_native =
        |name: Value| native.is_some_and(|t| t.items().iter().any(|n| n.same(name) || same_text(*n, name)));
    let modules = vm.modules();
    let mut names = vec![];
    for i in 0..modules.slots() {
        let Some((name, module)) = modules.entry(i) else { continue };
        let (Some(text), Some(module)) = (name.downcast::<Str>(), module.downcast::<Module>()) else {
            continue;
        };
        let is_standard = standard.is_some_and(|s| s.contains(vm, name).unwrap_or(false));
        if !is_standard && (module.extension.get().is_some() || is_native(name)) {
            names.push(text.to_string());
        }
    }
    if !names.is_empty() {
        eprintln!("\nExtension modules: {} (total: {})", names.join(", "), names.len());
    }
}

fn same_text(a: Value, b: Value) -> bool {
    matches!((a.downcast::<Str>(), b.downcast::<Str>()), (Some(a), Some(b)) if a.same_text(&b))
}

#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn _Py_FatalErrorFunc(function: *const c_char, message: *const c_char) -> ! {
    fatal(&text(function), &text(message))
}

#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn Py_FatalError(message: *const c_char) -> ! {
    fatal("Py_FatalError", &text(message))
}
