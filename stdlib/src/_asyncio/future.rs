//! `Future`, and what a `Task` shares with it.
//!
//! The first callback lies in the object itself, the others in a list, because hardly any future has more
//! than one. Only a future that holds an exception nobody has asked for has something to say when it dies:
//! then it is registered for finalisation.

use super::iter::FutureIter;
use super::state::{self, call_soon};
use super::task::Task;
use crate::_contextvars;
use crate::arguments::{bind, params};
use adder_heap as heap;
use adder_macros::{pyclass, pymethods};
use adder_vm::args::{Args, Params};
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::exceptions::{BaseException, Exc};
use adder_vm::builtins::list::List;
use adder_vm::builtins::set::Set;
use adder_vm::builtins::singletons::{bool_value, none};
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::{PyResult, Raised};
use adder_vm::names::names;
use adder_vm::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::vm::Vm;
use std::cell::Cell;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum State {
    Pending,
    Cancelled,
    Finished,
}

/// This class is *almost* compatible with concurrent.futures.Future.
///
///     Differences:
///
///     - result() and exception() do not take a timeout argument and
///       raise an exception when the future isn't done yet.
///
///     - Callbacks registered with add_done_callback() are always called
///       via the event loop's call_soon_threadsafe().
///
///     - This class is not compatible with the wait() and as_completed()
///       methods in the concurrent.futures package.
#[pyclass(name = "Future", module = "_asyncio", flags = def::BASE, dict = dict, signature = "(*, loop=None)")]
#[repr(C)]
pub struct Future {
    h: LongHeader,
    /// Set by `__init__`.
    event_loop: Field<Option<Value>>,
    callback0: Field<Option<Value>>,
    context0: Field<Option<Value>>,
    /// Tuples of a callback and its context.
    callbacks: Field<Option<Ref<List>>>,
    exception: Field<Option<Ref<BaseException>>>,
    exception_tb: Field<Option<Value>>,
    result: Field<Option<Value>>,
    source_tb: Field<Option<Value>>,
    cancel_msg: Field<Option<Value>>,
    /// The exception that has cancelled a task: raised once, by whoever asks first.
    cancelled_exc: Field<Option<Value>>,
    /// A future or task, or a set of such: `awaited_by_is_set`.
    awaited_by: Field<Option<Value>>,
    dict: Field<Option<Ref<Dict>>>,
    awaited_by_is_set: Cell<bool>,
    state: Cell<State>,
    pub log_tb: Cell<bool>,
    pub blocking: Cell<bool>,
    /// Registered for finalisation.
    watched: Cell<bool>,
}

/// What a future that is done holds.
pub enum Outcome {
    Result(Value),
    Exception(Ref<BaseException>),
}

const INIT: Params = params("Future", &["loop"], 0, 0, 0);

impl Future {
    pub fn blank() -> Future {
        Future {
            h: LongHeader::new(),
            event_loop: Field::new(None),
            callback0: Field::new(None),
            context0: Field::new(None),
            callbacks: Field::new(None),
            exception: Field::new(None),
            exception_tb: Field::new(None),
            result: Field::new(None),
            source_tb: Field::new(None),
            cancel_msg: Field::new(None),
            cancelled_exc: Field::new(None),
            awaited_by: Field::new(None),
            dict: Field::new(None),
            awaited_by_is_set: Cell::new(false),
            state: Cell::new(State::Pending),
            log_tb: Cell::new(false),
            blocking: Cell::new(false),
            watched: Cell::new(false),
        }
    }

    /// The future part of a future or task that is not an instance of a subclass.
    #[inline]
    pub fn exact(v: Value) -> Option<Ref<Future>> {
        // SAFETY: a task begins with a future.
        if v.is::<Future>() || v.is::<Task>() { Some(unsafe { v.cast() }) } else { None }
    }

    #[inline(always)]
    pub fn event_loop(&self) -> Option<Value> {
        self.event_loop.get()
    }

    #[inline(always)]
    pub fn is_pending(&self) -> bool {
        self.state.get() == State::Pending
    }

    pub fn source_traceback(&self) -> Option<Value> {
        self.source_tb.get()
    }

