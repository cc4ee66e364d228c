//! A filter for places where a match can begin.
//!
//! From the code of a pattern, sequences of sets of characters are derived, such that every match begins with
//! one of these sequences. The subject is then looked through for all of them at once: bit `i` of a word says
//! that what was read last matches the beginning of a sequence up to its set `i`, so one shift and one look-up
//! per character are enough (the "shift-and" method). What the filter lets through is tried by the matcher.
//!
//! A sequence that is shorter than the others is filled with sets of everything; then the last places of the
//! subject, where the fillings have no characters, are let through unseen.
//!
//! Making a filter takes as long as a few hundred characters of searching without, so that is done when a
//! pattern has searched so many.

use super::chars::{takes, word};
use super::op;
use adder_text::units::Unit;
use std::cell::{Cell, OnceCell};

/// Sequences have at most so many sets.
const LONGEST: usize = 8;
/// There are at most so many sequences.
const MOST: usize = 16;
/// The characters that a pattern searches before it gets its filter.
const WORTH: usize = 400;
/// Operations that are looked at; patterns with many nested alternatives go beyond.
const PATIENCE: usize = 200;

/// Which of the characters below 256, and whether others.
#[derive(Clone, Copy)]
struct Set {
    low: [u64; 4],
    others: bool,
}

impl Set {
    const ALL: Set = Set { low: [u64::MAX; 4], others: true };

    fn has(&self, c: usize) -> bool {
        self.low[c / 64] >> (c % 64) & 1 != 0
    }

    fn add(&mut self, other: &Set) {
        for (a, b) in self.low.iter_mut().zip(other.low) {
            *a |= b;
        }
        self.others |= other.others;
    }

    /// What the operation at `at` takes, if it takes one character, whatever the locale is.
    fn of(code: &[u32], at: usize) -> Option<Set> {
        use op::*;
        if matches!(word(code, at), LITERAL_LOC_IGNORE | NOT_LITERAL_LOC_IGNORE | IN_LOC_IGNORE) {
            return None;
        }
        takes(code, at, 0)?;
        let mut set = Set { low: [0; 4], others: true };
        if word(code, at) == LITERAL {
            let c = word(code, at + 1) as usize;
            set.others = c >= 256;
            if c < 256 {
                set.low[c / 64] |= 1 << (c % 64);
            }
            return Some(set);
        }
        for c in 0..256 {
            if takes(code, at, c as u32) == Some(true) {
                set.low[c / 64] |= 1 << (c % 64);
            }
        }
        Some(set)
    }

    /// The part of the printable characters of ASCII that it has.
    fn density(&self) -> f32 {
        (32..127).filter(|c| self.has(*c)).count() as f32 / 95.0
    }
}

/// Follows the code and collects sequences.
struct Walk<'c> {
    code: &'c [u32],
    found: Vec<Vec<Set>>,
    patience: usize,
}

impl Walk<'_> {
    /// Goes on with a sequence at `at`. False: nothing is known about how some match begins.
    fn follow(&mut self, mut at: usize, mut sequence: Vec<Set>) -> bool {
        let code = self.code;
        while sequence.len() < LONGEST {
            if self.patience == 0 {
                return false;
            }
            self.patience -= 1;
            let operand = word(code, at + 1) as usize;
            at = match word(code, at) {
                op::MARK | op::AT => at + 2,
                op::INFO | op::JUMP | op::ASSERT | op::ASSERT_NOT => at + 1 + operand,
                op::ATOMIC_GROUP => at + 2,
                op::BRANCH => {
                    let mut next = at + 1;
                    while word(code, next) != 0 {
                        if !self.follow(next + 1, sequence.clone()) {
                            return false;
                        }
                        next += word(code, next) as usize;
                    }
                    return true;
                }
                op::REPEAT_ONE | op::MIN_REPEAT_ONE | op::POSSESSIVE_REPEAT_ONE => {
                    let Some(set) = Set::of(code, at + 4) else { break };
                    let (min, max) = (word(code, at + 2) as usize, word(code, at + 3) as usize);
                    sequence.extend(std::iter::repeat_n(set, min.min(LONGEST - sequence.len())));
                    if min != max && sequence.len() < LONGEST {
                        let mut more = sequence.clone();
                        more.push(set);
                        self.found.push(more);
                    }
                    at + 1 + operand
                }
                op::REPEAT => {
                    if word(code, at + 2) == 0 {
                        if !self.follow(at + 4, sequence.clone()) {
                            return false;
                        }
                        at + 1 + operand + 1
                    } else {
                        at + 4
                    }
                }
                operation => {
                    let Some(set) = Set::of(code, at) else { break };
                    sequence.push(set);
                    match operation {
                        op::ANY | op::ANY_ALL => at + 1,
                        op::IN | op::IN_IGNORE | op::IN_UNI_IGNORE => at + 1 + operand,
                        _ => at + 2,
                    }
                }
            };
        }
        let known = !sequence.is_empty();
        self.found.push(sequence);
        known
    }
}

