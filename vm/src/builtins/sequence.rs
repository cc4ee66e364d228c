//! What lists, tuples and other containers have in common: slices, fast access to items, comparison,
//! reprs of nested containers, length hints.

use crate::builtins::list::List;
use crate::builtins::singletons::bool_value;
use crate::builtins::slice_::Slice;
use crate::builtins::str_::Str;
use crate::builtins::tuple::Tuple;
use crate::error::PyResult;
use crate::object::{Ref, Value, ValueExt};
use crate::slots::CompareOp;
use crate::vm::Vm;
use adder_text::builder::Builder;

/// Start, stop and step of a slice before the length is known (PySlice_Unpack).
#[derive(Clone, Copy)]
pub struct Bounds {
    pub start: isize,
    pub stop: isize,
    pub step: isize,
}

/// A slice of a sequence of known length.
#[derive(Clone, Copy)]
pub struct Span {
    pub start: isize,
    pub stop: isize,
    pub step: isize,
    pub len: usize,
}

impl Bounds {
    pub fn of(vm: &Vm, slice: Ref<Slice>) -> PyResult<Bounds> {
        let step = if slice.step.get().is_none() {
            1
        } else {
            match vm.index_clamped(slice.step.get())? {
                0 => return Err(vm.value_error("slice step cannot be zero")),
                step => step.max(-isize::MAX),
            }
        };
        let start = match slice.start.get() {
            v if !v.is_none() => vm.index_clamped(v)?,
            _ if step < 0 => isize::MAX,
            _ => 0,
        };
        let stop = match slice.stop.get() {
            v if !v.is_none() => vm.index_clamped(v)?,
            _ if step < 0 => isize::MIN,
            _ => isize::MAX,
        };
        Ok(Bounds { start, stop, step })
    }

    /// The indices for a length (PySlice_AdjustIndices).
    pub fn adjust(self, len: usize) -> Span {
        let n = len as isize;
        let step = self.step;
        let clamp = |i: isize| {
            if i < 0 {
                let i = i + n;
                if i < 0 { if step < 0 { -1 } else { 0 } } else { i }
            } else if i >= n {
                if step < 0 { n - 1 } else { n }
            } else {
                i
            }
        };
        let (start, stop) = (clamp(self.start), clamp(self.stop));
        let len = if step < 0 {
            if stop < start { (start - stop - 1) / -step + 1 } else { 0 }
        } else if start < stop {
            (stop - start - 1) / step + 1
        } else {
            0
        };
        Span { start, stop, step, len: len as usize }
    }
}

impl Span {
    /// The position of the i-th item.
    #[inline(always)]
    pub fn at(self, i: usize) -> usize {
        (self.start + i as isize * self.step) as usize
    }
}

/// `obj[start:stop]` without a slice object: for exact lists, tuples and strings, and bounds that are small
/// ints or None.
pub fn simple_slice(vm: &Vm, obj: Value, start: Value, stop: Value) -> PyResult<Option<Value>> {
    let bound = |v: Value, default: isize| {
        if v.is_small() {
            Some(v.small() as isize)
        } else if v.is_none() {
            Some(default)
        } else {
            None
        }
    };
    let (Some(start), Some(stop)) = (bound(start, 0), bound(stop, isize::MAX)) else { return Ok(None) };
    let span = |len: usize| {
        let s = Bounds { start, stop, step: 1 }.adjust(len);
        s.start as usize..s.start as usize + s.len
    };
    if let Some(l) = obj.exact::<List>() {
        let items = l.items();
        return Ok(Some(List::from_slice(vm, &items[span(items.len())]).value()));
    }
    if let Some(t) = obj.exact::<Tuple>() {
        let range = span(t.len());
        if range.len() == t.len() {
            return Ok(Some(obj));
        }
        return Ok(Some(Tuple::from_slice(vm, &t.items()[range]).value()));
    }
    if let Some(s) = obj.exact::<Str>() {
        return vm.substring(s, span(s.len())).map(Some);
    }
    Ok(None)
}

