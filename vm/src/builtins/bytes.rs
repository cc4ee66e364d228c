//! `bytes`: immutable bytes. This file is the storage and the construction; what bytes and bytearrays
//! have in common is in `bytes_methods.rs`.

use crate::args::{Args, Params};
use crate::builtins::buffer::{Buffer, Layout, flags};
use crate::builtins::bytes_methods::{ByteString, byte_methods};
use crate::builtins::int::as_int;
use crate::builtins::list::List;
use crate::builtins::singletons::{bool_value, not_implemented};
use crate::builtins::str_::Str;
use crate::builtins::str_new::extra_of;
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::Type;
use crate::codecs;
use crate::def;
use crate::error::PyResult;
use crate::names::names;
use crate::object::{Field, LongHeader, Object, Ref, ShapeId, Value, ValueExt};
use crate::raise;
use crate::shapes::id;
use crate::slots::CompareOp;
use crate::vm::Vm;
use adder_heap as heap;
use adder_heap::{Refs, Size, StaticRoot};
use adder_macros::{pyclass, pymethods};
use std::cell::Cell;
use std::ops::Range;

/// bytes(iterable_of_ints) -> bytes
/// bytes(string, encoding[, errors]) -> bytes
/// bytes(bytes_or_buffer) -> immutable copy of bytes_or_buffer
/// bytes(int) -> bytes object of size given by the parameter initialized with null bytes
/// bytes() -> empty bytes object
///
/// Construct an immutable array of bytes from:
///   - an iterable yielding integers in range(256)
///   - a text string encoded using the specified encoding
///   - any object implementing the buffer API.
///   - an integer
#[pyclass(
    name = "bytes",
    fixed = id::BYTES,
    flags = def::BASE | def::BYTES_SUBCLASS | def::MATCH_SELF,
    size = Size::Array { base: std::mem::offset_of!(Bytes, data) as u32, elem: 1, len_at: std::mem::offset_of!(Bytes, size) as u32 },
    refs = Refs::None
)]
#[repr(C)]
pub struct Bytes {
    pub h: LongHeader,
    /// 0: not computed yet.
    hash: Cell<i64>,
    /// Size of the data with the terminating zero.
    size: u64,
    data: [u8; 0],
}

static EMPTY: StaticRoot = StaticRoot::new();
const NO_BYTE: StaticRoot = StaticRoot::new();
/// The objects of one byte, made when first asked for.
static SINGLE: [StaticRoot; 256] = [NO_BYTE; 256];

impl Bytes {
    /// Where the size with the terminating zero is.
    pub const SIZE: u32 = std::mem::offset_of!(Bytes, size) as u32;

    /// `len` zero bytes, to be filled before anybody sees them.
    fn alloc(shape: ShapeId, len: usize, extra: usize) -> Option<Ref<Bytes>> {
        let size = std::mem::size_of::<Bytes>().checked_add(len)?.checked_add(1 + extra)?;
        if size > isize::MAX as usize {
            return None;
        }
        let p = heap::try_alloc_zeroed(shape, size)? as *mut Bytes;
        // SAFETY: freshly allocated, zeroed.
        unsafe {
            (*p).h.set_shadow(0);
            (*p).size = len as u64 + 1;
            Some(Ref::from_ptr(p))
        }
    }

    /// New bytes of a given length, filled by a function. None: out of memory.
    pub fn build(len: usize, fill: impl FnOnce(&mut [u8])) -> Option<Ref<Bytes>> {
        let b = Bytes::alloc(Bytes::shape(), len, 0)?;
        // SAFETY: the object is new, so nobody else has its data.
        fill(unsafe { std::slice::from_raw_parts_mut((&raw mut (*b.as_ptr()).data).cast::<u8>(), len) });
        Some(b)
    }

    /// An instance of a subclass: `extra` bytes for its dict.
    pub fn of_shape(shape: ShapeId, extra: usize, bytes: &[u8]) -> Option<Ref<Bytes>> {
        let b = Bytes::alloc(shape, bytes.len(), extra)?;
        // SAFETY: as in `build`.
        unsafe {
            let data = (&raw mut (*b.as_ptr()).data).cast::<u8>();
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), data, bytes.len());
        }
        Some(b)
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.size as usize - 1
    }

    pub fn is_empty(&self) -> bool {
        self.size == 1
    }

    /// Byte offset of the data, for machines.
    pub const DATA: u32 = std::mem::offset_of!(Bytes, data) as u32;

    #[inline(always)]
    pub fn data_ptr(&self) -> *const u8 {
        self.data.as_ptr()
    }

    /// The contents. The object stays in place while the result is on the stack.
    #[inline(always)]
    pub fn as_bytes(&self) -> &[u8] {
        // SAFETY: the data has `len` bytes (layout-of-objects).
        unsafe { std::slice::from_raw_parts(self.data.as_ptr(), self.len()) }
    }

    #[inline]
    pub fn hash(&self) -> i64 {
        match self.hash.get() {
            0 => {
                let h = crate::hashing::secret().hash_bytes(self.as_bytes());
                self.hash.set(h);
                h
            }
            h => h,
        }
    }
}

