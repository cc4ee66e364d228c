//! The frames of generators: how they are made, sleep and go on.
//!
//! A suspended generator keeps the registers of its frame in an array; resuming copies them to the top of the
//! register stack and runs the frame there.

use crate::builtins::array::Array;
use crate::builtins::asyncgen;
use crate::builtins::delegation;
use crate::builtins::exceptions::{BaseException, Exc};
use crate::builtins::generator::{AsyncGenerator, Coroutine, Generator, State, as_generator, kind_name};
use crate::builtins::singletons::none;
use crate::error::{PyResult, Raised};
use crate::execution::body::Body;
use crate::execution::frame::{Control, Kind};
use crate::execution::instr::{Instr, Op};
use crate::execution::interp::Interp;
use crate::object::{Field, LongHeader, Object, Ref, ShapeId, Value, ValueExt};
use crate::raise;
use crate::semantics::machine::{Flow, Machine};
use crate::thread::Taker;
use crate::vm::Vm;
use adder_compiler::code::{CO_ASYNC_GENERATOR, CO_COROUTINE};
use adder_heap as heap;
use std::cell::Cell;

/// RETURN_GENERATOR: the frame becomes a generator object, which is what the call returns.
pub fn make(m: &mut Interp, i: Instr) -> PyResult<Flow> {
    let vm = m.vm;
    // SAFETY: the running frame.
    let frame = unsafe { &mut *m.frame };
    let function = frame.function();
    let code = function.code.get();
    let flags = code.plain.flags;
    let shape: ShapeId = if flags & CO_ASYNC_GENERATOR != 0 {
        AsyncGenerator::shape()
    } else if flags & CO_COROUTINE != 0 {
        Coroutine::shape()
    } else {
        Generator::shape()
    };
    let registers = Array::new(frame.body().registers);
    let n = frame.body().locals;
    // SAFETY: the array has room for all registers.
    unsafe { std::ptr::copy_nonoverlapping(frame.regs, registers.as_mut_ptr(), n) };
    registers.stored();
    let g = heap::new(
        shape,
        Generator {
            h: LongHeader::new(),
            function: Field::new(function),
            name: Field::new(function.name.get()),
            qualname: Field::new(function.qualname.get()),
            registers: Field::new(Some(registers)),
            handled: Field::new(None),
            frame_object: Field::new(None),
            inner: Field::new(None),
            origin: Field::new(None),
            finalizer: Field::new(None),
            state: Cell::new(State::Created),
            body: Cell::new(code.plain_body().expect("the code runs")),
            at: Cell::new(frame.body().to_plain(frame.at() as u32 + 1)),
            receiver: Cell::new(i.a),
            watched: Cell::new(false),
            saved: Cell::new(n as u16),
            hooks_inited: Cell::new(false),
            running_async: Cell::new(false),
            closed_async: Cell::new(false),
        },
    );
    // A generator that has not started, or has nothing to clean up, dies silently; see `suspend`.
    if shape != Generator::shape() {
        watch(g);
    }
    if frame.locals != 0 {
        // A namespace is kept by the frame object.
        crate::builtins::frame::object_of(vm, m.frame);
        g.frame_object.set(g, crate::builtins::frame::suspend(m.frame, g));
    }
    if flags & CO_COROUTINE != 0 && vm.thread().coroutine_origin_depth.get() > 0 {
        let origin = crate::sysmodule::coroutine_origin(vm)?;
        g.origin.set(g, Some(origin));
    }
    Ok(m.return_value(g.value()))
}

