# modsupport.h: PyArg_Parse*, Py_BuildValue, PyModule_Add*.
import types

import ext_modsupport as m


def error(function, *args, **kwargs):
    try:
        print(ascii(function(*args, **kwargs)))
    except Exception as exc:
        print(type(exc).__name__, ascii(str(exc)))


class Index:
    def __index__(self):
        return 5


for format in "bBhHiIlkLKn":
    print(format, m.parse(format, (100,)), m.parse(format, (Index(),)) if format not in "k" else "-")
    for value in (-1, 256, 2**16, 2**31, 2**32, 2**63, 2**64, 1.0, "1"):
        print("  ", value, end=" ")
        error(m.parse, format, (value,))
for format, values in {
    "f": (0.1, 2, "x"),
    "d": (0.1, 2, "x", 10**400),
    "D": (1j, 1, "x"),
    "c": (b"a", bytearray(b"b"), b"", b"ab", "a"),
    "C": ("\u20ac", "", "ab", b"a"),
    "p": (0, [], [0], "x"),
    "s": ("caf\xe9", "", "a\0b", b"x", None),
    "z": ("x", None, "a\0b", 1),
    "y": (b"x", b"a\0b", "x", bytearray(b"x")),
    "S": (b"x", "x"),
    "Y": (bytearray(b"x"), b"x"),
    "U": ("x", b"x"),
    "O": (None,),
    "s#": ("a\0b", b"xy", 1),
    "y#": (b"a\0b", "a"),
    "z#": (None, "a", b"b"),
}.items():
    for value in values:
        print(format, ascii(value) if value != 10**400 else "huge", end=" ")
        error(m.parse, format, (value,))
for format, values in (
    ("", ()),
    ("", (1,)),
    ("ii", (1, 2)),
    ("ii", (1,)),
    ("ii", (1, 2, 3)),
    ("ii", (1, "x")),
    ("i|ii", (1,)),
    ("i|ii", (1, 2, 3)),
    ("i|ii", ()),
    ("i|ii", (1, 2, 3, 4)),
    ("(ii)i", ((1, 2), 3)),
    ("(ii)i", ((1,), 3)),
    ("(ii)i", (1, 3)),
):
    print(format, values, end=" ")
    error(m.parse, format, values)
error(m.parse, "O", [1])
error(m.parse, 1, ())

array = bytearray(b"abc")
print(m.parse_buffer("s", "caf\xe9"), m.parse_buffer("y", b"a\0b"), m.parse_buffer("w", array), array)
error(m.parse_buffer, "y", "text")
error(m.parse_buffer, "w", b"const")
print(m.parse_encoded("latin-1", ("\xe9",)))
error(m.parse_encoded, "utf-16-le", ("a",))
error(m.parse_encoded, "ascii", ("\xe9",))
print(m.parse_converted(1, 2))
error(m.parse_converted, 1, "x")
print(m.converter_calls())

print(m.parse_keywords(1), m.parse_keywords(1, 2, "n", flag=5), m.parse_keywords(1, name="x", count=3))
error(m.parse_keywords)
error(m.parse_keywords, 1, 2, "n", True)
error(m.parse_keywords, 1, 2, count=3)
error(m.parse_keywords, 1, other=3)
error(m.parse_keywords, 1, "x")
error(m.parse_keywords, count=1)
print(m.parse_required_keyword(3, b=1), m.parse_required_keyword(b=1, a=10))
error(m.parse_required_keyword, a=1)
error(m.parse_required_keyword, 1, 2, 3)
error(m.parse_required_keyword, 1, 2, c=3)
print(m.parse_one(5), m.unpack(1), m.unpack(1, 2, 3), m.parse_with_va_list(1, "t"))
error(m.parse_one, "x")
error(m.unpack)
error(m.unpack, 1, 2, 3, 4)

print(ascii(m.build({"k": 1})), m.build_small())
error(m.build_null)
module = types.ModuleType("target")
print(m.fill(module), module.first, module.second, module.third, module.answer, module.word, module.METH_O, module.list, module.__doc__)
error(m.fill, 5)
