//! The module `sys`.

use crate::builtins::dict::Dict;
use crate::builtins::exceptions::{BaseException, Exc};
use crate::builtins::list::List;
use crate::builtins::module::Module;
use crate::builtins::singletons::{bool_value, none};
use crate::builtins::str_::Str;
use crate::builtins::traceback::Traceback;
use crate::builtins::tuple::Tuple;
use crate::error::PyResult;
use crate::names::names;
use crate::object::{Object, Ref, Value, ValueExt};
use crate::raise;
use crate::vm::Vm;
use adder_heap as heap;
use adder_macros::pymodule;
use std::sync::atomic::{AtomicI64, Ordering};

/// Version of the language and library.
pub const VERSION: (i64, i64, i64) = (3, 14, 8);

/// This module provides access to some objects used or maintained by the
/// interpreter and to functions that interact strongly with the interpreter.
#[pymodule]
pub mod sys {
    use super::*;

    /// Print an object to sys.stdout and also save it in builtins._
    #[pyfunction("($module, object, /)")]
    fn displayhook(vm: &Vm, object: Value) -> PyResult<()> {
        if object.is_none() {
            return Ok(());
        }
        let builtins = vm.builtins_module().dict();
        builtins.set_str(vm, "_", none());
        let out = vm.sys_get("stdout").filter(|o| !o.is_none());
        let Some(out) = out else { return Err(vm.runtime_error("lost sys.stdout")) };
        let text = vm.repr(object)?;
        vm.call_method(out, names().write, &[text])?;
        vm.call_method(out, names().write, &[vm.new_str("\n")])?;
        builtins.set_str(vm, "_", object);
        Ok(())
    }

    /// Return the current exception.
    #[pyfunction("($module, /)")]
    fn exception(vm: &Vm) -> Option<Ref<BaseException>> {
        vm.thread().handled_exception()
    }

    /// Return current exception information: (type, value, traceback).
    #[pyfunction("($module, /)")]
    fn exc_info(vm: &Vm) -> Value {
        match vm.thread().handled_exception() {
            None => Tuple::from_slice(vm, &[none(), none(), none()]).value(),
            Some(e) => {
                let tb = e.traceback.get().unwrap_or(none());
                Tuple::from_slice(vm, &[e.value().class().value(), e.value(), tb]).value()
            }
        }
    }

    /// Handle an exception by displaying it with a traceback on sys.stderr.
    #[pyfunction("($module, exctype, value, traceback, /)")]
    fn excepthook(vm: &Vm, exctype: Value, value: Value, traceback: Value) -> PyResult<()> {
        print_exception(vm, exctype, value, traceback)
    }

    /// Handle an unraisable exception.
    #[pyfunction("($module, unraisable, /)")]
    fn unraisablehook(vm: &Vm, unraisable: Value) -> PyResult<()> {
        if unraisable.class().name() != "UnraisableHookArgs" {
            return Err(vm.type_error("sys.unraisablehook argument type must be UnraisableHookArgs"));
        }
        let get = |n: &str| vm.get_attr_str(unraisable, n);
        let (message, object) = (get("err_msg")?, get("object")?);
        let mut text = match message.downcast::<Str>() {
            Some(m) => m.to_string(),
            None => "Exception ignored in".to_string(),
        };
        if !object.is_none() {
            let shown = match vm.repr_string(object) {
                Ok(s) => s,
                Err(raised) => {
                    let _ = vm.take_exception(raised);
                    "<object repr() failed>".into()
                }
            };
            text.push_str(&format!(" {shown}"));
        }
        text = format!("{}:\n", text.trim_end_matches(':'));
        if let Some(err) = vm.sys_get("stderr").filter(|e| !e.is_none()) {
            vm.call_method(err, names().write, &[vm.new_str(&text)])?;
        }
        print_exception(vm, get("exc_type")?, get("exc_value")?, get("exc_traceback")?)
    }

    /// Exit the interpreter by raising SystemExit(status).
    #[pyfunction("($module, status=None, /)")]
    fn exit(vm: &Vm, status: Option<Value>) -> PyResult<()> {
        let class = Exc::SystemExit.class();
        // A tuple is the arguments of the exception.
        match status.filter(|s| !s.is_none()) {
            None => Err(vm.raise_class(class, &[])),
            Some(s) => match s.downcast::<Tuple>() {
                Some(t) => Err(vm.raise_class(class, t.items())),
                None => Err(vm.raise_class(class, &[s])),
            },
        }
    }

