//! Conversions between objects and `PyObject *`: the one place that makes either from the other.
//!
//! Ints and floats cross by value: every crossing makes a struct of its own. Any other object has at
//! most one C struct, its shadow: the header's shadow word is the struct's address, and the struct's
//! link is the object's address with two marks. The managed heap owns one counted reference of a
//! shadow (mark `MANAGED`), from the first time the object is seen as a value; what C made and no value
//! refers to has exactly C's references. The collector treats the object as a root while there are
//! more references than the managed one.
//!
//! Tuples and strings that C makes stay C-only, and writable, until they are first seen as values.
//! References of a tuple's struct to its items are counted, as C expects.

use crate::ffi::types::*;
use crate::{memory, typeobject};
use adder_heap as heap;
use adder_heap::{GilCell, LinkHooks};
use adder_vm::builtins::bytes::Bytes;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::float::{Float, as_float};
use adder_vm::builtins::int::{BigInt, as_int};
use adder_vm::builtins::set::any_set;
use adder_vm::builtins::slice_::Slice;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::def::*;
use adder_vm::error::PyResult;
use adder_vm::object::{LongHeader, Ref, Value, ValueExt};
use adder_vm::vm::Vm;
use std::collections::HashMap;

pub type Ptr = *mut PyObject;

/// The heap owns one of the references.
const MANAGED: u64 = 1;
/// The struct is reserved, and its fields beyond the head are not filled yet.
const UNFILLED: u64 = 2;
const MARKS: u64 = 15;

/// Structs outside the range, which are immortal, with their immortal objects.
static FOREIGN: GilCell<Option<HashMap<usize, u64>>> = GilCell::new(None);

/// A new reference, to be given to C.
#[repr(transparent)]
pub struct Owned(pub Ptr);

impl Owned {
    pub fn new(v: Value) -> Owned {
        Owned(to_c(v))
    }

    /// Gives the reference away.
    pub fn release(self) -> Ptr {
        let p = self.0;
        std::mem::forget(self);
        p
    }

    pub const NULL: Owned = Owned(std::ptr::null_mut());
}

impl Drop for Owned {
    fn drop(&mut self) {
        // SAFETY: the reference is ours (counted-reference).
        unsafe { xdecref(self.0) }
    }
}

/// A reference that somebody else keeps.
pub struct Borrowed(pub Ptr);

/// An object that C passes and keeps.
#[derive(Clone, Copy)]
pub struct Arg(pub Ptr);

impl Arg {
    /// The object, which may be stored.
    #[inline(always)]
    pub fn value(self) -> Value {
        // SAFETY: C passes live objects.
        unsafe { from_c(self.0) }
    }

    /// The object was changed by the API.
    pub fn changed(self) {
        // SAFETY: C passes live objects.
        unsafe { note_size(look(self.0), self.0) }
    }

    /// The object, for a look at it: no reference to it may be stored.
    #[inline(always)]
    pub fn peek(self) -> Value {
        // SAFETY: C passes live objects.
        unsafe { look(self.0) }
    }

    #[inline(always)]
    pub fn flags(self) -> u64 {
        // SAFETY: C passes live objects.
        unsafe { (*(*self.0).ob_type).tp_flags }
    }
}

/// A reference that C gives away.
pub struct Steal(pub Owned);

// ---- parameters and results of API functions ----------------------------------------------------

/// A parameter of an API function.
pub trait FromC {
    type C;
    fn from_c(c: Self::C) -> Self;
}

/// A result of an API function.
pub trait IntoC {
    type C;
    fn into_c(self, vm: &Vm) -> Self::C;
}

/// What `PyResult` may hold, with the value that means an error.
pub trait Fallible: IntoC {
    const ERROR: Self::C;
}

impl FromC for Arg {
    type C = Ptr;
    #[inline(always)]
    fn from_c(c: Ptr) -> Arg {
        Arg(c)
    }
}

impl FromC for Steal {
    type C = Ptr;
    #[inline(always)]
    fn from_c(c: Ptr) -> Steal {
        Steal(Owned(c))
    }
}

impl IntoC for Owned {
    type C = Ptr;
    #[inline(always)]
    fn into_c(self, _: &Vm) -> Ptr {
        self.release()
    }
}

impl Fallible for Owned {
    const ERROR: Ptr = std::ptr::null_mut();
}

impl IntoC for Borrowed {
    type C = Ptr;
    #[inline(always)]
    fn into_c(self, _: &Vm) -> Ptr {
        self.0
    }
}

