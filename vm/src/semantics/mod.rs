//! The meaning of the instructions, written once for every `Machine`.
//!
//! What is here has a fast path worth recording; everything else goes to `Machine::cold`, which is
//! `execution/cold.rs` for all machines.

pub mod arithmetic;
pub mod attributes;
pub mod calls;
pub mod machine;
pub mod sequences;

use crate::builtins::float::Float;
use crate::builtins::int::BigInt;
use crate::builtins::singletons::{bool_value, false_, none, true_};
use crate::error::PyResult;
use crate::execution::instr::{Instr, Op};
use crate::object::{Object, Value, ValueExt};
use crate::slots::CompareOp;
use crate::vm::Vm;
use machine::{Cond, Effect, Flow, Machine};

/// Truth, with the cases that need no call first.
#[inline(always)]
pub fn truth<M: Machine>(m: &mut M, v: M::V) -> PyResult<bool> {
    if m.same_word(v, true_()) {
        return Ok(true);
    }
    if m.same_word(v, false_()) || m.same_word(v, none()) {
        return Ok(false);
    }
    if m.is_small(v) {
        let i = m.unbox_int(v);
        let zero = m.int_constant(0);
        let b = m.int_cmp(Cond::Ne, i, zero);
        return Ok(m.test(b));
    }
    m.call_truth(v)
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

/// Executes one instruction.
#[inline(always)]
pub fn step<M: Machine>(m: &mut M, i: Instr) -> Flow {
    use arithmetic::*;
    match i.op {
        Op::LoadConst => {
            let v = m.code_constant(i.imm() as u32);
            m.set(i.a, v);
            Flow::Next
        }
        Op::LoadInt => {
            let v = m.constant(Value::from_small(i.imm() as i64));
            m.set(i.a, v);
            Flow::Next
        }
        Op::Move => {
            m.copy(i.a, i.b);
            Flow::Next
        }
        Op::Move2 => {
            m.copy_operand(i.a, i.b);
            m.copy_operand(i.a + 1, i.c);
            Flow::Next
        }
        Op::Clear => {
            m.clear(i.a);
            Flow::Next
        }
        Op::Swap => {
            m.exchange(i.a, i.b);
            Flow::Next
        }
        Op::LoadCheck => {
            if m.is_bound(i.b) {
                let v = m.reg(i.b);
                m.set(i.a, v);
                return Flow::Next;
            }
            m.cold(i)
        }
        Op::Add => binary(m, Arith::Add, false, i),
        Op::Sub => binary(m, Arith::Sub, false, i),
        Op::Mul => binary(m, Arith::Mul, false, i),
        Op::TrueDiv => binary(m, Arith::TrueDiv, false, i),
        Op::FloorDiv => binary(m, Arith::FloorDiv, false, i),
        Op::Mod => binary(m, Arith::Mod, false, i),
        Op::And => binary(m, Arith::And, false, i),
        Op::Or => binary(m, Arith::Or, false, i),
        Op::Xor => binary(m, Arith::Xor, false, i),
        Op::LShift => binary(m, Arith::LShift, false, i),
        Op::RShift => binary(m, Arith::RShift, false, i),
        Op::Pow => binary(m, Arith::Pow, false, i),
        Op::MatMul => binary(m, Arith::MatMul, false, i),
        Op::IAdd => binary(m, Arith::Add, true, i),
        Op::ISub => binary(m, Arith::Sub, true, i),
        Op::IMul => binary(m, Arith::Mul, true, i),
        Op::ITrueDiv => binary(m, Arith::TrueDiv, true, i),
        Op::IFloorDiv => binary(m, Arith::FloorDiv, true, i),
        Op::IMod => binary(m, Arith::Mod, true, i),
        Op::IAnd => binary(m, Arith::And, true, i),
        Op::IOr => binary(m, Arith::Or, true, i),
        Op::IXor => binary(m, Arith::Xor, true, i),
        Op::ILShift => binary(m, Arith::LShift, true, i),
        Op::IRShift => binary(m, Arith::RShift, true, i),
        Op::IPow => binary(m, Arith::Pow, true, i),
        Op::IMatMul => binary(m, Arith::MatMul, true, i),
        Op::AddSmall => add_small(m, i),
        Op::Subscr => sequences::subscript(m, i),
        Op::StoreSubscr => sequences::store_subscript(m, i),
        Op::Neg => negate(m, i),
        Op::Not => {
            let v = m.reg(i.b);
            match truth(m, v) {
                Ok(t) => {
                    let r = m.constant(bool_value(!t));
                    m.set(i.a, r);
                    Flow::Next
                }
                Err(_) => Flow::Raise,
            }
        }
        Op::ToBool => {
            let v = m.reg(i.b);
            match truth(m, v) {
                Ok(t) => {
                    let r = m.constant(bool_value(t));
                    m.set(i.a, r);
                    Flow::Next
                }
                Err(_) => Flow::Raise,
            }
        }
        Op::Lt => compare(m, CompareOp::Lt, false, i),
        Op::Le => compare(m, CompareOp::Le, false, i),
        Op::Eq => compare(m, CompareOp::Eq, false, i),
        Op::Ne => compare(m, CompareOp::Ne, false, i),
        Op::Gt => compare(m, CompareOp::Gt, false, i),
        Op::Ge => compare(m, CompareOp::Ge, false, i),
        Op::LtBool => compare(m, CompareOp::Lt, true, i),
        Op::LeBool => compare(m, CompareOp::Le, true, i),
        Op::EqBool => compare(m, CompareOp::Eq, true, i),
        Op::NeBool => compare(m, CompareOp::Ne, true, i),
        Op::GtBool => compare(m, CompareOp::Gt, true, i),
        Op::GeBool => compare(m, CompareOp::Ge, true, i),
        Op::LtJump => compare_jump(m, CompareOp::Lt, i),
        Op::LeJump => compare_jump(m, CompareOp::Le, i),
        Op::EqJump => compare_jump(m, CompareOp::Eq, i),
        Op::NeJump => compare_jump(m, CompareOp::Ne, i),
        Op::GtJump => compare_jump(m, CompareOp::Gt, i),
        Op::GeJump => compare_jump(m, CompareOp::Ge, i),
        Op::Is | Op::IsNot => {
            let (a, b) = (m.operand(i.b), m.operand(i.c));
            let same = if m.equal_words(a, b) {
                true
            } else if m.is_small(a) || !m.shape_is(a, Float::shape()) && !m.shape_is(a, BigInt::shape()) {
                false
            } else {
                // Numbers have no identity.
                match m.call2(Effect::Pure, residual_is, a, b) {
                    Ok(v) => m.same_word(v, true_()),
                    Err(_) => return Flow::Raise,
                }
            };
            let r = m.constant(bool_value(same == (i.op == Op::Is)));
            m.set(i.a, r);
            Flow::Next
        }
        Op::Jump => {
            m.jump(i.imm());
            Flow::Next
        }
        Op::JumpBack => m.back_edge(i.imm()),
        Op::JumpTrue => {
            let v = m.reg(i.a);
            match truth(m, v) {
                Ok(true) => m.jump(i.imm()),
                Ok(false) => {}
                Err(_) => return Flow::Raise,
            }
            Flow::Next
        }
        Op::JumpFalse => {
            let v = m.reg(i.a);
            match truth(m, v) {
                Ok(false) => m.jump(i.imm()),
                Ok(true) => {}
                Err(_) => return Flow::Raise,
            }
            Flow::Next
        }
        Op::JumpNone => {
            let v = m.reg(i.a);
            if m.same_word(v, none()) {
                m.jump(i.imm());
            }
            Flow::Next
        }
        Op::JumpNotNone => {
            let v = m.reg(i.a);
            if !m.same_word(v, none()) {
                m.jump(i.imm());
            }
            Flow::Next
        }
        Op::ForIter => sequences::for_iter(m, i),
        Op::LoadGlobal => attributes::load_global(m, i),
        Op::LoadAttr => attributes::load_attr(m, i),
        Op::LoadMethod => attributes::load_method(m, i),
        Op::StoreAttr => attributes::store_attr(m, i),
        Op::LoadDeref => attributes::load_deref(m, i),
        Op::StoreDeref => attributes::store_deref(m, i),
        Op::ListAppend => sequences::list_append(m, i),
        Op::In | Op::NotIn => sequences::contains(m, i),
        Op::UnpackSequence => sequences::unpack(m, i),
        Op::Send => sequences::send(m, i),
        Op::Call => calls::call(m, i, i.b + 2, i.c),
        Op::CallMethod => {
            if m.is_bound(i.b + 1) {
                calls::call_method(m, i)
            } else {
                calls::call(m, i, i.b + 2, i.c)
            }
        }
        Op::Resume => {
            if m.interrupted() {
                return m.cold(i);
            }
            Flow::Next
        }
        Op::Yield => m.yield_value(i),
        Op::Return => {
            let v = m.operand(i.a);
            m.return_value(v)
        }
        // Without generic semantics.
        Op::LoadAndClear
        | Op::DeleteLocal
        | Op::Pos
        | Op::Invert
        | Op::GetIter
        | Op::LoadName
        | Op::StoreName
        | Op::DeleteName
        | Op::StoreGlobal
        | Op::DeleteGlobal
        | Op::DeleteAttr
        | Op::LoadSuperAttr
        | Op::MakeCell
        | Op::CopyFreeVars
        | Op::DeleteDeref
        | Op::LoadFromDictOrDeref
        | Op::LoadFromDictOrGlobals
        | Op::CallKw
        | Op::CallEx
        | Op::BuildTuple
        | Op::BuildList
        | Op::BuildSet
        | Op::BuildMap
        | Op::BuildString
        | Op::BuildSlice
        | Op::SetAdd
        | Op::ListExtend
        | Op::SetUpdate
        | Op::DictUpdate
        | Op::MapAdd
        | Op::DictMerge
        | Op::DeleteSubscr
        | Op::BinarySlice
        | Op::StoreSlice
        | Op::UnpackEx
        | Op::MakeFunction
        | Op::SetFunctionAttribute
        | Op::LoadBuildClass
        | Op::LoadLocals
        | Op::LoadCommonConstant
        | Op::SetupAnnotations
        | Op::ImportName
        | Op::ImportFrom
        | Op::Raise
        | Op::Reraise
        | Op::PushExcInfo
        | Op::PopExcept
        | Op::CheckExcMatch
        | Op::CheckEgMatch
        | Op::WithExceptStart
        | Op::CleanupThrow
        | Op::LoadSpecial
        | Op::ReturnGenerator
        | Op::GetAwaitable
        | Op::GetAiter
        | Op::GetAnext
        | Op::EndAsyncFor
        | Op::GetYieldFromIter
        | Op::MatchClass
        | Op::MatchKeys
        | Op::MatchMapping
        | Op::MatchSequence
        | Op::GetLen
        | Op::ConvertValue
        | Op::FormatSimple
        | Op::FormatWithSpec
        | Op::BuildInterpolation
        | Op::BuildTemplate
        | Op::Intrinsic1
        | Op::Intrinsic2 => m.cold(i),
    }
}
