# str.encode and bytes.decode with the built-in encodings and error handlers.


def raises(exc, message, f, *args, **kw):
    try:
        f(*args, **kw)
    except exc as e:
        assert type(e) is exc, type(e)
        assert message is None or str(e) == message, str(e)
        return e
    else:
        assert False, "did not raise"


assert "aé€\U0001f600".encode() == b"a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"
assert b"a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80".decode() == "aé€\U0001f600"
assert "é".encode("latin-1") == b"\xe9" and b"\xe9".decode("latin1") == "é" and "a".encode("ASCII") == b"a"
assert "a€".encode("utf-16") == b"\xff\xfea\x00\xac " and b"\xfe\xff\x00a".decode("utf-16") == "a"
assert "a".encode("UTF_32") == b"\xff\xfe\x00\x00a\x00\x00\x00"
e = raises(
    UnicodeEncodeError,
    "'ascii' codec can't encode character '\\xe9' in position 1: ordinal not in range(128)",
    "aé".encode, "ascii",
)
assert (e.encoding, e.object, e.start, e.end, e.reason) == ("ascii", "aé", 1, 2, "ordinal not in range(128)")
raises(
    UnicodeEncodeError,
    "'latin-1' codec can't encode characters in position 0-1: ordinal not in range(256)",
    "€€a".encode, "latin-1",
)
e = raises(
    UnicodeDecodeError,
    "'utf-8' codec can't decode byte 0xff in position 1: invalid start byte",
    b"a\xff".decode,
)
assert (e.encoding, e.object, e.start, e.end, e.reason) == ("utf-8", b"a\xff", 1, 2, "invalid start byte")
raises(UnicodeDecodeError, "'utf-8' codec can't decode bytes in position 0-1: unexpected end of data", b"\xe2\x82".decode)
raises(UnicodeDecodeError, "'ascii' codec can't decode byte 0x80 in position 0: ordinal not in range(128)", b"\x80".decode, "ascii")
raises(UnicodeEncodeError, "'utf-8' codec can't encode character '\\ud800' in position 0: surrogates not allowed", "\ud800".encode)
raises(ValueError, "embedded null character", "a".encode, "utf\0")

assert "aé€".encode("ascii", "ignore") == b"a" and "aé€".encode("ascii", "replace") == b"a??"
assert "é€".encode("ascii", "xmlcharrefreplace") == b"&#233;&#8364;"
assert "é€\U0001f600".encode("ascii", "backslashreplace") == b"\\xe9\\u20ac\\U0001f600"
assert "é".encode("ascii", "namereplace") == b"\\N{LATIN SMALL LETTER E WITH ACUTE}"
assert "\udc80\udcff".encode("utf-8", "surrogateescape") == b"\x80\xff"
assert b"a\x80\xff".decode("utf-8", "surrogateescape") == "a\udc80\udcff"
assert b"a\x80".decode("ascii", "surrogateescape") == "a\udc80"
assert "\ud800".encode("utf-8", "surrogatepass") == b"\xed\xa0\x80"
assert b"\xed\xa0\x80".decode("utf-8", "surrogatepass") == "\ud800"
assert "\ud800".encode("utf-16-le".replace("-le", ""), "surrogatepass") == b"\xff\xfe\x00\xd8"
assert b"a\xffb".decode("utf-8", "replace") == "a\ufffdb" and b"a\xffb".decode("utf-8", "ignore") == "ab"
assert b"a\xffb".decode("utf-8", "backslashreplace") == "a\\xffb"
raises(UnicodeEncodeError, None, "\ud800".encode, "utf-8", "surrogateescape")
assert b"\xf0\x9f\x98".decode("utf-8", "replace") == "\ufffd" and b"\xe0\x80a".decode("utf-8", "replace") == "\ufffd\ufffda"
