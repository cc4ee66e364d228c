//! Thread states, the interpreter state, and the GIL as C takes and gives it.
//!
//! Each thread that runs C code has a `PyThreadState`, made when it first does; `current_exception` in it
//! is the error indicator, and `exc_info` the stack of exceptions that C code handles. A thread-local
//! variable holds the state while the thread has the GIL.
//!
//! A thread gives the GIL away inside a function and returns from it, so the function that does must
//! not have saved a register of its caller in its own frame: `heap::enter_blocked` has to see it. So
//! these functions are naked, and jump to their bodies after the thread was marked as blocked.

use crate::ffi::types::*;
use crate::pyobject::{Arg, Borrowed, Done, Owned, Ptr, xdecref};
use adder_heap::{self as heap, ThreadToken};
use adder_macros::capi;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::frame;
use adder_vm::error::PyResult;
use adder_vm::gil;
use adder_vm::thread::Thread;
use adder_vm::vm::{EVAL_BREAKER, PENDING_ASYNC, Vm};
use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard};

/// A thread state with what the VM has of the thread. C sees the first field.
#[repr(C)]
struct State {
    c: PyThreadState,
    /// Null until the state is first used by a thread.
    thread: *const Thread,
    /// The thread's stack, if this layer made it known.
    token: Option<ThreadToken>,
    /// `PyGILState_Ensure` made it for a thread that Python did not start.
    foreign: bool,
    /// References lent to the C functions that run in the thread.
    loans: Vec<Owned>,
    /// References that the heap gave up for the calls that run: see `lifetimes.rs`.
    lent: Vec<Owned>,
}

thread_local! {
    /// The state in use while the thread has the GIL.
    static CURRENT: Cell<*mut PyThreadState> = const { Cell::new(std::ptr::null_mut()) };
    /// The state that belongs to this thread.
    static MINE: Cell<*mut PyThreadState> = const { Cell::new(std::ptr::null_mut()) };
    /// The thread gave the GIL away and is marked as blocked.
    static BLOCKED: Cell<bool> = const { Cell::new(false) };
    /// Frees the state of a thread of the VM when the thread ends.
    static GUARD: Guard = const { Guard };
}

struct Guard;

impl Drop for Guard {
    fn drop(&mut self) {
        let t = MINE.replace(std::ptr::null_mut());
        if !t.is_null() {
            states().retain(|s| *s != t as usize);
            // SAFETY: made by `new_state`; the thread ends, and nobody else uses its state.
            drop(unsafe { Box::from_raw(t as *mut State) });
        }
    }
}

/// The addresses of all states, newest first.
static STATES: Mutex<Vec<usize>> = Mutex::new(vec![]);
static NEXT_ID: AtomicU64 = AtomicU64::new(1);

/// The one interpreter: C only has its address.
#[repr(C)]
pub struct Interpreter {
    _opaque: [u64; 16],
}

static mut MAIN: Interpreter = Interpreter { _opaque: [0; 16] };

fn states() -> MutexGuard<'static, Vec<usize>> {
    STATES.lock().unwrap_or_else(|e| e.into_inner())
}

fn interpreter() -> *mut PyInterpreterState {
    (&raw mut MAIN).cast()
}

fn new_state() -> *mut PyThreadState {
    // SAFETY: numbers and nullable pointers.
    let c: PyThreadState = unsafe { std::mem::zeroed() };
    let state =
        State { c, thread: std::ptr::null(), token: None, foreign: false, loans: vec![], lent: vec![] };
    let t = Box::into_raw(Box::new(state)) as *mut PyThreadState;
    // SAFETY: a new state.
    unsafe {
        (*t).exc_info = &raw mut (*t).exc_state;
        (*t).interp = interpreter();
        (*t).py_recursion_limit = 1000;
        (*t).py_recursion_remaining = 1000;
        (*t).gilstate_counter = 1;
        (*t).id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
        (*t).thread_id = libc::pthread_self() as _;
        (*t).native_thread_id = libc::gettid() as _;
    }
    states().insert(0, t as usize);
    t
}