    /// Return the current default encoding used by the Unicode implementation.
    #[pyfunction("($module, /)")]
    fn getdefaultencoding(_vm: &Vm) -> &'static str {
        "utf-8"
    }

    /// Return the encoding used to convert Unicode filenames to OS filenames.
    #[pyfunction("($module, /)")]
    fn getfilesystemencoding(_vm: &Vm) -> &'static str {
        "utf-8"
    }

    /// Return the error mode used for Unicode to OS filename conversion.
    #[pyfunction("($module, /)")]
    fn getfilesystemencodeerrors(_vm: &Vm) -> &'static str {
        "surrogateescape"
    }

    /// Return the current value of the recursion limit.
    #[pyfunction("($module, /)")]
    fn getrecursionlimit(vm: &Vm) -> usize {
        vm.recursion_limit()
    }

    /// Set the maximum depth of the Python interpreter stack to n.
    #[pyfunction("($module, limit, /)")]
    fn setrecursionlimit(vm: &Vm, limit: i32) -> PyResult<()> {
        if limit < 1 {
            return Err(vm.value_error("recursion limit must be greater or equal than 1"));
        }
        let depth = vm.thread().depth.get();
        if depth >= limit as usize {
            raise!(
                vm,
                RecursionError,
                "cannot set the recursion limit to {limit} at the recursion depth {depth}: the limit is too low"
            )
        }
        vm.set_recursion_limit(limit as usize);
        Ok(())
    }

    /// Return the reference count of object.
    #[pyfunction("($module, object, /)")]
    fn getrefcount(vm: &Vm, object: Value) -> i64 {
        // Only the references that C has are counted; immortal objects have CPython's number. How many others
        // there are is not known: with three, nobody takes the object for a temporary one and changes it or
        // warns, as pandas does before it stores items.
        if is_immortal(vm, object) { 3 << 30 } else { 3 + crate::extension::references(object) }
    }

    /// Return the size of object in bytes.
    #[pyfunction("($module, object, default=None)")]
    fn getsizeof(vm: &Vm, object: Value, default: Option<Value>) -> PyResult<Value> {
        match vm.call_special(object, names().__sizeof__, &[]) {
            Ok(Some(v)) => {
                let size = match vm.index_isize(v) {
                    Ok(size) => size,
                    Err(raised) => {
                        let Some(d) = default else { return Err(raised) };
                        vm.swallow(raised, Exc::TypeError)?;
                        return Ok(d);
                    }
                };
                if size < 0 {
                    return Err(vm.value_error("__sizeof__() should return >= 0"));
                }
                Ok(vm.int(size as i64))
            }
            Ok(None) => raise!(vm, TypeError, "Type {} doesn't define __sizeof__", object.class().name()),
            Err(raised) => match default {
                Some(d) => {
                    vm.swallow(raised, Exc::TypeError)?;
                    Ok(d)
                }
                None => Err(raised),
            },
        }
    }

    /// Return a frame object from the call stack.
    #[pyfunction("($module, depth=0, /)")]
    fn _getframe(vm: &Vm, depth: Option<i32>) -> PyResult<Value> {
        match crate::builtins::frame::current(vm, depth.unwrap_or(0).max(0) as usize) {
            Some(f) => {
                crate::sys_functions::audit(vm, "sys._getframe", &[f.value()])?;
                Ok(f.value())
            }
            None => Err(vm.value_error("call stack is not deep enough")),
        }
    }

    /// Return the name of the module for the calling frame.
    #[pyfunction("($module, depth=0)")]
    fn _getframemodulename(vm: &Vm, depth: Option<i32>) -> PyResult<Value> {
        crate::sys_functions::audit(vm, "sys._getframemodulename", &[vm.int(depth.unwrap_or(0) as i64)])?;
        Ok(match crate::builtins::frame::current(vm, depth.unwrap_or(0).max(0) as usize) {
            Some(f) => f.globals().get_name_quiet(names().__name__).unwrap_or(none()),
            None => none(),
        })
    }

    /// ``Intern'' the given string.
    #[pyfunction("($module, string, /)")]
    fn intern(vm: &Vm, string: Value) -> PyResult<Value> {
        match string.exact::<Str>() {
            Some(s) => Ok(vm.intern_ref(s).value()),
            None if string.downcast::<Str>().is_some() => {
                raise!(vm, TypeError, "can't intern {}", string.class().name())
            }
            None => raise!(vm, TypeError, "intern() argument must be str, not {}", string.class().name()),
        }
    }

    /// Return True if the given string is "interned".
    #[pyfunction("($module, string, /)")]
    fn _is_interned(_vm: &Vm, string: Ref<Str>) -> bool {
        string.is_interned()
    }

    /// Return True if the GIL is enabled.
    #[pyfunction("($module, /)")]
    fn _is_gil_enabled(_vm: &Vm) -> bool {
        true
    }

    /// Return True if Python is exiting.
    #[pyfunction("($module, /)")]
    fn is_finalizing(vm: &Vm) -> bool {
        vm.finalizing.get()
    }

    /// Return True if the object is immortal.
    #[pyfunction("($module, op, /)")]
    fn _is_immortal(vm: &Vm, op: Value) -> bool {
        is_immortal(vm, op)
    }

    /// Set the maximum string digits limit for non-binary int<->str conversions.
    #[pyfunction("($module, maxdigits)")]
    fn set_int_max_str_digits(vm: &Vm, maxdigits: i32) -> PyResult<()> {
        if maxdigits != 0 && maxdigits < 640 {
            return Err(vm.value_error("maxdigits must be 0 or larger than 640"));
        }
        vm.int_max_str_digits.set(maxdigits as usize);
        Ok(())
    }

    /// Return the maximum string digits limit for non-binary int<->str conversions.
    #[pyfunction("($module, /)")]
    fn get_int_max_str_digits(vm: &Vm) -> usize {
        vm.int_max_str_digits.get()
    }

    /// Set the global debug tracing function.
    #[pyfunction("($module, function, /)")]
    fn settrace(vm: &Vm, function: Value) -> PyResult<()> {
        crate::sys_functions::audit(vm, "sys.settrace", &[])?;
        crate::events::legacy::set_trace(vm, vm.thread(), Some(function));
        Ok(())
    }

    /// Set the global debug tracing function in all running threads belonging to the current interpreter.
    #[pyfunction("($module, arg, /)")]
    fn _settraceallthreads(vm: &Vm, arg: Value) {
        for t in vm.threads() {
            // SAFETY: listed threads are alive.
            crate::events::legacy::set_trace(vm, unsafe { &*t }, Some(arg));
        }
    }

    /// Set the profiling function in all running threads belonging to the current interpreter.
    #[pyfunction("($module, arg, /)")]
    fn _setprofileallthreads(vm: &Vm, arg: Value) {
        for t in vm.threads() {
            // SAFETY: listed threads are alive.
            crate::events::legacy::set_profile(vm, unsafe { &*t }, Some(arg));
        }
    }

    /// Return the global debug tracing function set with sys.settrace.
    #[pyfunction("($module, /)")]
    fn gettrace(vm: &Vm) -> Option<Value> {
        Value::from_bits(vm.thread().trace_function.get())
    }

    /// Set the profiling function.
    #[pyfunction("($module, function, /)")]
    fn setprofile(vm: &Vm, function: Value) -> PyResult<()> {
        crate::sys_functions::audit(vm, "sys.setprofile", &[])?;
        crate::events::legacy::set_profile(vm, vm.thread(), Some(function));
        Ok(())
    }

    /// Return the profiling function set with sys.setprofile.
    #[pyfunction("($module, /)")]
    fn getprofile(vm: &Vm) -> Option<Value> {
        Value::from_bits(vm.thread().profile_function.get())
    }

    /// Return the thread switch interval.
    #[pyfunction("($module, /)")]
    fn getswitchinterval(_vm: &Vm) -> f64 {
        f64::from_bits(SWITCH_INTERVAL.load(std::sync::atomic::Ordering::Relaxed))
    }

    /// Set the ideal thread switching delay inside the Python interpreter.
    #[pyfunction("($module, interval, /)")]
    fn setswitchinterval(vm: &Vm, interval: f64) -> PyResult<()> {
        if interval <= 0.0 {
            return Err(vm.value_error("switch interval must be strictly positive"));
        }
        SWITCH_INTERVAL.store(interval.to_bits(), std::sync::atomic::Ordering::Relaxed);
        Ok(())
    }

    /// Check status of origin tracking for coroutine objects in this thread.
    #[pyfunction("($module, /)")]
    fn get_coroutine_origin_tracking_depth(vm: &Vm) -> usize {
        vm.thread().coroutine_origin_depth.get()
    }

    /// Enable or disable origin tracking for coroutine objects in this thread.
    #[pyfunction("($module, depth)")]
    fn set_coroutine_origin_tracking_depth(vm: &Vm, depth: i32) -> PyResult<()> {
        if depth < 0 {
            return Err(vm.value_error("depth must be >= 0"));
        }
        vm.thread().coroutine_origin_depth.set(depth as usize);
        Ok(())
    }

    /// Return the installed asynchronous generators hooks.
    #[pyfunction("($module, /)")]
    fn get_asyncgen_hooks(vm: &Vm) -> PyResult<Value> {
        let t = vm.thread();
        let word = |w: u64| Value::from_bits(w).unwrap_or(none());
        let (a, b) = (word(t.asyncgen_firstiter.get()), word(t.asyncgen_finalizer.get()));
        namespace(vm, &[("firstiter", a), ("finalizer", b)], &[a, b])
    }

    /// set_asyncgen_hooks([firstiter] [, finalizer])
    #[pyfunction("($module, firstiter=None, finalizer=None)")]
    fn set_asyncgen_hooks(vm: &Vm, firstiter: Option<Value>, finalizer: Option<Value>) -> PyResult<()> {
        let t = vm.thread();
        let set = |cell: &std::cell::Cell<u64>, v: Option<Value>, what: &str| -> PyResult<()> {
            match v {
                None => {}
                Some(v) if v.is_none() => cell.set(0),
                Some(v) if vm.is_callable(v) => cell.set(v.bits()),
                Some(v) => raise!(vm, TypeError, "callable {what} expected, got {}", v.class().name()),
            }
            Ok(())
        };
        set(&t.asyncgen_finalizer, finalizer, "finalizer")?;
        set(&t.asyncgen_firstiter, firstiter, "firstiter")
    }

    /// The number of CPUs that `-X cpu_count` sets, or -1.
    #[pyfunction("($module, /)")]
    fn _get_cpu_count_config(vm: &Vm) -> i64 {
        cpu_count_config(vm)
    }

    /// Call func while tracing is enabled.
    #[pyfunction("($module, func, args, /)")]
    fn call_tracing(vm: &Vm, func: Value, args: Ref<Tuple>) -> PyResult<Value> {
        vm.call(func, args.items())
    }

    /// Clear the internal type and attribute caches.
    #[pyfunction("($module, /)")]
    fn _clear_internal_caches(_vm: &Vm) {}

    /// Clear the internal type lookup cache.
    #[pyfunction("($module, /)")]
    fn _clear_type_cache(vm: &Vm) -> PyResult<()> {
        vm.warn_deprecated("sys._clear_type_cache() is deprecated and may be removed in a future version of Python. Use sys._clear_internal_caches() instead.")
    }

    /// Return a dict mapping each thread's identifier to its current stack frame.
    #[pyfunction("($module, /)")]
    fn _current_frames(vm: &Vm) -> PyResult<Value> {
        crate::sys_functions::audit(vm, "sys._current_frames", &[])?;
        let d = Dict::new(vm);
        for t in vm.threads() {
            // SAFETY: listed threads are alive and wait for the GIL, which is held here.
            let t = unsafe { &*t };
            let f = t.frame.get();
            if !f.is_null() && f >= t.stacks.controls {
                let frame = crate::builtins::frame::object_of(vm, f);
                d.set_item(vm, vm.new_int(t.ident as i128), frame.value())?;
            }
        }
        Ok(d.value())
    }

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        super::fill(vm, m)
    }
}

