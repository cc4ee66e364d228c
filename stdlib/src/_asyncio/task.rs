//! `Task`: drives a coroutine, one step for each call of the event loop.
//!
//! A step resumes the coroutine. What it yields says when the next one is due: None means at once, a future
//! means when that is done. Steps are scheduled as `TaskStepMethWrapper`, wake-ups as the method `task_wakeup`.
//!
//! All tasks are registered for finalisation until they are done, because a pending one that dies is an error
//! to be reported. That register is also the list behind `all_tasks`: it keeps nothing alive.

use super::future::{self, Future, Outcome, given, watch};
use super::running;
use super::state::{self, call_soon, call_with_context};
use crate::_contextvars::{self, Context};
use crate::arguments::{bind, params};
use adder_heap as heap;
use adder_macros::{pyclass, pymethods};
use adder_vm::args::{Args, Params};
use adder_vm::builtins::delegation;
use adder_vm::builtins::descr::native_function;
use adder_vm::builtins::exceptions::{self, BaseException, Exc};
use adder_vm::builtins::generator::{AsyncGenerator, Coroutine, Generator, as_generator};
use adder_vm::builtins::generator_frames::{Resumed, resume};
use adder_vm::builtins::singletons::{bool_value, none};
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::type_::Type;
use adder_vm::def::{self, MethodDef, MethodKind};
use adder_vm::error::{PyResult, Raised};
use adder_vm::names::names;
use adder_vm::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::cell::Cell;

/// A coroutine wrapped in a Future.
#[pyclass(
    name = "Task",
    module = "_asyncio",
    base = Future,
    flags = def::BASE,
    signature = "(coro, *, loop=None, name=None, context=None, eager_start=False)"
)]
#[repr(C)]
pub struct Task {
    base: Future,
    fut_waiter: Field<Option<Value>>,
    coro: Field<Option<Value>>,
    /// A number until the name that it stands for is asked for.
    name: Field<Option<Value>>,
    context: Field<Option<Value>>,
    cancels: Cell<i64>,
    must_cancel: Cell<bool>,
    log_destroy_pending: Cell<bool>,
    /// Listed by `all_tasks`.
    pub registered: Cell<bool>,
}

/// The callback of the loop for a task's next step.
#[pyclass(name = "TaskStepMethWrapper", module = "_asyncio")]
#[repr(C)]
pub struct TaskStepMethWrapper {
    h: LongHeader,
    task: Field<Ref<Task>>,
    /// What the step throws into the coroutine.
    exception: Field<Option<Ref<BaseException>>>,
}

const INIT: Params = params("Task", &["coro", "loop", "name", "context", "eager_start"], 0, 1, 1);

const WAKEUP_PARAMS: Params = params("task_wakeup", &["future"], 1, 1, 1);

static WAKEUP: MethodDef = MethodDef {
    name: "task_wakeup",
    kind: MethodKind::Instance,
    func: |vm, _, args| {
        let (task, args) = args.split_receiver(vm, &WAKEUP_PARAMS)?;
        let [future] = bind(vm, &WAKEUP_PARAMS, args)?;
        let task = task.downcast::<Task>().expect("bound to a task");
        wakeup(vm, task, future.expect("a required argument"))
    },
    params: &WAKEUP_PARAMS,
    text_signature: "",
    doc: "",
    direct: None,
};

fn part(t: Ref<Task>) -> Ref<Future> {
    // SAFETY: a task begins with a future.
    unsafe { t.value().cast() }
}

/// Lists the task.
pub fn register(t: Ref<Task>) {
    t.registered.set(true);
    watch(part(t));
}

fn event_loop(t: Ref<Task>) -> Value {
    part(t).event_loop().unwrap_or(none())
}

fn call_step_soon(vm: &Vm, t: Ref<Task>, exception: Option<Ref<BaseException>>) -> PyResult<()> {
    let step =
        TaskStepMethWrapper { h: LongHeader::new(), task: Field::new(t), exception: Field::new(exception) };
    let step = heap::new(TaskStepMethWrapper::shape(), step).value();
    call_soon(vm, event_loop(t), step, None, t.context.get().unwrap_or(none()))
}

