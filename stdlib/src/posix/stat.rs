//! `stat`, `statvfs` and `utime`.

use crate::os_support::*;
use adder_macros::pymodule;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::struct_sequence::StructSeqDef;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;

pub static STAT_RESULT: StructSeqDef = StructSeqDef {
    name: "os.stat_result",
    doc: "stat_result: Result from stat, fstat, or lstat.\n\n\
          This object may be accessed either as a tuple of\n  \
          (mode, ino, dev, nlink, uid, gid, size, atime, mtime, ctime)\n\
          or via the attributes st_mode, st_ino, st_dev, st_nlink, st_uid, and so on.\n\n\
          Posix/windows: If your platform supports st_blksize, st_blocks, st_rdev,\n\
          or st_flags, they are available as attributes only.\n\n\
          See os.stat for more information.",
    fields: &[
        ("st_mode", "protection bits"),
        ("st_ino", "inode"),
        ("st_dev", "device"),
        ("st_nlink", "number of hard links"),
        ("st_uid", "user ID of owner"),
        ("st_gid", "group ID of owner"),
        ("st_size", "total size, in bytes"),
        ("", "integer time of last access"),
        ("", "integer time of last modification"),
        ("", "integer time of last change"),
        ("st_atime", "time of last access"),
        ("st_mtime", "time of last modification"),
        ("st_ctime", "time of last change"),
        ("st_atime_ns", "time of last access in nanoseconds"),
        ("st_mtime_ns", "time of last modification in nanoseconds"),
        ("st_ctime_ns", "time of last change in nanoseconds"),
        ("st_blksize", "blocksize for filesystem I/O"),
        ("st_blocks", "number of blocks allocated"),
        ("st_rdev", "device type (if inode device)"),
    ],
    visible: 10,
};

static STATVFS_RESULT: StructSeqDef = StructSeqDef {
    name: "os.statvfs_result",
    doc: "statvfs_result: Result from statvfs or fstatvfs.\n\n\
          This object may be accessed either as a tuple of\n  \
          (bsize, frsize, blocks, bfree, bavail, files, ffree, favail, flag, namemax),\n\
          or via the attributes f_bsize, f_frsize, f_blocks, f_bfree, and so on.\n\n\
          See os.statvfs for more information.",
    fields: &[
        ("f_bsize", ""),
        ("f_frsize", ""),
        ("f_blocks", ""),
        ("f_bfree", ""),
        ("f_bavail", ""),
        ("f_files", ""),
        ("f_ffree", ""),
        ("f_favail", ""),
        ("f_flag", ""),
        ("f_namemax", ""),
        ("f_fsid", ""),
    ],
    visible: 10,
};

/// A new stat_result.
pub fn result(vm: &Vm, st: &libc::stat) -> Value {
    let ns = |s: i64, n: i64| s as i128 * 1_000_000_000 + n as i128;
    let seconds = |s: i64, n: i64| s as f64 + 1e-9 * n as f64;
    let (a, an) = (st.st_atime, st.st_atime_nsec);
    let (m, mn) = (st.st_mtime, st.st_mtime_nsec);
    let (c, cn) = (st.st_ctime, st.st_ctime_nsec);
    let values = [
        vm.int(st.st_mode as i64),
        vm.new_int(st.st_ino as i128),
        vm.new_int(st.st_dev as i128),
        vm.new_int(st.st_nlink as i128),
        vm.int(st.st_uid as i64),
        vm.int(st.st_gid as i64),
        vm.int(st.st_size),
        vm.int(a),
        vm.int(m),
        vm.int(c),
        vm.float(seconds(a, an)),
        vm.float(seconds(m, mn)),
        vm.float(seconds(c, cn)),
        vm.new_int(ns(a, an)),
        vm.new_int(ns(m, mn)),
        vm.new_int(ns(c, cn)),
        vm.int(st.st_blksize),
        vm.int(st.st_blocks),
        vm.new_int(st.st_rdev as i128),
    ];
    vm.new_struct_sequence(vm.struct_sequence_type(&STAT_RESULT), &values)
}

