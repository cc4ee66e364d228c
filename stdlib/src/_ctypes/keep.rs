//! What keeps the targets of pointers alive: strings of `wchar_t`, and C references of objects.

use adder_heap as heap;
use adder_macros::{pyclass, pymethods};
use adder_vm::builtins::str_::Str;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::extension;
use adder_vm::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::vm::Vm;
use std::cell::Cell;

/// Capsule objects let you wrap a C "void *" pointer in a Python
/// object.  They're a way of passing data through the Python interpreter
/// without creating your own custom type.
#[pyclass(name = "PyCapsule", module = "types", flags = def::DEFAULT | def::DISALLOW_INSTANTIATION)]
#[repr(C)]
pub struct Capsule {
    h: LongHeader,
    data: Box<[u32]>,
}

impl Capsule {
    /// The characters of a string and a zero.
    pub fn of_wide(s: Ref<Str>) -> Ref<Capsule> {
        let data: Box<[u32]> = s.chars().chain([0]).collect();
        heap::new(Capsule::shape(), Capsule { h: LongHeader::new(), data })
    }

    pub fn address(&self) -> *const u8 {
        self.data.as_ptr().cast()
    }
}

#[pymethods]
impl Capsule {
    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        Ok(vm.new_str(&format!("<capsule object \"_ctypes/cfield.c pymem\" at {:#x}>", vm.id(this))))
    }
}

/// A C reference of an object that crosses by value: its struct lives as long as this.
#[pyclass(name = "CReference", module = "_ctypes", flags = def::DEFAULT | def::DISALLOW_INSTANTIATION)]
#[repr(C)]
pub struct CReference {
    h: LongHeader,
    pub value: Field<Value>,
    address: Cell<usize>,
}

#[pymethods]
impl CReference {
    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let this = this.downcast::<CReference>().expect("the receiver of a slot");
        vm.repr(this.value.get())
    }

    #[slot(tp_finalize)]
    fn finalize(_: &Vm, this: Value) {
        let this = this.downcast::<CReference>().expect("the receiver of a slot");
        if let Some(calls) = extension::foreign_calls() {
            // SAFETY: the reference is ours, and given back once.
            unsafe { (calls.drop_reference)(this.address.replace(0)) }
        }
    }
}

/// The address of an object's C struct, and what must live as long as the address is used.
pub fn address_of(vm: &Vm, v: Value) -> PyResult<(usize, Value)> {
    let Some(calls) = extension::foreign_calls() else {
        return Err(vm.system_error("this build of Adder has no C API layer"));
    };
    let (address, owned) = (calls.address)(v);
    if !owned {
        return Ok((address, v));
    }
    let new = CReference { h: LongHeader::new(), value: Field::new(v), address: Cell::new(address) };
    let keep = heap::new(CReference::shape(), new).value();
    heap::register_finalizer(keep);
    Ok((address, keep))
}

/// What programs see of something kept.
pub fn shown(v: Value) -> Value {
    match v.exact::<CReference>() {
        Some(r) => r.value.get(),
        None => v,
    }
}
