//! Generators that delegate to others with `yield from` or `await`; `send`, `throw` and `close`.
//!
//! A generator that sleeps in a delegation passes on what it gets and what comes back. So when the first of a
//! chain of them is resumed, only the last one gets a frame, in the place that the first one's frame would have;
//! what it yields goes to the consumer of the first one at once, however long the chain is. `Control::chain` is
//! the first one. When the last one has ended, the one that delegated to it goes on in its place.
//!
//! The generators in between keep sleeping (`State::Suspended`), but for the program they run: `state` says so,
//! and who looks at the stack finds their frames between that of the last one and the frame below it.

use crate::builtins::asyncgen;
use crate::builtins::exceptions::{self, BaseException, Exc};
use crate::builtins::frame::{self, Frame};
use crate::builtins::generator::{
    AsyncGenerator, Coroutine, Generator, State, as_generator, frame_of, kind_name,
};
use crate::builtins::generator_frames::{
    Resumed, close_silently, convert_stop, finish, leave_state, push_frame, resume, save_registers,
};
use crate::builtins::singletons::none;
use crate::error::{PyResult, Raised};
use crate::execution::body::Body;
use crate::execution::frame::{Control, Kind};
use crate::execution::instr::{Instr, Op};
use crate::execution::interp::Interp;
use crate::names::names;
use crate::object::{Object, Ref, Value, ValueExt};
use crate::raise;
use crate::semantics::machine::{Flow, Machine};
use crate::vm::Vm;

/// What a generator whose frame goes to sleep before the instruction `next` delegates to, for `Generator::inner`.
///
/// # Safety
/// The registers before `receiver` are live.
#[inline(always)]
pub(super) unsafe fn inner(
    next: Instr,
    regs: *const u64,
    receiver: u16,
    handled: u64,
) -> Option<Ref<Generator>> {
    // The YIELD of a delegation is followed by RESUME 2 or 3 (yield from, await), and what is delegated to lies
    // below the receiver.
    if next.a & 2 == 0 || next.op != Op::Resume || handled != 0 {
        return None;
    }
    let v = Value::from_bits(*regs.add(receiver as usize - 1))?;
    if v.is_ptr() && (v.shape() == Generator::shape() || v.shape() == Coroutine::shape()) {
        // SAFETY: both have the layout of Generator.
        return Some(v.cast());
    }
    None
}

/// From a suspended generator along the chain, as far as generators sleep that nobody observes. Gives the last
/// one, how many come before it, and whether the next one runs.
#[inline(always)]
pub(super) fn walk(head: Ref<Generator>) -> (Ref<Generator>, usize, bool) {
    let (mut g, mut between) = (head, 0);
    while let Some(inner) = g.inner.get() {
        if inner.state.get() != State::Suspended {
            return (g, between, inner.state.get() == State::Running);
        }
        if !is_plain(inner) {
            break;
        }
        g = inner;
        between += 1;
    }
    (g, between, false)
}

/// Nobody has seen its frame, and its code has no events.
#[inline(always)]
fn is_plain(g: Ref<Generator>) -> bool {
    // SAFETY: body-of-code.
    g.frame_object.get().is_none() && unsafe { !(*g.body.get()).replaced.get() }
}

/// The generator to run when `head` is resumed.
pub(super) fn innermost(vm: &Vm, head: Ref<Generator>) -> Ref<Generator> {
    if head.state.get() != State::Suspended || head.inner.get().is_none() || !is_plain(head) {
        return head;
    }
    let (g, between, busy) = walk(head);
    if busy || vm.thread().depth.get() + between >= vm.recursion_limit() { head } else { g }
}

/// `Control::chain` of the frame of `g`, which runs because `head` was resumed.
#[inline(always)]
pub(super) fn chain(head: Ref<Generator>, g: Ref<Generator>) -> u64 {
    if head == g { 0 } else { head.value().bits() }
}

