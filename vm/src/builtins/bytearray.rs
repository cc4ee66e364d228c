//! `bytearray`: mutable bytes. The data is outside the heap, so that buffers of it have a stable
//! address. Buffers share the ownership of the data (see `buffer.rs`), and while there are any the
//! bytearray does not change its size.

use crate::args::{Args, Params};
use crate::builtins::buffer::{Buffer, Layout};
use crate::builtins::bytes::{collect, count_argument, text_argument, warn_str};
use crate::builtins::bytes_methods::{ByteString, byte_methods};
use crate::builtins::list::List;
use crate::builtins::singletons::{bool_value, not_implemented};
use crate::builtins::str_::Str;
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::Type;
use crate::codecs;
use crate::def;
use crate::error::PyResult;
use crate::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use crate::raise;
use crate::shapes::id;
use crate::slots::CompareOp;
use crate::vm::Vm;
use adder_heap as heap;
use adder_macros::{pyclass, pymethods};
use std::cell::{Cell, UnsafeCell};
use std::ops::Range;
use std::rc::Rc;

/// bytearray(iterable_of_ints) -> bytearray
/// bytearray(string, encoding[, errors]) -> bytearray
/// bytearray(bytes_or_buffer) -> mutable copy of bytes_or_buffer
/// bytearray(int) -> bytes array of size given by the parameter initialized with null bytes
/// bytearray() -> empty bytes array
///
/// Construct a mutable bytearray object from:
///   - an iterable yielding integers in range(256)
///   - a text string encoded using the specified encoding
///   - a bytes or a buffer object
///   - any object implementing the buffer API.
///   - an integer
#[pyclass(name = "bytearray", fixed = id::BYTEARRAY, flags = def::BASE | def::MATCH_SELF)]
#[repr(C)]
pub struct ByteArray {
    h: LongHeader,
    /// None in an instance that `__new__` did not make.
    storage: UnsafeCell<Option<Rc<Storage>>>,
}

/// The data of a bytearray.
pub struct Storage {
    data: UnsafeCell<Vec<u8>>,
    /// Bytes deleted from the front; they are still in `data`.
    start: Cell<usize>,
    /// What the collector was told about the size.
    reported: Cell<usize>,
}

impl Storage {
    fn new(data: Vec<u8>) -> Rc<Storage> {
        let s = Rc::new(Storage { data: UnsafeCell::new(data), start: Cell::new(0), reported: Cell::new(0) });
        s.report();
        s
    }

    fn bytes(&self) -> &[u8] {
        // SAFETY: the vector changes its size only when nobody else shares the storage (buffer-memory).
        unsafe { &(&*self.data.get())[self.start.get()..] }
    }

    /// Tells the collector about a size that changed much.
    fn report(&self) {
        // SAFETY: as in `bytes`.
        let now = unsafe { (*self.data.get()).capacity() };
        let before = self.reported.get();
        if now.abs_diff(before) > 4096 {
            self.reported.set(now);
            heap::add_pressure(now as isize - before as isize);
        }
    }
}

impl Drop for Storage {
    fn drop(&mut self) {
        if self.reported.get() > 0 {
            heap::add_pressure(-(self.reported.get() as isize));
        }
    }
}

impl ByteArray {
    pub fn new_from(data: Vec<u8>) -> Ref<ByteArray> {
        heap::new(
            ByteArray::shape(),
            ByteArray { h: LongHeader::new(), storage: UnsafeCell::new(Some(Storage::new(data))) },
        )
    }

    /// The data, to be shared with a buffer.
    pub fn storage(&self) -> Rc<Storage> {
        // SAFETY: the option is filled once and then only read, under the GIL (gil-protected).
        unsafe { (*self.storage.get()).get_or_insert_with(|| Storage::new(vec![])).clone() }
    }

    fn data(&self) -> &Storage {
        // SAFETY: as in `storage`.
        unsafe { (*self.storage.get()).get_or_insert_with(|| Storage::new(vec![])) }
    }

    /// The contents. Not to be held across anything that may change the bytearray.
    pub fn as_bytes(&self) -> &[u8] {
        self.data().bytes()
    }

