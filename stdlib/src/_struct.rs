//! `_struct`: packing values into bytes. Formats and single values are in the text crate.

use crate::arguments::{bind, params};
use crate::new_exception::ExceptionClass;
use adder_heap as heap;
use adder_macros::{pyclass, pymethods, pymodule};
use adder_text::struct_::{self as packing, Format, Scalar};
use adder_vm::args::{Args, Params};
use adder_vm::builtins::bytes::Bytes;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::int::as_int;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::singletons::bool_value;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::{PyResult, Raised};
use adder_vm::extension;
use adder_vm::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::type_new::ready_class;
use adder_vm::vm::Vm;
use std::cell::{Cell, RefCell};

/// Struct(fmt) --> compiled struct object
#[pyclass(name = "Struct", module = "_struct", flags = def::BASE)]
#[repr(C)]
pub struct Struct {
    h: LongHeader,
    text: Field<Option<Value>>,
    format: RefCell<Format>,
}

/// Unpacks one record after the other.
#[pyclass(name = "unpack_iterator", module = "_struct", flags = def::DEFAULT | def::DISALLOW_INSTANTIATION)]
#[repr(C)]
pub struct UnpackIterator {
    h: LongHeader,
    owner: Field<Ref<Struct>>,
    buffer: Field<Value>,
    offset: Cell<usize>,
}

/// What C sees of a Struct: `PyStructObject`. The codes of the items are not there.
#[repr(C)]
struct CStruct {
    head: [u64; 2],
    size: isize,
    values: isize,
    codes: usize,
    format: usize,
    weak: usize,
}

/// # Safety
/// `v` is a Struct, and `p` its struct.
unsafe fn update_struct(v: Value, p: *mut u8) {
    let s = v.downcast::<Struct>().expect("the struct of a Struct");
    let (format, c) = (s.format.borrow(), p.cast::<CStruct>());
    (*c).size = format.size as isize;
    (*c).values = format.values as isize;
}

/// `struct.error`
static ERROR: ExceptionClass = ExceptionClass::new();

fn error(vm: &Vm, message: impl Into<String>) -> Raised {
    let class = ERROR.get();
    let message = vm.new_str(&message.into());
    vm.raise_class(class, &[message])
}

fn text_error(vm: &Vm, e: adder_text::error::Error) -> Raised {
    if e.kind == adder_text::error::Kind::Struct { error(vm, e.message) } else { vm.raise_text_error(e) }
}

fn empty() -> Format {
    Format { items: vec![], size: 0, values: 0, big_endian: false }
}

/// The text of the format; RuntimeError before `__init__` ran.
fn ready(vm: &Vm, s: Ref<Struct>) -> PyResult<Value> {
    match s.text.get() {
        Some(text) => Ok(text),
        None => Err(vm.runtime_error("Struct object is not initialized")),
    }
}

/// The bytes of a format, which is a string or bytes.
fn format_bytes(vm: &Vm, v: Value) -> PyResult<Vec<u8>> {
    if let Some(s) = v.downcast::<Str>() {
        return match s.as_ascii() {
            Some(text) => Ok(text.as_bytes().to_vec()),
            None => {
                vm.call_method(v, vm.intern_str("encode"), &[vm.new_str("ascii")])?;
                Err(error(vm, "bad char in struct format"))
            }
        };
    }
    if let Some(b) = v.downcast::<Bytes>() {
        return Ok(b.as_bytes().to_vec());
    }
    raise!(vm, TypeError, "Struct() argument 1 must be a str or bytes object, not {}", v.class().name())
}

fn make(vm: &Vm, format: Value) -> PyResult<Ref<Struct>> {
    if let Some(s) = format.downcast::<Struct>() {
        return Ok(s);
    }
    let exact = format.is::<Str>() || format.is::<Bytes>();
    if exact
        && let Some(cache) = CACHE.get().and_then(|c| c.exact::<Dict>())
        && let Some(found) = cache.get_item(vm, format)?
        && let Some(s) = found.downcast::<Struct>()
    {
        return Ok(s);
    }
    let parsed = parse(vm, format)?;
    let made = vm.new_instance(
        Struct::class(),
        Struct { h: LongHeader::new(), text: Field::new(Some(parsed.0)), format: RefCell::new(parsed.1) },
    )?;
    if exact {
        let cache = match CACHE.get().and_then(|c| c.exact::<Dict>()) {
            Some(cache) if cache.len() < MAX_CACHED => cache,
            _ => {
                let new = Dict::new(vm);
                CACHE.set(Some(new.value()));
                new
            }
        };
        cache.set_item(vm, format, made.value())?;
    }
    Ok(made)
}

