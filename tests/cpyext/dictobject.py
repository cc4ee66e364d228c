# dictobject.h: dict.
import ext_dictobject as m


def error(function, *args):
    try:
        print(function(*args))
    except SystemError:
        print("SystemError")
    except Exception as exc:
        print(type(exc).__name__, exc)


class Sub(dict):
    pass


class BadEq:
    def __hash__(self):
        return 1

    def __eq__(self, other):
        raise RuntimeError("compared")


print(m.new(), m.check({}), m.check(Sub(a=1)), m.check([]))
d = {"a": 1, "b": 2}
print(m.setitem(d, "c", 3), m.setitem(d, 4, "four"), d, m.size(d), m.contains(d, "a"), m.contains(d, "z"))
print(m.delitem(d, "a"), d)
error(m.delitem, d, "a")
error(m.setitem, d, [], 1)
error(m.setitem, [], 1, 1)
error(m.contains, d, [])
error(m.size, [])
print(m.getitem(d, "b"), m.getitem(d, "none"), m.getitem_with_error(d, "b"), m.getitem_with_error(d, "z"))
print(m.getitem_ref(d, "b"), m.getitem_ref(d, "z"), m.getitem_known_hash(d, "c"))
error(m.getitem_with_error, d, [])
error(m.getitem_ref, d, [])
bad = {1: "one"}
error(m.getitem_ref, bad, BadEq())
print(m.string_functions(d, "caf\xe9", 1), d)
print(m.setdefault(d, "b", 9), m.setdefault(d, "n", 9), m.setdefault_ref(d, "n", 0), m.setdefault_ref(d, "o", 0))
print(m.pop(d, "o"), m.pop(d, "o"), d)
error(m.pop, d, [])
copied = m.copy(d)
print(copied == d, copied is d, m.keys(d), m.values(d), m.items(d))
print(m.update(copied, {"b": "new"}), m.merge(copied, {"b": "kept?", "q": 1}, 0), copied)
error(m.merge, copied, {"b": 0}, 2)
error(m.update, copied, 5)
print(m.merge_from_seq2(copied, [("s", 1), "xy"], 1), copied)
error(m.merge_from_seq2, copied, [(1, 2, 3)], 1)
error(m.merge_from_seq2, copied, [1], 1)
print(m.walk({"x": 1, 2: None}), m.walk({}), m.walk(Sub(q=1)))
numbers = {i: i * i for i in range(5)}
m.increment_all(numbers)
print(numbers)
print(m.clear(numbers), numbers)
view = m.proxy(d)
print(type(view).__name__, view["b"], dict(view) == d)
error(m.proxy, 1)
print(m.counts())
watched = {"old": 1}
print(m.watch(watched), watched)

# Keys of other kinds.
mixed = {}
for key in (1, 1.0, True, "1", b"1", (1,), None, 2**70):
    m.setitem(mixed, key, repr(key))
print(mixed, m.getitem(mixed, 2**70))
print(m.size_after_method({}), m.size_after_method({"one": 0, "x": 1}))
print(m.borrow_stored(stored := {}), stored)
