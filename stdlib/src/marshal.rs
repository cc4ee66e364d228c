//! `marshal`: CPython 3.14's format (version 5), for `.pyc` files.

use adder_macros::pymodule;
use adder_vm::builtins::code::{Code, Plain};
use adder_vm::builtins::complex_::Complex;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::float::Float;
use adder_vm::builtins::int::to_ibig;
use adder_vm::builtins::list::List;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::singletons::{as_bool, bool_value, ellipsis, none};
use adder_vm::builtins::slice_::Slice;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;

const FLAG_REF: u8 = 0x80;
const MAX_DEPTH: usize = 2000;

/// This module contains functions that can read and write Python values in
/// a binary format.
#[pymodule]
pub mod marshal {
    use super::*;

    /// Return the bytes object that would be written to a file by dump(value, file).
    #[pyfunction("($module, value, version=5, /, *, allow_code=True)")]
    fn dumps(vm: &Vm, value: Value, version: Option<i32>, allow_code: Option<bool>) -> PyResult<Value> {
        let mut w = Writer { vm, out: vec![], allow_code: allow_code != Some(false) };
        let _ = version;
        w.write(value, 0)?;
        vm.new_bytes(&w.out)
    }

    /// Convert the bytes-like object to a value.
    #[pyfunction("($module, bytes, /, *, allow_code=True)")]
    fn loads(vm: &Vm, bytes: Value, allow_code: Option<bool>) -> PyResult<Value> {
        let Some(data) = vm.buffer_bytes(bytes)? else {
            raise!(vm, TypeError, "a bytes-like object is required, not '{}'", bytes.class().name())
        };
        let mut r =
            Reader { vm, data: &data, at: 0, refs: List::new(vm), allow_code: allow_code != Some(false) };
        r.read(0)
    }

    /// Write the value on the open file.
    #[pyfunction("($module, value, file, version=5, /, *, allow_code=True)")]
    fn dump(
        vm: &Vm,
        value: Value,
        file: Value,
        version: Option<i32>,
        allow_code: Option<bool>,
    ) -> PyResult<Value> {
        let data = dumps(vm, value, version, allow_code)?;
        vm.call_method(file, vm.intern_str("write"), &[data])
    }

    /// Read one value from the open file and return it.
    #[pyfunction("($module, file, /, *, allow_code=True)")]
    fn load(vm: &Vm, file: Value, allow_code: Option<bool>) -> PyResult<Value> {
        let data = vm.call_method(file, vm.intern_str("read"), &[])?;
        loads(vm, data, allow_code)
    }

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        m.dict().set_str(vm, "version", vm.int(5));
        Ok(())
    }
}

/// The object that the data describes.
pub fn read(vm: &Vm, data: &[u8]) -> PyResult<Value> {
    Reader { vm, data, at: 0, refs: List::new(vm), allow_code: true }.read(0)
}

/// The object as data.
pub fn write(vm: &Vm, value: Value) -> PyResult<Vec<u8>> {
    let mut w = Writer { vm, out: vec![], allow_code: true };
    w.write(value, 0)?;
    Ok(w.out)
}

struct Writer<'a> {
    vm: &'a Vm,
    out: Vec<u8>,
    allow_code: bool,
}

