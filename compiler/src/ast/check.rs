//! What CPython's Python/ast.c checks before it compiles a tree that a program made, with its messages.
//!
//! After `check` a tree has every required field, every field has the type its class declares, and lists that must
//! not be empty are not. `to_parser` relies on that. Types of field values are the caller's: it makes a
//! `FieldValue` from an object only if the object fits.

use super::asdl::Count;
use super::{AstError, FieldValue, Kind, Node};
use crate::code::Const;

pub type Check = Result<(), AstError>;

/// Deeper trees are refused with a `RecursionError`'s text.
const MAX_DEPTH: usize = 6000;

pub fn value_error<T>(message: impl Into<String>) -> Result<T, AstError> {
    Err(AstError::Value(message.into()))
}

fn type_error<T>(message: impl Into<String>) -> Result<T, AstError> {
    Err(AstError::Type(message.into()))
}

pub fn check(tree: &Node) -> Check {
    fields(tree, 0)?;
    semantics(tree)
}

/// Presence and shape of all fields of all nodes.
fn fields(node: &Node, depth: usize) -> Check {
    if depth > MAX_DEPTH {
        return value_error("maximum recursion depth exceeded during ast construction");
    }
    let info = node.kind.info();
    for (field, value) in info.fields.iter().zip(&node.fields) {
        match (value, field.count) {
            (FieldValue::Missing, Count::One) => {
                return type_error(format!("required field \"{}\" missing from {}", field.name, info.name));
            }
            // A missing `expr_context` is `Load`, a missing list is empty, a missing optional is `None`.
            (FieldValue::None, Count::One) if field.ty != "constant" => {
                return value_error(format!("field '{}' is required for {}", field.name, info.name));
            }
            (FieldValue::Node(child), _) => fields(child, depth + 1)?,
            (FieldValue::List(items), count) => {
                for item in items {
                    match item {
                        FieldValue::Node(child) => fields(child, depth + 1)?,
                        FieldValue::None if count == Count::Many && field.ty == "stmt" => {
                            return value_error("None disallowed in statement list");
                        }
                        FieldValue::None if count == Count::Many => {
                            return value_error("None disallowed in expression list");
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

pub fn list<'n>(node: &'n Node, name: &str) -> &'n [FieldValue] {
    match node.field(name) {
        Some(FieldValue::List(items)) => items,
        _ => &[],
    }
}

pub fn child<'n>(node: &'n Node, name: &str) -> Option<&'n Node> {
    match node.field(name) {
        Some(FieldValue::Node(child)) => Some(child),
        _ => None,
    }
}

/// A name that code binds.
pub fn identifier(name: &str) -> Check {
    match name {
        "None" | "True" | "False" => {
            value_error(format!("identifier field can't represent '{name}' constant"))
        }
        _ => Ok(()),
    }
}

fn identifiers(node: &Node, fields: &[&str]) -> Check {
    for field in fields {
        if let Some(FieldValue::Identifier(name)) = node.field(field) {
            identifier(name)?;
        }
    }
    Ok(())
}

fn not_empty(node: &Node, name: &str) -> Check {
    if list(node, name).is_empty() {
        return value_error(format!("empty {name} on {}", node.kind.info().name));
    }
    Ok(())
}

fn semantics(node: &Node) -> Check {
    if node.kind.info().located {
        position(node)?;
    }
    match node.kind {
        Kind::FunctionDef
        | Kind::AsyncFunctionDef
        | Kind::ClassDef
        | Kind::ExceptHandler
        | Kind::TypeVar
        | Kind::ParamSpec
        | Kind::TypeVarTuple => identifiers(node, &["name"])?,
        Kind::alias => identifiers(node, &["name", "asname"])?,
        Kind::match_case => child(node, "pattern").map_or(Ok(()), star_free)?,
        kind if kind.info().base == Some("pattern") => super::check_patterns::pattern(node)?,
        _ => {}
    }
    match node.kind {
        Kind::FunctionDef | Kind::AsyncFunctionDef | Kind::ClassDef | Kind::ExceptHandler => {
            not_empty(node, "body")?
        }
        Kind::match_case if list(node, "body").is_empty() => {
            return value_error("empty body on match_case");
        }
        Kind::Delete => {
            not_empty(node, "targets")?;
            contexts(list(node, "targets"), Kind::Del)?;
        }
        Kind::Assign => {
            not_empty(node, "targets")?;
            contexts(list(node, "targets"), Kind::Store)?;
        }
        Kind::AugAssign | Kind::NamedExpr | Kind::comprehension => context(node, "target", Kind::Store)?,
        Kind::AnnAssign => {
            let simple = matches!(node.field("simple"), Some(FieldValue::Int(n)) if *n != 0);
            if simple && child(node, "target").is_some_and(|target| target.kind != Kind::Name) {
                return type_error("AnnAssign with simple non-Name target");
            }
            context(node, "target", Kind::Store)?;
        }
        Kind::TypeAlias => {
            if child(node, "name").is_some_and(|name| name.kind != Kind::Name) {
                return type_error("TypeAlias with non-Name name");
            }
            context(node, "name", Kind::Store)?;
        }
        Kind::For | Kind::AsyncFor => {
            context(node, "target", Kind::Store)?;
            not_empty(node, "body")?;
        }
        Kind::While | Kind::If => not_empty(node, "body")?,
        Kind::With | Kind::AsyncWith => {
            not_empty(node, "items")?;
            not_empty(node, "body")?;
        }
        Kind::withitem => {
            if let Some(vars) = child(node, "optional_vars") {
                expect_context(vars, Kind::Store)?;
            }
        }
        Kind::Match => not_empty(node, "cases")?,
        Kind::Raise if child(node, "exc").is_none() && child(node, "cause").is_some() => {
            return value_error("Raise with cause but no exception");
        }
        Kind::Try | Kind::TryStar => {
            not_empty(node, "body")?;
            let name = node.kind.info().name;
            let (handlers, finalbody) = (list(node, "handlers"), list(node, "finalbody"));
            if handlers.is_empty() && finalbody.is_empty() {
                return value_error(format!("{name} has neither except handlers nor finalbody"));
            }
            if handlers.is_empty() && !list(node, "orelse").is_empty() {
                return value_error(format!("{name} has orelse but no except handlers"));
            }
        }
        Kind::Import | Kind::Global | Kind::Nonlocal => not_empty(node, "names")?,
        Kind::ImportFrom => {
            if matches!(node.field("level"), Some(FieldValue::Int(level)) if *level < 0) {
                return value_error("Negative ImportFrom level");
            }
            not_empty(node, "names")?;
        }
        Kind::BoolOp if list(node, "values").len() < 2 => {
            return value_error("BoolOp with less than 2 values");
        }
        Kind::Dict if list(node, "keys").len() != list(node, "values").len() => {
            return value_error("Dict doesn't have the same number of keys as values");
        }
        Kind::ListComp | Kind::SetComp | Kind::DictComp | Kind::GeneratorExp => {
            if list(node, "generators").is_empty() {
                return value_error("comprehension with no generators");
            }
            // The generators come before what is made of them.
            for generator in list(node, "generators") {
                if let FieldValue::Node(generator) = generator {
                    semantics(generator)?;
                }
            }
        }
        Kind::Compare => {
            let comparators = list(node, "comparators");
            if comparators.is_empty() {
                return value_error("Compare has no comparators");
            }
            if comparators.len() != list(node, "ops").len() {
                return value_error("Compare has a different number of comparators and operands");
            }
        }
        Kind::arguments => {
            for name in ["posonlyargs", "args", "kwonlyargs"] {
                for arg in list(node, name) {
                    if let FieldValue::Node(arg) = arg {
                        loads(arg)?;
                    }
                }
            }
            let args = list(node, "posonlyargs").len() + list(node, "args").len();
            if list(node, "defaults").len() > args {
                return value_error("more positional defaults than args on arguments");
            }
            if list(node, "kw_defaults").len() != list(node, "kwonlyargs").len() {
                return value_error("length of kwonlyargs is not the same as kw_defaults on arguments");
            }
        }
        Kind::Name => identifiers(node, &["id"])?,
        Kind::MatchSingleton => {
            let value = node.field("value");
            if !matches!(value, Some(FieldValue::Constant(Const::None | Const::True | Const::False))) {
                return value_error("MatchSingleton can only contain True, False and None");
            }
        }
        Kind::MatchMapping if list(node, "keys").len() != list(node, "patterns").len() => {
            return value_error("MatchMapping doesn't have the same number of keys as patterns");
        }
        Kind::MatchClass => {
            if list(node, "kwd_attrs").len() != list(node, "kwd_patterns").len() {
                return value_error(
                    "MatchClass doesn't have the same number of keyword attributes as patterns",
                );
            }
            let mut cls = child(node, "cls");
            while let Some(part) = cls {
                cls = match part.kind {
                    Kind::Name => break,
                    Kind::Attribute => child(part, "value"),
                    _ => {
                        return value_error("MatchClass cls field can only contain Name or Attribute nodes.");
                    }
                };
            }
        }
        Kind::MatchAs
            if child(node, "pattern").is_some()
                && !matches!(node.field("name"), Some(FieldValue::Identifier(_))) =>
        {
            return value_error("MatchAs must specify a target name if a pattern is given");
        }
        Kind::MatchOr if list(node, "patterns").len() < 2 => {
            return value_error("MatchOr requires at least 2 patterns");
        }
        _ => {}
    }
    loads(node)?;
    for value in &node.fields {
        match value {
            FieldValue::Node(child) => semantics(child)?,
            FieldValue::List(items) => {
                for item in items {
                    if let FieldValue::Node(child) = item {
                        semantics(child)?;
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn star_free(pattern: &Node) -> Check {
    if pattern.kind == Kind::MatchStar {
        return value_error("can't use MatchStar here");
    }
    Ok(())
}

fn position(node: &Node) -> Check {
    let span = node.span;
    if span.lineno > span.end_lineno {
        return value_error(format!(
            "AST node line range ({}, {}) is not valid",
            span.lineno, span.end_lineno
        ));
    }
    let negative_start = span.lineno < 0 || span.col_offset < 0;
    if span.lineno < 0 && span.end_lineno != span.lineno
        || span.col_offset < 0 && span.col_offset != span.end_col_offset
    {
        return value_error(format!(
            "AST node column range ({}, {}) for line range ({}, {}) is not valid",
            span.col_offset, span.end_col_offset, span.lineno, span.end_lineno
        ));
    }
    if !negative_start && span.lineno == span.end_lineno && span.col_offset > span.end_col_offset {
        return value_error(format!(
            "line {}, column {}-{} is not a valid range",
            span.lineno, span.col_offset, span.end_col_offset
        ));
    }
    Ok(())
}

/// The expressions among the fields of `node` that must be in `Load` context.
fn loads(node: &Node) -> Check {
    for (field, value) in node.kind.info().fields.iter().zip(&node.fields) {
        if field.ty != "expr" {
            continue;
        }
        let is_target = matches!(
            (node.kind, field.name),
            (Kind::Delete | Kind::Assign, "targets")
                | (
                    Kind::AugAssign
                        | Kind::AnnAssign
                        | Kind::For
                        | Kind::AsyncFor
                        | Kind::NamedExpr
                        | Kind::comprehension,
                    "target"
                )
                | (Kind::TypeAlias, "name")
                | (Kind::withitem, "optional_vars")
                | (Kind::List | Kind::Tuple, "elts")
                | (Kind::Starred, "value")
        );
        if is_target {
            continue;
        }
        match value {
            FieldValue::Node(expr) => expect_context(expr, Kind::Load)?,
            FieldValue::List(items) => contexts(items, Kind::Load)?,
            _ => {}
        }
    }
    Ok(())
}

fn context(node: &Node, name: &str, wanted: Kind) -> Check {
    child(node, name).map_or(Ok(()), |target| expect_context(target, wanted))
}

fn contexts(items: &[FieldValue], wanted: Kind) -> Check {
    for item in items {
        if let FieldValue::Node(expr) = item {
            expect_context(expr, wanted)?;
        }
    }
    Ok(())
}

fn expect_context(expr: &Node, wanted: Kind) -> Check {
    match expr.kind {
        Kind::Attribute | Kind::Subscript | Kind::Starred | Kind::Name | Kind::List | Kind::Tuple => {
            let actual = child(expr, "ctx").map_or(Kind::Load, |ctx| ctx.kind);
            if actual != wanted {
                return value_error(format!(
                    "expression must have {} context but has {} instead",
                    wanted.info().name,
                    actual.info().name
                ));
            }
            match expr.kind {
                Kind::List | Kind::Tuple => contexts(list(expr, "elts"), wanted),
                Kind::Starred => context(expr, "value", wanted),
                _ => Ok(()),
            }
        }
        _ if wanted != Kind::Load => {
            value_error(format!("expression which can't be assigned to in {} context", wanted.info().name))
        }
        _ => Ok(()),
    }
}
