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
    // Code for rare cases lies apart, so that the rest is dense.
    println!("cargo:rustc-link-arg-bins=-Wl,-z,keep-text-section-prefix");
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
