//! The iterators over iterators that are builtins: `enumerate`, `reversed`, `zip`, `map`, `filter`.

use crate::args::Args;
use crate::builtins::int_ops as ops;
use crate::builtins::singletons::{none, true_};
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::{Type, TypeExt};
use crate::def;
use crate::error::{PyResult, Raised};
use crate::names::names;
use crate::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use crate::raise;
use crate::shapes::id;
use crate::slots::SlotId;
use crate::vm::Vm;
use adder_macros::{pyclass, pymethods};
use std::cell::Cell;

/// Return an enumerate object.
///
///   iterable
///     an object supporting iteration
///
/// The enumerate object yields pairs containing a count (from start, which
/// defaults to zero) and a value yielded by the iterable argument.
///
/// enumerate is useful for obtaining an indexed list:
///     (0, seq[0]), (1, seq[1]), (2, seq[2]), ...
#[pyclass(name = "enumerate", fixed = id::ENUMERATE, flags = def::BASE, signature = "(iterable, start=0)")]
#[repr(C)]
pub struct Enumerate {
    h: LongHeader,
    iterator: Field<Value>,
    /// An exact int.
    index: Field<Value>,
}

/// Return a reverse iterator over the values of the given sequence.
#[pyclass(name = "reversed", fixed = id::REVERSED, flags = def::BASE, signature = "(sequence, /)")]
#[repr(C)]
pub struct Reversed {
    h: LongHeader,
    /// None: exhausted.
    sequence: Field<Option<Value>>,
    index: Cell<i64>,
}

/// The zip object yields n-length tuples, where n is the number of iterables
/// passed as positional arguments to zip().  The i-th element in every tuple
/// comes from the i-th iterable argument to zip().  This continues until the
/// shortest argument is exhausted.
///
/// If strict is true and one of the arguments is exhausted before the others,
/// raise a ValueError.
///
///    >>> list(zip('abcdefg', range(3), range(4)))
///    [('a', 0, 0), ('b', 1, 1), ('c', 2, 2)]
#[pyclass(name = "zip", fixed = id::ZIP, flags = def::BASE, signature = "(*iterables, strict=False)")]
#[repr(C)]
pub struct Zip {
    h: LongHeader,
    iterators: Field<Ref<Tuple>>,
    strict: Cell<bool>,
}

/// Make an iterator that computes the function using arguments from
/// each of the iterables.  Stops when the shortest iterable is exhausted.
///
/// If strict is true and one of the arguments is exhausted before the others,
/// raise a ValueError.
#[pyclass(name = "map", fixed = id::MAP, flags = def::BASE, signature = "(function, iterable, /, *iterables, strict=False)")]
#[repr(C)]
pub struct Map {
    h: LongHeader,
    function: Field<Value>,
    iterators: Field<Ref<Tuple>>,
    strict: Cell<bool>,
}

/// Return an iterator yielding those items of iterable for which function(item)
/// is true. If function is None, return the items that are true.
#[pyclass(name = "filter", fixed = id::FILTER, flags = def::BASE, signature = "(function, iterable, /)")]
#[repr(C)]
pub struct Filter {
    h: LongHeader,
    function: Field<Value>,
    iterator: Field<Value>,
}

