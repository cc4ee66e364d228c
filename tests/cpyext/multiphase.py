# Multi-phase initialisation and module state.
import gc
import importlib.util
import sys

import ext_multiphase as m

print(m.__name__, m.__doc__, type(m).__name__, m.__spec__.name, sys.modules["ext_multiphase"] is m)
print(m.increment(), m.increment())
thing = m.Type()
print(thing.by_class(), thing.by_definition(), m.Type.__module__, m.Error.__mro__[1].__name__)
try:
    m.fail()
except m.Error as exc:
    print(exc)


class Sub(m.Type):
    pass


print(Sub().by_class(), Sub().by_definition())

# A second module from the same file has state of its own.
spec = importlib.util.spec_from_file_location("ext_multiphase", m.__spec__.origin)
second = importlib.util.module_from_spec(spec)
spec.loader.exec_module(second)
print(second is m, second.increment(), m.increment(), second.Error is m.Error, second.Type().by_class(), Sub().by_class())
del second
gc.collect()
print(m.increment())
