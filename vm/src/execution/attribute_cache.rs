//! Attribute access behind the inline caches.
//!
//! What the inline cache of an instruction does not know is looked up in a table by shape and name,
//! which serves instructions that see many shapes; what is not there is looked up the slow way and
//! entered in both.
//!
//! An entry holds for objects of one shape while the class has the version noted. For classes as
//! objects (`TypeValue`) it is the version of the object itself.

use super::body::{Cache, CacheKind};
use crate::builtins::array::Array;
use crate::builtins::code::Code;
use crate::builtins::descr::{GetSetDescriptor, MemberDescriptor, MethodDescriptor};
use crate::builtins::dict::Dict;
use crate::builtins::function::{ClassMethod, Function, StaticMethod};
use crate::builtins::module::Module;
use crate::builtins::object::Object as BaseObject;
use crate::builtins::property::Property;
use crate::builtins::str_::Str;
use crate::builtins::type_::{Type, TypeExt};
use crate::def::GetSetDef;
use crate::error::PyResult;
use crate::names::names;
use crate::object::{Object, Ref, ShapeId, Value, ValueExt};
use crate::shapes::{self, Mode};
use crate::slots::SlotId;
use crate::vm::Vm;
use adder_heap::{GilCell, Visitor};

/// What an instruction does with the attribute.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Access {
    Load,
    Method,
    Store,
}

/// After this many misses an instruction keeps what it has and leaves the rest to the table.
const MAX_MISSES: u8 = 60;

const TABLE: usize = 2048;

/// One line of the processor's cache.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Entry {
    /// The name's address, with the access in the low bits.
    key: usize,
    cache: Cache,
}

const _: () = assert!(std::mem::size_of::<Entry>() == 64);

#[inline(always)]
fn key(name: Ref<Str>, access: Access) -> usize {
    name.as_ptr() as usize | access as usize
}

static ENTRIES: GilCell<[Entry; TABLE]> = GilCell::new([Entry { key: 0, cache: Cache::EMPTY }; TABLE]);

/// Values were entered since the last collection. Afterwards they are all old, which minor collections
/// leave alone.
static CHANGED: GilCell<bool> = GilCell::new(false);

/// Traces the values in the table.
pub fn trace(v: &mut Visitor) {
    if !std::mem::take(CHANGED.get()) && !v.is_major() {
        return;
    }
    for e in ENTRIES.get().iter_mut().filter(|e| e.cache.value != 0) {
        v.visit(&mut e.cache.value);
    }
}

#[inline(always)]
fn entry(shape: ShapeId, name: Ref<Str>, access: Access) -> &'static mut Entry {
    let hash = (name.as_ptr() as usize >> 4).wrapping_mul(31) ^ (shape.0 as usize).wrapping_mul(0x9e5);
    &mut ENTRIES.get()[(hash ^ access as usize) % TABLE]
}

/// The table's entry for an object, if it holds.
#[inline(always)]
pub fn known(obj: Value, name: Ref<Str>, access: Access) -> Option<&'static Cache> {
    if !obj.is_ptr() {
        return None;
    }
    let e = entry(obj.shape(), name, access);
    let holds = e.key == key(name, access)
        && e.cache.kind > CacheKind::Megamorphic
        && e.cache.shape == obj.shape()
        // SAFETY: entries point at the versions of types; a version is never used twice.
        && unsafe { *e.cache.version_at } == e.cache.version;
    if holds { Some(&e.cache) } else { None }
}

/// Enters what was found in the table and in the instruction's cache.
fn remember(cache: &mut Cache, name: Ref<Str>, access: Access, found: Cache) {
    adopt(cache, &found);
    // Classes as objects all have one shape.
    if !matches!(found.kind, CacheKind::TypeValue | CacheKind::ClassMethod) {
        *CHANGED.get() = true;
        *entry(found.shape, name, access) = Entry { key: key(name, access), cache: found };
    }
}

/// Puts an entry into the instruction's cache, unless that has changed too often.
#[inline]
fn adopt(cache: &mut Cache, found: &Cache) {
    if cache.misses < MAX_MISSES {
        *cache = Cache { name: cache.name, misses: cache.misses + 1, ..*found };
    }
}

/// An entry for objects of the shape of `obj`.
fn bind(obj: Value, class: Ref<Type>, kind: CacheKind) -> Cache {
    Cache {
        kind,
        shape: obj.shape(),
        version: class.cache_version(),
        version_at: class.version.as_ptr(),
        ..Cache::EMPTY
    }
}