/// Utilities for observing just-in-time compilation.
#[pymodule("sys._jit")]
pub mod jit {
    use super::*;

    /// Return True if the interpreter can compile to machine code.
    #[pyfunction("($module, /)")]
    fn is_available(_vm: &Vm) -> bool {
        false
    }

    /// Return True if compilation is switched on.
    #[pyfunction("($module, /)")]
    fn is_enabled(_vm: &Vm) -> bool {
        false
    }

    /// Return True if the running frame is compiled code.
    #[pyfunction("($module, /)")]
    fn is_active(_vm: &Vm) -> bool {
        false
    }
}

/// Small ints, the singletons, interned strings, native classes: what CPython never frees.
fn is_immortal(vm: &Vm, v: Value) -> bool {
    if v.is_small() {
        return vm.int_to_i64(v).is_some_and(|n| (-5..=1024).contains(&n));
    }
    if let Some(s) = v.exact::<Str>() {
        return s.is_interned() || s.len() <= 1;
    }
    let singletons = [none(), bool_value(true), bool_value(false)];
    singletons.contains(&v)
        || v == crate::builtins::singletons::ellipsis()
        || v == crate::builtins::singletons::not_implemented()
        || v.exact::<Tuple>().is_some_and(|t| t.is_empty())
        || v.exact::<crate::builtins::bytes::Bytes>().is_some_and(|b| b.len() <= 1)
        || v.downcast::<crate::builtins::type_::Type>().is_some_and(|t| !t.is_heap_type())
}

