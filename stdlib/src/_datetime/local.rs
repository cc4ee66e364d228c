//! POSIX timestamps and local time.

use crate::_datetime::calendar;
use adder_vm::builtins::exceptions::os_error::last_errno;
use adder_vm::builtins::float::as_float;
use adder_vm::error::{PyResult, Raised};
use adder_vm::object::Value;
use adder_vm::vm::Vm;

/// Seconds from 0001-01-01 minus one day to 1970-01-01: where ordinals start.
pub const EPOCH: i64 = 719_163 * 86_400;
/// No change of a zone's offset is larger.
const MOST_FOLD: i64 = 86_400;

fn out_of_range(vm: &Vm) -> Raised {
    vm.overflow_error("timestamp out of range for platform time_t")
}

/// A number of seconds, rounded down.
pub fn seconds_floor(vm: &Vm, v: Value) -> PyResult<i64> {
    match as_float(v) {
        Some(f) if f.is_nan() => Err(vm.value_error("Invalid value NaN (not a number)")),
        Some(f) if !(-9.3e18..9.2e18).contains(&f.floor()) => Err(out_of_range(vm)),
        Some(f) => Ok(f.floor() as i64),
        None => i64::try_from(vm.index_i128(v)?).map_err(|_| out_of_range(vm)),
    }
}

/// A number of seconds as whole seconds and microseconds, halves rounded to even.
pub fn seconds_and_micro(vm: &Vm, v: Value) -> PyResult<(i64, i64)> {
    let Some(f) = as_float(v) else { return Ok((seconds_floor(vm, v)?, 0)) };
    if f.is_nan() {
        return Err(vm.value_error("Invalid value NaN (not a number)"));
    }
    let (mut whole, part) = (f.trunc(), f.fract() * 1e6);
    let mut us = part.round_ties_even();
    if us >= 1e6 {
        (us, whole) = (us - 1e6, whole + 1.0);
    } else if us < 0.0 {
        (us, whole) = (us + 1e6, whole - 1.0);
    }
    if !(-9.3e18..9.2e18).contains(&whole) {
        return Err(out_of_range(vm));
    }
    Ok((whole as i64, us as i64))
}

/// `localtime` or `gmtime`.
pub fn broken_down(vm: &Vm, t: i64, local: bool) -> PyResult<libc::tm> {
    // SAFETY: plain data, filled by the call.
    let mut tm: libc::tm = unsafe { std::mem::zeroed() };
    // SAFETY: places for argument and result.
    let p = unsafe { if local { libc::localtime_r(&t, &mut tm) } else { libc::gmtime_r(&t, &mut tm) } };
    if p.is_null() { Err(vm.os_error(last_errno(), None)) } else { Ok(tm) }
}

/// Seconds since the epoch of ordinals.
pub fn to_seconds(ymd: (i64, i64, i64), h: i64, m: i64, s: i64) -> i64 {
    calendar::to_ordinal(ymd.0, ymd.1, ymd.2) * 86_400 + h * 3600 + m * 60 + s
}

/// What local clocks show at a moment, both as seconds since the epoch of ordinals.
fn local_at(vm: &Vm, u: i64) -> PyResult<i64> {
    let tm = broken_down(vm, u - EPOCH, true)?;
    let ymd = (tm.tm_year as i64 + 1900, tm.tm_mon as i64 + 1, tm.tm_mday as i64);
    if !(calendar::MIN_YEAR..=calendar::MAX_YEAR).contains(&ymd.0) {
        return Err(vm.value_error(format!("year {} is out of range", ymd.0)));
    }
    Ok(to_seconds(ymd, tm.tm_hour as i64, tm.tm_min as i64, tm.tm_sec as i64))
}

/// Whether local clocks show this time for the second time.
pub fn is_fold(vm: &Vm, timestamp: i64, shown: i64) -> PyResult<bool> {
    let before = local_at(vm, EPOCH + timestamp - MOST_FOLD)?;
    let transition = shown - before - MOST_FOLD;
    Ok(transition < 0 && local_at(vm, EPOCH + timestamp + transition)? == shown)
}

/// The moment at which local clocks show a time, since the epoch of ordinals (PEP 495).
pub fn moment_of(vm: &Vm, t: i64, fold: bool) -> PyResult<i64> {
    let a = local_at(vm, t)? - t;
    let u1 = t - a;
    let t1 = local_at(vm, u1)?;
    let b = if t1 == t {
        // One solution; a second one is on the other side of the transition.
        let u2 = if fold { u1 + MOST_FOLD } else { u1 - MOST_FOLD };
        let b = local_at(vm, u2)? - u2;
        if a == b {
            return Ok(u1);
        }
        b
    } else {
        t1 - u1
    };
    let u2 = t - b;
    if local_at(vm, u2)? == t {
        return Ok(u2);
    }
    if t1 == t {
        return Ok(u1);
    }
    // The time is in a gap.
    Ok(if fold { u1.min(u2) } else { u1.max(u2) })
}
