//! JSON text to objects.

use crate::arguments::{bind, params};
use adder_macros::{pyclass, pymethods};
use adder_text::builder::Builder;
use adder_vm::args::{Args, Params};
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::float::FloatObject;
use adder_vm::builtins::int::Int;
use adder_vm::builtins::list::List;
use adder_vm::builtins::singletons::{bool_value, none};
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::{PyResult, Raised};
use adder_vm::import::import_module;
use adder_vm::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;

/// JSON scanner object
#[pyclass(name = "Scanner", module = "_json", flags = def::BASE)]
#[repr(C)]
pub struct Scanner {
    h: LongHeader,
    strict: Field<Value>,
    object_hook: Field<Value>,
    object_pairs_hook: Field<Value>,
    parse_float: Field<Value>,
    parse_int: Field<Value>,
    parse_constant: Field<Value>,
}

/// `JSONDecodeError`
fn error(vm: &Vm, message: &str, s: Ref<Str>, at: usize) -> Raised {
    let make = || -> PyResult<Value> {
        let class = vm.get_attr_str(import_module(vm, "json.decoder")?, "JSONDecodeError")?;
        vm.call(class, &[vm.new_str(message), s.value(), vm.int(at as i64)])
    };
    match make() {
        Ok(exc) => vm.raise_value(exc),
        Err(raised) => raised,
    }
}

fn no_value(vm: &Vm, at: usize) -> Raised {
    vm.stop_iteration(Some(vm.int(at as i64)))
}

fn hex4(s: Ref<Str>, at: usize) -> Option<u32> {
    let mut n = 0;
    for i in at..at + 4 {
        if i >= s.len() {
            return None;
        }
        n = n << 4 | char::from_u32(s.char_at(i))?.to_digit(16)?;
    }
    Some(n)
}

/// The part of a string as a string of its own.
fn part(vm: &Vm, s: Ref<Str>, start: usize, end: usize) -> PyResult<Value> {
    if let Some(ascii) = s.as_ascii() {
        return Str::from_ascii(&ascii.as_bytes()[start..end])
            .map(|s| s.value())
            .ok_or_else(|| vm.memory_error());
    }
    let mut out = Builder::with_capacity(end - start);
    for i in start..end {
        out.push(s.char_at(i));
    }
    vm.new_str_owned(out.finish())
}

/// The string whose first character is at `start`, and where the text goes on behind the closing quote.
pub fn string(vm: &Vm, s: Ref<Str>, start: usize, strict: bool) -> PyResult<(Value, usize)> {
    let n = s.len();
    let begin = start.wrapping_sub(1);
    let unterminated = || error(vm, "Unterminated string starting at", s, begin);
    let mut out: Option<Builder> = None;
    let mut from = start;
    loop {
        let mut i = from;
        let c = loop {
            if i >= n {
                return Err(unterminated());
            }
            let c = s.char_at(i);
            if c == '"' as u32 || c == '\\' as u32 {
                break c;
            }
            if c <= 0x1f && strict {
                return Err(error(vm, "Invalid control character at", s, i));
            }
            i += 1;
        };
        if c == '"' as u32 && out.is_none() {
            return Ok((part(vm, s, start, i)?, i + 1));
        }
        let builder = out.get_or_insert_with(Builder::new);
        for k in from..i {
            builder.push(s.char_at(k));
        }
        if c == '"' as u32 {
            let built = out.take().map_or_else(|| Builder::new().finish(), |b| b.finish());
            return Ok((vm.new_str_owned(built)?, i + 1));
        }
        let at = i + 1;
        if at >= n {
            return Err(unterminated());
        }
        let plain = match char::from_u32(s.char_at(at)) {
            Some('"') => '"',
            Some('\\') => '\\',
            Some('/') => '/',
            Some('b') => '\x08',
            Some('f') => '\x0c',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => {
                // A text that ends with the digits is unterminated, too, but this is what is said.
                let code = if at + 5 < n { hex4(s, at + 1) } else { None };
                let Some(mut code) = code else {
                    return Err(error(vm, "Invalid \\uXXXX escape", s, at));
                };
                let mut end = at + 5;
                if (0xd800..0xdc00).contains(&code)
                    && end + 6 < n
                    && s.char_at(end) == '\\' as u32
                    && s.char_at(end + 1) == 'u' as u32
                {
                    let Some(low) = hex4(s, end + 2) else {
                        return Err(error(vm, "Invalid \\uXXXX escape", s, end + 1));
                    };
                    if (0xdc00..0xe000).contains(&low) {
                        code = 0x10000 + ((code - 0xd800) << 10 | (low - 0xdc00));
                        end += 6;
                    }
                }
                builder.push(code);
                from = end;
                continue;
            }
            _ => return Err(error(vm, "Invalid \\escape", s, at - 1)),
        };
        builder.push(plain as u32);
        from = at + 1;
    }
}

