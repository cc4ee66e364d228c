//! Structs and function-pointer types of the C API.
// Generated from headers/ by `cargo xtask bindgen`. Do not edit.

/// The count is 32 bits wide; the flags above it are zero in objects that are counted.
#[repr(C)]
#[derive(Copy, Clone)]
pub struct PyObject {
    pub ob_refcnt: u32,
    pub ob_overflow: u16,
    pub ob_flags: u16,
    pub ob_type: *mut PyTypeObject,
}
pub type _object = PyObject;
const _: () = {
    assert!(::core::mem::size_of::<PyObject>() == 16);
    assert!(::core::mem::align_of::<PyObject>() == 8);
    assert!(::core::mem::offset_of!(PyObject, ob_refcnt) == 0);
    assert!(::core::mem::offset_of!(PyObject, ob_overflow) == 4);
    assert!(::core::mem::offset_of!(PyObject, ob_flags) == 6);
    assert!(::core::mem::offset_of!(PyObject, ob_type) == 8);
};
/// A string's state: the fields' bits in one word.
#[repr(C)]
#[derive(Copy, Clone)]
pub struct _PyUnicodeObject_state {
    pub bits: u32,
}
impl _PyUnicodeObject_state {
    pub const INTERNED_MASK: u32 = 0b11;
    pub const KIND_SHIFT: u32 = 2;
    pub const KIND_MASK: u32 = 0b111 << Self::KIND_SHIFT;
    pub const COMPACT: u32 = 1 << 5;
    pub const ASCII: u32 = 1 << 6;
    pub const STATICALLY_ALLOCATED: u32 = 1 << 7;
}
/// A thread state's `_status`.
#[repr(C)]
#[derive(Copy, Clone)]
pub struct _ts__bindgen_ty_1 {
    pub bits: u32,
}
impl _ts__bindgen_ty_1 {
    pub const INITIALIZED: u32 = 1 << 0;
    pub const BOUND: u32 = 1 << 1;
    pub const UNBOUND: u32 = 1 << 2;
    pub const BOUND_GILSTATE: u32 = 1 << 3;
    pub const ACTIVE: u32 = 1 << 4;
    pub const FINALIZING: u32 = 1 << 5;
    pub const CLEARED: u32 = 1 << 6;
    pub const FINALIZED: u32 = 1 << 7;
}
pub use libc::FILE;
pub type __off_t = core::ffi::c_long;
pub type __off64_t = core::ffi::c_long;
pub type va_list = __builtin_va_list;
pub type wchar_t = core::ffi::c_int;
pub type pthread_key_t = core::ffi::c_uint;
pub type Py_uintptr_t = usize;
pub type Py_intptr_t = isize;
pub type Py_ssize_t = isize;
pub type Py_ssize_clean_t = Py_ssize_t;
pub type Py_hash_t = Py_ssize_t;
pub type Py_uhash_t = usize;
pub type PyMemAllocatorDomain = core::ffi::c_uint;
pub type PyMemAllocatorName = core::ffi::c_uint;
#[repr(C)]
#[derive(Copy, Clone)]
pub struct PyMemAllocatorEx {
    pub ctx: *mut core::ffi::c_void,
    pub malloc: ::core::option::Option<
        unsafe extern "C" fn(
            ctx: *mut core::ffi::c_void,
            size: usize,
        ) -> *mut core::ffi::c_void,
    >,
    pub calloc: ::core::option::Option<
        unsafe extern "C" fn(
            ctx: *mut core::ffi::c_void,
            nelem: usize,
            elsize: usize,
        ) -> *mut core::ffi::c_void,
    >,
    pub realloc: ::core::option::Option<
        unsafe extern "C" fn(
            ctx: *mut core::ffi::c_void,
            ptr: *mut core::ffi::c_void,
            new_size: usize,
        ) -> *mut core::ffi::c_void,
    >,
    pub free: ::core::option::Option<
        unsafe extern "C" fn(ctx: *mut core::ffi::c_void, ptr: *mut core::ffi::c_void),
    >,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyMemAllocatorEx"][::core::mem::size_of::<PyMemAllocatorEx>() - 40usize];
    [
        "Alignment of PyMemAllocatorEx",
    ][::core::mem::align_of::<PyMemAllocatorEx>() - 8usize];
    [
        "Offset of field: PyMemAllocatorEx::ctx",
    ][::core::mem::offset_of!(PyMemAllocatorEx, ctx) - 0usize];
    [
        "Offset of field: PyMemAllocatorEx::malloc",
    ][::core::mem::offset_of!(PyMemAllocatorEx, malloc) - 8usize];
    [
        "Offset of field: PyMemAllocatorEx::calloc",
    ][::core::mem::offset_of!(PyMemAllocatorEx, calloc) - 16usize];
    [
        "Offset of field: PyMemAllocatorEx::realloc",
    ][::core::mem::offset_of!(PyMemAllocatorEx, realloc) - 24usize];
    [
        "Offset of field: PyMemAllocatorEx::free",
    ][::core::mem::offset_of!(PyMemAllocatorEx, free) - 32usize];
};
pub type PyLongObject = _longobject;
pub type PyTypeObject = _typeobject;
pub type PyFrameObject = _frame;
pub type PyThreadState = _ts;
#[repr(C)]
#[derive(Copy, Clone)]
pub struct _is {
    _unused: [u8; 0],
}
pub type PyInterpreterState = _is;
#[repr(C)]
#[derive(Copy, Clone)]
pub struct Py_buffer {
    pub buf: *mut core::ffi::c_void,
    pub obj: *mut PyObject,
    pub len: Py_ssize_t,
    pub itemsize: Py_ssize_t,
    pub readonly: core::ffi::c_int,
    pub ndim: core::ffi::c_int,
    pub format: *mut core::ffi::c_char,
    pub shape: *mut Py_ssize_t,
    pub strides: *mut Py_ssize_t,
    pub suboffsets: *mut Py_ssize_t,
    pub internal: *mut core::ffi::c_void,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of Py_buffer"][::core::mem::size_of::<Py_buffer>() - 80usize];
    ["Alignment of Py_buffer"][::core::mem::align_of::<Py_buffer>() - 8usize];
    [
        "Offset of field: Py_buffer::buf",
    ][::core::mem::offset_of!(Py_buffer, buf) - 0usize];
    [
        "Offset of field: Py_buffer::obj",
    ][::core::mem::offset_of!(Py_buffer, obj) - 8usize];
    [
        "Offset of field: Py_buffer::len",
    ][::core::mem::offset_of!(Py_buffer, len) - 16usize];
    [
        "Offset of field: Py_buffer::itemsize",
    ][::core::mem::offset_of!(Py_buffer, itemsize) - 24usize];
    [
        "Offset of field: Py_buffer::readonly",
    ][::core::mem::offset_of!(Py_buffer, readonly) - 32usize];
    [
        "Offset of field: Py_buffer::ndim",
    ][::core::mem::offset_of!(Py_buffer, ndim) - 36usize];
    [
        "Offset of field: Py_buffer::format",
    ][::core::mem::offset_of!(Py_buffer, format) - 40usize];
    [
        "Offset of field: Py_buffer::shape",
    ][::core::mem::offset_of!(Py_buffer, shape) - 48usize];
    [
        "Offset of field: Py_buffer::strides",
    ][::core::mem::offset_of!(Py_buffer, strides) - 56usize];
    [
        "Offset of field: Py_buffer::suboffsets",
    ][::core::mem::offset_of!(Py_buffer, suboffsets) - 64usize];
    [
        "Offset of field: Py_buffer::internal",
    ][::core::mem::offset_of!(Py_buffer, internal) - 72usize];
};
pub type getbufferproc = ::core::option::Option<
    unsafe extern "C" fn(
        arg1: *mut PyObject,
        arg2: *mut Py_buffer,
        arg3: core::ffi::c_int,
    ) -> core::ffi::c_int,
>;
pub type releasebufferproc = ::core::option::Option<
    unsafe extern "C" fn(arg1: *mut PyObject, arg2: *mut Py_buffer),
>;
#[repr(C)]
#[derive(Copy, Clone)]
pub struct PyMutex {
    pub _bits: u8,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyMutex"][::core::mem::size_of::<PyMutex>() - 1usize];
    ["Alignment of PyMutex"][::core::mem::align_of::<PyMutex>() - 1usize];
    [
        "Offset of field: PyMutex::_bits",
    ][::core::mem::offset_of!(PyMutex, _bits) - 0usize];
};
#[repr(C)]
#[derive(Copy, Clone)]
pub struct PyCriticalSection {
    _unused: [u8; 0],
}
#[repr(C)]
#[derive(Copy, Clone)]
pub struct PyCriticalSection2 {
    _unused: [u8; 0],
}
#[repr(C)]
pub struct PyVarObject {
    pub ob_base: PyObject,
    pub ob_size: Py_ssize_t,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyVarObject"][::core::mem::size_of::<PyVarObject>() - 24usize];
    ["Alignment of PyVarObject"][::core::mem::align_of::<PyVarObject>() - 8usize];
    [
        "Offset of field: PyVarObject::ob_base",
    ][::core::mem::offset_of!(PyVarObject, ob_base) - 0usize];
    [
        "Offset of field: PyVarObject::ob_size",
    ][::core::mem::offset_of!(PyVarObject, ob_size) - 16usize];
};
pub type unaryfunc = ::core::option::Option<
    unsafe extern "C" fn(arg1: *mut PyObject) -> *mut PyObject,
>;
pub type binaryfunc = ::core::option::Option<
    unsafe extern "C" fn(arg1: *mut PyObject, arg2: *mut PyObject) -> *mut PyObject,
>;
pub type ternaryfunc = ::core::option::Option<
    unsafe extern "C" fn(
        arg1: *mut PyObject,
        arg2: *mut PyObject,
        arg3: *mut PyObject,
    ) -> *mut PyObject,
>;
pub type inquiry = ::core::option::Option<
    unsafe extern "C" fn(arg1: *mut PyObject) -> core::ffi::c_int,
>;
pub type lenfunc = ::core::option::Option<
    unsafe extern "C" fn(arg1: *mut PyObject) -> Py_ssize_t,
>;
pub type ssizeargfunc = ::core::option::Option<
    unsafe extern "C" fn(arg1: *mut PyObject, arg2: Py_ssize_t) -> *mut PyObject,
>;
pub type ssizessizeargfunc = ::core::option::Option<
    unsafe extern "C" fn(
        arg1: *mut PyObject,
        arg2: Py_ssize_t,
        arg3: Py_ssize_t,
    ) -> *mut PyObject,
>;
pub type ssizeobjargproc = ::core::option::Option<
    unsafe extern "C" fn(
        arg1: *mut PyObject,
        arg2: Py_ssize_t,
        arg3: *mut PyObject,
    ) -> core::ffi::c_int,
>;
pub type ssizessizeobjargproc = ::core::option::Option<
    unsafe extern "C" fn(
        arg1: *mut PyObject,
        arg2: Py_ssize_t,
        arg3: Py_ssize_t,
        arg4: *mut PyObject,
    ) -> core::ffi::c_int,
>;
pub type objobjargproc = ::core::option::Option<
    unsafe extern "C" fn(
        arg1: *mut PyObject,
        arg2: *mut PyObject,
        arg3: *mut PyObject,
    ) -> core::ffi::c_int,
>;
pub type objobjproc = ::core::option::Option<
    unsafe extern "C" fn(arg1: *mut PyObject, arg2: *mut PyObject) -> core::ffi::c_int,
>;
pub type visitproc = ::core::option::Option<
    unsafe extern "C" fn(
        arg1: *mut PyObject,
        arg2: *mut core::ffi::c_void,
    ) -> core::ffi::c_int,
>;
pub type traverseproc = ::core::option::Option<
    unsafe extern "C" fn(
        arg1: *mut PyObject,
        arg2: visitproc,
        arg3: *mut core::ffi::c_void,
    ) -> core::ffi::c_int,
>;
pub type freefunc = ::core::option::Option<
    unsafe extern "C" fn(arg1: *mut core::ffi::c_void),
>;
pub type destructor = ::core::option::Option<unsafe extern "C" fn(arg1: *mut PyObject)>;
pub type getattrfunc = ::core::option::Option<
    unsafe extern "C" fn(
        arg1: *mut PyObject,
        arg2: *mut core::ffi::c_char,
    ) -> *mut PyObject,
>;
pub type getattrofunc = ::core::option::Option<
    unsafe extern "C" fn(arg1: *mut PyObject, arg2: *mut PyObject) -> *mut PyObject,
>;
pub type setattrfunc = ::core::option::Option<
    unsafe extern "C" fn(
        arg1: *mut PyObject,
        arg2: *mut core::ffi::c_char,
        arg3: *mut PyObject,
    ) -> core::ffi::c_int,
>;
pub type setattrofunc = ::core::option::Option<
    unsafe extern "C" fn(
        arg1: *mut PyObject,
        arg2: *mut PyObject,
        arg3: *mut PyObject,
    ) -> core::ffi::c_int,
>;
pub type reprfunc = ::core::option::Option<
    unsafe extern "C" fn(arg1: *mut PyObject) -> *mut PyObject,
>;
pub type hashfunc = ::core::option::Option<
    unsafe extern "C" fn(arg1: *mut PyObject) -> Py_hash_t,
>;
pub type richcmpfunc = ::core::option::Option<
    unsafe extern "C" fn(
        arg1: *mut PyObject,
        arg2: *mut PyObject,
        arg3: core::ffi::c_int,
    ) -> *mut PyObject,
>;
pub type getiterfunc = ::core::option::Option<
    unsafe extern "C" fn(arg1: *mut PyObject) -> *mut PyObject,
>;
pub type iternextfunc = ::core::option::Option<
    unsafe extern "C" fn(arg1: *mut PyObject) -> *mut PyObject,
>;
pub type descrgetfunc = ::core::option::Option<
    unsafe extern "C" fn(
        arg1: *mut PyObject,
        arg2: *mut PyObject,
        arg3: *mut PyObject,
    ) -> *mut PyObject,
>;
pub type descrsetfunc = ::core::option::Option<
    unsafe extern "C" fn(
        arg1: *mut PyObject,
        arg2: *mut PyObject,
        arg3: *mut PyObject,
    ) -> core::ffi::c_int,
>;
pub type initproc = ::core::option::Option<
    unsafe extern "C" fn(
        arg1: *mut PyObject,
        arg2: *mut PyObject,
        arg3: *mut PyObject,
    ) -> core::ffi::c_int,
>;
pub type newfunc = ::core::option::Option<
    unsafe extern "C" fn(
        arg1: *mut PyTypeObject,
        arg2: *mut PyObject,
        arg3: *mut PyObject,
    ) -> *mut PyObject,
>;
pub type allocfunc = ::core::option::Option<
    unsafe extern "C" fn(arg1: *mut PyTypeObject, arg2: Py_ssize_t) -> *mut PyObject,
>;
pub type vectorcallfunc = ::core::option::Option<
    unsafe extern "C" fn(
        callable: *mut PyObject,
        args: *const *mut PyObject,
        nargsf: usize,
        kwnames: *mut PyObject,
    ) -> *mut PyObject,
>;
#[repr(C)]
#[derive(Copy, Clone)]
pub struct PyType_Slot {
    pub slot: core::ffi::c_int,
    pub pfunc: *mut core::ffi::c_void,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyType_Slot"][::core::mem::size_of::<PyType_Slot>() - 16usize];
    ["Alignment of PyType_Slot"][::core::mem::align_of::<PyType_Slot>() - 8usize];
    [
        "Offset of field: PyType_Slot::slot",
    ][::core::mem::offset_of!(PyType_Slot, slot) - 0usize];
    [
        "Offset of field: PyType_Slot::pfunc",
    ][::core::mem::offset_of!(PyType_Slot, pfunc) - 8usize];
};
#[repr(C)]
#[derive(Copy, Clone)]
pub struct PyType_Spec {
    pub name: *const core::ffi::c_char,
    pub basicsize: core::ffi::c_int,
    pub itemsize: core::ffi::c_int,
    pub flags: core::ffi::c_uint,
    pub slots: *mut PyType_Slot,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyType_Spec"][::core::mem::size_of::<PyType_Spec>() - 32usize];
    ["Alignment of PyType_Spec"][::core::mem::align_of::<PyType_Spec>() - 8usize];
    [
        "Offset of field: PyType_Spec::name",
    ][::core::mem::offset_of!(PyType_Spec, name) - 0usize];
    [
        "Offset of field: PyType_Spec::basicsize",
    ][::core::mem::offset_of!(PyType_Spec, basicsize) - 8usize];
    [
        "Offset of field: PyType_Spec::itemsize",
    ][::core::mem::offset_of!(PyType_Spec, itemsize) - 12usize];
    [
        "Offset of field: PyType_Spec::flags",
    ][::core::mem::offset_of!(PyType_Spec, flags) - 16usize];
    [
        "Offset of field: PyType_Spec::slots",
    ][::core::mem::offset_of!(PyType_Spec, slots) - 24usize];
};
pub type PySendResult = core::ffi::c_int;
#[repr(C)]
#[derive(Copy, Clone)]
pub struct _Py_Identifier {
    pub string: *const core::ffi::c_char,
    pub index: Py_ssize_t,
    pub mutex: _Py_Identifier__bindgen_ty_1,
}
#[repr(C)]
#[derive(Copy, Clone)]
pub struct _Py_Identifier__bindgen_ty_1 {
    pub v: u8,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of _Py_Identifier__bindgen_ty_1",
    ][::core::mem::size_of::<_Py_Identifier__bindgen_ty_1>() - 1usize];
    [
        "Alignment of _Py_Identifier__bindgen_ty_1",
    ][::core::mem::align_of::<_Py_Identifier__bindgen_ty_1>() - 1usize];
    [
        "Offset of field: _Py_Identifier__bindgen_ty_1::v",
    ][::core::mem::offset_of!(_Py_Identifier__bindgen_ty_1, v) - 0usize];
};
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of _Py_Identifier"][::core::mem::size_of::<_Py_Identifier>() - 24usize];
    ["Alignment of _Py_Identifier"][::core::mem::align_of::<_Py_Identifier>() - 8usize];
    [
        "Offset of field: _Py_Identifier::string",
    ][::core::mem::offset_of!(_Py_Identifier, string) - 0usize];
    [
        "Offset of field: _Py_Identifier::index",
    ][::core::mem::offset_of!(_Py_Identifier, index) - 8usize];
    [
        "Offset of field: _Py_Identifier::mutex",
    ][::core::mem::offset_of!(_Py_Identifier, mutex) - 16usize];
};
#[repr(C)]
#[derive(Copy, Clone)]
pub struct PyNumberMethods {
    pub nb_add: binaryfunc,
    pub nb_subtract: binaryfunc,
    pub nb_multiply: binaryfunc,
    pub nb_remainder: binaryfunc,
    pub nb_divmod: binaryfunc,
    pub nb_power: ternaryfunc,
    pub nb_negative: unaryfunc,
    pub nb_positive: unaryfunc,
    pub nb_absolute: unaryfunc,
    pub nb_bool: inquiry,
    pub nb_invert: unaryfunc,
    pub nb_lshift: binaryfunc,
    pub nb_rshift: binaryfunc,
    pub nb_and: binaryfunc,
    pub nb_xor: binaryfunc,
    pub nb_or: binaryfunc,
    pub nb_int: unaryfunc,
    pub nb_reserved: *mut core::ffi::c_void,
    pub nb_float: unaryfunc,
    pub nb_inplace_add: binaryfunc,
    pub nb_inplace_subtract: binaryfunc,
    pub nb_inplace_multiply: binaryfunc,
    pub nb_inplace_remainder: binaryfunc,
    pub nb_inplace_power: ternaryfunc,
    pub nb_inplace_lshift: binaryfunc,
    pub nb_inplace_rshift: binaryfunc,
    pub nb_inplace_and: binaryfunc,
    pub nb_inplace_xor: binaryfunc,
    pub nb_inplace_or: binaryfunc,
    pub nb_floor_divide: binaryfunc,
    pub nb_true_divide: binaryfunc,
    pub nb_inplace_floor_divide: binaryfunc,
    pub nb_inplace_true_divide: binaryfunc,
    pub nb_index: unaryfunc,
    pub nb_matrix_multiply: binaryfunc,
    pub nb_inplace_matrix_multiply: binaryfunc,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyNumberMethods"][::core::mem::size_of::<PyNumberMethods>() - 288usize];
    [
        "Alignment of PyNumberMethods",
    ][::core::mem::align_of::<PyNumberMethods>() - 8usize];
    [
        "Offset of field: PyNumberMethods::nb_add",
    ][::core::mem::offset_of!(PyNumberMethods, nb_add) - 0usize];
    [
        "Offset of field: PyNumberMethods::nb_subtract",
    ][::core::mem::offset_of!(PyNumberMethods, nb_subtract) - 8usize];
    [
        "Offset of field: PyNumberMethods::nb_multiply",
    ][::core::mem::offset_of!(PyNumberMethods, nb_multiply) - 16usize];
    [
        "Offset of field: PyNumberMethods::nb_remainder",
    ][::core::mem::offset_of!(PyNumberMethods, nb_remainder) - 24usize];
    [
        "Offset of field: PyNumberMethods::nb_divmod",
    ][::core::mem::offset_of!(PyNumberMethods, nb_divmod) - 32usize];
    [
        "Offset of field: PyNumberMethods::nb_power",
    ][::core::mem::offset_of!(PyNumberMethods, nb_power) - 40usize];
    [
        "Offset of field: PyNumberMethods::nb_negative",
    ][::core::mem::offset_of!(PyNumberMethods, nb_negative) - 48usize];
    [
        "Offset of field: PyNumberMethods::nb_positive",
    ][::core::mem::offset_of!(PyNumberMethods, nb_positive) - 56usize];
    [
        "Offset of field: PyNumberMethods::nb_absolute",
    ][::core::mem::offset_of!(PyNumberMethods, nb_absolute) - 64usize];
    [
        "Offset of field: PyNumberMethods::nb_bool",
    ][::core::mem::offset_of!(PyNumberMethods, nb_bool) - 72usize];
    [
        "Offset of field: PyNumberMethods::nb_invert",
    ][::core::mem::offset_of!(PyNumberMethods, nb_invert) - 80usize];
    [
        "Offset of field: PyNumberMethods::nb_lshift",
    ][::core::mem::offset_of!(PyNumberMethods, nb_lshift) - 88usize];
    [
        "Offset of field: PyNumberMethods::nb_rshift",
    ][::core::mem::offset_of!(PyNumberMethods, nb_rshift) - 96usize];
    [
        "Offset of field: PyNumberMethods::nb_and",
    ][::core::mem::offset_of!(PyNumberMethods, nb_and) - 104usize];
    [
        "Offset of field: PyNumberMethods::nb_xor",
    ][::core::mem::offset_of!(PyNumberMethods, nb_xor) - 112usize];
    [
        "Offset of field: PyNumberMethods::nb_or",
    ][::core::mem::offset_of!(PyNumberMethods, nb_or) - 120usize];
    [
        "Offset of field: PyNumberMethods::nb_int",
    ][::core::mem::offset_of!(PyNumberMethods, nb_int) - 128usize];
    [
        "Offset of field: PyNumberMethods::nb_reserved",
    ][::core::mem::offset_of!(PyNumberMethods, nb_reserved) - 136usize];
    [
        "Offset of field: PyNumberMethods::nb_float",
    ][::core::mem::offset_of!(PyNumberMethods, nb_float) - 144usize];
    [
        "Offset of field: PyNumberMethods::nb_inplace_add",
    ][::core::mem::offset_of!(PyNumberMethods, nb_inplace_add) - 152usize];
    [
        "Offset of field: PyNumberMethods::nb_inplace_subtract",
    ][::core::mem::offset_of!(PyNumberMethods, nb_inplace_subtract) - 160usize];
    [
        "Offset of field: PyNumberMethods::nb_inplace_multiply",
    ][::core::mem::offset_of!(PyNumberMethods, nb_inplace_multiply) - 168usize];
    [
        "Offset of field: PyNumberMethods::nb_inplace_remainder",
    ][::core::mem::offset_of!(PyNumberMethods, nb_inplace_remainder) - 176usize];
    [
        "Offset of field: PyNumberMethods::nb_inplace_power",
    ][::core::mem::offset_of!(PyNumberMethods, nb_inplace_power) - 184usize];
    [
        "Offset of field: PyNumberMethods::nb_inplace_lshift",
    ][::core::mem::offset_of!(PyNumberMethods, nb_inplace_lshift) - 192usize];
    [
        "Offset of field: PyNumberMethods::nb_inplace_rshift",
    ][::core::mem::offset_of!(PyNumberMethods, nb_inplace_rshift) - 200usize];
    [
        "Offset of field: PyNumberMethods::nb_inplace_and",
    ][::core::mem::offset_of!(PyNumberMethods, nb_inplace_and) - 208usize];
    [
        "Offset of field: PyNumberMethods::nb_inplace_xor",
    ][::core::mem::offset_of!(PyNumberMethods, nb_inplace_xor) - 216usize];
    [
        "Offset of field: PyNumberMethods::nb_inplace_or",
    ][::core::mem::offset_of!(PyNumberMethods, nb_inplace_or) - 224usize];
    [
        "Offset of field: PyNumberMethods::nb_floor_divide",
    ][::core::mem::offset_of!(PyNumberMethods, nb_floor_divide) - 232usize];
    [
        "Offset of field: PyNumberMethods::nb_true_divide",
    ][::core::mem::offset_of!(PyNumberMethods, nb_true_divide) - 240usize];
    [
        "Offset of field: PyNumberMethods::nb_inplace_floor_divide",
    ][::core::mem::offset_of!(PyNumberMethods, nb_inplace_floor_divide) - 248usize];
    [
        "Offset of field: PyNumberMethods::nb_inplace_true_divide",
    ][::core::mem::offset_of!(PyNumberMethods, nb_inplace_true_divide) - 256usize];
    [
        "Offset of field: PyNumberMethods::nb_index",
    ][::core::mem::offset_of!(PyNumberMethods, nb_index) - 264usize];
    [
        "Offset of field: PyNumberMethods::nb_matrix_multiply",
    ][::core::mem::offset_of!(PyNumberMethods, nb_matrix_multiply) - 272usize];
    [
        "Offset of field: PyNumberMethods::nb_inplace_matrix_multiply",
    ][::core::mem::offset_of!(PyNumberMethods, nb_inplace_matrix_multiply) - 280usize];
};
#[repr(C)]
#[derive(Copy, Clone)]
pub struct PySequenceMethods {
    pub sq_length: lenfunc,
    pub sq_concat: binaryfunc,
    pub sq_repeat: ssizeargfunc,
    pub sq_item: ssizeargfunc,
    pub was_sq_slice: *mut core::ffi::c_void,
    pub sq_ass_item: ssizeobjargproc,
    pub was_sq_ass_slice: *mut core::ffi::c_void,
    pub sq_contains: objobjproc,
    pub sq_inplace_concat: binaryfunc,
    pub sq_inplace_repeat: ssizeargfunc,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PySequenceMethods"][::core::mem::size_of::<PySequenceMethods>() - 80usize];
    [
        "Alignment of PySequenceMethods",
    ][::core::mem::align_of::<PySequenceMethods>() - 8usize];
    [
        "Offset of field: PySequenceMethods::sq_length",
    ][::core::mem::offset_of!(PySequenceMethods, sq_length) - 0usize];
    [
        "Offset of field: PySequenceMethods::sq_concat",
    ][::core::mem::offset_of!(PySequenceMethods, sq_concat) - 8usize];
    [
        "Offset of field: PySequenceMethods::sq_repeat",
    ][::core::mem::offset_of!(PySequenceMethods, sq_repeat) - 16usize];
    [
        "Offset of field: PySequenceMethods::sq_item",
    ][::core::mem::offset_of!(PySequenceMethods, sq_item) - 24usize];
    [
        "Offset of field: PySequenceMethods::was_sq_slice",
    ][::core::mem::offset_of!(PySequenceMethods, was_sq_slice) - 32usize];
    [
        "Offset of field: PySequenceMethods::sq_ass_item",
    ][::core::mem::offset_of!(PySequenceMethods, sq_ass_item) - 40usize];
    [
        "Offset of field: PySequenceMethods::was_sq_ass_slice",
    ][::core::mem::offset_of!(PySequenceMethods, was_sq_ass_slice) - 48usize];
    [
        "Offset of field: PySequenceMethods::sq_contains",
    ][::core::mem::offset_of!(PySequenceMethods, sq_contains) - 56usize];
    [
        "Offset of field: PySequenceMethods::sq_inplace_concat",
    ][::core::mem::offset_of!(PySequenceMethods, sq_inplace_concat) - 64usize];
    [
        "Offset of field: PySequenceMethods::sq_inplace_repeat",
    ][::core::mem::offset_of!(PySequenceMethods, sq_inplace_repeat) - 72usize];
};
#[repr(C)]
#[derive(Copy, Clone)]
pub struct PyMappingMethods {
    pub mp_length: lenfunc,
    pub mp_subscript: binaryfunc,
    pub mp_ass_subscript: objobjargproc,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyMappingMethods"][::core::mem::size_of::<PyMappingMethods>() - 24usize];
    [
        "Alignment of PyMappingMethods",
    ][::core::mem::align_of::<PyMappingMethods>() - 8usize];
    [
        "Offset of field: PyMappingMethods::mp_length",
    ][::core::mem::offset_of!(PyMappingMethods, mp_length) - 0usize];
    [
        "Offset of field: PyMappingMethods::mp_subscript",
    ][::core::mem::offset_of!(PyMappingMethods, mp_subscript) - 8usize];
    [
        "Offset of field: PyMappingMethods::mp_ass_subscript",
    ][::core::mem::offset_of!(PyMappingMethods, mp_ass_subscript) - 16usize];
};
pub type sendfunc = ::core::option::Option<
    unsafe extern "C" fn(
        iter: *mut PyObject,
        value: *mut PyObject,
        result: *mut *mut PyObject,
    ) -> PySendResult,
