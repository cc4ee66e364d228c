//! `FileIO`: a file descriptor as a raw stream.

use super::base::{IOBase, RawIOBase};
use super::{send, size_arg, unsupported};
use crate::os_support::{Path, call};
use crate::posix::descriptors::set_cloexec;
use adder_macros::{pyclass, pymethods};
use adder_vm::args::Args;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::exceptions::os_error::last_errno;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::cell::Cell;

/// Open a file.
///
/// The mode can be 'r' (default), 'w', 'x' or 'a' for reading,
/// writing, exclusive creation or appending.  The file will be created if it
/// doesn't exist when opened for writing or appending; it will be truncated
/// when opened for writing.  A FileExistsError will be raised if it already
/// exists when opened for creating. Opening a file for creating implies
/// writing so this mode behaves in a similar way to 'w'.Add a '+' to the mode
/// to allow simultaneous reading and writing. A custom opener can be used by
/// passing a callable as *opener*. The underlying file descriptor for the file
/// object is then obtained by calling opener with (*name*, *flags*).
/// *opener* must return an open file descriptor (passing os.open as *opener*
/// results in functionality similar to passing None).
#[pyclass(name = "FileIO", module = "_io", base = RawIOBase, flags = def::BASE, signature = "(file, mode='r', closefd=True, opener=None)")]
#[repr(C)]
pub struct FileIO {
    base: RawIOBase,
    pub fd: Cell<i32>,
    blksize: Cell<i64>,
    readable: Cell<bool>,
    writable: Cell<bool>,
    created: Cell<bool>,
    appending: Cell<bool>,
    closefd: Cell<bool>,
    /// -1: not known yet.
    seekable: Cell<i8>,
}

const MAX_BYTES: usize = 0x7fff_f000;

impl FileIO {
    fn fd(&self, vm: &Vm) -> PyResult<i32> {
        match self.fd.get() {
            fd if fd < 0 => Err(vm.value_error("I/O operation on closed file")),
            fd => Ok(fd),
        }
    }

    /// Reads into memory outside the heap. None: it would block.
    pub fn read_raw(&self, vm: &Vm, p: *mut u8, n: usize) -> PyResult<Option<usize>> {
        let fd = self.fd(vm)?;
        if !self.readable.get() {
            return Err(unsupported(vm, "File not open for reading"));
        }
        let n = n.min(MAX_BYTES);
        match call(vm, || unsafe { libc::read(fd, p.cast(), n) } as i64)? {
            Ok(n) => Ok(Some(n as usize)),
            Err(libc::EAGAIN) => Ok(None),
            Err(e) => Err(vm.os_error(e, None)),
        }
    }

    /// Writes from memory that stays in place. None: it would block.
    pub fn write_raw(&self, vm: &Vm, p: *const u8, n: usize) -> PyResult<Option<usize>> {
        let fd = self.fd(vm)?;
        if !self.writable.get() {
            return Err(unsupported(vm, "File not open for writing"));
        }
        let n = n.min(MAX_BYTES);
        match call(vm, || unsafe { libc::write(fd, p.cast(), n) } as i64)? {
            Ok(n) => Ok(Some(n as usize)),
            Err(libc::EAGAIN) => Ok(None),
            Err(e) => Err(vm.os_error(e, None)),
        }
    }

    /// Reads to the end. None: it would block at once.
    pub fn read_to_end(&self, vm: &Vm) -> PyResult<Option<Vec<u8>>> {
        let fd = self.fd(vm)?;
        // SAFETY: plain system calls.
        let guess = unsafe {
            let mut st: libc::stat = std::mem::zeroed();
            let at = libc::lseek(fd, 0, libc::SEEK_CUR);
            if libc::fstat(fd, &mut st) == 0 && st.st_size > 0 && at >= 0 && at <= st.st_size {
                (st.st_size - at) as usize + 1
            } else {
                0
            }
        };
        let mut out: Vec<u8> = Vec::new();
        if out.try_reserve(guess.max(8192)).is_err() {
            return Err(vm.memory_error());
        }
        loop {
            if out.capacity() == out.len() && out.try_reserve(out.len().clamp(8192, 64 << 20)).is_err() {
                return Err(vm.memory_error());
            }
            let room = out.capacity() - out.len();
            let p = unsafe { out.as_mut_ptr().add(out.len()) };
            match self.read_raw(vm, p, room)? {
                None if out.is_empty() => return Ok(None),
                None | Some(0) => return Ok(Some(out)),
                // SAFETY: the system call wrote that many bytes.
                Some(n) => unsafe { out.set_len(out.len() + n) },
            }
        }
    }