/// The running thread's state.
#[inline(always)]
pub fn current() -> *mut PyThreadState {
    let t = CURRENT.get();
    if t.is_null() { first() } else { t }
}

/// A thread of the VM comes to C code for the first time.
#[cold]
#[inline(never)]
fn first() -> *mut PyThreadState {
    let mut t = MINE.get();
    if t.is_null() {
        t = new_state();
        MINE.set(t);
        GUARD.with(|_| {});
    }
    // SAFETY: the thread runs Python code, so it has a thread of the VM.
    unsafe { (*(t as *mut State)).thread = Vm::get().thread() };
    CURRENT.set(t);
    t
}

/// The references lent to the C functions that run in this thread.
#[inline(always)]
pub fn loans() -> &'static mut Vec<Owned> {
    loans_of(current())
}

/// As `loans`, of the running thread's state.
#[inline(always)]
pub fn loans_of(current: *mut PyThreadState) -> &'static mut Vec<Owned> {
    // SAFETY: the state is this thread's; callers do not keep the reference across calls.
    unsafe { &mut (*(current as *mut State)).loans }
}

/// As `loans`: objects that are let go when the call that runs has ended.
pub fn lent() -> &'static mut Vec<Owned> {
    // SAFETY: as above.
    unsafe { &mut (*(current() as *mut State)).lent }
}

pub fn init() {
    first();
}

// ---- taking and giving the GIL ------------------------------------------------------------------

/// Runs `f` and keeps `errno`.
fn keep_errno<R>(f: impl FnOnce() -> R) -> R {
    // SAFETY: errno is the thread's own.
    unsafe {
        let errno = *libc::__errno_location();
        let r = f();
        *libc::__errno_location() = errno;
        r
    }
}

/// Takes the GIL with a state.
///
/// # Safety
/// `t` is a state that no other thread uses, and the thread does not have the GIL.
unsafe fn attach(t: *mut PyThreadState) {
    keep_errno(|| {
        let vm = Vm::get();
        let state = &mut *(t as *mut State);
        gil::acquire();
        if BLOCKED.replace(false) {
            heap::leave_blocked();
        } else if state.thread.is_null() {
            state.token = Some(heap::attach_thread(std::ptr::null()));
        }
        if state.thread.is_null() {
            state.thread = vm.attach_current_thread();
        }
        vm.resume_thread(state.thread);
        (*t).thread_id = libc::pthread_self() as _;
        CURRENT.set(t);
    })
}

/// Whether the thread has the GIL.
extern "C" fn holds_gil() -> bool {
    !CURRENT.get().is_null()
}

/// Gives the GIL away. The thread was marked as blocked.
extern "C" fn save_body() -> *mut PyThreadState {
    let t = CURRENT.replace(std::ptr::null_mut());
    if !t.is_null() {
        BLOCKED.set(true);
        keep_errno(gil::release);
    }
    t
}

/// The state that had the GIL, which is free now.
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyEval_SaveThread() -> *mut PyThreadState {
    std::arch::naked_asm!(
        "sub rsp, 8",
        "call {holds}",
        "test al, al",
        "jz 2f",
        "call {enter}",
        "2:",
        "add rsp, 8",
        "jmp {body}",
        holds = sym holds_gil,
        enter = sym heap::enter_blocked,
        body = sym save_body,
    )
}

#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn PyEval_RestoreThread(t: *mut PyThreadState) {
    if t.is_null() {
        crate::fatal::fatal("PyEval_RestoreThread", "the function must be called with the GIL released");
    }
    if CURRENT.get().is_null() {
        attach(t);
    }
}

#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn PyEval_AcquireThread(t: *mut PyThreadState) {
    PyEval_RestoreThread(t)
}

extern "C" fn release_thread_body(_t: *mut PyThreadState) {
    save_body();
}