>;
#[repr(C)]
#[derive(Copy, Clone)]
pub struct PyAsyncMethods {
    pub am_await: unaryfunc,
    pub am_aiter: unaryfunc,
    pub am_anext: unaryfunc,
    pub am_send: sendfunc,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyAsyncMethods"][::core::mem::size_of::<PyAsyncMethods>() - 32usize];
    ["Alignment of PyAsyncMethods"][::core::mem::align_of::<PyAsyncMethods>() - 8usize];
    [
        "Offset of field: PyAsyncMethods::am_await",
    ][::core::mem::offset_of!(PyAsyncMethods, am_await) - 0usize];
    [
        "Offset of field: PyAsyncMethods::am_aiter",
    ][::core::mem::offset_of!(PyAsyncMethods, am_aiter) - 8usize];
    [
        "Offset of field: PyAsyncMethods::am_anext",
    ][::core::mem::offset_of!(PyAsyncMethods, am_anext) - 16usize];
    [
        "Offset of field: PyAsyncMethods::am_send",
    ][::core::mem::offset_of!(PyAsyncMethods, am_send) - 24usize];
};
#[repr(C)]
#[derive(Copy, Clone)]
pub struct PyBufferProcs {
    pub bf_getbuffer: getbufferproc,
    pub bf_releasebuffer: releasebufferproc,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyBufferProcs"][::core::mem::size_of::<PyBufferProcs>() - 16usize];
    ["Alignment of PyBufferProcs"][::core::mem::align_of::<PyBufferProcs>() - 8usize];
    [
        "Offset of field: PyBufferProcs::bf_getbuffer",
    ][::core::mem::offset_of!(PyBufferProcs, bf_getbuffer) - 0usize];
    [
        "Offset of field: PyBufferProcs::bf_releasebuffer",
    ][::core::mem::offset_of!(PyBufferProcs, bf_releasebuffer) - 8usize];
};
pub type printfunc = Py_ssize_t;
#[repr(C)]
pub struct _typeobject {
    pub ob_base: PyVarObject,
    pub tp_name: *const core::ffi::c_char,
    pub tp_basicsize: Py_ssize_t,
    pub tp_itemsize: Py_ssize_t,
    pub tp_dealloc: destructor,
    pub tp_vectorcall_offset: Py_ssize_t,
    pub tp_getattr: getattrfunc,
    pub tp_setattr: setattrfunc,
    pub tp_as_async: *mut PyAsyncMethods,
    pub tp_repr: reprfunc,
    pub tp_as_number: *mut PyNumberMethods,
    pub tp_as_sequence: *mut PySequenceMethods,
    pub tp_as_mapping: *mut PyMappingMethods,
    pub tp_hash: hashfunc,
    pub tp_call: ternaryfunc,
    pub tp_str: reprfunc,
    pub tp_getattro: getattrofunc,
    pub tp_setattro: setattrofunc,
    pub tp_as_buffer: *mut PyBufferProcs,
    pub tp_flags: core::ffi::c_ulong,
    pub tp_doc: *const core::ffi::c_char,
    pub tp_traverse: traverseproc,
    pub tp_clear: inquiry,
    pub tp_richcompare: richcmpfunc,
    pub tp_weaklistoffset: Py_ssize_t,
    pub tp_iter: getiterfunc,
    pub tp_iternext: iternextfunc,
    pub tp_methods: *mut PyMethodDef,
    pub tp_members: *mut PyMemberDef,
    pub tp_getset: *mut PyGetSetDef,
    pub tp_base: *mut PyTypeObject,
    pub tp_dict: *mut PyObject,
    pub tp_descr_get: descrgetfunc,
    pub tp_descr_set: descrsetfunc,
    pub tp_dictoffset: Py_ssize_t,
    pub tp_init: initproc,
    pub tp_alloc: allocfunc,
    pub tp_new: newfunc,
    pub tp_free: freefunc,
    pub tp_is_gc: inquiry,
    pub tp_bases: *mut PyObject,
    pub tp_mro: *mut PyObject,
    pub tp_cache: *mut PyObject,
    pub tp_subclasses: *mut core::ffi::c_void,
    pub tp_weaklist: *mut PyObject,
    pub tp_del: destructor,
    pub tp_version_tag: core::ffi::c_uint,
    pub tp_finalize: destructor,
    pub tp_vectorcall: vectorcallfunc,
    pub tp_watched: core::ffi::c_uchar,
    pub tp_versions_used: u16,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of _typeobject"][::core::mem::size_of::<_typeobject>() - 416usize];
    ["Alignment of _typeobject"][::core::mem::align_of::<_typeobject>() - 8usize];
    [
        "Offset of field: _typeobject::ob_base",
    ][::core::mem::offset_of!(_typeobject, ob_base) - 0usize];
    [
        "Offset of field: _typeobject::tp_name",
    ][::core::mem::offset_of!(_typeobject, tp_name) - 24usize];
    [
        "Offset of field: _typeobject::tp_basicsize",
    ][::core::mem::offset_of!(_typeobject, tp_basicsize) - 32usize];
    [
        "Offset of field: _typeobject::tp_itemsize",
    ][::core::mem::offset_of!(_typeobject, tp_itemsize) - 40usize];
    [
        "Offset of field: _typeobject::tp_dealloc",
    ][::core::mem::offset_of!(_typeobject, tp_dealloc) - 48usize];
    [
        "Offset of field: _typeobject::tp_vectorcall_offset",
    ][::core::mem::offset_of!(_typeobject, tp_vectorcall_offset) - 56usize];
    [
        "Offset of field: _typeobject::tp_getattr",
    ][::core::mem::offset_of!(_typeobject, tp_getattr) - 64usize];
    [
        "Offset of field: _typeobject::tp_setattr",
    ][::core::mem::offset_of!(_typeobject, tp_setattr) - 72usize];
    [
        "Offset of field: _typeobject::tp_as_async",
    ][::core::mem::offset_of!(_typeobject, tp_as_async) - 80usize];
    [
        "Offset of field: _typeobject::tp_repr",
    ][::core::mem::offset_of!(_typeobject, tp_repr) - 88usize];
    [
        "Offset of field: _typeobject::tp_as_number",
    ][::core::mem::offset_of!(_typeobject, tp_as_number) - 96usize];
    [
        "Offset of field: _typeobject::tp_as_sequence",
    ][::core::mem::offset_of!(_typeobject, tp_as_sequence) - 104usize];
    [
        "Offset of field: _typeobject::tp_as_mapping",
    ][::core::mem::offset_of!(_typeobject, tp_as_mapping) - 112usize];
    [
        "Offset of field: _typeobject::tp_hash",
    ][::core::mem::offset_of!(_typeobject, tp_hash) - 120usize];
    [
        "Offset of field: _typeobject::tp_call",
    ][::core::mem::offset_of!(_typeobject, tp_call) - 128usize];
    [
        "Offset of field: _typeobject::tp_str",
    ][::core::mem::offset_of!(_typeobject, tp_str) - 136usize];
    [
        "Offset of field: _typeobject::tp_getattro",
    ][::core::mem::offset_of!(_typeobject, tp_getattro) - 144usize];
    [
        "Offset of field: _typeobject::tp_setattro",
    ][::core::mem::offset_of!(_typeobject, tp_setattro) - 152usize];
    [
        "Offset of field: _typeobject::tp_as_buffer",
    ][::core::mem::offset_of!(_typeobject, tp_as_buffer) - 160usize];
    [
        "Offset of field: _typeobject::tp_flags",
    ][::core::mem::offset_of!(_typeobject, tp_flags) - 168usize];
    [
        "Offset of field: _typeobject::tp_doc",
    ][::core::mem::offset_of!(_typeobject, tp_doc) - 176usize];
    [
        "Offset of field: _typeobject::tp_traverse",
    ][::core::mem::offset_of!(_typeobject, tp_traverse) - 184usize];
    [
        "Offset of field: _typeobject::tp_clear",
    ][::core::mem::offset_of!(_typeobject, tp_clear) - 192usize];
    [
        "Offset of field: _typeobject::tp_richcompare",
    ][::core::mem::offset_of!(_typeobject, tp_richcompare) - 200usize];
    [
        "Offset of field: _typeobject::tp_weaklistoffset",
    ][::core::mem::offset_of!(_typeobject, tp_weaklistoffset) - 208usize];
    [
        "Offset of field: _typeobject::tp_iter",
    ][::core::mem::offset_of!(_typeobject, tp_iter) - 216usize];
    [
        "Offset of field: _typeobject::tp_iternext",
    ][::core::mem::offset_of!(_typeobject, tp_iternext) - 224usize];
    [
        "Offset of field: _typeobject::tp_methods",
    ][::core::mem::offset_of!(_typeobject, tp_methods) - 232usize];
    [
        "Offset of field: _typeobject::tp_members",
    ][::core::mem::offset_of!(_typeobject, tp_members) - 240usize];
    [
        "Offset of field: _typeobject::tp_getset",
    ][::core::mem::offset_of!(_typeobject, tp_getset) - 248usize];
    [
        "Offset of field: _typeobject::tp_base",
    ][::core::mem::offset_of!(_typeobject, tp_base) - 256usize];
    [
        "Offset of field: _typeobject::tp_dict",
    ][::core::mem::offset_of!(_typeobject, tp_dict) - 264usize];
    [
        "Offset of field: _typeobject::tp_descr_get",
    ][::core::mem::offset_of!(_typeobject, tp_descr_get) - 272usize];
    [
        "Offset of field: _typeobject::tp_descr_set",
    ][::core::mem::offset_of!(_typeobject, tp_descr_set) - 280usize];
    [
        "Offset of field: _typeobject::tp_dictoffset",
    ][::core::mem::offset_of!(_typeobject, tp_dictoffset) - 288usize];
    [
        "Offset of field: _typeobject::tp_init",
    ][::core::mem::offset_of!(_typeobject, tp_init) - 296usize];
    [
        "Offset of field: _typeobject::tp_alloc",
    ][::core::mem::offset_of!(_typeobject, tp_alloc) - 304usize];
    [
        "Offset of field: _typeobject::tp_new",
    ][::core::mem::offset_of!(_typeobject, tp_new) - 312usize];
    [
        "Offset of field: _typeobject::tp_free",
    ][::core::mem::offset_of!(_typeobject, tp_free) - 320usize];
    [
        "Offset of field: _typeobject::tp_is_gc",
    ][::core::mem::offset_of!(_typeobject, tp_is_gc) - 328usize];
    [
        "Offset of field: _typeobject::tp_bases",
    ][::core::mem::offset_of!(_typeobject, tp_bases) - 336usize];
    [
        "Offset of field: _typeobject::tp_mro",
    ][::core::mem::offset_of!(_typeobject, tp_mro) - 344usize];
    [
        "Offset of field: _typeobject::tp_cache",
    ][::core::mem::offset_of!(_typeobject, tp_cache) - 352usize];
    [
        "Offset of field: _typeobject::tp_subclasses",
    ][::core::mem::offset_of!(_typeobject, tp_subclasses) - 360usize];
    [
        "Offset of field: _typeobject::tp_weaklist",
    ][::core::mem::offset_of!(_typeobject, tp_weaklist) - 368usize];
    [
        "Offset of field: _typeobject::tp_del",
    ][::core::mem::offset_of!(_typeobject, tp_del) - 376usize];
    [
        "Offset of field: _typeobject::tp_version_tag",
    ][::core::mem::offset_of!(_typeobject, tp_version_tag) - 384usize];
    [
        "Offset of field: _typeobject::tp_finalize",
    ][::core::mem::offset_of!(_typeobject, tp_finalize) - 392usize];
    [
        "Offset of field: _typeobject::tp_vectorcall",
    ][::core::mem::offset_of!(_typeobject, tp_vectorcall) - 400usize];
    [
        "Offset of field: _typeobject::tp_watched",
    ][::core::mem::offset_of!(_typeobject, tp_watched) - 408usize];
    [
        "Offset of field: _typeobject::tp_versions_used",
    ][::core::mem::offset_of!(_typeobject, tp_versions_used) - 410usize];
};
#[repr(C)]
#[derive(Copy, Clone)]
pub struct _specialization_cache {
    pub getitem: *mut PyObject,
    pub getitem_version: u32,
    pub init: *mut PyObject,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of _specialization_cache",
    ][::core::mem::size_of::<_specialization_cache>() - 24usize];
    [
        "Alignment of _specialization_cache",
    ][::core::mem::align_of::<_specialization_cache>() - 8usize];
    [
        "Offset of field: _specialization_cache::getitem",
    ][::core::mem::offset_of!(_specialization_cache, getitem) - 0usize];
    [
        "Offset of field: _specialization_cache::getitem_version",
    ][::core::mem::offset_of!(_specialization_cache, getitem_version) - 8usize];
    [
        "Offset of field: _specialization_cache::init",
    ][::core::mem::offset_of!(_specialization_cache, init) - 16usize];
};
#[repr(C)]
pub struct _heaptypeobject {
    pub ht_type: PyTypeObject,
    pub as_async: PyAsyncMethods,
    pub as_number: PyNumberMethods,
    pub as_mapping: PyMappingMethods,
    pub as_sequence: PySequenceMethods,
    pub as_buffer: PyBufferProcs,
    pub ht_name: *mut PyObject,
    pub ht_slots: *mut PyObject,
    pub ht_qualname: *mut PyObject,
    pub ht_cached_keys: *mut _dictkeysobject,
    pub ht_module: *mut PyObject,
    pub _ht_tpname: *mut core::ffi::c_char,
    pub ht_token: *mut core::ffi::c_void,
    pub _spec_cache: _specialization_cache,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of _heaptypeobject"][::core::mem::size_of::<_heaptypeobject>() - 936usize];
    [
        "Alignment of _heaptypeobject",
    ][::core::mem::align_of::<_heaptypeobject>() - 8usize];
    [
        "Offset of field: _heaptypeobject::ht_type",
    ][::core::mem::offset_of!(_heaptypeobject, ht_type) - 0usize];
    [
        "Offset of field: _heaptypeobject::as_async",
    ][::core::mem::offset_of!(_heaptypeobject, as_async) - 416usize];
    [
        "Offset of field: _heaptypeobject::as_number",
    ][::core::mem::offset_of!(_heaptypeobject, as_number) - 448usize];
    [
        "Offset of field: _heaptypeobject::as_mapping",
    ][::core::mem::offset_of!(_heaptypeobject, as_mapping) - 736usize];
    [
        "Offset of field: _heaptypeobject::as_sequence",
    ][::core::mem::offset_of!(_heaptypeobject, as_sequence) - 760usize];
    [
        "Offset of field: _heaptypeobject::as_buffer",
    ][::core::mem::offset_of!(_heaptypeobject, as_buffer) - 840usize];
    [
        "Offset of field: _heaptypeobject::ht_name",
    ][::core::mem::offset_of!(_heaptypeobject, ht_name) - 856usize];
    [
        "Offset of field: _heaptypeobject::ht_slots",
    ][::core::mem::offset_of!(_heaptypeobject, ht_slots) - 864usize];
    [
        "Offset of field: _heaptypeobject::ht_qualname",
    ][::core::mem::offset_of!(_heaptypeobject, ht_qualname) - 872usize];
    [
        "Offset of field: _heaptypeobject::ht_cached_keys",
    ][::core::mem::offset_of!(_heaptypeobject, ht_cached_keys) - 880usize];
    [
        "Offset of field: _heaptypeobject::ht_module",
    ][::core::mem::offset_of!(_heaptypeobject, ht_module) - 888usize];
    [
        "Offset of field: _heaptypeobject::_ht_tpname",
    ][::core::mem::offset_of!(_heaptypeobject, _ht_tpname) - 896usize];
    [
        "Offset of field: _heaptypeobject::ht_token",
    ][::core::mem::offset_of!(_heaptypeobject, ht_token) - 904usize];
    [
        "Offset of field: _heaptypeobject::_spec_cache",
    ][::core::mem::offset_of!(_heaptypeobject, _spec_cache) - 912usize];
};
pub type PyHeapTypeObject = _heaptypeobject;
pub type PyType_WatchCallback = ::core::option::Option<
    unsafe extern "C" fn(arg1: *mut PyTypeObject) -> core::ffi::c_int,
>;
pub type PyRefTracerEvent = core::ffi::c_uint;
pub type PyRefTracer = ::core::option::Option<
    unsafe extern "C" fn(
        arg1: *mut PyObject,
        event: PyRefTracerEvent,
        arg2: *mut core::ffi::c_void,
    ) -> core::ffi::c_int,
>;
#[repr(C)]
#[derive(Copy, Clone)]
pub struct PyObjectArenaAllocator {
    pub ctx: *mut core::ffi::c_void,
    pub alloc: ::core::option::Option<
        unsafe extern "C" fn(
            ctx: *mut core::ffi::c_void,
            size: usize,
        ) -> *mut core::ffi::c_void,
    >,
    pub free: ::core::option::Option<
        unsafe extern "C" fn(
            ctx: *mut core::ffi::c_void,
            ptr: *mut core::ffi::c_void,
            size: usize,
        ),
    >,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of PyObjectArenaAllocator",
    ][::core::mem::size_of::<PyObjectArenaAllocator>() - 24usize];
    [
        "Alignment of PyObjectArenaAllocator",
    ][::core::mem::align_of::<PyObjectArenaAllocator>() - 8usize];
    [
        "Offset of field: PyObjectArenaAllocator::ctx",
    ][::core::mem::offset_of!(PyObjectArenaAllocator, ctx) - 0usize];
    [
        "Offset of field: PyObjectArenaAllocator::alloc",
    ][::core::mem::offset_of!(PyObjectArenaAllocator, alloc) - 8usize];
    [
        "Offset of field: PyObjectArenaAllocator::free",
    ][::core::mem::offset_of!(PyObjectArenaAllocator, free) - 16usize];
};
pub type gcvisitobjects_t = ::core::option::Option<
    unsafe extern "C" fn(
        arg1: *mut PyObject,
        arg2: *mut core::ffi::c_void,
    ) -> core::ffi::c_int,
