//! Signature type comments, `(int, str) -> bool`: the mode `func_type` of `compile()`.
//!
//! Both sides of the arrow are parsed as expressions in place, the rest blanked out, so positions come out right.

use super::from_parser::Converter;
use super::{FieldValue, Kind, Node, Span};
use crate::compile::{parse_tree, source_file};
use crate::error::SyntaxError;
use crate::options::{Mode, Options};

pub fn parse(source: &str, filename: &str, options: &Options) -> Result<Node, SyntaxError> {
    let arrow = source.find("->").unwrap_or(source.len());
    let right = source.get(arrow + 2..).unwrap_or("");
    let blank: String = source[..(arrow + 2).min(source.len())]
        .bytes()
        .map(|byte| if byte == b'\n' { '\n' } else { ' ' })
        .collect();
    let expression = |text: &str| -> Result<Node, SyntaxError> {
        let file = source_file(text, filename);
        let tree = parse_tree(&file, Mode::Eval, options)?;
        Ok(Converter::new(&file).module(&tree, false))
    };
    let body = |node: Node| node.fields.into_iter().next().unwrap_or(FieldValue::None);
    let arguments = match body(expression(&source[..arrow])?) {
        FieldValue::Node(node) if node.kind == Kind::Tuple => {
            node.fields.into_iter().next().unwrap_or(FieldValue::None)
        }
        single => FieldValue::List(vec![single]),
    };
    let returns = body(expression(&format!("({blank}{right})")).or_else(|_| expression(right))?);
    Ok(Node::new(Kind::FunctionType, Span::default(), vec![arguments, returns]))
}