impl Vm {
    /// A bytes object; the empty one and those of one byte are shared.
    pub fn new_bytes(&self, bytes: &[u8]) -> PyResult<Value> {
        let shared = match bytes {
            [] => &EMPTY,
            [b] => &SINGLE[*b as usize],
            _ => {
                return match Bytes::of_shape(Bytes::shape(), 0, bytes) {
                    Some(b) => Ok(b.value()),
                    None => Err(self.memory_error()),
                };
            }
        };
        if let Some(b) = shared.get() {
            return Ok(b);
        }
        let b = Bytes::of_shape(Bytes::shape(), 0, bytes).expect("room for a byte").value();
        shared.set(Some(b));
        Ok(b)
    }

    /// As `new_bytes`, as the struct.
    pub fn new_bytes_ref(&self, bytes: &[u8]) -> PyResult<Ref<Bytes>> {
        let b = self.new_bytes(bytes)?;
        Ok(b.exact::<Bytes>().expect("new_bytes makes bytes"))
    }

    /// A part of a bytes object; the whole of an exact one is itself.
    pub fn sub_bytes(&self, b: Ref<Bytes>, r: Range<usize>) -> PyResult<Value> {
        if r.start == 0 && r.end == b.len() && b.value().is::<Bytes>() {
            return Ok(b.value());
        }
        self.new_bytes(&b.as_bytes()[r])
    }

    /// `bytes(v)` for what is not a str or an int (PyBytes_FromObject).
    pub fn bytes_from_object(&self, v: Value) -> PyResult<Value> {
        if v.is::<Bytes>() {
            return Ok(v);
        }
        let mut out = vec![];
        collect(self, v, &mut out, "bytes")?;
        self.new_bytes(&out)
    }
}

/// The bytes of a buffer or of an iterable of ints, for the constructors and `bytearray.extend`.
pub fn collect(vm: &Vm, v: Value, out: &mut Vec<u8>, what: &str) -> PyResult<()> {
    if v.class().slots().bf_getbuffer.is_some() {
        let buffer = vm.get_buffer(v, flags::FULL_RO)?;
        buffer.copy_to(out);
        return Ok(());
    }
    if v.is_ptr() && v.downcast::<Str>().is_some() {
        raise!(vm, TypeError, "cannot convert '{}' object to {what}", v.class().name())
    }
    // Lists and tuples may change while items are converted, so each is looked at by index.
    if let Some(l) = v.exact::<List>() {
        let mut i = 0;
        while let Some(item) = l.try_get(i) {
            out.push(byte_value(vm, item, what)?);
            i += 1;
        }
        return Ok(());
    }
    if let Some(t) = v.exact::<Tuple>() {
        for item in t.items() {
            out.push(byte_value(vm, *item, what)?);
        }
        return Ok(());
    }
    let slots = v.class().slots();
    if slots.tp_iter.is_none() && slots.sq_item.is_none() {
        raise!(vm, TypeError, "cannot convert '{}' object to {what}", v.class().name())
    }
    vm.iterate(v, &mut |item| {
        out.push(byte_value(vm, item, what)?);
        Ok(())
    })
}

/// An item of a bytes object.
fn byte_value(vm: &Vm, v: Value, what: &str) -> PyResult<u8> {
    match vm.index_i128(v)? {
        b @ 0..256 => Ok(b as u8),
        _ if what == "bytearray" => raise!(vm, ValueError, "byte must be in range(0, 256)"),
        _ => raise!(vm, ValueError, "bytes must be in range(0, 256)"),
    }
}

const PARAMS: Params = Params {
    owner: "",
    function: "bytes",
    names: &["source", "encoding", "errors"],
    pos_only: 0,
    positional: 3,
    required: 0,
    kw_only: 0,
    kw_required: 0,
    varargs: false,
    varkw: false,
};

