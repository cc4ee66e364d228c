//! Coroutines: their methods, the iterator that `__await__` gives, and what `await` and `async for` ask for.

use crate::builtins::code::Code;
use crate::builtins::delegation;
use crate::builtins::generator::{self, AsyncGenerator, Coroutine, Generator, State, as_generator};
use crate::builtins::generator_frames::{Resumed, resume};
use crate::builtins::singletons::none;
use crate::builtins::str_::Str;
use crate::error::PyResult;
use crate::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use crate::raise;
use crate::vm::Vm;
use adder_compiler::code::CO_ITERABLE_COROUTINE;
use adder_heap as heap;
use adder_macros::{pyclass, pymethods};

/// The generator part of a coroutine.
fn inner(c: Ref<Coroutine>) -> Ref<Generator> {
    as_generator(c.value()).expect("a coroutine is a generator underneath")
}

#[pymethods]
impl Coroutine {
    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let g = as_generator(this).expect("a slot of coroutines");
        Ok(vm.new_str(&format!("<coroutine object {} at {:#x}>", g.qualname.get(), vm.id(this))))
    }

    #[slot(am_await)]
    fn await_(_vm: &Vm, this: Value) -> PyResult<Value> {
        Ok(heap::new(
            CoroutineWrapper::shape(),
            CoroutineWrapper { h: LongHeader::new(), coroutine: Field::new(this) },
        )
        .value())
    }

    #[slot(tp_finalize)]
    fn del(vm: &Vm, this: Value) {
        generator::finalize(vm, this);
    }

    /// send(arg) -> send 'arg' into coroutine,
    /// return next iterated value or raise StopIteration.
    #[pymethod("($self, arg, /)")]
    fn send(vm: &Vm, this: Ref<Coroutine>, arg: Value) -> PyResult<Value> {
        delegation::send_value(vm, inner(this), arg)
    }

    /// throw(value)
    /// throw(type[,value[,traceback]])
    ///
    /// Raise exception in coroutine, return next iterated value or raise
    /// StopIteration.
    #[pymethod("($self, type, value=None, traceback=None, /)")]
    fn throw(
        vm: &Vm,
        this: Ref<Coroutine>,
        typ: Value,
        value: Option<Value>,
        tb: Option<Value>,
    ) -> PyResult<Value> {
        let exc = delegation::thrown(vm, typ, value, tb)?;
        delegation::throw(vm, inner(this), exc)
    }

    /// close() -> raise GeneratorExit inside coroutine.
    #[pymethod("($self, /)")]
    fn close(vm: &Vm, this: Ref<Coroutine>) -> PyResult<Value> {
        delegation::close(vm, inner(this))
    }

    #[getter]
    fn cr_code(_vm: &Vm, this: Ref<Coroutine>) -> Ref<Code> {
        inner(this).function.get().code.get()
    }

    #[getter]
    fn cr_frame(vm: &Vm, this: Ref<Coroutine>) -> Value {
        generator::frame_of(vm, inner(this))
    }

    #[getter]
    fn cr_running(vm: &Vm, this: Ref<Coroutine>) -> bool {
        delegation::state(vm, inner(this)) == State::Running
    }

    #[getter]
    fn cr_suspended(vm: &Vm, this: Ref<Coroutine>) -> bool {
        delegation::state(vm, inner(this)) == State::Suspended
    }

    /// object being awaited on, or None
    #[getter]
    fn cr_await(vm: &Vm, this: Ref<Coroutine>) -> Option<Value> {
        delegation::delegate(vm, inner(this))
    }

    #[getter]
    fn cr_origin(_vm: &Vm, this: Ref<Coroutine>) -> Value {
        inner(this).origin.get().unwrap_or(none())
    }

    #[getter]
    fn __name__(_vm: &Vm, this: Ref<Coroutine>) -> Ref<Str> {
        inner(this).name.get()
    }

    #[setter(name = "__name__")]
    fn set_name(vm: &Vm, this: Ref<Coroutine>, value: Option<Value>) -> PyResult<()> {
        let g = inner(this);
        g.name.set(g, generator::set_text(vm, value, "__name__")?);
        Ok(())
    }

    #[getter]
    fn __qualname__(_vm: &Vm, this: Ref<Coroutine>) -> Ref<Str> {
        inner(this).qualname.get()
    }

    #[setter(name = "__qualname__")]
    fn set_qualname(vm: &Vm, this: Ref<Coroutine>, value: Option<Value>) -> PyResult<()> {
        let g = inner(this);
        g.qualname.set(g, generator::set_text(vm, value, "__qualname__")?);
        Ok(())
    }

    #[classmethod]
    fn __class_getitem__(vm: &Vm, class: Value, item: Value) -> PyResult<Value> {
        crate::builtins::union_::generic_alias(vm, class, item)
    }
}

