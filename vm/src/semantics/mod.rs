//! The meaning of the instructions, written once for every `Machine`.
//!
//! What is here has a fast path worth recording; everything else goes to `Machine::cold`, which is
//! `execution/cold.rs` for all machines.

pub mod arithmetic;
pub mod attributes;
pub mod calls;
pub mod machine;
pub mod sequences;

use crate::builtins::bytes::Bytes;
use crate::builtins::descr::{MethodDescriptor, NativeFunction};
use crate::builtins::float::Float;
use crate::builtins::generator::{Coroutine, Generator, State};
use crate::builtins::int::BigInt;
use crate::builtins::list::List;
use crate::builtins::singletons::{bool_value, false_, none, true_};
use crate::builtins::str_::Str;
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::Type;
use crate::error::PyResult;
use crate::execution::instr::{Instr, Op};
use crate::object::{Object, Value, ValueExt};
use crate::slots::CompareOp;
use crate::vm::Vm;
use machine::{Cond, Effect, Flow, Machine};

/// Truth, with the cases that need no call first.
#[inline(always)]
pub fn truth<M: Machine>(m: &mut M, v: M::V) -> PyResult<M::B> {
    if m.same_word(v, true_()) {
        return Ok(m.bool_constant(true));
    }
    if m.same_word(v, false_()) || m.same_word(v, none()) {
        return Ok(m.bool_constant(false));
    }
    if m.is_small(v) {
        let i = m.unbox_int(v);
        let zero = m.int_constant(0);
        return Ok(m.int_cmp(Cond::Ne, i, zero));
    }
    if m.shape_is(v, List::shape()) {
        let some = has_items(m, v, List::LEN, 0);
        // The items of a list without any may be in its C struct.
        return if m.test(some) { Ok(m.bool_constant(true)) } else { m.call_truth(v) };
    }
    if m.shape_is(v, Tuple::shape()) {
        Ok(has_items(m, v, Tuple::LEN, 0))
    } else if m.shape_is(v, Str::shape()) {
        Ok(has_items(m, v, Str::LEN, 0))
    } else if m.shape_is(v, Bytes::shape()) {
        // The size counts the terminating zero.
        Ok(has_items(m, v, Bytes::SIZE, 1))
    } else {
        m.call_truth(v)
    }
}

#[inline(always)]
fn has_items<M: Machine>(m: &mut M, v: M::V, len_at: u32, empty: i64) -> M::B {
    let len = m.load_raw(v, len_at);
    let empty = m.int_constant(empty);
    m.int_cmp(Cond::Ne, len, empty)
}

fn residual_is(_: &Vm, a: Value, b: Value) -> PyResult<Value> {
    Ok(bool_value(a.same(b)))
}

/// Writes the result of a residual call, or reports the exception.
macro_rules! finish {
    ($m:expr, $dest:expr, $result:expr) => {
        match $result {
            Ok(v) => {
                $m.set($dest, v);
                Flow::Next
            }
            Err(_) => Flow::Raise,
        }
    };
}
pub(crate) use finish;

/// What one instruction does.
pub trait Instruction {
    const OP: Op;
    fn run<M: Machine>(m: &mut M, i: Instr) -> Flow;
}

/// Makes something of every instruction, for a table.
pub trait Handlers {
    type Entry: Copy;
    fn entry<I: Instruction>() -> Self::Entry;
}

/// Defines each instruction as a type, a function that executes any, and the table.
macro_rules! instructions {
    (|$m:ident, $i:ident| $($op:ident $(| $more:ident)* => $body:expr,)*) => {
        /// One type per instruction.
        pub mod one {
            use super::arithmetic::*;
            use super::*;

            $(
                pub struct $op;

                impl Instruction for $op {
                    const OP: Op = Op::$op;

                    #[inline(always)]
                    fn run<M: Machine>($m: &mut M, $i: Instr) -> Flow {
                        $body
                    }
                }
            )*
        }

        /// Executes one instruction.
        #[inline(always)]
        pub fn step<M: Machine>(m: &mut M, i: Instr) -> Flow {
            match i.op {
                $(Op::$op $(| Op::$more)* => one::$op::run(m, i),)*
            }
        }

        /// An entry for every operation code.
        pub fn table<H: Handlers>() -> [H::Entry; Op::ALL.len()] {
            let mut table = [H::entry::<one::DeleteLocal>(); Op::ALL.len()];
            $(
                table[Op::$op as usize] = H::entry::<one::$op>();
                $(table[Op::$more as usize] = H::entry::<one::$op>();)*
            )*
            table
        }
    };
}

