//! Encoding and decoding: the registry of codecs and the entry points of `str.encode`,
//! `bytes.decode` and the `codecs` module. The error handlers are in `codec_errors.rs`, the loops that
//! run a codec of the text crate with an error handler in `codec_run.rs`.

use crate::builtins::bytearray::ByteArray;
use crate::builtins::bytes::Bytes;
use crate::builtins::dict::Dict;
use crate::builtins::exceptions::Exc;
use crate::builtins::list::List;
use crate::builtins::singletons::as_bool;
use crate::builtins::str_::Str;
use crate::builtins::tuple::Tuple;
use crate::codec_run::{self, Encoding};
use crate::error::{PyResult, Raised};
use crate::names::names;
use crate::object::{Ref, Value, ValueExt};
use crate::raise;
use crate::vm::Vm;
use adder_heap::StaticRoot;
use adder_text::codecs::{Fault, Order};

/// List of search functions.
static SEARCH: StaticRoot = StaticRoot::new();
/// Dict of normalised names to what the search functions gave.
static CACHE: StaticRoot = StaticRoot::new();

fn search_path(vm: &Vm) -> Ref<List> {
    if SEARCH.get().is_none() {
        SEARCH.set(Some(List::new(vm).value()));
    }
    SEARCH.get().and_then(|v| v.exact::<List>()).expect("the search path is a list")
}

fn cache(vm: &Vm) -> Ref<Dict> {
    if CACHE.get().is_none() {
        CACHE.set(Some(Dict::new(vm).value()));
    }
    CACHE.get().and_then(|v| v.exact::<Dict>()).expect("the codec cache is a dict")
}

/// `-b`: warn when bytes are treated as text.
pub fn bytes_warning() -> bool {
    BYTES_WARNING.load(std::sync::atomic::Ordering::Relaxed)
}

pub fn set_bytes_warning(on: bool) {
    BYTES_WARNING.store(on, std::sync::atomic::Ordering::Relaxed);
}

static BYTES_WARNING: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);

/// `codecs.register`
pub fn register(vm: &Vm, function: Value) -> PyResult<()> {
    if !vm.is_callable(function) {
        return Err(vm.type_error("argument must be callable"));
    }
    search_path(vm).push(vm, function);
    Ok(())
}

/// `codecs.unregister`
pub fn unregister(vm: &Vm, function: Value) {
    let path = search_path(vm);
    if let Some(i) = path.items().iter().position(|f| *f == function) {
        path.remove_at(i);
        cache(vm).clear();
    }
}

/// `_Py_normalize_encoding`: lower case, and an underscore for what is neither letter, digit nor dot.
pub fn normalize(encoding: &str) -> String {
    let mut out = String::with_capacity(encoding.len());
    let mut gap = false;
    for c in encoding.chars() {
        if c.is_ascii_alphanumeric() || c == '.' {
            if gap && !out.is_empty() {
                out.push('_');
            }
            gap = false;
            out.push(c.to_ascii_lowercase());
        } else {
            gap = true;
        }
    }
    out
}

/// `codecs.lookup`
pub fn lookup(vm: &Vm, encoding: Ref<Str>) -> PyResult<Value> {
    let name = vm.utf8_of(encoding)?;
    let key = vm.new_str(&normalize(&name));
    if let Some(found) = cache(vm).get_item(vm, key)? {
        return Ok(found);
    }
    let path = search_path(vm);
    if path.is_empty() {
        import_encodings(vm)?;
        if path.is_empty() {
            raise!(vm, LookupError, "no codec search functions registered: can't find encoding")
        }
    }
    let mut i = 0;
    while let Some(f) = path.try_get(i) {
        let found = vm.call(f, &[key])?;
        if !found.is_none() {
            if found.downcast::<Tuple>().is_none_or(|t| t.len() != 4) {
                return Err(vm.type_error("codec search functions must return 4-tuples"));
            }
            cache(vm).set_item(vm, key, found)?;
            return Ok(found);
        }
        i += 1;
    }
    raise!(vm, LookupError, "unknown encoding: {name}")
}

