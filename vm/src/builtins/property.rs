//! `property`, as CPython's descrobject.c has it.

use crate::args::Args;
use crate::builtins::singletons::none;
use crate::builtins::str_::Str;
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::{Type, TypeExt};
use crate::def;
use crate::error::{PyResult, Raised};
use crate::names::names;
use crate::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use crate::raise;
use crate::shapes::id;
use crate::vm::Vm;
use adder_macros::{pyclass, pymethods};
use std::cell::Cell;

/// Property attribute.
///
///   fget
///     function to be used for getting an attribute value
///   fset
///     function to be used for setting an attribute value
///   fdel
///     function to be used for del'ing an attribute
///   doc
///     docstring
///
/// Typical use is to define a managed attribute x:
///
/// class C(object):
///     def getx(self): return self._x
///     def setx(self, value): self._x = value
///     def delx(self): del self._x
///     x = property(getx, setx, delx, "I'm the 'x' property.")
///
/// Decorators make defining new properties or modifying existing ones easy:
///
/// class C(object):
///     @property
///     def x(self):
///         "I am the 'x' property."
///         return self._x
///     @x.setter
///     def x(self, value):
///         self._x = value
///     @x.deleter
///     def x(self):
///         del self._x
#[pyclass(
    name = "property",
    fixed = id::PROPERTY,
    flags = def::BASE,
    signature = "(fget=None, fset=None, fdel=None, doc=None)"
)]
#[repr(C)]
pub struct Property {
    h: LongHeader,
    pub fget: Field<Option<Value>>,
    pub fset: Field<Option<Value>>,
    pub fdel: Field<Option<Value>>,
    doc: Field<Option<Value>>,
    name: Field<Option<Value>>,
    getter_doc: Cell<bool>,
}

impl Property {
    fn blank() -> Property {
        Property {
            h: LongHeader::new(),
            fget: Field::new(None),
            fset: Field::new(None),
            fdel: Field::new(None),
            doc: Field::new(None),
            name: Field::new(None),
            getter_doc: Cell::new(false),
        }
    }
}

fn given(v: Option<Value>) -> Option<Value> {
    v.filter(|v| !v.is_none())
}

/// The name: set by the class, or the getter's.
fn name_of(vm: &Vm, p: Ref<Property>) -> PyResult<Option<Value>> {
    match (p.name.get(), p.fget.get()) {
        (Some(name), _) => Ok(Some(name)),
        (None, Some(f)) => vm.get_attr_opt(f, names().__name__),
        (None, None) => Ok(None),
    }
}

/// `property 'x' of 'C' object has no setter`
fn missing(vm: &Vm, p: Ref<Property>, obj: Value, what: &str) -> Raised {
    let name = match name_of(vm, p) {
        Ok(name) => name,
        Err(raised) => return raised,
    };
    let class = obj.class().qualname.get();
    let message = match name {
        Some(name) => match vm.repr_string(name) {
            Ok(name) => format!("property {name} of '{class}' object has no {what}"),
            Err(raised) => return raised,
        },
        None => format!("property of '{class}' object has no {what}"),
    };
    vm.error(crate::builtins::exceptions::Exc::AttributeError, message)
}

/// A copy with some functions replaced, for `setter` and the like (property_copy).
fn copy(
    vm: &Vm,
    p: Ref<Property>,
    get: Option<Value>,
    set: Option<Value>,
    del: Option<Value>,
) -> PyResult<Value> {
    let pick = |new: Option<Value>, old: Option<Value>| given(new).or(old).unwrap_or(none());
    let get = pick(get, p.fget.get());
    let set = pick(set, p.fset.get());
    let del = pick(del, p.fdel.get());
    let doc = if p.getter_doc.get() && !get.is_none() { none() } else { p.doc.get().unwrap_or(none()) };
    let new = vm.call(p.value().class().value(), &[get, set, del, doc])?;
    if let Some(n) = new.downcast::<Property>() {
        n.name.set(n, p.name.get());
    }
    Ok(new)
}

fn init(vm: &Vm, this: Value, values: [Option<Value>; 4]) -> PyResult<()> {
    let Some(p) = this.downcast::<Property>() else { return Ok(()) };
    let [get, set, del, doc] = values.map(given);
    p.fget.set(p, get);
    p.fset.set(p, set);
    p.fdel.set(p, del);
    p.doc.set(p, None);
    p.name.set(p, None);
    p.getter_doc.set(false);
    let exact = this.is::<Property>();
    let mut prop_doc = doc;
    if let (None, Some(get)) = (doc, get) {
        prop_doc = given(vm.get_attr_opt(get, names().__doc__)?);
        p.getter_doc.set(prop_doc.is_some());
    }
    if exact {
        p.doc.set(p, prop_doc);
        return Ok(());
    }
    // An instance of a subclass has its own `__doc__`, hiding the class's.
    if let Err(raised) = vm.set_attr(this, names().__doc__, prop_doc.unwrap_or(none())) {
        if p.getter_doc.get() {
            return Err(raised);
        }
        // Silently dropped where there is no place for it.
        vm.swallow(raised, crate::builtins::exceptions::Exc::AttributeError)?;
    }
    Ok(())
}

