# Files as streams.
import os
import tempfile

PATH = os.path.join(tempfile.mkdtemp(), "f")

def test_io():
    import _io as io
    with io.open(PATH, "w") as f:
        f.write("héllo\nworld\n")
        f.write("x" * 20000 + "\n")
    with io.open(PATH, encoding="utf-8") as f:
        assert f.readline() == "héllo\n"
        p = f.tell()
        assert f.readline() == "world\n"
        f.seek(p)
        assert f.readline() == "world\n"
        assert len(f.read()) == 20001
    with io.open(PATH, "rb") as f:
        assert f.read(3) == b"h\xc3\xa9"
        assert f.peek(1)[:1] == b"l"
        f.seek(0, 2)
        assert f.tell() == 20014, f.tell()
    with io.open(PATH, "r+b") as f:
        f.write(b"HE")
        f.seek(0)
        assert f.read(4) == b"HE\xa9l"
    with io.open(PATH, "w", newline="\r\n") as f: f.write("a\nb\n")
    assert io.open(PATH, "rb").read() == b"a\r\nb\r\n"
    assert list(io.open(PATH)) == ["a\n", "b\n"]
    assert list(io.open(PATH, newline="")) == ["a\r\n", "b\r\n"]


test_io()
os.remove(PATH)
os.rmdir(os.path.dirname(PATH))
