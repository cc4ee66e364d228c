//! The source text that t-strings keep of their expressions.
//!
//! CPython keeps everything from the brace to the `=`, `!`, `:` or brace behind the expression, blanks too, but no
//! comments. The compiler crate stops at the end of the expression, so the text is put into the tree first.

use ruff_python_ast as ruff;
use ruff_python_ast::token::TokenKind;
use ruff_python_ast::visitor::transformer::{self, Transformer};
use ruff_text_size::Ranged;
use rustpython_compiler::parser;
use std::cell::Cell;

/// What stands between the brace and the end of the expression.
pub fn field_text(source: &str, field: &ruff::InterpolatedElement) -> String {
    let start = field.range.start().to_usize() + 1;
    let mut end = field.expression.range().end().to_usize();
    let mut comment = false;
    for (offset, c) in source[end..].char_indices() {
        match c {
            '\n' => comment = false,
            _ if comment => {}
            '#' => comment = true,
            ')' | ' ' | '\t' | '\r' => {}
            _ => {
                end += offset;
                break;
            }
        }
    }
    let text = &source[start..end];
    if !text.contains('#') {
        return text.to_owned();
    }
    let parsed = parser::parse_unchecked(source, parser::ParseOptions::from(parser::Mode::Module));
    let mut kept = String::new();
    let mut at = start;
    for token in parsed.tokens().iter().filter(|token| token.kind() == TokenKind::Comment) {
        let range = token.range();
        let (from, to) = (range.start().to_usize(), range.end().to_usize());
        if from >= at && to <= end {
            kept.push_str(&source[at..from]);
            at = to;
        }
    }
    kept.push_str(&source[at..end]);
    kept
}

/// May have false positives (text in strings), no false negatives.
pub fn may_occur(source: &str) -> bool {
    let bytes = source.as_bytes();
    let is_name =
        |at: usize| bytes.get(at).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_' || *b >= 128);
    (1..bytes.len()).any(|quote| {
        if !matches!(bytes[quote], b'"' | b'\'') {
            return false;
        }
        let is = |at: usize, letter: u8| bytes[at].eq_ignore_ascii_case(&letter);
        let starts = |at: usize| at == 0 || !is_name(at - 1);
        let pair = quote >= 2
            && (is(quote - 1, b't') && is(quote - 2, b'r') || is(quote - 1, b'r') && is(quote - 2, b't'));
        is(quote - 1, b't') && starts(quote - 1) || pair && starts(quote - 2)
    })
}

struct Texts<'a> {
    source: &'a str,
    found: Cell<bool>,
}

/// A format as an expression.
fn format(spec: &ruff::InterpolatedStringFormatSpec) -> Box<ruff::Expr> {
    let string = ruff::FString {
        range: spec.range,
        node_index: ruff::AtomicNodeIndex::NONE,
        elements: spec.elements.clone(),
        flags: ruff::FStringFlags::empty(),
    };
    Box::new(string.into())
}

/// Whether an interpolation is all there is.
fn is_lone(string: &ruff::ExprTString) -> bool {
    let [part] = string.value.as_slice() else { return false };
    let mut elements = part.elements.iter();
    let first = elements.next();
    let interpolation = |e: &ruff::InterpolatedStringElement| matches!(e, ruff::InterpolatedStringElement::Interpolation(field) if field.runtime_str.is_some());
    first.is_some_and(interpolation) && elements.next().is_none()
}

impl Transformer for Texts<'_> {
    fn visit_expr(&self, expr: &mut ruff::Expr) {
        transformer::walk_expr(self, expr);
        if let ruff::Expr::TString(string) = expr
            && is_lone(string)
        {
            // With a text it would be an interpolation by itself, as trees that programs make can have them.
            let inner = string.clone();
            let empty = ruff::TString {
                range: string.range,
                node_index: ruff::AtomicNodeIndex::NONE,
                elements: Vec::new().into(),
                flags: ruff::TStringFlags::empty(),
            };
            string.value = ruff::TStringValue::single(empty);
            string.runtime_template_str = Some(vec![ruff::Expr::TString(inner)]);
        }
    }

    fn visit_t_string(&self, string: &mut ruff::TString) {
        self.found.set(true);
        for element in &mut string.elements {
            if let ruff::InterpolatedStringElement::Interpolation(field) = element {
                let text = field_text(self.source, field);
                field.runtime_str = Some(ruff::ConstantValue::Str(text.into()));
                field.runtime_interpolation_format_spec = field.format_spec.as_deref().map(format);
                if field.format_spec.is_none()
                    && field.debug_text.is_some()
                    && field.conversion == ruff::ConversionFlag::None
                {
                    field.conversion = ruff::ConversionFlag::Repr;
                }
            }
        }
        transformer::walk_t_string(self, string);
    }
}

/// Puts the texts into a tree. False: there are no t-strings.
pub fn add_texts(tree: &mut ruff::Mod, source: &str) -> bool {
    let texts = Texts { source, found: Cell::new(false) };
    match tree {
        ruff::Mod::Module(module) => transformer::walk_body(&texts, &mut module.body),
        ruff::Mod::Expression(expression) => texts.visit_expr(&mut expression.body),
    }
    texts.found.get()
}
