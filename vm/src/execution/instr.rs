//! The private execution form: register instructions.
//!
//! A frame's registers are its locals, cells and free variables in CPython's order, then one
//! register per stack position. Every instruction is one 8-byte word; some are followed by an
//! extension word with a jump offset or more operands. See `translate.rs`.

/// Register, name, constant or cache numbers.
pub type R = u16;

/// Added to the number of a constant where an operand may be a register or a constant: operands of
/// operators, comparisons, subscripts, stores and RETURN.
pub const CONSTANT: R = 0x8000;

macro_rules! ops {
    ($($(#[$doc:meta])* $op:ident $words:literal,)*) => {
        /// Operation codes. `d` is the destination register (operand a) unless said otherwise.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u16)]
        pub enum Op { $($(#[$doc])* $op,)* }

        impl Op {
            pub const ALL: &[Op] = &[$(Op::$op),*];

            /// Size in words.
            #[inline(always)]
            pub const fn words(self) -> usize {
                match self { $(Op::$op => $words,)* }
            }

            pub const fn name(self) -> &'static str {
                match self { $(Op::$op => stringify!($op),)* }
            }
        }
    };
}

ops! {
    /// Events may be due; only in bodies made for them. a: see `events::bodies::kind`
    Event 1,
    /// Start of the function: poll the eval breaker. a: 0 at the start, else after a suspension.
    Resume 1,
    /// d = constant imm
    LoadConst 1,
    /// d = small integer imm
    LoadInt 1,
    /// d = b
    Move 1,
    /// d = b; d+1 = c; registers, which may be empty, or constants
    Move2 1,
    /// a <-> b
    Swap 1,
    /// a = empty
    Clear 1,
    /// d = local b, which may be unbound
    LoadCheck 1,
    /// d = local b (or empty); b = empty
    LoadAndClear 1,
    /// del local a
    DeleteLocal 1,

    // Arithmetic: d = b op c.
    Add 1, Sub 1, Mul 1, TrueDiv 1, FloorDiv 1, Mod 1, And 1, Or 1, Xor 1, LShift 1, RShift 1, Pow 1, MatMul 1,
    IAdd 1, ISub 1, IMul 1, ITrueDiv 1, IFloorDiv 1, IMod 1, IAnd 1, IOr 1, IXor 1, ILShift 1, IRShift 1, IPow 1,
    IMatMul 1,
    /// d = b + small integer c (signed 16 bits); falls back to `Add` or `IAdd` (extension a = 1)
    AddSmall 2,
    Subscr 1,
    Neg 1, Pos 1, Invert 1, Not 1, ToBool 1,
    /// d = b cmp c, any object
    Lt 1, Le 1, Eq 1, Ne 1, Gt 1, Ge 1,
    /// As above, the result made a bool.
    LtBool 1, LeBool 1, EqBool 1, NeBool 1, GtBool 1, GeBool 1,
    /// Jump if truth(b cmp c) == a; extension: offset.
    LtJump 2, LeJump 2, EqJump 2, NeJump 2, GtJump 2, GeJump 2,
    /// d = b is c; d = b in c (extended: negated when c's bit 15... see IsNot, NotIn)
    Is 1, IsNot 1, In 1, NotIn 1,

    Jump 1,
    /// Backward jump: polls the eval breaker, counts loops.
    JumpBack 1,
    JumpTrue 1, JumpFalse 1,
    JumpNone 1, JumpNotNone 1,

    GetIter 1,
    /// d = next(b) or jump; extension: offset.
    ForIter 2,
    /// As ForIter, for a generator.
    ForIterGenerator 2,

    /// d = global; b: cache (name inside).
    LoadGlobal 1,
    LoadName 1, StoreName 1, DeleteName 1, StoreGlobal 1, DeleteGlobal 1,
    /// d = b.name; c: cache
    LoadAttr 1,
    /// (d, d+1) = method of b and receiver, or attribute and empty; c: cache
    LoadMethod 1,
    /// a.name = b; c: cache
    StoreAttr 1,
    /// del a.name(c)
    DeleteAttr 1,
    /// (d[, d+1]) = super attribute; b: first of (super, class, self); c: name; extension a: 1 = method, b: two-argument
    LoadSuperAttr 2,

    /// a = new cell with the old content of a
    MakeCell 1,
    /// closure into the registers from a on, b of them
    CopyFreeVars 1,
    LoadDeref 1, StoreDeref 1, DeleteDeref 1,
    /// d = mapping b [name of cell c] or the cell's content
    LoadFromDictOrDeref 1,
    LoadFromDictOrGlobals 1,

    /// d = call of b with c arguments from b+2 on
    Call 1,
    /// as Call, with a receiver in b+1 unless it is empty
    CallMethod 1,
    /// as Call and CallMethod, of what is probably no Python function
    CallNative 1, CallNativeMethod 1,
    /// as CallMethod; extension a: register of the tuple of keyword names
    CallKw 2,
    /// d = b(*(b+2), **(b+3)); b+1: receiver or empty; b+3 may be empty
    CallEx 1,
    Return 1,

    BuildTuple 1, BuildList 1, BuildSet 1, BuildMap 1, BuildString 1, BuildSlice 1,
    /// a.append(b), ...
    ListAppend 1, SetAdd 1, ListExtend 1, SetUpdate 1, DictUpdate 1,
    /// a[b] = c for dict displays and comprehensions
    MapAdd 1,
    /// a.update(b), duplicate keys are an error; c: register of the callable for the message
    DictMerge 1,
    /// a[b] = c; del a[b]
    StoreSubscr 1, DeleteSubscr 1,
    /// d = b[b+1 : b+2]; a[a+1 : a+2] = b
    BinarySlice 1, StoreSlice 1,
    /// registers a .. a+c = items of b, last first
    UnpackSequence 1,
    /// as above with a starred target; c = before | after << 8
    UnpackEx 1,

    MakeFunction 1,
    /// function a: attribute kind c = b
    SetFunctionAttribute 1,
    LoadBuildClass 1, LoadLocals 1, LoadCommonConstant 1, SetupAnnotations 1,
    /// d = import; b: level, fromlist; c: name
    ImportName 1,
    ImportFrom 1,
    /// raise with c arguments from b on
    Raise 1,
    /// re-raise exception a; b: register of the saved instruction or 0xffff
    Reraise 1,
    /// a+1 = exception a; a = the handled exception so far
    PushExcInfo 1,
    /// handled exception = a
    PopExcept 1,
    /// d = exception b matches c
    CheckExcMatch 1,
    /// (a, a+1): a = rest, a+1 = match of group a with types a+1
    CheckEgMatch 1,
    /// d = exit function call; b: first of (exit func, exit self, lasti, previous, exception)
    WithExceptStart 1,
    CleanupThrow 1,
    /// (a, a+1) = special method b of the object in a
    LoadSpecial 1,

    ReturnGenerator 1,
    /// yields b; a receives what is sent
    Yield 1,
    /// sends b+1 to b; a: b+1 gets the yielded value, jump when done; extension: offset
    Send 2,
    GetAwaitable 1, GetAiter 1, GetAnext 1, EndAsyncFor 1, GetYieldFromIter 1,

    /// a = attributes tuple or None; operands subject a, class a+1, names a+2; c: count
    MatchClass 1,
    MatchKeys 1, MatchMapping 1, MatchSequence 1, GetLen 1,

    ConvertValue 1, FormatSimple 1, FormatWithSpec 1, BuildInterpolation 1, BuildTemplate 1,
    /// d = intrinsic c of b (and b+1)
    Intrinsic1 1, Intrinsic2 1,
}

/// One word of code.
#[repr(C, align(8))]
#[derive(Clone, Copy, Debug)]
pub struct Instr {
    pub op: Op,
    pub a: R,
    pub b: R,
    pub c: R,
}

const _: () = assert!(std::mem::size_of::<Instr>() == 8);

impl Instr {
    pub fn new(op: Op, a: usize, b: usize, c: usize) -> Instr {
        debug_assert!(a <= 0xffff && b <= 0xffff && c <= 0xffff);
        Instr { op, a: a as R, b: b as R, c: c as R }
    }

    /// With a 32-bit immediate in b and c.
    pub fn with_imm(op: Op, a: usize, imm: i32) -> Instr {
        Instr { op, a: a as R, b: imm as u32 as R, c: (imm as u32 >> 16) as R }
    }

    #[inline(always)]
    pub fn imm(self) -> i32 {
        (self.b as u32 | (self.c as u32) << 16) as i32
    }

    pub fn set_imm(&mut self, imm: i32) {
        self.b = imm as u32 as R;
        self.c = (imm as u32 >> 16) as R;
    }
}
