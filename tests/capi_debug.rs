//! The C API's debug mode, and what is survived without it: `tests/capi_debug/misuse.py` with the extension
//! `ext-fixtures/misuse.c`, which CPython would not survive. Its output in debug mode is in `misuse.debug.out`,
//! without in `misuse.out`; `BLESS=1` writes them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Compiles a fixture; the directory it is in.
fn compile(name: &str) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("capi_debug");
    std::fs::create_dir_all(&dir).unwrap();
    let new = dir.join(format!("{}.{:?}.new", std::process::id(), std::thread::current().id()));
    let compiled = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-I"])
        .arg(root().join("headers"))
        .arg(root().join("ext-fixtures").join(name).with_extension("c"))
        .arg("-o")
        .arg(&new)
        .output()
        .unwrap();
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
    std::fs::rename(&new, dir.join(format!("ext_{name}.so"))).unwrap();
    dir
}

fn run(args: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_adder"));
    command
        .args(args)
        .env("PYTHONPATH", compile("misuse"))
        .env("PYTHONHASHSEED", "0")
        .env_remove("ADDER_CAPI_DEBUG");
    command.envs(variables.iter().copied()).output().unwrap()
}

fn check(expected: &str, args: &[&str], variables: &[(&str, &str)]) {
    let script = root().join("tests/capi_debug/misuse.py");
    let output = run(&[args, &[script.to_str().unwrap()]].concat(), variables);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}\n{errors}", output.status);
    let text = String::from_utf8_lossy(&output.stdout);
    let file = root().join("tests/capi_debug").join(expected);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&file, &*text).unwrap();
    }
    assert_eq!(text, std::fs::read_to_string(&file).unwrap(), "{errors}");
}

#[test]
fn survived() {
    check("misuse.out", &[], &[]);
}

#[test]
fn reported() {
    check("misuse.debug.out", &[], &[("ADDER_CAPI_DEBUG", "1")]);
}

#[test]
fn reported_with_an_option() {
    check("misuse.debug.out", &["-X", "capi_debug"], &[]);
}

#[test]
fn reported_with_a_small_quarantine() {
    let script =
        "import ext_misuse as m\nm.write_after_free()\nfor i in range(100): m.leak_reference(1.5 * i)";
    let output = run(&["-c", script], &[("ADDER_CAPI_DEBUG", "quarantine:10")]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        errors.contains("write after free: at offset 16 of a 'list' object, freed by drop_it"),
        "{errors}"
    );
    assert!(output.status.success());
}

#[test]
fn stopped() {
    let script = "import ext_misuse as m; m.over_decrement([])";
    let output = run(&["-c", script], &[("ADDER_CAPI_DEBUG", "abort")]);
    assert!(!output.status.success());
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("over-decrement by over_decrement of ext_misuse.so")
    );
}

#[test]
fn crash() {
    let output = run(&["-c", "import ext_misuse as m; m.follow_freed()"], &[("ADDER_CAPI_DEBUG", "1")]);
    assert!(!output.status.success());
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.contains("crash: a pointer was read out of a freed object and followed"), "{errors}");
}

/// The statements of `tests/cpyext/leaks.txt` leave no structs behind.
#[test]
fn nothing_is_held() {
    let table = include_str!("cpyext/leaks.txt");
    let mut names: Vec<&str> =
        table.lines().filter(|l| !l.starts_with('#')).filter_map(|l| l.split(':').next()).collect();
    names.dedup();
    for name in names {
        compile(name);
    }
    let output = run(&[root().join("tests/capi_debug/held.py").to_str().unwrap()], &[]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(text, "done\n", "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn table_at_the_end() {
    let script = "import ext_misuse as m; m.leak(1234)";
    let output = run(&["-c", script], &[("ADDER_CAPI_DEBUG", "leaks")]);
    let errors = String::from_utf8_lossy(&output.stderr);
    let row = errors.lines().find(|l| l.ends_with("ext_misuse.Honest")).expect("a row of the type");
    assert_eq!(row.split_whitespace().next(), Some("1234"), "{errors}");
    assert!(output.status.success());
}
