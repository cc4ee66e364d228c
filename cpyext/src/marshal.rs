//! `marshal.h`. Numbers in files are written here, objects by the module `marshal`.

use crate::pyobject::Arg;
use adder_macros::capi;
use adder_vm::builtins::bytes::Bytes;
use adder_vm::error::PyResult;
use adder_vm::import;
use adder_vm::object::{Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::ffi::{c_char, c_int, c_long};

fn method(vm: &Vm, name: &str, args: &[Value]) -> PyResult<Value> {
    let module = import::import_module(vm, "marshal")?;
    vm.call(vm.get_attr_str(module, name)?, args)
}

#[capi]
pub fn PyMarshal_WriteObjectToString(vm: &Vm, v: Arg, version: c_int) -> PyResult<Value> {
    method(vm, "dumps", &[v.value(), vm.int(version as i64)])
}

#[capi]
pub fn PyMarshal_ReadObjectFromString(vm: &Vm, data: *const c_char, size: isize) -> PyResult<Value> {
    if size < 0 {
        raise!(vm, SystemError, "bad argument to internal function")
    }
    // SAFETY: the caller passes that many bytes.
    let bytes = unsafe { std::slice::from_raw_parts(data.cast::<u8>(), size as usize) };
    let bytes = vm.new_bytes(bytes)?;
    method(vm, "loads", &[bytes])
}

/// Four bytes, the low one first.
#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn PyMarshal_WriteLongToFile(n: c_long, file: *mut libc::FILE, _version: c_int) {
    let bytes = (n as u32).to_le_bytes();
    libc::fwrite(bytes.as_ptr().cast(), 1, 4, file);
}

#[capi]
pub fn PyMarshal_WriteObjectToFile(vm: &Vm, v: Arg, file: *mut libc::FILE, version: c_int) {
    match method(vm, "dumps", &[v.value(), vm.int(version as i64)]) {
        Ok(b) => {
            if let Some(b) = b.downcast::<Bytes>() {
                // SAFETY: the caller passes an open file.
                unsafe { libc::fwrite(b.as_bytes().as_ptr().cast(), 1, b.len(), file) };
            }
        }
        Err(raised) => crate::pyerrors::to_indicator(vm, raised),
    }
}

fn read(vm: &Vm, file: *mut libc::FILE, bytes: &mut [u8]) -> PyResult<()> {
    // SAFETY: the caller passes an open file.
    let n = unsafe { libc::fread(bytes.as_mut_ptr().cast(), 1, bytes.len(), file) };
    if n < bytes.len() {
        raise!(vm, EOFError, "EOF read where data expected")
    }
    Ok(())
}

#[capi]
pub fn PyMarshal_ReadLongFromFile(vm: &Vm, file: *mut libc::FILE) -> PyResult<c_long> {
    let mut bytes = [0; 4];
    read(vm, file, &mut bytes)?;
    Ok(i32::from_le_bytes(bytes) as c_long)
}

#[capi]
pub fn PyMarshal_ReadShortFromFile(vm: &Vm, file: *mut libc::FILE) -> PyResult<c_int> {
    let mut bytes = [0; 2];
    read(vm, file, &mut bytes)?;
    Ok(i16::from_le_bytes(bytes) as c_int)
}

/// The object that the rest of the file holds.
#[capi]
pub fn PyMarshal_ReadLastObjectFromFile(vm: &Vm, file: *mut libc::FILE) -> PyResult<Value> {
    let mut all = vec![];
    let mut chunk = [0u8; 4096];
    loop {
        // SAFETY: the caller passes an open file.
        let n = unsafe { libc::fread(chunk.as_mut_ptr().cast(), 1, chunk.len(), file) };
        all.extend_from_slice(&chunk[..n]);
        if n < chunk.len() {
            break;
        }
    }
    let bytes = vm.new_bytes(&all)?;
    method(vm, "loads", &[bytes])
}

/// The next object of the file, which is left behind it.
#[capi]
pub fn PyMarshal_ReadObjectFromFile(vm: &Vm, file: *mut libc::FILE) -> PyResult<Value> {
    // `marshal.load` says, through its file, how much it has read.
    // SAFETY: the caller passes an open file.
    unsafe {
        let at = libc::ftell(file);
        let mut rest = vec![];
        let mut chunk = [0u8; 4096];
        loop {
            let n = libc::fread(chunk.as_mut_ptr().cast(), 1, chunk.len(), file);
            rest.extend_from_slice(&chunk[..n]);
            if n < chunk.len() {
                break;
            }
        }
        let io = import::import_module(vm, "io")?;
        let buffer = vm.call(vm.get_attr_str(io, "BytesIO")?, &[vm.new_bytes(&rest)?])?;
        let result = method(vm, "load", &[buffer])?;
        let read = vm.call_method(buffer, vm.intern_str("tell"), &[])?;
        if at >= 0 && read.is_small() {
            libc::clearerr(file);
            libc::fseek(file, at + read.small() as c_long, libc::SEEK_SET);
        }
        Ok(result)
    }
}