impl Fallible for Borrowed {
    const ERROR: Ptr = std::ptr::null_mut();
}

impl IntoC for Value {
    type C = Ptr;
    #[inline(always)]
    fn into_c(self, _: &Vm) -> Ptr {
        to_c(self)
    }
}

impl Fallible for Value {
    const ERROR: Ptr = std::ptr::null_mut();
}

impl<T> FromC for *const T {
    type C = *const T;
    fn from_c(c: *const T) -> *const T {
        c
    }
}

impl<T> FromC for *mut T {
    type C = *mut T;
    fn from_c(c: *mut T) -> *mut T {
        c
    }
}

impl<T> IntoC for *const T {
    type C = *const T;
    fn into_c(self, _: &Vm) -> *const T {
        self
    }
}

impl<T> Fallible for *const T {
    const ERROR: *const T = std::ptr::null();
}

impl<T> IntoC for *mut T {
    type C = *mut T;
    fn into_c(self, _: &Vm) -> *mut T {
        self
    }
}

impl<T> Fallible for *mut T {
    const ERROR: *mut T = std::ptr::null_mut();
}

macro_rules! numbers {
    ($($t:ty = $error:expr;)*) => {$(
        impl FromC for $t {
            type C = $t;
            #[inline(always)]
            fn from_c(c: $t) -> $t {
                c
            }
        }
        impl IntoC for $t {
            type C = $t;
            #[inline(always)]
            fn into_c(self, _: &Vm) -> $t {
                self
            }
        }
        impl Fallible for $t {
            const ERROR: $t = $error;
        }
    )*};
}

numbers! { i32 = -1; u32 = u32::MAX; i64 = -1; u64 = u64::MAX; isize = -1; usize = usize::MAX; f64 = -1.0; }

impl IntoC for () {
    type C = ();
    fn into_c(self, _: &Vm) {}
}

/// Functions that return 0, or -1 with an exception.
pub struct Done;

impl IntoC for Done {
    type C = i32;
    fn into_c(self, _: &Vm) -> i32 {
        0
    }
}

impl Fallible for Done {
    const ERROR: i32 = -1;
}

impl IntoC for bool {
    type C = i32;
    fn into_c(self, _: &Vm) -> i32 {
        self as i32
    }
}

impl Fallible for bool {
    const ERROR: i32 = -1;
}

impl<T: Fallible> IntoC for PyResult<T> {
    type C = T::C;
    #[inline(always)]
    fn into_c(self, vm: &Vm) -> T::C {
        match self {
            Ok(v) => v.into_c(vm),
            Err(raised) => {
                crate::pyerrors::to_indicator(vm, raised);
                T::ERROR
            }
        }
    }
}

// ---- reference counts ---------------------------------------------------------------------------

/// # Safety
/// `p` is a live object.
#[inline(always)]
pub unsafe fn incref(p: Ptr) {
    if (*p).ob_refcnt < 3 << 30 {
        (*p).ob_refcnt += 1;
    }
}

/// # Safety
/// `p` is a live object, and the caller owns a reference.
#[inline(always)]
pub unsafe fn decref(p: Ptr) {
    if (*p).ob_refcnt >> 31 == 0 {
        (*p).ob_refcnt -= 1;
        if (*p).ob_refcnt == 0 {
            dealloc(p);
        }
    }
}

/// # Safety
/// As `decref`, or null.
#[inline(always)]
pub unsafe fn xdecref(p: Ptr) {
    if !p.is_null() {
        decref(p);
    }
}

/// A new reference to the same object.
///
/// # Safety
/// `p` is a live object.
pub unsafe fn new_ref(p: Ptr) -> Owned {
    incref(p);
    Owned(p)
}

/// The last counted reference went.
///
/// # Safety
/// `p` is an object with count 0.
pub unsafe fn dealloc(p: Ptr) {
    if !memory::contains(p) {
        return;
    }
    let link = memory::link(p);
    if *link & MANAGED != 0 {
        // More was released than taken: the heap's own reference is not C's to release.
        (*p).ob_refcnt = 1;
        return;
    }
    if *link != 0 {
        let v = Value::from_bits_unchecked(*link & !MARKS);
        (*(v.header() as *const LongHeader)).set_shadow(0);
        heap::forget_linked(v);
        *link = 0;
    }
    free_struct(p);
}

