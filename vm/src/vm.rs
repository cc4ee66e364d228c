//! The virtual machine: start-up, global state, calls.
//!
//! There is one VM per process. `&Vm` is passed everywhere as the first parameter; the state of the
//! running thread is reached through `vm.thread()`.

use crate::args::{Args, NamedArgs};
use crate::builtins::descr::{MethodDescriptor, NativeFunction};
use crate::builtins::dict::Dict;
use crate::builtins::exceptions::{BaseException, Exc};
use crate::builtins::function::{Function, Method};
use crate::builtins::list::List;
use crate::builtins::module::Module;
use crate::builtins::str_::Str;
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::TypeExt;
use crate::def::{METHOD_DESCRIPTOR, ModuleDef};
use crate::error::{PyResult, Raised};
use crate::names::names;
use crate::object::{Ref, Value, ValueExt};
use crate::raise;
use crate::thread::Thread;
use adder_heap as heap;
use adder_heap::{Root, StaticRoot, Visitor};
use std::cell::{Cell, OnceCell, RefCell};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// What the command line and the environment say.
#[derive(Clone, Debug, Default)]
pub struct Config {
    pub program: String,
    pub argv: Vec<String>,
    pub orig_argv: Vec<String>,
    pub executable: String,
    /// The interpreter that a virtual environment was made from; else the same as `executable`.
    pub base_executable: String,
    pub prefix: String,
    pub base_prefix: String,
    /// What pyvenv.cfg says.
    pub home: Option<String>,
    /// Directories and zip files for `sys.path` before site runs.
    pub path: Vec<String>,
    pub stdlib: String,
    pub warn_options: Vec<String>,
    pub x_options: Vec<(String, Option<String>)>,
    pub optimize: u8,
    pub inspect: bool,
    pub interactive: bool,
    pub isolated: bool,
    pub ignore_environment: bool,
    pub no_site: bool,
    pub no_user_site: bool,
    pub safe_path: bool,
    pub dont_write_bytecode: bool,
    pub verbose: u8,
    pub quiet: bool,
    pub debug: u8,
    pub bytes_warning: u8,
    pub dev_mode: bool,
    pub utf8_mode: bool,
    pub unbuffered: bool,
    pub hash_seed: Option<u32>,
    pub pycache_prefix: Option<String>,
    pub int_max_str_digits: usize,
    /// Signals keep the handlers that they have: a program that embeds Python handles them.
    pub no_signals: bool,
}

/// The virtual machine.
pub struct Vm {
    pub config: Config,
    thread: Cell<*const Thread>,
    threads: RefCell<Vec<*const Thread>>,
    recursion_limit: Cell<usize>,
    modules: OnceCell<Root>,
    builtins: OnceCell<Root>,
    /// A copy of the namespace of builtins as it was at the start.
    originals: OnceCell<Root>,
    sys: OnceCell<Root>,
    pub int_max_str_digits: Cell<usize>,
    pub native_modules: RefCell<Vec<&'static ModuleDef>>,
    pub importlib: OnceCell<Root>,
    pub finalizing: Cell<bool>,
    /// What the program put in front of `sys.path`.
    pub sys_path_0: RefCell<Option<String>>,
    pub next_thread_id: Cell<u64>,
    /// `pthread_self` of the thread that runs signal handlers.
    pub main_thread_ident: Cell<u64>,
}

// SAFETY: all state is touched under the GIL (gil-protected).
unsafe impl Sync for Vm {}
unsafe impl Send for Vm {}

/// Set when something waits for the interpreter: signals, GIL requests, finalisers, async exceptions.
pub static EVAL_BREAKER: AtomicU32 = AtomicU32::new(0);
pub const PENDING_SIGNAL: u32 = 1;
pub const PENDING_GIL: u32 = 2;
pub const PENDING_FINALIZERS: u32 = 4;
pub const PENDING_ASYNC: u32 = 8;
pub const PENDING_CALLS: u32 = 16;
/// Frames should change to bodies with or without events.
pub const PENDING_EVENTS: u32 = 32;

static STARTED: AtomicBool = AtomicBool::new(false);
static THE_VM: heap::GilCell<Option<&'static Vm>> = heap::GilCell::new(None);
static MEMORY_ERROR: StaticRoot = StaticRoot::new();

