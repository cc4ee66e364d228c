//! Text functions on paths that `posixpath` uses, and `fspath`.

use crate::os_support::Path;
use adder_macros::pymodule;
use adder_vm::builtins::bytes::Bytes;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::TypeExt;
use adder_vm::error::PyResult;
use adder_vm::object::{Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;

/// Collapses `//`, `.` and `..`.
fn normalize(path: &[u8]) -> Vec<u8> {
    if path.is_empty() {
        return b".".to_vec();
    }
    let slashes = match path {
        [b'/', b'/', b'/', ..] => 1,
        [b'/', b'/', ..] => 2,
        [b'/', ..] => 1,
        _ => 0,
    };
    let mut parts: Vec<&[u8]> = vec![];
    for part in path.split(|b| *b == b'/') {
        match part {
            b"" | b"." => {}
            b".." if slashes == 0 && parts.last().is_none_or(|p| *p == b"..") => parts.push(part),
            b".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    let mut out = vec![b'/'; slashes];
    out.extend(parts.join(&b'/'));
    if out.is_empty() { b".".to_vec() } else { out }
}

/// The lengths of the drive (none), and the root.
fn root_len(path: &[u8]) -> usize {
    match path {
        [b'/', b'/', b'/', ..] => 1,
        [b'/', b'/', ..] => 2,
        [b'/', ..] => 1,
        _ => 0,
    }
}

/// The bytes of a str or bytes path, zero bytes allowed.
fn raw(vm: &Vm, v: Value) -> PyResult<(Vec<u8>, bool)> {
    match (v.downcast::<Str>(), v.downcast::<Bytes>()) {
        (Some(s), _) => Ok((vm.fs_encode(s)?, false)),
        (_, Some(b)) => Ok((b.as_bytes().to_vec(), true)),
        _ => {
            let p = Path::convert(vm, Some(v), "", "path")?;
            Ok((p.text.as_bytes().to_vec(), p.is_bytes))
        }
    }
}

fn back(vm: &Vm, b: &[u8], is_bytes: bool) -> PyResult<Value> {
    if is_bytes { vm.new_bytes(b) } else { vm.fs_decode(b) }
}

#[pymodule("posix")]
pub mod functions {
    use super::*;

    /// Return the file system path representation of the object.
    #[pyfunction("($module, /, path)")]
    fn fspath(vm: &Vm, path: Value) -> PyResult<Value> {
        super::fspath(vm, path)
    }

    /// Normalize path, eliminating double slashes, etc.
    #[pyfunction("($module, /, path)")]
    fn _path_normpath(vm: &Vm, path: Value) -> PyResult<Value> {
        let (bytes, is_bytes) = raw(vm, path)?;
        back(vm, &normalize(&bytes), is_bytes)
    }

    /// Split a pathname into drive, root and tail.
    #[pyfunction("($module, /, path)")]
    fn _path_splitroot_ex(vm: &Vm, path: Value) -> PyResult<Value> {
        let (bytes, is_bytes) = raw(vm, path)?;
        let n = root_len(&bytes);
        let parts =
            [back(vm, b"", is_bytes)?, back(vm, &bytes[..n], is_bytes)?, back(vm, &bytes[n..], is_bytes)?];
        Ok(Tuple::from_slice(vm, &parts).value())
    }

    #[pyfunction("($module, /)")]
    fn _inputhook(_vm: &Vm) {}

    #[pyfunction("($module, /)")]
    fn _is_inputhook_installed(_vm: &Vm) -> bool {
        false
    }
}

/// `os.fspath`
pub fn fspath(vm: &Vm, path: Value) -> PyResult<Value> {
    let is_path = |v: Value| v.downcast::<Str>().is_some() || v.downcast::<Bytes>().is_some();
    if is_path(path) {
        return Ok(path);
    }
    let Some(f) = path.class().lookup(vm, vm.intern_str("__fspath__")) else {
        raise!(vm, TypeError, "expected str, bytes or os.PathLike object, not {}", path.class().name())
    };
    let r = vm.call_unbound(f, path, &[])?;
    if !is_path(r) {
        raise!(
            vm,
            TypeError,
            "expected {}.__fspath__() to return str or bytes, not {}",
            path.class().name(),
            r.class().name()
        )
    }
    Ok(r)
}
