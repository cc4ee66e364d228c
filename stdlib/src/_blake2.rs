//! `_blake2`: the hash functions BLAKE2b and BLAKE2s with all their parameters, of the crates `blake2b_simd` and
//! `blake2s_simd`.

use crate::arguments::params;
use crate::hashes::{Algorithm, feed, hex, start};
use adder_heap as heap;
use adder_macros::{pyclass, pymethods, pymodule};
use adder_vm::args::{Args, Params};
use adder_vm::builtins::module::Module;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{LongHeader, Object, Ref, Value};
use adder_vm::raise;
use adder_vm::type_new::ready_class;
use adder_vm::vm::Vm;
use std::cell::{Cell, RefCell};

const NAMES: &[&str] = &[
    "data",
    "digest_size",
    "key",
    "salt",
    "person",
    "fanout",
    "depth",
    "leaf_size",
    "node_offset",
    "node_depth",
    "inner_size",
    "last_node",
    "usedforsecurity",
    "string",
];

/// The parameters of a tree; the defaults are those of sequential hashing.
struct Tree {
    size: usize,
    fanout: u8,
    depth: u8,
    leaf_size: u32,
    node_offset: u64,
    node_depth: u8,
    inner_size: usize,
    last_node: bool,
}

/// Sizes of one variant.
struct Sizes {
    out: usize,
    key: usize,
    salt: usize,
    person: usize,
    offset_bits: u32,
}

fn tree(vm: &Vm, bound: &[Option<Value>; 14], sizes: &Sizes) -> PyResult<Tree> {
    let number = |i: usize, default: i128| match bound[i] {
        Some(v) => vm.index_i128(v),
        None => Ok(default),
    };
    let max = sizes.out;
    let size = number(1, max as i128)?;
    if !(1..=max as i128).contains(&size) {
        let name = if max == 64 { "Blake2b" } else { "Blake2s" };
        raise!(vm, ValueError, "digest_size for {name} must be between 1 and {max} bytes, here it is {size}")
    }
    let (fanout, depth, leaf_size) = (number(5, 1)?, number(6, 1)?, number(7, 0)?);
    if !(0..=255).contains(&fanout) {
        return Err(vm.value_error("fanout must be between 0 and 255"));
    }
    if !(1..=255).contains(&depth) {
        return Err(vm.value_error("depth must be between 1 and 255"));
    }
    if leaf_size < 0 {
        return Err(vm.value_error("Cannot convert negative int"));
    }
    if leaf_size > u32::MAX as i128 {
        return Err(vm.overflow_error("leaf_size is too large"));
    }
    let node_offset = number(8, 0)?;
    if node_offset < 0 {
        return Err(vm.value_error("Cannot convert negative int"));
    }
    if node_offset >> sizes.offset_bits != 0 {
        return Err(vm.overflow_error("node_offset is too large"));
    }
    let (node_depth, inner_size) = (number(9, 0)?, number(10, 0)?);
    if !(0..=255).contains(&node_depth) {
        return Err(vm.value_error("node_depth must be between 0 and 255"));
    }
    if !(0..=max as i128).contains(&inner_size) {
        raise!(vm, ValueError, "inner_size must be between 0 and is {max}")
    }
    let last_node = match bound[11] {
        Some(v) => vm.truth(v)?,
        None => false,
    };
    Ok(Tree {
        size: size as usize,
        fanout: fanout as u8,
        depth: depth as u8,
        leaf_size: leaf_size as u32,
        node_offset: node_offset as u64,
        node_depth: node_depth as u8,
        inner_size: inner_size as usize,
        last_node,
    })
}

fn bytes(vm: &Vm, v: Option<Value>, max: usize, what: &str) -> PyResult<Vec<u8>> {
    let Some(v) = v else { return Ok(vec![]) };
    let data = vm.bytes_like(v)?;
    if data.len() > max {
        raise!(vm, ValueError, "maximum {what} length is {max} bytes")
    }
    Ok(data.to_vec())
}

const SIZES_B: Sizes = Sizes { out: 64, key: 64, salt: 16, person: 16, offset_bits: 64 };

struct StateB(blake2b_simd::State);

