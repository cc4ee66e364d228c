//! `_sha2`: the hash functions SHA-224, SHA-256, SHA-384 and SHA-512, of the crate `sha2`.

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

hash_class!(Sha224, "SHA224Type", "_sha2", "sha224", 64, 28);
hash_class!(Sha256, "SHA256Type", "_sha2", "sha256", 64, 32);
hash_class!(Sha384, "SHA384Type", "_sha2", "sha384", 128, 48);
hash_class!(Sha512, "SHA512Type", "_sha2", "sha512", 128, 64);

/// The hash functions SHA-224, SHA-256, SHA-384 and SHA-512.
#[pymodule]
pub mod _sha2 {
    use super::*;

    pub fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        m.dict().set_str(vm, "SHA224Type", ready_class::<Sha224>(vm).value());
        m.dict().set_str(vm, "SHA256Type", ready_class::<Sha256>(vm).value());
        m.dict().set_str(vm, "SHA384Type", ready_class::<Sha384>(vm).value());
        m.dict().set_str(vm, "SHA512Type", ready_class::<Sha512>(vm).value());
        m.dict().set_str(vm, "_GIL_MINSIZE", vm.int(2048));
        Ok(())
    }

    /// Return a new SHA-224 hash object; optionally initialized with a string.
    #[pyfunction("($module, /, data=b'', *, usedforsecurity=True, string=None)")]
    fn sha224(
        vm: &Vm,
        data: Option<Value>,
        _usedforsecurity: Option<bool>,
        string: Option<Value>,
    ) -> PyResult<Value> {
        let state = Box::new(Fixed(<sha2::Sha224 as digest::Digest>::new()));
        Ok(Sha224::make(start(vm, state, data, string)?))
    }

    /// Return a new SHA-256 hash object; optionally initialized with a string.
    #[pyfunction("($module, /, data=b'', *, usedforsecurity=True, string=None)")]
    fn sha256(
        vm: &Vm,
        data: Option<Value>,
        _usedforsecurity: Option<bool>,
        string: Option<Value>,
    ) -> PyResult<Value> {
        let state = Box::new(Fixed(<sha2::Sha256 as digest::Digest>::new()));
        Ok(Sha256::make(start(vm, state, data, string)?))
    }

    /// Return a new SHA-384 hash object; optionally initialized with a string.
    #[pyfunction("($module, /, data=b'', *, usedforsecurity=True, string=None)")]
    fn sha384(
        vm: &Vm,
        data: Option<Value>,
        _usedforsecurity: Option<bool>,
        string: Option<Value>,
    ) -> PyResult<Value> {
        let state = Box::new(Fixed(<sha2::Sha384 as digest::Digest>::new()));
        Ok(Sha384::make(start(vm, state, data, string)?))
    }

    /// Return a new SHA-512 hash object; optionally initialized with a string.
    #[pyfunction("($module, /, data=b'', *, usedforsecurity=True, string=None)")]
    fn sha512(
        vm: &Vm,
        data: Option<Value>,
        _usedforsecurity: Option<bool>,
        string: Option<Value>,
    ) -> PyResult<Value> {
        let state = Box::new(Fixed(<sha2::Sha512 as digest::Digest>::new()));
        Ok(Sha512::make(start(vm, state, data, string)?))
    }
}
