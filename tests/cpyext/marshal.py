# marshal.h, and small headers: clocks, counts as functions, allocators, audit events.
import marshal

import ext_marshal as m


def error(function, *args):
    try:
        print(function(*args))
    except Exception as exc:
        print(type(exc).__name__, exc)


value = [1, "two", (3.5, None, True), {b"x": frozenset([4])}, 10**30]
print(m.loads(m.dumps(value)) == value, marshal.loads(m.dumps(value)) == value, m.loads(marshal.dumps(value)) == value)
print(m.through_file(value) == (-123456, value))
error(m.loads, b"")
error(m.loads, 5)
error(m.dumps, object())
print(m.clocks(), m.counts(), m.allocators())
print(m.audit())
error(m.refused)