/// Structs that the module's functions have made, by their formats.
static CACHE: adder_heap::StaticRoot = adder_heap::StaticRoot::new();
const MAX_CACHED: usize = 100;

fn parse(vm: &Vm, format: Value) -> PyResult<(Value, Format)> {
    let bytes = format_bytes(vm, format)?;
    let parsed = Format::parse(&bytes).map_err(|e| text_error(vm, e))?;
    Ok((vm.new_str(&String::from_utf8_lossy(&bytes)), parsed))
}

/// Packs one value into the bytes that are its place.
fn pack_one(vm: &Vm, code: u8, v: Value, out: &mut [u8], big: bool) -> PyResult<()> {
    match code {
        _ if packing::is_integer(code) => {
            if as_int(v).is_none() && v.class().slots().nb_index.is_none() {
                return Err(error(vm, "required argument is not an integer"));
            }
            let i = vm.index_value(v)?;
            let wide =
                if adder_vm::builtins::int_ops::bit_length(i) < 127 { Some(vm.int_to_i128(i)) } else { None };
            packing::pack_int(code, wide, out, big).map_err(|e| text_error(vm, e))
        }
        b'e' | b'f' | b'd' => {
            let x = match vm.to_f64(v) {
                Ok(x) => x,
                Err(raised) => {
                    vm.swallow(raised, Exc::TypeError)?;
                    return Err(error(vm, "required argument is not a float"));
                }
            };
            packing::pack_float(x, out, big).map_err(|e| text_error(vm, e))
        }
        b'F' | b'D' => {
            let (re, im) = match vm.to_complex(v) {
                Ok(pair) => pair,
                Err(raised) => {
                    vm.swallow(raised, Exc::TypeError)?;
                    return Err(error(vm, "required argument is not a complex"));
                }
            };
            packing::pack_complex(re, im, out, big);
            Ok(())
        }
        b'?' => {
            out.fill(0);
            let truth = vm.truth(v)? as u8;
            if let Some(last) = out.first_mut() {
                *last = truth;
            }
            Ok(())
        }
        b'c' => match v.downcast::<Bytes>() {
            Some(b) if b.len() == 1 => {
                out[0] = b.as_bytes()[0];
                Ok(())
            }
            _ => Err(error(vm, "char format requires a bytes object of length 1")),
        },
        _ => {
            let name = v.class().name();
            let Some(bytes) = v
                .downcast::<Bytes>()
                .map(|b| b.as_bytes().to_vec())
                .or(if name == "bytearray" { vm.buffer_bytes(v)? } else { None })
            else {
                return Err(error(vm, format!("argument for '{}' must be a bytes object", code as char)));
            };
            packing::pack_bytes(code, &bytes, out);
            Ok(())
        }
    }
}

/// Packs all values.
fn pack_values(vm: &Vm, s: Ref<Struct>, values: &[Value], function: &str) -> PyResult<Vec<u8>> {
    let format = s.format.borrow().clone();
    if values.len() != format.values {
        return Err(error(
            vm,
            format!("{function} expected {} items for packing (got {})", format.values, values.len()),
        ));
    }
    let mut out = vec![0; format.size];
    let mut rest = values.iter();
    for item in &format.items {
        for i in 0..item.repeat {
            let v = *rest.next().expect("the values were counted");
            let at = item.offset + i * item.size;
            pack_one(vm, item.code, v, &mut out[at..at + item.size], format.big_endian)?;
        }
    }
    Ok(out)
}

