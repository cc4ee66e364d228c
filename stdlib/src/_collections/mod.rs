//! `_collections`: deque, defaultdict and the helpers of the module `collections`.
//!
//! OrderedDict is the one written in Python there.

pub mod defaultdict;
pub mod deque;
pub mod tuplegetter;

use adder_macros::pymodule;

/// High performance data structures.
/// - deque:        ordered collection accessible from endpoints only
/// - defaultdict:  dict subclass with a default value factory
#[pymodule]
pub mod _collections {
    use super::{defaultdict, deque, tuplegetter};
    use adder_vm::builtins::dict::Dict;
    use adder_vm::builtins::module::Module;
    use adder_vm::builtins::type_::TypeExt;
    use adder_vm::error::PyResult;
    use adder_vm::object::{Object, Ref, Value, ValueExt};
    use adder_vm::protocol::BinaryOp;
    use adder_vm::type_new::ready_class;
    use adder_vm::vm::Vm;

    /// Count elements in the iterable, updating the mapping
    #[pyfunction("($module, mapping, iterable, /)")]
    fn _count_elements(vm: &Vm, mapping: Value, iterable: Value) -> PyResult<()> {
        let one = vm.int(1);
        let (get, set) = (vm.intern_str("get"), vm.intern_str("__setitem__"));
        let class = mapping.class();
        let plain = mapping.downcast::<Dict>().filter(|_| {
            class.lookup(vm, get) == Dict::class().lookup(vm, get)
                && class.lookup(vm, set) == Dict::class().lookup(vm, set)
        });
        let bump = |old: Option<Value>| match old {
            None => Ok(one),
            Some(n) => vm.binary_op(BinaryOp::Add, n, one),
        };
        if let Some(d) = plain {
            return vm.iterate(iterable, &mut |key| {
                let hash = vm.hash(key)?;
                let n = bump(d.get_known_hash(vm, key, hash)?)?;
                d.set_known_hash(vm, key, hash, n)
            });
        }
        let zero = vm.int(0);
        let bound = vm.get_attr(mapping, get)?;
        vm.iterate(iterable, &mut |key| {
            let old = vm.call(bound, &[key, zero])?;
            let n = vm.binary_op(BinaryOp::Add, old, one)?;
            vm.set_item(mapping, key, n)
        })
    }

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        let d = m.dict();
        d.set_str(vm, "deque", ready_class::<deque::Deque>(vm).value());
        d.set_str(vm, "_deque_iterator", ready_class::<deque::DequeIterator>(vm).value());
        d.set_str(vm, "_deque_reverse_iterator", ready_class::<deque::DequeReverseIterator>(vm).value());
        d.set_str(vm, "defaultdict", ready_class::<defaultdict::DefaultDict>(vm).value());
        d.set_str(vm, "_tuplegetter", ready_class::<tuplegetter::TupleGetter>(vm).value());
        Ok(())
    }
}
