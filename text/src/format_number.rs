//! Applying a format specification to integers, floats and complex numbers.
//!
//! A number is laid out as: left padding, sign, prefix, padding of '=', grouped digits, decimal point, fraction,
//! right padding (`calc_number_widths` and `fill_number`). Digits and exponent are ASCII; fill, decimal point and
//! separators may be any code point.

use crate::builder::{Builder, Owned};
use crate::error::{Error, check_room, overflow, value};
use crate::float::{self, Code, Style};
use crate::format_spec::{Align, Separator, Spec, unknown_type};
use crate::units::Units;
use std::borrow::Cow;

/// What `localeconv` says, for the type 'n'.
#[derive(Clone, Copy, Debug)]
pub struct Locale<'a> {
    pub decimal_point: &'a str,
    pub thousands_sep: &'a str,
    /// Group sizes from the right as in C: the last repeats, 127 ends.
    pub grouping: &'a [u8],
}

pub const C_LOCALE: Locale = Locale { decimal_point: ".", thousands_sep: "", grouping: &[] };

impl<'a> Locale<'a> {
    /// The separators for a spec; `None` in `separator` is no grouping.
    fn of(spec: &Spec, separator: Option<Separator>, locale: Locale<'a>) -> Locale<'a> {
        match separator {
            _ if spec.ty == 'n' as u32 => locale,
            Some(Separator::Comma) => Locale { decimal_point: ".", thousands_sep: ",", grouping: &[3] },
            Some(Separator::Underscore) => Locale { decimal_point: ".", thousands_sep: "_", grouping: &[3] },
            Some(Separator::UnderscoreFour) => {
                Locale { decimal_point: ".", thousands_sep: "_", grouping: &[4] }
            }
            None => C_LOCALE,
        }
    }
}

/// Digits with separators, filled with zeros to `least` (`_PyUnicode_InsertThousandsGrouping`).
fn group(digits: &[u8], least: isize, locale: &Locale) -> Owned {
    let separator = Owned::from(locale.thousands_sep);
    // Group sizes from the right: (zeros, digits).
    let mut groups = Vec::new();
    let (mut rest, mut least) = (digits.len() as isize, least);
    let mut sizes = locale.grouping.iter();
    let mut size = 0u8;
    loop {
        size = sizes.next().copied().filter(|s| *s != 0).unwrap_or(size);
        let all = rest.max(least).max(1);
        let endless = size == 0 || size == 127;
        let len = if endless { all } else { all.min(size as isize) };
        groups.push(((len - rest).max(0), rest.min(len)));
        rest -= rest.min(len);
        least -= len;
        if endless || rest <= 0 && least <= 0 {
            break;
        }
        least -= separator.len() as isize;
    }
    let mut b = Builder::with_capacity(digits.len() + groups.len());
    let mut at = 0;
    for (i, (zeros, len)) in groups.into_iter().rev().enumerate() {
        if i > 0 {
            b.push_units(separator.as_units());
        }
        b.push_repeated('0' as u32, zeros as usize);
        b.push_units(Units::One(&digits[at..at + len as usize]));
        at += len as usize;
    }
    b.finish()
}

/// Digits of the fraction with a separator after every third.
fn group_fraction(digits: &[u8], separator: Option<Separator>) -> Cow<'_, [u8]> {
    let Some(s) = separator else { return digits.into() };
    digits.chunks(3).collect::<Vec<_>>().join(&(s.char() as u8)).into()
}

/// A number taken apart.
struct Number<'a> {
    negative: bool,
    prefix: &'a [u8],
    digits: &'a [u8],
    /// The digits after the point; `None` without a point.
    fraction: Option<&'a [u8]>,
    /// Exponent, "inf", "%", or the character of type 'c'.
    rest: Units<'a>,
}

