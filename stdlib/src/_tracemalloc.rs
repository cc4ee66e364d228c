//! `_tracemalloc`: what extensions report of their memory (`adder_vm::tracemalloc`).

use adder_macros::pymodule;
use adder_vm::builtins::list::List;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::error::PyResult;
use adder_vm::object::Value;
use adder_vm::raise;
use adder_vm::tracemalloc as traces;
use adder_vm::vm::Vm;

/// Most frames of one trace.
const MAX_NFRAME: i128 = 65535;

/// Debug module to trace memory blocks allocated by Python.
#[pymodule]
pub mod _tracemalloc {
    use super::*;

    /// Return True if the tracemalloc module is tracing Python memory allocations.
    #[pyfunction("($module, /)")]
    fn is_tracing(_: &Vm) -> bool {
        traces::is_tracing()
    }

    /// Start tracing Python memory allocations.
    ///
    /// Also set the maximum number of frames stored in the traceback of a
    /// trace to nframe.
    #[pyfunction("($module, nframe=1, /)")]
    fn start(vm: &Vm, nframe: Option<Value>) -> PyResult<()> {
        let limit = match nframe {
            Some(v) => vm.index_i128(v)?,
            None => 1,
        };
        if !(1..=MAX_NFRAME).contains(&limit) {
            raise!(vm, ValueError, "the number of frames must be in range [1; {MAX_NFRAME}]")
        }
        traces::start(limit as usize);
        Ok(())
    }

    /// Stop tracing Python memory allocations.
    ///
    /// Also clear traces of memory blocks allocated by Python.
    #[pyfunction("($module, /)")]
    fn stop(_: &Vm) {
        traces::stop()
    }

    /// Clear traces of memory blocks allocated by Python.
    #[pyfunction("($module, /)")]
    fn clear_traces(_: &Vm) {
        traces::clear()
    }

    /// Get traces of all memory blocks allocated by Python.
    ///
    /// Return a list of (size: int, traceback: tuple) tuples.
    /// traceback is a tuple of (filename: str, lineno: int) tuples.
    ///
    /// Return an empty list if the tracemalloc module is disabled.
    #[pyfunction("($module, /)")]
    fn _get_traces(vm: &Vm) -> PyResult<Value> {
        let list = List::new(vm);
        for t in traces::traces() {
            let frames = Tuple::build(vm, t.frames.len(), |i| {
                let (file, line) = &t.frames[i];
                let pair = [vm.new_str(file), vm.int(*line as i64)];
                PyResult::Ok(Tuple::from_slice(vm, &pair).value())
            })?;
            let trace =
                [vm.int(t.domain as i64), vm.int(t.size as i64), frames.value(), vm.int(t.depth as i64)];
            list.push(vm, Tuple::from_slice(vm, &trace).value());
        }
        Ok(list.value())
    }

    /// Get the traceback where the Python object obj was allocated.
    ///
    /// Return a tuple of (filename: str, lineno: int) tuples.
    /// Return None if the tracemalloc module is disabled or did not
    /// trace the allocation of the object.
    #[pyfunction("($module, obj, /)")]
    fn _get_object_traceback(_: &Vm, _obj: Value) -> Value {
        none()
    }

    /// Get the maximum number of frames stored in the traceback of a trace.
    ///
    /// By default, a trace of an allocated memory block only stores
    /// the most recent frame: the limit is 1.
    #[pyfunction("($module, /)")]
    fn get_traceback_limit(_: &Vm) -> usize {
        traces::limit()
    }

    /// Get the memory usage in bytes of the tracemalloc module.
    ///
    /// This memory is used internally to trace memory allocations.
    #[pyfunction("($module, /)")]
    fn get_tracemalloc_memory(_: &Vm) -> usize {
        traces::own_memory()
    }

    /// Get the current size and peak size of memory blocks traced by tracemalloc.
    ///
    /// Returns a tuple: (current: int, peak: int).
    #[pyfunction("($module, /)")]
    fn get_traced_memory(_: &Vm) -> (usize, usize) {
        traces::sizes()
    }

    /// Set the peak size of memory blocks traced by tracemalloc to the current size.
    ///
    /// Do nothing if the tracemalloc module is not tracing memory allocations.
    #[pyfunction("($module, /)")]
    fn reset_peak(_: &Vm) {
        traces::reset_peak()
    }
}
