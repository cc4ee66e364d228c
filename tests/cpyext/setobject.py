# setobject.h: set and frozenset.
import ext_setobject as m


def error(function, *args):
    try:
        print(function(*args))
    except SystemError:
        print("SystemError")
    except Exception as exc:
        print(type(exc).__name__, exc)


class Sub(set):
    pass


class SubFrozen(frozenset):
    pass


for value in (set(), frozenset(), Sub(), SubFrozen(), []):
    print(type(value).__name__, m.check(value))
print(sorted(m.new("hello")), sorted(m.new_frozen([3, 1, 2])), m.new_empty())
error(m.new, 1)
error(m.new, [[]])
s = {1, 2, 3}
print(m.size(s), m.get_size(s), m.contains(s, 2), m.contains(s, "2"), m.size(frozenset("ab")))
error(m.size, [])
error(m.contains, s, [])
print(m.add(s, 4), m.add(s, 4), m.size(s), m.discard(s, 1), m.discard(s, 1), sorted(s))
error(m.add, s, {})
frozen = frozenset([1])
error(m.add, frozen, 2)
error(m.discard, frozenset([1]), 1)
one = {"only"}
print(m.pop(one), one)
error(m.pop, one)
error(m.pop, frozenset([1]))
print(m.clear(s), s, m.fill_frozen("x"))
error(m.clear, frozenset())
error(m.fill_frozen, [])
print(m.get_size(s), m.new_frozen(frozenset([1])) == frozenset([1]))
