//! The iterator of strings.

use crate::builtins::str_::Str;
use crate::builtins::tuple::Tuple;
use crate::def;
use crate::error::PyResult;
use crate::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use crate::shapes::id;
use crate::vm::Vm;
use adder_heap as heap;
use adder_macros::{pyclass, pymethods};
use std::cell::Cell;

#[pyclass(name = "str_iterator", fixed = id::STR_ITERATOR, flags = def::DEFAULT | def::DISALLOW_INSTANTIATION)]
#[repr(C)]
pub struct StrIterator {
    h: LongHeader,
    /// None when exhausted.
    string: Field<Option<Ref<Str>>>,
    index: Cell<usize>,
}

impl StrIterator {
    pub fn new(string: Ref<Str>, index: usize) -> Ref<StrIterator> {
        heap::new(
            StrIterator::shape(),
            StrIterator { h: LongHeader::new(), string: Field::new(Some(string)), index: Cell::new(index) },
        )
    }

    /// The next character.
    #[inline]
    pub fn advance(this: Ref<StrIterator>, vm: &Vm) -> Option<Value> {
        let s = this.string.get()?;
        let i = this.index.get();
        if i < s.len() {
            this.index.set(i + 1);
            return Some(vm.char_str(s.char_at(i)));
        }
        this.string.set(this, None);
        None
    }
}

#[pymethods]
impl StrIterator {
    #[slot(tp_iter)]
    fn iter(_: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        Ok(this.exact::<StrIterator>().and_then(|it| StrIterator::advance(it, vm)))
    }

    /// Private method returning an estimate of len(list(it)).
    #[pymethod("($self, /)")]
    fn __length_hint__(_: &Vm, this: Ref<StrIterator>) -> usize {
        this.string.get().map_or(0, |s| s.len() - this.index.get().min(s.len()))
    }

    /// Return state information for pickling.
    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<StrIterator>) -> PyResult<Value> {
        let iter = vm.builtin("iter")?;
        Ok(match this.string.get() {
            Some(s) => {
                let args = Tuple::from_slice(vm, &[s.value()]).value();
                Tuple::from_slice(vm, &[iter, args, vm.int(this.index.get() as i64)]).value()
            }
            None => {
                let args = Tuple::from_slice(vm, &[vm.empty_str()]).value();
                Tuple::from_slice(vm, &[iter, args]).value()
            }
        })
    }

    /// Set state information for unpickling.
    #[pymethod("($self, object, /)")]
    fn __setstate__(vm: &Vm, this: Ref<StrIterator>, object: Value) -> PyResult<()> {
        let i = vm.index_isize(object)?;
        if let Some(s) = this.string.get() {
            this.index.set((i.max(0) as usize).min(s.len()));
        }
        Ok(())
    }
}
