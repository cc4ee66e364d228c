//! Callbacks: C functions that call Python functions.
//!
//! A closure of libffi has the address of the thunk object, which therefore does not move. It lives as long
//! as the function pointer that was made of it; C code that calls it later breaks, as under CPython.

use super::call::swap_errno;
use super::cdata::{as_cdata, plain_code};
use super::codes;
use super::info::{Kind, USE_ERRNO, info_of, info_of_class};
use adder_heap as heap;
use adder_macros::pyclass;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::list::List;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::{PyResult, Raised};
use adder_vm::extension;
use adder_vm::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use libffi_sys as ffi;
use std::cell::Cell;
use std::ffi::c_void;

#[pyclass(name = "CThunkObject", module = "_ctypes", flags = def::DEFAULT | def::DISALLOW_INSTANTIATION, pinned = true, methods = false)]
#[repr(C)]
pub struct Thunk {
    h: LongHeader,
    callable: Field<Value>,
    argtypes: Field<Value>,
    restype: Field<Option<Value>>,
    flags: Cell<u32>,
    closure: Box<Closure>,
}

/// What libffi uses. Its addresses do not change.
struct Closure {
    memory: *mut ffi::ffi_closure,
    code: *mut c_void,
    cif: ffi::ffi_cif,
    types: Vec<*mut ffi::ffi_type>,
}

impl Drop for Closure {
    fn drop(&mut self) {
        if !self.memory.is_null() {
            // SAFETY: allocated below, freed once.
            unsafe { ffi::ffi_closure_free(self.memory.cast()) };
        }
    }
}

impl Thunk {
    /// `_ctypes_alloc_callback`
    pub fn new(
        vm: &Vm,
        callable: Value,
        argtypes: Ref<Tuple>,
        restype: Option<Value>,
        flags: u32,
    ) -> PyResult<Ref<Thunk>> {
        let describe = |v: Value| info_of(v).map_or(codes::description(b'i'), |i| i.description());
        let result = match restype {
            None => codes::description(b'i'),
            Some(t) if t.is_none() => &raw mut ffi::ffi_type_void,
            Some(t) => match info_of(t) {
                Some(info) if info.code.get() != 0 => info.description(),
                _ => return Err(vm.type_error("invalid result type for callback function")),
            },
        };
        let types = argtypes.items().iter().map(|t| describe(*t)).collect();
        let mut code = std::ptr::null_mut();
        // SAFETY: the size is that of a closure.
        let memory = unsafe { ffi::ffi_closure_alloc(size_of::<ffi::ffi_closure>(), &mut code) };
        if memory.is_null() {
            return Err(vm.memory_error());
        }
        let closure = Closure { memory: memory.cast(), code, cif: ffi::ffi_cif::default(), types };
        let mut closure = Box::new(closure);
        let n = closure.types.len() as u32;
        let types = closure.types.as_mut_ptr();
        // SAFETY: the box keeps both where they are.
        let status =
            unsafe { ffi::ffi_prep_cif(&mut closure.cif, ffi::ffi_abi_FFI_DEFAULT_ABI, n, result, types) };
        if status != ffi::ffi_status_FFI_OK {
            raise!(vm, RuntimeError, "ffi_prep_cif failed with {status}")
        }
        let (cif, memory, code) = (&raw mut closure.cif, closure.memory, closure.code);
        let new = Thunk {
            h: LongHeader::new(),
            callable: Field::new(callable),
            argtypes: Field::new(argtypes.value()),
            restype: Field::new(restype),
            flags: Cell::new(flags),
            closure,
        };
        let thunk = heap::new(Thunk::shape(), new);
        let data = thunk.value().header() as *mut c_void;
        // SAFETY: thunks are pinned, so that their address may be given away.
        let status = unsafe { ffi::ffi_prep_closure_loc(memory, cif, Some(called), data, code) };
        if status != ffi::ffi_status_FFI_OK {
            raise!(vm, RuntimeError, "ffi_prep_closure failed with {status}")
        }
        Ok(thunk)
    }

    /// The address that C calls.
    pub fn code(&self) -> *mut u8 {
        self.closure.code.cast()
    }
}

