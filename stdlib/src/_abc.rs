//! `_abc`: abstract base classes, registered subclasses and the caches of subclass checks
//! (CPython's _abc.c).
//!
//! Registry and caches are sets of weak references to classes. A counter of all registrations makes
//! negative caches invalid.

use adder_heap as heap;
use adder_macros::{pyclass, pymethods, pymodule};
use adder_vm::builtins::set::Set;
use adder_vm::error::PyResult;
use adder_vm::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::cell::Cell;

/// What a class with ABCMeta has in `_abc_impl`.
#[pyclass(name = "_abc_data", module = "_abc")]
#[repr(C)]
pub struct AbcData {
    h: LongHeader,
    registry: Field<Ref<Set>>,
    cache: Field<Ref<Set>>,
    negative: Field<Ref<Set>>,
    negative_version: Cell<u64>,
}

#[pymethods]
impl AbcData {}

static COUNTER: heap::GilCell<u64> = heap::GilCell::new(0);

fn counter() -> u64 {
    *COUNTER.get()
}

impl AbcData {
    fn make(vm: &Vm) -> Ref<AbcData> {
        let (registry, cache, negative) = (Set::new(vm), Set::new(vm), Set::new(vm));
        heap::new(
            AbcData::shape(),
            AbcData {
                h: LongHeader::new(),
                registry: Field::new(registry),
                cache: Field::new(cache),
                negative: Field::new(negative),
                negative_version: Cell::new(counter()),
            },
        )
    }
}

/// The data of a class.
fn data_of(vm: &Vm, class: Value) -> PyResult<Ref<AbcData>> {
    let data = vm.get_attr_str(class, "_abc_impl")?;
    match data.exact::<AbcData>() {
        Some(d) => Ok(d),
        None => raise!(vm, TypeError, "_abc_impl is set to a wrong type"),
    }
}

fn holds(vm: &Vm, set: Ref<Set>, class: Value) -> PyResult<bool> {
    if set.is_empty() || adder_vm::builtins::weakref::check_supported(vm, class).is_err() {
        vm.fetch_exception();
        return Ok(false);
    }
    let weak = vm.new_weakref(class, None)?;
    set.contains(vm, weak)
}

fn remember(vm: &Vm, set: Ref<Set>, class: Value) -> PyResult<()> {
    let weak = vm.new_weakref(class, None)?;
    set.add(vm, weak)?;
    Ok(())
}

/// The module _abc contains optimized method implementations for the abc module
#[pymodule]
pub mod _abc {
    use super::{AbcData, COUNTER, counter, data_of, holds, remember};
    use adder_vm::builtins::dict::Dict;
    use adder_vm::builtins::list::List;
    use adder_vm::builtins::module::Module;
    use adder_vm::builtins::set::{FrozenSet, Set};
    use adder_vm::builtins::singletons::{bool_value, false_, is_not_implemented, none, true_};
    use adder_vm::builtins::tuple::Tuple;
    use adder_vm::builtins::type_::Type;
    use adder_vm::builtins::weakref::WeakRef;
    use adder_vm::def;
    use adder_vm::error::PyResult;
    use adder_vm::names::names;
    use adder_vm::object::{Ref, Value, ValueExt};

    use adder_vm::type_new::ready_class;
    use adder_vm::vm::Vm;

    const COLLECTION: u64 = def::SEQUENCE | def::MAPPING;

    /// Returns the current ABC cache token.
    ///
    /// The token is an opaque object (supporting equality testing) identifying the
    /// current version of the ABC cache for virtual subclasses. The token changes
    /// with every call to register() on any ABC.
    #[pyfunction("($module, /)")]
    fn get_cache_token(_vm: &Vm) -> u64 {
        counter()
    }

