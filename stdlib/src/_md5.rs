//! `_md5`: the hash function MD5, of the crate `md-5`.

use crate::hash_class;
use crate::hashes::{Algorithm, Fixed, start};
use adder_heap as heap;
use adder_macros::{pyclass, pymethods, pymodule};
use adder_vm::builtins::module::Module;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{LongHeader, Object, Ref, Value};
use adder_vm::type_new::ready_class;
use adder_vm::vm::Vm;
use std::cell::RefCell;

hash_class!(Md5, "md5", "_md5", "md5", 64, 16);

fn new(vm: &Vm, data: Option<Value>, string: Option<Value>) -> PyResult<Value> {
    Ok(Md5::make(start(vm, Box::new(Fixed(<md5::Md5 as digest::Digest>::new())), data, string)?))
}

/// The hash function MD5.
#[pymodule]
pub mod _md5 {
    use super::*;

    pub fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        m.dict().set_str(vm, "MD5Type", ready_class::<Md5>(vm).value());
        m.dict().set_str(vm, "_GIL_MINSIZE", vm.int(2048));
        Ok(())
    }

    /// Return a new MD5 hash object; optionally initialized with a string.
    #[pyfunction("($module, /, data=b'', *, usedforsecurity=True, string=None)")]
    fn md5(
        vm: &Vm,
        data: Option<Value>,
        _usedforsecurity: Option<bool>,
        string: Option<Value>,
    ) -> PyResult<Value> {
        new(vm, data, string)
    }
}
