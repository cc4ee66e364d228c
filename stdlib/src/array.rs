//! `array`: sequences of machine numbers.
//!
//! The bytes lie outside the heap, in an `Rc` that buffers share; while somebody else has it, the size stays.
//! Missing: the reconstruction of arrays of other machines (`_array_reconstructor` knows our formats only).

use adder_macros::{pyclass, pymethods, pymodule};
use adder_text::builder::Owned;
use adder_vm::args::Args;
use adder_vm::builtins::buffer::{Buffer, Layout};
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::float::Float;
use adder_vm::builtins::list::List;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::singletons::{none, not_implemented};
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::extension;
use adder_vm::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::slots::CompareOp;
use adder_vm::type_new::ready_class;
use adder_vm::vm::Vm;
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Type code, size, and the format of the struct module.
const KINDS: &[(u8, usize, &str)] = &[
    (b'b', 1, "b"),
    (b'B', 1, "B"),
    (b'u', 4, "w"),
    (b'w', 4, "w"),
    (b'h', 2, "h"),
    (b'H', 2, "H"),
    (b'i', 4, "i"),
    (b'I', 4, "I"),
    (b'l', 8, "l"),
    (b'L', 8, "L"),
    (b'q', 8, "q"),
    (b'Q', 8, "Q"),
    (b'f', 4, "f"),
    (b'd', 8, "d"),
];

/// Returns a new array whose items are restricted by typecode, and
/// initialized from the optional initializer value, which must be a list,
/// string or iterable over elements of the appropriate type.
#[pyclass(name = "array", module = "array", flags = def::BASE | def::SEQUENCE)]
#[repr(C)]
pub struct Array {
    h: LongHeader,
    kind: Cell<usize>,
    data: RefCell<Rc<RefCell<Vec<u8>>>>,
}

fn own(v: Value) -> Ref<Array> {
    v.downcast::<Array>().expect("the receiver is an array")
}

impl Array {
    fn make(vm: &Vm, class: Ref<Type>, kind: usize, data: Vec<u8>) -> PyResult<Ref<Array>> {
        let data = RefCell::new(Rc::new(RefCell::new(data)));
        vm.new_instance(class, Array { h: LongHeader::new(), kind: Cell::new(kind), data })
    }

    fn code(&self) -> u8 {
        KINDS[self.kind.get()].0
    }

    fn size(&self) -> usize {
        KINDS[self.kind.get()].1
    }

    fn bytes(&self) -> Vec<u8> {
        self.data.borrow().borrow().clone()
    }

    fn count(&self) -> usize {
        self.data.borrow().borrow().len() >> self.size().trailing_zeros()
    }

    /// Replaces bytes; BufferError if the size would change while it is shared.
    fn splice(&self, vm: &Vm, start: usize, end: usize, with: &[u8]) -> PyResult<()> {
        let data = self.data.borrow();
        if end - start != with.len() && Rc::strong_count(&data) > 1 {
            return Err(vm.buffer_error("cannot resize an array that is exporting buffers"));
        }
        let mut bytes = data.borrow_mut();
        if end - start == with.len() {
            bytes[start..end].copy_from_slice(with);
        } else {
            bytes.splice(start..end, with.iter().copied());
        }
        Ok(())
    }

    fn item(&self, vm: &Vm, i: usize) -> PyResult<Value> {
        let n = self.size();
        if self.code() == b'd' {
            let mut word = [0u8; 8];
            word.copy_from_slice(&self.data.borrow().borrow()[i * 8..i * 8 + 8]);
            return Ok(vm.float(f64::from_le_bytes(word)));
        }
        let mut word = [0u8; 8];
        word[..n].copy_from_slice(&self.data.borrow().borrow()[i * n..(i + 1) * n]);
        let u = u64::from_le_bytes(word);
        Ok(match self.code() {
            b'b' => vm.int(u as i8 as i64),
            b'h' => vm.int(u as i16 as i64),
            b'i' => vm.int(u as i32 as i64),
            b'l' | b'q' => vm.int(u as i64),
            b'f' => vm.float(f32::from_bits(u as u32) as f64),
            b'd' => vm.float(f64::from_bits(u)),
            b'u' | b'w' => return vm.new_str_owned(Owned::from_code_points([u as u32])),
            _ => vm.new_int(u as i128),
        })
    }

