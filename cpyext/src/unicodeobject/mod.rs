//! `str`: storage and access. The data is copied into the struct once; what C makes is C's alone, and
//! writable, until it is seen as a value.
//!
//! An exact string has its data behind the head. An instance of a subclass has the larger struct that
//! subclasses extend, with a pointer to data of its own.

pub mod classify;
pub mod codecs;
pub mod methods;
mod old_writer;
pub mod writer;

use crate::ffi::types::*;
use crate::pyobject::{self, Arg, Done, Owned, Ptr, new_raw_struct, new_ref, xdecref};
use crate::typeobject::str_type;
use adder_macros::capi;
use adder_text::units::Units;
use adder_vm::builtins::str_::Str;
use adder_vm::def::UNICODE_SUBCLASS;
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::ffi::{c_char, c_int, c_void};
use std::ptr::null_mut;

pub type State = _PyUnicodeObject_state;

const ASCII_HEAD: usize = size_of::<PyASCIIObject>();
const COMPACT_HEAD: usize = size_of::<PyCompactUnicodeObject>();

fn head(p: Ptr) -> *mut PyASCIIObject {
    p.cast()
}

unsafe fn is_ascii(p: Ptr) -> bool {
    (*head(p)).state.bits & State::ASCII != 0
}

/// Bytes of a unit.
unsafe fn kind(p: Ptr) -> usize {
    (((*head(p)).state.bits & State::KIND_MASK) >> State::KIND_SHIFT) as usize
}

/// Where the units are.
///
/// # Safety
/// `p` is a str.
pub unsafe fn data(p: Ptr) -> *mut u8 {
    let bits = (*head(p)).state.bits;
    if bits & State::COMPACT == 0 {
        return (*(p as *mut PyUnicodeObject)).data.any.cast();
    }
    (p as *mut u8).add(if bits & State::ASCII != 0 { ASCII_HEAD } else { COMPACT_HEAD })
}

/// The text of a struct.
///
/// # Safety
/// `p` is a str.
#[inline]
pub unsafe fn units<'a>(p: Ptr) -> Units<'a> {
    let (n, from) = ((*head(p)).length as usize, data(p));
    match kind(p) {
        1 => Units::One(std::slice::from_raw_parts(from, n)),
        2 => Units::Two(std::slice::from_raw_parts(from.cast(), n)),
        _ => Units::Four(std::slice::from_raw_parts(from.cast(), n)),
    }
}

unsafe fn copy(units: Units, to: *mut u8) {
    match units {
        Units::One(u) => std::ptr::copy_nonoverlapping(u.as_ptr(), to, u.len()),
        Units::Two(u) => std::ptr::copy_nonoverlapping(u.as_ptr(), to.cast(), u.len()),
        Units::Four(u) => std::ptr::copy_nonoverlapping(u.as_ptr(), to.cast(), u.len()),
    }
}

fn state(kind: usize, ascii: bool) -> u32 {
    (kind as u32) << State::KIND_SHIFT | State::COMPACT | if ascii { State::ASCII } else { 0 }
}

/// The size of the struct of a string of the heap, if it is not an instance of a subclass.
pub fn struct_size(s: Ref<Str>) -> usize {
    let head = if s.is_ascii() { ASCII_HEAD } else { COMPACT_HEAD };
    head + (s.len() + 1) * s.kind() as usize
}

/// # Safety
/// `p` is a fresh zeroed struct with room for the string, or for the head of an instance of a subclass.
pub unsafe fn fill(s: Ref<Str>, p: Ptr) {
    let c = head(p);
    (*c).state.bits = state(s.kind() as usize, s.is_ascii());
    (*c).length = s.len() as isize;
    (*c).hash = if s.is_interned() { s.hash() as isize } else { -1 };
    if s.is_interned() {
        (*c).state.bits |= 1;
    }
    if (*p).ob_type != str_type() {
        (*c).state.bits &= !State::COMPACT;
        let size = (s.len() + 1) * s.kind() as usize;
        let at = libc::calloc(1, size);
        assert!(!at.is_null(), "memory for a string");
        (*(p as *mut PyUnicodeObject)).data.any = at;
        if s.is_ascii() {
            (*(p as *mut PyCompactUnicodeObject)).utf8 = at.cast();
            (*(p as *mut PyCompactUnicodeObject)).utf8_length = s.len() as isize;
        }
    }
    copy(s.units(), data(p));
}

