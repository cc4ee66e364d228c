//! `pytime.h`: clocks in nanoseconds. The raw ones need no GIL; nor do the others here, and none fails.

#![allow(non_snake_case)] // The names are the API's.

use std::ffi::c_int;

fn clock(id: libc::clockid_t) -> i64 {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: asks for a time.
    unsafe { libc::clock_gettime(id, &mut t) };
    t.tv_sec * 1_000_000_000 + t.tv_nsec
}

macro_rules! clocks {
    ($($name:ident = $clock:ident;)*) => {$(
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(place: *mut i64) -> c_int {
            *place = clock(libc::$clock);
            0
        }
    )*};
}

clocks! {
    PyTime_Monotonic = CLOCK_MONOTONIC;
    PyTime_MonotonicRaw = CLOCK_MONOTONIC;
    PyTime_PerfCounter = CLOCK_MONOTONIC;
    PyTime_PerfCounterRaw = CLOCK_MONOTONIC;
    PyTime_Time = CLOCK_REALTIME;
    PyTime_TimeRaw = CLOCK_REALTIME;
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyTime_AsSecondsDouble(t: i64) -> f64 {
    t as f64 / 1e9
}
