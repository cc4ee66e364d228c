//! `_tokenize`: the tokens of source text.

use adder_macros::{pyclass, pymethods, pymodule};
use adder_vm::object::LongHeader;

/// Iterator over the tokens that lines make.
#[pyclass(name = "TokenizerIter", module = "_tokenize")]
#[repr(C)]
pub struct TokenizerIter {
    h: LongHeader,
}

#[pymethods]
impl TokenizerIter {}

/// Tokenizer.
#[pymodule]
pub mod _tokenize {
    use super::TokenizerIter;
    use adder_vm::builtins::module::Module;
    use adder_vm::error::PyResult;
    use adder_vm::object::{Object, Ref};
    use adder_vm::type_new::ready_class;
    use adder_vm::vm::Vm;

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        ready_class::<TokenizerIter>(vm);
        m.dict().set_str(vm, "TokenizerIter", TokenizerIter::class().value());
        Ok(())
    }
}
