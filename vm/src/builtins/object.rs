//! `object`: the base of everything, and attribute access as `object` does it.

use crate::args::Args;
use crate::builtins::exceptions::Exc;
use crate::builtins::singletons::not_implemented;
use crate::builtins::str_::Str;
use crate::builtins::type_::{Type, TypeExt};
use crate::def;
use crate::error::PyResult;
use crate::names::names;
use crate::object::{LongHeader, Object as _, Ref, Value, ValueExt};
use crate::raise;
use crate::shapes::{self, Mode, id};
use crate::slots::CompareOp;
use crate::vm::Vm;
use adder_heap as heap;
use adder_heap::Size;
use adder_macros::{pyclass, pymethods};

/// The base class of the class hierarchy.
///
/// When called, it accepts no arguments and returns a new featureless
/// instance that has no instance attributes and cannot be given any.
#[pyclass(name = "object", fixed = id::OBJECT, flags = def::BASE, signature = "()")]
#[repr(C)]
pub struct Object {
    h: LongHeader,
}

impl Vm {
    /// As `alloc_instance`, of a class whose layout has no array.
    #[inline(always)]
    pub fn alloc_plain(&self, class: Ref<Type>) -> PyResult<Value> {
        let size = class.instance_size.get() as usize;
        if class.has_finalizer.get() {
            return self.alloc_instance(class);
        }
        let p = match heap::alloc_in_place(class.instance_shape.get(), size) {
            Some(p) => {
                if size > 16 {
                    // SAFETY: the part behind the header and the word after it, which are written.
                    unsafe { heap::zero(p.add(16), size.next_multiple_of(16) - 16) };
                }
                p
            }
            None => return self.alloc_instance(class),
        };
        // SAFETY: freshly allocated, zeroed behind the header.
        Ok(unsafe { Value::from_bits_unchecked(p as u64) })
    }

    /// A new instance with all fields zero: for `object.__new__` and for native classes whose zeroed
    /// struct is valid.
    pub fn alloc_instance(&self, class: Ref<Type>) -> PyResult<Value> {
        let size = match class.layout.get().map(|l| l.size) {
            Some(Size::Array { base, .. }) => base,
            _ => class.instance_size.get(),
        } as usize;
        let Some(p) = heap::try_alloc_zeroed(class.instance_shape.get(), size) else {
            return Err(self.memory_error());
        };
        // SAFETY: freshly allocated, zeroed behind the header.
        let obj = unsafe { Value::from_bits_unchecked(p as u64) };
        if class.has_finalizer.get() {
            heap::register_finalizer(obj);
        }
        Ok(obj)
    }

    /// Allocates an instance of `class` whose native struct is `T` and fills it with `init`; the
    /// part behind the struct (slots, attributes) is zero.
    pub fn new_instance<T: crate::object::Object>(&self, class: Ref<Type>, init: T) -> PyResult<Ref<T>> {
        if class == T::class() && !class.has_finalizer.get() {
            return Ok(heap::new(T::shape(), init));
        }
        let obj = self.alloc_instance(class)?;
        // SAFETY: the class's layout extends T; the header is kept, the rest of T overwritten.
        unsafe {
            let p = obj.header() as *mut u8;
            let skip = if T::LAYOUT.long_header { 16 } else { 8 };
            let src = &raw const init as *const u8;
            std::ptr::copy_nonoverlapping(src.add(skip), p.add(skip), std::mem::size_of::<T>() - skip);
            std::mem::forget(init);
            heap::write_barrier(obj);
            Ok(obj.cast())
        }
    }

    /// `object.__getattribute__`
    pub fn generic_getattr(&self, obj: Value, name: Ref<Str>) -> PyResult<Option<Value>> {
        let class = obj.class();
        let class_attr = class.lookup(self, name);
        if let Some(attr) = class_attr {
            let slots = attr.class().slots();
            if slots.tp_descr_set.is_some()
                && let Some(get) = slots.tp_descr_get
            {
                return get(self, attr, Some(obj), class.value()).map(Some);
            }
        }
        if let Some(v) = self.instance_get(obj, name)? {
            return Ok(Some(v));
        }
        match class_attr {
            Some(attr) => match attr.class().slots().tp_descr_get {
                Some(get) => get(self, attr, Some(obj), class.value()).map(Some),
                None => Ok(Some(attr)),
            },
            None => Ok(None),
        }
    }

