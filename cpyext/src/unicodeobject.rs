//! `str`: the data is copied into the struct once.

use crate::ffi::types::*;
use crate::pyobject::{Arg, Owned, Ptr, new_struct};
use crate::typeobject::str_type;
use adder_macros::capi;
use adder_text::units::Units;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::str_::Str;
use adder_vm::def::UNICODE_SUBCLASS;
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::ffi::c_char;

type State = _PyUnicodeObject_state;

/// # Safety
/// `p` is a struct.
unsafe fn data(p: Ptr) -> *mut u8 {
    let bits = (*(p as *mut PyASCIIObject)).state.bits;
    if bits & State::COMPACT == 0 {
        return (*(p as *mut PyUnicodeObject)).data.any.cast();
    }
    let ascii = bits & State::ASCII != 0;
    (p as *mut u8).add(if ascii { size_of::<PyASCIIObject>() } else { size_of::<PyCompactUnicodeObject>() })
}

/// # Safety
/// `p` has room for the head and the data with a zero unit.
unsafe fn put(p: Ptr, units: Units, ascii: bool) {
    let c = p as *mut PyASCIIObject;
    let ascii_bit = if ascii { State::ASCII } else { 0 };
    let is_compact = (*p).ob_type == crate::typeobject::str_type();
    let compact = if is_compact { State::COMPACT } else { 0 };
    (*c).state.bits = (units.kind() as u32) << State::KIND_SHIFT | compact | ascii_bit;
    (*c).length = units.len() as isize;
    (*c).hash = -1;
    let to = data(p);
    match units {
        Units::One(u) => std::ptr::copy_nonoverlapping(u.as_ptr(), to, u.len()),
        Units::Two(u) => std::ptr::copy_nonoverlapping(u.as_ptr(), to.cast(), u.len()),
        Units::Four(u) => std::ptr::copy_nonoverlapping(u.as_ptr(), to.cast(), u.len()),
    }
}

/// # Safety
/// `p` is a fresh zeroed struct with room for the string.
pub unsafe fn fill(s: Ref<Str>, p: Ptr) {
    if (*p).ob_type != crate::typeobject::str_type() {
        // A subclass may have fields behind the struct: the data is elsewhere.
        let size = (s.len() + 1) * s.kind() as usize;
        let place = libc::calloc(1, size);
        assert!(!place.is_null(), "memory for a string");
        (*(p as *mut PyUnicodeObject)).data.any = place.cast();
    }
    put(p, s.units(), s.is_ascii());
}

/// Releases what the struct owns.
///
/// # Safety
/// `p` is a str that dies.
pub unsafe fn release(p: Ptr) {
    let bits = (*(p as *mut PyASCIIObject)).state.bits;
    if bits & State::ASCII == 0 || bits & State::COMPACT == 0 {
        libc::free((*(p as *mut PyCompactUnicodeObject)).utf8.cast());
    }
    if bits & State::COMPACT == 0 {
        libc::free((*(p as *mut PyUnicodeObject)).data.any.cast());
    }
}

/// The string of a struct that only C knew.
///
/// # Safety
/// `p` is a str.
pub unsafe fn value(p: Ptr) -> Value {
    let c = p as *mut PyASCIIObject;
    let (n, from) = ((*c).length as usize, data(p));
    let units = match ((*c).state.bits & State::KIND_MASK) >> State::KIND_SHIFT {
        1 => Units::One(std::slice::from_raw_parts(from, n)),
        2 => Units::Two(std::slice::from_raw_parts(from.cast(), n)),
        _ => Units::Four(std::slice::from_raw_parts(from.cast(), n)),
    };
    Str::from_units(units).expect("memory for a string").value()
}

/// A string that only C knows.
fn new(text: &str) -> Ptr {
    // Only ASCII text has the bytes of its units; other text is measured by making the string.
    if text.is_ascii() {
        let p = new_struct(str_type(), size_of::<PyASCIIObject>() + text.len() + 1);
        // SAFETY: a fresh struct of that size.
        unsafe { put(p, Units::One(text.as_bytes()), true) };
        return p;
    }
    crate::pyobject::to_c(Vm::get().new_str(text))
}

/// # Safety
/// `text` is a C string.
pub unsafe fn text<'a>(text: *const c_char) -> std::borrow::Cow<'a, str> {
    std::ffi::CStr::from_ptr(text).to_string_lossy()
}

