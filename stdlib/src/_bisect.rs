//! `_bisect`: binary search in sorted sequences.

use adder_macros::pymodule;
use adder_vm::builtins::list::List;
use adder_vm::error::PyResult;
use adder_vm::object::{Value, ValueExt};
use adder_vm::raise;
use adder_vm::slots::CompareOp;
use adder_vm::vm::Vm;

/// The arguments that all four functions share.
struct Search {
    sequence: Value,
    x: Value,
    lo: Option<isize>,
    hi: Option<Value>,
    key: Option<Value>,
}

/// Where `x` belongs: behind equal items if `right`.
fn position(vm: &Vm, s: &Search, right: bool) -> PyResult<isize> {
    let mut lo = s.lo.unwrap_or(0);
    if lo < 0 {
        return Err(vm.value_error("lo must be non-negative"));
    }
    let mut hi = match s.hi.filter(|v| !v.is_none()) {
        Some(v) => vm.index_isize(v)?,
        None => -1,
    };
    if hi == -1 {
        let class = s.sequence.class();
        let Some(len) = class.slots().sq_length.or(class.slots().mp_length) else {
            raise!(vm, TypeError, "object of type '{}' has no len()", class.name())
        };
        hi = len(vm, s.sequence)? as isize;
    }
    let key = s.key.filter(|k| !k.is_none());
    while lo < hi {
        let mid = (lo as usize).midpoint(hi as usize) as isize;
        let mut item = vm.get_item(s.sequence, vm.int(mid as i64))?;
        if let Some(key) = key {
            item = vm.call(key, &[item])?;
        }
        let (a, b) = if right { (s.x, item) } else { (item, s.x) };
        let less = vm.compare_bool(a, b, CompareOp::Lt)?;
        if less == right {
            hi = mid;
        } else {
            lo = mid + 1;
        }
    }
    Ok(lo)
}

fn insert(vm: &Vm, mut s: Search, right: bool) -> PyResult<()> {
    let item = s.x;
    if let Some(key) = s.key.filter(|k| !k.is_none()) {
        s.x = vm.call(key, &[item])?;
    }
    let at = position(vm, &s, right)?;
    if let Some(list) = s.sequence.exact::<List>() {
        return list.insert_at(vm, (at as usize).min(list.len()), item);
    }
    vm.call_method(s.sequence, vm.intern_str("insert"), &[vm.int(at as i64), item])?;
    Ok(())
}

/// Bisection algorithms.
///
/// This module provides support for maintaining a list in sorted order without
/// having to sort the list after each insertion. For long lists of items with
/// expensive comparison operations, this can be an improvement over the more
/// common approach.
#[pymodule]
pub mod _bisect {
    use super::*;

    /// Return the index where to insert item x in list a, assuming a is sorted.
    ///
    /// The return value i is such that all e in a[:i] have e <= x, and all e in
    /// a[i:] have e > x.  So if x already appears in the list, a.insert(i, x) will
    /// insert just after the rightmost x already there.
    ///
    /// Optional args lo (default 0) and hi (default len(a)) bound the
    /// slice of a to be searched.
    ///
    /// A custom key function can be supplied to customize the sort order.
    #[pyfunction("($module, /, a, x, lo=0, hi=None, *, key=None)")]
    fn bisect_right(
        vm: &Vm,
        a: Value,
        x: Value,
        lo: Option<isize>,
        hi: Option<Value>,
        key: Option<Value>,
    ) -> PyResult<i64> {
        Ok(position(vm, &Search { sequence: a, x, lo, hi, key }, true)? as i64)
    }

    /// Return the index where to insert item x in list a, assuming a is sorted.
    ///
    /// The return value i is such that all e in a[:i] have e < x, and all e in
    /// a[i:] have e >= x.  So if x already appears in the list, a.insert(i, x) will
    /// insert just before the leftmost x already there.
    ///
    /// Optional args lo (default 0) and hi (default len(a)) bound the
    /// slice of a to be searched.
    ///
    /// A custom key function can be supplied to customize the sort order.
    #[pyfunction("($module, /, a, x, lo=0, hi=None, *, key=None)")]
    fn bisect_left(
        vm: &Vm,
        a: Value,
        x: Value,
        lo: Option<isize>,
        hi: Option<Value>,
        key: Option<Value>,
    ) -> PyResult<i64> {
        Ok(position(vm, &Search { sequence: a, x, lo, hi, key }, false)? as i64)
    }

    /// Insert item x in list a, and keep it sorted assuming a is sorted.
    ///
    /// If x is already in a, insert it to the right of the rightmost x.
    ///
    /// Optional args lo (default 0) and hi (default len(a)) bound the
    /// slice of a to be searched.
    ///
    /// A custom key function can be supplied to customize the sort order.
    #[pyfunction("($module, /, a, x, lo=0, hi=None, *, key=None)")]
    fn insort_right(
        vm: &Vm,
        a: Value,
        x: Value,
        lo: Option<isize>,
        hi: Option<Value>,
        key: Option<Value>,
    ) -> PyResult<()> {
        insert(vm, Search { sequence: a, x, lo, hi, key }, true)
    }

    /// Insert item x in list a, and keep it sorted assuming a is sorted.
    ///
    /// If x is already in a, insert it to the left of the leftmost x.
    ///
    /// Optional args lo (default 0) and hi (default len(a)) bound the
    /// slice of a to be searched.
    ///
    /// A custom key function can be supplied to customize the sort order.
    #[pyfunction("($module, /, a, x, lo=0, hi=None, *, key=None)")]
    fn insort_left(
        vm: &Vm,
        a: Value,
        x: Value,
        lo: Option<isize>,
        hi: Option<Value>,
        key: Option<Value>,
    ) -> PyResult<()> {
        insert(vm, Search { sequence: a, x, lo, hi, key }, false)
    }
}
