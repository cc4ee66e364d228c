//! Allocators that can be asked for and replaced: `PyMem_GetAllocator`, `PyMem_SetAllocator`; and the
//! allocator of arenas, which only reports where pages come from: our memory is reserved in one piece.

#![allow(non_snake_case)] // The names are the API's.

use adder_heap::GilCell;
use std::ffi::{c_int, c_void};

/// The functions behind a domain, with their context.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Allocator {
    pub context: *mut c_void,
    pub malloc: unsafe extern "C" fn(*mut c_void, usize) -> *mut c_void,
    pub calloc: unsafe extern "C" fn(*mut c_void, usize, usize) -> *mut c_void,
    pub realloc: unsafe extern "C" fn(*mut c_void, *mut c_void, usize) -> *mut c_void,
    pub free: unsafe extern "C" fn(*mut c_void, *mut c_void),
}

/// CPython's domains.
#[derive(Clone, Copy)]
pub enum Domain {
    Raw,
    Mem,
    Object,
}

/// Replaced allocators, by domain. Written while C code that uses them does not run in other threads.
static REPLACED: GilCell<[Option<Allocator>; 3]> = GilCell::new([None; 3]);

/// The allocator that replaces our own.
#[inline(always)]
pub fn replaced(domain: Domain) -> Option<&'static Allocator> {
    REPLACED.get()[domain as usize].as_ref()
}

/// Replaces an allocator.
pub fn set(domain: Domain, new: Allocator) {
    REPLACED.get()[domain as usize] = Some(new);
}

macro_rules! own {
    ($name:ident: $malloc:path, $calloc:path, $realloc:path, $free:path) => {
        mod $name {
            use super::*;
            unsafe extern "C" fn malloc(_c: *mut c_void, size: usize) -> *mut c_void {
                $malloc(size)
            }
            unsafe extern "C" fn calloc(_c: *mut c_void, n: usize, size: usize) -> *mut c_void {
                $calloc(n, size)
            }
            unsafe extern "C" fn realloc(_c: *mut c_void, p: *mut c_void, size: usize) -> *mut c_void {
                $realloc(p, size)
            }
            unsafe extern "C" fn free(_c: *mut c_void, p: *mut c_void) {
                $free(p)
            }
            pub const OWN: Allocator =
                Allocator { context: std::ptr::null_mut(), malloc, calloc, realloc, free };
        }
    };
}

own!(memory: crate::pymem::malloc, crate::pymem::calloc, crate::pymem::realloc, crate::pymem::free);
own!(objects: crate::objimpl::malloc, crate::objimpl::calloc, crate::objimpl::realloc, crate::objimpl::free);

fn own(domain: c_int) -> Allocator {
    if domain == Domain::Object as c_int { objects::OWN } else { memory::OWN }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyMem_GetAllocator(domain: c_int, place: *mut Allocator) {
    let replaced = REPLACED.get().get(domain as usize).copied().flatten();
    *place = replaced.unwrap_or_else(|| own(domain));
}

/// What the old allocator gave is freed by the new one, which therefore has to call it, as in CPython.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyMem_SetAllocator(domain: c_int, new: *const Allocator) {
    let Some(place) = REPLACED.get().get_mut(domain as usize) else { return };
    let is_own = (*new).malloc as usize == own(domain).malloc as usize;
    *place = if is_own { None } else { Some(*new) };
}

// ---- arenas -------------------------------------------------------------------------------------

#[repr(C)]
pub struct ArenaAllocator {
    context: *mut c_void,
    alloc: unsafe extern "C" fn(*mut c_void, usize) -> *mut c_void,
    free: unsafe extern "C" fn(*mut c_void, *mut c_void, usize),
}

unsafe extern "C" fn arena_alloc(_c: *mut c_void, size: usize) -> *mut c_void {
    let (protection, flags) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
    match libc::mmap(std::ptr::null_mut(), size, protection, flags, -1, 0) {
        libc::MAP_FAILED => std::ptr::null_mut(),
        p => p,
    }
}

unsafe extern "C" fn arena_free(_c: *mut c_void, p: *mut c_void, size: usize) {
    libc::munmap(p, size);
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyObject_GetArenaAllocator(place: *mut ArenaAllocator) {
    *place = ArenaAllocator { context: std::ptr::null_mut(), alloc: arena_alloc, free: arena_free };
}
