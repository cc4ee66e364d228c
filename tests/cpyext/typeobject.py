# Types defined in C, static and on the heap.
import gc
import weakref

import ext_typeobject as m


def error(function, *args, **kwargs):
    try:
        print(function(*args, **kwargs))
    except Exception as exc:
        print(type(exc).__name__, exc)


Q = m.Quantity
print(Q, Q.__doc__, Q.__text_signature__, Q.__module__, Q.__basicsize__ > 16)
q = Q(3, unit="kg")
print(repr(q), str(q), f"{q}", hash(q), bool(q), bool(Q(0)), int(Q(2.9)), float(q))
error(Q)
error(Q, "x")
error(Q, 1, 2, 3)
error(Q, 1, other=2)

# Numbers.
print(q + q, q + 1, 1 + q, 2.5 - q, q * 2, -q, q**2, pow(q, 2, 3), 2**q)
error(lambda: q + "x")
error(lambda: "x" + q)
error(lambda: q / 2)
error(lambda: q @ q)
r = same = Q(1, "m")
r += 5
print(r, r is same)
print(m.add_through_slot(q, q), m.add_through_slot(q, "x"), m.add_through_slot([1], [2]))
print(m.add_through_slot(1, 2), m.add_through_slot(1.5, 2), m.add_through_slot("a", "b"))

# Comparison, call, containers.
print(q < Q(4), q == Q(3), q != Q(3), q >= Q(9), q == 3, q in [Q(3)])
error(lambda: q < 3)
print(q(1, 2, k=3), q())
print(len(q), q[0], q["key"], "k" in q, list(map(str, iter(Q(1, "abc")))) if hasattr(Q, "__iter__") else "no __iter__")
q["new"] = "item"
print(q.unit)


def delete():
    del q["key"]


error(delete)

# Attributes.
q.value = 10
q.unit = "s"
q.flag = True
print(q.value, q.double, q.triple, q.unit, q.readonly, q.flag, q.convert("min"))
q.double = 5
print(q.value)
for name, value in (("value", "x"), ("readonly", 1), ("flag", 1), ("triple", 1), ("double", "x"), ("nothing", 1)):
    error(setattr, q, name, value)
error(delattr, q, "double")
error(delattr, q, "value")
del q.unit
error(lambda: q.unit)
print(Q.double.__doc__, Q.value.__doc__, Q.convert.__doc__, Q.convert(q, 1)[0], type(Q.double).__name__, type(Q.value).__name__)
print(sorted(name for name in vars(Q) if not name.startswith("__")))
print(Q.__add__(Q(1), Q(2)), Q.__repr__(Q(1)), Q.__getitem__(Q(1, "a"), 0), type(Q.__add__).__name__)

# Subtypes, in C and in Python.
money = m.Money(5, "EUR")
money.extra = 99
print(money, money + 1, money.extra, isinstance(money, Q), m.mro(m.Money))


class Price(m.Money):
    __slots__ = ("tag",)

    def __add__(self, other):
        return ("Price.__add__", other)

    def __len__(self):
        return 77


class Loose(Q):
    def __init__(self, *args):
        super().__init__(*args)
        self.anything = "goes"


price = Price(1, "x")
price.tag = "t"
print(price, price + 1, 1 + price, len(price), price.tag, m.is_subtype(Price, Q), m.is_subtype(Q, Price), m.is_subtype_objects(Price, Q))
loose = Loose(2, "y")
print(loose, loose.anything, loose.__dict__, loose + 1, loose.value)
print(m.add_through_slot(price, 1), m.add_through_slot(loose, 1))
m.add_attribute("class attribute")
print(Q.added, loose.added, price.added)
error(setattr, Q, "more", 1)
before = m.times_deallocated()
del q, price, loose, money, r, same
gc.collect()
print(m.times_deallocated() - before >= 5)

# A subtype of list.
counting = m.Counting([1, 2])
print(counting.append(3), counting.append(4), counting, len(counting), isinstance(counting, list), counting[1:], counting + [5])
counting.sort(reverse=True)
print(counting, type(counting).__name__, m.describe(m.Counting)[0])

# Variable size, iteration, descriptors.
longs = m.Longs(5, 6, 7)
print(len(longs), list(longs), longs[1], longs[-1], 6 in longs, m.Longs.__itemsize__)
error(lambda: longs[3])
error(m.Longs, "x")
counter = m.Counter(3)
print(iter(counter) is counter, next(counter), list(counter), next(counter, "end"), sum(m.Counter(1000)))
error(next, counter)


class Owner:
    attribute = m.Descriptor()

    def __repr__(self):
        return "owner"


owner = Owner()
print(owner.attribute, Owner.attribute)
owner.attribute = 5
print(owner.stored)
del owner.attribute
print(owner.stored)

# Heap types.
heap = m.Heap()
heap.number = 12
heap.free = "dict"
print(heap.magic, heap.number, heap.free, heap.__dict__, m.Heap.__doc__, weakref.ref(heap)() is heap)
error(lambda: heap.missing)
m.Heap.patched = lambda self: ("patched", self.number)
print(heap.patched())


class SubHeap(m.Heap):
    pass


sub = SubHeap()
sub.me = sub
ref = weakref.ref(sub)
print(sub.magic, sub.me is sub)
del sub
gc.collect()
print(ref())
error(m.Sealed)
error(setattr, m.Sealed, "x", 1)
error(lambda: type("S", (m.Sealed,), {}))
print(m.WithMeta, type(m.WithMeta), m.WithMeta.counted, m.Meta("Made", (), {}).counted)


class Python(m.WithMeta):
    pass


print(type(Python), Python.counted)
for cls in (Q, m.Heap, m.Sealed, m.Longs, int, Python):
    print(m.describe(cls), m.slots(cls))
