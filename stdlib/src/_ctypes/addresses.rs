//! C functions of the module itself, which `ctypes` calls by their addresses.

use super::cdata::{CData, as_cdata, container};
use super::codes;
use super::info::{Kind, info_of};
use adder_vm::builtins::buffer::{Buffer, Layout, memoryview_of};
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::type_::Type;
use adder_vm::error::PyResult;
use adder_vm::extension;
use adder_vm::object::{Value, ValueExt};
use adder_vm::raise;
use adder_vm::sys_functions::audit;
use adder_vm::vm::Vm;
use std::ffi::{c_int, c_void};
use std::rc::Rc;

/// The names under which the module has the addresses.
pub fn all() -> [(&'static str, usize); 6] {
    [
        ("_memmove_addr", libc::memmove as *const () as usize),
        ("_memset_addr", libc::memset as *const () as usize),
        ("_string_at_addr", string_at as *const () as usize),
        ("_wstring_at_addr", wstring_at as *const () as usize),
        ("_cast_addr", cast as *const () as usize),
        ("_memoryview_at_addr", memoryview_at as *const () as usize),
    ]
}

/// Gives a result to C. The functions are called with the GIL, as those of the C API.
fn give(f: impl FnOnce(&Vm) -> PyResult<Value>) -> usize {
    let vm = Vm::get();
    match extension::foreign_calls() {
        Some(calls) => (calls.give)(vm, f(vm)),
        None => 0,
    }
}

/// # Safety
/// There are so many bytes at the address, or a terminated string; so for the functions below.
unsafe extern "C" fn string_at(p: *const u8, size: c_int) -> usize {
    give(|vm| {
        audit(vm, "ctypes.string_at", &[vm.new_int(p as usize as i128), vm.int(size as i64)])?;
        match size {
            -1 => codes::c_string(vm, p),
            n if n < 0 => Err(vm.system_error("Negative size passed to PyBytes_FromStringAndSize")),
            n => vm.new_bytes(std::slice::from_raw_parts(p, n as usize)),
        }
    })
}

unsafe extern "C" fn wstring_at(p: *const u8, size: c_int) -> usize {
    give(|vm| {
        audit(vm, "ctypes.wstring_at", &[vm.new_int(p as usize as i128), vm.int(size as i64)])?;
        if size < -1 {
            return Err(vm.system_error("bad argument to internal function"));
        }
        let n = if size < 0 { codes::wide_len(p, usize::MAX / 8) } else { size as usize };
        codes::wide(vm, p, n)
    })
}

unsafe extern "C" fn memoryview_at(p: *mut u8, size: isize, readonly: c_int) -> usize {
    give(|vm| {
        let shown = [vm.new_int(p as usize as i128), vm.int(size as i64), vm.int(readonly as i64)];
        audit(vm, "ctypes.memoryview_at", &shown)?;
        if size < 0 {
            return Err(vm.value_error("memoryview_at: size must be non-negative"));
        }
        let layout = Layout::of_bytes(size as usize, readonly != 0);
        memoryview_of(vm, Buffer::shared(none(), p, layout, Rc::new(())))
    })
}

/// `cast`: a new instance of a pointer type, which keeps what the source keeps.
unsafe extern "C" fn cast(p: *mut c_void, source: usize, class: usize) -> usize {
    give(|vm| {
        let Some(calls) = extension::foreign_calls() else {
            return Err(vm.system_error("this build of Adder has no C API layer"));
        };
        let (source, class) = ((calls.object_at)(source), (calls.object_at)(class));
        check_pointer_type(vm, class)?;
        let new = vm.call(class, &[])?;
        let Some(data) = as_cdata(new) else {
            return Err(vm.type_error("cast() made no ctypes instance"));
        };
        if let Some(from) = as_cdata(source) {
            // Both share what is kept, so that what is stored through one is kept by the other.
            let holder = container(vm, from);
            let shared = match holder.objects.get() {
                Some(o) if !o.is_none() => o,
                _ => {
                    let d = Dict::new(vm).value();
                    holder.objects.set(holder, Some(d));
                    d
                }
            };
            data.objects.set(data, Some(shared));
            if let Some(dict) = shared.exact::<Dict>() {
                dict.set_item(vm, vm.new_int(vm.id(source) as i128), source)?;
            }
        }
        CData::set_pointer(&data, p.cast());
        Ok(new)
    })
}

fn check_pointer_type(vm: &Vm, class: Value) -> PyResult<()> {
    let fits = info_of(class).is_some_and(|i| match i.kind.get() {
        Kind::Pointer | Kind::Function => true,
        Kind::Simple => b"sPzUZXO".contains(&i.code.get()),
        _ => false,
    });
    match class.downcast::<Type>() {
        _ if fits => Ok(()),
        Some(t) => raise!(vm, TypeError, "cast() argument 2 must be a pointer type, not {}", t.name()),
        None => Err(vm.type_error("cast() argument 2 must be a pointer type")),
    }
}
