//! Calls of C functions.

use super::carg::{CArg, Room};
use super::cdata::{CData, as_cdata, extend_error, info_of_instance, plain_code};
use super::codes;
use super::info::{Kind, PYTHON_API, USE_ERRNO, info_of};
use super::types::as_parameter;
use adder_vm::builtins::bytes::Bytes;
use adder_vm::builtins::int::as_int;
use adder_vm::builtins::list::List;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::error::PyResult;
use adder_vm::extension;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::vm::Vm;
use libffi_sys as ffi;
use std::cell::Cell;
use std::ffi::c_void;

thread_local! {
    /// `ctypes.get_errno()`: the copy of errno that functions with `use_errno` use.
    static ERRNO: Cell<i32> = const { Cell::new(0) };
}

pub fn errno() -> i32 {
    ERRNO.get()
}

/// Sets the copy, and gives what it was.
pub fn set_errno(n: i32) -> i32 {
    ERRNO.replace(n)
}

/// Exchanges errno with its copy.
pub fn swap_errno() {
    // SAFETY: errno is the thread's own.
    unsafe {
        let place = libc::__errno_location();
        *place = ERRNO.replace(*place);
    }
}

/// What is called. Lies on the stack.
pub struct Function {
    pub address: *mut u8,
    pub flags: u32,
    pub converters: Option<Ref<Tuple>>,
    /// None: an int.
    pub restype: Option<Value>,
    pub checker: Option<Value>,
}

/// One argument as libffi gets it. What must live during the call is in a list.
#[repr(C, align(16))]
struct Argument {
    room: Room,
    description: *mut ffi::ffi_type,
    /// Where a struct is; null: the value is in the room.
    elsewhere: *mut u8,
}

impl Argument {
    fn of(code: u8, word: u64) -> Argument {
        let description = codes::description(code);
        Argument { room: [word, 0, 0, 0], description, elsewhere: std::ptr::null_mut() }
    }

    fn of_carg(arg: Ref<CArg>) -> Argument {
        let elsewhere = match arg.tag.get() {
            b'V' => arg.object.get().and_then(as_cdata).map_or(std::ptr::null_mut(), |d| d.ptr.get()),
            _ => std::ptr::null_mut(),
        };
        Argument { room: arg.room.get(), description: arg.description.get(), elsewhere }
    }
}

/// An object as an argument (`ConvParam`); `index` counts from 1.
fn convert(vm: &Vm, v: Value, index: usize, keep: Ref<List>, depth: usize) -> PyResult<Argument> {
    if let (Some(data), Some(info)) = (as_cdata(v), info_of_instance(v)) {
        let arg = CArg::of_instance(data, info);
        keep.push(vm, arg.value());
        return Ok(Argument::of_carg(arg));
    }
    if let Some(arg) = v.exact::<CArg>() {
        keep.push(vm, v);
        return Ok(Argument::of_carg(arg));
    }
    if v.is_none() {
        return Ok(Argument::of(b'P', 0));
    }
    if let Some(i) = as_int(v) {
        let n = vm.int_to_i128(i);
        if !(-1i128 << 63..1i128 << 64).contains(&n) {
            return Err(vm.overflow_error("int too long to convert"));
        }
        return Ok(Argument::of(b'i', n as u64));
    }
    let code = if v.downcast::<Bytes>().is_some() {
        b'z'
    } else if v.downcast::<Str>().is_some() {
        b'Z'
    } else {
        0
    };
    if code != 0 {
        let arg = CArg::simple(vm, code, false, v)?;
        keep.push(vm, arg.value());
        return Ok(Argument::of_carg(arg));
    }
    if let Some(other) = as_parameter(vm, v, depth)? {
        return convert(vm, other, index, keep, depth + 1);
    }
    Err(vm.type_error(format!("Don't know how to convert parameter {index}")))
}

fn convert_all(vm: &Vm, f: &Function, args: &[Value], keep: Ref<List>) -> PyResult<Vec<Argument>> {
    let mut out = Vec::with_capacity(args.len());
    for (i, given) in args.iter().enumerate() {
        let converter = f.converters.filter(|c| i < c.len()).map(|c| c.get(i));
        let converted = match converter {
            Some(c) => vm.call(c, &[*given]),
            None => Ok(*given),
        };
        let converted = converted.and_then(|v| {
            keep.push(vm, v);
            convert(vm, v, i + 1, keep, 0)
        });
        match converted {
            Ok(a) => out.push(a),
            Err(raised) => {
                let class = super::argument_error_class();
                return Err(extend_error(vm, raised, class, &format!("argument {}: ", i + 1)));
            }
        }
    }
    Ok(out)
}

