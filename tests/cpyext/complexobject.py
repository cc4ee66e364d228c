# complexobject.h: complex.
import ext_complexobject as m


def error(function, *args):
    try:
        print(function(*args))
    except Exception as exc:
        print(type(exc).__name__, exc)


class Complex:
    def __complex__(self):
        return 1 + 2j


class Bad:
    def __complex__(self):
        return 1.0


class Sub(complex):
    pass


print(m.from_doubles(1, -2.5), m.from_doubles(-0.0, float("inf")))
print(m.parts(1 + 2j), m.parts(3.5), m.parts(2), m.parts(Sub(1, 1)))
error(m.parts, "1")
print(m.as_c_complex(1j), m.as_c_complex(2), m.as_c_complex(Complex()), m.as_c_complex(Sub(3, 4)))
error(m.as_c_complex, Bad())
error(m.as_c_complex, None)
print(m.check(1j), m.check(Sub()), m.check(1.0), m.conjugate(1 + 2j))


def rounded(values):
    # The last digits of powers are the C library's.
    return [f"{value:.10g}" for value in values]


print(rounded(m.arithmetic(1 + 2j, 3 - 1j)))
print(rounded(m.arithmetic(3 + 4j, 2)), m.arithmetic(1j, 0j)[-1])
