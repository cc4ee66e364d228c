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
    pub lists: Lists,
    /// A bytearray with a C struct has its data elsewhere now.
    pub bytearray_moved: fn(Value),
}

/// Operations on lists whose items are in their C structs.
#[derive(Clone, Copy)]
pub struct Lists {
    pub len: fn(Value) -> usize,
    pub get: fn(Value, usize) -> Option<Value>,
    /// Replaces the items start..end.
    pub splice: fn(Value, usize, usize, &[Value]),
    /// Empties the list for sorting.
    pub begin_sort: fn(Value),
    /// Fills the list again, and says whether it was changed in between.
    pub end_sort: fn(Value, &[Value]) -> bool,
}

impl Lists {
    #[inline(never)]
    pub fn len(&self, list: Value) -> usize {
        (self.len)(list)
    }

    #[inline(never)]
    pub fn get(&self, list: Value, i: usize) -> Option<Value> {
        (self.get)(list, i)
    }

    #[inline(never)]
    pub fn splice(&self, list: Value, start: usize, end: usize, values: &[Value]) {
        (self.splice)(list, start, end, values)
    }
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

/// Lists get into C's memory only through the C API layer.
pub fn lists() -> Lists {
    HOOKS.get().expect("the C API layer is installed").lists
}

/// The data of a bytearray with a C struct moved or has another size.
pub fn bytearray_moved(v: Value) {
    if let Some(h) = *HOOKS.get() {
        (h.bytearray_moved)(v);
    }
}
