//! `dict.keys()`, `.values()`, `.items()`: views with set operations, and the six iterators.

use crate::builtins::descr;
use crate::builtins::dict::Dict;
use crate::builtins::sequence;
use crate::builtins::set::{Set, any_set};
use crate::builtins::set_ops as ops;
use crate::builtins::singletons::{bool_value, not_implemented};
use crate::builtins::tuple::Tuple;
use crate::error::PyResult;
use crate::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use crate::shapes::id;
use crate::slots::CompareOp;
use crate::vm::Vm;
use adder_heap as heap;
use adder_macros::{pyclass, pymethods};
use std::cell::Cell;

/// What a view or iterator gives for an entry.
#[derive(Clone, Copy, PartialEq)]
enum What {
    Keys,
    Values,
    Items,
}

impl What {
    fn of(self, vm: &Vm, key: Value, value: Value) -> Value {
        match self {
            What::Keys => key,
            What::Values => value,
            What::Items => Tuple::from_slice(vm, &[key, value]).value(),
        }
    }
}

// ---- iterators ----------------------------------------------------------------------------------

/// The layout that all six iterators share.
#[repr(C)]
pub struct IteratorState {
    h: LongHeader,
    /// Position of the next entry, counted from the end where iteration is backward.
    next: Cell<i64>,
    /// Entries still to come, unless the dict changes.
    left: Cell<i64>,
    /// The size that the dict must keep; -1 once it did not.
    expected: Cell<i64>,
    /// None: exhausted.
    dict: Field<Option<Ref<Dict>>>,
}

fn iterator_state(dict: Ref<Dict>, backward: bool) -> IteratorState {
    IteratorState {
        h: LongHeader::new(),
        next: Cell::new(if backward { dict.slots() as i64 - 1 } else { 0 }),
        left: Cell::new(dict.len() as i64),
        expected: Cell::new(dict.len() as i64),
        dict: Field::new(Some(dict)),
    }
}

fn advance(vm: &Vm, this: Value, backward: bool) -> PyResult<Option<(Value, Value)>> {
    // SAFETY: called for the iterator classes below only, which share this layout.
    let it: Ref<IteratorState> = unsafe { this.cast() };
    let Some(dict) = it.dict.get() else { return Ok(None) };
    if it.expected.get() != dict.len() as i64 {
        it.expected.set(-1);
        return Err(vm.runtime_error("dictionary changed size during iteration"));
    }
    let mut at = it.next.get();
    while at >= 0 && (at as usize) < dict.slots() {
        let entry = dict.entry(at as usize);
        at += if backward { -1 } else { 1 };
        if entry.is_some() {
            if it.left.get() == 0 {
                it.dict.set(it, None);
                return Err(vm.runtime_error("dictionary keys changed during iteration"));
            }
            it.next.set(at);
            it.left.set(it.left.get() - 1);
            return Ok(entry);
        }
    }
    it.dict.set(it, None);
    Ok(None)
}

fn iterator_hint(this: Value) -> i64 {
    // SAFETY: as in `advance`.
    let it: Ref<IteratorState> = unsafe { this.cast() };
    match it.dict.get() {
        Some(d) if it.expected.get() == d.len() as i64 => it.left.get(),
        _ => 0,
    }
}

macro_rules! dict_iterator {
    ($t:ident, $name:tt, $($fixed:ident = $id:expr,)? [$what:expr], $backward:literal) => {
        #[pyclass(name = $name, $($fixed = $id)?)]
        #[repr(C)]
        pub struct $t {
            h: LongHeader,
            next: Cell<i64>,
            left: Cell<i64>,
            expected: Cell<i64>,
            dict: Field<Option<Ref<Dict>>>,
        }

        const _: () = assert!(std::mem::size_of::<$t>() == std::mem::size_of::<IteratorState>());

        impl $t {
            pub fn new(_vm: &Vm, dict: Ref<Dict>) -> Value {
                heap::new($t::shape(), iterator_state(dict, $backward)).value()
            }
        }

        #[pymethods]
        impl $t {
            #[slot(tp_iter)]
            fn iter(_vm: &Vm, this: Value) -> PyResult<Value> {
                Ok(this)
            }

            #[slot(tp_iternext)]
            fn next(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
                Ok(advance(vm, this, $backward)?.map(|(k, v)| $what.of(vm, k, v)))
            }

            /// Private method returning an estimate of len(list(it)).
            #[pymethod("($self, /)")]
            fn __length_hint__(_vm: &Vm, this: Ref<$t>) -> i64 {
                iterator_hint(this.value())
            }

            /// Return state information for pickling.
            #[pymethod("($self, /)")]
            fn __reduce__(vm: &Vm, this: Ref<$t>) -> PyResult<Value> {
                let copy = heap::new(
                    $t::shape(),
                    IteratorState {
                        h: LongHeader::new(),
                        next: Cell::new(this.next.get()),
                        left: Cell::new(this.left.get()),
                        expected: Cell::new(this.expected.get()),
                        dict: Field::new(this.dict.get()),
                    },
                );
                let list = vm.sequence_to_list(copy.value())?;
                let args = Tuple::from_slice(vm, &[list.value()]);
                Ok(Tuple::from_slice(vm, &[vm.builtin("iter")?, args.value()]).value())
            }
        }
    };
}

