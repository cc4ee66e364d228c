# Files, directories, processes.

def test_os():
    import os
    import tempfile

    assert os.getcwd()
    try:
        os.stat("/nonexistent")
        assert 0
    except FileNotFoundError as e:
        assert str(e) == "[Errno 2] No such file or directory: '/nonexistent'", str(e)
    assert os.path.isdir("/tmp")
    st = os.stat("/")
    assert st.st_mode and len(st) == 10
    r, w = os.pipe()
    os.write(w, b"abc")
    assert os.read(r, 10) == b"abc"
    os.close(r)
    os.close(w)
    with tempfile.TemporaryDirectory() as top:
        os.makedirs(top + "/a/b", exist_ok=True)
        assert os.listdir(top) == ["a"]
        with os.scandir(top) as it:
            e = list(it)
        assert e[0].is_dir() and e[0].name == "a"
        assert os.fspath(e[0]) == top + "/a"


def test_fork():
    import os
    pid = os.fork()
    if pid == 0:
        os._exit(7)
    p, s = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(s) == 7


def test_sub():
    import subprocess
    assert subprocess.run(["echo","hi"], capture_output=True).stdout == b"hi\n"
    assert subprocess.run("exit 3", shell=True).returncode == 3
    try: subprocess.run(["/nonexistent-cmd"]); assert 0
    except FileNotFoundError as e: assert e.filename == "/nonexistent-cmd"


test_os()
test_fork()
test_sub()