    pub fn cancel_message(&self) -> Value {
        self.cancel_msg.get().unwrap_or(none())
    }
}

/// The loop of a future that `__init__` has seen.
pub fn alive(vm: &Vm, f: Ref<Future>) -> PyResult<Value> {
    f.event_loop.get().ok_or_else(|| vm.runtime_error("Future object is not initialized."))
}

/// `Future.__init__`; a future may be initialised again.
pub fn init(vm: &Vm, f: Ref<Future>, event_loop: Option<Value>) -> PyResult<()> {
    if f.event_loop.get().is_some() {
        for field in [
            &f.callback0,
            &f.context0,
            &f.exception_tb,
            &f.result,
            &f.source_tb,
            &f.cancel_msg,
            &f.cancelled_exc,
        ] {
            field.set(f, None);
        }
        f.callbacks.set(f, None);
        f.exception.set(f, None);
        f.awaited_by.set(f, None);
        f.awaited_by_is_set.set(false);
        f.state.set(State::Pending);
        f.log_tb.set(false);
        f.blocking.set(false);
    }
    let event_loop = match event_loop.filter(|l| !l.is_none()) {
        Some(l) => l,
        None => state::event_loop(vm)?,
    };
    f.event_loop.set(f, Some(event_loop));
    let debug = vm.call_method(event_loop, names().get_debug, &[])?;
    // At the end of the process the module `traceback` may be gone.
    if vm.truth(debug)? && !vm.finalizing.get() {
        let stack = vm.call(state::EXTRACT_STACK.get(), &[])?;
        f.source_tb.set(f, Some(stack));
    }
    Ok(())
}

/// Has the future finalised when it dies.
pub fn watch(f: Ref<Future>) {
    if !f.watched.replace(true) {
        heap::register_finalizer(f.value());
    }
}

/// The opposite, if the class has no finaliser of its own.
pub fn unwatch(f: Ref<Future>) {
    if Future::exact(f.value()).is_some() && f.watched.replace(false) {
        heap::forget_finalizer(f.value());
    }
}

/// Says that registration was part of making the object.
pub fn set_watched(f: Ref<Future>) {
    f.watched.set(true);
}

/// Schedules all callbacks; a task that is done is not listed any more.
fn schedule_callbacks(vm: &Vm, f: Ref<Future>) -> PyResult<()> {
    if let Some(task) = f.value().downcast::<Task>() {
        task.registered.set(false);
    }
    let Some(event_loop) = f.event_loop.get() else { return Ok(()) };
    // `call_soon` may be anything: the callbacks are taken before.
    let (callback, context) = (f.callback0.get(), f.context0.get());
    if let Some(callback) = callback {
        f.callback0.set(f, None);
        f.context0.set(f, None);
        if let Err(raised) = call_soon(vm, event_loop, callback, Some(f.value()), context.unwrap_or(none())) {
            f.callbacks.set(f, None);
            return Err(raised);
        }
    }
    let Some(rest) = f.callbacks.get() else { return Ok(()) };
    f.callbacks.set(f, None);
    let mut i = 0;
    while let Some(pair) = rest.try_get(i) {
        let (callback, context) = parts(pair);
        call_soon(vm, event_loop, callback, Some(f.value()), context)?;
        i += 1;
    }
    Ok(())
}

/// A callback and its context.
fn parts(pair: Value) -> (Value, Value) {
    let pair = pair.exact::<Tuple>().expect("the list of callbacks is private");
    (pair.items()[0], pair.items()[1])
}

pub fn set_result(vm: &Vm, f: Ref<Future>, result: Value) -> PyResult<()> {
    alive(vm, f)?;
    if !f.is_pending() {
        return Err(state::invalid_state(vm, "invalid state"));
    }
    f.result.set(f, Some(result));
    f.state.set(State::Finished);
    schedule_callbacks(vm, f)
}

