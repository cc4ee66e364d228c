//! `type`: the struct of classes, attribute lookup on classes, calling a class.
//!
//! Type objects are pinned: they never move, so caches may hold their address. A type's `version`
//! is 0 until somebody caches a lookup; changing the type (or a base) sets it back to 0, and the
//! next lookup draws a number never used before. Class creation is in `type_new.rs`.

use crate::args::Args;
use crate::builtins::array::WeakBox;
use crate::builtins::descr;
use crate::builtins::dict::Dict;
use crate::builtins::exceptions::Exc;
use crate::builtins::list::List;
use crate::builtins::singletons::none;
use crate::builtins::str_::Str;
use crate::builtins::tuple::Tuple;
use crate::def;
use crate::error::PyResult;
use crate::names::names;
use crate::object::{Field, LongHeader, Object, Ref, ShapeId, Value, ValueExt};
use crate::raise;
use crate::shapes::{Mode, id};
use crate::slots::{SlotId, Slots};
use crate::vm::Vm;
use crate::watch::{self, Kind};
use adder_heap as heap;
use adder_macros::{pyclass, pymethods};
use std::cell::{Cell, UnsafeCell};

/// type(object) -> the object's type
/// type(name, bases, dict, **kwds) -> a new type
#[pyclass(name = "type", fixed = id::TYPE, flags = def::BASE | def::TYPE_SUBCLASS, pinned = true)]
#[repr(C)]
pub struct Type {
    pub h: LongHeader,
    pub name: Field<Ref<Str>>,
    pub qualname: Field<Ref<Str>>,
    pub base: Field<Option<Ref<Type>>>,
    pub bases: Field<Ref<Tuple>>,
    pub mro: Field<Ref<Tuple>>,
    pub dict: Field<Ref<Dict>>,
    /// List of `WeakBox`, made with the first subclass.
    pub subclasses: Field<Option<Ref<List>>>,
    /// The base that determines the layout.
    pub solid: Field<Option<Ref<Type>>>,
    /// What a native metaclass keeps about its classes (`PyObject_GetTypeData`).
    pub type_data: Field<Option<Value>>,
    /// `tp_name` of a class that an extension defines; empty for others.
    pub c_name: Cell<&'static str>,
    /// Instances have a C struct with fields of an extension's.
    pub extension: Cell<bool>,
    pub flags: Cell<u64>,
    pub version: Cell<u32>,
    /// Size of the fixed part: native struct and `__slots__`.
    pub basic_size: Cell<u32>,
    /// Size of the native struct alone.
    pub native_size: Cell<u32>,
    pub dict_offset: Cell<u32>,
    pub inline_start: Cell<u32>,
    pub inline_slots: Cell<u32>,
    pub mode: Cell<Mode>,
    pub has_weakref: Cell<bool>,
    pub has_finalizer: Cell<bool>,
    pub instance_shape: Cell<ShapeId>,
    pub dict_shape: Cell<ShapeId>,
    /// Size in bytes of new instances of fixed size.
    pub instance_size: Cell<u32>,
    /// Bit i: the slot with index i holds the generic function.
    pub generic: Cell<u128>,
    pub doc: Cell<&'static str>,
    pub text_signature: Cell<&'static str>,
    pub layout: Cell<Option<&'static heap::Layout>>,
    /// What the C API layer has found out about the structs of exact instances; 0: nothing yet.
    pub struct_facts: Cell<u32>,
    /// Makes an instance of a class of an extension, whose `tp_new` is a C function, as `type.__call__` would:
    /// with positional arguments, in registers.
    pub construct: Cell<Option<Construct>>,
    pub slots: UnsafeCell<Slots>,
}

/// The class is the first argument; see `def::DirectCall`.
pub type Construct = fn(&Vm, Ref<Type>, args: *const Value, count: usize) -> PyResult<Value>;

static NEXT_VERSION: heap::GilCell<u32> = heap::GilCell::new(1);

const CACHE_SIZE: usize = 4096;

/// The global method cache: (version, name) -> attribute found on the MRO.
#[derive(Clone, Copy)]
struct CacheEntry {
    version: u32,
    name: usize,
    value: u64,
}

