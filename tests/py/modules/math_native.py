# math: exact results where CPython's are, and its errors.
import math

def raises(exc, message, f, *args, **kw):
    try:
        f(*args, **kw)
    except exc as e:
        assert message is None or str(e) == message, str(e)
    else:
        raise AssertionError("nothing raised")

inf, nan = math.inf, math.nan
assert math.sqrt(16) == 4.0 and math.isqrt(10**60 + 1) == 10**30 and math.isqrt(0) == 0
assert math.factorial(20) == 2432902008176640000 and math.factorial(30) == 265252859812191058636308480000000
assert math.comb(100, 50) == 100891344545564193334812497256 and math.perm(5, 2) == 20 and math.perm(5) == 120 and math.comb(3, 5) == 0
assert math.gcd(12, 18) == 6 and math.gcd() == 0 and math.gcd(2**100, 6**50) == 2**50 and math.lcm(4, 6) == 12 and math.lcm() == 1
assert math.fsum([0.1] * 10) == 1.0 and math.fsum([1e308, -1e308, 1]) == 1.0 and math.fsum([]) == 0.0
assert math.sumprod([1.5, 2], [3, 4]) == 12.5 and math.sumprod([10**30], [2]) == 2 * 10**30
assert math.sumprod([0.1] * 10, [0.1] * 10) == 0.1 and math.prod([1, 2, 3], start=2) == 12
assert math.hypot(3, 4) == 5.0 and math.hypot() == 0.0 and math.dist([1, 2], [4, 6]) == 5.0 and math.hypot(inf, nan) == inf
assert math.gamma(0.5) == 1.7724538509055159 and math.gamma(5) == 24.0 and math.lgamma(10) == 12.801827480081467
assert math.erf(1) == 0.8427007929497149 and math.erfc(1) == 0.15729920705028513
assert math.log(10**400) == 921.0340371976182 and math.log2(2**2000) == 2000.0 and math.log10(10**500) == 500.0 and math.log(8, 2) == 3.0
assert math.nextafter(0, 1) == 5e-324 and math.nextafter(1, 2, steps=2**70) == 2.0 and math.nextafter(0, 1, steps=3) == 1.5e-323
assert math.ulp(1.0) == 2.220446049250313e-16 and math.ulp(inf) == inf and math.remainder(5, 3) == -1.0
assert math.frexp(8.0) == (0.5, 4) and math.ldexp(0.5, 4) == 8.0 and math.ldexp(1.0, -1074) == 5e-324 and math.ldexp(1.0, -10**40) == 0.0
assert math.frexp(5e-324) == (0.5, -1073) and math.modf(-1.5) == (-0.5, -1.0) and math.modf(inf) == (0.0, inf)
assert math.floor(-1.5) == -2 and math.ceil(1.2) == 2 and math.trunc(-1.7) == -1 and math.floor(1e20) == 10**20 and math.floor(5) == 5
assert math.fma(2, 3, 4) == 10.0 and math.copysign(1, -0.0) == -1.0 and math.fabs(-2) == 2.0 and math.fmod(-7, 3) == -1.0
assert math.isclose(1, 1 + 1e-10) and not math.isclose(1, 2) and math.isnan(nan) and math.isinf(-inf) and math.isfinite(1)
assert math.pow(2, 0.5) == 1.4142135623730951 and math.pow(0.0, -inf) == inf and math.exp(1) == math.e and math.cbrt(8) == 2.0
assert math.degrees(math.pi) == 180.0 and math.radians(180) == math.pi and math.asinh(1) == 0.881373587019543 and math.isclose(math.atanh(0.5), 0.5493061443340549)
for f, args, message in [
    (math.sqrt, (-1,), "expected a nonnegative input, got -1.0"), (math.log, (0,), "expected a positive input"),
    (math.log, (-1.0,), "expected a positive input, got -1.0"), (math.sin, (inf,), "expected a finite input, got inf"),
    (math.acos, (2,), "expected a number in range from -1 up to 1, got 2.0"), (math.pow, (-1, 0.5), "math domain error"),
    (math.gamma, (-1,), "expected a noninteger or positive integer, got -1.0"), (math.fmod, (1, 0), "math domain error"),
    (math.factorial, (-1,), "factorial() not defined for negative values"), (math.comb, (-1, 2), "n must be a non-negative integer"),
    (math.isqrt, (-1,), "isqrt() argument must be nonnegative"), (math.fsum, ([inf, -inf],), "-inf + inf in fsum"),
    (math.dist, ([1], [1, 2]), "both points must have the same number of dimensions"), (math.fma, (inf, 0, 0), "invalid operation in fma"),
    (math.atanh, (1,), "expected a number between -1 and 1, got 1.0"), (math.log1p, (-1,), "expected argument value > -1, got -1.0"),
]:
    raises(ValueError, message, f, *args)
for f, args, message in [
    (math.exp, (1000,), "math range error"), (math.pow, (10, 400), "math range error"), (math.gamma, (172,), "math range error"),
    (math.fsum, ([1e308, 1e308],), "intermediate overflow in fsum"), (math.ldexp, (1, 5000), "math range error"),
    (math.fma, (1e308, 10, 0), "overflow in fma"), (math.sqrt, (10**400,), "int too large to convert to float"),
]:
    raises(OverflowError, message, f, *args)
raises(TypeError, "must be real number, not str", math.sin, "a")
raises(TypeError, "'float' object cannot be interpreted as an integer", math.factorial, 2.0)
raises(TypeError, "Expected an int as second argument to ldexp.", math.ldexp, 1, "a")
raises(TypeError, "type str doesn't define __trunc__ method", math.trunc, "a")
raises(ZeroDivisionError, "division by zero", math.log, 2, 1)
assert math.copysign(1, math.nextafter(-5e-324, 0.0)) == -1.0 and math.copysign(1, math.nextafter(5e-324, -0.0)) == 1.0
