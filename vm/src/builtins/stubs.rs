//! Placeholders while the types are being written.

use crate::builtins::code::Code;
use crate::builtins::dict::Dict;
use crate::builtins::generator::{AsyncGenerator, Coroutine};
use crate::builtins::list::List;
use crate::builtins::str_::Str;
use crate::builtins::tuple::Tuple;
use crate::error::PyResult;
use crate::object::{Ref, Value, ValueExt};
use crate::vm::Vm;
use adder_macros::pymethods;

pub mod union_ {
    use super::*;
    pub fn or(vm: &Vm, _: Value, _: Value) -> PyResult<Value> {
        Err(vm.system_error("stub"))
    }
    pub fn generic_alias(vm: &Vm, _: Value, _: Value) -> PyResult<Value> {
        Err(vm.system_error("stub"))
    }
}
pub mod typevar {
    use super::*;
    macro_rules! one { ($($n:ident)*) => {$(pub fn $n(vm: &Vm, _: Value) -> PyResult<Value> { Err(vm.system_error("stub")) })*}; }
    macro_rules! two { ($($n:ident)*) => {$(pub fn $n(vm: &Vm, _: Value, _: Value) -> PyResult<Value> { Err(vm.system_error("stub")) })*}; }
    one!(typevar paramspec typevartuple subscript_generic type_alias);
    two!(typevar_with_bound typevar_with_constraints set_default);
}
pub mod asyncgen {
    use super::*;
    pub fn wrap_value(vm: &Vm, _: Value) -> PyResult<Value> {
        Err(vm.system_error("stub"))
    }
    pub fn anext_with_default(vm: &Vm, _: Value, _: Value) -> PyResult<Value> {
        Err(vm.system_error("stub"))
    }
}

impl Vm {
    pub fn new_set(&self, _: &[Value]) -> PyResult<Value> {
        Err(self.system_error("stub"))
    }
    pub fn frozenset_from(&self, v: &[Value]) -> PyResult<Value> {
        Ok(Tuple::from_slice(self, v).value())
    }
    pub fn set_add(&self, _: Value, _: Value) -> PyResult<()> {
        Err(self.system_error("stub"))
    }
    pub fn list_extend(&self, l: Ref<List>, v: Value) -> PyResult<()> {
        self.iterate(v, &mut |x| {
            l.push(self, x);
            Ok(())
        })
    }
    pub fn sequence_to_tuple(&self, v: Value) -> PyResult<Ref<Tuple>> {
        let l = List::new(self);
        self.list_extend(l, v)?;
        Ok(Tuple::from_slice(self, l.items()))
    }
    pub fn dict_update(&self, d: Ref<Dict>, v: Value) -> PyResult<()> {
        match v.downcast::<Dict>() {
            Some(o) => d.update_from(self, o),
            None => Err(self.system_error("stub")),
        }
    }
}

#[pymethods]
impl Tuple {}
#[pymethods]
impl List {}
#[pymethods]
impl Dict {}
#[pymethods]
impl Code {}
#[pymethods]
impl Coroutine {}
#[pymethods]
impl AsyncGenerator {}
