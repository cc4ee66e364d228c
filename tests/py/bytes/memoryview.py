# memoryview.


def raises(exc, message, f, *args, **kw):
    try:
        f(*args, **kw)
    except exc as e:
        assert type(e) is exc, (type(e), e)
        assert message is None or str(e) == message, str(e)
    else:
        assert False, "did not raise"


m = memoryview(b"abcdef")
assert len(m) == 6 and m[0] == 97 and m[-1] == 102 and m.tobytes() == b"abcdef" and m.tolist() == list(b"abcdef")
assert m.readonly and m.format == "B" and m.itemsize == 1 and m.ndim == 1 and m.shape == (6,) and m.strides == (1,)
assert m.nbytes == 6 and m.suboffsets == () and m.c_contiguous and m.f_contiguous and m.contiguous and m.obj == b"abcdef"
assert m[1:3].tobytes() == b"bc" and m[::2].tobytes() == b"ace" and m[::-1].tobytes() == b"fedcba"
assert not m[::2].contiguous and m[::2].strides == (2,) and m[::2].nbytes == 3
assert m == b"abcdef" and m[1:] == b"bcdef" and m != b"x" and m == memoryview(b"abcdef") and m != 1
assert hash(m) == hash(b"abcdef") and list(m) == list(b"abcdef") and 97 in m and m.hex() == "616263646566"
assert m.count(97) == 1 and m.index(99) == 2
raises(ValueError, "memoryview.index(x): x not found", m.index, 1)
raises(TypeError, "cannot modify read-only memory", m.__setitem__, 0, 1)
raises(IndexError, "index out of bounds on dimension 1", lambda: m[6])
raises(TypeError, "memoryview: invalid slice key", lambda: m["a"])
raises(TypeError, "memoryview: a bytes-like object is required, not 'str'", memoryview, "a")

a = bytearray(b"abcdefgh")
w = memoryview(a)
w[0] = 65
w[1:3] = b"XY"
w[3:6:2] = b"12"
assert a == b"AXY1e2gh", a
raises(ValueError, "memoryview: invalid value for format 'B'", w.__setitem__, 0, 256)
raises(TypeError, "memoryview: invalid type for format 'B'", w.__setitem__, 0, "a")
raises(ValueError, "memoryview assignment: lvalue and rvalue have different structures", w.__setitem__, slice(0, 2), b"abc")
raises(TypeError, "cannot delete memory", w.__delitem__, 0)
raises(ValueError, "cannot hash writable memoryview object", hash, w)
w[0:4] = w[2:6]
assert a == b"Y1e2e2gh", a

c = w.cast("i")
assert c.format == "i" and c.itemsize == 4 and len(c) == 2 and c.shape == (2,)
c[0] = -2
assert a[:4] == b"\xfe\xff\xff\xff" and c[0] == -2 and c.tolist()[0] == -2
raises(TypeError, "memoryview: cannot cast between two non-byte formats", c.cast, "f")
d = w.cast("B", [2, 4])
assert d.ndim == 2 and d.shape == (2, 4) and d.strides == (4, 1) and d[1, 0] == a[4] and len(d) == 2
assert d.tolist() == [list(a[:4]), list(a[4:])] and d.tobytes() == bytes(a) and d.cast("B").shape == (8,)
d[0, 1] = 7
assert a[1] == 7
raises(NotImplementedError, "multi-dimensional sub-views are not implemented", lambda: d[0])
raises(NotImplementedError, "sub-views are not implemented", lambda: d[0,])
raises(TypeError, "cannot index 2-dimension view with 3-element tuple", lambda: d[0, 0, 0])
raises(TypeError, "memoryview: product(shape) * itemsize != buffer size", w.cast, "B", [3, 3])
raises(ValueError, None, w.cast, "z")
raises(TypeError, "memoryview: length is not a multiple of itemsize", w[:7].cast, "i")
assert w.cast("d")[0] == memoryview(bytes(a)).cast("d")[0] or True
f = memoryview(bytearray(8)).cast("d")
f[0] = 1.5
assert f[0] == 1.5 and f.tolist() == [1.5] and f == memoryview(bytearray(f.tobytes())).cast("d")
q = memoryview(bytearray(1)).cast("?")
q[0] = [1]
assert q[0] is True
ch = memoryview(b"ab").cast("c")
assert ch[0] == b"a" and ch.tolist() == [b"a", b"b"]

r = w.toreadonly()
assert r.readonly and not w.readonly and r == w
with memoryview(b"x") as v:
    assert v[0] == 120
raises(ValueError, "operation forbidden on released memoryview object", lambda: v[0])
raises(ValueError, "operation forbidden on released memoryview object", len, v)
assert v == v
v.release()
n = memoryview(bytearray(3))
s = n[1:]
n.release()
assert len(s) == 2
z = memoryview(b"abcd").cast("B", [2, 2])
assert z.tobytes("F") == b"acbd" and z.tobytes("C") == b"abcd" and z.tobytes(None) == b"abcd" and z.tobytes("A") == b"abcd"
raises(ValueError, "order must be 'C', 'F' or 'A'", z.tobytes, "x")


class Exporter:
    def __init__(self):
        self.data = bytearray(b"hello")
        self.released = 0

    def __buffer__(self, flags):
        return memoryview(self.data)

    def __release_buffer__(self, view):
        self.released += 1
        view.release()


e = Exporter()
v = memoryview(e)
assert v[0] == 104 and bytes(e) == b"hello"
v.release()
assert e.released == 2, e.released
e.data.append(1)
