//! Packs the pure-Python library into one compressed file that the executable embeds.
//!
//! The files come from the crate `rustpython-pylib` (Python 3.14's Lib); files of the same name in
//! `overlay/` replace them, and `edits.rs` changes some.

mod edits;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

const LEFT_OUT: &[&str] = &["idlelib", "tkinter", "turtledemo", "turtle.py", "test", "__pycache__"];

fn walk(root: &Path, dir: &Path, files: &mut BTreeMap<String, PathBuf>) {
    let Ok(entries) = std::fs::read_dir(dir) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let relative = path.strip_prefix(root).expect("below the root").to_string_lossy().to_string();
        if LEFT_OUT.contains(&relative.as_str())
            || relative.ends_with("__pycache__")
            || relative.ends_with(".pyc")
        {
            continue;
        }
        if path.is_dir() {
            walk(root, &path, files);
        } else {
            files.insert(relative, path);
        }
    }
}

/// The text of a file after its edits.
fn edited(name: &str, data: Vec<u8>) -> Vec<u8> {
    let named = |n: &&str| *n == name;
    if !edits::EDITS.iter().map(|e| e.0).chain(edits::CUTS.iter().map(|c| c.0)).any(|n| named(&n)) {
        return data;
    }
    let mut text = String::from_utf8(data).expect("the library is UTF-8");
    for (_, from, to) in edits::EDITS.iter().filter(|e| e.0 == name) {
        assert_eq!(text.matches(from).count(), 1, "{name}: an edit does not fit: {from}");
        text = text.replace(from, to);
    }
    for (_, start, end) in edits::CUTS.iter().filter(|c| c.0 == name) {
        let at = text.find(start).unwrap_or_else(|| panic!("{name}: no such part: {start}"));
        let rest =
            if end.is_empty() { text.len() } else { at + text[at..].find(end).expect("the end of the part") };
        text.replace_range(at..rest, "");
    }
    text.into_bytes()
}

fn main() {
    let lib = PathBuf::from(rustpython_pylib::LIB_PATH);
    let overlay = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").expect("set by cargo")).join("overlay");
    println!("cargo:rerun-if-changed=overlay");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=edits.rs");
    let mut files = BTreeMap::new();
    walk(&lib, &lib, &mut files);
    assert!(files.contains_key("os.py"), "the library is not at {}", lib.display());
    walk(&overlay, &overlay, &mut files);
    let mut plain: Vec<u8> = vec![];
    for (name, path) in &files {
        let data = std::fs::read(path).expect("library files can be read");
        let data = if path.starts_with(&overlay) { data } else { edited(name, data) };
        plain.extend((name.len() as u32).to_le_bytes());
        plain.extend(name.as_bytes());
        plain.extend((data.len() as u32).to_le_bytes());
        plain.extend(data);
    }
    // FNV-1a over everything names the directory that the files are extracted to.
    let hash = plain.iter().fold(0xcbf29ce484222325u64, |h, b| (h ^ *b as u64).wrapping_mul(0x100000001b3));
    let out = PathBuf::from(std::env::var("OUT_DIR").expect("set by cargo"));
    let mut encoder = flate2::write::ZlibEncoder::new(vec![], flate2::Compression::best());
    encoder.write_all(&plain).expect("writing to memory");
    std::fs::write(out.join("lib.z"), encoder.finish().expect("writing to memory"))
        .expect("OUT_DIR is writable");
    std::fs::write(out.join("lib.hash"), format!("{hash:016x}")).expect("OUT_DIR is writable");
}
