//! `PyMem_*`: the system's allocator. The collector hears of large pieces.

#![allow(non_snake_case)] // The names are the API's.

use crate::allocators::{Domain, replaced};
use crate::pystate::PyGILState_Check;
use adder_heap as heap;
use adder_vm::tracemalloc;
use adder_vm::vm::Vm;
use std::ffi::{c_int, c_uint, c_void};
use std::sync::atomic::{AtomicIsize, AtomicU16, Ordering};
use std::sync::{Mutex, MutexGuard};

pub unsafe fn malloc(size: usize) -> *mut c_void {
    taken(libc::malloc(size.max(1)))
}

pub unsafe fn calloc(n: usize, size: usize) -> *mut c_void {
    taken(libc::calloc(n.max(1), size.max(1)))
}

pub unsafe fn realloc(p: *mut c_void, size: usize) -> *mut c_void {
    let before = libc::malloc_usable_size(p);
    let new = libc::realloc(p, size.max(1));
    if !new.is_null() {
        note(libc::malloc_usable_size(new) as isize - before as isize);
    }
    new
}

pub unsafe fn free(p: *mut c_void) {
    note(-(libc::malloc_usable_size(p) as isize));
    libc::free(p)
}

macro_rules! domain {
    ($domain:expr, $malloc:ident, $calloc:ident, $realloc:ident, $free:ident) => {
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $malloc(size: usize) -> *mut c_void {
            match replaced($domain) {
                None => malloc(size),
                Some(a) => (a.malloc)(a.context, size),
            }
        }
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $calloc(n: usize, size: usize) -> *mut c_void {
            match replaced($domain) {
                None => calloc(n, size),
                Some(a) => (a.calloc)(a.context, n, size),
            }
        }
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $realloc(p: *mut c_void, size: usize) -> *mut c_void {
            match replaced($domain) {
                None => realloc(p, size),
                Some(a) => (a.realloc)(a.context, p, size),
            }
        }
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $free(p: *mut c_void) {
            match replaced($domain) {
                None => free(p),
                Some(a) => (a.free)(a.context, p),
            }
        }
    };
}

domain!(Domain::Mem, PyMem_Malloc, PyMem_Calloc, PyMem_Realloc, PyMem_Free);
domain!(Domain::Raw, PyMem_RawMalloc, PyMem_RawCalloc, PyMem_RawRealloc, PyMem_RawFree);

/// Only changes of this size are told to the collector.
const LARGE: isize = 64 << 10;

#[inline(always)]
fn note(delta: isize) {
    if delta.abs() >= LARGE {
        pressure(delta);
    }
}

#[inline(always)]
unsafe fn taken(p: *mut c_void) -> *mut c_void {
    note(libc::malloc_usable_size(p) as isize);
    p
}

// ---- tracemalloc.h: memory that extensions report -----------------------------------------------

type Sizes = crate::memory::AddressMap<usize>;

/// Sizes by address. What is smaller than `SMALL` has no effect on the collector worth a look-up.
static SIZES: Mutex<Option<Sizes>> = Mutex::new(None);
const SMALL: usize = 512;
/// Reported by threads without the GIL; the next one with it tells the collector.
static WAITING: AtomicIsize = AtomicIsize::new(0);

fn sizes() -> MutexGuard<'static, Option<Sizes>> {
    SIZES.lock().unwrap_or_else(|e| e.into_inner())
}

fn pressure(delta: isize) {
    // SAFETY: asks whether this thread has the GIL.
    if unsafe { PyGILState_Check() } != 0 {
        heap::add_pressure(delta + WAITING.swap(0, Ordering::Relaxed));
    } else {
        WAITING.fetch_add(delta, Ordering::Relaxed);
    }
}

fn key(domain: c_uint, p: usize) -> usize {
    p ^ (domain as usize) << 48
}

/// How many entries of `SIZES` there are with keys that have the same hash, so that reports of memory without an
/// entry, as most are, need no look-up. A count that has reached the end stays there.
static PRESENT: [AtomicU16; 1 << 12] = [const { AtomicU16::new(0) }; 1 << 12];

#[inline(always)]
fn present(key: usize) -> &'static AtomicU16 {
    &PRESENT[((key >> 4) as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) as usize >> 52]
}

#[inline(never)]
fn insert(key: usize, size: usize) {
    let mut all = sizes();
    let old = all.get_or_insert_with(Sizes::default).insert(key, size);
    if old.is_none() {
        // Under the lock, as every change is.
        let n = present(key);
        n.store(n.load(Ordering::Relaxed).saturating_add(1), Ordering::Relaxed);
    }
    drop(all);
    pressure(size as isize - old.unwrap_or(0) as isize);
}

#[inline(never)]
fn remove(key: usize) {
    let mut all = sizes();
    let Some(old) = all.as_mut().and_then(|s| s.remove(&key)) else { return };
    let n = present(key);
    let count = n.load(Ordering::Relaxed);
    if count != u16::MAX {
        n.store(count - 1, Ordering::Relaxed);
    }
    drop(all);
    pressure(-(old as isize));
}

/// Memory that the collector does not see, to be counted when it decides whether to collect.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyTraceMalloc_Track(domain: c_uint, p: usize, size: usize) -> c_int {
    // SAFETY: asks whether this thread has the GIL.
    if tracemalloc::is_tracing() && unsafe { PyGILState_Check() } != 0 {
        tracemalloc::track(Vm::get(), domain, p, size);
    }
    let key = key(domain, p);
    if size >= SMALL {
        insert(key, size);
    } else if present(key).load(Ordering::Relaxed) != 0 {
        // It may have been larger before.
        remove(key);
    }
    0
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyTraceMalloc_Untrack(domain: c_uint, p: usize) -> c_int {
    tracemalloc::untrack(domain, p);
    let key = key(domain, p);
    if present(key).load(Ordering::Relaxed) != 0 {
        remove(key);
    }
    0
}
