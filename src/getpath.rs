//! Where the interpreter is installed: the executable as it was called, the prefix, and the virtual
//! environment around it (CPython's getpath.py).
//!
//! The library is inside the executable, so there are no landmarks to search for: the prefix is the
//! directory above `bin`, or /usr/local for an executable that is not in a `bin`.

use adder_vm::vm::Config;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// The executable's path as the program was called: symbolic links are kept, because a virtual
/// environment consists of them.
fn executable(program: &str) -> PathBuf {
    let real = || std::env::current_exe().unwrap_or_default();
    if program.contains('/') {
        return std::path::absolute(program).map_or_else(|_| real(), normal);
    }
    let found = std::env::var_os("PATH").and_then(|path| {
        std::env::split_paths(&path)
            .map(|dir| dir.join(program))
            .find(|p| p.metadata().is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0))
    });
    found.map_or_else(real, |p| std::path::absolute(&p).unwrap_or(p))
}

/// Without `.` and `..`, as `os.path.normpath` does.
fn normal(path: PathBuf) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

/// The directory that an executable is installed in.
fn prefix_of(executable: &Path) -> PathBuf {
    let dir = executable.parent().unwrap_or(Path::new("/"));
    match dir.parent() {
        Some(above) if dir.file_name().is_some_and(|n| n == "bin") => above.to_path_buf(),
        _ => PathBuf::from("/usr/local"),
    }
}

/// The directory of a virtual environment and the `home` that its pyvenv.cfg names.
fn environment(executable: &Path) -> Option<(PathBuf, PathBuf)> {
    let dir = executable.parent()?;
    for at in [Some(dir), dir.parent()].into_iter().flatten() {
        let Ok(text) = std::fs::read_to_string(at.join("pyvenv.cfg")) else { continue };
        let home = text.lines().find_map(|line| {
            let (key, value) = line.split_once('=')?;
            (key.trim().eq_ignore_ascii_case("home")).then(|| PathBuf::from(value.trim()))
        });
        return home.map(|home| (at.to_path_buf(), home));
    }
    None
}

/// Fills the paths of a configuration.
pub fn fill(config: &mut Config) {
    let executable = executable(&config.program);
    let shown = |p: &Path| p.to_string_lossy().to_string();
    config.executable = shown(&executable);
    match environment(&executable) {
        Some((dir, home)) => {
            let real = executable.canonicalize().unwrap_or_else(|_| executable.clone());
            // The environment's own names are links to the base's executable.
            let same = executable.file_name().map(|n| home.join(n)).filter(|p| p.exists());
            let base = same.or_else(|| real.file_name().map(|n| home.join(n))).filter(|p| p.exists());
            let base = base.unwrap_or(real);
            config.base_prefix = shown(&prefix_of(&base));
            config.base_executable = shown(&base);
            config.prefix = shown(&dir);
            config.home = Some(shown(&home));
        }
        None => {
            config.prefix = shown(&prefix_of(&executable));
            config.base_prefix = config.prefix.clone();
            config.base_executable = config.executable.clone();
        }
    }
}