/// The generators from the first one of a frame's chain to the one before that of the frame.
fn sleepers(control: &Control) -> impl Iterator<Item = Ref<Generator>> {
    let first = Value::from_bits(control.chain).and_then(as_generator);
    let last = control.extra;
    std::iter::successors(first, |g| g.inner.get()).take_while(move |g| g.value().bits() != last)
}

/// As `sleepers`, those that come first last.
pub fn sleepers_from_top(control: &Control) -> impl Iterator<Item = Ref<Generator>> {
    let count = sleepers(control).count();
    (0..count).rev().filter_map(|n| sleepers(control).nth(n))
}

/// The frame in which another generator runs in place of `g`.
fn place(vm: &Vm, g: Ref<Generator>) -> Option<*mut Control> {
    let mut last = g;
    while last.state.get() == State::Suspended {
        last = last.inner.get()?;
    }
    if last.state.get() != State::Running {
        return None;
    }
    for thread in vm.threads() {
        // SAFETY: listed threads are alive; records from the base to the top are initialised.
        unsafe {
            let Some(mut control) = (*thread).top() else { continue };
            while control >= (*thread).stacks.controls {
                let c = &*control;
                if c.chain != 0 && c.extra == last.value().bits() && sleepers(c).any(|s| s == g) {
                    return Some(control);
                }
                control = control.wrapping_sub(1);
            }
        }
    }
    None
}

/// The state as the program sees it.
pub fn state(vm: &Vm, g: Ref<Generator>) -> State {
    match g.state.get() {
        State::Suspended if g.inner.get().is_some() && place(vm, g).is_some() => State::Running,
        state => state,
    }
}

/// The frame below that of a sleeping generator, if another one runs in its place.
pub fn caller(vm: &Vm, g: Ref<Generator>) -> Option<Ref<Frame>> {
    let control = place(vm, g)?;
    // SAFETY: a record of a running frame; the frame of a generator has one below, or is the first one.
    unsafe {
        if (*control).chain != g.value().bits() {
            return sleepers(&*control).find(|s| s.inner.get() == Some(g)).map(|s| frame_of_sleeper(vm, s));
        }
        let first = vm.threads().into_iter().any(|t| (*t).stacks.controls == control);
        (!first).then(|| frame::object_of(vm, control.sub(1)))
    }
}

/// The frame object of a generator that others run for.
pub fn frame_of_sleeper(vm: &Vm, g: Ref<Generator>) -> Ref<Frame> {
    frame_of(vm, g).downcast::<Frame>().expect("a sleeping generator has a frame")
}

/// The generator of the top frame, which has a chain, has ended: the one that delegated to it gets its frame in
/// this place, with its position behind the SEND. Gives the register that receives the result, and where it goes
/// on with it.
fn pop_to_delegator(vm: &Vm, frame: *mut Control) -> (u16, i32) {
    let thread = vm.thread();
    // SAFETY: chain-of-generators; body-of-code; the running frame. The stack
    // of registers has room for one more frame of any size above the limit.
    unsafe {
        let Control { regs, kind, dest, jump, chain, extra, .. } = *frame;
        let ended: Ref<Generator> = Value::from_bits_unchecked(extra).cast();
        let head: Ref<Generator> = Value::from_bits_unchecked(chain).cast();
        let mut g = head;
        while g.inner.get() != Some(ended) {
            g = g.inner.get().expect("a chain leads to the running generator");
        }
        finish(vm, ended, frame);
        thread.depth.set(thread.depth.get() - 1);
        // RESUME, and the jump back to the SEND.
        let resume = g.at.get() as usize;
        let plain = &(*g.body.get()).code;
        let send = (resume + 2).wrapping_add_signed(plain[resume + 1].imm() as isize);
        let (a, behind) = (plain[send].a, plain[send + 1].imm());
        debug_assert!(plain[resume].op == Op::Resume && plain[send].op == Op::Send);
        let body = &*g.function.get().code.get().ready_body().expect("the code runs");
        push_frame(vm, g, body, frame, regs, kind, self::chain(head, g));
        let mut at = body.from_plain(send as u32) as usize;
        while body.code[at].op == Op::Event {
            at += 1;
        }
        (*frame).pc = body.code.as_ptr().add(at + 2);
        (*frame).dest = dest;
        (*frame).jump = jump;
        // The value that was sent lies there no more.
        (*frame).set_reg(a as usize, Some(none()));
        let behind = if body.events.is_some() { body.code[at + 1].imm() } else { behind };
        (a, behind)
    }
}

