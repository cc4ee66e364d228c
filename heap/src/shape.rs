//! The shape table: what the collector must know about an object of each shape.
//!
//! A shape id says class and layout.
//! The table lies at a fixed reserved address and is never reallocated, so an entry is `SHAPES_BASE + id * 32`
//! for the collector, the interpreter and compiled code alike.
//! What is rarely needed (name, drop function) is in a second table.
//!
//! Kept true here: an object's size is a function of its entry and its length word only; the owner is a pinned
//! object, kept alive by marked instances and not by the table.

use crate::gil::GilCell;
use crate::memory::{SHAPE_INFO_BASE, SHAPES_BASE};
use crate::object::Header;
use crate::trace::Visitor;
use crate::value::Value;
use std::cell::Cell;

/// Index into the shape table. 0 is invalid; 1..=255 are chosen statically.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
#[repr(transparent)]
pub struct ShapeId(pub u32);

/// Where an object holds references.
#[derive(Clone, Copy)]
pub enum Refs {
    None,
    /// Bit `i`: word `i`, counted from the object's start, is a slot.
    Mask(u64),
    /// `mask` (48 words) for the fixed part; besides, every word from byte offset `from` to the end.
    Tail {
        mask: u64,
        from: u32,
    },
    /// Calls `Visitor::visit` for each slot. Must not allocate.
    Custom(unsafe fn(*mut u8, &mut Visitor)),
}

/// How large an object is.
#[derive(Clone, Copy)]
pub enum Size {
    Fixed(u32),
    /// `base + elem * length`; the u64 length is at byte offset `len_at` and never changes.
    Array {
        base: u32,
        elem: u32,
        len_at: u32,
    },
}

/// The description of a shape.
#[derive(Clone, Copy)]
pub struct Layout {
    pub name: &'static str,
    /// Objects start with a `LongHeader`.
    pub long_header: bool,
    pub size: Size,
    pub refs: Refs,
    /// Called once when the object is found dead. Must not allocate.
    pub drop: Option<unsafe fn(*mut u8)>,
    /// Allocated outside the nursery and never moved.
    pub pinned: bool,
}

/// One hot entry.
#[repr(C)]
pub(crate) struct Shape {
    pub owner: Cell<u64>,
    pub data: Cell<*mut u8>,
    pub base: Cell<u32>,
    pub elem: Cell<u8>,
    pub len_at: Cell<u8>,
    pub refs: Cell<u8>,
    pub flags: Cell<u8>,
    /// The mask; for `TAIL` with `from / 8` in the top 16 bits; for `CUSTOM` the function.
    pub word: Cell<u64>,
}

struct Info {
    name: &'static str,
    drop: Option<unsafe fn(*mut u8)>,
    layout: Layout,
}

pub(crate) const MAX_SHAPES: usize = 4 << 20;
pub(crate) const REFS_NONE: u8 = 0;
pub(crate) const REFS_MASK: u8 = 1;
pub(crate) const REFS_TAIL: u8 = 2;
pub(crate) const REFS_CUSTOM: u8 = 3;
pub(crate) const TAIL_MASK: u64 = (1 << 48) - 1;

/// Allocated in pinned space.
pub(crate) const FLAG_PINNED: u8 = 1;
/// Has a drop function.
pub(crate) const FLAG_DROP: u8 = 2;
pub(crate) const FLAG_LONG: u8 = 4;
pub(crate) const FLAG_DEFINED: u8 = 8;
/// The running major collection has reached the owner.
pub(crate) const FLAG_REACHED: u8 = 16;
/// Allocation takes the slow path.
pub(crate) const FLAG_SPECIAL: u8 = FLAG_PINNED | FLAG_DROP;

const FIRST_DYNAMIC: u32 = 256;

impl ShapeId {
    /// A statically chosen id, 1..=255.
    pub const fn fixed(n: u32) -> ShapeId {
        assert!(n > 0 && n < FIRST_DYNAMIC);
        ShapeId(n)
    }
}

/// Describes a statically chosen shape.
pub fn define_shape(id: ShapeId, layout: &Layout, owner: Option<Value>) {
    crate::config::ensure_init();
    assert!(id.0 != 0 && (id.0 as usize) < MAX_SHAPES, "shape id out of range");
    let entry = shape(id);
    let (base, elem, len_at) = match layout.size {
        Size::Fixed(size) => (size.max(16), 0, 0),
        Size::Array { base, elem, len_at } => (base, elem, len_at),
    };
    assert!(elem < 256 && len_at < 256 && len_at % 8 == 0, "{}: unsupported size", layout.name);
    let (kind, word) = match layout.refs {
        Refs::None => (REFS_NONE, 0),
        Refs::Mask(0) => (REFS_NONE, 0),
        Refs::Mask(mask) => (REFS_MASK, mask),
        Refs::Tail { mask, from } => {
            assert!(
                mask <= TAIL_MASK && from % 8 == 0 && from < 1 << 19,
                "{}: unsupported tail",
                layout.name
            );
            (REFS_TAIL, mask | (from as u64 / 8) << 48)
        }
        Refs::Custom(f) => (REFS_CUSTOM, f as usize as u64),
    };
    if kind == REFS_MASK || kind == REFS_TAIL {
        let header_words = if layout.long_header { 3 } else { 1 };
        assert!(word & header_words == 0, "{}: the mask covers the header", layout.name);
    }
    entry.owner.set(owner.map_or(0, Value::bits));
    entry.base.set(base);
    entry.elem.set(elem as u8);
    entry.len_at.set(len_at as u8);
    entry.refs.set(kind);
    entry.word.set(word);
    entry.flags.set(
        FLAG_DEFINED
            | if layout.pinned { FLAG_PINNED } else { 0 }
            | if layout.drop.is_some() { FLAG_DROP } else { 0 }
            | if layout.long_header { FLAG_LONG } else { 0 },
    );
    let info = Box::leak(Box::new(Info { name: layout.name, drop: layout.drop, layout: *layout }));
    info_slot(id).set(info);
}