    fn compute_abstract_methods(vm: &Vm, class: Value) -> PyResult<()> {
        let abstracts = FrozenSet::new(vm);
        let ns = vm.get_attr(class, names().__dict__)?;
        let items = vm.call_method(ns, names().items, &[])?;
        vm.iterate(items, &mut |pair| {
            let pair = vm.sequence_to_tuple(pair)?;
            if vm.is_abstract_method(pair.get(1))? {
                abstracts.add(vm, pair.get(0))?;
            }
            Ok(())
        })?;
        let bases = vm.get_attr(class, names().__bases__)?;
        vm.iterate(bases, &mut |base| {
            let Some(inherited) = vm.get_attr_opt(base, names().__abstractmethods__)? else { return Ok(()) };
            vm.iterate(inherited, &mut |key| {
                let Some(name) = key.downcast() else {
                    return Err(vm.type_error("attribute name must be string"));
                };
                if let Some(value) = vm.get_attr_opt(class, vm.intern_ref(name))?
                    && vm.is_abstract_method(value)?
                {
                    abstracts.add(vm, key)?;
                }
                Ok(())
            })
        })?;
        vm.set_attr(class, names().__abstractmethods__, abstracts.value())
    }

    /// Internal ABC helper for class set-up. Should be never used outside abc module.
    #[pyfunction("($module, self, /)")]
    fn _abc_init(vm: &Vm, class: Value) -> PyResult<()> {
        compute_abstract_methods(vm, class)?;
        let data = AbcData::make(vm);
        vm.set_attr(class, names()._abc_impl, data.value())?;
        if let Some(t) = class.downcast::<Type>() {
            let key = vm.intern_str("__abc_tpflags__");
            let dict: Ref<Dict> = t.dict.get();
            if let Some(flags) = dict.get_name(vm, key)? {
                let flags = vm.index_i128(flags)? as u64 & COLLECTION;
                if flags == COLLECTION {
                    return Err(vm.type_error(
                        "__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING",
                    ));
                }
                t.flags.set(t.flags.get() & !COLLECTION | flags);
                dict.remove(vm, key.value())?;
                t.modified();
            }
        }
        Ok(())
    }

    fn set_collection_flags(class: Ref<Type>, flags: u64) {
        if class.is_immutable() || class.flags.get() & COLLECTION == flags {
            return;
        }
        class.flags.set(class.flags.get() & !COLLECTION | flags);
        class.each_subclass(&mut |t| set_collection_flags(t, flags));
    }

    /// Internal ABC helper for subclass registration. Should be never used outside abc module.
    #[pyfunction("($module, self, subclass, /)")]
    fn _abc_register(vm: &Vm, class: Value, subclass: Value) -> PyResult<Value> {
        let Some(sub) = subclass.downcast::<Type>() else {
            return Err(vm.type_error("Can only register classes"));
        };
        if vm.issubclass(subclass, class)? {
            return Ok(subclass);
        }
        if vm.issubclass(class, subclass)? {
            return Err(vm.runtime_error("Refusing to create an inheritance cycle"));
        }
        remember(vm, data_of(vm, class)?.registry.get(), subclass)?;
        *COUNTER.get() += 1;
        if let Some(t) = class.downcast::<Type>()
            && t.flags.get() & COLLECTION != 0
        {
            set_collection_flags(sub, t.flags.get() & COLLECTION);
        }
        Ok(subclass)
    }

    /// Internal ABC helper for instance checks. Should be never used outside abc module.
    #[pyfunction("($module, self, instance, /)")]
    fn _abc_instancecheck(vm: &Vm, class: Value, instance: Value) -> PyResult<Value> {
        let data = data_of(vm, class)?;
        let subclass = vm.get_attr(instance, names().__class__)?;
        if holds(vm, data.cache.get(), subclass)? {
            return Ok(true_());
        }
        let subtype = instance.class().value();
        let check = |c: Value| vm.call_method(class, names().__subclasscheck__, &[c]);
        if subtype == subclass {
            if data.negative_version.get() == counter() && holds(vm, data.negative.get(), subclass)? {
                return Ok(false_());
            }
            return check(subclass);
        }
        let result = check(subclass)?;
        if vm.truth(result)? {
            return Ok(result);
        }
        check(subtype)
    }