    /// An item as bytes.
    fn pack(&self, vm: &Vm, v: Value) -> PyResult<Vec<u8>> {
        let (code, n) = (self.code(), self.size());
        let word = match code {
            b'f' | b'd' if v.downcast::<Str>().is_some() => {
                raise!(vm, TypeError, "must be real number, not {}", v.class().name())
            }
            b'f' => (vm.to_f64(v)? as f32).to_bits() as u64,
            b'd' => vm.to_f64(v)?.to_bits(),
            b'u' | b'w' => match v.downcast::<Str>() {
                Some(s) if s.len() == 1 => s.char_at(0) as u64,
                Some(s) => raise!(
                    vm,
                    TypeError,
                    "array item must be a unicode character, not a string of length {}",
                    s.len()
                ),
                None => {
                    raise!(vm, TypeError, "array item must be a unicode character, not {}", v.class().name())
                }
            },
            _ => {
                let i = vm.index_i128(v)?;
                let bits = 8 * n as u32;
                let signed = code.is_ascii_lowercase();
                let (low, high) = match signed {
                    true => (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1),
                    false => (0, (1i128 << bits) - 1),
                };
                let name = match code {
                    b'b' => "signed char",
                    b'B' => "unsigned byte integer",
                    b'h' => "signed short integer",
                    b'H' => "unsigned short",
                    b'i' => "signed integer",
                    b'I' => "unsigned int",
                    _ => "",
                };
                if name.is_empty() && !(low..=high).contains(&i) {
                    if !signed && i < 0 {
                        return Err(vm.overflow_error("can't convert negative value to unsigned int"));
                    }
                    return Err(vm.overflow_error("Python int too large to convert to C long"));
                }
                if i < low {
                    raise!(vm, OverflowError, "{name} is less than minimum")
                }
                if i > high {
                    raise!(vm, OverflowError, "{name} is greater than maximum")
                }
                i as u64
            }
        };
        Ok(word.to_le_bytes()[..n].to_vec())
    }

    fn push(&self, vm: &Vm, v: Value) -> PyResult<()> {
        let packed = self.pack(vm, v)?;
        let end = self.count() * self.size();
        self.splice(vm, end, end, &packed)
    }

    /// Appends an array of the same kind or the items of an iterable.
    fn add_all(&self, vm: &Vm, v: Value) -> PyResult<()> {
        let end = self.count() * self.size();
        match v.downcast::<Array>() {
            Some(a) if a.code() != self.code() => {
                Err(vm.type_error("can only extend with array of same kind"))
            }
            Some(a) => self.splice(vm, end, end, &a.bytes()),
            None => vm.iterate(v, &mut |v| self.push(vm, v)),
        }
    }

    fn add_bytes(&self, vm: &Vm, bytes: &[u8]) -> PyResult<()> {
        if bytes.len() % self.size() != 0 {
            return Err(vm.value_error("bytes length not a multiple of item size"));
        }
        let end = self.count() * self.size();
        self.splice(vm, end, end, bytes)
    }

    fn list(&self, vm: &Vm) -> PyResult<Ref<List>> {
        let list = List::new(vm);
        for i in 0..self.count() {
            list.push(vm, self.item(vm, i)?);
        }
        Ok(list)
    }

    fn text(&self, vm: &Vm) -> PyResult<Value> {
        let cps: Vec<u32> =
            self.bytes().chunks_exact(4).map(|c| u32::from_le_bytes([c[0], c[1], c[2], c[3]])).collect();
        vm.new_str_owned(Owned::from_code_points(cps))
    }

    fn at(&self, vm: &Vm, key: Value, what: &str) -> PyResult<usize> {
        let i = if key.is_small() { key.small() as isize } else { vm.index_isize(key)? };
        let n = self.count() as isize;
        let i = if i < 0 { i + n } else { i };
        if i < 0 || i >= n { Err(vm.index_error(what)) } else { Ok(i as usize) }
    }

