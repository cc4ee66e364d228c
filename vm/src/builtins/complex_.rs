//! `complex`: pairs of doubles.
//!
//! Arithmetic of two complex numbers, and of a complex with a real one, follows annex G of the C
//! standard, as CPython 3.14's complexobject.c does: a real operand is not converted to a complex
//! with a zero imaginary part, and infinities that came out as NaN are recovered.

use crate::args::{Args, Params};
use crate::builtins::exceptions::Exc;
use crate::builtins::float::as_float;
use crate::builtins::float_methods::hash_float;
use crate::builtins::float_ops;
use crate::builtins::int::as_int;
use crate::builtins::int_ops;
use crate::builtins::singletons::{bool_value, not_implemented};
use crate::builtins::str_::Str;
use crate::builtins::type_::Type;
use crate::def;
use crate::error::{PyResult, Raised};
use crate::names::names;
use crate::object::{LongHeader, Object, Ref, Value, ValueExt};
use crate::raise;
use crate::shapes::id;
use crate::slots::CompareOp;
use crate::vm::Vm;
use adder_heap as heap;
use adder_macros::{pyclass, pymethods};
use adder_text::float::ComplexError;
use adder_text::{float as text, format_number, hash};

/// Create a complex number from a string or numbers.
///
/// If a string is given, parse it as a complex number.
/// If a single number is given, convert it to a complex number.
/// If the 'real' or 'imag' arguments are given, create a complex number
/// with the specified real and imaginary components.
#[pyclass(name = "complex", fixed = id::COMPLEX, flags = def::BASE, signature = "(real=0, imag=0)")]
#[repr(C)]
pub struct Complex {
    h: LongHeader,
    pub real: f64,
    pub imag: f64,
}

/// Real and imaginary part.
pub type Pair = (f64, f64);

const NEW: Params = Params {
    owner: "",
    function: "complex",
    names: &["real", "imag"],
    pos_only: 0,
    positional: 2,
    required: 0,
    kw_only: 0,
    kw_required: 0,
    varargs: false,
    varkw: false,
};

impl Complex {
    pub fn pair(&self) -> Pair {
        (self.real, self.imag)
    }
}

/// An operand of mixed arithmetic.
enum Operand {
    Complex(Pair),
    Real(f64),
}

fn operand(vm: &Vm, v: Value) -> PyResult<Option<Operand>> {
    if let Some(c) = v.downcast::<Complex>() {
        return Ok(Some(Operand::Complex(c.pair())));
    }
    Ok(float_ops::operand(vm, v)?.map(Operand::Real))
}

macro_rules! both {
    ($vm:expr, $a:expr, $b:expr) => {
        match (operand($vm, $a)?, operand($vm, $b)?) {
            (Some(x), Some(y)) => (x, y),
            _ => return Ok(not_implemented()),
        }
    };
}

/// 1 for an infinity and 0 else, with the sign of `x`: the corner of the box that `x` is in.
fn boxed(x: f64) -> f64 {
    (if x.is_infinite() { 1.0f64 } else { 0.0 }).copysign(x)
}

fn nan_to_zero(x: f64) -> f64 {
    if x.is_nan() { 0f64.copysign(x) } else { x }
}

/// `_Py_c_prod`
pub fn product(z: Pair, w: Pair) -> Pair {
    let ((mut a, mut b), (mut c, mut d)) = (z, w);
    let (ac, bd, ad, bc) = (a * c, b * d, a * d, b * c);
    let r = (ac - bd, ad + bc);
    if !(r.0.is_nan() && r.1.is_nan()) {
        return r;
    }
    let mut again = false;
    if a.is_infinite() || b.is_infinite() {
        (a, b, c, d) = (boxed(a), boxed(b), nan_to_zero(c), nan_to_zero(d));
        again = true;
    }
    if c.is_infinite() || d.is_infinite() {
        (a, b, c, d) = (nan_to_zero(a), nan_to_zero(b), boxed(c), boxed(d));
        again = true;
    }
    if !again && [ac, bd, ad, bc].iter().any(|x| x.is_infinite()) {
        (a, b, c, d) = (nan_to_zero(a), nan_to_zero(b), nan_to_zero(c), nan_to_zero(d));
        again = true;
    }
    if again { (f64::INFINITY * (a * c - b * d), f64::INFINITY * (a * d + b * c)) } else { r }
}

