//! `id()`.
//!
//! Objects move, so an address is no identity: the C API layer's struct has the identity. Without that
//! layer, until it gives an object its shadow struct,
//! whose address is the identity, the first `id()` of an object draws a fresh number, kept in the
//! shadow word of the header with the low bit set.

use crate::builtins::float::Float;
use crate::builtins::int::BigInt;
use crate::object::{LongHeader, Value, ValueExt};
use crate::vm::Vm;
use adder_heap as heap;

static NEXT: heap::GilCell<u64> = heap::GilCell::new(0x7e00_0000_0010);

/// The identity of a value.
pub fn id(_vm: &Vm, v: Value) -> u64 {
    if v.is_small() {
        return (v.small() as u64).wrapping_mul(32).wrapping_add(0x5500_0000_0000) & !7;
    }
    if let Some(f) = v.exact::<Float>() {
        return 0x4000_0000_0000 ^ (f.value.to_bits().rotate_left(17) & 0x3fff_ffff_fff8);
    }
    if v.is::<BigInt>() {
        return 0x3000_0000_0000 | (heap::identity_hash(v) as u64) << 4;
    }
    // SAFETY: every other object has the long header (layout-of-objects).
    let h = unsafe { &*(v.header() as *const LongHeader) };
    match h.shadow() {
        0 => {
            if let Some(id) = crate::extension::identity(v) {
                return id;
            }
            let next = NEXT.get();
            let id = *next;
            *next += 16;
            h.set_shadow(id | 1);
            id
        }
        word => word & !1,
    }
}
