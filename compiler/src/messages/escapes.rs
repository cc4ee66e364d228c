//! `(unicode error)`: malformed `\x`, `\u` and `\U` escapes in a string literal, with the codec's words.
//!
//! Positions are those in the text CPython gives to the codec: the literal's content in UTF-8 with every character
//! outside ASCII already written as a ten-character escape.

use super::place::Place;

pub fn first_error(place: &Place) -> Option<(String, (usize, usize))> {
    let (start, end) = place.token();
    let token = place.source.get(start..end)?;
    let quote = token.find(['"', '\''])?;
    let prefix = token[..quote].to_ascii_lowercase();
    if prefix.contains('r') {
        return None;
    }
    let rest = &token[quote..];
    let triple = rest.len() >= 6 && (rest.starts_with("\"\"\"") || rest.starts_with("'''"));
    let width = if triple { 3 } else { 1 };
    let content = rest.get(width..rest.len().checked_sub(width)?)?;
    let text = if prefix.contains('b') { bytes_error(content) } else { string_error(content) }?;
    Some((text, (start, end)))
}

fn string_error(content: &str) -> Option<String> {
    let chars: Vec<char> = content.chars().collect();
    let mut index = 0;
    let mut position = 0;
    while index < chars.len() {
        if chars[index] != '\\' {
            position += if chars[index].is_ascii() { 1 } else { 10 };
            index += 1;
            continue;
        }
        let kind = chars.get(index + 1).copied();
        let wanted = match kind {
            Some('x') => 2,
            Some('u') => 4,
            Some('U') => 8,
            None => return Some(message(position, position, "\\ at end of string")),
            Some(c) => {
                position += 1 + if c.is_ascii() { 1 } else { 10 };
                index += 2;
                continue;
            }
        };
        let digits: String =
            chars[index + 2..].iter().take(wanted).take_while(|c| c.is_ascii_hexdigit()).collect();
        let last = position + 1 + digits.len();
        if digits.len() < wanted {
            let shape = match kind {
                Some('x') => "\\xXX",
                Some('u') => "\\uXXXX",
                _ => "\\UXXXXXXXX",
            };
            return Some(message(position, last, &format!("truncated {shape} escape")));
        }
        if u32::from_str_radix(&digits, 16).is_ok_and(|code| code > 0x10ffff) {
            return Some(message(position, last, "illegal Unicode character"));
        }
        position = last + 1;
        index += 2 + wanted;
    }
    None
}

fn message(start: usize, end: usize, reason: &str) -> String {
    let place = if start == end { format!("{start}") } else { format!("{start}-{end}") };
    let noun = if start == end { "byte 0x5c" } else { "bytes" };
    format!("(unicode error) 'unicodeescape' codec can't decode {noun} in position {place}: {reason}")
}

fn bytes_error(content: &str) -> Option<String> {
    let bytes = content.as_bytes();
    let mut index = 0;
    while index < bytes.len() {
        if bytes[index] != b'\\' {
            index += 1;
            continue;
        }
        if bytes.get(index + 1) == Some(&b'x') {
            let digits =
                bytes[index + 2..].iter().take(2).take_while(|byte| byte.is_ascii_hexdigit()).count();
            if digits < 2 {
                return Some(format!("(value error) invalid \\x escape at position {index}"));
            }
        }
        index += 2;
    }
    None
}
