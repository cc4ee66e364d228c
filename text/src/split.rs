//! Splitting and stripping: answers are ranges of the input, so nothing is copied here.
//!
//! A negative `maxsplit` means no limit. The order of the result is left to right for `rsplit` too.
//! `Space` says what white space is: Unicode's for `str`, ASCII's for `bytes`.

use crate::classify;
use crate::search::{Needle, rfind_slice};
use crate::units::{Unit, Units};
use crate::with_units;
use std::ops::Range;

/// Whose white space and line ends count.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Space {
    Str,
    Bytes,
}

impl Space {
    #[inline]
    pub fn is_space(self, cp: u32) -> bool {
        match self {
            Space::Bytes => matches!(cp, 9..=13 | 32),
            Space::Str => classify::is_space(cp),
        }
    }

    #[inline]
    fn is_line_end(self, cp: u32) -> bool {
        match self {
            Space::Bytes => matches!(cp, 10 | 13),
            Space::Str => classify::is_line_break(cp),
        }
    }
}

fn limit(maxsplit: isize) -> usize {
    if maxsplit < 0 { usize::MAX } else { maxsplit as usize }
}

/// `split(sep, maxsplit)`; the separator must not be empty ("empty separator" is the caller's).
pub fn split(hay: Units, sep: Units, maxsplit: isize) -> Vec<Range<usize>> {
    fn run<T: Unit>(hay: &[T], sep: &[T], max: usize) -> Vec<Range<usize>> {
        let needle = Needle::new(sep);
        let mut parts = Vec::new();
        let mut at = 0;
        while parts.len() < max
            && let Some(i) = needle.find(hay, at)
        {
            parts.push(at..i);
            at = i + sep.len();
        }
        parts.push(at..hay.len());
        parts
    }
    with_units!(hay, h => match sep.coerce() {
        Some(s) => run(h, &s, limit(maxsplit)),
        None => std::iter::once(0..h.len()).collect(),
    })
}

pub fn rsplit(hay: Units, sep: Units, maxsplit: isize) -> Vec<Range<usize>> {
    fn run<T: Unit>(hay: &[T], sep: &[T], max: usize) -> Vec<Range<usize>> {
        let mut parts = Vec::new();
        let mut end = hay.len();
        while parts.len() < max
            && let Some(i) = rfind_slice(&hay[..end], sep)
        {
            parts.push(i + sep.len()..end);
            end = i;
        }
        parts.push(0..end);
        parts.reverse();
        parts
    }
    if maxsplit < 0 && sep.len() == 1 {
        return split(hay, sep, -1);
    }
    with_units!(hay, h => match sep.coerce() {
        Some(s) => run(h, &s, limit(maxsplit)),
        None => std::iter::once(0..h.len()).collect(),
    })
}

/// `split(None, maxsplit)`.
pub fn split_space(hay: Units, maxsplit: isize, space: Space) -> Vec<Range<usize>> {
    fn run<T: Unit>(hay: &[T], max: usize, space: Space) -> Vec<Range<usize>> {
        let mut parts = Vec::new();
        let mut at = 0;
        let skip = |mut i: usize| {
            while i < hay.len() && space.is_space(hay[i].cp()) {
                i += 1;
            }
            i
        };
        while parts.len() < max {
            let start = skip(at);
            at = start;
            while at < hay.len() && !space.is_space(hay[at].cp()) {
                at += 1;
            }
            if start == at {
                return parts;
            }
            parts.push(start..at);
        }
        // The remainder keeps its inner white space and its end.
        let start = skip(at);
        if start < hay.len() {
            parts.push(start..hay.len());
        }
        parts
    }
    with_units!(hay, h => run(h, limit(maxsplit), space)).into_iter().collect::<Vec<_>>()
}

pub fn rsplit_space(hay: Units, maxsplit: isize, space: Space) -> Vec<Range<usize>> {
    fn run<T: Unit>(hay: &[T], max: usize, space: Space) -> Vec<Range<usize>> {
        let mut parts = Vec::new();
        let mut at = hay.len();
        let skip = |mut i: usize| {
            while i > 0 && space.is_space(hay[i - 1].cp()) {
                i -= 1;
            }
            i
        };
        while parts.len() < max {
            let end = skip(at);
            at = end;
            while at > 0 && !space.is_space(hay[at - 1].cp()) {
                at -= 1;
            }
            if end == at {
                break;
            }
            parts.push(at..end);
        }
        let end = skip(at);
        if end > 0 {
            parts.push(0..end);
        }
        parts.reverse();
        parts
    }
    with_units!(hay, h => run(h, limit(maxsplit), space))
}

pub fn split_lines(hay: Units, keep_ends: bool, space: Space) -> Vec<Range<usize>> {
    fn run<T: Unit>(hay: &[T], keep: bool, space: Space) -> Vec<Range<usize>> {
        let mut lines = Vec::new();
        let mut at = 0;
        while at < hay.len() {
            let rest = &hay[at..];
            let Some(n) = rest.iter().position(|c| space.is_line_end(c.cp())) else {
                lines.push(at..hay.len());
                break;
            };
            let end = at + n;
            let crlf = hay[end].cp() == 13 && hay.get(end + 1).is_some_and(|c| c.cp() == 10);
            let next = end + 1 + crlf as usize;
            lines.push(at..if keep { next } else { end });
            at = next;
        }
        lines
    }
    with_units!(hay, h => run(h, keep_ends, space))
}

/// `partition`: the range of the separator, or `None`.
pub fn partition(hay: Units, sep: Units) -> Option<Range<usize>> {
    crate::search::find(hay, sep).map(|i| i..i + sep.len())
}

pub fn rpartition(hay: Units, sep: Units) -> Option<Range<usize>> {
    crate::search::rfind(hay, sep).map(|i| i..i + sep.len())
}

/// Which ends `strip` works on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    Left,
    Right,
    Both,
}

pub fn strip_space(hay: Units, ends: Ends, space: Space) -> Range<usize> {
    strip_by(hay, ends, |c| space.is_space(c))
}

/// `strip(chars)`.
pub fn strip_chars(hay: Units, chars: Units, ends: Ends) -> Range<usize> {
    // A bloom mask as in CPython: most code points are rejected without searching `chars`.
    let mask = chars.iter().fold(0u64, |m, c| m | 1 << (c & 63));
    strip_by(hay, ends, |c| mask >> (c & 63) & 1 != 0 && crate::search::find_char(chars, c).is_some())
}

fn strip_by(hay: Units, ends: Ends, drop: impl Fn(u32) -> bool) -> Range<usize> {
    with_units!(hay, h => {
        let (mut i, mut j) = (0, h.len());
        if ends != Ends::Right {
            while i < j && drop(h[i].cp()) {
                i += 1;
            }
        }
        if ends != Ends::Left {
            while j > i && drop(h[j - 1].cp()) {
                j -= 1;
            }
        }
        i..j
    })
}
