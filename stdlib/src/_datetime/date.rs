//! `date`.

use crate::_datetime::calendar::{self, IsoError, MAX_ORDINAL};
use crate::_datetime::datetime::DateTime;
use crate::_datetime::timedelta::{DAY, as_delta, delta};
use crate::_datetime::{
    check_replace, format, hash_bytes, int_argument, local, parse, shown_class, state_bytes,
};
use crate::arguments::{bind, params};
use adder_heap as heap;
use adder_macros::{pyclass, pymethods};
use adder_vm::args::{Args, Params};
use adder_vm::builtins::singletons::{bool_value, not_implemented};
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::slots::CompareOp;
use adder_vm::vm::Vm;
use std::cell::Cell;

/// Year, month, day.
pub type Ymd = (i64, i64, i64);

/// date(year, month, day) --> date object
#[pyclass(name = "date", module = "datetime", flags = def::BASE)]
#[repr(C)]
pub struct Date {
    h: LongHeader,
    /// -1: not computed yet.
    pub hash: Cell<i64>,
    /// Year (high byte first), month, day.
    pub data: [u8; 4],
}

impl Date {
    pub fn blank((year, month, day): Ymd) -> Date {
        let data = [(year >> 8) as u8, year as u8, month as u8, day as u8];
        Date { h: LongHeader::new(), hash: Cell::new(-1), data }
    }

    pub fn ymd(&self) -> Ymd {
        let d = self.data;
        ((d[0] as i64) << 8 | d[1] as i64, d[2] as i64, d[3] as i64)
    }

    pub fn ordinal(&self) -> i64 {
        let (y, m, d) = self.ymd();
        calendar::to_ordinal(y, m, d)
    }
}

const NEW: Params = params("function", &["year", "month", "day"], 0, 3, 3);
const REPLACE: Params = params("replace", &["year", "month", "day"], 0, 3, 0);
const ISO: Params = params("fromisocalendar", &["year", "week", "day"], 0, 3, 3);

pub fn check(vm: &Vm, (year, month, day): Ymd) -> PyResult<()> {
    if !(calendar::MIN_YEAR..=calendar::MAX_YEAR).contains(&year) {
        raise!(vm, ValueError, "year must be in 1..9999, not {year}")
    }
    if !(1..=12).contains(&month) {
        raise!(vm, ValueError, "month must be in 1..12, not {month}")
    }
    let last = calendar::days_in_month(year, month);
    if !(1..=last).contains(&day) {
        raise!(vm, ValueError, "day {day} must be in range 1..{last} for month {month} in year {year}")
    }
    Ok(())
}

/// A date of a class whose constructor is not called.
pub fn make(vm: &Vm, class: Ref<Type>, ymd: Ymd) -> PyResult<Value> {
    check(vm, ymd)?;
    if class == Date::class() {
        return Ok(heap::new(Date::shape(), Date::blank(ymd)).value());
    }
    Ok(vm.new_instance(class, Date::blank(ymd))?.value())
}

/// A date of a class; the constructor of a subclass is called (`new_date_subclass_ex`).
fn of_class(vm: &Vm, class: Ref<Type>, ymd: Ymd) -> PyResult<Value> {
    if class == Date::class() {
        return make(vm, class, ymd);
    }
    vm.call(class.value(), &[vm.int(ymd.0), vm.int(ymd.1), vm.int(ymd.2)])
}

pub fn me(v: Value) -> Ref<Date> {
    v.downcast::<Date>().expect("the receiver is a date")
}

fn is_date_only(v: Value) -> Option<Ref<Date>> {
    v.downcast::<Date>().filter(|_| v.downcast::<DateTime>().is_none())
}

/// A date so many days later.
fn shifted(vm: &Vm, d: Ref<Date>, days: i64) -> PyResult<Value> {
    let ordinal = d.ordinal() + days;
    if !(1..=MAX_ORDINAL).contains(&ordinal) {
        return Err(vm.overflow_error("date value out of range"));
    }
    of_class(vm, d.value().class(), calendar::of_ordinal(ordinal))
}

