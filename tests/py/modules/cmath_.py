import cmath

inf, nan = float("inf"), float("nan")
FUNCTIONS = "acos acosh asin asinh atan atanh cos cosh exp log log10 sin sinh sqrt tan tanh".split()
POINTS = [1 + 2j, -3.5 - 0.25j, 0.5j, complex(-0.0, -2), complex(3, -0.0), 700 - 3j, 1e300 + 1e300j, 1e-320 + 0j]
SPECIAL = [complex(x, y) for x in (-inf, -1.5, -0.0, 0.0, 2.0, inf, nan) for y in (-inf, -1.0, 0.0, inf, nan)]


def shown(z):
    return "%.12g%+.12gj" % (z.real, z.imag)


for name in FUNCTIONS:
    f = getattr(cmath, name)
    for z in POINTS + SPECIAL:
        try:
            print(name, z, shown(f(z)))
        except (ValueError, OverflowError) as e:
            print(name, z, type(e).__name__, e)
print(cmath.polar(3 + 4j), cmath.phase(-1), cmath.rect(2, 0.0), cmath.rect(inf, 0), cmath.log(8, 2))
print(cmath.isclose(1, 1 + 1e-10j), cmath.isnan(complex(0, nan)), cmath.isinf(inf), cmath.isfinite(1))
for bad in (lambda: cmath.rect(1, inf), lambda: cmath.log(0), lambda: cmath.isclose(1, 2, rel_tol=-1), lambda: cmath.sqrt("x")):
    try:
        print(bad())
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)
