//! `traceback`: one entry per frame an exception has passed.

use crate::args::Args;
use crate::builtins::frame::Frame;
use crate::builtins::singletons::none;
use crate::builtins::type_::Type;
use crate::error::PyResult;
use crate::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use crate::raise;
use crate::shapes::id;
use crate::vm::Vm;
use adder_heap as heap;
use adder_macros::{pyclass, pymethods};
use std::cell::Cell;

/// Create a new traceback object.
#[pyclass(name = "traceback", fixed = id::TRACEBACK, signature = "(tb_next, tb_frame, tb_lasti, tb_lineno)")]
#[repr(C)]
pub struct Traceback {
    h: LongHeader,
    pub next: Field<Option<Ref<Traceback>>>,
    pub frame: Field<Ref<Frame>>,
    /// Bytecode offset in bytes.
    pub lasti: i32,
    /// -1: computed from `lasti` when asked for.
    pub lineno: Cell<i32>,
}

impl Traceback {
    pub fn new(next: Option<Ref<Traceback>>, frame: Ref<Frame>, lasti: i32, lineno: i32) -> Ref<Traceback> {
        heap::new(
            Traceback::shape(),
            Traceback {
                h: LongHeader::new(),
                next: Field::new(next),
                frame: Field::new(frame),
                lasti,
                lineno: Cell::new(lineno),
            },
        )
    }

    pub fn line(&self) -> Option<i32> {
        match self.lineno.get() {
            -1 => self.frame.get().code().line_of(self.lasti as u32 / 2),
            n => Some(n),
        }
    }
}

fn next_arg(vm: &Vm, v: Value) -> PyResult<Option<Ref<Traceback>>> {
    match v.exact::<Traceback>() {
        Some(t) => Ok(Some(t)),
        None if v.is_none() => Ok(None),
        None => raise!(vm, TypeError, "expected traceback object or None, got '{}'", v.class().name()),
    }
}

#[pymethods]
impl Traceback {
    #[slot(tp_new)]
    fn new_(vm: &Vm, _class: Ref<Type>, args: Args) -> PyResult<Value> {
        let get = |i: usize, name: &str| args.pos().get(i).copied().or(args.keyword(name));
        let (Some(next), Some(frame), Some(lasti), Some(lineno)) =
            (get(0, "tb_next"), get(1, "tb_frame"), get(2, "tb_lasti"), get(3, "tb_lineno"))
        else {
            return Err(vm.type_error("traceback() missing a required argument"));
        };
        let Some(frame) = frame.exact::<Frame>() else {
            raise!(
                vm,
                TypeError,
                "traceback() argument 'tb_frame' must be frame, not {}",
                frame.class().name()
            )
        };
        let (lasti, lineno) = (vm.index_isize(lasti)? as i32, vm.index_isize(lineno)? as i32);
        Ok(Traceback::new(next_arg(vm, next)?, frame, lasti, lineno).value())
    }

    #[getter]
    fn tb_next(_vm: &Vm, this: Ref<Traceback>) -> Option<Ref<Traceback>> {
        this.next.get()
    }

    #[setter(name = "tb_next")]
    fn set_next(vm: &Vm, this: Ref<Traceback>, value: Option<Value>) -> PyResult<()> {
        let Some(v) = value else { return Err(vm.type_error("can't delete tb_next attribute")) };
        let new = next_arg(vm, v)?;
        let mut at = new;
        while let Some(t) = at {
            if t == this {
                return Err(vm.value_error("traceback loop detected"));
            }
            at = t.next.get();
        }
        this.next.set(this, new);
        Ok(())
    }

    #[getter]
    fn tb_frame(_vm: &Vm, this: Ref<Traceback>) -> Ref<Frame> {
        this.frame.get()
    }

    #[getter]
    fn tb_lasti(_vm: &Vm, this: Ref<Traceback>) -> i64 {
        this.lasti as i64
    }

    #[getter]
    fn tb_lineno(vm: &Vm, this: Ref<Traceback>) -> Value {
        this.line().map_or(none(), |n| vm.int(n as i64))
    }
}
