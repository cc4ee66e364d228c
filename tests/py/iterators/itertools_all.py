# Every class of itertools.
from itertools import *
import itertools

def raises(exc, message, f, *args, **kw):
    try:
        f(*args, **kw)
    except exc as e:
        assert message is None or str(e) == message, str(e)
    else:
        raise AssertionError("nothing raised")

assert list(islice(count(), 3)) == [0, 1, 2] and list(islice(count(2.5, 0.5), 2)) == [2.5, 3.0]
assert repr(count(3)) == "count(3)" and repr(count(3, 2)) == "count(3, 2)" and next(count(2**62)) == 2**62
c = count(2**62 - 1); next(c)
assert next(c) == 2**62
raises(TypeError, "a number is required", count, "a")
assert list(islice(cycle("ab"), 5)) == ["a", "b", "a", "b", "a"] and list(cycle([])) == []
assert list(repeat(1, 3)) == [1, 1, 1] and repr(repeat(1, 3)) == "repeat(1, 3)" and repeat(1, 3).__length_hint__() == 3
raises(TypeError, "len() of unsized object", repeat(1).__length_hint__)

assert list(chain("ab", [1])) == ["a", "b", 1] and list(chain.from_iterable(["ab", "c"])) == ["a", "b", "c"] and list(chain()) == []
assert list(starmap(pow, [(2, 3), [3, 2]])) == [8, 9]
assert list(accumulate([1, 2, 3])) == [1, 3, 6] and list(accumulate([1, 2, 3], lambda a, b: a * b, initial=10)) == [10, 10, 20, 60]
assert list(pairwise("abc")) == [("a", "b"), ("b", "c")] and list(pairwise("a")) == []
assert list(batched("abcde", 2)) == [("a", "b"), ("c", "d"), ("e",)]
raises(ValueError, "n must be at least one", batched, "a", 0)
raises(ValueError, "batched(): incomplete batch", list, batched("abc", 2, strict=True))
assert list(zip_longest("ab", "x", fillvalue="-")) == [("a", "x"), ("b", "-")] and list(zip_longest()) == []

assert list(compress("abc", [1, 0, 1])) == ["a", "c"]
assert list(dropwhile(lambda x: x < 2, [1, 2, 1])) == [2, 1] and list(takewhile(lambda x: x < 2, [1, 2, 1])) == [1]
assert list(filterfalse(None, [0, 1, ""])) == [0, ""] and list(filterfalse(lambda x: x % 2, range(4))) == [0, 2]
assert list(islice("abcdef", 2)) == ["a", "b"] and list(islice("abcdef", 1, None, 2)) == ["b", "d", "f"] and list(islice("abc", 0)) == []
it = iter(range(10))
assert list(islice(it, 1, 7, 3)) == [1, 4] and next(it) == 7
raises(ValueError, "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.", islice, "a", -1)
raises(ValueError, "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.", islice, "a", -1, 2)
raises(ValueError, "Step for islice() must be a positive integer or None.", islice, "a", 1, 2, 0)

out = []
for k, g in groupby("aabbbc"):
    out.append((k, len(list(g))))
assert out == [("a", 2), ("b", 3), ("c", 1)]
groups = []
for k, g in groupby([1, 3, 2, 4, 5], key=lambda x: x % 2):
    groups.append(g)
assert list(groups[0]) == []
a, b, c = tee([1, 2, 3], 3)
assert list(a) == [1, 2, 3] and next(b) == 1 and list(b) == [2, 3] and list(c) == [1, 2, 3]
a, b = tee(range(200))
assert sum(a) == sum(b) == 19900
a, = tee([1, 2], 1)
b = tee(a, 1)[0]
assert next(a) == 1 and next(b) == 1
raises(ValueError, "n must be >= 0", tee, [], -1)
assert tee([], 0) == ()

assert list(product("ab", [1, 2])) == [("a", 1), ("a", 2), ("b", 1), ("b", 2)] and list(product()) == [()]
assert list(product([0, 1], repeat=2)) == [(0, 0), (0, 1), (1, 0), (1, 1)] and list(product("a", [])) == []
assert list(permutations("abc", 2)) == [("a", "b"), ("a", "c"), ("b", "a"), ("b", "c"), ("c", "a"), ("c", "b")]
assert len(list(permutations(range(5)))) == 120 and list(permutations([1], 2)) == [] and list(permutations([], 0)) == [()]
assert list(combinations("abc", 2)) == [("a", "b"), ("a", "c"), ("b", "c")] and list(combinations([1], 2)) == []
assert list(combinations_with_replacement("ab", 2)) == [("a", "a"), ("a", "b"), ("b", "b")]
assert list(combinations_with_replacement([], 1)) == [] and list(combinations_with_replacement([], 0)) == [()]
raises(ValueError, "r must be non-negative", combinations, [1], -1)
assert itertools.count.__module__ == "itertools"
