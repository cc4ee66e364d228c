//! Tables for the sets of a pattern: 256 bits say which of the first 256 characters a set contains.
//!
//! The library's compiler writes most sets as lists of characters and ranges. When a pattern is made, a table is
//! put behind the code for each, with the set itself for other characters, and the set in its place becomes
//! `TABLE` and where that is. Nothing moves, so lengths and jumps stay right.
//!
//! Not here: sets of which the locale decides.

use super::chars::{in_long_set, word};
use super::op::{self, category, info};

/// The code with tables.
pub fn with_tables(mut code: Vec<u32>) -> Vec<u32> {
    let end = code.len();
    let mut sets = Vec::new();
    let mut parts = vec![(0, end)];
    while let Some((start, end)) = parts.pop() {
        find_sets(&code, start, end, &mut sets, &mut parts);
    }
    for (start, end) in sets {
        if end < start + 2 || end > code.len() || !is_fixed(&code, start, end) {
            continue;
        }
        let table = code.len();
        for i in 0..8 {
            let bit = |n: u32| (in_long_set(&code[..table], start, i * 32 + n) as u32) << n;
            code.push((0..32).map(bit).fold(0, |word, bit| word | bit));
        }
        code.extend_from_within(start..end);
        code[start] = op::TABLE;
        code[start + 1] = table as u32;
    }
    code
}

/// Whether the set is worth a table and always contains the same.
fn is_fixed(code: &[u32], mut i: usize, end: usize) -> bool {
    if word(code, i) == op::CHARSET {
        return false;
    }
    while i < end {
        i += match word(code, i) {
            op::NEGATE => 1,
            op::CATEGORY if word(code, i + 1) & !1 == category::LOC_WORD => return false,
            op::LITERAL | op::CATEGORY => 2,
            op::RANGE | op::RANGE_UNI_IGNORE => 3,
            op::CHARSET => 9,
            op::BIGCHARSET => 2 + 64 + 8 * word(code, i + 1) as usize,
            op::FAILURE => return true,
            _ => return false,
        };
    }
    false
}

/// Finds where the sets begin and end in the code from `at` to `end`; `parts` gets the code inside of groups.
fn find_sets(
    code: &[u32],
    mut at: usize,
    end: usize,
    sets: &mut Vec<(usize, usize)>,
    parts: &mut Vec<(usize, usize)>,
) {
    while at < end {
        let after = at + 1 + word(code, at + 1) as usize;
        match word(code, at) {
            op::FAILURE | op::SUCCESS | op::ANY | op::ANY_ALL | op::MAX_UNTIL | op::MIN_UNTIL => at += 1,
            op::IN | op::IN_IGNORE | op::IN_UNI_IGNORE => {
                sets.push((at + 2, after));
                at = after;
            }
            op::IN_LOC_IGNORE => at = after,
            op::INFO => {
                if word(code, at + 2) & info::CHARSET != 0 {
                    sets.push((at + 5, after));
                }
                at = after;
            }
            // The alternatives lie one behind the other, each after its length; a jump ends each.
            op::BRANCH => {
                at += 1;
                while at < end && word(code, at) != 0 {
                    let next = at + word(code, at) as usize;
                    parts.push((at + 1, next.min(end)));
                    at = next;
                }
                at += 1;
            }
            op::REPEAT
            | op::REPEAT_ONE
            | op::MIN_REPEAT_ONE
            | op::POSSESSIVE_REPEAT
            | op::POSSESSIVE_REPEAT_ONE => {
                parts.push((at + 4, after.min(end)));
                at = after;
            }
            op::ATOMIC_GROUP => {
                parts.push((at + 2, after.min(end)));
                at = after;
            }
            op::ASSERT | op::ASSERT_NOT => {
                parts.push((at + 3, after.min(end)));
                at = after;
            }
            op::GROUPREF_EXISTS => at += 3,
            op::LITERAL
            | op::NOT_LITERAL
            | op::CATEGORY
            | op::AT
            | op::MARK
            | op::JUMP
            | op::GROUPREF
            | op::GROUPREF_IGNORE
            | op::LITERAL_IGNORE
            | op::NOT_LITERAL_IGNORE
            | op::GROUPREF_LOC_IGNORE
            | op::LITERAL_LOC_IGNORE
            | op::NOT_LITERAL_LOC_IGNORE
            | op::GROUPREF_UNI_IGNORE
            | op::LITERAL_UNI_IGNORE
            | op::NOT_LITERAL_UNI_IGNORE => at += 2,
            // Code that the compiler does not make.
            _ => return,
        }
    }
}
