# Constants as operands, pairs of moves, many temporaries.


def constants(x):
    return (x == 3, 3 == x, x * 2, 2 * x, x ** 2, 7 // x, -1 - x, x & 1, x << 3, x % 4, x is None, x in (1, 2, 3),
            [10, 20, 30, 40][x], "abcdef"[x], {3: "three"}[x], x < 2.5, x + "" if False else None)


print(constants(3))


def store(d, l):
    d["k"] = None
    d[1] = "one"
    l[0] = 99
    l[-1] = None
    return d, l


print(store({}, [1, 2, 3]))


class C:
    def __init__(self):
        self.a = None
        self.b = 17
        self.c = "text"


print(vars(C()))


def args(*a, **k):
    return a, k


def moves(p, q):
    r = p
    return args(p, q, 1, p, "s", None, r, q, 2.5), args(p), args(p, 2), args(1, q), args(p, q, k=p, l=3)


print(moves("p", "q"))


def unbound():
    if False:
        v = 1
    return args(1, v)


try:
    unbound()
except UnboundLocalError as e:
    print(e)

# More temporaries than fit a mask.
n = 70
print(eval("[" + ", ".join(f"str({i}) + 'x'" for i in range(n)) + "]")[-1])
print(eval("args(" + ", ".join(f"str({i})" for i in range(n)) + ")")[0][-1])
print(eval("+".join(["("] * 1 + [f"{i}" for i in range(n)])[2:]))


def deep(x):
    return [x, [x, [x, [x, [x, [x, [x, [x, [x, [x, [x, [x, [x, [x, [x, [x, [x, [x, [x, [x, [x, [x, [x, [x, [x, [x, [
        x, [x, [x, [x, [x, [x, [x, [x, [x, [x, [x, [str(x)]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]


print(deep(5))

# Wide ints.
b = 2 ** 63
print(b + 1, b ^ 5, b - 2 ** 63, -b & 7, b * 2, b * -3, (2 ** 64 - 1) // 3, (2 ** 64 - 1) % 7, b >> 3)
print(-(2 ** 63 + 1) >> 1, -(2 ** 63) // 7, -(2 ** 63) % 7, b | 1, b * b, (b + 3) - (b + 1), 2 ** 64 * 2 ** 64)
l = [1, 2, 3]
l.extend(l)
print(l, l[1:3], l[-2:], (1, 2, 3)[:2], "hello"[1:3], l[5:1], l[:], l[2:-1], (1, 2)[:], ""[1:])
print((1, 2) < (1, 3), (1, 2) == (1, 2.0), (1,) < (1, 2), [1, 2] == [1, 2], (1, "a") != (1, "a"))
d = {i: i * i for i in range(100)}
print(d[50], 101 in d, d.get(3.0))
del d[5]
print(5 in d, len(d))
d[5] = 1
print(list(d)[-1])