fn layout(n: &Number, spec: &Spec, locale: Locale) -> Owned {
    let sign = match (n.negative, spec.sign) {
        (true, _) => Some('-' as u32),
        (false, Some(s @ (b'+' | b' '))) => Some(s as u32),
        _ => None,
    };
    let place = Locale::of(spec, spec.separator, locale);
    let fraction = n.fraction.map(|f| group_fraction(f, spec.frac_separator));
    let fixed = sign.is_some() as usize
        + n.prefix.len()
        + fraction.as_ref().map_or(0, |f| f.len() + place.decimal_point.chars().count())
        + n.rest.len();
    let zero_fill = spec.fill == '0' as u32 && spec.align == Align::AfterSign;
    let least = if zero_fill { spec.width.unwrap_or(0) as isize - fixed as isize } else { 0 };
    let grouped;
    let digits = if n.digits.is_empty() || place.grouping.is_empty() && least <= n.digits.len() as isize {
        Units::One(n.digits)
    } else {
        grouped = group(n.digits, least, &place);
        grouped.as_units()
    };
    let (mut left, right) = spec.margins(fixed + digits.len());
    let mut inner = 0;
    if spec.align == Align::AfterSign {
        (left, inner) = (0, left);
    }
    let mut b = Builder::with_capacity(left + inner + right + fixed + digits.len());
    b.push_repeated(spec.fill, left);
    sign.into_iter().for_each(|s| b.push(s));
    b.push_units(Units::One(n.prefix));
    b.push_repeated(spec.fill, inner);
    b.push_units(digits);
    if let Some(f) = &fraction {
        b.push_str(place.decimal_point);
        b.push_units(Units::One(f));
    }
    b.push_units(n.rest);
    b.push_repeated(spec.fill, right);
    b.finish()
}

/// How an integer is to be presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntStyle {
    /// Digits of the magnitude in this radix, lower case, go to [`format_digits`].
    Digits { radix: u32 },
    /// The code point goes to [`format_char`].
    Char,
    /// Converted to a float, which goes to [`format_float_spec`].
    Float,
}

/// Parses the spec of `int.__format__` and checks it.
pub fn int_spec(spec: Units, type_name: &str) -> Result<(Spec, IntStyle), Error> {
    let spec = Spec::parse(spec, type_name, b'd', Align::Right)?;
    let style = match char::from_u32(spec.ty) {
        Some('b') => IntStyle::Digits { radix: 2 },
        Some('o') => IntStyle::Digits { radix: 8 },
        Some('x' | 'X') => IntStyle::Digits { radix: 16 },
        Some('d' | 'n') => IntStyle::Digits { radix: 10 },
        Some('c') => IntStyle::Char,
        Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%') => return Ok((spec, IntStyle::Float)),
        _ => return Err(unknown_type(spec.ty, type_name)),
    };
    if spec.precision.is_some() {
        return Err(value("Precision not allowed in integer format specifier"));
    }
    if spec.no_neg_zero {
        return Err(value("Negative zero coercion (z) not allowed in integer format specifier"));
    }
    if style == IntStyle::Char {
        if spec.sign.is_some() {
            return Err(value("Sign not allowed with integer format specifier 'c'"));
        }
        if spec.alternate {
            return Err(value("Alternate form (#) not allowed with integer format specifier 'c'"));
        }
    }
    Ok((spec, style))
}

/// An integer whose magnitude is given as lower-case ASCII digits in the radix of the spec.
pub fn format_digits(negative: bool, digits: &[u8], spec: &Spec, locale: Locale) -> Owned {
    let prefix: &[u8] = match (spec.alternate, char::from_u32(spec.ty)) {
        (true, Some('b')) => b"0b",
        (true, Some('o')) => b"0o",
        (true, Some('x')) => b"0x",
        (true, Some('X')) => b"0X",
        _ => b"",
    };
    let upper;
    let digits = if spec.ty == 'X' as u32 {
        upper = digits.to_ascii_uppercase();
        &upper
    } else {
        digits
    };
    layout(&Number { negative, prefix, digits, fraction: None, rest: Units::One(b"") }, spec, locale)
}

/// The type 'c'; the value is `None` when it is no `long` at all.
pub fn format_char(cp: Option<i64>, spec: &Spec) -> Result<Owned, Error> {
    match cp {
        Some(cp @ 0..=0x10ffff) => {
            let rest = [cp as u32];
            let n = Number {
                negative: false,
                prefix: b"",
                digits: b"",
                fraction: None,
                rest: Units::Four(&rest),
            };
            Ok(layout(&n, spec, C_LOCALE))
        }
        _ => Err(overflow("%c arg not in range(0x110000)")),
    }
}

/// `int.__format__` for small integers.
pub fn format_i64(v: i64, spec: Units, type_name: &str, locale: Locale) -> Result<Owned, Error> {
    let (spec, style) = int_spec(spec, type_name)?;
    match style {
        IntStyle::Digits { radix } => {
            Ok(format_digits(v < 0, &crate::int::digits(v.unsigned_abs(), radix), &spec, locale))
        }
        IntStyle::Char => format_char(Some(v), &spec),
        IntStyle::Float => format_float_spec(v as f64, &spec, type_name, locale),
    }
}

/// `float.__format__`.
pub fn format_float(v: f64, spec: Units, type_name: &str, locale: Locale) -> Result<Owned, Error> {
    let spec = Spec::parse(spec, type_name, 0, Align::Right)?;
    format_float_spec(v, &spec, type_name, locale)
}

