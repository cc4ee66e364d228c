//! `dict`: insertion-ordered hash table. This file is the table; the methods are in `dict_methods.rs`.
//!
//! Entries (hash, key, value) lie in one array in order of insertion, deleted ones with an empty
//! key. Up to eight entries are searched by a scan; larger dicts have an index of 32-bit positions,
//! probed as CPython probes. The stored hash is tagged like a small integer so that the collector
//! can scan the entries without knowing about it.
//!
//! `version` is for caches of lookups by name: 0 until a cache asks for it, and 0 again after any
//! insertion of a new key, deletion or resize. Replacing a value keeps it.

use crate::builtins::array::storage;
use crate::builtins::str_::Str;
use crate::def::{self, ClassDef};
use crate::error::PyResult;
use crate::object::{ClassCell, Field, Header, LongHeader, Object, Ref, ShapeId, Value, ValueExt};
use crate::shapes::id;
use crate::vm::Vm;
use adder_heap as heap;
use adder_heap::{Layout, Refs, Size};
use adder_macros::pyclass;
use std::cell::Cell;

/// dict() -> new empty dictionary
/// dict(mapping) -> new dictionary initialized from a mapping object's
///     (key, value) pairs
/// dict(iterable) -> new dictionary initialized as if via:
///     d = {}
///     for k, v in iterable:
///         d[k] = v
/// dict(**kwargs) -> new dictionary initialized with the name=value pairs
///     in the keyword argument list.  For example:  dict(one=1, two=2)
#[pyclass(name = "dict", fixed = id::DICT, flags = def::BASE | def::DICT_SUBCLASS | def::MAPPING | def::MATCH_SELF)]
#[repr(C)]
pub struct Dict {
    pub h: LongHeader,
    used: Cell<u64>,
    /// Entries in use, deleted ones included.
    filled: Cell<u32>,
    version: Cell<u32>,
    /// Number of index slots minus one; 0: no index.
    mask: Cell<u32>,
    /// All keys are exact strings, so comparing keys runs no Python code.
    only_str: Cell<bool>,
    /// Bit i: the watcher i of the C API is told of changes, before they are made.
    watched: Cell<u8>,
    /// Deleted slots of the index that `filled` does not count: `pop_last` leaves them.
    worn: Cell<u16>,
    entries: Field<Option<Ref<Entries>>>,
    index: Field<Option<Ref<Index>>>,
}

/// One entry: tagged hash, key or 0, value.
#[repr(C)]
#[derive(Clone, Copy)]
struct Entry {
    hash: u64,
    key: u64,
    value: u64,
}

/// The entries.
#[repr(C)]
pub struct Entries {
    h: Header,
    capacity: u64,
    items: [Cell<Entry>; 0],
}

/// The index: positions of entries, `EMPTY` or `DELETED`.
#[repr(C)]
pub struct Index {
    h: Header,
    len: u64,
    items: [Cell<u32>; 0],
}

storage!(
    Entries,
    id::ENTRIES,
    Size::Array { base: 16, elem: 24, len_at: 8 },
    Refs::Tail { mask: 0, from: 16 }
);
storage!(Index, id::INDEX, Size::Array { base: 16, elem: 4, len_at: 8 }, Refs::None);

const EMPTY: u32 = u32::MAX;
const DELETED: u32 = u32::MAX - 1;
const SCAN_LIMIT: u32 = 8;

static NEXT_VERSION: heap::GilCell<u32> = heap::GilCell::new(1);

#[inline(always)]
fn tag(hash: i64) -> u64 {
    (hash as u64) << 1 | 1
}

/// Where probing starts. Entries keep 63 bits of a hash, so only those may take part: an index that is
/// rebuilt from the entries must probe as a search with the full hash does.
#[inline(always)]
fn probe_start(hash: i64, mask: usize) -> (usize, usize) {
    let kept = (hash << 1 >> 1) as usize;
    (kept, kept & mask)
}

impl Entries {
    fn new(capacity: u32) -> Ref<Entries> {
        let p = heap::alloc(Entries::shape(), 16 + 24 * capacity as usize) as *mut Entries;
        // SAFETY: freshly allocated with room for `capacity` entries.
        unsafe {
            (*p).capacity = capacity as u64;
            std::ptr::write_bytes((&raw mut (*p).items).cast::<Entry>(), 0, capacity as usize);
            Ref::from_ptr(p)
        }
    }

