# bytes and bytearray.


def raises(exc, message, f, *args, **kw):
    try:
        f(*args, **kw)
    except exc as e:
        assert type(e) is exc, (type(e), e)
        assert message is None or str(e) == message, str(e)
    else:
        assert False, "did not raise"


for B in (bytes, bytearray):
    b = B(b"hello world")
    assert b == b"hello world" and len(b) == 11 and b[0] == 104 and b[-1] == 100 and b[1:3] == b"el"
    assert b[::-1] == b"dlrow olleh" and b[::2] == b"hlowrd" and type(b[:2]) is B
    assert b.upper() == b"HELLO WORLD" and b.title() == b"Hello World" and b.capitalize() == b"Hello world"
    assert b.swapcase() == b"HELLO WORLD" and type(b.upper()) is B
    assert b.find(b"o") == 4 and b.rfind(b"o") == 7 and b.find(111) == 4 and b.find(b"z") == -1 and b.index(b"w") == 6
    raises(ValueError, "subsection not found", b.index, b"z")
    raises(TypeError, "argument should be integer or bytes-like object, not 'str'", b.find, "a")
    raises(ValueError, "byte must be in range(0, 256)", b.find, 256)
    assert b.count(b"l") == 3 and b.count(108) == 3 and b"lo" in b and 104 in b and b"z" not in b
    raises(TypeError, "a bytes-like object is required, not 'str'", lambda: "a" in b)
    assert b.split() == [b"hello", b"world"] and b.split(b"o") == [b"hell", b" w", b"rld"]
    assert b.rsplit(b"o", 1) == [b"hello w", b"rld"] and B(b"a\nb\r\nc").splitlines() == [b"a", b"b", b"c"]
    assert b.partition(b" ") == (b"hello", b" ", b"world") and b.rpartition(b"z") == (b"", b"", b"hello world")
    assert B(b",").join([b"a", bytearray(b"b"), memoryview(b"c")]) == b"a,b,c"
    raises(TypeError, "sequence item 0: expected a bytes-like object, str found", B(b",").join, ["a"])
    raises(TypeError, "can only join an iterable", B(b",").join, 1)
    assert b.startswith(b"he") and b.endswith((b"x", b"ld")) and not b.startswith(b"e")
    raises(TypeError, "startswith first arg must be bytes or a tuple of bytes, not str", b.startswith, "h")
    assert B(b"  a ").strip() == b"a" and B(b"xax").strip(b"x") == b"a" and B(b"a").center(3, b"*") == b"*a*"
    assert B(b"a").ljust(3) == b"a  " and B(b"a").rjust(3) == b"  a" and B(b"-5").zfill(4) == b"-005"
    assert b.replace(b"o", b"0") == b"hell0 w0rld" and b.replace(b"o", b"", 1) == b"hell world"
    assert B(b"a\tb").expandtabs(4) == b"a   b" and B(b"ab").removeprefix(b"a") == b"b" and B(b"ab").removesuffix(b"b") == b"a"
    assert b.translate(None, b"lo") == b"he wrd" and B(b"abc").translate(bytes.maketrans(b"ab", b"xy")) == b"xyc"
    assert B(b"\x01\xff").hex() == "01ff" and B(b"\x01\xff\x10").hex("-") == "01-ff-10" and b.decode() == "hello world"
    assert B(b"\x01\x02\x03").hex(":", 2) == "01:0203" and B(b"\x01\x02\x03").hex(":", -2) == "0102:03"
    assert B.fromhex("01 fF") == b"\x01\xff" and type(B.fromhex("")) is B
    raises(ValueError, "non-hexadecimal number found in fromhex() arg at position 1", B.fromhex, "0g")
    assert B(b"abc").isalpha() and B(b"1").isdigit() and B(b" ").isspace() and B(b"A").isupper() and B(b"\x7f").isascii()
    assert B() == b"" and B(3) == b"\0\0\0" and B([1, 2]) == b"\1\2" and B("é", "utf-8") == b"\xc3\xa9" and B((1,)) == b"\1"
    raises(TypeError, "string argument without an encoding", B, "a")
    raises(ValueError, "negative count", B, -1)
    raises(TypeError, "cannot convert 'float' object to " + B.__name__, B, 1.5)
    raises(TypeError, "encoding without a string argument", B, 1, "utf-8")
    assert b + b"!" == b"hello world!" and type(b + b"!") is B and B(b"ab") * 2 == b"abab" and 2 * B(b"a") == b"aa"
    raises(TypeError, "can't concat str to " + B.__name__, lambda: b + "a")
    assert B(b"a") < b"b" and B(b"a") != "a" and B(b"a") == bytearray(b"a")
    assert list(B(b"ab")) == [97, 98] and B(b"%d %s %b %c %r %x") % (1, b"x", b"y", 65, b"z", 255) == b"1 x y A b'z' ff"
    assert type(B(b"%d") % 1) is B
    raises(TypeError, "%b requires a bytes-like object, or an object that implements __bytes__, not 'str'", lambda: B(b"%s") % "a")