/// `_Py_c_quot`; None for division by zero.
pub fn quotient(a: Pair, b: Pair) -> Option<Pair> {
    let (abs_re, abs_im) = (b.0.abs(), b.1.abs());
    let r = if abs_re >= abs_im {
        if abs_re == 0.0 {
            return None;
        }
        let ratio = b.1 / b.0;
        let denominator = b.0 + b.1 * ratio;
        ((a.0 + a.1 * ratio) / denominator, (a.1 - a.0 * ratio) / denominator)
    } else if abs_im >= abs_re {
        let ratio = b.0 / b.1;
        let denominator = b.0 * ratio + b.1;
        ((a.0 * ratio + a.1) / denominator, (a.1 * ratio - a.0) / denominator)
    } else {
        (f64::NAN, f64::NAN)
    };
    if r.0.is_nan() && r.1.is_nan() {
        if (a.0.is_infinite() || a.1.is_infinite()) && b.0.is_finite() && b.1.is_finite() {
            let (x, y) = (boxed(a.0), boxed(a.1));
            return Some((f64::INFINITY * (x * b.0 + y * b.1), f64::INFINITY * (y * b.0 - x * b.1)));
        }
        if (abs_re.is_infinite() || abs_im.is_infinite()) && a.0.is_finite() && a.1.is_finite() {
            let (x, y) = (boxed(b.0), boxed(b.1));
            return Some((0.0 * (a.0 * x + a.1 * y), 0.0 * (a.1 * x - a.0 * y)));
        }
    }
    Some(r)
}

/// A real by a complex number (`_Py_rc_quot`); None for division by zero.
fn quotient_of_real(a: f64, b: Pair) -> Option<Pair> {
    let (abs_re, abs_im) = (b.0.abs(), b.1.abs());
    let r = if abs_re >= abs_im {
        if abs_re == 0.0 {
            return None;
        }
        let ratio = b.1 / b.0;
        let denominator = b.0 + b.1 * ratio;
        (a / denominator, (-a * ratio) / denominator)
    } else if abs_im >= abs_re {
        let ratio = b.0 / b.1;
        let denominator = b.0 * ratio + b.1;
        ((a * ratio) / denominator, (-a) / denominator)
    } else {
        (f64::NAN, f64::NAN)
    };
    if r.0.is_nan() && r.1.is_nan() && a.is_finite() && (abs_re.is_infinite() || abs_im.is_infinite()) {
        let (x, y) = (boxed(b.0), boxed(b.1));
        return Some((0.0 * (a * x), 0.0 * (-a * y)));
    }
    Some(r)
}

/// By squaring (`c_powu`).
fn power_unsigned(x: Pair, n: u32) -> Pair {
    if n == 0 {
        return (1.0, 0.0);
    }
    let (mut p, mut r) = (x, x);
    let n = n - 1;
    let mut mask = 1;
    while n >= mask {
        if n & mask != 0 {
            r = product(r, p);
        }
        mask <<= 1;
        if n >= mask {
            p = product(p, p);
        }
    }
    r
}

/// `complex ** complex` with CPython's errors (`complex_pow`).
pub fn power(vm: &Vm, a: Pair, b: Pair) -> PyResult<Value> {
    let zero = || vm.error(Exc::ZeroDivisionError, "zero to a negative or complex power");
    let r = if b.1 == 0.0 && b.0 == b.0.floor() && b.0.abs() <= 100.0 {
        let n = b.0 as i32;
        if n >= 0 {
            power_unsigned(a, n as u32)
        } else {
            match quotient((1.0, 0.0), power_unsigned(a, n.unsigned_abs())) {
                Some(q) => q,
                None => return Err(zero()),
            }
        }
    } else if a == (0.0, 0.0) {
        if b.1 != 0.0 || b.0 < 0.0 {
            return Err(zero());
        }
        (0.0, 0.0)
    } else {
        let magnitude = a.0.hypot(a.1);
        let mut len = magnitude.powf(b.0);
        let at = a.1.atan2(a.0);
        let mut phase = at * b.0;
        if b.1 != 0.0 {
            len *= (-at * b.1).exp();
            phase += b.1 * magnitude.ln();
        }
        (len * phase.cos(), len * phase.sin())
    };
    if r.0.is_infinite() || r.1.is_infinite() {
        return Err(vm.overflow_error("complex exponentiation"));
    }
    Ok(vm.complex(r.0, r.1))
}