    pub fn len(&self) -> usize {
        self.as_bytes().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The contents, to be written without changing the size.
    #[allow(clippy::mut_from_ref)]
    pub fn bytes_mut(&self) -> &mut [u8] {
        let s = self.data();
        // SAFETY: the GIL keeps other writers out; callers do not hold another borrow (gil-protected).
        unsafe { &mut (&mut *s.data.get())[s.start.get()..] }
    }

    /// The contents followed by a zero byte if there is room for it, their length, and the room.
    pub fn terminated(&self) -> (*mut u8, usize, usize) {
        let s = self.data();
        // SAFETY: the GIL keeps others out, and shared data is not moved (gil-protected, buffer-memory).
        let data = unsafe { &mut *s.data.get() };
        if data.len() == data.capacity() && !data.is_empty() && !self.shared() {
            data.reserve(1);
        }
        if data.len() < data.capacity() {
            data.spare_capacity_mut()[0].write(0);
        }
        let start = s.start.get();
        (data[start..].as_mut_ptr(), data.len() - start, data.capacity() - start)
    }

    /// The C struct, if there is one, shows where the data is.
    fn moved(&self) {
        if self.h.shadow() != 0 {
            // SAFETY: a ByteArray exists only in the heap, so its address is its reference.
            let this = unsafe { Ref::from_ptr(self as *const ByteArray as *mut ByteArray) };
            crate::extension::bytearray_moved(this.value());
        }
    }

    fn shared(&self) -> bool {
        // SAFETY: as in `storage`.
        unsafe { (*self.storage.get()).as_ref().is_some_and(|s| Rc::strong_count(s) > 1) }
    }

    /// Changes the data including its size; BufferError while there are buffers of it.
    pub fn resize_with<R>(&self, vm: &Vm, f: impl FnOnce(&mut Vec<u8>) -> R) -> PyResult<R> {
        self.check_exports(vm)?;
        let s = self.data();
        // SAFETY: nobody shares the storage (checked above), and the GIL keeps others out.
        let data = unsafe { &mut *s.data.get() };
        let start = s.start.replace(0);
        if start > 0 {
            data.drain(..start);
        }
        let r = f(data);
        s.report();
        self.moved();
        Ok(r)
    }

    /// Raises if the size cannot be changed.
    fn check_exports(&self, vm: &Vm) -> PyResult<()> {
        if self.shared() {
            // Memoryviews that nobody can reach any more do not count.
            // Their finalisers give the memory back, or the collection after those.
            // A view of a view takes one round more each.
            const ROUNDS: usize = 3;
            for _ in 0..ROUNDS {
                if self.shared() {
                    crate::pending::collect_all(vm);
                }
            }
            if self.shared() {
                raise!(vm, BufferError, "Existing exports of data: object cannot be re-sized")
            }
        }
        Ok(())
    }

    /// Replaces a range by bytes that are not the bytearray's own.
    pub fn splice(&self, vm: &Vm, r: Range<usize>, with: &[u8]) -> PyResult<()> {
        if r.len() == with.len() {
            self.bytes_mut()[r].copy_from_slice(with);
            return Ok(());
        }
        if r.start == 0 && with.is_empty() && r.end < self.len() {
            // Deleting from the front is what readers of streams do all the time.
            self.check_exports(vm)?;
            let s = self.data();
            s.start.set(s.start.get() + r.end);
            if s.start.get() > self.len() {
                self.resize_with(vm, |_| ())?;
            }
            self.moved();
            return Ok(());
        }
        if with.len() > r.len() {
            self.reserve(vm, with.len() - r.len())?;
        }
        self.resize_with(vm, |data| {
            data.splice(r, with.iter().copied());
        })
    }

    fn reserve(&self, vm: &Vm, more: usize) -> PyResult<()> {
        match self.resize_with(vm, |data| data.try_reserve(more))? {
            Ok(()) => Ok(()),
            Err(_) => Err(vm.memory_error()),
        }
    }

    fn push(&self, vm: &Vm, b: u8) -> PyResult<()> {
        let s = self.data();
        if s.start.get() == 0 && !self.shared() {
            // SAFETY: nobody shares the storage.
            let data = unsafe { &mut *s.data.get() };
            if data.len() < data.capacity() {
                data.push(b);
                self.moved();
                return Ok(());
            }
        }
        self.reserve(vm, 1)?;
        self.resize_with(vm, |data| data.push(b))
    }
}

impl ByteString for ByteArray {
    const NAME: &'static str = "bytearray";

