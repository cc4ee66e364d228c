//! Issuing warnings from Rust: through the `warnings` module once it is loaded.

use crate::builtins::type_::Type;
use crate::error::PyResult;
use crate::names::names;
use crate::object::{Ref, Value};
use crate::vm::Vm;

/// `warnings.warn(message, category, stack_level)`. Before the library is up there is nobody to tell.
pub fn warn(vm: &Vm, category: Ref<Type>, message: &str, stack_level: i64) -> PyResult<()> {
    let message = vm.new_str(message);
    warn_value(vm, category, message, stack_level)
}

/// As `warn`, with a message object.
pub fn warn_value(vm: &Vm, category: Ref<Type>, message: Value, stack_level: i64) -> PyResult<()> {
    let Some(module) = vm.modules().get_name_quiet(names().warnings) else { return Ok(()) };
    let Some(f) = vm.get_attr_opt(module, names().warn)? else { return Ok(()) };
    vm.call(f, &[message, category.value(), vm.int(stack_level)])?;
    Ok(())
}
