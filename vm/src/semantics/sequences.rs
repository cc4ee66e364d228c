//! Subscripts, iteration, unpacking and membership of lists, tuples, ranges and generators.

use super::finish;
use super::machine::{Cond, Effect, Flow, Machine};
use crate::builtins::array::Array;
use crate::builtins::dict::Dict;
use crate::builtins::generator::{Coroutine, Generator};
use crate::builtins::list::List;
use crate::builtins::list_iterator::ListIterator;
use crate::builtins::range::{Range, RangeIterator};
use crate::builtins::sequence;
use crate::builtins::singletons::{bool_value, none};
use crate::builtins::tuple::Tuple;
use crate::builtins::tuple_methods::TupleIterator;
use crate::error::PyResult;
use crate::execution::frame::Kind;
use crate::execution::instr::{Instr, Op};
use crate::object::{Object, Value};
use crate::protocol;
use crate::vm::Vm;

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
    let (obj, key) = (m.operand(i.b), m.operand(i.c));
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
    match m.push_item(obj, key, None, i.a) {
        Ok(true) => return Flow::Switch,
        Ok(false) => {}
        Err(_) => return Flow::Raise,
    }
    finish!(m, i.a, m.call2(Effect::Any, |vm, a, b| vm.get_item(a, b), obj, key))
}

/// `a[b] = c`
#[inline(always)]
pub fn store_subscript<M: Machine>(m: &mut M, i: Instr) -> Flow {
    let (obj, key, value) = (m.reg(i.a), m.operand(i.b), m.operand(i.c));
    if m.is_small(key) && m.shape_is(obj, List::shape()) {
        let len = m.load_raw(obj, List::LEN);
        if let Some(at) = checked_index(m, key, len) {
            let array = m.load(obj, List::ITEMS);
            m.store_item(array, Array::ITEMS, at, value);
            return Flow::Next;
        }
    }
    match m.push_item(obj, key, Some(value), 0) {
        Ok(true) => return Flow::Switch,
        Ok(false) => {}
        Err(_) => return Flow::Raise,
    }
    match m.call3(Effect::Any, protocol::set_item_residual, obj, key, value) {
        Ok(_) => Flow::Next,
        Err(_) => Flow::Raise,
    }
}

/// `a.append(b)` of comprehensions and displays: a is an exact list.
#[inline(always)]
pub fn list_append<M: Machine>(m: &mut M, i: Instr) -> Flow {
    let (list, value) = (m.reg(i.a), m.reg(i.b));
    if m.shape_is(list, List::shape()) && m.is_set(list, List::ITEMS) {
        let len = m.load_raw(list, List::LEN);
        let array = m.load(list, List::ITEMS);
        let capacity = m.load_raw(array, Array::CAPACITY);
        let room = m.int_cmp(Cond::Below, len, capacity);
        if m.test(room) {
            let one = m.int_constant(1);
            if let Some(after) = m.int_add(len, one) {
                m.store_item(array, Array::ITEMS, len, value);
                m.store_raw(list, List::LEN, after);
                return Flow::Next;
            }
        }
    }
    match m.call2(Effect::Any, residual_append, list, value) {
        Ok(_) => Flow::Next,
        Err(_) => Flow::Raise,
    }
}

fn residual_append(vm: &Vm, list: Value, value: Value) -> PyResult<Value> {
    // SAFETY: comprehensions and displays append to lists.
    unsafe { list.cast::<List>() }.push(vm, value);
    Ok(value)
}

/// `a[b] = c` of dict comprehensions, for `call3`.
pub fn residual_map_add(vm: &Vm, dict: Value, k: Value, v: Value) -> PyResult<Value> {
    // SAFETY: dict comprehensions fill exact dicts.
    unsafe { dict.cast::<Dict>() }.set_item(vm, k, v)?;
    Ok(v)
}

/// `obj[start:stop]`, for `call3`.
pub fn residual_slice(vm: &Vm, obj: Value, start: Value, stop: Value) -> PyResult<Value> {
    match sequence::simple_slice(vm, obj, start, stop)? {
        Some(part) => Ok(part),
        None => vm.get_item(obj, vm.new_slice(start, stop, none())),
    }
}

/// `d = iter(b)`; an `__iter__` in Python is the cold path's.
#[inline(always)]
pub fn get_iter<M: Machine>(m: &mut M, i: Instr) -> Flow {
    let v = m.reg(i.b);
    if m.shape_is(v, List::shape())
        || m.shape_is(v, Range::shape())
        || m.shape_is(v, Tuple::shape())
        || m.shape_is(v, Dict::shape())
    {
        return finish!(m, i.a, m.call1(Effect::Any, |vm, v| vm.iter(v), v));
    }
    if m.shape_is(v, Generator::shape()) {
        m.set(i.a, v);
        return Flow::Next;
    }
    m.cold(i)
}

/// `d = b in c`
#[inline(always)]
pub fn contains<M: Machine>(m: &mut M, i: Instr) -> Flow {
    let (item, container) = (m.operand(i.b), m.operand(i.c));
    let residual: fn(&Vm, Value, Value) -> PyResult<Value> = match i.op {
        Op::In => |vm, container, item| Ok(bool_value(vm.contains(container, item)?)),
        _ => |vm, container, item| Ok(bool_value(!vm.contains(container, item)?)),
    };
    finish!(m, i.a, m.call2(Effect::Any, residual, container, item))
}

