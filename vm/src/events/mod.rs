//! Events of running code: `sys.settrace`, `sys.setprofile` and `sys.monitoring`.
//!
//! Eight tools can ask for events: six of `sys.monitoring`, the profile and the trace function. While one asks,
//! code runs in bodies with `Event` words (`bodies.rs`), which come here; exceptions come here from the
//! unwinder. Otherwise nothing is paid.
//!
//! A frame that runs when events are turned on or off changes its body at its next poll of the eval breaker, if
//! native code is not in between; it may be in the plain body a little longer.

pub mod bodies;
pub mod legacy;

use crate::args::NamedArgs;
use crate::builtins::code::Code;
use crate::builtins::dict::Dict;
use crate::builtins::exceptions::BaseException;
use crate::builtins::function::{Function, Method};
use crate::builtins::singletons::none;
use crate::builtins::tuple::Tuple;
use crate::error::PyResult;
use crate::execution::frame::{Control, Kind};
use crate::execution::instr::{Instr, Op};
use crate::execution::interp::Interp;
use crate::object::{Ref, Value, ValueExt};
use crate::semantics::machine::{Flow, Machine};
use crate::vm::{EVAL_BREAKER, PENDING_EVENTS, Vm};
use adder_compiler::opcode::Opcode;
use adder_heap::{GilCell, StaticRoot};
use bodies::kind;
use std::collections::HashSet;
use std::sync::atomic::Ordering;

/// The events, numbered as in `sys.monitoring.events`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Event {
    PyStart,
    PyResume,
    PyReturn,
    PyYield,
    Call,
    Line,
    Instruction,
    Jump,
    BranchLeft,
    BranchRight,
    StopIteration,
    Raise,
    ExceptionHandled,
    PyUnwind,
    PyThrow,
    Reraise,
    CReturn,
    CRaise,
}

impl Event {
    pub const fn bit(self) -> u32 {
        1 << self as u32
    }

    /// Events that can be set for one code object, and disabled at one place.
    fn is_local(self) -> bool {
        (self as u8) <= Event::StopIteration as u8
    }
}

pub const EVENT_COUNT: usize = 19;
/// Tools of `sys.monitoring`.
pub const TOOLS: usize = 6;
pub const PROFILE: usize = 6;
pub const TRACE: usize = 7;

/// What is set for one code object.
#[derive(Default)]
pub struct Monitors {
    pub local: [u32; 8],
    /// Tool, event and bytecode unit.
    disabled: HashSet<(u8, u8, u32)>,
    /// The value of `State::restarts` that `disabled` belongs to.
    restarts: u32,
}

struct State {
    global: [u32; 8],
    restarts: u32,
}

static STATE: GilCell<State> = GilCell::new(State { global: [0; 8], restarts: 0 });
pub static CALLBACKS: [[StaticRoot; EVENT_COUNT]; TOOLS] =
    [const { [const { StaticRoot::new() }; EVENT_COUNT] }; TOOLS];
/// `sys.monitoring.DISABLE` and `MISSING`.
pub static DISABLE: StaticRoot = StaticRoot::new();
pub static MISSING: StaticRoot = StaticRoot::new();

/// Whether the code must run in a body with events.
pub fn wanted(code: &Code) -> bool {
    STATE.get().global.iter().any(|set| *set != 0)
        || monitors(code).is_some_and(|m| m.local.iter().any(|set| *set != 0))
}

fn monitors(code: &Code) -> Option<&'static mut Monitors> {
    // SAFETY: made by `monitors_of`, freed with the code object; touched under the GIL.
    unsafe { code.monitors.get().as_mut() }
}

/// What is set for a code object, made when first needed.
pub fn monitors_of(code: Ref<Code>) -> &'static mut Monitors {
    if code.monitors.get().is_null() {
        code.monitors.set(Box::into_raw(Box::default()));
    }
    monitors(&code).expect("just made")
}

