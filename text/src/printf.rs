//! The `%` operator of `str` and `bytes`: parsing the format, and laying out converted arguments.
//!
//! The caller walks the segments, fetches arguments in the order CPython does (width `*`, precision `*`, value),
//! converts each to text or digits, and hands that back here. A format error that CPython finds only after it took
//! `*` arguments is kept in [`Spec::fault`], so that the caller raises in the same order.

use crate::builder::{Builder, Owned};
use crate::error::{Error, check_room, type_, value};
use crate::float::{self, Code, Style};
use crate::units::Units;
use std::ops::Range;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// `-`
    pub left: bool,
    /// `+`
    pub sign: bool,
    /// A blank.
    pub blank: bool,
    /// `#`
    pub alternate: bool,
    /// `0`
    pub zero: bool,
}

/// A width or precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    None,
    Given(usize),
    /// `*`: taken from the arguments ("* wants int" when it is no int).
    Star,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec {
    /// The mapping key, without parentheses.
    pub key: Option<Range<usize>>,
    pub flags: Flags,
    pub width: Count,
    pub precision: Count,
    /// The conversion character; "%%" is a literal and does not come here.
    pub conversion: u32,
    /// The position of the conversion character, for messages.
    pub index: usize,
    /// To be raised after the `*` arguments were taken.
    pub fault: Option<&'static str>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    Literal(Range<usize>),
    /// "%%"
    Percent,
    Spec(Spec),
}

/// The two types differ in few messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    Str,
    Bytes,
}

/// Parses a format; after an error it must not be used further.
pub struct Segments<'a> {
    u: Units<'a>,
    at: usize,
    mapping: bool,
    flavour: Flavour,
}

pub const NOT_ENOUGH: &str = "not enough arguments for format string";
pub const STAR_WANTS_INT: &str = "* wants int";

/// What is said about arguments left over; a mapping is never left over.
pub fn not_all_converted(flavour: Flavour) -> &'static str {
    match flavour {
        Flavour::Str => "not all arguments converted during string formatting",
        Flavour::Bytes => "not all arguments converted during bytes formatting",
    }
}

/// The error for a conversion character that does not exist.
pub fn unsupported(conversion: u32, index: usize) -> Error {
    let shown = if (31..127).contains(&conversion) { conversion as u8 as char } else { '?' };
    value(format!("unsupported format character '{shown}' (0x{conversion:x}) at index {index}"))
}

impl<'a> Segments<'a> {
    /// `mapping`: the argument is a mapping, so keys are allowed.
    pub fn new(u: Units<'a>, mapping: bool, flavour: Flavour) -> Self {
        Segments { u, at: 0, mapping, flavour }
    }

    /// Continues at a position of a format whose owner may have moved it.
    pub fn resume(u: Units<'a>, at: usize, mapping: bool, flavour: Flavour) -> Self {
        Segments { u, at, mapping, flavour }
    }

    pub fn position(&self) -> usize {
        self.at
    }

    /// The current character, 0 at the end.
    fn peek(&self) -> u32 {
        if self.at < self.u.len() { self.u.get(self.at) } else { 0 }
    }

    fn digit(&self) -> Option<usize> {
        let d = self.peek().wrapping_sub('0' as u32);
        (d < 10).then_some(d as usize)
    }

    fn key(&mut self) -> Result<Range<usize>, Error> {
        if !self.mapping {
            return Err(type_("format requires a mapping"));
        }
        self.at += 1;
        let start = self.at;
        let mut depth = 1;
        while self.at < self.u.len() {
            match char::from_u32(self.peek()) {
                Some('(') => depth += 1,
                Some(')') => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return Ok(start..self.at - 1);
            }
        }
        Err(value("incomplete format key"))
    }

    /// `Err` when the number is larger than the limit.
    fn count(&mut self, limit: usize) -> Result<Count, ()> {
        if self.peek() == '*' as u32 {
            self.at += 1;
            return Ok(Count::Star);
        }
        let mut n = None;
        while let Some(d) = self.digit() {
            let v = n.unwrap_or(0);
            if v > (limit - d) / 10 {
                return Err(());
            }
            n = Some(v * 10 + d);
            self.at += 1;
        }
        Ok(n.map_or(Count::None, Count::Given))
    }

    fn spec(&mut self) -> Result<Spec, Error> {
        let mut spec = Spec {
            key: None,
            flags: Flags::default(),
            width: Count::None,
            precision: Count::None,
            conversion: 0,
            index: 0,
            fault: None,
        };
        if self.peek() == '(' as u32 {
            spec.key = Some(self.key()?);
        }
        loop {
            match char::from_u32(self.peek()) {
                Some('-') => spec.flags.left = true,
                Some('+') => spec.flags.sign = true,
                Some(' ') => spec.flags.blank = true,
                Some('#') => spec.flags.alternate = true,
                Some('0') => spec.flags.zero = true,
                _ => break,
            }
            self.at += 1;
        }
        match self.count(isize::MAX as usize) {
            Ok(c) => spec.width = c,
            Err(()) => return Err(value("width too big")),
        }
        if self.peek() == '.' as u32 {
            self.at += 1;
            match self.count(i32::MAX as usize) {
                Ok(Count::None) => spec.precision = Count::Given(0),
                Ok(c) => spec.precision = c,
                Err(()) => {
                    spec.fault = Some(match self.flavour {
                        Flavour::Str => "precision too big",
                        Flavour::Bytes => "prec too big",
                    });
                    return Ok(spec);
                }
            }
        }
        if matches!(char::from_u32(self.peek()), Some('h' | 'l' | 'L')) {
            self.at += 1;
        }
        if self.at >= self.u.len() {
            spec.fault = Some("incomplete format");
            return Ok(spec);
        }
        spec.conversion = self.peek();
        spec.index = self.at;
        self.at += 1;
        Ok(spec)
    }
}

