//! Makes the executable export the C API, which extension modules look up in the process.
//!
//! The linker takes an archive member only if somebody refers to it, so every name of the API is
//! entered as referenced; names that nothing defines are ignored.

use std::fmt::Write;

fn main() {
    let table = "cpyext/symbols.tsv";
    println!("cargo:rerun-if-changed={table}");
    println!("cargo:rustc-link-arg-bins=-Wl,--export-dynamic");
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
