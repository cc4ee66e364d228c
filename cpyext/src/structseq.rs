//! Struct sequences: tuples with named fields, some of them reached by name only. The struct has all
//! fields; its size counts the visible ones.

use crate::ffi::types::*;
use crate::pyobject::{Arg, Borrowed, Done, Owned, Ptr, Steal, from_c, look, new_struct, to_c, xdecref};
use crate::typeobject;
use adder_macros::capi;
use adder_vm::builtins::struct_sequence::{StructSeqDef, definition, field_of};
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::ffi::{CStr, c_char};

/// A pointer that C can share.
#[repr(transparent)]
pub struct Name(*const c_char);

// SAFETY: a constant string.
unsafe impl Sync for Name {}

/// The name of fields that have none.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)] // The name is the API's.
pub static PyStructSequence_UnnamedField: Name = Name(c"unnamed field".as_ptr());

/// # Safety
/// `p` is a tuple's struct.
unsafe fn items(p: Ptr) -> *mut Ptr {
    (&raw mut (*(p as *mut PyTupleObject)).ob_item) as *mut Ptr
}

/// The definition of a struct's class, unless it is a plain tuple's.
unsafe fn definition_of(p: Ptr) -> Option<&'static StructSeqDef> {
    if (*p).ob_type == typeobject::tuple_type() {
        return None;
    }
    look((*p).ob_type.cast()).downcast::<Type>().and_then(definition)
}

/// How many fields a class of tuples hides.
pub fn hidden(class: Ref<Type>) -> usize {
    definition(class).map_or(0, |d| d.fields.len() - d.visible)
}

/// Fills the hidden fields of a struct.
///
/// # Safety
/// `p` is the fresh struct of the tuple.
pub unsafe fn fill_hidden(v: Value, p: Ptr) {
    if let Some(d) = definition_of(p) {
        for i in d.visible..d.fields.len() {
            *items(p).add(i) = to_c(field_of(v, i));
        }
    }
}

/// Releases the hidden fields.
///
/// # Safety
/// `p` is a tuple's struct that dies.
pub unsafe fn release_hidden(p: Ptr) {
    if let Some(d) = definition_of(p) {
        for i in d.visible..d.fields.len() {
            xdecref(std::mem::replace(&mut *items(p).add(i), std::ptr::null_mut()));
        }
    }
}

/// The object of a struct sequence that C made; None for other tuples.
///
/// # Safety
/// `p` is a tuple's struct.
pub unsafe fn value(vm: &Vm, p: Ptr) -> Option<Value> {
    let d = definition_of(p)?;
    let none = adder_vm::builtins::singletons::none();
    let all: Result<Ref<Tuple>, ()> = Tuple::build(vm, d.fields.len(), |i| {
        let item = *items(p).add(i);
        Ok(if item.is_null() { none } else { from_c(item) })
    });
    let all = all.ok()?;
    let class = look((*p).ob_type.cast()).downcast::<Type>()?;
    let v = vm.new_struct_sequence(class, all.items());
    std::hint::black_box(all);
    Some(v)
}

/// The VM's definition for C's; it lives for ever.
unsafe fn define(vm: &Vm, desc: *mut PyStructSequence_Desc) -> PyResult<&'static StructSeqDef> {
    let text = |p: *const c_char| -> &'static str {
        if p.is_null() {
            return "";
        }
        String::leak(CStr::from_ptr(p).to_string_lossy().into_owned())
    };
    let mut fields = vec![];
    let mut at = (*desc).fields;
    while !(*at).name.is_null() {
        let unnamed = (*at).name == PyStructSequence_UnnamedField.0;
        fields.push((if unnamed { "" } else { text((*at).name) }, text((*at).doc)));
        at = at.add(1);
    }
    let visible = (*desc).n_in_sequence;
    if visible < 0 || visible as usize > fields.len() {
        raise!(vm, SystemError, "bad argument to internal function")
    }
    let (name, doc) = (text((*desc).name), text((*desc).doc));
    Ok(Box::leak(Box::new(StructSeqDef { name, doc, fields: fields.leak(), visible: visible as usize })))
}

#[capi]
pub fn PyStructSequence_NewType(vm: &Vm, desc: *mut PyStructSequence_Desc) -> PyResult<Value> {
    // SAFETY: the caller passes a description.
    Ok(vm.struct_sequence_type(unsafe { define(vm, desc)? }).value())
}

#[capi]
pub fn PyStructSequence_InitType2(
    vm: &Vm,
    t: *mut PyTypeObject,
    desc: *mut PyStructSequence_Desc,
) -> PyResult<Done> {
    // SAFETY: the caller passes a static type that is not ready, and a description.
    unsafe {
        let class = vm.struct_sequence_type(define(vm, desc)?);
        typeobject::use_static(class, t);
    }
    Ok(Done)
}

#[capi]
pub fn PyStructSequence_InitType(vm: &Vm, t: *mut PyTypeObject, desc: *mut PyStructSequence_Desc) {
    // SAFETY: the same contract.
    unsafe { PyStructSequence_InitType2(t, desc) };
    let _ = vm;
}

/// A sequence that is C's alone, with NULL fields.
#[capi]
pub fn PyStructSequence_New(vm: &Vm, t: *mut PyTypeObject) -> PyResult<Owned> {
    let class = Arg(t.cast()).peek().downcast::<Type>();
    let Some(d) = class.and_then(definition) else {
        raise!(
            vm,
            TypeError,
            "Missed attribute 'n_fields' of type {}",
            class.map_or(String::new(), |c| c.name())
        )
    };
    let p = new_struct(t, size_of::<PyTupleObject>() - 8 + 8 * d.fields.len());
    // SAFETY: a fresh struct of that size.
    unsafe {
        (*(p as *mut PyTupleObject)).ob_base.ob_size = d.visible as isize;
        (*(p as *mut PyTupleObject)).ob_hash = -1;
    }
    Ok(Owned(p))
}

#[capi]
pub fn PyStructSequence_SetItem(_vm: &Vm, p: *mut PyObject, i: isize, v: Steal) {
    // SAFETY: the caller passes a new sequence, and an index of its fields.
    unsafe { xdecref(std::mem::replace(&mut *items(p).offset(i), v.0.release())) }
}

#[capi]
pub fn PyStructSequence_GetItem(_vm: &Vm, p: *mut PyObject, i: isize) -> Borrowed {
    // SAFETY: the caller passes a sequence, and an index of its fields.
    Borrowed(unsafe { *items(p).offset(i) })
}
