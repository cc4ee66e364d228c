//! Which registers of a body may own an object of C: found by looking at the instructions, once a C function
//! has given the body a result.
//!
//! A result that C has just made is referred to by one register. As long as no instruction copies the
//! reference, what ends the register's life ends the object's: another result in the same local, a return,
//! or for a value on the stack the instruction that takes it. So a local may own if every instruction that
//! reads it only uses it (`Form`), or passes a copy to a call that comes next; a value on the stack if the
//! instruction that takes it only uses it. Whether that instruction calls C, and not a Python function that
//! keeps its arguments, is seen when it executes: `lifetimes.rs`.

use super::body::Body;
use super::instr::{CONSTANT, Instr, Op, R};

/// How many locals are looked at.
pub const LOCALS: usize = 24;

/// What becomes of the result of an instruction, if C has made it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// Nobody owns it.
    Shared,
    /// The local with this number owns it.
    Local(u8),
    /// As `Shared`; what the local owns is let go.
    Replaces(u8),
    /// It goes to the stack and is only used.
    Temporary,
    /// Nothing uses it.
    Unused,
}

/// The fates of the results, by the word before which the position is when they are there: the last one of
/// the instruction.
pub struct Owners {
    fates: Box<[Fate]>,
    /// The locals of which an instruction makes a copy that may stay.
    copied: u32,
}

/// What an instruction does with its registers.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    /// a = operation on b and c.
    Binary,
    /// a = operation on b.
    Unary,
    /// Uses b and c, and jumps.
    TestBinary,
    /// Uses a, and jumps.
    Test,
    /// Looks at the word in a, and jumps.
    TestWord,
    /// a = comparison of the words b and c.
    Words,
    /// a = attribute of b.
    Attribute,
    /// a = method of b, a+1 = b.
    Method,
    /// a[b] = c
    StoreItem,
    /// a = call; the arguments are b+1 .. b+1+c.
    Call,
    /// a = slice; b .. b+2.
    Slice,
    /// Ends the frame with a.
    Return,
    Copy,
    Copy2,
    /// a = something that is in no register.
    Load,
    /// Empties a.
    Delete,
    Jump,
    Nothing,
    /// Anything else: may copy every register that it names.
    Other,
}

fn form(op: Op) -> Form {
    use Op::*;
    match op {
        Add | Sub | Mul | TrueDiv | FloorDiv | Mod | And | Or | Xor | LShift | RShift | Pow | MatMul
        | IAdd | ISub | IMul | ITrueDiv | IFloorDiv | IMod | IAnd | IOr | IXor | ILShift | IRShift | IPow
        | IMatMul | Subscr | Lt | Le | Eq | Ne | Gt | Ge | LtBool | LeBool | EqBool | NeBool | GtBool
        | GeBool => Form::Binary,
        AddSmall | Neg | Not | ToBool => Form::Unary,
        LtJump | LeJump | EqJump | NeJump | GtJump | GeJump => Form::TestBinary,
        JumpTrue | JumpFalse => Form::Test,
        JumpNone | JumpNotNone => Form::TestWord,
        Is | IsNot => Form::Words,
        LoadAttr => Form::Attribute,
        LoadMethod => Form::Method,
        StoreSubscr => Form::StoreItem,
        Call | CallMethod | CallNative | CallNativeMethod | CallKw => Form::Call,
        BinarySlice => Form::Slice,
        Return => Form::Return,
        Move | LoadCheck => Form::Copy,
        Move2 => Form::Copy2,
        LoadConst | LoadInt | LoadGlobal | LoadName | LoadDeref => Form::Load,
        DeleteLocal => Form::Delete,
        Jump | JumpBack => Form::Jump,
        Resume | Clear | Event => Form::Nothing,
        _ => Form::Other,
    }
}

/// The registers that an instruction of the form `Other` names, and may copy; ranges begin at one of them.
fn named(i: Instr) -> [R; 3] {
    use Op::*;
    match i.op {
        ForIter | GetIter | GetYieldFromIter | GetAwaitable | FormatSimple | ConvertValue | MakeFunction
        | UnpackSequence | UnpackEx | Intrinsic1 | Intrinsic2 | Pos | Invert | BuildTuple | BuildList
        | BuildSet | BuildMap | BuildString | BuildSlice | CallEx | ImportName | ImportFrom | StoreName
        | StoreGlobal | StoreAttr | LoadSuperAttr | Raise => [i.b; 3],
        ListAppend | SetAdd | ListExtend | SetUpdate | DictUpdate | StoreDeref | DeleteSubscr | Send
        | Yield => [i.a, i.b, i.b],
        _ => [i.a, i.b, i.c],
    }
}

/// Whether the result can be an object that C made.
fn makes(op: Op) -> bool {
    use Form::*;
    matches!(form(op), Binary | Unary | Attribute | Slice | Call) || op == Op::ForIter
}

impl Owners {
    pub fn of(body: &Body) -> Owners {
        let words = body.code.len();
        let mut fates = vec![Fate::Shared; words].into_boxed_slice();
        if body.is_generator || body.events.is_some() {
            // Its registers move to the heap when it is suspended; callbacks of events see all variables.
            return Owners { fates, copied: u32::MAX };
        }
        let view = View { body, starts: starts(body) };
        let mut copied = 0u32;
        let mut w = 0;
        while w < words {
            let i = body.code[w];
            let next = w + i.op.words();
            view.copies(i, next, &mut |r| {
                if (r as usize) < LOCALS {
                    copied |= 1 << r;
                }
            });
            if makes(i.op) {
                let d = i.a as usize;
                if d >= body.locals {
                    if view.is_dropped(w, next, d) {
                        fates[next - 1] = Fate::Unused;
                    } else if view.is_only_used(next, i.a, None) {
                        fates[next - 1] = Fate::Temporary;
                    }
                } else if d < LOCALS {
                    fates[next - 1] = Fate::Local(d as u8);
                }
            }
            w = next;
        }
        for fate in &mut fates {
            if let Fate::Local(d) = *fate
                && copied >> d & 1 != 0
            {
                *fate = Fate::Replaces(d);
            }
        }
        Owners { fates, copied }
    }

