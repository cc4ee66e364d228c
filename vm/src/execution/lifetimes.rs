//! Objects of C die when the last register that refers to them lets them go.
//!
//! An object that C has just made is *fresh*: one reference of it is the heap's, and one register has the
//! only managed reference. A frame counts what its registers own so (`Control::owned`): the low bits are
//! locals, above them is the number of values on the stack. Whatever may copy such a reference takes the
//! mark away first, and then the collector finds the object dead as it finds others. What lets go of it
//! while it is marked releases the heap's reference, and C deallocates the object where CPython would.
//!
//! Which registers may own is found in `owners.rs`. Here is what instructions do that call C: they take
//! values off the stack and let them go afterwards (`using`), and note who owns the result (`claim`).
//! `Interp::enter` and `Vm::push_frame` see to it that no Python function receives a marked object.

use super::body::Body;
use super::frame::Control;
use super::instr::{Instr, Op};
use super::owners::{LOCALS, Owners, makes};
use crate::args::Args;
use crate::builtins::descr::{GetSetDescriptor, MemberDescriptor, MethodDescriptor, NativeFunction};
use crate::builtins::float::Float;
use crate::builtins::int::Int;
use crate::builtins::object::Object;
use crate::builtins::singletons::bool_value;
use crate::builtins::str_::Str;
use crate::builtins::type_::{Type, TypeExt};
use crate::def::MethodDef;
use crate::error::PyResult;
use crate::extension;
use crate::object::{Object as _, Ref, Value, ValueExt};
use crate::vm::Vm;
use adder_heap as heap;

/// One value on the stack, in `Control::owned`.
const ON_STACK: u32 = 1 << LOCALS;
const IN_LOCALS: u32 = ON_STACK - 1;
/// How many values of one instruction are let go.
const MOST: usize = 8;

/// Whether C may know the object.
#[inline(always)]
pub fn is_linked(v: Value) -> bool {
    v.is_ptr() && heap::is_linked(v)
}

/// The running frame.
#[inline(always)]
fn top(vm: &Vm) -> &'static mut Control {
    // SAFETY: running-frame.
    unsafe { &mut *vm.thread().frame.get() }
}

/// The instruction being executed, and its word.
fn current(frame: &Control) -> (usize, Instr) {
    let code = &frame.body().code;
    let at = frame.at();
    // The position may be behind the extension of an instruction of two words.
    if at > 0 && code[at].op == Op::Resume && code[at - 1].op.words() == 2 {
        return (at - 1, code[at - 1]);
    }
    (at, code[at])
}

fn owners(body: &Body) -> &Owners {
    body.owners.get_or_init(|| Owners::of(body))
}

/// Whether a local of the frame owns the object.
fn is_held(frame: &Control, v: Value) -> bool {
    let mut locals = frame.owned & IN_LOCALS;
    while locals != 0 {
        if frame.reg(locals.trailing_zeros() as usize) == Some(v) {
            return true;
        }
        locals &= locals - 1;
    }
    false
}

/// The values are copied: they are ordinary objects from now on.
#[inline(never)]
pub fn share(frame: &mut Control, values: &[Value]) {
    for v in values {
        if is_linked(*v) && extension::is_fresh(*v) {
            if frame.owned >= ON_STACK && !is_held(frame, *v) {
                frame.owned -= ON_STACK;
            }
            extension::shared(*v);
        }
    }
}

/// As `share`, for the values of a running frame that is looked at from outside.
pub fn share_frame(frame: &mut Control) {
    let mut locals = std::mem::take(&mut frame.owned) & IN_LOCALS;
    while locals != 0 {
        frame.reg(locals.trailing_zeros() as usize).inspect(|v| extension::shared(*v));
        locals &= locals - 1;
    }
}

/// Calls `f`, which gives the operands to C functions and to nothing else. Values that are on the stack, and
/// fresh, are let go afterwards.
#[inline(always)]
fn using<R>(vm: &Vm, operands: &[Value], f: impl FnOnce() -> R) -> R {
    let frame = top(vm);
    if frame.owned < ON_STACK { f() } else { lending(frame, operands, f) }
}

/// Has the room for what is lent in a frame of its own: where it is not used, what earlier calls left there
/// would keep garbage alive while C collects.
#[inline(never)]
fn lending<R>(frame: &mut Control, operands: &[Value], f: impl FnOnce() -> R) -> R {
    let mut lent = [0; MOST];
    let mut n = 0;
    for v in operands {
        if !is_linked(*v) || !extension::is_fresh(*v) || is_held(frame, *v) {
            continue;
        }
        if n == MOST || frame.owned < ON_STACK {
            extension::shared(*v);
            continue;
        }
        frame.owned -= ON_STACK;
        lent[n] = extension::lend(*v);
        n += 1;
    }
    let result = f();
    for p in &lent[..n] {
        extension::settle(*p);
    }
    result
}

