//! Loads extension modules.
//!
//! The file is read before `dlopen` sees it (`examine.rs`), so that a wrong architecture or a missing function
//! of the API is an ImportError that says so. A loaded library stays loaded.

use crate::ffi::types::*;
use crate::pyobject::{Ptr, steal, with_loans};
use crate::{examine, moduleobject, pyerrors};
use adder_heap::GilCell;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::str_::Str;
use adder_vm::error::PyResult;
use adder_vm::object::{Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};

/// The name of the module that is being loaded, with its packages.
static LOADING: GilCell<Option<String>> = GilCell::new(None);

/// The full name of a module that calls itself `name`.
pub fn full_name(name: &str) -> String {
    match LOADING.get() {
        Some(full) if full.rsplit('.').next() == Some(name) => full.clone(),
        _ => name.to_string(),
    }
}

fn spec_text(vm: &Vm, spec: Value, name: &str) -> PyResult<String> {
    let v = vm.get_attr_str(spec, name)?;
    match v.downcast::<Str>() {
        Some(s) => Ok(s.to_string()),
        None => raise!(vm, TypeError, "the spec's {name} must be str, not {}", v.class().name()),
    }
}

/// `_imp.create_dynamic(spec)`
pub fn create_dynamic(vm: &Vm, spec: Value) -> PyResult<Value> {
    let name = spec_text(vm, spec, "name")?;
    let path = spec_text(vm, spec, "origin")?;
    let error = |message: String| -> PyResult<Value> {
        let class = adder_vm::builtins::exceptions::Exc::ImportError.class().value();
        let e = vm.call_kw(
            class,
            &[vm.new_str(&message)],
            &[("name", vm.new_str(&name)), ("path", vm.new_str(&path))],
        )?;
        Err(vm.raise_value(e))
    };
    if let Err(message) = examine::examine(&path) {
        return error(message);
    }
    // SAFETY: loading runs the library's initialisers, as the user asked.
    let library = match unsafe { Library::open(Some(&path), RTLD_NOW | RTLD_LOCAL) } {
        Ok(l) => l,
        Err(e) => return error(e.to_string()),
    };
    let short = name.rsplit('.').next().unwrap_or(&name);
    let symbol = if short.is_ascii() {
        format!("PyInit_{short}")
    } else {
        let punycode =
            vm.call_method(vm.new_str(short), vm.intern_str("encode"), &[vm.new_str("punycode")])?;
        let bytes = punycode.downcast::<adder_vm::builtins::bytes::Bytes>();
        format!(
            "PyInitU_{}",
            bytes.map_or(String::new(), |b| String::from_utf8_lossy(b.as_bytes()).replace('-', "_"))
        )
    };
    // SAFETY: a module's init function has this type.
    let init = match unsafe { library.get::<unsafe extern "C" fn() -> Ptr>(symbol.as_bytes()) } {
        Ok(f) => *f,
        Err(_) => {
            return error(format!("dynamic module does not define module export function ({symbol})"));
        }
    };
    std::mem::forget(library);
    // SAFETY: the module's init function.
    unsafe { call_init(vm, init, spec, &name) }
}

/// Calls a module's init function, and makes the module if it gives a definition.
///
/// # Safety
/// The function is the init function of a module of that name.
pub unsafe fn call_init(
    vm: &Vm,
    init: unsafe extern "C" fn() -> Ptr,
    spec: Value,
    name: &str,
) -> PyResult<Value> {
    let short = name.rsplit('.').next().unwrap_or(name);
    let outer = LOADING.get().replace(name.to_string());
    let p = with_loans(|| init());
    *LOADING.get() = outer;
    if p.is_null() {
        if pyerrors::is_set() {
            return Err(pyerrors::from_indicator(vm));
        }
        raise!(vm, SystemError, "initialization of {short} failed without raising an exception")
    }
    if pyerrors::is_set() {
        let cause = pyerrors::from_indicator(vm);
        let message = format!("initialization of {short} raised unreported exception");
        return Err(pyerrors::caused_by(vm, cause, &message));
    }
    // The function gave an object, or a definition that was not initialised.
    let class = (*p).ob_type;
    if class.is_null() {
        raise!(vm, SystemError, "init function of {short} returned uninitialized object")
    }
    if class == &raw mut crate::typeobject::PyModuleDef_Type {
        return moduleobject::create(vm, p as *mut PyModuleDef, spec, name);
    }
    if !short.is_ascii() {
        raise!(vm, SystemError, "initialization of {short} did not return PyModuleDef")
    }
    let module = steal(p);
    match module.downcast::<Module>() {
        Some(_) if moduleobject::definition(module).is_null() => {
            raise!(vm, SystemError, "initialization of {short} did not return a valid extension module")
        }
        Some(_) => Ok(module),
        None => raise!(vm, SystemError, "initialization of {short} did not return an extension module"),
    }
}

/// `_imp.exec_dynamic(module)`
pub fn exec_dynamic(vm: &Vm, module: Value) -> PyResult<i64> {
    moduleobject::exec(vm, module)?;
    Ok(0)
}
