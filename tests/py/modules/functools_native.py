# The native half of functools, and operator.
from _functools import partial, Placeholder, reduce, cmp_to_key, _lru_cache_wrapper
import _operator as operator

def raises(exc, message, f, *args, **kw):
    try:
        f(*args, **kw)
    except exc as e:
        assert message is None or str(e) == message, str(e)
    else:
        raise AssertionError("nothing raised")

def f(*args, **kw):
    return args, kw

p = partial(f, 1, x=2)
assert p(3, y=4) == ((1, 3), {"x": 2, "y": 4}) and p(x=5) == ((1,), {"x": 5}) and p.func is f and p.args == (1,) and p.keywords == {"x": 2}
q = partial(p, 2, z=3)
assert q.func is f and q.args == (1, 2) and q() == ((1, 2), {"x": 2, "z": 3})
h = partial(f, Placeholder, 2, Placeholder, 4)
assert h(1, 3, 5) == ((1, 2, 3, 4, 5), {}) and repr(Placeholder) == "Placeholder"
assert partial(h, 1)(3) == ((1, 2, 3, 4), {})
raises(TypeError, "missing positional arguments in 'partial' call; expected at least 2, got 1", h, 1)
raises(TypeError, "trailing Placeholders are not allowed", partial, f, 1, Placeholder)
raises(TypeError, "the first argument must be callable", partial, 1)
raises(TypeError, "type 'partial' takes at least one argument", partial)
p.attribute = 5
assert p.attribute == 5 and partial(p).func is p
assert repr(partial(len, 1)) == "functools.partial(<built-in function len>, 1)"

class C:
    m = partial(f, 1)
c = C()
assert c.m() == ((1, c), {})

assert reduce(operator.add, [1, 2, 3]) == 6 and reduce(operator.add, [], 5) == 5 and reduce(max, [3], initial=9) == 9
raises(TypeError, "reduce() of empty iterable with no initial value", reduce, max, [])
raises(TypeError, "reduce() arg 2 must support iteration", reduce, max, 1)

K = cmp_to_key(lambda a, b: (a < b) - (a > b))
assert sorted([1, 3, 2], key=K) == [3, 2, 1] and K(1) > K(2) and K(5).obj == 5
raises(TypeError, "other argument must be K instance", lambda: K(1) < 2)

class Info(tuple):
    def __new__(cls, *args): return tuple.__new__(cls, args)
calls = []
def g(x, y=0):
    calls.append(x)
    return x * 2
w = _lru_cache_wrapper(g, 2, False, Info)
assert w(1) == 2 and w(2) == 4 and w(1) == 2 and w(3) == 6 and w(1) == 2 and w(2) == 4
assert calls == [1, 2, 3, 2] and w.cache_info() == (2, 4, 2, 2)
w.cache_clear()
assert w.cache_info() == (0, 0, 2, 0)
u = _lru_cache_wrapper(g, None, True, Info)
u(1); u(1.0); u(1, y=2); u(1, y=2)
assert u.cache_info() == (1, 3, None, 3)
n = _lru_cache_wrapper(g, 0, False, Info)
n(1); n(1)
assert n.cache_info() == (0, 2, 0, 0)

# operator
assert operator.add(1, 2) == 3 and operator.mod(7, 4) == 3 and operator.and_(6, 3) == 2 and operator.not_(0) is True
assert operator.index(True) == 1 and operator.concat([1], [2]) == [1, 2] and operator.contains([1], 1) and operator.is_none(None)
assert operator.countOf([1, 2, 1], 1) == 2 and operator.indexOf([1, 2], 2) == 1 and operator.length_hint([1, 2]) == 2
assert operator.length_hint(1, 7) == 7 and operator.call(f, 1, a=2) == ((1,), {"a": 2}) and operator.pow(2, 3) == 8
raises(ValueError, "sequence.index(x): x not in sequence", operator.indexOf, [], 1)
d = {}
operator.setitem(d, 1, 2); assert operator.getitem(d, 1) == 2; operator.delitem(d, 1); assert d == {}
l = [1]
assert operator.iadd(l, [2]) is l and l == [1, 2]
assert operator.itemgetter(1)("abc") == "b" and operator.itemgetter(0, 2)("abc") == ("a", "c")
assert operator.attrgetter("real")(5) == 5 and operator.attrgetter("real.imag", "real")(5) == (0, 5)
assert operator.methodcaller("upper")("a") == "A" and operator.methodcaller("split", sep=",")("a,b") == ["a", "b"]
assert repr(operator.itemgetter(1, 2)) == "operator.itemgetter(1, 2)" and repr(operator.methodcaller("a", 1, b=2)) == "operator.methodcaller('a', 1, b=2)"
assert operator._compare_digest("a", "a") and not operator._compare_digest(b"a", b"b")
