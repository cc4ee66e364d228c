//! `PyTypeObject` structs: static ones with their exported names for the core's types, allocated ones
//! for classes written in Python, and those that extensions define (`ready`).
//!
//! Slots both ways: `exports` makes C functions of the VM's, `calls` VM functions of C's; `places` says
//! where a slot is in C.

mod alloc;
pub(crate) mod calls;
pub mod exports;
mod heaptype;
mod places;
mod ready;

pub use alloc::*;
pub use calls::{call_object, call_slot, type_vectorcall};
pub use exports::{export_method, with_arguments};
pub use heaptype::*;
pub use ready::*;

use crate::ffi::constants::*;
use crate::ffi::types::*;
use crate::funcobject::InstanceMethod;
use crate::pycapsule::Capsule;
use crate::pyobject::{Ptr, class_of_type, from_c, make_immortal, register_type, to_c};
use crate::{memory, pyerrors};
use adder_vm::builtins::bytes::Bytes;
use adder_vm::builtins::code::Code;
use adder_vm::builtins::descr::{
    ClassMethodDescriptor, GetSetDescriptor, MappingProxy, MemberDescriptor, MethodDescriptor,
    NativeFunction, WrapperDescriptor,
};
use adder_vm::builtins::dict_views::{DictItems, DictKeys, DictValues};
use adder_vm::builtins::frame::Frame;
use adder_vm::builtins::function::{Cell, Function, Method};
use adder_vm::builtins::generator::{AsyncGenerator, Coroutine, Generator};
use adder_vm::builtins::generic_alias::GenericAlias;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::singletons::{Ellipsis, NoneType, NotImplementedType};
use adder_vm::builtins::traceback::Traceback;
use adder_vm::builtins::type_::Type;
use adder_vm::builtins::type_::TypeExt;
use adder_vm::builtins::union_::Union;
use adder_vm::builtins::weak_proxy::{CallableProxy, WeakProxy};
use adder_vm::builtins::weakref::WeakRef;
use adder_vm::builtins::{
    bytearray, bytes, dict_views, iterators, list_iterator, range, range_methods, set_methods, str_iterator,
    tuple_methods,
};
use adder_vm::error::PyResult;
use adder_vm::object::{Object, Ref, ValueExt};
use adder_vm::slots::{SLOT_COUNT, SLOT_DEFS, SlotId};
use adder_vm::type_new::{native_subclass, slot_from_index};
use adder_vm::vm::Vm;
use std::ffi::CString;
use std::mem::offset_of;

macro_rules! static_types {
    ($($symbol:ident = $name:literal,)*) => {
        $(
            #[unsafe(no_mangle)]
            #[allow(non_upper_case_globals)]
            // SAFETY: a struct of numbers and nullable pointers.
            pub static mut $symbol: PyTypeObject = unsafe { std::mem::zeroed() };
        )*

        fn each_builtin(f: &mut dyn FnMut(&str, *mut PyTypeObject)) {
            $(f($name, &raw mut $symbol);)*
        }
    };
}

static_types! {
    PyBaseObject_Type = "object",
    PyType_Type = "type",
    PyLong_Type = "int",
    PyBool_Type = "bool",
    PyFloat_Type = "float",
    PyComplex_Type = "complex",
    PyUnicode_Type = "str",
    PyBytes_Type = "bytes",
    PyByteArray_Type = "bytearray",
    PyTuple_Type = "tuple",
    PyList_Type = "list",
    PyDict_Type = "dict",
    PySet_Type = "set",
    PyFrozenSet_Type = "frozenset",
    PySlice_Type = "slice",
    PyRange_Type = "range",
    PyEnum_Type = "enumerate",
    PyZip_Type = "zip",
    PyMap_Type = "map",
    PyFilter_Type = "filter",
    PyReversed_Type = "reversed",
    PyProperty_Type = "property",
    PyStaticMethod_Type = "staticmethod",
    PyClassMethod_Type = "classmethod",
    PySuper_Type = "super",
    PyMemoryView_Type = "memoryview",
}

