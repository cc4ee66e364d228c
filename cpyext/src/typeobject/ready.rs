//! `PyType_Ready`: a class for a type that an extension defines. CPython's typeobject.c is the model
//! for what is inherited from where.

use super::places::{self, Group, place};
use super::{PyBaseObject_Type, calls, exports, type_struct};
use crate::ffi::constants::*;
use crate::ffi::types::*;
use crate::methodobject::{split_signature, static_text};
use crate::pyobject::{self, Arg, Done, Ptr, from_c, make_immortal, to_c, xdecref};
use crate::{descrobject, memory, objimpl};
use adder_macros::capi;
use adder_vm::builtins::descr;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::object::Object as BaseObject;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::error::PyResult;
use adder_vm::names::names;
use adder_vm::object::{Object, Ref, ValueExt};
use adder_vm::raise;
use adder_vm::slots::{SLOT_COUNT, SLOT_DEFS, SlotId, Slots};
use adder_vm::type_extension::{self, ExtensionClass, InstanceDict};
use adder_vm::type_new::{calculate_metaclass, slot_from_index};
use adder_vm::vm::Vm;
use std::mem::offset_of;

#[capi]
pub fn PyType_Ready(vm: &Vm, t: *mut PyTypeObject) -> PyResult<Done> {
    ready_class(vm, t)?;
    Ok(Done)
}

/// The class of a type, which is made ready if it is not.
pub fn ready_class(vm: &Vm, t: *mut PyTypeObject) -> PyResult<Ref<Type>> {
    // SAFETY: the caller passes a type.
    unsafe {
        if (*t).tp_flags & Py_TPFLAGS_READY == 0 {
            // A type in static memory cannot be changed from Python.
            if (*t).tp_flags & Py_TPFLAGS_HEAPTYPE == 0 {
                (*t).tp_flags |= Py_TPFLAGS_IMMUTABLETYPE;
            }
            ready(vm, t)?;
        }
    }
    Ok(super::subtype(t))
}

/// Makes a type ready that is used before anybody did.
///
/// # Safety
/// `t` is a type.
pub unsafe fn ready_or_fail(t: *mut PyTypeObject) {
    let vm = Vm::get();
    if (*t).tp_flags & Py_TPFLAGS_HEAPTYPE == 0 {
        (*t).tp_flags |= Py_TPFLAGS_IMMUTABLETYPE;
    }
    if let Err(raised) = ready(vm, t) {
        let e = vm.take_exception(raised);
        let text = vm.repr_string(e.value()).unwrap_or_default();
        panic!("the type {} cannot be made ready: {text}", static_text((*t).tp_name));
    }
}

/// Makes the class of the type and fills in both.
///
/// # Safety
/// `t` is a type that is not ready.
pub unsafe fn ready(vm: &Vm, t: *mut PyTypeObject) -> PyResult<()> {
    if (*t).tp_flags & Py_TPFLAGS_READYING != 0 {
        return Ok(());
    }
    (*t).tp_flags |= Py_TPFLAGS_READYING;
    if (*t).tp_name.is_null() {
        raise!(vm, SystemError, "Type does not define the tp_name field.")
    }
    if (*t).tp_base.is_null() {
        (*t).tp_base = &raw mut PyBaseObject_Type;
    }
    let base = (*t).tp_base;
    let base_class = super::subtype(base);
    if (*t).ob_base.ob_base.ob_type.is_null() {
        (*t).ob_base.ob_base.ob_type = (*base).ob_base.ob_base.ob_type;
    }
    let bases = bases(vm, t, base_class)?;
    let class = make_class(vm, t, base_class, bases)?;
    (*t).tp_flags = ((*t).tp_flags & !Py_TPFLAGS_READYING) | Py_TPFLAGS_READY;
    // What C put into the dict before.
    if !(*t).tp_dict.is_null()
        && let Some(d) = from_c((*t).tp_dict).downcast::<Dict>()
    {
        class.dict.get().update_from(vm, d)?;
        xdecref((*t).tp_dict);
    }
    (*t).tp_dict = to_c(class.dict.get().value());
    add_attributes(vm, t, class)?;
    type_extension::finish(vm, class)?;
    xdecref((*t).tp_bases);
    (*t).tp_bases = to_c(bases.value());
    (*t).tp_mro = to_c(class.mro.get().value());
    inherit(class, t);
    let kind = Py_TPFLAGS_HEAPTYPE | Py_TPFLAGS_IMMUTABLETYPE;
    (*t).tp_flags |= class.flags.get() & !(Py_TPFLAGS_READYING | kind);
    class.flags.set((*t).tp_flags & !kind | class.flags.get() & kind);
    if (*t).tp_hash.is_none() && class.dict.get().get_name_quiet(names().__hash__).is_none() {
        class.dict.get().set_name(names().__hash__, none());
    }
    import_slots(class, t);
    super::calls::note_construct(class);
    class.modified();
    Ok(())
}

