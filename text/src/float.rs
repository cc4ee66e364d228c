//! Floats to text and back, correctly rounded as CPython's dtoa.
//!
//! Shortest digits come from `zmij`, exact ones from `core`'s formatting, which rounds half to even on the exact value.
//! Text is ASCII. The codes are those of `PyOS_double_to_string`; '%' and 'n' are made of 'f' and 'g' in `format`.

/// `repr` and the formats 'e', 'f', 'g' ('E', 'F', 'G' are the caller's upper case).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    Repr,
    E,
    F,
    G,
}

/// How `PyOS_double_to_string` is asked to format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    pub code: Code,
    /// Not used by `Repr`.
    pub precision: usize,
    /// `#`: keep the point and, with 'g', trailing zeros.
    pub alternate: bool,
    /// Add ".0" to what looks like an integer.
    pub dot_zero: bool,
}

/// Significant digits (at least one) and the position of the decimal point: 0.d1d2d3 times 10 to the `point`.
struct Digits {
    text: Vec<u8>,
    point: i32,
}

/// No double has more significant digits than this, or more decimals than 1074; what follows are zeros.
const ENOUGH: usize = 1100;

/// Takes apart "1.25e-7", "-125.0" and the like, without sign.
fn digits_of(text: &[u8]) -> Digits {
    let (number, exponent) = match text.iter().position(|&c| c == b'e') {
        Some(e) => (&text[..e], std::str::from_utf8(&text[e + 1..]).unwrap_or("0").parse().unwrap_or(0)),
        None => (text, 0),
    };
    let whole = number.iter().position(|&c| c == b'.').unwrap_or(number.len());
    let mut digits: Vec<u8> = number.iter().copied().filter(|&c| c != b'.').collect();
    let mut point = whole as i32 + exponent;
    let zeros = digits.iter().take_while(|&&c| c == b'0').count();
    if zeros == digits.len() {
        return Digits { text: b"0".to_vec(), point: 1 };
    }
    digits.drain(..zeros);
    point -= zeros as i32;
    while digits.last() == Some(&b'0') {
        digits.pop();
    }
    Digits { text: digits, point }
}

/// The shortest digits that read back as the same double.
fn shortest(v: f64) -> Digits {
    digits_of(zmij::Buffer::new().format_finite(v.abs()).as_bytes())
}

/// `count` significant digits, trailing zeros removed.
fn exact(v: f64, count: usize) -> Digits {
    digits_of(format!("{:.*e}", count.clamp(1, ENOUGH) - 1, v.abs()).as_bytes())
}

fn push_exponent(out: &mut Vec<u8>, exponent: i32) {
    out.push(b'e');
    out.push(if exponent < 0 { b'-' } else { b'+' });
    let e = exponent.unsigned_abs();
    if e < 10 {
        out.push(b'0');
    }
    out.extend_from_slice(e.to_string().as_bytes());
}

/// Formats a double; a negative sign is included, also for -0.0, but not for NaN.
pub fn format(v: f64, style: Style) -> Vec<u8> {
    let mut out = Vec::with_capacity(24);
    if v.is_nan() {
        return b"nan".to_vec();
    }
    if v.is_sign_negative() {
        out.push(b'-');
    }
    if v.is_infinite() {
        out.extend_from_slice(b"inf");
        return out;
    }
    match style.code {
        Code::F => fixed(&mut out, v, style),
        Code::E => {
            let d = exact(v, style.precision.saturating_add(1));
            place(&mut out, &d, true, style.precision.saturating_add(1), style);
        }
        Code::G => {
            let precision = style.precision.max(1);
            let d = exact(v, precision);
            let top = if style.dot_zero { precision - 1 } else { precision };
            let exponent = d.point <= -4 || d.point as i64 > top as i64;
            place(&mut out, &d, exponent, if style.alternate { precision } else { 0 }, style);
        }
        Code::Repr => {
            let d = shortest(v);
            place(&mut out, &d, d.point <= -4 || d.point > 16, 0, style);
        }
    }
    out
}

fn fixed(out: &mut Vec<u8>, v: f64, style: Style) {
    use std::io::Write;
    let shown = style.precision.min(ENOUGH);
    // Writing to a vector does not fail.
    let _ = write!(out, "{:.*}", shown, v.abs());
    out.resize(out.len() + (style.precision - shown), b'0');
    if style.precision == 0 {
        match (style.alternate, style.dot_zero) {
            (_, true) => out.extend_from_slice(b".0"),
            (true, _) => out.push(b'.'),
            _ => {}
        }
    }
}

