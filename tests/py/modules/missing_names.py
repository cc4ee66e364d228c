# What is said about names that modules lack, and the corners of `_imp`.
import _imp
import marshal
import os
import subprocess
import sys
import tempfile

files = {
    "fractions.py": "shadowing = True",
    "turtle/__init__.py": "",
    "numpy.py": "import numpy\nnumpy.array",
    "cycle_a.py": "import cycle_b\nx = 1",
    "cycle_b.py": "import cycle_a\ncycle_a.x",
    "cycle_c.py": "from cycle_d import y",
    "cycle_d.py": "from cycle_c import z",
    "pack/__init__.py": "from . import outer",
    "pack/outer.py": "import pack\npack.outer",
    "other/__init__.py": "",
    "other/late.py": "import other\nother.late",
    "plain.py": "a = 1",
}
commands = [
    "import fractions; fractions.Fraction",
    "from fractions import Fraction",
    "import turtle; turtle.Turtle",
    "import numpy",
    "import cycle_a",
    "import cycle_c",
    "import pack",
    "import plain; plain.b",
    "from plain import b",
    "import sys; sys.nothing",
    "import fractions; fractions.__name__ = 3; fractions.b",
    "import fractions; del fractions.__spec__.origin; fractions.b",
]
with tempfile.TemporaryDirectory() as tmp:
    for name, text in files.items():
        path = os.path.join(tmp, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f:
            f.write(text)
    env = {k: v for k, v in os.environ.items() if not k.startswith("ADDER_")}
    for command in commands:
        r = subprocess.run([sys.executable, "-B", "-c", command], cwd=tmp, env=env, capture_output=True, text=True)
        print(r.stderr.splitlines()[-1].replace(os.path.realpath(tmp), "DIR").replace(tmp, "DIR") if r.stderr else "fine")
    # From a directory that is not the program's.
    for name in ["numpy", "cycle_a", "cycle_c", "pack", "other.late"]:
        r = subprocess.run(
            [sys.executable, "-B", "-P", "-c", f"import sys; sys.path.insert(0, ''); import {name}"],
            cwd=tmp, env=env, capture_output=True, text=True,
        )
        print(r.stderr.splitlines()[-1].replace(os.path.realpath(tmp), "DIR").replace(tmp, "DIR"))

code = compile("def f():\n    def g(): pass\n    return g\nf()", "one.py", "exec")
_imp._fix_co_filename(code, "two.py")
inner = code.co_consts[0]
print(code.co_filename, inner.co_filename, [c.co_filename for c in inner.co_consts if hasattr(c, "co_filename")])

for data in (b"6'\xd5Cu\x12", marshal.dumps(5), marshal.dumps(compile("1", "x", "eval"))):
    try:
        print(type(_imp.get_frozen_object("x", data)).__name__)
    except (ImportError, TypeError) as e:
        print(type(e).__name__, e)


class Spec:
    name = "a\0b"
    origin = "abc"


try:
    _imp.create_dynamic(Spec())
except ValueError as e:
    print(e)
