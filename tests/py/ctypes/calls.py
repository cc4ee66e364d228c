"""Calls of C functions, callbacks, libraries."""
import ctypes
import gc
import sys
import threading
from ctypes import *

libc = CDLL(None)


def show(f):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__name__, "|", e)


strlen = libc.strlen
print(strlen(b"hello"), libc["strlen"](b"four"), strlen.__name__)
show(lambda: strlen(2.5))
show(lambda: strlen([]))
strlen.argtypes = [c_char_p]
strlen.restype = c_size_t
print(strlen(b"abc"), strlen(create_string_buffer(b"xyzzy")), strlen.argtypes)
for f in [
    lambda: strlen(),
    lambda: strlen(2.5),
    lambda: setattr(strlen, "argtypes", 5),
    lambda: setattr(strlen, "argtypes", [5]),
    lambda: setattr(strlen, "restype", 5),
    lambda: setattr(strlen, "errcheck", 5),
]:
    show(f)
g = libc.abs
for v in (2**70, -3, 2**64 - 3, None, b"x"[1:]):
    if isinstance(v, int):
        show(lambda: g(v))
show(lambda: g(object()))

libc.atof.restype = c_double
print(libc.atof(b"2.75"))
libc.strchr.restype = c_char_p
libc.strchr.argtypes = [c_char_p, c_char]
print(libc.strchr(b"abcdef", b"c"), libc.strchr(b"abc", b"z"))
libc.wcslen.restype = c_size_t
print(libc.wcslen("h\u00e9\U0001f600"))


class Div(Structure):
    _fields_ = [("quot", c_int), ("rem", c_int)]


libc.div.restype = Div
d = libc.div(17, 5)
print(d.quot, d.rem)


class LDiv(Structure):
    _fields_ = [("quot", c_long), ("rem", c_long)]


libc.ldiv.restype = LDiv
libc.ldiv.argtypes = [c_long, c_long]
d = libc.ldiv(-(10**12), 7)
print(d.quot, d.rem)

buf = create_string_buffer(100)
print(libc.sprintf(buf, b"%d %s %.2f %lld", 7, b"seven", c_double(7.5), c_longlong(2**40)), buf.value)
n = c_int()
libc.sscanf(b"42", b"%d", byref(n))
print(n)

# errcheck, restype as a function, _as_parameter_
libc.abs.errcheck = lambda result, func, args: (result, args)
print(libc.abs(-4))
libc.labs.restype = lambda x: "got %d" % x
print(libc.labs(-4))


class Param:
    _as_parameter_ = -12


print(CDLL(None).abs(Param()))

# paramflags
P = CFUNCTYPE(c_int, c_int, c_int)
for flags in [5, (5, 6), ((1, "x"),), ((1, "x"), (2, "y"))]:
    show(lambda: P(("abs", libc), flags))
h = P(("abs", libc), ((1, "x"), (1, "y", 4)))
for f in [lambda: h(), lambda: h(1, 2, 3), lambda: h(-5), lambda: h(x=-6), lambda: h(-6, z=3)]:
    show(f)
out = CFUNCTYPE(c_double, c_double, POINTER(c_int))(("frexp", CDLL("libm.so.6")), ((1, "x"), (2, "exp")))
print(out(8.0))

# callbacks
CMP = CFUNCTYPE(c_int, POINTER(c_int), POINTER(c_int))
values = (c_int * 6)(5, 3, 9, 1, 7, 2)
libc.qsort(values, len(values), sizeof(c_int), CMP(lambda a, b: a[0] - b[0]))
print(values[:])


@CFUNCTYPE(c_double, c_double, c_int, c_char_p, py_object)
def many(a, b, c, d):
    return a + b + len(c) + len(d)


print(many(1.5, 2, b"abc", [1, 2]))
F = CFUNCTYPE(c_int, c_int)
seen = []
sys.unraisablehook = lambda args: seen.append((args.exc_type.__name__, args.err_msg.split(" <")[0]))
F(lambda x: 1 / 0)(3)
F(lambda x: "x")(3)
F(lambda: 1)(3)
print(seen)
sys.unraisablehook = sys.__unraisablehook__
show(lambda: CFUNCTYPE(Div)(print))
show(lambda: F("x"))
show(lambda: libc._FuncPtr(print))
byvalue = CFUNCTYPE(c_int, Div)(lambda d: d.quot * 100 + d.rem)
print(byvalue(Div(3, 4)))
f2 = F(addressof(cast(F(lambda x: x), c_void_p)) and cast(libc.abs, c_void_p).value)
print(f2(-9), bool(f2), bool(F()))

# errno
mine = CDLL(None, use_errno=True)
set_errno(0)
print(mine.open(b"/no/such/file", 0), get_errno(), set_errno(5), get_errno())

# a callback on another thread
result = []


@CFUNCTYPE(c_void_p, c_void_p)
def run(arg):
    result.append(threading.get_ident() != main)
    return arg


main = threading.get_ident()
tid = c_ulong()
libc.pthread_create(byref(tid), None, run, c_void_p(11))
back = c_void_p()
libc.pthread_join(tid, byref(back))
print(result, back)
t = threading.Thread(target=lambda: result.append(mine.abs(-3)))
t.start()
t.join()
print(result)

# memory
print(string_at(b"abc\0def"), string_at(b"abcdef", 4), wstring_at("abc", 2))
dst = create_string_buffer(6)
memmove(dst, b"hello", 5)
memset(byref(dst, 1), ord("x"), 2)
print(dst.value)
view = memoryview_at(dst, 3)
view[0] = ord("J")
print(dst.value, view.readonly, memoryview_at(dst, 2, readonly=True).readonly)

# libraries
print(hasattr(libc, "no_such_function"))
show(lambda: CDLL("no_such_library.so"))
show(lambda: c_int.in_dll(5, "x"))
print(isinstance(c_void_p.in_dll(libc, "environ").value, int))

# objects
api = pythonapi
api.PyLong_FromLong.restype = py_object
print(api.PyLong_FromLong(12))
api.PyObject_Repr.argtypes = [py_object]
api.PyObject_Repr.restype = py_object
print(api.PyObject_Repr([1, "two", 3.0]))
api.PyErr_SetString.argtypes = [py_object, c_char_p]
api.PyErr_SetString.restype = None
show(lambda: api.PyErr_SetString(KeyError, b"from C"))
x = ["kept"]
print(cast(id(x), py_object).value is x)
gc.collect()
