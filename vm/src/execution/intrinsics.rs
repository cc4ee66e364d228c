//! CALL_INTRINSIC_1 and CALL_INTRINSIC_2.

use super::interp::Interp;
use crate::builtins::dict::Dict;
use crate::builtins::exceptions::groups;
use crate::builtins::exceptions::{BaseException, Exc};
use crate::builtins::function::Function;
use crate::builtins::list::List;
use crate::builtins::singletons::none;
use crate::builtins::str_::Str;
use crate::builtins::tuple::Tuple;
use crate::builtins::typevar;
use crate::error::PyResult;
use crate::names::names;
use crate::object::{Object, Value, ValueExt};
use crate::raise;
use crate::vm::Vm;

/// Intrinsics of one argument.
pub fn one(m: &mut Interp, which: u16, v: Value) -> PyResult<Value> {
    let vm = m.vm;
    match which {
        1 => {
            let Some(hook) = vm.sys_get("displayhook") else {
                return Err(vm.runtime_error("lost sys.displayhook"));
            };
            vm.call(hook, &[v])
        }
        2 => {
            // SAFETY: the running frame.
            let frame = unsafe { &*m.frame };
            let Some(ns) = frame.locals() else {
                return Err(vm.system_error("no locals found during 'import *'"));
            };
            import_star(vm, v, ns)?;
            Ok(none())
        }
        3 => {
            // SAFETY: the running frame.
            let code = unsafe { &*m.frame }.code();
            stop_iteration_error(vm, v, code.plain.flags)
        }
        4 => crate::builtins::asyncgen::wrap_value(vm, v),
        5 => vm.positive(v),
        6 => {
            let l = v.downcast::<List>().expect("the compiler passes a list");
            Ok(Tuple::from_slice(vm, l.items()).value())
        }
        7 => typevar::typevar(vm, v),
        8 => typevar::paramspec(vm, v),
        9 => typevar::typevartuple(vm, v),
        10 => typevar::subscript_generic(vm, v),
        11 => typevar::type_alias(vm, v),
        _ => raise!(vm, SystemError, "unknown intrinsic function"),
    }
}

/// Intrinsics of two arguments.
pub fn two(vm: &Vm, which: u16, a: Value, b: Value) -> PyResult<Value> {
    match which {
        1 => groups::prep_reraise_star(vm, a, b),
        2 => typevar::typevar_with_bound(vm, a, b),
        3 => typevar::typevar_with_constraints(vm, a, b),
        4 => {
            let f = a.downcast::<Function>().expect("the compiler passes a function");
            f.type_params.set(f, b.downcast::<Tuple>());
            Ok(a)
        }
        5 => typevar::set_default(vm, a, b),
        _ => raise!(vm, SystemError, "unknown intrinsic function"),
    }
}

/// An exception leaving a generator's body: StopIteration becomes a RuntimeError.
fn stop_iteration_error(vm: &Vm, v: Value, flags: u32) -> PyResult<Value> {
    use adder_compiler::code::{CO_ASYNC_GENERATOR, CO_COROUTINE};
    let class = v.class();
    let kind = if flags & CO_ASYNC_GENERATOR != 0 {
        "async generator"
    } else if flags & CO_COROUTINE != 0 {
        "coroutine"
    } else {
        "generator"
    };
    let what = if class.is_subclass_of(Exc::StopIteration.class()) {
        "StopIteration"
    } else if flags & CO_ASYNC_GENERATOR != 0 && class.is_subclass_of(Exc::StopAsyncIteration.class()) {
        "StopAsyncIteration"
    } else {
        return Ok(v);
    };
    let made = vm.call(Exc::RuntimeError.class().value(), &[vm.new_str(&format!("{kind} raised {what}"))])?;
    let (Some(e), Some(cause)) = (made.downcast::<BaseException>(), v.downcast::<BaseException>()) else {
        return Ok(made);
    };
    e.cause.set(e, Some(cause));
    e.context.set(e, Some(cause));
    e.suppress_context.set(true);
    Ok(made)
}

fn import_star(vm: &Vm, module: Value, ns: Value) -> PyResult<()> {
    let mut skip_private = false;
    let keys = match vm.get_attr_opt(module, names().__all__)? {
        Some(all) => all,
        None => {
            skip_private = true;
            let Some(dict) = vm.get_attr_opt(module, names().__dict__)? else {
                raise!(vm, ImportError, "from-import-* object has no __dict__ and no __all__")
            };
            match dict.downcast::<Dict>() {
                Some(d) => d.keys_list(vm).value(),
                None => vm.call_method(dict, names().keys, &[])?,
            }
        }
    };
    let keys = vm.sequence_to_tuple(keys)?;
    for k in keys.items() {
        let Some(name) = k.downcast::<Str>() else {
            let module_name = vm.get_attr(module, names().__name__)?;
            let (what, place) = if skip_private { ("Key", "__dict__") } else { ("Item", "__all__") };
            raise!(
                vm,
                TypeError,
                "{what} in {}.{place} must be str, not {}",
                vm.str(module_name)?,
                k.class().name()
            )
        };
        if skip_private && name.len() > 0 && name.char_at(0) == '_' as u32 {
            continue;
        }
        let v = vm.get_attr(module, vm.intern_ref(name))?;
        match ns.exact::<Dict>() {
            Some(d) => d.set_item(vm, *k, v)?,
            None => vm.set_item(ns, *k, v)?,
        }
    }
    Ok(())
}

/// The class of functions, for callers that build them.
pub fn function_class() -> crate::object::Ref<crate::builtins::type_::Type> {
    Function::class()
}