impl Iterator for Segments<'_> {
    type Item = Result<Segment, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.at;
        if start >= self.u.len() {
            return None;
        }
        if self.peek() != '%' as u32 {
            let rest = self.u.slice(start..self.u.len());
            let len = crate::search::find_char(rest, '%' as u32).unwrap_or(rest.len());
            self.at += len;
            return Some(Ok(Segment::Literal(start..self.at)));
        }
        self.at += 1;
        if self.peek() == '%' as u32 {
            self.at += 1;
            return Some(Ok(Segment::Percent));
        }
        Some(self.spec().map(Segment::Spec))
    }
}

/// A spec whose `*` were resolved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    pub flags: Flags,
    pub width: usize,
    pub precision: Option<usize>,
}

impl Layout {
    /// Takes the values of the `*` arguments, when there are such: a negative width means left-aligned, a negative
    /// precision zero.
    pub fn new(spec: &Spec, width: Option<isize>, precision: Option<isize>) -> Result<Layout, Error> {
        let mut layout = Layout { flags: spec.flags, width: 0, precision: None };
        match (spec.width, width) {
            (Count::Given(n), _) => layout.width = n,
            (_, Some(n)) => {
                layout.flags.left |= n < 0;
                layout.width = n.unsigned_abs();
            }
            _ => {}
        }
        match (spec.precision, precision) {
            (Count::Given(n), _) => layout.precision = Some(n),
            (_, Some(n)) => layout.precision = Some(n.max(0) as usize),
            _ => {}
        }
        check_room(layout.width)?;
        check_room(layout.precision.unwrap_or(0))?;
        Ok(layout)
    }
}

/// 's', 'r', 'a' (and 'b'): cut to the precision and padded with blanks.
pub fn push_text(out: &mut Builder, u: Units, layout: Layout) {
    push_padded(out, u.slice(0..u.len().min(layout.precision.unwrap_or(usize::MAX))), layout);
}

/// 'c': padded, not cut.
pub fn push_char(out: &mut Builder, cp: u32, layout: Layout) {
    push_padded(out, Units::Four(&[cp]), layout);
}

fn push_padded(out: &mut Builder, u: Units, layout: Layout) {
    let space = layout.width.saturating_sub(u.len());
    if !layout.flags.left {
        out.push_repeated(32, space);
    }
    out.push_units(u);
    if layout.flags.left {
        out.push_repeated(32, space);
    }
}

/// The radix of an integer conversion: 'd', 'i', 'u', 'o', 'x', 'X'.
pub fn radix(conversion: u32) -> Option<u32> {
    match char::from_u32(conversion)? {
        'd' | 'i' | 'u' => Some(10),
        'o' => Some(8),
        'x' | 'X' => Some(16),
        _ => None,
    }
}

/// An integer, its magnitude as lower-case digits in the radix of the conversion.
pub fn push_int(out: &mut Builder, negative: bool, digits: &[u8], conversion: u32, layout: Layout) {
    let upper;
    let (prefix, digits): (&[u8], &[u8]) = match (char::from_u32(conversion), layout.flags.alternate) {
        (Some('X'), alternate) => {
            upper = digits.to_ascii_uppercase();
            (if alternate { b"0X" } else { b"" }, &upper)
        }
        (Some('x'), true) => (b"0x", digits),
        (Some('o'), true) => (b"0o", digits),
        _ => (b"", digits),
    };
    let zeros = layout.precision.unwrap_or(0).saturating_sub(digits.len());
    push_number(out, negative, prefix, zeros, digits, layout);
}

/// A float conversion: 'e', 'E', 'f', 'F', 'g', 'G'.
pub fn push_float(out: &mut Builder, v: f64, conversion: u32, layout: Layout) {
    let code = match char::from_u32(conversion) {
        Some('e' | 'E') => Code::E,
        Some('g' | 'G') => Code::G,
        _ => Code::F,
    };
    let style = Style {
        code,
        precision: layout.precision.unwrap_or(6),
        alternate: layout.flags.alternate,
        dot_zero: false,
    };
    let mut text = float::format(v, style);
    if matches!(char::from_u32(conversion), Some('E' | 'F' | 'G')) {
        text.make_ascii_uppercase();
    }
    match text.strip_prefix(b"-") {
        Some(rest) => push_number(out, true, b"", 0, rest, layout),
        None => push_number(out, false, b"", 0, &text, layout),
    }
}

fn push_number(out: &mut Builder, negative: bool, prefix: &[u8], zeros: usize, text: &[u8], layout: Layout) {
    let flags = layout.flags;
    let sign = match (negative, flags.sign, flags.blank) {
        (true, _, _) => Some('-'),
        (_, true, _) => Some('+'),
        (_, _, true) => Some(' '),
        _ => None,
    };
    let len = sign.is_some() as usize + prefix.len() + zeros + text.len();
    let space = layout.width.saturating_sub(len);
    let inner = flags.zero && !flags.left;
    if !flags.left && !inner {
        out.push_repeated(32, space);
    }
    sign.into_iter().for_each(|s| out.push(s as u32));
    out.push_units(Units::One(prefix));
    out.push_repeated('0' as u32, zeros + if inner { space } else { 0 });
    out.push_units(Units::One(text));
    if flags.left {
        out.push_repeated(32, space);
    }
}

/// The result of a `bytes` format: everything pushed was below 256.
pub fn into_bytes(out: Builder) -> Vec<u8> {
    match out.finish() {
        Owned::One(v) => v,
        other => other.as_units().iter().map(|c| c as u8).collect(),
    }
}
