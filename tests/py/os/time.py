# Clocks and calendar.

def test_time():
    import time
    a = time.monotonic()
    time.sleep(0.02)
    assert time.monotonic() - a >= 0.02
    assert time.gmtime(0)[:6] == (1970,1,1,0,0,0)
    assert time.strftime("%Y-%m-%d", time.gmtime(0)) == "1970-01-01"
    assert time.asctime(time.gmtime(0)) == "Thu Jan  1 00:00:00 1970"


test_time()
