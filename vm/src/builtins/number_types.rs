//! Start-up of the number types' companions: slices, range iterators and the iterators among the
//! builtins.

use crate::builtins::dict::Dict;
use crate::builtins::*;
use crate::object::{Object, Ref};
use crate::type_new::ready_class;
use crate::vm::Vm;

/// Makes the classes, after the core types.
pub fn init(vm: &Vm) {
    ready_class::<slice_::Slice>(vm);
    ready_class::<range_methods::LongRangeIterator>(vm);
    ready_class::<iterators::SequenceIterator>(vm);
    ready_class::<iterators::CallableIterator>(vm);
    ready_class::<enumerate::Enumerate>(vm);
    ready_class::<enumerate::Reversed>(vm);
    ready_class::<enumerate::Zip>(vm);
    ready_class::<enumerate::Map>(vm);
    ready_class::<enumerate::Filter>(vm);
}

/// Names the built-in ones.
pub fn add_builtins(vm: &Vm, d: Ref<Dict>) {
    d.set_str(vm, "slice", slice_::Slice::class().value());
    d.set_str(vm, "enumerate", enumerate::Enumerate::class().value());
    d.set_str(vm, "reversed", enumerate::Reversed::class().value());
    d.set_str(vm, "zip", enumerate::Zip::class().value());
    d.set_str(vm, "map", enumerate::Map::class().value());
    d.set_str(vm, "filter", enumerate::Filter::class().value());
}
