//! Python functions, bound methods, cells, and the wrappers `staticmethod` and `classmethod`.
//! `classobject.h`, `cellobject.h` and `genobject.h` are here too.

use crate::ffi::types::*;
use crate::pyobject::{Arg, Borrowed, Done, Owned, Ptr, lend};
use adder_macros::{capi, pyclass, pymethods};
use adder_vm::args::Args;
use adder_vm::builtins::code::Code;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::function::{Cell, ClassMethod, Function, Method, StaticMethod};
use adder_vm::builtins::generator::as_generator;
use adder_vm::builtins::singletons::{bool_value, not_implemented};
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::error::PyResult;
use adder_vm::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::slots::CompareOp;
use adder_vm::vm::Vm;
use adder_vm::watch;

fn optional(v: Arg) -> Option<Value> {
    if v.0.is_null() { None } else { Some(v.value()).filter(|v| !v.is_none()) }
}

fn internal<T>(vm: &Vm) -> PyResult<T> {
    Err(vm.system_error("bad argument to internal function"))
}

// ---- funcobject.h -------------------------------------------------------------------------------

/// Room for the struct of a function.
pub const SIZE: usize = size_of::<PyFunctionObject>();

/// Fills the struct of a function. Its pointers are not counted: the function keeps what they point to,
/// and counted ones would make cycles through closures immortal.
///
/// # Safety
/// `p` is the function's struct.
pub unsafe fn fill(f: Ref<Function>, p: Ptr) {
    let c = p as *mut PyFunctionObject;
    let pointer = |v: Value| Owned::new(v).0;
    let or_null = |v: Option<Value>| v.map_or(std::ptr::null_mut(), pointer);
    (*c).func_globals = pointer(f.globals.get().value());
    (*c).func_builtins = pointer(f.builtins.get().value());
    (*c).func_name = pointer(f.name.get().value());
    (*c).func_qualname = pointer(f.qualname.get().value());
    (*c).func_code = pointer(f.code.get().value());
    (*c).func_defaults = or_null(f.defaults.get().map(|v| v.value()));
    (*c).func_kwdefaults = or_null(f.kwdefaults.get().map(|v| v.value()));
    (*c).func_closure = or_null(f.closure.get().map(|v| v.value()));
    (*c).func_doc = pointer(f.doc.get());
    (*c).func_module = pointer(f.module.get());
}

/// A field was changed by C.
unsafe fn changed(f: Ref<Function>, p: Ptr) {
    if crate::pyobject::is_own(p) {
        fill(f, p);
    }
}

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
    ($($get:ident $set:ident = $field:ident: $t:ty, $event:expr, $text:literal;)*) => {$(
        #[capi]
        pub fn $get(vm: &Vm, f: Arg) -> PyResult<Borrowed> {
            match function(vm, f)?.$field.get() {
                Some(v) => lend(vm, v.value()),
                None => Ok(Borrowed(std::ptr::null_mut())),
            }
        }

        #[capi]
        pub fn $set(vm: &Vm, f: Arg, v: Arg) -> PyResult<Done> {
            let place = f.0;
            let f = function(vm, f)?;
            let v = match optional(v) {
                None => None,
                Some(v) => match v.downcast::<$t>() {
                    Some(v) => Some(v),
                    None => raise!(vm, SystemError, $text),
                },
            };
            if $event >= 0 {
                watch::tell(watch::Kind::Function, $event, f.value(), v.map(|v| v.value()));
            }
            f.$field.set(f, v);
            // SAFETY: the function's struct.
            unsafe { changed(f, place) };
            Ok(Done)
        }
    )*};
}

optional_parts! {
    PyFunction_GetDefaults PyFunction_SetDefaults = defaults: Tuple, watch::MODIFY_DEFAULTS, "non-tuple default args";
    PyFunction_GetKwDefaults PyFunction_SetKwDefaults = kwdefaults: Dict, watch::MODIFY_KWDEFAULTS,
        "non-dict keyword only default args";
    PyFunction_GetClosure PyFunction_SetClosure = closure: Tuple, -1, "expected tuple for closure";
}