/// Frees what the struct owns, and the struct.
unsafe fn free_struct(p: Ptr) {
    let flags = (*(*p).ob_type).tp_flags;
    if flags & TUPLE_SUBCLASS != 0 {
        let t = p as *mut PyTupleObject;
        let items = (&raw mut (*t).ob_item) as *mut Ptr;
        for i in 0..(*t).ob_base.ob_size as usize {
            let item = std::ptr::replace(items.add(i), std::ptr::null_mut());
            xdecref(item);
        }
    } else if flags & UNICODE_SUBCLASS != 0 {
        let s = p as *mut PyCompactUnicodeObject;
        if (*s)._base.state.bits & _PyUnicodeObject_state::ASCII == 0 {
            libc::free((*s).utf8.cast());
        }
    } else if (*p).ob_type == typeobject::slice_type() {
        let c = p as *mut PySliceObject;
        xdecref((*c).start);
        xdecref((*c).stop);
        xdecref((*c).step);
    } else if flags & BASE_EXC_SUBCLASS != 0 {
        crate::exceptions_fields::free(p);
    }
    memory::free(p);
}

// ---- from objects to structs --------------------------------------------------------------------

/// Memory for a struct of `size` bytes with one reference.
pub fn new_struct(class: *mut PyTypeObject, size: usize) -> Ptr {
    let p = memory::alloc(size).expect("memory for a C struct") as Ptr;
    // SAFETY: fresh memory.
    unsafe {
        (*p).ob_refcnt = 1;
        (*p).ob_type = class;
    }
    p
}

/// A new reference to the object's struct.
#[inline]
pub fn to_c(v: Value) -> Ptr {
    if v.is_small() {
        return crate::longobject::from_i64(v.small());
    }
    if let Some(f) = v.exact::<Float>() {
        return crate::floatobject::new(f.value);
    }
    if let Some(i) = v.exact::<BigInt>() {
        return crate::longobject::from_digits(&crate::typeobject::int_type(), i.negative, i.digits());
    }
    // SAFETY: every other object has the long header (layout-of-objects).
    unsafe {
        let h = &*(v.header() as *const LongHeader);
        let word = h.shadow();
        let p = if word == 0 || word & 1 != 0 { create(v) } else { word as Ptr };
        if memory::contains(p) && *memory::link(p) & UNFILLED != 0 {
            *memory::link(p) &= !UNFILLED;
            fill(v, p);
        }
        note_size(v, p);
        incref(p);
        p
    }
}

/// The identity of an object with the long header.
pub fn identity(v: Value) -> u64 {
    // SAFETY: such objects have the long header (layout-of-objects).
    let word = unsafe { (*(v.header() as *const LongHeader)).shadow() };
    if word == 0 { create(v) as u64 } else { word & !1 }
}

/// Gives the object a struct that only has its head.
fn create(v: Value) -> Ptr {
    if let Some(t) = v.downcast::<Type>() {
        return typeobject::type_struct(t) as Ptr;
    }
    let class = v.class();
    let size = struct_size(v, class);
    let p = new_struct(typeobject::type_struct(class), size);
    // SAFETY: a fresh slot for an object without one.
    unsafe {
        attach(v, p, MANAGED | UNFILLED);
        if (*(v.header())).is_immortal() {
            make_immortal(p);
        }
    }
    p
}

/// # Safety
/// `p` is a fresh struct in the range, `v` has the long header and no struct.
unsafe fn attach(v: Value, p: Ptr, marks: u64) {
    *memory::link(p) = v.bits() | marks;
    (*(v.header() as *const LongHeader)).set_shadow(p as u64);
    heap::note_linked(v);
}

/// Links a class with its struct.
///
/// # Safety
/// As `attach`; the struct is filled next.
pub unsafe fn attach_type(v: Value, p: Ptr) {
    attach(v, p, MANAGED);
}

/// # Safety
/// `p` is a struct.
pub unsafe fn make_immortal(p: Ptr) {
    (*p).ob_refcnt = 3 << 30;
    (*p).ob_flags = 1;
}

/// Declares a struct outside the range as the object's.
///
/// # Safety
/// Both live for ever, and the object does not move.
pub unsafe fn register_foreign(v: Value, p: Ptr) {
    (*(v.header() as *const LongHeader)).set_shadow(p as u64);
    FOREIGN.get().get_or_insert_with(HashMap::new).insert(p as usize, v.bits());
}

