//! Asynchronous generators: `async_generator`, the awaitables of its methods, and `anext` with a
//! default.

use crate::args::Args;
use crate::builtins::code::Code;
use crate::builtins::coroutine;
use crate::builtins::delegation;
use crate::builtins::exceptions::{self, Exc};
use crate::builtins::generator::{self, AsyncGenerator, Generator, State, as_generator};
use crate::builtins::generator_frames::{self, Resumed};
use crate::builtins::singletons::none;
use crate::builtins::str_::Str;
use crate::error::{PyResult, Raised};
use crate::execution::frame::Kind;
use crate::execution::interp::Interp;
use crate::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use crate::raise;
use crate::semantics::machine::Machine;
use crate::vm::Vm;
use adder_heap as heap;
use adder_macros::{pyclass, pymethods};
use std::cell::Cell;

/// A value that an asynchronous generator yields, as opposed to what its awaits yield.
#[pyclass(name = "async_generator_wrapped_value", methods = false)]
#[repr(C)]
pub struct WrappedValue {
    h: LongHeader,
    value: Field<Value>,
}

/// INTRINSIC_ASYNC_GEN_WRAP
pub fn wrap_value(_vm: &Vm, v: Value) -> PyResult<Value> {
    Ok(heap::new(WrappedValue::shape(), WrappedValue { h: LongHeader::new(), value: Field::new(v) }).value())
}

fn inner(a: Ref<AsyncGenerator>) -> Ref<Generator> {
    as_generator(a.value()).expect("an asynchronous generator is a generator underneath")
}

/// The hooks of `sys.set_asyncgen_hooks`, at the first use of a generator.
fn init_hooks(vm: &Vm, g: Ref<Generator>) -> PyResult<()> {
    if g.hooks_inited.replace(true) {
        return Ok(());
    }
    let t = vm.thread();
    g.finalizer.set(g, Value::from_bits(t.asyncgen_finalizer.get()));
    if let Some(f) = Value::from_bits(t.asyncgen_firstiter.get()) {
        vm.call(f, &[g.value()])?;
    }
    Ok(())
}

fn stop_async(vm: &Vm) -> Raised {
    vm.raise_class(Exc::StopAsyncIteration.class(), &[])
}

