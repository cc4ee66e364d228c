# __buffer__ and __release_buffer__: who is told, and what may be done with the view.
import array


def error(function, *args):
    try:
        print(function(*args))
    except SystemError:
        print("SystemError")
    except Exception as exc:
        print(type(exc).__name__, exc)


for owner in bytearray(b"abc"), b"abc":
    error(owner.__buffer__, 2**31)
    error(owner.__buffer__, -(2**31) - 1)
    error(owner.__buffer__, 0x100)
    error(owner.__buffer__, 0x200)

ba = bytearray(b"hello")
view = ba.__buffer__(0)
error(bytearray(b"other").__release_buffer__, view)
error(ba.__release_buffer__, b"no view")
ba.__release_buffer__(view)
error(ba.__release_buffer__, view)
ba.append(1)


class Told(bytearray):
    def __release_buffer__(self, view):
        print("released", view.tobytes())
        for f in memoryview, memoryview.toreadonly, memoryview.tolist, lambda v: v.cast("b"), lambda v: v[:1]:
            error(f, view)
        self.kept = view
        super().__release_buffer__(view)


told = Told(b"xy")
with memoryview(told) as view:
    print(view[0])
error(told.kept.tobytes)
told.clear()


class Both(bytearray):
    calls = 0

    def __buffer__(self, flags):
        return super().__buffer__(flags)

    def __release_buffer__(self, view):
        Both.calls += 1
        super().__release_buffer__(view)


with memoryview(Both(b"z")) as view:
    print(bytes(view), Both.calls)
print(Both.calls)

# Items are compared as the struct module reads them.
nan = array.array("d", [float("nan")])
print(memoryview(nan) == memoryview(nan), memoryview(nan).cast("B") == memoryview(nan).cast("B"))
error(lambda: b"abc" + memoryview(b"xaybz")[::2])
error(lambda: bytearray(b"abc") + memoryview(b"xaybz")[::2])