/// YIELD_VALUE: the frame's registers go back to the generator, and the run loop returns.
pub fn suspend(m: &mut Interp, i: Instr) -> PyResult<Flow> {
    let vm = m.vm;
    let value = m.reg(i.b);
    // SAFETY: the running frame.
    let frame = unsafe { &mut *m.frame };
    let Some(g) = Value::from_bits(frame.extra).and_then(as_generator) else {
        return Err(vm.system_error("yield outside of a generator frame"));
    };
    if frame.kind == Kind::Drained {
        // SAFETY: `drain` set it for the innermost such frame, which is this one, and waits.
        let taken = unsafe { ((*vm.thread().taker.get()).take)(value) };
        if taken {
            m.set(i.a, none());
            return Ok(Flow::Next);
        }
    }
    // What is above the receiver is dead.
    save_registers(g, frame.regs, i.a);
    g.at.set(frame.body().to_plain(frame.at() as u32 + 1));
    g.receiver.set(i.a);
    g.state.set(State::Suspended);
    // The RESUME behind a YIELD_VALUE says if there is no `try` around it (RESUME_OPARG_DEPTH1_MASK).
    // SAFETY: there is an instruction behind every yield.
    let next = unsafe { *m.pc.add(frame.body().events.is_some() as usize) };
    if next.a & 7 != 5 {
        watch(g);
    }
    // SAFETY: as above; what is delegated to lies before the receiver.
    let inner = unsafe { delegation::inner(next, frame.regs, i.a, vm.thread().handled.get()) };
    g.inner.set(g, inner.filter(|_| !g.value().is::<AsyncGenerator>()));
    if frame.object != 0 {
        g.frame_object.set(g, crate::builtins::frame::suspend(m.frame, g));
    }
    leave_state(vm, g, frame);
    let thread = vm.thread();
    thread.depth.set(thread.depth.get() - 1);
    // SAFETY: `resume` and `enter` restore the frame they saw, which is below.
    thread.frame.set(unsafe { m.frame.sub(1) });
    if frame.kind.ends_loop() {
        thread.result.set(value.bits());
        return Ok(Flow::Done);
    }
    let (dest, jump, kind) = (frame.dest, frame.jump, frame.kind);
    m.reload();
    if kind == Kind::AsyncSend && asyncgen::yielded(m, g, value, dest) {
        m.jump(jump);
    } else {
        m.set(dest, value);
    }
    Ok(Flow::Switch)
}

/// The exception state is the outside's again.
pub(super) fn leave_state(vm: &Vm, g: Ref<Generator>, frame: &Control) {
    let thread = vm.thread();
    g.handled.set(g, Value::from_bits(thread.handled.get()));
    thread.handled.set(frame.outer_handled);
}

/// What resuming a generator gave.
pub enum Resumed {
    Yielded(Value),
    Returned(Value),
}

/// The next value that `take` does not take (by answering false); None at the end. The generator goes on
/// with the others taken, without leaving the run loop. `take` sees it running, so it runs no Python code that could notice.
pub fn drain(vm: &Vm, g: Ref<Generator>, take: &mut dyn FnMut(Value) -> bool) -> PyResult<Option<Value>> {
    let mut taker = Taker { take };
    let slot = &vm.thread().taker;
    let outer = slot.replace((&raw mut taker).cast());
    let result = resume_as(vm, g, Ok(none()), Kind::Drained);
    slot.set(outer);
    match result? {
        Resumed::Yielded(v) => Ok(Some(v)),
        Resumed::Returned(_) => Ok(None),
    }
}

/// Resumes with a value or an exception to raise inside.
pub fn resume(vm: &Vm, g: Ref<Generator>, sent: Result<Value, Ref<BaseException>>) -> PyResult<Resumed> {
    resume_as(vm, g, sent, Kind::Generator)
}

