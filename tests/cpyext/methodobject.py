# methodobject.h: calling conventions.
import ext_methodobject as m


def error(function, *args, **kwargs):
    try:
        print(function(*args, **kwargs))
    except Exception as exc:
        print(type(exc).__name__, exc)


for names, owner in (("functions", m), ("methods", m.Thing()), ("unbound", m.Thing)):
    print(names)
    first = (m.Thing(),) if names == "unbound" else ()
    for name in ("varargs", "keywords", "noargs", "one", "fast", "fast_keywords"):
        function = getattr(owner, name)
        error(function, *first)
        error(function, *first, 1)
        error(function, *first, 1, 2)
        error(function, *first, 1, k=2)
        error(function, *first, **{"a": 1, "b": 2})
thing = m.Thing()


class Sub(m.Thing):
    def __repr__(self):
        return "sub"


sub = Sub()
print(sub.defining_class(1, 2), thing.defining_class(k=1), Sub.defining_class(sub))
print(Sub.class_varargs(1), sub.class_one(2), thing.class_one(3))
print(m.Thing.static_one(1), sub.static_one(2), Sub.static_fast(1, 2), thing.static_fast())
error(m.Thing.one)
error(m.Thing.one, 5, 1)
error(thing.static_one)

# What they say about themselves.
print(m.documented.__doc__, m.documented.__text_signature__, m.documented.__name__, m.documented.__module__, m.documented.__self__ is m)
print(m.describe(m.one), m.describe(m.noargs), m.describe(thing.one), m.describe(Sub.class_one)[:2], m.describe(thing.defining_class)[1:], m.describe(5))
print(m.describe(len)[0], m.describe([].append)[2:4])
print(type(m.one).__name__, type(thing.one).__name__, type(m.Thing.one).__name__, m.Thing.one.__objclass__.__name__, type(m.Thing.__dict__["class_one"]).__name__)
print(thing.one.__self__, thing.one.__qualname__, m.one.__qualname__, m.Thing.one.__qualname__)
made = m.make("the self")
print(made(1), made.__name__, made.__self__, made.__doc__, made.__module__)
made = m.make_ex([], "module name")
print(made(2), made.__module__, made == m.make_ex([], "module name"), made == made)
print(m.call_inside(m.one, 5), m.call_inside(len, "four"), m.call_inside([1].count, 1))
error(m.call_inside, m.fast, 1)

# Many arguments, and arguments from everywhere.
print(len(m.fast(*range(1000))[2]), m.fast_keywords(*"ab", **{"k%d" % i: i for i in range(3)}))
print(list(map(m.one, [1, 2])), sorted([3, 1], key=lambda x: m.one(x)[2]), max([1, 2], key=m.fast))