pub fn set_exception(vm: &Vm, f: Ref<Future>, exception: Value) -> PyResult<()> {
    let pending = || match f.is_pending() {
        true => Ok(()),
        false => Err(state::invalid_state(vm, "invalid state")),
    };
    pending()?;
    let mut value = exception;
    if let Some(class) = exception.downcast::<Type>()
        && class.is_subclass_of(Exc::BaseException.class())
    {
        value = vm.call(exception, &[])?;
        pending()?;
    }
    let Some(mut exc) = value.downcast::<BaseException>() else {
        return Err(vm.type_error("invalid exception object"));
    };
    if value.class().is_subclass_of(Exc::StopIteration.class()) {
        let message =
            vm.new_str("StopIteration interacts badly with generators and cannot be raised into a Future");
        let new = vm.call(Exc::RuntimeError.class().value(), &[message])?;
        let new = new.downcast::<BaseException>().expect("a RuntimeError");
        new.cause.set(new, Some(exc));
        new.suppress_context.set(true);
        new.context.set(new, Some(exc));
        exc = new;
    }
    f.exception.set(f, Some(exc));
    f.exception_tb.set(f, exc.traceback.get());
    f.state.set(State::Finished);
    schedule_callbacks(vm, f)?;
    f.log_tb.set(true);
    watch(f);
    Ok(())
}

/// The exception that says that the future was cancelled; a saved one is given once.
pub fn make_cancelled_error(vm: &Vm, f: Ref<Future>) -> PyResult<Value> {
    if let Some(e) = f.cancelled_exc.get() {
        f.cancelled_exc.set(f, None);
        return Ok(e);
    }
    match f.cancel_msg.get().filter(|m| !m.is_none()) {
        Some(message) => vm.call(state::cancelled_error(), &[message]),
        None => vm.call(state::cancelled_error(), &[]),
    }
}

pub fn save_cancelled_error(f: Ref<Future>, exc: Ref<BaseException>) {
    f.cancelled_exc.set(f, Some(exc.value()));
}

fn cancelled(vm: &Vm, f: Ref<Future>) -> Raised {
    match make_cancelled_error(vm, f) {
        Ok(e) => vm.raise_value(e),
        Err(raised) => raised,
    }
}

/// What `result()` would give or raise; its other failures are errors here.
pub fn outcome(vm: &Vm, f: Ref<Future>) -> PyResult<Outcome> {
    match f.state.get() {
        State::Cancelled => Err(cancelled(vm, f)),
        State::Pending => Err(state::invalid_state(vm, "Result is not set.")),
        State::Finished => {
            f.log_tb.set(false);
            match f.exception.get() {
                Some(e) => {
                    e.traceback.set(e, f.exception_tb.get());
                    f.exception_tb.set(f, None);
                    Ok(Outcome::Exception(e))
                }
                None => Ok(Outcome::Result(f.result.get().unwrap_or(none()))),
            }
        }
    }
}

pub fn result(vm: &Vm, f: Ref<Future>) -> PyResult<Value> {
    if f.event_loop.get().is_none() {
        return Err(state::invalid_state(vm, "Future object is not initialized."));
    }
    match outcome(vm, f)? {
        Outcome::Result(v) => Ok(v),
        Outcome::Exception(e) => Err(vm.raise_value(e.value())),
    }
}

pub fn add_done_callback(vm: &Vm, f: Ref<Future>, callback: Value, context: Value) -> PyResult<()> {
    let Some(event_loop) = f.event_loop.get() else {
        return Err(vm.runtime_error("uninitialized Future object"));
    };
    if !f.is_pending() {
        return call_soon(vm, event_loop, callback, Some(f.value()), context);
    }
    if f.callbacks.get().is_none() && f.callback0.get().is_none() {
        f.callback0.set(f, Some(callback));
        f.context0.set(f, Some(context));
        return Ok(());
    }
    let pair = Tuple::from_slice(vm, &[callback, context]).value();
    match f.callbacks.get() {
        Some(list) => list.push(vm, pair),
        None => {
            let list = List::from_slice(vm, &[pair]);
            f.callbacks.set(f, Some(list));
        }
    }
    Ok(())
}

