//! The interpreter's life: what it says of itself, and its end. Its start is in `embedding.rs`.

use adder_heap::GilCell;
use adder_macros::capi;
use adder_vm::error::PyResult;
use adder_vm::vm::Vm;
use std::ffi::{CString, c_char, c_int};
use std::sync::OnceLock;

#[unsafe(no_mangle)]
pub static Py_Version: u64 = 0x030E_08F0;

#[capi]
pub fn Py_IsFinalizing(vm: &Vm) -> bool {
    vm.finalizing.get()
}

/// Functions that run when the interpreter has ended.
static AT_EXIT: GilCell<Vec<extern "C" fn()>> = GilCell::new(vec![]);

/// Runs a function at the end of the process; at most 32 of them.
#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn Py_AtExit(f: extern "C" fn()) -> c_int {
    let all = AT_EXIT.get();
    if all.len() >= 32 {
        return -1;
    }
    if all.is_empty() {
        libc::atexit(run_at_exit);
    }
    all.push(f);
    0
}

/// Runs what is to run when Python has ended: at the latest at the end of the process.
pub fn run_exit_functions() {
    run_with_data();
    run_at_exit();
}

extern "C" fn run_at_exit() {
    while let Some(f) = AT_EXIT.get().pop() {
        f();
    }
}

/// Runs `atexit` functions, flushes the standard streams and ends the process.
pub fn exit(vm: &Vm, status: i32) -> ! {
    let done = || -> PyResult<()> {
        let module = adder_vm::import::import_module(vm, "atexit")?;
        vm.call(vm.get_attr_str(module, "_run_exitfuncs")?, &[])?;
        for name in ["stdout", "stderr"] {
            if let Some(f) = vm.sys_get(name) {
                vm.call_method(f, vm.intern_str("flush"), &[])?;
            }
        }
        Ok(())
    };
    if let Err(raised) = done() {
        let _ = vm.take_exception(raised);
    }
    std::process::exit(status)
}

#[capi]
pub fn Py_Exit(vm: &Vm, status: i32) {
    exit(vm, status)
}

/// Text that lives for ever, of an attribute of `sys`.
fn sys_text(vm: &Vm, cell: &'static OnceLock<CString>, name: &str) -> *const c_char {
    cell.get_or_init(|| {
        let v = vm.sys_get(name).and_then(|v| vm.str(v).ok()).map(|s| s.to_string());
        CString::new(v.unwrap_or_default()).unwrap_or_default()
    })
    .as_ptr()
}

#[capi]
pub fn Py_GetVersion(vm: &Vm) -> *const c_char {
    static TEXT: OnceLock<CString> = OnceLock::new();
    sys_text(vm, &TEXT, "version")
}

#[capi]
pub fn Py_GetPlatform(vm: &Vm) -> *const c_char {
    static TEXT: OnceLock<CString> = OnceLock::new();
    sys_text(vm, &TEXT, "platform")
}

#[capi]
pub fn Py_GetCopyright(vm: &Vm) -> *const c_char {
    static TEXT: OnceLock<CString> = OnceLock::new();
    sys_text(vm, &TEXT, "copyright")
}

#[capi]
pub fn Py_GetCompiler(vm: &Vm) -> *const c_char {
    static TEXT: OnceLock<CString> = OnceLock::new();
    TEXT.get_or_init(|| {
        let version = vm.sys_get("version").and_then(|v| vm.str(v).ok()).map(|s| s.to_string());
        let at = version.as_ref().and_then(|v| v.find('[').map(|i| v[i..].to_string()));
        CString::new(at.unwrap_or_default()).unwrap_or_default()
    })
    .as_ptr()
}

#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn Py_GetBuildInfo() -> *const c_char {
    c"adder".as_ptr()
}

type Handler = Option<unsafe extern "C" fn(c_int)>;

