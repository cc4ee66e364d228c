//! Unpickling: executes the program that a pickle is.
//!
//! The stack is one list; marks are positions in it. What a program may not do (take more than there is, let a
//! mark be an operand) raises UnpicklingError.

use super::number;
use super::op;
use super::reader::{Chunk, Reader};
use super::reduce::apply;
use super::state::{self, unpickling_error};
use super::unpickler::{Unpickler, find_class, no_persistent_load};
use adder_vm::builtins::buffer::memoryview_of;
use adder_vm::builtins::bytearray::ByteArray;
use adder_vm::builtins::descr::GetSetDescriptor;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::float::Float;
use adder_vm::builtins::int::Int;
use adder_vm::builtins::list::List;
use adder_vm::builtins::set::Set;
use adder_vm::builtins::singletons::{bool_value, none};
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::{Type, TypeExt};
use adder_vm::codec_run::{Encoding, decode_all};
use adder_vm::error::{PyResult, Raised};
use adder_vm::names::names;
use adder_vm::object::{Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;

pub struct Load<'v> {
    vm: &'v Vm,
    u: Ref<Unpickler>,
    reader: Reader,
    stack: Ref<List>,
    marks: Vec<usize>,
    find_class: Option<Value>,
}

impl<'v> Load<'v> {
    pub fn new(vm: &'v Vm, u: Ref<Unpickler>, reader: Reader) -> PyResult<Load<'v>> {
        let find_class = Unpickler::replaced_find_class(vm, u)?;
        u.proto.set(0);
        Ok(Load { vm, u, reader, stack: List::new(vm), marks: Vec::new(), find_class })
    }

    fn error(&self, message: &str) -> Raised {
        unpickling_error(self.vm, message)
    }

    #[cold]
    fn underflow(&self) -> Raised {
        match self.marks.is_empty() {
            true => self.error("unpickling stack underflow"),
            false => self.error("unexpected MARK found"),
        }
    }

    #[inline]
    fn push(&self, v: Value) {
        self.stack.push(self.vm, v);
    }

    /// Where what may be taken begins.
    #[inline]
    fn fence(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }

    #[inline]
    fn pop(&self) -> PyResult<Value> {
        if self.stack.len() <= self.fence() {
            return Err(self.underflow());
        }
        Ok(self.stack.pop_last().expect("not empty"))
    }

    #[inline]
    fn top(&self) -> PyResult<Value> {
        match self.stack.len() {
            n if n > self.fence() => Ok(self.stack.get(n - 1)),
            _ => Err(self.underflow()),
        }
    }

    fn set_top(&self, v: Value) {
        self.stack.set(self.stack.len() - 1, v);
    }

    /// The position of the last mark, which is taken away.
    fn mark(&mut self) -> PyResult<usize> {
        match self.marks.pop() {
            Some(at) => Ok(at),
            None => Err(self.error("could not find MARK")),
        }
    }

    /// As `mark`; what an operation on what lies below it needs is there.
    fn mark_above_one(&mut self) -> PyResult<usize> {
        let at = self.mark()?;
        if at <= self.fence() {
            return Err(self.underflow());
        }
        Ok(at)
    }

    /// Takes what lies behind a position, as a tuple.
    fn pop_tuple(&self, from: usize) -> Ref<Tuple> {
        let t = Tuple::from_slice(self.vm, &self.stack.items()[from..]);
        self.stack.remove_range(from, self.stack.len());
        t
    }

    fn fixed<const N: usize>(&mut self) -> PyResult<[u8; N]> {
        let chunk = self.reader.read(self.vm, N)?;
        Ok(chunk.data().try_into().expect("so many were read"))
    }

    fn byte(&mut self) -> PyResult<usize> {
        Ok(self.fixed::<1>()?[0] as usize)
    }

    fn word(&mut self) -> PyResult<usize> {
        Ok(u32::from_le_bytes(self.fixed()?) as usize)
    }

    /// A length of eight bytes.
    fn length(&mut self, what: &str) -> PyResult<usize> {
        let n = u64::from_le_bytes(self.fixed()?);
        if n > isize::MAX as u64 {
            let most = isize::MAX;
            raise!(self.vm, OverflowError, "{what} exceeds system's maximum size of {most} bytes")
        }
        Ok(n as usize)
    }

    /// A length of four bytes that may not be negative.
    fn signed_length(&mut self, what: &str) -> PyResult<usize> {
        match usize::try_from(i32::from_le_bytes(self.fixed()?)) {
            Ok(n) => Ok(n),
            Err(_) => Err(self.error(&format!("{what} pickle has negative byte count"))),
        }
    }

    fn text(&mut self, n: usize) -> PyResult<()> {
        let vm = self.vm;
        let chunk = self.reader.read(vm, n)?;
        let data = chunk.data();
        let s = match data.is_ascii() {
            true => Str::from_ascii(data).map(|s| s.value()).ok_or_else(|| vm.memory_error())?,
            false => decode_all(vm, Encoding::Utf8, data, Some(vm.intern_str("surrogatepass")))?,
        };
        self.push(s);
        Ok(())
    }

    fn bytes(&mut self, n: usize) -> PyResult<()> {
        let chunk = self.reader.read(self.vm, n)?;
        self.push(chunk.object(self.vm)?);
        Ok(())
    }

    /// A string of Python 2.
    fn old_string(&mut self, bytes: Value) -> PyResult<()> {
        let vm = self.vm;
        let encoding = self.u.encoding.get().unwrap_or_else(|| vm.intern_str("ASCII"));
        let v = match encoding.eq_str("bytes") {
            true => bytes,
            false => {
                let errors = self.u.errors.get().unwrap_or_else(|| vm.intern_str("strict"));
                vm.call_method(bytes, names().decode, &[encoding.value(), errors.value()])?
            }
        };
        self.push(v);
        Ok(())
    }

    fn line(&mut self) -> PyResult<Chunk> {
        self.reader.line(self.vm)
    }

    /// A line of UTF-8.
    fn name(&mut self) -> PyResult<Ref<Str>> {
        let line = self.line()?;
        let v = decode_all(self.vm, Encoding::Utf8, line.data(), None)?;
        Ok(v.downcast::<Str>().expect("decoding gives a str"))
    }

    /// The number that a line shows.
    fn line_number(&mut self) -> PyResult<Value> {
        let line = self.line()?.object(self.vm)?;
        self.vm.call(Int::class().value(), &[line])
    }

    fn get(&mut self, number: usize) -> PyResult<()> {
        match Unpickler::remembered(self.vm, self.u, number)? {
            Some(v) => self.push(v),
            None => return Err(self.error(&format!("Memo value not found at index {number}"))),
        }
        Ok(())
    }

    fn put(&mut self, number: usize) -> PyResult<()> {
        if self.stack.len() <= self.fence() {
            return Err(self.underflow());
        }
        Unpickler::remember(self.vm, self.u, number, self.top()?)
    }

    fn global(&mut self, module: Ref<Str>, name: Ref<Str>) -> PyResult<Value> {
        match self.find_class {
            Some(f) => self.vm.call(f, &[module.value(), name.value()]),
            None => find_class(self.vm, self.u, module, name),
        }
    }

    fn persistent(&mut self, id: Value) -> PyResult<()> {
        let vm = self.vm;
        let v = match Unpickler::replaced_persistent_load(vm, self.u)? {
            Some(f) => vm.call(f, &[id])?,
            None => return Err(no_persistent_load(vm)),
        };
        self.push(v);
        Ok(())
    }

    /// Executes all of the pickle; gives the object.
    pub fn run(mut self) -> PyResult<Value> {
        let vm = self.vm;
        loop {
            let Some(code) = self.reader.code(vm)? else { raise!(vm, EOFError, "Ran out of input") };
            if code == op::STOP {
                return self.pop();
            }
            self.step(code)?;
        }
    }

    fn step(&mut self, code: u8) -> PyResult<()> {
        let vm = self.vm;
        match code {
            op::NONE => self.push(none()),
            op::NEWTRUE => self.push(bool_value(true)),
            op::NEWFALSE => self.push(bool_value(false)),
            op::BININT => {
                let n = i32::from_le_bytes(self.fixed()?);
                self.push(vm.int(n as i64));
            }
            op::BININT1 => {
                let n = self.byte()?;
                self.push(vm.int(n as i64));
            }
            op::BININT2 => {
                let n = u16::from_le_bytes(self.fixed()?);
                self.push(vm.int(n as i64));
            }
            op::LONG1 => {
                let n = self.byte()?;
                let chunk = self.reader.read(vm, n)?;
                self.push(number::decode(vm, chunk.data())?);
            }
            op::LONG4 => {
                let n = self.signed_length("LONG")?;
                let chunk = self.reader.read(vm, n)?;
                self.push(number::decode(vm, chunk.data())?);
            }
            op::BINFLOAT => {
                let x = f64::from_be_bytes(self.fixed()?);
                self.push(vm.float(x));
            }
            op::SHORT_BINUNICODE => {
                let n = self.byte()?;
                self.text(n)?;
            }
            op::BINUNICODE => {
                let n = self.word()?;
                self.text(n)?;
            }
            op::BINUNICODE8 => {
                let n = self.length("BINUNICODE8")?;
                self.text(n)?;
            }
            op::SHORT_BINBYTES => {
                let n = self.byte()?;
                self.bytes(n)?;
            }
            op::BINBYTES => {
                let n = self.word()?;
                self.bytes(n)?;
            }
            op::BINBYTES8 => {
                let n = self.length("BINBYTES8")?;
                self.bytes(n)?;
            }
            op::MEMOIZE => self.put(self.u.memo_len())?,
            op::BINPUT => {
                let n = self.byte()?;
                self.put(n)?;
            }
            op::LONG_BINPUT => {
                let n = self.word()?;
                self.put(n)?;
            }
            op::BINGET => {
                let n = self.byte()?;
                self.get(n)?;
            }
            op::LONG_BINGET => {
                let n = self.word()?;
                self.get(n)?;
            }
            op::MARK => self.marks.push(self.stack.len()),
            op::EMPTY_DICT => self.push(Dict::new(vm).value()),
            op::EMPTY_LIST => self.push(List::new(vm).value()),
            op::EMPTY_TUPLE => self.push(Tuple::empty().value()),
            op::EMPTY_SET => self.push(Set::new(vm).value()),
            op::TUPLE => {
                let at = self.mark()?;
                let t = self.pop_tuple(at);
                self.push(t.value());
            }
            op::TUPLE1 | op::TUPLE2 | op::TUPLE3 => {
                let n = (code - op::TUPLE1 + 1) as usize;
                if self.stack.len() < self.fence() + n {
                    return Err(self.underflow());
                }
                let t = self.pop_tuple(self.stack.len() - n);
                self.push(t.value());
            }
            op::APPEND => {
                let v = self.pop()?;
                let target = self.top()?;
                match target.exact::<List>() {
                    Some(l) => l.push(vm, v),
                    None => drop(vm.call_method(target, names().append, &[v])?),
                }
            }
            op::APPENDS => {
                let at = self.mark_above_one()?;
                self.append_from(at)?;
            }
            op::SETITEM => {
                let (value, key) = (self.pop()?, self.pop()?);
                set_item(vm, self.top()?, key, value)?;
            }
            op::SETITEMS => {
                let at = self.mark_above_one()?;
                if (self.stack.len() - at) % 2 != 0 {
                    return Err(self.error("odd number of items for SETITEMS"));
                }
                let target = self.stack.get(at - 1);
                for i in (at..self.stack.len()).step_by(2) {
                    set_item(vm, target, self.stack.get(i), self.stack.get(i + 1))?;
                }
                self.stack.remove_range(at, self.stack.len());
            }
            op::ADDITEMS => {
                let at = self.mark_above_one()?;
                let target = self.stack.get(at - 1);
                match target.downcast::<Set>() {
                    Some(set) => {
                        for i in at..self.stack.len() {
                            set.add(vm, self.stack.get(i))?;
                        }
                    }
                    None => {
                        let add = vm.get_attr(target, names().add)?;
                        for i in at..self.stack.len() {
                            vm.call(add, &[self.stack.get(i)])?;
                        }
                    }
                }
                self.stack.remove_range(at, self.stack.len());
            }
            op::FROZENSET => {
                let at = self.mark()?;
                let items = self.pop_tuple(at);
                self.push(vm.frozenset_from(items.items())?);
            }
            op::LIST => {
                let at = self.mark()?;
                let items = self.pop_tuple(at);
                self.push(List::from_slice(vm, items.items()).value());
            }
            op::DICT => {
                let at = self.mark()?;
                if (self.stack.len() - at) % 2 != 0 {
                    return Err(self.error("odd number of items for DICT"));
                }
                let (items, d) = (self.pop_tuple(at), Dict::new(vm));
                for pair in items.items().chunks(2) {
                    d.set_item(vm, pair[0], pair[1])?;
                }
                self.push(d.value());
            }
            op::POP => {
                // A mark can be thrown away, too.
                if self.marks.last() == Some(&self.stack.len()) {
                    self.marks.pop();
                } else {
                    self.pop()?;
                }
            }
            op::POP_MARK => {
                let at = self.mark()?;
                self.stack.remove_range(at, self.stack.len());
            }
            op::DUP => self.push(self.top()?),
            op::STACK_GLOBAL => {
                let (name, module) = (self.pop()?, self.pop()?);
                let (Some(name), Some(module)) = (name.exact::<Str>(), module.exact::<Str>()) else {
                    return Err(self.error("STACK_GLOBAL requires str"));
                };
                let v = self.global(module, name)?;
                self.push(v);
            }
            op::GLOBAL => {
                let (module, name) = (self.name()?, self.name()?);
                let v = self.global(module, name)?;
                self.push(v);
            }
            op::REDUCE => {
                let (args, func) = (self.pop()?, self.top()?);
                let Some(args) = args.downcast::<Tuple>() else {
                    return Err(vm.type_error("argument list must be a tuple"));
                };
                self.set_top(vm.call(func, args.items())?);
            }
            op::NEWOBJ => {
                let (args, class) = (self.pop()?, self.pop()?);
                self.new_object(class, args, None)?;
            }
            op::NEWOBJ_EX => {
                let (keywords, args, class) = (self.pop()?, self.pop()?, self.pop()?);
                self.new_object(class, args, Some(keywords))?;
            }
            op::BUILD => self.build()?,
            op::PROTO => {
                let proto = self.byte()? as i64;
                if proto > op::HIGHEST_PROTOCOL {
                    raise!(vm, ValueError, "unsupported pickle protocol: {proto}")
                }
                self.u.proto.set(proto);
            }
            op::FRAME => {
                let n = self.length("FRAME length")?;
                self.reader.frame(vm, n)?;
            }
            _ => self.rare_step(code)?,
        }
        Ok(())
    }

    fn rare_step(&mut self, code: u8) -> PyResult<()> {
        let vm = self.vm;
        match code {
            op::BYTEARRAY8 => {
                let n = self.length("BYTEARRAY8")?;
                let chunk = self.reader.read(vm, n)?;
                self.push(ByteArray::new_from(chunk.data().to_vec()).value());
            }
            op::NEXT_BUFFER => {
                let Some(buffers) = self.u.buffers.get() else {
                    return Err(self.error(
                        "pickle stream refers to out-of-band data but no *buffers* argument was given",
                    ));
                };
                match vm.next(buffers)? {
                    Some(b) => self.push(b),
                    None => return Err(self.error("not enough out-of-band buffers")),
                }
            }
            op::READONLY_BUFFER => {
                let v = self.top()?;
                let mut buffer = vm.get_buffer(v, adder_vm::builtins::buffer::flags::FULL_RO)?;
                if !buffer.layout.readonly {
                    buffer.layout.readonly = true;
                    self.set_top(memoryview_of(vm, buffer)?);
                }
            }
            op::INT => {
                let line = self.line()?;
                let v = match line.data() {
                    b"00" => bool_value(false),
                    b"01" => bool_value(true),
                    _ => match vm.call(Int::class().value(), &[line.object(vm)?]) {
                        Ok(v) => v,
                        Err(raised) => {
                            vm.swallow(raised, Exc::ValueError)?;
                            return Err(vm.value_error("could not convert string to int"));
                        }
                    },
                };
                self.push(v);
            }
            op::LONG => {
                let line = self.line()?;
                let digits = line.data().strip_suffix(b"L").unwrap_or(line.data());
                let digits = vm.new_bytes(digits)?;
                self.push(vm.call(Int::class().value(), &[digits])?);
            }
            op::FLOAT => {
                let line = self.line()?.object(vm)?;
                self.push(vm.call(Float::class().value(), &[line])?);
            }
            op::STRING => {
                let line = self.line()?;
                let data = line.data();
                let inner = match data {
                    [a @ (b'"' | b'\''), inner @ .., b] if a == b => vm.new_bytes(inner)?,
                    _ => return Err(self.error("the STRING opcode argument must be quoted")),
                };
                let codecs = adder_vm::import::import_module(vm, "_codecs")?;
                let decoded = vm.call(vm.get_attr_str(codecs, "escape_decode")?, &[inner])?;
                let decoded = vm.get_item(decoded, vm.int(0))?;
                self.old_string(decoded)?;
            }
            op::BINSTRING => {
                let n = self.signed_length("BINSTRING")?;
                let bytes = self.reader.read(vm, n)?.object(vm)?;
                self.old_string(bytes)?;
            }
            op::SHORT_BINSTRING => {
                let n = self.byte()?;
                let bytes = self.reader.read(vm, n)?.object(vm)?;
                self.old_string(bytes)?;
            }
            op::UNICODE => {
                let line = self.line()?.object(vm)?;
                let encoding = vm.new_str("raw-unicode-escape");
                self.push(vm.call_method(line, names().decode, &[encoding])?);
            }
            op::PERSID => {
                let line = self.line()?;
                if !line.data().is_ascii() {
                    return Err(self.error("persistent IDs in protocol 0 must be ASCII strings"));
                }
                let id = vm.new_str(&String::from_utf8_lossy(line.data()));
                self.persistent(id)?;
            }
            op::BINPERSID => {
                let id = self.pop()?;
                self.persistent(id)?;
            }
            op::GET => {
                let number = self.line_number()?;
                match usize::try_from(vm.index_i128(number)?) {
                    Ok(n) => self.get(n)?,
                    Err(_) => {
                        let shown = vm.repr_string(number)?;
                        return Err(self.error(&format!("Memo value not found at index {shown}")));
                    }
                }
            }
            op::PUT => {
                let number = self.line_number()?;
                match isize::try_from(vm.index_i128(number)?) {
                    Ok(n) if n >= 0 => self.put(n as usize)?,
                    _ => return Err(vm.value_error("negative PUT argument")),
                }
            }
            op::INST => {
                let (module, name) = (self.name()?, self.name()?);
                let class = self.global(module, name)?;
                let at = self.mark()?;
                let args = self.pop_tuple(at);
                self.push(instantiate(vm, class, args)?);
            }
            op::OBJ => {
                let at = self.mark()?;
                if at >= self.stack.len() {
                    return Err(self.underflow());
                }
                let args = self.pop_tuple(at + 1);
                let class = self.stack.pop_last().expect("not empty");
                self.push(instantiate(vm, class, args)?);
            }
            op::EXT1 => {
                let code = self.byte()?;
                self.extension(code as i64)?;
            }
            op::EXT2 => {
                let code = u16::from_le_bytes(self.fixed()?);
                self.extension(code as i64)?;
            }
            op::EXT4 => {
                let code = i32::from_le_bytes(self.fixed()?);
                self.extension(code as i64)?;
            }
            _ => {
                let shown = match code {
                    0x20..=0x7e if code != b'\'' && code != b'\\' => format!("{}", code as char),
                    _ => format!("\\x{code:02x}"),
                };
                return Err(self.error(&format!("invalid load key, '{shown}'.")));
            }
        }
        Ok(())
    }

    /// Appends what lies behind a position to what lies below.
    fn append_from(&mut self, at: usize) -> PyResult<()> {
        let vm = self.vm;
        let target = self.stack.get(at - 1);
        if let Some(l) = target.exact::<List>() {
            l.extend_slice(vm, &self.stack.items()[at..])?;
            self.stack.remove_range(at, self.stack.len());
            return Ok(());
        }
        match vm.get_attr_opt(target, vm.intern_str("extend"))? {
            Some(extend) => {
                let items = List::from_slice(vm, &self.stack.items()[at..]).value();
                vm.call(extend, &[items])?;
            }
            None => {
                let append = vm.get_attr(target, names().append)?;
                for i in at..self.stack.len() {
                    vm.call(append, &[self.stack.get(i)])?;
                }
            }
        }
        self.stack.remove_range(at, self.stack.len());
        Ok(())
    }

    /// `class.__new__(class, *args, **keywords)`
    fn new_object(&mut self, class: Value, args: Value, keywords: Option<Value>) -> PyResult<()> {
        let vm = self.vm;
        let which = if keywords.is_some() { "NEWOBJ_EX" } else { "NEWOBJ" };
        let Some(t) = class.downcast::<Type>() else {
            let given = class.class().full_name(vm);
            return Err(self.error(&format!("{which} class argument must be a type, not {given}")));
        };
        let Some(args) = args.downcast::<Tuple>() else {
            let given = args.class().full_name(vm);
            return Err(self.error(&format!("{which} args argument must be a tuple, not {given}")));
        };
        if keywords.is_some_and(|k| k.downcast::<Dict>().is_none()) {
            let given = keywords.expect("it is not a dict").class().full_name(vm);
            return Err(self.error(&format!("{which} kwargs argument must be a dict, not {given}")));
        }
        let v = match (t.slots().tp_new, keywords.and_then(|k| k.downcast::<Dict>())) {
            (None, _) => {
                let name = t.name();
                return Err(self.error(&format!("{which} class argument '{name}' does not have __new__")));
            }
            (Some(new), None) => new(vm, t, adder_vm::args::Args::positional(args.items()))?,
            (Some(_), Some(keywords)) => {
                let new = vm.get_attr(class, names().__new__)?;
                let values = List::from_slice(vm, &[class]);
                values.extend_slice(vm, args.items())?;
                apply(vm, new, values, keywords.value())?
            }
        };
        self.push(v);
        Ok(())
    }

    fn extension(&mut self, code: i64) -> PyResult<()> {
        let vm = self.vm;
        let (cache, key) = (state::copyreg(vm, "_extension_cache")?, vm.int(code));
        if let Some(v) = cache.get_item(vm, key)? {
            self.push(v);
            return Ok(());
        }
        let pair = match state::copyreg(vm, "_inverted_registry")?.get_item(vm, key)? {
            Some(pair) => pair.downcast::<Tuple>().filter(|t| t.len() == 2),
            None if code <= 0 => return Err(self.error("EXT specifies code <= 0")),
            None => raise!(vm, ValueError, "unregistered extension code {code}"),
        };
        let names = pair.map(|t| (t.get(0).downcast::<Str>(), t.get(1).downcast::<Str>()));
        let Some((Some(module), Some(name))) = names else {
            return Err(vm.value_error(format!("_inverted_registry[{code}] isn't a 2-tuple of strings")));
        };
        let v = self.global(module, name)?;
        cache.set_item(vm, key, v)?;
        self.push(v);
        Ok(())
    }

    /// Gives an object its state.
    fn build(&mut self) -> PyResult<()> {
        let vm = self.vm;
        let (mut state, obj) = (self.pop()?, self.top()?);
        if let Some(set) = vm.get_attr_opt(obj, names().__setstate__)? {
            vm.call(set, &[state])?;
            return Ok(());
        }
        let mut slots = none();
        if let Some(t) = state.downcast::<Tuple>()
            && t.len() == 2
        {
            (state, slots) = (t.get(0), t.get(1));
        }
        if !state.is_none() {
            let Some(state) = state.downcast::<Dict>() else {
                return Err(self.error("state is not a dictionary"));
            };
            set_attributes(vm, obj, state)?;
        }
        if !slots.is_none() {
            let Some(slots) = slots.downcast::<Dict>() else {
                return Err(self.error("slot state is not a dictionary"));
            };
            for i in 0..slots.slots() {
                let Some((name, value)) = slots.entry(i) else { continue };
                match name.downcast::<Str>() {
                    Some(name) => vm.set_attr(obj, name, value)?,
                    None => return Err(vm.type_error("attribute name must be string")),
                }
            }
        }
        Ok(())
    }
}

fn set_item(vm: &Vm, target: Value, key: Value, value: Value) -> PyResult<()> {
    match target.exact::<Dict>() {
        Some(d) => d.set_item(vm, key, value),
        None => vm.set_item(target, key, value),
    }
}

/// `obj.__dict__.update(state)`, with interned names; instances without a dict of their own stay so.
fn set_attributes(vm: &Vm, obj: Value, state: Ref<Dict>) -> PyResult<()> {
    let own = obj.class().lookup(vm, names().__dict__).is_some_and(|d| d.is::<GetSetDescriptor>())
        && vm.has_instance_dict(obj);
    let dict = if own { none() } else { vm.get_attr(obj, names().__dict__)? };
    for i in 0..state.slots() {
        let Some((name, value)) = state.entry(i) else { continue };
        match name.exact::<Str>().map(|n| vm.intern_ref(n)) {
            Some(name) if own => drop(vm.instance_set(obj, name, value)?),
            Some(name) => set_item(vm, dict, name.value(), value)?,
            None => {
                let dict = vm.get_attr(obj, names().__dict__)?;
                set_item(vm, dict, name, value)?;
            }
        }
    }
    Ok(())
}

/// An object of a class of old: only one without arguments is made without `__init__`.
fn instantiate(vm: &Vm, class: Value, args: Ref<Tuple>) -> PyResult<Value> {
    if args.is_empty()
        && let Some(t) = class.downcast::<Type>()
        && vm.get_attr_opt(class, vm.intern_str("__getinitargs__"))?.is_none()
        && let Some(new) = t.slots().tp_new
    {
        return new(vm, t, adder_vm::args::Args::none());
    }
    vm.call(class, args.items())
}
