//! `list`: a C array of counted references in the struct.
//!
//! From the moment C sees a list, its items are in the struct: compiled code appends and pops there
//! without a call. The VM's operations come here through `extension::Lists`. What C makes is C's alone
//! until it is seen as a value. When no reference of C is left the items go back to the heap: at once
//! when C gave the list away, else after as many operations of the VM as the list has items, or after a
//! major collection: the references in the struct keep what they refer to alive, so a cycle through a
//! list in C could not be collected. The first call that a list is passed to gives the items back when it
//! ends: most lists that C sees are made for one call.
//!
//! The array is allocated as `PyMem_Malloc` does, because compiled code also reallocates it.

use crate::ffi::types::*;
use crate::null_item;
use crate::pyobject::{self, Arg, Borrowed, Done, Owned, Ptr, Steal, decref, incref, new_ref, new_struct};
use crate::typeobject::list_type;
use adder_heap::GilCell;
use adder_macros::capi;
use adder_vm::builtins::array::Array;
use adder_vm::builtins::float::Float;
use adder_vm::builtins::list::List;
use adder_vm::builtins::list_iterator::ListIterator;
use adder_vm::builtins::list_sort;
use adder_vm::builtins::singletons::none;
use adder_vm::def::{LIST_SUBCLASS, TUPLE_SUBCLASS};
use adder_vm::error::PyResult;
use adder_vm::extension::Lists;
use adder_vm::object::{Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::collections::HashSet;
use std::ptr::null_mut;

/// A C-only list of NULL items.
pub fn new(n: usize) -> Option<Owned> {
    let p = new_struct(list_type(), size_of::<PyListObject>());
    // SAFETY: a fresh struct of that size.
    unsafe {
        if !set_capacity(p, n) {
            drop(Owned(p));
            return None;
        }
        (*fields(p)).ob_base.ob_size = n as isize;
    }
    Some(Owned(p))
}

fn fields(p: Ptr) -> *mut PyListObject {
    p.cast()
}

/// Gives the array room for exactly `n` items; new ones are NULL. False: no memory.
unsafe fn set_capacity(p: Ptr, n: usize) -> bool {
    let c = fields(p);
    let had = (*c).allocated.max(0) as usize;
    if n == 0 {
        libc::free((*c).ob_item.cast());
        (*c).ob_item = null_mut();
    } else {
        let Some(bytes) = n.checked_mul(8).filter(|b| *b <= isize::MAX as usize) else { return false };
        let items = libc::realloc((*c).ob_item.cast(), bytes).cast::<Ptr>();
        if items.is_null() {
            return false;
        }
        if n > had {
            std::ptr::write_bytes(items.add(had), 0, n - had);
        }
        (*c).ob_item = items;
    }
    (*c).allocated = n as isize;
    true
}

/// Room for at least `n` items; grows as `list_resize` does.
unsafe fn reserve(p: Ptr, n: usize) -> bool {
    let had = (*fields(p)).allocated.max(0) as usize;
    n <= had || set_capacity(p, (n + (n >> 3) + 6) & !3)
}

/// The items of a list's struct.
///
/// # Safety
/// `p` is a live list whose items are in the struct.
pub unsafe fn items<'a>(p: Ptr) -> &'a mut [Ptr] {
    let c = fields(p);
    match (*c).ob_base.ob_size {
        0 => &mut [],
        n => std::slice::from_raw_parts_mut((*c).ob_item, n as usize),
    }
}

/// Replaces the items start..end by references that the list gets; what it had is for the caller to
/// release, since that may run code. None: no memory.
unsafe fn replace(p: Ptr, start: usize, end: usize, new: &[Ptr]) -> Option<Vec<Ptr>> {
    let old = items(p)[start..end].to_vec();
    let n = (*fields(p)).ob_base.ob_size as usize;
    let after = n - (end - start) + new.len();
    if !reserve(p, after) {
        return None;
    }
    let base = (*fields(p)).ob_item;
    if !base.is_null() {
        std::ptr::copy(base.add(end), base.add(start + new.len()), n - end);
        std::ptr::copy_nonoverlapping(new.as_ptr(), base.add(start), new.len());
    }
    (*fields(p)).ob_base.ob_size = after as isize;
    Some(old)
}

unsafe fn release(all: Vec<Ptr>) {
    for p in all {
        pyobject::xdecref(p);
    }
}

// ---- between heap and struct --------------------------------------------------------------------

/// Moves the items of a list into its struct.
///
/// # Safety
/// `p` is the list's struct, which holds no items.
pub unsafe fn fill(list: Ref<List>, p: Ptr) {
    let n = list.len();
    assert!(set_capacity(p, n), "memory for a list");
    let to = (*fields(p)).ob_item;
    for i in 0..n {
        let v = list.get(i);
        *to.add(i) = match v.exact::<Float>() {
            Some(f) => crate::floatobject::new(f.value),
            None if null_item::is_null(v) => null_mut(),
            None => pyobject::to_c(v),
        };
    }
    (*fields(p)).ob_base.ob_size = n as isize;
    list.set_in_c();
}

/// The list of a struct that only C knew; it is linked by the caller.
pub fn adopt() -> Value {
    let list = List::alloc(List::shape());
    list.set_in_c();
    list.value()
}

/// Takes the items out of a list's struct that no reference of C keeps.
///
/// # Safety
/// `p` is the struct of the list.
pub unsafe fn take_back(v: Value, p: Ptr) {
    let Some(list) = v.downcast::<List>().filter(|l| l.in_c()) else { return };
    let items = take_items(p);
    list.put_items(items, items.map_or(0, |a| a.capacity()));
}

/// The items of a struct, which gives them away, in a new array; None if there are none.
unsafe fn take_items(p: Ptr) -> Option<Ref<Array>> {
    let n = items(p).len();
    let array = if n == 0 { None } else { Some(Array::new(n)) };
    if let Some(array) = array {
        for i in 0..n {
            array.set(i, Some(null_item::steal_item(&mut items(p)[i])));
        }
    }
    (*fields(p)).ob_base.ob_size = 0;
    set_capacity(p, 0);
    array
}

/// The C function has returned for whose call the list got its struct: what C has not kept goes back to the
/// heap.
///
/// # Safety
/// `p` is a list's struct.
pub unsafe fn call_ended(p: Ptr) {
    if pyobject::is_linked(p) && pyobject::is_heaps_alone(p) && (*fields(p)).allocated >= 0 {
        take_back(pyobject::look(p), p);
        pyobject::mark_unfilled(p);
    }
}

/// The list of a struct that nobody refers to any more.
///
/// # Safety
/// `p` is a list without an object, which dies.
pub unsafe fn take_alone(p: Ptr) -> Value {
    let items = take_items(p);
    let list = List::alloc(List::shape());
    list.put_items(items, items.map_or(0, |a| a.capacity()));
    list.value()
}

/// The object of the list lost its struct, so nothing in the heap refers to it any more.
pub fn unlinked(v: Value) {
    if let Some(list) = v.downcast::<List>().filter(|l| l.in_c()) {
        list.put_items(None, 0);
    }
}

/// Releases what a list's struct refers to, and leaves it empty.
///
/// # Safety
/// `p` is a list's struct.
pub unsafe fn release_items(p: Ptr) {
    if has_idle() {
        idle().remove(&(p as usize));
    }
    let n = items(p).len();
    (*fields(p)).ob_base.ob_size = 0;
    (*fields(p)).allocated = 0;
    let old = std::mem::replace(&mut (*fields(p)).ob_item, null_mut());
    // As CPython, from the end.
    for i in (0..n).rev() {
        pyobject::xdecref(*old.add(i));
    }
    libc::free(old.cast());
}

/// How often the VM worked on a list lately, by a hash of its struct's address.
static USES: GilCell<[(usize, usize); 16]> = GilCell::new([(0, 0); 16]);

/// The struct of a list whose items are in it; now and then the items go back to the heap instead.
unsafe fn struct_of(v: Value) -> Option<Ptr> {
    let p = pyobject::shadow(v);
    let place = &mut USES.get()[p as usize >> 5 & 15];
    if place.0 != p as usize {
        *place = (p as usize, 0);
    }
    place.1 += 1;
    if place.1 > items(p).len() + 4 {
        *place = (0, 0);
        if pyobject::unused_by_c(p) && (*fields(p)).allocated >= 0 {
            take_back(v, p);
            pyobject::mark_unfilled(p);
            return None;
        }
    }
    Some(p)
}

/// Lists that the last major collection found in C without a reference of C; addresses of structs.
static IDLE: GilCell<Option<HashSet<usize>>> = GilCell::new(None);

fn idle() -> &'static mut HashSet<usize> {
    IDLE.get().get_or_insert_default()
}

