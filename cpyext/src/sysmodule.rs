//! `sys` as C sees it. The functions that write formatted text are in `variadic/sysmodule.c`.

use crate::abstract_::c_name;
use crate::pyerrors;
use crate::pyobject::{Arg, Borrowed, Done, Ptr, lend};
use crate::unicodeobject::text;
use adder_macros::capi;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::error::PyResult;
use adder_vm::object::{Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::ffi::{c_char, c_void};

#[capi]
pub fn PySys_GetObject(vm: &Vm, name: *const c_char) -> PyResult<Borrowed> {
    let name = match c_name(vm, name) {
        Ok(name) => name.to_string(),
        Err(raised) => {
            vm.unraisable(raised, "Exception ignored in PySys_GetObject()", none());
            return Ok(Borrowed(std::ptr::null_mut()));
        }
    };
    match vm.sys_get(&name) {
        Some(v) => lend(vm, v),
        None => Ok(Borrowed(std::ptr::null_mut())),
    }
}

/// An attribute of `sys`, or RuntimeError.
fn needed(vm: &Vm, name: &str) -> PyResult<Value> {
    match vm.sys_get(name) {
        Some(v) => Ok(v),
        None => raise!(vm, RuntimeError, "lost sys.{name}"),
    }
}

#[capi]
pub fn PySys_GetAttr(vm: &Vm, name: Arg) -> PyResult<Value> {
    let name = vm.str(name.value())?.to_string();
    needed(vm, &name)
}

#[capi]
pub fn PySys_GetAttrString(vm: &Vm, name: *const c_char) -> PyResult<Value> {
    needed(vm, &c_name(vm, name)?.to_string())
}

#[capi]
pub fn PySys_GetOptionalAttr(vm: &Vm, name: Arg, place: *mut Ptr) -> PyResult<bool> {
    let name = vm.str(name.value())?.to_string();
    let found = vm.sys_get(&name);
    // SAFETY: the caller passes a place.
    unsafe { crate::abstract_::store(place, found) };
    Ok(found.is_some())
}

#[capi]
pub fn PySys_GetOptionalAttrString(vm: &Vm, name: *const c_char, place: *mut Ptr) -> PyResult<bool> {
    // SAFETY: the caller passes a place.
    unsafe {
        *place = std::ptr::null_mut();
        let found = vm.sys_get(&c_name(vm, name)?.to_string());
        crate::abstract_::store(place, found);
        Ok(found.is_some())
    }
}

/// NULL deletes.
#[capi]
pub fn PySys_SetObject(vm: &Vm, name: *const c_char, value: Arg) -> PyResult<Done> {
    let name = c_name(vm, name)?.to_string();
    if value.0.is_null() {
        vm.sys_module().dict().remove(vm, vm.intern_str(&name).value())?;
    } else {
        vm.sys_set(&name, value.value());
    }
    Ok(Done)
}

#[capi]
pub fn PySys_GetXOptions(vm: &Vm) -> PyResult<Borrowed> {
    let v = match vm.sys_get("_xoptions").filter(|v| v.downcast::<Dict>().is_some()) {
        Some(v) => v,
        None => {
            let v = Dict::new(vm).value();
            vm.sys_set("_xoptions", v);
            v
        }
    };
    lend(vm, v)
}

#[capi]
pub fn PySys_ResetWarnOptions(vm: &Vm) {
    if let Some(l) = vm.sys_get("warnoptions").and_then(|v| v.downcast::<adder_vm::builtins::list::List>()) {
        l.clear();
    }
}

// ---- audit events -------------------------------------------------------------------------------

type Hook = unsafe extern "C" fn(*const c_char, Ptr, *mut c_void) -> i32;

/// Functions and their data.
static HOOKS: adder_heap::GilCell<Vec<(Hook, usize)>> = adder_heap::GilCell::new(vec![]);

/// The hook stays for ever. `sys.addaudithook` is another list.
#[capi]
pub fn PySys_AddAuditHook(_vm: &Vm, hook: *mut c_void, data: *mut c_void) -> i32 {
    // SAFETY: the caller passes a hook.
    let hook = unsafe { std::mem::transmute::<*mut c_void, Hook>(hook) };
    HOOKS.get().push((hook, data as usize));
    0
}

/// Tells the hooks of C, and `sys.audit`.
#[capi]
pub fn PySys_AuditTuple(vm: &Vm, event: *const c_char, args: Arg) -> PyResult<Done> {
    let args = if args.0.is_null() { Tuple::empty().value() } else { args.value() };
    let Some(tuple) = args.downcast::<Tuple>() else {
        raise!(vm, TypeError, "args must be tuple, got {}", args.class().name())
    };
    let p = crate::pyobject::Owned::new(args);
    for i in 0..HOOKS.get().len() {
        let (hook, data) = HOOKS.get()[i];
        // SAFETY: a hook with its data.
        if unsafe { hook(event, p.0, data as *mut c_void) } < 0 {
            return Err(pyerrors::from_indicator(vm));
        }
    }
    // SAFETY: the caller passes a C string.
    let event = vm.new_str(&unsafe { text(event) });
    let Some(audit) = vm.sys_get("audit") else { return Ok(Done) };
    let all = Tuple::build(vm, tuple.len() + 1, |i| {
        Ok::<Value, adder_vm::error::Raised>(if i == 0 { event } else { tuple.get(i - 1) })
    })?;
    vm.call(audit, all.items())?;
    std::hint::black_box(all);
    Ok(Done)
}
