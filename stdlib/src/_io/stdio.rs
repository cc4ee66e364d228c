//! `sys.stdin`, `sys.stdout` and `sys.stderr`.

use super::reader::BufferedReader;
use super::writer::BufferedWriter;
use super::{fileio::FileIO, textio::TextIOWrapper};
use adder_vm::builtins::singletons::{bool_value, false_, none};
use adder_vm::error::PyResult;
use adder_vm::object::{Object, Value};
use adder_vm::vm::Vm;

/// One standard stream; None if the descriptor is not open.
fn stream(vm: &Vm, fd: i32, name: &str, encoding: Option<&str>, errors: &str) -> PyResult<Value> {
    let mut st: libc::stat = unsafe { std::mem::zeroed() };
    // SAFETY: asks only.
    if unsafe { libc::fstat(fd, &mut st) } != 0 {
        return Ok(none());
    }
    let writes = fd != 0;
    let mode = vm.new_str(if writes { "wb" } else { "rb" });
    let raw = vm.call(FileIO::class().value(), &[vm.int(fd as i64), mode, false_()])?;
    vm.set_attr(raw, vm.intern_str("name"), vm.new_str(name))?;
    let tty = unsafe { libc::isatty(fd) } == 1;
    let unbuffered = vm.config.unbuffered && writes;
    let buffer = if unbuffered {
        raw
    } else if writes {
        vm.call(BufferedWriter::class().value(), &[raw])?
    } else {
        vm.call(BufferedReader::class().value(), &[raw])?
    };
    let line_buffering = !unbuffered && (tty || fd == 2);
    let text = vm.call(
        TextIOWrapper::class().value(),
        &[
            buffer,
            vm.new_str(encoding.unwrap_or("utf-8")),
            vm.new_str(errors),
            vm.new_str("\n"),
            bool_value(line_buffering),
            bool_value(unbuffered),
        ],
    )?;
    vm.set_attr(text, vm.intern_str("mode"), vm.new_str(if writes { "w" } else { "r" }))?;
    Ok(text)
}

/// Whether the locale is C or POSIX, where text is passed through unchanged.
fn plain_locale() -> bool {
    let get = |n: &str| std::env::var(n).ok().filter(|v| !v.is_empty());
    match get("LC_ALL").or_else(|| get("LC_CTYPE")).or_else(|| get("LANG")) {
        Some(v) => v == "C" || v == "POSIX",
        None => true,
    }
}

/// Makes the standard streams and puts them into `sys`.
pub fn init_stdio(vm: &Vm) -> PyResult<()> {
    let said = if vm.config.ignore_environment { None } else { std::env::var("PYTHONIOENCODING").ok() };
    let (encoding, errors) = match said.as_deref().filter(|s| !s.is_empty()) {
        Some(s) => match s.split_once(':') {
            Some((e, errors)) => (Some(e).filter(|e| !e.is_empty()), Some(errors).filter(|e| !e.is_empty())),
            None => (Some(s), None),
        },
        None => (None, None),
    };
    let default = if encoding.is_none() && (vm.config.utf8_mode || plain_locale()) { "surrogateescape" } else { "strict" };
    let errors = errors.unwrap_or(default);
    for (fd, name, file, errors) in [
        (2, "stderr", "<stderr>", "backslashreplace"),
        (0, "stdin", "<stdin>", errors),
        (1, "stdout", "<stdout>", errors),
    ] {
        let s = stream(vm, fd, file, encoding, errors)?;
        vm.sys_set(name, s);
        vm.sys_set(&format!("__{name}__"), s);
    }
    Ok(())
}
