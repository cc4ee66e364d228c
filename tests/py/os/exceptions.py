# Exceptions with fields.

def test_exc():
    e = OSError(2, "x", "f")
    assert type(e) is FileNotFoundError and e.filename == "f" and e.args == (2, "x")
    try: raise ImportError("m", name="n", path="p")
    except ImportError as i: assert (i.name, i.path, i.msg) == ("n","p","m")
    s = SyntaxError("bad", ("f.py", 3, 4, "txt"))
    assert str(s) == "bad (f.py, line 3)", str(s)
    u = UnicodeDecodeError("utf-8", b"\xff", 0, 1, "why")
    assert str(u) == "'utf-8' codec can't decode byte 0xff in position 0: why"
    u = UnicodeEncodeError("ascii", "\u1234", 0, 1, "why")
    assert str(u) == "'ascii' codec can't encode character '\\u1234' in position 0: why"
    class E(OSError):
        def __init__(self, a): self.a = a
    assert E(3).a == 3


test_exc()
