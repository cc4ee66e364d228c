//! `cargo xtask libpython DIR`: the library for programs that embed Python, installed below a directory as
//! CPython's is.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Outcome, files_below, root};

const SONAME: &str = "libpython3.14.so.1.0";

pub fn run(args: &[String]) -> Outcome {
    let (debug, dirs): (Vec<_>, Vec<_>) = args.iter().partition(|arg| *arg == "--debug");
    let [dir] = &dirs[..] else { return Err("libpython needs one argument, the directory".to_owned()) };
    let dir = std::path::absolute(dir).map_err(|error| format!("{dir}: {error}"))?;
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "-p", "adder-libpython"]).current_dir(root());
    if debug.is_empty() {
        build.arg("--release");
    }
    must_succeed(&mut build)?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let built = target.join(if debug.is_empty() { "release" } else { "debug" }).join("libpython3_14.so");
    install(&built, &dir).map_err(|error| format!("{}: {error}", dir.display()))?;
    stable(&dir.join("lib"))
}

fn install(built: &Path, dir: &Path) -> std::io::Result<()> {
    let lib = dir.join("lib");
    std::fs::create_dir_all(lib.join("pkgconfig"))?;
    // A running program may have the old file.
    let _ = std::fs::remove_file(lib.join(SONAME));
    std::fs::copy(built, lib.join(SONAME))?;
    for link in ["libpython3.14.so", "libpython3.14.so.1"] {
        let _ = std::fs::remove_file(lib.join(link));
        symlink(SONAME, lib.join(link))?;
    }
    for file in ["python-3.14-embed.pc", "python3-embed.pc"] {
        let text = format!(
            "prefix={}\nlibdir=${{prefix}}/lib\nincludedir=${{prefix}}/include\n\nName: Python\n\
             Description: Embed Python into an application\nVersion: 3.14\n\
             Libs: -L${{libdir}} -lpython3.14\nCflags: -I${{includedir}}/python3.14\n",
            dir.display()
        );
        std::fs::write(lib.join("pkgconfig").join(file), text)?;
    }
    let headers = root().join("headers");
    for header in
        files_below(&headers, &|path| path.extension().is_some_and(|e| e == "h")).unwrap_or_default()
    {
        let name = header.strip_prefix(&headers).expect("below the headers");
        let copy = dir.join("include/python3.14").join(name);
        std::fs::create_dir_all(copy.parent().expect("a file has a folder"))?;
        std::fs::copy(&header, copy)?;
    }
    Ok(())
}

/// `libpython3.so`, to which programs for the stable ABI are linked: it is empty and needs the other one.
fn stable(lib: &Path) -> Outcome {
    let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    must_succeed(
        Command::new(compiler)
            .args(["-shared", "-x", "c", "/dev/null", "-Wl,-soname,libpython3.so", "-Wl,--no-as-needed"])
            .arg("-L")
            .arg(lib)
            .args(["-lpython3.14", "-o"])
            .arg(lib.join("libpython3.so")),
    )
}

fn must_succeed(command: &mut Command) -> Outcome {
    let name = command.get_program().to_string_lossy().into_owned();
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{name}: {status}")),
        Err(error) => Err(format!("{name}: {error}")),
    }
}
