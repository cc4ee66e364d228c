//! `pycore_time.h`: times as counts of nanoseconds, from and to numbers and C's structs.

#![allow(non_snake_case)] // The names are the API's.

use crate::pyobject::{Arg, Done};
use adder_macros::capi;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::float::as_float;
use adder_vm::builtins::int::as_int;
use adder_vm::error::{PyResult, Raised};
use adder_vm::object::{Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::ffi::{c_int, c_long};

const SECOND: i64 = 1_000_000_000;

/// CPython's ways to round.
#[derive(Clone, Copy, PartialEq)]
enum Round {
    Floor,
    Ceiling,
    HalfEven,
    /// Away from zero.
    Up,
}

impl Round {
    fn new(n: c_int) -> Round {
        match n {
            0 => Round::Floor,
            1 => Round::Ceiling,
            2 => Round::HalfEven,
            _ => Round::Up,
        }
    }

    fn float(self, x: f64) -> f64 {
        match self {
            Round::Floor => x.floor(),
            Round::Ceiling => x.ceil(),
            Round::HalfEven => x.round_ties_even(),
            Round::Up if x < 0.0 => x.floor(),
            Round::Up => x.ceil(),
        }
    }

    fn divide(self, t: i64, by: i64) -> i64 {
        let (q, r) = (t.div_euclid(by), t.rem_euclid(by));
        let more = match self {
            Round::Floor => false,
            Round::Ceiling => r > 0,
            Round::HalfEven => r * 2 > by || (r * 2 == by && q % 2 != 0),
            // The quotient is rounded down, which for negative times is away from zero.
            Round::Up => r > 0 && t > 0,
        };
        q + more as i64
    }
}

fn too_large(vm: &Vm) -> Raised {
    vm.error(Exc::OverflowError, "timestamp out of range for C PyTime_t".to_string())
}

fn time_t_range(vm: &Vm) -> Raised {
    vm.error(Exc::OverflowError, "timestamp out of range for platform time_t".to_string())
}

/// The int of a number that is no float, if it has 64 bits.
fn whole(vm: &Vm, v: Value) -> PyResult<Option<i64>> {
    Ok(as_int(vm.index_value(v)?).and_then(|i| vm.int_to_i64(i)))
}

/// As `whole`, for functions that take a float as well.
fn whole_of_number(vm: &Vm, v: Value) -> PyResult<Option<i64>> {
    match as_int(v) {
        Some(i) => Ok(vm.int_to_i64(i)),
        None => raise!(vm, TypeError, "argument must be int or float, not {}", v.class().name()),
    }
}

fn from_seconds(vm: &Vm, v: Value, round: Round) -> PyResult<i64> {
    if let Some(f) = as_float(v) {
        if f.is_nan() {
            raise!(vm, ValueError, "Invalid value NaN (not a number)")
        }
        let t = round.float(f * SECOND as f64);
        // The bounds are not exact as floats.
        if !(-9.223_372_036_854_776e18..9.223_372_036_854_776e18).contains(&t) {
            return Err(too_large(vm));
        }
        return Ok(t as i64);
    }
    if as_int(v).is_none() {
        let name = v.class().name();
        raise!(vm, TypeError, "'{name}' object cannot be interpreted as an integer or float")
    }
    whole(vm, v)?.and_then(|s| s.checked_mul(SECOND)).ok_or_else(|| too_large(vm))
}

#[capi]
pub fn _PyLong_FromTime_t(vm: &Vm, t: i64) -> Value {
    vm.int(t)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _PyTime_FromSeconds(seconds: c_int) -> i64 {
    seconds as i64 * SECOND
}

#[capi]
pub fn _PyTime_FromSecondsObject(vm: &Vm, place: *mut i64, v: Arg, round: c_int) -> PyResult<Done> {
    let t = from_seconds(vm, v.value(), Round::new(round))?;
    // SAFETY: the caller passes a place.
    unsafe { *place = t };
    Ok(Done)
}

#[capi]
pub fn _PyTime_FromLong(vm: &Vm, place: *mut i64, v: Arg) -> PyResult<Done> {
    let v = v.value();
    if as_int(v).is_none() {
        raise!(vm, TypeError, "expect int, got {}", v.class().name())
    }
    let Some(t) = whole(vm, v)? else { return Err(too_large(vm)) };
    // SAFETY: the caller passes a place.
    unsafe { *place = t };
    Ok(Done)
}

#[capi]
pub fn _PyTime_AsLong(vm: &Vm, t: i64) -> Value {
    vm.int(t)
}

/// Seconds, and the rest in parts of a second.
fn parts(vm: &Vm, v: Value, unit: i64, round: Round) -> PyResult<(i64, i64)> {
    let Some(f) = as_float(v) else {
        return whole_of_number(vm, v)?.map(|s| (s, 0)).ok_or_else(|| time_t_range(vm));
    };
    if f.is_nan() {
        raise!(vm, ValueError, "Invalid value NaN (not a number)")
    }
    let unit = unit as f64;
    let mut seconds = f.trunc();
    let mut rest = round.float((f - seconds) * unit);
    if rest >= unit {
        (seconds, rest) = (seconds + 1.0, rest - unit);
    } else if rest < 0.0 {
        (seconds, rest) = (seconds - 1.0, rest + unit);
    }
    if !(-9.223_372_036_854_776e18..9.223_372_036_854_776e18).contains(&seconds) {
        return Err(time_t_range(vm));
    }
    Ok((seconds as i64, rest as i64))
}

#[capi]
pub fn _PyTime_ObjectToTime_t(vm: &Vm, v: Arg, place: *mut i64, round: c_int) -> PyResult<Done> {
    let v = v.value();
    let t = match as_float(v) {
        Some(f) if f.is_nan() => raise!(vm, ValueError, "Invalid value NaN (not a number)"),
        Some(f) => {
            let t = Round::new(round).float(f);
            if !(-9.223_372_036_854_776e18..9.223_372_036_854_776e18).contains(&t) {
                return Err(time_t_range(vm));
            }
            t as i64
        }
        None => whole_of_number(vm, v)?.ok_or_else(|| time_t_range(vm))?,
    };
    // SAFETY: the caller passes a place.
    unsafe { *place = t };
    Ok(Done)
}

macro_rules! object_to {
    ($($name:ident = $unit:expr;)*) => {$(
        #[capi]
        pub fn $name(vm: &Vm, v: Arg, seconds: *mut i64, rest: *mut c_long, round: c_int) -> PyResult<Done> {
            let (s, r) = parts(vm, v.value(), $unit, Round::new(round))?;
            // SAFETY: the caller passes places.
            unsafe { (*seconds, *rest) = (s, r) };
            Ok(Done)
        }
    )*};
}

object_to! {
    _PyTime_ObjectToTimeval = 1_000_000;
    _PyTime_ObjectToTimespec = SECOND;
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _PyTime_AsMilliseconds(t: i64, round: c_int) -> i64 {
    Round::new(round).divide(t, 1_000_000)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _PyTime_AsMicroseconds(t: i64, round: c_int) -> i64 {
    Round::new(round).divide(t, 1_000)
}

// Every count of nanoseconds fits into these structs, so nothing is clamped and nothing fails.

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _PyTime_AsTimeval_clamp(t: i64, place: *mut libc::timeval, round: c_int) {
    let micro = Round::new(round).divide(t, 1_000);
    *place = libc::timeval { tv_sec: micro.div_euclid(1_000_000), tv_usec: micro.rem_euclid(1_000_000) };
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _PyTime_AsTimeval(t: i64, place: *mut libc::timeval, round: c_int) -> c_int {
    _PyTime_AsTimeval_clamp(t, place, round);
    0
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _PyTime_AsTimespec_clamp(t: i64, place: *mut libc::timespec) {
    *place = libc::timespec { tv_sec: t.div_euclid(SECOND), tv_nsec: t.rem_euclid(SECOND) };
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _PyTime_AsTimespec(t: i64, place: *mut libc::timespec) -> c_int {
    _PyTime_AsTimespec_clamp(t, place);
    0
}

unsafe fn now() -> i64 {
    let mut t = 0;
    crate::pytime::PyTime_MonotonicRaw(&mut t);
    t
}

/// The time after a timeout.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _PyDeadline_Init(timeout: i64) -> i64 {
    now().saturating_add(timeout)
}

/// What remains.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _PyDeadline_Get(deadline: i64) -> i64 {
    deadline.saturating_sub(now())
}
