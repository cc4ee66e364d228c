//! `PickleBuffer`: buffers for pickling out of band.

use adder_macros::{pyclass, pymethods};
use adder_vm::args::Args;
use adder_vm::builtins::buffer::{Buffer, flags, memoryview_of};
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{Field, LongHeader, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;

/// Wrapper for potentially out-of-band buffers
#[pyclass(name = "PickleBuffer", module = "pickle", flags = def::BASE, signature = "(object, /)")]
#[repr(C)]
pub struct PickleBuffer {
    h: LongHeader,
    /// A memoryview of the object; None: released.
    view: Field<Option<Value>>,
}

fn view(vm: &Vm, b: Ref<PickleBuffer>) -> PyResult<Value> {
    match b.view.get() {
        Some(v) => Ok(v),
        None => Err(vm.value_error("operation forbidden on released PickleBuffer object")),
    }
}

#[pymethods]
impl PickleBuffer {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let [object] = crate::arguments::exactly::<PickleBuffer, 1>(vm, class, "PickleBuffer", args)?;
        let view = memoryview_of(vm, vm.get_buffer(object, flags::FULL_RO)?)?;
        let b = PickleBuffer { h: LongHeader::new(), view: Field::new(Some(view)) };
        Ok(vm.new_instance(class, b)?.value())
    }

    #[slot(bf_getbuffer)]
    fn getbuffer(vm: &Vm, this: Value, wanted: i32) -> PyResult<Buffer> {
        let b = this.downcast::<PickleBuffer>().expect("a slot of this class");
        vm.get_buffer(view(vm, b)?, wanted)
    }

    /// Return a memoryview of the raw memory underlying this buffer.
    ///
    /// Will raise BufferError is the buffer isn't contiguous.
    #[pymethod("($self, /)")]
    fn raw(vm: &Vm, this: Ref<PickleBuffer>) -> PyResult<Value> {
        let v = view(vm, this)?;
        let buffer = vm.get_buffer(v, flags::FULL_RO)?;
        let in_c_order = buffer.layout.is_c_contiguous();
        if !in_c_order && !buffer.layout.is_f_contiguous() {
            raise!(vm, BufferError, "cannot extract raw buffer from non-contiguous buffer")
        }
        let mut buffer = buffer;
        let (len, readonly) = (buffer.layout.len, buffer.layout.readonly);
        buffer.layout = adder_vm::builtins::buffer::Layout::of_bytes(len, readonly);
        memoryview_of(vm, buffer)
    }

    /// Release the underlying buffer exposed by the PickleBuffer object.
    #[pymethod("($self, /)")]
    fn release(vm: &Vm, this: Ref<PickleBuffer>) -> PyResult<()> {
        if let Some(v) = this.view.get() {
            this.view.set(this, None);
            // Views of the view keep the memory until they are gone.
            if let Err(raised) = vm.call_method(v, vm.intern_str("release"), &[]) {
                vm.swallow(raised, Exc::BufferError)?;
            }
        }
        Ok(())
    }
}