fn zero_division(vm: &Vm) -> Raised {
    vm.error(Exc::ZeroDivisionError, "division by zero")
}

impl Vm {
    pub fn complex(&self, real: f64, imag: f64) -> Value {
        heap::new(Complex::shape(), Complex { h: LongHeader::new(), real, imag }).value()
    }

    fn complex_of_class(&self, class: Ref<Type>, (real, imag): Pair) -> PyResult<Value> {
        Ok(self.new_instance(class, Complex { h: LongHeader::new(), real, imag })?.value())
    }

    /// What `__complex__` returns, if there is one.
    fn complex_special(&self, v: Value) -> PyResult<Option<Pair>> {
        let Some(r) = self.call_special(v, names().__complex__, &[])? else { return Ok(None) };
        let Some(c) = r.downcast::<Complex>() else {
            raise!(self, TypeError, "__complex__ returned non-complex (type {})", r.class().name())
        };
        if !r.is::<Complex>() {
            self.warn_deprecated(&format!(
                "__complex__ returned non-complex (type {}).  The ability to return an instance of a strict \
                 subclass of complex is deprecated, and may not be allowed in a future version of Python.",
                r.class().name()
            ))?;
        }
        Ok(Some(c.pair()))
    }

    /// The value of a number as complex (PyComplex_AsCComplex).
    pub fn to_complex(&self, v: Value) -> PyResult<Pair> {
        if let Some(c) = v.downcast::<Complex>() {
            return Ok(c.pair());
        }
        if as_float(v).is_none()
            && as_int(v).is_none()
            && let Some(c) = self.complex_special(v)?
        {
            return Ok(c);
        }
        Ok((self.to_f64(v)?, 0.0))
    }

    fn complex_from_str(&self, s: Ref<Str>) -> PyResult<Pair> {
        let ascii = adder_text::classify::to_ascii_number(s.units());
        match text::parse_complex(&ascii) {
            Ok(pair) => Ok(pair),
            Err(ComplexError::Underscore) => {
                raise!(
                    self,
                    ValueError,
                    "could not convert string to complex: {}",
                    self.repr_string(s.value())?
                )
            }
            Err(ComplexError::Malformed) => Err(self.value_error("complex() arg is a malformed string")),
        }
    }
}

fn is_real(v: Value) -> bool {
    let slots = v.class().slots();
    slots.nb_float.is_some() || slots.nb_index.is_some()
}

/// `complex(x)` for one positional argument.
fn of_one(vm: &Vm, class: Ref<Type>, x: Value) -> PyResult<Value> {
    if x.is::<Complex>() && class == Complex::class() {
        return Ok(x);
    }
    if let Some(s) = x.downcast::<Str>() {
        return vm.complex_of_class(class, vm.complex_from_str(s)?);
    }
    if let Some(pair) = vm.complex_special(x)? {
        return vm.complex_of_class(class, pair);
    }
    if let Some(c) = x.downcast::<Complex>() {
        return vm.complex_of_class(class, c.pair());
    }
    if !is_real(x) {
        raise!(vm, TypeError, "complex() argument must be a string or a number, not {}", x.class().name())
    }
    vm.complex_of_class(class, (vm.number_float(x)?, 0.0))
}

