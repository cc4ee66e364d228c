//! Python functions, bound methods, cells, and the wrappers `staticmethod` and `classmethod`.
//! `classobject.h`, `cellobject.h` and `genobject.h` are here too.

use crate::pyobject::{Arg, Borrowed, Done, Owned, lend};
use adder_macros::capi;
use adder_vm::builtins::code::Code;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::function::{Cell, ClassMethod, Function, Method, StaticMethod};
use adder_vm::builtins::generator::as_generator;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;

fn optional(v: Arg) -> Option<Value> {
    if v.0.is_null() { None } else { Some(v.value()).filter(|v| !v.is_none()) }
}

fn internal<T>(vm: &Vm) -> PyResult<T> {
    Err(vm.system_error("bad argument to internal function"))
}

// ---- funcobject.h -------------------------------------------------------------------------------

fn function(vm: &Vm, f: Arg) -> PyResult<Ref<Function>> {
    match f.value().downcast::<Function>() {
        Some(f) => Ok(f),
        None => internal(vm),
    }
}

fn new_function(vm: &Vm, code: Arg, globals: Arg) -> PyResult<Ref<Function>> {
    match (code.value().downcast::<Code>(), globals.value().downcast::<Dict>()) {
        (Some(code), Some(globals)) => Ok(Function::new(vm, code, globals)),
        _ => internal(vm),
    }
}

#[capi]
pub fn PyFunction_New(vm: &Vm, code: Arg, globals: Arg) -> PyResult<Value> {
    Ok(new_function(vm, code, globals)?.value())
}

#[capi]
pub fn PyFunction_NewWithQualName(vm: &Vm, code: Arg, globals: Arg, name: Arg) -> PyResult<Value> {
    let f = new_function(vm, code, globals)?;
    if let Some(name) = optional(name).and_then(|n| n.downcast::<Str>()) {
        f.qualname.set(f, name);
    }
    Ok(f.value())
}

macro_rules! parts {
    ($($name:ident = $field:ident;)*) => {$(
        #[capi]
        pub fn $name(vm: &Vm, f: Arg) -> PyResult<Borrowed> {
            lend(vm, function(vm, f)?.$field.get().into_value())
        }
    )*};
}

trait IntoValue {
    fn into_value(self) -> Value;
}

impl IntoValue for Value {
    fn into_value(self) -> Value {
        self
    }
}

impl<T> IntoValue for Ref<T> {
    fn into_value(self) -> Value {
        self.value()
    }
}

parts! {
    PyFunction_GetCode = code;
    PyFunction_GetGlobals = globals;
    PyFunction_GetModule = module;
}

macro_rules! optional_parts {
    ($($get:ident $set:ident = $field:ident: $t:ty, $text:literal;)*) => {$(
        #[capi]
        pub fn $get(vm: &Vm, f: Arg) -> PyResult<Borrowed> {
            match function(vm, f)?.$field.get() {
                Some(v) => lend(vm, v.value()),
                None => Ok(Borrowed(std::ptr::null_mut())),
            }
        }

        #[capi]
        pub fn $set(vm: &Vm, f: Arg, v: Arg) -> PyResult<Done> {
            let f = function(vm, f)?;
            let v = match optional(v) {
                None => None,
                Some(v) => match v.downcast::<$t>() {
                    Some(v) => Some(v),
                    None => raise!(vm, SystemError, $text),
                },
            };
            f.$field.set(f, v);
            Ok(Done)
        }
    )*};
}

optional_parts! {
    PyFunction_GetDefaults PyFunction_SetDefaults = defaults: Tuple, "non-tuple default args";
    PyFunction_GetKwDefaults PyFunction_SetKwDefaults = kwdefaults: Dict, "non-dict keyword only default args";
    PyFunction_GetClosure PyFunction_SetClosure = closure: Tuple, "expected tuple for closure";
}

#[capi]
pub fn PyFunction_GetAnnotations(vm: &Vm, f: Arg) -> PyResult<Borrowed> {
    let v = vm.get_attr_str(function(vm, f)?.value(), "__annotations__")?;
    lend(vm, v)
}

#[capi]
pub fn PyFunction_SetAnnotations(vm: &Vm, f: Arg, v: Arg) -> PyResult<Done> {
    let f = function(vm, f)?;
    let v = optional(v);
    if v.is_some_and(|v| v.downcast::<Dict>().is_none()) {
        raise!(vm, SystemError, "non-dict annotations")
    }
    f.annotations.set(f, v);
    Ok(Done)
}

#[capi]
pub fn PyStaticMethod_New(vm: &Vm, f: Arg) -> PyResult<Value> {
    Ok(StaticMethod::new(vm, f.value()).value())
}

#[capi]
pub fn PyClassMethod_New(vm: &Vm, f: Arg) -> PyResult<Value> {
    Ok(ClassMethod::new(vm, f.value()).value())
}

// skipped PyFunction_SetVectorcall, PyFunction_AddWatcher: functions of the VM have no such hooks.

// ---- classobject.h ------------------------------------------------------------------------------

fn method(vm: &Vm, m: Arg) -> PyResult<Ref<Method>> {
    match m.value().downcast::<Method>() {
        Some(m) => Ok(m),
        None => internal(vm),
    }
}

#[capi]
pub fn PyMethod_New(vm: &Vm, f: Arg, this: Arg) -> PyResult<Value> {
    if this.0.is_null() {
        return internal(vm);
    }
    let f = f.value();
    Ok(Method::new(vm, f, this.value()).value())
}

#[capi]
pub fn PyMethod_Function(vm: &Vm, m: Arg) -> PyResult<Borrowed> {
    lend(vm, method(vm, m)?.function.get())
}

#[capi]
pub fn PyMethod_Self(vm: &Vm, m: Arg) -> PyResult<Borrowed> {
    lend(vm, method(vm, m)?.receiver.get())
}

// ---- cellobject.h -------------------------------------------------------------------------------

#[capi]
pub fn PyCell_New(_vm: &Vm, v: Arg) -> Value {
    Cell::new(if v.0.is_null() { None } else { Some(v.value()) }).value()
}

#[capi]
pub fn PyCell_Get(vm: &Vm, cell: Arg) -> PyResult<Owned> {
    match cell.value().downcast::<Cell>() {
        Some(c) => Ok(c.get().map_or(Owned::NULL, Owned::new)),
        None => internal(vm),
    }
}

#[capi]
pub fn PyCell_Set(vm: &Vm, cell: Arg, v: Arg) -> PyResult<Done> {
    match cell.value().downcast::<Cell>() {
        Some(c) => c.set(if v.0.is_null() { None } else { Some(v.value()) }),
        None => return internal(vm),
    }
    Ok(Done)
}

// ---- genobject.h --------------------------------------------------------------------------------

#[capi]
pub fn PyGen_GetCode(vm: &Vm, g: Arg) -> PyResult<Value> {
    let v = g.value();
    if as_generator(v).is_none() {
        return internal(vm);
    }
    for name in ["gi_code", "cr_code", "ag_code"] {
        if let Some(code) = vm.get_attr_opt(v, vm.intern_str(name))? {
            return Ok(code);
        }
    }
    internal(vm)
}

// skipped PyGen_New, PyCoro_New, PyAsyncGen_New: a frame object cannot be run.