pub fn global(tool: usize) -> u32 {
    STATE.get().global[tool]
}

pub fn set_global(tool: usize, set: u32) {
    let state = STATE.get();
    let before = state.global != [0; 8];
    state.global[tool] = set;
    if before != (state.global != [0; 8]) {
        crate::builtins::code::each_translated(&mut |code| code.choose_body());
        EVAL_BREAKER.fetch_or(PENDING_EVENTS, Ordering::Relaxed);
    }
}

pub fn local(code: Ref<Code>, tool: usize) -> u32 {
    monitors(&code).map_or(0, |m| m.local[tool])
}

pub fn set_local(code: Ref<Code>, tool: usize, set: u32) {
    monitors_of(code).local[tool] = set;
    code.choose_body();
    EVAL_BREAKER.fetch_or(PENDING_EVENTS, Ordering::Relaxed);
}

/// A tool has no events of single code objects any more.
pub fn forget_local(tool: usize) {
    crate::builtins::code::each_translated(&mut |code| {
        if let Some(m) = monitors(code) {
            m.local[tool] = 0;
            code.choose_body();
        }
    });
}

pub fn restart() {
    STATE.get().restarts += 1;
}

/// At a poll of the run loop: frames of this thread go to the bodies that are in use now, from the top down as far
/// as the position is in the frame's record and not in some handler's registers.
pub fn poll(vm: &Vm) {
    // A callback's own frames are not meant.
    if vm.thread().tracing.get() > 0 {
        return;
    }
    if EVAL_BREAKER.fetch_and(!PENDING_EVENTS, Ordering::Relaxed) & PENDING_EVENTS == 0 {
        return;
    }
    let thread = vm.thread();
    let Some(top) = thread.top() else { return };
    let mut control = top;
    loop {
        // SAFETY: from the top to the base all records are initialised.
        let frame = unsafe { &mut *control };
        if let Ok(body) = frame.code().body(vm)
            && body.cast_const() != frame.body
        {
            // SAFETY: bodies live as long as their code; the position is in the frame's body.
            unsafe {
                let at = frame.pc.offset_from(frame.body().code.as_ptr()) as u32;
                let at = (*body).from_plain(frame.body().to_plain(at));
                frame.pc = (&(*body).code).as_ptr().add(at as usize);
            }
            frame.body = body;
            frame.event_unit = 0;
        }
        let reloads = matches!(frame.kind, Kind::Call | Kind::Getter | Kind::Iter | Kind::Init);
        if !reloads || control == thread.stacks.controls {
            return;
        }
        // SAFETY: there is a frame below.
        control = unsafe { control.sub(1) };
    }
}

/// Tools that want an event at a place.
fn active(code: &Code, event: Event, unit: u32) -> u8 {
    let state = STATE.get();
    let mut local = monitors(code);
    let mut tools = 0;
    for tool in 0..8 {
        let mut set = state.global[tool];
        if let Some(m) = &mut local {
            if m.restarts != state.restarts {
                m.restarts = state.restarts;
                m.disabled.clear();
            }
            set |= m.local[tool];
            if !m.disabled.is_empty() && m.disabled.contains(&(tool as u8, event as u8, unit)) {
                continue;
            }
        }
        if set & event.bit() != 0 {
            tools |= 1 << tool;
        }
    }
    tools
}

/// Runs a callback: no events in it, and the exception being raised is kept.
fn in_callback<T>(vm: &Vm, call: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    let thread = vm.thread();
    let saved = vm.fetch_exception();
    let reraised_at = thread.reraised_at.get();
    thread.tracing.set(thread.tracing.get() + 1);
    let result = call();
    thread.tracing.set(thread.tracing.get() - 1);
    thread.reraised_at.set(reraised_at);
    if result.is_ok()
        && let Some(e) = saved
    {
        vm.set_exception(e);
    }
    result
}

