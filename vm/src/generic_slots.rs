//! What stands in a slot when the special method is written in Python: look the method up on the
//! type and call it. Modelled on CPython's slot_* functions.

use crate::args::Args;
use crate::builtins::buffer::Buffer;
use crate::builtins::descr::MethodDescriptor;
use crate::builtins::exceptions::Exc;
use crate::builtins::function::Function;
use crate::builtins::singletons::{is_not_implemented, none, not_implemented};
use crate::builtins::str_::Str;
use crate::builtins::type_::{Type, TypeExt};
use crate::def::METHOD_DESCRIPTOR;
use crate::error::PyResult;
use crate::names::names;
use crate::object::{Ref, Value, ValueExt};
use crate::raise;
use crate::slots::*;
use crate::vm::Vm;

/// Calls a special method that the slot table says exists; AttributeError if it is gone.
fn special(vm: &Vm, this: Value, name: Ref<Str>, args: &[Value]) -> PyResult<Value> {
    match vm.call_special(this, name, args)? {
        Some(v) => Ok(v),
        None => Err(vm.no_attribute(this, name)),
    }
}

fn maybe(vm: &Vm, this: Value, name: Ref<Str>, args: &[Value]) -> PyResult<Value> {
    Ok(vm.call_special(this, name, args)?.unwrap_or(not_implemented()))
}

/// Whether `b`'s type provides another `name` than `a`'s.
fn overloaded(vm: &Vm, a: Value, b: Value, name: Ref<Str>) -> bool {
    match (b.class().lookup(vm, name), a.class().lookup(vm, name)) {
        (Some(x), Some(y)) => x != y,
        (x, _) => x.is_some(),
    }
}

fn binary(vm: &Vm, a: Value, b: Value, slot: SlotId, op: Ref<Str>, rop: Ref<Str>) -> PyResult<Value> {
    let (ta, tb) = (a.class(), b.class());
    let mut try_other = ta != tb && tb.is_generic(slot);
    if ta.is_generic(slot) {
        if try_other && tb.is_subclass_of(ta) && overloaded(vm, a, b, rop) {
            let r = maybe(vm, b, rop, &[a])?;
            if !is_not_implemented(r) {
                return Ok(r);
            }
            try_other = false;
        }
        let r = maybe(vm, a, op, &[b])?;
        if !is_not_implemented(r) || ta == tb {
            return Ok(r);
        }
    }
    if try_other {
        return maybe(vm, b, rop, &[a]);
    }
    Ok(not_implemented())
}

macro_rules! binaries {
    ($($slot:ident $op:ident $rop:ident;)*) => {$(
        pub fn $slot(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
            binary(vm, a, b, SlotId::$slot, names().$op, names().$rop)
        }
    )*};
}

binaries! {
    nb_add __add__ __radd__;
    nb_subtract __sub__ __rsub__;
    nb_multiply __mul__ __rmul__;
    nb_remainder __mod__ __rmod__;
    nb_divmod __divmod__ __rdivmod__;
    nb_lshift __lshift__ __rlshift__;
    nb_rshift __rshift__ __rrshift__;
    nb_and __and__ __rand__;
    nb_xor __xor__ __rxor__;
    nb_or __or__ __ror__;
    nb_floor_divide __floordiv__ __rfloordiv__;
    nb_true_divide __truediv__ __rtruediv__;
    nb_matrix_multiply __matmul__ __rmatmul__;
}

macro_rules! plain_binaries {
    ($($slot:ident $op:ident;)*) => {$(
        pub fn $slot(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
            maybe(vm, a, names().$op, &[b])
        }
    )*};
}

plain_binaries! {
    nb_inplace_add __iadd__;
    nb_inplace_subtract __isub__;
    nb_inplace_multiply __imul__;
    nb_inplace_remainder __imod__;
    nb_inplace_lshift __ilshift__;
    nb_inplace_rshift __irshift__;
    nb_inplace_and __iand__;
    nb_inplace_xor __ixor__;
    nb_inplace_or __ior__;
    nb_inplace_floor_divide __ifloordiv__;
    nb_inplace_true_divide __itruediv__;
    nb_inplace_matrix_multiply __imatmul__;
}

macro_rules! unaries {
    ($($slot:ident $op:ident;)*) => {$(
        pub fn $slot(vm: &Vm, a: Value) -> PyResult<Value> {
            special(vm, a, names().$op, &[])
        }
    )*};
}

unaries! {
    am_await __await__;
    am_aiter __aiter__;
    am_anext __anext__;
    nb_negative __neg__;
    nb_positive __pos__;
    nb_absolute __abs__;
    nb_invert __invert__;
    nb_int __int__;
    nb_float __float__;
    nb_index __index__;
}

