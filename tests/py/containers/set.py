# Sets: order of iteration, operations, methods, frozen sets, changes while comparing.

def raises(exc, f, *args, message=None):
    try:
        f(*args)
    except exc as e:
        if message is not None:
            assert str(e) == message, (str(e), message)
        return
    assert False, "nothing raised"


# The order is that of the table.
assert list({5, 1, 9, 33, 65, 8, 16}) == [16, 65, 1, 33, 5, 8, 9]
assert list(set(range(20, 0, -3))) == [2, 5, 8, 11, 14, 17, 20]
s = set()
for i in (0, 32, 64, 96, 128, 7, 39):
    s.add(i)
assert list(s) == [0, 32, 64, 96, 128, 7, 39]
s.discard(64)
s.add(160)
assert list(s) == [0, 32, 160, 96, 128, 7, 39]
assert list({1, 2, 3} | {40, 41, 42}) == [1, 2, 3, 40, 41, 42]
assert list(set(range(100)) & set(range(0, 300, 7))) == [0, 98, 35, 70, 7, 42, 77, 14, 49, 84, 21, 56, 91, 28, 63]

assert repr(set()) == "set()" and repr({1}) == "{1}" and repr(frozenset()) == "frozenset()"
assert repr(frozenset([1, 2])) == "frozenset({1, 2})"
a, b = {1, 2, 3, 4}, {3, 4, 5}
assert a | b == {1, 2, 3, 4, 5} and a & b == {3, 4} and a - b == {1, 2} and a ^ b == {1, 2, 5}
assert a.union(b, [9]) == {1, 2, 3, 4, 5, 9} and a.intersection(b, [3]) == {3} and a.difference([1], [2]) == {3, 4}
assert a.symmetric_difference([4, 5]) == {1, 2, 3, 5}
assert {1} < {1, 2} <= {1, 2} and not {1, 2} < {1, 2} and {1, 2} > {1} and {1} != {2} and {1} == frozenset([1])
assert {1}.issubset([1, 2]) and {1, 2}.issuperset([1]) and {1}.isdisjoint([2]) and not {1}.isdisjoint({1})
raises(TypeError, lambda: {1} | [2], message="unsupported operand type(s) for |: 'set' and 'list'")
c = set(a)
c |= {7}
c &= {1, 2, 7}
c -= {1}
c ^= {2, 8}
assert c == {7, 8}
c.update([1], (2,), {3: 4})
c.intersection_update([1, 2, 3], [2, 3])
assert c == {2, 3}
c.difference_update([2])
c.symmetric_difference_update([3, 4])
assert c == {4}
c.add(5)
c.remove(4)
raises(KeyError, c.remove, 4, message="4")
c.discard(4)
assert c.pop() == 5
raises(KeyError, c.pop, message="'pop from an empty set'")
assert type(frozenset([1]) | {2}) is frozenset and type({1} | frozenset([2])) is set
f = frozenset("ab")
assert frozenset(f) is f and f.copy() is f and hash(f) == hash(frozenset("ba")) and {f: 1}[frozenset("ba")] == 1
assert frozenset([1]) in {frozenset([1])} and {1} in {frozenset([1])}
assert hash(frozenset()) == 133146708735736 and hash(frozenset([1, 2, 3])) == -272375401224217160
raises(TypeError, lambda: {[]}, message="cannot use 'list' as a set element (unhashable type: 'list')")
raises(TypeError, hash, {1}, message="unhashable type: 'set'")
raises(TypeError, set, 1, 2, message="set expected at most 1 argument, got 2")
raises(TypeError, lambda: set(a=1), message="set() takes no keyword arguments")


class S(set):
    pass


assert repr(S([1])) == "S({1})" and type(S([1]) | {2}) is set and type(S([1]).copy()) is set


def grow():
    for x in a:
        a.add(x + 100)


raises(RuntimeError, grow, message="Set changed size during iteration")
it = iter({1, 2, 3})
next(it)
assert it.__length_hint__() == 2


class Evil:
    def __hash__(self):
        return 1

    def __eq__(self, other):
        target.clear()
        return False


target = {Evil()}
target.add(1)
assert target == {1} or len(target) <= 2
assert len({str(i) for i in range(5000)}) == 5000
