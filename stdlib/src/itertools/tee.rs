//! `tee`: several iterators over one.
//!
//! What was read is kept in a chain of blocks; each iterator holds a place in it. Blocks behind all
//! places are unreachable, so the collector takes them.

use crate::arguments::exactly;
use adder_heap as heap;
use adder_macros::{pyclass, pymethods};
use adder_vm::args::Args;
use adder_vm::builtins::list::List;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::cell::Cell;

/// Values per block.
const BLOCK: usize = 57;

/// teedataobject(iterable, values, next, /)
/// --
///
/// Data container common to multiple tee objects.
#[pyclass(name = "_tee_dataobject", module = "itertools", flags = def::IMMUTABLE)]
#[repr(C)]
pub struct TeeData {
    h: LongHeader,
    iterator: Field<Value>,
    values: Field<Ref<List>>,
    next: Field<Option<Ref<TeeData>>>,
    running: Cell<bool>,
}

/// Iterator wrapped to make it copyable.
#[pyclass(name = "_tee", module = "itertools", flags = def::IMMUTABLE, signature = "(iterable, /)")]
#[repr(C)]
pub struct Tee {
    h: LongHeader,
    data: Field<Ref<TeeData>>,
    index: Cell<usize>,
}

fn new_data(vm: &Vm, iterator: Value) -> Ref<TeeData> {
    let values = List::new(vm);
    heap::new(
        TeeData::shape(),
        TeeData {
            h: LongHeader::new(),
            iterator: Field::new(iterator),
            values: Field::new(values),
            next: Field::new(None),
            running: Cell::new(false),
        },
    )
}

fn new_tee(data: Ref<TeeData>, index: usize) -> Value {
    heap::new(Tee::shape(), Tee { h: LongHeader::new(), data: Field::new(data), index: Cell::new(index) })
        .value()
}

/// A tee over an iterable; a copy if it is one already.
fn of_iterable(vm: &Vm, iterable: Value) -> PyResult<Value> {
    let iterator = vm.iter(iterable)?;
    if let Some(t) = iterator.downcast::<Tee>() {
        return Ok(new_tee(t.data.get(), t.index.get()));
    }
    Ok(new_tee(new_data(vm, iterator), 0))
}

/// `tee(iterable, n)`
pub fn split(vm: &Vm, iterable: Value, n: isize) -> PyResult<Value> {
    if n < 0 {
        return Err(vm.value_error("n must be >= 0"));
    }
    if n == 0 {
        return Ok(Tuple::empty().value());
    }
    let iterator = vm.iter(iterable)?;
    let copy = vm.intern_str("__copy__");
    let source = match vm.get_attr_opt(iterator, copy)? {
        Some(_) => iterator,
        None => of_iterable(vm, iterator)?,
    };
    Ok(Tuple::build(vm, n as usize, |i| {
        if i == 0 && source != iterator { Ok(source) } else { vm.call_method(source, copy, &[]) }
    })?
    .value())
}

impl TeeData {
    /// Value number i of this block.
    fn get(vm: &Vm, d: Ref<TeeData>, i: usize) -> PyResult<Option<Value>> {
        if let Some(v) = d.values.get().try_get(i) {
            return Ok(Some(v));
        }
        if d.running.get() {
            return Err(vm.runtime_error("cannot re-enter the tee iterator"));
        }
        d.running.set(true);
        let next = vm.next(d.iterator.get());
        d.running.set(false);
        let next = next?;
        if let Some(v) = next {
            d.values.get().push(vm, v);
        }
        Ok(next)
    }

    /// The block behind this one.
    fn following(vm: &Vm, d: Ref<TeeData>) -> Ref<TeeData> {
        match d.next.get() {
            Some(next) => next,
            None => {
                let next = new_data(vm, d.iterator.get());
                d.next.set(d, Some(next));
                next
            }
        }
    }
}

#[pymethods]
impl TeeData {
    #[slot(tp_new)]
    fn construct(vm: &Vm, _class: Ref<Type>, args: Args) -> PyResult<Value> {
        let [iterator, values, next] = args.pos() else {
            raise!(vm, TypeError, "teedataobject expected 3 arguments, got {}", args.pos().len())
        };
        let Some(values) = values.downcast::<List>() else {
            raise!(vm, TypeError, "teedataobject() argument 2 must be list, not {}", values.class().name())
        };
        let data = new_data(vm, *iterator);
        if values.len() > BLOCK {
            return Err(vm.value_error("Invalid arguments"));
        }
        data.values.get().extend_slice(vm, values.items())?;
        if !next.is_none() {
            match next.downcast::<TeeData>() {
                Some(next) if values.len() == BLOCK => data.next.set(data, Some(next)),
                _ => return Err(vm.value_error("Invalid arguments")),
            }
        }
        Ok(data.value())
    }
}

#[pymethods]
impl Tee {
    #[slot(tp_new)]
    fn construct(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let [iterable] = exactly::<Tee, 1>(vm, class, "_tee", args)?;
        of_iterable(vm, iterable)
    }

    #[slot(tp_iter)]
    fn iter(_: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next_slot(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        let t = this.downcast::<Tee>().expect("the receiver is a _tee");
        if t.index.get() >= BLOCK {
            let next = TeeData::following(vm, t.data.get());
            t.data.set(t, next);
            t.index.set(0);
        }
        let v = TeeData::get(vm, t.data.get(), t.index.get())?;
        if v.is_some() {
            t.index.set(t.index.get() + 1);
        }
        Ok(v)
    }

    /// Returns an independent iterator.
    #[pymethod("($self, /)")]
    fn __copy__(_: &Vm, this: Ref<Tee>) -> Value {
        new_tee(this.data.get(), this.index.get())
    }
}
