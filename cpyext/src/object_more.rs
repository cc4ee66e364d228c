//! `object.h`, what is not in `object.rs`: optional attributes, weak references to dying objects,
//! managed dicts, questions about reference counts, constants.

use crate::abstract_::{c_name, need, or_unraisable, store};
use crate::ffi::types::*;
use crate::pyobject::{Arg, Borrowed, Done, Owned, Ptr, new_ref};
use adder_macros::capi;
use adder_vm::builtins::bytes::Bytes;
use adder_vm::builtins::generic_alias::GenericAlias;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::type_::{Type, TypeExt};
use adder_vm::error::PyResult;
use adder_vm::object::{Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::ffi::{c_char, c_int, c_void};

// ---- attributes ---------------------------------------------------------------------------------

fn optional(vm: &Vm, v: Arg, name: Ref<Str>, place: *mut Ptr) -> PyResult<bool> {
    // SAFETY: the caller passes a place.
    unsafe { *place = std::ptr::null_mut() };
    let found = vm.get_attr_opt(v.value(), name)?;
    // SAFETY: as above.
    unsafe { store(place, found) };
    Ok(found.is_some())
}

#[capi]
pub fn PyObject_GetOptionalAttr(vm: &Vm, v: Arg, name: Arg, place: *mut Ptr) -> PyResult<bool> {
    // SAFETY: the caller passes a place.
    unsafe { *place = std::ptr::null_mut() };
    let name = crate::object::name(vm, name)?;
    optional(vm, v, name, place)
}

#[capi]
pub fn PyObject_GetOptionalAttrString(
    vm: &Vm,
    v: Arg,
    name: *const c_char,
    place: *mut Ptr,
) -> PyResult<bool> {
    // SAFETY: the caller passes a place.
    unsafe { *place = std::ptr::null_mut() };
    optional(vm, v, c_name(vm, name)?, place)
}

#[capi]
pub fn PyObject_HasAttrWithError(vm: &Vm, v: Arg, name: Arg) -> PyResult<bool> {
    let name = crate::object::name(vm, name)?;
    Ok(vm.get_attr_opt(v.value(), name)?.is_some())
}

#[capi]
pub fn PyObject_HasAttrStringWithError(vm: &Vm, v: Arg, name: *const c_char) -> PyResult<bool> {
    Ok(vm.get_attr_opt(v.value(), c_name(vm, name)?)?.is_some())
}

#[capi]
pub fn PyObject_HasAttr(vm: &Vm, v: Arg, name: Arg) -> bool {
    let r = crate::object::name(vm, name).and_then(|name| Ok(vm.get_attr_opt(v.value(), name)?.is_some()));
    or_unraisable(
        vm,
        r,
        "Exception ignored in PyObject_HasAttr(); consider using PyObject_HasAttrWithError(), \
         PyObject_GetOptionalAttr() or PyObject_GetAttr()",
    )
}

#[capi]
pub fn PyObject_HasAttrString(vm: &Vm, v: Arg, name: *const c_char) -> bool {
    let r = c_name(vm, name).and_then(|n| Ok(vm.get_attr_opt(v.value(), n)?.is_some()));
    or_unraisable(
        vm,
        r,
        "Exception ignored in PyObject_HasAttrString(); consider using \
         PyObject_HasAttrStringWithError(), PyObject_GetOptionalAttrString() or PyObject_GetAttrString()",
    )
}

#[capi]
pub fn PyObject_DelAttr(vm: &Vm, v: Arg, name: Arg) -> PyResult<Done> {
    let name = crate::object::name(vm, name)?;
    vm.del_attr(v.value(), name)?;
    Ok(Done)
}

#[capi]
pub fn PyObject_DelAttrString(vm: &Vm, v: Arg, name: *const c_char) -> PyResult<Done> {
    vm.del_attr(v.value(), c_name(vm, name)?)?;
    Ok(Done)
}

#[capi]
pub fn PyObject_Dir(vm: &Vm, v: Arg) -> PyResult<Value> {
    let dir = vm.builtin("dir")?;
    if v.0.is_null() { vm.call(dir, &[]) } else { vm.call(dir, &[v.value()]) }
}

#[capi]
pub fn PyObject_Bytes(vm: &Vm, v: Arg) -> PyResult<Value> {
    if v.0.is_null() {
        return vm.new_bytes(b"<NULL>");
    }
    let v = v.value();
    if v.exact::<Bytes>().is_some() {
        return Ok(v);
    }
    if let Some(b) = vm.call_special(v, adder_vm::names::names().__bytes__, &[])? {
        if b.downcast::<Bytes>().is_none() {
            raise!(vm, TypeError, "__bytes__ returned non-bytes (type {})", b.class().name())
        }
        return Ok(b);
    }
    if adder_vm::builtins::int::as_int(v).is_some() {
        // `bytes(5)` is five zeros; here an int is no iterable.
        raise!(vm, TypeError, "cannot convert '{}' object to bytes", v.class().name())
    }
    if v.downcast::<Str>().is_some() {
        raise!(vm, TypeError, "cannot convert '{}' object to bytes", v.class().name())
    }
    vm.call(Bytes::class().value(), &[v])
}

#[capi]
pub fn Py_ReprEnter(vm: &Vm, v: Arg) -> PyResult<bool> {
    // True if the object is being shown already.
    vm.repr_enter(need(vm, v)?)
}

#[capi]
pub fn Py_ReprLeave(vm: &Vm, v: Arg) {
    vm.repr_leave(v.value());
}

#[capi]
pub fn Py_GenericAlias(vm: &Vm, origin: Arg, args: Arg) -> PyResult<Value> {
    let origin = origin.value();
    vm.call(GenericAlias::class().value(), &[origin, args.value()])
}

// ---- lives --------------------------------------------------------------------------------------

/// Clears the weak references to an object that dies, and calls their callbacks.
#[capi]
pub fn PyObject_ClearWeakRefs(vm: &Vm, v: Arg) {
    if !crate::pyobject::is_linked(v.0) {
        return;
    }
    // SAFETY: the error that may be set belongs to somebody else.
    let saved = Owned(unsafe { crate::pyerrors::PyErr_GetRaisedException() });
    let target = v.peek();
    if target.is_ptr() && target.class().extension.get() {
        // SAFETY: the struct of an instance.
        unsafe { crate::weakrefobject::no_references(v.0) };
    }
    adder_vm::builtins::weakref::clear_references(vm, target);
    // SAFETY: as above.
    unsafe { crate::pyerrors::PyErr_SetRaisedException(saved.release()) };
}

/// The place of an instance's dict in its struct, or NULL.
#[capi]
pub fn _PyObject_GetDictPtr(_vm: &Vm, v: Arg) -> *mut Ptr {
    // SAFETY: the caller passes a live object.
    unsafe {
        let offset = (*(*v.0).ob_type).tp_dictoffset;
        if offset <= 0 { std::ptr::null_mut() } else { v.0.cast::<u8>().offset(offset).cast() }
    }
}

/// A managed dict is the VM object's: it is visited with that.
#[capi]
pub fn PyObject_VisitManagedDict(
    _vm: &Vm,
    _v: *mut PyObject,
    _visit: *mut c_void,
    _arg: *mut c_void,
) -> c_int {
    0
}

#[capi]
pub fn PyObject_ClearManagedDict(vm: &Vm, v: Arg) {
    let v = v.peek();
    if vm.has_instance_dict(v) {
        vm.set_instance_dict(v, adder_vm::builtins::dict::Dict::new(vm));
    }
}

/// References are counted at once in this build.
#[capi]
pub fn PyUnstable_Object_EnableDeferredRefcount(_vm: &Vm, _v: *mut PyObject) -> bool {
    false
}

#[capi]
pub fn PyUnstable_EnableTryIncRef(_vm: &Vm, _v: *mut PyObject) {}

#[capi]
pub fn PyUnstable_TryIncRef(_vm: &Vm, v: *mut PyObject) -> bool {
    // SAFETY: the caller passes an object that may be dying.
    unsafe {
        if (*v).ob_refcnt == 0 {
            return false;
        }
        crate::pyobject::incref(v);
    }
    true
}

#[capi]
pub fn PyUnstable_IsImmortal(_vm: &Vm, v: *mut PyObject) -> bool {
    // SAFETY: the caller passes a live object.
    unsafe { (*v).ob_refcnt >> 31 != 0 }
}

/// `Py_CONSTANT_NONE` and so on.
fn constant(vm: &Vm, id: u32) -> PyResult<Value> {
    use adder_vm::builtins::singletons as s;
    Ok(match id {
        0 => s::none(),
        1 => s::false_(),
        2 => s::true_(),
        3 => s::ellipsis(),
        4 => s::not_implemented(),
        5 => vm.int(0),
        6 => vm.int(1),
        7 => vm.intern_str("").value(),
        8 => vm.new_bytes(b"")?,
        9 => adder_vm::builtins::tuple::Tuple::empty().value(),
        _ => return Err(vm.system_error("bad argument to internal function")),
    })
}

#[capi]
pub fn Py_GetConstant(vm: &Vm, id: u32) -> PyResult<Value> {
    constant(vm, id)
}

/// The constants live for ever, so that the reference may be let go.
#[capi]
pub fn Py_GetConstantBorrowed(vm: &Vm, id: u32) -> PyResult<Borrowed> {
    let v = Owned::new(constant(vm, id)?);
    Ok(Borrowed(v.release()))
}

// ---- functions where the headers have macros ----------------------------------------------------

#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn Py_NewRef(v: Ptr) -> Ptr {
    new_ref(v).release()
}

