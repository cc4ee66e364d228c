//! From source text to code objects, and SyntaxErrors as exceptions.

use crate::builtins::code::Code;
use crate::builtins::exceptions::Exc;
use crate::builtins::exceptions::syntax_error::SyntaxError as SyntaxErrorObject;
use crate::builtins::singletons::none;
use crate::builtins::tuple::Tuple;
use crate::error::{PyResult, Raised};
use crate::object::{Ref, ValueExt};
use crate::vm::Vm;
use adder_compiler::compile_full;
use adder_compiler::error::{ErrorKind, SyntaxError};
use adder_compiler::options::{Mode, Options};

/// The exception of a compiler error.
pub fn syntax_error(vm: &Vm, e: &SyntaxError, filename: &str) -> Raised {
    let kind = match e.kind {
        ErrorKind::Syntax | ErrorKind::Internal => Exc::SyntaxError,
        ErrorKind::Indentation => Exc::IndentationError,
        ErrorKind::Tab => Exc::TabError,
        ErrorKind::IncompleteInput => Exc::_IncompleteInputError,
        ErrorKind::Recursion => return vm.error(Exc::RecursionError, e.message.clone()),
    };
    let text = match &e.text {
        Some(t) => vm.new_str(t),
        None => line_of_file(vm, filename, e.lineno).map_or(none(), |t| vm.new_str(&t)),
    };
    let details = Tuple::from_slice(
        vm,
        &[
            vm.new_str(filename),
            vm.int(e.lineno as i64),
            vm.int(e.offset as i64),
            text,
            vm.int(e.end_lineno as i64),
            vm.int(e.end_offset as i64),
        ],
    );
    vm.raise_class(kind.class(), &[vm.new_str(&e.message), details.value()])
}

fn line_of_file(vm: &Vm, filename: &str, line: u32) -> Option<String> {
    let bytes = std::fs::read(filename).ok()?;
    let text = match crate::builtins::more::decode(vm, &bytes, filename) {
        Ok(text) => text,
        Err(raised) => {
            let _ = vm.take_exception(raised);
            return None;
        }
    };
    text.trim_start_matches('\u{feff}').lines().nth(line.checked_sub(1)? as usize).map(|l| format!("{l}\n"))
}

/// The options of this process.
pub fn options(vm: &Vm, optimize: u8, flags: u32) -> Options {
    let int_max_str_digits = vm.int_max_str_digits.get();
    let no_ranges = vm.config.x_options.iter().any(|(name, _)| name == "no_debug_ranges")
        || !vm.config.ignore_environment
            && std::env::var_os("PYTHONNODEBUGRANGES").is_some_and(|v| !v.is_empty());
    Options { optimize, flags, int_max_str_digits, debug_ranges: !no_ranges, ..Options::default() }
}

/// Compiles source text.
pub fn compile_source(vm: &Vm, source: &str, filename: &str, mode: Mode, flags: u32) -> PyResult<Ref<Code>> {
    let options = options(vm, vm.config.optimize, flags);
    compile_with(vm, source, filename, mode, &options)
}

/// As `compile_source`, with all options. Warnings of the compiler are issued.
pub fn compile_with(
    vm: &Vm,
    source: &str,
    filename: &str,
    mode: Mode,
    options: &Options,
) -> PyResult<Ref<Code>> {
    match compile_full(source, filename, mode, options) {
        Ok(compiled) => {
            for w in &compiled.warnings {
                warn(vm, w, filename)?;
            }
            Code::from_data(vm, &compiled.code)
        }
        Err(e) => {
            let raised = syntax_error(vm, &e, filename);
            if e.message == "invalid syntax"
                && let Some(exc) = vm.peek_exception().and_then(|x| x.value().downcast::<SyntaxErrorObject>())
            {
                // Where to look for misspelt keywords.
                let parts = [vm.int(e.lineno as i64), vm.int(0), vm.new_str(source)];
                exc.metadata.set(exc, Some(Tuple::from_slice(vm, &parts).value()));
            }
            Err(raised)
        }
    }
}

/// Issues a warning of the compiler.
pub fn warn(vm: &Vm, w: &adder_compiler::error::Warning, filename: &str) -> PyResult<()> {
    let Some(module) = vm.modules().get_name_quiet(crate::names::names().warnings) else { return Ok(()) };
    let Some(f) = vm.get_attr_opt(module, crate::names::names().warn_explicit)? else { return Ok(()) };
    let args = [
        vm.new_str(&w.message),
        Exc::SyntaxWarning.class().value(),
        vm.new_str(filename),
        vm.int(w.lineno as i64),
    ];
    if let Err(raised) = vm.call(f, &args) {
        // A warning turned into an error is shown as a SyntaxError of that place.
        let exc = vm.take_exception(raised);
        if exc.value().class().is_subclass_of(Exc::SyntaxWarning.class()) {
            let e = SyntaxError {
                kind: ErrorKind::Syntax,
                message: w.message.clone(),
                lineno: w.lineno,
                offset: w.offset,
                end_lineno: w.lineno,
                end_offset: w.offset as i32,
                text: None,
            };
            return Err(syntax_error(vm, &e, filename));
        }
        return Err(vm.restore(exc));
    }
    Ok(())
}

/// The exception of source bytes that cannot be decoded.
pub fn decode_error(vm: &Vm, e: adder_compiler::source::DecodeError, filename: &str) -> Raised {
    use adder_compiler::source::{DecodeError, unknown_encoding};
    match e {
        DecodeError::NeedsCodec(name) => syntax_error(vm, &unknown_encoding(&name), filename),
        DecodeError::Syntax(e) => syntax_error(vm, &e, filename),
    }
}
