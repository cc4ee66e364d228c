//! Commands for developers: `cargo xtask COMMAND`. Nothing here is needed to build or run Adder.

mod bindings;
mod conformance;
mod coverage;
mod fixtures;
mod install;
mod libpython;
#[cfg(target_arch = "x86_64")]
mod startup;
mod symbols;
mod tour;
mod wheel;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  tour                              builds Adder, installs NumPy, runs examples/tour.py
  bindgen [--check]                 write cpyext/src/ffi from headers/, or fail if it is out of date
                                    (needs libclang: Debian's libclang1 or clang)
  capi-coverage [--table PATH] [--exe PATH] [--missing N]
                                    how much of the C API cpyext defines, by who needs it: from its
                                    sources, or from the dynamic symbol table of an executable
  install [--target DIR] [--index URL] NAME==VERSION...
                                    installs packages from their wheels, with progress
  libpython [--debug] DIR           build the library for programs that embed Python, and put it with
                                    its links and the headers below a directory
  startup-functions EXE             write startup-functions.txt, by which build.rs orders the executable
  wheel-needs [--exe PATH] FILE...  which API symbols a .so or .whl needs, and whether each is there
  ext-fixtures OUTDIR               compile ext-fixtures/ as extension modules
  ext-check [--bless] PYTHON...     compile them and run tests/cpyext/*.py with a Python; compare
                                    with, or write, what is recorded in the .out files
  cpython-tests --tests DIR --python COMMAND [--extensions DIR] [--exe PATH] [--seconds N]
                [--keep DIR] [--table FILE] [NAME...]
                                    CPython's tests under Adder, counted beside CPython's; the
                                    extensions are its compiled test modules
";

/// What a command returns: text for the user on failure.
type Outcome = Result<(), String>;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let Some((command, args)) = args.split_first() else {
        eprint!("{USAGE}");
        return ExitCode::FAILURE;
    };
    let outcome = match command.as_str() {
        "bindgen" => bindings::run(args),
        "capi-coverage" => coverage::run(args),
        "tour" => tour::run(args),
        "install" => install::run(args),
        "libpython" => libpython::run(args),
        #[cfg(target_arch = "x86_64")]
        "startup-functions" => startup::run(args),
        "wheel-needs" => wheel::run(args),
        "ext-fixtures" => fixtures::run(args),
        "cpython-tests" => conformance::run(args),
        "ext-check" => fixtures::check(args),
        _ => Err(format!("unknown command: {command}\n{USAGE}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

/// The top of the repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask is below the top")
}

/// Takes `--name VALUE` out of `args`.
fn take_option(args: &mut Vec<String>, name: &str) -> Result<Option<String>, String> {
    let Some(index) = args.iter().position(|arg| arg == name) else { return Ok(None) };
    if index + 1 == args.len() {
        return Err(format!("{name} needs a value"));
    }
    args.remove(index);
    Ok(Some(args.remove(index)))
}

/// Paths of a folder and the folders in it that satisfy `keep`, sorted.
fn files_below(folder: &Path, keep: &dyn Fn(&Path) -> bool) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for entry in entries {
        let path = entry.map_err(|error| format!("{}: {error}", folder.display()))?.path();
        if path.is_dir() {
            found.extend(files_below(&path, keep)?);
        } else if keep(&path) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn read_text(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}
