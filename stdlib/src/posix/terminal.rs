//! Terminals.

use crate::os_support::*;
use adder_macros::pymodule;
use adder_vm::builtins::exceptions::os_error::last_errno;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::struct_sequence::StructSeqDef;
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value};
use adder_vm::vm::Vm;

static TERMINAL_SIZE: StructSeqDef = StructSeqDef {
    name: "os.terminal_size",
    doc: "A tuple of (columns, lines) for holding terminal window size",
    fields: &[
        ("columns", "width of the terminal window in characters"),
        ("lines", "height of the terminal window in characters"),
    ],
    visible: 2,
};

#[pymodule("posix")]
pub mod functions {
    use super::*;

    /// Return the size of the terminal window as (columns, lines).
    #[pyfunction("($module, fd=<unrepresentable>, /)")]
    fn get_terminal_size(vm: &Vm, fd: Option<i32>) -> PyResult<Value> {
        let mut w: libc::winsize = unsafe { std::mem::zeroed() };
        quick(vm, unsafe { libc::ioctl(fd.unwrap_or(1), libc::TIOCGWINSZ, &mut w) } as i64)?;
        let values = [vm.int(w.ws_col as i64), vm.int(w.ws_row as i64)];
        Ok(vm.new_struct_sequence(vm.struct_sequence_type(&TERMINAL_SIZE), &values))
    }

    /// Return the name of the terminal device connected to 'fd'.
    #[pyfunction("($module, fd, /)")]
    fn ttyname(vm: &Vm, fd: i32) -> PyResult<Value> {
        let mut name = [0 as libc::c_char; 256];
        let e = unsafe { libc::ttyname_r(fd, name.as_mut_ptr(), name.len()) };
        if e != 0 {
            return Err(vm.os_error(e, None));
        }
        vm.fs_decode(unsafe { c_bytes(name.as_ptr()) })
    }

    /// Return the name of the controlling terminal for this process.
    #[pyfunction("($module, /)")]
    fn ctermid(_vm: &Vm) -> &'static str {
        "/dev/tty"
    }

    /// Open a pseudo-terminal.
    #[pyfunction("($module, /)")]
    fn openpty(vm: &Vm) -> PyResult<(i32, i32)> {
        let (mut master, mut slave) = (-1, -1);
        let r = unsafe {
            libc::openpty(&mut master, &mut slave, std::ptr::null_mut(), std::ptr::null(), std::ptr::null())
        };
        quick(vm, r as i64)?;
        super::super::descriptors::set_cloexec(master, true);
        super::super::descriptors::set_cloexec(slave, true);
        Ok((master, slave))
    }

    /// Prepare the tty of which fd is a file descriptor for a new login session.
    #[pyfunction("($module, fd, /)")]
    fn login_tty(vm: &Vm, fd: Fd) -> PyResult<()> {
        quick(vm, unsafe { libc::login_tty(fd.0) } as i64).map(drop)
    }

    /// Open and return a file descriptor for a master pseudo-terminal device.
    #[pyfunction("($module, oflag, /)")]
    fn posix_openpt(vm: &Vm, oflag: i32) -> PyResult<i64> {
        quick(vm, unsafe { libc::posix_openpt(oflag | libc::O_CLOEXEC) } as i64)
    }

    /// Grant access to the slave pseudo-terminal device.
    #[pyfunction("($module, fd, /)")]
    fn grantpt(vm: &Vm, fd: Fd) -> PyResult<()> {
        quick(vm, unsafe { libc::grantpt(fd.0) } as i64).map(drop)
    }

    /// Unlock a pseudo-terminal master/slave pair.
    #[pyfunction("($module, fd, /)")]
    fn unlockpt(vm: &Vm, fd: Fd) -> PyResult<()> {
        quick(vm, unsafe { libc::unlockpt(fd.0) } as i64).map(drop)
    }

    /// Return the name of the slave pseudo-terminal device.
    #[pyfunction("($module, fd, /)")]
    fn ptsname(vm: &Vm, fd: Fd) -> PyResult<Value> {
        let mut name = [0 as libc::c_char; 256];
        let e = unsafe { libc::ptsname_r(fd.0, name.as_mut_ptr(), name.len()) };
        if e != 0 {
            return Err(vm.os_error(if e < 0 { last_errno() } else { e }, None));
        }
        vm.fs_decode(unsafe { c_bytes(name.as_ptr()) })
    }

    /// Return the process group associated with the terminal specified by fd.
    #[pyfunction("($module, fd, /)")]
    fn tcgetpgrp(vm: &Vm, fd: i32) -> PyResult<i64> {
        quick(vm, unsafe { libc::tcgetpgrp(fd) } as i64)
    }

    /// Set the process group associated with the terminal specified by fd.
    #[pyfunction("($module, fd, pgid, /)")]
    fn tcsetpgrp(vm: &Vm, fd: i32, pgid: i32) -> PyResult<()> {
        quick(vm, unsafe { libc::tcsetpgrp(fd, pgid) } as i64).map(drop)
    }

    /// Return a string describing the encoding of a terminal's file descriptor.
    #[pyfunction("($module, /, fd)")]
    fn device_encoding(_vm: &Vm, fd: i32) -> Option<&'static str> {
        if unsafe { libc::isatty(fd) } == 1 { Some("utf-8") } else { None }
    }

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        m.dict().set_str(vm, "terminal_size", vm.struct_sequence_type(&TERMINAL_SIZE).value());
        Ok(())
    }
}
