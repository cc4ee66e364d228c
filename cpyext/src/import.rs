//! Importing modules.

use crate::abstract_::{c_name, need};
use crate::pyobject::{Arg, Borrowed, Owned, lend};
use adder_macros::capi;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::str_::Str;
use adder_vm::error::PyResult;
use adder_vm::import;
use adder_vm::object::{Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::ffi::{c_char, c_long};

fn name_of(vm: &Vm, v: Value) -> PyResult<Ref<Str>> {
    match v.downcast::<Str>() {
        Some(s) => Ok(vm.intern_ref(s)),
        None => raise!(vm, TypeError, "module name must be a string"),
    }
}

fn optional(v: Arg) -> Option<Value> {
    if v.0.is_null() { None } else { Some(v.value()) }
}

/// The number in the head of compiled files.
#[capi]
pub fn PyImport_GetMagicNumber(vm: &Vm) -> PyResult<c_long> {
    let module = import::import_module(vm, "_imp")?;
    let v = vm.get_attr_str(module, "pyc_magic_number_token")?;
    Ok(vm.int_to_i128(v) as c_long)
}

#[capi]
pub fn PyImport_GetMagicTag(vm: &Vm) -> PyResult<*const c_char> {
    static TAG: std::sync::OnceLock<std::ffi::CString> = std::sync::OnceLock::new();
    if TAG.get().is_none() {
        let v = vm.sys_get("implementation").unwrap_or(none());
        let tag = vm.str(vm.get_attr_str(v, "cache_tag")?)?.to_string();
        let _ = TAG.set(std::ffi::CString::new(tag).unwrap_or_default());
    }
    Ok(TAG.get().map_or(std::ptr::null(), |t| t.as_ptr()))
}

/// The module named, through `__import__` as the running code sees it.
fn import_through_builtins(vm: &Vm, name: Ref<Str>) -> PyResult<Value> {
    let globals = vm.current_globals();
    let builtins = match globals {
        Some(g) => vm.builtins_of(g),
        None => vm.builtins_module().dict(),
    };
    let Some(f) = builtins.get_str(vm, "__import__")? else {
        return Err(vm.key_error(vm.new_str("__import__")));
    };
    let globals = globals.unwrap_or_else(|| Dict::new(vm)).value();
    // A list that is not empty makes __import__ load submodules.
    let from = adder_vm::builtins::list::List::new(vm).value();
    vm.call(f, &[name.value(), globals, globals, from, vm.int(0)])?;
    match vm.modules().get_item(vm, name.value())? {
        Some(m) => Ok(m),
        None => Err(vm.key_error(name.value())),
    }
}

#[capi]
pub fn PyImport_ImportModule(vm: &Vm, name: *const c_char) -> PyResult<Value> {
    import_through_builtins(vm, c_name(vm, name)?)
}

#[capi]
pub fn PyImport_ImportModuleNoBlock(vm: &Vm, name: *const c_char) -> PyResult<Value> {
    vm.warn_deprecated(
        "PyImport_ImportModuleNoBlock() is deprecated and scheduled for removal in Python 3.15. \
         Use PyImport_ImportModule() instead.",
    )?;
    import_through_builtins(vm, c_name(vm, name)?)
}

#[capi]
pub fn PyImport_Import(vm: &Vm, name: Arg) -> PyResult<Value> {
    import_through_builtins(vm, name_of(vm, need(vm, name)?)?)
}

fn import_level(vm: &Vm, name: Ref<Str>, globals: Arg, from: Arg, level: i32) -> PyResult<Value> {
    let from = optional(from).unwrap_or(none());
    if level > 0 && optional(globals).is_some_and(|g| g.downcast::<Dict>().is_none()) {
        return Err(vm.type_error("globals must be a dict"));
    }
    import::import_level(vm, name, optional(globals), from, level as i64)
}

#[capi]
pub fn PyImport_ImportModuleLevel(
    vm: &Vm,
    name: *const c_char,
    globals: Arg,
    _locals: Arg,
    from: Arg,
    level: i32,
) -> PyResult<Value> {
    import_level(vm, c_name(vm, name)?, globals, from, level)
}

#[capi]
pub fn PyImport_ImportModuleLevelObject(
    vm: &Vm,
    name: Arg,
    globals: Arg,
    _locals: Arg,
    from: Arg,
    level: i32,
) -> PyResult<Value> {
    if name.0.is_null() {
        return Err(vm.value_error("Empty module name"));
    }
    import_level(vm, name_of(vm, name.value())?, globals, from, level)
}

#[capi]
pub fn PyImport_ImportModuleAttr(vm: &Vm, module: Arg, attribute: Arg) -> PyResult<Value> {
    let module = import_through_builtins(vm, name_of(vm, need(vm, module)?)?)?;
    vm.get_attr(module, name_of(vm, attribute.value())?)
}

#[capi]
pub fn PyImport_ImportModuleAttrString(
    vm: &Vm,
    module: *const c_char,
    attribute: *const c_char,
) -> PyResult<Value> {
    let (module, attribute) = (c_name(vm, module)?, c_name(vm, attribute)?);
    let module = import_through_builtins(vm, module)?;
    vm.get_attr(module, attribute)
}

#[capi]
pub fn PyImport_ReloadModule(vm: &Vm, module: Arg) -> PyResult<Value> {
    let importlib = import::import_module(vm, "importlib")?;
    vm.call_method(importlib, vm.intern_str("reload"), &[module.value()])
}

#[capi]
pub fn PyImport_GetImporter(vm: &Vm, path: Arg) -> PyResult<Value> {
    let pkgutil = import::import_module(vm, "pkgutil")?;
    vm.call_method(pkgutil, vm.intern_str("get_importer"), &[path.value()])
}

#[capi]
pub fn PyImport_GetModuleDict(vm: &Vm) -> PyResult<Borrowed> {
    lend(vm, vm.modules().value())
}

#[capi]
pub fn PyImport_GetModule(vm: &Vm, name: Arg) -> PyResult<Owned> {
    let found = vm.modules().get_item(vm, name.value())?;
    Ok(found.map_or(Owned::NULL, Owned::new))
}

/// The module in `sys.modules`, which is made if it is missing.
fn add(vm: &Vm, name: Value) -> PyResult<Value> {
    if let Some(m) = vm.modules().get_item(vm, name)?
        && m.downcast::<Module>().is_some()
    {
        return Ok(m);
    }
    // The name may be any object that can be a key.
    let m = vm.call(Module::class().value(), &[vm.new_str("")])?;
    if let Some(module) = m.downcast::<Module>() {
        module.dict().set_str(vm, "__name__", name);
    }
    vm.modules().set_item(vm, name, m)?;
    Ok(m)
}

#[capi]
pub fn PyImport_AddModuleRef(vm: &Vm, name: *const c_char) -> PyResult<Value> {
    add(vm, c_name(vm, name)?.value())
}

#[capi]
pub fn PyImport_AddModule(vm: &Vm, name: *const c_char) -> PyResult<Borrowed> {
    let m = add(vm, c_name(vm, name)?.value())?;
    lend(vm, m)
}

#[capi]
pub fn PyImport_AddModuleObject(vm: &Vm, name: Arg) -> PyResult<Borrowed> {
    let m = add(vm, name.value())?;
    lend(vm, m)
}

/// Runs code as a module that is in `sys.modules` meanwhile.
fn exec(vm: &Vm, name: Value, code: Value, path: Option<Value>, cached: Option<Value>) -> PyResult<Value> {
    let module = add(vm, name)?;
    let Some(m) = module.downcast::<Module>() else { return Err(vm.type_error("not a module")) };
    let external = import::import_module(vm, "_frozen_importlib_external")?;
    let dict = m.dict();
    if dict.get_str(vm, "__builtins__")?.is_none() {
        dict.set_str(vm, "__builtins__", vm.builtins_module().dict().value());
    }
    let path = path.unwrap_or_else(|| vm.get_attr_str(code, "co_filename").unwrap_or(none()));
    let fix = vm.get_attr_str(external, "_fix_up_module")?;
    let mut args = [dict.value(), name, path, none()];
    let n = match cached {
        Some(c) => {
            args[3] = c;
            4
        }
        None => 3,
    };
    vm.call(fix, &args[..n])?;
    let run = || -> PyResult<Value> {
        vm.call(vm.builtin("exec")?, &[code, dict.value()])?;
        match vm.modules().get_item(vm, name)? {
            Some(m) => Ok(m),
            None => {
                raise!(vm, ImportError, "Loaded module {} not found in sys.modules", vm.repr_string(name)?)
            }
        }
    };
    run().inspect_err(|_| {
        let pending = vm.fetch_exception();
        if let Err(raised) = vm.modules().remove(vm, name) {
            let _ = vm.take_exception(raised);
        }
        if let Some(e) = pending {
            vm.set_exception(e);
        }
    })
}

/// A path: bytes that are no UTF-8 become lone surrogates.
fn c_text(p: *const c_char) -> Option<Value> {
    if p.is_null() {
        return None;
    }
    // SAFETY: the callers pass C strings.
    let path = Owned(unsafe { crate::unicodeobject::codecs::PyUnicode_DecodeFSDefault(p) });
    optional(Arg(path.0))
}

/// The source of a compiled file, if it can be told.
fn source_of(vm: &Vm, cached: Value) -> Option<Value> {
    let find = || -> PyResult<Value> {
        let external = import::import_module(vm, "_frozen_importlib_external")?;
        vm.call(vm.get_attr_str(external, "_get_sourcefile")?, &[cached])
    };
    find().map_err(|raised| vm.take_exception(raised)).ok()
}

#[capi]
pub fn PyImport_ExecCodeModule(vm: &Vm, name: *const c_char, code: Arg) -> PyResult<Value> {
    let name = c_name(vm, name)?.value();
    exec(vm, name, code.value(), None, None)
}

#[capi]
pub fn PyImport_ExecCodeModuleEx(
    vm: &Vm,
    name: *const c_char,
    code: Arg,
    path: *const c_char,
) -> PyResult<Value> {
    let name = c_name(vm, name)?.value();
    exec(vm, name, code.value(), c_text(path), None)
}

#[capi]
pub fn PyImport_ExecCodeModuleWithPathnames(
    vm: &Vm,
    name: *const c_char,
    code: Arg,
    path: *const c_char,
    cached: *const c_char,
) -> PyResult<Value> {
    let name = c_name(vm, name)?.value();
    let (path, cached) = (c_text(path), c_text(cached));
    let path = match (path, cached) {
        (None, Some(cached)) => source_of(vm, cached),
        _ => path,
    };
    exec(vm, name, code.value(), path, cached)
}

#[capi]
pub fn PyImport_ExecCodeModuleObject(
    vm: &Vm,
    name: Arg,
    code: Arg,
    path: Arg,
    cached: Arg,
) -> PyResult<Value> {
    exec(vm, name.value(), code.value(), optional(path), optional(cached))
}

/// There are no frozen modules.
#[capi]
pub fn PyImport_ImportFrozenModule(_vm: &Vm, _name: *const c_char) -> PyResult<i32> {
    Ok(0)
}

#[capi]
pub fn PyImport_ImportFrozenModuleObject(_vm: &Vm, _name: Arg) -> PyResult<i32> {
    Ok(0)
}
