//! The embedded pure-Python library.
//!
//! The executable carries the library compressed. It is extracted once per version to a cache
//! directory, under a temporary name that is then renamed, so that programs see real files
//! (`__file__`, `inspect`) and compiled files can be cached next to them. `ADDER_STDLIB` or
//! `--stdlib` name a complete Lib directory that wins.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

static PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/lib.z"));
static HASH: &str = include_str!(concat!(env!("OUT_DIR"), "/lib.hash"));

/// Calls `f` with the name and content of each file.
fn each(f: &mut dyn FnMut(&str, &[u8]) -> io::Result<()>) -> io::Result<()> {
    let mut plain = vec![];
    flate2::read::ZlibDecoder::new(PACKED).read_to_end(&mut plain)?;
    let mut rest = plain.as_slice();
    while !rest.is_empty() {
        let name = String::from_utf8_lossy(take(&mut rest)).to_string();
        f(&name, take(&mut rest))?;
    }
    Ok(())
}

/// Splits a length-prefixed part off.
fn take<'a>(rest: &mut &'a [u8]) -> &'a [u8] {
    let (len, tail) = rest.split_at(4);
    let len = u32::from_le_bytes(len.try_into().expect("four bytes")) as usize;
    let (part, tail) = tail.split_at(len);
    *rest = tail;
    part
}

fn extract_to(dir: &Path) -> io::Result<()> {
    each(&mut |name, data| {
        let path = dir.join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, data)
    })
}

fn candidates() -> Vec<PathBuf> {
    let mut out = vec![];
    if let Some(d) = std::env::var_os("XDG_CACHE_HOME").filter(|d| !d.is_empty()) {
        out.push(PathBuf::from(d));
    }
    if let Some(h) = std::env::var_os("HOME").filter(|d| !d.is_empty()) {
        out.push(PathBuf::from(h).join(".cache"));
    }
    // SAFETY: getuid has no preconditions.
    out.push(std::env::temp_dir().join(format!("adder-{}", unsafe { libc::getuid() })));
    out
}

static EXTRACTED: OnceLock<PathBuf> = OnceLock::new();

/// The directory with the library, if it is the embedded one that is used.
pub fn own_directory() -> Option<&'static Path> {
    EXTRACTED.get().map(|p| p.as_path())
}

/// The directory with the library, extracted if needed.
pub fn directory() -> io::Result<PathBuf> {
    let found = find_or_extract()?;
    Ok(EXTRACTED.get_or_init(|| found).clone())
}

fn find_or_extract() -> io::Result<PathBuf> {
    let mut error = io::Error::other("no place for the standard library");
    for base in candidates() {
        let dir = base.join("adder").join(format!("lib-{}", HASH)).join("python3.14");
        if dir.join("os.py").exists() {
            return Ok(dir);
        }
        let parent = dir.parent().expect("it has a parent").to_path_buf();
        let temporary = parent.join(format!(".extract-{}", std::process::id()));
        let result = std::fs::create_dir_all(&parent).and_then(|()| extract_to(&temporary));
        match result.and_then(|()| std::fs::rename(&temporary, &dir)) {
            Ok(()) => return Ok(dir),
            // Another process may have been faster.
            Err(_) if dir.join("os.py").exists() => {
                let _ = std::fs::remove_dir_all(&temporary);
                return Ok(dir);
            }
            Err(e) => {
                let _ = std::fs::remove_dir_all(&temporary);
                error = e;
            }
        }
    }
    Err(error)
}