raises(ValueError, "bytes must be in range(0, 256)", bytes, [256])
raises(ValueError, "byte must be in range(0, 256)", bytearray, [256])
raises(IndexError, "index out of range", lambda: b"a"[5])
raises(TypeError, "byte indices must be integers or slices, not str", b"a".__getitem__, "a")
assert repr(b"a'b\n\xff") == '''b"a'b\\n\\xff"''' and str(b"a") == "b'a'" and repr(bytearray(b"a")) == "bytearray(b'a')"
assert hash(b"abc") == hash(b"ab" + b"c") and hash(b"abc") == hash("abc")
x = b"abcdef"
assert bytes(x) is x and x[:] is x and x.strip() is x and x.replace(b"z", b"") is x


class HasBytes:
    def __bytes__(self):
        return b"!!"


assert bytes(HasBytes()) == b"!!" and b"%b" % HasBytes() == b"!!"


class Sub(bytes):
    pass


s = Sub(b"abc")
s.x = 1
assert type(s) is Sub and s == b"abc" and s.x == 1 and type(s[:]) is bytes and type(Sub.fromhex("00")) is Sub

# bytearray
a = bytearray(b"abc")
a.append(100)
a.extend(b"ef")
a.extend([103])
assert a == b"abcdefg"
a[0] = 65
a[1:3] = b"xyz"
assert a == b"Axyzdefg"
del a[0]
del a[::2]
a = bytearray(range(10))
del a[::3]
assert a == bytes([1, 2, 4, 5, 7, 8])
a[::2] = b"abc"
assert a == b"a\x02b\x05c\x08"
a[2:4] = []
a[len(a):] = [1, 2]
assert a == b"a\x02c\x08\x01\x02"
a.insert(0, 9)
assert a.pop() == 2 and a.pop(0) == 9
a.remove(99)
a.reverse()
assert a == b"\x01\x08\x02a"
a += b"zz"
a *= 2
assert a == b"\x01\x08\x02azz" * 2
a.clear()
assert a == b"" and not a
raises(IndexError, "pop from empty bytearray", a.pop)
raises(ValueError, "value not found in bytearray", a.remove, 1)
raises(ValueError, "byte must be in range(0, 256)", a.append, 256)
raises(TypeError, "'str' object cannot be interpreted as an integer", a.append, "a")
raises(TypeError, "expected iterable of integers; got: 'str'", a.extend, "abc")
raises(TypeError, "can't extend bytearray with int", a.extend, 1)
raises(TypeError, "unhashable type: 'bytearray'", hash, a)
a = bytearray(b"abc")
m = memoryview(a)
raises(BufferError, "Existing exports of data: object cannot be re-sized", a.append, 1)
a[0] = 120
assert m[0] == 120
m.release()
a.append(1)
a.resize(2)
assert a == b"xb" and a.copy() is not a
raises(ValueError, "attempt to assign bytes of size 1 to extended slice of size 2", a.__setitem__, slice(None, None, -1), b"a")
