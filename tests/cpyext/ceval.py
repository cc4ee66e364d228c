# Threads, the GIL, evaluation, recursion, sys, files and codecs from C.
import io
import sys
import threading
import traceback

import ext_ceval as m


def error(function, *args):
    try:
        print(function(*args))
    except Exception as exc:
        print(type(exc).__name__, exc)


print(m.without_gil(1000), m.states(), m.locks())
main = threading.get_ident()
print(m.call_in_thread(lambda: "from a thread"), m.call_in_thread(lambda: threading.get_ident() != main))
print(m.call_in_thread(lambda: 1 // 0), m.call_in_thread(lambda: m.call_in_thread(lambda: m.states()[2])))
results = []
threads = [threading.Thread(target=lambda: results.append(m.without_gil(100000))) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(results)

single, file_input, eval_input = 256, 257, 258
space = {"x": 20}
print(m.run_string("x + 1", space, eval_input), m.run_string("y = x * 2", space, file_input), space["y"])
error(m.run_string, "1 +", {}, eval_input)
error(m.run_string, "missing", {}, eval_input)
print(m.eval_code(compile("x ** 2", "f", "eval"), space))


def function(argument):
    local = "value"
    return m.frame()


print(function(1), m.frame()[0], m.has_builtins())


def deep(self):
    return m.recurse(self)


try:
    deep(deep)
except RecursionError as exc:
    print("RecursionError", str(exc).startswith("maximum recursion depth exceeded"))
called = []
print(m.add_pending(called))
for _ in range(1000):
    if called:
        break
print(called)
try:
    m.raise_from("source.pyx", "compiled_function", 33)
except ValueError as exc:
    last = traceback.extract_tb(exc.__traceback__)[-1]
    print(exc, last.filename, last.name, last.lineno)

print(m.sys_object("path") is sys.path, m.sys_object("no such thing"), m.set_sys_object("added", 5), sys.added)
sys.stdout.flush()
m.write_stdout()
sys.stdout.flush()
out = io.StringIO()
m.write_to("it's", out)
print(out.getvalue())
error(m.write_to, "x", 5)
lines = io.StringIO("first\nsecond line\n")
print(m.get_line(lines, 0), m.get_line(lines, 3), repr(m.get_line(lines, -1)))
error(m.get_line, lines, -1)
print(m.codec("caf\xe9", "latin-1"), m.codec("a", "utf-16-le"))
error(m.codec, "\xe9", "ascii")
error(m.codec, "a", "no-such-codec")
