//! `_SimpleCData`: numbers, characters, pointers to characters, pointers, objects.

use super::cdata::{CData, is_simple_subclass, keep_ref, own};
use super::codes;
use super::info::concrete;
use adder_macros::{pyclass, pymethods};
use adder_vm::args::Args;
use adder_vm::builtins::buffer::Buffer;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;

/// XXX to be provided
#[pyclass(name = "_SimpleCData", module = "_ctypes", base = CData, flags = def::BASE)]
#[repr(C)]
pub struct SimpleCData {
    base: CData,
}

/// The value as a plain object.
fn read(vm: &Vm, this: Value) -> PyResult<Value> {
    let info = concrete(vm, this.class())?;
    let data = own(this);
    // SAFETY: the instance's memory is a value of its code.
    unsafe { codes::get(vm, info.code.get(), info.swapped.get(), data.ptr.get(), data.size.get()) }
}

fn write(vm: &Vm, this: Value, value: Value) -> PyResult<()> {
    let info = concrete(vm, this.class())?;
    let data = own(this);
    // SAFETY: as in `read`.
    let kept = unsafe {
        codes::set(vm, info.code.get(), info.swapped.get(), data.ptr.get(), value, info.size.get())?
    };
    keep_ref(vm, data, 0, kept)
}

#[pymethods]
impl SimpleCData {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, _: Args) -> PyResult<Value> {
        Ok(CData::new(vm, class)?.value())
    }

    #[slot(tp_init)]
    fn init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
        match args.pos() {
            [] => Ok(()),
            [value] => write(vm, this, *value),
            all => raise!(vm, TypeError, "__init__ expected at most 1 argument, got {}", all.len()),
        }
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let name = this.class().name.get();
        if this.class().base.get() != Some(SimpleCData::class()) {
            return Ok(vm.new_str(&format!("<{name} object at {:#x}>", vm.id(this))));
        }
        let value = read(vm, this)?;
        Ok(vm.new_str(&format!("{name}({})", vm.repr_string(value)?)))
    }

    #[slot(nb_bool)]
    fn bool_(_: &Vm, this: Value) -> PyResult<bool> {
        let data = own(this);
        // SAFETY: the instance's memory.
        Ok(unsafe { std::slice::from_raw_parts(data.ptr.get(), data.size.get()) }.iter().any(|b| *b != 0))
    }

    #[slot(bf_getbuffer)]
    fn getbuffer(vm: &Vm, this: Value, wanted: i32) -> PyResult<Buffer> {
        CData::getbuffer(vm, this, wanted)
    }

    /// current value
    #[getter]
    fn value(vm: &Vm, this: Value) -> PyResult<Value> {
        read(vm, this)
    }

    #[setter]
    fn set_value(vm: &Vm, this: Value, value: Option<Value>) -> PyResult<()> {
        match value {
            Some(v) => write(vm, this, v),
            None => Err(vm.type_error("can't delete attribute")),
        }
    }

    #[pymethod("($self, /)")]
    fn __ctypes_from_outparam__(vm: &Vm, this: Ref<SimpleCData>) -> PyResult<Value> {
        let this = this.value();
        if is_simple_subclass(this.class()) { Ok(this) } else { read(vm, this) }
    }
}