static SWITCH_INTERVAL: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0x3f747ae147ae147b);

/// A struct sequence-like value: a tuple where the fields can also be read by name.
fn namespace(vm: &Vm, fields: &[(&str, Value)], items: &[Value]) -> PyResult<Value> {
    crate::builtins::more::named_tuple(vm, "sys.namespace", fields, items)
}

/// The argument of `sys.unraisablehook`.
pub fn unraisable_args(vm: &Vm, parts: &[Value; 5]) -> PyResult<Value> {
    let names = ["exc_type", "exc_value", "exc_traceback", "err_msg", "object"];
    let fields: Vec<(&str, usize)> = names.iter().copied().zip(0..).collect();
    let list: Vec<&str> = fields.iter().map(|f| f.0).collect();
    let pairs = [
        (list[0], parts[0]),
        (list[1], parts[1]),
        (list[2], parts[2]),
        (list[3], parts[3]),
        (list[4], parts[4]),
    ];
    crate::builtins::more::named_tuple(vm, "UnraisableHookArgs", &pairs, parts)
}

/// `cr_origin` for a coroutine made now.
pub fn coroutine_origin(vm: &Vm) -> PyResult<Value> {
    let depth = vm.thread().coroutine_origin_depth.get();
    let list = List::new(vm);
    for i in 1..=depth {
        let Some(f) = crate::builtins::frame::current(vm, i) else { break };
        let code = f.code();
        let entry =
            [code.filename.get().value(), vm.int(f.line().unwrap_or(0) as i64), code.name.get().value()];
        list.push(vm, Tuple::from_slice(vm, &entry).value());
    }
    Ok(Tuple::from_slice(vm, list.items()).value())
}

