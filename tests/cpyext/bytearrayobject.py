# bytearrayobject.h: bytearray.
import ext_bytearrayobject as m


def error(function, *args):
    try:
        print(function(*args))
    except Exception as exc:
        print(type(exc).__name__, exc)


class Sub(bytearray):
    pass


print(m.from_object(b"abc"), m.from_object([1, 2]), m.from_object(3), m.from_string_and_size(b"x\0y"), m.from_string_and_size(b""))
error(m.from_object, "text")
print(m.concat(b"a", bytearray(b"b")), m.concat(bytearray(b"c"), memoryview(b"d")))
error(m.concat, b"a", "b")
print(m.check(bytearray()), m.check(Sub()), m.check(b""))
a = bytearray(b"HAL")
print(m.increment(a), a, m.size(a), m.increment(bytearray()))
a += b"9000"
print(m.resize(a, 5), a, m.resize(a, 5), m.size(a), m.resize(a, 0), a)
a.extend(b"again" * 10)
del a[:4]
print(m.increment(a), a, m.size(a))
view = memoryview(a)
error(m.resize, a, 1000)
view.release()
print(m.resize(a, 3), a)
