# Generators: send, throw, close, yield from, exceptions inside, coroutines, async for and with.
def echo():
    got = []
    try:
        while True:
            try:
                got.append((yield len(got)))
            except ValueError as e:
                got.append(repr(e))
    finally:
        print("closed", got)


g = echo()
print(next(g), g.send("a"), g.throw(ValueError("v")), g.send("b"))
g.close()


def inner():
    x = yield 1
    print("inner got", x)
    try:
        yield 2
    except KeyError:
        print("inner caught")
        yield 3
    return "result"


def outer():
    r = yield from inner()
    print("r =", r)
    yield from [10, 20]


o = outer()
print(next(o), o.send("hello"), o.throw(KeyError("k")), list(o))


def raises():
    yield 1
    raise StopIteration("bad")


try:
    list(raises())
except RuntimeError as e:
    print(e, repr(e.__cause__))


def handled():
    try:
        raise ValueError("outer")
    except ValueError:
        yield "in handler"
        import sys
        print(repr(sys.exception()))


for v in handled():
    try:
        raise TypeError("elsewhere")
    except TypeError:
        print(v)


class Awaitable:
    def __init__(self, v):
        self.v = v

    def __await__(self):
        r = yield self.v
        return r


class ACM:
    async def __aenter__(self):
        await Awaitable("enter")
        return self

    async def __aexit__(self, *a):
        await Awaitable("exit")
        return True


async def agen(n):
    for i in range(n):
        await Awaitable(f"tick{i}")
        yield i


async def main():
    out = []
    async with ACM():
        async for v in agen(3):
            out.append(v)
        raise ValueError("swallowed")
    out.append([x async for x in agen(2) if x])
    return out


c = main()
value = None
try:
    while True:
        print("await", c.send(value))
        value = "sent"
except StopIteration as e:
    print(e.value)

print(list(x * y for x in range(3) for y in range(x)), sum(i for i in range(10)), dict((k, v) for k, v in zip("ab", [1, 2])))


def fib():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b


from itertools import islice, takewhile
print(list(islice(fib(), 15)), list(takewhile(lambda x: x < 30, fib())))
gen = (i for i in [1, 2, 3])
print(next(gen), list(gen), next(gen, "end"))