/// One run of the scanner.
struct Scan<'a> {
    vm: &'a Vm,
    s: Ref<Str>,
    scanner: Ref<Scanner>,
    /// Keys seen before, so that equal keys are one object.
    memo: Ref<Dict>,
    strict: bool,
}

impl Scan<'_> {
    fn at(&self, i: usize) -> Option<char> {
        if i < self.s.len() { char::from_u32(self.s.char_at(i)) } else { None }
    }

    fn skip_space(&self, mut i: usize) -> usize {
        while matches!(self.at(i), Some(' ' | '\t' | '\n' | '\r')) {
            i += 1;
        }
        i
    }

    fn starts_with(&self, i: usize, word: &str) -> bool {
        word.chars().enumerate().all(|(k, c)| self.at(i + k) == Some(c))
    }

    fn value(&self, i: usize) -> PyResult<(Value, usize)> {
        let vm = self.vm;
        match self.at(i) {
            Some('"') => string(vm, self.s, i + 1, self.strict),
            Some('{') => {
                vm.check_native_stack()?;
                self.object(i + 1)
            }
            Some('[') => {
                vm.check_native_stack()?;
                self.array(i + 1)
            }
            Some('n') if self.starts_with(i, "null") => Ok((none(), i + 4)),
            Some('t') if self.starts_with(i, "true") => Ok((bool_value(true), i + 4)),
            Some('f') if self.starts_with(i, "false") => Ok((bool_value(false), i + 5)),
            Some('N') if self.starts_with(i, "NaN") => self.constant("NaN", i),
            Some('I') if self.starts_with(i, "Infinity") => self.constant("Infinity", i),
            Some('-') if self.starts_with(i, "-Infinity") => self.constant("-Infinity", i),
            Some(_) => self.number(i),
            // The end, or a lone surrogate.
            None => Err(no_value(vm, i)),
        }
    }

    fn constant(&self, word: &str, i: usize) -> PyResult<(Value, usize)> {
        let v = self.vm.call(self.scanner.parse_constant.get(), &[self.vm.new_str(word)])?;
        Ok((v, i + word.len()))
    }

    fn number(&self, start: usize) -> PyResult<(Value, usize)> {
        let vm = self.vm;
        let digit = |i: usize| self.at(i).is_some_and(|c| c.is_ascii_digit());
        let mut i = start + (self.at(start) == Some('-')) as usize;
        match self.at(i) {
            Some('1'..='9') => {
                while digit(i) {
                    i += 1;
                }
            }
            Some('0') => i += 1,
            _ => return Err(no_value(vm, start)),
        }
        let mut is_float = false;
        if self.at(i) == Some('.') && digit(i + 1) {
            is_float = true;
            i += 1;
            while digit(i) {
                i += 1;
            }
        }
        if matches!(self.at(i), Some('e' | 'E')) {
            let mut k = i + 1;
            if matches!(self.at(k), Some('+' | '-')) {
                k += 1;
            }
            if digit(k) {
                is_float = true;
                while digit(k) {
                    k += 1;
                }
                i = k;
            }
        }
        let text: String = (start..i).filter_map(|k| self.at(k)).collect();
        let f = if is_float { self.scanner.parse_float.get() } else { self.scanner.parse_int.get() };
        let v = if is_float && f == FloatObject::class().value() {
            vm.float(text.parse().unwrap_or(f64::NAN))
        } else if f == Int::class().value() && text.len() <= 18 {
            vm.int(text.parse().unwrap_or(0))
        } else {
            vm.call(f, &[vm.new_str(&text)])?
        };
        Ok((v, i))
    }

    fn object(&self, start: usize) -> PyResult<(Value, usize)> {
        let (vm, s) = (self.vm, self.s);
        let pairs_hook = self.scanner.object_pairs_hook.get();
        let hook = self.scanner.object_hook.get();
        let pairs = List::new(vm);
        let dict = Dict::new(vm);
        let property = "Expecting property name enclosed in double quotes";
        let mut i = self.skip_space(start);
        if self.at(i) != Some('}') {
            loop {
                if self.at(i) != Some('"') {
                    return Err(error(vm, property, s, i));
                }
                let (key, next) = string(vm, s, i + 1, self.strict)?;
                let key = self.memo.set_default(vm, key, key)?;
                i = self.skip_space(next);
                if self.at(i) != Some(':') {
                    return Err(error(vm, "Expecting ':' delimiter", s, i));
                }
                i = self.skip_space(i + 1);
                let (v, next) = self.value(i)?;
                if pairs_hook.is_none() {
                    dict.set_item(vm, key, v)?;
                } else {
                    pairs.push(vm, Tuple::from_slice(vm, &[key, v]).value());
                }
                i = self.skip_space(next);
                match self.at(i) {
                    Some('}') => break,
                    Some(',') => {
                        let comma = i;
                        i = self.skip_space(i + 1);
                        if self.at(i) == Some('}') {
                            return Err(error(vm, "Illegal trailing comma before end of object", s, comma));
                        }
                    }
                    _ => return Err(error(vm, "Expecting ',' delimiter", s, i)),
                }
            }
        }
        let v = if !pairs_hook.is_none() {
            vm.call(pairs_hook, &[pairs.value()])?
        } else if !hook.is_none() {
            vm.call(hook, &[dict.value()])?
        } else {
            dict.value()
        };
        Ok((v, i + 1))
    }

    fn array(&self, start: usize) -> PyResult<(Value, usize)> {
        let (vm, s) = (self.vm, self.s);
        let list = List::new(vm);
        let mut i = self.skip_space(start);
        if self.at(i) != Some(']') {
            loop {
                let (v, next) = self.value(i)?;
                list.push(vm, v);
                i = self.skip_space(next);
                match self.at(i) {
                    Some(']') => break,
                    Some(',') => {
                        let comma = i;
                        i = self.skip_space(i + 1);
                        if self.at(i) == Some(']') {
                            return Err(error(vm, "Illegal trailing comma before end of array", s, comma));
                        }
                    }
                    _ => return Err(error(vm, "Expecting ',' delimiter", s, i)),
                }
            }
        }
        Ok((list.value(), i + 1))
    }
}

