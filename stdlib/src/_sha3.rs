//! `_sha3`: the hash functions SHA-3 and SHAKE, of the crate `sha3`.

use crate::arguments::{bind, params};
use crate::hash_class;
use crate::hashes::{Algorithm, Extendable, Fixed, feed, hex, start};
use adder_heap as heap;
use adder_macros::{pyclass, pymethods, pymodule};
use adder_vm::args::{Args, Params};
use adder_vm::builtins::module::Module;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{LongHeader, Object, Ref, Value};
use adder_vm::type_new::ready_class;
use adder_vm::vm::Vm;
use std::cell::RefCell;

const NAMES: &[&str] = &["data", "usedforsecurity", "string"];

fn bind_data(vm: &Vm, params: &Params, args: Args) -> PyResult<(Option<Value>, Option<Value>)> {
    let [data, _, string] = bind(vm, params, args)?;
    Ok((data, string))
}

hash_class! {
    Sha3224,
    "sha3_224",
    "_sha3",
    "sha3_224",
    144,
    28,
    #[slot(tp_new)]
    fn construct(vm: &Vm, _class: Ref<Type>, args: Args) -> PyResult<Value> {
        const PARAMS: Params = params("sha3_224", NAMES, 0, 1, 0);
        let (data, string) = bind_data(vm, &PARAMS, args)?;
        Ok(Sha3224::make(start(
            vm,
            Box::new(Fixed(<sha3::Sha3_224 as digest::Digest>::new())),
            data,
            string,
        )?))
    }

    #[getter]
    fn _capacity_bits(_: &Vm, _this: Ref<Sha3224>) -> i64 {
        448
    }

    #[getter]
    fn _rate_bits(_: &Vm, _this: Ref<Sha3224>) -> i64 {
        1152
    }

    #[getter]
    fn _suffix(vm: &Vm, _this: Ref<Sha3224>) -> PyResult<Value> {
        vm.new_bytes(b"\x06")
    }
}

hash_class! {
    Sha3256,
    "sha3_256",
    "_sha3",
    "sha3_256",
    136,
    32,
    #[slot(tp_new)]
    fn construct(vm: &Vm, _class: Ref<Type>, args: Args) -> PyResult<Value> {
        const PARAMS: Params = params("sha3_256", NAMES, 0, 1, 0);
        let (data, string) = bind_data(vm, &PARAMS, args)?;
        Ok(Sha3256::make(start(
            vm,
            Box::new(Fixed(<sha3::Sha3_256 as digest::Digest>::new())),
            data,
            string,
        )?))
    }

    #[getter]
    fn _capacity_bits(_: &Vm, _this: Ref<Sha3256>) -> i64 {
        512
    }

    #[getter]
    fn _rate_bits(_: &Vm, _this: Ref<Sha3256>) -> i64 {
        1088
    }

    #[getter]
    fn _suffix(vm: &Vm, _this: Ref<Sha3256>) -> PyResult<Value> {
        vm.new_bytes(b"\x06")
    }
}

hash_class! {
    Sha3384,
    "sha3_384",
    "_sha3",
    "sha3_384",
    104,
    48,
    #[slot(tp_new)]
    fn construct(vm: &Vm, _class: Ref<Type>, args: Args) -> PyResult<Value> {
        const PARAMS: Params = params("sha3_384", NAMES, 0, 1, 0);
        let (data, string) = bind_data(vm, &PARAMS, args)?;
        Ok(Sha3384::make(start(
            vm,
            Box::new(Fixed(<sha3::Sha3_384 as digest::Digest>::new())),
            data,
            string,
        )?))
    }

    #[getter]
    fn _capacity_bits(_: &Vm, _this: Ref<Sha3384>) -> i64 {
        768
    }

    #[getter]
    fn _rate_bits(_: &Vm, _this: Ref<Sha3384>) -> i64 {
        832
    }

    #[getter]
    fn _suffix(vm: &Vm, _this: Ref<Sha3384>) -> PyResult<Value> {
        vm.new_bytes(b"\x06")
    }
}

