# weakrefobject.h: weak references.
import gc
import weakref

import ext_weakrefobject as m


def error(function, *args):
    try:
        print(function(*args))
    except Exception as exc:
        print(type(exc).__name__, exc)


class Thing:
    name = "thing"

    def __call__(self):
        return "called"


class Ref(weakref.ref):
    pass


thing = Thing()
ref = m.new_ref(thing)
proxy = m.new_proxy(thing)
print(ref() is thing, proxy.name, type(proxy).__name__, ref is weakref.ref(thing))
print(m.check(ref), m.check(proxy), m.check(Ref(thing)), m.check(thing))
code, target = m.get_ref(ref)
print(code, target is thing, m.is_dead(ref))
del target
error(m.new_ref, 5)
error(m.new_ref_with, [], None)
error(m.get_ref, 5)
error(m.is_dead, 5)
log = []
watched = m.new_ref_with(thing, lambda r: log.append(r is watched))
watched_proxy = m.new_proxy_with(thing, lambda p: log.append("proxy"))
del thing
gc.collect()
print(sorted(log, key=str), m.get_ref(ref), m.is_dead(ref), ref())
error(lambda: proxy.name)
print(m.life())

# A C type.
target = m.Target()
refs = [weakref.ref(target), weakref.ref(target, lambda r: log.append("target gone"))]
print([r() is target for r in refs], weakref.getweakrefcount(target), m.times_deallocated())
del target
gc.collect()
print([r() for r in refs], log[-1], m.times_deallocated())


class Sub(m.Target):
    pass


sub = Sub()
sub.attribute = 1
ref = weakref.ref(sub)
print(ref() is sub, sub.attribute)
del sub
gc.collect()
print(ref(), m.times_deallocated())

# The field that macros read.
thing = Thing()
ref, proxy = weakref.ref(thing), weakref.proxy(thing)
print(m.field(ref) is thing, m.field(proxy) is thing)
del thing
gc.collect()
print(m.field(ref), m.field(proxy))

# Instances in memory of the extension's own.
print(m.own_lives(1000))
ref = weakref.ref(m.own())
gc.collect()
print(ref(), m.own_lives(10))

# Collections in the middle of a death.
for i in range(20):
    m.Collecting()
    kept = [m.Target() for i in range(10)]
    assert all(type(ob) is m.Target for ob in m.collecting_lives() + kept)
print(len(kept))
