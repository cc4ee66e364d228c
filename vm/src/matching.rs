//! The `match` statement's helpers: class patterns and mapping keys.

use crate::builtins::dict::Dict;
use crate::builtins::list::List;
use crate::builtins::singletons::none;
use crate::builtins::str_::Str;
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::Type;
use crate::def::MATCH_SELF;
use crate::error::PyResult;
use crate::names::names;
use crate::object::{Ref, Value, ValueExt};
use crate::raise;
use crate::vm::Vm;

/// The attributes of a class pattern as a tuple; None: no match.
pub fn match_class(
    vm: &Vm,
    subject: Value,
    class: Value,
    keywords: Value,
    count: usize,
) -> PyResult<Option<Value>> {
    let Some(t) = class.downcast::<Type>() else {
        raise!(vm, TypeError, "called match pattern must be a class")
    };
    if !vm.isinstance(subject, class)? {
        return Ok(None);
    }
    let keywords = keywords.downcast::<Tuple>().expect("the compiler passes names");
    let attrs = List::new(vm);
    let seen = List::new(vm);
    if count > 0 {
        let mut match_self = false;
        let args = match vm.get_attr_opt(class, names().__match_args__)? {
            Some(a) => match a.exact::<Tuple>() {
                Some(a) => a,
                None => raise!(
                    vm,
                    TypeError,
                    "{}.__match_args__ must be a tuple (got {})",
                    t.name(),
                    a.class().name()
                ),
            },
            None => {
                match_self = t.has_flag(MATCH_SELF);
                Tuple::empty()
            }
        };
        let allowed = if match_self { 1 } else { args.len() };
        if allowed < count {
            let s = if allowed == 1 { "" } else { "s" };
            raise!(
                vm,
                TypeError,
                "{}() accepts {allowed} positional sub-pattern{s} ({count} given)",
                t.name()
            )
        }
        if match_self {
            attrs.push(vm, subject);
        } else {
            for i in 0..count {
                let Some(name) = args.get(i).downcast::<Str>() else {
                    raise!(
                        vm,
                        TypeError,
                        "__match_args__ elements must be strings (got {})",
                        args.get(i).class().name()
                    )
                };
                match attribute(vm, subject, t, name, seen)? {
                    Some(v) => attrs.push(vm, v),
                    None => return Ok(None),
                }
            }
        }
    }
    for k in keywords.items() {
        let name = k.downcast::<Str>().expect("keyword patterns are names");
        match attribute(vm, subject, t, name, seen)? {
            Some(v) => attrs.push(vm, v),
            None => return Ok(None),
        }
    }
    Ok(Some(Tuple::from_slice(vm, attrs.items()).value()))
}

fn attribute(
    vm: &Vm,
    subject: Value,
    class: Ref<Type>,
    name: Ref<Str>,
    seen: Ref<List>,
) -> PyResult<Option<Value>> {
    for s in seen.items() {
        if s.downcast::<Str>().is_some_and(|s| s.same_text(&name)) {
            raise!(vm, TypeError, "{}() got multiple sub-patterns for attribute '{name}'", class.name())
        }
    }
    seen.push(vm, name.value());
    vm.get_attr_opt(subject, vm.intern_ref(name))
}

/// The values of mapping keys as a tuple, or None.
pub fn match_keys(vm: &Vm, subject: Value, keys: Value) -> PyResult<Value> {
    let keys = keys.downcast::<Tuple>().expect("the compiler passes a tuple");
    let seen = Dict::new(vm);
    let values = List::new(vm);
    let get = vm.get_attr(subject, names().get)?;
    let missing = vm.alloc_instance(<crate::builtins::object::Object as crate::object::Object>::class())?;
    for key in keys.items() {
        if seen.contains(vm, *key)? {
            raise!(vm, ValueError, "mapping pattern checks duplicate key ({})", vm.repr_string(*key)?)
        }
        seen.set_item(vm, *key, none())?;
        let v = vm.call(get, &[*key, missing])?;
        if v == missing {
            return Ok(none());
        }
        values.push(vm, v);
    }
    Ok(Tuple::from_slice(vm, values.items()).value())
}
