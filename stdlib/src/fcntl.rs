//! The module `fcntl`.

use crate::constants::FCNTL;
use crate::os_support::*;
use adder_macros::pymodule;
use adder_vm::builtins::int::as_int;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::str_::Str;
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use libc::c_long;

/// Most bytes that a copied argument may have.
const LIMIT: usize = 1024;

/// An argument that is bytes or text.
fn argument_bytes(vm: &Vm, v: Value, what: &str) -> PyResult<Vec<u8>> {
    let bytes = match v.downcast::<Str>() {
        Some(s) => vm.fs_encode(s)?,
        None => vm.bytes_like(v)?.to_vec(),
    };
    if bytes.len() > LIMIT {
        raise!(vm, ValueError, "{what} argument 3 is too long")
    }
    Ok(bytes)
}

/// This module performs file control and I/O control on file
/// descriptors.  It is an interface to the fcntl() and ioctl() Unix
/// routines.  File descriptors can be obtained with the fileno() method of
/// a file or socket object.
#[pymodule]
pub mod fcntl {
    use super::*;

    /// Perform the operation `cmd` on file descriptor fd.
    #[pyfunction("($module, fd, cmd, arg=0, /)")]
    fn fcntl(vm: &Vm, fd: Fd, cmd: i32, arg: Option<Value>) -> PyResult<Value> {
        let arg = arg.unwrap_or_else(|| vm.int(0));
        if as_int(arg).is_some() || arg.class().slots().nb_index.is_some() {
            let n = vm.index_i128(arg)? as c_long;
            return Ok(vm.int(check(vm, || unsafe { libc::fcntl(fd.0, cmd, n) } as i64)?));
        }
        let mut buffer = argument_bytes(vm, arg, "fcntl")?;
        let n = buffer.len();
        buffer.resize(LIMIT + 8, 0);
        let p = buffer.as_mut_ptr();
        check(vm, || unsafe { libc::fcntl(fd.0, cmd, p) } as i64)?;
        vm.new_bytes(&buffer[..n])
    }

    /// Perform the operation request on file descriptor fd.
    #[pyfunction("($module, fd, request, arg=0, mutate_flag=True, /)")]
    fn ioctl(
        vm: &Vm,
        fd: Fd,
        request: Value,
        arg: Option<Value>,
        mutate_flag: Option<bool>,
    ) -> PyResult<Value> {
        let request = vm.index_i128(request)? as libc::c_ulong;
        let arg = arg.unwrap_or_else(|| vm.int(0));
        if as_int(arg).is_some() || arg.class().slots().nb_index.is_some() {
            let n = vm.index_i128(arg)? as c_long;
            return Ok(vm.int(check(vm, || unsafe { libc::ioctl(fd.0, request, n) } as i64)?));
        }
        let writable = arg.downcast::<Str>().is_none()
            && arg.downcast::<adder_vm::builtins::bytes::Bytes>().is_none()
            && mutate_flag.unwrap_or(true);
        if writable {
            let mut view = vm.bytes_mut(arg)?;
            let p = view.bytes().as_mut_ptr();
            return Ok(vm.int(check(vm, || unsafe { libc::ioctl(fd.0, request, p) } as i64)?));
        }
        let mut buffer = argument_bytes(vm, arg, "ioctl")?;
        let n = buffer.len();
        buffer.resize(LIMIT + 8, 0);
        let p = buffer.as_mut_ptr();
        check(vm, || unsafe { libc::ioctl(fd.0, request, p) } as i64)?;
        vm.new_bytes(&buffer[..n])
    }

    /// Perform the lock operation `operation` on file descriptor `fd`.
    #[pyfunction("($module, fd, operation, /)")]
    fn flock(vm: &Vm, fd: Fd, operation: i32) -> PyResult<()> {
        check(vm, || unsafe { libc::flock(fd.0, operation) } as i64).map(drop)
    }

    /// A wrapper around the fcntl() locking calls.
    #[pyfunction("($module, fd, cmd, len=0, start=0, whence=0, /)")]
    fn lockf(
        vm: &Vm,
        fd: Fd,
        cmd: i32,
        len: Option<i64>,
        start: Option<i64>,
        whence: Option<i32>,
    ) -> PyResult<()> {
        let mut l: libc::flock = unsafe { std::mem::zeroed() };
        l.l_type = if cmd == libc::LOCK_UN {
            libc::F_UNLCK as i16
        } else if cmd & libc::LOCK_SH != 0 {
            libc::F_RDLCK as i16
        } else if cmd & libc::LOCK_EX != 0 {
            libc::F_WRLCK as i16
        } else {
            return Err(vm.value_error("unrecognized lockf argument"));
        };
        l.l_start = start.unwrap_or(0);
        l.l_len = len.unwrap_or(0);
        l.l_whence = whence.unwrap_or(0) as i16;
        let op = if cmd & libc::LOCK_NB != 0 { libc::F_SETLK } else { libc::F_SETLKW };
        check(vm, || unsafe { libc::fcntl(fd.0, op, &l) } as i64).map(drop)
    }

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        add_constants(vm, m, FCNTL);
        Ok(())
    }
}
