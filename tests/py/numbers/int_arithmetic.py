# Arithmetic of ints of all sizes: results that need no, one or many digits.

def raises(exc, message, f, *args):
    try:
        f(*args)
    except exc as e:
        assert type(e) is exc, type(e)
        assert message is None or str(e) == message, str(e)
    else:
        raise AssertionError("nothing raised")

edges = [0, 1, 2, 3, 7, 2**31, 2**32, 2**53, 2**61, 2**62 - 1, 2**62, 2**62 + 1, 2**63 - 1, 2**63, 2**64, 2**64 + 1,
         2**100, 3**100, 10**50, 2**200 - 1]
edges += [-x for x in edges]

for a in edges:
    assert a + 0 == a and a - a == 0 and a * 1 == a and -(-a) == a
    assert ~a == -a - 1
    assert abs(a) == (a if a >= 0 else -a)
    assert int(str(a)) == a and int(hex(a), 16) == a and int(oct(a), 8) == a and int(bin(a), 2) == a
    assert int(repr(a)) == a
    assert hash(a) == hash(a + 0)
    assert (a << 5) >> 5 == a and (a << 70) >> 70 == a
    assert a.bit_length() == len(bin(abs(a))) - 2 if a else a.bit_length() == 0
    assert a.bit_count() == bin(a).count("1")
    for b in edges:
        assert (a + b) - b == a
        assert (a - b) + b == a
        assert a * b == b * a
        assert (a & b) + (a | b) == a + b
        assert a ^ b == (a | b) - (a & b)
        assert (a < b) == (not a >= b) and (a > b) == (not a <= b) and (a == b) == (not a != b)
        assert (a < b) == (a - b < 0)
        if b:
            q, r = divmod(a, b)
            assert q * b + r == a
            assert (0 <= r < b) if b > 0 else (b < r <= 0)
            assert a // b == q and a % b == r
            if abs(a) < 2**53 and abs(b) < 2**53:
                assert a / b == float(a) / float(b)
        else:
            raises(ZeroDivisionError, "division by zero", lambda: a // b)
            raises(ZeroDivisionError, "division by zero", lambda: a % b)
            raises(ZeroDivisionError, "division by zero", lambda: a / b)
            raises(ZeroDivisionError, "division by zero", divmod, a, b)

# Powers.
assert 3**0 == 1 and 0**0 == 1 and (-1)**(10**30) == 1 and (-1)**(10**30 + 1) == -1
assert 2**100 == 1267650600228229401496703205376
assert (-3)**3 == -27 and 7**30 == 22539340290692258087863249
assert 2**-1 == 0.5 and (-2)**-3 == -0.125
raises(ZeroDivisionError, "zero to a negative power", lambda: 0**-1)
assert pow(3, 100, 7) == 3**100 % 7 and pow(-3, 101, 7) == (-3)**101 % 7
assert pow(3, 100, -7) == 3**100 % -7
assert pow(3, -1, 7) == 5 and pow(5, -3, 7) * 5**3 % 7 == 1
assert pow(5, 0, 1) == 0 and pow(5, 2, -1) == 0
assert pow(2, 10**20, 10**9 + 7) == pow(pow(2, 10**10, 10**9 + 7), 10**10, 10**9 + 7)
raises(ValueError, "pow() 3rd argument cannot be 0", pow, 2, 3, 0)
raises(ValueError, "base is not invertible for the given modulus", pow, 2, -1, 4)
raises(TypeError, "pow() 3rd argument not allowed unless all arguments are integers", pow, 2, 1.0, 4)

# Shifts.
raises(ValueError, "negative shift count", lambda: 1 << -1)
raises(ValueError, "negative shift count", lambda: 1 >> -1)
raises(OverflowError, "too many digits in integer", lambda: 1 << (1 << 70))
assert 0 << (1 << 70) == 0 and 5 >> (1 << 70) == 0 and -5 >> (1 << 70) == -1
assert -1 >> 100 == -1 and (-2**100) >> 99 == -2 and (-2**100 - 1) >> 100 == -2

# True division is rounded once.
assert (2**100 + 1) / 2**100 == 1.0
assert (2**54 + 1) / 2 == 2.0**53
assert (2**54 + 3) / 2 == 2.0**53 + 2
assert 10**400 / 10**399 == 10.0
assert 1 / 10**400 == 0.0 and -1 / 10**400 == -0.0
assert 3 / 2**1075 == 1e-323 and 1 / 2**1075 == 0.0 and 5 / 2**1076 == 5e-324
raises(OverflowError, "integer division result too large for a float", lambda: 10**400 / 1)
assert int(1e20) == 10**20 and int(-1.9) == -1
assert float(2**53 + 1) == 2.0**53
raises(OverflowError, "int too large to convert to float", float, 10**400)

# Comparison with floats is exact.
assert 2**53 + 1 > float(2**53) and 2**53 + 1 != float(2**53 + 1)
assert 10**400 > 1e308 and -10**400 < -1e308 and 10**400 < float("inf")
assert not (1 < float("nan")) and 1 != float("nan")
assert 2**63 == float(2**63) and 2**64 - 1 < float(2**64)

# Hashes of numbers that are equal.
for n in [0, 1, -1, 2**61, 2**62, 2**100, -2**61]:
    assert hash(n) == hash(float(n)) == hash(complex(n)), n
assert hash(-1) == -2 and hash(2**61 - 1) == 0

# Rounding.
assert round(15, -1) == 20 and round(25, -1) == 20 and round(-15, -1) == -20
assert round(1234567890123456789012345, -20) == 1234600000000000000000000 - 1234600000000000000000000 % 10**20
assert round(5, -400) == 0 and round(5, 3) == 5 and round(7) == 7 and round(7, None) == 7
