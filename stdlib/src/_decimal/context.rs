//! `Context`: precision, rounding, limits, flags and traps.

use super::decimal::{self, Decimal};
use super::number::{self, MAX_EMAX, MAX_PREC, MIN_EMIN, Number, Rounding, Rules};
use super::provided;
use crate::_contextvars::{ContextVar, set_value, value_of};
use adder_heap::StaticRoot;
use adder_macros::{pyclass, pymethods};
use adder_vm::args::Args;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::int::as_int;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::cell::Cell;

/// The context affects almost all operations and controls rounding,
/// Over/Underflow, raising of exceptions and much more.
#[pyclass(name = "Context", module = "decimal", flags = def::BASE)]
#[repr(C)]
pub struct Context {
    h: LongHeader,
    precision: Cell<i64>,
    emin: Cell<i64>,
    emax: Cell<i64>,
    status: Cell<u32>,
    traps: Cell<u32>,
    rounding: Cell<Rounding>,
    capitals: Cell<bool>,
    clamp: Cell<bool>,
}

static VARIABLE: StaticRoot = StaticRoot::new();

pub fn set_variable(vm: &Vm, v: Value) -> PyResult<()> {
    if !v.is::<ContextVar>() {
        return Err(vm.type_error("a context variable is expected"));
    }
    VARIABLE.set(Some(v));
    Ok(())
}

pub fn make_current(vm: &Vm, context: Ref<Context>) -> PyResult<()> {
    match VARIABLE.get().and_then(|v| v.exact::<ContextVar>()) {
        Some(variable) => set_value(vm, variable, context.value()),
        None => Err(vm.runtime_error("decimal is not initialised")),
    }
}

/// The context of the running thread or task.
pub fn current(vm: &Vm) -> PyResult<Ref<Context>> {
    let Some(variable) = VARIABLE.get().and_then(|v| v.exact::<ContextVar>()) else {
        return Err(vm.runtime_error("decimal is not initialised"));
    };
    if let Some(found) = value_of(vm, variable)?
        && let Some(c) = found.downcast::<Context>()
    {
        return Ok(c);
    }
    let made = provided(vm, "new_context", &[])?;
    set_value(vm, variable, made)?;
    match made.downcast::<Context>() {
        Some(c) => Ok(c),
        None => Err(vm.type_error("optional argument must be a context")),
    }
}

/// The context that an argument names, or the current one.
pub fn given_or_current(vm: &Vm, v: Option<Value>) -> PyResult<Ref<Context>> {
    match v {
        Some(v) if !v.is_none() => match v.downcast::<Context>() {
            Some(c) => Ok(c),
            None => Err(vm.type_error("optional argument must be a context")),
        },
        _ => current(vm),
    }
}

impl Context {
    pub fn rules(&self) -> Rules {
        Rules {
            precision: self.precision.get(),
            rounding: self.rounding.get(),
            emin: self.emin.get(),
            emax: self.emax.get(),
            clamp: self.clamp.get(),
            status: 0,
        }
    }

    pub fn capitals(&self) -> bool {
        self.capitals.get()
    }

    /// Notes what happened, without raising anything.
    pub fn note(&self, status: u32) {
        self.status.set(self.status.get() | status);
    }

    /// Notes what happened, and raises what is trapped.
    #[inline]
    pub fn settle(&self, vm: &Vm, status: u32) -> PyResult<()> {
        if status == 0 {
            return Ok(());
        }
        self.note(status);
        let trapped = status & self.traps.get();
        if trapped != 0 {
            provided(vm, "raise_signal", &[vm.int(trapped as i64)])?;
        }
        Ok(())
    }

    pub fn binary(
        vm: &Vm,
        this: Ref<Context>,
        a: Value,
        b: Value,
        f: fn(&Number, &Number, &mut Rules) -> Number,
    ) -> PyResult<Value> {
        let (a, b) = (decimal::needed(vm, a)?, decimal::needed(vm, b)?);
        this.compute(vm, |rules| f(&a, &b, rules))
    }

    pub fn compute(&self, vm: &Vm, f: impl FnOnce(&mut Rules) -> Number) -> PyResult<Value> {
        let mut rules = self.rules();
        let n = f(&mut rules);
        self.settle(vm, rules.status)?;
        decimal::make(vm, Decimal::class(), &n)
    }
}

/// The value given to a setter: attributes cannot be deleted.
fn set(vm: &Vm, v: Option<Value>) -> PyResult<Value> {
    v.ok_or_else(|| vm.error(Exc::AttributeError, "context attributes cannot be deleted"))
}