/// The generator of the top frame, which has a chain, returns `v`.
pub fn return_to_delegator(vm: &Vm, frame: *mut Control, v: Value) {
    let (a, behind) = pop_to_delegator(vm, frame);
    // SAFETY: the running frame; the SEND says where it goes on.
    unsafe {
        (*frame).set_reg(a as usize, Some(v));
        (*frame).pc = (*frame).pc.offset(behind as isize);
    }
}

/// The generator of the top frame, which has a chain, is left with an exception.
pub fn raise_in_delegator(vm: &Vm, frame: *mut Control) {
    // SAFETY: the running frame of a generator.
    if let Some(g) = Value::from_bits(unsafe { (*frame).extra }).and_then(as_generator) {
        let _ = convert_stop(vm, g, vm.raised_elsewhere());
    }
    pop_to_delegator(vm, frame);
}

/// `gen.send(v)`, with StopIteration for a return.
pub fn send_value(vm: &Vm, g: Ref<Generator>, v: Value) -> PyResult<Value> {
    match resume(vm, g, Ok(v))? {
        Resumed::Yielded(v) => Ok(v),
        Resumed::Returned(v) => Err(stop(vm, v)),
    }
}

/// StopIteration with a return value.
pub fn stop(vm: &Vm, v: Value) -> Raised {
    if v.is_none() {
        return vm.stop_iteration(None);
    }
    let made = vm.call(Exc::StopIteration.class().value(), &[v]);
    match made {
        Ok(e) => vm.raise_value(e),
        Err(raised) => raised,
    }
}

/// Builds the exception that `throw(type, value, traceback)` raises.
pub fn thrown(vm: &Vm, typ: Value, value: Option<Value>, tb: Option<Value>) -> PyResult<Ref<BaseException>> {
    thrown_by(vm, "throw", typ, value, tb)
}

/// As `thrown`, for a method of another name; one without a name has warned already.
pub fn thrown_by(
    vm: &Vm,
    method: &str,
    typ: Value,
    value: Option<Value>,
    tb: Option<Value>,
) -> PyResult<Ref<BaseException>> {
    if (value.is_some() || tb.is_some()) && !method.is_empty() {
        vm.warn_deprecated(&format!(
            "the (type, exc, tb) signature of {method}() is deprecated, use the single-arg signature instead."
        ))?;
    }
    let exc = if let Some(e) = typ.downcast::<BaseException>() {
        if value.is_some_and(|v| !v.is_none()) {
            return Err(vm.type_error("instance exception may not have a separate value"));
        }
        e
    } else if let Some(c) = typ.downcast::<crate::builtins::type_::Type>()
        && c.is_subclass_of(Exc::BaseException.class())
    {
        let made = match value {
            Some(v) if v.class().is_subclass_of(c) => v,
            Some(v) if !v.is_none() => match v.exact::<crate::builtins::tuple::Tuple>() {
                Some(t) => vm.call(typ, t.items())?,
                None => vm.call(typ, &[v])?,
            },
            _ => vm.call(typ, &[])?,
        };
        match made.downcast::<BaseException>() {
            Some(e) => e,
            None => raise!(
                vm,
                TypeError,
                "calling {} should have returned an instance of BaseException, not {}",
                vm.repr_string(typ)?,
                vm.repr_string(made.class().value())?
            ),
        }
    } else {
        raise!(
            vm,
            TypeError,
            "exceptions must be classes or instances deriving from BaseException, not {}",
            typ.class().name()
        )
    };
    if let Some(tb) = tb.filter(|t| !t.is_none()) {
        if !tb.is::<crate::builtins::traceback::Traceback>() {
            return Err(vm.type_error("throw() third argument must be a traceback object"));
        }
        exc.traceback.set(exc, Some(tb));
    }
    Ok(exc)
}