/// Removes equal callbacks from the list; `__eq__` may change it meanwhile.
fn remove_from_list(vm: &Vm, f: Ref<Future>, callback: Value) -> PyResult<usize> {
    let Some(before) = f.callbacks.get().map(|l| l.len()) else { return Ok(0) };
    let kept = List::new(vm);
    let mut i = 0;
    while let Some(pair) = f.callbacks.get().and_then(|l| l.try_get(i)) {
        if !vm.eq(parts(pair).0, callback)? {
            kept.push(vm, pair);
        }
        i += 1;
    }
    match f.callbacks.get() {
        Some(list) if !kept.is_empty() => {
            let now = list.len();
            f.callbacks.set(f, Some(kept));
            Ok(now.saturating_sub(kept.len()))
        }
        _ => {
            f.callbacks.set(f, None);
            Ok(before)
        }
    }
}

pub fn set_cancel_message(f: Ref<Future>, message: Value) {
    f.cancel_msg.set(f, Some(message));
}

/// False: it is done already.
pub fn cancel(vm: &Vm, f: Ref<Future>, message: Option<Value>) -> PyResult<bool> {
    f.log_tb.set(false);
    if !f.is_pending() {
        return Ok(false);
    }
    f.state.set(State::Cancelled);
    f.cancel_msg.set(f, message);
    schedule_callbacks(vm, f)?;
    Ok(true)
}

/// Notes who waits for the future, which tools that show call stacks want to know.
pub fn add_awaited_by(vm: &Vm, f: Ref<Future>, waiter: Value) -> PyResult<()> {
    let Some(before) = f.awaited_by.get() else {
        f.awaited_by.set(f, Some(waiter));
        return Ok(());
    };
    if f.awaited_by_is_set.get() {
        return vm.set_add(before, waiter);
    }
    let set = vm.new_set(&[waiter, before])?;
    f.awaited_by.set(f, Some(set));
    f.awaited_by_is_set.set(true);
    Ok(())
}

pub fn discard_awaited_by(vm: &Vm, f: Ref<Future>, waiter: Value) -> PyResult<()> {
    match f.awaited_by.get() {
        Some(w) if w == waiter => f.awaited_by.set(f, None),
        Some(set) if f.awaited_by_is_set.get() => {
            set.downcast::<Set>().expect("the flag says so").discard(vm, waiter)?;
        }
        _ => {}
    }
    Ok(())
}

/// The finaliser.
pub fn finalize(vm: &Vm, f: Ref<Future>) {
    f.watched.set(false);
    if !f.log_tb.replace(false) {
        return;
    }
    let (Some(event_loop), Some(exc)) = (f.event_loop.get(), f.exception.get()) else { return };
    let message = vm.new_str(&format!("{} exception was never retrieved", f.value().class().short_name()));
    state::report(
        vm,
        event_loop,
        &[
            ("message", Some(message)),
            ("exception", Some(exc.value())),
            ("future", Some(f.value())),
            ("source_traceback", f.source_tb.get()),
        ],
    );
}

fn me(v: Value) -> Ref<Future> {
    // SAFETY: used in slots of Future and its subclasses only.
    unsafe { v.cast() }
}