/// Writes digits with point and exponent; `least` is the number of significant digits to fill up to.
fn place(out: &mut Vec<u8>, d: &Digits, exponent: bool, least: usize, style: Style) {
    let point = if exponent { 1 } else { d.point };
    let mut total = d.text.len().max(least) as i64;
    total = total.max(if style.dot_zero && !exponent { point as i64 + 1 } else { point as i64 });
    // Digits at positions 0..total; those before the point first.
    let digit = |i: i64| if i < 0 { b'0' } else { d.text.get(i as usize).copied().unwrap_or(b'0') };
    if point <= 0 {
        out.extend_from_slice(b"0.");
        out.resize(out.len() + point.unsigned_abs() as usize, b'0');
        (0..total).for_each(|i| out.push(digit(i)));
    } else {
        (0..point as i64).for_each(|i| out.push(digit(i)));
        if total > point as i64 || style.alternate {
            out.push(b'.');
        }
        (point as i64..total).for_each(|i| out.push(digit(i)));
    }
    if exponent {
        push_exponent(out, d.point - 1);
    }
}

/// `repr(float)`.
pub fn repr(v: f64) -> Vec<u8> {
    format(v, Style { code: Code::Repr, precision: 0, alternate: false, dot_zero: true })
}

/// The parts of a complex number print without ".0".
pub fn repr_complex(real: f64, imag: f64) -> Vec<u8> {
    let part = |v| format(v, Style { code: Code::Repr, precision: 0, alternate: false, dot_zero: false });
    if real == 0.0 && real.is_sign_positive() {
        let mut out = part(imag);
        out.push(b'j');
        return out;
    }
    let mut out = vec![b'('];
    out.extend(part(real));
    if imag.is_nan() || imag.is_sign_positive() {
        out.push(b'+');
    }
    out.extend(part(imag));
    out.extend_from_slice(b"j)");
    out
}

/// `float.__round__(ndigits)` for a finite value; `None` on overflow ("rounded value too large to represent").
pub fn round_to(v: f64, ndigits: i64) -> Option<f64> {
    // Beyond these the value stays, or becomes zero.
    if ndigits > ((53.0 - -1021.0) * std::f64::consts::LOG10_2) as i64 {
        return Some(v);
    }
    if ndigits < -((1024.0 + 1.0) * std::f64::consts::LOG10_2) as i64 {
        return Some(0.0 * v);
    }
    let rounded: f64 = if ndigits >= 0 {
        format!("{:.*}", ndigits as usize, v).parse().ok()?
    } else {
        let d = exact(v, ENOUGH);
        let keep = d.point as i64 + ndigits;
        if keep < 0 {
            return Some(0.0 * v);
        }
        let (head, tail) = d.text.split_at((keep as usize).min(d.text.len()));
        let odd = head.last().is_some_and(|c| c & 1 == 1) && head.len() == keep as usize;
        let up = match tail.first() {
            None => false,
            Some(b'5') if tail.len() == 1 => odd,
            Some(c) => *c >= b'5',
        };
        let head = std::str::from_utf8(head).ok()?;
        let scale = d.point as i64 - head.len() as i64;
        // Adding one needs no carry here when the digits are parsed as an integer of up to 310 digits.
        let number = if up { increment(head) } else { head.to_owned() };
        let text = format!(
            "{}{}e{}",
            if v < 0.0 { "-" } else { "" },
            if number.is_empty() { "0" } else { &number },
            scale
        );
        text.parse().ok()?
    };
    rounded.is_finite().then_some(rounded)
}

fn increment(digits: &str) -> String {
    let mut text = digits.as_bytes().to_vec();
    for c in text.iter_mut().rev() {
        if *c < b'9' {
            *c += 1;
            return String::from_utf8(text).unwrap_or_default();
        }
        *c = b'0';
    }
    text.insert(0, b'1');
    String::from_utf8(text).unwrap_or_default()
}

fn is_space(c: u8) -> bool {
    matches!(c, 9..=13 | 32)
}

