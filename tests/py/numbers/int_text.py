# Ints from text and bytes, and back.

def raises(exc, message, f, *args, **kw):
    try:
        f(*args, **kw)
    except exc as e:
        assert type(e) is exc, type(e)
        assert message is None or str(e) == message, str(e)
    else:
        raise AssertionError("nothing raised")

assert int() == 0 and int("  12  ") == 12 and int("-0") == 0 and int("+5") == 5
assert int("1_000") == 1000 and int("0x_ff", 16) == 255 and int("0b101", 0) == 5 and int("z", 36) == 35
assert int("١٢") == 12
assert int("9" * 40) == 10**40 - 1 and int("-" + "f" * 30, 16) == -(16**30 - 1)
for bad in ["", " ", "1__0", "_1", "1_", "0x", "1.0", "12a", "- 1"]:
    raises(ValueError, f"invalid literal for int() with base 10: {bad!r}", int, bad)
raises(ValueError, "invalid literal for int() with base 0: '010'", int, "010", 0)
raises(ValueError, "int() base must be >= 2 and <= 36, or 0", int, "1", 1)
raises(TypeError, "int() can't convert non-string with explicit base", int, 1, 5)
raises(TypeError, "int() missing string argument", int, base=3)
raises(TypeError, "int() argument must be a string, a bytes-like object or a real number, not 'list'", int, [])
raises(TypeError, "int expected at most 2 arguments, got 3", int, 1, 2, 3)

# The limit.
raises(ValueError, "Exceeds the limit (4300 digits) for integer string conversion: value has 5000 digits; "
       "use sys.set_int_max_str_digits() to increase the limit", int, "1" * 5000)
raises(ValueError, "Exceeds the limit (4300 digits) for integer string conversion; "
       "use sys.set_int_max_str_digits() to increase the limit", str, 10**5000)
assert len(hex(10**5000)) > 4000 and int("1" * 5000, 16) > 0

# Conversions by method.
class I:
    def __int__(self): return 7
class X:
    def __index__(self): return 8
class Bad:
    def __int__(self): return "x"
assert int(I()) == 7 and int(X()) == 8
raises(TypeError, "__int__ returned non-int (type str)", int, Bad())

class Sub(int):
    pass
s = Sub("12")
assert s == 12 and type(s) is Sub and type(s + 1) is int and type(+s) is int and type(int(s)) is int
assert Sub(2**100) == 2**100 and hash(Sub(2**100)) == hash(2**100) and repr(Sub(5)) == "5"
s.attribute = 3
assert s.attribute == 3

# Formats.
assert format(1234567, ",") == "1,234,567" and format(-255, "#x") == "-0xff" and format(255, "#X") == "0XFF"
assert format(10**30, ",d") == "1" + ",000" * 10
assert format(42, "08b") == "00101010" and format(42, "<8") + "|" == "42      |" and format(3, "+") == "+3"
assert format(65, "c") == "A" and format(1, ".2f") == "1.00" and format(10**25, "e") == "1.000000e+25"
raises(ValueError, "Unknown format code 's' for object of type 'int'", format, 1, "s")
raises(OverflowError, "%c arg not in range(0x110000)", format, -1, "c")

# Attributes and small methods.
assert (5).real == 5 and (5).imag == 0 and (5).numerator == 5 and (5).denominator == 1
assert (5).conjugate() == 5 and (5).is_integer() and (5).as_integer_ratio() == (5, 1)
assert True.real == 1 and type(True.real) is int and True + True == 2
assert (5).__getnewargs__() == (5,) and (5).__trunc__() == 5 and (5).__floor__() == 5 and (5).__ceil__() == 5
assert (0).__sizeof__() == 28 and (10**50).__sizeof__() == 48
assert bool(5) is True and bool(0) is False and bool(2**100) is True
assert repr(True) == "True" and str(False) == "False" and True & False is False and True | 2 == 3 and True ^ True is False