/// Sends an event to the tools that want it; `args` come behind the code object for tools of `sys.monitoring`,
/// `value` is what trace and profile functions get.
fn fire(
    vm: &Vm,
    control: *mut Control,
    event: Event,
    unit: u32,
    args: &[Value],
    value: Value,
) -> PyResult<()> {
    // SAFETY: the running frame.
    let code = unsafe { (*control).code() };
    let tools = active(&code, event, unit);
    if tools == 0 {
        return Ok(());
    }
    for tool in 0..TOOLS {
        if tools & 1 << tool == 0 {
            continue;
        }
        let Some(f) = CALLBACKS[tool][event as usize].get() else { continue };
        let mut all: smallvec::SmallVec<[Value; 5]> = smallvec::SmallVec::new();
        all.push(code.value());
        all.extend_from_slice(args);
        debug_assert!(!all.spilled());
        let answer = in_callback(vm, || vm.call(f, &all))?;
        if DISABLE.get() == Some(answer) {
            disable(vm, code, tool, event, unit)?;
        }
    }
    if tools & 1 << PROFILE != 0 {
        legacy::profile(vm, control, event, value)?;
    }
    if tools & 1 << TRACE != 0 {
        legacy::trace(vm, control, event, value)?;
    }
    Ok(())
}

fn disable(vm: &Vm, code: Ref<Code>, tool: usize, event: Event, unit: u32) -> PyResult<()> {
    // C_RETURN and C_RAISE go with their CALL.
    let event = if matches!(event, Event::CReturn | Event::CRaise) { Event::Call } else { event };
    if !event.is_local() {
        CALLBACKS[tool][event as usize].set(None);
        let name = crate::monitoring::event_name(event as usize);
        return Err(vm.value_error(format!("Cannot disable {name} events. Callback removed.")));
    }
    let restarts = STATE.get().restarts;
    let m = monitors_of(code);
    if m.restarts != restarts {
        m.restarts = restarts;
        m.disabled.clear();
    }
    m.disabled.insert((tool as u8, event as u8, unit));
    Ok(())
}

fn offset(vm: &Vm, unit: u32) -> Value {
    vm.int(2 * unit as i64)
}

/// The instruction `Event`; the position is saved.
pub fn execute(m: &mut Interp, i: Instr) -> PyResult<Flow> {
    let vm = m.vm;
    let control = m.frame;
    // SAFETY: running-frame.
    let unit = unsafe { (*control).unit() };
    if vm.thread().tracing.get() > 0 {
        return Ok(Flow::Next);
    }
    match i.a {
        kind::INSTRUCTION => {
            instruction(vm, control, unit)?;
            // A trace function may have set the line.
            m.reload();
        }
        kind::RETURN => {
            let v = m.operand(i.b);
            fire(vm, control, Event::PyReturn, unit, &[offset(vm, unit), v], v)?;
        }
        kind::YIELD => {
            let v = m.operand(i.b);
            fire(vm, control, Event::PyYield, unit, &[offset(vm, unit), v], v)?;
        }
        _ => return call(m, unit),
    }
    Ok(Flow::Next)
}

fn opcode(code: &Code, unit: u32) -> Option<Opcode> {
    Opcode::from_u8(*code.plain.code.get(2 * unit as usize)?)
}

fn instruction(vm: &Vm, control: *mut Control, unit: u32) -> PyResult<()> {
    // SAFETY: running-frame.
    let frame = unsafe { &mut *control };
    let code = frame.code();
    let previous = frame.event_unit.checked_sub(1);
    frame.event_unit = unit + 1;
    if let Some(from) = previous {
        branch(vm, control, code, from, unit)?;
    }
    if opcode(&code, unit) == Some(Opcode::RESUME) {
        let first = code.plain.code[2 * unit as usize + 1] & 3 == 0;
        let event = if first { Event::PyStart } else { Event::PyResume };
        return fire(vm, control, event, unit, &[offset(vm, unit)], none());
    }
    if let Some(table) = &frame.body().events {
        let line = table.lines[unit as usize];
        let before = previous.and_then(|from| opcode(&code, from));
        let again = before == Some(Opcode::JUMP_BACKWARD);
        let starts = table.line_start.get(unit as usize) == Some(&true)
            && !previous.is_some_and(|from| {
                table.lines.get(from as usize) == Some(&line) && before != Some(Opcode::RESUME)
            });
        if starts || again && line >= 0 {
            fire(vm, control, Event::Line, unit, &[vm.int(line as i64)], none())?;
        }
    }
    fire(vm, control, Event::Instruction, unit, &[offset(vm, unit)], none())
}

