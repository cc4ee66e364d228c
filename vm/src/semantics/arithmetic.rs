//! Numbers: binary operators, comparison, negation. Ints of 63 bits and floats here; everything else
//! is a residual call of `protocol.rs`.

use super::finish;
use super::machine::{Cond, Effect, FloatOp, Flow, IntOp, Machine};
use crate::builtins::float::Float;
use crate::builtins::singletons::{bool_value, true_};
use crate::builtins::str_::Str;
use crate::error::PyResult;
use crate::execution::instr::Instr;
use crate::object::{Object, Value};
use crate::protocol::BinaryOp;
use crate::slots::CompareOp;
use crate::vm::Vm;

/// Binary operators.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arith {
    Add,
    Sub,
    Mul,
    TrueDiv,
    FloorDiv,
    Mod,
    And,
    Or,
    Xor,
    LShift,
    RShift,
    Pow,
    MatMul,
}

/// The opaque form of an operator.
fn residual(op: Arith, inplace: bool) -> fn(&Vm, Value, Value) -> PyResult<Value> {
    macro_rules! table {
        ($($name:ident)*) => {
            match (op, inplace) {
                $((Arith::$name, false) => |vm, a, b| vm.binary_op(BinaryOp::$name, a, b),
                  (Arith::$name, true) => |vm, a, b| vm.inplace_op(BinaryOp::$name, a, b),)*
            }
        };
    }
    table!(Add Sub Mul TrueDiv FloorDiv Mod And Or Xor LShift RShift Pow MatMul)
}

/// A float operand: a float, or an int next to one.
#[inline(always)]
fn as_float<M: Machine>(m: &mut M, v: M::V) -> Option<M::F> {
    if m.shape_is(v, Float::shape()) {
        return Some(m.unbox_float(v));
    }
    if m.is_small(v) {
        let i = m.unbox_int(v);
        return Some(m.int_to_float(i));
    }
    None
}

#[inline(always)]
fn int_binary<M: Machine>(m: &mut M, op: Arith, a: M::I, b: M::I) -> Option<M::V> {
    let r = match op {
        Arith::Add => m.int_add(a, b)?,
        Arith::Sub => m.int_sub(a, b)?,
        Arith::Mul => m.int_mul(a, b)?,
        Arith::And => m.int_op(IntOp::And, a, b),
        Arith::Or => m.int_op(IntOp::Or, a, b),
        Arith::Xor => m.int_op(IntOp::Xor, a, b),
        Arith::FloorDiv | Arith::Mod => {
            let zero = m.int_constant(0);
            let positive = m.int_cmp(Cond::Gt, b, zero);
            if !m.test(positive) {
                return None;
            }
            m.int_op(if op == Arith::Mod { IntOp::Mod } else { IntOp::FloorDiv }, a, b)
        }
        Arith::RShift => {
            let limit = m.int_constant(63);
            let small = m.int_cmp(Cond::Below, b, limit);
            if !m.test(small) {
                return None;
            }
            m.int_op(IntOp::Shr, a, b)
        }
        Arith::LShift | Arith::Pow | Arith::TrueDiv | Arith::MatMul => return None,
    };
    Some(m.box_int(r))
}

#[inline(always)]
fn float_binary<M: Machine>(m: &mut M, op: Arith, a: M::F, b: M::F) -> Option<M::V> {
    let op = match op {
        Arith::Add => FloatOp::Add,
        Arith::Sub => FloatOp::Sub,
        Arith::Mul => FloatOp::Mul,
        Arith::TrueDiv => {
            let zero = m.float_constant(0.0);
            let is_zero = m.float_cmp(Cond::Eq, b, zero);
            if m.test(is_zero) {
                return None;
            }
            FloatOp::Div
        }
        _ => return None,
    };
    let r = m.float_op(op, a, b);
    Some(m.box_float(r))
}

/// `d = b op c`
#[inline(always)]
pub fn binary<M: Machine>(m: &mut M, op: Arith, inplace: bool, i: Instr) -> Flow {
    let (a, b) = (m.operand(i.b), m.operand(i.c));
    if m.is_small(a) && m.is_small(b) {
        let (x, y) = (m.unbox_int(a), m.unbox_int(b));
        if let Some(v) = int_binary(m, op, x, y) {
            m.set(i.a, v);
            return Flow::Next;
        }
    } else if matches!(op, Arith::Add | Arith::Sub | Arith::Mul | Arith::TrueDiv)
        && (m.shape_is(a, Float::shape()) || m.shape_is(b, Float::shape()))
        && let Some(x) = as_float(m, a)
        && let Some(y) = as_float(m, b)
        && let Some(v) = float_binary(m, op, x, y)
    {
        m.set(i.a, v);
        return Flow::Next;
    }
    finish!(m, i.a, m.call2(Effect::Any, residual(op, inplace), a, b))
}

/// `d = b + imm`, the constant operand of `+` or `-` being a small int.
#[inline(always)]
pub fn add_small<M: Machine>(m: &mut M, i: Instr) -> Flow {
    let a = m.reg(i.b);
    let extension = m.extension();
    let imm = i.c as i16 as i64;
    if m.is_small(a) {
        let x = m.unbox_int(a);
        let y = m.int_constant(imm);
        if let Some(r) = m.int_add(x, y) {
            let v = m.box_int(r);
            m.set(i.a, v);
            return Flow::Next;
        }
    } else if m.shape_is(a, Float::shape()) {
        let x = m.unbox_float(a);
        let y = m.float_constant(imm as f64);
        let r = m.float_op(FloatOp::Add, x, y);
        let v = m.box_float(r);
        m.set(i.a, v);
        return Flow::Next;
    }
    let (op, operand) = if extension.b != 0 { (Arith::Sub, -imm) } else { (Arith::Add, imm) };
    let b = m.constant(Value::from_small(operand));
    finish!(m, i.a, m.call2(Effect::Any, residual(op, extension.a != 0), a, b))
}