static CACHE_CHANGED: heap::GilCell<bool> = heap::GilCell::new(false);

static CACHE: heap::GilCell<[CacheEntry; CACHE_SIZE]> =
    heap::GilCell::new([CacheEntry { version: 0, name: 0, value: 0 }; CACHE_SIZE]);

/// Traces the method cache: what it holds may move.
pub fn trace_cache(v: &mut heap::Visitor) {
    // What was entered before the last collection is old, and stays where it is in a minor one.
    if !std::mem::take(CACHE_CHANGED.get()) && !v.is_major() {
        return;
    }
    for e in CACHE.get().iter_mut().filter(|e| e.version != 0) {
        v.visit(&mut e.value);
    }
}

impl Type {
    #[inline(always)]
    pub fn slots(&self) -> &'static Slots {
        // SAFETY: slots change only under the GIL while no reference into them is held.
        unsafe { &*self.slots.get() }
    }

    #[inline(always)]
    pub fn slots_mut(&self) -> &'static mut Slots {
        // SAFETY: as in `slots`.
        unsafe { &mut *self.slots.get() }
    }

    /// The slot holds the function that looks the special method up.
    #[inline(always)]
    pub fn is_generic(&self, slot: SlotId) -> bool {
        self.generic.get() >> (slot as u32) & 1 == 1
    }

    /// `tp_name`, for messages: with the module for classes that are not made by Python code.
    pub fn name(&self) -> String {
        match (self.c_name.get(), self.module_name().and_then(|m| m.downcast::<Str>())) {
            ("", Some(m)) if !self.is_heap_type() && !m.eq_str("builtins") => {
                format!("{m}.{}", self.name.get())
            }
            ("", _) => self.short_name(),
            (full, _) => full.to_string(),
        }
    }

    /// `__name__`
    pub fn short_name(&self) -> String {
        self.name.get().to_string()
    }

    /// What `__module__` of the class is. Static types of extensions have it in their names only, so that
    /// their instances have no such attribute.
    pub fn module_name(&self) -> Option<Value> {
        let own = self.dict.get().get_name_quiet(names().__module__);
        if own.is_some() || !self.is_foreign() || self.is_heap_type() {
            return own;
        }
        let module = self.c_name.get().rsplit_once('.').map_or("builtins", |(module, _)| module);
        Some(Vm::get().intern_str(module).value())
    }

    /// `module.qualname`, or `qualname` alone for builtins: what tracebacks show.
    pub fn full_name(&self, _: &Vm) -> String {
        match self.module_name().and_then(|m| m.downcast::<Str>()) {
            Some(m) if !m.eq_str("builtins") && !m.eq_str("__main__") => {
                format!("{m}.{}", self.qualname.get())
            }
            _ => self.qualname.get().to_string(),
        }
    }

    #[inline(always)]
    pub fn has_flag(&self, flag: u64) -> bool {
        self.flags.get() & flag != 0
    }

    pub fn is_immutable(&self) -> bool {
        self.has_flag(def::IMMUTABLE)
    }

    /// An extension defines it.
    pub fn is_foreign(&self) -> bool {
        !self.c_name.get().is_empty()
    }

    pub fn is_heap_type(&self) -> bool {
        self.has_flag(def::HEAPTYPE)
    }

    /// `issubclass` without hooks.
    #[inline]
    pub fn is_subclass_of(&self, other: Ref<Type>) -> bool {
        if std::ptr::eq(self, other.as_ptr()) {
            return true;
        }
        let mro = self.mro.get();
        mro.items().iter().any(|t| *t == other.value())
    }

    pub fn dict_shape(&self) -> ShapeId {
        self.dict_shape.get()
    }

    /// Classes in method resolution order.
    pub fn mro_iter(&self) -> impl Iterator<Item = Ref<Type>> + '_ {
        // SAFETY: an MRO holds types only.
        (0..self.mro.get().len()).map(move |i| unsafe { self.mro.get().get(i).cast::<Type>() })
    }

    /// The version for caches; drawn when first asked for.
    #[inline(always)]
    pub fn cache_version(&self) -> u32 {
        match self.version.get() {
            0 => self.draw_version(),
            v => v,
        }
    }

    #[cold]
    fn draw_version(&self) -> u32 {
        // A type is valid only if its bases are: a change below must reach it.
        if let Some(base) = self.base.get() {
            base.cache_version();
        }
        let bases = self.bases.get();
        for i in 0..bases.len() {
            if let Some(b) = bases.get(i).downcast::<Type>() {
                b.cache_version();
            }
        }
        if FOREIGN.get().is_some() {
            for t in self.mro_iter().filter(|t| t.version.get() == 0 && t.as_ptr() as *const Type != self) {
                t.cache_version();
            }
        }
        let next = NEXT_VERSION.get();
        let v = *next;
        *next += 1;
        self.version.set(v);
        v
    }

    /// Must be called after any change of the class: forgets what caches know about it and its
    /// subclasses.
    pub fn modified(&self) {
        if self.version.get() == 0 {
            return;
        }
        // SAFETY: a class does not move, and this one is alive.
        watch::tell(Kind::Type, 0, unsafe { Value::from_bits_unchecked(self as *const Type as u64) }, None);
        self.version.set(0);
        self.each_subclass(&mut |t| t.modified());
        if let Some(list) = FOREIGN.get().and_then(|v| v.downcast::<List>()) {
            let depends = |t: &Ref<Type>| t.mro_iter().any(|m| m.as_ptr() as *const Type == self);
            for t in list.items().iter().filter_map(|t| t.downcast::<Type>()).filter(depends) {
                t.modified();
            }
        }
    }

    /// Calls `f` for every direct subclass that is alive.
    pub fn each_subclass(&self, f: &mut dyn FnMut(Ref<Type>)) {
        let Some(list) = self.subclasses.get() else { return };
        for i in 0..list.len() {
            // SAFETY: the list holds WeakBoxes of types only.
            if let Some(t) = unsafe { list.get(i).cast::<WeakBox>() }.get() {
                f(unsafe { t.cast() });
            }
        }
    }
}

