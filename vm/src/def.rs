//! Plain data that `#[pyclass]`, `#[pymethods]` and `#[pymodule]` generate, and the builders that turn
//! it into classes and modules.

use crate::args::{Args, Params};
use crate::builtins::module::Module;
use crate::error::PyResult;
use crate::object::{ClassCell, Object, Ref, Value};
use crate::slots::Slots;
use crate::vm::Vm;

/// A function written in Rust, as Python calls it. It gets its own definition: functions of extension
/// modules find their C definition behind it.
pub type NativeFn = fn(&Vm, &'static MethodDef, Args) -> PyResult<Value>;
/// The instruction that calls is the running frame's, whose position is saved: see `lifetimes::call_c`.
pub type DirectCall =
    fn(&Vm, &'static MethodDef, receiver: u64, args: *const Value, count: usize) -> PyResult<Value>;
pub type Getter = fn(&Vm, &'static GetSetDef, Value) -> PyResult<Value>;
/// `None` deletes the attribute.
pub type Setter = fn(&Vm, &'static GetSetDef, Value, Option<Value>) -> PyResult<()>;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MethodKind {
    /// Receives the instance first.
    Instance,
    /// Receives the class first.
    Class,
    /// No receiver.
    Static,
    /// A function of a module.
    Function,
}

/// One function of a class or module.
pub struct MethodDef {
    pub name: &'static str,
    pub kind: MethodKind,
    pub func: NativeFn,
    pub params: &'static Params,
    /// `(self, x, /)` with `$self` marked, or empty.
    pub text_signature: &'static str,
    pub doc: &'static str,
    /// For functions of extensions: calls the C function, with a receiver unless it is 0, and `count`
    /// registers, which stay in place during the call. The rest is as for `func`.
    pub direct: Option<DirectCall>,
}

impl MethodDef {
    /// Whether it is part of a definition of the C API layer.
    #[inline(always)]
    pub fn is_extension(&self) -> bool {
        self.direct.is_some()
    }
}

/// One computed attribute of a class.
pub struct GetSetDef {
    pub name: &'static str,
    pub get: Option<Getter>,
    pub set: Option<Setter>,
    pub doc: &'static str,
    /// Part of a definition of the C API layer.
    pub extension: bool,
}

/// What `#[pymethods]` implements. A class without methods implements it empty.
pub trait Methods {
    const METHODS: &'static [MethodDef];
    const GETSETS: &'static [GetSetDef];
    fn fill_slots(slots: &mut Slots);
}

/// `Methods` as data.
pub struct ClassTables {
    pub methods: &'static [MethodDef],
    pub getsets: &'static [GetSetDef],
    pub fill_slots: fn(&mut Slots),
}

impl ClassTables {
    pub const fn of<T: Methods>() -> ClassTables {
        ClassTables { methods: T::METHODS, getsets: T::GETSETS, fill_slots: T::fill_slots }
    }
}

/// Class flags; the values are CPython's `Py_TPFLAGS_*` where both have them.
pub const BASETYPE: u64 = 1 << 10;
pub const HEAPTYPE: u64 = 1 << 9;
pub const IMMUTABLE: u64 = 1 << 8;
pub const DISALLOW_INSTANTIATION: u64 = 1 << 7;
pub const SEQUENCE: u64 = 1 << 5;
pub const MAPPING: u64 = 1 << 6;
pub const HAVE_GC: u64 = 1 << 14;
pub const ABSTRACT: u64 = 1 << 20;
pub const MATCH_SELF: u64 = 1 << 22;
pub const METHOD_DESCRIPTOR: u64 = 1 << 17;
pub const LONG_SUBCLASS: u64 = 1 << 24;
pub const LIST_SUBCLASS: u64 = 1 << 25;
pub const TUPLE_SUBCLASS: u64 = 1 << 26;
pub const BYTES_SUBCLASS: u64 = 1 << 27;
pub const UNICODE_SUBCLASS: u64 = 1 << 28;
pub const DICT_SUBCLASS: u64 = 1 << 29;
pub const BASE_EXC_SUBCLASS: u64 = 1 << 30;
pub const TYPE_SUBCLASS: u64 = 1 << 31;
/// A final native class.
pub const DEFAULT: u64 = IMMUTABLE;
/// A native class that may be subclassed.
pub const BASE: u64 = IMMUTABLE | BASETYPE;

/// A native class.
pub struct ClassDef {
    pub name: &'static str,
    pub module: &'static str,
    pub doc: &'static str,
    /// Signature of the constructor, for `__text_signature__`.
    pub text_signature: &'static str,
    pub base: fn() -> &'static ClassCell,
    pub flags: u64,
    /// Byte offset of the word that holds the instance's `__dict__`.
    pub dict_offset: Option<u32>,
    pub tables: Option<&'static ClassTables>,
}

/// A native module.
pub struct ModuleDef {
    pub name: &'static str,
    pub doc: &'static str,
    pub functions: &'static [MethodDef],
    /// Adds what is not a plain function: constants, classes.
    pub exec: Option<fn(&Vm, Ref<Module>) -> PyResult<()>>,
}

// SAFETY: all tables are immutable data; function pointers are called under the GIL (gil-protected).
unsafe impl Sync for ClassDef {}

/// The class of T with its layout: what the builders of types need.
pub struct NativeClass {
    pub def: ClassDef,
    pub cell: &'static ClassCell,
    pub layout: adder_heap::Layout,
    pub fixed: Option<adder_heap::ShapeId>,
    pub ref_mask: u64,
    pub size: u32,
}

impl NativeClass {
    pub fn of<T: Object>() -> NativeClass {
        NativeClass {
            def: T::CLASS,
            cell: T::cell(),
            layout: T::LAYOUT,
            fixed: T::FIXED,
            ref_mask: T::REF_MASK,
            size: std::mem::size_of::<T>() as u32,
        }
    }
}
