# longobject.h: int.
import ext_longobject as m


def error(function, *args):
    try:
        print(function(*args))
    except SystemError:
        print("SystemError")
    except Exception as exc:
        print(type(exc).__name__, exc)


class Index:
    def __index__(self):
        return 42


class Sub(int):
    pass


print(m.limits())
print(m.from_string("0x1f", 0), m.from_string("-zz", 36), m.from_unicode(" 1_000 ", 10), m.from_double(-2.9), m.from_double(1e20))
error(m.from_string, "12x", 10)
error(m.from_string, "1", 1)
error(m.from_unicode, "\u0661\u0662", 10)
error(m.from_double, float("inf"))
error(m.from_double, float("nan"))

converters = [
    m.as_long, m.as_int, m.as_long_and_overflow, m.as_unsigned_long, m.as_unsigned_long_mask, m.as_long_long,
    m.as_long_long_and_overflow, m.as_unsigned_long_long, m.as_unsigned_long_long_mask, m.as_ssize, m.as_size,
    m.as_double, m.as_int32, m.as_uint32, m.as_int64, m.as_uint64, m.as_void_ptr,
]
values = [0, 1, -1, True, 2**31 - 1, 2**31, -(2**31), 2**32, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**64 - 1, 2**64, 10**40]
for convert in converters:
    print(convert.__name__)
    for value in values:
        print("  ", value, end=" ")
        error(convert, value)
    for value in (Index(), Sub(7), 1.0, "1", None):
        print("  ", type(value).__name__, end=" ")
        error(convert, value)
error(m.as_double, 10**400)

for value in (0, 1, -1, 2**30 - 1, 2**30, -(2**30), 2**60, 10**40, -(10**40), True):
    print(value, m.sign(value), m.num_bits(value), m.compact(value), m.digits(value), m.check(value))
error(m.sign, 1.0)
print(m.export(5), m.export(-(2**63)), m.export(2**64), m.export(-(2**100)))
error(m.export, "1")
print(m.write_ones(0, 3) == 2**90 - 1, m.write_ones(1, 1), m.write_ones(0, 10) == 2**300 - 1, m.native_layout())
error(m.write_ones, 0, -1)
for value in (0, 1, -1, 255, 256, -129, 2**64, -(2**64)):
    print(value, m.as_native_bytes(value, 4, 0), m.as_native_bytes(value, 9, 1), m.as_native_bytes(value, 2, -1)[0], m.as_native_bytes(value, 0, -1))
error(m.as_native_bytes, -1, 4, 8)
error(m.as_native_bytes, Index(), 4, 1)
print(m.as_native_bytes(Index(), 4, 17), m.as_native_bytes(255, 1, 5))
print(m.from_native_bytes(b"\xff\x00", 0, 1), m.from_native_bytes(b"\xff\x00", 1, 0), m.from_native_bytes(b"\xff\xff", 1, 1), m.from_native_bytes(b"", 0, 0))
print(m.info(), m.small_is_shared())
print(m.check(Sub(1)), m.check(1.0))