/// Whether a subscript is an integer of some kind.
#[inline(always)]
pub fn is_index(v: Value) -> bool {
    v.is_small() || v.class().slots().nb_index.is_some()
}

/// The items of a list or tuple now. Not to be held across anything that may change a list.
#[inline(always)]
pub fn fast_items<'a>(v: Value) -> &'a [Value] {
    // The slice points into the list's array or the tuple, and so keeps it alive from the stack.
    if let Some(l) = v.downcast::<List>() {
        // SAFETY: see above (locals-keep-alive).
        return unsafe { &*(l.items() as *const [Value]) };
    }
    match v.downcast::<Tuple>() {
        // SAFETY: see above (locals-keep-alive).
        Some(t) => unsafe { &*(t.items() as *const [Value]) },
        None => &[],
    }
}

/// The number of items of a list or tuple now.
#[inline(always)]
fn fast_len(v: Value) -> usize {
    match v.downcast::<List>() {
        Some(l) => l.len(),
        None => fast_items(v).len(),
    }
}

/// Item i of a list or tuple now.
#[inline(always)]
fn fast_get(v: Value, i: usize) -> Option<Value> {
    match v.downcast::<List>() {
        Some(l) => l.try_get(i),
        None => fast_items(v).get(i).copied(),
    }
}

/// Appends what is left of an iterator.
fn append_all(vm: &Vm, list: Ref<List>, iter: Value) -> PyResult<()> {
    let rest = vm.next_untaken(iter, &mut |item| {
        list.push(vm, item);
        true
    })?;
    debug_assert!(rest.is_none());
    Ok(())
}

/// A list or tuple as it is, anything else as a new list; `message` is the TypeError for what is not
/// iterable (PySequence_Fast).
pub fn fast_sequence(vm: &Vm, v: Value, message: &str) -> PyResult<Value> {
    if v.downcast::<List>().is_some() || v.downcast::<Tuple>().is_some() {
        return Ok(v);
    }
    let iter = match vm.iter(v) {
        Ok(iter) => iter,
        Err(raised) => {
            vm.swallow(raised, crate::builtins::exceptions::Exc::TypeError)?;
            return Err(vm.type_error(message));
        }
    };
    let list = List::new(vm);
    append_all(vm, list, iter)?;
    Ok(list.value())
}

/// Compares two sequences item by item; `items` is asked again after every comparison.
pub fn compare(vm: &Vm, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
    if let (Some(x), Some(y)) = (a.exact::<Tuple>(), b.exact::<Tuple>()) {
        return compare_tuples(vm, x, y, op);
    }
    let (n, m) = (fast_len(a), fast_len(b));
    if n != m && matches!(op, CompareOp::Eq | CompareOp::Ne) && a.downcast::<List>().is_some() {
        return Ok(bool_value(op == CompareOp::Ne));
    }
    let mut i = 0;
    loop {
        let (x, y) = match (fast_get(a, i), fast_get(b, i)) {
            (Some(x), Some(y)) => (x, y),
            _ => return Ok(bool_value(op.holds(fast_len(a).cmp(&fast_len(b))))),
        };
        if !vm.eq(x, y)? {
            // Comparing may have shortened a list.
            let (n, m) = (fast_len(a), fast_len(b));
            if i >= n || i >= m {
                return Ok(bool_value(op.holds(n.cmp(&m))));
            }
            return match op {
                CompareOp::Eq => Ok(bool_value(false)),
                CompareOp::Ne => Ok(bool_value(true)),
                _ => vm.compare(x, y, op),
            };
        }
        i += 1;
    }
}

/// As `compare`; tuples do not change.
fn compare_tuples(vm: &Vm, a: Ref<Tuple>, b: Ref<Tuple>, op: CompareOp) -> PyResult<Value> {
    for (x, y) in a.items().iter().zip(b.items()) {
        if !vm.eq(*x, *y)? {
            return match op {
                CompareOp::Eq => Ok(bool_value(false)),
                CompareOp::Ne => Ok(bool_value(true)),
                _ => vm.compare(*x, *y, op),
            };
        }
    }
    Ok(bool_value(op.holds(a.len().cmp(&b.len()))))
}

