//! `range`: the class, its methods, and the iterator for numbers beyond 63 bits.
//!
//! All four fields are exact ints of any size; most ranges hold immediates only, and every function
//! is written for the general case except making the iterator.

use crate::args::Args;
use crate::builtins::int::as_int;
use crate::builtins::int_ops as ops;
use crate::builtins::range::{Range, RangeIterator};
use crate::builtins::singletons::{bool_value, none, not_implemented};
use crate::builtins::slice_::Slice;
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::Type;
use crate::error::PyResult;
use crate::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use crate::raise;
use crate::shapes::id;
use crate::slots::CompareOp;
use crate::vm::Vm;
use adder_heap as heap;
use adder_macros::{pyclass, pymethods};
use adder_text::hash;

/// Iterates a range of any numbers.
#[pyclass(name = "longrange_iterator", fixed = id::LONG_RANGE_ITERATOR)]
#[repr(C)]
pub struct LongRangeIterator {
    h: LongHeader,
    next: Field<Value>,
    step: Field<Value>,
    left: Field<Value>,
}

/// The number of values: `compute_range_length`.
fn length(vm: &Vm, start: Value, stop: Value, step: Value) -> PyResult<Value> {
    let (low, high, step) =
        if ops::sign(step) > 0 { (start, stop, step) } else { (stop, start, ops::neg(vm, step)?) };
    if ops::compare(low, high).is_ge() {
        return Ok(vm.int(0));
    }
    let one = vm.int(1);
    let span = ops::sub(vm, ops::sub(vm, high, low)?, one)?;
    ops::add(vm, ops::floor_div(vm, span, step)?, one)
}

impl Vm {
    /// `range(start, stop, step)` for exact ints; the step is not zero.
    pub fn new_range(&self, start: Value, stop: Value, step: Value) -> PyResult<Value> {
        let length = length(self, start, stop, step)?;
        Ok(Range::new(start, stop, step, length).value())
    }
}

/// An iterator over `left` values.
fn iterator(vm: &Vm, next: Value, step: Value, left: Value) -> PyResult<Value> {
    if let (true, true, true) = (next.is_small(), step.is_small(), left.is_small()) {
        let end = next.small() as i128 + step.small() as i128 * (left.small() as i128);
        if (Value::SMALL_MIN as i128..=Value::SMALL_MAX as i128).contains(&end) {
            return Ok(RangeIterator::new(vm, next.small(), step.small(), left.small()).value());
        }
    }
    Ok(heap::new(
        LongRangeIterator::shape(),
        LongRangeIterator {
            h: LongHeader::new(),
            next: Field::new(next),
            step: Field::new(step),
            left: Field::new(left),
        },
    )
    .value())
}

impl Range {
    /// Value number i, not checked.
    fn item(&self, vm: &Vm, i: Value) -> PyResult<Value> {
        ops::add(vm, self.start.get(), ops::mul(vm, i, self.step.get())?)
    }

    fn subscript(&self, vm: &Vm, i: Value) -> PyResult<Value> {
        let length = self.length.get();
        let at = if ops::sign(i) < 0 { ops::add(vm, i, length)? } else { i };
        if ops::sign(at) < 0 || ops::compare(at, length).is_ge() {
            return Err(vm.index_error("range object index out of range"));
        }
        self.item(vm, at)
    }

    /// Whether an exact int is among the values.
    fn has(&self, vm: &Vm, v: Value) -> PyResult<bool> {
        let (start, stop, step) = (self.start.get(), self.stop.get(), self.step.get());
        let inside = if ops::sign(step) > 0 {
            ops::compare(start, v).is_le() && ops::compare(v, stop).is_lt()
        } else {
            ops::compare(start, v).is_ge() && ops::compare(v, stop).is_gt()
        };
        if !inside {
            return Ok(false);
        }
        let offset = ops::sub(vm, v, start)?;
        Ok(ops::is_zero(ops::modulo(vm, offset, step)?))
    }

    fn arguments(&self, vm: &Vm) -> Value {
        Tuple::from_slice(vm, &[self.start.get(), self.stop.get(), self.step.get()]).value()
    }
}

/// An int as `range` searches for it: exact ints and bools only, because subclasses may compare
/// as they like.
fn plain_int(v: Value) -> Option<Value> {
    if v.is_small()
        || v.is::<crate::builtins::int::BigInt>()
        || crate::builtins::singletons::as_bool(v).is_some()
    {
        return as_int(v);
    }
    None
}

fn same(a: Ref<Range>, b: Ref<Range>) -> bool {
    let length = a.length.get();
    if ops::compare(length, b.length.get()).is_ne() {
        return false;
    }
    if ops::is_zero(length) {
        return true;
    }
    if ops::compare(a.start.get(), b.start.get()).is_ne() {
        return false;
    }
    length == Value::from_small(1) || ops::compare(a.step.get(), b.step.get()).is_eq()
}

