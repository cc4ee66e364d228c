//! `_weakref`: functions about weak references; the classes are in the core.

use adder_macros::pymodule;

/// Weak-reference support module.
#[pymodule]
pub mod _weakref {
    use adder_vm::builtins::dict::Dict;
    use adder_vm::builtins::list::List;
    use adder_vm::builtins::module::Module;
    use adder_vm::builtins::weak_proxy::{self, CallableProxy, WeakProxy};
    use adder_vm::builtins::weakref::{WeakRef, weakrefs_of};
    use adder_vm::error::PyResult;
    use adder_vm::object::{Object, Ref, Value, ValueExt};
    use adder_vm::raise;
    use adder_vm::vm::Vm;

    /// Return the number of weak references to 'object'.
    #[pyfunction("($module, object, /)")]
    fn getweakrefcount(vm: &Vm, object: Value) -> usize {
        weakrefs_of(vm, object).len()
    }

    /// Return a list of all weak reference objects pointing to 'object'.
    #[pyfunction("($module, object, /)")]
    fn getweakrefs(vm: &Vm, object: Value) -> Ref<List> {
        weakrefs_of(vm, object)
    }

    /// Create a proxy object that weakly references 'object'.
    ///
    /// 'callback', if given, is called with a reference to the
    /// proxy when 'object' is about to be finalized.
    #[pyfunction("($module, object, callback=None, /)")]
    fn proxy(vm: &Vm, object: Value, callback: Option<Value>) -> PyResult<Value> {
        weak_proxy::proxy(vm, object, callback.filter(|c| !c.is_none()))
    }

    /// Atomically remove key from dict if it points to a dead weakref.
    #[pyfunction("($module, dct, key, /)")]
    fn _remove_dead_weakref(vm: &Vm, dct: Ref<Dict>, key: Value) -> PyResult<()> {
        let Some(value) = dct.get_item(vm, key)? else { return Ok(()) };
        let Some(weak) = value.downcast::<WeakRef>() else { raise!(vm, TypeError, "not a weakref") };
        if weak.get().is_none() {
            dct.remove(vm, key)?;
        }
        Ok(())
    }

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        let d = m.dict();
        d.set_str(vm, "ref", WeakRef::class().value());
        d.set_str(vm, "ReferenceType", WeakRef::class().value());
        d.set_str(vm, "ProxyType", WeakProxy::class().value());
        d.set_str(vm, "CallableProxyType", CallableProxy::class().value());
        Ok(())
    }
}
