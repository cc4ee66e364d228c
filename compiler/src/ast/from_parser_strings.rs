//! f-strings and t-strings: the parser keeps the literals of an implicit concatenation apart, CPython joins them.
//!
//! The rules are those of CPython's `_PyPegen_concatenate_strings`: neighbouring constants become one that spans
//! them, empty constants vanish, and `{x=}` puts its text in front of the value.

use super::from_parser::Converter;
use super::{FieldValue, Kind, Node};
use crate::code::{Const, Wtf8Buf};
use crate::template_strings::field_text;
use ruff_python_ast as ruff;
use ruff_text_size::{Ranged, TextRange, TextSize};
use rustpython_codegen::{
    interpolated_string_literal_value, interpolation_debug_text, string_literal_part_value,
};

/// A literal piece or a finished interpolation, in source order.
enum Piece {
    Text(Wtf8Buf, TextRange, bool),
    Node(FieldValue),
}

#[derive(Clone, Copy, PartialEq)]
enum Flavour {
    F,
    T,
}

impl Converter<'_> {
    pub fn f_string(&self, expr: &ruff::ExprFString) -> FieldValue {
        let mut pieces = Vec::new();
        for part in expr.value.as_slice() {
            match part {
                ruff::FStringPart::Literal(literal) => pieces.push(Piece::Text(
                    string_literal_part_value(self.file, literal),
                    literal.range,
                    literal.flags.prefix().is_unicode(),
                )),
                ruff::FStringPart::FString(part) => {
                    self.pieces(&part.elements, part.flags.into(), Flavour::F, &mut pieces)
                }
            }
        }
        self.node(Kind::JoinedStr, expr.range, vec![self.join(pieces)])
    }

    pub fn t_string(&self, expr: &ruff::ExprTString) -> FieldValue {
        let mut pieces = Vec::new();
        for part in expr.value.as_slice() {
            self.pieces(&part.elements, part.flags.into(), Flavour::T, &mut pieces);
        }
        self.node(Kind::TemplateStr, expr.range, vec![self.join(pieces)])
    }

    fn join(&self, pieces: Vec<Piece>) -> FieldValue {
        let mut values = Vec::new();
        let mut pending: Option<(Wtf8Buf, TextRange, bool)> = None;
        for piece in pieces {
            match piece {
                Piece::Text(text, range, unicode) => match &mut pending {
                    Some((so_far, span, _)) => {
                        so_far.push_wtf8(&text);
                        *span = TextRange::new(span.start(), range.end());
                    }
                    None => pending = Some((text, range, unicode)),
                },
                Piece::Node(node) => {
                    self.flush(&mut pending, &mut values);
                    values.push(node);
                }
            }
        }
        self.flush(&mut pending, &mut values);
        FieldValue::List(values)
    }

    fn flush(&self, pending: &mut Option<(Wtf8Buf, TextRange, bool)>, values: &mut Vec<FieldValue>) {
        if let Some((text, range, unicode)) = pending.take()
            && !text.is_empty()
        {
            let kind = if unicode { FieldValue::Str("u".into()) } else { FieldValue::None };
            let fields = vec![FieldValue::Constant(Const::Str(text)), kind];
            values.push(self.node(Kind::Constant, range, fields));
        }
    }

    fn pieces(
        &self,
        elements: &ruff::InterpolatedStringElements,
        flags: ruff::AnyStringFlags,
        flavour: Flavour,
        pieces: &mut Vec<Piece>,
    ) {
        for element in elements.iter() {
            match element {
                ruff::InterpolatedStringElement::Literal(literal) => {
                    let text = interpolated_string_literal_value(self.file, literal, flags);
                    pieces.push(Piece::Text(text, literal.range, false));
                }
                ruff::InterpolatedStringElement::Interpolation(field) => {
                    self.replacement_field(field, flags, flavour, pieces)
                }
            }
        }
    }

    fn replacement_field(
        &self,
        field: &ruff::InterpolatedElement,
        flags: ruff::AnyStringFlags,
        flavour: Flavour,
        pieces: &mut Vec<Piece>,
    ) {
        let mut conversion = field.conversion as i64;
        let spec = match &field.format_spec {
            None => FieldValue::None,
            Some(spec) => {
                let mut inner = Vec::new();
                self.pieces(&spec.elements, flags, flavour, &mut inner);
                let colon = self.colon_before(spec.range.start());
                let range = TextRange::new(colon, spec.range.end());
                self.node(Kind::JoinedStr, range, vec![self.join(inner)])
            }
        };
        if let Some(debug) = &field.debug_text {
            let (text, range) = interpolation_debug_text(self.file, debug, field.expression.range());
            let start = field.range.start() + TextSize::new(1);
            let end = range.end();
            pieces.push(Piece::Text(text.into(), TextRange::new(start, end), false));
            if conversion < 0 && field.format_spec.is_none() {
                conversion = i64::from(b'r');
            }
        }
        let value = self.expr(&field.expression);
        let conversion = FieldValue::Int(conversion);
        pieces.push(Piece::Node(match flavour {
            Flavour::F => self.node(Kind::FormattedValue, field.range, vec![value, conversion, spec]),
            Flavour::T => {
                let text = Const::Str(field_text(self.source, field).into());
                let fields = vec![value, FieldValue::Constant(text), conversion, spec];
                Node::new(Kind::Interpolation, self.span(field.range), fields).into()
            }
        }));
    }

    fn colon_before(&self, offset: TextSize) -> TextSize {
        let at = offset.to_usize();
        if at > 0 && self.source.as_bytes()[at - 1] == b':' { offset - TextSize::new(1) } else { offset }
    }
}
