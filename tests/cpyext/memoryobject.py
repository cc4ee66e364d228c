# memoryobject.h and pybuffer.h: the buffer protocol in both directions.
import array
import gc

import ext_memoryobject as m


def error(function, *args):
    try:
        print(function(*args))
    except Exception as exc:
        print(type(exc).__name__, exc)


SIMPLE, WRITABLE, FORMAT, ND, STRIDES, FULL, FULL_RO = 0, 1, 4, 8, 0x18, 0x11D, 0x11C

# Built-in exporters.
for ob in (b"abc", bytearray(b"abcd"), array.array("i", [1, 2, 3]), memoryview(b"abcdef")[::2], memoryview(bytearray(8)).cast("h", (2, 2))):
    print(type(ob).__name__, m.check_buffer(ob))
    for flags in (SIMPLE, WRITABLE, ND, STRIDES, FULL_RO, FULL):
        print("  ", flags, end=" ")
        error(m.describe, ob, flags)
print(m.check_buffer("text"), m.check_buffer(5))
error(m.describe, "text", 0)
target = bytearray(4)
print(m.copy_data(target, b"abcd"), target)
error(m.copy_data, b"abcd", target)
error(m.copy_data, target, b"too long")

# Views made in C.
view = m.from_object(b"bytes")
print(m.check(view), m.check(b""), bytes(view), m.fields(view))
error(m.from_object, 5)
view = m.from_memory(True)
print(bytes(view), view.readonly, m.fields(view))
view[0] = ord("S")
print(m.memory_contents(), m.from_memory(False).readonly)
view = m.from_buffer()
print(view.shape, view.strides, view.tolist(), m.fields(view)[0])
print(m.sizes())

# An exporter written in C.
matrix = m.Matrix()
print(m.describe(matrix, STRIDES), m.describe(matrix, FULL), matrix.exports)
error(m.describe, matrix, SIMPLE)
view = memoryview(matrix)
print(matrix.exports, view.shape, view.strides, view.format, view.tolist(), view[1, 2])
view[0, 1] = 100
second = memoryview(matrix)
print(second.tolist(), matrix.exports, bytes(second)[:8])
print(m.to_contiguous(matrix, "C")[:12], m.to_contiguous(matrix, "F")[:12], matrix.exports)
contiguous = m.get_contiguous(matrix, 0, "C")
print(contiguous.tolist(), m.get_contiguous(memoryview(b"abcdef")[::2], 0, "C").tolist())
error(m.get_contiguous, memoryview(bytearray(b"abcdef"))[::2], 1, "C")
error(m.get_contiguous, b"readonly", 1, "C")
view.release()
second.release()
contiguous.release()
gc.collect()
print(matrix.exports)
error(lambda: view[0, 0])
error(bytes, view)
with memoryview(matrix) as view:
    print(matrix.exports)
print(matrix.exports)
