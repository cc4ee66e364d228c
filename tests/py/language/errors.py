# Exceptions: chaining, finally, groups, notes, tracebacks, messages.
import traceback


def f(x):
    try:
        return 10 / x
    except ZeroDivisionError as e:
        raise ValueError("bad x") from e
    finally:
        print("finally", x)


print(f(5))
try:
    f(0)
except ValueError as e:
    print(repr(e), repr(e.__cause__), e.__suppress_context__)
    print("".join(traceback.format_exception(e)).replace(__file__, "FILE"))

try:
    try:
        {}["missing"]
    except KeyError:
        [].missing
except AttributeError as e:
    print(repr(e.__context__), e.name, e.obj)

for code in ["x = = 1", "if True:\nprint(1)", "return 1", "'abc", "f(a=1, 2)", "(1, 2", "1 +"]:
    try:
        compile(code, "<c>", "exec")
    except SyntaxError as e:
        print(type(e).__name__, e.msg, e.lineno, e.offset)

for expr in ["1 + 'a'", "undefined", "len(3)", "[][1]", "{}['k']", "(1)()", "int('x')", "None.foo", "[1,2] < 3",
             "'%d' % 'x'", "f()", "f(1, 2)", "f(y=1)", "iter(3)", "next([])", "1 << -1", "2 ** 'a'", "a, b = 1",
             "a, b = [1, 2, 3]", "del undefined", "raise 3", "object().x", "{[]: 1}", "'a' @ 'b'", "-'a'"]:
    try:
        exec(expr)
    except Exception as e:
        print(f"{expr}: {type(e).__name__}: {e}")


def deep(n):
    return deep(n + 1)


try:
    deep(0)
except RecursionError as e:
    print("RecursionError", str(e).startswith("maximum recursion depth exceeded"))

try:
    raise ExceptionGroup("g", [ValueError(1), ExceptionGroup("h", [TypeError(2), KeyError(3)])])
except* TypeError as eg:
    print("types", eg.exceptions)
except* (ValueError, KeyError) as eg:
    print("rest", eg.exceptions)

e = RuntimeError("base")
e.add_note("a note")
print(e.__notes__, "".join(traceback.format_exception_only(e)), end="")


def g():
    for i in range(3):
        try:
            if i == 1:
                continue
            if i == 2:
                return i
        finally:
            print("loop finally", i)


print(g())


class CM:
    def __init__(self, n, swallow=False):
        self.n, self.swallow = n, swallow

    def __enter__(self):
        print("enter", self.n)
        return self.n

    def __exit__(self, t, v, tb):
        print("exit", self.n, t and t.__name__)
        return self.swallow


with CM(1) as a, CM(2, True) as b:
    raise OSError(2, "No such file", "name")
try:
    with CM(3):
        1 / 0
except ZeroDivisionError:
    print("after")
try:
    open("/nonexistent/file")
except FileNotFoundError as e:
    print(e.errno, e.filename, e)