const NEW: Params = params("make_scanner", &["context"], 0, 1, 1);
const CALL: Params = params("scan_once", &["string", "idx"], 0, 2, 2);

#[pymethods]
impl Scanner {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let [context] = bind::<1>(vm, &NEW, args)?;
        let context = context.expect("a required argument is bound");
        let get = |name: &str| vm.get_attr_str(context, name).map(Field::new);
        let strict = bool_value(vm.truth(vm.get_attr_str(context, "strict")?)?);
        let s = Scanner {
            h: LongHeader::new(),
            strict: Field::new(strict),
            object_hook: get("object_hook")?,
            object_pairs_hook: get("object_pairs_hook")?,
            parse_float: get("parse_float")?,
            parse_int: get("parse_int")?,
            parse_constant: get("parse_constant")?,
        };
        Ok(vm.new_instance(class, s)?.value())
    }

    #[slot(tp_call)]
    fn call(vm: &Vm, this: Value, args: Args) -> PyResult<Value> {
        let scanner = this.downcast::<Scanner>().expect("a slot of this class");
        let [string, index] = bind::<2>(vm, &CALL, args)?;
        let string = string.expect("a required argument is bound");
        let Some(s) = string.downcast::<Str>() else {
            raise!(vm, TypeError, "first argument must be a string, not {}", string.class().name())
        };
        let index = vm.index_isize(index.expect("a required argument is bound"))?;
        if index < 0 {
            return Err(vm.value_error("idx cannot be negative"));
        }
        let strict = scanner.strict.get() == bool_value(true);
        let scan = Scan { vm, s, scanner, memo: Dict::new(vm), strict };
        let (v, end) = scan.value(index as usize)?;
        Ok(Tuple::from_slice(vm, &[v, vm.int(end as i64)]).value())
    }

    /// strict
    #[getter]
    fn strict(_: &Vm, this: Ref<Scanner>) -> Value {
        this.strict.get()
    }

    /// object_hook
    #[getter]
    fn object_hook(_: &Vm, this: Ref<Scanner>) -> Value {
        this.object_hook.get()
    }

    /// object_pairs_hook
    #[getter]
    fn object_pairs_hook(_: &Vm, this: Ref<Scanner>) -> Value {
        this.object_pairs_hook.get()
    }

    /// parse_float
    #[getter]
    fn parse_float(_: &Vm, this: Ref<Scanner>) -> Value {
        this.parse_float.get()
    }

    /// parse_int
    #[getter]
    fn parse_int(_: &Vm, this: Ref<Scanner>) -> Value {
        this.parse_int.get()
    }

    /// parse_constant
    #[getter]
    fn parse_constant(_: &Vm, this: Ref<Scanner>) -> Value {
        this.parse_constant.get()
    }
}
