//! `PyFile_NewStdPrinter`: a file that only writes text to a descriptor, for errors before there is an `io`
//! module; and `Py_UniversalNewlineFgets`.

use crate::pyobject::Ptr;
use adder_macros::{capi, pyclass, pymethods};
use adder_vm::builtins::bytes::Bytes;
use adder_vm::builtins::str_::Str;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::ffi::{c_char, c_int};

/// A file that writes to a descriptor.
#[pyclass(name = "stderrprinter", flags = def::DEFAULT | def::DISALLOW_INSTANTIATION)]
#[repr(C)]
pub struct StdPrinter {
    h: LongHeader,
    fd: c_int,
}

#[pymethods]
impl StdPrinter {
    /// Writes the text; the number of bytes, or None if the descriptor cannot be written now.
    #[pymethod("($self, text, /)")]
    fn write(vm: &Vm, this: Ref<StdPrinter>, text: Ref<Str>) -> PyResult<Option<i64>> {
        // Lone surrogates are written as escapes.
        let escaped = adder_vm::codec_run::encode(
            vm,
            adder_vm::codec_run::Encoding::Utf8,
            text,
            Some(vm.intern_str("backslashreplace")),
        )?;
        let Some(bytes) = escaped.exact::<Bytes>() else { return Ok(None) };
        let bytes = bytes.as_bytes().to_vec();
        // SAFETY: the bytes live during the call.
        let n = unsafe { libc::write(this.fd, bytes.as_ptr().cast(), bytes.len()) };
        if n < 0 {
            let error = std::io::Error::last_os_error();
            if error.kind() == std::io::ErrorKind::WouldBlock {
                return Ok(None);
            }
            return Err(vm.os_error(error.raw_os_error().unwrap_or(0), None));
        }
        Ok(Some(n as i64))
    }

    /// The descriptor.
    #[pymethod("($self, /)")]
    fn fileno(_vm: &Vm, this: Ref<StdPrinter>) -> i64 {
        this.fd as i64
    }

    /// Whether the descriptor is a terminal.
    #[pymethod("($self, /)")]
    fn isatty(_vm: &Vm, this: Ref<StdPrinter>) -> bool {
        // SAFETY: asks about a number.
        unsafe { libc::isatty(this.fd) == 1 }
    }

    /// Does nothing: nothing is buffered.
    #[pymethod("($self, /)")]
    fn flush(_vm: &Vm, _this: Ref<StdPrinter>) {}

    /// Does nothing: the descriptor stays open.
    #[pymethod("($self, /)")]
    fn close(_vm: &Vm, _this: Ref<StdPrinter>) {}

    #[getter]
    fn closed(_vm: &Vm, _this: Ref<StdPrinter>) -> bool {
        false
    }

    #[getter]
    fn encoding(_vm: &Vm, _this: Ref<StdPrinter>) -> Option<Value> {
        None
    }

    #[getter]
    fn mode(_vm: &Vm, _this: Ref<StdPrinter>) -> &'static str {
        "w"
    }
}

#[capi]
pub fn PyFile_NewStdPrinter(vm: &Vm, fd: c_int) -> PyResult<Value> {
    if fd != 1 && fd != 2 {
        raise!(vm, SystemError, "bad argument to internal function")
    }
    adder_vm::type_new::ready_class::<StdPrinter>(vm);
    Ok(adder_heap::new(StdPrinter::shape(), StdPrinter { h: LongHeader::new(), fd }).value())
}

/// As `fgets`, for files with any kind of line ends, which become `\n`.
#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn Py_UniversalNewlineFgets(
    buffer: *mut c_char,
    size: c_int,
    file: *mut libc::FILE,
    object: Ptr,
) -> *mut c_char {
    if !object.is_null() || size < 1 {
        *libc::__errno_location() = libc::ENXIO;
        return std::ptr::null_mut();
    }
    let mut n = 0;
    while n < size - 1 {
        let mut c = libc::fgetc(file);
        if c == libc::EOF {
            break;
        }
        if c == c_int::from(b'\r') {
            let next = libc::fgetc(file);
            if next != c_int::from(b'\n') && next != libc::EOF {
                libc::ungetc(next, file);
            }
            c = c_int::from(b'\n');
        }
        *buffer.offset(n as isize) = c as c_char;
        n += 1;
        if c == c_int::from(b'\n') {
            break;
        }
    }
    *buffer.offset(n as isize) = 0;
    if n == 0 { std::ptr::null_mut() } else { buffer }
}
