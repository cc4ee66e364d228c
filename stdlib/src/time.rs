//! The module `time`.

use crate::os_support::*;
use adder_heap::StaticRoot;
use adder_macros::pymodule;
use adder_vm::builtins::exceptions::os_error::last_errno;
use adder_vm::builtins::float::as_float;
use adder_vm::builtins::int::as_int;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::singletons::bool_value;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::struct_sequence::StructSeqDef;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use libc::c_int;

static STRUCT_TIME: StructSeqDef = StructSeqDef {
    name: "time.struct_time",
    doc: "The time value as returned by gmtime(), localtime(), and strptime(), and\n\
          accepted by asctime(), mktime() and strftime().  May be considered as a\n\
          sequence of 9 integers.\n\n\
          Note that several fields' values are not the same as those defined by\n\
          the C language standard for struct tm.  For example, the value of the\n\
          field tm_year is the actual year, not year - 1900.  See individual\n\
          fields' descriptions for details.",
    fields: &[
        ("tm_year", "year, for example, 1993"),
        ("tm_mon", "month of year, range [1, 12]"),
        ("tm_mday", "day of month, range [1, 31]"),
        ("tm_hour", "hours, range [0, 23]"),
        ("tm_min", "minutes, range [0, 59]"),
        ("tm_sec", "seconds, range [0, 61])"),
        ("tm_wday", "day of week, range [0, 6], Monday is 0"),
        ("tm_yday", "day of year, range [1, 366]"),
        ("tm_isdst", "1 if summer time is in effect, 0 if not, and -1 if unknown"),
        ("tm_zone", "abbreviation of timezone name"),
        ("tm_gmtoff", "offset from UTC in seconds"),
    ],
    visible: 9,
};

/// The module, for `tzset`.
static MODULE: StaticRoot = StaticRoot::new();

unsafe extern "C" {
    fn tzset();
}

fn seconds(ns: i64) -> f64 {
    // Whole and fraction apart: a double has not enough digits for nanoseconds since 1970.
    (ns / 1_000_000_000) as f64 + (ns % 1_000_000_000) as f64 * 1e-9
}

fn struct_time(vm: &Vm, t: &libc::tm) -> PyResult<Value> {
    // SAFETY: the zone's name is a static string.
    let zone = vm.fs_decode(unsafe { c_bytes(t.tm_zone) })?;
    let values = [
        vm.int(t.tm_year as i64 + 1900),
        vm.int(t.tm_mon as i64 + 1),
        vm.int(t.tm_mday as i64),
        vm.int(t.tm_hour as i64),
        vm.int(t.tm_min as i64),
        vm.int(t.tm_sec as i64),
        vm.int((t.tm_wday as i64 + 6) % 7),
        vm.int(t.tm_yday as i64 + 1),
        vm.int(t.tm_isdst as i64),
        zone,
        vm.int(t.tm_gmtoff),
    ];
    Ok(vm.new_struct_sequence(vm.struct_sequence_type(&STRUCT_TIME), &values))
}

/// The seconds argument of gmtime and others; now if it is missing.
fn when(vm: &Vm, v: Option<Value>) -> PyResult<i64> {
    let Some(v) = v.filter(|v| !v.is_none()) else { return Ok(clock(libc::CLOCK_REALTIME).div_euclid(1_000_000_000)) };
    if let Some(f) = as_float(v) {
        if f.is_nan() {
            return Err(vm.value_error("Invalid value NaN (not a number)"));
        }
        let f = f.floor();
        if !(-9.2e18..9.2e18).contains(&f) {
            raise!(vm, OverflowError, "timestamp out of range for platform time_t")
        }
        return Ok(f as i64);
    }
    if as_int(v).is_none() && v.class().slots().nb_index.is_none() {
        raise!(vm, TypeError, "'{}' object cannot be interpreted as an integer", v.class().name())
    }
    match i64::try_from(vm.index_i128(v)?) {
        Ok(n) => Ok(n),
        Err(_) => raise!(vm, OverflowError, "timestamp out of range for platform time_t"),
    }
}

