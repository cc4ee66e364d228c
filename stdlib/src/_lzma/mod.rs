//! `_lzma`: LZMA and xz compression, by liblzma through the crate `liblzma-sys`.

mod filters;

use crate::arguments::{bind, params};
use crate::new_exception::ExceptionClass;
use adder_heap as heap;
use adder_macros::{pyclass, pymethods, pymodule};
use adder_vm::args::{Args, Params};
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::{PyResult, Raised};
use adder_vm::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::type_new::ready_class;
use adder_vm::vm::Vm;
use filters::{Filters, uint32};
use liblzma_sys as z;
use std::cell::{Cell, RefCell};

/// `_lzma.LZMAError`
static LZMA_ERROR: ExceptionClass = ExceptionClass::new();

const BUFFER: usize = 32 << 10;

const FORMAT_AUTO: i64 = 0;
const FORMAT_XZ: i64 = 1;
const FORMAT_ALONE: i64 = 2;
const FORMAT_RAW: i64 = 3;
const CHECK_UNKNOWN: u32 = 16;

/// `catch_lzma_error`
fn check_status(vm: &Vm, status: z::lzma_ret) -> PyResult<()> {
    let message = match status {
        z::LZMA_OK | z::LZMA_GET_CHECK | z::LZMA_NO_CHECK | z::LZMA_STREAM_END => return Ok(()),
        z::LZMA_MEM_ERROR => return Err(vm.memory_error()),
        z::LZMA_UNSUPPORTED_CHECK => "Unsupported integrity check",
        z::LZMA_MEMLIMIT_ERROR => "Memory usage limit exceeded",
        z::LZMA_FORMAT_ERROR => "Input format not supported by decoder",
        z::LZMA_OPTIONS_ERROR => "Invalid or unsupported options",
        z::LZMA_DATA_ERROR => "Corrupt input data",
        z::LZMA_BUF_ERROR => "Insufficient buffer space",
        z::LZMA_PROG_ERROR => "Internal error",
        other => {
            return Err(LZMA_ERROR.error(vm, &format!("Unrecognized error from liblzma: {other}")));
        }
    };
    Err(LZMA_ERROR.error(vm, message))
}

/// A coder of either direction. It is boxed: the library keeps its address.
struct Stream(Box<z::lzma_stream>);

// SAFETY: the state behind the pointers belongs to this stream alone.
unsafe impl Send for Stream {}

impl Drop for Stream {
    fn drop(&mut self) {
        // SAFETY: zeroed or initialised, which the library tells apart.
        unsafe { z::lzma_end(&mut *self.0) }
    }
}

/// What one run did.
struct Run {
    out: Vec<u8>,
    /// How much of the input it used.
    used: usize,
    /// The output ended with the room for it.
    full: bool,
    status: z::lzma_ret,
    check: Option<u32>,
}

impl Stream {
    /// A stream that `init` makes a coder.
    fn new(vm: &Vm, init: impl FnOnce(*mut z::lzma_stream) -> z::lzma_ret) -> PyResult<Stream> {
        // SAFETY: LZMA_STREAM_INIT is zeros.
        let mut s = Stream(unsafe { Box::new(std::mem::zeroed()) });
        check_status(vm, init(&mut *s.0))?;
        Ok(s)
    }

    /// Feeds the input until it is used up, the output has `max` bytes, or the stream ends or fails.
    fn run(&mut self, input: &[u8], action: z::lzma_action, max: usize) -> Run {
        let mut r = Run { out: vec![], used: 0, full: false, status: z::LZMA_OK, check: None };
        let mut room = BUFFER;
        while r.out.len() < max {
            let start = r.out.len();
            let space = room.min(max - start);
            r.out.resize(start + space, 0);
            let rest = &input[r.used..];
            self.0.next_in = rest.as_ptr();
            self.0.avail_in = rest.len();
            self.0.next_out = r.out[start..].as_mut_ptr();
            self.0.avail_out = space;
            // SAFETY: input and output are as long as said and outlive the call.
            r.status = unsafe { z::lzma_code(&mut *self.0, action) };
            r.used += rest.len() - self.0.avail_in;
            r.full = self.0.avail_out == 0;
            r.out.truncate(start + space - self.0.avail_out);
            match r.status {
                z::LZMA_GET_CHECK | z::LZMA_NO_CHECK => {
                    // SAFETY: what the documentation asks to be done now.
                    r.check = Some(unsafe { z::lzma_get_check(&*self.0) });
                    continue;
                }
                // There was nothing to do, or no room for it.
                z::LZMA_BUF_ERROR if r.used == input.len() => r.status = z::LZMA_OK,
                z::LZMA_OK => {}
                _ => return r,
            }
            if !r.full && r.used == input.len() && action == z::LZMA_RUN {
                break;
            }
            room = room.saturating_mul(2).min(1 << 26);
        }
        r
    }
}

