# When objects of C die: with the last register that has them, or in a collection.
import gc
import pathlib
import sys
import weakref

import ext_lifetimes as m

Blob, Link, living, peak = m.Blob, m.Link, m.living, m.peak


def unused():
    for _ in range(100):
        Blob()
        -Blob(1.0)
        Blob(1.0) + Blob(2.0)
    return peak(), living()


def in_a_local():
    for i in range(100):
        t = Blob(i)
        t = t + t
        t = -t
        t = t.copy()
        t = t[3]
        t = t.twin
    return peak(), float(t)


def temporaries():
    a = Blob(1.0)
    for _ in range(100):
        b = -(a + a) + a[2].copy() + Blob(3.0).same()
        b += a + a
        c = [float(a + b), float(a.copy().same()), float((a + b).twin), len(repr(-b)), float((a + b)[0])]
    return peak(), float(b), c


def deleted():
    t = Blob()
    before = living()
    del t
    return before, living()


def returned():
    t = Blob(7.0)
    u = Blob(8.0)
    return t


def of_a_function():
    peak()
    t = returned()
    for _ in range(100):
        t = returned()
    return peak(), float(t), float(returned() + returned()), living()


print(unused(), in_a_local(), temporaries(), deleted(), of_a_function(), living())


# Through Python functions: what is on the stack belongs to the parameter, what a variable owns is lent to it.
def same(x):
    return x


def twice(x):
    return x + x


def rebinds(x, y):
    x = x + y
    y = None
    return x


def passes(x, *, then):
    return then(x)


def drops(x):
    del x
    return living()


def deep(x, n):
    return deep(x, n - 1) if n else float(x)


def of_parameters():
    a, b = Blob(1.0), Blob(2.0)
    peak()
    for _ in range(100):
        float(same(a + b))
        c = twice(same(a))
        c = rebinds(a, b)
        c = twice(a + b) + twice(twice(a))
        deep(a + b, 3)
        deep(a, 3)
    n = peak()
    return n, float(a), float(b), float(c), drops(a + b), drops(a), float(a), living()


def of_kept_parameters():
    a = Blob(3.0)
    b = passes(a, then=same)
    c = passes(a + a, then=same)
    del a
    return float(b), float(c), passes(b, then=lambda x: [x])[0] is b, [float(x) for x in map(same, [b, c])]


print(of_parameters(), of_kept_parameters())
gc.collect()


# Every way to make a second reference.
kept = []


def keep(x):
    kept.append(x)


class Takes:
    def __getitem__(self, x):
        keep(x)

    def __setitem__(self, x, y):
        keep(x)
        keep(y)

    def __radd__(self, x):
        keep(x)
        return x

    def __eq__(self, x):
        keep(x)
        return True

    def __contains__(self, x):
        keep(x)
        return True

    def __call__(self, *x, **y):
        keep(x[0])
        return x


def into_kept(x):
    kept.append(x)


def into_closure(x):
    return lambda: x


def into_generator(x):
    yield x


def into_tuple(*x, **y):
    return x, y


def into_frame(x):
    kept.append(sys._getframe().f_locals["x"])
    kept.append(sys._getframe(1).f_locals["t"])


def into_traceback(x):
    raise ValueError


def copied_by_functions():
    t = Blob(100)
    into_kept(t)
    into_kept(Blob(101))
    t = Blob(102)
    kept.append(into_closure(t)())
    kept.append(into_closure(Blob(103))())
    t = Blob(104)
    kept.extend(into_generator(t))
    t = Blob(105)
    kept.extend(into_tuple(t, Blob(106))[0])
    kept.extend(into_tuple(a=Blob(107))[1].values())
    t = Blob(108)
    into_frame(Blob(109))
    t = Blob(110)
    for x in t, Blob(111):
        try:
            into_traceback(x)
        except ValueError as e:
            kept.append(e.__traceback__.tb_next.tb_frame.f_locals["x"])
    try:
        into_traceback(Blob(112))
    except ValueError as e:
        kept.append(e.__traceback__.tb_next.tb_frame.f_locals["x"])
    t = None
    return [float(x) for x in kept]


print(copied_by_functions(), living() - len({id(x) for x in kept}))
kept.clear()
gc.collect()
print(living())


