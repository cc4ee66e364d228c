//! Making classes: native ones from `ClassDef`, Python ones from `type(name, bases, dict)`.
//!
//! A new class gets its MRO (C3), its layout (see `shapes.rs`), and its slots: each slot is native if
//! every special method that feeds it is the wrapper of one native function, else generic.

use crate::args::{Args, NamedArgs};
use crate::builtins::array::WeakBox;
use crate::builtins::descr::{self, MemberDescriptor, WrapperDescriptor};
use crate::builtins::dict::Dict;
use crate::builtins::exceptions::Exc;
use crate::builtins::function::{ClassMethod, Function, StaticMethod};
use crate::builtins::list::List;
use crate::builtins::object::Object as BaseObject;
use crate::builtins::singletons::none;
use crate::builtins::str_::Str;
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::{Type, TypeExt};
use crate::def::{self, MethodKind, NativeClass};
use crate::error::{PyResult, Raised};
use crate::extension;
use crate::names::names;
use crate::object::{Field, LongHeader, Object, Ref, ShapeId, Value, ValueExt};
use crate::raise;
use crate::shapes::{self, Mode};
use crate::slots::{SLOT_DEFS, SlotId, Slots};
use crate::vm::Vm;
use adder_heap as heap;
use adder_heap::{Layout, Refs, Size};
use std::cell::{Cell, UnsafeCell};
use std::collections::HashMap;
use std::sync::OnceLock;

pub(crate) fn blank_type(vm: &Vm, meta_shape: ShapeId, name: Ref<Str>, dict: Ref<Dict>) -> Ref<Type> {
    let empty = Tuple::empty();
    let _ = vm;
    heap::new(
        meta_shape,
        Type {
            h: LongHeader::new(),
            name: Field::new(name),
            qualname: Field::new(name),
            base: Field::new(None),
            bases: Field::new(empty),
            mro: Field::new(empty),
            dict: Field::new(dict),
            subclasses: Field::new(None),
            solid: Field::new(None),
            type_data: Field::new(None),
            c_name: Cell::new(""),
            extension: Cell::new(false),
            flags: Cell::new(0),
            version: Cell::new(0),
            basic_size: Cell::new(16),
            native_size: Cell::new(16),
            dict_offset: Cell::new(0),
            inline_start: Cell::new(0),
            inline_slots: Cell::new(0),
            mode: Cell::new(Mode::None),
            has_weakref: Cell::new(false),
            has_finalizer: Cell::new(false),
            instance_shape: Cell::new(ShapeId(0)),
            dict_shape: Cell::new(ShapeId(0)),
            instance_size: Cell::new(16),
            generic: Cell::new(0),
            doc: Cell::new(""),
            text_signature: Cell::new(""),
            construct: Cell::new(None),
            struct_facts: Cell::new(0),
            layout: Cell::new(None),
            slots: UnsafeCell::new(Slots::default()),
        },
    )
}

// ---- native classes -----------------------------------------------------------------------------

/// First step for a class of the core: the bare type object, so that other objects can be made.
pub fn bootstrap_class<T: Object>(vm: &Vm, name: Ref<Str>, dict: Ref<Dict>) {
    let class = blank_type(vm, Type::shape(), name, dict);
    T::cell().set(class);
    if let Some(shape) = T::FIXED {
        heap::define_shape(shape, &T::LAYOUT, Some(class.value()));
    }
    heap::Root::new(class.value()).leak();
}

/// Makes the class of T, or completes it after `bootstrap_class`. Idempotent.
pub fn ready_class<T: Object>(vm: &Vm) -> Ref<Type> {
    ready(vm, &NativeClass::of::<T>())
}

fn ready(vm: &Vm, native: &NativeClass) -> Ref<Type> {
    let def = &native.def;
    let class = match native.cell.try_get() {
        Some(class) => class,
        None => {
            let class = blank_type(vm, Type::shape(), vm.intern_str(def.name), Dict::new(vm));
            heap::Root::new(class.value()).leak();
            native.cell.set(class);
            class
        }
    };
    if class.mro.get().len() > 0 {
        return class;
    }
    let base_cell = (def.base)();
    let base = if std::ptr::eq(base_cell, native.cell) { None } else { Some(base_cell.get()) };
    let shape = match native.fixed {
        Some(id) => {
            heap::define_shape(id, &native.layout, Some(class.value()));
            id
        }
        None => {
            let layout: &'static Layout = Box::leak(Box::new(native.layout));
            heap::add_shape(layout, Some(class.value()))
        }
    };
    native.cell.shape.set(shape);
    class.base.set(class, base);
    let bases: &[Value] = match &base {
        Some(b) => &[b.value()],
        None => &[],
    };
    class.bases.set(class, Tuple::from_slice(vm, bases));
    let mut mro = vec![class.value()];
    if let Some(b) = base {
        mro.extend(b.mro.get().items());
    }
    class.mro.set(class, Tuple::from_slice(vm, &mro));
    let inherited = base.map_or(0, |b| b.flags.get() & INHERITED_FLAGS);
    class.flags.set(def.flags | inherited);
    class.doc.set(def.doc);
    class.text_signature.set(def.text_signature);
    class.basic_size.set(native.size);
    class.native_size.set(native.size);
    class.layout.set(Some(Box::leak(Box::new(native.layout))));
    class.instance_shape.set(shape);
    class.dict_shape.set(shape);
    class.instance_size.set(native.size);
    let inherited_dict = base.and_then(|b| (b.mode.get() == Mode::Dict).then(|| b.dict_offset.get()));
    match def.dict_offset.or(inherited_dict) {
        Some(offset) => {
            class.dict_offset.set(offset);
            class.mode.set(Mode::Dict);
        }
        None => class.mode.set(Mode::None),
    }
    let inherited_weakref = base.is_some_and(|b| b.has_weakref.get());
    class.has_weakref.set(inherited_weakref || crate::builtins::weakref::native_has_weakref(def.name));
    shapes::define_native(shape, class, class.mode.get(), class.dict_offset.get());
    let is_solid = base.is_none_or(|b| b.native_size.get() != native.size || native.layout.drop.is_some());
    class.solid.set(class, if is_solid { Some(class) } else { base.and_then(|b| b.solid.get()) });
    if def.module != "builtins" {
        class.dict.get().set_name(names().__module__, vm.new_str(def.module));
    }
    if let Some(tables) = def.tables {
        (tables.fill_slots)(class.slots_mut());
        add_tables(vm, class, tables);
    }
    if class.dict.get().get_name_quiet(names().__doc__).is_none() {
        let doc = if def.doc.is_empty() { none() } else { vm.new_str(def.doc) };
        class.dict.get().set_name(names().__doc__, doc);
    }
    if def.dict_offset.is_some() && class.dict.get().get_name_quiet(names().__dict__).is_none() {
        class.dict.get().set_name(names().__dict__, descr::getset_descriptor(vm, class, &DICT_GETSET));
    }
    add_slot_wrappers(vm, class);
    inherit_native_slots(class);
    if let Some(b) = base {
        add_subclass(vm, b, class);
    }
    class
}