    fn find(&self, vm: &Vm, v: Value) -> PyResult<Option<usize>> {
        for i in 0..self.count() {
            if i < self.count() && vm.eq(self.item(vm, i)?, v)? {
                return Ok(Some(i));
            }
        }
        Ok(None)
    }
}

#[pymethods]
impl Array {
    #[slot(tp_new)]
    fn construct(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        if class == Array::class() && args.has_keywords() {
            return Err(vm.type_error("array.array() takes no keyword arguments"));
        }
        let pos = args.pos();
        match pos.len() {
            0 => return Err(vm.type_error("array() takes at least 1 argument (0 given)")),
            1 | 2 => {}
            n => raise!(vm, TypeError, "array() takes at most 2 arguments ({n} given)"),
        }
        let code = match pos[0].downcast::<Str>() {
            Some(s) if s.len() == 1 => s.char_at(0),
            Some(s) => raise!(
                vm,
                TypeError,
                "array() argument 1 must be a unicode character, not a string of length {}",
                s.len()
            ),
            None => raise!(
                vm,
                TypeError,
                "array() argument 1 must be a unicode character, not {}",
                pos[0].class().name()
            ),
        };
        let Some(kind) = KINDS.iter().position(|k| k.0 as u32 == code) else {
            return Err(vm.value_error("bad typecode (must be b, B, u, w, h, H, i, I, l, L, q, Q, f or d)"));
        };
        if code == 'u' as u32 {
            vm.warn(
                Exc::DeprecationWarning,
                "The 'u' type code is deprecated and will be removed in Python 3.16",
            )?;
        }
        let a = Array::make(vm, class, kind, vec![])?;
        let Some(init) = pos.get(1).copied() else { return Ok(a.value()) };
        let text = matches!(a.code(), b'u' | b'w');
        if let Some(s) = init.downcast::<Str>() {
            if !text {
                raise!(
                    vm,
                    TypeError,
                    "cannot use a str to initialize an array with typecode '{}'",
                    a.code() as char
                )
            }
            let bytes: Vec<u8> = s.chars().flat_map(|c| c.to_le_bytes()).collect();
            a.add_bytes(vm, &bytes)?;
        } else if let Some(other) = init.downcast::<Array>() {
            if other.code() == a.code() {
                a.add_all(vm, init)?;
            } else {
                vm.iterate(other.list(vm)?.value(), &mut |v| a.push(vm, v))?;
            }
        } else if init.downcast::<adder_vm::builtins::bytes::Bytes>().is_some()
            || init.downcast::<adder_vm::builtins::bytearray::ByteArray>().is_some()
        {
            a.add_bytes(vm, &vm.bytes_like(init)?)?;
        } else {
            a.add_all(vm, init)?;
        }
        Ok(a.value())
    }

    #[slot(tp_init)]
    fn init(_: &Vm, _this: Value, _args: Args) -> PyResult<()> {
        Ok(())
    }

    #[slot(tp_iter)]
    fn iter(_: &Vm, this: Value) -> PyResult<Value> {
        let it = ArrayIterator { h: LongHeader::new(), array: Field::new(Some(this)), index: Cell::new(0) };
        Ok(adder_heap::new(ArrayIterator::shape(), it).value())
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let a = own(this);
        let (name, code) = (this.class().short_name(), a.code() as char);
        if a.count() == 0 {
            return Ok(vm.new_str(&format!("{name}('{code}')")));
        }
        let items = if matches!(code, 'u' | 'w') { a.text(vm)? } else { a.list(vm)?.value() };
        Ok(vm.new_str(&format!("{name}('{code}', {})", vm.repr_string(items)?)))
    }

    #[slot(mp_length, sq_length)]
    fn length(_: &Vm, this: Value) -> PyResult<usize> {
        Ok(own(this).count())
    }

    #[slot(sq_item)]
    fn sq_item(vm: &Vm, this: Value, i: isize) -> PyResult<Value> {
        match usize::try_from(i) {
            Ok(i) if i < own(this).count() => own(this).item(vm, i),
            _ => Err(vm.index_error("array index out of range")),
        }
    }

