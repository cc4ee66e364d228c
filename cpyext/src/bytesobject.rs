//! `bytes`: the data is in the struct; what C makes is C's alone, and writable, until it is seen as a
//! value.

use crate::ffi::types::*;
use crate::pyobject::{Arg, Done, Owned, Ptr, new_struct, xdecref};
use crate::typeobject::bytes_type;
use crate::unicodeobject::{self, text};
use adder_macros::capi;
use adder_vm::builtins::bytes::Bytes;
use adder_vm::def::BYTES_SUBCLASS;
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::ffi::{CStr, c_char, c_int};
use std::ptr::null_mut;

const DATA: usize = std::mem::offset_of!(PyBytesObject, ob_sval);

/// Bytes that only C knows, all zero. None: no memory.
pub fn new(n: usize) -> Option<Owned> {
    let size = DATA.checked_add(n)?.checked_add(1).filter(|s| *s < isize::MAX as usize)?;
    let p = new_struct(bytes_type(), size);
    // SAFETY: a fresh struct of that size.
    unsafe {
        (*(p as *mut PyBytesObject)).ob_base.ob_size = n as isize;
        (*(p as *mut PyBytesObject)).ob_shash = -1;
    }
    Some(Owned(p))
}

/// The data of a struct.
///
/// # Safety
/// `p` is bytes.
pub unsafe fn data<'a>(p: Ptr) -> &'a mut [u8] {
    let n = (*(p as *mut PyBytesObject)).ob_base.ob_size as usize;
    std::slice::from_raw_parts_mut((p as *mut u8).add(DATA), n)
}

/// A C-only copy.
pub fn from_slice(vm: &Vm, from: &[u8]) -> PyResult<Owned> {
    let Some(new) = new(from.len()) else { return Err(vm.memory_error()) };
    // SAFETY: bytes of that length.
    unsafe { data(new.0).copy_from_slice(from) };
    Ok(new)
}

/// # Safety
/// `p` is a fresh zeroed struct with room for the data.
pub unsafe fn fill(b: Ref<Bytes>, p: Ptr) {
    let c = p as *mut PyBytesObject;
    (*c).ob_base.ob_size = b.len() as isize;
    (*c).ob_shash = -1;
    data(p).copy_from_slice(b.as_bytes());
}

/// The bytes of a struct that only C knew.
///
/// # Safety
/// `p` is bytes.
pub unsafe fn value(vm: &Vm, p: Ptr) -> Value {
    vm.new_bytes(data(p)).expect("memory for bytes")
}

pub fn is_bytes(v: Arg) -> bool {
    !v.0.is_null() && v.flags() & BYTES_SUBCLASS != 0
}

fn bad<T>(vm: &Vm) -> PyResult<T> {
    raise!(vm, SystemError, "bad argument to internal function")
}

fn check(vm: &Vm, v: Arg) -> PyResult<Ptr> {
    if !is_bytes(v) {
        raise!(vm, TypeError, "expected bytes, {} found", v.class().name())
    }
    Ok(v.0)
}

/// The most bytes an object could have.
const MOST: isize = isize::MAX - DATA as isize - 1;

#[capi]
pub fn PyBytes_FromStringAndSize(vm: &Vm, from: *const c_char, n: isize) -> PyResult<Owned> {
    if n < 0 {
        raise!(vm, SystemError, "Negative size passed to PyBytes_FromStringAndSize")
    }
    let Some(new) = new(n as usize) else { return Err(vm.memory_error()) };
    if !from.is_null() {
        // SAFETY: the caller passes n bytes.
        unsafe { std::ptr::copy_nonoverlapping(from.cast(), data(new.0).as_mut_ptr(), n as usize) };
    }
    Ok(new)
}

#[capi]
pub fn PyBytes_FromString(vm: &Vm, from: *const c_char) -> PyResult<Owned> {
    // SAFETY: the caller passes a C string.
    from_slice(vm, unsafe { CStr::from_ptr(from) }.to_bytes())
}

#[capi]
pub fn PyBytes_FromObject(vm: &Vm, v: Arg) -> PyResult<Value> {
    if v.0.is_null() {
        return bad(vm);
    }
    let v = v.value();
    if v.is::<Bytes>() {
        return Ok(v);
    }
    vm.bytes_from_object(v)
}

#[capi]
pub fn PyBytes_Size(vm: &Vm, v: Arg) -> PyResult<isize> {
    // SAFETY: bytes.
    Ok(unsafe { data(check(vm, v)?) }.len() as isize)
}

#[capi]
pub fn PyBytes_AsString(vm: &Vm, v: Arg) -> PyResult<*mut c_char> {
    // SAFETY: bytes.
    Ok(unsafe { data(check(vm, v)?) }.as_mut_ptr().cast())
}

#[capi]
pub fn PyBytes_AsStringAndSize(vm: &Vm, v: Arg, to: *mut *mut c_char, size: *mut isize) -> PyResult<Done> {
    if to.is_null() {
        return bad(vm);
    }
    // SAFETY: bytes, and places for the results.
    unsafe {
        let all = data(check(vm, v)?);
        *to = all.as_mut_ptr().cast();
        if !size.is_null() {
            *size = all.len() as isize;
        } else if all.contains(&0) {
            return Err(vm.value_error("embedded null byte"));
        }
    }
    Ok(Done)
}

