//! `cargo xtask ext-fixtures OUTDIR`: compiles each `ext-fixtures/X.c` to the module `ext_X`.
//!
//! The modules are built with our headers and the C compiler only, so the same file loads into
//! Adder and into CPython. A source that defines `Py_LIMITED_API` gets the name of an abi3 module.

use std::path::Path;
use std::process::Command;

use crate::{Outcome, files_below, read_text, root};

pub fn run(args: &[String]) -> Outcome {
    let [out] = args else { return Err("ext-fixtures needs one argument, the output folder".to_owned()) };
    let out = Path::new(out);
    std::fs::create_dir_all(out).map_err(|error| format!("{}: {error}", out.display()))?;
    let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    let is_source = |path: &Path| path.extension().is_some_and(|suffix| suffix == "c");
    for source in files_below(&root().join("ext-fixtures"), &is_source)? {
        let stem = source.file_stem().expect("a source has a name").to_string_lossy().into_owned();
        let limited = read_text(&source)?.contains("#define Py_LIMITED_API");
        let suffix = if limited { "abi3" } else { "cpython-314-x86_64-linux-gnu" };
        let output = out.join(format!("ext_{stem}.{suffix}.so"));
        let status = Command::new(&compiler)
            .args(["-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared"])
            .arg("-I")
            .arg(root().join("headers"))
            .arg(&source)
            .arg("-o")
            .arg(&output)
            .status()
            .map_err(|error| format!("{compiler}: {error}"))?;
        if !status.success() {
            return Err(format!("{} does not compile", source.display()));
        }
    }
    Ok(())
}
