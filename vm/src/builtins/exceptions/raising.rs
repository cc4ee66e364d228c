//! Raising, matching and chaining of exceptions.

use super::{BaseException, Exc};
use crate::builtins::singletons::none;
use crate::builtins::traceback::Traceback;
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::Type;
use crate::def::BASE_EXC_SUBCLASS;
use crate::error::{PyResult, Raised};
use crate::object::{Ref, Value, ValueExt};
use crate::raise;
use crate::vm::Vm;

impl Vm {
    /// Makes the exception being handled the context of a new one, without creating a cycle.
    pub fn set_context(&self, exc: Ref<BaseException>) {
        let Some(handled) = self.thread().handled_exception() else { return };
        if handled == exc {
            return;
        }
        // Cut the chain of contexts where it already contains `exc`.
        let mut at = handled;
        let mut slow = handled;
        let mut advance = false;
        while let Some(next) = at.context.get() {
            if next == exc {
                at.context.set(at, None);
                break;
            }
            at = next;
            if at == slow {
                break;
            }
            if advance && let Some(s) = slow.context.get() {
                slow = s;
            }
            advance = !advance;
        }
        exc.context.set(exc, Some(handled));
    }
}

/// `raise`, `raise exc`, `raise exc from cause`
pub fn do_raise(vm: &Vm, exc: Option<Value>, cause: Option<Value>) -> Raised {
    match try_raise(vm, exc, cause) {
        Ok(never) => match never {},
        Err(raised) => raised,
    }
}

fn try_raise(vm: &Vm, exc: Option<Value>, cause: Option<Value>) -> PyResult<std::convert::Infallible> {
    let Some(exc) = exc else {
        return match vm.thread().handled_exception() {
            Some(e) => {
                // The traceback has what it needs already.
                vm.thread().reraising.set(true);
                Err(vm.restore(e))
            }
            None => raise!(vm, RuntimeError, "No active exception to reraise"),
        };
    };
    let instance = if let Some(class) = exc.downcast::<Type>()
        && class.has_flag(BASE_EXC_SUBCLASS)
    {
        let made = vm.call(exc, &[])?;
        match made.downcast::<BaseException>() {
            Some(e) => e,
            None => raise!(
                vm,
                TypeError,
                "calling {} should have returned an instance of BaseException, not {}",
                vm.repr_string(exc)?,
                vm.repr_string(made.class().value())?
            ),
        }
    } else if let Some(e) = exc.downcast::<BaseException>() {
        e
    } else {
        raise!(vm, TypeError, "exceptions must derive from BaseException")
    };
    if let Some(cause) = cause {
        let fixed = if let Some(class) = cause.downcast::<Type>()
            && class.has_flag(BASE_EXC_SUBCLASS)
        {
            let made = vm.call(cause, &[])?;
            match made.downcast::<BaseException>() {
                Some(e) => Some(e),
                None => raise!(
                    vm,
                    TypeError,
                    "calling {} should have returned an instance of BaseException, not {}",
                    vm.repr_string(cause)?,
                    vm.repr_string(made.class().value())?
                ),
            }
        } else if let Some(e) = cause.downcast::<BaseException>() {
            Some(e)
        } else if cause.is_none() {
            None
        } else {
            raise!(vm, TypeError, "exception causes must derive from BaseException")
        };
        instance.cause.set(instance, fixed);
        instance.suppress_context.set(true);
    }
    Err(vm.raise_value(instance.value()))
}

/// Whether an exception (or exception class) is caught by `except class`.
pub fn matches(vm: &Vm, exc: Value, class: Value) -> PyResult<bool> {
    let check = |c: Value| -> PyResult<Ref<Type>> {
        match c.downcast::<Type>() {
            Some(t) if t.has_flag(BASE_EXC_SUBCLASS) => Ok(t),
            _ => raise!(
                vm,
                TypeError,
                "catching classes that do not inherit from BaseException is not allowed"
            ),
        }
    };
    let actual = match exc.downcast::<Type>() {
        Some(t) => t,
        None => exc.class(),
    };
    if let Some(t) = class.downcast::<Tuple>() {
        for c in t.items() {
            check(*c)?;
        }
        return Ok(t.items().iter().any(|c| c.downcast::<Type>().is_some_and(|c| actual.is_subclass_of(c))));
    }
    let c = check(class)?;
    Ok(actual.is_subclass_of(c))
}

/// `except* class`: (what is left, what matched), None where empty.
pub fn group_match(vm: &Vm, exc: Value, class: Value) -> PyResult<(Value, Value)> {
    super::groups::group_match(vm, exc, class)
}

/// The value of a StopIteration.
pub fn stop_iteration_value(exc: Ref<BaseException>) -> Value {
    exc.value().downcast::<super::fields::StopIteration>().map_or(none(), |s| s.value.get())
}

/// Reports an exception nobody can catch, through `sys.unraisablehook`.
pub fn unraisable(vm: &Vm, raised: Raised, message: Option<&str>, object: Value) {
    let exc = vm.take_exception(raised);
    let saved = vm.fetch_exception();
    let report = || -> PyResult<()> {
        let message = message.map_or(none(), |m| vm.new_str(m));
        let tb = exc.traceback.get().or_else(|| here(vm)).unwrap_or(none());
        let hook = vm.sys_get("unraisablehook").filter(|h| !h.is_none());
        if let Some(hook) = hook.or_else(|| vm.sys_get("__unraisablehook__")) {
            let args = crate::sysmodule::unraisable_args(
                vm,
                &[exc.value().class().value(), exc.value(), tb, message, object],
            )?;
            vm.call(hook, &[args])?;
        }
        Ok(())
    };
    if let Err(raised) = report() {
        let _ = vm.take_exception(raised);
    }
    if let Some(e) = saved {
        vm.set_exception(e);
    }
}

/// A traceback of the running frame, for an exception that has none: native code raised it.
fn here(vm: &Vm) -> Option<Value> {
    let control = vm.thread().top()?;
    let frame = crate::builtins::frame::object_of(vm, control);
    // SAFETY: the running frame.
    let unit = unsafe { (*control).unit() };
    Some(Traceback::new(None, frame, unit as i32 * 2, -1).value())
}