#[pymethods]
impl AsyncGenerator {
    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let g = as_generator(this).expect("a slot of generators");
        Ok(vm.new_str(&format!("<async_generator object {} at {:#x}>", g.qualname.get(), vm.id(this))))
    }

    #[slot(am_aiter)]
    fn aiter(_vm: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(am_anext)]
    fn anext(vm: &Vm, this: Value) -> PyResult<Value> {
        let g = as_generator(this).expect("a slot of generators");
        init_hooks(vm, g)?;
        Ok(AwaitableSend::new(g, None))
    }

    #[slot(tp_finalize)]
    fn del(vm: &Vm, this: Value) {
        generator::finalize(vm, this);
    }

    /// asend(v) -> send 'v' in generator.
    #[pymethod("($self, value, /)")]
    fn asend(vm: &Vm, this: Ref<AsyncGenerator>, value: Value) -> PyResult<Value> {
        init_hooks(vm, inner(this))?;
        let awaitable = AwaitableSend::new(inner(this), Some(value));
        heap::register_finalizer(awaitable);
        Ok(awaitable)
    }

    /// athrow(value)
    /// athrow(type[,value[,tb]])
    ///
    /// raise exception in generator.
    #[pymethod]
    fn athrow(vm: &Vm, this: Ref<AsyncGenerator>, args: Args) -> PyResult<Value> {
        if args.pos().is_empty() || args.pos().len() > 3 {
            raise!(vm, TypeError, "athrow expected at least 1 argument, got {}", args.pos().len())
        }
        if args.pos().len() > 1 {
            vm.warn_deprecated(
                "the (type, exc, tb) signature of athrow() is deprecated, use the single-arg signature instead.",
            )?;
        }
        init_hooks(vm, inner(this))?;
        let tuple = crate::builtins::tuple::Tuple::from_slice(vm, args.pos());
        let awaitable = AwaitableThrow::new(inner(this), Some(tuple.value()));
        heap::register_finalizer(awaitable);
        Ok(awaitable)
    }

    /// aclose() -> raise GeneratorExit inside generator.
    #[pymethod("($self, /)")]
    fn aclose(vm: &Vm, this: Ref<AsyncGenerator>) -> PyResult<Value> {
        init_hooks(vm, inner(this))?;
        let awaitable = AwaitableThrow::new(inner(this), None);
        heap::register_finalizer(awaitable);
        Ok(awaitable)
    }

    #[getter]
    fn ag_code(_vm: &Vm, this: Ref<AsyncGenerator>) -> Ref<Code> {
        inner(this).function.get().code.get()
    }

    #[getter]
    fn ag_frame(vm: &Vm, this: Ref<AsyncGenerator>) -> Value {
        generator::frame_of(vm, inner(this))
    }

    #[getter]
    fn ag_running(_vm: &Vm, this: Ref<AsyncGenerator>) -> bool {
        inner(this).running_async.get()
    }

    #[getter]
    fn ag_suspended(vm: &Vm, this: Ref<AsyncGenerator>) -> bool {
        delegation::state(vm, inner(this)) == State::Suspended
    }

    /// object being awaited on, or None
    #[getter]
    fn ag_await(vm: &Vm, this: Ref<AsyncGenerator>) -> Option<Value> {
        delegation::delegate(vm, inner(this))
    }

    #[getter]
    fn __name__(_vm: &Vm, this: Ref<AsyncGenerator>) -> Ref<Str> {
        inner(this).name.get()
    }

    #[setter(name = "__name__")]
    fn set_name(vm: &Vm, this: Ref<AsyncGenerator>, value: Option<Value>) -> PyResult<()> {
        let g = inner(this);
        g.name.set(g, generator::set_text(vm, value, "__name__")?);
        Ok(())
    }

    #[getter]
    fn __qualname__(_vm: &Vm, this: Ref<AsyncGenerator>) -> Ref<Str> {
        inner(this).qualname.get()
    }

    #[setter(name = "__qualname__")]
    fn set_qualname(vm: &Vm, this: Ref<AsyncGenerator>, value: Option<Value>) -> PyResult<()> {
        let g = inner(this);
        g.qualname.set(g, generator::set_text(vm, value, "__qualname__")?);
        Ok(())
    }

    #[classmethod]
    fn __class_getitem__(vm: &Vm, class: Value, item: Value) -> PyResult<Value> {
        crate::builtins::union_::generic_alias(vm, class, item)
    }
}

/// Where an awaitable of an asynchronous generator is.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Progress {
    Init,
    Iterating,
    Closed,
}

/// What came out of resuming: the value that awaits yield, or the end of the awaitable.
fn unwrap_result(vm: &Vm, g: Ref<Generator>, r: PyResult<Resumed>) -> PyResult<Value> {
    match r {
        Ok(Resumed::Yielded(v)) => match v.exact::<WrappedValue>() {
            Some(w) => {
                g.running_async.set(false);
                Err(delegation::stop(vm, w.value.get()))
            }
            None => Ok(v),
        },
        Ok(Resumed::Returned(_)) => {
            g.closed_async.set(true);
            g.running_async.set(false);
            Err(stop_async(vm))
        }
        Err(raised) => {
            let e = vm.take_exception(raised);
            let class = e.value().class();
            if class.is_subclass_of(Exc::StopAsyncIteration.class())
                || class.is_subclass_of(Exc::GeneratorExit.class())
            {
                g.closed_async.set(true);
            }
            g.running_async.set(false);
            Err(vm.restore(e))
        }
    }
}

/// Reports an awaitable of `asend`, `athrow` or `aclose` that nobody has awaited. Those of `async for` are
/// awaited by it.
fn never_awaited(vm: &Vm, g: Ref<Generator>, method: &str) {
    let name = g.qualname.get();
    let message = format!("coroutine method '{method}' of '{name}' was never awaited");
    if let Err(raised) = crate::warnings::warn(vm, Exc::RuntimeWarning.class(), &message, 1) {
        vm.unraisable(raised, "Exception ignored while finalizing coroutine", g.value());
    }
}