instructions! {
    |m, i|
    LoadConst => {
        let v = m.code_constant(i.imm() as u32);
        m.set(i.a, v);
        Flow::Next
    },
    LoadInt => {
        let v = m.constant(Value::from_small(i.imm() as i64));
        m.set(i.a, v);
        Flow::Next
    },
    Move => {
        m.copy(i.a, i.b);
        Flow::Next
    },
    Move2 => {
        m.copy_operand(i.a, i.b);
        m.copy_operand(i.a + 1, i.c);
        Flow::Next
    },
    Clear => {
        m.clear(i.a);
        Flow::Next
    },
    Swap => {
        m.exchange(i.a, i.b);
        Flow::Next
    },
    LoadCheck => {
        if m.is_bound(i.b) {
            let v = m.reg(i.b);
            m.set(i.a, v);
            return Flow::Next;
        }
        m.cold(i)
    },
    Add => binary(m, Arith::Add, false, i),
    Sub => binary(m, Arith::Sub, false, i),
    Mul => binary(m, Arith::Mul, false, i),
    TrueDiv => binary(m, Arith::TrueDiv, false, i),
    FloorDiv => binary(m, Arith::FloorDiv, false, i),
    Mod => binary(m, Arith::Mod, false, i),
    And => binary(m, Arith::And, false, i),
    Or => binary(m, Arith::Or, false, i),
    Xor => binary(m, Arith::Xor, false, i),
    LShift => binary(m, Arith::LShift, false, i),
    RShift => binary(m, Arith::RShift, false, i),
    Pow => binary(m, Arith::Pow, false, i),
    MatMul => binary(m, Arith::MatMul, false, i),
    IAdd => binary(m, Arith::Add, true, i),
    ISub => binary(m, Arith::Sub, true, i),
    IMul => binary(m, Arith::Mul, true, i),
    ITrueDiv => binary(m, Arith::TrueDiv, true, i),
    IFloorDiv => binary(m, Arith::FloorDiv, true, i),
    IMod => binary(m, Arith::Mod, true, i),
    IAnd => binary(m, Arith::And, true, i),
    IOr => binary(m, Arith::Or, true, i),
    IXor => binary(m, Arith::Xor, true, i),
    ILShift => binary(m, Arith::LShift, true, i),
    IRShift => binary(m, Arith::RShift, true, i),
    IPow => binary(m, Arith::Pow, true, i),
    IMatMul => binary(m, Arith::MatMul, true, i),
    AddSmall => add_small(m, i),
    Subscr => sequences::subscript(m, i),
    StoreSubscr => sequences::store_subscript(m, i),
    Neg => negate(m, i),
    Not => {
        let v = m.reg(i.b);
        match truth(m, v) {
            Ok(t) => {
                let t = m.not(t);
                let r = m.box_bool(t);
                m.set(i.a, r);
                Flow::Next
            }
            Err(_) => Flow::Raise,
        }
    },
    ToBool => {
        let v = m.reg(i.b);
        match truth(m, v) {
            Ok(t) => {
                let r = m.box_bool(t);
                m.set(i.a, r);
                Flow::Next
            }
            Err(_) => Flow::Raise,
        }
    },
    Lt => compare(m, CompareOp::Lt, false, i),
    Le => compare(m, CompareOp::Le, false, i),
    Eq => compare(m, CompareOp::Eq, false, i),
    Ne => compare(m, CompareOp::Ne, false, i),
    Gt => compare(m, CompareOp::Gt, false, i),
    Ge => compare(m, CompareOp::Ge, false, i),
    LtBool => compare(m, CompareOp::Lt, true, i),
    LeBool => compare(m, CompareOp::Le, true, i),
    EqBool => compare(m, CompareOp::Eq, true, i),
    NeBool => compare(m, CompareOp::Ne, true, i),
    GtBool => compare(m, CompareOp::Gt, true, i),
    GeBool => compare(m, CompareOp::Ge, true, i),
    LtJump => compare_jump(m, CompareOp::Lt, i),
    LeJump => compare_jump(m, CompareOp::Le, i),
    EqJump => compare_jump(m, CompareOp::Eq, i),
    NeJump => compare_jump(m, CompareOp::Ne, i),
    GtJump => compare_jump(m, CompareOp::Gt, i),
    GeJump => compare_jump(m, CompareOp::Ge, i),
    Is | IsNot => {
        let (a, b) = (m.operand(i.b), m.operand(i.c));
        let same = if m.equal_words(a, b) {
            m.bool_constant(true)
        } else if m.has_identity(a) {
            m.bool_constant(false)
        } else {
            match m.call2(Effect::Pure, residual_is, a, b) {
                Ok(v) => m.is_word(v, true_()),
                Err(_) => return Flow::Raise,
            }
        };
        let outcome = if i.op == Op::Is { same } else { m.not(same) };
        let r = m.box_bool(outcome);
        m.set(i.a, r);
        Flow::Next
    },
    Jump => {
        m.jump(i.imm());
        Flow::Next
    },
    JumpBack => m.back_edge(i.imm()),
    JumpTrue => {
        let v = m.reg(i.a);
        match truth(m, v) {
            Ok(t) => m.jump_if(t, true, i.imm()),
            Err(_) => return Flow::Raise,
        }
        Flow::Next
    },
    JumpFalse => {
        let v = m.reg(i.a);
        match truth(m, v) {
            Ok(t) => m.jump_if(t, false, i.imm()),
            Err(_) => return Flow::Raise,
        }
        Flow::Next
    },
    JumpNone => {
        let v = m.reg(i.a);
        if m.same_word(v, none()) {
            m.jump(i.imm());
        }
        Flow::Next
    },
    JumpNotNone => {
        let v = m.reg(i.a);
        if !m.same_word(v, none()) {
            m.jump(i.imm());
        }
        Flow::Next
    },
    ForIter => sequences::for_iter(m, i),
    ForIterGenerator => sequences::for_iter_generator(m, i),
    LoadGlobal => attributes::load_global(m, i),
    LoadAttr => attributes::load_attr(m, i),
    LoadMethod => attributes::load_method(m, i),
    StoreAttr => attributes::store_attr(m, i),
    LoadDeref => attributes::load_deref(m, i),
    StoreDeref => attributes::store_deref(m, i),
    ListAppend => sequences::list_append(m, i),
    In | NotIn => sequences::contains(m, i),
    UnpackSequence => sequences::unpack(m, i),
    Send => sequences::send(m, i),
    Call => calls::call(m, i, i.b + 2, i.c),
    CallMethod => {
        if m.is_bound(i.b + 1) {
            calls::call_method(m, i)
        } else {
            calls::call(m, i, i.b + 2, i.c)
        }
    },
    CallNative => {
        let f = m.reg(i.b);
        if m.shape_is(f, NativeFunction::shape()) {
            return finish!(m, i.a, m.call_native(f, i.b + 2, i.c));
        }
        let result =
            if m.shape_is(f, Type::shape()) { m.construct(f, i.b + 2, i.c) } else { m.call_foreign(f, i.b + 2, i.c) };
        if let Some(result) = result {
            return finish!(m, i.a, result);
        }
        m.specialize(Op::Call);
        calls::call(m, i, i.b + 2, i.c)
    },
    CallNativeMethod => {
        let f = m.reg(i.b);
        if m.is_bound(i.b + 1) {
            if m.shape_is(f, MethodDescriptor::shape()) {
                return finish!(m, i.a, m.call_descriptor(f, i.b + 1, i.c + 1));
            }
            m.specialize(Op::CallMethod);
            return calls::call_method(m, i);
        }
        if m.shape_is(f, NativeFunction::shape()) {
            return finish!(m, i.a, m.call_native(f, i.b + 2, i.c));
        }
        let result =
            if m.shape_is(f, Type::shape()) { m.construct(f, i.b + 2, i.c) } else { m.call_foreign(f, i.b + 2, i.c) };
        if let Some(result) = result {
            return finish!(m, i.a, result);
        }
        m.specialize(Op::CallMethod);
        calls::call(m, i, i.b + 2, i.c)
    },
    Resume => {
        if m.interrupted() {
            return m.cold(i);
        }
        Flow::Next
    },
    GetAwaitable => {
        let v = m.reg(i.b);
        if m.shape_is(v, Coroutine::shape()) {
            // One that has not begun is awaited by nobody else.
            let state = m.load_raw(v, Generator::STATE);
            let created = m.int_constant(State::Created as i64);
            let fresh = m.int_cmp(Cond::Eq, state, created);
            if m.test(fresh) {
                m.set(i.a, v);
                return Flow::Next;
            }
        }
        m.cold(i)
    },
    Yield => m.yield_value(i),
    Return => {
        let v = m.operand(i.a);
        m.return_value(v)
    },
    LoadAndClear => {
        m.copy(i.a, i.b);
        m.clear(i.b);
        Flow::Next
    },
    BuildTuple => {
        let v = m.new_tuple(i.b, i.c);
        m.set(i.a, v);
        Flow::Next
    },
    BuildList => {
        let v = m.new_list(i.b, i.c);
        m.set(i.a, v);
        Flow::Next
    },
    BinarySlice => {
        let (obj, start, stop) = (m.reg(i.b), m.reg(i.b + 1), m.reg(i.b + 2));
        finish!(m, i.a, m.call3(Effect::Any, sequences::residual_slice, obj, start, stop))
    },
    SetAdd => {
        let (set, v) = (m.reg(i.a), m.reg(i.b));
        match m.call2(Effect::Any, |vm, set, v| vm.set_add(set, v).map(|()| v), set, v) {
            Ok(_) => Flow::Next,
            Err(_) => Flow::Raise,
        }
    },
    MapAdd => {
        let (dict, k, v) = (m.reg(i.a), m.reg(i.b), m.reg(i.c));
        match m.call3(Effect::Any, sequences::residual_map_add, dict, k, v) {
            Ok(_) => Flow::Next,
            Err(_) => Flow::Raise,
        }
    },
    GetIter => sequences::get_iter(m, i),
    FormatSimple => {
        let v = m.reg(i.b);
        if m.shape_is(v, Str::shape()) {
            m.set(i.a, v);
            return Flow::Next;
        }
        finish!(m, i.a, m.call1(Effect::Any, |vm, v| vm.format(v, None), v))
    },
    // Without generic semantics; the run loop has functions for the first three.
    PushExcInfo => m.cold(i),
    PopExcept => m.cold(i),
    CheckExcMatch => m.cold(i),
    DeleteLocal
    | Pos
    | Invert
    | LoadName
    | StoreName
    | DeleteName
    | StoreGlobal
    | DeleteGlobal
    | DeleteAttr
    | LoadSuperAttr
    | MakeCell
    | CopyFreeVars
    | DeleteDeref
    | LoadFromDictOrDeref
    | LoadFromDictOrGlobals
    | CallKw
    | CallEx
    | BuildSet
    | BuildMap
    | BuildString
    | BuildSlice
    | ListExtend
    | SetUpdate
    | DictUpdate
    | DictMerge
    | DeleteSubscr
    | StoreSlice
    | UnpackEx
    | MakeFunction
    | SetFunctionAttribute
    | LoadBuildClass
    | LoadLocals
    | LoadCommonConstant
    | SetupAnnotations
    | ImportName
    | ImportFrom
    | Raise
    | Reraise
    | CheckEgMatch
    | WithExceptStart
    | CleanupThrow
    | LoadSpecial
    | ReturnGenerator
    | GetAiter
    | GetAnext
    | EndAsyncFor
    | GetYieldFromIter
    | MatchClass
    | MatchKeys
    | MatchMapping
    | MatchSequence
    | GetLen
    | ConvertValue
    | FormatWithSpec
    | BuildInterpolation
    | BuildTemplate
    | Intrinsic1
    | Intrinsic2
    | Event => m.cold(i),
}
