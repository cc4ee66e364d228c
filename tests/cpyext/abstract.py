# abstract.h: calls, numbers, sequences, mappings and iterators.
import ext_abstract as m


def error(function, *args):
    try:
        print(function(*args))
    except Exception as exc:
        print(type(exc).__name__, exc)


# Numbers.
big = 10**30
print(m.add(1, 2), m.add(big, -1), m.add("a", "b"), m.add(1, 2.5), m.subtract(1, big))
print(m.multiply("ab", 3), m.multiply(big, big), m.floor_divide(-7, 2), m.true_divide(1, 4))
print(m.remainder_(-7, 3), m.remainder_("%d!", 5), m.divmod(-7, 3), m.power(2, 100, None), m.power(3, 4, 5))
print(m.negative(big), m.positive(True), m.absolute(-3 + 4j), m.invert(5))
print(m.lshift(1, 70), m.rshift(big, 60), m.and_(12, 10), m.xor_(12, 10), m.or_({1}, {2}))
error(m.add, 1, "a")
error(m.subtract, [], [])
error(m.matrix_multiply, 1, 2)
error(m.floor_divide, 1, 0)
error(m.power, 2, "a", None)
error(m.negative, "a")
values = [1]
print(m.inplace_add(values, (2, 3)) is values, values, m.inplace_multiply(values, 2) is values, values)
kinds = {1}
print(m.inplace_or(kinds, {2}) is kinds, sorted(kinds), m.inplace_add(1, 2), m.inplace_power(3, 2, None))
error(m.inplace_add, values, 1)


class Index:
    def __index__(self):
        return 7

    def __float__(self):
        return 2.5

    def __int__(self):
        return 3

    def __matmul__(self, other):
        return ("matmul", other)

    def __radd__(self, other):
        return ("radd", other)


print(m.matrix_multiply(Index(), 1), m.add(1, Index()))
print(m.number_check(1), m.number_check("1"), m.number_check(Index()), m.index_check(1.0), m.index_check(Index()))
print(m.index_(Index()), m.index_(True), m.long_("0012"), m.long_(3.9), m.long_(Index()), m.float_("1e3"), m.float_(Index()))
error(m.index_, 1.0)
error(m.long_, "12x")
error(m.float_, [])
print([m.to_base(-255, base) for base in (2, 8, 10, 16)])
error(m.to_base, 1, 3)
print(m.as_ssize(5, OverflowError), m.as_ssize(big, None) == 2**63 - 1, m.as_ssize(-big, None) == -(2**63))
error(m.as_ssize, big, IndexError)

# Any object.
print(m.size({1: 2}), m.size("abc"), m.getitem([1, 2], -1), m.getitem({1: "x"}, 1), m.getitem("abc", slice(1, None)))
error(m.size, 1)
error(m.getitem, [1], 5)
error(m.getitem, 1, 5)
values = [1, 2, 3]
print(m.setitem(values, 0, "a"), m.delitem(values, -1), values)
error(m.setitem, (1,), 0, 2)
error(m.delitem, {}, "k")
print(m.format(3.14159, ".2f"), m.format("a", ">3"), m.isinstance(1, int), m.isinstance(1, (str, int)), m.issubclass(bool, int))
error(m.format, 1, "q")
error(m.isinstance, 1, 1)
print(m.length_hint(iter([1, 2]), 10), m.length_hint((x for x in ""), 10))

# Sequences.
print(m.sequence_check([]), m.sequence_check({}), m.sequence_size("ab"), m.concat([1], [2]), m.concat("a", "b"))
print(m.repeat((1,), 3), m.tuple("ab"), m.list({1: 2}), m.count([1, 2, 1], 1), m.contains("abc", "b"), m.index_of("abc", "c"))
error(m.concat, [1], (2,))
error(m.sequence_size, {})
error(m.index_of, [1], 2)
error(m.tuple, 1)
print(m.sequence_getitem([1, 2, 3], -1), m.getslice([1, 2, 3], 0, -1), m.getslice("abcd", 1, 3))
values = list(range(6))
print(m.sequence_setitem(values, -1, "last"), m.sequence_delitem(values, 0), values)
print(m.setslice(values, 1, 3, "xyz"), values, m.delslice(values, 0, 2), values)
error(m.sequence_getitem, [1], 1)
error(m.sequence_getitem, {}, 1)
print(m.fast_reversed([1, 2, 3]), m.fast_reversed((1, 2)), m.fast_reversed(range(3)), m.fast_reversed({1: 2}))
error(m.fast_reversed, 5)
print(m.slot_item([1, 2], 1), m.slot_item((3, 4), 0), m.slot_item("ab", 1))


class Sequence:
    def __len__(self):
        return 3

    def __getitem__(self, index):
        if isinstance(index, int) and not 0 <= index < 3:
            raise IndexError(index)
        return index


print(m.list(Sequence()), m.sequence_getitem(Sequence(), -1), m.getslice(Sequence(), 0, 1), m.contains(Sequence(), 2))

# Mappings.
mapping = {"a": 1}
print(m.mapping_check({}), m.mapping_check([]), m.mapping_check(1), m.mapping_size(mapping))
print(m.keys(mapping), m.values(mapping), m.items(mapping), m.has_key(mapping, "a"), m.has_key(mapping, []))
print(m.has_key_with_error(mapping, "b"), m.mapping_getitem_string(mapping, "a"))
error(m.has_key_with_error, mapping, [])
error(m.mapping_getitem_string, mapping, "b")
print(m.mapping_setitem_string(mapping, "b", 2), mapping, m.get_optional_item(mapping, "b"), m.get_optional_item(mapping, "c"))
error(m.mapping_size, 1)
error(m.keys, 1)

# Iterators.
iterator = m.iter([1, 2])
print(m.iter_check(iterator), m.iter_check([]), m.next(iterator), m.next_item(iterator), m.next_item(iterator), m.next(iterator))
error(m.iter, 1)
error(m.next_item, 1)


def generator():
    received = yield 1
    yield received
    return "done"


running = generator()
print(m.send(running, None), m.send(running, "hello"), m.send(running, None))
print(m.send(iter([5]), None), m.send(iter([]), None))
print(m.sum(range(100)), m.sum(x * 0.5 for x in range(4)))
error(m.sum, (1 // (3 - x) for x in range(5)))

# Calls.


def show(*args, **kwargs):
    return args, kwargs


print(m.call(show, (1, 2), {"k": 3}), m.call(show, ()), m.call(str, (b"ab", "ascii")))
error(m.call, 1, ())
error(m.call, len, (1, 2))
error(m.call, len, (), {"a": 1})
print(m.call_variants(show))


class WithMethod:
    def method(self, *args):
        return args


print(m.call_method_variants(WithMethod()))
