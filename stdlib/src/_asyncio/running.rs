//! Which loop runs in a thread, and which task it executes.

use super::future::Future;
use super::state;
use super::task::Task;
use adder_heap as heap;
use adder_vm::builtins::list::List;
use adder_vm::builtins::set::Set;
use adder_vm::builtins::singletons::none;
use adder_vm::error::PyResult;
use adder_vm::names::names;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::sync::atomic::{AtomicI64, Ordering};

/// For names of tasks.
static TASKS: AtomicI64 = AtomicI64::new(0);

pub fn next_task_number() -> i64 {
    TASKS.fetch_add(1, Ordering::Relaxed) + 1
}

pub fn running_loop(vm: &Vm) -> Option<Value> {
    Value::from_bits(vm.thread().running_loop.get())
}

pub fn get_running_loop(vm: &Vm) -> PyResult<Value> {
    running_loop(vm).ok_or_else(|| vm.runtime_error("no running event loop"))
}

fn current_task_of_thread(vm: &Vm) -> Option<Value> {
    Value::from_bits(vm.thread().running_task.get())
}

fn check_loop(vm: &Vm, event_loop: Value) -> PyResult<()> {
    if running_loop(vm) != Some(event_loop) {
        raise!(vm, RuntimeError, "loop {} is not the running loop", vm.repr_string(event_loop)?)
    }
    Ok(())
}

pub fn enter_task(vm: &Vm, event_loop: Value, task: Value) -> PyResult<()> {
    check_loop(vm, event_loop)?;
    if let Some(other) = current_task_of_thread(vm) {
        let (task, other) = (vm.repr_string(task)?, vm.repr_string(other)?);
        raise!(
            vm,
            RuntimeError,
            "Cannot enter into task {task} while another task {other} is being executed."
        )
    }
    vm.thread().running_task.set(task.bits());
    Ok(())
}

pub fn leave_task(vm: &Vm, event_loop: Value, task: Value) -> PyResult<()> {
    check_loop(vm, event_loop)?;
    let current = current_task_of_thread(vm);
    if current != Some(task) {
        let (task, current) = (vm.repr_string(task)?, vm.repr_string(current.unwrap_or(none()))?);
        raise!(vm, RuntimeError, "Invalid attempt to leave task {task} while task {current} is entered.")
    }
    vm.thread().running_task.set(0);
    Ok(())
}

/// The task that was the current one, or None.
pub fn swap_current_task(vm: &Vm, event_loop: Value, task: Value) -> PyResult<Value> {
    check_loop(vm, event_loop)?;
    let previous = current_task_of_thread(vm);
    vm.thread().running_task.set(if task.is_none() { 0 } else { task.bits() });
    Ok(previous.unwrap_or(none()))
}

/// The task that a loop, which may run in another thread, executes.
pub fn current_task(vm: &Vm, event_loop: Option<Value>) -> PyResult<Value> {
    let event_loop = match event_loop.filter(|l| !l.is_none()) {
        Some(l) => l,
        None => get_running_loop(vm)?,
    };
    let mut found = None;
    vm.any_thread(&mut |t| {
        let here = t.running_loop.get() == event_loop.bits();
        if here {
            found = Value::from_bits(t.running_task.get());
        }
        here
    });
    Ok(found.unwrap_or(none()))
}

/// The set of all tasks of a loop that are not done.
pub fn all_tasks(vm: &Vm, event_loop: Option<Value>) -> PyResult<Value> {
    let event_loop = match event_loop.filter(|l| !l.is_none()) {
        Some(l) => l,
        None => get_running_loop(vm)?,
    };
    let tasks = List::new(vm);
    for foreign in [&state::FOREIGN_EAGER_TASKS, &state::FOREIGN_TASKS] {
        vm.iterate(foreign.get(), &mut |t| Ok(tasks.push(vm, t)))?;
    }
    add_registered(vm, tasks)?;
    let found = Set::new(vm);
    let mut i = 0;
    while let Some(task) = tasks.try_get(i) {
        i += 1;
        let wanted = match task.exact::<Task>().and_then(|_| Future::exact(task)) {
            Some(f) => f.is_pending() && f.event_loop() == Some(event_loop),
            None => {
                let done = vm.call_method(task, names().done, &[])?;
                !vm.truth(done)? && state::loop_of(vm, task)? == event_loop
            }
        };
        if wanted {
            found.add(vm, task)?;
        }
    }
    Ok(found.value())
}

/// Adds the tasks that are registered for finalisation and listed.
fn add_registered(vm: &Vm, tasks: Ref<List>) -> PyResult<()> {
    let listed = |v: Value| v.downcast::<Task>().is_some_and(|t| t.registered.get());
    let mut count = 0;
    heap::for_each_registered(&mut |v| count += listed(v) as usize);
    // Reserving may collect: then there are fewer tasks.
    tasks.reserve(vm, tasks.len() + count)?;
    let room = tasks.len() + count;
    heap::for_each_registered(&mut |v| {
        if tasks.len() < room && listed(v) {
            tasks.push(vm, v);
        }
    });
    Ok(())
}

/// Lists a task, also while it is started eagerly.
pub fn register_task(vm: &Vm, task: Value, foreign: &'static state::Kept) -> PyResult<()> {
    match task.downcast::<Task>() {
        Some(t) => super::task::register(t),
        None => drop(vm.call_method(foreign.get(), names().add, &[task])?),
    }
    Ok(())
}

pub fn unregister_task(vm: &Vm, task: Value, foreign: &'static state::Kept) -> PyResult<()> {
    match task.downcast::<Task>() {
        Some(t) => t.registered.set(false),
        None => drop(vm.call_method(foreign.get(), names().discard, &[task])?),
    }
    Ok(())
}