/// The package `encodings` registers the search function of the standard codecs.
fn import_encodings(vm: &Vm) -> PyResult<()> {
    crate::import::import_module(vm, "encodings")?;
    Ok(())
}

/// One of the four members of a codec.
fn member(vm: &Vm, codec: Value, i: usize) -> PyResult<Value> {
    match codec.downcast::<Tuple>() {
        Some(t) => Ok(t.get(i)),
        None => Err(vm.type_error("codec search functions must return 4-tuples")),
    }
}

/// Calls an encoder or decoder and takes the object out of its result.
fn call_codec(
    vm: &Vm,
    codec: Value,
    i: usize,
    object: Value,
    encoding: Ref<Str>,
    errors: Option<Ref<Str>>,
) -> PyResult<Value> {
    let f = member(vm, codec, i)?;
    let result = match errors {
        Some(e) => vm.call(f, &[object, e.value()]),
        None => vm.call(f, &[object]),
    };
    let what = if i == 0 { "encoder" } else { "decoder" };
    let operation = if i == 0 { "encoding" } else { "decoding" };
    let result = match result {
        Ok(r) => r,
        Err(raised) => {
            let exc = vm.take_exception(raised);
            let note = vm.new_str(&format!("{operation} with '{encoding}' codec failed"));
            if let Err(second) = vm.call_method(exc.value(), vm.intern_str("add_note"), &[note]) {
                vm.take_exception(second);
            }
            return Err(vm.restore(exc));
        }
    };
    match result.downcast::<Tuple>() {
        Some(t) if t.len() == 2 => Ok(t.get(0)),
        _ => raise!(vm, TypeError, "{what} must return a tuple (object, integer)"),
    }
}

/// `codecs.encode`
pub fn encode(vm: &Vm, object: Value, encoding: Ref<Str>, errors: Option<Ref<Str>>) -> PyResult<Value> {
    let codec = lookup(vm, encoding)?;
    call_codec(vm, codec, 0, object, encoding, errors)
}

/// `codecs.decode`
pub fn decode(vm: &Vm, object: Value, encoding: Ref<Str>, errors: Option<Ref<Str>>) -> PyResult<Value> {
    let codec = lookup(vm, encoding)?;
    call_codec(vm, codec, 1, object, encoding, errors)
}

/// The codec of a text encoding, for `str.encode` and `bytes.decode`.
fn lookup_text(vm: &Vm, encoding: Ref<Str>, instead: &str) -> PyResult<Value> {
    let codec = lookup(vm, encoding)?;
    if !codec.is::<Tuple>()
        && let Some(flag) = vm.get_attr_opt(codec, names()._is_text_encoding)?
        && as_bool(flag) != Some(true)
        && !vm.truth(flag)?
    {
        raise!(
            vm,
            LookupError,
            "'{encoding}' is not a text encoding; use {instead} to handle arbitrary codecs"
        )
    }
    Ok(codec)
}

/// The encodings that need no registry.
fn builtin_encoding(encoding: &str) -> Option<Encoding> {
    let name = normalize(encoding);
    if let Some(rest) = name.strip_prefix("utf") {
        return match rest.strip_prefix('_').unwrap_or(rest) {
            "8" => Some(Encoding::Utf8),
            "16" => Some(Encoding::Utf16(Order::Native)),
            "32" => Some(Encoding::Utf32(Order::Native)),
            _ => None,
        };
    }
    match name.as_str() {
        "ascii" | "us_ascii" => Some(Encoding::Ascii),
        "latin1" | "latin_1" | "iso_8859_1" | "iso8859_1" => Some(Encoding::Latin1),
        _ => None,
    }
}

/// ValueError for a name with a zero character.
pub fn no_nul(vm: &Vm, name: Option<Ref<Str>>) -> PyResult<()> {
    match name {
        Some(s) if s.contains_nul() => Err(vm.value_error("embedded null character")),
        Some(s) if !s.is_ascii() => vm.utf8_of(s).map(|_| ()),
        _ => Ok(()),
    }
}