    #[inline(always)]
    fn get(&self, i: u32) -> Entry {
        debug_assert!((i as u64) < self.capacity);
        // SAFETY: callers stay below `filled`, which is at most the capacity.
        unsafe { (*self.items.as_ptr().add(i as usize)).get() }
    }

    #[inline(always)]
    fn set(&self, i: u32, e: Entry) {
        debug_assert!((i as u64) < self.capacity);
        // SAFETY: as in `get`; barrier-on-store.
        unsafe {
            let slot = self.items.as_ptr().add(i as usize);
            (*slot).set(e);
            let owner = Ref::from_ptr(self as *const Entries as *mut Entries).value();
            heap::write_barrier_at(owner, slot as *mut u64);
            heap::write_barrier_at(owner, (slot as *mut u64).add(2));
        }
    }
}

impl Index {
    fn new(len: usize) -> Ref<Index> {
        let p = heap::alloc(Index::shape(), 16 + 4 * len) as *mut Index;
        // SAFETY: freshly allocated with room for `len` positions.
        unsafe {
            (*p).len = len as u64;
            std::ptr::write_bytes((&raw mut (*p).items).cast::<u8>(), 0xff, 4 * len);
            Ref::from_ptr(p)
        }
    }

    #[inline(always)]
    fn at(&self, i: usize) -> &Cell<u32> {
        debug_assert!((i as u64) < self.len);
        // SAFETY: positions are masked with len - 1.
        unsafe { &*self.items.as_ptr().add(i) }
    }
}

/// `hash(key)`, with a message about dicts if it has none.
#[inline]
fn hash_key(vm: &Vm, key: Value) -> PyResult<i64> {
    if key.is_small() {
        return Ok(adder_text::hash::hash_i64(key.small()));
    }
    match vm.hash(key) {
        Ok(h) => Ok(h),
        Err(raised) => Err(crate::builtins::set::unhashable(vm, raised, key, "a dict key")),
    }
}

/// What watchers are told of, numbered as `PyDict_WatchEvent`.
#[derive(Clone, Copy)]
pub enum DictEvent {
    Added = 0,
    Modified = 1,
    Deleted = 2,
    Cleared = 4,
}

/// Result of a search.
enum Found {
    At(u32),
    Missing,
}

impl Dict {
    pub fn new(_vm: &Vm) -> Ref<Dict> {
        Dict::alloc(Dict::shape())
    }

    /// An empty dict of some shape whose layout is `Dict`'s own.
    pub fn alloc(shape: ShapeId) -> Ref<Dict> {
        heap::new(shape, Dict::blank())
    }

