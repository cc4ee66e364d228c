# context.h: context variables.
import contextvars

import ext_context as m


def error(function, *args):
    try:
        print(function(*args))
    except Exception as exc:
        print(type(exc).__name__, str(exc).split(" at 0x")[0])


var = m.new_var("var")
with_default = m.new_var("with_default", 5)
print(var.name, m.get(var), m.get(var, "given"), m.get(with_default), m.get(with_default, "given"))
error(var.get)
token = m.set(var, 1)
print(m.get(var), var.get(), m.check(token), token.old_value is contextvars.Token.MISSING)
second = var.set(2)
print(m.get(var), m.reset(var, second), m.get(var), m.reset(var, token), m.get(var))
error(m.reset, var, token)
error(m.set, 5, 1)
error(m.get, 5)
empty = m.new_context()
current = m.copy_current()
print(m.check(empty), m.check(current), m.check(var), len(empty))


def inside():
    before = m.get(var)
    m.set(var, "inside")
    return before, m.get(var)


print(m.run(empty, inside), m.get(var), empty[var], m.run(empty, lambda: m.get(var)))
copied = m.copy(empty)
print(copied[var], copied == empty, copied is empty)
error(m.run, empty, lambda: m.run(empty, inside))
error(m.run, empty, lambda: 1 // 0)
error(m.run, 5, inside)
error(m.copy, 5)
print(m.get(var), contextvars.copy_context().run(lambda: (var.set("py"), m.get(var))[1]), m.get(var))