#[pymethods]
impl Range {
    #[slot(tp_new)]
    fn construct(vm: &Vm, _class: Ref<Type>, args: Args) -> PyResult<Value> {
        if args.has_keywords() {
            return Err(vm.type_error("range() takes no keyword arguments"));
        }
        match args.pos() {
            [stop] => {
                let stop = vm.index_value(*stop)?;
                vm.new_range(vm.int(0), stop, vm.int(1))
            }
            [start, stop] => {
                let (start, stop) = (vm.index_value(*start)?, vm.index_value(*stop)?);
                vm.new_range(start, stop, vm.int(1))
            }
            [start, stop, step] => {
                let (start, stop) = (vm.index_value(*start)?, vm.index_value(*stop)?);
                let step = vm.index_value(*step)?;
                if ops::is_zero(step) {
                    return Err(vm.value_error("range() arg 3 must not be zero"));
                }
                vm.new_range(start, stop, step)
            }
            [] => Err(vm.type_error("range expected at least 1 argument, got 0")),
            more => raise!(vm, TypeError, "range expected at most 3 arguments, got {}", more.len()),
        }
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let r = own(this);
        let (a, b, c) =
            (vm.repr_string(r.start.get())?, vm.repr_string(r.stop.get())?, vm.repr_string(r.step.get())?);
        Ok(vm.new_str(&if r.step.get() == vm.int(1) {
            format!("range({a}, {b})")
        } else {
            format!("range({a}, {b}, {c})")
        }))
    }

    #[slot(tp_hash)]
    fn hash(_: &Vm, this: Value) -> PyResult<i64> {
        let r = own(this);
        let nothing = 0xfca86420;
        let n = r.length.get();
        let (start, step) = if ops::is_zero(n) {
            (nothing, nothing)
        } else if n == Value::from_small(1) {
            (ops::hash(r.start.get()), nothing)
        } else {
            (ops::hash(r.start.get()), ops::hash(r.step.get()))
        };
        Ok(hash::hash_tuple([ops::hash(n), start, step]))
    }

    #[slot(tp_richcompare)]
    fn compare(_: &Vm, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
        let Some(y) = b.downcast::<Range>() else { return Ok(not_implemented()) };
        match op {
            CompareOp::Eq => Ok(bool_value(a == b || same(own(a), y))),
            CompareOp::Ne => Ok(bool_value(a != b && !same(own(a), y))),
            _ => Ok(not_implemented()),
        }
    }

    #[slot(tp_iter)]
    fn iter(vm: &Vm, this: Value) -> PyResult<Value> {
        let r = own(this);
        iterator(vm, r.start.get(), r.step.get(), r.length.get())
    }

    #[slot(nb_bool)]
    fn truth(_: &Vm, this: Value) -> PyResult<bool> {
        Ok(!ops::is_zero(own(this).length.get()))
    }

    #[slot(sq_length)]
    #[slot(mp_length)]
    fn len(vm: &Vm, this: Value) -> PyResult<usize> {
        match vm.int_to_i64(own(this).length.get()) {
            Some(n) => Ok(n as usize),
            None => Err(vm.overflow_error("Python int too large to convert to C ssize_t")),
        }
    }

    #[slot(sq_item)]
    fn sequence_item(vm: &Vm, this: Value, i: isize) -> PyResult<Value> {
        own(this).subscript(vm, vm.int(i as i64))
    }

    #[slot(mp_subscript)]
    fn get_item(vm: &Vm, this: Value, key: Value) -> PyResult<Value> {
        let r = own(this);
        if let Some(s) = key.downcast::<Slice>() {
            let (start, stop, step) = s.indices_of(vm, r.length.get())?;
            let start = r.item(vm, start)?;
            let stop = r.item(vm, stop)?;
            return vm.new_range(start, stop, ops::mul(vm, r.step.get(), step)?);
        }
        if as_int(key).is_none() && key.class().slots().nb_index.is_none() {
            raise!(vm, TypeError, "range indices must be integers or slices, not {}", key.class().name())
        }
        let i = vm.index_value(key)?;
        r.subscript(vm, i)
    }

    #[slot(sq_contains)]
    fn contains(vm: &Vm, this: Value, item: Value) -> PyResult<bool> {
        match plain_int(item) {
            Some(i) => own(this).has(vm, i),
            None => vm.iter_contains(this, item),
        }
    }

    #[getter]
    fn start(_: &Vm, this: Ref<Range>) -> Value {
        this.start.get()
    }

    #[getter]
    fn stop(_: &Vm, this: Ref<Range>) -> Value {
        this.stop.get()
    }

    #[getter]
    fn step(_: &Vm, this: Ref<Range>) -> Value {
        this.step.get()
    }

