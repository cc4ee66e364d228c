//! Warnings for invalid escapes in the literal parts of f-strings and t-strings.
//!
//! The code generator warns about those in plain strings; of an interpolated one it sees only the value. CPython
//! warns while it parses, so these come first.

use crate::error::Warning;
use ruff_python_ast::token::TokenKind;
use ruff_text_size::Ranged;
use rustpython_compiler::parser;

pub fn warnings(source: &str) -> Vec<Warning> {
    let mut found = Vec::new();
    let has_interpolation = source
        .match_indices(['"', '\''])
        .any(|(at, _)| matches!(source.as_bytes()[at.saturating_sub(1)] | 0x20, b'f' | b't'));
    if !has_interpolation || !source.contains('\\') {
        return found;
    }
    let parsed = parser::parse_unchecked(source, parser::ParseOptions::from(parser::Mode::Module));
    let mut raw = Vec::new();
    for token in parsed.tokens() {
        let text = &source[token.range()];
        match token.kind() {
            TokenKind::FStringStart | TokenKind::TStringStart => {
                raw.push(text.contains(['r', 'R']));
            }
            TokenKind::FStringEnd | TokenKind::TStringEnd => {
                raw.pop();
            }
            TokenKind::FStringMiddle | TokenKind::TStringMiddle if raw.last() == Some(&false) => {
                let rest = &source[token.range().start().to_usize()..];
                scan(source, token.range().start().to_usize(), text, rest, &mut found);
            }
            _ => {}
        }
    }
    found
}

fn scan(source: &str, start: usize, text: &str, rest: &str, found: &mut Vec<Warning>) {
    let mut at = 0;
    while let Some(step) = text[at..].find('\\') {
        let slash = at + step;
        // The character may be a brace, which is no longer part of the literal.
        let Some(c) = rest[slash + 1..].chars().next() else { return };
        at = (slash + 1 + c.len_utf8()).min(text.len());
        let octal = c.is_digit(8) && {
            let digits: String = rest[slash + 1..].chars().take(3).take_while(|c| c.is_digit(8)).collect();
            u32::from_str_radix(&digits, 8).is_ok_and(|value| value <= 0o377)
        };
        if octal || "\n\r\\'\"abfnrtvxuUN".contains(c) {
            continue;
        }
        let shown: String = if c.is_digit(8) {
            rest[slash + 1..].chars().take(3).take_while(|c| c.is_digit(8)).collect()
        } else {
            c.to_string()
        };
        let kind = if c.is_digit(8) { "octal escape sequence" } else { "escape sequence" };
        let before = &source[..start + slash];
        let line_start = before.rfind('\n').map_or(0, |line| line + 1);
        found.push(Warning {
            message: format!(
                "\"\\{shown}\" is an invalid {kind}. Such sequences will not work in the future. \
                 Did you mean \"\\\\{shown}\"? A raw string is also an option."
            ),
            lineno: before.matches('\n').count() as u32 + 1,
            offset: before[line_start..].chars().count() as u32 + 1,
        });
    }
}
