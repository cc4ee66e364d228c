//! What `_pickle` takes from other modules, and its exceptions.

use crate::new_exception::ExceptionClass;
use adder_heap::StaticRoot;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::exceptions::{Exc, add_note};
use adder_vm::builtins::module::Module;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::error::{PyResult, Raised};
use adder_vm::import::import_module;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::vm::Vm;

static PICKLE_ERROR: ExceptionClass = ExceptionClass::new();
static PICKLING_ERROR: ExceptionClass = ExceptionClass::new();
static UNPICKLING_ERROR: ExceptionClass = ExceptionClass::new();
static COPYREG: StaticRoot = StaticRoot::new();
static COMPAT: StaticRoot = StaticRoot::new();

pub fn fill(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
    let exception = Exc::Exception.class().value();
    let base = PICKLE_ERROR.make(vm, "_pickle", "PickleError", &[exception], "")?;
    m.dict().set_str(vm, "PickleError", base);
    m.dict().set_str(vm, "PicklingError", PICKLING_ERROR.make(vm, "_pickle", "PicklingError", &[base], "")?);
    let unpickling = UNPICKLING_ERROR.make(vm, "_pickle", "UnpicklingError", &[base], "")?;
    m.dict().set_str(vm, "UnpicklingError", unpickling);
    COPYREG.set(Some(import_module(vm, "copyreg")?));
    COMPAT.set(Some(import_module(vm, "_compat_pickle")?));
    Ok(())
}

pub fn pickling_error(vm: &Vm, message: &str) -> Raised {
    PICKLING_ERROR.error(vm, message)
}

pub fn unpickling_error(vm: &Vm, message: &str) -> Raised {
    UNPICKLING_ERROR.error(vm, message)
}

fn dict_of(vm: &Vm, module: &'static StaticRoot, name: &str) -> PyResult<Ref<Dict>> {
    let module = module.get().expect("imported with this module");
    match vm.get_attr_str(module, name)?.downcast::<Dict>() {
        Some(d) => Ok(d),
        None => Err(vm.runtime_error(format!("{name} should be a dict"))),
    }
}

/// A dict of the module `copyreg`.
pub fn copyreg(vm: &Vm, name: &str) -> PyResult<Ref<Dict>> {
    dict_of(vm, &COPYREG, name)
}

/// Module and name under another Python: `names` maps pairs, `modules` modules.
pub fn renamed(
    vm: &Vm,
    module: Ref<Str>,
    name: Ref<Str>,
    names: &str,
    modules: &str,
) -> PyResult<(Ref<Str>, Ref<Str>)> {
    let key = Tuple::from_slice(vm, &[module.value(), name.value()]).value();
    if let Some(pair) = dict_of(vm, &COMPAT, names)?.get_item(vm, key)? {
        if let Some(pair) = pair.downcast::<Tuple>()
            && let [m, n] = pair.items()
            && let (Some(m), Some(n)) = (m.downcast::<Str>(), n.downcast::<Str>())
        {
            return Ok((m, n));
        }
        return Err(vm.runtime_error(format!("_compat_pickle.{names} values should be pairs of str")));
    }
    match dict_of(vm, &COMPAT, modules)?.get_item(vm, module.value())?.map(|m| m.downcast::<Str>()) {
        Some(Some(m)) => Ok((m, name)),
        Some(None) => Err(vm.runtime_error(format!("_compat_pickle.{modules} values should be strings"))),
        None => Ok((module, name)),
    }
}

/// Adds a note to the exception of a failure.
pub fn noted<T>(vm: &Vm, result: PyResult<T>, note: impl FnOnce() -> String) -> PyResult<T> {
    result.map_err(|raised| {
        let exc = vm.take_exception(raised);
        match add_note(vm, exc, &note()) {
            Ok(()) => vm.restore(exc),
            Err(raised) => raised,
        }
    })
}

/// How messages name the class of an object.
pub fn type_name(vm: &Vm, v: Value) -> String {
    v.class().full_name(vm)
}

/// The attribute at the end of a path of names with dots between.
pub fn attribute_at(vm: &Vm, obj: Value, path: &str) -> PyResult<Value> {
    path.split('.').try_fold(obj, |obj, name| vm.get_attr(obj, vm.intern_str(name)))
}
