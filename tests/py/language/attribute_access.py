# Attributes as instructions see them: one instruction, many shapes, classes that change.


def show(o):
    try:
        return o.x
    except AttributeError as e:
        return f"{type(e).__name__}: {e}"


def call(o):
    try:
        return o.m()
    except AttributeError as e:
        return f"{type(e).__name__}: {e}"


class Slots:
    __slots__ = ("x",)

    def m(self):
        return "slots"


class Many:
    def __init__(self, n):
        for i in range(n):
            setattr(self, f"a{i}", i)
        self.x = n

    def m(self):
        return self.x


class Class:
    x = "class"

    @classmethod
    def m(cls):
        return cls.__name__


class Static(Class):
    @staticmethod
    def m():
        return "static"


class Prop:
    @property
    def x(self):
        return "property"

    def m(self):
        return self.x


class Getattr:
    def __getattr__(self, name):
        if name == "x":
            return "getattr"
        raise AttributeError(name)


class Dict:
    def __init__(self):
        self.__dict__["x"] = "dict"

    def m(self):
        return "method"


class Broken:
    @property
    def x(self):
        raise AttributeError("inside")


empty = Slots()
full = Slots()
full.x = "slot"
shadow = Dict()
shadow.m = lambda: "shadowed"
objects = [empty, full, Many(0), Many(3), Many(40), Class(), Class, Static(), Static, Prop(), Getattr(), Dict(),
           shadow, Broken(), 3, "s", None]
for round in range(3):
    for o in objects:
        print(show(o), call(o))

# The class changes under the caches.
c = Class()
for value in ("one", "two"):
    Class.x = value
    print(show(c), show(Class))
c.x = "own"
print(show(c))
del c.x
print(show(c))
Class.x = property(lambda self: "now a property")
print(show(c))
del Class.x
print(show(c), show(Static()))
Class.m = lambda self: "plain"
print(call(c), call(Static()))


# Stores.
def store(o, v):
    try:
        o.x = v
    except (AttributeError, TypeError) as e:
        return f"{type(e).__name__}: {e}"
    return show(o)


class ReadOnly:
    @property
    def x(self):
        return "fixed"


class Wide:
    pass


wide = Wide()
for i in range(30):
    setattr(wide, f"b{i}", i)
late = Wide()
late.b0 = 1
for round in range(3):
    for o in (Slots(), Many(2), Many(40), ReadOnly(), Prop(), wide, late, Dict(), Wide(), object(), 3):
        print(store(o, round))

# A member of another class's layout does not apply.
Class.borrowed = Slots.__dict__["x"]
try:
    print(c.borrowed)
except TypeError as e:
    print(e)

# Modules.
import sys
import types

m = types.ModuleType("m")
m.x = 1


def read(m):
    return m.x


print(read(m))
m.x = 2
print(read(m))
for i in range(20):
    setattr(m, f"n{i}", i)
print(read(m))
del m.x
try:
    read(m)
except AttributeError as e:
    print(e)
m.__getattr__ = lambda name: name.upper()
print(read(m))
