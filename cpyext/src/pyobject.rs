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
use crate::{foreign, memory, null_item, tupleobject, typeobject};
use adder_heap as heap;
use adder_heap::GilCell;
use adder_vm::builtins::bytearray::ByteArray;
use adder_vm::builtins::bytes::Bytes;
use adder_vm::builtins::code::Code;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::float::{Float, FloatObject, as_float};
use adder_vm::builtins::function::Function;
use adder_vm::builtins::int::{BigInt, as_int};
use adder_vm::builtins::list::List;
use adder_vm::builtins::memoryview::MemoryView;
use adder_vm::builtins::set::any_set;
use adder_vm::builtins::slice_::Slice;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::def::*;
use adder_vm::error::PyResult;
use adder_vm::extension;
use adder_vm::object::{LongHeader, Object as _, Ref, Value, ValueExt};
use adder_vm::vm::Vm;

pub use crate::api::{Done, Fallible, FromC, IntoC};

pub type Ptr = *mut PyObject;

/// The heap owns one of the references.
pub(crate) const MANAGED: u64 = 1;
/// The struct is reserved, and its fields beyond the head are not filled yet.
pub(crate) const UNFILLED: u64 = 2;
/// The struct has fields that follow the object: see `note_size`.
const FOLLOWS: u64 = 4;
/// At most one register has a managed reference: see `lifetimes.rs`. Without `MANAGED`: no managed reference is
/// left of what was fresh.
pub(crate) const FRESH: u64 = 8;
/// Objects are aligned to 16.
pub(crate) const MARKS: u64 = 15;

const READY: u64 = crate::ffi::constants::Py_TPFLAGS_READY;

/// Bits of `ob_flags` that only we use: the collector is to know the object; its finaliser has run.
pub const TRACKED: u16 = 1 << 8;
const FINALIZED: u16 = 1 << 9;
/// The object died before the struct's fields were filled.
pub const HOLLOW: u16 = 1 << 10;

/// The structs of classes inside the range.
static TYPES: GilCell<Option<memory::AddressMap<()>>> = GilCell::new(None);

/// Whether the address is that of a type's struct, whatever it is.
pub(crate) fn is_type(p: *const PyTypeObject) -> bool {
    if memory::contains(p) {
        TYPES.get().as_ref().is_some_and(|m| m.contains_key(&(p as usize)))
    } else {
        foreign::link(p as Ptr).is_some()
    }
}

/// What `tp_cache`, which C does not use, says of a type's instances, in the low bits of the class's address:
/// classes stay where they are.
mod class_word {
    /// Nothing.
    pub const CLASS: u64 = 1;
    /// They are nothing but their structs.
    pub const PLAIN: u64 = 2;
    /// They are floats, too.
    pub const FLOAT: u64 = 3;
    pub const KIND: u64 = 3;
}

/// The class of a ready type.
///
/// # Safety
/// `t` is a type.
#[inline(always)]
pub(crate) unsafe fn class_of_type(t: *const PyTypeObject) -> Option<Ref<Type>> {
    Value::from_bits((*t).tp_cache as u64 & !class_word::KIND).map(|class| class.cast())
}

unsafe fn note_class(t: Ptr, class: Value, kind: u64) {
    (*(t as *mut PyTypeObject)).tp_cache = (class.bits() | kind) as Ptr;
}

/// The struct of a class dies.
pub(crate) fn forget_type(p: *const PyTypeObject) {
    if let Some(m) = TYPES.get() {
        m.remove(&(p as usize));
    }
}

/// Structs of objects that the collector found dead; each has the reference that was the heap's.
pub(crate) static DEAD: GilCell<Vec<Ptr>> = GilCell::new(vec![]);

/// The link of a struct, wherever it is; None if a struct outside the range has none.
///
/// # Safety
/// `p` is a live struct.
#[inline(always)]
pub(crate) unsafe fn link_of(p: Ptr) -> Option<*mut u64> {
    if memory::contains(p) { Some(memory::link(p)) } else { foreign::link(p) }
}

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

    /// The class, without a look at the object.
    #[inline(always)]
    pub fn class(self) -> Ref<Type> {
        // SAFETY: C passes live objects.
        match unsafe { class_of_type((*self.0).ob_type) } {
            Some(class) => class,
            None => self.peek().class(),
        }
    }

    #[inline(always)]
    pub fn flags(self) -> u64 {
        // SAFETY: C passes live objects.
        unsafe { (*(*self.0).ob_type).tp_flags }
    }
}

/// A reference that C gives away.
pub struct Steal(pub Owned);

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
            if (*p).ob_type == typeobject::float_type() && memory::contains(p) {
                return memory::free_unlinked(p);
            }
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

