//! `bool`: the methods of True and False. The objects themselves are in `singletons.rs`.

use crate::args::Args;
use crate::builtins::int::{Bool, Int, as_int};
use crate::builtins::singletons::{as_bool, bool_value};
use crate::builtins::type_::Type;
use crate::error::PyResult;
use crate::object::{Ref, Value};
use crate::raise;
use crate::slots::Binary;
use crate::vm::Vm;
use adder_macros::pymethods;

/// The int slot, for operands that are not both bools.
fn logical(vm: &Vm, a: Value, b: Value, op: fn(bool, bool) -> bool, of_int: Binary) -> PyResult<Value> {
    match (as_bool(a), as_bool(b)) {
        (Some(x), Some(y)) => Ok(bool_value(op(x, y))),
        _ => of_int(vm, a, b),
    }
}

#[pymethods]
impl Bool {
    #[slot(tp_new)]
    fn construct(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        if args.has_keywords() {
            raise!(vm, TypeError, "bool() takes no keyword arguments")
        }
        let _ = class;
        match args.pos() {
            [] => Ok(bool_value(false)),
            [v] => Ok(bool_value(vm.truth(*v)?)),
            more => raise!(vm, TypeError, "bool expected at most 1 argument, got {}", more.len()),
        }
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        Ok(vm.intern_str(if as_bool(this) == Some(true) { "True" } else { "False" }).value())
    }

    #[slot(nb_and)]
    fn and(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        logical(vm, a, b, |x, y| x & y, Int::and)
    }

    #[slot(nb_or)]
    fn or(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        logical(vm, a, b, |x, y| x | y, Int::or)
    }

    #[slot(nb_xor)]
    fn xor(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        logical(vm, a, b, |x, y| x ^ y, Int::xor)
    }

    #[slot(nb_invert)]
    fn invert(vm: &Vm, this: Value) -> PyResult<Value> {
        vm.warn_deprecated(
            "Bitwise inversion '~' on bool is deprecated and will be removed in Python 3.16. This returns the \
             bitwise inversion of the underlying int object and is usually not what you expect from the \
             negation of a bool object. Use the 'not' operator for boolean negation or ~int(x) for the bitwise \
             inversion of the underlying int.",
        )?;
        let i = as_int(this).expect("a bool is an int");
        crate::builtins::int_ops::invert(vm, i)
    }
}