#[capi]
pub fn PyFunction_GetAnnotations(vm: &Vm, f: Arg) -> PyResult<Borrowed> {
    let f = function(vm, f)?;
    if f.annotations.get().is_none() && f.annotate.get().is_none_or(|a| a.is_none()) {
        return lend(vm, adder_vm::builtins::singletons::none());
    }
    let v = vm.get_attr_str(f.value(), "__annotations__")?;
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

/// instancemethod(function)
///
/// Bind a function to a class.
#[pyclass(name = "instancemethod")]
#[repr(C)]
pub struct InstanceMethod {
    h: LongHeader,
    func: Field<Value>,
}

fn instance_method(v: Value) -> Ref<InstanceMethod> {
    // SAFETY: used in slots of this class only.
    unsafe { v.cast() }
}

#[pymethods]
impl InstanceMethod {
    #[slot(tp_new)]
    fn new(vm: &Vm, _class: Ref<Type>, args: Args) -> PyResult<Value> {
        match args.pos() {
            [f] if !args.has_keywords() && vm.is_callable(*f) => Ok(new_instance_method(*f)),
            [_] if !args.has_keywords() => raise!(vm, TypeError, "first argument must be callable"),
            all => raise!(vm, TypeError, "instancemethod expected 1 argument, got {}", all.len()),
        }
    }

    #[slot(tp_call)]
    fn call(vm: &Vm, this: Value, args: Args) -> PyResult<Value> {
        vm.call_args(instance_method(this).func.get(), args)
    }

    /// Any callable becomes a method of the instance.
    #[slot(tp_descr_get)]
    fn get(vm: &Vm, this: Value, instance: Option<Value>, _owner: Value) -> PyResult<Value> {
        let f = instance_method(this).func.get();
        Ok(match instance {
            Some(v) => Method::new(vm, f, v).value(),
            None => f,
        })
    }

    #[slot(tp_getattro)]
    fn getattro(vm: &Vm, this: Value, name: Ref<Str>) -> PyResult<Option<Value>> {
        if let Some(v) = vm.generic_getattr(this, name)? {
            return Ok(Some(v));
        }
        vm.get_attr_opt(instance_method(this).func.get(), name)
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let f = instance_method(this).func.get();
        let name = match vm.get_attr_opt(f, vm.intern_str("__name__"))? {
            Some(n) if n.downcast::<Str>().is_some() => vm.str(n)?.to_string(),
            _ => "?".to_string(),
        };
        Ok(vm.new_str(&format!("<instancemethod {name} at {:#x}>", vm.id(f))))
    }

    #[slot(tp_richcompare)]
    fn compare(vm: &Vm, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
        let (Some(x), Some(y)) = (a.exact::<InstanceMethod>(), b.exact::<InstanceMethod>()) else {
            return Ok(not_implemented());
        };
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(not_implemented());
        }
        Ok(bool_value(vm.eq(x.func.get(), y.func.get())? == (op == CompareOp::Eq)))
    }

    /// the function (or other callable) implementing a method
    #[getter]
    fn __func__(_vm: &Vm, this: Ref<InstanceMethod>) -> Value {
        this.func.get()
    }

    #[getter]
    fn __doc__(vm: &Vm, this: Ref<InstanceMethod>) -> PyResult<Value> {
        vm.get_attr_str(this.func.get(), "__doc__")
    }
}

/// Makes the class; once.
pub fn init(vm: &Vm) {
    adder_vm::type_new::ready_class::<InstanceMethod>(vm);
}

/// The function, if the object is an instance method.
pub fn function_of_instance_method(v: Value) -> Option<Value> {
    v.exact::<InstanceMethod>().map(|m| m.func.get())
}

fn new_instance_method(f: Value) -> Value {
    let shape = <InstanceMethod as Object>::shape();
    adder_heap::new(shape, InstanceMethod { h: LongHeader::new(), func: Field::new(f) }).value()
}

#[capi]
pub fn PyInstanceMethod_New(_vm: &Vm, f: Arg) -> Value {
    new_instance_method(f.value())
}

#[capi]
pub fn PyInstanceMethod_Function(vm: &Vm, m: Arg) -> PyResult<Borrowed> {
    match m.value().exact::<InstanceMethod>() {
        Some(m) => lend(vm, m.func.get()),
        None => internal(vm),
    }
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

/// From now on C calls the function through this vectorcall function; the VM's own calls do not change.
#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn PyFunction_SetVectorcall(f: *mut PyFunctionObject, vectorcall: vectorcallfunc) {
    (*f).vectorcall = vectorcall;
}
