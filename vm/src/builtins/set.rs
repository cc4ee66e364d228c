//! `set` and `frozenset`: the hash table, which is CPython's (setobject.c), so that the order of
//! iteration is the same. Operations on whole sets are in `set_ops.rs`, methods in `set_methods.rs`.
//!
//! Slots are probed linearly ten at a time, then jump by the perturbed hash. Deleted slots stay as
//! dummies until the table is rebuilt. A slot holds a tagged hash and the key: no key and hash 0 is an
//! unused slot, no key and another hash a dummy. Tagging costs the top bit of the hash.
//!
//! Comparing keys may run Python code that changes the set; every search notices and starts again.

use crate::builtins::array::storage;
use crate::builtins::exceptions::Exc;
use crate::builtins::str_::Str;
use crate::def::{self, ClassDef};
use crate::error::{PyResult, Raised};
use crate::object::{ClassCell, Field, Header, LongHeader, Object, Ref, ShapeId, Value, ValueExt};
use crate::shapes::id;
use crate::vm::Vm;
use adder_heap as heap;
use adder_heap::{Layout, Refs, Size};
use adder_macros::pyclass;
use std::cell::Cell;

/// Build an unordered collection of unique elements.
#[pyclass(name = "set", fixed = id::SET, flags = def::BASE | def::MATCH_SELF, signature = "(iterable=(), /)")]
#[repr(C)]
pub struct Set {
    h: LongHeader,
    /// Slots in use, dummies included.
    fill: Cell<u64>,
    used: Cell<u64>,
    /// Number of slots minus one.
    mask: Cell<u64>,
    /// Of a frozenset, once computed; -1 before.
    hash: Cell<i64>,
    /// Where `pop` goes on searching.
    finger: Cell<u64>,
    /// None: eight unused slots.
    table: Field<Option<Ref<SetTable>>>,
}

/// Build an immutable unordered collection of unique elements.
#[pyclass(
    name = "frozenset",
    fixed = id::FROZENSET,
    flags = def::BASE | def::MATCH_SELF,
    signature = "(iterable=(), /)"
)]
#[repr(C)]
pub struct FrozenSet {
    base: Set,
}

/// One slot.
#[repr(C)]
#[derive(Clone, Copy)]
struct Slot {
    hash: u64,
    key: u64,
}

/// The slots.
#[repr(C)]
pub struct SetTable {
    h: Header,
    len: u64,
    slots: [Cell<Slot>; 0],
}

storage!(
    SetTable,
    id::SET_TABLE,
    Size::Array { base: 16, elem: 16, len_at: 8 },
    Refs::Tail { mask: 0, from: 16 }
);

const MIN_SIZE: u64 = 8;
const LINEAR_PROBES: usize = 9;
const PERTURB_SHIFT: u32 = 5;
const DUMMY: Slot = Slot { hash: u64::MAX, key: 0 };

/// A hash as tables keep it.
#[inline(always)]
fn stored(hash: i64) -> i64 {
    hash << 1 >> 1
}

#[inline(always)]
fn tag(hash: i64) -> u64 {
    (hash as u64) << 1 | 1
}

impl Slot {
    fn hash(self) -> i64 {
        self.hash as i64 >> 1
    }
}

impl SetTable {
    fn new(len: usize) -> Ref<SetTable> {
        let p = heap::alloc(SetTable::shape(), 16 + 16 * len) as *mut SetTable;
        // SAFETY: freshly allocated with room for `len` slots.
        unsafe {
            (*p).len = len as u64;
            std::ptr::write_bytes((&raw mut (*p).slots).cast::<Slot>(), 0, len);
            Ref::from_ptr(p)
        }
    }

    #[inline(always)]
    fn get(&self, i: usize) -> Slot {
        debug_assert!((i as u64) < self.len);
        // SAFETY: callers mask their index or stay within the probes.
        unsafe { (*self.slots.as_ptr().add(i)).get() }
    }

    #[inline(always)]
    fn set(&self, i: usize, s: Slot) {
        debug_assert!((i as u64) < self.len);
        // SAFETY: as in `get`; barrier-on-store.
        unsafe {
            let slot = self.slots.as_ptr().add(i);
            (*slot).set(s);
            let owner = Ref::from_ptr(self as *const SetTable as *mut SetTable).value();
            heap::write_barrier_at(owner, (slot as *mut u64).add(1));
        }
    }

