//! `list`: a growable array of values. The methods are in `list_methods.rs`, sorting in `list_sort.rs`.
//!
//! A list has its items in one of two places. Usually `items` is an array of the heap. A list that C
//! code knows has them in its C struct, as counted references, where compiled code reads and changes
//! them without a call; then `items` is the array `IN_C` and `len` is 0. So whoever finds an index below
//! `len` needs no further test, and everybody else asks `in_c` before concluding anything.

use crate::builtins::array::Array;
use crate::def;
use crate::error::PyResult;
use crate::extension;
use crate::object::{Field, LongHeader, Object, Ref, ShapeId, Value};
use crate::shapes::id;
use crate::vm::Vm;
use adder_heap as heap;
use adder_macros::pyclass;
use std::cell::Cell;

/// Built-in mutable sequence.
///
/// If no argument is given, the constructor creates a new empty list.
/// The argument must be an iterable if specified.
#[pyclass(
    name = "list",
    fixed = id::LIST,
    flags = def::BASE | def::LIST_SUBCLASS | def::SEQUENCE | def::MATCH_SELF,
    signature = "(iterable=(), /)"
)]
#[repr(C)]
pub struct List {
    pub h: LongHeader,
    len: Cell<u64>,
    items: Field<Option<Ref<Array>>>,
}

impl List {
    /// Byte offsets for machines. A length of 0 may mean that the items are elsewhere: see above.
    pub const LEN: u32 = std::mem::offset_of!(List, len) as u32;
    pub const ITEMS: u32 = std::mem::offset_of!(List, items) as u32;

    pub fn new(_vm: &Vm) -> Ref<List> {
        List::alloc(List::shape())
    }

    pub fn alloc(shape: ShapeId) -> Ref<List> {
        heap::new(shape, List::blank())
    }

    /// The contents of an empty list, for allocating subclasses.
    pub fn blank() -> List {
        List { h: LongHeader::new(), len: Cell::new(0), items: Field::new(None) }
    }

    pub fn with_capacity(vm: &Vm, n: usize) -> Ref<List> {
        let list = List::new(vm);
        if n > 0 {
            list.items.set(list, Some(Array::new(n)));
        }
        list
    }