#[pymethods]
impl Future {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, _args: Args) -> PyResult<Value> {
        if class == Future::class() {
            return Ok(heap::new(Future::shape(), Future::blank()).value());
        }
        let f = vm.new_instance(class, Future::blank())?;
        set_watched(f);
        Ok(f.value())
    }

    #[slot(tp_init)]
    fn init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
        let [event_loop] = bind(vm, &INIT, args)?;
        init(vm, me(this), event_loop)
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        alive(vm, me(this))?;
        vm.call(state::FUTURE_REPR.get(), &[this])
    }

    #[slot(tp_finalize)]
    fn del(vm: &Vm, this: Value) {
        finalize(vm, me(this));
    }

    #[slot(tp_iter)]
    fn iter(vm: &Vm, this: Value) -> PyResult<Value> {
        alive(vm, me(this))?;
        Ok(FutureIter::new(me(this)))
    }

    #[slot(am_await)]
    fn await_(vm: &Vm, this: Value) -> PyResult<Value> {
        alive(vm, me(this))?;
        Ok(FutureIter::new(me(this)))
    }

    /// Return the result this future represents.
    ///
    /// If the future has been cancelled, raises CancelledError.  If the
    /// future's result isn't yet available, raises InvalidStateError.  If
    /// the future is done and has an exception set, this exception is raised.
    #[pymethod("($self, /)")]
    fn result(vm: &Vm, this: Ref<Future>) -> PyResult<Value> {
        result(vm, this)
    }

    /// Return the exception that was set on this future.
    ///
    /// The exception (or None if no exception was set) is returned only if
    /// the future is done.  If the future has been cancelled, raises
    /// CancelledError.  If the future isn't done yet, raises
    /// InvalidStateError.
    #[pymethod("($self, /)")]
    fn exception(vm: &Vm, this: Ref<Future>) -> PyResult<Option<Ref<BaseException>>> {
        if this.event_loop.get().is_none() {
            return Err(state::invalid_state(vm, "Future object is not initialized."));
        }
        match this.state.get() {
            State::Cancelled => Err(cancelled(vm, this)),
            State::Pending => Err(state::invalid_state(vm, "Exception is not set.")),
            State::Finished => {
                if this.exception.get().is_some() {
                    this.log_tb.set(false);
                }
                Ok(this.exception.get())
            }
        }
    }

    /// Mark the future done and set its result.
    ///
    /// If the future is already done when this method is called, raises
    /// InvalidStateError.
    #[pymethod("($self, result, /)")]
    fn set_result(vm: &Vm, this: Ref<Future>, result: Value) -> PyResult<()> {
        set_result(vm, this, result)
    }

    /// Mark the future done and set an exception.
    ///
    /// If the future is already done when this method is called, raises
    /// InvalidStateError.
    #[pymethod("($self, exception, /)")]
    fn set_exception(vm: &Vm, this: Ref<Future>, exception: Value) -> PyResult<()> {
        alive(vm, this)?;
        set_exception(vm, this, exception)
    }

    /// Add a callback to be run when the future becomes done.
    ///
    /// The callback is called with a single argument - the future object. If
    /// the future is already done when this is called, the callback is
    /// scheduled with call_soon.
    #[pymethod("($self, fn, /, *, context=<unrepresentable>)")]
    fn add_done_callback(
        vm: &Vm,
        this: Ref<Future>,
        callback: Value,
        context: Option<Value>,
    ) -> PyResult<()> {
        let context = match context {
            Some(c) => c,
            None => _contextvars::copy(_contextvars::current(vm)).value(),
        };
        add_done_callback(vm, this, callback, context)
    }

    /// Remove all instances of a callback from the "call when done" list.
    ///
    /// Returns the number of callbacks removed.
    #[pymethod("($self, fn, /)")]
    fn remove_done_callback(vm: &Vm, this: Ref<Future>, callback: Value) -> PyResult<usize> {
        alive(vm, this)?;
        let mut removed = 0;
        if let Some(first) = this.callback0.get()
            && vm.eq(first, callback)?
        {
            this.callback0.set(this, None);
            this.context0.set(this, None);
            removed = 1;
        }
        Ok(removed + remove_from_list(vm, this, callback)?)
    }

    /// Cancel the future and schedule callbacks.
    ///
    /// If the future is already done or cancelled, return False.  Otherwise,
    /// change the future's state to cancelled, schedule the callbacks and
    /// return True.
    #[pymethod("($self, /, msg=None)")]
    fn cancel(vm: &Vm, this: Ref<Future>, msg: Option<Value>) -> PyResult<bool> {
        alive(vm, this)?;
        cancel(vm, this, Some(msg.unwrap_or(none())))
    }

    /// Return True if the future was cancelled.
    #[pymethod("($self, /)")]
    fn cancelled(_: &Vm, this: Ref<Future>) -> bool {
        this.event_loop.get().is_some() && this.state.get() == State::Cancelled
    }

    /// Return True if the future is done.
    ///
    /// Done means either that a result / exception are available, or that the
    /// future was cancelled.
    #[pymethod("($self, /)")]
    fn done(_: &Vm, this: Ref<Future>) -> bool {
        this.event_loop.get().is_some() && !this.is_pending()
    }

    /// Return the event loop the Future is bound to.
    #[pymethod("($self, /)")]
    fn get_loop(vm: &Vm, this: Ref<Future>) -> PyResult<Value> {
        alive(vm, this)
    }

    /// Create the CancelledError to raise if the Future is cancelled.
    ///
    /// This should only be called once when handling a cancellation since
    /// it erases the context exception value.
    #[pymethod("($self, /)")]
    fn _make_cancelled_error(vm: &Vm, this: Ref<Future>) -> PyResult<Value> {
        make_cancelled_error(vm, this)
    }

    /// See PEP 585
    #[classmethod("($type, object, /)")]
    fn __class_getitem__(vm: &Vm, class: Value, item: Value) -> PyResult<Value> {
        adder_vm::builtins::union_::generic_alias(vm, class, item)
    }

    #[getter]
    fn _state(vm: &Vm, this: Ref<Future>) -> PyResult<Ref<Str>> {
        alive(vm, this)?;
        Ok(match this.state.get() {
            State::Pending => names().PENDING,
            State::Cancelled => names().CANCELLED,
            State::Finished => names().FINISHED,
        })
    }

    #[getter]
    fn _asyncio_future_blocking(_: &Vm, this: Ref<Future>) -> bool {
        this.event_loop.get().is_some() && this.blocking.get()
    }

    #[setter(name = "_asyncio_future_blocking")]
    fn set_blocking(vm: &Vm, this: Ref<Future>, value: Option<Value>) -> PyResult<()> {
        alive(vm, this)?;
        this.blocking.set(vm.truth(given(vm, value)?)?);
        Ok(())
    }

    #[getter]
    fn _loop(_: &Vm, this: Ref<Future>) -> Option<Value> {
        this.event_loop.get()
    }

    #[getter]
    fn _callbacks(vm: &Vm, this: Ref<Future>) -> PyResult<Option<Ref<List>>> {
        alive(vm, this)?;
        let list = List::new(vm);
        if let Some(callback) = this.callback0.get() {
            let context = this.context0.get().unwrap_or(none());
            list.push(vm, Tuple::from_slice(vm, &[callback, context]).value());
        }
        if let Some(rest) = this.callbacks.get() {
            list.extend_slice(vm, rest.items())?;
        }
        Ok(Some(list).filter(|l| !l.is_empty()))
    }

    #[getter]
    fn _result(vm: &Vm, this: Ref<Future>) -> PyResult<Option<Value>> {
        alive(vm, this)?;
        Ok(this.result.get())
    }

    #[getter]
    fn _exception(vm: &Vm, this: Ref<Future>) -> PyResult<Option<Ref<BaseException>>> {
        alive(vm, this)?;
        Ok(this.exception.get())
    }

    #[getter]
    fn _log_traceback(vm: &Vm, this: Ref<Future>) -> PyResult<Value> {
        alive(vm, this)?;
        Ok(bool_value(this.log_tb.get()))
    }

    #[setter(name = "_log_traceback")]
    fn set_log_traceback(vm: &Vm, this: Ref<Future>, value: Option<Value>) -> PyResult<()> {
        if vm.truth(given(vm, value)?)? {
            return Err(vm.value_error("_log_traceback can only be set to False"));
        }
        this.log_tb.set(false);
        Ok(())
    }

    #[getter]
    fn _source_traceback(_: &Vm, this: Ref<Future>) -> Option<Value> {
        this.source_tb.get()
    }

    #[getter]
    fn _cancel_message(_: &Vm, this: Ref<Future>) -> Option<Value> {
        this.cancel_msg.get()
    }

    #[setter(name = "_cancel_message")]
    fn set_cancel_message(vm: &Vm, this: Ref<Future>, value: Option<Value>) -> PyResult<()> {
        this.cancel_msg.set(this, Some(given(vm, value)?));
        Ok(())
    }

    #[getter]
    fn _asyncio_awaited_by(vm: &Vm, this: Ref<Future>) -> PyResult<Value> {
        match this.awaited_by.get() {
            None => Ok(none()),
            Some(set) if this.awaited_by_is_set.get() => {
                let items = List::new(vm);
                vm.iterate(set, &mut |v| Ok(items.push(vm, v)))?;
                vm.frozenset_from(items.items())
            }
            Some(waiter) => vm.frozenset_from(&[waiter]),
        }
    }
}

/// The value that a setter got: these attributes cannot be deleted.
pub fn given(vm: &Vm, value: Option<Value>) -> PyResult<Value> {
    value.ok_or_else(|| vm.error(Exc::AttributeError, "cannot delete attribute"))
}
