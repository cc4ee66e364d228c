//! Parts of `function` that need space: the constructor, `__code__` assignment, what wrappers copy.

use crate::args::Args;
use crate::builtins::code::Code;
use crate::builtins::dict::Dict;
use crate::builtins::exceptions::Exc;
use crate::builtins::function::{Cell, Function};
use crate::builtins::singletons::none;
use crate::builtins::str_::Str;
use crate::builtins::tuple::Tuple;
use crate::error::PyResult;
use crate::names::names;
use crate::object::{Ref, Value, ValueExt};
use crate::raise;
use crate::vm::Vm;

/// `types.FunctionType(code, globals, name=None, argdefs=None, closure=None, kwdefaults=None)`
pub fn new(vm: &Vm, args: Args) -> PyResult<Value> {
    let get = |i: usize, name: &str| args.pos().get(i).copied().or(args.keyword(name));
    let (Some(code), Some(globals)) = (get(0, "code"), get(1, "globals")) else {
        return Err(vm.type_error("function() missing required argument 'code' (pos 1)"));
    };
    let Some(code) = code.exact::<Code>() else {
        raise!(vm, TypeError, "function() argument 'code' must be code, not {}", code.class().name())
    };
    let Some(globals) = globals.downcast::<Dict>() else {
        raise!(vm, TypeError, "function() argument 'globals' must be dict, not {}", globals.class().name())
    };
    let f = Function::new(vm, code, globals);
    if let Some(name) = get(2, "name").filter(|n| !n.is_none()) {
        match name.downcast::<Str>() {
            Some(n) => f.name.set(f, n),
            None => return Err(vm.type_error("arg 3 (name) must be None or string")),
        }
    }
    if let Some(defaults) = get(3, "argdefs").filter(|n| !n.is_none()) {
        match defaults.downcast::<Tuple>() {
            Some(t) => f.defaults.set(f, Some(t)),
            None => return Err(vm.type_error("arg 4 (defaults) must be None or tuple")),
        }
    }
    let nfrees = code.plain.nfrees as usize;
    match get(4, "closure").filter(|n| !n.is_none()) {
        None if nfrees > 0 => return Err(vm.type_error("arg 5 (closure) must be tuple")),
        None => {}
        Some(c) => {
            let Some(t) = c.downcast::<Tuple>() else {
                return Err(vm.type_error("arg 5 (closure) must be None or tuple"));
            };
            if t.len() != nfrees {
                raise!(
                    vm,
                    ValueError,
                    "{} requires closure of length {nfrees}, not {}",
                    code.name.get(),
                    t.len()
                )
            }
            for c in t.items() {
                if !c.is::<Cell>() {
                    raise!(vm, TypeError, "arg 5 (closure) expected cell, found {}", c.class().name())
                }
            }
            f.closure.set(f, Some(t));
        }
    }
    if let Some(k) = get(5, "kwdefaults").filter(|n| !n.is_none()) {
        match k.downcast::<Dict>() {
            Some(d) => f.kwdefaults.set(f, Some(d)),
            None => return Err(vm.type_error("arg 6 (kwdefaults) must be None or dict")),
        }
    }
    Ok(f.value())
}

/// `f.__code__ = code`
pub fn set_code(vm: &Vm, f: Ref<Function>, value: Option<Value>) -> PyResult<()> {
    let Some(code) = value.and_then(|v| v.exact::<Code>()) else {
        return Err(vm.type_error("__code__ must be set to a code object"));
    };
    let closure = f.closure.get().map_or(0, |c| c.len());
    let nfrees = code.plain.nfrees as usize;
    if nfrees != closure {
        raise!(
            vm,
            ValueError,
            "{}() requires a code object with {closure} free vars, not {nfrees}",
            f.name.get()
        )
    }
    let kind = crate::builtins::generator::GENERATOR_FLAGS;
    if (f.code.get().plain.flags ^ code.plain.flags) & kind != 0 {
        vm.warn(
            Exc::DeprecationWarning,
            "Assigning a code object of non-matching type is deprecated (e.g., from a generator to a plain function)",
        )?;
    }
    f.code.set(f, code);
    Ok(())
}

/// `staticmethod(f)` and `classmethod(f)` look like `f`: functools.update_wrapper's attributes.
pub fn copy_wrapped_attributes(vm: &Vm, wrapper: Value, wrapped: Value) -> PyResult<()> {
    let n = names();
    for name in [n.__module__, n.__name__, n.__qualname__, n.__doc__] {
        if let Some(v) = vm.get_attr_opt(wrapped, name)? {
            vm.set_attr(wrapper, name, v)?;
        }
    }
    let _ = none();
    Ok(())
}

/// An attribute that a wrapper shows of what it wraps, unless it was set on the wrapper.
pub fn wrapped_attribute(vm: &Vm, wrapper: Value, wrapped: Value, name: Ref<Str>) -> PyResult<Value> {
    let dict = vm.instance_dict(wrapper);
    if let Some(dict) = dict
        && let Some(v) = dict.get_name(vm, name)?
    {
        return Ok(v);
    }
    let v = vm.get_attr(wrapped, name)?;
    if let Some(dict) = dict {
        dict.set_name(name, v);
    }
    Ok(v)
}

/// Sets or deletes such an attribute on the wrapper.
pub fn set_wrapped_attribute(vm: &Vm, wrapper: Value, name: Ref<Str>, value: Option<Value>) -> PyResult<()> {
    let Some(dict) = vm.instance_dict(wrapper) else { return Ok(()) };
    match value {
        Some(v) => dict.set_name(name, v),
        None => {
            if dict.remove(vm, name.value())?.is_none() {
                raise!(vm, AttributeError, "{}", name)
            }
        }
    }
    Ok(())
}