fn resume_as(
    vm: &Vm,
    g: Ref<Generator>,
    sent: Result<Value, Ref<BaseException>>,
    frame_kind: Kind,
) -> PyResult<Resumed> {
    let kind = kind_name(g);
    match delegation::state(vm, g) {
        State::Running => raise!(vm, ValueError, "{kind} already executing"),
        State::Closed => {
            return match sent {
                _ if kind == "coroutine" => {
                    raise!(vm, RuntimeError, "cannot reuse already awaited coroutine")
                }
                Err(e) => Err(vm.restore(e)),
                Ok(_) => Ok(Resumed::Returned(none())),
            };
        }
        State::Created => {
            if let Ok(v) = sent
                && !v.is_none()
            {
                raise!(vm, TypeError, "can't send non-None value to a just-started {kind}")
            }
        }
        State::Suspended => {}
    }
    vm.check_native_stack()?;
    vm.check_recursion()?;
    let thread = vm.thread();
    // An exception goes to where `throw` wants it.
    let runs = if sent.is_ok() { delegation::innermost(vm, g) } else { g };
    // SAFETY: bodies live as long as their code.
    let body = unsafe { &*runs.function.get().code.get().body(vm)? };
    let (next, regs) = thread.next_place();
    if !thread.has_room(next, regs, body.registers) {
        return Err(vm.recursion_error(""));
    }
    // SAFETY: there is room.
    unsafe { push_frame(vm, runs, body, next, regs, frame_kind, delegation::chain(g, runs)) };
    let result = match sent {
        Ok(v) => {
            // SAFETY: a register of the frame just pushed.
            unsafe { (*next).set_reg(runs.receiver.get() as usize, Some(v)) };
            vm.run()
        }
        Err(e) => {
            let raised = vm.raise_value(e.value());
            vm.run_raising(raised)
        }
    };
    match result {
        Ok(v) if g.state.get() == State::Suspended => Ok(Resumed::Yielded(v)),
        Ok(v) => {
            finish(vm, g, next);
            Ok(Resumed::Returned(v))
        }
        Err(raised) => {
            finish(vm, g, next);
            Err(convert_stop(vm, g, raised))
        }
    }
}

/// Puts a generator's frame on the stacks.
///
/// # Safety
/// There is room for it at `next` and `regs`, the end of the top frame.
#[inline(always)]
pub(super) unsafe fn push_frame(
    vm: &Vm,
    g: Ref<Generator>,
    body: &Body,
    next: *mut Control,
    regs: *mut u64,
    kind: Kind,
    chain: u64,
) {
    let registers = g.registers.get().expect("a live generator has registers");
    let pc = body.code.as_ptr().add(body.from_plain(g.at.get()) as usize);
    write_frame(vm, g, body, registers, pc, next, regs, kind, chain);
    let saved = g.saved.get() as usize;
    if saved < body.cleared {
        std::ptr::write_bytes(regs.add(saved), 0, body.cleared - saved);
    }
}

/// As `push_frame`, but registers beyond the saved ones are not cleared.
#[inline(always)]
unsafe fn write_frame(
    vm: &Vm,
    g: Ref<Generator>,
    body: &Body,
    registers: Ref<Array>,
    pc: *const Instr,
    next: *mut Control,
    regs: *mut u64,
    kind: Kind,
    chain: u64,
) {
    let thread = vm.thread();
    copy_words(registers.as_mut_ptr(), regs, g.saved.get() as usize);
    next.write(Control {
        pc,
        regs,
        body,
        function: g.function.get().value().bits(),
        locals: 0,
        object: g.frame_object.get().map_or(0, |v| v.bits()),
        extra: g.value().bits(),
        outer_handled: thread.handled.get(),
        chain,
        dest: 0,
        kind,
        event_unit: 0,
        jump: 0,
        owned: 0,
    });
    if let Some(object) = g.frame_object.get() {
        crate::builtins::frame::wake(object, next);
    }
    thread.frame.set(next);
    thread.depth.set(thread.depth.get() + 1);
    thread.handled.set(g.handled.get().map_or(0, |v| v.bits()));
    // 0 needs no barrier.
    g.handled.init(None);
    g.inner.init(None);
    g.state.set(State::Running);
}

/// So many registers are copied by a loop.
const SHORT: usize = 32;

/// Copies a few words: calling memcpy would take longer.
#[inline(always)]
unsafe fn copy_words(from: *const u64, to: *mut u64, n: usize) {
    if n > SHORT {
        return std::ptr::copy_nonoverlapping(from, to, n);
    }
    let mut i = 0;
    while i < n {
        // Volatile, or the compiler makes it a call again.
        to.add(i).write_volatile(*from.add(i));
        i += 1;
    }
}

