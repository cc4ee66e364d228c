//! Exceptions: the classes, and the error indicator.
//!
//! While C code runs, the indicator is the thread state's `current_exception`, which compiled code
//! reads and writes; while the VM runs, it is the VM's. Every border moves it.

use crate::ffi::types::*;
use crate::pyobject::{Arg, Borrowed, Owned, Ptr, from_c, make_immortal, to_c, xdecref};
use crate::pystate;
use crate::unicodeobject::text;
use adder_macros::capi;
use adder_vm::builtins::exceptions::{BaseException, Exc};
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::error::{PyResult, Raised};
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::vm::Vm;
use std::ffi::c_char;

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
    set(to_c(vm.take_exception(raised).value()));
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

/// Raises `class(value)`, as `PyErr_SetObject` does.
fn raise(vm: &Vm, class: Value, value: Option<Value>) -> Raised {
    let Some(class) = class.downcast::<Type>().filter(|c| c.is_subclass_of(Exc::BaseException.class()))
    else {
        return vm.system_error(format!(
            "_PyErr_SetObject: exception {} is not a BaseException subclass",
            vm.repr_string(class).unwrap_or_default()
        ));
    };
    match value {
        None => vm.raise_class(class, &[]),
        Some(v) if v.is_none() => vm.raise_class(class, &[]),
        Some(v) if v.class().is_subclass_of(class) => vm.raise_value(v),
        Some(v) => match v.downcast::<Tuple>() {
            Some(args) => vm.raise_class(class, args.items()),
            None => vm.raise_class(class, &[v]),
        },
    }
}

#[capi]
pub fn PyErr_SetString(vm: &Vm, class: Arg, message: *const c_char) {
    // SAFETY: the caller passes a C string.
    let message = vm.new_str(&unsafe { text(message) });
    to_indicator(vm, raise(vm, class.value(), Some(message)));
}

#[capi]
pub fn PyErr_SetObject(vm: &Vm, class: Arg, value: Arg) {
    let value = if value.0.is_null() { None } else { Some(value.value()) };
    to_indicator(vm, raise(vm, class.value(), value));
}

#[capi]
pub fn PyErr_SetNone(vm: &Vm, class: Arg) {
    to_indicator(vm, raise(vm, class.value(), None));
}

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
pub fn PyErr_NoMemory(vm: &Vm) -> PyResult<Owned> {
    Err(vm.memory_error())
}

#[capi]
pub fn PyErr_BadArgument(vm: &Vm) -> i32 {
    to_indicator(vm, vm.type_error("bad argument type for built-in operation"));
    0
}

#[capi]
pub fn PyErr_GetRaisedException(_vm: &Vm) -> Owned {
    take()
}

#[capi]
pub fn PyErr_SetRaisedException(_vm: &Vm, e: *mut PyObject) {
    set(e);
}

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
