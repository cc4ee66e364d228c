# Equality without a hash, classes in an MRO that are no bases, __class__ through __getattribute__.
class Equal:
    def __eq__(self, other):
        return True


class Both(Equal):
    def __hash__(self):
        return 1


print(Equal.__hash__, hash(Both()))
try:
    hash(Equal())
except TypeError as e:
    print(e)


class Base:
    value = 1


class Meta(type):
    def mro(cls):
        return (cls, Base, object)


class Weird(metaclass=Meta):
    pass


for i in range(3):
    print(Weird.value, Weird().value)
    Base.value += 1


class Proxy:
    def __init__(self, obj):
        self.__obj = obj

    def __getattribute__(self, name):
        if name.startswith("_Proxy__"):
            return object.__getattribute__(self, name)
        return getattr(self.__obj, name)


print(isinstance(Proxy(Base()), Base), isinstance(Proxy(1), int), isinstance(Proxy(1), str))
b = Base()
b.x = 1
del b.__dict__
print(vars(b), hasattr(b, "x"))
b.y = 2
print(vars(b))


class OwnDict:
    __dict__ = property(lambda self: {"a": 2})


print(vars(OwnDict()), OwnDict().__dict__)
print(sum([0.5, complex(1, -0.0)]), sum([complex(1, -0.0), 1.0]), sum([-0.0, -0.0], -0.0))
