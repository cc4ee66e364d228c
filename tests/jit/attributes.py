# traces=0 aborts=0 exits=0
# Attributes, methods, classes, globals and cells: calls are inlined.
import math

scale = 2


class Point:
    dimensions = 2

    def __init__(self, x, y=1):
        self.x = x
        self.y = y

    def plus(self, other):
        return Point(self.x + other.x, self.y + other.y)

    @property
    def norm(self):
        return abs(self.x) + abs(self.y)


def walk(n):
    p = Point(0)
    step = Point(1, 2.5)
    for i in range(n):
        p = p.plus(step)
        if i % 8 == 0:
            step.x = -step.x
    return p.x, p.y, p.norm


def add(a, b=3, *, c=0):
    return a + b + c


def calls(n):
    total = 0
    for i in range(n):
        total = add(total, i) + add(1) + add(2, c=scale)
    return total


def changed_global(n):
    global scale
    total = 0
    for i in range(n):
        total += scale
        if i == 25:
            scale = 10
    return total


def changed_class(n):
    total = 0
    for i in range(n):
        p = Point(i)
        total += p.dimensions + math.floor(p.x + 0.5)
        if i == 25:
            Point.dimensions = 5
    return total


def changed_function(n):
    def f(x):
        return x

    def g(x):
        return -x

    total = 0
    for i in range(n):
        total += f(i)
        if i == 25:
            f.__code__ = g.__code__
    return total


def cells(n):
    total = 0

    def count(i):
        nonlocal total
        total += i

    for i in range(n):
        count(i)
    return total


def depth(n):
    # A recursion inside the loop is inlined as far as it goes.
    def down(k):
        return 0 if k == 0 else 1 + down(k - 1)

    total = 0
    for i in range(n):
        total += down(i % 2 + 3)
    return total


print(walk(50), calls(40), changed_global(50), changed_class(50))
print(changed_function(50), cells(50), depth(20))
