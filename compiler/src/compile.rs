//! `compile()`: source text to a code object.
//!
//! The steps are those of the compiler crate's own entry point; the checks between them, on tokens and tree, give
//! errors where the parser accepts more than CPython does. They stand here apart so that `ast::parse` and
//! `ast::compile_ast` can enter and leave in the middle.

use crate::code::CodeData;
use crate::convert;
use crate::error::{ErrorKind, SyntaxError, Warning};
use crate::escape_warnings;
use crate::messages;
use crate::number_warnings;
use crate::options::{Mode, Options, PYCF_ALLOW_TOP_LEVEL_AWAIT, PYCF_DONT_IMPLY_DEDENT, PYCF_MASK};
use crate::stack;
use crate::template_strings;
use ruff_python_ast::Mod;
use ruff_python_ast::token::TokenKind;
use ruff_text_size::Ranged;
use rustpython_codegen::compile as codegen;
use rustpython_compiler::{self as compiler, CompileError, CompileOpts, core, parser};
use rustpython_compiler_core::bytecode::CodeFlags;
use rustpython_compiler_core::{SourceFile, SourceFileBuilder};

/// Nesting of expressions and statements; `stack::STACK_SIZE` is large enough for it with room to spare.
const RECURSION_LIMIT: usize = 8000;

/// The limit where functions may be what is nested: the time for scopes grows with the cube of their depth.
const NESTED_SCOPES: usize = 400;

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

fn on_big_stack(
    source: &str,
    filename: &str,
    mode: Mode,
    options: &Options,
) -> Result<Compiled, SyntaxError> {
    attempt(source, filename, mode, options).or_else(|error| match without_comments(source) {
        Some(plain) => attempt(&plain, filename, mode, options).map_err(|_| error),
        None => Err(error),
    })
}

/// The source with blanks in place of its comments, None if it has none. Some checks of the compiler crate
/// search the text and take words in comments for code, so what they refuse is tried once more.
fn without_comments(source: &str) -> Option<String> {
    let parsed = parser::parse_unchecked(source, parser::ParseOptions::from(parser::Mode::Module));
    let mut plain = String::with_capacity(source.len());
    for token in parsed.tokens() {
        if token.kind() == TokenKind::Comment {
            let range = token.range();
            plain.push_str(source.get(plain.len()..range.start().to_usize())?);
            plain.extend(std::iter::repeat_n(' ', range.len().to_usize()));
        }
    }
    if plain.is_empty() {
        return None;
    }
    plain.push_str(source.get(plain.len()..)?);
    Some(plain)
}

/// The warnings that CPython issues while it parses.
pub fn token_warnings(source: &str) -> Vec<Warning> {
    let mut warnings = escape_warnings::warnings(source);
    let numbers = number_warnings::warnings(source);
    if !numbers.is_empty() {
        warnings.extend(numbers);
        warnings.sort_by_key(|w| (w.lineno, w.offset));
    }
    warnings
}

fn attempt(source: &str, filename: &str, mode: Mode, options: &Options) -> Result<Compiled, SyntaxError> {
    let mut warnings = token_warnings(source);
    if template_strings::may_occur(source) {
        let file = source_file(source, filename);
        if let Ok(mut tree) = parse_tree(&file, mode, options)
            && template_strings::add_texts(&mut tree, source)
        {
            let mut compiled = code_from_tree(tree, file, mode, options)?;
            warnings.append(&mut compiled.warnings);
            compiled.warnings = warnings;
            return Ok(compiled);
        }
    }
    let mut warn = |location, message| {
        warnings.push(warning(location, message));
        Ok(())
    };
    let mut opts = compile_opts(options);
    if source.matches("lambda").nth(NESTED_SCOPES).is_some() {
        opts.recursion_limit = NESTED_SCOPES;
    }
    let result =
        compiler::compile_with_syntax_warning_handler(source, core_mode(mode), filename, opts, &mut warn);
    match result {
        Ok(object) => Ok(compiled(&object, warnings)),
        Err(error) => Err(messages::translate(&error, source, mode, options)),
    }
}

