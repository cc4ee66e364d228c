//! `parse` and `compile_ast`.

use super::check::check;
use super::from_parser::Converter;
use super::to_parser::Rebuilder;
use super::{AstError, Node};
use crate::code::CodeData;
use crate::compile::{Compiled, code_from_tree, internal_error, parse_tree, source_file};
use crate::error::SyntaxError;
use crate::options::{Mode, Options, PYCF_MASK, PYCF_OPTIMIZED_AST};
use crate::stack;
use rustpython_codegen::preprocess;

/// Source to a tree: `compile(..., PyCF_ONLY_AST)`.
pub fn parse(source: &str, filename: &str, mode: Mode, options: &Options) -> Result<Node, SyntaxError> {
    stack::run(|| parse_on_stack(source, filename, mode, options))
        .unwrap_or_else(|panic| Err(internal_error(panic)))
}

fn parse_on_stack(source: &str, filename: &str, mode: Mode, options: &Options) -> Result<Node, SyntaxError> {
    if mode == Mode::FuncType {
        return super::func_type::parse(source, filename, options);
    }
    let file = source_file(source, filename);
    let mut tree = parse_tree(&file, mode, options)?;
    if options.flags & PYCF_OPTIMIZED_AST == PYCF_OPTIMIZED_AST {
        let future = crate::code::CO_FUTURE_ANNOTATIONS;
        let annotations = options.flags & PYCF_MASK & future != 0;
        preprocess::preprocess_mod(&mut tree, options.optimize, annotations, false);
    }
    Ok(Converter::new(&file).module(&tree, mode == Mode::Single))
}

/// A tree to a code object. The mode must fit the tree's class.
pub fn compile_ast(tree: &Node, filename: &str, mode: Mode, options: &Options) -> Result<CodeData, AstError> {
    compile_ast_full(tree, filename, mode, options).map(|compiled| compiled.code)
}

pub fn compile_ast_full(
    tree: &Node,
    filename: &str,
    mode: Mode,
    options: &Options,
) -> Result<Compiled, AstError> {
    stack::run(|| {
        wrong_mode(tree, mode)?;
        check(tree)?;
        let (module, file) = Rebuilder::rebuild(tree, filename)?;
        code_from_tree(module, file, mode, options).map_err(|mut error| {
            error.text = None;
            AstError::Syntax(error)
        })
    })
    .unwrap_or_else(|panic| Err(AstError::Syntax(internal_error(panic))))
}

fn wrong_mode(tree: &Node, mode: Mode) -> Result<(), AstError> {
    use super::Kind;
    let wanted = match mode {
        Mode::Exec => Kind::Module,
        Mode::Eval => Kind::Expression,
        Mode::Single => Kind::Interactive,
        Mode::FuncType => Kind::FunctionType,
    };
    if tree.kind == wanted {
        return Ok(());
    }
    let (wanted, actual) = (wanted.info().name, tree.kind.info().name);
    Err(AstError::Type(format!("expected {wanted} node, got {actual}")))
}
