//! What instructions outside `semantics/` share: access to the operands, names and namespaces of the
//! running frame.

use super::frame::Control;
use super::interp::Interp;
use crate::builtins::exceptions::{self, Exc};
use crate::builtins::function::{Cell, Function};
use crate::builtins::str_::Str;
use crate::error::PyResult;
use crate::object::{Ref, Value, ValueExt};
use crate::semantics::machine::Machine;
use crate::vm::Vm;

pub fn frame(m: &Interp) -> &'static mut Control {
    // SAFETY: running-frame.
    unsafe { &mut *m.frame }
}

pub fn name(m: &Interp, k: usize) -> Ref<Str> {
    // SAFETY: names of a code object are interned strings.
    unsafe { Value::from_bits_unchecked(frame(m).body().names[k]).cast() }
}

pub fn local_name(m: &Interp, r: u16) -> String {
    let names = frame(m).code().localsplusnames.get();
    names
        .items()
        .get(r as usize)
        .and_then(|n| n.downcast::<Str>())
        .map_or_else(String::new, |s| s.to_string())
}

pub fn unbound(m: &Interp, r: u16) -> crate::error::Raised {
    let code = frame(m).code();
    let n = local_name(m, r);
    if code.plain.localspluskinds.get(r as usize).is_some_and(|k| k & 0x80 != 0) {
        m.vm.error(
            Exc::NameError,
            format!(
                "cannot access free variable '{n}' where it is not associated with a value in enclosing scope"
            ),
        )
    } else {
        m.vm.error(
            Exc::UnboundLocalError,
            format!("cannot access local variable '{n}' where it is not associated with a value"),
        )
    }
}

/// Registers first..first+n as a slice; all are bound.
pub fn slice(m: &Interp, first: u16, n: usize) -> &'static [Value] {
    // SAFETY: live-registers; they stay in place while the instruction executes.
    unsafe { std::slice::from_raw_parts(m.regs.add(first as usize).cast::<Value>(), n) }
}

pub fn opt(m: &Interp, r: u16) -> Option<Value> {
    // SAFETY: live-registers.
    unsafe { Value::from_bits(*m.regs.add(r as usize)) }
}

pub fn namespace(m: &Interp) -> PyResult<Value> {
    match frame(m).locals() {
        Some(v) => Ok(v),
        None => Err(m.vm.system_error("no locals in this frame")),
    }
}

/// A name in the globals, then the builtins.
pub fn global(vm: &Vm, function: Ref<Function>, name: Ref<Str>) -> PyResult<Option<Value>> {
    if let Some(v) = vm.get_item_opt(function.globals.get().value(), name.value())? {
        return Ok(Some(v));
    }
    vm.get_item_opt(function.builtins.get().value(), name.value())
}

pub fn name_error(vm: &Vm, name: Ref<Str>) -> crate::error::Raised {
    exceptions::name_error(vm, format!("name '{name}' is not defined"), name)
}

pub fn cell(m: &mut Interp, r: u16) -> Ref<Cell> {
    // SAFETY: the register of a cell or free variable holds a cell.
    unsafe { m.reg(r).cast() }
}