>;
#[repr(C)]
#[derive(Copy, Clone)]
pub struct PyHash_FuncDef {
    pub hash: ::core::option::Option<
        unsafe extern "C" fn(
            arg1: *const core::ffi::c_void,
            arg2: Py_ssize_t,
        ) -> Py_hash_t,
    >,
    pub name: *const core::ffi::c_char,
    pub hash_bits: core::ffi::c_int,
    pub seed_bits: core::ffi::c_int,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyHash_FuncDef"][::core::mem::size_of::<PyHash_FuncDef>() - 24usize];
    ["Alignment of PyHash_FuncDef"][::core::mem::align_of::<PyHash_FuncDef>() - 8usize];
    [
        "Offset of field: PyHash_FuncDef::hash",
    ][::core::mem::offset_of!(PyHash_FuncDef, hash) - 0usize];
    [
        "Offset of field: PyHash_FuncDef::name",
    ][::core::mem::offset_of!(PyHash_FuncDef, name) - 8usize];
    [
        "Offset of field: PyHash_FuncDef::hash_bits",
    ][::core::mem::offset_of!(PyHash_FuncDef, hash_bits) - 16usize];
    [
        "Offset of field: PyHash_FuncDef::seed_bits",
    ][::core::mem::offset_of!(PyHash_FuncDef, seed_bits) - 20usize];
};
#[repr(C)]
pub struct PyByteArrayObject {
    pub ob_base: PyVarObject,
    pub ob_alloc: Py_ssize_t,
    pub ob_bytes: *mut core::ffi::c_char,
    pub ob_start: *mut core::ffi::c_char,
    pub ob_exports: Py_ssize_t,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyByteArrayObject"][::core::mem::size_of::<PyByteArrayObject>() - 56usize];
    [
        "Alignment of PyByteArrayObject",
    ][::core::mem::align_of::<PyByteArrayObject>() - 8usize];
    [
        "Offset of field: PyByteArrayObject::ob_base",
    ][::core::mem::offset_of!(PyByteArrayObject, ob_base) - 0usize];
    [
        "Offset of field: PyByteArrayObject::ob_alloc",
    ][::core::mem::offset_of!(PyByteArrayObject, ob_alloc) - 24usize];
    [
        "Offset of field: PyByteArrayObject::ob_bytes",
    ][::core::mem::offset_of!(PyByteArrayObject, ob_bytes) - 32usize];
    [
        "Offset of field: PyByteArrayObject::ob_start",
    ][::core::mem::offset_of!(PyByteArrayObject, ob_start) - 40usize];
    [
        "Offset of field: PyByteArrayObject::ob_exports",
    ][::core::mem::offset_of!(PyByteArrayObject, ob_exports) - 48usize];
};
#[repr(C)]
pub struct PyBytesObject {
    pub ob_base: PyVarObject,
    pub ob_shash: Py_hash_t,
    pub ob_sval: [core::ffi::c_char; 1usize],
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyBytesObject"][::core::mem::size_of::<PyBytesObject>() - 40usize];
    ["Alignment of PyBytesObject"][::core::mem::align_of::<PyBytesObject>() - 8usize];
    [
        "Offset of field: PyBytesObject::ob_base",
    ][::core::mem::offset_of!(PyBytesObject, ob_base) - 0usize];
    [
        "Offset of field: PyBytesObject::ob_shash",
    ][::core::mem::offset_of!(PyBytesObject, ob_shash) - 24usize];
    [
        "Offset of field: PyBytesObject::ob_sval",
    ][::core::mem::offset_of!(PyBytesObject, ob_sval) - 32usize];
};
pub type Py_UCS4 = u32;
pub type Py_UCS2 = u16;
pub type Py_UCS1 = u8;
pub type PY_UNICODE_TYPE = wchar_t;
pub type Py_UNICODE = wchar_t;
#[repr(C)]
pub struct PyASCIIObject {
    pub ob_base: PyObject,
    pub length: Py_ssize_t,
    pub hash: Py_hash_t,
    pub state: _PyUnicodeObject_state,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyASCIIObject"][::core::mem::size_of::<PyASCIIObject>() - 40usize];
    ["Alignment of PyASCIIObject"][::core::mem::align_of::<PyASCIIObject>() - 8usize];
    [
        "Offset of field: PyASCIIObject::ob_base",
    ][::core::mem::offset_of!(PyASCIIObject, ob_base) - 0usize];
    [
        "Offset of field: PyASCIIObject::length",
    ][::core::mem::offset_of!(PyASCIIObject, length) - 16usize];
    [
        "Offset of field: PyASCIIObject::hash",
    ][::core::mem::offset_of!(PyASCIIObject, hash) - 24usize];
    [
        "Offset of field: PyASCIIObject::state",
    ][::core::mem::offset_of!(PyASCIIObject, state) - 32usize];
};
#[repr(C)]
pub struct PyCompactUnicodeObject {
    pub _base: PyASCIIObject,
    pub utf8_length: Py_ssize_t,
    pub utf8: *mut core::ffi::c_char,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of PyCompactUnicodeObject",
    ][::core::mem::size_of::<PyCompactUnicodeObject>() - 56usize];
    [
        "Alignment of PyCompactUnicodeObject",
    ][::core::mem::align_of::<PyCompactUnicodeObject>() - 8usize];
    [
        "Offset of field: PyCompactUnicodeObject::_base",
    ][::core::mem::offset_of!(PyCompactUnicodeObject, _base) - 0usize];
    [
        "Offset of field: PyCompactUnicodeObject::utf8_length",
    ][::core::mem::offset_of!(PyCompactUnicodeObject, utf8_length) - 40usize];
    [
        "Offset of field: PyCompactUnicodeObject::utf8",
    ][::core::mem::offset_of!(PyCompactUnicodeObject, utf8) - 48usize];
};
#[repr(C)]
pub struct PyUnicodeObject {
    pub _base: PyCompactUnicodeObject,
    pub data: PyUnicodeObject__bindgen_ty_1,
}
#[repr(C)]
#[derive(Copy, Clone)]
pub union PyUnicodeObject__bindgen_ty_1 {
    pub any: *mut core::ffi::c_void,
    pub latin1: *mut Py_UCS1,
    pub ucs2: *mut Py_UCS2,
    pub ucs4: *mut Py_UCS4,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of PyUnicodeObject__bindgen_ty_1",
    ][::core::mem::size_of::<PyUnicodeObject__bindgen_ty_1>() - 8usize];
    [
        "Alignment of PyUnicodeObject__bindgen_ty_1",
    ][::core::mem::align_of::<PyUnicodeObject__bindgen_ty_1>() - 8usize];
    [
        "Offset of field: PyUnicodeObject__bindgen_ty_1::any",
    ][::core::mem::offset_of!(PyUnicodeObject__bindgen_ty_1, any) - 0usize];
    [
        "Offset of field: PyUnicodeObject__bindgen_ty_1::latin1",
    ][::core::mem::offset_of!(PyUnicodeObject__bindgen_ty_1, latin1) - 0usize];
    [
        "Offset of field: PyUnicodeObject__bindgen_ty_1::ucs2",
    ][::core::mem::offset_of!(PyUnicodeObject__bindgen_ty_1, ucs2) - 0usize];
    [
        "Offset of field: PyUnicodeObject__bindgen_ty_1::ucs4",
    ][::core::mem::offset_of!(PyUnicodeObject__bindgen_ty_1, ucs4) - 0usize];
};
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyUnicodeObject"][::core::mem::size_of::<PyUnicodeObject>() - 64usize];
    [
        "Alignment of PyUnicodeObject",
    ][::core::mem::align_of::<PyUnicodeObject>() - 8usize];
    [
        "Offset of field: PyUnicodeObject::_base",
    ][::core::mem::offset_of!(PyUnicodeObject, _base) - 0usize];
    [
        "Offset of field: PyUnicodeObject::data",
    ][::core::mem::offset_of!(PyUnicodeObject, data) - 56usize];
};
pub type PyUnicode_Kind = core::ffi::c_uint;
#[repr(C)]
#[derive(Copy, Clone)]
pub struct PyUnicodeWriter {
    _unused: [u8; 0],
}
#[repr(C)]
#[derive(Copy, Clone)]
pub struct _PyUnicodeWriter {
    pub buffer: *mut PyObject,
    pub data: *mut core::ffi::c_void,
    pub kind: core::ffi::c_int,
    pub maxchar: Py_UCS4,
    pub size: Py_ssize_t,
    pub pos: Py_ssize_t,
    pub min_length: Py_ssize_t,
    pub min_char: Py_UCS4,
    pub overallocate: core::ffi::c_uchar,
    pub readonly: core::ffi::c_uchar,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of _PyUnicodeWriter"][::core::mem::size_of::<_PyUnicodeWriter>() - 56usize];
    [
        "Alignment of _PyUnicodeWriter",
    ][::core::mem::align_of::<_PyUnicodeWriter>() - 8usize];
    [
        "Offset of field: _PyUnicodeWriter::buffer",
    ][::core::mem::offset_of!(_PyUnicodeWriter, buffer) - 0usize];
    [
        "Offset of field: _PyUnicodeWriter::data",
    ][::core::mem::offset_of!(_PyUnicodeWriter, data) - 8usize];
    [
        "Offset of field: _PyUnicodeWriter::kind",
    ][::core::mem::offset_of!(_PyUnicodeWriter, kind) - 16usize];
    [
        "Offset of field: _PyUnicodeWriter::maxchar",
    ][::core::mem::offset_of!(_PyUnicodeWriter, maxchar) - 20usize];
    [
        "Offset of field: _PyUnicodeWriter::size",
    ][::core::mem::offset_of!(_PyUnicodeWriter, size) - 24usize];
    [
        "Offset of field: _PyUnicodeWriter::pos",
    ][::core::mem::offset_of!(_PyUnicodeWriter, pos) - 32usize];
    [
        "Offset of field: _PyUnicodeWriter::min_length",
    ][::core::mem::offset_of!(_PyUnicodeWriter, min_length) - 40usize];
    [
        "Offset of field: _PyUnicodeWriter::min_char",
    ][::core::mem::offset_of!(_PyUnicodeWriter, min_char) - 48usize];
    [
        "Offset of field: _PyUnicodeWriter::overallocate",
    ][::core::mem::offset_of!(_PyUnicodeWriter, overallocate) - 52usize];
    [
        "Offset of field: _PyUnicodeWriter::readonly",
    ][::core::mem::offset_of!(_PyUnicodeWriter, readonly) - 53usize];
};
#[repr(C)]
pub struct PyBaseExceptionObject {
    pub ob_base: PyObject,
    pub dict: *mut PyObject,
    pub args: *mut PyObject,
    pub notes: *mut PyObject,
    pub traceback: *mut PyObject,
    pub context: *mut PyObject,
    pub cause: *mut PyObject,
    pub suppress_context: core::ffi::c_char,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of PyBaseExceptionObject",
    ][::core::mem::size_of::<PyBaseExceptionObject>() - 72usize];
    [
        "Alignment of PyBaseExceptionObject",
    ][::core::mem::align_of::<PyBaseExceptionObject>() - 8usize];
    [
        "Offset of field: PyBaseExceptionObject::ob_base",
    ][::core::mem::offset_of!(PyBaseExceptionObject, ob_base) - 0usize];
    [
        "Offset of field: PyBaseExceptionObject::dict",
    ][::core::mem::offset_of!(PyBaseExceptionObject, dict) - 16usize];
    [
        "Offset of field: PyBaseExceptionObject::args",
    ][::core::mem::offset_of!(PyBaseExceptionObject, args) - 24usize];
    [
        "Offset of field: PyBaseExceptionObject::notes",
    ][::core::mem::offset_of!(PyBaseExceptionObject, notes) - 32usize];
    [
        "Offset of field: PyBaseExceptionObject::traceback",
    ][::core::mem::offset_of!(PyBaseExceptionObject, traceback) - 40usize];
    [
        "Offset of field: PyBaseExceptionObject::context",
    ][::core::mem::offset_of!(PyBaseExceptionObject, context) - 48usize];
    [
        "Offset of field: PyBaseExceptionObject::cause",
    ][::core::mem::offset_of!(PyBaseExceptionObject, cause) - 56usize];
    [
        "Offset of field: PyBaseExceptionObject::suppress_context",
    ][::core::mem::offset_of!(PyBaseExceptionObject, suppress_context) - 64usize];
};
#[repr(C)]
pub struct PyBaseExceptionGroupObject {
    pub ob_base: PyObject,
    pub dict: *mut PyObject,
    pub args: *mut PyObject,
    pub notes: *mut PyObject,
    pub traceback: *mut PyObject,
    pub context: *mut PyObject,
    pub cause: *mut PyObject,
    pub suppress_context: core::ffi::c_char,
    pub msg: *mut PyObject,
    pub excs: *mut PyObject,
    pub excs_str: *mut PyObject,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of PyBaseExceptionGroupObject",
    ][::core::mem::size_of::<PyBaseExceptionGroupObject>() - 96usize];
    [
        "Alignment of PyBaseExceptionGroupObject",
    ][::core::mem::align_of::<PyBaseExceptionGroupObject>() - 8usize];
    [
        "Offset of field: PyBaseExceptionGroupObject::ob_base",
    ][::core::mem::offset_of!(PyBaseExceptionGroupObject, ob_base) - 0usize];
    [
        "Offset of field: PyBaseExceptionGroupObject::dict",
    ][::core::mem::offset_of!(PyBaseExceptionGroupObject, dict) - 16usize];
    [
        "Offset of field: PyBaseExceptionGroupObject::args",
    ][::core::mem::offset_of!(PyBaseExceptionGroupObject, args) - 24usize];
    [
        "Offset of field: PyBaseExceptionGroupObject::notes",
    ][::core::mem::offset_of!(PyBaseExceptionGroupObject, notes) - 32usize];
    [
        "Offset of field: PyBaseExceptionGroupObject::traceback",
    ][::core::mem::offset_of!(PyBaseExceptionGroupObject, traceback) - 40usize];
    [
        "Offset of field: PyBaseExceptionGroupObject::context",
    ][::core::mem::offset_of!(PyBaseExceptionGroupObject, context) - 48usize];
    [
        "Offset of field: PyBaseExceptionGroupObject::cause",
    ][::core::mem::offset_of!(PyBaseExceptionGroupObject, cause) - 56usize];
    [
        "Offset of field: PyBaseExceptionGroupObject::suppress_context",
    ][::core::mem::offset_of!(PyBaseExceptionGroupObject, suppress_context) - 64usize];
    [
        "Offset of field: PyBaseExceptionGroupObject::msg",
    ][::core::mem::offset_of!(PyBaseExceptionGroupObject, msg) - 72usize];
    [
        "Offset of field: PyBaseExceptionGroupObject::excs",
    ][::core::mem::offset_of!(PyBaseExceptionGroupObject, excs) - 80usize];
    [
        "Offset of field: PyBaseExceptionGroupObject::excs_str",
    ][::core::mem::offset_of!(PyBaseExceptionGroupObject, excs_str) - 88usize];
};
#[repr(C)]
pub struct PySyntaxErrorObject {
    pub ob_base: PyObject,
    pub dict: *mut PyObject,
    pub args: *mut PyObject,
    pub notes: *mut PyObject,
    pub traceback: *mut PyObject,
    pub context: *mut PyObject,
    pub cause: *mut PyObject,
    pub suppress_context: core::ffi::c_char,
    pub msg: *mut PyObject,
    pub filename: *mut PyObject,
    pub lineno: *mut PyObject,
    pub offset: *mut PyObject,
    pub end_lineno: *mut PyObject,
    pub end_offset: *mut PyObject,
    pub text: *mut PyObject,
    pub print_file_and_line: *mut PyObject,
    pub metadata: *mut PyObject,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of PySyntaxErrorObject",
    ][::core::mem::size_of::<PySyntaxErrorObject>() - 144usize];
    [
        "Alignment of PySyntaxErrorObject",
    ][::core::mem::align_of::<PySyntaxErrorObject>() - 8usize];
    [
        "Offset of field: PySyntaxErrorObject::ob_base",
    ][::core::mem::offset_of!(PySyntaxErrorObject, ob_base) - 0usize];
    [
        "Offset of field: PySyntaxErrorObject::dict",
    ][::core::mem::offset_of!(PySyntaxErrorObject, dict) - 16usize];
    [
        "Offset of field: PySyntaxErrorObject::args",
    ][::core::mem::offset_of!(PySyntaxErrorObject, args) - 24usize];
    [
        "Offset of field: PySyntaxErrorObject::notes",
    ][::core::mem::offset_of!(PySyntaxErrorObject, notes) - 32usize];
    [
        "Offset of field: PySyntaxErrorObject::traceback",
    ][::core::mem::offset_of!(PySyntaxErrorObject, traceback) - 40usize];
    [
        "Offset of field: PySyntaxErrorObject::context",
    ][::core::mem::offset_of!(PySyntaxErrorObject, context) - 48usize];
    [
        "Offset of field: PySyntaxErrorObject::cause",
    ][::core::mem::offset_of!(PySyntaxErrorObject, cause) - 56usize];
    [
        "Offset of field: PySyntaxErrorObject::suppress_context",
    ][::core::mem::offset_of!(PySyntaxErrorObject, suppress_context) - 64usize];
    [
        "Offset of field: PySyntaxErrorObject::msg",
    ][::core::mem::offset_of!(PySyntaxErrorObject, msg) - 72usize];
    [
        "Offset of field: PySyntaxErrorObject::filename",
    ][::core::mem::offset_of!(PySyntaxErrorObject, filename) - 80usize];
    [
        "Offset of field: PySyntaxErrorObject::lineno",
    ][::core::mem::offset_of!(PySyntaxErrorObject, lineno) - 88usize];
    [
        "Offset of field: PySyntaxErrorObject::offset",
    ][::core::mem::offset_of!(PySyntaxErrorObject, offset) - 96usize];
    [
        "Offset of field: PySyntaxErrorObject::end_lineno",
    ][::core::mem::offset_of!(PySyntaxErrorObject, end_lineno) - 104usize];
    [
        "Offset of field: PySyntaxErrorObject::end_offset",
    ][::core::mem::offset_of!(PySyntaxErrorObject, end_offset) - 112usize];
    [
        "Offset of field: PySyntaxErrorObject::text",
    ][::core::mem::offset_of!(PySyntaxErrorObject, text) - 120usize];
    [
        "Offset of field: PySyntaxErrorObject::print_file_and_line",
    ][::core::mem::offset_of!(PySyntaxErrorObject, print_file_and_line) - 128usize];
    [
        "Offset of field: PySyntaxErrorObject::metadata",
    ][::core::mem::offset_of!(PySyntaxErrorObject, metadata) - 136usize];
};
#[repr(C)]
pub struct PyImportErrorObject {
    pub ob_base: PyObject,
    pub dict: *mut PyObject,
    pub args: *mut PyObject,
    pub notes: *mut PyObject,
    pub traceback: *mut PyObject,
    pub context: *mut PyObject,
    pub cause: *mut PyObject,
    pub suppress_context: core::ffi::c_char,
    pub msg: *mut PyObject,
    pub name: *mut PyObject,
    pub path: *mut PyObject,
    pub name_from: *mut PyObject,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of PyImportErrorObject",
    ][::core::mem::size_of::<PyImportErrorObject>() - 104usize];
    [
        "Alignment of PyImportErrorObject",
    ][::core::mem::align_of::<PyImportErrorObject>() - 8usize];
    [
        "Offset of field: PyImportErrorObject::ob_base",
    ][::core::mem::offset_of!(PyImportErrorObject, ob_base) - 0usize];
    [
        "Offset of field: PyImportErrorObject::dict",
    ][::core::mem::offset_of!(PyImportErrorObject, dict) - 16usize];
    [
        "Offset of field: PyImportErrorObject::args",
    ][::core::mem::offset_of!(PyImportErrorObject, args) - 24usize];
    [
        "Offset of field: PyImportErrorObject::notes",
    ][::core::mem::offset_of!(PyImportErrorObject, notes) - 32usize];
    [
        "Offset of field: PyImportErrorObject::traceback",
    ][::core::mem::offset_of!(PyImportErrorObject, traceback) - 40usize];
    [
        "Offset of field: PyImportErrorObject::context",
    ][::core::mem::offset_of!(PyImportErrorObject, context) - 48usize];
    [
        "Offset of field: PyImportErrorObject::cause",
    ][::core::mem::offset_of!(PyImportErrorObject, cause) - 56usize];
    [
        "Offset of field: PyImportErrorObject::suppress_context",
    ][::core::mem::offset_of!(PyImportErrorObject, suppress_context) - 64usize];
    [
        "Offset of field: PyImportErrorObject::msg",
    ][::core::mem::offset_of!(PyImportErrorObject, msg) - 72usize];
    [
        "Offset of field: PyImportErrorObject::name",
    ][::core::mem::offset_of!(PyImportErrorObject, name) - 80usize];
    [
        "Offset of field: PyImportErrorObject::path",
    ][::core::mem::offset_of!(PyImportErrorObject, path) - 88usize];
    [
        "Offset of field: PyImportErrorObject::name_from",
    ][::core::mem::offset_of!(PyImportErrorObject, name_from) - 96usize];
};
#[repr(C)]
pub struct PyUnicodeErrorObject {
    pub ob_base: PyObject,
    pub dict: *mut PyObject,
    pub args: *mut PyObject,
    pub notes: *mut PyObject,
    pub traceback: *mut PyObject,
    pub context: *mut PyObject,
    pub cause: *mut PyObject,
    pub suppress_context: core::ffi::c_char,
    pub encoding: *mut PyObject,
    pub object: *mut PyObject,
    pub start: Py_ssize_t,
    pub end: Py_ssize_t,
    pub reason: *mut PyObject,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of PyUnicodeErrorObject",
    ][::core::mem::size_of::<PyUnicodeErrorObject>() - 112usize];
    [
        "Alignment of PyUnicodeErrorObject",
    ][::core::mem::align_of::<PyUnicodeErrorObject>() - 8usize];
    [
        "Offset of field: PyUnicodeErrorObject::ob_base",
    ][::core::mem::offset_of!(PyUnicodeErrorObject, ob_base) - 0usize];
    [
        "Offset of field: PyUnicodeErrorObject::dict",
    ][::core::mem::offset_of!(PyUnicodeErrorObject, dict) - 16usize];
    [
        "Offset of field: PyUnicodeErrorObject::args",
    ][::core::mem::offset_of!(PyUnicodeErrorObject, args) - 24usize];
    [
        "Offset of field: PyUnicodeErrorObject::notes",
    ][::core::mem::offset_of!(PyUnicodeErrorObject, notes) - 32usize];
    [
        "Offset of field: PyUnicodeErrorObject::traceback",
    ][::core::mem::offset_of!(PyUnicodeErrorObject, traceback) - 40usize];
    [
        "Offset of field: PyUnicodeErrorObject::context",
    ][::core::mem::offset_of!(PyUnicodeErrorObject, context) - 48usize];
    [
        "Offset of field: PyUnicodeErrorObject::cause",
    ][::core::mem::offset_of!(PyUnicodeErrorObject, cause) - 56usize];
    [
        "Offset of field: PyUnicodeErrorObject::suppress_context",
    ][::core::mem::offset_of!(PyUnicodeErrorObject, suppress_context) - 64usize];
    [
        "Offset of field: PyUnicodeErrorObject::encoding",
    ][::core::mem::offset_of!(PyUnicodeErrorObject, encoding) - 72usize];
    [
        "Offset of field: PyUnicodeErrorObject::object",
    ][::core::mem::offset_of!(PyUnicodeErrorObject, object) - 80usize];
    [
        "Offset of field: PyUnicodeErrorObject::start",
    ][::core::mem::offset_of!(PyUnicodeErrorObject, start) - 88usize];
    [
        "Offset of field: PyUnicodeErrorObject::end",
    ][::core::mem::offset_of!(PyUnicodeErrorObject, end) - 96usize];
    [
        "Offset of field: PyUnicodeErrorObject::reason",
    ][::core::mem::offset_of!(PyUnicodeErrorObject, reason) - 104usize];
};
#[repr(C)]
pub struct PySystemExitObject {
    pub ob_base: PyObject,
    pub dict: *mut PyObject,
    pub args: *mut PyObject,
    pub notes: *mut PyObject,
    pub traceback: *mut PyObject,
    pub context: *mut PyObject,
    pub cause: *mut PyObject,
    pub suppress_context: core::ffi::c_char,
    pub code: *mut PyObject,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of PySystemExitObject",
    ][::core::mem::size_of::<PySystemExitObject>() - 80usize];
    [
        "Alignment of PySystemExitObject",
    ][::core::mem::align_of::<PySystemExitObject>() - 8usize];
    [
        "Offset of field: PySystemExitObject::ob_base",
    ][::core::mem::offset_of!(PySystemExitObject, ob_base) - 0usize];
    [
        "Offset of field: PySystemExitObject::dict",
    ][::core::mem::offset_of!(PySystemExitObject, dict) - 16usize];
    [
        "Offset of field: PySystemExitObject::args",
    ][::core::mem::offset_of!(PySystemExitObject, args) - 24usize];
    [
        "Offset of field: PySystemExitObject::notes",
    ][::core::mem::offset_of!(PySystemExitObject, notes) - 32usize];
    [
        "Offset of field: PySystemExitObject::traceback",
    ][::core::mem::offset_of!(PySystemExitObject, traceback) - 40usize];
    [
        "Offset of field: PySystemExitObject::context",
    ][::core::mem::offset_of!(PySystemExitObject, context) - 48usize];
    [
        "Offset of field: PySystemExitObject::cause",
    ][::core::mem::offset_of!(PySystemExitObject, cause) - 56usize];
    [
        "Offset of field: PySystemExitObject::suppress_context",
    ][::core::mem::offset_of!(PySystemExitObject, suppress_context) - 64usize];
    [
        "Offset of field: PySystemExitObject::code",
    ][::core::mem::offset_of!(PySystemExitObject, code) - 72usize];
};
#[repr(C)]
pub struct PyOSErrorObject {
    pub ob_base: PyObject,
    pub dict: *mut PyObject,
    pub args: *mut PyObject,
    pub notes: *mut PyObject,
    pub traceback: *mut PyObject,
    pub context: *mut PyObject,
    pub cause: *mut PyObject,
    pub suppress_context: core::ffi::c_char,
    pub myerrno: *mut PyObject,
    pub strerror: *mut PyObject,
    pub filename: *mut PyObject,
    pub filename2: *mut PyObject,
    pub written: Py_ssize_t,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyOSErrorObject"][::core::mem::size_of::<PyOSErrorObject>() - 112usize];
    [
        "Alignment of PyOSErrorObject",
    ][::core::mem::align_of::<PyOSErrorObject>() - 8usize];
    [
        "Offset of field: PyOSErrorObject::ob_base",
    ][::core::mem::offset_of!(PyOSErrorObject, ob_base) - 0usize];
    [
        "Offset of field: PyOSErrorObject::dict",
    ][::core::mem::offset_of!(PyOSErrorObject, dict) - 16usize];
    [
        "Offset of field: PyOSErrorObject::args",
    ][::core::mem::offset_of!(PyOSErrorObject, args) - 24usize];
    [
        "Offset of field: PyOSErrorObject::notes",
    ][::core::mem::offset_of!(PyOSErrorObject, notes) - 32usize];
    [
        "Offset of field: PyOSErrorObject::traceback",
    ][::core::mem::offset_of!(PyOSErrorObject, traceback) - 40usize];
    [
        "Offset of field: PyOSErrorObject::context",
    ][::core::mem::offset_of!(PyOSErrorObject, context) - 48usize];
    [
        "Offset of field: PyOSErrorObject::cause",
    ][::core::mem::offset_of!(PyOSErrorObject, cause) - 56usize];
    [
        "Offset of field: PyOSErrorObject::suppress_context",
    ][::core::mem::offset_of!(PyOSErrorObject, suppress_context) - 64usize];
    [
        "Offset of field: PyOSErrorObject::myerrno",
    ][::core::mem::offset_of!(PyOSErrorObject, myerrno) - 72usize];
    [
        "Offset of field: PyOSErrorObject::strerror",
    ][::core::mem::offset_of!(PyOSErrorObject, strerror) - 80usize];
    [
        "Offset of field: PyOSErrorObject::filename",
    ][::core::mem::offset_of!(PyOSErrorObject, filename) - 88usize];
    [
        "Offset of field: PyOSErrorObject::filename2",
    ][::core::mem::offset_of!(PyOSErrorObject, filename2) - 96usize];
    [
        "Offset of field: PyOSErrorObject::written",
    ][::core::mem::offset_of!(PyOSErrorObject, written) - 104usize];
};
#[repr(C)]
pub struct PyStopIterationObject {
    pub ob_base: PyObject,
    pub dict: *mut PyObject,
    pub args: *mut PyObject,
    pub notes: *mut PyObject,
    pub traceback: *mut PyObject,
    pub context: *mut PyObject,
    pub cause: *mut PyObject,
    pub suppress_context: core::ffi::c_char,
    pub value: *mut PyObject,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of PyStopIterationObject",
    ][::core::mem::size_of::<PyStopIterationObject>() - 80usize];
    [
        "Alignment of PyStopIterationObject",
    ][::core::mem::align_of::<PyStopIterationObject>() - 8usize];
    [
        "Offset of field: PyStopIterationObject::ob_base",
    ][::core::mem::offset_of!(PyStopIterationObject, ob_base) - 0usize];
    [
        "Offset of field: PyStopIterationObject::dict",
    ][::core::mem::offset_of!(PyStopIterationObject, dict) - 16usize];
    [
        "Offset of field: PyStopIterationObject::args",
    ][::core::mem::offset_of!(PyStopIterationObject, args) - 24usize];
    [
        "Offset of field: PyStopIterationObject::notes",
    ][::core::mem::offset_of!(PyStopIterationObject, notes) - 32usize];
    [
        "Offset of field: PyStopIterationObject::traceback",
    ][::core::mem::offset_of!(PyStopIterationObject, traceback) - 40usize];
    [
        "Offset of field: PyStopIterationObject::context",
    ][::core::mem::offset_of!(PyStopIterationObject, context) - 48usize];
    [
        "Offset of field: PyStopIterationObject::cause",
    ][::core::mem::offset_of!(PyStopIterationObject, cause) - 56usize];
    [
        "Offset of field: PyStopIterationObject::suppress_context",
    ][::core::mem::offset_of!(PyStopIterationObject, suppress_context) - 64usize];
    [
        "Offset of field: PyStopIterationObject::value",
    ][::core::mem::offset_of!(PyStopIterationObject, value) - 72usize];
};
#[repr(C)]
pub struct PyNameErrorObject {
    pub ob_base: PyObject,
    pub dict: *mut PyObject,
    pub args: *mut PyObject,
    pub notes: *mut PyObject,
    pub traceback: *mut PyObject,
    pub context: *mut PyObject,
    pub cause: *mut PyObject,
    pub suppress_context: core::ffi::c_char,
    pub name: *mut PyObject,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyNameErrorObject"][::core::mem::size_of::<PyNameErrorObject>() - 80usize];
    [
        "Alignment of PyNameErrorObject",
    ][::core::mem::align_of::<PyNameErrorObject>() - 8usize];
    [
        "Offset of field: PyNameErrorObject::ob_base",
    ][::core::mem::offset_of!(PyNameErrorObject, ob_base) - 0usize];
    [
        "Offset of field: PyNameErrorObject::dict",
    ][::core::mem::offset_of!(PyNameErrorObject, dict) - 16usize];
    [
        "Offset of field: PyNameErrorObject::args",
    ][::core::mem::offset_of!(PyNameErrorObject, args) - 24usize];
    [
        "Offset of field: PyNameErrorObject::notes",
    ][::core::mem::offset_of!(PyNameErrorObject, notes) - 32usize];
    [
        "Offset of field: PyNameErrorObject::traceback",
    ][::core::mem::offset_of!(PyNameErrorObject, traceback) - 40usize];
    [
        "Offset of field: PyNameErrorObject::context",
    ][::core::mem::offset_of!(PyNameErrorObject, context) - 48usize];
    [
        "Offset of field: PyNameErrorObject::cause",
    ][::core::mem::offset_of!(PyNameErrorObject, cause) - 56usize];
    [
        "Offset of field: PyNameErrorObject::suppress_context",
    ][::core::mem::offset_of!(PyNameErrorObject, suppress_context) - 64usize];
    [
        "Offset of field: PyNameErrorObject::name",
    ][::core::mem::offset_of!(PyNameErrorObject, name) - 72usize];
};
#[repr(C)]
pub struct PyAttributeErrorObject {
    pub ob_base: PyObject,
    pub dict: *mut PyObject,
    pub args: *mut PyObject,
    pub notes: *mut PyObject,
    pub traceback: *mut PyObject,
    pub context: *mut PyObject,
    pub cause: *mut PyObject,
    pub suppress_context: core::ffi::c_char,
    pub obj: *mut PyObject,
    pub name: *mut PyObject,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of PyAttributeErrorObject",
    ][::core::mem::size_of::<PyAttributeErrorObject>() - 88usize];
    [
        "Alignment of PyAttributeErrorObject",
    ][::core::mem::align_of::<PyAttributeErrorObject>() - 8usize];
    [
        "Offset of field: PyAttributeErrorObject::ob_base",
    ][::core::mem::offset_of!(PyAttributeErrorObject, ob_base) - 0usize];
    [
        "Offset of field: PyAttributeErrorObject::dict",
    ][::core::mem::offset_of!(PyAttributeErrorObject, dict) - 16usize];
    [
        "Offset of field: PyAttributeErrorObject::args",
    ][::core::mem::offset_of!(PyAttributeErrorObject, args) - 24usize];
    [
        "Offset of field: PyAttributeErrorObject::notes",
    ][::core::mem::offset_of!(PyAttributeErrorObject, notes) - 32usize];
    [
        "Offset of field: PyAttributeErrorObject::traceback",
    ][::core::mem::offset_of!(PyAttributeErrorObject, traceback) - 40usize];
    [
        "Offset of field: PyAttributeErrorObject::context",
    ][::core::mem::offset_of!(PyAttributeErrorObject, context) - 48usize];
    [
        "Offset of field: PyAttributeErrorObject::cause",
    ][::core::mem::offset_of!(PyAttributeErrorObject, cause) - 56usize];
    [
        "Offset of field: PyAttributeErrorObject::suppress_context",
    ][::core::mem::offset_of!(PyAttributeErrorObject, suppress_context) - 64usize];
    [
        "Offset of field: PyAttributeErrorObject::obj",
    ][::core::mem::offset_of!(PyAttributeErrorObject, obj) - 72usize];
    [
        "Offset of field: PyAttributeErrorObject::name",
    ][::core::mem::offset_of!(PyAttributeErrorObject, name) - 80usize];
};
pub type PyEnvironmentErrorObject = PyOSErrorObject;
pub type digit = u32;
pub type sdigit = i32;
pub type twodigits = u64;
pub type stwodigits = i64;
#[repr(C)]
#[derive(Copy, Clone)]
pub struct _PyLongValue {
    pub lv_tag: usize,
    pub ob_digit: [digit; 1usize],
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of _PyLongValue"][::core::mem::size_of::<_PyLongValue>() - 16usize];
    ["Alignment of _PyLongValue"][::core::mem::align_of::<_PyLongValue>() - 8usize];
    [
        "Offset of field: _PyLongValue::lv_tag",
    ][::core::mem::offset_of!(_PyLongValue, lv_tag) - 0usize];
    [
        "Offset of field: _PyLongValue::ob_digit",
    ][::core::mem::offset_of!(_PyLongValue, ob_digit) - 8usize];
};
#[repr(C)]
pub struct _longobject {
    pub ob_base: PyObject,
    pub long_value: _PyLongValue,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of _longobject"][::core::mem::size_of::<_longobject>() - 32usize];
    ["Alignment of _longobject"][::core::mem::align_of::<_longobject>() - 8usize];
    [
        "Offset of field: _longobject::ob_base",
    ][::core::mem::offset_of!(_longobject, ob_base) - 0usize];
    [
        "Offset of field: _longobject::long_value",
    ][::core::mem::offset_of!(_longobject, long_value) - 16usize];
};
#[repr(C)]
#[derive(Copy, Clone)]
pub struct PyLongLayout {
    pub bits_per_digit: u8,
    pub digit_size: u8,
    pub digits_order: i8,
    pub digit_endianness: i8,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyLongLayout"][::core::mem::size_of::<PyLongLayout>() - 4usize];
    ["Alignment of PyLongLayout"][::core::mem::align_of::<PyLongLayout>() - 1usize];
    [
        "Offset of field: PyLongLayout::bits_per_digit",
    ][::core::mem::offset_of!(PyLongLayout, bits_per_digit) - 0usize];
    [
        "Offset of field: PyLongLayout::digit_size",
    ][::core::mem::offset_of!(PyLongLayout, digit_size) - 1usize];
    [
        "Offset of field: PyLongLayout::digits_order",
    ][::core::mem::offset_of!(PyLongLayout, digits_order) - 2usize];
    [
        "Offset of field: PyLongLayout::digit_endianness",
    ][::core::mem::offset_of!(PyLongLayout, digit_endianness) - 3usize];
};
#[repr(C)]
#[derive(Copy, Clone)]
pub struct PyLongExport {
    pub value: i64,
    pub negative: u8,
    pub ndigits: Py_ssize_t,
    pub digits: *const core::ffi::c_void,
    pub _reserved: Py_uintptr_t,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyLongExport"][::core::mem::size_of::<PyLongExport>() - 40usize];
    ["Alignment of PyLongExport"][::core::mem::align_of::<PyLongExport>() - 8usize];
    [
        "Offset of field: PyLongExport::value",
    ][::core::mem::offset_of!(PyLongExport, value) - 0usize];
    [
        "Offset of field: PyLongExport::negative",
    ][::core::mem::offset_of!(PyLongExport, negative) - 8usize];
    [
        "Offset of field: PyLongExport::ndigits",
    ][::core::mem::offset_of!(PyLongExport, ndigits) - 16usize];
    [
        "Offset of field: PyLongExport::digits",
    ][::core::mem::offset_of!(PyLongExport, digits) - 24usize];
    [
        "Offset of field: PyLongExport::_reserved",
    ][::core::mem::offset_of!(PyLongExport, _reserved) - 32usize];
};
#[repr(C)]
#[derive(Copy, Clone)]
pub struct PyLongWriter {
    _unused: [u8; 0],
}
#[repr(C)]
pub struct PyFloatObject {
    pub ob_base: PyObject,
    pub ob_fval: f64,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyFloatObject"][::core::mem::size_of::<PyFloatObject>() - 24usize];
    ["Alignment of PyFloatObject"][::core::mem::align_of::<PyFloatObject>() - 8usize];
    [
        "Offset of field: PyFloatObject::ob_base",
    ][::core::mem::offset_of!(PyFloatObject, ob_base) - 0usize];
    [
        "Offset of field: PyFloatObject::ob_fval",
    ][::core::mem::offset_of!(PyFloatObject, ob_fval) - 16usize];
};
#[repr(C)]
#[derive(Copy, Clone)]
pub struct Py_complex {
    pub real: f64,
    pub imag: f64,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of Py_complex"][::core::mem::size_of::<Py_complex>() - 16usize];
    ["Alignment of Py_complex"][::core::mem::align_of::<Py_complex>() - 8usize];
    [
        "Offset of field: Py_complex::real",
    ][::core::mem::offset_of!(Py_complex, real) - 0usize];
    [
        "Offset of field: Py_complex::imag",
    ][::core::mem::offset_of!(Py_complex, imag) - 8usize];
};
#[repr(C)]
pub struct PyComplexObject {
    pub ob_base: PyObject,
    pub cval: Py_complex,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyComplexObject"][::core::mem::size_of::<PyComplexObject>() - 32usize];
    [
        "Alignment of PyComplexObject",
    ][::core::mem::align_of::<PyComplexObject>() - 8usize];
    [
        "Offset of field: PyComplexObject::ob_base",
    ][::core::mem::offset_of!(PyComplexObject, ob_base) - 0usize];
    [
        "Offset of field: PyComplexObject::cval",
    ][::core::mem::offset_of!(PyComplexObject, cval) - 16usize];
};
#[repr(C)]
pub struct _PyManagedBufferObject {
    pub ob_base: PyObject,
    pub flags: core::ffi::c_int,
    pub exports: Py_ssize_t,
    pub master: Py_buffer,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of _PyManagedBufferObject",
    ][::core::mem::size_of::<_PyManagedBufferObject>() - 112usize];
    [
        "Alignment of _PyManagedBufferObject",
    ][::core::mem::align_of::<_PyManagedBufferObject>() - 8usize];
    [
        "Offset of field: _PyManagedBufferObject::ob_base",
    ][::core::mem::offset_of!(_PyManagedBufferObject, ob_base) - 0usize];
    [
        "Offset of field: _PyManagedBufferObject::flags",
    ][::core::mem::offset_of!(_PyManagedBufferObject, flags) - 16usize];
    [
        "Offset of field: _PyManagedBufferObject::exports",
    ][::core::mem::offset_of!(_PyManagedBufferObject, exports) - 24usize];
    [
        "Offset of field: _PyManagedBufferObject::master",
    ][::core::mem::offset_of!(_PyManagedBufferObject, master) - 32usize];
};
#[repr(C)]
pub struct PyMemoryViewObject {
    pub ob_base: PyVarObject,
    pub mbuf: *mut _PyManagedBufferObject,
    pub hash: Py_hash_t,
    pub flags: core::ffi::c_int,
    pub exports: Py_ssize_t,
    pub view: Py_buffer,
    pub weakreflist: *mut PyObject,
    pub ob_array: [Py_ssize_t; 1usize],
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of PyMemoryViewObject",
    ][::core::mem::size_of::<PyMemoryViewObject>() - 152usize];
    [
        "Alignment of PyMemoryViewObject",
    ][::core::mem::align_of::<PyMemoryViewObject>() - 8usize];
    [
        "Offset of field: PyMemoryViewObject::ob_base",
    ][::core::mem::offset_of!(PyMemoryViewObject, ob_base) - 0usize];
    [
        "Offset of field: PyMemoryViewObject::mbuf",
    ][::core::mem::offset_of!(PyMemoryViewObject, mbuf) - 24usize];
    [
        "Offset of field: PyMemoryViewObject::hash",
    ][::core::mem::offset_of!(PyMemoryViewObject, hash) - 32usize];
    [
        "Offset of field: PyMemoryViewObject::flags",
    ][::core::mem::offset_of!(PyMemoryViewObject, flags) - 40usize];
    [
        "Offset of field: PyMemoryViewObject::exports",
    ][::core::mem::offset_of!(PyMemoryViewObject, exports) - 48usize];
    [
        "Offset of field: PyMemoryViewObject::view",
    ][::core::mem::offset_of!(PyMemoryViewObject, view) - 56usize];
    [
        "Offset of field: PyMemoryViewObject::weakreflist",
    ][::core::mem::offset_of!(PyMemoryViewObject, weakreflist) - 136usize];
    [
        "Offset of field: PyMemoryViewObject::ob_array",
    ][::core::mem::offset_of!(PyMemoryViewObject, ob_array) - 144usize];
};
#[repr(C)]
pub struct PyTupleObject {
    pub ob_base: PyVarObject,
    pub ob_hash: Py_hash_t,
    pub ob_item: [*mut PyObject; 1usize],
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyTupleObject"][::core::mem::size_of::<PyTupleObject>() - 40usize];
    ["Alignment of PyTupleObject"][::core::mem::align_of::<PyTupleObject>() - 8usize];
    [
        "Offset of field: PyTupleObject::ob_base",
    ][::core::mem::offset_of!(PyTupleObject, ob_base) - 0usize];
    [
        "Offset of field: PyTupleObject::ob_hash",
    ][::core::mem::offset_of!(PyTupleObject, ob_hash) - 24usize];
    [
        "Offset of field: PyTupleObject::ob_item",
    ][::core::mem::offset_of!(PyTupleObject, ob_item) - 32usize];
};
#[repr(C)]
pub struct PyListObject {
    pub ob_base: PyVarObject,
    pub ob_item: *mut *mut PyObject,
    pub allocated: Py_ssize_t,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyListObject"][::core::mem::size_of::<PyListObject>() - 40usize];
    ["Alignment of PyListObject"][::core::mem::align_of::<PyListObject>() - 8usize];
    [
        "Offset of field: PyListObject::ob_base",
    ][::core::mem::offset_of!(PyListObject, ob_base) - 0usize];
    [
        "Offset of field: PyListObject::ob_item",
    ][::core::mem::offset_of!(PyListObject, ob_item) - 24usize];
    [
        "Offset of field: PyListObject::allocated",
    ][::core::mem::offset_of!(PyListObject, allocated) - 32usize];
};
pub type PyDictKeysObject = _dictkeysobject;
#[repr(C)]
#[derive(Copy, Clone)]
pub struct _dictvalues {
    _unused: [u8; 0],
}
pub type PyDictValues = _dictvalues;
#[repr(C)]
pub struct PyDictObject {
    pub ob_base: PyObject,
    pub ma_used: Py_ssize_t,
    pub _ma_watcher_tag: u64,
    pub ma_keys: *mut PyDictKeysObject,
    pub ma_values: *mut PyDictValues,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyDictObject"][::core::mem::size_of::<PyDictObject>() - 48usize];
    ["Alignment of PyDictObject"][::core::mem::align_of::<PyDictObject>() - 8usize];
    [
        "Offset of field: PyDictObject::ob_base",
    ][::core::mem::offset_of!(PyDictObject, ob_base) - 0usize];
    [
        "Offset of field: PyDictObject::ma_used",
    ][::core::mem::offset_of!(PyDictObject, ma_used) - 16usize];
    [
        "Offset of field: PyDictObject::_ma_watcher_tag",
    ][::core::mem::offset_of!(PyDictObject, _ma_watcher_tag) - 24usize];
    [
        "Offset of field: PyDictObject::ma_keys",
    ][::core::mem::offset_of!(PyDictObject, ma_keys) - 32usize];
    [
        "Offset of field: PyDictObject::ma_values",
    ][::core::mem::offset_of!(PyDictObject, ma_values) - 40usize];
};
pub type PyDict_WatchEvent = core::ffi::c_uint;
pub type PyDict_WatchCallback = ::core::option::Option<
    unsafe extern "C" fn(
        event: PyDict_WatchEvent,
        dict: *mut PyObject,
        key: *mut PyObject,
        new_value: *mut PyObject,
    ) -> core::ffi::c_int,
