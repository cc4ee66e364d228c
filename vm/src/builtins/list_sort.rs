//! `list.sort`: a stable merge sort whose comparisons may run Python code, fail, and see the list.
//!
//! While it runs the list is empty but for a marker array, by which later changes are noticed.
//! Keys that are all small ints, all floats or all strings are compared without Python code, so
//! Rust's stable sort can order their positions. Everything else goes through natural runs, binary
//! insertion up to a minimal run length, and merges in the order of powersort, as CPython's listsort
//! does without galloping. Whenever a comparison fails the arrays hold a permutation of the items.

use crate::builtins::array::Array;
use crate::builtins::float::Float;
use crate::builtins::list::List;
use crate::builtins::str_::Str;
use crate::error::PyResult;
use crate::object::{Ref, Value, ValueExt};
use crate::slots::CompareOp;
use crate::vm::Vm;
use adder_text::units::Units;
use std::cmp::Ordering;

/// `list.sort(key=key, reverse=reverse)`
pub fn sort(vm: &Vm, list: Ref<List>, key: Option<Value>, reverse: bool) -> PyResult<()> {
    if list.in_c() {
        return sort_in_c(vm, list, key, reverse);
    }
    let (items, n) = list.take_items();
    let marker = Array::new(0);
    list.put_items(Some(marker), 0);
    let result = match items {
        Some(items) if n > 1 || key.is_some() => sort_items(vm, items, n, key, reverse),
        _ => Ok(()),
    };
    let modified = if list.in_c() {
        // The key function gave the empty list to C code.
        let sorted = items.as_ref().map_or(&[][..], |a| a.slice(n));
        let now = list.len();
        list.replace_range(vm, 0, now, sorted)?;
        now != 0
    } else {
        let (now, _) = list.take_items();
        list.put_items(items, n);
        now != Some(marker)
    };
    finish(vm, result, modified)
}

fn finish(vm: &Vm, result: PyResult<()>, modified: bool) -> PyResult<()> {
    result?;
    if modified {
        return Err(vm.value_error("list modified during sort"));
    }
    Ok(())
}

/// Sorts a list whose items are in its C struct.
fn sort_in_c(vm: &Vm, list: Ref<List>, key: Option<Value>, reverse: bool) -> PyResult<()> {
    let items = list.copy_items();
    if !list.in_c() {
        // Reading them brought the items back.
        return sort(vm, list, key, reverse);
    }
    let n = items.capacity();
    let lists = crate::extension::lists();
    (lists.begin_sort)(list.value());
    let result = if n > 1 || key.is_some() { sort_items(vm, items, n, key, reverse) } else { Ok(()) };
    let modified = (lists.end_sort)(list.value(), items.slice(n));
    finish(vm, result, modified)
}

fn sort_items(vm: &Vm, items: Ref<Array>, n: usize, key: Option<Value>, reverse: bool) -> PyResult<()> {
    let (keys, values) = match key {
        None => (items, None),
        Some(f) => {
            let keys = Array::new(n);
            for i in 0..n {
                keys.set(i, Some(vm.call(f, &[item(items, i)])?));
            }
            (keys, Some(items))
        }
    };
    if let Some(order) = plain_order(keys, n, reverse) {
        permute(values.unwrap_or(keys), &order);
        return Ok(());
    }
    let sorter =
        Sorter { vm, keys, values, spare: Array::new(n), spare_values: values.map(|_| Array::new(n)) };
    if reverse {
        sorter.reverse(0, n);
    }
    let result = sorter.sort(n);
    if reverse {
        sorter.reverse(0, n);
    }
    result
}

#[inline(always)]
fn item(a: Ref<Array>, i: usize) -> Value {
    a.get(i).expect("items below the length are set")
}

// ---- without Python code ------------------------------------------------------------------------

fn order_of<T>(mut keyed: Vec<(T, u32)>, reverse: bool, compare: impl Fn(&T, &T) -> Ordering) -> Vec<u32> {
    if reverse {
        keyed.sort_by(|a, b| compare(&b.0, &a.0));
    } else {
        keyed.sort_by(|a, b| compare(&a.0, &b.0));
    }
    keyed.into_iter().map(|(_, i)| i).collect()
}

/// Compares strings by code points.
pub fn compare_units(a: Units, b: Units) -> Ordering {
    match (a, b) {
        (Units::One(x), Units::One(y)) => x.cmp(y),
        (Units::Two(x), Units::Two(y)) => x.cmp(y),
        (Units::Four(x), Units::Four(y)) => x.cmp(y),
        _ => {
            let n = a.len().min(b.len());
            for i in 0..n {
                match a.get(i).cmp(&b.get(i)) {
                    Ordering::Equal => {}
                    unequal => return unequal,
                }
            }
            a.len().cmp(&b.len())
        }
    }
}

