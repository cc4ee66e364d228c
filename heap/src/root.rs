//! References held outside the heap and the stack.
//!
//! A `Root` is one cell of a chunk that never moves; free cells are linked through words with the low bit set, so
//! the collector visits whole chunks without asking which cells are in use.
//! A `RootVec` is a boxed vector in a doubly linked list.
//! A `StaticRoot` is a cell in a Rust static that registers itself at its first store.
//!
//! Minor collections visit only what was given a young object since the last one.
//!
//! Kept true here: a word in a registered cell is 0, odd, or an object.
//! They are `Send` and `Sync` because they are only used, and dropped, by the thread that holds the GIL.

use crate::gil::GilCell;
use crate::trace::Visitor;
use crate::value::Value;
use std::cell::{Cell, UnsafeCell};
use std::ptr;

const CHUNK: usize = 255;

struct Roots {
    #[allow(clippy::vec_box)] // Chunks must not move.
    chunks: Vec<Box<[u64; CHUNK]>>,
    free: *mut u64,
    vecs: *mut Inner,
    statics: Vec<*mut u64>,
    /// Cells of roots and statics that were given a young object since the last minor collection, which need
    /// look at no others.
    recent: Vec<*mut u64>,
    tracers: Vec<fn(&mut Visitor)>,
}

static ROOTS: GilCell<Roots> = GilCell::new(Roots {
    chunks: Vec::new(),
    free: ptr::null_mut(),
    vecs: ptr::null_mut(),
    statics: Vec::new(),
    recent: Vec::new(),
    tracers: Vec::new(),
});

/// A reference that keeps its object alive.
pub struct Root(*mut u64);

/// A vector of references that keeps its objects alive.
pub struct RootVec(Cell<*mut Inner>);

/// A reference in a Rust static.
pub struct StaticRoot {
    word: Cell<u64>,
    registered: Cell<bool>,
}

struct Inner {
    words: UnsafeCell<Vec<u64>>,
    /// Something was stored since the last minor collection.
    changed: Cell<bool>,
    prev: *mut Inner,
    next: *mut Inner,
}

// SAFETY: gil-held.
unsafe impl Send for Root {}
// SAFETY: gil-held.
unsafe impl Sync for Root {}
// SAFETY: gil-held.
unsafe impl Send for RootVec {}
// SAFETY: gil-held.
unsafe impl Sync for RootVec {}
// SAFETY: gil-held.
unsafe impl Sync for StaticRoot {}

/// After a store of `v` into a registered cell.
#[inline]
fn note(cell: *mut u64, v: Value) {
    // SAFETY: word-is-object.
    if v.is_ptr() && unsafe { (*v.header()).is_young() } {
        ROOTS.get().recent.push(cell);
    }
}

/// Adds a function that visits further roots at every collection, such as the VM's register stacks.
pub fn add_root_tracer(f: fn(&mut Visitor)) {
    let tracers = &mut ROOTS.get().tracers;
    if !tracers.iter().any(|&g| ptr::fn_addr_eq(f, g)) {
        tracers.push(f);
    }
}

impl Root {
    pub fn new(v: Value) -> Root {
        let roots = ROOTS.get();
        if roots.free.is_null() {
            let mut chunk = Box::new([1; CHUNK]);
            for cell in chunk.iter_mut() {
                *cell = roots.free as u64 | 1;
                roots.free = cell;
            }
            roots.chunks.push(chunk);
        }
        let cell = roots.free;
        // SAFETY: root-cells.
        unsafe {
            roots.free = (*cell & !1) as *mut u64;
            *cell = v.bits();
        }
        note(cell, v);
        Root(cell)
    }

    #[inline]
    pub fn get(&self) -> Value {
        // SAFETY: root-cells.
        unsafe { Value::from_bits_unchecked(*self.0) }
    }

    #[inline]
    pub fn set(&self, v: Value) {
        // SAFETY: root-cells.
        unsafe { *self.0 = v.bits() };
        note(self.0, v);
    }
}

impl Root {
    /// Keeps the object for ever.
    pub fn leak(self) -> Value {
        let v = self.get();
        std::mem::forget(self);
        v
    }
}

impl Clone for Root {
    fn clone(&self) -> Root {
        Root::new(self.get())
    }
}

impl Drop for Root {
    fn drop(&mut self) {
        let roots = ROOTS.get();
        // SAFETY: root-cells.
        unsafe { *self.0 = roots.free as u64 | 1 };
        roots.free = self.0;
    }
}

impl RootVec {
    pub const fn new() -> RootVec {
        RootVec(Cell::new(ptr::null_mut()))
    }

    #[inline]
    pub fn len(&self) -> usize {
        self.words().map_or(0, |w| w.len())
    }

    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The reference at `i`; panics if there is none.
    #[inline]
    pub fn get(&self, i: usize) -> Value {
        // SAFETY: root-cells.
        unsafe { Value::from_bits_unchecked(self.make()[i]) }
    }

    #[inline]
    pub fn set(&self, i: usize, v: Value) {
        self.changed()[i] = v.bits();
    }

    pub fn push(&self, v: Value) {
        self.changed().push(v.bits());
    }

