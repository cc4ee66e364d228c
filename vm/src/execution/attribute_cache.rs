//! Attribute access the slow way, filling inline caches.

use super::body::{Cache, CacheKind};
use crate::builtins::descr::{MemberDescriptor, MethodDescriptor};
use crate::builtins::function::Function;
use crate::builtins::module::Module;
use crate::builtins::object::Object as BaseObject;
use crate::builtins::str_::Str;
use crate::builtins::type_::{Type, TypeExt};
use crate::error::PyResult;
use crate::object::{Object, Ref, Value, ValueExt};
use crate::shapes::{self, Mode};
use crate::slots::SlotId;
use crate::vm::Vm;

const MAX_MISSES: u8 = 60;

/// Whether instances of the class look attributes up as `object` does.
fn plain_getattr(class: Ref<Type>) -> bool {
    !class.is_generic(SlotId::tp_getattro)
        && class.slots().tp_getattro.map(|f| f as usize)
            == BaseObject::class().slots().tp_getattro.map(|f| f as usize)
}

fn plain_setattr(class: Ref<Type>) -> bool {
    !class.is_generic(SlotId::tp_setattro)
        && class.slots().tp_setattro.map(|f| f as usize)
            == BaseObject::class().slots().tp_setattro.map(|f| f as usize)
}

fn bind(cache: &mut Cache, obj: Value, class: Ref<Type>, kind: CacheKind) {
    cache.kind = kind;
    cache.shape = obj.shape();
    cache.version = class.cache_version();
    cache.version_at = class.version.as_ptr();
}

fn usable(cache: &mut Cache, obj: Value) -> bool {
    if cache.kind == CacheKind::Megamorphic || !obj.is_ptr() {
        return false;
    }
    cache.misses += 1;
    if cache.misses > MAX_MISSES {
        cache.kind = CacheKind::Megamorphic;
        cache.value = 0;
        return false;
    }
    true
}

/// `obj.name`, remembering how it was found.
pub fn load_attr(vm: &Vm, obj: Value, name: Ref<Str>, cache: &mut Cache) -> PyResult<Value> {
    if usable(cache, obj) {
        cache.kind = CacheKind::Empty;
        let class = obj.class();
        if plain_getattr(class) {
            let attr = class.lookup(vm, name);
            let data = shapes::data(obj.shape());
            match attr {
                Some(d) if d.class().slots().tp_descr_set.is_some() => {
                    if let Some(member) = d.exact::<MemberDescriptor>().filter(|m| m.foreign().is_none()) {
                        bind(cache, obj, class, CacheKind::Member);
                        cache.offset = member.offset;
                    }
                }
                _ => {
                    let mode = data.map_or(Mode::None, |d| d.mode);
                    let slot = data.filter(|d| d.mode == Mode::Inline).and_then(|d| d.find(name));
                    if let (Some(slot), Some(d)) = (slot, data) {
                        match d.inline_offset(slot) {
                            Some(offset) => {
                                bind(cache, obj, class, CacheKind::Slot);
                                cache.offset = offset;
                            }
                            None => {
                                bind(cache, obj, class, CacheKind::Overflow);
                                cache.offset = slot - d.inline_slots;
                                cache.version2 = d.dict_offset;
                            }
                        }
                    } else if let Some(v) = attr
                        && matches!(mode, Mode::None | Mode::Inline)
                        && v.class().slots().tp_descr_get.is_none()
                    {
                        bind(cache, obj, class, CacheKind::ClassValue);
                        cache.value = v.bits();
                    }
                }
            }
        }
    }
    vm.get_attr(obj, name)
}

/// The function and receiver for `obj.name(...)`, or the attribute and None.
pub fn load_method(
    vm: &Vm,
    obj: Value,
    name: Ref<Str>,
    cache: &mut Cache,
) -> PyResult<(Value, Option<Value>)> {
    let fill = usable(cache, obj);
    if fill {
        cache.kind = CacheKind::Empty;
    }
    let class = obj.class();
    if plain_getattr(class)
        && let Some(f) = class.lookup(vm, name)
        && (f.is::<Function>() || f.is::<MethodDescriptor>())
        && vm.instance_get(obj, name)?.is_none()
    {
        let mode =
            if obj.is_ptr() { shapes::data(obj.shape()).map_or(Mode::None, |d| d.mode) } else { Mode::None };
        if fill && matches!(mode, Mode::None | Mode::Inline) {
            bind(cache, obj, class, CacheKind::Method);
            cache.value = f.bits();
        }
        return Ok((f, Some(obj)));
    }
    Ok((vm.get_attr(obj, name)?, None))
}

/// `obj.name = value`, remembering where it went.
pub fn store_attr(vm: &Vm, obj: Value, name: Ref<Str>, value: Value, cache: &mut Cache) -> PyResult<()> {
    let fill = usable(cache, obj);
    if fill {
        cache.kind = CacheKind::Empty;
    }
    let class = obj.class();
    if !fill || !plain_setattr(class) {
        return vm.set_attr(obj, name, value);
    }
    let attr = class.lookup(vm, name);
    match attr {
        Some(d) if d.class().slots().tp_descr_set.is_some() => {
            if let Some(member) = d.exact::<MemberDescriptor>().filter(|m| m.foreign().is_none()) {
                bind(cache, obj, class, CacheKind::Member);
                cache.offset = member.offset;
            }
            vm.set_attr(obj, name, value)
        }
        _ => {
            let before = obj.shape();
            let data = shapes::data(before).filter(|d| d.mode == Mode::Inline);
            let found = data.and_then(|d| d.find(name));
            vm.set_attr(obj, name, value)?;
            let Some(d) = data else { return Ok(()) };
            match found {
                Some(slot) => {
                    if let Some(offset) = d.inline_offset(slot) {
                        bind(cache, obj, class, CacheKind::Slot);
                        cache.offset = offset;
                    }
                }
                None => {
                    let after = obj.shape();
                    let slot = d.keys.len() as u32;
                    let added = shapes::data(after)
                        .is_some_and(|a| a.mode == Mode::Inline && a.keys.len() == d.keys.len() + 1);
                    if added && let Some(offset) = d.inline_offset(slot) {
                        bind(cache, obj, class, CacheKind::AddSlot);
                        cache.shape = before;
                        cache.shape2 = after;
                        cache.offset = offset;
                    }
                }
            }
            Ok(())
        }
    }
}

/// Whether a value is a module, whose attributes are cached by the version of its dict.
pub fn is_module(v: Value) -> bool {
    v.is::<Module>()
}
