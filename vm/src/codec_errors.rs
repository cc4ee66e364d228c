//! Error handlers of codecs: the registry, and the built-in handlers as Python functions.
//!
//! The loops of `codec_run.rs` know the built-in handlers by name and do not call these functions.

use crate::builtins::bytes::Bytes;
use crate::builtins::dict::Dict;
use crate::builtins::exceptions::Exc;
use crate::builtins::int::as_int;
use crate::builtins::str_::Str;
use crate::builtins::tuple::Tuple;
use crate::error::{PyResult, Raised};
use crate::object::{Ref, Value, ValueExt};
use crate::raise;
use crate::vm::Vm;
use adder_heap::StaticRoot;
use adder_macros::pymodule;
use adder_text::builder::Builder;
use adder_text::codecs::handlers::{self, Utf};
use adder_text::units::Units;
use std::ops::Range;

/// Dict of names to handlers.
static REGISTRY: StaticRoot = StaticRoot::new();

/// The built-in handlers by name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Errors {
    Strict,
    Ignore,
    Replace,
    Backslash,
    Xml,
    Name,
    SurrogateEscape,
    SurrogatePass,
    /// To be looked up.
    Other,
}

impl Errors {
    pub fn parse(errors: Option<Ref<Str>>) -> Errors {
        let Some(errors) = errors else { return Errors::Strict };
        match errors.as_ascii() {
            Some("strict") => Errors::Strict,
            Some("ignore") => Errors::Ignore,
            Some("replace") => Errors::Replace,
            Some("backslashreplace") => Errors::Backslash,
            Some("xmlcharrefreplace") => Errors::Xml,
            Some("namereplace") => Errors::Name,
            Some("surrogateescape") => Errors::SurrogateEscape,
            Some("surrogatepass") => Errors::SurrogatePass,
            _ => Errors::Other,
        }
    }
}

const BUILTIN: [&str; 8] = [
    "strict",
    "ignore",
    "replace",
    "xmlcharrefreplace",
    "backslashreplace",
    "namereplace",
    "surrogatepass",
    "surrogateescape",
];

fn registry(vm: &Vm) -> PyResult<Ref<Dict>> {
    if let Some(d) = REGISTRY.get().and_then(|v| v.exact::<Dict>()) {
        return Ok(d);
    }
    let d = Dict::new(vm);
    for (name, def) in BUILTIN.iter().zip(functions::DEF.functions) {
        let f = crate::builtins::descr::native_function(vm, def, None, None);
        d.set_item(vm, vm.new_str(name), f)?;
    }
    REGISTRY.set(Some(d.value()));
    Ok(d)
}

/// `codecs.register_error`
pub fn register(vm: &Vm, name: Ref<Str>, handler: Value) -> PyResult<()> {
    if !vm.is_callable(handler) {
        return Err(vm.type_error("handler must be callable"));
    }
    registry(vm)?.set_item(vm, name.value(), handler)
}

/// `codecs._unregister_error`
pub fn unregister(vm: &Vm, name: Ref<Str>) -> PyResult<bool> {
    if name.as_ascii().is_some_and(|n| BUILTIN.contains(&n)) {
        raise!(vm, ValueError, "cannot un-register built-in error handler '{name}'")
    }
    Ok(registry(vm)?.remove(vm, name.value())?.is_some())
}

/// `codecs.lookup_error`
pub fn lookup(vm: &Vm, name: Option<Ref<Str>>) -> PyResult<Value> {
    let name = name.unwrap_or_else(|| vm.intern_str("strict"));
    match registry(vm)?.get_item(vm, name.value())? {
        Some(f) => Ok(f),
        None => raise!(vm, LookupError, "unknown error handler name '{name}'"),
    }
}

/// Which of the three exceptions a handler was given.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Problem {
    Encode,
    Decode,
    Translate,
}

fn problem(exc: Value) -> Option<Problem> {
    let is = |kind: Exc| exc.class().is_subclass_of(kind.class());
    if is(Exc::UnicodeEncodeError) {
        Some(Problem::Encode)
    } else if is(Exc::UnicodeDecodeError) {
        Some(Problem::Decode)
    } else if is(Exc::UnicodeTranslateError) {
        Some(Problem::Translate)
    } else {
        None
    }
}