/// Refuses keywords, unless a subclass's `__init__` may want them (`_PyArg_NoKeywords` in tp_new).
pub fn no_keywords<T: Object>(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<()> {
    let init = |c: Ref<Type>| c.slots().raw(SlotId::tp_init);
    if args.has_keywords() && (class == T::class() || init(class) == init(T::class())) {
        raise!(vm, TypeError, "{}() takes no keyword arguments", T::class().short_name())
    }
    Ok(())
}

/// The keyword `strict`, the only one.
fn strict_keyword(vm: &Vm, function: &str, args: Args) -> PyResult<bool> {
    let mut strict = false;
    for (name, value) in args.keywords() {
        if !name.eq_str("strict") {
            raise!(vm, TypeError, "{function}() got an unexpected keyword argument '{name}'")
        }
        strict = vm.truth(value)?;
    }
    Ok(strict)
}

/// The iterators of all positional arguments.
fn iterators(vm: &Vm, iterables: &[Value]) -> PyResult<Ref<Tuple>> {
    Tuple::build(vm, iterables.len(), |i| vm.iter(iterables[i]))
}

/// Why there is no row: one iterator ended, or an exception.
enum Stop {
    Exhausted(usize),
    Raised(Raised),
}

/// One item from each iterator.
fn row(vm: &Vm, iterators: Ref<Tuple>) -> Result<Ref<Tuple>, Stop> {
    Tuple::build(vm, iterators.len(), |i| match vm.next(iterators.get(i)) {
        Ok(Some(v)) => Ok(v),
        Ok(None) => Err(Stop::Exhausted(i)),
        Err(raised) => Err(Stop::Raised(raised)),
    })
}

/// In strict mode all iterators must end together; the one with this index did.
fn check_strict(vm: &Vm, function: &str, iterators: Ref<Tuple>, ended: usize) -> PyResult<()> {
    let others = |n: usize| if n == 1 { "argument 1".to_string() } else { format!("arguments 1-{n}") };
    if ended > 0 {
        raise!(vm, ValueError, "{function}() argument {} is shorter than {}", ended + 1, others(ended))
    }
    for i in 1..iterators.len() {
        if vm.next(iterators.get(i))?.is_some() {
            raise!(vm, ValueError, "{function}() argument {} is longer than {}", i + 1, others(i))
        }
    }
    Ok(())
}

#[pymethods]
impl Enumerate {
    #[slot(tp_new)]
    fn construct(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        if args.all().len() > 2 {
            raise!(vm, TypeError, "enumerate() takes at most 2 arguments ({} given)", args.all().len())
        }
        let (mut iterable, mut start) = (args.pos().first().copied(), args.pos().get(1).copied());
        for (name, value) in args.keywords() {
            let place = match name.as_ascii() {
                Some("iterable") => &mut iterable,
                Some("start") => &mut start,
                _ => raise!(vm, TypeError, "'{name}' is an invalid keyword argument for enumerate()"),
            };
            if place.is_some() {
                let at = if name.eq_str("start") { 2 } else { 1 };
                raise!(vm, TypeError, "argument for enumerate() given by name ('{name}') and position ({at})")
            }
            *place = Some(value);
        }
        let Some(iterable) = iterable else {
            return Err(vm.type_error("enumerate() missing required argument 'iterable'"));
        };
        let index = match start {
            Some(start) => vm.index_value(start)?,
            None => vm.int(0),
        };
        let iterator = vm.iter(iterable)?;
        let init =
            Enumerate { h: LongHeader::new(), iterator: Field::new(iterator), index: Field::new(index) };
        Ok(vm.new_instance(class, init)?.value())
    }

    #[slot(tp_iter)]
    fn iter(_: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        let e = this.downcast::<Enumerate>().expect("the receiver is an enumerate");
        let Some(v) = vm.next(e.iterator.get())? else { return Ok(None) };
        let index = e.index.get();
        let next = ops::add(vm, index, vm.int(1))?;
        e.index.set(e, next);
        Ok(Some(Tuple::from_slice(vm, &[index, v]).value()))
    }

    /// Return state information for pickling.
    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<Enumerate>) -> Value {
        let args = Tuple::from_slice(vm, &[this.iterator.get(), this.index.get()]).value();
        Tuple::from_slice(vm, &[this.value().class().value(), args]).value()
    }

    /// See PEP 585
    #[classmethod("($type, object, /)")]
    fn __class_getitem__(vm: &Vm, class: Value, object: Value) -> PyResult<Value> {
        crate::builtins::union_::generic_alias(vm, class, object)
    }
}

