# frame.f_locals of a function: a mapping that writes through.
import collections.abc
import sys


def f():
    a = 1
    b = 2

    def inner():
        return a

    d = sys._getframe().f_locals
    print(type(d).__name__, len(d), "a" in d, 3 in d, list(d), d.keys())
    d["b"] = 20
    d["a"] = 10
    d["other"] = 5
    d[3] = 4
    print(a, b, inner(), d["other"], d[3], list(d))
    for test in (lambda: d.pop("a"), lambda: d.pop("q"), lambda: d.pop("q", 1), lambda: d["q"],
                 lambda: d.get("q", 7), lambda: d.setdefault("w", 8), lambda: d.setdefault("b", 8),
                 lambda: sorted(map(str, d | {"b": 3})), lambda: d.update({"b": 6}), lambda: d.update(b=6),
                 lambda: d.update([("b", 6)]), lambda: d == d, lambda: d == {}, lambda: type(d.copy()),
                 lambda: list(reversed(d)), lambda: hash(d), lambda: d[[]], lambda: type(d)(),
                 lambda: type(d)(1), lambda: d.pop("other"), lambda: d.pop("other"), lambda: d | 5,
                 lambda: isinstance(d, collections.abc.Mapping), lambda: d.clear):
        try:
            print(test())
        except Exception as e:
            print(type(e).__name__, e)
    try:
        del d["a"]
    except ValueError as e:
        print(e)
    print(b)
    return sys._getframe()


frame = f()
print(frame.f_locals["a"], frame.f_locals["b"])
frame.f_locals["b"] = 30
print(frame.f_locals["b"])


def g(x):
    yield x
    yield x


generator = g(1)
print(next(generator))
generator.gi_frame.f_locals["x"] = 2
print(next(generator))


class C:
    namespace = sys._getframe().f_locals
    namespace["made"] = 1


print(C.made, sys._getframe().f_locals is globals())