#[cold]
fn wrong_exception(vm: &Vm, exc: Value) -> Raised {
    vm.type_error(format!("don't know how to handle {} in error callback", exc.class().name()))
}

/// The object and the range of a Unicode error, kept within the object as CPython does.
fn details(vm: &Vm, exc: Value) -> PyResult<(Value, Range<usize>)> {
    let object = vm.get_attr(exc, vm.intern_str("object"))?;
    let len = match (object.downcast::<Str>(), object.downcast::<Bytes>()) {
        (Some(s), _) => s.len(),
        (_, Some(b)) => b.len(),
        _ => return Err(vm.type_error("object attribute not set")),
    } as i128;
    let number = |name: &str| -> PyResult<i128> {
        let v = vm.get_attr(exc, vm.intern_str(name))?;
        match as_int(v) {
            Some(i) => Ok(vm.int_to_i128(i)),
            None => Err(vm.type_error("an integer is required")),
        }
    };
    let start = number("start")?.clamp(0, (len - 1).max(0));
    let end = number("end")?.clamp(1.min(len), len);
    Ok((object, start as usize..(end as usize).max(start as usize)))
}

fn answer(vm: &Vm, replacement: Value, at: usize) -> PyResult<Value> {
    Ok(Tuple::from_slice(vm, &[replacement, vm.int(at as i64)]).value())
}

fn text(vm: &Vm, ascii: &[u8], at: usize) -> PyResult<Value> {
    let s = vm.str_of(Units::One(ascii))?;
    answer(vm, s, at)
}

/// The bad part of the text of an encoding error.
fn bad_text(vm: &Vm, exc: Value) -> PyResult<(Ref<Str>, Range<usize>)> {
    let (object, r) = details(vm, exc)?;
    match object.downcast::<Str>() {
        Some(s) => Ok((s, r)),
        None => Err(vm.type_error("object attribute must be unicode")),
    }
}

fn bad_bytes(vm: &Vm, exc: Value) -> PyResult<(Ref<Bytes>, Range<usize>)> {
    let (object, r) = details(vm, exc)?;
    match object.downcast::<Bytes>() {
        Some(b) => Ok((b, r)),
        None => Err(vm.type_error("object attribute must be bytes")),
    }
}

/// The built-in handlers, in the order of `BUILTIN`.
#[pymodule("_codecs")]
mod functions {
    use super::*;

    /// Implements the 'strict' error handling, which raises a UnicodeError on coding errors.
    #[pyfunction("(exception, /)")]
    fn strict_errors(vm: &Vm, exc: Value) -> PyResult<Value> {
        if exc.class().is_subclass_of(Exc::BaseException.class()) {
            return Err(vm.raise_value(exc));
        }
        Err(vm.type_error("codec must pass exception instance"))
    }

    /// Implements the 'ignore' error handling, which ignores malformed data and continues.
    #[pyfunction("(exception, /)")]
    fn ignore_errors(vm: &Vm, exc: Value) -> PyResult<Value> {
        if problem(exc).is_none() {
            return Err(wrong_exception(vm, exc));
        }
        let (_, r) = details(vm, exc)?;
        answer(vm, vm.empty_str(), r.end)
    }

    /// Implements the 'replace' error handling, which replaces malformed data with a replacement marker.
    #[pyfunction("(exception, /)")]
    fn replace_errors(vm: &Vm, exc: Value) -> PyResult<Value> {
        let Some(p) = problem(exc) else { return Err(wrong_exception(vm, exc)) };
        let (_, r) = details(vm, exc)?;
        let mut out = Builder::new();
        match p {
            Problem::Encode => out.push_repeated('?' as u32, r.len()),
            Problem::Decode => out.push(0xfffd),
            Problem::Translate => out.push_repeated(0xfffd, r.len()),
        }
        let s = vm.str_of_owned(out.finish())?;
        answer(vm, s, r.end)
    }