#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyEval_ReleaseThread(t: *mut PyThreadState) {
    std::arch::naked_asm!(
        "push rdi",
        "call {holds}",
        "test al, al",
        "jz 2f",
        "call {enter}",
        "2:",
        "pop rdi",
        "jmp {body}",
        holds = sym holds_gil,
        enter = sym heap::enter_blocked,
        body = sym release_thread_body,
    )
}

/// The thread was marked as blocked if it has the GIL.
unsafe extern "C" fn swap_body(new: *mut PyThreadState) -> *mut PyThreadState {
    let old = CURRENT.get();
    match (old.is_null(), new.is_null()) {
        (true, true) => {}
        (true, false) => attach(new),
        (false, true) => {
            save_body();
        }
        (false, false) => {
            heap::leave_blocked();
            let vm = Vm::get();
            let state = &mut *(new as *mut State);
            if state.thread.is_null() {
                state.thread = vm.attach_current_thread();
            }
            vm.resume_thread(state.thread);
            CURRENT.set(new);
        }
    }
    old
}

/// Uses another state from now on, or none, which frees the GIL; gives the old one back.
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyThreadState_Swap(new: *mut PyThreadState) -> *mut PyThreadState {
    std::arch::naked_asm!(
        "push rdi",
        "call {holds}",
        "test al, al",
        "jz 2f",
        "call {enter}",
        "2:",
        "pop rdi",
        "jmp {body}",
        holds = sym holds_gil,
        enter = sym heap::enter_blocked,
        body = sym swap_body,
    )
}

const LOCKED: i32 = 0;
const UNLOCKED: i32 = 1;

#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn PyGILState_Ensure() -> i32 {
    let mut t = MINE.get();
    if t.is_null() {
        t = CURRENT.get();
    }
    if t.is_null() {
        t = new_state();
        (*(t as *mut State)).foreign = true;
        (*t).gilstate_counter = 0;
        MINE.set(t);
    }
    (*t).gilstate_counter += 1;
    if !CURRENT.get().is_null() {
        return LOCKED;
    }
    attach(t);
    UNLOCKED
}

/// The thread was marked as blocked.
unsafe extern "C" fn gilstate_release_body(old: i32) {
    let t = if MINE.get().is_null() { CURRENT.get() } else { MINE.get() };
    (*t).gilstate_counter -= 1;
    if (*t).gilstate_counter == 0 && (*(t as *mut State)).foreign {
        heap::leave_blocked();
        clear(t);
        heap::enter_blocked();
        delete_body();
    } else if old == UNLOCKED {
        save_body();
    } else {
        heap::leave_blocked();
    }
}

#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyGILState_Release(old: i32) {
    std::arch::naked_asm!(
        "push rdi",
        "call {enter}",
        "pop rdi",
        "jmp {body}",
        enter = sym heap::enter_blocked,
        body = sym gilstate_release_body,
    )
}

/// Whether the running thread has the GIL.
#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn PyGILState_Check() -> i32 {
    holds_gil() as i32
}

#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn PyGILState_GetThisThreadState() -> *mut PyThreadState {
    let t = MINE.get();
    if t.is_null() { CURRENT.get() } else { t }
}

// ---- thread states ------------------------------------------------------------------------------

/// Releases the objects of a state.
unsafe fn clear(t: *mut PyThreadState) {
    let fields = [
        &raw mut (*t).current_exception,
        &raw mut (*t).exc_state.exc_value,
        &raw mut (*t).dict,
        &raw mut (*t).async_exc,
        &raw mut (*t).context,
    ];
    for field in fields {
        xdecref(std::mem::replace(&mut *field, std::ptr::null_mut()));
    }
}

/// Removes the current state, which was cleared, and gives the GIL away for good. The thread was marked
/// as blocked, and stays so if somebody else made its stack known.
unsafe extern "C" fn delete_body() {
    let t = CURRENT.replace(std::ptr::null_mut());
    let state = t as *mut State;
    if MINE.get() == t {
        MINE.set(std::ptr::null_mut());
    }
    states().retain(|s| *s != t as usize);
    Vm::get().detach_thread((*state).thread);
    match (*state).token.take() {
        Some(token) => {
            heap::leave_blocked();
            heap::detach_thread(token);
        }
        None => BLOCKED.set(true),
    }
    gil::release();
    drop(Box::from_raw(state));
}

