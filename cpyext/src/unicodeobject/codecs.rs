//! Encoding and decoding of `str`.

use super::{State, argument, bad, bytes_at, data, from_narrow, head, is_str, text, units};
use crate::ffi::types::*;
use crate::pyobject::{Arg, Owned, Ptr, xdecref};
use crate::{bytesobject, codecs};
use adder_macros::capi;
use adder_text::codecs::{Order, utf8};
use adder_text::units::Units;
use adder_vm::builtins::str_::Str;
use adder_vm::codec_run::{self, Encoding};
use adder_vm::codecs as registry;
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::ffi::{c_char, c_int, c_void};
use std::ptr::null_mut;

/// A name that may be NULL.
fn name(vm: &Vm, p: *const c_char) -> Option<Ref<Str>> {
    // SAFETY: the caller passes null or a C string.
    if p.is_null() { None } else { Some(vm.intern_str(&unsafe { text(p) })) }
}

fn string(vm: &Vm, s: Arg) -> PyResult<Ref<Str>> {
    argument(vm, s)?;
    match s.value().downcast::<Str>() {
        Some(s) => Ok(s),
        None => bad(vm),
    }
}

// ---- UTF-8 --------------------------------------------------------------------------------------

#[capi]
pub fn PyUnicode_AsUTF8AndSize(vm: &Vm, s: Arg, size: *mut isize) -> PyResult<*const c_char> {
    if !size.is_null() {
        // What it is after an error.
        // SAFETY: the caller passes a place or NULL.
        unsafe { *size = -1 };
    }
    let p = argument(vm, s)?;
    // SAFETY: a str; the text is kept in the struct until it is freed.
    unsafe {
        let c = p as *mut PyCompactUnicodeObject;
        let (at, n) = if (*head(p)).state.bits & State::ASCII != 0 {
            (data(p) as *const c_char, (*head(p)).length)
        } else {
            if (*c).utf8.is_null() {
                let mut out = vec![];
                if utf8::encode(units(p), &mut 0, &mut out).is_err() {
                    // Raises for the lone surrogate.
                    codec_run::encode(vm, Encoding::Utf8, string(vm, s)?, None)?;
                }
                let n = out.len();
                let at = libc::malloc(n + 1).cast::<u8>();
                if at.is_null() {
                    return Err(vm.memory_error());
                }
                std::ptr::copy_nonoverlapping(out.as_ptr(), at, n);
                *at.add(n) = 0;
                ((*c).utf8, (*c).utf8_length) = (at.cast(), n as isize);
            }
            ((*c).utf8 as *const c_char, (*c).utf8_length)
        };
        if !size.is_null() {
            *size = n;
        }
        Ok(at)
    }
}

#[capi]
pub fn PyUnicode_AsUTF8(_vm: &Vm, s: Arg) -> *const c_char {
    // SAFETY: passes the argument on.
    unsafe { PyUnicode_AsUTF8AndSize(s.0, null_mut()) }
}

/// As `PyUnicode_AsUTF8`, without zeros inside.
#[capi]
pub fn _PyUnicode_AsUTF8NoNUL(vm: &Vm, s: Arg) -> PyResult<*const c_char> {
    let mut n = 0;
    // SAFETY: passes a live object and a place for the size.
    let p = unsafe { PyUnicode_AsUTF8AndSize(s.0, &mut n) };
    if p.is_null() {
        return Err(crate::pyerrors::from_indicator(vm));
    }
    // SAFETY: `n` bytes are there.
    if unsafe { bytes_at(p, n) }.contains(&0) {
        return Err(vm.value_error("embedded null character"));
    }
    Ok(p)
}

#[capi]
pub fn PyUnicode_DecodeUTF8(
    vm: &Vm,
    from: *const c_char,
    n: isize,
    errors: *const c_char,
) -> PyResult<Owned> {
    // SAFETY: the caller passes that many bytes.
    let bytes = unsafe { bytes_at(from, n) };
    if errors.is_null() {
        return super::decode(vm, bytes);
    }
    decode(vm, Encoding::Utf8, from, n, errors)
}

// ---- decoding -----------------------------------------------------------------------------------

