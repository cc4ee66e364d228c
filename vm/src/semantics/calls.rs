//! Calls: Python functions and classes continue in the run loop, native functions are residual calls.
//! What is called any other way goes to `execution/cold.rs`.

use super::finish;
use super::machine::{Flow, Machine};
use crate::builtins::descr::{MethodDescriptor, NativeFunction};
use crate::builtins::function::{Function, Method};
use crate::builtins::type_::Type;
use crate::execution::instr::Instr;
use crate::object::Object;

/// `d = b(...)` with `count` arguments from register `first` on; `first - 1` is free.
#[inline(always)]
pub fn call<M: Machine>(m: &mut M, i: Instr, first: u16, count: u16) -> Flow {
    let f = m.reg(i.b);
    if m.shape_is(f, Function::shape()) {
        if m.push_call(f, i.a, first, count) {
            return Flow::Switch;
        }
    } else if m.shape_is(f, NativeFunction::shape()) {
        return finish!(m, i.a, m.call_native(f, first, count));
    } else if m.shape_is(f, Type::shape()) {
        match m.push_init(f, i.a, first, count) {
            Ok(true) => return Flow::Switch,
            Ok(false) => {}
            Err(_) => return Flow::Raise,
        }
    } else if m.shape_is(f, Method::shape()) {
        let function = m.load(f, Method::FUNCTION);
        if m.shape_is(function, Function::shape()) {
            let receiver = m.load(f, Method::RECEIVER);
            if m.push_bound(function, receiver, i.a, first, count) {
                return Flow::Switch;
            }
        }
    }
    m.cold(i)
}

/// As `call`, with a receiver in `b + 1` that is the first argument.
#[inline(always)]
pub fn call_method<M: Machine>(m: &mut M, i: Instr) -> Flow {
    let f = m.reg(i.b);
    let (first, count) = (i.b + 1, i.c + 1);
    if m.shape_is(f, Function::shape()) {
        if m.push_call(f, i.a, first, count) {
            return Flow::Switch;
        }
    } else if m.shape_is(f, MethodDescriptor::shape()) {
        return finish!(m, i.a, m.call_descriptor(f, first, count));
    }
    m.cold(i)
}
