//! ISO 8601 texts.

use crate::_datetime::calendar;
use crate::_datetime::date::Ymd;

/// Hours, minutes, seconds, microseconds.
pub type Hmsf = (i64, i64, i64, i64);

fn digits(text: &[u8]) -> Option<i64> {
    if text.is_empty() || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(text.iter().fold(0, |n, c| n * 10 + (c - b'0') as i64))
}

/// `YYYY-MM-DD`, `YYYYMMDD`, `YYYY-Www-D` and `YYYYWwwD`, the weekday being optional; None for anything
/// else.
pub fn date(text: &[u8]) -> Option<Ymd> {
    let year = digits(text.get(..4)?)?;
    let separated = *text.get(4)? == b'-';
    let rest = &text[4 + separated as usize..];
    if rest.first() == Some(&b'W') {
        let week = digits(rest.get(1..3)?)?;
        let day = match (&rest[3..], separated) {
            ([], _) => 1,
            ([b'-', d], true) => digits(&[*d])?,
            ([d], false) => digits(&[*d])?,
            _ => return None,
        };
        return calendar::of_iso(year, week, day).ok();
    }
    let month = digits(rest.get(..2)?)?;
    let day = match (&rest[2..], separated) {
        ([b'-', day @ ..], true) if day.len() == 2 => digits(day)?,
        (day, false) if day.len() == 2 => digits(day)?,
        _ => return None,
    };
    Some((year, month, day))
}

/// `HH[:MM[:SS[.fff...]]]` with or without colons.
fn clock(text: &[u8]) -> Option<Hmsf> {
    let mut parts = [0i64; 3];
    let mut at = 0;
    let mut separated = true;
    for (i, part) in parts.iter_mut().enumerate() {
        *part = digits(text.get(at..at + 2)?)?;
        at += 2;
        let Some(c) = text.get(at) else { return Some((parts[0], parts[1], parts[2], 0)) };
        if i == 0 {
            separated = *c == b':';
        }
        match c {
            b'.' | b',' if i == 2 => break,
            b':' if separated && i < 2 => at += 1,
            _ if !separated && i < 2 => {}
            _ => return None,
        }
    }
    let fraction = text.get(at + 1..)?;
    digits(fraction)?;
    // What is below a microsecond is cut off.
    let used = &fraction[..fraction.len().min(6)];
    let us = digits(used)? * 10i64.pow(6 - used.len() as u32);
    Some((parts[0], parts[1], parts[2], us))
}

/// A time of day and the microseconds of its offset.
pub fn time(text: &[u8]) -> Option<(Hmsf, Option<i128>)> {
    let zone = text.iter().position(|c| matches!(c, b'+' | b'-' | b'Z'));
    let Some(zone) = zone else { return Some((clock(text)?, None)) };
    let at = clock(&text[..zone])?;
    if text[zone] == b'Z' {
        return if zone + 1 == text.len() { Some((at, Some(0))) } else { None };
    }
    let (h, m, s, us) = clock(&text[zone + 1..])?;
    if m > 59 || s > 59 {
        return None;
    }
    let total = ((h * 3600 + m * 60 + s) as i128) * 1_000_000 + us as i128;
    Some((at, Some(if text[zone] == b'-' { -total } else { total })))
}

/// Where the date ends in the text of a datetime.
pub fn separator(text: &[u8]) -> Option<usize> {
    let n = text.len();
    if n == 7 {
        return Some(7);
    }
    if n < 7 {
        return None;
    }
    if text[4] == b'-' {
        if text[5] == b'W' {
            if n < 8 {
                return None;
            }
            // YYYY-Www-D, unless the hyphen is the separator of YYYY-Www-HH.
            if n > 8 && text[8] == b'-' {
                if n == 9 {
                    return None;
                }
                return Some(if n > 10 && text[10].is_ascii_digit() { 8 } else { 10 });
            }
            return Some(8);
        }
        return Some(10);
    }
    if text[4] == b'W' {
        // YYYYWww or YYYYWwwD: the date has as many digits as leave an even number for the time.
        let end = (7..n).find(|i| !text[*i].is_ascii_digit()).unwrap_or(n);
        if end < 9 {
            return Some(end);
        }
        return Some(if end.is_multiple_of(2) { 7 } else { 8 });
    }
    Some(8)
}