>;
#[repr(C)]
#[derive(Copy, Clone)]
pub struct _odictobject {
    _unused: [u8; 0],
}
pub type PyODictObject = _odictobject;
#[repr(C)]
#[derive(Copy, Clone)]
pub struct setentry {
    pub key: *mut PyObject,
    pub hash: Py_hash_t,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of setentry"][::core::mem::size_of::<setentry>() - 16usize];
    ["Alignment of setentry"][::core::mem::align_of::<setentry>() - 8usize];
    ["Offset of field: setentry::key"][::core::mem::offset_of!(setentry, key) - 0usize];
    [
        "Offset of field: setentry::hash",
    ][::core::mem::offset_of!(setentry, hash) - 8usize];
};
#[repr(C)]
pub struct PySetObject {
    pub ob_base: PyObject,
    pub fill: Py_ssize_t,
    pub used: Py_ssize_t,
    pub mask: Py_ssize_t,
    pub table: *mut setentry,
    pub hash: Py_hash_t,
    pub finger: Py_ssize_t,
    pub smalltable: [setentry; 8usize],
    pub weakreflist: *mut PyObject,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PySetObject"][::core::mem::size_of::<PySetObject>() - 200usize];
    ["Alignment of PySetObject"][::core::mem::align_of::<PySetObject>() - 8usize];
    [
        "Offset of field: PySetObject::ob_base",
    ][::core::mem::offset_of!(PySetObject, ob_base) - 0usize];
    [
        "Offset of field: PySetObject::fill",
    ][::core::mem::offset_of!(PySetObject, fill) - 16usize];
    [
        "Offset of field: PySetObject::used",
    ][::core::mem::offset_of!(PySetObject, used) - 24usize];
    [
        "Offset of field: PySetObject::mask",
    ][::core::mem::offset_of!(PySetObject, mask) - 32usize];
    [
        "Offset of field: PySetObject::table",
    ][::core::mem::offset_of!(PySetObject, table) - 40usize];
    [
        "Offset of field: PySetObject::hash",
    ][::core::mem::offset_of!(PySetObject, hash) - 48usize];
    [
        "Offset of field: PySetObject::finger",
    ][::core::mem::offset_of!(PySetObject, finger) - 56usize];
    [
        "Offset of field: PySetObject::smalltable",
    ][::core::mem::offset_of!(PySetObject, smalltable) - 64usize];
    [
        "Offset of field: PySetObject::weakreflist",
    ][::core::mem::offset_of!(PySetObject, weakreflist) - 192usize];
};
pub type PyCFunction = ::core::option::Option<
    unsafe extern "C" fn(self_: *mut PyObject, args: *mut PyObject) -> *mut PyObject,
>;
pub type PyCFunctionWithKeywords = ::core::option::Option<
    unsafe extern "C" fn(
        self_: *mut PyObject,
        args: *mut PyObject,
        kwargs: *mut PyObject,
    ) -> *mut PyObject,
>;
pub type PyCFunctionFast = ::core::option::Option<
    unsafe extern "C" fn(
        self_: *mut PyObject,
        args: *const *mut PyObject,
        nargs: Py_ssize_t,
    ) -> *mut PyObject,
>;
pub type PyCFunctionFastWithKeywords = ::core::option::Option<
    unsafe extern "C" fn(
        self_: *mut PyObject,
        args: *const *mut PyObject,
        nargs: Py_ssize_t,
        kwnames: *mut PyObject,
    ) -> *mut PyObject,
>;
pub type PyCMethod = ::core::option::Option<
    unsafe extern "C" fn(
        self_: *mut PyObject,
        defining_class: *mut PyTypeObject,
        args: *const *mut PyObject,
        nargsf: usize,
        kwnames: *mut PyObject,
    ) -> *mut PyObject,