unsafe fn bases(vm: &Vm, t: *mut PyTypeObject, base: Ref<Type>) -> PyResult<Ref<Tuple>> {
    if (*t).tp_bases.is_null() {
        return Ok(Tuple::from_slice(vm, &[base.value()]));
    }
    match from_c((*t).tp_bases).downcast::<Tuple>() {
        Some(b) => Ok(b),
        None => raise!(vm, TypeError, "tp_bases is not a tuple"),
    }
}

/// Module and name of a `tp_name`.
pub fn split_name(full: &str) -> (Option<&str>, &str) {
    match full.rsplit_once('.') {
        Some((module, name)) => (Some(module), name),
        None => (None, full),
    }
}

unsafe fn make_class(
    vm: &Vm,
    t: *mut PyTypeObject,
    base: Ref<Type>,
    bases: Ref<Tuple>,
) -> PyResult<Ref<Type>> {
    let meta = calculate_metaclass(vm, super::subtype((*t).ob_base.ob_base.ob_type), bases.items())?;
    (*t).ob_base.ob_base.ob_type = type_struct(meta);
    let b = (*t).tp_base;
    // Cython sets the flag of static types while they are made ready.
    let is_heap = (*t).tp_flags & Py_TPFLAGS_HEAPTYPE != 0 && memory::contains(t);
    let mut flags = (*t).tp_flags & !(Py_TPFLAGS_READY | Py_TPFLAGS_READYING);
    if !is_heap {
        flags = flags & !Py_TPFLAGS_HEAPTYPE | Py_TPFLAGS_IMMUTABLETYPE;
    }
    let full = static_text((*t).tp_name);
    let (_module, mut name) = split_name(full);
    if is_heap && !(*(t as *mut PyHeapTypeObject)).ht_name.is_null() {
        name = static_name(from_c((*(t as *mut PyHeapTypeObject)).ht_name));
    }
    let qualname = match is_heap {
        true if !(*(t as *mut PyHeapTypeObject)).ht_qualname.is_null() => {
            static_name(from_c((*(t as *mut PyHeapTypeObject)).ht_qualname))
        }
        _ => name,
    };
    // Fields of the base that say how instances are laid out.
    if (*t).tp_basicsize == 0 {
        (*t).tp_basicsize = (*b).tp_basicsize;
    }
    if (*t).tp_itemsize == 0 {
        (*t).tp_itemsize = (*b).tp_itemsize;
    }
    let own_dict = (*t).tp_dictoffset != 0 && (*t).tp_dictoffset != (*b).tp_dictoffset;
    let own_weakrefs = (*t).tp_weaklistoffset != 0 && (*t).tp_weaklistoffset != (*b).tp_weaklistoffset;
    if (*t).tp_dictoffset == 0 {
        (*t).tp_dictoffset = (*b).tp_dictoffset;
    }
    if (*t).tp_weaklistoffset == 0 {
        (*t).tp_weaklistoffset = (*b).tp_weaklistoffset;
    }
    let is_metaclass = (*b).tp_flags & Py_TPFLAGS_TYPE_SUBCLASS != 0;
    let dict = if (*t).tp_flags & Py_TPFLAGS_MANAGED_DICT != 0 {
        (*t).tp_dictoffset = -1;
        InstanceDict::Managed
    } else if own_dict && !is_metaclass {
        InstanceDict::Foreign((*t).tp_dictoffset as u32)
    } else {
        InstanceDict::Inherited
    };
    let spec = ExtensionClass {
        meta,
        name: vm.intern_str(name),
        qualname: vm.intern_str(qualname),
        c_name: full,
        bases,
        base,
        flags,
        extends_layout: (*t).tp_basicsize > (*b).tp_basicsize || (*t).tp_itemsize != (*b).tp_itemsize,
        dict,
        weakref: own_weakrefs || (*t).tp_flags & Py_TPFLAGS_MANAGED_WEAKREF != 0,
    };
    let class = type_extension::new_class(vm, &spec)?;
    pyobject::link_type(class.value(), t as Ptr);
    if !is_heap {
        make_immortal(t as Ptr);
    }
    Ok(class)
}

