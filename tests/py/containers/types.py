# Tuples, properties, unions, generic aliases, type parameters, namespaces.

def raises(exc, f, *args, message=None):
    try:
        f(*args)
    except exc as e:
        if message is not None:
            assert str(e) == message, (str(e), message)
        return
    assert False, "nothing raised"


t = (1, 2, 3)
assert repr(t) == "(1, 2, 3)" and repr((1,)) == "(1,)" and repr(()) == "()"
assert t + (4,) == (1, 2, 3, 4) and t * 2 == (1, 2, 3, 1, 2, 3) and t[::-1] == (3, 2, 1) and t[1:] == (2, 3)
assert t[:] is t and tuple(t) is t and tuple("ab") == ("a", "b") and hash((1, 2)) == -3550055125485641917
assert t.index(2) == 1 and t.count(3) == 1 and (1, 2) < (1, 3) and 2 in t and 9 not in t
raises(IndexError, lambda: t[3], message="tuple index out of range")
raises(TypeError, lambda: t["x"], message="tuple indices must be integers or slices, not str")
raises(ValueError, lambda: t.index(9), message="tuple.index(x): x not in tuple")
raises(TypeError, lambda: t + [1], message='can only concatenate tuple (not "list") to tuple')


class T(tuple):
    def __new__(cls, *args):
        return super().__new__(cls, args)


u = T(1, 2)
u.tag = "x"
assert u == (1, 2) and u.tag == "x" and type(u[:]) is tuple and type(u + ()) is tuple and hash(u) == hash((1, 2))


class C:
    def __init__(self):
        self._x = 1

    @property
    def x(self):
        "the x"
        return self._x

    @x.setter
    def x(self, v):
        self._x = v

    @x.deleter
    def x(self):
        del self._x

    @property
    def y(self):
        return 2


c = C()
assert c.x == 1 and C.x.__doc__ == "the x" and C.x.__name__ == "x" and C.y.fset is None
c.x = 5
assert c._x == 5
del c.x
raises(AttributeError, lambda: c.x)
raises(AttributeError, lambda: setattr(c, "y", 1), message="property 'y' of 'C' object has no setter")
raises(AttributeError, lambda: delattr(c, "y"), message="property 'y' of 'C' object has no deleter")
raises(AttributeError, lambda: property().__get__(c), message="property of 'C' object has no getter")

# Generic aliases and unions.
a = list[int]
assert repr(a) == "list[int]" and a.__origin__ is list and a.__args__ == (int,) and a == list[int] and a != list[str]
assert a() == [] and hash(a) == hash(list[int]) and repr(dict[str, list[int]]) == "dict[str, list[int]]"
assert repr(tuple[()]) == "tuple[()]" and repr(tuple[int, ...]) == "tuple[int, ...]" and a.append is list.append
raises(TypeError, lambda: isinstance([], a), message="isinstance() argument 2 cannot be a parameterized generic")
raises(TypeError, lambda: a[int], message="list[int] is not a generic class")


class D(list[int]):
    pass


assert D.__bases__ == (list,) and D.__orig_bases__ == (list[int],)
n = int | str
assert repr(n) == "int | str" and n.__args__ == (int, str) and n == str | int and hash(n) == hash(str | int)
assert int | None == None | int and repr(int | None) == "int | None" and int | int is int
assert (int | str | int).__args__ == (int, str) and (int | list[str]).__args__ == (int, list[str])
assert isinstance(1, n) and not isinstance(1.0, n) and issubclass(bool, n)
raises(TypeError, lambda: int | 1, message="unsupported operand type(s) for |: 'type' and 'int'")


def f[S: int, *Ts, **P](x: S) -> S:
    return x


S, Ts, P = f.__type_params__
assert (repr(S), repr(Ts), repr(P)) == ("S", "Ts", "P") and S.__bound__ is int and S.__constraints__ == ()
assert S.__infer_variance__ and not S.has_default() and repr(P.args) == "P.args" and P.args.__origin__ is P
assert list[S].__parameters__ == (S,) and dict[S, list[S]].__parameters__ == (S,)

type A = int | A2
type A2 = str
assert repr(A) == "A" and A.__value__.__args__ == (int, A2) and A2.__value__ is str and A.__type_params__ == ()
