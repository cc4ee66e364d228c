# The methods of str: results, identity, messages.


def raises(exc, message, f, *args, **kw):
    try:
        f(*args, **kw)
    except exc as e:
        assert type(e) is exc, type(e)
        assert message is None or str(e) == message, str(e)
    else:
        assert False, "did not raise"


class S(str):
    pass


# case
assert "heLLo wORLD".capitalize() == "Hello world"
assert "heLLo wORLD".title() == "Hello World"
assert "heLLo".swapcase() == "HEllO"
assert "ß".upper() == "SS" and "ŉ".upper() == "ʼN"
assert "ΑΣ".lower() == "ας" and "ΑΣΑ".lower() == "ασα"
assert "ß".casefold() == "ss"
assert "İ".lower() == "i̇"

# searching
s = "hello world"
assert s.find("o") == 4 and s.rfind("o") == 7 and s.find("x") == -1
assert s.find("o", 5) == 7 and s.find("o", -100, 4) == -1 and s.find("", 11) == 11 and s.find("", 12) == -1
assert s.index("wor") == 6 and s.count("l") == 3 and "".count("") == 1 and "abc".count("") == 4
assert "aaa".count("aa") == 1 and "abc".count("", 4) == 0
raises(ValueError, "substring not found", s.index, "z")
raises(ValueError, "substring not found", s.rindex, "z")
raises(TypeError, "find() argument 1 must be str, not int", s.find, 1)
raises(TypeError, "find expected at least 1 argument, got 0", s.find)
raises(TypeError, "find expected at most 3 arguments, got 4", s.find, 1, 2, 3, 4)
raises(TypeError, "slice indices must be integers or None or have an __index__ method", s.find, "a", "b")
assert s.startswith("hell") and s.startswith(("x", "he")) and not s.startswith("hello", 1) and s.endswith("ld")
assert "".startswith("") and not "".startswith("", 1) and "abc".endswith("", 3)
raises(TypeError, "startswith first arg must be str or a tuple of str, not int", s.startswith, 1)
raises(TypeError, "tuple for endswith must only contain str, not int", s.endswith, (1,))
assert "lo w" in s and "" in "" and "z" not in s
raises(TypeError, "'in <string>' requires string as left operand, not int", lambda: 1 in s)

# splitting and joining
assert "a,b,,c".split(",") == ["a", "b", "", "c"] and "a,b,c".split(",", 1) == ["a", "b,c"]
assert "  a  b ".split() == ["a", "b"] and "  a  b ".split(None, 1) == ["a", "b "]
assert "a,b,c".rsplit(",", 1) == ["a,b", "c"] and " a b c ".rsplit(maxsplit=1) == [" a b", "c"]
assert "".split() == [] and "".split(",") == [""]
raises(ValueError, "empty separator", s.split, "")
raises(TypeError, "must be str or None, not int", s.split, 1)
assert "a\nb\r\nc\rd\x0be\u2028f".splitlines() == ["a", "b", "c", "d", "e", "f"]
assert "a\nb\r\n".splitlines(True) == ["a\n", "b\r\n"]
assert "a-b-c".partition("-") == ("a", "-", "b-c") and "a-b-c".rpartition("-") == ("a-b", "-", "c")
assert "abc".partition("-") == ("abc", "", "") and "abc".rpartition("-") == ("", "", "abc")
raises(ValueError, "empty separator", s.partition, "")
raises(TypeError, "must be str, not int", s.partition, 1)
assert ",".join(["a", "b"]) == "a,b" and ",".join([]) == "" and ",".join(c for c in "xyz") == "x,y,z"
assert "é".join(["a", "€", "\U0001f600"]) == "aé€é\U0001f600"
raises(TypeError, "sequence item 1: expected str instance, int found", ",".join, ["a", 1])
raises(TypeError, "can only join an iterable", ",".join, 1)
x = "abcdef"
assert "".join([x]) is x

# strip, pad, replace
assert "  a ".strip() == "a" and "xxaxx".strip("x") == "a" and "xyaxy".lstrip("yx") == "axy"
assert "a  ".rstrip() == "a" and "\u3000a\u2003".strip() == "a"
raises(TypeError, "strip arg must be None or str", s.strip, 1)
assert "a".center(4) == " a  " and "a".center(5, "*") == "**a**" and "ab".center(5, "*") == "**ab*"
assert "a".ljust(3, "-") == "a--" and "a".rjust(3, "é") == "ééa"
raises(TypeError, "The fill character must be exactly one character long", "a".ljust, 3, "ab")
raises(TypeError, "The fill character must be a unicode character, not int", "a".center, 3, 1)
assert "42".zfill(5) == "00042" and "-42".zfill(5) == "-0042" and "abc".zfill(2) == "abc"
assert "aXbX".replace("X", "yy") == "ayybyy" and "aXbX".replace("X", "", 1) == "abX"
assert "abc".replace("", "-") == "-a-b-c-" and "abc".replace("b", "€") == "a€c"
assert "abc".replace("b", "x", count=0) == "abc"
assert "a\tb".expandtabs(4) == "a   b" and "a\tb".expandtabs() == "a       b" and "\t".expandtabs(0) == ""
assert "prefix-x".removeprefix("prefix-") == "x" and "x.py".removesuffix(".py") == "x" and "x".removesuffix("") == "x"