macro_rules! more_static_types {
    ($($symbol:ident = $t:ty,)*) => {
        $(
            #[unsafe(no_mangle)]
            #[allow(non_upper_case_globals)]
            // SAFETY: a struct of numbers and nullable pointers.
            pub static mut $symbol: PyTypeObject = unsafe { std::mem::zeroed() };
        )*

        fn each_native(f: &mut dyn FnMut(Ref<Type>, *mut PyTypeObject)) {
            $(f(<$t as Object>::class(), &raw mut $symbol);)*
        }
    };
}

more_static_types! {
    PyModule_Type = Module,
    PyCFunction_Type = NativeFunction,
    PyMethodDescr_Type = MethodDescriptor,
    PyClassMethodDescr_Type = ClassMethodDescriptor,
    PyGetSetDescr_Type = GetSetDescriptor,
    PyMemberDescr_Type = MemberDescriptor,
    PyWrapperDescr_Type = WrapperDescriptor,
    PyDictProxy_Type = MappingProxy,
    PyCapsule_Type = Capsule,
    PyCell_Type = Cell,
    PyInstanceMethod_Type = InstanceMethod,
    PyCode_Type = Code,
    PyFrame_Type = Frame,
    PyFunction_Type = Function,
    PyMethod_Type = Method,
    PyTraceBack_Type = Traceback,
    PyGen_Type = Generator,
    PyCoro_Type = Coroutine,
    PyAsyncGen_Type = AsyncGenerator,
    Py_GenericAliasType = GenericAlias,
    _PyUnion_Type = Union,
    _PyWeakref_RefType = WeakRef,
    _PyWeakref_ProxyType = WeakProxy,
    _PyWeakref_CallableProxyType = CallableProxy,
    PyDictKeys_Type = DictKeys,
    PyDictValues_Type = DictValues,
    PyDictItems_Type = DictItems,
    PyEllipsis_Type = Ellipsis,
    PySeqIter_Type = iterators::SequenceIterator,
    PyCallIter_Type = iterators::CallableIterator,
    PyListIter_Type = list_iterator::ListIterator,
    PyListRevIter_Type = list_iterator::ListReverseIterator,
    PyTupleIter_Type = tuple_methods::TupleIterator,
    PyRangeIter_Type = range::RangeIterator,
    PyLongRangeIter_Type = range_methods::LongRangeIterator,
    PyUnicodeIter_Type = str_iterator::StrIterator,
    PyBytesIter_Type = bytes::BytesIterator,
    PyByteArrayIter_Type = bytearray::ByteArrayIterator,
    PySetIter_Type = set_methods::SetIterator,
    PyDictIterKey_Type = dict_views::DictKeyIterator,
    PyDictIterValue_Type = dict_views::DictValueIterator,
    PyDictIterItem_Type = dict_views::DictItemIterator,
    PyDictRevIterKey_Type = dict_views::DictReverseKeyIterator,
    PyDictRevIterValue_Type = dict_views::DictReverseValueIterator,
    PyDictRevIterItem_Type = dict_views::DictReverseItemIterator,
    PyFrameLocalsProxy_Type = adder_vm::builtins::frame_locals::FrameLocalsProxy,
    _PyNone_Type = NoneType,
    _PyNotImplemented_Type = NotImplementedType,
}

macro_rules! late_static_types {
    ($($symbol:ident = $module:literal $name:literal,)*) => {
        $(
            #[unsafe(no_mangle)]
            #[allow(non_upper_case_globals)]
            // SAFETY: a struct of numbers and nullable pointers.
            pub static mut $symbol: PyTypeObject = unsafe { std::mem::zeroed() };
        )*

        /// The static struct of a class of a native module, which is made when that is imported.
        fn late_struct(class: Ref<Type>) -> Option<*mut PyTypeObject> {
            if class.is_heap_type() {
                return None;
            }
            let name = class.full_name(Vm::get());
            $(
                if name == concat!($module, ".", $name) {
                    return Some(&raw mut $symbol);
                }
            )*
            None
        }
    };
}

