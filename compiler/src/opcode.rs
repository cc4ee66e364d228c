//! The opcodes of 3.14, their arguments and their cache units: one table.
//!
//! Only what a compiler emits is here: no specialised, instrumented or pseudo opcode can occur in a `CodeData`.
//! Numbers, cache counts and flags are CPython's (`opcode`, `_opcode_metadata`); the numbers of values popped and
//! pushed come from the compiler crate's table, which is generated from CPython's bytecode definitions.

use rustpython_compiler_core::bytecode::Opcode as CoreOpcode;

/// The instruction uses its argument.
pub const ARG: u8 = 0x01;
/// The argument indexes `consts`.
pub const CONST: u8 = 0x02;
/// The argument indexes `names` (for some opcodes shifted, see `LOAD_ATTR`, `LOAD_GLOBAL`, `LOAD_SUPER_ATTR`).
pub const NAME: u8 = 0x04;
/// The argument is a distance in code units, from the end of the instruction and its caches.
pub const JUMP: u8 = 0x08;
/// The argument indexes `localsplusnames`, a cell or free variable.
pub const FREE: u8 = 0x10;
/// The argument indexes `localsplusnames` (for the paired opcodes: two four-bit indices, high one first).
pub const LOCAL: u8 = 0x20;

macro_rules! opcodes {
    ($($name:ident = $number:literal, $caches:literal, $($flag:tt)|+;)*) => {
        #[allow(non_camel_case_types, reason = "these are CPython's names")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Opcode { $($name = $number),* }

        /// Every opcode, in the order of the numbers.
        pub const ALL: &[Opcode] = &[$(Opcode::$name),*];

        impl Opcode {
            #[inline]
            pub const fn from_u8(number: u8) -> Option<Opcode> {
                match number { $($number => Some(Opcode::$name),)* _ => None }
            }

            pub const fn name(self) -> &'static str {
                match self { $(Opcode::$name => stringify!($name)),* }
            }

            /// Inline cache units that follow the instruction.
            #[inline]
            pub const fn caches(self) -> usize {
                CACHES_AND_FLAGS[self as usize].0 as usize
            }

            /// `ARG`, `CONST`, ... bits.
            #[inline]
            pub const fn flags(self) -> u8 {
                CACHES_AND_FLAGS[self as usize].1
            }
        }

        /// By number. Every instruction is asked for them several times before it runs first.
        static CACHES_AND_FLAGS: [(u8, u8); 256] = {
            let mut table = [(0, 0); 256];
            $(table[$number] = ($caches, $($flag)|+);)*
            table
        };
    };
}

