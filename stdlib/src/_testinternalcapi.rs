//! `_testinternalcapi`: what tests of the interpreter ask about its insides.
//!
//! Only questions that have an answer here: CPython's module of this name is about CPython's own structures.

use crate::arguments::{bind, params};
use adder_macros::pymodule;
use adder_vm::args::{Args, Params};
use adder_vm::builtins::module::Module;
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value};
use adder_vm::pending;
use adder_vm::shapes::{self, Mode};
use adder_vm::vm::Vm;

/// Questions about the interpreter's insides.
#[pymodule]
pub mod _testinternalcapi {
    use super::*;

    /// Whether an instance has its attributes in slots of its own, not in a dict.
    #[pyfunction("($module, obj, /)")]
    fn has_inline_values(_vm: &Vm, obj: Value) -> bool {
        obj.is_ptr() && shapes::data(obj.shape()).is_some_and(|d| d.mode == Mode::Inline)
    }

    /// Asks for calls by whichever thread looks after the eval breaker next; how many could be noted.
    #[pyfunction("($module, callback, num=1, *, blocking=False, ensure_added=False)")]
    fn pending_threadfunc(vm: &Vm, args: Args) -> PyResult<usize> {
        const NAMES: &[&str] = &["callback", "num", "blocking", "ensure_added"];
        const PARAMS: Params = params("pending_threadfunc", NAMES, 0, 2, 1);
        let [callback, num, _blocking, ensure] = bind(vm, &PARAMS, args)?;
        let callback = callback.expect("a required argument");
        let wanted = match num {
            Some(n) => vm.index_isize(n)?.max(0) as usize,
            None => 1,
        };
        let ensure = ensure.is_some_and(|v| vm.truth(v).unwrap_or(false));
        let mut added = 0;
        while added < wanted {
            if pending::add_call(vm, callback) {
                added += 1;
            } else if ensure {
                pending::handle(vm)?;
            } else {
                break;
            }
        }
        Ok(added)
    }

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        // Nothing lies in front of an object.
        m.dict().set_str(vm, "SIZEOF_PYGC_HEAD", vm.int(0));
        m.dict().set_str(vm, "SIZEOF_MANAGED_PRE_HEADER", vm.int(0));
        Ok(())
    }

    /// How many Python frames run.
    #[pyfunction("($module, /)")]
    fn get_recursion_depth(vm: &Vm) -> PyResult<usize> {
        Ok(vm.thread().depth.get())
    }
}