/// The awaitable of `__anext__` and `asend`.
#[pyclass(name = "async_generator_asend")]
#[repr(C)]
pub struct AwaitableSend {
    h: LongHeader,
    generator: Field<Ref<Generator>>,
    value: Field<Option<Value>>,
    progress: Cell<Progress>,
}

impl AwaitableSend {
    fn new(g: Ref<Generator>, value: Option<Value>) -> Value {
        heap::new(
            AwaitableSend::shape(),
            AwaitableSend {
                h: LongHeader::new(),
                generator: Field::new(g),
                value: Field::new(value),
                progress: Cell::new(Progress::Init),
            },
        )
        .value()
    }

    fn step(vm: &Vm, this: Ref<AwaitableSend>, arg: Value) -> PyResult<Value> {
        let g = this.generator.get();
        let mut arg = arg;
        match this.progress.get() {
            Progress::Closed => raise!(vm, RuntimeError, "cannot reuse already awaited __anext__()/asend()"),
            Progress::Init => {
                if g.running_async.get() {
                    this.progress.set(Progress::Closed);
                    raise!(vm, RuntimeError, "anext(): asynchronous generator is already running")
                }
                if arg.is_none() {
                    arg = this.value.get().unwrap_or(none());
                }
                this.progress.set(Progress::Iterating);
            }
            Progress::Iterating => {}
        }
        g.running_async.set(true);
        let r = generator_frames::resume(vm, g, Ok(arg));
        let out = unwrap_result(vm, g, r);
        if out.is_err() {
            this.progress.set(Progress::Closed);
        }
        out
    }
}

#[pymethods]
impl AwaitableSend {
    #[slot(tp_finalize)]
    fn del(vm: &Vm, this: Value) {
        // SAFETY: installed as a slot of this class only.
        let this: Ref<AwaitableSend> = unsafe { this.cast() };
        if this.progress.get() == Progress::Init {
            never_awaited(vm, this.generator.get(), "asend");
        }
    }

    #[slot(tp_iter, am_await)]
    fn iter(_vm: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        // SAFETY: installed as a slot of this class only.
        Self::step(vm, unsafe { this.cast() }, none()).map(Some)
    }

    #[pymethod("($self, arg, /)")]
    fn send(vm: &Vm, this: Ref<AwaitableSend>, arg: Value) -> PyResult<Value> {
        Self::step(vm, this, arg)
    }

    #[pymethod("($self, type, value=None, traceback=None, /)")]
    fn throw(
        vm: &Vm,
        this: Ref<AwaitableSend>,
        typ: Value,
        value: Option<Value>,
        tb: Option<Value>,
    ) -> PyResult<Value> {
        let g = this.generator.get();
        match this.progress.get() {
            Progress::Closed => raise!(vm, RuntimeError, "cannot reuse already awaited __anext__()/asend()"),
            Progress::Init => {
                if g.running_async.get() {
                    this.progress.set(Progress::Closed);
                    raise!(vm, RuntimeError, "anext(): asynchronous generator is already running")
                }
                this.progress.set(Progress::Iterating);
                g.running_async.set(true);
            }
            Progress::Iterating => {}
        }
        let exc = delegation::thrown(vm, typ, value, tb)?;
        let r = delegation::throw(vm, g, exc).map(Resumed::Yielded);
        let out = unwrap_result(vm, g, r);
        if out.is_err() {
            this.progress.set(Progress::Closed);
        }
        out
    }

    #[pymethod("($self, /)")]
    fn close(vm: &Vm, this: Ref<AwaitableSend>) -> PyResult<()> {
        if this.progress.get() == Progress::Closed {
            return Ok(());
        }
        let exit = Exc::GeneratorExit.class().value();
        match Self::throw(vm, this, exit, None, None) {
            Ok(_) => raise!(vm, RuntimeError, "coroutine ignored GeneratorExit"),
            Err(raised) => swallow_ends(vm, raised),
        }
    }
}

