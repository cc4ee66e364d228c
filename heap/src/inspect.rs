//! Looking at the heap from outside: all objects, and what an object refers to.

use crate::block::{self, EVACUATE, LARGE, OLD_BLOCK};
use crate::object::Header;
use crate::root::RootVec;
use crate::trace::{Mode, ReportStep, Visitor, scan_object};
use crate::value::Value;

/// Calls `f` for every object in the heap, also for those that died since the last major collection.
/// `f` may allocate.
pub fn for_each_object(f: &mut dyn FnMut(Value)) {
    crate::collect::collect_minor();
    let found = RootVec::new();
    each_old_object(|object| {
        // SAFETY: an object's address is not 0.
        found.push(unsafe { Value::from_bits_unchecked(object as u64) });
    });
    for v in found.iter() {
        f(v);
    }
}

/// Calls `f` for every object that `v` refers to, once per slot. `f` must not allocate.
pub fn referents(v: Value, f: &mut dyn FnMut(Value)) {
    if !v.is_ptr() {
        return;
    }
    let mut visitor = Visitor::new(Mode::Report);
    // SAFETY: only the lifetime changes; the visitor does not outlive this function.
    visitor.report =
        Some(unsafe { std::mem::transmute::<&mut dyn FnMut(Value), *mut (dyn FnMut(Value) + 'static)>(f) });
    // SAFETY: word-is-object.
    unsafe { scan_object::<ReportStep>(&mut visitor, v.header()) };
}

/// Calls `f` for everything that has a start bit and no mark bit, and says whether its block is being emptied.
pub(crate) fn each_unmarked(mut f: impl FnMut(*mut Header, bool)) {
    for index in 0..block::limit() {
        let kind = block::kind_at(index);
        if !matches!(kind, OLD_BLOCK | EVACUATE | LARGE) {
            continue;
        }
        let meta = block::meta_at(index);
        for (i, (&start, &mark)) in meta.start.iter().zip(&meta.mark).enumerate() {
            let mut bits = start & !mark;
            while bits != 0 {
                let n = i * 64 + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                f((block::address_of(index) + n * block::GRANULE) as *mut Header, kind == EVACUATE);
            }
        }
    }
}

/// Calls `f` for everything that has a start bit.
pub(crate) fn each_old_object(mut f: impl FnMut(*mut Header)) {
    for index in 0..block::limit() {
        if !matches!(block::kind_at(index), OLD_BLOCK | EVACUATE | LARGE) {
            continue;
        }
        for (i, &word) in block::meta_at(index).start.iter().enumerate() {
            let mut bits = word;
            while bits != 0 {
                let n = i * 64 + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                f((block::address_of(index) + n * block::GRANULE) as *mut Header);
            }
        }
    }
}
