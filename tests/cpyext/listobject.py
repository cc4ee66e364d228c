# listobject.h: list, also when C code changes its fields.
import ext_listobject as m


def error(function, *args):
    try:
        print(function(*args))
    except SystemError:
        print("SystemError")
    except Exception as exc:
        print(type(exc).__name__, exc)


class Sub(list):
    pass


print(m.check([]), m.check(Sub()), m.check(()))
values = m.build(5)
print(values, m.size(values), m.sum_items(values), m.build(0))
error(m.build, -1)
print(m.getitem(values, 2), m.getitem_ref(values, 4))
error(m.getitem, values, 5)
error(m.getitem, values, -1)
error(m.getitem_ref, values, 9)
error(m.getitem, (), 0)
error(m.getitem_ref, (), 0)
error(m.size, ())
print(m.setitem(values, 0, "zero"), m.insert(values, -1, "in"), m.insert(values, 100, "end"), values)
error(m.setitem, values, 100, 1)
error(m.setitem, (), 0, 1)
error(m.insert, (), 0, 1)
print(m.append(values, []), m.extend(values, "ab"), values)
error(m.append, (), 1)
error(m.extend, values, 1)
error(m.extend, (), [])
print(m.getslice(values, 1, 3), m.getslice(values, -5, 100), m.getslice(values, 3, 1))
print(m.setslice(values, 1, 4, ["x"]), values, m.setslice(values, 0, 2), values)
print(m.setslice(values, 1, 1, values), values)
error(m.setslice, values, 0, 1, 5)
numbers = [3, 1, 2]
print(m.sort(numbers), numbers, m.reverse(numbers), numbers, m.as_tuple(numbers))
error(m.sort, [1, "a"])
error(m.as_tuple, ())
print(m.clear(numbers), numbers)

# The list grows and shrinks under C code and Python code in turn.
items = []
for i in range(50):
    m.append_in_place(items, i, 3)
    items.append("p")
    assert items[-4:] == [i, i, i, "p"], items
print(len(items), items[:5], items[-2:], m.append_in_place(items, "last", 100))
popped = [m.pop_in_place(items) for _ in range(101)]
print(popped[0], popped[-1], len(items), items.pop(), sum(isinstance(x, int) for x in items))
error(m.pop_in_place, [])
print(m.counts())

# A list that holds itself.
items = [1]
m.append(items, items)
print(items, m.getitem(items, 1) is items)

# Every operation on a list that C code knows gives what it gives on another list.
operations = [
    lambda x: x.append("new"),
    lambda x: x.extend(["p", "q"]),
    lambda x: x.extend(i for i in range(3)),
    lambda x: x.extend(x),
    lambda x: x.insert(1, 9),
    lambda x: x.pop(),
    lambda x: x.pop(0),
    lambda x: x.remove(2.5),
    lambda x: x.index(2.5),
    lambda x: x.count(2),
    lambda x: x.reverse(),
    lambda x: x.clear(),
    lambda x: x.copy(),
    lambda x: x.sort(key=str),
    lambda x: x.sort(key=str, reverse=True),
    lambda x: sorted(x, key=repr),
    lambda x: x * 2,
    lambda x: x.__imul__(3),
    lambda x: x.__imul__(0),
    lambda x: x + [1],
    lambda x: [1] + x,
    lambda x: x.__iadd__("ab"),
    lambda x: x[1:3],
    lambda x: x[::-1],
    lambda x: x.__setitem__(0, None),
    lambda x: x.__setitem__(slice(1, 2), "xyz"),
    lambda x: x.__setitem__(slice(None, None, 2), list(range(len(x[::2])))),
    lambda x: x.__setitem__(slice(0, 2), x),
    lambda x: x.__delitem__(-1),
    lambda x: x.__delitem__(slice(None, None, 2)),
    lambda x: 2.5 in x,
    lambda x: "absent" in x,
    lambda x: (len(x), bool(x), list(x), tuple(x), list(reversed(x)), [*x], set(map(repr, x))),
    lambda x: x == [1, 2, 2.5, "s", 10**30],
    lambda x: x < [1, 2, 3],
    lambda x: str(x),
    lambda x: [a for a in x],
    lambda x: (lambda a, *b: (a, b))(*x),
    lambda x: dict.fromkeys(x),
    lambda x: list(zip(x, x)),
    lambda x: list(enumerate(x)),
    lambda x: x[10],
]


def outcome(operation, x):
    try:
        return operation(x), x
    except Exception as exc:
        return type(exc), str(exc), x


for operation in operations:
    for between in (0, 3, 20):
        mine, other = [1, 2, 2.5, "s", 10**30], [1, 2, 2.5, "s", 10**30]
        m.size(mine)
        for _ in range(between):
            assert mine[2] == 2.5
        assert outcome(operation, mine) == outcome(operation, other)
        assert m.size(mine) == len(other) and mine == other
        if mine:
            assert m.getitem(mine, len(mine) - 1) == other[-1]


# What a key function does while the list is sorted.
def sees(x):
    m.append(x, 1) if grow else m.size(x)
    return -x[0] if x is values and x else 0


for known in (False, True):
    for grow in (False, True):
        values = [3, 1, 2]
        if known:
            m.size(values)
        error(lambda: values.sort(key=lambda v: (sees(values), v)))
        print(known, grow, values)
a, b, *rest = values
print(a, b, rest)
match values:
    case [first, *others]:
        print(first, others)

# References of C code are counted.
import sys

item, holder = object(), []
before = sys.getrefcount(item)
print(m.append(holder, item), sys.getrefcount(item) - before)

# Cycles through lists that C code has seen are collected.
import gc
import weakref


class Node:
    pass


def cycle():
    node, values = Node(), []
    node.values = values
    values.append(node)
    m.size(values)
    return weakref.ref(node)


def depth(n):
    return cycle() if n == 0 else depth(n - 1)


made = [depth(20) for _ in range(20)]
for _ in range(4):
    gc.collect()
print(sum(r() is None for r in made) > 15)

# The truth of a list whose items are in its struct.
for crossed in ([], [1]):
    print("full" if crossed else "empty")
    m.append(crossed, 2)
    print("full" if crossed else "empty", not crossed)