/// Byte offset of the dict word of an instance of variable size: its last word.
pub fn tail_offset(obj: Value) -> u32 {
    heap::object_size(obj) as u32 - 8
}

/// Operations of a class.
pub trait TypeExt {
    fn lookup(self, vm: &Vm, name: Ref<Str>) -> Option<Value>;
    fn lookup_with_owner(self, vm: &Vm, name: Ref<Str>) -> Option<(Value, Ref<Type>)>;
}

impl TypeExt for Ref<Type> {
    /// The attribute on the MRO, without descriptors and without the metaclass.
    #[inline]
    fn lookup(self, vm: &Vm, name: Ref<Str>) -> Option<Value> {
        let version = self.cache_version();
        let at = (version as usize).wrapping_mul(31).wrapping_add(name.as_ptr() as usize >> 4) % CACHE_SIZE;
        let e = &CACHE.get()[at];
        if e.version == version && e.name == name.as_ptr() as usize {
            return Value::from_bits(e.value);
        }
        lookup_slow(vm, self, name, version, at)
    }

    /// As `lookup`, with the class whose dict has it.
    fn lookup_with_owner(self, _vm: &Vm, name: Ref<Str>) -> Option<(Value, Ref<Type>)> {
        self.mro_iter().find_map(|t| t.dict.get().get_name_quiet(name).map(|v| (v, t)))
    }
}

/// Classes whose `mro()` has put classes into the MRO that are no bases: changes of those do not reach them
/// along the subclasses. They are in a list, and so live for ever.
static FOREIGN: heap::StaticRoot = heap::StaticRoot::new();

/// Remembers a class with an MRO of its own making if changes of other classes would not reach it.
pub fn note_foreign_mro(vm: &Vm, class: Ref<Type>) {
    let bases = class.bases.get();
    let below =
        |t: Ref<Type>| bases.items().iter().filter_map(|b| b.downcast::<Type>()).any(|b| b.is_subclass_of(t));
    if class.mro_iter().all(|t| t == class || below(t)) {
        return;
    }
    let list = match FOREIGN.get().and_then(|v| v.downcast::<List>()) {
        Some(list) => list,
        None => {
            let list = List::new(vm);
            FOREIGN.set(Some(list.value()));
            list
        }
    };
    if !list.items().contains(&class.value()) {
        list.push(vm, class.value());
    }
}