    fn mode_text(&self) -> &'static str {
        match (self.created.get(), self.appending.get(), self.readable.get(), self.writable.get()) {
            (true, _, true, _) => "xb+",
            (true, ..) => "xb",
            (_, true, true, _) => "ab+",
            (_, true, ..) => "ab",
            (_, _, true, true) => "rb+",
            (_, _, true, _) => "rb",
            _ => "wb",
        }
    }

    fn close_fd(&self, vm: &Vm) -> PyResult<()> {
        let fd = self.fd.replace(-1);
        if fd < 0 {
            return Ok(());
        }
        let (r, e) = vm.allow_threads(|| {
            let r = unsafe { libc::close(fd) };
            (r, last_errno())
        });
        if r < 0 && e != libc::EINTR { Err(vm.os_error(e, None)) } else { Ok(()) }
    }
}

fn flags_of(vm: &Vm, this: Ref<FileIO>, mode: &str) -> PyResult<i32> {
    let mut flags = 0;
    let (mut kinds, mut plus) = (0, false);
    for c in mode.chars() {
        match c {
            'x' => {
                kinds += 1;
                this.created.set(true);
                this.writable.set(true);
                flags |= libc::O_EXCL | libc::O_CREAT;
            }
            'r' => {
                kinds += 1;
                this.readable.set(true);
            }
            'w' => {
                kinds += 1;
                this.writable.set(true);
                flags |= libc::O_CREAT | libc::O_TRUNC;
            }
            'a' => {
                kinds += 1;
                this.writable.set(true);
                this.appending.set(true);
                flags |= libc::O_APPEND | libc::O_CREAT;
            }
            'b' => {}
            '+' if !plus => {
                plus = true;
                this.readable.set(true);
                this.writable.set(true);
            }
            _ => {
                if c == '+' {
                    kinds = 2;
                } else {
                    raise!(vm, ValueError, "invalid mode: {mode}")
                }
            }
        }
    }
    if kinds != 1 {
        return Err(
            vm.value_error("Must have exactly one of create/read/write/append mode and at most one plus")
        );
    }
    Ok(flags
        | match (this.readable.get(), this.writable.get()) {
            (true, true) => libc::O_RDWR,
            (true, false) => libc::O_RDONLY,
            _ => libc::O_WRONLY,
        }
        | libc::O_CLOEXEC)
}

