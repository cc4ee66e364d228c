//! `_ctypes`: C types, and calls of C functions through libffi.
//!
//! A class has its `StgInfo` (`info.rs`), which its metaclass makes (`types.rs` and the files of each kind).
//! An instance is an address of memory outside the heap (`cdata.rs`). Objects cross to C through the hooks
//! of `adder_vm::extension`.

mod addresses;
mod array;
mod call;
mod callback;
mod carg;
mod cdata;
mod codes;
mod ffi_types;
mod field;
mod function;
mod info;
mod keep;
mod library;
mod pointer;
mod simple;
mod simple_types;
mod structure;
mod types;

use crate::new_exception::ExceptionClass;
use crate::os_support::add_constants;
use adder_macros::pymodule;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::error::{PyResult, Raised};
use adder_vm::extension;
use adder_vm::object::{Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::sys_functions::audit;
use adder_vm::type_new::ready_class;
use adder_vm::vm::Vm;

/// Most arguments of one call.
const MAX_ARGCOUNT: usize = 1024;

static ARGUMENT_ERROR: ExceptionClass = ExceptionClass::new();

fn argument_error_class() -> Ref<Type> {
    ARGUMENT_ERROR.get()
}

fn argument_error(vm: &Vm, message: &str) -> Raised {
    ARGUMENT_ERROR.error(vm, message)
}

/// Makes a class of an instance of a metaclass: native classes begin as instances of `type`.
fn with_metaclass<T: Object, M: Object>(vm: &Vm) -> Value {
    let class = ready_class::<T>(vm).value();
    // SAFETY: an object's header; the metaclass's instances have the layout of types.
    unsafe { (*class.header()).set_shape(M::class().instance_shape.get()) };
    class
}

/// Create and manipulate C compatible data types in Python.
#[pymodule]
#[allow(clippy::module_inception)] // The module is what Python calls it.
pub mod _ctypes {
    use super::cdata::CData;
    use super::types::*;
    use super::*;

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        let d = m.dict();
        ready_class::<info::StgInfo>(vm);
        ready_class::<keep::Capsule>(vm);
        ready_class::<keep::CReference>(vm);
        ready_class::<carg::CArg>(vm);
        ready_class::<callback::Thunk>(vm);
        ready_class::<CTypeType>(vm);
        ready_class::<PyCStructType>(vm);
        ready_class::<UnionType>(vm);
        ready_class::<PyCArrayType>(vm);
        ready_class::<PyCPointerType>(vm);
        ready_class::<PyCSimpleType>(vm);
        ready_class::<PyCFuncPtrType>(vm);
        ready_class::<CData>(vm);
        d.set_str(vm, "CField", ready_class::<field::CField>(vm).value());
        d.set_str(vm, "Structure", with_metaclass::<structure::Structure, PyCStructType>(vm));
        d.set_str(vm, "Union", with_metaclass::<structure::Union, UnionType>(vm));
        d.set_str(vm, "Array", with_metaclass::<array::Array, PyCArrayType>(vm));
        d.set_str(vm, "_Pointer", with_metaclass::<pointer::Pointer, PyCPointerType>(vm));
        d.set_str(vm, "_SimpleCData", with_metaclass::<simple::SimpleCData, PyCSimpleType>(vm));
        d.set_str(vm, "CFuncPtr", with_metaclass::<function::CFuncPtr, PyCFuncPtrType>(vm));
        let bases = [Exc::Exception.class().value()];
        d.set_str(vm, "ArgumentError", ARGUMENT_ERROR.make(vm, "ctypes", "ArgumentError", &bases, "")?);
        add_constants(
            vm,
            m,
            &[
                ("FUNCFLAG_CDECL", 1),
                ("FUNCFLAG_PYTHONAPI", 4),
                ("FUNCFLAG_USE_ERRNO", 8),
                ("FUNCFLAG_USE_LASTERROR", 16),
                ("CTYPES_MAX_ARGCOUNT", MAX_ARGCOUNT as i64),
                ("SIZEOF_TIME_T", 8),
                ("RTLD_LOCAL", libc::RTLD_LOCAL as i64),
                ("RTLD_GLOBAL", libc::RTLD_GLOBAL as i64),
            ],
        );
        d.set_str(vm, "__version__", vm.new_str("1.1.0"));
        for (name, address) in addresses::all() {
            d.set_str(vm, name, vm.new_int(address as i128));
        }
        Ok(())
    }

    /// Return the size in bytes of a C instance.
    #[pyfunction("($module, obj, /)")]
    fn sizeof(vm: &Vm, obj: Value) -> PyResult<usize> {
        size_of(vm, obj)
    }

    /// alignment(C type) -> integer
    /// alignment(C instance) -> integer
    /// Return the alignment requirements of a C instance
    #[pyfunction("($module, object, /)")]
    fn alignment(vm: &Vm, object: Value) -> PyResult<usize> {
        super::types::alignment(vm, object)
    }

    fn instance(vm: &Vm, v: Value, place: &str) -> PyResult<Ref<CData>> {
        match cdata::as_cdata(v) {
            Some(data) => Ok(data),
            None => raise!(vm, TypeError, "{place} must be _ctypes._CData, not {}", v.class().name()),
        }
    }

    /// Return a pointer lookalike to a C instance, only usable as function argument.
    #[pyfunction("($module, obj, offset=0, /)")]
    fn byref(vm: &Vm, obj: Value, offset: Option<isize>) -> PyResult<Value> {
        let data = instance(vm, obj, "byref() argument 1")?;
        let p = data.ptr.get().wrapping_offset(offset.unwrap_or(0));
        Ok(carg::CArg::pointer(p, Some(obj)).value())
    }

    /// Return the address of the C instance internal buffer
    #[pyfunction("($module, obj, /)")]
    fn addressof(vm: &Vm, obj: Value) -> PyResult<usize> {
        let data = instance(vm, obj, "addressof() argument")?;
        audit(vm, "ctypes.addressof", &[obj])?;
        Ok(data.ptr.get() as usize)
    }

    #[pyfunction("($module, obj, size, /)")]
    fn resize(vm: &Vm, obj: Value, size: isize) -> PyResult<()> {
        let data = instance(vm, obj, "resize() argument 1")?;
        let info = info::concrete(vm, obj.class())?;
        if size < info.size.get() as isize {
            raise!(vm, ValueError, "minimum size is {}", info.size.get())
        }
        if !data.owns.get() {
            return Err(vm.value_error("Memory cannot be resized because this object doesn't own it"));
        }
        let size = size as usize;
        let Some(block) = cdata::Block::new(size, info.align.get().max(1).next_power_of_two()) else {
            return Err(vm.memory_error());
        };
        cdata::CData::replace_memory(&data, block, size);
        Ok(())
    }

    /// Return buffer interface information
    #[pyfunction("($module, object, /)")]
    fn buffer_info(vm: &Vm, object: Value) -> PyResult<Value> {
        let Some(info) = info::info_of(object).or_else(|| cdata::info_of_instance(object)) else {
            return Err(vm.type_error("not a ctypes type or object"));
        };
        let shape = info.shape.borrow().clone();
        let dims = Tuple::build(vm, shape.len(), |i| PyResult::Ok(vm.int(shape[i] as i64)))?;
        let format = match &*info.format.borrow() {
            Some(f) => vm.new_str(f),
            None => adder_vm::builtins::singletons::none(),
        };
        Ok(Tuple::from_slice(vm, &[format, vm.int(shape.len() as i64), dims.value()]).value())
    }

    #[pyfunction("($module, /)")]
    fn get_errno(vm: &Vm) -> PyResult<i64> {
        audit(vm, "ctypes.get_errno", &[])?;
        Ok(call::errno() as i64)
    }

    #[pyfunction("($module, value, /)")]
    fn set_errno(vm: &Vm, value: i32) -> PyResult<i64> {
        audit(vm, "ctypes.set_errno", &[vm.int(value as i64)])?;
        Ok(call::set_errno(value) as i64)
    }

    /// dlopen(name, flag={RTLD_GLOBAL|RTLD_LOCAL}) open a shared library
    #[pyfunction("($module, name, flag=0, /)")]
    fn dlopen(vm: &Vm, name: Value, flag: Option<i32>) -> PyResult<usize> {
        library::open(vm, name, flag.unwrap_or(libc::RTLD_NOW))
    }

    /// dlclose a library
    #[pyfunction("($module, handle, /)")]
    fn dlclose(vm: &Vm, handle: Value) -> PyResult<()> {
        library::close(vm, address(vm, handle)?)
    }

    /// find symbol in shared library
    #[pyfunction("($module, handle, name, /)")]
    fn dlsym(vm: &Vm, handle: Value, name: Value) -> PyResult<usize> {
        library::symbol(vm, address(vm, handle)?, name)
    }

    /// dllist() return a list of loaded shared libraries
    #[pyfunction("($module, /)")]
    fn dllist(vm: &Vm) -> PyResult<Value> {
        Ok(library::loaded(vm)?.value())
    }

    /// An int that is an address.
    fn address(vm: &Vm, v: Value) -> PyResult<usize> {
        match adder_vm::builtins::int::as_int(v) {
            Some(i) => Ok(codes::low_bits(vm, i) as usize),
            None => Err(vm.type_error("an integer is required")),
        }
    }

    fn calls(vm: &Vm) -> PyResult<&'static extension::ForeignCalls> {
        match extension::foreign_calls() {
            Some(calls) => Ok(calls),
            None => Err(vm.system_error("this build of Adder has no C API layer")),
        }
    }

    #[pyfunction("($module, address, /)")]
    #[allow(non_snake_case)] // The name is Python's.
    fn PyObj_FromPtr(vm: &Vm, p: Value) -> PyResult<Value> {
        let p = address(vm, p)?;
        audit(vm, "ctypes.PyObj_FromPtr", &[vm.new_int(p as i128)])?;
        // SAFETY: the program says that there is an object.
        Ok(unsafe { (calls(vm)?.object_at)(p) })
    }

    #[pyfunction("($module, object, /)")]
    #[allow(non_snake_case)] // The name is Python's.
    fn Py_INCREF(vm: &Vm, object: Value) -> PyResult<Value> {
        (calls(vm)?.new_reference)(object);
        Ok(object)
    }

    #[pyfunction("($module, object, /)")]
    #[allow(non_snake_case)] // The name is Python's.
    fn Py_DECREF(vm: &Vm, object: Value) -> PyResult<Value> {
        let calls = calls(vm)?;
        if let (p, false) = (calls.address)(object) {
            // SAFETY: the program says that it has a reference.
            unsafe { (calls.drop_reference)(p) };
        }
        Ok(object)
    }

    fn call_with_flags(vm: &Vm, args: Value, function: Value, flags: u32) -> PyResult<Value> {
        let Some(args) = args.downcast::<Tuple>() else {
            raise!(vm, TypeError, "argument 2 must be tuple, not {}", args.class().name())
        };
        audit(vm, "ctypes.call_function", &[function, args.value()])?;
        let address = address(vm, function)? as *mut u8;
        let f = call::Function { address, flags, converters: None, restype: None, checker: None };
        call::call_function(vm, &f, args.items())
    }

    #[pyfunction("($module, function, arguments, /)")]
    fn call_function(vm: &Vm, function: Value, arguments: Value) -> PyResult<Value> {
        call_with_flags(vm, arguments, function, 0)
    }

    #[pyfunction("($module, function, arguments, /)")]
    fn call_cdeclfunction(vm: &Vm, function: Value, arguments: Value) -> PyResult<Value> {
        call_with_flags(vm, arguments, function, info::CDECL)
    }

    #[pyfunction("($module, type, state, /)")]
    fn _unpickle(vm: &Vm, class: Value, state: Value) -> PyResult<Value> {
        let new = vm.call_method(class, vm.intern_str("__new__"), &[class])?;
        let Some(state) = state.downcast::<Tuple>() else {
            raise!(vm, TypeError, "_unpickle() argument 2 must be tuple, not {}", state.class().name())
        };
        let set = vm.get_attr_str(new, "__setstate__")?;
        vm.call(set, state.items())?;
        Ok(new)
    }
}
