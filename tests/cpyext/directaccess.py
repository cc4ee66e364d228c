# Fields that compiled code reads and writes without a call.
import sys

import ext_directaccess as m


def error(function, *args):
    try:
        print(function(*args))
    except Exception as exc:
        print(type(exc).__name__, exc)


print([m.cached_hash(text) for text in ("a", "ab" * 100, "\xe9", "\u20ac" * 10, "")], m.interned_has_hash("name"))
text = m.shortened()
print(text, len(text), text + "d", text == "abc", hash(text) == hash("abc"))

# Handled exceptions.
print(m.topmost())
try:
    raise KeyError("outer")
except KeyError:
    print(repr(m.topmost()), repr(m.push_handled(ValueError("pushed"), m.topmost)), repr(sys.exception()))
    print(repr(m.push_handled(ValueError("seen by Python"), sys.exception)))


def raising():
    raise OSError("inside")


try:
    m.push_handled(ValueError("context"), raising)
except OSError as exc:
    print(repr(exc), repr(exc.__context__))
print(sys.exception())

# Methods of built-in types, without a call of the method object.
items = [1]
print(m.call_descriptor(list.append, items, 2), items, m.call_descriptor(list.copy, items), m.call_descriptor(str.upper, "abc"))
print(m.call_descriptor(dict.keys, {1: 2}), m.call_descriptor(list.pop, items), items, m.call_descriptor(set.add, set(), 1))
error(m.call_descriptor, len, [])


class Python(dict):
    def __len__(self):
        return 5

    def __getitem__(self, key):
        return "item", key

    def __bool__(self):
        return False

    def __repr__(self):
        return "Python!"


print(m.in_mro(bool, int), m.in_mro(int, bool), m.in_mro(Python, dict), m.in_mro(m.Late, object))
for value in ([7, 8], (7, 8), "xy", b"xy", {False: "no"}, 0, 2.5, Python(), range(3), None):
    print(type(value).__name__, m.through_slots(value))

late = m.Late()
error(iter, late)
m.give_iter()
print(list(late), list(m.Late()))

Made = m.make_type("Made")
made = Made()
print(Made, Made.__module__, Made.__name__, Made.__mro__, isinstance(made, Made), list(-made))
error(lambda: +made)


class SubMade(Made):
    pass


print(type(SubMade()).__name__, list(-SubMade()))
print(m.on_the_stack(1), m.on_the_stack(0.25))


def outer(x):
    def inner(a, b=2, *args):
        return x

    return inner


print(m.function_fields(outer("cell")), m.function_fields(outer), m.function_fields(len))


class Class:
    def method(self):
        pass

    def __repr__(self):
        return "instance"


instance = Class()
print(m.method_fields(instance.method) == (instance, Class.method), m.method_fields(5))
