//! Methods and slots of `list`. Sorting is in `list_sort.rs`, iterators in `list_iterator.rs`.

use crate::args::Args;
use crate::builtins::list::List;
use crate::builtins::list_iterator::{ListIterator, ListReverseIterator};
use crate::builtins::sequence::{self, Bounds, fast_items, fast_sequence, is_index};
use crate::builtins::singletons::not_implemented;
use crate::builtins::slice_::Slice;
use crate::builtins::type_::Type;
use crate::error::PyResult;
use crate::object::{Object, Ref, Value, ValueExt};
use crate::raise;
use crate::slots::CompareOp;
use crate::vm::Vm;
use adder_macros::pymethods;

/// The receiver of a slot.
#[inline(always)]
fn me(v: Value) -> Ref<List> {
    // SAFETY: used in slots of list only (layout-of-objects).
    unsafe { v.cast() }
}

fn checked(list: Ref<List>, i: isize) -> Option<usize> {
    let n = list.len() as isize;
    let i = if i < 0 { i + n } else { i };
    (0..n).contains(&i).then_some(i as usize)
}

fn wrong_index(vm: &Vm, key: Value) -> crate::error::Raised {
    vm.type_error(format!("list indices must be integers or slices, not {}", key.class().name()))
}

impl List {
    /// A new list of the items of a slice.
    fn slice_of(vm: &Vm, list: Ref<List>, slice: Ref<Slice>) -> PyResult<Ref<List>> {
        let bounds = Bounds::of(vm, slice)?;
        let span = bounds.adjust(list.len());
        if span.len == 0 {
            return Ok(List::new(vm));
        }
        if span.step == 1 {
            let start = span.start as usize;
            return Ok(List::from_slice(vm, &fast_items(list.value())[start..start + span.len]));
        }
        let new = List::with_capacity(vm, span.len);
        for i in 0..span.len {
            new.push(vm, list.get(span.at(i)));
        }
        Ok(new)
    }

    fn set_slice(vm: &Vm, list: Ref<List>, slice: Ref<Slice>, value: Option<Value>) -> PyResult<()> {
        let bounds = Bounds::of(vm, slice)?;
        let message = if bounds.step == 1 {
            "can only assign an iterable"
        } else {
            "must assign iterable to extended slice"
        };
        let values = match value {
            None => None,
            Some(v) if v == list.value() => Some(List::from_slice(vm, list.items()).value()),
            Some(v) => Some(fast_sequence(vm, v, message)?),
        };
        let span = bounds.adjust(list.len());
        let items = values.map_or(&[][..], fast_items);
        if span.step == 1 {
            let (start, stop) = (span.start as usize, span.stop.max(span.start) as usize);
            return match values {
                None => {
                    list.remove_range(start, stop);
                    Ok(())
                }
                Some(_) => list.replace_range(vm, start, stop, items),
            };
        }
        if values.is_none() {
            let (first, step) = if span.step < 0 {
                (span.at(span.len.max(1) - 1), -span.step)
            } else {
                (span.start as usize, span.step)
            };
            let mut kept = 0;
            let removed = |i: usize| {
                i >= first
                    && (i - first).is_multiple_of(step as usize)
                    && (i - first) / (step as usize) < span.len
            };
            if span.len == 0 {
                return Ok(());
            }
            for i in 0..list.len() {
                if !removed(i) {
                    list.set(kept, list.get(i));
                    kept += 1;
                }
            }
            list.remove_range(kept, list.len());
            return Ok(());
        }
        if items.len() != span.len {
            raise!(
                vm,
                ValueError,
                "attempt to assign sequence of size {} to extended slice of size {}",
                items.len(),
                span.len
            )
        }
        for (i, v) in items.iter().enumerate() {
            list.set(span.at(i), *v);
        }
        Ok(())
    }

    fn repeated(vm: &Vm, items: &[Value], n: isize) -> PyResult<Ref<List>> {
        let n = n.max(0) as usize;
        let list = List::new(vm);
        let Some(total) = items.len().checked_mul(n).filter(|t| *t <= isize::MAX as usize / 8) else {
            return Err(vm.memory_error());
        };
        if total > 0 {
            list.reserve(vm, total)?;
            for _ in 0..n {
                list.extend_slice(vm, items)?;
            }
        }
        Ok(list)
    }
}

#[pymethods]
impl List {
    #[slot(tp_new)]
    fn new_(vm: &Vm, class: Ref<Type>, _args: Args) -> PyResult<Value> {
        Ok(vm.new_instance(class, List::blank())?.value())
    }

