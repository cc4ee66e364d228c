//! Functions of `posix` that change the file tree: names, links, modes, owners, extended attributes.

use crate::os_support::*;
use adder_macros::pymodule;
use adder_vm::builtins::exceptions::os_error::last_errno;
use adder_vm::builtins::list::List;
use adder_vm::error::{PyResult, Raised};
use adder_vm::object::Value;
use adder_vm::raise;
use adder_vm::vm::Vm;
use libc::c_int;

/// OSError about two paths.
fn two(vm: &Vm, errno: c_int, a: &Path, b: &Path) -> Raised {
    match (a.object, b.object) {
        (Some(x), Some(y)) => vm.os_error2(errno, x, y),
        _ => vm.os_error(errno, None),
    }
}

fn check_two(vm: &Vm, a: &Path, b: &Path, f: impl FnMut() -> i64) -> PyResult<()> {
    match call(vm, f)? {
        Ok(_) => Ok(()),
        Err(e) => Err(two(vm, e, a, b)),
    }
}

fn nofollow(follow: Option<bool>) -> c_int {
    if follow.unwrap_or(true) { 0 } else { libc::AT_SYMLINK_NOFOLLOW }
}

/// ValueError for combinations that no system call has.
fn exclusive<const N: bool>(
    vm: &Vm,
    f: &str,
    path: &PathArg<true, N>,
    dir_fd: &DirFd,
    follow: Option<bool>,
) -> PyResult<()> {
    if path.fd.is_some() && dir_fd.is_given() {
        raise!(vm, ValueError, "{f}: can't specify dir_fd without matching path")
    }
    if path.fd.is_some() && follow == Some(false) {
        raise!(vm, ValueError, "{f}: cannot use fd and follow_symlinks together")
    }
    Ok(())
}

/// The path for calls that have no form for descriptors.
fn xattr_name(vm: &Vm, v: Value) -> PyResult<std::ffi::CString> {
    Ok(Path::convert(vm, Some(v), "", "attribute")?.text)
}

#[pymodule("posix")]
pub mod functions {
    use super::*;

    /// Create a directory.
    #[pyfunction("($module, /, path, mode=511, *, dir_fd=None)")]
    fn mkdir(vm: &Vm, path: Path, mode: Option<i32>, dir_fd: DirFd) -> PyResult<()> {
        let mode = mode.unwrap_or(0o777) as libc::mode_t;
        check_path(vm, &path, || unsafe { libc::mkdirat(dir_fd.0, path.ptr(), mode) } as i64).map(drop)
    }

    /// Remove a directory.
    #[pyfunction("($module, /, path, *, dir_fd=None)")]
    fn rmdir(vm: &Vm, path: Path, dir_fd: DirFd) -> PyResult<()> {
        check_path(vm, &path, || unsafe { libc::unlinkat(dir_fd.0, path.ptr(), libc::AT_REMOVEDIR) } as i64)
            .map(drop)
    }

    /// Remove a file (same as remove()).
    #[pyfunction("($module, /, path, *, dir_fd=None)")]
    fn unlink(vm: &Vm, path: Path, dir_fd: DirFd) -> PyResult<()> {
        check_path(vm, &path, || unsafe { libc::unlinkat(dir_fd.0, path.ptr(), 0) } as i64).map(drop)
    }

    /// Remove a file (same as unlink()).
    #[pyfunction("($module, /, path, *, dir_fd=None)")]
    fn remove(vm: &Vm, path: Path, dir_fd: DirFd) -> PyResult<()> {
        unlink(vm, path, dir_fd)
    }

    /// Rename a file or directory.
    #[pyfunction("($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)")]
    fn rename(vm: &Vm, src: Path, dst: Path, src_dir_fd: DirFd, dst_dir_fd: DirFd) -> PyResult<()> {
        if src.is_bytes != dst.is_bytes {
            raise!(vm, TypeError, "rename: src and dst must be the same type")
        }
        check_two(vm, &src, &dst, || unsafe {
            libc::renameat(src_dir_fd.0, src.ptr(), dst_dir_fd.0, dst.ptr())
        } as i64)
    }

    /// Rename a file or directory, overwriting the destination.
    #[pyfunction("($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)")]
    fn replace(vm: &Vm, src: Path, dst: Path, src_dir_fd: DirFd, dst_dir_fd: DirFd) -> PyResult<()> {
        if src.is_bytes != dst.is_bytes {
            raise!(vm, TypeError, "replace: src and dst must be the same type")
        }
        check_two(vm, &src, &dst, || unsafe {
            libc::renameat(src_dir_fd.0, src.ptr(), dst_dir_fd.0, dst.ptr())
        } as i64)
    }

