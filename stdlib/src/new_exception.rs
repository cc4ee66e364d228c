//! Exception classes of modules (`PyErr_NewException`).

use adder_heap::StaticRoot;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::error::{PyResult, Raised};
use adder_vm::object::{Object, Ref, Value, ValueExt};
use adder_vm::vm::Vm;

/// The place of an exception class of a module.
pub struct ExceptionClass(StaticRoot);

impl ExceptionClass {
    pub const fn new() -> ExceptionClass {
        ExceptionClass(StaticRoot::new())
    }

    /// Makes the class, if it was not made by an earlier import of the module; `doc` may be empty.
    pub fn make(
        &'static self,
        vm: &Vm,
        module: &str,
        name: &str,
        bases: &[Value],
        doc: &str,
    ) -> PyResult<Value> {
        if let Some(class) = self.0.get() {
            return Ok(class);
        }
        let namespace = Dict::new(vm);
        namespace.set_str(vm, "__module__", vm.new_str(module));
        if !doc.is_empty() {
            namespace.set_str(vm, "__doc__", vm.new_str(doc));
        }
        let bases = Tuple::from_slice(vm, bases).value();
        let class = vm.call(Type::class().value(), &[vm.new_str(name), bases, namespace.value()])?;
        self.0.set(Some(class));
        Ok(class)
    }

    pub fn get(&'static self) -> Ref<Type> {
        self.0.get().and_then(|c| c.downcast::<Type>()).expect("made with the module")
    }

    pub fn error(&'static self, vm: &Vm, message: &str) -> Raised {
        vm.raise_class(self.get(), &[vm.new_str(message)])
    }
}