/// `__dict__` of instances.
pub(crate) static DICT_GETSET: def::GetSetDef = def::GetSetDef {
    name: "__dict__",
    get: Some(|vm, _, obj| match vm.instance_dict(obj) {
        Some(d) => Ok(d.value()),
        None => Err(vm.no_attribute(obj, names().__dict__)),
    }),
    set: Some(|vm, _, obj, value| match vm.has_instance_dict(obj) {
        true => crate::builtins::object_class::set_dict(vm, obj, value),
        false => Err(vm.no_attribute(obj, names().__dict__)),
    }),
    doc: "dictionary for instance variables",
    extension: false,
};

/// `__weakref__` of instances.
pub(crate) static WEAKREF_GETSET: def::GetSetDef = def::GetSetDef {
    name: "__weakref__",
    get: Some(|_, _, _| Ok(none())),
    set: None,
    doc: "list of weak references to the object",
    extension: false,
};

pub(crate) const INHERITED_FLAGS: u64 = def::LONG_SUBCLASS
    | def::LIST_SUBCLASS
    | def::TUPLE_SUBCLASS
    | def::BYTES_SUBCLASS
    | def::UNICODE_SUBCLASS
    | def::DICT_SUBCLASS
    | def::BASE_EXC_SUBCLASS
    | def::TYPE_SUBCLASS
    | def::SEQUENCE
    | def::MAPPING
    | def::MATCH_SELF;

const COLLECTION: u64 = def::SEQUENCE | def::MAPPING;

fn add_tables(vm: &Vm, class: Ref<Type>, tables: &'static def::ClassTables) {
    let dict = class.dict.get();
    for m in tables.methods {
        let name = vm.intern_str(m.name);
        let value = match m.kind {
            MethodKind::Instance => descr::method_descriptor(vm, class, m),
            MethodKind::Class => descr::classmethod_descriptor(vm, class, m),
            MethodKind::Static | MethodKind::Function => {
                let f = descr::native_function(vm, m, Some(class.value()), None);
                StaticMethod::new(vm, f).value()
            }
        };
        dict.set_name(name, value);
    }
    for g in tables.getsets {
        dict.set_name(vm.intern_str(g.name), descr::getset_descriptor(vm, class, g));
    }
}

/// Wrapper descriptors for the slots a native class defines itself.
fn add_slot_wrappers(vm: &Vm, class: Ref<Type>) {
    let dict = class.dict.get();
    for d in SLOT_DEFS {
        let word = class.slots().raw(d.slot);
        if word == 0 || d.text_signature.is_empty() {
            continue;
        }
        let name = vm.intern_str(d.name);
        if dict.get_name_quiet(name).is_some() {
            continue;
        }
        dict.set_name(name, descr::wrapper_descriptor(class, d, word, 0));
    }
    if class.slots().tp_new.is_some() && dict.get_name_quiet(names().__new__).is_none() {
        dict.set_name(names().__new__, descr::new_function(vm, class));
    }
    if class.slots().tp_hash.is_none() && class.slots().tp_richcompare.is_some() {
        if dict.get_name_quiet(names().__hash__).is_none() {
            dict.set_name(names().__hash__, none());
        }
        class.slots_mut().tp_hash = Some(|vm, v| Err(vm.unhashable(v)));
    }
}

/// Slots that a native class leaves empty come from its base, group by group as in CPython's
/// inherit_slots: comparison and hash go together.
fn inherit_native_slots(class: Ref<Type>) {
    let Some(base) = class.base.get() else { return };
    for i in 0..crate::slots::SLOT_COUNT {
        // SAFETY: i is below SLOT_COUNT, and SlotId is repr(u8) over exactly these.
        let slot: SlotId = unsafe { std::mem::transmute(i as u8) };
        if class.slots().raw(slot) == 0 {
            if slot == SlotId::tp_new && class.has_flag(def::DISALLOW_INSTANTIATION) {
                continue;
            }
            // A final class of the interpreter without a constructor is not made by calling it.
            if slot == SlotId::tp_new && base == BaseObject::class() && !class.has_flag(def::BASETYPE) {
                class.flags.set(class.flags.get() | def::DISALLOW_INSTANTIATION);
                continue;
            }
            let word = base.slots().raw(slot);
            class.slots_mut().set_raw(slot, word);
        }
    }
    if class.has_flag(def::DISALLOW_INSTANTIATION) {
        class.slots_mut().tp_new = None;
    }
}

pub(crate) fn add_subclass(vm: &Vm, base: Ref<Type>, class: Ref<Type>) {
    let list = match base.subclasses.get() {
        Some(l) => l,
        None => {
            let l = List::new(vm);
            base.subclasses.set(base, Some(l));
            l
        }
    };
    // A dead entry is reused.
    for i in 0..list.len() {
        // SAFETY: the list holds WeakBoxes only.
        if unsafe { list.get(i).cast::<WeakBox>() }.get().is_none() {
            list.set(i, WeakBox::new(class.value()).value());
            return;
        }
    }
    list.push(vm, WeakBox::new(class.value()).value());
}

fn remove_subclass(base: Ref<Type>, class: Ref<Type>) {
    let Some(list) = base.subclasses.get() else { return };
    for i in (0..list.len()).rev() {
        // SAFETY: the list holds WeakBoxes only.
        if unsafe { list.get(i).cast::<WeakBox>() }.get() == Some(class.value()) {
            list.remove_at(i);
        }
    }
}