fn trace_roots(v: &mut Visitor) {
    if let Some(vm) = THE_VM.get() {
        for t in vm.threads.borrow().iter() {
            // SAFETY: listed threads are alive.
            unsafe { (**t).trace(v) };
        }
    }
    crate::builtins::type_::trace_cache(v);
    crate::execution::attribute_cache::trace(v);
}

/// Finalisers are to run, or C structs to be deallocated.
pub fn announce_finalizers() {
    EVAL_BREAKER.fetch_or(PENDING_FINALIZERS, Ordering::Relaxed);
}

/// Stack that native recursion may use: what the system gives the thread, less a reserve for native
/// code that does not check.
fn native_limit() -> usize {
    let here = &raw const *&0u8 as usize;
    let _ = here;
    let marker = 0u8;
    let at = &raw const marker as usize;
    // SAFETY: asks for the attributes of the running thread.
    unsafe {
        let mut attr: libc::pthread_attr_t = std::mem::zeroed();
        if libc::pthread_getattr_np(libc::pthread_self(), &mut attr) == 0 {
            let (mut base, mut size) = (std::ptr::null_mut(), 0usize);
            libc::pthread_attr_getstack(&attr, &mut base, &mut size);
            libc::pthread_attr_destroy(&mut attr);
            // The main thread's stack grows on demand up to the limit.
            let low = base as usize;
            if low < at {
                return low + (512 << 10).min((at - low) / 4);
            }
        }
    }
    at - (4 << 20)
}

