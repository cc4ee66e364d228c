//! `deque`: a ring of values with an optional maximum length, and its iterators.
//!
//! `changes` counts what adds, removes or moves items; iterators compare it.

use adder_heap as heap;
use adder_macros::{pyclass, pymethods};
use adder_vm::args::{Args, Params};
use adder_vm::builtins::array::Array;
use adder_vm::builtins::sequence;
use adder_vm::builtins::singletons::{bool_value, none, not_implemented};
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::names::names;
use adder_vm::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::slots::CompareOp;
use adder_vm::vm::Vm;
use std::cell::Cell;

/// A list-like sequence optimized for data accesses near its endpoints.
#[pyclass(
    name = "deque",
    module = "collections",
    flags = def::BASE | def::SEQUENCE,
    signature = "([iterable[, maxlen]])"
)]
#[repr(C)]
pub struct Deque {
    h: LongHeader,
    /// The capacity is a power of two; None: empty.
    ring: Field<Option<Ref<Array>>>,
    head: Cell<usize>,
    len: Cell<usize>,
    /// `usize::MAX`: unlimited.
    limit: Cell<usize>,
    changes: Cell<u64>,
}

impl Deque {
    fn blank(limit: usize) -> Deque {
        Deque {
            h: LongHeader::new(),
            ring: Field::new(None),
            head: Cell::new(0),
            len: Cell::new(0),
            limit: Cell::new(limit),
            changes: Cell::new(0),
        }
    }

    fn at(&self, ring: Ref<Array>, i: usize) -> usize {
        (self.head.get() + i) & (ring.capacity() - 1)
    }

    fn get(&self, i: usize) -> Option<Value> {
        if i >= self.len.get() {
            return None;
        }
        let ring = self.ring.get()?;
        ring.get(self.at(ring, i))
    }

    fn set(&self, i: usize, v: Option<Value>) {
        if let Some(ring) = self.ring.get() {
            ring.set(self.at(ring, i), v);
        }
    }

    fn changed(&self) {
        self.changes.set(self.changes.get() + 1);
    }
}

/// A ring with room for one more item.
fn with_room(this: Ref<Deque>) -> Ref<Array> {
    let n = this.len.get();
    match this.ring.get() {
        Some(ring) if n < ring.capacity() => ring,
        old => {
            let bigger = Array::new((2 * n).max(8));
            if old.is_some() {
                for i in 0..n {
                    bigger.set(i, this.get(i));
                }
            }
            this.ring.set(this, Some(bigger));
            this.head.set(0);
            bigger
        }
    }
}

fn push_back(this: Ref<Deque>, v: Value) {
    if this.limit.get() == 0 {
        return;
    }
    if this.len.get() >= this.limit.get() {
        pop_front(this);
    }
    let ring = with_room(this);
    let n = this.len.get();
    ring.set(this.at(ring, n), Some(v));
    this.len.set(n + 1);
    this.changed();
}

fn push_front(this: Ref<Deque>, v: Value) {
    if this.limit.get() == 0 {
        return;
    }
    if this.len.get() >= this.limit.get() {
        pop_back(this);
    }
    let ring = with_room(this);
    this.head.set(this.head.get().wrapping_sub(1) & (ring.capacity() - 1));
    ring.set(this.head.get(), Some(v));
    this.len.set(this.len.get() + 1);
    this.changed();
}

fn pop_back(this: Ref<Deque>) -> Option<Value> {
    let n = this.len.get().checked_sub(1)?;
    let v = this.get(n);
    this.set(n, None);
    this.len.set(n);
    this.changed();
    v
}

fn pop_front(this: Ref<Deque>) -> Option<Value> {
    let v = this.get(0)?;
    this.set(0, None);
    let ring = this.ring.get()?;
    this.head.set(this.at(ring, 1));
    this.len.set(this.len.get() - 1);
    this.changed();
    Some(v)
}

fn clear(this: Ref<Deque>) {
    this.ring.set(this, None);
    this.head.set(0);
    this.len.set(0);
    this.changed();
}

fn rotate(this: Ref<Deque>, n: isize) {
    let len = this.len.get();
    if len <= 1 {
        return;
    }
    let n = n.rem_euclid(len as isize) as usize;
    // The shorter way round.
    let limit = this.limit.replace(usize::MAX);
    if n <= len / 2 {
        for _ in 0..n {
            let v = pop_back(this).expect("the deque is not empty");
            push_front(this, v);
        }
    } else {
        for _ in 0..len - n {
            let v = pop_front(this).expect("the deque is not empty");
            push_back(this, v);
        }
    }
    this.limit.set(limit);
}