/// The event of the jump at `from`, if there is one, now that it is known where it went.
fn branch(vm: &Vm, control: *mut Control, code: Ref<Code>, from: u32, to: u32) -> PyResult<()> {
    use Opcode::*;
    let Some(op) = opcode(&code, from) else { return Ok(()) };
    let next = from + 1 + op.caches() as u32;
    let event = match op {
        JUMP_FORWARD | JUMP_BACKWARD => Event::Jump,
        // NOT_TAKEN comes first where a condition does not jump.
        POP_JUMP_IF_TRUE | POP_JUMP_IF_FALSE | POP_JUMP_IF_NONE | POP_JUMP_IF_NOT_NONE | FOR_ITER
            if to == next =>
        {
            Event::BranchLeft
        }
        POP_JUMP_IF_TRUE | POP_JUMP_IF_FALSE | POP_JUMP_IF_NONE | POP_JUMP_IF_NOT_NONE | FOR_ITER => {
            Event::BranchRight
        }
        _ => return Ok(()),
    };
    fire(vm, control, event, from, &[offset(vm, from), offset(vm, to)], none())
}

/// Before a call; what is not a Python function is called here, so that its end can be told, too.
fn call(m: &mut Interp, unit: u32) -> PyResult<Flow> {
    let vm = m.vm;
    let control = m.frame;
    // SAFETY: running-frame; a call follows.
    let (code, i) = unsafe { ((*control).code(), *m.pc) };
    let watched = [Event::Call, Event::CReturn, Event::CRaise];
    if watched.iter().all(|event| active(&code, *event, unit) == 0) {
        return Ok(Flow::Next);
    }
    let callable = m.reg(i.b);
    let plain = matches!(i.op, Op::Call | Op::CallNative);
    let receiver = if !plain && m.is_bound(i.b + 1) { Some(m.reg(i.b + 1)) } else { None };
    let spread = i.op == Op::CallEx;
    let tuple = if spread { m.reg(i.b + 2).exact::<Tuple>() } else { None };
    let (positional, names) = if spread {
        let kwargs = if m.is_bound(i.b + 3) { Some(m.reg(i.b + 3)) } else { None };
        let (Some(t), None) = (&tuple, kwargs.filter(|k| !is_empty(*k))) else {
            // Binding may fail, with messages of its own.
            return announce(m, control, unit, callable, receiver, None).map(|_| Flow::Next);
        };
        (t.items(), None)
    } else {
        let names = match i.op {
            // SAFETY: the extension word follows.
            Op::CallKw => m.reg(unsafe { (*m.pc.add(1)).a }).exact::<Tuple>(),
            _ => None,
        };
        (crate::execution::operands::slice(m, i.b + 2, i.c as usize), names)
    };
    let (function, first, shown) =
        announce(m, control, unit, callable, receiver, positional.first().copied())?;
    if function.is::<Function>() {
        return Ok(Flow::Next);
    }
    let named = NamedArgs::new(positional, names);
    let args = named.args();
    let result = match receiver {
        Some(r) => vm.with_prepended(r, args, |args| vm.call_args(callable, args)),
        None => vm.call_args(callable, args),
    };
    match result {
        Ok(v) => {
            m.set(i.a, v);
            // SAFETY: behind the call.
            m.pc = unsafe { m.pc.add(i.op.words()) };
            fire(vm, control, Event::CReturn, unit, &[offset(vm, unit), function, first], shown)?;
            Ok(Flow::Next)
        }
        Err(raised) => {
            let args = [offset(vm, unit), function, first];
            fire(vm, control, Event::CRaise, unit, &args, shown)?;
            Err(raised)
        }
    }
}

