//! Objects to JSON text.

use crate::arguments::{bind, params};
use adder_macros::{pyclass, pymethods};
use adder_text::builder::Builder;
use adder_vm::args::{Args, Params};
use adder_vm::builtins::descr::NativeFunction;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::exceptions::add_note;
use adder_vm::builtins::float::as_float;
use adder_vm::builtins::int::as_int;
use adder_vm::builtins::list::List;
use adder_vm::builtins::sequence::{fast_items, push_text};
use adder_vm::builtins::singletons::{as_bool, bool_value};
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::{PyResult, Raised};
use adder_vm::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;

/// Encoder(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)
#[pyclass(name = "Encoder", module = "_json", flags = def::BASE)]
#[repr(C)]
pub struct Encoder {
    h: LongHeader,
    /// Ids of the containers being encoded; None: cycles are not looked for.
    markers: Field<Value>,
    default: Field<Value>,
    encoder: Field<Value>,
    indent: Field<Value>,
    key_separator: Field<Value>,
    item_separator: Field<Value>,
    sort_keys: Field<Value>,
    skipkeys: Field<Value>,
    allow_nan: Field<Value>,
}

/// A string with its quotes.
pub fn push_string(out: &mut Builder, s: Ref<Str>, ascii_only: bool) {
    let unit = |out: &mut Builder, n: u32| out.push_str(&format!("\\u{n:04x}"));
    out.push('"' as u32);
    // Most strings need no escapes.
    if let Some(text) = s.as_ascii()
        && text.bytes().all(|b| matches!(b, 0x20..0x7f) && b != b'"' && b != b'\\')
    {
        out.push_str(text);
        out.push('"' as u32);
        return;
    }
    for c in s.chars() {
        match c {
            0x22 => out.push_str("\\\""),
            0x5c => out.push_str("\\\\"),
            0x08 => out.push_str("\\b"),
            0x0c => out.push_str("\\f"),
            0x0a => out.push_str("\\n"),
            0x0d => out.push_str("\\r"),
            0x09 => out.push_str("\\t"),
            0..0x20 => unit(out, c),
            0x20..0x7f => out.push(c),
            _ if !ascii_only => out.push(c),
            0x10000.. => {
                let c = c - 0x10000;
                unit(out, 0xd800 | c >> 10);
                unit(out, 0xdc00 | c & 0x3ff);
            }
            _ => unit(out, c),
        }
    }
    out.push('"' as u32);
}

/// How strings are encoded.
#[derive(Clone, Copy)]
enum Strings {
    Ascii,
    Unicode,
    Function(Value),
}

/// One run of the encoder.
struct Run<'a> {
    vm: &'a Vm,
    e: Ref<Encoder>,
    strings: Strings,
    indent: Option<String>,
    sort_keys: bool,
    skipkeys: bool,
    allow_nan: bool,
    out: Builder,
}

