//! `OSError`: the error number chooses the class of the new exception.
//!
//! As in CPython the fields are set by `__new__`, so that the subclass can be chosen; only a subclass
//! with an `__init__` of its own that keeps our `__new__` is initialised by `OSError.__init__`.

use super::fields::{self, BaseExceptionAsException, object_fields};
use super::{BaseException, Exc};
use crate::args::Args;
use crate::builtins::int::as_int;
use crate::builtins::singletons::none;
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::Type;
use crate::def;
use crate::error::{PyResult, Raised};
use crate::object::{Field, Ref, Value, ValueExt};
use crate::raise;
use crate::vm::Vm;
use adder_macros::{pyclass, pymethods};
use std::cell::Cell;

/// Base class for I/O related errors.
#[pyclass(name = "OSError", base = BaseExceptionAsException, flags = def::BASE)]
#[repr(C)]
pub struct OSError {
    base: BaseException,
    pub errno: Field<Option<Value>>,
    pub strerror: Field<Option<Value>>,
    pub filename: Field<Option<Value>>,
    pub filename2: Field<Option<Value>>,
    /// Of BlockingIOError; -1: not set.
    pub written: Cell<i64>,
}

/// The class for an error number.
fn class_of(errno: i64) -> Option<Exc> {
    Some(match errno as i32 {
        libc::EAGAIN | libc::EALREADY | libc::EINPROGRESS => Exc::BlockingIOError,
        libc::EPIPE | libc::ESHUTDOWN => Exc::BrokenPipeError,
        libc::ECHILD => Exc::ChildProcessError,
        libc::ECONNABORTED => Exc::ConnectionAbortedError,
        libc::ECONNREFUSED => Exc::ConnectionRefusedError,
        libc::ECONNRESET => Exc::ConnectionResetError,
        libc::EEXIST => Exc::FileExistsError,
        libc::ENOENT => Exc::FileNotFoundError,
        libc::EISDIR => Exc::IsADirectoryError,
        libc::ENOTDIR => Exc::NotADirectoryError,
        libc::EINTR => Exc::InterruptedError,
        libc::EACCES | libc::EPERM => Exc::PermissionError,
        libc::ESRCH => Exc::ProcessLookupError,
        libc::ETIMEDOUT => Exc::TimeoutError,
        _ => return None,
    })
}

/// Whether the fields are set by `__init__` instead of `__new__`.
fn uses_init(class: Ref<Type>) -> bool {
    let slots = class.slots();
    let own_init = slots.tp_init.map(|f| f as usize) != Some(OSError::init as *const () as usize);
    let our_new = slots.tp_new.map(|f| f as usize) == Some(OSError::new as *const () as usize);
    own_init && our_new
}

/// Sets the fields from the arguments.
fn fill(vm: &Vm, e: Ref<OSError>, args: &[Value]) -> PyResult<()> {
    let this = e.value();
    fields::set_args(vm, this, args);
    if args.len() < 2 || args.len() > 5 {
        return Ok(());
    }
    e.errno.set(e, Some(args[0]));
    e.strerror.set(e, Some(args[1]));
    let Some(filename) = args.get(2).copied().filter(|f| !f.is_none()) else { return Ok(()) };
    let number = filename.class().slots().nb_index.is_some();
    if this.class() == Exc::BlockingIOError.class() && number {
        e.written.set(vm.index_isize(filename)? as i64);
        return Ok(());
    }
    e.filename.set(e, Some(filename));
    if let Some(second) = args.get(4).copied().filter(|f| !f.is_none()) {
        e.filename2.set(e, Some(second));
    }
    fields::set_args(vm, this, &args[..2]);
    Ok(())
}