    fn make(_: &Vm, bytes: &[u8]) -> PyResult<Value> {
        Ok(ByteArray::new_from(bytes.to_vec()).value())
    }

    fn part(vm: &Vm, this: Ref<ByteArray>, r: Range<usize>) -> PyResult<Value> {
        ByteArray::make(vm, &this.as_bytes()[r])
    }

    fn contents(&self) -> &[u8] {
        self.as_bytes()
    }

    fn hold(&self) -> Option<Rc<Storage>> {
        Some(self.storage())
    }

    fn separator(vm: &Vm, _: Value, sep: &[u8]) -> PyResult<Value> {
        ByteArray::make(vm, sep)
    }
}

const PARAMS: Params = Params {
    owner: "",
    function: "bytearray",
    names: &["source", "encoding", "errors"],
    pos_only: 0,
    positional: 3,
    required: 0,
    kw_only: 0,
    kw_required: 0,
    varargs: false,
    varkw: false,
};

fn own(this: Value) -> Ref<ByteArray> {
    this.downcast::<ByteArray>().expect("the receiver of a slot")
}

/// `_getbytevalue`
fn byte(vm: &Vm, v: Value) -> PyResult<u8> {
    match vm.index_i128(v)? {
        b @ 0..256 => Ok(b as u8),
        _ => Err(vm.value_error("byte must be in range(0, 256)")),
    }
}

fn init(vm: &Vm, this: Ref<ByteArray>, args: Args) -> PyResult<()> {
    let mut bound = [None; 3];
    PARAMS.bind(vm, args, &mut bound)?;
    let encoding = text_argument(vm, bound[1], "bytearray", "encoding")?;
    let errors = text_argument(vm, bound[2], "bytearray", "errors")?;
    if !this.is_empty() {
        this.resize_with(vm, |data| data.clear())?;
    }
    let Some(x) = bound[0] else {
        if encoding.is_some() || errors.is_some() {
            let which = if encoding.is_some() { "encoding" } else { "errors" };
            raise!(vm, TypeError, "{which} without a string argument")
        }
        return Ok(());
    };
    if let Some(s) = x.downcast::<Str>() {
        if encoding.is_none() {
            return Err(vm.type_error("string argument without an encoding"));
        }
        let encoded = codecs::encode_str(vm, s, encoding, errors)?;
        let encoded = vm.bytes_like(encoded)?;
        return this.resize_with(vm, |data| data.extend_from_slice(&encoded));
    }
    if encoding.is_some() || errors.is_some() {
        let which = if encoding.is_some() { "encoding" } else { "errors" };
        raise!(vm, TypeError, "{which} without a string argument")
    }
    if let Some(n) = count_argument(vm, x)? {
        return match this.resize_with(vm, |data| data.try_reserve_exact(n).map(|()| data.resize(n, 0)))? {
            Ok(()) => Ok(()),
            Err(_) => Err(vm.memory_error()),
        };
    }
    let mut out = vec![];
    collect(vm, x, &mut out, "bytearray")?;
    this.resize_with(vm, |data| data.append(&mut out))
}

/// The position of an int key.
fn position(vm: &Vm, this: Ref<ByteArray>, key: Value) -> PyResult<usize> {
    let i = vm.index_isize(key)?;
    let len = this.len();
    let i = if i < 0 { i + len as isize } else { i };
    match usize::try_from(i) {
        Ok(i) if i < len => Ok(i),
        _ => Err(vm.index_error("bytearray index out of range")),
    }
}

fn assign(vm: &Vm, this: Ref<ByteArray>, key: Value, value: Option<Value>) -> PyResult<()> {
    if key.is_small() || key.class().slots().nb_index.is_some() {
        let i = position(vm, this, key)?;
        return match value {
            None => this.splice(vm, i..i + 1, &[]),
            Some(v) => {
                let b = byte(vm, v)?;
                match this.bytes_mut().get_mut(i) {
                    Some(place) => {
                        *place = b;
                        Ok(())
                    }
                    None => Err(vm.index_error("bytearray index out of range")),
                }
            }
        };
    }
    // The new bytes are fetched before the slice is looked at: that may change the bytearray.
    let new = match value {
        None => vec![],
        Some(v) => {
            let slots = v.class().slots();
            let number = slots.nb_index.is_some() || slots.nb_int.is_some() || slots.nb_float.is_some();
            if v.downcast::<Str>().is_some() || (number && slots.bf_getbuffer.is_none()) {
                raise!(vm, TypeError, "can assign only bytes, buffers, or iterables of ints in range(0, 256)")
            }
            let mut out = vec![];
            collect(vm, v, &mut out, "bytearray")?;
            out
        }
    };
    let Some(bounds) = vm.slice_bounds(key)? else {
        raise!(vm, TypeError, "bytearray indices must be integers or slices, not {}", key.class().name())
    };
    let (start, step, count) = bounds.of(this.len());
    if step == 1 {
        let start = start as usize;
        return this.splice(vm, start..start + count, &new);
    }
    let indices = |count: usize| (0..count as isize).map(move |i| (start + i * step) as usize);
    if new.is_empty() {
        if count == 0 {
            return Ok(());
        }
        return this.resize_with(vm, |data| {
            let (low, high) =
                if step > 0 { (start, step) } else { (start + (count as isize - 1) * step, -step) };
            let (mut i, low, high) = (0, low as usize, high as usize);
            data.retain(|_| {
                let gone = i >= low && (i - low).is_multiple_of(high) && (i - low) / high < count;
                i += 1;
                !gone
            });
        });
    }
    if new.len() != count {
        raise!(
            vm,
            ValueError,
            "attempt to assign bytes of size {} to extended slice of size {count}",
            new.len()
        )
    }
    let data = this.bytes_mut();
    for (i, b) in indices(count).zip(new) {
        data[i] = b;
    }
    Ok(())
}

fn reduce(vm: &Vm, this: Ref<ByteArray>, protocol: i64) -> PyResult<Value> {
    let state = vm.call_method(this.value(), vm.intern_str("__getstate__"), &[])?;
    let b = this.as_bytes();
    let args = if b.is_empty() {
        Tuple::empty()
    } else if protocol < 3 {
        let text = vm.str_of(adder_text::units::Units::One(b))?;
        Tuple::from_slice(vm, &[text, vm.new_str("latin-1")])
    } else {
        let copy = vm.new_bytes(b)?;
        Tuple::from_slice(vm, &[copy])
    };
    Ok(Tuple::from_slice(vm, &[this.value().class().value(), args.value(), state]).value())
}

byte_methods! {
    ByteArray, "bytearray",

    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, _: Args) -> PyResult<Value> {
        let init = ByteArray { h: LongHeader::new(), storage: UnsafeCell::new(Some(Storage::new(vec![]))) };
        Ok(vm.new_instance::<ByteArray>(class, init)?.value())
    }

