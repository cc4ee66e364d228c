//! Methods, slots and the iterator of `tuple`.

use crate::args::Args;
use crate::builtins::list_iterator;
use crate::builtins::sequence::{self, Bounds, fast_items, is_index};
use crate::builtins::singletons::not_implemented;
use crate::builtins::slice_::Slice;
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::Type;
use crate::error::PyResult;
use crate::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use crate::raise;
use crate::shapes::{Mode, id};
use crate::slots::CompareOp;
use crate::vm::Vm;
use adder_heap as heap;
use adder_macros::{pyclass, pymethods};
use std::cell::Cell;

/// The receiver of a slot.
#[inline(always)]
fn me(v: Value) -> Ref<Tuple> {
    // SAFETY: used in slots of tuple only (layout-of-objects).
    unsafe { v.cast() }
}

impl Tuple {
    /// An instance of tuple or of a subclass with the given items.
    pub fn of_class(vm: &Vm, class: Ref<Type>, items: &[Value]) -> Ref<Tuple> {
        if class == Tuple::class() {
            return Tuple::from_slice(vm, items);
        }
        let extra = if class.mode.get() == Mode::Tail { 8 } else { 0 };
        let t = Tuple::of_shape(class.instance_shape.get(), extra, items);
        if class.has_finalizer.get() {
            heap::register_finalizer(t.value());
        }
        t
    }
}

#[pymethods]
impl Tuple {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let own_init =
            class.slots().tp_init.map(|f| f as usize) == Tuple::class().slots().tp_init.map(|f| f as usize);
        if args.has_keywords() && (class == Tuple::class() || own_init) {
            return Err(vm.type_error("tuple() takes no keyword arguments"));
        }
        let pos = args.pos();
        if pos.len() > 1 {
            raise!(vm, TypeError, "tuple expected at most 1 argument, got {}", pos.len())
        }
        let items = match pos.first() {
            Some(v) => vm.sequence_to_tuple(*v)?,
            None => Tuple::empty(),
        };
        if class == Tuple::class() {
            return Ok(items.value());
        }
        Ok(Tuple::of_class(vm, class, items.items()).value())
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        if me(this).is_empty() {
            return Ok(vm.new_str("()"));
        }
        sequence::guarded_repr(vm, this, "(...)", |out| {
            out.push_str("(");
            for (i, v) in me(this).items().iter().enumerate() {
                if i > 0 {
                    out.push_str(", ");
                }
                sequence::push_repr(vm, out, *v)?;
            }
            out.push_str(if me(this).len() == 1 { ",)" } else { ")" });
            Ok(())
        })
    }

    #[slot(tp_hash)]
    fn hash(vm: &Vm, this: Value) -> PyResult<i64> {
        let t = me(this);
        if t.hash.get() == 0 {
            t.hash.set(hash_items(vm, t.items())?);
        }
        Ok(t.hash.get())
    }

    #[slot(tp_richcompare)]
    fn compare(vm: &Vm, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
        if a.downcast::<Tuple>().is_none() || b.downcast::<Tuple>().is_none() {
            return Ok(not_implemented());
        }
        sequence::compare(vm, a, b, op)
    }

    #[slot(tp_iter)]
    fn iter(vm: &Vm, this: Value) -> PyResult<Value> {
        Ok(TupleIterator::new(vm, me(this)).value())
    }

    #[slot(mp_length, sq_length)]
    fn length(_vm: &Vm, this: Value) -> PyResult<usize> {
        Ok(me(this).len())
    }

    #[slot(sq_concat)]
    fn concat(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        if b.downcast::<Tuple>().is_none() {
            raise!(vm, TypeError, "can only concatenate tuple (not \"{}\") to tuple", b.class().name())
        }
        let (x, y) = (me(a), me(b));
        if x.is_empty() && b.is::<Tuple>() {
            return Ok(b);
        }
        if y.is_empty() && a.is::<Tuple>() {
            return Ok(a);
        }
        let n = x.len();
        let t = Tuple::build(vm, n + y.len(), |i| PyResult::Ok(if i < n { x.get(i) } else { y.get(i - n) }))?;
        Ok(t.value())
    }

    #[slot(sq_repeat)]
    fn repeat(vm: &Vm, this: Value, times: isize) -> PyResult<Value> {
        let t = me(this);
        let n = t.len();
        if (n == 0 || times == 1) && this.is::<Tuple>() {
            return Ok(this);
        }
        if n == 0 || times <= 0 {
            return Ok(Tuple::empty().value());
        }
        let Some(total) = n.checked_mul(times as usize).filter(|t| *t <= 1 << 40) else {
            return Err(vm.memory_error());
        };
        Ok(Tuple::build(vm, total, |i| PyResult::Ok(t.get(i % n)))?.value())
    }

    #[slot(sq_item)]
    fn item(vm: &Vm, this: Value, i: isize) -> PyResult<Value> {
        match me(this).items().get(i as usize) {
            Some(v) if i >= 0 => Ok(*v),
            _ => Err(vm.index_error("tuple index out of range")),
        }
    }

    #[slot(sq_contains)]
    fn contains(vm: &Vm, this: Value, item: Value) -> PyResult<bool> {
        sequence::contains(vm, this, item)
    }

    #[slot(mp_subscript)]
    fn subscript(vm: &Vm, this: Value, key: Value) -> PyResult<Value> {
        let t = me(this);
        if is_index(key) {
            let i = vm.index_isize(key)?;
            let i = if i < 0 { i + t.len() as isize } else { i };
            return Tuple::item(vm, this, i);
        }
        let Some(slice) = key.exact::<Slice>() else {
            raise!(vm, TypeError, "tuple indices must be integers or slices, not {}", key.class().name())
        };
        let span = Bounds::of(vm, slice)?.adjust(t.len());
        if span.len == 0 {
            return Ok(Tuple::empty().value());
        }
        if span.step == 1 {
            let start = span.start as usize;
            if span.len == t.len() && this.is::<Tuple>() {
                return Ok(this);
            }
            return Ok(Tuple::from_slice(vm, &fast_items(this)[start..start + span.len]).value());
        }
        Ok(Tuple::build(vm, span.len, |i| PyResult::Ok(t.get(span.at(i))))?.value())
    }

    #[pymethod("($self, /)")]
    fn __getnewargs__(vm: &Vm, this: Ref<Tuple>) -> Value {
        let plain = Tuple::from_slice(vm, this.items());
        Tuple::from_slice(vm, &[plain.value()]).value()
    }

    /// Return first index of value.
    ///
    /// Raises ValueError if the value is not present.
    #[pymethod("($self, value, start=0, stop=sys.maxsize, /)")]
    fn index(
        vm: &Vm,
        this: Ref<Tuple>,
        value: Value,
        start: Option<Value>,
        stop: Option<Value>,
    ) -> PyResult<usize> {
        let start = sequence::slice_index(vm, start, 0)?;
        let stop = sequence::slice_index(vm, stop, isize::MAX)?;
        match sequence::index_of(vm, this.value(), value, start, stop)? {
            Some(i) => Ok(i),
            None => Err(vm.value_error("tuple.index(x): x not in tuple")),
        }
    }

    /// Return number of occurrences of value.
    #[pymethod("($self, value, /)")]
    fn count(vm: &Vm, this: Ref<Tuple>, value: Value) -> PyResult<usize> {
        sequence::count(vm, this.value(), value)
    }

    /// See PEP 585
    #[classmethod]
    fn __class_getitem__(vm: &Vm, class: Value, item: Value) -> PyResult<Value> {
        crate::builtins::union_::generic_alias(vm, class, item)
    }
}