/// The next step throws a RuntimeError.
fn fail_soon(vm: &Vm, t: Ref<Task>, message: String) -> PyResult<()> {
    let error = vm.call(Exc::RuntimeError.class().value(), &[vm.new_str(&message)])?;
    call_step_soon(vm, t, error.downcast::<BaseException>())
}

/// Resumes anything like a coroutine with None (`PyIter_Send`).
fn send_none(vm: &Vm, coro: Value) -> PyResult<Resumed> {
    if let Some(g) = as_generator(coro).filter(|_| !coro.is::<AsyncGenerator>()) {
        return resume(vm, g, Ok(none()));
    }
    let sent = match coro.class().slots().tp_iternext {
        Some(_) => match vm.next_or_stop(coro) {
            Ok(Some(v)) => Ok(v),
            Ok(None) => return Ok(Resumed::Returned(none())),
            Err(raised) => Err(raised),
        },
        None => vm.call_method(coro, names().send, &[none()]),
    };
    sent.map(Resumed::Yielded).or_else(|raised| returned(vm, raised))
}

fn throw(vm: &Vm, coro: Value, exc: Ref<BaseException>) -> PyResult<Resumed> {
    let thrown = match coro.exact::<Coroutine>().and_then(|_| as_generator(coro)) {
        Some(g) => delegation::throw(vm, g, exc),
        None => vm.call_method(coro, names().throw, &[exc.value()]),
    };
    thrown.map(Resumed::Yielded).or_else(|raised| returned(vm, raised))
}

/// A StopIteration is a return.
fn returned(vm: &Vm, raised: Raised) -> PyResult<Resumed> {
    let exc = vm.take_exception(raised);
    if exc.value().class().is_subclass_of(Exc::StopIteration.class()) {
        return Ok(Resumed::Returned(exceptions::stop_iteration_value(exc)));
    }
    Err(vm.restore(exc))
}

/// Executes one step as the current task of the loop.
fn step(vm: &Vm, t: Ref<Task>, exc: Option<Ref<BaseException>>) -> PyResult<Value> {
    running::enter_task(vm, event_loop(t), t.value())?;
    let failure = step_inside(vm, t, exc).err().map(|raised| vm.take_exception(raised));
    let left = running::leave_task(vm, event_loop(t), t.value());
    match (failure, left) {
        (None, left) => left.map(|()| none()),
        (Some(e), Ok(())) => Err(vm.restore(e)),
        (Some(e), Err(raised)) => {
            let last = vm.take_exception(raised);
            last.context.set(last, Some(e));
            Err(vm.restore(last))
        }
    }
}

fn step_inside(vm: &Vm, t: Ref<Task>, exc: Option<Ref<BaseException>>) -> PyResult<()> {
    let f = part(t);
    if !f.is_pending() {
        let task = vm.repr_string(t.value())?;
        let exc = vm.repr_string(exc.map_or(none(), |e| e.value()))?;
        return Err(state::invalid_state(vm, &format!("__step(): already done: {task} {exc}")));
    }
    let mut exc = exc;
    if t.must_cancel.get() {
        if !exc.is_some_and(|e| state::is_cancelled_error(e.value())) {
            exc = future::make_cancelled_error(vm, f)?.downcast::<BaseException>();
        }
        t.must_cancel.set(false);
    }
    t.fut_waiter.set(t, None);
    let Some(coro) = t.coro.get() else { return Err(vm.runtime_error("uninitialized Task object")) };
    let resumed = match exc {
        None => send_none(vm, coro),
        Some(e) => throw(vm, coro, e),
    };
    match resumed {
        Ok(Resumed::Yielded(v)) => wait_for(vm, t, v),
        Ok(Resumed::Returned(v)) => {
            let done = match t.must_cancel.replace(false) {
                // Cancelled right before the end.
                true => future::cancel(vm, f, Some(f.cancel_message())).map(drop),
                false => future::set_result(vm, f, v),
            };
            future::unwatch(f);
            done
        }
        Err(raised) => {
            let exc = vm.take_exception(raised);
            if state::is_cancelled_error(exc.value()) {
                // Whoever asks for the result gets the exception with its traceback.
                future::save_cancelled_error(f, exc);
                future::cancel(vm, f, None)?;
                future::unwatch(f);
                return Ok(());
            }
            future::set_exception(vm, f, exc.value())?;
            let class = exc.value().class();
            if class.is_subclass_of(Exc::KeyboardInterrupt.class())
                || class.is_subclass_of(Exc::SystemExit.class())
            {
                return Err(vm.restore(exc));
            }
            Ok(())
        }
    }
}