// ---- MRO ----------------------------------------------------------------------------------------

/// C3 linearisation, as the Python 2.3 method resolution order describes it.
pub fn compute_mro(vm: &Vm, class: Ref<Type>) -> PyResult<Ref<Tuple>> {
    let bases = class.bases.get();
    let mut sequences: Vec<Vec<usize>> = vec![];
    let word = |v: Value| v.header() as usize;
    // Types are pinned, so their addresses may be kept in Rust memory while `bases` keeps them alive.
    for b in bases.items() {
        let Some(b) = b.downcast::<Type>() else { return Err(vm.type_error("bases must be types")) };
        sequences.push(b.mro.get().items().iter().map(|v| word(*v)).collect());
    }
    sequences.push(bases.items().iter().map(|v| word(*v)).collect());
    let own = &sequences[sequences.len() - 1];
    for (i, b) in own.iter().enumerate() {
        if own[i + 1..].contains(b) {
            // SAFETY: the words are addresses of types.
            let t: Ref<Type> = unsafe { Ref::from_ptr(*b as *mut Type) };
            raise!(vm, TypeError, "duplicate base class {}", t.name())
        }
    }
    let mut result = vec![class.value()];
    let mut at = vec![0usize; sequences.len()];
    loop {
        let mut done = true;
        let mut picked = None;
        for (s, seq) in sequences.iter().enumerate() {
            let Some(head) = seq.get(at[s]) else { continue };
            done = false;
            let in_tail = sequences
                .iter()
                .enumerate()
                .any(|(o, other)| other.get(at[o] + 1..).is_some_and(|t| t.contains(head)));
            if !in_tail {
                picked = Some(*head);
                break;
            }
        }
        if done {
            return Ok(Tuple::from_slice(vm, &result));
        }
        let Some(head) = picked else {
            let mut names: Vec<String> = vec![];
            for (s, seq) in sequences.iter().enumerate() {
                if let Some(h) = seq.get(at[s]) {
                    // SAFETY: the words are addresses of types.
                    let n = unsafe { Ref::<Type>::from_ptr(*h as *mut Type) }.short_name();
                    if !names.contains(&n) {
                        names.push(n);
                    }
                }
            }
            raise!(
                vm,
                TypeError,
                "Cannot create a consistent method resolution order (MRO) for bases {}",
                names.join(", ")
            )
        };
        // SAFETY: the words are addresses of types.
        result.push(unsafe { Ref::<Type>::from_ptr(head as *mut Type) }.value());
        for (s, seq) in sequences.iter().enumerate() {
            if seq.get(at[s]) == Some(&head) {
                at[s] += 1;
            }
        }
    }
}

/// The MRO from the metaclass's `mro()`, or C3.
pub(crate) fn mro_internal(vm: &Vm, class: Ref<Type>) -> PyResult<()> {
    let meta = class.value().class();
    let custom = if meta == Type::class() {
        None
    } else {
        meta.lookup_with_owner(vm, names().mro).filter(|(_, owner)| *owner != Type::class())
    };
    let mro = match custom {
        None => compute_mro(vm, class)?,
        Some((f, _)) => {
            let result = vm.call_unbound(f, class.value(), &[])?;
            let mro = vm.sequence_to_tuple(result)?;
            for t in mro.items() {
                if t.downcast::<Type>().is_none() {
                    raise!(vm, TypeError, "mro() returned a non-class ('{}')", t.class().name())
                }
            }
            mro
        }
    };
    class.mro.set(class, mro);
    if custom.is_some() {
        crate::builtins::type_::note_foreign_mro(vm, class);
    }
    Ok(())
}

// ---- Python classes -----------------------------------------------------------------------------

/// The most derived metaclass of the bases.
pub fn calculate_metaclass(vm: &Vm, meta: Ref<Type>, bases: &[Value]) -> PyResult<Ref<Type>> {
    let mut winner = meta;
    for b in bases {
        let m = b.class();
        if winner.is_subclass_of(m) {
            continue;
        }
        if m.is_subclass_of(winner) {
            winner = m;
            continue;
        }
        raise!(
            vm,
            TypeError,
            "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the \
             metaclasses of all its bases"
        )
    }
    Ok(winner)
}

/// `type.__new__(meta, name, bases, dict, **kwargs)`
pub fn type_new(vm: &Vm, meta: Ref<Type>, args: Args) -> PyResult<Value> {
    let [name, bases, ns] = args.pos() else {
        if meta == Type::class() {
            return Err(vm.type_error("type() takes 1 or 3 arguments"));
        }
        raise!(vm, TypeError, "type.__new__() takes exactly 3 arguments ({} given)", args.pos().len())
    };
    let Some(name) = name.downcast::<Str>() else {
        raise!(vm, TypeError, "type.__new__() argument 1 must be str, not {}", name.class().name())
    };
    let Some(bases) = bases.downcast::<Tuple>() else {
        raise!(vm, TypeError, "type.__new__() argument 2 must be tuple, not {}", bases.class().name())
    };
    let Some(ns) = ns.downcast::<Dict>() else {
        raise!(vm, TypeError, "type.__new__() argument 3 must be dict, not {}", ns.class().name())
    };
    let bases = if bases.len() == 0 { Tuple::from_slice(vm, &[BaseObject::class().value()]) } else { bases };
    for b in bases.items() {
        if b.downcast::<Type>().is_none() {
            if vm.lookup_special(*b, names().__mro_entries__)?.is_some() {
                return Err(
                    vm.type_error("type() doesn't support MRO entry resolution; use types.new_class()")
                );
            }
            return Err(vm.type_error("bases must be types"));
        }
    }
    let winner = calculate_metaclass(vm, meta, bases.items())?;
    if winner != meta
        && winner.slots().tp_new.map(|f| f as usize) != Type::class().slots().tp_new.map(|f| f as usize)
        && let Some(new) = winner.slots().tp_new
    {
        return new(vm, winner, args);
    }
    let class = new_class(vm, winner, name, bases, ns)?;
    set_names(vm, class)?;
    init_subclass(vm, class, args)?;
    Ok(class.value())
}