fn broken_down(vm: &Vm, t: i64, local: bool) -> PyResult<libc::tm> {
    let mut tm: libc::tm = unsafe { std::mem::zeroed() };
    // SAFETY: fills the struct.
    let p = unsafe { if local { libc::localtime_r(&t, &mut tm) } else { libc::gmtime_r(&t, &mut tm) } };
    if p.is_null() {
        let e = last_errno();
        return Err(vm.os_error(if e == 0 { libc::EINVAL } else { e }, None));
    }
    if !local {
        tm.tm_zone = c"UTC".as_ptr();
    }
    Ok(tm)
}

/// A struct_time or tuple of nine as C has it.
fn to_tm(vm: &Vm, v: Value, what: &str) -> PyResult<libc::tm> {
    let Some(t) = v.downcast::<Tuple>() else { return Err(vm.type_error("Tuple or struct_time argument required")) };
    if t.len() != 9 {
        raise!(vm, TypeError, "{what}(): illegal time tuple argument")
    }
    let mut n = [0 as c_int; 9];
    for (slot, v) in n.iter_mut().zip(t.items()) {
        if v.class().slots().nb_index.is_none() {
            raise!(vm, TypeError, "'{}' object cannot be interpreted as an integer", v.class().name())
        }
        *slot = match c_int::try_from(vm.index_i128(*v)?) {
            Ok(i) => i,
            Err(_) => raise!(vm, OverflowError, "Python int too large to convert to C int"),
        };
    }
    let Some(year) = n[0].checked_sub(1900) else { return Err(vm.overflow_error("year out of range")) };
    let mut tm: libc::tm = unsafe { std::mem::zeroed() };
    tm.tm_year = year;
    tm.tm_mon = n[1].wrapping_sub(1);
    tm.tm_mday = n[2];
    tm.tm_hour = n[3];
    tm.tm_min = n[4];
    tm.tm_sec = n[5];
    tm.tm_wday = n[6].wrapping_add(1) % 7;
    tm.tm_yday = n[7].wrapping_sub(1);
    tm.tm_isdst = n[8];
    let class = vm.struct_sequence_type(&STRUCT_TIME);
    if v.class() == class {
        let offset = vm.get_attr_str(v, "tm_gmtoff")?;
        if !offset.is_none() {
            tm.tm_gmtoff = vm.index_i128(offset)? as i64;
        }
        let zone = vm.get_attr_str(v, "tm_zone")?;
        if let Some(z) = zone.downcast::<Str>().and_then(|z| z.to_utf8())
            && let Ok(z) = std::ffi::CString::new(z)
        {
            // Zone names are few; C wants them to live on.
            tm.tm_zone = z.into_raw();
        }
    }
    Ok(tm)
}

/// Ranges that C does not check; zero is allowed as the lowest where that is what it looks like.
fn check_tm(vm: &Vm, tm: &mut libc::tm) -> PyResult<()> {
    if tm.tm_mon == -1 {
        tm.tm_mon = 0;
    } else if !(0..12).contains(&tm.tm_mon) {
        return Err(vm.value_error("month out of range"));
    }
    if tm.tm_mday == 0 {
        tm.tm_mday = 1;
    } else if !(1..=31).contains(&tm.tm_mday) {
        return Err(vm.value_error("day of month out of range"));
    }
    if !(0..24).contains(&tm.tm_hour) {
        return Err(vm.value_error("hour out of range"));
    }
    if !(0..60).contains(&tm.tm_min) {
        return Err(vm.value_error("minute out of range"));
    }
    if !(0..=61).contains(&tm.tm_sec) {
        return Err(vm.value_error("seconds out of range"));
    }
    if tm.tm_wday < 0 {
        return Err(vm.value_error("day of week out of range"));
    }
    if tm.tm_yday == -1 {
        tm.tm_yday = 0;
    } else if !(0..366).contains(&tm.tm_yday) {
        return Err(vm.value_error("day of year out of range"));
    }
    Ok(())
}

fn asctime_text(tm: &libc::tm) -> String {
    const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    format!(
        "{} {}{:3} {:02}:{:02}:{:02} {}",
        DAYS[tm.tm_wday.rem_euclid(7) as usize],
        MONTHS[tm.tm_mon.rem_euclid(12) as usize],
        tm.tm_mday,
        tm.tm_hour,
        tm.tm_min,
        tm.tm_sec,
        tm.tm_year as i64 + 1900
    )
}

