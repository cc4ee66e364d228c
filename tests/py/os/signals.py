# Signals and timers.

def test_signal():
    import _signal, os, time
    got = []
    old = _signal.signal(_signal.SIGUSR1, lambda s, f: got.append(s))
    os.kill(os.getpid(), _signal.SIGUSR1)
    assert got == [10], got
    _signal.signal(14, lambda s, f: got.append(s))
    _signal.setitimer(0, 0.02)
    time.sleep(0.1)
    assert got == [10, 14], got


test_signal()
