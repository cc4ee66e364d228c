//! The ASCII methods of `bytes` and `bytearray`.
//!
//! Searching, splitting and stripping are in `search` and `split`; bytes go there as `Units::One`.

pub fn swapcase(b: &[u8]) -> Vec<u8> {
    b.iter().map(|c| if c.is_ascii_alphabetic() { c ^ 0x20 } else { *c }).collect()
}

pub fn capitalize(b: &[u8]) -> Vec<u8> {
    let mut out = b.to_ascii_lowercase();
    if let Some(first) = out.first_mut() {
        first.make_ascii_uppercase();
    }
    out
}

pub fn title(b: &[u8]) -> Vec<u8> {
    let mut previous = false;
    b.iter()
        .map(|c| {
            let mapped = if previous { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() };
            previous = c.is_ascii_alphabetic();
            mapped
        })
        .collect()
}

fn all(b: &[u8], test: impl Fn(u8) -> bool) -> bool {
    !b.is_empty() && b.iter().all(|&c| test(c))
}

pub fn is_alpha(b: &[u8]) -> bool {
    all(b, |c| c.is_ascii_alphabetic())
}
pub fn is_alnum(b: &[u8]) -> bool {
    all(b, |c| c.is_ascii_alphanumeric())
}
pub fn is_digit(b: &[u8]) -> bool {
    all(b, |c| c.is_ascii_digit())
}
pub fn is_space(b: &[u8]) -> bool {
    all(b, |c| matches!(c, 9..=13 | 32))
}
pub fn is_lower(b: &[u8]) -> bool {
    b.iter().any(u8::is_ascii_lowercase) && !b.iter().any(u8::is_ascii_uppercase)
}
pub fn is_upper(b: &[u8]) -> bool {
    b.iter().any(u8::is_ascii_uppercase) && !b.iter().any(u8::is_ascii_lowercase)
}
pub fn is_title(b: &[u8]) -> bool {
    let (mut cased, mut previous) = (false, false);
    for c in b {
        if c.is_ascii_alphabetic() {
            if previous == c.is_ascii_uppercase() {
                return false;
            }
            cased = true;
        }
        previous = c.is_ascii_alphabetic();
    }
    cased
}

/// `bytes.translate(table, delete)`.
pub fn translate(b: &[u8], table: Option<&[u8; 256]>, delete: &[u8]) -> Vec<u8> {
    let mut drop = [false; 256];
    delete.iter().for_each(|&c| drop[c as usize] = true);
    let kept = b.iter().filter(|&&c| !drop[c as usize]);
    match table {
        Some(t) => kept.map(|&c| t[c as usize]).collect(),
        None => kept.copied().collect(),
    }
}

/// `expandtabs` for bytes; `None` when the result would be too long.
pub fn expand_tabs(b: &[u8], tab: isize) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(b.len());
    let mut column = 0isize;
    for &c in b {
        match c {
            b'\t' if tab > 0 => {
                let n = tab - column % tab;
                column = column.checked_add(n)?;
                out.try_reserve(n as usize).ok()?;
                out.resize(out.len() + n as usize, b' ');
            }
            b'\t' => {}
            _ => {
                column = if matches!(c, b'\n' | b'\r') { 0 } else { column + 1 };
                out.push(c);
            }
        }
    }
    Some(out)
}

/// The text of `bytes.hex(sep, bytes_per_sep)`; positive groups count from the right.
pub fn hex(b: &[u8], sep: Option<u8>, group: isize) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let size = group.unsigned_abs();
    let mut out = Vec::with_capacity(b.len() * 3);
    for (i, c) in b.iter().enumerate() {
        if let Some(s) = sep
            && size != 0
            && i != 0
            && (if group > 0 { b.len() - i } else { i }).is_multiple_of(size)
        {
            out.push(s);
        }
        out.push(DIGITS[(c >> 4) as usize]);
        out.push(DIGITS[(c & 15) as usize]);
    }
    out
}

/// `bytes.fromhex`: the error is the position of the offending character, `None` for an odd count of digits.
pub fn from_hex(s: &[u8]) -> Result<Vec<u8>, Option<usize>> {
    let mut out = Vec::with_capacity(s.len() / 2);
    let digit = |i: usize| s.get(i).and_then(|c| (*c as char).to_digit(16));
    let mut i = 0;
    while i < s.len() {
        if matches!(s[i], 9..=13 | 32) {
            i += 1;
            continue;
        }
        let high = digit(i).ok_or(Some(i))?;
        let low = match digit(i + 1) {
            Some(d) => d,
            None if i + 1 >= s.len() => return Err(None),
            None => return Err(Some(i + 1)),
        };
        out.push((high << 4 | low) as u8);
        i += 2;
    }
    Ok(out)
}