#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn PyOS_setsig(signal: c_int, handler: usize) -> usize {
    let mut new: libc::sigaction = std::mem::zeroed();
    let mut old: libc::sigaction = std::mem::zeroed();
    new.sa_sigaction = handler;
    libc::sigemptyset(&mut new.sa_mask);
    new.sa_flags = libc::SA_ONSTACK;
    if libc::sigaction(signal, &new, &mut old) == -1 {
        return libc::SIG_ERR;
    }
    old.sa_sigaction
}

#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn PyOS_getsig(signal: c_int) -> usize {
    let mut old: libc::sigaction = std::mem::zeroed();
    if libc::sigaction(signal, std::ptr::null(), &mut old) == -1 {
        return libc::SIG_ERR;
    }
    old.sa_sigaction
}

const _: () = assert!(size_of::<Handler>() == size_of::<usize>());

#[capi]
pub fn Py_GetProgramName(vm: &Vm) -> *mut libc::wchar_t {
    static TEXT: OnceLock<usize> = OnceLock::new();
    sys_wide(vm, &TEXT, "executable")
}

type WithData = unsafe extern "C" fn(*mut std::ffi::c_void);

static AT_EXIT_WITH_DATA: GilCell<Vec<(WithData, usize)>> = GilCell::new(vec![]);

extern "C" fn run_with_data() {
    while let Some((f, data)) = AT_EXIT_WITH_DATA.get().pop() {
        // SAFETY: a function with its data.
        unsafe { f(data as *mut std::ffi::c_void) };
    }
}

/// Runs a function with its data when the interpreter ends.
#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn PyUnstable_AtExit(
    _interp: *mut crate::ffi::types::PyInterpreterState,
    f: WithData,
    data: *mut std::ffi::c_void,
) -> c_int {
    if AT_EXIT_WITH_DATA.get().is_empty() {
        libc::atexit(run_with_data);
    }
    AT_EXIT_WITH_DATA.get().push((f, data as usize));
    0
}

/// Wide text that lives for ever, of an attribute of `sys`.
fn sys_wide(vm: &Vm, cell: &'static OnceLock<usize>, name: &str) -> *mut libc::wchar_t {
    let p = cell.get_or_init(|| {
        let v = vm.sys_get(name).and_then(|v| vm.str(v).ok()).map(|s| s.to_string());
        let mut wide: Vec<libc::wchar_t> =
            v.unwrap_or_default().chars().map(|c| c as libc::wchar_t).collect();
        wide.push(0);
        Box::leak(wide.into_boxed_slice()).as_mut_ptr() as usize
    });
    *p as *mut libc::wchar_t
}

#[capi]
pub fn Py_GetProgramFullPath(vm: &Vm) -> *mut libc::wchar_t {
    static TEXT: OnceLock<usize> = OnceLock::new();
    sys_wide(vm, &TEXT, "executable")
}

#[capi]
pub fn Py_GetPrefix(vm: &Vm) -> *mut libc::wchar_t {
    static TEXT: OnceLock<usize> = OnceLock::new();
    sys_wide(vm, &TEXT, "prefix")
}

#[capi]
pub fn Py_GetExecPrefix(vm: &Vm) -> *mut libc::wchar_t {
    static TEXT: OnceLock<usize> = OnceLock::new();
    sys_wide(vm, &TEXT, "exec_prefix")
}

// ---- pymacro.h: versions as numbers -------------------------------------------------------------

#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn Py_PACK_FULL_VERSION(
    x: c_int,
    y: c_int,
    z: c_int,
    level: c_int,
    serial: c_int,
) -> u32 {
    let byte = |n: c_int| n as u32 & 0xff;
    byte(x) << 24 | byte(y) << 16 | byte(z) << 8 | (level as u32 & 15) << 4 | serial as u32 & 15
}

#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn Py_PACK_VERSION(x: c_int, y: c_int) -> u32 {
    Py_PACK_FULL_VERSION(x, y, 0, 0, 0)
}
