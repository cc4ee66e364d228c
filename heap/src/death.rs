//! What happens around the death of objects: weak references, finalisers, drop functions, links.
//!
//! After tracing, in this order: weak slots whose targets were not reached are cleared; unreached objects with a
//! finaliser are queued and traced after all, with everything they refer to; then what is still unreached is dead,
//! its shadow is told and its drop function runs.
//!
//! Each list is split into entries made since the last minor collection and older ones: a minor collection looks at
//! the former only, a major one at all.
//!
//! Kept true here: an entry of an `old` list names an old object, and an old weak slot's target is old; a weak slot
//! is cleared before the finaliser of its target runs; queued objects are roots.

use crate::gil::GilCell;
use crate::links::{HOOKS, LINKS};
use crate::object::{Header, LINKED};
use crate::shape::drop_function;
use crate::trace::{Mode, Visitor};
use crate::value::Value;
use crate::{major, minor};
use std::collections::VecDeque;
use std::mem::take;

/// So many entries of a list are fetched ahead.
const AHEAD: usize = 8;
/// The user bit of objects whose finaliser has nothing to do.
const FORGOTTEN: u32 = 1;

#[derive(Clone, Copy)]
struct WeakSlot {
    object: *mut Header,
    offset: usize,
}

struct Lists<T> {
    young: Vec<T>,
    old: Vec<T>,
}

struct State {
    weak: Lists<WeakSlot>,
    finalizers: Lists<*mut Header>,
    drops: Lists<*mut Header>,
    cleared: VecDeque<u64>,
    finalizable: VecDeque<u64>,
    hook: Option<fn()>,
}

static STATE: GilCell<State> = GilCell::new(State {
    weak: Lists { young: Vec::new(), old: Vec::new() },
    finalizers: Lists { young: Vec::new(), old: Vec::new() },
    drops: Lists { young: Vec::new(), old: Vec::new() },
    cleared: VecDeque::new(),
    finalizable: VecDeque::new(),
    hook: None,
});

impl<T> Lists<T> {
    /// The entries to look at; what survives is put back into `old`.
    fn begin(&mut self, mode: Mode) -> Vec<T> {
        let mut entries = take(&mut self.young);
        if mode == Mode::Major {
            entries.append(&mut self.old);
        }
        entries
    }
}

/// Makes the word at `offset` of `obj` a weak reference: not named as a slot by the shape, zeroed when its target
/// dies, whereupon `obj` is queued.
/// To be called after each store of a new target.
pub fn register_weak(obj: Value, offset: usize) {
    // SAFETY: word-is-object.
    if !unsafe { (*obj.header()).is_immortal() } {
        // The target may be young, so the entry counts as young whatever the object is.
        STATE.get().weak.young.push(WeakSlot { object: obj.header(), offset });
    }
}

/// An object whose weak reference was cleared since the last call.
pub fn take_cleared_weak() -> Option<Value> {
    STATE.get().cleared.pop_front().and_then(Value::from_bits)
}

/// When `obj` becomes unreachable it is kept alive once, with all it refers to, and queued.
pub fn register_finalizer(obj: Value) {
    // SAFETY: word-is-object.
    let header = unsafe { &*obj.header() };
    if header.is_immortal() {
        return;
    }
    let lists = &mut STATE.get().finalizers;
    if header.is_young() { lists.young.push(obj.header()) } else { lists.old.push(obj.header()) }
}

/// Takes `register_finalizer` back; the object must have been registered. It uses a user bit.
#[inline(always)]
pub fn forget_finalizer(obj: Value) {
    // SAFETY: word-is-object.
    let header = unsafe { &*obj.header() };
    // What was registered last is often forgotten first: a coroutine that was awaited at once.
    let young = &mut STATE.get().finalizers.young;
    if young.last() == Some(&obj.header()) {
        young.pop();
        return;
    }
    header.set_user_bits(header.user_bits() | FORGOTTEN);
}

/// Calls `f` for every object that is registered for finalisation, also for those that died since the last
/// collection. `f` must not allocate.
pub fn for_each_registered(f: &mut dyn FnMut(Value)) {
    let lists = &STATE.get().finalizers;
    for &object in lists.young.iter().chain(&lists.old) {
        // SAFETY: entries are objects, whose addresses are not 0.
        unsafe {
            if (*object).user_bits() & FORGOTTEN == 0 {
                f(Value::from_bits_unchecked(object as u64));
            }
        }
    }
}

/// An object whose finaliser is to be run. It is not registered any more.
pub fn take_finalizable() -> Option<Value> {
    STATE.get().finalizable.pop_front().and_then(Value::from_bits)
}