impl Algorithm for StateB {
    fn update(&mut self, data: &[u8]) {
        self.0.update(data);
    }

    fn copy(&self) -> Box<dyn Algorithm> {
        Box::new(StateB(self.0.clone()))
    }

    fn digest(&self, _: usize) -> Vec<u8> {
        self.0.finalize().as_bytes().to_vec()
    }
}

/// Return a new BLAKE2b hash object.
#[pyclass(name = "blake2b", module = "_blake2", flags = def::BASE)]
#[repr(C)]
pub struct Blake2b {
    h: LongHeader,
    size: Cell<usize>,
    state: RefCell<Box<dyn Algorithm>>,
}

#[pymethods]
impl Blake2b {
    #[slot(tp_new)]
    fn construct(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        const PARAMS: Params = params("blake2b", NAMES, 0, 1, 0);
        let mut bound = [None; 14];
        PARAMS.bind(vm, args, &mut bound)?;
        let salt = bytes(vm, bound[3], SIZES_B.salt, "salt")?;
        let person = bytes(vm, bound[4], SIZES_B.person, "person")?;
        let tree = tree(vm, &bound, &SIZES_B)?;
        let key = bytes(vm, bound[2], SIZES_B.key, "key")?;
        let mut params = blake2b_simd::Params::new();
        params
            .hash_length(tree.size)
            .key(&key)
            .salt(&salt)
            .personal(&person)
            .fanout(tree.fanout)
            .max_depth(tree.depth)
            .max_leaf_length(tree.leaf_size)
            .node_offset(tree.node_offset)
            .node_depth(tree.node_depth)
            .inner_hash_length(tree.inner_size)
            .last_node(tree.last_node);
        let state = start(vm, Box::new(StateB(params.to_state())), bound[0], bound[13])?;
        let init = Blake2b { h: LongHeader::new(), size: Cell::new(tree.size), state: RefCell::new(state) };
        Ok(vm.new_instance(class, init)?.value())
    }

    /// Update this hash object's state with the provided bytes-like object.
    #[pymethod("($self, data, /)")]
    fn update(vm: &Vm, this: Ref<Blake2b>, data: Value) -> PyResult<()> {
        let mut state = this.state.borrow().copy();
        feed(vm, &mut *state, data)?;
        *this.state.borrow_mut() = state;
        Ok(())
    }

    /// Return the digest value as a bytes object.
    #[pymethod("($self, /)")]
    fn digest(vm: &Vm, this: Ref<Blake2b>) -> PyResult<Value> {
        vm.new_bytes(&this.state.borrow().digest(0))
    }

    /// Return the digest value as a string of hexadecimal digits.
    #[pymethod("($self, /)")]
    fn hexdigest(_: &Vm, this: Ref<Blake2b>) -> String {
        hex(&this.state.borrow().digest(0))
    }

    /// Return a copy of the hash object.
    #[pymethod("($self, /)")]
    fn copy(_: &Vm, this: Ref<Blake2b>) -> Ref<Blake2b> {
        let state = RefCell::new(this.state.borrow().copy());
        let size = Cell::new(this.size.get());
        heap::new(Blake2b::shape(), Blake2b { h: LongHeader::new(), size, state })
    }

    #[getter]
    fn name(_: &Vm, _this: Ref<Blake2b>) -> &'static str {
        "blake2b"
    }

    #[getter]
    fn block_size(_: &Vm, _this: Ref<Blake2b>) -> i64 {
        128
    }

    #[getter]
    fn digest_size(_: &Vm, this: Ref<Blake2b>) -> usize {
        this.size.get()
    }
}

const SIZES_S: Sizes = Sizes { out: 32, key: 32, salt: 8, person: 8, offset_bits: 48 };

struct StateS(blake2s_simd::State);

impl Algorithm for StateS {
    fn update(&mut self, data: &[u8]) {
        self.0.update(data);
    }

    fn copy(&self) -> Box<dyn Algorithm> {
        Box::new(StateS(self.0.clone()))
    }

    fn digest(&self, _: usize) -> Vec<u8> {
        self.0.finalize().as_bytes().to_vec()
    }
}