/// The sorted order of the positions if all keys are of one kind that compares without Python code.
fn plain_order(keys: Ref<Array>, n: usize, reverse: bool) -> Option<Vec<u32>> {
    if n > u32::MAX as usize {
        return None;
    }
    let all = keys.slice(n);
    let positions = || 0..n as u32;
    if all.iter().all(|v| v.is_small()) {
        if all.is_sorted_by(|a, b| if reverse { a.small() >= b.small() } else { a.small() <= b.small() }) {
            return Some(positions().collect());
        }
        let keyed = positions().map(|i| (all[i as usize].small(), i)).collect();
        return Some(order_of(keyed, reverse, i64::cmp));
    }
    if all.iter().all(|v| v.is::<Str>()) {
        // Comparing strings allocates nothing, so positions may stand for them.
        let text = |i: u32| all[i as usize].exact::<Str>().expect("all are strings");
        let mut order: Vec<u32> = positions().collect();
        order.sort_by(|a, b| {
            let (x, y) = (text(*a), text(*b));
            let ordering = compare_units(x.units(), y.units());
            if reverse { ordering.reverse() } else { ordering }
        });
        return Some(order);
    }
    let number = |v: &Value| v.exact::<Float>().map(|f| f.value).filter(|f| !f.is_nan());
    if all.iter().all(|v| number(v).is_some()) {
        let keyed = positions().map(|i| (number(&all[i as usize]).unwrap_or(0.0), i)).collect();
        return Some(order_of(keyed, reverse, |a, b| a.partial_cmp(b).unwrap_or(Ordering::Equal)));
    }
    None
}

/// Puts the item at position `order[i]` to position i.
fn permute(values: Ref<Array>, order: &[u32]) {
    let copy = Array::new(order.len());
    copy.copy_from(values, order.len());
    for (i, from) in order.iter().enumerate() {
        values.set(i, copy.get(*from as usize));
    }
}

// ---- with Python code ---------------------------------------------------------------------------

/// Keys are compared; values, if there are any, move with them.
struct Sorter<'a> {
    vm: &'a Vm,
    keys: Ref<Array>,
    values: Option<Ref<Array>>,
    spare: Ref<Array>,
    spare_values: Option<Ref<Array>>,
}

#[derive(Clone, Copy)]
struct Run {
    start: usize,
    len: usize,
    /// Depth of the boundary to the next run in the perfect merge tree.
    power: u32,
}