fn iso_error(vm: &Vm, e: IsoError, (year, week, day): Ymd) -> adder_vm::error::Raised {
    match e {
        IsoError::Year => vm.value_error(format!("year must be in 1..9999, not {year}")),
        IsoError::Week => vm.value_error(format!("Invalid week: {week}")),
        IsoError::Weekday => vm.value_error(format!("Invalid weekday: {day} (range is [1, 7])")),
        IsoError::Range => vm.value_error(format!("year must be in 1..9999, not {}", year + 1)),
    }
}

fn changed(vm: &Vm, this: Ref<Date>, args: Args) -> PyResult<Value> {
    let given = bind::<3>(vm, &REPLACE, args)?;
    let (y, m, d) = this.ymd();
    let part = |i: usize, old: i64| given[i].map_or(Ok(old), |v| int_argument(vm, v));
    of_class(vm, this.value().class(), (part(0, y)?, part(1, m)?, part(2, d)?))
}

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `ctime()` of a date and a time of day.
pub fn ctime((y, m, d): Ymd, h: i64, minute: i64, s: i64) -> String {
    let day = DAYS[calendar::weekday(y, m, d) as usize];
    format!("{day} {} {d:2} {h:02}:{minute:02}:{s:02} {y:04}", MONTHS[m as usize - 1])
}

