//! `_asyncio`: futures and tasks.
//!
//! * `future.rs`, `iter.rs`, `task.rs`: the classes;
//! * `running.rs`: the running loop, the current task, all tasks;
//! * `state.rs`: what comes from asyncio's Python code, and calls of the loop.

mod future;
mod iter;
mod running;
mod state;
mod task;

use adder_macros::pymodule;

/// Accelerator module for asyncio
#[pymodule]
pub mod _asyncio {
    use super::future::{self, Future};
    use super::iter::FutureIter;
    use super::task::{Task, TaskStepMethWrapper};
    use super::{running, state};
    use adder_vm::builtins::module::Module;
    use adder_vm::error::PyResult;
    use adder_vm::object::{Ref, Value, ValueExt};
    use adder_vm::type_new::ready_class;
    use adder_vm::vm::Vm;

    /// Return the running event loop or None.
    ///
    /// This is a low-level function intended to be used by event loops.
    /// This function is thread-specific.
    #[pyfunction("($module, /)")]
    fn _get_running_loop(vm: &Vm) -> Option<Value> {
        running::running_loop(vm)
    }

    /// Set the running event loop.
    ///
    /// This is a low-level function intended to be used by event loops.
    /// This function is thread-specific.
    #[pyfunction("($module, loop, /)")]
    fn _set_running_loop(vm: &Vm, event_loop: Value) {
        vm.thread().running_loop.set(if event_loop.is_none() { 0 } else { event_loop.bits() });
    }

    /// Return an asyncio event loop.
    ///
    /// When called from a coroutine or a callback (e.g. scheduled with
    /// call_soon or similar API), this function will always return the
    /// running event loop.
    ///
    /// If there is no running event loop set, the function will return
    /// the result of `get_event_loop_policy().get_event_loop()` call.
    #[pyfunction("($module, /)")]
    fn get_event_loop(vm: &Vm) -> PyResult<Value> {
        state::event_loop(vm)
    }

    /// Return the running event loop.  Raise a RuntimeError if there is none.
    ///
    /// This function is thread-specific.
    #[pyfunction("($module, /)")]
    fn get_running_loop(vm: &Vm) -> PyResult<Value> {
        running::get_running_loop(vm)
    }

    /// Register a new task in asyncio as executed by loop.
    ///
    /// Returns None.
    #[pyfunction("($module, /, task)")]
    fn _register_task(vm: &Vm, task: Value) -> PyResult<()> {
        running::register_task(vm, task, &state::FOREIGN_TASKS)
    }

    /// Register a new task in asyncio as executed by loop.
    ///
    /// Returns None.
    #[pyfunction("($module, /, task)")]
    fn _register_eager_task(vm: &Vm, task: Value) -> PyResult<()> {
        running::register_task(vm, task, &state::FOREIGN_EAGER_TASKS)
    }

    /// Unregister a task.
    ///
    /// Returns None.
    #[pyfunction("($module, /, task)")]
    fn _unregister_task(vm: &Vm, task: Value) -> PyResult<()> {
        running::unregister_task(vm, task, &state::FOREIGN_TASKS)
    }

    /// Unregister a task.
    ///
    /// Returns None.
    #[pyfunction("($module, /, task)")]
    fn _unregister_eager_task(vm: &Vm, task: Value) -> PyResult<()> {
        running::unregister_task(vm, task, &state::FOREIGN_EAGER_TASKS)
    }

    /// Enter into task execution or resume suspended task.
    ///
    /// Task belongs to loop.
    ///
    /// Returns None.
    #[pyfunction("($module, /, loop, task)")]
    fn _enter_task(vm: &Vm, event_loop: Value, task: Value) -> PyResult<()> {
        running::enter_task(vm, event_loop, task)
    }

    /// Leave task execution or suspend a task.
    ///
    /// Task belongs to loop.
    ///
    /// Returns None.
    #[pyfunction("($module, /, loop, task)")]
    fn _leave_task(vm: &Vm, event_loop: Value, task: Value) -> PyResult<()> {
        running::leave_task(vm, event_loop, task)
    }

    /// Temporarily swap in the supplied task and return the original one (or None).
    ///
    /// This is intended for use during eager coroutine execution.
    #[pyfunction("($module, /, loop, task)")]
    fn _swap_current_task(vm: &Vm, event_loop: Value, task: Value) -> PyResult<Value> {
        running::swap_current_task(vm, event_loop, task)
    }

    /// Return a currently executed task.
    #[pyfunction("($module, /, loop=None)")]
    fn current_task(vm: &Vm, event_loop: Option<Value>) -> PyResult<Value> {
        running::current_task(vm, event_loop)
    }

    /// Return a set of all tasks for the loop.
    #[pyfunction("($module, /, loop=None)")]
    fn all_tasks(vm: &Vm, event_loop: Option<Value>) -> PyResult<Value> {
        running::all_tasks(vm, event_loop)
    }

    /// Record that `fut` is awaited on by `waiter`.
    #[pyfunction("($module, fut, waiter, /)")]
    fn future_add_to_awaited_by(vm: &Vm, fut: Value, waiter: Value) -> PyResult<()> {
        match (fut.downcast::<Future>(), waiter.downcast::<Future>()) {
            (Some(f), Some(_)) => future::add_awaited_by(vm, f, waiter),
            _ => Ok(()),
        }
    }

    #[pyfunction("($module, fut, waiter, /)")]
    fn future_discard_from_awaited_by(vm: &Vm, fut: Value, waiter: Value) -> PyResult<()> {
        match (fut.downcast::<Future>(), waiter.downcast::<Future>()) {
            (Some(f), Some(_)) => future::discard_awaited_by(vm, f, waiter),
            _ => Ok(()),
        }
    }

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        ready_class::<FutureIter>(vm);
        ready_class::<TaskStepMethWrapper>(vm);
        m.dict().set_str(vm, "Future", ready_class::<Future>(vm).value());
        m.dict().set_str(vm, "Task", ready_class::<Task>(vm).value());
        // After the classes, because asyncio imports them from here.
        state::fill(vm)
    }
}
