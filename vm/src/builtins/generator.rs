//! Generators, coroutines and asynchronous generators: their common part, and the methods of generators.
//!
//! How their frames sleep and go on is in `generator_frames.rs`; what `yield from` and `await` do with others,
//! `throw` and `close` are in `delegation.rs`.

use crate::builtins::array::Array;
use crate::builtins::code::Code;
use crate::builtins::delegation::{close, delegate, send_value, state, stop, throw, thrown};
use crate::builtins::exceptions::Exc;
use crate::builtins::function::Function;
use crate::builtins::generator_frames::{Resumed, resume};
use crate::builtins::singletons::none;
use crate::builtins::str_::Str;
use crate::error::PyResult;
use crate::execution::body::Body;
use crate::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use crate::raise;
use crate::shapes::id;
use crate::vm::Vm;
use adder_compiler::code::{CO_ASYNC_GENERATOR, CO_COROUTINE, CO_GENERATOR};
use adder_macros::{pyclass, pymethods};
use std::cell::Cell;

/// Where a generator is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u64)]
pub enum State {
    Created,
    Suspended,
    Running,
    Closed,
}

/// The common part: a suspended frame.
#[pyclass(name = "generator", fixed = id::GENERATOR)]
#[repr(C)]
pub struct Generator {
    pub h: LongHeader,
    pub function: Field<Ref<Function>>,
    pub name: Field<Ref<Str>>,
    pub qualname: Field<Ref<Str>>,
    pub(super) registers: Field<Option<Ref<Array>>>,
    /// Exception handled inside, while suspended.
    pub(super) handled: Field<Option<Value>>,
    /// The frame object, once somebody asked for it, while the generator is not running.
    pub(super) frame_object: Field<Option<Value>>,
    /// While suspended: the generator or coroutine that `yield from` or `await` delegates to, if it can be resumed in
    /// place of this one (see `delegation.rs`).
    pub(super) inner: Field<Option<Ref<Generator>>>,
    pub origin: Field<Option<Value>>,
    /// Asynchronous generator: the finaliser hook.
    pub finalizer: Field<Option<Value>>,
    pub state: Cell<State>,
    /// The body without events, which the function's code keeps.
    pub(super) body: Cell<*const Body>,
    /// Word index of the next instruction.
    pub(super) at: Cell<u32>,
    /// Register that receives what is sent.
    pub(super) receiver: Cell<u16>,
    /// Registered for finalisation.
    pub(super) watched: Cell<bool>,
    /// Registers in the array; the rest of it is empty.
    pub(super) saved: Cell<u16>,
    pub hooks_inited: Cell<bool>,
    pub running_async: Cell<bool>,
    pub closed_async: Cell<bool>,
}

/// A coroutine.
#[pyclass(name = "coroutine", fixed = id::COROUTINE)]
#[repr(C)]
pub struct Coroutine {
    base: Generator,
}

/// An asynchronous generator.
#[pyclass(name = "async_generator", fixed = id::ASYNC_GENERATOR)]
#[repr(C)]
pub struct AsyncGenerator {
    base: Generator,
}

/// The generator part of any of the three.
pub fn as_generator(v: Value) -> Option<Ref<Generator>> {
    if v.is::<Generator>() || v.is::<Coroutine>() || v.is::<AsyncGenerator>() {
        // SAFETY: all three have the layout of Generator.
        Some(unsafe { v.cast() })
    } else {
        None
    }
}

pub(super) fn kind_name(g: Ref<Generator>) -> &'static str {
    if g.value().is::<Coroutine>() {
        "coroutine"
    } else if g.value().is::<AsyncGenerator>() {
        "async generator"
    } else {
        "generator"
    }
}

/// Closes a generator that was dropped, reports a coroutine never awaited.
pub fn finalize(vm: &Vm, v: Value) {
    let Some(g) = as_generator(v) else { return };
    match state(vm, g) {
        State::Closed | State::Running => {}
        State::Created => {
            if v.is::<Coroutine>() {
                let message = format!("coroutine '{}' was never awaited", g.qualname.get());
                if let Err(raised) = crate::warnings::warn(vm, Exc::RuntimeWarning.class(), &message, 1) {
                    vm.unraisable(raised, "Exception ignored while finalizing coroutine", v);
                }
            }
        }
        State::Suspended => {
            if v.is::<AsyncGenerator>()
                && let Some(f) = g.finalizer.get()
                && !g.closed_async.get()
            {
                if let Err(raised) = vm.call(f, &[v]) {
                    vm.unraisable(raised, "Exception ignored while closing generator", v);
                }
                return;
            }
            if let Err(raised) = close(vm, g) {
                vm.unraisable(raised, "Exception ignored while closing generator", v);
            }
        }
    }
}

pub fn frame_of(vm: &Vm, g: Ref<Generator>) -> Value {
    match g.state.get() {
        State::Closed => none(),
        State::Running => {
            let thread = vm.thread();
            let mut control = thread.frame.get();
            while !control.is_null() && control >= thread.stacks.controls {
                // SAFETY: frames from the base to the top are initialised.
                let c = unsafe { &*control };
                if c.kind.is_generator() && c.extra == g.value().bits() {
                    return crate::builtins::frame::object_of(vm, control).value();
                }
                // SAFETY: compared with the base above.
                control = unsafe { control.sub(1) };
            }
            // It runs in another thread.
            none()
        }
        State::Created | State::Suspended => match g.frame_object.get() {
            Some(frame) => frame,
            None => {
                let frame = crate::builtins::frame::of_generator(g).value();
                g.frame_object.set(g, Some(frame));
                frame
            }
        },
    }
}

