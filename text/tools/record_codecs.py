"""Recorders for codecs, repr and the Unicode database."""

import codecs
import sys
import unicodedata
import warnings

from record import any_char, attempt, recorder, rnd, text, wild

warnings.simplefilter("ignore")
log = []


def handler(e):
    log.append([e.start, e.end, e.reason])
    return ("?", e.end)


codecs.register_error("record", handler)

BYTES = [b"\xed\xa0\x80", b"\xf0\x9f\x98\x80", b"\xc3\xa9", b"\xe2\x82\xac", b"\xff", b"\xc3", b"\xe2\x82", b"\xf0\x9f", b"\xed\xa0", b"a", b"b",
         b"\x80", b"\xc0\x80", b"\xf4\x90\x80\x80", b"\xe0\x80", b"\xd8", b"\xdc", b"\x00", b"\xfe\xff", b"\xff\xfe", b"\x3d\xd8", b"\x00\xde", b"\x00\xd8\x00"]
SEVEN = [b"+", b"-", b"A", b"AGE", b"2AHcAA", b"2AA", b"!", b"\xff", b"a", b"/", b"+AOk-", b"AA", b"=", b"~", b"\\"]
ESCAPES = [rb"\x", b"4", b"1", rb"\u", rb"\U", b"0010", b"\\", rb"\N{", b"}", b"DIGIT ONE", rb"\N", b"a", b"g", rb"\7", b"7", rb"\n", rb"\q", b"\n", b"\xff", b"\\'", b"\x80"]
WIDE32 = [b"\x00\x00\x00a", b"a\x00\x00\x00", b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff", b"\x00\xd8\x00\x00", b"\x00\x00\xd8\x00", b"\xff\xff\xff\xff", b"x", b"\x00", b"\x00\xf6\x01\x00"]
TABLE = "".join(chr(i) if i < 128 else "\ufffe" if i % 5 == 0 else chr(i * 7) for i in range(250))


def decoders():
    raw = (codecs.utf_8_decode, codecs.utf_16_le_decode, codecs.utf_16_be_decode, codecs.utf_7_decode,
           codecs.utf_32_le_decode, codecs.utf_32_be_decode, codecs.unicode_escape_decode, codecs.raw_unicode_escape_decode)
    for f in raw:
        name = f.__name__.removesuffix("_decode")
        yield name, lambda b, last, f=f: f(b, "record", last)
    yield "utf_16", lambda b, last: codecs.utf_16_ex_decode(b, "record", 0, last)
    yield "utf_32", lambda b, last: codecs.utf_32_ex_decode(b, "record", 0, last)
    yield "ascii", lambda b, last: codecs.ascii_decode(b, "record")
    yield "charmap", lambda b, last: codecs.charmap_decode(b, "record", TABLE)


@recorder
def decode():
    yield "table", TABLE, ""
    for name, f in decoders():
        pieces = SEVEN if name == "utf_7" else ESCAPES if "escape" in name else WIDE32 if "32" in name else BYTES
        for _ in range(160):
            b = b"".join(rnd.choice(pieces) for _ in range(rnd.randrange(8)))
            if rnd.random() < 0.2:
                b = wild().encode("utf-8" if "escape" in name else name if name not in ("ascii", "charmap", "utf_7") else "latin-1", "replace")
            for last in (False, True):
                log.clear()
                s, used, *rest = f(b, last)
                yield name, b, last, [s, used, *rest, *(x for e in log for x in e)]


@recorder
def encode():
    table = codecs.charmap_build("".join(chr(i) if i < 128 else chr(i * 7) for i in range(256)))
    encoders = {
        "utf_8": codecs.utf_8_encode, "utf_16": codecs.utf_16_encode, "utf_16_le": codecs.utf_16_le_encode,
        "utf_16_be": codecs.utf_16_be_encode, "utf_32": codecs.utf_32_encode, "utf_32_le": codecs.utf_32_le_encode,
        "utf_32_be": codecs.utf_32_be_encode, "ascii": codecs.ascii_encode, "latin_1": codecs.latin_1_encode,
        "utf_7": codecs.utf_7_encode, "unicode_escape": codecs.unicode_escape_encode,
        "raw_unicode_escape": codecs.raw_unicode_escape_encode, "charmap": lambda s, e: codecs.charmap_encode(s, e, table),
    }
    for i in range(160):
        s = text() if i % 2 else wild()
        if i % 7 == 0:
            s += rnd.choice(["\ud800", "\udc80\udfff", "\ud83d\ude00x"]) + text(3)
        for name, f in encoders.items():
            log.clear()
            b, used = f(s, "record")
            yield name, s, [b, used, *(x for e in log for x in e)]
        for h in ("backslashreplace", "xmlcharrefreplace", "namereplace"):
            yield h, s, "".join(c if c.isascii() else c.encode("ascii", h).decode() for c in s)
        yield "surrogateescape", (b := s.encode("utf-8", "surrogatepass")), b.decode("ascii", "surrogateescape")
        for enc in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
            yield "surrogatepass", enc, s, s.encode(enc, "surrogatepass")


@recorder
def reprs():
    for i in range(600):
        s = text() if i % 2 else wild()
        if i % 3 == 0:
            s += rnd.choice(["'", '"', "'\"", "\\", "\x7f", "\t\n\r", "\xad"])
        yield "repr", s, repr(s)
        yield "ascii", s, ascii(s)
        b = rnd.randbytes(rnd.randrange(9)) + rnd.choice([b"", b"'", b'"', b"'\"", b"\\x", b"a\n"])
        yield "bytes", b, repr(b)
        yield "escape_encode", b, codecs.escape_encode(b)[0]
        e = b"".join(rnd.choice(ESCAPES) for _ in range(rnd.randrange(6)))
        for h in ("strict", "replace", "ignore"):
            r = attempt(lambda: codecs.escape_decode(e, h)[0])
            yield "escape_decode", e, h, r


@recorder
def unicode():
    h = {}
    def add(key, value):
        n = h.get(key, 0xCBF29CE484222325)
        for b in str(value).encode():
            n = (n ^ b) * 0x100000001B3 % 2**64
        h[key] = n
    for c in range(0x110000):
        s = chr(c)
        for v, u in (("", unicodedata), ("3", unicodedata.ucd_3_2_0)):
            add("name" + v, u.name(s, ""))
            add("category" + v, u.category(s))
            add("bidirectional" + v, u.bidirectional(s))
            add("combining" + v, u.combining(s))
            add("mirrored" + v, u.mirrored(s))
            add("east_asian_width" + v, u.east_asian_width(s))
            add("decimal" + v, u.decimal(s, -1))
            add("digit" + v, u.digit(s, -1))
            add("decomposition" + v, u.decomposition(s))
            for form in ("NFC", "NFD", "NFKC", "NFKD"):
                add(form + v, [ord(x) for x in u.normalize(form, s)])
    for key, n in h.items():
        yield key, "%016x" % n
    pool = "aẛ\u0323\u0307e\u0301\u0300\u0316가ᄀ각ᆨ\u1161Ååﬁ①\u0344\u0958\u09c7\u09be\u0f71\u0f72\u2126\ud834\U0001d15e\u0338<"
    for i in range(400):
        s = "".join(rnd.choice(pool) for _ in range(rnd.randrange(8))) if i % 3 else "".join(any_char() for _ in range(5))
        for form in ("NFC", "NFD", "NFKC", "NFKD"):
            yield "normalize", form, s, unicodedata.normalize(form, s)
            yield "is_normalized", form, s, unicodedata.is_normalized(form, s)
            yield "normalize3", form, s, unicodedata.ucd_3_2_0.normalize(form, s)
        n = unicodedata.name(any_char(), "no name")
        for n in (n, n.lower(), n.replace(" ", "-"), n[:-1], n.replace("-", " ")):
            yield "lookup", n, attempt(lambda: unicodedata.lookup(n))
    for n in ("LATIN SMALL LETTER GHA", "line feed", "NULL", "KEYCAP DIGIT ONE", "keycap digit one", "VS17", "HANGUL SYLLABLE GAG", "hangul syllable gag", "CJK UNIFIED IDEOGRAPH-4E00",
              "cjk unified ideograph-4e00", "CJK UNIFIED IDEOGRAPH-04E00", "CJK UNIFIED IDEOGRAPH-0041", "TANGUT IDEOGRAPH-17000", "CJK COMPATIBILITY IDEOGRAPH-F900", "", " ", "é", "<control>", "HANGUL JUNGSEONG O-E", "hanguljungseongo-e", "DIGIT  ONE"):
        yield "lookup", n, attempt(lambda: unicodedata.lookup(n))