    /// Implements the 'xmlcharrefreplace' error handling, which replaces an unencodable character with
    /// the appropriate XML character reference.
    #[pyfunction("(exception, /)")]
    fn xmlcharrefreplace_errors(vm: &Vm, exc: Value) -> PyResult<Value> {
        if problem(exc) != Some(Problem::Encode) {
            return Err(wrong_exception(vm, exc));
        }
        let (s, r) = bad_text(vm, exc)?;
        text(vm, &handlers::xml_references(s.units().slice(r.clone())), r.end)
    }

    /// Implements the 'backslashreplace' error handling, which replaces malformed data with a
    /// backslashed escape sequence.
    #[pyfunction("(exception, /)")]
    fn backslashreplace_errors(vm: &Vm, exc: Value) -> PyResult<Value> {
        match problem(exc) {
            None => Err(wrong_exception(vm, exc)),
            Some(Problem::Decode) => {
                let (b, r) = bad_bytes(vm, exc)?;
                text(vm, &handlers::backslash_bytes(&b.as_bytes()[r.clone()]), r.end)
            }
            Some(_) => {
                let (s, r) = bad_text(vm, exc)?;
                text(vm, &handlers::backslash_text(s.units().slice(r.clone())), r.end)
            }
        }
    }

    /// Implements the 'namereplace' error handling, which replaces an unencodable character with a
    /// \N{...} escape sequence.
    #[pyfunction("(exception, /)")]
    fn namereplace_errors(vm: &Vm, exc: Value) -> PyResult<Value> {
        if problem(exc) != Some(Problem::Encode) {
            return Err(wrong_exception(vm, exc));
        }
        let (s, r) = bad_text(vm, exc)?;
        text(vm, &handlers::names(s.units().slice(r.clone())), r.end)
    }

    #[pyfunction("(exception, /)")]
    fn surrogatepass(vm: &Vm, exc: Value) -> PyResult<Value> {
        let p = problem(exc);
        if !matches!(p, Some(Problem::Encode | Problem::Decode)) {
            return Err(wrong_exception(vm, exc));
        }
        let encoding = vm.get_attr(exc, vm.intern_str("encoding"))?;
        let utf = encoding.downcast::<Str>().and_then(|e| e.as_ascii().and_then(Utf::from_name));
        let Some(utf) = utf else { return Err(vm.raise_value(exc)) };
        if p == Some(Problem::Encode) {
            let (s, r) = bad_text(vm, exc)?;
            return match utf.encode_surrogates(s.units().slice(r.clone())) {
                Some(b) => {
                    let b = vm.new_bytes(&b)?;
                    answer(vm, b, r.end)
                }
                None => Err(vm.raise_value(exc)),
            };
        }
        let (b, r) = bad_bytes(vm, exc)?;
        match utf.decode_surrogate(&b.as_bytes()[r.start..]) {
            Some((c, len)) => answer(vm, vm.char_str(c), r.start + len),
            None => Err(vm.raise_value(exc)),
        }
    }

    #[pyfunction("(exception, /)")]
    fn surrogateescape(vm: &Vm, exc: Value) -> PyResult<Value> {
        match problem(exc) {
            Some(Problem::Encode) => {
                let (s, r) = bad_text(vm, exc)?;
                match handlers::unescape_surrogates(s.units().slice(r.clone())) {
                    Some(b) => {
                        let b = vm.new_bytes(&b)?;
                        answer(vm, b, r.end)
                    }
                    None => Err(vm.raise_value(exc)),
                }
            }
            Some(Problem::Decode) => {
                let (b, r) = bad_bytes(vm, exc)?;
                let escaped = handlers::escape_bytes(&b.as_bytes()[r.clone()]);
                if escaped.is_empty() {
                    return Err(vm.raise_value(exc));
                }
                let s = vm.str_of(Units::Four(&escaped))?;
                answer(vm, s, r.start + escaped.len())
            }
            _ => Err(wrong_exception(vm, exc)),
        }
    }
}
