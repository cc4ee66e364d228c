# Chains of generators that delegate to each other: what runs, what is seen, and how chains end.

import gc
import sys
import traceback
import types


class Tree:
    def __init__(self, left, value, right):
        self.left, self.value, self.right = left, value, right

    def __iter__(self):
        if self.left:
            yield from self.left
        yield self.value
        if self.right:
            yield from self.right


def tree(items):
    if not items:
        return None
    i = len(items) // 2
    return Tree(tree(items[:i]), items[i], tree(items[i + 1:]))


t = tree(range(200))
print(list(t) == list(range(200)), sum(t), max(t), [x for x in t][-1], sorted(t, reverse=True)[:3])
seen = []
for x in t:
    seen.append(x)
    if x % 50 == 0:
        gc.collect()
print(seen == list(range(200)))


def level(n, body):
    if n == 0:
        result = yield from body()
    else:
        result = yield from level(n - 1, body)
    return n, result


def echo():
    got = []
    while len(got) < 4:
        got.append((yield len(got)))
    return got


def drive(g, values):
    out = [next(g)]
    try:
        for v in values:
            out.append(g.send(v))
    except StopIteration as e:
        out.append(('returned', e.value))
    return out


print(drive(level(3, echo), 'abcdef'))


def names():
    f = sys._getframe(1)
    out = []
    while f is not None and f.f_code.co_name != '<module>':
        out.append(f.f_code.co_name)
        f = f.f_back
    return out


def observer():
    for i in range(3):
        yield names(), [sys._getframe(n).f_code.co_name for n in range(1, 4)], traceback.extract_stack()[-3].name


for row in level(2, observer):
    print(row)


# While the last one runs, the ones before it run for everybody else.
chain = []


def kept(n):
    g = level_kept(n)
    chain.append(g)
    return g


def level_kept(n):
    if n == 0:
        yield from meddler()
    else:
        yield from kept(n - 1)


def meddler():
    for i in range(3):
        report = []
        for g in chain:
            report.append((g.gi_running, g.gi_suspended, g.gi_yieldfrom))
            for action in (next, lambda g: g.send(None), lambda g: g.close(), lambda g: g.throw(KeyError)):
                try:
                    action(g)
                except ValueError as e:
                    report.append(str(e))
        yield len(report), report[:2], set(map(str, report[1:5]))


g = kept(2)
for row in g:
    print(row)
    print([(x.gi_running, x.gi_suspended, x.gi_yieldfrom is not None) for x in chain])
print([x.gi_frame for x in chain])


# Exceptions.
def fails(at):
    for i in range(5):
        if i == at:
            raise ValueError(i)
        yield i


def show(e):
    return [(f.name, f.line) for f in traceback.extract_tb(e.__traceback__)]


for at in (0, 1, 3):
    try:
        for x in level(2, lambda: fails(at)):
            pass
    except ValueError as e:
        print(x, e, show(e))


def catches(log):
    for n in range(3):
        try:
            log.append((yield from level(1, lambda: fails(n))))
        except ValueError as e:
            log.append(repr(e))
            yield 'caught'
        finally:
            log.append('finally')


log = []
print(list(level(1, lambda: catches(log))), log)


def stops():
    yield 1
    yield 2
    raise StopIteration('inside')


g = level(2, stops)
print(next(g), next(g))
try:
    next(g)
except RuntimeError as e:
    print(e, repr(e.__cause__), show(e)[-1])


def cleans(log, n):
    try:
        if n:
            yield from cleans(log, n - 1)
        else:
            yield 1
            yield 2
            yield 3
    except KeyError as e:
        log.append((n, 'key', e.args))
        if n == 1:
            return 'ended'
        raise
    finally:
        log.append((n, sys.exc_info()[0]))


log = []
g = cleans(log, 3)
print(next(g), next(g))
try:
    g.throw(KeyError('k'))
except StopIteration as e:
    print('stopped', e.value)
print(log)
log = []
g = cleans(log, 3)
print(next(g), next(g), g.close(), log)
log = []
g = cleans(log, 3)
print(next(g), next(g))
del g
gc.collect()
print(log)


# An exception that a generator in the middle handles is seen from below.
def handles():
    try:
        1 / 0
    except ZeroDivisionError:
        yield from level(1, asks)
    yield sys.exception()


