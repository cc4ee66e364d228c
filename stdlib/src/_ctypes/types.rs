//! The metaclasses: `CType_Type` and below it one for each kind of type.

use super::carg::CArg;
use super::cdata::{CData, as_cdata, info_of_instance, keep_ref};
use super::info::{Kind, StgInfo, concrete, info_of, info_of_class, name, own_attribute};
use super::library::{find_symbol, handle_of};
use super::{array, codes, function, pointer, simple_types, structure};
use adder_macros::{pyclass, pymethods};
use adder_vm::args::Args;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::int::as_int;
use adder_vm::builtins::memoryview::MemoryView;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::type_::{Type, setattro};
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::sys_functions::audit;
use adder_vm::vm::Vm;

#[pyclass(name = "CType_Type", module = "_ctypes", base = Type, flags = def::BASE, pinned = true)]
#[repr(C)]
pub struct CTypeType {
    base: Type,
}

#[pymethods]
impl CTypeType {
    #[slot(sq_repeat)]
    fn repeat(vm: &Vm, this: Value, length: isize) -> PyResult<Value> {
        // SAFETY: installed as a slot of metaclasses only.
        array::array_type(vm, unsafe { this.cast() }, length)
    }

    /// Return memory consumption of the type object.
    #[pymethod("($self, /)")]
    fn __sizeof__(_: &Vm, this: Ref<Type>) -> usize {
        let own = if info_of_class(this).is_some() { std::mem::size_of::<StgInfo>() } else { 0 };
        std::mem::size_of::<Type>() + own
    }

    /// pointer type
    #[getter]
    fn __pointer_type__(vm: &Vm, this: Ref<Type>) -> PyResult<Value> {
        let Some(info) = info_of_class(this) else {
            raise!(vm, TypeError, "{} must have storage info", vm.repr_string(this.value())?)
        };
        match info.pointer_type.get() {
            Some(class) => Ok(class),
            None => {
                let shown = vm.repr_string(this.value())?;
                raise!(vm, AttributeError, "{shown} has no attribute '__pointer_type__'")
            }
        }
    }

    #[setter(name = "__pointer_type__")]
    fn set_pointer_type(vm: &Vm, this: Ref<Type>, value: Option<Value>) -> PyResult<()> {
        let Some(info) = info_of_class(this) else {
            raise!(vm, TypeError, "{} must have storage info", vm.repr_string(this.value())?)
        };
        info.pointer_type.set(info, value);
        Ok(())
    }
}

/// A metaclass with the methods that all of them have.
macro_rules! metaclass {
    ($ident:ident, $name:literal, $doc:literal, $init:expr, $from_param:path, { $($extra:tt)* }) => {
        #[doc = $doc]
        #[pyclass(name = $name, module = "_ctypes", base = CTypeType, flags = def::BASE, pinned = true)]
        #[repr(C)]
        pub struct $ident {
            base: CTypeType,
        }

        #[pymethods]
        impl $ident {
            $($extra)*

            #[slot(tp_init)]
            fn init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
                let init: fn(&Vm, Ref<Type>, Args) -> PyResult<()> = $init;
                // SAFETY: installed as a slot of a metaclass only.
                init(vm, unsafe { this.cast() }, args)
            }

            /// Convert a Python object into a function call parameter.
            #[pymethod("($self, value, /)")]
            fn from_param(vm: &Vm, this: Ref<Type>, value: Value) -> PyResult<Value> {
                $from_param(vm, this, value)
            }

            /// C.from_address(integer) -> C instance
            ///
            /// Access a C instance at the specified address.
            #[pymethod("($self, value, /)")]
            fn from_address(vm: &Vm, this: Ref<Type>, value: Value) -> PyResult<Value> {
                from_address(vm, this, value)
            }

            /// C.from_buffer(object, offset=0) -> C instance
            ///
            /// Create a C instance from a writeable buffer.
            #[pymethod("($self, obj, offset=0, /)")]
            fn from_buffer(vm: &Vm, this: Ref<Type>, obj: Value, offset: Option<isize>) -> PyResult<Value> {
                from_buffer(vm, this, obj, offset.unwrap_or(0))
            }

            /// C.from_buffer_copy(object, offset=0) -> C instance
            ///
            /// Create a C instance from a readable buffer.
            #[pymethod("($self, buffer, offset=0, /)")]
            fn from_buffer_copy(vm: &Vm, this: Ref<Type>, buffer: Value, offset: Option<isize>) -> PyResult<Value> {
                from_buffer_copy(vm, this, buffer, offset.unwrap_or(0))
            }

            /// C.in_dll(dll, name) -> C instance
            ///
            /// Access a C instance in a dll.
            #[pymethod("($self, dll, name, /)")]
            fn in_dll(vm: &Vm, this: Ref<Type>, dll: Value, name: Value) -> PyResult<Value> {
                in_dll(vm, this, dll, name)
            }
        }
    };
}

