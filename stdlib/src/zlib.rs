//! `zlib`: deflate compression, over the C interface of `libz-rs-sys` (zlib written in Rust), which has what the
//! higher interfaces hide: memory levels, strategies, dictionaries and copies of a stream.

use crate::arguments::{bind, params};
use crate::new_exception::ExceptionClass;
use adder_heap as heap;
use adder_macros::{pyclass, pymethods, pymodule};
use adder_vm::args::{Args, Params};
use adder_vm::builtins::bytes::Bytes;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::{PyResult, Raised};
use adder_vm::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::type_new::ready_class;
use adder_vm::vm::Vm;
use libz_rs_sys as z;
use std::cell::{Cell, RefCell};
use std::ffi::CStr;

/// `zlib.error`
static ERROR: ExceptionClass = ExceptionClass::new();

const BUFFER: usize = 16384;

/// A stream of either direction. It is boxed: the library keeps its address.
struct Stream {
    z: Box<z::z_stream>,
    inflates: bool,
}

// SAFETY: the state behind the pointers belongs to this stream alone.
unsafe impl Send for Stream {}

impl Drop for Stream {
    fn drop(&mut self) {
        // SAFETY: the stream was initialised in this direction (buffer-memory).
        unsafe {
            match self.inflates {
                true => z::inflateEnd(&mut *self.z),
                false => z::deflateEnd(&mut *self.z),
            }
        };
    }
}

/// What one run did: the output, how much of the input it used, and the status.
struct Run {
    out: Vec<u8>,
    used: usize,
    status: i32,
}

impl Stream {
    fn blank() -> Box<z::z_stream> {
        // SAFETY: zeros are what the documentation asks for; the function pointers are options.
        unsafe { Box::new(std::mem::zeroed()) }
    }

    fn deflate(level: i32, method: i32, wbits: i32, mem_level: i32, strategy: i32) -> Result<Stream, i32> {
        let mut z = Stream::blank();
        let size = size_of::<z::z_stream>() as i32;
        // SAFETY: a zeroed stream, and the version this was compiled with.
        let status = unsafe {
            z::deflateInit2_(&mut *z, level, method, wbits, mem_level, strategy, z::zlibVersion(), size)
        };
        if status == z::Z_OK { Ok(Stream { z, inflates: false }) } else { Err(status) }
    }

    fn inflate(wbits: i32) -> Result<Stream, i32> {
        let mut z = Stream::blank();
        let size = size_of::<z::z_stream>() as i32;
        // SAFETY: a zeroed stream, and the version this was compiled with.
        let status = unsafe { z::inflateInit2_(&mut *z, wbits, z::zlibVersion(), size) };
        if status == z::Z_OK { Ok(Stream { z, inflates: true }) } else { Err(status) }
    }

    fn copy(&mut self) -> Result<Stream, i32> {
        let mut z = Stream::blank();
        // SAFETY: the source is initialised, the target zeroed.
        let status = unsafe {
            match self.inflates {
                true => z::inflateCopy(&mut *z, &mut *self.z),
                false => z::deflateCopy(&mut *z, &mut *self.z),
            }
        };
        if status == z::Z_OK { Ok(Stream { z, inflates: self.inflates }) } else { Err(status) }
    }

    fn set_dictionary(&mut self, dictionary: &[u8]) -> i32 {
        let (p, n) = (dictionary.as_ptr(), dictionary.len() as u32);
        // SAFETY: the dictionary lives during the call.
        unsafe {
            match self.inflates {
                true => z::inflateSetDictionary(&mut *self.z, p, n),
                false => z::deflateSetDictionary(&mut *self.z, p, n),
            }
        }
    }

