#!/usr/bin/env python3.14
"""Records text/tests/data/*.txt from the CPython 3.14 that runs it: python3.14 text/tools/record.py [name...]

With SEED in the environment other random calls are recorded, for a look at more of them.

A line is a call: fields separated by tabs, the function first and the result last.
Text is alphanumeric ASCII as it is and \\{hex} for the rest; bytes are written like text with code points to 255.
A list is "[" and its items, each followed by "|". Booleans are 0 and 1, nothing is "-".
"""

import math
import os
import random
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
rnd = random.Random(20260101)
recorders = {}


def enc(v):
    if v is None:
        return "-"
    if v is True or v is False:
        return str(int(v))
    if isinstance(v, int):
        return str(v)
    if isinstance(v, float):
        return "%016x" % struct.unpack(">Q", struct.pack(">d", v))
    if isinstance(v, (bytes, bytearray)):
        v = v.decode("latin-1")
    if isinstance(v, str):
        return "".join(c if c.isascii() and c.isalnum() else "\\{%x}" % ord(c) for c in v)
    if isinstance(v, (list, tuple)):
        return "[" + "".join(enc(x) + "|" for x in v)
    raise TypeError(v)


def recorder(f):
    recorders[f.__name__] = f
    return f


def attempt(f):
    """The result, or the exception's type and message."""
    try:
        return f()
    except Exception as e:
        return f"!{type(e).__name__}: {e}"


ALPHABETS = [
    "ab", "aA b", "ab\n\r\t ", "aé\xa0ß", "aéĀ\u2028", "a\U0001f600b", "é\u0130\u03a3\u03c3a \u0301", "\x1c\x85\n\r\x0b",
    "aZ09_-", "\ud800a\udfff", "١٢3²½", "ǅǄǆaA", "ŉaﬁ ΐ", "𝟘a \u2003",
]


def text(n=12):
    a = rnd.choice(ALPHABETS)
    if rnd.random() < 0.2:
        a += rnd.choice(ALPHABETS)
    return "".join(rnd.choice(a) for _ in range(rnd.randrange(n)))


def any_char():
    r = rnd.random()
    if r < 0.3:
        return chr(rnd.randrange(128))
    if r < 0.5:
        return chr(rnd.randrange(256))
    if r < 0.85:
        return chr(rnd.randrange(0x3000))
    if r < 0.95:
        return chr(rnd.randrange(0x10000))
    return chr(rnd.randrange(0x110000))


def wild(n=10):
    return "".join(any_char() for _ in range(rnd.randrange(n)))


@recorder
def str_methods():
    for _ in range(400):
        h = text(20)
        n = text(4) if rnd.random() < 0.5 else h[(i := rnd.randrange(len(h) + 1)) : i + rnd.randrange(3)]
        k = rnd.choice([-1, -1, 0, 1, 2, 5])
        r = text(4)
        yield "find", h, n, h.find(n)
        yield "rfind", h, n, h.rfind(n)
        yield "count", h, n, h.count(n)
        yield "startswith", h, n, h.startswith(n)
        yield "endswith", h, n, h.endswith(n)
        yield "replace", h, n, r, k, h.replace(n, r, k)
        if n:
            yield "split", h, n, k, h.split(n, k)
            yield "rsplit", h, n, k, h.rsplit(n, k)
            yield "partition", h, n, h.partition(n)
            yield "rpartition", h, n, h.rpartition(n)
        yield "split_space", h, k, h.split(None, k)
        yield "rsplit_space", h, k, h.rsplit(None, k)
        yield "splitlines", h, h.splitlines()
        yield "splitlines_keep", h, h.splitlines(True)
        yield "strip", h, h.strip()
        yield "lstrip", h, h.lstrip()
        yield "rstrip", h, h.rstrip()
        yield "strip_chars", h, n, h.strip(n)
        yield "lstrip_chars", h, n, h.lstrip(n)
        yield "rstrip_chars", h, n, h.rstrip(n)
        w = rnd.randrange(20)
        yield "center", h, w, h.center(w, "*")
        yield "zfill", h, w, h.zfill(w)
        yield "expandtabs", h, w, h.expandtabs(w)


@recorder
def bytes_methods():
    for _ in range(200):
        h = "".join(rnd.choice("aAb \n\r\t\x0b\x1c\x85\xff") for _ in range(rnd.randrange(14))).encode("latin-1")
        k = rnd.choice([-1, -1, 0, 1, 2, 5])
        yield "split_space", h, k, h.split(None, k)
        yield "rsplit_space", h, k, h.rsplit(None, k)
        yield "splitlines", h, h.splitlines()
        yield "strip", h, h.strip()
        for f in "swapcase capitalize title isalpha isalnum isdigit isspace islower isupper istitle hex".split():
            yield f, h, getattr(h, f)()
        g = rnd.randrange(-4, 5)
        yield "hex_sep", h, g, h.hex("-", g)
        yield "expandtabs", h, g, h.expandtabs(g)


@recorder
def case():
    names = "lower upper title casefold swapcase capitalize".split()
    tests = "alpha alnum decimal digit numeric space printable identifier lower upper title".split()
    for i in range(500):
        s = text(9) if i % 2 else wild()
        for n in names:
            yield n, s, getattr(s, n)()
        yield "is", s, [getattr(s, "is" + t)() for t in tests]


def main():
    for name in sys.argv[1:] or recorders:
        rnd.seed(name + os.environ.get("SEED", ""))
        with open(os.path.join(HERE, "..", "tests", "data", name + ".txt"), "w") as f:
            for row in recorders[name]():
                f.write("\t".join([row[0], *map(enc, row[1:])]) + "\n")


# More recorders stand in record_numbers.py and record_codecs.py.
if __name__ == "__main__":
    sys.modules["record"] = sys.modules["__main__"]
    for extra in ("record_numbers", "record_codecs"):
        if os.path.exists(os.path.join(HERE, extra + ".py")):
            __import__(extra)
    main()
