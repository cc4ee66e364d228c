# initconfig.h: options. And what C code shows before it is complete.
import os
import sys

import ext_initconfig as m


def error(function, *args):
    try:
        print(function(*args))
    except SystemError:
        print("SystemError")
    except Exception as exc:
        print(type(exc).__name__, exc, getattr(exc, "__notes__", ""))


print(len(m.names()), "verbose" in m.names(), "nothing" in m.names())
print(m.get("argv") == sys.argv, m.get("executable") == sys.executable, m.get("platlibdir"))
print(m.get("optimization_level"), m.get("inspect"), m.get("filesystem_encoding"), m.get("cpu_count"))
print(m.get("run_filename") == sys.orig_argv[-1], m.get("run_command"), m.get("run_module"))
print(m.get_int("verbose"), m.get_int("isolated"), m.get_int("use_hash_seed"))
error(m.get, "nothing")
error(m.get_int, "platlibdir")

old = sys.flags
print(m.set("quiet", 5), sys.flags.quiet, m.get("quiet"), sys.flags is old, type(sys.flags) is type(old))
print(m.set("quiet", 0), sys.flags == old)
print(m.set("cpu_count", 321), os.cpu_count(), m.set("cpu_count", -1))
for name, value in [
    ("argv", 5), ("argv", [5]), ("executable", 5), ("xoptions", {1: 2}), ("xoptions", {"a": 2}), ("inspect", "x"),
    ("inspect", -5), ("verbose", 2**40), ("int_max_str_digits", 40), ("hash_seed", 1), ("isolated", 1),
    ("nothing", 1),
]:
    error(m.set, name, value)

for make in m.unfilled_tuple, m.unfilled_list:
    made = make("first")
    print(made, len(made), m.second_is_null(made), made[0])
made.append(1)
print(made, m.second_is_null(made))

error(m.bad_key)


class Broken(Exception):
    def __init__(self, *args):
        raise ValueError("Broken.__init__")


error(m.set_object, Broken, "text")
error(m.set_object, OSError, PermissionError(13))
error(m.set_object, ValueError, TypeError("inside"))
error(m.set_object, int, "text")
