//! `_tuplegetter`: the descriptor of one field of a named tuple.

use adder_heap as heap;
use adder_macros::{pyclass, pymethods};
use adder_vm::args::Args;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::error::PyResult;
use adder_vm::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;

#[pyclass(name = "_tuplegetter", module = "collections")]
#[repr(C)]
pub struct TupleGetter {
    h: LongHeader,
    index: isize,
    doc: Field<Option<Value>>,
}

fn me(v: Value) -> Ref<TupleGetter> {
    // SAFETY: used in slots of this class only.
    unsafe { v.cast() }
}

#[pymethods]
impl TupleGetter {
    #[slot(tp_new)]
    fn new(vm: &Vm, _class: Ref<Type>, args: Args) -> PyResult<Value> {
        let [index, doc] = *args.pos() else {
            raise!(vm, TypeError, "_tuplegetter expected 2 arguments, got {}", args.pos().len())
        };
        let index = vm.index_isize(index)?;
        let getter = TupleGetter { h: LongHeader::new(), index, doc: Field::new(Some(doc)) };
        Ok(heap::new(TupleGetter::shape(), getter).value())
    }

    #[slot(tp_descr_get)]
    fn get(vm: &Vm, this: Value, obj: Option<Value>, _owner: Value) -> PyResult<Value> {
        let Some(obj) = obj.filter(|o| !o.is_none()) else { return Ok(this) };
        let index = me(this).index;
        let Some(t) = obj.downcast::<Tuple>() else {
            raise!(
                vm,
                TypeError,
                "descriptor for index '{index}' for tuple subclasses doesn't apply to '{}' object",
                obj.class().name()
            )
        };
        match t.items().get(index as usize) {
            Some(v) if index >= 0 => Ok(*v),
            _ => Err(vm.index_error("tuple index out of range")),
        }
    }

    #[slot(tp_descr_set)]
    fn set(vm: &Vm, _this: Value, _obj: Value, value: Option<Value>) -> PyResult<()> {
        match value {
            Some(_) => raise!(vm, AttributeError, "can't set attribute"),
            None => raise!(vm, AttributeError, "can't delete attribute"),
        }
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let getter = me(this);
        let doc = vm.repr_string(getter.doc.get().unwrap_or(adder_vm::builtins::singletons::none()))?;
        Ok(vm.new_str(&format!("_tuplegetter({}, {doc})", getter.index)))
    }

    #[getter]
    fn __doc__(_vm: &Vm, this: Ref<TupleGetter>) -> Option<Value> {
        this.doc.get()
    }

    #[setter(name = "__doc__")]
    fn set_doc(_vm: &Vm, this: Ref<TupleGetter>, value: Option<Value>) -> PyResult<()> {
        this.doc.set(this, value);
        Ok(())
    }

    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<TupleGetter>) -> PyResult<Value> {
        let doc = this.doc.get().unwrap_or(adder_vm::builtins::singletons::none());
        let args = Tuple::from_slice(vm, &[vm.int(this.index as i64), doc]);
        Ok(Tuple::from_slice(vm, &[this.value().class().value(), args.value()]).value())
    }
}
