//! Functions of `sys` about debugging, auditing and the platform.

use crate::args::Args;
use crate::builtins::descr::native_function;
use crate::builtins::dict::Dict;
use crate::builtins::exceptions::Exc;
use crate::builtins::list::List;
use crate::builtins::module::Module;
use crate::builtins::str_::Str;
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::Type;
use crate::error::PyResult;
use crate::import::import_module;
use crate::object::{Ref, Value, ValueExt};
use crate::raise;
use crate::vm::Vm;
use adder_heap::StaticRoot;
use adder_macros::pymodule;
use std::cell::Cell;

/// The hooks of `sys.addaudithook`, in a list; none: no hook was added.
static AUDIT_HOOKS: StaticRoot = StaticRoot::new();

/// Flags of `dlopen` for extension modules.
struct DlopenFlags(Cell<i32>);
// SAFETY: read and written under the GIL (gil-protected).
unsafe impl Sync for DlopenFlags {}
static DLOPEN_FLAGS: DlopenFlags = DlopenFlags(Cell::new(libc::RTLD_NOW));

/// What `sys.setdlopenflags` set last.
pub fn dlopen_flags() -> i32 {
    DLOPEN_FLAGS.0.get()
}

fn hooks() -> Option<Ref<List>> {
    AUDIT_HOOKS.get().and_then(|v| v.downcast::<List>())
}

/// Whether somebody listens, so that arguments need be made.
pub fn audited() -> bool {
    AUDIT_HOOKS.get().is_some()
}

/// `PySys_Audit`
pub fn audit(vm: &Vm, event: &str, args: &[Value]) -> PyResult<()> {
    let Some(hooks) = hooks() else { return Ok(()) };
    let args = Tuple::from_slice(vm, args).value();
    run_hooks(vm, hooks, vm.new_str(event), args)
}

fn run_hooks(vm: &Vm, hooks: Ref<List>, event: Value, args: Value) -> PyResult<()> {
    let mut i = 0;
    while let Some(hook) = hooks.try_get(i) {
        vm.call(hook, &[event, args])?;
        i += 1;
    }
    Ok(())
}

/// Adds the functions to the module.
pub fn add(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
    let name = vm.intern_str("sys").value();
    for f in functions::DEF.functions {
        m.dict().set_str(vm, f.name, native_function(vm, f, None, Some(name)));
    }
    Ok(())
}

#[pymodule]
pub mod functions {
    use super::*;

    /// Passes the event to any hooks that are attached.
    #[pyfunction]
    fn audit(vm: &Vm, args: Args) -> PyResult<()> {
        let Some((event, rest)) = args.split_first() else {
            return Err(vm.type_error("audit() missing 1 required positional argument: 'event'"));
        };
        if event.downcast::<Str>().is_none() {
            raise!(vm, TypeError, "expected str for argument 'event', not {}", event.class().name())
        }
        let Some(hooks) = hooks() else { return Ok(()) };
        run_hooks(vm, hooks, event, Tuple::from_slice(vm, rest.pos()).value())
    }

    /// Adds a new audit hook callback.
    #[pyfunction("($module, /, hook)")]
    fn addaudithook(vm: &Vm, hook: Value) -> PyResult<()> {
        match hooks() {
            Some(hooks) => {
                // The hooks there are may refuse the new one, silently if with an Exception.
                if let Err(raised) = super::audit(vm, "sys.addaudithook", &[]) {
                    return vm.swallow(raised, Exc::Exception);
                }
                hooks.push(vm, hook);
            }
            None => AUDIT_HOOKS.set(Some(List::from_slice(vm, &[hook]).value())),
        }
        Ok(())
    }

    /// This hook function is called by built-in breakpoint().
    #[pyfunction]
    fn breakpointhook(vm: &Vm, args: Args) -> PyResult<Value> {
        let text = match std::env::var("PYTHONBREAKPOINT") {
            Ok(text) if !vm.config.ignore_environment && !text.is_empty() => text,
            _ => "pdb.set_trace".to_string(),
        };
        if text == "0" {
            return Ok(crate::builtins::singletons::none());
        }
        let (module, attribute) = text.rsplit_once('.').unwrap_or(("builtins", &text));
        let found = if module.is_empty() {
            None
        } else {
            match import_module(vm, module) {
                Ok(m) => match vm.get_attr_str(m, attribute) {
                    Ok(f) => Some(f),
                    Err(raised) => {
                        vm.swallow(raised, Exc::AttributeError)?;
                        None
                    }
                },
                Err(raised) => {
                    vm.swallow(raised, Exc::ImportError)?;
                    None
                }
            }
        };
        match found {
            Some(f) => vm.call_args(f, args),
            None => {
                let message = format!("Ignoring unimportable $PYTHONBREAKPOINT: \"{text}\"");
                vm.warn(Exc::RuntimeWarning, &message)?;
                Ok(crate::builtins::singletons::none())
            }
        }
    }

