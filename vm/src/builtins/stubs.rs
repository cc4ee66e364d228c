//! Placeholders while the types are being written.

use crate::builtins::code::Code;
use crate::builtins::generator::{AsyncGenerator, Coroutine};
use crate::error::PyResult;
use crate::object::Value;
use crate::vm::Vm;
use adder_macros::pymethods;

pub mod asyncgen {
    use super::*;
    pub fn wrap_value(vm: &Vm, _: Value) -> PyResult<Value> {
        Err(vm.system_error("stub"))
    }
    pub fn anext_with_default(vm: &Vm, _: Value, _: Value) -> PyResult<Value> {
        Err(vm.system_error("stub"))
    }
}

#[pymethods]
impl Code {}
#[pymethods]
impl Coroutine {}
#[pymethods]
impl AsyncGenerator {}
