//! Heap types: made from a `PyType_Spec`; questions to types.

use super::places::{self, Group};
use super::{PyType_GenericAlloc, PyType_Type, ready, split_name, subtype, type_struct};
use crate::ffi::constants::*;
use crate::ffi::types::*;
use crate::methodobject::static_text;
use crate::pyobject::{Arg, Borrowed, Done, Owned, Ptr, decref, from_c, incref, to_c, with_loans};
use crate::{memory, moduleobject, objimpl};
use adder_macros::capi;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::error::PyResult;
use adder_vm::names::names;
use adder_vm::object::{Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::slots::SlotId;
use adder_vm::vm::Vm;
use std::ffi::{CString, c_char, c_int, c_void};
use std::mem::offset_of;

macro_rules! slot_ids {
    ($($id:ident $group:ident $strct:ident $field:ident;)*) => {
        /// The struct and offset that a slot id of a spec means, for slots that are one word.
        fn place_of(id: c_int) -> Option<(Group, usize)> {
            match id {
                $($id => Some((Group::$group, offset_of!($strct, $field))),)*
                _ => None,
            }
        }
    };
}

slot_ids! {
    Py_bf_getbuffer Buffer PyBufferProcs bf_getbuffer;
    Py_bf_releasebuffer Buffer PyBufferProcs bf_releasebuffer;
    Py_mp_ass_subscript Mapping PyMappingMethods mp_ass_subscript;
    Py_mp_length Mapping PyMappingMethods mp_length;
    Py_mp_subscript Mapping PyMappingMethods mp_subscript;
    Py_nb_absolute Number PyNumberMethods nb_absolute;
    Py_nb_add Number PyNumberMethods nb_add;
    Py_nb_and Number PyNumberMethods nb_and;
    Py_nb_bool Number PyNumberMethods nb_bool;
    Py_nb_divmod Number PyNumberMethods nb_divmod;
    Py_nb_float Number PyNumberMethods nb_float;
    Py_nb_floor_divide Number PyNumberMethods nb_floor_divide;
    Py_nb_index Number PyNumberMethods nb_index;
    Py_nb_inplace_add Number PyNumberMethods nb_inplace_add;
    Py_nb_inplace_and Number PyNumberMethods nb_inplace_and;
    Py_nb_inplace_floor_divide Number PyNumberMethods nb_inplace_floor_divide;
    Py_nb_inplace_lshift Number PyNumberMethods nb_inplace_lshift;
    Py_nb_inplace_matrix_multiply Number PyNumberMethods nb_inplace_matrix_multiply;
    Py_nb_inplace_multiply Number PyNumberMethods nb_inplace_multiply;
    Py_nb_inplace_or Number PyNumberMethods nb_inplace_or;
    Py_nb_inplace_power Number PyNumberMethods nb_inplace_power;
    Py_nb_inplace_remainder Number PyNumberMethods nb_inplace_remainder;
    Py_nb_inplace_rshift Number PyNumberMethods nb_inplace_rshift;
    Py_nb_inplace_subtract Number PyNumberMethods nb_inplace_subtract;
    Py_nb_inplace_true_divide Number PyNumberMethods nb_inplace_true_divide;
    Py_nb_inplace_xor Number PyNumberMethods nb_inplace_xor;
    Py_nb_int Number PyNumberMethods nb_int;
    Py_nb_invert Number PyNumberMethods nb_invert;
    Py_nb_lshift Number PyNumberMethods nb_lshift;
    Py_nb_matrix_multiply Number PyNumberMethods nb_matrix_multiply;
    Py_nb_multiply Number PyNumberMethods nb_multiply;
    Py_nb_negative Number PyNumberMethods nb_negative;
    Py_nb_or Number PyNumberMethods nb_or;
    Py_nb_positive Number PyNumberMethods nb_positive;
    Py_nb_power Number PyNumberMethods nb_power;
    Py_nb_remainder Number PyNumberMethods nb_remainder;
    Py_nb_rshift Number PyNumberMethods nb_rshift;
    Py_nb_subtract Number PyNumberMethods nb_subtract;
    Py_nb_true_divide Number PyNumberMethods nb_true_divide;
    Py_nb_xor Number PyNumberMethods nb_xor;
    Py_sq_ass_item Sequence PySequenceMethods sq_ass_item;
    Py_sq_concat Sequence PySequenceMethods sq_concat;
    Py_sq_contains Sequence PySequenceMethods sq_contains;
    Py_sq_inplace_concat Sequence PySequenceMethods sq_inplace_concat;
    Py_sq_inplace_repeat Sequence PySequenceMethods sq_inplace_repeat;
    Py_sq_item Sequence PySequenceMethods sq_item;
    Py_sq_length Sequence PySequenceMethods sq_length;
    Py_sq_repeat Sequence PySequenceMethods sq_repeat;
    Py_am_aiter Async PyAsyncMethods am_aiter;
    Py_am_anext Async PyAsyncMethods am_anext;
    Py_am_await Async PyAsyncMethods am_await;
    Py_am_send Async PyAsyncMethods am_send;
    Py_tp_alloc Type PyTypeObject tp_alloc;
    Py_tp_base Type PyTypeObject tp_base;
    Py_tp_bases Type PyTypeObject tp_bases;
    Py_tp_call Type PyTypeObject tp_call;
    Py_tp_clear Type PyTypeObject tp_clear;
    Py_tp_dealloc Type PyTypeObject tp_dealloc;
    Py_tp_del Type PyTypeObject tp_del;
    Py_tp_descr_get Type PyTypeObject tp_descr_get;
    Py_tp_descr_set Type PyTypeObject tp_descr_set;
    Py_tp_doc Type PyTypeObject tp_doc;
    Py_tp_finalize Type PyTypeObject tp_finalize;
    Py_tp_free Type PyTypeObject tp_free;
    Py_tp_getattr Type PyTypeObject tp_getattr;
    Py_tp_getattro Type PyTypeObject tp_getattro;
    Py_tp_getset Type PyTypeObject tp_getset;
    Py_tp_hash Type PyTypeObject tp_hash;
    Py_tp_init Type PyTypeObject tp_init;
    Py_tp_is_gc Type PyTypeObject tp_is_gc;
    Py_tp_iter Type PyTypeObject tp_iter;
    Py_tp_iternext Type PyTypeObject tp_iternext;
    Py_tp_members Type PyTypeObject tp_members;
    Py_tp_methods Type PyTypeObject tp_methods;
    Py_tp_new Type PyTypeObject tp_new;
    Py_tp_repr Type PyTypeObject tp_repr;
    Py_tp_richcompare Type PyTypeObject tp_richcompare;
    Py_tp_setattr Type PyTypeObject tp_setattr;
    Py_tp_setattro Type PyTypeObject tp_setattro;
    Py_tp_str Type PyTypeObject tp_str;
    Py_tp_traverse Type PyTypeObject tp_traverse;
    Py_tp_vectorcall Type PyTypeObject tp_vectorcall;
}

/// The slots of a spec.
unsafe fn slots(spec: *const PyType_Spec) -> Vec<PyType_Slot> {
    let mut all = vec![];
    let mut s = (*spec).slots;
    while !s.is_null() && (*s).slot != 0 {
        all.push(*s);
        s = s.add(1);
    }
    all
}

/// The bases: of the caller, of the spec, or `object`.
unsafe fn bases_of(vm: &Vm, all: &[PyType_Slot], bases: Ptr) -> PyResult<Ref<Tuple>> {
    if !bases.is_null() {
        let v = from_c(bases);
        return Ok(match v.downcast::<Tuple>() {
            Some(t) => t,
            None => Tuple::from_slice(vm, &[v]),
        });
    }
    let slot = |id| all.iter().find(|s| s.slot == id).map(|s| s.pfunc as Ptr);
    if let Some(p) = slot(Py_tp_bases) {
        return match from_c(p).downcast::<Tuple>() {
            Some(t) => Ok(t),
            None => raise!(vm, SystemError, "Py_tp_bases is not a tuple"),
        };
    }
    let base = match slot(Py_tp_base) {
        Some(p) => subtype(p as *mut PyTypeObject),
        None => adder_vm::builtins::object::Object::class(),
    };
    Ok(Tuple::from_slice(vm, &[base.value()]))
}

/// From the data of the base to what a type adds to it.
fn align(size: isize) -> isize {
    (size + 15) & !15
}

/// What a spec must not say.
unsafe fn check_spec(vm: &Vm, spec: *const PyType_Spec, all: &[PyType_Slot]) -> PyResult<()> {
    if (*spec).name.is_null() {
        raise!(vm, SystemError, "Type spec does not define the name field.")
    }
    for (id, name) in [(Py_tp_members, "Py_tp_members"), (Py_tp_doc, "Py_tp_doc")] {
        if all.iter().filter(|s| s.slot == id).count() > 1 {
            raise!(vm, SystemError, "Multiple {name} slots are not supported.")
        }
    }
    let size = (*spec).basicsize as isize;
    let table = all.iter().find(|s| s.slot == Py_tp_members);
    let mut m = table.map_or(std::ptr::null(), |s| s.pfunc as *const PyMemberDef);
    while !m.is_null() && !(*m).name.is_null() {
        if (*m).flags & Py_RELATIVE_OFFSET != 0 {
            if size > 0 {
                raise!(vm, SystemError, "With Py_RELATIVE_OFFSET, basicsize must be negative.")
            }
            if (*m).offset < 0 || (*m).offset >= -size {
                raise!(vm, SystemError, "Member offset out of range (0..-basicsize)")
            }
        }
        m = m.add(1);
    }
    Ok(())
}

/// TypeError unless all bases of an immutable type are immutable.
fn check_immutable_bases(vm: &Vm, name: &str, bases: Ref<Tuple>) -> PyResult<()> {
    for b in bases.items() {
        if let Some(b) = b.downcast::<Type>()
            && !b.is_immutable()
        {
            raise!(vm, TypeError, "Creating immutable type {name} from mutable base {}", b.full_name(vm))
        }
    }
    Ok(())
}

unsafe fn from_spec(
    vm: &Vm,
    meta: *mut PyTypeObject,
    module: Ptr,
    spec: *const PyType_Spec,
    bases: Ptr,
) -> PyResult<Owned> {
    let all = slots(spec);
    check_spec(vm, spec, &all)?;
    let full = static_text((*spec).name);
    let bases = bases_of(vm, &all, bases)?;
    if (*spec).flags as u64 & Py_TPFLAGS_IMMUTABLETYPE != 0 {
        check_immutable_bases(vm, full, bases)?;
    }
    let wanted = if meta.is_null() { Type::class() } else { subtype(meta) };
    let winner = adder_vm::type_new::calculate_metaclass(vm, wanted, bases.items())?;
    let own_new = winner.slots().raw(SlotId::tp_new);
    if own_new != 0 && own_new != Type::class().slots().raw(SlotId::tp_new) {
        raise!(vm, TypeError, "Metaclasses with custom tp_new are not supported.")
    }
    let base = adder_vm::type_new::best_base(vm, bases)?;
    let b = type_struct(base);
    if (*spec).basicsize < 0
        && (*b).tp_itemsize != 0
        && ((*b).tp_flags | (*spec).flags as u64) & Py_TPFLAGS_ITEMS_AT_END == 0
    {
        raise!(vm, SystemError, "Cannot extend variable-size class without Py_TPFLAGS_ITEMS_AT_END.")
    }
    let meta = type_struct(winner);
    if (*meta).tp_itemsize != (*(&raw mut PyType_Type)).tp_itemsize {
        raise!(vm, TypeError, "Cannot create {full}: metaclass with tp_itemsize")
    }
    let size = ((*meta).tp_basicsize as usize).max(size_of::<PyHeapTypeObject>());
    let Some(p) = memory::alloc(size) else { return Err(vm.memory_error()) };
    let t = p as *mut PyTypeObject;
    (*t).ob_base.ob_base.ob_refcnt = 1;
    (*t).ob_base.ob_base.ob_type = meta;
    places::use_own_structs(t);
    // The name is the type's own: the caller's may go.
    let name = CString::new(full).unwrap_or_default().into_raw();
    (*t).tp_name = name;
    let h = t as *mut PyHeapTypeObject;
    (*h)._ht_tpname = name;
    let short = vm.intern_str(split_name(full).1);
    (*h).ht_name = to_c(short.value());
    (*h).ht_qualname = to_c(short.value());
    if !module.is_null() {
        incref(module);
        (*h).ht_module = module;
    }
    (*t).tp_flags = (*spec).flags as u64 | Py_TPFLAGS_HEAPTYPE;
    (*t).tp_base = b;
    incref(b as Ptr);
    (*t).tp_bases = to_c(bases.value());
    // A negative size is what the type adds to its base.
    (*t).tp_basicsize = match (*spec).basicsize as isize {
        0 => (*b).tp_basicsize,
        n if n < 0 => align((*b).tp_basicsize) + align(-n),
        n => n,
    };
    let data = align((*b).tp_basicsize);
    (*t).tp_itemsize = (*spec).itemsize as isize;
    for s in &all {
        match s.slot {
            Py_tp_base | Py_tp_bases => {}
            Py_tp_doc => {
                if !s.pfunc.is_null() {
                    // A copy, as above.
                    (*t).tp_doc =
                        CString::new(static_text(s.pfunc as *const c_char)).unwrap_or_default().into_raw();
                }
            }
            Py_tp_members => (*t).tp_members = members(vm, t, s.pfunc.cast(), data)?,
            Py_tp_token => (*h).ht_token = s.pfunc,
            id => match place_of(id).and_then(|at| places::word(t, at)) {
                Some(w) => *w = s.pfunc as usize,
                None => raise!(vm, RuntimeError, "invalid slot offset"),
            },
        }
    }
    if all.iter().any(|s| s.slot == Py_tp_token && s.pfunc.is_null()) {
        (*h).ht_token = spec.cast_mut().cast();
    }
    if (*t).tp_dealloc.is_none() {
        (*t).tp_dealloc = Some(heap_dealloc);
    }
    if (*t).tp_alloc.is_none() {
        (*t).tp_alloc = Some(PyType_GenericAlloc);
    }
    ready(vm, t)?;
    let class = subtype(t);
    match split_name(full).0 {
        Some(module) if class.dict.get().get_name_quiet(names().__module__).is_none() => {
            class.dict.get().set_name(names().__module__, vm.intern_str(module).value());
        }
        _ => {}
    }
    class.modified();
    Ok(Owned(t as Ptr))
}

/// The members of a spec, with offsets from the start of the instance. Some of them are about the type.
unsafe fn members(
    vm: &Vm,
    t: *mut PyTypeObject,
    mut m: *const PyMemberDef,
    data: isize,
) -> PyResult<*mut PyMemberDef> {
    let mut all: Vec<PyMemberDef> = vec![];
    while !m.is_null() && !(*m).name.is_null() {
        let mut own = *m;
        let name = static_text(own.name);
        if matches!(name, "__weaklistoffset__" | "__dictoffset__" | "__vectorcalloffset__") {
            if own.type_ != Py_T_PYSSIZET {
                raise!(vm, SystemError, "type of {name} must be Py_T_PYSSIZET")
            }
            if own.flags & !Py_RELATIVE_OFFSET != Py_READONLY {
                raise!(
                    vm,
                    SystemError,
                    "flags for {name} must be Py_READONLY or (Py_READONLY | Py_RELATIVE_OFFSET)"
                )
            }
        }
        if own.flags & Py_RELATIVE_OFFSET != 0 {
            own.flags &= !Py_RELATIVE_OFFSET;
            own.offset += data;
        }
        match name {
            "__weaklistoffset__" => (*t).tp_weaklistoffset = own.offset,
            "__dictoffset__" => (*t).tp_dictoffset = own.offset,
            "__vectorcalloffset__" => (*t).tp_vectorcall_offset = own.offset,
            _ => all.push(own),
        }
        m = m.add(1);
    }
    all.push(std::mem::zeroed());
    Ok(Box::leak(all.into_boxed_slice()).as_mut_ptr())
}

/// `tp_dealloc` of a heap type whose spec has none.
unsafe extern "C" fn heap_dealloc(p: Ptr) {
    let t = (*p).ob_type;
    if (*t).tp_finalize.is_some() && super::PyObject_CallFinalizerFromDealloc(p) < 0 {
        return;
    }
    // What the base's struct owns is the base's to release.
    let mut base = (*t).tp_base;
    while !base.is_null() && (*base).tp_dealloc == Some(heap_dealloc as unsafe extern "C" fn(Ptr)) {
        base = (*base).tp_base;
    }
    let base_counts = (*base).tp_flags & Py_TPFLAGS_HEAPTYPE != 0;
    match (*base).tp_dealloc {
        Some(f) => f(p),
        None => objimpl::PyObject_Free(p.cast()),
    }
    if !base_counts {
        decref(t as Ptr);
    }
}

#[capi]
pub fn PyType_FromMetaclass(
    vm: &Vm,
    meta: *mut PyTypeObject,
    module: *mut PyObject,
    spec: *mut PyType_Spec,
    bases: *mut PyObject,
) -> PyResult<Owned> {
    // SAFETY: the caller passes a spec whose functions live for ever.
    unsafe { from_spec(vm, meta, module, spec, bases) }
}

#[capi]
pub fn PyType_FromModuleAndSpec(
    vm: &Vm,
    module: *mut PyObject,
    spec: *mut PyType_Spec,
    bases: *mut PyObject,
) -> PyResult<Owned> {
    // SAFETY: as in PyType_FromMetaclass.
    unsafe { from_spec(vm, std::ptr::null_mut(), module, spec, bases) }
}

#[capi]
pub fn PyType_FromSpecWithBases(vm: &Vm, spec: *mut PyType_Spec, bases: *mut PyObject) -> PyResult<Owned> {
    // SAFETY: as in PyType_FromMetaclass.
    unsafe { from_spec(vm, std::ptr::null_mut(), std::ptr::null_mut(), spec, bases) }
}

#[capi]
pub fn PyType_FromSpec(vm: &Vm, spec: *mut PyType_Spec) -> PyResult<Owned> {
    // SAFETY: as in PyType_FromMetaclass.
    unsafe { from_spec(vm, std::ptr::null_mut(), std::ptr::null_mut(), spec, std::ptr::null_mut()) }
}

// ---- questions ----------------------------------------------------------------------------------

#[capi]
pub fn PyType_GetSlot(vm: &Vm, t: *mut PyTypeObject, id: c_int) -> PyResult<*mut c_void> {
    // SAFETY: the caller passes a type.
    unsafe {
        if id == Py_tp_doc {
            return Ok((*t).tp_doc.cast_mut().cast());
        }
        if id == Py_tp_token {
            return Ok((*(t as *mut PyHeapTypeObject)).ht_token);
        }
        match place_of(id) {
            Some(at) => Ok(places::word(t, at).map_or(std::ptr::null_mut(), |w| *w as *mut c_void)),
            None => Err(vm.system_error("bad argument to internal function")),
        }
    }
}

#[capi]
pub fn PyType_GetName(_vm: &Vm, t: *mut PyTypeObject) -> Value {
    subtype(t).name.get().value()
}

#[capi]
pub fn PyType_GetQualName(_vm: &Vm, t: *mut PyTypeObject) -> Value {
    subtype(t).qualname.get().value()
}

#[capi]
pub fn PyType_GetModuleName(vm: &Vm, t: *mut PyTypeObject) -> PyResult<Value> {
    vm.get_attr(subtype(t).value(), names().__module__)
}

#[capi]
pub fn PyType_GetFullyQualifiedName(vm: &Vm, t: *mut PyTypeObject) -> PyResult<Value> {
    let class = subtype(t);
    let module = vm.get_attr(class.value(), names().__module__)?;
    let qualname = class.qualname.get();
    Ok(match module.downcast::<Str>() {
        Some(m) if !m.eq_str("builtins") && !m.eq_str("__main__") => vm.new_str(&format!("{m}.{qualname}")),
        _ => qualname.value(),
    })
}

#[capi]
pub fn PyType_GetDict(_vm: &Vm, t: *mut PyTypeObject) -> Value {
    subtype(t).dict.get().value()
}

/// The type's module, as long as the type lives; null if it has none.
unsafe fn module_of(t: *mut PyTypeObject) -> Ptr {
    if (*t).tp_flags & Py_TPFLAGS_HEAPTYPE == 0 {
        return std::ptr::null_mut();
    }
    (*(t as *mut PyHeapTypeObject)).ht_module
}

#[capi]
pub fn PyType_GetModule(vm: &Vm, t: *mut PyTypeObject) -> PyResult<Borrowed> {
    // SAFETY: the caller passes a type.
    unsafe {
        let name = static_text((*t).tp_name);
        if (*t).tp_flags & Py_TPFLAGS_HEAPTYPE == 0 {
            raise!(vm, TypeError, "PyType_GetModule: Type '{name}' is not a heap type")
        }
        match module_of(t) {
            m if m.is_null() => {
                raise!(vm, TypeError, "PyType_GetModule: Type '{name}' has no associated module")
            }
            m => Ok(Borrowed(m)),
        }
    }
}

#[capi]
pub fn PyType_GetModuleState(vm: &Vm, t: *mut PyTypeObject) -> PyResult<*mut c_void> {
    let module = PyType_GetModule_(vm, t)?;
    Ok(moduleobject::state(module))
}

#[allow(non_snake_case)]
fn PyType_GetModule_(vm: &Vm, t: *mut PyTypeObject) -> PyResult<Value> {
    // SAFETY: the caller passes a type.
    unsafe {
        match module_of(t) {
            m if m.is_null() => raise!(
                vm,
                TypeError,
                "PyType_GetModule: Type '{}' has no associated module",
                static_text((*t).tp_name)
            ),
            m => Ok(from_c(m)),
        }
    }
}

#[capi]
pub fn PyType_GetModuleByDef(vm: &Vm, t: *mut PyTypeObject, def: *mut PyModuleDef) -> PyResult<Borrowed> {
    for class in subtype(t).mro_iter() {
        if class.h.shadow() == 0 {
            continue;
        }
        // SAFETY: the struct of a class.
        unsafe {
            let m = module_of(type_struct(class));
            if !m.is_null() && moduleobject::definition(from_c(m)) == def {
                return Ok(Borrowed(m));
            }
        }
    }
    let name = subtype(t).name();
    raise!(vm, TypeError, "PyType_GetModuleByDef: No superclass of '{name}' has the given module")
}

#[capi]
pub fn PyType_GetBaseByToken(
    vm: &Vm,
    t: *mut PyTypeObject,
    token: *mut c_void,
    result: *mut *mut PyTypeObject,
) -> PyResult<c_int> {
    if !result.is_null() {
        // SAFETY: the place of a result.
        unsafe { *result = std::ptr::null_mut() };
    }
    if token.is_null() {
        return Err(vm.system_error("PyType_GetBaseByToken called with token=NULL"));
    }
    let class = Arg(t as Ptr).peek();
    if class.downcast::<Type>().is_none() {
        raise!(vm, TypeError, "expected a type, got a '{}' object", class.class().full_name(vm))
    }
    // SAFETY: the caller passes a type and the place of a result, or null.
    unsafe {
        for class in subtype(t).mro_iter() {
            let b = type_struct(class);
            if (*b).tp_flags & Py_TPFLAGS_HEAPTYPE != 0 && (*(b as *mut PyHeapTypeObject)).ht_token == token {
                if !result.is_null() {
                    incref(b as Ptr);
                    *result = b;
                }
                return Ok(1);
            }
        }
    }
    Ok(0)
}

#[capi]
pub fn PyObject_GetTypeData(_vm: &Vm, p: *mut PyObject, t: *mut PyTypeObject) -> *mut c_void {
    // SAFETY: the caller passes an instance of the type.
    unsafe {
        let start = align((*(*t).tp_base).tp_basicsize);
        (p as *mut u8).offset(start).cast()
    }
}

#[capi]
pub fn PyType_GetTypeDataSize(_vm: &Vm, t: *mut PyTypeObject) -> isize {
    // SAFETY: the caller passes a type.
    unsafe { ((*t).tp_basicsize - align((*(*t).tp_base).tp_basicsize)).max(0) }
}

#[capi]
pub fn PyObject_GetItemData(vm: &Vm, p: *mut PyObject) -> PyResult<*mut c_void> {
    // SAFETY: the caller passes a live object.
    unsafe {
        let t = (*p).ob_type;
        if (*t).tp_flags & Py_TPFLAGS_ITEMS_AT_END == 0 {
            raise!(
                vm,
                TypeError,
                "type '{}' does not have Py_TPFLAGS_ITEMS_AT_END",
                static_text((*t).tp_name)
            )
        }
        Ok((p as *mut u8).offset((*t).tp_basicsize).cast())
    }
}

#[capi]
pub fn PyType_ClearCache(_vm: &Vm) -> u32 {
    0
}

#[capi]
pub fn PyType_Freeze(vm: &Vm, t: *mut PyTypeObject) -> PyResult<Done> {
    let class = subtype(t);
    for b in class.mro_iter().skip(1) {
        if !b.is_immutable() {
            raise!(
                vm,
                TypeError,
                "Creating immutable type {} from mutable base {}",
                class.full_name(vm),
                b.full_name(vm)
            )
        }
    }
    // SAFETY: the struct of a class.
    unsafe { (*t).tp_flags |= Py_TPFLAGS_IMMUTABLETYPE };
    class.flags.set(class.flags.get() | adder_vm::def::IMMUTABLE);
    Ok(Done)
}

#[capi]
pub fn _PyType_Lookup(vm: &Vm, t: *mut PyTypeObject, name: Arg) -> PyResult<Borrowed> {
    use adder_vm::builtins::type_::TypeExt;
    let name = match crate::object::name(vm, name) {
        Ok(name) => name,
        Err(raised) => {
            vm.take_exception(raised);
            return Ok(Borrowed(std::ptr::null_mut()));
        }
    };
    match subtype(t).lookup(vm, name) {
        // The class keeps it.
        Some(v) => crate::pyobject::borrow_from_owner(vm, v),
        None => Ok(Borrowed(std::ptr::null_mut())),
    }
}

// ---- tp_getattr and tp_setattr ------------------------------------------------------------------

fn c_name(name: Ref<Str>) -> CString {
    CString::new(name.to_string()).unwrap_or_default()
}

/// Attribute access by a C string.
pub fn old_getattr(vm: &Vm, this: Value, name: Ref<Str>) -> PyResult<Option<Value>> {
    let (owned, text) = (Owned::new(this), c_name(name));
    // SAFETY: only classes with this function in the type have this slot.
    let p = unsafe {
        let f = (*type_struct(this.class())).tp_getattr.expect("the slot's function");
        with_loans(|| f(owned.0, text.as_ptr().cast_mut()))
    };
    crate::methodobject::result(vm, "tp_getattr", p).map(Some)
}

/// Attribute assignment by a C string.
pub fn old_setattr(vm: &Vm, this: Value, name: Ref<Str>, value: Option<Value>) -> PyResult<()> {
    let (owned, text) = (Owned::new(this), c_name(name));
    let value = value.map_or(Owned::NULL, Owned::new);
    // SAFETY: as in `old_getattr`.
    let n = unsafe {
        let f = (*type_struct(this.class())).tp_setattr.expect("the slot's function");
        with_loans(|| f(owned.0, text.as_ptr().cast_mut(), value.0))
    };
    super::check_status(vm, "tp_setattr", n)
}
