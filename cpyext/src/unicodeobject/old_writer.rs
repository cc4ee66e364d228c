//! `_PyUnicodeWriter`, the writer from before 3.14: a struct on the caller's stack, into whose buffer compiled
//! code writes itself. The buffer is a string of which only C knows; `size` is its length, and `kind` and
//! `maxchar` say what fits.

#![allow(non_snake_case)] // The names are the API's.

use super::{PyUnicode_CopyCharacters, PyUnicode_GetLength, PyUnicode_KIND, PyUnicode_New, PyUnicode_Resize};
use super::{PyUnicode_WriteChar, data};
use crate::ffi::types::_PyUnicodeWriter as Writer;
use crate::pyobject::{Ptr, xdecref};
use std::ffi::{c_char, c_int};

const FAILED: c_int = -1;

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _PyUnicodeWriter_Init(w: *mut Writer) {
    std::ptr::write_bytes(w, 0, 1);
}

/// The largest character of a kind; ASCII only if none larger was wanted.
fn largest(kind: c_int, wanted: u32) -> u32 {
    match kind {
        1 if wanted < 0x80 => 0x7f,
        1 => 0xff,
        2 => 0xffff,
        _ => 0x10_ffff,
    }
}

/// Makes `p` the buffer, of strings that hold characters up to `max`.
unsafe fn set_buffer(w: &mut Writer, p: Ptr, max: u32) {
    w.buffer = p;
    w.kind = PyUnicode_KIND(p);
    w.maxchar = largest(w.kind, max);
    w.data = data(p).cast();
    w.size = PyUnicode_GetLength(p);
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _PyUnicodeWriter_PrepareInternal(w: *mut Writer, n: isize, max: u32) -> c_int {
    let w = &mut *w;
    let Some(mut wanted) = w.pos.checked_add(n) else {
        crate::pyerrors::PyErr_NoMemory();
        return FAILED;
    };
    let max = max.max(w.min_char).max(w.maxchar);
    if wanted <= w.size && max <= w.maxchar && !w.buffer.is_null() {
        return 0;
    }
    if wanted > w.size {
        if w.overallocate != 0 {
            wanted = wanted.saturating_add(wanted / 4);
        }
        wanted = wanted.max(w.min_length);
    } else {
        wanted = w.size;
    }
    if !w.buffer.is_null() && max <= w.maxchar && w.readonly == 0 {
        let mut p = w.buffer;
        if PyUnicode_Resize(&mut p, wanted) < 0 {
            return FAILED;
        }
        set_buffer(w, p, max);
        return 0;
    }
    // At least one character, as the empty string is shared.
    let new = PyUnicode_New(wanted.max(1), max);
    if new.is_null() {
        return FAILED;
    }
    if w.pos > 0 && PyUnicode_CopyCharacters(new, 0, w.buffer, 0, w.pos) < 0 {
        xdecref(new);
        return FAILED;
    }
    xdecref(std::mem::replace(&mut w.buffer, std::ptr::null_mut()));
    w.readonly = 0;
    set_buffer(w, new, max);
    0
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _PyUnicodeWriter_PrepareKindInternal(w: *mut Writer, kind: c_int) -> c_int {
    _PyUnicodeWriter_PrepareInternal(w, 0, largest(kind, 0xff))
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _PyUnicodeWriter_WriteChar(w: *mut Writer, c: u32) -> c_int {
    if _PyUnicodeWriter_PrepareInternal(w, 1, c) < 0 || PyUnicode_WriteChar((*w).buffer, (*w).pos, c) < 0 {
        return FAILED;
    }
    (*w).pos += 1;
    0
}

/// The largest character of a part of a string, as far as its kind has to be known.
unsafe fn largest_in(s: Ptr, start: isize, n: isize) -> u32 {
    let units = super::units(s);
    let part = start as usize..(start + n) as usize;
    match units {
        adder_text::units::Units::One(u) => u[part].iter().copied().max().map_or(0, u32::from),
        adder_text::units::Units::Two(u) => u[part].iter().copied().max().map_or(0, u32::from),
        adder_text::units::Units::Four(u) => u[part].iter().copied().max().unwrap_or(0),
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _PyUnicodeWriter_WriteSubstring(
    w: *mut Writer,
    s: Ptr,
    start: isize,
    end: isize,
) -> c_int {
    let n = end - start;
    if n <= 0 {
        return 0;
    }
    if _PyUnicodeWriter_PrepareInternal(w, n, largest_in(s, start, n)) < 0
        || PyUnicode_CopyCharacters((*w).buffer, (*w).pos, s, start, n) < 0
    {
        return FAILED;
    }
    (*w).pos += n;
    0
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _PyUnicodeWriter_WriteStr(w: *mut Writer, s: Ptr) -> c_int {
    _PyUnicodeWriter_WriteSubstring(w, s, 0, PyUnicode_GetLength(s))
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _PyUnicodeWriter_WriteLatin1String(
    w: *mut Writer,
    text: *const c_char,
    n: isize,
) -> c_int {
    let bytes = super::bytes_at(text, n);
    let max = bytes.iter().copied().max().map_or(0, u32::from);
    if bytes.is_empty() {
        return 0;
    }
    if _PyUnicodeWriter_PrepareInternal(w, n, max) < 0 {
        return FAILED;
    }
    for c in bytes {
        if PyUnicode_WriteChar((*w).buffer, (*w).pos, *c as u32) < 0 {
            return FAILED;
        }
        (*w).pos += 1;
    }
    0
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _PyUnicodeWriter_WriteASCIIString(
    w: *mut Writer,
    text: *const c_char,
    n: isize,
) -> c_int {
    let n = if n == -1 { libc::strlen(text) as isize } else { n };
    _PyUnicodeWriter_WriteLatin1String(w, text, n)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _PyUnicodeWriter_Finish(w: *mut Writer) -> Ptr {
    let w = &mut *w;
    let mut p = std::mem::replace(&mut w.buffer, std::ptr::null_mut());
    if w.pos == 0 || p.is_null() {
        xdecref(p);
        return PyUnicode_New(0, 0);
    }
    if PyUnicode_GetLength(p) != w.pos && PyUnicode_Resize(&mut p, w.pos) < 0 {
        xdecref(p);
        return std::ptr::null_mut();
    }
    p
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _PyUnicodeWriter_Dealloc(w: *mut Writer) {
    xdecref(std::mem::replace(&mut (*w).buffer, std::ptr::null_mut()));
}
