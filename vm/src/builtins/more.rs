//! Glue between `builtins` and types that live in files of their own.

use crate::builtins::code::Code;
use crate::builtins::dict::Dict;
use crate::builtins::list::List;
use crate::builtins::str_::Str;
use crate::builtins::tuple::Tuple;
use crate::error::PyResult;
use crate::object::{Ref, Value, ValueExt};
use crate::raise;
use crate::vm::Vm;
use adder_compiler::options::{Mode, Options};

/// `ord(b)` for bytes-like objects.
pub fn ord_bytes(vm: &Vm, v: Value) -> PyResult<i64> {
    raise!(vm, TypeError, "ord() expected string of length 1, but {} found", v.class().name())
}

/// The text of a source argument: str or bytes-like.
pub fn source_text(vm: &Vm, source: Value, what: &str) -> PyResult<String> {
    match source.downcast::<Str>().and_then(|s| s.to_utf8()) {
        Some(s) => Ok(s),
        None => raise!(vm, TypeError, "{what}() arg 1 must be a string, bytes or code object"),
    }
}

/// Future flags of the running code, inherited by `compile`, `eval`, `exec`.
pub fn inherited_flags(vm: &Vm) -> u32 {
    let f = vm.thread().frame.get();
    // SAFETY: the running frame.
    if f.is_null() { 0 } else { unsafe { (*f).code() }.plain.flags & adder_compiler::options::PYCF_MASK }
}

/// `compile(...)`
pub fn compile(
    vm: &Vm,
    source: Value,
    filename: Value,
    mode: Ref<Str>,
    flags: Option<i32>,
    dont_inherit: Option<bool>,
    optimize: Option<i32>,
) -> PyResult<Value> {
    let text = source_text(vm, source, "compile")?;
    let filename = vm.str(filename)?.to_string();
    let mode = match mode.to_string().as_str() {
        "exec" => Mode::Exec,
        "eval" => Mode::Eval,
        "single" => Mode::Single,
        _ => return Err(vm.value_error("compile() mode must be 'exec', 'eval' or 'single'")),
    };
    let mut flags = flags.unwrap_or(0) as u32;
    if dont_inherit != Some(true) {
        flags |= inherited_flags(vm);
    }
    let optimize = match optimize.unwrap_or(-1) {
        -1 => vm.config.optimize,
        n @ 0..=2 => n as u8,
        _ => return Err(vm.value_error("compile(): invalid optimize value")),
    };
    let options = Options { optimize, flags, ..Options::default() };
    let code: Ref<Code> = crate::compile::compile_with(vm, &text, &filename, mode, &options)?;
    Ok(code.value())
}

pub fn sort(vm: &Vm, list: Ref<List>, key: Option<Value>, reverse: bool) -> PyResult<()> {
    crate::builtins::list_sort::sort(vm, list, key, reverse)
}

pub fn input(vm: &Vm, _prompt: Option<Value>) -> PyResult<Value> {
    raise!(vm, SystemError, "input is not built in yet")
}

/// `iter(f, sentinel)`
pub fn callable_iterator(vm: &Vm, f: Value, sentinel: Value) -> PyResult<Value> {
    Ok(vm.callable_iterator(f, sentinel))
}

/// `sum(iterable, start)`
pub fn sum(vm: &Vm, iterable: Value, start: Option<Value>) -> PyResult<Value> {
    let mut total = start.unwrap_or(vm.int(0));
    vm.iterate(iterable, &mut |v| {
        total = vm.binary_op(crate::protocol::BinaryOp::Add, total, v)?;
        Ok(())
    })?;
    Ok(total)
}

pub fn named_tuple(
    vm: &Vm,
    name: &'static str,
    fields: &[(&str, Value)],
    items: &[Value],
) -> PyResult<Value> {
    let class = vm.named_struct_sequence(name, &mut fields.iter().map(|f| f.0));
    Ok(vm.new_struct_sequence(class, items))
}

pub fn simple_namespace(vm: &Vm, fields: &[(&str, Value)]) -> PyResult<Value> {
    Ok(vm.new_namespace(fields))
}

pub fn stdlib_module_names(vm: &Vm) -> PyResult<Value> {
    Ok(Tuple::from_slice(vm, &[]).value())
}

pub fn add_builtins(vm: &Vm, d: Ref<Dict>) {
    crate::builtins::container_types::add_builtins(vm, d);
}

pub fn init(vm: &Vm) {
    crate::builtins::container_types::init(vm);
    crate::builtins::number_types::init(vm);
}

/// The bytes of an iterable of ints.
pub fn bytes_of_iterable(vm: &Vm, v: Value) -> PyResult<Vec<u8>> {
    let mut out = vec![];
    vm.iterate(v, &mut |i| {
        match u8::try_from(vm.index_i128(i)?) {
            Ok(b) => out.push(b),
            Err(_) => return Err(vm.value_error("bytes must be in range(0, 256)")),
        }
        Ok(())
    })?;
    Ok(out)
}