#[inline(never)]
fn lookup_slow(_vm: &Vm, class: Ref<Type>, name: Ref<Str>, version: u32, at: usize) -> Option<Value> {
    let found = class.mro_iter().find_map(|t| t.dict.get().get_name_quiet(name));
    if name.is_interned() && class.version.get() == version {
        let value = found.map_or(0, |v| v.bits());
        *CACHE_CHANGED.get() = true;
        CACHE.get()[at] = CacheEntry { version, name: name.as_ptr() as usize, value };
    }
    found
}

/// `type.__getattribute__`: data descriptors of the metaclass, the class's own MRO, the metaclass.
pub fn getattro(vm: &Vm, this: Value, name: Ref<Str>) -> PyResult<Option<Value>> {
    // SAFETY: installed as a slot of type only.
    let class: Ref<Type> = unsafe { this.cast() };
    let meta = this.class();
    let meta_attr = meta.lookup(vm, name);
    if let Some(attr) = meta_attr {
        let slots = attr.class().slots();
        if slots.tp_descr_set.is_some()
            && let Some(get) = slots.tp_descr_get
        {
            return get(vm, attr, Some(this), meta.value()).map(Some);
        }
    }
    if let Some(attr) = class.lookup(vm, name) {
        return match attr.class().slots().tp_descr_get {
            Some(get) => get(vm, attr, None, this).map(Some),
            None => Ok(Some(attr)),
        };
    }
    match meta_attr {
        Some(attr) => match attr.class().slots().tp_descr_get {
            Some(get) => get(vm, attr, Some(this), meta.value()).map(Some),
            None => Ok(Some(attr)),
        },
        None => Ok(None),
    }
}

/// `type.__setattr__`
pub fn setattro(vm: &Vm, this: Value, name: Ref<Str>, value: Option<Value>) -> PyResult<()> {
    // SAFETY: installed as a slot of type only.
    let class: Ref<Type> = unsafe { this.cast() };
    if class.is_immutable() {
        let what = if value.is_some() { "set" } else { "delete" };
        let _ = what;
        raise!(vm, TypeError, "cannot set '{}' attribute of immutable type '{}'", name, class.name())
    }
    let name = vm.intern_ref(name);
    let meta = this.class();
    if let Some(attr) = meta.lookup(vm, name)
        && let Some(set) = attr.class().slots().tp_descr_set
    {
        set(vm, attr, this, value)?;
        class.modified();
        return Ok(());
    }
    match value {
        Some(v) => class.dict.get().set_name(name, v),
        None => {
            if class.dict.get().remove(vm, name.value())?.is_none() {
                return Err(vm.no_attribute(this, name));
            }
        }
    }
    class.modified();
    if crate::type_new::is_special(name) {
        crate::type_new::update_slots_of(vm, class, name);
    }
    Ok(())
}

/// `type.__call__`: `__new__`, then `__init__` if the result is an instance.
pub fn call(vm: &Vm, this: Value, args: Args) -> PyResult<Value> {
    // SAFETY: installed as a slot of type only.
    let class: Ref<Type> = unsafe { this.cast() };
    if class == Type::class() && args.pos().len() == 1 && !args.has_keywords() {
        return Ok(args.pos()[0].class().value());
    }
    if class.is_foreign()
        && let Some(result) = crate::extension::type_vectorcall(vm, class, args)
    {
        return result;
    }
    let Some(new) = class.slots().tp_new else {
        raise!(vm, TypeError, "cannot create '{}' instances", class.full_name(vm))
    };
    let obj = new(vm, class, args)?;
    if obj.is_ptr() || class == crate::builtins::int::Int::class() {
        let made = obj.class();
        if (made == class || made.is_subclass_of(class))
            && let Some(init) = made.slots().tp_init
        {
            init(vm, obj, args)?;
        }
    }
    Ok(obj)
}

fn check_settable(vm: &Vm, class: Ref<Type>, value: Option<Value>, name: &str) -> PyResult<Value> {
    if class.is_immutable() {
        raise!(vm, TypeError, "cannot set '{name}' attribute of immutable type '{}'", class.name())
    }
    match value {
        Some(v) => Ok(v),
        None => raise!(vm, TypeError, "cannot delete '{name}' attribute of type '{}'", class.name()),
    }
}

