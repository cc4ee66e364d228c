//! Text as `wchar_t *`: what programs that embed Python pass, and `Py_DecodeLocale`. The encoding of the
//! locale is taken to be UTF-8; bytes that are no text travel as lone surrogates, as in `os.fsdecode`.

#![allow(non_snake_case)] // The names are the API's.

use libc::wchar_t;
use std::ffi::{CStr, c_char};

/// The characters before the final 0.
///
/// # Safety
/// `p` is a wide C string.
pub unsafe fn characters<'a>(p: *const wchar_t) -> &'a [wchar_t] {
    std::slice::from_raw_parts(p, libc::wcslen(p))
}

/// The text of a wide string, None for NULL.
///
/// # Safety
/// `p` is a wide C string or NULL.
pub unsafe fn text(p: *const wchar_t) -> Option<String> {
    if p.is_null() {
        return None;
    }
    Some(String::from_utf8_lossy(&encode(characters(p))).into_owned())
}

/// UTF-8 with the bytes that surrogates stand for; surrogates that stand for none are left out.
fn encode(wide: &[wchar_t]) -> Vec<u8> {
    let mut out = vec![];
    for &c in wide {
        match char::from_u32(c as u32) {
            Some(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            None if (0xDC80..=0xDCFF).contains(&c) => out.push((c - 0xDC00) as u8),
            None => {}
        }
    }
    out
}

fn decode(bytes: &[u8]) -> Vec<wchar_t> {
    let mut out = vec![];
    for chunk in bytes.utf8_chunks() {
        out.extend(chunk.valid().chars().map(|c| c as wchar_t));
        out.extend(chunk.invalid().iter().map(|b| 0xDC00 + *b as wchar_t));
    }
    out
}

/// Memory of `PyMem_RawMalloc` with the characters and a final 0; NULL if there is none.
fn raw(wide: &[wchar_t]) -> *mut wchar_t {
    // SAFETY: room for the characters and the end.
    unsafe {
        let p = crate::pymem::PyMem_RawMalloc((wide.len() + 1) * size_of::<wchar_t>()) as *mut wchar_t;
        if !p.is_null() {
            std::ptr::copy_nonoverlapping(wide.as_ptr(), p, wide.len());
            *p.add(wide.len()) = 0;
        }
        p
    }
}

/// A wide copy, to be freed with `PyMem_RawFree`.
pub fn new(text: &str) -> *mut wchar_t {
    raw(&decode(text.as_bytes()))
}

/// A wide copy of a C string in the locale's encoding.
///
/// # Safety
/// `text` is a C string.
pub unsafe fn from_bytes(text: *const c_char) -> *mut wchar_t {
    raw(&decode(CStr::from_ptr(text).to_bytes()))
}

/// A copy of a wide string.
///
/// # Safety
/// `p` is a wide C string.
pub unsafe fn copy(p: *const wchar_t) -> *mut wchar_t {
    raw(characters(p))
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn Py_DecodeLocale(text: *const c_char, size: *mut usize) -> *mut wchar_t {
    let wide = decode(CStr::from_ptr(text).to_bytes());
    let p = raw(&wide);
    if !size.is_null() {
        // CPython's mark of missing memory.
        *size = if p.is_null() { usize::MAX } else { wide.len() };
    }
    p
}

/// NULL if there is a character that has no encoding, whose index goes to `error`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn Py_EncodeLocale(text: *const wchar_t, error: *mut usize) -> *mut c_char {
    let wide = characters(text);
    let bad = |c: &wchar_t| char::from_u32(*c as u32).is_none() && !(0xDC80..=0xDCFF).contains(c);
    if !error.is_null() {
        *error = usize::MAX;
    }
    if let Some(i) = wide.iter().position(bad) {
        if !error.is_null() {
            *error = i;
        }
        return std::ptr::null_mut();
    }
    let bytes = encode(wide);
    let p = crate::pymem::PyMem_Malloc(bytes.len() + 1) as *mut u8;
    if !p.is_null() {
        std::ptr::copy_nonoverlapping(bytes.as_ptr(), p, bytes.len());
        *p.add(bytes.len()) = 0;
    }
    p.cast()
}
