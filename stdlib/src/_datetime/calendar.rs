//! Arithmetic of the proleptic Gregorian calendar on plain numbers.

pub const MIN_YEAR: i64 = 1;
pub const MAX_YEAR: i64 = 9999;
/// The ordinal of 9999-12-31.
pub const MAX_ORDINAL: i64 = 3_652_059;
const DAYS_BEFORE: [i64; 13] = [0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

pub fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

pub fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + is_leap(year) as i64,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days of the year before a month.
pub fn days_before_month(year: i64, month: i64) -> i64 {
    DAYS_BEFORE[month as usize] + (month > 2 && is_leap(year)) as i64
}

fn days_before_year(year: i64) -> i64 {
    let y = year - 1;
    y * 365 + y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400)
}

/// Days since 0000-12-31.
pub fn to_ordinal(year: i64, month: i64, day: i64) -> i64 {
    days_before_year(year) + days_before_month(year, month) + day
}

/// The date of a positive ordinal.
pub fn of_ordinal(ordinal: i64) -> (i64, i64, i64) {
    let n = ordinal - 1;
    let (n400, n) = (n / 146_097, n % 146_097);
    let (n100, n) = (n / 36_524, n % 36_524);
    let (n4, n) = (n / 1461, n % 1461);
    let (n1, n) = (n / 365, n % 365);
    let year = n400 * 400 + n100 * 100 + n4 * 4 + n1 + 1;
    if n1 == 4 || n100 == 4 {
        // The last day of a leap cycle.
        return (year - 1, 12, 31);
    }
    let mut month = (n + 50) >> 5;
    if days_before_month(year, month) > n {
        month -= 1;
    }
    (year, month, n - days_before_month(year, month) + 1)
}

/// 0 is Monday.
pub fn weekday(year: i64, month: i64, day: i64) -> i64 {
    (to_ordinal(year, month, day) + 6) % 7
}

/// The ordinal of the Monday that starts the first ISO week of a year.
fn first_monday(year: i64) -> i64 {
    let first = to_ordinal(year, 1, 1);
    let weekday = (first + 6) % 7;
    let monday = first - weekday;
    if weekday > 3 { monday + 7 } else { monday }
}

/// ISO year, week and weekday.
pub fn iso_calendar(year: i64, month: i64, day: i64) -> (i64, i64, i64) {
    let today = to_ordinal(year, month, day);
    let mut iso_year = year;
    let mut week = (today - first_monday(year)).div_euclid(7);
    if week < 0 {
        iso_year -= 1;
        week = (today - first_monday(iso_year)).div_euclid(7);
    } else if week >= 52 && today >= first_monday(year + 1) {
        iso_year += 1;
        week = 0;
    }
    (iso_year, week + 1, (today + 6) % 7 + 1)
}

/// Why there is no such ISO date.
pub enum IsoError {
    Year,
    Week,
    Weekday,
    Range,
}

/// The date of an ISO year, week and weekday.
pub fn of_iso(year: i64, week: i64, day: i64) -> Result<(i64, i64, i64), IsoError> {
    if !(MIN_YEAR..=MAX_YEAR).contains(&year) {
        return Err(IsoError::Year);
    }
    if !(1..53).contains(&week) {
        // A year has 53 weeks if it starts on a Thursday, or on a Wednesday and is a leap year.
        let first = weekday(year, 1, 1);
        if week != 53 || !(first == 3 || (first == 2 && is_leap(year))) {
            return Err(IsoError::Week);
        }
    }
    if !(1..8).contains(&day) {
        return Err(IsoError::Weekday);
    }
    let ordinal = first_monday(year) + (week - 1) * 7 + day - 1;
    if !(1..=MAX_ORDINAL).contains(&ordinal) {
        return Err(IsoError::Range);
    }
    Ok(of_ordinal(ordinal))
}
