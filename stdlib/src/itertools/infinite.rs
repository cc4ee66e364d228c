//! `count`, `cycle` and `repeat`.

use crate::arguments::{bind, exactly, params};
use adder_macros::{pyclass, pymethods};
use adder_vm::args::{Args, Params};
use adder_vm::builtins::int::as_int;
use adder_vm::builtins::list::List;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::protocol::BinaryOp;
use adder_vm::vm::Vm;
use std::cell::Cell;

/// Return a count object whose .__next__() method returns consecutive values.
///
/// Equivalent to:
///     def count(firstval=0, step=1):
///         x = firstval
///         while 1:
///             yield x
///             x += step
#[pyclass(name = "count", module = "itertools", flags = def::BASE, signature = "(start=0, step=1)")]
#[repr(C)]
pub struct Count {
    h: LongHeader,
    next: Field<Value>,
    step: Field<Value>,
}

/// Return elements from the iterable until it is exhausted. Then repeat the sequence indefinitely.
#[pyclass(name = "cycle", module = "itertools", flags = def::BASE, signature = "(iterable, /)")]
#[repr(C)]
pub struct Cycle {
    h: LongHeader,
    /// None: exhausted, and `saved` is complete.
    iterator: Field<Option<Value>>,
    saved: Field<Ref<List>>,
    index: Cell<usize>,
}

/// repeat(object [,times]) -> create an iterator which returns the object
/// for the specified number of times.  If not specified, returns the object
/// endlessly.
#[pyclass(name = "repeat", module = "itertools", flags = def::BASE)]
#[repr(C)]
pub struct Repeat {
    h: LongHeader,
    element: Field<Value>,
    /// -1: endless.
    left: Cell<i64>,
}

fn is_number(v: Value) -> bool {
    if v.is_small() {
        return true;
    }
    let class = v.class();
    let slots = class.slots();
    slots.nb_index.is_some()
        || slots.nb_int.is_some()
        || slots.nb_float.is_some()
        || v.downcast::<adder_vm::builtins::complex_::Complex>().is_some()
}

const COUNT: Params = params("count", &["start", "step"], 0, 2, 0);
const REPEAT: Params = params("repeat", &["object", "times"], 0, 2, 1);

#[pymethods]
impl Count {
    #[slot(tp_new)]
    fn construct(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let [start, step] = bind(vm, &COUNT, args)?;
        let (start, step) = (start.unwrap_or(vm.int(0)), step.unwrap_or(vm.int(1)));
        if !is_number(start) || !is_number(step) {
            return Err(vm.type_error("a number is required"));
        }
        let init = Count { h: LongHeader::new(), next: Field::new(start), step: Field::new(step) };
        Ok(vm.new_instance(class, init)?.value())
    }

    #[slot(tp_iter)]
    fn iter(_: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next_slot(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        let c = this.downcast::<Count>().expect("the receiver is a count");
        let v = c.next.get();
        let next = vm.binary_op(BinaryOp::Add, v, c.step.get())?;
        c.next.set(c, next);
        Ok(Some(v))
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let c = this.downcast::<Count>().expect("the receiver is a count");
        let name = this.class().short_name();
        let next = vm.repr_string(c.next.get())?;
        if as_int(c.step.get()) == Some(vm.int(1)) {
            return Ok(vm.new_str(&format!("{name}({next})")));
        }
        let step = vm.repr_string(c.step.get())?;
        Ok(vm.new_str(&format!("{name}({next}, {step})")))
    }
}

#[pymethods]
impl Cycle {
    #[slot(tp_new)]
    fn construct(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let [iterable] = exactly::<Cycle, 1>(vm, class, "cycle", args)?;
        let iterator = vm.iter(iterable)?;
        let saved = List::new(vm);
        let init = Cycle {
            h: LongHeader::new(),
            iterator: Field::new(Some(iterator)),
            saved: Field::new(saved),
            index: Cell::new(0),
        };
        Ok(vm.new_instance(class, init)?.value())
    }

    #[slot(tp_iter)]
    fn iter(_: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next_slot(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        let c = this.downcast::<Cycle>().expect("the receiver is a cycle");
        let saved = c.saved.get();
        if let Some(iterator) = c.iterator.get() {
            if let Some(v) = vm.next(iterator)? {
                saved.push(vm, v);
                return Ok(Some(v));
            }
            c.iterator.set(c, None);
        }
        if saved.is_empty() {
            return Ok(None);
        }
        let i = c.index.get();
        c.index.set(if i + 1 >= saved.len() { 0 } else { i + 1 });
        Ok(saved.try_get(i))
    }
}

#[pymethods]
impl Repeat {
    #[slot(tp_new)]
    fn construct(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let [element, times] = bind(vm, &REPEAT, args)?;
        let left = match times {
            Some(n) => match vm.int_to_i64(vm.index_value(n)?) {
                Some(n) => n.max(0),
                None => return Err(vm.overflow_error("Python int too large to convert to C ssize_t")),
            },
            None => -1,
        };
        let element = Field::new(element.expect("a required argument"));
        Ok(vm.new_instance(class, Repeat { h: LongHeader::new(), element, left: Cell::new(left) })?.value())
    }

    #[slot(tp_iter)]
    fn iter(_: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next_slot(_: &Vm, this: Value) -> PyResult<Option<Value>> {
        let r = this.downcast::<Repeat>().expect("the receiver is a repeat");
        match r.left.get() {
            0 => return Ok(None),
            n if n > 0 => r.left.set(n - 1),
            _ => {}
        }
        Ok(Some(r.element.get()))
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let r = this.downcast::<Repeat>().expect("the receiver is a repeat");
        let (name, element) = (this.class().short_name(), vm.repr_string(r.element.get())?);
        Ok(vm.new_str(&match r.left.get() {
            -1 => format!("{name}({element})"),
            n => format!("{name}({element}, {n})"),
        }))
    }

    /// Private method returning an estimate of len(list(it)).
    #[pymethod("($self, /)")]
    fn __length_hint__(vm: &Vm, this: Ref<Repeat>) -> PyResult<i64> {
        match this.left.get() {
            -1 => Err(vm.type_error("len() of unsized object")),
            n => Ok(n),
        }
    }
}