/// `d = -b`
#[inline(always)]
pub fn negate<M: Machine>(m: &mut M, i: Instr) -> Flow {
    let a = m.reg(i.b);
    if m.is_small(a) {
        let zero = m.int_constant(0);
        let x = m.unbox_int(a);
        if let Some(r) = m.int_sub(zero, x) {
            let v = m.box_int(r);
            m.set(i.a, v);
            return Flow::Next;
        }
    } else if m.shape_is(a, Float::shape()) {
        let x = m.unbox_float(a);
        let r = m.float_op(FloatOp::Neg, x, x);
        let v = m.box_float(r);
        m.set(i.a, v);
        return Flow::Next;
    }
    finish!(m, i.a, m.call1(Effect::Any, |vm, a| vm.negative(a), a))
}

fn cond(op: CompareOp) -> Cond {
    match op {
        CompareOp::Lt => Cond::Lt,
        CompareOp::Le => Cond::Le,
        CompareOp::Eq => Cond::Eq,
        CompareOp::Ne => Cond::Ne,
        CompareOp::Gt => Cond::Gt,
        CompareOp::Ge => Cond::Ge,
    }
}

fn residual_compare(op: CompareOp) -> fn(&Vm, Value, Value) -> PyResult<Value> {
    match op {
        CompareOp::Lt => |vm, a, b| vm.compare(a, b, CompareOp::Lt),
        CompareOp::Le => |vm, a, b| vm.compare(a, b, CompareOp::Le),
        CompareOp::Eq => |vm, a, b| vm.compare(a, b, CompareOp::Eq),
        CompareOp::Ne => |vm, a, b| vm.compare(a, b, CompareOp::Ne),
        CompareOp::Gt => |vm, a, b| vm.compare(a, b, CompareOp::Gt),
        CompareOp::Ge => |vm, a, b| vm.compare(a, b, CompareOp::Ge),
    }
}

/// The raw truth of a comparison of numbers; None: not both are ints or floats.
#[inline(always)]
fn compare_numbers<M: Machine>(m: &mut M, op: CompareOp, a: M::V, b: M::V) -> Option<M::B> {
    if m.is_small(a) && m.is_small(b) {
        let (x, y) = (m.unbox_int(a), m.unbox_int(b));
        return Some(m.int_cmp(cond(op), x, y));
    }
    if m.shape_is(a, Float::shape()) && m.shape_is(b, Float::shape()) {
        let (x, y) = (m.unbox_float(a), m.unbox_float(b));
        return Some(m.float_cmp(cond(op), x, y));
    }
    None
}

/// The outcome of comparing a string with itself.
#[inline(always)]
fn same_string<M: Machine>(m: &mut M, op: CompareOp, a: M::V, b: M::V) -> Option<bool> {
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) || !m.shape_is(a, Str::shape()) || !m.equal_words(a, b) {
        return None;
    }
    Some(op == CompareOp::Eq)
}

/// `d = b cmp c`; `to_bool` makes the result a bool.
#[inline(always)]
pub fn compare<M: Machine>(m: &mut M, op: CompareOp, to_bool: bool, i: Instr) -> Flow {
    let (a, b) = (m.operand(i.b), m.operand(i.c));
    if let Some(r) = compare_numbers(m, op, a, b) {
        let v = m.box_bool(r);
        m.set(i.a, v);
        return Flow::Next;
    }
    if let Some(outcome) = same_string(m, op, a, b) {
        let v = m.constant(bool_value(outcome));
        m.set(i.a, v);
        return Flow::Next;
    }
    if to_bool {
        let f = residual_compare_bool(op);
        return finish!(m, i.a, m.call2(Effect::Any, f, a, b));
    }
    finish!(m, i.a, m.call2(Effect::Any, residual_compare(op), a, b))
}

fn residual_compare_bool(op: CompareOp) -> fn(&Vm, Value, Value) -> PyResult<Value> {
    macro_rules! f {
        ($op:ident) => {
            |vm, a, b| {
                let r = vm.compare(a, b, CompareOp::$op)?;
                Ok(bool_value(vm.truth(r)?))
            }
        };
    }
    match op {
        CompareOp::Lt => f!(Lt),
        CompareOp::Le => f!(Le),
        CompareOp::Eq => f!(Eq),
        CompareOp::Ne => f!(Ne),
        CompareOp::Gt => f!(Gt),
        CompareOp::Ge => f!(Ge),
    }
}

/// Jumps if the truth of `b cmp c` equals a.
#[inline(always)]
pub fn compare_jump<M: Machine>(m: &mut M, op: CompareOp, i: Instr) -> Flow {
    let (a, b) = (m.operand(i.b), m.operand(i.c));
    let extension = m.extension();
    let outcome = match compare_numbers(m, op, a, b) {
        Some(r) => r,
        None => match same_string(m, op, a, b) {
            Some(outcome) => m.bool_constant(outcome),
            None => match m.call2(Effect::Any, residual_compare_bool(op), a, b) {
                Ok(v) => m.is_word(v, true_()),
                Err(_) => return Flow::Raise,
            },
        },
    };
    m.jump_if(outcome, i.a != 0, extension.imm());
    Flow::Next
}