/// The base whose layout the class extends.
pub fn best_base(vm: &Vm, bases: Ref<Tuple>) -> PyResult<Ref<Type>> {
    let mut winner: Option<(Ref<Type>, Ref<Type>)> = None;
    for b in bases.items() {
        let Some(b) = b.downcast::<Type>() else { return Err(vm.type_error("bases must be types")) };
        if !b.has_flag(def::BASETYPE) {
            raise!(vm, TypeError, "type '{}' is not an acceptable base type", b.full_name(vm))
        }
        let solid = b.solid.get().unwrap_or(BaseObject::class());
        match winner {
            None => winner = Some((b, solid)),
            Some((_, w)) if w.is_subclass_of(solid) => {}
            Some((_, w)) if solid.is_subclass_of(w) => winner = Some((b, solid)),
            Some(_) => return Err(vm.type_error("multiple bases have instance lay-out conflict")),
        }
    }
    Ok(winner.expect("there is at least one base").0)
}

/// Identifiers of `__slots__`, mangled; and whether `__dict__` and `__weakref__` are among them.
fn parse_slots(vm: &Vm, name: Ref<Str>, ns: Ref<Dict>, slots: Value) -> PyResult<(Vec<String>, bool, bool)> {
    let names_tuple = if slots.downcast::<Str>().is_some() {
        Tuple::from_slice(vm, &[slots])
    } else {
        vm.sequence_to_tuple(slots)?
    };
    let (mut out, mut dict, mut weak) = (vec![], false, false);
    for s in names_tuple.items() {
        let Some(s) = s.downcast::<Str>() else {
            raise!(vm, TypeError, "__slots__ items must be strings, not '{}'", s.class().name())
        };
        let text = s.to_string();
        if !s.is_identifier() {
            return Err(vm.type_error("__slots__ must be identifiers"));
        }
        match text.as_str() {
            "__dict__" if dict => return Err(vm.type_error("__dict__ slot disallowed: we already got one")),
            "__dict__" => dict = true,
            "__weakref__" if weak => {
                return Err(vm.type_error("__weakref__ slot disallowed: we already got one"));
            }
            "__weakref__" => weak = true,
            _ => {
                let mangled = mangle(&name.to_string(), &text);
                let key = vm.intern_str(&mangled);
                if ns.get_name(vm, key)?.is_some()
                    && !matches!(text.as_str(), "__qualname__" | "__classcell__" | "__classdictcell__")
                {
                    raise!(vm, ValueError, "'{}' in __slots__ conflicts with class variable", text)
                }
                if !out.contains(&mangled) {
                    out.push(mangled);
                }
            }
        }
    }
    out.sort();
    Ok((out, dict, weak))
}

/// `_Class__name` for private names.
pub fn mangle(class: &str, name: &str) -> String {
    let stripped = class.trim_start_matches('_');
    if !name.starts_with("__") || name.ends_with("__") || name.contains('.') || stripped.is_empty() {
        return name.to_string();
    }
    format!("_{stripped}{name}")
}

unsafe fn trace_tail(p: *mut u8, v: &mut heap::Visitor) {
    // SAFETY: called with an object whose last word is its dict or 0 (layout-of-objects).
    unsafe {
        let size = heap::object_size(Value::from_bits_unchecked(p as u64));
        v.visit(p.add(size - 8).cast());
    }
}

/// Names and docstrings of classes are also C strings: a lone surrogate is an error.
pub fn check_encodable(vm: &Vm, s: Ref<Str>) -> PyResult<()> {
    if s.to_utf8().is_none() {
        vm.call_method(s.value(), vm.intern_str("encode"), &[vm.new_str("utf-8")])?;
    }
    Ok(())
}

fn new_class(
    vm: &Vm,
    meta: Ref<Type>,
    name: Ref<Str>,
    bases: Ref<Tuple>,
    ns: Ref<Dict>,
) -> PyResult<Ref<Type>> {
    let base = best_base(vm, bases)?;
    if name.contains_nul() {
        return Err(vm.value_error("type name must not contain null characters"));
    }
    check_encodable(vm, name)?;
    let dict = ns.copy(vm);
    let meta_shape = metaclass_shape(meta);
    let name_interned = vm.intern_ref(name);
    let class = blank_type(vm, meta_shape, name_interned, dict);
    class.flags.set(def::HEAPTYPE | def::BASETYPE | def::HAVE_GC);
    if let Some(q) = dict.get_name(vm, names().__qualname__)? {
        let Some(q) = q.downcast::<Str>() else {
            raise!(vm, TypeError, "type __qualname__ must be a str, not {}", q.class().name())
        };
        class.qualname.set(class, q);
        dict.remove(vm, names().__qualname__.value())?;
    }
    class.base.set(class, Some(base));
    class.bases.set(class, bases);
    let cell = dict.remove(vm, names().__classcell__.value())?;
    let dict_cell = dict.remove(vm, names().__classdictcell__.value())?;
    // Some special methods are static or class methods by themselves.
    if let Some(f) = dict.get_name(vm, names().__new__)?.and_then(|f| f.exact::<Function>()) {
        dict.set_name(names().__new__, StaticMethod::new(vm, f.value()).value());
    }
    for special in [names().__init_subclass__, names().__class_getitem__] {
        if let Some(f) = dict.get_name(vm, special)?.and_then(|f| f.exact::<Function>()) {
            dict.set_name(special, ClassMethod::new(vm, f.value()).value());
        }
    }
    layout_class(vm, class, base, name, dict)?;
    // After the slots, which may have these names.
    if dict.get_name(vm, names().__module__)?.is_none()
        && let Some(module) = vm.current_globals().and_then(|g| g.get_name_quiet(names().__name__))
    {
        dict.set_name(names().__module__, module);
    }
    if dict.get_name(vm, names().__doc__)?.is_none() {
        dict.set_name(names().__doc__, none());
    }
    // A class that says what is equal and not what the hash is has none (`type_new_set_hash`).
    if dict.get_name(vm, names().__eq__)?.is_some() && dict.get_name(vm, names().__hash__)?.is_none() {
        dict.set_name(names().__hash__, none());
    }
    mro_internal(vm, class)?;
    let mut inherited = 0;
    for t in class.mro_iter() {
        let mut flags = t.flags.get() & INHERITED_FLAGS;
        if inherited & COLLECTION != 0 {
            // The first that is a collection says of which kind.
            flags &= !COLLECTION;
        }
        inherited |= flags;
    }
    class.flags.set(class.flags.get() | inherited);
    class.extension.set(class.mro_iter().any(|t| t.extension.get()));
    inherit_slots(vm, class);
    for b in bases.items() {
        // SAFETY: checked above to be types.
        add_subclass(vm, unsafe { b.cast() }, class);
    }
    if let Some(cell) = cell {
        let Some(cell) = cell.exact::<crate::builtins::function::Cell>() else {
            raise!(
                vm,
                TypeError,
                "__classcell__ must be a nonlocal cell, not <class '{}'>",
                cell.class().name()
            )
        };
        cell.set(Some(class.value()));
    }
    if let Some(cell) = dict_cell.and_then(|c| c.exact::<crate::builtins::function::Cell>()) {
        cell.set(Some(class.dict.get().value()));
    }
    Ok(class)
}

