//! The module `_adder`: what programs can ask of debug mode. Leaks are counted also without it.

use super::leaks::{self, Table};
use super::{OVER_DECREMENTS, on, reports};
use adder_macros::pymodule;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::list::List;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::object::Value;
use adder_vm::vm::Vm;
use std::sync::atomic::Ordering;

fn dict(vm: &Vm, table: Table) -> Value {
    let d = Dict::new(vm);
    for (name, (count, bytes)) in table {
        let row = Tuple::from_slice(vm, &[vm.int(count), vm.int(bytes)]);
        d.set_str(vm, &name, row.value());
    }
    d.value()
}

/// Questions about Adder's C API layer.
#[pymodule]
pub mod _adder {
    use super::*;

    /// Whether the C API's debug mode is on.
    #[pyfunction("($module, /)")]
    fn capi_debug(_vm: &Vm) -> bool {
        on()
    }

    /// What debug mode has reported so far.
    #[pyfunction("($module, /)")]
    fn capi_reports(vm: &Vm) -> Value {
        super::super::quarantine::check_all();
        let list = List::new(vm);
        for text in reports(|r| r.texts.clone()) {
            list.push(vm, vm.new_str(&text));
        }
        list.value()
    }

    /// How often C code has released the last reference of an object that the interpreter has.
    #[pyfunction("($module, /)")]
    fn capi_over_decrements(_vm: &Vm) -> usize {
        OVER_DECREMENTS.load(Ordering::Relaxed)
    }

    /// What C code holds: a dict of type names with counts and bytes.
    #[pyfunction("($module, /)")]
    fn capi_held(vm: &Vm) -> Value {
        dict(vm, leaks::held(vm))
    }

    /// Remembers what C code holds now, for capi_leaks().
    #[pyfunction("($module, /)")]
    fn capi_mark(vm: &Vm) {
        leaks::mark(vm)
    }

    /// What C code holds more than at capi_mark(): a dict as that of capi_held().
    #[pyfunction("($module, /)")]
    fn capi_leaks(vm: &Vm) -> Value {
        dict(vm, leaks::growth(vm))
    }
}

/// Makes the module known.
pub fn install(vm: &Vm) {
    vm.native_modules.borrow_mut().push(&_adder::DEF);
    crate::inittab::add_names(vm, &["_adder".to_string()]);
}
