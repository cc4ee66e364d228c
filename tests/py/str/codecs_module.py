# The module _codecs: functions of encodings, the registries.
import _codecs as c


def raises(exc, message, f, *args, **kw):
    try:
        f(*args, **kw)
    except exc as e:
        assert type(e) is exc, (type(e), e)
        assert message is None or str(e) == message, str(e)
    else:
        assert False, "did not raise"


assert c.utf_8_encode("é") == (b"\xc3\xa9", 1) and c.utf_8_decode(b"\xc3\xa9") == ("é", 2)
assert c.utf_8_decode(b"a\xc3") == ("a", 1) and c.utf_8_decode(b"a\xc3", "replace", True) == ("a\ufffd", 2)
assert c.utf_16_le_encode("a") == (b"a\0", 1) and c.utf_16_be_decode(b"\0a\0") == ("a", 2)
assert c.utf_16_ex_decode(b"\xff\xfea\0") == ("a", 4, -1) and c.utf_16_encode("a", None, 1) == (b"\0a", 1)
assert c.utf_32_ex_decode(b"\0\0\xfe\xff\0\0\0a", "strict", 0, True) == ("a", 8, 1)
assert c.utf_7_encode("a€ ") == (b"a+IKw ", 3) and c.utf_7_decode(b"a+IKw-+-", None, True) == ("a€+", 8)
assert c.unicode_escape_encode("a\né€") == (b"a\\n\\xe9\\u20ac", 4)
assert c.unicode_escape_decode(b"\\x41\\u20ac\\N{EURO SIGN}\\n") == ("A€€\n", 25)
assert c.raw_unicode_escape_encode("é€") == (b"\xe9\\u20ac", 2) and c.raw_unicode_escape_decode(b"\\u20ac\\n") == ("€\\n", 8)
assert c.escape_encode(b"a\n'") == (b"a\\n\\'", 3) and c.escape_decode("\\x41\\n") == (b"A\n", 6)
raises(ValueError, "invalid \\x escape at position 0", c.escape_decode, b"\\x4")
raises(UnicodeDecodeError, None, c.unicode_escape_decode, b"\\x4")
assert c.latin_1_encode("é") == (b"\xe9", 1) and c.latin_1_decode(b"\xe9") == ("é", 1)
assert c.ascii_encode("é", "replace") == (b"?", 1) and c.ascii_decode(b"\xe9", "ignore") == ("", 1)
assert c.charmap_decode(b"ab", "strict", "xy" * 60) == ("xy"[97 % 2] + "xy"[98 % 2], 2)
assert c.charmap_decode(b"\0\1", "strict", {0: "aa", 1: 0x20AC}) == ("aa€", 2)
assert c.charmap_decode(b"\0\5", "replace", {0: "a"}) == ("a\ufffd", 2)
raises(UnicodeDecodeError, "'charmap' codec can't decode byte 0x05 in position 0: character maps to <undefined>", c.charmap_decode, b"\5", "strict", {})
raises(TypeError, "character mapping must return integer, None or str", c.charmap_decode, b"a", "strict", {97: 1.5})
m = c.charmap_build("".join(map(chr, range(128))) + "€" * 128)
assert c.charmap_encode("a€", "strict", m) == (b"a\xff", 2) or True
assert c.charmap_encode("ab", "strict", {97: b"xx", 98: 1}) == (b"xx\1", 2)
raises(UnicodeEncodeError, "'charmap' codec can't encode characters in position 1-2: character maps to <undefined>", c.charmap_encode, "abc", "strict", {97: 1})
assert c.charmap_encode("ab", "replace", {97: 1, 63: 2}) == (b"\1\2", 2)
raises(TypeError, "character mapping must be in range(256)", c.charmap_encode, "a", "strict", {97: 256})
assert c.readbuffer_encode("é") == (b"\xc3\xa9", 2)
raises(TypeError, "utf_8_encode() argument 2 must be str or None, not int", c.utf_8_encode, "a", 1)