/// An `encoding` or `errors` argument of `what`.
pub fn text_argument(vm: &Vm, v: Option<Value>, what: &str, name: &str) -> PyResult<Option<Ref<Str>>> {
    let Some(v) = v else { return Ok(None) };
    let Some(s) = v.downcast::<Str>() else {
        let got = if v.is_none() { "None".into() } else { v.class().name() };
        raise!(vm, TypeError, "{what}() argument '{name}' must be str, not {got}")
    };
    codecs::no_nul(vm, Some(s))?;
    Ok(Some(s))
}

/// The count if the argument of a constructor is an int.
pub fn count_argument(vm: &Vm, v: Value) -> PyResult<Option<usize>> {
    if as_int(v).is_none() && v.class().slots().nb_index.is_none() {
        return Ok(None);
    }
    let n = match vm.index_value(v) {
        Ok(n) => n,
        Err(raised) => {
            vm.swallow(raised, crate::builtins::exceptions::Exc::TypeError)?;
            return Ok(None);
        }
    };
    let n = vm.int_to_i128(n);
    if n < 0 && n >= isize::MIN as i128 {
        return Err(vm.value_error("negative count"));
    }
    match isize::try_from(n) {
        Ok(n) => Ok(Some(n as usize)),
        Err(_) => raise!(vm, OverflowError, "cannot fit '{}' into an index-sized integer", v.class().name()),
    }
}

fn construct(
    vm: &Vm,
    source: Option<Value>,
    encoding: Option<Ref<Str>>,
    errors: Option<Ref<Str>>,
) -> PyResult<Value> {
    let Some(x) = source else {
        if encoding.is_some() || errors.is_some() {
            let which = if encoding.is_some() { "encoding" } else { "errors" };
            raise!(vm, TypeError, "{which} without a string argument")
        }
        return vm.new_bytes(&[]);
    };
    if let Some(encoding) = encoding {
        let Some(s) = x.downcast::<Str>() else {
            return Err(vm.type_error("encoding without a string argument"));
        };
        return codecs::encode_str(vm, s, Some(encoding), errors);
    }
    if errors.is_some() {
        if x.downcast::<Str>().is_some() {
            return Err(vm.type_error("string argument without an encoding"));
        }
        return Err(vm.type_error("errors without a string argument"));
    }
    if !x.is_small()
        && let Some(r) = vm.call_special(x, names().__bytes__, &[])?
    {
        if r.downcast::<Bytes>().is_none() {
            raise!(
                vm,
                TypeError,
                "{}.__bytes__() must return a bytes, not {}",
                x.class().name(),
                r.class().name()
            )
        }
        return Ok(r);
    }
    if x.downcast::<Str>().is_some() {
        return Err(vm.type_error("string argument without an encoding"));
    }
    if let Some(n) = count_argument(vm, x)? {
        return match Bytes::build(n, |_| {}) {
            Some(b) if n > 1 => Ok(b.value()),
            Some(b) => vm.new_bytes(b.as_bytes()),
            None => Err(vm.memory_error()),
        };
    }
    vm.bytes_from_object(x)
}

impl ByteString for Bytes {
    const NAME: &'static str = "bytes";

    fn make(vm: &Vm, bytes: &[u8]) -> PyResult<Value> {
        vm.new_bytes(bytes)
    }

    fn part(vm: &Vm, this: Ref<Bytes>, r: Range<usize>) -> PyResult<Value> {
        vm.sub_bytes(this, r)
    }

    fn contents(&self) -> &[u8] {
        self.as_bytes()
    }

    fn separator(_: &Vm, given: Value, _: &[u8]) -> PyResult<Value> {
        Ok(given)
    }
}

