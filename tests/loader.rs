//! Files that are no extension modules for this Python: an ImportError says what is wrong, and names the file.

use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn scratch(test: &str) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("loader").join(test);
    std::fs::create_dir_all(&dir).unwrap();
    dir
}

fn compile(dir: &Path, name: &str, source: &str, args: &[&str]) -> PathBuf {
    let (file, out) = (dir.join(name).with_extension("c"), dir.join(name));
    std::fs::write(&file, source).unwrap();
    let compiled = Command::new("cc")
        .args(["-fPIC", "-I"])
        .arg(root().join("headers"))
        .arg(&file)
        .args(args)
        .arg("-o")
        .arg(&out)
        .output()
        .unwrap();
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
    out
}

const MODULE: &str = "#include <Python.h>\n\
    static struct PyModuleDef d = {PyModuleDef_HEAD_INIT, \"bad\", NULL, -1, NULL, NULL, NULL, NULL, NULL};\n\
    PyMODINIT_FUNC PyInit_bad(void) { return PyModule_Create(&d); }\n";

/// What loading the file as the module `bad` gives: the exception's type and text, without the file's
/// directory, and its attributes.
fn load(file: &Path) -> String {
    let script = "import importlib.machinery, importlib.util, os, sys\n\
        path = sys.argv[1]\n\
        loader = importlib.machinery.ExtensionFileLoader('bad', path)\n\
        spec = importlib.util.spec_from_loader('bad', loader)\n\
        try:\n    m = importlib.util.module_from_spec(spec)\n    loader.exec_module(m)\n    print('loaded', m.__name__)\n\
        except ImportError as e:\n    print(type(e).__name__, str(e).replace(os.path.dirname(path) + '/', ''))\n    \
        assert e.name == 'bad' and e.path == path, (e.name, e.path)\n";
    let output = Command::new(env!("CARGO_BIN_EXE_adder")).args(["-c", script]).arg(file).output().unwrap();
    assert!(output.status.success(), "{}\n{}", output.status, String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim_end().to_string()
}

#[test]
fn no_libraries() {
    let dir = scratch("no_libraries");
    for (name, data, expected) in [
        ("empty.so", &b""[..], "ImportError empty.so: file too short"),
        ("short.so", b"\x7fELF\x02\x01\x01", "ImportError short.so: file too short"),
        ("text.so", &[b'x'; 1000], "ImportError text.so: not a shared library for this system"),
        ("zeros.so", &[0; 1000], "ImportError zeros.so: not a shared library for this system"),
    ] {
        let file = dir.join(name);
        std::fs::write(&file, data).unwrap();
        assert_eq!(load(&file), expected);
    }
    let directory = dir.join("directory.so");
    std::fs::create_dir_all(&directory).unwrap();
    let text = load(&directory);
    assert!(text.starts_with("ImportError directory.so: cannot read the file: "), "{text}");
    let text = load(&dir.join("nothing.so"));
    assert!(text.starts_with("ImportError nothing.so: cannot read the file: No such file"), "{text}");
}

/// A library that was cut off anywhere, or of which bytes were changed, ends in an exception at the worst.
#[test]
fn damaged() {
    let dir = scratch("damaged");
    let whole = compile(&dir, "whole.so", MODULE, &["-shared"]);
    assert_eq!(load(&whole), "loaded bad");
    let data = std::fs::read(&whole).unwrap();
    let file = dir.join("bad.so");
    for part in [64, 100, 600, 1000, 4096, 8192, 12288, 12500] {
        std::fs::write(&file, &data[..part.min(data.len() - 1)]).unwrap();
        let text = load(&file);
        let expected =
            ["ImportError bad.so: the file is not complete", "ImportError bad.so: not a shared library"];
        let loads = part >= 12288 && text == "loaded bad";
        assert!(loads || expected.iter().any(|e| text.starts_with(e)), "{part}: {text}");
    }
    // The machine in the head: another one's library.
    for (machine, name) in [(183u16, "Aarch64"), (243, "Riscv64")] {
        let mut data = data.clone();
        data[18..20].copy_from_slice(&machine.to_le_bytes());
        std::fs::write(&file, &data).unwrap();
        assert_eq!(
            load(&file),
            format!(
                "ImportError bad.so: built for {name}, but this Python runs on x86-64; \
                 install the package for x86-64"
            )
        );
    }
}

#[test]
fn other_pythons() {
    let dir = scratch("other_pythons");
    let old = compile(&dir, "bad.cpython-313-x86_64-linux-gnu.so", MODULE, &["-shared"]);
    assert_eq!(
        load(&old),
        "ImportError bad.cpython-313-x86_64-linux-gnu.so: built for CPython 3.13, but this is Python 3.14; \
         install the package for Python 3.14"
    );
    for name in ["bad.cpython-314-x86_64-linux-gnu.so", "bad.abi3.so"] {
        assert_eq!(load(&compile(&dir, name, MODULE, &["-shared"])), "loaded bad");
    }
    // What an import finds has the right name already.
    let script = format!("import sys; sys.path.insert(0, {:?})\nimport bad", scratch("only_old"));
    std::fs::copy(&old, scratch("only_old").join("bad.cpython-313-x86_64-linux-gnu.so")).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_adder")).args(["-c", &script]).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.ends_with("ModuleNotFoundError: No module named 'bad'\n"), "{errors}");
}

#[test]
fn missing_names() {
    let dir = scratch("missing_names");
    let source = "#include <Python.h>\nPyAPI_FUNC(PyObject *) PyNoSuch_Function(void);\n\
        PyAPI_FUNC(PyObject *) _PyNoSuch_Other(void);\n\
        PyMODINIT_FUNC PyInit_bad(void) { return PyNoSuch_Function() ? PyNoSuch_Function() : _PyNoSuch_Other(); }\n";
    assert_eq!(
        load(&compile(&dir, "functions.so", source, &["-shared"])),
        "ImportError functions.so: needs functions of the C API that this version of Adder does not have: \
         PyNoSuch_Function, _PyNoSuch_Other"
    );
    let source = "int no_such_function(void);\nint PyInit_bad(void) { return no_such_function(); }\n";
    let text = load(&compile(&dir, "other.so", source, &["-shared"]));
    assert!(text.starts_with("ImportError other.so: undefined symbol: no_such_function"), "{text}");
    let text = load(&compile(&dir, "init.so", "int x;\n", &["-shared"]));
    assert_eq!(text, "ImportError dynamic module does not define module export function (PyInit_bad)");
    let text = load(&compile(&dir, "program.so", "int main(void) { return 0; }\n", &["-no-pie"]));
    assert_eq!(text, "ImportError program.so: not a shared library");
}
