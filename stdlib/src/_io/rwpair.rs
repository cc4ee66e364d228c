//! `BufferedRWPair`: a reader and a writer as one stream.

use super::base::{BufferedIOBase, IOBase};
use super::reader::BufferedReader;
use super::writer::BufferedWriter;
use super::{ask, both, send, unsupported};
use adder_macros::{pyclass, pymethods};
use adder_vm::args::Args;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{Field, Object, Ref, Value};
use adder_vm::raise;
use adder_vm::vm::Vm;

/// A buffered reader and writer object together.
#[pyclass(name = "BufferedRWPair", module = "_io", base = BufferedIOBase, flags = def::BASE, signature = "(reader, writer, buffer_size=131072, /)")]
#[repr(C)]
pub struct BufferedRWPair {
    base: BufferedIOBase,
    reader: Field<Option<Value>>,
    writer: Field<Option<Value>>,
}

impl BufferedRWPair {
    fn reader(&self, vm: &Vm) -> PyResult<Value> {
        match self.reader.get() {
            Some(r) => Ok(r),
            None => Err(vm.value_error("I/O operation on uninitialized object")),
        }
    }

    fn writer(&self, vm: &Vm) -> PyResult<Value> {
        match self.writer.get() {
            Some(r) => Ok(r),
            None => Err(vm.value_error("I/O operation on uninitialized object")),
        }
    }
}

#[pymethods]
impl BufferedRWPair {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, _args: Args) -> PyResult<Value> {
        let blank = BufferedRWPair {
            base: BufferedIOBase { base: IOBase::blank() },
            reader: Field::new(None),
            writer: Field::new(None),
        };
        Ok(super::instance(vm, class, blank)?.value())
    }

    #[slot(tp_init)]
    fn init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
        let ([reader, writer] | [reader, writer, _]) = args.pos() else {
            raise!(vm, TypeError, "BufferedRWPair expected at least 2 arguments, got {}", args.pos().len())
        };
        if !ask(vm, *reader, "readable")? {
            return Err(unsupported(vm, "File or stream is not readable."));
        }
        if !ask(vm, *writer, "writable")? {
            return Err(unsupported(vm, "File or stream is not writable."));
        }
        let size = args.pos().get(2).copied().unwrap_or_else(|| vm.int(super::BUFFER_SIZE as i64));
        let r = vm.call(BufferedReader::class().value(), &[*reader, size])?;
        let w = vm.call(BufferedWriter::class().value(), &[*writer, size])?;
        // SAFETY: installed as a slot of this class only.
        let p: Ref<BufferedRWPair> = unsafe { this.cast() };
        p.reader.set(p, Some(r));
        p.writer.set(p, Some(w));
        Ok(())
    }

    #[pymethod]
    fn read(vm: &Vm, this: Ref<BufferedRWPair>, args: Args) -> PyResult<Value> {
        send(vm, this.reader(vm)?, "read", args.pos())
    }

    #[pymethod]
    fn peek(vm: &Vm, this: Ref<BufferedRWPair>, args: Args) -> PyResult<Value> {
        send(vm, this.reader(vm)?, "peek", args.pos())
    }

    #[pymethod]
    fn read1(vm: &Vm, this: Ref<BufferedRWPair>, args: Args) -> PyResult<Value> {
        send(vm, this.reader(vm)?, "read1", args.pos())
    }

    #[pymethod]
    fn readinto(vm: &Vm, this: Ref<BufferedRWPair>, args: Args) -> PyResult<Value> {
        send(vm, this.reader(vm)?, "readinto", args.pos())
    }

    #[pymethod]
    fn readinto1(vm: &Vm, this: Ref<BufferedRWPair>, args: Args) -> PyResult<Value> {
        send(vm, this.reader(vm)?, "readinto1", args.pos())
    }

    #[pymethod]
    fn write(vm: &Vm, this: Ref<BufferedRWPair>, args: Args) -> PyResult<Value> {
        send(vm, this.writer(vm)?, "write", args.pos())
    }

    #[pymethod("($self, /)")]
    fn flush(vm: &Vm, this: Ref<BufferedRWPair>) -> PyResult<Value> {
        send(vm, this.writer(vm)?, "flush", &[])
    }

    #[pymethod("($self, /)")]
    fn readable(vm: &Vm, this: Ref<BufferedRWPair>) -> PyResult<Value> {
        send(vm, this.reader(vm)?, "readable", &[])
    }

    #[pymethod("($self, /)")]
    fn writable(vm: &Vm, this: Ref<BufferedRWPair>) -> PyResult<Value> {
        send(vm, this.writer(vm)?, "writable", &[])
    }

    #[pymethod("($self, /)")]
    fn isatty(vm: &Vm, this: Ref<BufferedRWPair>) -> PyResult<bool> {
        Ok(ask(vm, this.writer(vm)?, "isatty")? || ask(vm, this.reader(vm)?, "isatty")?)
    }

    #[pymethod("($self, /)")]
    fn close(vm: &Vm, this: Ref<BufferedRWPair>) -> PyResult<Value> {
        let first = match this.writer.get() {
            Some(w) => send(vm, w, "close", &[]).map(drop),
            None => Ok(()),
        };
        let reader = this.reader.get();
        both(vm, first, || match reader {
            Some(r) => send(vm, r, "close", &[]).map(drop),
            None => Ok(()),
        })?;
        Ok(none())
    }

    #[getter]
    fn closed(vm: &Vm, this: Ref<BufferedRWPair>) -> PyResult<Value> {
        vm.get_attr_str(this.writer(vm)?, "closed")
    }
}
