//! `module`.

use crate::args::Args;
use crate::builtins::descr;
use crate::builtins::dict::Dict;
use crate::builtins::singletons::none;
use crate::builtins::str_::Str;
use crate::builtins::type_::{Type, TypeExt};
use crate::def::{self, ModuleDef};
use crate::error::PyResult;
use crate::names::names;
use crate::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use crate::raise;
use crate::shapes::id;
use crate::vm::Vm;
use adder_heap as heap;
use adder_macros::{pyclass, pymethods};

/// Create a module object.
///
/// The name must be a string; the optional docstring can have any type.
#[pyclass(name = "module", fixed = id::MODULE, dict = dict, flags = def::BASE, signature = "(name, doc=None)")]
#[repr(C)]
pub struct Module {
    h: LongHeader,
    dict: Field<Option<Ref<Dict>>>,
    /// What the C API keeps for the module: definition and state.
    pub extension: Field<Option<Value>>,
}

impl Module {
    /// A module with the standard attributes.
    pub fn new(vm: &Vm, name: &str, doc: Option<&str>) -> Ref<Module> {
        let dict = Dict::new(vm);
        let m = heap::new(
            Module::shape(),
            Module { h: LongHeader::new(), dict: Field::new(Some(dict)), extension: Field::new(None) },
        );
        fill(vm, dict, vm.new_str(name), doc.map_or(none(), |d| vm.new_str(d)));
        m
    }

    /// The namespace.
    #[inline(always)]
    pub fn dict(&self) -> Ref<Dict> {
        self.dict.get().expect("a module has its dict")
    }
}

fn fill(vm: &Vm, dict: Ref<Dict>, name: Value, doc: Value) {
    let _ = vm;
    dict.set_name(names().__name__, name);
    dict.set_name(names().__doc__, doc);
    dict.set_name(names().__package__, none());
    dict.set_name(names().__loader__, none());
    dict.set_name(names().__spec__, none());
}

/// Makes a native module and runs its `exec`.
pub fn from_def(vm: &Vm, def: &'static ModuleDef) -> PyResult<Ref<Module>> {
    let m = Module::new(vm, def.name, if def.doc.is_empty() { None } else { Some(def.doc) });
    let name = vm.intern_str(def.name).value();
    for f in def.functions {
        let function = descr::native_function(vm, f, None, Some(name));
        m.dict().set_str(vm, f.name, function);
    }
    if let Some(exec) = def.exec {
        exec(vm, m)?;
    }
    Ok(m)
}

#[pymethods]
impl Module {
    #[slot(tp_new)]
    fn new_(vm: &Vm, class: Ref<Type>, _args: Args) -> PyResult<Value> {
        let dict = Dict::new(vm);
        let blank =
            Module { h: LongHeader::new(), dict: Field::new(Some(dict)), extension: Field::new(None) };
        Ok(vm.new_instance(class, blank)?.value())
    }

    #[slot(tp_init)]
    fn init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
        let name = args.pos().first().copied().or(args.keyword("name"));
        let doc = args.pos().get(1).copied().or(args.keyword("doc")).unwrap_or(none());
        let Some(name) = name else {
            return Err(vm.type_error("module() missing required argument 'name' (pos 1)"));
        };
        if name.downcast::<Str>().is_none() {
            raise!(vm, TypeError, "module() argument 'name' must be str, not {}", name.class().name())
        }
        if args.pos().len() > 2 {
            raise!(vm, TypeError, "module() takes at most 2 arguments ({} given)", args.all().len())
        }
        // SAFETY: installed as a slot of module only.
        let m: Ref<Module> = unsafe { this.cast() };
        fill(vm, m.dict(), name, doc);
        Ok(())
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        match vm.importlib.get() {
            Some(lib) => vm.call_method(lib.get(), vm.intern_str("_module_repr"), &[this]),
            None => Ok(vm.new_str("<module>")),
        }
    }

    #[slot(tp_getattro)]
    fn getattro(vm: &Vm, this: Value, name: Ref<Str>) -> PyResult<Option<Value>> {
        // SAFETY: installed as a slot of module only.
        let m: Ref<Module> = unsafe { this.cast() };
        // The common case: the module's own namespace, no descriptor of that name on the class.
        if this.class() == Module::class()
            && let Some(v) = m.dict().get_name(vm, name)?
            && Module::class().lookup(vm, name).is_none()
        {
            return Ok(Some(v));
        }
        if let Some(v) = vm.generic_getattr(this, name)? {
            return Ok(Some(v));
        }
        match m.dict().get_name(vm, names().__getattr__)? {
            Some(f) => vm.call(f, &[name.value()]).map(Some),
            None => Ok(None),
        }
    }

    #[getter]
    fn __dict__(_vm: &Vm, this: Ref<Module>) -> Ref<Dict> {
        this.dict()
    }

    #[pymethod("($self, /)")]
    fn __dir__(vm: &Vm, this: Ref<Module>) -> PyResult<Value> {
        let dict = vm.get_attr(this.value(), vm.intern_str("__dict__"))?;
        let Some(dict) = dict.downcast::<Dict>() else {
            let name = vm.get_attr(this.value(), names().__name__)?;
            return Err(vm.type_error(format!("{}.__dict__ is not a dictionary", vm.str(name)?)));
        };
        if let Some(f) = dict.get_name(vm, names().__dir__)? {
            return vm.call(f, &[]);
        }
        Ok(dict.keys_list(vm).value())
    }

    #[getter]
    fn __annotations__(vm: &Vm, this: Ref<Module>) -> PyResult<Value> {
        let d = this.dict();
        if let Some(a) = d.get_name(vm, names().__annotations__)? {
            return Ok(a);
        }
        let computed = match d.get_name(vm, names().__annotate__)? {
            Some(f) if vm.is_callable(f) => vm.call(f, &[vm.int(1)])?,
            _ => Dict::new(vm).value(),
        };
        d.set_name(names().__annotations__, computed);
        Ok(computed)
    }

    #[setter(name = "__annotations__")]
    fn set_annotations(vm: &Vm, this: Ref<Module>, value: Option<Value>) -> PyResult<()> {
        let d = this.dict();
        match value {
            Some(v) => d.set_name(names().__annotations__, v),
            None => {
                if d.remove(vm, names().__annotations__.value())?.is_none() {
                    raise!(vm, AttributeError, "__annotations__")
                }
            }
        }
        d.remove(vm, names().__annotate__.value())?;
        Ok(())
    }

    #[getter]
    fn __annotate__(vm: &Vm, this: Ref<Module>) -> PyResult<Value> {
        let d = this.dict();
        match d.get_name(vm, names().__annotate__)? {
            Some(f) => Ok(f),
            None => {
                d.set_name(names().__annotate__, none());
                Ok(none())
            }
        }
    }

    #[setter(name = "__annotate__")]
    fn set_annotate(vm: &Vm, this: Ref<Module>, value: Option<Value>) -> PyResult<()> {
        let Some(v) = value else { return Err(vm.type_error("cannot delete __annotate__ attribute")) };
        if !v.is_none() && !vm.is_callable(v) {
            return Err(vm.type_error("__annotate__ must be callable or None"));
        }
        this.dict().set_name(names().__annotate__, v);
        if !v.is_none() {
            this.dict().remove(vm, names().__annotations__.value())?;
        }
        Ok(())
    }
}
