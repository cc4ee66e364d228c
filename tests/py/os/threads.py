# Threads, locks, thread-local data.

def test_thread():
    import _thread, time
    l = _thread.allocate_lock()
    l.acquire()
    out = []
    def f(x): out.append(x); l.release()
    _thread.start_new_thread(f, (5,))
    l.acquire()
    assert out == [5]
    h = _thread.start_joinable_thread(lambda: out.append(6))
    h.join()
    assert out[1] == 6
    loc = _thread._local()
    loc.x = 1
    def g():
        out.append(hasattr(loc, "x"))
    h = _thread.start_joinable_thread(g)
    h.join()
    assert out[2] is False
    r = _thread.RLock()
    r.acquire()
    r.acquire()
    r.release()
    r.release()
    n = [0]
    def count():
        for i in range(20000): n[0] += 1
    hs = [_thread.start_joinable_thread(count) for _ in range(3)]
    for h in hs: h.join()
    assert l.acquire(timeout=0.01) is False


test_thread()