/// Type objects of a metaclass written in Python have a shape of their own.
pub(crate) fn metaclass_shape(meta: Ref<Type>) -> ShapeId {
    if meta == Type::class() { Type::shape() } else { meta.instance_shape.get() }
}

/// Reads `__slots__` and lays instances out.
fn layout_class(vm: &Vm, class: Ref<Type>, base: Ref<Type>, name: Ref<Str>, dict: Ref<Dict>) -> PyResult<()> {
    let slots = dict.get_name(vm, names().__slots__)?;
    let base_has_dict = base.mode.get() != Mode::None;
    let base_layout = base.layout.get().expect("a base has a layout");
    let is_var = matches!(base_layout.size, Size::Array { .. });
    let (mut slot_names, slot_dict, slot_weak) = match slots {
        None => (vec![], false, false),
        Some(s) => parse_slots(vm, name, dict, s)?,
    };
    // FIXME: CPython's strings have room for slots; here they are in a dict, so that other attributes can be
    // set too.
    let slots_in_dict = base.has_flag(def::UNICODE_SUBCLASS) && !slot_names.is_empty();
    if slots_in_dict {
        slot_names.clear();
    }
    let itemised = def::LONG_SUBCLASS | def::TUPLE_SUBCLASS | def::BYTES_SUBCLASS | def::TYPE_SUBCLASS;
    if (is_var || base.has_flag(itemised)) && !slot_names.is_empty() {
        raise!(vm, TypeError, "nonempty __slots__ not supported for subtype of '{}'", base.name())
    }
    if slot_dict && base_has_dict {
        return Err(vm.type_error("__dict__ slot disallowed: we already got one"));
    }
    if slot_weak && base.has_weakref.get() {
        return Err(
            vm.type_error("__weakref__ slot disallowed: either we already got one, or __itemsize__ != 0")
        );
    }
    let other_weakref = class.bases.get().items().iter().any(|b| {
        // SAFETY: bases are types.
        unsafe { b.cast::<Type>() }.has_weakref.get()
    });
    let weakref = base.has_weakref.get()
        || (other_weakref && !base.has_flag(itemised))
        || (!base.has_flag(itemised) && (slots.is_none() || slot_weak));
    class.has_weakref.set(weakref);
    let wants_dict = slots.is_none() || slot_dict || slots_in_dict;
    let other_dict = class.bases.get().items().iter().any(|b| {
        // SAFETY: bases are types.
        unsafe { b.cast::<Type>() }.mode.get() != Mode::None
    });
    let has_dict = base_has_dict || wants_dict || other_dict;
    lay_out(vm, class, name, &slot_names, has_dict)
}

