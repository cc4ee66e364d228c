# Classes: MRO, metaclasses, descriptors, __slots__, special methods, __init_subclass__, __set_name__.
class Meta(type):
    def __new__(mcls, name, bases, ns, **kw):
        cls = super().__new__(mcls, name, bases, ns)
        cls.kw = kw
        return cls

    def __init__(cls, name, bases, ns, **kw):
        super().__init__(name, bases, ns)

    def __call__(cls, *args):
        obj = super().__call__(*args)
        obj.made_by = cls.__name__
        return obj


class A(metaclass=Meta, flag=1):
    def who(self):
        return ["A"]


class B(A):
    def who(self):
        return ["B"] + super().who()


class C(A):
    def who(self):
        return ["C"] + super().who()


class D(B, C):
    pass


print(A.kw, D().who(), [c.__name__ for c in D.__mro__], D().made_by)


class Typed:
    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, obj, owner=None):
        if obj is None:
            return self
        return obj.__dict__.get(self.name, "unset")

    def __set__(self, obj, value):
        if not isinstance(value, int):
            raise TypeError(f"{self.name} must be int")
        obj.__dict__[self.name] = value


class P:
    x = Typed()

    def __init_subclass__(cls, /, tag=None, **kw):
        super().__init_subclass__(**kw)
        cls.tag = tag


class Q(P, tag="q"):
    pass


q = Q()
print(q.x, Q.tag)
q.x = 5
print(q.x, vars(q))
try:
    q.x = "no"
except TypeError as e:
    print(e)


class S:
    __slots__ = ("a", "b")

    def __init__(self):
        self.a = 1


s = S()
print(s.a, hasattr(s, "b"), hasattr(s, "__dict__"))
try:
    s.c = 1
except AttributeError as e:
    print(e)


class N:
    def __init__(self, v):
        self.v = v

    def __eq__(self, o):
        return isinstance(o, N) and self.v == o.v

    def __lt__(self, o):
        return self.v < o.v

    def __hash__(self):
        return hash(self.v)

    def __radd__(self, o):
        return ("radd", o, self.v)

    def __getitem__(self, i):
        if i >= 3:
            raise IndexError(i)
        return i * self.v

    def __call__(self, *a, **k):
        return a, k

    def __bool__(self):
        return self.v != 0

    def __getattr__(self, name):
        if name.startswith("dyn_"):
            return name[4:]
        raise AttributeError(name)

    def __repr__(self):
        return f"N({self.v})"


n = N(2)
print(n == N(2), n != N(3), sorted([N(3), N(1)]), 1 + n, list(n), 4 in n, n(1, k=2), bool(N(0)), n.dyn_x)
print({N(1): "one"}[N(1)], len({N(1), N(1), N(2)}))


class L(list):
    def total(self):
        return sum(self)


l = L([1, 2, 3])
l.extra = "attr"
print(l, l.total(), l.extra, type(l[:2]), isinstance(l, list))


class I(int):
    def __add__(self, o):
        return I(int(self) + int(o) + 100)


print(I(1) + 2, type(I(3)), I(5) * 2, {I(1): 1}[1])


class Str(str):
    pass


x = Str("abc")
x.note = 1
print(x.upper(), x.note, x == "abc", f"{x:>5}")

try:
    class Bad(B, A, C): pass
    class Bad2(A, B): pass
except TypeError as e:
    print("mro", type(e).__name__)

A.late = lambda self: "late"
print(D().late())
D.__bases__ = (C, B)
print(D().who())
print(type("Dyn", (A,), {"z": 1}).z, issubclass(D, A), isinstance(D(), (int, A)))


class Prop:
    @property
    def v(self):
        "the doc"
        return self._v

    @v.setter
    def v(self, value):
        self._v = value

    @v.deleter
    def v(self):
        del self._v

    @classmethod
    def make(cls):
        return cls.__name__

    @staticmethod
    def st(x):
        return x + 1


p = Prop()
p.v = 3
print(p.v, Prop.v.__doc__, Prop.make(), p.st(1))
del p.v
print(hasattr(p, "v"))