#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn PyThreadState_New(_interp: *mut PyInterpreterState) -> *mut PyThreadState {
    new_state()
}

#[capi]
pub fn PyThreadState_Clear(_vm: &Vm, t: *mut PyThreadState) {
    // SAFETY: the caller passes a state that nobody uses.
    unsafe { clear(t) }
}

#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn PyThreadState_Delete(t: *mut PyThreadState) {
    let state = t as *mut State;
    if CURRENT.get() == t {
        crate::fatal::fatal("PyThreadState_Delete", "tstate is still current");
    }
    states().retain(|s| *s != t as usize);
    if MINE.get() == t {
        MINE.set(std::ptr::null_mut());
    }
    if !(*state).thread.is_null() {
        Vm::get().detach_thread((*state).thread);
    }
    drop(Box::from_raw(state));
}

#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyThreadState_DeleteCurrent() {
    std::arch::naked_asm!(
        "sub rsp, 8",
        "call {enter}",
        "add rsp, 8",
        "jmp {body}",
        enter = sym heap::enter_blocked,
        body = sym delete_body,
    )
}

#[capi]
pub fn PyThreadState_Get(_vm: &Vm) -> *mut PyThreadState {
    if CURRENT.get().is_null() && !holds_gil() {
        crate::fatal::fatal(
            "PyThreadState_Get",
            "the function must be called with the GIL held, after Python initialization and before Python \
             finalization, but the GIL is released (the current Python thread state is NULL)",
        );
    }
    current()
}

#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn PyThreadState_GetUnchecked() -> *mut PyThreadState {
    CURRENT.get()
}

#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn _PyThreadState_UncheckedGet() -> *mut PyThreadState {
    CURRENT.get()
}

#[capi]
pub fn PyThreadState_GetInterpreter(_vm: &Vm, t: *mut PyThreadState) -> *mut PyInterpreterState {
    // SAFETY: the caller passes a state.
    unsafe { (*t).interp }
}

#[capi]
pub fn PyThreadState_GetID(_vm: &Vm, t: *mut PyThreadState) -> u64 {
    // SAFETY: the caller passes a state.
    unsafe { (*t).id }
}

/// The running frame of the running thread; NULL for other threads and without Python code.
#[capi]
pub fn PyThreadState_GetFrame(vm: &Vm, t: *mut PyThreadState) -> Owned {
    if t != CURRENT.get() {
        return Owned::NULL;
    }
    frame::current(vm, 0).map_or(Owned::NULL, |f| Owned::new(f.value()))
}

#[capi]
pub fn PyThreadState_GetDict(vm: &Vm) -> Borrowed {
    let t = CURRENT.get();
    if t.is_null() {
        return Borrowed(std::ptr::null_mut());
    }
    // SAFETY: our state.
    unsafe {
        if (*t).dict.is_null() {
            (*t).dict = Owned::new(Dict::new(vm).value()).release();
        }
        Borrowed((*t).dict)
    }
}

/// Raises an exception in another thread; NULL takes one back. The number of threads it was done for.
#[capi]
pub fn PyThreadState_SetAsyncExc(vm: &Vm, id: u64, class: Arg) -> i32 {
    let word = if class.0.is_null() { 0 } else { class.value().bits() };
    for t in vm.threads() {
        // SAFETY: states in the list are alive.
        let t = unsafe { &*t };
        if t.ident == id {
            t.async_exception.set(word);
            EVAL_BREAKER.fetch_or(PENDING_ASYNC, Ordering::Relaxed);
            return 1;
        }
    }
    0
}

#[capi]
pub fn PyThreadState_EnterTracing(_vm: &Vm, t: *mut PyThreadState) {
    // SAFETY: the caller passes a state.
    unsafe { (*t).tracing += 1 }
}