late_static_types! {
    PyContext_Type = "_contextvars" "Context",
    PyContextVar_Type = "_contextvars" "ContextVar",
    PyContextToken_Type = "_contextvars" "Token",
    PyODict_Type = "collections" "OrderedDict",
    PyPickleBuffer_Type = "_pickle" "PickleBuffer",
}

/// A subtype of `PyCFunction_Type` that functions with METH_METHOD have in CPython; here they are plain
/// functions that know their class.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
// SAFETY: a struct of numbers and nullable pointers.
pub static mut PyCMethod_Type: PyTypeObject = unsafe { std::mem::zeroed() };

/// The type of module definitions, which only C has.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
// SAFETY: a struct of numbers and nullable pointers.
pub static mut PyModuleDef_Type: PyTypeObject = unsafe { std::mem::zeroed() };

pub fn int_type() -> *mut PyTypeObject {
    &raw mut PyLong_Type
}

pub fn float_type() -> *mut PyTypeObject {
    &raw mut PyFloat_Type
}

pub fn str_type() -> *mut PyTypeObject {
    &raw mut PyUnicode_Type
}

pub fn slice_type() -> *mut PyTypeObject {
    &raw mut PySlice_Type
}

pub fn tuple_type() -> *mut PyTypeObject {
    &raw mut PyTuple_Type
}

pub fn code_type() -> *mut PyTypeObject {
    &raw mut PyCode_Type
}

pub fn memoryview_type() -> *mut PyTypeObject {
    &raw mut PyMemoryView_Type
}

pub fn capsule_type() -> *mut PyTypeObject {
    &raw mut PyCapsule_Type
}

pub fn bytes_type() -> *mut PyTypeObject {
    &raw mut PyBytes_Type
}

pub fn complex_type() -> *mut PyTypeObject {
    &raw mut PyComplex_Type
}

pub fn bytearray_type() -> *mut PyTypeObject {
    &raw mut PyByteArray_Type
}

pub fn list_type() -> *mut PyTypeObject {
    &raw mut PyList_Type
}

/// Makes a static struct that of a class which has none.
///
/// # Safety
/// Both live for ever.
pub unsafe fn use_static(class: Ref<Type>, t: *mut PyTypeObject) {
    register_type(class, t);
    make_immortal(t as Ptr);
    fill(class, t);
    finish(class, t);
}

/// The struct of a class.
pub fn type_struct(class: Ref<Type>) -> *mut PyTypeObject {
    let word = class.h.shadow();
    if word != 0 && word & 1 == 0 {
        return word as *mut PyTypeObject;
    }
    if let Some(t) = late_struct(class) {
        // SAFETY: the static struct of a class without one; native classes live for ever.
        unsafe { use_static(class, t) };
        return t;
    }
    // SAFETY: the struct of a class; the metaclass may add fields.
    unsafe {
        let meta = type_struct(class.value().class());
        let size = (*meta).tp_basicsize as usize;
        let t = memory::alloc(size.max(size_of::<PyHeapTypeObject>())).expect("memory for a type")
            as *mut PyTypeObject;
        (*t).ob_base.ob_base.ob_refcnt = 1;
        crate::pyobject::attach_type(class.value(), t as Ptr);
        places::use_own_structs(t);
        fill(class, t);
        finish(class, t);
        t
    }
}

/// The class of a type struct.
pub fn subtype(t: *mut PyTypeObject) -> Ref<Type> {
    // SAFETY: C passes types that are ready; anything else is a type too, by its flags.
    unsafe {
        if (*t).tp_flags & Py_TPFLAGS_READY == 0 {
            ready_or_fail(t);
        }
        match class_of_type(t) {
            Some(class) => class,
            None => from_c(t as Ptr).cast(),
        }
    }
}