    #[slot(tp_richcompare)]
    fn compare(vm: &Vm, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
        match (a.downcast::<Array>(), b.downcast::<Array>()) {
            (Some(x), Some(y)) => vm.compare(x.list(vm)?.value(), y.list(vm)?.value(), op),
            _ => Ok(not_implemented()),
        }
    }

    #[slot(sq_contains)]
    fn contains(vm: &Vm, this: Value, v: Value) -> PyResult<bool> {
        Ok(own(this).find(vm, v)?.is_some())
    }

    #[slot(sq_concat)]
    fn concat(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        let (x, y) = match (a.downcast::<Array>(), b.downcast::<Array>()) {
            (Some(x), Some(y)) => (x, y),
            _ => raise!(vm, TypeError, "can only append array (not \"{}\") to array", b.class().name()),
        };
        if x.code() != y.code() {
            return Err(vm.type_error("bad argument type for built-in operation"));
        }
        let mut bytes = x.bytes();
        bytes.extend(y.bytes());
        Ok(Array::make(vm, Array::class(), x.kind.get(), bytes)?.value())
    }

    #[slot(sq_inplace_concat)]
    fn extend_with(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        if b.downcast::<Array>().is_none() {
            raise!(vm, TypeError, "can only extend with array (not \"{}\")", b.class().name())
        }
        own(a).add_all(vm, b)?;
        Ok(a)
    }

    #[slot(sq_repeat)]
    fn repeat(vm: &Vm, this: Value, n: isize) -> PyResult<Value> {
        let (a, n) = (own(this), n.max(0) as usize);
        let bytes = a.bytes();
        if bytes.len().checked_mul(n).is_none_or(|n| adder_text::error::check_room(n).is_err()) {
            return Err(vm.memory_error());
        }
        Ok(Array::make(vm, Array::class(), a.kind.get(), bytes.repeat(n))?.value())
    }

    #[slot(sq_inplace_repeat)]
    fn repeat_in_place(vm: &Vm, this: Value, n: isize) -> PyResult<Value> {
        let (a, n) = (own(this), n.max(0) as usize);
        let bytes = a.bytes();
        if bytes.len().checked_mul(n).is_none_or(|n| adder_text::error::check_room(n).is_err()) {
            return Err(vm.memory_error());
        }
        a.splice(vm, 0, bytes.len(), &bytes.repeat(n))?;
        Ok(this)
    }

    #[slot(mp_subscript)]
    fn get_item(vm: &Vm, this: Value, key: Value) -> PyResult<Value> {
        let a = own(this);
        if key.is_small() {
            return a.item(vm, a.at(vm, key, "array index out of range")?);
        }
        if let Some((start, step, count)) = vm.slice_of(key, a.count())? {
            let (bytes, n) = (a.bytes(), a.size());
            let mut out = Vec::with_capacity(count * n);
            for i in 0..count as isize {
                let at = (start + i * step) as usize * n;
                out.extend_from_slice(&bytes[at..at + n]);
            }
            return Ok(Array::make(vm, Array::class(), a.kind.get(), out)?.value());
        }
        if key.class().slots().nb_index.is_none() {
            return Err(vm.type_error("array indices must be integers"));
        }
        a.item(vm, a.at(vm, key, "array index out of range")?)
    }

