//! `tuple`: an immutable array of values. The methods are in `tuple_methods.rs`.

use crate::def;
use crate::object::{LongHeader, Object, Ref, ShapeId, Value};
use crate::shapes::id;
use crate::vm::Vm;
use adder_heap as heap;
use adder_heap::{Refs, Size};
use adder_macros::pyclass;
use std::cell::Cell;

/// Built-in immutable sequence.
///
/// If no argument is given, the constructor returns an empty tuple.
/// If iterable is specified the tuple is initialized from iterable's items.
///
/// If the argument is a tuple, the return value is the same object.
#[pyclass(
    name = "tuple",
    fixed = id::TUPLE,
    flags = def::BASE | def::TUPLE_SUBCLASS | def::SEQUENCE | def::MATCH_SELF,
    size = Size::Array { base: std::mem::offset_of!(Tuple, items) as u32, elem: 8, len_at: std::mem::offset_of!(Tuple, len) as u32 },
    refs = Refs::Tail { mask: 0, from: std::mem::offset_of!(Tuple, items) as u32 },
    signature = "(iterable=(), /)"
)]
#[repr(C)]
pub struct Tuple {
    pub h: LongHeader,
    len: u64,
    /// 0: not computed yet.
    pub hash: Cell<i64>,
    items: [Value; 0],
}

static EMPTY: heap::StaticRoot = heap::StaticRoot::new();

impl Tuple {
    /// Byte offsets for machines.
    pub const LEN: u32 = std::mem::offset_of!(Tuple, len) as u32;
    pub const ITEMS: u32 = std::mem::offset_of!(Tuple, items) as u32;

    /// Makes the empty tuple; once, at start-up.
    pub fn init() {
        let empty = Tuple::alloc(Tuple::shape(), 0, 0);
        EMPTY.set(Some(empty.value()));
    }

    pub fn empty() -> Ref<Tuple> {
        // SAFETY: only `init` sets it.
        unsafe { EMPTY.get().expect("the empty tuple is made first").cast() }
    }

    /// Room for `len` items and `extra` bytes behind them, all zero: the caller fills the items
    /// before anybody sees the tuple.
    fn alloc(shape: ShapeId, len: usize, extra: usize) -> Ref<Tuple> {
        let p = heap::alloc(shape, std::mem::size_of::<Tuple>() + 8 * len + extra) as *mut Tuple;
        // SAFETY: freshly allocated with room for the items.
        unsafe {
            (*p).h.set_shadow(0);
            (*p).len = len as u64;
            (*p).hash = Cell::new(0);
            std::ptr::write_bytes((&raw mut (*p).items).cast::<u8>(), 0, 8 * len + extra);
            Ref::from_ptr(p)
        }
    }

    /// A tuple of `count` values if the nursery has room, so that nothing is called and nothing collected.
    ///
    /// # Safety
    /// `items` points at as many values.
    #[inline(always)]
    pub unsafe fn in_place(items: *const u64, count: usize) -> Option<Value> {
        let p = heap::alloc_in_place(Tuple::shape(), std::mem::size_of::<Tuple>() + 8 * count)? as *mut Tuple;
        (*p).h.set_shadow(0);
        (*p).len = count as u64;
        (*p).hash = Cell::new(0);
        let to = (&raw mut (*p).items).cast::<u64>();
        for i in 0..count {
            *to.add(i) = *items.add(i);
        }
        Some(Ref::<Tuple>::from_ptr(p).value())
    }

    pub fn from_slice(_vm: &Vm, items: &[Value]) -> Ref<Tuple> {
        if items.is_empty() {
            return Tuple::empty();
        }
        Tuple::of_shape(Tuple::shape(), 0, items)
    }

    /// An instance of a subclass: `extra` bytes for its dict.
    pub fn of_shape(shape: ShapeId, extra: usize, items: &[Value]) -> Ref<Tuple> {
        let t = if extra == 0 {
            let p = heap::alloc(shape, std::mem::size_of::<Tuple>() + 8 * items.len()) as *mut Tuple;
            // SAFETY: freshly allocated; the items follow at once.
            unsafe {
                (*p).h.set_shadow(0);
                (*p).len = items.len() as u64;
                (*p).hash = Cell::new(0);
                Ref::from_ptr(p)
            }
        } else {
            Tuple::alloc(shape, items.len(), extra)
        };
        // The allocation may have moved what `items` points to only if it lies in a heap object that
        // is pinned by the slice itself, so the slice is still valid.
        // SAFETY: room for len items; a new object needs no barrier unless it was allocated old.
        unsafe {
            std::ptr::copy_nonoverlapping(
                items.as_ptr(),
                (&raw mut (*t.as_ptr()).items).cast::<Value>(),
                items.len(),
            );
        }
        heap::write_barrier(t.value());
        t
    }

    /// A tuple of `n` items from a function that may allocate and fail.
    pub fn build<E>(
        vm: &Vm,
        n: usize,
        mut f: impl FnMut(usize) -> Result<Value, E>,
    ) -> Result<Ref<Tuple>, E> {
        if n == 0 {
            return Ok(Tuple::empty());
        }
        let _ = vm;
        let t = Tuple::alloc(Tuple::shape(), n, 0);
        for i in 0..n {
            let v = f(i)?;
            t.init_item(i, v);
        }
        Ok(t)
    }

    /// Fills an item of a tuple that nobody has seen yet.
    pub fn init_item(&self, i: usize, v: Value) {
        debug_assert!(i < self.len());
        // SAFETY: in bounds; the tuple is still private to its maker.
        unsafe {
            let slot = self.items.as_ptr().add(i) as *mut u64;
            (*(slot as *const Cell<u64>)).set(v.bits());
            heap::write_barrier_at(Ref::from_ptr(self as *const Tuple as *mut Tuple).value(), slot);
        }
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len as usize
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    #[inline(always)]
    pub fn items(&self) -> &[Value] {
        // SAFETY: all items are set before the tuple is seen.
        unsafe { std::slice::from_raw_parts(self.items.as_ptr(), self.len()) }
    }

    #[inline(always)]
    pub fn get(&self, i: usize) -> Value {
        self.items()[i]
    }
}
