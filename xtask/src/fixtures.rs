//! The C extensions in `ext-fixtures/` and the scripts in `tests/cpyext/` that use them.
//!
//! `cargo xtask ext-fixtures OUTDIR` compiles each `ext-fixtures/X.c` or `X.cpp` to the module
//! `ext_X`, with our headers and the C and C++ compilers only, so the same file loads into Adder and
//! into CPython. A source that defines `Py_LIMITED_API` gets the name of an abi3 module.
//!
//! `cargo xtask ext-check PYTHON` compiles them and runs each script with that Python. What it prints
//! must be what is recorded in its `.out` file, which comes from CPython 3.14: `--bless` writes it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::{Outcome, files_below, read_text, root};

pub fn run(args: &[String]) -> Outcome {
    let [out] = args else { return Err("ext-fixtures needs one argument, the output folder".to_owned()) };
    compile_all(Path::new(out))
}

fn compile_all(out: &Path) -> Outcome {
    std::fs::create_dir_all(out).map_err(|error| format!("{}: {error}", out.display()))?;
    for (suffix, variable, default, standard) in
        [("c", "CC", "cc", "-std=c11"), ("cpp", "CXX", "c++", "-std=c++17")]
    {
        let compiler = std::env::var(variable).unwrap_or_else(|_| default.to_owned());
        for source in files_below(&root().join("ext-fixtures"), &has_suffix(suffix))? {
            let stem = source.file_stem().expect("a source has a name").to_string_lossy().into_owned();
            let limited = read_text(&source)?.contains("#define Py_LIMITED_API");
            let tag = if limited { "abi3" } else { "cpython-314-x86_64-linux-gnu" };
            let status = Command::new(&compiler)
                .args([standard, "-O2", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared"])
                .arg("-I")
                .arg(root().join("headers"))
                .arg(&source)
                .arg("-o")
                .arg(out.join(format!("ext_{stem}.{tag}.so")))
                .status()
                .map_err(|error| format!("{compiler}: {error}"))?;
            if !status.success() {
                return Err(format!("{} does not compile", source.display()));
            }
        }
    }
    Ok(())
}

fn has_suffix(suffix: &'static str) -> impl Fn(&Path) -> bool {
    move |path| path.extension().is_some_and(|found| found == suffix)
}

/// Runs a script with the compiled modules on the path, whatever the script's own folder holds.
const DRIVER: &str = "import sys, runpy\n\
    sys.path.insert(0, sys.argv[1])\n\
    sys.argv = sys.argv[2:]\n\
    runpy.run_path(sys.argv[0], run_name='__main__')";

pub fn check(args: &[String]) -> Outcome {
    let mut args = args.to_vec();
    let bless = args.first().is_some_and(|arg| arg == "--bless");
    if bless {
        args.remove(0);
    }
    let Some((python, python_args)) = args.split_first() else {
        return Err("ext-check needs the command of a Python".to_owned());
    };
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let modules = target.join("ext-fixtures");
    compile_all(&modules)?;

    let scripts = files_below(&root().join("tests/cpyext"), &has_suffix("py"))?;
    let mut failed = Vec::new();
    for script in &scripts {
        let name = script.file_stem().expect("a script has a name").to_string_lossy().into_owned();
        let output = Command::new(python)
            .args(python_args)
            .args(["-c", DRIVER])
            .arg(&modules)
            .arg(script)
            .current_dir(root())
            .stderr(Stdio::piped())
            .output()
            .map_err(|error| format!("{python}: {error}"))?;
        let expectation = script.with_extension("out");
        if !output.status.success() {
            println!("{name}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr));
            failed.push(name);
        } else if bless {
            std::fs::write(&expectation, &output.stdout)
                .map_err(|error| format!("{}: {error}", expectation.display()))?;
        } else if let Some(difference) =
            first_difference(&read_text(&expectation)?, &String::from_utf8_lossy(&output.stdout))
        {
            println!("{name}: {difference}");
            failed.push(name);
        }
    }
    println!("{} of {} scripts as recorded", scripts.len() - failed.len(), scripts.len());
    if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join(", "))) }
}

fn first_difference(expected: &str, actual: &str) -> Option<String> {
    if expected == actual {
        return None;
    }
    let (mut left, mut right) = (expected.lines(), actual.lines());
    let mut number = 0;
    loop {
        number += 1;
        match (left.next(), right.next()) {
            (Some(a), Some(b)) if a == b => {}
            (None, None) => return Some("the last line ends differently".to_owned()),
            (a, b) => {
                let show = |line: Option<&str>| line.unwrap_or("(the end)").to_owned();
                return Some(format!("line {number}\n  expected: {}\n  actual:   {}", show(a), show(b)));
            }
        }
    }
}