fn setup(
    vm: &Vm,
    this: Ref<FileIO>,
    file: Value,
    mode: &str,
    closefd: bool,
    opener: Option<Value>,
) -> PyResult<()> {
    if this.fd.get() >= 0 {
        if this.closefd.get() {
            this.close_fd(vm)?;
        } else {
            this.fd.set(-1);
        }
    }
    for cell in [&this.readable, &this.writable, &this.created, &this.appending] {
        cell.set(false);
    }
    this.seekable.set(-1);
    this.base.base.done.set(false);
    let name = file;
    let mut given = -1;
    if file.class().slots().nb_index.is_some() {
        if adder_vm::builtins::singletons::as_bool(file).is_some() {
            vm.warn(Exc::RuntimeWarning, "bool is used as a file descriptor")?;
        }
        let n = vm.index_i128(file)?;
        if n < 0 {
            return Err(vm.value_error("negative file descriptor"));
        }
        given = match i32::try_from(n) {
            Ok(n) => n,
            Err(_) => raise!(vm, OverflowError, "Python int too large to convert to C int"),
        };
    }
    let flags = flags_of(vm, this, mode)?;
    if adder_vm::sys_functions::audited() {
        adder_vm::sys_functions::audit(vm, "open", &[file, vm.new_str(mode), vm.int(flags as i64)])?;
    }
    this.closefd.set(closefd);
    let mut own = false;
    if given >= 0 {
        this.fd.set(given);
    } else {
        if !closefd {
            return Err(vm.value_error("Cannot use closefd=False with file name"));
        }
        let path = Path::convert(vm, Some(file), "", "path");
        let path = match path {
            Ok(p) => p,
            Err(raised) => {
                let exc = vm.take_exception(raised);
                if exc.value().class() == Exc::ValueError.class() {
                    return Err(vm.value_error("embedded null byte"));
                }
                return Err(vm.restore(exc));
            }
        };
        own = true;
        let fd = match opener {
            None => match call(vm, || unsafe { libc::open(path.ptr(), flags, 0o666) } as i64)? {
                Ok(fd) => fd as i32,
                Err(e) => return Err(vm.os_error(e, Some(file))),
            },
            Some(opener) => {
                let r = vm.call(opener, &[file, vm.int(flags as i64)])?;
                if adder_vm::builtins::int::as_int(r).is_none() {
                    return Err(vm.type_error("expected integer from opener"));
                }
                let fd = vm.index_i128(r)? as i32;
                if fd < 0 {
                    raise!(vm, ValueError, "opener returned {fd}")
                }
                if !set_cloexec(fd, true) {
                    return Err(vm.last_os_error());
                }
                fd
            }
        };
        this.fd.set(fd);
    }
    let fail = |vm: &Vm, e: i32, own: bool| {
        if own {
            let _ = this.close_fd(vm).map_err(|r| drop(vm.take_exception(r)));
        } else {
            this.fd.set(-1);
        }
        vm.os_error(e, Some(file))
    };
    let fd = this.fd.get();
    let mut st: libc::stat = unsafe { std::mem::zeroed() };
    if unsafe { libc::fstat(fd, &mut st) } < 0 {
        // A descriptor that is none; other failures do not matter.
        if last_errno() == libc::EBADF {
            return Err(fail(vm, libc::EBADF, own));
        }
    } else {
        if st.st_mode & libc::S_IFMT == libc::S_IFDIR {
            return Err(fail(vm, libc::EISDIR, own));
        }
        this.blksize.set(if st.st_blksize > 1 { st.st_blksize } else { 8192 });
    }
    vm.set_attr(this.value(), vm.intern_str("name"), name)?;
    if this.appending.get() {
        unsafe { libc::lseek(fd, 0, libc::SEEK_END) };
    }
    Ok(())
}

