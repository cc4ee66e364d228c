//! Methods, slots and the iterator of `set` and `frozenset`.

use crate::args::Args;
use crate::builtins::list::List;
use crate::builtins::sequence;
use crate::builtins::set::{FrozenSet, Set, any_set, hash_key};
use crate::builtins::set_ops as ops;
use crate::builtins::singletons::{bool_value, none, not_implemented};
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::Type;
use crate::error::PyResult;
use crate::names::names;
use crate::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use crate::raise;
use crate::slots::CompareOp;
use crate::vm::Vm;
use adder_heap as heap;
use adder_macros::{pyclass, pymethods};
use std::cell::Cell;

/// The receiver of a slot or method of set or frozenset.
#[inline(always)]
fn me(v: Value) -> Ref<Set> {
    // SAFETY: used in slots of set and frozenset only, which share a layout (layout-of-objects).
    unsafe { v.cast() }
}

fn both(a: Value, b: Value) -> Option<(Ref<Set>, Ref<Set>)> {
    Some((any_set(a)?, any_set(b)?))
}

/// The hash of a key to look up; a set stands for its frozen copy.
fn lookup_hash(vm: &Vm, key: Value) -> PyResult<i64> {
    match hash_key(vm, key) {
        Ok(h) => Ok(h),
        Err(raised) => match key.downcast::<Set>() {
            Some(s) => {
                vm.swallow(raised, crate::builtins::exceptions::Exc::TypeError)?;
                s.frozen_hash(vm)
            }
            None => Err(raised),
        },
    }
}

fn one_argument(
    vm: &Vm,
    class: Ref<Type>,
    native: Ref<Type>,
    args: Args,
    own: bool,
) -> PyResult<Option<Value>> {
    let name = native.name();
    if args.has_keywords() && (class == native || own) {
        raise!(vm, TypeError, "{name}() takes no keyword arguments")
    }
    match args.pos() {
        [] => Ok(None),
        [v] => Ok(Some(*v)),
        more => raise!(vm, TypeError, "{name} expected at most 1 argument, got {}", more.len()),
    }
}

fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
    let set = me(this);
    let name = this.class().name();
    if set.is_empty() {
        return Ok(vm.new_str(&format!("{name}()")));
    }
    sequence::guarded_repr(vm, this, &format!("{name}(...)"), |out| {
        // The items as they are now: their reprs may change the set.
        let items = List::new(vm);
        let mut at = 0;
        while let Some((key, _)) = set.next_entry(&mut at) {
            items.push(vm, key);
        }
        let plain = this.is::<Set>();
        if !plain {
            out.push_str(&name);
            out.push_str("(");
        }
        out.push_str("{");
        for i in 0..items.len() {
            if i > 0 {
                out.push_str(", ");
            }
            sequence::push_repr(vm, out, items.get(i))?;
        }
        out.push_str(if plain { "}" } else { "})" });
        Ok(())
    })
}

