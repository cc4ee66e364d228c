//! The code of importlib's own files, which importlib itself cannot load.
//!
//! CPython has them compiled into its executable. Here they are compiled when they are first needed and kept
//! beside the library, in a file like other compiled files; its name differs because the code names
//! `<frozen ...>` as its file. A file that cannot be read or written only costs time.

use adder_compiler::Mode;
use adder_vm::builtins::code::Code;
use adder_vm::compile::compile_source;
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Before the marshalled code: the magic number of compiled files, flags, time and size of the source.
type Stamp = [u8; 16];

/// The magic number of `importlib.util.MAGIC_NUMBER`.
const MAGIC: u32 = 0x0a0d0e2b;

fn stamp(source: &Path) -> Option<Stamp> {
    let meta = std::fs::metadata(source).ok()?;
    let mut stamp = [0; 16];
    stamp[..4].copy_from_slice(&MAGIC.to_le_bytes());
    stamp[8..12].copy_from_slice(&(meta.mtime() as u32).to_le_bytes());
    stamp[12..].copy_from_slice(&(meta.len() as u32).to_le_bytes());
    Some(stamp)
}

fn compiled_file(vm: &Vm, source: &Path) -> Option<PathBuf> {
    let optimized = match vm.config.optimize {
        0 => String::new(),
        n => format!(".opt-{n}"),
    };
    let stem = source.file_stem()?.to_string_lossy();
    Some(source.parent()?.join("__pycache__").join(format!("{stem}.frozen-314{optimized}.pyc")))
}

/// The code of a file of the library, such as `importlib/_bootstrap.py`, under a file name of its own.
pub fn code(vm: &Vm, name: &str, filename: &str) -> PyResult<Ref<Code>> {
    let source = Path::new(&vm.config.stdlib).join(name);
    let Some(stamp) = stamp(&source) else {
        raise!(vm, ImportError, "the standard library was not found: cannot read {}", source.display())
    };
    let compiled = compiled_file(vm, &source);
    if let Some(data) = compiled.as_ref().and_then(|file| std::fs::read(file).ok())
        && let Some(data) = data.strip_prefix(&stamp)
        && let Ok(code) = crate::marshal::read(vm, data)
        && let Some(code) = code.exact::<Code>()
    {
        return Ok(code);
    }
    let Ok(text) = std::fs::read_to_string(&source) else {
        raise!(vm, ImportError, "cannot read {}", source.display())
    };
    let code = compile_source(vm, &text, filename, Mode::Exec, 0)?;
    // Whether to compile the extracted library is not the program's business.
    let own = crate::pylib::own_directory().is_some_and(|dir| source.starts_with(dir));
    let keeps = own || !vm.config.dont_write_bytecode;
    if let Some(file) = compiled.filter(|_| keeps) {
        let mut data = stamp.to_vec();
        data.extend(crate::marshal::write(vm, code.value())?);
        keep(&file, &data);
    }
    Ok(code)
}

/// Writes a file at once, so that no other process sees a part of it; failures do not matter.
fn keep(file: &Path, data: &[u8]) {
    let temporary = file.with_extension(format!("pyc.{}", std::process::id()));
    let Some(dir) = file.parent() else { return };
    let written = std::fs::create_dir_all(dir)
        .and_then(|()| std::fs::write(&temporary, data))
        .and_then(|()| std::fs::rename(&temporary, file));
    if written.is_err() {
        let _ = std::fs::remove_file(&temporary);
    }
}