    /// Puts a key into a table without dummies that does not have it (set_insert_clean).
    fn insert_clean(&self, mask: usize, s: Slot) {
        let hash = s.hash() as usize;
        let (mut perturb, mut i) = (hash, hash & mask);
        loop {
            let probes = if i + LINEAR_PROBES <= mask { LINEAR_PROBES } else { 0 };
            for at in i..=i + probes {
                if self.get(at).key == 0 {
                    self.set(at, s);
                    return;
                }
            }
            perturb >>= PERTURB_SHIFT;
            i = i.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb) & mask;
        }
    }
}

/// Where a search ended.
enum Found {
    At(usize),
    /// The unused slot that ended the search, and the last dummy passed on the way to it.
    Missing(usize, Option<usize>),
}

/// A set or frozenset, or an instance of a subclass.
#[inline]
pub fn any_set(v: Value) -> Option<Ref<Set>> {
    match v.downcast::<Set>() {
        Some(s) => Some(s),
        // SAFETY: a frozenset is laid out as its `base`.
        None => v.downcast::<FrozenSet>().map(|f| unsafe { f.cast() }),
    }
}

impl Set {
    pub fn blank() -> Set {
        Set {
            h: LongHeader::new(),
            fill: Cell::new(0),
            used: Cell::new(0),
            mask: Cell::new(MIN_SIZE - 1),
            hash: Cell::new(-1),
            finger: Cell::new(0),
            table: Field::new(None),
        }
    }

    pub fn new(_vm: &Vm) -> Ref<Set> {
        heap::new(Set::shape(), Set::blank())
    }

    #[inline(always)]
    fn itself(&self) -> Ref<Set> {
        // SAFETY: a Set exists only in the heap, so its address is its reference.
        unsafe { Ref::from_ptr(self as *const Set as *mut Set) }
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.used.get() as usize
    }

    pub fn is_empty(&self) -> bool {
        self.used.get() == 0
    }

    /// Number of slots to walk with `entry`.
    #[inline(always)]
    pub fn slots(&self) -> usize {
        if self.table.get().is_some() { self.mask.get() as usize + 1 } else { 0 }
    }

    /// The key in a slot, with its hash.
    #[inline(always)]
    pub fn entry(&self, i: usize) -> Option<(Value, i64)> {
        let table = self.table.get()?;
        if i > self.mask.get() as usize {
            return None;
        }
        let s = table.get(i);
        Some((Value::from_bits(s.key)?, s.hash()))
    }

    /// The next key from a position on, which moves behind it.
    #[inline]
    pub fn next_entry(&self, at: &mut usize) -> Option<(Value, i64)> {
        while *at < self.slots() {
            let e = self.entry(*at);
            *at += 1;
            if e.is_some() {
                return e;
            }
        }
        None
    }

    fn table(&self) -> Ref<SetTable> {
        match self.table.get() {
            Some(t) => t,
            None => {
                let t = SetTable::new(self.mask.get() as usize + 1);
                self.table.set(self.itself(), Some(t));
                t
            }
        }
    }