fn decode(
    vm: &Vm,
    encoding: Encoding,
    from: *const c_char,
    n: isize,
    errors: *const c_char,
) -> PyResult<Owned> {
    // SAFETY: the caller passes that many bytes.
    let bytes = unsafe { bytes_at(from, n) };
    if encoding == Encoding::Latin1
        || bytes.is_ascii() && matches!(encoding, Encoding::Utf8 | Encoding::Ascii)
    {
        return from_narrow(vm, Units::One(bytes));
    }
    Ok(Owned::new(codec_run::decode_all(vm, encoding, bytes, name(vm, errors))?))
}

/// With `used`, an incomplete end is not an error.
fn decode_stateful(
    vm: &Vm,
    encoding: Encoding,
    from: *const c_char,
    n: isize,
    errors: *const c_char,
    used: *mut isize,
) -> PyResult<(Owned, Order)> {
    // SAFETY: the caller passes that many bytes, and null or a place for the result.
    unsafe {
        let (v, consumed, order) =
            codec_run::decode(vm, encoding, bytes_at(from, n), name(vm, errors), used.is_null())?;
        if !used.is_null() {
            *used = consumed as isize;
        }
        Ok((Owned::new(v), order))
    }
}

#[capi]
pub fn PyUnicode_DecodeUTF8Stateful(
    vm: &Vm,
    from: *const c_char,
    n: isize,
    errors: *const c_char,
    used: *mut isize,
) -> PyResult<Owned> {
    Ok(decode_stateful(vm, Encoding::Utf8, from, n, errors, used)?.0)
}

/// Decodes with an order of bytes that is given, or found in a mark at the start.
fn decode_ordered(
    vm: &Vm,
    make: fn(Order) -> Encoding,
    from: *const c_char,
    n: isize,
    errors: *const c_char,
    order: *mut c_int,
    used: *mut isize,
) -> PyResult<Owned> {
    // SAFETY: the caller passes null or a place for the order.
    let given = if order.is_null() { 0 } else { unsafe { *order } };
    let (v, now) = decode_stateful(vm, make(Order::from_int(given)), from, n, errors, used)?;
    if !order.is_null() {
        // SAFETY: as above.
        unsafe { *order = now.to_int() };
    }
    Ok(v)
}

macro_rules! ordered {
    ($($name:ident $stateful:ident $encoding:expr;)*) => {$(
        #[capi]
        pub fn $name(
            vm: &Vm,
            from: *const c_char,
            n: isize,
            errors: *const c_char,
            order: *mut c_int,
        ) -> PyResult<Owned> {
            decode_ordered(vm, $encoding, from, n, errors, order, null_mut())
        }

        #[capi]
        pub fn $stateful(
            vm: &Vm,
            from: *const c_char,
            n: isize,
            errors: *const c_char,
            order: *mut c_int,
            used: *mut isize,
        ) -> PyResult<Owned> {
            decode_ordered(vm, $encoding, from, n, errors, order, used)
        }
    )*};
}

ordered! {
    PyUnicode_DecodeUTF16 PyUnicode_DecodeUTF16Stateful Encoding::Utf16;
    PyUnicode_DecodeUTF32 PyUnicode_DecodeUTF32Stateful Encoding::Utf32;
}

#[capi]
pub fn PyUnicode_DecodeASCII(
    vm: &Vm,
    from: *const c_char,
    n: isize,
    errors: *const c_char,
) -> PyResult<Owned> {
    decode(vm, Encoding::Ascii, from, n, errors)
}

#[capi]
pub fn PyUnicode_DecodeLatin1(
    vm: &Vm,
    from: *const c_char,
    n: isize,
    errors: *const c_char,
) -> PyResult<Owned> {
    decode(vm, Encoding::Latin1, from, n, errors)
}

/// Through a function of `_codecs` that returns `(str, used)`.
fn decode_through(
    vm: &Vm,
    f: &str,
    from: *const c_char,
    n: isize,
    errors: *const c_char,
    rest: &[Value],
    used: *mut isize,
) -> PyResult<Value> {
    // SAFETY: the caller passes that many bytes, and null or a place for the result.
    unsafe {
        let errors = name(vm, errors).unwrap_or(vm.intern_str("strict"));
        let mut args = vec![vm.new_bytes(bytes_at(from, n))?, errors.value()];
        args.extend_from_slice(rest);
        let both = codecs::call(vm, f, &args)?;
        if !used.is_null() {
            *used = vm.index_isize(vm.get_item(both, Value::from_small(1))?)?;
        }
        vm.get_item(both, Value::from_small(0))
    }
}

fn flag(b: bool) -> Value {
    adder_vm::builtins::singletons::bool_value(b)
}

