//! Objects that C may hold: the hooks of the C API layer.
//!
//! An object with a shadow is registered by `note_linked`.
//! At a collection the heap asks of each one whether C holds it (`is_root`), and tells when it moved or died.
//! Minor collections ask only about objects linked, or still young, since the last one.
//! For cycles across both heaps a major collection first calls `prepare` with all linked objects, which may count
//! references through `tp_traverse` so that `is_root` answers from the corrected counts; and when a linked object
//! is marked, `trace` visits the links that its C struct holds. What was not reached in the end can still be kept by
//! `rescue`, so that the C side breaks its cycles with whole objects.
//!
//! An object whose C struct is gone, and to which nobody refers, is made a new one of its shape (`retire_linked`,
//! `take_retired`): results of C that die at once would otherwise fill the nursery and the list of links.
//!
//! Kept true here: `moved` is called at once, so a link is right whenever a hook looks at it; `died` is called once,
//! after everything has been traced and before any memory is reused.

use crate::alloc::NURSERY;
use crate::gil::GilCell;
use crate::object::{Header, LINKED};
use crate::shape::ShapeId;
use crate::trace::Visitor;
use crate::value::Value;

/// What the C API layer does for the collector. None of these may allocate in the heap.
#[derive(Clone, Copy)]
pub struct LinkHooks {
    /// Whether the C side alone keeps the object alive.
    pub is_root: fn(Value) -> bool,
    /// The object has a new address. Its contents are at the new one, whose fields may still be out of date.
    pub moved: fn(old: Value, new: Value),
    /// The object is dead; it can still be read, and what it refers to cannot.
    pub died: fn(Value),
    /// A major collection begins; objects have not moved.
    pub prepare: fn(&mut dyn Iterator<Item = Value>),
    /// After `prepare`: visit what C structs without objects hold.
    pub visit_roots: fn(&mut Visitor),
    /// A linked object was marked: visit the links its C struct holds. Major collections only.
    pub trace: fn(Value, &mut Visitor),
    /// What can be reached is marked, weak references to the rest are cleared, and finalisers have their objects:
    /// visit what is to be kept all the same. Major collections only.
    pub rescue: fn(&mut Visitor),
    /// Every collection's end.
    pub finished: fn(major: bool),
}

pub(crate) struct Links {
    pub young: Vec<*mut Header>,
    pub old: Vec<*mut Header>,
}

pub(crate) static LINKS: GilCell<Links> = GilCell::new(Links { young: Vec::new(), old: Vec::new() });

pub(crate) static HOOKS: GilCell<LinkHooks> = GilCell::new(LinkHooks {
    is_root: |_| true,
    moved: |_, _| {},
    died: |_| {},
    prepare: |_| {},
    visit_roots: |_| {},
    trace: |_, _| {},
    rescue: |_| {},
    finished: |_| {},
});

pub fn set_link_hooks(hooks: LinkHooks) {
    *HOOKS.get() = hooks;
}

/// Registers an object that has a shadow. Once per object, until it dies or `forget_linked`.
pub fn note_linked(v: Value) {
    // SAFETY: word-is-object.
    let header = unsafe { &*v.header() };
    if header.is_immortal() || header.has(LINKED) {
        return;
    }
    header.add(LINKED);
    let links = LINKS.get();
    if header.is_young() { links.young.push(v.header()) } else { links.old.push(v.header()) }
}

#[inline(always)]
pub fn is_linked(v: Value) -> bool {
    // SAFETY: word-is-object.
    unsafe { (*v.header()).has(LINKED) }
}

/// The object lost its shadow: no more questions about it. Its list entry goes at the next collection that looks.
pub fn forget_linked(v: Value) {
    // SAFETY: word-is-object.
    unsafe { (*v.header()).remove(LINKED) };
}

/// How many objects of different shapes are kept.
const KEPT: usize = 16;

/// Retired objects, by shape, until the next collection, which finds them dead: they are still linked and listed.
static RETIRED: GilCell<[*mut Header; KEPT]> = GilCell::new([std::ptr::null_mut(); KEPT]);

fn retired(shape: ShapeId) -> &'static mut *mut Header {
    &mut RETIRED.get()[shape.0 as usize % KEPT]
}

/// As `forget_linked`, of an object that no word anywhere is used to refer to. Its shadow is nothing by now that the
/// hooks take for one.
#[inline]
pub fn retire_linked(v: Value) {
    // SAFETY: word-is-object.
    let header = unsafe { &*v.header() };
    // It is young, and has neither user bits nor an identity hash, by which weak references find it. In stress
    // mode the limit is 0: there stale references are to be found.
    if header.meta() == LINKED && NURSERY.get().lim != 0 {
        *retired(header.shape()) = v.header();
    } else {
        forget_linked(v);
    }
}

/// A retired object of the shape, which is linked; its contents are to be written before the next allocation.
#[inline]
pub fn take_retired(shape: ShapeId) -> Option<Value> {
    let place = retired(shape);
    // SAFETY: an object, since the last collection.
    if place.is_null() || unsafe { (**place).shape() } != shape {
        return None;
    }
    let object = std::mem::replace(place, std::ptr::null_mut());
    // SAFETY: as above.
    Some(unsafe { Value::from_bits_unchecked(object as u64) })
}

/// A collection begins.
pub(crate) fn drop_retired() {
    *RETIRED.get() = [std::ptr::null_mut(); KEPT];
}

#[cold]
#[inline(never)]
pub(crate) unsafe fn tell_moved(old: *mut Header, new: *mut Header) {
    let moved = HOOKS.get().moved;
    moved(Value::from_bits_unchecked(old as u64), Value::from_bits_unchecked(new as u64));
}
