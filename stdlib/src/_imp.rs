//! `_imp`: what importlib asks of the interpreter.

use adder_macros::pymodule;
use adder_vm::builtins::code::Code;
use adder_vm::builtins::list::List;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::str_::Str;
use adder_vm::error::PyResult;
use adder_vm::import;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::cell::Cell;

thread_local! {
    static LOCK_DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// (Extremely) low-level import machinery bits as used by importlib.
#[pymodule]
pub mod _imp {
    use super::*;

    /// Acquires the interpreter's import lock for the current thread.
    #[pyfunction("($module, /)")]
    fn acquire_lock(_vm: &Vm) {
        LOCK_DEPTH.with(|d| d.set(d.get() + 1));
    }

    /// Release the interpreter's import lock.
    #[pyfunction("($module, /)")]
    fn release_lock(vm: &Vm) -> PyResult<()> {
        LOCK_DEPTH.with(|d| match d.get() {
            0 => Err(vm.runtime_error("not holding the import lock")),
            n => {
                d.set(n - 1);
                Ok(())
            }
        })
    }

    /// Return True if the import lock is currently held, else False.
    #[pyfunction("($module, /)")]
    fn lock_held(_vm: &Vm) -> bool {
        LOCK_DEPTH.with(|d| d.get() > 0)
    }

    /// Returns the list of file suffixes used to identify extension modules.
    #[pyfunction("($module, /)")]
    fn extension_suffixes(vm: &Vm) -> Value {
        let list = List::new(vm);
        for s in [".cpython-314-x86_64-linux-gnu.so", ".abi3.so", ".so"] {
            list.push(vm, vm.new_str(s));
        }
        list.value()
    }

    /// Returns True if the module name corresponds to a built-in module.
    #[pyfunction("($module, name, /)")]
    fn is_builtin(vm: &Vm, name: Ref<Str>) -> i64 {
        let name = name.to_string();
        if name == "builtins" || name == "sys" {
            return -1;
        }
        (import::native_module(vm, &name).is_some() || adder_vm::extension::is_builtin(&name)) as i64
    }

    /// Returns True if the module name corresponds to a frozen module.
    #[pyfunction("($module, name, /)")]
    fn is_frozen(_vm: &Vm, name: Ref<Str>) -> bool {
        name.eq_str("_frozen_importlib_external") || name.eq_str("_frozen_importlib")
    }

    /// Returns True if the module name is of a frozen package.
    #[pyfunction("($module, name, /)")]
    fn is_frozen_package(_vm: &Vm, _name: Ref<Str>) -> bool {
        false
    }

    /// Return info about the corresponding frozen module (if there is one) or None.
    #[pyfunction("($module, name, /, *, withdata=False)")]
    fn find_frozen(vm: &Vm, name: Ref<Str>, _withdata: Option<bool>) -> Value {
        if name.eq_str("_frozen_importlib_external") {
            let origin = vm.new_str("importlib._bootstrap_external");
            return adder_vm::builtins::tuple::Tuple::from_slice(
                vm,
                &[none(), adder_vm::builtins::singletons::false_(), origin],
            )
            .value();
        }
        none()
    }

    /// Create a code object for a frozen module.
    #[pyfunction("($module, name, data=None, /)")]
    fn get_frozen_object(vm: &Vm, name: Ref<Str>, data: Option<Value>) -> PyResult<Ref<Code>> {
        if let Some(data) = data.filter(|d| !d.is_none()) {
            let bytes = vm.bytes_like(data)?;
            let Ok(object) = crate::marshal::read(vm, &bytes) else {
                vm.fetch_exception();
                raise!(vm, ImportError, "Frozen object named '{name}' is invalid")
            };
            let Some(code) = object.downcast::<Code>() else {
                raise!(vm, TypeError, "frozen object '{name}' is not a code object")
            };
            return Ok(code);
        }
        if name.eq_str("_frozen_importlib_external") {
            return crate::frozen::code(
                vm,
                "importlib/_bootstrap_external.py",
                "<frozen importlib._bootstrap_external>",
            );
        }
        raise!(vm, ImportError, "No such frozen object named {name}")
    }

    /// Initializes a frozen module.
    #[pyfunction("($module, name, /)")]
    fn init_frozen(_vm: &Vm, _name: Ref<Str>) -> Value {
        none()
    }

    /// Return the names of the frozen modules.
    #[pyfunction("($module, /)")]
    fn _frozen_module_names(vm: &Vm) -> Value {
        List::new(vm).value()
    }

    /// Override the per-interpreter frozen module setting.
    #[pyfunction("($module, override, /)")]
    fn _override_frozen_modules_for_tests(_vm: &Vm, _override_: i32) {}

    /// Override the multi-interpreter extension check.
    #[pyfunction("($module, override, /)")]
    fn _override_multi_interp_extensions_check(_vm: &Vm, _override_: i32) -> i64 {
        0
    }

    /// Create an extension module.
    #[pyfunction("($module, spec, /)")]
    fn create_builtin(vm: &Vm, spec: Value) -> PyResult<Value> {
        let name = vm.get_attr_str(spec, "name")?;
        let name = vm.str(name)?.to_string();
        if let Some(m) = vm.modules().get_str(vm, &name)? {
            return Ok(m);
        }
        match import::native_module(vm, &name) {
            Some(def) => Ok(import::load_native(vm, def)?.value()),
            None => Ok(adder_vm::extension::create_builtin(vm, spec, &name)?.unwrap_or(none())),
        }
    }

    /// Initialize a built-in module.
    #[pyfunction("($module, mod, /)")]
    fn exec_builtin(vm: &Vm, module: Value) -> PyResult<i64> {
        adder_vm::extension::exec_builtin(vm, module)
    }

    /// Create an extension module.
    #[pyfunction("($module, spec, file=None, /)")]
    fn create_dynamic(vm: &Vm, spec: Value, _file: Option<Value>) -> PyResult<Value> {
        for part in ["name", "origin"] {
            let text = vm.get_attr(spec, vm.intern_str(part))?;
            if text.downcast::<Str>().is_some_and(|t| t.to_string().contains('\0')) {
                raise!(vm, ValueError, "embedded null character")
            }
        }
        adder_vm::extension::create_dynamic(vm, spec)
    }

    /// Initialize an extension module.
    #[pyfunction("($module, mod, /)")]
    fn exec_dynamic(vm: &Vm, module: Value) -> PyResult<i64> {
        adder_vm::extension::exec_dynamic(vm, module)
    }

    /// Changes code.co_filename to specify the passed-in file path.
    #[pyfunction("($module, code, path, /)")]
    fn _fix_co_filename(_vm: &Vm, code: Ref<Code>, path: Ref<Str>) {
        let old = code.filename.get();
        if !old.same_text(&path) {
            rename_code(code, old, path);
        }
    }

    /// The code and the functions in it that come from the same file (`update_code_filenames`).
    fn rename_code(code: Ref<Code>, old: Ref<Str>, new: Ref<Str>) {
        if !code.filename.get().same_text(&old) {
            return;
        }
        code.filename.set(code, new);
        for inner in code.consts.get().items().iter().filter_map(|c| c.downcast::<Code>()) {
            rename_code(inner, old, new);
        }
    }

    /// The hash of a source file for hash-based compiled files.
    #[pyfunction("($module, key, source)")]
    fn source_hash(vm: &Vm, key: i64, source: Value) -> PyResult<Value> {
        let data = vm.bytes_like(source)?;
        let h = adder_vm::hashing::source_hash(key as u64, &data);
        vm.new_bytes(&h.to_le_bytes())
    }

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        // No path begins with a null character.
        let own = match crate::pylib::own_directory() {
            Some(dir) => format!("{}/", dir.display()),
            None => "\0".to_string(),
        };
        m.dict().set_str(vm, "_own_library", vm.new_str(&own));
        m.dict().set_str(vm, "check_hash_based_pycs", vm.new_str("default"));
        m.dict().set_str(vm, "pyc_magic_number_token", vm.int(0x0a0d0e2b));
        Ok(())
    }
}
