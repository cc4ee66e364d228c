//! `strftime`, `strptime`, `__format__`, time tuples and texts of times.

use crate::_datetime::calendar;
use crate::_datetime::date::Ymd;
use crate::_datetime::time::Hms;
use crate::_datetime::tzinfo;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::error::PyResult;
use adder_vm::import::import_module;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;

pub fn strptime(vm: &Vm, class: Ref<Type>, function: &str, string: Value, format: Value) -> PyResult<Value> {
    for (i, v) in [string, format].into_iter().enumerate() {
        if v.downcast::<Str>().is_none() {
            raise!(vm, TypeError, "strptime() argument {} must be str, not {}", i + 1, v.class().name())
        }
    }
    let module = import_module(vm, "_strptime")?;
    vm.call_method(module, vm.intern_str(function), &[class.value(), string, format])
}

/// `__format__`: `strftime`, or `str` for the empty format.
pub fn format(vm: &Vm, this: Value, format: Value) -> PyResult<Value> {
    let Some(s) = format.downcast::<Str>() else {
        raise!(vm, TypeError, "__format__() argument 1 must be str, not {}", format.class().name())
    };
    if s.is_empty() {
        return Ok(vm.str(this)?.value());
    }
    vm.call_method(this, vm.intern_str("strftime"), &[format])
}

/// A `time.struct_time`.
pub fn time_tuple(vm: &Vm, (y, m, d): Ymd, (h, minute, s): Hms, dst: i64) -> PyResult<Value> {
    let day_of_year = calendar::days_before_month(y, m) + d;
    let parts = [y, m, d, h, minute, s, calendar::weekday(y, m, d), day_of_year, dst];
    let items = Tuple::from_slice(vm, &parts.map(|n| vm.int(n))).value();
    let class = vm.get_attr_str(import_module(vm, "time")?, "struct_time")?;
    vm.call(class, &[items])
}

/// The microseconds of a date (0), a time or a datetime.
fn micro(vm: &Vm, this: Value) -> PyResult<i64> {
    match vm.get_attr_opt(this, vm.intern_str("microsecond"))? {
        Some(v) => Ok(vm.index_i128(v)? as i64),
        None => Ok(0),
    }
}

/// The offset of an object as text; empty without one.
fn offset(vm: &Vm, tz: Value, argument: Value, separator: &str) -> PyResult<String> {
    Ok(tzinfo::offset_total(vm, tz, argument)?.map_or(String::new(), |t| tzinfo::offset_text(t, separator)))
}

/// `time.strftime`, which knows nothing of microseconds and time zones (`wrap_strftime`). `argument` is
/// what the methods of the tzinfo are called with.
pub fn strftime(vm: &Vm, this: Value, format: Ref<Str>, tuple: Value, argument: Value) -> PyResult<Value> {
    let tz =
        vm.get_attr_opt(this, vm.intern_str("tzinfo"))?.unwrap_or(adder_vm::builtins::singletons::none());
    let text: Vec<u32> = format.chars().collect();
    let mut out = adder_text::builder::Builder::new();
    let push = |out: &mut adder_text::builder::Builder, s: &str| out.push_str(s);
    let time = import_module(vm, "time")?;
    let number = |i: i64| -> PyResult<i64> { Ok(vm.index_i128(vm.get_item(tuple, vm.int(i))?)? as i64) };
    let mut i = 0;
    while i < text.len() {
        let c = text[i];
        if c != '%' as u32 || i + 1 >= text.len() {
            out.push(c);
            i += 1;
            continue;
        }
        let code = text[i + 1];
        let mut used = 2;
        match char::from_u32(code) {
            Some('z') => push(&mut out, &offset(vm, tz, argument, "")?),
            Some(':') if text.get(i + 2) == Some(&('z' as u32)) => {
                push(&mut out, &offset(vm, tz, argument, ":")?);
                used = 3;
            }
            Some('Z') => {
                let name = tzinfo::name(vm, tz, argument)?;
                if let Some(n) = name.downcast::<Str>() {
                    adder_vm::builtins::sequence::push_text(&mut out, n.value());
                }
            }
            Some('f') => push(&mut out, &format!("{:06}", micro(vm, this)?)),
            // The C library does not pad years.
            Some('Y') => push(&mut out, &format!("{:04}", number(0)?)),
            Some('F') => push(&mut out, &format!("{:04}-{:02}-{:02}", number(0)?, number(1)?, number(2)?)),
            Some('C') => push(&mut out, &format!("{:02}", number(0)? / 100)),
            Some('G') => {
                let number =
                    |i: i64| -> PyResult<i64> { Ok(vm.index_i128(vm.get_item(tuple, vm.int(i))?)? as i64) };
                let (year, _, _) = calendar::iso_calendar(number(0)?, number(1)?, number(2)?);
                push(&mut out, &format!("{year:04}"));
            }
            _ => {
                // The C library's directive: flags, width, modifiers, conversion. Everything else is
                // copied, as it may have characters that the C library does not know.
                let modifier = |c: u32| char::from_u32(c).is_some_and(|c| "-_0^#+EO123456789".contains(c));
                while i + used < text.len() && modifier(text[i + used - 1]) {
                    used += 1;
                }
                let directive =
                    adder_text::builder::Owned::from_code_points(text[i..i + used].iter().copied());
                let directive = vm.new_str_owned(directive)?;
                let shown = vm.call_method(time, vm.intern_str("strftime"), &[directive, tuple])?;
                adder_vm::builtins::sequence::push_text(&mut out, shown);
            }
        }
        i += used;
    }
    vm.new_str_owned(out.finish())
}

/// How exactly a time is shown.
pub fn clock(vm: &Vm, (h, m, s): Hms, us: i64, timespec: Option<Value>) -> PyResult<String> {
    let spec = match timespec {
        None => "auto".to_string(),
        Some(v) => match v.downcast::<Str>() {
            Some(s) => s.to_string(),
            None => {
                raise!(vm, TypeError, "isoformat() argument 'timespec' must be str, not {}", v.class().name())
            }
        },
    };
    Ok(match spec.as_str() {
        "auto" if us == 0 => format!("{h:02}:{m:02}:{s:02}"),
        "auto" | "microseconds" => format!("{h:02}:{m:02}:{s:02}.{us:06}"),
        "milliseconds" => format!("{h:02}:{m:02}:{s:02}.{:03}", us / 1000),
        "seconds" => format!("{h:02}:{m:02}:{s:02}"),
        "minutes" => format!("{h:02}:{m:02}"),
        "hours" => format!("{h:02}"),
        _ => return Err(vm.value_error("Unknown timespec value")),
    })
}
