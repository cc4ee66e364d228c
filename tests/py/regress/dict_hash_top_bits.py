# An index rebuilt from stored hashes must find keys whose hash has different top bits.
class K:
    def __init__(self, h):
        self.h = h

    def __hash__(self):
        return self.h

    def __eq__(self, other):
        return self is other


keys = [K((i * 0x9E3779B97F4A7C15 + (1 << 62) * (i % 4)) % (1 << 64) - (1 << 63)) for i in range(3000)]
d = {}
for i, k in enumerate(keys):
    d[k] = i
for i, k in enumerate(keys):
    assert d[k] == i, i
for k in keys[::2]:
    del d[k]
for i, k in enumerate(keys):
    assert (k in d) == (i % 2 == 1), i
