//! Built-in modules of a program that embeds Python: `PyImport_AppendInittab`.

#![allow(non_snake_case, non_upper_case_globals)] // The names are the API's.

use crate::embedding;
use crate::ffi::types::_inittab;
use crate::loader;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::error::PyResult;
use adder_vm::object::{Value, ValueExt};
use adder_vm::vm::Vm;
use std::ffi::{CStr, CString, c_char, c_int};

const END: _inittab = _inittab { name: std::ptr::null(), initfunc: None };

static mut EMPTY: [_inittab; 1] = [END];

/// The table, which a program may also replace before it starts Python. Modules of Adder's own are not in
/// it: they are found first.
#[unsafe(no_mangle)]
pub static mut PyImport_Inittab: *mut _inittab = (&raw mut EMPTY).cast();

/// The rows before the end.
unsafe fn rows<'a>(table: *const _inittab) -> &'a [_inittab] {
    if table.is_null() {
        return &[];
    }
    let mut n = 0;
    while !(*table.add(n)).name.is_null() {
        n += 1;
    }
    std::slice::from_raw_parts(table, n)
}

/// Rows behind those that are there. The old table stays, because the program may have it from anywhere.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyImport_ExtendInittab(more: *mut _inittab) -> c_int {
    if embedding::is_initialized() {
        crate::fatal::fatal("PyImport_ExtendInittab", "must not be called after Py_Initialize()");
    }
    let all: Vec<_inittab> = rows(PyImport_Inittab).iter().chain(rows(more)).copied().chain([END]).collect();
    PyImport_Inittab = Box::leak(all.into_boxed_slice()).as_mut_ptr();
    0
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyImport_AppendInittab(
    name: *const c_char,
    init: Option<unsafe extern "C" fn() -> *mut crate::ffi::types::PyObject>,
) -> c_int {
    let mut row = [_inittab { name: CString::from(CStr::from_ptr(name)).into_raw(), initfunc: init }, END];
    PyImport_ExtendInittab(row.as_mut_ptr())
}

fn find(name: &str) -> Option<&'static _inittab> {
    // SAFETY: the program's table ends with a row without a name.
    unsafe { rows(PyImport_Inittab).iter().find(|r| CStr::from_ptr(r.name).to_bytes() == name.as_bytes()) }
}

pub fn is_builtin(name: &str) -> bool {
    find(name).is_some()
}

/// `_imp.create_builtin(spec)` for a module of the table.
pub fn create_builtin(vm: &Vm, spec: Value, name: &str) -> PyResult<Option<Value>> {
    match find(name).and_then(|row| row.initfunc) {
        // SAFETY: the module's init function.
        Some(f) => unsafe { loader::call_init(vm, f, spec, name) }.map(Some),
        None => Ok(None),
    }
}

/// Adds the table's names to `sys.builtin_module_names`.
pub fn announce(vm: &Vm) {
    // SAFETY: as in `find`; names are C strings.
    let names: Vec<String> = unsafe {
        rows(PyImport_Inittab).iter().map(|r| crate::unicodeobject::text(r.name).into_owned()).collect()
    };
    add_names(vm, &names);
}

/// Adds names to `sys.builtin_module_names`.
pub fn add_names(vm: &Vm, more: &[String]) {
    let Some(names) = vm.sys_get("builtin_module_names").and_then(|v| v.downcast::<Tuple>()) else { return };
    if more.is_empty() {
        return;
    }
    let n = names.len();
    let all: Result<_, ()> =
        Tuple::build(vm, n + more.len(), |i| Ok(if i < n { names.get(i) } else { vm.new_str(&more[i - n]) }));
    vm.sys_set("builtin_module_names", all.expect("names are made").value());
}
