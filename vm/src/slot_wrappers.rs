//! How slot functions are called from Python: `int.__add__(1, 2)`.
//!
//! Each function here takes the slot's function as a word; the slot table guarantees its type.

use crate::args::{Args, IntoValue};
use crate::builtins::singletons::bool_value;
use crate::builtins::str_::Str;
use crate::error::PyResult;
use crate::object::{Ref, Value, ValueExt};
use crate::raise;
use crate::slots::*;
use crate::vm::Vm;
use std::mem::transmute;

// SAFETY of every transmute below: the word was read from the slot that the table row names, whose
// field has exactly this function type (layout-of-slots).

pub fn count<const N: usize>(vm: &Vm, args: Args) -> PyResult<[Value; N]> {
    if args.has_keywords() {
        raise!(vm, TypeError, "wrapper does not take keyword arguments")
    }
    match <[Value; N]>::try_from(args.pos()) {
        Ok(a) => Ok(a),
        Err(_) => {
            let s = if N == 1 { "" } else { "s" };
            raise!(vm, TypeError, "expected {N} argument{s}, got {}", args.pos().len())
        }
    }
}

pub fn name_arg(vm: &Vm, v: Value) -> PyResult<Ref<Str>> {
    match v.downcast::<Str>() {
        Some(s) => Ok(s),
        None => raise!(vm, TypeError, "attribute name must be string, not '{}'", v.class().name()),
    }
}

pub fn none_wrap(vm: &Vm) -> PyResult<Value> {
    Err(vm.system_error("slot without a wrapper"))
}

pub fn none(vm: &Vm, _: usize, _: Value, _: Args) -> PyResult<Value> {
    none_wrap(vm)
}

pub fn unary(vm: &Vm, f: usize, this: Value, args: Args) -> PyResult<Value> {
    let [] = count(vm, args)?;
    let f: Unary = unsafe { transmute(f) };
    f(vm, this)
}

pub fn binary_l(vm: &Vm, f: usize, this: Value, args: Args) -> PyResult<Value> {
    let [other] = count(vm, args)?;
    let f: Binary = unsafe { transmute(f) };
    f(vm, this, other)
}

pub fn binary_r(vm: &Vm, f: usize, this: Value, args: Args) -> PyResult<Value> {
    let [other] = count(vm, args)?;
    let f: Binary = unsafe { transmute(f) };
    f(vm, other, this)
}

pub fn one_or_two(vm: &Vm, args: Args) -> PyResult<(Value, Value)> {
    match args.pos() {
        [a] => Ok((*a, self::none_value())),
        [a, b] => Ok((*a, *b)),
        _ => raise!(vm, TypeError, "expected 1 or 2 arguments, got {}", args.pos().len()),
    }
}

fn none_value() -> Value {
    crate::builtins::singletons::none()
}

pub fn ternary(vm: &Vm, f: usize, this: Value, args: Args) -> PyResult<Value> {
    let (a, b) = one_or_two(vm, args)?;
    let f: Ternary = unsafe { transmute(f) };
    f(vm, this, a, b)
}

pub fn ternary_r(vm: &Vm, f: usize, this: Value, args: Args) -> PyResult<Value> {
    let (a, b) = one_or_two(vm, args)?;
    let f: Ternary = unsafe { transmute(f) };
    f(vm, a, this, b)
}

pub fn inquiry(vm: &Vm, f: usize, this: Value, args: Args) -> PyResult<Value> {
    let [] = count(vm, args)?;
    let f: Inquiry = unsafe { transmute(f) };
    Ok(bool_value(f(vm, this)?))
}

pub fn length(vm: &Vm, f: usize, this: Value, args: Args) -> PyResult<Value> {
    let [] = count(vm, args)?;
    let f: Length = unsafe { transmute(f) };
    Ok(f(vm, this)?.into_value(vm))
}

pub fn hash(vm: &Vm, f: usize, this: Value, args: Args) -> PyResult<Value> {
    let [] = count(vm, args)?;
    let f: Hash = unsafe { transmute(f) };
    Ok(f(vm, this)?.into_value(vm))
}

pub fn call(vm: &Vm, f: usize, this: Value, args: Args) -> PyResult<Value> {
    let f: Call = unsafe { transmute(f) };
    f(vm, this, args)
}

pub fn init(vm: &Vm, f: usize, this: Value, args: Args) -> PyResult<Value> {
    let f: Init = unsafe { transmute(f) };
    f(vm, this, args)?;
    Ok(none_value())
}

pub fn getattro(vm: &Vm, f: usize, this: Value, args: Args) -> PyResult<Value> {
    let [name] = count(vm, args)?;
    let name = name_arg(vm, name)?;
    let f: GetAttr = unsafe { transmute(f) };
    match f(vm, this, name)? {
        Some(v) => Ok(v),
        None => Err(vm.no_attribute(this, name)),
    }
}

pub fn setattro(vm: &Vm, f: usize, this: Value, args: Args) -> PyResult<Value> {
    let [name, value] = count(vm, args)?;
    let name = name_arg(vm, name)?;
    hackcheck(vm, this, "__setattr__")?;
    let f: SetAttr = unsafe { transmute(f) };
    f(vm, this, name, Some(value))?;
    Ok(none_value())
}

pub fn delattro(vm: &Vm, f: usize, this: Value, args: Args) -> PyResult<Value> {
    let [name] = count(vm, args)?;
    let name = name_arg(vm, name)?;
    hackcheck(vm, this, "__delattr__")?;
    let f: SetAttr = unsafe { transmute(f) };
    f(vm, this, name, None)?;
    Ok(none_value())
}