impl Writer<'_> {
    fn long(&mut self, n: i64) {
        self.out.extend((n as i32).to_le_bytes());
    }

    fn sized(&mut self, tag: u8, data: &[u8]) {
        self.out.push(tag);
        self.long(data.len() as i64);
        self.out.extend(data);
    }

    fn write(&mut self, v: Value, depth: usize) -> PyResult<()> {
        let vm = self.vm;
        if depth > MAX_DEPTH {
            return Err(vm.value_error("object too deeply nested to marshal"));
        }
        if v.is_none() {
            self.out.push(b'N');
        } else if v == ellipsis() {
            self.out.push(b'.');
        } else if let Some(b) = as_bool(v) {
            self.out.push(if b { b'T' } else { b'F' });
        } else if v.is_small() || v.is::<adder_vm::builtins::int::BigInt>() {
            self.int(v);
        } else if let Some(f) = v.exact::<Float>() {
            self.out.push(b'g');
            self.out.extend(f.value.to_le_bytes());
        } else if let Some(c) = v.exact::<Complex>() {
            self.out.push(b'y');
            self.out.extend(c.real.to_le_bytes());
            self.out.extend(c.imag.to_le_bytes());
        } else if let Some(s) = v.exact::<Str>() {
            self.str(s)?;
        } else if let Some(t) = v.exact::<Tuple>() {
            if t.len() < 256 {
                self.out.push(b')');
                self.out.push(t.len() as u8);
            } else {
                self.out.push(b'(');
                self.long(t.len() as i64);
            }
            for i in 0..t.len() {
                self.write(t.get(i), depth + 1)?;
            }
        } else if let Some(l) = v.exact::<List>() {
            self.out.push(b'[');
            self.long(l.len() as i64);
            for i in 0..l.len() {
                self.write(l.get(i), depth + 1)?;
            }
        } else if let Some(d) = v.exact::<Dict>() {
            self.out.push(b'{');
            for i in 0..d.slots() {
                if let Some((k, x)) = d.entry(i) {
                    self.write(k, depth + 1)?;
                    self.write(x, depth + 1)?;
                }
            }
            self.out.push(b'0');
        } else if let Some(c) = v.exact::<Code>() {
            if !self.allow_code {
                return Err(vm.value_error("marshalling code objects is disallowed"));
            }
            self.code(c, depth)?;
        } else if let Some(s) = v.exact::<Slice>() {
            self.out.push(b':');
            for part in s.parts() {
                self.write(part, depth + 1)?;
            }
        } else if matches!(v.class().name().as_str(), "set" | "frozenset") {
            self.out.push(if v.class().name() == "set" { b'<' } else { b'>' });
            self.long(vm.len(v)? as i64);
            let items = vm.sequence_to_tuple(v)?;
            for i in 0..items.len() {
                self.write(items.get(i), depth + 1)?;
            }
        } else if let Some(data) = vm.buffer_bytes(v)? {
            self.sized(b's', &data);
        } else {
            return Err(vm.value_error("unmarshallable object"));
        }
        Ok(())
    }

    fn int(&mut self, v: Value) {
        if v.is_small()
            && let Ok(n) = i32::try_from(v.small())
        {
            self.out.push(b'i');
            self.out.extend(n.to_le_bytes());
            return;
        }
        // 15-bit digits, the count negative for negative numbers.
        let big = to_ibig(v);
        let (sign, magnitude) = big.into_parts();
        let bytes = magnitude.to_le_bytes();
        let mut digits: Vec<u16> = vec![];
        let (mut acc, mut bits) = (0u32, 0);
        for b in bytes.iter() {
            acc |= (*b as u32) << bits;
            bits += 8;
            while bits >= 15 {
                digits.push((acc & 0x7fff) as u16);
                acc >>= 15;
                bits -= 15;
            }
        }
        if acc > 0 {
            digits.push(acc as u16);
        }
        while digits.last() == Some(&0) {
            digits.pop();
        }
        self.out.push(b'l');
        let n = digits.len() as i64;
        self.long(if sign == dashu_int::Sign::Negative { -n } else { n });
        for d in digits {
            self.out.extend(d.to_le_bytes());
        }
    }

    fn str(&mut self, s: Ref<Str>) -> PyResult<()> {
        if let Some(text) = s.as_ascii() {
            let interned = s.is_interned();
            if text.len() < 256 {
                self.out.push(if interned { b'Z' } else { b'z' });
                self.out.push(text.len() as u8);
            } else {
                self.out.push(if interned { b'A' } else { b'a' });
                self.long(text.len() as i64);
            }
            self.out.extend(text.as_bytes());
            return Ok(());
        }
        // UTF-8 with surrogates passed through.
        let mut data = vec![];
        for c in s.chars() {
            match char::from_u32(c) {
                Some(c) => data.extend(c.encode_utf8(&mut [0; 4]).as_bytes()),
                None => data.extend([
                    0xe0 | (c >> 12) as u8,
                    0x80 | (c >> 6 & 0x3f) as u8,
                    0x80 | (c & 0x3f) as u8,
                ]),
            }
        }
        self.sized(if s.is_interned() { b't' } else { b'u' }, &data);
        Ok(())
    }

    fn code(&mut self, c: Ref<Code>, depth: usize) -> PyResult<()> {
        let p = &c.plain;
        self.out.push(b'c');
        for n in [p.argcount, p.posonlyargcount, p.kwonlyargcount, p.stacksize, p.flags] {
            self.long(n as i64);
        }
        self.sized(b's', &p.code);
        self.write(c.consts.get().value(), depth + 1)?;
        self.write(c.names.get().value(), depth + 1)?;
        self.write(c.localsplusnames.get().value(), depth + 1)?;
        self.sized(b's', &p.localspluskinds);
        self.write(c.filename.get().value(), depth + 1)?;
        self.write(c.name.get().value(), depth + 1)?;
        self.write(c.qualname.get().value(), depth + 1)?;
        self.long(p.firstlineno as i64);
        self.sized(b's', &p.linetable);
        self.sized(b's', &p.exceptiontable);
        Ok(())
    }
}

