# `__builtins__` is the module in __main__, and its namespace elsewhere.
import abc
import builtins
import types

print(__builtins__ is builtins, abc.__builtins__ is vars(builtins))
for run in exec, eval:
    namespace = {}
    run("1", namespace)
    print(namespace["__builtins__"] is vars(builtins))
own = {"__builtins__": {"answer": 42}}
print(eval("answer", own))
module = types.ModuleType("made")
exec("x = len([1])", vars(module))
print(module.x, type(module.__builtins__))
