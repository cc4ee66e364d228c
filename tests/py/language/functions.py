# Functions: arguments, closures, decorators, defaults, unpacking, scopes, annotations, type parameters.
import functools


def f(a, b=2, /, c=3, *args, d, e=5, **kw):
    return a, b, c, args, d, e, kw


print(f(1, d=4), f(1, 2, 3, 4, 5, d=6, z=7), f(*[1, 2], **{"d": 1, "c": 9}))
print(f.__defaults__, f.__kwdefaults__, f.__code__.co_varnames, f.__qualname__)


def counter():
    count = 0

    def inc(by=1):
        nonlocal count
        count += by
        return count

    return inc, lambda: count


inc, get = counter()
inc(); inc(5)
print(get(), inc.__closure__[0].cell_contents)


def deco(tag):
    def wrap(fn):
        @functools.wraps(fn)
        def inner(*a, **k):
            return f"<{tag}>{fn(*a, **k)}</{tag}>"
        return inner
    return wrap


@deco("b")
@deco("i")
def text(s="x"):
    "doc of text"
    return s


print(text(), text("y"), text.__name__, text.__doc__, text.__wrapped__("z"))


@functools.lru_cache(maxsize=None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


print(fib(80), fib.cache_info())
print([i for i in range(10) if i % 2], {i: i * i for i in range(3)}, {i % 3 for i in range(9)})
first, *middle, last = range(6)
print(first, middle, last, [*range(3), *"ab"], {**{"a": 1}, "b": 2})
print((lambda *a, k=1: (a, k))(1, 2, k=3), (y := 5) + y)


def annotated(x: int, y: "str" = "s") -> list[int]:
    z: int = 3
    return [x, z]


print(annotated.__annotations__)


def generic[T: int, *Ts, **P](x: T) -> T:
    return x


print(generic(3), generic.__type_params__)


class Box[T]:
    def __init__(self, v: T):
        self.v = v


print(Box[int](4).v, Box.__type_params__, Box[int])
type Alias[T] = list[T]
print(Alias, Alias.__value__, Alias[int])

x = "global"


def scopes():
    x = "enclosing"

    class K:
        y = x
        x = "class"
        z = x

    def inner():
        global x
        x = "changed"
        return x

    return K.y, K.z, inner(), x


try:
    print(scopes())
except Exception as e:
    print(type(e).__name__, e)
print(x)


def match(v):
    match v:
        case 0 | 1:
            return "small"
        case int(n) if n > 100:
            return f"big {n}"
        case [a, b]:
            return f"pair {a} {b}"
        case [a, *rest]:
            return f"list {a} {rest}"
        case {"kind": k, **others}:
            return f"map {k} {others}"
        case str() as s:
            return f"str {s}"
        case complex(real=r, imag=i):
            return f"complex {r} {i}"
        case None:
            return "none"
        case _:
            return "other"


for v in [0, 500, [1, 2], (1, 2, 3), {"kind": "x", "n": 1}, "s", 2j, None, 3.5]:
    print(match(v))
name = "World"
print(f"Hello {name!r:>10} {3.14159:.2f} {1_000_000:,} {name=} {'nested ' + f'{1 + 1}'} {{}}")
t = t"Hi {name!s:x}"
print(t.strings, t.interpolations[0].value, t.interpolations[0].expression, t.interpolations[0].format_spec)
i = 0
while True:
    i += 1
    if i == 3:
        continue
    if i > 5:
        break
else:
    print("never")
for i in range(3):
    pass
else:
    print("else", i)
assert i == 2, "message"
del i
print("i" in dir())
