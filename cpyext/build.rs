//! Compiles the C-variadic functions, which stable Rust cannot define.

fn main() {
    println!("cargo:rerun-if-changed=src/varargs.c");
    println!("cargo:rerun-if-changed=src/unicodeformat.c");
    println!("cargo:rerun-if-changed=../headers");
    cc::Build::new()
        .file("src/varargs.c")
        .file("src/unicodeformat.c")
        .include("../headers")
        .flag("-fvisibility=default")
        .compile("varargs");
}