struct Reader<'a> {
    vm: &'a Vm,
    data: &'a [u8],
    at: usize,
    refs: Ref<List>,
    allow_code: bool,
}

impl<'a> Reader<'a> {
    fn take(&mut self, n: usize) -> PyResult<&'a [u8]> {
        match self.data.get(self.at..self.at.saturating_add(n)) {
            Some(part) => {
                self.at += n;
                Ok(part)
            }
            None => Err(self.vm.error(Exc::EOFError, "marshal data too short")),
        }
    }

    fn byte(&mut self) -> PyResult<u8> {
        Ok(self.take(1)?[0])
    }

    fn long(&mut self) -> PyResult<i32> {
        Ok(i32::from_le_bytes(self.take(4)?.try_into().expect("four bytes")))
    }

    fn size(&mut self) -> PyResult<usize> {
        match usize::try_from(self.long()?) {
            Ok(n) => Ok(n),
            Err(_) => Err(self.vm.value_error("bad marshal data (size out of range)")),
        }
    }

    fn double(&mut self) -> PyResult<f64> {
        Ok(f64::from_le_bytes(self.take(8)?.try_into().expect("eight bytes")))
    }

    fn reserve(&mut self, flagged: bool) -> Option<usize> {
        if !flagged {
            return None;
        }
        self.refs.push(self.vm, none());
        Some(self.refs.len() - 1)
    }

    fn fill(&mut self, slot: Option<usize>, v: Value) -> Value {
        if let Some(i) = slot {
            self.refs.set(i, v);
        }
        v
    }

    fn read(&mut self, depth: usize) -> PyResult<Value> {
        match self.read_opt(depth)? {
            Some(v) => Ok(v),
            None => Err(self.vm.type_error("NULL object in marshal data for object")),
        }
    }

    /// None: the end of a dict.
    fn read_opt(&mut self, depth: usize) -> PyResult<Option<Value>> {
        let vm = self.vm;
        if depth > MAX_DEPTH {
            return Err(vm.value_error("recursion limit exceeded"));
        }
        if self.at >= self.data.len() {
            return Err(vm.error(Exc::EOFError, "EOF read where object expected"));
        }
        let tag = self.byte()?;
        let flagged = tag & FLAG_REF != 0;
        let value = match tag & !FLAG_REF {
            b'0' => return Ok(None),
            b'N' => return Ok(Some(none())),
            b'.' => return Ok(Some(ellipsis())),
            b'S' => return Ok(Some(Exc::StopIteration.class().value())),
            b'T' => return Ok(Some(bool_value(true))),
            b'F' => return Ok(Some(bool_value(false))),
            b'i' => {
                let n = self.long()?;
                vm.int(n as i64)
            }
            b'l' => self.big()?,
            b'g' => {
                let f = self.double()?;
                vm.float(f)
            }
            b'y' => {
                let (re, im) = (self.double()?, self.double()?);
                vm.complex(re, im)
            }
            b's' => {
                let n = self.size()?;
                let data = self.take(n)?;
                vm.new_bytes(data)?
            }
            t @ (b'Z' | b'z' | b'A' | b'a') => {
                let n = if matches!(t, b'Z' | b'z') { self.byte()? as usize } else { self.size()? };
                let data = self.take(n)?;
                if !data.is_ascii() {
                    return Err(vm.value_error("bad marshal data (invalid ASCII)"));
                }
                if matches!(t, b'Z' | b'A')
                    && let Ok(text) = std::str::from_utf8(data)
                {
                    // Most names are known already.
                    let s = vm.intern_str(text).value();
                    if flagged {
                        self.refs.push(vm, s);
                    }
                    return Ok(Some(s));
                }
                let s = Str::from_ascii(data).ok_or(()).or_else(|()| Err(vm.memory_error()))?;
                s.value()
            }
            t @ (b't' | b'u') => {
                let n = self.size()?;
                let data = self.take(n)?;
                let s = self.text(data)?;
                if t == b't' { vm.intern_ref(s).value() } else { s.value() }
            }
            b'r' => {
                let n = self.size()?;
                return match self.refs.try_get(n) {
                    Some(v) => Ok(Some(v)),
                    None => Err(vm.value_error("bad marshal data (invalid reference)")),
                };
            }
            t @ (b')' | b'(') => {
                let n = if t == b')' { self.byte()? as usize } else { self.size()? };
                let slot = self.reserve(flagged);
                // Each item takes a byte at least.
                if n > self.data.len() - self.at {
                    return Err(vm.error(Exc::EOFError, "marshal data too short"));
                }
                let t = Tuple::build(vm, n, |_| self.read(depth + 1))?;
                return Ok(Some(self.fill(slot, t.value())));
            }
            b'[' => {
                let n = self.size()?;
                let slot = self.reserve(flagged);
                let items = List::new(vm);
                self.fill(slot, items.value());
                for _ in 0..n {
                    let v = self.read(depth + 1)?;
                    items.push(vm, v);
                }
                return Ok(Some(items.value()));
            }
            b'{' => {
                let slot = self.reserve(flagged);
                let d = Dict::new(vm);
                self.fill(slot, d.value());
                while let Some(k) = self.read_opt(depth + 1)? {
                    let v = self.read(depth + 1)?;
                    d.set_item(vm, k, v)?;
                }
                return Ok(Some(d.value()));
            }
            t @ (b'<' | b'>') => {
                let n = self.size()?;
                let slot = self.reserve(flagged);
                let items = List::new(vm);
                for _ in 0..n {
                    let v = self.read(depth + 1)?;
                    items.push(vm, v);
                }
                let s =
                    if t == b'<' { vm.new_set(items.items())? } else { vm.frozenset_from(items.items())? };
                return Ok(Some(self.fill(slot, s)));
            }
            b':' => {
                let slot = self.reserve(flagged);
                let (a, b, c) = (self.read(depth + 1)?, self.read(depth + 1)?, self.read(depth + 1)?);
                let s = vm.new_slice(a, b, c);
                return Ok(Some(self.fill(slot, s)));
            }
            b'c' => {
                if !self.allow_code {
                    return Err(vm.value_error("unmarshalling code objects is disallowed"));
                }
                let slot = self.reserve(flagged);
                let c = self.code(depth)?;
                return Ok(Some(self.fill(slot, c.value())));
            }
            _ => return Err(vm.value_error("bad marshal data (unknown type code)")),
        };
        if flagged {
            self.refs.push(vm, value);
        }
        Ok(Some(value))
    }

    fn text(&mut self, data: &[u8]) -> PyResult<Ref<Str>> {
        if let Ok(s) = std::str::from_utf8(data) {
            return Ok(self.vm.new_str(s).downcast::<Str>().expect("a string"));
        }
        let mut units: Vec<u32> = vec![];
        let mut i = 0;
        while i < data.len() {
            let (n, first) = match data[i] {
                b @ 0..=0x7f => (1, b as u32),
                b @ 0xc0..=0xdf => (2, b as u32 & 0x1f),
                b @ 0xe0..=0xef => (3, b as u32 & 0xf),
                b => (4, b as u32 & 7),
            };
            let Some(rest) = data.get(i + 1..i + n) else {
                return Err(self.vm.value_error("bad marshal data (invalid UTF-8)"));
            };
            units.push(rest.iter().fold(first, |c, b| c << 6 | (*b as u32 & 0x3f)));
            i += n;
        }
        self.vm.new_str_units(adder_text::units::Units::Four(&units))
    }

    fn big(&mut self) -> PyResult<Value> {
        let n = self.long()?;
        let mut magnitude = dashu_int::UBig::ZERO;
        for i in 0..n.unsigned_abs() as usize {
            let d = u16::from_le_bytes(self.take(2)?.try_into().expect("two bytes"));
            if d > 0x7fff {
                return Err(self.vm.value_error("bad marshal data (digit out of range in long)"));
            }
            magnitude += dashu_int::UBig::from(d) << (15 * i);
        }
        let value = dashu_int::IBig::from(magnitude);
        self.vm.int_from_ibig(&if n < 0 { -value } else { value })
    }

    /// Bytes that become part of a code object: usually without an object of their own.
    fn bytes(&mut self, depth: usize) -> PyResult<Vec<u8>> {
        if self.data.get(self.at) == Some(&b's') {
            self.at += 1;
            let n = self.size()?;
            return Ok(self.take(n)?.to_vec());
        }
        let v = self.read(depth)?;
        match self.vm.buffer_bytes(v)? {
            Some(b) => Ok(b),
            None => Err(self.vm.type_error("bad marshal data (bytes expected)")),
        }
    }

    fn string(&mut self, depth: usize) -> PyResult<Ref<Str>> {
        let v = self.read(depth)?;
        match v.downcast::<Str>() {
            Some(s) => Ok(s),
            None => Err(self.vm.type_error("bad marshal data (string expected)")),
        }
    }

    fn tuple(&mut self, depth: usize) -> PyResult<Ref<Tuple>> {
        let v = self.read(depth)?;
        match v.downcast::<Tuple>() {
            Some(t) => Ok(t),
            None => Err(self.vm.type_error("bad marshal data (tuple expected)")),
        }
    }

    fn code(&mut self, depth: usize) -> PyResult<Ref<Code>> {
        let vm = self.vm;
        let d = depth + 1;
        let mut n = [0u32; 5];
        for x in &mut n {
            *x = self.long()? as u32;
        }
        let code = self.bytes(d)?;
        let (consts, names, locals) = (self.tuple(d)?, self.tuple(d)?, self.tuple(d)?);
        let kinds = self.bytes(d)?;
        let (filename, name, qualname) = (self.string(d)?, self.string(d)?, self.string(d)?);
        let firstlineno = self.long()?;
        let (linetable, exceptiontable) = (self.bytes(d)?, self.bytes(d)?);
        if kinds.len() != locals.len() {
            return Err(vm.value_error("bad marshal data (locals)"));
        }
        let count = |bit: u8| kinds.iter().filter(|k| **k & bit != 0).count() as u32;
        let plain = Plain {
            argcount: n[0],
            posonlyargcount: n[1],
            kwonlyargcount: n[2],
            stacksize: n[3],
            flags: n[4],
            firstlineno,
            code,
            nlocals: count(0x20),
            ncells: count(0x40),
            nfrees: count(0x80),
            localspluskinds: kinds,
            linetable,
            exceptiontable,
        };
        let intern_all = |t: Ref<Tuple>| -> PyResult<Ref<Tuple>> {
            if t.items().iter().all(|v| v.exact::<Str>().is_some_and(|s| s.is_interned())) {
                return Ok(t);
            }
            Tuple::build(vm, t.len(), |i| match t.get(i).downcast::<Str>() {
                Some(s) => Ok(vm.intern_ref(s).value()),
                None => Err(vm.type_error("name tuples must contain only strings")),
            })
        };
        Ok(Code::new(
            vm,
            vm.intern_ref(name),
            vm.intern_ref(qualname),
            filename,
            consts,
            intern_all(names)?,
            intern_all(locals)?,
            plain,
        ))
    }
}
