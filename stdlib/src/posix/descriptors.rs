//! Functions of `posix` that work on file descriptors.

use crate::os_support::*;
use adder_macros::pymodule;
use adder_vm::error::PyResult;
use adder_vm::object::Value;
use adder_vm::raise;
use adder_vm::vm::Vm;
use libc::c_int;

/// Most bytes that one read or write moves, as in CPython.
const MAX_BYTES: usize = 0x7fff_f000;

/// `os.open` and others: makes a descriptor close at exec.
pub fn set_cloexec(fd: c_int, on: bool) -> bool {
    // SAFETY: plain system calls.
    unsafe {
        let flags = libc::fcntl(fd, libc::F_GETFD);
        if flags < 0 {
            return false;
        }
        let new = if on { flags | libc::FD_CLOEXEC } else { flags & !libc::FD_CLOEXEC };
        new == flags || libc::fcntl(fd, libc::F_SETFD, new) == 0
    }
}

/// Reads at most `n` bytes.
fn read_bytes(vm: &Vm, n: isize, mut f: impl FnMut(*mut u8, usize) -> isize) -> PyResult<Value> {
    if n < 0 {
        return Err(vm.os_error(libc::EINVAL, None));
    }
    let n = (n as usize).min(MAX_BYTES);
    let mut buffer: Vec<u8> = Vec::new();
    if buffer.try_reserve_exact(n).is_err() {
        return Err(vm.memory_error());
    }
    let p = buffer.as_mut_ptr();
    let got = check(vm, || f(p, n) as i64)?;
    // SAFETY: the system call wrote that many bytes.
    unsafe { buffer.set_len(got as usize) };
    vm.new_bytes(&buffer)
}

/// The buffers of a sequence, as vectors for `readv` and `writev`. They are held by the list.
fn vectors(vm: &Vm, buffers: Value, writable: bool) -> PyResult<(Vec<libc::iovec>, Vec<Held>)> {
    if buffers.class_is_sequence().is_none() {
        raise!(vm, TypeError, "{}() arg 2 must be a sequence", if writable { "readv" } else { "writev" })
    }
    let items = vm.sequence_to_tuple(buffers)?;
    let (mut out, mut held) = (vec![], vec![]);
    for v in items.items() {
        if writable {
            let mut b = vm.bytes_mut(*v)?;
            let s = b.bytes();
            out.push(libc::iovec { iov_base: s.as_mut_ptr().cast(), iov_len: s.len() });
            held.push(Held::Mut(b));
        } else {
            let b = vm.bytes_like(*v)?;
            out.push(libc::iovec { iov_base: b.as_ptr() as *mut _, iov_len: b.len() });
            held.push(Held::Shared(b));
        }
    }
    // The buffers' owners stay in the tuple, which the caller's stack holds through `buffers`.
    std::hint::black_box(items);
    Ok((out, held))
}

/// A buffer in use by a system call.
#[allow(dead_code)] // Only held.
enum Held {
    Mut(adder_vm::builtins::buffer::BytesMut),
    Shared(adder_vm::builtins::buffer::BytesLike),
}

trait SequenceCheck {
    fn class_is_sequence(self) -> Option<()>;
}

impl SequenceCheck for Value {
    fn class_is_sequence(self) -> Option<()> {
        use adder_vm::object::ValueExt;
        let slots = self.class().slots();
        (slots.sq_item.is_some() || slots.mp_subscript.is_some()).then_some(())
    }
}

#[pymodule("posix")]
pub mod functions {
    use super::*;

    /// Open a file for low level IO.  Returns a file descriptor (integer).
    #[pyfunction("($module, /, path, flags, mode=511, *, dir_fd=None)")]
    fn open(vm: &Vm, path: Path, flags: i32, mode: Option<i32>, dir_fd: DirFd) -> PyResult<i64> {
        let mode = mode.unwrap_or(0o777) as libc::c_uint;
        let flags = flags | libc::O_CLOEXEC;
        check_path(vm, &path, || unsafe { libc::openat(dir_fd.0, path.ptr(), flags, mode) } as i64)
    }