metaclass!(
    PyCStructType,
    "PyCStructType",
    "metatype for the CData Objects",
    |vm, class, _| structure::init_type(vm, class, Kind::Struct),
    from_param,
    {
        #[slot(tp_setattro)]
        fn setattro_(vm: &Vm, this: Value, key: Ref<Str>, value: Option<Value>) -> PyResult<()> {
            set_attribute(vm, this, key, value)
        }
    }
);

metaclass!(
    UnionType,
    "UnionType",
    "metatype for the Union Objects",
    |vm, class, _| structure::init_type(vm, class, Kind::Union),
    from_param,
    {
        #[slot(tp_setattro)]
        fn setattro_(vm: &Vm, this: Value, key: Ref<Str>, value: Option<Value>) -> PyResult<()> {
            set_attribute(vm, this, key, value)
        }
    }
);

metaclass!(PyCArrayType, "PyCArrayType", "metatype for the Array Objects", array::init_type, from_param, {});

metaclass!(
    PyCPointerType,
    "PyCPointerType",
    "metatype for the Pointer Objects",
    pointer::init_type,
    pointer_from_param,
    {
        #[pymethod("($self, type, /)")]
        fn set_type(vm: &Vm, this: Ref<Type>, proto: Value) -> PyResult<()> {
            pointer::set_type(vm, this, proto)
        }
    }
);

metaclass!(
    PyCSimpleType,
    "PyCSimpleType",
    "metatype for the PyCSimpleType Objects",
    simple_types::init_type,
    simple_types::from_param,
    {}
);

metaclass!(
    PyCFuncPtrType,
    "PyCFuncPtrType",
    "metatype for C function pointers",
    function::init_type,
    from_param,
    {}
);

fn set_attribute(vm: &Vm, this: Value, key: Ref<Str>, value: Option<Value>) -> PyResult<()> {
    // A class whose fields cannot be set does not get the attribute.
    if let Some(fields) = value.filter(|_| key.eq_str("_fields_")) {
        // SAFETY: installed as a slot of metaclasses only.
        structure::set_fields(vm, unsafe { this.cast() }, fields)?;
    }
    setattro(vm, this, key, value)
}

// ---- what all types can do ----------------------------------------------------------------------

/// An object's `_as_parameter_`.
pub fn as_parameter(vm: &Vm, value: Value, depth: usize) -> PyResult<Option<Value>> {
    if depth > vm.recursion_limit() {
        return Err(vm.recursion_error(" while processing _as_parameter_"));
    }
    vm.get_attr_opt(value, name(vm, "_as_parameter_"))
}

/// `from_param` of structs, unions, arrays and functions (`CDataType_from_param`).
fn from_param(vm: &Vm, class: Ref<Type>, value: Value) -> PyResult<Value> {
    instance_from_param(vm, class, value, 0)
}

fn instance_from_param(vm: &Vm, class: Ref<Type>, value: Value, depth: usize) -> PyResult<Value> {
    if vm.isinstance(value, class.value())? {
        return Ok(value);
    }
    if let Some(arg) = value.exact::<CArg>() {
        // A pointer made by `byref` fits if it points to an item.
        let object = arg.object.get();
        if let (Some(object), Some(proto)) = (object, info_of_class(class).and_then(|i| i.proto.get()))
            && proto.downcast::<Type>().is_some()
            && vm.isinstance(object, proto)?
        {
            return Ok(value);
        }
        let what = object.map_or_else(|| "???".to_string(), |o| o.class().name());
        raise!(vm, TypeError, "expected {} instance instead of pointer to {what}", class.name())
    }
    if let Some(other) = as_parameter(vm, value, depth)? {
        return instance_from_param(vm, class, other, depth + 1);
    }
    raise!(vm, TypeError, "expected {} instance instead of {}", class.name(), value.class().name())
}