/// Names of classes live for ever.
fn static_name(v: adder_vm::object::Value) -> &'static str {
    let text = v.downcast::<adder_vm::builtins::str_::Str>().map_or(String::new(), |s| s.to_string());
    Box::leak(text.into_boxed_str())
}

/// Wrappers of the slots, methods, members, getsets, documentation.
unsafe fn add_attributes(vm: &Vm, t: *mut PyTypeObject, class: Ref<Type>) -> PyResult<()> {
    let dict = class.dict.get();
    for d in SLOT_DEFS {
        let f = places::function(t, d.slot);
        if f == 0 || d.text_signature.is_empty() {
            continue;
        }
        let name = vm.intern_str(d.name);
        if dict.get_name_quiet(name).is_some() {
            continue;
        }
        if d.slot == SlotId::tp_hash && f == objimpl::PyObject_HashNotImplemented as *const () as usize {
            dict.set_name(name, none());
            continue;
        }
        let (word, foreign) = import(d.slot, f);
        dict.set_name(name, descr::wrapper_descriptor(class, d, word, foreign));
    }
    descrobject::add_methods(vm, class, t, (*t).tp_methods)?;
    descrobject::add_members(vm, class, (*t).tp_members)?;
    descrobject::add_getsets(vm, class, (*t).tp_getset)?;
    if (*t).tp_new.is_some() && dict.get_name_quiet(names().__new__).is_none() {
        dict.set_name(names().__new__, descr::new_function(vm, class));
    }
    if dict.get_name_quiet(names().__doc__).is_none() {
        let doc = split_signature(static_text((*t).tp_name), static_text((*t).tp_doc)).1;
        dict.set_name(names().__doc__, if (*t).tp_doc.is_null() { none() } else { vm.new_str(doc) });
    }
    Ok(())
}

/// The VM function for the C function in a slot, and the C function if it is C's own.
fn import(slot: SlotId, f: usize) -> (usize, usize) {
    let object = BaseObject::class().slots();
    let generic = match slot {
        SlotId::tp_getattro => Some(objimpl::PyObject_GenericGetAttr as *const () as usize),
        SlotId::tp_setattro => Some(objimpl::PyObject_GenericSetAttr as *const () as usize),
        SlotId::tp_hash if f == objimpl::PyObject_HashNotImplemented as *const () as usize => {
            let unhashable: adder_vm::slots::Hash = |vm, v| Err(vm.unhashable(v));
            return (unhashable as usize, 0);
        }
        _ => None,
    };
    if generic == Some(f) {
        return (object.raw(slot), 0);
    }
    match exports::word_of(f) {
        Some(word) => (word, 0),
        None => (calls::caller(slot), f),
    }
}

/// Fills the VM's slots of the class from the type's.
unsafe fn import_slots(class: Ref<Type>, t: *mut PyTypeObject) {
    let mut slots = Slots::default();
    let mut generic = 0;
    for i in 0..SLOT_COUNT {
        let slot = slot_from_index(i);
        let f = places::function(t, slot);
        if f == 0 {
            continue;
        }
        let (word, _) = import(slot, f);
        slots.set_raw(slot, word);
        // Inherited from a base that is written in Python.
        if class.mro_iter().any(|b| b.is_generic(slot) && b.slots().raw(slot) == word) {
            generic |= 1u128 << i;
        }
    }
    if class.has_flag(adder_vm::def::DISALLOW_INSTANTIATION) {
        slots.tp_new = None;
    }
    if (*t).tp_getattro.is_none()
        && let Some(f) = (*t).tp_getattr
    {
        let _ = f;
        slots.tp_getattro = Some(super::old_getattr);
    }
    if (*t).tp_setattro.is_none() && (*t).tp_setattr.is_some() {
        slots.tp_setattro = Some(super::old_setattr);
    }
    *class.slots_mut() = slots;
    class.generic.set(generic);
    class.has_finalizer.set(slots.tp_finalize.is_some());
}

