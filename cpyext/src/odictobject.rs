//! `collections.OrderedDict`, through its methods.

use crate::pyobject::{Arg, Done};
use adder_macros::capi;
use adder_vm::error::PyResult;
use adder_vm::object::Value;
use adder_vm::vm::Vm;

#[capi]
pub fn PyODict_New(vm: &Vm) -> PyResult<Value> {
    let module = adder_vm::import::import_module(vm, "collections")?;
    vm.call(vm.get_attr_str(module, "OrderedDict")?, &[])
}

#[capi]
pub fn PyODict_SetItem(vm: &Vm, d: Arg, key: Arg, value: Arg) -> PyResult<Done> {
    vm.set_item(d.value(), key.value(), value.value())?;
    Ok(Done)
}

#[capi]
pub fn PyODict_DelItem(vm: &Vm, d: Arg, key: Arg) -> PyResult<Done> {
    vm.del_item(d.value(), key.value())?;
    Ok(Done)
}
