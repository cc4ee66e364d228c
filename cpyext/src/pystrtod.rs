//! Text of doubles, without the locale.

use crate::pyobject::Arg;
use adder_macros::capi;
use adder_text::float::{Code, Style, format, parse_prefix};
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::type_::Type;
use adder_vm::error::PyResult;
use adder_vm::object::ValueExt;
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::ffi::{CStr, c_char, c_int};

const SIGN: c_int = 1;
const ADD_DOT_0: c_int = 2;
const ALT: c_int = 4;
const NO_NEG_0: c_int = 8;

#[capi]
pub fn PyOS_double_to_string(
    vm: &Vm,
    value: f64,
    code: i8,
    precision: c_int,
    flags: c_int,
    kind: *mut c_int,
) -> PyResult<*mut c_char> {
    let lower = (code as u8).to_ascii_lowercase();
    let style = match (lower, code as u8) {
        (b'e', _) => Code::E,
        (b'f', _) => Code::F,
        (b'g', _) => Code::G,
        (_, b'r') if precision == 0 => Code::Repr,
        _ => raise!(vm, SystemError, "bad argument to internal function"),
    };
    let style = Style {
        code: style,
        precision: precision.max(0) as usize,
        alternate: flags & ALT != 0,
        dot_zero: flags & ADD_DOT_0 != 0,
    };
    let mut text = format(value, style);
    if flags & NO_NEG_0 != 0 && text[0] == b'-' && text[1..].iter().all(|c| matches!(c, b'0' | b'.')) {
        text.remove(0);
    }
    if flags & SIGN != 0 && text[0] != b'-' {
        text.insert(0, b'+');
    }
    if lower != code as u8 {
        text.make_ascii_uppercase();
    }
    text.push(0);
    // SAFETY: fresh memory of that size; the caller passes null or a place for the kind.
    unsafe {
        if !kind.is_null() {
            *kind = if value.is_nan() { 2 } else { value.is_infinite() as c_int };
        }
        let p = crate::pymem::PyMem_Malloc(text.len()).cast::<u8>();
        if p.is_null() {
            return Err(vm.memory_error());
        }
        std::ptr::copy_nonoverlapping(text.as_ptr(), p, text.len());
        Ok(p.cast())
    }
}

#[capi]
pub fn PyOS_string_to_double(
    vm: &Vm,
    text: *const c_char,
    end: *mut *mut c_char,
    overflow: Arg,
) -> PyResult<f64> {
    // SAFETY: the caller passes a C string.
    let all = unsafe { CStr::from_ptr(text) }.to_bytes();
    let shown = || String::from_utf8_lossy(&all[..all.len().min(200)]).into_owned();
    let parsed = parse_prefix(all);
    if !end.is_null() {
        // SAFETY: a place for the result; within the string.
        unsafe { *end = text.add(parsed.map_or(0, |p| p.1)).cast_mut() };
    }
    let (value, n) = match parsed {
        Some(p) if !end.is_null() || p.1 == all.len() => p,
        _ => raise!(vm, ValueError, "could not convert string to float: '{}'", shown()),
    };
    let words = all[..n].iter().any(|c| matches!(c.to_ascii_lowercase(), b'n'));
    if value.is_infinite() && !words && !overflow.0.is_null() {
        let class = overflow.value().downcast::<Type>().unwrap_or(Exc::OverflowError.class());
        let message = vm.new_str(&format!("value too large to convert to float: '{}'", shown()));
        return Err(vm.raise_class(class, &[message]));
    }
    Ok(value)
}
