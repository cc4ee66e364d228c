//! The rules of the layout that a compiler cannot check: who may depend on whom, who may name what.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources(dir: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

fn files_of(crate_dir: &str) -> Vec<(String, String)> {
    let mut paths = vec![];
    sources(&root().join(crate_dir).join("src"), &mut paths);
    assert!(!paths.is_empty(), "{crate_dir} has no sources");
    paths
        .into_iter()
        .map(|p| {
            let name = p.strip_prefix(root()).expect("below the root").display().to_string();
            (name, std::fs::read_to_string(&p).expect("sources are UTF-8"))
        })
        .collect()
}

/// What each crate may use of ours.
#[test]
fn dependencies_go_one_way() {
    let allowed: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("heap", &[][..]),
        ("text", &[]),
        ("macros", &[]),
        ("compiler", &[]),
        ("jit", &["heap"]),
        ("vm", &["heap", "compiler", "jit", "text", "macros"]),
        ("stdlib", &["heap", "compiler", "text", "macros", "vm"]),
        ("cpyext", &["heap", "compiler", "text", "macros", "vm"]),
    ]);
    for (name, may) in allowed {
        let manifest = std::fs::read_to_string(root().join(name).join("Cargo.toml")).expect("a manifest");
        for line in manifest.lines() {
            let Some(used) = line.strip_prefix("adder-") else { continue };
            let used = used.split(['.', ' ', '=']).next().expect("a name");
            assert!(may.contains(&used), "{name} may not use {used}");
        }
    }
}

#[test]
fn only_the_lowering_names_cranelift() {
    for (name, text) in files_of("jit") {
        assert!(!text.contains("cranelift") || name.contains("/lower/"), "{name} names Cranelift");
    }
}

#[test]
fn the_vm_reaches_the_c_api_through_one_file() {
    for (name, text) in files_of("vm") {
        assert!(!text.contains("adder_cpyext"), "{name} names the C API layer");
    }
}

#[test]
fn the_heap_knows_no_python() {
    for (name, text) in files_of("heap") {
        for word in ["PyObject", "adder_vm", "__init__"] {
            assert!(!text.contains(word), "{name} mentions {word}");
        }
    }
}

/// A reference in a container of the Rust heap is invisible to the collector.
#[test]
fn no_references_in_rust_containers() {
    let patterns =
        ["Vec<Value>", "Box<Value>", "Vec<Ref<", "Box<[Value]>", "VecDeque<Value>", "HashMap<Value"];
    // Interned strings and types are immortal and pinned, so tables of them may live in Rust memory;
    // `list_sort` and C3 hold theirs in locals only while nothing can collect.
    let exempt = ["vm/src/shapes.rs", "vm/src/builtins/str_.rs", "vm/src/type_new.rs", "heap/src/"];
    let mut found = vec![];
    for dir in ["vm", "stdlib"] {
        for (name, text) in files_of(dir) {
            if exempt.iter().any(|e| name.starts_with(e)) {
                continue;
            }
            for (i, line) in text.lines().enumerate() {
                let code = line.split("//").next().unwrap_or("");
                if patterns.iter().any(|p| code.contains(p)) {
                    found.push(format!("{name}:{}: {}", i + 1, line.trim()));
                }
            }
        }
    }
    assert!(found.is_empty(), "references outside stack, heap and roots:\n{}", found.join("\n"));
}

#[test]
fn every_source_file_starts_with_a_comment() {
    for dir in ["heap", "text", "macros", "compiler", "jit", "vm", "stdlib", "cpyext", "libpython"] {
        for (name, text) in files_of(dir) {
            let first = text.lines().find(|l| !l.trim().is_empty()).unwrap_or("");
            let generated = name.contains("/ffi/") || name.contains("/tables/");
            assert!(first.starts_with("//") || generated, "{name} does not say what it is");
        }
    }
}
