//! Operations on strings, on the text of the structs.

use super::{State, bad, bytes_at, from_narrow, from_owned, from_units, head, is_str, must_be_str, units};
use crate::object::compare_op;
use crate::pyobject::{Arg, Owned, Ptr, new_ref, xdecref};
use crate::typeobject::str_type;
use adder_macros::capi;
use adder_text::builder::Builder;
use adder_text::units::Units;
use adder_text::{classify, search};
use adder_vm::builtins::singletons::{bool_value, none, not_implemented};
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::str_methods::adjust;
use adder_vm::error::PyResult;
use adder_vm::object::{Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::cmp::Ordering;
use std::ffi::{CStr, c_char, c_int};
use std::ptr::null_mut;

/// The text of a str, or TypeError.
fn text_of<'a>(vm: &Vm, s: Arg) -> PyResult<Units<'a>> {
    // SAFETY: a str.
    Ok(unsafe { units(must_be_str(vm, s)?) })
}

/// The same object if it is an exact str, else a copy.
fn exact(vm: &Vm, p: Ptr) -> PyResult<Owned> {
    // SAFETY: a str.
    unsafe { if (*p).ob_type == str_type() { Ok(new_ref(p)) } else { from_units(vm, units(p)) } }
}

fn concatenated(vm: &Vm, a: Ptr, b: Ptr) -> PyResult<Owned> {
    // SAFETY: strs.
    let (x, y) = unsafe { (units(a), units(b)) };
    if x.is_empty() {
        return exact(vm, b);
    }
    if y.is_empty() {
        return exact(vm, a);
    }
    if let (Units::One(x), Units::One(y)) = (x, y) {
        return from_narrow(vm, Units::One(&[x, y].concat()));
    }
    let mut out = Builder::with_capacity(x.len() + y.len());
    out.push_units(x);
    out.push_units(y);
    from_owned(vm, out.finish())
}

#[capi]
pub fn PyUnicode_Concat(vm: &Vm, a: Arg, b: Arg) -> PyResult<Owned> {
    let a = must_be_str(vm, a)?;
    if !is_str(b) {
        if b.0.is_null() {
            return bad(vm);
        }
        raise!(vm, TypeError, "can only concatenate str (not \"{}\") to str", b.class().name())
    }
    concatenated(vm, a, b.0)
}

#[capi]
pub fn PyUnicode_Append(vm: &Vm, place: *mut Ptr, b: Arg) {
    // SAFETY: the caller passes the place of a reference that it owns.
    unsafe {
        let a = *place;
        let result = if is_str(Arg(a)) && is_str(b) {
            concatenated(vm, a, b.0)
        } else if a.is_null() && crate::pyerrors::is_set() {
            return;
        } else {
            bad(vm)
        };
        *place = match result {
            Ok(new) => new.release(),
            Err(raised) => {
                crate::pyerrors::to_indicator(vm, raised);
                null_mut()
            }
        };
        xdecref(a);
    }
}

#[capi]
pub fn PyUnicode_AppendAndDel(_vm: &Vm, place: *mut Ptr, b: *mut crate::ffi::types::PyObject) {
    // SAFETY: as for `PyUnicode_Append`; the second reference is given away.
    unsafe {
        PyUnicode_Append(place, b);
        xdecref(b);
    }
}

#[capi]
pub fn PyUnicode_Substring(vm: &Vm, s: Arg, start: isize, end: isize) -> PyResult<Owned> {
    let all = text_of(vm, s)?;
    let n = all.len() as isize;
    let end = end.min(n);
    if start == 0 && end == n {
        return exact(vm, s.0);
    }
    if start < 0 || end < 0 {
        return Err(vm.index_error("string index out of range"));
    }
    if start >= n || end < start {
        return from_narrow(vm, Units::One(&[]));
    }
    from_units(vm, all.slice(start as usize..end as usize))
}

// ---- comparing ----------------------------------------------------------------------------------

fn sign(o: Ordering) -> c_int {
    o as c_int
}

#[capi]
pub fn PyUnicode_Compare(vm: &Vm, a: Arg, b: Arg) -> PyResult<c_int> {
    if is_str(a) && is_str(b) {
        // SAFETY: strs.
        return Ok(if a.0 == b.0 { 0 } else { sign(unsafe { units(a.0).compare(units(b.0)) }) });
    }
    if a.0.is_null() || b.0.is_null() {
        return bad(vm);
    }
    raise!(vm, TypeError, "Can't compare {} and {}", a.class().name(), b.class().name())
}

/// Whether two strs have the same text.
unsafe fn same(a: Ptr, b: Ptr) -> bool {
    if a == b {
        return true;
    }
    match (units(a), units(b)) {
        (Units::One(x), Units::One(y)) => x == y,
        (Units::Two(x), Units::Two(y)) => x == y,
        (Units::Four(x), Units::Four(y)) => x == y,
        (x, y) => x.len() == y.len() && x.compare(y) == Ordering::Equal,
    }
}

#[capi]
pub fn PyUnicode_Equal(vm: &Vm, a: Arg, b: Arg) -> PyResult<bool> {
    for (which, v) in [("first", a), ("second", b)] {
        if !is_str(v) {
            if v.0.is_null() {
                return bad(vm);
            }
            raise!(vm, TypeError, "{which} argument must be str, not {}", v.class().full_name(vm))
        }
    }
    // SAFETY: strs.
    Ok(unsafe { same(a.0, b.0) })
}

#[capi]
pub fn _PyUnicode_EQ(_vm: &Vm, a: Arg, b: Arg) -> c_int {
    // SAFETY: C passes strs.
    unsafe { same(a.0, b.0) as c_int }
}

#[capi]
pub fn _PyUnicode_Equal(_vm: &Vm, a: Arg, b: Arg) -> c_int {
    // SAFETY: C passes strs.
    unsafe { same(a.0, b.0) as c_int }
}

#[capi]
pub fn PyUnicode_RichCompare(_vm: &Vm, a: Arg, b: Arg, op: c_int) -> Value {
    if !is_str(a) || !is_str(b) {
        return not_implemented();
    }
    // SAFETY: strs.
    bool_value(compare_op(op).holds(unsafe { units(a.0).compare(units(b.0)) }))
}

#[capi]
pub fn PyUnicode_CompareWithASCIIString(_vm: &Vm, s: Arg, other: *const c_char) -> c_int {
    // SAFETY: C passes a str and a C string, which is taken as Latin-1.
    unsafe { sign(units(s.0).compare(Units::One(CStr::from_ptr(other).to_bytes()))) }
}

#[capi]
pub fn _PyUnicode_EqualToASCIIString(_vm: &Vm, s: Arg, other: *const c_char) -> c_int {
    // SAFETY: C passes a str and a C string.
    unsafe { (units(s.0).compare(Units::One(CStr::from_ptr(other).to_bytes())) == Ordering::Equal) as c_int }
}

unsafe fn equal_utf8(s: Ptr, other: &[u8]) -> bool {
    if (*head(s)).state.bits & State::ASCII != 0 {
        return matches!(units(s), Units::One(u) if u == other);
    }
    match std::str::from_utf8(other) {
        Ok(text) => text.chars().map(|c| c as u32).eq(units(s).iter()),
        Err(_) => false,
    }
}

#[capi]
pub fn PyUnicode_EqualToUTF8(_vm: &Vm, s: Arg, other: *const c_char) -> c_int {
    // SAFETY: C passes a str and a C string.
    unsafe { equal_utf8(s.0, CStr::from_ptr(other).to_bytes()) as c_int }
}

#[capi]
pub fn PyUnicode_EqualToUTF8AndSize(_vm: &Vm, s: Arg, other: *const c_char, n: isize) -> c_int {
    // SAFETY: C passes a str and that many bytes.
    unsafe { equal_utf8(s.0, bytes_at(other, n)) as c_int }
}

// ---- searching ----------------------------------------------------------------------------------

#[capi]
pub fn PyUnicode_Contains(vm: &Vm, s: Arg, part: Arg) -> PyResult<bool> {
    if !is_str(part) {
        if part.0.is_null() {
            return bad(vm);
        }
        raise!(vm, TypeError, "'in <string>' requires string as left operand, not {}", part.class().name())
    }
    // SAFETY: a str.
    Ok(search::contains(text_of(vm, s)?, unsafe { units(part.0) }))
}

/// Position or -1.
fn position(start: usize, found: Option<usize>) -> isize {
    found.map_or(-1, |i| (start + i) as isize)
}

/// Functions for which -1 is a result have -2 for an error.
fn or_minus_two(vm: &Vm, result: PyResult<isize>) -> isize {
    result.unwrap_or_else(|raised| {
        crate::pyerrors::to_indicator(vm, raised);
        -2
    })
}

fn find(vm: &Vm, s: Arg, part: Arg, start: isize, end: isize, direction: c_int) -> PyResult<isize> {
    let (all, part) = (text_of(vm, s)?, text_of(vm, part)?);
    let Some(r) = adjust(start, end, all.len()) else { return Ok(-1) };
    let (from, within) = (r.start, all.slice(r));
    let found = if direction > 0 { search::find(within, part) } else { search::rfind(within, part) };
    Ok(position(from, found))
}

#[capi]
pub fn PyUnicode_Find(vm: &Vm, s: Arg, part: Arg, start: isize, end: isize, direction: c_int) -> isize {
    or_minus_two(vm, find(vm, s, part, start, end, direction))
}

#[capi]
pub fn PyUnicode_FindChar(vm: &Vm, s: Arg, c: u32, start: isize, end: isize, direction: c_int) -> isize {
    let found = text_of(vm, s).map(|all| {
        let Some(r) = adjust(start, end, all.len()) else { return -1 };
        let (from, within) = (r.start, all.slice(r));
        let found = if direction > 0 { search::find_char(within, c) } else { search::rfind_char(within, c) };
        position(from, found)
    });
    or_minus_two(vm, found)
}

#[capi]
pub fn PyUnicode_Count(vm: &Vm, s: Arg, part: Arg, start: isize, end: isize) -> PyResult<isize> {
    let (all, part) = (text_of(vm, s)?, text_of(vm, part)?);
    Ok(adjust(start, end, all.len()).map_or(0, |r| search::count(all.slice(r), part) as isize))
}

#[capi]
pub fn PyUnicode_Tailmatch(
    vm: &Vm,
    s: Arg,
    part: Arg,
    start: isize,
    end: isize,
    direction: c_int,
) -> PyResult<isize> {
    let (all, part) = (text_of(vm, s)?, text_of(vm, part)?);
    let Some(r) = adjust(start, end, all.len()) else { return Ok(0) };
    let within = all.slice(r);
    let holds =
        if direction > 0 { search::ends_with(within, part) } else { search::starts_with(within, part) };
    Ok(holds as isize)
}

#[capi]
pub fn PyUnicode_Replace(vm: &Vm, s: Arg, old: Arg, new: Arg, count: isize) -> PyResult<Owned> {
    let (all, old, new) = (text_of(vm, s)?, text_of(vm, old)?, text_of(vm, new)?);
    match search::replace(all, old, new, count) {
        Some(text) => from_owned(vm, text),
        None => exact(vm, s.0),
    }
}

#[capi]
pub fn PyUnicode_IsIdentifier(_vm: &Vm, s: Arg) -> c_int {
    // SAFETY: C passes a str.
    classify::str_is_identifier(unsafe { units(s.0) }) as c_int
}

// ---- through the methods of str -----------------------------------------------------------------

/// `str.name(s, ...)`
fn method(vm: &Vm, s: Arg, name: &str, args: &[Value]) -> PyResult<Value> {
    must_be_str(vm, s)?;
    vm.call_method(s.value(), vm.intern_str(name), args)
}

fn or_none(v: Arg) -> Value {
    if v.0.is_null() { none() } else { v.value() }
}

#[capi]
pub fn PyUnicode_Join(vm: &Vm, separator: Arg, iterable: Arg) -> PyResult<Value> {
    crate::abstract_::need(vm, iterable)?;
    if separator.0.is_null() {
        return vm.call_method(vm.new_str(" "), vm.intern_str("join"), &[iterable.value()]);
    }
    if !is_str(separator) {
        raise!(vm, TypeError, "separator: expected str instance, {} found", separator.class().name())
    }
    method(vm, separator, "join", &[iterable.value()])
}

#[capi]
pub fn _PyUnicode_JoinArray(vm: &Vm, separator: Arg, items: *const Ptr, n: isize) -> PyResult<Value> {
    // SAFETY: the caller passes that many live objects.
    let all: Vec<Ptr> =
        if n <= 0 { vec![] } else { unsafe { std::slice::from_raw_parts(items, n as usize) }.to_vec() };
    let list = adder_vm::builtins::list::List::new(vm);
    for p in all {
        list.push(vm, Arg(p).value());
    }
    let separator = if separator.0.is_null() { vm.new_str(" ") } else { separator.value() };
    vm.call_method(separator, vm.intern_str("join"), &[list.value()])
}

#[capi]
pub fn PyUnicode_Partition(vm: &Vm, s: Arg, separator: Arg) -> PyResult<Value> {
    must_be_str(vm, separator)?;
    method(vm, s, "partition", &[separator.value()])
}

#[capi]
pub fn PyUnicode_RPartition(vm: &Vm, s: Arg, separator: Arg) -> PyResult<Value> {
    must_be_str(vm, separator)?;
    method(vm, s, "rpartition", &[separator.value()])
}

#[capi]
pub fn PyUnicode_Split(vm: &Vm, s: Arg, separator: Arg, limit: isize) -> PyResult<Value> {
    method(vm, s, "split", &[or_none(separator), vm.int(limit as i64)])
}

#[capi]
pub fn PyUnicode_RSplit(vm: &Vm, s: Arg, separator: Arg, limit: isize) -> PyResult<Value> {
    method(vm, s, "rsplit", &[or_none(separator), vm.int(limit as i64)])
}

#[capi]
pub fn PyUnicode_Splitlines(vm: &Vm, s: Arg, keep: c_int) -> PyResult<Value> {
    method(vm, s, "splitlines", &[bool_value(keep != 0)])
}

#[capi]
pub fn PyUnicode_Format(vm: &Vm, format: Arg, args: Arg) -> PyResult<Value> {
    if format.0.is_null() || args.0.is_null() {
        return bad(vm);
    }
    must_be_str(vm, format)?;
    match format.value().downcast::<Str>() {
        Some(s) => adder_vm::builtins::printf::str_modulo(vm, s, args.value()),
        None => bad(vm),
    }
}

#[capi]
pub fn PyUnicode_Translate(vm: &Vm, s: Arg, mapping: Arg, errors: *const c_char) -> PyResult<Value> {
    must_be_str(vm, s)?;
    if mapping.0.is_null() {
        return Err(vm.type_error("bad argument type for built-in operation"));
    }
    let (s, mapping) = (s.value(), mapping.value());
    // SAFETY: the caller passes null or a C string.
    let errors = if errors.is_null() { c"strict" } else { unsafe { CStr::from_ptr(errors) } };
    // The same table as `str.translate` takes, except that None is not "delete" but an error.
    translate(vm, s, mapping, &errors.to_string_lossy())
}

fn translate(vm: &Vm, s: Value, mapping: Value, errors: &str) -> PyResult<Value> {
    use adder_vm::builtins::exceptions::Exc;
    let Some(text) = s.downcast::<Str>() else { return bad(vm) };
    let mut out = Builder::with_capacity(text.len());
    let mut i = 0;
    while i < text.len() {
        let c = text.char_at(i);
        let to = match vm.get_item(mapping, Value::from_small(c as i64)) {
            Ok(v) => v,
            Err(raised) => {
                vm.swallow(raised, Exc::LookupError)?;
                out.push(c);
                i += 1;
                continue;
            }
        };
        if let Some(part) = to.downcast::<Str>() {
            out.push_units(part.units());
        } else if let Some(n) = adder_vm::builtins::int::as_int(to) {
            match u32::try_from(vm.int_to_i128(n)) {
                Ok(n) if n <= 0x10ffff => out.push(n),
                _ => raise!(vm, ValueError, "character mapping must be in range(0x110000)"),
            }
        } else if !to.is_none() {
            raise!(vm, TypeError, "character mapping must return integer, None or str")
        } else {
            i = replace_untranslatable(vm, text, i, mapping, errors, &mut out)?;
            continue;
        }
        i += 1;
    }
    vm.new_str_owned(out.finish())
}

/// Asks the error handler about the characters from `start` that map to nothing; gives the position
/// to go on at.
fn replace_untranslatable(
    vm: &Vm,
    text: adder_vm::object::Ref<Str>,
    start: usize,
    mapping: Value,
    errors: &str,
    out: &mut Builder,
) -> PyResult<usize> {
    use adder_vm::builtins::exceptions::Exc;
    let mut end = start + 1;
    while end < text.len()
        && vm.get_item(mapping, Value::from_small(text.char_at(end) as i64)).is_ok_and(|v| v.is_none())
    {
        end += 1;
    }
    if errors == "ignore" {
        return Ok(end);
    }
    let args =
        [text.value(), vm.int(start as i64), vm.int(end as i64), vm.new_str("character maps to <undefined>")];
    let exception = vm.call(Exc::UnicodeTranslateError.class().value(), &args)?;
    let handler = crate::codecs::call(vm, "lookup_error", &[vm.new_str(errors)])?;
    let answer = vm.call(handler, &[exception])?;
    let part = vm.get_item(answer, Value::from_small(0))?;
    let at = vm.index_isize(vm.get_item(answer, Value::from_small(1))?)?;
    if let Some(part) = part.downcast::<Str>() {
        out.push_units(part.units());
    }
    let n = text.len() as isize;
    let at = if at < 0 { at + n } else { at };
    if !(0..=n).contains(&at) {
        raise!(vm, IndexError, "position {at} from error handler out of bounds")
    }
    Ok(at as usize)
}
