//! `time`: a time of day.

use crate::_datetime::timedelta::{SECOND, delta};
use crate::_datetime::{
    check_replace, format, hash_bytes, int_argument, parse, shown_class, state_bytes, tzinfo,
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
use adder_vm::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::slots::CompareOp;
use adder_vm::vm::Vm;
use std::cell::Cell;

/// Hour, minute, second.
pub type Hms = (i64, i64, i64);
/// Hour, minute, second, microsecond.
pub type Hmsf = parse::Hmsf;

/// time([hour[, minute[, second[, microsecond[, tzinfo]]]]]) --> a time object
///
/// All arguments are optional. tzinfo may be None, or an instance of
/// a tzinfo subclass. The remaining arguments may be ints.
#[pyclass(name = "time", module = "datetime", flags = def::BASE)]
#[repr(C)]
pub struct Time {
    h: LongHeader,
    /// None or a tzinfo.
    pub tz: Field<Value>,
    /// -1: not computed yet.
    pub hash: Cell<i64>,
    /// Hour, minute, second, microseconds (high byte first).
    pub data: [u8; 6],
    pub fold: u8,
}

pub fn pack((h, m, s, us): Hmsf) -> [u8; 6] {
    [h as u8, m as u8, s as u8, (us >> 16) as u8, (us >> 8) as u8, us as u8]
}

pub fn unpack(d: &[u8; 6]) -> Hmsf {
    let us = (d[3] as i64) << 16 | (d[4] as i64) << 8 | d[5] as i64;
    (d[0] as i64, d[1] as i64, d[2] as i64, us)
}

impl Time {
    pub fn parts(&self) -> Hmsf {
        unpack(&self.data)
    }

    /// Microseconds since midnight.
    fn total(&self) -> i128 {
        total(self.parts())
    }
}

/// Microseconds since midnight.
pub fn total((h, m, s, us): Hmsf) -> i128 {
    (h * 3600 + m * 60 + s) as i128 * SECOND + us as i128
}

const NEW: Params = Params {
    kw_only: 1,
    ..params("function", &["hour", "minute", "second", "microsecond", "tzinfo", "fold"], 0, 5, 0)
};
const REPLACE: Params = Params { function: "replace", ..NEW };

pub fn check((h, m, s, us): Hmsf, fold: i64) -> Result<(), String> {
    if !(0..24).contains(&h) {
        return Err(format!("hour must be in 0..23, not {h}"));
    }
    if !(0..60).contains(&m) {
        return Err(format!("minute must be in 0..59, not {m}"));
    }
    if !(0..60).contains(&s) {
        return Err(format!("second must be in 0..59, not {s}"));
    }
    if !(0..1_000_000).contains(&us) {
        return Err(format!("microsecond must be in 0..999999, not {us}"));
    }
    if fold != 0 && fold != 1 {
        return Err(format!("fold must be either 0 or 1, not {fold}"));
    }
    Ok(())
}

/// A time of a class whose constructor is not called.
pub fn make(vm: &Vm, class: Ref<Type>, at: Hmsf, tz: Value, fold: i64) -> PyResult<Value> {
    check(at, fold).map_err(|m| vm.value_error(m))?;
    let t = Time {
        h: LongHeader::new(),
        tz: Field::new(tz),
        hash: Cell::new(-1),
        data: pack(at),
        fold: fold as u8,
    };
    if class == Time::class() {
        return Ok(heap::new(Time::shape(), t).value());
    }
    Ok(vm.new_instance(class, t)?.value())
}

/// A time of a class; the constructor of a subclass is called.
fn of_class(vm: &Vm, class: Ref<Type>, at: Hmsf, tz: Value, fold: i64) -> PyResult<Value> {
    if class == Time::class() {
        return make(vm, class, at, tz, fold);
    }
    let args = [vm.int(at.0), vm.int(at.1), vm.int(at.2), vm.int(at.3), tz];
    if fold == 0 {
        return vm.call(class.value(), &args);
    }
    vm.call_kw(class.value(), &args, &[("fold", vm.int(fold))])
}

pub fn me(v: Value) -> Ref<Time> {
    v.downcast::<Time>().expect("the receiver is a time")
}

fn changed(vm: &Vm, this: Ref<Time>, args: Args) -> PyResult<Value> {
    let given = bind::<6>(vm, &REPLACE, args)?;
    let old = this.parts();
    let part = |i: usize, old: i64| given[i].map_or(Ok(old), |v| int_argument(vm, v));
    let at = (part(0, old.0)?, part(1, old.1)?, part(2, old.2)?, part(3, old.3)?);
    let tz = given[4].unwrap_or(this.tz.get());
    let fold = part(5, this.fold as i64)?;
    check(at, fold).map_err(|m| vm.value_error(m))?;
    of_class(vm, this.value().class(), at, tz, fold)
}

fn reduce(vm: &Vm, this: Ref<Time>, protocol: i64) -> PyResult<Value> {
    let mut data = this.data;
    if protocol > 3 && this.fold != 0 {
        data[0] |= 128;
    }
    let bytes = vm.new_bytes(&data)?;
    let tz = this.tz.get();
    let state =
        if tz.is_none() { Tuple::from_slice(vm, &[bytes]) } else { Tuple::from_slice(vm, &[bytes, tz]) };
    Ok(Tuple::from_slice(vm, &[this.value().class().value(), state.value()]).value())
}

/// The offset of a time without a date.
fn offset(vm: &Vm, t: Ref<Time>) -> PyResult<Option<i128>> {
    tzinfo::offset_total(vm, t.tz.get(), none())
}

#[pymethods]
impl Time {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        if (1..=2).contains(&args.pos().len())
            && !args.has_keywords()
            && let Some(b) = state_bytes(args.pos()[0], 6)
            && b[0] & 127 < 24
        {
            let tz = args.pos().get(1).copied().unwrap_or(none());
            if !tz.is_none() && tz.downcast::<tzinfo::TzInfo>().is_none() {
                return Err(vm.type_error("bad tzinfo state arg"));
            }
            let data = [b[0] & 127, b[1], b[2], b[3], b[4], b[5]];
            return make(vm, class, unpack(&data), tz, (b[0] >> 7) as i64);
        }
        let given = bind::<6>(vm, &NEW, args)?;
        let part = |i: usize| given[i].map_or(Ok(0), |v| int_argument(vm, v));
        let at = (part(0)?, part(1)?, part(2)?, part(3)?);
        let tz = given[4].unwrap_or(none());
        let fold = part(5)?;
        check(at, fold).map_err(|m| vm.value_error(m))?;
        tzinfo::check_tzinfo(vm, tz)?;
        make(vm, class, at, tz, fold)
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let t = me(this);
        let (h, m, s, us) = t.parts();
        let mut text = format!("{}({h}, {m}", shown_class(this));
        if us != 0 {
            text.push_str(&format!(", {s}, {us}"));
        } else if s != 0 {
            text.push_str(&format!(", {s}"));
        }
        push_zone(vm, &mut text, t.tz.get(), t.fold)?;
        Ok(vm.new_str(&text))
    }

    #[slot(tp_str)]
    fn str(vm: &Vm, this: Value) -> PyResult<Value> {
        vm.call_method(this, vm.intern_str("isoformat"), &[])
    }

    #[slot(tp_hash)]
    fn hash(vm: &Vm, this: Value) -> PyResult<i64> {
        let t = me(this);
        if t.hash.get() != -1 {
            return Ok(t.hash.get());
        }
        let hash = match offset(vm, t)? {
            None => hash_bytes(vm, &t.data)?,
            Some(offset) => {
                let utc = t.total() - offset;
                let day = 86_400 * SECOND;
                if (0..day).contains(&utc) {
                    let at = utc / SECOND;
                    let parts = (at / 3600, at / 60 % 60, at % 60, utc % SECOND);
                    hash_bytes(vm, &pack((parts.0 as i64, parts.1 as i64, parts.2 as i64, parts.3 as i64)))?
                } else {
                    vm.hash(delta(vm, utc)?)?
                }
            }
        };
        t.hash.set(hash);
        Ok(hash)
    }

    #[slot(tp_richcompare)]
    fn compare(vm: &Vm, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
        let Some(b) = b.downcast::<Time>() else { return Ok(not_implemented()) };
        let a = me(a);
        if a.tz.get() == b.tz.get() {
            return Ok(bool_value(op.holds(a.data.cmp(&b.data))));
        }
        match (offset(vm, a)?, offset(vm, b)?) {
            (x, y) if x == y => Ok(bool_value(op.holds(a.data.cmp(&b.data)))),
            (Some(x), Some(y)) => Ok(bool_value(op.holds((a.total() - x).cmp(&(b.total() - y))))),
            _ if op == CompareOp::Eq => Ok(bool_value(false)),
            _ if op == CompareOp::Ne => Ok(bool_value(true)),
            _ => Err(vm.type_error("can't compare offset-naive and offset-aware times")),
        }
    }

    #[getter]
    fn hour(_: &Vm, this: Ref<Time>) -> i64 {
        this.parts().0
    }

    #[getter]
    fn minute(_: &Vm, this: Ref<Time>) -> i64 {
        this.parts().1
    }

    #[getter]
    fn second(_: &Vm, this: Ref<Time>) -> i64 {
        this.parts().2
    }

    #[getter]
    fn microsecond(_: &Vm, this: Ref<Time>) -> i64 {
        this.parts().3
    }

    #[getter]
    fn tzinfo(_: &Vm, this: Ref<Time>) -> Value {
        this.tz.get()
    }

    #[getter]
    fn fold(_: &Vm, this: Ref<Time>) -> i64 {
        this.fold as i64
    }

    /// string, format -> new time parsed from a string (like time.strptime()).
    #[classmethod("($type, string, format, /)")]
    fn strptime(vm: &Vm, class: Ref<Type>, string: Value, format: Value) -> PyResult<Value> {
        format::strptime(vm, class, "_strptime_datetime_time", string, format)
    }

    /// Construct a time from a string in ISO 8601 format.
    #[classmethod("($type, object, /)")]
    fn fromisoformat(vm: &Vm, class: Ref<Type>, text: Value) -> PyResult<Value> {
        let Some(s) = text.downcast::<Str>() else {
            return Err(vm.type_error("fromisoformat: argument must be str"));
        };
        // The T is optional.
        let parsed = s.as_ascii().and_then(|t| parse::time(t.strip_prefix('T').unwrap_or(t).as_bytes()));
        let Some((mut at, offset)) = parsed else {
            raise!(vm, ValueError, "Invalid isoformat string: {}", vm.repr_string(text)?)
        };
        if at.0 == 24 {
            if (at.1, at.2, at.3) != (0, 0, 0) {
                return Err(vm.value_error("minute, second, and microsecond must be 0 when hour is 24"));
            }
            at.0 = 0;
        }
        let tz = match offset {
            Some(total) => tzinfo::new_timezone(vm, delta(vm, total)?, none())?,
            None => none(),
        };
        check(at, 0).map_err(|m| vm.value_error(m))?;
        of_class(vm, class, at, tz, 0)
    }

    /// Return the time formatted according to ISO.
    ///
    /// The full format is 'HH:MM:SS.mmmmmm+zz:zz'. By default, the fractional
    /// part is omitted if self.microsecond == 0.
    #[pymethod("($self, timespec='auto')")]
    fn isoformat(vm: &Vm, this: Ref<Time>, timespec: Option<Value>) -> PyResult<String> {
        let (h, m, s, us) = this.parts();
        let mut text = format::clock(vm, (h, m, s), us, timespec)?;
        if let Some(total) = offset(vm, this)? {
            text.push_str(&tzinfo::offset_text(total, ":"));
        }
        Ok(text)
    }

    /// format -> strftime() style string.
    #[pymethod("($self, format)")]
    fn strftime(vm: &Vm, this: Ref<Time>, format: Value) -> PyResult<Value> {
        let Some(text) = format.downcast::<Str>() else {
            raise!(vm, TypeError, "strftime() argument 1 must be str, not {}", format.class().name())
        };
        let (h, m, s, _) = this.parts();
        // The C library wants a date: some day before daylight saving time.
        let parts = [1900, 1, 1, h, m, s, 0, 1, -1].map(|n| vm.int(n));
        let tuple = Tuple::from_slice(vm, &parts).value();
        format::strftime(vm, this.value(), text, tuple, none())
    }

    /// Formats self with strftime.
    #[pymethod("($self, format, /)")]
    fn __format__(vm: &Vm, this: Ref<Time>, format: Value) -> PyResult<Value> {
        format::format(vm, this.value(), format)
    }

    /// Return self.tzinfo.utcoffset(self).
    #[pymethod("($self, /)")]
    fn utcoffset(vm: &Vm, this: Ref<Time>) -> PyResult<Value> {
        tzinfo::ask(vm, this.tz.get(), "utcoffset", none())
    }

    /// Return self.tzinfo.tzname(self).
    #[pymethod("($self, /)")]
    fn tzname(vm: &Vm, this: Ref<Time>) -> PyResult<Value> {
        tzinfo::name(vm, this.tz.get(), none())
    }

    /// Return self.tzinfo.dst(self).
    #[pymethod("($self, /)")]
    fn dst(vm: &Vm, this: Ref<Time>) -> PyResult<Value> {
        tzinfo::ask(vm, this.tz.get(), "dst", none())
    }

    /// Return time with new specified fields.
    #[pymethod(
        "($self, /, hour=unchanged, minute=unchanged, second=unchanged, microsecond=unchanged, tzinfo=unchanged, *, fold=unchanged)"
    )]
    fn replace(vm: &Vm, this: Ref<Time>, args: Args) -> PyResult<Value> {
        changed(vm, this, args)
    }

    /// The same as replace().
    #[pymethod("($self, /, **changes)")]
    fn __replace__(vm: &Vm, this: Ref<Time>, args: Args) -> PyResult<Value> {
        check_replace(vm, args.pos().len())?;
        changed(vm, this, args)
    }

    /// __reduce_ex__(proto) -> (cls, state)
    #[pymethod("($self, proto, /)")]
    fn __reduce_ex__(vm: &Vm, this: Ref<Time>, proto: i64) -> PyResult<Value> {
        reduce(vm, this, proto)
    }

    /// __reduce__() -> (cls, state)
    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<Time>) -> PyResult<Value> {
        reduce(vm, this, 2)
    }
}

/// The end of a repr: fold, tzinfo and the parenthesis.
pub fn push_zone(vm: &Vm, text: &mut String, tz: Value, fold: u8) -> PyResult<()> {
    if fold != 0 {
        text.push_str(", fold=1");
    }
    if !tz.is_none() {
        text.push_str(&format!(", tzinfo={}", vm.repr_string(tz)?));
    }
    text.push(')');
    Ok(())
}
