//! From the compiler crates' errors to CPython's.

use crate::error::{ErrorKind, SyntaxError};
use crate::options::{Mode, Options};
use rustpython_compiler::CompileError;

pub fn translate(error: &CompileError, source: &str, _mode: Mode, _options: &Options) -> SyntaxError {
    located(error, source)
}

pub fn located(error: &CompileError, source: &str) -> SyntaxError {
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