/// Gives instances their layout: that of the base, then a word for each slot, then the attributes.
pub(crate) fn lay_out(
    vm: &Vm,
    class: Ref<Type>,
    name: Ref<Str>,
    slot_names: &[String],
    has_dict: bool,
) -> PyResult<()> {
    let base = class.base.get().expect("a class that is made has a base");
    let dict = class.dict.get();
    let base_has_dict = base.mode.get() != Mode::None;
    let base_layout = base.layout.get().expect("a base has a layout");
    let native = base.solid.get().unwrap_or(BaseObject::class());
    class.native_size.set(base.native_size.get());
    let start = base.basic_size.get();
    let mut at = start;
    for s in slot_names {
        let key = vm.intern_str(s);
        let shown = key;
        dict.set_name(key, MemberDescriptor::new_slot(vm, class, shown, at));
        at += 8;
    }
    let is_metaclass = base.has_flag(def::TYPE_SUBCLASS);
    let adds_dict = has_dict && !base_has_dict && !is_metaclass;
    if adds_dict && dict.get_name_quiet(names().__dict__).is_none() {
        dict.set_name(names().__dict__, descr::getset_descriptor(vm, class, &DICT_GETSET));
    }
    if !is_metaclass && class.has_weakref.get() && (base == BaseObject::class() || !base.has_weakref.get()) {
        dict.set_name(names().__weakref__, descr::getset_descriptor(vm, class, &WEAKREF_GETSET));
    }
    class.basic_size.set(at);
    class.solid.set(class, if slot_names.is_empty() { Some(native) } else { Some(class) });
    // The native part's references; everything behind it is references too.
    let mask = match base_layout.refs {
        Refs::Mask(m) | Refs::Tail { mask: m, .. } => m,
        _ => 0,
    };
    let layout_name: &'static str = class_layout_name(&name.to_string());
    let native_size = class.native_size.get();
    if base.has_flag(def::TYPE_SUBCLASS) {
        // A metaclass: its instances are type objects, whose attributes live in the type's dict.
        let layout: &'static Layout = Box::leak(Box::new(Layout { name: layout_name, ..*base_layout }));
        let shape = heap::add_shape(layout, Some(class.value()));
        shapes::define_native(shape, class, Mode::None, 0);
        class.layout.set(Some(layout));
        class.instance_shape.set(shape);
        class.dict_shape.set(shape);
        class.instance_size.set(base.instance_size.get());
        return Ok(());
    }
    if let Size::Array { base: fixed, elem, len_at } = base_layout.size {
        let grown = base.mode.get() == Mode::Tail;
        let (size, refs, mode) = if !has_dict || grown {
            (base_layout.size, base_layout.refs, base.mode.get())
        } else if elem == 8 {
            (Size::Array { base: fixed + 8, elem, len_at }, base_layout.refs, Mode::Tail)
        } else {
            (Size::Array { base: fixed + 16, elem, len_at }, Refs::Custom(trace_tail), Mode::Tail)
        };
        let layout: &'static Layout =
            Box::leak(Box::new(Layout { name: layout_name, size, refs, ..*base_layout }));
        class.layout.set(Some(layout));
        class.mode.set(mode);
        let shape = shapes::root_shape(class, layout, mode, 0, 0, 0);
        class.instance_shape.set(shape);
        class.dict_shape.set(shape);
        return Ok(());
    }
    // Where the dict word is: in the native struct, or behind the slots.
    let native_dict = (native.mode.get() == Mode::Dict).then(|| native.dict_offset.get()).or_else(|| {
        base.mro_iter().find(|t| !t.is_heap_type() && t.mode.get() == Mode::Dict).map(|t| t.dict_offset.get())
    });
    let inline_slots =
        if has_dict && base.mode.get() != Mode::Dict { inline_hint(vm, base, dict)? } else { 0 };
    let (dict_offset, inline_start) = match (has_dict, native_dict) {
        (false, _) => (0, at),
        (true, Some(offset)) => (offset, at),
        (true, None) => (at, at + 8),
    };
    let size = inline_start + 8 * inline_slots;
    let refs = match base_layout.refs {
        Refs::Custom(_) => base_layout.refs,
        _ if size > native_size => Refs::Tail { mask, from: native_size },
        _ => Refs::Mask(mask),
    };
    let layout: &'static Layout = Box::leak(Box::new(Layout {
        name: layout_name,
        long_header: true,
        size: Size::Fixed(size),
        refs,
        drop: base_layout.drop,
        pinned: base_layout.pinned,
    }));
    class.layout.set(Some(layout));
    class.instance_size.set(size);
    class.dict_offset.set(dict_offset);
    class.inline_start.set(inline_start);
    class.inline_slots.set(inline_slots);
    if base.mode.get() == Mode::Foreign {
        set_foreign_dict(class, layout, base.dict_offset.get());
        return Ok(());
    }
    // A native struct with a dict may have filled it already: modules do.
    let mode = match (has_dict, base.mode.get()) {
        (false, _) => Mode::None,
        (true, Mode::Dict) => Mode::Dict,
        (true, _) => Mode::Inline,
    };
    class.mode.set(mode);
    let shape = shapes::root_shape(class, layout, mode, dict_offset, inline_start, inline_slots);
    class.instance_shape.set(shape);
    class.dict_shape.set(match mode {
        Mode::Inline => shapes::root_shape(class, layout, Mode::Dict, dict_offset, inline_start, 0),
        _ => shape,
    });
    Ok(())
}

/// Instances have their dict at an offset of the C struct.
pub(crate) fn set_foreign_dict(class: Ref<Type>, layout: &'static Layout, offset: u32) {
    class.dict_offset.set(offset);
    class.inline_slots.set(0);
    class.mode.set(Mode::Foreign);
    let shape = shapes::root_shape(class, layout, Mode::Foreign, offset, 0, 0);
    class.instance_shape.set(shape);
    class.dict_shape.set(shape);
}

/// Layout names live forever; classes of one name share theirs.
pub(crate) fn class_layout_name(name: &str) -> &'static str {
    static NAMES: OnceLock<std::sync::Mutex<HashMap<String, &'static str>>> = OnceLock::new();
    let mut names = NAMES.get_or_init(Default::default).lock().expect("no panic while held");
    if let Some(n) = names.get(name) {
        return n;
    }
    let leaked: &'static str = Box::leak(name.to_string().into_boxed_str());
    names.insert(name.to_string(), leaked);
    leaked
}

/// How many attributes instances will have: the compiler lists the names assigned through `self`.
fn inline_hint(vm: &Vm, base: Ref<Type>, dict: Ref<Dict>) -> PyResult<u32> {
    let own = match dict.get_name(vm, names().__static_attributes__)? {
        Some(v) => v.downcast::<Tuple>().map_or(0, |t| t.len()),
        None => 0,
    };
    let inherited = if base.mode.get() == Mode::Inline { base.inline_slots.get() } else { 0 };
    Ok((own as u32 + inherited).clamp(2, 24))
}

fn set_names(vm: &Vm, class: Ref<Type>) -> PyResult<()> {
    let items = class.dict.get().copy(vm);
    for i in 0..items.slots() {
        let Some((key, value)) = items.entry(i) else { continue };
        let Some(f) = vm.lookup_special(value, names().__set_name__)? else { continue };
        if let Err(raised) = vm.call_method_value(f, value, &[class.value(), key]) {
            let exc = vm.take_exception(raised);
            let note = format!(
                "Error calling __set_name__ on '{}' instance {} in '{}'",
                value.class().name(),
                vm.repr_string(key)?,
                class.name()
            );
            crate::builtins::exceptions::add_note(vm, exc, &note)?;
            return Err(vm.restore(exc));
        }
    }
    Ok(())
}

fn init_subclass(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<()> {
    let parent = crate::builtins::super_::super_lookup(vm, class, class.value(), names().__init_subclass__)?;
    let Some(f) = parent else { return Ok(()) };
    let positional = args.pos().len();
    vm.call_args(f, NamedArgs::new(&args.all()[positional..], args.names()).args())?;
    Ok(())
}

// ---- slots of Python classes --------------------------------------------------------------------

/// Which rows of the table feed each slot.
fn rows_of(slot: SlotId) -> &'static [usize] {
    static ROWS: OnceLock<Vec<Vec<usize>>> = OnceLock::new();
    let rows = ROWS.get_or_init(|| {
        let mut rows = vec![vec![]; crate::slots::SLOT_COUNT];
        for (i, d) in SLOT_DEFS.iter().enumerate() {
            rows[d.slot as usize].push(i);
        }
        rows
    });
    &rows[slot as usize]
}

