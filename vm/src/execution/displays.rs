//! Displays, comprehensions, slices and formatted strings.

use super::instr::Instr;
use super::interp::Interp;
use super::operands::slice;
use crate::builtins::dict::Dict;
use crate::builtins::exceptions::Exc;
use crate::builtins::list::List;
use crate::builtins::singletons::none;
use crate::error::PyResult;
use crate::object::{Ref, Value, ValueExt};
use crate::raise;
use crate::semantics::machine::{Flow, Machine};
use crate::vm::Vm;

#[inline(never)]
pub fn build_set(m: &mut Interp, i: Instr) -> PyResult<Flow> {
    let vm = m.vm;
    let s = vm.new_set(slice(m, i.b, i.c as usize))?;
    m.set(i.a, s);
    Ok(Flow::Next)
}

#[inline(never)]
pub fn build_map(m: &mut Interp, i: Instr) -> PyResult<Flow> {
    let vm = m.vm;
    let d = Dict::new(vm);
    for pair in slice(m, i.b, 2 * i.c as usize).chunks(2) {
        d.set_item(vm, pair[0], pair[1])?;
    }
    m.set(i.a, d.value());
    Ok(Flow::Next)
}

#[inline(never)]
pub fn build_string(m: &mut Interp, i: Instr) -> PyResult<Flow> {
    let vm = m.vm;
    let s = vm.concat_strings(slice(m, i.b, i.c as usize))?;
    m.set(i.a, s);
    Ok(Flow::Next)
}

#[inline(never)]
pub fn build_slice(m: &mut Interp, i: Instr) -> PyResult<Flow> {
    let vm = m.vm;
    let parts = slice(m, i.b, i.c as usize);
    let s = vm.new_slice(parts[0], parts[1], parts.get(2).copied().unwrap_or(none()));
    m.set(i.a, s);
    Ok(Flow::Next)
}

#[inline(never)]
pub fn list_extend(m: &mut Interp, i: Instr) -> PyResult<Flow> {
    let vm = m.vm;
    let (l, v) = (m.reg(i.a), m.reg(i.b));
    // SAFETY: displays extend exact lists.
    extend_list(vm, unsafe { l.cast() }, v)?;
    Ok(Flow::Next)
}

#[inline(never)]
pub fn set_update(m: &mut Interp, i: Instr) -> PyResult<Flow> {
    let vm = m.vm;
    let (s, v) = (m.reg(i.a), m.reg(i.b));
    // SAFETY: set displays update exact sets.
    crate::builtins::set_ops::update(vm, unsafe { s.cast() }, v)?;
    Ok(Flow::Next)
}

#[inline(never)]
pub fn dict_update(m: &mut Interp, i: Instr) -> PyResult<Flow> {
    let vm = m.vm;
    let (d, v) = (m.reg(i.a), m.reg(i.b));
    // SAFETY: dict displays update exact dicts.
    if let Err(raised) = vm.dict_update(unsafe { d.cast() }, v) {
        let exc = vm.take_exception(raised);
        if exc.value().class() == Exc::AttributeError.class() {
            raise!(vm, TypeError, "'{}' object is not a mapping", v.class().name())
        }
        return Err(vm.restore(exc));
    }
    Ok(Flow::Next)
}

#[inline(never)]
pub fn format_with_spec(m: &mut Interp, i: Instr) -> PyResult<Flow> {
    let vm = m.vm;
    let (v, spec) = (m.reg(i.b), m.reg(i.c));
    let r = vm.format(v, Some(spec))?;
    m.set(i.a, r);
    Ok(Flow::Next)
}

#[inline(never)]
pub fn convert_value(m: &mut Interp, i: Instr) -> PyResult<Flow> {
    let vm = m.vm;
    let v = m.reg(i.b);
    let r = match i.c {
        1 => vm.str(v)?.value(),
        2 => vm.repr(v)?,
        _ => vm.ascii(v)?,
    };
    m.set(i.a, r);
    Ok(Flow::Next)
}

fn extend_list(vm: &Vm, list: Ref<List>, v: Value) -> PyResult<()> {
    if let Err(raised) = vm.list_extend(list, v) {
        let exc = vm.take_exception(raised);
        if exc.value().class() == Exc::TypeError.class()
            && v.class().slots().tp_iter.is_none()
            && v.class().slots().sq_item.is_none()
        {
            raise!(vm, TypeError, "Value after * must be an iterable, not {}", v.class().name())
        }
        return Err(vm.restore(exc));
    }
    Ok(())
}
