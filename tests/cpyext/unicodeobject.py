# unicodeobject.h: str.
import ext_unicodeobject as m


def error(function, *args):
    try:
        print(ascii(function(*args)))
    except SystemError:
        print("SystemError")
    except Exception as exc:
        print(type(exc).__name__, ascii(str(exc)))


def show(*values):
    print(*map(ascii, values))


class Sub(str):
    pass


texts = ["", "a", "ascii", "caf\xe9", "\u20ac10", "\U0001f600!", "a\0b", "x" * 1000]
for text in texts:
    show(text[:10], m.describe(text), m.code_points(text)[:5], m.as_utf8(text[:20]), m.wide(text[:5]), m.ucs4(text[:5]))
show(m.check(""), m.check(Sub()), m.check(b""), m.describe(Sub("\xe9")), m.code_points(Sub("ab")))
show(m.fill_new("a", 3), m.fill_new("\xe9", 2), m.fill_new("\u20ac", 2), m.fill_new("\U0001f600", 2), m.fill_new("z", 0))
show(m.describe(m.fill_new("\u20ac", 2)), hash(m.fill_new("a", 3)) == hash("aaa"), {m.fill_new("k", 1): 1}["k"])
show(m.copy_characters("abc", "d\xe9f"))
show(m.read_char("\u20ac", 0), m.substring("hello", 1, 3), m.substring("hello", 3, 100), m.substring("hello", 4, 2))
error(m.read_char, "a", 1)
error(m.read_char, b"a", 0)
error(m.substring, "a", -1, 0)
show(m.from_bytes(b"caf\xc3\xa9"), m.from_kinds(), m.from_ordinal(0x1F600))
error(m.from_bytes, b"\xff")
error(m.from_ordinal, 0x110000)
show(*m.from_format("\xe9"))
error(m.as_utf8, "\ud800")
error(m.as_utf8, b"")

show(m.encode("\xe9", "latin-1"), m.encode("\u20ac", "ascii", "replace"), m.encode("x", None), m.encode("\u20ac", "cp1252"))
error(m.encode, "\u20ac", "ascii")
error(m.encode, "a", "no-such-codec")
show(m.decode(b"\xe9", "latin-1"), m.decode(b"a\xff", "utf-8", "replace"), m.decode(b"\xff", "utf-8", "surrogateescape"))
error(m.decode, b"a\xff", "ascii")
show(*m.encode_all("a\xe9\u20ac\U0001f600\n"))
show(m.as_latin1("\xe9"), m.as_ascii("a"))
error(m.as_latin1, "\u20ac")
error(m.as_ascii, "\xe9")
show(m.decode_utf8_stateful(b"a\xe2\x82\xac"), m.decode_utf8_stateful(b"a\xe2\x82"))
error(m.decode_utf8_stateful, b"a\xe2\x82z")
show(m.decode_utf16(b"\xff\xfea\0"), m.decode_utf16(b"\xfe\xff\0a"), m.decode_utf16(b"a\0"))
show(m.fs_converter("path"), m.fs_converter(b"path"))
error(m.fs_converter, 5)
error(m.fs_converter, "a\0b")

show(m.concat("a", "\u20ac"), m.join("-", ["a", "\xe9", "c"]), m.join("", ()), m.partition("a=b=c", "="), m.rpartition("a=b=c", "="))
error(m.concat, "a", 1)
error(m.join, "", [1])
error(m.partition, "a", "")
show(m.format("%s %d", ("x", 5)), m.format("%(k)s", {"k": 1}), m.contains("hello", "ell"), m.contains("a", "z"))
error(m.format, "%d", "x")
error(m.contains, "a", 1)
show(m.compare("a", "b"), m.compare("\u20ac", "a"), m.compare("a", "a"), m.equal("a", "a"), m.equal("a", "\u20ac"))
error(m.compare, "a", 1)
error(m.equal, "a", 1)
show(m.is_identifier("name"), m.is_identifier("1a"), m.is_identifier("\xe9t\xe9"), m.is_identifier(""))
show(m.split("a b  c", None, -1), m.split("a,b,c", ",", 1), m.splitlines("a\nb\r\nc", 0), m.splitlines("a\nb", 1))
show(m.find("abcabc", "bc", 0, 6), m.find("abcabc", "x", 0, 6), m.find("\u20acab\u20ac", "\u20ac", 1, 9), m.find("aaa", "a", -2, 3))
show(m.replace("aaa", "a", "b", 2), m.replace("aaa", "", "-", -1), m.replace("a", "a", "\u20ac", -1))
show(m.translate("abc", {97: "xx", 98: "", 99: 0x20AC}))
error(m.translate, "abc", {98: None})
error(m.translate, "a", {97: -5})
show(m.compare_with("abc", "abc"), m.compare_with("abc", "abd"), m.compare_with("\xe9", "\xe9"))
base = "shared"
show(m.append(base, "\u20ac"), base, m.append("", ""))
show(m.intern(), m.write_all("\xe9'"), m.surrogates())
for ch in "a1Z \n\xe9\u0665\xbd\u2028\u3000":
    show(ch, m.classify(ch))