/// Shows an exception on `sys.stderr`: with `traceback`, or plainly while that cannot be imported.
pub fn print_exception(vm: &Vm, exctype: Value, value: Value, traceback: Value) -> PyResult<()> {
    if let Some(e) = value.downcast::<BaseException>()
        && traceback.is::<Traceback>()
        && e.traceback.get().is_none()
    {
        e.traceback.set(e, Some(traceback));
    }
    let pretty = || -> PyResult<()> {
        let module = crate::import::import_module(vm, "traceback")?;
        let f = vm.get_attr_str(module, "_print_exception_bltin")?;
        vm.call(f, &[value])?;
        Ok(())
    };
    if vm.importlib.get().is_some() && value.downcast::<BaseException>().is_some() {
        match pretty() {
            Ok(()) => return Ok(()),
            Err(raised) => {
                let _ = vm.take_exception(raised);
            }
        }
    }
    let _ = exctype;
    let text = if value.downcast::<BaseException>().is_some() {
        plain_report(vm, value)
    } else {
        let name = value.class().name();
        format!("TypeError: print_exception(): Exception expected for value, {name} found\n")
    };
    match vm.sys_get("stderr").filter(|e| !e.is_none()) {
        Some(err) => {
            vm.call_method(err, names().write, &[vm.new_str(&text)])?;
        }
        None => eprint!("{text}"),
    }
    Ok(())
}