#[capi]
pub fn PyUnicode_DecodeUTF7(
    vm: &Vm,
    from: *const c_char,
    n: isize,
    errors: *const c_char,
) -> PyResult<Value> {
    decode_through(vm, "utf_7_decode", from, n, errors, &[flag(true)], null_mut())
}

#[capi]
pub fn PyUnicode_DecodeUTF7Stateful(
    vm: &Vm,
    from: *const c_char,
    n: isize,
    errors: *const c_char,
    used: *mut isize,
) -> PyResult<Value> {
    decode_through(vm, "utf_7_decode", from, n, errors, &[flag(used.is_null())], used)
}

#[capi]
pub fn PyUnicode_DecodeUnicodeEscape(
    vm: &Vm,
    from: *const c_char,
    n: isize,
    errors: *const c_char,
) -> PyResult<Value> {
    decode_through(vm, "unicode_escape_decode", from, n, errors, &[], null_mut())
}

#[capi]
pub fn PyUnicode_DecodeRawUnicodeEscape(
    vm: &Vm,
    from: *const c_char,
    n: isize,
    errors: *const c_char,
) -> PyResult<Value> {
    decode_through(vm, "raw_unicode_escape_decode", from, n, errors, &[], null_mut())
}

#[capi]
pub fn PyUnicode_DecodeCharmap(
    vm: &Vm,
    from: *const c_char,
    n: isize,
    mapping: Arg,
    errors: *const c_char,
) -> PyResult<Value> {
    if mapping.0.is_null() {
        return decode(vm, Encoding::Latin1, from, n, errors).map(|p| Arg(p.0).value());
    }
    decode_through(vm, "charmap_decode", from, n, errors, &[mapping.value()], null_mut())
}

#[capi]
pub fn PyUnicode_Decode(
    vm: &Vm,
    from: *const c_char,
    n: isize,
    encoding: *const c_char,
    errors: *const c_char,
) -> PyResult<Value> {
    // SAFETY: the caller passes that many bytes.
    let bytes = vm.new_bytes(unsafe { bytes_at(from, n) })?;
    registry::decode_object(vm, bytes, name(vm, encoding), name(vm, errors))
}

#[capi]
pub fn PyUnicode_FromEncodedObject(
    vm: &Vm,
    v: Arg,
    encoding: *const c_char,
    errors: *const c_char,
) -> PyResult<Value> {
    if v.0.is_null() {
        return bad(vm);
    }
    if is_str(v) {
        raise!(vm, TypeError, "decoding str is not supported")
    }
    let v = v.value();
    if !vm.has_buffer(v) {
        raise!(vm, TypeError, "decoding to str: need a bytes-like object, {} found", v.class().name())
    }
    registry::decode_object(vm, v, name(vm, encoding), name(vm, errors))
}

#[capi]
pub fn PyUnicode_AsDecodedObject(
    vm: &Vm,
    v: Arg,
    encoding: *const c_char,
    errors: *const c_char,
) -> PyResult<Value> {
    argument(vm, v)?;
    let encoding = name(vm, encoding).unwrap_or(vm.intern_str("utf-8"));
    registry::decode(vm, v.value(), encoding, name(vm, errors))
}

#[capi]
pub fn PyUnicode_AsDecodedUnicode(
    vm: &Vm,
    v: Arg,
    encoding: *const c_char,
    errors: *const c_char,
) -> PyResult<Value> {
    argument(vm, v)?;
    let encoding = name(vm, encoding).unwrap_or(vm.intern_str("utf-8"));
    let decoded = registry::decode(vm, v.value(), encoding, name(vm, errors))?;
    if decoded.downcast::<Str>().is_none() {
        raise!(
            vm,
            TypeError,
            "'{encoding}' decoder returned '{}' instead of 'str'; use codecs.decode() to decode to arbitrary types",
            decoded.class().name()
        )
    }
    Ok(decoded)
}

// ---- encoding -----------------------------------------------------------------------------------

#[capi]
pub fn PyUnicode_GetDefaultEncoding(_vm: &Vm) -> *const c_char {
    c"utf-8".as_ptr()
}

#[capi]
pub fn PyUnicode_AsEncodedString(
    vm: &Vm,
    s: Arg,
    encoding: *const c_char,
    errors: *const c_char,
) -> PyResult<Value> {
    registry::encode_str(vm, string(vm, s)?, name(vm, encoding), name(vm, errors))
}