    /// Feeds the input until it is used up, the output has `max` bytes, or the stream ends or fails.
    fn run(&mut self, input: &[u8], flush: i32, max: usize, dictionary: &[u8]) -> Run {
        let mut out: Vec<u8> = Vec::new();
        let mut used = 0;
        let mut room = BUFFER.min(max.max(1));
        loop {
            let chunk = (input.len() - used).min(u32::MAX as usize);
            let last = used + chunk == input.len();
            let start = out.len();
            let space = room.min(max - start).min(u32::MAX as usize);
            out.resize(start + space, 0);
            self.z.next_in = input[used..].as_ptr().cast_mut();
            self.z.avail_in = chunk as u32;
            self.z.next_out = out[start..].as_mut_ptr();
            self.z.avail_out = space as u32;
            let mode = if last { flush } else { z::Z_NO_FLUSH };
            // SAFETY: input and output are as long as said and outlive the call.
            let status = unsafe {
                match self.inflates {
                    true => z::inflate(&mut *self.z, mode),
                    false => z::deflate(&mut *self.z, mode),
                }
            };
            used += chunk - self.z.avail_in as usize;
            let full = self.z.avail_out == 0;
            out.truncate(start + space - self.z.avail_out as usize);
            if status == z::Z_NEED_DICT && self.inflates && !dictionary.is_empty() {
                let status = self.set_dictionary(dictionary);
                if status != z::Z_OK {
                    return Run { out, used, status };
                }
                continue;
            }
            if status != z::Z_OK && status != z::Z_BUF_ERROR {
                return Run { out, used, status };
            }
            if out.len() >= max || (!full && used >= input.len()) || (!full && status == z::Z_BUF_ERROR) {
                return Run { out, used, status };
            }
            room = room.saturating_mul(2).min(1 << 26);
        }
    }
}

fn error_class() -> Ref<Type> {
    ERROR.get()
}

/// `zlib_error`
fn error(vm: &Vm, stream: Option<&Stream>, status: i32, what: &str) -> Raised {
    let own = match stream {
        // SAFETY: messages of the library are static strings.
        Some(s) if !s.z.msg.is_null() => {
            Some(unsafe { CStr::from_ptr(s.z.msg) }.to_string_lossy().into_owned())
        }
        _ => None,
    };
    let detail = own.or(match status {
        z::Z_BUF_ERROR => Some("incomplete or truncated stream".into()),
        z::Z_STREAM_ERROR => Some("inconsistent stream state".into()),
        z::Z_DATA_ERROR => Some("invalid input data".into()),
        _ => None,
    });
    plain_error(
        vm,
        &match detail {
            Some(detail) => format!("Error {status} {what}: {detail}"),
            None => format!("Error {status} {what}"),
        },
    )
}

fn plain_error(vm: &Vm, message: &str) -> Raised {
    vm.raise_class(error_class(), &[vm.new_str(message)])
}

fn index_i32(vm: &Vm, v: Option<Value>, default: i32) -> PyResult<i32> {
    let Some(v) = v else { return Ok(default) };
    match i32::try_from(vm.index_i128(v)?) {
        Ok(n) => Ok(n),
        Err(_) => Err(vm.overflow_error("Python int too large to convert to C int")),
    }
}

fn empty(vm: &Vm) -> PyResult<Value> {
    vm.new_bytes(b"")
}

fn as_bytes(v: Value) -> Vec<u8> {
    v.downcast::<Bytes>().map_or(vec![], |b| b.as_bytes().to_vec())
}

/// Object returned by zlib.compressobj().
#[pyclass(name = "Compress", module = "zlib", flags = def::DEFAULT | def::DISALLOW_INSTANTIATION)]
#[repr(C)]
pub struct Compress {
    h: LongHeader,
    stream: RefCell<Option<Stream>>,
}

fn ended(vm: &Vm, what: &str) -> Raised {
    error(vm, None, z::Z_STREAM_ERROR, what)
}

#[pymethods]
impl Compress {
    /// Returns a bytes object containing compressed data.
    ///
    ///   data
    ///     Binary data to be compressed.
    ///
    /// After calling this function, some of the input data may still
    /// be stored in internal buffers for later processing.
    /// Call the flush() method to clear these buffers.
    #[pymethod("($self, data, /)")]
    fn compress(vm: &Vm, this: Ref<Compress>, data: Value) -> PyResult<Value> {
        let data = vm.bytes_like(data)?;
        let mut stream = this.stream.borrow_mut();
        let Some(s) = &mut *stream else { return Err(ended(vm, "while compressing data")) };
        let run = s.run(&data, z::Z_NO_FLUSH, usize::MAX, &[]);
        if run.status == z::Z_STREAM_ERROR {
            return Err(error(vm, Some(s), run.status, "while compressing data"));
        }
        vm.new_bytes(&run.out)
    }