hash_class! {
    Sha3512,
    "sha3_512",
    "_sha3",
    "sha3_512",
    72,
    64,
    #[slot(tp_new)]
    fn construct(vm: &Vm, _class: Ref<Type>, args: Args) -> PyResult<Value> {
        const PARAMS: Params = params("sha3_512", NAMES, 0, 1, 0);
        let (data, string) = bind_data(vm, &PARAMS, args)?;
        Ok(Sha3512::make(start(
            vm,
            Box::new(Fixed(<sha3::Sha3_512 as digest::Digest>::new())),
            data,
            string,
        )?))
    }

    #[getter]
    fn _capacity_bits(_: &Vm, _this: Ref<Sha3512>) -> i64 {
        1024
    }

    #[getter]
    fn _rate_bits(_: &Vm, _this: Ref<Sha3512>) -> i64 {
        576
    }

    #[getter]
    fn _suffix(vm: &Vm, _this: Ref<Sha3512>) -> PyResult<Value> {
        vm.new_bytes(b"\x06")
    }
}

/// A hash object with a digest of any length.
#[pyclass(name = "shake_128", module = "_sha3", flags = def::DEFAULT)]
#[repr(C)]
pub struct Shake128 {
    h: LongHeader,
    state: RefCell<Box<dyn Algorithm>>,
}

impl Shake128 {
    fn make(state: Box<dyn Algorithm>) -> Value {
        heap::new(Shake128::shape(), Shake128 { h: LongHeader::new(), state: RefCell::new(state) }).value()
    }
}

#[pymethods]
impl Shake128 {
    #[slot(tp_new)]
    fn construct(vm: &Vm, _class: Ref<Type>, args: Args) -> PyResult<Value> {
        const PARAMS: Params = params("shake_128", NAMES, 0, 1, 0);
        let (data, string) = bind_data(vm, &PARAMS, args)?;
        Ok(Shake128::make(start(vm, Box::new(Extendable(sha3::Shake128::default())), data, string)?))
    }

    /// Update this hash object's state with the provided bytes-like object.
    #[pymethod("($self, data, /)")]
    fn update(vm: &Vm, this: Ref<Shake128>, data: Value) -> PyResult<()> {
        let mut state = this.state.borrow().copy();
        feed(vm, &mut *state, data)?;
        *this.state.borrow_mut() = state;
        Ok(())
    }

    /// Return the digest value as a bytes object.
    #[pymethod("($self, /, length)")]
    fn digest(vm: &Vm, this: Ref<Shake128>, length: Value) -> PyResult<Value> {
        let length = digest_length(vm, length)?;
        vm.new_bytes(&this.state.borrow().digest(length))
    }

    /// Return the digest value as a string of hexadecimal digits.
    #[pymethod("($self, /, length)")]
    fn hexdigest(vm: &Vm, this: Ref<Shake128>, length: Value) -> PyResult<String> {
        let length = digest_length(vm, length)?;
        Ok(hex(&this.state.borrow().digest(length)))
    }

    /// Return a copy of the hash object.
    #[pymethod("($self, /)")]
    fn copy(_: &Vm, this: Ref<Shake128>) -> Value {
        let state = this.state.borrow().copy();
        Shake128::make(state)
    }

    #[getter]
    fn block_size(_: &Vm, _this: Ref<Shake128>) -> i64 {
        168
    }

    #[getter]
    fn digest_size(_: &Vm, _this: Ref<Shake128>) -> i64 {
        0
    }

    #[getter]
    fn name(_: &Vm, _this: Ref<Shake128>) -> &'static str {
        "shake_128"
    }

    #[getter]
    fn _capacity_bits(_: &Vm, _this: Ref<Shake128>) -> i64 {
        256
    }

    #[getter]
    fn _rate_bits(_: &Vm, _this: Ref<Shake128>) -> i64 {
        1344
    }

    #[getter]
    fn _suffix(vm: &Vm, _this: Ref<Shake128>) -> PyResult<Value> {
        vm.new_bytes(b"\x1f")
    }
}

