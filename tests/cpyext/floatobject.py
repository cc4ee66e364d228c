# floatobject.h and pystrtod.h: float.
import ext_floatobject as m


def error(function, *args):
    try:
        print(function(*args))
    except SystemError:
        print("SystemError")
    except Exception as exc:
        print(type(exc).__name__, exc)


class Float:
    def __float__(self):
        return 1.5


class Index:
    def __index__(self):
        return 3


class Bad:
    def __float__(self):
        return "1.5"


class Sub(float):
    pass


print(m.from_string("  1.5e3 "), m.from_string(b"-inf"), m.from_string("1_0.5"))
error(m.from_string, "one")
error(m.from_string, 1)
print(m.as_double(1.25), m.as_double(7), m.as_double(Float()), m.as_double(Index()), m.as_double(Sub(2)))
error(m.as_double, "1")
error(m.as_double, Bad())
error(m.as_double, 10**400)
print(m.check(1.0), m.check(Sub(1)), m.check(1), m.twice(0.1), m.twice(-0.0), m.twice(1e308))
print(m.limits())
print(m.nan_(), m.infinity(1), m.infinity(-0.0), m.classify(m.nan_()), m.classify(m.infinity(1)), m.classify(0))
for x in (0.0, -0.0, 1.0, 1 / 3, -2.5, 65504.0, 1e-8, float("inf"), float("nan")):
    print(x, m.pack(x, 1), m.pack(x, 0))
error(m.pack, 1e10, 1)
for x in (0.1, 1e22, 1e16, 123456789.0, -0.0, float("inf"), float("nan"), 5e-324):
    print(m.to_string(x, "r", 0, 0), m.to_string(x, "r", 0, 2), m.to_string(x, "e", 3, 1), m.to_string(x, "f", 2, 0), m.to_string(x, "g", 5, 4))
error(m.to_string, 1.0, "q", 0, 0)
print(m.string_to_double("1.5abc"), m.string_to_double("1e-400"), m.string_to_double("nan"))
error(m.string_to_double, "1e400")
error(m.string_to_double, "x")

# Instances that are floats, whose type's first base is another one.
many = [m.Both(i + 0.5) for i in range(100)]
print(m.Both.__mro__, m.Both.__base__, 1.0 + many[3], float(many[4]), {many[5]: "found"}.get(5.5))
print(all(hash(x) == hash(i + 0.5) and x == i + 0.5 for i, x in enumerate(many)), sum(map(float, many)))