/// Frees what the struct owns.
///
/// # Safety
/// `p` is a str that nobody uses any more.
pub unsafe fn release(p: Ptr) {
    let c = p as *mut PyCompactUnicodeObject;
    let bits = (*head(p)).state.bits;
    if bits & State::COMPACT == 0 {
        let at = std::mem::replace(&mut (*(p as *mut PyUnicodeObject)).data.any, null_mut());
        if (*c).utf8 == at.cast() {
            (*c).utf8 = null_mut();
        }
        libc::free(at);
    }
    if bits & State::COMPACT == 0 || bits & State::ASCII == 0 {
        libc::free(std::mem::replace(&mut (*c).utf8, null_mut()).cast());
    }
}

/// The string of a struct that only C knew.
///
/// # Safety
/// `p` is a str.
pub unsafe fn value(p: Ptr) -> Value {
    Str::from_units(units(p)).expect("memory for a string").value()
}

/// Of `n` units, with room for a zero unit; None: no memory.
fn blank(n: usize, kind: usize, ascii: bool) -> Option<Owned> {
    let data = n.checked_add(1)?.checked_mul(kind).filter(|s| *s < isize::MAX as usize / 2)?;
    let before = if ascii { ASCII_HEAD } else { COMPACT_HEAD };
    let p = new_raw_struct(str_type(), before + data);
    // SAFETY: a fresh struct of that size; the fields behind the head, and the zero unit.
    unsafe {
        std::ptr::write_bytes((p as *mut u8).add(size_of::<PyObject>()), 0, before - size_of::<PyObject>());
        std::ptr::write_bytes((p as *mut u8).add(before + data - kind), 0, kind);
        let c = head(p);
        (*c).state.bits = state(kind, ascii);
        (*c).length = n as isize;
        (*c).hash = -1;
    }
    Some(Owned(p))
}

/// A C-only string of units that are the narrowest that fit.
pub fn from_narrow(vm: &Vm, units: Units) -> PyResult<Owned> {
    if units.is_empty() {
        return Ok(Owned::new(vm.intern_str("").value()));
    }
    match blank(units.len(), units.kind(), units.is_ascii()) {
        Some(new) => {
            // SAFETY: a fresh string of that length and kind.
            unsafe { copy(units, data(new.0)) };
            Ok(new)
        }
        None => Err(vm.memory_error()),
    }
}

/// A C-only string of any units.
pub fn from_units(vm: &Vm, units: Units) -> PyResult<Owned> {
    let narrow = match units {
        Units::One(_) => return from_narrow(vm, units),
        Units::Two(_) => units.max_char() > 0xff,
        Units::Four(_) => units.max_char() > 0xffff,
    };
    if narrow {
        from_narrow(vm, units)
    } else {
        from_owned(vm, adder_text::builder::Owned::from_units(units))
    }
}

pub fn from_owned(vm: &Vm, text: adder_text::builder::Owned) -> PyResult<Owned> {
    from_narrow(vm, text.as_units())
}

/// The object of UTF-8 text.
pub fn decode_value(vm: &Vm, bytes: &[u8]) -> PyResult<Value> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(vm.new_str(text)),
        Err(_) => adder_vm::codec_run::decode_all(vm, adder_vm::codec_run::Encoding::Utf8, bytes, None),
    }
}

/// Text with marks for what is not UTF-8: for messages.
///
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
    if bytes.is_ascii() {
        return from_narrow(vm, Units::One(bytes));
    }
    match adder_text::codecs::utf8::decode_valid(bytes) {
        Some(text) => from_owned(vm, text),
        None => {
            let utf8 = adder_vm::codec_run::Encoding::Utf8;
            Ok(Owned::new(adder_vm::codec_run::decode_all(vm, utf8, bytes, None)?))
        }
    }
}

