# Inserting and popping the last item again and again leaves room in the index.
d = {i: None for i in range(20)}
for i in range(100, 5000):
    d[i] = None
    assert d.popitem() == (i, None)
    assert -1 not in d
assert list(d) == list(range(20))
