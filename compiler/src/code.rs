//! Code objects as plain data: what `compile()` gives to the VM.
//!
//! The fields are those of CPython 3.14's code object, with the same contents: `code` is `co_code` (two-byte
//! units, inline cache units zeroed, nothing specialised), `linetable` and `exceptiontable` are in CPython's
//! encodings, and the order of `names` and `consts` is CPython's. The VM turns this into heap objects;
//! nothing here knows the heap or the crates that did the compiling.

pub use rustpython_wtf8::Wtf8Buf;

/// A local variable slot may be several of these at once (an argument that is also a cell).
pub const CO_FAST_ARG_POS: u8 = 0x02;
pub const CO_FAST_ARG_KW: u8 = 0x04;
pub const CO_FAST_ARG_VAR: u8 = 0x08;
pub const CO_FAST_HIDDEN: u8 = 0x10;
pub const CO_FAST_LOCAL: u8 = 0x20;
pub const CO_FAST_CELL: u8 = 0x40;
pub const CO_FAST_FREE: u8 = 0x80;

pub const CO_OPTIMIZED: u32 = 0x0001;
pub const CO_NEWLOCALS: u32 = 0x0002;
pub const CO_VARARGS: u32 = 0x0004;
pub const CO_VARKEYWORDS: u32 = 0x0008;
pub const CO_NESTED: u32 = 0x0010;
pub const CO_GENERATOR: u32 = 0x0020;
pub const CO_COROUTINE: u32 = 0x0080;
pub const CO_ITERABLE_COROUTINE: u32 = 0x0100;
pub const CO_ASYNC_GENERATOR: u32 = 0x0200;
pub const CO_FUTURE_DIVISION: u32 = 0x20000;
pub const CO_FUTURE_ABSOLUTE_IMPORT: u32 = 0x40000;
pub const CO_FUTURE_WITH_STATEMENT: u32 = 0x80000;
pub const CO_FUTURE_PRINT_FUNCTION: u32 = 0x100000;
pub const CO_FUTURE_UNICODE_LITERALS: u32 = 0x200000;
pub const CO_FUTURE_BARRY_AS_BDFL: u32 = 0x400000;
pub const CO_FUTURE_GENERATOR_STOP: u32 = 0x800000;
pub const CO_FUTURE_ANNOTATIONS: u32 = 0x1000000;
pub const CO_HAS_DOCSTRING: u32 = 0x4000000;
pub const CO_METHOD: u32 = 0x8000000;

#[derive(Clone, Debug, PartialEq)]
pub struct CodeData {
    pub name: String,
    pub qualname: String,
    pub filename: String,
    /// Positional parameters, including the positional-only ones.
    pub argcount: u32,
    pub posonlyargcount: u32,
    pub kwonlyargcount: u32,
    pub stacksize: u32,
    /// `CO_*` bits.
    pub flags: u32,
    pub firstlineno: i32,
    pub code: Vec<u8>,
    pub consts: Vec<Const>,
    pub names: Vec<String>,
    /// Locals, then cells that are not locals, then free variables.
    pub localsplusnames: Vec<String>,
    /// `CO_FAST_*` bits, one byte for each of `localsplusnames`.
    pub localspluskinds: Vec<u8>,
    pub linetable: Vec<u8>,
    pub exceptiontable: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Const {
    None,
    True,
    False,
    Ellipsis,
    Int(i64),
    /// An integer that does not fit an `i64`; the magnitude has no leading (that is, trailing) zero byte.
    BigInt {
        negative: bool,
        magnitude_le: Vec<u8>,
    },
    Float(f64),
    Complex(f64, f64),
    Str(Wtf8Buf),
    Bytes(Vec<u8>),
    Tuple(Vec<Const>),
    FrozenSet(Vec<Const>),
    Slice(Box<[Const; 3]>),
    Code(Box<CodeData>),
}
