//! The `adder` command: CPython's options and environment, then the program.

fn main() {
    // Everything below this frame may hold objects.
    let base = std::hint::black_box(0u64);
    let code = adder_command::run::run(&raw const base as *const u8);
    std::process::exit(code);
}
