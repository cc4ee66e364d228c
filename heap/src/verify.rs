//! Checks the whole old space, to find missing barriers and wrong layouts close to their cause.
//!
//! Called between a collection and the next allocation, when there are no young objects: then every slot of every
//! object must hold 0, an integer, an object outside the arena, or the start of an old object.
//! A slot that still points into the nursery was stored without a barrier.

use crate::block::{self, EVACUATE, LARGE, OLD_BLOCK};
use crate::memory::in_arena;
use crate::object::{FORWARDED, OLD, UNLOG};
use crate::shape::{shape_defined, shape_name};
use crate::trace::{Mode, Step, VerifyStep, Visitor, scan_object};

pub(crate) fn verify() {
    let mut visitor = Visitor::new(Mode::Verify);
    crate::inspect::each_old_object(|object| {
        // SAFETY: start bits are set exactly for objects.
        unsafe {
            let header = &*object;
            assert!(shape_defined(header.shape()), "{object:p} has no shape");
            assert!(
                header.has(OLD) && header.has(UNLOG) && !header.has(FORWARDED),
                "{object:p} has wrong flags"
            );
            visitor.gray.clear();
            visitor.gray.push(object);
            scan_object::<VerifyStep>(&mut visitor, object);
        }
    });
    visitor.gray.clear();
    crate::root::visit_roots(&mut visitor);
}

impl Step for VerifyStep {
    unsafe fn slot(visitor: &mut Visitor, slot: *mut u64) {
        let word = *slot;
        if word & 1 != 0 || !in_arena(word) {
            return;
        }
        let addr = word as usize;
        let kind = if block::index_of(addr) < block::limit() { block::kind(addr) } else { block::FREE };
        if matches!(kind, OLD_BLOCK | EVACUATE | LARGE) && block::meta(addr).is_start(addr) {
            return;
        }
        match visitor.gray.first() {
            Some(&object) => panic!(
                "the {} at {object:p} refers to {addr:#x}, which is {}: byte {} is stored without a barrier, \
                 uninitialised, or no slot",
                shape_name((*object).shape()),
                what(kind),
                slot as usize - object as usize,
            ),
            None => panic!("a root refers to {addr:#x}, which is {}", what(kind)),
        }
    }
}

fn what(kind: u8) -> &'static str {
    match kind {
        block::NURSERY => "in the nursery",
        block::FREE => "free memory",
        _ => "not the start of an object",
    }
}