#[pymethods]
impl Reversed {
    #[slot(tp_new)]
    fn construct(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        no_keywords::<Reversed>(vm, class, args)?;
        let [sequence] = args.pos() else {
            raise!(vm, TypeError, "reversed expected 1 argument, got {}", args.pos().len())
        };
        let sequence = *sequence;
        let not_reversible =
            || vm.type_error(format!("'{}' object is not reversible", sequence.class().name()));
        if let Some(f) = sequence.class().lookup(vm, names().__reversed__) {
            if f.is_none() {
                return Err(not_reversible());
            }
            return vm.call_unbound(f, sequence, &[]);
        }
        let slots = sequence.class().slots();
        if slots.sq_item.is_none() || sequence.class().has_flag(def::DICT_SUBCLASS) {
            return Err(not_reversible());
        }
        let Some(len) = slots.sq_length.or(slots.mp_length) else {
            raise!(vm, TypeError, "object of type '{}' has no len()", sequence.class().name())
        };
        let n = len(vm, sequence)? as i64;
        let init =
            Reversed { h: LongHeader::new(), sequence: Field::new(Some(sequence)), index: Cell::new(n - 1) };
        Ok(vm.new_instance(class, init)?.value())
    }

    #[slot(tp_iter)]
    fn iter(_: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        let r = this.downcast::<Reversed>().expect("the receiver is a reversed");
        let i = r.index.get();
        if i >= 0
            && let Some(sequence) = r.sequence.get()
        {
            match vm.get_item(sequence, vm.int(i)) {
                Ok(v) => {
                    r.index.set(i - 1);
                    return Ok(Some(v));
                }
                Err(raised) => vm.swallow_end(raised)?,
            }
        }
        r.index.set(-1);
        r.sequence.set(r, None);
        Ok(None)
    }

    /// Private method returning an estimate of len(list(it)).
    #[pymethod("($self, /)")]
    fn __length_hint__(vm: &Vm, this: Ref<Reversed>) -> PyResult<i64> {
        let Some(sequence) = this.sequence.get() else { return Ok(0) };
        let slots = sequence.class().slots();
        let Some(len) = slots.sq_length.or(slots.mp_length) else { return Ok(0) };
        let (n, position) = (len(vm, sequence)? as i64, this.index.get() + 1);
        Ok(if n < position { 0 } else { position })
    }

    /// Return state information for pickling.
    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<Reversed>) -> Value {
        let class = this.value().class().value();
        let Some(sequence) = this.sequence.get() else { return vm.reduce_exhausted(class) };
        let args = Tuple::from_slice(vm, &[sequence]).value();
        Tuple::from_slice(vm, &[class, args, vm.int(this.index.get())]).value()
    }

    /// Set state information for unpickling.
    #[pymethod("($self, object, /)")]
    fn __setstate__(vm: &Vm, this: Ref<Reversed>, object: i64) -> PyResult<()> {
        if let Some(sequence) = this.sequence.get() {
            let slots = sequence.class().slots();
            let n = match slots.sq_length.or(slots.mp_length) {
                Some(len) => len(vm, sequence)? as i64,
                None => 0,
            };
            this.index.set(object.clamp(-1, (n - 1).max(-1)));
        }
        Ok(())
    }
}

#[pymethods]
impl Zip {
    #[slot(tp_new)]
    fn construct(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let strict = Cell::new(strict_keyword(vm, "zip", args)?);
        let iterators = Field::new(iterators(vm, args.pos())?);
        Ok(vm.new_instance(class, Zip { h: LongHeader::new(), iterators, strict })?.value())
    }

    #[slot(tp_iter)]
    fn iter(_: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        let z = this.downcast::<Zip>().expect("the receiver is a zip");
        let iterators = z.iterators.get();
        if iterators.is_empty() {
            return Ok(None);
        }
        match row(vm, iterators) {
            Ok(row) => Ok(Some(row.value())),
            Err(Stop::Raised(raised)) => Err(raised),
            Err(Stop::Exhausted(i)) => {
                if z.strict.get() {
                    check_strict(vm, "zip", iterators, i)?;
                }
                Ok(None)
            }
        }
    }