fn is_empty(kwargs: Value) -> bool {
    kwargs.exact::<Dict>().is_some_and(|d| d.len() == 0)
}

/// The event CALL; gives the function and its first argument as the events show them, and the function as
/// profilers see it.
fn announce(
    m: &mut Interp,
    control: *mut Control,
    unit: u32,
    callable: Value,
    receiver: Option<Value>,
    first: Option<Value>,
) -> PyResult<(Value, Value, Value)> {
    let vm = m.vm;
    let missing = MISSING.get().unwrap_or(none());
    let (function, first) = match (receiver, callable.exact::<Method>()) {
        (Some(r), _) => (callable, r),
        (None, Some(method)) => (method.function.get(), method.receiver.get()),
        (None, None) => (callable, first.unwrap_or(missing)),
    };
    let given = if first == missing { None } else { Some(first) };
    let shown = legacy::c_function(vm, function, given)?.unwrap_or(none());
    fire(vm, control, Event::Call, unit, &[offset(vm, unit), function, first], shown)?;
    Ok((function, first, shown))
}

// ---- exceptions -----------------------------------------------------------------------------------

/// Whether the unwinder must tell of this frame.
#[inline(always)]
fn watches(vm: &Vm, control: *mut Control) -> bool {
    // SAFETY: the top frame.
    unsafe { (*control).body().events.is_some() && vm.thread().tracing.get() == 0 }
}

fn exception_event(vm: &Vm, control: *mut Control, event: Event, exc: Ref<BaseException>) -> PyResult<()> {
    // SAFETY: the top frame.
    let (code, mut unit) = unsafe { ((*control).code(), (*control).unit()) };
    // CPython shows the end of the instruction.
    unit += opcode(&code, unit).map_or(0, |op| op.caches() as u32);
    fire(vm, control, event, unit, &[offset(vm, unit), exc.value()], exc.value())
}

/// An exception is raised in the frame or has reached it. What a callback raises takes its place.
pub fn raised(vm: &Vm, control: *mut Control, again: bool) {
    if watches(vm, control)
        && let Some(exc) = vm.peek_exception()
    {
        let event = if again { Event::Reraise } else { Event::Raise };
        let _ = exception_event(vm, control, event, exc);
    }
}

/// The frame will handle the exception, in the handler at word `target`; its position is still where the exception
/// came up. What a callback raises is handled instead.
pub fn handled(vm: &Vm, control: *mut Control, target: usize, exc: Ref<BaseException>) -> Ref<BaseException> {
    if !watches(vm, control) {
        return exc;
    }
    // SAFETY: the top frame.
    let frame = unsafe { &mut *control };
    // The line of the handler is new, wherever the exception came from.
    frame.event_unit = 0;
    let unit = frame.body().origin.get(target).copied().unwrap_or(0);
    let args = [offset(vm, unit), exc.value()];
    match fire(vm, control, Event::ExceptionHandled, unit, &args, exc.value()) {
        Ok(()) => exc,
        Err(raised) => vm.take_exception(raised),
    }
}

/// The exception leaves the frame.
pub fn unwound(vm: &Vm, control: *mut Control) {
    if watches(vm, control)
        && let Some(exc) = vm.peek_exception()
    {
        let _ = exception_event(vm, control, Event::PyUnwind, exc);
    }
}

/// A generator's `throw`.
pub fn thrown(vm: &Vm, control: *mut Control) {
    if watches(vm, control)
        && let Some(exc) = vm.peek_exception()
    {
        let _ = exception_event(vm, control, Event::PyThrow, exc);
    }
}