    /// Return a bytes object containing any remaining compressed data.
    ///
    ///   mode
    ///     One of the constants Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_FINISH.
    ///     If mode == Z_FINISH, the compressor object can no longer be
    ///     used after calling the flush() method.  Otherwise, more data
    ///     can still be compressed.
    #[pymethod("($self, mode=zlib.Z_FINISH, /)")]
    fn flush(vm: &Vm, this: Ref<Compress>, mode: Option<Value>) -> PyResult<Value> {
        let mode = index_i32(vm, mode, z::Z_FINISH)?;
        if mode == z::Z_NO_FLUSH {
            return empty(vm);
        }
        let mut stream = this.stream.borrow_mut();
        let Some(s) = &mut *stream else { return Err(ended(vm, "while flushing")) };
        let run = s.run(&[], mode, usize::MAX, &[]);
        match run.status {
            z::Z_STREAM_END if mode == z::Z_FINISH => *stream = None,
            z::Z_OK | z::Z_BUF_ERROR => {}
            status => return Err(error(vm, Some(s), status, "while flushing")),
        }
        vm.new_bytes(&run.out)
    }

    /// Return a copy of the compression object.
    #[pymethod("($self, /)")]
    fn copy(vm: &Vm, this: Ref<Compress>) -> PyResult<Value> {
        let copy = match &mut *this.stream.borrow_mut() {
            Some(s) => s.copy(),
            None => Err(z::Z_STREAM_ERROR),
        };
        match copy {
            Ok(s) => {
                let stream = RefCell::new(Some(s));
                Ok(heap::new(Compress::shape(), Compress { h: LongHeader::new(), stream }).value())
            }
            Err(z::Z_STREAM_ERROR) => Err(vm.value_error("Inconsistent stream state")),
            Err(status) => Err(error(vm, None, status, "while copying compression object")),
        }
    }

    #[pymethod("($self, /)")]
    fn __copy__(vm: &Vm, this: Ref<Compress>) -> PyResult<Value> {
        Compress::copy(vm, this)
    }

    #[pymethod("($self, memo, /)")]
    fn __deepcopy__(vm: &Vm, this: Ref<Compress>, _memo: Value) -> PyResult<Value> {
        Compress::copy(vm, this)
    }
}

/// Object returned by zlib.decompressobj().
#[pyclass(name = "Decompress", module = "zlib", flags = def::DEFAULT | def::DISALLOW_INSTANTIATION)]
#[repr(C)]
pub struct Decompress {
    h: LongHeader,
    unused_data: Field<Value>,
    unconsumed_tail: Field<Value>,
    dictionary: Field<Value>,
    eof: Cell<bool>,
    stream: RefCell<Option<Stream>>,
}

impl Decompress {
    fn make(s: Stream, unused: Value, tail: Value, dictionary: Value, eof: bool) -> Ref<Decompress> {
        let init = Decompress {
            h: LongHeader::new(),
            unused_data: Field::new(unused),
            unconsumed_tail: Field::new(tail),
            dictionary: Field::new(dictionary),
            eof: Cell::new(eof),
            stream: RefCell::new(Some(s)),
        };
        heap::new(Decompress::shape(), init)
    }

    /// `save_unconsumed_input`
    fn save_rest(vm: &Vm, this: Ref<Decompress>, rest: &[u8], status: i32) -> PyResult<()> {
        let mut rest = rest;
        if status == z::Z_STREAM_END && !rest.is_empty() {
            let mut unused = as_bytes(this.unused_data.get());
            unused.extend_from_slice(rest);
            this.unused_data.set(this, vm.new_bytes(&unused)?);
            rest = &[];
        }
        this.unconsumed_tail.set(this, vm.new_bytes(rest)?);
        Ok(())
    }
}

#[pymethods]
impl Decompress {
    /// Return a bytes object containing the decompressed version of the data.
    ///
    ///   data
    ///     The binary data to decompress.
    ///   max_length
    ///     The maximum allowable length of the decompressed data.
    ///     Unconsumed input data will be stored in
    ///     the unconsumed_tail attribute.
    ///
    /// After calling this function, some of the input data may still be stored in
    /// internal buffers for later processing.
    /// Call the flush() method to clear these buffers.
    #[pymethod("($self, data, /, max_length=0)")]
    fn decompress(vm: &Vm, this: Ref<Decompress>, data: Value, max_length: Option<isize>) -> PyResult<Value> {
        let max = max_length.unwrap_or(0);
        if max < 0 {
            return Err(vm.value_error("max_length must be non-negative"));
        }
        let max = if max == 0 { usize::MAX } else { max as usize };
        let data = vm.bytes_like(data)?;
        let mut stream = this.stream.borrow_mut();
        let Some(s) = &mut *stream else { return Err(ended(vm, "while decompressing data")) };
        let run = s.run(&data, z::Z_SYNC_FLUSH, max, &as_bytes(this.dictionary.get()));
        Decompress::save_rest(vm, this, &data[run.used..], run.status)?;
        match run.status {
            z::Z_STREAM_END => this.eof.set(true),
            z::Z_OK | z::Z_BUF_ERROR => {}
            status => return Err(error(vm, Some(s), status, "while decompressing data")),
        }
        vm.new_bytes(&run.out)
    }