    /// Close a file descriptor.
    #[pyfunction("($module, /, fd)")]
    fn close(vm: &Vm, fd: i32) -> PyResult<()> {
        // Not retried: on Linux the descriptor is closed even if the call was interrupted.
        let (r, e) = vm.allow_threads(|| {
            let r = unsafe { libc::close(fd) };
            (r, errno())
        });
        if r < 0 && e != libc::EINTR { Err(vm.os_error(e, None)) } else { Ok(()) }
    }

    /// Closes all file descriptors in [fd_low, fd_high), ignoring errors.
    #[pyfunction("($module, fd_low, fd_high, /)")]
    fn closerange(vm: &Vm, fd_low: i32, fd_high: i32) {
        vm.allow_threads(|| unsafe {
            let first = fd_low.max(0);
            if fd_high > first && libc::syscall(libc::SYS_close_range, first, fd_high - 1, 0) != 0 {
                for fd in first..fd_high {
                    libc::close(fd);
                }
            }
        })
    }

    /// Read from a file descriptor.  Returns a bytes object.
    #[pyfunction("($module, fd, length, /)")]
    fn read(vm: &Vm, fd: i32, length: isize) -> PyResult<Value> {
        read_bytes(vm, length, |p, n| unsafe { libc::read(fd, p.cast(), n) })
    }

    /// Read into a buffer object from a file descriptor.
    #[pyfunction("($module, fd, buffer, /)")]
    fn readinto(vm: &Vm, fd: i32, buffer: Value) -> PyResult<i64> {
        let mut b = vm.bytes_mut(buffer)?;
        let s = b.bytes();
        let (p, n) = (s.as_mut_ptr(), s.len().min(MAX_BYTES));
        check(vm, || unsafe { libc::read(fd, p.cast(), n) } as i64)
    }

    /// Write a bytes object to a file descriptor.
    #[pyfunction("($module, fd, data, /)")]
    fn write(vm: &Vm, fd: i32, data: Value) -> PyResult<i64> {
        let b = vm.bytes_like(data)?;
        let (p, n) = (b.as_ptr(), b.len().min(MAX_BYTES));
        check(vm, || unsafe { libc::write(fd, p.cast(), n) } as i64)
    }

    /// Read a number of bytes from a file descriptor starting at a particular offset.
    #[pyfunction("($module, fd, length, offset, /)")]
    fn pread(vm: &Vm, fd: i32, length: isize, offset: i64) -> PyResult<Value> {
        read_bytes(vm, length, |p, n| unsafe { libc::pread(fd, p.cast(), n, offset) })
    }

    /// Write bytes to a file descriptor starting at a particular offset.
    #[pyfunction("($module, fd, buffer, offset, /)")]
    fn pwrite(vm: &Vm, fd: i32, buffer: Value, offset: i64) -> PyResult<i64> {
        let b = vm.bytes_like(buffer)?;
        let (p, n) = (b.as_ptr(), b.len().min(MAX_BYTES));
        check(vm, || unsafe { libc::pwrite(fd, p.cast(), n, offset) } as i64)
    }

    /// Read from a file descriptor fd into an iterable of buffers.
    #[pyfunction("($module, fd, buffers, /)")]
    fn readv(vm: &Vm, fd: i32, buffers: Value) -> PyResult<i64> {
        let (v, _held) = vectors(vm, buffers, true)?;
        check(vm, || unsafe { libc::readv(fd, v.as_ptr(), v.len() as c_int) } as i64)
    }

    /// Iterate over buffers, and write the contents of each to a file descriptor.
    #[pyfunction("($module, fd, buffers, /)")]
    fn writev(vm: &Vm, fd: i32, buffers: Value) -> PyResult<i64> {
        let (v, _held) = vectors(vm, buffers, false)?;
        check(vm, || unsafe { libc::writev(fd, v.as_ptr(), v.len() as c_int) } as i64)
    }