/// Unpacks one record.
fn unpack_values(vm: &Vm, s: Ref<Struct>, bytes: &[u8]) -> PyResult<Value> {
    let format = s.format.borrow().clone();
    let places: Vec<(u8, usize, usize)> = format
        .items
        .iter()
        .flat_map(|item| (0..item.repeat).map(|i| (item.code, item.offset + i * item.size, item.size)))
        .collect();
    let values = Tuple::build(vm, places.len(), |i| {
        let (code, at, size) = places[i];
        Ok(match packing::unpack(code, &bytes[at..at + size], format.big_endian) {
            Scalar::Int(v) => vm.int(v),
            Scalar::UInt(v) => vm.new_int(v as i128),
            Scalar::Float(v) => vm.float(v),
            Scalar::Complex(re, im) => vm.complex(re, im),
            Scalar::Bool(b) => bool_value(b),
            Scalar::Bytes(b) => vm.new_bytes(b)?,
        })
    })?;
    Ok(values.value())
}

fn contents(vm: &Vm, buffer: Value) -> PyResult<Vec<u8>> {
    match vm.buffer_bytes(buffer)? {
        Some(bytes) => Ok(bytes),
        None => raise!(vm, TypeError, "a bytes-like object is required, not '{}'", buffer.class().name()),
    }
}

fn unpack(vm: &Vm, s: Ref<Struct>, buffer: Value) -> PyResult<Value> {
    let bytes = contents(vm, buffer)?;
    let size = s.format.borrow().size;
    if bytes.len() != size {
        return Err(error(vm, format!("unpack requires a buffer of {size} bytes")));
    }
    unpack_values(vm, s, &bytes)
}

fn unpack_from(vm: &Vm, s: Ref<Struct>, buffer: Value, offset: isize) -> PyResult<Value> {
    let bytes = contents(vm, buffer)?;
    let (size, len) = (s.format.borrow().size as isize, bytes.len() as isize);
    let mut at = offset;
    if at < 0 {
        if at + size > 0 {
            return Err(error(vm, format!("not enough data to unpack {size} bytes at offset {at}")));
        }
        if at + len < 0 {
            return Err(error(vm, format!("offset {at} out of range for {len}-byte buffer")));
        }
        at += len;
    }
    if len - at < size {
        return Err(error(
            vm,
            format!(
                "unpack_from requires a buffer of at least {} bytes for unpacking {size} bytes at offset {at} \
                 (actual buffer size is {len})",
                size as i128 + at as i128
            ),
        ));
    }
    unpack_values(vm, s, &bytes[at as usize..(at + size) as usize])
}

fn pack_into(vm: &Vm, s: Ref<Struct>, args: &[Value]) -> PyResult<()> {
    let [buffer, offset, values @ ..] = args else {
        let what = if args.is_empty() { "buffer" } else { "offset" };
        raise!(vm, TypeError, "pack_into expected {what} argument")
    };
    let size = s.format.borrow().size as isize;
    let mut target = vm.bytes_mut(*buffer)?;
    let len = target.bytes().len() as isize;
    let mut at = vm.index_isize(*offset)?;
    if at < 0 {
        if at + size > 0 {
            return Err(error(vm, format!("no space to pack {size} bytes at offset {at}")));
        }
        if at + len < 0 {
            return Err(error(vm, format!("offset {at} out of range for {len}-byte buffer")));
        }
        at += len;
    }
    if len - at < size {
        return Err(error(
            vm,
            format!(
                "pack_into requires a buffer of at least {} bytes for packing {size} bytes at offset {at} \
                 (actual buffer size is {len})",
                size as i128 + at as i128
            ),
        ));
    }
    let packed = pack_values(vm, s, values, "pack_into")?;
    target.bytes()[at as usize..(at + size) as usize].copy_from_slice(&packed);
    Ok(())
}

fn iter_unpack(vm: &Vm, s: Ref<Struct>, buffer: Value) -> PyResult<Value> {
    let size = s.format.borrow().size;
    if size == 0 {
        return Err(error(vm, "cannot iteratively unpack with a struct of length 0"));
    }
    let bytes = contents(vm, buffer)?;
    if !bytes.len().is_multiple_of(size) {
        return Err(error(
            vm,
            format!("iterative unpacking requires a buffer of a multiple of {size} bytes"),
        ));
    }
    Ok(heap::new(
        UnpackIterator::shape(),
        UnpackIterator {
            h: LongHeader::new(),
            owner: Field::new(s),
            buffer: Field::new(buffer),
            offset: Cell::new(0),
        },
    )
    .value())
}

const NEW: Params = params("Struct", &["format"], 0, 1, 1);

