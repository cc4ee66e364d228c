//! Objects of C die when the last register that refers to them lets them go.
//!
//! An object that C has just made is *fresh*: one reference of it is the heap's, and one register has the
//! only managed reference. A frame counts what its registers own so (`Control::owned`): the low bits are
//! locals, above them are the parameters that are lent, and the number of values on the stack. Whatever may
//! copy such a reference takes the mark away first, and then the collector finds the object dead as it finds
//! others. What lets go of it while it is marked releases the heap's reference, and C deallocates the object
//! where CPython would.
//!
//! Which registers may own is found in `owners.rs`. Here is what instructions do that call C: they take
//! values off the stack and let them go afterwards (`using`), and note who owns the result (`claim`).
//!
//! A Python function gets marked objects only for parameters that its body does not copy (`pass`). What was on
//! the caller's stack is the parameter's own from then on. What a variable of the caller owns, which waits
//! until the function has returned, is lent to it: the parameter is one more register that refers to the
//! object, and lets go of nothing.

use super::body::Body;
use super::frame::Control;
use super::instr::{Instr, Op};
use super::owners::{Fate, LOCALS, Owners};
use crate::args::Args;
use crate::builtins::descr::{GetSetDescriptor, MemberDescriptor, MethodDescriptor, NativeFunction};
use crate::builtins::float::Float;
use crate::builtins::int::Int;
use crate::builtins::iterators::SequenceIterator;
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

/// In `Control::owned`: locals that own, parameters that are lent, and above them values on the stack.
const IN_LOCALS: u64 = (1 << LOCALS) - 1;
const LENT: usize = LOCALS;
/// One value on the stack.
const ON_STACK: u64 = 1 << (LENT + LOCALS);

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

/// The instruction being executed.
#[inline(always)]
fn current(frame: &Control) -> Instr {
    // SAFETY: the position is behind an instruction of the body, perhaps behind the extension of one of two
    // words, which looks like a RESUME.
    unsafe {
        let i = *frame.pc.sub(1);
        if i.op == Op::Resume { before_extension(frame) } else { i }
    }
}

#[inline(never)]
fn before_extension(frame: &Control) -> Instr {
    frame.body().code[word(frame)]
}

/// The word of the instruction being executed.
fn word(frame: &Control) -> usize {
    let code = &frame.body().code;
    let at = frame.at();
    if at > 0 && code[at].op == Op::Resume && code[at - 1].op.words() == 2 { at - 1 } else { at }
}

fn owners(body: &Body) -> &Owners {
    body.owners.get_or_init(|| Owners::of(body))
}

/// The numbers of the locals in a mask.
fn each(mut locals: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let r = (locals != 0).then(|| locals.trailing_zeros() as usize);
        locals &= locals.wrapping_sub(1);
        r
    })
}

/// Whether a local of the frame owns the object, or one of a frame below, which has lent it.
fn is_held(frame: &Control, v: Value) -> bool {
    each((frame.owned | frame.owned >> LENT) & IN_LOCALS).any(|r| frame.reg(r) == Some(v))
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
    let owned = std::mem::take(&mut frame.owned);
    for r in each((owned | owned >> LENT) & IN_LOCALS) {
        frame.reg(r).inspect(|v| extension::shared(*v));
    }
}

/// The running frame calls a Python function with `args`, which are the first parameters of its frame `regs`: what
/// those own, and what they are lent, as `Control::owned` has it. Everything else is shared: also what is on the
/// stack if native code calls, which may use it afterwards.
#[inline(never)]
pub fn pass(frame: &mut Control, body: &Body, args: &[Value], from_loop: bool) -> u64 {
    let mut owned = 0;
    for (i, v) in args.iter().enumerate() {
        if !is_linked(*v) || !extension::is_fresh(*v) {
            continue;
        }
        let held = is_held(frame, *v);
        if i >= LOCALS || !owners(body).may_own(i) || !held && !(from_loop && frame.owned >= ON_STACK) {
            share(frame, &[*v]);
        } else if held {
            owned |= 1 << (LENT + i);
        } else {
            frame.owned -= ON_STACK;
            owned |= 1 << i;
        }
    }
    owned
}

