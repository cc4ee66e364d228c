//! Shared libraries: `dlopen` and what belongs to it.

use super::codes;
use super::info::name;
use crate::os_support::c_bytes;
use adder_vm::builtins::bytes::Bytes;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::int::as_int;
use adder_vm::builtins::list::List;
use adder_vm::builtins::str_::Str;
use adder_vm::error::{PyResult, Raised};
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::sys_functions::audit;
use adder_vm::vm::Vm;
use std::ffi::{CString, c_char, c_int, c_void};

/// What the dynamic linker says went wrong; None if nothing did.
fn last_message(vm: &Vm) -> PyResult<Option<Value>> {
    // SAFETY: null, or a string that lives until the next call.
    let text = unsafe {
        let p = libc::dlerror();
        if p.is_null() {
            return Ok(None);
        }
        c_bytes(p).to_vec()
    };
    vm.fs_decode(&text).map(Some)
}

fn failure(vm: &Vm, class: Exc, otherwise: &str) -> Raised {
    match last_message(vm) {
        Ok(Some(message)) => vm.error_value(class, message),
        Ok(None) => vm.error(class, otherwise),
        Err(raised) => raised,
    }
}

/// `_handle` of a library object.
pub fn handle_of(vm: &Vm, dll: Value) -> PyResult<*mut c_void> {
    let handle = vm.get_attr(dll, name(vm, "_handle"))?;
    match as_int(handle) {
        Some(i) => Ok(codes::low_bits(vm, i) as *mut c_void),
        None => Err(vm.type_error("the _handle attribute of the second argument must be an integer")),
    }
}

/// The address of a symbol; the inner error is the message. An address of 0 is an error too.
pub fn find_symbol(
    vm: &Vm,
    handle: *mut c_void,
    symbol: &[u8],
    what: &str,
) -> PyResult<Result<*mut u8, Value>> {
    let Ok(symbol) = CString::new(symbol) else {
        return Err(vm.value_error("embedded null byte"));
    };
    // SAFETY: a handle that the program says is one, and a terminated string.
    let p = unsafe {
        libc::dlerror();
        libc::dlsym(handle, symbol.as_ptr())
    };
    if !p.is_null() {
        return Ok(Ok(p.cast()));
    }
    Ok(Err(match last_message(vm)? {
        Some(message) => message,
        None => vm.new_str(&format!("{what} '{}' not found", symbol.to_string_lossy())),
    }))
}

/// The name of a symbol: str, bytes, or an ordinal, which only Windows has.
pub fn symbol_name(vm: &Vm, v: Value) -> PyResult<Vec<u8>> {
    if let Some(s) = v.downcast::<Str>() {
        return Ok(vm.utf8_of(s)?.into_bytes());
    }
    if let Some(b) = v.downcast::<Bytes>() {
        return Ok(b.as_bytes().to_vec());
    }
    raise!(vm, TypeError, "function name must be string, bytes object or integer")
}

pub fn open(vm: &Vm, file: Value, flags: c_int) -> PyResult<usize> {
    audit(vm, "ctypes.dlopen", &[file])?;
    let text = match file.is_none() {
        true => None,
        false => Some(crate::os_support::Path::convert(vm, Some(file), "dlopen", "name")?.text),
    };
    let start = text.as_ref().map_or(std::ptr::null::<c_char>(), |t| t.as_ptr());
    let mode = flags | libc::RTLD_NOW;
    // SAFETY: null or a terminated string. Initialisers of the library may run any code: what uses the API
    // expects to have the GIL.
    let handle = unsafe { libc::dlopen(start, mode) };
    if handle.is_null() { Err(failure(vm, Exc::OSError, "dlopen() error")) } else { Ok(handle as usize) }
}

pub fn close(vm: &Vm, handle: usize) -> PyResult<()> {
    // SAFETY: a handle that the program says is one.
    match unsafe { libc::dlclose(handle as *mut c_void) } {
        0 => Ok(()),
        _ => Err(failure(vm, Exc::OSError, "dlclose() error")),
    }
}

pub fn symbol(vm: &Vm, handle: usize, symbol: Value) -> PyResult<usize> {
    let Some(text) = symbol.downcast::<Str>() else {
        raise!(vm, TypeError, "dlsym() argument 2 must be str, not {}", symbol.class().name())
    };
    audit(vm, "ctypes.dlsym/handle", &[vm.new_int(handle as i128), symbol])?;
    let bytes = vm.utf8_of(text)?.into_bytes();
    match find_symbol(vm, handle as *mut c_void, &bytes, "symbol")? {
        Ok(p) => Ok(p as usize),
        Err(message) => Err(vm.error_value(Exc::OSError, message)),
    }
}

/// The names of the libraries that are loaded.
pub fn loaded(vm: &Vm) -> PyResult<Ref<List>> {
    unsafe extern "C" fn note(info: *mut libc::dl_phdr_info, _: usize, data: *mut c_void) -> c_int {
        // SAFETY: called with `names` below, and with a terminated string.
        (*data.cast::<Vec<Vec<u8>>>()).push(c_bytes((*info).dlpi_name).to_vec());
        0
    }
    let mut names: Vec<Vec<u8>> = vec![];
    // SAFETY: the callback gets the vector.
    unsafe { libc::dl_iterate_phdr(Some(note), (&raw mut names).cast()) };
    let list = List::new(vm);
    for n in names {
        list.push(vm, vm.fs_decode(&n)?);
    }
    Ok(list)
}
