//! Parts of `object` that need space: `__class__` assignment, `__dir__`, `__reduce_ex__`.

use crate::builtins::descr::{MethodDescriptor, NativeFunction};
use crate::builtins::dict::Dict;
use crate::builtins::function::Function;
use crate::builtins::list::List;
use crate::builtins::module::Module;
use crate::builtins::object::Object as BaseObject;
use crate::builtins::singletons::none;
use crate::builtins::str_::Str;
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::{Type, TypeExt};
use crate::error::PyResult;
use crate::names::names;
use crate::object::{Object, Ref, Value, ValueExt};
use crate::raise;
use crate::shapes::{self, Mode};
use crate::vm::Vm;
use adder_heap as heap;

/// `obj.__dict__ = value`
pub fn set_dict(vm: &Vm, obj: Value, value: Option<Value>) -> PyResult<()> {
    let Some(value) = value else {
        if !obj.class().is_heap_type() {
            return Err(vm.type_error("cannot delete __dict__"));
        }
        // The next look makes a new one.
        vm.set_instance_dict(obj, Dict::new(vm));
        return Ok(());
    };
    let Some(d) = value.downcast::<Dict>() else {
        raise!(vm, TypeError, "__dict__ must be set to a dictionary, not a '{}'", value.class().name())
    };
    vm.set_instance_dict(obj, d);
    Ok(())
}

/// `obj.__class__ = new`
pub fn assign(vm: &Vm, obj: Value, new: Ref<Type>) -> PyResult<()> {
    let old = obj.class();
    if old == new {
        return Ok(());
    }
    let module = Module::class();
    let both_modules = old.is_subclass_of(module) && new.is_subclass_of(module);
    if !both_modules && (!old.is_heap_type() || !new.is_heap_type()) {
        return Err(
            vm.type_error("__class__ assignment only supported for mutable types or ModuleType subclasses")
        );
    }
    let compatible = old.basic_size.get() == new.basic_size.get()
        && old.native_size.get() == new.native_size.get()
        && (old.mode.get() == Mode::None) == (new.mode.get() == Mode::None)
        && same_slots(old, new);
    if !compatible {
        raise!(
            vm,
            TypeError,
            "__class__ assignment: '{}' object layout differs from '{}'",
            new.name(),
            old.name()
        )
    }
    if old.mode.get() == Mode::None {
        // SAFETY: same size, no attributes of its own.
        unsafe { (*obj.header()).set_shape(new.instance_shape.get()) };
        return Ok(());
    }
    if new.instance_size.get() != old.instance_size.get() && !both_modules {
        // Attributes move to a dict; the object keeps its size, so it gets a dict-mode shape of the
        // new class with the old size.
        let dict = vm.instance_dict(obj).expect("instances have a dict");
        vm.set_instance_dict(obj, dict);
        let layout = old.layout.get().expect("classes have a layout");
        let shape =
            shapes::root_shape(new, layout, Mode::Dict, old.dict_offset.get(), old.inline_start.get(), 0);
        // SAFETY: the layout is the object's own.
        unsafe { (*obj.header()).set_shape(shape) };
        return Ok(());
    }
    let data = shapes::data(obj.shape()).expect("instances have shape data");
    if data.mode == Mode::Inline
        && new.mode.get() == Mode::Inline
        && data.inline_slots == new.inline_slots.get()
    {
        let mut shape = new.instance_shape.get();
        for key in &data.keys {
            shape = shapes::child(shape, *key);
        }
        // SAFETY: same size and slot assignment.
        unsafe { (*obj.header()).set_shape(shape) };
    } else {
        let dict = vm.instance_dict(obj).expect("instances have a dict");
        vm.set_instance_dict(obj, dict);
        let shape =
            if both_modules && !new.is_heap_type() { new.instance_shape.get() } else { new.dict_shape() };
        if !heap::same_size(obj.shape(), shape) {
            raise!(
                vm,
                TypeError,
                "__class__ assignment: '{}' object layout differs from '{}'",
                new.name(),
                old.name()
            )
        }
        // SAFETY: compared above.
        unsafe { (*obj.header()).set_shape(shape) };
    }
    Ok(())
}

/// Both classes got to their size by the same steps.
fn same_slots(a: Ref<Type>, b: Ref<Type>) -> bool {
    let solid = |t: Ref<Type>| t.solid.get();
    if solid(a) == solid(b) {
        return true;
    }
    match (solid(a), solid(b)) {
        (Some(x), Some(y)) => {
            let base = |t: Ref<Type>| t.base.get().and_then(|b| b.solid.get());
            let slots = |t: Ref<Type>| t.dict.get().get_name_quiet(names().__slots__);
            base(x) == base(y)
                && slots(x).is_some()
                && slots(y).is_some()
                && x.is_heap_type()
                && y.is_heap_type()
        }
        _ => false,
    }
}

fn merge_class_dict(vm: &Vm, into: Ref<Dict>, class: Value) -> PyResult<()> {
    if let Some(d) = vm.get_attr_opt(class, names().__dict__)? {
        vm.dict_update(into, d)?;
    }
    if let Some(bases) = vm.get_attr_opt(class, names().__bases__)?.and_then(|b| b.downcast::<Tuple>()) {
        for b in bases.items() {
            merge_class_dict(vm, into, *b)?;
        }
    }
    Ok(())
}

