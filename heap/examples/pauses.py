"""Measures collections as a Python program sees them, in CPU time: run it with Adder and with CPython.

    adder heap/examples/pauses.py
    python3.14 heap/examples/pauses.py
"""
import gc
import sys
import time

cpu = time.process_time
thread = time.thread_time


class Pair:
    __slots__ = ("left", "right")

    def __init__(self, left, right):
        self.left = left
        self.right = right


def tree(depth):
    if depth == 0:
        return Pair(None, None)
    return Pair(tree(depth - 1), tree(depth - 1))


def check(t):
    return 1 if t.left is None else 1 + check(t.left) + check(t.right)


def binary_trees(depth):
    total = check(tree(depth + 1))
    long = tree(depth)
    for d in range(4, depth + 1, 4):
        for _ in range(1 << (depth - d + 4)):
            total += check(tree(d))
    return total + check(long)


def measure(name, f, *args, per=1, unit="s", scale=1):
    began = cpu()
    f(*args)
    print(f"{name}: {(cpu() - began) / per * scale:.3g} {unit}")


def instances(n):
    for _ in range(n):
        Pair(None, None)


def floats(n):
    x = 0.5
    for _ in range(n):
        x + 1.0


def largest_gap(live, seconds):
    """The longest CPU time between two turns of a loop that allocates, while `live` is alive."""
    longest = 0.0
    end = cpu() + seconds
    before = thread()
    while cpu() < end:
        for _ in range(100):
            Pair(live, None)
            now = thread()
            if now - before > longest:
                longest = now - before
            before = now
    return longest


n = 2_000_000
measure("a float that dies, with its loop", floats, n, per=n, unit="ns", scale=1e9)
measure("an instance of two attributes that dies, with its call", instances, n, per=n, unit="ns", scale=1e9)
measure(f"binary trees of depth {sys.argv[1] if len(sys.argv) > 1 else 14}", binary_trees,
        int(sys.argv[1]) if len(sys.argv) > 1 else 14)
live = tree(19)
gc.collect()
measure("gc.collect() with a million live objects", gc.collect, unit="ms", scale=1e3)
print(f"longest pause of a loop that allocates, beside these: {largest_gap(live, 2) * 1e3:.3g} ms")
