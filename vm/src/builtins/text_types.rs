//! Makes the classes of strings, bytes, buffers and templates that start-up does not need earlier.

use crate::builtins::bytearray::{ByteArray, ByteArrayIterator};
use crate::builtins::bytes::{Bytes, BytesIterator};
use crate::builtins::dict::Dict;
use crate::builtins::memoryview::{MemoryIterator, MemoryView};
use crate::builtins::str_iterator::StrIterator;
use crate::builtins::template::{Interpolation, Template, TemplateIter};
use crate::builtins::tuple::Tuple;
use crate::names::names;
use crate::object::{Object, Ref};
use crate::type_new::ready_class;
use crate::vm::Vm;

pub fn init(vm: &Vm) {
    ready_class::<StrIterator>(vm);
    ready_class::<Bytes>(vm);
    ready_class::<BytesIterator>(vm);
    ready_class::<ByteArray>(vm);
    ready_class::<ByteArrayIterator>(vm);
    ready_class::<MemoryView>(vm);
    ready_class::<MemoryIterator>(vm);
    ready_class::<Template>(vm);
    ready_class::<TemplateIter>(vm);
    let interpolation = ready_class::<Interpolation>(vm);
    let fields = ["value", "expression", "conversion", "format_spec"].map(|n| vm.intern_str(n).value());
    interpolation.dict.get().set_name(names().__match_args__, Tuple::from_slice(vm, &fields).value());
}

pub fn add_builtins(vm: &Vm, d: Ref<Dict>) {
    d.set_str(vm, "bytes", Bytes::class().value());
    d.set_str(vm, "bytearray", ByteArray::class().value());
    d.set_str(vm, "memoryview", MemoryView::class().value());
}