    /// `object.__setattr__`, `object.__delattr__`
    pub fn generic_setattr(&self, obj: Value, name: Ref<Str>, value: Option<Value>) -> PyResult<()> {
        let class = obj.class();
        let name = self.intern_ref(name);
        let class_attr = class.lookup(self, name);
        if let Some(attr) = class_attr
            && let Some(set) = attr.class().slots().tp_descr_set
        {
            return set(self, attr, obj, value);
        }
        match value {
            Some(v) => {
                if self.instance_set(obj, name, v)? {
                    return Ok(());
                }
            }
            None => {
                if self.instance_delete(obj, name)? {
                    return Ok(());
                }
            }
        }
        if value.is_none() && self.has_instance_dict(obj) {
            return Err(self.no_attribute(obj, name));
        }
        if class_attr.is_some() {
            return Err(self.attribute_error(
                format!("'{}' object attribute '{name}' is read-only", class.name()),
                obj,
                name,
            ));
        }
        let plain = class.slots().tp_setattro.map(|f| f as usize)
            == crate::builtins::object::Object::class().slots().tp_setattro.map(|f| f as usize);
        let why = if plain && !self.has_instance_dict(obj) && value.is_some() {
            " and no __dict__ for setting new attributes"
        } else {
            ""
        };
        Err(self.attribute_error(
            format!("'{}' object has no attribute '{name}'{why}", class.name()),
            obj,
            name,
        ))
    }

    /// Whether a class attribute is `object.__getattribute__` itself.
    pub fn is_object_getattribute(&self, f: Value) -> bool {
        Object::class().dict.get().get_name_quiet(names().__getattribute__) == Some(f)
    }

    /// AttributeError with `name` and `obj`.
    #[cold]
    pub fn attribute_error(&self, message: String, obj: Value, name: Ref<Str>) -> crate::error::Raised {
        crate::builtins::exceptions::attribute_error(self, message, obj, name)
    }

    /// `'C' object has no attribute 'x'`, worded for the kind of object.
    #[cold]
    pub fn no_attribute(&self, obj: Value, name: Ref<Str>) -> crate::error::Raised {
        let message = if let Some(t) = obj.downcast::<Type>() {
            format!("type object '{}' has no attribute '{name}'", t.name())
        } else if let Some(m) = obj.downcast::<crate::builtins::module::Module>() {
            match crate::missing_names::missing_attribute(self, m, name) {
                Ok(message) => message,
                Err(raised) => return raised,
            }
        } else {
            format!("'{}' object has no attribute '{name}'", obj.class().name())
        };
        self.attribute_error(message, obj, name)
    }
}

fn excess_args(vm: &Vm, class: Ref<Type>, args: Args, own_new: bool) -> PyResult<()> {
    if args.all().is_empty() {
        return Ok(());
    }
    let slots = class.slots();
    let base = Object::class().slots();
    let same_new = slots.tp_new.map(|f| f as usize) == base.tp_new.map(|f| f as usize);
    let same_init = slots.tp_init.map(|f| f as usize) == base.tp_init.map(|f| f as usize);
    if own_new {
        if !same_new {
            return Err(
                vm.type_error("object.__new__() takes exactly one argument (the type to instantiate)")
            );
        }
        if same_init {
            raise!(vm, TypeError, "{}() takes no arguments", class.name())
        }
    } else {
        if !same_init {
            return Err(
                vm.type_error("object.__init__() takes exactly one argument (the instance to initialize)")
            );
        }
        if same_new {
            raise!(
                vm,
                TypeError,
                "{}.__init__() takes exactly one argument (the instance to initialize)",
                class.name()
            )
        }
    }
    Ok(())
}

