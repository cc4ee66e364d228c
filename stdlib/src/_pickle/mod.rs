//! `_pickle`: pickling.
//!
//! * `pickler.rs`, `save.rs`, `reduce.rs`, `writer.rs`, `memo.rs`: from objects to bytes;
//! * `unpickler.rs`, `load.rs`, `reader.rs`: from bytes to objects;
//! * `buffer.rs`: `PickleBuffer`; `op.rs`, `number.rs`, `state.rs`: what both sides need.
//!
//! The format, and what a pickler asks objects, is documented in the library's `pickle.py` and `pickletools.py`.

mod buffer;
mod load;
mod memo;
mod number;
mod op;
mod pickler;
mod reader;
mod reduce;
mod save;
mod state;
mod unpickler;
mod writer;

use adder_macros::pymodule;

/// Optimized C implementation for the Python pickle module.
#[pymodule]
pub mod _pickle {
    use super::buffer::PickleBuffer;
    use super::pickler::{self, Pickler, PicklerMemoProxy};
    use super::unpickler::{self, Unpickler, UnpicklerMemoProxy};
    use adder_vm::builtins::module::Module;
    use adder_vm::error::PyResult;
    use adder_vm::object::{Ref, Value};
    use adder_vm::type_new::ready_class;
    use adder_vm::vm::Vm;

    /// Write a pickled representation of obj to the open file object file.
    ///
    /// This is equivalent to ``Pickler(file, protocol).dump(obj)``, but may
    /// be more efficient.
    #[pyfunction("($module, /, obj, file, protocol=None, *, fix_imports=True, buffer_callback=None)")]
    fn dump(
        vm: &Vm,
        obj: Value,
        file: Value,
        protocol: Option<Value>,
        fix_imports: Option<Value>,
        buffer_callback: Option<Value>,
    ) -> PyResult<()> {
        pickler::dump(vm, obj, file, protocol, fix_imports, buffer_callback)
    }

    /// Return the pickled representation of the object as a bytes object.
    #[pyfunction("($module, /, obj, protocol=None, *, fix_imports=True, buffer_callback=None)")]
    fn dumps(
        vm: &Vm,
        obj: Value,
        protocol: Option<Value>,
        fix_imports: Option<Value>,
        buffer_callback: Option<Value>,
    ) -> PyResult<Value> {
        pickler::dumps(vm, obj, protocol, fix_imports, buffer_callback)
    }

    /// Read and return an object from the pickle data stored in a file.
    ///
    /// This is equivalent to ``Unpickler(file).load()``, but may be more
    /// efficient.
    #[pyfunction("($module, /, file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())")]
    fn load(
        vm: &Vm,
        file: Value,
        fix_imports: Option<Value>,
        encoding: Option<Value>,
        errors: Option<Value>,
        buffers: Option<Value>,
    ) -> PyResult<Value> {
        unpickler::load(vm, file, [fix_imports, encoding, errors, buffers])
    }

    /// Read and return an object from the given pickle data.
    #[pyfunction("($module, data, /, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())")]
    fn loads(
        vm: &Vm,
        data: Value,
        fix_imports: Option<Value>,
        encoding: Option<Value>,
        errors: Option<Value>,
        buffers: Option<Value>,
    ) -> PyResult<Value> {
        unpickler::loads(vm, data, [fix_imports, encoding, errors, buffers])
    }

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        ready_class::<PicklerMemoProxy>(vm);
        ready_class::<UnpicklerMemoProxy>(vm);
        m.dict().set_str(vm, "PickleBuffer", ready_class::<PickleBuffer>(vm).value());
        m.dict().set_str(vm, "Pickler", ready_class::<Pickler>(vm).value());
        m.dict().set_str(vm, "Unpickler", ready_class::<Unpickler>(vm).value());
        super::state::fill(vm, m)
    }
}
