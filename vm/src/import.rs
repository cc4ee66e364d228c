//! The import system's native half: the IMPORT instructions, `__import__`, and starting importlib,
//! which does the rest in Python.

use crate::builtins::code::Code;
use crate::builtins::dict::Dict;
use crate::builtins::exceptions::Exc;
use crate::builtins::function::Function;
use crate::builtins::list::List;
use crate::builtins::module::{self, Module};
use crate::builtins::singletons::none;
use crate::builtins::str_::Str;
use crate::builtins::traceback::Traceback;
use crate::builtins::tuple::Tuple;
use crate::def::ModuleDef;
use crate::error::{PyResult, Raised};
use crate::names::names;
use crate::object::{Ref, Value, ValueExt};
use crate::raise;
use crate::sys_functions;
use crate::vm::Vm;
use adder_heap::Root;
use adder_macros::pymodule;

/// `import name` inside a function: through `builtins.__import__`, which may be replaced.
pub fn import_name(
    vm: &Vm,
    function: Ref<Function>,
    locals: Option<Value>,
    name: Ref<Str>,
    fromlist: Value,
    level: Value,
) -> PyResult<Value> {
    let Some(f) = function.builtins.get().get_name(vm, names().__import__)? else {
        raise!(vm, ImportError, "__import__ not found")
    };
    let globals = function.globals.get();
    if is_native_import(f) && level.is_small() {
        return import_level(vm, name, Some(globals.value()), fromlist, level.small());
    }
    vm.call(f, &[name.value(), globals.value(), locals.unwrap_or(none()), fromlist, level])
}

fn is_native_import(f: Value) -> bool {
    f.exact::<crate::builtins::descr::NativeFunction>().is_some_and(|f| f.def().name == "__import__")
}

fn importlib(vm: &Vm) -> PyResult<Value> {
    match vm.importlib.get() {
        Some(r) => Ok(r.get()),
        None => raise!(vm, ImportError, "the import system is not initialised"),
    }
}

/// `__import__(name, globals, locals, fromlist, level)`
pub fn import_level(
    vm: &Vm,
    name: Ref<Str>,
    globals: Option<Value>,
    fromlist: Value,
    level: i64,
) -> PyResult<Value> {
    match import_module_level(vm, name, globals, fromlist, level) {
        Ok(m) => Ok(m),
        Err(raised) => Err(without_importlib_frames(vm, raised)),
    }
}

/// Takes importlib's own frames out of the traceback: all for an ImportError, else those between the
/// import and the code of the module (`remove_importlib_frames`).
fn without_importlib_frames(vm: &Vm, raised: Raised) -> Raised {
    if vm.config.verbose > 0 {
        return raised;
    }
    let exc = vm.take_exception(raised);
    let all = exc.value().class().is_subclass_of(Exc::ImportError.class());
    // The last entry that is kept before the run of importlib's frames, and before the entry looked at;
    // none: the entry is the first.
    let (mut before_run, mut before): (Option<Ref<Traceback>>, Option<Ref<Traceback>>) = (None, None);
    let mut in_importlib = false;
    let mut entry = exc.traceback.get().and_then(|t| t.exact::<Traceback>());
    while let Some(tb) = entry {
        let next = tb.next.get();
        let code = tb.frame.get().code();
        let file = code.filename.get();
        let own = file.eq_str("<frozen importlib._bootstrap>")
            || file.eq_str("<frozen importlib._bootstrap_external>");
        if own && !in_importlib {
            before_run = before;
        }
        in_importlib = own;
        if own && (all || code.name.get().eq_str("_call_with_frames_removed")) {
            match before_run {
                Some(kept) => kept.next.set(kept, next),
                None => exc.traceback.set(exc, next.map(|n| n.value())),
            }
            before = before_run;
        } else {
            before = Some(tb);
        }
        entry = next;
    }
    vm.restore(exc)
}

