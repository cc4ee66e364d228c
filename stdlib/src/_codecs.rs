//! `_codecs`: the registry of codecs and the codecs that are written in Rust.

use adder_heap as heap;
use adder_macros::{pyclass, pymethods, pymodule};
use adder_text::codecs::charmap::{self, EncodingMap, UNDEFINED};
use adder_text::codecs::escape::{self, InvalidEscape, OnError};
use adder_text::codecs::{Fault, Order, utf7};
use adder_text::units::Units;
use adder_vm::builtins::bytes::Bytes;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::int::as_int;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::codec_errors;
use adder_vm::codec_run::{self, Encoding};
use adder_vm::codecs;
use adder_vm::def;
use adder_vm::error::{PyResult, Raised};
use adder_vm::object::{LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;

/// The inverse of a decoding table.
#[pyclass(name = "EncodingMap", module = "builtins", flags = def::IMMUTABLE | def::DISALLOW_INSTANTIATION)]
#[repr(C)]
pub struct EncodingMapObject {
    h: LongHeader,
    map: Box<EncodingMap>,
}

#[pymethods]
impl EncodingMapObject {
    /// Return the size (in bytes) of this object.
    #[pymethod("($self, /)")]
    fn size(_: &Vm, this: Ref<EncodingMapObject>) -> usize {
        32 + 8 * this.map.len()
    }
}

/// An `errors` argument: a str or None.
fn errors_of(vm: &Vm, function: &str, position: usize, v: Option<Value>) -> PyResult<Option<Ref<Str>>> {
    let Some(v) = v.filter(|v| !v.is_none()) else { return Ok(None) };
    match v.downcast::<Str>() {
        Some(s) => {
            codecs::no_nul(vm, Some(s))?;
            Ok(Some(s))
        }
        None => {
            raise!(
                vm,
                TypeError,
                "{function}() argument {position} must be str or None, not {}",
                v.class().name()
            )
        }
    }
}

/// The result of an encoder or decoder.
fn pair(vm: &Vm, v: Value, n: usize) -> Value {
    Tuple::from_slice(vm, &[v, vm.int(n as i64)]).value()
}

fn encode(
    vm: &Vm,
    function: &str,
    encoding: Encoding,
    s: Ref<Str>,
    errors: Option<Value>,
) -> PyResult<Value> {
    let errors = errors_of(vm, function, 2, errors)?;
    let b = codec_run::encode(vm, encoding, s, errors)?;
    Ok(pair(vm, b, s.len()))
}

fn decode(
    vm: &Vm,
    function: &str,
    encoding: Encoding,
    data: Value,
    errors: Option<Value>,
    last: bool,
) -> PyResult<Value> {
    let errors = errors_of(vm, function, 2, errors)?;
    let input = vm.bytes_like(data)?;
    if encoding == Encoding::Latin1 {
        let s = vm.str_of(Units::One(&input))?;
        return Ok(pair(vm, s, input.len()));
    }
    let (s, used, _) = codec_run::decode(vm, encoding, &input, errors, last)?;
    Ok(pair(vm, s, used))
}

/// Bytes, or the UTF-8 of a str.
fn text_or_bytes(vm: &Vm, v: Value) -> PyResult<Vec<u8>> {
    match v.downcast::<Str>() {
        Some(s) => Ok(vm.utf8_of(s)?.into_bytes()),
        None => Ok(vm.bytes_like(v)?.to_vec()),
    }
}

fn warn_escape(vm: &Vm, invalid: Option<InvalidEscape>, prefix: &str) -> PyResult<()> {
    match invalid {
        Some(i) => vm.warn(Exc::DeprecationWarning, &i.message(prefix)),
        None => Ok(()),
    }
}

fn order(n: i64) -> Order {
    Order::from_int(n.signum() as i32)
}

/// Where a mapping sends a byte.
fn map_byte(vm: &Vm, mapping: Value, b: u8, out: &mut adder_text::builder::Builder) -> PyResult<bool> {
    let v = match vm.get_item(mapping, vm.int(b as i64)) {
        Ok(v) => v,
        Err(raised) => {
            vm.swallow(raised, Exc::LookupError)?;
            return Ok(false);
        }
    };
    if v.is_none() {
        return Ok(false);
    }
    if let Some(i) = as_int(v) {
        return match vm.int_to_i128(i) {
            0xfffe => Ok(false),
            c @ 0..0x110000 => {
                out.push(c as u32);
                Ok(true)
            }
            _ => raise!(vm, TypeError, "character mapping must be in range(0x110000)"),
        };
    }
    match v.downcast::<Str>() {
        Some(s) if s.len() == 1 && s.char_at(0) == 0xfffe => Ok(false),
        Some(s) => {
            out.push_units(s.units());
            Ok(true)
        }
        None => raise!(vm, TypeError, "character mapping must return integer, None or str"),
    }
}

/// What a mapping makes of a character; false if it does not know it.
fn map_char(vm: &Vm, mapping: Value, c: u32, out: &mut Vec<u8>) -> PyResult<bool> {
    let v = match vm.get_item(mapping, vm.int(c as i64)) {
        Ok(v) => v,
        Err(raised) => {
            vm.swallow(raised, Exc::LookupError)?;
            return Ok(false);
        }
    };
    if v.is_none() {
        return Ok(false);
    }
    if let Some(i) = as_int(v) {
        return match vm.int_to_i128(i) {
            b @ 0..256 => {
                out.push(b as u8);
                Ok(true)
            }
            _ => raise!(vm, TypeError, "character mapping must be in range(256)"),
        };
    }
    match v.downcast::<Bytes>() {
        Some(b) => {
            out.extend_from_slice(b.as_bytes());
            Ok(true)
        }
        None => raise!(
            vm,
            TypeError,
            "character mapping must return integer, bytes or None, not {}",
            v.class().name()
        ),
    }
}

/// Encodes through a mapping object.
fn encode_mapped(vm: &Vm, s: Ref<Str>, errors: Option<Ref<Str>>, mapping: Value) -> PyResult<Value> {
    // The exception of a lookup ends the run; it is looked at when the run is over.
    let failed: std::cell::Cell<Option<Raised>> = std::cell::Cell::new(None);
    let known = |c: u32, out: &mut Vec<u8>| match map_char(vm, mapping, c, out) {
        Ok(known) => known,
        Err(raised) => {
            failed.set(Some(raised));
            true
        }
    };
    let stopped = || {
        let raised = failed.take();
        let stop = raised.is_some();
        failed.set(raised);
        stop
    };
    let result = codec_run::encode_with(
        vm,
        "charmap",
        s,
        errors,
        &mut |u, at, out| {
            while *at < u.len() && !stopped() {
                if !known(u.get(*at), out) {
                    let start = *at;
                    let mut end = start + 1;
                    let mut scratch = vec![];
                    while end < u.len() && !stopped() && !known(u.get(end), &mut scratch) {
                        end += 1;
                    }
                    return Err(Fault { start, end, reason: UNDEFINED });
                }
                *at += 1;
            }
            Ok(())
        },
        &|u| {
            let mut out = vec![];
            u.iter().all(|c| known(c, &mut out)).then_some(out)
        },
        1,
    );
    match failed.take() {
        Some(raised) => Err(raised),
        None => result,
    }
}

/// Codecs of Python's standard encodings
#[pymodule]
pub mod _codecs {
    use super::*;

    /// Register a codec search function.
    ///
    /// Search functions are expected to take one argument, the encoding name in
    /// all lower case letters, and either return None, or a tuple of functions
    /// (encoder, decoder, stream_reader, stream_writer) (or a CodecInfo object).
    #[pyfunction("($module, search_function, /)")]
    fn register(vm: &Vm, search_function: Value) -> PyResult<()> {
        codecs::register(vm, search_function)
    }

    /// Unregister a codec search function and clear the registry's cache.
    ///
    /// If the search function is not registered, do nothing.
    #[pyfunction("($module, search_function, /)")]
    fn unregister(vm: &Vm, search_function: Value) {
        codecs::unregister(vm, search_function)
    }

    /// Looks up a codec tuple in the Python codec registry and returns a CodecInfo object.
    #[pyfunction("($module, encoding, /)")]
    fn lookup(vm: &Vm, encoding: Ref<Str>) -> PyResult<Value> {
        codecs::no_nul(vm, Some(encoding))?;
        codecs::lookup(vm, encoding)
    }

    /// Encodes obj using the codec registered for encoding.
    ///
    /// The default encoding is 'utf-8'.  errors may be given to set a
    /// different error handling scheme.  Default is 'strict' meaning that encoding
    /// errors raise a ValueError.  Other possible values are 'ignore', 'replace'
    /// and 'backslashreplace' as well as any other name registered with
    /// codecs.register_error that can handle ValueErrors.
    #[pyfunction("($module, /, obj, encoding='utf-8', errors='strict')")]
    fn encode(vm: &Vm, obj: Value, encoding: Option<Ref<Str>>, errors: Option<Ref<Str>>) -> PyResult<Value> {
        codecs::encode(vm, obj, encoding.unwrap_or_else(|| vm.intern_str("utf-8")), errors)
    }

    /// Decodes obj using the codec registered for encoding.
    ///
    /// Default encoding is 'utf-8'.  errors may be given to set a
    /// different error handling scheme.  Default is 'strict' meaning that encoding
    /// errors raise a ValueError.  Other possible values are 'ignore', 'replace'
    /// and 'backslashreplace' as well as any other name registered with
    /// codecs.register_error that can handle ValueErrors.
    #[pyfunction("($module, /, obj, encoding='utf-8', errors='strict')")]
    fn decode(vm: &Vm, obj: Value, encoding: Option<Ref<Str>>, errors: Option<Ref<Str>>) -> PyResult<Value> {
        codecs::decode(vm, obj, encoding.unwrap_or_else(|| vm.intern_str("utf-8")), errors)
    }

    /// Register the specified error handler under the name errors.
    ///
    /// handler must be a callable object, that
    /// will be called with an exception instance containing
    /// information about the location of the encoding/decoding
    /// error and must return a (replacement, new position) tuple.
    #[pyfunction("($module, errors, handler, /)")]
    fn register_error(vm: &Vm, errors: Ref<Str>, handler: Value) -> PyResult<()> {
        codec_errors::register(vm, errors, handler)
    }

    /// Un-register the specified error handler for the error handling `errors'.
    ///
    /// Only custom error handlers can be un-registered. An exception is raised
    /// if the error handling is a built-in one (such as 'strict'), or if an error
    /// occurs.
    ///
    /// Otherwise, this returns True if a custom handler has been successfully
    /// un-registered, and False if no custom handler for the specified error
    /// handling exists.
    #[pyfunction("($module, errors, /)")]
    fn _unregister_error(vm: &Vm, errors: Ref<Str>) -> PyResult<bool> {
        codec_errors::unregister(vm, errors)
    }

    /// lookup_error(errors) -> handler
    ///
    /// Return the error handler for the specified error handling name or raise a
    /// LookupError, if no handler exists under this name.
    #[pyfunction("($module, name, /)")]
    fn lookup_error(vm: &Vm, name: Ref<Str>) -> PyResult<Value> {
        codec_errors::lookup(vm, Some(name))
    }

    /// Normalize an encoding name: lower case, with underscores.
    #[pyfunction("($module, /, encoding)")]
    fn _normalize_encoding(vm: &Vm, encoding: Ref<Str>) -> PyResult<String> {
        // Unlike the lookup, this keeps the case.
        let mut out = String::new();
        let mut gap = false;
        for c in vm.utf8_of(encoding)?.chars().filter(|c| c.is_ascii()) {
            if c.is_ascii_alphanumeric() || c == '.' {
                if gap && !out.is_empty() {
                    out.push('_');
                }
                gap = false;
                out.push(c);
            } else {
                gap = true;
            }
        }
        Ok(out)
    }

    #[pyfunction("($module, data, errors=None, /)")]
    fn escape_decode(vm: &Vm, data: Value, errors: Option<Value>) -> PyResult<Value> {
        let errors = errors_of(vm, "escape_decode", 2, errors)?;
        let on_error = match errors.as_ref().map(|e| e.to_string()).as_deref() {
            None | Some("strict") => Ok(OnError::Strict),
            Some("replace") => Ok(OnError::Replace),
            Some("ignore") => Ok(OnError::Ignore),
            Some(other) => Err(other.to_string()),
        };
        let input = text_or_bytes(vm, data)?;
        let mut invalid = None;
        let out = match escape::decode_bytes(
            &input,
            *on_error.as_ref().unwrap_or(&OnError::Strict),
            &mut invalid,
        ) {
            Ok(out) => out,
            Err(escape::BytesError::Hex(_)) if on_error.is_err() => {
                let name = on_error.err().unwrap_or_default();
                raise!(vm, ValueError, "decoding error; unknown error handling code: {name}")
            }
            Err(e) => return Err(vm.value_error(e.to_string())),
        };
        warn_escape(vm, invalid, "b")?;
        let b = vm.new_bytes(&out)?;
        Ok(pair(vm, b, input.len()))
    }

    #[pyfunction("($module, data, errors=None, /)")]
    fn escape_encode(vm: &Vm, data: Ref<Bytes>, errors: Option<Value>) -> PyResult<Value> {
        errors_of(vm, "escape_encode", 2, errors)?;
        let b = vm.new_bytes(&escape::encode_bytes(data.as_bytes()))?;
        Ok(pair(vm, b, data.len()))
    }

    #[pyfunction("($module, data, errors=None, final=False, /)")]
    fn utf_8_decode(vm: &Vm, data: Value, errors: Option<Value>, last: Option<bool>) -> PyResult<Value> {
        super::decode(vm, "utf_8_decode", Encoding::Utf8, data, errors, last.unwrap_or(false))
    }

    #[pyfunction("($module, str, errors=None, /)")]
    fn utf_8_encode(vm: &Vm, s: Ref<Str>, errors: Option<Value>) -> PyResult<Value> {
        super::encode(vm, "utf_8_encode", Encoding::Utf8, s, errors)
    }

    #[pyfunction("($module, data, errors=None, final=False, /)")]
    fn utf_7_decode(vm: &Vm, data: Value, errors: Option<Value>, last: Option<bool>) -> PyResult<Value> {
        let errors = errors_of(vm, "utf_7_decode", 2, errors)?;
        let input = vm.bytes_like(data)?;
        let mut decoder = utf7::Decoder::default();
        let last = last.unwrap_or(false);
        let (s, used) = codec_run::decode_with(vm, &mut || "utf7", &input, errors, &mut |input, at, out| {
            decoder.decode(input, at, out, last)
        })?;
        Ok(pair(vm, s, used))
    }

    #[pyfunction("($module, str, errors=None, /)")]
    fn utf_7_encode(vm: &Vm, s: Ref<Str>, errors: Option<Value>) -> PyResult<Value> {
        errors_of(vm, "utf_7_encode", 2, errors)?;
        let b = vm.new_bytes(&utf7::encode(s.units()))?;
        Ok(pair(vm, b, s.len()))
    }

    #[pyfunction("($module, data, errors=None, final=False, /)")]
    fn utf_16_decode(vm: &Vm, data: Value, errors: Option<Value>, last: Option<bool>) -> PyResult<Value> {
        super::decode(
            vm,
            "utf_16_decode",
            Encoding::Utf16(Order::Native),
            data,
            errors,
            last.unwrap_or(false),
        )
    }

    #[pyfunction("($module, data, errors=None, final=False, /)")]
    fn utf_16_le_decode(vm: &Vm, data: Value, errors: Option<Value>, last: Option<bool>) -> PyResult<Value> {
        super::decode(
            vm,
            "utf_16_le_decode",
            Encoding::Utf16(Order::Little),
            data,
            errors,
            last.unwrap_or(false),
        )
    }

    #[pyfunction("($module, data, errors=None, final=False, /)")]
    fn utf_16_be_decode(vm: &Vm, data: Value, errors: Option<Value>, last: Option<bool>) -> PyResult<Value> {
        super::decode(
            vm,
            "utf_16_be_decode",
            Encoding::Utf16(Order::Big),
            data,
            errors,
            last.unwrap_or(false),
        )
    }

    #[pyfunction("($module, data, errors=None, byteorder=0, final=False, /)")]
    fn utf_16_ex_decode(
        vm: &Vm,
        data: Value,
        errors: Option<Value>,
        byteorder: Option<i64>,
        last: Option<bool>,
    ) -> PyResult<Value> {
        let errors = errors_of(vm, "utf_16_ex_decode", 2, errors)?;
        let input = vm.bytes_like(data)?;
        let encoding = Encoding::Utf16(order(byteorder.unwrap_or(0)));
        let (s, used, order) = codec_run::decode(vm, encoding, &input, errors, last.unwrap_or(false))?;
        Ok(Tuple::from_slice(vm, &[s, vm.int(used as i64), vm.int(order.to_int() as i64)]).value())
    }

    #[pyfunction("($module, str, errors=None, byteorder=0, /)")]
    fn utf_16_encode(vm: &Vm, s: Ref<Str>, errors: Option<Value>, byteorder: Option<i64>) -> PyResult<Value> {
        super::encode(vm, "utf_16_encode", Encoding::Utf16(order(byteorder.unwrap_or(0))), s, errors)
    }

    #[pyfunction("($module, str, errors=None, /)")]
    fn utf_16_le_encode(vm: &Vm, s: Ref<Str>, errors: Option<Value>) -> PyResult<Value> {
        super::encode(vm, "utf_16_le_encode", Encoding::Utf16(Order::Little), s, errors)
    }

    #[pyfunction("($module, str, errors=None, /)")]
    fn utf_16_be_encode(vm: &Vm, s: Ref<Str>, errors: Option<Value>) -> PyResult<Value> {
        super::encode(vm, "utf_16_be_encode", Encoding::Utf16(Order::Big), s, errors)
    }

    #[pyfunction("($module, data, errors=None, final=False, /)")]
    fn utf_32_decode(vm: &Vm, data: Value, errors: Option<Value>, last: Option<bool>) -> PyResult<Value> {
        super::decode(
            vm,
            "utf_32_decode",
            Encoding::Utf32(Order::Native),
            data,
            errors,
            last.unwrap_or(false),
        )
    }

    #[pyfunction("($module, data, errors=None, final=False, /)")]
    fn utf_32_le_decode(vm: &Vm, data: Value, errors: Option<Value>, last: Option<bool>) -> PyResult<Value> {
        super::decode(
            vm,
            "utf_32_le_decode",
            Encoding::Utf32(Order::Little),
            data,
            errors,
            last.unwrap_or(false),
        )
    }

    #[pyfunction("($module, data, errors=None, final=False, /)")]
    fn utf_32_be_decode(vm: &Vm, data: Value, errors: Option<Value>, last: Option<bool>) -> PyResult<Value> {
        super::decode(
            vm,
            "utf_32_be_decode",
            Encoding::Utf32(Order::Big),
            data,
            errors,
            last.unwrap_or(false),
        )
    }

    #[pyfunction("($module, data, errors=None, byteorder=0, final=False, /)")]
    fn utf_32_ex_decode(
        vm: &Vm,
        data: Value,
        errors: Option<Value>,
        byteorder: Option<i64>,
        last: Option<bool>,
    ) -> PyResult<Value> {
        let errors = errors_of(vm, "utf_32_ex_decode", 2, errors)?;
        let input = vm.bytes_like(data)?;
        let encoding = Encoding::Utf32(order(byteorder.unwrap_or(0)));
        let (s, used, order) = codec_run::decode(vm, encoding, &input, errors, last.unwrap_or(false))?;
        Ok(Tuple::from_slice(vm, &[s, vm.int(used as i64), vm.int(order.to_int() as i64)]).value())
    }

    #[pyfunction("($module, str, errors=None, byteorder=0, /)")]
    fn utf_32_encode(vm: &Vm, s: Ref<Str>, errors: Option<Value>, byteorder: Option<i64>) -> PyResult<Value> {
        super::encode(vm, "utf_32_encode", Encoding::Utf32(order(byteorder.unwrap_or(0))), s, errors)
    }

    #[pyfunction("($module, str, errors=None, /)")]
    fn utf_32_le_encode(vm: &Vm, s: Ref<Str>, errors: Option<Value>) -> PyResult<Value> {
        super::encode(vm, "utf_32_le_encode", Encoding::Utf32(Order::Little), s, errors)
    }

    #[pyfunction("($module, str, errors=None, /)")]
    fn utf_32_be_encode(vm: &Vm, s: Ref<Str>, errors: Option<Value>) -> PyResult<Value> {
        super::encode(vm, "utf_32_be_encode", Encoding::Utf32(Order::Big), s, errors)
    }

    #[pyfunction("($module, data, errors=None, final=True, /)")]
    fn unicode_escape_decode(
        vm: &Vm,
        data: Value,
        errors: Option<Value>,
        last: Option<bool>,
    ) -> PyResult<Value> {
        let errors = errors_of(vm, "unicode_escape_decode", 2, errors)?;
        let input = text_or_bytes(vm, data)?;
        let last = last.unwrap_or(true);
        let mut invalid = None;
        let (s, used) =
            codec_run::decode_with(vm, &mut || "unicodeescape", &input, errors, &mut |input, at, out| {
                escape::decode_unicode(input, at, out, last, &mut invalid)
            })?;
        warn_escape(vm, invalid, "")?;
        Ok(pair(vm, s, used))
    }

    #[pyfunction("($module, str, errors=None, /)")]
    fn unicode_escape_encode(vm: &Vm, s: Ref<Str>, errors: Option<Value>) -> PyResult<Value> {
        errors_of(vm, "unicode_escape_encode", 2, errors)?;
        let b = vm.new_bytes(&escape::encode_unicode(s.units()))?;
        Ok(pair(vm, b, s.len()))
    }

    #[pyfunction("($module, data, errors=None, final=True, /)")]
    fn raw_unicode_escape_decode(
        vm: &Vm,
        data: Value,
        errors: Option<Value>,
        last: Option<bool>,
    ) -> PyResult<Value> {
        let errors = errors_of(vm, "raw_unicode_escape_decode", 2, errors)?;
        let input = text_or_bytes(vm, data)?;
        let last = last.unwrap_or(true);
        let (s, used) =
            codec_run::decode_with(vm, &mut || "rawunicodeescape", &input, errors, &mut |input, at, out| {
                escape::decode_raw(input, at, out, last)
            })?;
        Ok(pair(vm, s, used))
    }

    #[pyfunction("($module, str, errors=None, /)")]
    fn raw_unicode_escape_encode(vm: &Vm, s: Ref<Str>, errors: Option<Value>) -> PyResult<Value> {
        errors_of(vm, "raw_unicode_escape_encode", 2, errors)?;
        let b = vm.new_bytes(&escape::encode_raw(s.units()))?;
        Ok(pair(vm, b, s.len()))
    }

    #[pyfunction("($module, data, errors=None, /)")]
    fn latin_1_decode(vm: &Vm, data: Value, errors: Option<Value>) -> PyResult<Value> {
        super::decode(vm, "latin_1_decode", Encoding::Latin1, data, errors, true)
    }

    #[pyfunction("($module, str, errors=None, /)")]
    fn latin_1_encode(vm: &Vm, s: Ref<Str>, errors: Option<Value>) -> PyResult<Value> {
        super::encode(vm, "latin_1_encode", Encoding::Latin1, s, errors)
    }

    #[pyfunction("($module, data, errors=None, /)")]
    fn ascii_decode(vm: &Vm, data: Value, errors: Option<Value>) -> PyResult<Value> {
        super::decode(vm, "ascii_decode", Encoding::Ascii, data, errors, true)
    }

    #[pyfunction("($module, str, errors=None, /)")]
    fn ascii_encode(vm: &Vm, s: Ref<Str>, errors: Option<Value>) -> PyResult<Value> {
        super::encode(vm, "ascii_encode", Encoding::Ascii, s, errors)
    }

    #[pyfunction("($module, data, errors=None, mapping=None, /)")]
    fn charmap_decode(
        vm: &Vm,
        data: Value,
        errors: Option<Value>,
        mapping: Option<Value>,
    ) -> PyResult<Value> {
        let errors = errors_of(vm, "charmap_decode", 2, errors)?;
        let input = vm.bytes_like(data)?;
        let Some(mapping) = mapping.filter(|m| !m.is_none()) else {
            let s = vm.str_of(Units::One(&input))?;
            return Ok(pair(vm, s, input.len()));
        };
        if let Some(table) = mapping.exact::<Str>() {
            let (s, _) =
                codec_run::decode_with(vm, &mut || "charmap", &input, errors, &mut |input, at, out| {
                    charmap::decode(input, at, out, table.units())
                })?;
            return Ok(pair(vm, s, input.len()));
        }
        // The exception of a lookup ends the run; it is looked at when the run is over.
        let mut failed = None;
        let result = codec_run::decode_with(vm, &mut || "charmap", &input, errors, &mut |input, at, out| {
            while *at < input.len() {
                match map_byte(vm, mapping, input[*at], out) {
                    Ok(true) => *at += 1,
                    Ok(false) => return Err(Fault { start: *at, end: *at + 1, reason: UNDEFINED }),
                    Err(raised) => {
                        failed = Some(raised);
                        return Ok(());
                    }
                }
            }
            Ok(())
        });
        match failed {
            Some(raised) => Err(raised),
            None => Ok(pair(vm, result?.0, input.len())),
        }
    }

    #[pyfunction("($module, str, errors=None, mapping=None, /)")]
    fn charmap_encode(
        vm: &Vm,
        s: Ref<Str>,
        errors: Option<Value>,
        mapping: Option<Value>,
    ) -> PyResult<Value> {
        let errors = errors_of(vm, "charmap_encode", 2, errors)?;
        let b = match mapping.filter(|m| !m.is_none()) {
            None => codec_run::encode(vm, Encoding::Latin1, s, errors)?,
            Some(m) => match m.exact::<EncodingMapObject>() {
                Some(m) => codec_run::encode_with(
                    vm,
                    "charmap",
                    s,
                    errors,
                    &mut |u, at, out| charmap::encode(u, at, out, &m.map),
                    &|u| u.iter().map(|c| m.map.get(c)).collect(),
                    1,
                )?,
                None => encode_mapped(vm, s, errors, m)?,
            },
        };
        Ok(pair(vm, b, s.len()))
    }

    #[pyfunction("($module, map, /)")]
    fn charmap_build(_: &Vm, map: Ref<Str>) -> PyResult<Value> {
        let map = Box::new(EncodingMap::build(map.units()));
        Ok(heap::new(EncodingMapObject::shape(), EncodingMapObject { h: LongHeader::new(), map }).value())
    }

    #[pyfunction("($module, data, errors=None, /)")]
    fn readbuffer_encode(vm: &Vm, data: Value, errors: Option<Value>) -> PyResult<Value> {
        errors_of(vm, "readbuffer_encode", 2, errors)?;
        let b = text_or_bytes(vm, data)?;
        let n = b.len();
        let b = vm.new_bytes(&b)?;
        Ok(pair(vm, b, n))
    }

    fn exec(vm: &Vm, _: Ref<adder_vm::builtins::module::Module>) -> PyResult<()> {
        adder_vm::type_new::ready_class::<EncodingMapObject>(vm);
        Ok(())
    }
}