#[capi]
pub fn PyThreadState_LeaveTracing(_vm: &Vm, t: *mut PyThreadState) {
    // SAFETY: the caller passes a state.
    unsafe { (*t).tracing -= 1 }
}

#[capi]
pub fn PyInterpreterState_ThreadHead(_vm: &Vm, _interp: *mut PyInterpreterState) -> *mut PyThreadState {
    states().first().map_or(std::ptr::null_mut(), |s| *s as *mut PyThreadState)
}

#[capi]
pub fn PyThreadState_Next(_vm: &Vm, t: *mut PyThreadState) -> *mut PyThreadState {
    let all = states();
    let at = all.iter().position(|s| *s == t as usize);
    at.and_then(|i| all.get(i + 1)).map_or(std::ptr::null_mut(), |s| *s as *mut PyThreadState)
}

// ---- the interpreter ----------------------------------------------------------------------------

#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn PyInterpreterState_Get() -> *mut PyInterpreterState {
    interpreter()
}

#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn PyInterpreterState_Main() -> *mut PyInterpreterState {
    interpreter()
}

#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn PyInterpreterState_Head() -> *mut PyInterpreterState {
    interpreter()
}

#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn PyInterpreterState_Next(_i: *mut PyInterpreterState) -> *mut PyInterpreterState {
    std::ptr::null_mut()
}

#[capi]
pub fn PyInterpreterState_GetID(vm: &Vm, interp: *mut PyInterpreterState) -> PyResult<i64> {
    if interp.is_null() {
        return Err(vm.runtime_error("no interpreter provided"));
    }
    Ok(0)
}

/// Data of extension modules about the interpreter: a reference that is never released.
static DICT: heap::GilCell<usize> = heap::GilCell::new(0);

#[capi]
pub fn PyInterpreterState_GetDict(vm: &Vm, _interp: *mut PyInterpreterState) -> Borrowed {
    if *DICT.get() == 0 {
        *DICT.get() = Owned::new(Dict::new(vm).value()).release() as usize;
    }
    Borrowed(*DICT.get() as Ptr)
}

// skipped PyInterpreterState_New, _Clear, _Delete: there is one interpreter.

/// Modules with single-phase initialisation, by definition: pairs of addresses, each with a reference.
static MODULES: heap::GilCell<Vec<(usize, usize)>> = heap::GilCell::new(vec![]);

/// Lets `PyState_FindModule` find a module; a reference is kept.
pub fn remember_module(def: *mut PyModuleDef, module: Owned) {
    forget_module(def);
    MODULES.get().push((def as usize, module.release() as usize));
}

fn forget_module(def: *mut PyModuleDef) -> bool {
    let all = MODULES.get();
    let Some(i) = all.iter().position(|m| m.0 == def as usize) else { return false };
    let (_, module) = all.swap_remove(i);
    drop(Owned(module as Ptr));
    true
}

#[capi]
pub fn PyState_FindModule(_vm: &Vm, def: *mut PyModuleDef) -> Borrowed {
    let found = MODULES.get().iter().find(|m| m.0 == def as usize);
    Borrowed(found.map_or(std::ptr::null_mut(), |m| m.1 as Ptr))
}

#[capi]
pub fn PyState_AddModule(vm: &Vm, module: Arg, def: *mut PyModuleDef) -> PyResult<Done> {
    // SAFETY: the caller passes a definition.
    if unsafe { !(*def).m_slots.is_null() } {
        return Err(vm.system_error("PyState_AddModule called on module with slots"));
    }
    remember_module(def, Owned::new(module.value()));
    Ok(Done)
}

#[capi]
pub fn PyState_RemoveModule(vm: &Vm, def: *mut PyModuleDef) -> PyResult<Done> {
    // SAFETY: the caller passes a definition.
    if unsafe { !(*def).m_slots.is_null() } {
        return Err(vm.system_error("PyState_RemoveModule called on module with slots"));
    }
    if !forget_module(def) {
        return Err(vm.system_error("Module index invalid."));
    }
    Ok(Done)
}

#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn _PyThreadState_GetCurrent() -> *mut PyThreadState {
    current()
}
