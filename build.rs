//! Makes the executable export the C API, which extension modules look up in the process.
//!
//! The linker takes an archive member only if somebody refers to it, so every name of the API is
//! entered as referenced; names that nothing defines are ignored. Nothing else is exported: a table of all
//! names would be read at every start.
//!
//! The executable has a fixed address. Otherwise some 40,000 words of tables (methods, docstrings, shapes)
//! would be relocated at every start, which takes memory of the process's own, and time.

use std::fmt::Write;

fn main() {
    let table = "cpyext/symbols.tsv";
    println!("cargo:rerun-if-changed={table}");
    let exported = std::path::Path::new(&std::env::var("OUT_DIR").expect("set by cargo")).join("exported");
    std::fs::write(&exported, "{ Py*; _Py*; };\n").expect("OUT_DIR is writable");
    println!("cargo:rustc-link-arg-bins=-Wl,--dynamic-list={}", exported.display());
    println!("cargo:rustc-link-arg-bins=-no-pie");
    order_functions();
    let text = std::fs::read_to_string(table).expect("the table of symbols");
    let names: Vec<&str> =
        text.lines().filter(|l| !l.starts_with('#')).skip(1).filter_map(|l| l.split('\t').next()).collect();
    for names in names.chunks(200) {
        let mut arg = String::from("-Wl");
        for name in names {
            write!(arg, ",-u,{name}").expect("writes to a string");
        }
        println!("cargo:rustc-link-arg-bins={arg}");
    }
}

/// Places the functions that every start executes side by side: the system maps an executable in pieces of
/// 64 KB, and scattered functions would make nearly all of it part of every process. The list may be out of
/// date; what it misses lies elsewhere.
fn order_functions() {
    let list = "startup-functions.txt";
    println!("cargo:rerun-if-changed={list}");
    let text = std::fs::read_to_string(list).expect("the list of functions");
    let mut script = String::from("SECTIONS { .text.start : {\n");
    for name in text.lines().filter(|l| !l.starts_with('#') && !l.is_empty()) {
        // What the compiler takes for cold has a section of another name.
        writeln!(script, "*(.text.{name} .text.unlikely.{name})").expect("writes to a string");
    }
    script.push_str("} } INSERT BEFORE .text;\n");
    let file = std::path::Path::new(&std::env::var("OUT_DIR").expect("set by cargo")).join("order.ld");
    std::fs::write(&file, script).expect("OUT_DIR is writable");
    println!("cargo:rustc-link-arg-bins=-Wl,-T,{}", file.display());
}
