//! The abstract base classes of streams.

use super::{ask, both, send, size_arg, unsupported};
use adder_macros::{pyclass, pymethods};
use adder_vm::args::Args;
use adder_vm::builtins::bytes::Bytes;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::list::List;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{Field, LongHeader, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::cell::Cell;

/// The abstract base class for all I/O classes.
///
/// This class provides dummy implementations for many methods that
/// derived classes can override selectively; the default implementations
/// represent a file that cannot be read, written or seeked.
#[pyclass(name = "_IOBase", module = "_io", dict = dict, flags = def::BASE)]
#[repr(C)]
pub struct IOBase {
    h: LongHeader,
    pub dict: Field<Option<Ref<Dict>>>,
    /// `close` of this class was called.
    pub done: Cell<bool>,
    /// The finaliser is closing it.
    pub finalizing: Cell<bool>,
    /// Another stream closes it.
    pub wrapped: Cell<bool>,
}

impl IOBase {
    pub fn blank() -> IOBase {
        IOBase {
            h: LongHeader::new(),
            dict: Field::new(None),
            done: Cell::new(false),
            finalizing: Cell::new(false),
            wrapped: Cell::new(false),
        }
    }
}

/// Base class for raw binary I/O.
#[pyclass(name = "_RawIOBase", module = "_io", base = IOBase, flags = def::BASE)]
#[repr(C)]
pub struct RawIOBase {
    pub base: IOBase,
}

/// Base class for buffered IO objects.
#[pyclass(name = "_BufferedIOBase", module = "_io", base = IOBase, flags = def::BASE)]
#[repr(C)]
pub struct BufferedIOBase {
    pub base: IOBase,
}

/// Base class for text I/O.
#[pyclass(name = "_TextIOBase", module = "_io", base = IOBase, flags = def::BASE)]
#[repr(C)]
pub struct TextIOBase {
    pub base: IOBase,
}

/// Tells a stream that another one closes it.
pub fn set_wrapped(v: Value, on: bool) {
    if let Some(b) = v.downcast::<IOBase>() {
        b.wrapped.set(on);
    }
}

/// `bool(stream.closed)`
pub fn is_closed(vm: &Vm, v: Value) -> PyResult<bool> {
    let c = vm.get_attr(v, vm.intern_str("closed"))?;
    vm.truth(c)
}

/// ValueError if the stream is closed.
pub fn check_closed(vm: &Vm, v: Value, message: &str) -> PyResult<()> {
    if is_closed(vm, v)? { Err(vm.value_error(message)) } else { Ok(()) }
}

const CLOSED: &str = "I/O operation on closed file.";

fn check_able(vm: &Vm, this: Value, method: &str, message: &str) -> PyResult<Value> {
    if ask(vm, this, method)? {
        Ok(adder_vm::builtins::singletons::true_())
    } else {
        Err(unsupported(vm, message))
    }
}

/// `readline` in terms of `peek` and `read`.
fn slow_readline(vm: &Vm, this: Value, limit: isize) -> PyResult<Value> {
    let peek = vm.get_attr_opt(this, vm.intern_str("peek"))?;
    let mut line: Vec<u8> = vec![];
    while limit < 0 || (line.len() as isize) < limit {
        let mut n = 1;
        if let Some(peek) = peek {
            let ahead = vm.call(peek, &[vm.int(1)])?;
            let Some(b) = ahead.downcast::<Bytes>() else {
                raise!(
                    vm,
                    OSError,
                    "peek() should have returned a bytes object, not '{}'",
                    ahead.class().name()
                )
            };
            if !b.is_empty() {
                let bytes = b.as_bytes();
                n = bytes.iter().position(|c| *c == b'\n').map_or(bytes.len(), |i| i + 1);
                if limit >= 0 {
                    n = n.min(limit as usize - line.len());
                }
            }
        }
        let got = send(vm, this, "read", &[vm.int(n as i64)])?;
        let Some(b) = got.downcast::<Bytes>() else {
            if got.is_none() && line.is_empty() {
                return Ok(got);
            }
            if got.is_none() {
                break;
            }
            raise!(vm, OSError, "read() should have returned a bytes object, not '{}'", got.class().name())
        };
        if b.is_empty() {
            break;
        }
        line.extend_from_slice(b.as_bytes());
        if line.last() == Some(&b'\n') {
            break;
        }
    }
    vm.new_bytes(&line)
}

#[pymethods]
impl IOBase {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, _args: Args) -> PyResult<Value> {
        Ok(super::instance(vm, class, IOBase::blank())?.value())
    }

    #[slot(tp_init)]
    fn init(_vm: &Vm, _this: Value, _args: Args) -> PyResult<()> {
        Ok(())
    }

    #[getter]
    fn closed(_vm: &Vm, this: Ref<IOBase>) -> bool {
        this.done.get()
    }

    #[getter]
    fn __dict__(vm: &Vm, this: Value) -> Option<Ref<Dict>> {
        vm.instance_dict(this)
    }

    /// Change the stream position to the given byte offset.
    #[pymethod("($self, offset, whence=os.SEEK_SET, /)")]
    fn seek(vm: &Vm, _this: Ref<IOBase>, _offset: Value, _whence: Option<Value>) -> PyResult<Value> {
        Err(unsupported(vm, "seek"))
    }

    /// Return current stream position.
    #[pymethod("($self, /)")]
    fn tell(vm: &Vm, this: Value) -> PyResult<Value> {
        send(vm, this, "seek", &[vm.int(0), vm.int(1)])
    }

    /// Truncate file to size bytes.
    #[pymethod("($self, size=None, /)")]
    fn truncate(vm: &Vm, _this: Ref<IOBase>, _size: Option<Value>) -> PyResult<Value> {
        Err(unsupported(vm, "truncate"))
    }

    /// Flush write buffers, if applicable.
    #[pymethod("($self, /)")]
    fn flush(vm: &Vm, this: Value) -> PyResult<()> {
        if this.downcast::<IOBase>().is_some_and(|b| b.done.get()) {
            return Err(vm.value_error(CLOSED));
        }
        Ok(())
    }

    /// Flush and close the IO object.
    #[pymethod("($self, /)")]
    fn close(vm: &Vm, this: Ref<IOBase>) -> PyResult<()> {
        if this.done.get() {
            return Ok(());
        }
        let r = send(vm, this.value(), "flush", &[]).map(drop);
        this.done.set(true);
        r
    }

    /// Return whether object supports random access.
    #[pymethod("($self, /)")]
    fn seekable(_vm: &Vm, _this: Ref<IOBase>) -> bool {
        false
    }

    /// Return whether object was opened for reading.
    #[pymethod("($self, /)")]
    fn readable(_vm: &Vm, _this: Ref<IOBase>) -> bool {
        false
    }

    /// Return whether object was opened for writing.
    #[pymethod("($self, /)")]
    fn writable(_vm: &Vm, _this: Ref<IOBase>) -> bool {
        false
    }

    #[pymethod("($self, /)")]
    fn _checkClosed(vm: &Vm, this: Value) -> PyResult<()> {
        check_closed(vm, this, CLOSED)
    }

    #[pymethod("($self, /)")]
    fn _checkSeekable(vm: &Vm, this: Value) -> PyResult<Value> {
        check_able(vm, this, "seekable", "File or stream is not seekable.")
    }

    #[pymethod("($self, /)")]
    fn _checkReadable(vm: &Vm, this: Value) -> PyResult<Value> {
        check_able(vm, this, "readable", "File or stream is not readable.")
    }

    #[pymethod("($self, /)")]
    fn _checkWritable(vm: &Vm, this: Value) -> PyResult<Value> {
        check_able(vm, this, "writable", "File or stream is not writable.")
    }

    /// Return underlying file descriptor if one exists.
    #[pymethod("($self, /)")]
    fn fileno(vm: &Vm, _this: Ref<IOBase>) -> PyResult<Value> {
        Err(unsupported(vm, "fileno"))
    }

    /// Return whether this is an 'interactive' stream.
    #[pymethod("($self, /)")]
    fn isatty(vm: &Vm, this: Value) -> PyResult<bool> {
        check_closed(vm, this, CLOSED)?;
        Ok(false)
    }

    #[pymethod("($self, /)")]
    fn __enter__(vm: &Vm, this: Value) -> PyResult<Value> {
        check_closed(vm, this, CLOSED)?;
        Ok(this)
    }

    #[pymethod]
    fn __exit__(vm: &Vm, this: Value, _args: Args) -> PyResult<Value> {
        send(vm, this, "close", &[])
    }

    #[slot(tp_iter)]
    fn iter(vm: &Vm, this: Value) -> PyResult<Value> {
        check_closed(vm, this, CLOSED)?;
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        let line = send(vm, this, "readline", &[])?;
        Ok(if vm.len(line)? == 0 { None } else { Some(line) })
    }

    /// Read and return a line from the stream.
    #[pymethod("($self, size=-1, /)")]
    fn readline(vm: &Vm, this: Value, size: Option<Value>) -> PyResult<Value> {
        let limit = size_arg(vm, size)?;
        slow_readline(vm, this, limit)
    }

    /// Return a list of lines from the stream.
    #[pymethod("($self, hint=-1, /)")]
    fn readlines(vm: &Vm, this: Value, hint: Option<Value>) -> PyResult<Value> {
        let hint = size_arg(vm, hint)?;
        let list = List::new(vm);
        let mut total = 0;
        let it = vm.iter(this)?;
        while let Some(line) = vm.next(it)? {
            list.push(vm, line);
            total += vm.len(line)?;
            if hint > 0 && total >= hint as usize {
                break;
            }
        }
        Ok(list.value())
    }

    /// Write a list of lines to stream.
    #[pymethod("($self, lines, /)")]
    fn writelines(vm: &Vm, this: Value, lines: Value) -> PyResult<()> {
        check_closed(vm, this, CLOSED)?;
        vm.iterate(lines, &mut |line| send(vm, this, "write", &[line]).map(drop))
    }

    #[slot(tp_finalize)]
    fn finalize(vm: &Vm, this: Value) {
        // SAFETY: installed as a slot of streams only.
        let b: Ref<IOBase> = unsafe { this.cast() };
        if b.wrapped.get() {
            return;
        }
        let closed = match is_closed(vm, this) {
            Ok(c) => c,
            Err(raised) => {
                let _ = vm.take_exception(raised);
                return;
            }
        };
        if closed {
            return;
        }
        b.finalizing.set(true);
        if let Err(raised) = send(vm, this, "close", &[]) {
            vm.unraisable(raised, "Exception ignored while finalizing file", this);
        }
    }
}