    /// Return a reverse iterator.
    #[pymethod("($self, /)")]
    fn __reversed__(vm: &Vm, this: Ref<Range>) -> PyResult<Value> {
        let n = this.length.get();
        let last = this.item(vm, ops::sub(vm, n, vm.int(1))?)?;
        iterator(vm, last, ops::neg(vm, this.step.get())?, n)
    }

    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<Range>) -> Value {
        let args = this.arguments(vm);
        Tuple::from_slice(vm, &[Range::class().value(), args]).value()
    }

    /// rangeobject.count(value) -> integer -- return number of occurrences of value
    #[pymethod("($self, object, /)")]
    fn count(vm: &Vm, this: Ref<Range>, object: Value) -> PyResult<i64> {
        if let Some(i) = plain_int(object) {
            return Ok(this.has(vm, i)? as i64);
        }
        let mut n = 0;
        vm.iterate(this.value(), &mut |v| {
            n += vm.eq(v, object)? as i64;
            Ok(())
        })?;
        Ok(n)
    }

    /// rangeobject.index(value) -> integer -- return index of value.
    /// Raise ValueError if the value is not present.
    #[pymethod("($self, object, /)")]
    fn index(vm: &Vm, this: Ref<Range>, object: Value) -> PyResult<Value> {
        if let Some(i) = plain_int(object) {
            if !this.has(vm, i)? {
                return Err(vm.value_error("range.index(x): x not in range"));
            }
            let offset = ops::sub(vm, i, this.start.get())?;
            return ops::floor_div(vm, offset, this.step.get());
        }
        let it = vm.iter(this.value())?;
        let mut n = 0;
        while let Some(v) = vm.next(it)? {
            if vm.eq(v, object)? {
                return Ok(vm.int(n));
            }
            n += 1;
        }
        Err(vm.value_error("sequence.index(x): x not in sequence"))
    }
}

/// The receiver of a slot, whose class the caller has checked.
fn own(v: Value) -> Ref<Range> {
    v.downcast::<Range>().expect("the receiver is a range")
}

/// What pickles an iterator: `iter(range(...))` and no state.
fn reduce(vm: &Vm, next: Value, step: Value, left: Value) -> PyResult<Value> {
    let stop = ops::add(vm, next, ops::mul(vm, left, step)?)?;
    let range = vm.new_range(next, stop, step)?;
    let args = Tuple::from_slice(vm, &[range]).value();
    let iter = vm.builtin("iter")?;
    Ok(Tuple::from_slice(vm, &[iter, args, none()]).value())
}

#[pymethods]
impl RangeIterator {
    #[slot(tp_iter)]
    fn iter(_: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next_slot(_: &Vm, this: Value) -> PyResult<Option<Value>> {
        Ok(this.downcast::<RangeIterator>().expect("the receiver is a range_iterator").advance())
    }

    /// Private method returning an estimate of len(list(it)).
    #[pymethod("($self, /)")]
    fn __length_hint__(_: &Vm, this: Ref<RangeIterator>) -> i64 {
        this.left.get()
    }

    /// Return state information for pickling.
    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<RangeIterator>) -> PyResult<Value> {
        reduce(vm, vm.int(this.next.get()), vm.int(this.step), vm.int(this.left.get()))
    }

    /// Set state information for unpickling.
    #[pymethod("($self, object, /)")]
    fn __setstate__(vm: &Vm, this: Ref<RangeIterator>, object: i64) {
        let _ = vm;
        let skipped = object.clamp(0, this.left.get());
        this.next.set(this.next.get() + skipped * this.step);
        this.left.set(this.left.get() - skipped);
    }
}

#[pymethods]
impl LongRangeIterator {
    #[slot(tp_iter)]
    fn iter(_: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next_slot(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        let it = this.downcast::<LongRangeIterator>().expect("the receiver is a longrange_iterator");
        let left = it.left.get();
        if ops::sign(left) <= 0 {
            return Ok(None);
        }
        let v = it.next.get();
        let next = ops::add(vm, v, it.step.get())?;
        let left = ops::sub(vm, left, vm.int(1))?;
        it.next.set(it, next);
        it.left.set(it, left);
        Ok(Some(v))
    }

    /// Private method returning an estimate of len(list(it)).
    #[pymethod("($self, /)")]
    fn __length_hint__(_: &Vm, this: Ref<LongRangeIterator>) -> Value {
        this.left.get()
    }

    /// Return state information for pickling.
    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<LongRangeIterator>) -> PyResult<Value> {
        reduce(vm, this.next.get(), this.step.get(), this.left.get())
    }

    /// Set state information for unpickling.
    #[pymethod("($self, object, /)")]
    fn __setstate__(vm: &Vm, this: Ref<LongRangeIterator>, object: Value) -> PyResult<()> {
        let Some(state) = as_int(object) else {
            raise!(vm, TypeError, "state must be an int, not {}", object.class().name())
        };
        let left = this.left.get();
        let skipped = if ops::sign(state) < 0 {
            vm.int(0)
        } else if ops::compare(state, left).is_gt() {
            left
        } else {
            state
        };
        let next = ops::add(vm, this.next.get(), ops::mul(vm, skipped, this.step.get())?)?;
        let left = ops::sub(vm, left, skipped)?;
        this.next.set(this, next);
        this.left.set(this, left);
        Ok(())
    }
}
