//! Objects in general, and the singletons.

use crate::abstract_::need;
use crate::ffi::constants::_Py_STATIC_IMMORTAL_INITIAL_REFCNT;
use crate::ffi::types::*;
use crate::pyobject::{Arg, Done, Owned, Ptr, class_of_type, make_immortal, register_foreign};
use crate::typeobject;
use adder_heap::GilCell;
use adder_macros::capi;
use adder_vm::builtins::singletons as s;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::error::PyResult;
use adder_vm::execution::attribute_cache;
use adder_vm::object::{Value, ValueExt};
use adder_vm::raise;
use adder_vm::slots::CompareOp;
use adder_vm::vm::Vm;
use std::ffi::c_char;

/// A static struct whose address C code knows.
#[repr(C)]
pub struct Singleton {
    head: u64,
    class: *mut PyTypeObject,
    /// Of True and False.
    tag: usize,
    digit: u64,
}

const fn blank(tag: usize, digit: u64) -> Singleton {
    Singleton { head: _Py_STATIC_IMMORTAL_INITIAL_REFCNT as u64, class: std::ptr::null_mut(), tag, digit }
}

#[unsafe(no_mangle)]
pub static mut _Py_NoneStruct: Singleton = blank(0, 0);
#[unsafe(no_mangle)]
pub static mut _Py_TrueStruct: Singleton = blank(1 << 3, 1);
#[unsafe(no_mangle)]
pub static mut _Py_FalseStruct: Singleton = blank(1, 0);
#[unsafe(no_mangle)]
pub static mut _Py_EllipsisObject: Singleton = blank(0, 0);
#[unsafe(no_mangle)]
pub static mut _Py_NotImplementedStruct: Singleton = blank(0, 0);

pub fn none_struct() -> Ptr {
    &raw mut _Py_NoneStruct as Ptr
}

static CONSTANTS: GilCell<[usize; 2]> = GilCell::new([0; 2]);

/// Connects the singletons with their structs; once.
pub fn init() {
    // SAFETY: static structs of static objects.
    unsafe {
        for (v, p) in [
            (s::none(), &raw mut _Py_NoneStruct),
            (s::true_(), &raw mut _Py_TrueStruct),
            (s::false_(), &raw mut _Py_FalseStruct),
            (s::ellipsis(), &raw mut _Py_EllipsisObject),
            (s::not_implemented(), &raw mut _Py_NotImplementedStruct),
        ] {
            (*p).class = typeobject::type_struct(v.class());
            register_foreign(v, p as Ptr);
        }
        // There is one empty tuple and one empty string.
        let vm = Vm::get();
        for (i, v) in [Tuple::empty().value(), vm.intern_str("").value()].into_iter().enumerate() {
            let p = Owned::new(v).release();
            make_immortal(p);
            CONSTANTS.get()[i] = p as usize;
        }
    }
}

#[unsafe(no_mangle)]
#[allow(non_snake_case)]
pub unsafe extern "C" fn _Py_Dealloc(p: Ptr) {
    crate::pyobject::dealloc(p);
}

#[capi]
pub fn PyObject_Repr(vm: &Vm, v: Arg) -> PyResult<Value> {
    if v.0.is_null() {
        return Ok(vm.new_str("<NULL>"));
    }
    vm.repr(v.peek())
}

#[capi]
pub fn PyObject_Str(vm: &Vm, v: Arg) -> PyResult<Value> {
    if v.0.is_null() {
        return Ok(vm.new_str("<NULL>"));
    }
    Ok(vm.str(v.peek())?.value())
}

#[capi]
pub fn PyObject_ASCII(vm: &Vm, v: Arg) -> PyResult<Value> {
    if v.0.is_null() {
        return Ok(vm.new_str("<NULL>"));
    }
    let f = vm.builtin("ascii")?;
    vm.call(f, &[v.value()])
}

/// `==` and `!=` as far as a type of an extension is concerned: with the pointers as they are, as CPython's
/// `do_richcompare` does it. None: it is another comparison.
///
/// # Safety
/// Both are live objects.
unsafe fn compare_in_c(a: Ptr, b: Ptr, op: i32) -> Option<Owned> {
    const EQ: i32 = 2;
    const NE: i32 = 3;
    let (ta, tb) = ((*a).ob_type, (*b).ob_type);
    if !matches!(op, EQ | NE) || !class_of_type(ta)?.is_foreign() || Vm::get().near_native_limit() {
        return None;
    }
    let not_implemented = &raw mut _Py_NotImplementedStruct as Ptr;
    let call = |f: richcmpfunc, a: Ptr, b: Ptr| match f {
        Some(f) => f(a, b, op),
        None => not_implemented,
    };
    let swapped = ta != tb && (*tb).tp_richcompare.is_some() && PyType_IsSubtype(tb, ta) != 0;
    if swapped {
        let r = call((*tb).tp_richcompare, b, a);
        if r != not_implemented {
            return Some(Owned(r));
        }
    }
    let r = call((*ta).tp_richcompare, a, b);
    if r != not_implemented {
        return Some(Owned(r));
    }
    if !swapped {
        let r = call((*tb).tp_richcompare, b, a);
        if r != not_implemented {
            return Some(Owned(r));
        }
    }
    let result = if (a == b) == (op == EQ) { &raw mut _Py_TrueStruct } else { &raw mut _Py_FalseStruct };
    Some(Owned(result as Ptr))
}

#[capi]
pub fn PyObject_RichCompare(vm: &Vm, a: Arg, b: Arg, op: i32) -> PyResult<Owned> {
    // SAFETY: C passes live objects.
    if let Some(r) = unsafe { compare_in_c(a.0, b.0, op) } {
        return Ok(r);
    }
    Ok(Owned::new(vm.compare(a.value(), b.value(), compare_op(op))?))
}

