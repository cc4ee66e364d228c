# Lists: slices, methods, errors, changes during iteration and sorting.

def raises(exc, f, *args, message=None):
    try:
        f(*args)
    except exc as e:
        if message is not None:
            assert str(e) == message, (str(e), message)
        return
    assert False, "nothing raised"


a = [1, 2, 3]
assert repr(a) == "[1, 2, 3]" and repr([]) == "[]" and repr([[]]) == "[[]]"
a.append(a)
assert repr(a) == "[1, 2, 3, [...]]"
a.pop()
assert a + [4] == [1, 2, 3, 4] and a * 2 == [1, 2, 3, 1, 2, 3] and 2 * a == a * 2 and a * -1 == []
assert a[0] == 1 and a[-1] == 3 and a[1:] == [2, 3] and a[::-1] == [3, 2, 1] and a[::2] == [1, 3]
raises(IndexError, lambda: a[3], message="list index out of range")
raises(IndexError, lambda: [].pop(), message="pop from empty list")
raises(IndexError, lambda: a.pop(7), message="pop index out of range")
raises(TypeError, lambda: a["x"], message="list indices must be integers or slices, not str")
raises(TypeError, lambda: a + (1,), message='can only concatenate list (not "tuple") to list')
raises(ValueError, lambda: a.index(9), message="list.index(x): x not in list")
raises(ValueError, lambda: a.remove(9), message="list.remove(x): x not in list")
raises(ValueError, lambda: a[::0], message="slice step cannot be zero")
raises(TypeError, list, 1, message="'int' object is not iterable")
raises(TypeError, list, 1, 2, message="list expected at most 1 argument, got 2")

b = list(range(10))
b[2:5] = "xyz!"
assert b == [0, 1, "x", "y", "z", "!", 5, 6, 7, 8, 9]
b[::2] = range(6)
assert b == [0, 1, 1, "y", 2, "!", 3, 6, 4, 8, 5]
del b[::3]
assert b == [1, 1, 2, "!", 6, 4, 5]
del b[-1], b[0]
assert b == [1, 2, "!", 6, 4]
b[5:2] = [0]
assert b == [1, 2, "!", 6, 4, 0]
b[1:1] = b
assert b == [1, 1, 2, "!", 6, 4, 0, 2, "!", 6, 4, 0]
del b[::-2]
assert b == [1, 2, 6, 0, "!", 4]
b[:] = []
assert b == [] and not b
raises(ValueError, lambda: a.__setitem__(slice(None, None, 2), [1]),
       message="attempt to assign sequence of size 1 to extended slice of size 2")
raises(TypeError, lambda: a.__setitem__(slice(0, 1), 1))
raises(IndexError, lambda: a.__setitem__(9, 1), message="list assignment index out of range")

c = [3, 1, 2]
c.insert(0, 9)
c.insert(-1, 8)
c.insert(100, 7)
assert c == [9, 3, 1, 8, 2, 7]
c.extend(x for x in (1, 1))
c += (5,)
c *= 1
assert c.count(1) == 3 and c.index(1, 3) == 6 and c.index(2, -5, -1) == 4
c.reverse()
assert c == [5, 1, 1, 7, 2, 8, 1, 3, 9]
c.remove(1)
assert c == [5, 1, 7, 2, 8, 1, 3, 9] and 7 in c and 77 not in c
d = c.copy()
assert d == c and d is not c
c.clear()
assert c == [] and len(d) == 8
d.extend(d)
assert len(d) == 16

assert [1, 2] < [1, 3] and [1] < [1, 0] and [] <= [] and [2] > [1, 9] and [1] != [1, 1]
raises(TypeError, lambda: [1] < ["x"], message="'<' not supported between instances of 'int' and 'str'")

e = [1, 2, 3]
seen = []
for x in e:
    seen.append(x)
    if x < 3:
        e.append(9)
assert seen == [1, 2, 3, 9, 9]
it = iter([1, 2, 3])
assert next(it) == 1 and it.__length_hint__() == 2 and list(it) == [2, 3] and list(it) == []
assert list(reversed([1, 2, 3])) == [3, 2, 1]


class L(list):
    def __init__(self, *args, tag=None):
        super().__init__(*args)
        self.tag = tag


s = L([1, 2], tag="t")
assert s == [1, 2] and s.tag == "t" and type(s + s) is list and isinstance(s, list) and repr(s) == "[1, 2]"


# Sorting.
import_data = [(i * 7919) % 1009 for i in range(1009)]
assert sorted(import_data) == list(range(1009))
assert sorted(import_data, reverse=True) == list(range(1008, -1, -1))
assert sorted(map(str, range(200))) == sorted((str(i) for i in range(199, -1, -1)))
assert sorted([0.5, -1.5, 3.0]) == [-1.5, 0.5, 3.0]
assert sorted([2, 1.5, True]) == [True, 1.5, 2]
pairs = [(i % 5, i) for i in range(300)]
assert sorted(pairs, key=lambda p: p[0]) == [p for k in range(5) for p in pairs if p[0] == k]
assert sorted(pairs, key=lambda p: p[0], reverse=True) == [p for k in range(4, -1, -1) for p in pairs if p[0] == k]
assert sorted(pairs) == [p for k in range(5) for p in pairs if p[0] == k]


class K:
    def __init__(self, n):
        self.n = n

    def __lt__(self, other):
        return self.n < other.n


ks = [K((i * 37) % 101) for i in range(101)]
ks.sort()
assert [k.n for k in ks] == list(range(101))
ks.sort(reverse=True)
assert [k.n for k in ks] == list(range(100, -1, -1))


class Bad:
    count = 0

    def __lt__(self, other):
        Bad.count += 1
        if Bad.count > 50:
            raise ZeroDivisionError
        return Bad.count % 2 == 0


bad = [Bad() for _ in range(100)]
before = set(map(id, bad))
raises(ZeroDivisionError, bad.sort)
assert set(map(id, bad)) == before and len(bad) == 100


def change(key):
    f.append(1)
    return key


f = [3, 2, 1]
raises(ValueError, lambda: f.sort(key=change), message="list modified during sort")
assert f == [1, 2, 3] or f == [3, 2, 1]
raises(TypeError, lambda: [1].sort(1), message="sort() takes no positional arguments")