    /// Return a bytes object containing any remaining decompressed data.
    ///
    ///   length
    ///     the initial size of the output buffer.
    #[pymethod("($self, length=zlib.DEF_BUF_SIZE, /)")]
    fn flush(vm: &Vm, this: Ref<Decompress>, length: Option<isize>) -> PyResult<Value> {
        if length.is_some_and(|n| n <= 0) {
            return Err(vm.value_error("length must be greater than zero"));
        }
        let tail = as_bytes(this.unconsumed_tail.get());
        let mut stream = this.stream.borrow_mut();
        let Some(s) = &mut *stream else { return empty(vm) };
        let run = s.run(&tail, z::Z_FINISH, usize::MAX, &as_bytes(this.dictionary.get()));
        Decompress::save_rest(vm, this, &tail[run.used..], run.status)?;
        if run.status == z::Z_STREAM_END {
            this.eof.set(true);
            *stream = None;
        }
        vm.new_bytes(&run.out)
    }

    /// Return a copy of the decompression object.
    #[pymethod("($self, /)")]
    fn copy(vm: &Vm, this: Ref<Decompress>) -> PyResult<Value> {
        let copy = match &mut *this.stream.borrow_mut() {
            Some(s) => s.copy(),
            None => Err(z::Z_STREAM_ERROR),
        };
        match copy {
            Ok(s) => Ok(Decompress::make(
                s,
                this.unused_data.get(),
                this.unconsumed_tail.get(),
                this.dictionary.get(),
                this.eof.get(),
            )
            .value()),
            Err(z::Z_STREAM_ERROR) => Err(vm.value_error("Inconsistent stream state")),
            Err(status) => Err(error(vm, None, status, "while copying decompression object")),
        }
    }

    #[pymethod("($self, /)")]
    fn __copy__(vm: &Vm, this: Ref<Decompress>) -> PyResult<Value> {
        Decompress::copy(vm, this)
    }

    #[pymethod("($self, memo, /)")]
    fn __deepcopy__(vm: &Vm, this: Ref<Decompress>, _memo: Value) -> PyResult<Value> {
        Decompress::copy(vm, this)
    }

    #[getter]
    fn unused_data(_: &Vm, this: Ref<Decompress>) -> Value {
        this.unused_data.get()
    }

    #[getter]
    fn unconsumed_tail(_: &Vm, this: Ref<Decompress>) -> Value {
        this.unconsumed_tail.get()
    }

    #[getter]
    fn eof(_: &Vm, this: Ref<Decompress>) -> bool {
        this.eof.get()
    }
}

/// Create a decompressor object for decompressing data incrementally.
#[pyclass(name = "_ZlibDecompressor", module = "zlib", flags = def::DEFAULT)]
#[repr(C)]
pub struct ZlibDecompressor {
    h: LongHeader,
    unused_data: Field<Value>,
    dictionary: Field<Value>,
    eof: Cell<bool>,
    needs_input: Cell<bool>,
    /// Input that did not fit into the output so far.
    waiting: RefCell<Vec<u8>>,
    stream: RefCell<Stream>,
}

#[pymethods]
impl ZlibDecompressor {
    #[slot(tp_new)]
    fn construct(vm: &Vm, _class: Ref<Type>, args: Args) -> PyResult<Value> {
        const PARAMS: Params = params("_ZlibDecompressor", &["wbits", "zdict"], 0, 2, 0);
        let [wbits, zdict] = bind(vm, &PARAMS, args)?;
        let wbits = index_i32(vm, wbits, 15)?;
        let (stream, dictionary) = open_inflate(vm, wbits, zdict)?;
        let init = ZlibDecompressor {
            h: LongHeader::new(),
            unused_data: Field::new(empty(vm)?),
            dictionary: Field::new(dictionary),
            eof: Cell::new(false),
            needs_input: Cell::new(true),
            waiting: RefCell::default(),
            stream: RefCell::new(stream),
        };
        Ok(heap::new(ZlibDecompressor::shape(), init).value())
    }

