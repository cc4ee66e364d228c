# _random, _struct, _bisect, _heapq.
import _random, _struct, _bisect, _heapq

def raises(exc, message, f, *args, **kw):
    try:
        f(*args, **kw)
    except exc as e:
        assert message is None or str(e) == message, str(e)
    else:
        raise AssertionError("nothing raised")

r = _random.Random(42)
assert [r.random(), r.random()] == [0.6394267984578837, 0.025010755222666936] and r.getrandbits(5) == 8
assert r.getrandbits(100) == 882565121070403957190206503824 and r.getrandbits(0) == 0
state = r.getstate()
assert len(state) == 625
x = r.random(); r.setstate(state)
assert r.random() == x
r.seed(2**100); a = r.random(); r.seed(-2**100)
assert r.random() == a
raises(ValueError, "state vector is the wrong size", r.setstate, (1,))
raises(TypeError, "state vector must be a tuple", r.setstate, [])

s = _struct
assert s.pack("<bHi", 1, 2, 3) == b"\x01\x02\x00\x03\x00\x00\x00" and s.unpack("<bHi", b"\x01\x02\x00\x03\x00\x00\x00") == (1, 2, 3)
assert s.calcsize("@bi") == 8 and s.pack(">d", 1.5) == b"?\xf8\x00\x00\x00\x00\x00\x00" and s.pack("3s?c", b"ab", 1, b"x") == b"ab\x00\x01x"
assert list(s.iter_unpack("<H", b"\x01\x00\x02\x00")) == [(1,), (2,)] and s.unpack_from("<H", b"\x00\x05\x00", 1) == (5,)
assert s.Struct("<2i").size == 8 and s.Struct("<2i").format == "<2i" and s.Struct("<i").pack(-1) == b"\xff\xff\xff\xff"
b = bytearray(4)
s.pack_into("<H", b, 1, 258)
assert b == b"\x00\x02\x01\x00"
raises(s.error, "required argument is not an integer", s.pack, "i", "a")
raises(s.error, "unpack requires a buffer of 4 bytes", s.unpack, "<i", b"")
raises(s.error, "pack expected 1 items for packing (got 2)", s.pack, "<i", 1, 2)
raises(s.error, "bad char in struct format", s.calcsize, "z")
assert s.error.__module__ == "struct"

assert _bisect.bisect_left([1, 2, 2, 3], 2) == 1 and _bisect.bisect_right([1, 2, 2, 3], 2) == 3
l = [1, 3]; _bisect.insort_right(l, 2); _bisect.insort_left(l, 0)
assert l == [0, 1, 2, 3] and _bisect.bisect_left([3, 2, 1], 2, key=lambda x: -x) == 3
raises(ValueError, "lo must be non-negative", _bisect.bisect_left, [], 1, -1)
h = [5, 1, 4, 2, 3]; _heapq.heapify(h)
assert [_heapq.heappop(h) for _ in range(5)] == [1, 2, 3, 4, 5]
raises(IndexError, "index out of range", _heapq.heappop, h)
_heapq.heappush(h, 2); _heapq.heappush(h, 1)
assert _heapq.heappushpop(h, 0) == 0 and _heapq.heapreplace(h, 7) == 1 and h == [2, 7]
h = [1, 5, 3]; _heapq.heapify_max(h)
assert [_heapq.heappop_max(h) for _ in range(3)] == [5, 3, 1]