impl Run<'_> {
    fn string(&mut self, s: Ref<Str>) -> PyResult<()> {
        match self.strings {
            Strings::Ascii => push_string(&mut self.out, s, true),
            Strings::Unicode => push_string(&mut self.out, s, false),
            Strings::Function(f) => {
                let shown = self.vm.call(f, &[s.value()])?;
                if shown.downcast::<Str>().is_none() {
                    raise!(self.vm, TypeError, "encoder() must return a string, not {}", shown.class().name())
                }
                push_text(&mut self.out, shown);
            }
        }
        Ok(())
    }

    /// The text of a float; ValueError for what JSON does not know.
    fn float(&self, v: Value, f: f64) -> PyResult<String> {
        if f.is_finite() {
            return Ok(String::from_utf8(adder_text::float::repr(f)).unwrap_or_default());
        }
        if !self.allow_nan {
            raise!(
                self.vm,
                ValueError,
                "Out of range float values are not JSON compliant: {}",
                self.vm.repr_string(v)?
            )
        }
        Ok(if f.is_nan() {
            "NaN"
        } else if f > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        }
        .to_string())
    }

    fn small(&mut self, n: i64) {
        let (mut digits, mut rest) = ([0u8; 20], n.unsigned_abs());
        let mut at = digits.len();
        loop {
            at -= 1;
            digits[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if n < 0 {
            self.out.push('-' as u32);
        }
        for d in &digits[at..] {
            self.out.push(*d as u32);
        }
    }

    /// The digits of an int, also of a subclass with a `__repr__` of its own.
    fn int(&self, v: Value) -> PyResult<String> {
        self.vm.repr_string(as_int(v).unwrap_or(v))
    }

    /// The plain values; None for the others.
    fn scalar(&self, v: Value) -> PyResult<Option<String>> {
        if v.is_none() {
            return Ok(Some("null".into()));
        }
        if let Some(b) = as_bool(v) {
            return Ok(Some(if b { "true" } else { "false" }.into()));
        }
        if as_int(v).is_some() {
            return self.int(v).map(Some);
        }
        match as_float(v) {
            Some(f) => self.float(v, f).map(Some),
            None => Ok(None),
        }
    }

    fn value(&mut self, v: Value, level: usize) -> PyResult<()> {
        if let Some(s) = v.downcast::<Str>() {
            return self.string(s);
        }
        if v.is_small() {
            self.small(v.small());
            return Ok(());
        }
        if let Some(text) = self.scalar(v)? {
            self.out.push_str(&text);
            return Ok(());
        }
        self.vm.check_native_stack()?;
        if v.downcast::<List>().is_some() || v.downcast::<Tuple>().is_some() {
            return self.list(v, level);
        }
        if let Some(d) = v.downcast::<Dict>() {
            return self.dict(v, d, level);
        }
        let mark = self.enter(v)?;
        let plain = self.vm.call(self.e.default.get(), &[v])?;
        if let Err(raised) = self.value(plain, level) {
            return Err(self.noted(raised, format!("when serializing {} object", v.class().name())));
        }
        self.leave(mark)
    }

    /// Remembers a container; ValueError if it is being encoded already.
    fn enter(&self, v: Value) -> PyResult<Option<Value>> {
        let Some(markers) = self.e.markers.get().downcast::<Dict>() else { return Ok(None) };
        let id = self.vm.new_int(self.vm.id(v) as i128);
        if markers.contains(self.vm, id)? {
            return Err(self.vm.value_error("Circular reference detected"));
        }
        markers.set_item(self.vm, id, v)?;
        Ok(Some(id))
    }

    fn leave(&self, mark: Option<Value>) -> PyResult<()> {
        if let (Some(id), Some(markers)) = (mark, self.e.markers.get().downcast::<Dict>()) {
            markers.remove(self.vm, id)?;
        }
        Ok(())
    }

    fn noted(&self, raised: Raised, note: String) -> Raised {
        let exc = self.vm.take_exception(raised);
        match add_note(self.vm, exc, &note) {
            Ok(()) => self.vm.restore(exc),
            Err(raised) => raised,
        }
    }

    fn new_line(&mut self, level: usize) {
        if let Some(indent) = &self.indent {
            let line = format!("\n{}", indent.repeat(level));
            self.out.push_str(&line);
        }
    }

    fn list(&mut self, v: Value, level: usize) -> PyResult<()> {
        if fast_items(v).is_empty() {
            self.out.push_str("[]");
            return Ok(());
        }
        let mark = self.enter(v)?;
        self.out.push_str("[");
        self.new_line(level + 1);
        let mut i = 0;
        while let Some(item) = fast_items(v).get(i).copied() {
            if i > 0 {
                push_text(&mut self.out, self.e.item_separator.get());
                self.new_line(level + 1);
            }
            if let Err(raised) = self.value(item, level + 1) {
                return Err(self.noted(raised, format!("when serializing {} item {i}", v.class().name())));
            }
            i += 1;
        }
        self.leave(mark)?;
        self.new_line(level);
        self.out.push_str("]");
        Ok(())
    }

    /// The text of a key; None if it is skipped.
    fn key(&self, key: Value) -> PyResult<Option<Value>> {
        let vm = self.vm;
        if key.downcast::<Str>().is_some() {
            return Ok(Some(key));
        }
        match self.scalar(key)? {
            Some(text) => Ok(Some(vm.new_str(&text))),
            None if self.skipkeys => Ok(None),
            None => raise!(
                vm,
                TypeError,
                "keys must be str, int, float, bool or None, not {}",
                key.class().name()
            ),
        }
    }

    fn dict(&mut self, v: Value, d: Ref<Dict>, level: usize) -> PyResult<()> {
        let vm = self.vm;
        if d.is_empty() {
            self.out.push_str("{}");
            return Ok(());
        }
        let mark = self.enter(v)?;
        self.out.push_str("{");
        let mut first = true;
        if v.is::<Dict>() && !self.sort_keys {
            for at in 0..d.slots() {
                // Encoding may have changed the dict.
                let Some((key, item)) = (if at < d.slots() { d.entry(at) } else { None }) else { continue };
                self.item(v, key, item, level, &mut first)?;
            }
            return self.end_dict(mark, first, level);
        }
        let items = vm.call_method(v, vm.intern_str("items"), &[])?;
        let items = vm.sequence_to_list(items)?;
        if self.sort_keys {
            vm.call_method(items.value(), vm.intern_str("sort"), &[])?;
        }
        for i in 0..items.len() {
            let pair = items.get(i);
            let [key, item] = fast_items(pair) else {
                return Err(vm.value_error("items must return 2-tuples"));
            };
            self.item(v, *key, *item, level, &mut first)?;
        }
        self.end_dict(mark, first, level)
    }

    /// One item of the dict `v`; `first`: none was written before.
    fn item(&mut self, v: Value, key: Value, item: Value, level: usize, first: &mut bool) -> PyResult<()> {
        let vm = self.vm;
        let Some(shown) = self.key(key)? else { return Ok(()) };
        if !std::mem::take(first) {
            push_text(&mut self.out, self.e.item_separator.get());
        }
        self.new_line(level + 1);
        self.string(shown.downcast::<Str>().expect("keys are shown as strings"))?;
        push_text(&mut self.out, self.e.key_separator.get());
        if let Err(raised) = self.value(item, level + 1) {
            let note = format!("when serializing {} item {}", v.class().name(), vm.repr_string(key)?);
            return Err(self.noted(raised, note));
        }
        Ok(())
    }

    fn end_dict(&mut self, mark: Option<Value>, empty: bool, level: usize) -> PyResult<()> {
        self.leave(mark)?;
        if !empty {
            self.new_line(level);
        }
        self.out.push_str("}");
        Ok(())
    }
}

const NAMES: &[&str] = &[
    "markers",
    "default",
    "encoder",
    "indent",
    "key_separator",
    "item_separator",
    "sort_keys",
    "skipkeys",
    "allow_nan",
];
const NEW: Params = params("make_encoder", NAMES, 0, 9, 9);
const CALL: Params = params("_iterencode", &["obj", "_current_indent_level"], 0, 2, 2);

#[pymethods]
impl Encoder {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let given = bind::<9>(vm, &NEW, args)?;
        let get = |i: usize| given[i].expect("a required argument is bound");
        for i in [4, 5] {
            if get(i).downcast::<Str>().is_none() {
                let got = get(i).class().name();
                raise!(vm, TypeError, "make_encoder() argument {} must be str, not {got}", i + 1)
            }
        }
        if !get(0).is_none() && get(0).downcast::<Dict>().is_none() {
            let got = get(0).class().name();
            raise!(vm, TypeError, "make_encoder() argument 1 must be dict or None, not {got}")
        }
        let flag = |i: usize| -> PyResult<Field<Value>> { Ok(Field::new(bool_value(vm.truth(get(i))?))) };
        let e = Encoder {
            h: LongHeader::new(),
            markers: Field::new(get(0)),
            default: Field::new(get(1)),
            encoder: Field::new(get(2)),
            indent: Field::new(get(3)),
            key_separator: Field::new(get(4)),
            item_separator: Field::new(get(5)),
            sort_keys: flag(6)?,
            skipkeys: flag(7)?,
            allow_nan: flag(8)?,
        };
        Ok(vm.new_instance(class, e)?.value())
    }

    #[slot(tp_call)]
    fn call(vm: &Vm, this: Value, args: Args) -> PyResult<Value> {
        let e = this.downcast::<Encoder>().expect("a slot of this class");
        let [obj, level] = bind::<2>(vm, &CALL, args)?;
        let level = vm.index_isize(level.expect("a required argument is bound"))?.max(0) as usize;
        let encoder = e.encoder.get();
        let strings = match encoder.exact::<NativeFunction>().map(|f| f.def().name) {
            Some("encode_basestring_ascii") => Strings::Ascii,
            Some("encode_basestring") => Strings::Unicode,
            _ => Strings::Function(encoder),
        };
        let indent = match e.indent.get().downcast::<Str>() {
            Some(s) => Some(s.to_string()),
            None => None,
        };
        let yes = |f: &Field<Value>| f.get() == bool_value(true);
        let (sort_keys, skipkeys, allow_nan) = (yes(&e.sort_keys), yes(&e.skipkeys), yes(&e.allow_nan));
        let out = Builder::new();
        let mut run = Run { vm, e, strings, indent, sort_keys, skipkeys, allow_nan, out };
        run.value(obj.expect("a required argument is bound"), level)?;
        let text = vm.new_str_owned(run.out.finish())?;
        Ok(Tuple::from_slice(vm, &[text]).value())
    }

    /// markers
    #[getter]
    fn markers(_: &Vm, this: Ref<Encoder>) -> Value {
        this.markers.get()
    }

    /// default
    #[getter]
    fn default(_: &Vm, this: Ref<Encoder>) -> Value {
        this.default.get()
    }

    /// encoder
    #[getter]
    fn encoder(_: &Vm, this: Ref<Encoder>) -> Value {
        this.encoder.get()
    }

    /// indent
    #[getter]
    fn indent(_: &Vm, this: Ref<Encoder>) -> Value {
        this.indent.get()
    }

    /// key_separator
    #[getter]
    fn key_separator(_: &Vm, this: Ref<Encoder>) -> Value {
        this.key_separator.get()
    }

    /// item_separator
    #[getter]
    fn item_separator(_: &Vm, this: Ref<Encoder>) -> Value {
        this.item_separator.get()
    }

    /// sort_keys
    #[getter]
    fn sort_keys(_: &Vm, this: Ref<Encoder>) -> Value {
        this.sort_keys.get()
    }

    /// skipkeys
    #[getter]
    fn skipkeys(_: &Vm, this: Ref<Encoder>) -> Value {
        this.skipkeys.get()
    }
}