    #[slot(mp_ass_subscript)]
    fn set_item(vm: &Vm, this: Value, key: Value, value: Option<Value>) -> PyResult<()> {
        let (a, n) = (own(this), own(this).size());
        if a.code() == b'd'
            && key.is_small()
            && let Some(f) = value.and_then(|v| v.exact::<Float>())
        {
            let i = a.at(vm, key, "array assignment index out of range")?;
            return a.splice(vm, i * n, (i + 1) * n, &f.value.to_le_bytes());
        }
        let Some((start, step, count)) = vm.slice_of(key, a.count())? else {
            if key.class().slots().nb_index.is_none() {
                return Err(vm.type_error("array indices must be integers"));
            }
            let i = a.at(vm, key, "array assignment index out of range")?;
            return match value {
                Some(v) => {
                    let packed = a.pack(vm, v)?;
                    a.splice(vm, i * n, (i + 1) * n, &packed)
                }
                None => a.splice(vm, i * n, (i + 1) * n, &[]),
            };
        };
        let new = match value {
            None => vec![],
            Some(v) => match v.downcast::<Array>() {
                Some(o) if o.code() == a.code() => o.bytes(),
                Some(_) => return Err(vm.type_error("bad argument type for built-in operation")),
                None => {
                    raise!(
                        vm,
                        TypeError,
                        "can only assign array (not \"{}\") to array slice",
                        v.class().name()
                    )
                }
            },
        };
        if step == 1 {
            let start = start as usize * n;
            return a.splice(vm, start, start + count * n, &new);
        }
        if value.is_some() && new.len() != count * n {
            raise!(
                vm,
                ValueError,
                "attempt to assign array of size {} to extended slice of size {count}",
                new.len() / n
            )
        }
        let mut at: Vec<usize> = (0..count as isize).map(|i| (start + i * step) as usize * n).collect();
        if value.is_some() {
            for (i, at) in at.into_iter().enumerate() {
                a.splice(vm, at, at + n, &new[i * n..(i + 1) * n])?;
            }
            return Ok(());
        }
        at.sort();
        for at in at.into_iter().rev() {
            a.splice(vm, at, at + n, &[])?;
        }
        Ok(())
    }

    #[slot(bf_getbuffer)]
    fn getbuffer(_: &Vm, this: Value, _: i32) -> PyResult<Buffer> {
        let a = own(this);
        let data = a.data.borrow().clone();
        let address = data.borrow_mut().as_mut_ptr();
        let len = data.borrow().len();
        let format = Cow::Borrowed(KINDS[a.kind.get()].2.as_bytes());
        Ok(Buffer::shared(this, address, Layout::contiguous(len, a.size(), format, false), data))
    }

    #[slot(bf_releasebuffer)]
    fn releasebuffer(_: &Vm, _: Value, buffer: &mut Buffer) {
        buffer.keep = None;
    }

    /// the typecode character used to create the array
    #[getter]
    fn typecode(_: &Vm, this: Ref<Array>) -> String {
        (this.code() as char).to_string()
    }

    /// the size, in bytes, of one array item
    #[getter]
    fn itemsize(_: &Vm, this: Ref<Array>) -> usize {
        this.size()
    }

    /// Append new value v to the end of the array.
    #[pymethod("($self, v, /)")]
    fn append(vm: &Vm, this: Ref<Array>, v: Value) -> PyResult<()> {
        this.push(vm, v)
    }

    /// Append items to the end of the array.
    #[pymethod("($self, bb, /)")]
    fn extend(vm: &Vm, this: Ref<Array>, bb: Value) -> PyResult<()> {
        this.add_all(vm, bb)
    }

    /// Remove all items from the array.
    #[pymethod("($self, /)")]
    fn clear(vm: &Vm, this: Ref<Array>) -> PyResult<()> {
        this.splice(vm, 0, this.count() * this.size(), &[])
    }

    /// Insert a new item v into the array before position i.
    #[pymethod("($self, i, v, /)")]
    fn insert(vm: &Vm, this: Ref<Array>, i: isize, v: Value) -> PyResult<()> {
        let packed = this.pack(vm, v)?;
        let n = this.count() as isize;
        let at = if i < 0 { (i + n).max(0) } else { i.min(n) } as usize * this.size();
        this.splice(vm, at, at, &packed)
    }

    /// Return the i-th element and delete it from the array.
    ///
    /// i defaults to -1.
    #[pymethod("($self, i=-1, /)")]
    fn pop(vm: &Vm, this: Ref<Array>, i: Option<Value>) -> PyResult<Value> {
        if this.count() == 0 {
            return Err(vm.index_error("pop from empty array"));
        }
        let at = this.at(vm, i.unwrap_or(vm.int(-1)), "pop index out of range")?;
        let item = this.item(vm, at)?;
        this.splice(vm, at * this.size(), (at + 1) * this.size(), &[])?;
        Ok(item)
    }

    /// Remove the first occurrence of v in the array.
    #[pymethod("($self, v, /)")]
    fn remove(vm: &Vm, this: Ref<Array>, v: Value) -> PyResult<()> {
        match this.find(vm, v)? {
            Some(i) => this.splice(vm, i * this.size(), (i + 1) * this.size(), &[]),
            None => Err(vm.value_error("array.remove(x): x not in array")),
        }
    }

