//! The module `atexit`.

use adder_heap::StaticRoot;
use adder_macros::pymodule;
use adder_vm::args::NamedArgs;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::list::List;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::vm::Vm;

/// A list of (function, args, kwargs), oldest first.
static CALLS: StaticRoot = StaticRoot::new();

fn calls(vm: &Vm) -> Ref<List> {
    if CALLS.get().is_none() {
        CALLS.set(Some(List::new(vm).value()));
    }
    CALLS.get().and_then(|l| l.exact::<List>()).expect("callbacks are a list")
}

/// Calls all registered functions, the last first.
pub fn run(vm: &Vm) {
    let list = calls(vm);
    while let Some(entry) = list.pop_last() {
        let Some(t) = entry.downcast::<Tuple>() else { continue };
        let (f, args, kwargs) = (t.get(0), t.get(1), t.get(2));
        let values = List::new(vm);
        let names = List::new(vm);
        if let Some(a) = args.downcast::<Tuple>() {
            for v in a.items() {
                values.push(vm, *v);
            }
        }
        if let Some(d) = kwargs.downcast::<Dict>() {
            for i in 0..d.slots() {
                if let Some((k, v)) = d.entry(i) {
                    names.push(vm, k);
                    values.push(vm, v);
                }
            }
        }
        let names = Tuple::from_slice(vm, names.items());
        if let Err(raised) = vm.call_args(f, NamedArgs::new(values.items(), Some(names)).args()) {
            let shown = vm.repr_string(f).unwrap_or_default();
            vm.unraisable(raised, &format!("Exception ignored in atexit callback {shown}"), none());
        }
    }
}

/// allow programmer to define multiple exit functions to be executed
/// upon normal program termination.
///
/// Two public functions, register and unregister, are defined.
#[pymodule]
pub mod atexit {
    use super::*;

    /// Register a function to be executed upon normal program termination
    #[pyfunction("($module, func, /, *args, **kwargs)")]
    fn register(vm: &Vm, func: Value, args: Value, kwargs: Value) -> PyResult<Value> {
        if !vm.is_callable(func) {
            return Err(vm.type_error("the first argument must be callable"));
        }
        let entry = Tuple::from_slice(vm, &[func, args, kwargs]);
        calls(vm).push(vm, entry.value());
        Ok(func)
    }

    /// Unregister an exit function which was previously registered.
    #[pyfunction("($module, func, /)")]
    fn unregister(vm: &Vm, func: Value) -> PyResult<()> {
        let list = calls(vm);
        let mut i = list.len();
        while i > 0 {
            i -= 1;
            let Some(t) = list.try_get(i).and_then(|e| e.downcast::<Tuple>()) else { continue };
            if vm.eq(t.get(0), func)? && i < list.len() {
                list.remove_at(i);
            }
        }
        Ok(())
    }

    /// Run all registered exit functions.
    #[pyfunction("($module, /)")]
    fn _run_exitfuncs(vm: &Vm) {
        run(vm)
    }

    /// Clear the list of previously registered exit functions.
    #[pyfunction("($module, /)")]
    fn _clear(vm: &Vm) {
        calls(vm).clear()
    }

    /// Return the number of registered exit functions.
    #[pyfunction("($module, /)")]
    fn _ncallbacks(vm: &Vm) -> usize {
        calls(vm).len()
    }
}