/// A word of the type if it is empty there.
unsafe fn copy(t: *mut PyTypeObject, from: *mut PyTypeObject, at: usize) {
    let to = (t as *mut u8).add(at).cast::<usize>();
    if *to == 0 {
        *to = *(from as *mut u8).add(at).cast::<usize>();
    }
}

/// Copies slots that are empty from all the bases, in the order of the MRO.
unsafe fn inherit(class: Ref<Type>, t: *mut PyTypeObject) {
    let base = (*t).tp_base;
    // Collection goes with the pair of functions.
    if (*t).tp_flags & Py_TPFLAGS_HAVE_GC == 0
        && (*base).tp_flags & Py_TPFLAGS_HAVE_GC != 0
        && (*t).tp_traverse.is_none()
        && (*t).tp_clear.is_none()
    {
        (*t).tp_flags |= Py_TPFLAGS_HAVE_GC;
        (*t).tp_traverse = (*base).tp_traverse;
        (*t).tp_clear = (*base).tp_clear;
    }
    let is_heap = (*t).tp_flags & Py_TPFLAGS_HEAPTYPE != 0;
    if (*t).tp_new.is_none() {
        if base == &raw mut PyBaseObject_Type && !is_heap {
            (*t).tp_flags |= Py_TPFLAGS_DISALLOW_INSTANTIATION;
        } else if (*t).tp_flags & Py_TPFLAGS_DISALLOW_INSTANTIATION == 0 {
            (*t).tp_new = (*base).tp_new;
        }
    }
    for b in class.mro_iter().skip(1) {
        inherit_from(class, t, type_struct(b));
    }
    // A static type without structs of its own shares the base's.
    for g in Group::PARTS {
        copy(t, base, g.pointer());
    }
    if (*t).tp_free.is_none() {
        (*t).tp_free = Some(objimpl::PyObject_Free);
    }
    let flags = (*t).tp_flags;
    if flags & Py_TPFLAGS_HAVE_GC != 0
        && (*t).tp_free == Some(objimpl::PyObject_Free as unsafe extern "C" fn(*mut std::ffi::c_void))
    {
        (*t).tp_free = Some(objimpl::PyObject_GC_Del);
    }
    if (*t).tp_alloc.is_none() {
        (*t).tp_alloc = Some(super::PyType_GenericAlloc);
    }
}