#[pymethods]
impl Type {
    #[slot(tp_getattro)]
    fn getattro_(vm: &Vm, this: Value, name: Ref<Str>) -> PyResult<Option<Value>> {
        getattro(vm, this, name)
    }

    #[slot(tp_setattro)]
    fn setattro_(vm: &Vm, this: Value, name: Ref<Str>, value: Option<Value>) -> PyResult<()> {
        setattro(vm, this, name, value)
    }

    #[slot(tp_call)]
    fn call_(vm: &Vm, this: Value, args: Args) -> PyResult<Value> {
        call(vm, this, args)
    }

    #[slot(tp_new)]
    fn new_(vm: &Vm, meta: Ref<Type>, args: Args) -> PyResult<Value> {
        crate::type_new::type_new(vm, meta, args)
    }

    #[slot(tp_init)]
    fn init_(vm: &Vm, _this: Value, args: Args) -> PyResult<()> {
        if args.pos().len() != 1 && args.pos().len() != 3 {
            raise!(vm, TypeError, "type.__init__() takes 1 or 3 arguments")
        }
        Ok(())
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        // SAFETY: installed as a slot of type only.
        let class: Ref<Type> = unsafe { this.cast() };
        let module = class.module_name().and_then(|m| m.downcast::<Str>());
        Ok(vm.new_str(&match module {
            Some(m) if !m.eq_str("builtins") => format!("<class '{m}.{}'>", class.qualname.get()),
            _ => format!("<class '{}'>", class.name.get()),
        }))
    }

    #[slot(nb_or)]
    fn or(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        crate::builtins::union_::or(vm, a, b)
    }

    #[getter]
    fn __name__(_vm: &Vm, this: Ref<Type>) -> Ref<Str> {
        this.name.get()
    }

    #[setter(name = "__name__")]
    fn set_name(vm: &Vm, this: Ref<Type>, value: Option<Value>) -> PyResult<()> {
        let v = check_settable(vm, this, value, "__name__")?;
        let Some(s) = v.downcast::<Str>() else {
            raise!(
                vm,
                TypeError,
                "can only assign string to {}.__name__, not '{}'",
                this.name(),
                v.class().name()
            )
        };
        if s.contains_nul() {
            raise!(vm, ValueError, "type name must not contain null characters")
        }
        crate::type_new::check_encodable(vm, s)?;
        this.name.set(this, s);
        Ok(())
    }

    #[getter]
    fn __qualname__(_vm: &Vm, this: Ref<Type>) -> Ref<Str> {
        this.qualname.get()
    }

    #[setter(name = "__qualname__")]
    fn set_qualname(vm: &Vm, this: Ref<Type>, value: Option<Value>) -> PyResult<()> {
        let v = check_settable(vm, this, value, "__qualname__")?;
        let Some(s) = v.downcast::<Str>() else {
            raise!(
                vm,
                TypeError,
                "can only assign string to {}.__qualname__, not '{}'",
                this.name(),
                v.class().name()
            )
        };
        this.qualname.set(this, s);
        Ok(())
    }

    #[getter]
    fn __module__(vm: &Vm, this: Ref<Type>) -> PyResult<Value> {
        // In `type` itself this very descriptor lies under the name.
        match this.module_name().filter(|m| !m.is::<crate::builtins::descr::GetSetDescriptor>()) {
            Some(m) => Ok(m),
            None if !this.is_heap_type() => Ok(vm.new_str("builtins")),
            None => Err(vm.error(Exc::AttributeError, "__module__")),
        }
    }

    #[setter(name = "__module__")]
    fn set_module(vm: &Vm, this: Ref<Type>, value: Option<Value>) -> PyResult<()> {
        let v = check_settable(vm, this, value, "__module__")?;
        this.dict.get().set_name(names().__module__, v);
        this.dict.get().remove(vm, names().__firstlineno__.value())?;
        this.modified();
        Ok(())
    }

    #[getter]
    fn __bases__(_vm: &Vm, this: Ref<Type>) -> Ref<Tuple> {
        this.bases.get()
    }