/// The traceback and message of an exception without help from the library.
pub fn plain_report(vm: &Vm, value: Value) -> String {
    report_of(vm, value, crate::builtins::list::List::new(vm))
}

/// `seen`: the exceptions that are being shown, which causes may lead back to.
fn report_of(vm: &Vm, value: Value, seen: Ref<crate::builtins::list::List>) -> String {
    const LONGEST: usize = 1000;
    let mut out = String::new();
    let Some(e) = value.downcast::<BaseException>() else { return "unknown exception\n".into() };
    seen.push(vm, value);
    let is_new = |e: &Ref<BaseException>| seen.len() < LONGEST && !seen.items().contains(&e.value());
    if let Some(c) = e.cause.get() {
        if is_new(&c) {
            out.push_str(&report_of(vm, c.value(), seen));
            out.push_str("\nThe above exception was the direct cause of the following exception:\n\n");
        }
    } else if let Some(c) = e.context.get().filter(|c| !e.suppress_context.get() && is_new(c)) {
        out.push_str(&report_of(vm, c.value(), seen));
        out.push_str("\nDuring handling of the above exception, another exception occurred:\n\n");
    }
    let mut tb = e.traceback.get().and_then(|t| t.exact::<Traceback>());
    if tb.is_some() {
        out.push_str("Traceback (most recent call last):\n");
    }
    while let Some(t) = tb {
        let code = t.frame.get().code();
        let line = t.line().map_or("?".to_string(), |l| l.to_string());
        out.push_str(&format!(
            "  File \"{}\", line {line}, in {}\n",
            code.filename.get(),
            code.qualname.get()
        ));
        tb = t.next.get();
    }
    let name = value.class().full_name(vm);
    let message = match vm.str(value) {
        Ok(s) => s.to_string(),
        Err(raised) => {
            let _ = vm.take_exception(raised);
            "<exception str() failed>".into()
        }
    };
    if message.is_empty() {
        out.push_str(&format!("{name}\n"));
    } else {
        out.push_str(&format!("{name}: {message}\n"));
    }
    out
}

fn strings(vm: &Vm, list: &[String]) -> Value {
    let l = List::new(vm);
    for s in list {
        l.push(vm, vm.new_str(s));
    }
    l.value()
}