fn format_of(vm: &Vm, v: Option<Value>, default: i64) -> PyResult<i64> {
    let Some(v) = v else { return Ok(default) };
    match i32::try_from(vm.index_i128(v)?) {
        Ok(n) => Ok(n.into()),
        Err(_) => Err(vm.overflow_error("Python int too large to convert to C int")),
    }
}

fn given(v: Option<Value>) -> Option<Value> {
    v.filter(|v| !v.is_none())
}

/// LZMACompressor(format=FORMAT_XZ, check=-1, preset=None, filters=None)
///
/// Create a compressor object for compressing data incrementally.
///
/// format specifies the container format to use for the output. This can
/// be FORMAT_XZ (default), FORMAT_ALONE, or FORMAT_RAW.
///
/// check is the integrity check (CHECK_NONE, CHECK_CRC32, CHECK_CRC64 or CHECK_SHA256), which only
/// FORMAT_XZ has. The settings are a preset level or a custom filter chain, as a sequence of dicts.
#[pyclass(name = "LZMACompressor", module = "_lzma", flags = def::DEFAULT)]
#[repr(C)]
pub struct LZMACompressor {
    h: LongHeader,
    /// None when it has been flushed.
    stream: RefCell<Option<Stream>>,
}

#[pymethods]
impl LZMACompressor {
    #[slot(tp_new)]
    fn construct(vm: &Vm, _class: Ref<Type>, args: Args) -> PyResult<Value> {
        const PARAMS: Params = params("LZMACompressor", &["format", "check", "preset", "filters"], 0, 4, 0);
        let [format, check, preset, chain] = bind(vm, &PARAMS, args)?;
        let (format, check) = (format_of(vm, format, FORMAT_XZ)?, format_of(vm, check, -1)?);
        let (preset, chain) = (given(preset), given(chain));
        if preset.is_some() && chain.is_some() {
            raise!(vm, ValueError, "Cannot specify both preset and filter chain")
        }
        let level = preset.map_or(Ok(z::LZMA_PRESET_DEFAULT), |v| uint32(vm, v))?;
        if format != FORMAT_XZ && check != -1 && check != i64::from(z::LZMA_CHECK_NONE) {
            raise!(vm, ValueError, "Integrity checks are only supported by FORMAT_XZ")
        }
        let chain = chain.map(|c| Filters::of(vm, c)).transpose()?;
        // SAFETY of the closures: the filters live until the coder is made.
        let stream = match (format, &chain) {
            (FORMAT_XZ, _) => {
                let check = if check == -1 { z::LZMA_CHECK_CRC64 } else { check as u32 };
                Stream::new(vm, |s| unsafe {
                    match &chain {
                        None => z::lzma_easy_encoder(s, level, check),
                        Some(f) => z::lzma_stream_encoder(s, f.as_ptr(), check),
                    }
                })
            }
            (FORMAT_ALONE, None) => {
                let options = filters::preset(vm, level)?;
                Stream::new(vm, |s| unsafe { z::lzma_alone_encoder(s, &*options) })
            }
            (FORMAT_ALONE, Some(f)) => match f.alone() {
                Some(options) => Stream::new(vm, |s| unsafe { z::lzma_alone_encoder(s, options) }),
                None => raise!(
                    vm,
                    ValueError,
                    "Invalid filter chain for FORMAT_ALONE - must be a single LZMA1 filter"
                ),
            },
            (FORMAT_RAW, None) => raise!(vm, ValueError, "Must specify filters for FORMAT_RAW"),
            (FORMAT_RAW, Some(f)) => Stream::new(vm, |s| unsafe { z::lzma_raw_encoder(s, f.as_ptr()) }),
            _ => raise!(vm, ValueError, "Invalid container format: {format}"),
        }?;
        let init = LZMACompressor { h: LongHeader::new(), stream: RefCell::new(Some(stream)) };
        Ok(heap::new(LZMACompressor::shape(), init).value())
    }