    fn subclass_check(vm: &Vm, class: Value, subclass: Value) -> PyResult<bool> {
        let Some(sub) = subclass.downcast::<Type>() else {
            return Err(vm.type_error("issubclass() arg 1 must be a class"));
        };
        let data = data_of(vm, class)?;
        if holds(vm, data.cache.get(), subclass)? {
            return Ok(true);
        }
        if data.negative_version.get() < counter() {
            data.negative.get().clear();
            data.negative_version.set(counter());
        } else if holds(vm, data.negative.get(), subclass)? {
            return Ok(false);
        }
        let yes = |vm: &Vm| -> PyResult<bool> {
            remember(vm, data.cache.get(), subclass)?;
            Ok(true)
        };
        let ok = vm.call_method(class, names().__subclasshook__, &[subclass])?;
        if ok == true_() {
            return yes(vm);
        }
        if ok == false_() {
            remember(vm, data.negative.get(), subclass)?;
            return Ok(false);
        }
        if !is_not_implemented(ok) {
            return Err(vm.error(
                adder_vm::builtins::exceptions::Exc::AssertionError,
                "__subclasshook__ must return either False, True, or NotImplemented",
            ));
        }
        if sub.mro.get().items().contains(&class) {
            return yes(vm);
        }
        let registry = data.registry.get();
        if holds(vm, registry, subclass)? {
            return yes(vm);
        }
        let registered = vm.sequence_to_list(registry.value())?;
        for i in 0..registered.len() {
            let Some(other) = registered.get(i).downcast::<WeakRef>().and_then(|w| w.get()) else { continue };
            if vm.issubclass(subclass, other)? {
                return yes(vm);
            }
        }
        let children = vm.call_method(class, vm.intern_str("__subclasses__"), &[])?;
        let Some(children) = children.downcast::<List>() else {
            return Err(vm.type_error("__subclasses__() must return a list"));
        };
        let mut i = 0;
        while let Some(child) = children.try_get(i) {
            if vm.issubclass(subclass, child)? {
                return yes(vm);
            }
            i += 1;
        }
        remember(vm, data.negative.get(), subclass)?;
        Ok(false)
    }

    /// Internal ABC helper for subclasss checks. Should be never used outside abc module.
    #[pyfunction("($module, self, subclass, /)")]
    fn _abc_subclasscheck(vm: &Vm, class: Value, subclass: Value) -> PyResult<Value> {
        vm.check_native_stack()?;
        Ok(bool_value(subclass_check(vm, class, subclass)?))
    }

    /// Internal ABC helper for cache and registry debugging.
    #[pyfunction("($module, self, /)")]
    fn _get_dump(vm: &Vm, class: Value) -> PyResult<Value> {
        let data = data_of(vm, class)?;
        let copy = |s: Ref<Set>| -> PyResult<Value> {
            let new = Set::new(vm);
            new.merge(vm, s)?;
            Ok(new.value())
        };
        let parts = [
            copy(data.registry.get())?,
            copy(data.cache.get())?,
            copy(data.negative.get())?,
            vm.int(data.negative_version.get() as i64),
        ];
        Ok(Tuple::from_slice(vm, &parts).value())
    }

    /// Internal ABC helper to reset registry of a given class.
    #[pyfunction("($module, self, /)")]
    fn _reset_registry(vm: &Vm, class: Value) -> PyResult<()> {
        data_of(vm, class)?.registry.get().clear();
        Ok(())
    }

    /// Internal ABC helper to reset both caches of a given class.
    #[pyfunction("($module, self, /)")]
    fn _reset_caches(vm: &Vm, class: Value) -> PyResult<()> {
        let data = data_of(vm, class)?;
        data.cache.get().clear();
        data.negative.get().clear();
        Ok(())
    }

    fn exec(vm: &Vm, _m: Ref<Module>) -> PyResult<()> {
        ready_class::<AbcData>(vm);
        let _ = none();
        Ok(())
    }
}
