//! `defaultdict`: a dict whose missing keys get a value from a factory.

use adder_macros::{pyclass, pymethods};
use adder_vm::args::Args;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::sequence;
use adder_vm::builtins::singletons::{none, not_implemented};
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::names::names;
use adder_vm::object::{Field, Object, Ref, Value, ValueExt};
use adder_vm::vm::Vm;

/// defaultdict(default_factory=None, /, [...]) --> dict with default factory
///
/// The default factory is called without arguments to produce
/// a new value when a key is not present, in __getitem__ only.
/// A defaultdict compares equal to a dict with the same items.
/// All remaining arguments are treated the same as if they were
/// passed to the dict constructor, including keyword arguments.
#[pyclass(name = "defaultdict", module = "collections", base = Dict, flags = def::BASE)]
#[repr(C)]
pub struct DefaultDict {
    base: Dict,
    factory: Field<Option<Value>>,
}

fn me(v: Value) -> Ref<DefaultDict> {
    // SAFETY: used in slots of this class only.
    unsafe { v.cast() }
}

fn factory(d: Ref<DefaultDict>) -> Value {
    d.factory.get().unwrap_or(none())
}

fn copy(vm: &Vm, d: Ref<DefaultDict>, items: Value) -> PyResult<Value> {
    vm.call(d.value().class().value(), &[factory(d), items])
}

#[pymethods]
impl DefaultDict {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, _args: Args) -> PyResult<Value> {
        Ok(vm.new_instance(class, DefaultDict { base: Dict::blank(), factory: Field::new(None) })?.value())
    }

    #[slot(tp_init)]
    fn init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
        let (first, rest) = match args.split_first() {
            Some((first, rest)) => (Some(first), rest),
            None => (None, args),
        };
        let first = first.filter(|f| !f.is_none());
        if let Some(f) = first
            && !vm.is_callable(f)
        {
            return Err(vm.type_error("first argument must be callable or None"));
        }
        let d = me(this);
        d.factory.set(d, first);
        match Dict::class().slots().tp_init {
            Some(init) => init(vm, this, rest),
            None => Ok(()),
        }
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let items = match Dict::class().slots().tp_repr {
            Some(repr) => repr(vm, this)?,
            None => none(),
        };
        let f = factory(me(this));
        let mut out = adder_text::builder::Builder::new();
        out.push_str(&this.class().short_name());
        out.push_str("(");
        if f.is_ptr() && vm.repr_enter(f)? {
            out.push_str("...");
        } else {
            let text = vm.repr(f);
            vm.repr_leave(f);
            sequence::push_text(&mut out, text?);
        }
        out.push_str(", ");
        sequence::push_text(&mut out, items);
        out.push_str(")");
        vm.new_str_owned(out.finish())
    }

    #[slot(nb_or)]
    fn or(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        let (d, other) = match a.downcast::<DefaultDict>() {
            Some(d) => (d, b),
            None => (me(b), a),
        };
        if other.downcast::<Dict>().is_none() {
            return Ok(not_implemented());
        }
        let new = copy(vm, d, a)?;
        match new.downcast::<Dict>() {
            Some(n) => vm.dict_update(n, b)?,
            None => return Ok(not_implemented()),
        }
        Ok(new)
    }

    /// Factory for default value called by __missing__().
    #[getter]
    fn default_factory(_vm: &Vm, this: Ref<DefaultDict>) -> Option<Value> {
        this.factory.get()
    }

    #[setter(name = "default_factory")]
    fn set_default_factory(_vm: &Vm, this: Ref<DefaultDict>, value: Option<Value>) -> PyResult<()> {
        this.factory.set(this, value.filter(|v| !v.is_none()));
        Ok(())
    }

    /// __missing__(key) # Called by __getitem__ for missing key; pseudo-code:
    ///   if self.default_factory is None: raise KeyError((key,))
    ///   self[key] = value = self.default_factory()
    ///   return value
    #[pymethod("($self, key, /)")]
    fn __missing__(vm: &Vm, this: Ref<DefaultDict>, key: Value) -> PyResult<Value> {
        let Some(f) = this.factory.get() else { return Err(vm.key_error(key)) };
        let value = vm.call(f, &[])?;
        // The factory may have set the key itself.
        this.base.set_default(vm, key, value)
    }

    /// D.copy() -> a shallow copy of D.
    #[pymethod(name = "copy", "($self, /)")]
    fn copy_(vm: &Vm, this: Ref<DefaultDict>) -> PyResult<Value> {
        copy(vm, this, this.value())
    }

    /// D.copy() -> a shallow copy of D.
    #[pymethod("($self, /)")]
    fn __copy__(vm: &Vm, this: Ref<DefaultDict>) -> PyResult<Value> {
        copy(vm, this, this.value())
    }

    /// Return state information for pickling.
    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<DefaultDict>) -> PyResult<Value> {
        let args = match this.factory.get() {
            Some(f) => Tuple::from_slice(vm, &[f]),
            None => Tuple::empty(),
        };
        let items = vm.call_method(this.value(), names().items, &[])?;
        let iter = vm.iter(items)?;
        let class = this.value().class().value();
        Ok(Tuple::from_slice(vm, &[class, args.value(), none(), none(), iter]).value())
    }

    /// See PEP 585
    #[classmethod]
    fn __class_getitem__(vm: &Vm, class: Value, item: Value) -> PyResult<Value> {
        adder_vm::builtins::union_::generic_alias(vm, class, item)
    }
}