/// # Safety
/// As `incref`, or null.
#[inline(always)]
pub unsafe fn xincref(p: Ptr) {
    if !p.is_null() {
        incref(p);
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
#[inline(never)]
pub unsafe fn dealloc(p: Ptr) {
    if is_by_value((*p).ob_type) && memory::contains(p) {
        return memory::free_unlinked(p);
    }
    if crate::embedding::has_ended() {
        // Destructors of C++ statics still release what they have.
        (*p).ob_refcnt = 1;
        return;
    }
    if let Some(link) = link_of(p)
        && *link & MANAGED != 0
    {
        // More was released than taken: the heap's own reference is not C's to release.
        (*p).ob_refcnt = 1;
        return crate::debug::over_decrement(p);
    }
    crate::reftracer::tell(p, crate::reftracer::DESTROY);
    match (*(*p).ob_type).tp_dealloc {
        Some(f) => f(p),
        None => typeobject::builtin_dealloc(p),
    }
}

/// Takes the link off a struct whose memory is used anew or given back.
///
/// # Safety
/// `p` is an address.
#[inline]
pub unsafe fn drop_stale(p: Ptr) {
    if !memory::contains(p) || *memory::link(p) != 0 {
        drop_link(p);
    }
}

#[inline(never)]
unsafe fn drop_link(p: Ptr) {
    if !memory::contains(p) {
        return drop_foreign_link(p);
    }
    let link = memory::link(p);
    let bits = std::mem::take(&mut *link);
    let v = Value::from_bits_unchecked(bits & !MARKS);
    if bits & (MANAGED | FRESH) == FRESH && shadow(v) == p {
        (*(v.header() as *const LongHeader)).set_shadow(extension::DEAD_SHADOW);
        heap::retire_linked(v);
    } else if v.is_ptr() {
        disconnect(v, p);
    }
}

unsafe fn drop_foreign_link(p: Ptr) {
    if let Some(link) = foreign::link(p) {
        let v = Value::from_bits_unchecked(*link & !MARKS);
        if *link != 0 && v.is_ptr() {
            disconnect(v, p);
        }
        foreign::remove(p);
    }
}

/// The object has lost its struct `p`, if it is still its own.
#[inline(always)]
unsafe fn disconnect(v: Value, p: Ptr) {
    if shadow(v) != p {
        return;
    }
    let class = v.class();
    if class.has_flag(LIST_SUBCLASS) {
        crate::listobject::unlinked(v);
    }
    let dead = if class.extension.get() { extension::DEAD_SHADOW } else { 0 };
    (*(v.header() as *const LongHeader)).set_shadow(dead);
    heap::forget_linked(v);
}

/// The struct has moved.
///
/// # Safety
/// `new` is fresh memory in the range.
pub unsafe fn move_link(old: Ptr, new: Ptr) {
    let bits = *memory::link(old);
    *memory::link(old) = 0;
    *memory::link(new) = bits;
    let v = Value::from_bits_unchecked(bits & !MARKS);
    (*(v.header() as *const LongHeader)).set_shadow(new as u64);
}

/// # Safety
/// `p` is a live object.
pub unsafe fn was_finalized(p: Ptr) -> bool {
    (*p).ob_flags & FINALIZED != 0
}

/// # Safety
/// `p` is a live object.
pub unsafe fn set_finalized(p: Ptr) {
    (*p).ob_flags |= FINALIZED;
}

/// Releases what the struct of one of the core's types owns.
///
/// # Safety
/// `p` is an object that dies.
pub unsafe fn release_fields(p: Ptr) {
    if (*p).ob_flags & HOLLOW != 0 || link_of(p).is_some_and(|link| *link & UNFILLED != 0) {
        return;
    }
    let flags = (*(*p).ob_type).tp_flags;
    if flags & TUPLE_SUBCLASS != 0 {
        let t = p as *mut PyTupleObject;
        let items = (&raw mut (*t).ob_item) as *mut Ptr;
        for i in 0..(*t).ob_base.ob_size as usize {
            let item = std::ptr::replace(items.add(i), std::ptr::null_mut());
            xdecref(item);
        }
        if (*p).ob_type != typeobject::tuple_type() {
            crate::structseq::release_hidden(p);
        }
    } else if flags & LIST_SUBCLASS != 0 {
        crate::listobject::release_items(p);
    } else if flags & UNICODE_SUBCLASS != 0 {
        crate::unicodeobject::release(p);
    } else if (*p).ob_type == typeobject::slice_type() {
        let c = p as *mut PySliceObject;
        xdecref((*c).start);
        xdecref((*c).stop);
        xdecref((*c).step);
    } else if flags & BASE_EXC_SUBCLASS != 0 {
        crate::exceptions_fields::free(p);
    } else if flags & TYPE_SUBCLASS != 0 {
        typeobject::release_type(p as *mut PyTypeObject);
    } else if (*p).ob_type == typeobject::code_type() {
        crate::code::free(p);
    } else if (*p).ob_type == typeobject::memoryview_type() {
        crate::buffer_parts::free(p);
    } else {
        crate::descrobject::release(p);
        crate::datetime::release(p);
    }
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

/// As `new_raw_struct`, for a number that is an argument: see `Passed`.
#[inline(always)]
pub fn new_number(class: *mut PyTypeObject) -> Ptr {
    let p = memory::new_box() as Ptr;
    // SAFETY: fresh memory. The flags above the count are zero.
    unsafe {
        *(p as *mut u64) = 1;
        (*p).ob_type = class;
    }
    p
}

/// Memory for a struct of `size` bytes with one reference, of which the caller fills all behind the head.
#[inline]
pub fn new_raw_struct(class: *mut PyTypeObject, size: usize) -> Ptr {
    let p = memory::alloc_raw(size).expect("memory for a C struct") as Ptr;
    // SAFETY: fresh memory. The flags above the count are zero.
    unsafe {
        *(p as *mut u64) = 1;
        (*p).ob_type = class;
    }
    p
}

/// Whether exact instances of the type cross by value.
#[inline(always)]
fn is_by_value(class: *mut PyTypeObject) -> bool {
    class == typeobject::float_type() || class == typeobject::int_type()
}

/// The value of a struct of a type that crosses by value.
#[inline(always)]
unsafe fn by_value(p: Ptr) -> Value {
    if (*p).ob_type == typeobject::float_type() {
        return Vm::get().float((*(p as *mut PyFloatObject)).ob_fval);
    }
    crate::longobject::value(Vm::get(), p)
}

/// A new reference to the object's struct.
#[inline]
pub fn to_c(v: Value) -> Ptr {
    match by_value_to_c(v) {
        Some(p) => p,
        None => {
            let p = shadow_to_c(v);
            // SAFETY: a live struct.
            unsafe { incref(p) };
            p
        }
    }
}

/// A new struct of what crosses by value.
#[inline(always)]
fn by_value_to_c(v: Value) -> Option<Ptr> {
    if v.is_small() {
        return Some(crate::longobject::from_i64(v.small()));
    }
    if let Some(f) = v.exact::<Float>() {
        return Some(crate::floatobject::new(f.value));
    }
    let i = v.exact::<BigInt>()?;
    Some(crate::longobject::from_words(i.negative, i.digits()))
}

/// The struct of an object, if it has one that is up to date.
#[inline(always)]
fn ready_shadow(v: Value) -> Option<Ptr> {
    // SAFETY: objects that do not cross by value have the long header (layout-of-objects).
    unsafe {
        let word = (*(v.header() as *const LongHeader)).shadow();
        if word == 0 || word & 1 != 0 {
            return None;
        }
        let p = word as Ptr;
        if memory::contains(p) && *memory::link(p) & (UNFILLED | FOLLOWS) != 0 { None } else { Some(p) }
    }
}

/// The struct of an object that has one for itself, ready to be read.
#[inline(always)]
fn shadow_to_c(v: Value) -> Ptr {
    // SAFETY: objects that do not cross by value have the long header (layout-of-objects).
    unsafe {
        let word = (*(v.header() as *const LongHeader)).shadow();
        let p = if word == 0 || word & 1 != 0 { create(v) } else { word as Ptr };
        if memory::contains(p) && *memory::link(p) & (UNFILLED | FOLLOWS) != 0 {
            bring_up_to_date(v, p);
        }
        p
    }
}

/// An argument of a C function. The caller's value keeps the object, and the heap's reference its struct:
/// only what crosses by value has a reference of its own.
pub struct Passed {
    pub p: Ptr,
    /// A number, with a reference of its own, or a list or tuple that C sees for the first time: to be released.
    pub own: bool,
}

impl Passed {
    /// The value stays in a register, or in a local, until this is dropped.
    #[inline(always)]
    pub fn new(v: Value) -> Passed {
        if v.is_small() {
            return Passed { p: crate::longobject::passed(v.small()), own: true };
        }
        if let Some(f) = v.exact::<Float>() {
            return Passed { p: crate::floatobject::passed(f.value), own: true };
        }
        if let Some(i) = v.exact::<BigInt>() {
            return Passed { p: crate::longobject::from_words(i.negative, i.digits()), own: true };
        }
        match ready_shadow(v) {
            Some(p) => Passed { p, own: false },
            None => Passed::not_ready(v),
        }
    }

    /// An object without a struct, or whose struct is not up to date. `release` brings back the items of a list
    /// that C sees for the first time, and takes the struct of such a tuple: most are made for one call.
    #[inline(never)]
    fn not_ready(v: Value) -> Passed {
        // SAFETY: objects that do not cross by value have the long header (layout-of-objects).
        let first = unsafe { (*(v.header() as *const LongHeader)).shadow() } == 0;
        if first
            && let Some(t) = v.exact::<Tuple>()
            && let Some(p) = tupleobject::passed(t)
        {
            return Passed { p, own: true };
        }
        let p = shadow_to_c(v);
        Passed { p, own: first && v.is::<List>() }
    }

    /// Releases a reference of `Passed`'s own.
    ///
    /// # Safety
    /// `p` is a number, whose reference the caller owns, or a list or tuple.
    #[inline(always)]
    pub unsafe fn release(p: Ptr) {
        if (*p).ob_type == typeobject::list_type() {
            crate::listobject::call_ended(p);
        } else if (*p).ob_type == typeobject::tuple_type() {
            tupleobject::was_passed(p);
        } else if (*p).ob_refcnt == 1 {
            memory::drop_box(p);
        } else {
            decref(p);
        }
    }

    pub const NULL: Passed = Passed { p: std::ptr::null_mut(), own: false };
}

impl Drop for Passed {
    #[inline(always)]
    fn drop(&mut self) {
        if self.own {
            // SAFETY: the reference is ours (counted-reference).
            unsafe { Passed::release(self.p) }
        }
    }
}

/// As `to_c`, for an object whose fields C does not look at yet: a new struct only gets its head.
pub fn to_c_head(v: Value) -> Ptr {
    // SAFETY: callers pass objects with the long header (layout-of-objects).
    unsafe {
        let word = (*(v.header() as *const LongHeader)).shadow();
        let p = if word == 0 || word & 1 != 0 { create(v) } else { word as Ptr };
        incref(p);
        p
    }
}

/// Fills a struct that has only its head, and the fields that follow the object.
#[inline(never)]
unsafe fn bring_up_to_date(v: Value, p: Ptr) {
    let link = memory::link(p);
    if *link & UNFILLED != 0 {
        *link &= !UNFILLED;
        fill(v, p);
    }
    note_size(v, p);
}

/// The identity of an object with the long header.
pub fn identity(v: Value) -> u64 {
    if v.is::<Tuple>() {
        tupleobject::keep_struct(v);
    }
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
    if class.extension.get() {
        return create_instance(v, class);
    }
    let size = struct_size(v, class);
    let p = new_struct(typeobject::type_struct(class), size);
    // SAFETY: a fresh slot for an object without one.
    unsafe {
        attach(v, p, MANAGED | UNFILLED | if follows(v) { FOLLOWS } else { 0 });
        if (*(v.header())).is_immortal() {
            make_immortal(p);
        }
    }
    p
}

/// The struct of an instance that the VM made: zeroed behind the part of the core's type.
fn create_instance(v: Value, class: Ref<Type>) -> Ptr {
    let t = typeobject::type_struct(class);
    // SAFETY: a fresh slot for an object without one.
    unsafe {
        let size = typeobject::instance_size(t, items_of(v)).max(struct_size(v, class));
        let p = memory::alloc(size).expect("memory for a C struct") as Ptr;
        typeobject::init_head(p, t);
        attach(v, p, MANAGED | UNFILLED | if follows(v) { FOLLOWS } else { 0 });
        p
    }
}

/// How many items an object of variable size has.
fn items_of(v: Value) -> isize {
    match (v.downcast::<Tuple>(), v.downcast::<Bytes>()) {
        (Some(t), _) => t.len() as isize,
        (_, Some(b)) => b.len() as isize,
        _ => 0,
    }
}

/// # Safety
/// `p` is a fresh struct in the range, `v` has the long header and no struct.
pub(crate) unsafe fn attach(v: Value, p: Ptr, marks: u64) {
    *memory::link(p) = v.bits() | marks;
    (*(v.header() as *const LongHeader)).set_shadow(p as u64);
    heap::note_linked(v);
}

/// Links a class with its struct.
///
/// # Safety
/// As `attach`; the struct is filled next.
pub unsafe fn attach_type(v: Value, p: Ptr) {
    TYPES.get().get_or_insert_with(Default::default).insert(p as usize, ());
    attach(v, p, MANAGED);
    note_class(p, v, class_word::CLASS);
}

/// Links a class with the type that an extension defines.
///
/// # Safety
/// `p` is a type without a class; a class does not move.
pub unsafe fn link_type(v: Value, p: Ptr) {
    if memory::contains(p) {
        attach_type(v, p);
        incref(p);
        return;
    }
    (*(v.header() as *const LongHeader)).set_shadow(p as u64);
    foreign::insert(p, v.bits() | MANAGED);
    note_class(p, v, class_word::CLASS);
    incref(p);
    heap::note_linked(v);
}

/// # Safety
/// `p` is a struct.
pub unsafe fn make_immortal(p: Ptr) {
    // The second flag says that the struct is static.
    (*p).ob_refcnt = 3 << 30;
    (*p).ob_flags = if memory::contains(p) { 1 } else { 5 };
}

/// Declares a struct outside the range as the object's.
///
/// # Safety
/// Both live for ever, and the object does not move.
pub unsafe fn register_foreign(v: Value, p: Ptr) {
    (*(v.header() as *const LongHeader)).set_shadow(p as u64);
    foreign::insert(p, v.bits());
}

/// What is known of the structs of a class's instances, in `Type::struct_facts`; above these bits is the size,
/// 0 if it is not always the same.
mod facts {
    pub const KNOWN: u32 = 1;
    /// Macros read from the struct what the VM changes: see `note_size`.
    pub const FOLLOWS: u32 = 2;
    /// There is nothing to fill beyond the head.
    pub const HEAD_ONLY: u32 = 4;
    /// `descrobject::fill` fills it.
    pub const CALLABLE: u32 = 8;
    pub const BITS: u32 = 4;
}

#[inline(always)]
fn facts_of(v: Value, class: Ref<Type>) -> u32 {
    match class.struct_facts.get() {
        0 => find_facts(v, class),
        facts => facts,
    }
}

#[cold]
#[inline(never)]
fn find_facts(v: Value, class: Ref<Type>) -> u32 {
    const VARIABLE: u64 = TUPLE_SUBCLASS | UNICODE_SUBCLASS | BYTES_SUBCLASS | LONG_SUBCLASS;
    let size = if class.flags.get() & VARIABLE != 0 { 0 } else { find_struct_size(v, class) as u32 };
    let follows = if find_follows(v) { facts::FOLLOWS } else { 0 };
    let facts = facts::KNOWN | follows | size << facts::BITS;
    class.struct_facts.set(facts);
    facts
}

/// As `register_foreign`, for a class.
///
/// # Safety
/// As there.
pub unsafe fn register_type(class: Ref<Type>, t: *mut PyTypeObject) {
    register_foreign(class.value(), t as Ptr);
    note_class(t as Ptr, class.value(), class_word::CLASS);
}

fn struct_size(v: Value, class: Ref<Type>) -> usize {
    match facts_of(v, class) >> facts::BITS {
        0 => find_struct_size(v, class),
        size => size as usize,
    }
}

fn find_struct_size(v: Value, class: Ref<Type>) -> usize {
    if class.has_flag(TUPLE_SUBCLASS) {
        let n = v.downcast::<Tuple>().map_or(0, |t| t.len()) + crate::structseq::hidden(class);
        return size_of::<PyTupleObject>() + 8 * n;
    }
    if let Some(s) = v.downcast::<Str>() {
        // SAFETY: the struct of a class.
        let basic = unsafe { (*typeobject::type_struct(class)).tp_basicsize } as usize;
        let subclass = basic.max(size_of::<PyUnicodeObject>());
        return if v.is::<Str>() { crate::unicodeobject::struct_size(s) } else { subclass };
    }
    if let Some(b) = v.downcast::<Bytes>() {
        return size_of::<PyBytesObject>() + b.len();
    }
    if class.is_subclass_of(ByteArray::class()) {
        return size_of::<PyByteArrayObject>();
    }
    if let Some(i) = as_int(v) {
        return crate::longobject::struct_size(i);
    }
    if any_set(v).is_some() {
        return size_of::<PySetObject>();
    }
    if class.has_flag(LIST_SUBCLASS) {
        return size_of::<PyListObject>();
    }
    if class.has_flag(BASE_EXC_SUBCLASS) {
        return crate::exceptions_fields::SIZE;
    }
    if v.is::<Code>() {
        return crate::code::SIZE;
    }
    if v.is::<Function>() {
        return crate::funcobject::SIZE;
    }
    if v.is::<MemoryView>() {
        return crate::buffer_parts::SIZE;
    }
    if let Some(s) = extension::native_struct(class) {
        return s.size;
    }
    // Structs whose fields C does not read yet have room for the head of any of them.
    size_of::<PyBaseExceptionObject>()
}

/// Whether macros read from the object's struct what the VM changes.
fn follows(v: Value) -> bool {
    facts_of(v, v.class()) & facts::FOLLOWS != 0
}

fn find_follows(v: Value) -> bool {
    v.downcast::<Dict>().is_some()
        || any_set(v).is_some()
        || v.class().has_flag(BASE_EXC_SUBCLASS)
        || extension::native_struct(v.class()).is_some()
}

/// Brings the number of items that macros read from the structs of dicts and sets up to date: whenever the object crosses, and after functions of the API that change it.
///
/// # Safety
/// `p` is the object's struct.
pub unsafe fn note_size(v: Value, p: Ptr) {
    if !follows(v) {
        return;
    }
    if let Some(d) = v.downcast::<Dict>() {
        (*(p as *mut PyDictObject)).ma_used = d.len() as isize;
    } else if let Some(s) = any_set(v) {
        (*(p as *mut PySetObject)).used = s.len() as isize;
    } else if let Some(s) = extension::native_struct(v.class()) {
        (s.update)(v, p.cast());
    } else {
        crate::exceptions_fields::refresh(v, p);
    }
}

/// The VM may have changed the object, which C has: the size of a dict or set, which macros read, is noted.
///
/// # Safety
/// `p` is a live object or null.
#[inline]
pub unsafe fn note_changed(p: Ptr) {
    if !p.is_null() && memory::contains(p) && *memory::link(p) & (FOLLOWS | UNFILLED) == FOLLOWS {
        let v = look(p);
        if v.downcast::<Dict>().is_some() || any_set(v).is_some() {
            note_size(v, p);
        }
    }
}

/// Fills the fields beyond the head.
unsafe fn fill(v: Value, p: Ptr) {
    let class = v.class();
    match class.struct_facts.get() & (facts::HEAD_ONLY | facts::CALLABLE) {
        0 => {}
        facts::CALLABLE => {
            crate::descrobject::fill(v, p);
            return;
        }
        _ => return,
    }
    if let Some(t) = v.downcast::<Tuple>() {
        fill_tuple(t, p);
        crate::structseq::fill_hidden(v, p);
    } else if let Some(l) = v.downcast::<List>() {
        crate::listobject::fill(l, p);
    } else if let Some(s) = v.downcast::<Str>() {
        crate::unicodeobject::fill(s, p);
    } else if let Some(b) = v.downcast::<Bytes>() {
        crate::bytesobject::fill(b, p);
    } else if let Some(b) = v.downcast::<ByteArray>() {
        crate::bytearrayobject::update(b, p);
    } else if let Some(c) = crate::complexobject::value_of(v) {
        (*(p as *mut PyComplexObject)).cval = c;
    } else if let Some(i) = as_int(v) {
        crate::longobject::fill(i, p);
    } else if let Some(f) = as_float(v) {
        (*(p as *mut PyFloatObject)).ob_fval = f;
    } else if let Some(s) = v.exact::<Slice>() {
        let c = p as *mut PySliceObject;
        (*c).start = to_c(s.start.get());
        (*c).stop = to_c(s.stop.get());
        (*c).step = to_c(s.step.get());
    } else if let Some(c) = v.exact::<Code>() {
        crate::code::fill(c, p);
    } else if let Some(m) = v.exact::<MemoryView>() {
        crate::buffer_parts::fill(m, p);
    } else if let Some(f) = v.exact::<Function>() {
        crate::funcobject::fill(f, p);
    } else {
        if crate::descrobject::fill(v, p) {
            class.struct_facts.set(facts_of(v, class) | facts::CALLABLE);
        } else if !crate::datetime::fill(v, p) {
            class.struct_facts.set(facts_of(v, class) | facts::HEAD_ONLY);
        }
    }
}

/// Fills the struct of a tuple, and those of the tuples in it: not by recursion, as they may be nested as
/// deep as memory allows.
unsafe fn fill_tuple(t: Ref<Tuple>, p: Ptr) {
    let mut unfilled = vec![];
    fill_items(t, p, &mut unfilled);
    while let Some(p) = unfilled.pop() {
        if let Some(t) = look(p).exact::<Tuple>() {
            fill_items(t, p, &mut unfilled);
        }
    }
}

/// As `fill_tuple`, but for tuples inside, whose structs get their heads; they live by being items.
unsafe fn fill_items(t: Ref<Tuple>, p: Ptr, unfilled: &mut Vec<Ptr>) {
    let c = p as *mut PyTupleObject;
    let items = (&raw mut (*c).ob_item) as *mut Ptr;
    (*c).ob_hash = -1;
    (*c).ob_base.ob_size = t.len() as isize;
    for i in 0..t.len() {
        let item = t.get(i);
        if !item.is::<Tuple>() {
            *items.add(i) = if null_item::is_null(item) { std::ptr::null_mut() } else { to_c(item) };
            continue;
        }
        let inner = to_c_head(item);
        *items.add(i) = inner;
        if memory::contains(inner) && *memory::link(inner) & UNFILLED != 0 {
            *memory::link(inner) &= !UNFILLED;
            unfilled.push(inner);
        }
    }
}

/// The dict in the C struct of an instance whose class has a `tp_dictoffset`.
pub fn instance_dict(v: Value) -> Option<Ref<Dict>> {
    // SAFETY: such instances have a struct with a pointer there.
    unsafe {
        let place = dict_place(v);
        if (*place).is_null() { None } else { from_c(*place).downcast::<Dict>() }
    }
}

pub fn set_instance_dict(v: Value, dict: Ref<Dict>) {
    // SAFETY: as above.
    unsafe {
        let new = to_c(dict.value());
        xdecref(std::mem::replace(&mut *dict_place(v), new));
    }
}

unsafe fn dict_place(v: Value) -> *mut Ptr {
    let p = identity(v) as *mut u8;
    let t = typeobject::type_struct(v.class());
    let offset = (*t).tp_dictoffset;
    if offset >= 0 {
        return p.offset(offset).cast();
    }
    // Counted from the end of the items.
    let items = if (*t).tp_itemsize == 0 { 0 } else { (*p.cast::<PyVarObject>()).ob_size.abs() };
    let size = (*t).tp_basicsize + items * (*t).tp_itemsize;
    p.offset(((size + 7) & !7) + offset).cast()
}

// ---- from structs to objects --------------------------------------------------------------------

/// The object of a struct; a reference to it may be stored.
///
/// # Safety
/// `p` is a live object.
#[inline]
pub unsafe fn from_c(p: Ptr) -> Value {
    if memory::contains(p) {
        let link = *memory::link(p);
        if link & (MANAGED | FRESH) == MANAGED {
            return Value::from_bits_unchecked(link & !MARKS);
        }
        if (*p).ob_type == typeobject::float_type() {
            return by_value(p);
        }
    }
    from_c_slow(p)
}

#[inline(never)]
unsafe fn from_c_slow(p: Ptr) -> Value {
    if is_by_value((*p).ob_type) {
        return by_value(p);
    }
    if !memory::contains(p) {
        return from_foreign(p);
    }
    let link = memory::link(p);
    if *link == 0 {
        let v = adopt(p);
        if *link == 0 || v.is_small() {
            return v;
        }
    }
    if *link & (MANAGED | FRESH) != MANAGED && (*p).ob_refcnt >> 31 == 0 {
        if *link & MANAGED == 0 {
            incref(p);
        }
        *link = (*link | MANAGED) & !FRESH;
        crate::lifetimes::not_new(p);
    }
    Value::from_bits_unchecked(*link & !MARKS)
}

/// As `from_c`, of a struct outside the range.
unsafe fn from_foreign(p: Ptr) -> Value {
    if p == &raw mut crate::object::_Py_NoneStruct as Ptr {
        return adder_vm::builtins::singletons::none();
    }
    if (*(*p).ob_type).tp_flags & TYPE_SUBCLASS != 0
        && let Some(class) = class_of_type(p as *const PyTypeObject)
    {
        return class.value();
    }
    let v = look(p);
    if v.is_ptr()
        && let Some(link) = foreign::link(p)
        && *link & MANAGED == 0
        && (*p).ob_refcnt >> 31 == 0
    {
        *link |= MANAGED;
        incref(p);
    }
    v
}

/// The object of a struct that C gives away.
///
/// # Safety
/// `p` is a live object, and the caller owns a reference.
#[inline]
pub unsafe fn steal(p: Ptr) -> Value {
    if memory::contains(p) {
        let link = *memory::link(p);
        if link & (MANAGED | FRESH) == MANAGED && (*p).ob_refcnt > 1 {
            if (*p).ob_refcnt >> 31 == 0 {
                (*p).ob_refcnt -= 1;
            }
            return Value::from_bits_unchecked(link & !MARKS);
        }
        if (*p).ob_type == typeobject::float_type() {
            let v = by_value(p);
            decref(p);
            return v;
        }
        if link == 0
            && let Some(v) = plain_instance((*p).ob_type, p)
        {
            // C's reference becomes the heap's.
            attach(v, p, MANAGED);
            crate::lifetimes::made(p);
            return v;
        }
    } else if p == crate::object::none_struct() {
        return adder_vm::builtins::singletons::none();
    }
    steal_slow(p)
}

#[inline(never)]
unsafe fn steal_slow(p: Ptr) -> Value {
    let class = (*p).ob_type;
    if is_by_value(class) {
        let v = by_value(p);
        decref(p);
        return v;
    }
    if (*p).ob_refcnt == 1
        && memory::contains(p)
        && *memory::link(p) == 0
        && let Some(v) = take_alone(p, class)
    {
        return v;
    }
    let v = look(p);
    // While C has other references, the heap's one keeps the identity; and for what C defines, the
    // struct is the object: the reference becomes the heap's.
    let keeps = v.is_ptr() && (v.class().extension.get() || (*p).ob_type == typeobject::capsule_type());
    if (*p).ob_refcnt == 1 && (*(*p).ob_type).tp_flags & LIST_SUBCLASS != 0 && !keeps {
        crate::listobject::take_back(v, p);
    }
    if (*p).ob_refcnt > 1 || keeps {
        let had = if keeps && memory::contains(p) { *memory::link(p) } else { MANAGED };
        from_c(p);
        crate::lifetimes::given(v, p, had);
    }
    decref(p);
    v
}

/// The value of a struct of one of the core's types that has one reference and no object: the struct
/// dies, and so does not need to be linked.
unsafe fn take_alone(p: Ptr, class: *mut PyTypeObject) -> Option<Value> {
    let v = if class == typeobject::tuple_type() {
        let items = crate::tupleobject::items(p);
        let t: Result<Ref<Tuple>, ()> =
            Tuple::build(Vm::get(), items.len(), |i| Ok(null_item::steal_item(&mut items[i])));
        t.expect("items convert").value()
    } else if class == typeobject::list_type() {
        crate::listobject::take_alone(p)
    } else if class == typeobject::str_type() {
        let v = crate::unicodeobject::value(p);
        crate::unicodeobject::release(p);
        v
    } else if class == typeobject::bytes_type() {
        crate::bytesobject::value(Vm::get(), p)
    } else {
        return None;
    };
    memory::free_unlinked(p);
    Some(v)
}

/// The object of a struct, without the heap taking a reference of it.
///
/// # Safety
/// `p` is a live object.
#[inline]
pub unsafe fn look(p: Ptr) -> Value {
    if memory::contains(p) {
        let link = *memory::link(p);
        if link != 0 {
            return Value::from_bits_unchecked(link & !MARKS);
        }
    }
    look_slow(p)
}

#[inline(never)]
unsafe fn look_slow(p: Ptr) -> Value {
    if is_by_value((*p).ob_type) {
        return by_value(p);
    }
    if memory::contains(p) {
        return adopt(p);
    }
    if p == crate::object::none_struct() {
        return adder_vm::builtins::singletons::none();
    }
    if (*(*p).ob_type).tp_flags & TYPE_SUBCLASS != 0
        && let Some(class) = class_of_type(p as *const PyTypeObject)
    {
        return class.value();
    }
    match foreign::link(p) {
        Some(link) => Value::from_bits_unchecked(*link & !MARKS),
        None => adopt(p),
    }
}

/// A new object for a struct of the type, if its instances are nothing but their structs, or floats.
#[inline]
unsafe fn plain_instance(t: *mut PyTypeObject, p: Ptr) -> Option<Value> {
    let word = (*t).tp_cache as u64;
    let kind = word & class_word::KIND;
    if kind < class_word::PLAIN {
        return None;
    }
    let class: Ref<Type> = Value::from_bits_unchecked(word & !class_word::KIND).cast();
    let v = match heap::take_retired(class.instance_shape.get()) {
        Some(v) => {
            let size = class.instance_size.get() as usize;
            if size > 16 {
                heap::zero((v.header() as *mut u8).add(16), size.next_multiple_of(16) - 16);
            }
            v
        }
        None => Vm::get().alloc_plain(class).ok()?,
    };
    if kind == class_word::FLOAT {
        // The layout of instances begins with that of `FloatObject`.
        (*(v.header() as *mut FloatObject)).value = (*(p as *mut PyFloatObject)).ob_fval;
    }
    Some(v)
}

/// The object of a struct that only C knew: ints and floats by value, the others are linked.
#[cold]
unsafe fn adopt(p: Ptr) -> Value {
    let vm = Vm::get();
    let class = (*p).ob_type;
    if class == crate::debug::quarantine::freed_type() {
        crate::debug::quarantine::used(p);
        return adder_vm::builtins::singletons::none();
    }
    let flags = (*class).tp_flags;
    if flags & TYPE_SUBCLASS != 0 && flags & READY == 0 {
        let t = p as *mut PyTypeObject;
        if (*t).tp_flags & READY == 0 {
            typeobject::ready_or_fail(t);
            return look(p);
        }
    }
    if typeobject::subtype(class).extension.get() {
        return adopt_instance(vm, p, typeobject::subtype(class));
    }
    if flags & LONG_SUBCLASS != 0 {
        return crate::longobject::value(vm, p);
    }
    if class == typeobject::float_type() {
        return vm.float((*(p as *mut PyFloatObject)).ob_fval);
    }
    let v = if flags & TUPLE_SUBCLASS != 0 {
        exact_tuple(vm, p)
    } else if class == typeobject::list_type() {
        crate::listobject::adopt()
    } else if flags & UNICODE_SUBCLASS != 0 {
        crate::unicodeobject::value(p)
    } else if class == typeobject::bytes_type() {
        crate::bytesobject::value(vm, p)
    } else if class == typeobject::complex_type() {
        let c = (*(p as *mut PyComplexObject)).cval;
        vm.complex(c.real, c.imag)
    } else if class == &raw mut typeobject::PyCFunction_Type {
        crate::bound::value(vm, p)
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

/// The object of an instance of a class that an extension defines, made now. What a core type among the
/// bases needs is read from the struct.
unsafe fn adopt_instance(vm: &Vm, p: Ptr, class: Ref<Type>) -> Value {
    let native = class.mro_iter().find(|t| !t.extension.get()).expect("object is not an extension's");
    let payload: Option<Value> = if native.has_flag(LONG_SUBCLASS) {
        Some(crate::longobject::value(vm, p))
    } else if native.has_flag(UNICODE_SUBCLASS) {
        Some(crate::unicodeobject::value(p))
    } else if native.has_flag(BYTES_SUBCLASS) {
        Some(crate::bytesobject::value(vm, p))
    } else if native == FloatObject::class() {
        Some(vm.float((*(p as *mut PyFloatObject)).ob_fval))
    } else if std::ptr::eq(typeobject::type_struct(native), typeobject::complex_type()) {
        let c = (*(p as *mut PyComplexObject)).cval;
        Some(vm.complex(c.real, c.imag))
    } else if native.has_flag(TUPLE_SUBCLASS) {
        Some(exact_tuple(vm, p))
    } else {
        None
    };
    let is_object = native == adder_vm::builtins::object::Object::class();
    let t = typeobject::type_struct(class) as Ptr;
    if is_object && class.is_foreign() {
        note_class(t, class.value(), class_word::PLAIN);
    } else if native == FloatObject::class() && class.is_foreign() && !class.has_finalizer.get() {
        note_class(t, class.value(), class_word::FLOAT);
    }
    let made = match (payload, native.slots().tp_new) {
        (None, _) if is_object => vm.alloc_instance(class),
        (Some(v), Some(new)) => new(vm, class, adder_vm::args::Args::positional(&[v])),
        (None, Some(new)) => new(vm, class, adder_vm::args::Args::none()),
        (_, None) => vm.alloc_instance(class),
    };
    let v = match made {
        Ok(v) => v,
        Err(raised) => {
            // Nothing of the instance can be seen without its object.
            let e = vm.take_exception(raised);
            panic!("no object for an instance of {}: {:?}", class.name(), vm.repr_string(e.value()).ok());
        }
    };
    if memory::contains(p) {
        attach(v, p, if follows(v) { FOLLOWS } else { 0 });
    } else {
        (*(v.header() as *const LongHeader)).set_shadow(p as u64);
        foreign::insert(p, v.bits());
        heap::note_linked(v);
    }
    v
}

/// The items of a tuple's struct.
unsafe fn exact_tuple(vm: &Vm, p: Ptr) -> Value {
    if let Some(v) = crate::structseq::value(vm, p) {
        return v;
    }
    let c = p as *mut PyTupleObject;
    let items = (&raw mut (*c).ob_item) as *mut Ptr;
    let t: Result<Ref<Tuple>, ()> =
        Tuple::build(vm, (*c).ob_base.ob_size as usize, |i| Ok(null_item::item(*items.add(i))));
    t.expect("items convert").value()
}

// ---- the collector's questions ------------------------------------------------------------------

pub fn shadow(v: Value) -> Ptr {
    // SAFETY: linked objects have the long header (layout-of-objects).
    unsafe { (*(v.header() as *const LongHeader)).shadow() as Ptr }
}

/// How many references of the object C has.
pub fn references(v: Value) -> i64 {
    if v.is_small() || v.is::<Float>() || v.is::<BigInt>() {
        return 0;
    }
    let p = shadow(v);
    if p.is_null() || p as usize & 1 != 0 {
        return 0;
    }
    // SAFETY: a linked object's struct is alive.
    unsafe {
        let managed = link_of(p).map_or(0, |link| *link & MANAGED);
        ((*p).ob_refcnt as u64).saturating_sub(managed) as i64
    }
}

/// Whether no C code runs, and none has a reference of the object.
///
/// # Safety
/// `p` is a struct in the range.
pub unsafe fn unused_by_c(p: Ptr) -> bool {
    no_c_runs() && is_heaps_alone(p)
}

/// Whether no C function runs.
pub fn no_c_runs() -> bool {
    *DEPTH.get() == 0
}

/// Whether C has no reference of the object.
///
/// # Safety
/// `p` is a struct in the range.
pub unsafe fn is_heaps_alone(p: Ptr) -> bool {
    (*p).ob_refcnt as u64 <= (*memory::link(p) & MANAGED)
}

/// The struct's fields went back to the heap: they are to be filled when the object crosses again.
///
/// # Safety
/// As `unused_by_c`.
pub unsafe fn mark_unfilled(p: Ptr) {
    *memory::link(p) |= UNFILLED;
}

/// Fills a struct of which C only has a borrowed reference.
///
/// # Safety
/// `p` is a live object.
pub unsafe fn ensure_filled(p: Ptr) {
    if memory::contains(p) && *memory::link(p) & UNFILLED != 0 {
        decref(to_c(look(p)));
    }
}

/// Whether no value refers to the object of the struct, if it has one. One that C code only let the VM
/// look at is forgotten, so that C may go on writing.
///
/// # Safety
/// `p` is a live object.
pub unsafe fn is_c_only(p: Ptr) -> bool {
    if !memory::contains(p) {
        return false;
    }
    let link = memory::link(p);
    if *link & MANAGED != 0 {
        return false;
    }
    if *link != 0 {
        let v = Value::from_bits_unchecked(*link & !MARKS);
        (*(v.header() as *const LongHeader)).set_shadow(0);
        heap::forget_linked(v);
        *link = 0;
    }
    true
}

/// Whether one of the references is the heap's.
///
/// # Safety
/// `p` is a live object.
pub unsafe fn is_managed(p: Ptr) -> bool {
    link_of(p).is_some_and(|link| *link & MANAGED != 0)
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

/// How many C functions run, one calling the other through the VM.
static DEPTH: GilCell<usize> = GilCell::new(0);

/// C code that started Python calls the API from now on.
pub fn enter_c() {
    *DEPTH.get() += 1;
}

/// A borrowed reference of an object that something in the heap keeps, as a dict keeps its values. What
/// crosses by value has no struct that could stay: it is lent.
#[inline]
pub fn borrow_from_owner(vm: &Vm, v: Value) -> PyResult<Borrowed> {
    if v.is_small() {
        // Small ints are shared, and live for ever.
        return match crate::longobject::shared(v.small()) {
            Some(p) => Ok(Borrowed(p)),
            None => lend(vm, v),
        };
    }
    if v.is::<Float>() || v.is::<BigInt>() {
        return lend(vm, v);
    }
    Ok(Borrowed(shadow_to_c(v)))
}

/// A borrowed reference that is good until the running C function returns.
pub fn lend(_vm: &Vm, v: Value) -> PyResult<Borrowed> {
    let owned = Owned::new(v);
    let p = owned.0;
    // SAFETY: a live struct.
    if unsafe { (*p).ob_refcnt } >> 31 == 0 {
        crate::pystate::loans().push(owned);
    }
    Ok(Borrowed(p))
}

/// Runs C code, which sees the exception that the VM handles; what was lent to it is released afterwards.
#[inline(always)]
pub fn with_loans<R>(f: impl FnOnce() -> R) -> R {
    let state = crate::pystate::current();
    if !crate::pystate::loans_of(state).is_empty() || !crate::exceptions_state::is_calm(Vm::get(), state) {
        return with_others_loans(f);
    }
    *DEPTH.get() += 1;
    let result = f();
    *DEPTH.get() -= 1;
    if !crate::pystate::loans().is_empty() {
        release_loans(0);
    }
    result
}

/// As `with_loans`, while an exception is handled, or something is lent to a C function that called.
#[cold]
#[inline(never)]
fn with_others_loans<R>(f: impl FnOnce() -> R) -> R {
    let handled = crate::exceptions_state::show_handled(Vm::get());
    let loans = crate::pystate::loans().len();
    *DEPTH.get() += 1;
    let result = f();
    *DEPTH.get() -= 1;
    crate::exceptions_state::hide_handled(handled);
    release_loans(loans);
    result
}

#[cold]
#[inline(never)]
fn release_loans(before: usize) {
    while crate::pystate::loans().len() > before {
        let last = crate::pystate::loans().pop();
        drop(last);
    }
}
