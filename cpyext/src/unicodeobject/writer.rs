//! `PyUnicodeWriter`: builds a string from pieces. It is a growing text of the Rust heap; variadic
//! formats are in `variadic/unicodeobject.c`, which writes through these functions.

use super::{bytes_at, from_owned, is_str, units};
use crate::pyobject::{Arg, Done, Owned};
use adder_macros::capi;
use adder_text::builder::Builder;
use adder_text::units::Units;
use adder_vm::builtins::str_::Str;
use adder_vm::codec_run::{self, Encoding};
use adder_vm::error::PyResult;
use adder_vm::object::{Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::ffi::{c_char, c_int};

/// What C has a pointer to.
pub struct Writer(Builder);

/// # Safety
/// C passes what `PyUnicodeWriter_Create` returned, and uses it from one thread.
unsafe fn text<'a>(w: *mut Writer) -> &'a mut Builder {
    &mut (*w).0
}

#[capi]
pub fn PyUnicodeWriter_Create(vm: &Vm, length: isize) -> PyResult<*mut Writer> {
    if length < 0 {
        return Err(vm.value_error("length must be positive"));
    }
    Ok(Box::into_raw(Box::new(Writer(Builder::with_capacity(length.min(1 << 20) as usize)))))
}

#[capi]
pub fn PyUnicodeWriter_Discard(_vm: &Vm, w: *mut Writer) {
    if !w.is_null() {
        // SAFETY: made by `Create`, and not used after this.
        drop(unsafe { Box::from_raw(w) });
    }
}

#[capi]
pub fn PyUnicodeWriter_Finish(vm: &Vm, w: *mut Writer) -> PyResult<Owned> {
    // SAFETY: made by `Create`, and not used after this.
    let writer = unsafe { Box::from_raw(w) };
    from_owned(vm, writer.0.finish())
}

#[capi]
pub fn PyUnicodeWriter_WriteChar(vm: &Vm, w: *mut Writer, c: u32) -> PyResult<Done> {
    if c > 0x10ffff {
        return Err(vm.value_error("character must be in range(0x110000)"));
    }
    // SAFETY: a writer.
    unsafe { text(w) }.push(c);
    Ok(Done)
}

/// That many bytes, or a C string if the number is negative.
///
/// # Safety
/// As said.
unsafe fn counted<'a>(from: *const c_char, n: isize) -> &'a [u8] {
    if n < 0 { std::ffi::CStr::from_ptr(from).to_bytes() } else { bytes_at(from, n) }
}

#[capi]
pub fn PyUnicodeWriter_WriteASCII(_vm: &Vm, w: *mut Writer, from: *const c_char, n: isize) -> Done {
    // SAFETY: a writer and text.
    unsafe { text(w).push_units(Units::One(counted(from, n))) };
    Done
}

#[capi]
pub fn PyUnicodeWriter_WriteUTF8(vm: &Vm, w: *mut Writer, from: *const c_char, n: isize) -> PyResult<Done> {
    // SAFETY: a writer and text.
    let (out, bytes) = unsafe { (text(w), counted(from, n)) };
    match std::str::from_utf8(bytes) {
        Ok(s) => out.push_str(s),
        Err(_) => push(out, codec_run::decode_all(vm, Encoding::Utf8, bytes, None)?),
    }
    Ok(Done)
}

fn push(out: &mut Builder, v: Value) {
    if let Some(s) = v.downcast::<Str>() {
        out.push_units(s.units());
    }
}

#[capi]
pub fn PyUnicodeWriter_DecodeUTF8Stateful(
    vm: &Vm,
    w: *mut Writer,
    from: *const c_char,
    n: isize,
    errors: *const c_char,
    used: *mut isize,
) -> PyResult<Done> {
    // SAFETY: a writer and text; null or a C string; null or a place for the result.
    unsafe {
        if !used.is_null() {
            *used = 0;
        }
        let errors = if errors.is_null() { None } else { Some(vm.intern_str(&super::text(errors))) };
        let (v, consumed, _) =
            codec_run::decode(vm, Encoding::Utf8, counted(from, n), errors, used.is_null())?;
        if !used.is_null() {
            *used = consumed as isize;
        }
        push(text(w), v);
    }
    Ok(Done)
}

#[capi]
pub fn PyUnicodeWriter_WriteWideChar(vm: &Vm, w: *mut Writer, from: *const u32, n: isize) -> PyResult<Done> {
    // SAFETY: a writer and text.
    unsafe {
        let n = if n >= 0 { n as usize } else { (0..).take_while(|i| *from.add(*i) != 0).count() };
        let all = if n == 0 { &[][..] } else { std::slice::from_raw_parts(from, n) };
        if let Some(c) = all.iter().find(|c| **c > 0x10ffff) {
            raise!(vm, ValueError, "character U+{c:x} is not in range [U+0000; U+10ffff]")
        }
        for c in all {
            text(w).push(*c);
        }
    }
    Ok(Done)
}

#[capi]
pub fn PyUnicodeWriter_WriteUCS4(vm: &Vm, w: *mut Writer, from: *const u32, n: isize) -> PyResult<Done> {
    if n < 0 {
        return Err(vm.value_error("size must be positive"));
    }
    // SAFETY: a writer, and that many characters.
    unsafe {
        for i in 0..n as usize {
            if *from.add(i) > 0x10ffff {
                return Err(vm.value_error("character must be in range(0x110000)"));
            }
            text(w).push(*from.add(i));
        }
    }
    Ok(Done)
}

#[capi]
pub fn PyUnicodeWriter_WriteStr(vm: &Vm, w: *mut Writer, v: Arg) -> PyResult<Done> {
    // SAFETY: a writer; the shadow of a str has its text.
    unsafe {
        if is_str(v) {
            text(w).push_units(units(v.0));
        } else {
            let s = vm.str(v.value())?;
            text(w).push_units(s.units());
        }
    }
    Ok(Done)
}

#[capi]
pub fn PyUnicodeWriter_WriteRepr(vm: &Vm, w: *mut Writer, v: Arg) -> PyResult<Done> {
    let shown = if v.0.is_null() { vm.new_str("<NULL>") } else { vm.repr(v.value())? };
    // SAFETY: a writer.
    push(unsafe { text(w) }, shown);
    Ok(Done)
}

#[capi]
pub fn PyUnicodeWriter_WriteSubstring(
    vm: &Vm,
    w: *mut Writer,
    v: Arg,
    start: isize,
    end: isize,
) -> PyResult<Done> {
    if !is_str(v) {
        raise!(vm, TypeError, "expect str, not {}", v.peek().class().full_name(vm))
    }
    // SAFETY: a writer and a str.
    unsafe {
        let all = units(v.0);
        if start < 0 || start > end {
            return Err(vm.value_error("invalid start argument"));
        }
        if end > all.len() as isize {
            return Err(vm.value_error("end argument must be less than the string length"));
        }
        text(w).push_units(all.slice(start as usize..end as usize));
    }
    Ok(Done)
}

// ---- for formats --------------------------------------------------------------------------------

/// How long the text is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn adder_writer_length(w: *mut Writer) -> isize {
    text(w).len() as isize
}

