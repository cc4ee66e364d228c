//! What the eval breaker announces: finalisers, weak reference callbacks, signals, other threads.

use crate::builtins::generator;
use crate::builtins::list::List;
use crate::builtins::str_::Str;
use crate::error::PyResult;
use crate::object::{Value, ValueExt};
use crate::slots::SlotId;
use crate::vm::{
    EVAL_BREAKER, PENDING_ASYNC, PENDING_CALLS, PENDING_FINALIZERS, PENDING_GIL, PENDING_SIGNAL, Vm,
};
use adder_heap as heap;
use std::cell::RefCell;
use std::sync::atomic::Ordering;

/// Called with the GIL held when `PENDING_SIGNAL` is set; installed by the `_signal` module.
pub type Handler = fn(&Vm) -> PyResult<()>;

/// Hooks of native modules into the eval breaker.
#[derive(Default, Clone, Copy)]
pub struct Hooks {
    pub signals: Option<Handler>,
    pub yield_gil: Option<Handler>,
    pub calls: Option<Handler>,
    pub weakrefs: Option<Handler>,
}

struct Cell(RefCell<Hooks>);
// SAFETY: touched under the GIL (gil-protected).
unsafe impl Sync for Cell {}
static HOOKS: Cell =
    Cell(RefCell::new(Hooks { signals: None, yield_gil: None, calls: None, weakrefs: None }));

pub fn set_hooks(f: impl FnOnce(&mut Hooks)) {
    f(&mut HOOKS.0.borrow_mut());
}

fn take(bit: u32) -> bool {
    EVAL_BREAKER.fetch_and(!bit, Ordering::Relaxed) & bit != 0
}

/// Does everything that waits.
pub fn handle(vm: &Vm) -> PyResult<()> {
    let hooks = *HOOKS.0.borrow();
    if take(PENDING_GIL)
        && let Some(f) = hooks.yield_gil
    {
        f(vm)?;
    }
    if take(PENDING_FINALIZERS) {
        run_finalizers(vm);
    }
    if take(PENDING_CALLS) {
        one_at_a_time(|| {
            run_calls(vm)?;
            hooks.calls.map_or(Ok(()), |f| f(vm))
        })?;
    }
    if take(PENDING_SIGNAL)
        && let Some(f) = hooks.signals
    {
        f(vm)?;
    }
    if take(PENDING_ASYNC) {
        let cell = &vm.thread().async_exception;
        if let Some(class) = crate::object::Value::from_bits(cell.get()) {
            cell.set(0);
            return Err(match class.downcast::<crate::builtins::type_::Type>() {
                Some(c) => vm.raise_class(c, &[]),
                None => vm.raise_value(class),
            });
        }
    }
    Ok(())
}

/// Callables that wait for any thread: a list.
static CALLS: heap::StaticRoot = heap::StaticRoot::new();
const MOST_CALLS: usize = 300;

/// Lets some thread call a Python object soon. False: too many wait already.
pub fn add_call(vm: &Vm, callable: Value) -> bool {
    let list = match CALLS.get().and_then(|v| v.exact::<List>()) {
        Some(list) => list,
        None => {
            let list = List::new(vm);
            CALLS.set(Some(list.value()));
            list
        }
    };
    if list.len() >= MOST_CALLS {
        return false;
    }
    list.push(vm, callable);
    EVAL_BREAKER.fetch_or(PENDING_CALLS, Ordering::Relaxed);
    true
}

/// Whether some thread makes pending calls, and whether another attempt to make them was put off meanwhile.
static CALLING: heap::GilCell<(bool, bool)> = heap::GilCell::new((false, false));

/// Makes pending calls. One thread at a time does, and does not begin again while it does: a call that adds
/// itself anew, for another thread to take, would else never return.
pub fn one_at_a_time(f: impl FnOnce() -> PyResult<()>) -> PyResult<()> {
    if CALLING.get().0 {
        CALLING.get().1 = true;
        return Ok(());
    }
    CALLING.get().0 = true;
    let result = f();
    if std::mem::take(CALLING.get()).1 {
        EVAL_BREAKER.fetch_or(PENDING_CALLS, Ordering::Relaxed);
    }
    result
}