/// `from_param` of pointers: also takes what can be pointed to, arrays, and None.
fn pointer_from_param(vm: &Vm, class: Ref<Type>, value: Value) -> PyResult<Value> {
    if value.is_none() {
        return Ok(value);
    }
    let Some(proto) = concrete(vm, class)?.proto.get() else {
        return from_param(vm, class, value);
    };
    if let Some(data) = as_cdata(value) {
        if vm.isinstance(value, proto)? {
            return Ok(CArg::pointer(data.ptr.get(), Some(value)).value());
        }
        let info = info_of_instance(value);
        if let Some(info) = info.filter(|i| matches!(i.kind.get(), Kind::Pointer | Kind::Array))
            && let Some(item) = info.proto.get()
            && vm.issubclass(item, proto)?
        {
            return Ok(value);
        }
    }
    from_param(vm, class, value)
}

fn from_address(vm: &Vm, class: Ref<Type>, value: Value) -> PyResult<Value> {
    let Some(i) = as_int(value) else {
        return Err(vm.type_error("integer expected"));
    };
    audit(vm, "ctypes.cdata", &[value])?;
    let p = codes::low_bits(vm, i) as *mut u8;
    Ok(CData::at(vm, class, p)?.value())
}

fn check_size(vm: &Vm, class: Ref<Type>, have: usize, offset: isize) -> PyResult<()> {
    if offset < 0 {
        return Err(vm.value_error("offset cannot be negative"));
    }
    let size = concrete(vm, class)?.size.get();
    if have < offset as usize || have - (offset as usize) < size {
        let wanted = size + offset as usize;
        raise!(vm, ValueError, "Buffer size too small ({have} instead of at least {wanted} bytes)")
    }
    Ok(())
}

fn from_buffer(vm: &Vm, class: Ref<Type>, object: Value, offset: isize) -> PyResult<Value> {
    concrete(vm, class)?;
    let view = vm.call(MemoryView::class().value(), &[object])?;
    let buffer = vm.get_buffer(view, adder_vm::builtins::buffer::flags::FULL_RO)?;
    if buffer.layout.readonly {
        return Err(vm.type_error("underlying buffer is not writable"));
    }
    if !buffer.layout.is_c_contiguous() {
        return Err(vm.type_error("underlying buffer is not C contiguous"));
    }
    check_size(vm, class, buffer.layout.len, offset)?;
    audit(vm, "ctypes.cdata/buffer", &[vm.int(buffer.address() as i64), vm.int(buffer.layout.len as i64)])?;
    let new = CData::at(vm, class, buffer.address().wrapping_offset(offset))?;
    keep_ref(vm, new, usize::MAX, Some(view))?;
    Ok(new.value())
}

fn from_buffer_copy(vm: &Vm, class: Ref<Type>, object: Value, offset: isize) -> PyResult<Value> {
    concrete(vm, class)?;
    let bytes = vm.bytes_like(object)?;
    check_size(vm, class, bytes.len(), offset)?;
    // SAFETY: the buffer is large enough.
    Ok(unsafe { CData::copy_of(vm, class, bytes.as_ptr().offset(offset))? }.value())
}

fn in_dll(vm: &Vm, class: Ref<Type>, dll: Value, symbol: Value) -> PyResult<Value> {
    let Some(text) = symbol.downcast::<Str>() else {
        raise!(vm, TypeError, "in_dll() argument 2 must be str, not {}", symbol.class().name())
    };
    audit(vm, "ctypes.dlsym", &[dll, symbol])?;
    let handle = handle_of(vm, dll)?;
    let bytes = vm.utf8_of(text)?.into_bytes();
    match find_symbol(vm, handle, &bytes, "symbol")? {
        Ok(p) => Ok(CData::at(vm, class, p)?.value()),
        Err(message) => Err(vm.error_value(Exc::ValueError, message)),
    }
}

/// `ctypes.sizeof`
pub fn size_of(vm: &Vm, v: Value) -> PyResult<usize> {
    if let Some(info) = info_of(v) {
        return Ok(info.size.get());
    }
    match as_cdata(v) {
        Some(data) => Ok(data.size.get()),
        None => Err(vm.type_error("this type has no size")),
    }
}

/// `ctypes.alignment`
pub fn alignment(vm: &Vm, v: Value) -> PyResult<usize> {
    match info_of(v).or_else(|| info_of_instance(v)) {
        Some(info) => Ok(info.align.get()),
        None => Err(vm.type_error("no alignment info")),
    }
}

/// An attribute that a class must define itself or inherit.
pub fn class_attribute(vm: &Vm, class: Ref<Type>, what: &str) -> PyResult<Option<Value>> {
    match own_attribute(vm, class, what) {
        Some(v) => Ok(Some(v)),
        None => vm.get_attr_opt(class.value(), name(vm, what)),
    }
}