/// Has the task woken up by what its coroutine has yielded.
fn wait_for(vm: &Vm, t: Ref<Task>, awaited: Value) -> PyResult<()> {
    if awaited == t.value() {
        let task = vm.repr_string(t.value())?;
        return fail_soon(vm, t, format!("Task cannot await on itself: {task}"));
    }
    let context = t.context.get().unwrap_or(none());
    let wake = || native_function(vm, &WAKEUP, Some(t.value()), None);
    if let Some(f) = Future::exact(awaited) {
        if f.event_loop() != part(t).event_loop() {
            return different_loop(vm, t, awaited);
        }
        if !f.blocking.get() {
            return not_awaited(vm, t, awaited);
        }
        future::add_awaited_by(vm, f, t.value())?;
        f.blocking.set(false);
        future::add_done_callback(vm, f, wake(), context)?;
        t.fut_waiter.set(t, Some(awaited));
        return pass_cancellation_on(vm, t, awaited);
    }
    if awaited.is_none() {
        // A bare `yield` lets the others run once.
        return call_step_soon(vm, t, None);
    }
    let blocking = vm.get_attr_opt(awaited, names()._asyncio_future_blocking)?.filter(|b| !b.is_none());
    if let Some(blocking) = blocking {
        let blocking = vm.truth(blocking)?;
        if Some(state::loop_of(vm, awaited)?) != part(t).event_loop() {
            return different_loop(vm, t, awaited);
        }
        if !blocking {
            return not_awaited(vm, t, awaited);
        }
        if let Some(f) = awaited.downcast::<Future>() {
            future::add_awaited_by(vm, f, t.value())?;
        }
        vm.set_attr(awaited, names()._asyncio_future_blocking, bool_value(false))?;
        call_with_context(vm, names().add_done_callback, &[awaited, wake(), context])?;
        t.fut_waiter.set(t, Some(awaited));
        return pass_cancellation_on(vm, t, awaited);
    }
    let shown = vm.repr_string(awaited)?;
    if awaited.downcast::<Generator>().is_some() {
        let task = vm.repr_string(t.value())?;
        let message =
            format!("yield was used instead of yield from for generator in task {task} with {shown}");
        return fail_soon(vm, t, message);
    }
    fail_soon(vm, t, format!("Task got bad yield: {shown}"))
}

/// A task that was cancelled while it ran cancels what it waits for.
fn pass_cancellation_on(vm: &Vm, t: Ref<Task>, awaited: Value) -> PyResult<()> {
    if t.must_cancel.get() {
        let cancelled = vm.call_method(awaited, names().cancel, &[part(t).cancel_message()])?;
        if vm.truth(cancelled)? {
            t.must_cancel.set(false);
        }
    }
    Ok(())
}

fn different_loop(vm: &Vm, t: Ref<Task>, awaited: Value) -> PyResult<()> {
    let (task, awaited) = (vm.repr_string(t.value())?, vm.repr_string(awaited)?);
    fail_soon(vm, t, format!("Task {task} got Future {awaited} attached to a different loop"))
}

fn not_awaited(vm: &Vm, t: Ref<Task>, awaited: Value) -> PyResult<()> {
    let (task, awaited) = (vm.repr_string(t.value())?, vm.repr_string(awaited)?);
    fail_soon(vm, t, format!("yield was used instead of yield from in task {task} with {awaited}"))
}

