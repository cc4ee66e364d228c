//! Python files from C (`fileobject.h`), and `PyOS_FSPath` (`osmodule.h`).

use crate::pyobject::{Arg, Done};
use crate::unicodeobject::text;
use adder_macros::capi;
use adder_vm::builtins::bytes::Bytes;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::int::as_int;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::str_::Str;
use adder_vm::error::PyResult;
use adder_vm::names::names;
use adder_vm::object::{Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::ffi::{c_char, c_int};

fn c_text(vm: &Vm, p: *const c_char) -> Value {
    // SAFETY: the callers pass C strings or NULL.
    if p.is_null() { none() } else { vm.new_str(&unsafe { text(p) }) }
}

#[capi]
#[allow(clippy::too_many_arguments)] // The function is the API's.
pub fn PyFile_FromFd(
    vm: &Vm,
    fd: c_int,
    _name: *const c_char,
    mode: *const c_char,
    buffering: c_int,
    encoding: *const c_char,
    errors: *const c_char,
    newline: *const c_char,
    close: c_int,
) -> PyResult<Value> {
    let io = adder_vm::import::import_module(vm, "io")?;
    let args = [
        vm.int(fd as i64),
        c_text(vm, mode),
        vm.int(buffering as i64),
        c_text(vm, encoding),
        c_text(vm, errors),
        c_text(vm, newline),
        adder_vm::builtins::singletons::bool_value(close != 0),
    ];
    vm.call(vm.get_attr_str(io, "open")?, &args)
}

/// A line without its end if `n` is below 0, else at most `n` bytes.
#[capi]
pub fn PyFile_GetLine(vm: &Vm, file: Arg, n: c_int) -> PyResult<Value> {
    let file = file.value();
    let line = match n > 0 {
        true => vm.call_method(file, names().readline, &[vm.int(n as i64)])?,
        false => vm.call_method(file, names().readline, &[])?,
    };
    let (is_str, is_bytes) = (line.downcast::<Str>().is_some(), line.downcast::<Bytes>().is_some());
    if !is_str && !is_bytes {
        raise!(vm, TypeError, "object.readline() returned non-string")
    }
    if n >= 0 {
        return Ok(line);
    }
    let length = vm.len(line)?;
    if length == 0 {
        raise!(vm, EOFError, "EOF when reading a line")
    }
    let newline = if is_str { vm.new_str("\n") } else { vm.new_bytes(b"\n")? };
    if vm.truth(vm.call_method(line, vm.intern_str("endswith"), &[newline])?)? {
        return vm.get_item(line, vm.new_slice(none(), vm.int(length as i64 - 1), none()));
    }
    Ok(line)
}

const RAW: c_int = 1;

#[capi]
pub fn PyFile_WriteObject(vm: &Vm, v: Arg, file: Arg, flags: c_int) -> PyResult<Done> {
    if file.0.is_null() {
        raise!(vm, TypeError, "writeobject with NULL file")
    }
    let write = vm.get_attr(file.value(), names().write)?;
    let shown = match (v.0.is_null(), flags & RAW != 0) {
        (true, _) => vm.new_str("<NULL>"),
        (false, true) => vm.str(v.value())?.value(),
        (false, false) => vm.repr(v.value())?,
    };
    vm.call(write, &[shown])?;
    Ok(Done)
}

#[capi]
pub fn PyFile_WriteString(vm: &Vm, string: *const c_char, file: Arg) -> PyResult<Done> {
    if file.0.is_null() {
        raise!(vm, SystemError, "null file for PyFile_WriteString")
    }
    if crate::pyerrors::is_set() {
        return Err(crate::pyerrors::from_indicator(vm));
    }
    let write = vm.get_attr(file.value(), names().write)?;
    vm.call(write, &[crate::abstract_::c_string(vm, string)?])?;
    Ok(Done)
}

#[capi]
pub fn PyObject_AsFileDescriptor(vm: &Vm, v: Arg) -> PyResult<i32> {
    let v = v.value();
    if adder_vm::builtins::singletons::as_bool(v).is_some() {
        vm.warn(Exc::RuntimeWarning, "bool is used as a file descriptor")?;
    }
    let number = match as_int(v) {
        Some(i) => i,
        None => {
            let Some(method) = vm.get_attr_opt(v, names().fileno)? else {
                raise!(vm, TypeError, "argument must be an int, or have a fileno() method.")
            };
            match as_int(vm.call(method, &[])?) {
                Some(i) => i,
                None => raise!(vm, TypeError, "fileno() returned a non-integer"),
            }
        }
    };
    let fd = match vm.int_to_i64(number).and_then(|n| i32::try_from(n).ok()) {
        Some(n) => n,
        None => raise!(vm, OverflowError, "Python int too large to convert to C int"),
    };
    if fd < 0 {
        raise!(vm, ValueError, "file descriptor cannot be a negative integer ({fd})")
    }
    Ok(fd)
}

#[capi]
pub fn PyFile_OpenCodeObject(vm: &Vm, path: Arg) -> PyResult<Value> {
    let io = adder_vm::import::import_module(vm, "_io")?;
    vm.call(vm.get_attr_str(io, "open_code")?, &[path.value()])
}

#[capi]
pub fn PyFile_OpenCode(vm: &Vm, path: *const c_char) -> PyResult<Value> {
    let io = adder_vm::import::import_module(vm, "_io")?;
    vm.call(vm.get_attr_str(io, "open_code")?, &[c_text(vm, path)])
}

#[capi]
pub fn PyOS_FSPath(vm: &Vm, path: Arg) -> PyResult<Value> {
    let v = path.value();
    if v.downcast::<Str>().is_some() || v.downcast::<Bytes>().is_some() {
        return Ok(v);
    }
    let Some(r) = vm.call_special(v, vm.intern_str("__fspath__"), &[])? else {
        raise!(vm, TypeError, "expected str, bytes or os.PathLike object, not {}", v.class().name())
    };
    if r.downcast::<Str>().is_none() && r.downcast::<Bytes>().is_none() {
        raise!(
            vm,
            TypeError,
            "expected {}.__fspath__() to return str or bytes, not {}",
            v.class().name(),
            r.class().name()
        )
    }
    Ok(r)
}

unsafe extern "C" {
    fn clearerr(file: *mut libc::FILE);
}

#[capi]
pub fn PyObject_Print(vm: &Vm, v: Arg, file: *mut libc::FILE, flags: c_int) -> PyResult<Done> {
    vm.check_signals()?;
    // SAFETY: the caller passes an object or NULL.
    let references = if v.0.is_null() { 1 } else { unsafe { (*v.0).ob_refcnt } };
    let shown = match (v.0.is_null(), flags & RAW != 0) {
        (true, _) => "<nil>".to_string(),
        _ if references == 0 => format!("<refcnt 0 at {:p}>", v.0),
        (false, true) => vm.str(v.value())?.to_string(),
        (false, false) => vm.repr_string(v.value())?,
    };
    // SAFETY: the caller passes an open file.
    let failed = unsafe {
        clearerr(file);
        libc::fwrite(shown.as_ptr().cast(), 1, shown.len(), file);
        libc::ferror(file) != 0
    };
    if failed {
        // SAFETY: errno tells why.
        unsafe {
            crate::pyerrors::PyErr_SetFromErrno(crate::pyerrors::PyExc_OSError);
            clearerr(file);
        }
        return Err(crate::pyerrors::from_indicator(vm));
    }
    Ok(Done)
}

// ---- fileutils.h --------------------------------------------------------------------------------

/// Opens a file by a path object; it is not inherited by child processes.
#[capi]
pub fn Py_fopen(vm: &Vm, path: Arg, mode: *const c_char) -> PyResult<*mut libc::FILE> {
    let os = adder_vm::import::import_module(vm, "os")?;
    let given = path.value();
    let encoded = vm.call_method(os, vm.intern_str("fsencode"), &[given])?;
    let Some(b) = encoded.downcast::<Bytes>() else { raise!(vm, TypeError, "path must be str or bytes") };
    let Ok(c) = std::ffi::CString::new(b.as_bytes()) else { raise!(vm, ValueError, "embedded null byte") };
    // SAFETY: C strings.
    unsafe {
        let file = libc::fopen(c.as_ptr(), mode);
        if file.is_null() {
            crate::pyerrors::PyErr_SetFromErrnoWithFilenameObject(crate::pyerrors::PyExc_OSError, path.0);
            return Err(crate::pyerrors::from_indicator(vm));
        }
        libc::fcntl(libc::fileno(file), libc::F_SETFD, libc::FD_CLOEXEC);
        Ok(file)
    }
}

#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn Py_fclose(file: *mut libc::FILE) -> c_int {
    libc::fclose(file)
}

/// Whether a number is that of an open file.
#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn _Py_IsValidFD(fd: c_int) -> c_int {
    (fd >= 0 && libc::fcntl(fd, libc::F_GETFD) >= 0) as c_int
}

// ---- how names of files are encoded -------------------------------------------------------------

#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
pub static mut Py_FileSystemDefaultEncoding: *const c_char = c"utf-8".as_ptr();
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
pub static mut Py_FileSystemDefaultEncodeErrors: *const c_char = c"surrogateescape".as_ptr();
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
pub static mut Py_HasFileSystemDefaultEncoding: c_int = 1;
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
pub static mut Py_UTF8Mode: c_int = 1;
