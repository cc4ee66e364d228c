//! `_feature_version`: what older versions of the grammar do not have, found in a finished tree.
//!
//! CPython's parser checks while it applies its rules; the messages are its own, the place is where the
//! construct starts.

use super::{FieldValue, Kind, Node, Span};
use crate::error::{ErrorKind, SyntaxError};

/// Checks a tree for what Python 3.`minor` does not have.
pub fn check(tree: &Node, source: &str, minor: u32) -> Result<(), SyntaxError> {
    let lines: Vec<&str> = source.split('\n').collect();
    Features { lines, minor }.node(tree, Span { lineno: 1, ..Span::default() })
}

struct Features<'a> {
    lines: Vec<&'a str>,
    minor: u32,
}

impl Features<'_> {
    fn need(&self, minor: u32, what: &str, at: Span) -> Result<(), SyntaxError> {
        if self.minor >= minor {
            return Ok(());
        }
        let line = self.lines.get(at.lineno as usize - 1).copied().unwrap_or("");
        let column = line.get(..at.col_offset as usize).map_or(0, |s| s.chars().count()) as u32 + 1;
        Err(SyntaxError {
            kind: ErrorKind::Syntax,
            message: format!("{what} only supported in Python 3.{minor} and greater"),
            lineno: at.lineno as u32,
            offset: column,
            end_lineno: at.lineno as u32,
            end_offset: column as i32 + 1,
            text: Some(format!("{line}\n")),
        })
    }

    /// The source from a position to the end of its line.
    fn text(&self, lineno: i32, column: i32) -> &str {
        let line = self.lines.get(lineno as usize - 1).copied().unwrap_or("");
        line.get(column as usize..).unwrap_or("")
    }

    fn in_parentheses(&self, span: Span) -> bool {
        let end = self.lines.get(span.end_lineno as usize - 1).copied().unwrap_or("");
        self.text(span.lineno, span.col_offset).starts_with('(')
            && end.get(..span.end_col_offset as usize).is_some_and(|text| text.ends_with(')'))
    }

    fn node(&self, node: &Node, outer: Span) -> Result<(), SyntaxError> {
        let at = if node.kind.info().located { node.span } else { outer };
        let given = |name: &str| match node.field(name) {
            Some(FieldValue::List(items)) => !items.is_empty(),
            Some(FieldValue::Int(i)) => *i != 0,
            Some(FieldValue::Node(_)) => true,
            _ => false,
        };
        match node.kind {
            Kind::NamedExpr => self.need(8, "Assignment expressions are", at)?,
            Kind::arguments if given("posonlyargs") => self.need(8, "Positional-only parameters are", at)?,
            Kind::AsyncFunctionDef => self.need(5, "Async functions are", at)?,
            Kind::AsyncFor => self.need(5, "Async for loops are", at)?,
            Kind::AsyncWith => self.need(5, "Async with statements are", at)?,
            Kind::comprehension if given("is_async") => self.need(6, "Async comprehensions are", at)?,
            Kind::Await => self.need(5, "Await expressions are", at)?,
            Kind::MatMult => self.need(5, "The '@' operator is", at)?,
            Kind::AnnAssign => self.need(6, "Variable annotation syntax is", at)?,
            Kind::Match => self.need(10, "Pattern matching is", at)?,
            Kind::TryStar => self.need(11, "Exception groups are", at)?,
            Kind::TypeAlias => self.need(12, "Type statement is", at)?,
            Kind::TypeVar | Kind::ParamSpec | Kind::TypeVarTuple => {
                self.need(12, "Type parameter lists are", at)?;
                if given("default_value") {
                    self.need(13, "Type parameter defaults are", at)?;
                }
            }
            Kind::TemplateStr => self.need(14, "t-strings are", at)?,
            _ => {}
        }
        if matches!(node.kind, Kind::Try | Kind::TryStar)
            && let Some(FieldValue::List(handlers)) = node.field("handlers")
        {
            let star = if node.kind == Kind::TryStar { "except*" } else { "except" };
            for handler in handlers {
                if let FieldValue::Node(handler) = handler
                    && let Some(FieldValue::Node(types)) = handler.field("type")
                    && types.kind == Kind::Tuple
                    && !self.in_parentheses(types.span)
                {
                    self.need(14, &format!("{star} expressions without parentheses are"), types.span)?;
                }
            }
        }
        for value in &node.fields {
            match value {
                FieldValue::Node(child) => self.node(child, at)?,
                FieldValue::List(items) => {
                    for item in items {
                        if let FieldValue::Node(child) = item {
                            self.node(child, at)?;
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}
