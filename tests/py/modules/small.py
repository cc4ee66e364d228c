# Modules that are a few functions: binascii's text codecs, _queue, pickle buffers, sys.
import binascii
import pickle
import queue
import sys
import threading

data = bytes(range(256))
print([binascii.b2a_uu(data[i:i + 45]) for i in range(0, 135, 45)])
print(all(binascii.a2b_uu(binascii.b2a_uu(data[i:i + 45])) == data[i:i + 45] for i in range(0, 256, 45)))
print(binascii.b2a_uu(b"\0\0", backtick=True), binascii.a2b_uu(b"#86)C\n"))
for bad in (b"\x7f", b"!!\x7f", b"#86)C!x\n", b"a" * 46):
    for f in (binascii.a2b_uu, binascii.b2a_uu):
        try:
            print(f(bad))
        except binascii.Error as e:
            print(e)
text = "h\xe9llo =x _ end \t\nline.\n.\n".encode("latin1") + b"y" * 100 + b" \r\n\x00\x7f"
for options in ({}, {"quotetabs": True}, {"istext": False}, {"header": True}):
    q = binascii.b2a_qp(text, **options)
    print(q, binascii.a2b_qp(q, header=options.get("header", False)))
print(binascii.a2b_qp(b"a=3D=\nb=zz=20=", header=False))
q = queue.SimpleQueue()
threading.Timer(0.02, q.put, ["late"]).start()
print(q.get(timeout=10), q.qsize(), q.empty())
for f in (q.get_nowait, lambda: q.get(timeout=0.01), lambda: q.get(timeout=-1)):
    try:
        f()
    except (queue.Empty, ValueError) as e:
        print(type(e).__name__, e)
for i in range(100):
    q.put(i)
print(sum(q.get() for i in range(100)), q.qsize())
buffers = []
b = pickle.PickleBuffer(bytearray(b"outside"))
p = pickle.dumps(b, protocol=5, buffer_callback=buffers.append)
print(len(buffers), bytes(pickle.loads(p, buffers=buffers)), pickle.loads(pickle.dumps(b, protocol=5)), b.raw().tobytes())
b.release()
try:
    memoryview(b)
except ValueError as e:
    print(e)
for status in (None, 3, (4,), (5, 6), "text"):
    try:
        sys.exit(status)
    except SystemExit as e:
        print(e.code, e.args)
print(sum([0.1] * 10), sum([1e100, 1.0, -1e100]), sum([1, 2.5, 3j]), sum([True, 2]))
for bad in ("", b"", bytearray()):
    try:
        sum([], bad)
    except TypeError as e:
        print(e)
print("sys" in sys.stdlib_module_names, sys.flags.gil, len(sys.flags))