    #[slot(tp_init)]
    fn init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
        init(vm, own(this), args)
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let mut text = this.class().name().into_bytes();
        text.push(b'(');
        // Unlike in bytes, a single quote is escaped within double quotes, too.
        let shown = adder_text::repr::repr_bytes(own(this).as_bytes());
        match shown[1] {
            b'"' => shown.iter().for_each(|c| text.extend(if *c == b'\'' { &b"\\'"[..] } else { std::slice::from_ref(c) })),
            _ => text.extend(shown),
        }
        text.push(b')');
        Ok(vm.new_str(&String::from_utf8_lossy(&text)))
    }

    #[slot(tp_str)]
    fn str(vm: &Vm, this: Value) -> PyResult<Value> {
        warn_str(vm, "str() on a bytearray instance")?;
        ByteArray::repr(vm, this)
    }

    #[slot(tp_richcompare)]
    fn compare(vm: &Vm, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
        if b.downcast::<Str>().is_some() || a.downcast::<Str>().is_some() {
            if matches!(op, CompareOp::Eq | CompareOp::Ne) {
                warn_str(vm, "Comparison between bytearray and string")?;
            }
            return Ok(not_implemented());
        }
        if a.class().slots().bf_getbuffer.is_none() || b.class().slots().bf_getbuffer.is_none() {
            return Ok(not_implemented());
        }
        let (x, y) = match vm.bytes_like(a).and_then(|x| Ok((x, vm.bytes_like(b)?))) {
            Ok(both) => both,
            Err(raised) => {
                vm.take_exception(raised);
                return Ok(not_implemented());
            }
        };
        Ok(bool_value(op.holds(x[..].cmp(&y[..]))))
    }

    #[slot(tp_iter)]
    fn iter(_: &Vm, this: Value) -> PyResult<Value> {
        Ok(ByteArrayIterator::new(own(this), 0).value())
    }

    #[slot(sq_concat)]
    fn concat(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        let (x, y) = crate::builtins::bytes_methods::concat_operands(vm, a, b)?;
        Ok(ByteArray::new_from([&x[..], &y[..]].concat()).value())
    }

    #[slot(sq_inplace_concat)]
    fn inplace_concat(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        if b.class().slots().bf_getbuffer.is_none() {
            raise!(vm, TypeError, "can't concat {} to {}", b.class().name(), a.class().name())
        }
        let this = own(a);
        if a == b {
            let copy = this.as_bytes().to_vec();
            this.resize_with(vm, |data| data.extend_from_slice(&copy))?;
            return Ok(a);
        }
        let other = vm.bytes_like(b)?;
        this.reserve(vm, other.len())?;
        this.resize_with(vm, |data| data.extend_from_slice(&other))?;
        Ok(a)
    }

    #[slot(sq_repeat)]
    fn repeat(vm: &Vm, this: Value, n: isize) -> PyResult<Value> {
        let s = own(this);
        match adder_text::layout::repeat(adder_text::units::Units::One(s.as_bytes()), n.max(0) as usize) {
            Ok(adder_text::builder::Owned::One(v)) => Ok(ByteArray::new_from(v).value()),
            _ => Err(vm.memory_error()),
        }
    }

    #[slot(sq_inplace_repeat)]
    fn inplace_repeat(vm: &Vm, this: Value, n: isize) -> PyResult<Value> {
        let s = own(this);
        if n == 1 {
            return Ok(this);
        }
        match adder_text::layout::repeat(adder_text::units::Units::One(s.as_bytes()), n.max(0) as usize) {
            Ok(adder_text::builder::Owned::One(v)) => {
                s.resize_with(vm, |data| *data = v)?;
                Ok(this)
            }
            _ => Err(vm.memory_error()),
        }
    }

    #[slot(sq_ass_item)]
    fn set_item(vm: &Vm, this: Value, i: isize, value: Option<Value>) -> PyResult<()> {
        let s = own(this);
        let Some(i) = usize::try_from(i).ok().filter(|i| *i < s.len()) else {
            return Err(vm.index_error("bytearray index out of range"));
        };
        assign(vm, s, Value::from_small(i as i64), value)
    }

    #[slot(mp_subscript)]
    fn subscript(vm: &Vm, this: Value, key: Value) -> PyResult<Value> {
        let s = own(this);
        if key.is_small() || key.class().slots().nb_index.is_some() {
            let i = position(vm, s, key)?;
            return Ok(Value::from_small(s.as_bytes()[i] as i64));
        }
        let Some(bounds) = vm.slice_bounds(key)? else {
            raise!(vm, TypeError, "bytearray indices must be integers or slices, not {}", key.class().name())
        };
        let (start, step, count) = bounds.of(s.len());
        let b = s.as_bytes();
        let taken: Vec<u8> = match step {
            _ if count == 0 => vec![],
            1 => b[start as usize..start as usize + count].to_vec(),
            _ => (0..count as isize).map(|i| b[(start + i * step) as usize]).collect(),
        };
        Ok(ByteArray::new_from(taken).value())
    }

    #[slot(mp_ass_subscript)]
    fn set_subscript(vm: &Vm, this: Value, key: Value, value: Option<Value>) -> PyResult<()> {
        assign(vm, own(this), key, value)
    }

    #[slot(nb_remainder)]
    fn modulo(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        match a.downcast::<ByteArray>() {
            Some(format) => {
                let _held = format.storage();
                Ok(ByteArray::new_from(crate::builtins::printf::bytes_modulo(vm, format.as_bytes(), b)?).value())
            }
            None => Ok(not_implemented()),
        }
    }

    #[slot(bf_getbuffer)]
    fn getbuffer(vm: &Vm, this: Value, wanted: i32) -> PyResult<Buffer> {
        crate::builtins::buffer::check_flags(vm, wanted)?;
        let s = own(this);
        let b = s.as_bytes();
        let (address, len) = (b.as_ptr() as *mut u8, b.len());
        Ok(Buffer::shared(this, address, Layout::of_bytes(len, false), s.storage()))
    }

    #[slot(bf_releasebuffer)]
    fn releasebuffer(_: &Vm, _: Value, buffer: &mut Buffer) {
        buffer.keep = None;
    }

    /// Append a single item to the end of the bytearray.
    ///
    ///   item
    ///     The item to be appended.
    #[pymethod("($self, item, /)")]
    fn append(vm: &Vm, this: Ref<ByteArray>, item: Value) -> PyResult<()> {
        let b = byte(vm, item)?;
        this.push(vm, b)
    }

    /// Remove all items from the bytearray.
    #[pymethod("($self, /)")]
    fn clear(vm: &Vm, this: Ref<ByteArray>) -> PyResult<()> {
        this.resize_with(vm, |data| *data = vec![])
    }

    /// Return a copy of B.
    #[pymethod("($self, /)")]
    fn copy(vm: &Vm, this: Ref<ByteArray>) -> PyResult<Value> {
        ByteArray::make(vm, this.as_bytes())
    }

    /// Append all the items from the iterator or sequence to the end of the bytearray.
    ///
    ///   iterable_of_ints
    ///     The iterable of items to append.
    #[pymethod("($self, iterable_of_ints, /)")]
    fn extend(vm: &Vm, this: Ref<ByteArray>, iterable_of_ints: Value) -> PyResult<()> {
        let mut out = vec![];
        let slots = iterable_of_ints.class().slots();
        if slots.bf_getbuffer.is_none() {
            if slots.tp_iter.is_none() && slots.sq_item.is_none() {
                raise!(vm, TypeError, "can't extend bytearray with {}", iterable_of_ints.class().name())
            }
            if iterable_of_ints.downcast::<Str>().is_some() {
                raise!(vm, TypeError, "expected iterable of integers; got: 'str'")
            }
        }
        // What a buffer gives goes to where the end was before it was asked for.
        let end = this.len();
        collect(vm, iterable_of_ints, &mut out, "bytearray")?;
        if out.is_empty() {
            return Ok(());
        }
        let at = if slots.bf_getbuffer.is_some() { end.min(this.len()) } else { this.len() };
        this.splice(vm, at..at, &out)
    }

    /// Insert a single item into the bytearray before the given index.
    ///
    ///   index
    ///     The index where the value is to be inserted.
    ///   item
    ///     The item to be inserted.
    #[pymethod("($self, index, item, /)")]
    fn insert(vm: &Vm, this: Ref<ByteArray>, index: isize, item: Value) -> PyResult<()> {
        let b = byte(vm, item)?;
        let n = this.len() as isize;
        let i = if index < 0 { (index + n).max(0) } else { index.min(n) } as usize;
        this.splice(vm, i..i, &[b])
    }

    /// Remove and return a single item from B.
    ///
    ///   index
    ///     The index from where to remove the item.
    ///     -1 (the default value) means remove the last item.
    ///
    /// If no index argument is given, will pop the last item.
    #[pymethod("($self, index=-1, /)")]
    fn pop(vm: &Vm, this: Ref<ByteArray>, index: Option<isize>) -> PyResult<Value> {
        let n = this.len() as isize;
        if n == 0 {
            return Err(vm.index_error("pop from empty bytearray"));
        }
        let i = index.unwrap_or(-1);
        let i = if i < 0 { i + n } else { i };
        if i < 0 || i >= n {
            return Err(vm.index_error("pop index out of range"));
        }
        let b = this.as_bytes()[i as usize];
        this.check_exports(vm)?;
        this.splice(vm, i as usize..i as usize + 1, &[])?;
        Ok(Value::from_small(b as i64))
    }

    /// Remove the first occurrence of a value in the bytearray.
    ///
    ///   value
    ///     The value to remove.
    #[pymethod("($self, value, /)")]
    fn remove(vm: &Vm, this: Ref<ByteArray>, value: Value) -> PyResult<()> {
        let b = byte(vm, value)?;
        match this.as_bytes().iter().position(|c| *c == b) {
            Some(i) => this.splice(vm, i..i + 1, &[]),
            None => Err(vm.value_error("value not found in bytearray")),
        }
    }

    /// Resize the internal buffer of bytearray to len.
    ///
    ///   size
    ///     New size to resize to.
    #[pymethod("($self, size, /)")]
    fn resize(vm: &Vm, this: Ref<ByteArray>, size: isize) -> PyResult<()> {
        if size < 0 {
            raise!(vm, ValueError, "bytearray.resize(): new size must be >= 0, got {size}")
        }
        let n = size as usize;
        if n == this.len() {
            return Ok(());
        }
        let more = n.saturating_sub(this.len());
        match this.resize_with(vm, |data| data.try_reserve(more).map(|()| data.resize(n, 0)))? {
            Ok(()) => Ok(()),
            Err(_) => Err(vm.memory_error()),
        }
    }

    /// Reverse the order of the values in B in place.
    #[pymethod("($self, /)")]
    fn reverse(_: &Vm, this: Ref<ByteArray>) {
        this.bytes_mut().reverse()
    }

    /// B.__alloc__() -> int
    ///
    /// Return the number of bytes actually allocated.
    #[pymethod("($self, /)")]
    fn __alloc__(_: &Vm, this: Ref<ByteArray>) -> usize {
        let s = this.data();
        // SAFETY: only looks at the capacity.
        match unsafe { (*s.data.get()).capacity() } {
            0 => 0,
            n => n + 1,
        }
    }

    /// Return state information for pickling.
    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<ByteArray>) -> PyResult<Value> {
        reduce(vm, this, 2)
    }

    /// Return state information for pickling.
    #[pymethod("($self, proto=0, /)")]
    fn __reduce_ex__(vm: &Vm, this: Ref<ByteArray>, proto: Option<i64>) -> PyResult<Value> {
        reduce(vm, this, proto.unwrap_or(0))
    }

    /// Returns the size of the bytearray object in memory, in bytes.
    #[pymethod("($self, /)")]
    fn __sizeof__(vm: &Vm, this: Ref<ByteArray>) -> usize {
        56 + ByteArray::__alloc__(vm, this)
    }
}