fn set_zone(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
    unsafe { tzset() };
    // The zone in winter and summer of this year.
    let year = 365 * 24 * 3600;
    let start = clock(libc::CLOCK_REALTIME) / 1_000_000_000 / year * year;
    let january = broken_down(vm, start, true)?;
    let july = broken_down(vm, start + year / 2, true)?;
    let (a, b) = (-january.tm_gmtoff, -july.tm_gmtoff);
    let (jan, jul) =
        unsafe { (vm.fs_decode(c_bytes(january.tm_zone))?, vm.fs_decode(c_bytes(july.tm_zone))?) };
    let d = m.dict();
    let (standard, summer, names) = if a < b { (b, a, (jul, jan)) } else { (a, b, (jan, jul)) };
    d.set_str(vm, "timezone", vm.int(standard));
    d.set_str(vm, "altzone", vm.int(summer));
    d.set_str(vm, "daylight", vm.int((a != b) as i64));
    d.set_str(vm, "tzname", Tuple::from_slice(vm, &[names.0, names.1]).value());
    Ok(())
}

/// `strftime` on one format without zero bytes.
fn format_time(vm: &Vm, format: &[u8], tm: &libc::tm) -> PyResult<Vec<u8>> {
    let Ok(c) = std::ffi::CString::new(format) else { return Err(vm.value_error("embedded null byte")) };
    let mut size = 1024;
    loop {
        let mut buffer = vec![0u8; size];
        // SAFETY: the buffer has the length that is given.
        let n = unsafe { libc::strftime(buffer.as_mut_ptr().cast(), size, c.as_ptr(), tm) };
        if n > 0 || size >= 256 * format.len().max(16) {
            buffer.truncate(n);
            return Ok(buffer);
        }
        size *= 2;
    }
}