/// Calls `f`, which gives the operands to C functions and to nothing else. Values that are on the stack, and
/// fresh, are let go afterwards.
#[inline(always)]
fn using<R>(vm: &Vm, operands: &[Value], f: impl FnOnce() -> R) -> R {
    let frame = top(vm);
    let lent = if frame.owned < ON_STACK { 0 } else { lend(frame, operands) };
    let result = f();
    if lent != 0 {
        extension::settle(lent);
    }
    result
}

/// Lends those of the values that only the stack has; how many that are.
#[inline(never)]
fn lend(frame: &mut Control, operands: &[Value]) -> usize {
    let mut lent = 0;
    for v in operands {
        if !is_linked(*v) || !extension::is_fresh(*v) || is_held(frame, *v) {
            continue;
        }
        if frame.owned < ON_STACK {
            extension::shared(*v);
            continue;
        }
        frame.owned -= ON_STACK;
        extension::lend(*v);
        lent += 1;
    }
    lent
}

/// Whether one more value on the stack can be counted. A value that an instruction took without a call still
/// counts: then they are counted anew.
fn has_room(frame: &mut Control, at: usize) -> bool {
    const LIMIT: u64 = u64::MAX - ON_STACK;
    if frame.owned < LIMIT {
        return true;
    }
    let body = frame.body();
    let Some(live) = body.live.get(at) else { return false };
    let positions = (0..32).filter(|i| live >> i & 1 != 0).map(|i| body.locals + i);
    let fresh = |v: &Value| is_linked(*v) && extension::is_fresh(*v) && !is_held(frame, *v);
    let n = positions.filter_map(|r| frame.reg(r)).filter(fresh).count() as u64;
    frame.owned = frame.owned % ON_STACK + n * ON_STACK;
    frame.owned < LIMIT
}

/// The instruction's result comes from C: its register owns it if it is fresh. What the register owned so far
/// is released.
#[inline(always)]
fn claim(vm: &Vm, v: Value) {
    let frame = top(vm);
    if extension::any_new() || frame.owned & IN_LOCALS != 0 {
        deliver(frame, v, extension::claim(v));
    }
}

/// The result of the frame's instruction is `v`; whether only that result refers to it.
#[inline(never)]
fn deliver(frame: &mut Control, v: Value, fresh: bool) {
    // SAFETY: body-of-code.
    let body: &Body = unsafe { &*frame.body };
    let at = frame.at();
    match owners(body).fate(at) {
        Fate::Unused if fresh => extension::release(v),
        Fate::Temporary if fresh && has_room(frame, at) => frame.owned += ON_STACK,
        Fate::Local(d) => {
            if !let_go(frame, d as usize, v) {
                return;
            }
            if fresh {
                frame.owned |= 1 << d;
            }
        }
        Fate::Replaces(d) => {
            if let_go(frame, d as usize, v) && fresh {
                extension::shared(v);
            }
        }
        _ => {
            if fresh {
                extension::shared(v);
            }
        }
    }
}

/// The local receives `v`: what it owns is released. False: it owns `v` itself, by an operation in place.
#[inline(always)]
fn let_go(frame: &mut Control, d: usize, v: Value) -> bool {
    let bit = 1 << d;
    frame.owned &= !(bit << LENT);
    if frame.owned & bit != 0 {
        let old = frame.reg(d);
        if old == Some(v) {
            extension::keep(v);
            return false;
        }
        frame.owned &= !bit;
        frame.set_reg(d, None);
        old.inspect(|old| extension::release(*old));
    }
    true
}

/// Whether operations on the object call what C or this program's core defines, and no Python function.
fn is_native(v: Value) -> bool {
    let class = v.class();
    class.is_foreign() || !class.is_heap_type()
}

