# object.h: text, comparison, attributes, constants and reference counts.
import ext_object as m


def error(function, *args):
    try:
        print(function(*args))
    except Exception as exc:
        print(type(exc).__name__, exc)


class Thing:
    def __init__(self):
        self.x = 1

    def __repr__(self):
        return "Thing\xe9"

    def __bytes__(self):
        return b"thing"

    @property
    def bad(self):
        raise ValueError("from the property")


class BadRepr:
    def __repr__(self):
        return 1


class BadTruth:
    def __bool__(self):
        raise ZeroDivisionError("no truth")


thing = Thing()
print(m.repr(thing), m.str(thing), m.ascii(thing), m.bytes(thing))
print(m.repr("a'b\n"), m.str("a'b"), m.str(12), m.repr(None), m.ascii("\u20ac"))
error(m.repr, BadRepr())
error(m.bytes, 1.5)
print(m.type(thing).__name__, "x" in m.dir(thing))
print(m.hash(1), m.hash(2**61), m.hash("x") == hash("x"), m.hash((1, 2)) == hash((1, 2)))
error(m.hash, [])
print(m.is_true([]), m.is_true([0]), m.is_true(0.0), m.not_(""), m.not_("a"))
error(m.is_true, BadTruth())
print(m.callable(len), m.callable(1), m.callable(Thing))

# Attributes.
print(m.getattr(thing, "x"), m.generic_getattr(thing, "x"), m.getattr_string(thing, "x"))
error(m.getattr, thing, "y")
error(m.getattr, thing, 1)
error(m.getattr_string, 5, "nothing")
print(m.setattr(thing, "y", [1]), thing.y, m.setattr_string(thing, "z", 2), thing.z)
print(m.generic_setattr(thing, "w", 3), thing.w)
error(m.setattr, 1, "y", 2)
print(m.delattr(thing, "y"), m.delattr_string(thing, "z"), sorted(thing.__dict__))
error(m.delattr, thing, "y")
print(m.hasattr(thing, "x"), m.hasattr(thing, "bad"), m.hasattr(thing, "y"))
print(m.hasattr_with_error(thing, "x"), m.hasattr_with_error(thing, "y"))
error(m.hasattr_with_error, thing, "bad")
print(m.get_optional_attr(thing, "x"), m.get_optional_attr(thing, "y"))
error(m.get_optional_attr, thing, "bad")

# Comparison: < <= == != > >=
for op in range(6):
    print(op, m.rich_compare(1, 2, op), m.rich_compare_bool("b", "a", op), m.compare_longs(3, 3, op))
nan = float("nan")
print(m.rich_compare(nan, nan, 2), m.rich_compare_bool(nan, nan, 2), m.rich_compare_bool(nan, nan, 3))
error(m.rich_compare, 1, "a", 0)
print(m.identity(None, None), m.identity(True, 1), m.identity(False, True))

print(m.constants())
try:
    m.bad_constant()
except SystemError:
    print("SystemError")
print(m.counts())
print(m.immortal())
print(m.unique())
print(m.guarded_repr(thing), m.guarded_repr([]))
print(m.hash_of_number() == hash(1.5))
