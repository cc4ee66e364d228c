//! What `_asyncio` takes from asyncio's Python modules, and how its objects call the event loop.

use super::future::Future;
use adder_heap::StaticRoot;
use adder_vm::args::NamedArgs;
use adder_vm::builtins::function::Function;
use adder_vm::builtins::set::Set;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::{Type, TypeExt};
use adder_vm::error::{PyResult, Raised};
use adder_vm::import::import_module;
use adder_vm::names::names;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::slots::SlotId;
use adder_vm::vm::Vm;

/// An object that the module keeps; filled when the module is executed.
pub struct Kept(StaticRoot);

impl Kept {
    const fn new() -> Kept {
        Kept(StaticRoot::new())
    }

    pub fn get(&'static self) -> Value {
        self.0.get().expect("kept since the module was executed")
    }

    fn class(&'static self) -> Ref<Type> {
        self.get().downcast::<Type>().expect("an exception class")
    }
}

static GET_EVENT_LOOP_POLICY: Kept = Kept::new();
pub static FUTURE_REPR: Kept = Kept::new();
pub static TASK_REPR: Kept = Kept::new();
pub static TASK_GET_STACK: Kept = Kept::new();
pub static TASK_PRINT_STACK: Kept = Kept::new();
pub static EXTRACT_STACK: Kept = Kept::new();
static ISCOROUTINE: Kept = Kept::new();
static INVALID_STATE_ERROR: Kept = Kept::new();
static CANCELLED_ERROR: Kept = Kept::new();
/// A WeakSet of scheduled tasks that are not instances of `Task`.
pub static FOREIGN_TASKS: Kept = Kept::new();
/// A set of such tasks that are being started.
pub static FOREIGN_EAGER_TASKS: Kept = Kept::new();
/// Classes whose instances `asyncio.iscoroutine` has accepted.
static COROUTINE_CLASSES: Kept = Kept::new();
/// `("context",)`
static CONTEXT_NAME: Kept = Kept::new();