/// Whether one more value on the stack can be counted. A value that an instruction took without a call still
/// counts: then they are counted anew.
fn has_room(frame: &mut Control, at: usize) -> bool {
    const LIMIT: u32 = u32::MAX - ON_STACK;
    if frame.owned < LIMIT {
        return true;
    }
    let body = frame.body();
    let Some(live) = body.live.get(at) else { return false };
    let positions = (0..32).filter(|i| live >> i & 1 != 0).map(|i| body.locals + i);
    let fresh = |v: &Value| is_linked(*v) && extension::is_fresh(*v) && !is_held(frame, *v);
    let n = positions.filter_map(|r| frame.reg(r)).filter(fresh).count() as u32;
    frame.owned = frame.owned & IN_LOCALS | n << LOCALS;
    frame.owned < LIMIT
}

/// The instruction's result comes from C: its register owns it if it is fresh. What the register owned so far
/// is released.
#[inline]
fn claim(vm: &Vm, v: Value) {
    let frame = top(vm);
    let new = extension::is_new(v);
    if new || frame.owned & IN_LOCALS != 0 {
        deliver(frame, v, new && extension::claim(v));
    }
}

/// The result of the frame's instruction is `v`; whether only that result refers to it.
#[inline(never)]
fn deliver(frame: &mut Control, v: Value, fresh: bool) {
    let (at, i) = current(frame);
    if !makes(i.op) {
        if fresh {
            extension::shared(v);
        }
        return;
    }
    let d = i.a as usize;
    // SAFETY: body-of-code.
    let body: &Body = unsafe { &*frame.body };
    let mut owned = false;
    if d < LOCALS && d < body.locals {
        let bit = 1 << d;
        if frame.owned & bit != 0 {
            let old = frame.reg(d);
            if old == Some(v) {
                // An operation in place.
                return extension::keep(v);
            }
            frame.owned &= !bit;
            frame.set_reg(d, None);
            old.inspect(|old| extension::release(*old));
        }
        owned = fresh && owners(body).locals & bit != 0;
        frame.owned |= if owned { bit } else { 0 };
    } else if fresh && has_room(frame, at) && owners(body).is_temporary(at) {
        owned = true;
        frame.owned += ON_STACK;
    } else if fresh && owners(body).is_unused(at) {
        return extension::release(v);
    }
    if fresh && !owned {
        extension::shared(v);
    }
}

/// Whether operations on the object call what C or this program's core defines, and no Python function.
fn is_native(v: Value) -> bool {
    let class = v.class();
    class.is_foreign() || !class.is_heap_type()
}

/// A residual operation of an instruction, one of whose operands C may know.
#[inline(never)]
fn operation<R>(vm: &Vm, operands: &[Value], f: impl FnOnce() -> PyResult<R>) -> PyResult<R> {
    use Op::*;
    let frame = top(vm);
    let (_, i) = current(frame);
    let (first, all) = (operands[0], operands.iter().all(|v| is_native(*v)));
    let only_used = match i.op {
        StoreSubscr | Subscr | BinarySlice => first.class().is_foreign() && all,
        ListAppend | SetAdd | MapAdd | In | NotIn | FormatSimple => false,
        _ => all,
    };
    if !only_used {
        if frame.owned != 0 {
            share(frame, operands);
        }
        return f();
    }
    using(vm, operands, f)
}

#[inline(never)]
pub fn residual1(vm: &Vm, f: fn(&Vm, Value) -> PyResult<Value>, a: Value) -> PyResult<Value> {
    let v = operation(vm, &[a], || f(vm, a))?;
    if is_native(a) {
        claim(vm, v);
    }
    Ok(v)
}

#[inline(never)]
pub fn residual2(
    vm: &Vm,
    f: fn(&Vm, Value, Value) -> PyResult<Value>,
    a: Value,
    b: Value,
) -> PyResult<Value> {
    let v = operation(vm, &[a, b], || f(vm, a, b))?;
    // A container of ours may give out what it keeps; so may a Python function.
    let (_, i) = current(top(vm));
    let c_made = if i.op == Op::Subscr { a.class().is_foreign() } else { is_native(a) && is_native(b) };
    if c_made {
        claim(vm, v);
    }
    Ok(v)
}

#[inline(never)]
pub fn residual3(
    vm: &Vm,
    f: fn(&Vm, Value, Value, Value) -> PyResult<Value>,
    a: Value,
    b: Value,
    c: Value,
) -> PyResult<Value> {
    let v = operation(vm, &[a, b, c], || f(vm, a, b, c))?;
    if a.class().is_foreign() && current(top(vm)).1.op == Op::BinarySlice {
        claim(vm, v);
    }
    Ok(v)
}

#[inline(never)]
pub fn truth(vm: &Vm, v: Value) -> PyResult<bool> {
    operation(vm, &[v], || vm.truth(v))
}

/// Calls a function that an extension defines, with arguments that are in registers.
#[inline(always)]
pub fn call_c(vm: &Vm, args: &[Value], f: impl FnOnce() -> PyResult<Value>) -> PyResult<Value> {
    let v = using(vm, args, f)?;
    claim(vm, v);
    Ok(v)
}

/// Something is called that may keep its arguments.
#[inline(always)]
pub fn before_native(vm: &Vm, args: &[Value]) {
    let frame = top(vm);
    if frame.owned != 0 {
        share(frame, args);
    }
}

