//! `PYTHONMALLOC=debug`: allocators that put marks around what they hand out, and look at them when it comes
//! back. CPython's layout: size and API before the data, `FORBIDDEN` bytes on both sides.
//!
//! For `PyMem_*` and `PyMem_Raw*`. Memory of objects has its link to the heap before it, so of
//! `PyObject_Malloc` it is only checked that the caller has the GIL.

use crate::allocators::{Allocator, Domain, set};
use crate::fatal::fatal;
use crate::pystate::PyGILState_Check;
use adder_vm::vm::Vm;
use std::ffi::c_void;

const CLEAN: u8 = 0xcd;
const DEAD: u8 = 0xdd;
const FORBIDDEN: u8 = 0xfd;
/// The size of a word: before the data are two, behind it is one.
const WORD: usize = 8;

/// What `PyMem_SetupDebugHooks` installs; also at the start, if the environment asks for it.
pub fn install() {
    let api = |api: u8| api as usize as *mut c_void;
    set(Domain::Mem, Allocator { context: api(b'm'), malloc, calloc, realloc, free });
    set(Domain::Raw, Allocator { context: api(b'r'), malloc, calloc, realloc, free });
    let object = Allocator {
        context: std::ptr::null_mut(),
        malloc: object_malloc,
        calloc: object_calloc,
        realloc: object_realloc,
        free: object_free,
    };
    set(Domain::Object, object);
}

/// Once, at the start.
pub fn init(vm: &Vm) {
    let c = &vm.config;
    let wanted = || std::env::var("PYTHONMALLOC").is_ok_and(|v| v == "debug" || v.ends_with("_debug"));
    if !c.isolated && !c.ignore_environment && wanted() {
        install();
    }
}

#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn PyMem_SetupDebugHooks() {
    install()
}

/// Ends the process if the caller does not have the GIL, where the domain needs it.
unsafe fn check_gil(api: u8, function: &str) {
    if api != b'r' && PyGILState_Check() == 0 {
        fatal(function, "Python memory allocator called without holding the GIL");
    }
}

unsafe fn mark(block: *mut u8, api: u8, size: usize) -> *mut u8 {
    block.cast::<[u8; WORD]>().write_unaligned((size as u64).to_be_bytes());
    block.add(WORD).write(api);
    block.add(WORD + 1).write_bytes(FORBIDDEN, WORD - 1);
    let data = block.add(2 * WORD);
    data.add(size).write_bytes(FORBIDDEN, WORD);
    data
}

unsafe fn allocate(api: u8, size: usize, zeroed: bool) -> *mut c_void {
    let Some(all) = size.checked_add(3 * WORD).filter(|n| *n <= isize::MAX as usize) else {
        return std::ptr::null_mut();
    };
    let block = crate::pymem::malloc(all).cast::<u8>();
    if block.is_null() {
        return block.cast();
    }
    let data = mark(block, api, size);
    data.write_bytes(if zeroed { 0 } else { CLEAN }, size);
    data.cast()
}

unsafe extern "C" fn malloc(context: *mut c_void, size: usize) -> *mut c_void {
    check_gil(context as usize as u8, "_PyMem_DebugMalloc");
    allocate(context as usize as u8, size, false)
}

unsafe extern "C" fn calloc(context: *mut c_void, n: usize, size: usize) -> *mut c_void {
    check_gil(context as usize as u8, "_PyMem_DebugCalloc");
    n.checked_mul(size).map_or(std::ptr::null_mut(), |n| allocate(context as usize as u8, n, true))
}

unsafe extern "C" fn realloc(context: *mut c_void, p: *mut c_void, size: usize) -> *mut c_void {
    let api = context as usize as u8;
    check_gil(api, "_PyMem_DebugRealloc");
    if p.is_null() {
        return allocate(api, size, false);
    }
    let old = check(api, p.cast(), "_PyMem_DebugRawRealloc");
    let new = allocate(api, size, false);
    if !new.is_null() {
        std::ptr::copy_nonoverlapping(p.cast::<u8>(), new.cast(), old.min(size));
        release(p.cast(), old);
    }
    new
}

