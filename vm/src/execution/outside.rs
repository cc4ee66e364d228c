//! What instructions do outside the run loop.
//!
//! These functions take and return plain words: the address of something on the stack would keep the loop
//! from jumping (see `run.rs`). The caller has saved the position; where a function changes the running
//! frame or the position, it saves the new one, and the caller reloads.

use super::body::Body;
use super::cold;
use super::frame::{Control, Kind};
use super::instr::Instr;
use super::interp::Interp;
use super::lifetimes;
use crate::args::Args;
use crate::builtins::asyncgen;
use crate::builtins::delegation;
use crate::builtins::descr::{MethodDescriptor, NativeFunction};
use crate::builtins::generator;
use crate::builtins::generator_frames;
use crate::builtins::list::List;
use crate::builtins::tuple::Tuple;
use crate::error::PyResult;
use crate::extension;
use crate::object::{Ref, Value, ValueExt};
use crate::semantics::machine::Flow;
use crate::vm::Vm;

#[inline(never)]
pub fn execute_cold(vm: &'static Vm, i: Instr) -> Flow {
    let mut m = Interp::saved(vm);
    let flow = cold::execute(&mut m, i);
    m.sync();
    flow
}

#[inline(never)]
pub fn yield_value(vm: &'static Vm, i: Instr) -> Flow {
    let mut m = Interp::saved(vm);
    let flow = generator_frames::suspend(&mut m, i).unwrap_or(Flow::Raise);
    m.sync();
    flow
}

#[inline(never)]
pub fn push_init(vm: &'static Vm, class: Value, dest: u16, first: u16, count: u16) -> PyResult<bool> {
    let mut m = Interp::saved(vm);
    // SAFETY: the caller has tested the shape.
    super::calls::enter_init(&mut m, unsafe { class.cast() }, dest, first, count as usize)
        .inspect(|_| m.sync())
}

#[inline(never)]
pub fn push_resume(vm: &'static Vm, generator: Value, sent: Value, dest: u16, kind: Kind) -> bool {
    let mut m = Interp::saved(vm);
    // SAFETY: the caller has tested the shape.
    generator_frames::enter(&mut m, unsafe { generator.cast() }, sent, dest, kind)
}

/// The frame of an asynchronous generator, just popped, has returned to an awaiting frame.
#[inline(never)]
pub fn async_returned(vm: &'static Vm, frame: *mut Control) -> Flow {
    let mut m = Interp::saved(vm);
    // SAFETY: the record above the top is still intact: nothing ran since.
    let (g, dest) = unsafe { ((*frame).extra, (*frame).dest) };
    if let Some(g) = Value::from_bits(g).and_then(generator::as_generator) {
        asyncgen::returned(&mut m, g, dest);
    }
    Flow::Raise
}

/// As `async_returned`, with an exception; the generator was resumed for register `dest`.
#[inline(never)]
pub fn async_raised(vm: &'static Vm, resumed: Option<Value>, dest: u16) {
    let mut m = Interp::saved(vm);
    if let Some(g) = resumed.and_then(generator::as_generator) {
        asyncgen::raised(&mut m, g, dest);
    }
}

/// RETURN_GENERATOR
#[inline(never)]
pub fn make_generator(vm: &'static Vm, i: Instr) -> Flow {
    let mut m = Interp::saved(vm);
    let flow = generator_frames::make(&mut m, i).unwrap_or(Flow::Raise);
    m.sync();
    flow
}

#[inline(never)]
pub fn push_next(vm: &'static Vm, iter: Value, dest: u16) -> PyResult<bool> {
    let mut m = Interp::saved(vm);
    super::calls::enter_next(&mut m, iter, dest)
}

#[inline(never)]
pub fn push_item(vm: &'static Vm, obj: Value, key: Value, value: Option<Value>, dest: u16) -> PyResult<bool> {
    let mut m = Interp::saved(vm);
    super::calls::enter_item(&mut m, obj, key, value, dest)
}

// The frames of the functions below stay small: in a gap of theirs, what earlier calls left there would keep
// garbage alive while a native function collects.

