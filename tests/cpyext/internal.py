# Functions of internal headers.
import ext_internal as m


def error(f, *args):
    try:
        print("no error:", f(*args))
    except Exception as e:
        print(type(e).__name__, e, repr(e.__cause__))


for number in (0, 1, -1, 1.5, -1.5, 0.0000000015, -0.0000000015, 0.0000000025, 1e-10, -1e-10, 123456789.987654321):
    print(number, *(m.from_seconds(number, r) for r in range(4)))
for number in (0, 3, -3, 1.5, -1.5, 1.9999999, -1.9999999, 0.0000005, 1e9 + 0.25):
    print(number, *(m.to_timeval(number, r) for r in range(4)))
for bad in (float("nan"), float("inf"), 1e300, 10**30, "1", None):
    error(m.from_seconds, bad, 0)
    error(m.to_timeval, bad, 0)
for t in (0, 1, -1, 1999999999, -1999999999):
    print(m.from_long(t))
error(m.from_long, 1.5)
error(m.from_long, 10**30)
print(m.deadline(), m.lock())
print(m.timeout(None, 1), m.timeout(None, 0), m.timeout(2, 1), m.timeout(0.25, 1), m.timeout(1e-10, 1))
error(m.timeout, 1, 0)
error(m.timeout, -1, 1)
error(m.timeout, 1e300, 1)
print(m.hashtable())
print(m.find(b"abcabc", b"bc", 10), m.find(b"abc", b"x", 10), m.find(b"abc", b"", 10), m.find(b"", b"a", 0))
print(m.strhex(b"\x00\xffab"), repr(m.strhex(b"")))
print(m.write_old("abc", "d"), m.write_old("\u20ac\xe9", "\U0001f600x"), repr(m.write_old()), len(m.write_old(*["xy"] * 1000)))
print(m.matches(ValueError), m.matches(KeyError), m.matches((KeyError, ValueError)))
for what in range(4):
    error(m.checked, len, what)
error(m.stop_iteration, 5)
error(m.stop_iteration, (1, 2))


def f(*args, **kwargs):
    return args, kwargs


class Callable:
    def __call__(self, *args, **kwargs):
        return args, kwargs


print(m.call(f, 1, None), m.call(Callable(), 1, ("k",)), m.call(Callable(), 1, {"j": 2}), m.call(int, "7", None))
print(m.descriptors())
print(m.call_with_keywords(f, (1, 2), {"a": 3}), m.call_with_keywords(f, None, None))
error(m.call_with_keywords, f, [1], None)
error(m.call_with_keywords, f, (1,), [2])
print(m.wrapper(int.__add__, 5)(6), m.wrapper(str.__len__, "abc")())
print(m.swapped())