    /// Reads from a file descriptor into a number of mutable bytes-like objects.
    #[pyfunction("($module, fd, buffers, offset, flags=0, /)")]
    fn preadv(vm: &Vm, fd: i32, buffers: Value, offset: i64, flags: Option<i32>) -> PyResult<i64> {
        let (v, _held) = vectors(vm, buffers, true)?;
        let flags = flags.unwrap_or(0);
        check(vm, || unsafe { libc::preadv2(fd, v.as_ptr(), v.len() as c_int, offset, flags) } as i64)
    }

    /// Writes the contents of bytes-like objects to a file descriptor at a given offset.
    #[pyfunction("($module, fd, buffers, offset, flags=0, /)")]
    fn pwritev(vm: &Vm, fd: i32, buffers: Value, offset: i64, flags: Option<i32>) -> PyResult<i64> {
        let (v, _held) = vectors(vm, buffers, false)?;
        let flags = flags.unwrap_or(0);
        check(vm, || unsafe { libc::pwritev2(fd, v.as_ptr(), v.len() as c_int, offset, flags) } as i64)
    }

    /// Set the position of a file descriptor.  Return the new position.
    #[pyfunction("($module, fd, position, whence, /)")]
    fn lseek(vm: &Vm, fd: i32, position: i64, whence: i32) -> PyResult<i64> {
        check(vm, || unsafe { libc::lseek(fd, position, whence) })
    }

