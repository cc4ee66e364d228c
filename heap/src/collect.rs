//! Collections. Stub: the nursery only grows.

use crate::gil::GilCell;
use crate::trace::{MajorStep, MinorStep, Step, Visitor};

static EXTERNAL: GilCell<isize> = GilCell::new(0);

pub fn collect_minor() {}
pub fn collect_full() {}

pub(crate) fn collect_for_allocation() {
    crate::alloc::close_block();
    crate::alloc::BLOCKS.get().list.clear();
    crate::alloc::refill_nursery();
}

pub fn add_pressure(delta: isize) {
    *EXTERNAL.get() += delta;
}

pub(crate) fn external_bytes() -> usize {
    *EXTERNAL.get() as usize
}

impl Step for MinorStep {
    unsafe fn slot(_: &mut Visitor, _: *mut u64) {}
}
impl Step for MajorStep {
    unsafe fn slot(_: &mut Visitor, _: *mut u64) {}
}
