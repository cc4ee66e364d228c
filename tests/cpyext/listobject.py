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
