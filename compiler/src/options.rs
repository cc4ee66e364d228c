//! What a caller of the compiler can choose: the mode, the optimisation level and CPython's `PyCF_*` flags.

/// The `mode` of the built-in `compile()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Exec,
    Eval,
    Single,
    /// A `(int, str) -> bool` signature type comment; only `parse()` accepts it.
    FuncType,
}

pub const PYCF_SOURCE_IS_UTF8: u32 = 0x0100;
pub const PYCF_DONT_IMPLY_DEDENT: u32 = 0x0200;
pub const PYCF_ONLY_AST: u32 = 0x0400;
pub const PYCF_IGNORE_COOKIE: u32 = 0x0800;
pub const PYCF_TYPE_COMMENTS: u32 = 0x1000;
pub const PYCF_ALLOW_TOP_LEVEL_AWAIT: u32 = 0x2000;
pub const PYCF_ALLOW_INCOMPLETE_INPUT: u32 = 0x4000;
pub const PYCF_OPTIMIZED_AST: u32 = 0x8000 | PYCF_ONLY_AST;
/// The `CO_FUTURE_*` bits.
pub const PYCF_MASK: u32 = 0x1fe0000;
/// `CO_NESTED`, accepted and ignored.
pub const PYCF_MASK_OBSOLETE: u32 = 0x10;

#[derive(Clone, Debug)]
pub struct Options {
    /// 0: nothing, 1: no asserts, 2: no docstrings either.
    pub optimize: u8,
    /// `PYCF_*` and `CO_FUTURE_*` bits.
    pub flags: u32,
    /// Whether the line table has columns (`-X no_debug_ranges`).
    pub debug_ranges: bool,
    /// `sys.get_int_max_str_digits()`, 0 for no limit.
    pub int_max_str_digits: usize,
    /// Trees with constructs that came after this minor version of Python 3 are errors.
    pub feature_version: Option<u32>,
}

impl Default for Options {
    fn default() -> Self {
        Options { optimize: 0, flags: 0, debug_ranges: true, int_max_str_digits: 4300, feature_version: None }
    }
}
