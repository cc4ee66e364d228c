//! How Rust code raises Python exceptions.
//!
//! `PyResult` carries no exception: the exception is in the thread state, and `Raised` is the proof
//! that somebody put it there. `Raised` is zero-sized, so `PyResult<Value>` is one word.

use crate::builtins::exceptions::BaseException;
use crate::builtins::type_::Type;
use crate::object::{Ref, Value, ValueExt};
use crate::vm::Vm;

/// An exception is set in the thread state. Only `Vm::raise*` make one.
#[must_use]
#[derive(Debug)]
pub struct Raised(());

impl Raised {
    /// Not an exception: the fast form of an instruction gives up, and nobody asks for one.
    #[inline(always)]
    pub(crate) fn stopped() -> Raised {
        Raised(())
    }
}

pub type PyResult<T = Value> = Result<T, Raised>;

/// `raise!(vm, TypeError, "bad {}", x)` returns the error from the enclosing function.
#[macro_export]
macro_rules! raise {
    ($vm:expr, $exc:ident, $($fmt:tt)*) => {
        return Err($vm.error($crate::builtins::exceptions::Exc::$exc, format!($($fmt)*)))
    };
}

use crate::builtins::exceptions::Exc;

impl Vm {
    /// Sets an exception of a built-in class with one message argument.
    #[cold]
    #[inline(never)]
    pub fn error(&self, kind: Exc, message: impl Into<String>) -> Raised {
        let message = self.new_str(&message.into());
        self.error_value(kind, message)
    }

    /// Sets an exception of a built-in class with one argument of any type.
    #[cold]
    #[inline(never)]
    pub fn error_value(&self, kind: Exc, arg: Value) -> Raised {
        self.raise_class(kind.class(), &[arg])
    }

    /// Instantiates `class(*args)` and sets it. If that itself fails, its failure is what is raised.
    #[cold]
    #[inline(never)]
    pub fn raise_class(&self, class: Ref<Type>, args: &[Value]) -> Raised {
        match self.call(class.value(), args) {
            Ok(exception) => self.raise_value(exception),
            Err(raised) => raised,
        }
    }

    /// Sets an exception instance, with the exception being handled as its context.
    #[cold]
    #[inline(never)]
    pub fn raise_value(&self, exception: Value) -> Raised {
        let Some(exc) = exception.downcast::<BaseException>() else {
            return self.error(Exc::TypeError, "exceptions must derive from BaseException");
        };
        self.set_context(exc);
        self.set_exception(exc);
        Raised(())
    }

    /// Sets an exception that was raised before, unchanged (as `raise` without arguments does).
    pub fn restore(&self, exc: Ref<BaseException>) -> Raised {
        self.set_exception(exc);
        Raised(())
    }

    /// Takes the exception out of the thread state: the caller has handled it or will restore it.
    pub fn take_exception(&self, _: Raised) -> Ref<BaseException> {
        self.fetch_exception().expect("Raised without an exception")
    }

    /// The proof for an exception that other code (C, a callback) has set in the thread state.
    pub fn raised_elsewhere(&self) -> Raised {
        if self.exception_is_set() {
            Raised(())
        } else {
            self.error(Exc::SystemError, "error return without exception set")
        }
    }

    /// Drops the exception if it is of `kind`, and gives it back otherwise.
    pub fn swallow(&self, raised: Raised, kind: Exc) -> PyResult<()> {
        let exc = self.take_exception(raised);
        if exc.value().class().is_subclass_of(kind.class()) { Ok(()) } else { Err(self.restore(exc)) }
    }

    pub fn type_error(&self, message: impl Into<String>) -> Raised {
        self.error(Exc::TypeError, message)
    }

    pub fn value_error(&self, message: impl Into<String>) -> Raised {
        self.error(Exc::ValueError, message)
    }

    pub fn overflow_error(&self, message: impl Into<String>) -> Raised {
        self.error(Exc::OverflowError, message)
    }

    pub fn index_error(&self, message: impl Into<String>) -> Raised {
        self.error(Exc::IndexError, message)
    }

    pub fn runtime_error(&self, message: impl Into<String>) -> Raised {
        self.error(Exc::RuntimeError, message)
    }

    pub fn system_error(&self, message: impl Into<String>) -> Raised {
        self.error(Exc::SystemError, message)
    }

    /// `MemoryError`, from a preallocated instance where needed.
    pub fn memory_error(&self) -> Raised {
        self.raise_class(Exc::MemoryError.class(), &[])
    }

    /// `KeyError(key)`
    pub fn key_error(&self, key: Value) -> Raised {
        self.error_value(Exc::KeyError, key)
    }
}