#[capi]
pub fn PyBytes_Repr(vm: &Vm, v: Arg, smart_quotes: c_int) -> PyResult<Value> {
    // SAFETY: bytes.
    let all = unsafe { data(check(vm, v)?) };
    if smart_quotes != 0 {
        return Ok(vm.new_str(&String::from_utf8_lossy(&adder_text::repr::repr_bytes(all))));
    }
    let inside = adder_text::codecs::escape::encode_bytes(all);
    Ok(vm.new_str(&format!("b'{}'", String::from_utf8_lossy(&inside))))
}

#[capi]
pub fn PyBytes_DecodeEscape(
    vm: &Vm,
    from: *const c_char,
    n: isize,
    errors: *const c_char,
    _unicode: isize,
    _encoding: *const c_char,
) -> PyResult<Value> {
    if n > MOST {
        return Err(vm.overflow_error("byte string is too large"));
    }
    // SAFETY: the caller passes n bytes, and null or a C string.
    let given = unsafe { unicodeobject::bytes_at(from, n) };
    let mut args = vec![vm.new_bytes(given)?];
    if !errors.is_null() {
        // SAFETY: as above.
        args.push(vm.new_str(&unsafe { text(errors) }));
    }
    let decoded = crate::codecs::call(vm, "escape_decode", &args)?;
    vm.get_item(decoded, Value::from_small(0))
}

/// Replaces the reference at `place` by the result, or by NULL on error.
fn replace(vm: &Vm, place: *mut Ptr, result: PyResult<Owned>) {
    let new = match result {
        Ok(new) => new.release(),
        Err(raised) => {
            crate::pyerrors::to_indicator(vm, raised);
            null_mut()
        }
    };
    // SAFETY: the caller passes the place of a reference that it owns.
    unsafe { xdecref(std::mem::replace(&mut *place, new)) };
}

#[capi]
pub fn PyBytes_Concat(vm: &Vm, place: *mut Ptr, w: Arg) {
    // SAFETY: the caller passes the place of a reference that it owns.
    let a = Arg(unsafe { *place });
    if a.0.is_null() {
        return;
    }
    if w.0.is_null() {
        return replace(vm, place, Ok(Owned::NULL));
    }
    let result = if is_bytes(a) && is_bytes(w) {
        // SAFETY: bytes.
        unsafe {
            let (x, y) = (data(a.0), data(w.0));
            match new(x.len() + y.len()) {
                Some(new) => {
                    let to = data(new.0);
                    to[..x.len()].copy_from_slice(x);
                    to[x.len()..].copy_from_slice(y);
                    Ok(new)
                }
                None => Err(vm.memory_error()),
            }
        }
    } else {
        let operands = adder_vm::builtins::bytes_methods::concat_operands(vm, a.value(), w.value());
        operands.and_then(|(x, y)| from_slice(vm, &[&*x, &*y].concat()))
    };
    replace(vm, place, result);
}

#[capi]
pub fn PyBytes_ConcatAndDel(_vm: &Vm, place: *mut Ptr, w: *mut PyObject) {
    // SAFETY: as for `PyBytes_Concat`; the reference is given away.
    unsafe {
        PyBytes_Concat(place, w);
        xdecref(w);
    }
}

#[capi]
pub fn PyBytes_Join(vm: &Vm, separator: Arg, iterable: Arg) -> PyResult<Value> {
    if separator.0.is_null() || iterable.0.is_null() {
        return bad(vm);
    }
    if !is_bytes(separator) {
        raise!(vm, TypeError, "sep: expected bytes, got {}", separator.class().full_name(vm))
    }
    vm.call_method(separator.value(), vm.intern_str("join"), &[iterable.value()])
}

#[capi]
pub fn _PyBytes_Join(vm: &Vm, separator: Arg, iterable: Arg) -> PyResult<Value> {
    vm.call_method(separator.value(), vm.intern_str("join"), &[iterable.value()])
}

#[capi]
pub fn _PyBytes_Resize(vm: &Vm, place: *mut Ptr, n: isize) -> PyResult<Done> {
    // SAFETY: the caller passes the place of a reference that it owns.
    unsafe {
        let old = *place;
        if old.is_null() || !is_bytes(Arg(old)) || n < 0 {
            *place = null_mut();
            xdecref(old);
            return bad(vm);
        }
        let from = data(old);
        if from.len() == n as usize {
            return Ok(Done);
        }
        let new = new(n as usize);
        if let Some(new) = &new {
            let both = from.len().min(n as usize);
            data(new.0)[..both].copy_from_slice(&from[..both]);
        }
        xdecref(old);
        match new {
            Some(new) => *place = new.release(),
            None => {
                *place = null_mut();
                return Err(vm.memory_error());
            }
        }
    }
    Ok(Done)
}
