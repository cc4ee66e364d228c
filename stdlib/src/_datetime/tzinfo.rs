//! `tzinfo`, `timezone`, and asking a tzinfo for offsets and names.

use crate::_datetime::datetime::DateTime;
use crate::_datetime::timedelta::{DAY, SECOND, TimeDelta, as_delta, delta};
use crate::arguments::{bind, params};
use adder_heap as heap;
use adder_macros::{pyclass, pymethods};
use adder_vm::args::{Args, Params};
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::singletons::{bool_value, none, not_implemented};
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::{PyResult, Raised};
use adder_vm::names::names;
use adder_vm::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::slots::CompareOp;
use adder_vm::vm::Vm;

/// Abstract base class for time zone info objects.
#[pyclass(name = "tzinfo", module = "datetime", flags = def::BASE)]
#[repr(C)]
pub struct TzInfo {
    h: LongHeader,
}

/// Fixed offset from UTC implementation of tzinfo.
#[pyclass(name = "timezone", module = "datetime", base = TzInfo, flags = def::DEFAULT)]
#[repr(C)]
pub struct TimeZone {
    base: TzInfo,
    pub offset: Field<Value>,
    /// A str or None.
    pub name: Field<Value>,
}

/// `timezone.utc`
static UTC: heap::StaticRoot = heap::StaticRoot::new();

pub fn utc() -> Value {
    UTC.get().expect("made with the module")
}

pub fn init(vm: &Vm) -> PyResult<()> {
    let zero = delta(vm, 0)?;
    let class = TimeZone::class();
    let make = |total: i128| -> PyResult<Value> { Ok(zone(delta(vm, total)?, none()).value()) };
    UTC.set(Some(zone(zero, none()).value()));
    let limit = DAY - 60 * SECOND;
    for (name, v) in [("utc", utc()), ("min", make(-limit)?), ("max", make(limit)?)] {
        class.dict.get().set_str(vm, name, v);
    }
    class.modified();
    Ok(())
}

fn zone(offset: Value, name: Value) -> Ref<TimeZone> {
    let base = TzInfo { h: LongHeader::new() };
    heap::new(TimeZone::shape(), TimeZone { base, offset: Field::new(offset), name: Field::new(name) })
}

fn out_of_range(vm: &Vm, offset: Value) -> PyResult<Raised> {
    let shown = vm.repr_string(offset)?;
    Ok(vm.value_error(format!(
        "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not {shown}"
    )))
}

/// A fixed zone; the one of UTC is shared (`new_timezone`).
pub fn new_timezone(vm: &Vm, offset: Value, name: Value) -> PyResult<Value> {
    let total = as_delta(offset).map_or(0, |d| d.total());
    if name.is_none() && total == 0 {
        return Ok(utc());
    }
    if total.abs() >= DAY {
        return Err(out_of_range(vm, offset)?);
    }
    Ok(zone(offset, name).value())
}

/// None or an instance of a subclass of tzinfo.
pub fn check_tzinfo(vm: &Vm, v: Value) -> PyResult<()> {
    if v.is_none() || v.downcast::<TzInfo>().is_some() {
        return Ok(());
    }
    raise!(
        vm,
        TypeError,
        "tzinfo argument must be None or of a tzinfo subclass, not type '{}'",
        v.class().name()
    )
}

/// What a tzinfo's `utcoffset` or `dst` says: a timedelta or None (`call_tzinfo_method`).
pub fn ask(vm: &Vm, tz: Value, method: &str, dt: Value) -> PyResult<Value> {
    if tz.is_none() {
        return Ok(none());
    }
    if let Some(zone) = tz.exact::<TimeZone>() {
        return Ok(if method == "dst" { none() } else { zone.offset.get() });
    }
    let offset = vm.call_method(tz, vm.intern_str(method), &[dt])?;
    if offset.is_none() {
        return Ok(offset);
    }
    let Some(d) = as_delta(offset) else {
        raise!(
            vm,
            TypeError,
            "tzinfo.{method}() must return None or timedelta, not '{}'",
            offset.class().name()
        )
    };
    if d.total().abs() >= DAY {
        return Err(out_of_range(vm, offset)?);
    }
    Ok(offset)
}

/// The microseconds of `utcoffset`.
pub fn offset_total(vm: &Vm, tz: Value, dt: Value) -> PyResult<Option<i128>> {
    Ok(as_delta(ask(vm, tz, "utcoffset", dt)?).map(|d| d.total()))
}

