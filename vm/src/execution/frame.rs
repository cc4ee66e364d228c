//! Frames: control records and registers of running Python code.
//!
//! Each thread has two reserved stacks: control records (`Control`), and registers. A call's
//! arguments lie at the top of the caller's registers and become the first registers of the callee
//! without copying. Locals are valid words at any time (0 or a value); a register of the stack only
//! while the body's table says that it is live at the saved position, which must be up to date
//! whenever something may collect.

use super::body::Body;
use super::instr::Instr;
use crate::builtins::code::Code;
use crate::builtins::dict::Dict;
use crate::builtins::function::Function;
use crate::object::{Ref, Value};
use adder_heap::Visitor;

/// What happens when a frame ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Kind {
    /// Called by the frame below: the result goes to its register `dest`.
    Call,
    /// Called by Rust: the run loop returns.
    Entry,
    /// `__init__` called by instantiation: the instance in `extra` goes to `dest`.
    Init,
    /// A generator resumed by Rust: `extra` is the generator, the run loop returns.
    Generator,
    /// As Generator, but values that `Thread::taker` takes do not leave the run loop.
    Drained,
    /// Property getter or the like: as Call.
    Getter,
    /// `__iter__` called by GET_ITER: as Call, and the result must be an iterator.
    Iter,
    /// `__next__` called by FOR_ITER: as Call; StopIteration makes the caller jump by `jump`.
    Next,
    /// A generator resumed by FOR_ITER of the frame below: what it yields goes to `dest`; when it
    /// ends, that frame jumps by `jump`.
    For,
    /// A generator resumed by SEND of the frame below: as `For`, and `dest` gets the result, too.
    Send,
    /// An asynchronous generator resumed by SEND of the frame below to the awaitable in register `dest - 1`: a
    /// wrapped value ends the awaitable, what else it yields is passed on as by `Send`.
    AsyncSend,
}

impl Kind {
    /// A generator's frame.
    #[inline(always)]
    pub fn is_generator(self) -> bool {
        matches!(self, Kind::Generator | Kind::Drained | Kind::For | Kind::Send | Kind::AsyncSend)
    }

    /// A frame that Rust has pushed: the run loop ends with it.
    #[inline(always)]
    pub fn ends_loop(self) -> bool {
        matches!(self, Kind::Entry | Kind::Generator | Kind::Drained)
    }
}

/// One running frame.
#[repr(C)]
pub struct Control {
    /// Next instruction, saved whenever the frame calls something.
    pub pc: *const Instr,
    pub regs: *mut u64,
    pub body: *const Body,
    /// The function (a word, traced).
    pub function: u64,
    /// Namespace of class bodies, modules and `exec`; 0 for optimised functions.
    pub locals: u64,
    /// The frame object, once somebody asked for it.
    pub object: u64,
    pub extra: u64,
    /// Handled exception of the code outside a generator, while the generator runs.
    pub outer_handled: u64,
    /// The generator that was resumed, if another one to which it delegates runs in its place; see `delegation.rs`.
    pub chain: u64,
    pub dest: u16,
    pub kind: Kind,
    /// The bytecode unit of the last instruction with an event, plus one; 0 at the start.
    pub event_unit: u32,
    /// Where the consumer of a generator goes on when the generator ends, relative to its position.
    pub jump: i32,
    /// Which registers own objects of C: see `lifetimes.rs`.
    pub owned: u64,
}

impl Control {
    /// The record of a function's frame that begins.
    #[inline(always)]
    pub fn new(f: Ref<Function>, body: &Body, regs: *mut u64, kind: Kind) -> Control {
        Control {
            pc: body.code.as_ptr(),
            regs,
            body,
            function: f.value().bits(),
            locals: 0,
            object: 0,
            extra: 0,
            outer_handled: 0,
            chain: 0,
            dest: 0,
            kind,
            event_unit: 0,
            jump: 0,
            owned: 0,
        }
    }

    #[inline(always)]
    pub fn function(&self) -> Ref<Function> {
        // SAFETY: `function` always holds a Function.
        unsafe { Value::from_bits_unchecked(self.function).cast() }
    }

    #[inline(always)]
    pub fn code(&self) -> Ref<Code> {
        self.function().code.get()
    }

    #[inline(always)]
    pub fn body(&self) -> &Body {
        // SAFETY: bodies live as long as their code object, which the function keeps alive.
        unsafe { &*self.body }
    }

    pub fn globals(&self) -> Ref<Dict> {
        self.function().globals.get()
    }

