//! `PyMem_*`: the system's allocator.

#![allow(non_snake_case)] // The names are the API's.

use crate::pystate::PyGILState_Check;
use adder_heap as heap;
use adder_vm::tracemalloc;
use adder_vm::vm::Vm;
use std::ffi::{c_int, c_uint, c_void};
use std::sync::atomic::{AtomicIsize, Ordering};
use std::sync::{Mutex, MutexGuard};

macro_rules! domain {
    ($malloc:ident, $calloc:ident, $realloc:ident, $free:ident) => {
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $malloc(size: usize) -> *mut c_void {
            libc::malloc(size.max(1))
        }
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $calloc(n: usize, size: usize) -> *mut c_void {
            libc::calloc(n.max(1), size.max(1))
        }
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $realloc(p: *mut c_void, size: usize) -> *mut c_void {
            libc::realloc(p, size.max(1))
        }
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $free(p: *mut c_void) {
            libc::free(p)
        }
    };
}

domain!(PyMem_Malloc, PyMem_Calloc, PyMem_Realloc, PyMem_Free);
domain!(PyMem_RawMalloc, PyMem_RawCalloc, PyMem_RawRealloc, PyMem_RawFree);

// ---- allocators that can be asked for -----------------------------------------------------------

/// The functions behind a domain, with a context that they ignore.
#[repr(C)]
pub struct Allocator {
    context: *mut c_void,
    malloc: unsafe extern "C" fn(*mut c_void, usize) -> *mut c_void,
    calloc: unsafe extern "C" fn(*mut c_void, usize, usize) -> *mut c_void,
    realloc: unsafe extern "C" fn(*mut c_void, *mut c_void, usize) -> *mut c_void,
    free: unsafe extern "C" fn(*mut c_void, *mut c_void),
}

unsafe extern "C" fn malloc(_c: *mut c_void, size: usize) -> *mut c_void {
    PyMem_Malloc(size)
}

unsafe extern "C" fn calloc(_c: *mut c_void, n: usize, size: usize) -> *mut c_void {
    PyMem_Calloc(n, size)
}

unsafe extern "C" fn realloc(_c: *mut c_void, p: *mut c_void, size: usize) -> *mut c_void {
    PyMem_Realloc(p, size)
}

unsafe extern "C" fn free(_c: *mut c_void, p: *mut c_void) {
    PyMem_Free(p)
}

/// The allocator of `PyMem_*` for every domain.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyMem_GetAllocator(_domain: c_int, place: *mut Allocator) {
    *place = Allocator { context: std::ptr::null_mut(), malloc, calloc, realloc, free };
}

// skipped PyMem_SetAllocator, PyMem_SetupDebugHooks: memory of ours is not another allocator's.

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

/// Memory that the collector does not see, to be counted when it decides whether to collect.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyTraceMalloc_Track(domain: c_uint, p: usize, size: usize) -> c_int {
    // SAFETY: asks whether this thread has the GIL.
    if tracemalloc::is_tracing() && unsafe { PyGILState_Check() } != 0 {
        tracemalloc::track(Vm::get(), domain, p, size);
    }
    if size >= SMALL {
        let old = sizes().get_or_insert_with(Sizes::default).insert(key(domain, p), size);
        pressure(size as isize - old.unwrap_or(0) as isize);
    }
    0
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyTraceMalloc_Untrack(domain: c_uint, p: usize) -> c_int {
    tracemalloc::untrack(domain, p);
    let old = sizes().as_mut().and_then(|s| s.remove(&key(domain, p)));
    if let Some(size) = old {
        pressure(-(size as isize));
    }
    0
}