/// `complex(real, imag)`
fn of_two(vm: &Vm, class: Ref<Type>, real: Option<Value>, imag: Option<Value>) -> PyResult<Value> {
    let wrong = |which: &str, v: Value| {
        format!("complex() argument '{which}' must be a real number, not {}", v.class().name())
    };
    let r = real.unwrap_or(vm.int(0));
    let special = vm.complex_special(r)?;
    let of_complex = special.or(r.downcast::<Complex>().map(|c| c.pair()));
    if of_complex.is_none() && !is_real(r) {
        return Err(vm.type_error(wrong("real", r)));
    }
    if let Some(i) = imag
        && !is_real(i)
        && i.downcast::<Complex>().is_none()
    {
        return Err(vm.type_error(wrong("imag", i)));
    }
    let mut re = match of_complex {
        Some(pair) => {
            vm.warn_deprecated(&wrong("real", r))?;
            pair
        }
        None => (vm.number_float(r)?, 0.0),
    };
    let im = match imag {
        None => re.1,
        Some(i) => {
            let part = match i.downcast::<Complex>() {
                Some(c) => {
                    vm.warn_deprecated(&wrong("imag", i))?;
                    re.0 -= c.imag;
                    c.real
                }
                None => vm.number_float(i)?,
            };
            if of_complex.is_some() { part + re.1 } else { part }
        }
    };
    vm.complex_of_class(class, (re.0, im))
}

#[pymethods]
impl Complex {
    #[slot(tp_new)]
    fn construct(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        match (args.pos(), args.has_keywords()) {
            ([], false) => vm.complex_of_class(class, (0.0, 0.0)),
            ([x], false) => of_one(vm, class, *x),
            _ => {
                if args.all().len() > 2 {
                    raise!(vm, TypeError, "complex() takes at most 2 arguments ({} given)", args.all().len())
                }
                let mut bound = [None; 2];
                NEW.bind(vm, args, &mut bound)?;
                of_two(vm, class, bound[0], bound[1])
            }
        }
    }

    #[slot(tp_repr)]
    fn repr(_: &Vm, this: Value) -> PyResult<Value> {
        let c = own(this);
        let text = text::repr_complex(c.0, c.1);
        Ok(Str::from_ascii(&text).expect("out of memory").value())
    }

    #[slot(tp_hash)]
    fn hash(_: &Vm, this: Value) -> PyResult<i64> {
        let c = own(this);
        Ok(hash::hash_complex(hash_float(c.0, this), hash_float(c.1, this)))
    }

    #[slot(tp_richcompare)]
    fn compare(_: &Vm, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
        if op != CompareOp::Eq && op != CompareOp::Ne {
            return Ok(not_implemented());
        }
        let x = own(a);
        let equal = if let Some(c) = b.downcast::<Complex>() {
            x == c.pair()
        } else if let Some(f) = as_float(b) {
            x == (f, 0.0)
        } else if let Some(i) = as_int(b) {
            x.1 == 0.0 && int_ops::compare_f64(i, x.0).is_some_and(|o| o.is_eq())
        } else {
            return Ok(not_implemented());
        };
        Ok(bool_value(equal == (op == CompareOp::Eq)))
    }

    #[slot(nb_add)]
    fn add(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        let r = match both!(vm, a, b) {
            (Operand::Complex(x), Operand::Complex(y)) => (x.0 + y.0, x.1 + y.1),
            (Operand::Complex(x), Operand::Real(y)) => (x.0 + y, x.1),
            (Operand::Real(x), Operand::Complex(y)) => (x + y.0, y.1),
            _ => return Ok(not_implemented()),
        };
        Ok(vm.complex(r.0, r.1))
    }

    #[slot(nb_subtract)]
    fn sub(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        let r = match both!(vm, a, b) {
            (Operand::Complex(x), Operand::Complex(y)) => (x.0 - y.0, x.1 - y.1),
            (Operand::Complex(x), Operand::Real(y)) => (x.0 - y, x.1),
            (Operand::Real(x), Operand::Complex(y)) => (x - y.0, -y.1),
            _ => return Ok(not_implemented()),
        };
        Ok(vm.complex(r.0, r.1))
    }

    #[slot(nb_multiply)]
    fn mul(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        let r = match both!(vm, a, b) {
            (Operand::Complex(x), Operand::Complex(y)) => product(x, y),
            (Operand::Complex(x), Operand::Real(y)) | (Operand::Real(y), Operand::Complex(x)) => {
                (x.0 * y, x.1 * y)
            }
            _ => return Ok(not_implemented()),
        };
        Ok(vm.complex(r.0, r.1))
    }