    /// Return a duplicate of a file descriptor.
    #[pyfunction("($module, fd, /)")]
    fn dup(vm: &Vm, fd: i32) -> PyResult<i64> {
        quick(vm, unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0) } as i64)
    }

    /// Duplicate file descriptor.
    #[pyfunction("($module, /, fd, fd2, inheritable=True)")]
    fn dup2(vm: &Vm, fd: i32, fd2: i32, inheritable: Option<bool>) -> PyResult<i64> {
        if fd < 0 || fd2 < 0 {
            return Err(vm.os_error(libc::EBADF, None));
        }
        let inheritable = inheritable.unwrap_or(true);
        check(vm, || unsafe {
            if inheritable || fd == fd2 {
                libc::dup2(fd, fd2) as i64
            } else {
                libc::dup3(fd, fd2, libc::O_CLOEXEC) as i64
            }
        })
    }

    /// Create a pipe.
    #[pyfunction("($module, /)")]
    fn pipe(vm: &Vm) -> PyResult<(i32, i32)> {
        pipe2(vm, libc::O_CLOEXEC)
    }

    /// Create a pipe with flags set atomically.
    #[pyfunction("($module, flags, /)")]
    fn pipe2(vm: &Vm, flags: i32) -> PyResult<(i32, i32)> {
        let mut fds = [0; 2];
        quick(vm, unsafe { libc::pipe2(fds.as_mut_ptr(), flags) } as i64)?;
        Ok((fds[0], fds[1]))
    }

    /// Force write of fd to disk.
    #[pyfunction("($module, /, fd)")]
    fn fsync(vm: &Vm, fd: Fd) -> PyResult<()> {
        check(vm, || unsafe { libc::fsync(fd.0) } as i64).map(drop)
    }

    /// Force write of fd to disk without forcing update of metadata.
    #[pyfunction("($module, /, fd)")]
    fn fdatasync(vm: &Vm, fd: Fd) -> PyResult<()> {
        check(vm, || unsafe { libc::fdatasync(fd.0) } as i64).map(drop)
    }

    /// Force write of everything to disk.
    #[pyfunction("($module, /)")]
    fn sync(vm: &Vm) {
        vm.allow_threads(|| unsafe { libc::sync() })
    }

    /// Truncate a file, specified by file descriptor, to a specific length.
    #[pyfunction("($module, fd, length, /)")]
    fn ftruncate(vm: &Vm, fd: i32, length: i64) -> PyResult<()> {
        check(vm, || unsafe { libc::ftruncate(fd, length) } as i64).map(drop)
    }

    /// Truncate a file, specified by path, to a specific length.
    #[pyfunction("($module, /, path, length)")]
    fn truncate(vm: &Vm, path: PathFd, length: i64) -> PyResult<()> {
        check_path(vm, &path, || unsafe {
            match path.fd {
                Some(fd) => libc::ftruncate(fd, length) as i64,
                None => libc::truncate(path.ptr(), length) as i64,
            }
        })
        .map(drop)
    }

    /// Ensure a file has allocated at least a particular number of bytes on disk.
    #[pyfunction("($module, fd, offset, length, /)")]
    fn posix_fallocate(vm: &Vm, fd: i32, offset: i64, length: i64) -> PyResult<()> {
        let e = vm.allow_threads(|| unsafe { libc::posix_fallocate(fd, offset, length) });
        if e != 0 { Err(vm.os_error(e, None)) } else { Ok(()) }
    }

    /// Announce an intention to access data in a specific pattern.
    #[pyfunction("($module, fd, offset, length, advice, /)")]
    fn posix_fadvise(vm: &Vm, fd: i32, offset: i64, length: i64, advice: i32) -> PyResult<()> {
        let e = vm.allow_threads(|| unsafe { libc::posix_fadvise(fd, offset, length, advice) });
        if e != 0 { Err(vm.os_error(e, None)) } else { Ok(()) }
    }

    /// Apply, test or remove a POSIX lock on an open file descriptor.
    #[pyfunction("($module, fd, command, length, /)")]
    fn lockf(vm: &Vm, fd: i32, command: i32, length: i64) -> PyResult<()> {
        check(vm, || unsafe { libc::lockf(fd, command, length) } as i64).map(drop)
    }

    /// Copy count bytes from file descriptor in_fd to file descriptor out_fd.
    #[pyfunction("($module, /, out_fd, in_fd, offset, count)")]
    fn sendfile(vm: &Vm, out_fd: i32, in_fd: i32, offset: Value, count: isize) -> PyResult<i64> {
        use adder_vm::object::ValueExt;
        if count < 0 {
            return Err(vm.value_error("count cannot be negative"));
        }
        if offset.is_none() {
            return check(
                vm,
                || unsafe { libc::sendfile(out_fd, in_fd, std::ptr::null_mut(), count as usize) } as i64,
            );
        }
        let mut at = crate::os_support::offset(vm, offset)?;
        check(vm, || unsafe { libc::sendfile(out_fd, in_fd, &mut at, count as usize) } as i64)
    }

    /// Copy count bytes from one file descriptor to another.
    #[pyfunction("($module, /, src, dst, count, offset_src=None, offset_dst=None)")]
    fn copy_file_range(
        vm: &Vm,
        src: i32,
        dst: i32,
        count: isize,
        offset_src: Option<Value>,
        offset_dst: Option<Value>,
    ) -> PyResult<i64> {
        if count < 0 {
            return Err(vm.value_error("negative value for 'count' not allowed"));
        }
        let (mut a, mut b) = (optional_offset(vm, offset_src)?, optional_offset(vm, offset_dst)?);
        let pa = a.as_mut().map_or(std::ptr::null_mut(), |x| x as *mut i64);
        let pb = b.as_mut().map_or(std::ptr::null_mut(), |x| x as *mut i64);
        check(vm, || unsafe { libc::copy_file_range(src, pa, dst, pb, count as usize, 0) } as i64)
    }

    /// Transfer count bytes from one pipe to a descriptor or vice versa.
    #[pyfunction("($module, /, src, dst, count, offset_src=None, offset_dst=None, flags=0)")]
    fn splice(
        vm: &Vm,
        src: i32,
        dst: i32,
        count: isize,
        offset_src: Option<Value>,
        offset_dst: Option<Value>,
        flags: Option<u32>,
    ) -> PyResult<i64> {
        if count < 0 {
            return Err(vm.value_error("negative value for 'count' not allowed"));
        }
        let (mut a, mut b) = (optional_offset(vm, offset_src)?, optional_offset(vm, offset_dst)?);
        let pa = a.as_mut().map_or(std::ptr::null_mut(), |x| x as *mut i64);
        let pb = b.as_mut().map_or(std::ptr::null_mut(), |x| x as *mut i64);
        let flags = flags.unwrap_or(0);
        check(vm, || unsafe { libc::splice(src, pa, dst, pb, count as usize, flags) } as i64)
    }

    fn optional_offset(vm: &Vm, v: Option<Value>) -> PyResult<Option<i64>> {
        use adder_vm::object::ValueExt;
        match v.filter(|v| !v.is_none()) {
            Some(v) => Ok(Some(crate::os_support::offset(vm, v)?)),
            None => Ok(None),
        }
    }

    /// Get the close-on-exe flag of the specified file descriptor.
    #[pyfunction("($module, fd, /)")]
    fn get_inheritable(vm: &Vm, fd: i32) -> PyResult<bool> {
        let flags = quick(vm, unsafe { libc::fcntl(fd, libc::F_GETFD) } as i64)?;
        Ok(flags as c_int & libc::FD_CLOEXEC == 0)
    }

    /// Set the inheritable flag of the specified file descriptor.
    #[pyfunction("($module, fd, inheritable, /)")]
    fn set_inheritable(vm: &Vm, fd: i32, inheritable: i32) -> PyResult<()> {
        if set_cloexec(fd, inheritable == 0) { Ok(()) } else { Err(vm.last_os_error()) }
    }

    /// Get the blocking mode of the file descriptor.
    #[pyfunction("($module, fd, /)")]
    fn get_blocking(vm: &Vm, fd: i32) -> PyResult<bool> {
        let flags = quick(vm, unsafe { libc::fcntl(fd, libc::F_GETFL) } as i64)?;
        Ok(flags as c_int & libc::O_NONBLOCK == 0)
    }

    /// Set the blocking mode of the specified file descriptor.
    #[pyfunction("($module, fd, blocking, /)")]
    fn set_blocking(vm: &Vm, fd: i32, blocking: bool) -> PyResult<()> {
        let flags = quick(vm, unsafe { libc::fcntl(fd, libc::F_GETFL) } as i64)? as c_int;
        let new = if blocking { flags & !libc::O_NONBLOCK } else { flags | libc::O_NONBLOCK };
        quick(vm, unsafe { libc::fcntl(fd, libc::F_SETFL, new) } as i64).map(drop)
    }

    /// Creates an anonymous file and returns a file descriptor that refers to it.
    #[pyfunction("($module, /, name, flags=MFD_CLOEXEC)")]
    fn memfd_create(vm: &Vm, name: Path, flags: Option<u32>) -> PyResult<i64> {
        let flags = flags.unwrap_or(libc::MFD_CLOEXEC);
        check(vm, || unsafe { libc::memfd_create(name.ptr(), flags) } as i64)
    }

    /// Creates and returns an event notification file descriptor.
    #[pyfunction("($module, /, initval, flags=EFD_CLOEXEC)")]
    fn eventfd(vm: &Vm, initval: u32, flags: Option<i32>) -> PyResult<i64> {
        quick(vm, unsafe { libc::eventfd(initval, flags.unwrap_or(libc::EFD_CLOEXEC)) } as i64)
    }

    /// Read eventfd value
    #[pyfunction("($module, /, fd)")]
    fn eventfd_read(vm: &Vm, fd: Fd) -> PyResult<u64> {
        let mut value = 0u64;
        check(vm, || unsafe { libc::eventfd_read(fd.0, &mut value) } as i64)?;
        Ok(value)
    }

    /// Write eventfd value.
    #[pyfunction("($module, /, fd, value)")]
    fn eventfd_write(vm: &Vm, fd: Fd, value: u64) -> PyResult<()> {
        check(vm, || unsafe { libc::eventfd_write(fd.0, value) } as i64).map(drop)
    }

    /// Return True if the fd is connected to a terminal.
    #[pyfunction("($module, fd, /)")]
    fn isatty(_vm: &Vm, fd: i32) -> bool {
        unsafe { libc::isatty(fd) == 1 }
    }

    fn errno() -> c_int {
        adder_vm::builtins::exceptions::os_error::last_errno()
    }
}
