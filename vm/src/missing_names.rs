//! What to say about a name that a module lacks: perhaps the module is not the one that was meant, because
//! a file of the program's has its name, or it is not complete yet.

use crate::builtins::exceptions::Exc;
use crate::builtins::module::Module;
use crate::builtins::set::{FrozenSet, Set};
use crate::builtins::singletons::none;
use crate::builtins::str_::Str;
use crate::error::{PyResult, Raised};
use crate::names::names;
use crate::object::{Ref, Value, ValueExt};
use crate::vm::Vm;

/// What a module's spec tells about it.
struct Circumstances {
    /// The file it came from.
    origin: Option<Ref<Str>>,
    /// The file may hide a module of this name: it is in the directory of the program.
    shadows: bool,
    shadows_stdlib: bool,
    initializing: bool,
}

fn attribute(vm: &Vm, obj: Value, name: &str) -> PyResult<Option<Value>> {
    vm.get_attr_opt(obj, vm.intern_str(name))
}

fn is_true(vm: &Vm, spec: Value, name: &str) -> PyResult<bool> {
    match attribute(vm, spec, name)? {
        Some(v) => vm.truth(v),
        None => Ok(false),
    }
}

/// Whether the file is in the directory that the program put in front of `sys.path`
/// (`_PyModule_IsPossiblyShadowing`).
fn is_shadowing(vm: &Vm, origin: &str) -> bool {
    let first = vm.sys_path_0.borrow();
    let Some(first) = first.as_deref() else { return false };
    let Some((mut dir, file)) = origin.rsplit_once('/') else { return false };
    if file == "__init__.py" {
        match dir.rsplit_once('/') {
            Some((parent, _)) => dir = parent,
            None => return false,
        }
    }
    match first {
        "" => std::env::current_dir().is_ok_and(|d| d.to_string_lossy() == dir),
        first => first == dir,
    }
}

fn circumstances(vm: &Vm, spec: Option<Value>, module: Option<Ref<Str>>) -> PyResult<Circumstances> {
    let mut c = Circumstances { origin: None, shadows: false, shadows_stdlib: false, initializing: false };
    let Some(spec) = spec.filter(|s| !s.is_none()) else { return Ok(c) };
    if is_true(vm, spec, "has_location")? {
        c.origin = attribute(vm, spec, "origin")?.and_then(|o| o.downcast::<Str>());
    }
    c.shadows = c.origin.is_some_and(|o| is_shadowing(vm, &o.to_string()));
    if c.shadows
        && let Some(module) = module
        && let Some(known) = vm
            .sys_get("stdlib_module_names")
            .filter(|s| s.downcast::<FrozenSet>().is_some() || s.downcast::<Set>().is_some())
    {
        c.shadows_stdlib = vm.contains(known, module.value())?;
    }
    c.initializing = is_true(vm, spec, "_initializing")?;
    Ok(c)
}

/// The advice of CPython's messages, in parentheses.
fn rename(vm: &Vm, c: &Circumstances, module: &str) -> PyResult<Option<String>> {
    let Some(origin) = c.origin else { return Ok(None) };
    if !c.shadows_stdlib && !(c.initializing && c.shadows) {
        return Ok(None);
    }
    let origin = vm.repr_string(origin.value())?;
    Ok(Some(if c.shadows_stdlib {
        format!(
            "consider renaming {origin} since it has the same name as the standard library module named '{module}' \
             and prevents importing that standard library module"
        )
    } else {
        format!("consider renaming {origin} if it has the same name as a library you intended to import")
    }))
}

/// Whether the module's spec says that a submodule of this name is being imported.
fn is_uninitialized(vm: &Vm, spec: Option<Value>, name: Ref<Str>) -> PyResult<bool> {
    let Some(spec) = spec.filter(|s| !s.is_none()) else { return Ok(false) };
    match attribute(vm, spec, "_uninitialized_submodules")? {
        Some(all) => vm.contains(all, name.value()),
        None => Ok(false),
    }
}

/// The message for an attribute that a module does not have.
pub fn missing_attribute(vm: &Vm, m: Ref<Module>, name: Ref<Str>) -> PyResult<String> {
    let module = m.dict().get_name_quiet(names().__name__).and_then(|n| n.downcast::<Str>());
    let Some(module) = module else { return Ok(format!("module has no attribute '{name}'")) };
    let spec = m.dict().get_name_quiet(names().__spec__);
    let c = circumstances(vm, spec, Some(module))?;
    if let Some(advice) = rename(vm, &c, &module.to_string())? {
        return Ok(format!("module '{module}' has no attribute '{name}' ({advice})"));
    }
    if c.initializing {
        let from = match c.origin {
            Some(o) => format!(" from {}", vm.repr_string(o.value())?),
            None => String::new(),
        };
        return Ok(format!(
            "partially initialized module '{module}'{from} has no attribute '{name}' (most likely due to a circular \
             import)"
        ));
    }
    if is_uninitialized(vm, spec, name)? {
        return Ok(format!(
            "cannot access submodule '{name}' of module '{module}' (most likely due to a circular import)"
        ));
    }
    Ok(format!("module '{module}' has no attribute '{name}'"))
}

/// The ImportError of `from module import name`.
pub fn cannot_import(vm: &Vm, module: Value, module_name: Option<Ref<Str>>, name: Ref<Str>) -> Raised {
    match import_error(vm, module, module_name, name) {
        Ok(exc) => vm.raise_value(exc),
        Err(raised) => raised,
    }
}

fn import_error(vm: &Vm, module: Value, module_name: Option<Ref<Str>>, name: Ref<Str>) -> PyResult<Value> {
    let shown = module_name.map_or("<unknown module name>".to_string(), |n| n.to_string());
    let spec = vm.get_attr_opt(module, names().__spec__)?;
    let c = circumstances(vm, spec, module_name)?;
    let file = match c.origin {
        Some(origin) => Some(origin),
        None => vm.get_attr_opt(module, names().__file__)?.and_then(|f| f.downcast::<Str>()),
    };
    let message = match (rename(vm, &c, &shown)?, file) {
        (Some(advice), _) => format!("cannot import name '{name}' from '{shown}' ({advice})"),
        (None, file) if c.initializing => {
            let file = file.map_or(String::new(), |f| format!(" ({f})"));
            format!(
                "cannot import name '{name}' from partially initialized module '{shown}' (most likely due to a \
                 circular import){file}"
            )
        }
        (None, Some(file)) => format!("cannot import name '{name}' from '{shown}' ({file})"),
        (None, None) => format!("cannot import name '{name}' from '{shown}' (unknown location)"),
    };
    let module_name = module_name.map_or(none(), |n| n.value());
    let path = file.map_or(none(), |f| f.value());
    vm.call_kw(
        Exc::ImportError.class().value(),
        &[vm.new_str(&message)],
        &[("name", module_name), ("path", path), ("name_from", name.value())],
    )
}
