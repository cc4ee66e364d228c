//! Start-up: the core types and the modules `builtins` and `sys`.
//!
//! The first objects need each other: a type needs a string for its name and a dict, which need
//! their types. So the layouts of all core classes are defined first, then bare type objects are
//! made, then each class is completed, bases first.

use crate::builtins::array::{Array, WeakBox};
use crate::builtins::dict::{Dict, Entries, Index};
use crate::builtins::float::{Float, FloatObject};
use crate::builtins::int::{BigInt, Int};
use crate::builtins::str_::Str;
use crate::builtins::tuple::Tuple;
use crate::builtins::*;
use crate::object::{ClassCell, Object};
use crate::type_new::{bootstrap_class, ready_class};
use crate::vm::Vm;
use adder_heap as heap;

macro_rules! core_classes {
    ($($t:path,)*) => {
        fn define_layouts() {
            $(if let Some(id) = <$t as Object>::FIXED {
                heap::define_shape(id, &<$t as Object>::LAYOUT, None);
            })*
        }

        fn make_bare(vm: &Vm) {
            $(
                let class = <$t as Object>::CLASS;
                bootstrap_class::<$t>(vm, vm.intern_str(class.name), Dict::new(vm));
            )*
        }

        fn complete(vm: &Vm) {
            $(ready_class::<$t>(vm);)*
        }
    };
}

core_classes! {
    object::Object,
    type_::Type,
    str_::Str,
    tuple::Tuple,
    dict::Dict,
    list::List,
    int::Int,
    int::Bool,
    float::FloatObject,
    singletons::NoneType,
    singletons::NotImplementedType,
    singletons::Ellipsis,
    descr::NativeFunction,
    descr::MethodDescriptor,
    descr::ClassMethodDescriptor,
    descr::WrapperDescriptor,
    descr::MethodWrapper,
    descr::GetSetDescriptor,
    descr::MemberDescriptor,
    descr::MappingProxy,
    function::Function,
    function::Method,
    function::Cell,
    function::StaticMethod,
    function::ClassMethod,
    code::Code,
    module::Module,
    super_::Super,
    range::Range,
    range::RangeIterator,
    generator::Generator,
    generator::Coroutine,
    generator::AsyncGenerator,
    frame::Frame,
    traceback::Traceback,
    complex_::Complex,
    slice_::Slice,
    range_methods::LongRangeIterator,
    enumerate::Enumerate,
    enumerate::Reversed,
    enumerate::Zip,
    enumerate::Map,
    enumerate::Filter,
}

fn share_class(from: &ClassCell, to: &ClassCell) {
    to.set(from.get());
}

/// Makes all core types.
pub fn types(vm: &Vm) {
    heap::define_shape(Array::shape(), &Array::LAYOUT, None);
    heap::define_shape(WeakBox::shape(), &WeakBox::LAYOUT, None);
    heap::define_shape(Entries::shape(), &Entries::LAYOUT, None);
    heap::define_shape(Index::shape(), &Index::LAYOUT, None);
    heap::define_shape(BigInt::shape(), &BigInt::LAYOUT, None);
    heap::define_shape(Float::shape(), &Float::LAYOUT, None);
    define_layouts();
    Tuple::init();
    crate::execution::run::init();
    make_bare(vm);
    crate::names::init(vm);
    // Exact ints and floats are not of the layout that their subclasses extend.
    heap::define_shape(BigInt::shape(), &BigInt::LAYOUT, Some(Int::class().value()));
    heap::define_shape(Float::shape(), &Float::LAYOUT, Some(FloatObject::class().value()));
    share_class(Int::cell(), BigInt::cell());
    share_class(FloatObject::cell(), Float::cell());
    complete(vm);
    crate::shapes::define_native(BigInt::shape(), Int::class(), crate::shapes::Mode::None, 0);
    crate::shapes::define_native(Float::shape(), FloatObject::class(), crate::shapes::Mode::None, 0);
    let static_method = function::StaticMethod::class();
    static_method.slots_mut().tp_call = Some(function::StaticMethod::call);
    let _ = Str::class();
    text_types::init(vm);
    exceptions::init(vm);
    ready_class::<iterators::SequenceIterator>(vm);
    ready_class::<iterators::CallableIterator>(vm);
    more::init(vm);
}

/// Makes the modules that exist before any import.
pub fn modules(vm: &Vm) {
    let builtins = module::from_def(vm, &crate::bltinmodule::builtins::DEF).expect("builtins can be made");
    vm.set_builtins(builtins);
    vm.modules().set_str(vm, "builtins", builtins.value());
    let sys = module::from_def(vm, &crate::sysmodule::sys::DEF).expect("sys can be made");
    vm.set_sys(sys);
    vm.modules().set_str(vm, "sys", sys.value());
    let monitoring =
        module::from_def(vm, &crate::monitoring::monitoring::DEF).expect("sys.monitoring can be made");
    sys.dict().set_str(vm, "monitoring", monitoring.value());
    let jit = module::from_def(vm, &crate::sysmodule::jit::DEF).expect("sys._jit can be made");
    sys.dict().set_str(vm, "_jit", jit.value());
}