    #[slot(tp_init)]
    fn init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
        let class = this.class();
        let own =
            class.slots().tp_new.map(|f| f as usize) == List::class().slots().tp_new.map(|f| f as usize);
        if args.has_keywords() && (class == List::class() || own) {
            return Err(vm.type_error("list() takes no keyword arguments"));
        }
        let pos = args.pos();
        if pos.len() > 1 {
            raise!(vm, TypeError, "list expected at most 1 argument, got {}", pos.len())
        }
        let list = me(this);
        if !list.is_empty() {
            list.clear();
        }
        match pos.first() {
            Some(v) => vm.list_extend(list, *v),
            None => Ok(()),
        }
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        if me(this).is_empty() {
            return Ok(vm.new_str("[]"));
        }
        sequence::guarded_repr(vm, this, "[...]", |out| {
            out.push_str("[");
            let mut i = 0;
            while let Some(v) = me(this).try_get(i) {
                if i > 0 {
                    out.push_str(", ");
                }
                sequence::push_repr(vm, out, v)?;
                i += 1;
            }
            out.push_str("]");
            Ok(())
        })
    }

    #[slot(tp_richcompare)]
    fn compare(vm: &Vm, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
        if a.downcast::<List>().is_none() || b.downcast::<List>().is_none() {
            return Ok(not_implemented());
        }
        sequence::compare(vm, a, b, op)
    }

    #[slot(tp_iter)]
    fn iter(vm: &Vm, this: Value) -> PyResult<Value> {
        Ok(ListIterator::new(vm, me(this)).value())
    }

    #[slot(mp_length, sq_length)]
    fn length(_vm: &Vm, this: Value) -> PyResult<usize> {
        Ok(me(this).len())
    }

    #[slot(sq_concat)]
    fn concat(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        if b.downcast::<List>().is_none() {
            raise!(vm, TypeError, "can only concatenate list (not \"{}\") to list", b.class().name())
        }
        let (x, y) = (fast_items(a), fast_items(b));
        let list = List::with_capacity(vm, x.len() + y.len());
        list.extend_slice(vm, x)?;
        list.extend_slice(vm, y)?;
        Ok(list.value())
    }

    #[slot(sq_repeat)]
    fn repeat(vm: &Vm, this: Value, n: isize) -> PyResult<Value> {
        Ok(List::repeated(vm, fast_items(this), n)?.value())
    }

    #[slot(sq_inplace_concat)]
    fn inplace_concat(vm: &Vm, this: Value, other: Value) -> PyResult<Value> {
        vm.list_extend(me(this), other)?;
        Ok(this)
    }

    #[slot(sq_inplace_repeat)]
    fn inplace_repeat(vm: &Vm, this: Value, n: isize) -> PyResult<Value> {
        let list = me(this);
        if n <= 0 {
            list.clear();
        } else if n > 1 && !list.is_empty() {
            let new = List::repeated(vm, fast_items(this), n)?;
            if list.in_c() {
                list.replace_range(vm, 0, list.len(), new.items())?;
            } else {
                let (items, len) = new.take_items();
                list.put_items(items, len);
            }
        }
        Ok(this)
    }

    #[slot(sq_item)]
    fn item(vm: &Vm, this: Value, i: isize) -> PyResult<Value> {
        match me(this).try_get(i as usize) {
            Some(v) if i >= 0 => Ok(v),
            _ => Err(vm.index_error("list index out of range")),
        }
    }

    #[slot(sq_ass_item)]
    fn ass_item(vm: &Vm, this: Value, i: isize, value: Option<Value>) -> PyResult<()> {
        let list = me(this);
        if i < 0 || i as usize >= list.len() {
            return Err(vm.index_error("list assignment index out of range"));
        }
        match value {
            Some(v) => list.set(i as usize, v),
            None => list.remove_range(i as usize, i as usize + 1),
        }
        Ok(())
    }

    #[slot(sq_contains)]
    fn contains(vm: &Vm, this: Value, item: Value) -> PyResult<bool> {
        sequence::contains(vm, this, item)
    }

    #[slot(mp_subscript)]
    fn subscript(vm: &Vm, this: Value, key: Value) -> PyResult<Value> {
        let list = me(this);
        if is_index(key) {
            let i = vm.index_isize(key)?;
            return match checked(list, i) {
                Some(i) => Ok(list.get(i)),
                None => Err(vm.index_error("list index out of range")),
            };
        }
        match key.exact::<Slice>() {
            Some(slice) => Ok(List::slice_of(vm, list, slice)?.value()),
            None => Err(wrong_index(vm, key)),
        }
    }

    #[slot(mp_ass_subscript)]
    fn ass_subscript(vm: &Vm, this: Value, key: Value, value: Option<Value>) -> PyResult<()> {
        let list = me(this);
        if is_index(key) {
            let i = vm.index_isize(key)?;
            return match (checked(list, i), value) {
                (Some(i), Some(v)) => {
                    list.set(i, v);
                    Ok(())
                }
                (Some(i), None) => {
                    list.remove_range(i, i + 1);
                    Ok(())
                }
                (None, _) => Err(vm.index_error("list assignment index out of range")),
            };
        }
        match key.exact::<Slice>() {
            Some(slice) => List::set_slice(vm, list, slice, value),
            None => Err(wrong_index(vm, key)),
        }
    }

    /// Return self[index].
    #[pymethod("($self, index, /)")]
    fn __getitem__(vm: &Vm, this: Ref<List>, index: Value) -> PyResult<Value> {
        List::subscript(vm, this.value(), index)
    }

    /// Return a reverse iterator over the list.
    #[pymethod("($self, /)")]
    fn __reversed__(vm: &Vm, this: Ref<List>) -> Ref<ListReverseIterator> {
        ListReverseIterator::new(vm, this)
    }

    /// Return the size of the list in memory, in bytes.
    #[pymethod("($self, /)")]
    fn __sizeof__(_vm: &Vm, this: Ref<List>) -> i64 {
        (std::mem::size_of::<List>() + 8 * this.capacity()) as i64
    }

    /// Remove all items from list.
    #[pymethod(name = "clear", "($self, /)")]
    fn clear_(_vm: &Vm, this: Ref<List>) {
        this.clear();
    }

    /// Return a shallow copy of the list.
    #[pymethod("($self, /)")]
    fn copy(vm: &Vm, this: Ref<List>) -> Ref<List> {
        List::from_slice(vm, this.items())
    }

    /// Insert object before index.
    #[pymethod("($self, index, object, /)")]
    fn insert(vm: &Vm, this: Ref<List>, index: isize, object: Value) -> PyResult<()> {
        let n = this.len() as isize;
        let i = if index < 0 { (index + n).max(0) } else { index.min(n) };
        this.insert_at(vm, i as usize, object)
    }

    /// Append object to the end of the list.
    #[pymethod("($self, object, /)")]
    fn append(vm: &Vm, this: Ref<List>, object: Value) {
        this.push(vm, object);
    }

    /// Extend list by appending elements from the iterable.
    #[pymethod("($self, iterable, /)")]
    fn extend(vm: &Vm, this: Ref<List>, iterable: Value) -> PyResult<()> {
        vm.list_extend(this, iterable)
    }

    /// Remove and return item at index (default last).
    ///
    /// Raises IndexError if list is empty or index is out of range.
    #[pymethod("($self, index=-1, /)")]
    fn pop(vm: &Vm, this: Ref<List>, index: Option<isize>) -> PyResult<Value> {
        if this.is_empty() {
            return Err(vm.index_error("pop from empty list"));
        }
        match index {
            None => Ok(this.pop_last().expect("the list is not empty")),
            Some(i) => match checked(this, i) {
                Some(i) if i + 1 == this.len() => Ok(this.pop_last().expect("the list is not empty")),
                Some(i) => Ok(this.remove_at(i)),
                None => Err(vm.index_error("pop index out of range")),
            },
        }
    }

    /// Remove first occurrence of value.
    ///
    /// Raises ValueError if the value is not present.
    #[pymethod("($self, value, /)")]
    fn remove(vm: &Vm, this: Ref<List>, value: Value) -> PyResult<()> {
        match sequence::index_of(vm, this.value(), value, 0, isize::MAX)? {
            Some(i) => {
                if i < this.len() {
                    this.remove_range(i, i + 1);
                }
                Ok(())
            }
            None => Err(vm.value_error("list.remove(x): x not in list")),
        }
    }

    /// Return first index of value.
    ///
    /// Raises ValueError if the value is not present.
    #[pymethod("($self, value, start=0, stop=sys.maxsize, /)")]
    fn index(
        vm: &Vm,
        this: Ref<List>,
        value: Value,
        start: Option<Value>,
        stop: Option<Value>,
    ) -> PyResult<usize> {
        let start = sequence::slice_index(vm, start, 0)?;
        let stop = sequence::slice_index(vm, stop, isize::MAX)?;
        match sequence::index_of(vm, this.value(), value, start, stop)? {
            Some(i) => Ok(i),
            None => Err(vm.value_error("list.index(x): x not in list")),
        }
    }

    /// Return number of occurrences of value.
    #[pymethod("($self, value, /)")]
    fn count(vm: &Vm, this: Ref<List>, value: Value) -> PyResult<usize> {
        sequence::count(vm, this.value(), value)
    }

    /// Reverse *IN PLACE*.
    #[pymethod("($self, /)")]
    fn reverse(_vm: &Vm, this: Ref<List>) {
        let n = this.len();
        for i in 0..n / 2 {
            let (a, b) = (this.get(i), this.get(n - 1 - i));
            this.set(i, b);
            this.set(n - 1 - i, a);
        }
    }

    /// Sort the list in ascending order and return None.
    ///
    /// The sort is in-place (i.e. the list itself is modified) and stable (i.e. the
    /// order of two equal elements is maintained).
    ///
    /// If a key function is given, apply it once to each list item and sort them,
    /// ascending or descending, according to their function values.
    ///
    /// The reverse flag can be set to sort in descending order.
    #[pymethod("($self, /, *, key=None, reverse=False)")]
    fn sort(vm: &Vm, this: Ref<List>, key: Option<Value>, reverse: Option<bool>) -> PyResult<()> {
        let key = key.filter(|k| !k.is_none());
        crate::builtins::list_sort::sort(vm, this, key, reverse.unwrap_or(false))
    }

    /// See PEP 585
    #[classmethod]
    fn __class_getitem__(vm: &Vm, class: Value, item: Value) -> PyResult<Value> {
        crate::builtins::union_::generic_alias(vm, class, item)
    }
}
