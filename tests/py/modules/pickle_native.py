# `_pickle` beside the library's own pickle.py: each reads what the other writes, in all protocols.
import _pickle
import collections
import copyreg
import datetime
import decimal
import fractions
import io
import pickle


class Plain:
    def __init__(self, **k):
        self.__dict__.update(k)

    def __eq__(self, other):
        return type(self) is type(other) and self.__dict__ == other.__dict__


class Slots:
    __slots__ = ("a", "b")

    def __init__(self, a):
        self.a = a

    def __eq__(self, other):
        return self.a == other.a


class State:
    def __getstate__(self):
        return [1, 2]

    def __setstate__(self, state):
        self.got = state

    def __eq__(self, other):
        return True


class NewArgs(int):
    def __new__(cls, value, *, extra=None):
        self = int.__new__(cls, value)
        self.extra = extra
        return self

    def __getnewargs_ex__(self):
        return (int(self),), {"extra": self.extra}


class MyList(list):
    pass


class MyDict(dict):
    pass


class Outer:
    class Inner:
        pass

    def method(self):
        pass


Point = collections.namedtuple("Point", "x y")
shared = [1]
values = [
    None, True, False, 0, 1, -1, 255, 256, 65535, 65536, -(2**31), 2**31, 2**62, -(2**62) - 1, 2**63, -(2**63), 2**64,
    10**100, -(10**300), 127, 128, -128, -129, 1.5, -0.0, 1e300, "", "text", "é\u1234\U0001f600\ud800", "\\u0000\n\r\0\x1a",
    "x" * 300, b"", b"abc", b"\xff" * 300, bytearray(b""), bytearray(b"xyz"), (), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4),
    [], [1], list(range(1005)), {}, {1: 2}, {i: str(i) for i in range(1005)}, set(), {1, 2}, frozenset(), frozenset({1}),
    set(range(1005)), [shared, shared], int, len, Outer.Inner, Outer.method, type(None), type(...), type(NotImplemented),
    NotImplemented, ..., Plain(a=1, b=[2]), Slots(3), State(), NewArgs(5, extra="e"), MyList([1, 2]), MyDict(a=1),
    Point(1, 2), collections.OrderedDict(b=1, a=2), collections.Counter("abc"), collections.deque([1, 2], 5),
    datetime.datetime(2020, 1, 2, 3), decimal.Decimal("1.5"), fractions.Fraction(1, 3), range(5), slice(1, 2), 1 + 2j,
    ValueError("a", 1), [].append, "abc".upper, {"k": {"k": {"k": [()]}}}, Plain.__init__, dict.fromkeys,
    ("a" * 70000, b"b" * 70000, bytearray(b"c") * 70000),
]
pickles = {"C": _pickle.dumps, "Python": pickle._dumps}
unpickles = {"C": _pickle.loads, "Python": pickle._loads}


def same(a, b):
    return type(a) is type(b) and (a == b or repr(a) == repr(b))


for protocol in range(6):
    for value in values:
        if protocol < 2 and isinstance(value, Slots):
            continue
        for a in pickles:
            data = pickles[a](value, protocol)
            for b in unpickles:
                got = unpickles[b](data)
                if not (same(got, value) or callable(value)):
                    print("differs", protocol, a, b, repr(value)[:50], repr(got)[:50])
    if any(len(_pickle.dumps(v, protocol)) > len(pickle._dumps(v, protocol)) + 10 for v in values if not isinstance(v, Slots)):
        print("longer", protocol)

# Recursion through every container.
for protocol in range(6):
    l = []
    l.append(l)
    d = {}
    d["d"] = d
    t = ([],)
    t[0].append(t)
    o = Plain()
    o.me = o
    l2, d2, t2, o2 = _pickle.loads(_pickle.dumps((l, d, t, o), protocol))
    print(protocol, l2[0] is l2, d2["d"] is d2, t2[0][0] is t2, o2.me is o2)

# Picklers: memo, persistent ids, dispatch tables, overrides.
f = io.BytesIO()
p = pickle.Pickler(f)
p.dump(shared)
p.dump(shared)
f.seek(0)
u = pickle.Unpickler(f)
print(u.load() is u.load(), len(p.memo.copy()), u.memo.copy())
p.clear_memo()
print(len(p.memo.copy()), p.bin, p.fast)