impl Vm {
    /// Starts the VM: heap, core types, `builtins`, `sys`. Once per process.
    ///
    /// `stack_base` is an address above every frame that will hold objects.
    pub fn start(config: Config, stack_base: *const u8) -> &'static Vm {
        Vm::start_with(config, stack_base, vec![])
    }

    /// As `start`, with the native modules that can be imported.
    pub fn start_with(
        config: Config,
        stack_base: *const u8,
        natives: Vec<&'static ModuleDef>,
    ) -> &'static Vm {
        assert!(!STARTED.swap(true, Ordering::SeqCst), "the VM starts once");
        heap::init(heap::Config::from_env());
        std::mem::forget(heap::attach_thread(stack_base));
        crate::hashing::init(match config.hash_seed {
            Some(n) => adder_text::hash::Seed::Fixed(n),
            None => adder_text::hash::Seed::Random,
        });
        let vm: &'static Vm = Box::leak(Box::new(Vm {
            int_max_str_digits: Cell::new(config.int_max_str_digits),
            config,
            thread: Cell::new(std::ptr::null()),
            threads: RefCell::new(vec![]),
            recursion_limit: Cell::new(1000),
            modules: OnceCell::new(),
            builtins: OnceCell::new(),
            originals: OnceCell::new(),
            sys: OnceCell::new(),
            native_modules: RefCell::new(natives),
            importlib: OnceCell::new(),
            finalizing: Cell::new(false),
            sys_path_0: RefCell::new(None),
            next_thread_id: Cell::new(1),
            main_thread_ident: Cell::new(0),
        }));
        *THE_VM.get() = Some(vm);
        vm.attach_current_thread();
        vm.main_thread_ident.set(vm.thread().ident);
        crate::gil::init();
        heap::add_root_tracer(trace_roots);
        heap::set_pending_hook(announce_finalizers);
        crate::bootstrap::types(vm);
        vm.modules.set(Root::new(Dict::new(vm).value())).ok().expect("set once");
        MEMORY_ERROR.set(Some(crate::builtins::exceptions::preallocate_memory_error(vm)));
        crate::bootstrap::modules(vm);
        vm
    }

    /// The VM of this process, for code that is called without one.
    #[inline(always)]
    pub fn get() -> &'static Vm {
        THE_VM.get().expect("the VM is started")
    }

    /// Registers a thread state for the running thread and makes it current.
    pub fn attach_current_thread(&self) -> *const Thread {
        // SAFETY: pthread_self has no preconditions.
        let ident = unsafe { libc::pthread_self() } as u64;
        let id = self.next_thread_id.get();
        self.next_thread_id.set(id + 1);
        let t: *const Thread = Box::into_raw(Box::new(Thread::new(ident, id, native_limit())));
        self.threads.borrow_mut().push(t);
        self.thread.set(t);
        t
    }

    /// Removes a thread state; its thread runs no Python code any more.
    pub fn detach_thread(&self, t: *const Thread) {
        self.threads.borrow_mut().retain(|x| *x != t);
        if self.thread.get() == t {
            self.thread.set(std::ptr::null());
        }
        // SAFETY: made by `attach_current_thread`, in no list any more.
        drop(unsafe { Box::from_raw(t as *mut Thread) });
    }

    /// In the child of a fork: the states of threads that do not exist any more.
    pub fn forget_other_threads(&self, me: *const Thread) {
        // Their memory is leaked: they may have been anywhere.
        self.threads.borrow_mut().retain(|t| *t == me);
        // SAFETY: pthread_self has no preconditions.
        self.main_thread_ident.set(unsafe { libc::pthread_self() } as u64);
    }

    /// All thread states.
    pub fn threads(&self) -> Vec<*const Thread> {
        self.threads.borrow().clone()
    }

    pub fn set_thread(&self, t: *const Thread) {
        self.thread.set(t);
    }

    #[inline(always)]
    pub fn thread(&self) -> &'static Thread {
        // SAFETY: whoever holds the GIL has a thread state.
        unsafe { &*self.thread.get() }
    }

    /// Whether a thread is like this.
    pub fn any_thread(&self, test: &mut dyn FnMut(&Thread) -> bool) -> bool {
        // SAFETY: listed threads are alive.
        self.threads.borrow().iter().any(|t| test(unsafe { &**t }))
    }

    // ---- namespaces -----------------------------------------------------------------------------

    /// `sys.modules`
    pub fn modules(&self) -> Ref<Dict> {
        // The user may have replaced it in `sys`; imports follow the attribute as CPython's do not.
        // SAFETY: the root holds a Dict.
        unsafe { self.modules.get().expect("made at start-up").get().cast() }
    }

    pub fn set_builtins(&self, m: Ref<Module>) {
        self.builtins.set(Root::new(m.value())).ok().expect("set once");
        self.originals.set(Root::new(m.dict().copy(self).value())).ok().expect("set once");
    }

    pub fn set_sys(&self, m: Ref<Module>) {
        self.sys.set(Root::new(m.value())).ok().expect("set once");
    }

    /// The module `builtins`.
    pub fn builtins_module(&self) -> Ref<Module> {
        // SAFETY: the root holds a Module.
        unsafe { self.builtins.get().expect("made at start-up").get().cast() }
    }

    /// The module `sys`.
    pub fn sys_module(&self) -> Ref<Module> {
        // SAFETY: the root holds a Module.
        unsafe { self.sys.get().expect("made at start-up").get().cast() }
    }

    /// An attribute of `sys`, None if it is missing.
    pub fn sys_get(&self, name: &str) -> Option<Value> {
        let sys: Ref<Module> = unsafe { self.sys.get()?.get().cast() };
        sys.dict().get_name_quiet(self.intern_str(name))
    }

    pub fn sys_set(&self, name: &str, v: Value) {
        self.sys_module().dict().set_str(self, name, v);
    }

    /// A built-in function or class by name.
    pub fn builtin(&self, name: &str) -> PyResult<Value> {
        match self.builtins_module().dict().get_name_quiet(self.intern_str(name)) {
            Some(v) => Ok(v),
            None => raise!(self, NameError, "name '{name}' is not defined"),
        }
    }

    /// A builtin function as it was before the program changed anything.
    pub fn original_builtin(&self, name: &str) -> PyResult<Value> {
        let originals = self.originals.get().and_then(|root| root.get().downcast::<Dict>());
        match originals.and_then(|d| d.get_name_quiet(self.intern_str(name))) {
            Some(v) => Ok(v),
            None => self.builtin(name),
        }
    }

    /// The builtins namespace for code with these globals.
    pub fn builtins_of(&self, globals: Ref<Dict>) -> Ref<Dict> {
        match globals.get_name_quiet(names().__builtins__) {
            Some(b) => match (b.downcast::<Module>(), b.downcast::<Dict>()) {
                (Some(m), _) => m.dict(),
                (_, Some(d)) => d,
                _ => self.builtins_module().dict(),
            },
            None => match self.builtins.get() {
                // SAFETY: the root holds a Module.
                Some(m) => unsafe { m.get().cast::<Module>() }.dict(),
                None => Dict::new(self),
            },
        }
    }

    /// The globals of the running Python code.
    pub fn current_globals(&self) -> Option<Ref<Dict>> {
        // SAFETY: the top frame is initialised.
        self.thread().top().map(|f| unsafe { (*f).globals() })
    }

    // ---- limits and events ----------------------------------------------------------------------

    #[inline(always)]
    pub fn recursion_limit(&self) -> usize {
        self.recursion_limit.get()
    }

    pub fn set_recursion_limit(&self, n: usize) {
        self.recursion_limit.set(n);
    }

    #[cold]
    pub fn recursion_error(&self, place: &str) -> Raised {
        self.error(Exc::RecursionError, format!("maximum recursion depth exceeded{place}"))
    }

    /// RecursionError if there are too many Python frames.
    #[inline(always)]
    pub fn check_recursion(&self) -> PyResult<()> {
        if self.thread().depth.get() >= self.recursion_limit.get() {
            return self.too_deep();
        }
        Ok(())
    }

    #[cold]
    fn too_deep(&self) -> PyResult<()> {
        // Room for the handlers of the error itself.
        let depth = &self.thread().depth;
        let saved = depth.get();
        depth.set(saved.saturating_sub(50));
        let raised = self.recursion_error("");
        depth.set(saved);
        Err(raised)
    }

    /// RecursionError if native recursion has come near the end of the stack.
    #[inline(always)]
    pub fn check_native_stack(&self) -> PyResult<()> {
        let marker = 0u8;
        if (&raw const marker as usize) < self.thread().native_limit.get() {
            return Err(self.native_overflow());
        }
        Ok(())
    }

    /// Whether `check_native_stack` would fail.
    #[inline(always)]
    pub fn near_native_limit(&self) -> bool {
        let marker = 0u8;
        (&raw const marker as usize) < self.thread().native_limit.get()
    }

    #[cold]
    fn native_overflow(&self) -> Raised {
        let limit = &self.thread().native_limit;
        let saved = limit.get();
        // The reserve below the limit is for making the error.
        limit.set(saved.saturating_sub(256 << 10));
        let raised = self.error(Exc::RecursionError, "Stack overflow (native recursion)");
        limit.set(saved);
        raised
    }

    #[inline(always)]
    pub fn eval_breaker(&self) -> bool {
        EVAL_BREAKER.load(Ordering::Relaxed) != 0
    }

    /// Does what waits: signal handlers, another thread's turn, finalisers.
    #[cold]
    #[inline(never)]
    pub fn handle_pending(&self) -> PyResult<()> {
        crate::pending::handle(self)
    }

    // ---- the error indicator --------------------------------------------------------------------

    pub fn set_exception(&self, exc: Ref<BaseException>) {
        self.thread().exception.set(exc.value().bits());
    }

    pub fn exception_is_set(&self) -> bool {
        self.thread().exception.get() != 0
    }

    /// The exception being raised, without taking it.
    pub fn peek_exception(&self) -> Option<Ref<BaseException>> {
        // SAFETY: the indicator is an exception or 0.
        Value::from_bits(self.thread().exception.get()).map(|v| unsafe { v.cast() })
    }

    /// Takes the exception being raised.
    pub fn fetch_exception(&self) -> Option<Ref<BaseException>> {
        let exc = self.peek_exception();
        self.thread().exception.set(0);
        exc
    }

    // ---- calls ----------------------------------------------------------------------------------

    /// `f(*args)`
    #[inline]
    pub fn call(&self, f: Value, args: &[Value]) -> PyResult<Value> {
        self.call_args(f, Args::positional(args))
    }

    /// `f(*args, **kwargs)`
    pub fn call_kw(&self, f: Value, args: &[Value], keywords: &[(&str, Value)]) -> PyResult<Value> {
        let list = List::from_slice(self, args);
        let names: Result<Ref<Tuple>, Raised> =
            Tuple::build(self, keywords.len(), |i| Ok(self.intern_str(keywords[i].0).value()));
        for (_, v) in keywords {
            list.push(self, *v);
        }
        self.call_args(f, NamedArgs::new(list.items(), Some(names?)).args())
    }

    /// Calls anything.
    pub fn call_args(&self, f: Value, args: Args) -> PyResult<Value> {
        if let Some(f) = f.exact::<Function>() {
            return self.call_function(f, args);
        }
        if let Some(f) = f.exact::<NativeFunction>() {
            self.check_native_stack()?;
            return f.invoke(self, args);
        }
        if let Some(m) = f.exact::<Method>() {
            return self.call_prepended(m.function.get(), m.receiver.get(), args);
        }
        match f.class().slots().tp_call {
            Some(call) => {
                self.check_native_stack()?;
                call(self, f, args)
            }
            None => raise!(self, TypeError, "'{}' object is not callable", f.class().name()),
        }
    }

    /// `f(first, *args)`
    pub fn call_prepended(&self, f: Value, first: Value, args: Args) -> PyResult<Value> {
        self.with_prepended(first, args, |args| self.call_args(f, args))
    }

    /// Runs `body` with the arguments and one more in front.
    #[inline]
    pub fn with_prepended<R>(&self, first: Value, args: Args, body: impl FnOnce(Args) -> R) -> R {
        let n = args.all().len() + 1;
        if n <= 8 {
            let mut buffer = [first; 8];
            buffer[1..n].copy_from_slice(args.all());
            return body(NamedArgs::new(&buffer[..n], args.names()).args());
        }
        let list = List::with_capacity(self, n);
        list.push(self, first);
        list.extend_slice(self, args.all()).expect("the capacity is reserved");
        body(NamedArgs::new(list.items(), args.names()).args())
    }

    /// The special method of an object's class, bound unless it is a plain function (then the caller
    /// passes the receiver: see `call_method_value`).
    pub fn lookup_special(&self, obj: Value, name: Ref<Str>) -> PyResult<Option<Value>> {
        Ok(obj.class().lookup(self, name))
    }

    /// Calls a class attribute found by `lookup` as a method of `this`.
    #[inline]
    pub fn call_unbound(&self, f: Value, this: Value, args: &[Value]) -> PyResult<Value> {
        self.call_args_method(f, this, Args::positional(args))
    }

    /// As `call_unbound`.
    pub fn call_method_value(&self, f: Value, this: Value, args: &[Value]) -> PyResult<Value> {
        self.call_args_method(f, this, Args::positional(args))
    }

    /// Calls a class attribute found by `lookup` as a method of `this`, with any arguments.
    pub fn call_args_method(&self, f: Value, this: Value, args: Args) -> PyResult<Value> {
        if f.is::<Function>() || f.is::<MethodDescriptor>() || f.class().has_flag(METHOD_DESCRIPTOR) {
            return self.call_prepended(f, this, args);
        }
        match f.class().slots().tp_descr_get {
            Some(get) => {
                let bound = get(self, f, Some(this), this.class().value())?;
                self.call_args(bound, args)
            }
            None => self.call_args(f, args),
        }
    }

    /// Calls a special method; None if the class has none.
    #[inline]
    pub fn call_special(&self, this: Value, name: Ref<Str>, args: &[Value]) -> PyResult<Option<Value>> {
        match this.class().lookup(self, name) {
            Some(f) => self.call_unbound(f, this, args).map(Some),
            None => Ok(None),
        }
    }

    /// `obj.name(*args)`
    pub fn call_method(&self, obj: Value, name: Ref<Str>, args: &[Value]) -> PyResult<Value> {
        let class = obj.class();
        if let Some(f) = class.lookup(self, name)
            && (f.is::<Function>() || f.is::<MethodDescriptor>())
            && !class.is_generic(crate::slots::SlotId::tp_getattro)
            && self.instance_get(obj, name)?.is_none()
        {
            return self.call_prepended(f, obj, Args::positional(args));
        }
        let f = self.get_attr(obj, name)?;
        self.call(f, args)
    }

    pub fn is_callable(&self, v: Value) -> bool {
        v.class().slots().tp_call.is_some()
    }

    /// The name of a callable for messages: `f()`, `C.m()`.
    pub fn callable_name(&self, f: Value) -> String {
        if let Some(f) = f.exact::<Function>() {
            return match f.module.get().downcast::<Str>() {
                Some(m) if !m.eq_str("builtins") => format!("{m}.{}()", f.qualname.get()),
                _ => format!("{}()", f.qualname.get()),
            };
        }
        if let Some(m) = f.exact::<Method>() {
            return self.callable_name(m.function.get());
        }
        if let Some(n) = f.exact::<NativeFunction>() {
            return format!("{}()", n.def().name);
        }
        let named =
            self.get_attr_opt(f, names().__qualname__).ok().flatten().and_then(|n| n.downcast::<Str>());
        match named {
            Some(n) => format!("{n}()"),
            None => format!("{} object", f.class().name()),
        }
    }
}