/// Imports what is needed; the modules may still be executing, as they import this one.
pub fn fill(vm: &Vm) -> PyResult<()> {
    import_module(vm, "asyncio")?;
    let sources: [(&'static Kept, &str, &str); 9] = [
        (&GET_EVENT_LOOP_POLICY, "asyncio.events", "_get_event_loop_policy"),
        (&FUTURE_REPR, "asyncio.base_futures", "_future_repr"),
        (&INVALID_STATE_ERROR, "asyncio.exceptions", "InvalidStateError"),
        (&CANCELLED_ERROR, "asyncio.exceptions", "CancelledError"),
        (&TASK_REPR, "asyncio.base_tasks", "_task_repr"),
        (&TASK_GET_STACK, "asyncio.base_tasks", "_task_get_stack"),
        (&TASK_PRINT_STACK, "asyncio.base_tasks", "_task_print_stack"),
        (&ISCOROUTINE, "asyncio.coroutines", "iscoroutine"),
        (&EXTRACT_STACK, "traceback", "extract_stack"),
    ];
    for (kept, module, name) in sources {
        let module = import_module(vm, module)?;
        kept.0.set(Some(vm.get_attr_str(module, name)?));
    }
    let weakref = import_module(vm, "weakref")?;
    let weak_set = vm.get_attr_str(weakref, "WeakSet")?;
    FOREIGN_TASKS.0.set(Some(vm.call(weak_set, &[])?));
    FOREIGN_EAGER_TASKS.0.set(Some(Set::new(vm).value()));
    COROUTINE_CLASSES.0.set(Some(Set::new(vm).value()));
    CONTEXT_NAME.0.set(Some(Tuple::from_slice(vm, &[vm.intern_str("context").value()]).value()));
    Ok(())
}

pub fn invalid_state(vm: &Vm, message: &str) -> Raised {
    vm.raise_class(INVALID_STATE_ERROR.class(), &[vm.new_str(message)])
}

pub fn cancelled_error() -> Value {
    CANCELLED_ERROR.get()
}

pub fn is_cancelled_error(exception: Value) -> bool {
    exception.class().is_subclass_of(CANCELLED_ERROR.class())
}

/// The running loop, or what the policy gives.
pub fn event_loop(vm: &Vm) -> PyResult<Value> {
    match Value::from_bits(vm.thread().running_loop.get()) {
        Some(running) => Ok(running),
        None => {
            let policy = vm.call(GET_EVENT_LOOP_POLICY.get(), &[])?;
            vm.call_method(policy, names().get_event_loop, &[])
        }
    }
}

/// `obj.name(*args, context=context)`, where `values` are `[obj, *args, context]`.
pub fn call_with_context(vm: &Vm, name: Ref<Str>, values: &[Value]) -> PyResult<Value> {
    let obj = values[0];
    // SAFETY: only this module fills it, with a tuple.
    let kwnames: Ref<Tuple> = unsafe { CONTEXT_NAME.get().cast() };
    let class = obj.class();
    if let Some(f) = class.lookup(vm, name)
        && f.is::<Function>()
        && !class.is_generic(SlotId::tp_getattro)
        && vm.instance_get(obj, name)?.is_none()
    {
        return vm.call_args(f, NamedArgs::new(values, Some(kwnames)).args());
    }
    let f = vm.get_attr(obj, name)?;
    vm.call_args(f, NamedArgs::new(&values[1..], Some(kwnames)).args())
}

/// `event_loop.call_soon(callback, argument, context=context)`
pub fn call_soon(
    vm: &Vm,
    event_loop: Value,
    callback: Value,
    argument: Option<Value>,
    context: Value,
) -> PyResult<()> {
    match argument {
        Some(a) => call_with_context(vm, names().call_soon, &[event_loop, callback, a, context])?,
        None => call_with_context(vm, names().call_soon, &[event_loop, callback, context])?,
    };
    Ok(())
}

/// The loop of anything like a future (`asyncio.futures._get_loop`).
pub fn loop_of(vm: &Vm, future: Value) -> PyResult<Value> {
    if let Some(f) = Future::exact(future) {
        return Ok(f.event_loop().unwrap_or(none()));
    }
    match vm.get_attr_opt(future, names().get_loop)? {
        Some(get_loop) => vm.call(get_loop, &[]),
        None => vm.get_attr(future, names()._loop),
    }
}

/// `asyncio.iscoroutine(v)`, which is asked once for a class that it accepts.
pub fn is_coroutine(vm: &Vm, v: Value) -> PyResult<bool> {
    const MOST_CLASSES: usize = 100;
    if v.is::<adder_vm::builtins::generator::Coroutine>() {
        return Ok(true);
    }
    // SAFETY: only this module fills it, with a set.
    let classes: Ref<Set> = unsafe { COROUTINE_CLASSES.get().cast() };
    let class = v.class().value();
    if classes.contains(vm, class)? {
        return Ok(true);
    }
    let accepted = vm.call(ISCOROUTINE.get(), &[v])?;
    let accepted = vm.truth(accepted)?;
    if accepted && classes.len() < MOST_CLASSES {
        classes.add(vm, class)?;
    }
    Ok(accepted)
}

/// Reports to the loop what a dying future or task finds wrong.
pub fn report(vm: &Vm, event_loop: Value, details: &[(&str, Option<Value>)]) {
    let saved = vm.fetch_exception();
    let context = adder_vm::builtins::dict::Dict::new(vm);
    for (name, value) in details {
        if let Some(v) = value {
            context.set_str(vm, name, *v);
        }
    }
    match vm.get_attr(event_loop, names().call_exception_handler) {
        Ok(f) => {
            if let Err(raised) = vm.call(f, &[context.value()]) {
                let exc = vm.take_exception(raised);
                let shown = vm.repr_string(f).unwrap_or_default();
                let message = format!("Exception ignored while calling asyncio function {shown}");
                vm.unraisable(vm.restore(exc), &message, none());
            }
        }
        Err(raised) => drop(vm.take_exception(raised)),
    }
    if let Some(e) = saved {
        vm.set_exception(e);
    }
}
