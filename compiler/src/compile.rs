//! `compile()`: source text to a code object.

use crate::code::CodeData;
use crate::convert;
use crate::error::{ErrorKind, SyntaxError, Warning};
use crate::options::{Mode, Options, PYCF_ALLOW_TOP_LEVEL_AWAIT, PYCF_DONT_IMPLY_DEDENT, PYCF_MASK};
use crate::stack;
use rustpython_compiler::{CompileError, CompileOpts, core};
use rustpython_compiler_core::bytecode::CodeFlags;

/// A code object with what came up while making it.
#[derive(Clone, Debug)]
pub struct Compiled {
    pub code: CodeData,
    /// In the order in which CPython would issue them.
    pub warnings: Vec<Warning>,
    /// The `CO_FUTURE_*` bits in force: those of the options and those the source turned on.
    pub future_flags: u32,
}

/// Compiles and forgets the warnings.
pub fn compile(source: &str, filename: &str, mode: Mode, options: &Options) -> Result<CodeData, SyntaxError> {
    compile_full(source, filename, mode, options).map(|compiled| compiled.code)
}

pub fn compile_full(
    source: &str,
    filename: &str,
    mode: Mode,
    options: &Options,
) -> Result<Compiled, SyntaxError> {
    stack::run(|| on_big_stack(source, filename, mode, options))
        .unwrap_or_else(|panic| Err(internal_error(panic)))
}

/// A panic of the compiler crates.
pub(crate) fn internal_error(panic: String) -> SyntaxError {
    SyntaxError {
        kind: ErrorKind::Internal,
        message: panic,
        lineno: 1,
        offset: 1,
        end_lineno: 1,
        end_offset: 1,
        text: None,
    }
}

fn on_big_stack(
    source: &str,
    filename: &str,
    mode: Mode,
    options: &Options,
) -> Result<Compiled, SyntaxError> {
    let mut warnings = Vec::new();
    let mut warn = |location: core::SourceLocation, message: String| {
        warnings.push(Warning {
            message,
            lineno: location.line.get() as u32,
            offset: location.character_offset.get() as u32,
        });
        Ok(())
    };
    let result = rustpython_compiler::compile_with_syntax_warning_handler(
        source,
        core_mode(mode),
        filename,
        compile_opts(options),
        &mut warn,
    );
    match result {
        Ok(object) => {
            let code = convert::code(&object);
            let future_flags = code.flags & PYCF_MASK;
            Ok(Compiled { code, warnings, future_flags })
        }
        Err(error) => Err(syntax_error(&error, source)),
    }
}

pub(crate) fn core_mode(mode: Mode) -> core::Mode {
    match mode {
        Mode::Exec => core::Mode::Exec,
        Mode::Eval | Mode::FuncType => core::Mode::Eval,
        Mode::Single => core::Mode::Single,
    }
}

fn compile_opts(options: &Options) -> CompileOpts {
    CompileOpts {
        optimize: options.optimize,
        debug_ranges: options.debug_ranges,
        int_max_str_digits: options.int_max_str_digits,
        allow_top_level_await: options.flags & PYCF_ALLOW_TOP_LEVEL_AWAIT != 0,
        future_features: CodeFlags::from_bits_truncate(options.flags & PYCF_MASK),
        dont_imply_dedent: options.flags & PYCF_DONT_IMPLY_DEDENT != 0,
        ..CompileOpts::default()
    }
}

pub(crate) fn syntax_error(error: &CompileError, source: &str) -> SyntaxError {
    let (lineno, offset) = error.python_location();
    let (end_lineno, end_offset) = error.python_end_location().unwrap_or((lineno, offset));
    SyntaxError {
        kind: ErrorKind::Syntax,
        message: error.to_string(),
        lineno: lineno as u32,
        offset: offset as u32,
        end_lineno: end_lineno as u32,
        end_offset: end_offset as u32,
        text: source.split_inclusive('\n').nth(lineno.saturating_sub(1)).map(str::to_owned),
    }
}