pub struct Filter {
    /// By character, 256 for those above: the sets that have it.
    sets: Box<[u64; 257]>,
    /// The first and the last sets of the sequences.
    first: u64,
    last: u64,
    length: usize,
    /// Some sequences are filled up.
    filled: bool,
}

impl Filter {
    fn new(code: &[u32], at: usize) -> Option<Filter> {
        let mut walk = Walk { code, found: Vec::new(), patience: PATIENCE };
        if !walk.follow(at, Vec::new()) || walk.found.is_empty() {
            return None;
        }
        let mut sequences = walk.found;
        while sequences.len() > MOST {
            sequences = sequences.chunks(2).map(merge).collect();
        }
        let longest = sequences.iter().map(|s| s.len()).max()?;
        let length = longest.min(64 / sequences.len());
        let filled = sequences.iter().any(|s| s.len() < length);
        let mut filter = Filter { sets: Box::new([0; 257]), first: 0, last: 0, length, filled };
        let mut density = 0.0;
        for (n, sequence) in sequences.iter().enumerate() {
            let bit = |i: usize| 1u64 << (n * length + i);
            filter.first |= bit(0);
            filter.last |= bit(length - 1);
            let mut part = 1.0;
            for i in 0..length {
                let set = sequence.get(i).unwrap_or(&Set::ALL);
                part *= set.density();
                for c in 0..256 {
                    if set.has(c) {
                        filter.sets[c] |= bit(i);
                    }
                }
                if set.others {
                    filter.sets[256] |= bit(i);
                }
            }
            density += part;
        }
        (density < 0.9).then_some(filter)
    }

    /// The first place from `from` on where a match can begin.
    #[inline]
    pub fn next<U: Unit>(&self, text: &[U], from: usize) -> Option<usize> {
        let mut state = 0u64;
        for (i, u) in text.get(from..)?.iter().enumerate() {
            let c = (u.cp() as usize).min(256);
            state = (state << 1 | self.first) & self.sets[c];
            if state & self.last != 0 {
                return Some(from + i + 1 - self.length);
            }
        }
        self.filled.then(|| from.max((text.len() + 1).saturating_sub(self.length)))
    }
}

/// One sequence for two.
fn merge(pair: &[Vec<Set>]) -> Vec<Set> {
    let length = pair.iter().map(|s| s.len()).min().unwrap_or(0);
    let mut merged = pair[0][..length].to_vec();
    for sequence in &pair[1..] {
        for (a, b) in merged.iter_mut().zip(sequence) {
            a.add(b);
        }
    }
    merged
}

/// The filter of a pattern, made when it is worth it.
#[derive(Default)]
pub struct LazyFilter {
    searched: Cell<usize>,
    filter: OnceCell<Option<Filter>>,
}

impl LazyFilter {
    /// The filter for code that begins at `at`, if there is one; `more` characters are going to be searched.
    #[inline]
    pub fn get(&self, code: &[u32], at: usize, more: usize) -> Option<&Filter> {
        if let Some(filter) = self.filter.get() {
            return filter.as_ref();
        }
        self.searched.set(self.searched.get() + more);
        if self.searched.get() < WORTH {
            return None;
        }
        self.filter.get_or_init(|| Filter::new(code, at)).as_ref()
    }
}
