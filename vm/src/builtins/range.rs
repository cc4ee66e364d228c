//! `range` and its iterators. This file is the fast iterator; the rest is in `range_methods.rs`.

use crate::def;
use crate::object::{Field, LongHeader, Object, Ref, Value};
use crate::shapes::id;
use crate::vm::Vm;
use adder_heap as heap;
use adder_macros::pyclass;
use std::cell::Cell;

/// range(stop) -> range object
/// range(start, stop[, step]) -> range object
///
/// Return an object that produces a sequence of integers from start (inclusive)
/// to stop (exclusive) by step.  range(i, j) produces i, i+1, i+2, ..., j-1.
/// start defaults to 0, and stop is omitted!  range(4) produces 0, 1, 2, 3.
/// These are exactly the valid indices for a list of 4 elements.
/// When step is given, it specifies the increment (or decrement).
#[pyclass(name = "range", fixed = id::RANGE, flags = def::IMMUTABLE | def::SEQUENCE)]
#[repr(C)]
pub struct Range {
    h: LongHeader,
    /// Exact ints.
    pub start: Field<Value>,
    pub stop: Field<Value>,
    pub step: Field<Value>,
    pub length: Field<Value>,
}

impl Range {
    pub fn new(start: Value, stop: Value, step: Value, length: Value) -> Ref<Range> {
        heap::new(
            Range::shape(),
            Range {
                h: LongHeader::new(),
                start: Field::new(start),
                stop: Field::new(stop),
                step: Field::new(step),
                length: Field::new(length),
            },
        )
    }
}

/// Iterates a range whose values, and the value after the last, are all small ints.
#[pyclass(name = "range_iterator", fixed = id::RANGE_ITERATOR)]
#[repr(C)]
pub struct RangeIterator {
    h: LongHeader,
    pub next: Cell<i64>,
    pub step: i64,
    pub left: Cell<i64>,
}

impl RangeIterator {
    /// Byte offsets for machines.
    pub const NEXT: u32 = std::mem::offset_of!(RangeIterator, next) as u32;
    pub const STEP: u32 = std::mem::offset_of!(RangeIterator, step) as u32;
    pub const LEFT: u32 = std::mem::offset_of!(RangeIterator, left) as u32;

    pub fn new(_vm: &Vm, next: i64, step: i64, left: i64) -> Ref<RangeIterator> {
        heap::new(
            RangeIterator::shape(),
            RangeIterator { h: LongHeader::new(), next: Cell::new(next), step, left: Cell::new(left) },
        )
    }

    #[inline(always)]
    pub fn advance(&self) -> Option<Value> {
        let left = self.left.get();
        if left <= 0 {
            return None;
        }
        let v = self.next.get();
        self.left.set(left - 1);
        self.next.set(v + self.step);
        Some(Value::from_small(v))
    }
}
