//! `abstract.h`: objects, sequences, mappings and iterators. Numbers are in `abstract_number.rs`,
//! calls in `call.rs`; what the VM's protocols do is in `vm/src/protocol.rs`.

use crate::pyerrors;
use crate::pyobject::{Arg, Done, Owned, Ptr, new_ref, to_c};
use crate::tupleobject;
use crate::typeobject;
use crate::unicodeobject::text;
use adder_macros::capi;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::exceptions::{Exc, stop_iteration_value};
use adder_vm::builtins::list::List;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::def::{DICT_SUBCLASS, LIST_SUBCLASS, TUPLE_SUBCLASS};
use adder_vm::error::{PyResult, Raised};
use adder_vm::object::{Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::ffi::{CStr, c_char};

/// The object, or SystemError for NULL (if no error is set already), as CPython's `null_error`.
#[inline(always)]
pub fn need(vm: &Vm, v: Arg) -> PyResult<Value> {
    if v.0.is_null() {
        return Err(null_error(vm));
    }
    Ok(v.value())
}

#[cold]
fn null_error(vm: &Vm) -> Raised {
    if pyerrors::is_set() {
        return pyerrors::from_indicator(vm);
    }
    vm.system_error("null argument to internal routine")
}

/// The string of UTF-8 text, or UnicodeDecodeError.
pub fn c_string(vm: &Vm, p: *const c_char) -> PyResult<Value> {
    if p.is_null() {
        return Err(null_error(vm));
    }
    // SAFETY: the callers pass C strings.
    let bytes = unsafe { CStr::from_ptr(p) }.to_bytes();
    match std::str::from_utf8(bytes) {
        Ok(s) => Ok(vm.new_str(s)),
        Err(_) => vm.call_method(vm.new_bytes(bytes)?, vm.intern_str("decode"), &[]),
    }
}

/// As `c_string`, interned: the name of an attribute.
pub fn c_name(vm: &Vm, p: *const c_char) -> PyResult<Ref<Str>> {
    if !p.is_null() {
        // SAFETY: the callers pass C strings.
        if let Ok(s) = unsafe { CStr::from_ptr(p) }.to_str() {
            return Ok(vm.intern_str(s));
        }
    }
    match c_string(vm, p)?.downcast::<Str>() {
        Some(s) => Ok(vm.intern_ref(s)),
        None => Err(null_error(vm)),
    }
}

/// Stores a new reference, or NULL, where the caller wants it.
///
/// # Safety
/// `place` is valid.
pub unsafe fn store(place: *mut Ptr, v: Option<Value>) {
    *place = v.map_or(std::ptr::null_mut(), to_c);
}

// ---- objects ------------------------------------------------------------------------------------

#[capi]
pub fn PyObject_DelItem(vm: &Vm, v: Arg, key: Arg) -> PyResult<Done> {
    let (v, key) = (need(vm, v)?, need(vm, key)?);
    if v.class().slots().mp_ass_subscript.is_none() && v.class().slots().sq_ass_item.is_none() {
        raise!(vm, TypeError, "'{}' object does not support item deletion", v.class().name())
    }
    vm.del_item(v, key)?;
    Ok(Done)
}

#[capi]
pub fn PyObject_DelItemString(vm: &Vm, v: Arg, key: *const c_char) -> PyResult<Done> {
    let v = need(vm, v)?;
    if key.is_null() {
        return Err(null_error(vm));
    }
    vm.del_item(v, c_string(vm, key)?)?;
    Ok(Done)
}

#[capi]
pub fn PyObject_Length(vm: &Vm, v: Arg) -> PyResult<isize> {
    Ok(vm.len(need(vm, v)?)? as isize)
}

#[capi]
pub fn PyObject_LengthHint(vm: &Vm, v: Arg, default: isize) -> PyResult<isize> {
    // A default below 0 is given back as it is.
    let hint = vm.length_hint(v.value(), usize::MAX)?;
    Ok(if hint == usize::MAX { default } else { hint as isize })
}

#[capi]
pub fn PyObject_Format(vm: &Vm, v: Arg, spec: Arg) -> PyResult<Value> {
    let v = v.value();
    let spec = if spec.0.is_null() { vm.new_str("") } else { spec.value() };
    if spec.downcast::<Str>().is_none() {
        raise!(vm, SystemError, "Format specifier must be a string, not {}", spec.class().name())
    }
    vm.call(vm.builtin("format")?, &[v, spec])
}

#[capi]
pub fn PyObject_GetIter(vm: &Vm, v: Arg) -> PyResult<Value> {
    vm.iter(v.value())
}

#[capi]
pub fn PyObject_GetAIter(vm: &Vm, v: Arg) -> PyResult<Value> {
    vm.call(vm.builtin("aiter")?, &[v.value()])
}

#[capi]
pub fn PyObject_IsSubclass(vm: &Vm, derived: Arg, class: Arg) -> PyResult<bool> {
    vm.issubclass(derived.value(), class.value())
}

#[capi]
pub fn PyAIter_Check(_vm: &Vm, v: Arg) -> bool {
    v.class().slots().am_anext.is_some()
}

// ---- sequences ----------------------------------------------------------------------------------

#[capi]
pub fn PySequence_Check(_vm: &Vm, v: Arg) -> bool {
    v.flags() & DICT_SUBCLASS == 0 && v.class().slots().sq_item.is_some()
}

#[capi]
pub fn PySequence_Size(vm: &Vm, v: Arg) -> PyResult<isize> {
    let v = need(vm, v)?;
    let slots = v.class().slots();
    match (slots.sq_length, slots.mp_length) {
        (Some(f), _) => Ok(f(vm, v)? as isize),
        (None, Some(_)) => raise!(vm, TypeError, "{} is not a sequence", v.class().name()),
        _ => raise!(vm, TypeError, "object of type '{}' has no len()", v.class().name()),
    }
}

#[capi]
pub fn PySequence_Length(vm: &Vm, v: Arg) -> PyResult<isize> {
    // SAFETY: the same contract.
    let n = unsafe { PySequence_Size(v.0) };
    if n < 0 { Err(pyerrors::from_indicator(vm)) } else { Ok(n) }
}

/// Whether numbers' operators may stand for a sequence's.
fn is_sequence(v: Value) -> bool {
    v.class().slots().sq_item.is_some() && v.downcast::<Dict>().is_none()
}

#[capi]
pub fn PySequence_Concat(vm: &Vm, a: Arg, b: Arg) -> PyResult<Value> {
    let (a, b) = (need(vm, a)?, need(vm, b)?);
    if let Some(f) = a.class().slots().sq_concat {
        return f(vm, a, b);
    }
    if is_sequence(a) && is_sequence(b) && a.class().slots().nb_add.or(b.class().slots().nb_add).is_some() {
        return vm.binary_op(adder_vm::protocol::BinaryOp::Add, a, b);
    }
    raise!(vm, TypeError, "'{}' object can't be concatenated", a.class().name())
}

#[capi]
pub fn PySequence_InPlaceConcat(vm: &Vm, a: Arg, b: Arg) -> PyResult<Value> {
    let (a, b) = (need(vm, a)?, need(vm, b)?);
    let slots = a.class().slots();
    if let Some(f) = slots.sq_inplace_concat.or(slots.sq_concat) {
        return f(vm, a, b);
    }
    if is_sequence(a) && is_sequence(b) {
        return vm.inplace_op(adder_vm::protocol::BinaryOp::Add, a, b);
    }
    raise!(vm, TypeError, "'{}' object can't be concatenated", a.class().name())
}

#[capi]
pub fn PySequence_Repeat(vm: &Vm, v: Arg, n: isize) -> PyResult<Value> {
    let v = need(vm, v)?;
    if let Some(f) = v.class().slots().sq_repeat {
        return f(vm, v, n);
    }
    if is_sequence(v) && v.class().slots().nb_multiply.is_some() {
        return vm.binary_op(adder_vm::protocol::BinaryOp::Mul, v, vm.int(n as i64));
    }
    raise!(vm, TypeError, "'{}' object can't be repeated", v.class().name())
}

#[capi]
pub fn PySequence_InPlaceRepeat(vm: &Vm, v: Arg, n: isize) -> PyResult<Value> {
    let v = need(vm, v)?;
    let slots = v.class().slots();
    if let Some(f) = slots.sq_inplace_repeat.or(slots.sq_repeat) {
        return f(vm, v, n);
    }
    if is_sequence(v) {
        return vm.inplace_op(adder_vm::protocol::BinaryOp::Mul, v, vm.int(n as i64));
    }
    raise!(vm, TypeError, "'{}' object can't be repeated", v.class().name())
}

/// An index with the length added if it is negative.
fn position(vm: &Vm, v: Value, i: isize) -> PyResult<isize> {
    if i < 0
        && let Some(len) = v.class().slots().sq_length
    {
        return Ok(i + len(vm, v)? as isize);
    }
    Ok(i)
}

#[capi]
pub fn PySequence_GetItem(vm: &Vm, v: Arg, i: isize) -> PyResult<Owned> {
    if v.0.is_null() {
        return Err(null_error(vm));
    }
    // SAFETY: a live object; a tuple's items are live.
    unsafe {
        if (*v.0).ob_type == typeobject::tuple_type() {
            let items = tupleobject::items(v.0);
            let at = if i < 0 { i + items.len() as isize } else { i };
            return match items.get(at as usize) {
                Some(p) => Ok(new_ref(*p)),
                None => raise!(vm, IndexError, "tuple index out of range"),
            };
        }
        if (*v.0).ob_type == typeobject::list_type() {
            let n = (*(v.0 as *mut crate::ffi::types::PyVarObject)).ob_size;
            return crate::listobject::item_ref(vm, v, if i < 0 { i + n } else { i });
        }
    }
    let v = v.value();
    let slots = v.class().slots();
    match slots.sq_item {
        Some(f) => Ok(Owned::new(f(vm, v, position(vm, v, i)?)?)),
        None if slots.mp_subscript.is_some() => {
            raise!(vm, TypeError, "{} is not a sequence", v.class().name())
        }
        None => raise!(vm, TypeError, "'{}' object does not support indexing", v.class().name()),
    }
}

fn set_position(vm: &Vm, v: Value, i: isize, value: Option<Value>) -> PyResult<Done> {
    let slots = v.class().slots();
    match slots.sq_ass_item {
        Some(f) => f(vm, v, position(vm, v, i)?, value)?,
        None if slots.mp_ass_subscript.is_some() => {
            if slots.sq_item.is_some() {
                // The VM's sequences define one of the two.
                let i = position(vm, v, i)?;
                match value {
                    Some(value) => vm.set_item(v, vm.int(i as i64), value)?,
                    None => vm.del_item(v, vm.int(i as i64))?,
                }
                return Ok(Done);
            }
            raise!(vm, TypeError, "{} is not a sequence", v.class().name())
        }
        None => {
            let what = if value.is_some() { "assignment" } else { "deletion" };
            raise!(vm, TypeError, "'{}' object does not support item {what}", v.class().name())
        }
    }
    Ok(Done)
}

#[capi]
pub fn PySequence_SetItem(vm: &Vm, v: Arg, i: isize, value: Arg) -> PyResult<Done> {
    let v = need(vm, v)?;
    set_position(vm, v, i, if value.0.is_null() { None } else { Some(value.value()) })
}

#[capi]
pub fn PySequence_DelItem(vm: &Vm, v: Arg, i: isize) -> PyResult<Done> {
    set_position(vm, need(vm, v)?, i, None)
}

fn slice(vm: &Vm, low: isize, high: isize) -> Value {
    vm.new_slice(vm.int(low as i64), vm.int(high as i64), adder_vm::builtins::singletons::none())
}

#[capi]
pub fn PySequence_GetSlice(vm: &Vm, v: Arg, low: isize, high: isize) -> PyResult<Value> {
    let v = need(vm, v)?;
    match v.class().slots().mp_subscript {
        Some(f) => f(vm, v, slice(vm, low, high)),
        None => raise!(vm, TypeError, "'{}' object is unsliceable", v.class().name()),
    }
}

fn set_slice(vm: &Vm, v: Arg, low: isize, high: isize, value: Option<Value>) -> PyResult<Done> {
    let v = need(vm, v)?;
    match v.class().slots().mp_ass_subscript {
        Some(f) => f(vm, v, slice(vm, low, high), value)?,
        None => {
            let what = if value.is_some() { "assignment" } else { "deletion" };
            raise!(vm, TypeError, "'{}' object doesn't support slice {what}", v.class().name())
        }
    }
    Ok(Done)
}

#[capi]
pub fn PySequence_SetSlice(vm: &Vm, v: Arg, low: isize, high: isize, value: Arg) -> PyResult<Done> {
    set_slice(vm, v, low, high, if value.0.is_null() { None } else { Some(value.value()) })
}

#[capi]
pub fn PySequence_DelSlice(vm: &Vm, v: Arg, low: isize, high: isize) -> PyResult<Done> {
    set_slice(vm, v, low, high, None)
}

#[capi]
pub fn PySequence_Tuple(vm: &Vm, v: Arg) -> PyResult<Owned> {
    if v.0.is_null() {
        return Err(null_error(vm));
    }
    // SAFETY: a live object.
    unsafe {
        if (*v.0).ob_type == typeobject::tuple_type() {
            return Ok(new_ref(v.0));
        }
    }
    Ok(Owned::new(vm.call(Tuple::class().value(), &[v.value()])?))
}

#[capi]
pub fn PySequence_List(vm: &Vm, v: Arg) -> PyResult<Value> {
    let v = need(vm, v)?;
    vm.call(List::class().value(), &[v])
}

#[capi]
pub fn PySequence_Fast(vm: &Vm, v: Arg, message: *const c_char) -> PyResult<Owned> {
    if v.0.is_null() {
        return Err(null_error(vm));
    }
    if v.flags() & (LIST_SUBCLASS | TUPLE_SUBCLASS) != 0 {
        // SAFETY: a live object.
        return Ok(unsafe { new_ref(v.0) });
    }
    let it = match vm.iter(v.value()) {
        Ok(it) => it,
        Err(raised) => {
            vm.swallow(raised, Exc::TypeError)?;
            // SAFETY: the caller passes a C string.
            return Err(vm.type_error(unsafe { text(message) }));
        }
    };
    Ok(Owned::new(vm.call(List::class().value(), &[it])?))
}

#[capi]
pub fn PySequence_Count(vm: &Vm, v: Arg, item: Arg) -> PyResult<isize> {
    let (v, item) = (need(vm, v)?, need(vm, item)?);
    let mut n = 0;
    iterate(vm, v, &mut |x| {
        n += vm.eq(x, item)? as isize;
        Ok(true)
    })?;
    Ok(n)
}

/// Calls `f` for each item until it says false.
fn iterate(vm: &Vm, v: Value, f: &mut dyn FnMut(Value) -> PyResult<bool>) -> PyResult<()> {
    let it = match vm.iter(v) {
        Ok(it) => it,
        Err(raised) => {
            vm.swallow(raised, Exc::TypeError)?;
            raise!(vm, TypeError, "argument of type '{}' is not iterable", v.class().name())
        }
    };
    while let Some(x) = vm.next(it)? {
        if !f(x)? {
            break;
        }
    }
    Ok(())
}

/// Nothing is in an empty container, not even NULL.
fn contains(vm: &Vm, v: Arg, item: Arg) -> PyResult<bool> {
    let v = need(vm, v)?;
    if item.0.is_null() && vm.len(v)? == 0 {
        return Ok(false);
    }
    vm.contains(v, need(vm, item)?)
}

#[capi]
pub fn PySequence_Contains(vm: &Vm, v: Arg, item: Arg) -> PyResult<bool> {
    contains(vm, v, item)
}

#[capi]
pub fn PySequence_In(vm: &Vm, v: Arg, item: Arg) -> PyResult<bool> {
    contains(vm, v, item)
}

#[capi]
pub fn PySequence_Index(vm: &Vm, v: Arg, item: Arg) -> PyResult<isize> {
    let (v, item) = (need(vm, v)?, need(vm, item)?);
    let (mut at, mut found) = (0, false);
    iterate(vm, v, &mut |x| {
        found = vm.eq(x, item)?;
        at += !found as isize;
        Ok(!found)
    })?;
    if !found {
        raise!(vm, ValueError, "sequence.index(x): x not in sequence")
    }
    Ok(at)
}

// ---- mappings -----------------------------------------------------------------------------------

#[capi]
pub fn PyMapping_Check(_vm: &Vm, v: Arg) -> bool {
    !v.0.is_null() && v.class().slots().mp_subscript.is_some()
}

#[capi]
pub fn PyMapping_Size(vm: &Vm, v: Arg) -> PyResult<isize> {
    let v = need(vm, v)?;
    let slots = v.class().slots();
    match (slots.mp_length, slots.sq_length) {
        (Some(f), _) => Ok(f(vm, v)? as isize),
        (None, Some(_)) => raise!(vm, TypeError, "{} is not a mapping", v.class().name()),
        _ => raise!(vm, TypeError, "object of type '{}' has no len()", v.class().name()),
    }
}

#[capi]
pub fn PyMapping_Length(vm: &Vm, v: Arg) -> PyResult<isize> {
    // SAFETY: the same contract.
    let n = unsafe { PyMapping_Size(v.0) };
    if n < 0 { Err(pyerrors::from_indicator(vm)) } else { Ok(n) }
}

#[capi]
pub fn PyMapping_GetItemString(vm: &Vm, v: Arg, key: *const c_char) -> PyResult<Value> {
    if key.is_null() {
        return Err(null_error(vm));
    }
    let key = c_string(vm, key)?;
    vm.get_item(need(vm, v)?, key)
}

#[capi]
pub fn PyMapping_SetItemString(vm: &Vm, v: Arg, key: *const c_char, value: Arg) -> PyResult<Done> {
    if key.is_null() {
        return Err(null_error(vm));
    }
    let key = c_string(vm, key)?;
    vm.set_item(need(vm, v)?, key, need(vm, value)?)?;
    Ok(Done)
}

#[capi]
pub fn PyMapping_GetOptionalItem(vm: &Vm, v: Arg, key: Arg, place: *mut Ptr) -> PyResult<bool> {
    // SAFETY: the caller passes a place for a reference.
    unsafe { *place = std::ptr::null_mut() };
    let key = key.value();
    let found = vm.get_item_opt(v.value(), key)?;
    // SAFETY: as above.
    unsafe { store(place, found) };
    Ok(found.is_some())
}

#[capi]
pub fn PyMapping_GetOptionalItemString(
    vm: &Vm,
    v: Arg,
    key: *const c_char,
    place: *mut Ptr,
) -> PyResult<bool> {
    // SAFETY: the caller passes a place for a reference, and a C string.
    unsafe { *place = std::ptr::null_mut() };
    if key.is_null() {
        return Err(null_error(vm));
    }
    let key = c_string(vm, key)?;
    let found = vm.get_item_opt(v.value(), key)?;
    // SAFETY: as above.
    unsafe { store(place, found) };
    Ok(found.is_some())
}

#[capi]
pub fn PyMapping_HasKeyWithError(vm: &Vm, v: Arg, key: Arg) -> PyResult<bool> {
    let key = key.value();
    Ok(vm.get_item_opt(v.value(), key)?.is_some())
}

#[capi]
pub fn PyMapping_HasKeyStringWithError(vm: &Vm, v: Arg, key: *const c_char) -> PyResult<bool> {
    let key = c_string(vm, key)?;
    Ok(vm.get_item_opt(v.value(), key)?.is_some())
}

/// The answer of functions that cannot report an error.
pub fn or_unraisable(vm: &Vm, r: PyResult<bool>, message: &str) -> bool {
    r.unwrap_or_else(|raised| {
        vm.unraisable(raised, message, adder_vm::builtins::singletons::none());
        false
    })
}

#[capi]
pub fn PyMapping_HasKey(vm: &Vm, v: Arg, key: Arg) -> bool {
    let r = need(vm, v).and_then(|v| Ok(vm.get_item_opt(v, need(vm, key)?)?.is_some()));
    or_unraisable(
        vm,
        r,
        "Exception ignored in PyMapping_HasKey(); consider using PyMapping_HasKeyWithError(), \
         PyMapping_GetOptionalItem() or PyObject_GetItem()",
    )
}

#[capi]
pub fn PyMapping_HasKeyString(vm: &Vm, v: Arg, key: *const c_char) -> bool {
    let r = need(vm, v).and_then(|v| Ok(vm.get_item_opt(v, c_string(vm, key)?)?.is_some()));
    or_unraisable(
        vm,
        r,
        "Exception ignored in PyMapping_HasKeyString(); consider using PyMapping_HasKeyStringWithError(), \
         PyMapping_GetOptionalItemString() or PyMapping_GetItemString()",
    )
}

/// `keys()`, `values()` or `items()` of a mapping, as a list.
fn method_list(vm: &Vm, v: Arg, name: &str) -> PyResult<Value> {
    let v = need(vm, v)?;
    let view = vm.call_method(v, vm.intern_str(name), &[])?;
    if view.exact::<List>().is_some() {
        return Ok(view);
    }
    let it = match vm.iter(view) {
        Ok(it) => it,
        Err(raised) => {
            vm.swallow(raised, Exc::TypeError)?;
            raise!(
                vm,
                TypeError,
                "{}.{name}() returned a non-iterable (type {})",
                v.class().name(),
                view.class().name()
            )
        }
    };
    vm.call(List::class().value(), &[it])
}

#[capi]
pub fn PyMapping_Keys(vm: &Vm, v: Arg) -> PyResult<Value> {
    method_list(vm, v, "keys")
}

#[capi]
pub fn PyMapping_Values(vm: &Vm, v: Arg) -> PyResult<Value> {
    method_list(vm, v, "values")
}

#[capi]
pub fn PyMapping_Items(vm: &Vm, v: Arg) -> PyResult<Value> {
    method_list(vm, v, "items")
}

// ---- iterators ----------------------------------------------------------------------------------

#[capi]
pub fn PyIter_Check(_vm: &Vm, v: Arg) -> bool {
    v.class().slots().tp_iternext.is_some()
}

#[capi]
pub fn PyIter_Next(vm: &Vm, it: Arg) -> PyResult<Owned> {
    let it = it.value();
    if let Some(item) = crate::listobject::next_item(it) {
        return Ok(item);
    }
    Ok(vm.next(it)?.map_or(Owned::NULL, Owned::new))
}

#[capi]
pub fn PyIter_NextItem(vm: &Vm, it: Arg, place: *mut Ptr) -> PyResult<bool> {
    // SAFETY: the caller passes a place for a reference.
    unsafe { *place = std::ptr::null_mut() };
    let it = it.value();
    if it.class().slots().tp_iternext.is_none() {
        raise!(vm, TypeError, "expected an iterator, got '{}'", it.class().name())
    }
    let item = vm.next(it)?;
    // SAFETY: as above.
    unsafe { store(place, item) };
    Ok(item.is_some())
}

/// `PyIter_Send` says `PYGEN_RETURN` (0), `PYGEN_ERROR` (-1) or `PYGEN_NEXT` (1).
#[capi]
pub fn PyIter_Send(vm: &Vm, it: Arg, value: Arg, place: *mut Ptr) -> PyResult<bool> {
    // SAFETY: the caller passes a place for a reference.
    unsafe { *place = std::ptr::null_mut() };
    let (it, value) = (it.value(), value.value());
    let sent = match it.class().slots().tp_iternext {
        Some(next) if value.is_none() => next(vm, it),
        _ => vm.call_method(it, vm.intern_str("send"), &[value]).map(Some),
    };
    let (result, more) = match sent {
        Ok(Some(v)) => (v, true),
        Ok(None) => (adder_vm::builtins::singletons::none(), false),
        Err(raised) => {
            let e = vm.take_exception(raised);
            if !e.value().class().is_subclass_of(Exc::StopIteration.class()) {
                return Err(vm.restore(e));
            }
            (stop_iteration_value(e), false)
        }
    };
    // SAFETY: as above.
    unsafe { store(place, Some(result)) };
    Ok(more)
}

/// The value of the StopIteration that is set, or None if nothing is set; another exception stays: -1.
#[capi]
pub fn _PyGen_FetchStopIterationValue(vm: &Vm, place: *mut Ptr) -> PyResult<Done> {
    let mut value = adder_vm::builtins::singletons::none();
    if pyerrors::is_set() {
        let e = vm.take_exception(pyerrors::from_indicator(vm));
        if !e.value().class().is_subclass_of(Exc::StopIteration.class()) {
            return Err(vm.restore(e));
        }
        value = stop_iteration_value(e);
    }
    // SAFETY: the caller passes a place for a reference.
    unsafe { store(place, Some(value)) };
    Ok(Done)
}