#[capi]
pub fn PyUnicode_AsEncodedObject(
    vm: &Vm,
    s: Arg,
    encoding: *const c_char,
    errors: *const c_char,
) -> PyResult<Value> {
    let s = string(vm, s)?;
    let encoding = name(vm, encoding).unwrap_or(vm.intern_str("utf-8"));
    registry::encode(vm, s.value(), encoding, name(vm, errors))
}

#[capi]
pub fn PyUnicode_AsEncodedUnicode(
    vm: &Vm,
    s: Arg,
    encoding: *const c_char,
    errors: *const c_char,
) -> PyResult<Value> {
    let s = string(vm, s)?;
    let encoding = name(vm, encoding).unwrap_or(vm.intern_str("utf-8"));
    let encoded = registry::encode(vm, s.value(), encoding, name(vm, errors))?;
    if encoded.downcast::<Str>().is_none() {
        raise!(
            vm,
            TypeError,
            "'{encoding}' encoder returned '{}' instead of 'str'; use codecs.encode() to encode to arbitrary types",
            encoded.class().name()
        )
    }
    Ok(encoded)
}

/// The bytes of a string whose units are its bytes in the encoding.
fn plain(vm: &Vm, s: Arg, encoding: Encoding) -> PyResult<Owned> {
    let p = argument(vm, s)?;
    // SAFETY: a str.
    match unsafe { units(p) } {
        Units::One(bytes) if encoding == Encoding::Latin1 || bytes.is_ascii() => {
            bytesobject::from_slice(vm, bytes)
        }
        _ => Ok(Owned::new(codec_run::encode(vm, encoding, string(vm, s)?, None)?)),
    }
}

#[capi]
pub fn PyUnicode_AsUTF8String(vm: &Vm, s: Arg) -> PyResult<Owned> {
    plain(vm, s, Encoding::Utf8)
}

#[capi]
pub fn PyUnicode_AsASCIIString(vm: &Vm, s: Arg) -> PyResult<Owned> {
    plain(vm, s, Encoding::Ascii)
}

#[capi]
pub fn PyUnicode_AsLatin1String(vm: &Vm, s: Arg) -> PyResult<Owned> {
    plain(vm, s, Encoding::Latin1)
}

#[capi]
pub fn PyUnicode_AsUTF16String(vm: &Vm, s: Arg) -> PyResult<Value> {
    codec_run::encode(vm, Encoding::Utf16(Order::Native), string(vm, s)?, None)
}

#[capi]
pub fn PyUnicode_AsUTF32String(vm: &Vm, s: Arg) -> PyResult<Value> {
    codec_run::encode(vm, Encoding::Utf32(Order::Native), string(vm, s)?, None)
}

fn encode_through(vm: &Vm, f: &str, args: &[Value]) -> PyResult<Value> {
    vm.get_item(codecs::call(vm, f, args)?, Value::from_small(0))
}

#[capi]
pub fn PyUnicode_AsUnicodeEscapeString(vm: &Vm, s: Arg) -> PyResult<Value> {
    encode_through(vm, "unicode_escape_encode", &[string(vm, s)?.value()])
}

#[capi]
pub fn PyUnicode_AsRawUnicodeEscapeString(vm: &Vm, s: Arg) -> PyResult<Value> {
    encode_through(vm, "raw_unicode_escape_encode", &[string(vm, s)?.value()])
}

#[capi]
pub fn PyUnicode_AsCharmapString(vm: &Vm, s: Arg, mapping: Arg) -> PyResult<Value> {
    if mapping.0.is_null() || !super::is_str(s) {
        return Err(vm.type_error("bad argument type for built-in operation"));
    }
    let strict = vm.intern_str("strict").value();
    encode_through(vm, "charmap_encode", &[string(vm, s)?.value(), strict, mapping.value()])
}

#[capi]
pub fn PyUnicode_BuildEncodingMap(vm: &Vm, s: Arg) -> PyResult<Value> {
    codecs::call(vm, "charmap_build", &[string(vm, s)?.value()])
}

// ---- names of files -----------------------------------------------------------------------------

/// UTF-8, with lone surrogates for other bytes.
const SURROGATES: &std::ffi::CStr = c"surrogateescape";

#[capi]
pub fn PyUnicode_EncodeFSDefault(vm: &Vm, s: Arg) -> PyResult<Value> {
    codec_run::encode(vm, Encoding::Utf8, string(vm, s)?, name(vm, SURROGATES.as_ptr()))
}