    /// Return index of first occurrence of v in the array.
    ///
    /// Raise ValueError if the value is not present.
    #[pymethod("($self, v, start=0, stop=sys.maxsize, /)")]
    fn index(
        vm: &Vm,
        this: Ref<Array>,
        v: Value,
        start: Option<isize>,
        stop: Option<isize>,
    ) -> PyResult<usize> {
        let n = this.count() as isize;
        let clip = |i: isize| if i < 0 { (i + n).max(0) } else { i };
        let (start, stop) = (clip(start.unwrap_or(0)), clip(stop.unwrap_or(isize::MAX)));
        for i in start..stop.min(n) {
            if (i as usize) < this.count() && vm.eq(this.item(vm, i as usize)?, v)? {
                return Ok(i as usize);
            }
        }
        Err(vm.value_error("array.index(x): x not in array"))
    }

    /// Return number of occurrences of v in the array.
    #[pymethod(name = "count", "($self, v, /)")]
    fn count_of(vm: &Vm, this: Ref<Array>, v: Value) -> PyResult<usize> {
        let mut n = 0;
        for i in 0..this.count() {
            n += (i < this.count() && vm.eq(this.item(vm, i)?, v)?) as usize;
        }
        Ok(n)
    }

    /// Reverse the order of the items in the array.
    #[pymethod("($self, /)")]
    fn reverse(vm: &Vm, this: Ref<Array>) -> PyResult<()> {
        let bytes: Vec<u8> = this.bytes().chunks_exact(this.size()).rev().flatten().copied().collect();
        this.splice(vm, 0, bytes.len(), &bytes)
    }

    /// Byteswap all items of the array.
    ///
    /// If the items in the array are not 1, 2, 4, or 8 bytes in size, RuntimeError is
    /// raised.
    #[pymethod("($self, /)")]
    fn byteswap(vm: &Vm, this: Ref<Array>) -> PyResult<()> {
        let bytes: Vec<u8> =
            this.bytes().chunks_exact(this.size()).flat_map(|c| c.iter().rev().copied()).collect();
        this.splice(vm, 0, bytes.len(), &bytes)
    }

    /// Convert array to an ordinary list with the same items.
    #[pymethod("($self, /)")]
    fn tolist(vm: &Vm, this: Ref<Array>) -> PyResult<Value> {
        Ok(this.list(vm)?.value())
    }

    /// Append items to array from list.
    #[pymethod("($self, list, /)")]
    fn fromlist(vm: &Vm, this: Ref<Array>, list: Value) -> PyResult<()> {
        let Some(list) = list.downcast::<List>() else { return Err(vm.type_error("arg must be list")) };
        let before = this.count() * this.size();
        for i in 0..list.len() {
            if let Some(v) = list.try_get(i)
                && let Err(raised) = this.push(vm, v)
            {
                let exc = vm.take_exception(raised);
                this.splice(vm, before, this.count() * this.size(), &[])?;
                return Err(vm.restore(exc));
            }
        }
        Ok(())
    }

    /// Convert the array to an array of machine values and return the bytes representation.
    #[pymethod("($self, /)")]
    fn tobytes(vm: &Vm, this: Ref<Array>) -> PyResult<Value> {
        vm.new_bytes(&this.bytes())
    }

    /// Appends items from the string, interpreting it as an array of machine values, as if it had been read from a file using the fromfile() method.
    #[pymethod("($self, buffer, /)")]
    fn frombytes(vm: &Vm, this: Ref<Array>, buffer: Value) -> PyResult<()> {
        let bytes = vm.bytes_like(buffer)?.to_vec();
        this.add_bytes(vm, &bytes)
    }