    pub fn pop(&self) -> Option<Value> {
        self.words().and_then(Vec::pop).and_then(Value::from_bits)
    }

    pub fn last(&self) -> Option<Value> {
        self.words().and_then(|w| w.last().copied()).and_then(Value::from_bits)
    }

    pub fn insert(&self, i: usize, v: Value) {
        self.changed().insert(i, v.bits());
    }

    pub fn remove(&self, i: usize) -> Value {
        // SAFETY: root-cells.
        unsafe { Value::from_bits_unchecked(self.make().remove(i)) }
    }

    pub fn swap_remove(&self, i: usize) -> Value {
        // SAFETY: root-cells.
        unsafe { Value::from_bits_unchecked(self.make().swap_remove(i)) }
    }

    pub fn swap(&self, i: usize, j: usize) {
        self.make().swap(i, j);
    }

    pub fn truncate(&self, len: usize) {
        if let Some(words) = self.words() {
            words.truncate(len);
        }
    }

    pub fn clear(&self) {
        self.truncate(0);
    }

    /// Iterates by index, so the vector may change and its objects may move meanwhile.
    pub fn iter(&self) -> impl Iterator<Item = Value> + '_ {
        let mut i = 0;
        std::iter::from_fn(move || {
            let word = *self.words()?.get(i)?;
            i += 1;
            Value::from_bits(word)
        })
    }

    #[inline]
    #[allow(clippy::mut_from_ref)] // Borrows last for one operation; see `GilCell`.
    fn words(&self) -> Option<&mut Vec<u64>> {
        // SAFETY: root-cells.
        unsafe { self.0.get().as_ref().map(|inner| &mut *inner.words.get()) }
    }

    /// As `make`, for storing something.
    #[inline]
    #[allow(clippy::mut_from_ref)] // As above.
    fn changed(&self) -> &mut Vec<u64> {
        let words = self.make();
        // SAFETY: root-cells.
        unsafe { (*self.0.get()).changed.set(true) };
        words
    }

    #[inline]
    #[allow(clippy::mut_from_ref)] // As above.
    fn make(&self) -> &mut Vec<u64> {
        if self.0.get().is_null() {
            let roots = ROOTS.get();
            let inner = Box::into_raw(Box::new(Inner {
                words: UnsafeCell::new(Vec::new()),
                changed: Cell::new(false),
                prev: ptr::null_mut(),
                next: roots.vecs,
            }));
            if !roots.vecs.is_null() {
                // SAFETY: root-cells.
                unsafe { (*roots.vecs).prev = inner };
            }
            roots.vecs = inner;
            self.0.set(inner);
        }
        // SAFETY: root-cells.
        unsafe { &mut *(*self.0.get()).words.get() }
    }
}

impl Default for RootVec {
    fn default() -> RootVec {
        RootVec::new()
    }
}

impl FromIterator<Value> for RootVec {
    fn from_iter<I: IntoIterator<Item = Value>>(values: I) -> RootVec {
        let vec = RootVec::new();
        vec.extend(values);
        vec
    }
}

impl RootVec {
    pub fn extend(&self, values: impl IntoIterator<Item = Value>) {
        for v in values {
            self.push(v);
        }
    }
}

impl Drop for RootVec {
    fn drop(&mut self) {
        let inner = self.0.get();
        if inner.is_null() {
            return;
        }
        // SAFETY: root-cells.
        unsafe {
            let Inner { prev, next, .. } = *inner;
            if prev.is_null() {
                ROOTS.get().vecs = next;
            } else {
                (*prev).next = next;
            }
            if !next.is_null() {
                (*next).prev = prev;
            }
            drop(Box::from_raw(inner));
        }
    }
}

impl StaticRoot {
    pub const fn new() -> StaticRoot {
        StaticRoot { word: Cell::new(0), registered: Cell::new(false) }
    }

    #[inline]
    pub fn get(&'static self) -> Option<Value> {
        Value::from_bits(self.word.get())
    }

    pub fn set(&'static self, v: Option<Value>) {
        if !self.registered.replace(true) {
            ROOTS.get().statics.push(self.word.as_ptr());
        }
        self.word.set(v.map_or(0, Value::bits));
        if let Some(v) = v {
            note(self.word.as_ptr(), v);
        }
    }
}

pub(crate) fn visit_roots(visitor: &mut Visitor) {
    let minor = !visitor.is_major();
    if minor {
        for cell in ROOTS.get().recent.drain(..) {
            visitor.visit(cell);
        }
    } else {
        for chunk in ROOTS.get().chunks.iter_mut() {
            for cell in chunk.iter_mut() {
                visitor.visit(cell);
            }
        }
        for &cell in &ROOTS.get().statics {
            visitor.visit(cell);
        }
    }
    let mut vec = ROOTS.get().vecs;
    while !vec.is_null() {
        // SAFETY: root-cells.
        unsafe {
            if !minor || (*vec).changed.replace(false) {
                for cell in (*(*vec).words.get()).iter_mut() {
                    visitor.visit(cell);
                }
            }
            vec = (*vec).next;
        }
    }
    for i in 0..ROOTS.get().tracers.len() {
        let f = ROOTS.get().tracers[i];
        f(visitor);
    }
}
