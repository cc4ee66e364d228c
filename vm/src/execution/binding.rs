//! Binding of call arguments to the parameters of a Python function (CPython's
//! initialize_locals), with its error messages.

use crate::args::Args;
use crate::builtins::dict::Dict;
use crate::builtins::function::Function;
use crate::builtins::str_::Str;
use crate::builtins::tuple::Tuple;
use crate::error::{PyResult, Raised};
use crate::object::{Ref, Value, ValueExt};
use crate::raise;
use crate::vm::Vm;
use adder_compiler::code::{CO_VARARGS, CO_VARKEYWORDS};

fn joined(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|n| format!("'{n}'")).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [a, b] => format!("{a} and {b}"),
        [init @ .., last] => format!("{}, and {last}", init.join(", ")),
    }
}

fn missing(vm: &Vm, f: Ref<Function>, kind: &str, names: &[String]) -> Raised {
    let s = if names.len() == 1 { "" } else { "s" };
    let count = names.len();
    vm.type_error(format!(
        "{}() missing {count} required {kind} argument{s}: {}",
        f.qualname.get(),
        joined(names)
    ))
}

fn too_many(vm: &Vm, f: Ref<Function>, given: usize, kwonly_given: usize) -> Raised {
    let code = f.code.get();
    let argcount = code.plain.argcount as usize;
    let defaults = f.defaults.get().map_or(0, |d| d.len());
    let (plural, takes) = if defaults > 0 {
        (true, format!("from {} to {argcount}", argcount - defaults))
    } else {
        (argcount != 1, argcount.to_string())
    };
    let kwonly = if kwonly_given > 0 {
        let s = |n: usize| if n == 1 { "" } else { "s" };
        format!(
            " positional argument{} (and {kwonly_given} keyword-only argument{})",
            s(given),
            s(kwonly_given)
        )
    } else {
        String::new()
    };
    let were = if given == 1 && kwonly_given == 0 { "was" } else { "were" };
    vm.type_error(format!(
        "{}() takes {takes} positional argument{} but {given}{kwonly} {were} given",
        f.qualname.get(),
        if plural { "s" } else { "" }
    ))
}

/// Binds `args` into the registers from `regs` on. The registers must be clear
/// and belong to the top frame, so that they are traced.
pub fn bind(vm: &Vm, f: Ref<Function>, args: Args, regs: *mut u64) -> PyResult<()> {
    let code = f.code.get();
    let p = &code.plain;
    let (argcount, posonly, kwonly) =
        (p.argcount as usize, p.posonlyargcount as usize, p.kwonlyargcount as usize);
    let total = argcount + kwonly;
    let names = code.localsplusnames.get();
    let has_varargs = p.flags & CO_VARARGS != 0;
    let has_varkw = p.flags & CO_VARKEYWORDS != 0;
    // SAFETY: register numbers below are parameters of the code.
    let set = |i: usize, v: Value| unsafe { *regs.add(i) = v.bits() };
    let is_set = |i: usize| unsafe { *regs.add(i) != 0 };
    let name_of = |i: usize| names.get(i).downcast::<Str>().expect("parameter names are strings");
    let pos = args.pos();
    let kwargs = if has_varkw { Some(Dict::new(vm)) } else { None };
    let rest =
        if has_varargs { Some(Tuple::from_slice(vm, pos.get(argcount..).unwrap_or(&[]))) } else { None };
    for (i, v) in pos.iter().take(argcount).enumerate() {
        set(i, *v);
    }
    if let Some(rest) = rest {
        set(total, rest.value());
    }
    if let Some(kwargs) = kwargs {
        set(total + has_varargs as usize, kwargs.value());
    }
    for (name, value) in args.keywords() {
        let mut at = (posonly..total).find(|i| names.items()[*i] == name.value());
        if at.is_none() {
            at = (posonly..total).find(|i| name_of(*i).same_text(&name));
        }
        match (at, kwargs) {
            (Some(i), _) if is_set(i) => {
                raise!(vm, TypeError, "{}() got multiple values for argument '{name}'", f.qualname.get())
            }
            (Some(i), _) => set(i, value),
            (None, Some(kwargs)) => kwargs.set_item(vm, name.value(), value)?,
            (None, None) => {
                let by_name: Vec<String> = args
                    .keywords()
                    .filter(|(n, _)| (0..posonly).any(|i| name_of(i).same_text(n)))
                    .map(|(n, _)| n.to_string())
                    .collect();
                if !by_name.is_empty() {
                    raise!(
                        vm,
                        TypeError,
                        "{}() got some positional-only arguments passed as keyword arguments: '{}'",
                        f.qualname.get(),
                        by_name.join(", ")
                    )
                }
                let wrong = name.to_string();
                let known: Vec<String> = (posonly..total).map(|i| name_of(i).to_string()).collect();
                let hint = match crate::suggestions::closest(&known, &wrong) {
                    Some(s) => format!(". Did you mean '{s}'?"),
                    None => String::new(),
                };
                raise!(
                    vm,
                    TypeError,
                    "{}() got an unexpected keyword argument '{wrong}'{hint}",
                    f.qualname.get()
                )
            }
        }
    }
    if pos.len() > argcount && !has_varargs {
        let given_kwonly = (argcount..total).filter(|i| is_set(*i)).count();
        return Err(too_many(vm, f, pos.len(), given_kwonly));
    }
    if pos.len() < argcount {
        let defaults = f.defaults.get();
        let count = defaults.map_or(0, |d| d.len());
        let required = argcount.saturating_sub(count);
        let lacking: Vec<String> =
            (pos.len()..required).filter(|i| !is_set(*i)).map(|i| name_of(i).to_string()).collect();
        if !lacking.is_empty() {
            return Err(missing(vm, f, "positional", &lacking));
        }
        if let Some(d) = defaults {
            for i in required.max(pos.len())..argcount {
                if !is_set(i) {
                    set(i, d.get(i + count - argcount));
                }
            }
        }
    }
    if kwonly > 0 {
        let kwdefaults = f.kwdefaults.get();
        let mut lacking = vec![];
        for i in argcount..total {
            if is_set(i) {
                continue;
            }
            let default = match kwdefaults {
                Some(d) => d.get_name(vm, name_of(i))?,
                None => None,
            };
            match default {
                Some(v) => set(i, v),
                None => lacking.push(name_of(i).to_string()),
            }
        }
        if !lacking.is_empty() {
            return Err(missing(vm, f, "keyword-only", &lacking));
        }
    }
    Ok(())
}