opcodes! {
    CACHE = 0, 0, 0;
    BINARY_SLICE = 1, 0, 0;
    BUILD_TEMPLATE = 2, 0, 0;
    CALL_FUNCTION_EX = 4, 0, 0;
    CHECK_EG_MATCH = 5, 0, 0;
    CHECK_EXC_MATCH = 6, 0, 0;
    CLEANUP_THROW = 7, 0, 0;
    DELETE_SUBSCR = 8, 0, 0;
    END_FOR = 9, 0, 0;
    END_SEND = 10, 0, 0;
    EXIT_INIT_CHECK = 11, 0, 0;
    FORMAT_SIMPLE = 12, 0, 0;
    FORMAT_WITH_SPEC = 13, 0, 0;
    GET_AITER = 14, 0, 0;
    GET_ANEXT = 15, 0, 0;
    GET_ITER = 16, 0, 0;
    RESERVED = 17, 0, 0;
    GET_LEN = 18, 0, 0;
    GET_YIELD_FROM_ITER = 19, 0, 0;
    INTERPRETER_EXIT = 20, 0, 0;
    LOAD_BUILD_CLASS = 21, 0, 0;
    LOAD_LOCALS = 22, 0, 0;
    MAKE_FUNCTION = 23, 0, 0;
    MATCH_KEYS = 24, 0, 0;
    MATCH_MAPPING = 25, 0, 0;
    MATCH_SEQUENCE = 26, 0, 0;
    NOP = 27, 0, 0;
    NOT_TAKEN = 28, 0, 0;
    POP_EXCEPT = 29, 0, 0;
    POP_ITER = 30, 0, 0;
    POP_TOP = 31, 0, 0;
    PUSH_EXC_INFO = 32, 0, 0;
    PUSH_NULL = 33, 0, 0;
    RETURN_GENERATOR = 34, 0, 0;
    RETURN_VALUE = 35, 0, 0;
    SETUP_ANNOTATIONS = 36, 0, 0;
    STORE_SLICE = 37, 0, 0;
    STORE_SUBSCR = 38, 1, 0;
    TO_BOOL = 39, 3, 0;
    UNARY_INVERT = 40, 0, 0;
    UNARY_NEGATIVE = 41, 0, 0;
    UNARY_NOT = 42, 0, 0;
    WITH_EXCEPT_START = 43, 0, 0;
    BINARY_OP = 44, 5, ARG;
    BUILD_INTERPOLATION = 45, 0, ARG;
    BUILD_LIST = 46, 0, ARG;
    BUILD_MAP = 47, 0, ARG;
    BUILD_SET = 48, 0, ARG;
    BUILD_SLICE = 49, 0, ARG;
    BUILD_STRING = 50, 0, ARG;
    BUILD_TUPLE = 51, 0, ARG;
    CALL = 52, 3, ARG;
    CALL_INTRINSIC_1 = 53, 0, ARG;
    CALL_INTRINSIC_2 = 54, 0, ARG;
    CALL_KW = 55, 3, ARG;
    COMPARE_OP = 56, 1, ARG;
    CONTAINS_OP = 57, 1, ARG;
    CONVERT_VALUE = 58, 0, ARG;
    COPY = 59, 0, ARG;
    COPY_FREE_VARS = 60, 0, ARG;
    DELETE_ATTR = 61, 0, ARG|NAME;
    DELETE_DEREF = 62, 0, ARG|FREE;
    DELETE_FAST = 63, 0, ARG|LOCAL;
    DELETE_GLOBAL = 64, 0, ARG|NAME;
    DELETE_NAME = 65, 0, ARG|NAME;
    DICT_MERGE = 66, 0, ARG;
    DICT_UPDATE = 67, 0, ARG;
    END_ASYNC_FOR = 68, 0, ARG|JUMP;
    EXTENDED_ARG = 69, 0, ARG;
    FOR_ITER = 70, 1, ARG|JUMP;
    GET_AWAITABLE = 71, 0, ARG;
    IMPORT_FROM = 72, 0, ARG|NAME;
    IMPORT_NAME = 73, 0, ARG|NAME;
    IS_OP = 74, 0, ARG;
    JUMP_BACKWARD = 75, 1, ARG|JUMP;
    JUMP_BACKWARD_NO_INTERRUPT = 76, 0, ARG|JUMP;
    JUMP_FORWARD = 77, 0, ARG|JUMP;
    LIST_APPEND = 78, 0, ARG;
    LIST_EXTEND = 79, 0, ARG;
    LOAD_ATTR = 80, 9, ARG|NAME;
    LOAD_COMMON_CONSTANT = 81, 0, ARG;
    LOAD_CONST = 82, 0, ARG|CONST;
    LOAD_DEREF = 83, 0, ARG|LOCAL;
    LOAD_FAST = 84, 0, ARG|LOCAL;
    LOAD_FAST_AND_CLEAR = 85, 0, ARG|LOCAL;
    LOAD_FAST_BORROW = 86, 0, ARG|LOCAL;
    LOAD_FAST_BORROW_LOAD_FAST_BORROW = 87, 0, ARG|LOCAL;
    LOAD_FAST_CHECK = 88, 0, ARG|LOCAL;
    LOAD_FAST_LOAD_FAST = 89, 0, ARG|LOCAL;
    LOAD_FROM_DICT_OR_DEREF = 90, 0, ARG|FREE;
    LOAD_FROM_DICT_OR_GLOBALS = 91, 0, ARG|NAME;
    LOAD_GLOBAL = 92, 4, ARG|NAME;
    LOAD_NAME = 93, 0, ARG|NAME;
    LOAD_SMALL_INT = 94, 0, ARG;
    LOAD_SPECIAL = 95, 0, ARG;
    LOAD_SUPER_ATTR = 96, 1, ARG|NAME;
    MAKE_CELL = 97, 0, ARG|FREE;
    MAP_ADD = 98, 0, ARG;
    MATCH_CLASS = 99, 0, ARG;
    POP_JUMP_IF_FALSE = 100, 1, ARG|JUMP;
    POP_JUMP_IF_NONE = 101, 1, ARG|JUMP;
    POP_JUMP_IF_NOT_NONE = 102, 1, ARG|JUMP;
    POP_JUMP_IF_TRUE = 103, 1, ARG|JUMP;
    RAISE_VARARGS = 104, 0, ARG;
    RERAISE = 105, 0, ARG;
    SEND = 106, 1, ARG|JUMP;
    SET_ADD = 107, 0, ARG;
    SET_FUNCTION_ATTRIBUTE = 108, 0, ARG;
    SET_UPDATE = 109, 0, ARG;
    STORE_ATTR = 110, 4, ARG|NAME;
    STORE_DEREF = 111, 0, ARG|FREE;
    STORE_FAST = 112, 0, ARG|LOCAL;
    STORE_FAST_LOAD_FAST = 113, 0, ARG|LOCAL;
    STORE_FAST_STORE_FAST = 114, 0, ARG|LOCAL;
    STORE_GLOBAL = 115, 0, ARG|NAME;
    STORE_NAME = 116, 0, ARG|NAME;
    SWAP = 117, 0, ARG;
    UNPACK_EX = 118, 0, ARG;
    UNPACK_SEQUENCE = 119, 1, ARG;
    YIELD_VALUE = 120, 0, ARG;
    RESUME = 128, 0, ARG;
}

