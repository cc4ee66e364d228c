"""Structures, unions, arrays, pointers: layout, fields, what they keep alive."""
import gc
import pickle
import _ctypes
from ctypes import *


def show(f):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__name__, "|", e)


class Point(Structure):
    _fields_ = [("x", c_int), ("y", c_short)]


class S(Structure):
    _fields_ = [("a", c_int), ("b", c_char * 3), ("c", c_int, 3), ("d", POINTER(c_int)), ("e", c_wchar * 2)]


for n in "abcde":
    f = getattr(S, n)
    print(f, f.offset, f.size, f.bit_size, f.bit_offset, f.byte_size, f.is_bitfield, f.name)
for t in [S, c_int * 3, POINTER(c_int), POINTER(c_int * 3), CFUNCTYPE(None), S * 2 * 3, POINTER(S)]:
    m = memoryview(t())
    print(_ctypes.buffer_info(t), m.format, m.shape, m.strides, m.itemsize, m.nbytes)

s = S()
for name, value in [("b", b"abcd"), ("b", "x"), ("e", "abc"), ("e", b"x"), ("d", 5), ("d", (c_short * 3)()), ("c", "x")]:
    show(lambda: setattr(s, name, value))
s.c = 9
print(s.c, bytes(s)[:8])
show(lambda: S(1, a=2))
show(lambda: S(1, b"2", 3, None, "5", 6))
show(lambda: setattr(S, "_fields_", []))
show(lambda: Structure())
show(lambda: type("T", (Structure,), {"_fields_": [("a", c_float, 3)]}))
show(lambda: type("T", (Structure,), {"_fields_": [("a", 5)]}))


class Outer(Structure):
    _fields_ = [("n", c_int), ("p", Point)]


show(lambda: Outer(1, ("x",)))
o = Outer(1, (2, 3))
print(o.p.x, o.p.y, o.p._b_base_ is o, o._b_needsfree_, o.p._b_needsfree_)
o.p = 7, 8
print(o.p.x, o.p.y)
print(pickle.loads(pickle.dumps(o)).p.y)


class E(Structure):
    _fields_ = [("p", c_char_p), ("q", py_object), ("r", POINTER(c_int)), ("arr", c_char_p * 2), ("ps", POINTER(c_int) * 2)]


e = E(b"x", [1], pointer(c_int(3)), (b"1", b"2"))
e.arr[1] = b"9"
e.ps[1] = pointer(c_int(9))
gc.collect()
print(e._objects)
print(e.p, e.q, e.r.contents, e.arr[:], e.ps[1][0])
show(lambda: pickle.dumps(e))


class U(Union):
    _anonymous_ = ["parts"]

    class Parts(Structure):
        _fields_ = [("low", c_uint16), ("high", c_uint16)]

    _fields_ = [("whole", c_uint32), ("parts", Parts)]


u = U(0x12345678)
print(hex(u.low), hex(u.high), hex(u.parts.high), U.high.offset, sizeof(U))


class Big(BigEndianStructure):
    _fields_ = [("a", c_uint16), ("b", c_uint32, 4), ("c", c_uint32, 28)]


b = Big(1, 2, 3)
print(bytes(b), b.a, b.b, b.c, memoryview(b).format)


class Packed(Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = [("a", c_char), ("b", c_long)]


print(sizeof(Packed), Packed.b.offset, alignment(Packed))

# Arrays
a = (c_int * 3)(1, 2, 3)
print(a[:], a[::-1], a[-1], len(a), list(a), a == a)
for f in [
    lambda: a[5],
    lambda: a["x"],
    lambda: a.__setitem__(5, 1),
    lambda: a.__setitem__(slice(0, 2), [1]),
    lambda: a.__delitem__(0),
    lambda: (c_int * 3)(1, 2, 3, 4),
    lambda: c_int * -1,
    lambda: c_int * (2**62),
    lambda: c_int * "x",
]:
    show(f)
a[0:2] = [7, 8]
print(a[:], (c_int * 3) is (c_int * 3), (3 * c_int).__name__)
c = create_string_buffer(b"hello", 8)
print(c.value, c.raw, c[1:4], len(c), sizeof(c))
c.value = b"hi"
print(c.raw)
show(lambda: setattr(c, "value", b"123456789"))
show(lambda: setattr(c, "raw", "x"))
w = create_unicode_buffer("h\u00e9llo")
print(w.value, w[:], w[1])

# Pointers
p = POINTER(c_int)()
for f in [lambda: p[0], lambda: p.contents, lambda: p["x"], lambda: POINTER(c_int)(5), lambda: _ctypes._Pointer()]:
    show(f)
p = pointer(a)
print(p.contents[1], bool(p), p._objects.keys() == {"1"})
q = cast(a, POINTER(c_int))
print(q[0:3], q[2], POINTER(c_int) is POINTER(c_int), POINTER(None) is c_void_p)
q[1] = 42
print(a[1])
for f in [lambda: q[::], lambda: q[0:1:0], lambda: q[0:2:-1], lambda: setattr(q, "contents", 5)]:
    show(f)


class Node(Structure):
    pass


Node._fields_ = [("value", c_int), ("next", POINTER(Node))]
n1, n2 = Node(1), Node(2)
n1.next = pointer(n2)
n2.next = pointer(n1)
print(n1.next.contents.next.contents.value)

# Buffers
ba = bytearray(b"abcdefgh")
v = c_uint32.from_buffer(ba, 4)
v.value = 0x41424344
print(ba)
show(lambda: ba.append(1))
print(c_uint16.from_buffer_copy(b"\1\2\3").value)
for f in [
    lambda: c_int.from_buffer(b"xxxx"),
    lambda: c_int.from_buffer(bytearray(3)),
    lambda: c_int.from_buffer(bytearray(8), -1),
    lambda: c_int.from_buffer_copy(b""),
    lambda: c_int.from_address("x"),
]:
    show(f)
print(Point.from_address(addressof(o) + Outer.p.offset).x)