/// Whether instances of the class look attributes up as `object` does.
fn plain_getattr(class: Ref<Type>) -> bool {
    !class.is_generic(SlotId::tp_getattro)
        && class.slots().raw(SlotId::tp_getattro) == BaseObject::class().slots().raw(SlotId::tp_getattro)
}

/// As `plain_getattr`, but for what is not found there may be a `__getattr__`: it makes no difference to what is
/// found without running code.
fn plain_when_found(vm: &Vm, class: Ref<Type>) -> bool {
    let name = names().__getattribute__;
    plain_getattr(class)
        || class.is_generic(SlotId::tp_getattro)
            && class.lookup(vm, name) == BaseObject::class().dict.get().get_name_quiet(name)
}

fn plain_setattr(class: Ref<Type>) -> bool {
    !class.is_generic(SlotId::tp_setattro)
        && class.slots().raw(SlotId::tp_setattro) == BaseObject::class().slots().raw(SlotId::tp_setattro)
}

/// The dict of an instance in dict mode.
#[inline(always)]
fn dict_of(obj: Value, offset: u32) -> Option<Ref<Dict>> {
    // SAFETY: the dict word of dict mode holds a Dict.
    shapes::word_at(obj, offset).map(|d| unsafe { d.cast() })
}

/// The attribute that an entry for the object's shape describes, without running Python code.
#[inline(always)]
fn read(vm: &Vm, obj: Value, name: Ref<Str>, c: &Cache) -> Option<PyResult<Value>> {
    match c.kind {
        CacheKind::Slot | CacheKind::Member => shapes::word_at(obj, c.offset).map(Ok),
        CacheKind::Overflow => {
            // SAFETY: an object of this shape has an overflow array.
            let overflow: Ref<Array> = unsafe { shapes::word_at(obj, c.version2)?.cast() };
            overflow.get(c.offset as usize).map(Ok)
        }
        CacheKind::ClassValue => Value::from_bits(c.value).map(Ok),
        CacheKind::DictSlot => dict_of(obj, c.version2)?.value_if_key(c.offset, name).map(Ok),
        CacheKind::Module => {
            // SAFETY: the shape is that of modules.
            let dict = unsafe { obj.cast::<Module>() }.dict();
            if dict.version() != c.version2 || c.version2 == 0 {
                return None;
            }
            dict.value_at(c.offset).map(Ok)
        }
        CacheKind::TypeValue if c.identity == obj.bits() as usize => Value::from_bits(c.value).map(Ok),
        CacheKind::GetSet => Some(call_getter(vm, obj, c)),
        _ => None,
    }
}

/// What `obj.name` gave.
pub enum Loaded {
    Value(Value),
    /// A property: its getter, a Python function, is to be called.
    Getter(Ref<Function>),
}

/// Whether the instruction's own cache describes the object.
#[inline(always)]
fn holds(cache: &Cache, obj: Value) -> bool {
    cache.kind > CacheKind::Megamorphic
        && obj.is_ptr()
        && obj.shape() == cache.shape
        // SAFETY: as in `known`; for classes as objects the identity is compared later.
        && unsafe { *cache.version_at } == cache.version
}

/// `obj.name`, with a cache of `code`, which is told of a change before anything can collect.
#[inline(never)]
pub fn load_attr(
    vm: &Vm,
    obj: Value,
    name: Ref<Str>,
    code: Ref<Code>,
    cache: &mut Cache,
) -> PyResult<Loaded> {
    if holds(cache, obj)
        && let Some(loaded) = load_known(vm, obj, name, cache)
    {
        return loaded;
    }
    if let Some(c) = known(obj, name, Access::Load) {
        adopt(cache, c);
        code.touched();
        if let Some(loaded) = load_known(vm, obj, name, c) {
            return loaded;
        }
    }
    if obj.is_ptr()
        && let Some(found) = find(vm, obj, name)
    {
        remember(cache, name, Access::Load, found);
        code.touched();
    }
    vm.get_attr(obj, name).map(Loaded::Value)
}

/// `obj.name` for callers without an inline cache; the name is interned.
pub fn get_attr(vm: &Vm, obj: Value, name: Ref<Str>) -> PyResult<Value> {
    if let Some(c) = known(obj, name, Access::Load)
        && c.kind != CacheKind::Property
        && let Some(v) = read(vm, obj, name, c)
    {
        return v;
    }
    // The table does not keep attributes of classes.
    if obj.is_ptr()
        && !obj.is::<Type>()
        && let Some(found) = find(vm, obj, name)
    {
        remember(&mut Cache::EMPTY.clone(), name, Access::Load, found);
    }
    vm.get_attr(obj, name)
}

