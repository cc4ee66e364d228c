//! Warnings for invalid escapes in string literals.
//!
//! The code generator sees only the values of strings, so the tokens are read again, but only if some backslash is
//! followed by a character that can make it invalid. CPython warns while it parses, so these come first.

use crate::error::Warning;
use ruff_python_ast::token::TokenKind;
use ruff_text_size::Ranged;
use rustpython_compiler::parser;

/// What may follow a backslash in every literal; `N`, `u` and `U` only in those that are not bytes.
const VALID: &str = "\n\r\\'\"abfnrtvx";
const VALID_IN_TEXT: &str = "NuU";

pub fn warnings(source: &str) -> Vec<Warning> {
    let mut found = Vec::new();
    if !is_suspicious(source) {
        return found;
    }
    let parsed = parser::parse_unchecked(source, parser::ParseOptions::from(parser::Mode::Module));
    let mut raw = Vec::new();
    for token in parsed.tokens() {
        let text = &source[token.range()];
        let start = token.range().start().to_usize();
        match token.kind() {
            TokenKind::String => {
                let Some(quote) = text.find(['"', '\'']) else { continue };
                let prefix = text[..quote].to_ascii_lowercase();
                if !prefix.contains('r') {
                    scan(source, start, text, text, prefix.contains('b'), &mut found);
                }
            }
            TokenKind::FStringStart | TokenKind::TStringStart => {
                raw.push(text.contains(['r', 'R']));
            }
            TokenKind::FStringEnd | TokenKind::TStringEnd => {
                raw.pop();
            }
            TokenKind::FStringMiddle | TokenKind::TStringMiddle if raw.last() == Some(&false) => {
                scan(source, start, text, &source[start..], false, &mut found);
            }
            _ => {}
        }
    }
    found
}

/// May have false positives (raw strings, comments), no false negatives.
fn is_suspicious(source: &str) -> bool {
    let bytes = source.as_bytes();
    let mut at = 0;
    while let Some(step) = source[at..].find('\\') {
        let slash = at + step;
        let Some(&next) = bytes.get(slash + 1) else { return false };
        let next = char::from(next);
        if !VALID.contains(next) && !matches!(next, '0'..='3') {
            return true;
        }
        at = slash + 2;
        while !source.is_char_boundary(at) {
            at += 1;
        }
    }
    false
}

fn scan(source: &str, start: usize, text: &str, rest: &str, bytes: bool, found: &mut Vec<Warning>) {
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
        if octal || !c.is_ascii() || VALID.contains(c) || !bytes && VALID_IN_TEXT.contains(c) {
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
