//! Generators, coroutines and asynchronous generators.
//!
//! A suspended generator keeps the registers of its frame in an array; resuming copies them to the
//! top of the register stack and runs the frame there.

use crate::builtins::array::Array;
use crate::builtins::asyncgen;
use crate::builtins::code::Code;
use crate::builtins::exceptions::{self, BaseException, Exc};
use crate::builtins::function::Function;
use crate::builtins::singletons::none;
use crate::builtins::str_::Str;
use crate::error::{PyResult, Raised};
use crate::execution::body::Body;
use crate::execution::frame::{Control, Kind};
use crate::execution::instr::{Instr, Op};
use crate::execution::interp::Interp;
use crate::names::names;
use crate::object::{Field, LongHeader, Object, Ref, ShapeId, Value, ValueExt};
use crate::raise;
use crate::semantics::machine::{Flow, Machine};
use crate::shapes::id;
use crate::thread::Taker;
use crate::vm::Vm;
use adder_compiler::code::{CO_ASYNC_GENERATOR, CO_COROUTINE, CO_GENERATOR, CO_ITERABLE_COROUTINE};
use adder_heap as heap;
use adder_macros::{pyclass, pymethods};
use std::cell::Cell;

/// Where a generator is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u64)]
pub enum State {
    Created,
    Suspended,
    Running,
    Closed,
}

/// The common part: a suspended frame.
#[pyclass(name = "generator", fixed = id::GENERATOR)]
#[repr(C)]
pub struct Generator {
    pub h: LongHeader,
    pub function: Field<Ref<Function>>,
    pub name: Field<Ref<Str>>,
    pub qualname: Field<Ref<Str>>,
    registers: Field<Option<Ref<Array>>>,
    /// Exception handled inside, while suspended.
    handled: Field<Option<Value>>,
    /// What `yield from` or `await` delegates to.
    frame_object: Field<Option<Value>>,
    pub origin: Field<Option<Value>>,
    /// Asynchronous generator: the finaliser hook.
    pub finalizer: Field<Option<Value>>,
    pub state: Cell<State>,
    /// The body without events, which the function's code keeps.
    body: Cell<*const Body>,
    /// Word index of the next instruction.
    at: Cell<u32>,
    /// Register that receives what is sent.
    receiver: Cell<u16>,
    /// Registered for finalisation.
    watched: Cell<bool>,
    /// Registers in the array; the rest of it is empty.
    saved: Cell<u16>,
    pub hooks_inited: Cell<bool>,
    pub running_async: Cell<bool>,
    pub closed_async: Cell<bool>,
}

/// A coroutine.
#[pyclass(name = "coroutine", fixed = id::COROUTINE)]
#[repr(C)]
pub struct Coroutine {
    base: Generator,
}

/// An asynchronous generator.
#[pyclass(name = "async_generator", fixed = id::ASYNC_GENERATOR)]
#[repr(C)]
pub struct AsyncGenerator {
    base: Generator,
}

