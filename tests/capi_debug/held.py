# The statements of leaks.txt leave nothing that C holds, counted struct by struct.
import gc
import importlib
import pathlib
import sys
import weakref

import _adder

times = 300
table = pathlib.Path(__file__).parent.parent / "cpyext/leaks.txt"


class Thing:
    pass


def fail(*args):
    raise ValueError("failed")


def growth(name, statement):
    m = importlib.import_module("ext_" + name)
    names = {"m": m, "weakref": weakref, "thing": Thing(), "text": "text", "big": 10**30, "fail": fail, "f": fail}
    names.update(f2=lambda *args, **kwargs: args, code=compile("1 + 2", "", "eval"))
    if name == "lifetimes":
        names["Sub"] = type("Sub", (m.Blob,), {})
    exec(f"def loop(n):\n    for i in range(n):\n        {statement}\n", names)
    loop = names["loop"]
    loop(times)
    _adder.capi_mark()
    loop(times)
    return _adder.capi_leaks()


only = sys.argv[1:]
for line in table.read_text().splitlines():
    name, _, statements = line.partition("#")[0].partition(": ")
    if not only or name in only:
        # A few structs may be made once; what is left behind by every round is more.
        left = {key: row for key, row in growth(name, statements).items() if row[0] > times // 4} if statements else {}
        if left:
            print(f"{name}: {statements}: {left}")
gc.collect()
print("done")