    fn search(&self, vm: &Vm, key: Value, hash: i64) -> PyResult<Found> {
        let hash = stored(hash);
        let text = key.exact::<Str>();
        'restart: loop {
            let table = self.table();
            let mask = self.mask.get() as usize;
            let (mut perturb, mut i) = (hash as usize, hash as usize & mask);
            let mut dummy = None;
            loop {
                let probes = if i + LINEAR_PROBES <= mask { LINEAR_PROBES } else { 0 };
                for at in i..=i + probes {
                    let s = table.get(at);
                    if s.key == 0 {
                        if s.hash == 0 {
                            return Ok(Found::Missing(at, dummy));
                        }
                        dummy = Some(at);
                        continue;
                    }
                    if s.hash != tag(hash) {
                        continue;
                    }
                    // SAFETY: checked to be non-zero.
                    let other = unsafe { Value::from_bits_unchecked(s.key) };
                    if other == key {
                        return Ok(Found::At(at));
                    }
                    if let (Some(a), Some(b)) = (text, other.exact::<Str>()) {
                        if a.same_text(&b) {
                            return Ok(Found::At(at));
                        }
                        continue;
                    }
                    let equal = vm.eq(other, key)?;
                    if self.table.get() != Some(table) || table.get(at).key != s.key {
                        continue 'restart;
                    }
                    if equal {
                        return Ok(Found::At(at));
                    }
                }
                perturb >>= PERTURB_SHIFT;
                i = i.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb) & mask;
            }
        }
    }

    pub fn contains_entry(&self, vm: &Vm, key: Value, hash: i64) -> PyResult<bool> {
        if self.used.get() == 0 {
            return Ok(false);
        }
        Ok(matches!(self.search(vm, key, hash)?, Found::At(_)))
    }

    /// Adds a key; whether it was new (set_add_entry).
    pub fn add_entry(&self, vm: &Vm, key: Value, hash: i64) -> PyResult<bool> {
        let Found::Missing(at, dummy) = self.search(vm, key, hash)? else { return Ok(false) };
        self.table().set(dummy.unwrap_or(at), Slot { hash: tag(hash), key: key.bits() });
        self.used.set(self.used.get() + 1);
        if dummy.is_some() {
            return Ok(true);
        }
        self.fill.set(self.fill.get() + 1);
        if self.fill.get() * 5 >= self.mask.get() * 3 {
            self.grow();
        }
        Ok(true)
    }

    /// Deletes a key; whether it was there (set_discard_entry).
    pub fn discard_entry(&self, vm: &Vm, key: Value, hash: i64) -> PyResult<bool> {
        if self.used.get() == 0 {
            return Ok(false);
        }
        let Found::At(at) = self.search(vm, key, hash)? else { return Ok(false) };
        self.table().set(at, DUMMY);
        self.used.set(self.used.get() - 1);
        Ok(true)
    }

    fn grow(&self) {
        let used = self.used.get();
        self.resize(if used > 50000 { used * 2 } else { used * 4 });
    }

    /// Rebuilds the table with more than `min_used` slots (set_table_resize).
    pub fn resize(&self, min_used: u64) {
        let mut size = MIN_SIZE;
        while size <= min_used {
            size <<= 1;
        }
        let mask = self.mask.get();
        if size == MIN_SIZE && mask == MIN_SIZE - 1 && self.fill.get() == self.used.get() {
            return;
        }
        let fresh = SetTable::new(size as usize);
        if let Some(old) = self.table.get() {
            for i in 0..=mask as usize {
                let s = old.get(i);
                if s.key != 0 {
                    fresh.insert_clean(size as usize - 1, s);
                }
            }
        }
        self.table.set(self.itself(), Some(fresh));
        self.mask.set(size - 1);
        self.fill.set(self.used.get());
    }

    /// Rebuilds the table if more than a fifth of it are dummies.
    pub fn drop_dummies(&self) {
        if self.fill.get() - self.used.get() > self.mask.get() / 4 {
            self.grow();
        }
    }

    /// Makes room for `n` more keys as bulk insertions do.
    pub fn reserve(&self, n: usize) {
        let n = n as u64;
        if (self.fill.get() + n) * 5 >= self.mask.get() * 3 {
            self.resize((self.used.get() + n) * 2);
        }
    }

    /// Adds all keys of another set (set_merge).
    pub fn merge(&self, vm: &Vm, other: Ref<Set>) -> PyResult<()> {
        if self.itself() == other || other.is_empty() {
            return Ok(());
        }
        self.reserve(other.len());
        if self.fill.get() == 0 {
            let (to, from) = (self.table(), other.table());
            let mask = self.mask.get();
            if mask == other.mask.get() && other.fill.get() == other.used.get() {
                for i in 0..=mask as usize {
                    to.set(i, from.get(i));
                }
            } else {
                for i in 0..=other.mask.get() as usize {
                    let s = from.get(i);
                    if s.key != 0 {
                        to.insert_clean(mask as usize, s);
                    }
                }
            }
            self.fill.set(other.used.get());
            self.used.set(other.used.get());
            return Ok(());
        }
        let mut at = 0;
        while let Some((key, hash)) = other.next_entry(&mut at) {
            self.add_entry(vm, key, hash)?;
        }
        Ok(())
    }

    pub fn clear(&self) {
        self.fill.set(0);
        self.used.set(0);
        self.mask.set(MIN_SIZE - 1);
        self.hash.set(-1);
        self.table.set(self.itself(), None);
    }

    /// Takes an arbitrary key out.
    pub fn pop(&self) -> Option<Value> {
        if self.used.get() == 0 {
            return None;
        }
        let table = self.table.get()?;
        let mask = self.mask.get();
        let mut i = self.finger.get() & mask;
        let key = loop {
            match Value::from_bits(table.get(i as usize).key) {
                Some(key) => break key,
                None => i = if i >= mask { 0 } else { i + 1 },
            }
        };
        table.set(i as usize, DUMMY);
        self.used.set(self.used.get() - 1);
        self.finger.set(i + 1);
        Some(key)
    }

    /// Takes over the contents of a temporary set.
    pub fn take_contents(&self, other: Ref<Set>) {
        self.fill.set(other.fill.get());
        self.used.set(other.used.get());
        self.mask.set(other.mask.get());
        self.table.set(self.itself(), other.table.get());
        other.clear();
    }

    /// The hash that was computed before.
    pub fn known_hash(&self) -> Option<i64> {
        Some(self.hash.get()).filter(|h| *h != -1)
    }

    /// The hash as a frozenset (frozenset_hash); it does not depend on the order.
    pub fn frozen_hash(&self, vm: &Vm) -> PyResult<i64> {
        if self.hash.get() != -1 {
            return Ok(self.hash.get());
        }
        let mut hash = 0u64;
        let mut at = 0;
        while let Some((key, _)) = self.next_entry(&mut at) {
            // The stored hash lacks a bit.
            let h = vm.hash(key)? as u64;
            hash ^= ((h ^ 89869747) ^ (h << 16)).wrapping_mul(3644798167);
        }
        hash ^= (self.used.get() + 1).wrapping_mul(1927868237);
        hash ^= (hash >> 11) ^ (hash >> 25);
        hash = hash.wrapping_mul(69069).wrapping_add(907133923);
        if hash == u64::MAX {
            hash = 590923713;
        }
        Ok(hash as i64)
    }

    pub fn remember_hash(&self, hash: i64) {
        self.hash.set(hash);
    }

    pub fn add(&self, vm: &Vm, key: Value) -> PyResult<bool> {
        let hash = hash_key(vm, key)?;
        self.add_entry(vm, key, hash)
    }

    pub fn contains(&self, vm: &Vm, key: Value) -> PyResult<bool> {
        let hash = hash_key(vm, key)?;
        self.contains_entry(vm, key, hash)
    }

    pub fn discard(&self, vm: &Vm, key: Value) -> PyResult<bool> {
        let hash = hash_key(vm, key)?;
        self.discard_entry(vm, key, hash)
    }
}

