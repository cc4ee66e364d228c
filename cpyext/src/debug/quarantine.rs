//! Dead structs: poisoned, and kept from being used again until so many others have died.
//!
//! A poisoned struct has a count that no object has, a type of its own, and a pattern behind them. Whoever
//! uses it shows up: functions of the API see the type (`used`), calls through the type's slots end in `slot`,
//! and what was written is found when the slot leaves the quarantine, or at the next collection.

use super::{callers, callers::Callers, name_of, report, type_name};
use crate::ffi::constants::{Py_TPFLAGS_DEFAULT, Py_TPFLAGS_READY};
use crate::ffi::types::{PyObject, PyTypeObject};
use crate::memory::{self, AddressMap};
use crate::pyerrors;
use crate::pyobject::{Ptr, make_immortal};
use adder_heap::GilCell;
use std::collections::VecDeque;
use std::ffi::c_int;

/// Far from 0 and from immortal.
const COUNT: u32 = 0x3ddd_dddd;
const PATTERN: u8 = 0xdd;
/// How many slots are kept, unless the options say otherwise.
const SLOTS: usize = 20_000;

struct Freed {
    stride: usize,
    type_name: Option<String>,
    callers: Option<Callers>,
    reported: bool,
}

struct Quarantine {
    limit: usize,
    slots: AddressMap<Freed>,
    /// Oldest first.
    order: VecDeque<usize>,
}

static QUARANTINE: GilCell<Option<Quarantine>> = GilCell::new(None);

fn quarantine() -> &'static mut Quarantine {
    QUARANTINE.get().get_or_insert_with(|| Quarantine {
        limit: SLOTS,
        slots: AddressMap::default(),
        order: VecDeque::new(),
    })
}

pub fn set_limit(slots: usize) {
    quarantine().limit = slots;
}

// SAFETY: a struct of numbers and nullable pointers.
static mut FREED: PyTypeObject = unsafe { std::mem::zeroed() };

/// The type of poisoned structs.
pub fn freed_type() -> *mut PyTypeObject {
    &raw mut FREED
}

/// Makes the type, and slots of the size classes go through `hold`.
pub fn init() {
    // SAFETY: nobody else knows the type yet.
    unsafe {
        let t = &mut *freed_type();
        t.tp_name = c"freed object".as_ptr();
        t.tp_basicsize = size_of::<PyObject>() as isize;
        t.tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_READY;
        make_immortal(freed_type().cast());
        (*freed_type().cast::<PyObject>()).ob_type = &raw mut crate::typeobject::PyType_Type;
        t.tp_repr = Some(slot::one);
        t.tp_str = Some(slot::one);
        t.tp_iter = Some(slot::one);
        t.tp_iternext = Some(slot::one);
        t.tp_hash = Some(slot::hash);
        t.tp_call = Some(slot::three);
        t.tp_getattro = Some(slot::two);
        t.tp_setattro = Some(slot::set);
        t.tp_richcompare = Some(slot::compare);
        t.tp_dealloc = Some(slot::dealloc);
    }
    memory::hold_freed(hold);
}

/// What C code that calls a poisoned struct's slots runs into.
mod slot {
    use super::*;

    unsafe fn fail(p: Ptr) {
        used(p);
        pyerrors::PyErr_SetString(
            (&raw const pyerrors::PyExc_SystemError).read().cast(),
            c"a freed object was used".as_ptr(),
        );
    }
    pub unsafe extern "C" fn one(p: Ptr) -> Ptr {
        fail(p);
        std::ptr::null_mut()
    }
    pub unsafe extern "C" fn two(p: Ptr, _q: Ptr) -> Ptr {
        one(p)
    }
    pub unsafe extern "C" fn three(p: Ptr, _q: Ptr, _r: Ptr) -> Ptr {
        one(p)
    }
    pub unsafe extern "C" fn compare(p: Ptr, _q: Ptr, _op: c_int) -> Ptr {
        one(p)
    }
    pub unsafe extern "C" fn hash(p: Ptr) -> isize {
        fail(p);
        -1
    }
    pub unsafe extern "C" fn set(p: Ptr, _name: Ptr, _value: Ptr) -> c_int {
        fail(p);
        -1
    }
    pub unsafe extern "C" fn dealloc(p: Ptr) {
        used(p);
        (*p).ob_refcnt = COUNT;
    }
}