    /// Decompress *data*, returning uncompressed data as bytes.
    ///
    /// If *max_length* is nonnegative, returns at most *max_length* bytes of
    /// decompressed data. If this limit is reached and further output can be
    /// produced, *self.needs_input* will be set to ``False``. In this case, the next
    /// call to *decompress()* may provide *data* as b'' to obtain more of the output.
    #[pymethod("($self, /, data, max_length=-1)")]
    fn decompress(
        vm: &Vm,
        this: Ref<ZlibDecompressor>,
        data: Value,
        max_length: Option<isize>,
    ) -> PyResult<Value> {
        if this.eof.get() {
            return Err(vm.error(Exc::EOFError, "End of stream already reached"));
        }
        let max = usize::try_from(max_length.unwrap_or(-1)).unwrap_or(usize::MAX);
        let mut input = this.waiting.take();
        input.extend_from_slice(&vm.bytes_like(data)?);
        let mut s = this.stream.borrow_mut();
        let run = match max {
            0 => Run { out: vec![], used: 0, status: z::Z_OK },
            _ => s.run(&input, z::Z_SYNC_FLUSH, max, &as_bytes(this.dictionary.get())),
        };
        let rest = &input[run.used..];
        match run.status {
            z::Z_STREAM_END => {
                this.eof.set(true);
                this.needs_input.set(false);
                this.unused_data.set(this, vm.new_bytes(rest)?);
            }
            z::Z_OK | z::Z_BUF_ERROR => {
                this.needs_input.set(rest.is_empty());
                *this.waiting.borrow_mut() = rest.to_vec();
            }
            status => return Err(error(vm, Some(&s), status, "while decompressing data")),
        }
        vm.new_bytes(&run.out)
    }

    /// Data found after the end of the compressed stream.
    #[getter]
    fn unused_data(_: &Vm, this: Ref<ZlibDecompressor>) -> Value {
        this.unused_data.get()
    }

    /// True if the end-of-stream marker has been reached.
    #[getter]
    fn eof(_: &Vm, this: Ref<ZlibDecompressor>) -> bool {
        this.eof.get()
    }

    /// True if more input is needed before more decompressed data can be produced.
    #[getter]
    fn needs_input(_: &Vm, this: Ref<ZlibDecompressor>) -> bool {
        this.needs_input.get()
    }
}

/// A stream for decompression, with its dictionary, as the two classes start it.
fn open_inflate(vm: &Vm, wbits: i32, zdict: Option<Value>) -> PyResult<(Stream, Value)> {
    let dictionary = match zdict {
        Some(d) if !vm.has_buffer(d) => {
            return Err(vm.type_error("zdict argument must support the buffer protocol"));
        }
        Some(d) => vm.new_bytes(&vm.bytes_like(d)?)?,
        None => empty(vm)?,
    };
    let mut stream = match Stream::inflate(wbits) {
        Ok(s) => s,
        Err(z::Z_STREAM_ERROR) => return Err(vm.value_error("Invalid initialization option")),
        Err(z::Z_MEM_ERROR) => return Err(vm.memory_error()),
        Err(status) => return Err(error(vm, None, status, "while creating decompression object")),
    };
    let bytes = as_bytes(dictionary);
    if wbits < 0 && !bytes.is_empty() {
        let status = stream.set_dictionary(&bytes);
        if status != z::Z_OK {
            return Err(error(vm, Some(&stream), status, "while setting zdict"));
        }
    }
    Ok((stream, dictionary))
}

/// The functions in this module allow compression and decompression using the
/// zlib library, which is based on GNU zip.
#[pymodule]
#[allow(clippy::module_inception)] // The module is what Python calls it.
pub mod zlib {
    use super::*;

