//! `_typing`: what `typing` takes from the interpreter.

use adder_macros::pymodule;

/// Primitives and accelerators for the typing module.
#[pymodule]
pub mod _typing {
    use adder_vm::builtins::module::Module;
    use adder_vm::builtins::type_alias::TypeAlias;
    use adder_vm::builtins::typevar::{
        Generic, ParamSpec, ParamSpecArgs, ParamSpecKwargs, TypeVar, TypeVarTuple, no_default,
    };
    use adder_vm::builtins::union_::Union;
    use adder_vm::error::PyResult;
    use adder_vm::object::{Object, Ref, Value};
    use adder_vm::vm::Vm;

    #[pyfunction("($module, x, /)")]
    fn _idfunc(_vm: &Vm, x: Value) -> Value {
        x
    }

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        let d = m.dict();
        for (name, class) in [
            ("TypeVar", TypeVar::class()),
            ("ParamSpec", ParamSpec::class()),
            ("TypeVarTuple", TypeVarTuple::class()),
            ("ParamSpecArgs", ParamSpecArgs::class()),
            ("ParamSpecKwargs", ParamSpecKwargs::class()),
            ("TypeAliasType", TypeAlias::class()),
            ("Generic", Generic::class()),
            ("Union", Union::class()),
        ] {
            d.set_str(vm, name, class.value());
        }
        d.set_str(vm, "NoDefault", no_default());
        Ok(())
    }
}