/// A major collection begins, and `v` is linked.
pub fn note_idle(v: Value) {
    // SAFETY: linked objects have a struct.
    unsafe {
        if v.downcast::<List>().is_some_and(|l| l.in_c()) {
            let p = pyobject::shadow(v);
            if pyobject::is_own(p) && pyobject::is_heaps_alone(p) && (*fields(p)).allocated > 0 {
                idle().insert(p as usize);
            }
        }
    }
}

pub fn has_idle() -> bool {
    !idle().is_empty()
}

/// Brings the items of idle lists back to the heap.
pub fn take_back_idle() {
    while let Some(p) = idle().iter().next().copied() {
        let p = p as Ptr;
        // SAFETY: a struct that dies leaves the set.
        unsafe {
            if !pyobject::no_c_runs() {
                return;
            }
            idle().remove(&(p as usize));
            if pyobject::is_linked(p) && pyobject::is_heaps_alone(p) && (*fields(p)).allocated > 0 {
                take_back(pyobject::look(p), p);
                pyobject::mark_unfilled(p);
            }
        }
    }
}

/// A reference to an item, or NULL for what stands for it.
fn item_to_c(v: Value) -> Ptr {
    if null_item::is_null(v) { null_mut() } else { pyobject::to_c(v) }
}

unsafe fn list_of(v: Value) -> Ref<List> {
    v.cast()
}