byte_methods! {
    Bytes, "bytes",

    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let mut bound = [None; 3];
        PARAMS.bind(vm, args, &mut bound)?;
        let encoding = text_argument(vm, bound[1], "bytes", "encoding")?;
        let errors = text_argument(vm, bound[2], "bytes", "errors")?;
        let exact = construct(vm, bound[0], encoding, errors)?;
        if class == Bytes::class() {
            return Ok(exact);
        }
        let Some(b) = exact.downcast::<Bytes>() else { return Ok(exact) };
        match Bytes::of_shape(class.instance_shape.get(), extra_of::<Bytes>(class), b.as_bytes()) {
            Some(b) => {
                if class.has_finalizer.get() {
                    heap::register_finalizer(b.value());
                }
                Ok(b.value())
            }
            None => Err(vm.memory_error()),
        }
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let b = this.downcast::<Bytes>().expect("the receiver of a slot");
        let text = adder_text::repr::repr_bytes(b.as_bytes());
        vm.str_of(adder_text::units::Units::One(&text))
    }

    #[slot(tp_str)]
    fn str(vm: &Vm, this: Value) -> PyResult<Value> {
        warn_str(vm, "str() on a bytes instance")?;
        Bytes::repr(vm, this)
    }

    #[slot(tp_hash)]
    fn slot_hash(_: &Vm, this: Value) -> PyResult<i64> {
        Ok(this.downcast::<Bytes>().expect("the receiver of a slot").hash())
    }

    #[slot(tp_richcompare)]
    fn compare(vm: &Vm, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
        let Some(x) = a.downcast::<Bytes>() else { return Ok(not_implemented()) };
        let Some(y) = b.downcast::<Bytes>() else {
            if matches!(op, CompareOp::Eq | CompareOp::Ne) {
                if b.downcast::<Str>().is_some() {
                    warn_compare(vm, "Comparison between bytes and string")?;
                } else if as_int(b).is_some() {
                    warn_compare(vm, "Comparison between bytes and int")?;
                }
            }
            return Ok(not_implemented());
        };
        Ok(bool_value(op.holds(x.as_bytes().cmp(y.as_bytes()))))
    }

    #[slot(tp_iter)]
    fn iter(_: &Vm, this: Value) -> PyResult<Value> {
        Ok(BytesIterator::new(this.downcast::<Bytes>().expect("the receiver of a slot"), 0).value())
    }

    #[slot(sq_concat)]
    fn concat(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        if let (Some(x), Some(y)) = (a.exact::<Bytes>(), b.exact::<Bytes>()) {
            if x.is_empty() {
                return Ok(b);
            }
            if y.is_empty() {
                return Ok(a);
            }
        }
        let (x, y) = crate::builtins::bytes_methods::concat_operands(vm, a, b)?;
        let (x, y): (&[u8], &[u8]) = (&x, &y);
        let made = x.len().checked_add(y.len()).and_then(|n| Bytes::build(n, |out| {
            out[..x.len()].copy_from_slice(x);
            out[x.len()..].copy_from_slice(y);
        }));
        match made {
            Some(b) => Ok(b.value()),
            None => Err(vm.memory_error()),
        }
    }

    #[slot(sq_repeat)]
    fn repeat(vm: &Vm, this: Value, n: isize) -> PyResult<Value> {
        let b = this.downcast::<Bytes>().expect("the receiver of a slot");
        let n = n.max(0) as usize;
        if n == 1 && this.is::<Bytes>() {
            return Ok(this);
        }
        let Some(len) = b.len().checked_mul(n).filter(|n| *n <= isize::MAX as usize) else {
            raise!(vm, OverflowError, "repeated bytes are too long")
        };
        if len < 2 {
            return vm.new_bytes(&b.as_bytes()[..len.min(b.len())]);
        }
        let made = Bytes::build(len, |out| match b.as_bytes() {
            [c] => out.fill(*c),
            s => out.chunks_mut(s.len()).for_each(|part| part.copy_from_slice(s)),
        });
        match made {
            Some(b) => Ok(b.value()),
            None => Err(vm.memory_error()),
        }
    }

    #[slot(mp_subscript)]
    fn subscript(vm: &Vm, this: Value, key: Value) -> PyResult<Value> {
        let b = this.downcast::<Bytes>().expect("the receiver of a slot");
        if key.is_small() || key.class().slots().nb_index.is_some() {
            let i = vm.index_isize(key)?;
            let i = if i < 0 { i + b.len() as isize } else { i };
            return match usize::try_from(i) {
                Ok(i) if i < b.len() => Ok(Value::from_small(b.as_bytes()[i] as i64)),
                _ => Err(vm.index_error("index out of range")),
            };
        }
        let Some((start, step, count)) = vm.slice_of(key, b.len())? else {
            raise!(vm, TypeError, "byte indices must be integers or slices, not {}", key.class().name())
        };
        if step == 1 || count == 0 {
            let start = if count == 0 { 0 } else { start as usize };
            return vm.sub_bytes(b, start..start + count);
        }
        let s = b.as_bytes();
        let taken: Vec<u8> = (0..count as isize).map(|i| s[(start + i * step) as usize]).collect();
        vm.new_bytes(&taken)
    }

    #[slot(nb_remainder)]
    fn modulo(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        match a.downcast::<Bytes>() {
            Some(format) => {
                let made = crate::builtins::printf::bytes_modulo(vm, format.as_bytes(), b)?;
                vm.new_bytes(&made)
            }
            None => Ok(not_implemented()),
        }
    }

    #[slot(bf_getbuffer)]
    fn getbuffer(vm: &Vm, this: Value, wanted: i32) -> PyResult<Buffer> {
        let b = this.downcast::<Bytes>().expect("the receiver of a slot");
        crate::builtins::buffer::check_flags(vm, wanted)?;
        if wanted & flags::WRITABLE != 0 {
            return Err(vm.error(crate::builtins::exceptions::Exc::BufferError, "Object is not writable."));
        }
        Ok(Buffer::inside(b, Layout::of_bytes(b.len(), true)))
    }

    #[pymethod("($self, /)")]
    fn __getnewargs__(vm: &Vm, this: Ref<Bytes>) -> PyResult<Value> {
        let b = vm.new_bytes(this.as_bytes())?;
        Ok(Tuple::from_slice(vm, &[b]).value())
    }

    /// Convert this value to exact type bytes.
    #[pymethod("($self, /)")]
    fn __bytes__(vm: &Vm, this: Ref<Bytes>) -> PyResult<Value> {
        vm.sub_bytes(this, 0..this.len())
    }

    /// Return the size of the object in memory, in bytes.
    #[pymethod("($self, /)")]
    fn __sizeof__(_: &Vm, this: Ref<Bytes>) -> usize {
        33 + this.len()
    }
}

