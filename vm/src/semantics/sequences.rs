//! Subscripts and iteration of lists, tuples and ranges.

use super::finish;
use super::machine::{Cond, Effect, Flow, Machine};
use crate::builtins::array::Array;
use crate::builtins::list::List;
use crate::builtins::range::RangeIterator;
use crate::builtins::tuple::Tuple;
use crate::execution::instr::Instr;
use crate::object::Object;
use crate::protocol;

/// An index made non-negative and checked against a length.
#[inline(always)]
fn checked_index<M: Machine>(m: &mut M, index: M::V, len: M::I) -> Option<M::I> {
    let i = m.unbox_int(index);
    let inside = m.int_cmp(Cond::Below, i, len);
    if m.test(inside) {
        return Some(i);
    }
    let from_end = m.int_add(i, len)?;
    let inside = m.int_cmp(Cond::Below, from_end, len);
    if m.test(inside) { Some(from_end) } else { None }
}

/// `d = b[c]`
#[inline(always)]
pub fn subscript<M: Machine>(m: &mut M, i: Instr) -> Flow {
    let (obj, key) = (m.reg(i.b), m.reg(i.c));
    if m.is_small(key) {
        if m.shape_is(obj, List::shape()) {
            let len = m.load_raw(obj, List::LEN);
            if let Some(at) = checked_index(m, key, len) {
                let array = m.load(obj, List::ITEMS);
                let v = m.load_item(array, Array::ITEMS, at);
                m.set(i.a, v);
                return Flow::Next;
            }
        } else if m.shape_is(obj, Tuple::shape()) {
            let len = m.load_raw(obj, Tuple::LEN);
            if let Some(at) = checked_index(m, key, len) {
                let v = m.load_item(obj, Tuple::ITEMS, at);
                m.set(i.a, v);
                return Flow::Next;
            }
        }
    }
    finish!(m, i.a, m.call2(Effect::Any, |vm, a, b| vm.get_item(a, b), obj, key))
}

/// `a[b] = c`
#[inline(always)]
pub fn store_subscript<M: Machine>(m: &mut M, i: Instr) -> Flow {
    let (obj, key, value) = (m.reg(i.a), m.reg(i.b), m.reg(i.c));
    if m.is_small(key) && m.shape_is(obj, List::shape()) {
        let len = m.load_raw(obj, List::LEN);
        if let Some(at) = checked_index(m, key, len) {
            let array = m.load(obj, List::ITEMS);
            m.store_item(array, Array::ITEMS, at, value);
            return Flow::Next;
        }
    }
    match m.call3(Effect::Any, protocol::set_item_residual, obj, key, value) {
        Ok(_) => Flow::Next,
        Err(_) => Flow::Raise,
    }
}

/// `d = next(b)`, or a jump when exhausted.
#[inline(always)]
pub fn for_iter<M: Machine>(m: &mut M, i: Instr) -> Flow {
    let iter = m.reg(i.b);
    if m.shape_is(iter, RangeIterator::shape()) {
        let left = m.load_raw(iter, RangeIterator::LEFT);
        let zero = m.int_constant(0);
        let more = m.int_cmp(Cond::Gt, left, zero);
        let extension = m.extension();
        if m.test(more) {
            let next = m.load_raw(iter, RangeIterator::NEXT);
            let step = m.load_raw(iter, RangeIterator::STEP);
            let one = m.int_constant(1);
            if let (Some(after), Some(left)) = (m.int_add(next, step), m.int_sub(left, one)) {
                let v = m.box_int(next);
                m.store_raw(iter, RangeIterator::NEXT, after);
                m.store_raw(iter, RangeIterator::LEFT, left);
                m.set(i.a, v);
            }
        } else {
            m.jump(extension.imm());
        }
        return Flow::Next;
    }
    m.cold(i)
}
