//! `_json`: the scanner and the encoder behind `json`.

mod encode;
mod scan;

use adder_macros::pymodule;
use adder_text::builder::Builder;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::str_::Str;
use adder_vm::error::PyResult;
use adder_vm::object::{Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::type_new::ready_class;
use adder_vm::vm::Vm;

fn text(vm: &Vm, v: Value) -> PyResult<Ref<Str>> {
    match v.downcast::<Str>() {
        Some(s) => Ok(s),
        None => raise!(vm, TypeError, "first argument must be a string, not {}", v.class().name()),
    }
}

/// json speedups
#[pymodule]
pub mod _json {
    use super::*;

    /// Return a JSON representation of a Python string
    #[pyfunction("($self, object, /)")]
    fn encode_basestring(vm: &Vm, object: Value) -> PyResult<Value> {
        let s = text(vm, object)?;
        let mut out = Builder::with_capacity(s.len() + 2);
        encode::push_string(&mut out, s, false);
        vm.new_str_owned(out.finish())
    }

    /// Return an ASCII-only JSON representation of a Python string
    #[pyfunction("($self, object, /)")]
    fn encode_basestring_ascii(vm: &Vm, object: Value) -> PyResult<Value> {
        let s = text(vm, object)?;
        let mut out = Builder::with_capacity(s.len() + 2);
        encode::push_string(&mut out, s, true);
        vm.new_str_owned(out.finish())
    }

    /// scanstring(string, end, strict=True) -> (string, end)
    ///
    /// Scan the string s for a JSON string. End is the index of the
    /// character in s after the quote that started the JSON string.
    /// Unescapes all valid JSON string escape sequences and raises ValueError
    /// on attempt to decode an invalid string. If strict is False then literal
    /// control characters are allowed in the string.
    ///
    /// Returns a tuple of the decoded string and the index of the character in s
    /// after the end quote.
    #[pyfunction("(string, end, strict=True, /)")]
    fn scanstring(vm: &Vm, string: Value, end: isize, strict: Option<bool>) -> PyResult<(Value, usize)> {
        let s = text(vm, string)?;
        if end < 0 || end as usize > s.len() {
            return Err(vm.value_error("end is out of bounds"));
        }
        scan::string(vm, s, end as usize, strict.unwrap_or(true))
    }

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        ready_class::<scan::Scanner>(vm);
        ready_class::<encode::Encoder>(vm);
        m.dict().set_str(vm, "make_scanner", scan::Scanner::class().value());
        m.dict().set_str(vm, "make_encoder", encode::Encoder::class().value());
        Ok(())
    }
}
