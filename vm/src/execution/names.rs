//! Attributes whose inline cache did not apply.

use super::attribute_cache::{self, Loaded};
use super::calls;
use super::frame::Kind;
use super::instr::Instr;
use super::interp::Interp;
use super::lifetimes;
use super::operands::{frame, name};
use crate::builtins::super_;
use crate::builtins::type_::Type;
use crate::error::PyResult;
use crate::object::{Object, ValueExt};
use crate::semantics::machine::{Flow, Machine};

#[inline(never)]
pub fn load_attr(m: &mut Interp, i: Instr) -> PyResult<Flow> {
    let vm = m.vm;
    let obj = m.reg(i.b);
    let cache = m.cache(i.c);
    let n = name(m, cache.name as usize);
    match attribute_cache::load_attr(vm, obj, n, frame(m).code(), cache)? {
        Loaded::Value(v) => {
            if lifetimes::is_linked(obj) {
                lifetimes::loaded(vm, obj, n, v);
            }
            m.set(i.a, v)
        }
        Loaded::Getter(f) => {
            calls::push_call(m, f, i.a, &[obj], Kind::Getter)?;
            return Ok(Flow::Switch);
        }
    }
    Ok(Flow::Next)
}

#[inline(never)]
pub fn load_method(m: &mut Interp, i: Instr) -> PyResult<Flow> {
    let vm = m.vm;
    let obj = m.reg(i.b);
    let cache = m.cache(i.c);
    let n = name(m, cache.name as usize);
    let (f, receiver) = attribute_cache::load_method(vm, obj, n, frame(m).code(), cache)?;
    if receiver.is_none() {
        // No register has the object any more.
        lifetimes::before_native(vm, &[obj]);
    }
    m.set(i.a, f);
    frame(m).set_reg(i.a as usize + 1, receiver);
    Ok(Flow::Next)
}

#[inline(never)]
pub fn store_attr(m: &mut Interp, i: Instr) -> PyResult<Flow> {
    let vm = m.vm;
    let (obj, v) = (m.reg(i.a), m.operand(i.b));
    let cache = m.cache(i.c);
    let n = name(m, cache.name as usize);
    attribute_cache::store_attr(vm, obj, n, v, cache)?;
    Ok(Flow::Next)
}

#[inline(never)]
pub fn load_super_attr(m: &mut Interp, i: Instr) -> PyResult<Flow> {
    let vm = m.vm;
    let extension = m.extension();
    let (global_super, class, this) = (m.reg(i.b), m.reg(i.b + 1), m.reg(i.b + 2));
    let n = name(m, i.c as usize);
    if global_super == super_::Super::class().value()
        && let Some(class) = class.downcast::<Type>()
    {
        if extension.a != 0 {
            let (f, receiver) = super_::load_method(vm, class, this, n)?;
            m.set(i.a, f);
            frame(m).set_reg(i.a as usize + 1, receiver);
        } else {
            let v = super_::load_attr(vm, class, this, n)?;
            m.set(i.a, v);
        }
    } else {
        let s = if extension.b != 0 {
            vm.call(global_super, &[class, this])?
        } else {
            vm.call(global_super, &[])?
        };
        let v = vm.get_attr(s, n)?;
        m.set(i.a, v);
        if extension.a != 0 {
            m.clear(i.a + 1);
        }
    }
    Ok(Flow::Next)
}
