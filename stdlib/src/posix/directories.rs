//! The current directory and `listdir`.

use crate::os_support::*;
use adder_macros::pymodule;
use adder_vm::builtins::exceptions::os_error::last_errno;
use adder_vm::builtins::list::List;
use adder_vm::error::PyResult;
use adder_vm::object::Value;
use adder_vm::vm::Vm;

/// An open directory; closed when dropped.
pub struct Dir(*mut libc::DIR, bool);

/// What one entry says.
pub struct Entry {
    pub name: Vec<u8>,
    pub inode: u64,
    pub kind: u8,
}

impl Dir {
    /// Opens a path or a duplicate of a descriptor.
    pub fn open(vm: &Vm, path: &PathFdNone) -> PyResult<Dir> {
        let (d, e) = vm.allow_threads(|| {
            // SAFETY: plain system calls.
            let d = unsafe {
                match path.fd {
                    Some(fd) => {
                        let copy = libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0);
                        if copy < 0 {
                            std::ptr::null_mut()
                        } else {
                            let d = libc::fdopendir(copy);
                            if d.is_null() {
                                let e = last_errno();
                                libc::close(copy);
                                *libc::__errno_location() = e;
                            }
                            d
                        }
                    }
                    None => libc::opendir(path.ptr()),
                }
            };
            (d, last_errno())
        });
        if d.is_null() { Err(path.error(vm, e)) } else { Ok(Dir(d, path.fd.is_some())) }
    }

    /// The next entry but `.` and `..`; an error number if that fails.
    pub fn next(&mut self) -> Result<Option<Entry>, i32> {
        loop {
            // SAFETY: the directory is open; the entry is valid until the next call.
            unsafe {
                *libc::__errno_location() = 0;
                let e = libc::readdir(self.0);
                if e.is_null() {
                    return match last_errno() {
                        0 => Ok(None),
                        n => Err(n),
                    };
                }
                let name = c_bytes((*e).d_name.as_ptr());
                if name != b"." && name != b".." {
                    return Ok(Some(Entry { name: name.to_vec(), inode: (*e).d_ino, kind: (*e).d_type }));
                }
            }
        }
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        // SAFETY: open until here.
        unsafe {
            if self.1 {
                // The position is shared with the descriptor it was opened from.
                libc::rewinddir(self.0);
            }
            libc::closedir(self.0);
        }
    }
}

fn current(vm: &Vm) -> PyResult<Vec<u8>> {
    let mut buffer = vec![0u8; 1024];
    loop {
        let p = buffer.as_mut_ptr();
        let n = buffer.len();
        let (r, e) = vm.allow_threads(|| {
            // SAFETY: the buffer has the length that is given.
            let r = unsafe { libc::getcwd(p.cast(), n) };
            (r.is_null(), last_errno())
        });
        if !r {
            let end = buffer.iter().position(|b| *b == 0).unwrap_or(0);
            buffer.truncate(end);
            return Ok(buffer);
        }
        if e != libc::ERANGE {
            return Err(vm.os_error(e, None));
        }
        buffer.resize(n * 2, 0);
    }
}

#[pymodule("posix")]
pub mod functions {
    use super::*;

    /// Return a unicode string representing the current working directory.
    #[pyfunction("($module, /)")]
    fn getcwd(vm: &Vm) -> PyResult<Value> {
        vm.fs_decode(&current(vm)?)
    }

    /// Return a bytes string representing the current working directory.
    #[pyfunction("($module, /)")]
    fn getcwdb(vm: &Vm) -> PyResult<Value> {
        vm.new_bytes(&current(vm)?)
    }

    /// Change the current working directory to the specified path.
    #[pyfunction("($module, /, path)")]
    fn chdir(vm: &Vm, path: PathFd) -> PyResult<()> {
        check_path(vm, &path, || unsafe {
            match path.fd {
                Some(fd) => libc::fchdir(fd) as i64,
                None => libc::chdir(path.ptr()) as i64,
            }
        })
        .map(drop)
    }

    /// Change to the directory of the given file descriptor.
    #[pyfunction("($module, /, fd)")]
    fn fchdir(vm: &Vm, fd: Fd) -> PyResult<()> {
        check(vm, || unsafe { libc::fchdir(fd.0) } as i64).map(drop)
    }

    /// Return a list containing the names of the files in the directory.
    #[pyfunction("($module, /, path=None)")]
    fn listdir(vm: &Vm, path: PathFdNone) -> PyResult<Value> {
        let mut dir = Dir::open(vm, &path)?;
        let found = vm.allow_threads(|| {
            let mut names = vec![];
            loop {
                match dir.next() {
                    Ok(Some(e)) => names.push(e.name),
                    Ok(None) => return Ok(names),
                    Err(e) => return Err(e),
                }
            }
        });
        let names = match found {
            Ok(n) => n,
            Err(e) => return Err(path.error(vm, e)),
        };
        let list = List::with_capacity(vm, names.len());
        for n in names {
            list.push(vm, path.decode(vm, &n)?);
        }
        Ok(list.value())
    }
}
