# select, poll and epoll on a pipe.
import os
import select

r, w = os.pipe()
assert select.select([r], [], [], 0) == ([], [], [])
p = select.poll()
p.register(r, select.POLLIN)
assert p.poll(0) == []
os.write(w, b"x")
assert select.select([r], [w], [], 1) == ([r], [w], [])
assert p.poll(100) == [(r, select.POLLIN)]
with select.epoll() as ep:
    ep.register(r, select.EPOLLIN)
    assert ep.poll(1) == [(r, select.EPOLLIN)]
    ep.unregister(r)
assert ep.closed
p.unregister(r)
try:
    p.unregister(r)
    assert 0
except KeyError:
    pass
os.close(r)
os.close(w)