#[pymethods]
impl RawIOBase {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, _args: Args) -> PyResult<Value> {
        Ok(super::instance(vm, class, RawIOBase { base: IOBase::blank() })?.value())
    }

    #[pymethod("($self, size=-1, /)")]
    fn read(vm: &Vm, this: Value, size: Option<Value>) -> PyResult<Value> {
        let n = size_arg(vm, size)?;
        if n < 0 {
            return send(vm, this, "readall", &[]);
        }
        let buffer = adder_vm::builtins::bytearray::ByteArray::new_from(vec![0; n as usize]);
        let got = send(vm, this, "readinto", &[buffer.value()])?;
        if got.is_none() {
            return Ok(got);
        }
        let k = vm.index_isize(got)?;
        if k < 0 || k as usize > buffer.len() {
            raise!(vm, ValueError, "readinto returned {k} outside buffer size {}", buffer.len())
        }
        vm.new_bytes(&buffer.as_bytes()[..k as usize])
    }

    /// Read until EOF, using multiple read() call.
    #[pymethod("($self, /)")]
    fn readall(vm: &Vm, this: Value) -> PyResult<Value> {
        let mut out: Vec<u8> = vec![];
        loop {
            let got = send(vm, this, "read", &[vm.int(super::BUFFER_SIZE as i64)])?;
            if got.is_none() && out.is_empty() {
                return Ok(none());
            }
            let Some(b) = got.downcast::<Bytes>() else {
                if got.is_none() {
                    break;
                }
                return Err(vm.type_error("read() should return bytes"));
            };
            if b.is_empty() {
                break;
            }
            out.extend_from_slice(b.as_bytes());
        }
        vm.new_bytes(&out)
    }

    #[pymethod]
    fn readinto(vm: &Vm, _this: Ref<RawIOBase>, _args: Args) -> PyResult<Value> {
        Err(unsupported(vm, "readinto"))
    }

    #[pymethod]
    fn write(vm: &Vm, _this: Ref<RawIOBase>, _args: Args) -> PyResult<Value> {
        Err(unsupported(vm, "write"))
    }
}