/// What functions that return -1 with an exception mean.
pub fn check_status(vm: &Vm, what: &str, n: i32) -> PyResult<()> {
    if n == 0 {
        return Ok(());
    }
    if pyerrors::is_set() {
        return Err(pyerrors::from_indicator(vm));
    }
    Err(vm.system_error(format!("{what} returned an error without setting an exception")))
}

/// Sizes of instances of the core's types: what headers and `__basicsize__` of CPython say.
fn sizes(t: *mut PyTypeObject) -> Option<(usize, usize)> {
    let all: &[(*mut PyTypeObject, usize, usize)] = &[
        (&raw mut PyBaseObject_Type, size_of::<PyObject>(), 0),
        (&raw mut PyType_Type, size_of::<PyHeapTypeObject>(), size_of::<PyMemberDef>()),
        (&raw mut PyLong_Type, 24, 4),
        (&raw mut PyFloat_Type, size_of::<PyFloatObject>(), 0),
        (&raw mut PyComplex_Type, size_of::<PyComplexObject>(), 0),
        (&raw mut PyUnicode_Type, size_of::<PyUnicodeObject>(), 0),
        (&raw mut PyBytes_Type, offset_of!(PyBytesObject, ob_sval) + 1, 1),
        (&raw mut PyByteArray_Type, size_of::<PyByteArrayObject>(), 0),
        (&raw mut PyTuple_Type, offset_of!(PyTupleObject, ob_item), 8),
        (&raw mut PyList_Type, size_of::<PyListObject>(), 0),
        (&raw mut PyDict_Type, size_of::<PyDictObject>(), 0),
        (&raw mut PySet_Type, size_of::<PySetObject>(), 0),
        (&raw mut PyFrozenSet_Type, size_of::<PySetObject>(), 0),
        (&raw mut PySlice_Type, size_of::<PySliceObject>(), 0),
        (&raw mut PyMethod_Type, size_of::<PyMethodObject>(), 0),
        (&raw mut PyInstanceMethod_Type, size_of::<PyInstanceMethodObject>(), 0),
        (&raw mut PyCell_Type, size_of::<PyCellObject>(), 0),
        (&raw mut PyCFunction_Type, size_of::<PyCFunctionObject>(), 0),
        (&raw mut PyMethodDescr_Type, size_of::<PyMethodDescrObject>(), 0),
        (&raw mut PyClassMethodDescr_Type, size_of::<PyMethodDescrObject>(), 0),
        (&raw mut PyGetSetDescr_Type, size_of::<PyGetSetDescrObject>(), 0),
        (&raw mut PyMemberDescr_Type, size_of::<PyMemberDescrObject>(), 0),
        (&raw mut PyWrapperDescr_Type, size_of::<PyWrapperDescrObject>(), 0),
    ];
    all.iter().find(|s| s.0 == t).map(|s| (s.1, s.2))
}

/// Name, bases, sizes and flags of a class that C did not define.
unsafe fn fill(class: Ref<Type>, t: *mut PyTypeObject) {
    let vm = Vm::get();
    let name = if class.is_heap_type() { class.name() } else { class.full_name(vm) };
    (*t).tp_name = CString::new(name).unwrap_or_default().into_raw();
    (*t).ob_base.ob_base.ob_type = type_struct(class.value().class());
    (*t).tp_flags = class.flags.get() | Py_TPFLAGS_READY;
    if let Some(base) = class.base.get() {
        let b = type_struct(base);
        (*t).tp_base = b;
        (*t).tp_basicsize = (*b).tp_basicsize;
        (*t).tp_itemsize = (*b).tp_itemsize;
        (*t).tp_weaklistoffset = (*b).tp_weaklistoffset;
        (*t).tp_dictoffset = (*b).tp_dictoffset;
        (*t).tp_vectorcall_offset = (*b).tp_vectorcall_offset;
    }
    if class.has_flag(adder_vm::def::BASE_EXC_SUBCLASS) && !class.extension.get() {
        let size = size_of::<PyBaseExceptionObject>() as isize;
        (*t).tp_basicsize = (*t).tp_basicsize.max(size);
    }
    if let Some(s) = adder_vm::extension::native_struct(class).filter(|_| !class.is_heap_type()) {
        (*t).tp_basicsize = s.size as isize;
    }
    if let Some((basic, item)) = sizes(t) {
        ((*t).tp_basicsize, (*t).tp_itemsize) = (basic as isize, item as isize);
    }
}

