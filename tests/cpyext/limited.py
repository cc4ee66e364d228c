# A module of the stable ABI.
import ext_limited as m

print(hex(m.version), m.__spec__.origin.endswith(".abi3.so"))
adder = m.Adder()
print(adder.add(5).add(6), adder.total, m.Adder().total)
try:
    adder.add("x")
except TypeError as exc:
    print(exc)


class Sub(m.Adder):
    def add(self, value):
        return super().add(value * 2)


print(Sub().add(1).add(2), isinstance(Sub(), m.Adder))
for value in (5, "text", ["first"], (1, 2), int, Sub, None, True, 1.5):
    print(m.describe(value))
items = m.churn(1000)
print(len(items), items[0], items[-1])
for _ in range(100):
    m.churn(100)