    /// Provide data to the compressor object.
    ///
    /// Returns a chunk of compressed data if possible, or b'' otherwise.
    ///
    /// When you have finished providing data to the compressor, call the
    /// flush() method to finish the compression process.
    #[pymethod("($self, data, /)")]
    fn compress(vm: &Vm, this: Ref<LZMACompressor>, data: Value) -> PyResult<Value> {
        let data = vm.bytes_like(data)?;
        let mut stream = this.stream.take();
        let Some(s) = &mut stream else {
            return Err(vm.value_error("Compressor has been flushed"));
        };
        let run = vm.allow_threads(|| s.run(&data, z::LZMA_RUN, usize::MAX));
        *this.stream.borrow_mut() = stream;
        check_status(vm, run.status)?;
        vm.new_bytes(&run.out)
    }

    /// Finish the compression process.
    ///
    /// Returns the compressed data left in internal buffers.
    ///
    /// The compressor object may not be used after this method is called.
    #[pymethod("($self, /)")]
    fn flush(vm: &Vm, this: Ref<LZMACompressor>) -> PyResult<Value> {
        let Some(mut s) = this.stream.take() else {
            return Err(vm.value_error("Repeated call to flush()"));
        };
        let run = vm.allow_threads(|| s.run(b"", z::LZMA_FINISH, usize::MAX));
        check_status(vm, run.status)?;
        vm.new_bytes(&run.out)
    }
}

/// Create a decompressor object for decompressing data incrementally.
///
///   format
///     Specifies the container format of the input stream.  If this is
///     FORMAT_AUTO (the default), the decompressor will automatically detect
///     whether the input is FORMAT_XZ or FORMAT_ALONE.  Streams created with
///     FORMAT_RAW cannot be autodetected.
///   memlimit
///     Limit the amount of memory used by the decompressor.  This will cause
///     decompression to fail if the input cannot be decompressed within this
///     limit.
///   filters
///     A custom filter chain.  This argument is required for FORMAT_RAW, and
///     not accepted with any other format.
#[pyclass(
    name = "LZMADecompressor",
    module = "_lzma",
    flags = def::DEFAULT,
    signature = "(format=FORMAT_AUTO, memlimit=None, filters=None)"
)]
#[repr(C)]
pub struct LZMADecompressor {
    h: LongHeader,
    unused_data: Field<Value>,
    eof: Cell<bool>,
    needs_input: Cell<bool>,
    check: Cell<u32>,
    /// Input that did not fit into the output so far.
    waiting: RefCell<Vec<u8>>,
    /// None while a thread works with it.
    stream: RefCell<Option<Stream>>,
}