#[inline(always)]
fn load_known(vm: &Vm, obj: Value, name: Ref<Str>, c: &Cache) -> Option<PyResult<Loaded>> {
    if c.kind == CacheKind::Property {
        // SAFETY: such an entry's value is a function.
        return Some(Ok(Loaded::Getter(unsafe { Value::from_bits_unchecked(c.value).cast() })));
    }
    read(vm, obj, name, c).map(|v| v.map(Loaded::Value))
}

/// How `obj.name` is found, if that can be remembered.
fn find(vm: &Vm, obj: Value, name: Ref<Str>) -> Option<Cache> {
    let class = obj.class();
    if obj.is::<Module>() {
        return find_in_module(vm, obj, class, name);
    }
    if obj.is::<Type>() {
        return find_in_type(vm, obj, name);
    }
    if !plain_when_found(vm, class) {
        return None;
    }
    let attr = class.lookup(vm, name);
    if let Some(d) = attr
        && d.class().slots().tp_descr_set.is_some()
    {
        // A getter may raise AttributeError, which calls `__getattr__`.
        return find_data_descriptor(obj, class, d)
            .filter(|c| c.kind == CacheKind::Member || plain_getattr(class));
    }
    let data = shapes::data(obj.shape())?;
    match data.mode {
        Mode::Inline => {
            if let Some(slot) = data.find(name) {
                return Some(match data.inline_offset(slot) {
                    Some(offset) => Cache { offset, ..bind(obj, class, CacheKind::Slot) },
                    None => Cache {
                        offset: slot - data.inline_slots,
                        version2: data.dict_offset,
                        ..bind(obj, class, CacheKind::Overflow)
                    },
                });
            }
        }
        Mode::None => {}
        Mode::Dict => {
            let dict = dict_of(obj, data.dict_offset)?;
            let offset = dict.position_of(name)?;
            return Some(Cache {
                offset,
                version2: data.dict_offset,
                ..bind(obj, class, CacheKind::DictSlot)
            });
        }
        Mode::Tail | Mode::Foreign => return None,
    }
    let attr = attr?;
    let v = match attr.exact::<StaticMethod>() {
        Some(s) => s.callable.get(),
        None if attr.class().slots().tp_descr_get.is_none() => attr,
        None => return None,
    };
    Some(Cache { value: v.bits(), ..bind(obj, class, CacheKind::ClassValue) })
}

fn find_data_descriptor(obj: Value, class: Ref<Type>, d: Value) -> Option<Cache> {
    if let Some(member) = d.exact::<MemberDescriptor>() {
        if !class.is_subclass_of(member.owner()) {
            return None;
        }
        return Some(match member.foreign() {
            Some(def) => bind_getset(obj, class, def),
            None => Cache { offset: member.offset, ..bind(obj, class, CacheKind::Member) },
        });
    }
    if let Some(p) = d.exact::<Property>() {
        let getter = p.fget.get()?.exact::<Function>()?;
        return Some(Cache { value: getter.value().bits(), ..bind(obj, class, CacheKind::Property) });
    }
    let getset = d.exact::<GetSetDescriptor>().filter(|g| class.is_subclass_of(g.owner()))?;
    getset.def().get?;
    Some(bind_getset(obj, class, getset.def()))
}

fn bind_getset(obj: Value, class: Ref<Type>, def: &'static GetSetDef) -> Cache {
    Cache { identity: def as *const GetSetDef as usize, ..bind(obj, class, CacheKind::GetSet) }
}

/// The definition that an entry for a getset names.
#[inline(always)]
fn getset(c: &Cache) -> &'static GetSetDef {
    // SAFETY: the word is the address of a definition, which lives for ever.
    unsafe { &*(c.identity as *const GetSetDef) }
}

/// The attribute of an entry for a getset that has a getter.
#[inline(never)]
pub fn call_getter(vm: &Vm, obj: Value, c: &Cache) -> PyResult<Value> {
    let def = getset(c);
    (def.get.expect("entries for loads have a getter"))(vm, def, obj)
}

