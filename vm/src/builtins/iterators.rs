//! The two general iterators: over an object with `__getitem__`, and over the results of a call.

use crate::builtins::exceptions::Exc;
use crate::builtins::singletons::not_implemented;
use crate::builtins::tuple::Tuple;
use crate::error::{PyResult, Raised};
use crate::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use crate::vm::Vm;
use adder_heap as heap;
use adder_macros::{pyclass, pymethods};
use std::cell::Cell;

/// What `iter()` gives for an object that has `__getitem__` only.
#[pyclass(name = "iterator")]
#[repr(C)]
pub struct SequenceIterator {
    h: LongHeader,
    /// None: exhausted.
    sequence: Field<Option<Value>>,
    index: Cell<i64>,
}

/// What `iter(callable, sentinel)` gives.
#[pyclass(name = "callable_iterator")]
#[repr(C)]
pub struct CallableIterator {
    h: LongHeader,
    /// None: exhausted.
    callable: Field<Option<Value>>,
    sentinel: Field<Option<Value>>,
}

impl Vm {
    /// `PySeqIter_New`
    pub fn sequence_iterator(&self, sequence: Value) -> PyResult<Value> {
        let it = heap::new(
            SequenceIterator::shape(),
            SequenceIterator {
                h: LongHeader::new(),
                sequence: Field::new(Some(sequence)),
                index: Cell::new(0),
            },
        );
        Ok(it.value())
    }

    /// `PyCallIter_New`
    pub fn callable_iterator(&self, callable: Value, sentinel: Value) -> Value {
        heap::new(
            CallableIterator::shape(),
            CallableIterator {
                h: LongHeader::new(),
                callable: Field::new(Some(callable)),
                sentinel: Field::new(Some(sentinel)),
            },
        )
        .value()
    }

    /// Drops an IndexError or StopIteration, which end a sequence, and gives back any other.
    pub fn swallow_end(&self, raised: Raised) -> PyResult<()> {
        match self.swallow(raised, Exc::IndexError) {
            Ok(()) => Ok(()),
            Err(raised) => self.swallow(raised, Exc::StopIteration),
        }
    }

    /// `iter` or `reversed` applied to an empty tuple: how an exhausted iterator is pickled.
    pub(crate) fn reduce_exhausted(&self, constructor: Value) -> Value {
        let empty = Tuple::empty().value();
        let args = Tuple::from_slice(self, &[empty]).value();
        Tuple::from_slice(self, &[constructor, args]).value()
    }
}

impl SequenceIterator {
    /// What is iterated over, until the end.
    pub fn sequence(&self) -> Option<Value> {
        self.sequence.get()
    }
}

#[pymethods]
impl SequenceIterator {
    #[slot(tp_iter)]
    fn iter(_: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        let it = this.downcast::<SequenceIterator>().expect("the receiver is an iterator");
        let Some(sequence) = it.sequence.get() else { return Ok(None) };
        let i = it.index.get();
        if i == i64::MAX {
            return Err(vm.overflow_error("iter index too large"));
        }
        let item = match sequence.class().slots().sq_item {
            Some(f) => f(vm, sequence, i as isize),
            None => vm.get_item(sequence, vm.int(i)),
        };
        match item {
            Ok(v) => {
                it.index.set(i + 1);
                Ok(Some(v))
            }
            Err(raised) => {
                vm.swallow_end(raised)?;
                it.sequence.set(it, None);
                Ok(None)
            }
        }
    }

    /// Private method returning an estimate of len(list(it)).
    #[pymethod("($self, /)")]
    fn __length_hint__(vm: &Vm, this: Ref<SequenceIterator>) -> PyResult<Value> {
        let Some(sequence) = this.sequence.get() else { return Ok(vm.int(0)) };
        let slots = sequence.class().slots();
        match slots.mp_length.or(slots.sq_length) {
            Some(len) => Ok(vm.int((len(vm, sequence)? as i64 - this.index.get()).max(0))),
            None => Ok(not_implemented()),
        }
    }

    /// Return state information for pickling.
    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<SequenceIterator>) -> PyResult<Value> {
        let iter = vm.builtin("iter")?;
        let Some(sequence) = this.sequence.get() else { return Ok(vm.reduce_exhausted(iter)) };
        let args = Tuple::from_slice(vm, &[sequence]).value();
        Ok(Tuple::from_slice(vm, &[iter, args, vm.int(this.index.get())]).value())
    }

    /// Set state information for unpickling.
    #[pymethod("($self, object, /)")]
    fn __setstate__(_: &Vm, this: Ref<SequenceIterator>, object: i64) {
        if this.sequence.get().is_some() {
            this.index.set(object.max(0));
        }
    }
}

#[pymethods]
impl CallableIterator {
    #[slot(tp_iter)]
    fn iter(_: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        let it = this.downcast::<CallableIterator>().expect("the receiver is a callable_iterator");
        let Some(callable) = it.callable.get() else { return Ok(None) };
        match vm.call(callable, &[]) {
            Ok(v) => {
                // The call may have exhausted this very iterator.
                let Some(sentinel) = it.sentinel.get() else { return Ok(None) };
                if !vm.eq(sentinel, v)? {
                    return Ok(Some(v));
                }
            }
            Err(raised) => vm.swallow(raised, Exc::StopIteration)?,
        }
        it.callable.set(it, None);
        it.sentinel.set(it, None);
        Ok(None)
    }

    /// Return state information for pickling.
    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<CallableIterator>) -> PyResult<Value> {
        let iter = vm.builtin("iter")?;
        match (this.callable.get(), this.sentinel.get()) {
            (Some(f), Some(sentinel)) => {
                let args = Tuple::from_slice(vm, &[f, sentinel]).value();
                Ok(Tuple::from_slice(vm, &[iter, args]).value())
            }
            _ => Ok(vm.reduce_exhausted(iter)),
        }
    }
}