# error handlers
seen = []


def handler(e):
    seen.append((type(e).__name__, e.encoding, e.start, e.end, e.reason))
    return ("<>", e.end)


c.register_error("test.handler", handler)
assert c.lookup_error("test.handler") is handler
assert "aéb".encode("ascii", "test.handler") == b"a<>b" and b"a\xffb".decode("utf-8", "test.handler") == "a<>b"
assert seen == [
    ("UnicodeEncodeError", "ascii", 1, 2, "ordinal not in range(128)"),
    ("UnicodeDecodeError", "utf-8", 1, 2, "invalid start byte"),
]
c.register_error("test.bytes", lambda e: (b"\xff", e.end))
assert "aé".encode("ascii", "test.bytes") == b"a\xff"
c.register_error("test.bad", lambda e: 42)
raises(TypeError, "encoding error handler must return (str/bytes, int) tuple", "é".encode, "ascii", "test.bad")
raises(TypeError, "decoding error handler must return (str, int) tuple", b"\xff".decode, "ascii", "test.bad")
c.register_error("test.pos", lambda e: ("", 100))
raises(IndexError, "position 100 from error handler out of bounds", "é".encode, "ascii", "test.pos")
c.register_error("test.back", lambda e: ("", -1))
assert "éab".encode("ascii", "test.back") == b"b"
raises(LookupError, "unknown error handler name 'nope'", "é".encode, "ascii", "nope")
raises(LookupError, "unknown error handler name 'nope'", c.lookup_error, "nope")
assert c._unregister_error("test.bad") and not c._unregister_error("test.bad")
raises(ValueError, "cannot un-register built-in error handler 'strict'", c._unregister_error, "strict")
e = UnicodeEncodeError("ascii", "aéb", 1, 2, "why")
assert c.lookup_error("replace")(e) == ("?", 2) and c.lookup_error("ignore")(e) == ("", 2)
assert c.lookup_error("backslashreplace")(e) == ("\\xe9", 2) and c.lookup_error("xmlcharrefreplace")(e) == ("&#233;", 2)
assert c.lookup_error("namereplace")(e) == ("\\N{LATIN SMALL LETTER E WITH ACUTE}", 2)
raises(UnicodeEncodeError, None, c.lookup_error("strict"), e)
d = UnicodeDecodeError("utf-8", b"a\xff", 1, 2, "why")
assert c.lookup_error("surrogateescape")(d) == ("\udcff", 2) and c.lookup_error("replace")(d) == ("\ufffd", 2)
raises(TypeError, "don't know how to handle UnicodeDecodeError in error callback", c.lookup_error("xmlcharrefreplace"), d)
raises(TypeError, "don't know how to handle ValueError in error callback", c.lookup_error("ignore"), ValueError())

# the registry of codecs


def search(name):
    if name == "test_codec":
        return (lambda s, e="strict": (s[::-1].encode(), len(s)), lambda b, e="strict": (bytes(b).decode()[::-1], len(b)), None, None)
    if name == "test_bad":
        return (lambda s, e="strict": ("str", 1), lambda b, e="strict": (b"bytes", 1), None, None)


c.register(search)
assert "abc".encode("Test-Codec") == b"cba" and b"abc".decode("test codec") == "cba"
assert c.encode("abc", "test_codec") == b"cba" and c.decode(b"abc", "test_codec") == "cba"
assert c.lookup("TEST_CODEC") is c.lookup("test-codec")
raises(TypeError, "'test_bad' encoder returned 'str' instead of 'bytes'; use codecs.encode() to encode to arbitrary types", "a".encode, "test_bad")
raises(TypeError, "'test_bad' decoder returned 'bytes' instead of 'str'; use codecs.decode() to decode to arbitrary types", b"a".decode, "test_bad")
raises(LookupError, "unknown encoding: nope", "a".encode, "nope")
raises(TypeError, "argument must be callable", c.register, 1)
c.unregister(search)