#[pymethods]
impl Struct {
    #[slot(tp_new)]
    fn construct(vm: &Vm, class: Ref<Type>, _args: Args) -> PyResult<Value> {
        let init = Struct { h: LongHeader::new(), text: Field::new(None), format: RefCell::new(empty()) };
        Ok(vm.new_instance(class, init)?.value())
    }

    #[slot(tp_init)]
    fn init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
        let s = this.downcast::<Struct>().expect("the receiver is a Struct");
        let [format] = bind(vm, &NEW, args)?;
        let (text, parsed) = parse(vm, format.expect("a required argument"))?;
        s.text.set(s, Some(text));
        *s.format.borrow_mut() = parsed;
        Ok(())
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let s = this.downcast::<Struct>().expect("the receiver is a Struct");
        let text = vm.repr_string(ready(vm, s)?)?;
        Ok(vm.new_str(&format!("{}({text})", this.class().short_name())))
    }

    /// struct format string
    #[getter]
    fn format(vm: &Vm, this: Ref<Struct>) -> PyResult<Value> {
        ready(vm, this)
    }

    /// struct size in bytes
    #[getter]
    fn size(_: &Vm, this: Ref<Struct>) -> i64 {
        if this.text.get().is_none() { -1 } else { this.format.borrow().size as i64 }
    }

    /// S.pack(v1, v2, ...) -> bytes
    ///
    /// Return a bytes object containing values v1, v2, ... packed according
    /// to the format string S.format.  See help(struct) for more on format
    /// strings.
    #[pymethod]
    fn pack(vm: &Vm, this: Ref<Struct>, args: Args) -> PyResult<Value> {
        ready(vm, this)?;
        vm.new_bytes(&pack_values(vm, this, args.pos(), "pack")?)
    }

    /// S.pack_into(buffer, offset, v1, v2, ...)
    ///
    /// Pack the values v1, v2, ... according to the format string S.format
    /// and write the packed bytes into the writable buffer buf starting at
    /// offset.  Note that the offset is a required argument.  See
    /// help(struct) for more on format strings.
    #[pymethod]
    fn pack_into(vm: &Vm, this: Ref<Struct>, args: Args) -> PyResult<()> {
        ready(vm, this)?;
        self::pack_into(vm, this, args.pos())
    }

    /// Return a tuple containing unpacked values.
    ///
    /// Unpack according to the format string Struct.format. The buffer's size
    /// in bytes must be Struct.size.
    ///
    /// See help(struct) for more on format strings.
    #[pymethod("($self, buffer, /)")]
    fn unpack(vm: &Vm, this: Ref<Struct>, buffer: Value) -> PyResult<Value> {
        ready(vm, this)?;
        self::unpack(vm, this, buffer)
    }

    /// Return a tuple containing unpacked values.
    ///
    /// Values are unpacked according to the format string Struct.format.
    ///
    /// The buffer's size in bytes, starting at position offset, must be
    /// at least Struct.size.
    ///
    /// See help(struct) for more on format strings.
    #[pymethod("($self, /, buffer, offset=0)")]
    fn unpack_from(vm: &Vm, this: Ref<Struct>, buffer: Value, offset: Option<isize>) -> PyResult<Value> {
        ready(vm, this)?;
        self::unpack_from(vm, this, buffer, offset.unwrap_or(0))
    }

    /// Return an iterator yielding tuples.
    ///
    /// Tuples are unpacked from the given bytes source, like a repeated
    /// invocation of unpack_from().
    ///
    /// Requires that the bytes length be a multiple of the struct size.
    #[pymethod("($self, buffer, /)")]
    fn iter_unpack(vm: &Vm, this: Ref<Struct>, buffer: Value) -> PyResult<Value> {
        ready(vm, this)?;
        self::iter_unpack(vm, this, buffer)
    }
}

