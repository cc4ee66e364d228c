//! The one place where the VM reaches the C API layer: hooks that the command installs.

use crate::error::PyResult;
use crate::object::Value;
use crate::raise;
use crate::vm::Vm;
use adder_heap::GilCell;

/// What the C API layer does for the VM.
#[derive(Clone, Copy)]
pub struct Hooks {
    /// Loads an extension module for an import spec.
    pub create_dynamic: fn(&Vm, Value) -> PyResult<Value>,
    /// Runs the exec slots of a module that `create_dynamic` made.
    pub exec_dynamic: fn(&Vm, Value) -> PyResult<i64>,
    /// The address of the object's C struct: its identity.
    pub identity: fn(Value) -> u64,
}

static HOOKS: GilCell<Option<Hooks>> = GilCell::new(None);

pub fn install(hooks: Hooks) {
    *HOOKS.get() = Some(hooks);
}

/// `_imp.create_dynamic(spec)`
pub fn create_dynamic(vm: &Vm, spec: Value) -> PyResult<Value> {
    match *HOOKS.get() {
        Some(h) => (h.create_dynamic)(vm, spec),
        None => raise!(vm, ImportError, "this build of Adder has no C API layer"),
    }
}

/// `_imp.exec_dynamic(module)`
pub fn exec_dynamic(vm: &Vm, module: Value) -> PyResult<i64> {
    match *HOOKS.get() {
        Some(h) => (h.exec_dynamic)(vm, module),
        None => raise!(vm, ImportError, "this build of Adder has no C API layer"),
    }
}

/// The identity of an object with the long header; None without the C API layer.
pub fn identity(v: Value) -> Option<u64> {
    HOOKS.get().map(|h| (h.identity)(v))
}