fn fill(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
    let d = m.dict();
    let c = &vm.config;
    let set = |name: &str, v: Value| d.set_str(vm, name, v);
    set("modules", vm.modules().value());
    set("path", strings(vm, &c.path));
    set("argv", strings(vm, &c.argv));
    set("orig_argv", strings(vm, &c.orig_argv));
    set("warnoptions", strings(vm, &c.warn_options));
    set("executable", vm.new_str(&c.executable));
    set("_base_executable", vm.new_str(&c.base_executable));
    set("prefix", vm.new_str(&c.prefix));
    set("exec_prefix", vm.new_str(&c.prefix));
    set("base_prefix", vm.new_str(&c.base_prefix));
    set("base_exec_prefix", vm.new_str(&c.base_prefix));
    set("_home", c.home.as_ref().map_or(none(), |h| vm.new_str(h)));
    set("platlibdir", vm.new_str("lib"));
    set("_stdlib_dir", vm.new_str(&c.stdlib));
    set("_framework", vm.new_str(""));
    set("platform", vm.new_str("linux"));
    set("byteorder", vm.new_str("little"));
    set("maxsize", vm.new_int(i64::MAX as i128));
    set("maxunicode", vm.int(0x10ffff));
    set("copyright", vm.new_str("Copyright (c) the Adder developers."));
    set("abiflags", vm.new_str(""));
    set("api_version", vm.int(1013));
    set("hexversion", vm.int(0x030e08f0));
    set(
        "version",
        vm.new_str(&format!(
            "{}.{}.{} (Adder {}, main) [Rust]",
            VERSION.0,
            VERSION.1,
            VERSION.2,
            env!("CARGO_PKG_VERSION")
        )),
    );
    set("dont_write_bytecode", bool_value(c.dont_write_bytecode));
    set("pycache_prefix", c.pycache_prefix.as_ref().map_or(none(), |p| vm.new_str(p)));
    set("float_repr_style", vm.new_str("short"));
    set("meta_path", List::new(vm).value());
    set("path_hooks", List::new(vm).value());
    set("path_importer_cache", Dict::new(vm).value());
    set("_git", Tuple::from_slice(vm, &[vm.new_str("Adder"), vm.new_str(""), vm.new_str("")]).value());
    let xoptions = Dict::new(vm);
    for (k, v) in &c.x_options {
        xoptions.set_str(vm, k, v.as_ref().map_or(bool_value(true), |v| vm.new_str(v)));
    }
    set("_xoptions", xoptions.value());
    let builtin_names = List::new(vm);
    let mut names_list: Vec<&str> = vm.native_modules.borrow().iter().map(|d| d.name).collect();
    names_list.extend(["builtins", "sys"]);
    names_list.sort();
    for n in names_list {
        builtin_names.push(vm, vm.new_str(n));
    }
    set("builtin_module_names", Tuple::from_slice(vm, builtin_names.items()).value());
    let version_info = [
        ("major", vm.int(VERSION.0)),
        ("minor", vm.int(VERSION.1)),
        ("micro", vm.int(VERSION.2)),
        ("releaselevel", vm.new_str("final")),
        ("serial", vm.int(0)),
    ];
    set("version_info", seq(vm, "sys.version_info", &version_info)?);
    let b = |x: bool| vm.int(x as i64);
    let flags = [
        ("debug", vm.int(c.debug as i64)),
        ("inspect", b(c.inspect)),
        ("interactive", b(c.interactive)),
        ("optimize", vm.int(c.optimize as i64)),
        ("dont_write_bytecode", b(c.dont_write_bytecode)),
        ("no_user_site", b(c.no_user_site)),
        ("no_site", b(c.no_site)),
        ("ignore_environment", b(c.ignore_environment)),
        ("verbose", vm.int(c.verbose as i64)),
        ("bytes_warning", vm.int(c.bytes_warning as i64)),
        ("quiet", b(c.quiet)),
        ("hash_randomization", b(c.hash_seed != Some(0))),
        ("isolated", b(c.isolated)),
        ("dev_mode", bool_value(c.dev_mode)),
        ("utf8_mode", b(c.utf8_mode)),
        ("warn_default_encoding", vm.int(0)),
        ("safe_path", bool_value(c.safe_path)),
        ("int_max_str_digits", vm.int(c.int_max_str_digits as i64)),
        // Attributes, but no items.
        ("gil", vm.int(1)),
        ("thread_inherit_context", vm.int(0)),
        ("context_aware_warnings", vm.int(0)),
    ];
    debug_assert!(flags.iter().map(|f| f.0).eq(FLAGS.iter().copied()));
    let shown = flags.len() - 3;
    set("flags", crate::builtins::more::partly_hidden(vm, "sys.flags", &flags, shown)?);
    let float_info = [
        ("max", vm.float(f64::MAX)),
        ("max_exp", vm.int(1024)),
        ("max_10_exp", vm.int(308)),
        ("min", vm.float(f64::MIN_POSITIVE)),
        ("min_exp", vm.int(-1021)),
        ("min_10_exp", vm.int(-307)),
        ("dig", vm.int(15)),
        ("mant_dig", vm.int(53)),
        ("epsilon", vm.float(f64::EPSILON)),
        ("radix", vm.int(2)),
        ("rounds", vm.int(1)),
    ];
    set("float_info", seq(vm, "sys.float_info", &float_info)?);
    let int_info = [
        ("bits_per_digit", vm.int(30)),
        ("sizeof_digit", vm.int(4)),
        ("default_max_str_digits", vm.int(4300)),
        ("str_digits_check_threshold", vm.int(640)),
    ];
    set("int_info", seq(vm, "sys.int_info", &int_info)?);
    let hash_info = [
        ("width", vm.int(64)),
        ("modulus", vm.int((1 << 61) - 1)),
        ("inf", vm.int(314159)),
        ("nan", vm.int(0)),
        ("imag", vm.int(1000003)),
        ("algorithm", vm.new_str("siphash13")),
        ("hash_bits", vm.int(64)),
        ("seed_bits", vm.int(128)),
        ("cutoff", vm.int(0)),
    ];
    set("hash_info", seq(vm, "sys.hash_info", &hash_info)?);
    let thread_info =
        [("name", vm.new_str("pthread")), ("lock", vm.new_str("semaphore")), ("version", libc_version(vm))];
    set("thread_info", seq(vm, "sys.thread_info", &thread_info)?);
    let implementation = crate::builtins::more::simple_namespace(
        vm,
        &[
            ("name", vm.new_str("cpython")),
            ("cache_tag", vm.new_str("adder-314")),
            ("version", d.get_str(vm, "version_info")?.unwrap_or(none())),
            ("hexversion", vm.int(0x030e08f0)),
            ("_multiarch", vm.new_str("x86_64-linux-gnu")),
            ("supports_isolated_interpreters", bool_value(false)),
        ],
    )?;
    set("implementation", implementation);
    crate::sys_functions::add(vm, m)?;
    for (from, to) in [
        ("breakpointhook", "__breakpointhook__"),
        ("displayhook", "__displayhook__"),
        ("excepthook", "__excepthook__"),
        ("unraisablehook", "__unraisablehook__"),
    ] {
        set(to, d.get_str(vm, from)?.unwrap_or(none()));
    }
    let stdlib = crate::builtins::more::stdlib_module_names(vm)?;
    set("stdlib_module_names", stdlib);
    Ok(())
}

