//! The module `_stat`.

#![allow(clippy::bad_bit_mask, reason = "kinds that Linux does not have are a value no mode has")]

use crate::constants::STAT;
use crate::os_support::add_constants;
use adder_macros::pymodule;
use adder_vm::builtins::module::Module;
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value};
use adder_vm::raise;
use adder_vm::vm::Vm;

fn mode_of(vm: &Vm, v: Value) -> PyResult<u32> {
    match u32::try_from(vm.index_i128(v)?) {
        Ok(m) => Ok(m),
        Err(_) => raise!(vm, OverflowError, "mode out of range"),
    }
}

macro_rules! tests {
    ($($name:ident $mode:expr;)*) => {
        #[pymodule("_stat")]
        mod tests {
            use super::*;
            $(
                /// Return True if mode is of this kind of file.
                #[pyfunction("($module, mode, /)")]
                #[allow(non_snake_case)]
                fn $name(vm: &Vm, mode: Value) -> PyResult<bool> {
                    Ok(mode_of(vm, mode)? & libc::S_IFMT == $mode)
                }
            )*
        }
    };
}

tests! {
    S_ISDIR libc::S_IFDIR;
    S_ISCHR libc::S_IFCHR;
    S_ISBLK libc::S_IFBLK;
    S_ISREG libc::S_IFREG;
    S_ISFIFO libc::S_IFIFO;
    S_ISLNK libc::S_IFLNK;
    S_ISSOCK libc::S_IFSOCK;
    S_ISDOOR u32::MAX;
    S_ISPORT u32::MAX;
    S_ISWHT u32::MAX;
}

/// `-rwxr-xr-x` for a mode.
fn text(mode: u32) -> String {
    let kind = match mode & libc::S_IFMT {
        libc::S_IFDIR => 'd',
        libc::S_IFCHR => 'c',
        libc::S_IFBLK => 'b',
        libc::S_IFREG => '-',
        libc::S_IFIFO => 'p',
        libc::S_IFLNK => 'l',
        libc::S_IFSOCK => 's',
        _ => '?',
    };
    let mut out = String::from(kind);
    for (shift, special, set, unset) in
        [(6, libc::S_ISUID, 's', 'S'), (3, libc::S_ISGID, 's', 'S'), (0, libc::S_ISVTX, 't', 'T')]
    {
        let bits = mode >> shift;
        out.push(if bits & 4 != 0 { 'r' } else { '-' });
        out.push(if bits & 2 != 0 { 'w' } else { '-' });
        out.push(match (bits & 1 != 0, mode & special != 0) {
            (true, true) => set,
            (false, true) => unset,
            (true, false) => 'x',
            (false, false) => '-',
        });
    }
    out
}

/// S_IFMT_: file type bits
#[pymodule]
pub mod _stat {
    use super::*;

    /// Return the portion of the file's mode that can be set by os.chmod().
    #[pyfunction("($module, mode, /)")]
    #[allow(non_snake_case)]
    fn S_IMODE(vm: &Vm, mode: Value) -> PyResult<u32> {
        Ok(mode_of(vm, mode)? & 0o7777)
    }

    /// Return the portion of the file's mode that describes the file type.
    #[pyfunction("($module, mode, /)")]
    #[allow(non_snake_case)]
    fn S_IFMT(vm: &Vm, mode: Value) -> PyResult<u32> {
        Ok(mode_of(vm, mode)? & libc::S_IFMT)
    }

    /// Convert a file's mode to a string of the form '-rwxrwxrwx'
    #[pyfunction("($module, mode, /)")]
    fn filemode(vm: &Vm, mode: Value) -> PyResult<String> {
        Ok(text(mode_of(vm, mode)?))
    }

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        add_constants(vm, m, STAT);
        crate::os_support::add_functions(vm, m, &tests::DEF)
    }
}