/// Describes a new shape.
pub fn add_shape(layout: &Layout, owner: Option<Value>) -> ShapeId {
    crate::config::ensure_init();
    let table = TABLE.get();
    let id = table.free.pop().unwrap_or_else(|| {
        table.next += 1;
        ShapeId(table.next - 1)
    });
    assert!((id.0 as usize) < MAX_SHAPES, "too many shapes");
    define_shape(id, layout, owner);
    id
}

/// The class of the objects of this shape, if it has one and it lives.
#[inline(always)]
pub fn shape_owner(id: ShapeId) -> Option<Value> {
    Value::from_bits(shape(id).owner.get())
}

pub fn set_shape_owner(id: ShapeId, owner: Value) {
    shape(id).owner.set(owner.bits());
}

/// The VM's own data for the shape; memory of the Rust heap.
#[inline(always)]
pub fn shape_data(id: ShapeId) -> *mut u8 {
    shape(id).data.get()
}

pub fn set_shape_data(id: ShapeId, data: *mut u8) {
    shape(id).data.set(data);
}

pub fn shape_name(id: ShapeId) -> &'static str {
    info(id).map_or("undefined", |i| i.name)
}

pub fn shape_layout(id: ShapeId) -> Option<Layout> {
    info(id).map(|i| i.layout)
}

/// The size of fixed-size objects of this shape, or the part before the elements.
pub fn shape_size(id: ShapeId) -> usize {
    shape(id).base.get() as usize
}

pub fn shape_defined(id: ShapeId) -> bool {
    (id.0 as usize) < MAX_SHAPES && shape(id).flags.get() & FLAG_DEFINED != 0
}

/// The size of an object in bytes, header included, rounded as the allocator does.
#[inline(always)]
pub fn object_size(v: Value) -> usize {
    // SAFETY: word-is-object.
    unsafe { size_of_object(v.header()) }
}

/// Whether an object may change from one shape to the other. Undefined shapes are not judged.
pub fn same_size(from: ShapeId, to: ShapeId) -> bool {
    if !shape_defined(from) || !shape_defined(to) {
        return true;
    }
    let (a, b) = (shape(from), shape(to));
    (a.base.get(), a.elem.get(), a.len_at.get()) == (b.base.get(), b.elem.get(), b.len_at.get())
        && (a.flags.get() ^ b.flags.get()) & (FLAG_LONG | FLAG_PINNED | FLAG_DROP) == 0
}

#[inline(always)]
pub(crate) fn shape(id: ShapeId) -> &'static Shape {
    // SAFETY: shape-table-fixed.
    unsafe { &*((SHAPES_BASE + id.0 as usize * size_of::<Shape>()) as *const Shape) }
}

/// # Safety
/// `object` is a complete object that has not been forwarded.
#[inline(always)]
pub(crate) unsafe fn size_of_object(object: *const Header) -> usize {
    let entry = shape((*object).shape());
    // Fixed sizes have `elem` 0 and read the header as their length: no branch.
    let len = *object.cast::<u8>().add(entry.len_at.get() as usize).cast::<u64>() as usize;
    let size = entry.base.get() as usize + entry.elem.get() as usize * len;
    (size + 15) & !15
}

pub(crate) fn drop_function(id: ShapeId) -> Option<unsafe fn(*mut u8)> {
    info(id).and_then(|i| i.drop)
}

/// `hook` is called by a major collection for each shape whose owner died; no object of that shape is left.
/// It may free the shape's data and call `release_shape`.
pub fn set_shape_hook(hook: fn(ShapeId)) {
    TABLE.get().hook = Some(hook);
}

/// Gives back the id of a shape that has no objects.
pub fn release_shape(id: ShapeId) {
    assert!(id.0 >= FIRST_DYNAMIC);
    shape(id).flags.set(0);
    shape(id).owner.set(0);
    shape(id).data.set(std::ptr::null_mut());
    // SAFETY: the box was leaked by `define_shape`, and nothing else points to it.
    drop(unsafe { Box::from_raw(info_slot(id).replace(std::ptr::null()).cast_mut()) });
    TABLE.get().free.push(id);
}

/// At the end of a major collection.
pub(crate) fn forget_dead_owners(is_dead: impl Fn(*mut Header) -> bool) {
    for id in (1..TABLE.get().next).map(ShapeId) {
        let flags = &shape(id).flags;
        flags.set(flags.get() & !FLAG_REACHED);
        let owner = shape(id).owner.get();
        if owner != 0 && is_dead(owner as *mut Header) {
            shape(id).owner.set(0);
            if let Some(hook) = TABLE.get().hook {
                hook(id);
            }
        }
    }
}

fn info_slot(id: ShapeId) -> &'static Cell<*const Info> {
    // SAFETY: shape-table-fixed.
    unsafe { &*((SHAPE_INFO_BASE + id.0 as usize * 8) as *const Cell<*const Info>) }
}

fn info(id: ShapeId) -> Option<&'static Info> {
    // SAFETY: entries are leaked boxes.
    unsafe { info_slot(id).get().as_ref() }
}

struct Table {
    next: u32,
    free: Vec<ShapeId>,
    hook: Option<fn(ShapeId)>,
}

static TABLE: GilCell<Table> = GilCell::new(Table { next: FIRST_DYNAMIC, free: Vec::new(), hook: None });

const _: () = assert!(size_of::<Shape>() == 32);