>;
pub type _PyCFunctionFast = PyCFunctionFast;
pub type _PyCFunctionFastWithKeywords = PyCFunctionFastWithKeywords;
#[repr(C)]
#[derive(Copy, Clone)]
pub struct PyMethodDef {
    pub ml_name: *const core::ffi::c_char,
    pub ml_meth: PyCFunction,
    pub ml_flags: core::ffi::c_int,
    pub ml_doc: *const core::ffi::c_char,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyMethodDef"][::core::mem::size_of::<PyMethodDef>() - 32usize];
    ["Alignment of PyMethodDef"][::core::mem::align_of::<PyMethodDef>() - 8usize];
    [
        "Offset of field: PyMethodDef::ml_name",
    ][::core::mem::offset_of!(PyMethodDef, ml_name) - 0usize];
    [
        "Offset of field: PyMethodDef::ml_meth",
    ][::core::mem::offset_of!(PyMethodDef, ml_meth) - 8usize];
    [
        "Offset of field: PyMethodDef::ml_flags",
    ][::core::mem::offset_of!(PyMethodDef, ml_flags) - 16usize];
    [
        "Offset of field: PyMethodDef::ml_doc",
    ][::core::mem::offset_of!(PyMethodDef, ml_doc) - 24usize];
};
#[repr(C)]
pub struct PyCFunctionObject {
    pub ob_base: PyObject,
    pub m_ml: *mut PyMethodDef,
    pub m_self: *mut PyObject,
    pub m_module: *mut PyObject,
    pub m_weakreflist: *mut PyObject,
    pub vectorcall: vectorcallfunc,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyCFunctionObject"][::core::mem::size_of::<PyCFunctionObject>() - 56usize];
    [
        "Alignment of PyCFunctionObject",
    ][::core::mem::align_of::<PyCFunctionObject>() - 8usize];
    [
        "Offset of field: PyCFunctionObject::ob_base",
    ][::core::mem::offset_of!(PyCFunctionObject, ob_base) - 0usize];
    [
        "Offset of field: PyCFunctionObject::m_ml",
    ][::core::mem::offset_of!(PyCFunctionObject, m_ml) - 16usize];
    [
        "Offset of field: PyCFunctionObject::m_self",
    ][::core::mem::offset_of!(PyCFunctionObject, m_self) - 24usize];
    [
        "Offset of field: PyCFunctionObject::m_module",
    ][::core::mem::offset_of!(PyCFunctionObject, m_module) - 32usize];
    [
        "Offset of field: PyCFunctionObject::m_weakreflist",
    ][::core::mem::offset_of!(PyCFunctionObject, m_weakreflist) - 40usize];
    [
        "Offset of field: PyCFunctionObject::vectorcall",
    ][::core::mem::offset_of!(PyCFunctionObject, vectorcall) - 48usize];
};
#[repr(C)]
pub struct PyCMethodObject {
    pub func: PyCFunctionObject,
    pub mm_class: *mut PyTypeObject,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyCMethodObject"][::core::mem::size_of::<PyCMethodObject>() - 64usize];
    [
        "Alignment of PyCMethodObject",
    ][::core::mem::align_of::<PyCMethodObject>() - 8usize];
    [
        "Offset of field: PyCMethodObject::func",
    ][::core::mem::offset_of!(PyCMethodObject, func) - 0usize];
    [
        "Offset of field: PyCMethodObject::mm_class",
    ][::core::mem::offset_of!(PyCMethodObject, mm_class) - 56usize];
};
#[repr(C)]
pub struct PyModuleDef_Base {
    pub ob_base: PyObject,
    pub m_init: ::core::option::Option<unsafe extern "C" fn() -> *mut PyObject>,
    pub m_index: Py_ssize_t,
    pub m_copy: *mut PyObject,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyModuleDef_Base"][::core::mem::size_of::<PyModuleDef_Base>() - 40usize];
    [
        "Alignment of PyModuleDef_Base",
    ][::core::mem::align_of::<PyModuleDef_Base>() - 8usize];
    [
        "Offset of field: PyModuleDef_Base::ob_base",
    ][::core::mem::offset_of!(PyModuleDef_Base, ob_base) - 0usize];
    [
        "Offset of field: PyModuleDef_Base::m_init",
    ][::core::mem::offset_of!(PyModuleDef_Base, m_init) - 16usize];
    [
        "Offset of field: PyModuleDef_Base::m_index",
    ][::core::mem::offset_of!(PyModuleDef_Base, m_index) - 24usize];
    [
        "Offset of field: PyModuleDef_Base::m_copy",
    ][::core::mem::offset_of!(PyModuleDef_Base, m_copy) - 32usize];
};
#[repr(C)]
#[derive(Copy, Clone)]
pub struct PyModuleDef_Slot {
    pub slot: core::ffi::c_int,
    pub value: *mut core::ffi::c_void,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyModuleDef_Slot"][::core::mem::size_of::<PyModuleDef_Slot>() - 16usize];
    [
        "Alignment of PyModuleDef_Slot",
    ][::core::mem::align_of::<PyModuleDef_Slot>() - 8usize];
    [
        "Offset of field: PyModuleDef_Slot::slot",
    ][::core::mem::offset_of!(PyModuleDef_Slot, slot) - 0usize];
    [
        "Offset of field: PyModuleDef_Slot::value",
    ][::core::mem::offset_of!(PyModuleDef_Slot, value) - 8usize];
};
#[repr(C)]
pub struct PyModuleDef {
    pub m_base: PyModuleDef_Base,
    pub m_name: *const core::ffi::c_char,
    pub m_doc: *const core::ffi::c_char,
    pub m_size: Py_ssize_t,
    pub m_methods: *mut PyMethodDef,
    pub m_slots: *mut PyModuleDef_Slot,
    pub m_traverse: traverseproc,
    pub m_clear: inquiry,
    pub m_free: freefunc,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyModuleDef"][::core::mem::size_of::<PyModuleDef>() - 104usize];
    ["Alignment of PyModuleDef"][::core::mem::align_of::<PyModuleDef>() - 8usize];
    [
        "Offset of field: PyModuleDef::m_base",
    ][::core::mem::offset_of!(PyModuleDef, m_base) - 0usize];
    [
        "Offset of field: PyModuleDef::m_name",
    ][::core::mem::offset_of!(PyModuleDef, m_name) - 40usize];
    [
        "Offset of field: PyModuleDef::m_doc",
    ][::core::mem::offset_of!(PyModuleDef, m_doc) - 48usize];
    [
        "Offset of field: PyModuleDef::m_size",
    ][::core::mem::offset_of!(PyModuleDef, m_size) - 56usize];
    [
        "Offset of field: PyModuleDef::m_methods",
    ][::core::mem::offset_of!(PyModuleDef, m_methods) - 64usize];
    [
        "Offset of field: PyModuleDef::m_slots",
    ][::core::mem::offset_of!(PyModuleDef, m_slots) - 72usize];
    [
        "Offset of field: PyModuleDef::m_traverse",
    ][::core::mem::offset_of!(PyModuleDef, m_traverse) - 80usize];
    [
        "Offset of field: PyModuleDef::m_clear",
    ][::core::mem::offset_of!(PyModuleDef, m_clear) - 88usize];
    [
        "Offset of field: PyModuleDef::m_free",
    ][::core::mem::offset_of!(PyModuleDef, m_free) - 96usize];
};
#[repr(C)]
#[derive(Copy, Clone)]
pub struct _PyMonitoringState {
    pub active: u8,
    pub opaque: u8,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of _PyMonitoringState",
    ][::core::mem::size_of::<_PyMonitoringState>() - 2usize];
    [
        "Alignment of _PyMonitoringState",
    ][::core::mem::align_of::<_PyMonitoringState>() - 1usize];
    [
        "Offset of field: _PyMonitoringState::active",
    ][::core::mem::offset_of!(_PyMonitoringState, active) - 0usize];
    [
        "Offset of field: _PyMonitoringState::opaque",
    ][::core::mem::offset_of!(_PyMonitoringState, opaque) - 1usize];
};
pub type PyMonitoringState = _PyMonitoringState;
#[repr(C)]
#[derive(Copy, Clone)]
pub struct PyFrameConstructor {
    pub fc_globals: *mut PyObject,
    pub fc_builtins: *mut PyObject,
    pub fc_name: *mut PyObject,
    pub fc_qualname: *mut PyObject,
    pub fc_code: *mut PyObject,
    pub fc_defaults: *mut PyObject,
    pub fc_kwdefaults: *mut PyObject,
    pub fc_closure: *mut PyObject,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of PyFrameConstructor",
    ][::core::mem::size_of::<PyFrameConstructor>() - 64usize];
    [
        "Alignment of PyFrameConstructor",
    ][::core::mem::align_of::<PyFrameConstructor>() - 8usize];
    [
        "Offset of field: PyFrameConstructor::fc_globals",
    ][::core::mem::offset_of!(PyFrameConstructor, fc_globals) - 0usize];
    [
        "Offset of field: PyFrameConstructor::fc_builtins",
    ][::core::mem::offset_of!(PyFrameConstructor, fc_builtins) - 8usize];
    [
        "Offset of field: PyFrameConstructor::fc_name",
    ][::core::mem::offset_of!(PyFrameConstructor, fc_name) - 16usize];
    [
        "Offset of field: PyFrameConstructor::fc_qualname",
    ][::core::mem::offset_of!(PyFrameConstructor, fc_qualname) - 24usize];
    [
        "Offset of field: PyFrameConstructor::fc_code",
    ][::core::mem::offset_of!(PyFrameConstructor, fc_code) - 32usize];
    [
        "Offset of field: PyFrameConstructor::fc_defaults",
    ][::core::mem::offset_of!(PyFrameConstructor, fc_defaults) - 40usize];
    [
        "Offset of field: PyFrameConstructor::fc_kwdefaults",
    ][::core::mem::offset_of!(PyFrameConstructor, fc_kwdefaults) - 48usize];
    [
        "Offset of field: PyFrameConstructor::fc_closure",
    ][::core::mem::offset_of!(PyFrameConstructor, fc_closure) - 56usize];
};
#[repr(C)]
pub struct PyFunctionObject {
    pub ob_base: PyObject,
    pub func_globals: *mut PyObject,
    pub func_builtins: *mut PyObject,
    pub func_name: *mut PyObject,
    pub func_qualname: *mut PyObject,
    pub func_code: *mut PyObject,
    pub func_defaults: *mut PyObject,
    pub func_kwdefaults: *mut PyObject,
    pub func_closure: *mut PyObject,
    pub func_doc: *mut PyObject,
    pub func_dict: *mut PyObject,
    pub func_weakreflist: *mut PyObject,
    pub func_module: *mut PyObject,
    pub func_annotations: *mut PyObject,
    pub func_annotate: *mut PyObject,
    pub func_typeparams: *mut PyObject,
    pub vectorcall: vectorcallfunc,
    pub func_version: u32,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyFunctionObject"][::core::mem::size_of::<PyFunctionObject>() - 152usize];
    [
        "Alignment of PyFunctionObject",
    ][::core::mem::align_of::<PyFunctionObject>() - 8usize];
    [
        "Offset of field: PyFunctionObject::ob_base",
    ][::core::mem::offset_of!(PyFunctionObject, ob_base) - 0usize];
    [
        "Offset of field: PyFunctionObject::func_globals",
    ][::core::mem::offset_of!(PyFunctionObject, func_globals) - 16usize];
    [
        "Offset of field: PyFunctionObject::func_builtins",
    ][::core::mem::offset_of!(PyFunctionObject, func_builtins) - 24usize];
    [
        "Offset of field: PyFunctionObject::func_name",
    ][::core::mem::offset_of!(PyFunctionObject, func_name) - 32usize];
    [
        "Offset of field: PyFunctionObject::func_qualname",
    ][::core::mem::offset_of!(PyFunctionObject, func_qualname) - 40usize];
    [
        "Offset of field: PyFunctionObject::func_code",
    ][::core::mem::offset_of!(PyFunctionObject, func_code) - 48usize];
    [
        "Offset of field: PyFunctionObject::func_defaults",
    ][::core::mem::offset_of!(PyFunctionObject, func_defaults) - 56usize];
    [
        "Offset of field: PyFunctionObject::func_kwdefaults",
    ][::core::mem::offset_of!(PyFunctionObject, func_kwdefaults) - 64usize];
    [
        "Offset of field: PyFunctionObject::func_closure",
    ][::core::mem::offset_of!(PyFunctionObject, func_closure) - 72usize];
    [
        "Offset of field: PyFunctionObject::func_doc",
    ][::core::mem::offset_of!(PyFunctionObject, func_doc) - 80usize];
    [
        "Offset of field: PyFunctionObject::func_dict",
    ][::core::mem::offset_of!(PyFunctionObject, func_dict) - 88usize];
    [
        "Offset of field: PyFunctionObject::func_weakreflist",
    ][::core::mem::offset_of!(PyFunctionObject, func_weakreflist) - 96usize];
    [
        "Offset of field: PyFunctionObject::func_module",
    ][::core::mem::offset_of!(PyFunctionObject, func_module) - 104usize];
    [
        "Offset of field: PyFunctionObject::func_annotations",
    ][::core::mem::offset_of!(PyFunctionObject, func_annotations) - 112usize];
    [
        "Offset of field: PyFunctionObject::func_annotate",
    ][::core::mem::offset_of!(PyFunctionObject, func_annotate) - 120usize];
    [
        "Offset of field: PyFunctionObject::func_typeparams",
    ][::core::mem::offset_of!(PyFunctionObject, func_typeparams) - 128usize];
    [
        "Offset of field: PyFunctionObject::vectorcall",
    ][::core::mem::offset_of!(PyFunctionObject, vectorcall) - 136usize];
    [
        "Offset of field: PyFunctionObject::func_version",
    ][::core::mem::offset_of!(PyFunctionObject, func_version) - 144usize];
};
pub type PyFunction_WatchEvent = core::ffi::c_uint;
pub type PyFunction_WatchCallback = ::core::option::Option<
    unsafe extern "C" fn(
        event: PyFunction_WatchEvent,
        func: *mut PyFunctionObject,
        new_value: *mut PyObject,
    ) -> core::ffi::c_int,
>;
#[repr(C)]
pub struct PyMethodObject {
    pub ob_base: PyObject,
    pub im_func: *mut PyObject,
    pub im_self: *mut PyObject,
    pub im_weakreflist: *mut PyObject,
    pub vectorcall: vectorcallfunc,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyMethodObject"][::core::mem::size_of::<PyMethodObject>() - 48usize];
    ["Alignment of PyMethodObject"][::core::mem::align_of::<PyMethodObject>() - 8usize];
    [
        "Offset of field: PyMethodObject::ob_base",
    ][::core::mem::offset_of!(PyMethodObject, ob_base) - 0usize];
    [
        "Offset of field: PyMethodObject::im_func",
    ][::core::mem::offset_of!(PyMethodObject, im_func) - 16usize];
    [
        "Offset of field: PyMethodObject::im_self",
    ][::core::mem::offset_of!(PyMethodObject, im_self) - 24usize];
    [
        "Offset of field: PyMethodObject::im_weakreflist",
    ][::core::mem::offset_of!(PyMethodObject, im_weakreflist) - 32usize];
    [
        "Offset of field: PyMethodObject::vectorcall",
    ][::core::mem::offset_of!(PyMethodObject, vectorcall) - 40usize];
};
#[repr(C)]
pub struct PyInstanceMethodObject {
    pub ob_base: PyObject,
    pub func: *mut PyObject,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of PyInstanceMethodObject",
    ][::core::mem::size_of::<PyInstanceMethodObject>() - 24usize];
    [
        "Alignment of PyInstanceMethodObject",
    ][::core::mem::align_of::<PyInstanceMethodObject>() - 8usize];
    [
        "Offset of field: PyInstanceMethodObject::ob_base",
    ][::core::mem::offset_of!(PyInstanceMethodObject, ob_base) - 0usize];
    [
        "Offset of field: PyInstanceMethodObject::func",
    ][::core::mem::offset_of!(PyInstanceMethodObject, func) - 16usize];
};
pub type Py_OpenCodeHookFunction = ::core::option::Option<
    unsafe extern "C" fn(
        arg1: *mut PyObject,
        arg2: *mut core::ffi::c_void,
    ) -> *mut PyObject,
>;
pub type PyCapsule_Destructor = ::core::option::Option<
    unsafe extern "C" fn(arg1: *mut PyObject),
>;
#[repr(C)]
#[derive(Copy, Clone)]
pub struct _PyCoCached {
    pub _co_code: *mut PyObject,
    pub _co_varnames: *mut PyObject,
    pub _co_cellvars: *mut PyObject,
    pub _co_freevars: *mut PyObject,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of _PyCoCached"][::core::mem::size_of::<_PyCoCached>() - 32usize];
    ["Alignment of _PyCoCached"][::core::mem::align_of::<_PyCoCached>() - 8usize];
    [
        "Offset of field: _PyCoCached::_co_code",
    ][::core::mem::offset_of!(_PyCoCached, _co_code) - 0usize];
    [
        "Offset of field: _PyCoCached::_co_varnames",
    ][::core::mem::offset_of!(_PyCoCached, _co_varnames) - 8usize];
    [
        "Offset of field: _PyCoCached::_co_cellvars",
    ][::core::mem::offset_of!(_PyCoCached, _co_cellvars) - 16usize];
    [
        "Offset of field: _PyCoCached::_co_freevars",
    ][::core::mem::offset_of!(_PyCoCached, _co_freevars) - 24usize];
};
#[repr(C)]
#[derive(Copy, Clone)]
pub struct _PyExecutorArray {
    pub size: core::ffi::c_int,
    pub capacity: core::ffi::c_int,
    pub executors: [*mut _PyExecutorObject; 1usize],
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of _PyExecutorArray"][::core::mem::size_of::<_PyExecutorArray>() - 16usize];
    [
        "Alignment of _PyExecutorArray",
    ][::core::mem::align_of::<_PyExecutorArray>() - 8usize];
    [
        "Offset of field: _PyExecutorArray::size",
    ][::core::mem::offset_of!(_PyExecutorArray, size) - 0usize];
    [
        "Offset of field: _PyExecutorArray::capacity",
    ][::core::mem::offset_of!(_PyExecutorArray, capacity) - 4usize];
    [
        "Offset of field: _PyExecutorArray::executors",
    ][::core::mem::offset_of!(_PyExecutorArray, executors) - 8usize];
};
#[repr(C)]
pub struct PyCodeObject {
    pub ob_base: PyVarObject,
    pub co_consts: *mut PyObject,
    pub co_names: *mut PyObject,
    pub co_exceptiontable: *mut PyObject,
    pub co_flags: core::ffi::c_int,
    pub co_argcount: core::ffi::c_int,
    pub co_posonlyargcount: core::ffi::c_int,
    pub co_kwonlyargcount: core::ffi::c_int,
    pub co_stacksize: core::ffi::c_int,
    pub co_firstlineno: core::ffi::c_int,
    pub co_nlocalsplus: core::ffi::c_int,
    pub co_framesize: core::ffi::c_int,
    pub co_nlocals: core::ffi::c_int,
    pub co_ncellvars: core::ffi::c_int,
    pub co_nfreevars: core::ffi::c_int,
    pub co_version: u32,
    pub co_localsplusnames: *mut PyObject,
    pub co_localspluskinds: *mut PyObject,
    pub co_filename: *mut PyObject,
    pub co_name: *mut PyObject,
    pub co_qualname: *mut PyObject,
    pub co_linetable: *mut PyObject,
    pub co_weakreflist: *mut PyObject,
    pub co_executors: *mut _PyExecutorArray,
    pub _co_cached: *mut _PyCoCached,
    pub _co_instrumentation_version: usize,
    pub _co_monitoring: *mut _PyCoMonitoringData,
    pub _co_unique_id: Py_ssize_t,
    pub _co_firsttraceable: core::ffi::c_int,
    pub co_extra: *mut core::ffi::c_void,
    pub co_code_adaptive: [core::ffi::c_char; 1usize],
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyCodeObject"][::core::mem::size_of::<PyCodeObject>() - 216usize];
    ["Alignment of PyCodeObject"][::core::mem::align_of::<PyCodeObject>() - 8usize];
    [
        "Offset of field: PyCodeObject::ob_base",
    ][::core::mem::offset_of!(PyCodeObject, ob_base) - 0usize];
    [
        "Offset of field: PyCodeObject::co_consts",
    ][::core::mem::offset_of!(PyCodeObject, co_consts) - 24usize];
    [
        "Offset of field: PyCodeObject::co_names",
    ][::core::mem::offset_of!(PyCodeObject, co_names) - 32usize];
    [
        "Offset of field: PyCodeObject::co_exceptiontable",
    ][::core::mem::offset_of!(PyCodeObject, co_exceptiontable) - 40usize];
    [
        "Offset of field: PyCodeObject::co_flags",
    ][::core::mem::offset_of!(PyCodeObject, co_flags) - 48usize];
    [
        "Offset of field: PyCodeObject::co_argcount",
    ][::core::mem::offset_of!(PyCodeObject, co_argcount) - 52usize];
    [
        "Offset of field: PyCodeObject::co_posonlyargcount",
    ][::core::mem::offset_of!(PyCodeObject, co_posonlyargcount) - 56usize];
    [
        "Offset of field: PyCodeObject::co_kwonlyargcount",
    ][::core::mem::offset_of!(PyCodeObject, co_kwonlyargcount) - 60usize];
    [
        "Offset of field: PyCodeObject::co_stacksize",
    ][::core::mem::offset_of!(PyCodeObject, co_stacksize) - 64usize];
    [
        "Offset of field: PyCodeObject::co_firstlineno",
    ][::core::mem::offset_of!(PyCodeObject, co_firstlineno) - 68usize];
    [
        "Offset of field: PyCodeObject::co_nlocalsplus",
    ][::core::mem::offset_of!(PyCodeObject, co_nlocalsplus) - 72usize];
    [
        "Offset of field: PyCodeObject::co_framesize",
    ][::core::mem::offset_of!(PyCodeObject, co_framesize) - 76usize];
    [
        "Offset of field: PyCodeObject::co_nlocals",
    ][::core::mem::offset_of!(PyCodeObject, co_nlocals) - 80usize];
    [
        "Offset of field: PyCodeObject::co_ncellvars",
    ][::core::mem::offset_of!(PyCodeObject, co_ncellvars) - 84usize];
    [
        "Offset of field: PyCodeObject::co_nfreevars",
    ][::core::mem::offset_of!(PyCodeObject, co_nfreevars) - 88usize];
    [
        "Offset of field: PyCodeObject::co_version",
    ][::core::mem::offset_of!(PyCodeObject, co_version) - 92usize];
    [
        "Offset of field: PyCodeObject::co_localsplusnames",
    ][::core::mem::offset_of!(PyCodeObject, co_localsplusnames) - 96usize];
    [
        "Offset of field: PyCodeObject::co_localspluskinds",
    ][::core::mem::offset_of!(PyCodeObject, co_localspluskinds) - 104usize];
    [
        "Offset of field: PyCodeObject::co_filename",
    ][::core::mem::offset_of!(PyCodeObject, co_filename) - 112usize];
    [
        "Offset of field: PyCodeObject::co_name",
    ][::core::mem::offset_of!(PyCodeObject, co_name) - 120usize];
    [
        "Offset of field: PyCodeObject::co_qualname",
    ][::core::mem::offset_of!(PyCodeObject, co_qualname) - 128usize];
    [
        "Offset of field: PyCodeObject::co_linetable",
    ][::core::mem::offset_of!(PyCodeObject, co_linetable) - 136usize];
    [
        "Offset of field: PyCodeObject::co_weakreflist",
    ][::core::mem::offset_of!(PyCodeObject, co_weakreflist) - 144usize];
    [
        "Offset of field: PyCodeObject::co_executors",
    ][::core::mem::offset_of!(PyCodeObject, co_executors) - 152usize];
    [
        "Offset of field: PyCodeObject::_co_cached",
    ][::core::mem::offset_of!(PyCodeObject, _co_cached) - 160usize];
    [
        "Offset of field: PyCodeObject::_co_instrumentation_version",
    ][::core::mem::offset_of!(PyCodeObject, _co_instrumentation_version) - 168usize];
    [
        "Offset of field: PyCodeObject::_co_monitoring",
    ][::core::mem::offset_of!(PyCodeObject, _co_monitoring) - 176usize];
    [
        "Offset of field: PyCodeObject::_co_unique_id",
    ][::core::mem::offset_of!(PyCodeObject, _co_unique_id) - 184usize];
    [
        "Offset of field: PyCodeObject::_co_firsttraceable",
    ][::core::mem::offset_of!(PyCodeObject, _co_firsttraceable) - 192usize];
    [
        "Offset of field: PyCodeObject::co_extra",
    ][::core::mem::offset_of!(PyCodeObject, co_extra) - 200usize];
    [
        "Offset of field: PyCodeObject::co_code_adaptive",
    ][::core::mem::offset_of!(PyCodeObject, co_code_adaptive) - 208usize];
};
pub type PyCodeEvent = core::ffi::c_uint;
pub type PyCode_WatchCallback = ::core::option::Option<
    unsafe extern "C" fn(event: PyCodeEvent, code: *mut PyCodeObject) -> core::ffi::c_int,