#[pymethods]
impl FileIO {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, _args: Args) -> PyResult<Value> {
        let blank = FileIO {
            base: RawIOBase { base: IOBase::blank() },
            fd: Cell::new(-1),
            blksize: Cell::new(8192),
            readable: Cell::new(false),
            writable: Cell::new(false),
            created: Cell::new(false),
            appending: Cell::new(false),
            closefd: Cell::new(true),
            seekable: Cell::new(-1),
        };
        Ok(super::instance(vm, class, blank)?.value())
    }

    #[slot(tp_init)]
    fn init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
        let get = |i: usize, name: &str| args.pos().get(i).copied().or(args.keyword(name));
        let Some(file) = get(0, "file") else {
            return Err(vm.type_error("FileIO() missing required argument 'file' (pos 1)"));
        };
        let mode = match get(1, "mode") {
            None => "r".to_string(),
            Some(m) => match m.downcast::<Str>() {
                Some(s) => s.to_string(),
                None => {
                    raise!(vm, TypeError, "FileIO() argument 'mode' must be str, not {}", m.class().name())
                }
            },
        };
        let closefd = match get(2, "closefd") {
            Some(c) => vm.truth(c)?,
            None => true,
        };
        let opener = get(3, "opener").filter(|o| !o.is_none());
        // SAFETY: installed as a slot of FileIO only.
        setup(vm, unsafe { this.cast() }, file, &mode, closefd, opener)
    }

    /// Read at most size bytes, returned as bytes.
    #[pymethod("($self, size=-1, /)")]
    fn read(vm: &Vm, this: Ref<FileIO>, size: Option<Value>) -> PyResult<Value> {
        let n = size_arg(vm, size)?;
        this.fd(vm)?;
        if !this.readable.get() {
            return Err(unsupported(vm, "File not open for reading"));
        }
        if n < 0 {
            return Self::readall(vm, this);
        }
        let n = (n as usize).min(MAX_BYTES);
        let mut buffer: Vec<u8> = Vec::new();
        if buffer.try_reserve_exact(n).is_err() {
            return Err(vm.memory_error());
        }
        match this.read_raw(vm, buffer.as_mut_ptr(), n)? {
            None => Ok(none()),
            Some(n) => {
                // SAFETY: the system call wrote that many bytes.
                unsafe { buffer.set_len(n) };
                vm.new_bytes(&buffer)
            }
        }
    }

    /// Read all data from the file, returned as bytes.
    #[pymethod("($self, /)")]
    fn readall(vm: &Vm, this: Ref<FileIO>) -> PyResult<Value> {
        match this.read_to_end(vm)? {
            None => Ok(none()),
            Some(b) => vm.new_bytes(&b),
        }
    }

    /// Same as RawIOBase.readinto().
    #[pymethod("($self, buffer, /)")]
    fn readinto(vm: &Vm, this: Ref<FileIO>, buffer: Value) -> PyResult<Option<usize>> {
        this.fd(vm)?;
        if !this.readable.get() {
            return Err(unsupported(vm, "File not open for reading"));
        }
        let mut view = vm.bytes_mut(buffer)?;
        let b = view.bytes();
        this.read_raw(vm, b.as_mut_ptr(), b.len())
    }

    /// Write buffer b to file, return number of bytes written.
    #[pymethod("($self, b, /)")]
    fn write(vm: &Vm, this: Ref<FileIO>, b: Value) -> PyResult<Option<usize>> {
        this.fd(vm)?;
        if !this.writable.get() {
            return Err(unsupported(vm, "File not open for writing"));
        }
        let data = vm.bytes_like(b)?;
        this.write_raw(vm, data.as_ptr(), data.len())
    }

    /// Move to new file position and return it.
    #[pymethod("($self, pos, whence=0, /)")]
    fn seek(vm: &Vm, this: Ref<FileIO>, pos: Value, whence: Option<i32>) -> PyResult<i64> {
        let fd = this.fd(vm)?;
        if adder_vm::builtins::float::as_float(pos).is_some() {
            return Err(vm.type_error("an integer is required"));
        }
        let pos = crate::os_support::offset(vm, pos)?;
        let r = crate::os_support::check(vm, || unsafe { libc::lseek(fd, pos, whence.unwrap_or(0)) });
        if this.seekable.get() < 0 {
            this.seekable.set(r.is_ok() as i8);
        }
        r
    }

    /// Current file position.
    #[pymethod("($self, /)")]
    fn tell(vm: &Vm, this: Ref<FileIO>) -> PyResult<i64> {
        let fd = this.fd(vm)?;
        crate::os_support::check(vm, || unsafe { libc::lseek(fd, 0, libc::SEEK_CUR) })
    }

    /// Truncate the file to at most size bytes and return the truncated size.
    #[pymethod("($self, size=None, /)")]
    fn truncate(vm: &Vm, this: Ref<FileIO>, size: Option<Value>) -> PyResult<i64> {
        let fd = this.fd(vm)?;
        if !this.writable.get() {
            return Err(unsupported(vm, "File not open for writing"));
        }
        let size = match size.filter(|s| !s.is_none()) {
            Some(s) => crate::os_support::offset(vm, s)?,
            None => crate::os_support::check(vm, || unsafe { libc::lseek(fd, 0, libc::SEEK_CUR) })?,
        };
        crate::os_support::check(vm, || unsafe { libc::ftruncate(fd, size) } as i64)?;
        Ok(size)
    }

    /// Close the file.
    #[pymethod("($self, /)")]
    fn close(vm: &Vm, this: Ref<FileIO>) -> PyResult<()> {
        let base: Ref<IOBase> = unsafe { this.value().cast() };
        let flushed = if base.done.get() {
            Ok(())
        } else {
            let r = send(vm, this.value(), "flush", &[]).map(drop);
            base.done.set(true);
            r
        };
        if !this.closefd.get() {
            this.fd.set(-1);
            return flushed;
        }
        if base.finalizing.get() {
            Self::_dealloc_warn(vm, this, this.value());
        }
        super::both(vm, flushed, || this.close_fd(vm))
    }

    #[pymethod("($self, source, /)")]
    fn _dealloc_warn(vm: &Vm, this: Ref<FileIO>, source: Value) {
        if this.fd.get() >= 0 && this.closefd.get() {
            let shown = match vm.repr_string(source) {
                Ok(s) => s,
                Err(raised) => {
                    let _ = vm.take_exception(raised);
                    return;
                }
            };
            if let Err(raised) = vm.warn(Exc::ResourceWarning, &format!("unclosed file {shown}")) {
                vm.unraisable(raised, "Exception ignored while finalizing file", this.value());
            }
        }
    }

    /// Return the underlying file descriptor (an integer).
    #[pymethod("($self, /)")]
    fn fileno(vm: &Vm, this: Ref<FileIO>) -> PyResult<i32> {
        this.fd(vm)
    }

    /// True if the file is connected to a TTY device.
    #[pymethod("($self, /)")]
    fn isatty(vm: &Vm, this: Ref<FileIO>) -> PyResult<bool> {
        let fd = this.fd(vm)?;
        Ok(unsafe { libc::isatty(fd) } == 1)
    }

    #[pymethod("($self, /)")]
    fn _isatty_open_only(vm: &Vm, this: Ref<FileIO>) -> PyResult<bool> {
        Self::isatty(vm, this)
    }

    /// True if file supports random-access.
    #[pymethod("($self, /)")]
    fn seekable(vm: &Vm, this: Ref<FileIO>) -> PyResult<bool> {
        let fd = this.fd(vm)?;
        if this.seekable.get() < 0 {
            let r = unsafe { libc::lseek(fd, 0, libc::SEEK_CUR) };
            this.seekable.set((r >= 0) as i8);
        }
        Ok(this.seekable.get() == 1)
    }

    /// True if file was opened in a read mode.
    #[pymethod("($self, /)")]
    fn readable(vm: &Vm, this: Ref<FileIO>) -> PyResult<bool> {
        this.fd(vm)?;
        Ok(this.readable.get())
    }

    /// True if file was opened in a write mode.
    #[pymethod("($self, /)")]
    fn writable(vm: &Vm, this: Ref<FileIO>) -> PyResult<bool> {
        this.fd(vm)?;
        Ok(this.writable.get())
    }

    /// True if the file is closed
    #[getter]
    fn closed(_vm: &Vm, this: Ref<FileIO>) -> bool {
        this.fd.get() < 0
    }

    /// True if the file descriptor will be closed by close().
    #[getter]
    fn closefd(_vm: &Vm, this: Ref<FileIO>) -> bool {
        this.closefd.get()
    }

    /// String giving the file mode
    #[getter]
    fn mode(_vm: &Vm, this: Ref<FileIO>) -> &'static str {
        this.mode_text()
    }

    /// Stat st_blksize if available
    #[getter]
    fn _blksize(_vm: &Vm, this: Ref<FileIO>) -> i64 {
        this.blksize.get()
    }

    #[pymethod("($self, /)")]
    fn __getstate__(vm: &Vm, this: Ref<FileIO>) -> PyResult<Value> {
        raise!(vm, TypeError, "cannot pickle '{}' instances", this.value().class().short_name())
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        // SAFETY: installed as a slot of FileIO only.
        let f: Ref<FileIO> = unsafe { this.cast() };
        let class = this.class().full_name(vm);
        if f.fd.get() < 0 {
            return Ok(vm.new_str(&format!("<{class} [closed]>")));
        }
        let (mode, closefd) = (f.mode_text(), if f.closefd.get() { "True" } else { "False" });
        match vm.get_attr_opt(this, vm.intern_str("name"))? {
            None => Ok(vm.new_str(&format!("<{class} fd={} mode='{mode}' closefd={closefd}>", f.fd.get()))),
            Some(name) => {
                let name = vm.repr(name)?;
                let (a, b) = (format!("<{class} name="), format!(" mode='{mode}' closefd={closefd}>"));
                vm.concat_strings(&[vm.new_str(&a), name, vm.new_str(&b)])
            }
        }
    }
}
