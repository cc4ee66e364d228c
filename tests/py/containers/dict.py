# Dicts: construction, methods, order, views, changes during iteration.

def raises(exc, f, *args, message=None):
    try:
        f(*args)
    except exc as e:
        if message is not None:
            assert str(e) == message, (str(e), message)
        return
    assert False, "nothing raised"


assert dict() == {} and dict(a=1) == {"a": 1} and dict([("a", 1), ["b", 2]]) == {"a": 1, "b": 2}
assert dict({"x": 1}, y=2) == {"x": 1, "y": 2} and dict(zip("ab", "cd")) == {"a": "c", "b": "d"}
assert repr({1: "a", "b": [2]}) == "{1: 'a', 'b': [2]}" and repr({}) == "{}"
d = {}
d["self"] = d
assert repr(d) == "{'self': {...}}"
raises(TypeError, dict, 1, message="'int' object is not iterable")
raises(ValueError, dict, [(1, 2, 3)], message="dictionary update sequence element #0 has length 3; 2 is required")
raises(TypeError, lambda: {[]: 1}, message="cannot use 'list' as a dict key (unhashable type: 'list')")
raises(TypeError, lambda: dict(1, 2), message="dict expected at most 1 argument, got 2")

d = {i: i * i for i in range(100)}
assert len(d) == 100 and d[50] == 2500 and list(d) == list(range(100))
for i in range(0, 100, 2):
    del d[i]
assert list(d) == list(range(1, 100, 2)) and 4 not in d and 5 in d
raises(KeyError, lambda: d[4], message="4")
assert d.get(4) is None and d.get(4, "no") == "no" and d.get(5) == 25
assert d.pop(5) == 25 and d.pop(5, None) is None
raises(KeyError, lambda: d.pop(5), message="5")
assert d.setdefault(5, 1) == 1 and d.setdefault(5, 2) == 1
assert d.popitem() == (5, 1) and d.popitem() == (99, 9801)
e = d.copy()
assert e == d and e is not d and list(e) == list(d)
d.clear()
assert d == {} and not d
raises(KeyError, d.popitem, message="'popitem(): dictionary is empty'")
d.update(a=1)
d.update([("b", 2)], c=3)
d.update({"d": 4})
assert d == dict(a=1, b=2, c=3, d=4)
assert d | {"a": 9} == dict(a=9, b=2, c=3, d=4) and {"z": 0} | d != d
d |= [("e", 5)]
assert d["e"] == 5
assert dict.fromkeys("ab") == {"a": None, "b": None} and dict.fromkeys([1], 0) == {1: 0}
assert list(reversed(d)) == ["e", "d", "c", "b", "a"]
assert {1: 2} == {1.0: 2.0} and {1: 2} != {1: 3} and {1: 2} != {2: 2}
raises(TypeError, lambda: {} < {})


class D(dict):
    def __missing__(self, key):
        return key * 2


m = D(a=1)
assert m["a"] == 1 and m["b"] == "bb" and m.get("b") is None and type(m.copy()) is dict and isinstance(m, dict)
assert type(D.fromkeys("a")) is D


class Mapping:
    def keys(self):
        return ["p", "q"]

    def __getitem__(self, key):
        return key + "!"


assert dict(Mapping()) == {"p": "p!", "q": "q!"} and {**Mapping()} == {"p": "p!", "q": "q!"}

# Views.
d = {"a": 1, "b": 2}
assert repr(d.keys()) == "dict_keys(['a', 'b'])" and repr(d.values()) == "dict_values([1, 2])"
assert repr(d.items()) == "dict_items([('a', 1), ('b', 2)])"
assert "a" in d.keys() and ("a", 1) in d.items() and ("a", 2) not in d.items() and 2 in d.values()
assert d.keys() == {"a", "b"} and d.keys() & {"a", "z"} == {"a"} and d.keys() | "z" == {"a", "b", "z"}
assert d.keys() - {"a"} == {"b"} and d.keys() ^ {"a", "c"} == {"b", "c"} and d.keys() < {"a", "b", "c"}
assert d.items() & [("a", 1)] == {("a", 1)} and d.keys().isdisjoint(["z"]) and not d.keys().isdisjoint("a")
assert {"a"} <= d.keys() and ["a"] - d.keys() == set() and len(d.items()) == 2
assert list(reversed(d.items())) == [("b", 2), ("a", 1)] and list(reversed(d.values())) == [2, 1]
assert d.keys().mapping["a"] == 1


def grow():
    for k in d:
        d[k + "x"] = 1


raises(RuntimeError, grow, message="dictionary changed size during iteration")
it = iter({1: 2, 3: 4})
assert it.__length_hint__() == 2 and next(it) == 1 and it.__length_hint__() == 1


# Keys that change the dict while they are compared.
class Evil:
    def __init__(self, action):
        self.action = action

    def __hash__(self):
        return 1

    def __eq__(self, other):
        self.action()
        return False


t = {}
t[Evil(t.clear)] = 1
raises(KeyError, lambda: t[1])
t[1] = 2
assert t == {1: 2}

big = {}
for i in range(10000):
    big[str(i)] = i
assert all(big[str(i)] == i for i in range(10000)) and len(big) == 10000