#[pymethods]
impl LZMADecompressor {
    #[slot(tp_new)]
    fn construct(vm: &Vm, _class: Ref<Type>, args: Args) -> PyResult<Value> {
        const PARAMS: Params = params("LZMADecompressor", &["format", "memlimit", "filters"], 0, 3, 0);
        let [format, limit, chain] = bind(vm, &PARAMS, args)?;
        let format = format_of(vm, format, FORMAT_AUTO)?;
        let mut memlimit = u64::MAX;
        if let Some(limit) = given(limit) {
            if format == FORMAT_RAW {
                raise!(vm, ValueError, "Cannot specify memory limit with FORMAT_RAW")
            }
            memlimit = match u64::try_from(vm.index_i128(limit)?) {
                Ok(n) => n,
                Err(_) => return Err(vm.value_error("Cannot convert negative int")),
            };
        }
        let chain = given(chain);
        if format == FORMAT_RAW && chain.is_none() {
            raise!(vm, ValueError, "Must specify filters for FORMAT_RAW")
        }
        if format != FORMAT_RAW && chain.is_some() {
            raise!(vm, ValueError, "Cannot specify filters except with FORMAT_RAW")
        }
        let chain = chain.map(|c| Filters::of(vm, c)).transpose()?;
        let flags = z::LZMA_TELL_ANY_CHECK | z::LZMA_TELL_NO_CHECK;
        // SAFETY of the closures: the filters live until the coder is made.
        let stream = match (format, &chain) {
            (FORMAT_AUTO, _) => Stream::new(vm, |s| unsafe { z::lzma_auto_decoder(s, memlimit, flags) }),
            (FORMAT_XZ, _) => Stream::new(vm, |s| unsafe { z::lzma_stream_decoder(s, memlimit, flags) }),
            (FORMAT_ALONE, _) => Stream::new(vm, |s| unsafe { z::lzma_alone_decoder(s, memlimit) }),
            (FORMAT_RAW, Some(f)) => Stream::new(vm, |s| unsafe { z::lzma_raw_decoder(s, f.as_ptr()) }),
            _ => raise!(vm, ValueError, "Invalid container format: {format}"),
        }?;
        let check =
            if matches!(format, FORMAT_AUTO | FORMAT_XZ) { CHECK_UNKNOWN } else { z::LZMA_CHECK_NONE };
        let init = LZMADecompressor {
            h: LongHeader::new(),
            unused_data: Field::new(vm.new_bytes(b"")?),
            eof: Cell::new(false),
            needs_input: Cell::new(true),
            check: Cell::new(check),
            waiting: RefCell::default(),
            stream: RefCell::new(Some(stream)),
        };
        Ok(heap::new(LZMADecompressor::shape(), init).value())
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
        this: Ref<LZMADecompressor>,
        data: Value,
        max_length: Option<isize>,
    ) -> PyResult<Value> {
        if this.eof.get() {
            return Err(vm.error(Exc::EOFError, "Already at end of stream"));
        }
        let max = usize::try_from(max_length.unwrap_or(-1)).unwrap_or(usize::MAX);
        let data = vm.bytes_like(data)?;
        let mut input = this.waiting.take();
        input.extend_from_slice(&data);
        let Some(mut stream) = this.stream.take() else { return Err(LZMA_ERROR.error(vm, "Internal error")) };
        let run = vm.allow_threads(|| stream.run(&input, z::LZMA_RUN, max));
        this.needs_input.set(false);
        *this.stream.borrow_mut() = Some(stream);
        check_status(vm, run.status)?;
        if let Some(check) = run.check {
            this.check.set(check);
        }
        let rest = &input[run.used..];
        let ended = run.status == z::LZMA_STREAM_END;
        this.eof.set(ended);
        // The library may have more output when the room is used up.
        this.needs_input.set(!ended && rest.is_empty() && !run.full && max != 0);
        if ended {
            this.unused_data.set(this, vm.new_bytes(rest)?);
        } else {
            *this.waiting.borrow_mut() = rest.to_vec();
        }
        vm.new_bytes(&run.out)
    }

    /// Data found after the end of the compressed stream.
    #[getter]
    fn unused_data(_: &Vm, this: Ref<LZMADecompressor>) -> Value {
        this.unused_data.get()
    }

    /// True if the end-of-stream marker has been reached.
    #[getter]
    fn eof(_: &Vm, this: Ref<LZMADecompressor>) -> bool {
        this.eof.get()
    }

    /// True if more input is needed before more decompressed data can be produced.
    #[getter]
    fn needs_input(_: &Vm, this: Ref<LZMADecompressor>) -> bool {
        this.needs_input.get()
    }

    /// ID of the integrity check used by the input stream.
    #[getter]
    fn check(_: &Vm, this: Ref<LZMADecompressor>) -> u32 {
        this.check.get()
    }
}

#[pymodule]
#[allow(clippy::module_inception)] // The module is what Python calls it.
pub mod _lzma {
    use super::*;

