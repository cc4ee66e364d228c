# funcobject.h, classobject.h, cellobject.h, code.h, iterobject.h, descrobject.h.
import ext_funcobject as m


def error(function, *args):
    try:
        print(function(*args))
    except SystemError:
        print("SystemError")
    except Exception as exc:
        print(type(exc).__name__, exc)


def original(a, b=2, *, c=3):
    "the doc"
    return a, b, c


# Functions.
made = m.new_function(original.__code__, {"__name__": "made module"})
print(made.__name__, made.__doc__, made.__module__, made.__defaults__, m.function_parts(made))
error(made, 1)
print(m.set_defaults(made, (10,)), m.set_kwdefaults(made, {"c": 30}), made(1), made(1, 2, c=3))
named = m.new_function_named(original.__code__, {}, "Outer.named")
print(named.__qualname__, m.function_parts(original), m.set_annotations(named, {"a": int}), named.__annotations__)
error(m.set_defaults, made, 5)
error(m.function_parts, 5)

# Methods.


class Class:
    def __repr__(self):
        return "instance"

    alternative = m.classmethod(lambda cls: cls.__name__)
    static = m.staticmethod(lambda: "static")
    bound = m.new_instance_method(len)


instance = Class()
print(m.function_of_instance_method(m.new_instance_method(len)) is len, m.function_of_instance_method(len))
method = m.new_method(original, instance)
print(method(5), m.method_parts(method) == (original, instance), m.method_parts(len), method.__self__)
print(instance.alternative(), Class.static())
error(lambda: instance.bound())

# Cells.
cell = m.new_cell([1])
print(m.get_cell(cell), cell.cell_contents, m.set_cell(cell, 2), cell.cell_contents)
empty = m.new_empty_cell()
print(m.get_cell(empty), type(empty).__name__)
error(lambda: empty.cell_contents)
error(m.get_cell, 5)


def outer(x):
    def inner():
        return x

    return inner


closed = outer("before")
print(m.set_cell(closed.__closure__[0], "after"), closed())

# Code.
print(m.code_parts(original.__code__)[0], m.code_parts(original.__code__)[2:], m.code_parts(closed.__code__)[2:5], m.code_parts(5))
code = m.new_empty_code("file.c", "name", 17)
print(m.code_parts(code), code.co_firstlineno)

# Iterators.


class Sequence:
    def __getitem__(self, index):
        if index < 3:
            return index * 10
        raise IndexError


values = iter([1, 2, 3, 0, 4])
print(list(m.seq_iter(Sequence())), list(m.seq_iter("abc")), list(m.call_iter(lambda: next(values), 0)), next(values))
error(m.seq_iter, 5)


async def coroutine():
    pass


async def async_generator():
    yield


waiting = coroutine()
for value in (original, method, cell, (x for x in ""), waiting, async_generator(), len, 5):
    print(type(value).__name__, m.check(value))
waiting.close()

# Descriptors.
print(m.add_descriptors(Class), instance.answer, instance.method(1), Class.class_method(2), instance.class_method(3))
print(Class.answer.__doc__, type(Class.__dict__["method"]).__name__, Class.__dict__["answer"].__objclass__ is Class)
error(setattr, instance, "answer", 1)
error(Class.method, 5, 1)
print(m.generic_alias(list, int), m.generic_alias(dict, (str, int)).__args__)
