//! What every Python object has: the `Object` trait that ties a Rust struct to its class, and the
//! questions one can ask any `Value`.
//!
//! A class known to Rust is a `#[repr(C)]` struct with `#[pyclass]`. Classes of the core have a fixed
//! shape id, so an exact type test is a compare with a constant; classes of native modules get their
//! shape when they are made.

use crate::builtins::{float::Float, int::Int, type_::Type};
use crate::def::ClassDef;
use adder_heap::Layout;
pub use adder_heap::{Field, Header, LongHeader, Ref, ShapeId, Value};
use std::cell::Cell;

/// A Rust struct that is the instance layout of a Python class.
///
/// # Safety
/// The struct is `repr(C)`, starts with `Header`, `LongHeader` or its base's struct, and `LAYOUT`
/// describes it truly.
pub unsafe trait Object: Sized + 'static {
    /// Bit i: word i of the struct is a reference.
    const REF_MASK: u64;
    /// The shape id of exact instances, for classes of the core.
    const FIXED: Option<ShapeId>;
    /// How the collector sees exact instances.
    const LAYOUT: Layout;
    /// Name, base, methods.
    const CLASS: ClassDef;
    /// Where the type object and the shape are remembered.
    fn cell() -> &'static ClassCell;

    /// Shape of exact instances.
    #[inline(always)]
    fn shape() -> ShapeId {
        match Self::FIXED {
            Some(id) => id,
            None => Self::cell().shape.get(),
        }
    }

    /// The type object.
    #[inline(always)]
    fn class() -> Ref<Type> {
        Self::cell().get()
    }
}

/// The static place of a native class: type objects are pinned and immortal, so a plain word will do.
pub struct ClassCell {
    class: Cell<Option<Ref<Type>>>,
    pub shape: Cell<ShapeId>,
}

// SAFETY: written while the class is made, under the GIL (gil-protected).
unsafe impl Sync for ClassCell {}

impl ClassCell {
    pub const fn new() -> ClassCell {
        ClassCell { class: Cell::new(None), shape: Cell::new(ShapeId(0)) }
    }

    /// The type; a bug if the class was not made yet.
    #[inline(always)]
    pub fn get(&self) -> Ref<Type> {
        match self.class.get() {
            Some(class) => class,
            None => unmade(),
        }
    }

    pub fn try_get(&self) -> Option<Ref<Type>> {
        self.class.get()
    }

    pub fn set(&self, class: Ref<Type>) {
        self.class.set(Some(class));
    }
}

#[cold]
#[inline(never)]
fn unmade() -> ! {
    panic!("a native class is used before it was made")
}

/// For `Layout::drop` of structs that own Rust memory.
pub unsafe fn drop_in_place<T>(p: *mut u8) {
    // SAFETY: the collector calls this once, with a dead object of the layout T (layout-of-objects).
    unsafe { std::ptr::drop_in_place(p.cast::<T>()) }
}

/// Questions to any value.
pub trait ValueExt: Copy {
    fn class(self) -> Ref<Type>;
    fn is<T: Object>(self) -> bool;
    fn exact<T: Object>(self) -> Option<Ref<T>>;
    fn downcast<T: Object>(self) -> Option<Ref<T>>;
    fn is_none(self) -> bool;
    /// Same object, as `is` sees it: ints and floats are compared by value.
    fn same(self, other: Value) -> bool;
}

impl ValueExt for Value {
    /// `type(self)`
    #[inline(always)]
    fn class(self) -> Ref<Type> {
        if self.is_small() { Int::class() } else { class_of_shape(self.shape()) }
    }

    /// Exactly of the class T, no subclass.
    #[inline(always)]
    fn is<T: Object>(self) -> bool {
        self.is_ptr() && self.shape() == T::shape()
    }

    #[inline(always)]
    fn exact<T: Object>(self) -> Option<Ref<T>> {
        // SAFETY: the shape says the layout (layout-of-objects).
        if self.is::<T>() { Some(unsafe { self.cast() }) } else { None }
    }

    /// An instance of T or of a subclass. Not for `Int` and `Float`, whose subclasses have their own
    /// layout: ask `int::as_int` and `float::as_float`.
    #[inline]
    fn downcast<T: Object>(self) -> Option<Ref<T>> {
        if !self.is_ptr() {
            return None;
        }
        if self.shape() == T::shape() || class_of_shape(self.shape()).is_subclass_of(T::class()) {
            // SAFETY: a subclass's layout extends its base's (layout-of-objects).
            return Some(unsafe { self.cast() });
        }
        None
    }

    #[inline(always)]
    fn is_none(self) -> bool {
        self == crate::builtins::singletons::none()
    }

    #[inline(always)]
    fn same(self, other: Value) -> bool {
        if self == other {
            return true;
        }
        if !self.is_ptr() || !other.is_ptr() {
            return false;
        }
        let shape = self.shape();
        shape == other.shape()
            && (shape == Float::shape() || shape == crate::builtins::int::BigInt::shape())
            && same_number(self, other)
    }
}

#[inline(never)]
fn same_number(a: Value, b: Value) -> bool {
    if let (Some(x), Some(y)) = (a.exact::<Float>(), b.exact::<Float>()) {
        return x.value.to_bits() == y.value.to_bits();
    }
    match (a.exact::<crate::builtins::int::BigInt>(), b.exact::<crate::builtins::int::BigInt>()) {
        (Some(x), Some(y)) => x.digits() == y.digits() && x.negative == y.negative,
        _ => false,
    }
}

/// The class that instances of a shape belong to.
#[inline(always)]
pub fn class_of_shape(shape: ShapeId) -> Ref<Type> {
    match adder_heap::shape_owner(shape) {
        // SAFETY: owners of shapes are types (layout-of-objects).
        Some(owner) => unsafe { owner.cast() },
        None => unmade(),
    }
}