>;
#[repr(C)]
#[derive(Copy, Clone)]
pub struct _opaque {
    pub computed_line: core::ffi::c_int,
    pub lo_next: *const u8,
    pub limit: *const u8,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of _opaque"][::core::mem::size_of::<_opaque>() - 24usize];
    ["Alignment of _opaque"][::core::mem::align_of::<_opaque>() - 8usize];
    [
        "Offset of field: _opaque::computed_line",
    ][::core::mem::offset_of!(_opaque, computed_line) - 0usize];
    [
        "Offset of field: _opaque::lo_next",
    ][::core::mem::offset_of!(_opaque, lo_next) - 8usize];
    [
        "Offset of field: _opaque::limit",
    ][::core::mem::offset_of!(_opaque, limit) - 16usize];
};
#[repr(C)]
#[derive(Copy, Clone)]
pub struct _line_offsets {
    pub ar_start: core::ffi::c_int,
    pub ar_end: core::ffi::c_int,
    pub ar_line: core::ffi::c_int,
    pub opaque: _opaque,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of _line_offsets"][::core::mem::size_of::<_line_offsets>() - 40usize];
    ["Alignment of _line_offsets"][::core::mem::align_of::<_line_offsets>() - 8usize];
    [
        "Offset of field: _line_offsets::ar_start",
    ][::core::mem::offset_of!(_line_offsets, ar_start) - 0usize];
    [
        "Offset of field: _line_offsets::ar_end",
    ][::core::mem::offset_of!(_line_offsets, ar_end) - 4usize];
    [
        "Offset of field: _line_offsets::ar_line",
    ][::core::mem::offset_of!(_line_offsets, ar_line) - 8usize];
    [
        "Offset of field: _line_offsets::opaque",
    ][::core::mem::offset_of!(_line_offsets, opaque) - 16usize];
};
pub type PyCodeAddressRange = _line_offsets;
pub type _PyCodeLocationInfoKind = core::ffi::c_uint;
#[repr(C)]
#[derive(Copy, Clone)]
pub struct _PyInterpreterFrame {
    _unused: [u8; 0],
}
pub type PyTracebackObject = _traceback;
#[repr(C)]
pub struct _traceback {
    pub ob_base: PyObject,
    pub tb_next: *mut PyTracebackObject,
    pub tb_frame: *mut PyFrameObject,
    pub tb_lasti: core::ffi::c_int,
    pub tb_lineno: core::ffi::c_int,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of _traceback"][::core::mem::size_of::<_traceback>() - 40usize];
    ["Alignment of _traceback"][::core::mem::align_of::<_traceback>() - 8usize];
    [
        "Offset of field: _traceback::ob_base",
    ][::core::mem::offset_of!(_traceback, ob_base) - 0usize];
    [
        "Offset of field: _traceback::tb_next",
    ][::core::mem::offset_of!(_traceback, tb_next) - 16usize];
    [
        "Offset of field: _traceback::tb_frame",
    ][::core::mem::offset_of!(_traceback, tb_frame) - 24usize];
    [
        "Offset of field: _traceback::tb_lasti",
    ][::core::mem::offset_of!(_traceback, tb_lasti) - 32usize];
    [
        "Offset of field: _traceback::tb_lineno",
    ][::core::mem::offset_of!(_traceback, tb_lineno) - 36usize];
};
#[repr(C)]
pub struct PySliceObject {
    pub ob_base: PyObject,
    pub start: *mut PyObject,
    pub stop: *mut PyObject,
    pub step: *mut PyObject,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PySliceObject"][::core::mem::size_of::<PySliceObject>() - 40usize];
    ["Alignment of PySliceObject"][::core::mem::align_of::<PySliceObject>() - 8usize];
    [
        "Offset of field: PySliceObject::ob_base",
    ][::core::mem::offset_of!(PySliceObject, ob_base) - 0usize];
    [
        "Offset of field: PySliceObject::start",
    ][::core::mem::offset_of!(PySliceObject, start) - 16usize];
    [
        "Offset of field: PySliceObject::stop",
    ][::core::mem::offset_of!(PySliceObject, stop) - 24usize];
    [
        "Offset of field: PySliceObject::step",
    ][::core::mem::offset_of!(PySliceObject, step) - 32usize];
};
#[repr(C)]
pub struct PyCellObject {
    pub ob_base: PyObject,
    pub ob_ref: *mut PyObject,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyCellObject"][::core::mem::size_of::<PyCellObject>() - 24usize];
    ["Alignment of PyCellObject"][::core::mem::align_of::<PyCellObject>() - 8usize];
    [
        "Offset of field: PyCellObject::ob_base",
    ][::core::mem::offset_of!(PyCellObject, ob_base) - 0usize];
    [
        "Offset of field: PyCellObject::ob_ref",
    ][::core::mem::offset_of!(PyCellObject, ob_ref) - 16usize];
};
#[repr(C)]
#[derive(Copy, Clone)]
pub struct PyStatus {
    pub _type: PyStatus__bindgen_ty_1,
    pub func: *const core::ffi::c_char,
    pub err_msg: *const core::ffi::c_char,
    pub exitcode: core::ffi::c_int,
}
pub type PyStatus__bindgen_ty_1 = core::ffi::c_uint;
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyStatus"][::core::mem::size_of::<PyStatus>() - 32usize];
    ["Alignment of PyStatus"][::core::mem::align_of::<PyStatus>() - 8usize];
    [
        "Offset of field: PyStatus::_type",
    ][::core::mem::offset_of!(PyStatus, _type) - 0usize];
    [
        "Offset of field: PyStatus::func",
    ][::core::mem::offset_of!(PyStatus, func) - 8usize];
    [
        "Offset of field: PyStatus::err_msg",
    ][::core::mem::offset_of!(PyStatus, err_msg) - 16usize];
    [
        "Offset of field: PyStatus::exitcode",
    ][::core::mem::offset_of!(PyStatus, exitcode) - 24usize];
};
#[repr(C)]
#[derive(Copy, Clone)]
pub struct PyWideStringList {
    pub length: Py_ssize_t,
    pub items: *mut *mut wchar_t,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyWideStringList"][::core::mem::size_of::<PyWideStringList>() - 16usize];
    [
        "Alignment of PyWideStringList",
    ][::core::mem::align_of::<PyWideStringList>() - 8usize];
    [
        "Offset of field: PyWideStringList::length",
    ][::core::mem::offset_of!(PyWideStringList, length) - 0usize];
    [
        "Offset of field: PyWideStringList::items",
    ][::core::mem::offset_of!(PyWideStringList, items) - 8usize];
};
#[repr(C)]
#[derive(Copy, Clone)]
pub struct PyPreConfig {
    pub _config_init: core::ffi::c_int,
    pub parse_argv: core::ffi::c_int,
    pub isolated: core::ffi::c_int,
    pub use_environment: core::ffi::c_int,
    pub configure_locale: core::ffi::c_int,
    pub coerce_c_locale: core::ffi::c_int,
    pub coerce_c_locale_warn: core::ffi::c_int,
    pub utf8_mode: core::ffi::c_int,
    pub dev_mode: core::ffi::c_int,
    pub allocator: core::ffi::c_int,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyPreConfig"][::core::mem::size_of::<PyPreConfig>() - 40usize];
    ["Alignment of PyPreConfig"][::core::mem::align_of::<PyPreConfig>() - 4usize];
    [
        "Offset of field: PyPreConfig::_config_init",
    ][::core::mem::offset_of!(PyPreConfig, _config_init) - 0usize];
    [
        "Offset of field: PyPreConfig::parse_argv",
    ][::core::mem::offset_of!(PyPreConfig, parse_argv) - 4usize];
    [
        "Offset of field: PyPreConfig::isolated",
    ][::core::mem::offset_of!(PyPreConfig, isolated) - 8usize];
    [
        "Offset of field: PyPreConfig::use_environment",
    ][::core::mem::offset_of!(PyPreConfig, use_environment) - 12usize];
    [
        "Offset of field: PyPreConfig::configure_locale",
    ][::core::mem::offset_of!(PyPreConfig, configure_locale) - 16usize];
    [
        "Offset of field: PyPreConfig::coerce_c_locale",
    ][::core::mem::offset_of!(PyPreConfig, coerce_c_locale) - 20usize];
    [
        "Offset of field: PyPreConfig::coerce_c_locale_warn",
    ][::core::mem::offset_of!(PyPreConfig, coerce_c_locale_warn) - 24usize];
    [
        "Offset of field: PyPreConfig::utf8_mode",
    ][::core::mem::offset_of!(PyPreConfig, utf8_mode) - 28usize];
    [
        "Offset of field: PyPreConfig::dev_mode",
    ][::core::mem::offset_of!(PyPreConfig, dev_mode) - 32usize];
    [
        "Offset of field: PyPreConfig::allocator",
    ][::core::mem::offset_of!(PyPreConfig, allocator) - 36usize];
};
#[repr(C)]
#[derive(Copy, Clone)]
pub struct PyConfig {
    pub _config_init: core::ffi::c_int,
    pub isolated: core::ffi::c_int,
    pub use_environment: core::ffi::c_int,
    pub dev_mode: core::ffi::c_int,
    pub install_signal_handlers: core::ffi::c_int,
    pub use_hash_seed: core::ffi::c_int,
    pub hash_seed: core::ffi::c_ulong,
    pub faulthandler: core::ffi::c_int,
    pub tracemalloc: core::ffi::c_int,
    pub perf_profiling: core::ffi::c_int,
    pub remote_debug: core::ffi::c_int,
    pub import_time: core::ffi::c_int,
    pub code_debug_ranges: core::ffi::c_int,
    pub show_ref_count: core::ffi::c_int,
    pub dump_refs: core::ffi::c_int,
    pub dump_refs_file: *mut wchar_t,
    pub malloc_stats: core::ffi::c_int,
    pub filesystem_encoding: *mut wchar_t,
    pub filesystem_errors: *mut wchar_t,
    pub pycache_prefix: *mut wchar_t,
    pub parse_argv: core::ffi::c_int,
    pub orig_argv: PyWideStringList,
    pub argv: PyWideStringList,
    pub xoptions: PyWideStringList,
    pub warnoptions: PyWideStringList,
    pub site_import: core::ffi::c_int,
    pub bytes_warning: core::ffi::c_int,
    pub warn_default_encoding: core::ffi::c_int,
    pub inspect: core::ffi::c_int,
    pub interactive: core::ffi::c_int,
    pub optimization_level: core::ffi::c_int,
    pub parser_debug: core::ffi::c_int,
    pub write_bytecode: core::ffi::c_int,
    pub verbose: core::ffi::c_int,
    pub quiet: core::ffi::c_int,
    pub user_site_directory: core::ffi::c_int,
    pub configure_c_stdio: core::ffi::c_int,
    pub buffered_stdio: core::ffi::c_int,
    pub stdio_encoding: *mut wchar_t,
    pub stdio_errors: *mut wchar_t,
    pub check_hash_pycs_mode: *mut wchar_t,
    pub use_frozen_modules: core::ffi::c_int,
    pub safe_path: core::ffi::c_int,
    pub int_max_str_digits: core::ffi::c_int,
    pub thread_inherit_context: core::ffi::c_int,
    pub context_aware_warnings: core::ffi::c_int,
    pub cpu_count: core::ffi::c_int,
    pub pathconfig_warnings: core::ffi::c_int,
    pub program_name: *mut wchar_t,
    pub pythonpath_env: *mut wchar_t,
    pub home: *mut wchar_t,
    pub platlibdir: *mut wchar_t,
    pub module_search_paths_set: core::ffi::c_int,
    pub module_search_paths: PyWideStringList,
    pub stdlib_dir: *mut wchar_t,
    pub executable: *mut wchar_t,
    pub base_executable: *mut wchar_t,
    pub prefix: *mut wchar_t,
    pub base_prefix: *mut wchar_t,
    pub exec_prefix: *mut wchar_t,
    pub base_exec_prefix: *mut wchar_t,
    pub skip_source_first_line: core::ffi::c_int,
    pub run_command: *mut wchar_t,
    pub run_module: *mut wchar_t,
    pub run_filename: *mut wchar_t,
    pub sys_path_0: *mut wchar_t,
    pub _install_importlib: core::ffi::c_int,
    pub _init_main: core::ffi::c_int,
    pub _is_python_build: core::ffi::c_int,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyConfig"][::core::mem::size_of::<PyConfig>() - 456usize];
    ["Alignment of PyConfig"][::core::mem::align_of::<PyConfig>() - 8usize];
    [
        "Offset of field: PyConfig::_config_init",
    ][::core::mem::offset_of!(PyConfig, _config_init) - 0usize];
    [
        "Offset of field: PyConfig::isolated",
    ][::core::mem::offset_of!(PyConfig, isolated) - 4usize];
    [
        "Offset of field: PyConfig::use_environment",
    ][::core::mem::offset_of!(PyConfig, use_environment) - 8usize];
    [
        "Offset of field: PyConfig::dev_mode",
    ][::core::mem::offset_of!(PyConfig, dev_mode) - 12usize];
    [
        "Offset of field: PyConfig::install_signal_handlers",
    ][::core::mem::offset_of!(PyConfig, install_signal_handlers) - 16usize];
    [
        "Offset of field: PyConfig::use_hash_seed",
    ][::core::mem::offset_of!(PyConfig, use_hash_seed) - 20usize];
    [
        "Offset of field: PyConfig::hash_seed",
    ][::core::mem::offset_of!(PyConfig, hash_seed) - 24usize];
    [
        "Offset of field: PyConfig::faulthandler",
    ][::core::mem::offset_of!(PyConfig, faulthandler) - 32usize];
    [
        "Offset of field: PyConfig::tracemalloc",
    ][::core::mem::offset_of!(PyConfig, tracemalloc) - 36usize];
    [
        "Offset of field: PyConfig::perf_profiling",
    ][::core::mem::offset_of!(PyConfig, perf_profiling) - 40usize];
    [
        "Offset of field: PyConfig::remote_debug",
    ][::core::mem::offset_of!(PyConfig, remote_debug) - 44usize];
    [
        "Offset of field: PyConfig::import_time",
    ][::core::mem::offset_of!(PyConfig, import_time) - 48usize];
    [
        "Offset of field: PyConfig::code_debug_ranges",
    ][::core::mem::offset_of!(PyConfig, code_debug_ranges) - 52usize];
    [
        "Offset of field: PyConfig::show_ref_count",
    ][::core::mem::offset_of!(PyConfig, show_ref_count) - 56usize];
    [
        "Offset of field: PyConfig::dump_refs",
    ][::core::mem::offset_of!(PyConfig, dump_refs) - 60usize];
    [
        "Offset of field: PyConfig::dump_refs_file",
    ][::core::mem::offset_of!(PyConfig, dump_refs_file) - 64usize];
    [
        "Offset of field: PyConfig::malloc_stats",
    ][::core::mem::offset_of!(PyConfig, malloc_stats) - 72usize];
    [
        "Offset of field: PyConfig::filesystem_encoding",
    ][::core::mem::offset_of!(PyConfig, filesystem_encoding) - 80usize];
    [
        "Offset of field: PyConfig::filesystem_errors",
    ][::core::mem::offset_of!(PyConfig, filesystem_errors) - 88usize];
    [
        "Offset of field: PyConfig::pycache_prefix",
    ][::core::mem::offset_of!(PyConfig, pycache_prefix) - 96usize];
    [
        "Offset of field: PyConfig::parse_argv",
    ][::core::mem::offset_of!(PyConfig, parse_argv) - 104usize];
    [
        "Offset of field: PyConfig::orig_argv",
    ][::core::mem::offset_of!(PyConfig, orig_argv) - 112usize];
    [
        "Offset of field: PyConfig::argv",
    ][::core::mem::offset_of!(PyConfig, argv) - 128usize];
    [
        "Offset of field: PyConfig::xoptions",
    ][::core::mem::offset_of!(PyConfig, xoptions) - 144usize];
    [
        "Offset of field: PyConfig::warnoptions",
    ][::core::mem::offset_of!(PyConfig, warnoptions) - 160usize];
    [
        "Offset of field: PyConfig::site_import",
    ][::core::mem::offset_of!(PyConfig, site_import) - 176usize];
    [
        "Offset of field: PyConfig::bytes_warning",
    ][::core::mem::offset_of!(PyConfig, bytes_warning) - 180usize];
    [
        "Offset of field: PyConfig::warn_default_encoding",
    ][::core::mem::offset_of!(PyConfig, warn_default_encoding) - 184usize];
    [
        "Offset of field: PyConfig::inspect",
    ][::core::mem::offset_of!(PyConfig, inspect) - 188usize];
    [
        "Offset of field: PyConfig::interactive",
    ][::core::mem::offset_of!(PyConfig, interactive) - 192usize];
    [
        "Offset of field: PyConfig::optimization_level",
    ][::core::mem::offset_of!(PyConfig, optimization_level) - 196usize];
    [
        "Offset of field: PyConfig::parser_debug",
    ][::core::mem::offset_of!(PyConfig, parser_debug) - 200usize];
    [
        "Offset of field: PyConfig::write_bytecode",
    ][::core::mem::offset_of!(PyConfig, write_bytecode) - 204usize];
    [
        "Offset of field: PyConfig::verbose",
    ][::core::mem::offset_of!(PyConfig, verbose) - 208usize];
    [
        "Offset of field: PyConfig::quiet",
    ][::core::mem::offset_of!(PyConfig, quiet) - 212usize];
    [
        "Offset of field: PyConfig::user_site_directory",
    ][::core::mem::offset_of!(PyConfig, user_site_directory) - 216usize];
    [
        "Offset of field: PyConfig::configure_c_stdio",
    ][::core::mem::offset_of!(PyConfig, configure_c_stdio) - 220usize];
    [
        "Offset of field: PyConfig::buffered_stdio",
    ][::core::mem::offset_of!(PyConfig, buffered_stdio) - 224usize];
    [
        "Offset of field: PyConfig::stdio_encoding",
    ][::core::mem::offset_of!(PyConfig, stdio_encoding) - 232usize];
    [
        "Offset of field: PyConfig::stdio_errors",
    ][::core::mem::offset_of!(PyConfig, stdio_errors) - 240usize];
    [
        "Offset of field: PyConfig::check_hash_pycs_mode",
    ][::core::mem::offset_of!(PyConfig, check_hash_pycs_mode) - 248usize];
    [
        "Offset of field: PyConfig::use_frozen_modules",
    ][::core::mem::offset_of!(PyConfig, use_frozen_modules) - 256usize];
    [
        "Offset of field: PyConfig::safe_path",
    ][::core::mem::offset_of!(PyConfig, safe_path) - 260usize];
    [
        "Offset of field: PyConfig::int_max_str_digits",
    ][::core::mem::offset_of!(PyConfig, int_max_str_digits) - 264usize];
    [
        "Offset of field: PyConfig::thread_inherit_context",
    ][::core::mem::offset_of!(PyConfig, thread_inherit_context) - 268usize];
    [
        "Offset of field: PyConfig::context_aware_warnings",
    ][::core::mem::offset_of!(PyConfig, context_aware_warnings) - 272usize];
    [
        "Offset of field: PyConfig::cpu_count",
    ][::core::mem::offset_of!(PyConfig, cpu_count) - 276usize];
    [
        "Offset of field: PyConfig::pathconfig_warnings",
    ][::core::mem::offset_of!(PyConfig, pathconfig_warnings) - 280usize];
    [
        "Offset of field: PyConfig::program_name",
    ][::core::mem::offset_of!(PyConfig, program_name) - 288usize];
    [
        "Offset of field: PyConfig::pythonpath_env",
    ][::core::mem::offset_of!(PyConfig, pythonpath_env) - 296usize];
    [
        "Offset of field: PyConfig::home",
    ][::core::mem::offset_of!(PyConfig, home) - 304usize];
    [
        "Offset of field: PyConfig::platlibdir",
    ][::core::mem::offset_of!(PyConfig, platlibdir) - 312usize];
    [
        "Offset of field: PyConfig::module_search_paths_set",
    ][::core::mem::offset_of!(PyConfig, module_search_paths_set) - 320usize];
    [
        "Offset of field: PyConfig::module_search_paths",
    ][::core::mem::offset_of!(PyConfig, module_search_paths) - 328usize];
    [
        "Offset of field: PyConfig::stdlib_dir",
    ][::core::mem::offset_of!(PyConfig, stdlib_dir) - 344usize];
    [
        "Offset of field: PyConfig::executable",
    ][::core::mem::offset_of!(PyConfig, executable) - 352usize];
    [
        "Offset of field: PyConfig::base_executable",
    ][::core::mem::offset_of!(PyConfig, base_executable) - 360usize];
    [
        "Offset of field: PyConfig::prefix",
    ][::core::mem::offset_of!(PyConfig, prefix) - 368usize];
    [
        "Offset of field: PyConfig::base_prefix",
    ][::core::mem::offset_of!(PyConfig, base_prefix) - 376usize];
    [
        "Offset of field: PyConfig::exec_prefix",
    ][::core::mem::offset_of!(PyConfig, exec_prefix) - 384usize];
    [
        "Offset of field: PyConfig::base_exec_prefix",
    ][::core::mem::offset_of!(PyConfig, base_exec_prefix) - 392usize];
    [
        "Offset of field: PyConfig::skip_source_first_line",
    ][::core::mem::offset_of!(PyConfig, skip_source_first_line) - 400usize];
    [
        "Offset of field: PyConfig::run_command",
    ][::core::mem::offset_of!(PyConfig, run_command) - 408usize];
    [
        "Offset of field: PyConfig::run_module",
    ][::core::mem::offset_of!(PyConfig, run_module) - 416usize];
    [
        "Offset of field: PyConfig::run_filename",
    ][::core::mem::offset_of!(PyConfig, run_filename) - 424usize];
    [
        "Offset of field: PyConfig::sys_path_0",
    ][::core::mem::offset_of!(PyConfig, sys_path_0) - 432usize];
    [
        "Offset of field: PyConfig::_install_importlib",
    ][::core::mem::offset_of!(PyConfig, _install_importlib) - 440usize];
    [
        "Offset of field: PyConfig::_init_main",
    ][::core::mem::offset_of!(PyConfig, _init_main) - 444usize];
    [
        "Offset of field: PyConfig::_is_python_build",
    ][::core::mem::offset_of!(PyConfig, _is_python_build) - 448usize];
};
#[repr(C)]
#[derive(Copy, Clone)]
pub struct PyInitConfig {
    _unused: [u8; 0],
}
pub type PyGILState_STATE = core::ffi::c_uint;
pub type Py_tracefunc = ::core::option::Option<
    unsafe extern "C" fn(
        arg1: *mut PyObject,
        arg2: *mut PyFrameObject,
        arg3: core::ffi::c_int,
        arg4: *mut PyObject,
    ) -> core::ffi::c_int,