/// Resumes with a value in the running loop, for FOR_ITER and SEND; the extension word of the running
/// instruction says where the consumer goes on at the end. False: `resume` is needed.
#[inline]
pub fn enter(m: &mut Interp, g: Ref<Generator>, sent: Value, dest: u16, kind: Kind) -> bool {
    match g.state.get() {
        State::Suspended => {}
        State::Created if sent.is_none() => {}
        _ => return false,
    }
    let vm = m.vm;
    let thread = vm.thread();
    let head = g;
    let g = delegation::innermost(vm, head);
    if g == head && delegation::state(vm, g) == State::Running {
        return false;
    }
    let Some(body) = g.function.get().code.get().ready_body() else { return false };
    // SAFETY: bodies live as long as their code; the running frame ends where the next one begins.
    unsafe {
        let body = &*body;
        let (next, regs) = (m.frame.add(1), m.regs.add((*m.body).registers));
        if thread.depth.get() >= vm.recursion_limit() || !thread.has_room(next, regs, body.registers) {
            return false;
        }
        let extension = m.extension();
        m.sync();
        push_frame(vm, g, body, next, regs, kind, delegation::chain(head, g));
        (*next).dest = dest;
        (*next).jump = extension.imm();
        (*next).set_reg(g.receiver.get() as usize, Some(sent));
    }
    m.reload();
    true
}

/// As `enter`, without calling anything; where that does not do, the instruction stops.
#[inline(always)]
pub fn enter_fast(m: &mut Interp<true>, g: Ref<Generator>, sent: Value, dest: u16, kind: Kind) -> bool {
    let vm = m.vm;
    let thread = vm.thread();
    let state = g.state.get();
    let startable = (state == State::Suspended || state == State::Created && sent.is_none())
        && g.frame_object.get().is_none();
    let head = g;
    let (g, between, busy) = delegation::walk(head);
    let startable = startable && !busy;
    let (body, registers) = (g.body.get(), g.registers.get());
    // SAFETY: body-of-code: the generator keeps its function.
    let (true, false, Some(registers)) = (startable, unsafe { (*body).replaced.get() }, registers) else {
        m.stopped = true;
        return false;
    };
    // SAFETY: as in `enter`.
    unsafe {
        let body = &*body;
        let saved = g.saved.get() as usize;
        let (next, regs) = (m.frame.add(1), m.regs.add((*m.body).registers));
        if thread.depth.get() + between >= vm.recursion_limit()
            || !thread.has_room(next, regs, body.registers)
            || saved > SHORT
            || saved < body.cleared
        {
            m.stopped = true;
            return false;
        }
        let extension = m.extension();
        m.sync();
        let mut pc = body.code.as_ptr().add(g.at.get() as usize);
        write_frame(vm, g, body, registers, pc, next, regs, kind, delegation::chain(head, g));
        (*next).dest = dest;
        (*next).jump = extension.imm();
        *regs.add(g.receiver.get() as usize) = sent.bits();
        // The RESUME behind a yield only asks for events, as the jump back to the SEND of a delegation does.
        if (*pc).op == Op::Resume && !vm.eval_breaker() {
            pc = pc.add(1);
            if (*pc).op == Op::Jump {
                pc = pc.offset(1 + (*pc).imm() as isize);
            }
        }
        m.pc = pc;
        m.frame = next;
        m.regs = regs;
        m.body = body;
    }
    true
}

/// As `suspend` for a consumer in the same loop, without calling anything. False: that does not do.
#[inline(always)]
pub fn suspend_fast(m: &mut Interp<true>, i: Instr) -> bool {
    // SAFETY: the running frame; there is an instruction behind every yield; `extra` of such a frame is a
    // generator, and the array has room for all its registers.
    unsafe {
        let frame = &*m.frame;
        let plain = (*m.body).events.is_none();
        if !matches!(frame.kind, Kind::For | Kind::Send) || frame.object != 0 || !plain {
            return false;
        }
        let g: Ref<Generator> = Value::from_bits_unchecked(frame.extra).cast();
        let Some(array) = g.registers.get() else { return false };
        let barrier = |v: Value| (*v.header()).needs_barrier();
        let before = g.saved.get();
        if barrier(g.value())
            || barrier(array.value())
            || !g.watched.get() && (*m.pc).a & 7 != 5
            || before > i.a
            || i.a as usize > SHORT
        {
            return false;
        }
        let value = m.reg(i.b);
        copy_words(m.regs, array.as_mut_ptr(), i.a as usize);
        g.saved.set(i.a);
        g.at.set(m.pc.offset_from((*m.body).code.as_ptr()) as u32);
        g.receiver.set(i.a);
        g.state.set(State::Suspended);
        let thread = m.vm.thread();
        g.inner.init(delegation::inner(*m.pc, m.regs, i.a, thread.handled.get()));
        g.handled.init(Value::from_bits(thread.handled.get()));
        thread.handled.set(frame.outer_handled);
        thread.depth.set(thread.depth.get() - 1);
        thread.frame.set(m.frame.sub(1));
        let dest = frame.dest;
        m.reload();
        m.set(dest, value);
    }
    true
}

