//! Warnings for numbers that run into a keyword, as in `1or 0`: CPython's `verify_end_of_number`.

use crate::error::Warning;
use ruff_python_ast::token::TokenKind;
use ruff_text_size::Ranged;
use rustpython_compiler::parser;

const KEYWORDS: [&str; 8] = ["and", "else", "for", "if", "in", "is", "not", "or"];

pub fn warnings(source: &str) -> Vec<Warning> {
    let mut found = Vec::new();
    if !is_suspicious(source) {
        return found;
    }
    let parsed = parser::parse_unchecked(source, parser::ParseOptions::from(parser::Mode::Module));
    let tokens: Vec<_> = parsed.tokens().iter().collect();
    for pair in tokens.windows(2) {
        let (number, next) = (pair[0], pair[1]);
        let is_number = matches!(number.kind(), TokenKind::Int | TokenKind::Float | TokenKind::Complex);
        if !is_number || number.range().end() != next.range().start() {
            continue;
        }
        if !KEYWORDS.contains(&&source[next.range()]) {
            continue;
        }
        let text = &source[number.range()];
        let kind = match text.get(..2) {
            Some("0x" | "0X") => "hexadecimal",
            Some("0o" | "0O") => "octal",
            Some("0b" | "0B") => "binary",
            _ if text.ends_with(['j', 'J']) => "imaginary",
            _ => "decimal",
        };
        let before = &source[..next.range().start().to_usize()];
        let line_start = before.rfind('\n').map_or(0, |line| line + 1);
        found.push(Warning {
            message: format!("invalid {kind} literal"),
            lineno: before.matches('\n').count() as u32 + 1,
            offset: before[line_start..].chars().count() as u32,
        });
    }
    found
}

/// May have false positives (text in strings and comments), no false negatives.
fn is_suspicious(source: &str) -> bool {
    let bytes = source.as_bytes();
    let is_part = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'.';
    let mut at = 0;
    while at < bytes.len() {
        if !is_part(bytes[at]) {
            at += 1;
            continue;
        }
        let end = bytes[at..].iter().position(|b| !is_part(*b)).map_or(bytes.len(), |n| at + n);
        let starts_number = bytes[at].is_ascii_digit() || bytes[at] == b'.';
        if starts_number && KEYWORDS.iter().any(|k| bytes[at..end].ends_with(k.as_bytes())) {
            return true;
        }
        at = end;
    }
    false
}
