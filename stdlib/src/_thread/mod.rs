//! The module `_thread`: starting and joining threads. Locks are in `lock.rs`, thread-local data in
//! `local.rs`.
//!
//! What a thread and its handle share lies outside the heap. A thread takes the GIL before it makes
//! itself known to the collector, and forgets itself before it lets go.

pub mod local;
pub mod lock;
pub mod raw_lock;

use adder_heap::Root;
use adder_macros::{pyclass, pymethods, pymodule};
use adder_vm::args::{Args, NamedArgs};
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::list::List;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::struct_sequence::StructSeqDef;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::error::PyResult;
use adder_vm::gil;
use adder_vm::object::{LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::type_new::ready_class;
use adder_vm::vm::Vm;
use lock::{Lock, RLock, TIMEOUT_MAX};
use raw_lock::Event;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Weak};

static STACK_SIZE: AtomicUsize = AtomicUsize::new(0);
/// Threads that the process waits for before it ends.
static TO_JOIN: Mutex<Vec<Arc<Shared>>> = Mutex::new(Vec::new());

/// What a handle knows of its thread.
pub struct Shared {
    ident: AtomicU64,
    started: AtomicBool,
    done: Event,
}

impl Shared {
    fn new() -> Arc<Shared> {
        let new = Shared { ident: AtomicU64::new(0), started: AtomicBool::new(false), done: Event::new() };
        let new = Arc::new(new);
        if let Ok(mut all) = KNOWN.lock() {
            all.retain(|s| s.strong_count() > 0);
            all.push(Arc::downgrade(&new));
        }
        new
    }
}

/// What a new thread runs. The roots are made and dropped under the GIL.
struct Start {
    function: Root,
    args: Root,
    kwargs: Root,
    shared: Arc<Shared>,
}

/// Carries roots to the thread that runs them.
struct Parcel(Option<Start>);
// SAFETY: opened under the GIL.
unsafe impl Send for Parcel {}

/// A handle to a thread, for joining it.
#[pyclass(name = "_ThreadHandle", module = "_thread")]
#[repr(C)]
pub struct ThreadHandle {
    h: LongHeader,
    shared: Arc<Shared>,
}

static EXCEPT_HOOK_ARGS: StructSeqDef = StructSeqDef {
    name: "_thread._ExceptHookArgs",
    doc: "ExceptHookArgs\n\nType used to pass arguments to threading.excepthook.",
    fields: &[
        ("exc_type", "Exception type"),
        ("exc_value", "Exception value"),
        ("exc_traceback", "Exception traceback"),
        ("thread", "Thread"),
    ],
    visible: 4,
};

/// What all handles share with their threads; looked at in the child of a fork.
static KNOWN: Mutex<Vec<Weak<Shared>>> = Mutex::new(Vec::new());

/// In the child of a fork: no other thread exists.
pub fn after_fork(vm: &Vm) {
    let mine = vm.thread().ident;
    if let Ok(mut all) = TO_JOIN.try_lock() {
        all.clear();
    }
    if let Ok(all) = KNOWN.try_lock() {
        for s in all.iter().filter_map(Weak::upgrade) {
            let ident = s.ident.load(Ordering::Relaxed);
            if ident != mine && ident != 0 {
                s.done.set();
            }
        }
    }
}

fn to_join() -> std::sync::MutexGuard<'static, Vec<Arc<Shared>>> {
    TO_JOIN.lock().unwrap_or_else(|e| e.into_inner())
}

/// Runs in the new thread, with the GIL and a thread state.
#[inline(never)]
fn body(vm: &Vm, start: Start) {
    let (function, args, kwargs) = (start.function.get(), start.args.get(), start.kwargs.get());
    drop(start);
    let items = args.downcast::<Tuple>().unwrap_or(Tuple::empty());
    let list = List::from_slice(vm, items.items());
    let names = List::new(vm);
    if let Some(d) = kwargs.downcast::<Dict>() {
        for i in 0..d.slots() {
            if let Some((k, v)) = d.entry(i) {
                names.push(vm, k);
                list.push(vm, v);
            }
        }
    }
    let names = Tuple::from_slice(vm, names.items());
    if let Err(raised) = vm.call_args(function, NamedArgs::new(list.items(), Some(names)).args()) {
        let exc = vm.take_exception(raised);
        if !exc.value().class().is_subclass_of(Exc::SystemExit.class()) {
            let raised = vm.restore(exc);
            let shown = vm.repr_string(function).unwrap_or_default();
            vm.unraisable(raised, &format!("Exception ignored in thread started by {shown}"), none());
        }
    }
}

