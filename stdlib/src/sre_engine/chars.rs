//! What a single character matches: categories, sets, case folding.

use super::op::{self, category as cat};
use adder_text::case::{simple_lower, simple_upper};
use adder_text::classify;

/// The word of the code at `i`; outside of it `FAILURE`.
#[inline(always)]
pub fn word(code: &[u32], i: usize) -> u32 {
    match code.get(i) {
        Some(w) => *w,
        None => op::FAILURE,
    }
}

pub fn ascii_lower(c: u32) -> u32 {
    if c < 0x80 { (c as u8).to_ascii_lowercase() as u32 } else { c }
}

pub fn locale_lower(c: u32) -> u32 {
    // The C functions take what fits an unsigned char.
    if c < 0x100 { crate::libm::tolower(c as i32) as u32 } else { c }
}

pub fn locale_upper(c: u32) -> u32 {
    if c < 0x100 { crate::libm::toupper(c as i32) as u32 } else { c }
}

fn is_ascii_word(c: u32) -> bool {
    c < 0x80 && ((c as u8).is_ascii_alphanumeric() || c == '_' as u32)
}

fn is_locale_word(c: u32) -> bool {
    c < 0x100 && (crate::libm::isalnum(c as i32) != 0 || c == '_' as u32)
}

fn is_unicode_word(c: u32) -> bool {
    if c < 0x80 { is_ascii_word(c) } else { classify::is_alnum(c) }
}

/// How words are recognised at boundaries: by ASCII, the locale or Unicode.
pub fn word_test(at: u32) -> fn(u32) -> bool {
    match at {
        op::at::LOC_BOUNDARY | op::at::LOC_NON_BOUNDARY => is_locale_word,
        op::at::UNI_BOUNDARY | op::at::UNI_NON_BOUNDARY => is_unicode_word,
        _ => is_ascii_word,
    }
}

pub fn is_linebreak(c: u32) -> bool {
    c == '\n' as u32
}

pub fn in_category(category: u32, c: u32) -> bool {
    let holds = match category & !1 {
        cat::DIGIT => matches!(c, 0x30..=0x39),
        cat::SPACE => matches!(c, 9..=13 | 32),
        cat::WORD => is_ascii_word(c),
        cat::LINEBREAK => is_linebreak(c),
        cat::LOC_WORD => is_locale_word(c),
        cat::UNI_DIGIT => {
            if c < 0x80 {
                matches!(c, 0x30..=0x39)
            } else {
                classify::is_decimal(c)
            }
        }
        cat::UNI_SPACE => classify::is_space(c),
        cat::UNI_WORD => is_unicode_word(c),
        cat::UNI_LINEBREAK => classify::is_line_break(c),
        _ => return false,
    };
    holds == (category & 1 == 0)
}

/// Whether the set that begins at `i` contains a character.
#[inline(always)]
pub fn in_set(code: &[u32], i: usize, c: u32) -> bool {
    if word(code, i) == op::TABLE {
        let table = word(code, i + 1) as usize;
        if c < 256 {
            return word(code, table + (c >> 5) as usize) >> (c & 31) & 1 != 0;
        }
        return in_long_set(code, table + 8, c);
    }
    in_long_set(code, i, c)
}

/// As `in_set`, without a table.
pub fn in_long_set(code: &[u32], mut i: usize, c: u32) -> bool {
    let mut found = true;
    loop {
        match word(code, i) {
            op::LITERAL => {
                if c == word(code, i + 1) {
                    return found;
                }
                i += 2;
            }
            op::RANGE => {
                if (word(code, i + 1)..=word(code, i + 2)).contains(&c) {
                    return found;
                }
                i += 3;
            }
            op::CATEGORY => {
                if in_category(word(code, i + 1), c) {
                    return found;
                }
                i += 2;
            }
            op::CHARSET => {
                if c < 256 && word(code, i + 1 + (c >> 5) as usize) & (1 << (c & 31)) != 0 {
                    return found;
                }
                i += 9;
            }
            op::BIGCHARSET => {
                if c < 0x10000 && in_blocks(code, i + 2, c) {
                    return found;
                }
                i += 2 + 64 + 8 * word(code, i + 1) as usize;
            }
            op::RANGE_UNI_IGNORE => {
                let range = word(code, i + 1)..=word(code, i + 2);
                if range.contains(&c) || range.contains(&simple_upper(c)) {
                    return found;
                }
                i += 3;
            }
            op::NEGATE => {
                found = !found;
                i += 1;
            }
            // The end of the set.
            _ => return !found,
        }
    }
}

/// A set of 256-bit blocks: 256 block numbers, one byte each, then the blocks.
fn in_blocks(code: &[u32], at: usize, c: u32) -> bool {
    let high = (c >> 8) as usize;
    let block = word(code, at + high / 4).to_le_bytes()[high % 4] as usize;
    let low = c & 0xff;
    word(code, at + 64 + 8 * block + (low >> 5) as usize) & (1 << (low & 31)) != 0
}

/// As `in_set`, for either case of the character under the locale.
pub fn in_set_locale(code: &[u32], i: usize, c: u32) -> bool {
    let (lower, upper) = (locale_lower(c), locale_upper(c));
    if word(code, i) == op::NEGATE {
        // Neither case may be in the set that is negated.
        return in_set(code, i, lower) && in_set(code, i, upper);
    }
    in_set(code, i, lower) || lower != upper && in_set(code, i, upper)
}

/// Whether an operation that takes one character takes this one; `i` is its place in the code. None: the
/// operation is another.
#[inline(always)]
pub fn takes(code: &[u32], i: usize, c: u32) -> Option<bool> {
    let operand = word(code, i + 1);
    Some(match word(code, i) {
        op::ANY => !is_linebreak(c),
        op::ANY_ALL => true,
        op::LITERAL => c == operand,
        op::NOT_LITERAL => c != operand,
        op::IN => in_set(code, i + 2, c),
        op::CATEGORY => in_category(operand, c),
        op::LITERAL_IGNORE => ascii_lower(c) == operand,
        op::NOT_LITERAL_IGNORE => ascii_lower(c) != operand,
        op::IN_IGNORE => in_set(code, i + 2, ascii_lower(c)),
        op::LITERAL_UNI_IGNORE => simple_lower(c) == operand,
        op::NOT_LITERAL_UNI_IGNORE => simple_lower(c) != operand,
        op::IN_UNI_IGNORE => in_set(code, i + 2, simple_lower(c)),
        op::LITERAL_LOC_IGNORE => same_locale(operand, c),
        op::NOT_LITERAL_LOC_IGNORE => !same_locale(operand, c),
        op::IN_LOC_IGNORE => in_set_locale(code, i + 2, c),
        _ => return None,
    })
}

fn same_locale(pattern: u32, c: u32) -> bool {
    pattern == c || locale_lower(c) == pattern || locale_upper(c) == pattern
}