/// `s.encode(encoding, errors)` (PyUnicode_AsEncodedString).
pub fn encode_str(
    vm: &Vm,
    s: Ref<Str>,
    encoding: Option<Ref<Str>>,
    errors: Option<Ref<Str>>,
) -> PyResult<Value> {
    let builtin = match encoding {
        None => Some(Encoding::Utf8),
        Some(e) => e.as_ascii().and_then(builtin_encoding),
    };
    if let Some(builtin) = builtin {
        return codec_run::encode(vm, builtin, s, errors);
    }
    let Some(encoding) = encoding else { return codec_run::encode(vm, Encoding::Utf8, s, errors) };
    let codec = lookup_text(vm, encoding, "codecs.encode()")?;
    let v = call_codec(vm, codec, 0, s.value(), encoding, errors)?;
    if v.downcast::<Bytes>().is_some() {
        return Ok(v);
    }
    if let Some(b) = v.downcast::<ByteArray>() {
        let message = format!(
            "encoder {encoding} returned bytearray instead of bytes; use codecs.encode() to encode to arbitrary types"
        );
        vm.warn(Exc::RuntimeWarning, &message)?;
        return vm.new_bytes(b.as_bytes());
    }
    raise!(
        vm,
        TypeError,
        "'{encoding}' encoder returned '{}' instead of 'bytes'; use codecs.encode() to encode to arbitrary types",
        v.class().name()
    )
}

/// `b.decode(encoding, errors)` for any object with a buffer (PyUnicode_Decode).
pub fn decode_object(
    vm: &Vm,
    object: Value,
    encoding: Option<Ref<Str>>,
    errors: Option<Ref<Str>>,
) -> PyResult<Value> {
    let builtin = match encoding {
        None => Some(Encoding::Utf8),
        Some(e) => e.as_ascii().and_then(builtin_encoding),
    };
    if let (None, Some(encoding)) = (&builtin, encoding) {
        let codec = lookup_text(vm, encoding, "codecs.decode()")?;
        let view = crate::builtins::memoryview::MemoryView::of_object(vm, object)?;
        let object = if object.downcast::<Bytes>().is_some() { object } else { view.value() };
        let v = call_codec(vm, codec, 1, object, encoding, errors)?;
        if v.downcast::<Str>().is_none() {
            raise!(
                vm,
                TypeError,
                "'{encoding}' decoder returned '{}' instead of 'str'; use codecs.decode() to decode to arbitrary types",
                v.class().name()
            )
        }
        return Ok(v);
    }
    let input = vm.bytes_like(object)?;
    codec_run::decode_all(vm, builtin.unwrap_or(Encoding::Utf8), &input, errors)
}

/// UnicodeEncodeError
#[cold]
pub fn encode_error(vm: &Vm, encoding: &str, s: Ref<Str>, fault: Fault) -> Raised {
    match encode_exception(vm, encoding, s, fault) {
        Ok(exc) => vm.raise_value(exc),
        Err(raised) => raised,
    }
}

#[cold]
pub fn encode_exception(vm: &Vm, encoding: &str, s: Ref<Str>, fault: Fault) -> PyResult<Value> {
    let args = [
        vm.new_str(encoding),
        s.value(),
        vm.int(fault.start as i64),
        vm.int(fault.end as i64),
        vm.new_str(fault.reason),
    ];
    vm.call(Exc::UnicodeEncodeError.class().value(), &args)
}

#[cold]
pub fn decode_exception(vm: &Vm, encoding: &str, input: &[u8], fault: Fault) -> PyResult<Value> {
    let object = vm.new_bytes(input)?;
    let args = [
        vm.new_str(encoding),
        object,
        vm.int(fault.start as i64),
        vm.int(fault.end as i64),
        vm.new_str(fault.reason),
    ];
    vm.call(Exc::UnicodeDecodeError.class().value(), &args)
}
