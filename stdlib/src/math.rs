//! `math`. The algorithms are in `math_float.rs` and `math_int.rs`; here are arguments and errors.

use crate::math_float::{self as float, ExactSum, MathError, SumError, TripleSum};
use crate::{libm, math_int};
use adder_macros::pymodule;
use adder_vm::args::Args;
use adder_vm::builtins::int::as_int;
use adder_vm::builtins::int_ops as ops;
use adder_vm::builtins::module::Module;
use adder_vm::error::{PyResult, Raised};
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::protocol::BinaryOp;
use adder_vm::raise;
use adder_vm::vm::Vm;

/// `repr` of a double.
fn shown(x: f64) -> String {
    String::from_utf8(adder_text::float::repr(x)).unwrap_or_default()
}

fn domain(vm: &Vm) -> Raised {
    vm.value_error("math domain error")
}

fn range(vm: &Vm) -> Raised {
    vm.overflow_error("math range error")
}

/// Checks the result of a function of one double (`math_1`): a NaN out of nothing is outside the
/// domain, an infinity a pole or an overflow.
fn check(vm: &Vm, x: f64, r: f64, overflows: bool, expected: &str) -> PyResult<f64> {
    if (r.is_nan() && !x.is_nan()) || (r.is_infinite() && x.is_finite() && !overflows) {
        if expected.is_empty() {
            return Err(domain(vm));
        }
        raise!(vm, ValueError, "{expected}, got {}", shown(x))
    }
    if r.is_infinite() && x.is_finite() {
        return Err(range(vm));
    }
    Ok(r)
}

/// A logarithm of any number (`loghelper`).
fn logarithm(vm: &Vm, v: Value, f: fn(f64) -> f64) -> PyResult<f64> {
    if let Some(i) = as_int(v) {
        if ops::sign(i) <= 0 {
            return Err(vm.value_error("expected a positive input"));
        }
        if ops::bit_length(i) <= 1023 {
            return Ok(f(vm.int_to_f64(i)?));
        }
        let (m, e) = math_int::frexp(i);
        return Ok(f(m) + f(2.0) * e as f64);
    }
    let x = vm.to_f64(v)?;
    if x <= 0.0 {
        raise!(vm, ValueError, "expected a positive input, got {}", shown(x))
    }
    Ok(f(x))
}

/// The values of an iterable in a list, so that they can be indexed.
fn coordinates(vm: &Vm, v: Value) -> PyResult<Vec<f64>> {
    let mut out = vec![];
    vm.iterate(v, &mut |item| {
        out.push(vm.to_f64(item)?);
        Ok(())
    })?;
    Ok(out)
}

/// The norm of absolute values.
fn norm(mut values: Vec<f64>) -> f64 {
    let (mut max, mut found_nan) = (0f64, false);
    for v in &mut values {
        *v = v.abs();
        found_nan |= v.is_nan();
        if *v > max {
            max = *v;
        }
    }
    float::vector_norm(&mut values, max, found_nan)
}

/// The running total of `sumprod`: exact for ints, extended for floats, anything else by operators.
struct Products {
    ints: bool,
    floats: bool,
    float_sum: TripleSum,
    float_used: bool,
}

impl Products {
    fn flush(&mut self, vm: &Vm, total: Value) -> PyResult<Value> {
        self.floats = false;
        if !self.float_used {
            return Ok(total);
        }
        self.float_used = false;
        let part = vm.float(self.float_sum.value());
        vm.binary_op(BinaryOp::Add, total, part)
    }