/// The bytes behind the head.
unsafe fn body<'a>(p: Ptr, stride: usize) -> &'a mut [u8] {
    let head = size_of::<PyObject>();
    std::slice::from_raw_parts_mut((p as *mut u8).add(head), stride - memory::LINK - head)
}

/// Takes a slot that was freed.
fn hold(p: *mut u8, stride: usize) {
    let q = quarantine();
    let p = p as Ptr;
    // SAFETY: a slot of that size, which nobody may use.
    unsafe {
        if let Some(freed) = q.slots.get(&(p as usize)) {
            let what = freed.describe();
            let by = callers::here().describe();
            report(format!("freed twice{by}: {what}"));
            return;
        }
        // Only C code that runs can be to blame.
        let callers = if crate::pyobject::no_c_runs() { None } else { Some(callers::here()) };
        let type_name = type_name((*p).ob_type);
        poison(p, stride);
        q.slots.insert(p as usize, Freed { stride, type_name, callers, reported: false });
        q.order.push_back(p as usize);
        while q.order.len() > q.limit {
            let Some(oldest) = q.order.pop_front() else { break };
            check(q, oldest);
            if let Some(freed) = q.slots.remove(&oldest) {
                memory::give_back(oldest as *mut u8, freed.stride);
            }
        }
    }
}

unsafe fn poison(p: Ptr, stride: usize) {
    *(p as *mut u64) = COUNT as u64;
    (*p).ob_type = freed_type();
    body(p, stride).fill(PATTERN);
}

impl Freed {
    fn describe(&self) -> String {
        let what = match &self.type_name {
            Some(name) => format!("a '{name}' object"),
            None => "memory of no object".to_string(),
        };
        let by = self.callers.map_or(String::new(), |c| c.describe());
        if by.is_empty() { what } else { format!("{what}, freed{by}") }
    }
}

/// Looks whether a slot was written to.
unsafe fn check(q: &mut Quarantine, address: usize) {
    let Some(freed) = q.slots.get_mut(&address) else { return };
    let p = address as Ptr;
    let count = (*p).ob_refcnt;
    if count == COUNT && (*p).ob_type == freed_type() && body(p, freed.stride).iter().all(|b| *b == PATTERN) {
        return;
    }
    let what = freed.describe();
    let text = if (*p).ob_type == freed_type() && count != COUNT {
        let (verb, n) = if count > COUNT { ("taken", count - COUNT) } else { ("released", COUNT - count) };
        format!("use after free: {n} reference(s) {verb} of {what}")
    } else {
        let at = match body(p, freed.stride).iter().position(|b| *b != PATTERN) {
            Some(i) => i + size_of::<PyObject>(),
            None => std::mem::offset_of!(PyObject, ob_type),
        };
        format!("write after free: at offset {at} of {what}")
    };
    poison(p, freed.stride);
    if !std::mem::replace(&mut freed.reported, true) {
        report(text);
    }
}

/// Looks at all slots.
pub fn check_all() {
    let q = quarantine();
    for i in 0..q.order.len() {
        let address = q.order[i];
        // SAFETY: a slot in quarantine.
        unsafe { check(q, address) };
    }
}

/// An API function was given a poisoned struct.
///
/// # Safety
/// `p` is a poisoned struct.
#[cold]
pub unsafe fn used(p: Ptr) {
    let Some(freed) = quarantine().slots.get_mut(&(p as usize)) else {
        return report(format!("use after free: of a '{}'", name_of(p)));
    };
    if !std::mem::replace(&mut freed.reported, true) {
        let by = callers::here().describe();
        let what = freed.describe();
        report(format!("use after free{by}: {what}"));
    }
}

/// Whether a word was read out of a poisoned struct, or is a little behind such a pointer.
pub fn is_pattern(word: u64) -> bool {
    word.wrapping_sub(u64::from_ne_bytes([PATTERN; 8])) < 4096
}

/// What was freed at an address.
pub fn at(address: usize) -> Option<String> {
    QUARANTINE.get().as_ref()?.slots.get(&address).map(Freed::describe)
}

/// Whether the struct is poisoned.
pub fn contains(p: Ptr) -> bool {
    QUARANTINE.get().as_ref().is_some_and(|q| q.slots.contains_key(&(p as usize)))
}
