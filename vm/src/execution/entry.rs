//! Rust calls Python: frames with bound arguments, and the run loop on top of them.

use super::body::Body;
use super::frame::{Control, Kind};
use super::lifetimes;
use crate::args::Args;
use crate::builtins::function::Function;
use crate::error::PyResult;
use crate::object::{Ref, Value};
use crate::vm::Vm;

impl Vm {
    /// Calls a Python function from Rust.
    pub fn call_function(&self, f: Ref<Function>, args: Args) -> PyResult<Value> {
        self.check_native_stack()?;
        if !self.push_simple(f, args) {
            self.push_frame(f, args, None, Kind::Entry)?;
        }
        self.run()
    }

    /// Runs a function's code with the given namespace (modules, class bodies, exec).
    pub fn run_code(&self, f: Ref<Function>, locals: Value) -> PyResult<Value> {
        self.check_native_stack()?;
        self.push_frame(f, Args::none(), Some(locals), Kind::Entry)?;
        self.run()
    }

    /// Calls a function made of any code: names that are not its variables are in `locals`.
    pub fn call_with_locals(&self, f: Ref<Function>, args: Args, locals: Value) -> PyResult<Value> {
        // SAFETY: bodies live as long as their code.
        let optimized = unsafe { (*f.code.get().body(self)?).optimized };
        if optimized {
            return self.call_args(f.value(), args);
        }
        self.check_native_stack()?;
        self.push_frame(f, args, Some(locals), Kind::Entry)?;
        self.run()
    }

    /// As `push_frame`, if the arguments are the parameters as they come; false if it cannot be done so.
    #[inline(always)]
    fn push_simple(&self, f: Ref<Function>, args: Args) -> bool {
        let Some(body) = f.code.get().ready_body() else { return false };
        // SAFETY: body-of-code.
        let body = unsafe { &*body };
        let thread = self.thread();
        if !body.simple || args.all().len() != body.arguments || args.has_keywords() {
            return false;
        }
        let (next, regs) = thread.next_place();
        // Marked objects must be shared first: see `lifetimes.rs`.
        if thread.top().is_some_and(|top| unsafe { (*top).owned } != 0)
            || thread.depth.get() >= self.recursion_limit()
            || !thread.has_room(next, regs, body.registers)
        {
            return false;
        }
        // SAFETY: there is room for the body's registers.
        unsafe {
            for (i, v) in args.all().iter().enumerate() {
                *regs.add(i) = v.bits();
            }
            for i in args.all().len()..body.cleared {
                *regs.add(i) = 0;
            }
            next.write(Control::new(f, body, regs, Kind::Entry));
        }
        thread.frame.set(next);
        thread.depth.set(thread.depth.get() + 1);
        true
    }

    /// Pushes a frame on top of the running one, its arguments bound.
    fn push_frame(&self, f: Ref<Function>, args: Args, locals: Option<Value>, kind: Kind) -> PyResult<()> {
        // SAFETY: bodies live as long as their code.
        let body = unsafe { &*f.code.get().body(self)? };
        let thread = self.thread();
        let top = thread.frame.get();
        let plain = body.simple && args.pos().len() == body.arguments && !args.has_keywords();
        if !plain {
            lifetimes::before_push(self, args);
        }
        let (next, regs) = thread.next_place();
        // Code that is no function's finds its names in a namespace.
        let locals = if body.optimized { locals } else { locals.or(Some(f.globals.get().value())) };
        self.check_recursion()?;
        if !thread.has_room(next, regs, body.registers) {
            return Err(self.recursion_error(""));
        }
        // Register words above the top may be stale; the locals are cleared before the frame is traced.
        // The frame is pushed first so that arguments bound so far are traced while binding goes on.
        unsafe {
            std::ptr::write_bytes(regs, 0, body.cleared);
            let locals = locals.map_or(0, |v| v.bits());
            next.write(Control { locals, ..Control::new(f, body, regs, kind) });
        }
        thread.frame.set(next);
        if let Err(raised) = bind_arguments(self, f, body, args, regs) {
            thread.frame.set(top);
            return Err(raised);
        }
        if plain {
            // SAFETY: just pushed, on top of a frame or at the base of the stack.
            unsafe {
                if top >= thread.stacks.controls && (*top).owned != 0 {
                    (*next).owned = lifetimes::pass(&mut *top, body, args.all(), kind != Kind::Entry);
                }
            }
        }
        thread.depth.set(thread.depth.get() + 1);
        Ok(())
    }

    /// A call from Python whose arguments need binding: pushes the callee's frame so that the run loop
    /// continues in it.
    pub fn push_python_call(
        &self,
        f: Ref<Function>,
        args: Args,
        dest: u16,
        kind: Kind,
        extra: u64,
    ) -> PyResult<()> {
        self.push_frame(f, args, None, kind)?;
        let top = self.thread().frame.get();
        // SAFETY: just pushed.
        unsafe {
            (*top).dest = dest;
            (*top).extra = extra;
        }
        Ok(())
    }
}

/// Binds arguments to the parameters, in the callee's registers.
fn bind_arguments(vm: &Vm, f: Ref<Function>, body: &Body, args: Args, regs: *mut u64) -> PyResult<()> {
    let n = args.pos().len();
    let set = |i: usize, v: Value| unsafe { *regs.add(i) = v.bits() };
    if body.simple && n == body.arguments && !args.has_keywords() {
        for (i, v) in args.pos().iter().enumerate() {
            set(i, *v);
        }
        return Ok(());
    }
    super::binding::bind(vm, f, args, regs)
}