    #[setter(name = "__bases__")]
    fn set_bases(vm: &Vm, this: Ref<Type>, value: Option<Value>) -> PyResult<()> {
        let v = check_settable(vm, this, value, "__bases__")?;
        crate::type_new::set_bases(vm, this, v)
    }

    #[getter]
    fn __base__(_vm: &Vm, this: Ref<Type>) -> Option<Ref<Type>> {
        this.base.get()
    }

    #[getter]
    fn __mro__(_vm: &Vm, this: Ref<Type>) -> Ref<Tuple> {
        this.mro.get()
    }

    #[getter]
    fn __dict__(vm: &Vm, this: Ref<Type>) -> Value {
        descr::mapping_proxy(vm, this.dict.get().value())
    }

    #[getter]
    fn __doc__(vm: &Vm, this: Ref<Type>) -> PyResult<Value> {
        let doc = match this.is_foreign() {
            true => crate::extension::type_doc(this).1,
            false => this.doc.get(),
        };
        if !this.is_heap_type() && !doc.is_empty() {
            return Ok(vm.new_str(doc));
        }
        match this.dict.get().get_name_quiet(names().__doc__) {
            Some(d) => match d.class().slots().tp_descr_get {
                Some(get) => get(vm, d, None, this.value()),
                None => Ok(d),
            },
            None if this.doc.get().is_empty() => Ok(none()),
            None => Ok(vm.new_str(this.doc.get())),
        }
    }

    #[setter(name = "__doc__")]
    fn set_doc(vm: &Vm, this: Ref<Type>, value: Option<Value>) -> PyResult<()> {
        let v = check_settable(vm, this, value, "__doc__")?;
        this.dict.get().set_name(names().__doc__, v);
        this.modified();
        Ok(())
    }

    #[getter]
    fn __text_signature__(vm: &Vm, this: Ref<Type>) -> Value {
        let text = match this.is_foreign() {
            true => crate::extension::type_doc(this).0,
            false => this.text_signature.get(),
        };
        if text.is_empty() { none() } else { vm.new_str(text) }
    }

    #[getter]
    fn __flags__(_vm: &Vm, this: Ref<Type>) -> i64 {
        let mut flags = this.flags.get();
        if this.flags.get() & def::HEAPTYPE != 0 {
            // Py_TPFLAGS_MANAGED_DICT, Py_TPFLAGS_INLINE_VALUES
            flags |= match this.mode.get() {
                Mode::Inline => 1 << 4 | 1 << 2,
                Mode::Tail => 1 << 4,
                Mode::None | Mode::Dict | Mode::Foreign => 0,
            };
        }
        flags as i64
    }

    #[getter]
    fn __basicsize__(_vm: &Vm, this: Ref<Type>) -> i64 {
        if this.extension.get() {
            return crate::extension::type_sizes(this).0;
        }
        this.basic_size.get() as i64
    }

    #[getter]
    fn __itemsize__(_vm: &Vm, this: Ref<Type>) -> i64 {
        if this.extension.get() {
            return crate::extension::type_sizes(this).1;
        }
        match this.layout.get().map(|l| l.size) {
            Some(heap::Size::Array { elem, .. }) => elem as i64,
            _ => 0,
        }
    }

    #[getter]
    fn __dictoffset__(_vm: &Vm, this: Ref<Type>) -> i64 {
        match this.mode.get() {
            Mode::None => 0,
            Mode::Tail => -8,
            Mode::Inline => -1,
            Mode::Dict | Mode::Foreign => this.dict_offset.get() as i64,
        }
    }

    #[getter]
    fn __weakrefoffset__(_vm: &Vm, this: Ref<Type>) -> i64 {
        if this.has_weakref.get() { 8 } else { 0 }
    }

    #[getter]
    fn __abstractmethods__(vm: &Vm, this: Ref<Type>) -> PyResult<Value> {
        if this != Type::class()
            && let Some(v) = this.dict.get().get_name_quiet(names().__abstractmethods__)
        {
            return Ok(v);
        }
        Err(vm.error(Exc::AttributeError, "__abstractmethods__"))
    }