#[capi]
pub fn PyObject_RichCompareBool(vm: &Vm, a: Arg, b: Arg, op: i32) -> PyResult<bool> {
    let (a, b, op) = (a.value(), b.value(), compare_op(op));
    if a.same(b) && matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(op == CompareOp::Eq);
    }
    vm.compare_bool(a, b, op)
}

/// `Py_LT` to `Py_GE`.
pub fn compare_op(op: i32) -> CompareOp {
    match op {
        0 => CompareOp::Lt,
        1 => CompareOp::Le,
        2 => CompareOp::Eq,
        3 => CompareOp::Ne,
        4 => CompareOp::Gt,
        _ => CompareOp::Ge,
    }
}

/// An attribute name, interned; TypeError if it is none.
#[inline]
pub fn name(vm: &Vm, name: Arg) -> PyResult<adder_vm::object::Ref<Str>> {
    let v = name.value();
    if let Some(s) = v.exact::<Str>().filter(|s| s.is_interned()) {
        return Ok(s);
    }
    match v.downcast::<Str>() {
        Some(s) => Ok(vm.intern_ref(s)),
        None => raise!(vm, TypeError, "attribute name must be string, not '{}'", v.class().name()),
    }
}

#[capi]
pub fn PyObject_GetAttr(vm: &Vm, v: Arg, attribute: Arg) -> PyResult<Value> {
    attribute_cache::get_attr(vm, v.value(), name(vm, attribute)?)
}

#[capi]
pub fn PyObject_GetAttrString(vm: &Vm, v: Arg, attribute: *const c_char) -> PyResult<Value> {
    attribute_cache::get_attr(vm, v.value(), crate::abstract_::c_name(vm, attribute)?)
}

#[capi]
pub fn PyObject_SetAttr(vm: &Vm, v: Arg, attribute: Arg, value: Arg) -> PyResult<Done> {
    let attribute = name(vm, attribute)?;
    if value.0.is_null() {
        vm.del_attr(v.value(), attribute)?
    } else {
        vm.set_attr(v.value(), attribute, value.value())?
    }
    Ok(Done)
}

#[capi]
pub fn PyObject_SetAttrString(vm: &Vm, v: Arg, attribute: *const c_char, value: Arg) -> PyResult<Done> {
    let attribute = crate::abstract_::c_name(vm, attribute)?;
    if value.0.is_null() {
        vm.del_attr(v.value(), attribute)?
    } else {
        vm.set_attr(v.value(), attribute, value.value())?
    }
    Ok(Done)
}

#[capi]
pub fn PyObject_Hash(vm: &Vm, v: Arg) -> PyResult<isize> {
    // SAFETY: C passes a live object.
    if unsafe { (*v.0).ob_type } == typeobject::str_type() {
        return Ok(unsafe { crate::unicodeobject::hash(v.0) });
    }
    Ok(vm.hash(v.value())? as isize)
}

#[capi]
pub fn PyObject_IsTrue(vm: &Vm, v: Arg) -> PyResult<bool> {
    if v.0 == &raw mut _Py_TrueStruct as Ptr {
        return Ok(true);
    }
    if v.0 == &raw mut _Py_FalseStruct as Ptr || v.0 == none_struct() {
        return Ok(false);
    }
    vm.truth(v.value())
}

#[capi]
pub fn PyObject_Not(vm: &Vm, v: Arg) -> PyResult<bool> {
    Ok(!vm.truth(v.value())?)
}

#[capi]
pub fn PyCallable_Check(vm: &Vm, v: Arg) -> bool {
    !v.0.is_null() && vm.is_callable(v.peek())
}

#[capi]
pub fn PyObject_Type(_vm: &Vm, v: Arg) -> Value {
    v.class().value()
}

#[capi]
pub fn PyType_IsSubtype(_vm: &Vm, a: *mut PyTypeObject, b: *mut PyTypeObject) -> bool {
    if a == b {
        return true;
    }
    // SAFETY: the caller passes types.
    if let (Some(a), Some(b)) = unsafe { (class_of_type(a), class_of_type(b)) } {
        return a == b || a.is_subclass_of(b);
    }
    let (a, b) = (Arg(a.cast()).peek(), Arg(b.cast()).peek());
    match (a.downcast::<adder_vm::builtins::type_::Type>(), b.downcast::<adder_vm::builtins::type_::Type>()) {
        (Some(a), Some(b)) => a.is_subclass_of(b),
        _ => false,
    }
}

#[capi]
pub fn PyType_GetFlags(_vm: &Vm, t: *mut PyTypeObject) -> u64 {
    // SAFETY: the caller passes a type.
    unsafe { (*t).tp_flags }
}

#[capi]
pub fn PyObject_IsInstance(vm: &Vm, v: Arg, class: Arg) -> PyResult<bool> {
    vm.isinstance(v.value(), class.value())
}

#[capi]
pub fn PyObject_Size(vm: &Vm, v: Arg) -> PyResult<isize> {
    Ok(vm.len(v.value())? as isize)
}

#[capi]
pub fn PyObject_GetItem(vm: &Vm, v: Arg, key: Arg) -> PyResult<Value> {
    let key = need(vm, key)?;
    vm.get_item(need(vm, v)?, key)
}

#[capi]
pub fn PyObject_SetItem(vm: &Vm, v: Arg, key: Arg, value: Arg) -> PyResult<Done> {
    let (key, value) = (need(vm, key)?, need(vm, value)?);
    vm.set_item(need(vm, v)?, key, value)?;
    Ok(Done)
}
