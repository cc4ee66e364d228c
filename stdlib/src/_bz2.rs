//! `_bz2`: bzip2 compression, by the crate `bzip2`.

use crate::arguments::{bind, params};
use adder_heap as heap;
use adder_macros::{pyclass, pymethods, pymodule};
use adder_vm::args::{Args, Params};
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::{PyResult, Raised};
use adder_vm::object::{Field, LongHeader, Object, Ref, Value};
use adder_vm::type_new::ready_class;
use adder_vm::vm::Vm;
use bzip2::{Action, Compress, Compression, Decompress, Error, Status};
use std::cell::{Cell, RefCell};

const BUFFER: usize = 32 << 10;

/// `catch_bz2_error`
fn error(vm: &Vm, e: Error) -> Raised {
    match e {
        Error::Data | Error::DataMagic => vm.error(Exc::OSError, "Invalid data stream"),
        Error::Param => vm.value_error("Internal error - invalid parameters passed to libbzip2"),
        Error::Sequence => vm.runtime_error("Internal error - Invalid sequence of commands sent to libbzip2"),
    }
}

/// Feeds the input, and with `Action::Finish` ends the stream.
fn run(stream: &mut Compress, input: &[u8], action: Action) -> Result<Vec<u8>, Error> {
    let mut out = vec![];
    let mut used = 0;
    while used < input.len() || action == Action::Finish {
        out.reserve(BUFFER);
        let before = stream.total_in();
        let status = stream.compress_vec(&input[used..], &mut out, action)?;
        used += (stream.total_in() - before) as usize;
        if status == Status::StreamEnd {
            break;
        }
    }
    Ok(out)
}

/// Create a compressor object for compressing data incrementally.
///
///   compresslevel
///     Compression level, as a number between 1 and 9.
///
/// For one-shot compression, use the compress() function instead.
#[pyclass(name = "BZ2Compressor", module = "_bz2", flags = def::DEFAULT, signature = "(compresslevel=9, /)")]
#[repr(C)]
pub struct BZ2Compressor {
    h: LongHeader,
    /// None when it has been flushed.
    stream: RefCell<Option<Compress>>,
}

#[pymethods]
impl BZ2Compressor {
    #[slot(tp_new)]
    fn construct(vm: &Vm, _class: Ref<Type>, args: Args) -> PyResult<Value> {
        const PARAMS: Params = params("BZ2Compressor", &["compresslevel"], 1, 1, 0);
        let [level] = bind(vm, &PARAMS, args)?;
        let level = level.map_or(Ok(9), |v| vm.index_i128(v))?;
        if !(1..=9).contains(&level) {
            return Err(vm.value_error("compresslevel must be between 1 and 9"));
        }
        let stream = Compress::new(Compression::new(level as u32), 0);
        let init = BZ2Compressor { h: LongHeader::new(), stream: RefCell::new(Some(stream)) };
        Ok(heap::new(BZ2Compressor::shape(), init).value())
    }

    /// Provide data to the compressor object.
    ///
    /// Returns a chunk of compressed data if possible, or b'' otherwise.
    ///
    /// When you have finished providing data to the compressor, call the
    /// flush() method to finish the compression process.
    #[pymethod("($self, data, /)")]
    fn compress(vm: &Vm, this: Ref<BZ2Compressor>, data: Value) -> PyResult<Value> {
        let data = vm.bytes_like(data)?;
        let mut stream = this.stream.take();
        let Some(s) = &mut stream else {
            return Err(vm.value_error("Compressor has been flushed"));
        };
        let out = vm.allow_threads(|| run(s, &data, Action::Run));
        *this.stream.borrow_mut() = stream;
        vm.new_bytes(&out.map_err(|e| error(vm, e))?)
    }

    /// Finish the compression process.
    ///
    /// Returns the compressed data left in internal buffers.
    ///
    /// The compressor object may not be used after this method is called.
    #[pymethod("($self, /)")]
    fn flush(vm: &Vm, this: Ref<BZ2Compressor>) -> PyResult<Value> {
        let Some(mut s) = this.stream.take() else {
            return Err(vm.value_error("Repeated call to flush()"));
        };
        let out = vm.allow_threads(|| run(&mut s, b"", Action::Finish));
        vm.new_bytes(&out.map_err(|e| error(vm, e))?)
    }
}

/// What one step gave, how much of the input it used, and whether the stream ended.
struct Step {
    out: Vec<u8>,
    used: usize,
    ended: bool,
}