// The run loop resumes asynchronous generators for SEND without a native call; see `Kind::AsyncSend`.

/// Resumes the generator of an awaitable in the running loop, if `v` is one whose generator can be resumed.
/// The extension word of the running instruction is next.
#[inline]
pub fn enter_send(m: &mut Interp, v: Value, sent: Value, dest: u16) -> bool {
    let Some(this) = v.exact::<AwaitableSend>() else { return false };
    let g = this.generator.get();
    let mut sent = sent;
    match this.progress.get() {
        Progress::Init if !g.running_async.get() => {
            if sent.is_none() {
                sent = this.value.get().unwrap_or(none());
            }
        }
        Progress::Iterating => {}
        _ => return false,
    }
    if !generator_frames::enter(m, g, sent, dest, Kind::AsyncSend) {
        return false;
    }
    this.progress.set(Progress::Iterating);
    g.running_async.set(true);
    true
}

/// The awaitable that the running frame has sent something to, with the result in `dest`.
fn end_awaitable(m: &mut Interp, g: Ref<Generator>, dest: u16) {
    g.running_async.set(false);
    if let Some(this) = m.reg(dest - 1).exact::<AwaitableSend>() {
        this.progress.set(Progress::Closed);
    }
}

/// The generator has yielded to the running frame. True: a value of its own, which goes to `dest`; the awaitable
/// has ended.
#[inline]
pub fn yielded(m: &mut Interp, g: Ref<Generator>, v: Value, dest: u16) -> bool {
    let Some(w) = v.exact::<WrappedValue>() else { return false };
    end_awaitable(m, g, dest);
    m.set(dest, w.value.get());
    true
}

/// The generator, resumed by the running frame, has returned.
pub fn returned(m: &mut Interp, g: Ref<Generator>, dest: u16) -> Raised {
    g.closed_async.set(true);
    end_awaitable(m, g, dest);
    stop_async(m.vm)
}

/// The generator, resumed by the running frame, has raised.
pub fn raised(m: &mut Interp, g: Ref<Generator>, dest: u16) {
    if let Some(e) = m.vm.fetch_exception() {
        let class = e.value().class();
        if class.is_subclass_of(Exc::StopAsyncIteration.class())
            || class.is_subclass_of(Exc::GeneratorExit.class())
        {
            g.closed_async.set(true);
        }
        m.vm.set_exception(e);
    }
    end_awaitable(m, g, dest);
}

fn swallow_ends(vm: &Vm, raised: Raised) -> PyResult<()> {
    let e = vm.take_exception(raised);
    let class = e.value().class();
    for end in [Exc::StopIteration, Exc::StopAsyncIteration, Exc::GeneratorExit] {
        if class.is_subclass_of(end.class()) {
            return Ok(());
        }
    }
    Err(vm.restore(e))
}

/// The awaitable of `athrow` (with arguments) and `aclose` (without).
#[pyclass(name = "async_generator_athrow")]
#[repr(C)]
pub struct AwaitableThrow {
    h: LongHeader,
    generator: Field<Ref<Generator>>,
    args: Field<Option<Value>>,
    progress: Cell<Progress>,
}

impl AwaitableThrow {
    fn new(g: Ref<Generator>, args: Option<Value>) -> Value {
        heap::new(
            AwaitableThrow::shape(),
            AwaitableThrow {
                h: LongHeader::new(),
                generator: Field::new(g),
                args: Field::new(args),
                progress: Cell::new(Progress::Init),
            },
        )
        .value()
    }

