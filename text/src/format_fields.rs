//! Format strings of `str.format`: literals and fields, and the parts of a field name (`MarkupIterator`,
//! `FieldNameIterator`).
//!
//! Everything is a range of the format string, or of the field name. Looking up, converting and formatting is the
//! caller's, as is the recursion into a nested specification ("Max string recursion exceeded").

use crate::error::{Error, value};
use crate::format_spec::get_integer;
use crate::units::Units;
use std::ops::Range;

/// A literal, perhaps followed by a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    pub literal: Range<usize>,
    pub field: Option<Field>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub name: Range<usize>,
    pub spec: Range<usize>,
    /// The specification contains fields itself.
    pub nested: bool,
    pub conversion: Option<u32>,
}

/// Iterates over the segments; after an error it must not be used further.
#[derive(Clone)]
pub struct Segments<'a> {
    u: Units<'a>,
    at: usize,
}

const OPEN: u32 = '{' as u32;
const CLOSE: u32 = '}' as u32;

impl<'a> Segments<'a> {
    pub fn new(u: Units<'a>) -> Self {
        Segments { u, at: 0 }
    }

    /// The format string; its owner may have moved it.
    pub fn resume(u: Units<'a>, at: usize) -> Self {
        Segments { u, at }
    }

    pub fn position(&self) -> usize {
        self.at
    }

    fn take(&mut self) -> Option<u32> {
        let c = (self.at < self.u.len()).then(|| self.u.get(self.at))?;
        self.at += 1;
        Some(c)
    }

    fn field(&mut self) -> Result<Field, Error> {
        let start = self.at;
        let mut last = 0;
        while let Some(c) = self.take() {
            last = c;
            match char::from_u32(c) {
                Some('{') => return Err(value("unexpected '{' in field name")),
                Some('[') => {
                    while self.at < self.u.len() && self.u.get(self.at) != ']' as u32 {
                        self.at += 1;
                    }
                }
                Some('}' | ':' | '!') => break,
                _ => {}
            }
        }
        let mut field = Field { name: start..self.at - 1, spec: 0..0, nested: false, conversion: None };
        match char::from_u32(last) {
            Some('}') => return Ok(field),
            Some('!') => {
                let missing = || value("end of string while looking for conversion specifier");
                field.conversion = Some(self.take().ok_or_else(missing)?);
                match self.take() {
                    Some(CLOSE) => return Ok(field),
                    Some(c) if c != ':' as u32 => {
                        return Err(value("expected ':' after conversion specifier"));
                    }
                    _ => {}
                }
            }
            Some(':') => {}
            _ => return Err(value("expected '}' before end of string")),
        }
        let start = self.at;
        let mut depth = 1;
        while let Some(c) = self.take() {
            match c {
                OPEN => {
                    field.nested = true;
                    depth += 1;
                }
                CLOSE => {
                    depth -= 1;
                    if depth == 0 {
                        field.spec = start..self.at - 1;
                        return Ok(field);
                    }
                }
                _ => {}
            }
        }
        Err(value("unmatched '{' in format spec"))
    }
}

impl Iterator for Segments<'_> {
    type Item = Result<Segment, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.at;
        if start >= self.u.len() {
            return None;
        }
        let mut brace = None;
        while let Some(c) = self.take() {
            if c == OPEN || c == CLOSE {
                brace = Some(c);
                break;
            }
        }
        let Some(brace) = brace else { return Some(Ok(Segment { literal: start..self.at, field: None })) };
        if self.at < self.u.len() && self.u.get(self.at) == brace {
            // A doubled brace ends the literal, which keeps one of them.
            self.at += 1;
            return Some(Ok(Segment { literal: start..self.at - 1, field: None }));
        }
        if brace == CLOSE {
            return Some(Err(value("Single '}' encountered in format string")));
        }
        if self.at == self.u.len() {
            return Some(Err(value("Single '{' encountered in format string")));
        }
        let literal = start..self.at - 1;
        Some(self.field().map(|f| Segment { literal, field: Some(f) }))
    }
}

/// Whether fields are numbered automatically; undecided at first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AutoNumber {
    #[default]
    Undecided,
    Automatic(usize),
    Manual,
}

/// The first part of a field name: an argument's number, or its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum First {
    Index(usize),
    Name(Range<usize>),
}

/// An attribute or an item; an item that is a number is an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    Attribute(Range<usize>),
    Key(Range<usize>),
    Index(usize),
}

fn as_index(u: Units) -> Result<Option<usize>, Error> {
    let mut at = 0;
    let v = get_integer(u, &mut at)?;
    Ok(v.filter(|_| at == u.len()))
}

/// Splits a field name into its first part and where the rest begins. Without a numbering state (as in
/// `formatter_field_name_split`) an empty name stays empty.
pub fn field_name_first(name: Units, auto: Option<&mut AutoNumber>) -> Result<(First, usize), Error> {
    let end = name.iter().position(|c| c == '.' as u32 || c == '[' as u32).unwrap_or(name.len());
    let first = name.slice(0..end);
    let index = as_index(first)?;
    let Some(auto) = auto else {
        return Ok((index.map_or(First::Name(0..end), First::Index), end));
    };
    let first = match (*auto, index, first.is_empty()) {
        (AutoNumber::Automatic(_), Some(_), _) => {
            return Err(value("cannot switch from automatic field numbering to manual field specification"));
        }
        (AutoNumber::Manual, _, true) => {
            return Err(value("cannot switch from manual field specification to automatic field numbering"));
        }
        (AutoNumber::Automatic(n), _, true) => {
            *auto = AutoNumber::Automatic(n + 1);
            First::Index(n)
        }
        (AutoNumber::Undecided, _, true) => {
            *auto = AutoNumber::Automatic(1);
            First::Index(0)
        }
        (_, Some(i), _) => {
            *auto = AutoNumber::Manual;
            First::Index(i)
        }
        (_, None, _) => First::Name(0..end),
    };
    Ok((first, end))
}

/// The next attribute or item of a field name at a position.
pub fn field_name_next(name: Units, at: &mut usize) -> Option<Result<Part, Error>> {
    if *at >= name.len() {
        return None;
    }
    let kind = name.get(*at);
    let start = *at + 1;
    let rest = name.slice(start..name.len());
    let part = match char::from_u32(kind) {
        Some('.') => {
            let len = rest.iter().position(|c| c == '.' as u32 || c == '[' as u32).unwrap_or(rest.len());
            *at = start + len;
            Part::Attribute(start..start + len)
        }
        Some('[') => {
            let Some(len) = rest.iter().position(|c| c == ']' as u32) else {
                return Some(Err(value("Missing ']' in format string")));
            };
            *at = start + len + 1;
            match as_index(rest.slice(0..len)) {
                Ok(Some(i)) => Part::Index(i),
                Ok(None) => Part::Key(start..start + len),
                Err(e) => return Some(Err(e)),
            }
        }
        _ => {
            return Some(Err(value("Only '.' or '[' may follow ']' in format field specifier")));
        }
    };
    match &part {
        Part::Attribute(r) | Part::Key(r) if r.is_empty() => {
            Some(Err(value("Empty attribute in format string")))
        }
        _ => Some(Ok(part)),
    }
}

/// The error for a conversion that is not one of `r`, `s`, `a`.
pub fn unknown_conversion(c: u32) -> Error {
    match c {
        33..127 => value(format!("Unknown conversion specifier {}", c as u8 as char)),
        _ => value(format!("Unknown conversion specifier \\x{c:x}")),
    }
}
