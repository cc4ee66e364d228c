//! `BufferedRandom`: reading and writing at one position.

use super::buffered::Buffered;
use super::reader::{self, constructor_args};
use super::{unsupported, writer};
use adder_macros::{pyclass, pymethods};
use adder_vm::args::Args;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value};
use adder_vm::vm::Vm;

/// A buffered interface to random access streams.
#[pyclass(name = "BufferedRandom", module = "_io", base = Buffered, flags = def::BASE, signature = "(raw, buffer_size=131072)")]
#[repr(C)]
pub struct BufferedRandom {
    base: Buffered,
}

#[pymethods]
impl BufferedRandom {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, _args: Args) -> PyResult<Value> {
        Ok(super::instance(vm, class, BufferedRandom { base: Buffered::blank(true, true) })?.value())
    }

    #[slot(tp_init)]
    fn init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
        let (raw, size) = constructor_args(vm, args, "BufferedRandom")?;
        for (question, message) in [
            ("seekable", "File or stream is not seekable."),
            ("readable", "File or stream is not readable."),
            ("writable", "File or stream is not writable."),
        ] {
            if !super::ask(vm, raw, question)? {
                return Err(unsupported(vm, message));
            }
        }
        // SAFETY: installed as a slot of this class only.
        Buffered::setup(vm, unsafe { this.cast() }, raw, size)
    }

    #[pymethod("($self, size=-1, /)")]
    fn read(vm: &Vm, this: Ref<Buffered>, size: Option<Value>) -> PyResult<Value> {
        reader::read(vm, this, size)
    }

    #[pymethod("($self, size=-1, /)")]
    fn read1(vm: &Vm, this: Ref<Buffered>, size: Option<Value>) -> PyResult<Value> {
        reader::read1(vm, this, size)
    }

    #[pymethod("($self, buffer, /)")]
    fn readinto(vm: &Vm, this: Ref<Buffered>, buffer: Value) -> PyResult<Value> {
        reader::readinto(vm, this, buffer, false)
    }

    #[pymethod("($self, buffer, /)")]
    fn readinto1(vm: &Vm, this: Ref<Buffered>, buffer: Value) -> PyResult<Value> {
        reader::readinto(vm, this, buffer, true)
    }

    #[pymethod("($self, size=0, /)")]
    fn peek(vm: &Vm, this: Ref<Buffered>, _size: Option<isize>) -> PyResult<Value> {
        reader::peek(vm, this)
    }

    #[pymethod("($self, size=-1, /)")]
    fn readline(vm: &Vm, this: Ref<Buffered>, size: Option<Value>) -> PyResult<Value> {
        reader::readline(vm, this, size)
    }

    #[pymethod("($self, buffer, /)")]
    fn write(vm: &Vm, this: Ref<Buffered>, buffer: Value) -> PyResult<usize> {
        writer::write(vm, this, buffer)
    }

    #[slot(tp_iternext)]
    fn next(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        reader::next(vm, this)
    }
}
