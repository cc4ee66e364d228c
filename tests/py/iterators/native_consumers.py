# Native functions that consume generators: what is consumed when, and what the generator notices.
log = []

def numbers(*values, name='g'):
    try:
        for v in values:
            log.append(v)
            got = yield v
            assert got is None
    finally:
        log.append('end')

def show(what):
    print(what, log)
    log.clear()

show(list(numbers(1, 2, 3)))
show(tuple(numbers('a', 'b')))
show(sorted(numbers(3, 1, 2)))
show(sorted(set(numbers('x', 'y', 'x'))))
show(sum(numbers(1, 2, 3)))
show(sum(numbers(1, 2.5, 3, 1j)))
show(sum(numbers(2 ** 62, 2 ** 62, -1)))
show(sum(numbers([1], [2]), []))
g = numbers(False, 0, True, False)
show(any(g))
show(list(g))
g = numbers(True, 1, None, True)
show(all(g))
show(next(g))
show(list(g))
show(','.join(numbers('p', 'q')))

for f, values in ((set, (1, [], 2)), (sum, (1, 'a', 2)), (','.join, ('a', 1, 'b'))):
    g = numbers(*values)
    try:
        f(g)
    except TypeError as e:
        print(e)
    show(g.gi_running)
    print(list(g))
    log.clear()

# the generator fails
def failing():
    yield 1
    raise ValueError('inside')
for f in (list, tuple, set, sum, any, all, sorted):
    try:
        print(f(failing()))
    except ValueError as e:
        print(f.__name__, e, e.__traceback__.tb_next.tb_frame.f_code.co_name)

def stops():
    yield 1
    raise StopIteration(5)
try:
    list(stops())
except RuntimeError as e:
    print(e, repr(e.__cause__))

# nested, recursive, re-entered
def tree(n):
    if n:
        yield from tree(n - 1)
        yield sum(x for x in range(n))
        yield from list(tree(n - 1))
print(list(tree(4)))

class Key:
    def __init__(self, n):
        self.n = n
    def __hash__(self):
        if self.n == 2:
            try:
                print('hash sees', next(g).n)
            except ValueError as e:
                print(e)
        return hash(self.n)
    def __eq__(self, other):
        return self.n == other.n
g = (Key(i) for i in range(4))
print(sorted(k.n for k in set(g)))

def me():
    yield 1
    try:
        next(h)
    except ValueError as e:
        yield str(e)
h = me()
print(list(h))

def with_return():
    yield 1
    return 2
print(list(with_return()), sum(with_return()))

# exceptions being handled outside stay what they are
import sys
try:
    raise KeyError('outer')
except KeyError:
    def inside():
        yield sys.exception()
        try:
            raise IndexError
        except IndexError:
            yield sys.exception()
    print([repr(x) for x in list(inside())], repr(sys.exception()))
print(list(range(3)), list(x for x in ()))
