//! `_testinternalcapi`: what tests of the interpreter ask about its insides.
//!
//! Only questions that have an answer here: CPython's module of this name is about CPython's own structures.

use adder_macros::pymodule;
use adder_vm::builtins::module::Module;
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value};
use adder_vm::shapes::{self, Mode};
use adder_vm::vm::Vm;

/// Questions about the interpreter's insides.
#[pymodule]
pub mod _testinternalcapi {
    use super::*;

    /// Whether an instance has its attributes in slots of its own, not in a dict.
    #[pyfunction("($module, obj, /)")]
    fn has_inline_values(_vm: &Vm, obj: Value) -> bool {
        obj.is_ptr() && shapes::data(obj.shape()).is_some_and(|d| d.mode == Mode::Inline)
    }

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        // Nothing lies in front of an object.
        m.dict().set_str(vm, "SIZEOF_PYGC_HEAD", vm.int(0));
        m.dict().set_str(vm, "SIZEOF_MANAGED_PRE_HEADER", vm.int(0));
        Ok(())
    }

    /// How many Python frames run.
    #[pyfunction("($module, /)")]
    fn get_recursion_depth(vm: &Vm) -> PyResult<usize> {
        Ok(vm.thread().depth.get())
    }
}