macro_rules! clocks {
    ($($(#[$doc:meta])* $name:ident $id:ident; $(#[$doc_ns:meta])* $name_ns:ident;)*) => {
        #[pymodule("time")]
        mod clocks {
            use super::*;
            $(
                $(#[$doc])*
                #[pyfunction("($module, /)")]
                fn $name(_vm: &Vm) -> f64 { seconds(clock(libc::$id)) }
                $(#[$doc_ns])*
                #[pyfunction("($module, /)")]
                fn $name_ns(_vm: &Vm) -> i64 { clock(libc::$id) }
            )*
        }
    };
}

clocks! {
    /// Return the current time in seconds since the Epoch.
    time CLOCK_REALTIME;
    /// Return the current time in nanoseconds since the Epoch.
    time_ns;
    /// Monotonic clock, cannot go backward.
    monotonic CLOCK_MONOTONIC;
    /// Monotonic clock, cannot go backward, as nanoseconds.
    monotonic_ns;
    /// Performance counter for benchmarking.
    perf_counter CLOCK_MONOTONIC;
    /// Performance counter for benchmarking as nanoseconds.
    perf_counter_ns;
    /// Process time for profiling: sum of the kernel and user-space CPU time.
    process_time CLOCK_PROCESS_CPUTIME_ID;
    /// Process time for profiling as nanoseconds: sum of the kernel and user-space CPU time.
    process_time_ns;
    /// Thread time for profiling: sum of the kernel and user-space CPU time.
    thread_time CLOCK_THREAD_CPUTIME_ID;
    /// Thread time for profiling as nanoseconds: sum of the kernel and user-space CPU time.
    thread_time_ns;
}

/// This module provides various functions to manipulate time values.
#[pymodule]
pub mod time {
    use super::*;

    /// Delay execution for a given number of seconds.
    #[pyfunction("($module, seconds, /)")]
    fn sleep(vm: &Vm, seconds: Value) -> PyResult<()> {
        let ns = nanoseconds(vm, seconds, true)?;
        if ns < 0 {
            return Err(vm.value_error("sleep length must be non-negative"));
        }
        let until = timespec(crate::os_support::monotonic().saturating_add(ns));
        loop {
            let e = vm.allow_threads(|| unsafe {
                libc::clock_nanosleep(libc::CLOCK_MONOTONIC, libc::TIMER_ABSTIME, &until, std::ptr::null_mut())
            });
            match e {
                0 => return Ok(()),
                libc::EINTR => vm.check_signals()?,
                e => return Err(vm.os_error(e, None)),
            }
        }
    }

    /// Return the time of the specified clock clk_id as a float.
    #[pyfunction("($module, clk_id, /)")]
    fn clock_gettime(vm: &Vm, clk_id: i32) -> PyResult<f64> {
        Ok(super::seconds(clock_gettime_ns(vm, clk_id)?))
    }

    /// Return the time of the specified clock clk_id as nanoseconds (int).
    #[pyfunction("($module, clk_id, /)")]
    fn clock_gettime_ns(vm: &Vm, clk_id: i32) -> PyResult<i64> {
        let mut t = timespec(0);
        quick(vm, unsafe { libc::clock_gettime(clk_id, &mut t) } as i64)?;
        Ok(t.tv_sec * 1_000_000_000 + t.tv_nsec)
    }

    /// Set the time of the specified clock clk_id.
    #[pyfunction("($module, clk_id, time, /)")]
    fn clock_settime(vm: &Vm, clk_id: i32, time: Value) -> PyResult<()> {
        let t = timespec(nanoseconds(vm, time, false)?);
        quick(vm, unsafe { libc::clock_settime(clk_id, &t) } as i64).map(drop)
    }

    /// Set the time of the specified clock clk_id with nanoseconds.
    #[pyfunction("($module, clk_id, time, /)")]
    fn clock_settime_ns(vm: &Vm, clk_id: i32, time: i64) -> PyResult<()> {
        let t = timespec(time);
        quick(vm, unsafe { libc::clock_settime(clk_id, &t) } as i64).map(drop)
    }

    /// Return the resolution (precision) of the specified clock clk_id.
    #[pyfunction("($module, clk_id, /)")]
    fn clock_getres(vm: &Vm, clk_id: i32) -> PyResult<f64> {
        let mut t = timespec(0);
        quick(vm, unsafe { libc::clock_getres(clk_id, &mut t) } as i64)?;
        Ok(t.tv_sec as f64 + t.tv_nsec as f64 * 1e-9)
    }

    /// Return the clk_id of a thread's CPU time clock.
    #[pyfunction("($module, thread_id, /)")]
    fn pthread_getcpuclockid(vm: &Vm, thread_id: u64) -> PyResult<i32> {
        let mut id = 0;
        let e = unsafe { libc::pthread_getcpuclockid(thread_id as libc::pthread_t, &mut id) };
        if e != 0 { Err(vm.os_error(e, None)) } else { Ok(id) }
    }

    /// Get information of the specified clock.
    #[pyfunction("($module, name, /)")]
    fn get_clock_info(vm: &Vm, name: Ref<Str>) -> PyResult<Value> {
        let text = name.to_string();
        let (id, c_name, monotonic, adjustable) = match text.as_str() {
            "time" => (libc::CLOCK_REALTIME, "CLOCK_REALTIME", false, true),
            "monotonic" | "perf_counter" => (libc::CLOCK_MONOTONIC, "CLOCK_MONOTONIC", true, false),
            "process_time" => (libc::CLOCK_PROCESS_CPUTIME_ID, "CLOCK_PROCESS_CPUTIME_ID", true, false),
            "thread_time" => (libc::CLOCK_THREAD_CPUTIME_ID, "CLOCK_THREAD_CPUTIME_ID", true, false),
            _ => return Err(vm.value_error("unknown clock")),
        };
        let resolution = clock_getres(vm, id)?;
        adder_vm::builtins::more::simple_namespace(
            vm,
            &[
                ("implementation", vm.new_str(&format!("clock_gettime({c_name})"))),
                ("monotonic", bool_value(monotonic)),
                ("adjustable", bool_value(adjustable)),
                ("resolution", vm.float(resolution)),
            ],
        )
    }

    /// Convert seconds since the Epoch to a time tuple expressing UTC (a.k.a. GMT).
    #[pyfunction("($module, seconds=None, /)")]
    fn gmtime(vm: &Vm, seconds: Option<Value>) -> PyResult<Value> {
        let t = when(vm, seconds)?;
        struct_time(vm, &broken_down(vm, t, false)?)
    }

    /// Convert seconds since the Epoch to a time tuple expressing local time.
    #[pyfunction("($module, seconds=None, /)")]
    fn localtime(vm: &Vm, seconds: Option<Value>) -> PyResult<Value> {
        let t = when(vm, seconds)?;
        struct_time(vm, &broken_down(vm, t, true)?)
    }

    /// Convert a time tuple in local time to seconds since the Epoch.
    #[pyfunction("($module, seconds, /)")]
    fn mktime(vm: &Vm, tuple: Value) -> PyResult<f64> {
        let mut tm = to_tm(vm, tuple, "mktime")?;
        tm.tm_wday = -1;
        let t = unsafe { libc::mktime(&mut tm) };
        if t == -1 && tm.tm_wday == -1 {
            raise!(vm, OverflowError, "mktime argument out of range")
        }
        Ok(t as f64)
    }

    /// Convert a time tuple to a string, e.g. 'Sat Jun 06 16:26:11 1998'.
    #[pyfunction("($module, tuple=None, /)")]
    fn asctime(vm: &Vm, tuple: Option<Value>) -> PyResult<String> {
        let mut tm = match tuple {
            Some(t) => to_tm(vm, t, "asctime")?,
            None => broken_down(vm, when(vm, None)?, true)?,
        };
        check_tm(vm, &mut tm)?;
        Ok(asctime_text(&tm))
    }

    /// Convert a time in seconds since the Epoch to a string in local time.
    #[pyfunction("($module, seconds=None, /)")]
    fn ctime(vm: &Vm, seconds: Option<Value>) -> PyResult<String> {
        let t = when(vm, seconds)?;
        Ok(asctime_text(&broken_down(vm, t, true)?))
    }

    /// Convert a time tuple to a string according to a format specification.
    #[pyfunction("($module, format, tuple=None, /)")]
    fn strftime(vm: &Vm, format: Ref<Str>, tuple: Option<Value>) -> PyResult<Value> {
        let mut tm = match tuple {
            Some(t) => to_tm(vm, t, "strftime")?,
            None => broken_down(vm, when(vm, None)?, true)?,
        };
        check_tm(vm, &mut tm)?;
        tm.tm_isdst = tm.tm_isdst.clamp(-1, 1);
        let text = vm.fs_encode(format)?;
        let mut out = vec![];
        for (i, part) in text.split(|b| *b == 0).enumerate() {
            if i > 0 {
                out.push(0);
            }
            if !part.is_empty() {
                out.extend(format_time(vm, part, &tm)?);
            }
        }
        vm.fs_decode(&out)
    }

    /// Parse a string to a time tuple according to a format specification.
    #[pyfunction("($module, string, format='%a %b %d %H:%M:%S %Y', /)")]
    fn strptime(vm: &Vm, string: Value, format: Option<Value>) -> PyResult<Value> {
        let module = adder_vm::import::import_module(vm, "_strptime")?;
        let f = vm.get_attr_str(module, "_strptime_time")?;
        match format {
            Some(format) => vm.call(f, &[string, format]),
            None => vm.call(f, &[string]),
        }
    }

    /// Initialize, or reinitialize, the local timezone to the value stored in os.environ['TZ'].
    #[pyfunction("($module, /)")]
    fn tzset(vm: &Vm) -> PyResult<()> {
        match MODULE.get().and_then(|m| m.downcast::<Module>()) {
            Some(m) => set_zone(vm, m),
            None => Ok(()),
        }
    }

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        MODULE.set(Some(m.value()));
        add_functions(vm, m, &clocks::DEF)?;
        add_constants(
            vm,
            m,
            &[
                ("CLOCK_REALTIME", 0),
                ("CLOCK_MONOTONIC", 1),
                ("CLOCK_PROCESS_CPUTIME_ID", 2),
                ("CLOCK_THREAD_CPUTIME_ID", 3),
                ("CLOCK_MONOTONIC_RAW", 4),
                ("CLOCK_BOOTTIME", 7),
                ("CLOCK_TAI", 11),
                ("_STRUCT_TM_ITEMS", 11),
            ],
        );
        m.dict().set_str(vm, "struct_time", vm.struct_sequence_type(&STRUCT_TIME).value());
        set_zone(vm, m)
    }
}
