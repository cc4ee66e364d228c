//! `FutureIter`: what `await future` delegates to. It yields the future once, and ends with its result.

use super::future::{self, Future};
use adder_heap as heap;
use adder_macros::{pyclass, pymethods};
use adder_vm::builtins::delegation;
use adder_vm::error::PyResult;
use adder_vm::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::vm::Vm;

#[pyclass(name = "FutureIter", module = "_asyncio")]
#[repr(C)]
pub struct FutureIter {
    h: LongHeader,
    /// None when closed.
    future: Field<Option<Ref<Future>>>,
}

impl FutureIter {
    pub fn new(f: Ref<Future>) -> Value {
        heap::new(FutureIter::shape(), FutureIter { h: LongHeader::new(), future: Field::new(Some(f)) })
            .value()
    }
}

/// The next value; None if the future's result is None.
fn next(vm: &Vm, it: Ref<FutureIter>) -> PyResult<Option<Value>> {
    let Some(f) = it.future.get() else { return Ok(None) };
    if f.is_pending() {
        if f.blocking.replace(true) {
            return Err(vm.runtime_error("await wasn't used with future"));
        }
        return Ok(Some(f.value()));
    }
    let result = future::result(vm, f)?;
    if result.is_none() { Ok(None) } else { Err(delegation::stop(vm, result)) }
}

#[pymethods]
impl FutureIter {
    #[slot(tp_iter)]
    fn iter(_: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        // SAFETY: installed as a slot of FutureIter only.
        next(vm, unsafe { this.cast() })
    }

    /// What is sent does not matter.
    #[pymethod]
    fn send(vm: &Vm, this: Ref<FutureIter>, _value: Value) -> PyResult<Value> {
        next(vm, this)?.ok_or_else(|| vm.stop_iteration(None))
    }

    #[pymethod]
    fn throw(
        vm: &Vm,
        this: Ref<FutureIter>,
        typ: Value,
        value: Option<Value>,
        tb: Option<Value>,
    ) -> PyResult<Value> {
        let exc = delegation::thrown(vm, typ, value, tb)?;
        this.future.set(this, None);
        Err(vm.raise_value(exc.value()))
    }

    #[pymethod]
    fn close(_: &Vm, this: Ref<FutureIter>) {
        this.future.set(this, None);
    }
}
