//! `termios`: settings of terminals.

use crate::constants_termios::TERMIOS;
use crate::new_exception::ExceptionClass;
use crate::os_support::*;
use adder_macros::pymodule;
use adder_vm::builtins::bytes::Bytes;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::exceptions::os_error::{last_errno, strerror};
use adder_vm::builtins::list::List;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::sequence::fast_items;
use adder_vm::error::{PyResult, Raised};
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use libc::c_int;

static ERROR: ExceptionClass = ExceptionClass::new();

fn error(vm: &Vm, e: c_int) -> Raised {
    vm.raise_class(ERROR.get(), &[vm.int(e as i64), vm.new_str(&strerror(e))])
}

/// A call that may block; `termios.error` if it fails.
fn done(vm: &Vm, mut f: impl FnMut() -> c_int) -> PyResult<()> {
    let (r, e) = vm.allow_threads(|| (f(), last_errno()));
    if r == -1 { Err(error(vm, e)) } else { Ok(()) }
}

fn winsize(vm: &Vm, fd: c_int) -> PyResult<libc::winsize> {
    // SAFETY: plain data, filled by the call.
    let mut w: libc::winsize = unsafe { std::mem::zeroed() };
    // SAFETY: TIOCGWINSZ fills a winsize.
    done(vm, || unsafe { libc::ioctl(fd, libc::TIOCGWINSZ, &mut w) })?;
    Ok(w)
}

/// This module provides an interface to the Posix calls for tty I/O control.
///
/// For a complete description of these calls, see the Posix or Unix manual
/// pages. It is only available for those Unix versions that support Posix
/// termios style tty I/O control (and then only if configured at installation
/// time).
///
/// All functions in this module take a file descriptor fd as their first
/// argument. This can be an integer file descriptor, such as returned by
/// sys.stdin.fileno(), or a file object, such as sys.stdin itself.
#[pymodule]
pub mod termios {
    use super::*;

    /// Get the tty attributes for file descriptor fd.
    ///
    /// Returns a list [iflag, oflag, cflag, lflag, ispeed, ospeed, cc]
    /// where cc is a list of the tty special characters (each a string of
    /// length 1, except the items with indices VMIN and VTIME, which are
    /// integers when these fields are defined).  The interpretation of the
    /// flags and the speeds as well as the indexing in the cc array must be
    /// done using the symbolic constants defined in this module.
    #[pyfunction("($module, fd, /)")]
    fn tcgetattr(vm: &Vm, fd: Fd) -> PyResult<Value> {
        // SAFETY: plain data, filled by the call.
        let mut t: libc::termios = unsafe { std::mem::zeroed() };
        done(vm, || unsafe { libc::tcgetattr(fd.0, &mut t) })?;
        // SAFETY: reads the struct.
        let (input, output) = unsafe { (libc::cfgetispeed(&t), libc::cfgetospeed(&t)) };
        let cc = List::new(vm);
        let raw = t.c_lflag & libc::ICANON == 0;
        for (i, c) in t.c_cc.iter().enumerate() {
            let number = raw && (i == libc::VMIN || i == libc::VTIME);
            cc.push(vm, if number { vm.int(*c as i64) } else { vm.new_bytes(&[*c])? });
        }
        let flags = [t.c_iflag, t.c_oflag, t.c_cflag, t.c_lflag, input, output];
        let list = List::new(vm);
        for f in flags {
            list.push(vm, vm.int(f as i64));
        }
        list.push(vm, cc.value());
        Ok(list.value())
    }

    /// Set the tty attributes for file descriptor fd.
    ///
    /// The attributes to be set are taken from the attributes argument, which
    /// is a list like the one returned by tcgetattr(). The when argument
    /// determines when the attributes are changed: termios.TCSANOW to
    /// change immediately, termios.TCSADRAIN to change after transmitting all
    /// queued output, or termios.TCSAFLUSH to change after transmitting all
    /// queued output and discarding all queued input.
    #[pyfunction("($module, fd, when, attributes, /)")]
    fn tcsetattr(vm: &Vm, fd: Fd, when: i32, attributes: Value) -> PyResult<()> {
        let Some(list) = attributes.downcast::<List>().filter(|l| l.len() == 7) else {
            return Err(vm.type_error("tcsetattr, arg 3: must be 7 element list"));
        };
        // SAFETY: plain data, filled by the call.
        let mut t: libc::termios = unsafe { std::mem::zeroed() };
        done(vm, || unsafe { libc::tcgetattr(fd.0, &mut t) })?;
        let mut numbers = [0u32; 6];
        for (i, n) in numbers.iter_mut().enumerate() {
            let v = list.get(i);
            if adder_vm::builtins::int::as_int(v).is_none() {
                raise!(vm, TypeError, "an integer is required (got type {})", v.class().name())
            }
            *n = match vm.index_i128(v)? {
                x if x < 0 => return Err(vm.overflow_error("can't convert negative value to unsigned int")),
                x => u32::try_from(x)
                    .map_err(|_| vm.overflow_error("Python int too large to convert to C unsigned int"))?,
            };
        }
        [t.c_iflag, t.c_oflag, t.c_cflag, t.c_lflag] = [numbers[0], numbers[1], numbers[2], numbers[3]];
        let cc = list.get(6);
        if cc.downcast::<List>().is_none_or(|l| l.len() != t.c_cc.len()) {
            raise!(vm, TypeError, "tcsetattr: attributes[6] must be {} element list", t.c_cc.len())
        }
        for (slot, v) in t.c_cc.iter_mut().zip(fast_items(cc)) {
            *slot = match v.downcast::<Bytes>() {
                Some(b) if b.len() == 1 => b.as_bytes()[0],
                None if adder_vm::builtins::int::as_int(*v).is_some() => vm.index_i128(*v)? as u8,
                _ => {
                    return Err(
                        vm.type_error("tcsetattr: elements of attributes must be characters or integers")
                    );
                }
            };
        }
        // SAFETY: changes the struct.
        unsafe {
            if libc::cfsetispeed(&mut t, numbers[4]) == -1 || libc::cfsetospeed(&mut t, numbers[5]) == -1 {
                return Err(error(vm, last_errno()));
            }
        }
        // SAFETY: reads the struct.
        done(vm, || unsafe { libc::tcsetattr(fd.0, when, &t) })
    }

