//! Attributes, globals and cells, through inline caches.
//!
//! A cache entry holds for objects of one shape while the version of the class is unchanged. Where
//! objects of other shapes come along, a table by shape and name is asked. The slow way
//! (`attribute_cache.rs`) performs the access and fills both.

use super::finish;
use super::machine::{Flow, Machine};
use crate::builtins::array::Array;
use crate::builtins::function::Cell;
use crate::execution::attribute_cache::Access;
use crate::execution::body::{Cache, CacheKind};
use crate::execution::instr::Instr;
use crate::object::Value;

fn cached_value<M: Machine>(m: &mut M, word: u64) -> M::V {
    // SAFETY: kinds that use the value have one.
    m.constant(unsafe { Value::from_bits_unchecked(word) })
}

/// The entry that describes the object: the instruction's own, or one that another instruction has found.
#[inline(always)]
fn entry_for<M: Machine>(m: &mut M, obj: M::V, number: u16, access: Access) -> Option<&'static Cache> {
    let cache: &'static Cache = m.cache(number);
    if cache.kind > CacheKind::Megamorphic && m.shape_is(obj, cache.shape) && m.version_is(cache) {
        return Some(cache);
    }
    m.known_entry(obj, cache, access)
}

/// `d = b.name`
#[inline(always)]
pub fn load_attr<M: Machine>(m: &mut M, i: Instr) -> Flow {
    let obj = m.reg(i.b);
    if let Some(cache) = entry_for(m, obj, i.c, Access::Load) {
        // By far the most frequent kind: a test that the processor predicts better than a jump by kind.
        if cache.kind == CacheKind::Slot {
            let v = m.load(obj, cache.offset);
            m.set(i.a, v);
            return Flow::Next;
        }
        match cache.kind {
            CacheKind::Member if m.is_set(obj, cache.offset) => {
                let v = m.load(obj, cache.offset);
                m.set(i.a, v);
                return Flow::Next;
            }
            CacheKind::Overflow => {
                let array = m.load(obj, cache.version2);
                let at = m.int_constant(cache.offset as i64);
                let v = m.load_item(array, Array::ITEMS, at);
                m.set(i.a, v);
                return Flow::Next;
            }
            CacheKind::ClassValue => {
                let v = cached_value(m, cache.value);
                m.set(i.a, v);
                return Flow::Next;
            }
            CacheKind::TypeValue if m.is_object(obj, cache.identity) => {
                let v = cached_value(m, cache.value);
                m.set(i.a, v);
                return Flow::Next;
            }
            CacheKind::Module => {
                if let Some(v) = m.module_value(obj, cache) {
                    m.set(i.a, v);
                    return Flow::Next;
                }
            }
            CacheKind::GetSet => return finish!(m, i.a, m.call_getter(obj, cache)),
            _ => {}
        }
    }
    m.cold(i)
}

/// `(d, d+1)` = function and receiver, or attribute and empty.
#[inline(always)]
pub fn load_method<M: Machine>(m: &mut M, i: Instr) -> Flow {
    let obj = m.reg(i.b);
    if let Some(cache) = entry_for(m, obj, i.c, Access::Method) {
        // As in `load_attr`.
        if cache.kind == CacheKind::Method {
            let f = cached_value(m, cache.value);
            m.set(i.a, f);
            m.set(i.a + 1, obj);
            return Flow::Next;
        }
        match cache.kind {
            CacheKind::ClassMethod if m.is_object(obj, cache.identity) => {
                let f = cached_value(m, cache.value);
                m.set(i.a, f);
                m.set(i.a + 1, obj);
                return Flow::Next;
            }
            // An attribute of the instance that is called.
            CacheKind::Slot => {
                let f = m.load(obj, cache.offset);
                m.set(i.a, f);
                m.clear(i.a + 1);
                return Flow::Next;
            }
            CacheKind::Overflow => {
                let array = m.load(obj, cache.version2);
                let at = m.int_constant(cache.offset as i64);
                let f = m.load_item(array, Array::ITEMS, at);
                m.set(i.a, f);
                m.clear(i.a + 1);
                return Flow::Next;
            }
            CacheKind::ClassValue => {
                let f = cached_value(m, cache.value);
                m.set(i.a, f);
                m.clear(i.a + 1);
                return Flow::Next;
            }
            CacheKind::TypeValue if m.is_object(obj, cache.identity) => {
                let f = cached_value(m, cache.value);
                m.set(i.a, f);
                m.clear(i.a + 1);
                return Flow::Next;
            }
            CacheKind::Module => {
                if let Some(f) = m.module_value(obj, cache) {
                    m.set(i.a, f);
                    m.clear(i.a + 1);
                    return Flow::Next;
                }
            }
            _ => {}
        }
    }
    m.cold(i)
}

/// `a.name = b`
#[inline(always)]
pub fn store_attr<M: Machine>(m: &mut M, i: Instr) -> Flow {
    let (obj, value) = (m.reg(i.a), m.operand(i.b));
    if let Some(cache) = entry_for(m, obj, i.c, Access::Store) {
        match cache.kind {
            CacheKind::Slot | CacheKind::Member => {
                m.store(obj, cache.offset, value);
                return Flow::Next;
            }
            CacheKind::AddSlot => {
                m.store(obj, cache.offset, value);
                m.set_shape(obj, cache.shape2);
                return Flow::Next;
            }
            _ => {}
        }
    }
    m.cold(i)
}

/// `d` = global or builtin.
#[inline(always)]
pub fn load_global<M: Machine>(m: &mut M, i: Instr) -> Flow {
    match m.cached_global(i.b) {
        Some(v) => {
            m.set(i.a, v);
            Flow::Next
        }
        None => m.cold(i),
    }
}

/// `d` = content of cell b
#[inline(always)]
pub fn load_deref<M: Machine>(m: &mut M, i: Instr) -> Flow {
    let cell = m.reg(i.b);
    if m.is_set(cell, Cell::CONTENTS) {
        let v = m.load(cell, Cell::CONTENTS);
        m.set(i.a, v);
        return Flow::Next;
    }
    m.cold(i)
}

/// content of cell a = b
#[inline(always)]
pub fn store_deref<M: Machine>(m: &mut M, i: Instr) -> Flow {
    let (cell, v) = (m.reg(i.a), m.reg(i.b));
    m.store(cell, Cell::CONTENTS, v);
    Flow::Next
}
