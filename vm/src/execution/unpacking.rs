//! Unpacking of sequences and iterators into registers.

use super::instr::Instr;
use super::interp::Interp;
use crate::builtins::dict::Dict;
use crate::builtins::exceptions::Exc;
use crate::builtins::list::List;
use crate::builtins::tuple::Tuple;
use crate::error::PyResult;
use crate::object::{Value, ValueExt};
use crate::raise;
use crate::semantics::machine::{Flow, Machine};
use crate::vm::Vm;

/// Registers from a on = the items of b, last first.
#[inline(never)]
pub fn unpack_sequence(m: &mut Interp, i: Instr) -> PyResult<Flow> {
    let vm = m.vm;
    let v = m.reg(i.b);
    let n = i.c as usize;
    let items: Option<&[Value]> = match (v.exact::<Tuple>(), v.exact::<List>()) {
        // SAFETY: the sequence stays alive in `v`; nothing below changes it.
        (Some(t), _) => Some(unsafe { &*(t.items() as *const [Value]) }),
        (_, Some(l)) => Some(unsafe { &*(l.items() as *const [Value]) }),
        _ => None,
    };
    if let Some(items) = items
        && items.len() == n
    {
        for (k, item) in items.iter().enumerate() {
            m.set(i.a + (n - 1 - k) as u16, *item);
        }
        return Ok(Flow::Next);
    }
    if let Some(items) = items {
        if items.len() < n {
            raise!(vm, ValueError, "not enough values to unpack (expected {n}, got {})", items.len())
        }
        raise!(vm, ValueError, "too many values to unpack (expected {n}, got {})", items.len())
    }
    // What is stored so far is live while the rest is fetched.
    for k in 0..i.c {
        m.clear(i.a + k);
    }
    let iter = unpack_iter(vm, v)?;
    for k in 0..n {
        match vm.next(iter)? {
            Some(item) => m.set(i.a + (n - 1 - k) as u16, item),
            None => raise!(vm, ValueError, "not enough values to unpack (expected {n}, got {k})"),
        }
    }
    if vm.next(iter)?.is_some() {
        if let Some(d) = v.downcast::<Dict>() {
            raise!(vm, ValueError, "too many values to unpack (expected {n}, got {})", d.len())
        }
        raise!(vm, ValueError, "too many values to unpack (expected {n})")
    }
    Ok(Flow::Next)
}

fn unpack_iter(vm: &Vm, v: Value) -> PyResult<Value> {
    vm.iter(v).map_err(|raised| {
        let exc = vm.take_exception(raised);
        let slots = v.class().slots();
        if exc.value().class() == Exc::TypeError.class() && slots.tp_iter.is_none() && slots.sq_item.is_none()
        {
            return vm.type_error(format!("cannot unpack non-iterable {} object", v.class().name()));
        }
        vm.restore(exc)
    })
}

/// As `unpack_sequence`, with a starred target.
#[inline(never)]
pub fn unpack_ex(m: &mut Interp, i: Instr) -> PyResult<Flow> {
    let vm = m.vm;
    let v = m.reg(i.b);
    let (before, after) = ((i.c & 0xff) as usize, (i.c >> 8) as usize);
    let list = List::new(vm);
    let iter = unpack_iter(vm, v)?;
    while let Some(item) = vm.next(iter)? {
        list.push(vm, item);
    }
    let n = list.len();
    if n < before + after {
        let at_least = if after > 0 || before > 0 { "at least " } else { "" };
        raise!(vm, ValueError, "not enough values to unpack (expected {at_least}{}, got {n})", before + after)
    }
    let total = before + after + 1;
    let rest = List::from_slice(vm, &list.items()[before..n - after]);
    for k in 0..before {
        m.set(i.a + (total - 1 - k) as u16, list.get(k));
    }
    m.set(i.a + after as u16, rest.value());
    for k in 0..after {
        m.set(i.a + (after - 1 - k) as u16, list.get(n - after + k));
    }
    Ok(Flow::Next)
}
