//! The integer functions of `math`.

use adder_vm::builtins::int::to_ibig;
use adder_vm::builtins::int_ops as ops;
use adder_vm::error::PyResult;
use adder_vm::object::Value;
use adder_vm::raise;
use adder_vm::vm::Vm;
use dashu_int::ops::SquareRoot;
use dashu_int::{IBig, UBig};

/// The product of `first..=last` by halves, so that the factors are of similar size.
fn product(first: &UBig, count: u64) -> UBig {
    if count <= 8 {
        return (0..count).fold(UBig::ONE, |p, i| p * (first + UBig::from(i)));
    }
    let half = count / 2;
    product(first, half) * product(&(first + UBig::from(half)), count - half)
}

pub fn factorial(vm: &Vm, n: Value) -> PyResult<Value> {
    if ops::sign(n) < 0 {
        return Err(vm.value_error("factorial() not defined for negative values"));
    }
    let Some(n) = vm.int_to_i64(n) else {
        raise!(vm, OverflowError, "factorial() argument should not exceed {}", i64::MAX)
    };
    if n > 1 << 40 {
        return Err(vm.memory_error());
    }
    vm.int_from_ibig(&IBig::from(product(&UBig::ONE, n as u64)))
}

fn checked(vm: &Vm, v: Value, name: &str) -> PyResult<()> {
    if ops::sign(v) < 0 {
        raise!(vm, ValueError, "{name} must be a non-negative integer")
    }
    Ok(())
}

/// `n * (n - 1) * ... * (n - k + 1)`
fn falling(n: Value, k: u64) -> UBig {
    let n = to_ibig(n).into_parts().1;
    product(&(n - UBig::from(k) + UBig::ONE), k)
}

pub fn permutations(vm: &Vm, n: Value, k: Value) -> PyResult<Value> {
    checked(vm, n, "n")?;
    checked(vm, k, "k")?;
    if ops::compare(n, k).is_lt() {
        return Ok(vm.int(0));
    }
    let Some(k) = vm.int_to_i64(k) else { raise!(vm, OverflowError, "k must not exceed {}", i64::MAX) };
    vm.int_from_ibig(&IBig::from(falling(n, k as u64)))
}

pub fn combinations(vm: &Vm, n: Value, k: Value) -> PyResult<Value> {
    checked(vm, n, "n")?;
    checked(vm, k, "k")?;
    if ops::compare(n, k).is_lt() {
        return Ok(vm.int(0));
    }
    let other = ops::sub(vm, n, k)?;
    let k = if ops::compare(other, k).is_lt() { other } else { k };
    let Some(k) = vm.int_to_i64(k) else {
        raise!(vm, OverflowError, "min(n - k, k) must not exceed {}", i64::MAX)
    };
    let r = falling(n, k as u64) / product(&UBig::ONE, k as u64);
    vm.int_from_ibig(&IBig::from(r))
}

pub fn integer_sqrt(vm: &Vm, n: Value) -> PyResult<Value> {
    if ops::sign(n) < 0 {
        return Err(vm.value_error("isqrt() argument must be nonnegative"));
    }
    vm.int_from_ibig(&IBig::from(to_ibig(n).into_parts().1.sqrt()))
}

pub fn lcm(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    if ops::is_zero(a) || ops::is_zero(b) {
        return Ok(vm.int(0));
    }
    let divisor = ops::gcd(vm, a, b)?;
    let r = ops::mul(vm, ops::floor_div(vm, a, divisor)?, b)?;
    ops::abs(vm, r)
}

/// Mantissa in [0.5, 1) and binary exponent of a positive int (`_PyLong_Frexp`).
pub fn frexp(n: Value) -> (f64, u64) {
    let bits = ops::bit_length(n);
    let unit = IBig::from(1) << bits as usize;
    let m = ops::ratio(&to_ibig(n), &unit).expect("a quotient below one");
    if m == 1.0 { (0.5, bits + 1) } else { (m, bits) }
}
