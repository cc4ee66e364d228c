//! `BytesIO`: bytes in memory as a stream. The bytes are shared with exported buffers, so resizing
//! is refused while there are any.

use super::base::{BufferedIOBase, IOBase};
use super::size_arg;
use adder_macros::{pyclass, pymethods};
use adder_vm::args::Args;
use adder_vm::builtins::bytearray::ByteArray;
use adder_vm::builtins::bytes::Bytes;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::list::List;
use adder_vm::builtins::memoryview::MemoryView;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{Field, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::cell::Cell;

/// Buffered I/O implementation using an in-memory bytes buffer.
#[pyclass(name = "BytesIO", module = "_io", base = BufferedIOBase, flags = def::BASE, signature = "(initial_bytes=b'')")]
#[repr(C)]
pub struct BytesIO {
    base: BufferedIOBase,
    /// The contents; None: closed.
    data: Field<Option<Ref<ByteArray>>>,
    at: Cell<usize>,
}

impl BytesIO {
    fn data(&self, vm: &Vm) -> PyResult<Ref<ByteArray>> {
        match self.data.get() {
            Some(d) => Ok(d),
            None => Err(vm.value_error("I/O operation on closed file.")),
        }
    }

    /// The next `n` bytes (all if negative), which are skipped.
    fn take(&self, vm: &Vm, n: isize) -> PyResult<Value> {
        let data = self.data(vm)?;
        let len = data.len();
        let start = self.at.get().min(len);
        let end = if n < 0 { len } else { len.min(start.saturating_add(n as usize)) };
        if end > start {
            self.at.set(end);
        }
        vm.new_bytes(&data.as_bytes()[start..end])
    }

    fn line(&self, vm: &Vm, limit: isize) -> PyResult<Value> {
        let data = self.data(vm)?;
        let start = self.at.get().min(data.len());
        let rest = &data.as_bytes()[start..];
        let mut n = rest.iter().position(|b| *b == b'\n').map_or(rest.len(), |i| i + 1);
        if limit >= 0 {
            n = n.min(limit as usize);
        }
        self.take(vm, n as isize)
    }

    fn write_bytes(&self, vm: &Vm, source: Value) -> PyResult<usize> {
        let data = self.data(vm)?;
        if let Some(bytes) = source.exact::<Bytes>().filter(|b| !b.as_bytes().is_empty()) {
            return self.put(vm, data, bytes.as_bytes());
        }
        // Other memory may be the buffer's own.
        let bytes = vm.bytes_like(source)?.to_vec();
        let data_now = self.data(vm)?;
        let n = bytes.len();
        if n == 0 {
            // Only to see that nobody exports the buffer.
            data.resize_with(vm, |_| ())?;
            return Ok(0);
        }
        self.put(vm, data_now, &bytes)
    }

    /// Writes some bytes at the position.
    fn put(&self, vm: &Vm, data: Ref<ByteArray>, bytes: &[u8]) -> PyResult<usize> {
        let (at, n) = (self.at.get(), bytes.len());
        data.resize_with(vm, |v| {
            if v.len() < at {
                v.resize(at, 0);
            }
            let overlap = n.min(v.len() - at);
            v[at..at + overlap].copy_from_slice(&bytes[..overlap]);
            v.extend_from_slice(&bytes[overlap..]);
        })?;
        self.at.set(at + n);
        Ok(n)
    }
}

#[pymethods]
impl BytesIO {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, _args: Args) -> PyResult<Value> {
        let data = ByteArray::new_from(vec![]);
        let blank = BytesIO {
            base: BufferedIOBase { base: IOBase::blank() },
            data: Field::new(Some(data)),
            at: Cell::new(0),
        };
        Ok(vm.new_instance(class, blank)?.value())
    }

    #[slot(tp_init)]
    fn init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
        if args.all().len() > 1 {
            raise!(vm, TypeError, "BytesIO() takes at most 1 argument ({} given)", args.all().len())
        }
        // SAFETY: installed as a slot of BytesIO only.
        let b: Ref<BytesIO> = unsafe { this.cast() };
        let initial = args.pos().first().copied().or(args.keyword("initial_bytes")).filter(|v| !v.is_none());
        let bytes = match initial {
            Some(v) => vm.bytes_like(v)?.to_vec(),
            None => vec![],
        };
        b.data.set(b, Some(ByteArray::new_from(bytes)));
        b.at.set(0);
        Ok(())
    }

    /// Read at most size bytes, returned as a bytes object.
    #[pymethod("($self, size=-1, /)")]
    fn read(vm: &Vm, this: Ref<BytesIO>, size: Option<Value>) -> PyResult<Value> {
        this.data(vm)?;
        this.take(vm, size_arg(vm, size)?)
    }

    /// Read at most size bytes, returned as a bytes object.
    #[pymethod("($self, size=-1, /)")]
    fn read1(vm: &Vm, this: Ref<BytesIO>, size: Option<Value>) -> PyResult<Value> {
        this.take(vm, size_arg(vm, size)?)
    }

    /// Next line from the file, as a bytes object.
    #[pymethod("($self, size=-1, /)")]
    fn readline(vm: &Vm, this: Ref<BytesIO>, size: Option<Value>) -> PyResult<Value> {
        this.data(vm)?;
        this.line(vm, size_arg(vm, size)?)
    }

    /// List of bytes objects, each a line from the file.
    #[pymethod("($self, size=None, /)")]
    fn readlines(vm: &Vm, this: Ref<BytesIO>, size: Option<Value>) -> PyResult<Value> {
        let hint = size_arg(vm, size)?;
        this.data(vm)?;
        let list = List::new(vm);
        let mut total = 0;
        loop {
            let line = this.line(vm, -1)?;
            let n = vm.len(line)?;
            if n == 0 {
                break;
            }
            list.push(vm, line);
            total += n;
            if hint > 0 && total >= hint as usize {
                break;
            }
        }
        Ok(list.value())
    }

    #[slot(tp_iternext)]
    fn next(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        // SAFETY: installed as a slot of BytesIO only.
        let b: Ref<BytesIO> = unsafe { this.cast() };
        let line = b.line(vm, -1)?;
        Ok(if vm.len(line)? == 0 { None } else { Some(line) })
    }

    /// Read bytes into buffer.
    #[pymethod("($self, buffer, /)")]
    fn readinto(vm: &Vm, this: Ref<BytesIO>, buffer: Value) -> PyResult<usize> {
        let data = this.data(vm)?;
        let mut view = vm.bytes_mut(buffer)?;
        let out = view.bytes();
        let start = this.at.get().min(data.len());
        let n = out.len().min(data.len() - start);
        out[..n].copy_from_slice(&data.as_bytes()[start..start + n]);
        this.at.set(start.max(this.at.get()) + n);
        Ok(n)
    }

    /// Write bytes to file; return the number of bytes written.
    #[pymethod("($self, b, /)")]
    fn write(vm: &Vm, this: Ref<BytesIO>, b: Value) -> PyResult<usize> {
        this.write_bytes(vm, b)
    }

    /// Write lines to the file.
    #[pymethod("($self, lines, /)")]
    fn writelines(vm: &Vm, this: Ref<BytesIO>, lines: Value) -> PyResult<()> {
        this.data(vm)?;
        vm.iterate(lines, &mut |l| this.write_bytes(vm, l).map(drop))
    }

    /// Change stream position.
    #[pymethod("($self, pos, whence=0, /)")]
    fn seek(vm: &Vm, this: Ref<BytesIO>, pos: isize, whence: Option<i32>) -> PyResult<usize> {
        let data = this.data(vm)?;
        let whence = whence.unwrap_or(0);
        if pos < 0 && whence == 0 {
            raise!(vm, ValueError, "negative seek value {pos}")
        }
        let base = match whence {
            0 => 0,
            1 => this.at.get() as isize,
            2 => data.len() as isize,
            _ => raise!(vm, ValueError, "invalid whence ({whence}, should be 0, 1 or 2)"),
        };
        let Some(at) = base.checked_add(pos) else { return Err(vm.overflow_error("new position too large")) };
        this.at.set(at.max(0) as usize);
        Ok(this.at.get())
    }

    /// Current file position, an integer.
    #[pymethod("($self, /)")]
    fn tell(vm: &Vm, this: Ref<BytesIO>) -> PyResult<usize> {
        this.data(vm)?;
        Ok(this.at.get())
    }

    /// Truncate the file to at most size bytes.
    #[pymethod("($self, size=None, /)")]
    fn truncate(vm: &Vm, this: Ref<BytesIO>, size: Option<Value>) -> PyResult<usize> {
        let data = this.data(vm)?;
        let n = match size.filter(|s| !s.is_none()) {
            None => this.at.get(),
            Some(s) => match vm.index_isize(s)? {
                n if n < 0 => raise!(vm, ValueError, "negative size value {n}"),
                n => n as usize,
            },
        };
        data.resize_with(vm, |v| v.truncate(n))?;
        Ok(n)
    }

    /// Retrieve the entire contents of the BytesIO object.
    #[pymethod("($self, /)")]
    fn getvalue(vm: &Vm, this: Ref<BytesIO>) -> PyResult<Value> {
        vm.new_bytes(this.data(vm)?.as_bytes())
    }

    /// Get a read-write view over the contents of the BytesIO object.
    #[pymethod("($self, /)")]
    fn getbuffer(vm: &Vm, this: Ref<BytesIO>) -> PyResult<Value> {
        Ok(MemoryView::of_object(vm, this.data(vm)?.value())?.value())
    }

    /// Disable all I/O operations.
    #[pymethod("($self, /)")]
    fn close(vm: &Vm, this: Ref<BytesIO>) -> PyResult<()> {
        if let Some(d) = this.data.get() {
            d.resize_with(vm, |_| ())?;
        }
        this.data.set(this, None);
        Ok(())
    }

    /// True if the file is closed.
    #[getter]
    fn closed(_vm: &Vm, this: Ref<BytesIO>) -> bool {
        this.data.get().is_none()
    }

    /// Does nothing.
    #[pymethod("($self, /)")]
    fn flush(vm: &Vm, this: Ref<BytesIO>) -> PyResult<()> {
        this.data(vm).map(drop)
    }

    /// Always returns False.
    #[pymethod("($self, /)")]
    fn isatty(vm: &Vm, this: Ref<BytesIO>) -> PyResult<bool> {
        this.data(vm)?;
        Ok(false)
    }

    /// Returns True if the IO object can be read.
    #[pymethod("($self, /)")]
    fn readable(vm: &Vm, this: Ref<BytesIO>) -> PyResult<bool> {
        this.data(vm)?;
        Ok(true)
    }

    /// Returns True if the IO object can be written.
    #[pymethod("($self, /)")]
    fn writable(vm: &Vm, this: Ref<BytesIO>) -> PyResult<bool> {
        this.data(vm)?;
        Ok(true)
    }

    /// Returns True if the IO object can be seeked.
    #[pymethod("($self, /)")]
    fn seekable(vm: &Vm, this: Ref<BytesIO>) -> PyResult<bool> {
        this.data(vm)?;
        Ok(true)
    }

    #[pymethod("($self, /)")]
    fn __getstate__(vm: &Vm, this: Ref<BytesIO>) -> PyResult<Value> {
        let data = vm.new_bytes(this.data(vm)?.as_bytes())?;
        let dict =
            vm.instance_dict(this.value()).filter(|d| d.len() > 0).map_or(none(), |d| d.copy(vm).value());
        Ok(Tuple::from_slice(vm, &[data, vm.int(this.at.get() as i64), dict]).value())
    }

    #[pymethod("($self, state, /)")]
    fn __setstate__(vm: &Vm, this: Ref<BytesIO>, state: Value) -> PyResult<()> {
        let Some(t) = state.downcast::<Tuple>().filter(|t| t.len() >= 3) else {
            raise!(
                vm,
                TypeError,
                "{}.__setstate__ argument should be 3-tuple, got {}",
                this.value().class().full_name(vm),
                state.class().name()
            )
        };
        let bytes = vm.bytes_like(t.get(0))?.to_vec();
        let at = vm.index_isize(t.get(1))?;
        if at < 0 {
            return Err(vm.value_error("position value cannot be negative"));
        }
        this.data.set(this, Some(ByteArray::new_from(bytes)));
        this.at.set(at as usize);
        if let Some(d) = t.get(2).downcast::<Dict>()
            && let Some(own) = vm.instance_dict(this.value())
        {
            own.update_from(vm, d)?;
        }
        Ok(())
    }
}
