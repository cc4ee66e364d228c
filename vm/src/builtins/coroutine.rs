//! Coroutines: their methods, and the iterator that `__await__` gives.

use crate::builtins::code::Code;
use crate::builtins::generator::{self, Coroutine, Generator, State, as_generator};
use crate::builtins::singletons::none;
use crate::builtins::str_::Str;
use crate::error::PyResult;
use crate::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use crate::raise;
use crate::vm::Vm;
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
        generator::send_value(vm, inner(this), arg)
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
        let exc = generator::thrown(vm, typ, value, tb)?;
        generator::throw(vm, inner(this), exc)
    }

    /// close() -> raise GeneratorExit inside coroutine.
    #[pymethod("($self, /)")]
    fn close(vm: &Vm, this: Ref<Coroutine>) -> PyResult<Value> {
        generator::close(vm, inner(this))
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
    fn cr_running(_vm: &Vm, this: Ref<Coroutine>) -> bool {
        inner(this).state.get() == State::Running
    }

    #[getter]
    fn cr_suspended(_vm: &Vm, this: Ref<Coroutine>) -> bool {
        inner(this).state.get() == State::Suspended
    }

    /// object being awaited on, or None
    #[getter]
    fn cr_await(_vm: &Vm, this: Ref<Coroutine>) -> Option<Value> {
        generator::delegate(inner(this))
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
        match generator::resume(vm, g, Ok(none()))? {
            generator::Resumed::Yielded(v) => Ok(Some(v)),
            generator::Resumed::Returned(v) if v.is_none() => Ok(None),
            generator::Resumed::Returned(v) => Err(generator::stop(vm, v)),
        }
    }

    #[pymethod("($self, arg, /)")]
    fn send(vm: &Vm, this: Ref<CoroutineWrapper>, arg: Value) -> PyResult<Value> {
        generator::send_value(vm, wrapped(this), arg)
    }

    #[pymethod("($self, type, value=None, traceback=None, /)")]
    fn throw(
        vm: &Vm,
        this: Ref<CoroutineWrapper>,
        typ: Value,
        value: Option<Value>,
        tb: Option<Value>,
    ) -> PyResult<Value> {
        let exc = generator::thrown(vm, typ, value, tb)?;
        generator::throw(vm, wrapped(this), exc)
    }

    #[pymethod("($self, /)")]
    fn close(vm: &Vm, this: Ref<CoroutineWrapper>) -> PyResult<Value> {
        if wrapped(this).state.get() == State::Running {
            raise!(vm, ValueError, "coroutine already executing")
        }
        generator::close(vm, wrapped(this))
    }
}