/// `object.__setattr__(SomeType, ...)` must not bypass the type's own check (CPython's hackcheck).
fn hackcheck(vm: &Vm, this: Value, what: &str) -> PyResult<()> {
    use crate::builtins::type_::Type;
    use crate::object::Object;
    if let Some(t) = this.downcast::<Type>()
        && t.is_immutable()
    {
        raise!(vm, TypeError, "can't apply this {what} to {} object", Type::class().name())
    }
    Ok(())
}

macro_rules! compare {
    ($($name:ident $op:ident)*) => {$(
        pub fn $name(vm: &Vm, f: usize, this: Value, args: Args) -> PyResult<Value> {
            let [other] = count(vm, args)?;
            let f: RichCompare = unsafe { transmute(f) };
            f(vm, this, other, CompareOp::$op)
        }
    )*};
}

compare! { lt Lt le Le eq Eq ne Ne gt Gt ge Ge }

pub fn next(vm: &Vm, f: usize, this: Value, args: Args) -> PyResult<Value> {
    let [] = count(vm, args)?;
    let f: IterNext = unsafe { transmute(f) };
    match f(vm, this)? {
        Some(v) => Ok(v),
        None => Err(vm.stop_iteration(None)),
    }
}

pub fn descr_get(vm: &Vm, f: usize, this: Value, args: Args) -> PyResult<Value> {
    let (obj, owner) = one_or_two(vm, args)?;
    let instance = if obj.is_none() { None } else { Some(obj) };
    if instance.is_none() && owner.is_none() {
        raise!(vm, TypeError, "__get__(None, None) is invalid")
    }
    let owner = if owner.is_none() { obj.class().value() } else { owner };
    let f: DescrGet = unsafe { transmute(f) };
    f(vm, this, instance, owner)
}

pub fn descr_set(vm: &Vm, f: usize, this: Value, args: Args) -> PyResult<Value> {
    let [obj, value] = count(vm, args)?;
    let f: DescrSet = unsafe { transmute(f) };
    f(vm, this, obj, Some(value))?;
    Ok(none_value())
}

pub fn descr_delete(vm: &Vm, f: usize, this: Value, args: Args) -> PyResult<Value> {
    let [obj] = count(vm, args)?;
    let f: DescrSet = unsafe { transmute(f) };
    f(vm, this, obj, None)?;
    Ok(none_value())
}

pub fn finalize(vm: &Vm, f: usize, this: Value, args: Args) -> PyResult<Value> {
    let [] = count(vm, args)?;
    let f: Finalize = unsafe { transmute(f) };
    f(vm, this);
    Ok(none_value())
}

pub fn ass_subscript(vm: &Vm, f: usize, this: Value, args: Args) -> PyResult<Value> {
    let [key, value] = count(vm, args)?;
    let f: ObjObjArg = unsafe { transmute(f) };
    f(vm, this, key, Some(value))?;
    Ok(none_value())
}

pub fn del_subscript(vm: &Vm, f: usize, this: Value, args: Args) -> PyResult<Value> {
    let [key] = count(vm, args)?;
    let f: ObjObjArg = unsafe { transmute(f) };
    f(vm, this, key, None)?;
    Ok(none_value())
}

pub fn size_arg(vm: &Vm, f: usize, this: Value, args: Args) -> PyResult<Value> {
    let [n] = count(vm, args)?;
    let n = vm.index_isize(n)?;
    let f: SizeArg = unsafe { transmute(f) };
    f(vm, this, n)
}

fn sequence_index(vm: &Vm, this: Value, index: Value) -> PyResult<isize> {
    let i = vm.index_isize(index)?;
    if i < 0
        && let Some(len) = this.class().slots().sq_length
    {
        return Ok(i + len(vm, this)? as isize);
    }
    Ok(i)
}

pub fn sq_item(vm: &Vm, f: usize, this: Value, args: Args) -> PyResult<Value> {
    let [i] = count(vm, args)?;
    let i = sequence_index(vm, this, i)?;
    let f: SizeArg = unsafe { transmute(f) };
    f(vm, this, i)
}

pub fn sq_setitem(vm: &Vm, f: usize, this: Value, args: Args) -> PyResult<Value> {
    let [i, value] = count(vm, args)?;
    let i = sequence_index(vm, this, i)?;
    let f: SizeObjArg = unsafe { transmute(f) };
    f(vm, this, i, Some(value))?;
    Ok(none_value())
}

pub fn sq_delitem(vm: &Vm, f: usize, this: Value, args: Args) -> PyResult<Value> {
    let [i] = count(vm, args)?;
    let i = sequence_index(vm, this, i)?;
    let f: SizeObjArg = unsafe { transmute(f) };
    f(vm, this, i, None)?;
    Ok(none_value())
}

pub fn contains(vm: &Vm, f: usize, this: Value, args: Args) -> PyResult<Value> {
    let [item] = count(vm, args)?;
    let f: Contains = unsafe { transmute(f) };
    Ok(bool_value(f(vm, this, item)?))
}

pub fn getbuffer(vm: &Vm, f: usize, this: Value, args: Args) -> PyResult<Value> {
    let [flags] = count(vm, args)?;
    let flags = crate::builtins::buffer::flags_argument(vm, flags)?;
    let f: crate::builtins::buffer::GetBuffer = unsafe { transmute(f) };
    let buffer = f(vm, this, flags)?;
    crate::builtins::buffer::memoryview_of(vm, buffer)
}

pub fn releasebuffer(vm: &Vm, _: usize, this: Value, args: Args) -> PyResult<Value> {
    let [view] = count(vm, args)?;
    crate::builtins::buffer::release_view(vm, this, view)?;
    Ok(none_value())
}