/// Calls a function of the core.
#[inline(always)]
pub fn call_native(
    vm: &Vm,
    def: &MethodDef,
    args: &[Value],
    f: impl FnOnce() -> PyResult<Value>,
) -> PyResult<Value> {
    let frame = top(vm);
    if frame.owned != 0 {
        if def.params.owner.is_empty() && KEEP_NOTHING.contains(&def.name) {
            return looking(vm, args, f);
        }
        share(frame, args);
    }
    f()
}

/// Functions of `builtins` that only look at their arguments; what they call for it counts for itself.
const KEEP_NOTHING: &[&str] = &[
    "abs",
    "callable",
    "format",
    "hasattr",
    "hash",
    "id",
    "isinstance",
    "issubclass",
    "len",
    "print",
    "repr",
    "round",
];

/// Calls `f`, which looks at the operands. Values on the stack that are still fresh afterwards are let go.
#[inline(never)]
fn looking<R>(vm: &Vm, operands: &[Value], f: impl FnOnce() -> R) -> R {
    let result = f();
    let frame = top(vm);
    for v in operands {
        if frame.owned >= ON_STACK && is_linked(*v) && extension::is_fresh(*v) && !is_held(frame, *v) {
            frame.owned -= ON_STACK;
            extension::release(*v);
        }
    }
    result
}

/// A getter of the object's class gave the value.
#[inline(never)]
pub fn got(vm: &Vm, obj: Value, v: Value) {
    if obj.class().is_foreign() {
        looking(vm, &[obj], || claim(vm, v));
    }
}

/// An attribute of the object was loaded: the value. The object may have come from the stack.
#[inline(never)]
pub fn loaded(vm: &Vm, obj: Value, name: Ref<Str>, v: Value) {
    let class = obj.class();
    let c_made = || {
        let found = class.lookup(vm, name);
        class.is_foreign() && found.is_some_and(|d| d.is::<GetSetDescriptor>() || d.is::<MemberDescriptor>())
    };
    if extension::is_new(v) && !c_made() {
        extension::shared(v);
    }
    looking(vm, &[obj], || claim(vm, v));
}

/// A Python function is called, perhaps before any frame runs.
#[inline]
pub fn before_push(vm: &Vm, args: Args) {
    if vm.thread().top().is_some() {
        before_native(vm, args.all());
    }
}

/// Whether calling the object passes its arguments to C, and to nothing else that may keep them.
pub fn calls_c(callee: Value) -> bool {
    if let Some(class) = callee.exact::<Type>() {
        // `tp_new` and `tp_init` of our own types may.
        let object = Object::class();
        return class.mro_iter().all(|t| t.is_foreign() || t == object);
    }
    match (callee.exact::<NativeFunction>(), callee.exact::<MethodDescriptor>()) {
        (Some(f), _) => f.def().extension,
        (_, Some(d)) => d.def().extension,
        _ => callee.class().is_foreign(),
    }
}

/// Whether the class makes numbers, or text, of what it is called with.
fn is_number(class: Ref<Type>) -> bool {
    [Int::class(), Float::class(), Str::class(), bool_value(true).class()].contains(&class)
}

/// Calls what is no Python function.
#[inline(never)]
pub fn call_other(vm: &Vm, callee: Value, args: Args) -> PyResult<Value> {
    if !calls_c(callee) {
        if callee.exact::<Type>().is_some_and(is_number) {
            return looking(vm, args.all(), || vm.call_args(callee, args));
        }
        before_native(vm, args.all());
        return vm.call_args(callee, args);
    }
    let v = using(vm, args.all(), || vm.call_args(callee, args))?;
    claim(vm, v);
    Ok(v)
}

/// The frame returns `v`: what its locals own is released. Whether only the result refers to `v`.
#[inline(never)]
pub fn leave(frame: &mut Control, v: Value) -> bool {
    if frame.object != 0 {
        share_frame(frame);
        extension::shared(v);
        return false;
    }
    let mut locals = std::mem::take(&mut frame.owned) & IN_LOCALS;
    while locals != 0 {
        let r = locals.trailing_zeros() as usize;
        locals &= locals - 1;
        let old = frame.reg(r).filter(|old| *old != v);
        if let Some(old) = old {
            frame.set_reg(r, None);
            extension::release(old);
        }
    }
    is_linked(v) && extension::is_fresh(v)
}

/// The running frame receives the result of a function that it called.
#[inline(never)]
pub fn receive(vm: &Vm, v: Value, fresh: bool) {
    deliver(top(vm), v, fresh);
}

/// `del` of a local.
pub fn delete_local(frame: &mut Control, r: usize) {
    let old = frame.reg(r);
    frame.set_reg(r, None);
    if r < LOCALS && frame.owned & 1 << r != 0 {
        frame.owned &= !(1 << r);
        old.inspect(|old| extension::release(*old));
    }
}

/// A handler of the frame goes on: no value on the stack counts any more.
pub fn unwound(frame: &mut Control) {
    frame.owned &= IN_LOCALS;
}