fn remove_at(this: Ref<Deque>, i: usize) {
    rotate(this, -(i as isize));
    pop_front(this);
    rotate(this, i as isize);
}

fn extend(vm: &Vm, this: Ref<Deque>, items: Value, push: fn(Ref<Deque>, Value)) -> PyResult<()> {
    if items == this.value() {
        let copy = vm.sequence_to_list(items)?;
        for i in 0..copy.len() {
            push(this, copy.get(i));
        }
        return Ok(());
    }
    vm.iterate(items, &mut |v| {
        push(this, v);
        Ok(())
    })
}

fn mutated(vm: &Vm) -> adder_vm::error::Raised {
    vm.runtime_error("deque mutated during iteration")
}

fn position(vm: &Vm, this: Ref<Deque>, value: Value, start: usize, stop: usize) -> PyResult<Option<usize>> {
    let changes = this.changes.get();
    for i in start..stop.min(this.len.get()) {
        let Some(v) = this.get(i) else { break };
        if vm.eq(v, value)? {
            return Ok(Some(i));
        }
        if this.changes.get() != changes {
            return Err(mutated(vm));
        }
    }
    Ok(None)
}

fn maxlen(this: Ref<Deque>, vm: &Vm) -> Value {
    match this.limit.get() {
        usize::MAX => none(),
        n => vm.int(n as i64),
    }
}

fn copy(vm: &Vm, this: Ref<Deque>) -> PyResult<Value> {
    let class = this.value().class();
    if class == Deque::class() {
        let new = heap::new(Deque::shape(), Deque::blank(this.limit.get()));
        for i in 0..this.len.get() {
            push_back(new, this.get(i).expect("items below len are set"));
        }
        return Ok(new.value());
    }
    let new = match this.limit.get() {
        usize::MAX => vm.call(class.value(), &[this.value()])?,
        n => vm.call(class.value(), &[this.value(), vm.int(n as i64)])?,
    };
    if new.downcast::<Deque>().is_none() {
        raise!(vm, TypeError, "{}() must return a deque, not {}", class.name(), new.class().name())
    }
    Ok(new)
}

fn me(v: Value) -> Ref<Deque> {
    // SAFETY: used in slots of this class only.
    unsafe { v.cast() }
}

fn repeat(vm: &Vm, this: Ref<Deque>, n: isize) -> PyResult<()> {
    let len = this.len.get();
    if n <= 0 {
        clear(this);
        return Ok(());
    }
    if len
        .checked_mul(n as usize)
        .is_none_or(|t| t > isize::MAX as usize / 8 && this.limit.get() == usize::MAX)
    {
        return Err(vm.memory_error());
    }
    let items = vm.sequence_to_list(this.value())?;
    let most = match this.limit.get() {
        usize::MAX => n as usize - 1,
        limit => (n as usize - 1).min(limit / len.max(1) + 1),
    };
    for _ in 0..most {
        for i in 0..items.len() {
            push_back(this, items.get(i));
        }
    }
    Ok(())
}

