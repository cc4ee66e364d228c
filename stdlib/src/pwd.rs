//! The module `pwd`.

use crate::os_support::*;
use adder_macros::pymodule;
use adder_vm::builtins::list::List;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::struct_sequence::StructSeqDef;
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::ffi::CString;

static PASSWD: StructSeqDef = StructSeqDef {
    name: "pwd.struct_passwd",
    doc: "pwd.struct_passwd: Results from getpw*() routines.\n\n\
          This object may be accessed either as a tuple of\n  \
          (pw_name,pw_passwd,pw_uid,pw_gid,pw_gecos,pw_dir,pw_shell)\n\
          or via the object attributes as named in the above tuple.",
    fields: &[
        ("pw_name", "user name"),
        ("pw_passwd", "password"),
        ("pw_uid", "user id"),
        ("pw_gid", "group id"),
        ("pw_gecos", "real name"),
        ("pw_dir", "home directory"),
        ("pw_shell", "shell program"),
    ],
    visible: 7,
};

/// # Safety
/// The pointer is to an entry that lives during the call.
unsafe fn entry(vm: &Vm, p: *const libc::passwd) -> PyResult<Value> {
    let p = &*p;
    let text = |s| vm.fs_decode(c_bytes(s));
    let values = [
        text(p.pw_name)?,
        text(p.pw_passwd)?,
        vm.int(p.pw_uid as i64),
        vm.int(p.pw_gid as i64),
        text(p.pw_gecos)?,
        text(p.pw_dir)?,
        text(p.pw_shell)?,
    ];
    Ok(vm.new_struct_sequence(vm.struct_sequence_type(&PASSWD), &values))
}

/// This module provides access to the Unix password database.
/// It is available on all Unix versions.
#[pymodule]
pub mod pwd {
    use super::*;

    /// Return the password database entry for the given numeric user ID.
    #[pyfunction("($module, uid, /)")]
    fn getpwuid(vm: &Vm, uid: Value) -> PyResult<Value> {
        if uid.class().slots().nb_index.is_none() {
            raise!(vm, TypeError, "uid should be integer, not {}", uid.class().name())
        }
        let shown = vm.str(uid)?;
        let n = match vm.index_i128(uid)? {
            -1 => Some(u32::MAX),
            n => u32::try_from(n).ok(),
        };
        let Some(n) = n else { raise!(vm, KeyError, "getpwuid(): uid not found: {shown}") };
        let p = vm.allow_threads(|| unsafe { libc::getpwuid(n) });
        if p.is_null() {
            raise!(vm, KeyError, "getpwuid(): uid not found: {shown}")
        }
        unsafe { entry(vm, p) }
    }

    /// Return the password database entry for the given user name.
    #[pyfunction("($module, name, /)")]
    fn getpwnam(vm: &Vm, name: Ref<Str>) -> PyResult<Value> {
        let Ok(c) = CString::new(vm.fs_encode(name)?) else {
            return Err(vm.value_error("embedded null byte"));
        };
        let p = vm.allow_threads(|| unsafe { libc::getpwnam(c.as_ptr()) });
        if p.is_null() {
            raise!(vm, KeyError, "getpwnam(): name not found: {}", vm.repr_string(name.value())?)
        }
        unsafe { entry(vm, p) }
    }

    /// Return a list of all available password database entries, in arbitrary order.
    #[pyfunction("($module, /)")]
    fn getpwall(vm: &Vm) -> PyResult<Value> {
        let list = List::new(vm);
        unsafe {
            libc::setpwent();
            loop {
                let p = libc::getpwent();
                if p.is_null() {
                    break;
                }
                list.push(vm, entry(vm, p)?);
            }
            libc::endpwent();
        }
        Ok(list.value())
    }

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        m.dict().set_str(vm, "struct_passwd", vm.struct_sequence_type(&PASSWD).value());
        Ok(())
    }
}