/// The generator part of any of the three.
pub fn as_generator(v: Value) -> Option<Ref<Generator>> {
    if v.is::<Generator>() || v.is::<Coroutine>() || v.is::<AsyncGenerator>() {
        // SAFETY: all three have the layout of Generator.
        Some(unsafe { v.cast() })
    } else {
        None
    }
}

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
        g.watch();
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
    g.save_registers(frame.regs, i.a);
    g.at.set(frame.body().to_plain(frame.at() as u32 + 1));
    g.receiver.set(i.a);
    g.state.set(State::Suspended);
    // The RESUME behind a YIELD_VALUE says if there is no `try` around it (RESUME_OPARG_DEPTH1_MASK).
    // SAFETY: there is an instruction behind every yield.
    let next = unsafe { *m.pc.add(frame.body().events.is_some() as usize) };
    if next.a & 7 != 5 {
        g.watch();
    }
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
fn leave_state(vm: &Vm, g: Ref<Generator>, frame: &Control) {
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
    match g.state.get() {
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
    // SAFETY: bodies live as long as their code.
    let body = unsafe { &*g.function.get().code.get().body(vm)? };
    let (next, regs) = thread.next_place();
    if !thread.has_room(next, regs, body.registers) {
        return Err(vm.recursion_error(""));
    }
    // SAFETY: there is room.
    unsafe { push_frame(vm, g, body, next, regs, frame_kind) };
    let result = match sent {
        Ok(v) => {
            // SAFETY: a register of the frame just pushed.
            unsafe { (*next).set_reg(g.receiver.get() as usize, Some(v)) };
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
unsafe fn push_frame(
    vm: &Vm,
    g: Ref<Generator>,
    body: &Body,
    next: *mut Control,
    regs: *mut u64,
    kind: Kind,
) {
    let registers = g.registers.get().expect("a live generator has registers");
    let pc = body.code.as_ptr().add(body.from_plain(g.at.get()) as usize);
    write_frame(vm, g, body, registers, pc, next, regs, kind);
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
        push_frame(vm, g, body, next, regs, kind);
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
        if thread.depth.get() >= vm.recursion_limit()
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
        write_frame(vm, g, body, registers, pc, next, regs, kind);
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

impl Generator {
    /// Where the state is, as a word.
    pub const STATE: u32 = std::mem::offset_of!(Generator, state) as u32;

    /// Has the generator closed when it dies suspended.
    #[inline(always)]
    fn watch(&self) {
        if !self.watched.replace(true) {
            // SAFETY: a Generator exists only in the heap, so its address is its reference.
            heap::register_finalizer(
                unsafe { Ref::from_ptr(self as *const Generator as *mut Generator) }.value(),
            );
        }
    }

    /// Nothing is to be cleaned up any more.
    #[inline(always)]
    fn close_silently(g: Ref<Generator>) {
        g.state.set(State::Closed);
        g.registers.set(g, None);
        if g.watched.get() {
            heap::forget_finalizer(g.value());
        }
    }

    /// Keeps the first `n` registers.
    #[inline(always)]
    fn save_registers(&self, regs: *const u64, n: u16) {
        let array = self.registers.get().expect("a live generator has registers");
        let before = self.saved.replace(n);
        // SAFETY: the array has room for all registers of the frame.
        unsafe {
            copy_words(regs, array.as_mut_ptr(), n as usize);
            if before > n {
                std::ptr::write_bytes(array.as_mut_ptr().add(n as usize), 0, (before - n) as usize);
            }
        }
        array.stored();
    }
}

/// The frame has ended for good.
fn finish(vm: &Vm, g: Ref<Generator>, frame: *mut Control) {
    Generator::close_silently(g);
    // SAFETY: the record above the top is still intact: nothing ran since.
    vm.thread().handled.set(unsafe { (*frame).outer_handled });
}

/// StopIteration out of a generator is a RuntimeError (PEP 479).
fn convert_stop(vm: &Vm, g: Ref<Generator>, raised: Raised) -> Raised {
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

fn kind_name(g: Ref<Generator>) -> &'static str {
    if g.value().is::<Coroutine>() {
        "coroutine"
    } else if g.value().is::<AsyncGenerator>() {
        "async generator"
    } else {
        "generator"
    }
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
pub fn delegate(g: Ref<Generator>) -> Option<Value> {
    if g.state.get() != State::Suspended {
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
        push_frame(vm, g, body, next, regs, Kind::Generator);
        let result = f();
        g.save_registers((*next).regs, g.receiver.get());
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
    if let Some(inner) = delegate(g) {
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
        Generator::close_silently(g);
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
    match g.state.get() {
        State::Closed => return Ok(none()),
        State::Created => {
            Generator::close_silently(g);
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

fn flags_of(g: Ref<Generator>) -> u32 {
    g.function.get().code.get().plain.flags
}

/// `await v`: the iterator to delegate to.
pub fn get_awaitable(vm: &Vm, v: Value, context: usize) -> PyResult<Value> {
    if v.is::<Coroutine>() {
        // SAFETY: a coroutine has the layout of Generator.
        let g: Ref<Generator> = unsafe { v.cast() };
        if delegate(g).is_some() {
            return Err(vm.runtime_error("coroutine is being awaited already"));
        }
        return Ok(v);
    }
    if v.is::<Generator>() {
        // SAFETY: the shape says so.
        let g: Ref<Generator> = unsafe { v.cast() };
        if flags_of(g) & CO_ITERABLE_COROUTINE != 0 {
            return Ok(v);
        }
    }
    let Some(f) = v.class().slots().am_await else {
        let class = v.class().name();
        return Err(vm.type_error(match context {
            1 => format!(
                "'async with' received an object from __aenter__ that does not implement __await__: {class}"
            ),
            2 => format!(
                "'async with' received an object from __aexit__ that does not implement __await__: {class}"
            ),
            _ => format!("'{class}' object can't be awaited"),
        }));
    };
    let it = f(vm, v)?;
    if it.is::<Coroutine>() {
        return Err(vm.type_error("__await__() returned a coroutine"));
    }
    if it.class().slots().tp_iternext.is_none() {
        raise!(vm, TypeError, "__await__() returned non-iterator of type '{}'", it.class().name())
    }
    Ok(it)
}

/// `aiter(v)` for `async for`.
pub fn get_aiter(vm: &Vm, v: Value) -> PyResult<Value> {
    let Some(f) = v.class().slots().am_aiter else {
        raise!(
            vm,
            TypeError,
            "'async for' requires an object with __aiter__ method, got {}",
            v.class().name()
        )
    };
    let it = f(vm, v)?;
    if it.class().slots().am_anext.is_none() {
        raise!(
            vm,
            TypeError,
            "'async for' received an object from __aiter__ that does not implement __anext__: {}",
            it.class().name()
        )
    }
    Ok(it)
}

/// The awaitable of `anext(it)` for `async for`.
pub fn get_anext(vm: &Vm, v: Value) -> PyResult<Value> {
    let Some(f) = v.class().slots().am_anext else {
        raise!(
            vm,
            TypeError,
            "'async for' requires an iterator with __anext__ method, got {}",
            v.class().name()
        )
    };
    let awaitable = f(vm, v)?;
    if v.is::<AsyncGenerator>() {
        return Ok(awaitable);
    }
    get_awaitable(vm, awaitable, 0).map_err(|raised| {
        let exc = vm.take_exception(raised);
        let raised = vm.type_error(format!(
            "'async for' received an invalid object from __anext__: {}",
            awaitable.class().name()
        ));
        let new = vm.take_exception(raised);
        new.cause.set(new, Some(exc));
        vm.restore(new)
    })
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

/// Closes a generator that was dropped, reports a coroutine never awaited.
pub fn finalize(vm: &Vm, v: Value) {
    let Some(g) = as_generator(v) else { return };
    match g.state.get() {
        State::Closed | State::Running => {}
        State::Created => {
            if v.is::<Coroutine>() {
                let message = format!("coroutine '{}' was never awaited", g.qualname.get());
                if let Err(raised) = crate::warnings::warn(vm, Exc::RuntimeWarning.class(), &message, 1) {
                    vm.unraisable(raised, "Exception ignored while finalizing coroutine", v);
                }
            }
        }
        State::Suspended => {
            if v.is::<AsyncGenerator>()
                && let Some(f) = g.finalizer.get()
                && !g.closed_async.get()
            {
                if let Err(raised) = vm.call(f, &[v]) {
                    vm.unraisable(raised, "Exception ignored while closing generator", v);
                }
                return;
            }
            if let Err(raised) = close(vm, g) {
                vm.unraisable(raised, "Exception ignored while closing generator", v);
            }
        }
    }
}

pub fn frame_of(vm: &Vm, g: Ref<Generator>) -> Value {
    match g.state.get() {
        State::Closed => none(),
        State::Running => {
            let thread = vm.thread();
            let mut control = thread.frame.get();
            while !control.is_null() && control >= thread.stacks.controls {
                // SAFETY: frames from the base to the top are initialised.
                let c = unsafe { &*control };
                if c.kind.is_generator() && c.extra == g.value().bits() {
                    return crate::builtins::frame::object_of(vm, control).value();
                }
                // SAFETY: compared with the base above.
                control = unsafe { control.sub(1) };
            }
            // It runs in another thread.
            none()
        }
        State::Created | State::Suspended => match g.frame_object.get() {
            Some(frame) => frame,
            None => {
                let frame = crate::builtins::frame::of_generator(g).value();
                g.frame_object.set(g, Some(frame));
                frame
            }
        },
    }
}

impl Generator {
    /// A register of the sleeping frame.
    pub fn register(&self, i: usize) -> Option<Value> {
        if i >= self.saved.get() as usize {
            return None;
        }
        self.registers.get()?.get(i)
    }

    pub fn is_suspended(&self) -> bool {
        self.state.get() == State::Suspended
    }

    /// Sets a local variable of the sleeping frame.
    pub fn set_register(&self, i: usize, value: Value) {
        if i < self.saved.get() as usize
            && let Some(registers) = self.registers.get()
        {
            registers.set(i, Some(value));
        }
    }

    /// The bytecode unit where the sleeping frame is.
    pub fn unit(&self) -> u32 {
        let at = (self.at.get() as usize).saturating_sub(1);
        let body = self.function.get().code.get().plain_body();
        // SAFETY: bodies live as long as their code.
        body.and_then(|b| unsafe { &*b }.origin.get(at).copied()).unwrap_or(0)
    }
}

pub fn set_text(vm: &Vm, value: Option<Value>, what: &str) -> PyResult<Ref<Str>> {
    match value.and_then(|v| v.downcast::<Str>()) {
        Some(s) => Ok(s),
        None => raise!(vm, TypeError, "{what} must be set to a string object"),
    }
}

#[pymethods]
impl Generator {
    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let g = as_generator(this).expect("a slot of generators");
        Ok(vm.new_str(&format!("<generator object {} at {:#x}>", g.qualname.get(), vm.id(this))))
    }

    #[slot(tp_iter, am_await)]
    fn iter(_vm: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        // SAFETY: installed as a slot of generator only.
        let g: Ref<Generator> = unsafe { this.cast() };
        match resume(vm, g, Ok(none()))? {
            Resumed::Yielded(v) => Ok(Some(v)),
            Resumed::Returned(v) if v.is_none() => Ok(None),
            Resumed::Returned(v) => Err(stop(vm, v)),
        }
    }

    #[slot(tp_finalize)]
    fn del(vm: &Vm, this: Value) {
        finalize(vm, this);
    }

    /// send(value) -> send 'value' into generator,
    /// return next yielded value or raise StopIteration.
    #[pymethod("($self, value, /)")]
    fn send(vm: &Vm, this: Ref<Generator>, value: Value) -> PyResult<Value> {
        send_value(vm, this, value)
    }

    /// throw(value)
    /// throw(type[,value[,tb]])
    ///
    /// Raise exception in generator, return next yielded value or raise
    /// StopIteration.
    #[pymethod("($self, type, value=None, traceback=None, /)")]
    fn throw(
        vm: &Vm,
        this: Ref<Generator>,
        typ: Value,
        value: Option<Value>,
        tb: Option<Value>,
    ) -> PyResult<Value> {
        let exc = thrown(vm, typ, value, tb)?;
        throw(vm, this, exc)
    }

    /// close() -> raise GeneratorExit inside generator.
    #[pymethod("($self, /)")]
    fn close(vm: &Vm, this: Ref<Generator>) -> PyResult<Value> {
        close(vm, this)
    }

    #[getter]
    fn gi_code(_vm: &Vm, this: Ref<Generator>) -> Ref<Code> {
        this.function.get().code.get()
    }

    #[getter]
    fn gi_frame(vm: &Vm, this: Ref<Generator>) -> Value {
        frame_of(vm, this)
    }

    #[getter]
    fn gi_running(_vm: &Vm, this: Ref<Generator>) -> bool {
        this.state.get() == State::Running
    }

    #[getter]
    fn gi_suspended(_vm: &Vm, this: Ref<Generator>) -> bool {
        this.state.get() == State::Suspended
    }

    #[getter]
    fn gi_yieldfrom(_vm: &Vm, this: Ref<Generator>) -> Option<Value> {
        delegate(this)
    }

    #[getter]
    fn __name__(_vm: &Vm, this: Ref<Generator>) -> Ref<Str> {
        this.name.get()
    }

    #[setter(name = "__name__")]
    fn set_name(vm: &Vm, this: Ref<Generator>, value: Option<Value>) -> PyResult<()> {
        this.name.set(this, set_text(vm, value, "__name__")?);
        Ok(())
    }

    #[getter]
    fn __qualname__(_vm: &Vm, this: Ref<Generator>) -> Ref<Str> {
        this.qualname.get()
    }

    #[setter(name = "__qualname__")]
    fn set_qualname(vm: &Vm, this: Ref<Generator>, value: Option<Value>) -> PyResult<()> {
        this.qualname.set(this, set_text(vm, value, "__qualname__")?);
        Ok(())
    }

    #[classmethod]
    fn __class_getitem__(vm: &Vm, class: Value, item: Value) -> PyResult<Value> {
        crate::builtins::union_::generic_alias(vm, class, item)
    }
}

/// The flags that make a function's call return one of these objects.
pub const GENERATOR_FLAGS: u32 = CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR;
