# What gc.collect() says. How many objects a collection finds depends on when others have happened, so that
# only sums and relations are compared here; heap/tests/garbage.rs has the exact numbers.
import gc
import weakref


class Node:
    pass


def ring(n):
    first = node = Node()
    for _ in range(n - 1):
        node.next = Node()
        node.next.before = node
        node = node.next
    node.next = first


seen = []
gc.callbacks.append(lambda phase, info: seen.append((phase, dict(info))))
before = gc.get_stats()
found = 0
for _ in range(30):
    ring(10)
for generation in 2, 1, 0:
    n = gc.collect(generation)
    assert type(n) is int and n >= 0
    (start, at_start), (stop, at_stop) = seen
    assert (start, stop) == ("start", "stop")
    assert at_start == {"generation": generation, "collected": 0, "uncollectable": 0}, at_start
    assert at_stop == {"generation": generation, "collected": n, "uncollectable": 0}, at_stop
    seen.clear()
    found += n
assert found <= 300
gc.callbacks.clear()
after = gc.get_stats()
assert sum(a["collected"] - b["collected"] for a, b in zip(after, before)) == found
assert [a["collections"] - b["collections"] for a, b in zip(after, before)] == [1, 1, 1]

# What no cycle holds is not counted.
for _ in range(100):
    [{}, (Node(), [])]
assert gc.collect() == 0

# Objects with finalisers that come back are not garbage.
kept = []


class Phoenix:
    def __del__(self):
        kept.append(self)


def make():
    p = Phoenix()
    p.itself = p
    return weakref.ref(p)


r = make()
for _ in range(3):
    gc.collect()
    if kept:
        assert kept[0].itself is kept[0]
        break

for bad in -1, 3:
    try:
        gc.collect(bad)
        assert False
    except ValueError as e:
        assert str(e) == "invalid generation"

for v, tracked in [
    (1, False), (1.5, False), ("s", False), (b"b", False), (None, False), (range(3), False),
    ((), False), ([], True), ({}, True), (set(), True),
    (Node(), True), (Node, True), (lambda: 0, True), ((lambda: 0).__code__, False), (gc, True),
    (object(), False), (iter(range(2)), False), (len, True), (slice(1), True), (iter([]), True),
]:
    assert gc.is_tracked(v) is tracked, (v, tracked)