/// Values taken from and left on the stack when the instruction does not jump or raise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StackEffect {
    pub popped: u32,
    pub pushed: u32,
}

impl Opcode {
    pub fn stack_effect(self, arg: u32) -> StackEffect {
        match CoreOpcode::try_from_u8(self as u8) {
            Ok(opcode) => {
                let effect = opcode.stack_effect_info(arg);
                StackEffect { popped: effect.popped(), pushed: effect.pushed() }
            }
            Err(_) => StackEffect { popped: 0, pushed: 0 },
        }
    }

    pub const fn is_backward_jump(self) -> bool {
        matches!(self, Opcode::JUMP_BACKWARD | Opcode::JUMP_BACKWARD_NO_INTERRUPT | Opcode::END_ASYNC_FOR)
    }

    /// Control never reaches the next instruction.
    pub const fn ends_block(self) -> bool {
        matches!(
            self,
            Opcode::JUMP_FORWARD
                | Opcode::JUMP_BACKWARD
                | Opcode::JUMP_BACKWARD_NO_INTERRUPT
                | Opcode::RETURN_VALUE
                | Opcode::RAISE_VARARGS
                | Opcode::RERAISE
                | Opcode::INTERPRETER_EXIT
        )
    }
}

macro_rules! arguments {
    ($(#[$doc:meta])* $type:ident: $($name:ident = $number:literal $text:literal),* $(,)?) => {
        $(#[$doc])*
        #[allow(non_camel_case_types, reason = "these are CPython's names")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum $type { $($name = $number),* }

        impl $type {
            pub const ALL: &[$type] = &[$($type::$name),*];

            pub const fn from_arg(number: u32) -> Option<$type> {
                match number { $($number => Some($type::$name),)* _ => None }
            }

            /// The operator or name as written in Python, or CPython's name if it has none.
            pub const fn text(self) -> &'static str {
                match self { $($type::$name => $text),* }
            }
        }
    };
}

arguments! {
    /// The argument of `BINARY_OP`.
    BinaryOp:
    NB_ADD = 0 "+", NB_AND = 1 "&", NB_FLOOR_DIVIDE = 2 "//", NB_LSHIFT = 3 "<<", NB_MATRIX_MULTIPLY = 4 "@",
    NB_MULTIPLY = 5 "*", NB_REMAINDER = 6 "%", NB_OR = 7 "|", NB_POWER = 8 "**", NB_RSHIFT = 9 ">>",
    NB_SUBTRACT = 10 "-", NB_TRUE_DIVIDE = 11 "/", NB_XOR = 12 "^", NB_INPLACE_ADD = 13 "+=",
    NB_INPLACE_AND = 14 "&=", NB_INPLACE_FLOOR_DIVIDE = 15 "//=", NB_INPLACE_LSHIFT = 16 "<<=",
    NB_INPLACE_MATRIX_MULTIPLY = 17 "@=", NB_INPLACE_MULTIPLY = 18 "*=", NB_INPLACE_REMAINDER = 19 "%=",
    NB_INPLACE_OR = 20 "|=", NB_INPLACE_POWER = 21 "**=", NB_INPLACE_RSHIFT = 22 ">>=",
    NB_INPLACE_SUBTRACT = 23 "-=", NB_INPLACE_TRUE_DIVIDE = 24 "/=", NB_INPLACE_XOR = 25 "^=",
    NB_SUBSCR = 26 "[]",
}

arguments! {
    /// `COMPARE_OP`'s argument shifted right by 5.
    CompareOp:
    LT = 0 "<", LE = 1 "<=", EQ = 2 "==", NE = 3 "!=", GT = 4 ">", GE = 5 ">=",
}

/// Set in `COMPARE_OP`'s argument: convert the result to a bool.
pub const COMPARE_OP_TO_BOOL: u32 = 0x10;

/// What `COMPARE_OP`'s argument says: the comparison, and whether the result is converted to a bool.
pub fn compare_op(arg: u32) -> Option<(CompareOp, bool)> {
    CompareOp::from_arg(arg >> 5).map(|op| (op, arg & COMPARE_OP_TO_BOOL != 0))
}

arguments! {
    /// The argument of `CALL_INTRINSIC_1`.
    Intrinsic1:
    INTRINSIC_PRINT = 1 "INTRINSIC_PRINT", INTRINSIC_IMPORT_STAR = 2 "INTRINSIC_IMPORT_STAR",
    INTRINSIC_STOPITERATION_ERROR = 3 "INTRINSIC_STOPITERATION_ERROR",
    INTRINSIC_ASYNC_GEN_WRAP = 4 "INTRINSIC_ASYNC_GEN_WRAP",
    INTRINSIC_UNARY_POSITIVE = 5 "INTRINSIC_UNARY_POSITIVE",
    INTRINSIC_LIST_TO_TUPLE = 6 "INTRINSIC_LIST_TO_TUPLE", INTRINSIC_TYPEVAR = 7 "INTRINSIC_TYPEVAR",
    INTRINSIC_PARAMSPEC = 8 "INTRINSIC_PARAMSPEC", INTRINSIC_TYPEVARTUPLE = 9 "INTRINSIC_TYPEVARTUPLE",
    INTRINSIC_SUBSCRIPT_GENERIC = 10 "INTRINSIC_SUBSCRIPT_GENERIC",
    INTRINSIC_TYPEALIAS = 11 "INTRINSIC_TYPEALIAS",
}

arguments! {
    /// The argument of `CALL_INTRINSIC_2`.
    Intrinsic2:
    INTRINSIC_PREP_RERAISE_STAR = 1 "INTRINSIC_PREP_RERAISE_STAR",
    INTRINSIC_TYPEVAR_WITH_BOUND = 2 "INTRINSIC_TYPEVAR_WITH_BOUND",
    INTRINSIC_TYPEVAR_WITH_CONSTRAINTS = 3 "INTRINSIC_TYPEVAR_WITH_CONSTRAINTS",
    INTRINSIC_SET_FUNCTION_TYPE_PARAMS = 4 "INTRINSIC_SET_FUNCTION_TYPE_PARAMS",
    INTRINSIC_SET_TYPEPARAM_DEFAULT = 5 "INTRINSIC_SET_TYPEPARAM_DEFAULT",
}

arguments! {
    /// The argument of `LOAD_COMMON_CONSTANT`.
    CommonConstant:
    ASSERTION_ERROR = 0 "AssertionError", NOT_IMPLEMENTED_ERROR = 1 "NotImplementedError",
    BUILTIN_TUPLE = 2 "tuple", BUILTIN_ALL = 3 "all", BUILTIN_ANY = 4 "any",
}

arguments! {
    /// The argument of `LOAD_SPECIAL`.
    SpecialMethod:
    ENTER = 0 "__enter__", EXIT = 1 "__exit__", AENTER = 2 "__aenter__", AEXIT = 3 "__aexit__",
}

arguments! {
    /// The argument of `SET_FUNCTION_ATTRIBUTE`.
    FunctionAttribute:
    DEFAULTS = 1 "defaults", KWDEFAULTS = 2 "kwdefaults", ANNOTATIONS = 4 "annotations", CLOSURE = 8 "closure",
    ANNOTATE = 16 "annotate",
}

arguments! {
    /// The argument of `CONVERT_VALUE`.
    Conversion:
    STR = 1 "str", REPR = 2 "repr", ASCII = 3 "ascii",
}

/// One instruction of a `co_code`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// Of the first unit, which may be an `EXTENDED_ARG`, in code units.
    pub start: usize,
    /// Of the unit that holds the opcode.
    pub offset: usize,
    pub opcode: Opcode,
    /// With the prefixes folded in.
    pub arg: u32,
}

impl Instruction {
    /// The first unit after the instruction and its caches.
    pub fn next(&self) -> usize {
        self.offset + 1 + self.opcode.caches()
    }

    pub fn jump_target(&self) -> Option<usize> {
        if self.opcode.flags() & JUMP == 0 {
            None
        } else if self.opcode.is_backward_jump() {
            self.next().checked_sub(self.arg as usize)
        } else {
            Some(self.next() + self.arg as usize)
        }
    }
}

/// The instructions of a `co_code`, without cache units. Ends early at a number that is no opcode.
pub fn instructions(code: &[u8]) -> impl Iterator<Item = Instruction> + '_ {
    let mut position = 0;
    std::iter::from_fn(move || {
        let start = position;
        let mut arg = 0u32;
        loop {
            let unit = code.get(position * 2..position * 2 + 2)?;
            let opcode = Opcode::from_u8(unit[0])?;
            arg = arg << 8 | u32::from(unit[1]);
            if opcode == Opcode::EXTENDED_ARG {
                position += 1;
                continue;
            }
            let instruction = Instruction { start, offset: position, opcode, arg };
            position = instruction.next();
            return Some(instruction);
        }
    })
}
