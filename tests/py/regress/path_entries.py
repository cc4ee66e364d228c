# Archives and entries that do not exist on the path, before the library is found there.
import os
import subprocess
import sys
import tempfile
import zipfile

with tempfile.TemporaryDirectory() as folder:
    archive = os.path.join(folder, "a.zip")
    with zipfile.ZipFile(archive, "w") as z:
        z.writestr("inside.py", "print('inside an archive')")
        z.writestr("lib/deeper.py", "print('deeper')")
    for path, code in [
        (os.path.join(folder, "missing"), "print('missing entry')"),
        (archive, "import inside"),
        (os.path.join(archive, "lib"), "import deeper"),
    ]:
        env = dict(os.environ, PYTHONPATH=path)
        result = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
        print(result.stdout.strip(), result.stderr[-300:])
