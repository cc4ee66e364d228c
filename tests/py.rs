//! Runs every `tests/py/**/*.py` on `adder`: it must exit with 0, and print what its `.out` file says
//! if there is one. Each runs plainly, again with collections at many allocations, and again on the machine
//! that checks handlers and makes their tests fail on purpose, and on the one that records loops and runs the
//! traces.
//!
//! Each file is a named test: `cargo test --test py list`.

use libtest_mimic::{Arguments, Failed, Trial};
use std::path::{Path, PathBuf};
use std::process::Command;

fn scripts(dir: &Path, out: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(dir) else { return };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
    paths.sort();
    for p in paths {
        if p.is_dir() {
            scripts(&p, out);
        } else if p.extension().is_some_and(|e| e == "py") {
            out.push(p);
        }
    }
}

fn run(script: &Path, setting: Option<(&str, &str)>) -> Result<(), Failed> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_adder"));
    command
        .arg("-B")
        .arg(script)
        .env("PYTHONHASHSEED", "0")
        .env_remove("ADDER_GC")
        .env_remove("ADDER_MACHINE");
    if let Some((name, value)) = setting {
        command.env(name, value);
    }
    let output = command.output().map_err(|e| e.to_string())?;
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if !output.status.success() {
        return Err(format!("{}\n{stdout}{stderr}", output.status).into());
    }
    let expected = script.with_extension("out");
    if std::env::var_os("BLESS").is_some() && expected.exists() {
        std::fs::write(&expected, stdout.as_bytes()).map_err(|e| e.to_string())?;
    }
    match std::fs::read_to_string(&expected) {
        Ok(text) if text != stdout => Err(format!("expected:\n{text}\ngot:\n{stdout}").into()),
        _ => Ok(()),
    }
}

fn main() {
    let arguments = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/py");
    let mut files = vec![];
    scripts(&root, &mut files);
    assert!(!files.is_empty(), "there are no scripts in {}", root.display());
    let mut trials = vec![];
    for file in files {
        let name = file.strip_prefix(&root).expect("below the root").with_extension("").display().to_string();
        let mut add = |kind: &str, setting| {
            let file = file.clone();
            trials.push(Trial::test(format!("{kind}{name}"), move || run(&file, setting)));
        };
        add("", None);
        add("stress/", Some(("ADDER_GC", "stress:97")));
        add("checker/", Some(("ADDER_MACHINE", "checker:1")));
        add("recorder/", Some(("ADDER_MACHINE", "recorder")));
    }
    libtest_mimic::run(&arguments, trials).exit();
}
