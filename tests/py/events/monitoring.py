# sys.monitoring: callbacks, sets of events, single code objects, DISABLE.
import sys

m = sys.monitoring
E = m.events
TOOL = m.PROFILER_ID
log = []


def f(n):
    total = 0
    for i in range(n):
        if i % 2:
            total += i
    return total


def gen():
    yield 1
    yield 2


def fails():
    try:
        raise KeyError("k")
    except KeyError:
        pass
    len(None)


m.use_tool_id(TOOL, "test")
print(m.get_tool(TOOL), m.get_tool(0), m.get_events(TOOL))


def named(name):
    def callback(code, *args):
        log.append((name, code.co_name, *[a if isinstance(a, (int, str)) else type(a).__name__ for a in args]))
    return callback


def run(events, function, *args):
    log.clear()
    m.set_events(TOOL, events)
    try:
        function(*args)
    except TypeError:
        pass
    m.set_events(TOOL, 0)
    for entry in log:
        if entry[1] != "run":
            print(*entry)


for name in ("PY_START", "PY_RESUME", "PY_RETURN", "PY_YIELD", "LINE", "CALL", "C_RETURN", "C_RAISE", "RAISE",
             "EXCEPTION_HANDLED", "PY_UNWIND", "BRANCH_LEFT", "BRANCH_RIGHT", "JUMP"):
    m.register_callback(TOOL, getattr(E, name), named(name))

print("--- lines")
run(E.LINE, f, 2)
print("--- frames")
run(E.PY_START | E.PY_RESUME | E.PY_RETURN | E.PY_YIELD, lambda: list(gen()))
print("--- calls")
run(E.CALL | E.C_RETURN | E.C_RAISE, fails)
print("--- exceptions")
run(E.RAISE | E.EXCEPTION_HANDLED | E.PY_UNWIND, fails)

print("--- local")
m.set_local_events(TOOL, f.__code__, E.PY_START | E.PY_RETURN)
print(m.get_local_events(TOOL, f.__code__), m.get_local_events(TOOL, gen.__code__))
log.clear()
f(1)
list(gen())
print(log)
m.set_local_events(TOOL, f.__code__, 0)

print("--- disabled")
seen = []


def once(code, line):
    seen.append(line - code.co_firstlineno)
    return m.DISABLE


m.register_callback(TOOL, E.LINE, once)
m.set_local_events(TOOL, f.__code__, E.LINE)
f(3)
print(seen)
f(3)
print(seen)
m.restart_events()
f(1)
print(seen)
m.set_local_events(TOOL, f.__code__, 0)

for bad in (lambda: m.set_events(TOOL, -1), lambda: m.set_events(TOOL, E.C_RETURN), lambda: m.use_tool_id(TOOL, "x"),
            lambda: m.use_tool_id(9, "x"), lambda: m.register_callback(TOOL, 3, None),
            lambda: m.set_local_events(TOOL, f.__code__, E.RAISE), lambda: m.set_events(1, E.LINE)):
    try:
        bad()
    except ValueError as e:
        print(e)
m.free_tool_id(TOOL)
print(m.get_tool(TOOL))