/// What a suspended generator delegates to, if it is at `yield from` or `await`.
pub fn delegate(vm: &Vm, g: Ref<Generator>) -> Option<Value> {
    if state(vm, g) != State::Suspended {
        return None;
    }
    // The YIELD of a delegation is followed by RESUME 2 or 3 (yield from, await).
    let code = g.function.get().code.get();
    let body = code.plain_body()?;
    // SAFETY: bodies live as long as their code.
    let body = unsafe { &*body };
    let next = body.code.get(g.at.get() as usize)?;
    if next.op == Op::Resume && matches!(next.a & 3, 2 | 3) {
        return g.registers.get()?.get(g.receiver.get() as usize - 1);
    }
    None
}

/// Calls `f` while the frame of a suspended generator is on the stack, so that what the generator delegates to
/// has it below itself.
fn on_stack<R>(vm: &Vm, g: Ref<Generator>, f: impl FnOnce() -> R) -> R {
    let thread = vm.thread();
    let (next, regs) = thread.next_place();
    let room = |body: *mut Body| {
        // SAFETY: bodies live as long as their code.
        let body = unsafe { &*body };
        (thread.depth.get() < vm.recursion_limit() && thread.has_room(next, regs, body.registers))
            .then_some(body)
    };
    let body = g.function.get().code.get().ready_body().and_then(room);
    let Some(body) = body.filter(|_| g.registers.get().is_some()) else {
        g.state.set(State::Running);
        let result = f();
        g.state.set(State::Suspended);
        return result;
    };
    // SAFETY: there is room; the frame goes as it came, and is the top one again when `f` has returned.
    unsafe {
        push_frame(vm, g, body, next, regs, Kind::Generator, 0);
        let result = f();
        save_registers(g, (*next).regs, g.receiver.get());
        if (*next).object != 0 {
            g.frame_object.set(g, crate::builtins::frame::suspend(next, g));
        }
        leave_state(vm, g, &*next);
        thread.depth.set(thread.depth.get() - 1);
        thread.frame.set(next.sub(1));
        g.state.set(State::Suspended);
        result
    }
}

/// `gen.throw(exc)`, delegating to an inner iterator as PEP 380 says.
pub fn throw(vm: &Vm, g: Ref<Generator>, exc: Ref<BaseException>) -> PyResult<Value> {
    if let Some(inner) = delegate(vm, g) {
        let is_exit = exc.value().class().is_subclass_of(Exc::GeneratorExit.class());
        if is_exit {
            let closed = on_stack(vm, g, || close_iterator(vm, inner));
            if let Err(raised) = closed {
                let e = vm.take_exception(raised);
                return throw_here(vm, g, e);
            }
            return throw_here(vm, g, exc);
        }
        let result =
            on_stack(vm, g, || match as_generator(inner).filter(|i| !i.value().is::<AsyncGenerator>()) {
                Some(i) => Some(throw(vm, i, exc)),
                None => match vm.get_attr_opt(inner, names().throw) {
                    Ok(Some(f)) => Some(vm.call(f, &[exc.value()])),
                    Ok(None) => None,
                    Err(raised) => Some(Err(raised)),
                },
            });
        return match result {
            None => throw_here(vm, g, exc),
            Some(Ok(v)) => Ok(v),
            Some(Err(raised)) => {
                let e = vm.take_exception(raised);
                throw_here(vm, g, e)
            }
        };
    }
    throw_here(vm, g, exc)
}