/// Whether one of the queues has something.
pub fn has_pending() -> bool {
    let state = STATE.get();
    !state.cleared.is_empty() || !state.finalizable.is_empty()
}

/// `hook` is called at the end of a collection that leaves something queued.
pub fn set_pending_hook(hook: fn()) {
    STATE.get().hook = Some(hook);
}

/// Queues all objects with finalisers, reachable or not: for the end of the process.
pub fn finalize_all() {
    let state = STATE.get();
    for object in take(&mut state.finalizers.young).into_iter().chain(take(&mut state.finalizers.old)) {
        // SAFETY: entries are objects.
        if unsafe { (*object).user_bits() } & FORGOTTEN == 0 {
            state.finalizable.push_back(object as u64);
        }
    }
}

pub(crate) fn notify() {
    if let (true, Some(hook)) = (has_pending(), STATE.get().hook) {
        hook();
    }
}

pub(crate) fn note_drop(object: *mut Header) {
    let lists = &mut STATE.get().drops;
    // SAFETY: word-is-object.
    if unsafe { (*object).is_young() } { lists.young.push(object) } else { lists.old.push(object) }
}

/// The queues' objects are roots.
pub(crate) fn visit_queues(visitor: &mut Visitor) {
    let state = STATE.get();
    for word in state.cleared.iter_mut().chain(state.finalizable.iter_mut()) {
        visitor.visit(word);
    }
}

/// # Safety
/// Everything reachable from the roots has been traced.
pub(crate) unsafe fn process(visitor: &mut Visitor) {
    let mode = visitor.mode;
    let state = STATE.get();
    let mut weak = state.weak.begin(mode);
    weak.retain(|entry| clear_weak(mode, entry));

    let finalizers = state.finalizers.begin(mode);
    for (i, &object) in finalizers.iter().enumerate() {
        // Their headers have left the cache long ago.
        if let Some(&later) = finalizers.get(i + AHEAD) {
            major::prefetch(later);
        }
        // The first word of a forwarded object is still its header.
        if (*object).user_bits() & FORGOTTEN != 0 {
            continue;
        }
        match fate(mode, object) {
            Some(object) => state.finalizers.old.push(object),
            None => state.finalizable.push_back(object as u64),
        }
    }
    // New entries are unreached, old ones were visited already.
    visit_queues(visitor);
    match mode {
        Mode::Minor => minor::drain(visitor),
        _ => {
            major::drain(visitor);
            (HOOKS.get().rescue)(visitor);
            major::drain(visitor);
        }
    }

    crate::garbage::look(mode);
    for WeakSlot { object, offset } in weak {
        if let Some(object) = fate(mode, object) {
            state.weak.old.push(WeakSlot { object, offset });
        }
    }
    tell_died(mode);
    for object in state.drops.begin(mode) {
        match fate(mode, object) {
            Some(object) => state.drops.old.push(object),
            None => {
                if let Some(f) = drop_function((*object).shape()) {
                    f(object.cast());
                }
            }
        }
    }
}

/// Updates or clears a weak slot; whether there is still something in it.
unsafe fn clear_weak(mode: Mode, entry: &WeakSlot) -> bool {
    let alive = fate(mode, entry.object);
    // An unreached holder may yet be resurrected by a finaliser, so its slot is kept right as well.
    let holder = alive.unwrap_or(entry.object);
    let slot = holder.cast::<u8>().add(entry.offset).cast::<u64>();
    let Some(target) = Value::from_bits(*slot) else { return false };
    if target.is_small() {
        return false;
    }
    match fate(mode, target.header()) {
        Some(target) => {
            *slot = target as u64;
            true
        }
        None => {
            *slot = 0;
            if alive.is_some() {
                STATE.get().cleared.push_back(holder as u64);
            }
            false
        }
    }
}

unsafe fn tell_died(mode: Mode) {
    let died = HOOKS.get().died;
    let mut objects = take(&mut LINKS.get().young);
    if mode == Mode::Major {
        objects.append(&mut LINKS.get().old);
    }
    for object in objects {
        if !(*object).has(LINKED) {
            continue;
        }
        match fate(mode, object) {
            Some(object) => LINKS.get().old.push(object),
            None => {
                // An object noted, forgotten and noted again is listed twice.
                (*object).remove(LINKED);
                died(Value::from_bits_unchecked(object as u64));
            }
        }
    }
}

unsafe fn fate(mode: Mode, object: *mut Header) -> Option<*mut Header> {
    match mode {
        Mode::Minor => minor::fate(object),
        _ => major::fate(object),
    }
}
