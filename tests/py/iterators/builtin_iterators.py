# range, slice, enumerate, reversed, zip, map, filter and the two forms of iter().

def raises(exc, message, f, *args, **kw):
    try:
        f(*args, **kw)
    except exc as e:
        assert message is None or str(e) == message, str(e)
    else:
        raise AssertionError("nothing raised")

# range
assert list(range(5)) == [0, 1, 2, 3, 4] and list(range(2, 9, 3)) == [2, 5, 8] and list(range(5, 0, -2)) == [5, 3, 1]
assert list(range(2**70, 2**70 + 3)) == [2**70, 2**70 + 1, 2**70 + 2]
assert list(range(2**62 - 2, 2**62 + 2)) == [2**62 - 2, 2**62 - 1, 2**62, 2**62 + 1]
assert len(range(10)) == 10 and range(10)[3] == 3 and range(10)[-1] == 9 and range(10)[2:8:2] == range(2, 8, 2)
assert range(10)[::-1] == range(9, -1, -1) and range(2**70)[2**69] == 2**69
assert 3 in range(5) and 5 not in range(5) and 5.0 in range(10) and 2**69 in range(2**70) and "a" not in range(3)
assert range(0) == range(5, 5) and range(0, 3, 2) == range(0, 4, 2) and hash(range(0, 3, 2)) == hash(range(0, 4, 2))
assert range(10).index(3) == 3 and range(10).count(3) == 1 and range(10).index(3.0) == 3
raises(ValueError, "range.index(x): x not in range", range(5).index, 7)
raises(ValueError, "range() arg 3 must not be zero", range, 1, 2, 0)
raises(TypeError, "'float' object cannot be interpreted as an integer", range, 1.0)
raises(IndexError, "range object index out of range", lambda: range(5)[10])
raises(TypeError, "range indices must be integers or slices, not str", lambda: range(5)["a"])
raises(OverflowError, "Python int too large to convert to C ssize_t", len, range(2**70))
assert repr(range(1, 5)) == "range(1, 5)" and repr(range(1, 5, 2)) == "range(1, 5, 2)" and not range(0)
assert list(reversed(range(5))) == [4, 3, 2, 1, 0] and list(reversed(range(0))) == []
assert list(reversed(range(2**70 - 1, 2**70 + 2))) == [2**70 + 1, 2**70, 2**70 - 1]
it = iter(range(5)); next(it)
assert it.__length_hint__() == 4 and it.__reduce__()[1] == (range(1, 5),)
it.__setstate__(2); assert list(it) == [3, 4]
assert range(3).start == 0 and range(3).stop == 3 and range(3).step == 1 and range(3).__reduce__() == (range, (0, 3, 1))

# slice
s = slice(1, 10, 2)
assert (s.start, s.stop, s.step) == (1, 10, 2) and repr(s) == "slice(1, 10, 2)" and s.indices(5) == (1, 5, 2)
assert slice(None, 5).indices(10) == (0, 5, 1) and slice(None, None, -1).indices(4) == (3, -1, -1)
assert slice(2**70, None, -2**70).indices(2**80) == (2**70, -1, -2**70)
assert slice(1, 2) == slice(1, 2) and slice(1, 2) < slice(1, 3) and hash(slice(1, 2, 3)) == -2340833382717974474
raises(ValueError, "slice step cannot be zero", slice(1, 2, 0).indices, 3)
raises(ValueError, "length should not be negative", slice(1).indices, -1)
raises(TypeError, "slice indices must be integers or None or have an __index__ method", slice("a").indices, 3)
raises(TypeError, "slice expected at least 1 argument, got 0", slice)
assert slice(1, 2, 3).__reduce__() == (slice, (1, 2, 3))

# enumerate
assert list(enumerate("ab")) == [(0, "a"), (1, "b")] and list(enumerate("ab", 5)) == [(5, "a"), (6, "b")]
assert next(enumerate(["a"], 2**70)) == (2**70, "a") and next(enumerate(iterable="x", start=3)) == (3, "x")
raises(TypeError, "'foo' is an invalid keyword argument for enumerate()", enumerate, [], foo=2)
raises(TypeError, "enumerate() missing required argument 'iterable'", enumerate)

# reversed
class S:
    def __getitem__(self, i):
        if i < 3: return i * 10
        raise IndexError
    def __len__(self): return 3
assert list(reversed(S())) == [20, 10, 0] and list(iter(S())) == [0, 10, 20] and list(reversed("abc")) == ["c", "b", "a"]
raises(TypeError, "'int' object is not reversible", reversed, 5)
raises(TypeError, "'set' object is not reversible", reversed, set())
class R:
    def __reversed__(self): return iter([7])
assert list(reversed(R())) == [7]
r = reversed([1, 2]); next(r)
assert r.__length_hint__() == 1
it = iter(S()); next(it)
assert it.__length_hint__() == 2 and it.__reduce__()[2] == 1

# zip, map, filter
assert list(zip("ab", [1, 2, 3])) == [("a", 1), ("b", 2)] and list(zip()) == []
assert list(zip([1], [2], strict=True)) == [(1, 2)]
raises(ValueError, "zip() argument 2 is shorter than argument 1", lambda: list(zip([1], [], strict=True)))
raises(ValueError, "zip() argument 2 is longer than argument 1", lambda: list(zip([], [1], strict=True)))
raises(ValueError, "zip() argument 3 is shorter than arguments 1-2", lambda: list(zip([1], [1], [], strict=True)))
raises(TypeError, "zip() got an unexpected keyword argument 'foo'", zip, foo=1)
assert list(map(str, [1, 2])) == ["1", "2"] and list(map(lambda a, b: a + b, [1, 2], [10, 20, 30])) == [11, 22]
raises(ValueError, "map() argument 2 is shorter than argument 1", lambda: list(map(max, [1], [], strict=True)))
raises(TypeError, "map() must have at least two arguments.", map, str)
assert list(filter(None, [0, 1, "", "a"])) == [1, "a"] and list(filter(lambda x: x > 1, [1, 2, 3])) == [2, 3]
raises(TypeError, "filter() takes no keyword arguments", filter, None, [], foo=1)

class M(map):
    pass
assert list(M(str, [1])) == ["1"] and type(M(str, [])) is M

# iter(callable, sentinel)
n = 0
def count():
    global n
    n += 1
    return n
assert list(iter(count, 4)) == [1, 2, 3]
raises(TypeError, "iter(v, w): v must be callable", iter, 1, 2)
raises(TypeError, "'int' object is not iterable", iter, 1)
