//! Start-up of the containers and of what belongs to them: makes the classes, names the built-in ones.

use crate::builtins::dict::Dict;
use crate::builtins::set::SetTable;
use crate::builtins::*;
use crate::object::{Object, Ref};
use crate::type_new::ready_class;
use crate::vm::Vm;
use adder_heap as heap;

macro_rules! classes {
    ($($t:path,)*) => {
        fn make_classes(vm: &Vm) {
            $(ready_class::<$t>(vm);)*
        }
    };
}

classes! {
    list_iterator::ListIterator,
    list_iterator::ListReverseIterator,
    tuple_methods::TupleIterator,
    dict_views::DictKeys,
    dict_views::DictValues,
    dict_views::DictItems,
    dict_views::DictKeyIterator,
    dict_views::DictValueIterator,
    dict_views::DictItemIterator,
    dict_views::DictReverseKeyIterator,
    dict_views::DictReverseValueIterator,
    dict_views::DictReverseItemIterator,
    set::Set,
    set::FrozenSet,
    set_methods::SetIterator,
    property::Property,
    simple_namespace::SimpleNamespace,
    frame_locals::FrameLocalsProxy,
    struct_sequence::StructSeq,
    weakref::WeakRef,
    weak_proxy::WeakProxy,
    weak_proxy::CallableProxy,
    union_::Union,
    generic_alias::GenericAlias,
    generic_alias::GenericAliasIterator,
    typevar::NoDefaultType,
    typevar::ConstEvaluator,
    typevar::TypeVar,
    typevar::ParamSpec,
    typevar::ParamSpecArgs,
    typevar::ParamSpecKwargs,
    typevar::TypeVarTuple,
    typevar::Generic,
    type_alias::TypeAlias,
}

/// Makes the classes, after the core types.
pub fn init(vm: &Vm) {
    heap::define_shape(SetTable::shape(), &SetTable::LAYOUT, None);
    make_classes(vm);
    crate::pending::set_hooks(|h| h.weakrefs = Some(|vm| vm.run_weakref_callbacks()));
}

/// Names in the module `builtins`.
pub fn add_builtins(vm: &Vm, d: Ref<Dict>) {
    d.set_str(vm, "set", set::Set::class().value());
    d.set_str(vm, "frozenset", set::FrozenSet::class().value());
    d.set_str(vm, "property", property::Property::class().value());
}