fn struct_size(v: Value, class: Ref<Type>) -> usize {
    if class.has_flag(TUPLE_SUBCLASS) {
        return size_of::<PyTupleObject>() + 8 * v.downcast::<Tuple>().map_or(0, |t| t.len());
    }
    if let Some(s) = v.downcast::<Str>() {
        let head =
            if s.is_ascii() { size_of::<PyASCIIObject>() } else { size_of::<PyCompactUnicodeObject>() };
        return head + (s.len() + 1) * s.kind() as usize;
    }
    if let Some(b) = v.downcast::<Bytes>() {
        return size_of::<PyBytesObject>() + b.len();
    }
    if let Some(i) = as_int(v) {
        return crate::longobject::struct_size(i);
    }
    if any_set(v).is_some() {
        return size_of::<PySetObject>();
    }
    if class.has_flag(BASE_EXC_SUBCLASS) {
        return crate::exceptions_fields::SIZE;
    }
    // Structs whose fields C does not read yet have room for the head of any of them.
    size_of::<PyBaseExceptionObject>()
}

/// Brings the number of items that macros read from the structs of dicts and sets up to date: whenever
/// the object crosses, and after functions of the API that change it.
///
/// # Safety
/// `p` is the object's struct.
pub unsafe fn note_size(v: Value, p: Ptr) {
    if let Some(d) = v.downcast::<Dict>() {
        (*(p as *mut PyDictObject)).ma_used = d.len() as isize;
    } else if let Some(s) = any_set(v) {
        (*(p as *mut PySetObject)).used = s.len() as isize;
    } else if (*(*p).ob_type).tp_flags & BASE_EXC_SUBCLASS != 0 {
        crate::exceptions_fields::refresh(v, p);
    }
}

/// Fills the fields beyond the head.
unsafe fn fill(v: Value, p: Ptr) {
    if let Some(t) = v.downcast::<Tuple>() {
        let c = p as *mut PyTupleObject;
        let items = (&raw mut (*c).ob_item) as *mut Ptr;
        (*c).ob_hash = -1;
        (*c).ob_base.ob_size = t.len() as isize;
        for i in 0..t.len() {
            *items.add(i) = to_c(t.get(i));
        }
    } else if let Some(s) = v.downcast::<Str>() {
        crate::unicodeobject::fill(s, p);
    } else if let Some(b) = v.downcast::<Bytes>() {
        let c = p as *mut PyBytesObject;
        (*c).ob_base.ob_size = b.len() as isize;
        (*c).ob_shash = -1;
        // The struct has room for the data, and its memory was zeroed.
        std::ptr::copy_nonoverlapping(b.data_ptr(), (&raw mut (*c).ob_sval).cast(), b.len());
    } else if let Some(i) = as_int(v) {
        crate::longobject::fill(i, p);
    } else if let Some(f) = as_float(v) {
        (*(p as *mut PyFloatObject)).ob_fval = f;
    } else if let Some(s) = v.exact::<Slice>() {
        let c = p as *mut PySliceObject;
        (*c).start = to_c(s.start.get());
        (*c).stop = to_c(s.stop.get());
        (*c).step = to_c(s.step.get());
    }
}

// ---- from structs to objects --------------------------------------------------------------------

/// The object of a struct; a reference to it may be stored.
///
/// # Safety
/// `p` is a live object.
#[inline]
pub unsafe fn from_c(p: Ptr) -> Value {
    let v = look(p);
    if v.is_ptr() && memory::contains(p) {
        let link = memory::link(p);
        if *link != 0 && *link & MANAGED == 0 {
            *link |= MANAGED;
            incref(p);
        }
    }
    v
}

/// The object of a struct that C gives away.
///
/// # Safety
/// `p` is a live object, and the caller owns a reference.
pub unsafe fn steal(p: Ptr) -> Value {
    let v = look(p);
    // While C has other references, the heap's one keeps the identity.
    if (*p).ob_refcnt > 1 {
        from_c(p);
    }
    decref(p);
    v
}

/// The object of a struct, without the heap taking a reference of it.
///
/// # Safety
/// `p` is a live object.
#[inline]
pub unsafe fn look(p: Ptr) -> Value {
    if memory::contains(p) {
        let link = *memory::link(p);
        return if link != 0 { Value::from_bits_unchecked(link & !MARKS) } else { adopt(p) };
    }
    if let Some(i) = crate::longobject::shared_small(p) {
        return Value::from_small(i);
    }
    match FOREIGN.get().as_ref().and_then(|m| m.get(&(p as usize))) {
        Some(bits) => Value::from_bits_unchecked(*bits),
        None => panic!("an object of C at {p:p} is not known"),
    }
}

