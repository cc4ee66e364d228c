//! `groupby`.

use crate::arguments::{bind, params};
use adder_heap as heap;
use adder_macros::{pyclass, pymethods};
use adder_vm::args::{Args, Params};
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;

/// make an iterator that returns consecutive keys and groups from the iterable
///
///   iterable
///     Elements to divide into groups according to the key function.
///   key
///     A function for computing the group category for each element.
///     If the key function is not specified or is None, the element itself
///     is used for grouping.
#[pyclass(name = "groupby", module = "itertools", flags = def::BASE, signature = "(iterable, key=None)")]
#[repr(C)]
pub struct GroupBy {
    h: LongHeader,
    iterator: Field<Value>,
    function: Field<Value>,
    target: Field<Option<Value>>,
    key: Field<Option<Value>>,
    value: Field<Option<Value>>,
    /// The group that was handed out last: older ones are over.
    grouper: Field<Option<Value>>,
}

#[pyclass(name = "_grouper", module = "itertools", flags = def::IMMUTABLE)]
#[repr(C)]
pub struct Grouper {
    h: LongHeader,
    parent: Field<Ref<GroupBy>>,
    target: Field<Value>,
}

const GROUPBY: Params = params("groupby", &["iterable", "key"], 0, 2, 1);

impl GroupBy {
    /// Reads the next value and its key. False: exhausted.
    fn step(vm: &Vm, g: Ref<GroupBy>) -> PyResult<bool> {
        let Some(value) = vm.next(g.iterator.get())? else { return Ok(false) };
        let f = g.function.get();
        let key = if f.is_none() { value } else { vm.call(f, &[value])? };
        g.value.set(g, Some(value));
        g.key.set(g, Some(key));
        Ok(true)
    }
}

#[pymethods]
impl GroupBy {
    #[slot(tp_new)]
    fn construct(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let [iterable, key] = bind(vm, &GROUPBY, args)?;
        let iterator = Field::new(vm.iter(iterable.expect("a required argument"))?);
        let init = GroupBy {
            h: LongHeader::new(),
            iterator,
            function: Field::new(key.unwrap_or(none())),
            target: Field::new(None),
            key: Field::new(None),
            value: Field::new(None),
            grouper: Field::new(None),
        };
        Ok(vm.new_instance(class, init)?.value())
    }

    #[slot(tp_iter)]
    fn iter(_: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next_slot(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        let g = this.downcast::<GroupBy>().expect("the receiver is a groupby");
        g.grouper.set(g, None);
        // Skip what is left of the current group.
        loop {
            match (g.key.get(), g.target.get()) {
                (None, _) => {}
                (Some(_), None) => break,
                (Some(key), Some(target)) => {
                    if !vm.eq(target, key)? {
                        break;
                    }
                }
            }
            if !GroupBy::step(vm, g)? {
                return Ok(None);
            }
        }
        let key = g.key.get().expect("a step was made");
        g.target.set(g, Some(key));
        let grouper = new_grouper(g, key);
        g.grouper.set(g, Some(grouper));
        Ok(Some(Tuple::from_slice(vm, &[key, grouper]).value()))
    }
}

fn new_grouper(parent: Ref<GroupBy>, target: Value) -> Value {
    heap::new(
        Grouper::shape(),
        Grouper { h: LongHeader::new(), parent: Field::new(parent), target: Field::new(target) },
    )
    .value()
}

#[pymethods]
impl Grouper {
    #[slot(tp_new)]
    fn construct(vm: &Vm, _class: Ref<Type>, args: Args) -> PyResult<Value> {
        if args.has_keywords() {
            return Err(vm.type_error("_grouper() takes no keyword arguments"));
        }
        let [parent, target] = args.pos() else {
            raise!(vm, TypeError, "_grouper expected 2 arguments, got {}", args.pos().len())
        };
        let Some(g) = parent.downcast::<GroupBy>() else {
            raise!(
                vm,
                TypeError,
                "_grouper() argument 1 must be itertools.groupby, not {}",
                parent.class().name()
            )
        };
        let grouper = new_grouper(g, *target);
        g.grouper.set(g, Some(grouper));
        Ok(grouper)
    }

    #[slot(tp_iter)]
    fn iter(_: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next_slot(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        let own = this.downcast::<Grouper>().expect("the receiver is a _grouper");
        let g = own.parent.get();
        if g.grouper.get() != Some(this) {
            return Ok(None);
        }
        if g.value.get().is_none() && !GroupBy::step(vm, g)? {
            return Ok(None);
        }
        let Some(key) = g.key.get() else { return Ok(None) };
        if !vm.eq(own.target.get(), key)? {
            return Ok(None);
        }
        let value = g.value.get();
        g.value.set(g, None);
        Ok(value)
    }
}
