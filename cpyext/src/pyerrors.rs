//! Exceptions: the classes, and the error indicator.
//!
//! While C code runs, the indicator is the thread state's `current_exception`, which compiled code
//! reads and writes; while the VM runs, it is the VM's. Every border moves it.

use crate::exceptions_state::with_handled;
use crate::ffi::types::*;
use crate::pyobject::{Arg, Borrowed, Done, Owned, Ptr, Steal, from_c, make_immortal, to_c, xdecref};
use crate::pystate;
use crate::unicodeobject::text;
use adder_macros::capi;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::exceptions::{BaseException, Exc};
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::traceback::Traceback;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::error::{PyResult, Raised};
use adder_vm::object::{Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::ffi::{CStr, c_char};

macro_rules! classes {
    ($($symbol:ident = $exc:ident,)*) => {
        $(
            #[unsafe(no_mangle)]
            #[allow(non_upper_case_globals)]
            pub static mut $symbol: Ptr = std::ptr::null_mut();
        )*

        /// Fills the variables; once.
        pub fn init() {
            // SAFETY: the statics, before C code runs; the classes are immortal.
            unsafe {$(
                $symbol = to_c(Exc::$exc.class().value());
                make_immortal($symbol);
            )*}
        }
    };
}

classes! {
    PyExc_BaseException = BaseException,
    PyExc_Exception = Exception,
    PyExc_GeneratorExit = GeneratorExit,
    PyExc_KeyboardInterrupt = KeyboardInterrupt,
    PyExc_SystemExit = SystemExit,
    PyExc_BaseExceptionGroup = BaseExceptionGroup,
    PyExc_ArithmeticError = ArithmeticError,
    PyExc_FloatingPointError = FloatingPointError,
    PyExc_OverflowError = OverflowError,
    PyExc_ZeroDivisionError = ZeroDivisionError,
    PyExc_AssertionError = AssertionError,
    PyExc_AttributeError = AttributeError,
    PyExc_BufferError = BufferError,
    PyExc_EOFError = EOFError,
    PyExc_ImportError = ImportError,
    PyExc_ModuleNotFoundError = ModuleNotFoundError,
    PyExc_LookupError = LookupError,
    PyExc_IndexError = IndexError,
    PyExc_KeyError = KeyError,
    PyExc_MemoryError = MemoryError,
    PyExc_NameError = NameError,
    PyExc_UnboundLocalError = UnboundLocalError,
    PyExc_OSError = OSError,
    PyExc_BlockingIOError = BlockingIOError,
    PyExc_ChildProcessError = ChildProcessError,
    PyExc_ConnectionError = ConnectionError,
    PyExc_BrokenPipeError = BrokenPipeError,
    PyExc_ConnectionAbortedError = ConnectionAbortedError,
    PyExc_ConnectionRefusedError = ConnectionRefusedError,
    PyExc_ConnectionResetError = ConnectionResetError,
    PyExc_FileExistsError = FileExistsError,
    PyExc_FileNotFoundError = FileNotFoundError,
    PyExc_InterruptedError = InterruptedError,
    PyExc_IsADirectoryError = IsADirectoryError,
    PyExc_NotADirectoryError = NotADirectoryError,
    PyExc_PermissionError = PermissionError,
    PyExc_ProcessLookupError = ProcessLookupError,
    PyExc_TimeoutError = TimeoutError,
    PyExc_ReferenceError = ReferenceError,
    PyExc_RuntimeError = RuntimeError,
    PyExc_NotImplementedError = NotImplementedError,
    PyExc_PythonFinalizationError = PythonFinalizationError,
    PyExc_RecursionError = RecursionError,
    PyExc_StopAsyncIteration = StopAsyncIteration,
    PyExc_StopIteration = StopIteration,
    PyExc_SyntaxError = SyntaxError,
    PyExc_IndentationError = IndentationError,
    PyExc_TabError = TabError,
    PyExc_SystemError = SystemError,
    PyExc_TypeError = TypeError,
    PyExc_ValueError = ValueError,
    PyExc_UnicodeError = UnicodeError,
    PyExc_UnicodeDecodeError = UnicodeDecodeError,
    PyExc_UnicodeEncodeError = UnicodeEncodeError,
    PyExc_UnicodeTranslateError = UnicodeTranslateError,
    PyExc_Warning = Warning,
    PyExc_BytesWarning = BytesWarning,
    PyExc_DeprecationWarning = DeprecationWarning,
    PyExc_EncodingWarning = EncodingWarning,
    PyExc_FutureWarning = FutureWarning,
    PyExc_ImportWarning = ImportWarning,
    PyExc_PendingDeprecationWarning = PendingDeprecationWarning,
    PyExc_ResourceWarning = ResourceWarning,
    PyExc_RuntimeWarning = RuntimeWarning,
    PyExc_SyntaxWarning = SyntaxWarning,
    PyExc_UnicodeWarning = UnicodeWarning,
    PyExc_UserWarning = UserWarning,
    PyExc_EnvironmentError = OSError,
    PyExc_IOError = OSError,
}

/// Moves the VM's exception into the indicator.
pub fn to_indicator(vm: &Vm, raised: Raised) {
    let e = vm.take_exception(raised).value();
    let p = crate::pyobject::to_c_head(e);
    // SAFETY: the exception's struct.
    unsafe { crate::exceptions_fields::refresh_raised(e, p) };
    set(p);
}

/// Replaces the indicator; takes the reference.
fn set(p: Ptr) {
    // SAFETY: the thread state is ours, and the indicator is a reference that it owns.
    unsafe { xdecref(std::mem::replace(&mut (*pystate::current()).current_exception, p)) };
}

fn take() -> Owned {
    // SAFETY: as in `set`.
    Owned(unsafe { std::mem::replace(&mut (*pystate::current()).current_exception, std::ptr::null_mut()) })
}

fn indicator() -> Ptr {
    // SAFETY: the thread state is ours.
    unsafe { (*pystate::current()).current_exception }
}

/// Runs something that must not change the indicator.
pub fn keeping<R>(f: impl FnOnce() -> R) -> R {
    let before = take();
    let result = f();
    set(before.release());
    result
}

/// Whether C code has set an exception.
#[inline(always)]
pub fn is_set() -> bool {
    !indicator().is_null()
}

/// Moves the indicator to the VM. There must be one.
pub fn from_indicator(vm: &Vm) -> Raised {
    let p = take();
    if p.0.is_null() {
        return vm.raised_elsewhere();
    }
    // SAFETY: the indicator is an exception.
    match unsafe { from_c(p.0) }.downcast::<BaseException>() {
        Some(e) => vm.restore(e),
        None => vm.system_error("the error indicator is not an exception"),
    }
}

/// SystemError because of another exception, as `_PyErr_FormatFromCause`.
pub fn caused_by(vm: &Vm, cause: Raised, message: &str) -> Raised {
    let cause = vm.take_exception(cause);
    let error = vm.take_exception(vm.system_error(message));
    error.cause.set(error, Some(cause));
    error.context.set(error, Some(cause));
    error.suppress_context.set(true);
    vm.restore(error)
}

fn is_exception_class(v: Value) -> bool {
    v.downcast::<Type>().is_some_and(|c| c.is_subclass_of(Exc::BaseException.class()))
}

/// The exception that `raise class(value)` would make; what making it raises otherwise.
fn instance(vm: &Vm, class: Ref<Type>, value: Option<Value>) -> PyResult<Value> {
    let made = match value {
        None => vm.call(class.value(), &[])?,
        Some(v) if v.is_none() => vm.call(class.value(), &[])?,
        Some(v) if v.class().is_subclass_of(class) => return Ok(v),
        Some(v) => match v.downcast::<Tuple>() {
            Some(args) => vm.call(class.value(), args.items())?,
            None => vm.call(class.value(), &[v])?,
        },
    };
    if made.downcast::<BaseException>().is_none() {
        raise!(
            vm,
            TypeError,
            "calling {} should have returned an instance of BaseException, not {}",
            vm.repr_string(class.value())?,
            made.class().name()
        )
    }
    Ok(made)
}

/// Raises `class(value)`, as `PyErr_SetObject` does.
fn raise(vm: &Vm, class: Value, value: Option<Value>) -> Raised {
    let Some(class) = class.downcast::<Type>().filter(|_| is_exception_class(class)) else {
        return vm.system_error(format!(
            "_PyErr_SetObject: exception {} is not a BaseException subclass",
            vm.repr_string(class).unwrap_or_default()
        ));
    };
    with_handled(vm, || {
        let given = value.filter(|v| v.downcast::<BaseException>().is_some());
        if let Some(e) = given {
            match vm.issubclass(e.class().value(), class.value()) {
                Ok(true) => return vm.raise_value(e),
                Ok(false) => {}
                Err(raised) => return raised,
            }
        }
        match instance(vm, class, value) {
            Ok(e) => vm.raise_value(e),
            Err(raised) => not_made(vm, raised, class, value),
        }
    })
}

/// Notes with the exception why there is not the one that was to be made.
fn not_made(vm: &Vm, raised: Raised, class: Ref<Type>, value: Option<Value>) -> Raised {
    let e = vm.take_exception(raised);
    let shown = match value.map(|v| vm.repr_string(v)) {
        None => "<NULL>".to_string(),
        Some(Ok(shown)) => shown,
        Some(Err(raised)) => {
            vm.take_exception(raised);
            "<unknown>".to_string()
        }
    };
    let note = format!("Normalization failed: type={} args={shown}", class.name());
    match adder_vm::builtins::exceptions::add_note(vm, e, &note) {
        Ok(_) => vm.restore(e),
        Err(raised) => raised,
    }
}

// ---- raising ------------------------------------------------------------------------------------

#[capi]
pub fn PyErr_SetString(vm: &Vm, class: Arg, message: *const c_char) {
    match crate::abstract_::c_string(vm, message) {
        Ok(message) => to_indicator(vm, raise(vm, class.value(), Some(message))),
        Err(raised) => to_indicator(vm, raised),
    }
}

#[capi]
pub fn PyErr_SetObject(vm: &Vm, class: Arg, value: Arg) {
    if class.0.is_null() {
        return set(std::ptr::null_mut());
    }
    let value = if value.0.is_null() { None } else { Some(value.value()) };
    to_indicator(vm, raise(vm, class.value(), value));
}

#[capi]
pub fn PyErr_SetNone(vm: &Vm, class: Arg) {
    to_indicator(vm, raise(vm, class.value(), None));
}

/// KeyError with a key that may be a tuple or an exception itself.
#[capi]
pub fn _PyErr_SetKeyError(vm: &Vm, key: Arg) {
    to_indicator(vm, vm.key_error(key.value()));
}

#[capi]
pub fn PyErr_NoMemory(vm: &Vm) -> PyResult<Owned> {
    Err(vm.memory_error())
}

#[capi]
pub fn PyErr_BadArgument(vm: &Vm) -> i32 {
    to_indicator(vm, vm.type_error("bad argument type for built-in operation"));
    0
}

#[capi]
pub fn _PyErr_BadInternalCall(vm: &Vm, file: *const c_char, line: i32) {
    // SAFETY: the caller passes a C string.
    let file = unsafe { text(file) };
    to_indicator(vm, vm.system_error(format!("{file}:{line}: bad argument to internal function")));
}

#[capi]
pub fn PyErr_BadInternalCall(vm: &Vm) {
    to_indicator(vm, vm.system_error("bad argument to internal function"));
}

/// Raises `class(errno, message, ...)`; first lets signal handlers run if a call was interrupted.
fn raise_errno(vm: &Vm, class: Arg, files: &[Value]) -> PyResult<Owned> {
    // SAFETY: errno is the thread's own.
    let errno = unsafe { *libc::__errno_location() };
    if errno == libc::EINTR {
        vm.check_signals()?;
    }
    let message = if errno == 0 {
        "Error".to_string()
    } else {
        // SAFETY: the text is copied before anybody else asks.
        unsafe { CStr::from_ptr(libc::strerror(errno)) }.to_string_lossy().into_owned()
    };
    let (errno, message) = (vm.int(errno as i64), vm.new_str(&message));
    let args = match files {
        [] => Tuple::from_slice(vm, &[errno, message]),
        [one] => Tuple::from_slice(vm, &[errno, message, *one]),
        [one, two, ..] => Tuple::from_slice(vm, &[errno, message, *one, vm.int(0), *two]),
    };
    let class = class.value();
    with_handled(vm, || {
        let e = vm.call(class, args.items())?;
        Err(vm.raise_value(e))
    })
}

#[capi]
pub fn PyErr_SetFromErrno(vm: &Vm, class: Arg) -> PyResult<Owned> {
    raise_errno(vm, class, &[])
}

#[capi]
pub fn PyErr_SetFromErrnoWithFilenameObject(vm: &Vm, class: Arg, file: Arg) -> PyResult<Owned> {
    if file.0.is_null() {
        return raise_errno(vm, class, &[]);
    }
    raise_errno(vm, class, &[file.value()])
}

#[capi]
pub fn PyErr_SetFromErrnoWithFilenameObjects(vm: &Vm, class: Arg, file: Arg, second: Arg) -> PyResult<Owned> {
    match (file.0.is_null(), second.0.is_null()) {
        (true, _) => raise_errno(vm, class, &[]),
        (false, true) => raise_errno(vm, class, &[file.value()]),
        (false, false) => {
            let file = file.value();
            raise_errno(vm, class, &[file, second.value()])
        }
    }
}

#[capi]
pub fn PyErr_SetFromErrnoWithFilename(vm: &Vm, class: Arg, file: *const c_char) -> PyResult<Owned> {
    if file.is_null() {
        return raise_errno(vm, class, &[]);
    }
    // SAFETY: errno is the thread's own; the caller passes a C string.
    let file = unsafe {
        let errno = *libc::__errno_location();
        let file = vm.fs_decode(CStr::from_ptr(file).to_bytes())?;
        *libc::__errno_location() = errno;
        file
    };
    raise_errno(vm, class, &[file])
}

#[capi]
pub fn PyErr_SetImportErrorSubclass(
    vm: &Vm,
    class: Arg,
    message: Arg,
    name: Arg,
    path: Arg,
) -> PyResult<Owned> {
    let class = class.value();
    if !class.downcast::<Type>().is_some_and(|c| c.is_subclass_of(Exc::ImportError.class())) {
        raise!(vm, TypeError, "expected a subclass of ImportError")
    }
    if message.0.is_null() {
        raise!(vm, TypeError, "expected a message argument")
    }
    let or_none = |v: Arg| if v.0.is_null() { none() } else { v.value() };
    let (message, name, path) = (message.value(), or_none(name), or_none(path));
    let e = vm.call_kw(class, &[message], &[("name", name), ("path", path)])?;
    Err(vm.raise_value(e))
}

#[capi]
pub fn PyErr_SetImportError(_vm: &Vm, message: Arg, name: Arg, path: Arg) -> PyResult<Owned> {
    let class = Owned::new(Exc::ImportError.class().value());
    // SAFETY: the same contract.
    unsafe { PyErr_SetImportErrorSubclass(class.0, message.0, name.0, path.0) };
    Ok(Owned::NULL)
}

// ---- the indicator ------------------------------------------------------------------------------

#[capi]
pub fn PyErr_Occurred(_vm: &Vm) -> Borrowed {
    let p = indicator();
    // SAFETY: the indicator is an exception or null.
    Borrowed(if p.is_null() { p } else { unsafe { (*p).ob_type.cast() } })
}

#[capi]
pub fn PyErr_Clear(_vm: &Vm) {
    set(std::ptr::null_mut());
}

#[capi]
pub fn PyErr_GetRaisedException(_vm: &Vm) -> Owned {
    let e = take();
    if !e.0.is_null() {
        // SAFETY: a live exception.
        unsafe { crate::pyobject::ensure_filled(e.0) };
    }
    e
}

#[capi]
pub fn PyErr_SetRaisedException(_vm: &Vm, e: *mut PyObject) {
    set(e);
}

/// The exception's traceback as a new reference, or NULL.
fn traceback_of(e: Ptr) -> Owned {
    // SAFETY: the indicator is an exception.
    match unsafe { from_c(e) }.downcast::<BaseException>().and_then(|e| e.traceback.get()) {
        Some(tb) => Owned::new(tb),
        None => Owned::NULL,
    }
}

#[capi]
pub fn PyErr_Fetch(_vm: &Vm, class: *mut Ptr, value: *mut Ptr, traceback: *mut Ptr) {
    let e = take();
    // SAFETY: the caller passes three places.
    unsafe {
        if e.0.is_null() {
            (*class, *value, *traceback) = (e.0, e.0, e.0);
            return;
        }
        crate::pyobject::ensure_filled(e.0);
        *class = crate::pyobject::new_ref((*e.0).ob_type.cast()).release();
        *traceback = traceback_of(e.0).release();
        *value = e.release();
    }
}

/// A place for a reference that may be NULL.
struct Taken(Owned);

impl Taken {
    /// # Safety
    /// `p` is NULL or a reference that the caller gives away.
    unsafe fn new(p: Ptr) -> Taken {
        Taken(Owned(p))
    }

    fn value(&self) -> Option<Value> {
        // SAFETY: a live object.
        if self.0.0.is_null() { None } else { Some(unsafe { from_c(self.0.0) }) }
    }
}

#[capi]
pub fn PyErr_Restore(vm: &Vm, class: *mut PyObject, value: *mut PyObject, traceback: *mut PyObject) {
    // SAFETY: the caller gives the references away.
    let (class, value, traceback) = unsafe { (Taken::new(class), Taken::new(value), Taken::new(traceback)) };
    let Some(class_value) = class.value() else { return set(std::ptr::null_mut()) };
    if traceback.value().is_some_and(|t| !t.is_none() && !t.is::<Traceback>()) {
        return to_indicator(vm, vm.type_error("PyErr_Restore: traceback must be a Traceback or None"));
    }
    let made = match class_value.downcast::<Type>().filter(|_| is_exception_class(class_value)) {
        Some(c) => instance(vm, c, value.value()),
        None => Err(vm.system_error("PyErr_Restore: the type is not a BaseException subclass")),
    };
    match made {
        Ok(e) => {
            if let Some(e) = e.downcast::<BaseException>() {
                let tb = traceback.value().filter(|t| t.is::<Traceback>());
                e.traceback.set(e, tb);
            }
            set(to_c(e));
        }
        Err(raised) => to_indicator(vm, raised),
    }
}

#[capi]
pub fn PyErr_NormalizeException(vm: &Vm, class: *mut Ptr, value: *mut Ptr, _traceback: *mut Ptr) {
    // SAFETY: the caller passes places of references.
    unsafe {
        if (*class).is_null() {
            return;
        }
        let c = from_c(*class);
        let Some(t) = c.downcast::<Type>().filter(|_| is_exception_class(c)) else { return };
        let v = if (*value).is_null() { None } else { Some(from_c(*value)) };
        let made = match instance(vm, t, v) {
            Ok(e) => e,
            Err(raised) => vm.take_exception(raised).value(),
        };
        drop(Owned(std::mem::replace(&mut *value, to_c(made))));
        drop(Owned(std::mem::replace(&mut *class, to_c(made.class().value()))));
    }
}

/// Makes an exception the context of the one that is set, or sets it again.
#[capi]
pub fn _PyErr_ChainExceptions1(_vm: &Vm, e: Steal) {
    if e.0.0.is_null() {
        return;
    }
    if !is_set() {
        return set(e.0.release());
    }
    // SAFETY: live exceptions.
    unsafe {
        let (new, old) = (from_c(indicator()), from_c(e.0.0));
        if let (Some(new), Some(old)) = (new.downcast::<BaseException>(), old.downcast::<BaseException>()) {
            new.context.set(new, Some(old));
        }
    }
}

// ---- matching -----------------------------------------------------------------------------------

fn matches(vm: &Vm, given: Value, wanted: Value) -> PyResult<bool> {
    if let Some(all) = wanted.downcast::<Tuple>() {
        for one in all.items() {
            if matches(vm, given, *one)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    let class = if given.downcast::<BaseException>().is_some() {
        given.class()
    } else {
        match given.downcast::<Type>() {
            Some(c) => c,
            None => return Ok(given.same(wanted)),
        }
    };
    Ok(wanted.downcast::<Type>().is_some_and(|w: Ref<Type>| class.is_subclass_of(w)))
}

#[capi]
pub fn PyErr_GivenExceptionMatches(vm: &Vm, given: Arg, wanted: Arg) -> PyResult<bool> {
    if given.0.is_null() || wanted.0.is_null() {
        return Ok(false);
    }
    matches(vm, given.peek(), wanted.peek())
}

#[capi]
pub fn PyErr_ExceptionMatches(vm: &Vm, wanted: Arg) -> PyResult<bool> {
    let p = indicator();
    if p.is_null() {
        return Ok(false);
    }
    matches(vm, Arg(p).peek(), wanted.peek())
}

// ---- new classes --------------------------------------------------------------------------------

#[capi]
pub fn PyErr_NewException(vm: &Vm, name: *const c_char, base: Arg, dict: Arg) -> PyResult<Value> {
    new_class(vm, name, std::ptr::null(), base, dict)
}

#[capi]
pub fn PyErr_NewExceptionWithDoc(
    vm: &Vm,
    name: *const c_char,
    doc: *const c_char,
    base: Arg,
    dict: Arg,
) -> PyResult<Value> {
    new_class(vm, name, doc, base, dict)
}

fn new_class(vm: &Vm, name: *const c_char, doc: *const c_char, base: Arg, dict: Arg) -> PyResult<Value> {
    // SAFETY: the caller passes a C string.
    let name = unsafe { text(name) };
    let Some((module, class)) = name.rsplit_once('.') else {
        raise!(vm, SystemError, "PyErr_NewException: name must be module.class")
    };
    let base = if base.0.is_null() { Exc::Exception.class().value() } else { base.value() };
    let namespace = match dict.0.is_null() {
        true => Dict::new(vm),
        false => match dict.value().downcast::<Dict>() {
            Some(d) => d,
            None => raise!(vm, SystemError, "bad argument to internal function"),
        },
    };
    if !doc.is_null() {
        // SAFETY: the caller passes a C string.
        namespace.set_str(vm, "__doc__", vm.new_str(&unsafe { text(doc) }));
    }
    if namespace.get_str(vm, "__module__")?.is_none() {
        namespace.set_str(vm, "__module__", vm.new_str(module));
    }
    let bases = match base.downcast::<Tuple>() {
        Some(t) => t,
        None => Tuple::from_slice(vm, &[base]),
    };
    vm.call(Type::class().value(), &[vm.new_str(class), bases.value(), namespace.value()])
}

// ---- reports ------------------------------------------------------------------------------------

/// Reports the exception that is set through `sys.unraisablehook`.
#[capi]
pub fn adder_write_unraisable(vm: &Vm, message: Arg, object: Arg) {
    if !is_set() {
        return;
    }
    let object = if object.0.is_null() { none() } else { object.value() };
    let message = if message.0.is_null() { None } else { Some(message.value().to_text()) };
    let raised = from_indicator(vm);
    adder_vm::builtins::exceptions::unraisable(vm, raised, message.as_deref(), object);
}

trait ToText {
    fn to_text(self) -> String;
}

impl ToText for Value {
    fn to_text(self) -> String {
        self.downcast::<adder_vm::builtins::str_::Str>().map_or(String::new(), |s| s.to_string())
    }
}

#[capi]
pub fn PyErr_WriteUnraisable(_vm: &Vm, object: Arg) {
    // SAFETY: the same contract.
    unsafe { adder_write_unraisable(std::ptr::null_mut(), object.0) }
}

/// Shows the exception that is set, as the end of a program does; SystemExit ends the process.
fn print(vm: &Vm, set_last: bool) -> PyResult<()> {
    if !is_set() {
        return Ok(());
    }
    let raised = from_indicator(vm);
    let e = vm.take_exception(raised);
    let (class, value) = (e.value().class().value(), e.value());
    let tb = e.traceback.get().unwrap_or(none());
    if e.value().class().is_subclass_of(Exc::SystemExit.class()) {
        let exit = vm.builtin("SystemExit")?;
        let code = vm.get_attr_str(value, "code")?;
        let _ = (exit, code);
        exit_process(vm, code);
    }
    if set_last {
        for (name, v) in
            [("last_exc", value), ("last_type", class), ("last_value", value), ("last_traceback", tb)]
        {
            vm.sys_set(name, v);
        }
    }
    match vm.sys_get("excepthook").filter(|h| !h.is_none()) {
        Some(hook) => {
            if let Err(raised) = vm.call(hook, &[class, value, tb]) {
                let second = vm.take_exception(raised).value();
                eprintln!("Error in sys.excepthook:");
                adder_vm::sysmodule::print_exception(vm, second.class().value(), second, none())?;
                eprintln!("\nOriginal exception was:");
                adder_vm::sysmodule::print_exception(vm, class, value, tb)?;
            }
        }
        None => {
            eprintln!("sys.excepthook is missing");
            adder_vm::sysmodule::print_exception(vm, class, value, tb)?;
        }
    }
    Ok(())
}

/// What an uncaught SystemExit does.
fn exit_process(vm: &Vm, code: Value) -> ! {
    let status = match adder_vm::builtins::int::as_int(code) {
        Some(i) => vm.int_to_i64(i).unwrap_or(-1) as i32,
        None if code.is_none() => 0,
        None => {
            let shown = vm.str(code).map(|s| s.to_string()).unwrap_or_default();
            eprintln!("{shown}");
            1
        }
    };
    crate::pylifecycle::exit(vm, status)
}

#[capi]
pub fn PyErr_PrintEx(vm: &Vm, set_last: i32) {
    if let Err(raised) = print(vm, set_last != 0) {
        let _ = vm.take_exception(raised);
    }
}

#[capi]
pub fn PyErr_Print(vm: &Vm) {
    if let Err(raised) = print(vm, true) {
        let _ = vm.take_exception(raised);
    }
}

#[capi]
pub fn PyErr_Display(vm: &Vm, _class: *mut PyObject, value: Arg, traceback: Arg) {
    let tb = if traceback.0.is_null() { none() } else { traceback.value() };
    let value = value.value();
    if let Err(raised) = adder_vm::sysmodule::print_exception(vm, value.class().value(), value, tb) {
        let _ = vm.take_exception(raised);
    }
}

#[capi]
pub fn PyErr_DisplayException(vm: &Vm, value: Arg) {
    let value = value.value();
    if let Err(raised) = adder_vm::sysmodule::print_exception(vm, value.class().value(), value, none()) {
        let _ = vm.take_exception(raised);
    }
}

// ---- signals ------------------------------------------------------------------------------------

#[capi]
pub fn PyErr_CheckSignals(vm: &Vm) -> PyResult<Done> {
    vm.check_signals()?;
    Ok(Done)
}

/// As if the signal had come. It may be called without the GIL, but then the report waits for it.
#[capi]
pub fn PyErr_SetInterruptEx(vm: &Vm, signal: i32) -> i32 {
    if !(1..65).contains(&signal) {
        return -1;
    }
    let call = || -> PyResult<()> {
        let module = adder_vm::import::import_module(vm, "_thread")?;
        let f = vm.get_attr_str(module, "interrupt_main")?;
        vm.call(f, &[vm.int(signal as i64)])?;
        Ok(())
    };
    match call() {
        Ok(()) => 0,
        Err(raised) => {
            let _ = vm.take_exception(raised);
            -1
        }
    }
}

#[capi]
pub fn PyErr_SetInterrupt(_vm: &Vm) {
    // SAFETY: a signal's number.
    unsafe { PyErr_SetInterruptEx(libc::SIGINT) };
}
