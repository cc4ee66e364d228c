//! Iterators that pass on what others yield, one after the other, combined or in groups of fixed
//! size: `chain`, `starmap`, `accumulate`, `pairwise`, `batched`, `zip_longest`.

use crate::arguments::{bind, exactly, params};
use adder_macros::{pyclass, pymethods};
use adder_vm::args::{Args, Params};
use adder_vm::builtins::list::List;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{Field, LongHeader, Ref, Value, ValueExt};
use adder_vm::protocol::BinaryOp;
use adder_vm::vm::Vm;
use std::cell::Cell;

/// Return a chain object whose .__next__() method returns elements from the
/// first iterable until it is exhausted, then elements from the next
/// iterable, until all of the iterables are exhausted.
#[pyclass(name = "chain", module = "itertools", flags = def::BASE, signature = "(*iterables)")]
#[repr(C)]
pub struct Chain {
    h: LongHeader,
    /// An iterator over iterables; None: exhausted.
    source: Field<Option<Value>>,
    active: Field<Option<Value>>,
}

/// Return an iterator whose values are returned from the function evaluated with an argument tuple taken from the given sequence.
#[pyclass(name = "starmap", module = "itertools", flags = def::BASE, signature = "(function, iterable, /)")]
#[repr(C)]
pub struct StarMap {
    h: LongHeader,
    function: Field<Value>,
    iterator: Field<Value>,
}

/// Return series of accumulated sums (or other binary function results).
#[pyclass(
    name = "accumulate",
    module = "itertools",
    flags = def::BASE,
    signature = "(iterable, func=None, *, initial=None)"
)]
#[repr(C)]
pub struct Accumulate {
    h: LongHeader,
    iterator: Field<Value>,
    function: Field<Value>,
    total: Field<Option<Value>>,
    initial: Field<Option<Value>>,
}

/// Return an iterator of overlapping pairs taken from the input iterator.
///
///     s -> (s0,s1), (s1,s2), (s2, s3), ...
#[pyclass(name = "pairwise", module = "itertools", flags = def::BASE, signature = "(iterable, /)")]
#[repr(C)]
pub struct Pairwise {
    h: LongHeader,
    iterator: Field<Option<Value>>,
    old: Field<Option<Value>>,
}

/// Batch data into tuples of length n. The last batch may be shorter than n.
///
/// Loops over the input iterable and accumulates data into tuples
/// up to size n.  The input is consumed lazily, just enough to
/// fill a batch.  The result is yielded as soon as a batch is full
/// or when the input iterable is exhausted.
///
///     >>> for batch in batched('ABCDEFG', 3):
///     ...     print(batch)
///     ...
///     ('A', 'B', 'C')
///     ('D', 'E', 'F')
///     ('G',)
///
/// If "strict" is True, raises a ValueError if the final batch is shorter
/// than n.
#[pyclass(name = "batched", module = "itertools", flags = def::BASE, signature = "(iterable, n, *, strict=False)")]
#[repr(C)]
pub struct Batched {
    h: LongHeader,
    iterator: Field<Option<Value>>,
    size: usize,
    strict: Cell<bool>,
}

/// Return a zip_longest object whose .__next__() method returns a tuple where
/// the i-th element comes from the i-th iterable argument.  The .__next__()
/// method continues until the longest iterable in the argument sequence
/// is exhausted and then it raises StopIteration.  When the shorter iterables
/// are exhausted, the fillvalue is substituted in their place.  The fillvalue
/// defaults to None or can be specified by a keyword argument.
#[pyclass(name = "zip_longest", module = "itertools", flags = def::BASE, signature = "(*iterables, fillvalue=None)")]
#[repr(C)]
pub struct ZipLongest {
    h: LongHeader,
    /// An exhausted iterator is replaced by None, which no iterator is.
    iterators: Field<Ref<List>>,
    fill: Field<Value>,
    active: Cell<usize>,
}

const ACCUMULATE: Params = params("accumulate", &["iterable", "func", "initial"], 0, 2, 1);
const BATCHED: Params = params("batched", &["iterable", "n", "strict"], 0, 2, 2);

#[pymethods]
impl Chain {
    #[slot(tp_new)]
    fn construct(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        adder_vm::builtins::enumerate::no_keywords::<Chain>(vm, class, args)?;
        let iterables = Tuple::from_slice(vm, args.pos()).value();
        of_iterator(vm, class, vm.iter(iterables)?)
    }

