//! `datetime`: a date with a time of day.

use crate::_datetime::calendar::{self, MAX_ORDINAL};
use crate::_datetime::date::{self, Date, Ymd, ctime};
use crate::_datetime::local::{self, EPOCH};
use crate::_datetime::time::{Hmsf, Time, pack, push_zone, total, unpack};
use crate::_datetime::timedelta::{DAY, SECOND, as_delta, delta};
use crate::_datetime::{
    check_replace, format, hash_bytes, int_argument, parse, shown_class, state_bytes, time, tzinfo,
};
use crate::arguments::{bind, params};
use adder_heap as heap;
use adder_macros::{pyclass, pymethods};
use adder_vm::args::{Args, Params};
use adder_vm::builtins::singletons::{bool_value, none, not_implemented};
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{Field, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::slots::CompareOp;
use adder_vm::vm::Vm;

/// datetime(year, month, day[, hour[, minute[, second[, microsecond[,tzinfo]]]]])
///
/// The year, month and day arguments are required. tzinfo may be None, or an
/// instance of a tzinfo subclass. The remaining arguments may be ints.
#[pyclass(name = "datetime", module = "datetime", base = Date, flags = def::BASE)]
#[repr(C)]
pub struct DateTime {
    base: Date,
    /// None or a tzinfo.
    pub tz: Field<Value>,
    /// Hour, minute, second, microseconds (high byte first).
    pub data: [u8; 6],
    pub fold: u8,
}

impl DateTime {
    fn ymd(&self) -> Ymd {
        self.base.ymd()
    }

    pub fn parts(&self) -> Hmsf {
        unpack(&self.data)
    }

    /// Microseconds since the epoch of ordinals.
    fn total(&self) -> i128 {
        self.base.ordinal() as i128 * DAY + total(self.parts())
    }

    /// Date and time in order.
    fn key(&self) -> ([u8; 4], [u8; 6]) {
        (self.base.data, self.data)
    }

    /// Whole seconds since the epoch of ordinals.
    fn seconds(&self) -> i64 {
        let (h, m, s, _) = self.parts();
        local::to_seconds(self.ymd(), h, m, s)
    }
}

const NAMES: &[&str] = &["year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo", "fold"];
const NEW: Params = Params { kw_only: 1, ..params("function", NAMES, 0, 8, 3) };
const REPLACE: Params = Params { kw_only: 1, ..params("replace", NAMES, 0, 8, 0) };
const FROM_TIMESTAMP: Params = params("fromtimestamp", &["timestamp", "tz"], 0, 2, 1);
const COMBINE: Params = params("combine", &["date", "time", "tzinfo"], 0, 3, 2);

/// A datetime of a class whose constructor is not called.
pub fn make(vm: &Vm, class: Ref<Type>, ymd: Ymd, at: Hmsf, tz: Value, fold: i64) -> PyResult<Value> {
    date::check(vm, ymd)?;
    time::check(at, fold).map_err(|m| vm.value_error(m))?;
    let d = DateTime { base: Date::blank(ymd), tz: Field::new(tz), data: pack(at), fold: fold as u8 };
    if class == DateTime::class() {
        return Ok(heap::new(DateTime::shape(), d).value());
    }
    Ok(vm.new_instance(class, d)?.value())
}

/// A datetime of a class; the constructor of a subclass is called (`new_datetime_subclass_fold_ex`).
fn of_class(vm: &Vm, class: Ref<Type>, ymd: Ymd, at: Hmsf, tz: Value, fold: i64) -> PyResult<Value> {
    if class == DateTime::class() {
        return make(vm, class, ymd, at, tz, fold);
    }
    let n = |n: i64| vm.int(n);
    let args = [n(ymd.0), n(ymd.1), n(ymd.2), n(at.0), n(at.1), n(at.2), n(at.3), tz];
    if fold == 0 {
        return vm.call(class.value(), &args);
    }
    vm.call_kw(class.value(), &args, &[("fold", vm.int(fold))])
}

/// The datetime of microseconds since the epoch of ordinals.
fn of_total(vm: &Vm, class: Ref<Type>, total: i128, tz: Value, fold: i64) -> PyResult<Value> {
    let days = total.div_euclid(DAY);
    if !(1..=MAX_ORDINAL as i128).contains(&days) {
        return Err(vm.overflow_error("date value out of range"));
    }
    let rest = total.rem_euclid(DAY);
    let (s, us) = ((rest / SECOND) as i64, (rest % SECOND) as i64);
    let at = (s / 3600, s / 60 % 60, s % 60, us);
    of_class(vm, class, calendar::of_ordinal(days as i64), at, tz, fold)
}

fn me(v: Value) -> Ref<DateTime> {
    v.downcast::<DateTime>().expect("the receiver is a datetime")
}

fn offset(vm: &Vm, d: Ref<DateTime>) -> PyResult<Option<i128>> {
    tzinfo::offset_total(vm, d.tz.get(), d.value())
}

/// The same with another fold.
fn with_fold(vm: &Vm, d: Ref<DateTime>, fold: i64) -> PyResult<Ref<DateTime>> {
    Ok(me(make(vm, DateTime::class(), d.ymd(), d.parts(), d.tz.get(), fold)?))
}

/// Whether the offset depends on the fold, so that the time equals none of another zone (PEP 495).
fn is_problematic(vm: &Vm, d: Ref<DateTime>, known: Option<i128>) -> PyResult<bool> {
    let flipped = with_fold(vm, d, 1 - d.fold as i64)?;
    Ok(offset(vm, flipped)? != known)
}

/// A local or UTC time of a timestamp (`datetime_from_timet_and_us`).
fn of_timestamp(vm: &Vm, class: Ref<Type>, t: i64, us: i64, is_local: bool, tz: Value) -> PyResult<Value> {
    let tm = local::broken_down(vm, t, is_local)?;
    let ymd = (tm.tm_year as i64 + 1900, tm.tm_mon as i64 + 1, tm.tm_mday as i64);
    // Leap seconds are not known here.
    let (h, m, s) = (tm.tm_hour as i64, tm.tm_min as i64, (tm.tm_sec as i64).min(59));
    let mut fold = 0;
    if is_local && tz.is_none() {
        if !(calendar::MIN_YEAR..=calendar::MAX_YEAR).contains(&ymd.0) {
            raise!(vm, ValueError, "year {} is out of range", ymd.0)
        }
        fold = local::is_fold(vm, t, local::to_seconds(ymd, h, m, s))? as i64;
    }
    of_class(vm, class, ymd, (h, m, s, us), tz, fold)
}

fn from_timestamp(vm: &Vm, class: Ref<Type>, timestamp: Value, tz: Value) -> PyResult<Value> {
    tzinfo::check_tzinfo(vm, tz)?;
    let (t, us) = local::seconds_and_micro(vm, timestamp)?;
    let d = of_timestamp(vm, class, t, us, tz.is_none(), tz)?;
    if tz.is_none() { Ok(d) } else { vm.call_method(tz, vm.intern_str("fromutc"), &[d]) }
}

/// Now, to the microsecond.
fn now(vm: &Vm, class: Ref<Type>, is_local: bool, tz: Value) -> PyResult<Value> {
    let ns = crate::os_support::clock(libc::CLOCK_REALTIME);
    let (t, us) = (ns.div_euclid(1_000_000_000), ns.rem_euclid(1_000_000_000) / 1000);
    of_timestamp(vm, class, t, us, is_local, tz)
}

/// The zone of local clocks at a timestamp.
fn local_zone(vm: &Vm, t: i64) -> PyResult<Value> {
    let tm = local::broken_down(vm, t, true)?;
    // SAFETY: the C library's name of the zone.
    let name = vm.fs_decode(unsafe { crate::os_support::c_bytes(tm.tm_zone) })?;
    tzinfo::new_timezone(vm, delta(vm, tm.tm_gmtoff as i128 * SECOND)?, name)
}

fn local_zone_of(vm: &Vm, d: Ref<DateTime>) -> PyResult<Value> {
    let fold = d.fold != 0;
    let (t, other) = (local::moment_of(vm, d.seconds(), fold)?, local::moment_of(vm, d.seconds(), !fold)?);
    // In a gap the two moments are on the wrong sides of the transition.
    local_zone(vm, if t != other && (other > t) == fold { other } else { t } - EPOCH)
}

fn shifted(vm: &Vm, d: Ref<DateTime>, by: i128) -> PyResult<Value> {
    of_total(vm, d.value().class(), d.total() + by, d.tz.get(), 0)
}

fn changed(vm: &Vm, this: Ref<DateTime>, args: Args) -> PyResult<Value> {
    let given = bind::<9>(vm, &REPLACE, args)?;
    let (ymd, at) = (this.ymd(), this.parts());
    let part = |i: usize, old: i64| given[i].map_or(Ok(old), |v| int_argument(vm, v));
    let ymd = (part(0, ymd.0)?, part(1, ymd.1)?, part(2, ymd.2)?);
    let at = (part(3, at.0)?, part(4, at.1)?, part(5, at.2)?, part(6, at.3)?);
    let tz = given[7].unwrap_or(this.tz.get());
    let fold = part(8, this.fold as i64)?;
    time::check(at, fold).map_err(|m| vm.value_error(m))?;
    of_class(vm, this.value().class(), ymd, at, tz, fold)
}

fn reduce(vm: &Vm, this: Ref<DateTime>, protocol: i64) -> PyResult<Value> {
    let mut data = [0u8; 10];
    data[..4].copy_from_slice(&this.base.data);
    data[4..].copy_from_slice(&this.data);
    if protocol > 3 && this.fold != 0 {
        data[2] |= 128;
    }
    let bytes = vm.new_bytes(&data)?;
    let tz = this.tz.get();
    let state =
        if tz.is_none() { Tuple::from_slice(vm, &[bytes]) } else { Tuple::from_slice(vm, &[bytes, tz]) };
    Ok(Tuple::from_slice(vm, &[this.value().class().value(), state.value()]).value())
}

/// Date, time, and the microseconds of the offset.
type Parsed = (Ymd, Hmsf, Option<i128>);

/// None: not such a text.
fn parse_text(s: &str) -> Option<Parsed> {
    let text = s.as_bytes();
    let end = parse::separator(text)?;
    let ymd = parse::date(text.get(..end)?)?;
    // The separator can be any character.
    let rest = s.get(end..).unwrap_or("");
    let mut chars = rest.chars();
    chars.next();
    if rest.is_empty() {
        return Some((ymd, (0, 0, 0, 0), None));
    }
    parse::time(chars.as_str().as_bytes()).map(|(at, offset)| (ymd, at, offset))
}

#[pymethods]
impl DateTime {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        if (1..=2).contains(&args.pos().len())
            && !args.has_keywords()
            && let Some(b) = state_bytes(args.pos()[0], 10)
            && (1..=12).contains(&(b[2] & 127))
        {
            let tz = args.pos().get(1).copied().unwrap_or(none());
            if !tz.is_none() && tz.downcast::<tzinfo::TzInfo>().is_none() {
                return Err(vm.type_error("bad tzinfo state arg"));
            }
            let ymd = ((b[0] as i64) << 8 | b[1] as i64, (b[2] & 127) as i64, b[3] as i64);
            let at = unpack(&[b[4], b[5], b[6], b[7], b[8], b[9]]);
            return make(vm, class, ymd, at, tz, (b[2] >> 7) as i64);
        }
        let given = bind::<9>(vm, &NEW, args)?;
        let part = |i: usize| given[i].map_or(Ok(0), |v| int_argument(vm, v));
        let ymd = (part(0)?, part(1)?, part(2)?);
        let at = (part(3)?, part(4)?, part(5)?, part(6)?);
        let tz = given[7].unwrap_or(none());
        let fold = part(8)?;
        date::check(vm, ymd)?;
        time::check(at, fold).map_err(|m| vm.value_error(m))?;
        tzinfo::check_tzinfo(vm, tz)?;
        make(vm, class, ymd, at, tz, fold)
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let d = me(this);
        let ((y, mo, day), (h, m, s, us)) = (d.ymd(), d.parts());
        let mut text = format!("{}({y}, {mo}, {day}, {h}, {m}", shown_class(this));
        if us != 0 {
            text.push_str(&format!(", {s}, {us}"));
        } else if s != 0 {
            text.push_str(&format!(", {s}"));
        }
        push_zone(vm, &mut text, d.tz.get(), d.fold)?;
        Ok(vm.new_str(&text))
    }

    #[slot(tp_str)]
    fn str(vm: &Vm, this: Value) -> PyResult<Value> {
        vm.call_method(this, vm.intern_str("isoformat"), &[vm.new_str(" ")])
    }

    #[slot(tp_hash)]
    fn hash(vm: &Vm, this: Value) -> PyResult<i64> {
        let d = me(this);
        if d.base.hash.get() != -1 {
            return Ok(d.base.hash.get());
        }
        let plain = if d.fold != 0 { with_fold(vm, d, 0)? } else { d };
        let hash = match offset(vm, plain)? {
            None => {
                let mut data = [0u8; 10];
                data[..4].copy_from_slice(&d.base.data);
                data[4..].copy_from_slice(&d.data);
                hash_bytes(vm, &data)?
            }
            Some(offset) => vm.hash(delta(vm, d.total() - offset)?)?,
        };
        d.base.hash.set(hash);
        Ok(hash)
    }

    #[slot(tp_richcompare)]
    fn compare(vm: &Vm, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
        let Some(b) = b.downcast::<DateTime>() else { return Ok(not_implemented()) };
        let a = me(a);
        if a.tz.get() == b.tz.get() {
            return Ok(bool_value(op.holds(a.key().cmp(&b.key()))));
        }
        let (x, y) = (offset(vm, a)?, offset(vm, b)?);
        let for_equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
        let ordering = match (x, y) {
            _ if x == y => a.key().cmp(&b.key()),
            (Some(x), Some(y)) => (a.total() - x).cmp(&(b.total() - y)),
            _ if for_equality => return Ok(bool_value(op == CompareOp::Ne)),
            _ => return Err(vm.type_error("can't compare offset-naive and offset-aware datetimes")),
        };
        if for_equality && ordering.is_eq() && (is_problematic(vm, a, x)? || is_problematic(vm, b, y)?) {
            return Ok(bool_value(op == CompareOp::Ne));
        }
        Ok(bool_value(op.holds(ordering)))
    }

    #[slot(nb_add)]
    fn add(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        let (d, by) = match (a.downcast::<DateTime>(), b.downcast::<DateTime>()) {
            (Some(d), None) => (d, as_delta(b)),
            (None, Some(d)) => (d, as_delta(a)),
            _ => return Ok(not_implemented()),
        };
        match by {
            Some(by) => shifted(vm, d, by.total()),
            None => Ok(not_implemented()),
        }
    }

    #[slot(nb_subtract)]
    fn subtract(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        let Some(d) = a.downcast::<DateTime>() else { return Ok(not_implemented()) };
        let Some(other) = b.downcast::<DateTime>() else {
            return match as_delta(b) {
                Some(by) => shifted(vm, d, -by.total()),
                None => Ok(not_implemented()),
            };
        };
        if d.tz.get() == other.tz.get() {
            return delta(vm, d.total() - other.total());
        }
        match (offset(vm, d)?, offset(vm, other)?) {
            (None, None) => delta(vm, d.total() - other.total()),
            (Some(x), Some(y)) => delta(vm, (d.total() - x) - (other.total() - y)),
            _ => Err(vm.type_error("can't subtract offset-naive and offset-aware datetimes")),
        }
    }

    #[getter]
    fn hour(_: &Vm, this: Ref<DateTime>) -> i64 {
        this.parts().0
    }

    #[getter]
    fn minute(_: &Vm, this: Ref<DateTime>) -> i64 {
        this.parts().1
    }

    #[getter]
    fn second(_: &Vm, this: Ref<DateTime>) -> i64 {
        this.parts().2
    }

    #[getter]
    fn microsecond(_: &Vm, this: Ref<DateTime>) -> i64 {
        this.parts().3
    }

    #[getter]
    fn tzinfo(_: &Vm, this: Ref<DateTime>) -> Value {
        this.tz.get()
    }

    #[getter]
    fn fold(_: &Vm, this: Ref<DateTime>) -> i64 {
        this.fold as i64
    }

    /// Returns new datetime object representing current time local to tz.
    ///
    ///   tz
    ///     Timezone object.
    ///
    /// If no tz is specified, uses local timezone.
    #[classmethod("($type, /, tz=None)")]
    fn now(vm: &Vm, class: Ref<Type>, tz: Option<Value>) -> PyResult<Value> {
        let tz = tz.unwrap_or(none());
        tzinfo::check_tzinfo(vm, tz)?;
        let d = now(vm, class, tz.is_none(), tz)?;
        if tz.is_none() { Ok(d) } else { vm.call_method(tz, vm.intern_str("fromutc"), &[d]) }
    }

    /// Return a new datetime representing UTC day and time.
    #[classmethod("($type, /)")]
    fn utcnow(vm: &Vm, class: Ref<Type>) -> PyResult<Value> {
        vm.warn_deprecated(
            "datetime.datetime.utcnow() is deprecated and scheduled for removal in a future version. Use \
             timezone-aware objects to represent datetimes in UTC: datetime.datetime.now(datetime.UTC).",
        )?;
        now(vm, class, false, none())
    }

    /// timestamp[, tz] -> tz's local time from POSIX timestamp.
    #[classmethod]
    fn fromtimestamp(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let [timestamp, tz] = bind::<2>(vm, &FROM_TIMESTAMP, args)?;
        from_timestamp(vm, class, timestamp.expect("a required argument is bound"), tz.unwrap_or(none()))
    }

    /// Construct a naive UTC datetime from a POSIX timestamp.
    #[classmethod("($type, timestamp, /)")]
    fn utcfromtimestamp(vm: &Vm, class: Ref<Type>, timestamp: Value) -> PyResult<Value> {
        vm.warn_deprecated(
            "datetime.datetime.utcfromtimestamp() is deprecated and scheduled for removal in a future version. \
             Use timezone-aware objects to represent datetimes in UTC: datetime.datetime.fromtimestamp(timestamp, \
             datetime.UTC).",
        )?;
        let (t, us) = local::seconds_and_micro(vm, timestamp)?;
        of_timestamp(vm, class, t, us, false, none())
    }

    /// string, format -> new datetime parsed from a string (like time.strptime()).
    #[classmethod("($type, string, format, /)")]
    fn strptime(vm: &Vm, class: Ref<Type>, string: Value, format: Value) -> PyResult<Value> {
        format::strptime(vm, class, "_strptime_datetime_datetime", string, format)
    }

    /// date, time -> datetime with same date and time fields
    #[classmethod]
    fn combine(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let [d, t, tz] = bind::<3>(vm, &COMBINE, args)?;
        let (d, t) = (d.expect("bound"), t.expect("bound"));
        let Some(date) = d.downcast::<Date>() else {
            raise!(vm, TypeError, "combine() argument 1 must be datetime.date, not {}", d.class().name())
        };
        let Some(time) = t.downcast::<Time>() else {
            raise!(vm, TypeError, "combine() argument 2 must be datetime.time, not {}", t.class().name())
        };
        let tz = tz.unwrap_or(time.tz.get());
        tzinfo::check_tzinfo(vm, tz)?;
        of_class(vm, class, date.ymd(), time.parts(), tz, time.fold as i64)
    }

    /// Construct a date from a string in ISO 8601 format.
    #[classmethod("($type, object, /)")]
    fn fromisoformat(vm: &Vm, class: Ref<Type>, text: Value) -> PyResult<Value> {
        let Some(s) = text.downcast::<Str>() else {
            return Err(vm.type_error("fromisoformat: argument must be str"));
        };
        // The separator may be a lone surrogate.
        let plain: String = s.chars().map(|c| char::from_u32(c).unwrap_or('\u{fffd}')).collect();
        let Some((mut ymd, mut at, offset)) = parse_text(&plain) else {
            raise!(vm, ValueError, "Invalid isoformat string: {}", vm.repr_string(text)?)
        };
        if at.0 == 24 {
            if (at.1, at.2, at.3) != (0, 0, 0) {
                return Err(vm.value_error("minute, second, and microsecond must be 0 when hour is 24"));
            }
            date::check(vm, ymd)?;
            at.0 = 0;
            ymd = calendar::of_ordinal(calendar::to_ordinal(ymd.0, ymd.1, ymd.2) + 1);
        }
        let tz = match offset {
            Some(total) => tzinfo::new_timezone(vm, delta(vm, total)?, none())?,
            None => none(),
        };
        date::check(vm, ymd)?;
        time::check(at, 0).map_err(|m| vm.value_error(m))?;
        of_class(vm, class, ymd, at, tz, 0)
    }

    /// Return date object with same year, month and day.
    #[pymethod("($self, /)")]
    fn date(vm: &Vm, this: Ref<DateTime>) -> PyResult<Value> {
        date::make(vm, Date::class(), this.ymd())
    }

    /// Return time object with same time but with tzinfo=None.
    #[pymethod("($self, /)")]
    fn time(vm: &Vm, this: Ref<DateTime>) -> PyResult<Value> {
        time::make(vm, Time::class(), this.parts(), none(), this.fold as i64)
    }

    /// Return time object with same time and tzinfo.
    #[pymethod("($self, /)")]
    fn timetz(vm: &Vm, this: Ref<DateTime>) -> PyResult<Value> {
        time::make(vm, Time::class(), this.parts(), this.tz.get(), this.fold as i64)
    }

    /// Return ctime() style string.
    #[pymethod("($self, /)")]
    fn ctime(_: &Vm, this: Ref<DateTime>) -> String {
        let (h, m, s, _) = this.parts();
        ctime(this.ymd(), h, m, s)
    }

    /// Return time tuple, compatible with time.localtime().
    #[pymethod("($self, /)")]
    fn timetuple(vm: &Vm, this: Ref<DateTime>) -> PyResult<Value> {
        let (h, m, s, _) = this.parts();
        let dst = match as_delta(tzinfo::ask(vm, this.tz.get(), "dst", this.value())?) {
            Some(d) => (d.total() != 0) as i64,
            None => -1,
        };
        format::time_tuple(vm, this.ymd(), (h, m, s), dst)
    }

    /// Return UTC time tuple, compatible with time.localtime().
    #[pymethod("($self, /)")]
    fn utctimetuple(vm: &Vm, this: Ref<DateTime>) -> PyResult<Value> {
        let total = this.total() - offset(vm, this)?.unwrap_or(0);
        let days = total.div_euclid(DAY) as i64;
        if !(1..=MAX_ORDINAL).contains(&days) {
            return Err(vm.overflow_error("date value out of range"));
        }
        let s = (total.rem_euclid(DAY) / SECOND) as i64;
        format::time_tuple(vm, calendar::of_ordinal(days), (s / 3600, s / 60 % 60, s % 60), 0)
    }

    /// Return POSIX timestamp as float.
    #[pymethod("($self, /)")]
    fn timestamp(vm: &Vm, this: Ref<DateTime>) -> PyResult<f64> {
        let us = if this.tz.get().is_none() {
            let moment = local::moment_of(vm, this.seconds(), this.fold != 0)?;
            return Ok((moment - EPOCH) as f64 + this.parts().3 as f64 / 1e6);
        } else {
            let Some(offset) = offset(vm, this)? else {
                return Err(vm.type_error("can't subtract offset-naive and offset-aware datetimes"));
            };
            this.total() - offset - EPOCH as i128 * SECOND
        };
        vm.to_f64(vm.binary_op(adder_vm::protocol::BinaryOp::TrueDiv, vm.new_int(us), vm.new_int(SECOND))?)
    }

    /// [sep] -> string in ISO 8601 format, YYYY-MM-DDT[HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM].
    ///
    /// sep is used to separate the year from the time, and defaults to 'T'.
    /// The optional argument timespec specifies the number of additional terms
    /// of the time to include. Valid options are 'auto', 'hours', 'minutes',
    /// 'seconds', 'milliseconds' and 'microseconds'.
    #[pymethod("($self, sep='T', timespec='auto')")]
    fn isoformat(
        vm: &Vm,
        this: Ref<DateTime>,
        sep: Option<Value>,
        timespec: Option<Value>,
    ) -> PyResult<Value> {
        let separator = match sep {
            None => 'T' as u32,
            Some(v) => match v.downcast::<Str>() {
                Some(s) if s.len() == 1 => s.char_at(0),
                Some(s) => raise!(
                    vm,
                    TypeError,
                    "isoformat() argument 1 must be a unicode character, not a string of length {}",
                    s.len()
                ),
                None => raise!(
                    vm,
                    TypeError,
                    "isoformat() argument 1 must be a unicode character, not {}",
                    v.class().name()
                ),
            },
        };
        let ((y, mo, d), (h, m, s, us)) = (this.ymd(), this.parts());
        let mut text = adder_text::builder::Builder::new();
        text.push_str(&format!("{y:04}-{mo:02}-{d:02}"));
        text.push(separator);
        text.push_str(&format::clock(vm, (h, m, s), us, timespec)?);
        if let Some(total) = offset(vm, this)? {
            text.push_str(&tzinfo::offset_text(total, ":"));
        }
        vm.new_str_owned(text.finish())
    }

    /// Return self.tzinfo.utcoffset(self).
    #[pymethod("($self, /)")]
    fn utcoffset(vm: &Vm, this: Ref<DateTime>) -> PyResult<Value> {
        tzinfo::ask(vm, this.tz.get(), "utcoffset", this.value())
    }

    /// Return self.tzinfo.tzname(self).
    #[pymethod("($self, /)")]
    fn tzname(vm: &Vm, this: Ref<DateTime>) -> PyResult<Value> {
        tzinfo::name(vm, this.tz.get(), this.value())
    }

    /// Return self.tzinfo.dst(self).
    #[pymethod("($self, /)")]
    fn dst(vm: &Vm, this: Ref<DateTime>) -> PyResult<Value> {
        tzinfo::ask(vm, this.tz.get(), "dst", this.value())
    }

    /// Return datetime with new specified fields.
    #[pymethod(
        "($self, /, year=unchanged, month=unchanged, day=unchanged, hour=unchanged, minute=unchanged, second=unchanged, microsecond=unchanged, tzinfo=unchanged, *, fold=unchanged)"
    )]
    fn replace(vm: &Vm, this: Ref<DateTime>, args: Args) -> PyResult<Value> {
        changed(vm, this, args)
    }

    /// The same as replace().
    #[pymethod("($self, /, **changes)")]
    fn __replace__(vm: &Vm, this: Ref<DateTime>, args: Args) -> PyResult<Value> {
        check_replace(vm, args.pos().len())?;
        changed(vm, this, args)
    }

    /// tz -> convert to local time in new timezone tz
    #[pymethod("($self, tz=None)")]
    fn astimezone(vm: &Vm, this: Ref<DateTime>, tz: Option<Value>) -> PyResult<Value> {
        let tz = tz.unwrap_or(none());
        tzinfo::check_tzinfo(vm, tz)?;
        let own = this.tz.get();
        let known = if own.is_none() { None } else { offset(vm, this)? };
        if tz == own && !own.is_none() {
            return Ok(this.value());
        }
        let offset = match known {
            Some(offset) => offset,
            None => {
                let zone = local_zone_of(vm, this)?;
                if tz == zone {
                    return Ok(this.value());
                }
                tzinfo::offset_total(vm, zone, this.value())?.unwrap_or(0)
            }
        };
        let utc = of_total(vm, this.value().class(), this.total() - offset, tzinfo::utc(), 0)?;
        let d = me(utc);
        let tz = if tz.is_none() { local_zone(vm, d.seconds() - EPOCH)? } else { tz };
        let moved = of_class(vm, utc.class(), d.ymd(), d.parts(), tz, 0)?;
        vm.call_method(tz, vm.intern_str("fromutc"), &[moved])
    }

    /// __reduce_ex__(proto) -> (cls, state)
    #[pymethod("($self, proto, /)")]
    fn __reduce_ex__(vm: &Vm, this: Ref<DateTime>, proto: i64) -> PyResult<Value> {
        reduce(vm, this, proto)
    }

    /// __reduce__() -> (cls, state)
    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<DateTime>) -> PyResult<Value> {
        reduce(vm, this, 2)
    }
}