/// `object.__dir__`
pub fn dir(vm: &Vm, obj: Value) -> PyResult<Value> {
    let all = Dict::new(vm);
    if let Some(d) = vm.get_attr_opt(obj, names().__dict__)?
        && d.downcast::<Dict>().is_some()
    {
        vm.dict_update(all, d)?;
    }
    if let Some(class) = vm.get_attr_opt(obj, names().__class__)? {
        merge_class_dict(vm, all, class)?;
    }
    Ok(all.keys_list(vm).value())
}

fn slot_names(vm: &Vm, class: Ref<Type>) -> PyResult<Vec<String>> {
    let copyreg = crate::import::import_module(vm, "copyreg")?;
    let f = vm.get_attr_str(copyreg, "_slotnames")?;
    let list = vm.call(f, &[class.value()])?;
    let mut out = vec![];
    vm.iterate(list, &mut |n| {
        out.push(vm.str(n)?.to_string());
        Ok(())
    })?;
    Ok(out)
}

/// `object.__getstate__`
pub fn getstate(vm: &Vm, obj: Value, required: bool) -> PyResult<Value> {
    let class = obj.class();
    let state = if vm.has_instance_dict(obj) {
        let d = Dict::new(vm);
        vm.instance_items(obj, &mut |k, v| {
            if let Some(k) = k.downcast::<Str>() {
                d.set_name(k, v);
            }
        });
        if d.len() > 0 { d.value() } else { none() }
    } else {
        none()
    };
    // What a native struct holds is no state that pickling knows.
    let own_dict = class.mode.get() == Mode::Dict && class.dict_offset.get() < class.native_size.get();
    let plain = BaseObject::class().native_size.get() + if own_dict { 8 } else { 0 };
    if required && class.native_size.get() > plain {
        raise!(vm, TypeError, "cannot pickle '{}' object", class.name())
    }
    let names = slot_names(vm, class)?;
    if names.is_empty() {
        return Ok(state);
    }
    let slots = Dict::new(vm);
    for n in names {
        if let Some(v) = vm.get_attr_opt(obj, vm.intern_str(&n))? {
            slots.set_str(vm, &n, v);
        }
    }
    if slots.len() == 0 {
        return Ok(state);
    }
    Ok(Tuple::from_slice(vm, &[state, slots.value()]).value())
}

/// `object.__reduce_ex__`
pub fn reduce(vm: &Vm, obj: Value, protocol: i64) -> PyResult<Value> {
    if protocol < 2 {
        let copyreg = crate::import::import_module(vm, "copyreg")?;
        let f = vm.get_attr_str(copyreg, "_reduce_ex")?;
        return vm.call(f, &[obj, vm.int(protocol)]);
    }
    let class = obj.class();
    if class.slots().tp_new.is_none() {
        raise!(vm, TypeError, "cannot pickle '{}' object", class.name())
    }
    let mut kwargs = None;
    let mut has_args = true;
    let args = if let Some(f) = vm.get_attr_opt(obj, names().__getnewargs_ex__)? {
        let pair = vm.call(f, &[])?;
        let Some(t) = pair.downcast::<Tuple>().filter(|t| t.len() == 2) else {
            raise!(
                vm,
                TypeError,
                "__getnewargs_ex__ should return a tuple of length 2, not '{}'",
                pair.class().name()
            )
        };
        kwargs = Some(t.get(1));
        t.get(0).downcast::<Tuple>().unwrap_or(Tuple::empty())
    } else if let Some(f) = vm.get_attr_opt(obj, names().__getnewargs__)? {
        let a = vm.call(f, &[])?;
        match a.downcast::<Tuple>() {
            Some(t) => t,
            None => raise!(vm, TypeError, "__getnewargs__ should return a tuple, not '{}'", a.class().name()),
        }
    } else {
        has_args = false;
        Tuple::empty()
    };
    let own_getstate = vm.get_attr(obj, names().__getstate__)?;
    let default = BaseObject::class().lookup(vm, names().__getstate__);
    let default = default.and_then(|d| d.exact::<MethodDescriptor>()).expect("a method of object");
    let is_default = own_getstate
        .exact::<NativeFunction>()
        .is_some_and(|f| std::ptr::eq(f.def(), default.def()) && f.receiver() == Some(obj));
    let is_container = obj.downcast::<List>().is_some() || obj.downcast::<Dict>().is_some();
    let state =
        if is_default { getstate(vm, obj, !has_args && !is_container)? } else { vm.call(own_getstate, &[])? };
    let listitems = if obj.downcast::<List>().is_some() { vm.iter(obj)? } else { none() };
    let dictitems = if obj.downcast::<Dict>().is_some() {
        let items = vm.call_method(obj, names().items, &[])?;
        vm.iter(items)?
    } else {
        none()
    };
    let copyreg = crate::import::import_module(vm, "copyreg")?;
    let (newobj, newargs) = match kwargs.filter(|k| k.downcast::<Dict>().is_some_and(|d| d.len() > 0)) {
        None => {
            let list = List::from_slice(vm, &[class.value()]);
            list.extend_slice(vm, args.items())?;
            (vm.get_attr_str(copyreg, "__newobj__")?, Tuple::from_slice(vm, list.items()))
        }
        Some(kw) => (
            vm.get_attr_str(copyreg, "__newobj_ex__")?,
            Tuple::from_slice(vm, &[class.value(), args.value(), kw]),
        ),
    };
    Ok(Tuple::from_slice(vm, &[newobj, newargs.value(), state, listitems, dictitems]).value())
}

/// Whether a value is a Python function, for `copyreg`-like helpers.
pub fn is_function(v: Value) -> bool {
    v.is::<Function>()
}
