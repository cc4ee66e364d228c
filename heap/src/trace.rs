//! Finding the references of objects.
//!
//! `scan_object` calls a step for every slot of an object; the step says what this traversal does with it:
//! evacuate the nursery, mark the old space, or report.
//! Graphs are walked with an explicit stack of gray objects, so their depth does not matter.
//!
//! Kept true here: exactly the slots that the shape names are visited, and slots may be updated.

use crate::object::Header;
use crate::shape::{REFS_CUSTOM, REFS_MASK, REFS_NONE, TAIL_MASK, shape, size_of_object};
use crate::value::{Field, Value, Word};

/// Passed to everything that holds references, at every collection.
pub struct Visitor {
    pub(crate) mode: Mode,
    pub(crate) gray: Vec<*mut Header>,
    pub(crate) report: Option<*mut dyn FnMut(Value)>,
    /// Whether this traversal may move objects.
    pub(crate) moves: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Minor,
    Major,
    Report,
    Verify,
}

pub(crate) trait Step {
    unsafe fn slot(visitor: &mut Visitor, slot: *mut u64);
}

pub(crate) struct MinorStep;
pub(crate) struct MajorStep;
pub(crate) struct ReportStep;
pub(crate) struct VerifyStep;

impl Visitor {
    pub(crate) fn new(mode: Mode) -> Visitor {
        Visitor { mode, gray: Vec::new(), report: None, moves: true }
    }

    /// Visits a slot that holds 0, an integer or an object, and may update it.
    #[inline]
    pub fn visit(&mut self, slot: *mut u64) {
        // SAFETY: slot-is-word.
        unsafe {
            match self.mode {
                Mode::Minor => MinorStep::slot(self, slot),
                Mode::Major => MajorStep::slot(self, slot),
                Mode::Report => ReportStep::slot(self, slot),
                Mode::Verify => VerifyStep::slot(self, slot),
            }
        }
    }

    /// Whether a major collection has reached the object.
    pub fn is_reached(&self, v: Value) -> bool {
        debug_assert!(self.mode == Mode::Major, "only a major collection marks");
        // SAFETY: word-is-object.
        unsafe { crate::major::fate(v.header()).is_some() }
    }

    pub fn visit_field<T: Word>(&mut self, field: &Field<T>) {
        self.visit(field.slot());
    }

    /// Visits `len` consecutive slots, such as a register stack.
    pub fn visit_slots(&mut self, first: *mut u64, len: usize) {
        // SAFETY: the caller owns this many slots.
        unsafe {
            match self.mode {
                Mode::Minor => (0..len).for_each(|i| MinorStep::slot(self, first.add(i))),
                Mode::Major => (0..len).for_each(|i| MajorStep::slot(self, first.add(i))),
                _ => (0..len).for_each(|i| self.visit(first.add(i))),
            }
        }
    }

    /// Whether slots must be visited whose targets other visited slots of the same object keep alive.
    pub fn updates_copies(&self) -> bool {
        self.moves
    }

    /// Whether this is a major collection, so that everything must be visited, not only what changed.
    pub fn is_major(&self) -> bool {
        self.mode != Mode::Minor
    }
}

impl Step for ReportStep {
    #[inline]
    unsafe fn slot(visitor: &mut Visitor, slot: *mut u64) {
        if let (Some(v), Some(report)) = (Value::from_bits(*slot), visitor.report)
            && v.is_ptr()
        {
            (*report)(v);
        }
    }
}

/// # Safety
/// `object` is complete and not forwarded.
#[inline(always)]
pub(crate) unsafe fn scan_object<S: Step>(visitor: &mut Visitor, object: *mut Header) {
    let entry = shape((*object).shape());
    let kind = entry.refs.get();
    if kind == REFS_NONE {
        return;
    }
    if kind == REFS_CUSTOM {
        let f: unsafe fn(*mut u8, &mut Visitor) = std::mem::transmute(entry.word.get() as usize);
        return f(object.cast(), visitor);
    }
    let word = entry.word.get();
    let mut mask = if kind == REFS_MASK { word } else { word & TAIL_MASK };
    let words = object.cast::<u64>();
    while mask != 0 {
        S::slot(visitor, words.add(mask.trailing_zeros() as usize));
        mask &= mask - 1;
    }
    if kind != REFS_MASK {
        let (first, end) = tail(object);
        // Neighbours are often the same, as in `[x] * n`.
        let (mut before, mut after) = (0, 0);
        for i in first..end {
            let slot = words.add(i);
            if *slot != before {
                before = *slot;
                S::slot(visitor, slot);
                after = *slot;
            } else if after != before {
                *slot = after;
            }
        }
    }
}

/// The word indices of the tail of an object with `Refs::Tail`.
#[inline(always)]
pub(crate) unsafe fn tail(object: *mut Header) -> (usize, usize) {
    let entry = shape((*object).shape());
    let first = (entry.word.get() >> 48) as usize;
    // The allocator zeroed the padding.
    let end = size_of_object(object) / 8;
    (first, end)
}