fn into_buffer(vm: &Vm, this: Value, buffer: Value, method: &str) -> PyResult<Value> {
    let n = vm.bytes_mut(buffer)?.bytes().len();
    let data = send(vm, this, method, &[vm.int(n as i64)])?;
    if data.is_none() {
        return Ok(none());
    }
    let Some(b) = data.downcast::<Bytes>() else { return Err(vm.type_error("read() should return bytes")) };
    if b.len() > n {
        raise!(vm, ValueError, "read() returned too much data: {n} bytes requested, {} returned", b.len())
    }
    let mut view = vm.bytes_mut(buffer)?;
    view.bytes()[..b.len()].copy_from_slice(b.as_bytes());
    Ok(vm.int(b.len() as i64))
}

#[pymethods]
impl BufferedIOBase {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, _args: Args) -> PyResult<Value> {
        Ok(super::instance(vm, class, BufferedIOBase { base: IOBase::blank() })?.value())
    }

    /// Disconnect this buffer from its underlying raw stream and return it.
    #[pymethod("($self, /)")]
    fn detach(vm: &Vm, _this: Ref<BufferedIOBase>) -> PyResult<Value> {
        Err(unsupported(vm, "detach"))
    }

    /// Read and return up to n bytes.
    #[pymethod("($self, size=-1, /)")]
    fn read(vm: &Vm, _this: Ref<BufferedIOBase>, _size: Option<Value>) -> PyResult<Value> {
        Err(unsupported(vm, "read"))
    }

    /// Read and return up to size bytes, with at most one read() call to the underlying raw stream.
    #[pymethod("($self, size=-1, /)")]
    fn read1(vm: &Vm, _this: Ref<BufferedIOBase>, _size: Option<Value>) -> PyResult<Value> {
        Err(unsupported(vm, "read1"))
    }

    #[pymethod("($self, buffer, /)")]
    fn readinto(vm: &Vm, this: Value, buffer: Value) -> PyResult<Value> {
        into_buffer(vm, this, buffer, "read")
    }

    #[pymethod("($self, buffer, /)")]
    fn readinto1(vm: &Vm, this: Value, buffer: Value) -> PyResult<Value> {
        into_buffer(vm, this, buffer, "read1")
    }

    /// Write buffer b to the IO stream.
    #[pymethod("($self, b, /)")]
    fn write(vm: &Vm, _this: Ref<BufferedIOBase>, _b: Value) -> PyResult<Value> {
        Err(unsupported(vm, "write"))
    }
}