>;
#[repr(C)]
#[derive(Copy, Clone)]
pub struct _PyRemoteDebuggerSupport {
    pub debugger_pending_call: i32,
    pub debugger_script_path: [core::ffi::c_char; 512usize],
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of _PyRemoteDebuggerSupport",
    ][::core::mem::size_of::<_PyRemoteDebuggerSupport>() - 516usize];
    [
        "Alignment of _PyRemoteDebuggerSupport",
    ][::core::mem::align_of::<_PyRemoteDebuggerSupport>() - 4usize];
    [
        "Offset of field: _PyRemoteDebuggerSupport::debugger_pending_call",
    ][::core::mem::offset_of!(_PyRemoteDebuggerSupport, debugger_pending_call) - 0usize];
    [
        "Offset of field: _PyRemoteDebuggerSupport::debugger_script_path",
    ][::core::mem::offset_of!(_PyRemoteDebuggerSupport, debugger_script_path) - 4usize];
};
#[repr(C)]
#[derive(Copy, Clone)]
pub struct _err_stackitem {
    pub exc_value: *mut PyObject,
    pub previous_item: *mut _err_stackitem,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of _err_stackitem"][::core::mem::size_of::<_err_stackitem>() - 16usize];
    ["Alignment of _err_stackitem"][::core::mem::align_of::<_err_stackitem>() - 8usize];
    [
        "Offset of field: _err_stackitem::exc_value",
    ][::core::mem::offset_of!(_err_stackitem, exc_value) - 0usize];
    [
        "Offset of field: _err_stackitem::previous_item",
    ][::core::mem::offset_of!(_err_stackitem, previous_item) - 8usize];
};
pub type _PyErr_StackItem = _err_stackitem;
#[repr(C)]
#[derive(Copy, Clone)]
pub struct _stack_chunk {
    pub previous: *mut _stack_chunk,
    pub size: usize,
    pub top: usize,
    pub data: [*mut PyObject; 1usize],
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of _stack_chunk"][::core::mem::size_of::<_stack_chunk>() - 32usize];
    ["Alignment of _stack_chunk"][::core::mem::align_of::<_stack_chunk>() - 8usize];
    [
        "Offset of field: _stack_chunk::previous",
    ][::core::mem::offset_of!(_stack_chunk, previous) - 0usize];
    [
        "Offset of field: _stack_chunk::size",
    ][::core::mem::offset_of!(_stack_chunk, size) - 8usize];
    [
        "Offset of field: _stack_chunk::top",
    ][::core::mem::offset_of!(_stack_chunk, top) - 16usize];
    [
        "Offset of field: _stack_chunk::data",
    ][::core::mem::offset_of!(_stack_chunk, data) - 24usize];
};
pub type _PyStackChunk = _stack_chunk;
#[repr(C)]
pub struct _ts {
    pub prev: *mut PyThreadState,
    pub next: *mut PyThreadState,
    pub interp: *mut PyInterpreterState,
    pub eval_breaker: usize,
    pub _status: _ts__bindgen_ty_1,
    pub holds_gil: core::ffi::c_int,
    pub _whence: core::ffi::c_int,
    pub state: core::ffi::c_int,
    pub py_recursion_remaining: core::ffi::c_int,
    pub py_recursion_limit: core::ffi::c_int,
    pub recursion_headroom: core::ffi::c_int,
    pub tracing: core::ffi::c_int,
    pub what_event: core::ffi::c_int,
    pub current_frame: *mut _PyInterpreterFrame,
    pub c_profilefunc: Py_tracefunc,
    pub c_tracefunc: Py_tracefunc,
    pub c_profileobj: *mut PyObject,
    pub c_traceobj: *mut PyObject,
    pub current_exception: *mut PyObject,
    pub exc_info: *mut _PyErr_StackItem,
    pub dict: *mut PyObject,
    pub gilstate_counter: core::ffi::c_int,
    pub async_exc: *mut PyObject,
    pub thread_id: core::ffi::c_ulong,
    pub native_thread_id: core::ffi::c_ulong,
    pub delete_later: *mut PyObject,
    pub critical_section: usize,
    pub coroutine_origin_tracking_depth: core::ffi::c_int,
    pub async_gen_firstiter: *mut PyObject,
    pub async_gen_finalizer: *mut PyObject,
    pub context: *mut PyObject,
    pub context_ver: u64,
    pub id: u64,
    pub datastack_chunk: *mut _PyStackChunk,
    pub datastack_top: *mut *mut PyObject,
    pub datastack_limit: *mut *mut PyObject,
    pub exc_state: _PyErr_StackItem,
    pub current_executor: *mut PyObject,
    pub dict_global_version: u64,
    pub threading_local_key: *mut PyObject,
    pub threading_local_sentinel: *mut PyObject,
    pub remote_debugger_support: _PyRemoteDebuggerSupport,
    pub datastack_cached_chunk: *mut _PyStackChunk,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of _ts"][::core::mem::size_of::<_ts>() - 832usize];
    ["Alignment of _ts"][::core::mem::align_of::<_ts>() - 8usize];
    ["Offset of field: _ts::prev"][::core::mem::offset_of!(_ts, prev) - 0usize];
    ["Offset of field: _ts::next"][::core::mem::offset_of!(_ts, next) - 8usize];
    ["Offset of field: _ts::interp"][::core::mem::offset_of!(_ts, interp) - 16usize];
    [
        "Offset of field: _ts::eval_breaker",
    ][::core::mem::offset_of!(_ts, eval_breaker) - 24usize];
    ["Offset of field: _ts::_status"][::core::mem::offset_of!(_ts, _status) - 32usize];
    [
        "Offset of field: _ts::holds_gil",
    ][::core::mem::offset_of!(_ts, holds_gil) - 36usize];
    ["Offset of field: _ts::_whence"][::core::mem::offset_of!(_ts, _whence) - 40usize];
    ["Offset of field: _ts::state"][::core::mem::offset_of!(_ts, state) - 44usize];
    [
        "Offset of field: _ts::py_recursion_remaining",
    ][::core::mem::offset_of!(_ts, py_recursion_remaining) - 48usize];
    [
        "Offset of field: _ts::py_recursion_limit",
    ][::core::mem::offset_of!(_ts, py_recursion_limit) - 52usize];
    [
        "Offset of field: _ts::recursion_headroom",
    ][::core::mem::offset_of!(_ts, recursion_headroom) - 56usize];
    ["Offset of field: _ts::tracing"][::core::mem::offset_of!(_ts, tracing) - 60usize];
    [
        "Offset of field: _ts::what_event",
    ][::core::mem::offset_of!(_ts, what_event) - 64usize];
    [
        "Offset of field: _ts::current_frame",
    ][::core::mem::offset_of!(_ts, current_frame) - 72usize];
    [
        "Offset of field: _ts::c_profilefunc",
    ][::core::mem::offset_of!(_ts, c_profilefunc) - 80usize];
    [
        "Offset of field: _ts::c_tracefunc",
    ][::core::mem::offset_of!(_ts, c_tracefunc) - 88usize];
    [
        "Offset of field: _ts::c_profileobj",
    ][::core::mem::offset_of!(_ts, c_profileobj) - 96usize];
    [
        "Offset of field: _ts::c_traceobj",
    ][::core::mem::offset_of!(_ts, c_traceobj) - 104usize];
    [
        "Offset of field: _ts::current_exception",
    ][::core::mem::offset_of!(_ts, current_exception) - 112usize];
    [
        "Offset of field: _ts::exc_info",
    ][::core::mem::offset_of!(_ts, exc_info) - 120usize];
    ["Offset of field: _ts::dict"][::core::mem::offset_of!(_ts, dict) - 128usize];
    [
        "Offset of field: _ts::gilstate_counter",
    ][::core::mem::offset_of!(_ts, gilstate_counter) - 136usize];
    [
        "Offset of field: _ts::async_exc",
    ][::core::mem::offset_of!(_ts, async_exc) - 144usize];
    [
        "Offset of field: _ts::thread_id",
    ][::core::mem::offset_of!(_ts, thread_id) - 152usize];
    [
        "Offset of field: _ts::native_thread_id",
    ][::core::mem::offset_of!(_ts, native_thread_id) - 160usize];
    [
        "Offset of field: _ts::delete_later",
    ][::core::mem::offset_of!(_ts, delete_later) - 168usize];
    [
        "Offset of field: _ts::critical_section",
    ][::core::mem::offset_of!(_ts, critical_section) - 176usize];
    [
        "Offset of field: _ts::coroutine_origin_tracking_depth",
    ][::core::mem::offset_of!(_ts, coroutine_origin_tracking_depth) - 184usize];
    [
        "Offset of field: _ts::async_gen_firstiter",
    ][::core::mem::offset_of!(_ts, async_gen_firstiter) - 192usize];
    [
        "Offset of field: _ts::async_gen_finalizer",
    ][::core::mem::offset_of!(_ts, async_gen_finalizer) - 200usize];
    ["Offset of field: _ts::context"][::core::mem::offset_of!(_ts, context) - 208usize];
    [
        "Offset of field: _ts::context_ver",
    ][::core::mem::offset_of!(_ts, context_ver) - 216usize];
    ["Offset of field: _ts::id"][::core::mem::offset_of!(_ts, id) - 224usize];
    [
        "Offset of field: _ts::datastack_chunk",
    ][::core::mem::offset_of!(_ts, datastack_chunk) - 232usize];
    [
        "Offset of field: _ts::datastack_top",
    ][::core::mem::offset_of!(_ts, datastack_top) - 240usize];
    [
        "Offset of field: _ts::datastack_limit",
    ][::core::mem::offset_of!(_ts, datastack_limit) - 248usize];
    [
        "Offset of field: _ts::exc_state",
    ][::core::mem::offset_of!(_ts, exc_state) - 256usize];
    [
        "Offset of field: _ts::current_executor",
    ][::core::mem::offset_of!(_ts, current_executor) - 272usize];
    [
        "Offset of field: _ts::dict_global_version",
    ][::core::mem::offset_of!(_ts, dict_global_version) - 280usize];
    [
        "Offset of field: _ts::threading_local_key",
    ][::core::mem::offset_of!(_ts, threading_local_key) - 288usize];
    [
        "Offset of field: _ts::threading_local_sentinel",
    ][::core::mem::offset_of!(_ts, threading_local_sentinel) - 296usize];
    [
        "Offset of field: _ts::remote_debugger_support",
    ][::core::mem::offset_of!(_ts, remote_debugger_support) - 304usize];
    [
        "Offset of field: _ts::datastack_cached_chunk",
    ][::core::mem::offset_of!(_ts, datastack_cached_chunk) - 824usize];
};
pub type _PyFrameEvalFunction = ::core::option::Option<
    unsafe extern "C" fn(
        tstate: *mut PyThreadState,
        arg1: *mut _PyInterpreterFrame,
        arg2: core::ffi::c_int,
    ) -> *mut PyObject,
>;
#[repr(C)]
#[derive(Copy, Clone)]
pub struct _PyGenObject {
    _unused: [u8; 0],
}
pub type PyGenObject = _PyGenObject;
#[repr(C)]
#[derive(Copy, Clone)]
pub struct _PyCoroObject {
    _unused: [u8; 0],
}
pub type PyCoroObject = _PyCoroObject;
#[repr(C)]
#[derive(Copy, Clone)]
pub struct _PyAsyncGenObject {
    _unused: [u8; 0],
}
pub type PyAsyncGenObject = _PyAsyncGenObject;
pub type getter = ::core::option::Option<
    unsafe extern "C" fn(
        arg1: *mut PyObject,
        arg2: *mut core::ffi::c_void,
    ) -> *mut PyObject,
>;
pub type setter = ::core::option::Option<
    unsafe extern "C" fn(
        arg1: *mut PyObject,
        arg2: *mut PyObject,
        arg3: *mut core::ffi::c_void,
    ) -> core::ffi::c_int,
>;
#[repr(C)]
#[derive(Copy, Clone)]
pub struct PyGetSetDef {
    pub name: *const core::ffi::c_char,
    pub get: getter,
    pub set: setter,
    pub doc: *const core::ffi::c_char,
    pub closure: *mut core::ffi::c_void,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyGetSetDef"][::core::mem::size_of::<PyGetSetDef>() - 40usize];
    ["Alignment of PyGetSetDef"][::core::mem::align_of::<PyGetSetDef>() - 8usize];
    [
        "Offset of field: PyGetSetDef::name",
    ][::core::mem::offset_of!(PyGetSetDef, name) - 0usize];
    [
        "Offset of field: PyGetSetDef::get",
    ][::core::mem::offset_of!(PyGetSetDef, get) - 8usize];
    [
        "Offset of field: PyGetSetDef::set",
    ][::core::mem::offset_of!(PyGetSetDef, set) - 16usize];
    [
        "Offset of field: PyGetSetDef::doc",
    ][::core::mem::offset_of!(PyGetSetDef, doc) - 24usize];
    [
        "Offset of field: PyGetSetDef::closure",
    ][::core::mem::offset_of!(PyGetSetDef, closure) - 32usize];
};
#[repr(C)]
#[derive(Copy, Clone)]
pub struct PyMemberDef {
    pub name: *const core::ffi::c_char,
    pub type_: core::ffi::c_int,
    pub offset: Py_ssize_t,
    pub flags: core::ffi::c_int,
    pub doc: *const core::ffi::c_char,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyMemberDef"][::core::mem::size_of::<PyMemberDef>() - 40usize];
    ["Alignment of PyMemberDef"][::core::mem::align_of::<PyMemberDef>() - 8usize];
    [
        "Offset of field: PyMemberDef::name",
    ][::core::mem::offset_of!(PyMemberDef, name) - 0usize];
    [
        "Offset of field: PyMemberDef::type_",
    ][::core::mem::offset_of!(PyMemberDef, type_) - 8usize];
    [
        "Offset of field: PyMemberDef::offset",
    ][::core::mem::offset_of!(PyMemberDef, offset) - 16usize];
    [
        "Offset of field: PyMemberDef::flags",
    ][::core::mem::offset_of!(PyMemberDef, flags) - 24usize];
    [
        "Offset of field: PyMemberDef::doc",
    ][::core::mem::offset_of!(PyMemberDef, doc) - 32usize];
};
pub type wrapperfunc = ::core::option::Option<
    unsafe extern "C" fn(
        self_: *mut PyObject,
        args: *mut PyObject,
        wrapped: *mut core::ffi::c_void,
    ) -> *mut PyObject,
>;
pub type wrapperfunc_kwds = ::core::option::Option<
    unsafe extern "C" fn(
        self_: *mut PyObject,
        args: *mut PyObject,
        wrapped: *mut core::ffi::c_void,
        kwds: *mut PyObject,
    ) -> *mut PyObject,
>;
#[repr(C)]
#[derive(Copy, Clone)]
pub struct wrapperbase {
    pub name: *const core::ffi::c_char,
    pub offset: core::ffi::c_int,
    pub function: *mut core::ffi::c_void,
    pub wrapper: wrapperfunc,
    pub doc: *const core::ffi::c_char,
    pub flags: core::ffi::c_int,
    pub name_strobj: *mut PyObject,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of wrapperbase"][::core::mem::size_of::<wrapperbase>() - 56usize];
    ["Alignment of wrapperbase"][::core::mem::align_of::<wrapperbase>() - 8usize];
    [
        "Offset of field: wrapperbase::name",
    ][::core::mem::offset_of!(wrapperbase, name) - 0usize];
    [
        "Offset of field: wrapperbase::offset",
    ][::core::mem::offset_of!(wrapperbase, offset) - 8usize];
    [
        "Offset of field: wrapperbase::function",
    ][::core::mem::offset_of!(wrapperbase, function) - 16usize];
    [
        "Offset of field: wrapperbase::wrapper",
    ][::core::mem::offset_of!(wrapperbase, wrapper) - 24usize];
    [
        "Offset of field: wrapperbase::doc",
    ][::core::mem::offset_of!(wrapperbase, doc) - 32usize];
    [
        "Offset of field: wrapperbase::flags",
    ][::core::mem::offset_of!(wrapperbase, flags) - 40usize];
    [
        "Offset of field: wrapperbase::name_strobj",
    ][::core::mem::offset_of!(wrapperbase, name_strobj) - 48usize];
};
#[repr(C)]
pub struct PyDescrObject {
    pub ob_base: PyObject,
    pub d_type: *mut PyTypeObject,
    pub d_name: *mut PyObject,
    pub d_qualname: *mut PyObject,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyDescrObject"][::core::mem::size_of::<PyDescrObject>() - 40usize];
    ["Alignment of PyDescrObject"][::core::mem::align_of::<PyDescrObject>() - 8usize];
    [
        "Offset of field: PyDescrObject::ob_base",
    ][::core::mem::offset_of!(PyDescrObject, ob_base) - 0usize];
    [
        "Offset of field: PyDescrObject::d_type",
    ][::core::mem::offset_of!(PyDescrObject, d_type) - 16usize];
    [
        "Offset of field: PyDescrObject::d_name",
    ][::core::mem::offset_of!(PyDescrObject, d_name) - 24usize];
    [
        "Offset of field: PyDescrObject::d_qualname",
    ][::core::mem::offset_of!(PyDescrObject, d_qualname) - 32usize];
};
#[repr(C)]
pub struct PyMethodDescrObject {
    pub d_common: PyDescrObject,
    pub d_method: *mut PyMethodDef,
    pub vectorcall: vectorcallfunc,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of PyMethodDescrObject",
    ][::core::mem::size_of::<PyMethodDescrObject>() - 56usize];
    [
        "Alignment of PyMethodDescrObject",
    ][::core::mem::align_of::<PyMethodDescrObject>() - 8usize];
    [
        "Offset of field: PyMethodDescrObject::d_common",
    ][::core::mem::offset_of!(PyMethodDescrObject, d_common) - 0usize];
    [
        "Offset of field: PyMethodDescrObject::d_method",
    ][::core::mem::offset_of!(PyMethodDescrObject, d_method) - 40usize];
    [
        "Offset of field: PyMethodDescrObject::vectorcall",
    ][::core::mem::offset_of!(PyMethodDescrObject, vectorcall) - 48usize];
};
#[repr(C)]
pub struct PyMemberDescrObject {
    pub d_common: PyDescrObject,
    pub d_member: *mut PyMemberDef,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of PyMemberDescrObject",
    ][::core::mem::size_of::<PyMemberDescrObject>() - 48usize];
    [
        "Alignment of PyMemberDescrObject",
    ][::core::mem::align_of::<PyMemberDescrObject>() - 8usize];
    [
        "Offset of field: PyMemberDescrObject::d_common",
    ][::core::mem::offset_of!(PyMemberDescrObject, d_common) - 0usize];
    [
        "Offset of field: PyMemberDescrObject::d_member",
    ][::core::mem::offset_of!(PyMemberDescrObject, d_member) - 40usize];
};
#[repr(C)]
pub struct PyGetSetDescrObject {
    pub d_common: PyDescrObject,
    pub d_getset: *mut PyGetSetDef,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of PyGetSetDescrObject",
    ][::core::mem::size_of::<PyGetSetDescrObject>() - 48usize];
    [
        "Alignment of PyGetSetDescrObject",
    ][::core::mem::align_of::<PyGetSetDescrObject>() - 8usize];
    [
        "Offset of field: PyGetSetDescrObject::d_common",
    ][::core::mem::offset_of!(PyGetSetDescrObject, d_common) - 0usize];
    [
        "Offset of field: PyGetSetDescrObject::d_getset",
    ][::core::mem::offset_of!(PyGetSetDescrObject, d_getset) - 40usize];
};
#[repr(C)]
pub struct PyWrapperDescrObject {
    pub d_common: PyDescrObject,
    pub d_base: *mut wrapperbase,
    pub d_wrapped: *mut core::ffi::c_void,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of PyWrapperDescrObject",
    ][::core::mem::size_of::<PyWrapperDescrObject>() - 56usize];
    [
        "Alignment of PyWrapperDescrObject",
    ][::core::mem::align_of::<PyWrapperDescrObject>() - 8usize];
    [
        "Offset of field: PyWrapperDescrObject::d_common",
    ][::core::mem::offset_of!(PyWrapperDescrObject, d_common) - 0usize];
    [
        "Offset of field: PyWrapperDescrObject::d_base",
    ][::core::mem::offset_of!(PyWrapperDescrObject, d_base) - 40usize];
    [
        "Offset of field: PyWrapperDescrObject::d_wrapped",
    ][::core::mem::offset_of!(PyWrapperDescrObject, d_wrapped) - 48usize];
};
pub type PyWeakReference = _PyWeakReference;
#[repr(C)]
pub struct _PyWeakReference {
    pub ob_base: PyObject,
    pub wr_object: *mut PyObject,
    pub wr_callback: *mut PyObject,
    pub hash: Py_hash_t,
    pub wr_prev: *mut PyWeakReference,
    pub wr_next: *mut PyWeakReference,
    pub vectorcall: vectorcallfunc,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of _PyWeakReference"][::core::mem::size_of::<_PyWeakReference>() - 64usize];
    [
        "Alignment of _PyWeakReference",
    ][::core::mem::align_of::<_PyWeakReference>() - 8usize];
    [
        "Offset of field: _PyWeakReference::ob_base",
    ][::core::mem::offset_of!(_PyWeakReference, ob_base) - 0usize];
    [
        "Offset of field: _PyWeakReference::wr_object",
    ][::core::mem::offset_of!(_PyWeakReference, wr_object) - 16usize];
    [
        "Offset of field: _PyWeakReference::wr_callback",
    ][::core::mem::offset_of!(_PyWeakReference, wr_callback) - 24usize];
    [
        "Offset of field: _PyWeakReference::hash",
    ][::core::mem::offset_of!(_PyWeakReference, hash) - 32usize];
    [
        "Offset of field: _PyWeakReference::wr_prev",
    ][::core::mem::offset_of!(_PyWeakReference, wr_prev) - 40usize];
    [
        "Offset of field: _PyWeakReference::wr_next",
    ][::core::mem::offset_of!(_PyWeakReference, wr_next) - 48usize];
    [
        "Offset of field: _PyWeakReference::vectorcall",
    ][::core::mem::offset_of!(_PyWeakReference, vectorcall) - 56usize];
};
#[repr(C)]
#[derive(Copy, Clone)]
pub struct PyStructSequence_Field {
    pub name: *const core::ffi::c_char,
    pub doc: *const core::ffi::c_char,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of PyStructSequence_Field",
    ][::core::mem::size_of::<PyStructSequence_Field>() - 16usize];
    [
        "Alignment of PyStructSequence_Field",
    ][::core::mem::align_of::<PyStructSequence_Field>() - 8usize];
    [
        "Offset of field: PyStructSequence_Field::name",
    ][::core::mem::offset_of!(PyStructSequence_Field, name) - 0usize];
    [
        "Offset of field: PyStructSequence_Field::doc",
    ][::core::mem::offset_of!(PyStructSequence_Field, doc) - 8usize];
};
#[repr(C)]
#[derive(Copy, Clone)]
pub struct PyStructSequence_Desc {
    pub name: *const core::ffi::c_char,
    pub doc: *const core::ffi::c_char,
    pub fields: *mut PyStructSequence_Field,
    pub n_in_sequence: core::ffi::c_int,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of PyStructSequence_Desc",
    ][::core::mem::size_of::<PyStructSequence_Desc>() - 32usize];
    [
        "Alignment of PyStructSequence_Desc",
    ][::core::mem::align_of::<PyStructSequence_Desc>() - 8usize];
    [
        "Offset of field: PyStructSequence_Desc::name",
    ][::core::mem::offset_of!(PyStructSequence_Desc, name) - 0usize];
    [
        "Offset of field: PyStructSequence_Desc::doc",
    ][::core::mem::offset_of!(PyStructSequence_Desc, doc) - 8usize];
    [
        "Offset of field: PyStructSequence_Desc::fields",
    ][::core::mem::offset_of!(PyStructSequence_Desc, fields) - 16usize];
    [
        "Offset of field: PyStructSequence_Desc::n_in_sequence",
    ][::core::mem::offset_of!(PyStructSequence_Desc, n_in_sequence) - 24usize];
};
pub type PyStructSequence = PyTupleObject;
pub type PyTime_t = i64;
pub type PyThread_type_lock = *mut core::ffi::c_void;
pub type PyLockStatus = core::ffi::c_uint;
pub type Py_tss_t = _Py_tss_t;
#[repr(C)]
#[derive(Copy, Clone)]
pub struct _Py_tss_t {
    pub _is_initialized: core::ffi::c_int,
    pub _key: pthread_key_t,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of _Py_tss_t"][::core::mem::size_of::<_Py_tss_t>() - 8usize];
    ["Alignment of _Py_tss_t"][::core::mem::align_of::<_Py_tss_t>() - 4usize];
    [
        "Offset of field: _Py_tss_t::_is_initialized",
    ][::core::mem::offset_of!(_Py_tss_t, _is_initialized) - 0usize];
    [
        "Offset of field: _Py_tss_t::_key",
    ][::core::mem::offset_of!(_Py_tss_t, _key) - 4usize];
};
#[repr(C)]
#[derive(Copy, Clone)]
pub struct _pycontextobject {
    _unused: [u8; 0],
}
pub type PyContext = _pycontextobject;
#[repr(C)]
#[derive(Copy, Clone)]
pub struct _pycontextvarobject {
    _unused: [u8; 0],
}
pub type PyContextVar = _pycontextvarobject;
#[repr(C)]
#[derive(Copy, Clone)]
pub struct _pycontexttokenobject {
    _unused: [u8; 0],
}
pub type PyContextToken = _pycontexttokenobject;
pub type PyContextEvent = core::ffi::c_uint;
pub type PyContext_WatchCallback = ::core::option::Option<
    unsafe extern "C" fn(arg1: PyContextEvent, arg2: *mut PyObject) -> core::ffi::c_int,
>;
#[repr(C)]
#[derive(Copy, Clone)]
pub struct _PyOnceFlag {
    pub v: u8,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of _PyOnceFlag"][::core::mem::size_of::<_PyOnceFlag>() - 1usize];
    ["Alignment of _PyOnceFlag"][::core::mem::align_of::<_PyOnceFlag>() - 1usize];
    [
        "Offset of field: _PyOnceFlag::v",
    ][::core::mem::offset_of!(_PyOnceFlag, v) - 0usize];
};
#[repr(C)]
#[derive(Copy, Clone)]
pub struct _PyArg_Parser {
    pub format: *const core::ffi::c_char,
    pub keywords: *const *const core::ffi::c_char,
    pub fname: *const core::ffi::c_char,
    pub custom_msg: *const core::ffi::c_char,
    pub once: _PyOnceFlag,
    pub is_kwtuple_owned: core::ffi::c_int,
    pub pos: core::ffi::c_int,
    pub min: core::ffi::c_int,
    pub max: core::ffi::c_int,
    pub kwtuple: *mut PyObject,
    pub next: *mut _PyArg_Parser,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of _PyArg_Parser"][::core::mem::size_of::<_PyArg_Parser>() - 72usize];
    ["Alignment of _PyArg_Parser"][::core::mem::align_of::<_PyArg_Parser>() - 8usize];
    [
        "Offset of field: _PyArg_Parser::format",
    ][::core::mem::offset_of!(_PyArg_Parser, format) - 0usize];
    [
        "Offset of field: _PyArg_Parser::keywords",
    ][::core::mem::offset_of!(_PyArg_Parser, keywords) - 8usize];
    [
        "Offset of field: _PyArg_Parser::fname",
    ][::core::mem::offset_of!(_PyArg_Parser, fname) - 16usize];
    [
        "Offset of field: _PyArg_Parser::custom_msg",
    ][::core::mem::offset_of!(_PyArg_Parser, custom_msg) - 24usize];
    [
        "Offset of field: _PyArg_Parser::once",
    ][::core::mem::offset_of!(_PyArg_Parser, once) - 32usize];
    [
        "Offset of field: _PyArg_Parser::is_kwtuple_owned",
    ][::core::mem::offset_of!(_PyArg_Parser, is_kwtuple_owned) - 36usize];
    [
        "Offset of field: _PyArg_Parser::pos",
    ][::core::mem::offset_of!(_PyArg_Parser, pos) - 40usize];
    [
        "Offset of field: _PyArg_Parser::min",
    ][::core::mem::offset_of!(_PyArg_Parser, min) - 44usize];
    [
        "Offset of field: _PyArg_Parser::max",
    ][::core::mem::offset_of!(_PyArg_Parser, max) - 48usize];
    [
        "Offset of field: _PyArg_Parser::kwtuple",
    ][::core::mem::offset_of!(_PyArg_Parser, kwtuple) - 56usize];
    [
        "Offset of field: _PyArg_Parser::next",
    ][::core::mem::offset_of!(_PyArg_Parser, next) - 64usize];
};
#[repr(C)]
#[derive(Copy, Clone)]
pub struct PyCompilerFlags {
    pub cf_flags: core::ffi::c_int,
    pub cf_feature_version: core::ffi::c_int,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyCompilerFlags"][::core::mem::size_of::<PyCompilerFlags>() - 8usize];
    [
        "Alignment of PyCompilerFlags",
    ][::core::mem::align_of::<PyCompilerFlags>() - 4usize];
    [
        "Offset of field: PyCompilerFlags::cf_flags",
    ][::core::mem::offset_of!(PyCompilerFlags, cf_flags) - 0usize];
    [
        "Offset of field: PyCompilerFlags::cf_feature_version",
    ][::core::mem::offset_of!(PyCompilerFlags, cf_feature_version) - 4usize];
};
pub type PyOS_sighandler_t = ::core::option::Option<
    unsafe extern "C" fn(arg1: core::ffi::c_int),
