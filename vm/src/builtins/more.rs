//! Glue between `builtins` and types that live in files of their own.

use crate::builtins::bytearray::ByteArray;
use crate::builtins::bytes::Bytes;
use crate::builtins::code::Code;
use crate::builtins::complex_::Complex;
use crate::builtins::dict::Dict;
use crate::builtins::float::Float;
use crate::builtins::int::as_int;
use crate::builtins::list::List;
use crate::builtins::singletons::none;
use crate::builtins::str_::Str;
use crate::error::PyResult;
use crate::names::names;
use crate::object::{Ref, Value, ValueExt};
use crate::raise;
use crate::vm::Vm;
use adder_compiler::options::{self, Mode, Options};

/// `ord(b)` for bytes-like objects.
pub fn ord_bytes(vm: &Vm, v: Value) -> PyResult<i64> {
    if let Some(b) = vm.buffer_bytes(v)? {
        if b.len() == 1 {
            return Ok(b[0] as i64);
        }
        raise!(vm, TypeError, "ord() expected a character, but string of length {} found", b.len())
    }
    raise!(vm, TypeError, "ord() expected string of length 1, but {} found", v.class().name())
}

/// The text of a source argument: str or bytes-like.
pub fn source_text(vm: &Vm, source: Value, what: &str) -> PyResult<String> {
    if let Some(s) = source.downcast::<Str>() {
        return match s.to_utf8() {
            Some(t) if t.contains('\0') => Err(vm.error(
                crate::builtins::exceptions::Exc::SyntaxError,
                "source code string cannot contain null bytes",
            )),
            Some(t) => Ok(t),
            None => {
                // Raises the UnicodeEncodeError of a lone surrogate.
                vm.call_method(source, vm.intern_str("encode"), &[vm.new_str("utf-8")])?;
                Err(vm.value_error("source code cannot be encoded"))
            }
        };
    }
    let Some(bytes) = vm.buffer_bytes(source)? else {
        raise!(vm, TypeError, "{what}() arg 1 must be a string, bytes or code object")
    };
    decode(vm, &bytes, "<string>")
}

/// Source bytes as text, by their encoding declaration.
pub fn decode(vm: &Vm, bytes: &[u8], filename: &str) -> PyResult<String> {
    use adder_compiler::source::{DecodeError, decode_source};
    match decode_source(bytes) {
        Ok(d) => Ok(d.text),
        Err(DecodeError::NeedsCodec(name)) => {
            let data = vm.new_bytes(bytes)?;
            match vm.call_method(data, vm.intern_str("decode"), &[vm.new_str(&name)]) {
                Ok(s) => Ok(s.downcast::<Str>().and_then(|s| s.to_utf8()).unwrap_or_default()),
                Err(raised) => {
                    vm.swallow(raised, crate::builtins::exceptions::Exc::LookupError)?;
                    Err(crate::compile::decode_error(vm, DecodeError::NeedsCodec(name), filename))
                }
            }
        }
        Err(e) => Err(crate::compile::decode_error(vm, e, filename)),
    }
}

/// Future flags of the running code, inherited by `compile`, `eval`, `exec`.
pub fn inherited_flags(vm: &Vm) -> u32 {
    // SAFETY: the running frame.
    vm.thread().top().map_or(0, |f| unsafe { (*f).code() }.plain.flags & adder_compiler::options::PYCF_MASK)
}

/// What the library knows about syntax trees; this crate does not depend on it.
pub struct AstHooks {
    pub is_node: fn(Value) -> bool,
    pub parse: fn(&Vm, &str, &str, Mode, &Options) -> PyResult<Value>,
    /// A tree to a code object, or to a checked tree with `PYCF_ONLY_AST`.
    pub compile: fn(&Vm, Value, &str, Mode, &Options) -> PyResult<Value>,
}

static AST_HOOKS: std::sync::OnceLock<&'static AstHooks> = std::sync::OnceLock::new();

/// Called once, by the library.
pub fn set_ast_hooks(hooks: &'static AstHooks) {
    let _ = AST_HOOKS.set(hooks);
}

fn ast_hooks() -> Option<&'static AstHooks> {
    AST_HOOKS.get().copied()
}