/// What `tzname` says: a str or None.
pub fn name(vm: &Vm, tz: Value, dt: Value) -> PyResult<Value> {
    if tz.is_none() {
        return Ok(tz);
    }
    if let Some(zone) = tz.exact::<TimeZone>() {
        return Ok(zone_name(vm, zone));
    }
    let name = vm.call_method(tz, vm.intern_str("tzname"), &[dt])?;
    if name.is_none() || name.downcast::<Str>().is_some() {
        return Ok(name);
    }
    raise!(vm, TypeError, "tzinfo.tzname() must return None or a string, not '{}'", name.class().name())
}

/// `+HH:MM`, with seconds and microseconds where there are some.
pub fn offset_text(total: i128, separator: &str) -> String {
    let sign = if total < 0 { '-' } else { '+' };
    let total = total.abs();
    let (s, us) = (total / SECOND, total % SECOND);
    let mut text = format!("{sign}{:02}{separator}{:02}", s / 3600, s / 60 % 60);
    if s % 60 != 0 || us != 0 {
        text.push_str(&format!("{separator}{:02}", s % 60));
    }
    if us != 0 {
        text.push_str(&format!(".{us:06}"));
    }
    text
}

fn zone_name(vm: &Vm, this: Ref<TimeZone>) -> Value {
    if !this.name.get().is_none() {
        return this.name.get();
    }
    let total = as_delta(this.offset.get()).map_or(0, |d| d.total());
    if total == 0 { vm.new_str("UTC") } else { vm.new_str(&format!("UTC{}", offset_text(total, ":"))) }
}

fn not_written(vm: &Vm, what: &str) -> Raised {
    vm.error(Exc::NotImplementedError, format!("a tzinfo subclass must implement {what}()"))
}

#[pymethods]
impl TzInfo {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, _args: Args) -> PyResult<Value> {
        Ok(vm.new_instance(class, TzInfo { h: LongHeader::new() })?.value())
    }

    /// datetime -> string name of time zone.
    #[pymethod("($self, object, /)")]
    fn tzname(vm: &Vm, _this: Ref<TzInfo>, _dt: Value) -> PyResult<Value> {
        Err(not_written(vm, "tzname"))
    }

    /// datetime -> timedelta showing offset from UTC, negative values indicating West of UTC
    #[pymethod("($self, object, /)")]
    fn utcoffset(vm: &Vm, _this: Ref<TzInfo>, _dt: Value) -> PyResult<Value> {
        Err(not_written(vm, "utcoffset"))
    }

    /// datetime -> DST offset as timedelta positive east of UTC.
    #[pymethod("($self, object, /)")]
    fn dst(vm: &Vm, _this: Ref<TzInfo>, _dt: Value) -> PyResult<Value> {
        Err(not_written(vm, "dst"))
    }

    /// datetime in UTC -> datetime in local time.
    #[pymethod("($self, object, /)")]
    fn fromutc(vm: &Vm, this: Ref<TzInfo>, dt: Value) -> PyResult<Value> {
        let Some(d) = dt.downcast::<DateTime>() else {
            return Err(vm.type_error("fromutc: argument must be a datetime"));
        };
        if d.tz.get() != this.value() {
            return Err(vm.value_error("fromutc: dt.tzinfo is not self"));
        }
        let Some(offset) = offset_total(vm, this.value(), dt)? else {
            return Err(vm.value_error("fromutc: non-None utcoffset() result required"));
        };
        let inconsistent = "fromutc: tz.dst() gave inconsistent results; cannot convert";
        let Some(dst) = as_delta(ask(vm, this.value(), "dst", dt)?).map(|d| d.total()) else {
            return Err(vm.value_error("fromutc: non-None dst() result required"));
        };
        // The offset of standard time; then what daylight saving time adds there.
        let add = adder_vm::protocol::BinaryOp::Add;
        let mut result = vm.binary_op(add, dt, delta(vm, offset - dst)?)?;
        let Some(dst) = as_delta(ask(vm, this.value(), "dst", result)?).map(|d| d.total()) else {
            return Err(vm.value_error(inconsistent));
        };
        if dst != 0 {
            result = vm.binary_op(add, result, delta(vm, dst)?)?;
        }
        Ok(result)
    }

    /// -> (cls, state)
    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<TzInfo>) -> PyResult<Value> {
        let v = this.value();
        let args = match vm.get_attr_opt(v, vm.intern_str("__getinitargs__"))? {
            Some(f) => vm.call(f, &[])?,
            None => Tuple::empty().value(),
        };
        let state = vm.call_method(v, names().__getstate__, &[])?;
        Ok(Tuple::from_slice(vm, &[v.class().value(), args, state]).value())
    }
}