#[capi]
pub fn PyUnicode_EncodeLocale(vm: &Vm, s: Arg, errors: *const c_char) -> PyResult<Value> {
    let s = string(vm, s)?;
    if s.contains_nul() {
        return Err(vm.value_error("embedded null character"));
    }
    codec_run::encode(vm, Encoding::Utf8, s, name(vm, errors))
}

#[capi]
pub fn PyUnicode_DecodeFSDefaultAndSize(vm: &Vm, from: *const c_char, n: isize) -> PyResult<Owned> {
    decode(vm, Encoding::Utf8, from, n, SURROGATES.as_ptr())
}

#[capi]
pub fn PyUnicode_DecodeFSDefault(vm: &Vm, from: *const c_char) -> PyResult<Owned> {
    // SAFETY: the caller passes a C string.
    let n = unsafe { std::ffi::CStr::from_ptr(from) }.count_bytes();
    decode(vm, Encoding::Utf8, from, n as isize, SURROGATES.as_ptr())
}

#[capi]
pub fn PyUnicode_DecodeLocaleAndSize(
    vm: &Vm,
    from: *const c_char,
    n: isize,
    errors: *const c_char,
) -> PyResult<Owned> {
    // SAFETY: the caller passes that many bytes.
    if unsafe { bytes_at(from, n) }.contains(&0) {
        return Err(vm.value_error("embedded null byte"));
    }
    decode(vm, Encoding::Utf8, from, n, errors)
}

#[capi]
pub fn PyUnicode_DecodeLocale(vm: &Vm, from: *const c_char, errors: *const c_char) -> PyResult<Owned> {
    // SAFETY: the caller passes a C string.
    let n = unsafe { std::ffi::CStr::from_ptr(from) }.count_bytes();
    decode(vm, Encoding::Utf8, from, n as isize, errors)
}

/// `Py_CLEANUP_SUPPORTED`: the converter is called again, with NULL, to release what it gave.
const CLEANUP: c_int = 0x20000;

/// A converter for `PyArg_Parse`: stores what `f` makes of a path.
fn converter(
    vm: &Vm,
    v: Arg,
    to: *mut c_void,
    zero: &str,
    f: impl FnOnce(Value) -> PyResult<Value>,
) -> PyResult<c_int> {
    let place = to as *mut Ptr;
    // SAFETY: the caller passes a place for a reference.
    unsafe {
        if v.0.is_null() {
            xdecref(std::mem::replace(&mut *place, null_mut()));
            return Ok(1);
        }
        let os = adder_vm::import::import_module(vm, "posix")?;
        let path = vm.call(vm.get_attr_str(os, "fspath")?, &[v.value()])?;
        let converted = f(path)?;
        let made = match converted.exact::<adder_vm::builtins::bytes::Bytes>() {
            // The converter's caller has the only reference of what was made for it.
            Some(b) if !converted.same(path) => bytesobject::from_slice(vm, b.as_bytes())?,
            _ => Owned::new(converted),
        };
        let has_zero = if bytesobject::is_bytes(Arg(made.0)) {
            bytesobject::data(made.0).contains(&0)
        } else {
            units(made.0).iter().any(|c| c == 0)
        };
        if has_zero {
            return Err(vm.value_error(zero));
        }
        *place = made.release();
    }
    Ok(CLEANUP)
}

/// Converters return 0 for an error.
fn or_zero(vm: &Vm, result: PyResult<c_int>) -> c_int {
    result.unwrap_or_else(|raised| {
        crate::pyerrors::to_indicator(vm, raised);
        0
    })
}

#[capi]
pub fn PyUnicode_FSConverter(vm: &Vm, v: Arg, to: *mut c_void) -> c_int {
    let encoded = |path: Value| match path.downcast::<Str>() {
        Some(s) => codec_run::encode(vm, Encoding::Utf8, s, name(vm, SURROGATES.as_ptr())),
        None => Ok(path),
    };
    or_zero(vm, converter(vm, v, to, "embedded null byte", encoded))
}

#[capi]
pub fn PyUnicode_FSDecoder(vm: &Vm, v: Arg, to: *mut c_void) -> c_int {
    let decoded = |path: Value| match path.downcast::<adder_vm::builtins::bytes::Bytes>() {
        Some(b) => vm.fs_decode(b.as_bytes()),
        None => Ok(path),
    };
    or_zero(vm, converter(vm, v, to, "embedded null character", decoded))
}
