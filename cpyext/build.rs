//! Compiles the C-variadic functions, which stable Rust cannot define.

fn main() {
    println!("cargo:rerun-if-changed=src/varargs.c");
    println!("cargo:rerun-if-changed=src/variadic");
    println!("cargo:rerun-if-changed=src/unicodeformat.c");
    println!("cargo:rerun-if-changed=../headers");
    let mut build = cc::Build::new();
    build
        .file("src/varargs.c")
        .file("src/unicodeformat.c")
        .include("../headers")
        .flag("-fvisibility=default");
    for file in
        ["abstract_", "build", "getargs", "getargs_convert", "getargs_keywords", "pyerrors", "sysmodule"]
    {
        build.file(format!("src/variadic/{file}.c"));
    }
    build.compile("varargs");
}