// ---- checks -------------------------------------------------------------------------------------

#[inline(always)]
pub fn is_str(v: Arg) -> bool {
    !v.0.is_null() && v.flags() & UNICODE_SUBCLASS != 0
}

fn bad<T>(vm: &Vm) -> PyResult<T> {
    raise!(vm, SystemError, "bad argument to internal function")
}

/// A str, or the TypeError of `PyErr_BadArgument`.
#[inline(always)]
fn argument(vm: &Vm, v: Arg) -> PyResult<Ptr> {
    if !is_str(v) {
        raise!(vm, TypeError, "bad argument type for built-in operation")
    }
    Ok(v.0)
}

/// A str, or TypeError.
#[inline(always)]
fn must_be_str(vm: &Vm, v: Arg) -> PyResult<Ptr> {
    if v.0.is_null() {
        return bad(vm);
    }
    if !is_str(v) {
        raise!(vm, TypeError, "must be str, not {}", v.peek().class().name())
    }
    Ok(v.0)
}

/// Whether C may still write into the string.
unsafe fn is_modifiable(p: Ptr) -> bool {
    (*p).ob_refcnt == 1
        && (*p).ob_type == str_type()
        && (*head(p)).hash == -1
        && (*head(p)).state.bits & State::INTERNED_MASK == 0
        && pyobject::is_c_only(p)
}

unsafe fn modifiable(vm: &Vm, p: Ptr) -> PyResult<()> {
    if !is_modifiable(p) {
        raise!(vm, SystemError, "Cannot modify a string currently used")
    }
    Ok(())
}

/// The largest character that the string's kind holds.
unsafe fn largest(p: Ptr) -> u32 {
    match (is_ascii(p), kind(p)) {
        (true, _) => 0x7f,
        (_, 1) => 0xff,
        (_, 2) => 0xffff,
        _ => 0x10ffff,
    }
}

unsafe fn put(p: Ptr, i: usize, c: u32) {
    match kind(p) {
        1 => *data(p).add(i) = c as u8,
        2 => *data(p).cast::<u16>().add(i) = c as u16,
        _ => *data(p).cast::<u32>().add(i) = c,
    }
}

/// The hash, which compiled code also reads from the struct.
///
/// # Safety
/// `p` is an exact str.
pub unsafe fn hash(p: Ptr) -> isize {
    let c = head(p);
    if (*c).hash == -1 {
        (*c).hash = adder_vm::hashing::secret().hash_str(units(p)) as isize;
    }
    (*c).hash
}

// ---- creation -----------------------------------------------------------------------------------

#[capi]
pub fn PyUnicode_New(vm: &Vm, n: isize, max: u32) -> PyResult<Owned> {
    if n == 0 {
        return Ok(Owned::new(vm.intern_str("").value()));
    }
    if max > 0x10ffff {
        raise!(vm, SystemError, "invalid maximum character passed to PyUnicode_New")
    }
    if n < 0 {
        raise!(vm, SystemError, "Negative size passed to PyUnicode_New")
    }
    let kind = match max {
        0..=0xff => 1,
        0x100..=0xffff => 2,
        _ => 4,
    };
    blank(n as usize, kind, max < 0x80).ok_or_else(|| vm.memory_error())
}

#[capi]
pub fn PyUnicode_FromString(vm: &Vm, text: *const c_char) -> PyResult<Owned> {
    // SAFETY: the caller passes a C string.
    decode(vm, unsafe { std::ffi::CStr::from_ptr(text) }.to_bytes())
}

/// More than a process can address.
const MOST_BYTES: isize = 1 << 47;

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
    if size > MOST_BYTES {
        return Err(vm.memory_error());
    }
    // SAFETY: the caller passes that many bytes.
    decode(vm, unsafe { bytes_at(text, size) })
}