/// `d = next(b)`, or a jump when exhausted.
#[inline(always)]
pub fn for_iter<M: Machine>(m: &mut M, i: Instr) -> Flow {
    let iter = m.reg(i.b);
    if m.shape_is(iter, RangeIterator::shape()) {
        let left = m.load_raw(iter, RangeIterator::LEFT);
        let zero = m.int_constant(0);
        let more = m.int_cmp(Cond::Gt, left, zero);
        if m.test(more) {
            let next = m.load_raw(iter, RangeIterator::NEXT);
            let step = m.load_raw(iter, RangeIterator::STEP);
            let one = m.int_constant(1);
            if let (Some(after), Some(left)) = (m.int_add(next, step), m.int_sub(left, one)) {
                let v = m.box_int(next);
                m.store_raw(iter, RangeIterator::NEXT, after);
                m.store_raw(iter, RangeIterator::LEFT, left);
                m.extension();
                m.set(i.a, v);
                return Flow::Next;
            }
            // The next item would be no small int.
            return next_of_any(m, i, iter);
        }
        let extension = m.extension();
        m.jump(extension.imm());
        return Flow::Next;
    }
    if m.shape_is(iter, Generator::shape()) {
        if !m.specialize(Op::ForIterGenerator) {
            return Flow::Raise;
        }
        return for_iter_generator(m, i);
    }
    if m.shape_is(iter, ListIterator::shape()) {
        if m.is_set(iter, ListIterator::LIST) {
            let list = m.load(iter, ListIterator::LIST);
            let at = m.load_raw(iter, ListIterator::NEXT);
            if m.shape_is(list, List::shape()) {
                let len = m.load_raw(list, List::LEN);
                let inside = m.int_cmp(Cond::Below, at, len);
                let one = m.int_constant(1);
                if m.test(inside)
                    && let Some(after) = m.int_add(at, one)
                {
                    let array = m.load(list, List::ITEMS);
                    let v = m.load_item(array, Array::ITEMS, at);
                    m.store_raw(iter, ListIterator::NEXT, after);
                    m.extension();
                    m.set(i.a, v);
                    return Flow::Next;
                }
            }
        }
    } else if m.shape_is(iter, TupleIterator::shape()) && m.is_set(iter, TupleIterator::TUPLE) {
        let tuple = m.load(iter, TupleIterator::TUPLE);
        let at = m.load_raw(iter, TupleIterator::NEXT);
        let len = m.load_raw(tuple, Tuple::LEN);
        let inside = m.int_cmp(Cond::Below, at, len);
        let one = m.int_constant(1);
        if m.test(inside)
            && let Some(after) = m.int_add(at, one)
        {
            let v = m.load_item(tuple, Tuple::ITEMS, at);
            m.store_raw(iter, TupleIterator::NEXT, after);
            m.extension();
            m.set(i.a, v);
            return Flow::Next;
        }
    }
    next_of_any(m, i, iter)
}

/// `for_iter` where a generator is expected: that the frequent kinds of iterators do not need the code for
/// generators makes them faster.
#[inline(always)]
pub fn for_iter_generator<M: Machine>(m: &mut M, i: Instr) -> Flow {
    let iter = m.reg(i.b);
    if m.shape_is(iter, Generator::shape()) {
        let sent = m.constant(none());
        if m.push_resume(iter, sent, i.a, Kind::For) {
            return Flow::Switch;
        }
    } else if !m.specialize(Op::ForIter) {
        return Flow::Raise;
    }
    next_of_any(m, i, iter)
}

/// `d = next(iter)`, or a jump when exhausted, in the general way.
#[inline(always)]
fn next_of_any<M: Machine>(m: &mut M, i: Instr, iter: M::V) -> Flow {
    match m.push_next(iter, i.a) {
        Ok(true) => return Flow::Switch,
        Ok(false) => {}
        Err(_) => return Flow::Raise,
    }
    let extension = m.extension();
    match m.call_next(iter, i.a, extension.imm()) {
        Ok(()) => Flow::Next,
        Err(_) => Flow::Raise,
    }
}

/// Sends b+1 to the generator or awaitable b: a gets what it yields, or its result and a jump.
#[inline(always)]
pub fn send<M: Machine>(m: &mut M, i: Instr) -> Flow {
    let (receiver, value) = (m.reg(i.b), m.reg(i.b + 1));
    if (m.shape_is(receiver, Generator::shape()) || m.shape_is(receiver, Coroutine::shape()))
        && m.push_resume(receiver, value, i.a, Kind::Send)
    {
        return Flow::Switch;
    }
    m.cold(i)
}

/// Registers from a on = the items of b, last first.
#[inline(always)]
pub fn unpack<M: Machine>(m: &mut M, i: Instr) -> Flow {
    let v = m.reg(i.b);
    if m.shape_is(v, Tuple::shape()) {
        let len = m.load_raw(v, Tuple::LEN);
        if has_length(m, len, i.c) {
            for k in 0..i.c {
                let at = m.int_constant(k as i64);
                let item = m.load_item(v, Tuple::ITEMS, at);
                m.set(i.a + (i.c - 1 - k), item);
            }
            return Flow::Next;
        }
    } else if m.shape_is(v, List::shape()) {
        let len = m.load_raw(v, List::LEN);
        if i.c > 0 && has_length(m, len, i.c) {
            let array = m.load(v, List::ITEMS);
            for k in 0..i.c {
                let at = m.int_constant(k as i64);
                let item = m.load_item(array, Array::ITEMS, at);
                m.set(i.a + (i.c - 1 - k), item);
            }
            return Flow::Next;
        }
    }
    m.cold(i)
}

fn has_length<M: Machine>(m: &mut M, len: M::I, n: u16) -> bool {
    let n = m.int_constant(n as i64);
    let same = m.int_cmp(Cond::Eq, len, n);
    m.test(same)
}