    fn step(vm: &Vm, this: Ref<AwaitableThrow>, arg: Value) -> PyResult<Value> {
        let g = this.generator.get();
        let closing = this.args.get().is_none();
        let what = if closing { "aclose()" } else { "athrow()" };
        let r = match this.progress.get() {
            Progress::Closed => raise!(vm, RuntimeError, "cannot reuse already awaited aclose()/athrow()"),
            Progress::Init => {
                if g.running_async.get() {
                    this.progress.set(Progress::Closed);
                    raise!(vm, RuntimeError, "{what}: asynchronous generator is already running")
                }
                if g.closed_async.get() || g.state.get() == State::Closed {
                    this.progress.set(Progress::Closed);
                    if closing {
                        return Err(vm.stop_iteration(None));
                    }
                    return Err(stop_async(vm));
                }
                if !arg.is_none() {
                    return Err(vm.runtime_error("can't send non-None value to a just-started coroutine"));
                }
                this.progress.set(Progress::Iterating);
                g.running_async.set(true);
                let exc = match this.args.get() {
                    None => {
                        g.closed_async.set(true);
                        let raised = vm.raise_class(Exc::GeneratorExit.class(), &[]);
                        vm.take_exception(raised)
                    }
                    Some(t) => {
                        let t = t.downcast::<crate::builtins::tuple::Tuple>().expect("a tuple of arguments");
                        let a = t.items();
                        delegation::thrown_by(vm, "", a[0], a.get(1).copied(), a.get(2).copied())?
                    }
                };
                delegation::throw(vm, g, exc).map(Resumed::Yielded)
            }
            Progress::Iterating => generator_frames::resume(vm, g, Ok(arg)),
        };
        if closing {
            return Self::finish_close(vm, this, g, r);
        }
        let out = unwrap_result(vm, g, r);
        if out.is_err() {
            this.progress.set(Progress::Closed);
        }
        out
    }

    fn finish_close(
        vm: &Vm,
        this: Ref<AwaitableThrow>,
        g: Ref<Generator>,
        r: PyResult<Resumed>,
    ) -> PyResult<Value> {
        match r {
            Ok(Resumed::Yielded(v)) if v.is::<WrappedValue>() => {
                g.running_async.set(false);
                this.progress.set(Progress::Closed);
                raise!(vm, RuntimeError, "async generator ignored GeneratorExit")
            }
            Ok(Resumed::Yielded(v)) => Ok(v),
            Ok(Resumed::Returned(_)) => {
                g.running_async.set(false);
                this.progress.set(Progress::Closed);
                Err(vm.stop_iteration(None))
            }
            Err(raised) => {
                g.running_async.set(false);
                this.progress.set(Progress::Closed);
                swallow_ends(vm, raised)?;
                Err(vm.stop_iteration(None))
            }
        }
    }
}

#[pymethods]
impl AwaitableThrow {
    #[slot(tp_finalize)]
    fn del(vm: &Vm, this: Value) {
        // SAFETY: installed as a slot of this class only.
        let this: Ref<AwaitableThrow> = unsafe { this.cast() };
        if this.progress.get() == Progress::Init {
            let method = if this.args.get().is_none() { "aclose" } else { "athrow" };
            never_awaited(vm, this.generator.get(), method);
        }
    }

    #[slot(tp_iter, am_await)]
    fn iter(_vm: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        // SAFETY: installed as a slot of this class only.
        Self::step(vm, unsafe { this.cast() }, none()).map(Some)
    }

    #[pymethod("($self, arg, /)")]
    fn send(vm: &Vm, this: Ref<AwaitableThrow>, arg: Value) -> PyResult<Value> {
        Self::step(vm, this, arg)
    }

    #[pymethod("($self, type, value=None, traceback=None, /)")]
    fn throw(
        vm: &Vm,
        this: Ref<AwaitableThrow>,
        typ: Value,
        value: Option<Value>,
        tb: Option<Value>,
    ) -> PyResult<Value> {
        let g = this.generator.get();
        if this.progress.get() == Progress::Closed {
            raise!(vm, RuntimeError, "cannot reuse already awaited aclose()/athrow()")
        }
        if this.progress.get() == Progress::Init && g.running_async.get() {
            this.progress.set(Progress::Closed);
            let what = if this.args.get().is_none() { "aclose()" } else { "athrow()" };
            raise!(vm, RuntimeError, "{what}: asynchronous generator is already running")
        }
        this.progress.set(Progress::Iterating);
        g.running_async.set(true);
        let exc = delegation::thrown(vm, typ, value, tb)?;
        let r = delegation::throw(vm, g, exc).map(Resumed::Yielded);
        if this.args.get().is_none() {
            return Self::finish_close(vm, this, g, r);
        }
        let out = unwrap_result(vm, g, r);
        if out.is_err() {
            this.progress.set(Progress::Closed);
        }
        out
    }

