//! What the tests share: one heap at a time, a few shapes, a way to forget stale stack words.

#![allow(dead_code)] // Not every test uses everything.

use adder_heap::*;
use std::sync::{Mutex, MutexGuard};

static GIL: Mutex<()> = Mutex::new(());

/// Holds the heap for one test, also when tests are threads of one process.
pub struct Exclusive(#[allow(dead_code)] MutexGuard<'static, ()>, ThreadToken); // The guard is only held.

pub fn start(stress: Option<u32>) -> Exclusive {
    let guard = GIL.lock().unwrap_or_else(|e| e.into_inner());
    let mut config = Config::from_env();
    let stress = stress.or(config.stress);
    config.nursery_bytes = 1 << 20;
    init(config);
    set_stress(stress);
    let token = attach_thread(std::ptr::null());
    define_shapes();
    Exclusive(guard, token)
}

impl Drop for Exclusive {
    fn drop(&mut self) {
        detach_thread(self.1);
    }
}

pub const NODE: ShapeId = ShapeId::fixed(1);
pub const PINNED_NODE: ShapeId = ShapeId::fixed(2);
pub const CUSTOM_NODE: ShapeId = ShapeId::fixed(3);
pub const ARRAY: ShapeId = ShapeId::fixed(4);
pub const BYTES: ShapeId = ShapeId::fixed(5);
pub const DROP_NODE: ShapeId = ShapeId::fixed(6);
pub const FLOAT: ShapeId = ShapeId::fixed(7);

pub const EDGES: usize = 3;

#[repr(C)]
pub struct Node {
    pub header: LongHeader,
    pub id: u64,
    pub edges: [Field<Option<Value>>; EDGES],
    /// Not a slot.
    pub weak: Field<Option<Value>>,
}

#[repr(C)]
pub struct Array {
    pub header: Header,
    pub len: u64,
    pub id: u64,
}

impl Array {
    pub fn slot(&self, i: usize) -> &Field<Option<Value>> {
        assert!(i < self.len as usize);
        // SAFETY: the elements follow.
        unsafe { &*(self as *const Array).add(1).cast::<Field<Option<Value>>>().add(i) }
    }
}

unsafe fn visit_custom(object: *mut u8, visitor: &mut Visitor) {
    for field in &(*object.cast::<Node>()).edges {
        visitor.visit_field(field);
    }
}

pub static DROPPED: Mutex<Vec<u64>> = Mutex::new(Vec::new());

unsafe fn note_dropped(object: *mut u8) {
    DROPPED.lock().unwrap().push((*object.cast::<Node>()).id);
}

fn define_shapes() {
    let node = Layout {
        name: "node",
        long_header: true,
        size: Size::Fixed(size_of::<Node>() as u32),
        refs: Refs::Mask(0b111 << 3),
        drop: None,
        pinned: false,
    };
    define_shape(NODE, &node, None);
    define_shape(PINNED_NODE, &Layout { name: "pinned", pinned: true, ..node }, None);
    define_shape(CUSTOM_NODE, &Layout { name: "custom", refs: Refs::Custom(visit_custom), ..node }, None);
    define_shape(DROP_NODE, &Layout { name: "drop", drop: Some(note_dropped), ..node }, None);
    let array = Layout {
        name: "array",
        long_header: false,
        size: Size::Array { base: 24, elem: 8, len_at: 8 },
        refs: Refs::Tail { mask: 0, from: 24 },
        drop: None,
        pinned: false,
    };
    define_shape(ARRAY, &array, None);
    let bytes = Size::Array { base: 16, elem: 1, len_at: 8 };
    define_shape(BYTES, &Layout { name: "bytes", size: bytes, refs: Refs::None, ..array }, None);
    define_shape(FLOAT, &Layout { name: "float", size: Size::Fixed(16), refs: Refs::None, ..array }, None);
}

pub fn node(shape: ShapeId, id: u64) -> Ref<Node> {
    new(
        shape,
        Node {
            header: LongHeader::new(),
            id,
            edges: std::array::from_fn(|_| Field::new(None)),
            weak: Field::new(None),
        },
    )
}

pub fn array(id: u64, len: usize) -> Ref<Array> {
    let object = alloc_array(ARRAY, len).cast::<Array>();
    // SAFETY: just allocated.
    unsafe {
        (*object).id = id;
        Ref::from_ptr(object)
    }
}

/// Overwrites the unused part of the stack, so that stale words there pin nothing.
#[inline(never)]
pub fn clobber() {
    let mut words = [1u64; 4096];
    std::hint::black_box(&mut words);
}

pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }

    pub fn below(&mut self, n: usize) -> usize {
        self.next() as usize % n
    }
}
