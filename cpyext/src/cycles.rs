//! Cycles across both heaps: C structs that refer to each other and to objects, and are garbage together.
//!
//! A major collection first computes for every struct how many references come from outside of what the
//! collector knows: its count, less the heap's own reference, less what `tp_traverse` of other structs finds.
//! Structs with some left, and those of which the functions claim more references than there are, are roots.
//! From there marking crosses the border both ways: `trace` goes from a marked object through its struct.
//!
//! What was not reached, and has references from elsewhere than the heap, is garbage that refers to itself.
//! It is kept for this once, with all that it refers to, so that C finds every object whole; after the
//! collection `tp_finalize` runs, or, if it has run, `tp_clear`. That breaks the cycle, and the objects die as
//! others do. Weak references are cleared by the collector before; finalisers of objects are the collector's.
//!
//! Structs that take part are those whose types have `tp_traverse`, while they are tracked, and lists whose
//! items are in C. Others that C holds are roots.

use crate::ffi::constants::*;
use crate::memory::{self, AddressMap};
use crate::pyobject::*;
use crate::{debug, listobject, pyerrors};
use adder_heap::{GilCell, Visitor};
use adder_vm::builtins::bytes::Bytes;
use adder_vm::builtins::list::List;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::object::{Value, ValueExt};
use std::ffi::c_void;

/// What a major collection knows of a struct.
struct Node {
    /// References that are not explained.
    outside: i64,
    /// Without an object, and reached.
    reached: bool,
}

struct Collection {
    nodes: AddressMap<Node>,
    /// Structs without an object that were reached, and not traversed yet.
    gray: Vec<Ptr>,
}

static RUNNING: GilCell<Option<Collection>> = GilCell::new(None);

/// Garbage, each with a reference: to be finalised, to be cleared.
static TO_FINALIZE: GilCell<Vec<Ptr>> = GilCell::new(vec![]);
static TO_CLEAR: GilCell<Vec<Ptr>> = GilCell::new(vec![]);

type Visit = unsafe extern "C" fn(Ptr, *mut c_void) -> i32;

/// Whether the struct is one that its type can traverse.
unsafe fn is_traversed(p: Ptr) -> bool {
    (*p).ob_flags & TRACKED != 0 && {
        let t = (*p).ob_type;
        (*t).tp_flags & Py_TPFLAGS_HAVE_GC != 0 && (*t).tp_traverse.is_some()
    }
}

/// Calls `visit` for the references that the struct has to others.
pub unsafe fn traverse(p: Ptr, visit: Visit, arg: *mut c_void) {
    if is_traversed(p) {
        if let Some(f) = (*(*p).ob_type).tp_traverse {
            f(p, Some(visit), arg);
        }
        return;
    }
    let link = *memory::link(p);
    if link == 0 || link & UNFILLED != 0 {
        return;
    }
    let v = Value::from_bits_unchecked(link & !MARKS);
    let items = if v.is::<Tuple>() {
        crate::tupleobject::items(p)
    } else if v.downcast::<List>().is_some_and(|l| l.in_c()) {
        listobject::items(p)
    } else {
        return;
    };
    for item in items.iter().filter(|item| !item.is_null()) {
        visit(*item, arg);
    }
}

/// A major collection begins.
pub fn prepare(linked: &mut dyn Iterator<Item = Value>) {
    let mut nodes = AddressMap::<Node>::default();
    let add = |nodes: &mut AddressMap<Node>, p: Ptr| {
        // SAFETY: a live struct in the range.
        unsafe {
            let outside = (*p).ob_refcnt as i64 - (*memory::link(p) & MANAGED) as i64;
            nodes.insert(p as usize, Node { outside, reached: false });
        }
    };
    let mut items = vec![];
    for v in linked {
        listobject::note_idle(v);
        let p = shadow(v);
        if memory::contains(p) && p as usize & 1 == 0 {
            add(&mut nodes, p);
            if v.is::<Tuple>() || v.downcast::<List>().is_some() {
                items.push(p);
            }
        }
    }
    let mut traversed = vec![];
    memory::each(&mut |p| {
        let p = p as Ptr;
        // SAFETY: a slot. If it is free, its first word is an address, which has no flags; if it is memory
        // that is no object, its second word is no type.
        if unsafe { (*p).ob_flags & TRACKED != 0 && is_type((*p).ob_type) && is_traversed(p) } {
            traversed.push(p);
            if !nodes.contains_key(&(p as usize)) {
                add(&mut nodes, p);
            }
        }
    });
    unsafe extern "C" fn subtract(p: Ptr, nodes: *mut c_void) -> i32 {
        // SAFETY: the map below.
        if let Some(node) = (*nodes.cast::<AddressMap<Node>>()).get_mut(&(p as usize)) {
            node.outside -= 1;
        }
        0
    }
    for &p in items.iter().chain(&traversed) {
        // SAFETY: live structs.
        unsafe { traverse(p, subtract, (&raw mut nodes).cast()) };
    }
    if debug::on() || debug::leaks::wanted() {
        let outside = |p: Ptr| nodes.get(&(p as usize)).map(|n| n.outside);
        // SAFETY: live structs.
        unsafe {
            if debug::on() {
                let mut all = nodes.keys().map(|p| *p as Ptr);
                debug::audit::run(&mut all, &items, &traversed, &outside);
            }
            if debug::leaks::wanted() {
                debug::leaks::take(&outside);
            }
        }
    }
    // SAFETY: live structs.
    let is_held =
        |p: Ptr| unsafe { *memory::link(p) == 0 } && nodes.get(&(p as usize)).is_some_and(|n| n.outside != 0);
    let gray = traversed.into_iter().filter(|p| is_held(*p)).collect();
    *RUNNING.get() = Some(Collection { nodes, gray });
}