    /// Private function for clearing certain descriptors from a type's dictionary.
    ///
    /// See gh-135228 for context.
    #[pyfunction("($module, type, /)")]
    fn _clear_type_descriptors(vm: &Vm, class: Ref<Type>) -> PyResult<()> {
        if class.has_flag(crate::def::IMMUTABLE) {
            return Err(vm.type_error("argument is immutable"));
        }
        for name in ["__dict__", "__weakref__"] {
            class.dict.get().remove(vm, vm.intern_str(name).value())?;
        }
        class.modified();
        Ok(())
    }

    /// Return a dict mapping each thread's identifier to its current raised exception.
    #[pyfunction("($module, /)")]
    fn _current_exceptions(vm: &Vm) -> PyResult<Value> {
        let d = Dict::new(vm);
        for t in vm.threads() {
            // SAFETY: listed threads are alive and wait for the GIL, which is held here.
            let t = unsafe { &*t };
            let exc = t.handled_exception().map_or(crate::builtins::singletons::none(), |e| e.value());
            d.set_item(vm, vm.new_int(t.ident as i128), exc)?;
        }
        Ok(d.value())
    }

    /// Return the number of memory blocks currently allocated.
    #[pyfunction("($module, /)")]
    fn getallocatedblocks(_vm: &Vm) -> i64 {
        // Objects are not counted one by one.
        0
    }

    /// Return the number of elements of the unicode interned dictionary
    #[pyfunction("($module, /, *, _only_immortal=False)")]
    fn getunicodeinternedsize(_vm: &Vm, _only_immortal: Option<bool>) -> usize {
        crate::builtins::str_::interned_count()
    }

    /// Return the current value of the flags that are used for dlopen calls.
    ///
    /// The flag constants are defined in the os module.
    #[pyfunction("($module, /)")]
    fn getdlopenflags(_vm: &Vm) -> i32 {
        dlopen_flags()
    }

    /// Set the flags used by the interpreter for dlopen calls.
    ///
    /// This is used, for example, when the interpreter loads extension modules.
    #[pyfunction("($module, flags, /)")]
    fn setdlopenflags(_vm: &Vm, flags: i32) {
        DLOPEN_FLAGS.0.set(flags);
    }

    /// Print debug info to stderr about the state of pymalloc and structseq.
    #[pyfunction("($module, /)")]
    fn _debugmallocstats(_vm: &Vm) {
        eprintln!("{:?}", adder_heap::stats());
    }

    /// Return True if a stack profiler trampoline is active.
    #[pyfunction("($module, /)")]
    fn is_stack_trampoline_active(_vm: &Vm) -> bool {
        false
    }

    /// Activate stack profiler trampoline *backend*.
    #[pyfunction("($module, backend, /)")]
    fn activate_stack_trampoline(vm: &Vm, backend: Ref<Str>) -> PyResult<()> {
        if backend.eq_str("perf") || backend.eq_str("perf_jit") {
            return Err(vm.value_error("perf trampoline not available"));
        }
        raise!(vm, ValueError, "invalid backend: {}", backend)
    }

    /// Deactivate the current stack profiler trampoline backend.
    ///
    /// If no stack profiler is activated, this function has no effect.
    #[pyfunction("($module, /)")]
    fn deactivate_stack_trampoline(_vm: &Vm) {}

    /// Return True if remote debugging is enabled, False otherwise.
    #[pyfunction("($module, /)")]
    fn is_remote_debug_enabled(_vm: &Vm) -> bool {
        false
    }

    /// Executes a file containing Python code in a given remote Python process.
    #[pyfunction("($module, /, pid, script)")]
    fn remote_exec(vm: &Vm, _pid: i32, _script: Value) -> PyResult<()> {
        Err(vm.runtime_error("Remote debugging is not enabled"))
    }
}