# predicates
assert "abc1".isalnum() and "abc".isalpha() and "12".isdigit() and "²".isdigit() and not "²".isdecimal()
assert "½".isnumeric() and " \t".isspace() and "Abc Def".istitle() and "ABC".isupper() and "abc".islower()
assert "abc".isascii() and "".isascii() and not "é".isascii() and "a_1".isidentifier() and not "1a".isidentifier()
assert "".isprintable() and not "\n".isprintable() and not "".isalpha()

# translate
assert "abc".translate({97: "x", 98: None}) == "xc" and "abc".translate({97: 0x20ac}) == "€bc"
assert "hello".translate(str.maketrans("el", "ip", "o")) == "hipp"
assert str.maketrans({"a": 1, 98: "x"}) == {97: 1, 98: "x"}
assert str.maketrans("ab", "cd") == {97: 99, 98: 100}
raises(ValueError, "the first two maketrans arguments must have equal length", str.maketrans, "a", "bc")
raises(ValueError, "character mapping must be in range(0x110000)", "a".translate, {97: 0x110000})
raises(TypeError, "character mapping must return integer, None or str", "a".translate, {97: 1.0})

# operators
assert "ab" + "é" == "abé" and "ab" * 3 == "ababab" and 2 * "€x" == "€x€x" and "a" * -1 == ""
raises(TypeError, 'can only concatenate str (not "int") to str', lambda: "a" + 1)
raises(TypeError, "can't multiply sequence by non-int of type 'str'", lambda: "a" * "b")
assert "abc"[1] == "b" and "abc"[-1] == "c" and "abcdef"[::2] == "ace" and "abc"[::-1] == "cba" and "abc"[5:] == ""
assert "aé€"[1:] == "é€" and "a€"[:1] == "a"
raises(IndexError, "string index out of range", lambda: "abc"[3])
raises(TypeError, "string indices must be integers, not 'str'", lambda: "abc"["a"])
assert "a" < "b" and "a" < "é" < "€" < "\U0001f600" and not "b" < "a" and "a" != 1
raises(TypeError, "'<' not supported between instances of 'str' and 'int'", lambda: "a" < 1)
assert hash("abc") == hash("".join(["a", "bc"])) and hash("") == 0
assert hash(S("abc")) == hash("abc")

# repr
assert repr("a'b") == '"a\'b"' and repr("a'\"b") == "'a\\'\"b'" and repr("\n\x00é\x7f\ud800") == "'\\n\\x00é\\x7f\\ud800'"
assert ascii("é€\U0001f600") == "'\\xe9\\u20ac\\U0001f600'"

# construction
assert str() == "" and str(1) == "1" and str(b"abc", "utf-8") == "abc" and str(object="x") == "x"
assert str(b"\xe9", "latin-1") == "é" and str(b"\xff", errors="replace") == "\ufffd"
raises(TypeError, "decoding str is not supported", str, "a", "utf-8")
raises(TypeError, "decoding to str: need a bytes-like object, int found", str, 1, "utf-8")
raises(TypeError, "str() argument 'encoding' must be str, not int", str, b"", 1)
raises(TypeError, "str expected at most 3 arguments, got 4", str, 1, 2, 3, 4)

# subclasses
t = S("abc")
assert type(t) is S and type(t[:]) is str and type(t + "") is str and type(t.strip()) is str and t == "abc"
t.attr = 5
assert t.attr == 5 and str(t) == "abc" and type(str(t)) is str
assert type(S("x").upper()) is str and S("ab") in {"ab": 1}
assert type(t * 1) is str and type(t.replace("z", "y")) is str


class T(str):
    def __new__(cls, x):
        return super().__new__(cls, x * 2)

    def __str__(self):
        return "T!"


assert T("ab") == "abab" and str(T("a")) == "T!" and f"{T('a')}" == "T!"

# identity
e = "abcdef"
assert e.strip() is e and e[:] is e and str(e) is e and e.replace("z", "") is e
assert e.center(2) is e and e * 1 is e and e + "" is e and "" + e is e

# iteration
it = iter("a€b")
assert it.__length_hint__() == 3 and next(it) == "a" and list(it) == ["€", "b"] and list(it) == []
a, *b = "xyz"
assert a == "x" and b == ["y", "z"]