fn throw_here(vm: &Vm, g: Ref<Generator>, exc: Ref<BaseException>) -> PyResult<Value> {
    if g.state.get() == State::Created {
        close_silently(g);
        return Err(vm.raise_value(exc.value()));
    }
    match resume(vm, g, Err(exc))? {
        Resumed::Yielded(v) => Ok(v),
        Resumed::Returned(v) => Err(stop(vm, v)),
    }
}

fn close_iterator(vm: &Vm, inner: Value) -> PyResult<()> {
    if let Some(i) = as_generator(inner).filter(|i| !i.value().is::<AsyncGenerator>()) {
        close(vm, i)?;
        return Ok(());
    }
    if let Some(f) = vm.get_attr_opt(inner, names().close)? {
        vm.call(f, &[])?;
    }
    Ok(())
}

/// `gen.close()`
pub fn close(vm: &Vm, g: Ref<Generator>) -> PyResult<Value> {
    match state(vm, g) {
        State::Closed => return Ok(none()),
        State::Created => {
            close_silently(g);
            return Ok(none());
        }
        State::Running => raise!(vm, ValueError, "{} already executing", kind_name(g)),
        State::Suspended => {}
    }
    let raised = vm.raise_class(Exc::GeneratorExit.class(), &[]);
    let exit = vm.take_exception(raised);
    match throw(vm, g, exit) {
        Ok(_) => raise!(vm, RuntimeError, "{} ignored GeneratorExit", kind_name(g)),
        Err(raised) => {
            let e = vm.take_exception(raised);
            let class = e.value().class();
            if class.is_subclass_of(Exc::StopIteration.class()) {
                return Ok(exceptions::stop_iteration_value(e));
            }
            if class.is_subclass_of(Exc::GeneratorExit.class()) {
                return Ok(none());
            }
            Err(vm.restore(e))
        }
    }
}

/// SEND: passes the value on to the delegate.
pub fn send(m: &mut Interp, i: Instr) -> PyResult<Flow> {
    let vm = m.vm;
    let (receiver, value) = (m.reg(i.b), m.reg(i.b + 1));
    if asyncgen::enter_send(m, receiver, value, i.a) {
        return Ok(Flow::Switch);
    }
    let extension = m.extension();
    if let Some(g) = as_generator(receiver).filter(|g| !g.value().is::<AsyncGenerator>()) {
        match resume(vm, g, Ok(value))? {
            Resumed::Yielded(v) => m.set(i.a, v),
            Resumed::Returned(v) => {
                m.set(i.a, v);
                m.jump(extension.imm());
            }
        }
        return Ok(Flow::Next);
    }
    let result = if value.is_none() && receiver.class().slots().tp_iternext.is_some() {
        match vm.next_or_stop(receiver) {
            Ok(Some(v)) => Ok(v),
            Ok(None) => {
                m.set(i.a, none());
                m.jump(extension.imm());
                return Ok(Flow::Next);
            }
            Err(raised) => Err(raised),
        }
    } else {
        vm.call_method(receiver, names().send, &[value])
    };
    match result {
        Ok(v) => m.set(i.a, v),
        Err(raised) => {
            let e = vm.take_exception(raised);
            if !e.value().class().is_subclass_of(Exc::StopIteration.class()) {
                return Err(vm.restore(e));
            }
            m.set(i.a, exceptions::stop_iteration_value(e));
            m.jump(extension.imm());
        }
    }
    Ok(Flow::Next)
}

/// `yield from v`: the iterator to delegate to.
pub fn yield_from_iter(vm: &Vm, v: Value, coroutine_ok: bool) -> PyResult<Value> {
    if v.is::<Coroutine>() {
        if !coroutine_ok {
            return Err(vm.type_error("cannot 'yield from' a coroutine object in a non-coroutine generator"));
        }
        return Ok(v);
    }
    if v.is::<Generator>() {
        return Ok(v);
    }
    vm.iter(v)
}
