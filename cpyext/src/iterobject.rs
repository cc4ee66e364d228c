//! Iterators over sequences and over calls.

use crate::pyobject::Arg;
use adder_macros::capi;
use adder_vm::error::PyResult;
use adder_vm::object::{Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;

#[capi]
pub fn PySeqIter_New(vm: &Vm, v: Arg) -> PyResult<Value> {
    let v = v.value();
    if v.class().slots().sq_item.is_none() {
        raise!(vm, SystemError, "bad argument to internal function")
    }
    vm.sequence_iterator(v)
}

#[capi]
pub fn PyCallIter_New(vm: &Vm, f: Arg, sentinel: Arg) -> PyResult<Value> {
    Ok(vm.callable_iterator(f.value(), sentinel.value()))
}
