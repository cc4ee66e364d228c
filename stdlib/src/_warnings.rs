//! `_warnings`: what native code needs of warnings. Filters and formatting are the library's
//! `_py_warnings`, which this module's functions call.

use adder_macros::pymodule;
use adder_vm::args::Args;
use adder_vm::error::PyResult;
use adder_vm::import;
use adder_vm::object::Value;
use adder_vm::vm::Vm;

/// Low-level interface to warnings functionality.
#[pymodule]
pub mod _warnings {
    use super::*;

    /// Issue a warning, or maybe ignore it or raise an exception.
    #[pyfunction]
    fn warn(vm: &Vm, args: Args) -> PyResult<Value> {
        let module = import::import_module(vm, "_py_warnings")?;
        let f = vm.get_attr_str(module, "warn")?;
        vm.call_args(f, args)
    }
}
