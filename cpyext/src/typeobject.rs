//! `PyTypeObject` structs: static ones with their exported names for the core's types, allocated ones
//! for other classes.
//!
//! Slots are NULL: C calls of slots go through the API's functions.

use crate::ffi::types::*;
use crate::memory;
use crate::pyobject::{Ptr, make_immortal, register_foreign, to_c};
use adder_vm::builtins::descr::NativeFunction;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::singletons::{Ellipsis, NoneType, NotImplementedType};
use adder_vm::builtins::type_::Type;
use adder_vm::object::{Object, Ref, ValueExt};
use adder_vm::vm::Vm;
use std::ffi::CString;

const READY: u64 = 1 << 12;

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
            $(f(<$t>::class(), &raw mut $symbol);)*
        }
    };
}

more_static_types! {
    PyModule_Type = Module,
    PyCFunction_Type = NativeFunction,
    PyEllipsis_Type = Ellipsis,
    _PyNone_Type = NoneType,
    _PyNotImplemented_Type = NotImplementedType,
}

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

pub fn bytes_type() -> *mut PyTypeObject {
    &raw mut PyBytes_Type
}

pub fn complex_type() -> *mut PyTypeObject {
    &raw mut PyComplex_Type
}

pub fn list_type() -> *mut PyTypeObject {
    &raw mut PyList_Type
}

/// The struct of a class.
pub fn type_struct(class: Ref<Type>) -> *mut PyTypeObject {
    let word = class.h.shadow();
    if word != 0 && word & 1 == 0 {
        return word as *mut PyTypeObject;
    }
    let t = memory::alloc(size_of::<PyHeapTypeObject>()).expect("memory for a type") as *mut PyTypeObject;
    // SAFETY: a fresh struct for a class without one; a class does not move.
    unsafe {
        (*t).ob_base.ob_base.ob_refcnt = 1;
        crate::pyobject::attach_type(class.value(), t as Ptr);
        fill(class, t);
        (*t).tp_mro = to_c(class.mro.get().value());
    }
    t
}

unsafe fn fill(class: Ref<Type>, t: *mut PyTypeObject) {
    let vm = Vm::get();
    let name = if class.is_heap_type() { class.name() } else { class.full_name(vm) };
    (*t).tp_name = CString::new(name).unwrap_or_default().into_raw();
    (*t).ob_base.ob_base.ob_type = type_struct(class.value().class());
    (*t).tp_flags = class.flags.get() | READY;
    if let Some(base) = class.base.get() {
        (*t).tp_base = type_struct(base);
        (*t).tp_basicsize = (*(*t).tp_base).tp_basicsize;
        (*t).tp_itemsize = (*(*t).tp_base).tp_itemsize;
    }
    let sizes: &[(*mut PyTypeObject, usize, usize)] = &[
        (&raw mut PyBaseObject_Type, size_of::<PyObject>(), 0),
        (&raw mut PyType_Type, size_of::<PyHeapTypeObject>(), size_of::<PyMemberDef>()),
        (&raw mut PyLong_Type, 24, 4),
        (&raw mut PyFloat_Type, size_of::<PyFloatObject>(), 0),
        (&raw mut PyUnicode_Type, size_of::<PyUnicodeObject>(), 0),
        (&raw mut PyBytes_Type, std::mem::offset_of!(PyBytesObject, ob_sval) + 1, 1),
        (&raw mut PyTuple_Type, std::mem::offset_of!(PyTupleObject, ob_item), 8),
        (&raw mut PyList_Type, size_of::<PyListObject>(), 0),
        (&raw mut PyDict_Type, size_of::<PyDictObject>(), 0),
    ];
    if let Some((_, basic, item)) = sizes.iter().find(|s| s.0 == t) {
        ((*t).tp_basicsize, (*t).tp_itemsize) = (*basic as isize, *item as isize);
    }
}

/// Fills the static structs; once.
pub fn init(vm: &Vm) {
    let mut all: Vec<(usize, *mut PyTypeObject)> = vec![];
    let mut add = |class: Ref<Type>, t: *mut PyTypeObject| {
        // SAFETY: the static struct of an immortal class, which does not move.
        unsafe {
            register_foreign(class.value(), t as Ptr);
            make_immortal(t as Ptr);
        }
        all.push((class.as_ptr() as usize, t));
    };
    each_builtin(&mut |name, t| {
        let class = vm.builtin(name).ok().and_then(|c| c.downcast::<Type>()).expect("a builtin class");
        add(class, t);
    });
    each_native(&mut add);
    for (class, t) in &all {
        // SAFETY: the address of an immortal class, which does not move.
        unsafe { fill(Ref::from_ptr(*class as *mut Type), *t) };
    }
    for (class, t) in &all {
        // SAFETY: as above.
        unsafe { (**t).tp_mro = to_c(Ref::from_ptr(*class as *mut Type).mro.get().value()) };
    }
    // SAFETY: our static.
    unsafe {
        let t = &raw mut PyModuleDef_Type;
        make_immortal(t as Ptr);
        (*t).ob_base.ob_base.ob_type = &raw mut PyType_Type;
        (*t).tp_name = c"moduledef".as_ptr();
        (*t).tp_base = &raw mut PyBaseObject_Type;
        (*t).tp_basicsize = size_of::<PyModuleDef>() as isize;
        (*t).tp_flags = READY;
    }
}