#[pymethods]
impl Deque {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, _args: Args) -> PyResult<Value> {
        Ok(vm.new_instance(class, Deque::blank(usize::MAX))?.value())
    }

    #[slot(tp_init)]
    fn init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
        const PARAMS: Params = Params {
            owner: "",
            function: "deque",
            names: &["iterable", "maxlen"],
            pos_only: 0,
            positional: 2,
            required: 0,
            kw_only: 0,
            kw_required: 0,
            varargs: false,
            varkw: false,
        };
        let mut bound = [None; 2];
        PARAMS.bind(vm, args, &mut bound)?;
        let deque = me(this);
        if let Some(limit) = bound[1].filter(|m| !m.is_none()) {
            if adder_vm::builtins::int::as_int(limit).is_none() {
                return Err(vm.type_error("an integer is required"));
            }
            match vm.index_i128(limit)? {
                n if n < 0 => return Err(vm.value_error("maxlen must be non-negative")),
                n if n > isize::MAX as i128 => {
                    return Err(vm.overflow_error("Python int too large to convert to C ssize_t"));
                }
                n => deque.limit.set(n as usize),
            }
        } else {
            deque.limit.set(usize::MAX);
        }
        if deque.len.get() > 0 {
            clear(deque);
        }
        match bound[0] {
            Some(items) => extend(vm, deque, items, push_back),
            None => Ok(()),
        }
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        sequence::guarded_repr(vm, this, "[...]", |out| {
            let list = vm.sequence_to_list(this)?;
            out.push_str(&this.class().short_name());
            out.push_str("(");
            sequence::push_repr(vm, out, list.value())?;
            if me(this).limit.get() != usize::MAX {
                out.push_str(&format!(", maxlen={}", me(this).limit.get()));
            }
            out.push_str(")");
            Ok(())
        })
    }

    #[slot(tp_hash)]
    fn hash(vm: &Vm, this: Value) -> PyResult<i64> {
        Err(vm.unhashable(this))
    }

    #[slot(tp_richcompare)]
    fn compare(vm: &Vm, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
        let (Some(x), Some(y)) = (a.downcast::<Deque>(), b.downcast::<Deque>()) else {
            return Ok(not_implemented());
        };
        let (n, m) = (x.len.get(), y.len.get());
        if n != m && matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(bool_value(op == CompareOp::Ne));
        }
        let changes = (x.changes.get(), y.changes.get());
        let mut i = 0;
        while let (Some(p), Some(q)) = (x.get(i), y.get(i)) {
            if !vm.eq(p, q)? {
                return match op {
                    CompareOp::Eq => Ok(bool_value(false)),
                    CompareOp::Ne => Ok(bool_value(true)),
                    _ => vm.compare(p, q, op),
                };
            }
            if (x.changes.get(), y.changes.get()) != changes {
                return Err(mutated(vm));
            }
            i += 1;
        }
        Ok(bool_value(op.holds(x.len.get().cmp(&y.len.get()))))
    }

    #[slot(tp_iter)]
    fn iter(_vm: &Vm, this: Value) -> PyResult<Value> {
        Ok(DequeIterator::make(me(this)).value())
    }

    #[slot(sq_length)]
    fn length(_vm: &Vm, this: Value) -> PyResult<usize> {
        Ok(me(this).len.get())
    }

    #[slot(nb_bool)]
    fn bool(_vm: &Vm, this: Value) -> PyResult<bool> {
        Ok(me(this).len.get() > 0)
    }

    #[slot(sq_concat)]
    fn concat(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        if b.downcast::<Deque>().is_none() {
            raise!(vm, TypeError, "can only concatenate deque (not \"{}\") to deque", b.class().name())
        }
        let new = copy(vm, me(a))?;
        extend(vm, me(new), b, push_back)?;
        Ok(new)
    }

    #[slot(sq_inplace_concat)]
    fn inplace_concat(vm: &Vm, this: Value, other: Value) -> PyResult<Value> {
        extend(vm, me(this), other, push_back)?;
        Ok(this)
    }

    #[slot(sq_repeat)]
    fn repeat(vm: &Vm, this: Value, n: isize) -> PyResult<Value> {
        let new = copy(vm, me(this))?;
        repeat(vm, me(new), n)?;
        Ok(new)
    }

    #[slot(sq_inplace_repeat)]
    fn inplace_repeat(vm: &Vm, this: Value, n: isize) -> PyResult<Value> {
        repeat(vm, me(this), n)?;
        Ok(this)
    }

    #[slot(sq_item)]
    fn item(vm: &Vm, this: Value, i: isize) -> PyResult<Value> {
        match me(this).get(i as usize) {
            Some(v) if i >= 0 => Ok(v),
            _ => Err(vm.index_error("deque index out of range")),
        }
    }

    #[slot(sq_ass_item)]
    fn ass_item(vm: &Vm, this: Value, i: isize, value: Option<Value>) -> PyResult<()> {
        let deque = me(this);
        if i < 0 || i as usize >= deque.len.get() {
            return Err(vm.index_error("deque index out of range"));
        }
        match value {
            Some(_) => deque.set(i as usize, value),
            None => remove_at(deque, i as usize),
        }
        Ok(())
    }

    #[slot(sq_contains)]
    fn contains(vm: &Vm, this: Value, value: Value) -> PyResult<bool> {
        Ok(position(vm, me(this), value, 0, usize::MAX)?.is_some())
    }

    /// maximum size of a deque or None if unbounded
    #[getter]
    fn maxlen(vm: &Vm, this: Ref<Deque>) -> Value {
        maxlen(this, vm)
    }

    /// Add an element to the right side of the deque.
    #[pymethod("($self, item, /)")]
    fn append(_vm: &Vm, this: Ref<Deque>, item: Value) {
        push_back(this, item);
    }

    /// Add an element to the left side of the deque.
    #[pymethod("($self, item, /)")]
    fn appendleft(_vm: &Vm, this: Ref<Deque>, item: Value) {
        push_front(this, item);
    }

    /// Remove all elements from the deque.
    #[pymethod(name = "clear", "($self, /)")]
    fn clear_(_vm: &Vm, this: Ref<Deque>) {
        clear(this);
    }

    /// Return a shallow copy of a deque.
    #[pymethod(name = "copy", "($self, /)")]
    fn copy_(vm: &Vm, this: Ref<Deque>) -> PyResult<Value> {
        copy(vm, this)
    }

    /// Return a shallow copy of a deque.
    #[pymethod("($self, /)")]
    fn __copy__(vm: &Vm, this: Ref<Deque>) -> PyResult<Value> {
        copy(vm, this)
    }

    /// Return number of occurrences of value.
    #[pymethod("($self, value, /)")]
    fn count(vm: &Vm, this: Ref<Deque>, value: Value) -> PyResult<usize> {
        let (mut n, mut i) = (0, 0);
        let changes = this.changes.get();
        while let Some(v) = this.get(i) {
            n += vm.eq(v, value)? as usize;
            if this.changes.get() != changes {
                return Err(mutated(vm));
            }
            i += 1;
        }
        Ok(n)
    }

    /// Extend the right side of the deque with elements from the iterable.
    #[pymethod("($self, iterable, /)")]
    fn extend(vm: &Vm, this: Ref<Deque>, iterable: Value) -> PyResult<()> {
        extend(vm, this, iterable, push_back)
    }

    /// Extend the left side of the deque with elements from the iterable.
    #[pymethod("($self, iterable, /)")]
    fn extendleft(vm: &Vm, this: Ref<Deque>, iterable: Value) -> PyResult<()> {
        extend(vm, this, iterable, push_front)
    }

    /// Return first index of value.
    ///
    /// Raises ValueError if the value is not present.
    #[pymethod("($self, value, [start, [stop]])")]
    fn index(vm: &Vm, this: Ref<Deque>, args: Args) -> PyResult<usize> {
        let (value, start, stop) = match *args.pos() {
            [v] => (v, None, None),
            [v, a] => (v, Some(a), None),
            [v, a, b] => (v, Some(a), Some(b)),
            [] => raise!(vm, TypeError, "index expected at least 1 argument, got 0"),
            _ => raise!(vm, TypeError, "index expected at most 3 arguments, got {}", args.pos().len()),
        };
        let start = sequence::slice_index(vm, start, 0)?;
        let stop = sequence::slice_index(vm, stop, isize::MAX)?;
        let n = this.len.get() as isize;
        let clamp = |i: isize| (if i < 0 { (i + n).max(0) } else { i.min(n) }) as usize;
        match position(vm, this, value, clamp(start), clamp(stop))? {
            Some(i) => Ok(i),
            None => raise!(vm, ValueError, "deque.index(x): x not in deque"),
        }
    }

    /// Insert value before index.
    #[pymethod("($self, index, value, /)")]
    fn insert(vm: &Vm, this: Ref<Deque>, index: isize, value: Value) -> PyResult<()> {
        let n = this.len.get() as isize;
        if this.len.get() >= this.limit.get() {
            return Err(vm.index_error("deque already at its maximum size"));
        }
        if index >= n {
            push_back(this, value);
        } else if index <= -n || index == 0 {
            push_front(this, value);
        } else {
            rotate(this, -index);
            if index < 0 {
                push_back(this, value)
            } else {
                push_front(this, value)
            }
            rotate(this, index);
        }
        Ok(())
    }

    /// Remove and return the rightmost element.
    #[pymethod("($self, /)")]
    fn pop(vm: &Vm, this: Ref<Deque>) -> PyResult<Value> {
        match pop_back(this) {
            Some(v) => Ok(v),
            None => Err(vm.index_error("pop from an empty deque")),
        }
    }

    /// Remove and return the leftmost element.
    #[pymethod("($self, /)")]
    fn popleft(vm: &Vm, this: Ref<Deque>) -> PyResult<Value> {
        match pop_front(this) {
            Some(v) => Ok(v),
            None => Err(vm.index_error("pop from an empty deque")),
        }
    }

    /// Remove first occurrence of value.
    #[pymethod("($self, value, /)")]
    fn remove(vm: &Vm, this: Ref<Deque>, value: Value) -> PyResult<()> {
        let n = this.len.get();
        let changes = this.changes.get();
        for i in 0..n {
            let Some(v) = this.get(i) else { break };
            let equal = vm.eq(v, value)?;
            if this.changes.get() != changes {
                return Err(vm.index_error("deque mutated during remove()."));
            }
            if equal {
                remove_at(this, i);
                return Ok(());
            }
        }
        raise!(vm, ValueError, "deque.remove(x): x not in deque")
    }

    /// Reverse *IN PLACE*.
    #[pymethod("($self, /)")]
    fn reverse(_vm: &Vm, this: Ref<Deque>) {
        let n = this.len.get();
        for i in 0..n / 2 {
            let (a, b) = (this.get(i), this.get(n - 1 - i));
            this.set(i, b);
            this.set(n - 1 - i, a);
        }
    }

    /// Rotate the deque n steps to the right.  If n is negative, rotates left.
    #[pymethod(name = "rotate", "($self, n=1, /)")]
    fn rotate_(_vm: &Vm, this: Ref<Deque>, n: Option<isize>) {
        rotate(this, n.unwrap_or(1));
    }

    /// Return a reverse iterator over the deque.
    #[pymethod("($self, /)")]
    fn __reversed__(_vm: &Vm, this: Ref<Deque>) -> Ref<DequeReverseIterator> {
        DequeReverseIterator::make(this)
    }

    /// Return the size of the deque in memory, in bytes.
    #[pymethod("($self, /)")]
    fn __sizeof__(_vm: &Vm, this: Ref<Deque>) -> i64 {
        (std::mem::size_of::<Deque>() + 8 * this.ring.get().map_or(0, |r| r.capacity())) as i64
    }

    /// Return state information for pickling.
    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<Deque>) -> PyResult<Value> {
        let state = vm.call_method(this.value(), names().__getstate__, &[])?;
        let iter = vm.iter(this.value())?;
        let args = match this.limit.get() {
            usize::MAX => Tuple::empty(),
            n => Tuple::from_slice(vm, &[Tuple::empty().value(), vm.int(n as i64)]),
        };
        let class = this.value().class().value();
        Ok(Tuple::from_slice(vm, &[class, args.value(), state, iter]).value())
    }

    /// See PEP 585
    #[classmethod]
    fn __class_getitem__(vm: &Vm, class: Value, item: Value) -> PyResult<Value> {
        adder_vm::builtins::union_::generic_alias(vm, class, item)
    }
}