/// Shortens the text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn adder_writer_truncate(w: *mut Writer, n: isize) {
    let all = text(w);
    let mut kept = Builder::with_capacity(n as usize);
    kept.push_units(all.as_units().slice(0..n as usize));
    *all = kept;
}

/// Adds one character `n` times.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn adder_writer_pad(w: *mut Writer, c: u32, n: isize) {
    text(w).push_repeated(c, n.max(0) as usize);
}

/// Adds the name of an object's type, or of a type, as `%T` and `%N` show it. 0, or -1 with an error.
#[capi]
pub fn adder_writer_type_name(
    vm: &Vm,
    w: *mut Writer,
    v: Arg,
    of_object: c_int,
    colon: c_int,
) -> PyResult<Done> {
    let class = if of_object != 0 {
        v.peek().class()
    } else {
        match v.peek().downcast::<adder_vm::builtins::type_::Type>() {
            Some(class) => class,
            None => raise!(vm, TypeError, "%N argument must be a type"),
        }
    };
    let module = vm.get_attr_str(class.value(), "__module__").ok().and_then(|m| m.downcast::<Str>());
    let name = vm.get_attr_str(class.value(), "__qualname__")?;
    // SAFETY: a writer.
    let out = unsafe { text(w) };
    if let Some(m) = module.filter(|m| !m.eq_str("builtins") && !m.eq_str("__main__")) {
        out.push_units(m.units());
        out.push(if colon != 0 { ':' } else { '.' } as u32);
    }
    push(out, name);
    Ok(Done)
}
