//! Abstract syntax trees as plain data, with CPython's shape.
//!
//! A tree is generic: a class from the table in `asdl`, its field values in that table's order, a position. So
//! the `_ast` module converts in both directions with one loop, and so do checks and dumps. `parse` builds a tree
//! from source, `compile_ast` makes code from a tree, whoever made it.

pub mod asdl;
mod build;
mod check;
mod check_patterns;
mod features;
mod from_parser;
mod from_parser_strings;
mod func_type;
mod to_parser;
mod to_parser_exprs;

use crate::code::{Const, Wtf8Buf};
use crate::error::SyntaxError;
pub use asdl::Kind;
pub use build::{compile_ast, compile_ast_full, parse};

/// Lines count from 1, columns are UTF-8 bytes from 0; all 0 for classes without positions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    pub lineno: i32,
    pub col_offset: i32,
    pub end_lineno: i32,
    pub end_col_offset: i32,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub kind: Kind,
    /// As many as `kind.info().fields`, in that order.
    pub fields: Vec<FieldValue>,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum FieldValue {
    None,
    Node(Box<Node>),
    List(Vec<FieldValue>),
    Identifier(String),
    Int(i64),
    /// A `string` field: type comments, `Constant.kind`, `TypeIgnore.tag`.
    Str(Wtf8Buf),
    Constant(Const),
    /// A required field the object does not have; `compile_ast` complains about it as CPython does.
    Missing,
}

/// What is wrong with a tree given to `compile_ast`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AstError {
    Type(String),
    Value(String),
    Syntax(SyntaxError),
}

impl Node {
    pub fn new(kind: Kind, span: Span, fields: Vec<FieldValue>) -> Node {
        debug_assert_eq!(kind.info().fields.len(), fields.len(), "{kind:?}");
        Node { kind, fields, span }
    }

    /// A class without fields: an operator or an expression context.
    pub fn unit(kind: Kind) -> FieldValue {
        FieldValue::Node(Box::new(Node::new(kind, Span::default(), Vec::new())))
    }

    pub fn field(&self, name: &str) -> Option<&FieldValue> {
        let index = self.kind.info().fields.iter().position(|field| field.name == name)?;
        self.fields.get(index)
    }
}

impl From<Node> for FieldValue {
    fn from(node: Node) -> FieldValue {
        FieldValue::Node(Box::new(node))
    }
}