/// The version of the thread library, as `confstr` says it.
fn libc_version(vm: &Vm) -> Value {
    let mut text = [0u8; 64];
    // SAFETY: the buffer has the length that is given.
    let n = unsafe { libc::confstr(libc::_CS_GNU_LIBPTHREAD_VERSION, text.as_mut_ptr().cast(), text.len()) };
    if n == 0 || n > text.len() {
        return none();
    }
    vm.new_str(&String::from_utf8_lossy(&text[..n - 1]))
}

fn seq(vm: &Vm, name: &'static str, fields: &[(&str, Value)]) -> PyResult<Value> {
    let mut items: smallvec::SmallVec<[Value; 24]> = smallvec::SmallVec::new();
    items.extend(fields.iter().map(|f| f.1));
    debug_assert!(!items.spilled());
    crate::builtins::more::named_tuple(vm, name, fields, &items)
}

/// The heap's statistics, for `gc`.
pub fn collector_stats() -> heap::Stats {
    heap::stats()
}

/// Whether `v` is the module class, for `more`.
pub fn is_module(v: Value) -> bool {
    v.is::<Module>() && Module::class().value() != v
}

/// What `set_cpu_count` was told; 0: nothing.
static CPU_COUNT: AtomicI64 = AtomicI64::new(0);

/// From now on there are so many CPUs; -1: as many as there are.
pub fn set_cpu_count(n: i64) {
    CPU_COUNT.store(n, Ordering::Relaxed);
}

/// The number of CPUs that was set, also by `-X cpu_count`, or -1.
pub fn cpu_count_config(vm: &Vm) -> i64 {
    let set = CPU_COUNT.load(Ordering::Relaxed);
    if set != 0 {
        return set;
    }
    let option = vm.config.x_options.iter().find(|(k, _)| k == "cpu_count");
    option.and_then(|(_, v)| v.as_ref()?.parse().ok()).unwrap_or(-1)
}

/// The fields of `sys.flags`; the last three are attributes only.
pub const FLAGS: [&str; 21] = [
    "debug",
    "inspect",
    "interactive",
    "optimize",
    "dont_write_bytecode",
    "no_user_site",
    "no_site",
    "ignore_environment",
    "verbose",
    "bytes_warning",
    "quiet",
    "hash_randomization",
    "isolated",
    "dev_mode",
    "utf8_mode",
    "warn_default_encoding",
    "safe_path",
    "int_max_str_digits",
    "gil",
    "thread_inherit_context",
    "context_aware_warnings",
];

/// Prints the running Python frames to the process's stderr: for internal errors.
pub fn print_python_stack() {
    let vm = Vm::get();
    let thread = vm.thread();
    let mut frame = thread.frame.get();
    eprintln!("Python stack (most recent call first):");
    while !frame.is_null() && frame >= thread.stacks.controls {
        // SAFETY: frames from the base to the top are initialised.
        let f = unsafe { &*frame };
        let line = f.line().map_or("?".to_string(), |l| l.to_string());
        eprintln!("  File \"{}\", line {line}, in {}", f.code().filename.get(), f.code().qualname.get());
        // SAFETY: compared with the base above.
        frame = unsafe { frame.sub(1) };
    }
}