    pub fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        let bases = [Exc::Exception.class().value()];
        let class = LZMA_ERROR.make(vm, "_lzma", "LZMAError", &bases, "Call to liblzma failed.")?;
        let dict = m.dict();
        dict.set_str(vm, "LZMAError", class);
        dict.set_str(vm, "LZMACompressor", ready_class::<LZMACompressor>(vm).value());
        dict.set_str(vm, "LZMADecompressor", ready_class::<LZMADecompressor>(vm).value());
        crate::os_support::add_constants(
            vm,
            m,
            &[
                ("FORMAT_AUTO", FORMAT_AUTO),
                ("FORMAT_XZ", FORMAT_XZ),
                ("FORMAT_ALONE", FORMAT_ALONE),
                ("FORMAT_RAW", FORMAT_RAW),
                ("CHECK_NONE", z::LZMA_CHECK_NONE.into()),
                ("CHECK_CRC32", z::LZMA_CHECK_CRC32.into()),
                ("CHECK_CRC64", z::LZMA_CHECK_CRC64.into()),
                ("CHECK_SHA256", z::LZMA_CHECK_SHA256.into()),
                ("CHECK_ID_MAX", 15),
                ("CHECK_UNKNOWN", CHECK_UNKNOWN.into()),
                ("FILTER_LZMA1", z::LZMA_FILTER_LZMA1 as i64),
                ("FILTER_LZMA2", z::LZMA_FILTER_LZMA2 as i64),
                ("FILTER_DELTA", z::LZMA_FILTER_DELTA as i64),
                ("FILTER_X86", z::LZMA_FILTER_X86 as i64),
                ("FILTER_POWERPC", z::LZMA_FILTER_POWERPC as i64),
                ("FILTER_IA64", z::LZMA_FILTER_IA64 as i64),
                ("FILTER_ARM", z::LZMA_FILTER_ARM as i64),
                ("FILTER_ARMTHUMB", z::LZMA_FILTER_ARMTHUMB as i64),
                ("FILTER_SPARC", z::LZMA_FILTER_SPARC as i64),
                ("MF_HC3", z::LZMA_MF_HC3.into()),
                ("MF_HC4", z::LZMA_MF_HC4.into()),
                ("MF_BT2", z::LZMA_MF_BT2.into()),
                ("MF_BT3", z::LZMA_MF_BT3.into()),
                ("MF_BT4", z::LZMA_MF_BT4.into()),
                ("MODE_FAST", z::LZMA_MODE_FAST.into()),
                ("MODE_NORMAL", z::LZMA_MODE_NORMAL.into()),
                ("PRESET_DEFAULT", z::LZMA_PRESET_DEFAULT.into()),
                ("PRESET_EXTREME", z::LZMA_PRESET_EXTREME.into()),
            ],
        );
        Ok(())
    }

    /// Test whether the given integrity check is supported.
    ///
    /// Always returns True for CHECK_NONE and CHECK_CRC32.
    #[pyfunction("($module, check_id, /)")]
    fn is_check_supported(vm: &Vm, check_id: Value) -> PyResult<bool> {
        let id = format_of(vm, Some(check_id), 0)?;
        // SAFETY: any number is allowed.
        Ok(unsafe { z::lzma_check_is_supported(id as u32) } != 0)
    }

    /// Return a bytes object encoding the options (properties) of the filter specified by *filter* (a dict).
    ///
    /// The result does not include the filter ID itself, only the options.
    #[pyfunction("($module, filter, /)")]
    fn _encode_filter_properties(vm: &Vm, filter: Value) -> PyResult<Value> {
        filters::encode(vm, filter)
    }

    /// Return a dict describing a filter with ID *filter_id*, and options (properties) encoded in the bytes
    /// object *encoded_props*.
    #[pyfunction("($module, filter_id, encoded_props, /)")]
    fn _decode_filter_properties(vm: &Vm, filter_id: Value, encoded_props: Value) -> PyResult<Value> {
        let Ok(id) = u64::try_from(vm.index_i128(filter_id)?) else {
            return Err(vm.value_error("Cannot convert negative int"));
        };
        filters::decode(vm, id, &vm.bytes_like(encoded_props)?)
    }
}