#[pymethods]
impl UnpackIterator {
    #[slot(tp_iter)]
    fn iter(_: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next_slot(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        let it = this.downcast::<UnpackIterator>().expect("the receiver is an unpack_iterator");
        let owner = it.owner.get();
        let size = owner.format.borrow().size;
        let bytes = contents(vm, it.buffer.get())?;
        let at = it.offset.get();
        if at + size > bytes.len() {
            return Ok(None);
        }
        it.offset.set(at + size);
        unpack_values(vm, owner, &bytes[at..at + size]).map(Some)
    }

    #[pymethod("($self, /)")]
    fn __length_hint__(vm: &Vm, this: Ref<UnpackIterator>) -> PyResult<usize> {
        let bytes = contents(vm, this.buffer.get())?;
        Ok((bytes.len() - this.offset.get()) / this.owner.get().format.borrow().size)
    }
}

/// The format, and the arguments behind it.
fn split<'a>(vm: &Vm, args: Args<'a>) -> PyResult<(Ref<Struct>, &'a [Value])> {
    match args.split_first() {
        Some((format, rest)) => Ok((make(vm, format)?, rest.pos())),
        None => Err(vm.type_error("missing format argument")),
    }
}

/// Functions to convert between Python values and C structs.
/// Python bytes objects are used to hold the data representing the C struct
/// and also as format strings (explained below) to describe the layout of data
/// in the C struct.
///
/// The optional first format char indicates byte order, size and alignment:
///   @: native order, size & alignment (default)
///   =: native order, std. size & alignment
///   <: little-endian, std. size & alignment
///   >: big-endian, std. size & alignment
///   !: same as >
#[pymodule]
pub mod _struct {
    use super::*;

    pub fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        let class = ERROR.make(vm, "struct", "error", &[Exc::Exception.class().value()], "")?;
        ready_class::<UnpackIterator>(vm);
        m.dict().set_str(vm, "error", class);
        let class = ready_class::<Struct>(vm);
        if extension::native_struct(class).is_none() {
            extension::declare_struct(class, size_of::<CStruct>(), update_struct);
        }
        m.dict().set_str(vm, "Struct", class.value());
        Ok(())
    }

    /// Clear the internal cache.
    #[pyfunction("($module, /)")]
    fn _clearcache(_: &Vm) {}

    /// Return size in bytes of the struct described by the format string.
    #[pyfunction("($module, format, /)")]
    fn calcsize(vm: &Vm, format: Value) -> PyResult<usize> {
        Ok(make(vm, format)?.format.borrow().size)
    }

    /// pack(format, v1, v2, ...) -> bytes
    ///
    /// Return a bytes object containing the values v1, v2, ... packed according
    /// to the format string.  See help(struct) for more on format strings.
    #[pyfunction]
    fn pack(vm: &Vm, args: Args) -> PyResult<Value> {
        let (s, values) = split(vm, args)?;
        vm.new_bytes(&pack_values(vm, s, values, "pack")?)
    }

    /// pack_into(format, buffer, offset, v1, v2, ...)
    ///
    /// Pack the values v1, v2, ... according to the format string and write
    /// the packed bytes into the writable buffer buf starting at offset.  Note
    /// that the offset is a required argument.  See help(struct) for more
    /// on format strings.
    #[pyfunction]
    fn pack_into(vm: &Vm, args: Args) -> PyResult<()> {
        let (s, values) = split(vm, args)?;
        super::pack_into(vm, s, values)
    }

    /// Return a tuple containing values unpacked according to the format string.
    ///
    /// The buffer's size in bytes must be calcsize(format).
    ///
    /// See help(struct) for more on format strings.
    #[pyfunction("($module, format, buffer, /)")]
    fn unpack(vm: &Vm, format: Value, buffer: Value) -> PyResult<Value> {
        super::unpack(vm, make(vm, format)?, buffer)
    }

    /// Return a tuple containing values unpacked according to the format string.
    ///
    /// The buffer's size, minus offset, must be at least calcsize(format).
    ///
    /// See help(struct) for more on format strings.
    #[pyfunction("($module, format, /, buffer, offset=0)")]
    fn unpack_from(vm: &Vm, format: Value, buffer: Value, offset: Option<isize>) -> PyResult<Value> {
        super::unpack_from(vm, make(vm, format)?, buffer, offset.unwrap_or(0))
    }

    /// Return an iterator yielding tuples unpacked from the given bytes.
    ///
    /// The bytes are unpacked according to the format string, like
    /// a repeated invocation of unpack_from().
    ///
    /// Requires that the bytes length be a multiple of the format struct size.
    #[pyfunction("($module, format, buffer, /)")]
    fn iter_unpack(vm: &Vm, format: Value, buffer: Value) -> PyResult<Value> {
        super::iter_unpack(vm, make(vm, format)?, buffer)
    }
}
