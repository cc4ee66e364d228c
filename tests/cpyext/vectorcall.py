# Vectorcall in both directions.
import ext_vectorcall as m


def error(function, *args, **kwargs):
    try:
        print(function(*args, **kwargs))
    except Exception as exc:
        print(type(exc).__name__, exc)


def show(*args, **kwargs):
    return args, kwargs


class Class:
    def __init__(self, *args, **kwargs):
        self.args = args, kwargs

    def method(self, *args, **kwargs):
        return args, kwargs

    def __call__(self, *args, **kwargs):
        return "called", args, kwargs


# As caller.
instance = Class()
for callable in (show, instance.method, instance, dict, m.Callable()):
    for offset in (0, 1):
        error(m.call, callable, (), None, offset)
        error(m.call, callable, ([("a", 1)],), None, offset)
        error(m.call, callable, ([("a", 1)], 2), ("k",), offset)
print(m.call(Class, (1, 2), ("k",), 1).args, m.call(len, ("abc",), None, 1), m.call("a-b".split, ("-",), None, 0))
error(m.call, 5, (), None, 0)
error(m.call, len, (1, 2), None, 1)
error(m.call, lambda a: a, (1,), ("b",), 1)
print(m.call_method("method", (instance, 1, 2)), m.call_method("upper", ("abc",)), m.call_method("append", ([], 1)))
error(m.call_method, "missing", (instance,))
print(m.call_dict(show, (1,), {"x": 2}), m.call_dict(show, (), None))

# As callee.
callable = m.Callable()
print(callable(), callable(1, 2), callable(1, k=2), callable(*range(5), **{"a": 1, "b": 2}), callable.calls)
print(list(map(callable, "ab")), callable.calls, m.has_vectorcall(callable), m.has_vectorcall(5))


class Sub(m.Callable):
    pass


class Overridden(m.Callable):
    def __call__(self, *args):
        return "overridden", args


print(Sub()(1), Overridden()(1), m.call(Overridden(), (1, 2), None, 1), m.call(Sub(), (1,), None, 0))
print(m.Made(), m.Made(1, 2), m.Made(1, k=2), m.call(m.Made, (1,), None, 1))