    #[pymethod("($self, /)")]
    fn close(vm: &Vm, this: Ref<AwaitableThrow>) -> PyResult<()> {
        if this.progress.get() == Progress::Closed {
            return Ok(());
        }
        let exit = Exc::GeneratorExit.class().value();
        match Self::throw(vm, this, exit, None, None) {
            Ok(_) => raise!(vm, RuntimeError, "coroutine ignored GeneratorExit"),
            Err(raised) => swallow_ends(vm, raised),
        }
    }
}

/// The awaitable of `anext(iterator, default)`.
#[pyclass(name = "anext_awaitable")]
#[repr(C)]
pub struct AnextAwaitable {
    h: LongHeader,
    wrapped: Field<Value>,
    default: Field<Value>,
}

pub fn anext_with_default(_vm: &Vm, awaitable: Value, default: Value) -> PyResult<Value> {
    Ok(heap::new(
        AnextAwaitable::shape(),
        AnextAwaitable { h: LongHeader::new(), wrapped: Field::new(awaitable), default: Field::new(default) },
    )
    .value())
}

impl AnextAwaitable {
    fn iterator(vm: &Vm, this: Ref<AnextAwaitable>) -> PyResult<Value> {
        let it = coroutine::get_awaitable(vm, this.wrapped.get(), 0)?;
        if it.class().slots().tp_iternext.is_some() {
            return Ok(it);
        }
        let Some(f) = it.class().slots().am_await else {
            raise!(vm, TypeError, "object {} can't be used in 'await' expression", it.class().name())
        };
        f(vm, it)
    }

    fn finish(vm: &Vm, this: Ref<AnextAwaitable>, r: PyResult<Value>) -> PyResult<Value> {
        r.map_err(|raised| match vm.swallow(raised, Exc::StopAsyncIteration) {
            Ok(()) => delegation::stop(vm, this.default.get()),
            Err(raised) => raised,
        })
    }

    fn forward(vm: &Vm, this: Ref<AnextAwaitable>, method: &str, args: &[Value]) -> PyResult<Value> {
        let it = Self::iterator(vm, this)?;
        let r = vm.call_method(it, vm.intern_str(method), args);
        Self::finish(vm, this, r)
    }
}

#[pymethods]
impl AnextAwaitable {
    #[slot(tp_iter, am_await)]
    fn iter(_vm: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        // SAFETY: installed as a slot of this class only.
        let this: Ref<AnextAwaitable> = unsafe { this.cast() };
        let it = Self::iterator(vm, this)?;
        match vm.next_or_stop(it) {
            Ok(v) => Ok(v),
            Err(raised) => Self::finish(vm, this, Err(raised)).map(Some),
        }
    }

    #[pymethod("($self, arg, /)")]
    fn send(vm: &Vm, this: Ref<AnextAwaitable>, arg: Value) -> PyResult<Value> {
        Self::forward(vm, this, "send", &[arg])
    }

    #[pymethod]
    fn throw(vm: &Vm, this: Ref<AnextAwaitable>, args: Args) -> PyResult<Value> {
        Self::forward(vm, this, "throw", args.pos())
    }

    #[pymethod("($self, /)")]
    fn close(vm: &Vm, this: Ref<AnextAwaitable>) -> PyResult<Value> {
        Self::forward(vm, this, "close", &[])
    }
}

/// Makes the classes of this file and of coroutines.
pub fn init(vm: &Vm) {
    use crate::type_new::ready_class;
    ready_class::<crate::builtins::coroutine::CoroutineWrapper>(vm);
    ready_class::<WrappedValue>(vm);
    ready_class::<AwaitableSend>(vm);
    ready_class::<AwaitableThrow>(vm);
    ready_class::<AnextAwaitable>(vm);
}

/// The value of a StopIteration, for drivers of coroutines.
pub fn stop_value(e: Ref<exceptions::BaseException>) -> Value {
    exceptions::stop_iteration_value(e)
}
