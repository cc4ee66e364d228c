//! Construction of strings: `str(...)`, and strings from what other parts of the VM have.

use crate::args::{Args, Params};
use crate::builtins::str_::Str;
use crate::builtins::type_::Type;
use crate::codecs;
use crate::def::BYTES_SUBCLASS;
use crate::error::PyResult;
use crate::object::{Object, Ref, Value, ValueExt};
use crate::raise;
use crate::vm::Vm;
use adder_heap::{self as heap, Size};
use adder_text::builder::Builder;

const PARAMS: Params = Params {
    owner: "",
    function: "str",
    names: &["object", "encoding", "errors"],
    pos_only: 0,
    positional: 3,
    required: 0,
    kw_only: 0,
    kw_required: 0,
    varargs: false,
    varkw: false,
};

/// Bytes behind the data of an instance of a subclass of `T`, a class of variable size: room for the
/// instance's dict.
pub fn extra_of<T: Object>(class: Ref<Type>) -> usize {
    let base_of = |size: Size| match size {
        Size::Array { base, .. } => base as usize,
        Size::Fixed(n) => n as usize,
    };
    class.layout.get().map_or(0, |l| base_of(l.size) - base_of(T::LAYOUT.size))
}

/// `str.__new__`
pub fn new(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
    let mut bound = [None; 3];
    if args.pos().len() > 3 && !args.has_keywords() {
        raise!(vm, TypeError, "str expected at most 3 arguments, got {}", args.pos().len())
    }
    PARAMS.bind(vm, args, &mut bound)?;
    let [object, encoding, errors] = bound;
    let encoding = str_argument(vm, encoding, "encoding")?;
    let errors = str_argument(vm, errors, "errors")?;
    let exact = match object {
        None => vm.empty_str(),
        Some(v) if encoding.is_none() && errors.is_none() => vm.str(v)?.value(),
        Some(v) => from_encoded(vm, v, encoding, errors)?,
    };
    if class == Str::class() {
        return Ok(exact);
    }
    let Some(s) = exact.downcast::<Str>() else { return Ok(exact) };
    match Str::of_shape(class.instance_shape.get(), extra_of::<Str>(class), s.units()) {
        Some(s) => {
            if class.has_finalizer.get() {
                heap::register_finalizer(s.value());
            }
            Ok(s.value())
        }
        None => Err(vm.memory_error()),
    }
}

fn str_argument(vm: &Vm, v: Option<Value>, name: &str) -> PyResult<Option<Ref<Str>>> {
    let Some(v) = v else { return Ok(None) };
    match v.downcast::<Str>() {
        Some(s) => {
            codecs::no_nul(vm, Some(s))?;
            Ok(Some(s))
        }
        None => {
            let got = if v.is_none() { "None".into() } else { v.class().name() };
            raise!(vm, TypeError, "str() argument '{name}' must be str, not {got}")
        }
    }
}

/// `PyUnicode_FromEncodedObject`
fn from_encoded(vm: &Vm, v: Value, encoding: Option<Ref<Str>>, errors: Option<Ref<Str>>) -> PyResult<Value> {
    if v.is_ptr() && v.class().has_flag(BYTES_SUBCLASS) {
        return codecs::decode_object(vm, v, encoding, errors);
    }
    if v.downcast::<Str>().is_some() {
        return Err(vm.type_error("decoding str is not supported"));
    }
    if v.class().slots().bf_getbuffer.is_none() {
        raise!(vm, TypeError, "decoding to str: need a bytes-like object, {} found", v.class().name())
    }
    codecs::decode_object(vm, v, encoding, errors)
}

impl Vm {
    /// A string of what the compiler has as WTF-8: UTF-8 that may contain lone surrogates.
    pub fn str_from_wtf8(&self, text: &adder_compiler::code::Wtf8Buf) -> PyResult<Ref<Str>> {
        if let Ok(text) = text.as_str() {
            return match Str::from_utf8(text) {
                Some(s) => Ok(s),
                None => Err(self.memory_error()),
            };
        }
        let mut out = Builder::with_capacity(text.len());
        for c in text.code_points() {
            out.push(c.to_u32());
        }
        self.new_str_units(out.finish().as_units())
    }

    /// The name of a file, an argument, an environment variable: UTF-8 with surrogateescape.
    pub fn fs_decode(&self, bytes: &[u8]) -> PyResult<Value> {
        self.str_of_owned(adder_text::codecs::handlers::fs_decode(bytes))
    }

    /// The inverse of `fs_decode`; UnicodeEncodeError for what no file name can have.
    pub fn fs_encode(&self, s: Ref<Str>) -> PyResult<Vec<u8>> {
        match adder_text::codecs::handlers::fs_encode(s.units()) {
            Ok(bytes) => Ok(bytes),
            Err(fault) => Err(codecs::encode_error(self, "utf-8", s, fault)),
        }
    }

    /// The string as UTF-8; UnicodeEncodeError for lone surrogates.
    pub fn utf8_of(&self, s: Ref<Str>) -> PyResult<String> {
        match s.to_utf8() {
            Some(text) => Ok(text),
            None => {
                let (mut at, mut out) = (0, vec![]);
                match adder_text::codecs::utf8::encode(s.units(), &mut at, &mut out) {
                    Err(fault) => Err(codecs::encode_error(self, "utf-8", s, fault)),
                    Ok(()) => Ok(String::from_utf8_lossy(&out).into_owned()),
                }
            }
        }
    }
}
