# What is done again and again leaves no memory behind: the statements of `leaks.txt`, as often as the
# argument says.
import gc
import importlib
import pathlib
import sys
import weakref

times = int(sys.argv[1]) if len(sys.argv) > 1 else 400_000
# The memory of garbage counts until it is collected, and then stays at hand for new objects.
ALLOWED = 24 << 20


class Thing:
    pass


def fail(*args):
    raise ValueError("failed")


def resident():
    gc.collect()
    gc.collect()
    return int(pathlib.Path("/proc/self/statm").read_text().split()[1]) * 4096


def run(name, statement):
    m = importlib.import_module("ext_" + name)
    names = {"m": m, "weakref": weakref, "thing": Thing(), "text": "text", "big": 10**30, "fail": fail, "f": fail}
    names.update(f2=lambda *args, **kwargs: args, code=compile("1 + 2", "", "eval"))
    if name == "lifetimes":
        names["Sub"] = type("Sub", (m.Blob,), {})
    exec(f"def loop(n):\n    for i in range(n):\n        {statement}\n", names)
    loop = names["loop"]
    loop(times // 2)
    before = resident()
    loop(times // 2)
    return resident() - before


for line in pathlib.Path(__file__).with_name("leaks.txt").read_text().splitlines():
    name, _, statement = line.partition("#")[0].partition(": ")
    if statement:
        growth = run(name, statement)
        if growth > ALLOWED:
            print(f"{name}: {statement}: {growth >> 10} KB more")
print("done")
