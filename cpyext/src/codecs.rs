//! `codecs.h`: the registry of codecs and of error handlers, through the module `_codecs`.

use crate::pyobject::{Arg, Done};
use crate::unicodeobject::text;
use adder_macros::capi;
use adder_vm::error::PyResult;
use adder_vm::object::Value;
use adder_vm::vm::Vm;
use std::ffi::c_char;

/// Calls a function of `_codecs`.
pub fn call(vm: &Vm, name: &str, args: &[Value]) -> PyResult<Value> {
    let module = adder_vm::import::import_module(vm, "_codecs")?;
    vm.call(vm.get_attr_str(module, name)?, args)
}

fn name(vm: &Vm, p: *const c_char) -> Value {
    // SAFETY: the caller passes a C string.
    vm.new_str(&unsafe { text(p) })
}

/// The name of an encoding, which must be one.
fn encoding_name(vm: &Vm, p: *const c_char) -> PyResult<Value> {
    if p.is_null() {
        return Err(vm.type_error("bad argument type for built-in operation"));
    }
    Ok(name(vm, p))
}

/// An object, an encoding that may be NULL, and errors that may be NULL.
fn convert(vm: &Vm, f: &str, v: Arg, encoding: *const c_char, errors: *const c_char) -> PyResult<Value> {
    if v.0.is_null() {
        return Err(vm.type_error("bad argument type for built-in operation"));
    }
    let mut args = vec![v.value(), encoding_name(vm, encoding)?];
    if !errors.is_null() {
        args.push(name(vm, errors));
    }
    call(vm, f, &args)
}

#[capi]
pub fn PyCodec_Register(vm: &Vm, search: Arg) -> PyResult<Done> {
    call(vm, "register", &[search.value()])?;
    Ok(Done)
}

#[capi]
pub fn PyCodec_Unregister(vm: &Vm, search: Arg) -> PyResult<Done> {
    call(vm, "unregister", &[search.value()])?;
    Ok(Done)
}

fn lookup(vm: &Vm, encoding: *const c_char) -> PyResult<Value> {
    call(vm, "lookup", &[encoding_name(vm, encoding)?])
}

#[capi]
pub fn PyCodec_KnownEncoding(vm: &Vm, encoding: *const c_char) -> bool {
    match lookup(vm, encoding) {
        Ok(_) => true,
        Err(raised) => {
            vm.take_exception(raised);
            false
        }
    }
}

#[capi]
pub fn PyCodec_Encode(vm: &Vm, v: Arg, encoding: *const c_char, errors: *const c_char) -> PyResult<Value> {
    convert(vm, "encode", v, encoding, errors)
}

#[capi]
pub fn PyCodec_Decode(vm: &Vm, v: Arg, encoding: *const c_char, errors: *const c_char) -> PyResult<Value> {
    convert(vm, "decode", v, encoding, errors)
}

fn part(vm: &Vm, encoding: *const c_char, index: i64) -> PyResult<Value> {
    vm.get_item(lookup(vm, encoding)?, Value::from_small(index))
}

#[capi]
pub fn PyCodec_Encoder(vm: &Vm, encoding: *const c_char) -> PyResult<Value> {
    part(vm, encoding, 0)
}

#[capi]
pub fn PyCodec_Decoder(vm: &Vm, encoding: *const c_char) -> PyResult<Value> {
    part(vm, encoding, 1)
}

fn incremental(vm: &Vm, encoding: *const c_char, errors: *const c_char, which: &str) -> PyResult<Value> {
    let make = vm.get_attr_str(lookup(vm, encoding)?, which)?;
    if errors.is_null() { vm.call(make, &[]) } else { vm.call(make, &[name(vm, errors)]) }
}

#[capi]
pub fn PyCodec_IncrementalEncoder(
    vm: &Vm,
    encoding: *const c_char,
    errors: *const c_char,
) -> PyResult<Value> {
    incremental(vm, encoding, errors, "incrementalencoder")
}

#[capi]
pub fn PyCodec_IncrementalDecoder(
    vm: &Vm,
    encoding: *const c_char,
    errors: *const c_char,
) -> PyResult<Value> {
    incremental(vm, encoding, errors, "incrementaldecoder")
}

fn stream(vm: &Vm, encoding: *const c_char, stream: Arg, errors: *const c_char, i: i64) -> PyResult<Value> {
    let make = part(vm, encoding, i)?;
    if errors.is_null() {
        vm.call(make, &[stream.value()])
    } else {
        vm.call(make, &[stream.value(), name(vm, errors)])
    }
}

#[capi]
pub fn PyCodec_StreamReader(
    vm: &Vm,
    encoding: *const c_char,
    of: Arg,
    errors: *const c_char,
) -> PyResult<Value> {
    stream(vm, encoding, of, errors, 2)
}

#[capi]
pub fn PyCodec_StreamWriter(
    vm: &Vm,
    encoding: *const c_char,
    of: Arg,
    errors: *const c_char,
) -> PyResult<Value> {
    stream(vm, encoding, of, errors, 3)
}

#[capi]
pub fn PyCodec_RegisterError(vm: &Vm, handler: *const c_char, f: Arg) -> PyResult<Done> {
    call(vm, "register_error", &[name(vm, handler), f.value()])?;
    Ok(Done)
}

fn handler(vm: &Vm, handler: *const c_char) -> PyResult<Value> {
    let strict = c"strict".as_ptr();
    call(vm, "lookup_error", &[name(vm, if handler.is_null() { strict } else { handler })])
}

#[capi]
pub fn PyCodec_LookupError(vm: &Vm, which: *const c_char) -> PyResult<Value> {
    handler(vm, which)
}

macro_rules! handlers {
    ($($name:ident = $handler:literal;)*) => {$(
        #[capi]
        pub fn $name(vm: &Vm, exception: Arg) -> PyResult<Value> {
            vm.call(handler(vm, $handler.as_ptr())?, &[exception.value()])
        }
    )*};
}

handlers! {
    PyCodec_StrictErrors = c"strict";
    PyCodec_IgnoreErrors = c"ignore";
    PyCodec_ReplaceErrors = c"replace";
    PyCodec_XMLCharRefReplaceErrors = c"xmlcharrefreplace";
    PyCodec_BackslashReplaceErrors = c"backslashreplace";
    PyCodec_NameReplaceErrors = c"namereplace";
}

/// The digits of hexadecimal text.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
pub static mut Py_hexdigits: *const c_char = c"0123456789abcdef".as_ptr();
