//! The native modules and the embedded pure-Python library.
//!
//! One file (or folder) per module, named as the module; `modules` lists them.

pub mod _codecs;
pub mod _imp;
pub mod _opcode;
pub mod _string;
pub mod _warnings;
pub mod marshal;
pub mod pylib;

use adder_vm::def::ModuleDef;

/// All native modules.
pub fn modules() -> Vec<&'static ModuleDef> {
    vec![
        &_codecs::_codecs::DEF,
        &_imp::_imp::DEF,
        &_opcode::_opcode::DEF,
        &_string::_string::DEF,
        &_warnings::_warnings::DEF,
        &marshal::marshal::DEF,
    ]
}

/// Makes `sys.stdin`, `sys.stdout` and `sys.stderr`.
pub fn init_stdio(_vm: &adder_vm::vm::Vm) -> adder_vm::error::PyResult<()> {
    Ok(())
}

/// What must happen before the process ends: threads joined, exit functions run.
pub fn shutdown(_vm: &adder_vm::vm::Vm, code: i32) -> i32 {
    code
}
