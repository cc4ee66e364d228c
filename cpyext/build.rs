//! Compiles the C-variadic functions, which stable Rust cannot define.

fn main() {
    println!("cargo:rerun-if-changed=src/variadic");
    println!("cargo:rerun-if-changed=../headers");
    let mut build = cc::Build::new();
    build.include("../headers").flag("-fvisibility=default");
    for file in [
        "abstract_",
        "build",
        "getargs",
        "getargs_convert",
        "getargs_keywords",
        "pyerrors",
        "sysmodule",
        "tupleobject",
        "unicodeobject",
    ] {
        build.file(format!("src/variadic/{file}.c"));
    }
    build.compile("varargs");
}
