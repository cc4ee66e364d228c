# %-formatting, str.format, f-strings, __format__.


def raises(exc, message, f, *args, **kw):
    try:
        f(*args, **kw)
    except exc as e:
        assert type(e) is exc, type(e)
        assert message is None or str(e) == message, str(e)
    else:
        assert False, "did not raise"


def mod(f, a):
    return f % a


# percent
assert "%s %r %a" % ("é", "é", "é") == "é 'é' '\\xe9'"
assert "%d|%5d|%-5d|%05d|%+d|% d" % (1, 2, 3, 4, 5, 6) == "1|    2|3    |00004|+5| 6"
assert "%x %X %o %#x %#o %#X" % (255, 255, 8, 255, 8, 255) == "ff FF 10 0xff 0o10 0XFF"
assert "%d" % 10**30 == "1" + "0" * 30 and "%x" % 2**70 == "400000000000000000" and "%x" % -(2**70) == "-400000000000000000"
assert "%.3d" % 5 == "005" and "%d" % 3.7 == "3" and "%i%%" % 5 == "5%"
assert "%f %e %g %.2f %10.3f|" % (1.5, 1.5, 1.5, 2.345, 3.14159) == "1.500000 1.500000e+00 1.5 2.35      3.142|"
assert "%c%c" % (65, "€") == "A€" and "%5s|%-5s|%.2s" % ("a", "b", "cde") == "    a|b    |cd"
assert "%*d|%-*d|%.*f" % (4, 1, 4, 2, 2, 3.14159) == "   1|2   |3.14"
assert "%(a)s %(b)d" % {"a": "x", "b": 2} == "x 2" and "%s" % [1, 2] == "[1, 2]" and "x" % [] == "x"
assert "%(a(b))s" % {"a(b)": 1} == "1" and "%s" % (("t",),) == "('t',)"
raises(TypeError, "not enough arguments for format string", mod, "%s %s", "a")
raises(TypeError, "not all arguments converted during string formatting", mod, "%s", ("a", "b"))
raises(TypeError, "not all arguments converted during string formatting", mod, "a", 1)
raises(TypeError, "%d format: a real number is required, not str", mod, "%d", "a")
raises(TypeError, "%x format: an integer is required, not float", mod, "%x", 1.0)
raises(TypeError, "format requires a mapping", mod, "%(a)s", 1)
raises(ValueError, "unsupported format character 'y' (0x79) at index 1", mod, "%y", 1)
raises(ValueError, "incomplete format", mod, "%", 1)
raises(TypeError, "* wants int", mod, "%*d", ("a", 1))
raises(TypeError, "must be real number, not str", mod, "%f", "a")
raises(OverflowError, "%c arg not in range(0x110000)", mod, "%c", 0x110000)
raises(TypeError, "%c requires an int or a unicode character, not a string of length 2", mod, "%c", "ab")
raises(TypeError, "%c requires an int or a unicode character, not float", mod, "%c", 1.5)
raises(KeyError, "'b'", mod, "%(b)s", {"a": 1})


class I:
    def __index__(self):
        return 42


assert "%x" % I() == "2a" and "%d" % I() == "42"

# format
assert "{} {}".format(1, 2) == "1 2" and "{1} {0}".format(1, 2) == "2 1" and "{a} {b}".format(a=1, b=2) == "1 2"
assert "{{}}{}".format(1) == "{}1" and "{!r} {!s} {!a}".format("é", "é", "é") == "'é' é '\\xe9'"
assert "{:>5}|{:<5}|{:^5}|{:*^5}".format("a", "b", "c", "d") == "    a|b    |  c  |**d**"
assert "{:{}}".format("a", 4) == "a   " and "{:{w}.{p}f}".format(3.14159, w=8, p=2) == "    3.14"
assert "{0[0]} {0[1]} {1.real} {2[a]}".format([1, 2], 5, {"a": 3}) == "1 2 5 3"
assert "{:d} {:x} {:,} {:_}".format(5, 255, 1234567, 1234567) == "5 ff 1,234,567 1_234_567"
assert "{:08.3f}|{:+}|{:e}|{:%}".format(3.14159, 5, 12345.678, 0.5) == "0003.142|+5|1.234568e+04|50.000000%"
raises(IndexError, "Replacement index 1 out of range for positional args tuple", "{} {}".format, 1)
raises(KeyError, "'a'", "{a}".format)
raises(ValueError, "cannot switch from manual field specification to automatic field numbering", "{0} {}".format, 1)
raises(ValueError, "cannot switch from automatic field numbering to manual field specification", "{} {0}".format, 1)
raises(ValueError, "Single '}' encountered in format string", "}".format)
raises(ValueError, "Single '{' encountered in format string", "{".format)
raises(ValueError, "Max string recursion exceeded", "{:{:{}}}".format, 1, 2, 3)
raises(ValueError, "Unknown format code 'd' for object of type 'str'", "{:d}".format, "a")
raises(TypeError, "unsupported format string passed to list.__format__", "{:5}".format, [])
raises(ValueError, "expected '}' before end of string", "{a".format, 1)
assert "{a}".format_map({"a": 1}) == "1"


class D(dict):
    def __missing__(self, k):
        return "<" + k + ">"


assert "{x} {y}".format_map(D(x=1)) == "1 <y>"
raises(ValueError, "Format string contains positional fields", "{}".format_map, {})


class F:
    def __format__(self, spec):
        return "F:" + spec


assert format(F(), "abc") == "F:abc" and "{:q{}}".format(F(), 1) == "F:q1" and f"{F():{1}{2}}" == "F:12"
assert format("a", "5") == "a    " and format(5) == "5" and format(True) == "True"
raises(TypeError, "format() argument 2 must be str, not int", format, 1, 1)


class Bad:
    def __format__(self, spec):
        return 1


raises(TypeError, "__format__ must return a str, not int", format, Bad(), "")

# f-strings
x, y = 10, "é"
assert f"{x} {y!r} {x:>5} {x=} {y!a:>10}|" == "10 'é'    10 x=10     '\\xe9'|"
assert f"{x:{'0'}5}" == "00010" and f"{'a' 'b'}" == "ab" and f"{{}}" == "{}"
assert f"{1.5:.2f}{2!s}{x * 2}" == "1.50220"