    #[slot(nb_true_divide)]
    fn true_divide(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        let r = match both!(vm, a, b) {
            (Operand::Complex(x), Operand::Complex(y)) => quotient(x, y),
            (Operand::Complex(x), Operand::Real(y)) => (y != 0.0).then(|| (x.0 / y, x.1 / y)),
            (Operand::Real(x), Operand::Complex(y)) => quotient_of_real(x, y),
            _ => return Ok(not_implemented()),
        };
        match r {
            Some(r) => Ok(vm.complex(r.0, r.1)),
            None => Err(zero_division(vm)),
        }
    }

    #[slot(nb_power)]
    fn power_slot(vm: &Vm, a: Value, b: Value, modulus: Value) -> PyResult<Value> {
        let pair = |o| match o {
            Operand::Complex(p) => p,
            Operand::Real(x) => (x, 0.0),
        };
        let (x, y) = both!(vm, a, b);
        if !modulus.is_none() {
            return Err(vm.value_error("complex modulo"));
        }
        power(vm, pair(x), pair(y))
    }

    #[slot(nb_negative)]
    fn negative(vm: &Vm, this: Value) -> PyResult<Value> {
        let c = own(this);
        Ok(vm.complex(-c.0, -c.1))
    }

    #[slot(nb_positive)]
    fn positive(vm: &Vm, this: Value) -> PyResult<Value> {
        let c = own(this);
        if this.is::<Complex>() { Ok(this) } else { Ok(vm.complex(c.0, c.1)) }
    }

    #[slot(nb_absolute)]
    fn absolute(vm: &Vm, this: Value) -> PyResult<Value> {
        let c = own(this);
        let r = c.0.hypot(c.1);
        if r.is_infinite() && c.0.is_finite() && c.1.is_finite() {
            return Err(vm.overflow_error("absolute value too large"));
        }
        Ok(vm.float(r))
    }

    #[slot(nb_bool)]
    fn truth(_: &Vm, this: Value) -> PyResult<bool> {
        Ok(own(this) != (0.0, 0.0))
    }

    /// the real part of a complex number
    #[getter]
    fn real(_: &Vm, this: Ref<Complex>) -> f64 {
        this.real
    }

    /// the imaginary part of a complex number
    #[getter]
    fn imag(_: &Vm, this: Ref<Complex>) -> f64 {
        this.imag
    }

    /// Convert number to a complex floating-point number.
    #[classmethod("($type, number, /)")]
    fn from_number(vm: &Vm, class: Ref<Type>, number: Value) -> PyResult<Value> {
        if number.is::<Complex>() && class == Complex::class() {
            return Ok(number);
        }
        let (re, im) = vm.to_complex(number)?;
        let value = vm.complex(re, im);
        if class == Complex::class() { Ok(value) } else { vm.call(class.value(), &[value]) }
    }

    /// Return the complex conjugate of its argument. (3-4j).conjugate() == 3+4j.
    #[pymethod("($self, /)")]
    fn conjugate(vm: &Vm, this: Ref<Complex>) -> Value {
        vm.complex(this.real, -this.imag)
    }

    /// Convert this value to exact type complex.
    #[pymethod("($self, /)")]
    fn __complex__(vm: &Vm, this: Value) -> PyResult<Value> {
        Complex::positive(vm, this)
    }

    #[pymethod("($self, /)")]
    fn __getnewargs__(vm: &Vm, this: Ref<Complex>) -> (f64, f64) {
        let _ = vm;
        this.pair()
    }

    /// Convert to a string according to format_spec.
    #[pymethod("($self, format_spec, /)")]
    fn __format__(vm: &Vm, this: Ref<Complex>, format_spec: Ref<Str>) -> PyResult<Value> {
        if format_spec.is_empty() {
            return Ok(vm.str(this.value())?.value());
        }
        let name = this.value().class().name();
        let spec = format_spec.units();
        match format_number::format_complex(this.real, this.imag, spec, &name, format_number::C_LOCALE) {
            Ok(text) => vm.new_str_owned(text),
            Err(e) => Err(vm.raise_text_error(e)),
        }
    }
}

/// The receiver of a complex slot, whose class the caller has checked.
fn own(v: Value) -> Pair {
    v.downcast::<Complex>().expect("the receiver is a complex").pair()
}