def copied():
    takes = Takes()
    t = Blob(0)
    keep(t)
    t = Blob(1)
    u = t
    t = Blob(2)
    kept.append(u)
    kept.append(t)
    t = Blob(3)
    kept.extend([t])
    t = Blob(4)
    kept.extend({1: t}.values())
    t = Blob(5)
    takes[t] = Blob(6)
    t = Blob(7)
    takes[t]
    t = Blob(8)
    takes == t
    t = Blob(9)
    t == takes
    t = Blob(10)
    t in takes
    t = Blob(11)
    takes(t)
    t = Blob(12)
    takes(*(t,))
    t = Blob(13)
    t + takes
    Blob(14) + takes
    takes(Blob(15))
    takes(Blob(16), x=1)
    t = Blob(17)
    f = t.copy
    t = Blob(18)
    kept.append(f())
    t = m.remember(Blob(19))
    t = Blob(20)
    kept.append(m.remember(t))
    kept.append(max(t, t, key=float))
    t = Blob(21)
    kept.append(locals()["t"])
    t = Blob(22)
    kept.append(sys._getframe().f_locals["t"])
    t = Blob(23)
    try:
        t.missing
    except AttributeError as e:
        t = Blob(24)
        kept.append(e.obj)
    t = Blob(25)
    kept.extend(x for x in [t, Blob(26)])
    t = Blob(27)
    kept.append((lambda: t)())
    [kept.append(t := Blob(28)), t, (t := Blob(29))]
    kept.append(t)
    a, b = Blob(30), Blob(31)
    a, b = b, a
    kept.extend((a, b))
    t = None


copied()
print([float(x) for x in kept])
kept.clear()


def unwound(fail):
    t = Blob(1)
    u = Blob(2) + (1 / fail and Blob(3))
    return t + u


for fail in (0, 1):
    try:
        print(unwound(fail))
    except ZeroDivisionError as e:
        print(e.__traceback__.tb_next.tb_frame.f_locals["t"])


def generator():
    t = Blob(1)
    yield t
    t = Blob(2)
    yield t + t
    yield -t


print([float(x) for x in generator()])


class Sub(Blob):
    def __init__(self, *args):
        self.mine = [self, args]


def subclass():
    for i in range(10):
        s = Sub(i)
        s = Sub(float(s) + float(Sub(1)))
    return float(s), s.mine[0] is s


print(subclass())


# Weak references to what dies with its register.
def weak():
    calls = []
    t = Blob()
    r = weakref.ref(t, calls.append)
    alive = r() is t
    t = None
    gc.collect()
    return alive, r(), len(calls)


print(weak())


# Counts as C sees them.
def counts():
    t = Blob()
    result = [m.count(Blob()), m.count(-t), m.count(t), m.count(t.copy()), m.is_temporary(-t), m.is_temporary(t)]
    return result, m.is_unique(t), m.is_temporary(m.remember(t + t))


print(counts())

# Lists that C makes; what C keeps.
def lists():
    for _ in range(10):
        items = m.make_list(100)
    print(len(items), float(items[99]), float(m.make_list(5)[4]))


lists()
m.remember(None)
gc.collect()
print(living())


# Memory that objects have elsewhere brings collections about.
def heavy(n):
    peak()
    for _ in range(n):
        keep(Blob(0, 4 << 20))
        kept.clear()
    # How soon depends on the time that collections take.
    return peak() < 100


print(heavy(200))
gc.collect()
print(living())


# Graphs that are garbage but for what is kept: see `graphs.txt`.
class Instance:
    pass


class SubLink(Link):
    pass


def make(kind, log):
    if kind in ("link", "final", "saved", "hiding"):
        link = Link()
        link.hides = kind == "hiding"
        if kind == "final":
            link.on_finalize = lambda link: log.append("final" if link.other is not None else "cleared")
        elif kind == "saved":
            link.on_finalize = log.append
        return link
    return {"list": list, "dict": dict, "instance": Instance, "sub": SubLink, "tuple": list}[kind]()


def connect(a, b):
    if isinstance(a, Link):
        if a.other is None:
            a.other = b
        else:
            a.again = b
    elif isinstance(a, list):
        a.append(b)
    elif isinstance(a, dict):
        a[len(a)] = b
    else:
        a.__dict__.setdefault("all", []).append(b)


def build(nodes, edges, keep, log):
    objects = {}
    for name, kind in nodes:
        objects[name] = make(kind, log)
    for a, how, b in edges:
        value = objects[b]
        if how == "=":
            value = (value, value)
        elif how == "~":
            value = lambda value=value: value
        connect(objects[a], value)
    weak = [weakref.ref(x) for x in objects.values() if type(x) in (Instance, SubLink)]
    return [objects[name] for name in keep], weak


for line in pathlib.Path(__file__).with_name("graphs.txt").read_text().splitlines():
    line = line.partition("#")[0]
    if not line.strip():
        continue
    title, nodes, edges, keep, expected = [part.strip() for part in line.split("|")]
    log = []
    nodes = [node.split(":") for node in nodes.split()]
    edges = [(edge[0], edge[1], edge[2]) for edge in edges.split()]
    before = living()
    held, weak = build(nodes, edges, keep.split(), log)
    gc.collect()
    gc.collect()
    found = f"{living() - before} {sum(r() is not None for r in weak)} {log.count('final')}"
    print(title, found, "as expected" if found == expected else f"instead of {expected}")
    log.clear()
    held = weak = None
    gc.collect()
    gc.collect()
    print("   then", living() - before)


def of_many_kinds():
    for v in (Blob(1.0), 1, Blob(2.0), 1.5, Blob(3.0), "a", Blob(4.0)):
        t = v + v
    return float(t)


print(of_many_kinds())