pub fn nb_power(vm: &Vm, a: Value, b: Value, modulus: Value) -> PyResult<Value> {
    if modulus.is_none() {
        return binary(vm, a, b, SlotId::nb_power, names().__pow__, names().__rpow__);
    }
    if a.class().is_generic(SlotId::nb_power) {
        let r = maybe(vm, a, names().__pow__, &[b, modulus])?;
        if !is_not_implemented(r) {
            return Ok(r);
        }
    }
    if a.class() != b.class() && b.class().is_generic(SlotId::nb_power) {
        return maybe(vm, b, names().__rpow__, &[a, modulus]);
    }
    Ok(not_implemented())
}

pub fn nb_inplace_power(vm: &Vm, a: Value, b: Value, _: Value) -> PyResult<Value> {
    maybe(vm, a, names().__ipow__, &[b])
}

pub fn tp_repr(vm: &Vm, this: Value) -> PyResult<Value> {
    match vm.call_special(this, names().__repr__, &[])? {
        Some(v) => Ok(v),
        None => Ok(vm.new_str(&format!("<{} object at {:#x}>", this.class().name(), vm.id(this)))),
    }
}

pub fn tp_str(vm: &Vm, this: Value) -> PyResult<Value> {
    special(vm, this, names().__str__, &[])
}

pub fn tp_hash(vm: &Vm, this: Value) -> PyResult<i64> {
    match this.class().lookup(vm, names().__hash__) {
        Some(f) if !f.is_none() => {
            let h = vm.call_unbound(f, this, &[])?;
            vm.hash_from_result(h)
        }
        _ => Err(vm.unhashable(this)),
    }
}

pub fn tp_call(vm: &Vm, this: Value, args: Args) -> PyResult<Value> {
    match vm.lookup_special(this, names().__call__)? {
        Some(f) => vm.call_args_method(f, this, args),
        None => Err(vm.no_attribute(this, names().__call__)),
    }
}

/// `__getattribute__`, and `__getattr__` when that finds nothing.
pub fn tp_getattro(vm: &Vm, this: Value, name: Ref<Str>) -> PyResult<Option<Value>> {
    let class = this.class();
    let found = match class.lookup(vm, names().__getattribute__) {
        Some(f) if !vm.is_object_getattribute(f) => match vm.call_unbound(f, this, &[name.value()]) {
            Ok(v) => return Ok(Some(v)),
            Err(raised) => {
                let Some(fallback) = class.lookup(vm, names().__getattr__) else { return Err(raised) };
                vm.swallow(raised, Exc::AttributeError)?;
                return vm.call_unbound(fallback, this, &[name.value()]).map(Some);
            }
        },
        _ => vm.generic_getattr(this, name),
    };
    let fallback = class.lookup(vm, names().__getattr__);
    match (found, fallback) {
        (Ok(Some(v)), _) => Ok(Some(v)),
        (Ok(None), None) => Ok(None),
        (Ok(None), Some(f)) => vm.call_unbound(f, this, &[name.value()]).map(Some),
        (Err(raised), Some(f)) => {
            vm.swallow(raised, Exc::AttributeError)?;
            vm.call_unbound(f, this, &[name.value()]).map(Some)
        }
        (Err(raised), None) => Err(raised),
    }
}

pub fn tp_setattro(vm: &Vm, this: Value, name: Ref<Str>, value: Option<Value>) -> PyResult<()> {
    match value {
        Some(v) => special(vm, this, names().__setattr__, &[name.value(), v])?,
        None => special(vm, this, names().__delattr__, &[name.value()])?,
    };
    Ok(())
}

pub fn tp_richcompare(vm: &Vm, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
    let n = names();
    let name = [n.__lt__, n.__le__, n.__eq__, n.__ne__, n.__gt__, n.__ge__][op as usize];
    // What cannot even be bound compares with nothing.
    let Some(f) = a.class().lookup(vm, name) else { return Ok(not_implemented()) };
    if f.is::<Function>() || f.is::<MethodDescriptor>() || f.class().has_flag(METHOD_DESCRIPTOR) {
        return vm.call_unbound(f, a, &[b]);
    }
    let bound = match f.class().slots().tp_descr_get {
        None => f,
        Some(get) => match get(vm, f, Some(a), a.class().value()) {
            Ok(bound) => bound,
            Err(raised) => {
                let _ = vm.take_exception(raised);
                return Ok(not_implemented());
            }
        },
    };
    vm.call(bound, &[b])
}

pub fn tp_iter(vm: &Vm, this: Value) -> PyResult<Value> {
    match this.class().lookup(vm, names().__iter__) {
        Some(f) if f.is_none() => raise!(vm, TypeError, "'{}' object is not iterable", this.class().name()),
        Some(f) => vm.call_unbound(f, this, &[]),
        None => vm.sequence_iterator(this),
    }
}

