//! The audit of references at a major collection: what counts say against what can be seen.
//!
//! The interpreter owns one reference of each object that it manages, and one for each item in the structs of
//! its tuples and lists. A count below that: C released what it did not own. What `tp_traverse` claims beyond
//! a count: it visits what it does not own, or something twice. What stands in a struct and is not visited,
//! while nobody else explains the reference: `tp_traverse` forgets it.

use super::{name_of, report, report_once};
use crate::cycles::traverse;
use crate::ffi::constants::Py_TPFLAGS_HAVE_GC;
use crate::ffi::types::PyObject;
use crate::memory::{self, AddressMap};
use crate::pyobject::{MANAGED, Ptr};
use std::ffi::c_void;

type Counts = AddressMap<i64>;

unsafe extern "C" fn count(p: Ptr, counts: *mut c_void) -> i32 {
    *(*counts.cast::<Counts>()).entry(p as usize).or_default() += 1;
    0
}

/// How often each object is visited.
unsafe fn visits(p: Ptr) -> Counts {
    let mut counts = Counts::default();
    traverse(p, count, (&raw mut counts).cast());
    counts
}

unsafe fn is_counted(p: Ptr) -> bool {
    memory::contains(p) && (*p).ob_refcnt >> 31 == 0
}

/// Looks at everything. `containers` are structs of tuples and lists, `traversed` those with a `tp_traverse`;
/// `outside` is an object's count less what both explain; None if it is not among those looked at.
///
/// # Safety
/// All are live structs, and a major collection begins.
pub unsafe fn run(
    objects: &mut dyn Iterator<Item = Ptr>,
    containers: &[Ptr],
    traversed: &[Ptr],
    outside: &dyn Fn(Ptr) -> Option<i64>,
) {
    let mut owned = Counts::default();
    for &p in containers {
        traverse(p, count, (&raw mut owned).cast());
    }
    let mut short = Counts::default();
    for p in objects.filter(|p| is_counted(*p)) {
        let own = owned.get(&(p as usize)).copied().unwrap_or(0) + (*memory::link(p) & MANAGED) as i64;
        let has = (*p).ob_refcnt as i64;
        if has < own {
            short.insert(p as usize, own);
            report(format!(
                "over-decrement: a '{}' object has {has} references, but the interpreter owns {own}",
                name_of(p)
            ));
            (*p).ob_refcnt = own as u32;
        }
    }
    for &p in traversed {
        let seen = visits(p);
        for (&q, &n) in &seen {
            let q = q as Ptr;
            if is_counted(q) && !short.contains_key(&(q as usize)) && outside(q).is_some_and(|n| n < 0) {
                overstated(p, q, n);
            }
        }
        forgotten(p, &seen, outside);
    }
}

/// The words of a struct behind its head.
unsafe fn words<'a>(p: Ptr) -> &'a [usize] {
    let size = ((*(*p).ob_type).tp_basicsize.max(0) as usize).min(memory::room(p));
    let head = size_of::<PyObject>();
    std::slice::from_raw_parts((p as *const usize).byte_add(head), size.saturating_sub(head) / 8)
}

/// More references of `q` are claimed than there are; `p` claims `n`.
unsafe fn overstated(p: Ptr, q: Ptr, n: i64) {
    let (whose, what) = (name_of(p), name_of(q));
    let inside = words(p).iter().filter(|w| **w == q as usize).count() as i64;
    if inside > 0 && n > inside {
        report_once(format!("twice {whose} {what}"), || {
            format!(
                "tp_traverse of '{whose}' visits a '{what}' object {n} times, but refers to it {inside} times"
            )
        });
    } else {
        report_once(format!("not owned {whose} {what}"), || {
            format!(
                "tp_traverse of '{whose}' visits a '{what}' object that it does not own, \
                 or a reference of it was released too often: it is visited more often than it has references"
            )
        });
    }
}

/// References in `p` that it does not visit and nobody else explains. A pointer that is no counted reference
/// looks the same, so only what could be part of a cycle is reported.
unsafe fn forgotten(p: Ptr, seen: &Counts, outside: &dyn Fn(Ptr) -> Option<i64>) {
    let weak = (*(*p).ob_type).tp_weaklistoffset;
    for (i, &word) in words(p).iter().enumerate() {
        let q = word as Ptr;
        let offset = i * 8 + size_of::<PyObject>();
        if seen.contains_key(&word) || q == p || !memory::contains(q) || offset as isize == weak {
            continue;
        }
        if outside(q).is_some_and(|n| n > 0) && (*(*q).ob_type).tp_flags & Py_TPFLAGS_HAVE_GC != 0 {
            let whose = name_of(p);
            report_once(format!("forgotten {whose} {offset}"), || {
                format!(
                    "tp_traverse of '{whose}' does not visit the '{}' object at offset {offset} of the struct: \
                     if it owns the reference, cycles through it are never freed",
                    name_of(q)
                )
            });
        }
    }
}