    fn add(&mut self, vm: &Vm, total: Value, p: Value, q: Value) -> PyResult<Value> {
        let exact_int =
            |v: Value| as_int(v).filter(|_| v.is_small() || v.is::<adder_vm::builtins::int::BigInt>());
        if self.ints {
            if let (Some(x), Some(y)) = (exact_int(p), exact_int(q)) {
                return ops::add(vm, total, ops::mul(vm, x, y)?);
            }
            self.ints = false;
        }
        if self.floats {
            // A float with a float, or with an int or bool that fits one.
            let exact = |v: Value| v.exact::<adder_vm::builtins::float::Float>().map(|f| f.value);
            let plain = |v: Value| {
                let i = as_int(v)
                    .filter(|_| exact_int(v).is_some() || adder_vm::builtins::int_methods::is_bool(v))?;
                if ops::bit_length(i) <= 1023 { vm.int_to_f64(i).ok() } else { None }
            };
            let pair = match (exact(p), exact(q)) {
                (Some(x), Some(y)) => Some((x, y)),
                (Some(x), None) => plain(q).map(|y| (x, y)),
                (None, Some(y)) => plain(p).map(|x| (x, y)),
                (None, None) => None,
            };
            if let Some((x, y)) = pair {
                let next = self.float_sum.add_product(x, y);
                if next.high.is_finite() {
                    self.float_sum = next;
                    self.float_used = true;
                    return Ok(total);
                }
            }
        }
        let total = self.flush(vm, total)?;
        let product = vm.binary_op(BinaryOp::Mul, p, q)?;
        vm.binary_op(BinaryOp::Add, total, product)
    }
}

/// `number.__floor__()` and the like, if the type has it.
fn rounding_method(vm: &Vm, x: Value, name: &str) -> PyResult<Option<Value>> {
    if let Some(i) = as_int(x)
        && (x.is_small() || i == x)
    {
        return Ok(Some(i));
    }
    vm.call_special(x, vm.intern_str(name), &[])
}

/// This module provides access to the mathematical functions
/// defined by the C standard.
#[pymodule]
pub mod math {
    use super::*;

