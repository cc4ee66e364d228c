# binascii: hexadecimal, base64, checksums.
import binascii as b

def raises(exc, message, f, *args, **kw):
    try:
        f(*args, **kw)
    except exc as e:
        assert message is None or str(e) == message, str(e)
    else:
        raise AssertionError("nothing raised")

assert b.hexlify(b"\x01\xab") == b"01ab" and b.b2a_hex(b"abcde", "-", 2) == b"61-6263-6465" and b.hexlify(b"abcde", b":", -2) == b"6162:6364:65"
assert b.unhexlify("01aB") == b"\x01\xab" and b.a2b_hex(b"") == b""
raises(b.Error, "Odd-length string", b.unhexlify, "1")
raises(b.Error, "Non-hexadecimal digit found", b.unhexlify, "zz")
assert b.b2a_base64(b"hello") == b"aGVsbG8=\n" and b.b2a_base64(b"ab", newline=False) == b"YWI=" and b.b2a_base64(b"") == b"\n"
assert b.a2b_base64("aGVs bG8=\n") == b"hello" and b.a2b_base64(b"YWI=") == b"ab" and b.a2b_base64("") == b""
raises(b.Error, "Incorrect padding", b.a2b_base64, "YWI")
raises(b.Error, "Invalid base64-encoded string: number of data characters (1) cannot be 1 more than a multiple of 4", b.a2b_base64, "Y")
raises(b.Error, "Only base64 data is allowed", b.a2b_base64, "YW I=", strict_mode=True)
raises(b.Error, "Excess data after padding", b.a2b_base64, "YWI=a", strict_mode=True)
assert b.crc32(b"hello") == 907060870 and b.crc32(b"lo", b.crc32(b"hel")) == 907060870 and b.crc_hqx(b"hello", 0) == 50018
assert issubclass(b.Error, ValueError) and b.Error.__module__ == "binascii"