#[pymethods]
impl TextIOBase {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, _args: Args) -> PyResult<Value> {
        Ok(super::instance(vm, class, TextIOBase { base: IOBase::blank() })?.value())
    }

    /// Separate the underlying buffer from the TextIOBase and return it.
    #[pymethod("($self, /)")]
    fn detach(vm: &Vm, _this: Ref<TextIOBase>) -> PyResult<Value> {
        Err(unsupported(vm, "detach"))
    }

    /// Read at most size characters from stream.
    #[pymethod("($self, size=-1, /)")]
    fn read(vm: &Vm, _this: Ref<TextIOBase>, _size: Option<Value>) -> PyResult<Value> {
        Err(unsupported(vm, "read"))
    }

    /// Read until newline or EOF.
    #[pymethod("($self, size=-1, /)")]
    fn readline(vm: &Vm, _this: Ref<TextIOBase>, _size: Option<Value>) -> PyResult<Value> {
        Err(unsupported(vm, "readline"))
    }

    /// Write string s to stream.
    #[pymethod("($self, s, /)")]
    fn write(vm: &Vm, _this: Ref<TextIOBase>, _s: Value) -> PyResult<Value> {
        Err(unsupported(vm, "write"))
    }

    /// Encoding of the text stream.
    #[getter]
    fn encoding(_vm: &Vm, _this: Ref<TextIOBase>) -> Value {
        none()
    }

    /// Line endings translated so far.
    #[getter]
    fn newlines(_vm: &Vm, _this: Ref<TextIOBase>) -> Value {
        none()
    }

    /// The error setting of the decoder or encoder.
    #[getter]
    fn errors(_vm: &Vm, _this: Ref<TextIOBase>) -> Value {
        none()
    }
}

/// `close` of a stream over another one: flush, then close the inner one.
pub fn close_inner(vm: &Vm, this: Value, inner: Value) -> PyResult<()> {
    let flushed = send(vm, this, "flush", &[]).map(drop);
    both(vm, flushed, || send(vm, inner, "close", &[]).map(drop))
}
