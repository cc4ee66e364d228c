# pyerrors.h: exceptions and warnings.
import warnings

import ext_pyerrors as m


def error(function, *args):
    try:
        print(function(*args))
    except BaseException as exc:
        print(type(exc).__name__, exc, exc.args)


def fail(exc=ValueError("failed")):
    def raiser():
        raise exc

    return raiser


class Custom(Exception):
    def __init__(self, *args):
        super().__init__("custom", *args)


# Raising.
error(m.set_string, TypeError, "text")
error(m.set_string, Custom, "text")
error(m.set_object, ValueError, 5)
error(m.set_object, ValueError, (1, 2))
error(m.set_object, ValueError, ValueError("ready"))
error(m.set_object, KeyError, None)
error(m.set_none, StopIteration)
error(m.set_none, Custom)
error(m.format, [1])
error(m.no_memory)
error(m.bad_argument)
for n in range(3):
    try:
        m.set_errno(n)
    except OSError as exc:
        print(type(exc).__name__, exc, exc.errno, exc.filename, exc.filename2, m.os_error(exc))
try:
    m.import_error()
except ImportError as exc:
    print(exc, exc.name, exc.path)
for function in (m.null_without_error, m.error_with_result):
    try:
        function()
    except SystemError as exc:
        print("SystemError", "returned" in str(exc), repr(exc.__cause__))

# Catching.
print(repr(m.catch(fail())), m.catch(lambda: 5), m.has_traceback(m.catch(fail())))
print(m.fetch(fail()), m.fetch(fail(Custom(1))))
error(m.fetch_and_restore, fail(KeyError("kept")))
print(repr(m.fetch_directly(fail(KeyError("direct")))))
error(m.raise_directly, IndexError("stored in the thread state"))
print(m.matches(fail(), ValueError), m.matches(fail(), (KeyError, Exception)), m.matches(fail(), OSError), m.matches(int, ValueError))
print(m.given_matches(ValueError, Exception), m.given_matches(ValueError(), ValueError), m.given_matches(KeyError, (ValueError, LookupError)), m.given_matches(1, ValueError))

# Being handled.
print(m.handled(), m.handled_parts())
try:
    raise KeyError("outer")
except KeyError:
    print(repr(m.handled()), m.handled_parts())
    try:
        m.set_string(ValueError, "inner")
    except ValueError as exc:
        print(repr(exc.__context__), repr(m.handled()))
    print(repr(m.handled()))
print(m.handled(), repr(m.call_handling(OSError("lent"), m.handled)), m.handled())
caught = m.call_handling(OSError("lent"), lambda: m.catch(fail(Custom())))
print(repr(caught), repr(caught.__context__))

# Parts.
exc = ValueError("x", 1)
print(m.parts(exc), m.set_parts(exc, KeyError("cause"), OSError("context"), ("new",)), exc, m.parts(exc))
try:
    raise ValueError from KeyError("why")
except ValueError as exc:
    print(m.parts(exc), m.has_traceback(exc))
print(m.check(ValueError), m.check(ValueError()), m.check(int), m.check(5))
New = m.new_exception("package.module.New", "its doc", LookupError)
print(New, New.__module__, New.__doc__, New.__bases__, m.new_exception("a.B", None, None).__bases__)
print(m.new_exception("a.B", None, (ValueError, KeyError)).__bases__)
print(m.stop_iteration_value(StopIteration(7)), m.stop_iteration_value(StopIteration()))
print(m.unicode_error(UnicodeDecodeError("c", b"abc", 1, 2, "why")), m.make_unicode_error())

# Warnings.
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    m.warn(UserWarning, "first")
    m.warn_format()
    print([(w.category.__name__, str(w.message)) for w in caught])
with warnings.catch_warnings():
    warnings.simplefilter("error")
    error(m.warn, DeprecationWarning, "now an error")
print(m.check_signals())
# Causes that lead back to where they began.
first, second = ValueError("first"), KeyError("second")
first.__cause__, second.__cause__ = second, first
print([type(part).__name__ for part in m.parts(first)], m.given_matches(second, LookupError))
