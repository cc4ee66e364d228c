//! The table of operations: text, operands, result, descriptor and effect of each.
//!
//! The enum, the printer, the parser, `verify.rs` and the evaluator follow it.

/// What an operand or a result is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A tagged word of the host, perhaps empty.
    Word,
    /// A raw integer.
    Int,
    /// A raw double.
    Float,
    Bool,
    /// No result.
    None,
    /// Of calls: what the function's descriptor says.
    Given,
}

/// What the number behind an operation's operands means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Describes {
    Nothing,
    Slot,
    Shape,
    Field,
    Function,
    /// Something the host can tell whether it still holds.
    Condition,
    /// Something the host does that may change every slot.
    Action,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effects {
    /// Depends on its operands only.
    Pure,
    /// Reads memory or slots.
    Reads,
    /// Makes an object and may collect.
    Allocates,
    Writes,
    /// Leaves the trace unless something is so; reads what it tests.
    Guard,
    /// What the function's descriptor says.
    Given,
    /// Anything.
    All,
    /// Goes back to the start.
    Ends,
}

pub struct Row {
    pub op: Op,
    pub text: &'static str,
    pub operands: &'static [Kind],
    pub variadic: bool,
    pub result: Kind,
    pub describes: Describes,
    pub effects: Effects,
    /// Whether the operation has a snapshot: the state to leave the trace with. Of calls, those with all
    /// effects have one.
    pub snapshot: bool,
}

macro_rules! variadic {
    (Words) => {
        (&[], true)
    };
    ($($kind:ident)*) => {
        (&[$(Kind::$kind),*], false)
    };
}

macro_rules! ops {
    ($($(#[$doc:meta])* $op:ident $text:literal ($($operand:ident)*) $result:ident $describes:ident $effects:ident $snapshot:literal;)*) => {
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Op { $($(#[$doc])* $op,)* }

        pub static TABLE: &[Row] = &[$({
            const OPERANDS: (&[Kind], bool) = variadic!($($operand)*);
            Row {
                op: Op::$op,
                text: $text,
                operands: OPERANDS.0,
                variadic: OPERANDS.1,
                result: Kind::$result,
                describes: Describes::$describes,
                effects: Effects::$effects,
                snapshot: $snapshot,
            }
        },)*];
    };
}

ops! {
    /// What a slot holds: at the start of the trace, or after the last operation that may change all slots.
    Slot "slot" () Word Slot Reads false;

    GuardTrue "guard_true" (Bool) None Nothing Guard true;
    GuardFalse "guard_false" (Bool) None Nothing Guard true;
    /// The word is a tagged integer.
    GuardInt "guard_int" (Word) None Nothing Guard true;
    /// The word is an object of this shape.
    GuardShape "guard_shape" (Word) None Shape Guard true;
    /// The words are the same; the second one is a constant.
    GuardWord "guard_word" (Word Word) None Nothing Guard true;
    /// The host's condition still holds.
    GuardHolds "guard_holds" () None Condition Guard true;

    BoxInt "box_int" (Int) Word Nothing Pure false;
    UnboxInt "unbox_int" (Word) Int Nothing Pure false;
    /// Floats have no identity, so boxing one is pure.
    BoxFloat "box_float" (Float) Word Nothing Pure false;
    UnboxFloat "unbox_float" (Word) Float Nothing Pure false;
    BoxBool "box_bool" (Bool) Word Nothing Pure false;
    IntToFloat "int_to_float" (Int) Float Nothing Pure false;
    Not "not" (Bool) Bool Nothing Pure false;
    WordEq "word_eq" (Word Word) Bool Nothing Pure false;

    /// With a guard that the result is an integer that can be tagged.
    AddOvf "add_ovf" (Int Int) Int Nothing Guard true;
    SubOvf "sub_ovf" (Int Int) Int Nothing Guard true;
    MulOvf "mul_ovf" (Int Int) Int Nothing Guard true;
    IntAnd "int_and" (Int Int) Int Nothing Pure false;
    IntOr "int_or" (Int Int) Int Nothing Pure false;
    IntXor "int_xor" (Int Int) Int Nothing Pure false;
    /// Arithmetic; the count is below 64.
    IntShr "int_shr" (Int Int) Int Nothing Pure false;
    /// Rounds down; the divisor is positive.
    IntFloorDiv "int_floordiv" (Int Int) Int Nothing Pure false;
    IntMod "int_mod" (Int Int) Int Nothing Pure false;
    IntLt "int_lt" (Int Int) Bool Nothing Pure false;
    IntLe "int_le" (Int Int) Bool Nothing Pure false;
    IntEq "int_eq" (Int Int) Bool Nothing Pure false;
    IntNe "int_ne" (Int Int) Bool Nothing Pure false;
    IntGt "int_gt" (Int Int) Bool Nothing Pure false;
    IntGe "int_ge" (Int Int) Bool Nothing Pure false;
    /// Unsigned less-than.
    IntBelow "int_below" (Int Int) Bool Nothing Pure false;

    FloatAdd "float_add" (Float Float) Float Nothing Pure false;
    FloatSub "float_sub" (Float Float) Float Nothing Pure false;
    FloatMul "float_mul" (Float Float) Float Nothing Pure false;
    FloatDiv "float_div" (Float Float) Float Nothing Pure false;
    FloatNeg "float_neg" (Float) Float Nothing Pure false;
    FloatLt "float_lt" (Float Float) Bool Nothing Pure false;
    FloatLe "float_le" (Float Float) Bool Nothing Pure false;
    FloatEq "float_eq" (Float Float) Bool Nothing Pure false;
    FloatNe "float_ne" (Float Float) Bool Nothing Pure false;
    FloatGt "float_gt" (Float Float) Bool Nothing Pure false;
    FloatGe "float_ge" (Float Float) Bool Nothing Pure false;

    LoadWord "load_word" (Word) Word Field Reads false;
    LoadInt "load_int" (Word) Int Field Reads false;
    LoadFloat "load_float" (Word) Float Field Reads false;
    StoreWord "store_word" (Word Word) None Field Writes false;
    StoreInt "store_int" (Word Int) None Field Writes false;
    /// Item of the array of words that starts at the field.
    LoadItem "load_item" (Word Int) Word Field Reads false;
    StoreItem "store_item" (Word Int Word) None Field Writes false;
    SetShape "set_shape" (Word) None Shape Writes false;

    /// Calls a function of the host with words.
    Call "call" (Words) Given Function Given false;
    /// Lets the host do something with the slots, which may all change.
    Perform "perform" () None Action All true;
    /// The end: the snapshot's slots are written, and the trace starts again.
    Loop "loop" () None Nothing Ends true;
}

impl Op {
    pub fn row(self) -> &'static Row {
        &TABLE[self as usize]
    }
}
