# Messages and places of syntax errors and warnings.
import warnings

for source in ("(*x), y = 1, 2", "print((*x))", "((**x))", "((*x) for y in z)", "f(*x)",
               "try:\n\t1/0\n    \t1/0\nfinally:\n pass\n", "if 1:\n        a\n\tb\n", "if 1:\n    a\n  b\n"):
    try:
        compile(source, "s", "exec")
        print("ok")
    except SyntaxError as e:
        print(type(e).__name__, e.msg, e.lineno)

for source in ("1or 0", "0xfor 1", "1if 1else 2", "1jor 2", "0b1or 2", "1_0or 3", "1 or 2", "x1or"):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        compile(source, "s", "eval")
    print(source, [str(w.message) for w in caught])


def f(**keywords):
    pass


for call in (lambda: f(**{1: 2}), lambda: f(**{1: 2}, **{1: 3}), lambda: f(a=1, **{"a": 1})):
    try:
        call()
    except TypeError as e:
        print(e)

code = compile("async def f(): pass\nx = await f()", "s", "exec", flags=0x2000)
import types

namespace = {}
coroutine = types.FunctionType(code, namespace)()
try:
    coroutine.send(None)
except StopIteration:
    print(namespace["x"])
print(list(compile("a = 1\nb = 2\n", "s", "exec").co_lines()))
a = 1
for template in (t"{a }", t"{ a}", t"x{a = }", t"{a}{a :>3}", t"""{(  # comment
 a)}"""):
    print(template.strings, [(i.expression, i.conversion, i.format_spec) for i in template.interpolations])
