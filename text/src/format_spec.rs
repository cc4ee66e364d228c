//! The format specification mini-language (PEP 3101): parsing, and applying a spec to strings.
//!
//! Numbers are in `format_number`. As in CPython the parser checks what it can without the value, so an error names
//! the same problem first.

use crate::builder::Owned;
use crate::classify::to_decimal;
use crate::error::{Error, check_room, value};
use crate::layout;
use crate::units::Units;

/// A thousands separator as it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separator {
    Comma,
    Underscore,
    /// An underscore every four digits, for binary, octal and hexadecimal.
    UnderscoreFour,
}

impl Separator {
    pub fn char(self) -> char {
        match self {
            Separator::Comma => ',',
            _ => '_',
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    Left,
    Right,
    Center,
    /// Padding between sign and digits.
    AfterSign,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spec {
    pub fill: u32,
    pub align: Align,
    /// One of "+- ".
    pub sign: Option<u8>,
    /// `z`: no negative zero.
    pub no_neg_zero: bool,
    /// `#`
    pub alternate: bool,
    pub width: Option<usize>,
    pub separator: Option<Separator>,
    /// The separator in the fraction part.
    pub frac_separator: Option<Separator>,
    pub precision: Option<usize>,
    /// The presentation type, 0 when there is none.
    pub ty: u32,
}

fn align(c: u32) -> Option<Align> {
    match char::from_u32(c)? {
        '<' => Some(Align::Left),
        '>' => Some(Align::Right),
        '^' => Some(Align::Center),
        '=' => Some(Align::AfterSign),
        _ => None,
    }
}

/// Reads decimal digits: how many, and their value.
pub(crate) fn get_integer(u: Units, at: &mut usize) -> Result<Option<usize>, Error> {
    let mut v = None;
    while *at < u.len()
        && let Some(d) = to_decimal(u.get(*at))
    {
        let next = v.unwrap_or(0usize).checked_mul(10).and_then(|v| v.checked_add(d as usize));
        v = Some(next.filter(|n| *n <= isize::MAX as usize).ok_or_else(too_many_digits)?);
        *at += 1;
    }
    Ok(v)
}

fn too_many_digits() -> Error {
    value("Too many decimal digits in format string")
}

fn both_separators() -> Error {
    value("Cannot specify both ',' and '_'.")
}

fn separator_not_allowed(s: Separator, ty: u32) -> Error {
    match ty {
        33..128 => value(format!("Cannot specify '{}' with '{}'.", s.char(), ty as u8 as char)),
        _ => value(format!("Cannot specify '{}' with '\\x{ty:x}'.", s.char())),
    }
}

/// The error for a presentation type that the object does not know.
pub fn unknown_type(ty: u32, type_name: &str) -> Error {
    match ty {
        33..128 => {
            value(format!("Unknown format code '{}' for object of type '{type_name}'", ty as u8 as char))
        }
        _ => value(format!("Unknown format code '\\x{ty:x}' for object of type '{type_name}'")),
    }
}

impl Spec {
    /// Parses a specification; strings are aligned left by default, numbers right.
    pub fn parse(u: Units, type_name: &str, default_type: u8, default_align: Align) -> Result<Spec, Error> {
        let mut spec = Spec {
            fill: ' ' as u32,
            align: default_align,
            sign: None,
            no_neg_zero: false,
            alternate: false,
            width: None,
            separator: None,
            frac_separator: None,
            precision: None,
            ty: default_type as u32,
        };
        let mut at = 0;
        let peek = |at: usize| if at < u.len() { u.get(at) } else { 0 };
        let is = |at: usize, c: char| at < u.len() && u.get(at) == c as u32;

        let (mut fill_given, mut align_given) = (false, false);
        if let Some(a) = align(peek(1)) {
            spec.align = a;
            spec.fill = u.get(0);
            (fill_given, align_given) = (true, true);
            at = 2;
        } else if let Some(a) = align(peek(0)) {
            spec.align = a;
            align_given = true;
            at = 1;
        }
        if let c @ (0x20 | 0x2b | 0x2d) = peek(at) {
            spec.sign = Some(c as u8);
            at += 1;
        }
        if is(at, 'z') {
            spec.no_neg_zero = true;
            at += 1;
        }
        if is(at, '#') {
            spec.alternate = true;
            at += 1;
        }
        if !fill_given && is(at, '0') {
            spec.fill = '0' as u32;
            if !align_given && default_align == Align::Right {
                spec.align = Align::AfterSign;
            }
            at += 1;
        }
        spec.width = get_integer(u, &mut at)?;
        spec.separator = separator(u, &mut at)?;
        if is(at, '.') {
            at += 1;
            spec.precision = get_integer(u, &mut at)?;
            spec.frac_separator = separator(u, &mut at)?;
            if spec.precision.is_none() && spec.frac_separator.is_none() {
                return Err(value("Format specifier missing precision"));
            }
        }
        if u.len() - at > 1 {
            let text = u.to_string_lossy();
            return Err(value(format!("Invalid format specifier '{text}' for object of type '{type_name}'")));
        }
        if at < u.len() {
            spec.ty = u.get(at);
        }
        spec.check_separators()?;
        check_room(spec.width.unwrap_or(0))?;
        Ok(spec)
    }

    fn check_separators(&mut self) -> Result<(), Error> {
        if let Some(s) = self.separator {
            match char::from_u32(self.ty) {
                Some('d' | 'e' | 'f' | 'g' | 'E' | 'G' | '%' | 'F' | '\0') => {}
                Some('b' | 'o' | 'x' | 'X') if s == Separator::Underscore => {
                    self.separator = Some(Separator::UnderscoreFour);
                }
                _ => return Err(separator_not_allowed(s, self.ty)),
            }
        }
        match self.frac_separator {
            Some(s) if self.ty == 'n' as u32 => Err(separator_not_allowed(s, self.ty)),
            _ => Ok(()),
        }
    }

    /// Left and right padding for text of a length.
    pub(crate) fn margins(&self, len: usize) -> (usize, usize) {
        let space = self.width.unwrap_or(0).saturating_sub(len);
        match self.align {
            Align::Left => (0, space),
            Align::Center => (space / 2, space - space / 2),
            Align::Right | Align::AfterSign => (space, 0),
        }
    }
}

fn separator(u: Units, at: &mut usize) -> Result<Option<Separator>, Error> {
    let mut found = None;
    for (c, s) in [(',', Separator::Comma), ('_', Separator::Underscore), (',', Separator::Comma)] {
        if *at < u.len() && u.get(*at) == c as u32 {
            match (found, s) {
                (None, Separator::Comma) | (None, Separator::Underscore) => found = Some(s),
                (Some(Separator::Comma), Separator::Comma) => return Ok(found),
                _ => return Err(both_separators()),
            }
            *at += 1;
        }
    }
    Ok(found)
}

/// `str.__format__`.
pub fn format_str(u: Units, spec: Units, type_name: &str) -> Result<Owned, Error> {
    let spec = Spec::parse(spec, type_name, b's', Align::Left)?;
    if spec.ty != 's' as u32 {
        return Err(unknown_type(spec.ty, type_name));
    }
    match spec.sign {
        Some(b' ') => return Err(value("Space not allowed in string format specifier")),
        Some(_) => return Err(value("Sign not allowed in string format specifier")),
        None => {}
    }
    if spec.no_neg_zero {
        return Err(value("Negative zero coercion (z) not allowed in string format specifier"));
    }
    if spec.alternate {
        return Err(value("Alternate form (#) not allowed in string format specifier"));
    }
    if spec.align == Align::AfterSign {
        return Err(value("'=' alignment not allowed in string format specifier"));
    }
    let u = u.slice(0..u.len().min(spec.precision.unwrap_or(usize::MAX)));
    let (left, right) = spec.margins(u.len());
    layout::pad(u, left, right, spec.fill)
}