/// # Safety
/// `p` has that many bytes, or `n` is not positive.
pub unsafe fn bytes_at<'a>(p: *const c_char, n: isize) -> &'a [u8] {
    if n <= 0 { &[] } else { std::slice::from_raw_parts(p.cast(), n as usize) }
}

/// The object of UTF-8 text.
pub fn decode(vm: &Vm, bytes: &[u8]) -> PyResult<Owned> {
    match std::str::from_utf8(bytes) {
        Ok(s) => Ok(Owned(new(s))),
        Err(_) => {
            let b = vm.new_bytes(bytes)?;
            Ok(Owned::new(vm.call_method(b, vm.intern_str("decode"), &[])?))
        }
    }
}

#[capi]
pub fn PyUnicode_FromString(vm: &Vm, text: *const c_char) -> PyResult<Owned> {
    // SAFETY: the caller passes a C string.
    decode(vm, unsafe { std::ffi::CStr::from_ptr(text) }.to_bytes())
}

#[capi]
pub fn PyUnicode_FromStringAndSize(vm: &Vm, text: *const c_char, size: isize) -> PyResult<Owned> {
    if size < 0 {
        raise!(vm, SystemError, "Negative size passed to PyUnicode_FromStringAndSize")
    }
    if size > 0 && text.is_null() {
        raise!(
            vm,
            SystemError,
            "NULL string with positive size with NULL passed to PyUnicode_FromStringAndSize"
        )
    }
    let bytes = if size == 0 {
        &[]
    } else {
        // SAFETY: the caller passes that many bytes.
        unsafe { std::slice::from_raw_parts(text.cast::<u8>(), size as usize) }
    };
    decode(vm, bytes)
}

#[capi]
pub fn PyUnicode_InternFromString(vm: &Vm, text_: *const c_char) -> Value {
    // SAFETY: the caller passes a C string.
    vm.intern_str(&unsafe { text(text_) }).value()
}

#[capi]
pub fn PyUnicode_GetLength(vm: &Vm, s: Arg) -> PyResult<isize> {
    if s.flags() & UNICODE_SUBCLASS == 0 {
        raise!(vm, TypeError, "bad argument type for built-in operation")
    }
    // SAFETY: the flags say that it is a str.
    Ok(unsafe { (*(s.0 as *mut PyASCIIObject)).length })
}

#[capi]
pub fn PyUnicode_AsUTF8AndSize(vm: &Vm, s: Arg, size: *mut isize) -> PyResult<*const c_char> {
    if s.flags() & UNICODE_SUBCLASS == 0 {
        raise!(vm, TypeError, "bad argument type for built-in operation")
    }
    // SAFETY: the flags say that it is a str; the text is kept in the struct until it is freed.
    unsafe {
        let c = s.0 as *mut PyCompactUnicodeObject;
        let (p, n) = if (*c)._base.state.bits & State::ASCII != 0 {
            (data(s.0) as *const c_char, (*c)._base.length)
        } else {
            if (*c).utf8.is_null() {
                let v = s.peek();
                let text = match v.downcast::<Str>().and_then(|s| s.to_utf8()) {
                    Some(t) => t,
                    // Raises for the lone surrogate.
                    None => {
                        vm.call_method(v, vm.intern_str("encode"), &[])?;
                        String::new()
                    }
                };
                let p = libc::malloc(text.len() + 1).cast::<u8>();
                if p.is_null() {
                    return Err(vm.memory_error());
                }
                std::ptr::copy_nonoverlapping(text.as_ptr(), p, text.len());
                *p.add(text.len()) = 0;
                ((*c).utf8, (*c).utf8_length) = (p.cast(), text.len() as isize);
            }
            ((*c).utf8 as *const c_char, (*c).utf8_length)
        };
        if !size.is_null() {
            *size = n;
        }
        Ok(p)
    }
}

#[capi]
pub fn PyUnicode_AsUTF8(vm: &Vm, s: Arg) -> PyResult<*const c_char> {
    let mut size = 0;
    // SAFETY: passes a live object and a place for the size.
    let p = unsafe { PyUnicode_AsUTF8AndSize(s.0, &mut size) };
    if p.is_null() {
        return Err(crate::pyerrors::from_indicator(vm));
    }
    // SAFETY: `size` bytes are there.
    if unsafe { std::slice::from_raw_parts(p.cast::<u8>(), size as usize) }.contains(&0) {
        return Err(vm.error(Exc::ValueError, "embedded null character"));
    }
    Ok(p)
}
