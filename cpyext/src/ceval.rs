//! The running code: its namespaces, recursion, pending calls. The GIL is in `pystate.rs`.

use crate::pyobject::{Arg, Borrowed, Done, Owned, lend};
use crate::unicodeobject::text;
use adder_macros::capi;
use adder_vm::args::NamedArgs;
use adder_vm::builtins::code::Code;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::frame;
use adder_vm::builtins::function::{Function, Method};
use adder_vm::builtins::list::List;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::error::PyResult;
use adder_vm::object::{Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::{EVAL_BREAKER, PENDING_CALLS, Vm};
use std::collections::VecDeque;
use std::ffi::{c_char, c_int, c_void};
use std::sync::atomic::Ordering;
use std::sync::{Mutex, MutexGuard};

const NULL: Borrowed = Borrowed(std::ptr::null_mut());

#[capi]
pub fn PyEval_GetBuiltins(vm: &Vm) -> PyResult<Borrowed> {
    let d = match vm.current_globals() {
        Some(g) => vm.builtins_of(g),
        None => vm.builtins_module().dict(),
    };
    lend(vm, d.value())
}

#[capi]
pub fn PyEval_GetGlobals(vm: &Vm) -> PyResult<Borrowed> {
    match vm.current_globals() {
        Some(g) => lend(vm, g.value()),
        None => Ok(NULL),
    }
}

fn locals(vm: &Vm) -> PyResult<Value> {
    match frame::current(vm, 0) {
        Some(f) => f.locals(vm),
        None => raise!(vm, SystemError, "frame does not exist"),
    }
}

#[capi]
pub fn PyEval_GetLocals(vm: &Vm) -> PyResult<Borrowed> {
    lend(vm, locals(vm)?)
}

#[capi]
pub fn PyEval_GetFrame(vm: &Vm) -> PyResult<Borrowed> {
    match frame::current(vm, 0) {
        Some(f) => lend(vm, f.value()),
        None => Ok(NULL),
    }
}

#[capi]
pub fn PyEval_GetFrameLocals(vm: &Vm) -> PyResult<Value> {
    locals(vm)
}

#[capi]
pub fn PyEval_GetFrameGlobals(vm: &Vm) -> Owned {
    vm.current_globals().map_or(Owned::NULL, |g| Owned::new(g.value()))
}

#[capi]
pub fn PyEval_GetFrameBuiltins(vm: &Vm) -> Owned {
    let d = match vm.current_globals() {
        Some(g) => vm.builtins_of(g),
        None => vm.builtins_module().dict(),
    };
    Owned::new(d.value())
}

fn is_function(f: Value) -> bool {
    f.downcast::<Function>().is_some()
        || f.downcast::<Method>().is_some()
        || f.exact::<adder_vm::builtins::descr::NativeFunction>().is_some()
}

/// A description that lives as long as the callable.
fn describe(vm: &Vm, f: Value) -> PyResult<*const c_char> {
    let name = if is_function(f) { Some(vm.get_attr_str(f, "__name__")?) } else { None };
    let shown = match name.and_then(|n| n.downcast::<adder_vm::builtins::str_::Str>()) {
        Some(s) => return name_pointer(vm, s.value()),
        None => f.class().name(),
    };
    name_pointer(vm, vm.intern_str(&shown).value())
}

fn name_pointer(vm: &Vm, s: Value) -> PyResult<*const c_char> {
    let b = lend(vm, s)?;
    // SAFETY: a live string.
    Ok(unsafe { crate::unicodeobject::codecs::PyUnicode_AsUTF8(b.0) })
}

#[capi]
pub fn PyEval_GetFuncName(vm: &Vm, f: Arg) -> PyResult<*const c_char> {
    describe(vm, f.value())
}

#[capi]
pub fn PyEval_GetFuncDesc(_vm: &Vm, f: Arg) -> *const c_char {
    if is_function(f.value()) { c"()".as_ptr() } else { c" object".as_ptr() }
}

// ---- evaluation ---------------------------------------------------------------------------------

#[capi]
pub fn PyEval_EvalCode(vm: &Vm, code: Arg, globals: Arg, locals: Arg) -> PyResult<Value> {
    let exec = vm.builtin("eval")?;
    if globals.0.is_null() || globals.value().downcast::<Dict>().is_none() {
        raise!(vm, SystemError, "PyEval_EvalCodeEx: NULL globals")
    }
    let globals = globals.value();
    let locals = if locals.0.is_null() { globals } else { locals.value() };
    vm.call(exec, &[code.value(), globals, locals])
}

/// Calls a function made of the code. Keywords are names followed by values.
#[capi]
#[allow(clippy::too_many_arguments)] // The function is the API's.
pub fn PyEval_EvalCodeEx(
    vm: &Vm,
    code: Arg,
    globals: Arg,
    locals: Arg,
    args: *const crate::pyobject::Ptr,
    argc: c_int,
    keywords: *const crate::pyobject::Ptr,
    keyword_count: c_int,
    defaults: *const crate::pyobject::Ptr,
    default_count: c_int,
    kwdefaults: Arg,
    closure: Arg,
) -> PyResult<Value> {
    let (Some(code), Some(globals)) = (code.value().downcast::<Code>(), globals.value().downcast::<Dict>())
    else {
        raise!(vm, SystemError, "PyEval_EvalCodeEx: NULL globals")
    };
    let f = Function::new(vm, code, globals);
    let array = |p: *const crate::pyobject::Ptr, n: usize| {
        Tuple::build(vm, n, |i| {
            // SAFETY: the caller passes that many objects.
            Ok::<Value, adder_vm::error::Raised>(Arg(unsafe { *p.add(i) }).value())
        })
    };
    if default_count > 0 {
        f.defaults.set(f, Some(array(defaults, default_count as usize)?));
    }
    if !kwdefaults.0.is_null() {
        let defaults = kwdefaults.value().downcast::<Dict>();
        if defaults.is_none() && code.plain.kwonlyargcount > 0 {
            raise!(vm, SystemError, "bad argument to internal function")
        }
        f.kwdefaults.set(f, defaults);
    }
    if !closure.0.is_null() {
        f.closure.set(f, closure.value().downcast::<Tuple>());
    }
    let all = List::from_slice(vm, array(args, argc as usize)?.items());
    let pairs = array(keywords, 2 * keyword_count as usize)?;
    let names = Tuple::build(vm, keyword_count as usize, |i| {
        all.push(vm, pairs.get(2 * i + 1));
        Ok::<Value, adder_vm::error::Raised>(pairs.get(2 * i))
    })?;
    let all = Tuple::from_slice(vm, all.items());
    let locals = if locals.0.is_null() { globals.value() } else { locals.value() };
    let r = vm.call_with_locals(f, NamedArgs::new(all.items(), Some(names)).args(), locals);
    std::hint::black_box(all);
    r
}

// skipped PyEval_EvalFrame, PyEval_EvalFrameEx: a frame object cannot be run.

// ---- recursion ----------------------------------------------------------------------------------

#[capi]
pub fn Py_EnterRecursiveCall(vm: &Vm, place: *const c_char) -> PyResult<i32> {
    if let Err(raised) = vm.check_native_stack() {
        let _ = vm.take_exception(raised);
        let place = if place.is_null() {
            "".into()
        } else {
            // SAFETY: the caller passes a C string.
            unsafe { text(place) }
        };
        return Err(vm.error(Exc::RecursionError, format!("Stack overflow{place}")));
    }
    Ok(0)
}

#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn Py_LeaveRecursiveCall() {}

#[capi]
pub fn Py_GetRecursionLimit(vm: &Vm) -> c_int {
    vm.recursion_limit() as c_int
}

#[capi]
pub fn Py_SetRecursionLimit(vm: &Vm, limit: c_int) {
    vm.set_recursion_limit(limit.max(1) as usize);
}

// ---- pending calls ------------------------------------------------------------------------------

type Pending = (unsafe extern "C" fn(*mut c_void) -> c_int, usize);

static PENDING: Mutex<VecDeque<Pending>> = Mutex::new(VecDeque::new());

fn queue() -> MutexGuard<'static, VecDeque<Pending>> {
    PENDING.lock().unwrap_or_else(|e| e.into_inner())
}