fn hooks_for(node: Value) -> Option<&'static AstHooks> {
    ast_hooks().filter(|h| (h.is_node)(node))
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
    feature_version: Option<i32>,
) -> PyResult<Value> {
    let filename = file_name(vm, filename)?;
    let mut flags = flags.unwrap_or(0) as u32;
    if flags & !KNOWN_FLAGS != 0 {
        return Err(vm.value_error("compile(): unrecognised flags"));
    }
    let optimize = match optimize.unwrap_or(-1) {
        -1 => vm.config.optimize,
        n @ 0..=2 => n as u8,
        _ => return Err(vm.value_error("compile(): invalid optimize value")),
    };
    if dont_inherit != Some(true) {
        flags |= inherited_flags(vm);
    }
    let only_ast = flags & options::PYCF_ONLY_AST != 0;
    let mode = match mode.to_string().as_str() {
        "exec" => Mode::Exec,
        "eval" => Mode::Eval,
        "single" => Mode::Single,
        "func_type" if only_ast => Mode::FuncType,
        "func_type" => {
            return Err(vm.value_error("compile() mode 'func_type' requires flag PyCF_ONLY_AST"));
        }
        _ => {
            let modes = if only_ast {
                "'exec', 'eval', 'single' or 'func_type'"
            } else {
                "'exec', 'eval' or 'single'"
            };
            return Err(vm.value_error(format!("compile() mode must be {modes}")));
        }
    };
    crate::sys_functions::audit(vm, "compile", &[source, vm.new_str(&filename)])?;
    let mut options = crate::compile::options(vm, optimize, flags);
    if only_ast {
        options.feature_version = feature_version.and_then(|minor| u32::try_from(minor).ok());
    }
    if let Some(hooks) = hooks_for(source) {
        return (hooks.compile)(vm, source, &filename, mode, &options);
    }
    let text = source_text(vm, source, "compile")?;
    if only_ast && let Some(hooks) = ast_hooks() {
        return (hooks.parse)(vm, &text, &filename, mode, &options);
    }
    let code: Ref<Code> = crate::compile::compile_with(vm, &text, &filename, mode, &options)?;
    Ok(code.value())
}

/// The flags `compile()` takes.
const KNOWN_FLAGS: u32 = options::PYCF_MASK
    | options::PYCF_MASK_OBSOLETE
    | options::PYCF_ONLY_AST
    | options::PYCF_OPTIMIZED_AST
    | options::PYCF_ALLOW_TOP_LEVEL_AWAIT
    | options::PYCF_TYPE_COMMENTS
    | options::PYCF_DONT_IMPLY_DEDENT
    | options::PYCF_ALLOW_INCOMPLETE_INPUT;

/// A path given as str, bytes or an object with `__fspath__`.
pub fn file_name(vm: &Vm, v: Value) -> PyResult<String> {
    if let Some(s) = v.downcast::<Str>() {
        return Ok(s.to_string());
    }
    if let Some(b) = v.downcast::<crate::builtins::bytes::Bytes>() {
        return Ok(String::from_utf8_lossy(b.as_bytes()).to_string());
    }
    match vm.call_special(v, vm.intern_str("__fspath__"), &[])? {
        Some(path) => Ok(vm.str(path)?.to_string()),
        None => {
            raise!(vm, TypeError, "expected str, bytes or os.PathLike object, not {}", v.class().name())
        }
    }
}

/// The code that `eval` and `exec` run: a code object, or source or a tree to compile.
pub fn code_of(vm: &Vm, what: &str, source: Value, mode: Mode) -> PyResult<Ref<Code>> {
    if let Some(c) = source.exact::<Code>() {
        return Ok(c);
    }
    let options = crate::compile::options(vm, vm.config.optimize, inherited_flags(vm));
    if let Some(hooks) = hooks_for(source) {
        let code = (hooks.compile)(vm, source, "<string>", mode, &options)?;
        return Ok(code.downcast().expect("a tree compiles to a code object"));
    }
    let text = source_text(vm, source, what)?;
    let text = if mode == Mode::Eval { text.trim_start_matches([' ', '\t']).to_string() } else { text };
    crate::compile::compile_with(vm, &text, "<string>", mode, &options)
}

pub fn sort(vm: &Vm, list: Ref<List>, key: Option<Value>, reverse: bool) -> PyResult<()> {
    crate::builtins::list_sort::sort(vm, list, key, reverse)
}

/// `input(prompt)`: through `sys.stdout` and `sys.stdin`.
pub fn input(vm: &Vm, prompt: Option<Value>) -> PyResult<Value> {
    let stream = |name: &str| match vm.sys_get(name).filter(|f| !f.is_none()) {
        Some(f) => Ok(f),
        None => Err(vm.runtime_error(format!("input(): lost sys.{name}"))),
    };
    let (stdin, stdout) = (stream("stdin")?, stream("stdout")?);
    crate::sys_functions::audit(vm, "builtins.input", &[prompt.unwrap_or(none())])?;
    // A stream that cannot be flushed is no obstacle.
    let flush = |stream: Value| {
        if let Err(raised) = vm.call_method(stream, names().flush, &[]) {
            let _ = vm.take_exception(raised);
        }
    };
    if let Some(err) = vm.sys_get("stderr").filter(|f| !f.is_none()) {
        flush(err);
    }
    if let Some(p) = prompt {
        let text = vm.str(p)?;
        vm.call_method(stdout, names().write, &[text.value()])?;
    }
    flush(stdout);
    let line = vm.call_method(stdin, names().readline, &[])?;
    let Some(s) = line.downcast::<Str>() else {
        raise!(vm, TypeError, "object.readline() returned non-string")
    };
    if s.is_empty() {
        raise!(vm, EOFError, "EOF when reading a line")
    }
    crate::sys_functions::audit(vm, "builtins.input/result", &[line])?;
    let units = s.units();
    let end = if s.char_at(s.len() - 1) == '\n' as u32 { s.len() - 1 } else { s.len() };
    Ok(vm.new_str_units(units.slice(0..end))?.value())
}