/// In the child of a fork: the thread that made calls may be gone.
pub fn after_fork() {
    *CALLING.get() = (false, false);
}

/// Calls what waits; what is added meanwhile waits for the next time.
fn run_calls(vm: &Vm) -> PyResult<()> {
    let Some(list) = CALLS.get().and_then(|v| v.exact::<List>()) else { return Ok(()) };
    CALLS.set(None);
    for i in 0..list.len() {
        if let Err(raised) = vm.call(list.get(i), &[]) {
            for rest in i + 1..list.len() {
                add_call(vm, list.get(rest));
            }
            return Err(raised);
        }
    }
    Ok(())
}

/// At the end of the process: runs the finalisers of everything. Those of objects that Python classes made
/// come first, because they may still print: the streams have finalisers, too.
pub fn run_all_finalizers(vm: &Vm) {
    heap::finalize_all();
    let later = List::new(vm);
    while let Some(v) = heap::take_finalizable() {
        let Some(f) = v.class().slots().tp_finalize else {
            later.push(vm, v);
            continue;
        };
        if v.class().is_generic(SlotId::tp_finalize) {
            f(vm, v);
        } else {
            later.push(vm, v);
        }
    }
    let mut i = 0;
    while let Some(v) = later.try_get(i) {
        finalize(vm, v);
        i += 1;
    }
    // What those have left.
    run_finalizers(vm);
}

fn finalize(vm: &Vm, v: Value) {
    if generator::as_generator(v).is_some() {
        generator::finalize(vm, v);
    } else if let Some(f) = v.class().slots().tp_finalize {
        f(vm, v);
    }
}

/// Collects until finalisers and broken cycles of extensions leave nothing that is known to be garbage. How many
/// objects were found that only a collector finds: those in cycles, and what cycles held.
pub fn collect_all(vm: &Vm) -> usize {
    const ROUNDS: usize = 4;
    let mut found = 0;
    for round in 0..ROUNDS {
        clear_stack();
        found += heap::collect_full_counting(is_gc);
        // What native frames left on the stack may have kept something of C the first time.
        if !run_finalizers(vm) && (round > 0 || !crate::extension::any_loaded()) {
            break;
        }
    }
    found
}

/// Overwrites what earlier calls have left on the native stack below: in gaps of the frames that come next it would
/// keep garbage alive.
#[inline(never)]
pub fn clear_stack() {
    let mut words = [0u64; 512];
    std::hint::black_box(&mut words);
}

/// Whether it is a list that no Python code may see: one of weak boxes, as a type has of its subclasses.
pub fn is_internal(v: Value) -> bool {
    let first = v.exact::<List>().and_then(|l| if l.in_c() { None } else { l.try_get(0) });
    first.is_some_and(|item| item.is_ptr() && crate::shapes::data(item.shape()).is_none())
}

/// Whether Python code may see the object, and CPython's collector knows objects of its type
/// (`PyObject_IS_GC`).
pub fn is_gc(v: Value) -> bool {
    const OTHERS: [&str; 14] = [
        "object",
        "int",
        "bool",
        "float",
        "complex",
        "str",
        "bytes",
        "bytearray",
        "range",
        "code",
        "range_iterator",
        "NoneType",
        "NotImplementedType",
        "ellipsis",
    ];
    if !v.is_ptr() || crate::shapes::data(v.shape()).is_none() || is_internal(v) {
        return false;
    }
    let class = v.class();
    class.has_flag(crate::def::HAVE_GC) || !v.is::<Str>() && !OTHERS.contains(&class.short_name().as_str())
}

/// Runs `__del__` methods and weak reference callbacks of what the collector found dead; whether more may be
/// dead now.
pub fn run_finalizers(vm: &Vm) -> bool {
    // Else those that run first would be interrupted for the rest.
    take(PENDING_FINALIZERS);
    let saved = vm.fetch_exception();
    let weakrefs = HOOKS.0.borrow().weakrefs;
    if let Some(f) = weakrefs
        && let Err(raised) = f(vm)
    {
        let _ = vm.take_exception(raised);
    }
    let mut more = crate::extension::release_dead(vm);
    while let Some(v) = heap::take_finalizable() {
        finalize(vm, v);
        more = true;
    }
    if let Some(e) = saved {
        vm.set_exception(e);
    }
    more
}
