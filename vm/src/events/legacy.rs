//! `sys.settrace` and `sys.setprofile`: events as calls of one function with a frame, a word and a value.
//! CPython's `legacy_tracing.c`.

use super::{Event, PROFILE, TRACE, in_callback, set_global};
use crate::builtins::descr::{MethodDescriptor, NativeFunction};
use crate::builtins::exceptions::BaseException;
use crate::builtins::frame::{self, FrameExt};
use crate::builtins::singletons::none;
use crate::builtins::tuple::Tuple;
use crate::error::PyResult;
use crate::execution::frame::Control;
use crate::object::{Value, ValueExt};
use crate::thread::Thread;
use crate::vm::Vm;

const FRAMES: u32 = Event::PyStart.bit()
    | Event::PyResume.bit()
    | Event::PyReturn.bit()
    | Event::PyYield.bit()
    | Event::PyUnwind.bit()
    | Event::PyThrow.bit();
const TRACED: u32 =
    FRAMES | Event::Line.bit() | Event::Instruction.bit() | Event::Raise.bit() | Event::StopIteration.bit();
const PROFILED: u32 = FRAMES | Event::Call.bit() | Event::CReturn.bit() | Event::CRaise.bit();

fn word(function: Option<Value>) -> u64 {
    function.filter(|f| !f.is_none()).map_or(0, |f| f.bits())
}

/// Sets the trace function of a thread.
pub fn set_trace(vm: &Vm, thread: &Thread, function: Option<Value>) {
    thread.trace_function.set(word(function));
    let any = vm.any_thread(&mut |t| t.trace_function.get() != 0);
    set_global(TRACE, if any { TRACED } else { 0 });
}

/// Sets the profile function of a thread.
pub fn set_profile(vm: &Vm, thread: &Thread, function: Option<Value>) {
    thread.profile_function.set(word(function));
    let any = vm.any_thread(&mut |t| t.profile_function.get() != 0);
    set_global(PROFILE, if any { PROFILED } else { 0 });
}

/// What trace functions get with an exception.
fn triple(vm: &Vm, exc: Value) -> Value {
    let tb = exc.downcast::<BaseException>().and_then(|e| e.traceback.get()).unwrap_or(none());
    Tuple::from_slice(vm, &[exc.class().value(), exc, tb]).value()
}

/// Calls the thread's trace function, or for events inside a frame the frame's own.
pub fn trace(vm: &Vm, control: *mut Control, event: Event, value: Value) -> PyResult<()> {
    let thread = vm.thread();
    let Some(global) = Value::from_bits(thread.trace_function.get()) else { return Ok(()) };
    let frame = frame::object_of(vm, control);
    let is_call = matches!(event, Event::PyStart | Event::PyResume | Event::PyThrow);
    let (what, arg) = match event {
        _ if is_call => ("call", none()),
        Event::PyReturn | Event::PyYield => ("return", value),
        Event::PyUnwind => ("return", none()),
        Event::Line if frame.traces_lines() => ("line", none()),
        Event::Instruction if frame.traces_opcodes() => ("opcode", none()),
        Event::Raise | Event::StopIteration => ("exception", triple(vm, value)),
        _ => return Ok(()),
    };
    let function = if is_call { Some(global) } else { frame.trace_function() };
    let Some(function) = function else { return Ok(()) };
    let answer = in_callback(vm, || vm.call(function, &[frame.value(), vm.intern_str(what).value(), arg]));
    match answer {
        Ok(answer) => {
            if !answer.is_none() {
                frame.set_trace_function(Some(answer));
            }
            Ok(())
        }
        Err(raised) => {
            let exc = vm.take_exception(raised);
            set_trace(vm, thread, None);
            frame.set_trace_function(None);
            Err(vm.restore(exc))
        }
    }
}

/// The function that profilers see in a call: a native function, or a method descriptor bound to its receiver.
pub fn c_function(vm: &Vm, function: Value, first: Option<Value>) -> PyResult<Option<Value>> {
    if function.is::<NativeFunction>() {
        return Ok(Some(function));
    }
    if vm.thread().profile_function.get() == 0 || !function.is::<MethodDescriptor>() {
        return Ok(None);
    }
    match (first, function.class().slots().tp_descr_get) {
        (Some(first), Some(get)) => get(vm, function, Some(first), first.class().value()).map(Some),
        _ => Ok(None),
    }
}

/// Calls the thread's profile function.
pub fn profile(vm: &Vm, control: *mut Control, event: Event, value: Value) -> PyResult<()> {
    let thread = vm.thread();
    let Some(function) = Value::from_bits(thread.profile_function.get()) else { return Ok(()) };
    let (what, arg) = match event {
        Event::PyStart | Event::PyResume | Event::PyThrow => ("call", none()),
        Event::PyReturn | Event::PyYield => ("return", value),
        Event::PyUnwind => ("return", none()),
        Event::Call if !value.is_none() => ("c_call", value),
        Event::CReturn if !value.is_none() => ("c_return", value),
        Event::CRaise if !value.is_none() => ("c_exception", value),
        _ => return Ok(()),
    };
    let frame = frame::object_of(vm, control);
    let args = [frame.value(), vm.intern_str(what).value(), arg];
    match in_callback(vm, || vm.call(function, &args)) {
        Ok(_) => Ok(()),
        Err(raised) => {
            let exc = vm.take_exception(raised);
            set_profile(vm, thread, None);
            Err(vm.restore(exc))
        }
    }
}