/// `stat` of a path or descriptor.
pub fn do_stat<const N: bool>(
    vm: &Vm,
    function: &str,
    path: &PathArg<true, N>,
    dir_fd: &DirFd,
    follow: bool,
) -> PyResult<libc::stat> {
    if path.fd.is_some() && dir_fd.is_given() {
        raise!(vm, ValueError, "{function}: can't specify dir_fd without matching path")
    }
    if path.fd.is_some() && !follow {
        raise!(vm, ValueError, "{function}: cannot use fd and follow_symlinks together")
    }
    // SAFETY: plain data.
    let mut st: libc::stat = unsafe { std::mem::zeroed() };
    let flags = if follow { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
    check_path(vm, path, || unsafe {
        match path.fd {
            Some(fd) => libc::fstat(fd, &mut st) as i64,
            None => libc::fstatat(dir_fd.0, path.ptr(), &mut st, flags) as i64,
        }
    })?;
    Ok(st)
}

fn vfs_result(vm: &Vm, st: &libc::statvfs) -> Value {
    let values = [
        st.f_bsize as i128,
        st.f_frsize as i128,
        st.f_blocks as i128,
        st.f_bfree as i128,
        st.f_bavail as i128,
        st.f_files as i128,
        st.f_ffree as i128,
        st.f_favail as i128,
        st.f_flag as i128,
        st.f_namemax as i128,
        st.f_fsid as i128,
    ];
    let t = Tuple::build(vm, values.len(), |i| PyResult::Ok(vm.new_int(values[i])));
    let t = t.unwrap_or(Tuple::empty());
    vm.new_struct_sequence(vm.struct_sequence_type(&STATVFS_RESULT), t.items())
}

#[pymodule("posix")]
pub mod functions {
    use super::*;

    /// Perform a stat system call on the given path.
    #[pyfunction("($module, /, path, *, dir_fd=None, follow_symlinks=True)")]
    fn stat(vm: &Vm, path: PathFd, dir_fd: DirFd, follow_symlinks: Option<bool>) -> PyResult<Value> {
        let st = do_stat(vm, "stat", &path, &dir_fd, follow_symlinks.unwrap_or(true))?;
        Ok(result(vm, &st))
    }

    /// Perform a stat system call on the given path, without following symbolic links.
    #[pyfunction("($module, /, path, *, dir_fd=None)")]
    fn lstat(vm: &Vm, path: Path, dir_fd: DirFd) -> PyResult<Value> {
        // SAFETY: plain data.
        let mut st: libc::stat = unsafe { std::mem::zeroed() };
        check_path(vm, &path, || unsafe {
            libc::fstatat(dir_fd.0, path.ptr(), &mut st, libc::AT_SYMLINK_NOFOLLOW)
        } as i64)?;
        Ok(result(vm, &st))
    }

    /// Perform a stat system call on the given file descriptor.
    #[pyfunction("($module, /, fd)")]
    fn fstat(vm: &Vm, fd: i32) -> PyResult<Value> {
        // SAFETY: plain data.
        let mut st: libc::stat = unsafe { std::mem::zeroed() };
        check(vm, || unsafe { libc::fstat(fd, &mut st) } as i64)?;
        Ok(result(vm, &st))
    }

    /// Perform a statvfs system call on the given path.
    #[pyfunction("($module, /, path)")]
    fn statvfs(vm: &Vm, path: PathFd) -> PyResult<Value> {
        // SAFETY: plain data.
        let mut st: libc::statvfs = unsafe { std::mem::zeroed() };
        check_path(vm, &path, || unsafe {
            match path.fd {
                Some(fd) => libc::fstatvfs(fd, &mut st) as i64,
                None => libc::statvfs(path.ptr(), &mut st) as i64,
            }
        })?;
        Ok(vfs_result(vm, &st))
    }

    /// Perform an fstatvfs system call on the given fd.
    #[pyfunction("($module, fd, /)")]
    fn fstatvfs(vm: &Vm, fd: i32) -> PyResult<Value> {
        // SAFETY: plain data.
        let mut st: libc::statvfs = unsafe { std::mem::zeroed() };
        check(vm, || unsafe { libc::fstatvfs(fd, &mut st) } as i64)?;
        Ok(vfs_result(vm, &st))
    }

    /// Set the access and modified time of path.
    #[pyfunction(
        "($module, /, path, times=None, *, ns=<unrepresentable>, dir_fd=None, follow_symlinks=True)"
    )]
    fn utime(
        vm: &Vm,
        path: PathFd,
        times: Option<Value>,
        ns: Option<Value>,
        dir_fd: DirFd,
        follow_symlinks: Option<bool>,
    ) -> PyResult<()> {
        let times = times.unwrap_or(none());
        if !times.is_none() && ns.is_some() {
            return Err(vm.value_error("utime: you may specify either 'times' or 'ns' but not both"));
        }
        let pair = |v: Value, what: &str| -> PyResult<(Value, Value)> {
            match v.downcast::<Tuple>() {
                Some(t) if t.len() == 2 => Ok((t.get(0), t.get(1))),
                _ => raise!(vm, TypeError, "utime: {what} must be a tuple of two ints"),
            }
        };
        let stamps = if !times.is_none() {
            let Some(t) = times.downcast::<Tuple>().filter(|t| t.len() == 2) else {
                return Err(vm.type_error("utime: 'times' must be either a tuple of two ints or None"));
            };
            Some([timespec(nanoseconds(vm, t.get(0), false)?), timespec(nanoseconds(vm, t.get(1), false)?)])
        } else if let Some(ns) = ns {
            let (a, m) = pair(ns, "'ns'")?;
            let one = |v: Value| -> PyResult<libc::timespec> {
                let n = vm.index_i128(v)?;
                match i64::try_from(n.div_euclid(1_000_000_000)) {
                    Ok(s) => Ok(libc::timespec { tv_sec: s, tv_nsec: n.rem_euclid(1_000_000_000) as i64 }),
                    Err(_) => raise!(vm, OverflowError, "timestamp out of range for platform time_t"),
                }
            };
            Some([one(a)?, one(m)?])
        } else {
            None
        };
        let follow = follow_symlinks.unwrap_or(true);
        if path.fd.is_some() && dir_fd.is_given() {
            return Err(vm.value_error("utime: can't specify dir_fd without matching path"));
        }
        if path.fd.is_some() && !follow {
            return Err(vm.value_error("utime: cannot use fd and follow_symlinks together"));
        }
        let p = stamps.as_ref().map_or(std::ptr::null(), |s| s.as_ptr());
        let flags = if follow { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
        check_path(vm, &path, || unsafe {
            match path.fd {
                Some(fd) => libc::futimens(fd, p) as i64,
                None => libc::utimensat(dir_fd.0, path.ptr(), p, flags) as i64,
            }
        })
        .map(drop)
    }

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        m.dict().set_str(vm, "stat_result", vm.struct_sequence_type(&STAT_RESULT).value());
        m.dict().set_str(vm, "statvfs_result", vm.struct_sequence_type(&STATVFS_RESULT).value());
        Ok(())
    }
}