pub fn slot_from_index(i: usize) -> SlotId {
    debug_assert!(i < crate::slots::SLOT_COUNT);
    // SAFETY: SlotId is repr(u8) over 0..SLOT_COUNT.
    unsafe { std::mem::transmute(i as u8) }
}

fn update_slot(vm: &Vm, class: Ref<Type>, slot: SlotId) {
    let mut native = 0usize;
    let mut foreign = 0usize;
    let mut use_generic = false;
    let mut generic = 0usize;
    let mut found = false;
    for row in rows_of(slot) {
        let d = &SLOT_DEFS[*row];
        let name = vm.intern_str(d.name);
        let Some(attr) = class.lookup(vm, name) else { continue };
        let generic_word = (d.generic)();
        found = true;
        if slot == SlotId::tp_new {
            // The native `__new__` of some base, or a Python function. Of several native ones that of the base
            // whose layout the class has is taken, whichever comes first in the MRO.
            match descr::new_function_class(attr) {
                Some(owner) => {
                    let base = class.base.get().unwrap_or(owner);
                    let from = match base.slots().raw(slot) != 0 && !base.is_generic(slot) {
                        true => base,
                        false => owner,
                    };
                    native = from.slots().raw(slot);
                }
                None => {
                    use_generic = true;
                    generic = generic_word;
                }
            }
            continue;
        }
        if let Some(w) = attr.exact::<WrapperDescriptor>()
            && w.def().slot == slot
        {
            if native == 0 || (native == w.word() && foreign == w.foreign()) {
                native = w.word();
                foreign = w.foreign();
                continue;
            }
            use_generic = true;
            generic = generic_word;
            continue;
        }
        if attr.exact::<WrapperDescriptor>().is_some() && generic_word == 0 {
            continue;
        }
        if slot == SlotId::tp_hash && attr.is_none() {
            let f: crate::slots::Hash = |vm, v| Err(vm.unhashable(v));
            native = f as usize;
            continue;
        }
        use_generic = true;
        generic = generic_word;
    }
    let bit = 1u128 << (slot as u32);
    let bits = class.generic.get();
    if use_generic {
        class.slots_mut().set_raw(slot, generic);
        class.generic.set(if generic != 0 { bits | bit } else { bits & !bit });
    } else if found {
        class.slots_mut().set_raw(slot, native);
        class.generic.set(bits & !bit);
    } else {
        // Not fed by methods (or none found): as the base has it, when the base is native there.
        let inherited = match class.base.get() {
            Some(b) if rows_of(slot).is_empty() || !class.is_heap_type() => b.slots().raw(slot),
            _ => 0,
        };
        class.slots_mut().set_raw(slot, inherited);
        class.generic.set(bits & !bit);
    }
}

/// Fills all slots of a class written in Python.
fn inherit_slots(vm: &Vm, class: Ref<Type>) {
    for i in 0..crate::slots::SLOT_COUNT {
        update_slot(vm, class, slot_from_index(i));
    }
    class.has_finalizer.set(class.slots().tp_finalize.is_some());
    class.modified();
    extension::slots_changed(vm, class);
}

/// The name of a special method that feeds a slot.
pub fn is_special(name: Ref<Str>) -> bool {
    name.is_dunder() && SLOT_DEFS.iter().any(|d| name.eq_str(d.name))
}

/// After `class.name` changed: the slots it feeds, here and in subclasses.
pub fn update_slots_of(vm: &Vm, class: Ref<Type>, name: Ref<Str>) {
    for d in SLOT_DEFS.iter().filter(|d| name.eq_str(d.name)) {
        update_slot(vm, class, d.slot);
    }
    class.has_finalizer.set(class.slots().tp_finalize.is_some());
    extension::slots_changed(vm, class);
    class.each_subclass(&mut |t| {
        if t.dict.get().get_name_quiet(name).is_none() {
            update_slots_of(vm, t, name);
        }
    });
}

/// `cls.__bases__ = ...`
pub fn set_bases(vm: &Vm, class: Ref<Type>, value: Value) -> PyResult<()> {
    vm.check_native_stack()?;
    let Some(bases) = value.downcast::<Tuple>() else {
        raise!(
            vm,
            TypeError,
            "can only assign tuple to {}.__bases__, not {}",
            class.name(),
            value.class().name()
        )
    };
    if bases.len() == 0 {
        raise!(vm, TypeError, "can only assign non-empty tuple to {}.__bases__, not ()", class.name())
    }
    for b in bases.items() {
        let Some(b) = b.downcast::<Type>() else {
            raise!(
                vm,
                TypeError,
                "{}.__bases__ must be tuple of classes, not '{}'",
                class.name(),
                b.class().name()
            )
        };
        // The chain of bases is set before `mro()` runs, which may have called this again.
        if b.is_subclass_of(class) || has_in_chain(b, class) {
            return Err(vm.type_error("a __bases__ item causes an inheritance cycle"));
        }
    }
    let base = best_base(vm, bases)?;
    let same = base.solid.get() == class.base.get().and_then(|b| b.solid.get())
        && (base.mode.get() != Mode::None) <= (class.mode.get() != Mode::None);
    if !same {
        raise!(
            vm,
            TypeError,
            "__bases__ assignment: '{}' object layout differs from '{}'",
            base.name(),
            class.base.get().map_or_else(String::new, |b| b.name())
        )
    }
    let (old_bases, old_base, old_mro) = (class.bases.get(), class.base.get(), class.mro.get());
    class.bases.set(class, bases);
    class.base.set(class, Some(base));
    class.modified();
    if let Err(raised) = refresh_mro(vm, class) {
        if class.bases.get() != bases {
            return Err(raised);
        }
        class.bases.set(class, old_bases);
        class.base.set(class, old_base);
        class.mro.set(class, old_mro);
        return Err(raised);
    }
    if class.bases.get() != bases {
        // `mro()` has assigned other bases meanwhile, and these stay.
        return Ok(());
    }
    for b in old_bases.items() {
        // SAFETY: bases are types.
        remove_subclass(unsafe { b.cast() }, class);
    }
    for b in bases.items() {
        // SAFETY: bases are types.
        add_subclass(vm, unsafe { b.cast() }, class);
    }
    refresh_slots(vm, class);
    Ok(())
}

