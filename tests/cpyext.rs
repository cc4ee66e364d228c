//! Runs the scripts of `tests/cpyext/` with the extension modules of `ext-fixtures/`.
//!
//! The modules are compiled with our headers, as an extension for CPython would be, into the tests'
//! own directory; the output must be the recorded one. Each script runs also with frequent collections.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Compiles the fixture if there is one; where the modules are.
fn compile(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cpyext");
    std::fs::create_dir_all(&dir).unwrap();
    // Another test may compile the same module, or load it.
    let new = dir.join(format!("ext_{name}.{:?}.new", std::thread::current().id()));
    let compiled = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-Wall", "-I"])
        .arg(root.join("headers"))
        .arg(root.join("ext-fixtures").join(name).with_extension("c"))
        .arg("-o")
        .arg(&new)
        .output()
        .unwrap();
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
    std::fs::rename(&new, dir.join(format!("ext_{name}.so"))).unwrap();
    dir
}

fn check(name: &str, dir: &Path, gc: &str) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cpyext").join(name).with_extension("py");
    let expected = std::fs::read_to_string(script.with_extension("out")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_adder"));
    command.arg(&script).env("PYTHONPATH", dir).env("PYTHONHASHSEED", "0");
    if !gc.is_empty() {
        command.env("ADDER_GC", gc);
    }
    let output = command.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}, ADDER_GC={gc}: {}\n{errors}", output.status);
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{name}, ADDER_GC={gc}\n{errors}");
}

fn run(name: &str) {
    let dir = compile(name);
    for gc in ["", "stress:50,verify"] {
        check(name, &dir, gc);
    }
}

/// What scripts do again and again leaves no memory behind.
#[test]
fn leaks() {
    let table = include_str!("cpyext/leaks.txt");
    let names = table.lines().filter(|l| !l.starts_with('#')).filter_map(|l| l.split(':').next());
    let mut names: Vec<&str> = names.collect();
    names.dedup();
    let mut dir = PathBuf::new();
    for name in names {
        dir = compile(name);
    }
    check("leaks", &dir, "");
}

macro_rules! scripts {
    ($($name:ident,)*) => {$(
        #[test]
        fn $name() {
            // A keyword is a name with a mark.
            run(stringify!($name).trim_start_matches("r#"));
        }
    )*};
}

scripts! {
    r#abstract,
    bytearrayobject,
    bytesobject,
    ceval,
    complexobject,
    context,
    dictobject,
    floatobject,
    funcobject,
    gc,
    import,
    lifetimes,
    listobject,
    longobject,
    marshal,
    memoryobject,
    modsupport,
    pycapsule,
    pyerrors,
    setobject,
    sliceobject,
    structseq,
    tupleobject,
    typeobject,
    unicodeobject,
    weakrefobject,
}