    /// Create a hard link to a file.
    #[pyfunction("($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None, follow_symlinks=True)")]
    fn link(
        vm: &Vm,
        src: Path,
        dst: Path,
        src_dir_fd: DirFd,
        dst_dir_fd: DirFd,
        follow_symlinks: Option<bool>,
    ) -> PyResult<()> {
        if src.is_bytes != dst.is_bytes {
            raise!(vm, TypeError, "link: src and dst must be the same type")
        }
        // Without any keyword CPython calls link(), which does not follow symlinks on Linux.
        let flags = if follow_symlinks == Some(true) { libc::AT_SYMLINK_FOLLOW } else { 0 };
        check_two(vm, &src, &dst, || unsafe {
            libc::linkat(src_dir_fd.0, src.ptr(), dst_dir_fd.0, dst.ptr(), flags)
        } as i64)
    }

    /// Create a symbolic link pointing to src named dst.
    #[pyfunction("($module, /, src, dst, target_is_directory=False, *, dir_fd=None)")]
    fn symlink(
        vm: &Vm,
        src: Path,
        dst: Path,
        _target_is_directory: Option<bool>,
        dir_fd: DirFd,
    ) -> PyResult<()> {
        check_two(vm, &src, &dst, || unsafe { libc::symlinkat(src.ptr(), dir_fd.0, dst.ptr()) } as i64)
    }

    /// Return a string representing the path to which the symbolic link points.
    #[pyfunction("($module, /, path, *, dir_fd=None)")]
    fn readlink(vm: &Vm, path: Path, dir_fd: DirFd) -> PyResult<Value> {
        let mut buffer = vec![0u8; libc::PATH_MAX as usize + 1];
        let p = buffer.as_mut_ptr();
        let n = buffer.len() - 1;
        let n =
            check_path(vm, &path, || unsafe { libc::readlinkat(dir_fd.0, path.ptr(), p.cast(), n) } as i64)?;
        path.decode(vm, &buffer[..n as usize])
    }

    /// Change the access permissions of a file.
    #[pyfunction("($module, /, path, mode, *, dir_fd=None, follow_symlinks=True)")]
    fn chmod(vm: &Vm, path: PathFd, mode: i32, dir_fd: DirFd, follow_symlinks: Option<bool>) -> PyResult<()> {
        exclusive(vm, "chmod", &path, &dir_fd, follow_symlinks)?;
        let mode = mode as libc::mode_t;
        check_path(vm, &path, || unsafe {
            match path.fd {
                Some(fd) => libc::fchmod(fd, mode) as i64,
                None => libc::fchmodat(dir_fd.0, path.ptr(), mode, nofollow(follow_symlinks)) as i64,
            }
        })
        .map(drop)
    }

    /// Change the access permissions of the file given by file descriptor fd.
    #[pyfunction("($module, /, fd, mode)")]
    fn fchmod(vm: &Vm, fd: i32, mode: i32) -> PyResult<()> {
        check(vm, || unsafe { libc::fchmod(fd, mode as libc::mode_t) } as i64).map(drop)
    }

    /// Change the owner and group id of path to the numeric uid and gid.
    #[pyfunction("($module, /, path, uid, gid, *, dir_fd=None, follow_symlinks=True)")]
    fn chown(
        vm: &Vm,
        path: PathFd,
        uid: Id,
        gid: Id,
        dir_fd: DirFd,
        follow_symlinks: Option<bool>,
    ) -> PyResult<()> {
        exclusive(vm, "chown", &path, &dir_fd, follow_symlinks)?;
        check_path(vm, &path, || unsafe {
            match path.fd {
                Some(fd) => libc::fchown(fd, uid.0, gid.0) as i64,
                None => libc::fchownat(dir_fd.0, path.ptr(), uid.0, gid.0, nofollow(follow_symlinks)) as i64,
            }
        })
        .map(drop)
    }

    /// Change the owner and group id of the file specified by file descriptor.
    #[pyfunction("($module, /, fd, uid, gid)")]
    fn fchown(vm: &Vm, fd: i32, uid: Id, gid: Id) -> PyResult<()> {
        check(vm, || unsafe { libc::fchown(fd, uid.0, gid.0) } as i64).map(drop)
    }

    /// Change the owner and group id of path to the numeric uid and gid.
    #[pyfunction("($module, /, path, uid, gid)")]
    fn lchown(vm: &Vm, path: Path, uid: Id, gid: Id) -> PyResult<()> {
        check_path(vm, &path, || unsafe { libc::lchown(path.ptr(), uid.0, gid.0) } as i64).map(drop)
    }

