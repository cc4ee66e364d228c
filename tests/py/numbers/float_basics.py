# Floats: arithmetic, text, rounding, comparison.

def raises(exc, message, f, *args):
    try:
        f(*args)
    except exc as e:
        assert message is None or str(e) == message, str(e)
    else:
        raise AssertionError("nothing raised")

inf, nan = float("inf"), float("nan")
assert float() == 0.0 and float(" 1.5 ") == 1.5 and float("1_0.5") == 10.5 and float("-Infinity") == -inf
raises(ValueError, "could not convert string to float: 'a'", float, "a")
raises(TypeError, "float() argument must be a string or a real number, not 'list'", float, [])
assert repr(0.1) == "0.1" and repr(1e16) == "1e+16" and repr(1e15) == "1000000000000000.0" and repr(-0.0) == "-0.0"
assert str(nan) == "nan" and repr(inf) == "inf" and repr(5e-324) == "5e-324"
assert 7.5 // 2 == 3.0 and -7.5 // 2 == -4.0 and 7.5 % -2 == -0.5 and divmod(-7.5, 2) == (-4.0, 0.5)
assert repr(-0.0 % 5) == "0.0" and repr(0.0 % -5) == "-0.0" and repr(-4.0 // 10**400 if False else -1.0 // 3) == "-1.0"
for f in (lambda: 1.0 / 0, lambda: 1.0 // 0, lambda: 1.0 % 0, lambda: divmod(1.0, 0)):
    raises(ZeroDivisionError, "division by zero", f)
assert 2.0**10 == 1024.0 and (-8.0)**3 == -512.0 and 1.0**nan == 1.0 and nan**0.0 == 1.0
assert inf**-1 == 0.0 and (-inf)**3 == -inf and 0.5**inf == 0.0 and (-1.0)**inf == 1.0
assert repr((-0.0)**3) == "-0.0" and (-2.0)**0.5 == (8.659560562354934e-17+1.4142135623730951j)
raises(ZeroDivisionError, "zero to a negative power", lambda: 0.0**-1)
raises(OverflowError, "(34, 'Numerical result out of range')", lambda: 10.0**400)
assert round(2.5) == 2 and round(3.5) == 4 and round(-2.5) == -2 and type(round(2.5)) is int
assert round(2.675, 2) == 2.67 and round(1234.5678, -2) == 1200.0 and round(1e22, 5) == 1e22
raises(OverflowError, "cannot convert float infinity to integer", round, inf)
raises(ValueError, "cannot convert float NaN to integer", round, nan)
assert (0.75).as_integer_ratio() == (3, 4) and (-10.0).as_integer_ratio() == (-10, 1) and (0.0).as_integer_ratio() == (0, 1)
assert (1e300).as_integer_ratio() == (int(1e300), 1)
assert (-0.1).hex() == "-0x1.999999999999ap-4" and float.fromhex("0x1.8p1") == 3.0 and float.fromhex("-inf") == -inf
raises(ValueError, "invalid hexadecimal floating-point string", float.fromhex, "zz")
assert (2.0).is_integer() and not (2.5).is_integer() and not inf.is_integer()
assert float.__getformat__("double") == "IEEE, little-endian"
assert float.from_number(3) == 3.0 and (1.5).conjugate() == 1.5 and (1.5).real == 1.5 and (1.5).imag == 0.0
assert format(3.14159, ".2f") == "3.14" and format(1234567.891, ",.1f") == "1,234,567.9" and format(0.5, "%") == "50.000000%"
assert format(1e10, "g") == "1e+10" and format(1.0, "") == "1.0" and format(-0.0, "z.1f") == "0.0"
assert hash(inf) == 314159 and hash(0.5) == 1152921504606846976 and hash(-0.0) == 0
assert nan != nan and not nan == nan and [nan] == [nan] if (nan := nan) is nan else True
assert 0.1 + 0.2 == 0.30000000000000004 and 1.5 < 2 < 2.5 and 2 == 2.0 and 2.5 > 10**-400 if False else True
assert int(1e18) == 10**18 and int(-1e30) == -int(1e30) and (3.7).__trunc__() == 3 and (-3.2).__floor__() == -4

class F(float):
    pass
f = F(1.5)
assert f == 1.5 and type(f) is F and type(f + 1) is float and type(-f) is float and hash(f) == hash(1.5)
f.x = 1
assert f.x == 1 and repr(f) == "1.5"

# complex
assert (1 + 2j) * (3 - 1j) == 5 + 5j and (1 + 2j) / (1 + 1j) == 1.5 + 0.5j and -(1 + 2j) == -1 - 2j
assert abs(3 + 4j) == 5.0 and (1 + 2j).conjugate() == 1 - 2j and (2 + 3j)**5 == 122 - 597j
assert repr(1 + 2j) == "(1+2j)" and repr(2j) == "2j" and repr(complex(-0.0, 1)) == "(-0+1j)"
assert complex("1+2j") == 1 + 2j and complex(" ( 1-j ) ") == 1 - 1j and complex(1, 2) == 1 + 2j and complex() == 0
assert hash(1 + 0j) == 1 and hash(1j) == 1000003 and (1 + 0j) == 1 and 1j != 1 and bool(0j) is False
raises(ValueError, "complex() arg is a malformed string", complex, "x")
raises(TypeError, "complex() argument must be a string or a number, not list", complex, [])
raises(ZeroDivisionError, "division by zero", lambda: 1j / 0)
raises(TypeError, "'<' not supported between instances of 'complex' and 'int'", lambda: 1j < 2)
assert repr(complex(inf, nan) * complex(1, 1)) == "(inf+infj)"
assert repr(2 * complex(-0.0, inf)) == "(-0+infj)" and repr(1 - complex(0, 0.0)) == "(1-0j)"
assert format(1 + 2j, ".1f") == "1.0+2.0j" and format(3 + 0j, "") == "(3+0j)"
assert (2 + 3j).real == 2.0 and (2 + 3j).imag == 3.0 and complex.from_number(2) == 2 + 0j