/// A wrapper object implementing __await__ for coroutines.
#[pyclass(name = "coroutine_wrapper")]
#[repr(C)]
pub struct CoroutineWrapper {
    h: LongHeader,
    coroutine: Field<Value>,
}

fn wrapped(w: Ref<CoroutineWrapper>) -> Ref<Generator> {
    as_generator(w.coroutine.get()).expect("it wraps a coroutine")
}

#[pymethods]
impl CoroutineWrapper {
    #[slot(tp_iter)]
    fn iter(_vm: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        // SAFETY: installed as a slot of this class only.
        let g = wrapped(unsafe { this.cast() });
        match resume(vm, g, Ok(none()))? {
            Resumed::Yielded(v) => Ok(Some(v)),
            Resumed::Returned(v) if v.is_none() => Ok(None),
            Resumed::Returned(v) => Err(delegation::stop(vm, v)),
        }
    }

    #[pymethod("($self, arg, /)")]
    fn send(vm: &Vm, this: Ref<CoroutineWrapper>, arg: Value) -> PyResult<Value> {
        delegation::send_value(vm, wrapped(this), arg)
    }

    #[pymethod("($self, type, value=None, traceback=None, /)")]
    fn throw(
        vm: &Vm,
        this: Ref<CoroutineWrapper>,
        typ: Value,
        value: Option<Value>,
        tb: Option<Value>,
    ) -> PyResult<Value> {
        let exc = delegation::thrown(vm, typ, value, tb)?;
        delegation::throw(vm, wrapped(this), exc)
    }

    #[pymethod("($self, /)")]
    fn close(vm: &Vm, this: Ref<CoroutineWrapper>) -> PyResult<Value> {
        if delegation::state(vm, wrapped(this)) == State::Running {
            raise!(vm, ValueError, "coroutine already executing")
        }
        delegation::close(vm, wrapped(this))
    }
}

fn flags_of(g: Ref<Generator>) -> u32 {
    g.function.get().code.get().plain.flags
}

/// `await v`: the iterator to delegate to.
pub fn get_awaitable(vm: &Vm, v: Value, context: usize) -> PyResult<Value> {
    if v.is::<Coroutine>() {
        // SAFETY: a coroutine has the layout of Generator.
        let g: Ref<Generator> = unsafe { v.cast() };
        if delegation::delegate(vm, g).is_some() {
            return Err(vm.runtime_error("coroutine is being awaited already"));
        }
        return Ok(v);
    }
    if v.is::<Generator>() {
        // SAFETY: the shape says so.
        let g: Ref<Generator> = unsafe { v.cast() };
        if flags_of(g) & CO_ITERABLE_COROUTINE != 0 {
            return Ok(v);
        }
    }
    let Some(f) = v.class().slots().am_await else {
        let class = v.class().name();
        return Err(vm.type_error(match context {
            1 => format!(
                "'async with' received an object from __aenter__ that does not implement __await__: {class}"
            ),
            2 => format!(
                "'async with' received an object from __aexit__ that does not implement __await__: {class}"
            ),
            _ => format!("'{class}' object can't be awaited"),
        }));
    };
    let it = f(vm, v)?;
    if it.is::<Coroutine>() {
        return Err(vm.type_error("__await__() returned a coroutine"));
    }
    if it.class().slots().tp_iternext.is_none() {
        raise!(vm, TypeError, "__await__() returned non-iterator of type '{}'", it.class().name())
    }
    Ok(it)
}

/// `aiter(v)` for `async for`.
pub fn get_aiter(vm: &Vm, v: Value) -> PyResult<Value> {
    let Some(f) = v.class().slots().am_aiter else {
        raise!(
            vm,
            TypeError,
            "'async for' requires an object with __aiter__ method, got {}",
            v.class().name()
        )
    };
    let it = f(vm, v)?;
    if it.class().slots().am_anext.is_none() {
        raise!(
            vm,
            TypeError,
            "'async for' received an object from __aiter__ that does not implement __anext__: {}",
            it.class().name()
        )
    }
    Ok(it)
}

/// The awaitable of `anext(it)` for `async for`.
pub fn get_anext(vm: &Vm, v: Value) -> PyResult<Value> {
    let Some(f) = v.class().slots().am_anext else {
        raise!(
            vm,
            TypeError,
            "'async for' requires an iterator with __anext__ method, got {}",
            v.class().name()
        )
    };
    let awaitable = f(vm, v)?;
    if v.is::<AsyncGenerator>() {
        return Ok(awaitable);
    }
    get_awaitable(vm, awaitable, 0).map_err(|raised| {
        let exc = vm.take_exception(raised);
        let raised = vm.type_error(format!(
            "'async for' received an invalid object from __anext__: {}",
            awaitable.class().name()
        ));
        let new = vm.take_exception(raised);
        new.cause.set(new, Some(exc));
        vm.restore(new)
    })
}