fn import_module_level(
    vm: &Vm,
    name: Ref<Str>,
    globals: Option<Value>,
    fromlist: Value,
    level: i64,
) -> PyResult<Value> {
    if level < 0 {
        return Err(vm.value_error("level must be >= 0"));
    }
    let absolute = if level > 0 {
        resolve(vm, name, globals, level)?
    } else {
        if name.is_empty() {
            return Err(vm.value_error("Empty module name"));
        }
        name
    };
    let module = match vm.modules().get_item(vm, absolute.value())? {
        Some(m) if !m.is_none() => {
            ensure_initialized(vm, m, absolute)?;
            m
        }
        _ => {
            if sys_functions::audited() {
                let part = |name: &str| vm.sys_get(name).unwrap_or(none());
                let (path, meta, hooks) = (part("path"), part("meta_path"), part("path_hooks"));
                sys_functions::audit(vm, "import", &[absolute.value(), none(), path, meta, hooks])?;
            }
            vm.call_method(importlib(vm)?, names()._find_and_load, &[absolute.value(), import_function(vm)?])?
        }
    };
    let has_from = !fromlist.is_none() && vm.truth(fromlist)?;
    if !has_from {
        let text = name.to_string();
        if level == 0 || !text.is_empty() {
            let Some(dot) = text.find('.') else { return Ok(module) };
            if level == 0 {
                let front = vm.intern_str(&text[..dot]);
                return import_level(vm, front, None, none(), 0);
            }
            let cut = text.len() - dot;
            let full = absolute.to_string();
            let front = &full[..full.len() - cut];
            return match vm.modules().get_str(vm, front)? {
                Some(m) => Ok(m),
                None => raise!(vm, KeyError, "{front} not in sys.modules as expected"),
            };
        }
        return Ok(module);
    }
    if vm.get_attr_opt(module, names().__path__)?.is_some() {
        return vm.call_method(
            importlib(vm)?,
            names()._handle_fromlist,
            &[module, fromlist, import_function(vm)?],
        );
    }
    Ok(module)
}

fn import_function(vm: &Vm) -> PyResult<Value> {
    vm.builtin("__import__")
}

/// A module that another thread is still importing is waited for.
fn ensure_initialized(vm: &Vm, module: Value, name: Ref<Str>) -> PyResult<()> {
    let Some(spec) = vm.get_attr_opt(module, names().__spec__)?.filter(|s| !s.is_none()) else {
        return Ok(());
    };
    let busy = match vm.get_attr_opt(spec, names()._initializing)? {
        Some(v) => vm.truth(v)?,
        None => false,
    };
    if busy {
        vm.call_method(importlib(vm)?, names()._lock_unlock_module, &[name.value()])?;
    }
    Ok(())
}

fn resolve(vm: &Vm, name: Ref<Str>, globals: Option<Value>, level: i64) -> PyResult<Ref<Str>> {
    let Some(globals) = globals.and_then(|g| g.downcast::<Dict>()) else {
        return Err(vm.error(Exc::KeyError, "'__name__' not in globals"));
    };
    let known =
        |name: &str| -> PyResult<bool> { Ok(globals.get_str(vm, name)?.is_some_and(|v| !v.is_none())) };
    if !known("__package__")? && !known("__spec__")? && globals.get_str(vm, "__name__")?.is_none() {
        vm.warn(
            Exc::ImportWarning,
            "can't resolve package from __spec__ or __package__, falling back on __name__ and __path__",
        )?;
        return Err(vm.error(Exc::KeyError, "'__name__' not in globals"));
    }
    let lib = importlib(vm)?;
    let package = vm.call_method(lib, vm.intern_str("_calc___package__"), &[globals.value()])?;
    let Some(p) = package.downcast::<Str>() else {
        return Err(vm.type_error("__package__ must be a string"));
    };
    if p.is_empty() {
        raise!(vm, ImportError, "attempted relative import with no known parent package")
    }
    let text = p.to_string();
    let mut base = text.as_str();
    for _ in 1..level {
        match base.rfind('.') {
            Some(dot) => base = &base[..dot],
            None => raise!(vm, ImportError, "attempted relative import beyond top-level package"),
        }
    }
    let full = if name.is_empty() { base.to_string() } else { format!("{base}.{name}") };
    Ok(vm.intern_str(&full))
}

/// `from module import name`
pub fn import_from(vm: &Vm, module: Value, name: Ref<Str>) -> PyResult<Value> {
    if let Some(v) = vm.get_attr_opt(module, name)? {
        return Ok(v);
    }
    let module_name = vm.get_attr_opt(module, names().__name__)?.and_then(|n| n.downcast::<Str>());
    if let Some(n) = module_name
        && let Some(v) = vm.modules().get_str(vm, &format!("{n}.{name}"))?
    {
        return Ok(v);
    }
    Err(crate::missing_names::cannot_import(vm, module, module_name, name))
}

/// Imports a module by its absolute name and returns it (not the top-level package).
pub fn import_module(vm: &Vm, name: &str) -> PyResult<Value> {
    let n = vm.intern_str(name);
    if let Some(m) = vm.modules().get_item(vm, n.value())?
        && !m.is_none()
    {
        return Ok(m);
    }
    import_level(vm, n, None, Tuple::from_slice(vm, &[vm.new_str("*")]).value(), 0)?;
    match vm.modules().get_item(vm, n.value())? {
        Some(m) => Ok(m),
        None => raise!(vm, ImportError, "No module named '{name}'"),
    }
}

