//! C programs that embed Python, compiled with our headers and linked to the library of this package. What
//! they print was recorded from the same programs with CPython 3.14.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn scratch() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("embedding")
}

/// The directory with the library under the names that programs know. Cargo puts what it compiles for this
/// test next to the test.
fn library() -> PathBuf {
    static DIR: OnceLock<PathBuf> = OnceLock::new();
    DIR.get_or_init(|| {
        let test = std::env::current_exe().unwrap();
        let built = test.parent().unwrap().join("libpython3_14.so");
        assert!(built.exists(), "{} is missing", built.display());
        let dir = scratch().join(format!("lib-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        for name in ["libpython3.14.so.1.0", "libpython3.14.so"] {
            let _ = std::fs::remove_file(dir.join(name));
            std::os::unix::fs::symlink(&built, dir.join(name)).unwrap();
        }
        dir
    })
    .clone()
}

fn run_cc(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Compiles a program.
fn program(name: &str) -> PathBuf {
    let (dir, headers) = (library(), root().join("../headers"));
    let out = dir.join(name);
    run_cc(
        Command::new("cc")
            .args(["-O1", "-Wall", "-Wextra", "-I"])
            .arg(headers)
            .arg(root().join("tests").join(name).with_extension("c"))
            .arg("-L")
            .arg(&dir)
            .args(["-lpython3.14", "-o"])
            .arg(&out),
    );
    out
}

/// Compiles a fixture; the directory it is in.
fn fixture(name: &str) -> PathBuf {
    let dir = library();
    run_cc(
        Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-I"])
            .arg(root().join("../headers"))
            .arg(root().join("../ext-fixtures").join(name).with_extension("c"))
            .arg("-o")
            .arg(dir.join(format!("ext_{name}.so"))),
    );
    dir
}

fn run(program: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(program);
    command.args(args).env("LD_LIBRARY_PATH", library());
    // What C and Python print appears in order.
    command.env("PYTHONHASHSEED", "0").env("PYTHONUNBUFFERED", "1");
    command.env_remove("PYTHONPATH").env_remove("PYTHONHOME");
    command.output().unwrap()
}

fn check(name: &str, args: &[&str], status: i32) {
    let output = run(&program(name), args);
    let expected = std::fs::read_to_string(root().join("tests").join(name).with_extension("out")).unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{errors}");
    assert_eq!(output.status.code(), Some(status), "{errors}");
}

#[test]
fn embed() {
    let dir = fixture("listobject");
    check("embed", &[dir.to_str().unwrap()], 0);
}

#[test]
fn simple() {
    check("simple", &[], 3);
}

fn text(output: &Output) -> (String, String, Option<i32>) {
    let show = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (show(&output.stdout), show(&output.stderr), output.status.code())
}

#[test]
fn command() {
    let python = program("command");
    let (out, err, code) = text(&run(&python, &["-c", "import sys; print(sys.argv, 6 * 7)", "a", "b"]));
    assert_eq!((out.as_str(), code), ("['-c', 'a', 'b'] 42\n", Some(0)), "{err}");
    let (out, _, code) = text(&run(&python, &["-V"]));
    assert_eq!((out.as_str(), code), ("Python 3.14.8\n", Some(0)));
    let (_, err, code) = text(&run(&python, &["-c", "import sys; sys.exit('bye')"]));
    assert_eq!((err.as_str(), code), ("bye\n", Some(1)));
    let (_, err, code) = text(&run(&python, &["-c", "1/0"]));
    assert!(err.ends_with("ZeroDivisionError: division by zero\n"), "{err}");
    assert_eq!(code, Some(1));
    let (_, err, code) = text(&run(&python, &["--nonsense"]));
    assert_eq!(code, Some(2), "{err}");
    let (_, err, code) = text(&run(&python, &["/nowhere/program.py"]));
    assert!(err.contains("can't open file"), "{err}");
    assert_eq!(code, Some(2));

    let script = library().join("script.py");
    std::fs::write(
        &script,
        "import sys, ext_listobject\nprint(__file__, __name__, sys.argv[1:])\nsys.exit(5)\n",
    )
    .unwrap();
    fixture("listobject");
    let script = script.to_str().unwrap();
    let (out, err, code) = text(&run(&python, &[script, "x"]));
    assert_eq!((out, code), (format!("{script} __main__ ['x']\n"), Some(5)), "{err}");
    let (out, err, code) = text(&run(&python, &["-m", "timeit", "-n1", "-r1", "pass"]));
    assert!(out.starts_with("1 loop, best of 1:"), "{out}{err}");
    assert_eq!(code, Some(0));
}