pub const HOOKS: Lists = Lists { len, get, splice, begin_sort, end_sort };

fn len(v: Value) -> usize {
    // SAFETY: the VM asks for lists whose items are in their structs.
    unsafe { items(pyobject::shadow(v)).len() }
}

fn get(v: Value, i: usize) -> Option<Value> {
    // SAFETY: as above.
    unsafe {
        match struct_of(v) {
            Some(p) => items(p).get(i).map(|q| null_item::item(*q)),
            None => list_of(v).try_get(i),
        }
    }
}

fn splice(v: Value, start: usize, end: usize, values: &[Value]) {
    // SAFETY: as above; the VM gives positions in the list.
    unsafe {
        let Some(p) = struct_of(v) else {
            list_of(v).replace_range(Vm::get(), start, end, values).expect("memory for a list");
            return;
        };
        let new: Vec<Ptr> = values.iter().map(|v| item_to_c(*v)).collect();
        release(replace(p, start, end, &new).expect("memory for a list"));
    }
}

fn begin_sort(v: Value) {
    // SAFETY: as above. CPython marks a list that is being sorted so.
    unsafe {
        let p = pyobject::shadow(v);
        release_items(p);
        (*fields(p)).allocated = -1;
    }
}

fn end_sort(v: Value, values: &[Value]) -> bool {
    // SAFETY: as above.
    unsafe {
        let p = pyobject::shadow(v);
        let modified = (*fields(p)).allocated != -1;
        release_items(p);
        let new: Vec<Ptr> = values.iter().map(|v| item_to_c(*v)).collect();
        replace(p, 0, 0, &new).expect("memory for a list");
        modified
    }
}

/// The next item of an iterator over a list whose items are in its struct; None also at the end.
pub fn next_item(it: Value) -> Option<Owned> {
    let it = it.exact::<ListIterator>()?;
    let list = it.list.get().filter(|l| l.in_c())?;
    let i = it.next.get();
    // SAFETY: the list's struct has its items, which are alive or not filled yet.
    unsafe {
        let q = *items(pyobject::shadow(list.value())).get(i as usize)?;
        if q.is_null() {
            return None;
        }
        it.next.set(i + 1);
        Some(new_ref(q))
    }
}

// ---- the API ------------------------------------------------------------------------------------

fn is_list(l: Arg) -> bool {
    !l.0.is_null() && l.flags() & LIST_SUBCLASS != 0
}

fn bad<T>(vm: &Vm) -> PyResult<T> {
    raise!(vm, SystemError, "bad argument to internal function")
}

/// The struct of a list, with its items in it, or SystemError.
#[inline(always)]
fn check(vm: &Vm, l: Arg) -> PyResult<Ptr> {
    if !is_list(l) {
        return bad(vm);
    }
    // SAFETY: the flags say that it is a list.
    unsafe {
        // A reference that C only borrows may have outlived the items' stay in the struct.
        if (*fields(l.0)).ob_base.ob_size == 0 {
            pyobject::ensure_filled(l.0);
        }
    }
    Ok(l.0)
}

#[capi]
pub fn PyList_New(vm: &Vm, n: isize) -> PyResult<Owned> {
    if n < 0 {
        return bad(vm);
    }
    new(n as usize).ok_or_else(|| vm.memory_error())
}

