# What ext_misuse does wrong is reported in debug mode, and survived in any mode.
import _adder
import gc

import ext_misuse as m

seen = 0


def reports():
    """What was reported since the last time."""
    global seen
    gc.collect()
    all = _adder.capi_reports()
    new, seen = all[seen:], len(all)
    return new


def show(what):
    print(what)
    for text in reports():
        print("   ", text)


show("at the start")

kept = [object(), ["x"], {"a": 1}, "text" * 3, (1, 2), 3.5, 10**30]
for x in kept:
    m.over_decrement(x)
    m.over_decrement(x)
show("over_decrement")
print("   ", kept[1:], _adder.capi_over_decrements() > 0)

m.release_twice()
show("release_twice")

item = object()
t = (item, [])
m.rob_tuple(t)
show("rob_tuple")
del item
print("   ", type(t[0]).__name__, t[1])

m.use_after_free() if _adder.capi_debug() else None
show("use_after_free")
try:
    m.slot_after_free() if _adder.capi_debug() else None
except SystemError as e:
    print("SystemError:", e)
show("slot_after_free")
m.write_after_free() if _adder.capi_debug() else None
show("write_after_free")
m.free_twice() if _adder.capi_debug() else None
show("free_twice")

x = m.VisitsTwice(["a"])
show("VisitsTwice")
owned = m.Honest(1)
x = m.VisitsBorrowed([1], owned)
show("VisitsBorrowed")
x = m.VisitsNothing(m.Honest([2]))
show("VisitsNothing")
x = m.Honest(m.Honest([2]))
show("Honest")

_adder.capi_mark()
m.leak(50)
leaked = _adder.capi_leaks()
print("leaked", leaked["ext_misuse.Honest"][0], leaked["ext_misuse.Honest"][1] > 50 * 24)
o = [1, 2, 3]
m.leak_reference(o)
print("held", _adder.capi_leaks()["list"][0])
show("leak")
# The interpreter is whole.
work = [[str(i) * 3, (i, float(i)), {i: [i]}] for i in range(10000)]
print("done", len(work), sum(w[1][0] for w in work))
