//! Code objects: made by C for tracebacks and introspection, and read.

use crate::ffi::types::*;
use crate::pyobject::{Arg, Ptr, to_c};
use crate::unicodeobject::text;
use adder_macros::capi;
use adder_vm::builtins::bytes::Bytes;
use adder_vm::builtins::code::{Code, Plain};
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::ffi::c_char;

/// Values of CPython's code.h.
mod flags {
    pub const CO_OPTIMIZED: u32 = 1;
    pub const CO_NEWLOCALS: u32 = 2;
    pub const CO_FAST_LOCAL: u8 = 0x20;
    pub const CO_FAST_CELL: u8 = 0x40;
    pub const CO_FAST_FREE: u8 = 0x80;
}

/// Code that raises AssertionError, made when first needed.
static ASSERTION: adder_heap::StaticRoot = adder_heap::StaticRoot::new();

/// Room for the struct; the bytecode is not in it.
pub const SIZE: usize = size_of::<PyCodeObject>();

/// Fills the struct. Its references are counted.
///
/// # Safety
/// `p` is the code's fresh struct.
pub unsafe fn fill(code: Ref<Code>, p: Ptr) {
    let c = p as *mut PyCodeObject;
    let plain = &*code.plain;
    (*c).ob_base.ob_size = plain.code.len() as isize / 2;
    (*c).co_flags = plain.flags as i32;
    (*c).co_argcount = plain.argcount as i32;
    (*c).co_posonlyargcount = plain.posonlyargcount as i32;
    (*c).co_kwonlyargcount = plain.kwonlyargcount as i32;
    (*c).co_stacksize = plain.stacksize as i32;
    (*c).co_firstlineno = plain.firstlineno;
    (*c).co_nlocalsplus = plain.localspluskinds.len() as i32;
    (*c).co_nlocals = plain.nlocals as i32;
    (*c).co_ncellvars = plain.ncells as i32;
    (*c).co_nfreevars = plain.nfrees as i32;
    (*c).co_consts = to_c(code.consts.get().value());
    (*c).co_names = to_c(code.names.get().value());
    (*c).co_localsplusnames = to_c(code.localsplusnames.get().value());
    (*c).co_filename = to_c(code.filename.get().value());
    (*c).co_name = to_c(code.name.get().value());
    (*c).co_qualname = to_c(code.qualname.get().value());
}

/// Releases what the struct counts.
///
/// # Safety
/// `p` is the struct of a code object that dies.
pub unsafe fn free(p: Ptr) {
    crate::code_extra::release(p);
    let c = p as *mut PyCodeObject;
    for field in [
        (*c).co_consts,
        (*c).co_names,
        (*c).co_localsplusnames,
        (*c).co_filename,
        (*c).co_name,
        (*c).co_qualname,
    ] {
        crate::pyobject::xdecref(field);
    }
}

fn check(vm: &Vm, code: Arg) -> PyResult<Ref<Code>> {
    match code.value().downcast::<Code>() {
        Some(c) => Ok(c),
        None => Err(vm.system_error("bad argument to internal function")),
    }
}

/// A code object that raises AssertionError if it is run.
#[capi]
pub fn PyCode_NewEmpty(vm: &Vm, file: *const c_char, function: *const c_char, line: i32) -> PyResult<Value> {
    // SAFETY: the caller passes C strings.
    let (file, function) = unsafe { (vm.new_str(&text(file)), vm.intern_str(&text(function))) };
    let Some(file) = file.downcast::<Str>() else { return Err(vm.memory_error()) };
    let empty = Tuple::empty();
    let source = raise_assertion(vm)?;
    let plain = Plain {
        argcount: 0,
        posonlyargcount: 0,
        kwonlyargcount: 0,
        firstlineno: line,
        flags: flags::CO_OPTIMIZED | flags::CO_NEWLOCALS,
        // One entry without columns for the whole code.
        linetable: vec![0x80 | 13 << 3 | (source.plain.code.len() / 2 - 1).min(7) as u8, 0],
        exceptiontable: vec![],
        localspluskinds: vec![],
        nlocals: 0,
        ncells: 0,
        nfrees: 0,
        ..(*source.plain).clone()
    };
    let (consts, names) = (source.consts.get(), source.names.get());
    Ok(Code::new(vm, function, function, file, consts, names, empty, plain).value())
}

fn raise_assertion(vm: &Vm) -> PyResult<Ref<Code>> {
    if ASSERTION.get().is_none() {
        let compile = vm.builtin("compile")?;
        let source = vm.new_str("raise AssertionError");
        ASSERTION.set(Some(vm.call(compile, &[source, vm.new_str(""), vm.new_str("exec")])?));
    }
    match ASSERTION.get().and_then(|c| c.downcast::<Code>()) {
        Some(c) => Ok(c),
        None => Err(vm.memory_error()),
    }
}

/// The arguments of the constructors that are objects.
struct Parts {
    code: Arg,
    consts: Arg,
    names: Arg,
    varnames: Arg,
    freevars: Arg,
    cellvars: Arg,
    filename: Arg,
    name: Arg,
    qualname: Arg,
    linetable: Arg,
    exceptiontable: Arg,
}