/// The hash of a tuple with these items: xxHash as in CPython's tuple_hash.
pub fn hash_items(vm: &Vm, items: &[Value]) -> PyResult<i64> {
    const P1: u64 = 11400714785074694791;
    const P2: u64 = 14029467366897019727;
    const P5: u64 = 2870177450012600261;
    let mut acc = P5;
    for v in items {
        let lane = vm.hash(*v)? as u64;
        acc = acc.wrapping_add(lane.wrapping_mul(P2)).rotate_left(31).wrapping_mul(P1);
    }
    acc = acc.wrapping_add(items.len() as u64 ^ (P5 ^ 3527539));
    Ok(if acc == u64::MAX { 1546275796 } else { acc as i64 })
}

#[pyclass(name = "tuple_iterator", fixed = id::TUPLE_ITERATOR)]
#[repr(C)]
pub struct TupleIterator {
    h: LongHeader,
    pub next: Cell<u64>,
    /// None: exhausted.
    pub tuple: Field<Option<Ref<Tuple>>>,
}

impl TupleIterator {
    /// Byte offsets for machines.
    pub const NEXT: u32 = std::mem::offset_of!(TupleIterator, next) as u32;
    pub const TUPLE: u32 = std::mem::offset_of!(TupleIterator, tuple) as u32;

    pub fn new(_vm: &Vm, tuple: Ref<Tuple>) -> Ref<TupleIterator> {
        heap::new(
            TupleIterator::shape(),
            TupleIterator { h: LongHeader::new(), next: Cell::new(0), tuple: Field::new(Some(tuple)) },
        )
    }

    #[inline(always)]
    pub fn advance(&self, this: Ref<TupleIterator>) -> Option<Value> {
        let tuple = self.tuple.get()?;
        match tuple.items().get(self.next.get() as usize) {
            Some(v) => {
                self.next.set(self.next.get() + 1);
                Some(*v)
            }
            None => {
                self.tuple.set(this, None);
                None
            }
        }
    }
}

#[pymethods]
impl TupleIterator {
    #[slot(tp_iter)]
    fn iter(_vm: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next(_vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        // SAFETY: installed as a slot of this class only.
        let it: Ref<TupleIterator> = unsafe { this.cast() };
        Ok(it.advance(it))
    }

    /// Private method returning an estimate of len(list(it)).
    #[pymethod("($self, /)")]
    fn __length_hint__(_vm: &Vm, this: Ref<TupleIterator>) -> i64 {
        this.tuple.get().map_or(0, |t| t.len() as i64 - this.next.get() as i64)
    }

    /// Return state information for pickling.
    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<TupleIterator>) -> PyResult<Value> {
        let seq = this.tuple.get().map(|t| (t.value(), this.next.get() as i64));
        list_iterator::reduce(vm, "iter", seq, Tuple::empty().value())
    }

    /// Set state information for unpickling.
    #[pymethod("($self, state, /)")]
    fn __setstate__(vm: &Vm, this: Ref<TupleIterator>, state: Value) -> PyResult<()> {
        let i = vm.index_isize(state)?;
        if let Some(t) = this.tuple.get() {
            this.next.set((i.max(0) as usize).min(t.len()) as u64);
        }
        Ok(())
    }
}