/// The next step, now that what the task waited for is done.
fn wakeup(vm: &Vm, t: Ref<Task>, awaited: Value) -> PyResult<Value> {
    if let Some(f) = awaited.downcast::<Future>() {
        future::discard_awaited_by(vm, f, t.value())?;
    }
    let result = match Future::exact(awaited) {
        Some(f) => match future::outcome(vm, f) {
            Ok(Outcome::Exception(e)) => return step(vm, t, Some(e)),
            Ok(Outcome::Result(v)) => Ok(v),
            Err(raised) => Err(raised),
        },
        None => vm.call_method(awaited, names().result, &[]),
    };
    match result {
        Ok(_) => step(vm, t, None),
        Err(raised) => {
            let exc = vm.take_exception(raised);
            step(vm, t, Some(exc))
        }
    }
}

/// Executes the first step at once, in the task's context.
fn eager_start(vm: &Vm, t: Ref<Task>) -> PyResult<()> {
    let event_loop = event_loop(t);
    let previous = running::swap_current_task(vm, event_loop, t.value())?;
    register(t);
    let context = t.context.get().and_then(|c| c.downcast::<Context>());
    let entered = match context {
        Some(c) => _contextvars::enter(vm, c),
        None => Err(vm.type_error("a Context was expected")),
    };
    if let Err(raised) = entered {
        let exc = vm.take_exception(raised);
        running::swap_current_task(vm, event_loop, previous)?;
        return Err(vm.restore(exc));
    }
    let mut failure = step_inside(vm, t, None).err().map(|raised| vm.take_exception(raised));
    if let Err(raised) = running::swap_current_task(vm, event_loop, previous) {
        failure = Some(vm.take_exception(raised));
    }
    if let Some(c) = context
        && let Err(raised) = _contextvars::exit(vm, c)
    {
        failure = Some(vm.take_exception(raised));
    }
    if !part(t).is_pending() {
        t.coro.set(t, None);
    }
    match failure {
        Some(e) => Err(vm.restore(e)),
        None => Ok(()),
    }
}

fn me(v: Value) -> Ref<Task> {
    // SAFETY: used in slots of Task and its subclasses only.
    unsafe { v.cast() }
}

