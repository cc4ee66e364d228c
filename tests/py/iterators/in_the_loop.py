# Generators, iterators and special methods written in Python that run in the caller's loop.


def count(n):
    for i in range(n):
        sent = yield i
        if sent:
            print("got", sent)


def delegate(n):
    result = yield from count(n)
    yield "end", result


print(list(delegate(3)), [x for x in delegate(1)])
for x in delegate(2):
    print(x)
g = count(5)
print(next(g), g.send("hello"), g.gi_running, g.gi_frame is not None)
for x in g:
    if x == 3:
        break
print(next(g), next(g, "over"), next(g, "still over"))


def returns():
    yield 1
    return 2


def outer():
    value = yield from returns()
    print("returned", value)


print(list(outer()))


def stops():
    yield 1
    raise StopIteration


try:
    for x in stops():
        print(x)
except RuntimeError as e:
    print(repr(e), repr(e.__cause__))


def running():
    yield next(me)


me = running()
try:
    for x in me:
        pass
except ValueError as e:
    print(e)


def handles():
    try:
        yield 1
        yield 2
    except ValueError as e:
        print("inside", e)
        yield 3
    finally:
        print("finally")


g = handles()
for x in g:
    print(x, g.throw(ValueError("thrown")) if x == 1 else "")
try:
    raise KeyError("outside")
except KeyError:
    import sys

    def sees():
        print(sys.exception())
        try:
            raise IndexError
        except IndexError:
            yield repr(sys.exception())
        yield repr(sys.exception())

    for x in sees():
        print(x, repr(sys.exception()))

# Deep delegation, and recursion.


def nested(n):
    yield n
    if n:
        yield from nested(n - 1)


print(sum(nested(200)))


def endless(n):
    for x in endless(n + 1):
        yield x


try:
    for x in endless(0):
        pass
except RecursionError:
    print("RecursionError")


class Iterator:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        self.n -= 1
        if self.n < 0:
            raise StopIteration
        return self.n


print([x for x in Iterator(4)])
for x in Iterator(3):
    for y in Iterator(2):
        print(x, y)


class Iterable:
    def __iter__(self):
        yield from "ab"


for x in Iterable():
    print(x, *Iterable())


class Bad:
    def __iter__(self):
        return 1


class Boom:
    def __iter__(self):
        return self

    def __next__(self):
        raise KeyError("k")


for o in (Bad(), Boom(), 5):
    try:
        for x in o:
            pass
    except (TypeError, KeyError) as e:
        print(repr(e), e.__traceback__.tb_next is None)


class Items:
    def __init__(self):
        self.d = {}

    def __getitem__(self, key):
        if key == "no":
            raise KeyError(key)
        return self.d.get(key, ("default", key))

    def __setitem__(self, key, value):
        self.d[key] = value
        return "ignored"


items = Items()
items[1] = "one"
items[1, 2] = items[1] + "!"
items[3] += ("more",)
print(items[1], items[1, 2], items[3], items[4])
try:
    items["no"] = items["no"]
except KeyError as e:
    print(repr(e))


class Init:
    def __init__(self, a, b=2):
        self.a, self.b = a, b


class Returns:
    def __init__(self):
        return 5


print(Init(1).b, Init(1, 3).b, Init(a=4).a)
for f in (Init, Returns):
    try:
        f()
    except TypeError as e:
        print(e)


def defaults(a, b=5, c=6):
    return a, b, c


print(defaults(1), defaults(1, 2), defaults(1, 2, 3), defaults(c=1, a=2))
for call in (lambda: defaults(), lambda: defaults(1, 2, 3, 4), lambda: defaults(1, a=2), lambda: defaults(1, z=2)):
    try:
        call()
    except TypeError as e:
        print(e)


async def awaited(n):
    if n:
        return await awaited(n - 1) + 1
    return 0


def drive(coroutine):
    try:
        coroutine.send(None)
    except StopIteration as e:
        return e.value


print(drive(awaited(20)))


# What is not used any more does not keep anything alive.
import gc
import weakref


class Thing:
    pass


def temporary():
    r = weakref.ref(make(Thing()))
    gc.collect()
    return r()


def make(t):
    return t


print(temporary())
a, *b = iter([1, 2, 3])
(c, d), e = [4, 5], 6
print(a, b, c, d, e)
for bad in ((1,), [1, 2, 3], iter((1,)), iter([1, 2, 3]), {1: 2, 3: 4, 5: 6}, 7):
    try:
        x, y = bad
    except (ValueError, TypeError) as e:
        print(e)