impl FrozenSet {
    pub fn blank() -> FrozenSet {
        FrozenSet { base: Set::blank() }
    }

    /// The new object seen as a set, to be filled by its maker.
    pub fn new(_vm: &Vm) -> Ref<Set> {
        // SAFETY: a frozenset is laid out as its `base`.
        unsafe { heap::new(FrozenSet::shape(), FrozenSet::blank()).cast() }
    }
}

/// `hash(key)`, with a message about sets if it has none.
#[inline]
pub fn hash_key(vm: &Vm, key: Value) -> PyResult<i64> {
    match vm.hash(key) {
        Ok(h) => Ok(h),
        Err(raised) => Err(unhashable(vm, raised, key, "a set element")),
    }
}

/// Words a TypeError of hashing for the place where the key was to be used.
#[cold]
pub fn unhashable(vm: &Vm, raised: Raised, key: Value, place: &str) -> Raised {
    let exc = vm.take_exception(raised);
    if exc.value().class() != Exc::TypeError.class() {
        return vm.restore(exc);
    }
    match vm.str(exc.value()) {
        Ok(why) => vm.type_error(format!("cannot use '{}' as {place} ({why})", key.class().full_name(vm))),
        Err(raised) => raised,
    }
}

impl Vm {
    /// A set of these items.
    pub fn new_set(&self, items: &[Value]) -> PyResult<Value> {
        let set = Set::new(self);
        for v in items {
            set.add(self, *v)?;
        }
        Ok(set.value())
    }

    /// A frozenset of these items.
    pub fn frozenset_from(&self, items: &[Value]) -> PyResult<Value> {
        let set = FrozenSet::new(self);
        for v in items {
            set.add(self, *v)?;
        }
        Ok(set.value())
    }

    /// Adds to an exact set.
    pub fn set_add(&self, set: Value, item: Value) -> PyResult<()> {
        // SAFETY: callers pass a set.
        unsafe { set.cast::<Set>() }.add(self, item)?;
        Ok(())
    }
}