/// Whether C holds the struct of an object, as far as this collection is concerned. None: no major one runs.
pub fn is_held(p: Ptr) -> Option<bool> {
    let c = RUNNING.get().as_ref()?;
    // What has no entry is outside of the range.
    Some(c.nodes.get(&(p as usize)).is_none_or(|n| n.outside != 0))
}

unsafe extern "C" fn reach(p: Ptr, visitor: *mut c_void) -> i32 {
    let Some(link) = link_of(p) else { return 0 };
    let mut word = *link & !MARKS;
    if word != 0 {
        // SAFETY: the visitor of the running collection.
        (*visitor.cast::<Visitor>()).visit(&mut word);
    } else if let Some(c) = RUNNING.get()
        && let Some(node) = c.nodes.get(&(p as usize))
        && !node.reached
    {
        c.gray.push(p);
    }
    0
}

/// Traverses structs without objects until none is left.
fn drain(visitor: &mut Visitor) {
    while let Some(c) = RUNNING.get()
        && let Some(p) = c.gray.pop()
    {
        if let Some(node) = c.nodes.get_mut(&(p as usize))
            && !std::mem::replace(&mut node.reached, true)
        {
            // SAFETY: a live struct.
            unsafe { traverse(p, reach, (visitor as *mut Visitor).cast()) };
        }
    }
}

/// A linked object was marked.
pub fn trace(v: Value, visitor: &mut Visitor) {
    let p = shadow(v);
    if memory::contains(p) && p as usize & 1 == 0 && RUNNING.get().is_some() {
        // SAFETY: the struct of a linked object.
        unsafe { traverse(p, reach, (visitor as *mut Visitor).cast()) };
        drain(visitor);
    }
}

/// Roots that are no objects.
pub fn visit_roots(visitor: &mut Visitor) {
    drain(visitor);
}

/// The object of a struct, if not the struct is the truth.
unsafe fn object_of(p: Ptr) -> Option<Value> {
    let v = if memory::contains(p) { Value::from_bits(*memory::link(p) & !MARKS)? } else { return None };
    if v.class().extension.get() { None } else { Some(v) }
}

/// Whether the struct's object refers to others.
unsafe extern "C" fn leads_on(p: Ptr, through: *mut c_void) -> i32 {
    if object_of(p).is_some_and(|v| v.downcast::<Str>().is_none() && v.downcast::<Bytes>().is_none()) {
        *through.cast::<bool>() = true;
    }
    0
}

/// A struct that dies refers to this one: its `tp_dealloc` must find the object.
unsafe extern "C" fn keep_object(p: Ptr, visitor: *mut c_void) -> i32 {
    if object_of(p).is_some() { reach(p, visitor) } else { 0 }
}

/// Everything reachable is marked, and weak references to the rest are cleared: the garbage that refers to
/// itself is kept for its finalisers and `tp_clear`.
pub fn rescue(visitor: &mut Visitor) {
    let Some(c) = RUNNING.get() else { return };
    let (mut garbage, mut dying) = (vec![], vec![]);
    for (&p, node) in &c.nodes {
        let p = p as Ptr;
        // SAFETY: structs live during the collection.
        unsafe {
            let link = *memory::link(p);
            let alive = match link & !MARKS {
                0 => node.reached,
                word => visitor.is_reached(Value::from_bits_unchecked(word)),
            };
            if !alive && is_traversed(p) {
                // What only the heap refers to dies without our help, unless the way back leads through objects.
                let mut through = false;
                traverse(p, leads_on, (&raw mut through).cast());
                let cycle = through || (*p).ob_refcnt as u64 > link & MANAGED;
                if cycle { &mut garbage } else { &mut dying }.push(p);
            }
        }
    }
    for p in dying {
        // SAFETY: as above.
        unsafe { traverse(p, keep_object, (visitor as *mut Visitor).cast()) };
    }
    for p in garbage {
        // SAFETY: as above; a type with `tp_traverse` is complete.
        unsafe {
            let t = (*p).ob_type;
            if (*t).tp_finalize.is_some() && !was_finalized(p) {
                TO_FINALIZE.get().push(p);
            } else if (*t).tp_clear.is_some() {
                TO_CLEAR.get().push(p);
            }
            incref(p);
            reach(p, (visitor as *mut Visitor).cast());
        }
    }
    drain(visitor);
}

/// A collection ended. Whether there is garbage to break up.
pub fn finished() -> bool {
    *RUNNING.get() = None;
    !TO_FINALIZE.get().is_empty() || !TO_CLEAR.get().is_empty()
}

/// Finalises and clears what the collector has found; whether there was something.
pub fn break_up() -> bool {
    let (finalize, clear) = (std::mem::take(TO_FINALIZE.get()), std::mem::take(TO_CLEAR.get()));
    let found = !finalize.is_empty() || !clear.is_empty();
    // SAFETY: the lists have references of their own.
    unsafe {
        for &p in &finalize {
            crate::typeobject::call_finalizer(p);
        }
        for &p in &clear {
            if let Some(f) = (*(*p).ob_type).tp_clear {
                pyerrors::keeping(|| f(p));
            }
        }
        for p in finalize.into_iter().chain(clear) {
            pyerrors::keeping(|| decref(p));
        }
    }
    found
}
