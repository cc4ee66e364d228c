//! Contexts and context variables: the classes are the native module `_contextvars`'.

use crate::pyobject::{Arg, Done, Ptr};
use crate::unicodeobject::text;
use adder_heap::StaticRoot;
use adder_macros::capi;
use adder_vm::args::Args;
use adder_vm::builtins::descr::MethodDescriptor;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::error::PyResult;
use adder_vm::import;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::ffi::c_char;

/// The module once it is imported.
static MODULE: StaticRoot = StaticRoot::new();

fn class(vm: &Vm, name: &str) -> PyResult<Value> {
    let module = match MODULE.get() {
        Some(m) => m,
        None => {
            let m = import::import_module(vm, "_contextvars")?;
            MODULE.set(Some(m));
            m
        }
    };
    vm.get_attr_str(module, name)
}

/// An instance of a class of the module.
fn check(vm: &Vm, v: Arg, name: &str) -> PyResult<Value> {
    let class = class(vm, name)?;
    let v = v.value();
    if !v.class().value().same(class) {
        raise!(vm, TypeError, "an instance of {name} was expected")
    }
    Ok(v)
}

fn method(vm: &Vm, v: Value, name: &str, args: &[Value]) -> PyResult<Value> {
    vm.call_method(v, vm.intern_str(name), args)
}

#[capi]
pub fn PyContext_New(vm: &Vm) -> PyResult<Value> {
    vm.call(class(vm, "Context")?, &[])
}

#[capi]
pub fn PyContext_Copy(vm: &Vm, c: Arg) -> PyResult<Value> {
    method(vm, check(vm, c, "Context")?, "copy", &[])
}

#[capi]
pub fn PyContext_CopyCurrent(vm: &Vm) -> PyResult<Value> {
    vm.call(class(vm, "copy_context")?, &[])
}

#[capi]
pub fn PyContext_Enter(vm: &Vm, c: Arg) -> PyResult<Done> {
    let c = check(vm, c, "Context")?;
    vm.call(class(vm, "_enter")?, &[c])?;
    Ok(Done)
}

#[capi]
pub fn PyContext_Exit(vm: &Vm, c: Arg) -> PyResult<Done> {
    let c = check(vm, c, "Context")?;
    vm.call(class(vm, "_exit")?, &[c])?;
    Ok(Done)
}

// skipped PyContext_AddWatcher, PyContext_ClearWatcher: switches of contexts have no hook.

#[capi]
pub fn PyContextVar_New(vm: &Vm, name: *const c_char, default: Arg) -> PyResult<Value> {
    let class = class(vm, "ContextVar")?;
    // SAFETY: the caller passes a C string.
    let name = vm.new_str(&unsafe { text(name) });
    if default.0.is_null() {
        return vm.call(class, &[name]);
    }
    vm.call_kw(class, &[name], &[("default", default.value())])
}

/// `ContextVar.get`, once it was asked for.
static GET: StaticRoot = StaticRoot::new();

fn get_method(vm: &Vm) -> PyResult<Ref<MethodDescriptor>> {
    let get = match GET.get() {
        Some(get) => get,
        None => {
            let get = vm.get_attr_str(class(vm, "ContextVar")?, "get")?;
            GET.set(Some(get));
            get
        }
    };
    Ok(get.downcast().expect("a native method"))
}

/// Stores the value, or the default given, or the variable's own, or NULL.
#[capi]
pub fn PyContextVar_Get(vm: &Vm, var: Arg, default: Arg, place: *mut Ptr) -> PyResult<Done> {
    // SAFETY: the caller passes a place.
    unsafe { *place = std::ptr::null_mut() };
    let (get, var) = (get_method(vm)?, var.value());
    if !get.is_for(var) {
        raise!(vm, TypeError, "an instance of ContextVar was expected")
    }
    let found = if default.0.is_null() {
        match get.invoke(vm, Args::positional(&[var])) {
            Ok(v) => Some(v),
            Err(raised) => {
                vm.swallow(raised, Exc::LookupError)?;
                None
            }
        }
    } else {
        Some(get.invoke(vm, Args::positional(&[var, default.value()]))?)
    };
    // SAFETY: as above.
    unsafe { crate::abstract_::store(place, found) };
    Ok(Done)
}

#[capi]
pub fn PyContextVar_Set(vm: &Vm, var: Arg, value: Arg) -> PyResult<Value> {
    let value = value.value();
    method(vm, check(vm, var, "ContextVar")?, "set", &[value])
}

#[capi]
pub fn PyContextVar_Reset(vm: &Vm, var: Arg, token: Arg) -> PyResult<Done> {
    let token = token.value();
    method(vm, check(vm, var, "ContextVar")?, "reset", &[token])?;
    Ok(Done)
}
