//! The module `grp`.

use crate::os_support::*;
use adder_macros::pymodule;
use adder_vm::builtins::list::List;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::struct_sequence::StructSeqDef;
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::ffi::CString;

static GROUP: StructSeqDef = StructSeqDef {
    name: "grp.struct_group",
    doc: "grp.struct_group: Results from getgr*() routines.\n\n\
          This object may be accessed either as a tuple of\n  \
          (gr_name,gr_passwd,gr_gid,gr_mem)\n\
          or via the object attributes as named in the above tuple.",
    fields: &[
        ("gr_name", "group name"),
        ("gr_passwd", "password"),
        ("gr_gid", "group id"),
        ("gr_mem", "group members"),
    ],
    visible: 4,
};

/// # Safety
/// The pointer is to an entry that lives during the call.
unsafe fn entry(vm: &Vm, p: *const libc::group) -> PyResult<Value> {
    let p = &*p;
    let members = List::new(vm);
    let mut at = p.gr_mem;
    while !at.is_null() && !(*at).is_null() {
        members.push(vm, vm.fs_decode(c_bytes(*at))?);
        at = at.add(1);
    }
    let values = [
        vm.fs_decode(c_bytes(p.gr_name))?,
        vm.fs_decode(c_bytes(p.gr_passwd))?,
        vm.int(p.gr_gid as i64),
        members.value(),
    ];
    Ok(vm.new_struct_sequence(vm.struct_sequence_type(&GROUP), &values))
}

/// Access to the Unix group database.
#[pymodule]
pub mod grp {
    use super::*;

    /// Return the group database entry for the given numeric group ID.
    #[pyfunction("($module, /, id)")]
    fn getgrgid(vm: &Vm, gid: Id) -> PyResult<Value> {
        let p = vm.allow_threads(|| unsafe { libc::getgrgid(gid.0) });
        if p.is_null() {
            raise!(vm, KeyError, "getgrgid(): gid not found: {}", gid.0)
        }
        unsafe { entry(vm, p) }
    }

    /// Return the group database entry for the given group name.
    #[pyfunction("($module, /, name)")]
    fn getgrnam(vm: &Vm, name: Ref<Str>) -> PyResult<Value> {
        let Ok(c) = CString::new(vm.fs_encode(name)?) else {
            return Err(vm.value_error("embedded null byte"));
        };
        let p = vm.allow_threads(|| unsafe { libc::getgrnam(c.as_ptr()) });
        if p.is_null() {
            raise!(vm, KeyError, "getgrnam(): name not found: {}", vm.repr_string(name.value())?)
        }
        unsafe { entry(vm, p) }
    }

    /// Return a list of all available group entries, in arbitrary order.
    #[pyfunction("($module, /)")]
    fn getgrall(vm: &Vm) -> PyResult<Value> {
        let list = List::new(vm);
        unsafe {
            libc::setgrent();
            loop {
                let p = libc::getgrent();
                if p.is_null() {
                    break;
                }
                list.push(vm, entry(vm, p)?);
            }
            libc::endgrent();
        }
        Ok(list.value())
    }

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        m.dict().set_str(vm, "struct_group", vm.struct_sequence_type(&GROUP).value());
        Ok(())
    }
}