/// A residual operation of an instruction, one of whose operands C may know.
#[inline(always)]
fn operation<R>(vm: &Vm, operands: &[Value], f: impl FnOnce() -> PyResult<R>) -> PyResult<R> {
    let frame = top(vm);
    if frame.owned == 0 || only_uses(frame, operands) { using(vm, operands, f) } else { f() }
}

/// Whether the operation calls C, and nothing that may keep the operands; if not, they are shared.
#[inline(never)]
fn only_uses(frame: &mut Control, operands: &[Value]) -> bool {
    use Op::*;
    let op = current(frame).op;
    let first = operands[0];
    let native = || operands.iter().all(|v| is_native(*v));
    let only_used = match op {
        StoreSubscr | Subscr | BinarySlice => first.class().is_foreign() && native(),
        ListAppend | SetAdd | MapAdd | In | NotIn | FormatSimple => false,
        _ => native(),
    };
    if !only_used {
        share(frame, operands);
    }
    only_used
}

/// Whether there may be something to claim.
#[inline(always)]
pub fn may_own(vm: &Vm) -> bool {
    extension::any_new() || top(vm).owned & IN_LOCALS != 0
}

#[inline(never)]
pub fn residual1(vm: &Vm, f: fn(&Vm, Value) -> PyResult<Value>, a: Value) -> PyResult<Value> {
    let v = operation(vm, &[a], || f(vm, a))?;
    if may_own(vm) && is_native(a) {
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
    if may_own(vm) {
        // A container of ours may give out what it keeps; so may a Python function.
        let subscript = current(top(vm)).op == Op::Subscr;
        let c_made = if subscript { a.class().is_foreign() } else { is_native(a) && is_native(b) };
        if c_made {
            claim(vm, v);
        }
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
    if may_own(vm) && a.class().is_foreign() && current(top(vm)).op == Op::BinarySlice {
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
pub fn looking<R>(vm: &Vm, operands: &[Value], f: impl FnOnce() -> R) -> R {
    let result = f();
    let frame = top(vm);
    if frame.owned < ON_STACK {
        return result;
    }
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

/// An iterator gave the value.
#[inline(never)]
pub fn iterated(vm: &Vm, iter: Value, v: Value) {
    let foreign = |v: Value| v.class().is_foreign();
    let c_made = || match iter.exact::<SequenceIterator>() {
        Some(it) => it.sequence().is_some_and(foreign),
        None => foreign(iter),
    };
    if extension::is_new(v) && !c_made() {
        extension::shared(v);
    }
    claim(vm, v);
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
        if class.construct.get().is_some() {
            return true;
        }
        // `tp_new` and `tp_init` of our own types may.
        let object = Object::class();
        return class.mro_iter().all(|t| t.is_foreign() || t == object);
    }
    match (callee.exact::<NativeFunction>(), callee.exact::<MethodDescriptor>()) {
        (Some(f), _) => f.def().is_extension(),
        (_, Some(d)) => d.def().is_extension(),
        _ => callee.class().is_foreign(),
    }
}

/// Whether the class makes numbers, or text, of what it is called with.
pub fn is_number(class: Ref<Type>) -> bool {
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
    let owned = std::mem::take(&mut frame.owned);
    if each(owned >> LENT & IN_LOCALS).any(|r| frame.reg(r) == Some(v)) {
        // Its owner is below, and the result is one more reference.
        extension::shared(v);
    }
    for r in each(owned & IN_LOCALS) {
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
    if r >= LOCALS {
        return;
    }
    frame.owned &= !(1 << (LENT + r));
    if frame.owned & 1 << r != 0 {
        frame.owned &= !(1 << r);
        old.inspect(|old| extension::release(*old));
    }
}

/// A handler of the frame goes on: no value on the stack counts any more.
pub fn unwound(frame: &mut Control) {
    frame.owned %= ON_STACK;
}