#[pymethods]
impl Date {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        if let [state] = args.pos()
            && !args.has_keywords()
            && let Some(b) = state_bytes(*state, 4)
            && (1..=12).contains(&b[2])
        {
            let ymd = ((b[0] as i64) << 8 | b[1] as i64, b[2] as i64, b[3] as i64);
            return Ok(vm.new_instance(class, Date::blank(ymd))?.value());
        }
        let given = bind::<3>(vm, &NEW, args)?;
        let part = |i: usize| int_argument(vm, given[i].expect("a required argument is bound"));
        make(vm, class, (part(0)?, part(1)?, part(2)?))
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let (y, m, d) = me(this).ymd();
        Ok(vm.new_str(&format!("{}({y}, {m}, {d})", shown_class(this))))
    }

    #[slot(tp_str)]
    fn str(vm: &Vm, this: Value) -> PyResult<Value> {
        vm.call_method(this, vm.intern_str("isoformat"), &[])
    }

    #[slot(tp_hash)]
    fn hash(vm: &Vm, this: Value) -> PyResult<i64> {
        let d = me(this);
        if d.hash.get() == -1 {
            d.hash.set(hash_bytes(vm, &d.data)?);
        }
        Ok(d.hash.get())
    }

    #[slot(tp_richcompare)]
    fn compare(_: &Vm, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
        // A datetime is a date, but is compared with datetimes only.
        match (is_date_only(a), is_date_only(b)) {
            (Some(a), Some(b)) => Ok(bool_value(op.holds(a.data.cmp(&b.data)))),
            _ => Ok(not_implemented()),
        }
    }

    #[slot(nb_add)]
    fn add(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        if a.downcast::<DateTime>().is_some() || b.downcast::<DateTime>().is_some() {
            return Ok(not_implemented());
        }
        let (d, by) = match (a.downcast::<Date>(), b.downcast::<Date>()) {
            (Some(d), None) => (d, as_delta(b)),
            (None, Some(d)) => (d, as_delta(a)),
            _ => return Ok(not_implemented()),
        };
        match by {
            Some(by) => shifted(vm, d, by.days as i64),
            None => Ok(not_implemented()),
        }
    }

    #[slot(nb_subtract)]
    fn subtract(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        if a.downcast::<DateTime>().is_some() || b.downcast::<DateTime>().is_some() {
            return Ok(not_implemented());
        }
        let Some(d) = a.downcast::<Date>() else { return Ok(not_implemented()) };
        if let Some(other) = b.downcast::<Date>() {
            return delta(vm, (d.ordinal() - other.ordinal()) as i128 * DAY);
        }
        match as_delta(b) {
            Some(by) => shifted(vm, d, -(by.days as i64)),
            None => Ok(not_implemented()),
        }
    }

    #[getter]
    fn year(_: &Vm, this: Ref<Date>) -> i64 {
        this.ymd().0
    }

    #[getter]
    fn month(_: &Vm, this: Ref<Date>) -> i64 {
        this.ymd().1
    }

    #[getter]
    fn day(_: &Vm, this: Ref<Date>) -> i64 {
        this.ymd().2
    }

    /// Create a date from a POSIX timestamp.
    ///
    /// The timestamp is a number, e.g. created via time.time(), that is interpreted
    /// as local time.
    #[classmethod("($type, timestamp, /)")]
    fn fromtimestamp(vm: &Vm, class: Ref<Type>, timestamp: Value) -> PyResult<Value> {
        let tm = local::broken_down(vm, local::seconds_floor(vm, timestamp)?, true)?;
        of_class(vm, class, (tm.tm_year as i64 + 1900, tm.tm_mon as i64 + 1, tm.tm_mday as i64))
    }

    /// Current date or datetime:  same as self.__class__.fromtimestamp(time.time()).
    #[classmethod("($type, /)")]
    fn today(vm: &Vm, class: Ref<Type>) -> PyResult<Value> {
        let time = adder_vm::import::import_module(vm, "time")?;
        let now = vm.call_method(time, vm.intern_str("time"), &[])?;
        vm.call_method(class.value(), vm.intern_str("fromtimestamp"), &[now])
    }

    /// int -> date corresponding to a proleptic Gregorian ordinal.
    #[classmethod("($type, ordinal, /)")]
    fn fromordinal(vm: &Vm, class: Ref<Type>, ordinal: Value) -> PyResult<Value> {
        let ordinal = int_argument(vm, ordinal)?;
        if ordinal < 1 {
            return Err(vm.value_error("ordinal must be >= 1"));
        }
        let ymd = calendar::of_ordinal(ordinal);
        check(vm, ymd)?;
        of_class(vm, class, ymd)
    }

    /// Construct a date from a string in ISO 8601 format.
    #[classmethod("($type, object, /)")]
    fn fromisoformat(vm: &Vm, class: Ref<Type>, text: Value) -> PyResult<Value> {
        let Some(s) = text.downcast::<Str>() else {
            return Err(vm.type_error("fromisoformat: argument must be str"));
        };
        let ymd = match s.as_ascii() {
            Some(t) if [7, 8, 10].contains(&t.len()) => parse::date(t.as_bytes()),
            _ => None,
        };
        match ymd {
            Some(ymd) => of_class(vm, class, ymd),
            None => raise!(vm, ValueError, "Invalid isoformat string: {}", vm.repr_string(text)?),
        }
    }

    /// int, int, int -> Construct a date from the ISO year, week number and weekday.
    ///
    /// This is the inverse of the function date.isocalendar()
    #[classmethod]
    fn fromisocalendar(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let given = bind::<3>(vm, &ISO, args)?;
        let part = |i: usize| {
            let v = given[i].expect("a required argument is bound");
            match i32::try_from(vm.index_i128(v)?) {
                Ok(n) => Ok(n as i64),
                Err(_) => Err(vm.value_error("ISO calendar component out of range")),
            }
        };
        let parts = (part(0)?, part(1)?, part(2)?);
        match calendar::of_iso(parts.0, parts.1, parts.2) {
            Ok(ymd) => of_class(vm, class, ymd),
            Err(e) => Err(iso_error(vm, e, parts)),
        }
    }

    /// string, format -> new date parsed from a string (like time.strptime()).
    #[classmethod("($type, string, format, /)")]
    fn strptime(vm: &Vm, class: Ref<Type>, string: Value, format: Value) -> PyResult<Value> {
        format::strptime(vm, class, "_strptime_datetime_date", string, format)
    }

    /// Return ctime() style string.
    #[pymethod("($self, /)")]
    fn ctime(_: &Vm, this: Ref<Date>) -> String {
        ctime(this.ymd(), 0, 0, 0)
    }

    /// format -> strftime() style string.
    #[pymethod("($self, format)")]
    fn strftime(vm: &Vm, this: Ref<Date>, format: Value) -> PyResult<Value> {
        let Some(text) = format.downcast::<Str>() else {
            raise!(vm, TypeError, "strftime() argument 1 must be str, not {}", format.class().name())
        };
        let tuple = vm.call_method(this.value(), vm.intern_str("timetuple"), &[])?;
        format::strftime(vm, this.value(), text, tuple, this.value())
    }

    /// Formats self with strftime.
    #[pymethod("($self, format, /)")]
    fn __format__(vm: &Vm, this: Ref<Date>, format: Value) -> PyResult<Value> {
        format::format(vm, this.value(), format)
    }

    /// Return time tuple, compatible with time.localtime().
    #[pymethod("($self, /)")]
    fn timetuple(vm: &Vm, this: Ref<Date>) -> PyResult<Value> {
        format::time_tuple(vm, this.ymd(), (0, 0, 0), -1)
    }

    /// Return a named tuple containing ISO year, week number, and weekday.
    #[pymethod("($self, /)")]
    fn isocalendar(vm: &Vm, this: Ref<Date>) -> PyResult<Value> {
        let (y, m, d) = this.ymd();
        let (year, week, weekday) = calendar::iso_calendar(y, m, d);
        let items = [vm.int(year), vm.int(week), vm.int(weekday)];
        let fields = [("year", items[0]), ("week", items[1]), ("weekday", items[2])];
        adder_vm::builtins::more::named_tuple(vm, "datetime.IsoCalendarDate", &fields, &items)
    }

    /// Return string in ISO 8601 format, YYYY-MM-DD.
    #[pymethod("($self, /)")]
    fn isoformat(_: &Vm, this: Ref<Date>) -> String {
        let (y, m, d) = this.ymd();
        format!("{y:04}-{m:02}-{d:02}")
    }

    /// Return the day of the week represented by the date.
    ///
    /// Monday == 1 ... Sunday == 7
    #[pymethod("($self, /)")]
    fn isoweekday(_: &Vm, this: Ref<Date>) -> i64 {
        let (y, m, d) = this.ymd();
        calendar::weekday(y, m, d) + 1
    }

    /// Return the day of the week represented by the date.
    ///
    /// Monday == 0 ... Sunday == 6
    #[pymethod("($self, /)")]
    fn weekday(_: &Vm, this: Ref<Date>) -> i64 {
        let (y, m, d) = this.ymd();
        calendar::weekday(y, m, d)
    }

    /// Return proleptic Gregorian ordinal.
    ///
    /// January 1 of year 1 is day 1.  Only the year, month and day values contribute
    /// to the result.
    #[pymethod("($self, /)")]
    fn toordinal(_: &Vm, this: Ref<Date>) -> i64 {
        this.ordinal()
    }

    /// Return date with new specified fields.
    #[pymethod("($self, /, year=unchanged, month=unchanged, day=unchanged)")]
    fn replace(vm: &Vm, this: Ref<Date>, args: Args) -> PyResult<Value> {
        changed(vm, this, args)
    }

    /// The same as replace().
    #[pymethod("($self, /, **changes)")]
    fn __replace__(vm: &Vm, this: Ref<Date>, args: Args) -> PyResult<Value> {
        check_replace(vm, args.pos().len())?;
        changed(vm, this, args)
    }

    /// __reduce__() -> (cls, state)
    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<Date>) -> PyResult<Value> {
        let state = Tuple::from_slice(vm, &[vm.new_bytes(&this.data)?]).value();
        Ok(Tuple::from_slice(vm, &[this.value().class().value(), state]).value())
    }
}
