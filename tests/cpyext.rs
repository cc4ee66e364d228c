//! Runs the scripts of `tests/cpyext/` with the extension modules of `ext-fixtures/`.
//!
//! The modules are compiled with our headers, as an extension for CPython would be, into the tests'
//! own directory; the output must be the recorded one. Each script runs also with frequent collections, and in
//! the C API's debug mode, which must have nothing to report.

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

/// Fixtures that do on purpose what debug mode reports: the beginning of the report.
const WRONG: &[(&str, &str)] = &[("lifetimes", "tp_traverse of 'ext_lifetimes.Link' does not visit")];

fn check(name: &str, dir: &Path, gc: &str) {
    run_script(name, dir, &[("ADDER_GC", gc)]);
}

fn check_in_debug_mode(name: &str, dir: &Path) {
    let errors = run_script(name, dir, &[("ADDER_CAPI_DEBUG", "1")]);
    for report in errors.lines().filter_map(|l| l.strip_prefix("Adder C API: ")) {
        let expected = WRONG.iter().any(|(script, text)| *script == name && report.starts_with(text));
        assert!(expected, "{name} in debug mode: {report}");
    }
}

/// Runs a script with environment variables, of which empty ones are left out; what it writes to the standard
/// error stream.
fn run_script(name: &str, dir: &Path, variables: &[(&str, &str)]) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cpyext").join(name).with_extension("py");
    let expected = std::fs::read_to_string(script.with_extension("out")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_adder"));
    command.arg(&script).env("PYTHONPATH", dir).env("PYTHONHASHSEED", "0");
    command.envs(variables.iter().copied().filter(|v| !v.1.is_empty()));
    let output = command.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{name}, {variables:?}: {}\n{errors}", output.status);
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{name}, {variables:?}\n{errors}");
    errors
}

fn run(name: &str) {
    let dir = compile(name);
    for gc in ["", "stress:50,verify"] {
        check(name, &dir, gc);
    }
    check_in_debug_mode(name, &dir);
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
    badinit,
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
    internal,
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