/// The definition of a native module.
pub fn native_module(vm: &Vm, name: &str) -> Option<&'static ModuleDef> {
    vm.native_modules.borrow().iter().copied().find(|d| d.name == name)
}

/// Makes a native module (or returns it from `sys.modules`).
pub fn load_native(vm: &Vm, def: &'static ModuleDef) -> PyResult<Ref<Module>> {
    module::from_def(vm, def)
}

/// Runs code as the body of a module.
pub fn run_in_module(vm: &Vm, code: Ref<Code>, module: Ref<Module>) -> PyResult<Value> {
    let dict = module.dict();
    if dict.get_name_quiet(names().__builtins__).is_none() {
        dict.set_name(names().__builtins__, vm.builtins_module().dict().value());
    }
    run_code_in(vm, code, dict, dict.value())
}

/// `exec(code, globals, locals)`
pub fn run_code_in(vm: &Vm, code: Ref<Code>, globals: Ref<Dict>, locals: Value) -> PyResult<Value> {
    let f = Function::new(vm, code, globals);
    vm.run_code(f, locals)
}

/// Starts importlib: `_frozen_importlib`, then the path-based finders. `bootstrap` is the code of its
/// first file.
pub fn start(vm: &Vm, bootstrap: Ref<Code>) -> PyResult<()> {
    let m = Module::new(vm, "_frozen_importlib", None);
    // What importlib's _fix_up_module expects of a frozen module.
    m.dict().set_str(vm, "__origname__", vm.new_str("importlib._bootstrap"));
    run_in_module(vm, bootstrap, m)?;
    vm.importlib.set(Root::new(m.value())).ok().expect("set once");
    vm.modules().set_str(vm, "_frozen_importlib", m.value());
    let Some(def) = native_module(vm, "_imp") else { raise!(vm, ImportError, "no module named '_imp'") };
    let imp = load_native(vm, def)?;
    vm.modules().set_str(vm, "_imp", imp.value());
    vm.call_method(m.value(), vm.intern_str("_install"), &[vm.sys_module().value(), imp.value()])?;
    Ok(())
}

/// Installs the path-based finders.
pub fn start_external(vm: &Vm) -> PyResult<()> {
    vm.call_method(importlib(vm)?, vm.intern_str("_install_external_importers"), &[])?;
    if let Some(hooks) = vm.sys_get("path_hooks").and_then(|h| h.downcast::<List>()) {
        let hook = crate::builtins::descr::native_function(vm, &hooks::DEF.functions[0], None, None);
        hooks.insert_at(vm, 0, hook)?;
    }
    Ok(())
}

/// Makes the module `zipimport` without looking along `sys.path`, whose first entry may be an archive.
fn frozen_zipimport(vm: &Vm) -> PyResult<Value> {
    let file = std::path::Path::new(&vm.config.stdlib).join("zipimport.py");
    let Ok(source) = std::fs::read_to_string(file) else {
        raise!(vm, ImportError, "the standard library has no zipimport")
    };
    let lib = importlib(vm)?;
    let m = Module::new(vm, "zipimport", None);
    let loader = vm.get_attr_str(lib, "FrozenImporter")?;
    let class = vm.get_attr_str(lib, "ModuleSpec")?;
    let origin = [("origin", vm.new_str("frozen"))];
    let spec = vm.call_kw(class, &[vm.new_str("zipimport"), loader], &origin)?;
    m.dict().set_str(vm, "__loader__", loader);
    m.dict().set_str(vm, "__spec__", spec);
    vm.modules().set_str(vm, "zipimport", m.value());
    let mode = adder_compiler::options::Mode::Exec;
    let code = crate::compile::compile_source(vm, &source, "<frozen zipimport>", mode, 0)?;
    if let Err(raised) = run_in_module(vm, code, m) {
        vm.modules().remove(vm, vm.intern_str("zipimport").value())?;
        return Err(raised);
    }
    Ok(m.value())
}

/// What stands in `sys.path_hooks` for `zipimport.zipimporter`, which is imported only when a path is not
/// a directory.
#[pymodule]
pub mod hooks {
    use super::*;

    /// Gives the importer of a zip archive; ImportError for what is none.
    #[pyfunction("(path, /)")]
    fn zipimporter(vm: &Vm, path: Value) -> PyResult<Value> {
        let s = vm.str(path)?;
        // A path may go on inside the archive.
        let text = s.to_string();
        let is_file = std::path::Path::new(&text).ancestors().any(|p| p.is_file());
        if !is_file {
            raise!(vm, ImportError, "not a Zip file: {}", s)
        }
        let module = match vm.modules().get_str(vm, "zipimport")? {
            Some(m) => m,
            None => frozen_zipimport(vm)?,
        };
        let class = vm.get_attr_str(module, "zipimporter")?;
        vm.call(class, &[path])
    }
}
