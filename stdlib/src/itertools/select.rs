//! Iterators that leave something out: `compress`, `dropwhile`, `takewhile`, `filterfalse`, `islice`.

use crate::arguments::{bind, exactly, params};
use adder_macros::{pyclass, pymethods};
use adder_vm::args::{Args, Params};
use adder_vm::builtins::enumerate::no_keywords;
use adder_vm::builtins::int::Bool;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::cell::Cell;

/// Return data elements corresponding to true selector elements.
///
/// Forms a shorter iterator from selected data elements using the selectors to
/// choose the data elements.
#[pyclass(name = "compress", module = "itertools", flags = def::BASE, signature = "(data, selectors)")]
#[repr(C)]
pub struct Compress {
    h: LongHeader,
    data: Field<Value>,
    selectors: Field<Value>,
}

/// Drop items from the iterable while predicate(item) is true.
///
/// Afterwards, return every element until the iterable is exhausted.
#[pyclass(name = "dropwhile", module = "itertools", flags = def::BASE, signature = "(predicate, iterable, /)")]
#[repr(C)]
pub struct DropWhile {
    h: LongHeader,
    predicate: Field<Value>,
    iterator: Field<Value>,
    started: Cell<bool>,
}

/// Return successive entries from an iterable as long as the predicate evaluates to true for each entry.
#[pyclass(name = "takewhile", module = "itertools", flags = def::BASE, signature = "(predicate, iterable, /)")]
#[repr(C)]
pub struct TakeWhile {
    h: LongHeader,
    predicate: Field<Value>,
    iterator: Field<Value>,
    stopped: Cell<bool>,
}

/// Return those items of iterable for which function(item) is false.
///
/// If function is None, return the items that are false.
#[pyclass(name = "filterfalse", module = "itertools", flags = def::BASE, signature = "(function, iterable, /)")]
#[repr(C)]
pub struct FilterFalse {
    h: LongHeader,
    function: Field<Value>,
    iterator: Field<Value>,
}

/// islice(iterable, stop) --> islice object
/// islice(iterable, start, stop[, step]) --> islice object
///
/// Return an iterator whose next() method returns selected values from an
/// iterable.  If start is specified, will skip all preceding elements;
/// otherwise, start defaults to zero.  Step defaults to one.  If
/// specified as another value, step determines how many values are
/// skipped between successive calls.  Works like a slice() on a list
/// but returns an iterator.
#[pyclass(name = "islice", module = "itertools", flags = def::BASE)]
#[repr(C)]
pub struct Slice {
    h: LongHeader,
    /// None: exhausted.
    iterator: Field<Option<Value>>,
    next: Cell<u64>,
    /// None: no end.
    stop: Option<u64>,
    step: u64,
    count: Cell<u64>,
}

const COMPRESS: Params = params("compress", &["data", "selectors"], 0, 2, 2);

#[pymethods]
impl Compress {
    #[slot(tp_new)]
    fn construct(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let [data, selectors] = bind(vm, &COMPRESS, args)?;
        let data = vm.iter(data.expect("a required argument"))?;
        let selectors = vm.iter(selectors.expect("a required argument"))?;
        let init =
            Compress { h: LongHeader::new(), data: Field::new(data), selectors: Field::new(selectors) };
        Ok(vm.new_instance(class, init)?.value())
    }

    #[slot(tp_iter)]
    fn iter(_: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next_slot(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        let c = this.downcast::<Compress>().expect("the receiver is a compress");
        loop {
            let Some(v) = vm.next(c.data.get())? else { return Ok(None) };
            let Some(selector) = vm.next(c.selectors.get())? else { return Ok(None) };
            if vm.truth(selector)? {
                return Ok(Some(v));
            }
        }
    }
}

#[pymethods]
impl DropWhile {
    #[slot(tp_new)]
    fn construct(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let [predicate, iterable] = exactly::<DropWhile, 2>(vm, class, "dropwhile", args)?;
        let iterator = Field::new(vm.iter(iterable)?);
        let init = DropWhile {
            h: LongHeader::new(),
            predicate: Field::new(predicate),
            iterator,
            started: Cell::new(false),
        };
        Ok(vm.new_instance(class, init)?.value())
    }

    #[slot(tp_iter)]
    fn iter(_: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next_slot(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        let d = this.downcast::<DropWhile>().expect("the receiver is a dropwhile");
        while let Some(v) = vm.next(d.iterator.get())? {
            if d.started.get() {
                return Ok(Some(v));
            }
            if !vm.truth(vm.call(d.predicate.get(), &[v])?)? {
                d.started.set(true);
                return Ok(Some(v));
            }
        }
        Ok(None)
    }
}

#[pymethods]
impl TakeWhile {
    #[slot(tp_new)]
    fn construct(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let [predicate, iterable] = exactly::<TakeWhile, 2>(vm, class, "takewhile", args)?;
        let iterator = Field::new(vm.iter(iterable)?);
        let init = TakeWhile {
            h: LongHeader::new(),
            predicate: Field::new(predicate),
            iterator,
            stopped: Cell::new(false),
        };
        Ok(vm.new_instance(class, init)?.value())
    }