fn thread_main(mut parcel: Parcel) {
    let vm = Vm::get();
    gil::acquire();
    let token = adder_heap::attach_thread(std::ptr::null());
    let state = vm.attach_current_thread();
    let start = parcel.0.take().expect("a parcel is opened once");
    let shared = start.shared.clone();
    shared.ident.store(vm.thread().ident, Ordering::Relaxed);
    shared.started.store(true, Ordering::Release);
    body(vm, start);
    vm.detach_thread(state);
    adder_heap::detach_thread(token);
    to_join().retain(|s| !Arc::ptr_eq(s, &shared));
    shared.done.set();
    gil::release();
}

/// Starts a thread; its ident is known when this returns.
fn start(
    vm: &Vm,
    function: Value,
    args: Value,
    kwargs: Value,
    shared: Arc<Shared>,
    daemon: bool,
) -> PyResult<u64> {
    if vm.finalizing.get() {
        raise!(vm, PythonFinalizationError, "can't create new thread at interpreter shutdown")
    }
    let parcel = Parcel(Some(Start {
        function: Root::new(function),
        args: Root::new(args),
        kwargs: Root::new(kwargs),
        shared: shared.clone(),
    }));
    let mut builder = std::thread::Builder::new();
    let size = STACK_SIZE.load(Ordering::Relaxed);
    builder = builder.stack_size(if size == 0 { 16 << 20 } else { size });
    if !daemon {
        to_join().push(shared.clone());
    }
    match builder.spawn(move || thread_main(parcel)) {
        Ok(handle) => {
            use std::os::unix::thread::JoinHandleExt;
            let ident = handle.as_pthread_t() as u64;
            shared.ident.store(ident, Ordering::Relaxed);
            Ok(ident)
        }
        Err(_) => {
            to_join().retain(|s| !Arc::ptr_eq(s, &shared));
            Err(vm.runtime_error("can't start new thread"))
        }
    }
}

#[pymethods]
impl ThreadHandle {
    #[slot(tp_new)]
    fn new(_vm: &Vm, _class: Ref<Type>, _args: Args) -> PyResult<Value> {
        Ok(handle(Shared::new()).value())
    }

    #[getter]
    fn ident(_vm: &Vm, this: Ref<ThreadHandle>) -> u64 {
        this.shared.ident.load(Ordering::Relaxed)
    }

    #[pymethod("($self, timeout=None, /)")]
    fn join(vm: &Vm, this: Ref<ThreadHandle>, timeout: Option<Value>) -> PyResult<()> {
        let shared = this.shared.clone();
        let limit = match timeout.filter(|t| !t.is_none()) {
            None => None,
            Some(v) => match crate::os_support::nanoseconds(vm, v, true)? {
                n if n < 0 => None,
                n => Some(n),
            },
        };
        let ident = shared.ident.load(Ordering::Relaxed);
        if ident == 0 {
            return Err(vm.runtime_error("thread not started"));
        }
        if ident == vm.thread().ident && !shared.done.is_set() {
            return Err(vm.runtime_error("Cannot join current thread"));
        }
        shared.done.wait(vm, limit).map(drop)
    }

    #[pymethod("($self, /)")]
    fn is_done(_vm: &Vm, this: Ref<ThreadHandle>) -> bool {
        this.shared.done.is_set()
    }

    #[pymethod("($self, /)")]
    fn _set_done(vm: &Vm, this: Ref<ThreadHandle>) -> PyResult<()> {
        if this.shared.ident.load(Ordering::Relaxed) == 0 {
            return Err(vm.runtime_error("thread not started"));
        }
        this.shared.done.set();
        Ok(())
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        // SAFETY: installed as a slot of this class only.
        let h: Ref<ThreadHandle> = unsafe { this.cast() };
        let ident = h.shared.ident.load(Ordering::Relaxed);
        Ok(vm.new_str(&format!("<_ThreadHandle object: ident={ident}>")))
    }
}

fn handle(shared: Arc<Shared>) -> Ref<ThreadHandle> {
    adder_heap::new(ThreadHandle::shape(), ThreadHandle { h: LongHeader::new(), shared })
}

/// Waits for all threads that are not daemons, as `threading._shutdown` wants.
pub fn shutdown(vm: &Vm) -> PyResult<()> {
    loop {
        let mine = vm.thread().ident;
        let next = to_join().iter().find(|s| s.ident.load(Ordering::Relaxed) != mine).cloned();
        let Some(shared) = next else { return Ok(()) };
        shared.done.wait(vm, None)?;
        to_join().retain(|s| !Arc::ptr_eq(s, &shared));
    }
}

/// This module provides primitive operations to write multi-threaded programs.
/// The 'threading' module provides a more convenient interface.
#[pymodule]
pub mod _thread {
    use super::*;

    fn allocate_(_vm: &Vm) -> Value {
        Lock::make()
    }