#[pyclass(name = "bytearray_iterator", flags = def::DEFAULT | def::DISALLOW_INSTANTIATION)]
#[repr(C)]
pub struct ByteArrayIterator {
    h: LongHeader,
    /// None when exhausted.
    array: Field<Option<Ref<ByteArray>>>,
    index: Cell<usize>,
}

impl ByteArrayIterator {
    pub fn new(array: Ref<ByteArray>, index: usize) -> Ref<ByteArrayIterator> {
        heap::new(
            ByteArrayIterator::shape(),
            ByteArrayIterator {
                h: LongHeader::new(),
                array: Field::new(Some(array)),
                index: Cell::new(index),
            },
        )
    }
}

#[pymethods]
impl ByteArrayIterator {
    #[slot(tp_iter)]
    fn iter(_: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next(_: &Vm, this: Value) -> PyResult<Option<Value>> {
        let it = this.exact::<ByteArrayIterator>().expect("the receiver of a slot");
        let Some(b) = it.array.get() else { return Ok(None) };
        match b.as_bytes().get(it.index.get()) {
            Some(c) => {
                it.index.set(it.index.get() + 1);
                Ok(Some(Value::from_small(*c as i64)))
            }
            None => {
                it.array.set(it, None);
                Ok(None)
            }
        }
    }

    /// Private method returning an estimate of len(list(it)).
    #[pymethod("($self, /)")]
    fn __length_hint__(_: &Vm, this: Ref<ByteArrayIterator>) -> usize {
        this.array.get().map_or(0, |b| b.len().saturating_sub(this.index.get()))
    }

    /// Return state information for pickling.
    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<ByteArrayIterator>) -> PyResult<Value> {
        let iter = vm.builtin("iter")?;
        Ok(match this.array.get() {
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
    fn __setstate__(vm: &Vm, this: Ref<ByteArrayIterator>, object: Value) -> PyResult<()> {
        let i = vm.index_isize(object)?;
        if let Some(b) = this.array.get() {
            this.index.set((i.max(0) as usize).min(b.len()));
        }
        Ok(())
    }
}
