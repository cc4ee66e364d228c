//! Matching at one place, by backtracking.
//!
//! The machine has a place in the code, a position in the subject and a current repetition. Where there is
//! an alternative, a `Choice` goes on a stack; where nothing matches, the youngest choice is taken up again.
//! So what can be matched is limited by memory, not by the native stack; only assertions and atomic groups,
//! which forget their choices, are matched by a nested call.
//!
//! Kept true here: everything that matching changes is either found again through a choice (repetitions are
//! never changed, each turn makes a new record) or is undone with the help of `trail` (groups).

use super::chars::{self, in_set, takes, word};
use super::filter::LazyFilter;
use super::op;
use adder_text::case::simple_lower;
use adder_text::units::Unit;

/// A group's start or end that is not set; the repetition outside of all.
const UNSET: usize = usize::MAX;

/// Matching was given up because an exception was raised meanwhile.
pub struct Interrupted;

/// One turn of a repetition: REPEAT makes the first, each end of its body another.
#[derive(Clone, Copy)]
struct Turn {
    /// Place of the REPEAT.
    at: usize,
    /// Completed turns.
    count: u32,
    /// Where this turn began, if an empty turn would go on for ever.
    began: usize,
    /// The repetition outside.
    outer: usize,
}

enum Kind {
    /// The alternatives of a BRANCH from `at` on.
    Branch,
    /// What follows a repetition, at `at`.
    Tail,
    /// One more turn of the lazy repetition `turn`, whose end is at `at`.
    More,
    /// A repeated character with one fewer, down to position `limit`; `at` is what follows.
    Greedy,
    /// A repeated character, MIN_REPEAT_ONE at `at`, `limit` of them taken.
    Lazy,
}

struct Choice {
    kind: Kind,
    at: usize,
    pos: usize,
    turn: usize,
    limit: usize,
    trail: usize,
    turns: usize,
}

/// The vectors of a matcher, to be used again.
#[derive(Default)]
pub struct Scratch {
    marks: Vec<usize>,
    trail: Vec<(usize, usize, isize)>,
    turns: Vec<Turn>,
    choices: Vec<Choice>,
}

/// A subject, a pattern, and the state of matching one against the other.
pub struct Matcher<'a, U: Unit> {
    pub code: &'a [u32],
    pub filter: &'a LazyFilter,
    /// The subject up to where matching may go.
    pub text: &'a [U],
    /// The match must end at the end of the text.
    pub full: bool,
    /// Where this attempt began, if the match must not end there.
    pub not_at: Option<usize>,
    /// Starts and ends of groups.
    marks: Vec<usize>,
    /// The group that ended last, or -1.
    pub last_group: isize,
    /// Marks as they were: number, value, `last_group`.
    trail: Vec<(usize, usize, isize)>,
    turns: Vec<Turn>,
    choices: Vec<Choice>,
    steps: u32,
    /// Asked now and then; false ends the matching.
    poll: &'a mut dyn FnMut() -> bool,
}

/// So many nested assertions are enough for any pattern that the compiler accepts.
const MAX_DEPTH: u32 = 2000;

