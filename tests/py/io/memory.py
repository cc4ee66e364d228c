# Streams in memory and newlines.

def test_mem():
    import _io as io
    b = io.BytesIO(b"abc\ndef")
    assert b.readline() == b"abc\n"
    assert b.read() == b"def"
    s = io.StringIO("a\nb")
    assert list(s) == ["a\n", "b"]
    s.write("c")
    assert s.getvalue() == "a\nbc"
    t = io.TextIOWrapper(io.BytesIO(b"1\r\n2\r3\n"))
    assert t.readlines() == ["1\n","2\n","3\n"]
    assert t.newlines == ("\r","\n","\r\n"), t.newlines
    try: io.IOBase if hasattr(io,'IOBase') else io._IOBase().fileno(); assert 0
    except io.UnsupportedOperation: pass


test_mem()