fn integer(vm: &Vm, v: Option<Value>, least: i64, most: i64, message: &str) -> PyResult<i64> {
    let v = set(vm, v)?;
    if as_int(v).is_none() {
        return Err(vm.type_error("an integer is required"));
    }
    let n = vm.index_i128(v)?;
    match i64::try_from(n) {
        Ok(n) if (least..=most).contains(&n) => Ok(n),
        _ => Err(vm.value_error(message)),
    }
}

fn me(v: Value) -> Ref<Context> {
    v.downcast::<Context>().expect("the receiver is a context")
}

pub fn rounding_named(vm: &Vm, v: Value) -> PyResult<Rounding> {
    let message = "valid values for rounding are:\n  [ROUND_CEILING, ROUND_FLOOR, ROUND_UP, ROUND_DOWN,\n   ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN,\n   ROUND_05UP]";
    let Some(name) = v.downcast::<Str>() else { raise!(vm, TypeError, "{message}") };
    match Rounding::ALL.iter().find(|(_, text)| name.eq_str(text)) {
        Some((rounding, _)) => Ok(*rounding),
        None => raise!(vm, TypeError, "{message}"),
    }
}

#[pymethods]
impl Context {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, _args: Args) -> PyResult<Value> {
        let c = Context {
            h: LongHeader::new(),
            precision: Cell::new(28),
            emin: Cell::new(-999_999),
            emax: Cell::new(999_999),
            status: Cell::new(0),
            traps: Cell::new(0),
            rounding: Cell::new(Rounding::HalfEven),
            capitals: Cell::new(true),
            clamp: Cell::new(false),
        };
        if class == Context::class() {
            return Ok(adder_heap::new(Context::shape(), c).value());
        }
        Ok(vm.new_instance(class, c)?.value())
    }

    #[getter]
    fn prec(_: &Vm, this: Ref<Context>) -> i64 {
        this.precision.get()
    }

    #[setter]
    fn set_prec(vm: &Vm, this: Ref<Context>, v: Option<Value>) -> PyResult<()> {
        let n = integer(vm, v, 1, MAX_PREC, "valid range for prec is [1, MAX_PREC]")?;
        this.precision.set(n);
        Ok(())
    }

    #[getter(name = "Emin")]
    fn emin(_: &Vm, this: Ref<Context>) -> i64 {
        this.emin.get()
    }

    #[setter(name = "Emin")]
    fn set_emin(vm: &Vm, this: Ref<Context>, v: Option<Value>) -> PyResult<()> {
        this.emin.set(integer(vm, v, MIN_EMIN, 0, "valid range for Emin is [MIN_EMIN, 0]")?);
        Ok(())
    }

    #[getter(name = "Emax")]
    fn emax(_: &Vm, this: Ref<Context>) -> i64 {
        this.emax.get()
    }

    #[setter(name = "Emax")]
    fn set_emax(vm: &Vm, this: Ref<Context>, v: Option<Value>) -> PyResult<()> {
        this.emax.set(integer(vm, v, 0, MAX_EMAX, "valid range for Emax is [0, MAX_EMAX]")?);
        Ok(())
    }

    #[getter]
    fn rounding(_: &Vm, this: Ref<Context>) -> &'static str {
        this.rounding.get().name()
    }

    #[setter]
    fn set_rounding(vm: &Vm, this: Ref<Context>, v: Option<Value>) -> PyResult<()> {
        this.rounding.set(rounding_named(vm, set(vm, v)?)?);
        Ok(())
    }

    #[getter(name = "capitals")]
    fn capitals_(_: &Vm, this: Ref<Context>) -> i64 {
        this.capitals.get() as i64
    }

    #[setter(name = "capitals")]
    fn set_capitals(vm: &Vm, this: Ref<Context>, v: Option<Value>) -> PyResult<()> {
        this.capitals.set(integer(vm, v, 0, 1, "valid values for capitals are 0 or 1")? == 1);
        Ok(())
    }

    #[getter]
    fn clamp(_: &Vm, this: Ref<Context>) -> i64 {
        this.clamp.get() as i64
    }

    #[setter]
    fn set_clamp(vm: &Vm, this: Ref<Context>, v: Option<Value>) -> PyResult<()> {
        this.clamp.set(integer(vm, v, 0, 1, "valid values for clamp are 0 or 1")? == 1);
        Ok(())
    }

    #[getter]
    fn _flags(_: &Vm, this: Ref<Context>) -> i64 {
        this.status.get() as i64
    }

    #[setter]
    fn set__flags(vm: &Vm, this: Ref<Context>, v: Option<Value>) -> PyResult<()> {
        this.status.set(integer(vm, v, 0, 0x7fff, "valid range for flags is [0, 0x7fff]")? as u32);
        Ok(())
    }

    #[getter]
    fn _traps(_: &Vm, this: Ref<Context>) -> i64 {
        this.traps.get() as i64
    }

    #[setter]
    fn set__traps(vm: &Vm, this: Ref<Context>, v: Option<Value>) -> PyResult<()> {
        this.traps.set(integer(vm, v, 0, 0x7fff, "valid range for traps is [0, 0x7fff]")? as u32);
        Ok(())
    }

    /// Notes conditions, and raises what is trapped.
    #[pymethod("($self, status, /)")]
    fn _settle(vm: &Vm, this: Ref<Context>, status: i64) -> PyResult<()> {
        this.settle(vm, status as u32)
    }

    /// Return the sum of x and y.
    #[pymethod("($self, x, y, /)")]
    fn add(vm: &Vm, this: Ref<Context>, x: Value, y: Value) -> PyResult<Value> {
        Context::binary(vm, this, x, y, |a, b, rules| number::add(a, b, false, rules))
    }

    /// Return the difference between x and y.
    #[pymethod("($self, x, y, /)")]
    fn subtract(vm: &Vm, this: Ref<Context>, x: Value, y: Value) -> PyResult<Value> {
        Context::binary(vm, this, x, y, |a, b, rules| number::add(a, b, true, rules))
    }

    /// Return the product of x and y.
    #[pymethod("($self, x, y, /)")]
    fn multiply(vm: &Vm, this: Ref<Context>, x: Value, y: Value) -> PyResult<Value> {
        Context::binary(vm, this, x, y, number::multiply)
    }

    /// Return x divided by y.
    #[pymethod("($self, x, y, /)")]
    fn divide(vm: &Vm, this: Ref<Context>, x: Value, y: Value) -> PyResult<Value> {
        Context::binary(vm, this, x, y, number::divide)
    }

    /// Return x divided by y, truncated to an integer.
    #[pymethod("($self, x, y, /)")]
    fn divide_int(vm: &Vm, this: Ref<Context>, x: Value, y: Value) -> PyResult<Value> {
        Context::binary(vm, this, x, y, number::divide_int)
    }

    /// Return the remainder from integer division.  The sign of the result,
    /// if non-zero, is the same as that of the original dividend.
    #[pymethod("($self, x, y, /)")]
    fn remainder(vm: &Vm, this: Ref<Context>, x: Value, y: Value) -> PyResult<Value> {
        Context::binary(vm, this, x, y, number::remainder)
    }

    /// Return a value equal to x (rounded), having the exponent of y.
    #[pymethod("($self, x, y, /)")]
    fn quantize(vm: &Vm, this: Ref<Context>, x: Value, y: Value) -> PyResult<Value> {
        Context::binary(vm, this, x, y, number::quantize)
    }

    /// Return x multiplied by y, plus z.
    #[pymethod("($self, x, y, z, /)")]
    fn fma(vm: &Vm, this: Ref<Context>, x: Value, y: Value, z: Value) -> PyResult<Value> {
        let (x, y, z) = (decimal::needed(vm, x)?, decimal::needed(vm, y)?, decimal::needed(vm, z)?);
        this.compute(vm, |rules| number::fused(&x, &y, &z, rules))
    }

    /// Minus corresponds to the unary prefix minus operator in Python, but applies
    /// the context to the result.
    #[pymethod("($self, x, /)")]
    fn minus(vm: &Vm, this: Ref<Context>, x: Value) -> PyResult<Value> {
        let x = decimal::needed(vm, x)?;
        this.compute(vm, |rules| number::plus(&x, !x.negative, rules))
    }

    /// Plus corresponds to the unary prefix plus operator in Python, but applies
    /// the context to the result.
    #[pymethod("($self, x, /)")]
    fn plus(vm: &Vm, this: Ref<Context>, x: Value) -> PyResult<Value> {
        let x = decimal::needed(vm, x)?;
        this.compute(vm, |rules| number::plus(&x, x.negative, rules))
    }

    /// Return the absolute value of x.
    #[pymethod("($self, x, /)")]
    fn abs(vm: &Vm, this: Ref<Context>, x: Value) -> PyResult<Value> {
        let x = decimal::needed(vm, x)?;
        this.compute(vm, |rules| number::plus(&x, false, rules))
    }

    /// Create a new Decimal instance from num, using self as the context. Unlike the
    /// Decimal constructor, this function observes the context limits.
    #[pymethod("($self, num='0', /)")]
    fn create_decimal(vm: &Vm, this: Ref<Context>, num: Option<Value>) -> PyResult<Value> {
        let Some(num) = num else { return decimal::make(vm, Decimal::class(), &Number::zero(false, 0)) };
        decimal::create(vm, num, this)
    }
}
