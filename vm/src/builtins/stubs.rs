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

pub mod buffer {
    use super::*;
    pub type GetBuffer = fn(&Vm, Value, i32) -> PyResult<Buffer>;
    pub type ReleaseBuffer = fn(&Vm, Value, &mut Buffer);
    pub struct Buffer;
    pub fn to_vec(vm: &Vm, _: Value) -> PyResult<Vec<u8>> {
        Err(vm.system_error("stub"))
    }
    pub fn memoryview_of(vm: &Vm, _: Buffer) -> PyResult<Value> {
        Err(vm.system_error("stub"))
    }
    pub fn release_view(vm: &Vm, _: Value) -> PyResult<()> {
        Err(vm.system_error("stub"))
    }
    pub fn from_python(vm: &Vm, _: Value, _: Value, _: i32) -> PyResult<Buffer> {
        Err(vm.system_error("stub"))
    }
    pub fn release_to_python(_: &Vm, _: Value, _: &mut Buffer) {}
}
pub mod union_ {
    use super::*;
    pub fn or(vm: &Vm, _: Value, _: Value) -> PyResult<Value> {
        Err(vm.system_error("stub"))
    }
    pub fn generic_alias(vm: &Vm, _: Value, _: Value) -> PyResult<Value> {
        Err(vm.system_error("stub"))
    }
}
pub mod template {
    use super::*;
    pub fn interpolation(vm: &Vm, _: Value, _: Value, _: u16, _: Option<Value>) -> PyResult<Value> {
        Err(vm.system_error("stub"))
    }
    pub fn template(vm: &Vm, _: Value, _: Value) -> PyResult<Value> {
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
    pub fn concat_strings(&self, parts: &[Value]) -> PyResult<Value> {
        let mut s = String::new();
        for p in parts {
            s.push_str(&p.downcast::<Str>().expect("strings").to_string());
        }
        Ok(self.new_str(&s))
    }
    pub fn str_from_wtf8(&self, w: &adder_compiler::code::Wtf8Buf) -> PyResult<Ref<Str>> {
        Ok(self.new_str(&w.to_string_lossy()).downcast::<Str>().expect("str"))
    }
    pub fn new_bytes(&self, _b: &[u8]) -> PyResult<Value> {
        Ok(self.new_str("bytes"))
    }
    pub fn format(&self, v: Value, _spec: Option<Value>) -> PyResult<Value> {
        Ok(self.str(v)?.value())
    }
    pub fn ascii(&self, v: Value) -> PyResult<Value> {
        self.repr(v)
    }
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
impl Str {
    #[slot(tp_repr)]
    fn repr(vm: &Vm, v: Value) -> PyResult<Value> {
        Ok(vm.new_str(&format!("'{}'", v.downcast::<Str>().expect("str"))))
    }
    #[slot(tp_str)]
    fn str(_: &Vm, v: Value) -> PyResult<Value> {
        Ok(v)
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