/// What libffi calls, on any thread, with or without the GIL.
///
/// # Safety
/// `data` is the address of a living thunk, the others are as its types say.
unsafe extern "C" fn called(
    _: *mut ffi::ffi_cif,
    result: *mut c_void,
    args: *mut *mut c_void,
    data: *mut c_void,
) {
    match extension::foreign_calls() {
        Some(calls) => {
            let state = (calls.ensure_gil)();
            run(Vm::get(), data, result.cast(), args);
            (calls.release_gil)(state);
        }
        // Without the C API layer the GIL is not given away in calls.
        None => run(Vm::get(), data, result.cast(), args),
    }
}

/// # Safety
/// As `called`, with the GIL.
#[inline(never)]
unsafe fn run(vm: &Vm, data: *mut c_void, result: *mut u8, args: *mut *mut c_void) {
    // SAFETY: the address of a living thunk.
    let thunk: Ref<Thunk> = Ref::from_ptr(data.cast());
    // Whoever called C may have an exception already.
    let pending = vm.fetch_exception();
    let callable = thunk.callable.get();
    let value = match arguments(vm, thunk, args) {
        Ok(list) => {
            let swaps = thunk.flags.get() & USE_ERRNO != 0;
            if swaps {
                swap_errno();
            }
            let value = vm.call(callable, list.items());
            if swaps {
                swap_errno();
            }
            value.map_err(|raised| ignored(vm, raised, "calling", callable))
        }
        Err(raised) => Err(ignored(vm, raised, "creating argument for", callable)),
    };
    if let Ok(value) = value
        && let Err(raised) = give(vm, thunk, value, result)
    {
        ignored(vm, raised, "converting result of", callable);
    }
    if let Some(e) = pending {
        vm.set_exception(e);
    }
}

fn ignored(vm: &Vm, raised: Raised, what: &str, callable: Value) {
    let e = vm.take_exception(raised);
    let shown = match vm.repr_string(callable) {
        Ok(s) => s,
        Err(raised) => {
            let _ = vm.take_exception(raised);
            "?".to_string()
        }
    };
    let message = format!("Exception ignored while {what} ctypes callback function {shown}");
    vm.unraisable(vm.restore(e), &message, none());
}

/// # Safety
/// There are values of the types of the arguments at the addresses.
unsafe fn arguments(vm: &Vm, thunk: Ref<Thunk>, args: *mut *mut c_void) -> PyResult<Ref<List>> {
    let types = thunk.argtypes.get().downcast::<Tuple>().expect("a tuple of types");
    let list = List::with_capacity(vm, types.len());
    for (i, t) in types.items().iter().enumerate() {
        let p = (*args.add(i)).cast::<u8>();
        let Some((class, info)) = t.downcast::<Type>().and_then(|c| Some((c, info_of_class(c)?))) else {
            return Err(vm.type_error("cannot build parameter"));
        };
        let value = match plain_code(class) {
            Some((code, swapped)) => codes::get(vm, code, swapped, p, 0)?,
            None => {
                let new = vm.call(*t, &[])?;
                let Some(data) = as_cdata(new) else {
                    return Err(vm.type_error("cannot build parameter"));
                };
                let size = if info.kind.get() == Kind::Array { 8 } else { info.size.get() };
                std::ptr::copy_nonoverlapping(p, data.ptr.get(), size.min(data.size.get()));
                new
            }
        };
        list.push(vm, value);
    }
    Ok(list)
}

/// Stores the result where C takes it from.
///
/// # Safety
/// There is room for a value of the type of the result.
unsafe fn give(vm: &Vm, thunk: Ref<Thunk>, value: Value, result: *mut u8) -> PyResult<()> {
    let Some(restype) = thunk.restype.get() else {
        codes::set(vm, b'i', false, result, value, 4)?;
        return Ok(());
    };
    let Some(info) = info_of(restype) else { return Ok(()) };
    if info.code.get() == b'O'
        && let Some(calls) = extension::foreign_calls()
    {
        // C gets a reference of its own.
        result.cast::<usize>().write((calls.new_reference)(value));
        return Ok(());
    }
    let kept = codes::set(vm, info.code.get(), info.swapped.get(), result, value, info.size.get())?;
    if let Some(kept) = kept.filter(|k| !k.is_none()) {
        // Nobody knows how long C uses the string.
        heap::Root::new(kept).leak();
        vm.warn(Exc::RuntimeWarning, "memory leak in callback function.")?;
    }
    Ok(())
}
