//! The module `errno`.

use crate::constants::ERRNO;
use adder_macros::pymodule;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::module::Module;
use adder_vm::error::PyResult;
use adder_vm::object::Ref;
use adder_vm::vm::Vm;

/// This module makes available standard errno system symbols.
///
/// The value of each symbol is the corresponding integer value,
/// e.g., on most systems, errno.ENOENT equals the integer 2.
///
/// The dictionary errno.errorcode maps numeric codes to symbol names,
/// e.g., errno.errorcode[2] could be the string 'ENOENT'.
///
/// Symbols that are not relevant to the underlying system are not defined.
///
/// To map error codes to error messages, use the function os.strerror(),
/// e.g. os.strerror(2) could return 'No such file or directory'.
#[pymodule]
pub mod errno {
    use super::*;

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        let codes = Dict::new(vm);
        for (name, number) in ERRNO {
            m.dict().set_str(vm, name, vm.int(*number));
            // Of two names the newer one counts.
            if !matches!(*name, "EWOULDBLOCK" | "EDEADLK" | "EOPNOTSUPP") {
                codes.set_item(vm, vm.int(*number), vm.intern_str(name).value())?;
            }
        }
        m.dict().set_str(vm, "errorcode", codes.value());
        Ok(())
    }
}