#[pymethods]
impl Property {
    #[slot(tp_new)]
    fn new_(vm: &Vm, class: Ref<Type>, _args: Args) -> PyResult<Value> {
        Ok(vm.new_instance(class, Property::blank())?.value())
    }

    #[slot(tp_init)]
    fn init_(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
        const PARAMS: crate::args::Params = crate::args::Params {
            owner: "",
            function: "property",
            names: &["fget", "fset", "fdel", "doc"],
            pos_only: 0,
            positional: 4,
            required: 0,
            kw_only: 0,
            kw_required: 0,
            varargs: false,
            varkw: false,
        };
        let mut bound = [None; 4];
        PARAMS.bind(vm, args, &mut bound)?;
        init(vm, this, bound)
    }

    #[slot(tp_descr_get)]
    fn get(vm: &Vm, this: Value, obj: Option<Value>, _owner: Value) -> PyResult<Value> {
        // SAFETY: installed as a slot of property only.
        let p: Ref<Property> = unsafe { this.cast() };
        let Some(obj) = obj.filter(|o| !o.is_none()) else { return Ok(this) };
        match p.fget.get() {
            Some(f) => vm.call(f, &[obj]),
            None => Err(missing(vm, p, obj, "getter")),
        }
    }

    #[slot(tp_descr_set)]
    fn set(vm: &Vm, this: Value, obj: Value, value: Option<Value>) -> PyResult<()> {
        // SAFETY: installed as a slot of property only.
        let p: Ref<Property> = unsafe { this.cast() };
        match (value, p.fset.get(), p.fdel.get()) {
            (Some(v), Some(f), _) => vm.call(f, &[obj, v])?,
            (None, _, Some(f)) => vm.call(f, &[obj])?,
            (Some(_), None, _) => return Err(missing(vm, p, obj, "setter")),
            (None, _, None) => return Err(missing(vm, p, obj, "deleter")),
        };
        Ok(())
    }

    #[getter]
    fn fget(_vm: &Vm, this: Ref<Property>) -> Option<Value> {
        this.fget.get()
    }

    #[getter]
    fn fset(_vm: &Vm, this: Ref<Property>) -> Option<Value> {
        this.fset.get()
    }

    #[getter]
    fn fdel(_vm: &Vm, this: Ref<Property>) -> Option<Value> {
        this.fdel.get()
    }

    #[getter]
    fn __doc__(_vm: &Vm, this: Ref<Property>) -> Option<Value> {
        this.doc.get()
    }

    #[setter(name = "__doc__")]
    fn set_doc(_vm: &Vm, this: Ref<Property>, value: Option<Value>) -> PyResult<()> {
        this.doc.set(this, value);
        Ok(())
    }

    #[getter]
    fn __name__(vm: &Vm, this: Ref<Property>) -> PyResult<Value> {
        match name_of(vm, this)? {
            Some(name) => Ok(name),
            None => raise!(vm, AttributeError, "'property' object has no attribute '__name__'"),
        }
    }

    #[setter(name = "__name__")]
    fn set_name(_vm: &Vm, this: Ref<Property>, value: Option<Value>) -> PyResult<()> {
        this.name.set(this, value);
        Ok(())
    }

    #[getter]
    fn __isabstractmethod__(vm: &Vm, this: Ref<Property>) -> PyResult<bool> {
        for f in [this.fget.get(), this.fset.get(), this.fdel.get()].into_iter().flatten() {
            if vm.is_abstract_method(f)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Descriptor to obtain a copy of the property with a different getter.
    #[pymethod("($self, object, /)")]
    fn getter(vm: &Vm, this: Ref<Property>, object: Value) -> PyResult<Value> {
        copy(vm, this, Some(object), None, None)
    }

    /// Descriptor to obtain a copy of the property with a different setter.
    #[pymethod("($self, object, /)")]
    fn setter(vm: &Vm, this: Ref<Property>, object: Value) -> PyResult<Value> {
        copy(vm, this, None, Some(object), None)
    }

    /// Descriptor to obtain a copy of the property with a different deleter.
    #[pymethod("($self, object, /)")]
    fn deleter(vm: &Vm, this: Ref<Property>, object: Value) -> PyResult<Value> {
        copy(vm, this, None, None, Some(object))
    }

    /// Method to set name of a property.
    #[pymethod]
    fn __set_name__(vm: &Vm, this: Ref<Property>, args: Args) -> PyResult<()> {
        let [_, name] = args.pos() else {
            raise!(
                vm,
                TypeError,
                "__set_name__() takes 2 positional arguments but {} were given",
                args.pos().len()
            )
        };
        this.name.set(this, Some(*name));
        Ok(())
    }
}

#[allow(unused_imports)]
use {Str as _, Tuple as _, TypeExt as _};
