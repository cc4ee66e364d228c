//! The state of one thread that runs Python code.

use crate::builtins::exceptions::BaseException;
use crate::execution::frame::{Control, Stacks};
use crate::object::{Ref, Value};
use adder_heap::Visitor;
use std::cell::Cell;

/// What is to be done with the values of a generator that Rust iterates: see `generator::drain`.
pub struct Taker<'a> {
    pub take: &'a mut dyn FnMut(Value) -> bool,
}

/// Everything that is per thread. Only the owning thread touches it, under the GIL; the collector
/// reads it on whatever thread collects.
pub struct Thread {
    pub stacks: Stacks,
    /// The running frame; null while no Python code runs.
    pub frame: Cell<*mut Control>,
    /// The exception being raised (a word, 0 if none): the error indicator.
    pub exception: Cell<u64>,
    /// The exception being handled by the running code or, in a generator, by itself.
    pub handled: Cell<u64>,
    /// What the entry frame of the run loop that ends has returned: read at once.
    pub result: Cell<u64>,
    /// Where the native stack of the running loop should not reach: see `execution/run.rs`.
    pub loop_limit: Cell<usize>,
    /// Python frames now.
    pub depth: Cell<usize>,
    /// Lowest address that native recursion may reach.
    pub native_limit: Cell<usize>,
    /// The current context of context variables, or 0.
    pub context: Cell<u64>,
    /// The event loop that runs in this thread and the task that it executes (`asyncio_running_loop`,
    /// `asyncio_running_task`), or 0.
    pub running_loop: Cell<u64>,
    pub running_task: Cell<u64>,
    /// A list of objects whose repr is being made, or 0.
    pub repr_stack: Cell<u64>,
    /// Asynchronous generator hooks.
    pub asyncgen_firstiter: Cell<u64>,
    pub asyncgen_finalizer: Cell<u64>,
    /// Trace and profile functions of `sys.settrace`, `sys.setprofile`.
    pub trace_function: Cell<u64>,
    pub profile_function: Cell<u64>,
    /// Exception to raise asynchronously in this thread.
    pub async_exception: Cell<u64>,
    /// Namespaces of `threading.local` objects: a dict by their numbers, or 0.
    pub locals: Cell<u64>,
    pub coroutine_origin_depth: Cell<usize>,
    /// Callbacks of events that run now: there are no events in them.
    pub tracing: Cell<u32>,
    /// The exception is raised again by RERAISE: the frame is in the traceback already.
    pub reraising: Cell<bool>,
    /// The bytecode unit that a RERAISE goes back to, for a frame that it ends; u32::MAX if there is none.
    pub reraised_at: Cell<u32>,
    /// The taker of the innermost drained generator that runs, or null.
    pub taker: Cell<*mut Taker<'static>>,
    pub ident: u64,
    pub id: u64,
}

impl Thread {
    pub fn new(ident: u64, id: u64, native_limit: usize) -> Thread {
        Thread {
            stacks: Stacks::new(),
            frame: Cell::new(std::ptr::null_mut()),
            exception: Cell::new(0),
            handled: Cell::new(0),
            result: Cell::new(0),
            loop_limit: Cell::new(0),
            depth: Cell::new(0),
            native_limit: Cell::new(native_limit),
            context: Cell::new(0),
            running_loop: Cell::new(0),
            running_task: Cell::new(0),
            repr_stack: Cell::new(0),
            asyncgen_firstiter: Cell::new(0),
            asyncgen_finalizer: Cell::new(0),
            trace_function: Cell::new(0),
            profile_function: Cell::new(0),
            async_exception: Cell::new(0),
            locals: Cell::new(0),
            coroutine_origin_depth: Cell::new(0),
            tracing: Cell::new(0),
            reraising: Cell::new(false),
            reraised_at: Cell::new(u32::MAX),
            taker: Cell::new(std::ptr::null_mut()),
            ident,
            id,
        }
    }

    /// The running frame, if Python code runs. (After the last return the pointer is one below the
    /// first record.)
    #[inline(always)]
    pub fn top(&self) -> Option<*mut Control> {
        let f = self.frame.get();
        if f.is_null() || f < self.stacks.controls { None } else { Some(f) }
    }

    /// Where the next frame's control record and registers go.
    #[inline(always)]
    pub fn next_place(&self) -> (*mut Control, *mut u64) {
        match self.top() {
            None => (self.stacks.controls, self.stacks.registers),
            // SAFETY: the top frame is initialised; its registers end where the next frame's begin.
            Some(top) => unsafe { (top.add(1), (*top).regs.add((*top).body().registers)) },
        }
    }

    /// Whether one more frame fits.
    #[inline(always)]
    pub fn has_room(&self, next: *mut Control, regs: *mut u64, registers: usize) -> bool {
        // SAFETY: only compares addresses; the margin of the register stack is larger than any frame.
        next < self.stacks.control_limit && unsafe { regs.add(registers) } < self.stacks.register_limit
    }

    pub fn trace(&self, v: &mut Visitor) {
        self.stacks.trace(self.frame.get(), v);
        for cell in [
            &self.exception,
            &self.handled,
            &self.context,
            &self.running_loop,
            &self.running_task,
            &self.repr_stack,
            &self.asyncgen_firstiter,
            &self.asyncgen_finalizer,
            &self.trace_function,
            &self.profile_function,
            &self.async_exception,
            &self.locals,
        ] {
            v.visit(cell.as_ptr());
        }
    }

    /// The exception being handled as `sys.exception()` sees it: that of the innermost code that
    /// handles one.
    pub fn handled_exception(&self) -> Option<Ref<BaseException>> {
        let mut word = self.handled.get();
        let mut frame = self.frame.get();
        while word == 0 && !frame.is_null() && frame >= self.stacks.controls {
            // SAFETY: frames from the base to the top are initialised.
            unsafe {
                if (*frame).kind.is_generator() {
                    word = (*frame).outer_handled;
                }
                frame = frame.sub(1);
            }
        }
        // SAFETY: these words are exceptions.
        Value::from_bits(word).map(|v| unsafe { v.cast() })
    }
}