fn find_in_module(vm: &Vm, obj: Value, class: Ref<Type>, name: Ref<Str>) -> Option<Cache> {
    if class.lookup(vm, name).is_some() {
        return None;
    }
    // SAFETY: the caller has tested the class.
    let dict = unsafe { obj.cast::<Module>() }.dict();
    let offset = dict.position_of(name)?;
    Some(Cache { offset, version2: dict.cache_version(), ..bind(obj, class, CacheKind::Module) })
}

/// An attribute of a class whose metaclass is `type` itself.
fn find_in_type(vm: &Vm, obj: Value, name: Ref<Str>) -> Option<Cache> {
    if Type::class().lookup(vm, name).is_some_and(|d| d.class().slots().tp_descr_set.is_some()) {
        return None;
    }
    // SAFETY: the caller has tested the class.
    let class: Ref<Type> = unsafe { obj.cast() };
    let attr = class.lookup(vm, name)?;
    let value = match attr.exact::<StaticMethod>() {
        Some(s) => s.callable.get(),
        None if attr.is::<Function>() || attr.is::<MethodDescriptor>() => attr,
        None if attr.class().slots().tp_descr_get.is_none() => attr,
        None => return None,
    };
    Some(Cache {
        identity: obj.bits() as usize,
        value: value.bits(),
        ..bind(obj, class, CacheKind::TypeValue)
    })
}

/// The function and receiver for `obj.name(...)`, or the attribute and None.
#[inline(never)]
pub fn load_method(
    vm: &Vm,
    obj: Value,
    name: Ref<Str>,
    code: Ref<Code>,
    cache: &mut Cache,
) -> PyResult<(Value, Option<Value>)> {
    if holds(cache, obj)
        && let Some(found) = method_known(vm, obj, name, cache)
    {
        return found;
    }
    if let Some(c) = known(obj, name, Access::Method) {
        adopt(cache, c);
        code.touched();
        if let Some(found) = method_known(vm, obj, name, c) {
            return found;
        }
    }
    let class = obj.class();
    if plain_when_found(vm, class)
        && let Some(f) = class.lookup(vm, name)
        && (f.is::<Function>() || f.is::<MethodDescriptor>())
        && vm.instance_get(obj, name)?.is_none()
    {
        let data = if obj.is_ptr() { shapes::data(obj.shape()) } else { None };
        let kind = match data.map_or(Mode::None, |d| d.mode) {
            Mode::None | Mode::Inline => Some(CacheKind::Method),
            Mode::Dict => Some(CacheKind::DictMethod),
            _ => None,
        };
        if let Some(kind) = kind
            && obj.is_ptr()
        {
            let version2 = data.map_or(0, |d| d.dict_offset);
            let found = Cache { value: f.bits(), version2, ..bind(obj, class, kind) };
            remember(cache, name, Access::Method, found);
            code.touched();
        }
        return Ok((f, Some(obj)));
    }
    if obj.is_ptr() {
        if let Some(f) = find_class_method(vm, obj, name) {
            // SAFETY: only classes have class methods.
            let class: Ref<Type> = unsafe { obj.cast() };
            let identity = obj.bits() as usize;
            let found = Cache { identity, value: f.bits(), ..bind(obj, class, CacheKind::ClassMethod) };
            remember(cache, name, Access::Method, found);
            code.touched();
            return Ok((f, Some(obj)));
        }
        if let Some(found) = find(vm, obj, name) {
            remember(cache, name, Access::Method, found);
            code.touched();
        }
    }
    Ok((vm.get_attr(obj, name)?, None))
}

#[inline(always)]
fn method_known(vm: &Vm, obj: Value, name: Ref<Str>, c: &Cache) -> Option<PyResult<(Value, Option<Value>)>> {
    let applies = match c.kind {
        CacheKind::Method => true,
        CacheKind::DictMethod => dict_of(obj, c.version2).is_none_or(|d| d.position_of(name).is_none()),
        CacheKind::ClassMethod => c.identity == obj.bits() as usize,
        CacheKind::Property => return None,
        _ => return read(vm, obj, name, c).map(|v| v.map(|v| (v, None))),
    };
    if applies { Value::from_bits(c.value).map(|f| Ok((f, Some(obj)))) } else { None }
}

/// The Python function of a class method, found on a class whose metaclass is `type` itself.
fn find_class_method(vm: &Vm, obj: Value, name: Ref<Str>) -> Option<Value> {
    if !obj.is::<Type>()
        || Type::class().lookup(vm, name).is_some_and(|d| d.class().slots().tp_descr_set.is_some())
    {
        return None;
    }
    // SAFETY: tested above.
    let class: Ref<Type> = unsafe { obj.cast() };
    let f = class.lookup(vm, name)?.exact::<ClassMethod>()?.callable.get();
    f.is::<Function>().then_some(f)
}