/// Whether `class` is in the chain of the first bases of `b`.
fn has_in_chain(b: Ref<Type>, class: Ref<Type>) -> bool {
    std::iter::successors(Some(b), |t| t.base.get()).any(|t| t == class)
}

fn refresh_mro(vm: &Vm, class: Ref<Type>) -> PyResult<()> {
    mro_internal(vm, class)?;
    let mut result = Ok(());
    class.each_subclass(&mut |t| {
        if result.is_ok() {
            result = refresh_mro(vm, t);
        }
    });
    result
}

fn refresh_slots(vm: &Vm, class: Ref<Type>) {
    if class.is_heap_type() {
        inherit_slots(vm, class);
    }
    class.each_subclass(&mut |t| refresh_slots(vm, t));
}

// ---- annotations --------------------------------------------------------------------------------

fn no_annotations(vm: &Vm, class: Ref<Type>, what: &str) -> Raised {
    vm.error(Exc::AttributeError, format!("type object '{}' has no attribute '{what}'", class.name()))
}

/// `cls.__annotate__`
pub fn get_annotate(vm: &Vm, class: Ref<Type>) -> PyResult<Value> {
    if !class.is_heap_type() {
        return Err(no_annotations(vm, class, "__annotate__"));
    }
    let dict = class.dict.get();
    for name in [names().__annotate_func__, names().__annotate__] {
        if let Some(f) = dict.get_name_quiet(name) {
            return match f.class().slots().tp_descr_get {
                Some(get) => get(vm, f, None, class.value()),
                None => Ok(f),
            };
        }
    }
    dict.set_name(names().__annotate_func__, none());
    Ok(none())
}

/// `cls.__annotate__ = f`
pub fn set_annotate(vm: &Vm, class: Ref<Type>, value: Option<Value>) -> PyResult<()> {
    let Some(value) = value else { return Err(vm.type_error("cannot delete __annotate__ attribute")) };
    if class.is_immutable() {
        raise!(vm, TypeError, "cannot set '__annotate__' attribute of immutable type '{}'", class.name())
    }
    if !value.is_none() && !vm.is_callable(value) {
        return Err(vm.type_error("__annotate__ must be callable or None"));
    }
    let dict = class.dict.get();
    dict.set_name(names().__annotate_func__, value);
    if !value.is_none() {
        dict.remove(vm, names().__annotations_cache__.value())?;
    }
    class.modified();
    Ok(())
}

/// `cls.__annotations__`: stored, or computed once by `__annotate__`.
pub fn get_annotations(vm: &Vm, class: Ref<Type>) -> PyResult<Value> {
    if !class.is_heap_type() {
        return Err(no_annotations(vm, class, "__annotations__"));
    }
    let dict = class.dict.get();
    for name in [names().__annotations__, names().__annotations_cache__] {
        if let Some(a) = dict.get_name_quiet(name) {
            return match a.class().slots().tp_descr_get {
                Some(get) => get(vm, a, None, class.value()),
                None => Ok(a),
            };
        }
    }
    let annotate = get_annotate(vm, class)?;
    let result = if vm.is_callable(annotate) {
        let r = vm.call(annotate, &[vm.int(1)])?;
        if r.downcast::<Dict>().is_none() {
            raise!(vm, TypeError, "__annotate__ returned non-dict of type '{}'", r.class().name())
        }
        r
    } else {
        Dict::new(vm).value()
    };
    dict.set_name(names().__annotations_cache__, result);
    class.modified();
    Ok(result)
}

/// `cls.__annotations__ = d`
pub fn set_annotations(vm: &Vm, class: Ref<Type>, value: Option<Value>) -> PyResult<()> {
    if class.is_immutable() {
        raise!(vm, TypeError, "cannot set '__annotations__' attribute of immutable type '{}'", class.name())
    }
    let dict = class.dict.get();
    match value {
        Some(v) => {
            let key = if dict.get_name_quiet(names().__annotations__).is_some() {
                names().__annotations__
            } else {
                names().__annotations_cache__
            };
            dict.set_name(key, v);
            dict.remove(vm, names().__annotate_func__.value())?;
            dict.remove(vm, names().__annotate__.value())?;
        }
        None => {
            let a = dict.remove(vm, names().__annotations__.value())?.is_some();
            let b = dict.remove(vm, names().__annotations_cache__.value())?.is_some();
            if !a && !b {
                return Err(vm.error(Exc::AttributeError, "__annotations__"));
            }
            dict.remove(vm, names().__annotate_func__.value())?;
        }
    }
    class.modified();
    Ok(())
}

/// A native class that adds nothing to its base's layout: most exceptions.
pub fn native_subclass(vm: &Vm, name: &'static str, base: Ref<Type>, doc: &'static str) -> Ref<Type> {
    let class = blank_type(vm, Type::shape(), vm.intern_str(name), Dict::new(vm));
    heap::Root::new(class.value()).leak();
    let layout: &'static Layout =
        Box::leak(Box::new(Layout { name, ..*base.layout.get().expect("a base has a layout") }));
    let shape = heap::add_shape(layout, Some(class.value()));
    class.base.set(class, Some(base));
    class.bases.set(class, Tuple::from_slice(vm, &[base.value()]));
    let mut mro = vec![class.value()];
    mro.extend(base.mro.get().items());
    class.mro.set(class, Tuple::from_slice(vm, &mro));
    class.flags.set(def::BASE | (base.flags.get() & INHERITED_FLAGS));
    class.doc.set(doc);
    class.basic_size.set(base.basic_size.get());
    class.native_size.set(base.native_size.get());
    class.instance_size.set(base.instance_size.get());
    class.layout.set(Some(layout));
    class.instance_shape.set(shape);
    class.dict_shape.set(shape);
    class.mode.set(base.mode.get());
    class.dict_offset.set(base.dict_offset.get());
    class.has_weakref.set(base.has_weakref.get());
    class.solid.set(class, base.solid.get());
    shapes::define_native(shape, class, class.mode.get(), class.dict_offset.get());
    inherit_native_slots(class);
    add_subclass(vm, base, class);
    class
}