    /// Create a new lock object.
    #[pyfunction("($module, /)")]
    fn allocate_lock(vm: &Vm) -> Value {
        allocate_(vm)
    }

    /// An obsolete synonym of allocate_lock().
    #[pyfunction("($module, /)")]
    fn allocate(vm: &Vm) -> Value {
        allocate_(vm)
    }

    /// Return a non-zero integer that uniquely identifies the current thread.
    #[pyfunction("($module, /)")]
    fn get_ident(vm: &Vm) -> u64 {
        vm.thread().ident
    }

    /// Return a non-negative integer identifying the thread as reported by the OS (kernel).
    #[pyfunction("($module, /)")]
    fn get_native_id(_vm: &Vm) -> i32 {
        unsafe { libc::gettid() }
    }

    #[pyfunction("($module, /)")]
    fn _get_main_thread_ident(vm: &Vm) -> u64 {
        vm.main_thread_ident.get()
    }

    #[pyfunction("($module, /)")]
    fn _is_main_interpreter(_vm: &Vm) -> bool {
        true
    }

    /// Return True if daemon threads are allowed in the current interpreter.
    #[pyfunction("($module, /)")]
    fn daemon_threads_allowed(_vm: &Vm) -> bool {
        true
    }

    /// Return the number of currently running Python threads, excluding the main thread.
    #[pyfunction("($module, /)")]
    fn _count(vm: &Vm) -> usize {
        vm.threads().len() - 1
    }

    /// Make a handle of a thread that was started elsewhere.
    #[pyfunction("($module, ident, /)")]
    fn _make_thread_handle(_vm: &Vm, ident: u64) -> Value {
        let shared = Shared::new();
        shared.ident.store(ident, Ordering::Relaxed);
        shared.started.store(true, Ordering::Relaxed);
        handle(shared).value()
    }

    #[pyfunction("($module, /)")]
    fn _shutdown(vm: &Vm) -> PyResult<()> {
        shutdown(vm)
    }

    fn check_start(vm: &Vm, name: &str, function: Value, args: Value, kwargs: Option<Value>) -> PyResult<()> {
        if !vm.is_callable(function) {
            raise!(vm, TypeError, "{name}() first arg must be callable")
        }
        if args.downcast::<Tuple>().is_none() {
            raise!(vm, TypeError, "{name}() 2nd arg must be a tuple")
        }
        if kwargs.is_some_and(|k| k.downcast::<Dict>().is_none()) {
            return Err(vm.type_error("optional 3rd arg must be a dictionary"));
        }
        Ok(())
    }

    /// Start a new thread and return its identifier.
    #[pyfunction("($module, function, args, kwargs={}, /)")]
    fn start_new_thread(vm: &Vm, function: Value, args: Value, kwargs: Option<Value>) -> PyResult<u64> {
        if !vm.is_callable(function) {
            return Err(vm.type_error("first arg must be callable"));
        }
        if args.downcast::<Tuple>().is_none() {
            return Err(vm.type_error("2nd arg must be a tuple"));
        }
        check_start(vm, "start_new_thread", function, args, kwargs)?;
        super::start(vm, function, args, kwargs.unwrap_or(none()), Shared::new(), true)
    }

    /// An obsolete synonym of start_new_thread().
    #[pyfunction("($module, function, args, kwargs={}, /)")]
    fn start_new(vm: &Vm, function: Value, args: Value, kwargs: Option<Value>) -> PyResult<u64> {
        start_new_thread(vm, function, args, kwargs)
    }

    /// *For internal use only*: start a new thread that can be joined through its handle.
    #[pyfunction("($module, /, function, handle=None, daemon=True)")]
    fn start_joinable_thread(
        vm: &Vm,
        function: Value,
        handle: Option<Value>,
        daemon: Option<bool>,
    ) -> PyResult<Value> {
        if !vm.is_callable(function) {
            return Err(vm.type_error("thread function must be callable"));
        }
        let h = match handle.filter(|h| !h.is_none()) {
            None => super::handle(Shared::new()),
            Some(v) => match v.exact::<ThreadHandle>() {
                Some(h) => h,
                None => return Err(vm.type_error("'handle' must be a _ThreadHandle")),
            },
        };
        if h.shared.ident.load(Ordering::Relaxed) != 0 {
            return Err(vm.runtime_error("thread already started"));
        }
        super::start(vm, function, Tuple::empty().value(), none(), h.shared.clone(), daemon.unwrap_or(true))?;
        Ok(h.value())
    }

    /// Raise SystemExit, which silently ends the thread.
    #[pyfunction("($module, /)")]
    fn exit(vm: &Vm) -> PyResult<()> {
        Err(vm.raise_class(Exc::SystemExit.class(), &[]))
    }

    /// An obsolete synonym of exit().
    #[pyfunction("($module, /)")]
    fn exit_thread(vm: &Vm) -> PyResult<()> {
        exit(vm)
    }

