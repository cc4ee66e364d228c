//! Looking for the first place where a pattern matches, with what its INFO block tells: the shortest length
//! of a match, and a literal prefix or the set of first characters. Searches that are long enough have a filter.

use super::chars::{in_set, word};
use super::filter::Filter;
use super::matcher::{Interrupted, Matcher};
use super::op::{self, info};
use adder_text::search::{find, find_char};
use adder_text::units::Unit;

/// The first match that begins at `start` or behind; gives start and end.
pub fn search<U: Unit>(m: &mut Matcher<U>, start: usize) -> Result<Option<(usize, usize)>, Interrupted> {
    let (code, text) = (m.code, m.text);
    let mut at = 0;
    let mut last = text.len();
    let mut has_set = false;
    if word(code, 0) == op::INFO {
        let (flags, min) = (word(code, 2), word(code, 3) as usize);
        // Behind `last` no match can begin.
        last = match text.len().checked_sub(min) {
            Some(last) if last >= start => last,
            _ => return Ok(None),
        };
        at = 1 + word(code, 1) as usize;
        if flags & info::PREFIX != 0 {
            return search_prefix(m, start, at, flags & info::LITERAL != 0);
        }
        has_set = flags & info::CHARSET != 0;
    }
    let anchored = word(code, at) == op::AT
        && matches!(word(code, at + 1), op::at::BEGINNING | op::at::BEGINNING_STRING);
    if anchored {
        last = last.min(start);
    } else if let Some(filter) = m.filter.get(code, at, text.len() - start) {
        return search_filtered(m, filter, start, last, at);
    } else if has_set {
        return search_set(m, start, last, at);
    }
    for pos in start..=last {
        if let Some(end) = m.attempt(at, pos)? {
            return Ok(Some((pos, end)));
        }
        m.not_at = None;
    }
    Ok(None)
}

fn search_filtered<U: Unit>(
    m: &mut Matcher<U>,
    filter: &Filter,
    start: usize,
    last: usize,
    at: usize,
) -> Result<Option<(usize, usize)>, Interrupted> {
    let mut pos = start;
    while let Some(found) = filter.next(m.text, pos).filter(|found| *found <= last) {
        if found != start {
            m.not_at = None;
        }
        if let Some(end) = m.attempt(at, found)? {
            return Ok(Some((found, end)));
        }
        pos = found + 1;
    }
    Ok(None)
}

fn search_prefix<U: Unit>(
    m: &mut Matcher<U>,
    start: usize,
    at: usize,
    whole: bool,
) -> Result<Option<(usize, usize)>, Interrupted> {
    let (code, text) = (m.code, m.text);
    // INFO skip flags min max length skipped prefix...
    let (length, skipped) = (word(code, 5) as usize, word(code, 6) as usize);
    let Some(prefix) = code.get(7..7 + length).filter(|p| !p.is_empty()) else { return Ok(None) };
    // A prefix with characters that the subject cannot hold is nowhere.
    let Some(prefix) = prefix.iter().map(|c| U::fit(*c)).collect::<Option<smallvec::SmallVec<[U; 16]>>>()
    else {
        return Ok(None);
    };
    let mut pos = start;
    while let Some(rest) = text.get(pos..) {
        let found = match prefix[..] {
            [c] => find_char(U::wrap(rest), c.cp()),
            _ => find(U::wrap(rest), U::wrap(&prefix)),
        };
        let Some(found) = found else { break };
        pos += found;
        if pos != start {
            m.not_at = None;
        }
        if whole {
            let end = pos + length;
            if !m.full || end == text.len() {
                m.attempt(at + 2 * length, end)?;
                return Ok(Some((pos, end)));
            }
        } else if let Some(end) = m.attempt(at + 2 * skipped, pos + skipped)? {
            return Ok(Some((pos, end)));
        }
        pos += 1;
    }
    Ok(None)
}

fn search_set<U: Unit>(
    m: &mut Matcher<U>,
    start: usize,
    last: usize,
    at: usize,
) -> Result<Option<(usize, usize)>, Interrupted> {
    let (code, text) = (m.code, m.text);
    let mut pos = start;
    while pos <= last {
        let Some(found) = text[pos..].iter().position(|u| in_set(code, 5, u.cp())) else { break };
        pos += found;
        if pos != start {
            m.not_at = None;
        }
        if let Some(end) = m.attempt(at, pos)? {
            return Ok(Some((pos, end)));
        }
        pos += 1;
    }
    Ok(None)
}