const NEW: Params = params("timezone", &["offset", "name"], 0, 2, 1);

fn me(v: Value) -> Ref<TimeZone> {
    v.downcast::<TimeZone>().expect("the receiver is a timezone")
}

fn check_argument(vm: &Vm, dt: Value, method: &str) -> PyResult<()> {
    if dt.is_none() || dt.downcast::<DateTime>().is_some() {
        return Ok(());
    }
    raise!(
        vm,
        TypeError,
        "{method}(dt) argument must be a datetime instance or None, not {}",
        dt.class().name()
    )
}

#[pymethods]
impl TimeZone {
    #[slot(tp_new)]
    fn new(vm: &Vm, _class: Ref<Type>, args: Args) -> PyResult<Value> {
        let [offset, name] = bind::<2>(vm, &NEW, args)?;
        let offset = offset.expect("a required argument is bound");
        if offset.downcast::<TimeDelta>().is_none() {
            raise!(
                vm,
                TypeError,
                "timezone() argument 1 must be datetime.timedelta, not {}",
                offset.class().name()
            )
        }
        if let Some(n) = name
            && n.downcast::<Str>().is_none()
        {
            raise!(vm, TypeError, "timezone() argument 2 must be str, not {}", n.class().name())
        }
        new_timezone(vm, offset, name.unwrap_or(none()))
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let z = me(this);
        let class = super::shown_class(this);
        if this == utc() {
            return Ok(vm.new_str(&format!("{class}.utc")));
        }
        let mut text = format!("{class}({}", vm.repr_string(z.offset.get())?);
        if !z.name.get().is_none() {
            text.push_str(&format!(", {}", vm.repr_string(z.name.get())?));
        }
        text.push(')');
        Ok(vm.new_str(&text))
    }

    #[slot(tp_str)]
    fn str(vm: &Vm, this: Value) -> PyResult<Value> {
        Ok(zone_name(vm, me(this)))
    }

    #[slot(tp_hash)]
    fn hash(vm: &Vm, this: Value) -> PyResult<i64> {
        vm.hash(me(this).offset.get())
    }

    #[slot(tp_richcompare)]
    fn compare(vm: &Vm, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
        let Some(b) = b.downcast::<TimeZone>() else { return Ok(not_implemented()) };
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(not_implemented());
        }
        let equal = vm.eq(me(a).offset.get(), b.offset.get())?;
        Ok(bool_value(equal == (op == CompareOp::Eq)))
    }

    /// If name is specified when timezone is created, returns the name.  Otherwise returns offset as 'UTC(+|-)HH:MM'.
    #[pymethod("($self, object, /)")]
    fn tzname(vm: &Vm, this: Ref<TimeZone>, dt: Value) -> PyResult<Value> {
        check_argument(vm, dt, "tzname")?;
        Ok(zone_name(vm, this))
    }

    /// Return fixed offset.
    #[pymethod("($self, object, /)")]
    fn utcoffset(vm: &Vm, this: Ref<TimeZone>, dt: Value) -> PyResult<Value> {
        check_argument(vm, dt, "utcoffset")?;
        Ok(this.offset.get())
    }

    /// Return None.
    #[pymethod("($self, object, /)")]
    fn dst(vm: &Vm, _this: Ref<TimeZone>, dt: Value) -> PyResult<()> {
        check_argument(vm, dt, "dst")
    }

    /// datetime in UTC -> datetime in local time.
    #[pymethod("($self, object, /)")]
    fn fromutc(vm: &Vm, this: Ref<TimeZone>, dt: Value) -> PyResult<Value> {
        let Some(d) = dt.downcast::<DateTime>() else {
            return Err(vm.type_error("fromutc: argument must be a datetime instance"));
        };
        if d.tz.get() != this.value() {
            return Err(vm.value_error("fromutc: dt.tzinfo is not self"));
        }
        vm.binary_op(adder_vm::protocol::BinaryOp::Add, dt, this.offset.get())
    }

    /// pickle support
    #[pymethod("($self, /)")]
    fn __getinitargs__(vm: &Vm, this: Ref<TimeZone>) -> Value {
        if this.name.get().is_none() {
            return Tuple::from_slice(vm, &[this.offset.get()]).value();
        }
        Tuple::from_slice(vm, &[this.offset.get(), this.name.get()]).value()
    }
}
