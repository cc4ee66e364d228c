"""Type codes: what each accepts, how it reads back, sizes, formats, the other byte order."""
import _ctypes
import ctypes
from ctypes import *


def show(f):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__name__, "|", e)


values = [5, -1, 2**70, 1.5, "x", "xy", b"x", b"xy", None, bytearray(b"z"), True, 1j, object]
for code in "?cbBhHiIlLqQfdgDFGuv":
    T = type("T", (_ctypes._SimpleCData,), {"_type_": code})
    print(code, sizeof(T), alignment(T), memoryview(T()).format, hasattr(T, "__ctype_be__"))
    for v in values:
        show(lambda: T(v).value)
for code in "zZPO":
    T = type("T", (_ctypes._SimpleCData,), {"_type_": code})
    print(code, sizeof(T), alignment(T), _ctypes.buffer_info(T), bool(T()))
    for v in [1.5, [], "x", b"x"]:
        try:
            T(v)
            print("ok")
        except TypeError as e:
            print(e)
print(c_char_p(b"abc").value, c_wchar_p("a\u00e9\U0001f600").value, c_void_p(2**64 - 1).value, c_void_p().value)
print(c_char_p(b"abc")._objects, py_object([1])._objects, py_object("x").value, py_object(7).value, py_object(2.5))
show(lambda: py_object().value)
show(py_object)

for bad in ({"_type_": "ab"}, {"_type_": 5}, {}, {"_type_": "W"}):
    show(lambda: type("T", (_ctypes._SimpleCData,), bad))
show(lambda: c_int(3, 4))
show(lambda: delattr(c_int(3), "value"))
show(lambda: _ctypes._SimpleCData())


class Sub(c_int):
    pass


print(Sub(3).value, type((Sub * 2)()[0]) is Sub, type((c_int * 2)()[0]) is int)

swapped = c_int.__ctype_be__
print(swapped, swapped.__name__, swapped.__ctype_le__ is c_int, bytes(swapped(1)), swapped(258).value)
print(bytes(c_double.__ctype_be__(1.5)), c_double.__ctype_be__(1.5))
print(c_longdouble(1e-310).value, c_longdouble(float("-inf")).value, c_longdouble(5e-324).value)

print(c_int.from_param(5), c_double.from_param(2.5), c_char.from_param(b"x"), c_longlong.from_param(-1))
print(type(c_int.__doc__), c_int(5), c_bool(2), c_char(b"q"), c_wchar("\u00e9"))
x = c_int(7)
m = memoryview(x).cast("B")
m[0] = 9
print(x.value, x.__reduce__()[1][1:])
for f in (sizeof, alignment, addressof, byref):
    show(lambda: f(5))
show(lambda: resize(x, 1))
resize(x, 64)
print(sizeof(x), x.value)
show(lambda: hash(x))
