//! `_types`: the classes of interpreter objects that have no other public name.

use adder_macros::{pyclass, pymethods, pymodule};
use adder_vm::object::LongHeader;

/// Capsule objects let you wrap a C "void *" pointer in a Python object.
///
/// Until the C API defines it, only the class is here.
#[pyclass(name = "PyCapsule", flags = adder_vm::def::IMMUTABLE | adder_vm::def::DISALLOW_INSTANTIATION)]
#[repr(C)]
pub struct Capsule {
    h: LongHeader,
}

#[pymethods]
impl Capsule {}

/// Define names for built-in types.
#[pymodule]
pub mod _types {
    use super::Capsule;
    use adder_vm::builtins::code::Code;
    use adder_vm::builtins::descr::{
        ClassMethodDescriptor, GetSetDescriptor, MappingProxy, MemberDescriptor, MethodDescriptor,
        MethodWrapper, NativeFunction, WrapperDescriptor,
    };
    use adder_vm::builtins::frame::Frame;
    use adder_vm::builtins::function::{Cell, Function, Method};
    use adder_vm::builtins::generator::{AsyncGenerator, Coroutine, Generator};
    use adder_vm::builtins::generic_alias::GenericAlias;
    use adder_vm::builtins::module::Module;
    use adder_vm::builtins::simple_namespace::SimpleNamespace;
    use adder_vm::builtins::singletons::{Ellipsis, NoneType, NotImplementedType};
    use adder_vm::builtins::traceback::Traceback;
    use adder_vm::builtins::union_::Union;
    use adder_vm::error::PyResult;
    use adder_vm::object::{Object, Ref};
    use adder_vm::type_new::ready_class;
    use adder_vm::vm::Vm;

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        let d = m.dict();
        ready_class::<Capsule>(vm);
        macro_rules! names {
            ($($name:ident $t:ty,)*) => {$(d.set_str(vm, stringify!($name), <$t as Object>::class().value());)*};
        }
        names! {
            AsyncGeneratorType AsyncGenerator,
            BuiltinFunctionType NativeFunction,
            BuiltinMethodType NativeFunction,
            CapsuleType Capsule,
            CellType Cell,
            ClassMethodDescriptorType ClassMethodDescriptor,
            CodeType Code,
            CoroutineType Coroutine,
            EllipsisType Ellipsis,
            FrameType Frame,
            FunctionType Function,
            GeneratorType Generator,
            GenericAlias GenericAlias,
            GetSetDescriptorType GetSetDescriptor,
            LambdaType Function,
            MappingProxyType MappingProxy,
            MemberDescriptorType MemberDescriptor,
            MethodDescriptorType MethodDescriptor,
            MethodType Method,
            MethodWrapperType MethodWrapper,
            ModuleType Module,
            NoneType NoneType,
            NotImplementedType NotImplementedType,
            SimpleNamespace SimpleNamespace,
            TracebackType Traceback,
            UnionType Union,
            WrapperDescriptorType WrapperDescriptor,
        }
        Ok(())
    }
}