    /// Read n objects from the file object f and append them to the end of the array.
    #[pymethod("($self, f, n, /)")]
    fn fromfile(vm: &Vm, this: Ref<Array>, f: Value, n: isize) -> PyResult<()> {
        if n < 0 {
            return Err(vm.value_error("negative count"));
        }
        let wanted = n as usize * this.size();
        let read = vm.call(vm.get_attr_str(f, "read")?, &[vm.int(wanted as i64)])?;
        if read.downcast::<adder_vm::builtins::bytes::Bytes>().is_none() {
            return Err(vm.type_error("read() didn't return bytes"));
        }
        let bytes = vm.bytes_like(read)?.to_vec();
        let short = bytes.len() != wanted;
        this.add_bytes(vm, &bytes)?;
        if short {
            return Err(vm.error(Exc::EOFError, "read() didn't return enough bytes"));
        }
        Ok(())
    }

    /// Write all items (as machine values) to the file object f.
    #[pymethod("($self, f, /)")]
    fn tofile(vm: &Vm, this: Ref<Array>, f: Value) -> PyResult<()> {
        let bytes = vm.new_bytes(&this.bytes())?;
        vm.call(vm.get_attr_str(f, "write")?, &[bytes])?;
        Ok(())
    }

    /// Extends this array with data from the unicode string ustr.
    #[pymethod("($self, ustr, /)")]
    fn fromunicode(vm: &Vm, this: Ref<Array>, ustr: Ref<Str>) -> PyResult<()> {
        if !matches!(this.code(), b'u' | b'w') {
            return Err(
                vm.value_error("fromunicode() may only be called on unicode type arrays ('u' or 'w')")
            );
        }
        let bytes: Vec<u8> = ustr.chars().flat_map(|c| c.to_le_bytes()).collect();
        this.add_bytes(vm, &bytes)
    }

    /// Convert the array to a unicode string.
    #[pymethod("($self, /)")]
    fn tounicode(vm: &Vm, this: Ref<Array>) -> PyResult<Value> {
        if !matches!(this.code(), b'u' | b'w') {
            return Err(vm.value_error("tounicode() may only be called on unicode type arrays ('u' or 'w')"));
        }
        this.text(vm)
    }

    /// Return a tuple (address, length) giving the current memory address and the length in items of the buffer used to hold array's contents.
    #[pymethod("($self, /)")]
    fn buffer_info(vm: &Vm, this: Ref<Array>) -> Value {
        let address = this.data.borrow().borrow().as_ptr() as usize;
        let row = [vm.new_int(address as i128), vm.int(this.count() as i64)];
        Tuple::from_slice(vm, &row).value()
    }

    /// Return a copy of the array.
    #[pymethod("($self, /)")]
    fn __copy__(vm: &Vm, this: Ref<Array>) -> PyResult<Ref<Array>> {
        Array::make(vm, Array::class(), this.kind.get(), this.bytes())
    }

    /// Return a copy of the array.
    #[pymethod("($self, unused, /)")]
    fn __deepcopy__(vm: &Vm, this: Ref<Array>, _unused: Value) -> PyResult<Ref<Array>> {
        Array::__copy__(vm, this)
    }

    /// Return state information for pickling.
    #[pymethod("($self, value, /)")]
    fn __reduce_ex__(vm: &Vm, this: Ref<Array>, _value: Value) -> PyResult<Value> {
        let state = vm.get_attr_opt(this.value(), vm.intern_str("__dict__"))?.unwrap_or(none());
        let code = vm.new_str(&(this.code() as char).to_string());
        let args = Tuple::from_slice(vm, &[code, this.list(vm)?.value()]).value();
        let row = [this.value().class().value(), args, state];
        Ok(Tuple::from_slice(vm, &row).value())
    }

    #[classmethod("($type, object, /)")]
    fn __class_getitem__(vm: &Vm, class: Ref<Type>, object: Value) -> PyResult<Value> {
        vm.call(
            vm.get_attr_str(adder_vm::import::import_module(vm, "types")?, "GenericAlias")?,
            &[class.value(), object],
        )
    }
}

/// This module defines an object type which can efficiently represent
/// an array of basic values: characters, integers, floating-point
/// numbers.
/// What C sees of an array; its resizing in place by C code is not seen here.
#[repr(C)]
struct CStruct {
    head: [u64; 2],
    size: isize,
    items: *mut u8,
    allocated: isize,
    description: *const Description,
    weak: *mut u8,
    exports: isize,
}

