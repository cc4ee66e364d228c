# traces=0 aborts=0 exits=0
# What traces leave to the interpreter: generators, special methods, calls with keywords.
class Counter:
    def __init__(self, *, start=0):
        self.at = start

    def __iter__(self):
        return self

    def __next__(self):
        self.at += 1
        if self.at > 30:
            raise StopIteration
        return self.at

    def __getitem__(self, i):
        return i + self.at

    def __setitem__(self, i, v):
        self.at = i * v

    def __bool__(self):
        return self.at % 2 == 0

    def __lt__(self, other):
        return self.at < other.at

    def __add__(self, other):
        return Counter(start=self.at + other)

    @property
    def double(self):
        return self.at * 2


def squares(n):
    for i in range(n):
        yield i * i


def generators(n):
    total = 0
    for x in squares(n):
        for y in (x, -1):
            total += y
    return total + sum(z for z in squares(n) if z % 3)


def special(n):
    total = 0
    c = Counter(start=3)
    for i in range(n):
        total += c[i] + c.double
        c[i] = 2
        if c:
            total += 1
        if c < Counter(start=i):
            total += 10
        c = c + 1
    for x in Counter():
        total += x
    return total


def names(n):
    found = {}
    for i in range(n):
        key = f"k{i % 5}"
        found[key] = found.get(key, 0) + len(key)
        if key in ("k1", "k2"):
            found[i] = [key, *"ab"]
    return sorted(map(str, found.items()))


def exceptions(n):
    caught = 0
    for i in range(n):
        try:
            if i % 20 == 19:
                raise ValueError(i)
            caught += 1
        except ValueError as e:
            caught += e.args[0]
    return caught


def looks(n):
    import sys

    def where(i):
        if i == 30:
            frame = sys._getframe(1)
            frame.f_locals["total"] = 1000
            return frame.f_lineno - frame.f_code.co_firstlineno
        return 0

    total = 0
    for i in range(n):
        total += 1
        line = where(i)
        total += line
    return total


print(generators(20))
print(special(20))
print(names(20))
print(exceptions(50))
print(looks(50))
