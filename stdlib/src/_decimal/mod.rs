//! `_decimal_core`: decimal numbers and the arithmetic that programs use much.
//!
//! `number.rs` computes, `text.rs` reads and writes, `decimal.rs` and `context.rs` are the classes. The
//! library's `_decimal_parts.py` adds the signals and the rarer operations, which it has `_pydecimal` compute.

mod context;
mod decimal;
mod number;
mod text;

use adder_heap::StaticRoot;
use adder_macros::pymodule;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::type_::Type;
use adder_vm::error::PyResult;
use adder_vm::object::{Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::type_new::{ready_class, update_slots_of};
use adder_vm::vm::Vm;
use context::Context;
use decimal::Decimal;

/// The dict of functions that `_decimal_parts.py` provides.
static PROVIDED: StaticRoot = StaticRoot::new();

/// Calls a function of `_decimal_parts.py`.
fn provided(vm: &Vm, name: &str, args: &[Value]) -> PyResult<Value> {
    let found = match PROVIDED.get().and_then(|d| d.downcast::<Dict>()) {
        Some(d) => d.get_str(vm, name)?,
        None => None,
    };
    match found {
        Some(f) => vm.call(f, args),
        None => raise!(vm, SystemError, "_decimal lacks {name}"),
    }
}

#[pymodule]
pub mod _decimal_core {
    use super::*;

    /// Connects the classes with what is written in Python: attributes to add to them, and functions to call.
    #[pyfunction("($module, decimal, context, functions, variable, /)")]
    fn extend(
        vm: &Vm,
        decimal: Ref<Dict>,
        context: Ref<Dict>,
        functions: Ref<Dict>,
        variable: Value,
    ) -> PyResult<()> {
        add_attributes(vm, Decimal::class(), decimal)?;
        add_attributes(vm, Context::class(), context)?;
        PROVIDED.set(Some(functions.value()));
        context::set_variable(vm, variable)
    }

    /// Get the current default context.
    #[pyfunction("($module, /)")]
    fn getcontext(vm: &Vm) -> PyResult<Value> {
        Ok(context::current(vm)?.value())
    }

    /// Makes a context the current one.
    #[pyfunction("($module, context, /)")]
    fn setcontext(vm: &Vm, context: Ref<Context>) -> PyResult<()> {
        context::make_current(vm, context)
    }

    /// The number of a sign, a string of digits and an exponent, or 'F', 'n', 'N'.
    #[pyfunction("($module, sign, digits, exponent, /)")]
    fn from_triple(vm: &Vm, sign: bool, digits: Ref<Str>, exponent: Value) -> PyResult<Value> {
        decimal::from_triple(vm, sign, digits, exponent)
    }

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        if Decimal::cell().try_get().is_none() {
            ready_class::<Decimal>(vm);
            ready_class::<Context>(vm);
        }
        m.dict().set_str(vm, "Decimal", Decimal::class().value());
        m.dict().set_str(vm, "Context", Context::class().value());
        m.dict().set_str(vm, "MAX_PREC", vm.int(number::MAX_PREC));
        m.dict().set_str(vm, "MAX_EMAX", vm.int(number::MAX_EMAX));
        m.dict().set_str(vm, "MIN_EMIN", vm.int(number::MIN_EMIN));
        m.dict().set_str(vm, "MIN_ETINY", vm.int(number::MIN_ETINY));
        Ok(())
    }
}

fn add_attributes(vm: &Vm, class: Ref<Type>, attributes: Ref<Dict>) -> PyResult<()> {
    for at in 0..attributes.slots() {
        let Some((name, v)) = attributes.entry(at) else { continue };
        let Some(name) = name.downcast::<Str>() else { continue };
        let name = vm.intern_ref(name);
        class.dict.get().set_name(name, v);
        class.modified();
        update_slots_of(vm, class, name);
    }
    Ok(())
}
