# sys.settrace: calls, lines, returns and exceptions, and what a trace function may return.
import sys

events = []


def tracer(frame, event, arg):
    code = frame.f_code
    shown = arg[0].__name__ if event == "exception" else repr(arg)
    events.append((event, code.co_name, frame.f_lineno - code.co_firstlineno, shown))
    return tracer


def numbers(n):
    for i in range(n):
        yield i


def f(x):
    y = x + 1
    if y > 2:
        y = len([1, 2])
    for i in range(2):
        y += i
    try:
        1 / 0
    except ZeroDivisionError as e:
        y = 3
    for i in range(3): y += 1
    while y < 10: y += 1
    try:
        return y
    finally:
        z = 1


def g():
    return sum(numbers(2)) + f(2)


def h():
    def inner():
        raise ValueError
    inner()


class Manager:
    def __repr__(self):
        return "a manager"

    def __enter__(self):
        return self

    def __exit__(self, *args):
        return True


def w():
    with Manager() as m:
        raise KeyError
    match m:
        case None:
            pass
        case _:
            return [
                1,
                m and 2,
            ]


def show(function):
    events.clear()
    sys.settrace(tracer)
    try:
        function()
    except Exception as e:
        pass
    sys.settrace(None)
    print("---", function.__name__)
    for e in events:
        if e[1] not in ("show", "__repr__"):
            print(*e)


for function in (g, h, w):
    show(function)


# A frame without a trace function of its own has no line events.
def calls_only(frame, event, arg):
    events.append((event, frame.f_code.co_name))


events.clear()
sys.settrace(calls_only)
g()
sys.settrace(None)
print(events)


# Opcodes instead of lines.
def opcodes(frame, event, arg):
    events.append(event)
    if event == "line":
        frame.f_trace_lines = False
        frame.f_trace_opcodes = True
    return opcodes


def small(a):
    b = a
    return b


events.clear()
sys.settrace(opcodes)
small(1)
sys.settrace(None)
print(sorted(set(events)), events.count("line"))


# An error in the trace function ends tracing and comes out of the traced code.
def broken(frame, event, arg):
    if event == "line":
        raise RuntimeError("in the trace function")
    return broken


sys.settrace(broken)
try:
    small(1)
except RuntimeError as e:
    print(e, sys.gettrace())


# The running frame, told to trace itself.
def outer():
    events.clear()
    frame = sys._getframe()
    sys.settrace(tracer)
    frame.f_trace = tracer
    x = 1
    small(x)
    y = 2
    sys.settrace(None)
    return [e[:3] for e in events]


print(outer())

# Variables can be changed while the function runs.
def change(frame, event, arg):
    if event == "line" and "value" in frame.f_locals:
        frame.f_locals["value"] = "changed"
    return change


def changed():
    value = "original"
    copy = value
    return value, copy


sys.settrace(change)
result = changed()
sys.settrace(None)
print(result)


# Tracing starts with the next line however `settrace` is called.
def indirect():
    events.clear()
    sys._getframe().f_trace = tracer
    sys.settrace(*(tracer,))
    x = 1
    sys.settrace(None)
    return [e[:3] for e in events]


print(indirect())