/// A hash object with a digest of any length.
#[pyclass(name = "shake_256", module = "_sha3", flags = def::DEFAULT)]
#[repr(C)]
pub struct Shake256 {
    h: LongHeader,
    state: RefCell<Box<dyn Algorithm>>,
}

impl Shake256 {
    fn make(state: Box<dyn Algorithm>) -> Value {
        heap::new(Shake256::shape(), Shake256 { h: LongHeader::new(), state: RefCell::new(state) }).value()
    }
}

#[pymethods]
impl Shake256 {
    #[slot(tp_new)]
    fn construct(vm: &Vm, _class: Ref<Type>, args: Args) -> PyResult<Value> {
        const PARAMS: Params = params("shake_256", NAMES, 0, 1, 0);
        let (data, string) = bind_data(vm, &PARAMS, args)?;
        Ok(Shake256::make(start(vm, Box::new(Extendable(sha3::Shake256::default())), data, string)?))
    }

    /// Update this hash object's state with the provided bytes-like object.
    #[pymethod("($self, data, /)")]
    fn update(vm: &Vm, this: Ref<Shake256>, data: Value) -> PyResult<()> {
        let mut state = this.state.borrow().copy();
        feed(vm, &mut *state, data)?;
        *this.state.borrow_mut() = state;
        Ok(())
    }

    /// Return the digest value as a bytes object.
    #[pymethod("($self, /, length)")]
    fn digest(vm: &Vm, this: Ref<Shake256>, length: Value) -> PyResult<Value> {
        let length = digest_length(vm, length)?;
        vm.new_bytes(&this.state.borrow().digest(length))
    }

    /// Return the digest value as a string of hexadecimal digits.
    #[pymethod("($self, /, length)")]
    fn hexdigest(vm: &Vm, this: Ref<Shake256>, length: Value) -> PyResult<String> {
        let length = digest_length(vm, length)?;
        Ok(hex(&this.state.borrow().digest(length)))
    }

    /// Return a copy of the hash object.
    #[pymethod("($self, /)")]
    fn copy(_: &Vm, this: Ref<Shake256>) -> Value {
        let state = this.state.borrow().copy();
        Shake256::make(state)
    }

    #[getter]
    fn block_size(_: &Vm, _this: Ref<Shake256>) -> i64 {
        136
    }

    #[getter]
    fn digest_size(_: &Vm, _this: Ref<Shake256>) -> i64 {
        0
    }

    #[getter]
    fn name(_: &Vm, _this: Ref<Shake256>) -> &'static str {
        "shake_256"
    }

    #[getter]
    fn _capacity_bits(_: &Vm, _this: Ref<Shake256>) -> i64 {
        512
    }

    #[getter]
    fn _rate_bits(_: &Vm, _this: Ref<Shake256>) -> i64 {
        1088
    }

    #[getter]
    fn _suffix(vm: &Vm, _this: Ref<Shake256>) -> PyResult<Value> {
        vm.new_bytes(b"\x1f")
    }
}

fn digest_length(vm: &Vm, length: Value) -> PyResult<usize> {
    let n = vm.index_i128(length)?;
    if n < 0 {
        return Err(vm.value_error("length must be non-negative"));
    }
    if n >= 1 << 29 {
        return Err(vm.value_error("length is too large"));
    }
    Ok(n as usize)
}

/// The hash functions SHA-3 and SHAKE.
#[pymodule]
pub mod _sha3 {
    use super::*;

    pub fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        let dict = m.dict();
        dict.set_str(vm, "sha3_224", ready_class::<Sha3224>(vm).value());
        dict.set_str(vm, "sha3_256", ready_class::<Sha3256>(vm).value());
        dict.set_str(vm, "sha3_384", ready_class::<Sha3384>(vm).value());
        dict.set_str(vm, "sha3_512", ready_class::<Sha3512>(vm).value());
        dict.set_str(vm, "shake_128", ready_class::<Shake128>(vm).value());
        dict.set_str(vm, "shake_256", ready_class::<Shake256>(vm).value());
        dict.set_str(vm, "implementation", vm.new_str("RustCrypto"));
        dict.set_str(vm, "_GIL_MINSIZE", vm.int(2048));
        Ok(())
    }
}