    /// Change root directory to path.
    #[pyfunction("($module, /, path)")]
    fn chroot(vm: &Vm, path: Path) -> PyResult<()> {
        check_path(vm, &path, || unsafe { libc::chroot(path.ptr()) } as i64).map(drop)
    }

    /// Create a "fifo" (a POSIX named pipe).
    #[pyfunction("($module, /, path, mode=438, *, dir_fd=None)")]
    fn mkfifo(vm: &Vm, path: Path, mode: Option<i32>, dir_fd: DirFd) -> PyResult<()> {
        let mode = mode.unwrap_or(0o666) as libc::mode_t;
        check_path(vm, &path, || unsafe { libc::mkfifoat(dir_fd.0, path.ptr(), mode) } as i64).map(drop)
    }

    /// Create a node in the file system.
    #[pyfunction("($module, /, path, mode=384, device=0, *, dir_fd=None)")]
    fn mknod(vm: &Vm, path: Path, mode: Option<i32>, device: Option<u64>, dir_fd: DirFd) -> PyResult<()> {
        let mode = mode.unwrap_or(0o600) as libc::mode_t;
        let device = device.unwrap_or(0);
        check_path(vm, &path, || unsafe { libc::mknodat(dir_fd.0, path.ptr(), mode, device) } as i64)
            .map(drop)
    }

    /// Extracts a device major number from a raw device number.
    #[pyfunction("($module, device, /)")]
    fn major(_vm: &Vm, device: u64) -> u32 {
        libc::major(device)
    }

    /// Extracts a device minor number from a raw device number.
    #[pyfunction("($module, device, /)")]
    fn minor(_vm: &Vm, device: u64) -> u32 {
        libc::minor(device)
    }

    /// Composes a raw device number from the major and minor device numbers.
    #[pyfunction("($module, major, minor, /)")]
    fn makedev(_vm: &Vm, major: u32, minor: u32) -> u64 {
        libc::makedev(major, minor)
    }

    /// Set the current numeric umask and return the previous umask.
    #[pyfunction("($module, mask, /)")]
    fn umask(_vm: &Vm, mask: i32) -> u32 {
        unsafe { libc::umask(mask as libc::mode_t) }
    }

    /// Use the real uid/gid to test for access to a path.
    #[pyfunction("($module, /, path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True)")]
    fn access(
        vm: &Vm,
        path: Path,
        mode: i32,
        dir_fd: DirFd,
        effective_ids: Option<bool>,
        follow_symlinks: Option<bool>,
    ) -> PyResult<bool> {
        let mut flags = nofollow(follow_symlinks);
        if effective_ids.unwrap_or(false) {
            flags |= libc::AT_EACCESS;
        }
        Ok(vm.allow_threads(|| unsafe { libc::faccessat(dir_fd.0, path.ptr(), mode, flags) }) == 0)
    }

    /// Return the value of extended attribute attribute on path.
    #[pyfunction("($module, /, path, attribute, *, follow_symlinks=True)")]
    fn getxattr(vm: &Vm, path: PathFd, attribute: Value, follow_symlinks: Option<bool>) -> PyResult<Value> {
        exclusive(vm, "getxattr", &path, &DirFd(libc::AT_FDCWD), follow_symlinks)?;
        let name = xattr_name(vm, attribute)?;
        let follow = follow_symlinks.unwrap_or(true);
        let mut buffer = vec![0u8; 65536];
        let (p, n) = (buffer.as_mut_ptr(), buffer.len());
        let got = check_path(vm, &path, || unsafe {
            match path.fd {
                Some(fd) => libc::fgetxattr(fd, name.as_ptr(), p.cast(), n) as i64,
                None if follow => libc::getxattr(path.ptr(), name.as_ptr(), p.cast(), n) as i64,
                None => libc::lgetxattr(path.ptr(), name.as_ptr(), p.cast(), n) as i64,
            }
        })?;
        vm.new_bytes(&buffer[..got as usize])
    }

