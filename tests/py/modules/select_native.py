import os
import select

r, w = os.pipe()
assert select.select([r], [w], [], 0) == ([], [w], [])
assert select.select([r], [], [], 0.01) == ([], [], [])
p = select.poll()
p.register(r, select.POLLIN)
assert p.poll(1) == []
os.write(w, b'x')
assert p.poll() == [(r, select.POLLIN)]
assert select.select([r], [], []) == ([r], [], [])
p.modify(r, 0)
assert p.poll(0) == []
p.unregister(r)
with select.epoll() as e:
    assert not e.closed and e.fileno() > 2
    e.register(r, select.EPOLLIN)
    assert e.poll() == [(r, select.EPOLLIN)]
    e.modify(r, select.EPOLLOUT)
    assert e.poll(0) == []
    e.unregister(r)
assert e.closed


def message(f, *args):
    try:
        f(*args)
    except Exception as e:
        return f'{type(e).__name__}: {e}'
    return 'nothing'


assert message(p.unregister, 500) == "KeyError: 500"
print(message(p.modify, 500, 1))
print(message(select.select, [], [], [], -1))
print(message(select.select, [], [], [], 'x'))
print(message(select.select, 1, [], []))
print(message(select.select, ['x'], [], []))
print(message(select.select, [-1], [], []))
print(message(e.poll))
print(message(p.poll, 'x'))
import selectors
s = selectors.DefaultSelector()
s.register(r, selectors.EVENT_READ, 'data')
[(key, mask)] = s.select(0)
assert key.data == 'data' and mask == selectors.EVENT_READ
s.close()