#[pymethods]
impl Task {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, _args: Args) -> PyResult<Value> {
        let task = Task {
            base: Future::blank(),
            fut_waiter: Field::new(None),
            coro: Field::new(None),
            name: Field::new(None),
            context: Field::new(None),
            cancels: Cell::new(0),
            must_cancel: Cell::new(false),
            log_destroy_pending: Cell::new(false),
            registered: Cell::new(false),
        };
        if class == Task::class() {
            return Ok(heap::new(Task::shape(), task).value());
        }
        let t = vm.new_instance(class, task)?;
        future::set_watched(part(t));
        Ok(t.value())
    }

    #[slot(tp_init)]
    fn init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
        let [coro, event_loop, name, context, eager] = bind(vm, &INIT, args)?;
        let (t, coro) = (me(this), coro.expect("a required argument"));
        let eager = match eager {
            Some(v) => vm.truth(v)?,
            None => false,
        };
        future::init(vm, part(t), event_loop)?;
        if !state::is_coroutine(vm, coro)? {
            t.log_destroy_pending.set(false);
            raise!(vm, TypeError, "a coroutine was expected, got {}", vm.repr_string(coro)?)
        }
        let context = match context.filter(|c| !c.is_none()) {
            Some(c) => c,
            None => _contextvars::copy(_contextvars::current(vm)).value(),
        };
        t.context.set(t, Some(context));
        t.fut_waiter.set(t, None);
        t.must_cancel.set(false);
        t.log_destroy_pending.set(true);
        t.cancels.set(0);
        t.coro.set(t, Some(coro));
        let name = match name.filter(|n| !n.is_none()) {
            None => vm.int(running::next_task_number()),
            Some(n) if n.is::<Str>() => n,
            Some(n) => vm.str(n)?.value(),
        };
        t.name.set(t, Some(name));
        // Also if scheduling it fails.
        watch(part(t));
        if eager {
            let is_running = vm.call_method(self::event_loop(t), names().is_running, &[])?;
            if vm.truth(is_running)? {
                return eager_start(vm, t);
            }
        }
        call_step_soon(vm, t, None)?;
        register(t);
        Ok(())
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        vm.call(state::TASK_REPR.get(), &[this])
    }

    #[slot(tp_finalize)]
    fn del(vm: &Vm, this: Value) {
        let t = me(this);
        let f = part(t);
        t.registered.set(false);
        if f.is_pending()
            && t.log_destroy_pending.get()
            && let Some(event_loop) = f.event_loop()
        {
            let message = vm.new_str("Task was destroyed but it is pending!");
            state::report(
                vm,
                event_loop,
                &[
                    ("task", Some(this)),
                    ("message", Some(message)),
                    ("source_traceback", f.source_traceback()),
                ],
            );
        }
        future::finalize(vm, f);
    }

    #[pymethod("($self, result, /)")]
    fn set_result(vm: &Vm, _this: Ref<Task>, _result: Value) -> PyResult<()> {
        Err(vm.runtime_error("Task does not support set_result operation"))
    }

    #[pymethod("($self, exception, /)")]
    fn set_exception(vm: &Vm, _this: Ref<Task>, _exception: Value) -> PyResult<()> {
        Err(vm.runtime_error("Task does not support set_exception operation"))
    }

    /// Request that this task cancel itself.
    ///
    /// This arranges for a CancelledError to be thrown into the
    /// wrapped coroutine on the next cycle through the event loop.
    /// The coroutine then has a chance to clean up or even deny
    /// the request using try/except/finally.
    ///
    /// Unlike Future.cancel, this does not guarantee that the
    /// task will be cancelled: the exception might be caught and
    /// acted upon, delaying cancellation of the task or preventing
    /// cancellation completely.  The task may also return a value or
    /// raise a different exception.
    ///
    /// Immediately after this method is called, Task.cancelled() will
    /// not return True (unless the task was already cancelled).  A
    /// task will be marked as cancelled when the wrapped coroutine
    /// terminates with a CancelledError exception (even if cancel()
    /// was not called).
    ///
    /// This also increases the task's count of cancellation requests.
    #[pymethod("($self, /, msg=None)")]
    fn cancel(vm: &Vm, this: Ref<Task>, msg: Option<Value>) -> PyResult<bool> {
        let f = part(this);
        f.log_tb.set(false);
        if !f.is_pending() {
            return Ok(false);
        }
        this.cancels.set(this.cancels.get() + 1);
        let msg = msg.unwrap_or(none());
        if let Some(waiter) = this.fut_waiter.get() {
            let cancelled = vm.call_method(waiter, names().cancel, &[msg])?;
            if vm.truth(cancelled)? {
                return Ok(true);
            }
        }
        this.must_cancel.set(true);
        future::set_cancel_message(f, msg);
        Ok(true)
    }

    /// Return the count of the task's cancellation requests.
    ///
    /// This count is incremented when .cancel() is called
    /// and may be decremented using .uncancel().
    #[pymethod("($self, /)")]
    fn cancelling(_: &Vm, this: Ref<Task>) -> i64 {
        this.cancels.get()
    }

    /// Decrement the task's count of cancellation requests.
    ///
    /// This should be used by tasks that catch CancelledError
    /// and wish to continue indefinitely until they are cancelled again.
    ///
    /// Returns the remaining number of cancellation requests.
    #[pymethod("($self, /)")]
    fn uncancel(_: &Vm, this: Ref<Task>) -> i64 {
        if this.cancels.get() > 0 {
            this.cancels.set(this.cancels.get() - 1);
            if this.cancels.get() == 0 {
                this.must_cancel.set(false);
            }
        }
        this.cancels.get()
    }

    /// Return the list of stack frames for this task's coroutine.
    ///
    /// If the coroutine is not done, this returns the stack where it is
    /// suspended.  If the coroutine has completed successfully or was
    /// cancelled, this returns an empty list.  If the coroutine was
    /// terminated by an exception, this returns the list of traceback
    /// frames.
    ///
    /// The frames are always ordered from oldest to newest.
    ///
    /// The optional limit gives the maximum number of frames to
    /// return; by default all available frames are returned.  Its
    /// meaning differs depending on whether a stack or a traceback is
    /// returned: the newest frames of a stack are returned, but the
    /// oldest frames of a traceback are returned.  (This matches the
    /// behavior of the traceback module.)
    ///
    /// For reasons beyond our control, only one stack frame is
    /// returned for a suspended coroutine.
    #[pymethod("($self, /, *, limit=None)")]
    fn get_stack(vm: &Vm, this: Ref<Task>, limit: Option<Value>) -> PyResult<Value> {
        vm.call(state::TASK_GET_STACK.get(), &[this.value(), limit.unwrap_or(none())])
    }

    /// Print the stack or traceback for this task's coroutine.
    ///
    /// This produces output similar to that of the traceback module,
    /// for the frames retrieved by get_stack().  The limit argument
    /// is passed to get_stack().  The file argument is an I/O stream
    /// to which the output is written; by default output is written
    /// to sys.stderr.
    #[pymethod("($self, /, *, limit=None, file=None)")]
    fn print_stack(vm: &Vm, this: Ref<Task>, limit: Option<Value>, file: Option<Value>) -> PyResult<Value> {
        let (limit, file) = (limit.unwrap_or(none()), file.unwrap_or(none()));
        vm.call(state::TASK_PRINT_STACK.get(), &[this.value(), limit, file])
    }

    #[pymethod("($self, /)")]
    fn get_coro(_: &Vm, this: Ref<Task>) -> Option<Value> {
        this.coro.get()
    }

    #[pymethod("($self, /)")]
    fn get_context(_: &Vm, this: Ref<Task>) -> Option<Value> {
        this.context.get()
    }

    #[pymethod("($self, /)")]
    fn get_name(vm: &Vm, this: Ref<Task>) -> PyResult<Option<Value>> {
        if let Some(number) = this.name.get().filter(|n| !n.is::<Str>() && n.is_small()) {
            let name = vm.new_str(&format!("Task-{}", vm.str(number)?));
            this.name.set(this, Some(name));
        }
        Ok(this.name.get())
    }

    #[pymethod("($self, value, /)")]
    fn set_name(vm: &Vm, this: Ref<Task>, value: Value) -> PyResult<()> {
        let name = if value.is::<Str>() { value } else { vm.str(value)?.value() };
        this.name.set(this, Some(name));
        Ok(())
    }

    /// See PEP 585
    #[classmethod("($type, object, /)")]
    fn __class_getitem__(vm: &Vm, class: Value, item: Value) -> PyResult<Value> {
        adder_vm::builtins::union_::generic_alias(vm, class, item)
    }

    #[getter]
    fn _log_destroy_pending(_: &Vm, this: Ref<Task>) -> bool {
        this.log_destroy_pending.get()
    }

    #[setter(name = "_log_destroy_pending")]
    fn set_log_destroy_pending(vm: &Vm, this: Ref<Task>, value: Option<Value>) -> PyResult<()> {
        this.log_destroy_pending.set(vm.truth(given(vm, value)?)?);
        Ok(())
    }

    #[getter]
    fn _must_cancel(_: &Vm, this: Ref<Task>) -> bool {
        this.must_cancel.get()
    }

    #[getter]
    fn _coro(_: &Vm, this: Ref<Task>) -> Option<Value> {
        this.coro.get()
    }

    #[getter]
    fn _fut_waiter(_: &Vm, this: Ref<Task>) -> Option<Value> {
        this.fut_waiter.get()
    }
}

#[pymethods]
impl TaskStepMethWrapper {
    #[slot(tp_call)]
    fn call(vm: &Vm, this: Value, args: Args) -> PyResult<Value> {
        if args.has_keywords() {
            return Err(vm.type_error("function takes no keyword arguments"));
        }
        if !args.pos().is_empty() {
            return Err(vm.type_error("function takes no positional arguments"));
        }
        // SAFETY: installed as a slot of this class only.
        let this: Ref<TaskStepMethWrapper> = unsafe { this.cast() };
        step(vm, this.task.get(), this.exception.get())
    }

    #[getter]
    fn __self__(_: &Vm, this: Ref<TaskStepMethWrapper>) -> Ref<Task> {
        this.task.get()
    }
}
