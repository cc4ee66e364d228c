//! What the modules about the operating system share: system calls that release the GIL and are
//! retried after signals (PEP 475), and arguments that are paths or file descriptors.

use adder_vm::args::{FromArg, Params};
use adder_vm::builtins::bytes::Bytes;
use adder_vm::builtins::exceptions::os_error::last_errno;
use adder_vm::builtins::int::as_int;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::type_::TypeExt;
use adder_vm::def::ModuleDef;
use adder_vm::error::{PyResult, Raised};
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use libc::{c_char, c_int};
use std::ffi::CString;

/// Adds constants to a module.
pub fn add_constants(vm: &Vm, m: Ref<Module>, table: &[(&str, i64)]) {
    for (name, value) in table {
        m.dict().set_str(vm, name, vm.int(*value));
    }
}

/// Adds the functions that another file defines for a module.
pub fn add_functions(vm: &Vm, m: Ref<Module>, def: &'static ModuleDef) -> PyResult<()> {
    let name = vm.intern_str(def.name).value();
    for f in def.functions {
        let function = adder_vm::builtins::descr::native_function(vm, f, None, Some(name));
        m.dict().set_str(vm, f.name, function);
    }
    match def.exec {
        Some(exec) => exec(vm, m),
        None => Ok(()),
    }
}

/// A system call that may block. The inner error is the error number; never EINTR, after which signal
/// handlers run and the call is made again.
pub fn call(vm: &Vm, mut f: impl FnMut() -> i64) -> PyResult<Result<i64, c_int>> {
    loop {
        let (r, e) = vm.allow_threads(|| {
            let r = f();
            (r, if r == -1 { last_errno() } else { 0 })
        });
        if r != -1 {
            return Ok(Ok(r));
        }
        if e != libc::EINTR {
            return Ok(Err(e));
        }
        vm.check_signals()?;
    }
}

/// As `call`; OSError if it fails.
pub fn check(vm: &Vm, f: impl FnMut() -> i64) -> PyResult<i64> {
    match call(vm, f)? {
        Ok(r) => Ok(r),
        Err(e) => Err(vm.os_error(e, None)),
    }
}

/// As `call`; OSError with the path if it fails.
pub fn check_path<const FD: bool, const NONE: bool>(
    vm: &Vm,
    path: &PathArg<FD, NONE>,
    f: impl FnMut() -> i64,
) -> PyResult<i64> {
    match call(vm, f)? {
        Ok(r) => Ok(r),
        Err(e) => Err(path.error(vm, e)),
    }
}

/// A call that does not block: OSError if it returns -1.
pub fn quick(vm: &Vm, r: i64) -> PyResult<i64> {
    if r == -1 { Err(vm.last_os_error()) } else { Ok(r) }
}

/// A path: str, bytes or os.PathLike; with `FD` also a file descriptor, with `NONE` also None.
/// Lies on the stack.
pub struct PathArg<const FD: bool, const NONE: bool> {
    /// What is shown in errors; None: not given.
    pub object: Option<Value>,
    pub text: CString,
    pub fd: Option<c_int>,
    pub is_bytes: bool,
}

pub type Path = PathArg<false, false>;
pub type PathFd = PathArg<true, false>;
pub type PathNone = PathArg<false, true>;
pub type PathFdNone = PathArg<true, true>;

impl<const FD: bool, const NONE: bool> PathArg<FD, NONE> {
    pub fn ptr(&self) -> *const c_char {
        self.text.as_ptr()
    }

    /// OSError about this path.
    pub fn error(&self, vm: &Vm, errno: c_int) -> Raised {
        vm.os_error(errno, self.object)
    }

    /// A name of a file system in the type of the argument.
    pub fn decode(&self, vm: &Vm, bytes: &[u8]) -> PyResult<Value> {
        if self.is_bytes { vm.new_bytes(bytes) } else { vm.fs_decode(bytes) }
    }