    /// Whether a local, below `LOCALS`, may own what it has when the frame begins.
    pub fn may_own(&self, local: usize) -> bool {
        self.copied >> local & 1 == 0
    }

    /// The fate of the result of the instruction that ends with a word.
    #[inline(always)]
    pub fn fate(&self, word: usize) -> Fate {
        self.fates.get(word).copied().unwrap_or(Fate::Shared)
    }
}

/// The words where control may come from elsewhere.
fn starts(body: &Body) -> Vec<bool> {
    use Op::*;
    let mut starts = vec![false; body.code.len() + 1];
    let mut mark = |at: i64| {
        if let Some(s) = starts.get_mut(at as usize) {
            *s = true;
        }
    };
    let mut w = 0;
    while w < body.code.len() {
        let i = body.code[w];
        let holds_offset = match i.op {
            Jump | JumpBack | JumpTrue | JumpFalse | JumpNone | JumpNotNone => Some(w),
            LtJump | LeJump | EqJump | NeJump | GtJump | GeJump | ForIter | Send => Some(w + 1),
            _ => None,
        };
        if let Some(at) = holds_offset {
            mark(at as i64 + 1 + body.code[at].imm() as i64);
        }
        w += i.op.words();
    }
    for h in body.handlers.iter() {
        for at in [h.start, h.end, h.target] {
            mark(at as i64);
        }
    }
    starts
}

struct View<'a> {
    body: &'a Body,
    starts: Vec<bool>,
}

impl View<'_> {
    /// Names the locals of which the instruction makes a copy that is not only used by a call.
    fn copies(&self, i: Instr, next: usize, copied: &mut dyn FnMut(u16)) {
        let locals = self.body.locals as u16;
        let mut copy = |from: u16, to: u16| {
            if from < locals && (to < locals || !self.is_only_used(next, to, Some(from))) {
                copied(from);
            }
        };
        match form(i.op) {
            Form::Copy => copy(i.b, i.a),
            Form::Copy2 => {
                copy(i.b, i.a);
                copy(i.c, i.a + 1);
            }
            Form::Method => copy(i.b, i.a + 1),
            Form::StoreItem if i.c < locals => copied(i.c),
            Form::Other => {
                for r in named(i) {
                    if r < locals {
                        copied(r);
                    }
                }
            }
            _ => {}
        }
    }

    /// Whether the result of the instruction at `w`, in register `d`, is no operand of what comes next.
    fn is_dropped(&self, w: usize, next: usize, d: usize) -> bool {
        let body = self.body;
        match (body.live.get(next), body.origin.get(w), body.origin.get(next)) {
            // The masks hold for whole instructions of the bytecode.
            (Some(live), Some(made), Some(then)) if made != then => {
                live.checked_shr((d - body.locals) as u32).unwrap_or(1) & 1 == 0
            }
            _ => false,
        }
    }

    /// Whether the value that register `d` has before the word `w` is taken by an instruction that only uses
    /// it. If it is the copy of a local, the local must still have it then.
    fn is_only_used(&self, mut w: usize, mut d: u16, of: Option<u16>) -> bool {
        let code = &self.body.code;
        while w < code.len() && !self.starts[w] {
            let i = code[w];
            let reads = |r: u16| r == d && r < CONSTANT;
            let mut writes = true;
            match form(i.op) {
                Form::Binary if reads(i.b) || reads(i.c) => return true,
                Form::Unary if reads(i.b) => return true,
                Form::TestBinary => return reads(i.b) || reads(i.c),
                Form::Test => return reads(i.a),
                Form::Attribute if reads(i.b) => return true,
                Form::Words if reads(i.b) || reads(i.c) => return of.is_some(),
                Form::StoreItem if reads(i.a) || reads(i.b) => return true,
                Form::StoreItem if reads(i.c) => return false,
                Form::StoreItem => writes = false,
                Form::Call if d > i.b && d <= i.b + 1 + i.c => return true,
                Form::Slice if d >= i.b && d <= i.b + 2 => return true,
                Form::Call | Form::Slice if d >= i.b => return false,
                Form::Return => return reads(i.a),
                Form::Method if reads(i.b) => {
                    d = i.a + 1;
                    w += i.op.words();
                    continue;
                }
                Form::Method if i.a + 1 == d => return false,
                Form::Copy if reads(i.b) => return false,
                Form::Copy2 if reads(i.b) || reads(i.c) || i.a + 1 == d => return false,
                Form::Copy2 if of == Some(i.a + 1) => return false,
                Form::TestWord => return of.is_some() && reads(i.a),
                Form::Jump => return false,
                // Ranges of registers begin at one of those named.
                Form::Other if named(i).iter().any(|r| *r as usize >= self.body.locals && *r <= d) => {
                    return false;
                }
                _ => {}
            }
            if writes && (i.a == d || of == Some(i.a)) {
                return false;
            }
            w += i.op.words();
        }
        false
    }
}