    /// The contents of an empty dict, for allocating subclasses.
    pub fn blank() -> Dict {
        Dict {
            h: LongHeader::new(),
            used: Cell::new(0),
            filled: Cell::new(0),
            version: Cell::new(0),
            mask: Cell::new(0),
            only_str: Cell::new(true),
            watched: Cell::new(0),
            worn: Cell::new(0),
            entries: Field::new(None),
            index: Field::new(None),
        }
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.used.get() as usize
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of entry positions to walk with `entry`.
    #[inline(always)]
    pub fn slots(&self) -> usize {
        self.filled.get() as usize
    }

    /// Key and value at a position, None if deleted or beyond the end.
    #[inline(always)]
    pub fn entry(&self, i: usize) -> Option<(Value, Value)> {
        if i >= self.slots() {
            return None;
        }
        let e = self.entries.get()?.get(i as u32);
        Some((Value::from_bits(e.key)?, Value::from_bits(e.value)?))
    }

    /// As `entry`, with the hash (its low 63 bits, sign-extended).
    pub fn entry_with_hash(&self, i: usize) -> Option<(i64, Value, Value)> {
        if i >= self.slots() {
            return None;
        }
        let e = self.entries.get()?.get(i as u32);
        Some((e.hash as i64 >> 1, Value::from_bits(e.key)?, Value::from_bits(e.value)?))
    }

    /// The version for caches of lookups.
    #[inline(always)]
    pub fn cache_version(&self) -> u32 {
        match self.version.get() {
            0 => {
                let next = NEXT_VERSION.get();
                let v = *next;
                *next += 1;
                self.version.set(v);
                v
            }
            v => v,
        }
    }

    /// The version now, 0 if no cache asked since the last change.
    #[inline(always)]
    pub fn version(&self) -> u32 {
        self.version.get()
    }

    /// The value at a position found by `position_of` under the same version.
    #[inline(always)]
    pub fn value_at(&self, i: u32) -> Option<Value> {
        Value::from_bits(self.entries.get()?.get(i).value)
    }

    /// The value at a position if the key there is this very string.
    #[inline(always)]
    pub fn value_if_key(&self, i: u32, key: Ref<Str>) -> Option<Value> {
        let entries = self.entries.get()?;
        if i >= self.filled.get() {
            return None;
        }
        let e = entries.get(i);
        if e.key == key.value().bits() { Value::from_bits(e.value) } else { None }
    }

    /// Finds a key; comparing may run Python code unless the keys are strings.
    #[inline]
    fn search(&self, vm: &Vm, key: Value, hash: i64) -> PyResult<Found> {
        if self.only_str.get()
            && let Some(s) = key.exact::<Str>()
        {
            return Ok(self.search_str(s, hash));
        }
        self.search_any(vm, key, hash)
    }

    #[inline]
    fn search_str(&self, key: Ref<Str>, hash: i64) -> Found {
        let Some(entries) = self.entries.get() else { return Found::Missing };
        let tagged = tag(hash);
        let same = |e: &Entry| {
            e.key == key.value().bits()
                || (e.hash == tagged && e.key != 0 && {
                    // SAFETY: only_str says that keys are exact strings.
                    let other: Ref<Str> = unsafe { Value::from_bits_unchecked(e.key).cast() };
                    !(other.is_interned() && key.is_interned()) && other.same_text(&key)
                })
        };
        if self.mask.get() == 0 {
            for i in 0..self.filled.get() {
                if same(&entries.get(i)) {
                    return Found::At(i);
                }
            }
            return Found::Missing;
        }
        let index = self.index.get().expect("a mask comes with an index");
        let mask = self.mask.get() as usize;
        let (mut perturb, mut i) = probe_start(hash, mask);
        loop {
            match index.at(i).get() {
                EMPTY => return Found::Missing,
                DELETED => {}
                at => {
                    if same(&entries.get(at)) {
                        return Found::At(at);
                    }
                }
            }
            perturb >>= 5;
            i = (i.wrapping_mul(5).wrapping_add(perturb).wrapping_add(1)) & mask;
        }
    }

    #[inline(never)]
    fn search_any(&self, vm: &Vm, key: Value, hash: i64) -> PyResult<Found> {
        let tagged = tag(hash);
        'restart: loop {
            let Some(entries) = self.entries.get() else { return Ok(Found::Missing) };
            let filled = self.filled.get();
            // Whether the entry is it; None: the dict changed while comparing.
            let same = |i: u32| -> PyResult<Option<bool>> {
                let e = entries.get(i);
                if e.key == 0 {
                    return Ok(Some(false));
                }
                // SAFETY: checked to be non-zero.
                let other = unsafe { Value::from_bits_unchecked(e.key) };
                let equal = vm.eq(other, key)?;
                let unchanged = self.entries.get() == Some(entries) && entries.get(i).key == e.key;
                Ok(if unchanged { Some(equal) } else { None })
            };
            if self.mask.get() == 0 {
                for i in 0..filled {
                    let e = entries.get(i);
                    if e.key == key.bits() {
                        return Ok(Found::At(i));
                    }
                    if e.hash != tagged {
                        continue;
                    }
                    match same(i)? {
                        Some(true) => return Ok(Found::At(i)),
                        Some(false) => {}
                        None => continue 'restart,
                    }
                }
                return Ok(Found::Missing);
            }
            let index = self.index.get().expect("a mask comes with an index");
            let mask = self.mask.get() as usize;
            let (mut perturb, mut i) = probe_start(hash, mask);
            loop {
                match index.at(i).get() {
                    EMPTY => return Ok(Found::Missing),
                    DELETED => {}
                    at => {
                        let e = entries.get(at);
                        if e.key == key.bits() {
                            return Ok(Found::At(at));
                        }
                        if e.hash == tagged {
                            match same(at)? {
                                Some(true) => return Ok(Found::At(at)),
                                Some(false) => {}
                                None => continue 'restart,
                            }
                        }
                    }
                }
                perturb >>= 5;
                i = (i.wrapping_mul(5).wrapping_add(perturb).wrapping_add(1)) & mask;
            }
        }
    }