    /// Converts an argument; the names are for messages.
    pub fn convert(vm: &Vm, value: Option<Value>, function: &str, argument: &str) -> PyResult<Self> {
        let prefix = if function.is_empty() { String::new() } else { format!("{function}: ") };
        let Some(given) = value.filter(|v| !NONE || !v.is_none()) else {
            return Ok(PathArg { object: None, text: c".".to_owned(), fd: None, is_bytes: false });
        };
        let allowed = match (FD, NONE) {
            (true, true) => "string, bytes, os.PathLike, integer or None",
            (true, false) => "string, bytes, os.PathLike or integer",
            (false, true) => "string, bytes, os.PathLike or None",
            (false, false) => "string, bytes or os.PathLike",
        };
        let wrong = |v: Value| {
            vm.type_error(format!("{prefix}{argument} should be {allowed}, not {}", v.class().name()))
        };
        let is_path = |v: Value| v.downcast::<Str>().is_some() || v.downcast::<Bytes>().is_some();
        let mut object = given;
        if !is_path(object) {
            if FD && object.class().slots().nb_index.is_some() {
                let fd = fd_number(vm, object)?;
                return Ok(PathArg {
                    object: Some(object),
                    text: c"".to_owned(),
                    fd: Some(fd),
                    is_bytes: false,
                });
            }
            let Some(f) = object.class().lookup(vm, vm.intern_str("__fspath__")) else {
                return Err(wrong(object));
            };
            object = vm.call_unbound(f, object, &[])?;
            if !is_path(object) {
                raise!(
                    vm,
                    TypeError,
                    "expected {}.__fspath__() to return str or bytes, not {}",
                    given.class().name(),
                    object.class().name()
                )
            }
        }
        let (bytes, is_bytes) = match (object.downcast::<Str>(), object.downcast::<Bytes>()) {
            (Some(s), _) => (vm.fs_encode(s)?, false),
            (_, Some(b)) => (b.as_bytes().to_vec(), true),
            _ => return Err(wrong(object)),
        };
        match CString::new(bytes) {
            Ok(text) => Ok(PathArg { object: Some(object), text, fd: None, is_bytes }),
            Err(_) => raise!(vm, ValueError, "{prefix}embedded null character in {argument}"),
        }
    }
}

impl<const FD: bool, const NONE: bool> FromArg for PathArg<FD, NONE> {
    fn from_arg(vm: &Vm, value: Option<Value>, params: &Params, index: usize) -> PyResult<Self> {
        let argument = params.names.get(index).copied().unwrap_or("path");
        if value.is_none() && !NONE {
            // An optional parameter that is no path by default.
            return Ok(PathArg { object: None, text: c".".to_owned(), fd: None, is_bytes: false });
        }
        PathArg::convert(vm, value, params.function, argument)
    }
}

fn fd_number(vm: &Vm, v: Value) -> PyResult<c_int> {
    if adder_vm::builtins::singletons::as_bool(v).is_some() {
        vm.warn(adder_vm::builtins::exceptions::Exc::RuntimeWarning, "bool is used as a file descriptor")?;
    }
    let i = vm.index_i128(v)?;
    match c_int::try_from(i) {
        Ok(fd) => Ok(fd),
        Err(_) if i > 0 => raise!(vm, OverflowError, "fd is greater than maximum"),
        Err(_) => raise!(vm, OverflowError, "fd is less than minimum"),
    }
}

/// A `dir_fd` argument.
pub struct DirFd(pub c_int);

impl FromArg for DirFd {
    fn from_arg(vm: &Vm, value: Option<Value>, _: &Params, _: usize) -> PyResult<DirFd> {
        let Some(v) = value.filter(|v| !v.is_none()) else { return Ok(DirFd(libc::AT_FDCWD)) };
        if v.class().slots().nb_index.is_none() {
            raise!(vm, TypeError, "argument should be integer or None, not {}", v.class().name())
        }
        Ok(DirFd(fd_number(vm, v)?))
    }
}

impl DirFd {
    pub fn is_given(&self) -> bool {
        self.0 != libc::AT_FDCWD
    }
}

/// A file descriptor, or an object with `fileno()`.
pub struct Fd(pub c_int);

impl FromArg for Fd {
    fn from_arg(vm: &Vm, value: Option<Value>, _: &Params, _: usize) -> PyResult<Fd> {
        as_fd(vm, value.expect("a required argument is bound")).map(Fd)
    }
}

/// `PyObject_AsFileDescriptor`
pub fn as_fd(vm: &Vm, v: Value) -> PyResult<c_int> {
    let number = match as_int(v) {
        Some(_) => v,
        None => match vm.get_attr_opt(v, vm.intern_str("fileno"))? {
            Some(f) => {
                let r = vm.call(f, &[])?;
                if as_int(r).is_none() {
                    return Err(vm.type_error("fileno() returned a non-integer"));
                }
                r
            }
            None => return Err(vm.type_error("argument must be an int, or have a fileno() method.")),
        },
    };
    let i = vm.index_i128(number)?;
    let Ok(fd) = c_int::try_from(i) else {
        raise!(vm, OverflowError, "Python int too large to convert to C int")
    };
    if fd < 0 {
        raise!(vm, ValueError, "file descriptor cannot be a negative integer ({fd})")
    }
    Ok(fd)
}