fn step(stream: &mut Decompress, input: &[u8], max: usize) -> Result<Step, Error> {
    let mut s = Step { out: vec![], used: 0, ended: false };
    let mut room = BUFFER;
    while !s.ended && s.out.len() < max {
        let start = s.out.len();
        let space = room.min(max - start);
        s.out.resize(start + space, 0);
        let (read, written) = (stream.total_in(), stream.total_out());
        let status = stream.decompress(&input[s.used..], &mut s.out[start..])?;
        s.used += (stream.total_in() - read) as usize;
        let made = (stream.total_out() - written) as usize;
        s.out.truncate(start + made);
        s.ended = status == Status::StreamEnd;
        if s.used == input.len() && made < space {
            break;
        }
        room = room.saturating_mul(2).min(1 << 26);
    }
    Ok(s)
}

/// Create a decompressor object for decompressing data incrementally.
///
/// For one-shot decompression, use the decompress() function instead.
#[pyclass(name = "BZ2Decompressor", module = "_bz2", flags = def::DEFAULT, signature = "()")]
#[repr(C)]
pub struct BZ2Decompressor {
    h: LongHeader,
    unused_data: Field<Value>,
    eof: Cell<bool>,
    needs_input: Cell<bool>,
    /// Input that did not fit into the output so far.
    waiting: RefCell<Vec<u8>>,
    /// None while a thread works with it.
    stream: RefCell<Option<Decompress>>,
}

#[pymethods]
impl BZ2Decompressor {
    #[slot(tp_new)]
    fn construct(vm: &Vm, _class: Ref<Type>, args: Args) -> PyResult<Value> {
        const PARAMS: Params = params("BZ2Decompressor", &[], 0, 0, 0);
        let [] = bind(vm, &PARAMS, args)?;
        let init = BZ2Decompressor {
            h: LongHeader::new(),
            unused_data: Field::new(vm.new_bytes(b"")?),
            eof: Cell::new(false),
            needs_input: Cell::new(true),
            waiting: RefCell::default(),
            stream: RefCell::new(Some(Decompress::new(false))),
        };
        Ok(heap::new(BZ2Decompressor::shape(), init).value())
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
        this: Ref<BZ2Decompressor>,
        data: Value,
        max_length: Option<isize>,
    ) -> PyResult<Value> {
        if this.eof.get() {
            return Err(vm.error(Exc::EOFError, "End of stream already reached"));
        }
        let max = usize::try_from(max_length.unwrap_or(-1)).unwrap_or(usize::MAX);
        let data = vm.bytes_like(data)?;
        let mut input = this.waiting.take();
        input.extend_from_slice(&data);
        let Some(mut stream) = this.stream.take() else { return Err(error(vm, Error::Sequence)) };
        let done = vm.allow_threads(|| step(&mut stream, &input, max));
        this.needs_input.set(false);
        *this.stream.borrow_mut() = Some(stream);
        let Step { out, used, ended } = done.map_err(|e| error(vm, e))?;
        let rest = &input[used..];
        this.eof.set(ended);
        this.needs_input.set(!ended && rest.is_empty());
        if ended {
            this.unused_data.set(this, vm.new_bytes(rest)?);
        } else {
            *this.waiting.borrow_mut() = rest.to_vec();
        }
        vm.new_bytes(&out)
    }

    /// Data found after the end of the compressed stream.
    #[getter]
    fn unused_data(_: &Vm, this: Ref<BZ2Decompressor>) -> Value {
        this.unused_data.get()
    }

    /// True if the end-of-stream marker has been reached.
    #[getter]
    fn eof(_: &Vm, this: Ref<BZ2Decompressor>) -> bool {
        this.eof.get()
    }

    /// True if more input is needed before more decompressed data can be produced.
    #[getter]
    fn needs_input(_: &Vm, this: Ref<BZ2Decompressor>) -> bool {
        this.needs_input.get()
    }
}

#[pymodule]
#[allow(clippy::module_inception)] // The module is what Python calls it.
pub mod _bz2 {
    use super::*;

    pub fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        let dict = m.dict();
        dict.set_str(vm, "BZ2Compressor", ready_class::<BZ2Compressor>(vm).value());
        dict.set_str(vm, "BZ2Decompressor", ready_class::<BZ2Decompressor>(vm).value());
        Ok(())
    }
}