    /// Simulate the arrival of the given signal in the main thread.
    #[pyfunction("($module, signum=signal.SIGINT, /)")]
    fn interrupt_main(vm: &Vm, signum: Option<i32>) -> PyResult<()> {
        let signum = signum.unwrap_or(libc::SIGINT);
        if !(1..65).contains(&signum) {
            return Err(vm.value_error("signal number out of range"));
        }
        crate::_signal::simulate(signum);
        Ok(())
    }

    /// Return the thread stack size used when creating new threads.
    #[pyfunction("($module, size=0, /)")]
    fn stack_size(vm: &Vm, size: Option<isize>) -> PyResult<usize> {
        let old = STACK_SIZE.load(Ordering::Relaxed);
        if let Some(n) = size {
            if n < 0 {
                return Err(vm.value_error("size must be 0 or a positive value"));
            }
            if n != 0 && n < 32768 {
                raise!(vm, ValueError, "size not valid: {n} bytes")
            }
            STACK_SIZE.store(n as usize, Ordering::Relaxed);
        }
        Ok(old)
    }

    /// Set the name of the current thread.
    #[pyfunction("($module, /, name)")]
    fn set_name(vm: &Vm, name: Ref<Str>) -> PyResult<()> {
        let mut bytes = vm.fs_encode(name)?;
        let end = bytes.iter().position(|b| *b == 0).unwrap_or(bytes.len());
        bytes.truncate(end.min(15));
        if let Ok(c) = std::ffi::CString::new(bytes) {
            unsafe { libc::pthread_setname_np(libc::pthread_self(), c.as_ptr()) };
        }
        Ok(())
    }

    /// Get the name of the current thread.
    #[pyfunction("($module, /)")]
    fn _get_name(vm: &Vm) -> PyResult<Value> {
        let mut name = [0 as libc::c_char; 100];
        unsafe { libc::pthread_getname_np(libc::pthread_self(), name.as_mut_ptr(), name.len()) };
        vm.fs_decode(unsafe { crate::os_support::c_bytes(name.as_ptr()) })
    }

    /// Handle uncaught Thread.run() exception.
    #[pyfunction("($module, args, /)")]
    fn _excepthook(vm: &Vm, args: Value) -> PyResult<()> {
        let class = vm.struct_sequence_type(&EXCEPT_HOOK_ARGS);
        if args.class() != class {
            return Err(vm.type_error("_thread._excepthook argument type must be ExceptHookArgs"));
        }
        let get = |n: &str| vm.get_attr_str(args, n);
        let (exc_type, value, tb, thread) =
            (get("exc_type")?, get("exc_value")?, get("exc_traceback")?, get("thread")?);
        if exc_type == Exc::SystemExit.class().value() {
            return Ok(());
        }
        let file = match vm.sys_get("stderr").filter(|f| !f.is_none()) {
            Some(f) => f,
            None if thread.is_none() => return Ok(()),
            None => match vm.get_attr_opt(thread, vm.intern_str("_stderr"))?.filter(|f| !f.is_none()) {
                Some(f) => f,
                None => return Ok(()),
            },
        };
        let name = match thread.is_none() {
            true => vm.new_str(&vm.thread().ident.to_string()),
            false => vm.get_attr_str(thread, "name")?,
        };
        let name = vm.str(name)?;
        let text =
            vm.concat_strings(&[vm.new_str("Exception in thread "), name.value(), vm.new_str(":\n")])?;
        vm.call_method(file, vm.intern_str("write"), &[text])?;
        let traceback = adder_vm::import::import_module(vm, "traceback")?;
        let print = vm.get_attr_str(traceback, "print_exception")?;
        vm.call_kw(print, &[exc_type, value, tb], &[("file", file)])?;
        vm.call_method(file, vm.intern_str("flush"), &[])?;
        Ok(())
    }

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        let d = m.dict();
        d.set_str(vm, "lock", ready_class::<Lock>(vm).value());
        d.set_str(vm, "LockType", ready_class::<Lock>(vm).value());
        d.set_str(vm, "RLock", ready_class::<RLock>(vm).value());
        d.set_str(vm, "_local", ready_class::<local::Local>(vm).value());
        d.set_str(vm, "_ThreadHandle", ready_class::<ThreadHandle>(vm).value());
        d.set_str(vm, "_ExceptHookArgs", vm.struct_sequence_type(&EXCEPT_HOOK_ARGS).value());
        d.set_str(vm, "error", Exc::RuntimeError.class().value());
        d.set_str(vm, "TIMEOUT_MAX", vm.float(TIMEOUT_MAX));
        d.set_str(vm, "_NAME_MAXLEN", vm.int(15));
        Ok(())
    }
}