/// The arguments are `count` registers, all bound, which stay in place during the call; the register before
/// them is free.
#[inline(never)]
pub fn call_native(vm: &'static Vm, f: Value, args: *mut u64, count: u16) -> PyResult<Value> {
    vm.check_native_stack()?;
    // SAFETY: see above; the caller has tested the shape.
    unsafe {
        let f = f.cast::<NativeFunction>();
        if (*vm.thread().frame.get()).owned == 0 && !f.passes_receiver() {
            // The arguments' description is made where the function expects it: copying it takes time.
            let args = std::slice::from_raw_parts(args.cast(), count as usize);
            return (f.def().func)(vm, f.def(), Args::positional(args));
        }
        call_careful(vm, f, args, count)
    }
}

/// As `call_native`, for functions bound to an object, and while the frame owns objects.
///
/// # Safety
/// As `call_native`.
#[inline(never)]
unsafe fn call_careful(vm: &Vm, f: Ref<NativeFunction>, args: *mut u64, count: u16) -> PyResult<Value> {
    let args = Args::positional(std::slice::from_raw_parts(args.cast(), count as usize));
    lifetimes::call_native(vm, f.def(), args.all(), || {
        if f.passes_receiver() {
            return call_bound(vm, f, args);
        }
        (f.def().func)(vm, f.def(), args)
    })
}

#[inline(never)]
fn call_bound(vm: &Vm, f: Ref<NativeFunction>, args: Args) -> PyResult<Value> {
    f.invoke(vm, args)
}

/// As `call_native`; the first argument is the receiver.
#[inline(never)]
pub fn call_descriptor(vm: &'static Vm, f: Value, args: *mut u64, count: u16) -> PyResult<Value> {
    vm.check_native_stack()?;
    // SAFETY: as in `call_native`.
    unsafe {
        let args = std::slice::from_raw_parts(args.cast::<Value>(), count as usize);
        let f = f.cast::<MethodDescriptor>();
        lifetimes::before_native(vm, args);
        f.check_receiver(vm, args)?;
        // As in `call_native`.
        (f.def().func)(vm, f.def(), Args::positional(args))
    }
}

/// The running frame passes these registers to a Python function, whose first they are: what that owns.
#[inline(never)]
pub fn pass(vm: &Vm, body: &Body, args: *mut u64, count: usize) -> u64 {
    // SAFETY: as in `call_native`; the frame is the running one.
    unsafe {
        let args = std::slice::from_raw_parts(args.cast(), count);
        lifetimes::pass(&mut *vm.thread().frame.get(), body, args, true)
    }
}

/// The frame returns `v`.
#[inline(never)]
pub fn leave(frame: *mut Control, v: Value) -> bool {
    // SAFETY: running-frame.
    lifetimes::leave(unsafe { &mut *frame }, v)
}

/// The frame below has ended, and the running one goes on with the result if it has called it.
#[inline(never)]
pub fn receive(vm: &Vm, v: Value, called: bool, fresh: bool) {
    if called {
        lifetimes::receive(vm, v, fresh);
    } else if fresh {
        extension::shared(v);
    }
}

/// The frame of a generator to which another one delegates returns `v`.
#[inline(never)]
pub fn return_to_delegator(vm: &Vm, frame: *mut Control, v: Value, fresh: bool) {
    if fresh {
        extension::shared(v);
    }
    delegation::return_to_delegator(vm, frame, v);
}

#[inline(never)]
pub fn new_tuple(vm: &Vm, items: *mut u64, count: u16) -> Value {
    // SAFETY: as in `call_native`.
    Tuple::from_slice(vm, unsafe { std::slice::from_raw_parts(items.cast(), count as usize) }).value()
}

#[inline(never)]
pub fn new_list(vm: &Vm, items: *mut u64, count: u16) -> Value {
    // SAFETY: as in `call_native`.
    List::from_slice(vm, unsafe { std::slice::from_raw_parts(items.cast(), count as usize) }).value()
}

#[cold]
#[inline(never)]
pub fn no_iterator(vm: &Vm, v: Value) -> Flow {
    let _ = vm.type_error(format!("iter() returned non-iterator of type '{}'", v.class().name()));
    Flow::Raise
}

#[cold]
#[inline(never)]
pub fn init_returned(vm: &Vm, v: Value) -> Flow {
    let _ = vm.type_error(format!("__init__() should return None, not '{}'", v.class().name()));
    Flow::Raise
}