pub(crate) fn trim(mut s: &[u8]) -> &[u8] {
    while let [c, rest @ ..] = s
        && is_space(*c)
    {
        s = rest;
    }
    while let [rest @ .., c] = s
        && is_space(*c)
    {
        s = rest;
    }
    s
}

/// Removes underscores; `None` when one is not between digits.
pub(crate) fn without_underscores(s: &[u8]) -> Option<std::borrow::Cow<'_, [u8]>> {
    if !s.contains(&b'_') {
        return Some(s.into());
    }
    for (i, _) in s.iter().enumerate().filter(|(_, c)| **c == b'_') {
        let digit = |i: Option<usize>| i.and_then(|i| s.get(i)).is_some_and(u8::is_ascii_digit);
        if !digit(i.checked_sub(1)) || !digit(Some(i + 1)) {
            return None;
        }
    }
    Some(s.iter().copied().filter(|&c| c != b'_').collect())
}

/// `float(str)`, for text from [`crate::classify::to_ascii_number`] or bytes; `None` is the caller's
/// "could not convert string to float: %R".
pub fn parse(s: &[u8]) -> Option<f64> {
    let s = without_underscores(trim(s))?;
    parse_plain(&s)
}

/// `PyOS_string_to_double` over the whole text: no white space, no underscores.
pub fn parse_plain(s: &[u8]) -> Option<f64> {
    // Rust's grammar is the same one: sign, inf, infinity, nan, digits with a point, exponent.
    std::str::from_utf8(s).ok()?.parse().ok()
}

/// The longest prefix that is a float and its length, as C's `strtod` is used by `complex()`.
pub fn parse_prefix(s: &[u8]) -> Option<(f64, usize)> {
    let mut i = matches!(s.first(), Some(b'+' | b'-')) as usize;
    for word in ["infinity", "inf", "nan"] {
        if s[i..].len() >= word.len() && s[i..i + word.len()].eq_ignore_ascii_case(word.as_bytes()) {
            return Some((parse_plain(&s[..i + word.len()])?, i + word.len()));
        }
    }
    let run = |mut i: usize| {
        while s.get(i).is_some_and(u8::is_ascii_digit) {
            i += 1;
        }
        i
    };
    let start = i;
    i = run(i);
    let mut digits = i - start;
    if s.get(i) == Some(&b'.') {
        let end = run(i + 1);
        digits += end - i - 1;
        i = end;
    }
    if digits == 0 {
        return None;
    }
    if matches!(s.get(i), Some(b'e' | b'E')) {
        let sign = i + 1 + matches!(s.get(i + 1), Some(b'+' | b'-')) as usize;
        let end = run(sign);
        if end > sign {
            i = end;
        }
    }
    Some((parse_plain(&s[..i])?, i))
}

/// Why `complex(str)` fails; both are ValueErrors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComplexError {
    /// "could not convert string to complex: %R"
    Underscore,
    /// "complex() arg is a malformed string"
    Malformed,
}

/// `complex(str)`.
pub fn parse_complex(s: &[u8]) -> Result<(f64, f64), ComplexError> {
    let s = without_underscores(trim(s)).ok_or(ComplexError::Underscore)?;
    complex_parts(&s).ok_or(ComplexError::Malformed)
}

fn complex_parts(mut s: &[u8]) -> Option<(f64, f64)> {
    if let [b'(', inner @ ..] = s {
        s = trim(inner.strip_suffix(b")")?);
    }
    let imaginary = |c: Option<&u8>| matches!(c, Some(b'j' | b'J'));
    // A sign alone before j stands for one.
    let unit = |s: &[u8]| match s {
        [b'-', j] if imaginary(Some(j)) => Some(-1.0),
        [b'+', j] | [j] if imaginary(Some(j)) => Some(1.0),
        _ => None,
    };
    let Some((first, n)) = parse_prefix(s) else { return Some((0.0, unit(s)?)) };
    let rest = &s[n..];
    match rest {
        [] => Some((first, 0.0)),
        [j] if imaginary(Some(j)) => Some((0.0, first)),
        [b'+' | b'-', ..] => match parse_prefix(rest) {
            Some((imag, m)) if rest.len() == m + 1 && imaginary(rest.get(m)) => Some((first, imag)),
            Some(_) => None,
            None => Some((first, unit(rest)?)),
        },
        _ => None,
    }
}