/// Performs a store that an entry describes; None: it does not apply.
#[inline(always)]
fn write(vm: &Vm, obj: Value, name: Ref<Str>, value: Value, c: &Cache) -> Option<PyResult<()>> {
    if c.kind == CacheKind::GetSet {
        let def = getset(c);
        return Some((def.set?)(vm, def, obj, Some(value)));
    }
    write_plain(obj, name, value, c).then_some(Ok(()))
}

#[inline(always)]
fn write_plain(obj: Value, name: Ref<Str>, value: Value, c: &Cache) -> bool {
    match c.kind {
        CacheKind::Slot | CacheKind::Member => shapes::set_word_at(obj, c.offset, Some(value)),
        CacheKind::AddSlot => {
            shapes::set_word_at(obj, c.offset, Some(value));
            // SAFETY: the child shape has the same size; the slot was written first.
            unsafe { (*obj.header()).set_shape(c.shape2) };
        }
        CacheKind::Overflow => {
            // SAFETY: an object of this shape has an overflow array.
            let Some(overflow) = shapes::word_at(obj, c.version2) else { return false };
            unsafe { overflow.cast::<Array>() }.set(c.offset as usize, Some(value));
        }
        CacheKind::DictSlot => {
            let Some(dict) = dict_of(obj, c.version2) else { return false };
            if dict.value_if_key(c.offset, name).is_none() {
                return false;
            }
            dict.replace_at(c.offset, value);
        }
        _ => return false,
    }
    true
}

/// `obj.name = value`
#[inline(never)]
pub fn store_attr(vm: &Vm, obj: Value, name: Ref<Str>, value: Value, cache: &mut Cache) -> PyResult<()> {
    if holds(cache, obj)
        && let Some(done) = write(vm, obj, name, value, cache)
    {
        return done;
    }
    if let Some(c) = known(obj, name, Access::Store) {
        adopt(cache, c);
        if let Some(done) = write(vm, obj, name, value, c) {
            return done;
        }
    }
    let class = obj.class();
    if !obj.is_ptr() || !plain_setattr(class) {
        return vm.set_attr(obj, name, value);
    }
    let attr = class.lookup(vm, name);
    if let Some(d) = attr
        && d.class().slots().tp_descr_set.is_some()
    {
        vm.set_attr(obj, name, value)?;
        if obj.class() == class
            && let Some(found) = find_data_descriptor(obj, class, d)
            && matches!(found.kind, CacheKind::Member | CacheKind::GetSet)
        {
            remember(cache, name, Access::Store, found);
        }
        return Ok(());
    }
    let before = obj.shape();
    let data = shapes::data(before);
    vm.set_attr(obj, name, value)?;
    let Some(d) = data else { return Ok(()) };
    if let Some(found) = find_store(obj, class, name, d) {
        remember(cache, name, Access::Store, Cache { shape: before, ..found });
    }
    Ok(())
}

/// How a store of the attribute, which has just been done, is repeated for objects of the shape that
/// the object had before.
fn find_store(obj: Value, class: Ref<Type>, name: Ref<Str>, d: &shapes::ShapeData) -> Option<Cache> {
    if d.mode == Mode::Dict {
        let offset = dict_of(obj, d.dict_offset)?.position_of(name)?;
        return Some(Cache { offset, version2: d.dict_offset, ..bind(obj, class, CacheKind::DictSlot) });
    }
    if d.mode != Mode::Inline {
        return None;
    }
    if let Some(slot) = d.find(name) {
        return Some(match d.inline_offset(slot) {
            Some(offset) => Cache { offset, ..bind(obj, class, CacheKind::Slot) },
            None => Cache {
                offset: slot - d.inline_slots,
                version2: d.dict_offset,
                ..bind(obj, class, CacheKind::Overflow)
            },
        });
    }
    let after = shapes::data(obj.shape())?;
    let slot = d.keys.len() as u32;
    if after.mode != Mode::Inline || after.keys.len() != d.keys.len() + 1 {
        return None;
    }
    let offset = d.inline_offset(slot)?;
    Some(Cache { offset, shape2: obj.shape(), ..bind(obj, class, CacheKind::AddSlot) })
}