    #[slot(tp_iter)]
    fn iter(_: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next_slot(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        let c = this.downcast::<Chain>().expect("the receiver is a chain");
        loop {
            let Some(source) = c.source.get() else { return Ok(None) };
            if let Some(active) = c.active.get() {
                if let Some(v) = vm.next(active)? {
                    return Ok(Some(v));
                }
                c.active.set(c, None);
            }
            let next = match vm.next(source) {
                Ok(Some(iterable)) => vm.iter(iterable).map(Some),
                other => other,
            };
            match next {
                Ok(Some(iterator)) => c.active.set(c, Some(iterator)),
                other => {
                    c.source.set(c, None);
                    return other;
                }
            }
        }
    }

    /// Alternative chain() constructor taking a single iterable argument that evaluates lazily.
    #[classmethod("($type, iterable, /)")]
    fn from_iterable(vm: &Vm, class: Ref<Type>, iterable: Value) -> PyResult<Value> {
        of_iterator(vm, class, vm.iter(iterable)?)
    }

    /// See PEP 585
    #[classmethod("($type, object, /)")]
    fn __class_getitem__(vm: &Vm, class: Value, object: Value) -> PyResult<Value> {
        adder_vm::builtins::union_::generic_alias(vm, class, object)
    }
}

fn of_iterator(vm: &Vm, class: Ref<Type>, source: Value) -> PyResult<Value> {
    let init = Chain { h: LongHeader::new(), source: Field::new(Some(source)), active: Field::new(None) };
    Ok(vm.new_instance(class, init)?.value())
}

#[pymethods]
impl StarMap {
    #[slot(tp_new)]
    fn construct(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let [function, iterable] = exactly::<StarMap, 2>(vm, class, "starmap", args)?;
        let iterator = Field::new(vm.iter(iterable)?);
        let init = StarMap { h: LongHeader::new(), function: Field::new(function), iterator };
        Ok(vm.new_instance(class, init)?.value())
    }

    #[slot(tp_iter)]
    fn iter(_: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next_slot(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        let s = this.downcast::<StarMap>().expect("the receiver is a starmap");
        let Some(args) = vm.next(s.iterator.get())? else { return Ok(None) };
        if let Some(t) = args.exact::<Tuple>() {
            return vm.call(s.function.get(), t.items()).map(Some);
        }
        let list = List::new(vm);
        vm.iterate(args, &mut |v| {
            list.push(vm, v);
            Ok(())
        })?;
        vm.call(s.function.get(), list.items()).map(Some)
    }
}

#[pymethods]
impl Accumulate {
    #[slot(tp_new)]
    fn construct(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let [iterable, function, initial] = bind(vm, &ACCUMULATE, args)?;
        let iterator = Field::new(vm.iter(iterable.expect("a required argument"))?);
        let init = Accumulate {
            h: LongHeader::new(),
            iterator,
            function: Field::new(function.unwrap_or(none())),
            total: Field::new(None),
            initial: Field::new(initial.filter(|v| !v.is_none())),
        };
        Ok(vm.new_instance(class, init)?.value())
    }

    #[slot(tp_iter)]
    fn iter(_: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next_slot(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        let a = this.downcast::<Accumulate>().expect("the receiver is an accumulate");
        if let Some(initial) = a.initial.get() {
            a.initial.set(a, None);
            a.total.set(a, Some(initial));
            return Ok(Some(initial));
        }
        let Some(v) = vm.next(a.iterator.get())? else { return Ok(None) };
        let total = match (a.total.get(), a.function.get()) {
            (None, _) => v,
            (Some(total), f) if f.is_none() => vm.binary_op(BinaryOp::Add, total, v)?,
            (Some(total), f) => vm.call(f, &[total, v])?,
        };
        a.total.set(a, Some(total));
        Ok(Some(total))
    }
}

#[pymethods]
impl Pairwise {
    #[slot(tp_new)]
    fn construct(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let [iterable] = exactly::<Pairwise, 1>(vm, class, "pairwise", args)?;
        let iterator = Field::new(Some(vm.iter(iterable)?));
        let init = Pairwise { h: LongHeader::new(), iterator, old: Field::new(None) };
        Ok(vm.new_instance(class, init)?.value())
    }

