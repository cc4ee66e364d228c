//! `libpython3.14.so.1.0`: Python as a library, for programs that embed it.
//!
//! A thin crate: the functions are those of `adder-cpyext`, which the linker exports from here as it does from
//! the command, and what they start is the command (`adder_command`). `cargo xtask libpython DIR` puts the
//! library, its links and the headers into a directory.

/// When the library is loaded, before a program can call it: says what starts Python.
#[used]
#[unsafe(link_section = ".init_array")]
static CONNECT: extern "C" fn() = connect;

extern "C" fn connect() {
    adder_command::connect();
}