class Persistent(pickle.Pickler):
    def persistent_id(self, obj):
        return "the list" if obj is shared else None


class Load(pickle.Unpickler):
    def persistent_load(self, pid):
        return shared if pid == "the list" else None

    def find_class(self, module, name):
        print("find", module, name)
        return super().find_class(module, name)


for protocol in (0, 2, 5):
    f = io.BytesIO()
    Persistent(f, protocol).dump([shared, Plain(a=1)])
    print(Load(io.BytesIO(f.getvalue())).load()[0] is shared)


class Override(pickle.Pickler):
    def reducer_override(self, obj):
        return (str, ("was plain",)) if isinstance(obj, Plain) else NotImplemented


f = io.BytesIO()
Override(f).dump([Plain(), Slots(1).a])
print(pickle.loads(f.getvalue()))
f = io.BytesIO()
p = pickle.Pickler(f)
p.dispatch_table = {Plain: lambda o: (repr, ("table",))}
p.dump(Plain())
print(pickle.loads(f.getvalue()))
copyreg.add_extension(__name__, "Plain", 240)
print(b"\x82\xf0" in pickle.dumps(Plain), pickle.loads(pickle.dumps(Plain)) is Plain)
copyreg.remove_extension(__name__, "Plain", 240)

# Buffers out of band.
buffers = []
data = pickle.dumps([pickle.PickleBuffer(b"abc"), pickle.PickleBuffer(bytearray(b"xyz"))], 5, buffer_callback=buffers.append)
print(len(buffers), [bytes(b) for b in pickle.loads(data, buffers=buffers)])
print(pickle.loads(pickle.dumps([pickle.PickleBuffer(b"abc"), pickle.PickleBuffer(bytearray(b"xyz"))])))


# Failures.
def attempt(f, *args, **k):
    try:
        print("no failure", f(*args, **k))
    except Exception as e:
        text = str(e)
        print(type(e).__name__, text[: text.find(" at 0x")] if " at 0x" in text else text, getattr(e, "__notes__", ""))


class Bad:
    def __init__(self, reduced):
        self.reduced = reduced

    def __reduce_ex__(self, protocol):
        return self.reduced


def local():
    class Local:
        pass
    return Local


attempt(pickle.dumps, lambda: 0)
attempt(pickle.dumps, local())
attempt(pickle.dumps, [1, {"k": (2, local())}])
for reduced in (5, (), (1, 2), (len, 5), (len, (), 1, 2), "nowhere"):
    attempt(pickle.dumps, Bad(reduced))
attempt(pickle.dumps, 1, 6)
attempt(pickle.dumps, 1, 4, buffer_callback=print)
attempt(pickle.Pickler, 5)
for data in (b"", b"\x80", b"\x80\x07.", b"(", b"t.", b".", b"X\x05\0\0\0ab", b"0.", b"(.", b"g5\n.", b"h\x05.", b"\xfe", b"e.", b"(u.",
             b"S'a.", b"Sab\n.", b"\x82\x01.", b"\x97.", b"]b.", b"K\x01K\x02\x93.", b"cbuiltins\nnowhere\n.", b"Q.", b"I1\nQ.", b"Iabc\n.",
             b"\x95\xff\0\0\0\0\0\0\0.", b"\x8b\xff\xff\xff\xff.", b"K\x01)\x81.", b"K\x01)R."):
    print(data, end=" ")
    attempt(_pickle.loads, data)
attempt(pickle.loads, "text")
deep = []
for _ in range(50000):
    deep = [deep]
try:
    pickle.dumps(deep)
except RecursionError as e:
    print("RecursionError")
print(pickle.loads(b"\x80\x02U\x03abcq\0."), pickle.loads(b"U\x03ab\xff.", encoding="bytes"), pickle.loads(b"U\x03ab\xff.", encoding="latin1"))
print(pickle.loads(b"\x80\x02c__builtin__\nxrange\nK\x03\x85R."), pickle.loads(b"S'a\\x62'\n."), pickle.loads(b"V\\u20ac\n."))
print(pickle.loads(pickle.dumps(range(3), 2)), pickle.dumps(range(3), 2)[:30])
