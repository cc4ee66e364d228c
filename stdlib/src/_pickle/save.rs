//! Pickling: objects of built-in classes. What others say of themselves is in `reduce.rs`.
//!
//! A pickle is a program for a stack machine. An object that may be met again gets a number in the memo of
//! both sides; containers get it before their contents, so that these may contain them.

use super::buffer::PickleBuffer;
use super::number;
use super::op;
use super::pickler::Pickler;
use super::state::{self, noted, type_name};
use super::writer::FRAME_SIZE;
use adder_text::units::Units;
use adder_vm::builtins::buffer::flags;
use adder_vm::builtins::bytearray::ByteArray;
use adder_vm::builtins::bytes::Bytes;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::float::Float;
use adder_vm::builtins::function::Function;
use adder_vm::builtins::int::BigInt;
use adder_vm::builtins::list::List;
use adder_vm::builtins::set::{FrozenSet, Set};
use adder_vm::builtins::singletons::{as_bool, none};
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::error::PyResult;
use adder_vm::names::names;
use adder_vm::object::{Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;

/// So many items go into a container with one operation.
const BATCH: usize = 1000;

/// One run of a pickler, with what it has looked up.
pub struct Save<'v> {
    pub vm: &'v Vm,
    pub p: Ref<Pickler>,
    pub proto: i64,
    persistent_id: Option<Value>,
    pub reducer_override: Option<Value>,
}

