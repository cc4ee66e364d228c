//! Internal storage, not Python objects: arrays of values, and boxes that hold a weak reference.

use crate::def::ClassDef;
use crate::object::{ClassCell, Field, Header, Object, Ref, ShapeId, Value};
use crate::shapes::id;
use adder_heap as heap;
use adder_heap::{Layout, Refs, Size};
use std::cell::Cell;

/// A fixed-capacity array of optional values: list items, overflow slots.
#[repr(C)]
pub struct Array {
    h: Header,
    capacity: u64,
    items: [Cell<u64>; 0],
}

/// A word that does not keep its target alive; cleared when the target dies. Boxes can be chained.
#[repr(C)]
pub struct WeakBox {
    h: Header,
    target: Cell<u64>,
    pub next: Field<Option<Value>>,
}

macro_rules! storage {
    ($t:ident, $id:expr, $size:expr, $refs:expr) => {
        // SAFETY: repr(C), starts with a header; the layout is as declared.
        unsafe impl Object for $t {
            const REF_MASK: u64 = 0;
            const FIXED: Option<ShapeId> = Some(ShapeId::fixed($id));
            const LAYOUT: Layout = Layout {
                name: stringify!($t),
                long_header: false,
                size: $size,
                refs: $refs,
                drop: None,
                pinned: false,
            };
            const CLASS: ClassDef = ClassDef {
                name: stringify!($t),
                module: "",
                doc: "",
                text_signature: "",
                base: <crate::builtins::object::Object as Object>::cell,
                flags: 0,
                dict_offset: None,
                tables: None,
            };
            fn cell() -> &'static ClassCell {
                static CELL: ClassCell = ClassCell::new();
                &CELL
            }
        }
    };
}
pub(crate) use storage;

storage!(Array, id::ARRAY, Size::Array { base: 16, elem: 8, len_at: 8 }, Refs::Tail { mask: 0, from: 16 });
storage!(WeakBox, id::WEAK_BOX, Size::Fixed(24), Refs::Mask(0b100));

/// An array outside the heap.
#[repr(align(16))]
struct Static(Array);
// SAFETY: nothing in it changes (gil-protected).
unsafe impl Sync for Static {}

static IN_C: Static =
    Static(Array { h: Header::immortal(ShapeId::fixed(id::ARRAY)), capacity: 0, items: [] });

impl Array {
    /// The array of lists whose items are in C's memory.
    #[inline(always)]
    pub fn in_c() -> Ref<Array> {
        // SAFETY: the address of a static object with a header.
        unsafe { Ref::from_ptr((&raw const IN_C.0).cast_mut()) }
    }

    /// Byte offsets for machines.
    pub const CAPACITY: u32 = std::mem::offset_of!(Array, capacity) as u32;
    pub const ITEMS: u32 = std::mem::offset_of!(Array, items) as u32;

    /// A new array of empty slots. `capacity` must be allocatable; see `try_new`.
    pub fn new(capacity: usize) -> Ref<Array> {
        Array::try_new(capacity).expect("out of memory")
    }

    /// None: memory is exhausted.
    pub fn try_new(capacity: usize) -> Option<Ref<Array>> {
        if capacity > (1 << 40) {
            return None;
        }
        let p = heap::try_alloc(Array::shape(), 16 + 8 * capacity)? as *mut Array;
        // SAFETY: freshly allocated with room for `capacity` words.
        unsafe {
            (*p).capacity = capacity as u64;
            std::ptr::write_bytes((&raw mut (*p).items).cast::<u64>(), 0, capacity);
            Some(Ref::from_ptr(p))
        }
    }
}

impl Array {
    /// A new array of exactly these items; None: memory is exhausted.
    pub fn from_slice(items: &[Value]) -> Option<Ref<Array>> {
        let p = heap::try_alloc(Array::shape(), 16 + 8 * items.len())? as *mut Array;
        // SAFETY: freshly allocated with room for the items, which the slice keeps in place.
        unsafe {
            (*p).capacity = items.len() as u64;
            let to = (&raw mut (*p).items).cast::<Value>();
            std::ptr::copy_nonoverlapping(items.as_ptr(), to, items.len());
            let array = Ref::from_ptr(p);
            (*p).stored();
            Some(array)
        }
    }

    #[inline(always)]
    pub fn capacity(&self) -> usize {
        self.capacity as usize
    }

    #[inline(always)]
    fn slot(&self, i: usize) -> &Cell<u64> {
        debug_assert!(i < self.capacity());
        // SAFETY: callers stay within the capacity.
        unsafe { &*self.items.as_ptr().add(i) }
    }

    #[inline(always)]
    pub fn get(&self, i: usize) -> Option<Value> {
        Value::from_bits(self.slot(i).get())
    }

    /// The first `n` items, all of which must be set. Not to be held across anything that stores
    /// into the array or could replace it.
    #[inline(always)]
    pub fn slice(&self, n: usize) -> &[Value] {
        debug_assert!(n <= self.capacity());
        // SAFETY: Value is a non-zero word and the caller says the items are set.
        unsafe { std::slice::from_raw_parts(self.items.as_ptr().cast::<Value>(), n) }
    }

    /// Start of the items.
    #[inline(always)]
    pub fn as_mut_ptr(&self) -> *mut u64 {
        self.items.as_ptr() as *mut u64
    }
}

impl Array {
    /// An Array exists only in the heap, so its address is its reference.
    #[inline(always)]
    fn itself(&self) -> Value {
        // SAFETY: see above.
        unsafe { Ref::from_ptr(self as *const Array as *mut Array) }.value()
    }

    #[inline(always)]
    pub fn set(&self, i: usize, value: Option<Value>) {
        let slot = self.slot(i);
        slot.set(value.map_or(0, |v| v.bits()));
        heap::write_barrier_at(self.itself(), slot.as_ptr());
    }

    /// Copies the first `n` items of another array (or of itself).
    pub fn copy_from(&self, other: Ref<Array>, n: usize) {
        debug_assert!(n <= self.capacity() && n <= other.capacity());
        // SAFETY: both have room for n words.
        unsafe { std::ptr::copy(other.as_mut_ptr(), self.as_mut_ptr(), n) };
        self.stored();
    }

    /// To be called after writing items directly through `as_mut_ptr`.
    pub fn stored(&self) {
        self.stored_range(0, self.capacity());
    }

    /// As `stored`, for the items from `start` to `end`.
    #[inline]
    pub fn stored_range(&self, start: usize, end: usize) {
        for i in start..end {
            // A small array is remembered as a whole, by the first slot.
            // SAFETY: only asks for the barrier of a header.
            if !unsafe { (*self.itself().header()).needs_barrier() } {
                return;
            }
            heap::write_barrier_at(self.itself(), self.slot(i).as_ptr());
        }
    }
}

impl WeakBox {
    pub fn new(target: Value) -> Ref<WeakBox> {
        let b = heap::new(
            WeakBox::shape(),
            WeakBox { h: Header::new(), target: Cell::new(target.bits()), next: Field::new(None) },
        );
        heap::register_weak(b.value(), std::mem::offset_of!(WeakBox, target));
        b
    }

    pub fn get(&self) -> Option<Value> {
        Value::from_bits(self.target.get())
    }
}