#[capi]
pub fn PyUnicode_FromKindAndData(vm: &Vm, kind: c_int, from: *const c_void, n: isize) -> PyResult<Owned> {
    if n < 0 {
        return Err(vm.value_error("size must be positive"));
    }
    if !matches!(kind, 1 | 2 | 4) {
        raise!(vm, SystemError, "invalid kind")
    }
    let n = n as usize;
    if n == 0 {
        return from_narrow(vm, Units::One(&[]));
    }
    // SAFETY: the caller passes that many units.
    let units = unsafe {
        match kind {
            1 => Units::One(std::slice::from_raw_parts(from.cast(), n)),
            2 => Units::Two(std::slice::from_raw_parts(from.cast(), n)),
            _ => Units::Four(std::slice::from_raw_parts(from.cast(), n)),
        }
    };
    from_units(vm, units)
}

#[capi]
pub fn PyUnicode_FromOrdinal(vm: &Vm, c: c_int) -> PyResult<Owned> {
    if !(0..=0x10ffff).contains(&c) {
        return Err(vm.value_error("chr() arg not in range(0x110000)"));
    }
    from_units(vm, Units::Four(&[c as u32]))
}

#[capi]
pub fn PyUnicode_FromObject(vm: &Vm, v: Arg) -> PyResult<Owned> {
    // SAFETY: C passes a live object.
    unsafe {
        if (*v.0).ob_type == str_type() {
            return Ok(new_ref(v.0));
        }
        if is_str(v) {
            return from_units(vm, units(v.0));
        }
    }
    raise!(vm, TypeError, "Can't convert '{}' object to str implicitly", v.peek().class().name())
}

#[capi]
pub fn PyUnicode_FromWideChar(vm: &Vm, from: *const u32, n: isize) -> PyResult<Owned> {
    if from.is_null() && n != 0 || n < -1 {
        return bad(vm);
    }
    // SAFETY: the caller passes that many characters, or a string that ends with zero.
    let all = unsafe {
        let n = if n >= 0 { n as usize } else { (0..).take_while(|i| *from.add(*i) != 0).count() };
        if n == 0 { &[][..] } else { std::slice::from_raw_parts(from, n) }
    };
    if let Some(c) = all.iter().find(|c| **c > 0x10ffff) {
        raise!(vm, ValueError, "character U+{c:x} is not in range [U+0000; U+10ffff]")
    }
    from_units(vm, Units::Four(all))
}

// ---- interning ----------------------------------------------------------------------------------

#[capi]
pub fn PyUnicode_InternFromString(vm: &Vm, text: *const c_char) -> PyResult<Owned> {
    // SAFETY: the caller passes a C string.
    let mut p = decode(vm, unsafe { std::ffi::CStr::from_ptr(text) }.to_bytes())?.release();
    // SAFETY: the place of a reference of ours.
    unsafe { PyUnicode_InternInPlace(&mut p) };
    Ok(Owned(p))
}

#[capi]
pub fn PyUnicode_InternInPlace(vm: &Vm, place: *mut Ptr) {
    // SAFETY: the caller passes the place of a reference that it owns.
    unsafe {
        let p = *place;
        if p.is_null() || (*p).ob_type != str_type() || (*head(p)).state.bits & State::INTERNED_MASK != 0 {
            return;
        }
        let Some(s) = Arg(p).peek().exact::<Str>() else { return };
        let interned = pyobject::to_c(vm.intern_ref(s).value());
        *place = interned;
        xdecref(p);
    }
}

// ---- access -------------------------------------------------------------------------------------

#[capi]
pub fn PyUnicode_GetLength(vm: &Vm, s: Arg) -> PyResult<isize> {
    // SAFETY: a str.
    Ok(unsafe { (*head(argument(vm, s)?)).length })
}

#[capi]
pub fn PyUnicode_KIND(_vm: &Vm, s: Arg) -> c_int {
    // SAFETY: C passes a str.
    unsafe { kind(s.0) as c_int }
}

