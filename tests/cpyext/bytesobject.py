# bytesobject.h: bytes.
import ext_bytesobject as m


def error(function, *args):
    try:
        print(function(*args))
    except SystemError:
        print("SystemError")
    except Exception as exc:
        print(type(exc).__name__, exc)


class Sub(bytes):
    pass


print(m.from_string_and_size(b"abcdef", 3), m.from_string_and_size(b"a\0b", 3), m.from_string(b"text"), m.from_format())
error(m.from_string_and_size, b"", -1)
error(m.from_string, b"a\0b")
print(m.from_object([1, 2, 255]), m.from_object(bytearray(b"x")), m.from_object(memoryview(b"yz")), m.from_object(Sub(b"s")))
error(m.from_object, "text")
error(m.from_object, [256])
error(m.from_object, 5)
print(m.size(b"abc"), m.as_string(b"abc"), m.as_string_and_size(b"a\0c", 1), m.as_string_and_size(b"abc", 0))
error(m.size, "abc")
error(m.as_string, bytearray(b"abc"))
error(m.as_string_and_size, b"a\0c", 0)
print(m.check(b""), m.check(Sub()), m.check(bytearray()))
print(m.alphabet(0), m.alphabet(1), m.alphabet(30), hash(m.alphabet(3)) == hash(b"abc"), {m.alphabet(2): 1}[b"ab"])
print(m.resize(0), m.resize(2), m.resize(5), m.resize(9))
error(m.resize, -1)
print(m.concat(b"a", b"b"), m.concat(b"a", bytearray(b"c")), m.concat(b"", b"x"), m.concat_and_del(b"1", b"2"))
error(m.concat, b"a", "b")
error(m.concat_and_del, b"a", 1)
print(m.join(b", ", [b"a", bytearray(b"b")]), m.join(b"", []))
error(m.join, b"", ["a"])
error(m.join, "", [])
print(m.repr(b"it's\n", 0), m.repr(b"it's", 1), m.repr(b'"\xff', 1))
print(m.decode_escape(rb"a\n\x41\101\\"), m.decode_escape(rb"\xZZ", "replace"), m.decode_escape(rb"\x4", "ignore"))
error(m.decode_escape, rb"\xZZ")
