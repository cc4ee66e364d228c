# Messages name classes as tp_name does: with the module, if Python code has not made the class.
import array
import collections
import datetime
import functools
import io
import itertools
import re
import types


class Own:
    pass


class Deque(collections.deque):
    pass


for v in [
    collections.deque(),
    collections.defaultdict(),
    Deque(),
    datetime.date(1, 1, 1),
    functools.partial(int),
    io.StringIO(),
    itertools.count(),
    re.compile("a"),
    array.array("i"),
    types.SimpleNamespace(),
    Own(),
    (),
]:
    for f in (lambda: v @ Own(), lambda: "".join([v]), lambda: v.nothing):
        try:
            f()
        except (TypeError, AttributeError) as e:
            print(e)

# What repr shows is __name__, except for some.
print(itertools.count(1), itertools.repeat(2), array.array("i", [1]), collections.deque([1]), Deque([2]))
print(datetime.date(1, 1, 1), repr(datetime.timedelta(1)), types.SimpleNamespace(a=1), collections.defaultdict(int))
try:
    types.SimpleNamespace(1, 2)
except TypeError as e:
    print(e)