>;
#[repr(C)]
#[derive(Copy, Clone)]
pub struct PyInterpreterConfig {
    pub use_main_obmalloc: core::ffi::c_int,
    pub allow_fork: core::ffi::c_int,
    pub allow_exec: core::ffi::c_int,
    pub allow_threads: core::ffi::c_int,
    pub allow_daemon_threads: core::ffi::c_int,
    pub check_multi_interp_extensions: core::ffi::c_int,
    pub gil: core::ffi::c_int,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of PyInterpreterConfig",
    ][::core::mem::size_of::<PyInterpreterConfig>() - 28usize];
    [
        "Alignment of PyInterpreterConfig",
    ][::core::mem::align_of::<PyInterpreterConfig>() - 4usize];
    [
        "Offset of field: PyInterpreterConfig::use_main_obmalloc",
    ][::core::mem::offset_of!(PyInterpreterConfig, use_main_obmalloc) - 0usize];
    [
        "Offset of field: PyInterpreterConfig::allow_fork",
    ][::core::mem::offset_of!(PyInterpreterConfig, allow_fork) - 4usize];
    [
        "Offset of field: PyInterpreterConfig::allow_exec",
    ][::core::mem::offset_of!(PyInterpreterConfig, allow_exec) - 8usize];
    [
        "Offset of field: PyInterpreterConfig::allow_threads",
    ][::core::mem::offset_of!(PyInterpreterConfig, allow_threads) - 12usize];
    [
        "Offset of field: PyInterpreterConfig::allow_daemon_threads",
    ][::core::mem::offset_of!(PyInterpreterConfig, allow_daemon_threads) - 16usize];
    [
        "Offset of field: PyInterpreterConfig::check_multi_interp_extensions",
    ][::core::mem::offset_of!(PyInterpreterConfig, check_multi_interp_extensions)
        - 20usize];
    [
        "Offset of field: PyInterpreterConfig::gil",
    ][::core::mem::offset_of!(PyInterpreterConfig, gil) - 24usize];
};
pub type atexit_datacallbackfunc = ::core::option::Option<
    unsafe extern "C" fn(arg1: *mut core::ffi::c_void),
>;
#[repr(C)]
#[derive(Copy, Clone)]
pub struct PerfMapState {
    pub perf_map: *mut FILE,
    pub map_lock: PyThread_type_lock,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PerfMapState"][::core::mem::size_of::<PerfMapState>() - 16usize];
    ["Alignment of PerfMapState"][::core::mem::align_of::<PerfMapState>() - 8usize];
    [
        "Offset of field: PerfMapState::perf_map",
    ][::core::mem::offset_of!(PerfMapState, perf_map) - 0usize];
    [
        "Offset of field: PerfMapState::map_lock",
    ][::core::mem::offset_of!(PerfMapState, map_lock) - 8usize];
};
pub type Py_AuditHookFunction = ::core::option::Option<
    unsafe extern "C" fn(
        arg1: *const core::ffi::c_char,
        arg2: *mut PyObject,
        arg3: *mut core::ffi::c_void,
    ) -> core::ffi::c_int,
>;
#[repr(C)]
#[derive(Copy, Clone)]
pub struct _inittab {
    pub name: *const core::ffi::c_char,
    pub initfunc: ::core::option::Option<unsafe extern "C" fn() -> *mut PyObject>,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of _inittab"][::core::mem::size_of::<_inittab>() - 16usize];
    ["Alignment of _inittab"][::core::mem::align_of::<_inittab>() - 8usize];
    [
        "Offset of field: _inittab::name",
    ][::core::mem::offset_of!(_inittab, name) - 0usize];
    [
        "Offset of field: _inittab::initfunc",
    ][::core::mem::offset_of!(_inittab, initfunc) - 8usize];
};
#[repr(C)]
#[derive(Copy, Clone)]
pub struct _frozen {
    pub name: *const core::ffi::c_char,
    pub code: *const core::ffi::c_uchar,
    pub size: core::ffi::c_int,
    pub is_package: core::ffi::c_int,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of _frozen"][::core::mem::size_of::<_frozen>() - 24usize];
    ["Alignment of _frozen"][::core::mem::align_of::<_frozen>() - 8usize];
    ["Offset of field: _frozen::name"][::core::mem::offset_of!(_frozen, name) - 0usize];
    ["Offset of field: _frozen::code"][::core::mem::offset_of!(_frozen, code) - 8usize];
    ["Offset of field: _frozen::size"][::core::mem::offset_of!(_frozen, size) - 16usize];
    [
        "Offset of field: _frozen::is_package",
    ][::core::mem::offset_of!(_frozen, is_package) - 20usize];
};
#[repr(C)]
pub struct PyDateTime_Delta {
    pub ob_base: PyObject,
    pub hashcode: Py_hash_t,
    pub days: core::ffi::c_int,
    pub seconds: core::ffi::c_int,
    pub microseconds: core::ffi::c_int,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyDateTime_Delta"][::core::mem::size_of::<PyDateTime_Delta>() - 40usize];
    [
        "Alignment of PyDateTime_Delta",
    ][::core::mem::align_of::<PyDateTime_Delta>() - 8usize];
    [
        "Offset of field: PyDateTime_Delta::ob_base",
    ][::core::mem::offset_of!(PyDateTime_Delta, ob_base) - 0usize];
    [
        "Offset of field: PyDateTime_Delta::hashcode",
    ][::core::mem::offset_of!(PyDateTime_Delta, hashcode) - 16usize];
    [
        "Offset of field: PyDateTime_Delta::days",
    ][::core::mem::offset_of!(PyDateTime_Delta, days) - 24usize];
    [
        "Offset of field: PyDateTime_Delta::seconds",
    ][::core::mem::offset_of!(PyDateTime_Delta, seconds) - 28usize];
    [
        "Offset of field: PyDateTime_Delta::microseconds",
    ][::core::mem::offset_of!(PyDateTime_Delta, microseconds) - 32usize];
};
#[repr(C)]
pub struct PyDateTime_TZInfo {
    pub ob_base: PyObject,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyDateTime_TZInfo"][::core::mem::size_of::<PyDateTime_TZInfo>() - 16usize];
    [
        "Alignment of PyDateTime_TZInfo",
    ][::core::mem::align_of::<PyDateTime_TZInfo>() - 8usize];
    [
        "Offset of field: PyDateTime_TZInfo::ob_base",
    ][::core::mem::offset_of!(PyDateTime_TZInfo, ob_base) - 0usize];
};
#[repr(C)]
pub struct _PyDateTime_BaseTZInfo {
    pub ob_base: PyObject,
    pub hashcode: Py_hash_t,
    pub hastzinfo: core::ffi::c_char,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of _PyDateTime_BaseTZInfo",
    ][::core::mem::size_of::<_PyDateTime_BaseTZInfo>() - 32usize];
    [
        "Alignment of _PyDateTime_BaseTZInfo",
    ][::core::mem::align_of::<_PyDateTime_BaseTZInfo>() - 8usize];
    [
        "Offset of field: _PyDateTime_BaseTZInfo::ob_base",
    ][::core::mem::offset_of!(_PyDateTime_BaseTZInfo, ob_base) - 0usize];
    [
        "Offset of field: _PyDateTime_BaseTZInfo::hashcode",
    ][::core::mem::offset_of!(_PyDateTime_BaseTZInfo, hashcode) - 16usize];
    [
        "Offset of field: _PyDateTime_BaseTZInfo::hastzinfo",
    ][::core::mem::offset_of!(_PyDateTime_BaseTZInfo, hastzinfo) - 24usize];
};
#[repr(C)]
pub struct _PyDateTime_BaseTime {
    pub ob_base: PyObject,
    pub hashcode: Py_hash_t,
    pub hastzinfo: core::ffi::c_char,
    pub data: [core::ffi::c_uchar; 6usize],
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of _PyDateTime_BaseTime",
    ][::core::mem::size_of::<_PyDateTime_BaseTime>() - 32usize];
    [
        "Alignment of _PyDateTime_BaseTime",
    ][::core::mem::align_of::<_PyDateTime_BaseTime>() - 8usize];
    [
        "Offset of field: _PyDateTime_BaseTime::ob_base",
    ][::core::mem::offset_of!(_PyDateTime_BaseTime, ob_base) - 0usize];
    [
        "Offset of field: _PyDateTime_BaseTime::hashcode",
    ][::core::mem::offset_of!(_PyDateTime_BaseTime, hashcode) - 16usize];
    [
        "Offset of field: _PyDateTime_BaseTime::hastzinfo",
    ][::core::mem::offset_of!(_PyDateTime_BaseTime, hastzinfo) - 24usize];
    [
        "Offset of field: _PyDateTime_BaseTime::data",
    ][::core::mem::offset_of!(_PyDateTime_BaseTime, data) - 25usize];
};
#[repr(C)]
pub struct PyDateTime_Time {
    pub ob_base: PyObject,
    pub hashcode: Py_hash_t,
    pub hastzinfo: core::ffi::c_char,
    pub data: [core::ffi::c_uchar; 6usize],
    pub fold: core::ffi::c_uchar,
    pub tzinfo: *mut PyObject,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyDateTime_Time"][::core::mem::size_of::<PyDateTime_Time>() - 40usize];
    [
        "Alignment of PyDateTime_Time",
    ][::core::mem::align_of::<PyDateTime_Time>() - 8usize];
    [
        "Offset of field: PyDateTime_Time::ob_base",
    ][::core::mem::offset_of!(PyDateTime_Time, ob_base) - 0usize];
    [
        "Offset of field: PyDateTime_Time::hashcode",
    ][::core::mem::offset_of!(PyDateTime_Time, hashcode) - 16usize];
    [
        "Offset of field: PyDateTime_Time::hastzinfo",
    ][::core::mem::offset_of!(PyDateTime_Time, hastzinfo) - 24usize];
    [
        "Offset of field: PyDateTime_Time::data",
    ][::core::mem::offset_of!(PyDateTime_Time, data) - 25usize];
    [
        "Offset of field: PyDateTime_Time::fold",
    ][::core::mem::offset_of!(PyDateTime_Time, fold) - 31usize];
    [
        "Offset of field: PyDateTime_Time::tzinfo",
    ][::core::mem::offset_of!(PyDateTime_Time, tzinfo) - 32usize];
};
#[repr(C)]
pub struct PyDateTime_Date {
    pub ob_base: PyObject,
    pub hashcode: Py_hash_t,
    pub hastzinfo: core::ffi::c_char,
    pub data: [core::ffi::c_uchar; 4usize],
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyDateTime_Date"][::core::mem::size_of::<PyDateTime_Date>() - 32usize];
    [
        "Alignment of PyDateTime_Date",
    ][::core::mem::align_of::<PyDateTime_Date>() - 8usize];
    [
        "Offset of field: PyDateTime_Date::ob_base",
    ][::core::mem::offset_of!(PyDateTime_Date, ob_base) - 0usize];
    [
        "Offset of field: PyDateTime_Date::hashcode",
    ][::core::mem::offset_of!(PyDateTime_Date, hashcode) - 16usize];
    [
        "Offset of field: PyDateTime_Date::hastzinfo",
    ][::core::mem::offset_of!(PyDateTime_Date, hastzinfo) - 24usize];
    [
        "Offset of field: PyDateTime_Date::data",
    ][::core::mem::offset_of!(PyDateTime_Date, data) - 25usize];
};
#[repr(C)]
pub struct _PyDateTime_BaseDateTime {
    pub ob_base: PyObject,
    pub hashcode: Py_hash_t,
    pub hastzinfo: core::ffi::c_char,
    pub data: [core::ffi::c_uchar; 10usize],
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of _PyDateTime_BaseDateTime",
    ][::core::mem::size_of::<_PyDateTime_BaseDateTime>() - 40usize];
    [
        "Alignment of _PyDateTime_BaseDateTime",
    ][::core::mem::align_of::<_PyDateTime_BaseDateTime>() - 8usize];
    [
        "Offset of field: _PyDateTime_BaseDateTime::ob_base",
    ][::core::mem::offset_of!(_PyDateTime_BaseDateTime, ob_base) - 0usize];
    [
        "Offset of field: _PyDateTime_BaseDateTime::hashcode",
    ][::core::mem::offset_of!(_PyDateTime_BaseDateTime, hashcode) - 16usize];
    [
        "Offset of field: _PyDateTime_BaseDateTime::hastzinfo",
    ][::core::mem::offset_of!(_PyDateTime_BaseDateTime, hastzinfo) - 24usize];
    [
        "Offset of field: _PyDateTime_BaseDateTime::data",
    ][::core::mem::offset_of!(_PyDateTime_BaseDateTime, data) - 25usize];
};
#[repr(C)]
pub struct PyDateTime_DateTime {
    pub ob_base: PyObject,
    pub hashcode: Py_hash_t,
    pub hastzinfo: core::ffi::c_char,
    pub data: [core::ffi::c_uchar; 10usize],
    pub fold: core::ffi::c_uchar,
    pub tzinfo: *mut PyObject,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of PyDateTime_DateTime",
    ][::core::mem::size_of::<PyDateTime_DateTime>() - 48usize];
    [
        "Alignment of PyDateTime_DateTime",
    ][::core::mem::align_of::<PyDateTime_DateTime>() - 8usize];
    [
        "Offset of field: PyDateTime_DateTime::ob_base",
    ][::core::mem::offset_of!(PyDateTime_DateTime, ob_base) - 0usize];
    [
        "Offset of field: PyDateTime_DateTime::hashcode",
    ][::core::mem::offset_of!(PyDateTime_DateTime, hashcode) - 16usize];
    [
        "Offset of field: PyDateTime_DateTime::hastzinfo",
    ][::core::mem::offset_of!(PyDateTime_DateTime, hastzinfo) - 24usize];
    [
        "Offset of field: PyDateTime_DateTime::data",
    ][::core::mem::offset_of!(PyDateTime_DateTime, data) - 25usize];
    [
        "Offset of field: PyDateTime_DateTime::fold",
    ][::core::mem::offset_of!(PyDateTime_DateTime, fold) - 35usize];
    [
        "Offset of field: PyDateTime_DateTime::tzinfo",
    ][::core::mem::offset_of!(PyDateTime_DateTime, tzinfo) - 40usize];
};
#[repr(C)]
#[derive(Copy, Clone)]
pub struct PyDateTime_CAPI {
    pub DateType: *mut PyTypeObject,
    pub DateTimeType: *mut PyTypeObject,
    pub TimeType: *mut PyTypeObject,
    pub DeltaType: *mut PyTypeObject,
    pub TZInfoType: *mut PyTypeObject,
    pub TimeZone_UTC: *mut PyObject,
    pub Date_FromDate: ::core::option::Option<
        unsafe extern "C" fn(
            year: core::ffi::c_int,
            month: core::ffi::c_int,
            day: core::ffi::c_int,
            cls: *mut PyTypeObject,
        ) -> *mut PyObject,
    >,
    pub DateTime_FromDateAndTime: ::core::option::Option<
        unsafe extern "C" fn(
            year: core::ffi::c_int,
            month: core::ffi::c_int,
            day: core::ffi::c_int,
            hour: core::ffi::c_int,
            minute: core::ffi::c_int,
            second: core::ffi::c_int,
            usecond: core::ffi::c_int,
            tzinfo: *mut PyObject,
            cls: *mut PyTypeObject,
        ) -> *mut PyObject,
    >,
    pub Time_FromTime: ::core::option::Option<
        unsafe extern "C" fn(
            hour: core::ffi::c_int,
            minute: core::ffi::c_int,
            second: core::ffi::c_int,
            usecond: core::ffi::c_int,
            tzinfo: *mut PyObject,
            cls: *mut PyTypeObject,
        ) -> *mut PyObject,
    >,
    pub Delta_FromDelta: ::core::option::Option<
        unsafe extern "C" fn(
            days: core::ffi::c_int,
            seconds: core::ffi::c_int,
            useconds: core::ffi::c_int,
            normalize: core::ffi::c_int,
            cls: *mut PyTypeObject,
        ) -> *mut PyObject,
    >,
    pub TimeZone_FromTimeZone: ::core::option::Option<
        unsafe extern "C" fn(offset: *mut PyObject, name: *mut PyObject) -> *mut PyObject,
    >,
    pub DateTime_FromTimestamp: ::core::option::Option<
        unsafe extern "C" fn(
            cls: *mut PyObject,
            args: *mut PyObject,
            kwargs: *mut PyObject,
        ) -> *mut PyObject,
    >,
    pub Date_FromTimestamp: ::core::option::Option<
        unsafe extern "C" fn(cls: *mut PyObject, args: *mut PyObject) -> *mut PyObject,
    >,
    pub DateTime_FromDateAndTimeAndFold: ::core::option::Option<
        unsafe extern "C" fn(
            year: core::ffi::c_int,
            month: core::ffi::c_int,
            day: core::ffi::c_int,
            hour: core::ffi::c_int,
            minute: core::ffi::c_int,
            second: core::ffi::c_int,
            usecond: core::ffi::c_int,
            tzinfo: *mut PyObject,
            fold: core::ffi::c_int,
            cls: *mut PyTypeObject,
        ) -> *mut PyObject,
    >,
    pub Time_FromTimeAndFold: ::core::option::Option<
        unsafe extern "C" fn(
            hour: core::ffi::c_int,
            minute: core::ffi::c_int,
            second: core::ffi::c_int,
            usecond: core::ffi::c_int,
            tzinfo: *mut PyObject,
            fold: core::ffi::c_int,
            cls: *mut PyTypeObject,
        ) -> *mut PyObject,
    >,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of PyDateTime_CAPI"][::core::mem::size_of::<PyDateTime_CAPI>() - 120usize];
    [
        "Alignment of PyDateTime_CAPI",
    ][::core::mem::align_of::<PyDateTime_CAPI>() - 8usize];
    [
        "Offset of field: PyDateTime_CAPI::DateType",
    ][::core::mem::offset_of!(PyDateTime_CAPI, DateType) - 0usize];
    [
        "Offset of field: PyDateTime_CAPI::DateTimeType",
    ][::core::mem::offset_of!(PyDateTime_CAPI, DateTimeType) - 8usize];
    [
        "Offset of field: PyDateTime_CAPI::TimeType",
    ][::core::mem::offset_of!(PyDateTime_CAPI, TimeType) - 16usize];
    [
        "Offset of field: PyDateTime_CAPI::DeltaType",
    ][::core::mem::offset_of!(PyDateTime_CAPI, DeltaType) - 24usize];
    [
        "Offset of field: PyDateTime_CAPI::TZInfoType",
    ][::core::mem::offset_of!(PyDateTime_CAPI, TZInfoType) - 32usize];
    [
        "Offset of field: PyDateTime_CAPI::TimeZone_UTC",
    ][::core::mem::offset_of!(PyDateTime_CAPI, TimeZone_UTC) - 40usize];
    [
        "Offset of field: PyDateTime_CAPI::Date_FromDate",
    ][::core::mem::offset_of!(PyDateTime_CAPI, Date_FromDate) - 48usize];
    [
        "Offset of field: PyDateTime_CAPI::DateTime_FromDateAndTime",
    ][::core::mem::offset_of!(PyDateTime_CAPI, DateTime_FromDateAndTime) - 56usize];
    [
        "Offset of field: PyDateTime_CAPI::Time_FromTime",
    ][::core::mem::offset_of!(PyDateTime_CAPI, Time_FromTime) - 64usize];
    [
        "Offset of field: PyDateTime_CAPI::Delta_FromDelta",
    ][::core::mem::offset_of!(PyDateTime_CAPI, Delta_FromDelta) - 72usize];
    [
        "Offset of field: PyDateTime_CAPI::TimeZone_FromTimeZone",
    ][::core::mem::offset_of!(PyDateTime_CAPI, TimeZone_FromTimeZone) - 80usize];
    [
        "Offset of field: PyDateTime_CAPI::DateTime_FromTimestamp",
    ][::core::mem::offset_of!(PyDateTime_CAPI, DateTime_FromTimestamp) - 88usize];
    [
        "Offset of field: PyDateTime_CAPI::Date_FromTimestamp",
    ][::core::mem::offset_of!(PyDateTime_CAPI, Date_FromTimestamp) - 96usize];
    [
        "Offset of field: PyDateTime_CAPI::DateTime_FromDateAndTimeAndFold",
    ][::core::mem::offset_of!(PyDateTime_CAPI, DateTime_FromDateAndTimeAndFold)
        - 104usize];
    [
        "Offset of field: PyDateTime_CAPI::Time_FromTimeAndFold",
    ][::core::mem::offset_of!(PyDateTime_CAPI, Time_FromTimeAndFold) - 112usize];
};
#[repr(C)]
pub struct PyFrameLocalsProxyObject {
    pub ob_base: PyObject,
    pub frame: *mut PyFrameObject,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of PyFrameLocalsProxyObject",
    ][::core::mem::size_of::<PyFrameLocalsProxyObject>() - 24usize];
    [
        "Alignment of PyFrameLocalsProxyObject",
    ][::core::mem::align_of::<PyFrameLocalsProxyObject>() - 8usize];
    [
        "Offset of field: PyFrameLocalsProxyObject::ob_base",
    ][::core::mem::offset_of!(PyFrameLocalsProxyObject, ob_base) - 0usize];
    [
        "Offset of field: PyFrameLocalsProxyObject::frame",
    ][::core::mem::offset_of!(PyFrameLocalsProxyObject, frame) - 16usize];
};
#[repr(C)]
pub struct _frame {
    pub ob_base: PyObject,
    pub f_back: *mut PyFrameObject,
    pub f_frame: *mut _PyInterpreterFrame,
    pub f_trace: *mut PyObject,
    pub f_lineno: core::ffi::c_int,
    pub f_trace_lines: core::ffi::c_char,
    pub f_trace_opcodes: core::ffi::c_char,
    pub f_extra_locals: *mut PyObject,
    pub f_locals_cache: *mut PyObject,
    pub f_overwritten_fast_locals: *mut PyObject,
    pub _f_frame_data: [*mut PyObject; 1usize],
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of _frame"][::core::mem::size_of::<_frame>() - 80usize];
    ["Alignment of _frame"][::core::mem::align_of::<_frame>() - 8usize];
    [
        "Offset of field: _frame::ob_base",
    ][::core::mem::offset_of!(_frame, ob_base) - 0usize];
    [
        "Offset of field: _frame::f_back",
    ][::core::mem::offset_of!(_frame, f_back) - 16usize];
    [
        "Offset of field: _frame::f_frame",
    ][::core::mem::offset_of!(_frame, f_frame) - 24usize];
    [
        "Offset of field: _frame::f_trace",
    ][::core::mem::offset_of!(_frame, f_trace) - 32usize];
    [
        "Offset of field: _frame::f_lineno",
    ][::core::mem::offset_of!(_frame, f_lineno) - 40usize];
    [
        "Offset of field: _frame::f_trace_lines",
    ][::core::mem::offset_of!(_frame, f_trace_lines) - 44usize];
    [
        "Offset of field: _frame::f_trace_opcodes",
    ][::core::mem::offset_of!(_frame, f_trace_opcodes) - 45usize];
    [
        "Offset of field: _frame::f_extra_locals",
    ][::core::mem::offset_of!(_frame, f_extra_locals) - 48usize];
    [
        "Offset of field: _frame::f_locals_cache",
    ][::core::mem::offset_of!(_frame, f_locals_cache) - 56usize];
    [
        "Offset of field: _frame::f_overwritten_fast_locals",
    ][::core::mem::offset_of!(_frame, f_overwritten_fast_locals) - 64usize];
    [
        "Offset of field: _frame::_f_frame_data",
    ][::core::mem::offset_of!(_frame, _f_frame_data) - 72usize];
};
pub type _framestate = core::ffi::c_int;
pub use self::_framestate as PyFrameState;
pub type __builtin_va_list = [__va_list_tag; 1usize];
#[repr(C)]
#[derive(Copy, Clone)]
pub struct __va_list_tag {
    pub gp_offset: core::ffi::c_uint,
    pub fp_offset: core::ffi::c_uint,
    pub overflow_arg_area: *mut core::ffi::c_void,
    pub reg_save_area: *mut core::ffi::c_void,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of __va_list_tag"][::core::mem::size_of::<__va_list_tag>() - 24usize];
    ["Alignment of __va_list_tag"][::core::mem::align_of::<__va_list_tag>() - 8usize];
    [
        "Offset of field: __va_list_tag::gp_offset",
    ][::core::mem::offset_of!(__va_list_tag, gp_offset) - 0usize];
    [
        "Offset of field: __va_list_tag::fp_offset",
    ][::core::mem::offset_of!(__va_list_tag, fp_offset) - 4usize];
    [
        "Offset of field: __va_list_tag::overflow_arg_area",
    ][::core::mem::offset_of!(__va_list_tag, overflow_arg_area) - 8usize];
    [
        "Offset of field: __va_list_tag::reg_save_area",
    ][::core::mem::offset_of!(__va_list_tag, reg_save_area) - 16usize];
};
#[repr(C)]
#[derive(Copy, Clone)]
pub struct _dictkeysobject {
    pub _address: u8,
}
#[repr(C)]
#[derive(Copy, Clone)]
pub struct _PyExecutorObject {
    pub _address: u8,
}
#[repr(C)]
#[derive(Copy, Clone)]
pub struct _PyCoMonitoringData {
    pub _address: u8,
}