/// The object of a struct that only C knew: ints and floats by value, the others are linked.
#[cold]
unsafe fn adopt(p: Ptr) -> Value {
    let vm = Vm::get();
    let class = (*p).ob_type;
    let flags = (*class).tp_flags;
    if flags & LONG_SUBCLASS != 0 {
        return crate::longobject::value(vm, p);
    }
    if class == typeobject::float_type() {
        return vm.float((*(p as *mut PyFloatObject)).ob_fval);
    }
    let v = if flags & TUPLE_SUBCLASS != 0 {
        let c = p as *mut PyTupleObject;
        let items = (&raw mut (*c).ob_item) as *mut Ptr;
        let t: Result<Ref<Tuple>, ()> = Tuple::build(vm, (*c).ob_base.ob_size as usize, |i| {
            let item = *items.add(i);
            // A tuple that is not filled yet shows None.
            Ok(if item.is_null() { adder_vm::builtins::singletons::none() } else { from_c(item) })
        });
        t.expect("items convert").value()
    } else if flags & UNICODE_SUBCLASS != 0 {
        crate::unicodeobject::value(p)
    } else {
        panic!("an object of C of type {:?} is not known", std::ffi::CStr::from_ptr((*class).tp_name));
    };
    if (*v.header()).is_immortal() || (*(v.header() as *const LongHeader)).shadow() != 0 {
        // The empty tuple and such have their struct already.
        return v;
    }
    attach(v, p, 0);
    v
}

// ---- the collector's questions ------------------------------------------------------------------

fn shadow(v: Value) -> Ptr {
    // SAFETY: linked objects have the long header (layout-of-objects).
    unsafe { (*(v.header() as *const LongHeader)).shadow() as Ptr }
}

fn is_root(v: Value) -> bool {
    let p = shadow(v);
    if p.is_null() {
        return false;
    }
    // SAFETY: a linked object's struct is alive.
    unsafe { !memory::contains(p) || (*p).ob_refcnt as u64 > (*memory::link(p) & MANAGED) }
}

fn moved(_old: Value, new: Value) {
    let p = shadow(new);
    if !p.is_null() && memory::contains(p) {
        // SAFETY: a linked object's struct is alive.
        unsafe {
            let link = memory::link(p);
            *link = new.bits() | *link & MARKS;
        }
    }
}

fn died(v: Value) {
    let p = shadow(v);
    if p.is_null() || !memory::contains(p) {
        return;
    }
    // SAFETY: the object is dead, and C has no reference to its struct.
    unsafe {
        (*(v.header() as *const LongHeader)).set_shadow(0);
        let unfilled = *memory::link(p) & UNFILLED != 0;
        *memory::link(p) = 0;
        if unfilled { memory::free(p) } else { free_struct(p) }
    }
}

/// Once, before the first object crosses.
pub fn init() {
    heap::set_link_hooks(LinkHooks {
        is_root,
        moved,
        died,
        prepare: |_| {},
        trace: |_, _| {},
        finished: |_| {},
    });
}

/// Whether the struct is in our memory.
pub fn is_own(p: Ptr) -> bool {
    memory::contains(p)
}

/// Whether the struct has an object.
pub fn is_linked(p: Ptr) -> bool {
    // SAFETY: an address in the range is a live struct.
    !memory::contains(p) || unsafe { *memory::link(p) != 0 }
}

/// A new object that so far only C refers to.
pub fn for_c_only(v: Value) -> Owned {
    let p = create(v);
    // SAFETY: a fresh struct with one reference, which becomes C's.
    unsafe {
        *memory::link(p) &= !(MANAGED | UNFILLED);
        fill(v, p);
        note_size(v, p);
    }
    Owned(p)
}

/// References lent to the C functions that run.
static LENT: GilCell<Vec<Owned>> = GilCell::new(vec![]);

/// A borrowed reference that is good until the running C function returns.
pub fn lend(_vm: &Vm, v: Value) -> PyResult<Borrowed> {
    let owned = Owned::new(v);
    let p = owned.0;
    LENT.get().push(owned);
    Ok(Borrowed(p))
}

/// Runs C code; what was lent to it is released afterwards.
#[inline]
pub fn with_loans<R>(f: impl FnOnce() -> R) -> R {
    let before = LENT.get().len();
    let result = crate::exceptions_state::with_exc_info(Vm::get(), f);
    while LENT.get().len() > before {
        let last = LENT.get().pop();
        drop(last);
    }
    result
}