    pub fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        let class = ERROR.make(vm, "zlib", "error", &[Exc::Exception.class().value()], "")?;
        let dict = m.dict();
        dict.set_str(vm, "error", class);
        ready_class::<Compress>(vm);
        ready_class::<Decompress>(vm);
        dict.set_str(vm, "_ZlibDecompressor", ready_class::<ZlibDecompressor>(vm).value());
        crate::os_support::add_constants(
            vm,
            m,
            &[
                ("MAX_WBITS", 15),
                ("DEFLATED", 8),
                ("DEF_MEM_LEVEL", 8),
                ("DEF_BUF_SIZE", BUFFER as i64),
                ("Z_NO_COMPRESSION", 0),
                ("Z_BEST_SPEED", 1),
                ("Z_BEST_COMPRESSION", 9),
                ("Z_DEFAULT_COMPRESSION", -1),
                ("Z_FILTERED", 1),
                ("Z_HUFFMAN_ONLY", 2),
                ("Z_RLE", 3),
                ("Z_FIXED", 4),
                ("Z_DEFAULT_STRATEGY", 0),
                ("Z_NO_FLUSH", 0),
                ("Z_PARTIAL_FLUSH", 1),
                ("Z_SYNC_FLUSH", 2),
                ("Z_FULL_FLUSH", 3),
                ("Z_FINISH", 4),
                ("Z_BLOCK", 5),
                ("Z_TREES", 6),
            ],
        );
        // SAFETY: a static string.
        let version = unsafe { CStr::from_ptr(z::zlibVersion()) }.to_string_lossy().into_owned();
        dict.set_str(vm, "ZLIB_VERSION", vm.new_str(&version));
        dict.set_str(vm, "ZLIB_RUNTIME_VERSION", vm.new_str(&version));
        dict.set_str(vm, "__version__", vm.new_str("1.0"));
        Ok(())
    }

    /// Returns a bytes object containing compressed data.
    ///
    ///   data
    ///     Binary data to be compressed.
    ///   level
    ///     Compression level, in 0-9 or -1.
    ///   wbits
    ///     The window buffer size and container format.
    #[pyfunction("($module, data, /, level=Z_DEFAULT_COMPRESSION, wbits=MAX_WBITS)")]
    fn compress(vm: &Vm, data: Value, level: Option<Value>, wbits: Option<Value>) -> PyResult<Value> {
        let (level, wbits) = (index_i32(vm, level, -1)?, index_i32(vm, wbits, 15)?);
        let data = vm.bytes_like(data)?;
        let mut s = match Stream::deflate(level, 8, wbits, 8, 0) {
            Ok(s) => s,
            Err(z::Z_STREAM_ERROR) => return Err(plain_error(vm, "Bad compression level")),
            Err(z::Z_MEM_ERROR) => return Err(vm.memory_error()),
            Err(status) => return Err(error(vm, None, status, "while compressing data")),
        };
        let data: &[u8] = &data;
        let run = vm.allow_threads(|| s.run(data, z::Z_FINISH, usize::MAX, &[]));
        if run.status != z::Z_STREAM_END {
            return Err(error(vm, Some(&s), run.status, "while compressing data"));
        }
        vm.new_bytes(&run.out)
    }

    /// Returns a bytes object containing the uncompressed data.
    ///
    ///   data
    ///     Compressed data.
    ///   wbits
    ///     The window buffer size and container format.
    ///   bufsize
    ///     The initial output buffer size.
    #[pyfunction("($module, data, /, wbits=MAX_WBITS, bufsize=DEF_BUF_SIZE)")]
    fn decompress(vm: &Vm, data: Value, wbits: Option<Value>, bufsize: Option<isize>) -> PyResult<Value> {
        let wbits = index_i32(vm, wbits, 15)?;
        let data = vm.bytes_like(data)?;
        match bufsize.unwrap_or(1) {
            0 => return Err(vm.value_error("bufsize must be non-zero")),
            n if n < 0 => return Err(vm.value_error("bufsize must be non-negative")),
            _ => {}
        }
        let mut s = match Stream::inflate(wbits) {
            Ok(s) => s,
            Err(z::Z_MEM_ERROR) => return Err(vm.memory_error()),
            Err(status) => return Err(error(vm, None, status, "while preparing to decompress data")),
        };
        let data: &[u8] = &data;
        let run = vm.allow_threads(|| s.run(data, z::Z_SYNC_FLUSH, usize::MAX, &[]));
        match run.status {
            z::Z_STREAM_END => vm.new_bytes(&run.out),
            // There was no more input.
            z::Z_OK => Err(error(vm, Some(&s), z::Z_BUF_ERROR, "while decompressing data")),
            status => Err(error(vm, Some(&s), status, "while decompressing data")),
        }
    }

    /// Return a compressor object.
    ///
    ///   level
    ///     The compression level (an integer in the range 0-9 or -1; default is
    ///     currently equivalent to 6).  Higher compression levels are slower,
    ///     but produce smaller results.
    #[pyfunction(
        "($module, /, level=Z_DEFAULT_COMPRESSION, method=DEFLATED, wbits=MAX_WBITS, memLevel=DEF_MEM_LEVEL, strategy=Z_DEFAULT_STRATEGY, zdict=None)"
    )]
    fn compressobj(
        vm: &Vm,
        level: Option<Value>,
        method: Option<Value>,
        wbits: Option<Value>,
        mem_level: Option<Value>,
        strategy: Option<Value>,
        zdict: Option<Value>,
    ) -> PyResult<Value> {
        let (level, method) = (index_i32(vm, level, -1)?, index_i32(vm, method, 8)?);
        let (wbits, mem_level) = (index_i32(vm, wbits, 15)?, index_i32(vm, mem_level, 8)?);
        let strategy = index_i32(vm, strategy, 0)?;
        let zdict = match zdict {
            Some(d) => Some(vm.bytes_like(d)?),
            None => None,
        };
        let mut s = match Stream::deflate(level, method, wbits, mem_level, strategy) {
            Ok(s) => s,
            Err(z::Z_STREAM_ERROR) => return Err(vm.value_error("Invalid initialization option")),
            Err(z::Z_MEM_ERROR) => return Err(vm.memory_error()),
            Err(status) => return Err(error(vm, None, status, "while creating compression object")),
        };
        if let Some(d) = zdict {
            match s.set_dictionary(&d) {
                z::Z_OK => {}
                z::Z_STREAM_ERROR => return Err(vm.value_error("Invalid dictionary")),
                _ => return Err(vm.value_error("deflateSetDictionary()")),
            }
        }
        let stream = RefCell::new(Some(s));
        Ok(heap::new(Compress::shape(), Compress { h: LongHeader::new(), stream }).value())
    }

    /// Return a decompressor object.
    ///
    ///   wbits
    ///     The window buffer size and container format.
    ///   zdict
    ///     The predefined compression dictionary.  This must be the same
    ///     dictionary as used by the compressor that produced the input data.
    #[pyfunction("($module, /, wbits=MAX_WBITS, zdict=b'')")]
    fn decompressobj(vm: &Vm, wbits: Option<Value>, zdict: Option<Value>) -> PyResult<Value> {
        let wbits = index_i32(vm, wbits, 15)?;
        let (stream, dictionary) = open_inflate(vm, wbits, zdict)?;
        Ok(Decompress::make(stream, empty(vm)?, empty(vm)?, dictionary, false).value())
    }

    /// Compute an Adler-32 checksum of data.
    ///
    ///   value
    ///     Starting value of the checksum.
    ///
    /// The returned checksum is an integer.
    #[pyfunction("($module, data, value=1, /)")]
    fn adler32(vm: &Vm, data: Value, value: Option<Value>) -> PyResult<u32> {
        let start = match value {
            Some(v) => vm.index_i128(v)? as u32,
            None => 1,
        };
        let (mut a, mut b) = (start & 0xffff, start >> 16);
        // So many sums fit before the remainder has to be taken.
        for chunk in vm.bytes_like(data)?.chunks(5552) {
            for byte in chunk {
                a += *byte as u32;
                b += a;
            }
            (a, b) = (a % 65521, b % 65521);
        }
        Ok(b << 16 | a)
    }

    /// Compute a CRC-32 checksum of data.
    ///
    ///   value
    ///     Starting value of the checksum.
    ///
    /// The returned checksum is an integer.
    #[pyfunction("($module, data, value=0, /)")]
    fn crc32(vm: &Vm, data: Value, value: Option<Value>) -> PyResult<u32> {
        let mut crc = match value {
            Some(v) => vm.index_i128(v)? as u32,
            None => 0,
        };
        for chunk in vm.bytes_like(data)?.chunks(1 << 30) {
            // SAFETY: the chunk is that long.
            crc = unsafe { z::crc32(crc as _, chunk.as_ptr(), chunk.len() as u32) } as u32;
        }
        Ok(crc)
    }
}