/// The fields that refer to other objects, and the slots.
unsafe fn finish(class: Ref<Type>, t: *mut PyTypeObject) {
    (*t).tp_mro = to_c(class.mro.get().value());
    (*t).tp_bases = to_c(class.bases.get().value());
    if class.is_heap_type() {
        let h = t as *mut PyHeapTypeObject;
        (*h).ht_name = to_c(class.name.get().value());
        (*h).ht_qualname = to_c(class.qualname.get().value());
        (*t).tp_dict = to_c(class.dict.get().value());
    }
    let base = (*t).tp_base;
    if !base.is_null() {
        (*t).tp_alloc = (*base).tp_alloc;
        (*t).tp_free = (*base).tp_free;
        (*t).tp_traverse = (*base).tp_traverse;
        (*t).tp_clear = (*base).tp_clear;
        (*t).tp_is_gc = (*base).tp_is_gc;
    }
    (*t).tp_alloc = (*t).tp_alloc.or(Some(PyType_GenericAlloc));
    (*t).tp_free = (*t).tp_free.or(Some(crate::objimpl::PyObject_Free));
    (*t).tp_dealloc = Some(if class.extension.get() { subtype_dealloc } else { builtin_dealloc });
    export_slots(class, t);
}

/// Brings the C functions in all slots of a class that C did not define up to date.
unsafe fn export_slots(class: Ref<Type>, t: *mut PyTypeObject) {
    for i in 0..SLOT_COUNT {
        let slot = slot_from_index(i);
        let word = class.slots().raw(slot);
        let function = if slot == SlotId::tp_hash && is_unhashable(class) {
            // Compiled code compares with it.
            crate::objimpl::PyObject_HashNotImplemented as *const () as usize
        } else if word == 0 {
            0
        } else if word == calls::caller(slot) {
            foreign_function(class, slot)
        } else {
            exports::export(slot, word)
        };
        if places::word(t, places::place(slot)).is_none() && function != 0 {
            make_struct(t, places::place(slot).0);
        }
        places::set_function(t, slot, function);
    }
    // Views of all but bytes must be given back: extensions look for the function.
    let slots = class.slots();
    if slots.bf_getbuffer.is_some()
        && slots.bf_releasebuffer.is_none()
        && slots.raw(SlotId::bf_getbuffer) != calls::caller(SlotId::bf_getbuffer)
        && !class.is_subclass_of(Bytes::class())
    {
        let release = crate::memoryobject::give_back as *const () as usize;
        places::set_function(t, SlotId::bf_releasebuffer, release);
    }
}

/// Whether `__hash__` is None. Looks into the dicts, because classes are exported before they are complete,
/// and a lookup would be remembered.
fn is_unhashable(class: Ref<Type>) -> bool {
    let name = adder_vm::names::names().__hash__;
    class.mro_iter().find_map(|t| t.dict.get().get_name_quiet(name)).is_some_and(|v| v.is_none())
}

/// Gives a static type one of the structs for slots.
unsafe fn make_struct(t: *mut PyTypeObject, group: places::Group) {
    let p = libc::calloc(1, group.size());
    assert!(!p.is_null(), "memory for a type");
    *(t as *mut u8).add(group.pointer()).cast::<*mut libc::c_void>() = p;
}

