//! What keeps a file from being loaded as an extension module, found by reading it.
//!
//! `dlopen` reports some of this less clearly, and some not at all: of a file that was cut off it maps pages
//! that are not there, and the process ends when they are touched.

use object::elf::{FileHeader64, PT_DYNAMIC, PT_LOAD};
use object::read::elf::{FileHeader, ProgramHeader};
use object::{Architecture, Endianness, Object, ObjectKind, ObjectSymbol};
use std::ffi::CString;

/// The version of CPython that a file's name says it was built for, if it is another one.
fn other_version(path: &str) -> Option<&str> {
    let name = path.rsplit('/').next()?;
    let tag = name.split('.').rev().nth(1)?;
    let version = tag.strip_prefix("cpython-")?.split('-').next()?;
    (version != "314" && version.starts_with(|c: char| c.is_ascii_digit())).then_some(version)
}

/// Whether everything that will be mapped is in the file.
fn is_complete(data: &[u8]) -> object::Result<bool> {
    let header = FileHeader64::<Endianness>::parse(data)?;
    let endian = header.endian()?;
    let mut dynamic = false;
    for part in header.program_headers(endian, data)? {
        let end = part.p_offset(endian).checked_add(part.p_filesz(endian));
        if part.p_type(endian) == PT_LOAD && end.is_none_or(|end| end > data.len() as u64) {
            return Ok(false);
        }
        dynamic |= part.p_type(endian) == PT_DYNAMIC;
    }
    Ok(dynamic)
}

/// What keeps a file from being loaded.
pub fn examine(path: &str) -> Result<(), String> {
    let data = std::fs::read(path).map_err(|e| format!("{path}: cannot read the file: {e}"))?;
    if data.len() < 64 {
        return Err(format!("{path}: file too short"));
    }
    let file =
        object::File::parse(&*data).map_err(|_| format!("{path}: not a shared library for this system"))?;
    if file.architecture() != Architecture::X86_64 {
        return Err(format!(
            "{path}: built for {:?}, but this Python runs on x86-64; install the package for x86-64",
            file.architecture()
        ));
    }
    if let Some(version) = other_version(path) {
        let (major, minor) = version.split_at(1);
        return Err(format!(
            "{path}: built for CPython {major}.{minor}, but this is Python 3.14; \
             install the package for Python 3.14"
        ));
    }
    if file.kind() != ObjectKind::Dynamic {
        return Err(format!("{path}: not a shared library"));
    }
    if !is_complete(&data).unwrap_or(false) {
        return Err(format!("{path}: the file is not complete; install the package again"));
    }
    let mut missing = vec![];
    for s in file.dynamic_symbols().filter(|s| s.is_undefined() && !s.is_weak()) {
        let name = s.name().unwrap_or("");
        let ours = name.starts_with("Py") || name.starts_with("_Py");
        let c = CString::new(name).unwrap_or_default();
        // SAFETY: looks a name up in the process.
        if ours && unsafe { libc::dlsym(libc::RTLD_DEFAULT, c.as_ptr()) }.is_null() {
            missing.push(name.to_string());
        }
    }
    missing.sort();
    match missing.len() {
        0 => Ok(()),
        n => {
            let more = if n > 10 { format!(" and {} more", n - 10) } else { String::new() };
            Err(format!(
                "{path}: needs functions of the C API that this version of Adder does not have: {}{more}",
                missing[..n.min(10)].join(", ")
            ))
        }
    }
}