    fn index_slot_of(&self, at: u32, hash: i64) -> usize {
        let index = self.index.get().expect("called with an index");
        let mask = self.mask.get() as usize;
        let (mut perturb, mut i) = probe_start(hash, mask);
        while index.at(i).get() != at {
            perturb >>= 5;
            i = (i.wrapping_mul(5).wrapping_add(perturb).wrapping_add(1)) & mask;
        }
        i
    }

    fn index_insert(&self, at: u32, hash: i64) {
        let index = self.index.get().expect("called with an index");
        let mask = self.mask.get() as usize;
        let (mut perturb, mut i) = probe_start(hash, mask);
        while index.at(i).get() != EMPTY && index.at(i).get() != DELETED {
            perturb >>= 5;
            i = (i.wrapping_mul(5).wrapping_add(perturb).wrapping_add(1)) & mask;
        }
        index.at(i).set(at);
    }

    /// The position of a string key; its hash is cached in the string. Runs no Python code if keys
    /// are strings, else compares by content only.
    #[inline]
    pub fn position_of(&self, name: Ref<Str>) -> Option<u32> {
        if self.only_str.get() {
            match self.search_str(name, name.hash()) {
                Found::At(i) => Some(i),
                Found::Missing => None,
            }
        } else {
            self.position_of_slow(name)
        }
    }

    fn position_of_slow(&self, name: Ref<Str>) -> Option<u32> {
        let entries = self.entries.get()?;
        let tagged = tag(name.hash());
        (0..self.filled.get()).find(|i| {
            let e = entries.get(*i);
            e.hash == tagged
                && Value::from_bits(e.key)
                    .and_then(|k| k.downcast::<Str>())
                    .is_some_and(|k| k.same_text(&name))
        })
    }

    /// The value of a string key, without running Python code.
    #[inline]
    pub fn get_name_quiet(&self, name: Ref<Str>) -> Option<Value> {
        self.position_of(name).and_then(|i| self.value_at(i))
    }

    /// The value of a string key.
    #[inline]
    pub fn get_name(&self, vm: &Vm, name: Ref<Str>) -> PyResult<Option<Value>> {
        if self.only_str.get() {
            return Ok(self.get_name_quiet(name));
        }
        self.get_item(vm, name.value())
    }

    /// `d.get(key)`
    #[inline]
    pub fn get_item(&self, vm: &Vm, key: Value) -> PyResult<Option<Value>> {
        let hash = hash_key(vm, key)?;
        self.get_known_hash(vm, key, hash)
    }

    pub fn get_known_hash(&self, vm: &Vm, key: Value, hash: i64) -> PyResult<Option<Value>> {
        match self.search(vm, key, hash)? {
            Found::At(i) => Ok(self.value_at(i)),
            Found::Missing => Ok(None),
        }
    }

    /// The stored key that equals `key`, with its value.
    pub fn get_entry(&self, vm: &Vm, key: Value) -> PyResult<Option<(Value, Value)>> {
        let hash = hash_key(vm, key)?;
        match self.search(vm, key, hash)? {
            Found::At(i) => Ok(self.entry(i as usize)),
            Found::Missing => Ok(None),
        }
    }

    /// `d.get("key")` for a Rust string.
    pub fn get_str(&self, vm: &Vm, key: &str) -> PyResult<Option<Value>> {
        self.get_name(vm, vm.intern_str(key))
    }

    pub fn contains(&self, vm: &Vm, key: Value) -> PyResult<bool> {
        Ok(self.get_item(vm, key)?.is_some())
    }

    pub fn set_item(&self, vm: &Vm, key: Value, value: Value) -> PyResult<()> {
        let hash = hash_key(vm, key)?;
        self.set_known_hash(vm, key, hash, value)
    }

