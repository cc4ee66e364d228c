//! `_heapq`: binary heaps in lists, with the smallest or the largest item first.

use adder_macros::pymodule;
use adder_vm::builtins::list::List;
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value};
use adder_vm::slots::CompareOp;
use adder_vm::vm::Vm;

/// Whether `a` belongs above `b`.
fn before(vm: &Vm, a: Value, b: Value, max: bool) -> PyResult<bool> {
    if max { vm.compare_bool(b, a, CompareOp::Lt) } else { vm.compare_bool(a, b, CompareOp::Lt) }
}

/// `before` for two items of the list, which the comparison must not change in size.
fn items_before(vm: &Vm, heap: Ref<List>, i: usize, j: usize, max: bool) -> PyResult<bool> {
    let n = heap.len();
    let r = before(vm, heap.get(i), heap.get(j), max)?;
    if heap.len() != n {
        return Err(vm.runtime_error("list changed size during iteration"));
    }
    Ok(r)
}

fn swap(heap: Ref<List>, i: usize, j: usize) {
    let (a, b) = (heap.get(i), heap.get(j));
    heap.set(i, b);
    heap.set(j, a);
}

/// Moves the item at `at` up to its place, not above `start`.
fn sift_down(vm: &Vm, heap: Ref<List>, start: usize, mut at: usize, max: bool) -> PyResult<()> {
    if at >= heap.len() {
        return Err(vm.index_error("index out of range"));
    }
    while at > start {
        let parent = (at - 1) >> 1;
        if !items_before(vm, heap, at, parent, max)? {
            break;
        }
        swap(heap, at, parent);
        at = parent;
    }
    Ok(())
}

/// Moves the item at `at` to a leaf along the better children, and then up to its place.
fn sift_up(vm: &Vm, heap: Ref<List>, at: usize, max: bool) -> PyResult<()> {
    let (start, end) = (at, heap.len());
    if at >= end {
        return Err(vm.index_error("index out of range"));
    }
    let mut at = at;
    while at < end >> 1 {
        let mut child = 2 * at + 1;
        if child + 1 < end && !items_before(vm, heap, child, child + 1, max)? {
            child += 1;
        }
        swap(heap, at, child);
        at = child;
    }
    sift_down(vm, heap, start, at, max)
}

fn push(vm: &Vm, heap: Ref<List>, item: Value, max: bool) -> PyResult<()> {
    heap.push(vm, item);
    sift_down(vm, heap, 0, heap.len() - 1, max)
}

fn pop(vm: &Vm, heap: Ref<List>, max: bool) -> PyResult<Value> {
    let Some(last) = heap.pop_last() else { return Err(vm.index_error("index out of range")) };
    if heap.is_empty() {
        return Ok(last);
    }
    let first = heap.get(0);
    heap.set(0, last);
    sift_up(vm, heap, 0, max)?;
    Ok(first)
}

fn replace(vm: &Vm, heap: Ref<List>, item: Value, max: bool) -> PyResult<Value> {
    if heap.is_empty() {
        return Err(vm.index_error("index out of range"));
    }
    let first = heap.get(0);
    heap.set(0, item);
    sift_up(vm, heap, 0, max)?;
    Ok(first)
}

fn push_pop(vm: &Vm, heap: Ref<List>, item: Value, max: bool) -> PyResult<Value> {
    if heap.is_empty() {
        return Ok(item);
    }
    if !before(vm, heap.get(0), item, max)? {
        return Ok(item);
    }
    replace(vm, heap, item, max)
}

fn order(vm: &Vm, heap: Ref<List>, max: bool) -> PyResult<()> {
    for i in (0..heap.len() >> 1).rev() {
        sift_up(vm, heap, i, max)?;
    }
    Ok(())
}

/// Heap queue algorithm (a.k.a. priority queue).
#[pymodule]
pub mod _heapq {
    use super::*;

    /// Push item onto heap, maintaining the heap invariant.
    #[pyfunction("($module, heap, item, /)")]
    fn heappush(vm: &Vm, heap: Ref<List>, item: Value) -> PyResult<()> {
        push(vm, heap, item, false)
    }

    /// Push item on the heap, then pop and return the smallest item from the heap.
    ///
    /// The combined action runs more efficiently than heappush() followed by
    /// a separate call to heappop().
    #[pyfunction("($module, heap, item, /)")]
    fn heappushpop(vm: &Vm, heap: Ref<List>, item: Value) -> PyResult<Value> {
        push_pop(vm, heap, item, false)
    }

    /// Pop the smallest item off the heap, maintaining the heap invariant.
    #[pyfunction("($module, heap, /)")]
    fn heappop(vm: &Vm, heap: Ref<List>) -> PyResult<Value> {
        pop(vm, heap, false)
    }

    /// Pop and return the current smallest value, and add the new item.
    ///
    /// This is more efficient than heappop() followed by heappush(), and can be
    /// more appropriate when using a fixed-size heap.  Note that the value
    /// returned may be larger than item!  That constrains reasonable uses of
    /// this routine unless written as part of a conditional replacement:
    ///
    ///     if item > heap[0]:
    ///         item = heapreplace(heap, item)
    #[pyfunction("($module, heap, item, /)")]
    fn heapreplace(vm: &Vm, heap: Ref<List>, item: Value) -> PyResult<Value> {
        replace(vm, heap, item, false)
    }

    /// Transform list into a heap, in-place, in O(len(heap)) time.
    #[pyfunction("($module, heap, /)")]
    fn heapify(vm: &Vm, heap: Ref<List>) -> PyResult<()> {
        order(vm, heap, false)
    }

    /// Push item onto max heap, maintaining the heap invariant.
    #[pyfunction("($module, heap, item, /)")]
    fn heappush_max(vm: &Vm, heap: Ref<List>, item: Value) -> PyResult<()> {
        push(vm, heap, item, true)
    }

    /// Maxheap variant of heappushpop.
    ///
    /// The combined action runs more efficiently than heappush_max() followed by
    /// a separate call to heappop_max().
    #[pyfunction("($module, heap, item, /)")]
    fn heappushpop_max(vm: &Vm, heap: Ref<List>, item: Value) -> PyResult<Value> {
        push_pop(vm, heap, item, true)
    }

    /// Maxheap variant of heappop.
    #[pyfunction("($module, heap, /)")]
    fn heappop_max(vm: &Vm, heap: Ref<List>) -> PyResult<Value> {
        pop(vm, heap, true)
    }

    /// Maxheap variant of heapreplace.
    #[pyfunction("($module, heap, item, /)")]
    fn heapreplace_max(vm: &Vm, heap: Ref<List>, item: Value) -> PyResult<Value> {
        replace(vm, heap, item, true)
    }

    /// Maxheap variant of heapify.
    #[pyfunction("($module, heap, /)")]
    fn heapify_max(vm: &Vm, heap: Ref<List>) -> PyResult<()> {
        order(vm, heap, true)
    }
}
