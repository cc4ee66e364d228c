# sliceobject.h: slices.
import ext_sliceobject as m


def error(function, *args):
    try:
        print(function(*args))
    except Exception as exc:
        print(type(exc).__name__, exc)


print(m.new(), m.new(1), m.new(1, 2), m.new("a", None, 3))
print(m.check(slice(1)), m.check(...), m.check(1), m.parts(slice(1, 2)), m.parts(m.new(None, "x", ())))
for s in (slice(None), slice(1, -1), slice(None, None, -1), slice(100, -100, -2), slice(-3, None), slice(5, 2), slice(2**100, -(2**100), -(2**100))):
    print(s if s.start != 2**100 else "huge", m.get_indices_ex(s, 10), s.indices(10))
print(m.unpack(slice(1, 2, 3)), m.unpack(slice(None, None, None)) == (0, 2**63 - 1, 1))
error(m.get_indices_ex, slice(1, 2, 0), 5)
error(m.unpack, slice("a"))
print(m.adjust(10, -3, 100, 1), m.adjust(10, 100, -100, -3), m.adjust(0, 0, 5, 1), m.adjust(5, 4, 0, 1))