    #[slot(tp_iter)]
    fn iter(_: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next_slot(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        let p = this.downcast::<Pairwise>().expect("the receiver is a pairwise");
        let end = || {
            p.iterator.set(p, None);
            p.old.set(p, None);
        };
        let Some(iterator) = p.iterator.get() else { return Ok(None) };
        let old = match p.old.get() {
            Some(v) => v,
            None => {
                let first = vm.next(iterator)?;
                p.old.set(p, first);
                let Some(first) = first else {
                    end();
                    return Ok(None);
                };
                // The iterator may have come back here and ended.
                if p.iterator.get().is_none() {
                    p.old.set(p, None);
                    return Ok(None);
                }
                first
            }
        };
        match vm.next(iterator)? {
            Some(new) => {
                p.old.set(p, Some(new));
                Ok(Some(Tuple::from_slice(vm, &[old, new]).value()))
            }
            None => {
                end();
                Ok(None)
            }
        }
    }
}

#[pymethods]
impl Batched {
    #[slot(tp_new)]
    fn construct(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let [iterable, n, strict] = bind(vm, &BATCHED, args)?;
        let n = vm.index_value(n.expect("a required argument"))?;
        let Some(n) = vm.int_to_i64(n) else {
            return Err(vm.overflow_error("Python int too large to convert to C ssize_t"));
        };
        let strict = match strict {
            Some(v) => vm.truth(v)?,
            None => false,
        };
        if n < 1 {
            return Err(vm.value_error("n must be at least one"));
        }
        let iterator = Field::new(Some(vm.iter(iterable.expect("a required argument"))?));
        let init = Batched { h: LongHeader::new(), iterator, size: n as usize, strict: Cell::new(strict) };
        Ok(vm.new_instance(class, init)?.value())
    }

    #[slot(tp_iter)]
    fn iter(_: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next_slot(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        let b = this.downcast::<Batched>().expect("the receiver is a batched");
        let Some(iterator) = b.iterator.get() else { return Ok(None) };
        let batch = List::new(vm);
        while batch.len() < b.size {
            match vm.next(iterator)? {
                Some(v) => batch.push(vm, v),
                None => {
                    b.iterator.set(b, None);
                    if batch.is_empty() {
                        return Ok(None);
                    }
                    if b.strict.get() {
                        return Err(vm.value_error("batched(): incomplete batch"));
                    }
                    break;
                }
            }
        }
        Ok(Some(Tuple::from_slice(vm, batch.items()).value()))
    }
}

#[pymethods]
impl ZipLongest {
    #[slot(tp_new)]
    fn construct(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let mut fill = none();
        for (name, value) in args.keywords() {
            if !name.eq_str("fillvalue") {
                return Err(vm.type_error("zip_longest() got an unexpected keyword argument"));
            }
            fill = value;
        }
        let iterators = List::new(vm);
        for v in args.pos() {
            iterators.push(vm, vm.iter(*v)?);
        }
        let active = Cell::new(iterators.len());
        let init = ZipLongest {
            h: LongHeader::new(),
            iterators: Field::new(iterators),
            fill: Field::new(fill),
            active,
        };
        Ok(vm.new_instance(class, init)?.value())
    }

    #[slot(tp_iter)]
    fn iter(_: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next_slot(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        let z = this.downcast::<ZipLongest>().expect("the receiver is a zip_longest");
        let iterators = z.iterators.get();
        if z.active.get() == 0 {
            return Ok(None);
        }
        let row = List::with_capacity(vm, iterators.len());
        for i in 0..iterators.len() {
            let iterator = iterators.get(i);
            let item = if iterator.is_none() {
                None
            } else {
                match vm.next(iterator) {
                    Ok(item) => item,
                    Err(raised) => {
                        z.active.set(0);
                        return Err(raised);
                    }
                }
            };
            if item.is_none() && !iterator.is_none() {
                iterators.set(i, none());
                z.active.set(z.active.get().saturating_sub(1));
                if z.active.get() == 0 {
                    return Ok(None);
                }
            }
            row.push(vm, item.unwrap_or(z.fill.get()));
        }
        Ok(Some(Tuple::from_slice(vm, row.items()).value()))
    }
}
