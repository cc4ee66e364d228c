# tupleobject.h: tuple.
import ext_tupleobject as m


def error(function, *args):
    try:
        print(function(*args))
    except SystemError:
        print("SystemError")
    except Exception as exc:
        print(type(exc).__name__, exc)


class Sub(tuple):
    pass


print(m.check(()), m.check(Sub()), m.check([]))
print(m.build(5), m.build(0), m.size((1, 2)), m.size(Sub("abc")))
print(m.sum_items(m.build(100)), m.sum_items(tuple(range(1000))), m.sum_items(Sub([5, 6])))
print(m.getitem(("a", "b"), 1), m.getslice((1, 2, 3, 4), 1, 3), m.getslice((1, 2), -5, 9), m.pack(1, "x"))
error(m.getitem, (1,), 1)
error(m.getitem, (1,), -1)
error(m.getitem, [1], 0)
error(m.setitem, (1, 2), 0, 3)
error(m.size, [])
error(m.build, -1)
whole = (1, 2, 3)
print(m.getslice(whole, 0, 3) == whole, m.resize(0), m.resize(2), m.resize(3), m.resize(5))
print(m.empty_is_shared(), m.counts())
built = m.build(3)
print({built: "found"}[(0, 1, 2)], hash(built) == hash((0, 1, 2)), built + (9,), built * 2, built[::-1])