object_fields! {
    OSError {
        errno set_errno "errno",
        strerror set_strerror "strerror",
        filename set_filename "filename",
        filename2 set_filename2 "filename2",
    }

    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let late = uses_init(class);
        let mut class = class;
        if !late {
            if args.has_keywords() {
                raise!(vm, TypeError, "{}() takes no keyword arguments", class.short_name())
            }
            if class == Exc::OSError.class()
                && (2..=5).contains(&args.pos().len())
                && let Some(errno) = as_int(args.pos()[0])
                && let Some(exc) = vm.int_to_i64(errno).and_then(class_of)
            {
                class = exc.class();
            }
        }
        let tuple = Tuple::empty();
        let blank = OSError {
            base: BaseException::blank(tuple),
            errno: Field::new(None),
            strerror: Field::new(None),
            filename: Field::new(None),
            filename2: Field::new(None),
            written: Cell::new(-1),
        };
        let e = vm.new_instance(class, blank)?;
        if late {
            fields::set_args(vm, e.value(), args.pos());
        } else {
            fill(vm, e, args.pos())?;
        }
        Ok(e.value())
    }

    #[slot(tp_init)]
    fn init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
        if !uses_init(this.class()) {
            return Ok(());
        }
        if args.has_keywords() {
            raise!(vm, TypeError, "{}() takes no keyword arguments", this.class().short_name())
        }
        // SAFETY: installed as a slot of OSError only.
        fill(vm, unsafe { this.cast() }, args.pos())
    }

    #[slot(tp_str)]
    fn str(vm: &Vm, this: Value) -> PyResult<Value> {
        // SAFETY: installed as a slot of OSError only.
        let e: Ref<OSError> = unsafe { this.cast() };
        let shown = |v: Option<Value>| -> PyResult<Value> { Ok(vm.str(v.unwrap_or(none()))?.value()) };
        if let Some(filename) = e.filename.get() {
            let (errno, text) = (shown(e.errno.get())?, shown(e.strerror.get())?);
            let name = vm.repr(filename)?;
            let (open, middle, colon) = (vm.new_str("[Errno "), vm.new_str("] "), vm.new_str(": "));
            if let Some(second) = e.filename2.get() {
                let arrow = vm.new_str(" -> ");
                let other = vm.repr(second)?;
                return vm.concat_strings(&[open, errno, middle, text, colon, name, arrow, other]);
            }
            return vm.concat_strings(&[open, errno, middle, text, colon, name]);
        }
        if e.errno.get().is_some() && e.strerror.get().is_some() {
            let (errno, text) = (shown(e.errno.get())?, shown(e.strerror.get())?);
            return vm.concat_strings(&[vm.new_str("[Errno "), errno, vm.new_str("] "), text]);
        }
        super::base_str(vm, this)
    }

    #[getter]
    fn characters_written(vm: &Vm, this: Ref<OSError>) -> PyResult<i64> {
        match this.written.get() {
            -1 => raise!(vm, AttributeError, "characters_written"),
            n => Ok(n),
        }
    }

    #[setter(name = "characters_written")]
    fn set_characters_written(vm: &Vm, this: Ref<OSError>, value: Option<Value>) -> PyResult<()> {
        match value {
            Some(v) => this.written.set(vm.index_isize(v)? as i64),
            None if this.written.get() == -1 => raise!(vm, AttributeError, "characters_written"),
            None => this.written.set(-1),
        }
        Ok(())
    }

    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<OSError>) -> PyResult<Value> {
        // SAFETY: an OSError is a BaseException.
        let base: Ref<BaseException> = unsafe { this.value().cast() };
        let mut args = base.args.get();
        if args.len() == 2 && let Some(filename) = this.filename.get() {
            let (errno, text) = (args.get(0), args.get(1));
            args = match this.filename2.get() {
                Some(second) => Tuple::from_slice(vm, &[errno, text, filename, none(), second]),
                None => Tuple::from_slice(vm, &[errno, text, filename]),
            };
        }
        Ok(fields::reduce(vm, this.value(), args, fields::attributes(vm, this.value())))
    }
}

/// The system's text for an error number.
pub fn strerror(errno: i32) -> String {
    let mut buffer = [0u8; 256];
    // SAFETY: the buffer has the length that is given; the result is a terminated string in it.
    unsafe {
        if libc::strerror_r(errno, buffer.as_mut_ptr().cast(), buffer.len()) != 0 && buffer[0] == 0 {
            return format!("Unknown error {errno}");
        }
    }
    let end = buffer.iter().position(|b| *b == 0).unwrap_or(buffer.len());
    String::from_utf8_lossy(&buffer[..end]).into_owned()
}

/// The error number of the last failed system call of this thread.
pub fn last_errno() -> i32 {
    std::io::Error::last_os_error().raw_os_error().unwrap_or(0)
}

impl Vm {
    /// OSError for an error number, about a file if one is given.
    pub fn os_error(&self, errno: i32, filename: Option<Value>) -> Raised {
        let text = self.new_str(&strerror(errno));
        let errno = self.int(errno as i64);
        match filename {
            Some(f) => self.raise_class(Exc::OSError.class(), &[errno, text, f]),
            None => self.raise_class(Exc::OSError.class(), &[errno, text]),
        }
    }

    /// OSError about two files.
    pub fn os_error2(&self, errno: i32, filename: Value, filename2: Value) -> Raised {
        let text = self.new_str(&strerror(errno));
        self.raise_class(Exc::OSError.class(), &[self.int(errno as i64), text, filename, none(), filename2])
    }

    /// OSError for the last failed system call.
    pub fn last_os_error(&self) -> Raised {
        self.os_error(last_errno(), None)
    }
}
