//! `types.SimpleNamespace`: an object whose attributes are given as keywords.

use crate::args::Args;
use crate::builtins::dict::Dict;
use crate::builtins::list::List;
use crate::builtins::sequence;
use crate::builtins::singletons::not_implemented;
use crate::builtins::str_::Str;
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::Type;
use crate::def;
use crate::error::PyResult;
use crate::names::names;
use crate::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use crate::raise;
use crate::slots::CompareOp;
use crate::vm::Vm;
use adder_heap as heap;
use adder_macros::{pyclass, pymethods};

/// A simple attribute-based namespace.
#[pyclass(
    name = "SimpleNamespace",
    module = "types",
    flags = def::BASE,
    dict = dict,
    signature = "(mapping_or_iterable=(), /, **kwargs)"
)]
#[repr(C)]
pub struct SimpleNamespace {
    h: LongHeader,
    dict: Field<Option<Ref<Dict>>>,
}

impl SimpleNamespace {
    /// A namespace with these attributes.
    pub fn new(dict: Ref<Dict>) -> Ref<SimpleNamespace> {
        heap::new(
            SimpleNamespace::shape(),
            SimpleNamespace { h: LongHeader::new(), dict: Field::new(Some(dict)) },
        )
    }
}

fn namespace(vm: &Vm, this: Value) -> Ref<Dict> {
    vm.instance_dict(this).expect("namespaces have a dict")
}

#[pymethods]
impl SimpleNamespace {
    #[slot(tp_new)]
    fn new_(vm: &Vm, class: Ref<Type>, _args: Args) -> PyResult<Value> {
        let dict = Dict::new(vm);
        let init = SimpleNamespace { h: LongHeader::new(), dict: Field::new(Some(dict)) };
        Ok(vm.new_instance(class, init)?.value())
    }

    #[slot(tp_init)]
    fn init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
        let pos = args.pos();
        if pos.len() > 1 {
            raise!(
                vm,
                TypeError,
                "{} expected at most 1 argument, got {}",
                this.class().short_name(),
                pos.len()
            )
        }
        let dict = namespace(vm, this);
        if let Some(arg) = pos.first() {
            let items = Dict::new(vm);
            vm.dict_update_any(items, *arg)?;
            for i in 0..items.slots() {
                if let Some((k, _)) = items.entry(i)
                    && k.downcast::<Str>().is_none()
                {
                    return Err(vm.type_error("keywords must be strings"));
                }
            }
            dict.update_from(vm, items)?;
        }
        for (name, value) in args.keywords() {
            dict.set_item(vm, name.value(), value)?;
        }
        Ok(())
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let name = if this.is::<SimpleNamespace>() { "namespace".to_string() } else { this.class().name() };
        sequence::guarded_repr(vm, this, &format!("{name}(...)"), |out| {
            out.push_str(&name);
            out.push_str("(");
            let dict = namespace(vm, this);
            let keys = dict.keys_list(vm);
            let mut first = true;
            for i in 0..keys.len() {
                let key = keys.get(i);
                let Some(text) = key.downcast::<Str>().filter(|k| !k.is_empty()) else { continue };
                let Some(value) = dict.get_item(vm, key)? else { continue };
                if !first {
                    out.push_str(", ");
                }
                first = false;
                out.push_units(text.units());
                out.push_str("=");
                sequence::push_repr(vm, out, value)?;
            }
            out.push_str(")");
            Ok(())
        })
    }

    #[slot(tp_richcompare)]
    fn compare(vm: &Vm, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
        if a.downcast::<SimpleNamespace>().is_none() || b.downcast::<SimpleNamespace>().is_none() {
            return Ok(not_implemented());
        }
        vm.compare(namespace(vm, a).value(), namespace(vm, b).value(), op)
    }

    /// Return state information for pickling
    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<SimpleNamespace>) -> Value {
        let this = this.value();
        let dict = namespace(vm, this).value();
        Tuple::from_slice(vm, &[this.class().value(), Tuple::empty().value(), dict]).value()
    }

    /// Return a copy of the namespace object with new values for the specified attributes.
    #[pymethod]
    fn __replace__(vm: &Vm, this: Ref<SimpleNamespace>, args: Args) -> PyResult<Value> {
        if !args.pos().is_empty() {
            return Err(vm.type_error("__replace__() takes no positional arguments"));
        }
        let new = vm.call(this.value().class().value(), &[])?;
        if new.downcast::<SimpleNamespace>().is_none() {
            let class = this.value().class().full_name(vm);
            raise!(
                vm,
                TypeError,
                "expect {class} type, but {class}() returned '{}' object",
                new.class().full_name(vm)
            )
        }
        let dict = namespace(vm, new);
        dict.update_from(vm, namespace(vm, this.value()))?;
        for (name, value) in args.keywords() {
            dict.set_item(vm, name.value(), value)?;
        }
        Ok(new)
    }
}

impl Vm {
    /// `types.SimpleNamespace(**items)`
    pub fn new_namespace(&self, items: &[(&str, Value)]) -> Value {
        let dict = Dict::new(self);
        for (name, value) in items {
            dict.set_str(self, name, *value);
        }
        SimpleNamespace::new(dict).value()
    }
}

#[allow(unused_imports)]
use {List as _, names as _};