unsafe extern "C" fn free(context: *mut c_void, p: *mut c_void) {
    let api = context as usize as u8;
    check_gil(api, "_PyMem_DebugFree");
    if !p.is_null() {
        let size = check(api, p.cast(), "_PyMem_DebugRawFree");
        release(p.cast(), size);
    }
}

unsafe fn release(data: *mut u8, size: usize) {
    let block = data.sub(2 * WORD);
    block.write_bytes(DEAD, size + 3 * WORD);
    crate::pymem::free(block.cast());
}

/// The size of what begins at `data`; ends the process if the marks are not as they should be.
unsafe fn check(api: u8, data: *mut u8, function: &str) -> usize {
    let id = data.sub(WORD).read();
    let before = std::slice::from_raw_parts(data.sub(WORD - 1), WORD - 1);
    let size = u64::from_be_bytes(data.sub(2 * WORD).cast::<[u8; WORD]>().read_unaligned()) as usize;
    let wrong = if id != api {
        let (was, is) = (id as char, api as char);
        format!("bad ID: Allocated using API '{was}', verified using API '{is}'")
    } else if before.iter().any(|b| *b != FORBIDDEN) {
        "bad leading pad byte".to_string()
    } else if std::slice::from_raw_parts(data.add(size), WORD).iter().any(|b| *b != FORBIDDEN) {
        "bad trailing pad byte".to_string()
    } else {
        return size;
    };
    dump(data, id, size, before);
    fatal(function, &wrong)
}

/// Shows the block on standard error.
unsafe fn dump(data: *mut u8, id: u8, size: usize, before: &[u8]) {
    eprintln!("Debug memory block at address p={data:p}: API '{}'", id as char);
    eprintln!("    {size} bytes originally requested");
    pad(before, &format!("p-{}", WORD - 1), "p-", true);
    // What has no marks before it has no size to be trusted.
    if before.iter().any(|b| *b != FORBIDDEN) {
        return;
    }
    let tail = data.add(size);
    pad(std::slice::from_raw_parts(tail, WORD), &format!("tail={tail:p}"), "tail+", false);
    if size > 0 {
        let all = std::slice::from_raw_parts(data, size);
        let hex = |bytes: &[u8]| bytes.iter().map(|b| format!(" {b:02x}")).collect::<String>();
        let first = size.min(WORD);
        let last = first.max(size.saturating_sub(WORD));
        let gap = if last > first { " ..." } else { "" };
        eprintln!("    Data at p:{}{gap}{}", hex(&all[..first]), hex(&all[last..]));
    }
    eprintln!("\nEnable tracemalloc to get the memory block allocation traceback\n");
}

fn pad(bytes: &[u8], at: &str, name: &str, from_end: bool) {
    let n = bytes.len();
    if bytes.iter().all(|b| *b == FORBIDDEN) {
        return eprintln!("    The {n} pad bytes at {at} are FORBIDDENBYTE, as expected.");
    }
    eprintln!("    The {n} pad bytes at {at} are not all FORBIDDENBYTE (0x{FORBIDDEN:02x}):");
    for (i, b) in bytes.iter().enumerate() {
        let ouch = if *b == FORBIDDEN { "" } else { " *** OUCH" };
        eprintln!("        at {name}{}: 0x{b:02x}{ouch}", if from_end { n - i } else { i });
    }
}

// ---- memory of objects --------------------------------------------------------------------------

unsafe extern "C" fn object_malloc(_context: *mut c_void, size: usize) -> *mut c_void {
    check_gil(b'o', "_PyMem_DebugMalloc");
    crate::objimpl::malloc(size)
}

unsafe extern "C" fn object_calloc(_context: *mut c_void, n: usize, size: usize) -> *mut c_void {
    check_gil(b'o', "_PyMem_DebugCalloc");
    crate::objimpl::calloc(n, size)
}

unsafe extern "C" fn object_realloc(_context: *mut c_void, p: *mut c_void, size: usize) -> *mut c_void {
    check_gil(b'o', "_PyMem_DebugRealloc");
    crate::objimpl::realloc(p, size)
}

unsafe extern "C" fn object_free(_context: *mut c_void, p: *mut c_void) {
    check_gil(b'o', "_PyMem_DebugFree");
    crate::objimpl::free(p)
}