#[capi]
pub fn PyUnicode_DATA(_vm: &Vm, s: Arg) -> *mut c_void {
    // SAFETY: C passes a str.
    unsafe { data(s.0).cast() }
}

fn out_of_range<T>(vm: &Vm) -> PyResult<T> {
    Err(vm.index_error("string index out of range"))
}

#[capi]
pub fn PyUnicode_ReadChar(vm: &Vm, s: Arg, i: isize) -> PyResult<u32> {
    // SAFETY: a str.
    let all = unsafe { units(argument(vm, s)?) };
    if i < 0 || i as usize >= all.len() {
        return out_of_range(vm);
    }
    Ok(all.get(i as usize))
}

#[capi]
pub fn PyUnicode_WriteChar(vm: &Vm, s: Arg, i: isize, c: u32) -> PyResult<Done> {
    let p = argument(vm, s)?;
    // SAFETY: a str, which is written to only if nobody has seen it.
    unsafe {
        if i < 0 || i >= (*head(p)).length {
            return out_of_range(vm);
        }
        modifiable(vm, p)?;
        if c > largest(p) {
            return Err(vm.value_error("character out of range"));
        }
        put(p, i as usize, c);
    }
    Ok(Done)
}

#[capi]
pub fn PyUnicode_Fill(vm: &Vm, s: Arg, start: isize, n: isize, c: u32) -> PyResult<isize> {
    if !is_str(s) {
        return bad(vm);
    }
    // SAFETY: a str, which is written to only if nobody has seen it.
    unsafe {
        modifiable(vm, s.0)?;
        if start < 0 {
            return out_of_range(vm);
        }
        if c > largest(s.0) {
            return Err(vm.value_error("fill character is bigger than the string maximum character"));
        }
        let n = n.min((*head(s.0)).length - start).max(0);
        for i in start..start + n {
            put(s.0, i as usize, c);
        }
        Ok(n)
    }
}

#[capi]
pub fn PyUnicode_CopyCharacters(
    vm: &Vm,
    to: Arg,
    to_start: isize,
    from: Arg,
    from_start: isize,
    n: isize,
) -> PyResult<isize> {
    if !is_str(to) || !is_str(from) {
        return bad(vm);
    }
    // SAFETY: strs; the first is written to only if nobody has seen it.
    unsafe {
        let (source, room) = (units(from.0), (*head(to.0)).length);
        let have = source.len() as isize;
        if from_start < 0 || from_start > have || to_start < 0 || to_start > room {
            return out_of_range(vm);
        }
        if n < 0 {
            raise!(vm, SystemError, "how_many cannot be negative")
        }
        let n = n.min(have - from_start);
        if to_start + n > room {
            raise!(
                vm,
                SystemError,
                "Cannot write {n} characters at {to_start} in a string of {room} characters"
            )
        }
        if n == 0 {
            return Ok(0);
        }
        modifiable(vm, to.0)?;
        let part = source.slice(from_start as usize..(from_start + n) as usize);
        if part.kind() == kind(to.0) && (!is_ascii(to.0) || is_ascii(from.0)) {
            copy(part, data(to.0).add(to_start as usize * kind(to.0)));
            return Ok(n);
        }
        let name = |p: Ptr| match (is_ascii(p), kind(p)) {
            (true, _) => "ascii",
            (_, 1) => "latin1",
            (_, 2) => "UCS2",
            _ => "UCS4",
        };
        if part.max_char() > largest(to.0) {
            raise!(
                vm,
                SystemError,
                "Cannot copy {} characters into a string of {} characters",
                name(from.0),
                name(to.0)
            )
        }
        for (i, c) in part.iter().enumerate() {
            put(to.0, to_start as usize + i, c);
        }
        Ok(n)
    }
}

