"""What a class has of bases that are not the first with a layout: weak references, the right __new__."""
import weakref


class Plain:
    pass


class Both(Plain, float):
    __slots__ = ()


b = Both(1.5)
assert weakref.ref(b)() is b
b.x = 1
assert b.__dict__ == {"x": 1} and b + 1 == 2.5


class Mixin:
    __slots__ = ()


class Number(Mixin, int):
    pass


assert Number(5) + 1 == 6 and type(Number(5)) is Number


class Group(Mixin, tuple):
    __slots__ = ()


assert Group([1, 2]) == (1, 2)
try:
    weakref.ref(Group())
except TypeError as e:
    assert str(e) == "cannot create weak reference to 'Group' object"
else:
    raise AssertionError