    pub fn set_known_hash(&self, vm: &Vm, key: Value, hash: i64, value: Value) -> PyResult<()> {
        match self.search(vm, key, hash)? {
            Found::At(i) => self.replace_at(i, value),
            Found::Missing => self.insert_new(key, hash, value),
        }
        Ok(())
    }

    /// Stores under a string key.
    pub fn set_name(&self, name: Ref<Str>, value: Value) {
        match self.position_of(name) {
            Some(i) => self.replace_at(i, value),
            None => self.insert_new(name.value(), name.hash(), value),
        }
    }

    /// `d["key"] = value` for a Rust string.
    pub fn set_str(&self, vm: &Vm, key: &str, value: Value) {
        self.set_name(vm.intern_str(key), value)
    }

    /// `d.setdefault(key, value)`
    pub fn set_default(&self, vm: &Vm, key: Value, value: Value) -> PyResult<Value> {
        let hash = hash_key(vm, key)?;
        match self.search(vm, key, hash)? {
            Found::At(i) => Ok(self.value_at(i).expect("found entries have a value")),
            Found::Missing => {
                self.insert_new(key, hash, value);
                Ok(value)
            }
        }
    }

    #[inline(always)]
    pub fn replace_at(&self, i: u32, value: Value) {
        let entries = self.entries.get().expect("a found entry is somewhere");
        let e = entries.get(i);
        if self.watched.get() != 0 && e.value != value.bits() {
            self.tell(DictEvent::Modified, Value::from_bits(e.key), Some(value));
        }
        entries.set(i, Entry { value: value.bits(), ..e });
    }

    #[inline(always)]
    fn itself(&self) -> Value {
        // SAFETY: a Dict exists only in the heap, so its address is its reference.
        unsafe { Ref::from_ptr(self as *const Dict as *mut Dict) }.value()
    }

    /// The watchers.
    pub fn watched(&self) -> u8 {
        self.watched.get()
    }

    pub fn set_watched(&self, watchers: u8) {
        self.watched.set(watchers);
    }

    #[cold]
    #[inline(never)]
    fn tell(&self, event: DictEvent, key: Option<Value>, value: Option<Value>) {
        crate::extension::dict_event(self.itself(), event, key, value);
    }

    fn insert_new(&self, key: Value, hash: i64, value: Value) {
        if self.watched.get() != 0 {
            self.tell(DictEvent::Added, Some(key), Some(value));
        }
        self.version.set(0);
        if self.only_str.get() && !key.is::<Str>() {
            self.only_str.set(false);
        }
        let at = self.filled.get();
        let full = self.entries.get().is_none_or(|e| at as u64 >= e.capacity);
        if full {
            self.grow();
        }
        let at = self.filled.get();
        let entries = self.entries.get().expect("grown");
        entries.set(at, Entry { hash: tag(hash), key: key.bits(), value: value.bits() });
        self.filled.set(at + 1);
        self.used.set(self.used.get() + 1);
        if self.mask.get() != 0 {
            self.index_insert(at, hash);
        }
    }

    /// Makes room: compacts deleted entries away, enlarges, rebuilds the index.
    #[inline(never)]
    fn grow(&self) {
        let used = self.len() as u32;
        let capacity = match self.entries.get() {
            None => 4,
            Some(_) if used < 4 => 4,
            Some(_) => (used * 2).max(8),
        };
        self.rebuild(capacity);
    }

    fn rebuild(&self, capacity: u32) {
        self.version.set(0);
        self.worn.set(0);
        let fresh = Entries::new(capacity);
        let mut n = 0;
        if let Some(old) = self.entries.get() {
            for i in 0..self.filled.get() {
                let e = old.get(i);
                if e.key != 0 {
                    fresh.set(n, e);
                    n += 1;
                }
            }
        }
        self.entries.set(self.itself(), Some(fresh));
        self.filled.set(n);
        if capacity > SCAN_LIMIT {
            let size = (capacity as usize * 3 / 2 + 1).next_power_of_two();
            let index = Index::new(size);
            self.index.set(self.itself(), Some(index));
            self.mask.set(size as u32 - 1);
            let entries = self.entries.get().expect("just set");
            for i in 0..n {
                self.index_insert(i, entries.get(i).hash as i64 >> 1);
            }
        } else {
            self.index.set(self.itself(), None);
            self.mask.set(0);
        }
    }