dict_iterator!(DictKeyIterator, "dict_keyiterator", fixed = id::DICT_KEY_ITERATOR, [What::Keys], false);
dict_iterator!(
    DictValueIterator,
    "dict_valueiterator",
    fixed = id::DICT_VALUE_ITERATOR,
    [What::Values],
    false
);
dict_iterator!(DictItemIterator, "dict_itemiterator", fixed = id::DICT_ITEM_ITERATOR, [What::Items], false);
dict_iterator!(DictReverseKeyIterator, "dict_reversekeyiterator", [What::Keys], true);
dict_iterator!(DictReverseValueIterator, "dict_reversevalueiterator", [What::Values], true);
dict_iterator!(DictReverseItemIterator, "dict_reverseitemiterator", [What::Items], true);

// ---- views --------------------------------------------------------------------------------------

/// The dict of a keys or items view.
fn set_view(v: Value) -> Option<(Ref<Dict>, What)> {
    if let Some(k) = v.downcast::<DictKeys>() {
        return Some((k.dict.get(), What::Keys));
    }
    v.downcast::<DictItems>().map(|i| (i.dict.get(), What::Items))
}

fn size(v: Value) -> Option<usize> {
    any_set(v).map(|s| s.len()).or(set_view(v).map(|(d, _)| d.len()))
}

fn view_contains(vm: &Vm, dict: Ref<Dict>, what: What, item: Value) -> PyResult<bool> {
    if what == What::Keys {
        return dict.contains(vm, item);
    }
    let Some(pair) = item.downcast::<Tuple>().filter(|t| t.len() == 2) else { return Ok(false) };
    match dict.get_item(vm, pair.get(0))? {
        Some(found) => vm.eq(found, pair.get(1)),
        None => Ok(false),
    }
}