impl Generator {
    /// Where the state is, as a word.
    pub const STATE: u32 = std::mem::offset_of!(Generator, state) as u32;

    /// A register of the sleeping frame.
    pub fn register(&self, i: usize) -> Option<Value> {
        if i >= self.saved.get() as usize {
            return None;
        }
        self.registers.get()?.get(i)
    }

    pub fn is_suspended(&self) -> bool {
        self.state.get() == State::Suspended
    }

    /// Sets a local variable of the sleeping frame.
    pub fn set_register(&self, i: usize, value: Value) {
        if i < self.saved.get() as usize
            && let Some(registers) = self.registers.get()
        {
            registers.set(i, Some(value));
        }
    }

    /// The bytecode unit where the sleeping frame is.
    pub fn unit(&self) -> u32 {
        let at = (self.at.get() as usize).saturating_sub(1);
        let body = self.function.get().code.get().plain_body();
        // SAFETY: bodies live as long as their code.
        body.and_then(|b| unsafe { &*b }.origin.get(at).copied()).unwrap_or(0)
    }
}

pub fn set_text(vm: &Vm, value: Option<Value>, what: &str) -> PyResult<Ref<Str>> {
    match value.and_then(|v| v.downcast::<Str>()) {
        Some(s) => Ok(s),
        None => raise!(vm, TypeError, "{what} must be set to a string object"),
    }
}

#[pymethods]
impl Generator {
    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let g = as_generator(this).expect("a slot of generators");
        Ok(vm.new_str(&format!("<generator object {} at {:#x}>", g.qualname.get(), vm.id(this))))
    }

    #[slot(tp_iter, am_await)]
    fn iter(_vm: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        // SAFETY: installed as a slot of generator only.
        let g: Ref<Generator> = unsafe { this.cast() };
        match resume(vm, g, Ok(none()))? {
            Resumed::Yielded(v) => Ok(Some(v)),
            Resumed::Returned(v) if v.is_none() => Ok(None),
            Resumed::Returned(v) => Err(stop(vm, v)),
        }
    }

    #[slot(tp_finalize)]
    fn del(vm: &Vm, this: Value) {
        finalize(vm, this);
    }

    /// send(value) -> send 'value' into generator,
    /// return next yielded value or raise StopIteration.
    #[pymethod("($self, value, /)")]
    fn send(vm: &Vm, this: Ref<Generator>, value: Value) -> PyResult<Value> {
        send_value(vm, this, value)
    }

    /// throw(value)
    /// throw(type[,value[,tb]])
    ///
    /// Raise exception in generator, return next yielded value or raise
    /// StopIteration.
    #[pymethod("($self, type, value=None, traceback=None, /)")]
    fn throw(
        vm: &Vm,
        this: Ref<Generator>,
        typ: Value,
        value: Option<Value>,
        tb: Option<Value>,
    ) -> PyResult<Value> {
        let exc = thrown(vm, typ, value, tb)?;
        throw(vm, this, exc)
    }

    /// close() -> raise GeneratorExit inside generator.
    #[pymethod("($self, /)")]
    fn close(vm: &Vm, this: Ref<Generator>) -> PyResult<Value> {
        close(vm, this)
    }

    #[getter]
    fn gi_code(_vm: &Vm, this: Ref<Generator>) -> Ref<Code> {
        this.function.get().code.get()
    }

    #[getter]
    fn gi_frame(vm: &Vm, this: Ref<Generator>) -> Value {
        frame_of(vm, this)
    }

    #[getter]
    fn gi_running(vm: &Vm, this: Ref<Generator>) -> bool {
        state(vm, this) == State::Running
    }

    #[getter]
    fn gi_suspended(vm: &Vm, this: Ref<Generator>) -> bool {
        state(vm, this) == State::Suspended
    }

    #[getter]
    fn gi_yieldfrom(vm: &Vm, this: Ref<Generator>) -> Option<Value> {
        delegate(vm, this)
    }

    #[getter]
    fn __name__(_vm: &Vm, this: Ref<Generator>) -> Ref<Str> {
        this.name.get()
    }

    #[setter(name = "__name__")]
    fn set_name(vm: &Vm, this: Ref<Generator>, value: Option<Value>) -> PyResult<()> {
        this.name.set(this, set_text(vm, value, "__name__")?);
        Ok(())
    }

    #[getter]
    fn __qualname__(_vm: &Vm, this: Ref<Generator>) -> Ref<Str> {
        this.qualname.get()
    }

    #[setter(name = "__qualname__")]
    fn set_qualname(vm: &Vm, this: Ref<Generator>, value: Option<Value>) -> PyResult<()> {
        this.qualname.set(this, set_text(vm, value, "__qualname__")?);
        Ok(())
    }

    #[classmethod]
    fn __class_getitem__(vm: &Vm, class: Value, item: Value) -> PyResult<Value> {
        crate::builtins::union_::generic_alias(vm, class, item)
    }
}

/// The flags that make a function's call return one of these objects.
pub const GENERATOR_FLAGS: u32 = CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR;