def asks():
    for i in range(3):
        yield repr(sys.exception())


print(list(level(1, handles)))
try:
    raise KeyError('outside')
except KeyError:
    print(list(level(1, asks)))


# Somebody else resumes the one in the middle.
def shared():
    inner = echo()

    def outer():
        return (yield from inner)

    return inner, outer()


inner, outer = shared()
print(next(outer), outer.send('a'), inner.send('b'), outer.send('c'))
try:
    inner.send('d')
except StopIteration as e:
    print(e.value)
try:
    next(outer)
except StopIteration as e:
    print('outer', e.value)
inner, outer = shared()
print(next(outer), inner.close())
try:
    outer.send('x')
except StopIteration as e:
    print('outer', e.value)


# The frame objects of those in between.
def framed(n):
    if n:
        yield from framed(n - 1)
    else:
        yield sys._getframe()
        yield sys._getframe().f_back
        yield sys._getframe().f_back.f_back
        yield 'end'


g = framed(2)
a, b, c = next(g), next(g), next(g)
print([f.f_locals for f in (a, b, c)], a.f_generator.gi_frame is a, c is g.gi_frame, g.gi_yieldfrom.gi_frame is b)
print(next(g), a.f_back, b.f_back, c.f_back)
print(list(g), g.gi_frame, b.f_generator is None)


# A chain is as deep as recursion may be.
def deeper(n):
    yield n
    yield from deeper(n + 1)


limit = sys.getrecursionlimit()
sys.setrecursionlimit(200)
count = 0
try:
    for n in deeper(0):
        count += 1
except RecursionError as e:
    print('RecursionError', 150 < count <= 200)
sys.setrecursionlimit(limit)


# Coroutines.
class Pause:
    def __init__(self, value):
        self.value = value

    def __await__(self):
        return (yield self.value)


async def leaf(log):
    for i in range(3):
        log.append(await Pause(i))
    return 'leaf'


async def middle(log):
    me = sys._getframe()
    result = await leaf(log)
    return result, me.f_back is not None


async def top(log):
    try:
        return await middle(log)
    except LookupError as e:
        log.append(repr(e))
        return await leaf(log)


log = []

c = top(log)
out = [c.send(None)]
try:
    for v in 'xyz':
        out.append(c.send(v))
except StopIteration as e:
    out.append(e.value)
print(out, log)
log = []
c = top(log)
out = [c.send(None), c.send('p'), c.throw(LookupError('l'))]
try:
    for v in 'xyz':
        out.append(c.send(v))
except StopIteration as e:
    out.append(e.value)
print(out, log, c.cr_running, c.cr_await)

waiting = []


async def awaits_again():
    for i in range(2):
        await Pause(i)
        for w in waiting:
            for action in (lambda: w.send(None), lambda: w.close(), lambda: w.__await__().__next__()):
                try:
                    action()
                except (ValueError, RuntimeError) as e:
                    print(type(e).__name__, e, w.cr_running, w.cr_await)
        try:
            await waiting[1]
        except (ValueError, RuntimeError) as e:
            print(type(e).__name__, e)


async def passes_on(n):
    if n == 0:
        await awaits_again()
    else:
        inner = passes_on(n - 1)
        waiting.append(inner)
        await inner


c = passes_on(2)
waiting.append(c)
out = []
try:
    while True:
        out.append(c.send(None))
except StopIteration:
    print(out)
waiting.clear()


async def agen(log):
    for i in range(3):
        yield await middle(log), i


async def consume(log):
    return [x async for x in agen(log)]


log = []
c = consume(log)
out = []
try:
    v = None
    while True:
        v = c.send(v)
        out.append(v)
except StopIteration as e:
    print(out, e.value, log)


@types.coroutine
def old_style():
    x = yield 'old'
    y = yield x
    return y


async def uses_old(n):
    return await old_style() if n == 0 else await uses_old(n - 1)


print(drive(uses_old(3).__await__(), 'ab'))

# Events while a chain sleeps.
events = []


def tracer(frame, event, arg):
    if frame.f_code.co_name in ('level', 'echo') and event != 'line':
        events.append((frame.f_code.co_name, event))
    return tracer


g = level(1, echo)
next(g), g.send(1)
sys.settrace(tracer)
g.send(2)
sys.settrace(None)
print(events)