/// Index of an item between two bounds, as `list.index` and `tuple.index` take them.
pub fn index_of(vm: &Vm, this: Value, value: Value, start: isize, stop: isize) -> PyResult<Option<usize>> {
    let n = fast_len(this) as isize;
    let from = |i: isize| if i < 0 { (i + n).max(0) } else { i };
    let (start, stop) = (from(start), from(stop));
    let mut i = start;
    while i < stop {
        let Some(item) = fast_get(this, i as usize) else { break };
        if vm.eq(item, value)? {
            return Ok(Some(i as usize));
        }
        i += 1;
    }
    Ok(None)
}

/// A bound of `index`: anything with `__index__`, clamped (_PyEval_SliceIndexNotNone).
pub fn slice_index(vm: &Vm, v: Option<Value>, default: isize) -> PyResult<isize> {
    match v {
        None => Ok(default),
        Some(v) if is_index(v) => vm.index_clamped(v),
        Some(_) => Err(vm.type_error("slice indices must be integers or have an __index__ method")),
    }
}

pub fn count(vm: &Vm, this: Value, value: Value) -> PyResult<usize> {
    let (mut n, mut i) = (0, 0);
    while let Some(item) = fast_get(this, i) {
        n += vm.eq(item, value)? as usize;
        i += 1;
    }
    Ok(n)
}

pub fn contains(vm: &Vm, this: Value, value: Value) -> PyResult<bool> {
    let mut i = 0;
    while let Some(item) = fast_get(this, i) {
        if item == value || vm.eq(item, value)? {
            return Ok(true);
        }
        i += 1;
    }
    Ok(false)
}

// ---- text ---------------------------------------------------------------------------------------

/// Appends `repr(v)`.
pub fn push_repr(vm: &Vm, out: &mut Builder, v: Value) -> PyResult<()> {
    let text = vm.repr(v)?;
    push_text(out, text);
    Ok(())
}

/// Appends a string; other objects are left out.
pub fn push_text(out: &mut Builder, v: Value) {
    if let Some(s) = v.downcast::<Str>() {
        out.push_units(s.units());
    }
}

/// Runs `f` unless a repr of `v` is being made already; then the text is `again`.
pub fn guarded_repr(
    vm: &Vm,
    v: Value,
    again: &str,
    f: impl FnOnce(&mut Builder) -> PyResult<()>,
) -> PyResult<Value> {
    if vm.repr_enter(v)? {
        return Ok(vm.new_str(again));
    }
    let mut out = Builder::new();
    let result = f(&mut out);
    vm.repr_leave(v);
    result?;
    vm.new_str_owned(out.finish())
}

// ---- conversions --------------------------------------------------------------------------------

impl Vm {
    /// `list.extend(v)`
    pub fn list_extend(&self, list: Ref<List>, v: Value) -> PyResult<()> {
        if v.is::<List>() || v.is::<Tuple>() {
            return list.extend_slice(self, fast_items(v));
        }
        let iter = self.iter(v)?;
        self.length_hint(v, 0)?;
        append_all(self, list, iter)
    }

    /// `tuple(v)`
    pub fn sequence_to_tuple(&self, v: Value) -> PyResult<Ref<Tuple>> {
        if let Some(t) = v.exact::<Tuple>() {
            return Ok(t);
        }
        if v.is::<List>() {
            return Ok(Tuple::from_slice(self, fast_items(v)));
        }
        let list = self.sequence_to_list(v)?;
        Ok(Tuple::from_slice(self, list.items()))
    }

    /// `list(v)`: always a new list.
    pub fn sequence_to_list(&self, v: Value) -> PyResult<Ref<List>> {
        let list = List::new(self);
        self.list_extend(list, v)?;
        Ok(list)
    }
}