/// Connects the queue with the eval breaker; once.
pub fn init() {
    adder_vm::pending::set_hooks(|h| h.calls = Some(run_pending));
}

/// Runs what waits, in the main thread.
fn run_pending(vm: &Vm) -> PyResult<()> {
    if !vm.is_main_thread() {
        EVAL_BREAKER.fetch_or(PENDING_CALLS, Ordering::Relaxed);
        return Ok(());
    }
    // Calls that come meanwhile wait for the next time.
    let n = queue().len();
    for _ in 0..n {
        let Some((f, arg)) = queue().pop_front() else { break };
        // SAFETY: a function with its argument.
        let failed = crate::pyobject::with_loans(|| unsafe { f(arg as *mut c_void) }) != 0;
        if failed {
            if !queue().is_empty() {
                EVAL_BREAKER.fetch_or(PENDING_CALLS, Ordering::Relaxed);
            }
            return Err(crate::pyerrors::from_indicator(vm));
        }
    }
    Ok(())
}

/// May be called by any thread, without the GIL.
#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn Py_AddPendingCall(
    f: unsafe extern "C" fn(*mut c_void) -> c_int,
    arg: *mut c_void,
) -> c_int {
    let mut q = queue();
    // As many as CPython lets wait for the main thread.
    if q.len() >= 32 {
        return -1;
    }
    q.push_back((f, arg as usize));
    EVAL_BREAKER.fetch_or(PENDING_CALLS, Ordering::Relaxed);
    0
}

