//! `pycore_hashtable.h`: a table of C pointers with C's functions for hashing and comparing. It knows no objects.

#![allow(non_snake_case)] // The names are the API's.

use std::ffi::{c_int, c_void};

type Hash = unsafe extern "C" fn(*const c_void) -> usize;
type Compare = unsafe extern "C" fn(*const c_void, *const c_void) -> c_int;
type Destroy = unsafe extern "C" fn(*mut c_void);
type Each = unsafe extern "C" fn(*mut Table, *const c_void, *const c_void, *mut c_void) -> c_int;

#[derive(Clone, Copy)]
struct Entry {
    hash: usize,
    key: *const c_void,
    value: *mut c_void,
}

/// Chains of entries; their number is a power of two.
pub struct Table {
    chains: Vec<Vec<Entry>>,
    len: usize,
    hash: Hash,
    compare: Compare,
    destroy_key: Option<Destroy>,
    destroy_value: Option<Destroy>,
}

const CHAINS: usize = 16;

fn chains(n: usize) -> Vec<Vec<Entry>> {
    (0..n).map(|_| vec![]).collect()
}

impl Table {
    /// The chain of a key and the place in it.
    unsafe fn find(&self, key: *const c_void) -> (usize, usize, Option<usize>) {
        let hash = (self.hash)(key);
        let chain = hash & (self.chains.len() - 1);
        let at = self.chains[chain].iter().position(|e| e.hash == hash && (self.compare)(key, e.key) != 0);
        (hash, chain, at)
    }

    fn grow(&mut self) {
        let n = self.chains.len() * 2;
        for e in std::mem::replace(&mut self.chains, chains(n)).into_iter().flatten() {
            self.chains[e.hash & (n - 1)].push(e);
        }
    }

    unsafe fn clear(&mut self) {
        self.len = 0;
        for e in std::mem::replace(&mut self.chains, chains(CHAINS)).into_iter().flatten() {
            if let Some(f) = self.destroy_key {
                f(e.key.cast_mut());
            }
            if let Some(f) = self.destroy_value {
                f(e.value);
            }
        }
    }
}

/// Addresses are multiples of 16: the low bits go to the top.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _Py_hashtable_hash_ptr(key: *const c_void) -> usize {
    (key as usize).rotate_right(4)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _Py_hashtable_compare_direct(a: *const c_void, b: *const c_void) -> c_int {
    (a == b) as c_int
}

/// The table's own memory is Rust's, whatever allocator is passed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _Py_hashtable_new_full(
    hash: Hash,
    compare: Compare,
    destroy_key: Option<Destroy>,
    destroy_value: Option<Destroy>,
    _allocator: *mut c_void,
) -> *mut Table {
    let chains = chains(CHAINS);
    Box::into_raw(Box::new(Table { chains, len: 0, hash, compare, destroy_key, destroy_value }))
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _Py_hashtable_new(hash: Hash, compare: Compare) -> *mut Table {
    _Py_hashtable_new_full(hash, compare, None, None, std::ptr::null_mut())
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _Py_hashtable_clear(t: *mut Table) {
    (*t).clear()
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _Py_hashtable_destroy(t: *mut Table) {
    (*t).clear();
    drop(Box::from_raw(t));
}

/// The key is not there yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _Py_hashtable_set(t: *mut Table, key: *const c_void, value: *mut c_void) -> c_int {
    let t = &mut *t;
    if t.len >= t.chains.len() {
        t.grow();
    }
    let (hash, chain, _) = t.find(key);
    t.chains[chain].push(Entry { hash, key, value });
    t.len += 1;
    0
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _Py_hashtable_get(t: *mut Table, key: *const c_void) -> *mut c_void {
    let t = &*t;
    let (_, chain, at) = t.find(key);
    at.map_or(std::ptr::null_mut(), |i| t.chains[chain][i].value)
}

/// Removes a key; its value is the caller's, and nothing is destroyed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _Py_hashtable_steal(t: *mut Table, key: *const c_void) -> *mut c_void {
    let t = &mut *t;
    let (_, chain, at) = t.find(key);
    let Some(i) = at else { return std::ptr::null_mut() };
    t.len -= 1;
    t.chains[chain].swap_remove(i).value
}

/// Calls the function for each entry until it gives something else than 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _Py_hashtable_foreach(t: *mut Table, f: Each, data: *mut c_void) -> c_int {
    let all: Vec<Entry> = (*t).chains.iter().flatten().copied().collect();
    all.iter().map(|e| f(t, e.key, e.value, data)).find(|r| *r != 0).unwrap_or(0)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _Py_hashtable_len(t: *const Table) -> usize {
    (*t).len
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn _Py_hashtable_size(t: *const Table) -> usize {
    size_of::<Table>() + (*t).chains.len() * size_of::<Vec<Entry>>() + (*t).len * size_of::<Entry>()
}
