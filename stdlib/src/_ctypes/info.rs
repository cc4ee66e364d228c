//! `StgInfo`: what is known about a C type. Each class has its own, in its `type_data`.

use super::codes::{self, Code};
use super::ffi_types::{Description, Leaf};
use adder_heap as heap;
use adder_macros::pyclass;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use libffi_sys as ffi;
use std::cell::{Cell, RefCell};

/// What kind of type it is: how its instances are passed to functions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Simple,
    Struct,
    Union,
    Array,
    Pointer,
    Function,
}

/// Bits of `StgInfo::flags`; the low ones are those of functions.
pub const USE_ERRNO: u32 = 8;
pub const PYTHON_API: u32 = 4;
pub const CDECL: u32 = 1;
pub const IS_POINTER: u32 = 0x100;
pub const HAS_POINTER: u32 = 0x200;
/// Instances exist, or other types are made of it: the fields cannot change.
pub const FINAL: u32 = 0x1000;

#[pyclass(name = "StgInfo", module = "_ctypes", flags = def::DEFAULT | def::DISALLOW_INSTANTIATION, methods = false)]
#[repr(C)]
pub struct StgInfo {
    h: LongHeader,
    /// The type code of simple types, the type of items of arrays and pointers.
    pub proto: Field<Option<Value>>,
    pub pointer_type: Field<Option<Value>>,
    /// Of functions: types of arguments, their `from_param`, the type of the result, its `_check_retval_`.
    pub argtypes: Field<Option<Value>>,
    pub converters: Field<Option<Value>>,
    pub restype: Field<Option<Value>>,
    pub checker: Field<Option<Value>>,
    /// Types of arrays of this type, by their lengths.
    pub arrays: Field<Option<Ref<Dict>>>,
    pub kind: Cell<Kind>,
    pub size: Cell<usize>,
    pub align: Cell<usize>,
    /// How many items or fields.
    pub length: Cell<usize>,
    pub flags: Cell<u32>,
    /// The type code, if instances are seen as plain objects; 0 otherwise.
    pub code: Cell<u8>,
    pub swapped: Cell<bool>,
    pub description: RefCell<Description>,
    pub leaves: RefCell<Vec<Leaf>>,
    pub format: RefCell<Option<String>>,
    pub shape: RefCell<Vec<isize>>,
}

impl StgInfo {
    /// The information of a class that gets it now.
    pub fn make(vm: &Vm, class: Ref<Type>, kind: Kind) -> PyResult<Ref<StgInfo>> {
        if class.type_data.get().is_some() {
            raise!(vm, SystemError, "StgInfo of '{}' is already initialized.", class.name())
        }
        let new = StgInfo {
            h: LongHeader::new(),
            proto: Field::new(None),
            pointer_type: Field::new(None),
            argtypes: Field::new(None),
            converters: Field::new(None),
            restype: Field::new(None),
            checker: Field::new(None),
            arrays: Field::new(None),
            kind: Cell::new(kind),
            size: Cell::new(0),
            align: Cell::new(0),
            length: Cell::new(0),
            flags: Cell::new(0),
            code: Cell::new(0),
            swapped: Cell::new(false),
            description: RefCell::new(Description::pointer()),
            leaves: RefCell::default(),
            format: RefCell::default(),
            shape: RefCell::default(),
        };
        let info = heap::new(StgInfo::shape(), new);
        class.type_data.set(class, Some(info.value()));
        Ok(info)
    }

    /// Takes over what a base class knows, but for what belongs to that class only.
    pub fn copy_from(this: Ref<StgInfo>, base: Ref<StgInfo>) {
        this.proto.set(this, base.proto.get());
        this.argtypes.set(this, base.argtypes.get());
        this.converters.set(this, base.converters.get());
        this.restype.set(this, base.restype.get());
        this.checker.set(this, base.checker.get());
        this.size.set(base.size.get());
        this.align.set(base.align.get());
        this.length.set(base.length.get());
        this.flags.set(base.flags.get() & !FINAL);
        this.code.set(base.code.get());
        this.swapped.set(base.swapped.get());
        *this.leaves.borrow_mut() = base.leaves.borrow().clone();
        *this.format.borrow_mut() = base.format.borrow().clone();
        *this.shape.borrow_mut() = base.shape.borrow().clone();
        this.describe_aggregate();
    }

    /// A pointer: of the machine's size.
    pub fn set_pointer(&self) {
        self.size.set(8);
        self.align.set(8);
        self.flags.set(self.flags.get() | IS_POINTER);
        *self.description.borrow_mut() = Description::pointer();
        *self.leaves.borrow_mut() = codes::leaves(codes::find(b'P').expect("a code"));
    }

    pub fn set_code(&self, code: &'static Code, swapped: bool) {
        self.code.set(code.letter);
        self.swapped.set(swapped);
        self.size.set(code.size);
        self.align.set(code.align);
        *self.description.borrow_mut() = Description::Basic(codes::description(code.letter));
        *self.leaves.borrow_mut() = codes::leaves(code);
        let order = if swapped { '>' } else { '<' };
        *self.format.borrow_mut() = Some(format!("{order}{}", code.format as char));
    }

    /// Describes a struct or union by its size and its leaves.
    pub fn describe_aggregate(&self) {
        let new = Description::aggregate(self.size.get(), self.align.get(), &self.leaves.borrow());
        *self.description.borrow_mut() = new;
    }

    pub fn description(&self) -> *mut ffi::ffi_type {
        self.description.borrow_mut().address()
    }

    pub fn add_flags(&self, flags: u32) {
        self.flags.set(self.flags.get() | flags);
    }

    pub fn has_flag(&self, flag: u32) -> bool {
        self.flags.get() & flag != 0
    }

    /// The type code is one of these.
    pub fn has_code(&self, letters: &[u8]) -> bool {
        self.kind.get() == Kind::Simple && letters.contains(&self.code.get())
    }

    /// The information of the type of items.
    pub fn item(&self) -> Option<Ref<StgInfo>> {
        self.proto.get().and_then(info_of)
    }

    pub fn argtypes(&self) -> Option<Ref<Tuple>> {
        self.argtypes.get().and_then(|v| v.downcast::<Tuple>())
    }
}

/// The information of a class; None if it has none, or if it is no class.
pub fn info_of(v: Value) -> Option<Ref<StgInfo>> {
    v.downcast::<Type>().and_then(info_of_class)
}

pub fn info_of_class(class: Ref<Type>) -> Option<Ref<StgInfo>> {
    class.type_data.get().and_then(|d| d.exact::<StgInfo>())
}

/// The information of a class that can have instances.
pub fn concrete(vm: &Vm, class: Ref<Type>) -> PyResult<Ref<StgInfo>> {
    match info_of_class(class) {
        Some(info) => Ok(info),
        None => Err(vm.type_error("abstract class")),
    }
}

/// An attribute of the class's own dict.
pub fn own_attribute(vm: &Vm, class: Ref<Type>, name: &str) -> Option<Value> {
    class.dict.get().get_name_quiet(vm.intern_str(name))
}

/// An interned string.
pub fn name(vm: &Vm, text: &str) -> Ref<Str> {
    vm.intern_str(text)
}