macro_rules! set_class {
    ($t:ident { $($own:tt)* }) => {
        #[pymethods]
        impl $t {
            #[slot(tp_repr)]
            fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
                repr(vm, this)
            }

            #[slot(tp_iter)]
            fn iter(vm: &Vm, this: Value) -> PyResult<Value> {
                Ok(SetIterator::new(vm, me(this)).value())
            }

            #[slot(mp_length, sq_length)]
            fn length(_vm: &Vm, this: Value) -> PyResult<usize> {
                Ok(me(this).len())
            }

            #[slot(sq_contains)]
            fn contains_(vm: &Vm, this: Value, key: Value) -> PyResult<bool> {
                let hash = lookup_hash(vm, key)?;
                me(this).contains_entry(vm, key, hash)
            }

            #[slot(tp_richcompare)]
            fn compare(vm: &Vm, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
                match both(a, b) {
                    Some((x, y)) => Ok(bool_value(ops::compare(vm, x, y, op)?)),
                    None => Ok(not_implemented()),
                }
            }

            #[slot(nb_or)]
            fn or(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
                let Some((x, y)) = both(a, b) else { return Ok(not_implemented()) };
                let result = ops::fresh_copy(vm, x)?;
                result.merge(vm, y)?;
                Ok(result.value())
            }

            #[slot(nb_and)]
            fn and(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
                match both(a, b) {
                    Some((x, _)) => Ok(ops::intersection(vm, x, b)?.value()),
                    None => Ok(not_implemented()),
                }
            }

            #[slot(nb_subtract)]
            fn subtract(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
                match both(a, b) {
                    Some((x, _)) => Ok(ops::difference(vm, x, b)?.value()),
                    None => Ok(not_implemented()),
                }
            }

            #[slot(nb_xor)]
            fn xor(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
                match both(a, b) {
                    Some((x, _)) => Ok(ops::symmetric_difference(vm, x, b)?.value()),
                    None => Ok(not_implemented()),
                }
            }

            /// x.__contains__(y) <==> y in x.
            #[pymethod("($self, object, /)")]
            fn __contains__(vm: &Vm, this: Ref<$t>, object: Value) -> PyResult<bool> {
                Self::contains_(vm, this.value(), object)
            }

            /// Return a shallow copy of a set.
            #[pymethod("($self, /)")]
            fn copy(vm: &Vm, this: Ref<$t>) -> PyResult<Ref<Set>> {
                ops::copy(vm, me(this.value()))
            }

            /// Return a new set with elements from the set and all others.
            #[pymethod("($self, /, *others)")]
            fn union(vm: &Vm, this: Ref<$t>, others: Ref<Tuple>) -> PyResult<Ref<Set>> {
                let result = ops::fresh_copy(vm, me(this.value()))?;
                for other in others.items() {
                    ops::update(vm, result, *other)?;
                }
                Ok(result)
            }

            /// Return a new set with elements common to the set and all others.
            #[pymethod("($self, /, *others)")]
            fn intersection(vm: &Vm, this: Ref<$t>, others: Ref<Tuple>) -> PyResult<Ref<Set>> {
                let mut result = me(this.value());
                if others.is_empty() {
                    return ops::fresh_copy(vm, result);
                }
                for other in others.items() {
                    result = ops::intersection(vm, result, *other)?;
                }
                Ok(result)
            }

            /// Return a new set with elements in the set that are not in the others.
            #[pymethod("($self, /, *others)")]
            fn difference(vm: &Vm, this: Ref<$t>, others: Ref<Tuple>) -> PyResult<Ref<Set>> {
                let set = me(this.value());
                let Some(first) = others.items().first() else { return ops::fresh_copy(vm, set) };
                let result = ops::difference(vm, set, *first)?;
                for other in &others.items()[1..] {
                    ops::difference_update(vm, result, *other)?;
                }
                Ok(result)
            }

            /// Return a new set with elements in either the set or other but not both.
            #[pymethod("($self, other, /)")]
            fn symmetric_difference(vm: &Vm, this: Ref<$t>, other: Value) -> PyResult<Ref<Set>> {
                ops::symmetric_difference(vm, me(this.value()), other)
            }

            /// Return True if two sets have a null intersection.
            #[pymethod("($self, other, /)")]
            fn isdisjoint(vm: &Vm, this: Ref<$t>, other: Value) -> PyResult<bool> {
                ops::is_disjoint(vm, me(this.value()), other)
            }

            /// Report whether another set contains this set.
            #[pymethod("($self, other, /)")]
            fn issubset(vm: &Vm, this: Ref<$t>, other: Value) -> PyResult<bool> {
                ops::is_subset(vm, me(this.value()), other)
            }

            /// Report whether this set contains another set.
            #[pymethod("($self, other, /)")]
            fn issuperset(vm: &Vm, this: Ref<$t>, other: Value) -> PyResult<bool> {
                ops::is_superset(vm, me(this.value()), other)
            }

            /// Return state information for pickling.
            #[pymethod("($self, /)")]
            fn __reduce__(vm: &Vm, this: Ref<$t>) -> PyResult<Value> {
                let keys = vm.sequence_to_list(this.value())?;
                let args = Tuple::from_slice(vm, &[keys.value()]);
                let state = vm.call_method(this.value(), names().__getstate__, &[])?;
                let class = this.value().class().value();
                Ok(Tuple::from_slice(vm, &[class, args.value(), state]).value())
            }

            /// S.__sizeof__() -> size of S in memory, in bytes.
            #[pymethod("($self, /)")]
            fn __sizeof__(_vm: &Vm, this: Ref<$t>) -> i64 {
                let slots = me(this.value()).slots();
                (std::mem::size_of::<Set>() + 128 + if slots > 8 { 16 * slots } else { 0 }) as i64
            }

            /// sets are generic over the type of their elements
            #[classmethod("($type, object, /)")]
            fn __class_getitem__(vm: &Vm, class: Value, object: Value) -> PyResult<Value> {
                crate::builtins::union_::generic_alias(vm, class, object)
            }

            $($own)*
        }
    };
}