    /// Return state information for pickling.
    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<Zip>) -> Value {
        let class = this.value().class().value();
        let args = this.iterators.get().value();
        if this.strict.get() {
            return Tuple::from_slice(vm, &[class, args, true_()]).value();
        }
        Tuple::from_slice(vm, &[class, args]).value()
    }

    /// Set state information for unpickling.
    #[pymethod("($self, object, /)")]
    fn __setstate__(_: &Vm, this: Ref<Zip>, object: bool) {
        this.strict.set(object);
    }
}

#[pymethods]
impl Map {
    #[slot(tp_new)]
    fn construct(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let strict = Cell::new(strict_keyword(vm, "map", args)?);
        let [function, iterables @ ..] = args.pos() else {
            return Err(vm.type_error("map() must have at least two arguments."));
        };
        if iterables.is_empty() {
            return Err(vm.type_error("map() must have at least two arguments."));
        }
        let iterators = Field::new(iterators(vm, iterables)?);
        let init = Map { h: LongHeader::new(), function: Field::new(*function), iterators, strict };
        Ok(vm.new_instance(class, init)?.value())
    }

    #[slot(tp_iter)]
    fn iter(_: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        let m = this.downcast::<Map>().expect("the receiver is a map");
        let iterators = m.iterators.get();
        if iterators.len() == 1 {
            return match vm.next(iterators.get(0))? {
                Some(v) => vm.call(m.function.get(), &[v]).map(Some),
                None => Ok(None),
            };
        }
        match row(vm, iterators) {
            Ok(row) => vm.call(m.function.get(), row.items()).map(Some),
            Err(Stop::Raised(raised)) => Err(raised),
            Err(Stop::Exhausted(i)) => {
                if m.strict.get() {
                    check_strict(vm, "map", iterators, i)?;
                }
                Ok(None)
            }
        }
    }

    /// Return state information for pickling.
    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<Map>) -> PyResult<Value> {
        let class = this.value().class().value();
        let iterators = this.iterators.get();
        let args = Tuple::build(vm, iterators.len() + 1, |i| {
            PyResult::Ok(if i == 0 { this.function.get() } else { iterators.get(i - 1) })
        })?;
        if this.strict.get() {
            return Ok(Tuple::from_slice(vm, &[class, args.value(), true_()]).value());
        }
        Ok(Tuple::from_slice(vm, &[class, args.value()]).value())
    }

    /// Set state information for unpickling.
    #[pymethod("($self, object, /)")]
    fn __setstate__(_: &Vm, this: Ref<Map>, object: bool) {
        this.strict.set(object);
    }
}

#[pymethods]
impl Filter {
    #[slot(tp_new)]
    fn construct(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        no_keywords::<Filter>(vm, class, args)?;
        let [function, iterable] = args.pos() else {
            raise!(vm, TypeError, "filter expected 2 arguments, got {}", args.pos().len())
        };
        let iterator = Field::new(vm.iter(*iterable)?);
        let init = Filter { h: LongHeader::new(), function: Field::new(*function), iterator };
        Ok(vm.new_instance(class, init)?.value())
    }

    #[slot(tp_iter)]
    fn iter(_: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        let f = this.downcast::<Filter>().expect("the receiver is a filter");
        let (function, iterator) = (f.function.get(), f.iterator.get());
        let plain = function == none() || function == crate::builtins::int::Bool::class().value();
        while let Some(v) = vm.next(iterator)? {
            let test = if plain { v } else { vm.call(function, &[v])? };
            if vm.truth(test)? {
                return Ok(Some(v));
            }
        }
        Ok(None)
    }

    /// Return state information for pickling.
    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<Filter>) -> Value {
        let args = Tuple::from_slice(vm, &[this.function.get(), this.iterator.get()]).value();
        Tuple::from_slice(vm, &[this.value().class().value(), args]).value()
    }
}