    /// Send a break on file descriptor fd.
    ///
    /// A zero duration sends a break for 0.25-0.5 seconds; a nonzero duration
    /// has a system dependent meaning.
    #[pyfunction("($module, fd, duration, /)")]
    fn tcsendbreak(vm: &Vm, fd: Fd, duration: i32) -> PyResult<()> {
        done(vm, || unsafe { libc::tcsendbreak(fd.0, duration) })
    }

    /// Wait until all output written to file descriptor fd has been transmitted.
    #[pyfunction("($module, fd, /)")]
    fn tcdrain(vm: &Vm, fd: Fd) -> PyResult<()> {
        done(vm, || unsafe { libc::tcdrain(fd.0) })
    }

    /// Discard queued data on file descriptor fd.
    ///
    /// The queue selector specifies which queue: termios.TCIFLUSH for the
    /// input queue, termios.TCOFLUSH for the output queue, or
    /// termios.TCIOFLUSH for both queues.
    #[pyfunction("($module, fd, queue, /)")]
    fn tcflush(vm: &Vm, fd: Fd, queue: i32) -> PyResult<()> {
        done(vm, || unsafe { libc::tcflush(fd.0, queue) })
    }

    /// Suspend or resume input or output on file descriptor fd.
    ///
    /// The action argument can be termios.TCOOFF to suspend output,
    /// termios.TCOON to restart output, termios.TCIOFF to suspend input,
    /// or termios.TCION to restart input.
    #[pyfunction("($module, fd, action, /)")]
    fn tcflow(vm: &Vm, fd: Fd, action: i32) -> PyResult<()> {
        done(vm, || unsafe { libc::tcflow(fd.0, action) })
    }

    /// Get the tty winsize for file descriptor fd.
    ///
    /// Returns a tuple (ws_row, ws_col).
    #[pyfunction("($module, fd, /)")]
    fn tcgetwinsize(vm: &Vm, fd: Fd) -> PyResult<(i64, i64)> {
        let w = winsize(vm, fd.0)?;
        Ok((w.ws_row as i64, w.ws_col as i64))
    }

    /// Set the tty winsize for file descriptor fd.
    ///
    /// The winsize to be set is taken from the winsize argument, which
    /// is a two-item tuple (ws_row, ws_col) like the one returned by tcgetwinsize().
    #[pyfunction("($module, fd, winsize, /)")]
    fn tcsetwinsize(vm: &Vm, fd: Fd, size: Value) -> PyResult<()> {
        let items = match vm.sequence_to_tuple(size) {
            Ok(t) if t.len() == 2 => t,
            Ok(_) => return Err(vm.type_error("tcsetwinsize, arg 2: must be a two-item sequence")),
            Err(raised) => {
                vm.swallow(raised, Exc::TypeError)?;
                return Err(vm.type_error("tcsetwinsize, arg 2: must be a two-item sequence"));
            }
        };
        let number = |v: Value| match u16::try_from(vm.index_i128(v)?) {
            Ok(n) => Ok(n),
            Err(_) => Err(vm.overflow_error("winsize value(s) out of range.")),
        };
        let (rows, columns) = (number(items.get(0))?, number(items.get(1))?);
        let mut w = winsize(vm, fd.0)?;
        (w.ws_row, w.ws_col) = (rows, columns);
        // SAFETY: TIOCSWINSZ reads a winsize.
        done(vm, || unsafe { libc::ioctl(fd.0, libc::TIOCSWINSZ, &w) })
    }

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        add_constants(vm, m, TERMIOS);
        let class = ERROR.make(vm, "termios", "error", &[Exc::Exception.class().value()], "")?;
        m.dict().set_str(vm, "error", class);
        Ok(())
    }
}
