//! `timedelta`: a duration of days, seconds and microseconds.

use crate::arguments::{bind, params};
use adder_heap as heap;
use adder_macros::{pyclass, pymethods};
use adder_vm::args::{Args, Params};
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::float::as_float;
use adder_vm::builtins::int::{as_int, to_ibig};
use adder_vm::builtins::singletons::{bool_value, not_implemented};
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::{PyResult, Raised};
use adder_vm::object::{LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::slots::CompareOp;
use adder_vm::vm::Vm;
use dashu_int::IBig;
use std::cell::Cell;

pub const MAX_DAYS: i64 = 999_999_999;
pub const SECOND: i128 = 1_000_000;
pub const DAY: i128 = 86_400 * SECOND;

/// Difference between two datetime values.
///
/// timedelta(days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0)
///
/// All arguments are optional and default to 0.
/// Arguments may be integers or floats, and may be positive or negative.
#[pyclass(name = "timedelta", module = "datetime", flags = def::BASE)]
#[repr(C)]
pub struct TimeDelta {
    h: LongHeader,
    /// -1: not computed yet.
    hash: Cell<i64>,
    pub days: i32,
    pub seconds: i32,
    pub microseconds: i32,
}

const NEW: Params = params(
    "timedelta",
    &["days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks"],
    0,
    7,
    0,
);
/// Microseconds of each argument of the constructor.
const UNITS: [i128; 7] = [DAY, SECOND, 1, 1000, 60 * SECOND, 3600 * SECOND, 7 * DAY];

impl TimeDelta {
    /// The whole duration in microseconds.
    pub fn total(&self) -> i128 {
        self.days as i128 * DAY + self.seconds as i128 * SECOND + self.microseconds as i128
    }
}

pub fn out_of_range(vm: &Vm, days: i128) -> Raised {
    if i32::try_from(days).is_err() {
        return vm.overflow_error("Python int too large to convert to C int");
    }
    vm.overflow_error(format!("days={days}; must have magnitude <= {MAX_DAYS}"))
}

/// A duration of microseconds in a class.
pub fn of_total(vm: &Vm, class: Ref<Type>, total: i128) -> PyResult<Value> {
    let days = total.div_euclid(DAY);
    if days.abs() > MAX_DAYS as i128 {
        return Err(out_of_range(vm, days));
    }
    let rest = total.rem_euclid(DAY);
    let d = TimeDelta {
        h: LongHeader::new(),
        hash: Cell::new(-1),
        days: days as i32,
        seconds: (rest / SECOND) as i32,
        microseconds: (rest % SECOND) as i32,
    };
    if class == TimeDelta::class() {
        return Ok(heap::new(TimeDelta::shape(), d).value());
    }
    Ok(vm.new_instance(class, d)?.value())
}

/// A plain timedelta.
pub fn delta(vm: &Vm, total: i128) -> PyResult<Value> {
    of_total(vm, TimeDelta::class(), total)
}

fn of_big(vm: &Vm, total: &IBig) -> PyResult<Value> {
    match i128::try_from(total.clone()) {
        Ok(total) => delta(vm, total),
        Err(_) => Err(vm.overflow_error("Python int too large to convert to C int")),
    }
}

/// `a / b` rounded to the nearest, halves to even.
fn divide_nearest(a: IBig, b: IBig) -> IBig {
    let (a, b) = if b < IBig::ZERO { (-a, -b) } else { (a, b) };
    // Floor division.
    let (mut q, mut r) = (&a / &b, &a % &b);
    if r < IBig::ZERO {
        q -= IBig::ONE;
        r += &b;
    }
    let twice = &r + &r;
    let odd = (&q % IBig::from(2)) != IBig::ZERO;
    if twice > b || (twice == b && odd) { q + IBig::ONE } else { q }
}

fn zero_division(vm: &Vm) -> Raised {
    vm.error(Exc::ZeroDivisionError, "division by zero")
}

pub fn as_delta(v: Value) -> Option<Ref<TimeDelta>> {
    v.downcast::<TimeDelta>()
}

fn me(v: Value) -> Ref<TimeDelta> {
    as_delta(v).expect("the receiver is a timedelta")
}

/// Adds an argument to a sum of microseconds; fractions below one microsecond go to `left` (`accum`).
fn accumulate(vm: &Vm, sum: i128, v: Value, unit: i128, left: &mut f64, name: &str) -> PyResult<i128> {
    let too_large = || vm.overflow_error("Python int too large to convert to C int");
    if let Some(i) = as_int(v) {
        let n = i128::try_from(to_ibig(i)).map_err(|_| too_large())?;
        return n.checked_mul(unit).and_then(|n| n.checked_add(sum)).ok_or_else(too_large);
    }
    let Some(f) = as_float(v) else {
        raise!(vm, TypeError, "unsupported type for timedelta {name} component: {}", v.class().name())
    };
    if f.is_nan() {
        return Err(vm.value_error("cannot convert float NaN to integer"));
    }
    if f.is_infinite() {
        return Err(vm.overflow_error("cannot convert float infinity to integer"));
    }
    let whole = f.trunc();
    if whole.abs() > 1e27 {
        return Err(too_large());
    }
    let part = (f - whole) * unit as f64;
    *left += part.fract();
    (whole as i128)
        .checked_mul(unit)
        .and_then(|n| n.checked_add(sum)?.checked_add(part.trunc() as i128))
        .ok_or_else(too_large)
}

/// `total * ratio` or `total / ratio` for a float.
fn scale(vm: &Vm, total: i128, ratio: Value, divide: bool) -> PyResult<Value> {
    let pair = vm.call_method(ratio, vm.intern_str("as_integer_ratio"), &[])?;
    let Some(pair) = pair.downcast::<Tuple>() else {
        raise!(
            vm,
            TypeError,
            "unexpected return type from as_integer_ratio(): expected tuple, not '{}'",
            pair.class().name()
        )
    };
    if pair.len() != 2 {
        return Err(vm.value_error("as_integer_ratio() must return a 2-tuple"));
    }
    if as_int(pair.get(0)).is_none() || as_int(pair.get(1)).is_none() {
        raise!(vm, TypeError, "unexpected return type from as_integer_ratio(): expected integers")
    }
    let (n, d) = (to_ibig(pair.get(0)), to_ibig(pair.get(1)));
    let (n, d) = if divide { (d, n) } else { (n, d) };
    if d == IBig::ZERO {
        return Err(zero_division(vm));
    }
    of_big(vm, &divide_nearest(IBig::from(total) * n, d))
}

#[pymethods]
impl TimeDelta {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let given = bind::<7>(vm, &NEW, args)?;
        let (mut sum, mut left) = (0i128, 0f64);
        // The order in which CPython adds matters for the fractions.
        for i in [2, 3, 1, 4, 5, 0, 6] {
            if let Some(v) = given[i] {
                sum = accumulate(vm, sum, v, UNITS[i], &mut left, NEW.names[i])?;
            }
        }
        if left != 0.0 {
            let mut whole = left.round();
            if (whole - left).abs() == 0.5 {
                let odd = (sum & 1) as f64;
                whole = 2.0 * ((left + odd) * 0.5).round() - odd;
            }
            sum += whole as i128;
        }
        of_total(vm, class, sum)
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let d = me(this);
        let mut parts = vec![];
        for (name, n) in [("days", d.days), ("seconds", d.seconds), ("microseconds", d.microseconds)] {
            if n != 0 {
                parts.push(format!("{name}={n}"));
            }
        }
        let inner = if parts.is_empty() { "0".to_string() } else { parts.join(", ") };
        Ok(vm.new_str(&format!("{}({inner})", super::shown_class(this))))
    }

    #[slot(tp_str)]
    fn str(vm: &Vm, this: Value) -> PyResult<Value> {
        let d = me(this);
        let (h, m, s) = (d.seconds / 3600, d.seconds / 60 % 60, d.seconds % 60);
        let mut text = String::new();
        if d.days != 0 {
            text = format!("{} day{}, ", d.days, if d.days.abs() == 1 { "" } else { "s" });
        }
        text.push_str(&format!("{h}:{m:02}:{s:02}"));
        if d.microseconds != 0 {
            text.push_str(&format!(".{:06}", d.microseconds));
        }
        Ok(vm.new_str(&text))
    }

    #[slot(tp_hash)]
    fn hash(vm: &Vm, this: Value) -> PyResult<i64> {
        let d = me(this);
        if d.hash.get() == -1 {
            let parts = [d.days, d.seconds, d.microseconds].map(|n| vm.int(n as i64));
            d.hash.set(vm.hash(Tuple::from_slice(vm, &parts).value())?);
        }
        Ok(d.hash.get())
    }

    #[slot(tp_richcompare)]
    fn compare(_: &Vm, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
        let Some(b) = as_delta(b) else { return Ok(not_implemented()) };
        Ok(bool_value(op.holds(me(a).total().cmp(&b.total()))))
    }

    #[slot(nb_bool)]
    fn bool(_: &Vm, this: Value) -> PyResult<bool> {
        Ok(me(this).total() != 0)
    }

    #[slot(nb_add)]
    fn add(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        match (as_delta(a), as_delta(b)) {
            (Some(a), Some(b)) => delta(vm, a.total() + b.total()),
            _ => Ok(not_implemented()),
        }
    }

    #[slot(nb_subtract)]
    fn subtract(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        match (as_delta(a), as_delta(b)) {
            (Some(a), Some(b)) => delta(vm, a.total() - b.total()),
            _ => Ok(not_implemented()),
        }
    }

    #[slot(nb_multiply)]
    fn multiply(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        let (d, other) = match (as_delta(a), as_delta(b)) {
            (Some(d), _) => (d, b),
            (None, Some(d)) => (d, a),
            _ => return Ok(not_implemented()),
        };
        if let Some(i) = as_int(other) {
            return of_big(vm, &(IBig::from(d.total()) * to_ibig(i)));
        }
        if as_float(other).is_some() { scale(vm, d.total(), other, false) } else { Ok(not_implemented()) }
    }

    #[slot(nb_true_divide)]
    fn true_divide(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        let Some(d) = as_delta(a) else { return Ok(not_implemented()) };
        if let Some(e) = as_delta(b) {
            return vm.binary_op(
                adder_vm::protocol::BinaryOp::TrueDiv,
                vm.new_int(d.total()),
                vm.new_int(e.total()),
            );
        }
        if let Some(i) = as_int(b) {
            let n = to_ibig(i);
            if n == IBig::ZERO {
                return Err(zero_division(vm));
            }
            return of_big(vm, &divide_nearest(IBig::from(d.total()), n));
        }
        if as_float(b).is_some() { scale(vm, d.total(), b, true) } else { Ok(not_implemented()) }
    }

    #[slot(nb_floor_divide)]
    fn floor_divide(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        use adder_vm::protocol::BinaryOp::FloorDiv;
        let Some(d) = as_delta(a) else { return Ok(not_implemented()) };
        if let Some(e) = as_delta(b) {
            return vm.binary_op(FloorDiv, vm.new_int(d.total()), vm.new_int(e.total()));
        }
        let Some(i) = as_int(b) else { return Ok(not_implemented()) };
        let q = vm.binary_op(FloorDiv, vm.new_int(d.total()), i)?;
        of_big(vm, &to_ibig(q))
    }

    #[slot(nb_remainder)]
    fn remainder(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        let (Some(a), Some(b)) = (as_delta(a), as_delta(b)) else { return Ok(not_implemented()) };
        let (a, b) = (a.total(), b.total());
        if b == 0 {
            return Err(zero_division(vm));
        }
        let r = a % b;
        delta(vm, if r != 0 && (r < 0) != (b < 0) { r + b } else { r })
    }

    #[slot(nb_divmod)]
    fn divmod(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        if as_delta(a).is_none() || as_delta(b).is_none() {
            return Ok(not_implemented());
        }
        let q = TimeDelta::floor_divide(vm, a, b)?;
        let r = TimeDelta::remainder(vm, a, b)?;
        Ok(Tuple::from_slice(vm, &[q, r]).value())
    }

    #[slot(nb_negative)]
    fn negative(vm: &Vm, this: Value) -> PyResult<Value> {
        delta(vm, -me(this).total())
    }

    #[slot(nb_positive)]
    fn positive(vm: &Vm, this: Value) -> PyResult<Value> {
        delta(vm, me(this).total())
    }

    #[slot(nb_absolute)]
    fn absolute(vm: &Vm, this: Value) -> PyResult<Value> {
        delta(vm, me(this).total().abs())
    }

    /// Number of days.
    #[getter]
    fn days(_: &Vm, this: Ref<TimeDelta>) -> i32 {
        this.days
    }

    /// Number of seconds (>= 0 and less than 1 day).
    #[getter]
    fn seconds(_: &Vm, this: Ref<TimeDelta>) -> i32 {
        this.seconds
    }

    /// Number of microseconds (>= 0 and less than 1 second).
    #[getter]
    fn microseconds(_: &Vm, this: Ref<TimeDelta>) -> i32 {
        this.microseconds
    }

    /// Total seconds in the duration.
    #[pymethod("($self, /)")]
    fn total_seconds(vm: &Vm, this: Ref<TimeDelta>) -> PyResult<Value> {
        let (us, second) = (vm.new_int(this.total()), vm.new_int(SECOND));
        vm.binary_op(adder_vm::protocol::BinaryOp::TrueDiv, us, second)
    }

    /// __reduce__() -> (cls, state)
    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<TimeDelta>) -> Value {
        let parts = [this.days, this.seconds, this.microseconds].map(|n| vm.int(n as i64));
        let state = Tuple::from_slice(vm, &parts).value();
        Tuple::from_slice(vm, &[this.value().class().value(), state]).value()
    }
}