#[pymethods]
impl Object {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        excess_args(vm, class, args, true)?;
        if class.has_flag(def::ABSTRACT) {
            return Err(abstract_error(vm, class)?);
        }
        vm.alloc_instance(class)
    }

    #[slot(tp_init)]
    fn init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
        excess_args(vm, this.class(), args, false)
    }

    #[slot(tp_getattro)]
    fn getattro(vm: &Vm, this: Value, name: Ref<Str>) -> PyResult<Option<Value>> {
        vm.generic_getattr(this, name)
    }

    #[slot(tp_setattro)]
    fn setattro(vm: &Vm, this: Value, name: Ref<Str>, value: Option<Value>) -> PyResult<()> {
        vm.generic_setattr(this, name, value)
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let class = this.class();
        let module = class.module_name().and_then(|m| m.downcast::<Str>());
        let id = vm.id(this);
        Ok(vm.new_str(&match module {
            Some(m) if !m.eq_str("builtins") => format!("<{m}.{} object at {id:#x}>", class.qualname.get()),
            _ => format!("<{} object at {id:#x}>", class.name()),
        }))
    }

    #[slot(tp_str)]
    fn str(vm: &Vm, this: Value) -> PyResult<Value> {
        vm.repr(this)
    }

    #[slot(tp_hash)]
    fn hash(_vm: &Vm, this: Value) -> PyResult<i64> {
        Ok(heap::identity_hash(this) as i64)
    }

    #[slot(tp_richcompare)]
    fn compare(vm: &Vm, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
        vm.identity_compare(a, b, op)
    }

    /// the object's class
    #[getter]
    fn __class__(_vm: &Vm, this: Value) -> Ref<Type> {
        this.class()
    }

    #[setter(name = "__class__")]
    fn set_class(vm: &Vm, this: Value, value: Option<Value>) -> PyResult<()> {
        let Some(value) = value else { return Err(vm.type_error("can't delete __class__ attribute")) };
        let Some(new) = value.downcast::<Type>() else {
            raise!(vm, TypeError, "__class__ must be set to a class, not '{}' object", value.class().name())
        };
        crate::builtins::object_class::assign(vm, this, new)
    }

    /// Default object formatter.
    ///
    /// Return str(self) if format_spec is empty. Raise TypeError otherwise.
    #[pymethod("($self, format_spec, /)")]
    fn __format__(vm: &Vm, this: Value, format_spec: Ref<Str>) -> PyResult<Value> {
        if format_spec.len() > 0 {
            raise!(vm, TypeError, "unsupported format string passed to {}.__format__", this.class().name())
        }
        Ok(vm.str(this)?.value())
    }

    /// Size of object in memory, in bytes.
    #[pymethod("($self, /)")]
    fn __sizeof__(_vm: &Vm, this: Value) -> i64 {
        if this.is_small() { 8 } else { heap::object_size(this) as i64 }
    }

    /// Default dir() implementation.
    #[pymethod("($self, /)")]
    fn __dir__(vm: &Vm, this: Value) -> PyResult<Value> {
        crate::builtins::object_class::dir(vm, this)
    }

    /// Helper for pickle.
    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Value) -> PyResult<Value> {
        crate::builtins::object_class::reduce(vm, this, 0)
    }

    /// Helper for pickle.
    #[pymethod("($self, protocol, /)")]
    fn __reduce_ex__(vm: &Vm, this: Value, protocol: i64) -> PyResult<Value> {
        if let Some((f, owner)) = this.class().lookup_with_owner(vm, names().__reduce__)
            && owner != Object::class()
        {
            let _ = f;
            let reduce = vm.get_attr(this, names().__reduce__)?;
            return vm.call(reduce, &[]);
        }
        crate::builtins::object_class::reduce(vm, this, protocol)
    }

    /// Helper for pickle.
    #[pymethod("($self, /)")]
    fn __getstate__(vm: &Vm, this: Value) -> PyResult<Value> {
        crate::builtins::object_class::getstate(vm, this, false)
    }

    /// This method is called when a class is subclassed.
    ///
    /// The default implementation does nothing. It may be
    /// overridden to extend subclasses.
    #[classmethod]
    fn __init_subclass__(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<()> {
        if args.has_keywords() {
            raise!(vm, TypeError, "{}.__init_subclass__() takes no keyword arguments", class.name())
        }
        if !args.pos().is_empty() {
            raise!(
                vm,
                TypeError,
                "{}.__init_subclass__() takes no arguments ({} given)",
                class.name(),
                args.pos().len()
            )
        }
        Ok(())
    }

    /// Abstract classes can override this to customize issubclass().
    ///
    /// This is invoked early on by abc.ABCMeta.__subclasscheck__().
    /// It should return True, False or NotImplemented.  If it returns
    /// NotImplemented, the normal algorithm is used.  Otherwise, it
    /// overrides the normal algorithm (and the outcome is cached).
    #[classmethod]
    fn __subclasshook__(_vm: &Vm, _class: Value, _args: Args) -> Value {
        not_implemented()
    }
}

fn abstract_error(vm: &Vm, class: Ref<Type>) -> PyResult<crate::error::Raised> {
    let methods = vm.get_attr(class.value(), names().__abstractmethods__)?;
    let mut list: Vec<String> = vec![];
    vm.iterate(methods, &mut |v| {
        list.push(format!("'{}'", vm.str(v)?));
        Ok(())
    })?;
    list.sort();
    let s = if list.len() > 1 { "s" } else { "" };
    Ok(vm.error(
        Exc::TypeError,
        format!(
            "Can't instantiate abstract class {} without an implementation for abstract method{s} {}",
            class.name(),
            list.join(", ")
        ),
    ))
}

/// A class whose instances have no `__dict__`.
pub fn is_dictless(class: Ref<Type>) -> bool {
    class.mode.get() == Mode::None
}

#[allow(unused_imports)]
use shapes as _;