fn new(vm: &Vm, numbers: [i32; 7], p: Parts) -> PyResult<Value> {
    let bad = || vm.system_error("bad argument to internal function");
    let bytes = |v: Arg| v.value().downcast::<Bytes>().map(|b| b.as_bytes().to_vec()).ok_or_else(bad);
    let tuple = |v: Arg| v.value().downcast::<Tuple>().ok_or_else(bad);
    let string = |v: Arg| v.value().downcast::<Str>().ok_or_else(bad);
    let (varnames, cellvars, freevars) = (tuple(p.varnames)?, tuple(p.cellvars)?, tuple(p.freevars)?);
    let same = |a: Value, b: Value| match (a.downcast::<Str>(), b.downcast::<Str>()) {
        (Some(a), Some(b)) => a.same_text(&b),
        _ => false,
    };
    let mut kinds = vec![flags::CO_FAST_LOCAL; varnames.len()];
    let names = adder_vm::builtins::list::List::from_slice(vm, varnames.items());
    for i in 0..cellvars.len() {
        match (0..varnames.len()).find(|k| same(varnames.get(*k), cellvars.get(i))) {
            Some(k) => kinds[k] |= flags::CO_FAST_CELL,
            None => {
                kinds.push(flags::CO_FAST_CELL);
                names.push(vm, cellvars.get(i));
            }
        }
    }
    for i in 0..freevars.len() {
        kinds.push(flags::CO_FAST_FREE);
        names.push(vm, freevars.get(i));
    }
    let [argcount, posonly, kwonly, nlocals, stacksize, code_flags, line] = numbers;
    let code = bytes(p.code)?;
    if argcount < posonly || posonly < 0 || kwonly < 0 || nlocals < 0 || stacksize < 0 || code_flags < 0 {
        return Err(bad());
    }
    if code.len() % 2 != 0 {
        raise!(vm, ValueError, "code: co_code is malformed")
    }
    if nlocals as usize != varnames.len() {
        raise!(vm, ValueError, "code: co_nlocals != len(co_varnames)")
    }
    if (argcount + kwonly) as usize > varnames.len() {
        return Err(vm.error(Exc::ValueError, "code: varnames is too small"));
    }
    let count = |bit: u8| kinds.iter().filter(|k| **k & bit != 0).count() as u32;
    let plain = Plain {
        argcount: argcount as u32,
        posonlyargcount: posonly as u32,
        kwonlyargcount: kwonly as u32,
        stacksize: stacksize as u32,
        flags: code_flags as u32,
        firstlineno: line,
        code,
        linetable: bytes(p.linetable)?,
        exceptiontable: bytes(p.exceptiontable)?,
        nlocals: nlocals as u32,
        ncells: count(flags::CO_FAST_CELL),
        nfrees: count(flags::CO_FAST_FREE),
        localspluskinds: kinds.clone(),
    };
    let locals = Tuple::from_slice(vm, names.items());
    let (name, qualname) = (vm.intern_ref(string(p.name)?), vm.intern_ref(string(p.qualname)?));
    let (consts, all_names, file) = (tuple(p.consts)?, tuple(p.names)?, string(p.filename)?);
    Ok(Code::new(vm, name, qualname, file, consts, all_names, locals, plain).value())
}

#[capi]
#[allow(clippy::too_many_arguments)] // The function is the API's.
pub fn PyUnstable_Code_NewWithPosOnlyArgs(
    vm: &Vm,
    argcount: i32,
    posonly: i32,
    kwonly: i32,
    nlocals: i32,
    stacksize: i32,
    code_flags: i32,
    code: Arg,
    consts: Arg,
    names: Arg,
    varnames: Arg,
    freevars: Arg,
    cellvars: Arg,
    filename: Arg,
    name: Arg,
    qualname: Arg,
    line: i32,
    linetable: Arg,
    exceptiontable: Arg,
) -> PyResult<Value> {
    let numbers = [argcount, posonly, kwonly, nlocals, stacksize, code_flags, line];
    let parts = Parts {
        code,
        consts,
        names,
        varnames,
        freevars,
        cellvars,
        filename,
        name,
        qualname,
        linetable,
        exceptiontable,
    };
    new(vm, numbers, parts)
}

#[capi]
#[allow(clippy::too_many_arguments)] // The function is the API's.
pub fn PyUnstable_Code_New(
    vm: &Vm,
    argcount: i32,
    kwonly: i32,
    nlocals: i32,
    stacksize: i32,
    code_flags: i32,
    code: Arg,
    consts: Arg,
    names: Arg,
    varnames: Arg,
    freevars: Arg,
    cellvars: Arg,
    filename: Arg,
    name: Arg,
    qualname: Arg,
    line: i32,
    linetable: Arg,
    exceptiontable: Arg,
) -> PyResult<Value> {
    let numbers = [argcount, 0, kwonly, nlocals, stacksize, code_flags, line];
    let parts = Parts {
        code,
        consts,
        names,
        varnames,
        freevars,
        cellvars,
        filename,
        name,
        qualname,
        linetable,
        exceptiontable,
    };
    new(vm, numbers, parts)
}

#[capi]
pub fn PyCode_Addr2Line(_vm: &Vm, code: Arg, offset: i32) -> i32 {
    match code.value().downcast::<Code>() {
        Some(c) if offset < 0 => c.plain.firstlineno,
        Some(c) => c.line_of(offset as u32 / 2).unwrap_or(-1),
        None => -1,
    }
}

#[capi]
pub fn PyCode_GetCode(vm: &Vm, code: Arg) -> PyResult<Value> {
    vm.get_attr_str(check(vm, code)?.value(), "co_code")
}

#[capi]
pub fn PyCode_GetVarnames(vm: &Vm, code: Arg) -> PyResult<Value> {
    vm.get_attr_str(check(vm, code)?.value(), "co_varnames")
}

#[capi]
pub fn PyCode_GetCellvars(vm: &Vm, code: Arg) -> PyResult<Value> {
    vm.get_attr_str(check(vm, code)?.value(), "co_cellvars")
}

#[capi]
pub fn PyCode_GetFreevars(vm: &Vm, code: Arg) -> PyResult<Value> {
    vm.get_attr_str(check(vm, code)?.value(), "co_freevars")
}