    pub fn from_slice(vm: &Vm, values: &[Value]) -> Ref<List> {
        let list = List::new(vm);
        if !values.is_empty() {
            list.items.set(list, Some(Array::from_slice(values).expect("out of memory")));
            list.len.set(values.len() as u64);
        }
        list
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        match self.len.get() {
            0 if self.in_c() => extension::lists().len(self.itself()),
            n => n as usize,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the items are in the list's C struct.
    #[inline(always)]
    pub fn in_c(&self) -> bool {
        self.items.get() == Some(Array::in_c())
    }

    /// Declares that the items are in the list's C struct now.
    pub fn set_in_c(&self) {
        self.len.set(0);
        self.items.set(self.itself(), Some(Array::in_c()));
    }

    fn array(&self) -> Ref<Array> {
        self.items.get().expect("a list with items has an array")
    }

    pub fn capacity(&self) -> usize {
        if self.in_c() {
            return self.len();
        }
        self.items.get().map_or(0, |a| a.capacity())
    }

    /// Item i, which must exist.
    #[inline(always)]
    pub fn get(&self, i: usize) -> Value {
        self.try_get(i).expect("an index below the length")
    }

    /// Item i, if there is one.
    #[inline(always)]
    pub fn try_get(&self, i: usize) -> Option<Value> {
        if i < self.len.get() as usize {
            self.array().get(i)
        } else if self.in_c() {
            extension::lists().get(self.itself(), i)
        } else {
            None
        }
    }

    /// Replaces item i, which must exist.
    #[inline(always)]
    pub fn set(&self, i: usize, v: Value) {
        if i < self.len.get() as usize {
            self.array().set(i, Some(v));
        } else {
            self.set_in_struct(i, v);
        }
    }

    #[inline(never)]
    fn set_in_struct(&self, i: usize, v: Value) {
        assert!(i < self.len());
        self.splice(i, i + 1, &[v]);
    }

    /// Replaces items start..end of a list whose items are in C.
    fn splice(&self, start: usize, end: usize, values: &[Value]) {
        extension::lists().splice(self.itself(), start, end, values);
    }

    /// The items now. Not to be held across anything that may change the list.
    #[inline(always)]
    pub fn items(&self) -> &[Value] {
        match self.items.get() {
            _ if self.in_c() => {
                let copy = self.copy_items();
                // SAFETY: the slice points into the copy from the stack, and so keeps it alive and in place.
                unsafe { &*(copy.slice(copy.capacity()) as *const [Value]) }
            }
            // The array stays alive and in place: the slice points into it from the stack.
            Some(a) => unsafe { &*(a.slice(self.len.get() as usize) as *const [Value]) },
            None => &[],
        }
    }

    /// The items in a new array of that size.
    pub fn copy_items(&self) -> Ref<Array> {
        let n = self.len();
        let copy = Array::new(n);
        for i in 0..n {
            copy.set(i, self.try_get(i));
        }
        copy
    }

    fn itself(&self) -> Value {
        // SAFETY: a List exists only in the heap, so its address is its reference.
        unsafe { Ref::from_ptr(self as *const List as *mut List) }.value()
    }

    /// Room for at least `n` items; grows by an eighth as CPython does. MemoryError if impossible.
    pub fn reserve(&self, vm: &Vm, n: usize) -> PyResult<()> {
        if n <= self.capacity() || self.in_c() {
            return Ok(());
        }
        let target = n + (n >> 3) + if n < 9 { 3 } else { 6 };
        let Some(bigger) = Array::try_new(target) else { return Err(vm.memory_error()) };
        if let Some(old) = self.items.get() {
            bigger.copy_from(old, self.len());
        }
        self.items.set(self.itself(), Some(bigger));
        Ok(())
    }

    #[inline(always)]
    pub fn push(&self, vm: &Vm, v: Value) {
        let n = self.len.get() as usize;
        if n == self.items.get().map_or(0, |a| a.capacity()) {
            if self.in_c() {
                let end = self.len();
                return self.splice(end, end, &[v]);
            }
            self.reserve(vm, n + 1).expect("room for one more item");
        }
        self.array().set(n, Some(v));
        self.len.set(n as u64 + 1);
    }

    pub fn pop_last(&self) -> Option<Value> {
        let n = self.len();
        if n == 0 {
            return None;
        }
        let v = self.get(n - 1);
        if self.in_c() {
            self.splice(n - 1, n, &[]);
            return Some(v);
        }
        self.array().set(n - 1, None);
        self.len.set(n as u64 - 1);
        Some(v)
    }

    /// Inserts before position i (at most len).
    pub fn insert_at(&self, vm: &Vm, i: usize, v: Value) -> PyResult<()> {
        let n = self.len();
        assert!(i <= n);
        if self.in_c() {
            self.splice(i, i, &[v]);
            return Ok(());
        }
        self.reserve(vm, n + 1)?;
        let a = self.array();
        // SAFETY: i..n moved up by one stays within the capacity.
        unsafe { std::ptr::copy(a.as_mut_ptr().add(i), a.as_mut_ptr().add(i + 1), n - i) };
        a.stored();
        a.set(i, Some(v));
        self.len.set(n as u64 + 1);
        Ok(())
    }

    pub fn remove_at(&self, i: usize) -> Value {
        let v = self.get(i);
        self.remove_range(i, i + 1);
        v
    }

    /// Deletes items start..end.
    pub fn remove_range(&self, start: usize, end: usize) {
        let n = self.len();
        assert!(start <= end && end <= n);
        if start == end {
            return;
        }
        if self.in_c() {
            return self.splice(start, end, &[]);
        }
        let a = self.array();
        // SAFETY: end..n moved down stays within the array.
        unsafe { std::ptr::copy(a.as_mut_ptr().add(end), a.as_mut_ptr().add(start), n - end) };
        a.stored();
        let new_len = n - (end - start);
        for i in new_len..n {
            a.set(i, None);
        }
        self.len.set(new_len as u64);
    }

    /// Replaces items start..end by `values`, which must not be this list's own items.
    pub fn replace_range(&self, vm: &Vm, start: usize, end: usize, values: &[Value]) -> PyResult<()> {
        let n = self.len();
        assert!(start <= end && end <= n);
        if self.in_c() {
            self.splice(start, end, values);
            return Ok(());
        }
        let new_len = n - (end - start) + values.len();
        self.reserve(vm, new_len)?;
        if new_len == 0 {
            self.clear();
            return Ok(());
        }
        let a = self.array();
        // SAFETY: the tail moves within the reserved capacity.
        unsafe { std::ptr::copy(a.as_mut_ptr().add(end), a.as_mut_ptr().add(start + values.len()), n - end) };
        a.stored();
        for (i, v) in values.iter().enumerate() {
            a.set(start + i, Some(*v));
        }
        for i in new_len..n {
            a.set(i, None);
        }
        self.len.set(new_len as u64);
        Ok(())
    }

    pub fn extend_slice(&self, vm: &Vm, values: &[Value]) -> PyResult<()> {
        let n = self.len();
        if self.in_c() {
            self.splice(n, n, values);
            return Ok(());
        }
        if values.is_empty() {
            return Ok(());
        }
        self.reserve(vm, n + values.len())?;
        let a = self.array();
        // SAFETY: the capacity is reserved; Value is a word. A list's own items may have been copied to the
        // new array: the old one, which the slice keeps, has them still.
        unsafe {
            std::ptr::copy(values.as_ptr().cast::<u64>(), a.as_mut_ptr().add(n), values.len());
        }
        a.stored_range(n, n + values.len());
        self.len.set((n + values.len()) as u64);
        Ok(())
    }

    pub fn clear(&self) {
        if self.in_c() {
            return self.splice(0, self.len(), &[]);
        }
        self.put_items(None, 0);
    }

    /// Takes the items out, leaving the list empty; `put_items` gives them back (for sorting).
    /// Not for a list whose items are in C.
    pub fn take_items(&self) -> (Option<Ref<Array>>, usize) {
        debug_assert!(!self.in_c());
        let taken = (self.items.get(), self.len());
        self.put_items(None, 0);
        taken
    }

    /// Replaces all items by the first `len` of an array, which becomes the list's; if they were in C,
    /// that is the caller's to clean up.
    pub fn put_items(&self, items: Option<Ref<Array>>, len: usize) {
        self.items.set(self.itself(), items);
        self.len.set(len as u64);
    }
}