/// Whether everything in `a` is in `b`.
fn all_in(vm: &Vm, a: Value, b: Value) -> PyResult<bool> {
    let iter = vm.iter(a)?;
    while let Some(item) = vm.next(iter)? {
        if !vm.contains(b, item)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn compare(vm: &Vm, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
    let (Some(n), Some(m)) = (size(a), size(b)) else { return Ok(not_implemented()) };
    Ok(bool_value(match op {
        CompareOp::Eq => n == m && all_in(vm, a, b)?,
        CompareOp::Ne => !(n == m && all_in(vm, a, b)?),
        CompareOp::Lt => n < m && all_in(vm, a, b)?,
        CompareOp::Le => n <= m && all_in(vm, a, b)?,
        CompareOp::Gt => n > m && all_in(vm, b, a)?,
        CompareOp::Ge => n >= m && all_in(vm, b, a)?,
    }))
}

fn to_set(vm: &Vm, v: Value) -> PyResult<Ref<Set>> {
    let set = Set::new(vm);
    match v.downcast::<DictKeys>() {
        Some(k) if k.dict.get().value().is::<Dict>() => ops::update(vm, set, k.dict.get().value())?,
        _ => ops::update(vm, set, v)?,
    }
    Ok(set)
}

fn subtract(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    let set = to_set(vm, a)?;
    ops::difference_update(vm, set, b)?;
    Ok(set.value())
}

fn or(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    let set = to_set(vm, a)?;
    ops::update(vm, set, b)?;
    Ok(set.value())
}

fn xor(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    let set = to_set(vm, a)?;
    ops::symmetric_difference_update(vm, set, b)?;
    Ok(set.value())
}

fn and(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    let (mut a, mut b) = if set_view(a).is_some() { (a, b) } else { (b, a) };
    let n = set_view(a).map_or(0, |(d, _)| d.len());
    if let Some((d, _)) = set_view(b)
        && d.len() > n
    {
        (a, b) = (b, a);
    }
    if let Some(s) = b.exact::<Set>()
        && s.len() >= n
    {
        return Ok(ops::intersection(vm, s, a)?.value());
    }
    let result = Set::new(vm);
    let Some((dict, what)) = set_view(a) else { return Ok(not_implemented()) };
    let iter = vm.iter(b)?;
    while let Some(item) = vm.next(iter)? {
        if view_contains(vm, dict, what, item)? {
            result.add(vm, item)?;
        }
    }
    Ok(result.value())
}

fn is_disjoint(vm: &Vm, this: Value, other: Value) -> PyResult<bool> {
    let n = size(this).unwrap_or(0);
    if this == other {
        return Ok(n == 0);
    }
    let (holder, walked) = if size(other).is_some_and(|m| m > n) { (other, this) } else { (this, other) };
    let iter = vm.iter(walked)?;
    while let Some(item) = vm.next(iter)? {
        if vm.contains(holder, item)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
    sequence::guarded_repr(vm, this, "...", |out| {
        let list = vm.sequence_to_list(this)?;
        out.push_str(&this.class().name());
        out.push_str("(");
        sequence::push_repr(vm, out, list.value())?;
        out.push_str(")");
        Ok(())
    })
}

macro_rules! dict_view {
    ($t:ident, $name:tt, $id:expr, $iter:ident, $reverse:ident { $($own:tt)* }) => {
        #[pyclass(name = $name, fixed = $id)]
        #[repr(C)]
        pub struct $t {
            h: LongHeader,
            dict: Field<Ref<Dict>>,
        }

        impl $t {
            pub fn new(_vm: &Vm, dict: Ref<Dict>) -> Ref<$t> {
                heap::new($t::shape(), $t { h: LongHeader::new(), dict: Field::new(dict) })
            }

            fn dict_of(this: Value) -> Ref<Dict> {
                // SAFETY: used in slots of this class only.
                unsafe { this.cast::<$t>() }.dict.get()
            }
        }

        #[pymethods]
        impl $t {
            #[slot(tp_repr)]
            fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
                repr(vm, this)
            }

            #[slot(tp_iter)]
            fn iter(vm: &Vm, this: Value) -> PyResult<Value> {
                Ok($iter::new(vm, Self::dict_of(this)))
            }

            #[slot(sq_length)]
            fn length(_vm: &Vm, this: Value) -> PyResult<usize> {
                Ok(Self::dict_of(this).len())
            }

            /// dictionary that this view refers to
            #[getter]
            fn mapping(vm: &Vm, this: Ref<$t>) -> Value {
                descr::mapping_proxy(vm, this.dict.get().value())
            }

            /// Return a reverse iterator over the dict items.
            #[pymethod("($self, /)")]
            fn __reversed__(vm: &Vm, this: Ref<$t>) -> Value {
                $reverse::new(vm, this.dict.get())
            }

            $($own)*
        }
    };
}

macro_rules! set_view {
    ($t:ident, $name:tt, $id:expr, $iter:ident, $reverse:ident, $what:expr) => {
        dict_view!($t, $name, $id, $iter, $reverse {
            #[slot(sq_contains)]
            fn contains(vm: &Vm, this: Value, item: Value) -> PyResult<bool> {
                view_contains(vm, Self::dict_of(this), $what, item)
            }

            #[slot(tp_richcompare)]
            fn compare(vm: &Vm, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
                compare(vm, a, b, op)
            }

            #[slot(nb_subtract)]
            fn subtract(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
                subtract(vm, a, b)
            }

            #[slot(nb_and)]
            fn and(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
                and(vm, a, b)
            }

            #[slot(nb_or)]
            fn or(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
                or(vm, a, b)
            }

            #[slot(nb_xor)]
            fn xor(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
                xor(vm, a, b)
            }

            /// Return True if the view and the given iterable have a null intersection.
            #[pymethod("($self, other, /)")]
            fn isdisjoint(vm: &Vm, this: Ref<$t>, other: Value) -> PyResult<bool> {
                is_disjoint(vm, this.value(), other)
            }
        });
    };
}

set_view!(DictKeys, "dict_keys", id::DICT_KEYS, DictKeyIterator, DictReverseKeyIterator, What::Keys);
set_view!(DictItems, "dict_items", id::DICT_ITEMS, DictItemIterator, DictReverseItemIterator, What::Items);
dict_view!(DictValues, "dict_values", id::DICT_VALUES, DictValueIterator, DictReverseValueIterator {});