pub fn tp_iternext(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
    match special(vm, this, names().__next__, &[]) {
        Ok(v) => Ok(Some(v)),
        Err(raised) => {
            vm.swallow(raised, Exc::StopIteration)?;
            Ok(None)
        }
    }
}

pub fn tp_descr_get(vm: &Vm, this: Value, obj: Option<Value>, owner: Value) -> PyResult<Value> {
    match this.class().lookup(vm, names().__get__) {
        Some(f) => vm.call_unbound(f, this, &[obj.unwrap_or(none()), owner]),
        None => Ok(this),
    }
}

pub fn tp_descr_set(vm: &Vm, this: Value, obj: Value, value: Option<Value>) -> PyResult<()> {
    match value {
        Some(v) => special(vm, this, names().__set__, &[obj, v])?,
        None => special(vm, this, names().__delete__, &[obj])?,
    };
    Ok(())
}

pub fn tp_init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
    let Some(f) = vm.lookup_special(this, names().__init__)? else {
        return Err(vm.no_attribute(this, names().__init__));
    };
    let r = vm.call_args_method(f, this, args)?;
    if !r.is_none() {
        raise!(vm, TypeError, "__init__() should return None, not '{}'", r.class().name())
    }
    Ok(())
}

pub fn tp_new(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
    let f = vm.get_attr(class.value(), names().__new__)?;
    vm.call_prepended(f, class.value(), args)
}

pub fn tp_finalize(vm: &Vm, this: Value) {
    let saved = vm.fetch_exception();
    if let Some(f) = this.class().lookup(vm, names().__del__)
        && let Err(raised) = vm.call_unbound(f, this, &[])
    {
        let shown = vm.repr_string(f).unwrap_or_default();
        let message = format!("Exception ignored while calling deallocator {shown}");
        vm.unraisable(raised, &message, crate::builtins::singletons::none());
    }
    if let Some(e) = saved {
        vm.set_exception(e);
    }
}

fn len_result(vm: &Vm, r: Value) -> PyResult<usize> {
    let n = vm.index_value(r)?;
    match vm.int_to_i64(n) {
        _ if vm.int_is_negative(n) => raise!(vm, ValueError, "__len__() should return >= 0"),
        Some(n) => Ok(n as usize),
        None => raise!(vm, OverflowError, "cannot fit 'int' into an index-sized integer"),
    }
}

pub fn mp_length(vm: &Vm, this: Value) -> PyResult<usize> {
    let r = special(vm, this, names().__len__, &[])?;
    len_result(vm, r)
}

pub fn sq_length(vm: &Vm, this: Value) -> PyResult<usize> {
    mp_length(vm, this)
}

pub fn mp_subscript(vm: &Vm, this: Value, key: Value) -> PyResult<Value> {
    special(vm, this, names().__getitem__, &[key])
}

pub fn mp_ass_subscript(vm: &Vm, this: Value, key: Value, value: Option<Value>) -> PyResult<()> {
    match value {
        Some(v) => special(vm, this, names().__setitem__, &[key, v])?,
        None => special(vm, this, names().__delitem__, &[key])?,
    };
    Ok(())
}

pub fn sq_item(vm: &Vm, this: Value, i: isize) -> PyResult<Value> {
    mp_subscript(vm, this, vm.int(i as i64))
}

pub fn sq_ass_item(vm: &Vm, this: Value, i: isize, value: Option<Value>) -> PyResult<()> {
    mp_ass_subscript(vm, this, vm.int(i as i64), value)
}

pub fn sq_contains(vm: &Vm, this: Value, item: Value) -> PyResult<bool> {
    match this.class().lookup(vm, names().__contains__) {
        Some(f) if f.is_none() => {
            raise!(vm, TypeError, "'{}' object is not a container", this.class().name())
        }
        Some(f) => {
            let r = vm.call_unbound(f, this, &[item])?;
            vm.truth(r)
        }
        None => vm.iter_contains(this, item),
    }
}

pub fn nb_bool(vm: &Vm, this: Value) -> PyResult<bool> {
    if let Some(r) = vm.call_special(this, names().__bool__, &[])? {
        return match crate::builtins::singletons::as_bool(r) {
            Some(b) => Ok(b),
            None => raise!(vm, TypeError, "__bool__ should return bool, returned {}", r.class().name()),
        };
    }
    match vm.call_special(this, names().__len__, &[])? {
        Some(r) => Ok(len_result(vm, r)? != 0),
        None => Ok(true),
    }
}

pub fn bf_getbuffer(vm: &Vm, this: Value, flags: i32) -> PyResult<Buffer> {
    let view = special(vm, this, names().__buffer__, &[vm.int(flags as i64)])?;
    crate::builtins::buffer::from_python(vm, this, view, flags)
}

pub fn bf_releasebuffer(vm: &Vm, this: Value, buffer: &mut Buffer) {
    crate::builtins::buffer::release_to_python(vm, this, buffer)
}
