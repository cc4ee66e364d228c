//! The library's name for the dynamic linker is that of CPython's, so that programs and modules linked to the
//! one find the other.
//!
//! Its own calls of API functions go straight to them, not through the table of the dynamic linker; variables
//! stay shared with the program.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-link-arg-cdylib=-Wl,-soname,libpython3.14.so.1.0");
    println!("cargo:rustc-link-arg-cdylib=-Wl,-Bsymbolic-functions");
}