/// The parser's tree for `source`, with the errors CPython gives before it makes symbol tables.
pub(crate) fn parse_tree(file: &SourceFile, mode: Mode, options: &Options) -> Result<Mod, SyntaxError> {
    attempt_tree(file, mode, options).or_else(|error| match without_comments(file.source_text()) {
        Some(plain) => attempt_tree(&source_file(&plain, file.name()), mode, options).map_err(|_| error),
        None => Err(error),
    })
}

fn attempt_tree(file: &SourceFile, mode: Mode, options: &Options) -> Result<Mod, SyntaxError> {
    let source = file.source_text();
    let opts = compile_opts(options);
    let parse = || -> Result<Mod, CompileError> {
        let parser_mode = if mode == Mode::Eval { parser::Mode::Expression } else { parser::Mode::Module };
        let parser_options = parser::ParseOptions::from(parser_mode);
        let barry = compiler::prepare_barry_as_flufl_source(
            source,
            parser_options.clone(),
            opts.future_features.contains(CodeFlags::FUTURE_BARRY_AS_BDFL),
        );
        compiler::pre_parse_source_error(file)?;
        let parsed = parser::parse(barry.source(), parser_options);
        if let Some(error) = barry.diagnostic(parsed.as_ref().err(), file) {
            return Err(error);
        }
        let parsed =
            parsed.map_err(|error| CompileError::from_ruff_parse_error(error, file, core_mode(mode)))?;
        if opts.dont_imply_dedent
            && mode == Mode::Single
            && let Some(error) = compiler::dont_imply_dedent_source_error(file)
        {
            return Err(error);
        }
        if let Some(error) = compiler::leading_byte_order_mark_error(file) {
            return Err(error);
        }
        let long =
            compiler::long_decimal_integer_literal_error(file, parsed.tokens(), opts.int_max_str_digits);
        if let Some(error) = long {
            return Err(error);
        }
        let tree = parsed.into_syntax();
        compiler::too_deeply_nested_error(&tree, file, opts.recursion_limit)?;
        match compiler::unsupported_grammar_error(&tree, file) {
            Some(error) => Err(error),
            None => Ok(tree),
        }
    };
    let tree = parse().map_err(|error| messages::translate(&error, source, mode, options))?;
    // The checks that need the tokens are private to the crate; its symbol tables are made after them. What the
    // tables themselves find wrong is no error of the parser.
    match compiler::compile_symtable(source, core_mode(mode), file.name()) {
        Err(error @ CompileError::Parse(_)) => Err(messages::translate(&error, source, mode, options)),
        _ => Ok(tree),
    }
}

/// The rest of the way, for a tree that has no source.
pub(crate) fn code_from_tree(
    tree: Mod,
    file: SourceFile,
    mode: Mode,
    options: &Options,
) -> Result<Compiled, SyntaxError> {
    let mut warnings = Vec::new();
    let mut warn = |location, message| {
        warnings.push(warning(location, message));
        Ok(())
    };
    let result = codegen::compile_top_with_syntax_warning_handler(
        tree,
        file,
        core_mode(mode),
        compile_opts(options),
        Some(&mut warn),
    );
    match result {
        Ok(object) => Ok(compiled(&object, warnings)),
        Err(error) => Err(messages::located(&CompileError::from(error), "")),
    }
}

fn compiled(object: &core::bytecode::CodeObject, warnings: Vec<Warning>) -> Compiled {
    let code = convert::code(object);
    let future_flags = code.flags & PYCF_MASK;
    Compiled { code, warnings, future_flags }
}

fn warning(location: core::SourceLocation, message: String) -> Warning {
    Warning { message, lineno: location.line.get() as u32, offset: location.character_offset.get() as u32 }
}

pub(crate) fn source_file(source: &str, filename: &str) -> SourceFile {
    SourceFileBuilder::new(filename, source).finish()
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
        recursion_limit: RECURSION_LIMIT,
    }
}
