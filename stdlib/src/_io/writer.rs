//! `BufferedWriter`, and writing as a function that `BufferedRandom` has as well.

use super::buffered::Buffered;
use super::reader::constructor_args;
use super::{blocking_error, unsupported};
use adder_macros::{pyclass, pymethods};
use adder_vm::args::Args;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::vm::Vm;

/// A buffer for a writeable sequential RawIO object.
#[pyclass(name = "BufferedWriter", module = "_io", base = Buffered, flags = def::BASE, signature = "(raw, buffer_size=131072)")]
#[repr(C)]
pub struct BufferedWriter {
    base: Buffered,
}

/// `write(b)`
pub fn write(vm: &Vm, b: Ref<Buffered>, data: Value) -> PyResult<usize> {
    if data.downcast::<Str>().is_some() {
        return Err(vm.type_error("a bytes-like object is required, not 'str'"));
    }
    let bytes = vm.bytes_like(data)?;
    let _entered = Buffered::enter(vm, b)?;
    // Closing may have happened while waiting for the lock.
    b.check_open(vm, "write to")
        .map_err(|raised| {
            let exc = vm.take_exception(raised);
            if exc.value().class() == Exc::ValueError.class() && b.raw.get().is_some() {
                vm.value_error("write to closed file")
            } else {
                vm.restore(exc)
            }
        })?;
    if b.available() > 0 {
        b.unread(vm)?;
    } else {
        b.drop_ahead();
    }
    let size = b.size.get();
    if b.pending.borrow().len() > size {
        b.flush_pending(vm)?;
    }
    let n = bytes.len();
    b.pending.borrow_mut().extend_from_slice(&bytes);
    if b.pending.borrow().len() > size
        && let Err(raised) = b.flush_pending(vm)
    {
        let exc = vm.take_exception(raised);
        let have = b.pending.borrow().len();
        if exc.value().class().is_subclass_of(Exc::BlockingIOError.class()) {
            if have <= size {
                return Ok(n);
            }
            let over = (have - size).min(n);
            b.pending.borrow_mut().truncate(have - over);
            return Err(blocking_error(vm, "write could not complete without blocking", n - over));
        }
        return Err(vm.restore(exc));
    }
    Ok(n)
}

#[pymethods]
impl BufferedWriter {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, _args: Args) -> PyResult<Value> {
        Ok(super::instance(vm, class, BufferedWriter { base: Buffered::blank(false, true) })?.value())
    }

    #[slot(tp_init)]
    fn init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
        let (raw, size) = constructor_args(vm, args, "BufferedWriter")?;
        if !super::ask(vm, raw, "writable")? {
            return Err(unsupported(vm, "File or stream is not writable."));
        }
        // SAFETY: installed as a slot of this class only.
        Buffered::setup(vm, unsafe { this.cast() }, raw, size)
    }

    #[pymethod("($self, buffer, /)")]
    fn write(vm: &Vm, this: Ref<Buffered>, buffer: Value) -> PyResult<usize> {
        write(vm, this, buffer)
    }
}