/// Return a new BLAKE2s hash object.
#[pyclass(name = "blake2s", module = "_blake2", flags = def::BASE)]
#[repr(C)]
pub struct Blake2s {
    h: LongHeader,
    size: Cell<usize>,
    state: RefCell<Box<dyn Algorithm>>,
}

#[pymethods]
impl Blake2s {
    #[slot(tp_new)]
    fn construct(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        const PARAMS: Params = params("blake2s", NAMES, 0, 1, 0);
        let mut bound = [None; 14];
        PARAMS.bind(vm, args, &mut bound)?;
        let salt = bytes(vm, bound[3], SIZES_S.salt, "salt")?;
        let person = bytes(vm, bound[4], SIZES_S.person, "person")?;
        let tree = tree(vm, &bound, &SIZES_S)?;
        let key = bytes(vm, bound[2], SIZES_S.key, "key")?;
        let mut params = blake2s_simd::Params::new();
        params
            .hash_length(tree.size)
            .key(&key)
            .salt(&salt)
            .personal(&person)
            .fanout(tree.fanout)
            .max_depth(tree.depth)
            .max_leaf_length(tree.leaf_size)
            .node_offset(tree.node_offset)
            .node_depth(tree.node_depth)
            .inner_hash_length(tree.inner_size)
            .last_node(tree.last_node);
        let state = start(vm, Box::new(StateS(params.to_state())), bound[0], bound[13])?;
        let init = Blake2s { h: LongHeader::new(), size: Cell::new(tree.size), state: RefCell::new(state) };
        Ok(vm.new_instance(class, init)?.value())
    }

    /// Update this hash object's state with the provided bytes-like object.
    #[pymethod("($self, data, /)")]
    fn update(vm: &Vm, this: Ref<Blake2s>, data: Value) -> PyResult<()> {
        let mut state = this.state.borrow().copy();
        feed(vm, &mut *state, data)?;
        *this.state.borrow_mut() = state;
        Ok(())
    }

    /// Return the digest value as a bytes object.
    #[pymethod("($self, /)")]
    fn digest(vm: &Vm, this: Ref<Blake2s>) -> PyResult<Value> {
        vm.new_bytes(&this.state.borrow().digest(0))
    }

    /// Return the digest value as a string of hexadecimal digits.
    #[pymethod("($self, /)")]
    fn hexdigest(_: &Vm, this: Ref<Blake2s>) -> String {
        hex(&this.state.borrow().digest(0))
    }

    /// Return a copy of the hash object.
    #[pymethod("($self, /)")]
    fn copy(_: &Vm, this: Ref<Blake2s>) -> Ref<Blake2s> {
        let state = RefCell::new(this.state.borrow().copy());
        let size = Cell::new(this.size.get());
        heap::new(Blake2s::shape(), Blake2s { h: LongHeader::new(), size, state })
    }

    #[getter]
    fn name(_: &Vm, _this: Ref<Blake2s>) -> &'static str {
        "blake2s"
    }

    #[getter]
    fn block_size(_: &Vm, _this: Ref<Blake2s>) -> i64 {
        64
    }

    #[getter]
    fn digest_size(_: &Vm, this: Ref<Blake2s>) -> usize {
        this.size.get()
    }
}

/// _blake2b provides BLAKE2b for hashlib
#[pymodule]
pub mod _blake2 {
    use super::*;

    pub fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        let add = |class: Ref<Type>, name: &str, sizes: &Sizes| {
            m.dict().set_str(vm, name, class.value());
            for (key, n) in [
                ("SALT_SIZE", sizes.salt),
                ("PERSON_SIZE", sizes.person),
                ("MAX_KEY_SIZE", sizes.key),
                ("MAX_DIGEST_SIZE", sizes.out),
            ] {
                class.dict.get().set_str(vm, key, vm.int(n as i64));
                m.dict().set_str(vm, &format!("{}_{key}", name.to_uppercase()), vm.int(n as i64));
            }
        };
        add(ready_class::<Blake2b>(vm), "blake2b", &SIZES_B);
        add(ready_class::<Blake2s>(vm), "blake2s", &SIZES_S);
        m.dict().set_str(vm, "_GIL_MINSIZE", vm.int(2048));
        Ok(())
    }
}
