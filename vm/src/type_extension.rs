//! Classes that extensions define: made from a C description, without slots and methods, which the C
//! API layer fills in.

use crate::builtins::dict::Dict;
use crate::builtins::object::Object as BaseObject;
use crate::builtins::str_::Str;
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::Type;
use crate::error::PyResult;
use crate::names::names;
use crate::object::{Object, Ref, ValueExt};
use crate::type_new::{
    INHERITED_FLAGS, add_subclass, blank_type, lay_out, metaclass_shape, mro_internal, set_foreign_dict,
};
use crate::vm::Vm;

/// Where instances keep their `__dict__`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum InstanceDict {
    /// Where the base has it, if it has one.
    Inherited,
    /// The interpreter keeps it.
    Managed,
    /// At this offset of the C struct.
    Foreign(u32),
}

pub struct ExtensionClass {
    pub meta: Ref<Type>,
    pub name: Ref<Str>,
    pub qualname: Ref<Str>,
    /// `tp_name`
    pub c_name: &'static str,
    pub bases: Ref<Tuple>,
    /// The one whose layout instances extend.
    pub base: Ref<Type>,
    pub flags: u64,
    /// The C struct of instances is larger than the base's.
    pub extends_layout: bool,
    pub dict: InstanceDict,
    /// Adds room for weak references.
    pub weakref: bool,
}

/// A class with an empty dict and empty slots; `finish` it when these are filled.
pub fn new_class(vm: &Vm, spec: &ExtensionClass) -> PyResult<Ref<Type>> {
    let base = spec.base;
    let class = blank_type(vm, metaclass_shape(spec.meta), spec.name, Dict::new(vm));
    class.qualname.set(class, spec.qualname);
    class.flags.set(spec.flags | (base.flags.get() & INHERITED_FLAGS));
    class.base.set(class, Some(base));
    class.bases.set(class, spec.bases);
    class.c_name.set(spec.c_name);
    class.extension.set(true);
    class.has_weakref.set(base.has_weakref.get() || spec.weakref);
    let base_has_dict = base.mode.get() != crate::shapes::Mode::None;
    let has_dict = base_has_dict || spec.dict == InstanceDict::Managed;
    class.base.set(class, Some(widest(spec)));
    lay_out(vm, class, spec.name, &[], has_dict)?;
    class.base.set(class, Some(base));
    // In C these are members or getsets, if wanted.
    for attribute in [names().__dict__, names().__weakref__] {
        class.dict.get().remove(vm, attribute.value())?;
    }
    if let InstanceDict::Foreign(offset) = spec.dict {
        set_foreign_dict(class, class.layout.get().expect("it was laid out"), offset);
    }
    class.solid.set(
        class,
        match spec.extends_layout {
            true => Some(class),
            false => Some(base.solid.get().unwrap_or(BaseObject::class())),
        },
    );
    Ok(class)
}

/// The base with the largest part that is the core's: `tp_base` need not be it, as long as the C struct
/// begins with both.
fn widest(spec: &ExtensionClass) -> Ref<Type> {
    let native = |c: Ref<Type>| c.mro_iter().find(|t| !t.extension.get()).unwrap_or(BaseObject::class());
    spec.bases.items().iter().filter_map(|b| b.downcast::<Type>()).fold(spec.base, |w, b| {
        if native(b) != native(w) && native(b).is_subclass_of(native(w)) { b } else { w }
    })
}

/// The rest, when the class's dict is filled: MRO, flags of all bases, the bases' lists of subclasses.
pub fn finish(vm: &Vm, class: Ref<Type>) -> PyResult<()> {
    mro_internal(vm, class)?;
    let mut inherited = 0;
    for t in class.mro_iter() {
        inherited |= t.flags.get() & INHERITED_FLAGS;
    }
    class.flags.set(class.flags.get() | inherited);
    let bases = class.bases.get();
    for b in bases.items() {
        // SAFETY: the caller passed a tuple of types.
        add_subclass(vm, unsafe { b.cast() }, class);
    }
    class.modified();
    Ok(())
}
