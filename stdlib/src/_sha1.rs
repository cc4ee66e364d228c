//! `_sha1`: the hash function SHA1, of the crate `sha1`.

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

hash_class!(Sha1, "sha1", "_sha1", "sha1", 64, 20);

fn new(vm: &Vm, data: Option<Value>, string: Option<Value>) -> PyResult<Value> {
    Ok(Sha1::make(start(vm, Box::new(Fixed(<sha1::Sha1 as digest::Digest>::new())), data, string)?))
}

/// The hash function SHA1.
#[pymodule]
pub mod _sha1 {
    use super::*;

    pub fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        m.dict().set_str(vm, "SHA1Type", ready_class::<Sha1>(vm).value());
        m.dict().set_str(vm, "_GIL_MINSIZE", vm.int(2048));
        Ok(())
    }

    /// Return a new SHA1 hash object; optionally initialized with a string.
    #[pyfunction("($module, /, data=b'', *, usedforsecurity=True, string=None)")]
    fn sha1(
        vm: &Vm,
        data: Option<Value>,
        _usedforsecurity: Option<bool>,
        string: Option<Value>,
    ) -> PyResult<Value> {
        new(vm, data, string)
    }
}