/// `iter(f, sentinel)`
pub fn callable_iterator(vm: &Vm, f: Value, sentinel: Value) -> PyResult<Value> {
    Ok(vm.callable_iterator(f, sentinel))
}

/// `sum(iterable, start)`
/// `sum(iterable, start)`. Doubles are added with a running compensation (Neumaier), as CPython does, also
/// the parts of complex numbers.
pub fn sum(vm: &Vm, iterable: Value, start: Option<Value>) -> PyResult<Value> {
    let mut total = start.unwrap_or(vm.int(0));
    for (wrong, what, join) in [
        (total.downcast::<Str>().is_some(), "strings", "''"),
        (total.downcast::<Bytes>().is_some(), "bytes", "b''"),
        (total.downcast::<ByteArray>().is_some(), "bytearray", "b''"),
    ] {
        if wrong {
            raise!(vm, TypeError, "sum() can't sum {what} [use {join}.join(seq) instead]")
        }
    }
    // While `doubles` is set, it is the sum, and `total` is out of date.
    let mut doubles: Option<[Compensated; 2]> = None;
    let mut is_complex = false;
    let iter = vm.iter(iterable)?;
    loop {
        // Small ints, and floats after a float, are added without coming back here.
        let next = vm.next_untaken(iter, &mut |v| match &mut doubles {
            None if v.is_small() && total.is_small() => {
                match total.small().checked_add(v.small()).and_then(Value::try_small) {
                    Some(sum) => total = sum,
                    None => return false,
                }
                true
            }
            Some([re, _]) => match v.exact::<Float>() {
                Some(f) => {
                    re.add(f.value);
                    true
                }
                None => false,
            },
            None => false,
        })?;
        let Some(v) = next else { break };
        if let Some([re, im]) = &mut doubles {
            if let Some(f) = v.exact::<Float>() {
                re.add(f.value);
                continue;
            }
            if let Some(i) = as_int(v)
                && let Ok(f) = vm.int_to_f64(i)
            {
                re.add(f);
                continue;
            }
            if let Some(c) = v.exact::<Complex>().filter(|_| is_complex) {
                re.add(c.real);
                im.add(c.imag);
                continue;
            }
            total = doubles_value(vm, &doubles, is_complex);
            doubles = None;
        }
        total = vm.binary_op(crate::protocol::BinaryOp::Add, total, v)?;
        if let Some(f) = total.exact::<Float>() {
            doubles = Some([Compensated::of(f.value), Compensated::of(0.0)]);
            is_complex = false;
        } else if let Some(c) = total.exact::<Complex>() {
            doubles = Some([Compensated::of(c.real), Compensated::of(c.imag)]);
            is_complex = true;
        }
    }
    Ok(if doubles.is_some() { doubles_value(vm, &doubles, is_complex) } else { total })
}

fn doubles_value(vm: &Vm, sums: &Option<[Compensated; 2]>, is_complex: bool) -> Value {
    match sums {
        Some([re, im]) if is_complex => vm.complex(re.value(), im.value()),
        Some([re, _]) => vm.float(re.value()),
        None => none(),
    }
}

/// A sum of doubles with the rounding errors on the side.
struct Compensated {
    high: f64,
    low: f64,
}

impl Compensated {
    fn of(x: f64) -> Compensated {
        Compensated { high: x, low: 0.0 }
    }

    fn add(&mut self, x: f64) {
        let t = self.high + x;
        if self.high.abs() >= x.abs() {
            self.low += (self.high - t) + x;
        } else {
            self.low += (x - t) + self.high;
        }
        self.high = t;
    }

    fn value(&self) -> f64 {
        // An infinite sum has no compensation.
        if self.low != 0.0 && self.low.is_finite() { self.high + self.low } else { self.high }
    }
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
    let names = List::new(vm);
    for name in crate::stdlib_names::NAMES {
        names.push(vm, vm.new_str(name));
    }
    vm.call(<crate::builtins::set::FrozenSet as crate::object::Object>::class().value(), &[names.value()])
}

/// As `named_tuple`; fields from `visible` on are attributes only.
pub fn partly_hidden(
    vm: &Vm,
    name: &'static str,
    fields: &[(&str, Value)],
    visible: usize,
) -> PyResult<Value> {
    let class = vm.named_struct_sequence_of(name, &mut fields.iter().map(|f| f.0), Some(visible));
    let mut items: smallvec::SmallVec<[Value; 24]> = smallvec::SmallVec::new();
    items.extend(fields.iter().map(|f| f.1));
    debug_assert!(!items.spilled());
    Ok(vm.new_struct_sequence(class, &items))
}

pub fn add_builtins(vm: &Vm, d: Ref<Dict>) {
    crate::builtins::container_types::add_builtins(vm, d);
    crate::builtins::text_types::add_builtins(vm, d);
    d.set_str(vm, "bool", <crate::builtins::int::Bool as crate::object::Object>::class().value());
}

pub fn init(vm: &Vm) {
    crate::builtins::container_types::init(vm);
    crate::builtins::asyncgen::init(vm);
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
