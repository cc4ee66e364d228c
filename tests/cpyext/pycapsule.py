# pycapsule.h: capsules.
import gc

import ext_pycapsule as m


def error(function, *args):
    try:
        print(function(*args))
    except Exception as exc:
        print(type(exc).__name__, exc)


capsule = m.new()
print(type(capsule).__name__, m.get(capsule, "ext_pycapsule.value"), m.describe(capsule), m.describe(5))
error(m.get, capsule, "wrong name")
error(m.get, capsule, None)
error(m.get, 5, "x")
error(m.new_null)
nameless = m.new_nameless()
print(m.get(nameless, None), m.describe(nameless), m.is_valid(nameless, None), m.is_valid(nameless, "x"))
print(m.is_valid(capsule, "ext_pycapsule.value"), m.is_valid(capsule, "y"), m.is_valid(5, "x"))
print(m.times_destroyed())
del capsule
gc.collect()
print(m.times_destroyed())
changed = m.new()
print(m.change(changed), m.describe(changed))
del changed
gc.collect()
print(m.times_destroyed())
print(m.import_("ext_pycapsule.value"))
error(m.import_, "ext_pycapsule.missing")
error(m.import_, "no_such_module.x")
error(m.import_, "sys.path")