unsafe fn inherit_from(class: Ref<Type>, t: *mut PyTypeObject, b: *mut PyTypeObject) {
    for i in 0..SLOT_COUNT {
        let slot = slot_from_index(i);
        let (group, offset) = place(slot);
        if group == Group::Type {
            continue;
        }
        let (Some(to), Some(from)) = (places::word(t, (group, offset)), places::word(b, (group, offset)))
        else {
            continue;
        };
        if *to == 0 && defined_by(b, (group, offset), *from) {
            *to = *from;
        }
    }
    if let (Some(to), Some(from)) =
        (places::word(t, (Group::Async, offset_of!(PyAsyncMethods, am_send))), am_send(b))
        && *to == 0
    {
        *to = from;
    }
    if (*t).tp_getattr.is_none() && (*t).tp_getattro.is_none() {
        (*t).tp_getattr = (*b).tp_getattr;
        (*t).tp_getattro = (*b).tp_getattro;
    }
    if (*t).tp_setattr.is_none() && (*t).tp_setattro.is_none() {
        (*t).tp_setattr = (*b).tp_setattr;
        (*t).tp_setattro = (*b).tp_setattro;
    }
    let dict = class.dict.get();
    let compares = [names().__eq__, names().__hash__].iter().any(|n| dict.get_name_quiet(*n).is_some());
    if (*t).tp_richcompare.is_none() && (*t).tp_hash.is_none() && !compares {
        (*t).tp_richcompare = (*b).tp_richcompare;
        (*t).tp_hash = (*b).tp_hash;
    }
    if (*t).tp_vectorcall_offset == 0 {
        let mutable = (*t).tp_flags & Py_TPFLAGS_IMMUTABLETYPE == 0;
        if (*t).tp_call.is_none() && (*b).tp_flags & Py_TPFLAGS_HAVE_VECTORCALL != 0 && !mutable {
            (*t).tp_flags |= Py_TPFLAGS_HAVE_VECTORCALL;
        }
        (*t).tp_vectorcall_offset = (*b).tp_vectorcall_offset;
    }
    if (*t).tp_descr_get.is_none() && (*b).tp_flags & Py_TPFLAGS_METHOD_DESCRIPTOR != 0 {
        (*t).tp_flags |= Py_TPFLAGS_METHOD_DESCRIPTOR;
    }
    for at in [
        offset_of!(PyTypeObject, tp_repr),
        offset_of!(PyTypeObject, tp_call),
        offset_of!(PyTypeObject, tp_str),
        offset_of!(PyTypeObject, tp_iter),
        offset_of!(PyTypeObject, tp_iternext),
        offset_of!(PyTypeObject, tp_descr_get),
        offset_of!(PyTypeObject, tp_descr_set),
        offset_of!(PyTypeObject, tp_init),
        offset_of!(PyTypeObject, tp_alloc),
        offset_of!(PyTypeObject, tp_finalize),
        offset_of!(PyTypeObject, tp_dealloc),
        offset_of!(PyTypeObject, tp_is_gc),
    ] {
        copy(t, b, at);
    }
    if (*t).tp_flags & Py_TPFLAGS_HAVE_GC == (*b).tp_flags & Py_TPFLAGS_HAVE_GC {
        copy(t, b, offset_of!(PyTypeObject, tp_free));
    }
}

unsafe fn am_send(b: *mut PyTypeObject) -> Option<usize> {
    places::word(b, (Group::Async, offset_of!(PyAsyncMethods, am_send))).map(|w| *w)
}

/// The base has the function by itself, not from its own base.
unsafe fn defined_by(b: *mut PyTypeObject, at: (Group, usize), f: usize) -> bool {
    let bb = (*b).tp_base;
    f != 0 && (bb.is_null() || places::word(bb, at).is_none_or(|w| *w != f))
}

#[capi]
pub fn PyType_Modified(_vm: &Vm, t: Arg) {
    let Some(class) = t.value().downcast::<Type>() else { return };
    let p = t.0 as *mut PyTypeObject;
    // A slot that C wrote after the type was made ready counts from now on.
    // SAFETY: the struct of a class.
    unsafe {
        if class.extension.get()
            && (*p).tp_dealloc != Some(super::subtype_dealloc as unsafe extern "C" fn(Ptr))
        {
            import_slots(class, p);
        }
        let abstract_ = Py_TPFLAGS_IS_ABSTRACT;
        let kept = Py_TPFLAGS_HEAPTYPE | Py_TPFLAGS_IMMUTABLETYPE;
        class.flags.set((*p).tp_flags & !kept | (class.flags.get() & (abstract_ | kept)));
    }
    class.modified();
}

/// Signature and documentation of a class that an extension defines, as C has them now.
pub fn type_doc(class: Ref<Type>) -> (&'static str, &'static str) {
    // SAFETY: the struct of a class; documentation lives as long.
    let (name, doc) = unsafe {
        let t = type_struct(class);
        (static_text((*t).tp_name), static_text((*t).tp_doc))
    };
    split_signature(name, doc)
}

/// `tp_basicsize` and `tp_itemsize`.
pub fn type_sizes(class: Ref<Type>) -> (i64, i64) {
    // SAFETY: the struct of a class.
    unsafe {
        let t = type_struct(class);
        ((*t).tp_basicsize as i64, (*t).tp_itemsize as i64)
    }
}