#[capi]
pub fn PyList_Size(vm: &Vm, l: Arg) -> PyResult<isize> {
    // SAFETY: a list.
    Ok(unsafe { (*fields(check(vm, l)?)).ob_base.ob_size })
}

/// The place of item i.
#[inline(always)]
fn place<'a>(vm: &Vm, l: Arg, i: isize, message: &str) -> PyResult<&'a mut Ptr> {
    let p = check(vm, l)?;
    // SAFETY: a list.
    match unsafe { items(p) }.get_mut(i as usize) {
        Some(place) => Ok(place),
        None => out_of_range(vm, message),
    }
}

#[cold]
fn out_of_range<T>(vm: &Vm, message: &str) -> PyResult<T> {
    Err(vm.index_error(message))
}

#[capi]
pub fn PyList_GetItem(vm: &Vm, l: Arg, i: isize) -> PyResult<Borrowed> {
    Ok(Borrowed(*place(vm, l, i, "list index out of range")?))
}

#[capi]
pub fn PyList_GetItemRef(vm: &Vm, l: Arg, i: isize) -> PyResult<Owned> {
    if !is_list(l) {
        return Err(vm.type_error("expected a list"));
    }
    item_ref(vm, l, i)
}

/// A new reference to item i.
#[inline]
pub fn item_ref(vm: &Vm, l: Arg, i: isize) -> PyResult<Owned> {
    let item = *place(vm, l, i, "list index out of range")?;
    // SAFETY: the item is alive, or not filled yet.
    unsafe { pyobject::xincref(item) };
    Ok(Owned(item))
}

#[capi]
pub fn PyList_SetItem(vm: &Vm, l: Arg, i: isize, item: Steal) -> PyResult<Done> {
    let place = place(vm, l, i, "list assignment index out of range")?;
    drop(Owned(std::mem::replace(place, item.0.release())));
    Ok(Done)
}

#[capi]
pub fn PyList_Insert(vm: &Vm, l: Arg, i: isize, item: Arg) -> PyResult<Done> {
    let p = check(vm, l)?;
    if item.0.is_null() {
        return bad(vm);
    }
    // SAFETY: a list, and an object that it gets a reference of.
    unsafe {
        let n = items(p).len() as isize;
        let i = if i < 0 { (i + n).max(0) } else { i.min(n) } as usize;
        insert(vm, p, i, item.0)
    }
}

unsafe fn insert(vm: &Vm, p: Ptr, i: usize, item: Ptr) -> PyResult<Done> {
    incref(item);
    if replace(p, i, i, &[item]).is_none() {
        decref(item);
        return Err(vm.memory_error());
    }
    Ok(Done)
}

#[capi]
pub fn PyList_Append(vm: &Vm, l: Arg, item: Arg) -> PyResult<Done> {
    let p = check(vm, l)?;
    if item.0.is_null() {
        return bad(vm);
    }
    // SAFETY: a list, and an object that it gets a reference of.
    unsafe {
        let n = (*fields(p)).ob_base.ob_size;
        if n < (*fields(p)).allocated {
            incref(item.0);
            *(*fields(p)).ob_item.add(n as usize) = item.0;
            (*fields(p)).ob_base.ob_size = n + 1;
            return Ok(Done);
        }
        insert(vm, p, n as usize, item.0)
    }
}

#[capi]
pub fn PyList_GetSlice(vm: &Vm, l: Arg, low: isize, high: isize) -> PyResult<Owned> {
    let p = check(vm, l)?;
    // SAFETY: a list; the new one has room for the items.
    unsafe {
        let n = items(p).len() as isize;
        let low = low.clamp(0, n);
        let high = high.clamp(low, n);
        let part = new((high - low) as usize).ok_or_else(|| vm.memory_error())?;
        for (to, item) in items(part.0).iter_mut().zip(&items(p)[low as usize..high as usize]) {
            pyobject::xincref(*item);
            *to = *item;
        }
        Ok(part)
    }
}

/// New references to the items of an iterable.
fn collect(vm: &Vm, v: Arg, message: &str) -> PyResult<Vec<Ptr>> {
    // SAFETY: lists and tuples have their items in the struct.
    unsafe {
        let all = if is_list(v) {
            items(check(vm, v)?)
        } else if v.flags() & TUPLE_SUBCLASS != 0 {
            crate::tupleobject::items(v.0)
        } else {
            let made = adder_vm::builtins::sequence::fast_sequence(vm, v.value(), message)?;
            let list: Ref<List> = made.cast();
            return Ok((0..list.len()).map(|i| pyobject::to_c(list.get(i))).collect());
        };
        for p in all.iter() {
            pyobject::xincref(*p);
        }
        Ok(all.to_vec())
    }
}