macro_rules! deque_iterator {
    ($t:ident, $name:tt, $index:expr) => {
        #[pyclass(name = $name, module = "collections")]
        #[repr(C)]
        pub struct $t {
            h: LongHeader,
            deque: Field<Ref<Deque>>,
            changes: u64,
            left: Cell<usize>,
        }

        impl $t {
            fn make(deque: Ref<Deque>) -> Ref<$t> {
                let (changes, left) = (deque.changes.get(), Cell::new(deque.len.get()));
                heap::new($t::shape(), $t { h: LongHeader::new(), deque: Field::new(deque), changes, left })
            }
        }

        #[pymethods]
        impl $t {
            #[slot(tp_new)]
            fn new(vm: &Vm, _class: Ref<Type>, args: Args) -> PyResult<Value> {
                let Some(deque) = args.pos().first().and_then(|d| d.downcast::<Deque>()) else {
                    return Err(vm.type_error("a deque is required"));
                };
                let it = $t::make(deque);
                if let Some(index) = args.pos().get(1) {
                    let skip = vm.index_isize(*index)?.max(0) as usize;
                    it.left.set(deque.len.get().saturating_sub(skip));
                }
                Ok(it.value())
            }

            #[slot(tp_iter)]
            fn iter(_vm: &Vm, this: Value) -> PyResult<Value> {
                Ok(this)
            }

            #[slot(tp_iternext)]
            fn next(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
                // SAFETY: installed as a slot of this class only.
                let it: Ref<$t> = unsafe { this.cast() };
                let deque = it.deque.get();
                if it.changes != deque.changes.get() {
                    it.left.set(0);
                    return Err(mutated(vm));
                }
                let left = it.left.get();
                if left == 0 {
                    return Ok(None);
                }
                it.left.set(left - 1);
                let index: fn(usize, usize) -> usize = $index;
                Ok(deque.get(index(deque.len.get(), left)))
            }

            /// Private method returning an estimate of len(list(it)).
            #[pymethod("($self, /)")]
            fn __length_hint__(_vm: &Vm, this: Ref<$t>) -> usize {
                this.left.get()
            }

            /// Return state information for pickling.
            #[pymethod("($self, /)")]
            fn __reduce__(vm: &Vm, this: Ref<$t>) -> PyResult<Value> {
                let deque = this.deque.get();
                let done = deque.len.get().saturating_sub(this.left.get());
                let args = Tuple::from_slice(vm, &[deque.value(), vm.int(done as i64)]);
                Ok(Tuple::from_slice(vm, &[this.value().class().value(), args.value()]).value())
            }
        }
    };
}

deque_iterator!(DequeIterator, "_deque_iterator", |len, left| len - left);
deque_iterator!(DequeReverseIterator, "_deque_reverse_iterator", |_len, left| left - 1);