impl<'a, U: Unit> Matcher<'a, U> {
    pub fn new(
        code: &'a [u32],
        filter: &'a LazyFilter,
        text: &'a [U],
        groups: usize,
        scratch: Scratch,
        poll: &'a mut dyn FnMut() -> bool,
    ) -> Matcher<'a, U> {
        let Scratch { mut marks, trail, turns, choices } = scratch;
        marks.clear();
        marks.resize(2 * groups, UNSET);
        Matcher {
            code,
            filter,
            text,
            full: false,
            not_at: None,
            marks,
            last_group: -1,
            trail,
            turns,
            choices,
            steps: 0,
            poll,
        }
    }

    pub fn into_scratch(self) -> Scratch {
        Scratch { marks: self.marks, trail: self.trail, turns: self.turns, choices: self.choices }
    }

    /// Start and end of a group, counted from 0.
    pub fn group(&self, n: usize) -> Option<(usize, usize)> {
        match (self.marks.get(2 * n), self.marks.get(2 * n + 1)) {
            (Some(&a), Some(&b)) if a != UNSET && b != UNSET && a <= b => Some((a, b)),
            _ => None,
        }
    }

    /// Matches the code from `at` on at a position; gives the end.
    #[inline]
    pub fn attempt(&mut self, at: usize, pos: usize) -> Result<Option<usize>, Interrupted> {
        if self.last_group != -1 || !self.trail.is_empty() {
            self.marks.fill(UNSET);
            self.last_group = -1;
            self.trail.clear();
        }
        self.turns.clear();
        self.choices.clear();
        self.run(at, pos, 0)
    }

    fn set_mark(&mut self, n: usize, pos: usize) {
        if n >= self.marks.len() {
            return;
        }
        self.trail.push((n, self.marks[n], self.last_group));
        self.marks[n] = pos;
        if n % 2 == 1 {
            self.last_group = n as isize / 2 + 1;
        }
    }

    fn undo_to(&mut self, length: usize) {
        while self.trail.len() > length {
            let (n, pos, last_group) = self.trail.pop().expect("longer than the length");
            self.marks[n] = pos;
            self.last_group = last_group;
        }
    }

    fn push(&mut self, kind: Kind, at: usize, pos: usize, turn: usize, limit: usize) {
        let (trail, turns) = (self.trail.len(), self.turns.len());
        self.choices.push(Choice { kind, at, pos, turn, limit, trail, turns });
    }

    fn next_turn(&mut self, turn: usize, began: usize) -> usize {
        let Turn { at, count, outer, .. } = self.turns[turn];
        self.turns.push(Turn { at, count: count + 1, began, outer });
        self.turns.len() - 1
    }

    /// Whether the character at a position is `c`.
    #[inline(always)]
    fn is_at(&self, pos: usize, c: u32) -> bool {
        self.text.get(pos).is_some_and(|u| u.cp() == c)
    }

    fn run(&mut self, at: usize, pos: usize, depth: u32) -> Result<Option<usize>, Interrupted> {
        let (base, trail) = (self.choices.len(), self.trail.len());
        let result = self.execute(at, pos, base, depth);
        // The choices inside are forgotten; groups stay as they are after a match.
        self.choices.truncate(base);
        if !matches!(result, Ok(Some(_))) {
            self.undo_to(trail);
        }
        result
    }

    fn execute(
        &mut self,
        mut at: usize,
        mut pos: usize,
        base: usize,
        depth: u32,
    ) -> Result<Option<usize>, Interrupted> {
        if depth > MAX_DEPTH {
            return Ok(None);
        }
        let (code, text) = (self.code, self.text);
        let mut turn = UNSET;
        'next: loop {
            // What breaks out of this block does not match.
            #[allow(clippy::never_loop, reason = "a block to break out of")]
            loop {
                let operand = word(code, at + 1);
                let operation = word(code, at);
                match operation {
                    op::LITERAL => {
                        if !self.is_at(pos, operand) {
                            break;
                        }
                        at += 2;
                        pos += 1;
                    }
                    op::IN => {
                        if !text.get(pos).is_some_and(|u| in_set(code, at + 2, u.cp())) {
                            break;
                        }
                        at += 1 + operand as usize;
                        pos += 1;
                    }
                    op::SUCCESS => {
                        if depth == 0 && (self.full && pos != text.len() || self.not_at == Some(pos)) {
                            break;
                        }
                        return Ok(Some(pos));
                    }
                    op::MARK => {
                        self.set_mark(operand as usize, pos);
                        at += 2;
                    }
                    op::REPEAT_ONE => {
                        let (min, max) = (word(code, at + 2) as usize, word(code, at + 3));
                        let tail = at + 1 + operand as usize;
                        let most = pos + self.count(at + 4, pos, max);
                        let least = pos + min;
                        if most < least {
                            break;
                        }
                        let Some(first) = self.last_possible(tail, least, most) else { break };
                        if first > least {
                            self.push(Kind::Greedy, tail, first, turn, least);
                        }
                        (at, pos) = (tail, first);
                    }
                    op::BRANCH => {
                        let Some(next) = self.alternative(at + 1, pos, turn) else { break };
                        at = next;
                    }
                    op::JUMP => at += 1 + operand as usize,
                    op::AT => {
                        if !self.holds_at(operand, pos) {
                            break;
                        }
                        at += 2;
                    }
                    op::REPEAT => {
                        self.turns.push(Turn { at, count: 0, began: UNSET, outer: turn });
                        turn = self.turns.len() - 1;
                        at += 1 + operand as usize;
                    }
                    op::MAX_UNTIL | op::MIN_UNTIL => {
                        let Some(&Turn { at: repeat, count, began, outer }) = self.turns.get(turn) else {
                            break;
                        };
                        let (min, max) = (word(code, repeat + 2), word(code, repeat + 3));
                        let body = repeat + 4;
                        let more = (count < max || max == op::MAXREPEAT) && pos != began;
                        // After an empty turn the others that are needed can be empty, too.
                        if count < min && pos != began {
                            turn = self.next_turn(turn, pos);
                            at = body;
                        } else if operation == op::MIN_UNTIL {
                            if more {
                                self.push(Kind::More, body, pos, turn, 0);
                            }
                            (at, turn) = (at + 1, outer);
                        } else if more {
                            self.push(Kind::Tail, at + 1, pos, outer, 0);
                            turn = self.next_turn(turn, pos);
                            at = body;
                        } else {
                            (at, turn) = (at + 1, outer);
                        }
                    }
                    op::MIN_REPEAT_ONE => {
                        let (min, max) = (word(code, at + 2), word(code, at + 3));
                        let taken = if min > 0 { self.count(at + 4, pos, min) } else { 0 };
                        if taken < min as usize {
                            break;
                        }
                        pos += taken;
                        if taken < max as usize {
                            self.push(Kind::Lazy, at, pos, turn, taken);
                        }
                        at += 1 + operand as usize;
                    }
                    op::POSSESSIVE_REPEAT_ONE => {
                        let (min, max) = (word(code, at + 2) as usize, word(code, at + 3));
                        let taken = self.count(at + 4, pos, max);
                        if taken < min {
                            break;
                        }
                        pos += taken;
                        at += 1 + operand as usize;
                    }
                    op::POSSESSIVE_REPEAT => {
                        let (min, max) = (word(code, at + 2), word(code, at + 3));
                        let trail = self.trail.len();
                        let mut count = 0;
                        while count < max || max == op::MAXREPEAT {
                            let Some(end) = self.run(at + 4, pos, depth + 1)? else { break };
                            count += 1;
                            if end == pos {
                                // As above.
                                count = count.max(min);
                                break;
                            }
                            pos = end;
                        }
                        if count < min {
                            self.undo_to(trail);
                            break;
                        }
                        // Behind the SUCCESS that ends the body.
                        at += 2 + operand as usize;
                    }
                    op::ATOMIC_GROUP => {
                        let Some(end) = self.run(at + 2, pos, depth + 1)? else { break };
                        pos = end;
                        at += 1 + operand as usize;
                    }
                    op::ASSERT | op::ASSERT_NOT => {
                        let trail = self.trail.len();
                        let found = match pos.checked_sub(word(code, at + 2) as usize) {
                            Some(start) => self.run(at + 3, start, depth + 1)?.is_some(),
                            None => false,
                        };
                        if found != (operation == op::ASSERT) {
                            self.undo_to(trail);
                            break;
                        }
                        at += 1 + operand as usize;
                    }
                    op::GROUPREF => {
                        let Some(end) = self.same_group(operand, pos, |c| c) else { break };
                        (at, pos) = (at + 2, end);
                    }
                    op::GROUPREF_IGNORE => {
                        let Some(end) = self.same_group(operand, pos, chars::ascii_lower) else { break };
                        (at, pos) = (at + 2, end);
                    }
                    op::GROUPREF_UNI_IGNORE => {
                        let Some(end) = self.same_group(operand, pos, simple_lower) else { break };
                        (at, pos) = (at + 2, end);
                    }
                    op::GROUPREF_LOC_IGNORE => {
                        let Some(end) = self.same_group(operand, pos, chars::locale_lower) else { break };
                        (at, pos) = (at + 2, end);
                    }
                    op::GROUPREF_EXISTS => {
                        let set = self.group(operand as usize).is_some();
                        at = if set { at + 3 } else { at + 1 + (word(code, at + 2) as usize).max(1) };
                    }
                    op::INFO => at += 1 + operand as usize,
                    _ => {
                        let Some(unit) = text.get(pos) else { break };
                        match takes(code, at, unit.cp()) {
                            Some(true) => {}
                            _ => break,
                        }
                        at += match operation {
                            op::ANY | op::ANY_ALL => 1,
                            op::IN_IGNORE | op::IN_UNI_IGNORE | op::IN_LOC_IGNORE => 1 + operand as usize,
                            _ => 2,
                        };
                        pos += 1;
                    }
                }
                continue 'next;
            }
            match self.go_back(base)? {
                Some(place) => (at, pos, turn) = place,
                None => return Ok(None),
            }
        }
    }

    /// Takes up the youngest choice: place, position and repetition. None: there is none above `base`.
    fn go_back(&mut self, base: usize) -> Result<Option<(usize, usize, usize)>, Interrupted> {
        self.steps += 1;
        if self.steps & 0xfff == 0 && !(self.poll)() {
            return Err(Interrupted);
        }
        let code = self.code;
        while self.choices.len() > base {
            let Some(&Choice { at, pos, turn, limit, trail, turns, .. }) = self.choices.last() else { break };
            self.undo_to(trail);
            self.turns.truncate(turns);
            match self.choices.last().expect("looked at").kind {
                Kind::Greedy => {
                    let next = match pos > limit {
                        true => self.last_possible(at, limit, pos - 1),
                        false => None,
                    };
                    match next {
                        Some(next) if next > limit => {
                            self.choices.last_mut().expect("looked at").pos = next;
                            return Ok(Some((at, next, turn)));
                        }
                        next => {
                            self.choices.pop();
                            if let Some(next) = next {
                                return Ok(Some((at, next, turn)));
                            }
                        }
                    }
                }
                Kind::Tail => {
                    self.choices.pop();
                    return Ok(Some((at, pos, turn)));
                }
                Kind::Branch => {
                    self.choices.pop();
                    if let Some(next) = self.alternative(at, pos, turn) {
                        return Ok(Some((next, pos, turn)));
                    }
                }
                Kind::More => {
                    self.choices.pop();
                    let turn = self.next_turn(turn, pos);
                    return Ok(Some((at, pos, turn)));
                }
                Kind::Lazy => {
                    self.choices.pop();
                    if self.count(at + 4, pos, 1) == 1 {
                        let max = word(code, at + 3) as usize;
                        if limit + 1 < max {
                            self.push(Kind::Lazy, at, pos + 1, turn, limit + 1);
                        }
                        return Ok(Some((at + 1 + word(code, at + 1) as usize, pos + 1, turn)));
                    }
                }
            }
        }
        Ok(None)
    }

    /// The last position in `least..=most` where the code at `tail` can match as far as its first operation
    /// tells.
    #[inline]
    fn last_possible(&self, tail: usize, least: usize, most: usize) -> Option<usize> {
        if word(self.code, tail) != op::LITERAL {
            return Some(most);
        }
        let c = U::fit(word(self.code, tail + 1))?;
        if most < self.text.len() && self.text[most] == c {
            return Some(most);
        }
        let most = most.min(self.text.len());
        self.text.get(least..most)?.iter().rposition(|u| *u == c).map(|i| least + i)
    }

    /// The first alternative of a BRANCH that can match as far as its first operation tells; a choice is made
    /// of those behind it. `at` is where the length of the next alternative stands.
    fn alternative(&mut self, at: usize, pos: usize, turn: usize) -> Option<usize> {
        let c = self.text.get(pos).map(|u| u.cp());
        let first = self.possible(at, c)?;
        if let Some(next) = self.possible(first + word(self.code, first) as usize, c) {
            self.push(Kind::Branch, next, pos, turn, 0);
        }
        Some(first + 1)
    }

    /// Where the length of the first alternative from `at` on stands that can match with the character.
    #[inline]
    fn possible(&self, mut at: usize, c: Option<u32>) -> Option<usize> {
        let code = self.code;
        loop {
            let skip = word(code, at) as usize;
            if skip == 0 {
                return None;
            }
            let possible = match word(code, at + 1) {
                op::LITERAL => c == Some(word(code, at + 2)),
                op::IN => c.is_some_and(|c| in_set(code, at + 3, c)),
                _ => true,
            };
            if possible {
                return Some(at);
            }
            at += skip;
        }
    }

    /// How many characters from a position on the operation at `at` takes, at most `max`.
    #[inline]
    fn count(&self, at: usize, pos: usize, max: u32) -> usize {
        let code = self.code;
        let Some(rest) = self.text.get(pos..) else { return 0 };
        let rest = if (max as usize) < rest.len() { &rest[..max as usize] } else { rest };
        let run = |stop: &dyn Fn(U) -> bool| rest.iter().position(|u| stop(*u)).unwrap_or(rest.len());
        let operand = word(code, at + 1);
        match word(code, at) {
            op::ANY_ALL => rest.len(),
            op::ANY => adder_text::search::find_char(U::wrap(rest), '\n' as u32).unwrap_or(rest.len()),
            op::NOT_LITERAL => adder_text::search::find_char(U::wrap(rest), operand).unwrap_or(rest.len()),
            op::LITERAL => match U::fit(operand) {
                Some(c) => rest.iter().position(|u| *u != c).unwrap_or(rest.len()),
                None => 0,
            },
            op::IN => rest.iter().position(|u| !in_set(code, at + 2, u.cp())).unwrap_or(rest.len()),
            _ => run(&|u| takes(code, at, u.cp()) != Some(true)),
        }
    }

    fn holds_at(&self, what: u32, pos: usize) -> bool {
        use op::at::*;
        let end = self.text.len();
        let linebreak = |i: usize| self.is_at(i, '\n' as u32);
        match what {
            BEGINNING | BEGINNING_STRING => pos == 0,
            BEGINNING_LINE => pos == 0 || linebreak(pos - 1),
            END => pos == end || pos + 1 == end && linebreak(pos),
            END_LINE => pos == end || linebreak(pos),
            END_STRING => pos == end,
            BOUNDARY | LOC_BOUNDARY | UNI_BOUNDARY => self.between_words(what, pos),
            NON_BOUNDARY | LOC_NON_BOUNDARY | UNI_NON_BOUNDARY => !self.between_words(what, pos),
            _ => false,
        }
    }

    fn between_words(&self, what: u32, pos: usize) -> bool {
        let is_word = chars::word_test(what);
        let before = pos > 0 && is_word(self.text[pos - 1].cp());
        let after = self.text.get(pos).is_some_and(|u| is_word(u.cp()));
        before != after
    }

    /// Whether the text of a group follows; gives its end.
    fn same_group(&self, group: u32, pos: usize, fold: impl Fn(u32) -> u32) -> Option<usize> {
        let (start, end) = self.group(group as usize)?;
        let (known, next) = (&self.text[start..end], self.text.get(pos..pos + (end - start))?);
        known.iter().zip(next).all(|(a, b)| fold(a.cp()) == fold(b.cp())).then_some(pos + known.len())
    }
}