    /// Deletes a key and gives its value.
    pub fn remove(&self, vm: &Vm, key: Value) -> PyResult<Option<Value>> {
        let hash = hash_key(vm, key)?;
        match self.search(vm, key, hash)? {
            Found::At(i) => Ok(self.remove_at(i as usize).map(|(_, v)| v)),
            Found::Missing => Ok(None),
        }
    }

    /// Deletes the entry at a position.
    pub fn remove_at(&self, i: usize) -> Option<(Value, Value)> {
        let (k, v) = self.entry(i)?;
        if self.watched.get() != 0 {
            self.tell(DictEvent::Deleted, Some(k), None);
        }
        self.version.set(0);
        let entries = self.entries.get()?;
        let hash = entries.get(i as u32).hash as i64 >> 1;
        if self.mask.get() != 0 {
            let slot = self.index_slot_of(i as u32, hash);
            self.index.get()?.at(slot).set(DELETED);
        }
        entries.set(i as u32, Entry { hash: 1, key: 0, value: 0 });
        self.used.set(self.used.get() - 1);
        Some((k, v))
    }

    /// `d.popitem()`
    pub fn pop_last(&self) -> Option<(Value, Value)> {
        let last = (0..self.slots()).rev().find(|i| self.entry(*i).is_some())?;
        let popped = self.remove_at(last);
        // Emptying a dict this way stays linear. Other deletions leave their place, by which
        // iterators notice that keys have changed.
        self.filled.set(last as u32);
        if self.mask.get() != 0 {
            // An index without empty slots would be searched for ever.
            self.worn.set(self.worn.get() + 1);
            let most = (self.mask.get() / 8).min(u16::MAX as u32 - 1);
            if self.worn.get() as u32 > most {
                self.rebuild(self.entries.get()?.capacity as u32);
            }
        }
        popped
    }

    pub fn clear(&self) {
        if self.watched.get() != 0 {
            self.tell(DictEvent::Cleared, None, None);
        }
        self.version.set(0);
        self.used.set(0);
        self.filled.set(0);
        self.mask.set(0);
        self.only_str.set(true);
        self.entries.set(self.itself(), None);
        self.index.set(self.itself(), None);
    }

    /// A new exact dict with the same items.
    pub fn copy(&self, vm: &Vm) -> Ref<Dict> {
        let new = Dict::new(vm);
        if self.len() == 0 {
            return new;
        }
        new.only_str.set(self.only_str.get());
        let capacity = (self.len() as u32).max(4);
        let fresh = Entries::new(capacity);
        let old = self.entries.get().expect("not empty");
        let mut n = 0;
        for i in 0..self.filled.get() {
            let e = old.get(i);
            if e.key != 0 {
                fresh.set(n, e);
                n += 1;
            }
        }
        new.entries.set(new, Some(fresh));
        new.filled.set(n);
        new.used.set(n as u64);
        if capacity > SCAN_LIMIT {
            new.rebuild(capacity);
        }
        new
    }

    /// Adds all items of another dict.
    pub fn update_from(&self, vm: &Vm, other: Ref<Dict>) -> PyResult<()> {
        if std::ptr::eq(self, other.as_ptr()) {
            return Ok(());
        }
        let mut i = 0;
        while i < other.slots() {
            if let Some((hash, k, v)) = other.entry_with_hash(i) {
                let hash = if k.is::<Str>() { vm.hash(k)? } else { hash };
                let before = other.len();
                self.set_known_hash(vm, k, hash, v)?;
                if other.len() != before {
                    return Err(vm.runtime_error("dict mutated during update"));
                }
            }
            i += 1;
        }
        Ok(())
    }

    /// A list of the keys.
    pub fn keys_list(&self, vm: &Vm) -> Ref<crate::builtins::list::List> {
        let list = crate::builtins::list::List::new(vm);
        for i in 0..self.slots() {
            if let Some((k, _)) = self.entry(i) {
                list.push(vm, k);
            }
        }
        list
    }

    /// Whether all keys are exact strings.
    pub fn has_only_str_keys(&self) -> bool {
        self.only_str.get()
    }
}