    #[slot(tp_iter)]
    fn iter(_: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next_slot(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        let t = this.downcast::<TakeWhile>().expect("the receiver is a takewhile");
        if t.stopped.get() {
            return Ok(None);
        }
        let Some(v) = vm.next(t.iterator.get())? else { return Ok(None) };
        if vm.truth(vm.call(t.predicate.get(), &[v])?)? {
            return Ok(Some(v));
        }
        t.stopped.set(true);
        Ok(None)
    }
}

#[pymethods]
impl FilterFalse {
    #[slot(tp_new)]
    fn construct(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let [function, iterable] = exactly::<FilterFalse, 2>(vm, class, "filterfalse", args)?;
        let iterator = Field::new(vm.iter(iterable)?);
        let init = FilterFalse { h: LongHeader::new(), function: Field::new(function), iterator };
        Ok(vm.new_instance(class, init)?.value())
    }

    #[slot(tp_iter)]
    fn iter(_: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next_slot(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        let f = this.downcast::<FilterFalse>().expect("the receiver is a filterfalse");
        let function = f.function.get();
        let plain = function.is_none() || function == Bool::class().value();
        while let Some(v) = vm.next(f.iterator.get())? {
            let test = if plain { v } else { vm.call(function, &[v])? };
            if !vm.truth(test)? {
                return Ok(Some(v));
            }
        }
        Ok(None)
    }
}

/// An index from 0 to sys.maxsize; None if it is something else.
fn position(vm: &Vm, v: Value) -> PyResult<Option<u64>> {
    if v.is_ptr() && v.class().slots().nb_index.is_none() {
        return Ok(None);
    }
    let i = vm.index_value(v)?;
    Ok(vm.int_to_i64(i).filter(|i| *i >= 0).map(|i| i as u64))
}

#[pymethods]
impl Slice {
    #[slot(tp_new)]
    fn construct(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        no_keywords::<Slice>(vm, class, args)?;
        let n = args.pos().len();
        if n < 2 {
            raise!(vm, TypeError, "islice expected at least 2 arguments, got {n}")
        }
        if n > 4 {
            raise!(vm, TypeError, "islice expected at most 4 arguments, got {n}")
        }
        let given = |v: Option<&Value>| v.copied().filter(|v| !v.is_none());
        let rest = &args.pos()[1..];
        let (start, stop) =
            if n == 2 { (None, given(rest.first())) } else { (given(rest.first()), given(rest.get(1))) };
        let stop = match stop {
            None => None,
            Some(v) => match position(vm, v)? {
                Some(i) => Some(i),
                None => {
                    return Err(vm.value_error(
                        "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.",
                    ));
                }
            },
        };
        let start = match start {
            None => 0,
            Some(v) => match position(vm, v)? {
                Some(i) => i,
                None => {
                    return Err(vm.value_error(
                        "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.",
                    ));
                }
            },
        };
        let step = match given(rest.get(2)) {
            None => 1,
            Some(v) => match position(vm, v)? {
                Some(i) if i > 0 => i,
                _ => return Err(vm.value_error("Step for islice() must be a positive integer or None.")),
            },
        };
        let iterator = vm.iter(args.pos()[0])?;
        let init = Slice {
            h: LongHeader::new(),
            iterator: Field::new(Some(iterator)),
            next: Cell::new(start),
            stop,
            step,
            count: Cell::new(0),
        };
        Ok(vm.new_instance(class, init)?.value())
    }

    #[slot(tp_iter)]
    fn iter(_: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next_slot(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        let s = this.downcast::<Slice>().expect("the receiver is an islice");
        let Some(iterator) = s.iterator.get() else { return Ok(None) };
        let advance = || -> PyResult<Option<Value>> {
            match vm.next(iterator)? {
                Some(v) => {
                    s.count.set(s.count.get() + 1);
                    Ok(Some(v))
                }
                None => {
                    s.iterator.set(s, None);
                    Ok(None)
                }
            }
        };
        while s.count.get() < s.next.get() {
            if advance()?.is_none() {
                return Ok(None);
            }
        }
        if s.stop.is_some_and(|stop| s.count.get() >= stop) {
            s.iterator.set(s, None);
            return Ok(None);
        }
        let Some(v) = advance()? else { return Ok(None) };
        let next = s.next.get().checked_add(s.step);
        s.next.set(match (next, s.stop) {
            (Some(n), None) => n,
            (None, None) => u64::MAX,
            (Some(n), Some(stop)) => n.min(stop),
            (None, Some(stop)) => stop,
        });
        Ok(Some(v))
    }
}
