//! `parse` and `compile_ast`.

use super::check::check;
use super::from_parser::Converter;
use super::to_parser::Rebuilder;
use super::{AstError, FieldValue, Kind, Node};
use crate::code::{CodeData, Const};
use crate::compile::{Compiled, code_from_tree, internal_error, parse_tree, source_file};
use crate::error::SyntaxError;
use crate::options::{Mode, Options, PYCF_MASK, PYCF_OPTIMIZED_AST, PYCF_TYPE_COMMENTS};
use crate::stack;
use ruff_python_ast::token::TokenKind;
use ruff_text_size::Ranged;
use rustpython_codegen::preprocess;
use rustpython_compiler::parser;

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
    let optimized = options.flags & PYCF_OPTIMIZED_AST == PYCF_OPTIMIZED_AST;
    if optimized {
        let future = crate::code::CO_FUTURE_ANNOTATIONS;
        let annotations = options.flags & PYCF_MASK & future != 0;
        preprocess::preprocess_mod(&mut tree, options.optimize, annotations, false);
    }
    let mut tree = Converter::new(&file).module(&tree, mode == Mode::Single);
    if let Some(minor) = options.feature_version {
        super::features::check(&tree, source, minor)?;
    }
    if optimized {
        fold_debug(&mut tree, options.optimize == 0);
    }
    if options.flags & PYCF_TYPE_COMMENTS != 0 && mode == Mode::Exec {
        tree.fields[1] = FieldValue::List(type_ignores(source));
    }
    Ok(tree)
}

/// `__debug__` as the constant that it is.
fn fold_debug(node: &mut Node, debug: bool) {
    let is_debug = |node: &Node| {
        node.kind == Kind::Name
            && matches!(node.field("id"), Some(FieldValue::Identifier(id)) if id == "__debug__")
            && matches!(node.field("ctx"), Some(FieldValue::Node(ctx)) if ctx.kind == Kind::Load)
    };
    let mut fold = |value: &mut FieldValue| {
        if let FieldValue::Node(child) = value {
            if is_debug(child) {
                let value = FieldValue::Constant(if debug { Const::True } else { Const::False });
                **child = Node::new(Kind::Constant, child.span, vec![value, FieldValue::None]);
            } else {
                fold_debug(child, debug);
            }
        }
    };
    for value in &mut node.fields {
        match value {
            FieldValue::List(items) => items.iter_mut().for_each(&mut fold),
            value => fold(value),
        }
    }
}

/// `# type: ignore` comments: their lines, and what follows the word.
fn type_ignores(source: &str) -> Vec<FieldValue> {
    let parsed = parser::parse_unchecked(source, parser::ParseOptions::from(parser::Mode::Module));
    let mut found = Vec::new();
    for token in parsed.tokens().iter().filter(|token| token.kind() == TokenKind::Comment) {
        let text = &source[token.range()];
        let text = text.trim_start_matches('#').trim_start_matches([' ', '\t']);
        let Some(text) = text.strip_prefix("type: ").map(|t| t.trim_start_matches([' ', '\t'])) else {
            continue;
        };
        let Some(tag) = text.strip_prefix("ignore") else { continue };
        if tag.starts_with(|c: char| !c.is_ascii() || c.is_ascii_alphanumeric()) {
            continue;
        }
        let line = source[..token.range().start().to_usize()].matches('\n').count() as i64 + 1;
        let fields = vec![FieldValue::Int(line), FieldValue::Str(tag.into())];
        found.push(Node::new(Kind::TypeIgnore, super::Span::default(), fields).into());
    }
    found
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
