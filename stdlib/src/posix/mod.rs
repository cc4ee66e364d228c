//! The module `posix`, one file per kind of function.

pub mod descriptors;
pub mod directories;
pub mod identity;
pub mod paths;
pub mod process;
pub mod scandir;
pub mod spawn;
pub mod stat;
pub mod system;
pub mod terminal;
pub mod tree;

use crate::constants::{CONFSTR, PATHCONF, POSIX, SYSCONF};
use crate::os_support::{add_constants, add_functions};
use adder_macros::pymodule;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::list::List;
use adder_vm::builtins::module::Module;
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value};
use adder_vm::vm::Vm;

/// What `os` looks for to know which functions take descriptors.
const HAVE: &[&str] = &[
    "HAVE_EVENTFD",
    "HAVE_TIMERFD_CREATE",
    "HAVE_FACCESSAT",
    "HAVE_FCHDIR",
    "HAVE_FCHMOD",
    "HAVE_FCHMODAT",
    "HAVE_FCHOWN",
    "HAVE_FCHOWNAT",
    "HAVE_FEXECVE",
    "HAVE_FDOPENDIR",
    "HAVE_FPATHCONF",
    "HAVE_FSTATAT",
    "HAVE_FSTATVFS",
    "HAVE_FTRUNCATE",
    "HAVE_FUTIMENS",
    "HAVE_FUTIMES",
    "HAVE_FUTIMESAT",
    "HAVE_LINKAT",
    "HAVE_LCHOWN",
    "HAVE_LSTAT",
    "HAVE_LUTIMES",
    "HAVE_MEMFD_CREATE",
    "HAVE_MKDIRAT",
    "HAVE_MKFIFOAT",
    "HAVE_MKNODAT",
    "HAVE_OPENAT",
    "HAVE_READLINKAT",
    "HAVE_RENAMEAT",
    "HAVE_SYMLINKAT",
    "HAVE_UNLINKAT",
    "HAVE_UTIMENSAT",
    "HAVE_PTSNAME_R",
];

fn names(vm: &Vm, table: &[(&str, i64)]) -> Value {
    let d = Dict::new(vm);
    for (name, number) in table {
        d.set_str(vm, name, vm.int(*number));
    }
    d.value()
}

/// The environment as a dict of bytes.
pub fn environment(vm: &Vm) -> PyResult<Value> {
    use std::os::unix::ffi::OsStrExt;
    let d = Dict::new(vm);
    for (k, v) in std::env::vars_os() {
        let (k, v) = (vm.new_bytes(k.as_bytes())?, vm.new_bytes(v.as_bytes())?);
        d.set_default(vm, k, v)?;
    }
    Ok(d.value())
}

/// This module provides access to operating system functionality that is
/// standardized by the C Standard and the POSIX standard (a thinly
/// disguised Unix interface).  Refer to the library manual and
/// corresponding Unix manual entries for more information on calls.
#[pymodule]
pub mod posix {
    use super::*;

    /// Create the environment dictionary.
    #[pyfunction("($module, /)")]
    fn _create_environ(vm: &Vm) -> PyResult<Value> {
        environment(vm)
    }

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        let d = m.dict();
        add_constants(vm, m, POSIX);
        d.set_str(vm, "environ", environment(vm)?);
        d.set_str(vm, "error", Exc::OSError.class().value());
        let have = List::new(vm);
        for name in HAVE {
            have.push(vm, vm.new_str(name));
        }
        d.set_str(vm, "_have_functions", have.value());
        d.set_str(vm, "pathconf_names", names(vm, PATHCONF));
        d.set_str(vm, "sysconf_names", names(vm, SYSCONF));
        d.set_str(vm, "confstr_names", names(vm, CONFSTR));
        for def in [
            &descriptors::functions::DEF,
            &directories::functions::DEF,
            &identity::functions::DEF,
            &paths::functions::DEF,
            &process::functions::DEF,
            &scandir::functions::DEF,
            &spawn::functions::DEF,
            &stat::functions::DEF,
            &system::functions::DEF,
            &terminal::functions::DEF,
            &tree::functions::DEF,
        ] {
            add_functions(vm, m, def)?;
        }
        Ok(())
    }
}
