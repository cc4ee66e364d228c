//! `_datetime`: dates, times, durations and time zones.
//!
//! The values are immutable. Their fields are packed as in C's structs, so that the C API layer can fill
//! those: `Date` is the year in two bytes, month and day; `DateTime` goes on with the time in six bytes,
//! the fold and the tzinfo; `Time` is the latter alone. Results of arithmetic are made by the class of the
//! receiver, which calls a subclass's constructor.

pub mod calendar;
pub mod date;
pub mod datetime;
mod format;
mod local;
mod parse;
pub mod time;
pub mod timedelta;
pub mod tzinfo;

use adder_macros::pymodule;
use adder_vm::builtins::bytes::Bytes;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::type_::Type;
use adder_vm::error::PyResult;
use adder_vm::object::{Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::type_new::ready_class;
use adder_vm::vm::Vm;
use date::Date;
use datetime::DateTime;
use time::Time;
use timedelta::{TimeDelta, delta};
use tzinfo::{TimeZone, TzInfo};

/// The class as `repr` shows it: with its module if it is one of ours.
pub fn shown_class(v: Value) -> String {
    v.class().name()
}

/// An argument as a C int.
pub fn int_argument(vm: &Vm, v: Value) -> PyResult<i64> {
    let n = match i64::try_from(vm.index_i128(v)?) {
        Ok(n) => n,
        Err(_) => return Err(vm.overflow_error("Python int too large to convert to C long")),
    };
    if i32::try_from(n).is_err() {
        let way = if n < 0 { "less than minimum" } else { "greater than maximum" };
        raise!(vm, OverflowError, "signed integer is {way}")
    }
    Ok(n)
}

/// The bytes of a pickled state: bytes, or text from Python 2 that stands for Latin-1 bytes.
pub fn state_bytes(v: Value, len: usize) -> Option<Vec<u8>> {
    if let Some(b) = v.downcast::<Bytes>() {
        return Some(b.as_bytes().to_vec()).filter(|b| b.len() == len);
    }
    let s = v.downcast::<Str>().filter(|s| s.len() == len)?;
    s.chars().map(|c| u8::try_from(c).ok()).collect()
}

pub fn hash_bytes(vm: &Vm, data: &[u8]) -> PyResult<i64> {
    vm.hash(vm.new_bytes(data)?)
}

/// `copy.replace(obj, **changes)`: what `replace` does, by keywords only.
pub fn check_replace(vm: &Vm, positional: usize) -> PyResult<()> {
    if positional > 0 {
        raise!(vm, TypeError, "__replace__() takes 0 positional arguments but {positional} were given")
    }
    Ok(())
}

fn set_class(vm: &Vm, class: Ref<Type>, values: &[(&str, Value)]) {
    for (name, v) in values {
        class.dict.get().set_str(vm, name, *v);
    }
    class.modified();
}

/// Fast implementation of the datetime module.
#[pymodule]
pub mod _datetime {
    use super::*;

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        if TimeDelta::cell().try_get().is_none() {
            init_classes(vm)?;
        }
        for (name, class) in [
            ("date", Date::class()),
            ("datetime", DateTime::class()),
            ("time", Time::class()),
            ("timedelta", TimeDelta::class()),
            ("tzinfo", TzInfo::class()),
            ("timezone", TimeZone::class()),
        ] {
            m.dict().set_str(vm, name, class.value());
        }
        m.dict().set_str(vm, "MINYEAR", vm.int(calendar::MIN_YEAR));
        m.dict().set_str(vm, "MAXYEAR", vm.int(calendar::MAX_YEAR));
        m.dict().set_str(vm, "UTC", tzinfo::utc());
        adder_vm::extension::datetime(vm, m)
    }
}

/// Makes the classes with their constants.
pub fn init_classes(vm: &Vm) -> PyResult<()> {
    ready_class::<TimeDelta>(vm);
    ready_class::<TzInfo>(vm);
    ready_class::<TimeZone>(vm);
    ready_class::<Date>(vm);
    ready_class::<DateTime>(vm);
    ready_class::<Time>(vm);
    tzinfo::init(vm)?;
    let microsecond = delta(vm, 1)?;
    let most = timedelta::MAX_DAYS as i128 * timedelta::DAY;
    let values = [
        ("min", delta(vm, -most)?),
        ("max", delta(vm, most + timedelta::DAY - 1)?),
        ("resolution", microsecond),
    ];
    set_class(vm, TimeDelta::class(), &values);
    let values = [
        ("min", date::make(vm, Date::class(), (1, 1, 1))?),
        ("max", date::make(vm, Date::class(), (9999, 12, 31))?),
        ("resolution", delta(vm, timedelta::DAY)?),
    ];
    set_class(vm, Date::class(), &values);
    let none = adder_vm::builtins::singletons::none();
    let last = (23, 59, 59, 999_999);
    let values = [
        ("min", time::make(vm, Time::class(), (0, 0, 0, 0), none, 0)?),
        ("max", time::make(vm, Time::class(), last, none, 0)?),
        ("resolution", microsecond),
    ];
    set_class(vm, Time::class(), &values);
    let values = [
        ("min", datetime::make(vm, DateTime::class(), (1, 1, 1), (0, 0, 0, 0), none, 0)?),
        ("max", datetime::make(vm, DateTime::class(), (9999, 12, 31), last, none, 0)?),
        ("resolution", microsecond),
    ];
    set_class(vm, DateTime::class(), &values);
    Ok(())
}