/// A type code as C describes it. The functions are not there.
#[repr(C)]
struct Description {
    typecode: u8,
    itemsize: i32,
    functions: [usize; 3],
    format: usize,
    is_integer: i32,
    is_signed: i32,
}

const fn describe(code: u8, size: usize) -> Description {
    Description {
        typecode: code,
        itemsize: size as i32,
        functions: [0; 3],
        format: 0,
        is_integer: !matches!(code, b'u' | b'w' | b'f' | b'd') as i32,
        is_signed: matches!(code, b'b' | b'h' | b'i' | b'l' | b'q' | b'f' | b'd') as i32,
    }
}

static DESCRIPTIONS: [Description; KINDS.len()] = {
    let mut all = [const { describe(0, 0) }; KINDS.len()];
    let mut i = 0;
    while i < KINDS.len() {
        all[i] = describe(KINDS[i].0, KINDS[i].1);
        i += 1;
    }
    all
};

/// # Safety
/// `p` is the C struct of an array.
unsafe fn update_struct(v: Value, p: *mut u8) {
    let a = own(v);
    let data = a.data.borrow();
    let c = p.cast::<CStruct>();
    (*c).size = a.count() as isize;
    (*c).items = data.borrow_mut().as_mut_ptr();
    (*c).allocated = a.count() as isize;
    (*c).description = &DESCRIPTIONS[a.kind.get()];
}

/// Items one by one, also those that are added meanwhile.
#[pyclass(name = "arrayiterator", module = "array", flags = def::DEFAULT | def::DISALLOW_INSTANTIATION)]
#[repr(C)]
pub struct ArrayIterator {
    h: LongHeader,
    /// None when exhausted.
    array: Field<Option<Value>>,
    index: Cell<usize>,
}

#[pymethods]
impl ArrayIterator {
    #[slot(tp_iter)]
    fn iter(_: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        let it = this.exact::<ArrayIterator>().expect("the receiver of a slot");
        let Some(a) = it.array.get().map(own) else { return Ok(None) };
        let i = it.index.get();
        if i >= a.count() {
            it.array.set(it, None);
            return Ok(None);
        }
        it.index.set(i + 1);
        a.item(vm, i).map(Some)
    }

    /// Return state information for pickling.
    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<ArrayIterator>) -> PyResult<Value> {
        let iter = vm.builtin("iter")?;
        let list = [iter, Tuple::from_slice(vm, &[Tuple::empty().value()]).value()];
        Ok(match this.array.get() {
            Some(a) => {
                let args = Tuple::from_slice(vm, &[a]).value();
                Tuple::from_slice(vm, &[iter, args, vm.int(this.index.get() as i64)]).value()
            }
            None => Tuple::from_slice(vm, &list).value(),
        })
    }

    /// Set state information for unpickling.
    #[pymethod("($self, state, /)")]
    fn __setstate__(vm: &Vm, this: Ref<ArrayIterator>, state: Value) -> PyResult<()> {
        if state.class().slots().nb_index.is_none() {
            return Err(vm.type_error("an integer is required"));
        }
        let index = vm.index_isize(state)?.max(0) as usize;
        if let Some(a) = this.array.get().map(own) {
            this.index.set(index.min(a.count()));
        }
        Ok(())
    }
}

#[pymodule]
#[allow(clippy::module_inception)] // The module is what Python calls it.
pub mod array {
    use super::*;

    pub fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        let class = ready_class::<Array>(vm);
        ready_class::<ArrayIterator>(vm);
        // Cython's `cpython.array` reads the struct.
        if extension::native_struct(class).is_none() {
            extension::declare_struct(class, size_of::<CStruct>(), update_struct);
        }
        let class = class.value();
        m.dict().set_str(vm, "array", class);
        m.dict().set_str(vm, "ArrayType", class);
        let codes: String = KINDS.iter().map(|k| k.0 as char).collect();
        m.dict().set_str(vm, "typecodes", vm.new_str(&codes));
        let abc = adder_vm::import::import_module(vm, "collections.abc")?;
        let sequence = vm.get_attr_str(abc, "MutableSequence")?;
        vm.call(vm.get_attr_str(sequence, "register")?, &[class])?;
        Ok(())
    }
}
