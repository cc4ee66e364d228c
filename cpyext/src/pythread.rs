//! Threads, locks, and storage per thread. None of these functions needs the GIL.

#![allow(non_snake_case)] // The names are the API's.

use crate::ffi::types::*;
use crate::pyobject::Owned;
use adder_macros::capi;
use adder_vm::error::PyResult;
use adder_vm::vm::Vm;
use std::ffi::{c_int, c_ulong, c_void};
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// A lock that any thread may release.
struct Lock {
    locked: Mutex<bool>,
    free: Condvar,
}

impl Lock {
    fn state(&self) -> MutexGuard<'_, bool> {
        self.locked.lock().unwrap_or_else(|e| e.into_inner())
    }

    /// None waits for ever.
    fn acquire(&self, timeout: Option<Duration>) -> bool {
        let until = timeout.map(|t| Instant::now() + t);
        let mut s = self.state();
        while *s {
            s = match until {
                None => self.free.wait(s).unwrap_or_else(|e| e.into_inner()),
                Some(until) => {
                    let now = Instant::now();
                    if now >= until {
                        return false;
                    }
                    self.free.wait_timeout(s, until - now).unwrap_or_else(|e| e.into_inner()).0
                }
            };
        }
        *s = true;
        true
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyThread_init_thread() {}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyThread_allocate_lock() -> *mut c_void {
    Box::into_raw(Box::new(Lock { locked: Mutex::new(false), free: Condvar::new() })).cast()
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyThread_free_lock(lock: *mut c_void) {
    drop(Box::from_raw(lock as *mut Lock));
}

/// 1 when the lock was taken; without `wait` 0 if it is taken already.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyThread_acquire_lock(lock: *mut c_void, wait: c_int) -> c_int {
    let timeout = if wait != 0 { None } else { Some(Duration::ZERO) };
    (*(lock as *mut Lock)).acquire(timeout) as c_int
}

/// 0 failure, 1 acquired. A wait is not interrupted by signals.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyThread_acquire_lock_timed(
    lock: *mut c_void,
    microseconds: i64,
    _interruptible: c_int,
) -> c_int {
    let timeout = u64::try_from(microseconds).ok().map(Duration::from_micros);
    (*(lock as *mut Lock)).acquire(timeout) as c_int
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyThread_release_lock(lock: *mut c_void) {
    let lock = &*(lock as *mut Lock);
    *lock.state() = false;
    lock.free.notify_one();
}

type Start = (unsafe extern "C" fn(*mut c_void), usize);

extern "C" fn thread_main(start: *mut c_void) -> *mut c_void {
    // SAFETY: made by `PyThread_start_new_thread`.
    unsafe {
        let (f, arg) = *Box::from_raw(start as *mut Start);
        f(arg as *mut c_void);
    }
    std::ptr::null_mut()
}

/// Bytes of the stacks of new threads; 0: the system's choice.
static STACK_SIZE: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);

const FAILED: c_ulong = c_ulong::MAX;

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyThread_start_new_thread(
    f: unsafe extern "C" fn(*mut c_void),
    arg: *mut c_void,
) -> c_ulong {
    let start: Box<Start> = Box::new((f, arg as usize));
    let mut attributes: libc::pthread_attr_t = std::mem::zeroed();
    if libc::pthread_attr_init(&mut attributes) != 0 {
        return FAILED;
    }
    let size = STACK_SIZE.load(std::sync::atomic::Ordering::Relaxed);
    if size != 0 {
        libc::pthread_attr_setstacksize(&mut attributes, size);
    }
    let mut thread = 0;
    let start = Box::into_raw(start);
    let failed = libc::pthread_create(&mut thread, &attributes, thread_main, start.cast());
    libc::pthread_attr_destroy(&mut attributes);
    if failed != 0 {
        drop(Box::from_raw(start));
        return FAILED;
    }
    libc::pthread_detach(thread);
    thread as c_ulong
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyThread_exit_thread() -> ! {
    libc::pthread_exit(std::ptr::null_mut())
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyThread_get_thread_ident() -> c_ulong {
    libc::pthread_self() as c_ulong
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyThread_get_thread_native_id() -> c_ulong {
    libc::gettid() as c_ulong
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyThread_get_stacksize() -> usize {
    STACK_SIZE.load(std::sync::atomic::Ordering::Relaxed)
}

/// 0, or -1 for a size that cannot be.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyThread_set_stacksize(size: usize) -> c_int {
    if size != 0 && size < 0x8000 {
        return -1;
    }
    STACK_SIZE.store(size, std::sync::atomic::Ordering::Relaxed);
    0
}

/// `sys.thread_info`
#[capi]
pub fn PyThread_GetInfo(vm: &Vm) -> PyResult<Owned> {
    Ok(vm.sys_get("thread_info").map_or(Owned::NULL, Owned::new))
}

// ---- storage per thread -------------------------------------------------------------------------

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyThread_tss_alloc() -> *mut Py_tss_t {
    Box::into_raw(Box::new(Py_tss_t { _is_initialized: 0, _key: 0 }))
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyThread_tss_free(key: *mut Py_tss_t) {
    if !key.is_null() {
        PyThread_tss_delete(key);
        drop(Box::from_raw(key));
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyThread_tss_is_created(key: *mut Py_tss_t) -> c_int {
    (*key)._is_initialized
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyThread_tss_create(key: *mut Py_tss_t) -> c_int {
    if (*key)._is_initialized != 0 {
        return 0;
    }
    if libc::pthread_key_create(&mut (*key)._key, None) != 0 {
        return -1;
    }
    (*key)._is_initialized = 1;
    0
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyThread_tss_delete(key: *mut Py_tss_t) {
    if (*key)._is_initialized != 0 {
        libc::pthread_key_delete((*key)._key);
        (*key)._is_initialized = 0;
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyThread_tss_set(key: *mut Py_tss_t, value: *mut c_void) -> c_int {
    if libc::pthread_setspecific((*key)._key, value) == 0 { 0 } else { -1 }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyThread_tss_get(key: *mut Py_tss_t) -> *mut c_void {
    libc::pthread_getspecific((*key)._key)
}

// The older form of the same, where a key is an int.

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyThread_create_key() -> c_int {
    let mut key = 0;
    if libc::pthread_key_create(&mut key, None) != 0 { -1 } else { key as c_int }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyThread_delete_key(key: c_int) {
    libc::pthread_key_delete(key as libc::pthread_key_t);
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyThread_set_key_value(key: c_int, value: *mut c_void) -> c_int {
    if libc::pthread_setspecific(key as libc::pthread_key_t, value) == 0 { 0 } else { -1 }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyThread_get_key_value(key: c_int) -> *mut c_void {
    libc::pthread_getspecific(key as libc::pthread_key_t)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyThread_delete_key_value(key: c_int) {
    libc::pthread_setspecific(key as libc::pthread_key_t, std::ptr::null());
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyThread_ReInitTLS() {}