/// How the presentation type prints one double.
fn float_style(spec: &Spec, ty: char, dot_zero: bool) -> Result<Style, Error> {
    if spec.precision.is_some_and(|p| p > i32::MAX as usize) {
        return Err(value("precision too big"));
    }
    check_room(spec.precision.unwrap_or(0))?;
    let (code, precision) = match (ty, spec.precision) {
        ('\0', None) => (Code::Repr, 0),
        ('\0' | 'g' | 'G' | 'n', p) => (Code::G, p.unwrap_or(6)),
        ('e' | 'E', p) => (Code::E, p.unwrap_or(6)),
        (_, p) => (Code::F, p.unwrap_or(6)),
    };
    Ok(Style { code, precision, alternate: spec.alternate, dot_zero })
}

/// The text of a double and the count of its leading digits.
fn float_text(v: f64, style: Style, ty: char, no_neg_zero: bool) -> (bool, Vec<u8>) {
    let mut text = float::format(v, style);
    if matches!(ty, 'E' | 'F' | 'G') {
        text.make_ascii_uppercase();
    }
    let mut negative = text.first() == Some(&b'-');
    if negative {
        text.remove(0);
        if no_neg_zero {
            // Zero after rounding: no digit before the exponent is set.
            let digits = text.split(|c| c.eq_ignore_ascii_case(&b'e')).next().unwrap_or(b"");
            negative = !digits.iter().all(|c| matches!(c, b'0' | b'.'));
        }
    }
    (negative, text)
}

fn split_float<'a>(negative: bool, text: &'a [u8]) -> Number<'a> {
    let run = |from: usize| text[from..].iter().take_while(|c| c.is_ascii_digit()).count();
    let whole = run(0);
    let (fraction, end) = match text.get(whole) {
        Some(b'.') => {
            let n = run(whole + 1);
            (Some(&text[whole + 1..whole + 1 + n]), whole + 1 + n)
        }
        _ => (None, whole),
    };
    Number { negative, prefix: b"", digits: &text[..whole], fraction, rest: Units::One(&text[end..]) }
}

pub fn format_float_spec(v: f64, spec: &Spec, type_name: &str, locale: Locale) -> Result<Owned, Error> {
    let ty = match char::from_u32(spec.ty) {
        Some(c @ ('\0' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n' | '%')) => c,
        _ => return Err(unknown_type(spec.ty, type_name)),
    };
    let style = float_style(spec, ty, ty == '\0')?;
    let (negative, mut text) = float_text(if ty == '%' { v * 100.0 } else { v }, style, ty, spec.no_neg_zero);
    if ty == '%' {
        text.push(b'%');
    }
    Ok(layout(&split_float(negative, &text), spec, locale))
}

/// `complex.__format__`.
pub fn format_complex(
    real: f64,
    imag: f64,
    spec: Units,
    type_name: &str,
    locale: Locale,
) -> Result<Owned, Error> {
    let spec = Spec::parse(spec, type_name, 0, Align::Right)?;
    let ty = match char::from_u32(spec.ty) {
        Some(c @ ('\0' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n')) => c,
        _ => return Err(unknown_type(spec.ty, type_name)),
    };
    if spec.precision.is_some_and(|p| p > i32::MAX as usize) {
        return Err(value("precision too big"));
    }
    if spec.fill == '0' as u32 {
        return Err(value("Zero padding is not allowed in complex format specifier"));
    }
    if spec.align == Align::AfterSign {
        return Err(value("'=' alignment flag is not allowed in complex format specifier"));
    }
    let style = float_style(&spec, ty, false)?;
    let plain = ty == '\0';
    let skip_real = plain && real == 0.0 && real.is_sign_positive();
    let part = |v: f64, sign: Option<u8>| {
        let (negative, text) = float_text(v, style, ty, spec.no_neg_zero);
        let part = Spec { width: None, align: Align::Left, fill: 0, sign, ..spec };
        layout(&split_float(negative, &text), &part, locale)
    };
    let mut b = Builder::new();
    if plain && !skip_real {
        b.push('(' as u32);
    }
    if !skip_real {
        b.push_units(part(real, spec.sign).as_units());
    }
    b.push_units(part(imag, if skip_real { spec.sign } else { Some(b'+') }).as_units());
    b.push('j' as u32);
    if plain && !skip_real {
        b.push(')' as u32);
    }
    let text = b.finish();
    let (left, right) = spec.margins(text.len());
    crate::layout::pad(text.as_units(), left, right, spec.fill)
}
