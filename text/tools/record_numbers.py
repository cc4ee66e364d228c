"""Recorders for numbers: hashes, floats, integers, formatting."""

import math
import os
import struct
import subprocess
import sys

from record import attempt, recorder, rnd, text, wild


def any_float():
    r = rnd.random()
    if r < 0.15:
        return rnd.choice([0.0, -0.0, 1.0, -1.0, 0.5, 1.5, 2.5, 0.1, 1e16, 1e22, 1e23, 123456789.0, 9.995, 0.00001, 1e-5,
                           1e-4, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, math.inf, -math.inf, math.nan])
    if r < 0.4:
        return rnd.uniform(-1000, 1000)
    if r < 0.6:
        return round(rnd.uniform(-1000, 1000), rnd.randrange(5))
    if r < 0.7:
        return float(rnd.randrange(-10**18, 10**18))
    if r < 0.8:
        return rnd.randrange(-4000, 4000) / 8
    return struct.unpack("d", rnd.randbytes(8))[0]


def any_int():
    return rnd.choice([0, 1, -1, rnd.randrange(-1000, 1000), rnd.randrange(-2**63, 2**63), rnd.randrange(-2**20, 2**20)])


@recorder
def hashes():
    seeds = ["0", "1", "42", "4294967295"]
    for seed in seeds:
        words = [text(9) for _ in range(15)] + ["", "a", "Adder"]
        code = "import sys; print([hash(x) for x in eval(sys.argv[1])])"
        for kind in ("str", "bytes"):
            items = words if kind == "str" else [w.encode("utf-8", "surrogatepass") for w in words]
            out = subprocess.run([sys.executable, "-c", code, ascii(items)], env={**os.environ, "PYTHONHASHSEED": seed},
                                 capture_output=True, text=True, check=True).stdout
            for w, h in zip(items, eval(out)):
                yield kind, int(seed), w, h
    for _ in range(300):
        f = any_float()
        if f == f:
            yield "float", f, hash(f)
            g = any_float()
            if g == g:
                yield "complex", f, g, hash(complex(f, g))
        i = any_int()
        yield "int", i, hash(i)
        b = rnd.getrandbits(rnd.randrange(300))
        yield "words", [b >> 64 * k & 2**64 - 1 for k in range((b.bit_length() + 63) // 64)], hash(b)
        t = [rnd.randrange(-2**60, 2**60) for _ in range(rnd.randrange(5))]
        yield "tuple", t, hash(tuple(t))
        yield "frozenset", t, hash(frozenset(t))
    for i in (2**61 - 1, 2**61 - 2, 2**61, -(2**61), -(2**61) + 1, -1, -2, -2**63, 2**63 - 1):
        yield "int", i, hash(i)


@recorder
def floats():
    for _ in range(900):
        f = any_float()
        yield "repr", f, repr(f)
        yield "hex", f, f.hex()
        p = rnd.choice([0, 1, 2, 3, 6, 10, 17, 30])
        for c in "efg":
            yield c, f, p, ("%%.%d%s" % (p, c)) % f
            yield "#" + c, f, p, ("%%#.%d%s" % (p, c)) % f
        if math.isfinite(f):
            n = rnd.randrange(-8, 12) if rnd.random() < 0.8 else rnd.randrange(-330, 330)
            r = attempt(lambda: round(f, n))
            yield "round", f, n, r if isinstance(r, float) else None
    for f in (0.5, 1.5, 2.5, 5e-324, 1.7976931348623157e308, 1e100):
        yield "f", f, 1200, "%.1200f" % f
        yield "e", f, 1200, "%.1200e" % f
        yield "g", f, 1200, "%.1200g" % f
    for _ in range(300):
        yield "repr_complex", (f := any_float()), (g := any_float()), repr(complex(f, g))
    pieces = ["1", "23", "_", ".", "e", "E", "+", "-", "inf", "nan", "Infinity", " ", "\t", "0", "5", "j", "(", ")", "\u0663", "\u2003", "x"]
    fixed = ["1.5", " 1_0.5e1_0 ", "-.5", "5.", ".", "1e", "1e5", "-nan", "-0", "1__0", "1e400", "1e-400", "\xa01", "9" * 400, "0." + "0" * 400 + "1"]
    for i in range(800):
        s = fixed[i] if i < len(fixed) else "".join(rnd.choice(pieces) for _ in range(rnd.randrange(6)))
        def value(f):
            try:
                return f(s)
            except ValueError:
                return None
        yield "parse", s, value(float)
        c = value(complex)
        yield "parse_complex", s, None if c is None else [c.real, c.imag]
    hexes = ["0x1p0", "1.8", "0x.1p4", "0x1.fffffffffffff8p0", "0x1.fffffffffffff7p1023", "0x1.fffffffffffff8p1023", "0x1p1024",
             "0x1p-1074", "0x0.8p-1074", "0x0.80001p-1074", "0x1p-1080", "-inf", "nan", "0x", "", "p1", "0x1p", "1g", "0x1.8p-1074",
             "0x1.00000000000008p0", "0x1.00000000000018p0", "0x1.000000000000080000000000001p0", "0x1p99999999999999999999", "0x0p99999999999999999999",
             "0x1p-99999999999999999999", "0x.", "0x12345678901234567890.123p-3", " 0x1p1 "]
    for i in range(500):
        if i < len(hexes):
            s = hexes[i]
        else:
            s = "%s%s%x.%sp%d" % (rnd.choice(["", "-"]), rnd.choice(["", "0x"]), rnd.getrandbits(rnd.randrange(80)),
                                  "".join(rnd.choice("0123456789abcdefF8") for _ in range(rnd.randrange(18))), rnd.choice([rnd.randrange(-1150, 1030), rnd.randrange(-20, 20)]))
        r = attempt(lambda: float.fromhex(s))
        yield "fromhex", s, r if isinstance(r, float) else r.split(":")[0]


@recorder
def ints():
    pieces = ["1", "23", "_", "+", "-", " ", "0", "0x", "0b", "0o", "f", "z", "A", "\u0663", "\u2003", "9" * 12, "7"]
    for _ in range(900):
        s = "".join(rnd.choice(pieces) for _ in range(rnd.randrange(6)))
        base = rnd.choice([0, 10, 16, 2, 8, 36, 7])
        try:
            v = int(s, base)
        except ValueError:
            v = None
        yield "parse", s, base, v
        i = any_int()
        yield "dec", i, str(i)
        yield "hex", i, hex(i)
        yield "oct", i, oct(i)
        yield "bin", i, bin(i)


def any_spec(types):
    s = rnd.choice(["", "", "", "<", ">", "^", "=", "*<", "é>", "0=", "😀^", "x="])
    s += rnd.choice(["", "", "", "+", "-", " "])
    s += rnd.choice(["", "", "", "", "z"])
    s += rnd.choice(["", "", "", "#"])
    s += rnd.choice(["", "", "0"])
    s += rnd.choice(["", "", str(rnd.randrange(30))])
    s += rnd.choice(["", "", "", ",", "_", "_,", ",_"])
    s += rnd.choice(["", "", "", ".", f".{rnd.randrange(20)}", f".{rnd.randrange(20)}", f".{rnd.randrange(10)}_", ".,", ".3,_"])
    s += rnd.choice(types)
    return s


@recorder
def formats():
    for _ in range(900):
        i, f = any_int(), any_float()
        s = any_spec(["", "", "d", "x", "X", "b", "o", "n", "c", "e", "é"])
        yield "int", i, s, attempt(lambda: format(i, s))
        for _ in range(2):
            s = any_spec(["", "", "e", "E", "f", "F", "g", "G", "n", "%", "d"])
            yield "float", f, s, attempt(lambda: format(f, s))
        s = any_spec(["", "", "e", "f", "g", "n", "%"]).replace("0", "")
        g = any_float()
        yield "complex", f, g, s, attempt(lambda: format(complex(f, g), s))
        t = text()
        s = any_spec(["", "s", "s", "", "d"])
        if rnd.random() < 0.7:
            s = s.lstrip("=+-z #").replace("z", "").replace("#", "")
        yield "str", t, s, attempt(lambda: format(t, s))


@recorder
def fields():
    import _string
    pieces = ["{", "}", "{}", "{0}", "{{", "}}", "a", "!", "r", ":", "[", "]", ".", "x", "1", "é", "{a.b[0]!r:>{w}}", "{:x}"]
    for _ in range(900):
        s = "".join(rnd.choice(pieces) for _ in range(rnd.randrange(7)))
        r = attempt(lambda: [x for part in _string.formatter_parser(s) for x in part])
        yield "parse", s, r
        pieces2 = ["", "0", "a", ".", "[", "]", "12", "b", ".c", "[1]", "[k]", "é", "\u0663"]
        s = "".join(rnd.choice(pieces2) for _ in range(rnd.randrange(6)))
        def split():
            first, rest = _string.formatter_field_name_split(s)
            return [first, *(x for part in rest for x in part)]
        yield "name", s, attempt(split)


@recorder
def printf():
    pieces = ["%d", "%s", "%5", "%", "(", ")", "a", "*", ".", "3", "0", "-", "+", " ", "#", "x", "d", "l", "é", "%%"]
    for _ in range(1200):
        s = "".join(rnd.choice(pieces) for _ in range(rnd.randrange(7)))
        if rnd.random() < 0.4:
            s = "%" + "".join(rnd.choice("-+ #0") for _ in range(rnd.randrange(3))) + rnd.choice(["", "5", "12", "*"]) + rnd.choice(
                ["", ".", ".2", ".*", ".9"]) + rnd.choice("diuoxXeEfFgGs%y")
        args = tuple(rnd.randrange(-300, 300) for _ in range(rnd.randrange(4)))
        yield "str", s, list(args), attempt(lambda: s % args)
        if s.isascii() and not "s" in s:
            yield "bytes", s, list(args), attempt(lambda: s.encode() % args)
    for _ in range(900):
        f = any_float()
        spec = "".join(rnd.choice("-+ #0") for _ in range(rnd.randrange(3))) + rnd.choice(["", "5", "25"]) + rnd.choice(["", ".", ".2", ".9"])
        s = "%" + spec + rnd.choice("eEfFgG")
        yield "float", s, f, s % f
        s = "%" + spec + rnd.choice("sc" if len(t := text(8)) == 1 else "s")
        yield "text", s, t, s % t


@recorder
def structs():
    from record import enc
    for _ in range(600):
        f = rnd.choice(["", "@", "=", "<", ">", "!"]) + "".join(rnd.choice(["", "", "3", "0", "2"]) + rnd.choice(
            "xcbB?hHiIlLqQnNPsfdepFD" if rnd.random() < 0.9 else "z 9\0") for _ in range(rnd.randrange(6)))
        yield "size", f, attempt(lambda: struct.calcsize(f))
        o, c = rnd.choice("@<>"), rnd.choice("bBhHiIlLqQnNP" if rnd.random() < 0.8 else "hHqQ")
        if o != "@" and c in "nNP":
            o = "@"
        i = rnd.choice([rnd.randrange(-300, 300), rnd.randrange(-2**16, 2**16), rnd.randrange(-2**33, 2**33), rnd.randrange(-2**65, 2**65)])
        r = attempt(lambda: struct.pack(o + c, i))
        yield "int", o + c, i, r.replace("error: struct.error", "error") if isinstance(r, str) else r
        if isinstance(r, bytes):
            yield "unpack", o + c, r, struct.unpack(o + c, r)[0]
        g = any_float() if rnd.random() < 0.5 else rnd.choice([1, -1]) * 2.0 ** rnd.randrange(-30, 17) * (1 + rnd.randrange(4096) / 4096)
        if not math.isnan(g):
            for c in "efd":
                r = attempt(lambda: struct.pack(o + c, g))
                yield "float", o + c, g, r
                if isinstance(r, bytes):
                    yield "unpack", o + c, r, struct.unpack(o + c, r)[0]
        b = rnd.randbytes(rnd.randrange(6))
        for c in "sp":
            n = rnd.randrange(6)
            yield c, n, b, (r := struct.pack(f"{n}{c}", b))
            if n:
                yield "unpack", f"{n}{c}", r, struct.unpack(f"{n}{c}", r)[0]
    for h in range(0, 65536, 7):
        v = struct.unpack("<e", struct.pack("<H", h))[0]
        if not math.isnan(v):
            yield "half", h, v, struct.unpack("<H", struct.pack("<e", v))[0]