#[capi]
pub fn PyUnicode_Resize(vm: &Vm, place: *mut Ptr, n: isize) -> PyResult<Done> {
    // SAFETY: the caller passes the place of a reference that it owns.
    unsafe {
        if place.is_null() || !is_str(Arg(*place)) || n < 0 {
            return bad(vm);
        }
        let old = *place;
        let source = units(old);
        if source.len() == n as usize {
            return Ok(Done);
        }
        let new = if n == 0 {
            from_narrow(vm, Units::One(&[]))?
        } else {
            let new = blank(n as usize, kind(old), is_ascii(old)).ok_or_else(|| vm.memory_error())?;
            copy(source.slice(0..source.len().min(n as usize)), data(new.0));
            new
        };
        *place = new.release();
        xdecref(old);
    }
    Ok(Done)
}

/// Copies the text, with a zero behind it if there is room for it.
unsafe fn copy_wide(s: Units, to: *mut u32, zero: bool) {
    for (i, c) in s.iter().enumerate() {
        *to.add(i) = c;
    }
    if zero {
        *to.add(s.len()) = 0;
    }
}

#[capi]
pub fn PyUnicode_AsUCS4(vm: &Vm, s: Arg, to: *mut u32, room: isize, copy_null: c_int) -> PyResult<*mut u32> {
    if to.is_null() || room < 0 || !is_str(s) {
        return bad(vm);
    }
    // SAFETY: a str, and room for that many characters.
    unsafe {
        let all = units(s.0);
        if room < all.len() as isize + (copy_null != 0) as isize {
            if copy_null != 0 && room > 0 {
                *to = 0;
            }
            raise!(vm, SystemError, "string is longer than the buffer")
        }
        copy_wide(all, to, copy_null != 0);
    }
    Ok(to)
}

/// The text in fresh memory with a zero behind it.
fn wide(vm: &Vm, p: Ptr) -> PyResult<*mut u32> {
    // SAFETY: a str, and memory for its characters.
    unsafe {
        let all = units(p);
        let to = crate::pymem::PyMem_Malloc(4 * (all.len() + 1)).cast::<u32>();
        if to.is_null() {
            return Err(vm.memory_error());
        }
        copy_wide(all, to, true);
        Ok(to)
    }
}

#[capi]
pub fn PyUnicode_AsUCS4Copy(vm: &Vm, s: Arg) -> PyResult<*mut u32> {
    if !is_str(s) {
        return bad(vm);
    }
    wide(vm, s.0)
}

#[capi]
pub fn PyUnicode_AsWideChar(vm: &Vm, s: Arg, to: *mut u32, room: isize) -> PyResult<isize> {
    if s.0.is_null() {
        return bad(vm);
    }
    argument(vm, s)?;
    // SAFETY: a str, and null or room for that many characters.
    unsafe {
        let all = units(s.0);
        let n = all.len() as isize;
        if to.is_null() {
            return Ok(n + 1);
        }
        let copied = n.min(room.max(0));
        copy_wide(all.slice(0..copied as usize), to, room > n);
        Ok(copied)
    }
}

#[capi]
pub fn PyUnicode_AsWideCharString(vm: &Vm, s: Arg, size: *mut isize) -> PyResult<*mut u32> {
    if s.0.is_null() {
        return bad(vm);
    }
    argument(vm, s)?;
    // SAFETY: a str, and null or a place for the size.
    unsafe {
        if !size.is_null() {
            *size = units(s.0).len() as isize;
        } else if units(s.0).iter().any(|c| c == 0) {
            return Err(vm.value_error("embedded null character"));
        }
    }
    wide(vm, s.0)
}

#[capi]
pub fn _PyUnicode_Copy(vm: &Vm, s: Arg) -> PyResult<Owned> {
    if !is_str(s) {
        return bad(vm);
    }
    // SAFETY: a str.
    from_units(vm, unsafe { units(s.0) })
}

macro_rules! interning {
    ($($name:ident)*) => {$(
        #[capi]
        pub fn $name(_vm: &Vm, _interpreter: *mut PyInterpreterState, place: *mut Ptr) {
            // SAFETY: passes the place on.
            unsafe { PyUnicode_InternInPlace(place) };
        }
    )*};
}

interning! { _PyUnicode_InternInPlace _PyUnicode_InternMortal _PyUnicode_InternImmortal }