    pub fn locals(&self) -> Option<Value> {
        Value::from_bits(self.locals)
    }

    #[inline(always)]
    pub fn reg(&self, i: usize) -> Option<Value> {
        debug_assert!(i < self.body().registers);
        // SAFETY: register numbers come from the body and are below its register count.
        unsafe { Value::from_bits(*self.regs.add(i)) }
    }

    #[inline(always)]
    pub fn set_reg(&self, i: usize, v: Option<Value>) {
        debug_assert!(i < self.body().registers);
        // SAFETY: as in `reg`.
        unsafe { *self.regs.add(i) = v.map_or(0, |v| v.bits()) }
    }

    /// Word index of the instruction being executed (the saved pc points behind it).
    pub fn at(&self) -> usize {
        // SAFETY: pc points into or one past the body's code.
        let next = unsafe { self.pc.offset_from(self.body().code.as_ptr()) };
        (next - 1).max(0) as usize
    }

    /// Bytecode unit of the instruction being executed.
    pub fn unit(&self) -> u32 {
        self.body().origin.get(self.at()).copied().unwrap_or(0)
    }

    /// Traces the first `used` registers; dead ones become empty.
    ///
    /// # Safety
    /// The frame is initialised and its position is saved.
    unsafe fn trace_registers(&self, used: usize, v: &mut Visitor) {
        let body = self.body();
        let locals = body.locals.min(used);
        let live = body.live.get(self.at()).copied();
        for i in 0..used {
            // SAFETY: below the frame's register count; live registers are valid words.
            let r = self.regs.add(i);
            if i < locals
                || live.is_none_or(|live| live.checked_shr((i - locals) as u32).unwrap_or(0) & 1 != 0)
            {
                v.visit(r);
            } else {
                *r = 0;
            }
        }
    }

    /// Line number now.
    pub fn line(&self) -> Option<i32> {
        self.code().line_of(self.unit())
    }
}

/// The stacks of one thread.
pub struct Stacks {
    pub controls: *mut Control,
    pub control_limit: *mut Control,
    pub registers: *mut u64,
    pub register_limit: *mut u64,
    control_bytes: usize,
    register_bytes: usize,
}

const CONTROL_BYTES: usize = 256 << 20;
const REGISTER_BYTES: usize = 512 << 20;

impl Stacks {
    /// Reserves both stacks; memory is committed when touched.
    pub fn new() -> Stacks {
        let reserve = |bytes| {
            // SAFETY: a fresh anonymous mapping.
            let p = unsafe {
                libc::mmap(
                    std::ptr::null_mut(),
                    bytes,
                    libc::PROT_READ | libc::PROT_WRITE,
                    libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
                    -1,
                    0,
                )
            };
            assert!(p != libc::MAP_FAILED, "cannot reserve a stack");
            p
        };
        let controls = reserve(CONTROL_BYTES) as *mut Control;
        let registers = reserve(REGISTER_BYTES) as *mut u64;
        // SAFETY: one past the end of the mappings, less a margin.
        unsafe {
            Stacks {
                controls,
                control_limit: controls.add(CONTROL_BYTES / std::mem::size_of::<Control>() - 16),
                registers,
                register_limit: registers.add(REGISTER_BYTES / 8 - 0x20000),
                control_bytes: CONTROL_BYTES,
                register_bytes: REGISTER_BYTES,
            }
        }
    }

    /// Traces everything up to the frame `top` (null: nothing runs).
    pub fn trace(&self, top: *mut Control, v: &mut Visitor) {
        if top.is_null() || top < self.controls {
            return;
        }
        // SAFETY: records between the base and top are initialised.
        unsafe {
            let mut c = self.controls;
            while c <= top {
                // A callee's registers begin among the caller's.
                let size = (*c).body().registers;
                let used = if c == top { size } else { (*c.add(1)).regs.offset_from((*c).regs) as usize };
                (*c).trace_registers(used.min(size), v);
                v.visit(&raw mut (*c).function);
                v.visit(&raw mut (*c).locals);
                v.visit(&raw mut (*c).object);
                v.visit(&raw mut (*c).extra);
                v.visit(&raw mut (*c).outer_handled);
                v.visit(&raw mut (*c).chain);
                c = c.add(1);
            }
        }
    }
}

impl Drop for Stacks {
    fn drop(&mut self) {
        // SAFETY: unmaps what `new` mapped; the thread runs no Python code any more.
        unsafe {
            libc::munmap(self.controls.cast(), self.control_bytes);
            libc::munmap(self.registers.cast(), self.register_bytes);
        }
    }
}