    #[setter(name = "__abstractmethods__")]
    fn set_abstractmethods(vm: &Vm, this: Ref<Type>, value: Option<Value>) -> PyResult<()> {
        let is_abstract = match value {
            Some(v) => {
                let truth = vm.truth(v)?;
                this.dict.get().set_name(names().__abstractmethods__, v);
                truth
            }
            None => {
                if this.dict.get().remove(vm, names().__abstractmethods__.value())?.is_none() {
                    return Err(vm.error(Exc::AttributeError, "__abstractmethods__"));
                }
                false
            }
        };
        this.modified();
        let flags = this.flags.get();
        this.flags.set(if is_abstract { flags | def::ABSTRACT } else { flags & !def::ABSTRACT });
        Ok(())
    }

    #[getter]
    fn __annotations__(vm: &Vm, this: Ref<Type>) -> PyResult<Value> {
        crate::type_new::get_annotations(vm, this)
    }

    #[setter(name = "__annotations__")]
    fn set_annotations(vm: &Vm, this: Ref<Type>, value: Option<Value>) -> PyResult<()> {
        crate::type_new::set_annotations(vm, this, value)
    }

    #[getter]
    fn __annotate__(vm: &Vm, this: Ref<Type>) -> PyResult<Value> {
        crate::type_new::get_annotate(vm, this)
    }

    #[setter(name = "__annotate__")]
    fn set_annotate(vm: &Vm, this: Ref<Type>, value: Option<Value>) -> PyResult<()> {
        crate::type_new::set_annotate(vm, this, value)
    }

    #[getter]
    fn __type_params__(vm: &Vm, this: Ref<Type>) -> Value {
        match this.dict.get().get_name_quiet(names().__type_params__) {
            Some(v) => v,
            None => Tuple::from_slice(vm, &[]).value(),
        }
    }

    #[setter(name = "__type_params__")]
    fn set_type_params(vm: &Vm, this: Ref<Type>, value: Option<Value>) -> PyResult<()> {
        let v = check_settable(vm, this, value, "__type_params__")?;
        this.dict.get().set_name(names().__type_params__, v);
        this.modified();
        Ok(())
    }

    /// Return a type's method resolution order.
    #[pymethod("($self, /)")]
    fn mro(vm: &Vm, this: Ref<Type>) -> PyResult<Value> {
        let mro = crate::type_new::compute_mro(vm, this)?;
        Ok(List::from_slice(vm, mro.items()).value())
    }

    /// Return a list of immediate subclasses.
    #[pymethod("($self, /)")]
    fn __subclasses__(vm: &Vm, this: Ref<Type>) -> Value {
        let list = List::new(vm);
        this.each_subclass(&mut |t| list.push(vm, t.value()));
        list.value()
    }

    /// Create the namespace for the class statement
    #[classmethod]
    fn __prepare__(vm: &Vm, _class: Value, _args: Args) -> Value {
        Dict::new(vm).value()
    }

    /// Check if an object is an instance.
    #[pymethod("($self, instance, /)")]
    fn __instancecheck__(vm: &Vm, this: Ref<Type>, instance: Value) -> PyResult<bool> {
        vm.real_isinstance(instance, this.value())
    }

    /// Check if a class is a subclass.
    #[pymethod("($self, subclass, /)")]
    fn __subclasscheck__(vm: &Vm, this: Ref<Type>, subclass: Value) -> PyResult<bool> {
        vm.real_issubclass(subclass, this.value())
    }

    /// Specialized __dir__ implementation for types.
    #[pymethod("($self, /)")]
    fn __dir__(vm: &Vm, this: Ref<Type>) -> PyResult<Value> {
        let all = Dict::new(vm);
        let mro = this.mro.get();
        for i in (0..mro.len()).rev() {
            // SAFETY: an MRO holds types only.
            let t: Ref<Type> = unsafe { mro.get(i).cast() };
            all.update_from(vm, t.dict.get())?;
        }
        Ok(all.keys_list(vm).value())
    }

    /// Return memory consumption of the type object.
    #[pymethod("($self, /)")]
    fn __sizeof__(_vm: &Vm, _this: Ref<Type>) -> i64 {
        std::mem::size_of::<Type>() as i64
    }
}
