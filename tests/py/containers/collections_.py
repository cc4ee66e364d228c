# deque, defaultdict and weak references without the modules around them.
import _collections
import _weakref
import gc


def raises(exc, f, *args, message=None):
    try:
        f(*args)
    except exc as e:
        if message is not None:
            assert str(e) == message, (str(e), message)
        return
    assert False, "nothing raised"


deque = _collections.deque
d = deque([1, 2, 3])
d.append(4)
d.appendleft(0)
assert repr(d) == "deque([0, 1, 2, 3, 4])" and len(d) == 5 and d[0] == 0 and d[-1] == 4 and 3 in d
assert d.pop() == 4 and d.popleft() == 0
d.rotate(1)
assert list(d) == [3, 1, 2]
d.rotate(-2)
assert list(d) == [2, 3, 1] and list(reversed(d)) == [1, 3, 2]
d.extendleft("ab")
assert list(d) == ["b", "a", 2, 3, 1]
d.insert(2, "x")
d.remove("a")
del d[0]
d[0] = "y"
assert list(d) == ["y", 2, 3, 1] and d.index(3) == 2 and d.count(1) == 1
d.reverse()
assert d == deque([1, 3, 2, "y"]) and d != deque() and deque([1]) < deque([2])
assert d + deque([5]) == deque([1, 3, 2, "y", 5]) and deque([1]) * 3 == deque([1, 1, 1])
m = deque(range(10), maxlen=3)
assert repr(m) == "deque([7, 8, 9], maxlen=3)" and m.maxlen == 3
m.append(10)
m.appendleft(6)
assert list(m) == [6, 8, 9]
m *= 2
assert list(m) == [6, 8, 9]
raises(IndexError, lambda: deque().pop(), message="pop from an empty deque")
raises(IndexError, lambda: deque()[0], message="deque index out of range")
raises(IndexError, lambda: m.insert(0, 1), message="deque already at its maximum size")
raises(ValueError, lambda: deque([], -1), message="maxlen must be non-negative")
raises(TypeError, hash, d)


def grow():
    for x in d:
        d.append(x)


raises(RuntimeError, grow, message="deque mutated during iteration")
q = deque()
for i in range(1000):
    q.append(i)
    if i % 3 == 0:
        q.popleft()
assert list(q) == list(range(334, 1000))

dd = _collections.defaultdict(list)
dd["a"].append(1)
dd["a"].append(2)
assert dd == {"a": [1, 2]} and repr(dd) == "defaultdict(<class 'list'>, {'a': [1, 2]})" and dd.get("b") is None
assert dd.copy() == dd and type(dd.copy()) is type(dd) and dd.default_factory is list
assert type(dd | {"c": 1}) is type(dd) and (dd | {"c": 1})["c"] == 1
raises(KeyError, lambda: _collections.defaultdict()["x"], message="'x'")
raises(TypeError, lambda: _collections.defaultdict(1), message="first argument must be callable or None")
counts = {}
_collections._count_elements(counts, "abracadabra")
assert counts == {"a": 5, "b": 2, "r": 2, "c": 1, "d": 1}


class C:
    def method(self):
        return 5


c = C()
r = _weakref.ref(c)
assert r() is c and r is _weakref.ref(c) and _weakref.getweakrefcount(c) == 1 and r == _weakref.ref(c)
p = _weakref.proxy(c)
assert p.method() == 5 and _weakref.getweakrefcount(c) == 2
p.x = 3
assert c.x == 3
raises(TypeError, _weakref.ref, 1, message="cannot create weak reference to 'int' object")
raises(TypeError, _weakref.ref, [], message="cannot create weak reference to 'list' object")
called = []


def make(n):
    return [(_weakref.ref(C(), called.append)) for _ in range(n)]


refs = make(50)
gc.collect()
assert sum(r() is None for r in refs) >= 40 and len(called) >= 40 and called[0]() is None