set_class!(Set {
    #[slot(tp_new)]
    fn new_(vm: &Vm, class: Ref<Type>, _args: Args) -> PyResult<Value> {
        Ok(vm.new_instance(class, Set::blank())?.value())
    }

    #[slot(tp_init)]
    fn init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
        let class = this.class();
        let items = one_argument(vm, class, Set::class(), args, true)?;
        let set = me(this);
        if !set.is_empty() {
            set.clear();
        }
        match items {
            Some(items) => ops::update(vm, set, items),
            None => Ok(()),
        }
    }

    #[slot(nb_inplace_or)]
    fn inplace_or(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        let Some(y) = any_set(b) else { return Ok(not_implemented()) };
        me(a).merge(vm, y)?;
        Ok(a)
    }

    #[slot(nb_inplace_and)]
    fn inplace_and(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        if any_set(b).is_none() {
            return Ok(not_implemented());
        }
        let result = ops::intersection(vm, me(a), b)?;
        me(a).take_contents(result);
        Ok(a)
    }

    #[slot(nb_inplace_subtract)]
    fn inplace_subtract(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        if any_set(b).is_none() {
            return Ok(not_implemented());
        }
        ops::difference_update(vm, me(a), b)?;
        Ok(a)
    }

    #[slot(nb_inplace_xor)]
    fn inplace_xor(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        if any_set(b).is_none() {
            return Ok(not_implemented());
        }
        ops::symmetric_difference_update(vm, me(a), b)?;
        Ok(a)
    }

    /// Add an element to a set.
    ///
    /// This has no effect if the element is already present.
    #[pymethod(name = "add", "($self, object, /)")]
    fn add_(vm: &Vm, this: Ref<Set>, object: Value) -> PyResult<()> {
        this.add(vm, object)?;
        Ok(())
    }

    /// Remove all elements from this set.
    #[pymethod(name = "clear", "($self, /)")]
    fn clear_(_vm: &Vm, this: Ref<Set>) {
        this.clear();
    }

    /// Remove an element from a set if it is a member.
    ///
    /// Unlike set.remove(), the discard() method does not raise
    /// an exception when an element is missing from the set.
    #[pymethod(name = "discard", "($self, object, /)")]
    fn discard_(vm: &Vm, this: Ref<Set>, object: Value) -> PyResult<()> {
        let hash = lookup_hash(vm, object)?;
        this.discard_entry(vm, object, hash)?;
        Ok(())
    }

    /// Remove an element from a set; it must be a member.
    ///
    /// If the element is not a member, raise a KeyError.
    #[pymethod("($self, object, /)")]
    fn remove(vm: &Vm, this: Ref<Set>, object: Value) -> PyResult<()> {
        let hash = lookup_hash(vm, object)?;
        if !this.discard_entry(vm, object, hash)? {
            return Err(vm.key_error(object));
        }
        Ok(())
    }

    /// Remove and return an arbitrary set element.
    ///
    /// Raises KeyError if the set is empty.
    #[pymethod(name = "pop", "($self, /)")]
    fn pop_(vm: &Vm, this: Ref<Set>) -> PyResult<Value> {
        match this.pop() {
            Some(v) => Ok(v),
            None => {
                let message = vm.new_str("pop from an empty set");
                Err(vm.key_error(message))
            }
        }
    }

    /// Update the set, adding elements from all others.
    #[pymethod("($self, /, *others)")]
    fn update(vm: &Vm, this: Ref<Set>, others: Ref<Tuple>) -> PyResult<()> {
        for other in others.items() {
            ops::update(vm, this, *other)?;
        }
        Ok(())
    }

    /// Update the set, keeping only elements found in it and all others.
    #[pymethod("($self, /, *others)")]
    fn intersection_update(vm: &Vm, this: Ref<Set>, others: Ref<Tuple>) -> PyResult<()> {
        let mut result = this;
        for other in others.items() {
            result = ops::intersection(vm, result, *other)?;
        }
        if others.is_empty() {
            return Ok(());
        }
        this.take_contents(result);
        Ok(())
    }

    /// Update the set, removing elements found in others.
    #[pymethod("($self, /, *others)")]
    fn difference_update(vm: &Vm, this: Ref<Set>, others: Ref<Tuple>) -> PyResult<()> {
        for other in others.items() {
            ops::difference_update(vm, this, *other)?;
        }
        Ok(())
    }

    /// Update the set, keeping only elements found in either set, but not in both.
    #[pymethod("($self, other, /)")]
    fn symmetric_difference_update(vm: &Vm, this: Ref<Set>, other: Value) -> PyResult<()> {
        ops::symmetric_difference_update(vm, this, other)
    }
});

