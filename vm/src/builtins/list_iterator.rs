//! Iterators of lists, forward and backward. Exhausted ones drop the list.

use crate::builtins::list::List;
use crate::builtins::tuple::Tuple;
use crate::error::PyResult;
use crate::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use crate::shapes::id;
use crate::vm::Vm;
use adder_heap as heap;
use adder_macros::{pyclass, pymethods};
use std::cell::Cell;

#[pyclass(name = "list_iterator", fixed = id::LIST_ITERATOR)]
#[repr(C)]
pub struct ListIterator {
    h: LongHeader,
    pub next: Cell<u64>,
    /// None: exhausted.
    pub list: Field<Option<Ref<List>>>,
}

#[pyclass(name = "list_reverseiterator")]
#[repr(C)]
pub struct ListReverseIterator {
    h: LongHeader,
    /// Index of the next item, -1 at the end.
    next: Cell<i64>,
    list: Field<Option<Ref<List>>>,
}

impl ListIterator {
    /// Byte offsets for machines.
    pub const NEXT: u32 = std::mem::offset_of!(ListIterator, next) as u32;
    pub const LIST: u32 = std::mem::offset_of!(ListIterator, list) as u32;

    pub fn new(_vm: &Vm, list: Ref<List>) -> Ref<ListIterator> {
        heap::new(
            ListIterator::shape(),
            ListIterator { h: LongHeader::new(), next: Cell::new(0), list: Field::new(Some(list)) },
        )
    }

    #[inline(always)]
    pub fn advance(&self, this: Ref<ListIterator>) -> Option<Value> {
        let list = self.list.get()?;
        match list.try_get(self.next.get() as usize) {
            Some(v) => {
                self.next.set(self.next.get() + 1);
                Some(v)
            }
            None => {
                self.list.set(this, None);
                None
            }
        }
    }
}

impl ListReverseIterator {
    pub fn new(_vm: &Vm, list: Ref<List>) -> Ref<ListReverseIterator> {
        heap::new(
            ListReverseIterator::shape(),
            ListReverseIterator {
                h: LongHeader::new(),
                next: Cell::new(list.len() as i64 - 1),
                list: Field::new(Some(list)),
            },
        )
    }
}

/// `(iter, (seq,), index)` for pickling, or `(iter, ([],))` when exhausted.
pub fn reduce(vm: &Vm, function: &str, seq: Option<(Value, i64)>, empty: Value) -> PyResult<Value> {
    let f = vm.builtin(function)?;
    Ok(match seq {
        Some((seq, index)) => {
            let args = Tuple::from_slice(vm, &[seq]);
            Tuple::from_slice(vm, &[f, args.value(), vm.int(index)]).value()
        }
        None => {
            let args = Tuple::from_slice(vm, &[empty]);
            Tuple::from_slice(vm, &[f, args.value()]).value()
        }
    })
}

#[pymethods]
impl ListIterator {
    #[slot(tp_iter)]
    fn iter(_vm: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next(_vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        // SAFETY: installed as a slot of this class only.
        let it: Ref<ListIterator> = unsafe { this.cast() };
        Ok(it.advance(it))
    }

    /// Private method returning an estimate of len(list(it)).
    #[pymethod("($self, /)")]
    fn __length_hint__(_vm: &Vm, this: Ref<ListIterator>) -> i64 {
        this.list.get().map_or(0, |l| (l.len() as i64 - this.next.get() as i64).max(0))
    }

    /// Return state information for pickling.
    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<ListIterator>) -> PyResult<Value> {
        let seq = this.list.get().map(|l| (l.value(), this.next.get() as i64));
        reduce(vm, "iter", seq, List::new(vm).value())
    }

    /// Set state information for unpickling.
    #[pymethod("($self, state, /)")]
    fn __setstate__(vm: &Vm, this: Ref<ListIterator>, state: Value) -> PyResult<()> {
        let i = vm.index_isize(state)?;
        if let Some(l) = this.list.get() {
            this.next.set((i.max(0) as usize).min(l.len()) as u64);
        }
        Ok(())
    }
}

#[pymethods]
impl ListReverseIterator {
    #[slot(tp_iter)]
    fn iter(_vm: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next(_vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        // SAFETY: installed as a slot of this class only.
        let it: Ref<ListReverseIterator> = unsafe { this.cast() };
        let Some(list) = it.list.get() else { return Ok(None) };
        let i = it.next.get();
        if i >= 0
            && let Some(v) = list.try_get(i as usize)
        {
            it.next.set(i - 1);
            return Ok(Some(v));
        }
        it.next.set(-1);
        it.list.set(it, None);
        Ok(None)
    }

    /// Private method returning an estimate of len(list(it)).
    #[pymethod("($self, /)")]
    fn __length_hint__(_vm: &Vm, this: Ref<ListReverseIterator>) -> i64 {
        let left = this.next.get() + 1;
        this.list.get().map_or(0, |l| if (l.len() as i64) < left { 0 } else { left })
    }

    /// Return state information for pickling.
    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<ListReverseIterator>) -> PyResult<Value> {
        match this.list.get() {
            Some(l) => reduce(vm, "reversed", Some((l.value(), this.next.get())), l.value()),
            None => reduce(vm, "iter", None, List::new(vm).value()),
        }
    }

    /// Set state information for unpickling.
    #[pymethod("($self, state, /)")]
    fn __setstate__(vm: &Vm, this: Ref<ListReverseIterator>, state: Value) -> PyResult<()> {
        let i = vm.index_isize(state)?;
        if let Some(l) = this.list.get() {
            this.next.set((i as i64).clamp(-1, l.len() as i64 - 1));
        }
        Ok(())
    }
}

#[allow(unused_imports)]
use ValueExt as _;