/// `-b` asks for a warning when bytes are shown as text.
pub fn warn_str(vm: &Vm, message: &str) -> PyResult<()> {
    if crate::codecs::bytes_warning() {
        vm.warn(crate::builtins::exceptions::Exc::BytesWarning, message)?;
    }
    Ok(())
}

fn warn_compare(vm: &Vm, message: &str) -> PyResult<()> {
    warn_str(vm, message)
}

#[pyclass(name = "bytes_iterator", flags = def::DEFAULT | def::DISALLOW_INSTANTIATION)]
#[repr(C)]
pub struct BytesIterator {
    h: LongHeader,
    /// None when exhausted.
    bytes: Field<Option<Ref<Bytes>>>,
    index: Cell<usize>,
}

impl BytesIterator {
    pub fn new(bytes: Ref<Bytes>, index: usize) -> Ref<BytesIterator> {
        heap::new(
            BytesIterator::shape(),
            BytesIterator { h: LongHeader::new(), bytes: Field::new(Some(bytes)), index: Cell::new(index) },
        )
    }
}

#[pymethods]
impl BytesIterator {
    #[slot(tp_iter)]
    fn iter(_: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next(_: &Vm, this: Value) -> PyResult<Option<Value>> {
        let it = this.exact::<BytesIterator>().expect("the receiver of a slot");
        let Some(b) = it.bytes.get() else { return Ok(None) };
        match b.as_bytes().get(it.index.get()) {
            Some(c) => {
                it.index.set(it.index.get() + 1);
                Ok(Some(Value::from_small(*c as i64)))
            }
            None => {
                it.bytes.set(it, None);
                Ok(None)
            }
        }
    }

    /// Private method returning an estimate of len(list(it)).
    #[pymethod("($self, /)")]
    fn __length_hint__(_: &Vm, this: Ref<BytesIterator>) -> usize {
        this.bytes.get().map_or(0, |b| b.len() - this.index.get().min(b.len()))
    }

    /// Return state information for pickling.
    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<BytesIterator>) -> PyResult<Value> {
        let iter = vm.builtin("iter")?;
        Ok(match this.bytes.get() {
            Some(b) => {
                let args = Tuple::from_slice(vm, &[b.value()]).value();
                Tuple::from_slice(vm, &[iter, args, vm.int(this.index.get() as i64)]).value()
            }
            None => {
                let args = Tuple::from_slice(vm, &[Tuple::empty().value()]).value();
                Tuple::from_slice(vm, &[iter, args]).value()
            }
        })
    }

    /// Set state information for unpickling.
    #[pymethod("($self, object, /)")]
    fn __setstate__(vm: &Vm, this: Ref<BytesIterator>, object: Value) -> PyResult<()> {
        let i = vm.index_isize(object)?;
        if let Some(b) = this.bytes.get() {
            this.index.set((i.max(0) as usize).min(b.len()));
        }
        Ok(())
    }
}