/// A generator's frame, just popped, has ended for good.
pub fn finish_frame(vm: &Vm, frame: *mut Control) {
    // SAFETY: the record above the top is still intact: nothing ran since.
    if let Some(g) = Value::from_bits(unsafe { (*frame).extra }).and_then(as_generator) {
        finish(vm, g, frame);
    }
}

/// As `finish_frame`, without calling anything.
#[inline(always)]
pub fn finish_fast(vm: &Vm, frame: &Control) {
    // SAFETY: `extra` of a generator's frame is a generator.
    let g: Ref<Generator> = unsafe { Value::from_bits_unchecked(frame.extra).cast() };
    g.state.set(State::Closed);
    g.registers.init(None);
    if g.watched.get() {
        heap::forget_finalizer(g.value());
    }
    vm.thread().handled.set(frame.outer_handled);
}

/// Applies PEP 479 to the exception that has ended a generator's frame.
pub fn convert_stop_of(vm: &Vm, frame: *mut Control) {
    // SAFETY: as in `finish_frame`.
    if let Some(g) = Value::from_bits(unsafe { (*frame).extra }).and_then(as_generator) {
        let _ = convert_stop(vm, g, vm.raised_elsewhere());
    }
}

/// Has the generator closed when it dies suspended.
#[inline(always)]
fn watch(g: Ref<Generator>) {
    if !g.watched.replace(true) {
        heap::register_finalizer(g.value());
    }
}

/// Nothing is to be cleaned up any more.
#[inline(always)]
pub(super) fn close_silently(g: Ref<Generator>) {
    g.state.set(State::Closed);
    g.registers.set(g, None);
    if g.watched.get() {
        heap::forget_finalizer(g.value());
    }
}

/// Keeps the first `n` registers.
#[inline(always)]
pub(super) fn save_registers(g: Ref<Generator>, regs: *const u64, n: u16) {
    let array = g.registers.get().expect("a live generator has registers");
    let before = g.saved.replace(n);
    // SAFETY: the array has room for all registers of the frame.
    unsafe {
        copy_words(regs, array.as_mut_ptr(), n as usize);
        if before > n {
            std::ptr::write_bytes(array.as_mut_ptr().add(n as usize), 0, (before - n) as usize);
        }
    }
    array.stored();
}

/// The frame has ended for good.
pub(super) fn finish(vm: &Vm, g: Ref<Generator>, frame: *mut Control) {
    close_silently(g);
    // SAFETY: the record above the top is still intact: nothing ran since.
    vm.thread().handled.set(unsafe { (*frame).outer_handled });
}

/// StopIteration out of a generator is a RuntimeError (PEP 479).
pub(super) fn convert_stop(vm: &Vm, g: Ref<Generator>, raised: Raised) -> Raised {
    let exc = vm.take_exception(raised);
    let class = exc.value().class();
    let what = if class.is_subclass_of(Exc::StopIteration.class()) {
        "StopIteration"
    } else if class.is_subclass_of(Exc::StopAsyncIteration.class()) && g.value().is::<AsyncGenerator>() {
        "StopAsyncIteration"
    } else {
        return vm.restore(exc);
    };
    let kind = if g.value().is::<AsyncGenerator>() { "async generator" } else { kind_name(g) };
    let raised = vm.runtime_error(format!("{kind} raised {what}"));
    let new = vm.take_exception(raised);
    new.cause.set(new, Some(exc));
    new.context.set(new, Some(exc));
    new.suppress_context.set(true);
    vm.restore(new)
}
