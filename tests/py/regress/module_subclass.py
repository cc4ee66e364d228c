import types


class Plain(types.ModuleType):
    pass


class Hooked(types.ModuleType):
    def __getattr__(self, name):
        return "hook " + name


for C in (types.ModuleType, Plain, Hooked):
    m = C("x", "doc")
    m.__dict__["a"] = 1
    m.b = 2
    print(m.a, m.b, m.__name__, m.__doc__, sorted(k for k in vars(m) if k[0] != "_"))
    del m.a
    print(getattr(m, "a", None), m.__dict__ is vars(m))
m = types.ModuleType("y")
m.c = 3
m.__class__ = Plain
print(m.c, type(m).__name__)
