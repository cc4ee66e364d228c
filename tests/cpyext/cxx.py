# A module in C++.
import ext_cxx as m


def error(function, *args):
    try:
        print(function(*args))
    except Exception as exc:
        print(type(exc).__name__, exc)


print(m.sum([1, 2, 3]), m.sum(range(10)), m.sum(x for x in (4, 5)))
error(m.sum, 5)
error(m.sum, [1, "x"])
error(m.sum, [999, 2])
error(m.sum, (1 // x for x in (1, 0)))
print(m.call(lambda: "called"), m.call(lambda: m.call(lambda: m.sum([7]))))
error(m.call, lambda: m.call(lambda: m.sum([2000])))
names = m.Names()
print(names.add("first"), names.add("caf\xe9"), names.get(0), names.get(1))
error(names.get, 2)
error(names.add, 5)
error(names.get, -1)
for _ in range(100):
    other = m.Names()
    for i in range(50):
        other.add(f"name number {i} that is long enough to be on the heap")
print(other.get(49))
