//! `super`.

use crate::args::Args;
use crate::builtins::function::{Cell, Function};
use crate::builtins::singletons::none;
use crate::builtins::str_::Str;
use crate::builtins::type_::Type;
use crate::def;
use crate::error::PyResult;
use crate::extension;
use crate::names::names;
use crate::object::{Field, LongHeader, Ref, Value, ValueExt};
use crate::raise;
use crate::shapes::id;
use crate::vm::Vm;
use adder_macros::{pyclass, pymethods};

/// super() -> same as super(__class__, <first argument>)
/// super(type) -> unbound super object
/// super(type, obj) -> bound super object; requires isinstance(obj, type)
/// super(type, type2) -> bound super object; requires issubclass(type2, type)
#[pyclass(name = "super", fixed = id::SUPER, flags = def::BASE)]
#[repr(C)]
pub struct Super {
    h: LongHeader,
    class: Field<Option<Ref<Type>>>,
    obj: Field<Option<Value>>,
    obj_class: Field<Option<Ref<Type>>>,
}

/// The class whose MRO is searched: that of the instance, or the class itself.
fn check(vm: &Vm, class: Ref<Type>, obj: Value) -> PyResult<Ref<Type>> {
    if let Some(t) = obj.downcast::<Type>()
        && t.is_subclass_of(class)
    {
        return Ok(t);
    }
    if obj.class().is_subclass_of(class) {
        return Ok(obj.class());
    }
    if let Some(k) = vm.get_attr_opt(obj, names().__class__)?.and_then(|k| k.downcast::<Type>())
        && k != obj.class()
        && k.is_subclass_of(class)
    {
        return Ok(k);
    }
    let what = match obj.downcast::<Type>() {
        Some(t) => format!("type {}", t.name()),
        None => format!("instance of {}", obj.class().name()),
    };
    raise!(
        vm,
        TypeError,
        "super(type, obj): obj ({what}) is not an instance or subtype of type ({}).",
        class.name()
    )
}

fn search(start: Ref<Type>, class: Ref<Type>, name: Ref<Str>) -> Option<Value> {
    let mro = start.mro.get();
    let at = mro.items().iter().position(|t| *t == class.value())?;
    mro.items()[at + 1..].iter().find_map(|t| {
        // SAFETY: an MRO holds types only.
        unsafe { t.cast::<Type>() }.dict.get().get_name_quiet(name)
    })
}

fn bind(vm: &Vm, found: Value, obj: Value, start: Ref<Type>) -> PyResult<Value> {
    match found.class().slots().tp_descr_get {
        Some(get) => {
            let instance = if obj == start.value() { None } else { Some(obj) };
            get(vm, found, instance, start.value())
        }
        None => Ok(found),
    }
}

/// `super(class, obj).name`, None if there is none.
pub fn super_lookup(vm: &Vm, class: Ref<Type>, obj: Value, name: Ref<Str>) -> PyResult<Option<Value>> {
    let start = check(vm, class, obj)?;
    match search(start, class, name) {
        Some(found) => bind(vm, found, obj, start).map(Some),
        None => Ok(None),
    }
}

/// `super(class, obj).name`
pub fn load_attr(vm: &Vm, class: Ref<Type>, obj: Value, name: Ref<Str>) -> PyResult<Value> {
    if name != names().__class__
        && let Some(v) = super_lookup(vm, class, obj, name)?
    {
        return Ok(v);
    }
    let s = vm.call(<Super as crate::object::Object>::class().value(), &[class.value(), obj])?;
    vm.get_attr(s, name)
}

/// As `load_attr`; a plain function comes unbound with its receiver.
pub fn load_method(
    vm: &Vm,
    class: Ref<Type>,
    obj: Value,
    name: Ref<Str>,
) -> PyResult<(Value, Option<Value>)> {
    let start = check(vm, class, obj)?;
    if let Some(found) = search(start, class, name)
        && found.is::<Function>()
        && obj != start.value()
    {
        return Ok((found, Some(obj)));
    }
    Ok((load_attr(vm, class, obj, name)?, None))
}

