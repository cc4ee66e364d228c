//! `_opcode`: facts about bytecode for `dis` and `opcode`.

use adder_compiler::opcode::{self, Opcode};
use adder_macros::pymodule;
use adder_vm::builtins::list::List;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::singletons::{bool_value, none};
use adder_vm::builtins::tuple::Tuple;
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;

fn flags(number: i64) -> u8 {
    u8::try_from(number).ok().and_then(Opcode::from_u8).map_or(0, |o| o.flags())
}

/// Opcode support module.
#[pymodule]
pub mod _opcode {
    use super::*;

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        // The bytecode that programs see is never specialised.
        m.dict().set_str(vm, "ENABLE_SPECIALIZATION", bool_value(false));
        m.dict().set_str(vm, "ENABLE_SPECIALIZATION_FT", bool_value(false));
        Ok(())
    }

    /// Compute the stack effect of the opcode.
    #[pyfunction("($module, opcode, oparg=None, /, *, jump=None)")]
    fn stack_effect(vm: &Vm, opcode: i64, oparg: Option<Value>, _jump: Option<Value>) -> PyResult<i64> {
        let Some(op) = u8::try_from(opcode).ok().and_then(Opcode::from_u8) else {
            return Err(vm.value_error("invalid opcode or oparg"));
        };
        let arg = match oparg.filter(|a| !a.is_none()) {
            Some(a) => vm.index_isize(a)? as u32,
            None => 0,
        };
        let e = op.stack_effect(arg);
        Ok(e.pushed as i64 - e.popped as i64)
    }

    /// Return True if opcode is valid, False otherwise.
    #[pyfunction("($module, /, opcode)")]
    fn is_valid(_vm: &Vm, opcode: i64) -> bool {
        u8::try_from(opcode).ok().and_then(Opcode::from_u8).is_some()
    }

    /// Return True if the opcode uses its oparg, False otherwise.
    #[pyfunction("($module, /, opcode)")]
    fn has_arg(_vm: &Vm, opcode: i64) -> bool {
        flags(opcode) & opcode::ARG != 0
    }

    /// Return True if the opcode accesses a constant, False otherwise.
    #[pyfunction("($module, /, opcode)")]
    fn has_const(_vm: &Vm, opcode: i64) -> bool {
        flags(opcode) & opcode::CONST != 0
    }

    /// Return True if the opcode accesses an attribute by name, False otherwise.
    #[pyfunction("($module, /, opcode)")]
    fn has_name(_vm: &Vm, opcode: i64) -> bool {
        flags(opcode) & opcode::NAME != 0
    }

    /// Return True if the opcode has a jump target, False otherwise.
    #[pyfunction("($module, /, opcode)")]
    fn has_jump(_vm: &Vm, opcode: i64) -> bool {
        flags(opcode) & opcode::JUMP != 0
    }

    /// Return True if the opcode accesses a free variable, False otherwise.
    #[pyfunction("($module, /, opcode)")]
    fn has_free(_vm: &Vm, opcode: i64) -> bool {
        flags(opcode) & opcode::FREE != 0
    }

    /// Return True if the opcode accesses a local variable, False otherwise.
    #[pyfunction("($module, /, opcode)")]
    fn has_local(_vm: &Vm, opcode: i64) -> bool {
        flags(opcode) & opcode::LOCAL != 0
    }

    /// Return True if the opcode sets an exception handler, False otherwise.
    #[pyfunction("($module, /, opcode)")]
    fn has_exc(_vm: &Vm, opcode: i64) -> bool {
        matches!(opcode, 263..=265)
    }

    /// Return the specialization stats
    #[pyfunction("($module, /)")]
    fn get_specialization_stats(_vm: &Vm) -> Value {
        none()
    }

    /// Return list of symbols of binary ops.
    #[pyfunction("($module, /)")]
    fn get_nb_ops(vm: &Vm) -> Value {
        let list = List::new(vm);
        for op in opcode::BinaryOp::ALL {
            let pair = [vm.new_str(&format!("{op:?}")), vm.new_str(op.text())];
            list.push(vm, Tuple::from_slice(vm, &pair).value());
        }
        list.value()
    }

    fn texts(vm: &Vm, all: &mut dyn Iterator<Item = &'static str>) -> Value {
        let list = List::new(vm);
        for t in all {
            list.push(vm, vm.new_str(t));
        }
        list.value()
    }

    /// Return a list of names of the unary intrinsics.
    #[pyfunction("($module, /)")]
    fn get_intrinsic1_descs(vm: &Vm) -> Value {
        texts(vm, &mut opcode::Intrinsic1::ALL.iter().map(|i| i.text()))
    }

    /// Return a list of names of the binary intrinsics.
    #[pyfunction("($module, /)")]
    fn get_intrinsic2_descs(vm: &Vm) -> Value {
        texts(vm, &mut opcode::Intrinsic2::ALL.iter().map(|i| i.text()))
    }

    /// Return a list of special method names.
    #[pyfunction("($module, /)")]
    fn get_special_method_names(vm: &Vm) -> Value {
        texts(vm, &mut ["__enter__", "__exit__", "__aenter__", "__aexit__"].into_iter())
    }

    /// Return the executor object at offset in code if exists, None otherwise.
    #[pyfunction("($module, /, code, offset)")]
    fn get_executor(vm: &Vm, _code: Value, _offset: i64) -> PyResult<Value> {
        raise!(vm, RuntimeError, "Executors are not available in this build")
    }
}