set_class!(FrozenSet {
    #[slot(tp_new)]
    fn new_(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let native = FrozenSet::class();
        let own = class.slots().tp_init.map(|f| f as usize) == native.slots().tp_init.map(|f| f as usize);
        let items = one_argument(vm, class, native, args, own)?;
        if let Some(v) = items
            && class == native
            && v.is::<FrozenSet>()
        {
            return Ok(v);
        }
        let new = vm.new_instance(class, FrozenSet::blank())?.value();
        if let Some(items) = items {
            ops::update(vm, me(new), items)?;
        }
        Ok(new)
    }

    #[slot(tp_hash)]
    fn hash(vm: &Vm, this: Value) -> PyResult<i64> {
        let hash = me(this).frozen_hash(vm)?;
        me(this).remember_hash(hash);
        Ok(hash)
    }
});

#[pyclass(name = "set_iterator")]
#[repr(C)]
pub struct SetIterator {
    h: LongHeader,
    next: Cell<u64>,
    left: Cell<u64>,
    /// The size that the set must keep; `u64::MAX` once it did not.
    expected: Cell<u64>,
    /// None: exhausted.
    set: Field<Option<Ref<Set>>>,
}

impl SetIterator {
    pub fn new(_vm: &Vm, set: Ref<Set>) -> Ref<SetIterator> {
        let n = set.len() as u64;
        heap::new(
            SetIterator::shape(),
            SetIterator {
                h: LongHeader::new(),
                next: Cell::new(0),
                left: Cell::new(n),
                expected: Cell::new(n),
                set: Field::new(Some(set)),
            },
        )
    }
}

#[pymethods]
impl SetIterator {
    #[slot(tp_iter)]
    fn iter(_vm: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        // SAFETY: installed as a slot of this class only.
        let it: Ref<SetIterator> = unsafe { this.cast() };
        let Some(set) = it.set.get() else { return Ok(None) };
        if it.expected.get() != set.len() as u64 {
            it.expected.set(u64::MAX);
            return Err(vm.runtime_error("Set changed size during iteration"));
        }
        let mut at = it.next.get() as usize;
        let entry = set.next_entry(&mut at);
        it.next.set(at as u64);
        match entry {
            Some((key, _)) => {
                it.left.set(it.left.get().saturating_sub(1));
                Ok(Some(key))
            }
            None => {
                it.set.set(it, None);
                Ok(None)
            }
        }
    }

    /// Private method returning an estimate of len(list(it)).
    #[pymethod("($self, /)")]
    fn __length_hint__(_vm: &Vm, this: Ref<SetIterator>) -> i64 {
        match this.set.get() {
            Some(s) if this.expected.get() == s.len() as u64 => this.left.get() as i64,
            _ => 0,
        }
    }

    /// Return state information for pickling.
    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<SetIterator>) -> PyResult<Value> {
        let copy = heap::new(
            SetIterator::shape(),
            SetIterator {
                h: LongHeader::new(),
                next: Cell::new(this.next.get()),
                left: Cell::new(this.left.get()),
                expected: Cell::new(this.expected.get()),
                set: Field::new(this.set.get()),
            },
        );
        let list = vm.sequence_to_list(copy.value())?;
        let args = Tuple::from_slice(vm, &[list.value()]);
        Ok(Tuple::from_slice(vm, &[vm.builtin("iter")?, args.value()]).value())
    }
}

#[allow(unused_imports)]
use none as _;
