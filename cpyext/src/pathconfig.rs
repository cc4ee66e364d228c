//! What programs that embed Python set before `Py_Initialize` with functions that are older than `PyConfig`,
//! and what these functions do afterwards.

#![allow(non_snake_case)] // The names are the API's.

use crate::embedding::is_initialized;
use crate::ffi::types::{PyConfig, PyObject};
use crate::pyconfig::{set_list, set_text, texts};
use crate::{pyerrors, wide};
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::list::List;
use adder_vm::builtins::singletons::bool_value;
use adder_vm::error::PyResult;
use adder_vm::object::{Value, ValueExt};
use adder_vm::vm::Vm;
use libc::wchar_t;
use std::ffi::c_int;
use std::sync::{Mutex, OnceLock};

#[derive(Default)]
struct Early {
    program: Option<String>,
    home: Option<String>,
    path: Option<Vec<String>>,
    warn_options: Vec<String>,
    x_options: Vec<String>,
}

static EARLY: Mutex<Option<Early>> = Mutex::new(None);

fn with_early<R>(f: impl FnOnce(&mut Early) -> R) -> R {
    f(EARLY.lock().unwrap_or_else(|e| e.into_inner()).get_or_insert_with(Early::default))
}

/// Fills in what was set.
///
/// # Safety
/// The configuration is initialised.
pub unsafe fn apply(c: &mut PyConfig) {
    with_early(|e| {
        set_text(&mut c.program_name, e.program.as_deref());
        set_text(&mut c.home, e.home.as_deref());
        if let Some(path) = &e.path {
            set_list(&mut c.module_search_paths, path);
            c.module_search_paths_set = 1;
        }
        let more = [texts(&c.warnoptions), e.warn_options.clone()].concat();
        set_list(&mut c.warnoptions, &more);
        let more = [texts(&c.xoptions), e.x_options.clone()].concat();
        set_list(&mut c.xoptions, &more);
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn Py_SetProgramName(name: *const wchar_t) {
    let name = wide::text(name).filter(|n| !n.is_empty());
    with_early(|e| e.program = name)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn Py_SetPythonHome(home: *const wchar_t) {
    let home = wide::text(home);
    with_early(|e| e.home = home)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn Py_SetPath(path: *const wchar_t) {
    let path = wide::text(path).map(|p| split(&p));
    with_early(|e| e.path = path)
}

fn split(path: &str) -> Vec<String> {
    path.split(':').map(str::to_string).collect()
}

/// Text that lives for ever.
fn forever(cell: &'static OnceLock<usize>, text: impl FnOnce() -> Option<String>) -> *mut wchar_t {
    *cell.get_or_init(|| text().map_or(0, |t| wide::new(&t) as usize)) as *mut wchar_t
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn Py_GetPythonHome() -> *mut wchar_t {
    static TEXT: OnceLock<usize> = OnceLock::new();
    if !is_initialized() {
        return std::ptr::null_mut();
    }
    forever(&TEXT, || with_early(|e| e.home.clone()).or_else(|| std::env::var("PYTHONHOME").ok()))
}

/// The module search path that Python started with.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn Py_GetPath() -> *mut wchar_t {
    static TEXT: OnceLock<usize> = OnceLock::new();
    if !is_initialized() {
        return std::ptr::null_mut();
    }
    forever(&TEXT, || Some(Vm::get().config.path.join(":")))
}

// ---- sysmodule.h --------------------------------------------------------------------------------

/// Runs `f`; an exception is forgotten, as these functions cannot report one.
fn quietly(f: impl FnOnce(&'static Vm) -> PyResult<()>) {
    let vm = Vm::get();
    pyerrors::keeping(|| {
        if let Err(raised) = f(vm) {
            let _ = vm.take_exception(raised);
        }
    })
}

fn add_warn_option(text: String) {
    if !is_initialized() {
        return with_early(|e| e.warn_options.push(text));
    }
    quietly(|vm| {
        let all = vm.sys_get("warnoptions").and_then(|v| v.downcast::<List>());
        if let Some(l) = all {
            l.push(vm, vm.new_str(&text));
        }
        Ok(())
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PySys_AddWarnOption(text: *const wchar_t) {
    add_warn_option(wide::text(text).unwrap_or_default())
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PySys_AddWarnOptionUnicode(text: *mut PyObject) {
    quietly(|vm| {
        let text = vm.str(crate::pyobject::Arg(text).value())?.to_string();
        add_warn_option(text);
        Ok(())
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PySys_HasWarnOptions() -> c_int {
    if !is_initialized() {
        return with_early(|e| !e.warn_options.is_empty()) as c_int;
    }
    let all = Vm::get().sys_get("warnoptions").and_then(|v| v.downcast::<List>());
    all.is_some_and(|l| l.len() > 0) as c_int
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PySys_AddXOption(text: *const wchar_t) {
    let text = wide::text(text).unwrap_or_default();
    if !is_initialized() {
        return with_early(|e| e.x_options.push(text));
    }
    quietly(|vm| {
        if let Some(d) = vm.sys_get("_xoptions").and_then(|v| v.downcast::<Dict>()) {
            match text.split_once('=') {
                Some((k, v)) => d.set_str(vm, k, vm.new_str(v)),
                None => d.set_str(vm, &text, bool_value(true)),
            }
        }
        Ok(())
    })
}

fn list_of(vm: &Vm, all: &[String]) -> Value {
    let list = List::new(vm);
    for text in all {
        list.push(vm, vm.new_str(text));
    }
    list.value()
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PySys_SetPath(path: *const wchar_t) {
    let all = split(&wide::text(path).unwrap_or_default());
    quietly(|vm| {
        vm.sys_set("path", list_of(vm, &all));
        Ok(())
    })
}

/// Sets `sys.argv`; `update` puts the program's directory first in `sys.path`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PySys_SetArgvEx(n: c_int, arguments: *mut *mut wchar_t, update: c_int) {
    let mut all: Vec<String> = (0..n as isize).filter_map(|i| wide::text(*arguments.offset(i))).collect();
    if all.is_empty() {
        all.push(String::new());
    }
    quietly(|vm| {
        vm.sys_set("argv", list_of(vm, &all));
        if update == 0 {
            return Ok(());
        }
        let file = std::path::Path::new(&all[0]);
        let dir = match all[0].as_str() {
            "" | "-c" => String::new(),
            "-m" => std::env::current_dir().map(|d| d.to_string_lossy().into_owned()).unwrap_or_default(),
            _ => {
                let real = file.canonicalize().unwrap_or_else(|_| file.to_path_buf());
                real.parent().map(|d| d.to_string_lossy().into_owned()).unwrap_or_default()
            }
        };
        if let Some(path) = vm.sys_get("path") {
            vm.call_method(path, vm.intern_str("insert"), &[vm.int(0), vm.new_str(&dir)])?;
        }
        Ok(())
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PySys_SetArgv(n: c_int, arguments: *mut *mut wchar_t) {
    let update = !is_initialized() || !Vm::get().config.isolated;
    PySys_SetArgvEx(n, arguments, update as c_int)
}
