# Asynchronous generators resumed by `async for`, `await` and by hand: values, ends, exceptions, reuse.
import sys
import traceback


class Pause:
    """An awaitable that yields once to whoever runs the coroutine."""

    def __init__(self, value):
        self.value = value

    def __await__(self):
        got = yield self.value
        return got


def drive(coroutine, *answers):
    """Runs a coroutine; gives what it has yielded and its result."""
    answers = list(answers)
    yielded = []
    send = None
    while True:
        try:
            yielded.append(coroutine.send(send))
        except StopIteration as e:
            return yielded, e.value
        send = answers.pop(0) if answers else None


async def count(n):
    for i in range(n):
        yield i


async def pausing(n):
    for i in range(n):
        got = await Pause(("pause", i))
        yield i, got


async def main():
    print([i async for i in count(5)])
    print([i async for i in pausing(3)])


print(drive(main(), "a", "b", "c"))


# Deep chains.
class Tree:
    def __init__(self, left, value, right):
        self.left, self.value, self.right = left, value, right

    async def __aiter__(self):
        if self.left:
            async for i in self.left:
                yield i
        await Pause(self.value)
        yield self.value
        if self.right:
            async for i in self.right:
                yield i


def tree(items):
    if not items:
        return None
    i = len(items) // 2
    return Tree(tree(items[:i]), items[i], tree(items[i + 1:]))


async def walk(t):
    return [i async for i in t]


print(drive(walk(tree(list(range(20))))))


# Values sent, and the end.
async def echo():
    got = yield "first"
    while got != "stop":
        got = yield ("got", got)


async def talk():
    g = echo()
    print(await g.asend(None), g.ag_running)
    print(await g.asend(1))
    print(await g.asend(2))
    try:
        await g.asend("stop")
    except StopAsyncIteration as e:
        print("end", repr(e), e.args)
    try:
        await g.__anext__()
    except StopAsyncIteration:
        print("still at the end")
    print(await anext(g, "default"))


print(drive(talk()))


# An awaitable is awaited once.
async def again():
    g = count(3)
    a = g.__anext__()
    print(await a)
    try:
        await a
    except RuntimeError as e:
        print(e)
    a = g.asend(None)
    print(await a)
    try:
        await a
    except RuntimeError as e:
        print(e)
    print([i async for i in g])


print(drive(again()))


# Two at a time.
async def both():
    g = pausing(3)
    first, second = g.__anext__(), g.__anext__()
    print(first.send(None), g.ag_running)
    try:
        await second
    except RuntimeError as e:
        print(e)
    try:
        first.send("answer")
    except StopIteration as e:
        print(e.value, g.ag_running)
    print(await g.__anext__())


print(drive(both(), "x", "y"))


# Exceptions out of the generator and into it.
async def failing():
    yield 1
    raise ValueError("from the generator")


async def catching():
    while True:
        try:
            yield "next"
        except KeyError as e:
            yield "caught", e.args


async def errors():
    try:
        async for i in failing():
            print(i)
    except ValueError as e:
        print(e)
        names = [f.name for f in traceback.extract_tb(e.__traceback__)]
        print(names)
    g = catching()
    print(await g.__anext__())
    print(await g.athrow(KeyError("thrown")))
    print(await g.__anext__())
    await g.aclose()
    print([i async for i in g])

    async def stops():
        yield 1
        raise StopAsyncIteration("inside")

    try:
        async for i in stops():
            print(i)
    except RuntimeError as e:
        print(e, repr(e.__cause__))

    async def stops_too():
        yield 1
        raise StopIteration("inside")

    try:
        async for i in stops_too():
            print(i)
    except RuntimeError as e:
        print(e, repr(e.__cause__))


print(drive(errors()))


# An exception thrown into what a generator awaits.
async def waiting():
    try:
        await Pause("waiting")
    except KeyError as e:
        yield "woken", e.args
    finally:
        print("finally")


async def outer():
    async for v in waiting():
        print(v)
    return "done"


c = outer()
print(c.send(None))
try:
    c.throw(KeyError("alarm"))
except StopIteration as e:
    print(e.value)

c = outer()
print(c.send(None))
c.close()
print("closed")


# The exception being handled belongs to each.
async def handles():
    try:
        1 / 0
    except ZeroDivisionError:
        yield sys.exception()
        await Pause(0)
        yield sys.exception()


async def look():
    print(sys.exception())
    async for e in handles():
        print(repr(e), sys.exception())
        try:
            raise KeyError
        except KeyError:
            print(repr(sys.exception()))


print(drive(look()))


# The frames below.
async def stack():
    f = sys._getframe()
    names = []
    while f:
        names.append(f.f_code.co_name)
        f = f.f_back
    yield names[:3]
    await Pause(0)
    yield sys._getframe(1).f_code.co_name


async def asks():
    return [n async for n in stack()]


print(drive(asks()))


# Recursion has an end.
async def endless(n):
    async for i in endless(n + 1):
        yield i


async def run_endless():
    async for i in endless(0):
        pass


try:
    drive(run_endless())
except RecursionError:
    print("RecursionError")


# Finalisers run in the order of the events.
async def cleans():
    try:
        yield 1
        yield 2
    finally:
        await Pause("cleaning")
        print("cleaned")


async def leaves():
    g = cleans()
    async for i in g:
        print(i)
        break
    await g.aclose()
    return "left"


print(drive(leaves()))