impl<'v> Save<'v> {
    pub fn new(vm: &'v Vm, p: Ref<Pickler>) -> PyResult<Save<'v>> {
        let reducer_override = match p.value().is::<Pickler>() {
            true => None,
            false => vm.get_attr_opt(p.value(), vm.intern_str("reducer_override"))?,
        };
        let persistent_id = Pickler::replaced_persistent_id(vm, p)?;
        Ok(Save { vm, p, proto: p.proto.get(), persistent_id, reducer_override })
    }

    pub fn bin(&self) -> bool {
        self.proto >= 1
    }

    #[inline]
    pub fn put(&self, bytes: &[u8]) {
        self.p.writer.borrow_mut().put(bytes);
    }

    #[inline]
    pub fn put_code(&self, code: u8) {
        self.p.writer.borrow_mut().put_code(code);
    }

    fn put_with(&self, code: u8, operand: &[u8]) {
        let mut w = self.p.writer.borrow_mut();
        w.put_code(code);
        w.put(operand);
    }

    /// A code, a length and data; long data goes to the file by itself, out of the frames.
    fn put_data(&self, code: u8, length: &[u8], data: &[u8], object: Option<Value>) -> PyResult<()> {
        self.put_with(code, length);
        if data.len() < FRAME_SIZE {
            self.put(data);
            return Ok(());
        }
        let header = 1 + length.len();
        {
            let mut w = self.p.writer.borrow_mut();
            w.take_back_and_commit(header);
            w.done.push(code);
            w.done.extend_from_slice(length);
        }
        match self.p.write.get() {
            None => self.p.writer.borrow_mut().done.extend_from_slice(data),
            Some(write) => {
                let object = match object {
                    Some(o) => o,
                    None => self.vm.new_bytes(data)?,
                };
                self.p.flush(self.vm)?;
                self.vm.call(write, &[object])?;
            }
        }
        Ok(())
    }

    pub fn number_of(&self, obj: Value) -> Option<u32> {
        self.p.index.borrow().find(self.p.memo.get(), obj)
    }

    pub fn put_get(&self, number: u32) {
        match number {
            _ if !self.bin() => self.put(format!("g{number}\n").as_bytes()),
            0..256 => self.put(&[op::BINGET, number as u8]),
            _ => self.put_with(op::LONG_BINGET, &number.to_le_bytes()),
        }
    }

    pub fn memoize(&self, obj: Value) {
        if self.p.fast.get() != 0 {
            return;
        }
        let number = self.p.remember(self.vm, obj) as u32;
        match number {
            _ if self.proto >= 4 => self.put_code(op::MEMOIZE),
            _ if !self.bin() => self.put(format!("p{number}\n").as_bytes()),
            0..256 => self.put(&[op::BINPUT, number as u8]),
            _ => self.put_with(op::LONG_BINPUT, &number.to_le_bytes()),
        }
    }

    #[inline]
    pub fn save(&self, obj: Value) -> PyResult<()> {
        self.save_with(obj, true)
    }

    /// Saves any object, and names it in the notes of a failure.
    pub fn save_part(&self, obj: Value, whole: Value, what: &str) -> PyResult<()> {
        noted(self.vm, self.save(obj), || format!("when serializing {} {what}", type_name(self.vm, whole)))
    }

    fn save_item(&self, obj: Value, whole: Value, number: usize) -> PyResult<()> {
        noted(self.vm, self.save(obj), || {
            format!("when serializing {} item {number}", type_name(self.vm, whole))
        })
    }

    fn save_with(&self, obj: Value, ask_for_id: bool) -> PyResult<()> {
        let vm = self.vm;
        if self.p.writer.borrow().frame_is_full() {
            self.p.writer.borrow_mut().commit();
            self.p.flush(vm)?;
        }
        if ask_for_id && let Some(f) = self.persistent_id {
            let id = vm.call(f, &[obj])?;
            if !id.is_none() {
                return self.save_persistent(id);
            }
        }
        if obj.is_small() || obj.is::<BigInt>() {
            self.save_int(obj);
            return Ok(());
        }
        if obj.is_none() {
            self.put_code(op::NONE);
            return Ok(());
        }
        if let Some(b) = as_bool(obj) {
            self.put(match (self.proto >= 2, b) {
                (true, true) => &[op::NEWTRUE],
                (true, false) => &[op::NEWFALSE],
                (false, true) => b"I01\n",
                (false, false) => b"I00\n",
            });
            return Ok(());
        }
        if let Some(f) = obj.exact::<Float>() {
            match self.bin() {
                true => self.put_with(op::BINFLOAT, &f.value.to_be_bytes()),
                false => self.put(format!("F{}\n", vm.repr_string(obj)?).as_bytes()),
            }
            return Ok(());
        }
        if let Some(number) = self.number_of(obj) {
            self.put_get(number);
            return Ok(());
        }
        if let Some(s) = obj.exact::<Str>() {
            return self.save_str(s);
        }
        if obj.is::<Bytes>() {
            return self.save_bytes(obj);
        }
        vm.check_native_stack()?;
        if let Some(d) = obj.exact::<Dict>() {
            return self.save_dict(d);
        }
        if let Some(t) = obj.exact::<Tuple>() {
            return self.save_tuple(t);
        }
        if let Some(l) = obj.exact::<List>() {
            self.put(if self.bin() { &[op::EMPTY_LIST] } else { &[op::MARK, op::LIST] });
            self.memoize(obj);
            return self.append_list(l);
        }
        if obj.is::<Set>() {
            return self.save_set(obj);
        }
        if obj.is::<FrozenSet>() {
            return self.save_frozenset(obj);
        }
        if obj.is::<ByteArray>() {
            return self.save_bytearray(obj);
        }
        if obj.is::<PickleBuffer>() {
            return self.save_buffer(obj);
        }
        if let Some(f) = self.reducer_override {
            let reduced = vm.call(f, &[obj])?;
            if !adder_vm::builtins::singletons::is_not_implemented(reduced) {
                return self.save_reduced(obj, reduced);
            }
        }
        if obj.class() == Type::class() {
            return self.save_type(obj);
        }
        if obj.is::<Function>() {
            return self.save_global(obj, None);
        }
        self.save_other(obj)
    }

    fn save_persistent(&self, id: Value) -> PyResult<()> {
        if self.bin() {
            self.save_with(id, false)?;
            self.put_code(op::BINPERSID);
            return Ok(());
        }
        let text = self.vm.str(id)?;
        match text.as_ascii() {
            Some(t) => self.put(format!("P{t}\n").as_bytes()),
            None => {
                let message = "persistent IDs in protocol 0 must be ASCII strings";
                return Err(state::pickling_error(self.vm, message));
            }
        }
        Ok(())
    }

    fn save_int(&self, v: Value) {
        let short = if v.is_small() { i32::try_from(v.small()).ok() } else { None };
        match short {
            Some(n) if self.bin() => match n {
                0..=0xff => self.put(&[op::BININT1, n as u8]),
                0x100..=0xffff => self.put_with(op::BININT2, &(n as u16).to_le_bytes()),
                _ => self.put_with(op::BININT, &n.to_le_bytes()),
            },
            Some(n) => self.put(format!("I{n}\n").as_bytes()),
            None if self.proto >= 2 => {
                let bytes = number::encode(v);
                match u8::try_from(bytes.len()) {
                    Ok(n) => self.put_with(op::LONG1, &[n]),
                    Err(_) => self.put_with(op::LONG4, &(bytes.len() as u32).to_le_bytes()),
                }
                self.put(&bytes);
            }
            None => {
                let digits = adder_vm::builtins::int::to_ibig(v).to_string();
                self.put(format!("L{digits}L\n").as_bytes());
            }
        }
    }

    fn save_str(&self, s: Ref<Str>) -> PyResult<()> {
        if !self.bin() {
            let mut line = vec![op::UNICODE];
            for c in s.chars() {
                match c {
                    0 | 0x0a | 0x0d | 0x1a | 0x5c => line.extend(format!("\\u{c:04x}").bytes()),
                    0..0x100 => line.push(c as u8),
                    0x100..0x10000 => line.extend(format!("\\u{c:04x}").bytes()),
                    _ => line.extend(format!("\\U{c:08x}").bytes()),
                }
            }
            line.push(b'\n');
            self.put(&line);
        } else if s.is_ascii() {
            self.put_text(s.raw_bytes())?;
        } else {
            self.put_text(&utf8(s.units()))?;
        }
        self.memoize(s.value());
        Ok(())
    }

    fn put_text(&self, text: &[u8]) -> PyResult<()> {
        let n = text.len();
        if n <= 0xff && self.proto >= 4 {
            self.put_data(op::SHORT_BINUNICODE, &[n as u8], text, None)
        } else if n <= 0xffff_ffff {
            self.put_data(op::BINUNICODE, &(n as u32).to_le_bytes(), text, None)
        } else if self.proto >= 4 {
            self.put_data(op::BINUNICODE8, &(n as u64).to_le_bytes(), text, None)
        } else {
            let message = "serializing a string larger than 4 GiB requires pickle protocol 4 or higher";
            Err(self.vm.overflow_error(message))
        }
    }

    /// `bytes` for protocols from 3 on.
    fn put_bytes(&self, data: &[u8], object: Option<Value>) -> PyResult<()> {
        let n = data.len();
        if n <= 0xff {
            self.put_data(op::SHORT_BINBYTES, &[n as u8], data, object)
        } else if n <= 0xffff_ffff {
            self.put_data(op::BINBYTES, &(n as u32).to_le_bytes(), data, object)
        } else if self.proto >= 4 {
            self.put_data(op::BINBYTES8, &(n as u64).to_le_bytes(), data, object)
        } else {
            let message = "serializing a bytes object larger than 4 GiB requires pickle protocol 4 or higher";
            Err(self.vm.overflow_error(message))
        }
    }

    fn put_bytearray(&self, data: &[u8], object: Option<Value>) -> PyResult<()> {
        self.put_data(op::BYTEARRAY8, &(data.len() as u64).to_le_bytes(), data, object)
    }

    fn save_bytes(&self, obj: Value) -> PyResult<()> {
        let vm = self.vm;
        let b = obj.exact::<Bytes>().expect("the class was tested");
        if self.proto >= 3 {
            self.put_bytes(b.as_bytes(), Some(obj))?;
            self.memoize(obj);
            return Ok(());
        }
        if b.is_empty() {
            let nothing = Tuple::empty().value();
            return self.save_reduce(&[Bytes::class().value(), nothing], Some(obj));
        }
        let codecs = adder_vm::import::import_module(vm, "codecs")?;
        let encode = vm.get_attr_str(codecs, "encode")?;
        let text = vm.new_str_units(Units::One(b.as_bytes()))?.value();
        let args = Tuple::from_slice(vm, &[text, vm.intern_str("latin1").value()]).value();
        self.save_reduce(&[encode, args], Some(obj))
    }

    fn save_bytearray(&self, obj: Value) -> PyResult<()> {
        let vm = self.vm;
        let b = obj.exact::<ByteArray>().expect("the class was tested");
        if self.proto >= 5 {
            let data = b.as_bytes().to_vec();
            self.put_bytearray(&data, Some(obj))?;
            self.memoize(obj);
            return Ok(());
        }
        let args = match b.is_empty() {
            true => Tuple::empty().value(),
            false => Tuple::from_slice(vm, &[vm.new_bytes(b.as_bytes())?]).value(),
        };
        self.save_reduce(&[ByteArray::class().value(), args], Some(obj))
    }

    fn save_buffer(&self, obj: Value) -> PyResult<()> {
        let vm = self.vm;
        if self.proto < 5 {
            let message = "PickleBuffer can only be pickled with protocol >= 5";
            return Err(state::pickling_error(vm, message));
        }
        let buffer = vm.get_buffer(obj, flags::FULL_RO)?;
        if !buffer.layout.is_c_contiguous() && !buffer.layout.is_f_contiguous() {
            let message = "PickleBuffer can not be pickled when pointing to a non-contiguous buffer";
            return Err(state::pickling_error(vm, message));
        }
        let readonly = buffer.layout.readonly;
        let in_band = match self.p.buffer_callback.get() {
            None => true,
            Some(f) => {
                let answer = vm.call(f, &[obj])?;
                vm.truth(answer)?
            }
        };
        if !in_band {
            self.put_code(op::NEXT_BUFFER);
            if readonly {
                self.put_code(op::READONLY_BUFFER);
            }
            return Ok(());
        }
        // The memory as it lies there, in whatever order.
        // SAFETY: a contiguous buffer has so many bytes at its address, as long as it is held.
        let data = unsafe { std::slice::from_raw_parts(buffer.address(), buffer.layout.len) }.to_vec();
        drop(buffer);
        match readonly {
            true => self.put_bytes(&data, None)?,
            false => self.put_bytearray(&data, None)?,
        }
        self.memoize(obj);
        Ok(())
    }

    fn save_tuple(&self, t: Ref<Tuple>) -> PyResult<()> {
        let (obj, n) = (t.value(), t.len());
        if n == 0 {
            self.put(if self.bin() { &[op::EMPTY_TUPLE] } else { &[op::MARK, op::TUPLE] });
            return Ok(());
        }
        let short = n <= 3 && self.proto >= 2;
        if !short {
            self.put_code(op::MARK);
        }
        for i in 0..n {
            self.save_item(t.get(i), obj, i)?;
        }
        // The items have contained the tuple: it is in the memo, and the items are thrown away.
        if let Some(number) = self.number_of(obj) {
            match () {
                _ if short => self.put(&[op::POP; 3][..n]),
                _ if self.bin() => self.put_code(op::POP_MARK),
                _ => self.put(&vec![op::POP; n + 1]),
            }
            self.put_get(number);
            return Ok(());
        }
        self.put_code(if short { [op::TUPLE1, op::TUPLE2, op::TUPLE3][n - 1] } else { op::TUPLE });
        self.memoize(obj);
        Ok(())
    }

    /// APPENDS for the items of a list, which may change meanwhile.
    fn append_list(&self, list: Ref<List>) -> PyResult<()> {
        let obj = list.value();
        let mut i = 0;
        if !self.bin() || list.len() == 1 {
            while let Some(item) = list.try_get(i) {
                self.save_item(item, obj, i)?;
                self.put_code(op::APPEND);
                i += 1;
            }
            return Ok(());
        }
        while i < list.len() {
            self.put_code(op::MARK);
            let end = i + BATCH;
            while i < end
                && let Some(item) = list.try_get(i)
            {
                self.save_item(item, obj, i)?;
                i += 1;
            }
            self.put_code(op::APPENDS);
        }
        Ok(())
    }

    /// As `append_list` for the items of an iterator.
    pub fn append_items(&self, items: Value, obj: Value) -> PyResult<()> {
        let vm = self.vm;
        let items = vm.iter(items)?;
        let mut number = 0;
        let mut next = vm.next(items)?;
        while let Some(first) = next {
            next = vm.next(items)?;
            if !self.bin() || next.is_none() {
                self.save_item(first, obj, number)?;
                self.put_code(op::APPEND);
                number += 1;
                continue;
            }
            self.put_code(op::MARK);
            self.save_item(first, obj, number)?;
            let end = number + BATCH;
            number += 1;
            while number < end
                && let Some(item) = next
            {
                self.save_item(item, obj, number)?;
                number += 1;
                next = vm.next(items)?;
            }
            self.put_code(op::APPENDS);
        }
        Ok(())
    }

    fn save_pair(&self, key: Value, value: Value, obj: Value) -> PyResult<()> {
        self.save(key)?;
        let saved = self.save(value);
        if saved.is_ok() {
            return Ok(());
        }
        let vm = self.vm;
        let exc = vm.take_exception(saved.expect_err("a failure"));
        let shown = vm.repr_string(key)?;
        noted(vm, Err(vm.restore(exc)), || format!("when serializing {} item {shown}", type_name(vm, obj)))
    }

    fn save_dict(&self, d: Ref<Dict>) -> PyResult<()> {
        self.put(if self.bin() { &[op::EMPTY_DICT] } else { &[op::MARK, op::DICT] });
        self.memoize(d.value());
        let (len, mut i) = (d.len(), 0);
        let single = !self.bin() || len == 1;
        while i < d.slots() {
            let mut batch = 0;
            while i < d.slots() && batch < BATCH {
                let entry = d.entry(i);
                i += 1;
                let Some((key, value)) = entry else { continue };
                if batch == 0 && !single {
                    self.put_code(op::MARK);
                }
                self.save_pair(key, value, d.value())?;
                if d.len() != len {
                    raise!(self.vm, RuntimeError, "dictionary changed size during iteration")
                }
                match single {
                    true => self.put_code(op::SETITEM),
                    false => batch += 1,
                }
            }
            if batch > 0 {
                self.put_code(op::SETITEMS);
            }
        }
        Ok(())
    }

    /// SETITEMS for the pairs of an iterator.
    pub fn set_items(&self, items: Value, obj: Value) -> PyResult<()> {
        let vm = self.vm;
        let items = vm.iter(items)?;
        let save = |pair: Value| match pair.downcast::<Tuple>().filter(|t| t.len() == 2) {
            Some(t) => self.save_pair(t.get(0), t.get(1), obj),
            None => Err(vm.type_error("dict items iterator must return 2-tuples")),
        };
        let mut next = vm.next(items)?;
        while let Some(first) = next {
            next = vm.next(items)?;
            if !self.bin() || next.is_none() {
                save(first)?;
                self.put_code(op::SETITEM);
                continue;
            }
            self.put_code(op::MARK);
            save(first)?;
            let mut batch = 1;
            while batch < BATCH
                && let Some(pair) = next
            {
                save(pair)?;
                batch += 1;
                next = vm.next(items)?;
            }
            self.put_code(op::SETITEMS);
        }
        Ok(())
    }

    /// The arguments of the constructor: a list of the elements.
    fn save_set_as_list(&self, obj: Value) -> PyResult<()> {
        let vm = self.vm;
        let list = vm.call(List::class().value(), &[obj])?;
        let args = Tuple::from_slice(vm, &[list]).value();
        self.save_reduce(&[obj.class().value(), args], Some(obj))
    }

    fn save_element(&self, obj: Value, whole: Value) -> PyResult<()> {
        self.save_part(obj, whole, "element")
    }

    fn save_set(&self, obj: Value) -> PyResult<()> {
        if self.proto < 4 {
            return self.save_set_as_list(obj);
        }
        self.put_code(op::EMPTY_SET);
        self.memoize(obj);
        let set = obj.exact::<Set>().expect("the class was tested");
        let (len, mut at) = (set.len(), 0);
        let mut batch = 0;
        while let Some((element, _)) = set.next_entry(&mut at) {
            if batch == 0 {
                self.put_code(op::MARK);
            }
            self.save_element(element, obj)?;
            if set.len() != len {
                raise!(self.vm, RuntimeError, "set changed size during iteration")
            }
            batch += 1;
            if batch == BATCH {
                self.put_code(op::ADDITEMS);
                batch = 0;
            }
        }
        if batch > 0 {
            self.put_code(op::ADDITEMS);
        }
        Ok(())
    }

    fn save_frozenset(&self, obj: Value) -> PyResult<()> {
        if self.proto < 4 {
            return self.save_set_as_list(obj);
        }
        let vm = self.vm;
        self.put_code(op::MARK);
        vm.iterate(obj, &mut |element| self.save_element(element, obj))?;
        if let Some(number) = self.number_of(obj) {
            // As in `save_tuple`.
            self.put_code(op::POP_MARK);
            self.put_get(number);
            return Ok(());
        }
        self.put_code(op::FROZENSET);
        self.memoize(obj);
        Ok(())
    }

    fn save_type(&self, obj: Value) -> PyResult<()> {
        use adder_vm::builtins::singletons::{ellipsis, not_implemented};
        for single in [none(), not_implemented(), ellipsis()] {
            if single.class().value() == obj {
                let args = Tuple::from_slice(self.vm, &[single]).value();
                return self.save_reduce(&[Type::class().value(), args], Some(obj));
            }
        }
        self.save_global(obj, None)
    }

    /// Objects of other classes: by `copyreg`, or by what they say of themselves.
    fn save_other(&self, obj: Value) -> PyResult<()> {
        let vm = self.vm;
        let class = obj.class().value();
        let reducer = match self.p.private_table() {
            None => state::copyreg(vm, "dispatch_table")?.get_item(vm, class)?,
            Some(table) => vm.get_item_opt(table, class)?,
        };
        if let Some(f) = reducer {
            let reduced = vm.call(f, &[obj])?;
            return self.save_reduced(obj, reduced);
        }
        if obj.downcast::<Type>().is_some() {
            return self.save_global(obj, None);
        }
        let reduced = match vm.get_attr_opt(obj, names().__reduce_ex__)? {
            Some(f) => vm.call(f, &[vm.int(self.proto)])?,
            None => match vm.get_attr_opt(obj, names().__reduce__)? {
                Some(f) => vm.call(f, &[])?,
                None => {
                    let message = format!("Can't pickle {} object", type_name(vm, obj));
                    return Err(state::pickling_error(vm, &message));
                }
            },
        };
        self.save_reduced(obj, reduced)
    }
}

/// UTF-8 with surrogates as if they were characters ("surrogatepass").
fn utf8(units: Units) -> Vec<u8> {
    let mut out = Vec::with_capacity(units.len() * 2);
    for c in units.iter() {
        match c {
            0..0x80 => out.push(c as u8),
            0x80..0x800 => out.extend([0xc0 | (c >> 6) as u8, 0x80 | (c & 0x3f) as u8]),
            0x800..0x10000 => {
                out.extend([0xe0 | (c >> 12) as u8, 0x80 | (c >> 6 & 0x3f) as u8, 0x80 | (c & 0x3f) as u8])
            }
            _ => out.extend([
                0xf0 | (c >> 18) as u8,
                0x80 | (c >> 12 & 0x3f) as u8,
                0x80 | (c >> 6 & 0x3f) as u8,
                0x80 | (c & 0x3f) as u8,
            ]),
        }
    }
    out
}