    /// Set extended attribute attribute on path to value.
    #[pyfunction("($module, /, path, attribute, value, flags=0, *, follow_symlinks=True)")]
    fn setxattr(
        vm: &Vm,
        path: PathFd,
        attribute: Value,
        value: Value,
        flags: Option<i32>,
        follow_symlinks: Option<bool>,
    ) -> PyResult<()> {
        exclusive(vm, "setxattr", &path, &DirFd(libc::AT_FDCWD), follow_symlinks)?;
        let name = xattr_name(vm, attribute)?;
        let follow = follow_symlinks.unwrap_or(true);
        let data = vm.bytes_like(value)?;
        let (p, n, flags) = (data.as_ptr(), data.len(), flags.unwrap_or(0));
        check_path(vm, &path, || unsafe {
            match path.fd {
                Some(fd) => libc::fsetxattr(fd, name.as_ptr(), p.cast(), n, flags) as i64,
                None if follow => libc::setxattr(path.ptr(), name.as_ptr(), p.cast(), n, flags) as i64,
                None => libc::lsetxattr(path.ptr(), name.as_ptr(), p.cast(), n, flags) as i64,
            }
        })
        .map(drop)
    }

    /// Remove extended attribute attribute on path.
    #[pyfunction("($module, /, path, attribute, *, follow_symlinks=True)")]
    fn removexattr(vm: &Vm, path: PathFd, attribute: Value, follow_symlinks: Option<bool>) -> PyResult<()> {
        exclusive(vm, "removexattr", &path, &DirFd(libc::AT_FDCWD), follow_symlinks)?;
        let name = xattr_name(vm, attribute)?;
        let follow = follow_symlinks.unwrap_or(true);
        check_path(vm, &path, || unsafe {
            match path.fd {
                Some(fd) => libc::fremovexattr(fd, name.as_ptr()) as i64,
                None if follow => libc::removexattr(path.ptr(), name.as_ptr()) as i64,
                None => libc::lremovexattr(path.ptr(), name.as_ptr()) as i64,
            }
        })
        .map(drop)
    }

    /// Return a list of extended attributes on path.
    #[pyfunction("($module, /, path=None, *, follow_symlinks=True)")]
    fn listxattr(vm: &Vm, path: PathFdNone, follow_symlinks: Option<bool>) -> PyResult<Value> {
        exclusive(vm, "listxattr", &path, &DirFd(libc::AT_FDCWD), follow_symlinks)?;
        let follow = follow_symlinks.unwrap_or(true);
        let mut buffer = vec![0u8; 65536];
        let (p, n) = (buffer.as_mut_ptr(), buffer.len());
        let got = check_path(vm, &path, || unsafe {
            match path.fd {
                Some(fd) => libc::flistxattr(fd, p.cast(), n) as i64,
                None if follow => libc::listxattr(path.ptr(), p.cast(), n) as i64,
                None => libc::llistxattr(path.ptr(), p.cast(), n) as i64,
            }
        })?;
        let list = List::new(vm);
        for name in buffer[..got as usize].split(|b| *b == 0).filter(|n| !n.is_empty()) {
            list.push(vm, vm.fs_decode(name)?);
        }
        Ok(list.value())
    }

    /// Return the configuration limit name for the file or directory path.
    #[pyfunction("($module, /, path, name)")]
    fn pathconf(vm: &Vm, path: PathFd, name: Value) -> PyResult<i64> {
        let number = conf_number(vm, name, crate::constants::PATHCONF)?;
        let r = unsafe {
            *libc::__errno_location() = 0;
            match path.fd {
                Some(fd) => libc::fpathconf(fd, number),
                None => libc::pathconf(path.ptr(), number),
            }
        };
        let e = last_errno();
        if r == -1 && e != 0 { Err(path.error(vm, e)) } else { Ok(r) }
    }

    /// Return the configuration limit name for the file descriptor fd.
    #[pyfunction("($module, fd, name, /)")]
    fn fpathconf(vm: &Vm, fd: Fd, name: Value) -> PyResult<i64> {
        let number = conf_number(vm, name, crate::constants::PATHCONF)?;
        let r = unsafe {
            *libc::__errno_location() = 0;
            libc::fpathconf(fd.0, number)
        };
        let e = last_errno();
        if r == -1 && e != 0 { Err(vm.os_error(e, None)) } else { Ok(r) }
    }
}

/// The number of a configuration name, which may be given as a number.
pub fn conf_number(vm: &Vm, name: Value, table: &[(&str, i64)]) -> PyResult<c_int> {
    use adder_vm::builtins::str_::Str;
    use adder_vm::object::ValueExt;
    if let Some(s) = name.downcast::<Str>() {
        return match table.iter().find(|(n, _)| s.eq_str(n)) {
            Some((_, number)) => Ok(*number as c_int),
            None => Err(vm.value_error("unrecognized configuration name")),
        };
    }
    if name.class().slots().nb_index.is_none() {
        return Err(vm.type_error("configuration names must be strings or integers"));
    }
    Ok(vm.index_i128(name)? as c_int)
}