/// Room for any result.
#[repr(C, align(16))]
#[derive(Clone, Copy)]
struct Unit([u8; 16]);

/// Calls a C function with Python's arguments (`_ctypes_callproc`).
pub fn call_function(vm: &Vm, f: &Function, args: &[Value]) -> PyResult<Value> {
    if args.len() > super::MAX_ARGCOUNT {
        let (have, most) = (args.len(), super::MAX_ARGCOUNT);
        return Err(super::argument_error(vm, &format!("too many arguments ({have}), maximum is {most}")));
    }
    let keep = List::with_capacity(vm, 2 * args.len());
    let mut arguments = convert_all(vm, f, args, keep)?;
    let result_type = match f.restype {
        Some(t) if t.is_none() => &raw mut ffi::ffi_type_void,
        Some(t) => info_of(t).map_or(codes::description(b'i'), |i| i.description()),
        None => codes::description(b'i'),
    };
    // SAFETY: descriptions live as long as their types, which the arguments and the function keep.
    let size = unsafe { (*result_type).size }.max(16);
    let mut result = vec![Unit([0; 16]); size.div_ceil(16)];
    let mut types: Vec<*mut ffi::ffi_type> = arguments.iter().map(|a| a.description).collect();
    let mut places: Vec<*mut c_void> = arguments
        .iter_mut()
        .map(|a| if a.elsewhere.is_null() { a.room.as_mut_ptr().cast() } else { a.elsewhere.cast() })
        .collect();
    let mut cif = ffi::ffi_cif::default();
    let n = types.len() as u32;
    // SAFETY: the vectors outlive the call.
    let status = unsafe {
        ffi::ffi_prep_cif(&mut cif, ffi::ffi_abi_FFI_DEFAULT_ABI, n, result_type, types.as_mut_ptr())
    };
    if status != ffi::ffi_status_FFI_OK {
        return Err(vm.runtime_error("ffi_prep_cif failed"));
    }
    let uses_errno = f.flags & USE_ERRNO != 0;
    let mut call = || {
        if uses_errno {
            swap_errno();
        }
        // SAFETY: what the program says about the function is true, or it breaks as it would under CPython.
        unsafe {
            let target = std::mem::transmute::<*mut u8, Option<unsafe extern "C" fn()>>(f.address);
            ffi::ffi_call(&mut cif, target, result.as_mut_ptr().cast(), places.as_mut_ptr());
        }
        if uses_errno {
            swap_errno();
        }
    };
    match extension::foreign_calls() {
        Some(calls) if f.flags & PYTHON_API != 0 => (calls.run)(vm, &mut call)?,
        // SAFETY: nothing between the two touches an object, but for callbacks, which take the GIL.
        Some(calls) => unsafe {
            (calls.prepare)();
            let state = (calls.save_thread)();
            call();
            (calls.restore_thread)(state);
        },
        None => vm.allow_threads(call),
    }
    std::hint::black_box(keep);
    if f.flags & PYTHON_API == 0 && vm.eval_breaker() {
        vm.handle_pending()?;
    }
    // SAFETY: the result is a value of its type.
    unsafe { result_object(vm, f, result.as_ptr().cast()) }
}

/// The object of a result (`GetResult`).
///
/// # Safety
/// `p` is the address of a value of the type of the result.
unsafe fn result_object(vm: &Vm, f: &Function, p: *const u8) -> PyResult<Value> {
    let int = || codes::get(vm, b'i', false, p, 0);
    let Some(restype) = f.restype else { return int() };
    if restype.is_none() {
        return Ok(none());
    }
    let Some((class, info)) = restype.downcast::<Type>().and_then(|t| Some((t, info_of(restype)?))) else {
        return vm.call(restype, &[int()?]);
    };
    let value = match plain_code(class) {
        // The function gives its reference away.
        Some((b'O', _)) => match (p.cast::<usize>().read(), extension::foreign_calls()) {
            (0, _) | (_, None) => return Err(vm.value_error("PyObject is NULL")),
            (object, Some(calls)) => (calls.take)(object),
        },
        Some((code, swapped)) => codes::get(vm, code, swapped, p, 0)?,
        None if info.kind.get() == Kind::Array && info.size.get() > 16 => {
            return Err(vm.type_error("functions do not return arrays"));
        }
        None => CData::copy_of(vm, class, p)?.value(),
    };
    match f.checker {
        Some(check) => vm.call(check, &[value]),
        None => Ok(value),
    }
}