#[capi]
pub fn Py_MakePendingCalls(vm: &Vm) -> PyResult<Done> {
    vm.check_signals()?;
    if vm.is_main_thread() {
        adder_vm::pending::one_at_a_time(|| run_pending(vm))?;
    }
    Ok(Done)
}

#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn PyEval_InitThreads() {}

#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn PyEval_ThreadsInitialized() -> c_int {
    1
}

/// An index of a slice, clipped to what fits; None leaves the place as it is.
#[capi]
pub fn _PyEval_SliceIndex(vm: &Vm, v: Arg, place: *mut isize) -> PyResult<bool> {
    let v = v.value();
    if v.is_none() {
        return Ok(true);
    }
    slice_index(vm, v, place)
}

#[capi]
pub fn _PyEval_SliceIndexNotNone(vm: &Vm, v: Arg, place: *mut isize) -> PyResult<bool> {
    slice_index(vm, v.value(), place)
}

fn slice_index(vm: &Vm, v: Value, place: *mut isize) -> PyResult<bool> {
    if v.class().slots().nb_index.is_none() && adder_vm::builtins::int::as_int(v).is_none() {
        raise!(vm, TypeError, "slice indices must be integers or None or have an __index__ method")
    }
    // SAFETY: the caller passes a place.
    unsafe { *place = vm.index_clamped(v)? };
    Ok(true)
}

// ---- tracing ------------------------------------------------------------------------------------

/// Keeps the function for whoever asks; no events are sent.
#[capi]
pub fn PyEval_SetTrace(_vm: &Vm, f: *mut c_void, arg: Arg) {
    let arg = if arg.0.is_null() { Owned::NULL } else { Owned::new(arg.value()) };
    // SAFETY: our thread state; the caller passes a trace function or NULL.
    unsafe {
        let t = crate::pystate::current();
        (*t).c_tracefunc = std::mem::transmute::<*mut c_void, crate::ffi::types::Py_tracefunc>(f);
        crate::pyobject::xdecref(std::mem::replace(&mut (*t).c_traceobj, arg.release()));
    }
}

/// As `PyEval_SetTrace`.
#[capi]
pub fn PyEval_SetProfile(_vm: &Vm, f: *mut c_void, arg: Arg) {
    let arg = if arg.0.is_null() { Owned::NULL } else { Owned::new(arg.value()) };
    // SAFETY: as above.
    unsafe {
        let t = crate::pystate::current();
        (*t).c_profilefunc = std::mem::transmute::<*mut c_void, crate::ffi::types::Py_tracefunc>(f);
        crate::pyobject::xdecref(std::mem::replace(&mut (*t).c_profileobj, arg.release()));
    }
}