/// `super()` without arguments: `__class__` and the first argument of the calling function.
fn from_frame(vm: &Vm) -> PyResult<(Ref<Type>, Value)> {
    let Some(frame) = vm.thread().top() else { return Err(vm.runtime_error("super(): no current frame")) };
    // SAFETY: the running frame.
    let frame = unsafe { &*frame };
    let code = frame.code();
    if code.plain.argcount == 0 {
        return Err(vm.runtime_error("super(): no arguments"));
    }
    let names_tuple = code.localsplusnames.get();
    let mut first = frame.reg(0).inspect(|v| extension::shared(*v));
    if code.plain.localspluskinds.first().is_some_and(|k| k & 0x40 != 0) {
        first = first.and_then(|c| c.exact::<Cell>()).and_then(|c| c.get());
    }
    let Some(obj) = first else { return Err(vm.runtime_error("super(): arg[0] deleted")) };
    for i in 0..names_tuple.len() {
        if code.plain.localspluskinds[i] & 0x80 != 0 && names_tuple.get(i) == names().__class__.value() {
            let Some(cell) = frame.reg(i).and_then(|c| c.exact::<Cell>()) else {
                return Err(vm.runtime_error("super(): bad __class__ cell"));
            };
            let Some(class) = cell.get() else {
                return Err(vm.runtime_error("super(): empty __class__ cell"));
            };
            return match class.downcast::<Type>() {
                Some(t) => Ok((t, obj)),
                None => {
                    raise!(vm, RuntimeError, "super(): __class__ is not a type ({})", class.class().name())
                }
            };
        }
    }
    Err(vm.runtime_error("super(): __class__ cell not found"))
}

#[pymethods]
impl Super {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, _args: Args) -> PyResult<Value> {
        let blank = Super {
            h: LongHeader::new(),
            class: Field::new(None),
            obj: Field::new(None),
            obj_class: Field::new(None),
        };
        Ok(vm.new_instance(class, blank)?.value())
    }

    #[slot(tp_init)]
    fn init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
        if args.has_keywords() {
            return Err(vm.type_error("super() takes no keyword arguments"));
        }
        let (class, obj) = match args.pos() {
            [] => {
                let (class, obj) = from_frame(vm)?;
                (class.value(), Some(obj))
            }
            [class] => (*class, None),
            [class, obj] => (*class, Some(*obj)),
            more => raise!(vm, TypeError, "super() expected at most 2 arguments, got {}", more.len()),
        };
        let Some(class) = class.downcast::<Type>() else {
            raise!(vm, TypeError, "super() argument 1 must be a type, not {}", class.class().name())
        };
        let obj = obj.filter(|o| !o.is_none());
        // SAFETY: installed as a slot of super only.
        let s: Ref<Super> = unsafe { this.cast() };
        let start = match obj {
            Some(o) => Some(check(vm, class, o)?),
            None => None,
        };
        s.class.set(s, Some(class));
        s.obj.set(s, obj);
        s.obj_class.set(s, start);
        Ok(())
    }

    #[slot(tp_getattro)]
    fn getattro(vm: &Vm, this: Value, name: Ref<Str>) -> PyResult<Option<Value>> {
        // SAFETY: installed as a slot of super only.
        let s: Ref<Super> = unsafe { this.cast() };
        if let (Some(class), Some(obj), Some(start)) = (s.class.get(), s.obj.get(), s.obj_class.get())
            && !name.eq_str("__class__")
            && let Some(found) = search(start, class, name)
        {
            return bind(vm, found, obj, start).map(Some);
        }
        vm.generic_getattr(this, name)
    }

    #[slot(tp_descr_get)]
    fn get(vm: &Vm, this: Value, obj: Option<Value>, _owner: Value) -> PyResult<Value> {
        // SAFETY: installed as a slot of super only.
        let s: Ref<Super> = unsafe { this.cast() };
        match (obj, s.obj.get(), s.class.get()) {
            (Some(obj), None, Some(class)) => vm.call(this.class().value(), &[class.value(), obj]),
            _ => Ok(this),
        }
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        // SAFETY: installed as a slot of super only.
        let s: Ref<Super> = unsafe { this.cast() };
        let class = s.class.get().map_or("NULL".to_string(), |c| c.name());
        Ok(vm.new_str(&match s.obj_class.get() {
            Some(t) => format!("<super: <class '{class}'>, <{} object>>", t.name()),
            None => format!("<super: <class '{class}'>, NULL>"),
        }))
    }

    #[getter]
    fn __thisclass__(_vm: &Vm, this: Ref<Super>) -> Option<Ref<Type>> {
        this.class.get()
    }

    #[getter]
    fn __self__(_vm: &Vm, this: Ref<Super>) -> Value {
        this.obj.get().unwrap_or(none())
    }

    #[getter]
    fn __self_class__(_vm: &Vm, this: Ref<Super>) -> Option<Ref<Type>> {
        this.obj_class.get()
    }
}