#[capi]
pub fn PyList_SetSlice(vm: &Vm, l: Arg, low: isize, high: isize, with: Arg) -> PyResult<Done> {
    let p = check(vm, l)?;
    let new = if with.0.is_null() { vec![] } else { collect(vm, with, "can only assign an iterable")? };
    // SAFETY: a list, and references of ours.
    unsafe {
        let n = items(p).len() as isize;
        let low = low.clamp(0, n);
        let high = high.clamp(low, n);
        match replace(p, low as usize, high as usize, &new) {
            Some(old) => release(old),
            None => {
                release(new);
                return Err(vm.memory_error());
            }
        }
    }
    Ok(Done)
}

#[capi]
pub fn PyList_Extend(vm: &Vm, l: Arg, with: Arg) -> PyResult<Done> {
    check(vm, l)?;
    let list: Ref<List> = match l.value().downcast::<List>() {
        Some(list) => list,
        None => return bad(vm),
    };
    if is_list(with) || with.flags() & TUPLE_SUBCLASS != 0 {
        let new = collect(vm, with, "")?;
        // SAFETY: a list, and references of ours.
        unsafe {
            let n = items(l.0).len();
            if replace(l.0, n, n, &new).is_none() {
                release(new);
                return Err(vm.memory_error());
            }
        }
        return Ok(Done);
    }
    vm.list_extend(list, with.value())?;
    Ok(Done)
}

#[capi]
pub fn PyList_Clear(vm: &Vm, l: Arg) -> PyResult<Done> {
    let p = check(vm, l)?;
    // SAFETY: a list.
    unsafe { release_items(p) };
    Ok(Done)
}

#[capi]
pub fn PyList_Sort(vm: &Vm, l: Arg) -> PyResult<Done> {
    check(vm, l)?;
    match l.value().downcast::<List>() {
        Some(list) => list_sort::sort(vm, list, None, false)?,
        None => return bad(vm),
    }
    Ok(Done)
}

#[capi]
pub fn PyList_Reverse(vm: &Vm, l: Arg) -> PyResult<Done> {
    let p = check(vm, l)?;
    // SAFETY: a list.
    unsafe { items(p) }.reverse();
    Ok(Done)
}

#[capi]
pub fn PyList_AsTuple(vm: &Vm, l: Arg) -> PyResult<Owned> {
    let p = check(vm, l)?;
    // SAFETY: a list; the new tuple has room for the items.
    unsafe {
        let all = items(p);
        let t = crate::tupleobject::new(all.len());
        if !all.is_empty() {
            for (to, item) in crate::tupleobject::items(t.0).iter_mut().zip(all) {
                pyobject::xincref(*item);
                *to = *item;
            }
        }
        Ok(t)
    }
}

/// Appends an item whose reference the list gets, when there is no room for it.
#[capi]
pub fn _PyList_AppendTakeRefListResize(vm: &Vm, l: Arg, item: Steal) -> PyResult<Done> {
    let p = check(vm, l)?;
    // SAFETY: a list, and a reference that it gets.
    unsafe {
        let n = items(p).len();
        if replace(p, n, n, &[item.0.0]).is_none() {
            return Err(vm.memory_error());
        }
        item.0.release();
    }
    Ok(Done)
}

#[capi]
pub fn _PyList_Extend(vm: &Vm, l: Arg, with: Arg) -> PyResult<Value> {
    // SAFETY: passes the arguments on.
    if unsafe { PyList_Extend(l.0, with.0) } < 0 {
        return Err(crate::pyerrors::from_indicator(vm));
    }
    Ok(none())
}

#[capi]
pub fn _PyList_AsTupleAndClear(vm: &Vm, l: Arg) -> PyResult<Owned> {
    let p = check(vm, l)?;
    // SAFETY: a list; its references go to the tuple.
    unsafe {
        let t = crate::tupleobject::new(items(p).len());
        for (i, item) in items(p).iter().enumerate() {
            crate::tupleobject::items(t.0)[i] = *item;
        }
        (*fields(p)).ob_base.ob_size = 0;
        Ok(t)
    }
}