#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn Py_XNewRef(v: Ptr) -> Ptr {
    crate::pyobject::xincref(v);
    v
}

#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn Py_REFCNT(v: Ptr) -> isize {
    (*v).ob_refcnt as isize
}

#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn Py_TYPE(v: Ptr) -> *mut PyTypeObject {
    (*v).ob_type
}

#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn Py_Is(a: Ptr, b: Ptr) -> c_int {
    (a == b) as c_int
}

#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn Py_IsNone(v: Ptr) -> c_int {
    (v == crate::object::none_struct()) as c_int
}

#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn Py_IsTrue(v: Ptr) -> c_int {
    (v == (&raw mut crate::object::_Py_TrueStruct).cast()) as c_int
}

#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn Py_IsFalse(v: Ptr) -> c_int {
    (v == (&raw mut crate::object::_Py_FalseStruct).cast()) as c_int
}

/// The attribute as the class's MRO has it, without binding; NULL without an exception if there is none.
#[capi]
pub fn _PyType_LookupRef(vm: &Vm, t: Arg, name: Arg) -> PyResult<Owned> {
    let name = crate::object::name(vm, name)?;
    Ok(t.value().downcast::<Type>().and_then(|c| c.lookup(vm, name)).map_or(Owned::NULL, Owned::new))
}

/// `types.SimpleNamespace(**fields)`
#[capi]
pub fn _PyNamespace_New(vm: &Vm, fields: Arg) -> PyResult<Value> {
    let types = adder_vm::import::import_module(vm, "types")?;
    let class = vm.get_attr_str(types, "SimpleNamespace")?;
    if fields.0.is_null() { vm.call(class, &[]) } else { vm.call(class, &[fields.value()]) }
}

/// As `PyObject_ClearWeakRefs`; no callback is called.
#[capi]
pub fn PyUnstable_Object_ClearWeakRefsNoCallbacks(vm: &Vm, v: Arg) {
    if crate::pyobject::is_linked(v.0) {
        adder_vm::builtins::weakref::forget_references(vm, v.peek());
    }
}