/// The C function that a class written in Python inherits for a slot.
unsafe fn foreign_function(class: Ref<Type>, slot: SlotId) -> usize {
    let vm = Vm::get();
    for d in SLOT_DEFS.iter().filter(|d| d.slot == slot && slot != SlotId::tp_new) {
        if let Some(w) = class.lookup(vm, vm.intern_str(d.name)).and_then(|v| v.exact::<WrapperDescriptor>())
            && w.def().slot == slot
            && w.foreign() != 0
        {
            return w.foreign();
        }
    }
    // Constructors come along the bases that give the layout, other slots that no method feeds along the MRO.
    if slot == SlotId::tp_new {
        let bases = std::iter::successors(class.base.get(), |b| b.base.get());
        let mut native = bases.filter(|b| b.slots().raw(slot) == calls::caller(slot));
        return native.next().map_or(0, |b| places::function(type_struct(b), slot));
    }
    match class.mro_iter().skip(1).find(|b| b.slots().raw(slot) == calls::caller(slot)) {
        Some(b) => places::function(type_struct(b), slot),
        None => 0,
    }
}

/// The VM computed slots of the class anew.
pub fn slots_changed(_vm: &Vm, class: Ref<Type>) {
    calls::note_construct(class);
    let word = class.h.shadow();
    if word != 0 && word & 1 == 0 {
        let t = word as *mut PyTypeObject;
        // SAFETY: the class's struct.
        unsafe {
            if (*t).tp_flags & Py_TPFLAGS_READY != 0 {
                export_slots(class, t);
            }
        }
    }
}

/// Fills the static structs; once.
pub fn init(vm: &Vm) {
    let mut all: Vec<(usize, *mut PyTypeObject)> = vec![];
    let mut add = |class: Ref<Type>, t: *mut PyTypeObject| {
        // SAFETY: the static struct of an immortal class, which does not move.
        unsafe {
            register_type(class, t);
            make_immortal(t as Ptr);
        }
        all.push((class.as_ptr() as usize, t));
    };
    each_builtin(&mut |name, t| {
        let class = vm.builtin(name).ok().and_then(|c| c.downcast::<Type>()).expect("a builtin class");
        add(class, t);
    });
    each_native(&mut add);
    let c_method = native_subclass(vm, "builtin_method", NativeFunction::class(), "");
    adder_heap::Root::new(c_method.value()).leak();
    add(c_method, &raw mut PyCMethod_Type);
    // A base before the classes that extend it.
    // SAFETY: the addresses of immortal classes, which do not move.
    let class = |word: usize| unsafe { Ref::<Type>::from_ptr(word as *mut Type) };
    all.sort_by_key(|(c, _)| class(*c).mro.get().len());
    for (c, t) in &all {
        // SAFETY: as above.
        unsafe { fill(class(*c), *t) };
    }
    for (c, t) in &all {
        // SAFETY: as above.
        unsafe { finish(class(*c), *t) };
    }
    // SAFETY: our static.
    unsafe {
        let t = &raw mut PyModuleDef_Type;
        make_immortal(t as Ptr);
        (*t).ob_base.ob_base.ob_type = &raw mut PyType_Type;
        (*t).tp_name = c"moduledef".as_ptr();
        (*t).tp_base = &raw mut PyBaseObject_Type;
        (*t).tp_basicsize = size_of::<PyModuleDef>() as isize;
        (*t).tp_flags = Py_TPFLAGS_READY;
    }
}

/// Releases what the struct of a class that is not C's owns.
///
/// # Safety
/// `t` is a heap type that dies.
pub unsafe fn release_type(t: *mut PyTypeObject) {
    use crate::pyobject::xdecref;
    crate::pyobject::forget_type(t);
    let h = t as *mut PyHeapTypeObject;
    for p in [(*t).tp_mro, (*t).tp_bases, (*t).tp_dict, (*h).ht_name, (*h).ht_qualname, (*h).ht_module] {
        xdecref(p);
    }
}