/// An id of a user or group; -1 for the largest.
pub struct Id(pub u32);

impl FromArg for Id {
    fn from_arg(vm: &Vm, value: Option<Value>, params: &Params, index: usize) -> PyResult<Id> {
        let v = value.expect("a required argument is bound");
        let what = if params.names.get(index).is_some_and(|n| n.contains("gid") || *n == "group") {
            "gid"
        } else {
            "uid"
        };
        if v.class().slots().nb_index.is_none() {
            raise!(vm, TypeError, "{what} should be integer, not {}", v.class().name())
        }
        match vm.index_i128(v)? {
            -1 => Ok(Id(u32::MAX)),
            i if i < 0 => raise!(vm, OverflowError, "{what} is less than minimum"),
            i => match u32::try_from(i) {
                Ok(id) => Ok(Id(id)),
                Err(_) => raise!(vm, OverflowError, "{what} is greater than maximum"),
            },
        }
    }
}

/// A file offset.
pub fn offset(vm: &Vm, v: Value) -> PyResult<i64> {
    if v.class().slots().nb_index.is_none() {
        raise!(vm, TypeError, "'{}' object cannot be interpreted as an integer", v.class().name())
    }
    match i64::try_from(vm.index_i128(v)?) {
        Ok(i) => Ok(i),
        Err(_) => raise!(vm, OverflowError, "Python int too large to convert to C long"),
    }
}

/// Seconds as nanoseconds, rounded up or down; for timeouts and times.
pub fn nanoseconds(vm: &Vm, v: Value, ceiling: bool) -> PyResult<i64> {
    if let Some(f) = adder_vm::builtins::float::as_float(v) {
        if f.is_nan() {
            return Err(vm.value_error("Invalid value NaN (not a number)"));
        }
        let ns = f * 1e9;
        let ns = if ceiling { ns.ceil() } else { ns.floor() };
        if !(-9.3e18..9.223372036854775e18).contains(&ns) {
            raise!(vm, OverflowError, "timestamp out of range for platform time_t")
        }
        return Ok(ns as i64);
    }
    if as_int(v).is_none() && v.class().slots().nb_index.is_none() {
        raise!(vm, TypeError, "'{}' object cannot be interpreted as an integer", v.class().name())
    }
    match vm.index_i128(v)?.checked_mul(1_000_000_000).and_then(|n| i64::try_from(n).ok()) {
        Some(ns) => Ok(ns),
        None => raise!(vm, OverflowError, "timestamp too large to convert to C PyTime_t"),
    }
}

/// A point of `CLOCK_MONOTONIC` now, in nanoseconds.
pub fn monotonic() -> i64 {
    clock(libc::CLOCK_MONOTONIC)
}

/// A clock's time in nanoseconds.
pub fn clock(id: libc::clockid_t) -> i64 {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: fills the struct.
    unsafe { libc::clock_gettime(id, &mut t) };
    t.tv_sec * 1_000_000_000 + t.tv_nsec
}

/// Nanoseconds as C has them.
pub fn timespec(ns: i64) -> libc::timespec {
    libc::timespec { tv_sec: ns.div_euclid(1_000_000_000), tv_nsec: ns.rem_euclid(1_000_000_000) }
}

/// The text of a C string.
///
/// # Safety
/// The pointer is null or a terminated string that lives until the result is used.
pub unsafe fn c_bytes<'a>(p: *const c_char) -> &'a [u8] {
    if p.is_null() { b"" } else { std::ffi::CStr::from_ptr(p).to_bytes() }
}

/// An encoded string argument (str or bytes) without zero bytes.
pub fn c_string(vm: &Vm, v: Value, what: &str) -> PyResult<CString> {
    let bytes = match (v.downcast::<Str>(), v.downcast::<Bytes>()) {
        (Some(s), _) => vm.fs_encode(s)?,
        (_, Some(b)) => b.as_bytes().to_vec(),
        _ => return Ok(Path::convert(vm, Some(v), "", what)?.text),
    };
    match CString::new(bytes) {
        Ok(s) => Ok(s),
        Err(_) => Err(vm.value_error("embedded null byte")),
    }
}