impl Sorter<'_> {
    fn less(&self, a: Value, b: Value) -> PyResult<bool> {
        if a.is_small() && b.is_small() {
            return Ok(a.small() < b.small());
        }
        self.vm.compare_bool(a, b, CompareOp::Lt)
    }

    fn key(&self, i: usize) -> Value {
        item(self.keys, i)
    }

    /// Moves within the arrays.
    fn shift(&self, from: usize, to: usize) {
        self.keys.set(to, self.keys.get(from));
        if let Some(v) = self.values {
            v.set(to, v.get(from));
        }
    }

    fn take(&self, from: usize) -> (Value, Option<Value>) {
        (self.key(from), self.values.and_then(|v| v.get(from)))
    }

    fn put(&self, to: usize, (key, value): (Value, Option<Value>)) {
        self.keys.set(to, Some(key));
        if let Some(v) = self.values {
            v.set(to, value);
        }
    }

    fn save(&self, from: usize, to_spare: usize) {
        self.spare.set(to_spare, self.keys.get(from));
        if let (Some(s), Some(v)) = (self.spare_values, self.values) {
            s.set(to_spare, v.get(from));
        }
    }

    fn restore(&self, from_spare: usize, to: usize) {
        self.keys.set(to, self.spare.get(from_spare));
        if let (Some(s), Some(v)) = (self.spare_values, self.values) {
            v.set(to, s.get(from_spare));
        }
    }

    fn reverse(&self, start: usize, end: usize) {
        let (mut lo, mut hi) = (start, end);
        while lo + 1 < hi {
            hi -= 1;
            let (a, b) = (self.take(lo), self.take(hi));
            self.put(lo, b);
            self.put(hi, a);
            lo += 1;
        }
    }

    /// Length of the run at `start`, made ascending.
    fn count_run(&self, start: usize, end: usize) -> PyResult<usize> {
        if start + 1 >= end {
            return Ok(end - start);
        }
        let mut n = 2;
        if self.less(self.key(start + 1), self.key(start))? {
            while start + n < end && self.less(self.key(start + n), self.key(start + n - 1))? {
                n += 1;
            }
            self.reverse(start, start + n);
        } else {
            while start + n < end && !self.less(self.key(start + n), self.key(start + n - 1))? {
                n += 1;
            }
        }
        Ok(n)
    }

    /// Sorts start..end of which the first `sorted` items are in order.
    fn insertion(&self, start: usize, end: usize, sorted: usize) -> PyResult<()> {
        for i in start + sorted..end {
            let pivot = self.take(i);
            let (mut lo, mut hi) = (start, i);
            while lo < hi {
                let mid = lo + (hi - lo) / 2;
                if self.less(pivot.0, self.key(mid))? {
                    hi = mid;
                } else {
                    lo = mid + 1;
                }
            }
            for j in (lo..i).rev() {
                self.shift(j, j + 1);
            }
            self.put(lo, pivot);
        }
        Ok(())
    }

    fn sort(&self, n: usize) -> PyResult<()> {
        let minrun = min_run(n);
        let mut stack: Vec<Run> = vec![];
        let mut start = 0;
        while start < n {
            let mut len = self.count_run(start, n)?;
            if len < minrun {
                let forced = minrun.min(n - start);
                self.insertion(start, start + forced, len)?;
                len = forced;
            }
            if let Some(top) = stack.last() {
                let power = power_of(top.start, top.len, len, n);
                while stack.len() > 1 && stack[stack.len() - 2].power > power {
                    self.merge_top(&mut stack)?;
                }
                stack.last_mut().expect("a run was pushed").power = power;
            }
            stack.push(Run { start, len, power: 0 });
            start += len;
        }
        while stack.len() > 1 {
            self.merge_top(&mut stack)?;
        }
        Ok(())
    }

    fn merge_top(&self, stack: &mut Vec<Run>) -> PyResult<()> {
        let (right, left) = (stack.pop().expect("two runs"), stack.pop().expect("two runs"));
        stack.push(Run { start: left.start, len: left.len + right.len, power: left.power });
        self.merge(left.start, right.start, right.start + right.len)
    }

    /// Merges start..mid and mid..end, both in order.
    fn merge(&self, start: usize, mid: usize, end: usize) -> PyResult<()> {
        // What is in place already needs no merging: bounds by binary search.
        let first = self.key(mid);
        let (mut lo, mut hi) = (start, mid);
        while lo < hi {
            let m = lo + (hi - lo) / 2;
            if self.less(first, self.key(m))? {
                hi = m;
            } else {
                lo = m + 1;
            }
        }
        let start = lo;
        if start == mid {
            return Ok(());
        }
        let last = self.key(mid - 1);
        let (mut lo, mut hi) = (mid, end);
        while lo < hi {
            let m = lo + (hi - lo) / 2;
            if self.less(self.key(m), last)? {
                lo = m + 1;
            } else {
                hi = m;
            }
        }
        let end = lo;
        if mid - start <= end - mid {
            self.merge_low(start, mid, end)
        } else {
            self.merge_high(start, mid, end)
        }
    }

    fn merge_low(&self, start: usize, mid: usize, end: usize) -> PyResult<()> {
        let left = mid - start;
        for i in 0..left {
            self.save(start + i, i);
        }
        let (mut i, mut j, mut at) = (0, mid, start);
        let mut result = Ok(());
        while i < left && j < end {
            match self.less(self.key(j), item(self.spare, i)) {
                Ok(true) => {
                    self.shift(j, at);
                    j += 1;
                }
                Ok(false) => {
                    self.restore(i, at);
                    i += 1;
                }
                Err(raised) => {
                    result = Err(raised);
                    break;
                }
            }
            at += 1;
        }
        // The hole at..j is as long as what is left of the copy.
        while i < left {
            self.restore(i, at);
            i += 1;
            at += 1;
        }
        result
    }

    fn merge_high(&self, start: usize, mid: usize, end: usize) -> PyResult<()> {
        let right = end - mid;
        for i in 0..right {
            self.save(mid + i, i);
        }
        let (mut i, mut j, mut at) = (mid, right, end);
        let mut result = Ok(());
        while i > start && j > 0 {
            match self.less(item(self.spare, j - 1), self.key(i - 1)) {
                Ok(true) => {
                    i -= 1;
                    at -= 1;
                    self.shift(i, at);
                }
                Ok(false) => {
                    j -= 1;
                    at -= 1;
                    self.restore(j, at);
                }
                Err(raised) => {
                    result = Err(raised);
                    break;
                }
            }
        }
        while j > 0 {
            j -= 1;
            at -= 1;
            self.restore(j, at);
        }
        result
    }
}

fn min_run(mut n: usize) -> usize {
    let mut rest = 0;
    while n >= 64 {
        rest |= n & 1;
        n >>= 1;
    }
    n + rest
}

/// Depth in the merge tree of the boundary between the runs s1..s1+n1 and s1+n1..s1+n1+n2
/// (CPython's powerloop).
fn power_of(s1: usize, n1: usize, n2: usize, n: usize) -> u32 {
    let (mut a, mut b) = (2 * s1 + n1, 2 * s1 + n1 + n1 + n2);
    let mut result = 0;
    loop {
        result += 1;
        if a >= n {
            a -= n;
            b -= n;
        } else if b >= n {
            return result;
        }
        a <<= 1;
        b <<= 1;
    }
}
