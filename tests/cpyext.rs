//! Runs the scripts of `tests/cpyext/` with the extension modules of `ext-fixtures/`.
//!
//! The modules are compiled with our headers, as an extension for CPython would be, into the tests'
//! own directory; the output must be the recorded one. Each script runs also with frequent collections.

use std::path::Path;
use std::process::Command;

fn run(name: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cpyext");
    std::fs::create_dir_all(&dir).unwrap();
    let compiled = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-Wall", "-I"])
        .arg(root.join("headers"))
        .arg(root.join("ext-fixtures").join(name).with_extension("c"))
        .arg("-o")
        .arg(dir.join(format!("ext_{name}.so")))
        .output()
        .unwrap();
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
    let script = root.join("tests/cpyext").join(name).with_extension("py");
    let expected = std::fs::read_to_string(script.with_extension("out")).unwrap();
    for gc in ["", "stress:50,verify"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_adder"));
        command.arg(&script).env("PYTHONPATH", &dir).env("PYTHONHASHSEED", "0");
        if !gc.is_empty() {
            command.env("ADDER_GC", gc);
        }
        let output = command.output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{name}, ADDER_GC={gc}: {}\n{errors}", output.status);
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{name}, ADDER_GC={gc}\n{errors}");
    }
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