    pub fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        m.dict().set_str(vm, "pi", vm.float(std::f64::consts::PI));
        m.dict().set_str(vm, "e", vm.float(std::f64::consts::E));
        m.dict().set_str(vm, "tau", vm.float(std::f64::consts::TAU));
        m.dict().set_str(vm, "inf", vm.float(f64::INFINITY));
        m.dict().set_str(vm, "nan", vm.float(f64::NAN));
        Ok(())
    }

    /// Return the arc cosine (measured in radians) of x.
    ///
    /// The result is between 0 and pi.
    #[pyfunction("($module, x, /)")]
    fn acos(vm: &Vm, x: f64) -> PyResult<f64> {
        check(vm, x, x.acos(), false, "expected a number in range from -1 up to 1")
    }

    /// Return the inverse hyperbolic cosine of x.
    #[pyfunction("($module, x, /)")]
    fn acosh(vm: &Vm, x: f64) -> PyResult<f64> {
        check(vm, x, libm::acosh(x), false, "expected argument value not less than 1")
    }

    /// Return the arc sine (measured in radians) of x.
    ///
    /// The result is between -pi/2 and pi/2.
    #[pyfunction("($module, x, /)")]
    fn asin(vm: &Vm, x: f64) -> PyResult<f64> {
        check(vm, x, x.asin(), false, "expected a number in range from -1 up to 1")
    }

    /// Return the inverse hyperbolic sine of x.
    #[pyfunction("($module, x, /)")]
    fn asinh(_: &Vm, x: f64) -> f64 {
        libm::asinh(x)
    }

    /// Return the arc tangent (measured in radians) of x.
    ///
    /// The result is between -pi/2 and pi/2.
    #[pyfunction("($module, x, /)")]
    fn atan(_: &Vm, x: f64) -> f64 {
        x.atan()
    }

    /// Return the arc tangent (measured in radians) of y/x.
    ///
    /// Unlike atan(y/x), the signs of both x and y are considered.
    #[pyfunction("($module, y, x, /)")]
    fn atan2(_: &Vm, y: f64, x: f64) -> f64 {
        y.atan2(x)
    }

    /// Return the inverse hyperbolic tangent of x.
    #[pyfunction("($module, x, /)")]
    fn atanh(vm: &Vm, x: f64) -> PyResult<f64> {
        check(vm, x, libm::atanh(x), false, "expected a number between -1 and 1")
    }

    /// Return the cube root of x.
    #[pyfunction("($module, x, /)")]
    fn cbrt(_: &Vm, x: f64) -> f64 {
        x.cbrt()
    }

    /// Return the ceiling of x as an Integral.
    ///
    /// This is the smallest integer >= x.
    #[pyfunction("($module, x, /)")]
    fn ceil(vm: &Vm, x: Value) -> PyResult<Value> {
        match rounding_method(vm, x, "__ceil__")? {
            Some(v) => Ok(v),
            None => vm.int_from_f64(vm.to_f64(x)?.ceil()),
        }
    }

    /// Return a float with the magnitude (absolute value) of x but the sign of y.
    ///
    /// On platforms that support signed zeros, copysign(1.0, -0.0)
    /// returns -1.0.
    #[pyfunction("($module, x, y, /)")]
    fn copysign(_: &Vm, x: f64, y: f64) -> f64 {
        x.copysign(y)
    }

    /// Return the cosine of x (measured in radians).
    #[pyfunction("($module, x, /)")]
    fn cos(vm: &Vm, x: f64) -> PyResult<f64> {
        check(vm, x, x.cos(), false, "expected a finite input")
    }

    /// Return the hyperbolic cosine of x.
    #[pyfunction("($module, x, /)")]
    fn cosh(vm: &Vm, x: f64) -> PyResult<f64> {
        check(vm, x, x.cosh(), true, "")
    }

    /// Convert angle x from radians to degrees.
    #[pyfunction("($module, x, /)")]
    fn degrees(_: &Vm, x: f64) -> f64 {
        x * (180.0 / std::f64::consts::PI)
    }

    /// Return the Euclidean distance between two points p and q.
    ///
    /// The points should be specified as sequences (or iterables) of
    /// coordinates.  Both inputs must have the same dimension.
    ///
    /// Roughly equivalent to:
    ///     sqrt(sum((px - qx) ** 2.0 for px, qx in zip(p, q)))
    #[pyfunction("($module, p, q, /)")]
    fn dist(vm: &Vm, p: Value, q: Value) -> PyResult<f64> {
        let (p, q) = (coordinates(vm, p)?, coordinates(vm, q)?);
        if p.len() != q.len() {
            return Err(vm.value_error("both points must have the same number of dimensions"));
        }
        Ok(norm(p.iter().zip(&q).map(|(x, y)| x - y).collect()))
    }

    /// Error function at x.
    #[pyfunction("($module, x, /)")]
    fn erf(_: &Vm, x: f64) -> f64 {
        libm::erf(x)
    }

    /// Complementary error function at x.
    #[pyfunction("($module, x, /)")]
    fn erfc(_: &Vm, x: f64) -> f64 {
        libm::erfc(x)
    }

    /// Return e raised to the power of x.
    #[pyfunction("($module, x, /)")]
    fn exp(vm: &Vm, x: f64) -> PyResult<f64> {
        check(vm, x, x.exp(), true, "")
    }

    /// Return 2 raised to the power of x.
    #[pyfunction("($module, x, /)")]
    fn exp2(vm: &Vm, x: f64) -> PyResult<f64> {
        check(vm, x, x.exp2(), true, "")
    }

    /// Return exp(x)-1.
    ///
    /// This function avoids the loss of precision involved in the direct evaluation of exp(x)-1 for small x.
    #[pyfunction("($module, x, /)")]
    fn expm1(vm: &Vm, x: f64) -> PyResult<f64> {
        check(vm, x, x.exp_m1(), true, "")
    }

    /// Return the absolute value of the float x.
    #[pyfunction("($module, x, /)")]
    fn fabs(_: &Vm, x: f64) -> f64 {
        x.abs()
    }

    /// Find n!.
    #[pyfunction("($module, n, /)")]
    fn factorial(vm: &Vm, n: Value) -> PyResult<Value> {
        math_int::factorial(vm, vm.index_value(n)?)
    }

    /// Return the floor of x as an Integral.
    ///
    /// This is the largest integer <= x.
    #[pyfunction("($module, x, /)")]
    fn floor(vm: &Vm, x: Value) -> PyResult<Value> {
        match rounding_method(vm, x, "__floor__")? {
            Some(v) => Ok(v),
            None => vm.int_from_f64(vm.to_f64(x)?.floor()),
        }
    }

    /// Fused multiply-add operation.
    ///
    /// Compute (x * y) + z with a single round.
    #[pyfunction("($module, x, y, z, /)")]
    fn fma(vm: &Vm, x: f64, y: f64, z: f64) -> PyResult<f64> {
        let r = x.mul_add(y, z);
        if r.is_nan() && !x.is_nan() && !y.is_nan() && !z.is_nan() {
            return Err(vm.value_error("invalid operation in fma"));
        }
        if r.is_infinite() && x.is_finite() && y.is_finite() && z.is_finite() {
            return Err(vm.overflow_error("overflow in fma"));
        }
        Ok(r)
    }

    /// Return fmod(x, y), according to platform C.
    ///
    /// x % y may differ.
    #[pyfunction("($module, x, y, /)")]
    fn fmod(vm: &Vm, x: f64, y: f64) -> PyResult<f64> {
        if y.is_infinite() && x.is_finite() {
            return Ok(x);
        }
        let r = x % y;
        if r.is_nan() && !x.is_nan() && !y.is_nan() {
            return Err(domain(vm));
        }
        Ok(r)
    }

    /// Return the mantissa and exponent of x, as pair (m, e).
    ///
    /// m is a float and e is an int, such that x = m * 2.**e.
    /// If x is 0, m and e are both 0.  Else 0.5 <= abs(m) < 1.0.
    #[pyfunction("($module, x, /)")]
    fn frexp(_: &Vm, x: f64) -> (f64, i32) {
        libm::frexp(x)
    }

    /// Return an accurate floating-point sum of values in the iterable seq.
    ///
    /// Assumes IEEE-754 floating-point arithmetic.
    #[pyfunction("($module, seq, /)")]
    fn fsum(vm: &Vm, seq: Value) -> PyResult<f64> {
        let error = |e| match e {
            SumError::Overflow => vm.overflow_error("intermediate overflow in fsum"),
            SumError::Invalid => vm.value_error("-inf + inf in fsum"),
        };
        let mut sum = ExactSum::default();
        vm.iterate(seq, &mut |v| sum.add(vm.to_f64(v)?).map_err(error))?;
        sum.finish().map_err(error)
    }

    /// Gamma function at x.
    #[pyfunction("($module, x, /)")]
    fn gamma(vm: &Vm, x: f64) -> PyResult<f64> {
        of_gamma(vm, x, float::gamma(x))
    }

    /// Natural logarithm of absolute value of Gamma function at x.
    #[pyfunction("($module, x, /)")]
    fn lgamma(vm: &Vm, x: f64) -> PyResult<f64> {
        of_gamma(vm, x, float::lgamma(x))
    }

    /// Greatest Common Divisor.
    #[pyfunction("($module, /, *integers)")]
    fn gcd(vm: &Vm, integers: Ref<adder_vm::builtins::tuple::Tuple>) -> PyResult<Value> {
        let mut r = vm.int(0);
        for v in integers.items() {
            r = ops::gcd(vm, r, vm.index_value(*v)?)?;
        }
        Ok(r)
    }

    /// Least Common Multiple.
    #[pyfunction("($module, /, *integers)")]
    fn lcm(vm: &Vm, integers: Ref<adder_vm::builtins::tuple::Tuple>) -> PyResult<Value> {
        let mut r = vm.int(1);
        for v in integers.items() {
            r = math_int::lcm(vm, r, vm.index_value(*v)?)?;
        }
        Ok(r)
    }

    /// Multidimensional Euclidean distance from the origin to a point.
    ///
    /// Roughly equivalent to:
    ///     sqrt(sum(x**2 for x in coordinates))
    ///
    /// For a two dimensional point (x, y), gives the hypotenuse
    /// using the Pythagorean theorem:  sqrt(x*x + y*y).
    ///
    /// For example, the hypotenuse of a 3/4/5 right triangle is:
    ///
    ///     >>> hypot(3.0, 4.0)
    ///     5.0
    #[pyfunction("($module, /, *coordinates)")]
    fn hypot(vm: &Vm, coordinates: Ref<adder_vm::builtins::tuple::Tuple>) -> PyResult<f64> {
        let mut values = Vec::with_capacity(coordinates.len());
        for v in coordinates.items() {
            values.push(vm.to_f64(*v)?);
        }
        Ok(norm(values))
    }

    /// Determine whether two floating-point numbers are close in value.
    ///
    ///   rel_tol
    ///     maximum difference for being considered "close", relative to the
    ///     magnitude of the input values
    ///   abs_tol
    ///     maximum difference for being considered "close", regardless of the
    ///     magnitude of the input values
    ///
    /// Return True if a is close in value to b, and False otherwise.
    ///
    /// For the values to be considered close, the difference between them
    /// must be smaller than at least one of the tolerances.
    ///
    /// -inf, inf and NaN behave similarly to the IEEE 754 Standard.  That
    /// is, NaN is not close to anything, even itself.  inf and -inf are
    /// only close to themselves.
    #[pyfunction("($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)")]
    fn isclose(vm: &Vm, a: f64, b: f64, rel_tol: Option<f64>, abs_tol: Option<f64>) -> PyResult<bool> {
        let (rel, abs) = (rel_tol.unwrap_or(1e-9), abs_tol.unwrap_or(0.0));
        if rel < 0.0 || abs < 0.0 {
            return Err(vm.value_error("tolerances must be non-negative"));
        }
        if a == b {
            return Ok(true);
        }
        if a.is_infinite() || b.is_infinite() {
            return Ok(false);
        }
        let diff = (b - a).abs();
        Ok(diff <= (rel * b).abs() || diff <= (rel * a).abs() || diff <= abs)
    }

    /// Return True if x is neither an infinity nor a NaN, and False otherwise.
    #[pyfunction("($module, x, /)")]
    fn isfinite(_: &Vm, x: f64) -> bool {
        x.is_finite()
    }

    /// Return True if x is a positive or negative infinity, and False otherwise.
    #[pyfunction("($module, x, /)")]
    fn isinf(_: &Vm, x: f64) -> bool {
        x.is_infinite()
    }

    /// Return True if x is a NaN (not a number), and False otherwise.
    #[pyfunction("($module, x, /)")]
    fn isnan(_: &Vm, x: f64) -> bool {
        x.is_nan()
    }

    /// Return the integer part of the square root of the input.
    #[pyfunction("($module, n, /)")]
    fn isqrt(vm: &Vm, n: Value) -> PyResult<Value> {
        math_int::integer_sqrt(vm, vm.index_value(n)?)
    }

    /// Return x * (2**i).
    ///
    /// This is essentially the inverse of frexp().
    #[pyfunction("($module, x, i, /)")]
    fn ldexp(vm: &Vm, x: f64, i: Value) -> PyResult<f64> {
        let Some(e) = as_int(i) else {
            return Err(vm.type_error("Expected an int as second argument to ldexp."));
        };
        let e = vm.int_to_i128(e).clamp(i32::MIN as i128, i32::MAX as i128) as i64;
        let r = libm::ldexp(x, e);
        if r.is_infinite() && x.is_finite() {
            return Err(range(vm));
        }
        Ok(r)
    }

    /// log(x, [base=math.e])
    /// Return the logarithm of x to the given base.
    ///
    /// If the base is not specified, returns the natural logarithm (base e) of x.
    #[pyfunction]
    fn log(vm: &Vm, args: Args) -> PyResult<f64> {
        if args.has_keywords() {
            return Err(vm.type_error("math.log() takes no keyword arguments"));
        }
        match args.pos() {
            [x] => logarithm(vm, *x, f64::ln),
            [x, base] => {
                let num = logarithm(vm, *x, f64::ln)?;
                let den = logarithm(vm, *base, f64::ln)?;
                if den == 0.0 {
                    raise!(vm, ZeroDivisionError, "division by zero")
                }
                Ok(num / den)
            }
            [] => Err(vm.type_error("log expected at least 1 argument, got 0")),
            more => raise!(vm, TypeError, "log expected at most 2 arguments, got {}", more.len()),
        }
    }

    /// Return the natural logarithm of 1+x (base e).
    ///
    /// The result is computed in a way which is accurate for x near zero.
    #[pyfunction("($module, x, /)")]
    fn log1p(vm: &Vm, x: f64) -> PyResult<f64> {
        check(vm, x, if x == 0.0 { x } else { x.ln_1p() }, false, "expected argument value > -1")
    }

    /// Return the base 10 logarithm of x.
    #[pyfunction("($module, x, /)")]
    fn log10(vm: &Vm, x: Value) -> PyResult<f64> {
        logarithm(vm, x, f64::log10)
    }

    /// Return the base 2 logarithm of x.
    #[pyfunction("($module, x, /)")]
    fn log2(vm: &Vm, x: Value) -> PyResult<f64> {
        logarithm(vm, x, f64::log2)
    }

    /// Return the fractional and integer parts of x.
    ///
    /// Both results carry the sign of x and are floats.
    #[pyfunction("($module, x, /)")]
    fn modf(_: &Vm, x: f64) -> (f64, f64) {
        if x.is_infinite() {
            return (0f64.copysign(x), x);
        }
        let whole = x.trunc();
        ((x - whole).copysign(x), whole)
    }

    /// Return the floating-point value the given number of steps after x towards y.
    ///
    /// If steps is not specified or is None, it defaults to 1.
    ///
    /// Raises a TypeError, if x or y is not a double, or if steps is not an integer.
    /// Raises ValueError if steps is negative.
    #[pyfunction("($module, x, y, /, *, steps=None)")]
    fn nextafter(vm: &Vm, x: f64, y: f64, steps: Option<Value>) -> PyResult<f64> {
        let n = match steps {
            Some(s) if !s.is_none() => {
                let s = vm.index_value(s)?;
                if ops::sign(s) < 0 {
                    return Err(vm.value_error("steps must be a non-negative integer"));
                }
                vm.int_to_u64(s).unwrap_or(u64::MAX)
            }
            // Without a count it is C's function, which keeps the sign when it reaches zero.
            _ => {
                let r = float::next_after(x, y, 1);
                return Ok(if r == 0.0 && x != 0.0 { 0f64.copysign(x) } else { r });
            }
        };
        Ok(float::next_after(x, y, n))
    }

    /// Number of ways to choose k items from n items without repetition and with order.
    ///
    /// Evaluates to n! / (n - k)! when k <= n and evaluates
    /// to zero when k > n.
    ///
    /// If k is not specified or is None, then k defaults to n
    /// and the function returns n!.
    ///
    /// Raises TypeError if either of the arguments are not integers.
    /// Raises ValueError if either of the arguments are negative.
    #[pyfunction("($module, n, k=None, /)")]
    fn perm(vm: &Vm, n: Value, k: Option<Value>) -> PyResult<Value> {
        let n = vm.index_value(n)?;
        match k {
            Some(k) if !k.is_none() => math_int::permutations(vm, n, vm.index_value(k)?),
            _ => math_int::factorial(vm, n),
        }
    }

    /// Number of ways to choose k items from n items without repetition and without order.
    ///
    /// Evaluates to n! / (k! * (n - k)!) when k <= n and evaluates
    /// to zero when k > n.
    ///
    /// Also called the binomial coefficient because it is equivalent
    /// to the coefficient of k-th term in polynomial expansion of the
    /// expression (1 + x)**n.
    ///
    /// Raises TypeError if either of the arguments are not integers.
    /// Raises ValueError if either of the arguments are negative.
    #[pyfunction("($module, n, k, /)")]
    fn comb(vm: &Vm, n: Value, k: Value) -> PyResult<Value> {
        let (n, k) = (vm.index_value(n)?, vm.index_value(k)?);
        math_int::combinations(vm, n, k)
    }

    /// Return x**y (x to the power of y).
    #[pyfunction("($module, x, y, /)")]
    fn pow(vm: &Vm, x: f64, y: f64) -> PyResult<f64> {
        let r = x.powf(y);
        if x.is_finite() && y.is_finite() && !r.is_finite() {
            // A NaN, or an infinity that is a pole at zero, is outside the domain.
            return Err(if r.is_nan() || x == 0.0 { domain(vm) } else { range(vm) });
        }
        Ok(r)
    }

    /// Calculate the product of all the elements in the input iterable.
    ///
    /// The default start value for the product is 1.
    ///
    /// When the iterable is empty, return the start value.  This function is
    /// intended specifically for use with numeric values and may reject
    /// non-numeric types.
    #[pyfunction("($module, iterable, /, *, start=1)")]
    fn prod(vm: &Vm, iterable: Value, start: Option<Value>) -> PyResult<Value> {
        let mut r = start.unwrap_or(vm.int(1));
        vm.iterate(iterable, &mut |v| {
            r = vm.binary_op(BinaryOp::Mul, r, v)?;
            Ok(())
        })?;
        Ok(r)
    }

    /// Convert angle x from degrees to radians.
    #[pyfunction("($module, x, /)")]
    fn radians(_: &Vm, x: f64) -> f64 {
        x * (std::f64::consts::PI / 180.0)
    }

    /// Difference between x and the closest integer multiple of y.
    ///
    /// Return x - n*y where n*y is the closest integer multiple of y.
    /// In the case where x is exactly halfway between two multiples of
    /// y, the nearest even value of n is used. The result is always exact.
    #[pyfunction("($module, x, y, /)")]
    fn remainder(vm: &Vm, x: f64, y: f64) -> PyResult<f64> {
        float::remainder(x, y).map_err(|_| domain(vm))
    }

    /// Return the sine of x (measured in radians).
    #[pyfunction("($module, x, /)")]
    fn sin(vm: &Vm, x: f64) -> PyResult<f64> {
        check(vm, x, x.sin(), false, "expected a finite input")
    }

    /// Return the hyperbolic sine of x.
    #[pyfunction("($module, x, /)")]
    fn sinh(vm: &Vm, x: f64) -> PyResult<f64> {
        check(vm, x, x.sinh(), true, "")
    }

    /// Return the square root of x.
    #[pyfunction("($module, x, /)")]
    fn sqrt(vm: &Vm, x: f64) -> PyResult<f64> {
        check(vm, x, x.sqrt(), false, "expected a nonnegative input")
    }

    /// Return the sum of products of values from two iterables p and q.
    ///
    /// Roughly equivalent to:
    ///
    ///     sum(map(operator.mul, p, q, strict=True))
    ///
    /// For float and mixed int/float inputs, the intermediate products
    /// and sums are computed with extended precision.
    #[pyfunction("($module, p, q, /)")]
    fn sumprod(vm: &Vm, p: Value, q: Value) -> PyResult<Value> {
        let (p, q) = (vm.iter(p)?, vm.iter(q)?);
        let mut total = vm.int(0);
        let mut sum =
            Products { ints: true, floats: true, float_sum: TripleSum::default(), float_used: false };
        loop {
            match (vm.next(p)?, vm.next(q)?) {
                (Some(x), Some(y)) => total = sum.add(vm, total, x, y)?,
                (None, None) => return sum.flush(vm, total),
                _ => return Err(vm.value_error("Inputs are not the same length")),
            }
        }
    }

    /// Return the tangent of x (measured in radians).
    #[pyfunction("($module, x, /)")]
    fn tan(vm: &Vm, x: f64) -> PyResult<f64> {
        check(vm, x, x.tan(), false, "expected a finite input")
    }

    /// Return the hyperbolic tangent of x.
    #[pyfunction("($module, x, /)")]
    fn tanh(_: &Vm, x: f64) -> f64 {
        x.tanh()
    }

    /// Truncates the Real x to the nearest Integral toward 0.
    ///
    /// Uses the __trunc__ magic method.
    #[pyfunction("($module, x, /)")]
    fn trunc(vm: &Vm, x: Value) -> PyResult<Value> {
        match rounding_method(vm, x, "__trunc__")? {
            Some(v) => Ok(v),
            None => raise!(vm, TypeError, "type {} doesn't define __trunc__ method", x.class().name()),
        }
    }

    /// Return the value of the least significant bit of the float x.
    #[pyfunction("($module, x, /)")]
    fn ulp(_: &Vm, x: f64) -> f64 {
        float::ulp(x)
    }
}

fn of_gamma(vm: &Vm, x: f64, r: Result<f64, MathError>) -> PyResult<f64> {
    match r {
        Ok(r) => Ok(r),
        Err(MathError::Range) => Err(range(vm)),
        Err(MathError::Domain) => {
            raise!(vm, ValueError, "expected a noninteger or positive integer, got {}", shown(x))
        }
    }
}
